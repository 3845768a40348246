//! The feed live.

use super::{alert, cursor_at, epoch, head, page, trim};
use crate::support::{Answer, TestApp, on_both};
use futures::{StreamExt, stream::BoxStream};
use serde_json::{Value, json};
use std::time::Duration;

on_both!(
    it_goes_on_exactly_behind_a_cursor_and_joins_what_happens,
    without_a_cursor_it_begins_now,
    what_cannot_go_on_is_said_and_goes_on_with_the_oldest,
    a_filter_holds_for_alerts_and_not_for_resets,
    who_has_no_feed_is_refused,
);

const LIVE: &str = "subscription ($after: String, $filter: AlertFilter) {
  coSellAlerts(after: $after, filter: $filter) { cursor alert { __typename id occurredAt actor { organization { slug } }
    ... on PartnershipAlert { change invitation { id } } ... on FeedReset { reason head } } }
}";

/// The next item; a test that waits for what never comes ends with this.
async fn next(stream: &mut BoxStream<'static, Answer>) -> Value {
    let answer = tokio::time::timeout(Duration::from_secs(30), stream.next()).await.unwrap().unwrap();
    answer.at("/coSellAlerts").clone()
}

async fn it_goes_on_exactly_behind_a_cursor_and_joins_what_happens(app: TestApp) {
    let borealis = app.manager("borealis");
    let start = head(&app, &borealis).await;
    let mut invitations = vec![alert(&app, "borealis").await];
    let mut stream = app.subscribe(&borealis, LIVE, json!({"after": start}));
    let first = next(&mut stream).await;
    assert_eq!(first["alert"]["invitation"]["id"], invitations[0]);
    assert_eq!(first["alert"]["actor"]["organization"]["slug"], "aurora");
    // Canceled and sent again while it runs.
    let cancel =
        "mutation ($id: ID!) { partnershipInvitationCancel(id: $id) { invitation { id } userErrors { code } } }";
    app.graphql(&app.manager("aurora"), cancel, json!({"id": invitations[0]})).await.payload();
    invitations.push(alert(&app, "borealis").await);
    let (canceled, again) = (next(&mut stream).await, next(&mut stream).await);
    assert_eq!(
        (&canceled["alert"]["change"], &canceled["alert"]["invitation"]["id"]),
        (&json!("CANCELED"), &invitations[0])
    );
    assert_eq!((&again["alert"]["change"], &again["alert"]["invitation"]["id"]), (&json!("SENT"), &invitations[1]));
    // The pages have the same, with the same cursors.
    let edges = page(&app, &borealis, json!({"after": start})).await["edges"].clone();
    for (edge, item) in edges.as_array().unwrap().iter().zip([&first, &canceled, &again]) {
        assert_eq!((&edge["cursor"], &edge["node"]["id"]), (&item["cursor"], &item["alert"]["id"]));
    }
    // Another one that goes on behind the first has the rest, once.
    let mut resumed = app.subscribe(&borealis, LIVE, json!({"after": first["cursor"]}));
    assert_eq!(next(&mut resumed).await, canceled);
    assert_eq!(next(&mut resumed).await, again);
}

async fn without_a_cursor_it_begins_now(app: TestApp) {
    let borealis = app.manager("borealis");
    alert(&app, "borealis").await;
    let mut stream = app.subscribe(&borealis, LIVE, json!({}));
    // Polled once, so that it has begun.
    let waits = tokio::time::timeout(Duration::from_millis(300), stream.next()).await;
    assert!(waits.is_err(), "what was before is not told: {:?}", waits.map(|answer| answer.map(|a| a.body().clone())));
    let cancel =
        "mutation ($id: ID!) { partnershipInvitationCancel(id: $id) { invitation { id } userErrors { code } } }";
    let id = page(&app, &borealis, json!({})).await["edges"][0]["node"]["invitation"]["id"].clone();
    app.graphql(&app.manager("aurora"), cancel, json!({"id": id})).await.payload();
    assert_eq!(next(&mut stream).await["alert"]["change"], "CANCELED");
}

async fn what_cannot_go_on_is_said_and_goes_on_with_the_oldest(app: TestApp) {
    let aurora = app.manager("aurora");
    let start = head(&app, &aurora).await;
    alert(&app, "borealis").await;
    trim(&app).await;
    alert(&app, "comet").await;
    let now = head(&app, &aurora).await;
    let epoch = epoch(&app).await;
    for (cursor, reason) in [
        (start, "TRIMMED"),
        (json!(cursor_at(&app, epoch ^ 1, 1)), "OTHER_EPOCH"),
        (json!(cursor_at(&app, epoch, 9)), "BEYOND_HEAD"),
    ] {
        let mut stream = app.subscribe(&aurora, LIVE, json!({"after": cursor}));
        let reset = next(&mut stream).await;
        assert_eq!(reset["alert"]["__typename"], "FeedReset");
        assert_eq!((&reset["alert"]["reason"], &reset["alert"]["head"]), (&json!(reason), &now));
        assert_eq!(reset["alert"]["actor"], Value::Null);
        let oldest = next(&mut stream).await;
        assert_eq!((&oldest["alert"]["change"], &oldest["cursor"]), (&json!("SENT"), &now));
        // Behind the reset's own cursor it goes on without another.
        let mut resumed = app.subscribe(&aurora, LIVE, json!({"after": reset["cursor"]}));
        assert_eq!(next(&mut resumed).await, oldest);
    }
}

async fn a_filter_holds_for_alerts_and_not_for_resets(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let (ours, theirs) = (head(&app, &aurora).await, head(&app, &borealis).await);
    alert(&app, "borealis").await;
    let wanted = json!({"after": ours, "filter": {"kinds": ["PARTNERSHIP"]}});
    assert_eq!(next(&mut app.subscribe(&aurora, LIVE, wanted)).await["alert"]["change"], "SENT");
    trim(&app).await;
    // Of a feed that nobody has listened to: what is still in memory would be given though it is no longer kept.
    let nothing = json!({"after": theirs, "filter": {"kinds": []}});
    let reset = next(&mut app.subscribe(&borealis, LIVE, nothing)).await;
    assert_eq!(reset["alert"]["reason"], "TRIMMED");
}

async fn who_has_no_feed_is_refused(app: TestApp) {
    let start = head(&app, &app.manager("aurora")).await;
    for (actor, variables, code) in [
        (app.visitor(), json!({}), "UNAUTHENTICATED"),
        (app.manager("comet"), json!({"after": start}), "BAD_USER_INPUT"),
        (app.manager("aurora"), json!({"after": "x"}), "BAD_USER_INPUT"),
        (app.manager("aurora"), json!({"filter": {"opportunity": "x"}}), "BAD_USER_INPUT"),
    ] {
        let mut stream = app.subscribe(&actor, LIVE, variables);
        let answer = tokio::time::timeout(Duration::from_secs(30), stream.next()).await.unwrap().unwrap();
        assert_eq!(answer.error_code(), code);
    }
}
