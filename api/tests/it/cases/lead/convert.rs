//! An accepted lead becomes an opportunity of its receiver, once and in one step.

use super::{UPDATE, accept, acme_to, alerts, befriend, create, read, sent, told};
use crate::{
    cases::{contact::places_of, cosell},
    support::{TestApp, on_both, organization_id},
};
use entity::{alert, contact, id::TypedId, opportunity, value::Role};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};

const CONVERT: &str = "mutation ($id: ID!, $input: LeadConvertInput) { leadConvert(id: $id, input: $input) {
  lead { status revision viewerCanConvert opportunity { id } }
  opportunity {
    id title stage origin owner { slug } customer { name websiteUrl countryCode industry }
    contactTitle businessProblem useCase contacts { name title email organization { slug } }
    participants { organization { slug } }
  }
  userErrors { field code currentRevision }
} }";

const ERASE: &str =
    "mutation { contactErase(input: {email: \"ada@acme.example\"}) { contacts { id } userErrors { code } } }";

on_both!(
    what_the_lead_says_is_the_beginning,
    it_happens_once,
    only_what_was_accepted_is_converted,
    the_contact_comes_on_its_terms,
    the_sender_learns_that_it_came_to_that,
    an_erased_person_is_gone_from_the_opportunity,
    whoever_made_it_an_opportunity_answers_for_the_person_too,
    of_an_erasure_each_learns_its_own_part,
    a_tombstone_is_not_handed_over,
    those_who_are_invited_do_not_learn_who_named_it,
    a_key_needs_no_more_than_the_scope_of_deals,
    both_sides_see_where_it_went,
);

async fn convert(app: &TestApp, slug: &str, id: &Value, input: Value) -> crate::support::Answer {
    app.graphql(&app.manager(slug), CONVERT, json!({"id": id, "input": input})).await
}

async fn accepted(app: &TestApp) -> Value {
    befriend(app, &["borealis"]).await;
    let id = sent(app, &["borealis"]).await;
    accept(app, &app.manager("borealis"), &id).await.payload();
    id
}

async fn erase(app: &TestApp, slug: &str) -> crate::support::Answer {
    app.graphql(&app.actor(slug, Role::Admin), ERASE, json!({})).await
}

/// What an organization's administrator gets of the person.
async fn export(app: &TestApp, slug: &str) -> Value {
    const EXPORT: &str = "{ contactsExport(email: \"ada@acme.example\") { totalCount nodes {
      name organization { slug } lead { id } opportunity { id } } } }";
    app.graphql(&app.actor(slug, Role::Admin), EXPORT, json!({})).await.at("/contactsExport").clone()
}

/// Has borealis invite comet into its opportunity, and comet accept.
async fn share_with_comet(app: &TestApp, deal: &Value) {
    let sent = cosell::invite(app, &app.manager("borealis"), deal, cosell::to("comet")).await;
    cosell::accept(app, &app.manager("comet"), &sent.payload()["invitation"]["id"]).await.payload();
}

async fn what_the_lead_says_is_the_beginning(app: TestApp) {
    let id = accepted(&app).await;
    assert_eq!(read(&app, &app.manager("borealis"), &id).await["status"], "ACCEPTED");
    let done = convert(&app, "borealis", &id, json!({"title": " Orders for Acme ", "expectedRevision": 3})).await;
    let payload = done.payload();
    assert_eq!(payload["lead"]["status"], "CONVERTED");
    assert_eq!(payload["lead"]["opportunity"]["id"], payload["opportunity"]["id"]);
    assert_eq!(payload["lead"]["viewerCanConvert"], false);
    let mut deal = payload["opportunity"].clone();
    deal.as_object_mut().unwrap().remove("id");
    assert_eq!(
        deal,
        json!({
            "title": "Orders for Acme", "stage": "PROSPECT", "origin": "PARTNER_REFERRAL",
            "owner": {"slug": "borealis"},
            "customer": {"name": "Acme Works", "websiteUrl": "https://acme.example/", "countryCode": "DE",
                         "industry": "MANUFACTURING"},
            "contactTitle": "Head of IT", "businessProblem": "Orders\nget lost.", "useCase": "Paperless orders",
            "contacts": [{"name": "Ada Byte", "title": "Head of IT", "email": "ada@acme.example",
                          "organization": {"slug": "aurora"}}],
            "participants": [{"organization": {"slug": "borealis"}}],
        })
    );
}

async fn it_happens_once(app: TestApp) {
    let id = accepted(&app).await;
    let input = json!({"idempotencyKey": "once"});
    let first = convert(&app, "borealis", &id, input.clone()).await;
    let second = convert(&app, "borealis", &id, input).await;
    assert_eq!(first.payload()["opportunity"]["id"], second.payload()["opportunity"]["id"]);
    assert_eq!(first.payload()["opportunity"]["title"], "Acme Works");
    let other = json!({"idempotencyKey": "once", "title": "Another"});
    assert_eq!(convert(&app, "borealis", &id, other).await.refusals(), ["IDEMPOTENCY_KEY_REUSED"]);
    assert_eq!(convert(&app, "borealis", &id, json!({})).await.refusals(), ["INVALID_STATE"]);
    let all = opportunity::Entity::find().count(app.app.world.db.read()).await.unwrap();
    assert_eq!(all, 1);
    let theirs = alerts(&app, "borealis").await;
    assert_eq!(theirs.iter().filter(|(change, _)| change == "CONVERTED").count(), 1);

    let other = sent(&app, &["borealis"]).await;
    accept(&app, &app.manager("borealis"), &other).await.payload();
    let (one, two) =
        tokio::join!(convert(&app, "borealis", &other, json!({})), convert(&app, "borealis", &other, json!({})));
    let refused = [&one, &two].iter().filter(|answer| answer.at("/leadConvert/lead").is_null()).count();
    assert_eq!(refused, 1, "{:#}\n{:#}", one.body(), two.body());
    assert_eq!(opportunity::Entity::find().count(app.app.world.db.read()).await.unwrap(), 2);
}

async fn only_what_was_accepted_is_converted(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let id = sent(&app, &["borealis"]).await;
    assert_eq!(convert(&app, "borealis", &id, json!({})).await.refusals(), ["INVALID_STATE"]);
    accept(&app, &app.manager("borealis"), &id).await.payload();
    for (slug, expected) in [("aurora", "NOT_ALLOWED"), ("comet", "NOT_FOUND"), ("operator", "NOT_FOUND")] {
        assert_eq!(convert(&app, slug, &id, json!({})).await.refusals(), [expected]);
    }
    let visitor = app.graphql(&app.visitor(), CONVERT, json!({"id": id})).await;
    assert_eq!(visitor.error_code(), "UNAUTHENTICATED");
    assert_eq!(convert(&app, "borealis", &id, json!({"expectedRevision": 1})).await.refusals(), ["REVISION_MISMATCH"]);
    let long = json!({"title": "x".repeat(256)});
    assert_eq!(convert(&app, "borealis", &id, long).await.refusals(), ["TOO_LONG"]);
    // What was refused left nothing.
    let db = app.app.world.db.read();
    assert_eq!(opportunity::Entity::find().count(db).await.unwrap(), 0);
    let handed = contact::Entity::find().filter(contact::Column::OpportunityId.is_not_null());
    assert_eq!(handed.count(db).await.unwrap(), 0);
}

async fn the_contact_comes_on_its_terms(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let mut input = acme_to(&["borealis"]);
    input["contact"]["mayBeContacted"] = json!(false);
    let made = create(&app, &app.manager("aurora"), input).await;
    let id = &made.payload()["lead"]["id"];
    accept(&app, &app.manager("borealis"), id).await.payload();
    let done = convert(&app, "borealis", id, json!({})).await;
    assert_eq!(
        done.payload()["opportunity"]["contacts"],
        json!([{"name": null, "title": "Head of IT", "email": null, "organization": {"slug": "aurora"}}])
    );
    // Whoever may not read who it is finds nobody by an address either.
    assert_eq!(export(&app, "borealis").await["totalCount"], 0);
    assert_eq!(erase(&app, "borealis").await.refusals(), ["NOT_FOUND"]);
    assert_eq!(export(&app, "aurora").await["totalCount"], 1);
}

async fn the_sender_learns_that_it_came_to_that(app: TestApp) {
    let id = accepted(&app).await;
    let done = convert(&app, "borealis", &id, json!({})).await;
    assert_eq!(alerts(&app, "aurora").await.last(), told(&[("CONVERTED", "CONVERTED")]).last());
    let ours = read(&app, &app.manager("aurora"), &id).await;
    assert_eq!((&ours["status"], &ours["route"][0]["state"]), (&json!("CONVERTED"), &json!("CONVERTED")));
    const SEEN: &str = "query ($id: ID!) { lead(id: $id) { opportunity { id } } }";
    let seen = app.graphql(&app.manager("aurora"), SEEN, json!({"id": id})).await;
    assert_eq!(seen.at("/lead/opportunity"), &Value::Null, "it is the receiver's to share");
    let rows = alert::Entity::find()
        .filter(alert::Column::OrganizationId.eq(organization_id("aurora")))
        .all(app.app.world.db.read())
        .await
        .unwrap();
    let deal = done.payload()["opportunity"]["id"].as_str().unwrap();
    assert!(rows.iter().all(|row| row.opportunity_id.is_none() && !row.details.to_string().contains(deal)));
    let change = json!({"id": id, "input": {"readiness": "LOW"}});
    assert_eq!(app.graphql(&app.manager("aurora"), UPDATE, change).await.refusals(), ["INVALID_STATE"]);
}

async fn an_erased_person_is_gone_from_the_opportunity(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let mut input = acme_to(&["borealis"]);
    input["interactions"][0]["businessProblem"] = json!("Ada Byte loses orders.");
    let made = create(&app, &app.manager("aurora"), input).await;
    let id = &made.payload()["lead"]["id"];
    accept(&app, &app.manager("borealis"), id).await.payload();
    let done = convert(&app, "borealis", id, json!({"title": "For Ada Byte"})).await;
    let deal = &done.payload()["opportunity"]["id"];
    erase(&app, "aurora").await.payload();
    const DEAL: &str = "query ($id: ID!) { opportunity(id: $id) {
      title businessProblem contacts { name title email erasedAt } } }";
    let seen = app.graphql(&app.manager("borealis"), DEAL, json!({"id": deal})).await;
    assert_eq!(
        seen.at("/opportunity"),
        &json!({
            "title": "For [erased]", "businessProblem": "[erased] loses orders.",
            "contacts": [{"name": null, "title": null, "email": null, "erasedAt": "2026-11-02T09:00:00+00:00"}],
        })
    );
    for word in ["ada byte", "ada@acme.example", "4930123456"] {
        assert_eq!(places_of(&app, word).await, Vec::<String>::new(), "{word}");
    }
    // The sender, the receiver by the lead and the receiver by the opportunity.
    let told = alerts(&app, "borealis").await;
    assert_eq!(told.last().unwrap().0, "ERASED");
    assert_eq!(cosell::changes(&app, "borealis").await.iter().filter(|change| *change == "ERASED").count(), 2);
    assert_eq!(alerts(&app, "aurora").await.last().unwrap().0, "ERASED");
}

/// It is one contact, so what either side does is done on both.
async fn whoever_made_it_an_opportunity_answers_for_the_person_too(app: TestApp) {
    let id = accepted(&app).await;
    assert_eq!(export(&app, "borealis").await["totalCount"], 0, "a lead is its sender's");
    let done = convert(&app, "borealis", &id, json!({})).await;
    let deal = &done.payload()["opportunity"]["id"];
    share_with_comet(&app, deal).await;
    let found = |opportunity: Value| {
        json!({"totalCount": 1, "nodes": [{"name": "Ada Byte", "organization": {"slug": "aurora"}, "lead": {"id": id},
               "opportunity": opportunity}]})
    };
    assert_eq!(export(&app, "borealis").await, found(json!({"id": deal})));
    assert_eq!(export(&app, "aurora").await, found(Value::Null), "it does not see what the lead became");
    // Whoever is only invited reads the contact and does not answer for it.
    assert_eq!(export(&app, "comet").await["totalCount"], 0);
    assert_eq!(erase(&app, "comet").await.refusals(), ["NOT_FOUND"]);

    assert_eq!(erase(&app, "borealis").await.payload()["contacts"].as_array().unwrap().len(), 1);
    let ours = read(&app, &app.manager("aurora"), &id).await["contact"].clone();
    assert_eq!((&ours["name"], &ours["email"], &ours["phone"]), (&Value::Null, &Value::Null, &Value::Null));
    for word in ["ada byte", "ada@acme.example", "4930123456"] {
        assert_eq!(places_of(&app, word).await, Vec::<String>::new(), "{word}");
    }
    for slug in ["aurora", "borealis", "operator"] {
        assert_eq!(export(&app, slug).await["totalCount"], 0, "{slug}");
    }
    assert_eq!(alerts(&app, "aurora").await.last().unwrap().0, "ERASED");
    assert_eq!(cosell::changes(&app, "comet").await.last().unwrap(), "ERASED");
    assert_eq!(erase(&app, "aurora").await.refusals(), ["NOT_FOUND"]);
}

/// What the trail of an organization has of the erasure: what it names, and whose doing it was.
async fn erasures(app: &TestApp, slug: &str) -> Vec<Value> {
    const TRAIL: &str = "query ($slug: String!) { organization(slug: $slug) { auditEntries(first: 100) {
      nodes { action after actor { organization { slug } } } } } }";
    let trail = app.graphql(&app.actor(slug, Role::Admin), TRAIL, json!({"slug": slug})).await;
    let nodes = trail.at("/organization/auditEntries/nodes").as_array().unwrap().clone();
    let erased = nodes.into_iter().filter(|node| node["action"] == "contact.erased");
    erased.map(|node| json!({"after": node["after"], "by": node.pointer("/actor/organization/slug")})).collect()
}

async fn of_an_erasure_each_learns_its_own_part(app: TestApp) {
    let id = accepted(&app).await;
    let done = convert(&app, "borealis", &id, json!({})).await;
    let deal = &done.payload()["opportunity"]["id"];
    share_with_comet(&app, deal).await;
    erase(&app, "aurora").await.payload();
    let aurora = organization_id("aurora").global();
    let with_lead = json!({"after": {"lead": id, "opportunity": null, "organization": aurora}, "by": "aurora"});
    assert_eq!(
        erasures(&app, "aurora").await,
        std::slice::from_ref(&with_lead),
        "the sender does not learn what its lead became"
    );
    let theirs = erasures(&app, "borealis").await;
    let with_deal = json!({"after": {"lead": null, "opportunity": deal, "organization": aurora}, "by": "aurora"});
    assert_eq!(theirs.len(), 2);
    assert!(theirs.contains(&with_lead) && theirs.contains(&with_deal), "{theirs:#?}");
    // Those who are invited do not learn who named the customer, nor that a lead did.
    let told = json!({"after": {"lead": null, "opportunity": deal, "organization": null}, "by": null});
    assert_eq!(erasures(&app, "comet").await, [told]);
}

async fn a_tombstone_is_not_handed_over(app: TestApp) {
    let id = accepted(&app).await;
    erase(&app, "aurora").await.payload();
    let done = convert(&app, "borealis", &id, json!({})).await;
    let deal = &done.payload()["opportunity"];
    assert_eq!((&deal["contacts"], &deal["contactTitle"]), (&json!([]), &Value::Null));
}

async fn those_who_are_invited_do_not_learn_who_named_it(app: TestApp) {
    const CONTACTS: &str = "query ($id: ID!) { opportunity(id: $id) {
      contacts { name title organization { slug } lead { id } opportunity { id } } } }";
    let id = accepted(&app).await;
    let done = convert(&app, "borealis", &id, json!({})).await;
    let deal = &done.payload()["opportunity"]["id"];
    share_with_comet(&app, deal).await;
    let seen = async |slug: &str| {
        app.graphql(&app.manager(slug), CONTACTS, json!({"id": deal})).await.at("/opportunity/contacts/0").clone()
    };
    assert_eq!(
        seen("borealis").await,
        json!({"name": "Ada Byte", "title": "Head of IT", "organization": {"slug": "aurora"}, "lead": {"id": id},
               "opportunity": {"id": deal}})
    );
    assert_eq!(
        seen("comet").await,
        json!({"name": "Ada Byte", "title": "Head of IT", "organization": null, "lead": null,
               "opportunity": {"id": deal}})
    );
    // Only the sender answers for the contact, and it does not see the opportunity.
    const CHANGE: &str = "mutation ($id: ID!) { contactUpdate(id: $id, input: {name: \"X\"}) {
      contact { id } userErrors { code } } }";
    let contact = read(&app, &app.manager("aurora"), &id).await["contact"]["id"].clone();
    for slug in ["aurora", "borealis", "comet"] {
        let refused = app.graphql(&app.manager(slug), CHANGE, json!({"id": contact})).await;
        assert_eq!(refused.refusals(), ["NOT_FOUND"], "{slug}");
    }
}

async fn a_key_needs_no_more_than_the_scope_of_deals(app: TestApp) {
    use partnergraph::op::Scope;
    const CAN: &str = "query ($id: ID!) { lead(id: $id) { viewerCanConvert } }";
    let id = accepted(&app).await;
    let weak = app.key("borealis", &[Scope::PartnershipsWrite]);
    assert_eq!(app.graphql(&weak, CAN, json!({"id": id})).await.at("/lead/viewerCanConvert"), false);
    assert_eq!(app.graphql(&weak, CONVERT, json!({"id": id})).await.error_code(), "FORBIDDEN");
    let viewer = app.actor("borealis", Role::Viewer);
    assert_eq!(app.graphql(&viewer, CAN, json!({"id": id})).await.at("/lead/viewerCanConvert"), false);
    assert_eq!(app.graphql(&viewer, CONVERT, json!({"id": id})).await.refusals(), ["NOT_ALLOWED"]);
    let key = app.key("borealis", &[Scope::OpportunitiesWrite]);
    assert_eq!(app.graphql(&key, CAN, json!({"id": id})).await.at("/lead/viewerCanConvert"), true);
    app.graphql(&key, CONVERT, json!({"id": id})).await.payload();
}

async fn both_sides_see_where_it_went(app: TestApp) {
    let id = accepted(&app).await;
    let done = convert(&app, "borealis", &id, json!({})).await;
    let deal = &done.payload()["opportunity"]["id"];
    const LINKS: &str = "query ($id: ID!) { lead(id: $id) { opportunity { id stage } } }";
    let links = async |slug: &str| app.graphql(&app.manager(slug), LINKS, json!({"id": id})).await.at("/lead").clone();
    assert_eq!(links("borealis").await["opportunity"]["id"], *deal);
    assert_eq!(links("aurora").await["opportunity"], Value::Null);
    // Once it takes part, the sender sees what became of its lead.
    let sent = cosell::invite(&app, &app.manager("borealis"), deal, cosell::to("aurora")).await;
    cosell::accept(&app, &app.manager("aurora"), &sent.payload()["invitation"]["id"]).await.payload();
    assert_eq!(links("aurora").await["opportunity"]["id"], *deal);
    let revoke = Some(("OpportunityRevokeInput!", json!({"organization": "aurora"})));
    cosell::act(&app, &app.manager("borealis"), "opportunityRevoke", deal, revoke).await.payload();
    assert_eq!(links("aurora").await["opportunity"], Value::Null);
}
