//! How memberships begin, change and end.

use super::{APPLY, member, on_membership, program, text};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::value::Role;
use serde_json::{Value, json};

pub(in crate::cases) const INVITE: &str = "mutation ($input: MembershipInviteInput!) {
  membershipInvite(input: $input) { membership { id status organization { slug } } userErrors { field code } }
}";

on_both!(
    an_application_is_rejected_and_made_again,
    applying_has_refusals,
    an_invitation_is_answered,
    what_waits_is_taken_back,
    a_suspension_is_a_gap,
    a_member_leaves_and_comes_back,
    a_membership_runs_out_by_the_clock,
    only_the_two_sides_see_what_waits,
);

async fn apply(app: &TestApp, input: Value) -> crate::support::Answer {
    app.graphql(&app.manager("borealis"), APPLY, json!({"input": input})).await
}

async fn an_application_is_rejected_and_made_again(app: TestApp) {
    let host = app.manager("aurora");
    let [id, ..] = program(&app, "gate").await;
    const WAIT: &str = "mutation ($id: ID!) { programUpdate(id: $id, input: {reapplyDays: 10}) { program { id } userErrors { code } } }";
    app.graphql(&host, WAIT, json!({"id": id})).await.payload();
    let input = json!({"program": "gate", "types": ["CHANNEL"], "message": "Hello", "idempotencyKey": "a"});
    let applied = apply(&app, input.clone()).await;
    let membership = text(&applied.payload()["membership"]["id"]);
    assert_eq!(apply(&app, input).await.payload()["membership"]["id"], json!(membership), "a retry repeats");
    let again = json!({"program": "gate", "types": ["CHANNEL"]});
    assert_eq!(apply(&app, again.clone()).await.refusals(), ["ALREADY_EXISTS"]);

    let reject = on_membership("membershipReject", "MembershipRejectInput!");
    let no = |input| json!({"id": membership, "input": input});
    assert_eq!(app.graphql(&host, &reject, no(json!({"reason": "OTHER"}))).await.refusals(), ["REQUIRED"]);
    let own = app.graphql(&app.manager("borealis"), &reject, no(json!({"reason": "NOT_THE_RIGHT_FIT"}))).await;
    assert_eq!(own.refusals(), ["NOT_ALLOWED"]);
    let rejected = app.graphql(&host, &reject, no(json!({"reason": "NEEDS_MORE_DETAIL", "comment": "More"}))).await;
    let rejected = &rejected.payload()["membership"];
    assert_eq!((&rejected["status"], &rejected["rejectionReason"]), (&json!("REJECTED"), &json!("NEEDS_MORE_DETAIL")));

    assert_eq!(apply(&app, again.clone()).await.refusals(), ["INVALID_STATE"], "the program says to wait");
    app.clock.advance(TimeDelta::days(10));
    let reapplied = apply(&app, again).await;
    let reapplied = &reapplied.payload()["membership"];
    assert_eq!((&reapplied["id"], &reapplied["status"]), (&json!(membership), &json!("APPLIED")));
}

async fn applying_has_refusals(app: TestApp) {
    let [id, ..] = program(&app, "narrow").await;
    const NARROW: &str = "mutation ($id: ID!, $input: ProgramUpdateInput!) { programUpdate(id: $id, input: $input) { program { id } userErrors { code } } }";
    let host = app.manager("aurora");
    app.graphql(&host, NARROW, json!({"id": id, "input": {"types": ["CHANNEL"]}})).await.payload();
    let narrow = |types: Value| json!({"program": "narrow", "types": types});
    assert_eq!(apply(&app, narrow(json!([]))).await.refusals(), ["REQUIRED"]);
    assert_eq!(apply(&app, narrow(json!(["CHANNEL", "STRATEGIC"]))).await.refusals(), ["INVALID_VALUE"]);
    assert_eq!(apply(&app, json!({"program": "none", "types": ["CHANNEL"]})).await.refusals(), ["NOT_FOUND"]);
    let long = json!({"program": "narrow", "types": ["CHANNEL"], "message": "x".repeat(2_001)});
    assert_eq!(apply(&app, long).await.refusals(), ["TOO_LONG"]);
    let own = app.graphql(&host, APPLY, json!({"input": narrow(json!(["CHANNEL"]))})).await;
    assert_eq!(own.refusals(), ["INVALID_VALUE"], "not in its own program");
    let member =
        app.graphql(&app.actor("borealis", Role::Member), APPLY, json!({"input": narrow(json!(["CHANNEL"]))})).await;
    assert_eq!(member.refusals(), ["NOT_ALLOWED"]);
    let visitor = app.graphql(&app.visitor(), APPLY, json!({"input": narrow(json!(["CHANNEL"]))})).await;
    assert_eq!(visitor.error_code(), "UNAUTHENTICATED");
    app.graphql(&host, NARROW, json!({"id": id, "input": {"startsOn": "2026-11-03"}})).await.payload();
    assert_eq!(apply(&app, narrow(json!(["CHANNEL"]))).await.refusals(), ["INVALID_STATE"], "from tomorrow on");
    app.clock.advance(TimeDelta::days(1));
    apply(&app, narrow(json!(["CHANNEL"]))).await.payload();
}

async fn an_invitation_is_answered(app: TestApp) {
    let (host, invited) = (app.manager("aurora"), app.manager("borealis"));
    program(&app, "doors").await;
    let input = json!({"input": {"program": "doors", "organization": "borealis", "types": ["TECHNOLOGY"]}});
    assert_eq!(app.graphql(&invited, INVITE, input.clone()).await.refusals(), ["NOT_ALLOWED"]);
    let sent = app.graphql(&host, INVITE, input.clone()).await;
    let id = text(&sent.payload()["membership"]["id"]);
    assert_eq!(app.graphql(&host, INVITE, input.clone()).await.refusals(), ["ALREADY_EXISTS"]);
    let unknown = json!({"input": {"program": "doors", "organization": "nobody", "types": ["TECHNOLOGY"]}});
    assert_eq!(app.graphql(&host, INVITE, unknown).await.refusals(), ["NOT_FOUND"]);

    let approve = on_membership("membershipApprove", "MembershipApproveInput");
    assert_eq!(app.graphql(&host, &approve, json!({"id": id})).await.refusals(), ["INVALID_STATE"]);
    let decline = on_membership("membershipDecline", "MembershipDeclineInput");
    assert_eq!(app.graphql(&host, &decline, json!({"id": id})).await.refusals(), ["NOT_ALLOWED"]);
    let declined = app.graphql(&invited, &decline, json!({"id": id, "input": {"comment": "Not now"}})).await;
    let declined = &declined.payload()["membership"];
    assert_eq!((&declined["status"], &declined["rejectionReason"]), (&json!("REJECTED"), &json!(null)));

    app.graphql(&host, INVITE, input).await.payload();
    let accept = on_membership("membershipAccept", "");
    assert_eq!(app.graphql(&host, &accept, json!({"id": id})).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(app.graphql(&app.manager("comet"), &accept, json!({"id": id})).await.refusals(), ["NOT_FOUND"]);
    let accepted = app.graphql(&invited, &accept, json!({"id": id})).await;
    let accepted = &accepted.payload()["membership"];
    assert_eq!((&accepted["status"], &accepted["joinedAt"]), (&json!("ACTIVE"), &json!("2026-11-02T09:00:00+00:00")));
    assert_eq!(app.graphql(&invited, &accept, json!({"id": id})).await.refusals(), ["INVALID_STATE"]);
}

async fn what_waits_is_taken_back(app: TestApp) {
    let (host, partner) = (app.manager("aurora"), app.manager("borealis"));
    program(&app, "waits").await;
    let applied = apply(&app, json!({"program": "waits", "types": ["CHANNEL"]})).await;
    let id = text(&applied.payload()["membership"]["id"]);
    let withdraw = on_membership("membershipWithdraw", "");
    assert_eq!(app.graphql(&host, &withdraw, json!({"id": id})).await.refusals(), ["NOT_ALLOWED"]);
    let back = app.graphql(&partner, &withdraw, json!({"id": id})).await;
    assert_eq!(back.payload()["membership"]["status"], "TERMINATED");
    let input = json!({"input": {"program": "waits", "organization": "borealis", "types": ["CHANNEL"]}});
    app.graphql(&host, INVITE, input).await.payload();
    assert_eq!(app.graphql(&partner, &withdraw, json!({"id": id})).await.refusals(), ["NOT_ALLOWED"]);
    app.graphql(&host, &withdraw, json!({"id": id})).await.payload();
    assert_eq!(app.graphql(&host, &withdraw, json!({"id": id})).await.refusals(), ["INVALID_STATE"]);
}

async fn a_suspension_is_a_gap(app: TestApp) {
    let host = app.manager("aurora");
    let [_, gold, ..] = program(&app, "gap").await;
    let id = member(&app, "gap", Some(&gold)).await;
    app.clock.advance(TimeDelta::days(5));
    let suspend = on_membership("membershipSuspend", "MembershipSuspendInput!");
    assert_eq!(
        app.graphql(&host, &suspend, json!({"id": id, "input": {"comment": " "}})).await.refusals(),
        ["REQUIRED"]
    );
    let set_aside = app.graphql(&host, &suspend, json!({"id": id, "input": {"comment": "Unpaid"}})).await;
    assert_eq!(set_aside.payload()["membership"]["tier"]["name"], "Gold", "the tier is kept");
    app.clock.advance(TimeDelta::days(5));
    let reinstate = on_membership("membershipReinstate", "ExpectedRevisionInput");
    let stale = app.graphql(&host, &reinstate, json!({"id": id, "input": {"expectedRevision": 1}})).await;
    assert_eq!(stale.refusals(), ["REVISION_MISMATCH"]);
    let back = app.graphql(&host, &reinstate, json!({"id": id})).await;
    let history = json!([
        {"tier": {"name": "Gold"}, "startsOn": "2026-11-02", "endsOn": "2026-11-07"},
        {"tier": {"name": "Gold"}, "startsOn": "2026-11-12", "endsOn": null},
    ]);
    assert_eq!(back.payload()["membership"]["history"], history);
    assert_eq!(app.graphql(&host, &reinstate, json!({"id": id})).await.refusals(), ["INVALID_STATE"]);
}

async fn a_member_leaves_and_comes_back(app: TestApp) {
    program(&app, "leave").await;
    let id = member(&app, "leave", None).await;
    app.clock.advance(TimeDelta::days(30));
    let terminate = on_membership("membershipTerminate", "MembershipTerminateInput!");
    let why = json!({"id": id, "input": {"comment": "We go"}});
    assert_eq!(app.graphql(&app.manager("comet"), &terminate, why.clone()).await.refusals(), ["NOT_ALLOWED"]);
    let left = app.graphql(&app.manager("borealis"), &terminate, why.clone()).await;
    assert_eq!(left.payload()["membership"]["status"], "TERMINATED");
    assert_eq!(app.graphql(&app.manager("aurora"), &terminate, why).await.refusals(), ["INVALID_STATE"]);
    app.clock.advance(TimeDelta::days(30));
    assert_eq!(member(&app, "leave", None).await, id, "the same membership goes on");
    const READ: &str = "query ($id: ID!) { node(id: $id) { ... on Membership { history { startsOn endsOn } } } }";
    let read = app.graphql(&app.visitor(), READ, json!({"id": id})).await;
    let history =
        json!([{"startsOn": "2026-11-02", "endsOn": "2026-12-02"}, {"startsOn": "2027-01-01", "endsOn": null}]);
    assert_eq!(read.at("/node/history"), &history);
}

async fn a_membership_runs_out_by_the_clock(app: TestApp) {
    let host = app.manager("aurora");
    let [_, gold, ..] = program(&app, "ends").await;
    let id = member(&app, "ends", Some(&gold)).await;
    let renew = on_membership("membershipRenew", "MembershipRenewInput!");
    let until = |day: &str| json!({"id": id, "input": {"until": day}});
    assert_eq!(app.graphql(&host, &renew, until("2026-11-02")).await.refusals(), ["OUT_OF_RANGE"]);
    let renewed = app.graphql(&host, &renew, until("2026-12-01")).await;
    assert_eq!(renewed.payload()["membership"]["expiresOn"], "2026-12-01");
    app.clock.advance(TimeDelta::days(28));
    const READ: &str = "query ($id: ID!) { node(id: $id) { ... on Membership { status } } }";
    assert_eq!(app.graphql(&app.visitor(), READ, json!({"id": id})).await.at("/node/status"), "ACTIVE");
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(app.graphql(&app.visitor(), READ, json!({"id": id})).await.at("/node"), &json!(null));
    assert_eq!(app.graphql(&host, READ, json!({"id": id})).await.at("/node/status"), "TERMINATED");
    app.clock.advance(TimeDelta::days(9));
    let late = app.graphql(&host, &renew, json!({"id": id, "input": {"until": null}})).await;
    let history = json!([
        {"tier": {"name": "Gold"}, "startsOn": "2026-11-02", "endsOn": "2026-12-01"},
        {"tier": {"name": "Gold"}, "startsOn": "2026-12-10", "endsOn": null},
    ]);
    assert_eq!(late.payload()["membership"]["history"], history, "a late renewal does not fill the gap");
}

async fn only_the_two_sides_see_what_waits(app: TestApp) {
    program(&app, "secret").await;
    let applied = apply(&app, json!({"program": "secret", "types": ["CHANNEL"], "message": "Psst"})).await;
    let id = text(&applied.payload()["membership"]["id"]);
    const READ: &str =
        "query ($id: ID!) { node(id: $id) { ... on Membership { status message viewerCanDecide viewerCanAnswer } } }";
    for stranger in [app.visitor(), app.manager("comet")] {
        assert_eq!(app.graphql(&stranger, READ, json!({"id": id})).await.at("/node"), &json!(null));
    }
    let host = app.graphql(&app.manager("aurora"), READ, json!({"id": id})).await;
    assert_eq!(
        host.at("/node"),
        &json!({"status": "APPLIED", "message": "Psst", "viewerCanDecide": true, "viewerCanAnswer": false})
    );
    let approve = on_membership("membershipApprove", "MembershipApproveInput");
    app.graphql(&app.manager("aurora"), &approve, json!({"id": id})).await.payload();
    let public = app.graphql(&app.visitor(), READ, json!({"id": id})).await;
    assert_eq!(
        public.at("/node"),
        &json!({"status": "ACTIVE", "message": null, "viewerCanDecide": false, "viewerCanAnswer": false})
    );
}
