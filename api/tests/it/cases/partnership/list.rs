//! Lists: pages that lose and repeat nothing, filters, and as many statements for many rows as for few.

use super::{END, invite, partners, to};
use crate::support::{Answer, TestApp, on_both, organization_id};
use chrono::{NaiveDate, TimeDelta};
use entity::{id::OrganizationId, organization};
use partnergraph::{
    op::Actor,
    partnership::{
        model::{PartnerType, RecordedFact},
        service,
    },
    text,
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use uuid::Uuid;

on_both!(
    pages_are_complete_in_every_order,
    unknown_days_are_last_in_both_directions,
    filters_narrow,
    invitations_come_soonest_expiry_first,
    bad_pages_are_refused,
    statements_do_not_grow_with_rows,
);

/// Writes `count` more organizations with public pages, else like aurora; their slugs.
pub(in crate::cases) async fn settle(app: &TestApp, count: usize) -> Vec<String> {
    let connection = app.app.world.db.read();
    let like = organization::Entity::find_by_id(organization_id("aurora")).one(connection).await.unwrap().unwrap();
    let slugs: Vec<String> = (0..count).map(|number| format!("extra-{number:03}")).collect();
    let rows = slugs.iter().enumerate().map(|(number, slug)| {
        organization::Model {
            id: extra(number),
            slug: slug.clone(),
            name: slug.clone(),
            sort_name: text::sort_key(slug),
            ..like.clone()
        }
        .into_active_model()
        .reset_all()
    });
    organization::Entity::insert_many(rows).exec_without_returning(connection).await.unwrap();
    slugs
}

pub(in crate::cases) fn extra(number: usize) -> OrganizationId {
    OrganizationId(Uuid::from_u128(0xe000 + number as u128))
}

async fn record(app: &TestApp, one: OrganizationId, other: OrganizationId, started_on: Option<NaiveDate>) {
    let op = app.app.op(Actor::Operator, "test", Vec::new());
    let fact = RecordedFact {
        parties: vec![one, other],
        types: vec![PartnerType::Channel],
        description: "Sells it on.".to_owned(),
        source: "003".to_owned(),
        state: "named example".to_owned(),
        started_on,
    };
    service::record_fact(&op, fact).await.unwrap();
}

fn day(offset: i64) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2020, 1, 1).map(|day| day + TimeDelta::days(offset))
}

const PAGE: &str = "query ($first: Int, $after: String, $filter: PartnershipFilter, $order: PartnershipOrder) {
  partnerships(first: $first, after: $after, filter: $filter, orderBy: $order) {
    totalCount nodes { id startedOn } pageInfo { hasNextPage endCursor }
  }
}";

async fn walk(app: &TestApp, order: &Value) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({"first": 3, "after": after, "order": order});
        let page = app.graphql(&app.visitor(), PAGE, variables).await;
        rows.extend(page.at("/partnerships/nodes").as_array().unwrap().iter().cloned());
        if page.at("/partnerships/pageInfo/hasNextPage") == false {
            return rows;
        }
        after = page.at("/partnerships/pageInfo/endCursor").clone();
        assert!(rows.len() < 100, "the pages go round");
    }
}

async fn pages_are_complete_in_every_order(app: TestApp) {
    settle(&app, 10).await;
    for number in 0..10 {
        // Several on one day, and one without.
        let started = if number == 4 { None } else { day(i64::try_from(number).unwrap() / 3) };
        record(&app, organization_id("aurora"), extra(number), started).await;
    }
    for field in ["STARTED_ON", "CREATED_AT"] {
        let up = walk(&app, &json!({"field": field, "direction": "ASC"})).await;
        let down = walk(&app, &json!({"field": field, "direction": "DESC"})).await;
        for rows in [&up, &down] {
            let mut ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!((rows.len(), ids.len()), (10, 10), "{field}");
        }
    }
    let nested = "query ($first: Int, $after: String) { organization(slug: \"aurora\") {
      partnerships(first: $first, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } }
    } }";
    let all = app.graphql(&app.visitor(), nested, json!({})).await;
    assert_eq!(all.at("/organization/partnerships/totalCount"), 10);
    let whole = all.at("/organization/partnerships/nodes").as_array().unwrap().clone();
    let first = app.graphql(&app.visitor(), nested, json!({"first": 4})).await;
    assert_eq!(first.at("/organization/partnerships/nodes").as_array().unwrap()[..], whole[..4]);
    assert_eq!(first.at("/organization/partnerships/pageInfo/hasNextPage"), true);
    let cursor = first.at("/organization/partnerships/pageInfo/endCursor");
    let rest = app.graphql(&app.visitor(), nested, json!({"after": cursor})).await;
    assert_eq!(rest.at("/organization/partnerships/nodes").as_array().unwrap()[..], whole[4..]);
}

async fn unknown_days_are_last_in_both_directions(app: TestApp) {
    settle(&app, 3).await;
    for (number, started) in [day(5), None, day(1)].into_iter().enumerate() {
        record(&app, organization_id("aurora"), extra(number), started).await;
    }
    let days = |rows: Vec<Value>| rows.into_iter().map(|row| row["startedOn"].clone()).collect::<Vec<_>>();
    let up = walk(&app, &json!({"field": "STARTED_ON", "direction": "ASC"})).await;
    assert_eq!(days(up), [json!("2020-01-02"), json!("2020-01-06"), Value::Null]);
    let down = walk(&app, &json!({"field": "STARTED_ON", "direction": "DESC"})).await;
    assert_eq!(days(down), [json!("2020-01-06"), json!("2020-01-02"), Value::Null]);
}

async fn filters_narrow(app: TestApp) {
    settle(&app, 2).await;
    record(&app, organization_id("aurora"), extra(0), day(0)).await;
    record(&app, organization_id("comet"), extra(1), day(1)).await;
    let agreed = partners(&app, to("borealis")).await;
    let aurora = app.manager("aurora");
    app.graphql(&aurora, END, json!({"id": agreed, "input": {"reason": "MUTUAL"}})).await.payload();
    for (filter, expected) in [
        (json!({}), 3),
        (json!({"status": "ACTIVE"}), 2),
        (json!({"status": "ENDED"}), 1),
        (json!({"types": ["CHANNEL"]}), 2),
        (json!({"types": ["CHANNEL", "TECHNOLOGY"]}), 3),
        (json!({"types": []}), 0),
        (json!({"types": ["STRATEGIC"]}), 0),
        (json!({"organization": "comet"}), 1),
        (json!({"organization": "nobody"}), 0),
        (json!({"origin": "AGREED", "organization": "aurora"}), 1),
        (json!({"origin": "RECORDED"}), 2),
    ] {
        let found = app.graphql(&aurora, PAGE, json!({"filter": filter})).await;
        assert_eq!(found.at("/partnerships/totalCount"), expected, "{filter}");
        assert_eq!(found.at("/partnerships/nodes").as_array().unwrap().len(), expected, "{filter}");
    }
}

const SENT: &str = "query ($first: Int, $after: String, $direction: InvitationDirection!) {
  partnershipInvitations(direction: $direction, first: $first, after: $after) {
    totalCount nodes { toOrganization { slug } } pageInfo { hasNextPage endCursor }
  }
}";

async fn invitations_come_soonest_expiry_first(app: TestApp) {
    let slugs = settle(&app, 4).await;
    let aurora = app.manager("aurora");
    for (slug, expires) in slugs.iter().zip(["12:00:00Z", "10:00:00.5Z", "11:00:00Z", "10:00:00Z"]) {
        let mut input = to(slug);
        input["expiresAt"] = json!(format!("2026-11-03T{expires}"));
        invite(&app, &aurora, input).await.payload();
    }
    let sent = |variables: Value| app.graphql(&aurora, SENT, variables);
    let first = sent(json!({"direction": "SENT", "first": 3})).await;
    let names = |answer: &Answer| {
        let nodes = answer.at("/partnershipInvitations/nodes").as_array().unwrap();
        nodes.iter().map(|node| node["toOrganization"]["slug"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&first), ["extra-003", "extra-001", "extra-002"]);
    assert_eq!(first.at("/partnershipInvitations/totalCount"), 4);
    let cursor = first.at("/partnershipInvitations/pageInfo/endCursor");
    let rest = sent(json!({"direction": "SENT", "after": cursor})).await;
    assert_eq!(names(&rest), ["extra-000"]);
    let received = sent(json!({"direction": "RECEIVED"})).await;
    assert_eq!(received.at("/partnershipInvitations/totalCount"), 0);
    let stranger = app.graphql(&app.manager("comet"), SENT, json!({"direction": "SENT"})).await;
    assert_eq!(stranger.at("/partnershipInvitations/totalCount"), 0);
    let visitor = app.graphql(&app.visitor(), SENT, json!({"direction": "SENT"})).await;
    assert_eq!(visitor.error_code(), "UNAUTHENTICATED");
}

async fn bad_pages_are_refused(app: TestApp) {
    settle(&app, 2).await;
    for number in 0..2 {
        record(&app, organization_id("aurora"), extra(number), day(0)).await;
    }
    let order = json!({"field": "CREATED_AT", "direction": "ASC"});
    let first = app.graphql(&app.visitor(), PAGE, json!({"first": 1, "order": order})).await;
    let cursor = first.at("/partnerships/pageInfo/endCursor");
    for variables in [
        json!({"first": -1}),
        json!({"first": 101}),
        json!({"after": "nonsense"}),
        json!({"after": cursor}),
        json!({"after": cursor, "order": {"field": "CREATED_AT", "direction": "DESC"}}),
    ] {
        assert_eq!(app.graphql(&app.visitor(), PAGE, variables).await.error_code(), "BAD_USER_INPUT");
    }
    let other_kind = json!({"id": "org_00000000000070008000000000000000"});
    let document = "query ($id: ID!) { partnership(id: $id) { id } }";
    assert_eq!(app.graphql(&app.visitor(), document, other_kind).await.error_code(), "BAD_USER_INPUT");
}

// Organizations are asked for on one path only: two paths may or may not meet in one batch, whatever the rows.
async fn statements_do_not_grow_with_rows(app: TestApp) {
    const WIDE: &str = "query ($first: Int) { partnerships(first: $first) { totalCount nodes {
      id status types viewerCanUpdate ending { reason }
      parties { organization { slug partnerships(first: 2) { totalCount nodes { id } } } manager { name } }
      channel { roles { role } terms { rate } }
      technology { exchanges { what } }
    } } }";
    settle(&app, 30).await;
    for number in 0..30 {
        record(&app, organization_id("aurora"), extra(number), day(0)).await;
    }
    let aurora = app.manager("aurora");
    let (few, for_few) = app.statements(app.graphql(&aurora, WIDE, json!({"first": 3}))).await;
    let (many, for_many) = app.statements(app.graphql(&aurora, WIDE, json!({"first": 30}))).await;
    assert_eq!(few.at("/partnerships/nodes").as_array().unwrap().len(), 3);
    assert_eq!(many.at("/partnerships/nodes").as_array().unwrap().len(), 30);
    // On a busy machine two ways to one loader may come too far apart for one statement; one a row would be many more.
    assert!(for_many < for_few + 6, "{for_few} and {for_many}");
    let counted = many.at("/partnerships/nodes/0/parties").as_array().unwrap();
    let of_aurora = counted.iter().find(|party| party["organization"]["slug"] == "aurora").unwrap();
    assert_eq!(of_aurora["organization"]["partnerships"]["totalCount"], 30);
    assert_eq!(of_aurora["organization"]["partnerships"]["nodes"].as_array().unwrap().len(), 2);
}
