//! Rules: who may make them, what they say, and when.

use super::{
    REMOVE, SET, SHARING, levels, list, list_of, open, partners, sees, set, set_default, sharing_partners, shows,
    suspend,
};
use crate::support::{TestApp, on_both, organization_id};
use entity::{
    id::TypedId,
    sharing_consent,
    value::{OrganizationStatus, Role},
};
use partnergraph::op::{Actor, Scope};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;

on_both!(
    a_rule_shows_what_it_says_once_both_agree,
    each_level_shows_what_it_is_named_after,
    a_rule_that_is_taken_back_shows_nothing_at_once,
    a_rule_says_the_same_as_often_as_it_is_said,
    parts_stay_where_none_are_named,
    a_removed_rule_leaves_the_defaults,
    only_managers_make_rules,
    rules_have_refusals,
    a_partner_is_named_by_slug_or_id,
    only_its_own_organization_reads_a_rule,
);

async fn a_rule_shows_what_it_says_once_both_agree(app: TestApp) {
    let (ours, theirs, _) = partners(&app).await;
    let aurora = app.manager("aurora");
    let input = json!({"accountList": ours, "partner": "borealis", "level": "OVERLAPPING",
                       "fields": ["COUNTRY", "NAME", "STAGE", "COUNTRY"]});
    let made = set(&app, &aurora, input).await;
    let rule = &made.payload()["sharingRule"];
    assert_eq!(rule["fields"], json!(["NAME", "COUNTRY", "STAGE"]));
    assert_eq!((&rule["level"], &rule["revision"]), (&json!("OVERLAPPING"), &json!(1)));
    assert_eq!(rule["partner"]["slug"], "borealis");
    let fields = ["NAME", "COUNTRY", "STAGE"].map(str::to_owned).to_vec();
    assert_eq!(sees(&app, "borealis", "aurora").await, [("OVERLAPPING".to_owned(), fields)]);
    assert_eq!(levels(&app, "aurora", "borealis").await, [""; 0], "the other side has said nothing");
    assert_eq!(open(&app).await, 0, "and so nothing is compared");
    set(&app, &app.manager("borealis"), shows(&theirs, "aurora", "COUNTS_ONLY")).await.payload();
    assert_eq!(open(&app).await, 1);
}

async fn each_level_shows_what_it_is_named_after(app: TestApp) {
    let (ours, theirs, _) = partners(&app).await;
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    set(&app, &borealis, shows(&theirs, "aurora", "COUNTS_ONLY")).await.payload();
    for (level, fields, named, pairs) in [
        ("ALL", json!(["NAME", "DOMAIN", "COUNTRY"]), true, 1),
        ("OVERLAPPING", json!(["NAME", "DOMAIN", "COUNTRY"]), true, 1),
        ("COUNTS_ONLY", json!([]), false, 1),
        ("HIDDEN", json!([]), false, 0),
    ] {
        set(&app, &aurora, shows(&ours, "borealis", level)).await.payload();
        let found = app.graphql(&borealis, SHARING, json!({"partner": "aurora"})).await;
        let lists = found.at("/sharing/theirs").as_array().unwrap();
        assert_eq!(lists.len(), usize::from(level != "HIDDEN"), "{level}");
        if let Some(list) = lists.first() {
            assert_eq!(list["level"], level);
            assert_eq!(list["kind"], "CUSTOMERS", "{level}");
            assert_eq!(list["fields"], fields, "{level}");
            assert_eq!(list["name"].is_string(), named, "{level}: {list}");
            assert_eq!(list["accountListId"], json!(ours));
        }
        assert_eq!(open(&app).await, pairs, "{level}");
        // The owner reads its own names at every level, and what it has set.
        let own = app.graphql(&aurora, SHARING, json!({"partner": "borealis"})).await;
        assert!(own.at("/sharing/own/0/name").is_string());
        assert_eq!(own.at("/sharing/own/0/level"), level);
        assert_eq!(own.at("/sharing/relation"), "PARTNERS");
    }
}

async fn a_rule_that_is_taken_back_shows_nothing_at_once(app: TestApp) {
    let (ours, _, _) = sharing_partners(&app).await;
    let aurora = app.manager("aurora");
    set(&app, &aurora, shows(&ours, "borealis", "HIDDEN")).await.payload();
    assert_eq!(levels(&app, "borealis", "aurora").await, [""; 0]);
    assert_eq!(open(&app).await, 0, "in the same transaction");
    assert_eq!(levels(&app, "aurora", "borealis").await, ["OVERLAPPING"], "the other rule stands");
    set(&app, &aurora, shows(&ours, "borealis", "COUNTS_ONLY")).await.payload();
    assert_eq!(open(&app).await, 1, "and opens again");
}

async fn a_rule_says_the_same_as_often_as_it_is_said(app: TestApp) {
    let (ours, ..) = partners(&app).await;
    let aurora = app.manager("aurora");
    let consents = async || sharing_consent::Entity::find().count(app.app.world.db.read()).await.unwrap();
    let first = set(&app, &aurora, shows(&ours, "borealis", "ALL")).await.payload()["sharingRule"].clone();
    assert_eq!(consents().await, 1);
    let again = set(&app, &aurora, shows(&ours, "borealis", "ALL")).await.payload()["sharingRule"].clone();
    assert_eq!(again, first);
    assert_eq!(consents().await, 1, "nothing changed, and so nothing is recorded");
    let mut other = shows(&ours, "borealis", "ALL");
    other["fields"] = json!(["NAME"]);
    let changed = set(&app, &aurora, other).await.payload()["sharingRule"].clone();
    assert_eq!((&changed["id"], &changed["revision"]), (&first["id"], &json!(2)));
    assert_eq!(consents().await, 2);
}

async fn parts_stay_where_none_are_named(app: TestApp) {
    let (ours, ..) = partners(&app).await;
    let aurora = app.manager("aurora");
    let mut input = shows(&ours, "borealis", "ALL");
    input["fields"] = json!(["OWNER"]);
    set(&app, &aurora, input).await.payload();
    set(&app, &aurora, shows(&ours, "borealis", "HIDDEN")).await.payload();
    let back = set(&app, &aurora, shows(&ours, "borealis", "OVERLAPPING")).await;
    assert_eq!(back.payload()["sharingRule"]["fields"], json!(["NAME", "OWNER"]));
    let fields = ["NAME", "OWNER"].map(str::to_owned).to_vec();
    assert_eq!(sees(&app, "borealis", "aurora").await, [("OVERLAPPING".to_owned(), fields)]);
}

async fn a_removed_rule_leaves_the_defaults(app: TestApp) {
    let (ours, theirs, _) = partners(&app).await;
    let aurora = app.manager("aurora");
    set(&app, &app.manager("borealis"), shows(&theirs, "aurora", "ALL")).await.payload();
    set_default(&app, &aurora, json!({"partnerType": "TECHNOLOGY", "level": "COUNTS_ONLY"})).await.payload();
    let made = set(&app, &aurora, shows(&ours, "borealis", "HIDDEN")).await;
    let id = &made.payload()["sharingRule"]["id"];
    assert_eq!((levels(&app, "borealis", "aurora").await, open(&app).await), (Vec::new(), 0));
    let remove = async |actor: &Actor, revision| {
        app.graphql(actor, REMOVE, json!({"id": id, "input": {"expectedRevision": revision}})).await
    };
    assert_eq!(remove(&app.actor("aurora", Role::Member), json!(null)).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(remove(&app.manager("borealis"), json!(null)).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(remove(&aurora, json!(2)).await.refusals(), ["REVISION_MISMATCH"]);
    let removed = remove(&aurora, json!(1)).await;
    assert_eq!(&removed.payload()["removedSharingRuleId"], id);
    assert_eq!((levels(&app, "borealis", "aurora").await, open(&app).await), (vec!["COUNTS_ONLY".to_owned()], 1));
    assert_eq!(remove(&aurora, json!(null)).await.refusals(), ["NOT_FOUND"]);
}

async fn only_managers_make_rules(app: TestApp) {
    let (ours, ..) = partners(&app).await;
    let input = || shows(&ours, "borealis", "ALL");
    for role in [Role::Viewer, Role::Member] {
        assert_eq!(set(&app, &app.actor("aurora", role), input()).await.refusals(), ["NOT_ALLOWED"], "{role:?}");
    }
    for stranger in ["borealis", "comet", "operator"] {
        assert_eq!(set(&app, &app.manager(stranger), input()).await.refusals(), ["NOT_FOUND"], "{stranger}");
    }
    assert_eq!(set(&app, &app.visitor(), input()).await.error_code(), "UNAUTHENTICATED");
    let other_scopes: Vec<_> = Scope::GRANTABLE.into_iter().filter(|it| *it != Scope::PartnershipsWrite).collect();
    assert_eq!(set(&app, &app.key("aurora", &other_scopes), input()).await.error_code(), "FORBIDDEN");
    let Actor::Person(mut person) = app.manager("aurora") else { unreachable!() };
    person.status = OrganizationStatus::Suspended;
    assert_eq!(set(&app, &Actor::Person(person), input()).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(levels(&app, "borealis", "aurora").await, [""; 0], "none of them did anything");
    set(&app, &app.key("aurora", &[Scope::PartnershipsWrite]), input()).await.payload();
    assert_eq!(levels(&app, "borealis", "aurora").await, ["ALL"]);
}

async fn rules_have_refusals(app: TestApp) {
    let (ours, theirs, _) = partners(&app).await;
    let aurora = app.manager("aurora");
    let offline = list_of(&app, organization_id("aurora"), organization_id("comet"), &["Acme"]).await.global();
    let unknown = ours.replace(&ours[4..12], "00000000");
    for (list, partner, code, field) in [
        (&unknown, "borealis", "NOT_FOUND", "accountList"),
        (&theirs, "borealis", "NOT_FOUND", "accountList"),
        (&ours, "nobody", "NOT_FOUND", "partner"),
        (&ours, "aurora", "INVALID_VALUE", "partner"),
        (&offline, "borealis", "INVALID_STATE", "accountList"),
    ] {
        let refused = set(&app, &aurora, shows(list, partner, "ALL")).await;
        assert_eq!(refused.refusals(), [code], "{list} {partner}");
        assert_eq!(refused.at("/sharingRuleSet/userErrors/0/field"), &json!(["input", field]));
    }
    let malformed = set(&app, &aurora, shows("lst_1", "borealis", "ALL")).await;
    assert_eq!(malformed.error_code(), "BAD_USER_INPUT");
    let mut expecting = shows(&ours, "borealis", "ALL");
    expecting["expectedRevision"] = json!(3);
    let refused = set(&app, &aurora, expecting.clone()).await;
    assert_eq!(refused.refusals(), ["REVISION_MISMATCH"]);
    assert_eq!(refused.at("/sharingRuleSet/userErrors/0/currentRevision"), 0, "there is none yet");
    expecting["expectedRevision"] = json!(0);
    set(&app, &aurora, expecting.clone()).await.payload();
    assert_eq!(set(&app, &aurora, expecting).await.refusals(), ["REVISION_MISMATCH"]);

    suspend(&app, "borealis").await;
    let shown = set(&app, &aurora, shows(&ours, "borealis", "OVERLAPPING")).await;
    assert_eq!(shown.refusals(), ["INVALID_STATE"], "nothing more for whoever does not take part");
    set(&app, &aurora, shows(&ours, "borealis", "HIDDEN")).await.payload();
}

async fn a_partner_is_named_by_slug_or_id(app: TestApp) {
    let (ours, ..) = partners(&app).await;
    let id = organization_id("borealis").global();
    let aurora = app.manager("aurora");
    let by_id = set(&app, &aurora, shows(&ours, &id, "ALL")).await.payload()["sharingRule"].clone();
    let by_slug = set(&app, &aurora, shows(&ours, "borealis", "ALL")).await.payload()["sharingRule"].clone();
    assert_eq!(by_id, by_slug);
    for name in [&id, "borealis"] {
        let found = app.graphql(&aurora, SHARING, json!({"partner": name})).await;
        assert_eq!(found.at("/sharing/partner/slug"), "borealis");
        assert_eq!(found.at("/sharing/own/0/level"), "ALL");
    }
    assert!(app.graphql(&aurora, SHARING, json!({"partner": "nobody"})).await.at("/sharing").is_null());
}

async fn only_its_own_organization_reads_a_rule(app: TestApp) {
    const RULES: &str = "query ($partner: String) { sharingRules(partner: $partner) {
      totalCount nodes { id level } pageInfo { hasNextPage } } }";
    const NODE: &str = "query ($id: ID!) { node(id: $id) { id ... on SharingRule { viewerCanUpdate } } }";
    let (ours, _, _) = sharing_partners(&app).await;
    let second = list(&app, "aurora", &["Echo"]).await;
    let aurora = app.actor("aurora", Role::Viewer);
    let made = set(&app, &app.manager("aurora"), shows(&second, "comet", "ALL")).await;
    let id = &made.payload()["sharingRule"]["id"];
    let all = app.graphql(&aurora, RULES, json!({})).await;
    assert_eq!(all.at("/sharingRules/totalCount"), 2);
    assert_eq!(all.at("/sharingRules/nodes/1"), &json!({"id": id, "level": "ALL"}));
    for (partner, count) in [("borealis", 1), ("comet", 1), ("operator", 0), ("nobody", 0)] {
        let some = app.graphql(&aurora, RULES, json!({"partner": partner})).await;
        assert_eq!(some.at("/sharingRules/totalCount"), count, "{partner}");
        assert_eq!(some.at("/sharingRules/nodes").as_array().unwrap().len(), count, "{partner}");
    }
    assert_eq!(app.graphql(&app.visitor(), RULES, json!({})).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(app.graphql(&aurora, NODE, json!({"id": id})).await.at("/node/viewerCanUpdate"), false);
    assert_eq!(app.graphql(&app.manager("aurora"), NODE, json!({"id": id})).await.at("/node/viewerCanUpdate"), true);
    for stranger in [app.manager("comet"), app.manager("borealis"), app.operator(), app.visitor()] {
        assert!(app.graphql(&stranger, NODE, json!({"id": id})).await.at("/node").is_null(), "{stranger:?}");
    }
    // A rule of a list that is gone is gone with it.
    super::settle::delete(&app, &ours).await;
    assert_eq!(app.graphql(&aurora, RULES, json!({})).await.at("/sharingRules/totalCount"), 1);
    assert_eq!(
        app.graphql(&app.manager("aurora"), SET, json!({"input": shows(&ours, "borealis", "ALL")})).await.refusals(),
        ["NOT_FOUND"]
    );
}
