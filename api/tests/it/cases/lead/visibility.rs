//! Each side sees exactly its part.

use super::{accept, acme_to, alerts, befriend, create, read, sent};
use crate::support::{TestApp, on_both, organization_id};
use entity::{alert, audit_entry, value::Role};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

on_both!(
    before_acceptance_a_receiver_reads_the_offer,
    both_consents_hand_the_contact_on,
    nobody_else_sees_it,
    feeds_and_trails_hold_no_person,
);

async fn before_acceptance_a_receiver_reads_the_offer(app: TestApp) {
    befriend(&app, &["borealis", "comet"]).await;
    let id = sent(&app, &["borealis", "comet"]).await;
    let mut theirs = read(&app, &app.actor("borealis", Role::Viewer), &id).await;
    let fields = theirs.as_object_mut().unwrap();
    assert_ne!(fields["contact"].as_object_mut().unwrap().remove("id"), None);
    fields.remove("id");
    assert_eq!(
        theirs,
        json!({
            "status": "SENT", "revision": 2, "expiresAt": "2026-11-16T09:00:00+00:00", "answerDays": 14,
            "createdAt": "2026-11-02T09:00:00+00:00", "updatedAt": "2026-11-02T09:00:00+00:00",
            "readiness": "MEDIUM", "qualification": "SALES_QUALIFIED",
            "sender": {"slug": "aurora"}, "receiver": {"slug": "borealis"},
            "company": {"name": "Acme Works", "websiteUrl": "https://acme.example/", "countryCode": "DE",
                        "industry": "MANUFACTURING"},
            "contact": {"name": null, "title": "Head of IT", "email": null, "phone": null, "mayBeShared": true,
                        "mayBeContacted": true},
            "interactions": [{"source": null, "occurredOn": null, "useCase": "Paperless orders",
                              "customerAction": null, "businessProblem": null}],
            "route": [{"organization": {"slug": "borealis"}, "state": "SENT", "sentAt": "2026-11-02T09:00:00+00:00",
                       "expiresAt": "2026-11-16T09:00:00+00:00", "answeredAt": null, "declineReason": null,
                       "comment": null, "skipReason": null}],
            "viewerCanUpdate": false, "viewerCanSend": false, "viewerCanAccept": false, "viewerCanCancel": false,
        })
    );
}

async fn both_consents_hand_the_contact_on(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let borealis = app.manager("borealis");
    for (shared, contacted, name) in
        [(true, true, json!("Ada Byte")), (true, false, Value::Null), (false, true, Value::Null)]
    {
        let mut input = acme_to(&["borealis"]);
        input["contact"]["mayBeShared"] = json!(shared);
        input["contact"]["mayBeContacted"] = json!(contacted);
        let made = create(&app, &app.manager("aurora"), input).await;
        let id = &made.payload()["lead"]["id"];
        accept(&app, &borealis, id).await.payload();
        let contact = read(&app, &borealis, id).await["contact"].clone();
        assert_eq!(contact["name"], name);
        assert_eq!(contact["email"].is_null(), name.is_null());
        assert_eq!(contact["phone"].is_null(), name.is_null());
        assert_eq!(contact["title"], "Head of IT");
        // The sender entered it, and reads it in any case.
        assert_eq!(read(&app, &app.manager("aurora"), id).await["contact"]["name"], "Ada Byte");
    }
}

async fn nobody_else_sees_it(app: TestApp) {
    const NODE: &str = "query ($id: ID!) { node(id: $id) { id } lead(id: $id) { id } }";
    befriend(&app, &["borealis", "comet"]).await;
    let id = sent(&app, &["borealis", "comet"]).await;
    for actor in [app.visitor(), app.manager("comet"), app.operator()] {
        let seen = app.graphql(&actor, NODE, json!({"id": id})).await;
        assert_eq!(seen.data(), &json!({"node": null, "lead": null}));
    }
    let seen = app.graphql(&app.actor("borealis", Role::Viewer), NODE, json!({"id": id})).await;
    assert_eq!(seen.at("/node/id"), &id);
    let list = app.graphql(&app.visitor(), "{ leads(direction: SENT) { totalCount } }", json!({})).await;
    assert_eq!(list.error_code(), "UNAUTHENTICATED");
    for (slug, direction, expected) in
        [("comet", "RECEIVED", 0), ("borealis", "RECEIVED", 1), ("borealis", "SENT", 0), ("aurora", "SENT", 1)]
    {
        const COUNT: &str = "query ($of: LeadDirection!) { leads(direction: $of) { totalCount nodes { id } } }";
        let list = app.graphql(&app.manager(slug), COUNT, json!({"of": direction})).await;
        assert_eq!(list.at("/leads/totalCount"), expected, "{slug} {direction}");
        assert_eq!(list.at("/leads/nodes").as_array().unwrap().len(), expected);
    }
}

async fn feeds_and_trails_hold_no_person(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let id = sent(&app, &["borealis"]).await;
    accept(&app, &app.manager("borealis"), &id).await.payload();
    assert_eq!(alerts(&app, "borealis").await.len(), 2);
    let db = app.app.world.db.read();
    let mut texts: Vec<String> = Vec::new();
    for row in alert::Entity::find().all(db).await.unwrap() {
        texts.push(row.details.to_string());
    }
    let trail = audit_entry::Entity::find().filter(audit_entry::Column::Subject.eq(id.as_str().unwrap()));
    for row in trail.all(db).await.unwrap() {
        // The receiver's trail says nothing of what only the sender knows.
        if row.organization_id == organization_id("borealis") {
            assert!(!json!([row.before, row.after]).to_string().contains("Acme"), "{row:?}");
        }
        texts.push(json!([row.before, row.after]).to_string());
    }
    assert!(texts.len() > 4);
    for word in ["Ada", "ada@", "4930", "lost", "Fair", "Paperless"] {
        assert!(!texts.iter().any(|text| text.contains(word)), "{word}: {texts:#?}");
    }
}
