//! A person can be asked for and forgotten, wherever the data are.

use super::{UPDATE, accept, acme, acme_to, alerts, befriend, create, decline, read, sent};
use crate::{
    cases::contact::places_of,
    support::{TestApp, on_both},
};
use entity::value::Role;
use partnergraph::op::Scope;
use serde_json::{Value, json};

const EXPORT: &str = "query ($email: String!, $first: Int, $after: String) {
  contactsExport(email: $email, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { name title email phone organization { slug } lead { id } }
  }
}";

const ERASE: &str = "mutation ($input: ContactEraseInput!) { contactErase(input: $input) {
  contacts { id name title email phone mayBeShared erasedAt lead { id } } userErrors { field code }
} }";

on_both!(
    an_export_has_all_of_the_person,
    an_erased_person_is_nowhere,
    a_tombstone_stays_and_another_takes_its_place,
    organizations_erase_their_own_and_the_operator_all,
    only_administrators_ask,
    what_others_wrote_about_other_things_stays,
);

async fn erase(app: &TestApp, slug: &str, email: &str) -> crate::support::Answer {
    app.graphql(&app.actor(slug, Role::Admin), ERASE, json!({"input": {"email": email}})).await
}

async fn an_export_has_all_of_the_person(app: TestApp) {
    let aurora = app.actor("aurora", Role::Admin);
    let mut leads = Vec::new();
    for _ in 0..3 {
        leads.push(create(&app, &aurora, acme()).await.payload()["lead"]["id"].clone());
    }
    let mut other = acme();
    other["contact"] = json!({"title": "Buyer", "email": "bea@acme.example"});
    create(&app, &aurora, other).await.payload();
    let page = app.graphql(&aurora, EXPORT, json!({"email": " ADA@acme.example ", "first": 2})).await;
    assert_eq!(page.at("/contactsExport/totalCount"), 3);
    assert_eq!(
        page.at("/contactsExport/nodes/0"),
        &json!({
            "name": "Ada Byte", "title": "Head of IT", "email": "ada@acme.example", "phone": "+4930123456",
            "organization": {"slug": "aurora"}, "lead": {"id": leads[0]},
        })
    );
    let after = page.at("/contactsExport/pageInfo/endCursor");
    let rest = app.graphql(&aurora, EXPORT, json!({"email": "ada@acme.example", "after": after})).await;
    assert_eq!(rest.at("/contactsExport/nodes/0/lead/id"), &leads[2]);
    assert_eq!(rest.at("/contactsExport/pageInfo/hasNextPage"), false);
}

async fn an_erased_person_is_nowhere(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let mut input = acme_to(&["borealis"]);
    // People write names into texts, whatever one tells them.
    input["interactions"][0]["source"] = json!("Fair, met Ada Byte");
    input["interactions"][0]["businessProblem"] = json!("ADA BYTE (ada@acme.example, +4930123456) wants\norder.");
    let made = create(&app, &app.manager("aurora"), input).await;
    let id = made.payload()["lead"]["id"].clone();
    let change = json!({"id": id, "input": {"contact": {"title": "Head of IT at Acme"}}});
    app.graphql(&app.manager("aurora"), UPDATE, change).await.payload();
    accept(&app, &app.manager("borealis"), &id).await.payload();
    let comment = json!({"id": id, "input": {"reason": "OTHER", "comment": "Ada Byte has left."}});
    app.graphql(&app.manager("borealis"), super::DECLINE, comment).await.payload();
    for word in ["ada byte", "ada@acme.example", "4930123456", "head of it at acme"] {
        assert!(!places_of(&app, word).await.is_empty(), "{word} was never there");
    }

    let erased = erase(&app, "aurora", "ada@acme.example").await;
    let contacts = erased.payload()["contacts"].as_array().unwrap();
    assert_eq!(contacts.len(), 1);
    assert_eq!(contacts[0]["erasedAt"], "2026-11-02T09:00:00+00:00");
    for field in ["name", "title", "email", "phone"] {
        assert_eq!(contacts[0][field], Value::Null, "{field}");
    }
    for word in ["ada byte", "ada@acme.example", "4930123456", "head of it at acme"] {
        assert_eq!(places_of(&app, word).await, Vec::<String>::new(), "{word}");
    }
    let ours = read(&app, &app.manager("aurora"), &id).await;
    assert_eq!(ours["interactions"][0]["source"], "Fair, met [erased]");
    assert_eq!(ours["interactions"][0]["businessProblem"], "[erased] ([erased], [erased]) wants\norder.");
    assert_eq!(ours["route"][0]["comment"], "[erased] has left.");
    assert_eq!(ours["company"]["name"], "Acme Works");
    assert_eq!(alerts(&app, "aurora").await.last().unwrap().0, "ERASED");
    assert_ne!(alerts(&app, "borealis").await.last().unwrap().0, "ERASED", "its part was over");
    assert_eq!(erase(&app, "aurora", "ada@acme.example").await.refusals(), ["NOT_FOUND"]);
}

async fn a_tombstone_stays_and_another_takes_its_place(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let id = sent(&app, &["borealis"]).await;
    accept(&app, &app.manager("borealis"), &id).await.payload();
    let before = read(&app, &app.manager("aurora"), &id).await["contact"]["id"].clone();
    let by_id = json!({"input": {"contact": before}});
    app.graphql(&app.actor("aurora", Role::Owner), ERASE, by_id.clone()).await.payload();
    for slug in ["aurora", "borealis"] {
        let contact = read(&app, &app.manager(slug), &id).await["contact"].clone();
        assert_eq!((&contact["id"], &contact["name"], &contact["title"]), (&before, &Value::Null, &Value::Null));
        assert_eq!(alerts(&app, slug).await.last().unwrap().0, "ERASED");
    }
    let again = app.graphql(&app.actor("aurora", Role::Owner), ERASE, by_id).await;
    assert_eq!(again.refusals(), ["NOT_FOUND"]);
    let change = json!({"id": id, "input": {"contact": {"name": "Bea Bit"}}});
    let changed = app.graphql(&app.manager("aurora"), UPDATE, change).await;
    assert_ne!(changed.payload()["lead"]["contact"]["id"], before);
    assert_eq!(read(&app, &app.manager("aurora"), &id).await["contact"]["name"], "Bea Bit");
}

async fn organizations_erase_their_own_and_the_operator_all(app: TestApp) {
    for slug in ["aurora", "borealis"] {
        create(&app, &app.manager(slug), acme()).await.payload();
    }
    let count = async |slug: &str| {
        let found = app.graphql(&app.actor(slug, Role::Admin), EXPORT, json!({"email": "ada@acme.example"})).await;
        found.at("/contactsExport/totalCount").clone()
    };
    assert_eq!(count("operator").await, 2);
    assert_eq!(count("comet").await, 0);
    assert_eq!(erase(&app, "comet", "ada@acme.example").await.refusals(), ["NOT_FOUND"]);
    assert_eq!(erase(&app, "aurora", "ada@acme.example").await.payload()["contacts"].as_array().unwrap().len(), 1);
    assert_eq!((count("aurora").await, count("borealis").await), (json!(0), json!(1)));
    let erased = erase(&app, "operator", "ada@acme.example").await;
    assert_eq!(erased.payload()["contacts"][0]["lead"], Value::Null, "the operator erases what it does not see");
    assert_eq!(places_of(&app, "ada byte").await, Vec::<String>::new());
}

async fn only_administrators_ask(app: TestApp) {
    create(&app, &app.manager("aurora"), acme()).await.payload();
    let (ask, forget) = (json!({"email": "ada@acme.example"}), json!({"input": {"email": "ada@acme.example"}}));
    let manager = app.manager("aurora");
    assert_eq!(app.graphql(&manager, EXPORT, ask.clone()).await.at("/contactsExport"), &Value::Null);
    assert_eq!(app.graphql(&manager, ERASE, forget.clone()).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(app.graphql(&app.visitor(), EXPORT, ask.clone()).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(app.graphql(&app.visitor(), ERASE, forget.clone()).await.error_code(), "UNAUTHENTICATED");
    let key = app.key("aurora", &[Scope::OpportunitiesWrite]);
    assert_eq!(app.graphql(&key, EXPORT, ask).await.error_code(), "FORBIDDEN");
    assert_eq!(app.graphql(&key, ERASE, forget).await.error_code(), "FORBIDDEN");
    let admin = app.actor("aurora", Role::Admin);
    assert_eq!(app.graphql(&admin, EXPORT, json!({"email": "ada"})).await.error_code(), "BAD_USER_INPUT");
    assert_eq!(erase(&app, "aurora", "ada").await.refusals(), ["INVALID_FORMAT"]);
    let both = json!({"input": {"email": "ada@acme.example", "contact": "ctc_0"}});
    assert!(app.graphql(&admin, ERASE, both).await.body()["errors"].is_array());
}

/// Whoever calls a contact "Next year" must not be able to change what others said of other leads.
async fn what_others_wrote_about_other_things_stays(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    let first = sent(&app, &["borealis"]).await;
    decline(&app, &app.manager("borealis"), &first).await.payload();
    let mut input = acme();
    input["contact"] = json!({"name": "Next year", "email": "next@acme.example"});
    let made = create(&app, &app.manager("aurora"), input).await;
    assert_eq!(made.payload()["lead"]["status"], "NEW");
    erase(&app, "aurora", "next@acme.example").await.payload();
    assert_eq!(read(&app, &app.manager("aurora"), &first).await["route"][0]["comment"], "Next year.");
}
