//! Pitfalls 8 and 9: what would take long is refused before it is begun. Times are far above what a refusal needs, and
//! far below what the work would.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::server::{TestServer, code};

async fn refused_at_once(server: &TestServer, document: &str) -> Value {
    let began = Instant::now();
    let (status, answer) = server.ask(document).await;
    assert_eq!(status, 400, "{answer}");
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    assert!(answer["errors"].as_array().unwrap().len() <= 21);
    answer
}

fn limit(answer: &Value) -> &str {
    assert_eq!(code(answer), "LIMIT_EXCEEDED", "{answer}");
    answer["errors"][0]["extensions"]["limit"].as_str().unwrap()
}

#[tokio::test]
async fn pitfall_08_fragments_that_spread_twice_are_counted_and_not_walked() {
    let server = TestServer::start().await;
    for (kind, root) in [("query", "Query"), ("mutation", "Mutation")] {
        for levels in [20, 28, 90] {
            let mut document = format!("{kind} {{ ...F0 }}");
            for level in 0..levels {
                document += &format!(" fragment F{level} on {root} {{ ...F{0} ...F{0} }}", level + 1);
            }
            document += &format!(" fragment F{levels} on {root} {{ __typename }}");
            let answer = refused_at_once(&server, &document).await;
            assert!(matches!(limit(&answer), "selections" | "levels"), "{answer}");
        }
    }
    let circle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }";
    assert_eq!(code(&refused_at_once(&server, circle).await), "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn pitfall_09_every_kind_of_too_much_has_its_limit() {
    let server = TestServer::start().await;
    let many = |item: &dyn Fn(usize) -> String, times: usize| (0..times).map(item).collect::<Vec<_>>().join(" ");
    for (expected, document) in [
        ("document_bytes", format!("{{hello}} #{}", "x".repeat(100_001))),
        ("tokens", format!("{{hello}} {}", "a ".repeat(10_001))),
        ("nesting", "{person".repeat(14_000)),
        ("nesting", format!("{{echo(text: {})}}", "[".repeat(90_000))),
        ("depth", format!("{{person{}{{name}}{}}}", "{self".repeat(30), "}".repeat(30))),
        ("aliases", format!("{{person{{{}}}}}", many(&|n| format!("a{n}: name"), 1000))),
        ("root_fields", format!("{{{}}}", many(&|n| format!("a{n}: hello"), 49))),
        ("root_fields", format!("{{{}}}", many(&|n| format!("unknown{n}"), 2000))),
        ("root_fields", format!("mutation{{{}}}", many(&|n| format!("a{n}: change"), 21))),
        ("directives", format!("{{hello {}}}", "@include(if: true) ".repeat(1000))),
        ("selections", format!("{{person{{{}}}}}", "name ".repeat(6_000))),
        ("cost", "{people(first:100){nodes{friends(first:100){nodes{friends(first:100){nodes{name}}}}}}}".to_owned()),
        ("introspection_lists", format!("{{__schema{{types{}{{name}}{}}}}}", "{fields{type".repeat(5), "}}".repeat(5))),
    ] {
        assert_eq!(limit(&refused_at_once(&server, &document).await), expected);
    }
    let (_, answer) = server.ask(&format!("{{person{{{}}}}}", many(&|n| format!("f{n}"), 2000))).await;
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 21, "twenty, and how many more");
    assert_eq!(errors[20]["message"], "1980 more errors were left out");
    assert_eq!(server.world.changes.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_variable_that_is_large_cannot_be_used_often() {
    let server = TestServer::start().await;
    let numbers: Vec<_> = (0..100_000).collect();
    let uses: String = (0..20).map(|_| "total(numbers: $n) ").collect();
    let ask = async |uses: &str| {
        let request = json!({"query": format!("query($n: [Int!]!){{{uses}}}"), "variables": {"n": numbers}});
        server.send(server.post(&request)).await.1
    };
    assert_eq!(limit(&ask(&uses).await), "variable_values");
    assert_eq!(ask("total(numbers: $n)").await["data"]["total"], 4_999_950_000_i64);
}

#[tokio::test]
async fn what_clients_need_is_within_the_limits() {
    let server = TestServer::start().await;
    let document = "{people(first:100){nodes{name friends(first:3){edges{node{name}}}}}}";
    let (status, answer) = server.ask(document).await;
    assert_eq!(status, 200, "{}", answer["errors"]);
    assert_eq!(answer["data"]["people"]["nodes"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn garbage_is_refused_and_others_are_served() {
    let server = TestServer::start().await;
    let garbage = [
        "\u{0}",
        "{{{{{{",
        "}",
        "\"",
        "\"\"\"",
        "{a(b:\"\"\"{{{\" [[[[[",
        "...",
        "query($",
        "{__typename",
        "{a:}",
        "🏃",
        "{\u{feff}hello",
        "fragment on on on{on}",
    ];
    for text in garbage {
        let (status, answer) = server.ask(text).await;
        assert_eq!(status, 400, "{text}");
        assert!(
            matches!(code(&answer), "GRAPHQL_PARSE_FAILED" | "GRAPHQL_VALIDATION_FAILED" | "LIMIT_EXCEEDED"),
            "{text}: {answer}"
        );
    }
    assert_eq!(server.ask("{hello}").await.0, 200);
}
