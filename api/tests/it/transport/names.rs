//! Admission by name: `Bearer NAME`, or `Bearer NAME@SECONDS` for credentials that end when the clock of the test shows
//! that many seconds. The name `forged` is refused, and tests take names out or give them other rights.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_graphql::Data;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    id::{OrganizationId, PersonId},
    value::{OrganizationStatus, Role},
};
use partnergraph::{
    event::feed::AccessVersion,
    http::auth::{Admission, Changes, Entered},
    op::{Actor, AuthFault, Fault, PersonActor},
};
use tokio::{sync::watch, time::Instant};
use uuid::Uuid;

use super::toy::Who;

const REFUSED: AuthFault = AuthFault::Refused("The token is not valid or has expired.");

pub(crate) struct Names {
    clock: watch::Sender<DateTime<Utc>>,
    /// Rights of names that do not have the usual ones; none for who is out.
    rights: Mutex<HashMap<String, Option<Role>>>,
    /// Another one whenever rights may have changed.
    access: watch::Sender<AccessVersion>,
    known: Mutex<HashMap<PersonId, String>>,
    /// Who gets another role as soon as it was found out who it is.
    meanwhile: Mutex<Option<(String, Role)>>,
    pub(crate) unavailable: AtomicBool,
    pub(crate) asked: AtomicUsize,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            clock: watch::Sender::new(DateTime::UNIX_EPOCH),
            rights: Mutex::default(),
            access: watch::Sender::new(AccessVersion(Some(0))),
            known: Mutex::default(),
            meanwhile: Mutex::default(),
            unavailable: AtomicBool::default(),
            asked: AtomicUsize::default(),
        }
    }
}

impl Names {
    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.send_modify(|now| *now += TimeDelta::seconds(seconds));
    }

    /// Gives a name another role, or none at all.
    pub(crate) fn set_role(&self, name: &str, role: Option<Role>) {
        self.rights.lock().unwrap().insert(name.to_owned(), role);
        self.stir();
    }

    /// Gives a name another role, between the next look at it and what is made of that.
    pub(crate) fn change_meanwhile(&self, name: &str, role: Role) {
        *self.meanwhile.lock().unwrap() = Some((name.to_owned(), role));
    }

    /// Says that rights may have changed, although they have not.
    pub(crate) fn stir(&self) {
        self.access.send_modify(|version| version.0 = version.0.map(|version| version + 1));
    }
}

#[async_trait]
impl Admission for Names {
    async fn authenticate(&self, authorization: Option<&str>) -> Result<Actor, AuthFault> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.unavailable.load(Ordering::SeqCst) {
            return Err(Fault::internal("the database is away: SELECT secret FROM inside").into());
        }
        let Some(value) = authorization else { return Ok(Actor::Visitor) };
        let token = value.strip_prefix("Bearer ").ok_or(REFUSED)?;
        let (name, ends) = match token.split_once('@') {
            Some((name, ends)) => (name, ends.parse().map_err(|_| REFUSED)?),
            None => (token, 1_000_000),
        };
        let expires_at = DateTime::UNIX_EPOCH + TimeDelta::seconds(ends);
        let role = self.rights.lock().unwrap().get(name).copied().unwrap_or(Some(Role::Member));
        let Some(role) = role.filter(|_| name != "forged" && expires_at > self.now()) else { return Err(REFUSED) };
        let meanwhile = self.meanwhile.lock().unwrap().take_if(|meanwhile| meanwhile.0 == name);
        if let Some((whose, role)) = meanwhile {
            self.set_role(&whose, Some(role));
        }
        let person = PersonId(Uuid::from_slice(format!("{name:>16.16}").as_bytes()).unwrap());
        self.known.lock().unwrap().insert(person, format!("Bearer {name}"));
        Ok(Actor::Person(PersonActor {
            person,
            organization: OrganizationId(Uuid::from_u128(if name.contains("elsewhere") { 2 } else { 1 })),
            role,
            status: OrganizationStatus::Active,
            operator: false,
            expires_at,
        }))
    }

    fn data(&self, actor: &Actor, _request_id: &str, _languages: Vec<String>) -> Data {
        let mut data = Data::default();
        if let Some(name) = actor.person().and_then(|person| self.known.lock().unwrap().get(&person).cloned()) {
            data.insert(Who(name));
        }
        data
    }

    fn now(&self) -> DateTime<Utc> {
        *self.clock.borrow()
    }

    async fn until(&self, moment: DateTime<Utc>) {
        let mut clock = self.clock.subscribe();
        if clock.wait_for(|now| *now >= moment).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    async fn enter(&self, authorization: Option<&str>) -> Result<Entered, AuthFault> {
        let access = self.access.subscribe();
        let actor = self.authenticate(authorization).await?;
        Ok(Entered { actor, changes: Changes::of(access) })
    }

    async fn look_again(&self, authorization: Option<&str>, _since: Instant) -> Result<Actor, AuthFault> {
        self.authenticate(authorization).await
    }
}
