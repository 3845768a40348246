//! What waits for an organization, whatever kind it is, in one list.

use super::{
    cosell::{self, review},
    lead,
    partnership::{self, invitation as offer},
    program,
};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::value::Role;
use partnergraph::op::Actor;
use serde_json::{Value, json};

on_both!(
    what_waits_is_one_list,
    what_was_answered_waits_no_more,
    nobody_else_sees_it,
    partnerships_and_programs_wait_for_who_was_invited,
    an_offered_partnership_waits_until_it_is_closed,
    an_offered_membership_waits_until_it_is_closed,
    an_application_waits_for_the_host,
    an_application_waits_until_it_is_closed,
    an_application_made_again_waits_again,
    offers_and_applications_are_one_order,
    entries_cost_no_statements,
);

const INBOX: &str = "query ($first: Int, $after: String) { viewer { inbox(first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor }
  nodes { __typename ... on Invitation { id } ... on Lead { id status company { name } contact { name } }
          ... on Opportunity { id reviewStatus } ... on PartnershipInvitation { id } ... on Membership { id } }
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

/// Offers borealis a partnership in the name of `from`, until that day of November; the invitation's id.
async fn offer_until(app: &TestApp, from: &str, day: u32) -> Value {
    let mut input = partnership::to("borealis");
    input["expiresAt"] = json!(format!("2026-11-{day:02}T09:00:00Z"));
    partnership::invite(app, &app.manager(from), input).await.payload()["invitation"]["id"].clone()
}

/// Invites borealis into the program of aurora with this slug; the membership's id.
async fn membership_in(app: &TestApp, slug: &str) -> Value {
    let input = json!({"input": {"program": slug, "organization": "borealis", "types": ["CHANNEL"]}});
    let sent = app.graphql(&app.manager("aurora"), program::lifecycle::INVITE, input).await;
    sent.payload()["membership"]["id"].clone()
}

/// An organization applies to the program with this slug; the membership's id.
async fn application_to(app: &TestApp, from: &str, slug: &str) -> Value {
    let input = json!({"input": {"program": slug, "types": ["CHANNEL"]}});
    app.graphql(&app.manager(from), program::APPLY, input).await.payload()["membership"]["id"].clone()
}

/// How much waits for an organization.
async fn waiting(app: &TestApp, slug: &str) -> i64 {
    let inbox = app.graphql(&app.manager(slug), INBOX, json!({})).await;
    let inbox = inbox.at("/viewer/inbox");
    assert_eq!(inbox["totalCount"], inbox["nodes"].as_array().unwrap().len(), "{inbox}");
    inbox["totalCount"].as_i64().unwrap()
}

/// The ids of all that waits for somebody, read in pages of a size, each of which says how much there is.
async fn paged(app: &TestApp, actor: &Actor, size: i32, total: i64) -> Vec<Value> {
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = app.graphql(actor, INBOX, json!({"first": size, "after": after})).await;
        let inbox = page.at("/viewer/inbox");
        assert_eq!(inbox["totalCount"], total);
        seen.extend(inbox["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()));
        after = inbox["pageInfo"]["endCursor"].clone();
        if inbox["pageInfo"]["hasNextPage"] == false {
            return seen;
        }
    }
}

async fn what_waits_is_one_list(app: TestApp) {
    lead::befriend(&app, &["borealis"]).await;
    program::program(&app, "moons").await;
    program::program(&app, "suns").await;
    let moons = membership_in(&app, "moons").await;
    let deal = review::stage(&app).await;
    review::submit(&app, &app.manager("borealis"), &deal, Some("stars")).await.payload();
    review::object(&app, &app.manager("aurora"), "opportunityRequestAction", &deal, "More").await.payload();
    // The clock stands at the 2nd of November. What expires together, and what does not expire, is in the order of entry.
    let expected = [
        lead_for(&app, 3).await,
        invitation_until(&app, 6).await,
        offer_until(&app, "comet", 6).await,
        invitation_until(&app, 7).await,
        lead_for(&app, 6).await,
        lead_for(&app, 6).await,
        invitation_until(&app, 9).await,
        moons,
        deal,
        membership_in(&app, "suns").await,
    ];
    let viewer = app.actor("borealis", Role::Viewer);
    for size in [1, 2, 3, 7, 8, 10] {
        assert_eq!(paged(&app, &viewer, size, 10).await, expected, "pages of {size}");
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
    assert_eq!(waiting(&app, "borealis").await, 3);
    lead::accept(&app, &app.manager("borealis"), &one).await.payload();
    assert_eq!(waiting(&app, "borealis").await, 2);
    app.clock.advance(TimeDelta::days(6));
    assert_eq!(waiting(&app, "borealis").await, 1, "by the clock, before anybody wrote it down");
    cosell::accept(&app, &app.manager("borealis"), &invitation).await.payload();
    assert_eq!(waiting(&app, "borealis").await, 0);
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

async fn partnerships_and_programs_wait_for_who_was_invited(app: TestApp) {
    program::program(&app, "moons").await;
    let membership = membership_in(&app, "moons").await;
    let offer = offer_until(&app, "aurora", 9).await;
    const READ: &str = "{ viewer { inbox { totalCount nodes { __typename
      ... on PartnershipInvitation { id message expiresAt fromOrganization { slug } viewerCanAnswer }
      ... on Membership { id status program { slug } viewerCanAnswer } } } } }";
    for (role, may) in [(Role::Manager, true), (Role::Viewer, false)] {
        let inbox = app.graphql(&app.actor("borealis", role), READ, json!({})).await;
        let expected = json!({"totalCount": 2, "nodes": [
            {"__typename": "PartnershipInvitation", "id": offer, "message": "Shall we?",
             "expiresAt": "2026-11-09T09:00:00+00:00", "fromOrganization": {"slug": "aurora"}, "viewerCanAnswer": may},
            {"__typename": "Membership", "id": membership, "status": "INVITED", "program": {"slug": "moons"},
             "viewerCanAnswer": may},
        ]});
        assert_eq!(inbox.at("/viewer/inbox"), &expected, "{role:?}");
    }
    for actor in [app.manager("aurora"), app.manager("comet"), app.operator()] {
        let inbox = app.graphql(&actor, READ, json!({})).await;
        assert_eq!(inbox.at("/viewer/inbox"), &json!({"totalCount": 0, "nodes": []}));
    }
}

async fn an_offered_partnership_waits_until_it_is_closed(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = offer_until(&app, "aurora", 9).await;
    assert_eq!(waiting(&app, "borealis").await, 1);
    let no = json!({"id": id, "input": {"reason": "NO_CAPACITY"}});
    app.graphql(&borealis, offer::DECLINE, no).await.payload();
    assert_eq!(waiting(&app, "borealis").await, 0, "declined");

    let id = offer_until(&app, "aurora", 9).await;
    assert_eq!(waiting(&app, "borealis").await, 1);
    app.graphql(&aurora, offer::CANCEL, json!({"id": id})).await.payload();
    assert_eq!(waiting(&app, "borealis").await, 0, "taken back");

    offer_until(&app, "aurora", 9).await;
    app.clock.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    assert_eq!(waiting(&app, "borealis").await, 1, "to its last second");
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(waiting(&app, "borealis").await, 0, "by the clock, before anybody wrote it down");

    let id = offer_until(&app, "aurora", 20).await;
    assert_eq!(waiting(&app, "borealis").await, 1);
    partnership::accept(&app, &borealis, &id).await.payload();
    assert_eq!(waiting(&app, "borealis").await, 0, "accepted");
}

async fn an_offered_membership_waits_until_it_is_closed(app: TestApp) {
    program::program(&app, "moons").await;
    let closings =
        [("borealis", "membershipDecline"), ("aurora", "membershipWithdraw"), ("borealis", "membershipAccept")];
    for (slug, mutation) in closings {
        let id = membership_in(&app, "moons").await;
        // It has no day to be answered by.
        app.clock.advance(TimeDelta::days(100));
        assert_eq!(waiting(&app, "borealis").await, 1, "before {mutation}");
        app.graphql(&app.manager(slug), &program::on_membership(mutation, ""), json!({"id": id})).await.payload();
        assert_eq!(waiting(&app, "borealis").await, 0, "after {mutation}");
    }
}

async fn an_application_waits_for_the_host(app: TestApp) {
    program::program(&app, "moons").await;
    let id = application_to(&app, "borealis", "moons").await;
    const READ: &str = "{ viewer { inbox { totalCount nodes { __typename ... on Membership {
      id status program { slug } organization { slug } viewerCanDecide viewerCanAnswer } } } } }";
    for (role, may) in [(Role::Manager, true), (Role::Member, false), (Role::Viewer, false)] {
        let inbox = app.graphql(&app.actor("aurora", role), READ, json!({})).await;
        let expected = json!({"totalCount": 1, "nodes": [
            {"__typename": "Membership", "id": id, "status": "APPLIED", "program": {"slug": "moons"},
             "organization": {"slug": "borealis"}, "viewerCanDecide": may, "viewerCanAnswer": false},
        ]});
        assert_eq!(inbox.at("/viewer/inbox"), &expected, "{role:?}");
    }
    // Neither who applied, nor who runs the installation, nor anybody else decides.
    for actor in [app.manager("borealis"), app.manager("comet"), app.operator()] {
        let inbox = app.graphql(&actor, READ, json!({})).await;
        assert_eq!(inbox.at("/viewer/inbox"), &json!({"totalCount": 0, "nodes": []}));
    }
}

async fn an_application_waits_until_it_is_closed(app: TestApp) {
    program::program(&app, "moons").await;
    let no = json!({"reason": "NOT_THE_RIGHT_FIT"});
    let closings = [
        ("borealis", "membershipWithdraw", "", Value::Null),
        ("aurora", "membershipReject", "MembershipRejectInput!", no),
        ("aurora", "membershipApprove", "", Value::Null),
    ];
    for (slug, mutation, input_type, input) in closings {
        let id = application_to(&app, "borealis", "moons").await;
        // It has no day to be decided by.
        app.clock.advance(TimeDelta::days(100));
        assert_eq!(waiting(&app, "aurora").await, 1, "before {mutation}");
        let document = program::on_membership(mutation, input_type);
        app.graphql(&app.manager(slug), &document, json!({"id": id, "input": input})).await.payload();
        assert_eq!(waiting(&app, "aurora").await, 0, "after {mutation}");
        app.clock.advance(TimeDelta::days(100));
    }
}

async fn an_application_made_again_waits_again(app: TestApp) {
    program::program(&app, "moons").await;
    let id = application_to(&app, "borealis", "moons").await;
    let take_back = program::on_membership("membershipWithdraw", "");
    app.graphql(&app.manager("borealis"), &take_back, json!({"id": id})).await.payload();
    // The host asks now: the same membership waits for the other side.
    assert_eq!(membership_in(&app, "moons").await, id);
    assert_eq!((waiting(&app, "aurora").await, waiting(&app, "borealis").await), (0, 1));
    let decline = program::on_membership("membershipDecline", "");
    app.graphql(&app.manager("borealis"), &decline, json!({"id": id})).await.payload();
    assert_eq!(application_to(&app, "borealis", "moons").await, id);
    assert_eq!((waiting(&app, "aurora").await, waiting(&app, "borealis").await), (1, 0));
}

/// Who runs a program and was invited into another one finds both in the order of entry, on pages of any size.
async fn offers_and_applications_are_one_order(app: TestApp) {
    for slug in ["moons", "suns"] {
        program::program(&app, slug).await;
    }
    let comet = app.manager("comet");
    let made = app.graphql(&comet, program::CREATE, json!({"input": {"name": "Tails", "slug": "tails"}})).await;
    const PUBLISH: &str = "mutation ($id: ID!) { programPublish(id: $id) { program { status } userErrors { code } } }";
    app.graphql(&comet, PUBLISH, json!({"id": made.payload()["program"]["id"]})).await.payload();
    let invite = json!({"input": {"program": "tails", "organization": "aurora", "types": ["CHANNEL"]}});
    let expected = [
        application_to(&app, "borealis", "moons").await,
        app.graphql(&comet, program::lifecycle::INVITE, invite).await.payload()["membership"]["id"].clone(),
        application_to(&app, "borealis", "suns").await,
        application_to(&app, "comet", "moons").await,
    ];
    let aurora = app.manager("aurora");
    for size in [1, 2, 3, 4] {
        assert_eq!(paged(&app, &aurora, size, 4).await, expected, "pages of {size}");
    }
}

async fn entries_cost_no_statements(app: TestApp) {
    const READ: &str = "{ viewer { inbox(first: 50) { totalCount nodes { __typename
      ... on PartnershipInvitation { fromOrganization { slug } toOrganization { slug } parties { slug } }
      ... on Membership { program { slug } viewerCanDecide } } } } }";
    for slug in ["moons", "suns", "stars"] {
        program::program(&app, slug).await;
    }
    membership_in(&app, "moons").await;
    offer_until(&app, "comet", 9).await;
    let borealis = app.manager("borealis");
    let (two, few) = app.statements(app.graphql(&borealis, READ, json!({}))).await;
    assert_eq!(two.at("/viewer/inbox/totalCount"), 2);
    membership_in(&app, "suns").await;
    membership_in(&app, "stars").await;
    offer_until(&app, "aurora", 9).await;
    let (five, many) = app.statements(app.graphql(&borealis, READ, json!({}))).await;
    assert_eq!(five.at("/viewer/inbox/totalCount"), 5);
    assert!(many <= few, "{many} statements for five entries, {few} for two");

    // The same of applications, with what decides whether the viewer may answer them.
    let aurora = app.manager("aurora");
    application_to(&app, "comet", "moons").await;
    let (one, few) = app.statements(app.graphql(&aurora, READ, json!({}))).await;
    assert_eq!(one.at("/viewer/inbox/totalCount"), 1);
    application_to(&app, "comet", "suns").await;
    application_to(&app, "comet", "stars").await;
    let (three, many) = app.statements(app.graphql(&aurora, READ, json!({}))).await;
    assert_eq!(three.at("/viewer/inbox/totalCount"), 3);
    assert!(many <= few, "{many} statements for three applications, {few} for one");
}
