//! What partners see of account lists, through the schema: rules, defaults, exploratory mappings, and what is open.

mod alerts;
mod consent;
mod contract;
mod default;
mod exploratory;
mod preview;
mod race;
mod relation;
mod rule;
mod settle;

use crate::{
    cases::partnership,
    support::{Answer, TestApp, organization_id},
};
use entity::{
    account, account_list,
    account_list::AccountListKind,
    id::{AccountListId, OrganizationId, TypedId},
    mapping_pair,
};
use partnergraph::{op::Actor, text};
use sea_orm::{ActiveValue::Set, EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

const SET: &str = "mutation ($input: SharingRuleSetInput!) { sharingRuleSet(input: $input) {
  sharingRule { id level fields revision partner { slug } }
  userErrors { field code currentRevision }
} }";

const REMOVE: &str = "mutation ($id: ID!, $input: SharingRuleRemoveInput) { sharingRuleRemove(id: $id, input: $input) {
  removedSharingRuleId userErrors { field code }
} }";

const SET_DEFAULT: &str = "mutation ($input: SharingDefaultSetInput!) { sharingDefaultSet(input: $input) {
  sharingDefault { id level fields revision partnerType tier { name } }
  userErrors { field code currentRevision }
} }";

const REMOVE_DEFAULT: &str = "mutation ($id: ID!, $input: SharingDefaultRemoveInput) {
  sharingDefaultRemove(id: $id, input: $input) { removedSharingDefaultId userErrors { field code } }
}";

const PROPOSE: &str = "mutation ($input: ExploratoryMappingProposeInput!) { exploratoryMappingPropose(input: $input) {
  exploratoryMapping { id status message days expiresAt endsAt inviter { slug } invitee { slug } revision }
  userErrors { field code }
} }";

const SHARING: &str = "query ($partner: String!) { sharing(partner: $partner) {
  partner { slug } relation own { kind name level fields } theirs { accountListId kind name level fields }
} }";

/// A step in the life of an exploratory mapping: `Accept`, `Decline`, `Cancel` or `End`.
fn step(name: &str) -> String {
    format!(
        "mutation ($id: ID!) {{ exploratoryMapping{name}(id: $id) {{
           exploratoryMapping {{ id status answeredAt endsAt endedBy {{ slug }} revision }}
           userErrors {{ field code }} }} }}"
    )
}

/// A list of this organization's own customers, with as many accounts as names; its id.
async fn list(app: &TestApp, slug: &str, names: &[&str]) -> String {
    list_of(app, organization_id(slug), organization_id(slug), names).await.global()
}

/// A list that one organization has of the accounts of another.
async fn list_of(app: &TestApp, owner: OrganizationId, subject: OrganizationId, names: &[&str]) -> AccountListId {
    let (world, db) = (&app.app.world, app.app.world.db.read());
    let now = world.clock.now();
    let id = AccountListId(world.ids.next(now));
    let name = format!("List of {} accounts {}", names.len(), id.global());
    let row = account_list::ActiveModel {
        id: Set(id),
        organization_id: Set(owner),
        subject_id: Set(subject),
        name_key: Set(text::sort_key(&name)),
        name: Set(name),
        kind: Set(AccountListKind::Customers),
        version: Set(1),
        account_count: Set(i32::try_from(names.len()).unwrap()),
        collected_version: Set(0),
        collect_version: Set(0),
        collect_after: Set(None),
        settled_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
        revision: Set(1),
        deleted_at: Set(None),
    };
    account_list::Entity::insert(row).exec_without_returning(db).await.unwrap();
    for name in names {
        let slug = name.to_lowercase().replace(' ', "-");
        let row = account::ActiveModel {
            id: Set(world.ids.next(now).into()),
            since: Set(1),
            until: Set(None),
            list_id: Set(id),
            external_id: Set(slug.clone()),
            name: Set((*name).to_owned()),
            name_key: Set(text::sort_key(name)),
            website: Set(Some(format!("https://www.{slug}.example/"))),
            domain: Set(Some(format!("{slug}.example"))),
            email_domain: Set(None),
            duns: Set(None),
            country: Set(Some("NO".to_owned())),
            owner: Set(Some("Team North".to_owned())),
            stage: Set(None),
            amount_minor: Set(Some(1_250)),
            currency: Set(Some("EUR".to_owned())),
            custom: Set(None),
            keys: Set(Vec::new()),
            added_at: Set(now),
            changed_at: Set(now),
        };
        account::Entity::insert(row).exec_without_returning(db).await.unwrap();
    }
    id
}

/// What `list` is to show `partner`.
fn shows(list: &str, partner: &str, level: &str) -> Value {
    json!({"accountList": list, "partner": partner, "level": level})
}

async fn set(app: &TestApp, actor: &Actor, input: Value) -> Answer {
    app.graphql(actor, SET, json!({"input": input})).await
}

async fn set_default(app: &TestApp, actor: &Actor, input: Value) -> Answer {
    app.graphql(actor, SET_DEFAULT, json!({"input": input})).await
}

async fn propose(app: &TestApp, from: &str, to: &str) -> Value {
    let input = json!({"input": {"partner": to, "message": "Shall we compare?"}});
    app.graphql(&app.manager(from), PROPOSE, input).await.payload()["exploratoryMapping"]["id"].clone()
}

async fn take(app: &TestApp, actor: &Actor, name: &str, id: &Value) -> Answer {
    app.graphql(actor, &step(name), json!({"id": id})).await
}

/// An exploratory mapping of the two that runs; its id.
pub(crate) async fn explore(app: &TestApp, from: &str, to: &str) -> Value {
    let id = propose(app, from, to).await;
    take(app, &app.manager(to), "Accept", &id).await.payload();
    id
}

/// What the organization with the first slug sees of the lists of the second: level and fields of each.
async fn sees(app: &TestApp, viewer: &str, of: &str) -> Vec<(String, Vec<String>)> {
    let found = app.graphql(&app.actor(viewer, entity::value::Role::Viewer), SHARING, json!({"partner": of})).await;
    let lists = found.at("/sharing/theirs").as_array().unwrap().clone();
    let words = |value: &Value| serde_json::from_value::<Vec<String>>(value.clone()).unwrap();
    lists.iter().map(|list| (list["level"].as_str().unwrap().to_owned(), words(&list["fields"]))).collect()
}

/// The levels of what the organization with the first slug sees of the lists of the second.
async fn levels(app: &TestApp, viewer: &str, of: &str) -> Vec<String> {
    sees(app, viewer, of).await.into_iter().map(|(level, _)| level).collect()
}

/// How many pairs of lists are open by what is written down.
async fn open(app: &TestApp) -> u64 {
    mapping_pair::Entity::find().count(app.app.world.db.read()).await.unwrap()
}

/// What happens because time passes, as often as another replica would have it happen.
async fn come_by(app: &TestApp) -> usize {
    app.app.deadlines.run_once(&app.app.op(Actor::System, "test", Vec::new())).await.unwrap()
}

/// Aurora and borealis as partners, each with a list: the ids of these and that of the partnership.
async fn partners(app: &TestApp) -> (String, String, Value) {
    let partnership = partnership::begin(app, "aurora", "borealis").await;
    let ours = list(app, "aurora", &["Acme", "Bolt", "Cord"]).await;
    let theirs = list(app, "borealis", &["Acme", "Dome"]).await;
    (ours, theirs, partnership)
}

/// The same, where each shows the other one the accounts that both have.
async fn sharing_partners(app: &TestApp) -> (String, String, Value) {
    let (ours, theirs, partnership) = partners(app).await;
    set(app, &app.manager("aurora"), shows(&ours, "borealis", "OVERLAPPING")).await.payload();
    set(app, &app.manager("borealis"), shows(&theirs, "aurora", "OVERLAPPING")).await.payload();
    assert_eq!(open(app).await, 1);
    (ours, theirs, partnership)
}

const SUSPEND: &str = "mutation ($id: ID!, $reason: String!) {
  organizationSuspend(id: $id, input: {reason: $reason}) { organization { status } userErrors { code } } }";
const ACTIVATE: &str =
    "mutation ($id: ID!) { organizationActivate(id: $id) { organization { status } userErrors { code } } }";

/// The operator suspends an organization.
pub(crate) async fn suspend(app: &TestApp, slug: &str) {
    let variables = json!({"id": organization_id(slug).global(), "reason": "Unpaid"});
    app.graphql(&app.operator(), SUSPEND, variables).await.payload();
}

async fn activate(app: &TestApp, slug: &str) {
    app.graphql(&app.operator(), ACTIVATE, json!({"id": organization_id(slug).global()})).await.payload();
}
