//! What is done about an opportunity: whoever takes part writes and reads, as far as the owner lets them know each other.

use super::{LOG, READ, alerts, call, log};
use crate::{
    cases::cosell,
    support::{TestApp, on_both, person_id},
};
use entity::{id::TypedId, value::Role};
use serde_json::{Value, json};

const ACTIVITIES: &str = "query ($id: ID!) { opportunity(id: $id) {
  activities { totalCount nodes { text organization { slug } participants { contact { name title } } } }
} }";
const ADD: &str = "mutation ($id: ID!, $input: ContactInput!, $key: String) {
  contactAdd(id: $id, input: $input, idempotencyKey: $key) {
    contact { id name title email mayBeShared opportunity { id } } userErrors { field code }
} }";
const CHANGE: &str = "mutation ($id: ID!, $input: ContactPatchInput!) { contactUpdate(id: $id, input: $input) {
  contact { name title phone } userErrors { field code }
} }";
const REMOVE: &str = "mutation ($id: ID!) { contactRemove(id: $id) { removedContactId userErrors { field code } } }";
const CONTACTS: &str = "query ($id: ID!) { opportunity(id: $id) { contacts { name title email } } }";

on_both!(
    whoever_takes_part_writes_and_reads,
    hidden_participants_do_not_read_each_other,
    a_confidential_one_is_for_named_people,
    the_team_is_addressed,
    contacts_are_entered_by_sides_that_see_them,
    contacts_take_part_in_activities,
);

async fn texts(app: &TestApp, slug: &str, id: &Value) -> Value {
    let seen = app.graphql(&app.actor(slug, Role::Viewer), ACTIVITIES, json!({"id": id})).await;
    let list = seen.at("/opportunity/activities");
    let nodes = list["nodes"].as_array().unwrap();
    assert_eq!(list["totalCount"], nodes.len());
    nodes.iter().map(|node| node["text"].clone()).collect()
}

async fn whoever_takes_part_writes_and_reads(app: TestApp) {
    let id = cosell::opened(&app, cosell::deal()).await;
    assert_eq!(log(&app, &app.manager("borealis"), &id, call("x")).await.refusals(), ["NOT_FOUND"]);
    cosell::share(&app, &id, "borealis", cosell::to("borealis")).await;
    log(&app, &app.actor("aurora", Role::Member), &id, call("We spoke.")).await.payload();
    app.clock.advance(chrono::TimeDelta::hours(1));
    let theirs = log(&app, &app.actor("borealis", Role::Member), &id, call("They spoke.")).await;
    for slug in ["aurora", "borealis"] {
        assert_eq!(texts(&app, slug, &id).await, json!(["They spoke.", "We spoke."]));
        let told = alerts(&app, slug).await;
        assert_eq!(told.len(), 2);
        assert_eq!(told[0].opportunity_id.map(TypedId::global), id.as_str().map(str::to_owned));
        assert_eq!(json!(told[0].stage), "PROSPECT");
        assert!(!told[0].restricted);
    }
    assert_eq!(log(&app, &app.manager("comet"), &id, call("x")).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(log(&app, &app.operator(), &id, call("x")).await.refusals(), ["NOT_FOUND"]);
    let stranger = app.graphql(&app.manager("comet"), READ, json!({"id": theirs.payload()["activity"]["id"]})).await;
    assert_eq!(stranger.data(), &json!({"activity": null, "node": null}));
}

async fn hidden_participants_do_not_read_each_other(app: TestApp) {
    let mut deal = cosell::deal();
    deal["hidesParticipants"] = json!(true);
    let id = cosell::opened(&app, deal).await;
    for slug in ["borealis", "comet"] {
        cosell::share(&app, &id, slug, cosell::to(slug)).await;
    }
    log(&app, &app.manager("aurora"), &id, call("Owner")).await.payload();
    app.clock.advance(chrono::TimeDelta::hours(1));
    let hidden = log(&app, &app.manager("borealis"), &id, call("Borealis")).await;
    assert_eq!(texts(&app, "aurora", &id).await, json!(["Borealis", "Owner"]));
    assert_eq!(texts(&app, "borealis", &id).await, json!(["Borealis", "Owner"]));
    assert_eq!(texts(&app, "comet", &id).await, json!(["Owner"]));
    assert_eq!(alerts(&app, "comet").await.len(), 1);
    let read = app.graphql(&app.manager("comet"), READ, json!({"id": hidden.payload()["activity"]["id"]})).await;
    assert_eq!(read.data(), &json!({"activity": null, "node": null}));
    let mut named = call("x");
    named["participants"] = json!([{"organization": "borealis"}]);
    assert_eq!(log(&app, &app.manager("comet"), &id, named.clone()).await.refusals(), ["NOT_FOUND"]);
    log(&app, &app.manager("aurora"), &id, named).await.payload();
}

async fn a_confidential_one_is_for_named_people(app: TestApp) {
    let mut deal = cosell::deal();
    deal["confidential"] = json!(true);
    let id = cosell::opened(&app, deal).await;
    let logged = log(&app, &app.manager("aurora"), &id, call("Hush")).await;
    let activity = json!({"id": logged.payload()["activity"]["id"]});
    assert!(alerts(&app, "aurora").await[0].restricted);
    let named = app.graphql(&app.manager("aurora"), READ, activity.clone()).await;
    assert_eq!(named.at("/activity/text"), "Hush");
    let other = app.graphql(&app.actor("aurora", Role::Admin), READ, activity).await;
    assert_eq!(other.data(), &json!({"activity": null, "node": null}));
    assert_eq!(log(&app, &app.actor("aurora", Role::Admin), &id, call("x")).await.refusals(), ["NOT_FOUND"]);
}

async fn the_team_is_addressed(app: TestApp) {
    let id = cosell::opened(&app, cosell::deal()).await;
    cosell::share(&app, &id, "borealis", cosell::to("borealis")).await;
    let logged = app.graphql(&app.actor("aurora", Role::Member), LOG, json!({"id": id, "input": call("Spoke.")})).await;
    // Whoever entered it and whoever accepted are the first of their sides; of the other side none is told.
    assert_eq!(
        logged.payload()["activity"]["addressees"],
        json!([{"organization": {"slug": "aurora"}, "name": "Manager of aurora"}])
    );
    for slug in ["aurora", "borealis"] {
        let told = &alerts(&app, slug).await[0].details["addressees"];
        assert_eq!(told, &json!([person_id(slug, Role::Manager).global()]), "{slug}");
    }
}

fn ada() -> Value {
    json!({"name": "Ada Byte", "title": "Buyer", "email": "ada@acme.example"})
}

async fn contacts_are_entered_by_sides_that_see_them(app: TestApp) {
    let (aurora, borealis) = (app.actor("aurora", Role::Member), app.actor("borealis", Role::Member));
    let id = cosell::opened(&app, cosell::deal()).await;
    let mut with = cosell::to("borealis");
    with["grantedFields"] = json!(["COMPANY", "CONTACTS"]);
    cosell::share(&app, &id, "borealis", with).await;
    let mut without = cosell::to("comet");
    without["grantedFields"] = json!(["COMPANY"]);
    cosell::share(&app, &id, "comet", without).await;

    let added = app.graphql(&aurora, ADD, json!({"id": id, "input": ada(), "key": "a"})).await;
    let contact = added.payload()["contact"].clone();
    assert_eq!((&contact["name"], &contact["opportunity"]["id"]), (&json!("Ada Byte"), &id));
    let again = app.graphql(&aurora, ADD, json!({"id": id, "input": ada(), "key": "a"})).await;
    assert_eq!(again.payload()["contact"]["id"], contact["id"]);
    let contacts = async |slug: &str| {
        app.graphql(&app.manager(slug), CONTACTS, json!({"id": id})).await.at("/opportunity/contacts").clone()
    };
    let whole = json!([{"name": "Ada Byte", "title": "Buyer", "email": "ada@acme.example"}]);
    assert_eq!(contacts("aurora").await, whole);
    assert_eq!(contacts("borealis").await, json!([{"name": null, "title": "Buyer", "email": null}]));
    assert_eq!(contacts("comet").await, Value::Null);
    let consents = json!({"mayBeShared": true, "mayBeContacted": true, "phone": "+47 22 12 34 56"});
    let change = json!({"id": contact["id"], "input": consents});
    assert_eq!(app.graphql(&borealis, CHANGE, change.clone()).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(app.graphql(&aurora, CHANGE, change).await.payload()["contact"]["phone"], "+4722123456");
    assert_eq!(contacts("borealis").await, whole);

    for (actor, expected) in [
        (app.actor("aurora", Role::Viewer), "NOT_ALLOWED"),
        (app.actor("comet", Role::Member), "NOT_ALLOWED"),
        (app.operator(), "NOT_FOUND"),
    ] {
        assert_eq!(app.graphql(&actor, ADD, json!({"id": id, "input": ada()})).await.refusals(), [expected]);
    }
    assert_eq!(app.graphql(&app.visitor(), ADD, json!({"id": id, "input": ada()})).await.error_code(), "UNAUTHENTICATED");
    let nobody = json!({"id": id, "input": {"email": "x@acme.example"}});
    assert_eq!(app.graphql(&borealis, ADD, nobody).await.refusals(), ["REQUIRED"]);
    app.graphql(&borealis, ADD, json!({"id": id, "input": {"title": "Owner"}})).await.payload();
    assert_eq!(contacts("aurora").await.as_array().unwrap().len(), 2);
    for _ in 0..18 {
        app.graphql(&aurora, ADD, json!({"id": id, "input": {"title": "Buyer"}})).await.payload();
    }
    assert_eq!(app.graphql(&aurora, ADD, json!({"id": id, "input": ada()})).await.refusals(), ["TOO_MANY"]);

    let removed = app.graphql(&aurora, REMOVE, json!({"id": contact["id"]})).await;
    assert_eq!(removed.payload()["removedContactId"], contact["id"]);
    assert_eq!(app.graphql(&aurora, REMOVE, json!({"id": contact["id"]})).await.refusals(), ["NOT_FOUND"]);
}

async fn contacts_take_part_in_activities(app: TestApp) {
    let id = cosell::opened(&app, cosell::deal()).await;
    cosell::share(&app, &id, "borealis", cosell::to("borealis")).await;
    let aurora = app.manager("aurora");
    let added = app.graphql(&aurora, ADD, json!({"id": id, "input": ada()})).await;
    let contact = added.payload()["contact"]["id"].clone();
    let mut met = call("Met.");
    met["participants"] = json!([{"contact": contact}]);
    log(&app, &aurora, &id, met.clone()).await.payload();
    for (slug, name) in [("aurora", json!("Ada Byte")), ("borealis", Value::Null)] {
        let seen = app.graphql(&app.manager(slug), ACTIVITIES, json!({"id": id})).await;
        let shown = seen.at("/opportunity/activities/nodes/0/participants/0/contact");
        assert_eq!(shown, &json!({"name": name, "title": "Buyer"}));
    }
    let other = cosell::opened(&app, json!({"title": "Other", "customer": {"name": "Bolt"}})).await;
    assert_eq!(log(&app, &aurora, &other, met).await.refusals(), ["NOT_FOUND"]);
}
