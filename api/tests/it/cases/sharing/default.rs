//! Defaults for tiers and types of partners, and what overrides them.

use super::{REMOVE_DEFAULT, come_by, levels, list, list_of, open, partners, set, set_default, shows};
use crate::{
    cases::program::{member, on_membership, program},
    support::{TestApp, on_both, organization_id},
};
use entity::{
    id::{SharingDefaultId, TypedId},
    sharing_default,
    sharing_rule::{SharedFields, SharingLevel},
    value::{PartnerType, Role},
};
use partnergraph::op::Actor;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value, json};

on_both!(
    what_is_said_closest_counts,
    the_highest_tier_counts,
    another_tier_shows_something_else_at_once,
    a_default_opens_and_closes_for_all_that_it_fits,
    a_default_says_nothing_to_strangers,
    defaults_have_refusals,
    an_organization_has_only_so_many_defaults,
);

async fn what_is_said_closest_counts(app: TestApp) {
    let (ours, ..) = partners(&app).await;
    let [_, gold, ..] = program(&app, "stars").await;
    member(&app, "stars", Some(&gold)).await;
    let aurora = app.manager("aurora");
    // From the farthest to the closest; each one overrides those before.
    for (input, level) in [
        (json!({"partnerType": "TECHNOLOGY", "level": "COUNTS_ONLY"}), "COUNTS_ONLY"),
        (json!({"tier": gold, "level": "OVERLAPPING"}), "OVERLAPPING"),
        (json!({"partnerType": "TECHNOLOGY", "accountList": ours, "level": "ALL"}), "ALL"),
        (json!({"tier": gold, "accountList": ours, "level": "COUNTS_ONLY"}), "COUNTS_ONLY"),
    ] {
        set_default(&app, &aurora, input).await.payload();
        assert_eq!(levels(&app, "borealis", "aurora").await, [level]);
    }
    set(&app, &aurora, shows(&ours, "borealis", "ALL")).await.payload();
    assert_eq!(levels(&app, "borealis", "aurora").await, ["ALL"]);
    let second = list(&app, "aurora", &["Echo"]).await;
    assert_eq!(levels(&app, "borealis", "aurora").await.len(), 2, "what is said of all lists is said of new ones");
    set(&app, &aurora, shows(&second, "borealis", "HIDDEN")).await.payload();
    assert_eq!(levels(&app, "borealis", "aurora").await, ["ALL"], "a rule hides what defaults show");
}

async fn the_highest_tier_counts(app: TestApp) {
    partners(&app).await;
    let aurora = app.manager("aurora");
    let [_, _, silver, _] = program(&app, "stars").await;
    let [_, gold, ..] = program(&app, "moons").await;
    member(&app, "stars", Some(&silver)).await;
    member(&app, "moons", Some(&gold)).await;
    set_default(&app, &aurora, json!({"tier": silver, "level": "ALL"})).await.payload();
    assert_eq!(levels(&app, "borealis", "aurora").await, ["ALL"]);
    set_default(&app, &aurora, json!({"tier": gold, "level": "COUNTS_ONLY"})).await.payload();
    assert_eq!(levels(&app, "borealis", "aurora").await, ["COUNTS_ONLY"]);
}

async fn another_tier_shows_something_else_at_once(app: TestApp) {
    let (_, theirs, _) = partners(&app).await;
    let aurora = app.manager("aurora");
    let [_, gold, silver, _] = program(&app, "stars").await;
    let membership = member(&app, "stars", Some(&silver)).await;
    set(&app, &app.manager("borealis"), shows(&theirs, "aurora", "ALL")).await.payload();
    set_default(&app, &aurora, json!({"tier": gold, "level": "OVERLAPPING"})).await.payload();
    assert_eq!((levels(&app, "borealis", "aurora").await, open(&app).await), (Vec::new(), 0));
    let assign = on_membership("membershipAssignTier", "MembershipAssignTierInput!");
    let variables = json!({"id": membership, "input": {"tier": gold}});
    app.graphql(&aurora, &assign, variables).await.payload();
    assert_eq!(levels(&app, "borealis", "aurora").await, ["OVERLAPPING"]);
    assert_eq!(open(&app).await, 0, "nobody has come by");
    assert_eq!(come_by(&app).await, 1);
    assert_eq!(open(&app).await, 1);
    // A membership that is set aside has no tier.
    let suspend = on_membership("membershipSuspend", "MembershipSuspendInput!");
    let variables = json!({"id": membership, "input": {"comment": "Unpaid"}});
    app.graphql(&aurora, &suspend, variables).await.payload();
    assert_eq!(levels(&app, "borealis", "aurora").await, [""; 0]);
    assert_eq!((come_by(&app).await, open(&app).await), (1, 0));
}

async fn a_default_opens_and_closes_for_all_that_it_fits(app: TestApp) {
    let (_, theirs, _) = partners(&app).await;
    crate::cases::partnership::begin(&app, "aurora", "comet").await;
    let comets = list(&app, "comet", &["Acme"]).await;
    set(&app, &app.manager("borealis"), shows(&theirs, "aurora", "ALL")).await.payload();
    set(&app, &app.manager("comet"), shows(&comets, "aurora", "ALL")).await.payload();
    assert_eq!(open(&app).await, 0);
    let aurora = app.manager("aurora");
    let input = json!({"partnerType": "TECHNOLOGY", "level": "COUNTS_ONLY"});
    let made = set_default(&app, &aurora, input.clone()).await;
    let default = made.payload()["sharingDefault"].clone();
    assert_eq!(default["fields"], json!(["NAME", "DOMAIN", "COUNTRY"]));
    assert_eq!((&default["partnerType"], &default["tier"]), (&json!("TECHNOLOGY"), &Value::Null));
    assert_eq!(open(&app).await, 2, "for both, in the same transaction");
    assert_eq!(set_default(&app, &aurora, input).await.payload()["sharingDefault"], default, "nothing new");
    let variables = json!({"id": default["id"]});
    app.graphql(&aurora, REMOVE_DEFAULT, variables.clone()).await.payload();
    assert_eq!((levels(&app, "borealis", "aurora").await, open(&app).await), (Vec::new(), 0));
    assert_eq!(app.graphql(&aurora, REMOVE_DEFAULT, variables).await.refusals(), ["NOT_FOUND"]);
}

async fn a_default_says_nothing_to_strangers(app: TestApp) {
    partners(&app).await;
    let aurora = app.manager("aurora");
    let [_, gold, ..] = program(&app, "stars").await;
    member(&app, "stars", Some(&gold)).await;
    for kind in ["CHANNEL", "STRATEGIC"] {
        set_default(&app, &aurora, json!({"partnerType": kind, "level": "ALL"})).await.payload();
    }
    assert_eq!(levels(&app, "borealis", "aurora").await, [""; 0], "the partnership is of another type");
    set_default(&app, &aurora, json!({"partnerType": "TECHNOLOGY", "level": "ALL"})).await.payload();
    assert_eq!(levels(&app, "comet", "aurora").await, [""; 0], "no partner");
    assert_eq!(levels(&app, "borealis", "aurora").await, ["ALL"]);
}

async fn defaults_have_refusals(app: TestApp) {
    let (ours, theirs, _) = partners(&app).await;
    let aurora = app.manager("aurora");
    let [_, gold, ..] = program(&app, "stars").await;
    let offline = list_of(&app, organization_id("aurora"), organization_id("comet"), &["Acme"]).await.global();
    for (input, code) in [
        (json!({"level": "ALL"}), "REQUIRED"),
        (json!({"level": "ALL", "tier": gold, "partnerType": "CHANNEL"}), "INVALID_VALUE"),
        (json!({"level": "ALL", "tier": gold, "accountList": theirs}), "NOT_FOUND"),
        (json!({"level": "ALL", "tier": gold, "accountList": offline}), "INVALID_STATE"),
        (json!({"level": "ALL", "tier": gold, "expectedRevision": 1}), "REVISION_MISMATCH"),
    ] {
        assert_eq!(set_default(&app, &aurora, input.clone()).await.refusals(), [code], "{input}");
    }
    let input = json!({"level": "ALL", "tier": gold, "accountList": ours, "expectedRevision": 0});
    let foreign = set_default(&app, &app.manager("borealis"), json!({"level": "ALL", "tier": gold})).await;
    assert_eq!(foreign.refusals(), ["NOT_FOUND"], "a tier of another organization's program");
    let member = app.actor("aurora", Role::Member);
    assert_eq!(set_default(&app, &member, input.clone()).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(set_default(&app, &app.visitor(), input.clone()).await.error_code(), "UNAUTHENTICATED");
    assert_eq!(set_default(&app, &app.visitor(), json!({"level": "ALL"})).await.error_code(), "UNAUTHENTICATED");
    let malformed = json!({"level": "ALL", "tier": "prg_1"});
    assert_eq!(set_default(&app, &aurora, malformed).await.error_code(), "BAD_USER_INPUT");
    let made = set_default(&app, &aurora, input.clone()).await;
    assert_eq!(set_default(&app, &aurora, input).await.refusals(), ["REVISION_MISMATCH"]);
    let remove = async |actor: &Actor, revision: i32| {
        let id = &made.payload()["sharingDefault"]["id"];
        app.graphql(actor, REMOVE_DEFAULT, json!({"id": id, "input": {"expectedRevision": revision}})).await
    };
    assert_eq!(remove(&app.manager("borealis"), 1).await.refusals(), ["NOT_FOUND"]);
    assert_eq!(remove(&member, 1).await.refusals(), ["NOT_ALLOWED"]);
    assert_eq!(remove(&aurora, 2).await.refusals(), ["REVISION_MISMATCH"]);
    remove(&aurora, 1).await.payload();
}

async fn an_organization_has_only_so_many_defaults(app: TestApp) {
    let world = &app.app.world;
    let now = world.clock.now();
    let rows = (0..500).map(|number| sharing_default::ActiveModel {
        id: Set(SharingDefaultId(world.ids.next(now))),
        organization_id: Set(organization_id("aurora")),
        list_id: Set(None),
        tier_id: Set(None),
        partner_type: Set(Some([PartnerType::Channel].into_iter().collect())),
        scope_key: Set(format!("filler {number}")),
        level: Set(SharingLevel::Hidden),
        fields: Set(SharedFields::NONE),
        created_at: Set(now),
        updated_at: Set(now),
        revision: Set(1),
    });
    sharing_default::Entity::insert_many(rows).exec_without_returning(world.db.read()).await.unwrap();
    let input = json!({"partnerType": "STRATEGIC", "level": "ALL"});
    assert_eq!(set_default(&app, &app.manager("aurora"), input.clone()).await.refusals(), ["TOO_MANY"]);
    set_default(&app, &app.manager("borealis"), input).await.payload();
    let first = "{ sharingDefaults(first: 2) { totalCount pageInfo { hasNextPage } nodes { id } } }";
    let page = app.graphql(&app.actor("aurora", Role::Viewer), first, json!({})).await;
    assert_eq!(page.at("/sharingDefaults/totalCount"), 500);
    assert_eq!(page.at("/sharingDefaults/pageInfo/hasNextPage"), true);
}
