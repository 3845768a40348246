//! Who listens is asked again who it is, when something about its rights may have changed and only then.

use super::alert;
use crate::support::{TestApp, on_both, organization_id};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    id::{ApiKeyId, OrganizationId, PersonId},
    value::Role,
};
use futures::poll;
use partnergraph::{
    event::DataScope,
    http::auth::{Admission, Entered, OpAdmission},
    op::{Accounts, Authenticator, Fault, KeyRecord, MemberRecord, World},
    organization,
};
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

on_both!(
    a_change_while_somebody_is_let_in_is_told,
    what_changes_no_rights_disturbs_nobody,
    who_comes_back_is_looked_up_once_and_again_after_a_change,
);

/// Accounts that change as soon as they were read, which a tail check finds at once.
struct Fleeting {
    accounts: organization::accounts::Accounts,
    world: Arc<World>,
}

#[async_trait]
impl Accounts for Fleeting {
    async fn find_member(&self, person: PersonId, organization: OrganizationId) -> Result<Option<MemberRecord>, Fault> {
        let found = self.accounts.find_member(person, organization).await?;
        change(&self.world, organization).await?;
        Ok(found)
    }

    async fn find_key(&self, prefix: &str) -> Result<Option<KeyRecord>, Fault> {
        self.accounts.find_key(prefix).await
    }

    async fn touch_key(&self, key: ApiKeyId, now: DateTime<Utc>) -> Result<(), Fault> {
        self.accounts.touch_key(key, now).await
    }
}

/// Something about the rights in an organization changes, and is known to have.
async fn change(world: &World, organization: OrganizationId) -> Result<(), Fault> {
    let raise = format!(
        "INSERT INTO data_versions (scope, version) VALUES ('{}', 1)
         ON CONFLICT (scope) DO UPDATE SET version = data_versions.version + 1",
        DataScope::Access(organization).key()
    );
    world.db.read().execute_unprepared(&raise).await?;
    world.feeds.hub().check().await
}

/// Accounts that count how often they are asked for a member.
struct Counting {
    accounts: organization::accounts::Accounts,
    asked: AtomicUsize,
}

#[async_trait]
impl Accounts for Counting {
    async fn find_member(&self, person: PersonId, organization: OrganizationId) -> Result<Option<MemberRecord>, Fault> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.accounts.find_member(person, organization).await
    }

    async fn find_key(&self, prefix: &str) -> Result<Option<KeyRecord>, Fault> {
        self.accounts.find_key(prefix).await
    }

    async fn touch_key(&self, key: ApiKeyId, now: DateTime<Utc>) -> Result<(), Fault> {
        self.accounts.touch_key(key, now).await
    }
}

fn token(app: &TestApp, slug: &str) -> String {
    let actor = app.manager(slug);
    let (person, organization) = (actor.person().unwrap(), actor.organization().unwrap());
    format!("Bearer {}", app.app.authenticator.issue(person, organization, TimeDelta::hours(1)).unwrap())
}

async fn disturbed(entered: &mut Entered) -> bool {
    poll!(pin!(entered.changes.next())).is_ready()
}

async fn a_change_while_somebody_is_let_in_is_told(app: TestApp) {
    let world = Arc::clone(&app.app.world);
    // Somebody listens already, so that the version is known before.
    let _before = world.feeds.hub().access(organization_id("aurora"));
    world.feeds.hub().check().await.unwrap();
    let accounts = organization::accounts::Accounts::new(Arc::clone(&world));
    let fleeting = Arc::new(Fleeting { accounts, world: Arc::clone(&world) });
    let authenticator = Authenticator::new(app.config.token.clone(), fleeting, Arc::clone(&world.clock));
    let admission = OpAdmission::new(world, Arc::new(authenticator));
    let mut entered = admission.enter(Some(&token(&app, "aurora"))).await.unwrap_or_else(|_| panic!("refused"));
    assert_eq!(entered.actor.role(), Some(Role::Manager));
    assert!(disturbed(&mut entered).await, "the change came behind the look");
}

async fn what_changes_no_rights_disturbs_nobody(app: TestApp) {
    let admission = OpAdmission::new(Arc::clone(&app.app.world), Arc::clone(&app.app.authenticator));
    let hub = app.app.world.feeds.hub();
    let mut entered = Vec::new();
    for slug in ["aurora", "borealis"] {
        entered.push(admission.enter(Some(&token(&app, slug))).await.unwrap_or_else(|_| panic!("refused")));
    }
    hub.check().await.unwrap();
    for entered in &mut entered {
        while disturbed(entered).await {}
    }
    // An invitation to both, and a renamed organization.
    alert(&app, "borealis").await;
    let rename = "mutation ($id: ID!) { organizationUpdate(id: $id, input: {name: \"Another\"}) {
      organization { name } userErrors { code } } }";
    const OWN: &str = "{ viewer { organization { id members { nodes { id role } } } } }";
    let own = app.graphql(&app.actor("aurora", Role::Admin), OWN, json!({})).await;
    let id = own.at("/viewer/organization/id");
    app.graphql(&app.manager("aurora"), rename, json!({"id": id})).await.payload();
    hub.check().await.unwrap();
    for entered in &mut entered {
        assert!(!disturbed(entered).await);
    }
    // A member's role, and only for the colleagues.
    let nodes = own.at("/viewer/organization/members/nodes").as_array().unwrap().clone();
    let viewer = nodes.iter().find(|member| member["role"] == "VIEWER").unwrap();
    let role = "mutation ($id: ID!) { memberUpdateRole(id: $id, input: {role: MEMBER}) {
      member { role } userErrors { code } } }";
    app.graphql(&app.actor("aurora", Role::Admin), role, json!({"id": viewer["id"]})).await.payload();
    hub.check().await.unwrap();
    assert!(disturbed(&mut entered[0]).await && !disturbed(&mut entered[1]).await);
}

async fn who_comes_back_is_looked_up_once_and_again_after_a_change(app: TestApp) {
    let world = Arc::clone(&app.app.world);
    let accounts = organization::accounts::Accounts::new(Arc::clone(&world));
    let counting = Arc::new(Counting { accounts, asked: AtomicUsize::new(0) });
    let accounts = Arc::clone(&counting) as Arc<dyn Accounts>;
    let authenticator = Authenticator::new(app.config.token.clone(), accounts, Arc::clone(&world.clock));
    let admission = OpAdmission::new(Arc::clone(&world), Arc::new(authenticator));
    let (aurora, borealis) = (token(&app, "aurora"), token(&app, "borealis"));
    let enter = async |token: &str| {
        let entered = admission.enter(Some(token)).await.unwrap_or_else(|_| panic!("refused"));
        (entered, counting.asked.load(Ordering::SeqCst))
    };
    let (mut first, asked) = enter(&aurora).await;
    assert_eq!(asked, 1);
    assert!(!disturbed(&mut first).await, "that its access became known is no change of it");
    assert_eq!([enter(&aurora).await.1, enter(&borealis).await.1, enter(&aurora).await.1], [1, 2, 2]);
    change(&world, organization_id("aurora")).await.unwrap();
    assert!(disturbed(&mut first).await);
    assert_eq!([enter(&borealis).await.1, enter(&aurora).await.1, enter(&aurora).await.1], [2, 3, 3]);
}
