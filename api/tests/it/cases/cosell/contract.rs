//! The documents that clients already send, unchanged, with their answers checked.

use super::{deal, full_deal, opened, operation, share, to};
use crate::{
    cases::program,
    support::{TestApp, on_both, organization_id, person_id},
};
use entity::{id::TypedId, value::Role};
use serde_json::{Value, json};

on_both!(a_deal_desk_works_with_its_documents);

async fn a_deal_desk_works_with_its_documents(app: TestApp) {
    let [_, gold, ..] = program::program(&app, "stars").await;
    program::member(&app, "stars", Some(&gold)).await;
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let me = app.graphql(&borealis, &operation("Me"), json!({})).await;
    let expected = json!({
        "id": person_id("borealis", Role::Manager).global().replace("psn_", "vwr_"), "name": "Manager of borealis", "role": "MANAGER",
        "organization": {"id": organization_id("borealis").global(), "slug": "borealis", "name": "Borealis Ltd"},
    });
    assert_eq!(me.at("/viewer"), &expected);

    let made = app.graphql(&aurora, &operation("CreateOpportunity"), json!({"input": deal()})).await;
    let opportunity = made.payload()["opportunity"].clone();
    let id = opportunity["id"].clone();
    let expected = json!({"id": id, "stage": "PROSPECT", "reviewStatus": "PENDING_SUBMISSION", "revision": 1});
    assert_eq!(opportunity, expected);
    assert!(id.as_str().unwrap().starts_with("opp_"));

    let sent = app.graphql(&aurora, &operation("Invite"), json!({"id": id, "input": to("borealis")})).await;
    let invitation = sent.payload()["invitation"].clone();
    let expected = json!({"id": invitation["id"], "status": "PENDING", "expiresAt": "2026-11-16T09:00:00+00:00",
                          "receiver": {"slug": "borealis"}});
    assert_eq!(invitation, expected);

    let other = app.graphql(&aurora, &operation("Invite"), json!({"id": id, "input": to("comet")})).await;
    let declined = json!({"id": other.payload()["invitation"]["id"], "input": {"reason": "NO_CAPACITY"}});
    let declined = app.graphql(&app.manager("comet"), &operation("Decline"), declined).await;
    assert_eq!(declined.payload()["invitation"]["status"], "DECLINED");

    let accepted = app.graphql(&borealis, &operation("Accept"), json!({"id": invitation["id"]})).await;
    assert_eq!(accepted.payload()["invitation"], json!({"id": invitation["id"], "status": "ACCEPTED"}));
    let expected =
        json!({"id": id, "title": "Answers for Acme", "stage": "PROSPECT", "customer": {"name": "Acme Inc."}});
    assert_eq!(accepted.payload()["opportunity"], expected, "one opportunity has one id for all");

    let moved = json!({"id": id, "input": {"stage": "QUALIFIED", "expectedRevision": 2}});
    let moved = app.graphql(&aurora, &operation("Advance"), moved).await;
    let expected = json!({"id": id, "stage": "QUALIFIED", "revision": 3, "updatedAt": "2026-11-02T09:00:00+00:00"});
    assert_eq!(moved.payload()["opportunity"], expected);

    let full = opened(&app, full_deal()).await;
    share(&app, &full, "borealis", to("borealis")).await;
    let variables = json!({
        "first": 10,
        "filter": {"stages": ["QUALIFIED"], "owner": "aurora", "customer": "acme", "targetCloseAfter": "2026-12-01"},
        "orderBy": {"field": "TARGET_CLOSE_DATE", "direction": "ASC"},
    });
    let list = app.graphql(&borealis, &operation("SharedOpportunities"), variables).await;
    assert_eq!(list.at("/opportunities/totalCount"), 1);
    let member = json!({"nodes": [{"tier": {"name": "Gold", "rank": 3}}]});
    let expected = json!({
        "id": full, "title": "Answers for Acme", "stage": "QUALIFIED", "reviewStatus": "PENDING_SUBMISSION",
        "customer": {"name": "Acme Inc.", "websiteUrl": "https://www.acme.example/", "countryCode": "NO"},
        "expectedAmount": {"amount": "1200.50", "currencyCode": "EUR"},
        "targetCloseDate": "2026-12-24", "updatedAt": "2026-11-02T09:00:00+00:00", "revision": 2,
        "owner": {"slug": "aurora", "name": "Aurora Ltd"},
        "participants": [
            {"role": "OWNER", "organization": {"slug": "aurora", "name": "Aurora Ltd", "memberships": {"nodes": []}}},
            {"role": "RESELLER",
             "organization": {"slug": "borealis", "name": "Borealis Ltd", "memberships": member}},
        ],
        "viewerCanUpdate": false,
    });
    let mut node = list.at("/opportunities/edges/0/node").clone();
    // Both joined at the same moment of a clock that stands still.
    let sorted = node["participants"].as_array_mut().unwrap();
    sorted.sort_by_key(|side| side["organization"]["slug"].as_str().unwrap().to_owned());
    assert_eq!(node, expected);
    let cursor = list.at("/opportunities/edges/0/cursor");
    assert_eq!(list.at("/opportunities/pageInfo"), &json!({"hasNextPage": false, "endCursor": cursor}));
    // Every variable but one may be left out, and whoever takes part in nothing sees nothing.
    let plain = app.graphql(&borealis, &operation("SharedOpportunities"), json!({"first": 100})).await;
    assert_eq!(plain.at("/opportunities/totalCount"), 2);
    let stranger = app.graphql(&app.manager("comet"), &operation("SharedOpportunities"), json!({"first": 100})).await;
    assert_eq!(
        stranger.at("/opportunities"),
        &json!({
            "totalCount": 0, "pageInfo": {"hasNextPage": false, "endCursor": Value::Null}, "edges": [],
        })
    );
    let visitor = app.graphql(&app.visitor(), &operation("SharedOpportunities"), json!({"first": 1})).await;
    assert_eq!(visitor.error_code(), "UNAUTHENTICATED");
}
