//! What is done in a partnership: both sides write and read, and each is told.

use super::{LOG, READ, REMOVE, UPDATE, alerts, begin, call, changes, log};
use crate::{
    cases::partnership::end,
    support::{TestApp, on_both, organization_id, person_id},
};
use chrono::TimeDelta;
use entity::{
    alert::AlertChange::{Canceled, Created, Updated},
    audit_entry,
    id::TypedId,
    value::Role,
};
use partnergraph::op::Scope;
use sea_orm::EntityTrait;
use serde_json::{Value, json};

const ASSIGN: &str =
    "mutation ($id: ID!, $input: PartnershipAssignInput!) { partnershipAssign(id: $id, input: $input) {
  partnership { id } userErrors { code }
} }";

on_both!(
    both_sides_read_what_was_done,
    partner_managers_are_addressed,
    a_note_may_be_for_oneself,
    bad_input_is_refused,
    a_retry_gets_the_first_answer,
    author_and_managers_change_it,
    only_parties_write_and_read,
    an_ended_partnership_has_no_more_to_log,
    the_trail_holds_no_text,
);

async fn member_id(app: &TestApp, slug: &str, role: Role) -> Value {
    const MEMBERS: &str = "query ($slug: String!) { organization(slug: $slug) { members { nodes { id role } } } }";
    let found = app.graphql(&app.actor(slug, Role::Admin), MEMBERS, json!({"slug": slug})).await;
    let wanted = json!(role);
    let members = found.at("/organization/members/nodes").as_array().unwrap().clone();
    members.into_iter().find(|member| member["role"] == wanted).unwrap()["id"].clone()
}

async fn both_sides_read_what_was_done(app: TestApp) {
    let id = begin(&app, "aurora", "borealis").await;
    let member = member_id(&app, "aurora", Role::Viewer).await;
    let input = json!({
        "kind": "JOINT_PITCH", "text": " We showed it.\r\nThey liked it. ", "occurredAt": "2026-11-01T15:00:00Z",
        "participants": [{"organization": "borealis"}, {"member": member}],
    });
    let logged = log(&app, &app.actor("aurora", Role::Member), &id, input).await;
    let activity = &logged.payload()["activity"];
    assert_eq!(activity["kind"], "JOINT_PITCH");
    assert_eq!(activity["text"], "We showed it.\nThey liked it.");
    assert_eq!(activity["occurredAt"], "2026-11-01T15:00:00+00:00");
    assert_eq!(activity["organization"]["slug"], "aurora");
    assert_eq!(activity["author"]["person"]["name"], "Member of aurora");
    assert_eq!(activity["partnership"]["id"], id);
    assert_eq!(
        activity["participants"],
        json!([
            {"organization": {"slug": "borealis"}, "name": null, "contact": null},
            {"organization": {"slug": "aurora"}, "name": "Viewer of aurora", "contact": null},
        ])
    );
    let theirs = app.graphql(&app.actor("borealis", Role::Viewer), READ, json!({"id": activity["id"]})).await;
    assert_eq!(theirs.at("/activity/text"), "We showed it.\nThey liked it.");
    assert_eq!(theirs.at("/activity/viewerCanUpdate"), false);
    assert_eq!(theirs.at("/node/__typename"), "Activity");
    for slug in ["aurora", "borealis"] {
        let told = alerts(&app, slug).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].change, Created);
        assert_eq!(told[0].details["partnership"], id);
        assert_eq!(told[0].details["organization"], organization_id("aurora").global());
    }
}

async fn partner_managers_are_addressed(app: TestApp) {
    let id = begin(&app, "aurora", "borealis").await;
    for slug in ["aurora", "borealis"] {
        let manager = member_id(&app, slug, Role::Manager).await;
        let input = json!({"id": id, "input": {"managerMember": manager}});
        app.graphql(&app.manager(slug), ASSIGN, input).await.payload();
    }
    let logged = log(&app, &app.manager("aurora"), &id, call("Spoke.")).await;
    let mut addressees = logged.payload()["activity"]["addressees"].as_array().unwrap().clone();
    addressees.sort_by_key(|to| to["organization"]["slug"].as_str().unwrap().to_owned());
    assert_eq!(
        json!(addressees),
        json!([
            {"organization": {"slug": "aurora"}, "name": "Manager of aurora"},
            {"organization": {"slug": "borealis"}, "name": "Manager of borealis"},
        ])
    );
    // Each side is told of its own people, by id.
    for slug in ["aurora", "borealis"] {
        let told = &alerts(&app, slug).await[0].details["addressees"];
        assert_eq!(told, &json!([person_id(slug, Role::Manager).global()]));
    }
}

async fn a_note_may_be_for_oneself(app: TestApp) {
    let id = begin(&app, "aurora", "borealis").await;
    let note = json!({"kind": "NOTE", "text": "They are slow.", "internal": true});
    let logged = log(&app, &app.manager("aurora"), &id, note).await;
    let note = &logged.payload()["activity"]["id"];
    let own = app.graphql(&app.actor("aurora", Role::Viewer), READ, json!({"id": note})).await;
    assert_eq!(own.at("/activity/text"), "They are slow.");
    let theirs = app.graphql(&app.manager("borealis"), READ, json!({"id": note})).await;
    assert_eq!(theirs.data(), &json!({"activity": null, "node": null}));
    let change = json!({"id": note, "input": {"text": "x"}});
    assert_eq!(app.graphql(&app.manager("borealis"), UPDATE, change).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(alerts(&app, "aurora").await.len(), 1);
    assert_eq!(alerts(&app, "borealis").await.len(), 0);
}

async fn bad_input_is_refused(app: TestApp) {
    let id = begin(&app, "aurora", "borealis").await;
    let aurora = app.manager("aurora");
    let stranger = member_id(&app, "borealis", Role::Member).await;
    for (input, field, code) in [
        (json!({"kind": "CALL", "text": " \n "}), json!(["input", "text"]), "REQUIRED"),
        (json!({"kind": "CALL", "text": "x".repeat(2001)}), json!(["input", "text"]), "TOO_LONG"),
        (
            json!({"kind": "CALL", "text": "x", "occurredAt": "2026-11-03T09:00:00.000001Z"}),
            json!(["input", "occurredAt"]),
            "OUT_OF_RANGE",
        ),
        (json!({"kind": "CALL", "text": "x", "internal": true}), json!(["input", "internal"]), "INVALID_VALUE"),
        (
            json!({"kind": "CALL", "text": "x", "participants": vec![json!({"organization": "borealis"}); 21]}),
            json!(["input", "participants"]),
            "TOO_MANY",
        ),
        (
            json!({"kind": "CALL", "text": "x", "participants": vec![json!({"organization": "borealis"}); 2]}),
            json!(["input", "participants", "1"]),
            "INVALID_VALUE",
        ),
        (
            json!({"kind": "CALL", "text": "x", "participants": [{"organization": "comet"}]}),
            json!(["input", "participants", "0"]),
            "NOT_FOUND",
        ),
        (
            json!({"kind": "CALL", "text": "x", "participants": [{"member": stranger}]}),
            json!(["input", "participants", "0"]),
            "NOT_FOUND",
        ),
        (
            json!({"kind": "CALL", "text": "x",
                   "participants": [{"contact": "ctc_00000000000070008000000000000001"}]}),
            json!(["input", "participants", "0"]),
            "INVALID_VALUE",
        ),
    ] {
        let refused = log(&app, &aurora, &id, input.clone()).await;
        assert_eq!(refused.refusals(), [code], "{input}");
        assert_eq!(refused.at("/activityLog/userErrors/0/field"), &field, "{input}");
    }
    let ahead = json!({"kind": "CALL", "text": "x", "occurredAt": "2026-11-03T09:00:00Z"});
    log(&app, &aurora, &id, ahead).await.payload();
    let odd = log(&app, &aurora, &json!(organization_id("aurora").global()), call("x")).await;
    assert_eq!(odd.error_code(), "BAD_USER_INPUT");
    assert_eq!(alerts(&app, "borealis").await.len(), 1);
}

async fn a_retry_gets_the_first_answer(app: TestApp) {
    let id = begin(&app, "aurora", "borealis").await;
    let aurora = app.manager("aurora");
    let input = json!({"kind": "CALL", "text": "Spoke.", "idempotencyKey": "once"});
    let first = log(&app, &aurora, &id, input.clone()).await;
    let second = log(&app, &aurora, &id, input).await;
    assert_eq!(first.payload(), second.payload());
    let other = json!({"kind": "CALL", "text": "Spoke again.", "idempotencyKey": "once"});
    assert_eq!(log(&app, &aurora, &id, other).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(alerts(&app, "borealis").await.len(), 1);
}

async fn author_and_managers_change_it(app: TestApp) {
    let id = begin(&app, "aurora", "borealis").await;
    let author = app.actor("aurora", Role::Member);
    let mut input = call("Spoke.");
    input["participants"] = json!([{"organization": "aurora"}]);
    let logged = log(&app, &author, &id, input).await;
    let activity = logged.payload()["activity"]["id"].clone();
    let change = |input: Value| json!({"id": activity, "input": input});
    let revised = json!({"text": "Spoke to both.", "participants": [{"organization": "borealis"}],
                         "expectedRevision": 1});
    let changed = app.graphql(&author, UPDATE, change(revised.clone())).await;
    let shown = &changed.payload()["activity"];
    assert_eq!((&shown["text"], &shown["revision"]), (&json!("Spoke to both."), &json!(2)));
    assert_eq!(shown["occurredAt"], "2026-11-02T09:00:00+00:00", "what was left out stays");
    assert_eq!(shown["participants"], json!([{"organization": {"slug": "borealis"}, "name": null}]));
    let stale = app.graphql(&author, UPDATE, change(revised)).await;
    assert_eq!(stale.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(stale.at("/activityUpdate/userErrors/0/currentRevision"), 2);
    assert_eq!(app.graphql(&author, UPDATE, change(json!({"text": ""}))).await.refusals(), ["REQUIRED"]);
    let kept = app.graphql(&app.manager("aurora"), UPDATE, change(json!({"occurredAt": "2026-10-30T08:00:00Z"}))).await;
    assert_eq!(kept.payload()["activity"]["participants"].as_array().unwrap().len(), 1);

    for (actor, expected) in [
        (app.actor("aurora", Role::Viewer), "NOT_ALLOWED"),
        (app.actor("borealis", Role::Owner), "NOT_ALLOWED"),
        (app.manager("comet"), "NOT_FOUND"),
        (app.operator(), "NOT_FOUND"),
    ] {
        assert_eq!(app.graphql(&actor, UPDATE, change(json!({"text": "x"}))).await.refusals(), [expected]);
        assert_eq!(app.graphql(&actor, REMOVE, json!({"id": activity})).await.refusals(), [expected]);
    }
    let stale = json!({"id": activity, "input": {"expectedRevision": 1}});
    assert_eq!(app.graphql(&author, REMOVE, stale).await.refusals(), ["REVISION_MISMATCH"]);
    let removed = app.graphql(&app.manager("aurora"), REMOVE, json!({"id": activity})).await;
    assert_eq!(removed.payload()["removedActivityId"], activity);
    assert_eq!(app.graphql(&author, REMOVE, json!({"id": activity})).await.refusals(), ["NOT_FOUND"]);
    for slug in ["aurora", "borealis"] {
        assert_eq!(changes(&app, slug).await, [Created, Updated, Updated, Canceled], "{slug}");
    }
}

async fn only_parties_write_and_read(app: TestApp) {
    const PUBLIC: &str = "query ($id: ID!) { partnership(id: $id) { activities { totalCount nodes { id } } } }";
    let id = begin(&app, "aurora", "borealis").await;
    for slug in ["aurora", "borealis"] {
        app.graphql(&app.manager(slug), ASSIGN, json!({"id": id, "input": {"listed": true}})).await.payload();
    }
    log(&app, &app.manager("aurora"), &id, call("Spoke.")).await.payload();
    // It is public that they are partners, and not what they do.
    for actor in [app.visitor(), app.manager("comet"), app.operator()] {
        let seen = app.graphql(&actor, PUBLIC, json!({"id": id})).await;
        assert_eq!(seen.at("/partnership/activities"), &json!({"totalCount": 0, "nodes": []}));
    }
    assert_eq!(log(&app, &app.visitor(), &id, call("x")).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(log(&app, &app.manager("comet"), &id, call("x")).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(log(&app, &app.operator(), &id, call("x")).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(log(&app, &app.actor("borealis", Role::Viewer), &id, call("x")).await.refusals(), ["NOT_ALLOWED"]);
    let key = app.key("borealis", &[Scope::ListingsWrite]);
    assert_eq!(log(&app, &key, &id, call("x")).await.error_code(), "FORBIDDEN");
    let key = app.key("borealis", &[Scope::OpportunitiesWrite]);
    let by_key = app.graphql(&key, LOG, json!({"id": id, "input": call("x")})).await;
    assert_eq!(by_key.payload()["activity"]["author"]["kind"], "KEY");
    assert_eq!(by_key.payload()["activity"]["viewerCanUpdate"], true);
}

async fn an_ended_partnership_has_no_more_to_log(app: TestApp) {
    let id = begin(&app, "aurora", "borealis").await;
    let logged = log(&app, &app.manager("aurora"), &id, call("Spoke.")).await;
    end(&app, "aurora", &id).await;
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(log(&app, &app.manager("aurora"), &id, call("x")).await.refusals(), ["INVALID_STATE"]);
    let read = app.graphql(&app.manager("borealis"), READ, json!({"id": logged.payload()["activity"]["id"]})).await;
    assert_eq!(read.at("/activity/text"), "Spoke.", "what was done stays");
}

async fn the_trail_holds_no_text(app: TestApp) {
    let id = begin(&app, "aurora", "borealis").await;
    let logged = log(&app, &app.manager("aurora"), &id, call("Ada Byte called.")).await;
    let activity = &logged.payload()["activity"]["id"];
    let change = json!({"id": activity, "input": {"text": "Ada Byte called twice."}});
    app.graphql(&app.manager("aurora"), UPDATE, change).await.payload();
    app.graphql(&app.manager("aurora"), REMOVE, json!({"id": activity})).await.payload();
    let db = app.app.world.db.read();
    for row in audit_entry::Entity::find().all(db).await.unwrap() {
        assert!(!json!([row.before, row.after]).to_string().contains("Ada"), "{row:?}");
    }
    for slug in ["aurora", "borealis"] {
        let told = alerts(&app, slug).await;
        assert_eq!(told.len(), 3);
        assert!(told.iter().all(|row| !row.details.to_string().contains("Ada")));
    }
}
