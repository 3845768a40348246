//! Lists of leads: in order, by the status that the viewer sees, with few statements.

use super::{accept, acme, acme_to, befriend, create, decline};
use crate::support::{TestApp, on_both};
use chrono::TimeDelta;
use entity::value::Role;
use serde_json::{Value, json};

const LIST: &str = "query ($of: LeadDirection!, $statuses: [LeadStatus!], $first: Int, $after: String) {
  leads(direction: $of, statuses: $statuses, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes {
      company { name } status sender { slug } receiver { slug } contact { title name }
      interactions { useCase } route { state organization { slug } }
    }
  }
}";

on_both!(newest_comes_first_page_by_page, each_side_filters_by_what_it_sees, a_list_takes_few_statements,);

async fn named(app: &TestApp, name: &str, receivers: &[&str]) -> Value {
    let mut input = if receivers.is_empty() { acme() } else { acme_to(receivers) };
    input["company"]["name"] = json!(name);
    create(app, &app.manager("aurora"), input).await.payload()["lead"]["id"].clone()
}

async fn names(app: &TestApp, slug: &str, of: &str, statuses: &[&str]) -> Vec<Value> {
    let variables = json!({"of": of, "statuses": statuses});
    let list = app.graphql(&app.actor(slug, Role::Viewer), LIST, variables).await;
    let nodes = list.at("/leads/nodes").as_array().unwrap();
    assert_eq!(list.at("/leads/totalCount"), nodes.len());
    nodes.iter().map(|node| node["company"]["name"].clone()).collect()
}

async fn newest_comes_first_page_by_page(app: TestApp) {
    befriend(&app, &["borealis"]).await;
    for name in ["One", "Two", "Three", "Four", "Five"] {
        named(&app, name, &["borealis"]).await;
        // Two at the same moment are told apart by their ids.
        if name != "Two" {
            app.clock.advance(TimeDelta::hours(1));
        }
    }
    for (slug, of) in [("aurora", "SENT"), ("borealis", "RECEIVED")] {
        let (mut found, mut after) = (Vec::new(), Value::Null);
        loop {
            let variables = json!({"of": of, "first": 2, "after": after});
            let page = app.graphql(&app.manager(slug), LIST, variables).await;
            found
                .extend(page.at("/leads/nodes").as_array().unwrap().iter().map(|node| node["company"]["name"].clone()));
            after = page.at("/leads/pageInfo/endCursor").clone();
            if page.at("/leads/pageInfo/hasNextPage") == false {
                break;
            }
        }
        assert_eq!(found, ["Five", "Four", "Three", "Two", "One"], "{slug}");
        let other = if of == "SENT" { "RECEIVED" } else { "SENT" };
        let strange = app.graphql(&app.manager(slug), LIST, json!({"of": other, "after": after})).await;
        assert_eq!(strange.error_code(), "BAD_USER_INPUT");
    }
}

async fn each_side_filters_by_what_it_sees(app: TestApp) {
    befriend(&app, &["borealis", "comet"]).await;
    let borealis = app.manager("borealis");
    named(&app, "Kept", &[]).await;
    let declined = named(&app, "Declined", &["borealis", "comet"]).await;
    decline(&app, &borealis, &declined).await.payload();
    let accepted = named(&app, "Accepted", &["borealis"]).await;
    accept(&app, &borealis, &accepted).await.payload();
    named(&app, "Late", &["borealis"]).await;
    named(&app, "Waited for", &["borealis", "comet"]).await;
    app.clock.advance(TimeDelta::days(13));
    named(&app, "Sent", &["borealis"]).await;
    app.clock.advance(TimeDelta::days(1));

    for (status, expected) in [
        ("NEW", vec!["Kept"]),
        ("ACCEPTED", vec!["Accepted"]),
        // The deadline engine has not come by yet: one has somebody waiting, the other has not.
        ("SENT", vec!["Sent", "Waited for"]),
        ("EXPIRED", vec!["Late", "Declined"]),
        ("DECLINED", vec![]),
        ("CANCELED", vec![]),
    ] {
        assert_eq!(names(&app, "aurora", "SENT", &[status]).await, expected, "{status}");
    }
    assert_eq!(names(&app, "aurora", "SENT", &["NEW", "ACCEPTED"]).await, ["Accepted", "Kept"]);
    assert_eq!(names(&app, "aurora", "SENT", &[]).await.len(), 6);
    for (status, expected) in [
        ("NEW", json!([])),
        ("SENT", json!(["Sent"])),
        ("ACCEPTED", json!(["Accepted"])),
        // What is over is shown without its content.
        ("EXPIRED", json!([null, null])),
        ("DECLINED", json!([null])),
    ] {
        assert_eq!(json!(names(&app, "borealis", "RECEIVED", &[status]).await), expected, "{status}");
    }
    assert_eq!(names(&app, "comet", "RECEIVED", &["EXPIRED"]).await.len(), 1);
}

async fn a_list_takes_few_statements(app: TestApp) {
    befriend(&app, &["borealis", "comet"]).await;
    named(&app, "First", &["borealis", "comet"]).await;
    for (slug, of) in [("aurora", "SENT"), ("borealis", "RECEIVED")] {
        let actor = app.manager(slug);
        let (_, few) = app.statements(app.graphql(&actor, LIST, json!({"of": of}))).await;
        for number in 0..6 {
            named(&app, &format!("{of} {number}"), &["borealis", "comet"]).await;
        }
        let (list, many) = app.statements(app.graphql(&actor, LIST, json!({"of": of}))).await;
        assert!(list.at("/leads/nodes").as_array().unwrap().len() >= 7);
        assert!(many < few + 3, "{slug}: {few} and {many}");
        assert!(many <= 8, "{slug}: {many} statements");
    }
}
