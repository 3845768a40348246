//! Who sees what of a request: the two sides what it says, also when the rules are taken back; nobody else anything.

use super::{House, READ, accepted, ask, asked, companies, partners, read};
use crate::{
    cases::overlap::{compare, house::Row, overlaps},
    support::{TestApp, on_both},
};
use entity::{
    sharing_rule::{AccountField, SharingLevel},
    value::Role,
};
use serde_json::{Value, json};

on_both!(
    a_third_sees_nothing,
    a_rule_that_is_taken_back_leaves_what_the_request_says,
    a_receiver_that_is_shown_counts_learns_of_the_asking_alone,
    no_value_but_the_name_is_kept,
);

async fn a_third_sees_nothing(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = asked(&app, &partners.overlaps[0]).await;
    let node = "query ($id: ID!) { node(id: $id) { id } }";
    for actor in [app.manager("comet"), app.operator(), app.visitor()] {
        assert_eq!(app.graphql(&actor, READ, json!({"id": id})).await.at("/introduction"), &Value::Null);
        assert_eq!(app.graphql(&actor, node, json!({"id": id})).await.at("/node"), &Value::Null);
    }
    for slug in ["aurora", "borealis"] {
        let viewer = app.actor(slug, Role::Viewer);
        assert_eq!(app.graphql(&viewer, node, json!({"id": id})).await.at("/node/id"), &id);
    }
    let feed = "query { alerts(first: 100, filter: {kinds: [INTRODUCTION]}) { nodes { id } } }";
    let comet = app.graphql(&app.manager("comet"), feed, json!({})).await;
    assert_eq!(comet.at("/alerts/nodes"), &json!([]));
}

async fn a_rule_that_is_taken_back_leaves_what_the_request_says(app: TestApp) {
    let partners = partners(&app, 1).await;
    let id = accepted(&app, &partners.overlaps[0]).await;
    let before = (read(&app, "borealis", &id).await, read(&app, "aurora", &id).await);
    assert_eq!(before.0["overlap"]["id"], partners.overlaps[0]);
    let house = House::new(&app);
    house.rule(partners.ours, "aurora", "borealis", SharingLevel::Hidden, &[]).await;
    for (slug, before) in [("borealis", before.0), ("aurora", before.1)] {
        let after = read(&app, slug, &id).await;
        assert_eq!(after["overlap"], Value::Null, "{slug}");
        for field in ["message", "accountName", "evidence", "status", "asker", "receiver", "ownAccount"] {
            assert_eq!(after[field], before[field], "{slug} {field}");
        }
    }
    // It goes on: what was accepted is not undone.
    let done = super::act(&app, "borealis", super::OUTCOME, &id, json!({"outcome": "INTRODUCED"})).await;
    done.payload();
}

async fn a_receiver_that_is_shown_counts_learns_of_the_asking_alone(app: TestApp) {
    let partners = partners(&app, 1).await;
    // Borealis asks, and has aurora see no more than counts.
    House::new(&app).rule(partners.theirs, "borealis", "aurora", SharingLevel::CountsOnly, &[]).await;
    let id = asked(&app, &partners.overlaps[0]).await;
    let theirs = read(&app, "aurora", &id).await;
    assert_eq!((&theirs["evidence"], &theirs["overlap"]), (&Value::Null, &Value::Null));
    assert_eq!(theirs["accountName"], theirs["ownAccount"]["name"]);
    assert_ne!(read(&app, "borealis", &id).await["evidence"], Value::Null);
    // A rule that shows more later shows the overlap, and not what it was then.
    let house = House::new(&app);
    house.rule(partners.theirs, "borealis", "aurora", SharingLevel::Overlapping, &[AccountField::Name]).await;
    let theirs = read(&app, "aurora", &id).await;
    assert_eq!((&theirs["evidence"], &theirs["overlap"]["id"]), (&Value::Null, &partners.overlaps[0]));
}

async fn no_value_but_the_name_is_kept(app: TestApp) {
    let house = House::new(&app);
    let marked = |owner: &str, website: &str| Row {
        website: format!("https://zqshared.com/{website}"),
        owner: owner.to_owned(),
        stage: format!("{owner}stage"),
        duns: "150483782".to_owned(),
        ..companies([1])["crm-1"].clone()
    };
    let ours = [("zqourid".to_owned(), marked("zqours", "zqourpage"))].into();
    let theirs = [("zqtheirid".to_owned(), marked("zqtheirs", "zqtheirpage"))].into();
    let all = [
        AccountField::Name,
        AccountField::Domain,
        AccountField::Website,
        AccountField::Duns,
        AccountField::Owner,
        AccountField::Stage,
        AccountField::ExternalId,
    ];
    let (our, their, _) = house.two(SharingLevel::All, &all, ours, theirs).await;
    compare(&app).await;
    let found = overlaps(&app, &app.manager("borealis"), json!({"partner": "aurora"})).await;
    let overlap = &found.at("/overlaps/nodes")[0]["id"];
    let id = asked(&app, overlap).await;
    house.rule(our, "aurora", "borealis", SharingLevel::Hidden, &[]).await;
    house.rule(their, "borealis", "aurora", SharingLevel::Hidden, &[]).await;
    for (slug, others) in [("borealis", "zqour"), ("aurora", "zqtheir")] {
        let after = read(&app, slug, &id).await;
        assert!(!after.to_string().contains(others), "{slug}: {after}");
    }
    let again = ask(&app, &app.manager("borealis"), super::about(overlap)).await;
    assert_eq!(again.refusals(), ["NOT_FOUND"], "nor does a refusal tell that it was asked");
}
