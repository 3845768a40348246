//! The pipeline over a small schema: what the library leaves open, and what the pipeline makes of it.

use std::time::Duration;

use async_graphql::{Context, EmptySubscription, Enum, Error, InputObject, Interface, Object, Schema, SimpleObject};
use serde_json::{Value as Json, json};

use super::{refusal::Stage, *};
use crate::cache::{Cache, CacheConfig};

struct Query;
struct Mutation;
struct Thing;

#[derive(SimpleObject)]
struct Cat {
    name: String,
    lives: i32,
}

#[derive(SimpleObject)]
struct Dog {
    name: String,
    tricks: Vec<String>,
}

#[derive(Interface)]
#[graphql(field(name = "name", ty = "&String"))]
enum Pet {
    Cat(Cat),
    Dog(Dog),
}

#[derive(Enum, Clone, Copy, PartialEq, Eq)]
enum Color {
    Red,
}

#[derive(InputObject)]
struct Filter {
    at_least: i32,
    colors: Option<Vec<Color>>,
}

#[Object]
impl Thing {
    async fn ok(&self) -> i32 {
        1
    }
    async fn strict(&self) -> Result<i32, Error> {
        Err(Error::new("secret words"))
    }
    async fn lenient(&self) -> Result<Option<i32>, Error> {
        Err(Error::new("secret words"))
    }
    async fn slow(&self) -> i32 {
        tokio::task::yield_now().await;
        2
    }
}

#[Object]
impl Query {
    async fn thing(&self) -> Option<Thing> {
        Some(Thing)
    }
    async fn things(&self) -> Vec<Thing> {
        vec![Thing, Thing]
    }
    async fn must(&self) -> Thing {
        Thing
    }
    async fn strict(&self) -> Result<i32, Error> {
        Err(Error::new("secret words"))
    }
    async fn count(&self, n: Option<i32>) -> i32 {
        n.unwrap_or(7)
    }
    async fn filtered(&self, filter: Filter) -> i32 {
        filter.at_least
            + filter.colors.map_or(0, |colors| colors.iter().filter(|color| **color == Color::Red).count() as i32)
    }
    async fn color(&self, color: Color) -> Color {
        color
    }
    async fn day(&self, day: chrono::NaiveDate) -> String {
        day.to_string()
    }
    async fn pet(&self, dog: bool) -> Pet {
        let name = "Rex".to_owned();
        if dog { Pet::Dog(Dog { name, tricks: vec!["sit".into()] }) } else { Pet::Cat(Cat { name, lives: 9 }) }
    }
    async fn coded(&self) -> Result<i32, Error> {
        use async_graphql::ErrorExtensions;
        Err(Error::new("No such cursor").extend_with(|_, extensions| extensions.set("code", "BAD_USER_INPUT")))
    }
    async fn panics(&self) -> i32 {
        fail()
    }
    async fn hangs(&self) -> i32 {
        std::future::pending().await
    }
    async fn given(&self, ctx: &Context<'_>) -> Option<String> {
        ctx.data_opt::<String>().cloned()
    }
}

#[Object]
impl Mutation {
    async fn change(&self) -> i32 {
        1
    }
}

fn fail() -> i32 {
    panic!("secret words")
}

fn pipeline() -> Pipeline {
    let schema = Schema::build(Query, Mutation, EmptySubscription).disable_suggestions().finish();
    let settings = PipelineSettings { deadline: Duration::from_millis(50), ..PipelineSettings::default() };
    Pipeline::new(schema, settings, Some(PersistedQueries::new(Cache::open(&CacheConfig::default()).unwrap()))).unwrap()
}

/// The stage and the body as text: the order of its keys matters.
async fn told(body: Json) -> (Stage, String) {
    let input = Input::from_json(body.to_string().as_bytes()).unwrap();
    let outcome = pipeline().answer(input, Allowed::ReadAndWrite, "r1", Data::default()).await;
    (outcome.stage, serde_json::to_string(&outcome).unwrap())
}

async fn run(body: Json) -> (Stage, Json) {
    let (stage, text) = told(body).await;
    (stage, serde_json::from_str(&text).unwrap())
}

async fn data(query: &str) -> String {
    let (stage, body) = told(json!({ "query": query })).await;
    assert_eq!(stage, Stage::Execution, "{body}");
    let (_, data) = body.split_once("\"data\":").unwrap();
    data.strip_suffix('}').unwrap().to_owned()
}

async fn codes(body: Json) -> (Stage, Vec<String>) {
    let (stage, body) = run(body).await;
    let codes = body["errors"].as_array().into_iter().flatten();
    (stage, codes.map(|error| error["extensions"]["code"].as_str().unwrap_or_default().to_owned()).collect())
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_document() {
    assert_eq!(
        data("{ thing { slow ok __typename } count }").await,
        r#"{"thing":{"slow":2,"ok":1,"__typename":"Thing"},"count":7}"#
    );
}

#[tokio::test]
async fn failures_are_null_or_carried_upward() {
    assert_eq!(data("{ count thing { ok lenient } }").await, r#"{"count":7,"thing":{"ok":1,"lenient":null}}"#);
    assert_eq!(data("{ thing { lenient } }").await, r#"{"thing":{"lenient":null}}"#);
    assert_eq!(data("{ count thing { ok strict } }").await, r#"{"count":7,"thing":null}"#);
    assert_eq!(data("{ thing { strict } }").await, r#"{"thing":null}"#);
    assert_eq!(data("{ count things { ok strict } }").await, "null");
    assert_eq!(
        data("{ things { ok lenient } }").await,
        r#"{"things":[{"ok":1,"lenient":null},{"ok":1,"lenient":null}]}"#
    );
    assert_eq!(data("{ must { strict } count }").await, "null");
    assert_eq!(data("{ strict }").await, "null");
}

#[tokio::test]
async fn objects_of_which_nothing_is_selected_are_empty_and_not_null() {
    assert_eq!(data("{ pet(dog: true) { ... on Cat { lives } } }").await, r#"{"pet":{}}"#);
    assert_eq!(data("{ must { ok @skip(if: true) } }").await, r#"{"must":{}}"#);
    assert_eq!(data("{ count @include(if: false) }").await, "{}");
    assert_eq!(data("query { ...F } fragment F on Query { count @skip(if: true) }").await, "{}");
}

#[tokio::test]
async fn the_phase_decides_whether_there_is_data() {
    let validation = |query: &str| codes(json!({ "query": query }));
    for query in [
        "{ unknown }",
        "{ thing }",
        "{ count { a } }",
        "{ count(n: \"x\") }",
        "{ count(n: 1, n: 2) }",
        "{ color(color: BLUE) }",
        "{ filtered(filter: {}) }",
        "{ filtered(filter: {atLeast: 1, more: 2}) }",
        "{ ...F }",
        "{ count @unknown }",
        "query ($a: Unknown) { count(n: $a) }",
        "query ($a: Int) { count }",
        "query ($a: Int, $a: Int) { count(n: $a) }",
        "{ __type { name } }",
        "{ thing { ...F } } fragment F on Thing { thing { ok } }",
    ] {
        let (stage, codes) = validation(query).await;
        assert_eq!((stage, codes[0].as_str()), (Stage::Request, "GRAPHQL_VALIDATION_FAILED"), "{query}");
    }
    assert_eq!(validation("{").await, (Stage::Request, vec!["GRAPHQL_PARSE_FAILED".into()]));
    // Values that only the scalar's own reading refuses: execution has begun.
    let day = validation("{ day(day: \"tomorrow\") }").await;
    assert_eq!(day, (Stage::Execution, vec!["BAD_USER_INPUT".into()]));
    assert_eq!(validation("{ count(n: 3000000000) }").await, (Stage::Execution, vec!["BAD_USER_INPUT".into()]));
    assert_eq!(validation("{ strict }").await, (Stage::Execution, vec!["INTERNAL".into()]));
    assert_eq!(validation("{ coded }").await, (Stage::Execution, vec!["BAD_USER_INPUT".into()]));
}

#[tokio::test]
async fn directives_on_typename_are_validated() {
    for query in [
        "{ __typename @unknown }",
        "{ __typename @skip(if: true) @skip(if: true) }",
        "{ __typename @include }",
        "{ __typename @skip(if: 1) }",
    ] {
        let (stage, codes) = codes(json!({ "query": query })).await;
        assert_eq!((stage, codes[0].as_str()), (Stage::Request, "GRAPHQL_VALIDATION_FAILED"), "{query}");
    }
    let body =
        json!({"query": "query ($x: Boolean!) { a: __typename @include(if: $x) count }", "variables": {"x": true}});
    let (stage, body) = told(body).await;
    assert_eq!((stage, body.as_str()), (Stage::Execution, r#"{"data":{"a":"Query","count":7}}"#));
}

#[tokio::test]
async fn variables_are_coerced_before_anything_runs() {
    let refused = |query: &str, variables: Json| codes(json!({ "query": query, "variables": variables }));
    let bad = (Stage::Request, vec!["BAD_USER_INPUT".to_owned()]);
    assert_eq!(refused("query ($x: Boolean!) { count @include(if: $x) }", json!({})).await, bad);
    assert_eq!(refused("query ($x: Int!) { count(n: $x) }", json!(null)).await, bad);
    assert_eq!(refused("query ($x: Int) { count(n: $x) }", json!({"x": 3_000_000_000_u64})).await, bad);
    assert_eq!(
        refused("query ($x: Filter!) { filtered(filter: $x) }", json!({"x": {"atLeast": 1, "a": 1}})).await,
        bad
    );
    assert_eq!(refused("query ($x: Color!) { color(color: $x) }", json!({"x": "BLUE"})).await, bad);
    let fine = json!({"query": "query ($x: Filter!, $c: Color! = RED, $n: Int) { filtered(filter: $x) color(color: $c) count(n: $n) }",
        "variables": {"x": {"atLeast": 1.0, "colors": "RED"}}});
    let (_, body) = told(fine).await;
    assert_eq!(body, r#"{"data":{"filtered":2,"color":"RED","count":7}}"#);
    let skipped = json!({"query": "query ($x: Boolean = true) { count @skip(if: $x) }"});
    assert_eq!(told(skipped).await.1, r#"{"data":{}}"#);
}

#[tokio::test]
async fn nothing_of_the_inside_is_told() {
    for query in ["{ strict }", "{ panics }"] {
        let (stage, body) = run(json!({ "query": query })).await;
        assert_eq!(stage, Stage::Execution);
        assert!(!body.to_string().contains("secret"), "{body}");
        let extensions = &body["errors"][0]["extensions"];
        assert_eq!(extensions, &json!({"code": "INTERNAL", "requestId": "r1"}));
    }
}

#[tokio::test]
async fn errors_are_cut_to_the_limit() {
    let fields: Vec<_> = (0..2000).map(|n| format!("f{n}")).collect();
    let (stage, codes) = codes(json!({ "query": format!("{{ thing {{ {} }} }}", fields.join(" ")) })).await;
    assert_eq!((stage, codes.len()), (Stage::Request, 21));
    assert_eq!(codes[20], "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn an_execution_ends_with_its_deadline() {
    let (stage, body) = run(json!({ "query": "{ hangs }" })).await;
    assert_eq!(stage, Stage::Execution);
    assert_eq!(body["errors"][0]["extensions"]["code"], "TIMEOUT");
    assert_eq!(body["data"], Json::Null);
}

#[tokio::test]
async fn a_read_runs_no_mutation_also_from_the_store() {
    let pipeline = pipeline();
    let text = "mutation { change }";
    let hash = DocumentHash::of(text).to_string();
    let input = |query: Option<&str>, hash: &str| {
        let extensions = json!({"persistedQuery": {"version": 1, "sha256Hash": hash}});
        Input::from_json(json!({"query": query, "extensions": extensions}).to_string().as_bytes()).unwrap()
    };
    let answer = async |input, allowed| pipeline.answer(input, allowed, "r", Data::default()).await.stage;
    assert_eq!(answer(input(Some(text), &hash), Allowed::Read).await, Stage::MethodNotAllowed);
    assert_eq!(answer(input(None, &hash), Allowed::ReadAndWrite).await, Stage::Request, "it was not kept");
    assert_eq!(answer(input(Some(text), &hash), Allowed::ReadAndWrite).await, Stage::Execution);
    assert_eq!(answer(input(None, &hash), Allowed::ReadAndWrite).await, Stage::Execution);
    assert_eq!(answer(input(None, &hash), Allowed::Read).await, Stage::MethodNotAllowed);
    let invalid = "{ unknown }";
    let hash = DocumentHash::of(invalid).to_string();
    assert_eq!(answer(input(Some(invalid), &hash), Allowed::Read).await, Stage::Request);
    let outcome = pipeline.answer(input(None, &hash), Allowed::Read, "r", Data::default()).await;
    assert_eq!(outcome.errors[0].message, "PersistedQueryNotFound", "what is not valid is not kept");
}

#[tokio::test]
async fn resolvers_find_what_the_transport_hands_through() {
    let mut given = Data::default();
    given.insert("hello".to_owned());
    let input = Input::from_query_string("query={given}").unwrap();
    let outcome = pipeline().answer(input, Allowed::Read, "r", given).await;
    assert_eq!(serde_json::to_string(&outcome).unwrap(), r#"{"data":{"given":"hello"}}"#);
    assert_eq!(outcome.operation.unwrap().kind(), "query");
}

#[tokio::test]
async fn the_introspection_queries_of_the_clients_pass_and_can_be_switched_off() {
    let full = include_str!("introspection.graphql");
    let (stage, body) = run(json!({ "query": full, "operationName": "IntrospectionQuery" })).await;
    assert_eq!(stage, Stage::Execution, "{body}");
    assert_eq!(body["data"]["__schema"]["queryType"]["name"], "Query");
    let schema = Schema::build(Query, Mutation, EmptySubscription).finish();
    let settings = PipelineSettings { introspection: false, ..PipelineSettings::default() };
    let off = Pipeline::new(schema, settings, None).unwrap();
    let input = Input::from_query_string("query={__schema{queryType{name}}}").unwrap();
    assert_eq!(off.answer(input, Allowed::Read, "r", Data::default()).await.stage, Stage::Request);
    let input = Input::from_query_string("query={__typename}").unwrap();
    assert_eq!(off.answer(input, Allowed::Read, "r", Data::default()).await.stage, Stage::Execution);
}

#[tokio::test]
async fn the_types_of_the_real_schema_can_be_read() {
    let pipeline = Pipeline::new(crate::schema::build(), PipelineSettings::default(), None).unwrap();
    let node = pipeline.types.field(pipeline.types.root(OperationType::Query), "nodes").unwrap();
    assert!(node.by_ids);
    let full = include_str!("introspection.graphql");
    let input = Input { query: Some(full.to_owned()), ..Input::default() };
    let outcome = pipeline.answer(input, Allowed::Read, "r", Data::default()).await;
    assert_eq!((outcome.stage, outcome.errors), (Stage::Execution, Vec::new()));
}
