//! A confidential deal is visible to named people only.

use super::{accept, act, advance, create, deal, full_deal, invite, opened, seen, share, to, update, update_side};
use crate::support::{TestApp, on_both, organization_id, person_id};
use entity::{member, value::Role};
use partnergraph::op::{Actor, Scope};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

on_both!(
    only_named_people_see_it,
    each_side_names_its_own,
    it_is_never_lost,
    what_was_told_before_is_taken_back,
    no_filter_tells_the_stage,
);

fn secret() -> Value {
    let mut input = deal();
    input["confidential"] = json!(true);
    input
}

async fn sees(app: &TestApp, actor: &Actor, id: &Value) -> bool {
    let found = seen(app, actor, id, "id").await;
    let listed = app.graphql(actor, "{ opportunities { totalCount } }", json!({})).await;
    assert_eq!(listed.at("/opportunities/totalCount") == 1, !found.is_null());
    !found.is_null()
}

pub(in crate::cases) async fn member_of(app: &TestApp, slug: &str, role: Role) -> Value {
    const MEMBERS: &str = "{ viewer { organization { members { nodes { id person { name } } } } } }";
    let members = app.graphql(&app.actor(slug, role), MEMBERS, json!({})).await;
    let nodes = members.at("/viewer/organization/members/nodes").as_array().unwrap().clone();
    let name = format!("{role:?} of {slug}");
    nodes.into_iter().find(|node| node["person"]["name"] == name.as_str()).unwrap()["id"].clone()
}

async fn only_named_people_see_it(app: TestApp) {
    let aurora = app.manager("aurora");
    let id = opened(&app, secret()).await;
    let key = app.key("aurora", &[Scope::OpportunitiesWrite]);
    assert!(sees(&app, &aurora, &id).await);
    for actor in [app.actor("aurora", Role::Member), app.actor("aurora", Role::Owner), key.clone(), app.operator()] {
        assert!(!sees(&app, &actor, &id).await, "{actor:?}");
        let title = json!({"title": "x"});
        assert_eq!(update(&app, &actor, &id, title).await.refusals(), ["NOT_FOUND"]);
    }
    assert_eq!(create(&app, &key, secret()).await.refusals(), ["INVALID_VALUE"]);
    let open = create(&app, &key, deal()).await.payload()["opportunity"]["id"].clone();
    assert_eq!(update(&app, &key, &open, json!({"confidential": true})).await.refusals(), ["INVALID_VALUE"]);
    // Its facts are marked, so that a feed tells them to named people only.
    use entity::alert;
    let rows = alert::Entity::find()
        .filter(alert::Column::OrganizationId.eq(organization_id("aurora")))
        .all(app.app.world.db.read())
        .await
        .unwrap();
    assert_eq!(rows.iter().filter(|row| row.restricted).count(), 1);
}

async fn each_side_names_its_own(app: TestApp) {
    let (aurora, borealis) = (app.manager("aurora"), app.manager("borealis"));
    let id = opened(&app, secret()).await;
    let sent = invite(&app, &aurora, &id, to("borealis")).await;
    let invitation = sent.payload()["invitation"]["id"].clone();
    let member = app.actor("borealis", Role::Member);
    assert_eq!(accept(&app, &member, &invitation).await.refusals(), ["NOT_FOUND"], "its managers answer it");
    let key = app.key("borealis", &[Scope::OpportunitiesWrite]);
    assert_eq!(accept(&app, &key, &invitation).await.refusals(), ["NOT_FOUND"]);
    accept(&app, &borealis, &invitation).await.payload();
    assert!(sees(&app, &borealis, &id).await && !sees(&app, &member, &id).await);
    let nobody = update_side(&app, &borealis, &id, json!({"team": []})).await;
    assert_eq!(nobody.refusals(), ["REQUIRED"]);
    let both = json!([
        {"member": member_of(&app, "borealis", Role::Manager).await},
        {"member": member_of(&app, "borealis", Role::Member).await},
    ]);
    update_side(&app, &borealis, &id, json!({"team": both})).await.payload();
    assert!(sees(&app, &member, &id).await);
    assert!(!sees(&app, &app.actor("borealis", Role::Admin), &id).await);
    // A host reviews what its people see.
    let input = Some(("OpportunitySubmitInput", json!({"program": "stars"})));
    assert_eq!(act(&app, &aurora, "opportunitySubmit", &id, input).await.refusals(), ["INVALID_STATE"]);
    update(&app, &aurora, &id, json!({"confidential": false})).await.payload();
    assert!(sees(&app, &app.actor("borealis", Role::Admin), &id).await);
    update(&app, &aurora, &id, json!({"confidential": true})).await.payload();
    assert!(!sees(&app, &app.actor("borealis", Role::Admin), &id).await);
}

async fn it_is_never_lost(app: TestApp) {
    let id = opened(&app, secret()).await;
    let owner = app.actor("aurora", Role::Owner);
    assert!(!sees(&app, &owner, &id).await);
    member::Entity::delete_many()
        .filter(member::Column::PersonId.eq(person_id("aurora", Role::Manager)))
        .exec(app.app.world.db.read())
        .await
        .unwrap();
    assert!(sees(&app, &owner, &id).await, "without any of its people left, the organization's owners see it");
    assert!(!sees(&app, &app.actor("aurora", Role::Admin), &id).await);
    update_side(&app, &owner, &id, json!({"team": [{"member": member_of(&app, "aurora", Role::Owner).await}]}))
        .await
        .payload();
    assert!(sees(&app, &owner, &id).await);
}

const TOLD: &str = "{ alerts(first: 100, filter: {kinds: [OPPORTUNITY]}) { totalCount nodes { ... on OpportunityAlert {
  change stage stageAfter fields side { slug } actor { kind } opportunity { id }
} } } }";

async fn what_was_told_before_is_taken_back(app: TestApp) {
    let aurora = app.manager("aurora");
    let id = opened(&app, full_deal()).await;
    share(&app, &id, "borealis", to("borealis")).await;
    let sent = invite(&app, &aurora, &id, to("comet")).await;
    accept(&app, &app.manager("comet"), &sent.payload()["invitation"]["id"]).await.payload();
    act(&app, &aurora, "opportunityRevoke", &id, Some(("OpportunityRevokeInput!", json!({"organization": "comet"}))))
        .await
        .payload();
    advance(&app, &aurora, &id, json!({"stage": "TECHNICAL_VALIDATION"})).await.payload();
    let untold = |node: &Value| {
        ["stage", "stageAfter", "fields", "side", "actor", "opportunity"].iter().all(|field| node[field].is_null())
    };
    let readers = ["aurora", "borealis", "comet"].map(|slug| app.actor(slug, Role::Viewer));
    for reader in &readers {
        let told = app.graphql(reader, TOLD, json!({})).await;
        assert!(!told.at("/alerts/nodes").as_array().unwrap().iter().any(untold), "{told:?}");
    }
    update(&app, &aurora, &id, json!({"confidential": true})).await.payload();
    let key = app.key("aurora", &[]);
    for reader in readers.iter().chain([&key]) {
        let told = app.graphql(reader, TOLD, json!({})).await;
        let nodes = told.at("/alerts/nodes").as_array().unwrap();
        assert!(nodes.len() > 1 && nodes.iter().all(untold), "{told:?}");
    }
    // Whoever is named is told as before.
    for manager in [aurora, app.manager("borealis")] {
        let told = app.graphql(&manager, TOLD, json!({})).await;
        assert!(!told.at("/alerts/nodes").as_array().unwrap().iter().any(untold), "{told:?}");
    }
    let other = opened(&app, deal()).await;
    let told = app.graphql(&app.actor("aurora", Role::Viewer), TOLD, json!({})).await;
    assert_eq!(told.at("/alerts/nodes").as_array().unwrap().last().unwrap()["opportunity"]["id"], other);
}

async fn no_filter_tells_the_stage(app: TestApp) {
    let mut input = full_deal();
    input["confidential"] = json!(true);
    let id = opened(&app, input).await;
    advance(&app, &app.manager("aurora"), &id, json!({"stage": "TECHNICAL_VALIDATION"})).await.payload();
    opened(&app, deal()).await;
    const COUNT: &str =
        "query ($stages: [OpportunityStage!]) { alerts(filter: {stages: $stages}) { totalCount nodes { id } } }";
    for (stages, count) in [
        (json!(["PROSPECT"]), 3),
        (json!(["QUALIFIED"]), 2),
        (json!(["TECHNICAL_VALIDATION"]), 2),
        (json!(["COMMITTED", "CLOSED_LOST"]), 2),
        (json!([]), 0),
        (Value::Null, 3),
    ] {
        for actor in [app.manager("aurora"), app.actor("aurora", Role::Member)] {
            let found = app.graphql(&actor, COUNT, json!({"stages": stages})).await;
            assert_eq!(found.at("/alerts/totalCount"), count, "{stages}");
            assert_eq!(found.at("/alerts/nodes").as_array().unwrap().len(), count, "{stages}");
        }
    }
}
