//! What waits for an organization, whatever kind it is, in one list.

use super::{
    cosell::{self, review},
    lead,
};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::value::Role;
use serde_json::{Value, json};

on_both!(what_waits_is_one_list, what_was_answered_waits_no_more, nobody_else_sees_it);

const INBOX: &str = "query ($first: Int, $after: String) { viewer { inbox(first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor }
  nodes { __typename ... on Invitation { id } ... on Lead { id status company { name } contact { name } }
          ... on Opportunity { id reviewStatus } }
} } }";

/// Sends a lead of aurora to borealis, who has so many days; its id.
async fn lead_for(app: &TestApp, days: i32) -> Value {
    let mut input = lead::acme_to(&["borealis"]);
    input["answerDays"] = json!(days);
    lead::create(app, &app.manager("aurora"), input).await.payload()["lead"]["id"].clone()
}

/// Invites borealis into a deal of aurora until that day of November; the invitation's id.
async fn invitation_until(app: &TestApp, day: u32) -> Value {
    let id = cosell::opened(app, cosell::deal()).await;
    let mut input = cosell::to("borealis");
    input["expiresAt"] = json!(format!("2026-11-{day:02}T09:00:00Z"));
    cosell::invite(app, &app.manager("aurora"), &id, input).await.payload()["invitation"]["id"].clone()
}

async fn what_waits_is_one_list(app: TestApp) {
    lead::befriend(&app, &["borealis"]).await;
    let deal = review::stage(&app).await;
    review::submit(&app, &app.manager("borealis"), &deal, Some("stars")).await.payload();
    review::object(&app, &app.manager("aurora"), "opportunityRequestAction", &deal, "More").await.payload();
    // The clock stands at the 2nd of November.
    let expected = [
        lead_for(&app, 3).await,
        invitation_until(&app, 6).await,
        invitation_until(&app, 7).await,
        lead_for(&app, 6).await,
        lead_for(&app, 6).await,
        invitation_until(&app, 9).await,
        deal,
    ];
    let viewer = app.actor("borealis", Role::Viewer);
    for size in [1, 2, 3, 7] {
        let (mut seen, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = app.graphql(&viewer, INBOX, json!({"first": size, "after": after})).await;
            let inbox = page.at("/viewer/inbox");
            assert_eq!(inbox["totalCount"], 7);
            seen.extend(inbox["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()));
            after = inbox["pageInfo"]["endCursor"].clone();
            if inbox["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(seen, expected, "pages of {size}");
    }
    let all = app.graphql(&viewer, INBOX, json!({})).await;
    assert_eq!(
        all.at("/viewer/inbox/nodes/0"),
        &json!({"__typename": "Lead", "id": expected[0], "status": "SENT", "company": {"name": "Acme Works"},
                "contact": {"name": null}})
    );
}

async fn what_was_answered_waits_no_more(app: TestApp) {
    lead::befriend(&app, &["borealis"]).await;
    let (one, _two) = (lead_for(&app, 5).await, lead_for(&app, 6).await);
    let invitation = invitation_until(&app, 9).await;
    let waiting = async || {
        let inbox = app.graphql(&app.manager("borealis"), INBOX, json!({})).await;
        inbox.at("/viewer/inbox/totalCount").clone()
    };
    assert_eq!(waiting().await, 3);
    lead::accept(&app, &app.manager("borealis"), &one).await.payload();
    assert_eq!(waiting().await, 2);
    app.clock.advance(TimeDelta::days(6));
    assert_eq!(waiting().await, 1, "by the clock, before anybody wrote it down");
    cosell::accept(&app, &app.manager("borealis"), &invitation).await.payload();
    assert_eq!(waiting().await, 0);
}

async fn nobody_else_sees_it(app: TestApp) {
    lead::befriend(&app, &["borealis"]).await;
    lead_for(&app, 3).await;
    for actor in [app.manager("aurora"), app.manager("comet"), app.operator()] {
        let inbox = app.graphql(&actor, INBOX, json!({})).await;
        assert_eq!(
            inbox.at("/viewer/inbox"),
            &json!({"totalCount": 0, "nodes": [],
            "pageInfo": {"hasNextPage": false, "endCursor": null}})
        );
    }
    let odd = app.graphql(&app.manager("borealis"), INBOX, json!({"first": 101})).await;
    assert_eq!(odd.error_code(), "BAD_USER_INPUT");
}
