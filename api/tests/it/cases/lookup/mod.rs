//! The account look-up: one domain in, what each room shows of that company out.

use super::{
    cosell, lead,
    overlap::{
        compare,
        house::{House, Row, companies, row},
    },
    partnership::begin,
    sharing::explore,
};
use crate::support::{TestApp, on_both};
use entity::{
    account_list::AccountListKind,
    id::AccountListId,
    sharing_rule::{AccountField, SharingLevel},
    value::Role,
};
use partnergraph::op::Actor;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const LOOKUP: &str = "query ($domain: String!) { accountLookup(domain: $domain) {
    domain accounts { name owner stage list { name kind } }
    partners { organization { slug } overlaps { own { name } partner { name domain owner } } }
    opportunities { title } leads { company { name } status } } }";

async fn lookup(app: &TestApp, actor: &Actor, domain: &str) -> Value {
    app.graphql(actor, LOOKUP, json!({"domain": domain})).await.at("/accountLookup").clone()
}

fn acme(owner: &str) -> Row {
    Row { owner: owner.to_owned(), stage: "Demo".to_owned(), ..row("Acme Works", "https://www.acme.example/") }
}

fn with_acme(owner: &str) -> BTreeMap<String, Row> {
    let mut rows = companies(0..3);
    rows.insert("acme".to_owned(), acme(owner));
    rows
}

/// Aurora and borealis both have Acme; gives their lists.
async fn set(app: &TestApp, level: SharingLevel, fields: &[AccountField]) -> (AccountListId, AccountListId) {
    let house = House::new(app);
    let (our, their, _) = house.two(level, fields, with_acme("Team North"), with_acme("Team South")).await;
    compare(app).await;
    (our, their)
}

async fn one_domain_shows_what_each_room_would(app: TestApp) {
    set(&app, SharingLevel::Overlapping, &[AccountField::Name]).await;
    let deal = cosell::opened(&app, cosell::full_deal()).await;
    lead::create(&app, &app.manager("aurora"), lead::acme_to(&["borealis"])).await.payload();
    let viewer = app.actor("aurora", Role::Viewer);
    let found = lookup(&app, &viewer, "https://www.acme.example/about").await;
    assert_eq!(
        found,
        json!({
            "domain": "acme.example",
            "accounts": [{"name": "Acme Works", "owner": "Team North", "stage": "Demo",
                          "list": {"name": "Our customers", "kind": "CUSTOMERS"}}],
            "partners": [{"organization": {"slug": "borealis"}, "overlaps": [{
                "own": {"name": "Acme Works"},
                "partner": {"name": "Acme Works", "domain": null, "owner": null},
            }]}],
            "opportunities": [{"title": "Answers for Acme"}],
            "leads": [{"company": {"name": "Acme Works"}, "status": "SENT"}],
        })
    );
    for typed in ["acme.example", "ACME.example", "buyer@mail.acme.example"] {
        assert_eq!(lookup(&app, &viewer, typed).await, found, "{typed}");
    }
    // The partner sees its own, and of the deal nothing before it takes part.
    let theirs = lookup(&app, &app.manager("borealis"), "acme.example").await;
    assert_eq!((&theirs["accounts"][0]["owner"], &theirs["opportunities"]), (&json!("Team South"), &json!([])));
    assert_eq!(theirs["leads"][0]["status"], "SENT");
    cosell::share(&app, &deal, "borealis", cosell::to("borealis")).await;
    let theirs = lookup(&app, &app.manager("borealis"), "acme.example").await;
    assert_eq!(theirs["opportunities"], json!([{"title": "Answers for Acme"}]));
    // Whoever has nothing to do with it finds nothing, and is not told that there is something.
    for slug in ["comet", "operator"] {
        let nothing =
            json!({"domain": "acme.example", "accounts": [], "partners": [], "opportunities": [], "leads": []});
        assert_eq!(lookup(&app, &app.manager(slug), "acme.example").await, nothing, "{slug}");
    }
    let visitor = app.graphql(&app.visitor(), LOOKUP, json!({"domain": "acme.example"})).await;
    assert_eq!(visitor.error_code(), "UNAUTHENTICATED");
}

async fn what_is_no_companys_domain_finds_nothing(app: TestApp) {
    let aurora = app.manager("aurora");
    for typed in ["", "acme", "co.uk", "github.com", "https://www.linkedin.com/company/acme", "ada@gmail.com"] {
        assert_eq!(lookup(&app, &aurora, typed).await, Value::Null, "{typed}");
    }
    let long = json!({"domain": "x".repeat(2_049)});
    assert_eq!(app.graphql(&aurora, LOOKUP, long).await.error_code(), "BAD_USER_INPUT");
}

async fn a_partner_is_shown_as_its_rule_says_at_that_moment(app: TestApp) {
    let house = House::new(&app);
    let (_, their) = set(&app, SharingLevel::CountsOnly, &[]).await;
    let aurora = app.manager("aurora");
    let partners = async || lookup(&app, &aurora, "acme.example").await["partners"].clone();
    assert_eq!(partners().await, json!([]), "counts say of no account that it is there");
    let fields = [AccountField::Domain, AccountField::Owner];
    house.rule(their, "borealis", "aurora", SharingLevel::Overlapping, &fields).await;
    let shown = partners().await;
    let partner = json!({"name": "Acme Works", "domain": "acme.example", "owner": "Team South"});
    assert_eq!(shown[0]["overlaps"][0]["partner"], partner);
    for level in [SharingLevel::CountsOnly, SharingLevel::Hidden] {
        house.rule(their, "borealis", "aurora", level, &fields).await;
        assert_eq!(partners().await, json!([]), "{level:?}");
        let all = lookup(&app, &aurora, "acme.example").await.to_string();
        assert!(!all.contains("Team South") && !all.contains("borealis"), "{all}");
    }
}

async fn an_offline_partner_is_shown_to_whoever_keeps_its_list(app: TestApp) {
    let house = House::new(&app);
    let our = house.list("aurora", "Our customers", AccountListKind::Customers, with_acme("Team North")).await;
    house.offline(our, "aurora", "comet", with_acme("Team East")).await;
    compare(&app).await;
    let found = lookup(&app, &app.manager("aurora"), "acme.example").await;
    assert_eq!(found["accounts"].as_array().unwrap().len(), 1, "its own accounts, and not those of the partner");
    assert_eq!(
        found["partners"],
        json!([{"organization": {"slug": "comet"}, "overlaps": [{
            "own": {"name": "Acme Works"},
            "partner": {"name": "Acme Works", "domain": "acme.example", "owner": "Team East"},
        }]}])
    );
    for slug in ["comet", "borealis"] {
        let theirs = lookup(&app, &app.manager(slug), "acme.example").await;
        assert_eq!((&theirs["accounts"], &theirs["partners"]), (&json!([]), &json!([])), "{slug}");
    }
}

async fn those_who_explore_are_shown_no_account(app: TestApp) {
    let house = House::new(&app);
    let our = house.list("aurora", "Our customers", AccountListKind::Customers, with_acme("Team North")).await;
    let their = house.list("comet", "Theirs", AccountListKind::Customers, with_acme("Team East")).await;
    house.rule(our, "aurora", "comet", SharingLevel::All, &[AccountField::Owner]).await;
    house.rule(their, "comet", "aurora", SharingLevel::All, &[AccountField::Owner]).await;
    explore(&app, "aurora", "comet").await;
    assert_eq!(compare(&app).await, 1);
    for (slug, other) in [("aurora", "Team East"), ("comet", "Team North")] {
        let found = lookup(&app, &app.manager(slug), "acme.example").await;
        assert_eq!((found["accounts"].as_array().unwrap().len(), &found["partners"]), (1, &json!([])), "{slug}");
        assert!(!found.to_string().contains(other), "{found}");
    }
    // As partners they are shown what their rules say, of the same comparison.
    begin(&app, "aurora", "comet").await;
    let found = lookup(&app, &app.manager("aurora"), "acme.example").await;
    assert_eq!(found["partners"][0]["overlaps"][0]["partner"]["owner"], "Team East");
}

async fn what_has_come_to_its_end_is_not_open(app: TestApp) {
    begin(&app, "aurora", "borealis").await;
    let made = lead::create(&app, &app.manager("aurora"), lead::acme_to(&["borealis"])).await;
    let id = made.payload()["lead"]["id"].clone();
    let mut lost = cosell::full_deal();
    lost["stage"] = json!("CLOSED_LOST");
    lost["lossReason"] = json!("LOST_TO_COMPETITOR");
    cosell::create(&app, &app.manager("aurora"), lost).await.payload();
    let aurora = app.manager("aurora");
    let found = lookup(&app, &aurora, "acme.example").await;
    assert_eq!((found["opportunities"].as_array().unwrap().len(), found["leads"].as_array().unwrap().len()), (0, 1));
    let cancel = "mutation ($id: ID!) { leadCancel(id: $id) { lead { id } userErrors { code } } }";
    app.graphql(&aurora, cancel, json!({"id": id})).await.payload();
    assert_eq!(lookup(&app, &aurora, "acme.example").await["leads"], json!([]));
    assert_eq!(lookup(&app, &app.manager("borealis"), "acme.example").await["leads"], json!([]));
}

async fn a_lead_is_found_by_the_website_that_it_has_now(app: TestApp) {
    let aurora = app.manager("aurora");
    let mut kept = lead::acme_to(&["borealis"]);
    for sending in ["receiver", "fallbacks"] {
        kept.as_object_mut().unwrap().remove(sending);
    }
    let made = lead::create(&app, &aurora, kept).await;
    let id = made.payload()["lead"]["id"].clone();
    let update = "mutation ($id: ID!) { leadUpdate(id: $id, input: {company: {websiteUrl: \"https://bolt.example\"}}) {
        lead { id } userErrors { code } } }";
    app.graphql(&aurora, update, json!({"id": id})).await.payload();
    assert_eq!(lookup(&app, &aurora, "acme.example").await["leads"], json!([]));
    assert_eq!(lookup(&app, &aurora, "bolt.example").await["leads"].as_array().unwrap().len(), 1);
}

async fn accounts_and_partners_take_no_more_statements(app: TestApp) {
    let house = House::new(&app);
    let (our, their) = set(&app, SharingLevel::Overlapping, &[AccountField::Name]).await;
    let aurora = app.manager("aurora");
    let (_, few) = app.statements(lookup(&app, &aurora, "acme.example")).await;
    let many = |owner: &str| {
        let mut rows = with_acme(owner);
        rows.extend((0..8).map(|at| (format!("acme-{at}"), acme(owner))));
        rows
    };
    house.replace(our, many("Team North")).await;
    house.replace(their, many("Team South")).await;
    begin(&app, "aurora", "comet").await;
    let third = house.list("comet", "Theirs", AccountListKind::Customers, with_acme("Team East")).await;
    house.rule(third, "comet", "aurora", SharingLevel::Overlapping, &[]).await;
    house.rule(our, "aurora", "comet", SharingLevel::Overlapping, &[]).await;
    house.pair((our, "aurora"), (third, "comet")).await;
    compare(&app).await;
    let (found, more) = app.statements(lookup(&app, &aurora, "acme.example")).await;
    assert_eq!((found["accounts"].as_array().unwrap().len(), found["partners"].as_array().unwrap().len()), (9, 2));
    // The lists of those who come before and of those who come behind in the order of pairs are read by themselves.
    assert!(more <= few + 1, "{few} before, {more} now");
}

on_both!(
    one_domain_shows_what_each_room_would,
    what_is_no_companys_domain_finds_nothing,
    a_partner_is_shown_as_its_rule_says_at_that_moment,
    an_offline_partner_is_shown_to_whoever_keeps_its_list,
    those_who_explore_are_shown_no_account,
    what_has_come_to_its_end_is_not_open,
    a_lead_is_found_by_the_website_that_it_has_now,
    accounts_and_partners_take_no_more_statements,
);
