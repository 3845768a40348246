//! Who calls: from the `Authorization` header to what resolvers find in their context; and how long that holds, where a
//! connection stays open.

use std::{sync::Arc, time::Duration};

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use async_graphql::Data;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use entity::id::OrganizationId;
use tokio::{sync::watch, time::Instant};

pub use super::session::Changes;

use super::look::{CHANGES_KNOWN_FOR, Look, Looks};
use crate::{
    event::feed::AccessVersion,
    op::{Actor, AuthFault, Authenticator, KeyActor, Op, PersonActor, World},
    schema::{
        live::{Audience, Subscriber},
        loader,
    },
};

/// Clocks are set and machines sleep: longer than this nobody waits without looking at the clock again.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// What the transport knows of a caller.
pub struct Caller<'a> {
    /// The value of the `Authorization` header, if there is one.
    pub authorization: Option<&'a str>,
    /// The name of the request.
    pub request_id: &'a str,
    /// BCP 47 tags, best first.
    pub languages: Vec<String>,
}

/// Somebody whose connection stays open.
pub struct Entered {
    /// Who it is.
    pub actor: Actor,
    /// Tells that its rights may have changed since it was found out who it is.
    pub changes: Changes,
}

/// Lets callers in. The server uses [`OpAdmission`]; tests of the transport need no database.
#[async_trait]
pub trait Admission: Send + Sync {
    /// Who comes with this value of an `Authorization` header; a visitor without one.
    ///
    /// # Errors
    /// [`AuthFault::Refused`] for credentials that are not accepted.
    async fn authenticate(&self, authorization: Option<&str>) -> Result<Actor, AuthFault>;

    /// What the resolvers of one operation of `actor` find in their context.
    fn data(&self, actor: &Actor, request_id: &str, languages: Vec<String>) -> Data;

    /// Now, by the clock that credentials expire by.
    fn now(&self) -> DateTime<Utc>;

    /// Ready once that clock shows `moment`, and not before.
    async fn until(&self, moment: DateTime<Utc>);

    /// As [`Admission::authenticate`], for a connection that stays open. Changes are listened to before it is found out who
    /// it is: there is no moment in which one could go unseen.
    ///
    /// # Errors
    /// As for [`Admission::authenticate`].
    async fn enter(&self, authorization: Option<&str>) -> Result<Entered, AuthFault>;

    /// As [`Admission::authenticate`], for one who was let in before and asks, since `since`, whether that still holds.
    /// Those who ask for the same may be told the same.
    ///
    /// # Errors
    /// As for [`Admission::authenticate`].
    async fn look_again(&self, authorization: Option<&str>, since: Instant) -> Result<Actor, AuthFault>;

    /// What the resolvers of this caller's one request find in their context.
    ///
    /// # Errors
    /// As for [`Admission::authenticate`].
    async fn admit(&self, caller: Caller<'_>) -> Result<Data, AuthFault> {
        let actor = self.authenticate(caller.authorization).await?;
        Ok(self.data(&actor, caller.request_id, caller.languages))
    }
}

/// Admission by tokens and API keys, with an operation and a loader for each request.
pub struct OpAdmission {
    world: Arc<World>,
    authenticator: Arc<Authenticator>,
    looks: Looks,
}

impl OpAdmission {
    /// Admission to `world`.
    #[must_use]
    pub fn new(world: Arc<World>, authenticator: Arc<Authenticator>) -> Self {
        Self { world, authenticator, looks: Looks::default() }
    }
}

#[async_trait]
impl Admission for OpAdmission {
    async fn authenticate(&self, authorization: Option<&str>) -> Result<Actor, AuthFault> {
        self.authenticator.authenticate(authorization).await
    }

    fn data(&self, actor: &Actor, request_id: &str, languages: Vec<String>) -> Data {
        let op = Op::new(Arc::clone(&self.world), actor.clone(), request_id, languages);
        let mut data = Data::default();
        data.insert(loader::loaders(op.clone()));
        data.insert(op);
        data
    }

    fn now(&self) -> DateTime<Utc> {
        self.world.clock.now()
    }

    async fn until(&self, moment: DateTime<Utc>) {
        while let Ok(left) = (moment - self.now()).to_std()
            && !left.is_zero()
        {
            tokio::time::sleep(left.min(LONGEST_WAIT)).await;
        }
    }

    async fn enter(&self, authorization: Option<&str>) -> Result<Entered, AuthFault> {
        let Some(credentials) = authorization else {
            return Ok(Entered { actor: Actor::Visitor, changes: Changes::NEVER });
        };
        let remembered = self.looks.remembered(credentials).and_then(|actor| actor.organization());
        let named = remembered.or_else(|| self.authenticator.organization_named(authorization));
        let (actor, watched) = self.enter_as(credentials, named).await?;
        let Some(own) = actor.organization() else { return Ok(Entered { actor, changes: Changes::NEVER }) };
        if let Some(watched) = watched.filter(|_| named == Some(own)) {
            return Ok(Entered { actor, changes: Changes::of(watched) });
        }
        // Whose a key is was only found out by looking it up: what holds is what is found while its changes are listened to.
        let (actor, watched) = self.enter_as(credentials, Some(own)).await?;
        Ok(Entered { actor, changes: watched.map_or(Changes::NEVER, Changes::of) })
    }

    async fn look_again(&self, authorization: Option<&str>, since: Instant) -> Result<Actor, AuthFault> {
        match authorization {
            Some(credentials) => {
                let look = self.authenticate(authorization);
                self.looks.take(credentials, |last| last.asked >= since, None, look).await
            }
            None => Ok(Actor::Visitor),
        }
    }
}

impl OpAdmission {
    /// Who comes with these credentials, whose organization's changes are listened to from before it was found out. Many
    /// come back at once: what was found a moment ago holds where nothing has changed in the organization since.
    async fn enter_as(
        &self,
        credentials: &str,
        organization: Option<OrganizationId>,
    ) -> Result<(Actor, Option<watch::Receiver<AccessVersion>>), AuthFault> {
        let since = Instant::now();
        let lately = since.checked_sub(CHANGES_KNOWN_FOR).unwrap_or(since);
        let (mut watched, mut access) = (None, None);
        if let Some(organization) = organization {
            let hub = self.world.feeds.hub();
            let mut receiver = hub.access(organization);
            // Until it is known once, that it becomes known would look like a change.
            hub.access_known(organization, lately).await?;
            access = Some(*receiver.borrow_and_update());
            watched = Some(receiver);
        }
        let now = self.now();
        let holds = |last: &Look| last.asked >= since || last.holds_for(access, now);
        let look = self.authenticate(Some(credentials));
        Ok((self.looks.take(credentials, holds, access, look).await?, watched))
    }
}

/// One who subscribes as `actor`; `after` is what the request's own headers say to go on behind.
pub(super) fn subscriber(
    admission: &Arc<dyn Admission>,
    actor: &Actor,
    request_id: String,
    languages: Vec<String>,
    after: Option<String>,
) -> Subscriber {
    let (admission, actor, audience) = (Arc::clone(admission), actor.clone(), audience(actor, &languages));
    let name = request_id.clone();
    let data = move || admission.data(&actor, &name, languages.clone());
    Subscriber { audience, request_id, data: Arc::new(data), after }
}

/// All of an actor that decides what it may see, but for the person. Visitors share nothing: they have no feed.
fn audience(actor: &Actor, languages: &[String]) -> Option<Audience> {
    let (organization, rights) = match actor {
        Actor::Person(PersonActor { person: _, organization, role, status, operator, expires_at: _ }) => {
            (*organization, format!("person {role:?} {status:?} {operator}"))
        }
        Actor::Key(KeyActor { key: _, organization, scopes, status, operator, expires_at: _ }) => {
            let mut scopes = scopes.clone();
            scopes.sort_unstable();
            (*organization, format!("key {scopes:?} {status:?} {operator}"))
        }
        Actor::Visitor | Actor::Operator | Actor::System => return None,
    };
    Some(Audience { organization, rights, languages: languages.to_vec() })
}

/// When the credentials of `actor` end, if they do.
pub(super) fn expiry(actor: &Actor) -> Option<DateTime<Utc>> {
    match actor {
        Actor::Person(person) => Some(person.expires_at),
        Actor::Key(key) => key.expires_at,
        Actor::Visitor | Actor::Operator | Actor::System => None,
    }
}

/// Whether two authentications found the same actor with the same rights; when they end may differ.
pub(super) fn same(one: &Actor, other: &Actor) -> bool {
    match (one, other) {
        (Actor::Person(one), Actor::Person(other)) => {
            let mut moved = other.clone();
            moved.expires_at = one.expires_at;
            *one == moved
        }
        (Actor::Key(one), Actor::Key(other)) => {
            let mut moved = other.clone();
            moved.expires_at = one.expires_at;
            *one == moved
        }
        (one, other) => one == other,
    }
}

/// The one `Authorization` of a request.
///
/// # Errors
/// A text for the client, if there are several or it is no text.
pub(super) fn authorization(headers: &HeaderMap) -> Result<Option<&str>, &'static str> {
    let mut values = headers.get_all(AUTHORIZATION);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| "The Authorization header is not readable."),
        (Some(_), Some(_)) => Err("Only one Authorization header may be sent."),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use chrono::TimeDelta;
    use entity::{
        id::PersonId,
        value::{OrganizationStatus, Role},
    };

    use super::*;

    #[test]
    fn one_readable_header_or_none() {
        let mut headers = HeaderMap::new();
        assert_eq!(authorization(&headers), Ok(None));
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer a"));
        assert_eq!(authorization(&headers), Ok(Some("Bearer a")));
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer a"));
        assert!(authorization(&headers).is_err());
        headers.insert(AUTHORIZATION, HeaderValue::from_bytes(b"Bearer \xff").unwrap());
        assert!(authorization(&headers).is_err());
    }

    #[test]
    fn an_actor_stays_the_same_with_a_later_token_and_with_nothing_else() {
        let person = PersonActor {
            person: PersonId::from(uuid::Uuid::from_u128(1)),
            organization: OrganizationId::from(uuid::Uuid::from_u128(2)),
            role: Role::Manager,
            status: OrganizationStatus::Active,
            operator: false,
            expires_at: DateTime::UNIX_EPOCH,
        };
        let one = Actor::Person(person.clone());
        let later = PersonActor { expires_at: person.expires_at + TimeDelta::hours(1), ..person.clone() };
        assert!(same(&one, &Actor::Person(later)));
        let demoted = PersonActor { role: Role::Viewer, ..person.clone() };
        let elsewhere = PersonActor { organization: OrganizationId::from(uuid::Uuid::from_u128(3)), ..person };
        for other in [Actor::Person(demoted), Actor::Person(elsewhere), Actor::Visitor] {
            assert!(!same(&one, &other), "{other:?}");
        }
        assert!(same(&Actor::Visitor, &Actor::Visitor));
    }

    #[test]
    fn only_equal_rights_in_one_organization_share() {
        let person = PersonActor {
            person: PersonId::from(uuid::Uuid::from_u128(1)),
            organization: OrganizationId::from(uuid::Uuid::from_u128(2)),
            role: Role::Manager,
            status: OrganizationStatus::Active,
            operator: false,
            expires_at: DateTime::UNIX_EPOCH,
        };
        let of = |person: &PersonActor| audience(&Actor::Person(person.clone()), &[]);
        let colleague = PersonActor { person: PersonId::from(uuid::Uuid::from_u128(9)), ..person.clone() };
        assert_eq!(of(&person), of(&colleague));
        for other in [
            PersonActor { organization: OrganizationId::from(uuid::Uuid::from_u128(3)), ..person.clone() },
            PersonActor { role: Role::Viewer, ..person.clone() },
            PersonActor { status: OrganizationStatus::Suspended, ..person.clone() },
            PersonActor { operator: true, ..person.clone() },
        ] {
            assert_ne!(of(&person), of(&other), "{other:?}");
        }
        assert_ne!(of(&person), audience(&Actor::Person(person.clone()), &["de".to_owned()]));
        let key = KeyActor {
            key: entity::id::ApiKeyId::from(uuid::Uuid::from_u128(1)),
            organization: person.organization,
            scopes: Vec::new(),
            status: person.status,
            operator: false,
            expires_at: None,
        };
        assert_ne!(of(&person), audience(&Actor::Key(key), &[]));
        assert_eq!(audience(&Actor::Visitor, &[]), None);
    }
}
