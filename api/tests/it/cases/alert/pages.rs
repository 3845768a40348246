//! The feed as pages, and what a person has read of it.

use super::{ALERTS, alert, cursor_at, epoch, head, moment, page, trim};
use crate::{
    cases::partnership::{ACCEPT, EXTEND, accept, partners},
    support::{TestApp, on_both, organization_id},
};
use chrono::TimeDelta;
use entity::{id::TypedId, value::Role};
use partnergraph::event::{self, AlertDraft, Discretion, Fact};
use serde_json::{Value, json};

on_both!(
    a_feed_is_read_in_pages,
    it_says_what_happened_and_shows_what_is,
    filters_narrow,
    a_cursor_that_cannot_go_on_is_refused_openly,
    each_person_reads_for_itself,
    a_feed_is_its_organizations_own,
    an_object_that_is_no_longer_seen_is_null_and_the_alert_stays,
    what_is_confidential_is_not_told_to_who_may_not_see_it,
);

const MARK: &str = "mutation ($cursor: String!) { alertsMarkRead(cursor: $cursor) {
  readCursor unreadCount userErrors { code } } }";
const NODE: &str = "query ($id: ID!) { node(id: $id) { __typename id } }";

async fn a_feed_is_read_in_pages(app: TestApp) {
    let aurora = app.manager("aurora");
    let empty = page(&app, &aurora, json!({})).await;
    assert_eq!(empty["edges"], json!([]));
    assert_eq!((&empty["totalCount"], &empty["unreadCount"]), (&json!(0), &json!(0)));
    let before = empty["headCursor"].clone();
    assert!(before.is_string(), "there is one from the first moment");
    for slug in ["borealis", "comet"] {
        alert(&app, slug).await;
    }
    let first = page(&app, &aurora, json!({"first": 1, "after": before})).await;
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    assert_eq!(first["edges"].as_array().unwrap().len(), 1);
    assert_eq!(first["pageInfo"]["endCursor"], first["edges"][0]["cursor"]);
    let second = page(&app, &aurora, json!({"after": first["pageInfo"]["endCursor"]})).await;
    assert_eq!(second["edges"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&second["pageInfo"]["hasNextPage"], &second["pageInfo"]["hasPreviousPage"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(second["edges"][0]["cursor"], second["headCursor"], "the last one is the head");
    let all = page(&app, &aurora, json!({})).await;
    assert_eq!(all["edges"], json!([first["edges"][0], second["edges"][0]]), "a page is a part of the whole");
    assert_eq!((&all["totalCount"], &all["unreadCount"]), (&json!(2), &json!(2)));
    let none = page(&app, &aurora, json!({"first": 0})).await;
    assert_eq!((none["edges"].as_array().unwrap().len(), &none["headCursor"]), (0, &all["headCursor"]));
    for first in [-1, 101] {
        assert_eq!(app.graphql(&aurora, ALERTS, json!({"first": first})).await.error_code(), "BAD_USER_INPUT");
    }
}

async fn it_says_what_happened_and_shows_what_is(app: TestApp) {
    let invitation = alert(&app, "borealis").await;
    app.clock.advance(TimeDelta::minutes(5));
    let borealis = app.manager("borealis");
    let sent = page(&app, &borealis, json!({})).await["edges"][0]["node"].clone();
    assert_eq!(sent["__typename"], "PartnershipAlert");
    assert_eq!((&sent["change"], &sent["statusAfter"]), (&json!("SENT"), &json!("PENDING")));
    assert_eq!(sent["invitation"], json!({"id": invitation, "status": "PENDING"}));
    assert_eq!(sent["actor"], json!({"kind": "PERSON", "organization": {"slug": "aurora"}}));
    assert_eq!(moment(&sent["occurredAt"]), moment(&json!("2026-11-02T09:00:00Z")));
    accept(&app, &borealis, &invitation).await.payload();
    let edges = page(&app, &borealis, json!({})).await["edges"].clone();
    let edges = edges.as_array().unwrap();
    assert_eq!(edges.len(), 3, "it went out, the partnership began, it was accepted");
    assert_eq!(edges[0]["node"]["statusAfter"], "PENDING", "what it says stays");
    assert_eq!(edges[0]["node"]["invitation"]["status"], "ACCEPTED", "what it shows is of now");
    assert_eq!(edges[1]["node"]["change"], "CREATED");
    assert!(edges[1]["node"]["partnership"]["id"].is_string());
    assert_eq!(edges[1]["node"]["invitation"], Value::Null);
    assert_eq!(edges[2]["node"]["change"], "ACCEPTED");
    assert_eq!(edges[2]["node"]["partnership"], edges[1]["node"]["partnership"]);
    let found = app.graphql(&borealis, NODE, json!({"id": sent["id"]})).await;
    assert_eq!(found.at("/node"), &json!({"__typename": "PartnershipAlert", "id": sent["id"]}));
}

async fn filters_narrow(app: TestApp) {
    alert(&app, "borealis").await;
    let aurora = app.manager("aurora");
    let count = async |filter: Value| {
        let page = page(&app, &aurora, json!({"filter": filter})).await;
        assert_eq!(page["edges"].as_array().unwrap().len(), page["totalCount"].as_u64().unwrap() as usize);
        page["totalCount"].clone()
    };
    assert_eq!(count(json!({"kinds": ["PARTNERSHIP"]})).await, 1);
    assert_eq!(count(json!({"kinds": ["LEAD", "OPPORTUNITY"]})).await, 0);
    assert_eq!(count(json!({"kinds": []})).await, 0);
    assert_eq!(count(json!({"stages": ["QUALIFIED"]})).await, 0);
    assert_eq!(count(json!({"opportunity": "opp_00000000000070008000000000000001"})).await, 0);
    let wrong = json!({"filter": {"opportunity": "org_00000000000070008000000000000001"}});
    assert_eq!(app.graphql(&aurora, ALERTS, wrong).await.error_code(), "BAD_USER_INPUT");
    // The head and what is unread are those of the whole feed.
    let filtered = page(&app, &aurora, json!({"filter": {"kinds": ["LEAD"]}})).await;
    assert_eq!((filtered["headCursor"].clone(), &filtered["unreadCount"]), (head(&app, &aurora).await, &json!(1)));
}

async fn a_cursor_that_cannot_go_on_is_refused_openly(app: TestApp) {
    let aurora = app.manager("aurora");
    let start = head(&app, &aurora).await;
    for slug in ["borealis", "comet"] {
        alert(&app, slug).await;
    }
    let one = page(&app, &aurora, json!({"first": 1})).await["edges"][0]["cursor"].clone();
    trim(&app).await;
    let now = head(&app, &aurora).await;
    let refused = async |cursor: &Value| {
        let answer = app.graphql(&aurora, ALERTS, json!({"after": cursor})).await;
        assert_eq!(answer.error_code(), "CURSOR_EXPIRED");
        assert_eq!(answer.body()["data"]["alerts"], Value::Null);
        answer.body()["errors"][0]["extensions"].clone()
    };
    for old in [&start, &one] {
        assert_eq!(
            refused(old).await,
            json!({"code": "CURSOR_EXPIRED", "reason": "TRIMMED", "head": now, "oldest": now})
        );
    }
    // From what it says one can go on.
    assert_eq!(page(&app, &aurora, json!({"after": now})).await["edges"], json!([]));
    let epoch = epoch(&app).await;
    assert_eq!(refused(&json!(cursor_at(&app, epoch ^ 1, 2))).await["reason"], "OTHER_EPOCH");
    assert_eq!(refused(&json!(cursor_at(&app, epoch, 3))).await["reason"], "BEYOND_HEAD");
    let foreign = head(&app, &app.manager("borealis")).await;
    for bad in [&foreign, &json!(""), &json!("x"), &json!("A".repeat(44))] {
        assert_eq!(app.graphql(&aurora, ALERTS, json!({"after": bad})).await.error_code(), "BAD_USER_INPUT");
        assert_eq!(app.graphql(&aurora, MARK, json!({"cursor": bad})).await.error_code(), "BAD_USER_INPUT");
    }
    for wrong in [cursor_at(&app, epoch ^ 1, 2), cursor_at(&app, epoch, 3)] {
        let answer = app.graphql(&aurora, MARK, json!({"cursor": wrong})).await;
        assert_eq!(answer.error_code(), "CURSOR_EXPIRED");
        assert_eq!(answer.body()["errors"][0]["extensions"]["head"], now);
    }
    // What is no longer kept may have been read.
    assert_eq!(app.graphql(&aurora, MARK, json!({"cursor": one})).await.payload()["unreadCount"], 0);
}

async fn each_person_reads_for_itself(app: TestApp) {
    let (manager, viewer) = (app.manager("aurora"), app.actor("aurora", Role::Viewer));
    for slug in ["borealis", "comet"] {
        alert(&app, slug).await;
    }
    let edges = page(&app, &manager, json!({})).await["edges"].clone();
    let read = app.graphql(&manager, MARK, json!({"cursor": edges[0]["cursor"]})).await;
    assert_eq!(read.payload(), &json!({"readCursor": edges[0]["cursor"], "unreadCount": 1, "userErrors": []}));
    assert_eq!(page(&app, &manager, json!({"first": 0})).await["unreadCount"], 1);
    assert_eq!(page(&app, &viewer, json!({"first": 0})).await["unreadCount"], 2, "the other has not");
    app.graphql(&manager, MARK, json!({"cursor": edges[1]["cursor"]})).await.payload();
    let back = app.graphql(&manager, MARK, json!({"cursor": edges[0]["cursor"]})).await;
    assert_eq!(back.payload()["readCursor"], edges[1]["cursor"], "what was read stays read");
    assert_eq!(back.payload()["unreadCount"], 0);
    let key = app.key("aurora", &[]);
    assert_eq!(page(&app, &key, json!({"first": 0})).await["unreadCount"], Value::Null);
    assert_eq!(app.graphql(&key, MARK, json!({"cursor": edges[0]["cursor"]})).await.refusals(), ["NOT_ALLOWED"]);
    let visitor = app.visitor();
    assert_eq!(
        app.graphql(&visitor, MARK, json!({"cursor": edges[0]["cursor"]})).await.error_code(),
        "UNAUTHENTICATED"
    );
    assert_eq!(app.graphql(&visitor, ALERTS, json!({})).await.error_code(), "UNAUTHENTICATED");
}

async fn a_feed_is_its_organizations_own(app: TestApp) {
    alert(&app, "borealis").await;
    for actor in [app.manager("comet"), app.operator()] {
        assert_eq!(page(&app, &actor, json!({})).await["edges"], json!([]), "{actor:?}");
    }
    let (ours, theirs) = (
        page(&app, &app.manager("aurora"), json!({})).await["edges"][0]["node"]["id"].clone(),
        page(&app, &app.manager("borealis"), json!({})).await["edges"][0]["node"]["id"].clone(),
    );
    assert_ne!(ours, theirs);
    for actor in [app.manager("borealis"), app.manager("comet"), app.operator(), app.visitor()] {
        assert_eq!(app.graphql(&actor, NODE, json!({"id": ours})).await.at("/node"), &Value::Null, "{actor:?}");
    }
}

async fn an_object_that_is_no_longer_seen_is_null_and_the_alert_stays(app: TestApp) {
    let alliance = json!({"organization": "borealis", "types": ["STRATEGIC"], "message": "Together?", "strategic": {"aim": "Cloud"}});
    let id = partners(&app, alliance).await;
    let extend = json!({"id": id, "input": {"organization": "comet", "message": "Join us"}});
    let sent = app.graphql(&app.manager("aurora"), EXTEND, extend).await.payload()["invitation"]["id"].clone();
    let comet = app.manager("comet");
    app.graphql(&comet, ACCEPT, json!({"id": sent})).await.payload();
    let joined = async || {
        let edges = page(&app, &comet, json!({})).await["edges"].clone();
        edges.as_array().unwrap().iter().find(|edge| edge["node"]["change"] == "SHARED").unwrap()["node"].clone()
    };
    let before = joined().await;
    assert_eq!((&before["partnership"]["id"], &before["organization"]["slug"]), (&id, &json!("comet")));
    let leave = "mutation ($id: ID!) { partnershipLeave(id: $id) { leftPartnershipId userErrors { code } } }";
    app.graphql(&comet, leave, json!({"id": id})).await.payload();
    let after = joined().await;
    assert_eq!((&after["id"], &after["partnership"]), (&before["id"], &Value::Null));
}

async fn what_is_confidential_is_not_told_to_who_may_not_see_it(app: TestApp) {
    let op = app.app.op(app.manager("aurora"), "test", Vec::new());
    let fact = Fact {
        action: "test.told",
        organization: organization_id("aurora"),
        subject: "test".to_owned(),
        before: None,
        after: None,
        stale: Vec::new(),
        alert: Some(AlertDraft {
            kind: entity::alert::AlertKind::Opportunity,
            change: entity::alert::AlertChange::StageChanged,
            subject: uuid::Uuid::from_u128(1),
            opportunity: Some(uuid::Uuid::from_u128(1).into()),
            stage: Some(entity::value::OpportunityStage::Committed),
            restricted: true,
            details: json!({"side": organization_id("aurora").global(), "from": "QUALIFIED", "to": "COMMITTED"}),
        }),
        discretion: Discretion::NONE,
    };
    let tx = op.db().begin().await.unwrap();
    event::record(&tx, &op, vec![fact.clone()]).await.unwrap();
    tx.commit().await.unwrap();
    const READ: &str = "{ alerts { nodes { __typename id actor { kind } ... on OpportunityAlert {
      change stage stageBefore stageAfter side { slug } fields } } } }";
    let shown = app.graphql(&app.manager("aurora"), READ, json!({})).await.at("/alerts/nodes/0").clone();
    for field in ["actor", "stage", "stageBefore", "stageAfter", "side", "fields"] {
        assert_eq!(shown[field], Value::Null, "{field}");
    }
    assert_eq!(shown["change"], "STAGE_CHANGED", "a fact is never skipped");

    // The same, not confidential.
    let mut open = fact;
    open.alert.as_mut().unwrap().restricted = false;
    let tx = op.db().begin().await.unwrap();
    event::record(&tx, &op, vec![open]).await.unwrap();
    tx.commit().await.unwrap();
    let shown = app.graphql(&app.manager("aurora"), READ, json!({})).await.at("/alerts/nodes/1").clone();
    assert_eq!(
        (&shown["stage"], &shown["stageBefore"], &shown["stageAfter"]),
        (&json!("COMMITTED"), &json!("QUALIFIED"), &json!("COMMITTED"))
    );
    assert_eq!((&shown["side"]["slug"], &shown["actor"]["kind"]), (&json!("aurora"), &json!("PERSON")));
}
