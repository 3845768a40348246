//! People, further parties, and the end.

use super::{ASSIGN, END, EXTEND, UPDATE, accept, partners, to};
use crate::support::{TestApp, on_both, organization_id, person_id};
use chrono::TimeDelta;
use entity::{id::TypedId, member, value::Role};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

on_both!(
    each_side_names_its_own_people,
    it_ends_when_somebody_says_so_and_why,
    an_announced_end_comes_by_itself,
    an_alliance_takes_in_and_lets_go,
    every_change_is_in_the_trail_of_both_sides,
);

const LEAVE: &str = "mutation ($id: ID!) { partnershipLeave(id: $id) { leftPartnershipId userErrors { code } } }";
const READ: &str = "query ($id: ID!) { partnership(id: $id) {
  status viewerCanUpdate viewerCanAssign parties { organization { slug } manager { name } }
} }";

async fn member_id(app: &TestApp, slug: &str, role: Role) -> String {
    let found = member::Entity::find()
        .filter(member::Column::OrganizationId.eq(organization_id(slug)))
        .filter(member::Column::PersonId.eq(person_id(slug, role)));
    found.one(app.app.world.db.read()).await.unwrap().unwrap().id.global()
}

fn alliance() -> Value {
    json!({"organization": "borealis", "types": ["STRATEGIC"], "message": "Together?", "strategic": {"aim": "Cloud"}})
}

async fn each_side_names_its_own_people(app: TestApp) {
    let id = partners(&app, to("borealis")).await;
    let ours = member_id(&app, "aurora", Role::Manager).await;
    let sponsor = member_id(&app, "aurora", Role::Owner).await;
    let theirs = member_id(&app, "borealis", Role::Manager).await;
    let aurora = app.manager("aurora");
    let input = json!({"id": id, "input": {"managerMember": ours, "sponsorMember": sponsor}});
    let named = app.graphql(&aurora, ASSIGN, input).await;
    let side = |answer: &Value, slug: &str| {
        let parties = answer["partnership"]["parties"].as_array().unwrap();
        parties.iter().find(|party| party["organization"]["slug"] == slug).unwrap().clone()
    };
    assert_eq!(
        side(named.payload(), "aurora"),
        json!({"organization": {"slug": "aurora"}, "listed": false,
               "manager": {"name": "Manager of aurora", "email": "manager@aurora.example"},
               "sponsor": {"name": "Owner of aurora"}})
    );
    assert_eq!(side(named.payload(), "borealis")["manager"], Value::Null);
    let kept = app.graphql(&aurora, ASSIGN, json!({"id": id, "input": {"sponsorMember": null}})).await;
    assert_eq!(side(kept.payload(), "aurora")["manager"]["name"], "Manager of aurora");
    assert_eq!(side(kept.payload(), "aurora")["sponsor"], Value::Null);
    // The other side sees whom to turn to.
    let seen = app.graphql(&app.actor("borealis", Role::Viewer), READ, json!({"id": id})).await;
    assert!(seen.at("/partnership/parties").to_string().contains("Manager of aurora"));

    let foreign = app.graphql(&aurora, ASSIGN, json!({"id": id, "input": {"managerMember": theirs}})).await;
    assert_eq!(foreign.refusals(), ["NOT_FOUND"]);
    let malformed = app.graphql(&aurora, ASSIGN, json!({"id": id, "input": {"managerMember": id}})).await;
    assert_eq!(malformed.error_code(), "BAD_USER_INPUT");
    let variables = json!({"id": id, "input": {"listed": true}});
    for (actor, code) in [
        (app.actor("aurora", Role::Member), "NOT_ALLOWED"),
        (app.operator(), "NOT_ALLOWED"),
        (app.manager("comet"), "NOT_FOUND"),
    ] {
        assert_eq!(app.graphql(&actor, ASSIGN, variables.clone()).await.refusals(), [code]);
    }
    assert_eq!(app.graphql(&app.visitor(), ASSIGN, variables).await.error_code(), "UNAUTHENTICATED");
}

async fn it_ends_when_somebody_says_so_and_why(app: TestApp) {
    let id = partners(&app, to("borealis")).await;
    let end = |input: Value| json!({"id": id, "input": input});
    let borealis = app.manager("borealis");
    for (input, code) in [
        (json!({"reason": "OTHER"}), "REQUIRED"),
        (json!({"reason": "MUTUAL", "acquiredBy": "comet"}), "INVALID_VALUE"),
        (json!({"reason": "ACQUIRED", "acquiredBy": "nobody"}), "NOT_FOUND"),
        (json!({"reason": "MUTUAL", "endsOn": "2026-11-01"}), "OUT_OF_RANGE"),
        (json!({"reason": "MUTUAL", "endsOn": "2099-11-01"}), "OUT_OF_RANGE"),
        (json!({"reason": "MUTUAL", "comment": "x".repeat(501)}), "TOO_LONG"),
        (json!({"reason": "MUTUAL", "expectedRevision": 7}), "REVISION_MISMATCH"),
    ] {
        assert_eq!(app.graphql(&borealis, END, end(input.clone())).await.refusals(), [code], "{input}");
    }
    for (actor, code) in [(app.actor("aurora", Role::Member), "NOT_ALLOWED"), (app.manager("comet"), "NOT_FOUND")] {
        assert_eq!(app.graphql(&actor, END, end(json!({"reason": "MUTUAL"}))).await.refusals(), [code]);
    }
    let visitor = app.graphql(&app.visitor(), END, end(json!({"reason": "MUTUAL"}))).await;
    assert_eq!(visitor.error_code(), "UNAUTHENTICATED");

    let input = json!({"reason": "ACQUIRED", "acquiredBy": "comet", "comment": "They are one now."});
    let ended = app.graphql(&borealis, END, end(input)).await;
    assert_eq!(
        ended.payload()["partnership"],
        json!({"status": "ENDED", "endsOn": "2026-11-02", "revision": 2, "ending": {
            "reason": "ACQUIRED", "comment": "They are one now.", "endedBy": {"slug": "borealis"},
            "acquiredBy": {"slug": "comet"}, "endedAt": "2026-11-02T09:00:00+00:00"}})
    );
    let aurora = app.manager("aurora");
    assert_eq!(app.graphql(&aurora, END, end(json!({"reason": "MUTUAL"}))).await.refusals(), ["INVALID_STATE"]);
    let update = json!({"id": id, "input": {"description": "Still?"}});
    assert_eq!(app.graphql(&aurora, UPDATE, update).await.refusals(), ["INVALID_STATE"]);
    let assign = json!({"id": id, "input": {"listed": true}});
    assert_eq!(app.graphql(&aurora, ASSIGN, assign).await.refusals(), ["INVALID_STATE"]);
}

async fn an_announced_end_comes_by_itself(app: TestApp) {
    let id = partners(&app, to("borealis")).await;
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let end = |day: &str| json!({"id": id, "input": {"reason": "EXPIRED", "endsOn": day}});
    let announced = app.graphql(&aurora, END, end("2026-12-01")).await;
    assert_eq!(announced.payload()["partnership"]["status"], "ACTIVE");
    assert_eq!(app.graphql(&borealis, END, end("2026-12-02")).await.refusals(), ["INVALID_STATE"]);
    app.graphql(&borealis, END, end("2026-11-20")).await.payload();
    app.clock.advance(TimeDelta::days(17));
    assert_eq!(app.graphql(&aurora, READ, json!({"id": id})).await.at("/partnership/status"), "ACTIVE");
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(app.graphql(&aurora, READ, json!({"id": id})).await.at("/partnership/status"), "ENDED");
}

async fn an_alliance_takes_in_and_lets_go(app: TestApp) {
    let id = partners(&app, alliance()).await;
    let (aurora, borealis, comet) = (app.manager("aurora"), app.manager("borealis"), app.manager("comet"));
    let variables = json!({"id": id, "input": {"organization": "comet", "message": "Join us"}});
    assert_eq!(app.graphql(&aurora, LEAVE, json!({"id": id})).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(app.graphql(&comet, EXTEND, variables.clone()).await.refusals(), ["NOT_FOUND"]);
    let member = app.actor("aurora", Role::Member);
    assert_eq!(app.graphql(&member, EXTEND, variables.clone()).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(app.graphql(&app.visitor(), EXTEND, variables.clone()).await.error_code(), "UNAUTHENTICATED");
    let party = json!({"id": id, "input": {"organization": "borealis", "message": "Again"}});
    assert_eq!(app.graphql(&aurora, EXTEND, party).await.refusals(), ["ALREADY_EXISTS"]);

    let sent = app.graphql(&aurora, EXTEND, variables.clone()).await;
    let invitation = &sent.payload()["invitation"];
    assert_eq!(invitation["strategic"]["aim"], "Cloud");
    assert_eq!(invitation["parties"].as_array().unwrap().len(), 2);
    assert_eq!(app.graphql(&borealis, EXTEND, variables.clone()).await.refusals(), ["ALREADY_EXISTS"]);
    // Invited is not inside.
    assert_eq!(app.graphql(&comet, READ, json!({"id": id})).await.data(), &json!({"partnership": null}));
    let joined = accept(&app, &comet, &invitation["id"]).await;
    assert_eq!(joined.payload()["partnership"]["id"], id);
    assert_eq!(joined.payload()["partnership"]["parties"].as_array().unwrap().len(), 3);
    assert_eq!(joined.payload()["partnership"]["revision"], 2);

    let narrowed = json!({"id": id, "input": {"types": ["TECHNOLOGY"], "strategic": null}});
    assert_eq!(app.graphql(&aurora, UPDATE, narrowed).await.refusals(), ["INVALID_STATE"]);
    // Three are no longer just two, so the two may also have one of their own.
    partners(&app, to("borealis")).await;

    let left = app.graphql(&borealis, LEAVE, json!({"id": id})).await;
    assert_eq!(left.payload()["leftPartnershipId"], id);
    assert_eq!(app.graphql(&borealis, READ, json!({"id": id})).await.data(), &json!({"partnership": null}));
    let seen = app.graphql(&comet, READ, json!({"id": id})).await;
    assert_eq!(seen.at("/partnership/parties").as_array().unwrap().len(), 2);
    assert_eq!(app.graphql(&borealis, LEAVE, json!({"id": id})).await.refusals(), ["NOT_FOUND"]);
    // Whoever left may be asked back.
    let back = json!({"id": id, "input": {"organization": "borealis", "message": "Come back"}});
    let back = app.graphql(&comet, EXTEND, back).await;
    let back = accept(&app, &borealis, &back.payload()["invitation"]["id"]).await;
    assert_eq!(back.payload()["partnership"]["parties"].as_array().unwrap().len(), 3);

    // An invitation into what has ended cannot be accepted.
    let late = json!({"id": id, "input": {"organization": "operator", "message": "You too"}});
    assert_eq!(app.graphql(&comet, EXTEND, late).await.refusals(), ["NOT_FOUND"], "it is not listed");
    let technology = partners_of_comet(&app).await;
    let third = json!({"id": technology, "input": {"organization": "aurora", "message": "Join"}});
    assert_eq!(app.graphql(&comet, EXTEND, third).await.refusals(), ["INVALID_STATE"]);
}

/// A partnership of comet and borealis that is not strategic.
async fn partners_of_comet(app: &TestApp) -> Value {
    let sent = super::invite(app, &app.manager("comet"), to("borealis")).await;
    let id = sent.payload()["invitation"]["id"].clone();
    accept(app, &app.manager("borealis"), &id).await.payload()["partnership"]["id"].clone()
}

async fn every_change_is_in_the_trail_of_both_sides(app: TestApp) {
    use entity::audit_entry as audit;
    use sea_orm::QueryOrder;
    let id = partners(&app, to("borealis")).await;
    let input = json!({"id": id, "input": {"description": "We grow."}});
    app.graphql(&app.manager("aurora"), UPDATE, input).await.payload();
    let end = json!({"id": id, "input": {"reason": "STRATEGY"}});
    app.graphql(&app.manager("borealis"), END, end).await.payload();
    for slug in ["aurora", "borealis"] {
        let entries = audit::Entity::find()
            .filter(audit::Column::OrganizationId.eq(organization_id(slug)))
            .order_by_asc(audit::Column::Id)
            .all(app.app.world.db.read())
            .await
            .unwrap();
        let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(
            actions,
            [
                "partnership_invitation.sent",
                "partnership.began",
                "partnership_invitation.answered",
                "partnership.updated",
                "partnership.ended"
            ]
        );
        let updated = &entries[3];
        assert_eq!(updated.before.as_ref().unwrap()["description"], Value::Null);
        assert_eq!(updated.after.as_ref().unwrap()["description"], "We grow.");
        assert_eq!(entries[4].after.as_ref().unwrap()["endedBy"], organization_id("borealis").global());
    }
}
