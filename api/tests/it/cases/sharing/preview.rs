//! What a rule would show, before it is made.

use super::{SHARING, explore, list, list_of, partners, set, sharing_partners, shows};
use crate::support::{TestApp, on_both, organization_id};
use entity::{id::TypedId, mapping_pair, sharing_rule, value::Role};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

on_both!(
    a_preview_shows_what_the_rule_would,
    a_preview_changes_nothing,
    a_preview_says_what_stands_in_the_way,
    a_sample_is_short_and_by_name,
    only_its_own_organization_previews_a_list,
);

const PREVIEW: &str = "query ($input: SharingRuleSetInput!) { sharingRulePreview(input: $input) {
  accountsVisible fewerThan fields obstacle
  sample { name domain website countryCode emailDomain duns owner stage externalId amount { amount currencyCode }
           custom { name value } }
} }";

async fn preview(app: &TestApp, input: Value) -> Value {
    let viewer = app.actor("aurora", Role::Viewer);
    app.graphql(&viewer, PREVIEW, json!({"input": input})).await.at("/sharingRulePreview").clone()
}

async fn a_preview_shows_what_the_rule_would(app: TestApp) {
    let (ours, _, _) = sharing_partners(&app).await;
    let mut input = shows(&ours, "borealis", "ALL");
    input["fields"] = json!(["DOMAIN", "OWNER", "AMOUNT"]);
    let account = |name: &str, slug: &str| {
        json!({"name": name, "domain": format!("{slug}.example"), "website": null, "countryCode": null,
               "emailDomain": null, "duns": null, "owner": "Team North", "stage": null, "externalId": null,
               "amount": {"amount": "12.50", "currencyCode": "EUR"}, "custom": []})
    };
    let expected = json!({
        "accountsVisible": 3, "fewerThan": null, "fields": ["NAME", "DOMAIN", "OWNER", "AMOUNT"], "obstacle": null,
        "sample": [account("Acme", "acme"), account("Bolt", "bolt"), account("Cord", "cord")],
    });
    assert_eq!(preview(&app, input).await, expected);
    for level in ["COUNTS_ONLY", "HIDDEN"] {
        let nothing = json!({"accountsVisible": 0, "fewerThan": null, "fields": [], "obstacle": null, "sample": []});
        assert_eq!(preview(&app, shows(&ours, "borealis", level)).await, nothing, "{level}");
    }
    // No overlap is known before the lists were compared.
    let overlapping = preview(&app, shows(&ours, "borealis", "OVERLAPPING")).await;
    assert_eq!(overlapping["accountsVisible"], 0);
    assert_eq!(overlapping["fields"], json!(["NAME", "DOMAIN", "COUNTRY"]), "of the rule that is there");
}

async fn a_preview_changes_nothing(app: TestApp) {
    let (ours, ..) = partners(&app).await;
    preview(&app, shows(&ours, "borealis", "ALL")).await;
    let db = app.app.world.db.read();
    assert_eq!(sharing_rule::Entity::find().count(db).await.unwrap(), 0);
    assert_eq!(mapping_pair::Entity::find().count(db).await.unwrap(), 0);
    let found = app.graphql(&app.manager("borealis"), SHARING, json!({"partner": "aurora"})).await;
    assert_eq!(found.at("/sharing/theirs"), &json!([]));
}

async fn a_preview_says_what_stands_in_the_way(app: TestApp) {
    let (ours, theirs, _) = partners(&app).await;
    let obstacle = async |partner: &str, level: &str| {
        let found = preview(&app, shows(&ours, partner, level)).await;
        assert_eq!(found["accountsVisible"], if level == "ALL" { 3 } else { 0 }, "it is shown all the same");
        found["obstacle"].clone()
    };
    assert_eq!(obstacle("borealis", "ALL").await, "NOTHING_IN_RETURN");
    assert_eq!(obstacle("borealis", "HIDDEN").await, json!(null));
    set(&app, &app.manager("borealis"), shows(&theirs, "aurora", "COUNTS_ONLY")).await.payload();
    assert_eq!(obstacle("borealis", "ALL").await, json!(null));
    assert_eq!(obstacle("comet", "ALL").await, "NOT_PARTNERS");
    explore(&app, "aurora", "comet").await;
    assert_eq!(obstacle("comet", "ALL").await, "EXPLORING");
    assert_eq!(obstacle("comet", "COUNTS_ONLY").await, "NOTHING_IN_RETURN");
}

async fn a_sample_is_short_and_by_name(app: TestApp) {
    let names: Vec<String> = (10..37).rev().map(|number| format!("Account {number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let ours = list(&app, "aurora", &names).await;
    let found = preview(&app, shows(&ours, "borealis", "ALL")).await;
    assert_eq!(found["accountsVisible"], 27);
    let sample: Vec<_> = found["sample"].as_array().unwrap().iter().map(|account| account["name"].clone()).collect();
    let expected: Vec<_> = (10..20).map(|number| json!(format!("Account {number}"))).collect();
    assert_eq!(sample, expected);
}

async fn only_its_own_organization_previews_a_list(app: TestApp) {
    let (ours, theirs, _) = partners(&app).await;
    let unknown = ours.replace(&ours[4..12], "00000000");
    for (list, partner) in [(&theirs, "borealis"), (&unknown, "borealis"), (&ours, "nobody")] {
        assert!(preview(&app, shows(list, partner, "ALL")).await.is_null(), "{list} {partner}");
    }
    let offline = list_of(&app, organization_id("aurora"), organization_id("comet"), &["Acme"]).await.global();
    let input = |list: &str, partner: &str| json!({"input": shows(list, partner, "ALL")});
    let aurora = app.manager("aurora");
    for wrong in [input(&ours, "aurora"), input(&offline, "borealis"), input("acl_1", "borealis")] {
        assert_eq!(app.graphql(&aurora, PREVIEW, wrong.clone()).await.error_code(), "BAD_USER_INPUT", "{wrong}");
    }
    for stranger in [app.manager("borealis"), app.manager("comet"), app.operator()] {
        let found = app.graphql(&stranger, PREVIEW, input(&ours, "aurora")).await;
        assert!(found.at("/sharingRulePreview").is_null(), "{stranger:?}");
    }
    let nobody = app.graphql(&app.visitor(), PREVIEW, input(&ours, "borealis")).await;
    assert_eq!(nobody.error_code(), "UNAUTHENTICATED");
}
