//! Each side that sees the contacts of an opportunity enters its own and answers for them; the others know what they were
//! shown, on the person's terms.

use super::{ADD, ada, add, change, contacts, remove};
use crate::{
    cases::cosell,
    support::{TestApp, on_both},
};
use entity::value::Role;
use partnergraph::op::Scope;
use serde_json::{Value, json};

on_both!(
    sides_that_see_contacts_enter_their_own,
    others_do_not,
    a_retry_gets_the_first_answer,
    there_are_twenty_at_most,
    hidden_participants_do_not_know_each_others,
    before_acceptance_there_is_a_title_alone,
    after_the_share_is_gone_there_is_nothing,
    a_confidential_one_is_for_named_people,
    an_archived_one_takes_no_more,
    many_are_read_at_once,
);

/// An opportunity of aurora in which borealis sees the contacts and comet does not.
async fn shared(app: &TestApp) -> Value {
    let id = cosell::opened(app, cosell::deal()).await;
    for (slug, fields) in [("borealis", json!(["COMPANY", "CONTACTS"])), ("comet", json!(["COMPANY"]))] {
        let mut input = cosell::to(slug);
        input["grantedFields"] = fields;
        cosell::share(app, &id, slug, input).await;
    }
    id
}

async fn sides_that_see_contacts_enter_their_own(app: TestApp) {
    let (aurora, borealis) = (app.actor("aurora", Role::Member), app.actor("borealis", Role::Member));
    let id = shared(&app).await;
    let added = add(&app, &aurora, &id, ada()).await;
    let contact = added.payload()["contact"].clone();
    assert_eq!((&contact["name"], &contact["opportunity"]["id"]), (&json!("Ada Byte"), &id));
    assert_eq!((&contact["organization"]["slug"], &contact["lead"]), (&json!("aurora"), &Value::Null));
    let whole = json!([{"name": "Ada Byte", "title": "Buyer", "email": "ada@acme.example"}]);
    assert_eq!(contacts(&app, "aurora", &id).await, whole);
    assert_eq!(contacts(&app, "borealis", &id).await, json!([{"name": null, "title": "Buyer", "email": null}]));
    assert_eq!(contacts(&app, "comet", &id).await, Value::Null);
    let consents = json!({"mayBeShared": true, "mayBeContacted": true, "phone": "+47 22 12 34 56"});
    let changed = change(&app, &aurora, &contact["id"], consents).await;
    assert_eq!(changed.payload()["contact"]["phone"], "+4722123456");
    assert_eq!(contacts(&app, "borealis", &id).await, whole);
    let one = change(&app, &aurora, &contact["id"], json!({"mayBeContacted": false})).await;
    one.payload();
    assert_eq!(contacts(&app, "borealis", &id).await[0]["name"], Value::Null, "a consent that was taken back counts");

    add(&app, &borealis, &id, json!({"title": "Owner"})).await.payload();
    assert_eq!(contacts(&app, "aurora", &id).await.as_array().unwrap().len(), 2);
    let removed = remove(&app, &aurora, &contact["id"]).await;
    assert_eq!(removed.payload()["removedContactId"], contact["id"]);
    assert_eq!(remove(&app, &aurora, &contact["id"]).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(contacts(&app, "borealis", &id).await, json!([{"name": null, "title": "Owner", "email": null}]));
    // Whoever sees contacts is told of each of the five, and of no word that says who it is.
    let told = ["UPDATED"; 5];
    for slug in ["aurora", "borealis"] {
        assert!(cosell::changes(&app, slug).await.ends_with(&told.map(str::to_owned)), "{slug}");
    }
    assert_eq!(cosell::changes(&app, "comet").await.last().unwrap(), "SHARED", "comet knows of none");
}

async fn others_do_not(app: TestApp) {
    let id = shared(&app).await;
    let made = add(&app, &app.manager("aurora"), &id, ada()).await;
    let contact = &made.payload()["contact"]["id"];
    for (actor, on_deal, on_contact) in [
        (app.actor("aurora", Role::Viewer), "NOT_ALLOWED", "NOT_ALLOWED"),
        (app.manager("comet"), "NOT_ALLOWED", "NOT_FOUND"),
        (app.operator(), "NOT_FOUND", "NOT_FOUND"),
        (app.actor("borealis", Role::Owner), "", "NOT_FOUND"),
    ] {
        if !on_deal.is_empty() {
            assert_eq!(add(&app, &actor, &id, ada()).await.refusals(), [on_deal], "{actor:?}");
        }
        assert_eq!(change(&app, &actor, contact, json!({"name": "X"})).await.refusals(), [on_contact], "{actor:?}");
        assert_eq!(remove(&app, &actor, contact).await.refusals(), [on_contact], "{actor:?}");
    }
    let visitor = app.visitor();
    assert_eq!(add(&app, &visitor, &id, ada()).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(change(&app, &visitor, contact, json!({})).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(remove(&app, &visitor, contact).await.error_code(), "UNAUTHENTICATED");
    let key = app.key("aurora", &[Scope::PartnershipsWrite]);
    assert_eq!(add(&app, &key, &id, ada()).await.error_code(), "FORBIDDEN");
    add(&app, &app.key("aurora", &[Scope::OpportunitiesWrite]), &id, ada()).await.payload();
    assert_eq!(add(&app, &app.manager("aurora"), contact, ada()).await.error_code(), "BAD_USER_INPUT");

    let aurora = app.manager("aurora");
    for (input, code) in [
        (json!({"email": "x@acme.example"}), "REQUIRED"),
        (json!({"title": "x".repeat(121)}), "TOO_LONG"),
        (json!({"title": "Buyer", "email": "x"}), "INVALID_FORMAT"),
        (json!({"title": "Buyer", "phone": "22 12"}), "INVALID_FORMAT"),
    ] {
        assert_eq!(add(&app, &aurora, &id, input).await.refusals(), [code]);
    }
    assert_eq!(change(&app, &aurora, contact, json!({"name": null, "title": null})).await.refusals(), ["REQUIRED"]);
    assert_eq!(contacts(&app, "aurora", &id).await.as_array().unwrap().len(), 2);
}

async fn a_retry_gets_the_first_answer(app: TestApp) {
    let aurora = app.manager("aurora");
    let id = cosell::opened(&app, cosell::deal()).await;
    let input = |name: &str| json!({"id": id, "input": {"contact": {"name": name}, "idempotencyKey": "a"}});
    let (one, two) = tokio::join!(app.graphql(&aurora, ADD, input("Ada")), app.graphql(&aurora, ADD, input("Ada")));
    assert_eq!(one.payload()["contact"]["id"], two.payload()["contact"]["id"]);
    assert_eq!(app.graphql(&aurora, ADD, input("Bea")).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(contacts(&app, "aurora", &id).await.as_array().unwrap().len(), 1);
    assert_eq!(cosell::changes(&app, "aurora").await, ["CREATED", "UPDATED"]);
    remove(&app, &aurora, &one.payload()["contact"]["id"]).await.payload();
    assert_eq!(app.graphql(&aurora, ADD, input("Ada")).await.refusals(), ["NOT_FOUND"], "it is gone since");
}

async fn there_are_twenty_at_most(app: TestApp) {
    let id = shared(&app).await;
    for slug in ["aurora", "borealis"] {
        for _ in 0..10 {
            add(&app, &app.manager(slug), &id, ada()).await.payload();
        }
    }
    for slug in ["aurora", "borealis"] {
        assert_eq!(add(&app, &app.manager(slug), &id, ada()).await.refusals(), ["TOO_MANY"]);
    }
    assert_eq!(contacts(&app, "aurora", &id).await.as_array().unwrap().len(), 20);
}

async fn hidden_participants_do_not_know_each_others(app: TestApp) {
    let mut deal = cosell::deal();
    deal["hidesParticipants"] = json!(true);
    let id = cosell::opened(&app, deal).await;
    for slug in ["borealis", "comet"] {
        cosell::share(&app, &id, slug, cosell::to(slug)).await;
    }
    for slug in ["aurora", "borealis", "comet"] {
        let told = json!({"name": slug, "mayBeShared": true, "mayBeContacted": true});
        add(&app, &app.manager(slug), &id, told).await.payload();
    }
    let names = async |slug: &str| {
        let seen = contacts(&app, slug, &id).await;
        seen.as_array().unwrap().iter().map(|contact| contact["name"].clone()).collect::<Value>()
    };
    assert_eq!(names("aurora").await, json!(["aurora", "borealis", "comet"]));
    assert_eq!(names("borealis").await, json!(["aurora", "borealis"]));
    assert_eq!(names("comet").await, json!(["aurora", "comet"]));
    let counted =
        async |slug: &str| cosell::changes(&app, slug).await.into_iter().filter(|change| change == "UPDATED").count();
    assert_eq!((counted("aurora").await, counted("borealis").await, counted("comet").await), (3, 2, 2));
}

async fn before_acceptance_there_is_a_title_alone(app: TestApp) {
    const OFFER: &str = "query ($id: ID!) { invitation(id: $id) {
      contactTitle shownFields opportunity { contacts { title } } } }";
    let aurora = app.manager("aurora");
    let mut deal = cosell::deal();
    deal["contactTitle"] = json!("Head of IT");
    let id = cosell::opened(&app, deal).await;
    let consents = json!({"name": "Ada Byte", "title": "Buyer", "mayBeShared": true, "mayBeContacted": true});
    add(&app, &aurora, &id, consents).await.payload();
    let sent = cosell::invite(&app, &aurora, &id, cosell::to("borealis")).await;
    let invitation = sent.payload()["invitation"]["id"].clone();
    let offer = app.graphql(&app.manager("borealis"), OFFER, json!({"id": invitation})).await;
    assert_eq!(
        offer.at("/invitation"),
        &json!({"contactTitle": "Head of IT", "shownFields": ["COMPANY", "CONTACT_TITLE", "USE_CASE"],
                "opportunity": null})
    );
    assert!(!offer.body().to_string().contains("Buyer"));
    assert_eq!(contacts(&app, "borealis", &id).await, Value::Null);
    let mut wanted = cosell::to("comet");
    wanted["shownFields"] = json!(["COMPANY", "CONTACTS"]);
    assert_eq!(cosell::invite(&app, &aurora, &id, wanted).await.refusals(), ["INVALID_VALUE"]);
    cosell::accept(&app, &app.manager("borealis"), &invitation).await.payload();
    assert_eq!(contacts(&app, "borealis", &id).await[0]["name"], "Ada Byte");
}

async fn after_the_share_is_gone_there_is_nothing(app: TestApp) {
    const ERASE: &str = "mutation ($id: ID!) { contactErase(input: {contact: $id}) {
      contacts { id } userErrors { code } } }";
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = shared(&app).await;
    let made = add(&app, &borealis, &id, ada()).await;
    let theirs = &made.payload()["contact"]["id"];
    let narrow = json!({"organization": "borealis", "grantedFields": ["COMPANY"]});
    let share = |input: Value| Some(("OpportunityShareUpdateInput!", input));
    cosell::act(&app, &aurora, "opportunityShareUpdate", &id, share(narrow)).await.payload();
    assert_eq!(contacts(&app, "borealis", &id).await, Value::Null, "access is what the share says");
    assert_eq!(change(&app, &borealis, theirs, json!({"name": "X"})).await.refusals(), ["NOT_ALLOWED"]);
    let revoke = Some(("OpportunityRevokeInput!", json!({"organization": "borealis"})));
    cosell::act(&app, &aurora, "opportunityRevoke", &id, revoke).await.payload();
    assert_eq!(contacts(&app, "borealis", &id).await, Value::Null);
    for refused in [
        add(&app, &borealis, &id, ada()).await,
        change(&app, &borealis, theirs, json!({"name": "X"})).await,
        remove(&app, &borealis, theirs).await,
    ] {
        assert_eq!(refused.refusals(), ["NOT_FOUND"]);
    }
    assert_eq!(contacts(&app, "aurora", &id).await, json!([{"name": null, "title": "Buyer", "email": null}]));
    // Whoever entered a person answers for it still.
    let erased = app.graphql(&app.actor("borealis", Role::Admin), ERASE, json!({"id": theirs})).await;
    assert_eq!(erased.payload()["contacts"][0]["id"], *theirs);
    assert_eq!(contacts(&app, "aurora", &id).await, json!([{"name": null, "title": null, "email": null}]));
    for slug in ["aurora", "borealis"] {
        assert_eq!(cosell::changes(&app, slug).await.last().unwrap(), "ERASED", "{slug}");
    }
    assert_ne!(cosell::changes(&app, "comet").await.last().unwrap(), "ERASED", "comet never knew of it");
}

async fn a_confidential_one_is_for_named_people(app: TestApp) {
    let mut deal = cosell::deal();
    deal["confidential"] = json!(true);
    let id = cosell::opened(&app, deal).await;
    let made = add(&app, &app.manager("aurora"), &id, ada()).await;
    let contact = &made.payload()["contact"]["id"];
    for actor in [app.actor("aurora", Role::Owner), app.key("aurora", &[Scope::OpportunitiesWrite])] {
        assert_eq!(add(&app, &actor, &id, ada()).await.refusals(), ["NOT_FOUND"]);
        assert_eq!(change(&app, &actor, contact, json!({"name": "X"})).await.refusals(), ["NOT_FOUND"]);
        assert_eq!(remove(&app, &actor, contact).await.refusals(), ["NOT_FOUND"]);
    }
    assert_eq!(contacts(&app, "aurora", &id).await[0]["name"], "Ada Byte");
}

async fn an_archived_one_takes_no_more(app: TestApp) {
    let aurora = app.manager("aurora");
    let id = cosell::opened(&app, cosell::deal()).await;
    let made = add(&app, &aurora, &id, ada()).await;
    let contact = &made.payload()["contact"]["id"];
    cosell::act(&app, &aurora, "opportunityArchive", &id, None).await.payload();
    assert_eq!(add(&app, &aurora, &id, ada()).await.refusals(), ["INVALID_STATE"]);
    assert_eq!(change(&app, &aurora, contact, json!({"name": "X"})).await.refusals(), ["INVALID_STATE"]);
    remove(&app, &aurora, contact).await.payload();
}

async fn many_are_read_at_once(app: TestApp) {
    const LIST: &str = "{ opportunities { nodes { contacts { name } activities(first: 1) { nodes { text } } } } }";
    let aurora = app.manager("aurora");
    let mut counted = Vec::new();
    for _ in 0..2 {
        for _ in 0..3 {
            let id = cosell::opened(&app, cosell::deal()).await;
            add(&app, &aurora, &id, ada()).await.payload();
        }
        let (list, statements) = app.statements(app.graphql(&aurora, LIST, json!({}))).await;
        let nodes = list.at("/opportunities/nodes").as_array().unwrap();
        assert!(nodes.iter().all(|node| node["contacts"] == json!([{"name": "Ada Byte"}])));
        counted.push(statements);
    }
    assert_eq!(counted[0], counted[1], "the number of statements does not grow with the rows");
}
