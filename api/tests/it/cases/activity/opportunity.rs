//! What is done about an opportunity: whoever takes part writes and reads, as far as the owner lets them know each other.

use super::{LOG, READ, REMOVE, UPDATE, alerts, call, log};
use crate::{
    cases::{contact, cosell},
    support::{TestApp, on_both, person_id},
};
use entity::{id::TypedId, value::Role};
use partnergraph::op::{Actor, Scope};
use serde_json::{Value, json};

const ACTIVITIES: &str = "query ($id: ID!) { opportunity(id: $id) {
  activities { totalCount nodes { text organization { slug } participants { contact { name title } } } }
} }";
on_both!(
    whoever_takes_part_writes_and_reads,
    hidden_participants_do_not_read_each_other,
    a_confidential_one_is_for_named_people,
    the_team_is_addressed,
    contacts_take_part_in_activities,
    after_a_share_is_gone_nothing_is_read,
);

async fn texts(app: &TestApp, slug: &str, id: &Value) -> Value {
    texts_of(app, &app.actor(slug, Role::Viewer), id).await
}

async fn texts_of(app: &TestApp, actor: &Actor, id: &Value) -> Value {
    let seen = app.graphql(actor, ACTIVITIES, json!({"id": id})).await;
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
    let key = app.key("aurora", &[Scope::OpportunitiesWrite]);
    assert_eq!(log(&app, &key, &id, call("x")).await.refusals(), ["NOT_FOUND"], "a key is nobody's name");
    // Of the other side, too, whoever was named reads and nobody else.
    cosell::share(&app, &id, "borealis", cosell::to("borealis")).await;
    assert_eq!(texts_of(&app, &app.manager("borealis"), &id).await, json!(["Hush"]));
    let owner = app.actor("borealis", Role::Owner);
    let seen = app.graphql(&owner, ACTIVITIES, json!({"id": id})).await;
    assert_eq!(seen.data(), &json!({"opportunity": null}));
    assert_eq!(log(&app, &owner, &id, call("x")).await.refusals(), ["NOT_FOUND"]);
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

async fn contacts_take_part_in_activities(app: TestApp) {
    let id = cosell::opened(&app, cosell::deal()).await;
    cosell::share(&app, &id, "borealis", cosell::to("borealis")).await;
    let mut narrow = cosell::to("comet");
    narrow["grantedFields"] = json!(["COMPANY", "CONTACT_TITLE"]);
    cosell::share(&app, &id, "comet", narrow).await;
    let aurora = app.manager("aurora");
    let ada = json!({"name": "Ada Byte", "title": "Buyer"});
    let added = contact::add(&app, &aurora, &id, ada).await;
    let ada = added.payload()["contact"]["id"].clone();
    let mut met = call("Met.");
    met["participants"] = json!([{"contact": ada}]);
    let logged = log(&app, &aurora, &id, met.clone()).await;
    for (slug, shown) in [
        ("aurora", json!({"name": "Ada Byte", "title": "Buyer"})),
        ("borealis", json!({"name": null, "title": "Buyer"})),
        // What the share does not name is not read on a detour either.
        ("comet", Value::Null),
    ] {
        let seen = app.graphql(&app.manager(slug), ACTIVITIES, json!({"id": id})).await;
        let contact = seen.at("/opportunity/activities/nodes/0/participants/0/contact");
        assert_eq!(contact, &shown, "{slug}");
    }
    // Nor does whoever does not know of the contact name it.
    log(&app, &app.manager("borealis"), &id, met.clone()).await.payload();
    assert_eq!(log(&app, &app.manager("comet"), &id, met.clone()).await.refusals(), ["NOT_FOUND"]);
    let other = cosell::opened(&app, json!({"title": "Other", "customer": {"name": "Bolt"}})).await;
    assert_eq!(log(&app, &aurora, &other, met).await.refusals(), ["NOT_FOUND"]);
    const REMOVE: &str = "mutation ($id: ID!) { contactRemove(id: $id) { userErrors { code } } }";
    app.graphql(&aurora, REMOVE, json!({"id": ada})).await.payload();
    const READ: &str = "query ($id: ID!) { activity(id: $id) { participants { name } opportunity { id } } }";
    let left = app.graphql(&aurora, READ, json!({"id": logged.payload()["activity"]["id"]})).await;
    assert_eq!(left.at("/activity"), &json!({"participants": [], "opportunity": {"id": id}}));
}

async fn after_a_share_is_gone_nothing_is_read(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = cosell::opened(&app, cosell::deal()).await;
    cosell::share(&app, &id, "borealis", cosell::to("borealis")).await;
    let theirs = log(&app, &borealis, &id, call("They spoke.")).await;
    let activity = &theirs.payload()["activity"]["id"];
    let revoke = Some(("OpportunityRevokeInput!", json!({"organization": "borealis"})));
    cosell::act(&app, &aurora, "opportunityRevoke", &id, revoke).await.payload();
    let read = app.graphql(&borealis, READ, json!({"id": activity})).await;
    assert_eq!(read.data(), &json!({"activity": null, "node": null}), "not even what it wrote itself");
    assert_eq!(log(&app, &borealis, &id, call("x")).await.refusals(), ["NOT_FOUND"]);
    let change = json!({"id": activity, "input": {"text": "x"}});
    assert_eq!(app.graphql(&borealis, UPDATE, change.clone()).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(app.graphql(&borealis, REMOVE, json!({"id": activity})).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(texts(&app, "aurora", &id).await, json!(["They spoke."]), "to the others it stays");
    assert_eq!(app.graphql(&aurora, UPDATE, change).await.refusals(), ["NOT_ALLOWED"]);
    let before = alerts(&app, "borealis").await.len();
    log(&app, &aurora, &id, call("We spoke.")).await.payload();
    assert_eq!(alerts(&app, "borealis").await.len(), before);
}
