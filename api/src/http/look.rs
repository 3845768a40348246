//! One look for all who want to know the same: connections with equal credentials that are disturbed by one change, or that
//! come back at once, ask together who they are.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::auth::expiry;
use crate::{
    event::feed::AccessVersion,
    op::{Actor, AuthFault},
};

/// How long what was found is remembered for those who come with the same credentials. It holds only where nothing has
/// changed in the organization since.
const REMEMBERED: Duration = Duration::from_mins(1);

/// How old that may be which is known of the organization's changes: as long as rights may outlive their end in any case.
pub(super) const CHANGES_KNOWN_FOR: Duration = Duration::from_secs(2);

type Found = Result<Actor, AuthFault>;

/// A look that was taken.
pub(super) struct Look {
    /// When it began: what was found was no older then.
    pub(super) asked: Instant,
    /// The version of the organization's access as it was known before it began, if it was.
    access: Option<AccessVersion>,
    found: Found,
}

impl Look {
    /// Whether it says who somebody is who comes now, where the organization's access is known to be `access`: of
    /// whatever has changed since it began, it is told.
    pub(super) fn holds_for(&self, access: Option<AccessVersion>, now: DateTime<Utc>) -> bool {
        let is_known = access.is_some() && self.access == access && self.asked.elapsed() <= REMEMBERED;
        is_known && self.found.as_ref().is_ok_and(|actor| expiry(actor).is_none_or(|until| until > now))
    }
}

/// The last look, and who waits for the next one.
type Last = Arc<tokio::sync::Mutex<Option<Look>>>;

struct Taken {
    last: Last,
    used: Instant,
}

#[derive(Default)]
struct Known {
    /// By what names the credentials and does not give them away.
    by: HashMap<[u8; 32], Taken>,
    /// When what is too old was last looked for.
    swept: Option<Instant>,
}

/// The looks that are being taken or were taken a moment ago, by credentials.
#[derive(Default)]
pub(super) struct Looks(Mutex<Known>);

impl Looks {
    /// What the last look found, if it `holds`, or else `look`, which is taken for all who wait and for whom it holds.
    /// `access` is what is known of the organization's access before it.
    pub(super) async fn take(
        &self,
        credentials: &str,
        holds: impl Fn(&Look) -> bool,
        access: Option<AccessVersion>,
        look: impl Future<Output = Found>,
    ) -> Found {
        let last = self.last(credentials);
        let mut last = last.lock().await;
        if let Some(last) = last.as_ref().filter(|last| holds(last)) {
            return last.found.clone();
        }
        let asked = Instant::now();
        let found = look.await;
        *last = Some(Look { asked, access, found: found.clone() });
        found
    }

    /// Who came with these credentials a moment ago, whether that still holds or not.
    pub(super) fn remembered(&self, credentials: &str) -> Option<Actor> {
        let last = Arc::clone(&self.lock().by.get(&named(credentials))?.last);
        let last = last.try_lock().ok()?;
        last.as_ref()?.found.as_ref().ok().cloned()
    }

    fn last(&self, credentials: &str) -> Last {
        let now = Instant::now();
        let mut known = self.lock();
        if known.swept.is_none_or(|swept| now.saturating_duration_since(swept) > REMEMBERED) {
            let is_old = |taken: &Taken| now.saturating_duration_since(taken.used) > REMEMBERED;
            known.by.retain(|_, taken| Arc::strong_count(&taken.last) > 1 || !is_old(taken));
            known.swept = Some(now);
        }
        let name = named(credentials);
        if let Some(taken) = known.by.get_mut(&name) {
            taken.used = now;
            return Arc::clone(&taken.last);
        }
        let last = Last::default();
        known.by.insert(name, Taken { last: Arc::clone(&last), used: now });
        last
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn named(credentials: &str) -> [u8; 32] {
    Sha256::digest(credentials).into()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::future::join_all;

    use super::*;

    /// A look that counts.
    async fn look(asked: &AtomicUsize) -> Found {
        asked.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        Ok(Actor::Visitor)
    }

    async fn take(looks: &Looks, credentials: &str, since: Instant, look: impl Future<Output = Found>) -> Found {
        looks.take(credentials, |last| last.asked >= since, None, look).await
    }

    #[tokio::test]
    async fn equal_credentials_look_once_and_never_at_what_is_older_than_the_doubt() {
        let (looks, asked) = (Looks::default(), AtomicUsize::new(0));
        let since = Instant::now();
        let found = join_all((0..100).map(|_| take(&looks, "a", since, look(&asked)))).await;
        assert!(found.iter().all(|found| matches!(found, Ok(Actor::Visitor))));
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        let now = Instant::now();
        _ = tokio::join!(take(&looks, "a", now, look(&asked)), take(&looks, "b", now, look(&asked)));
        assert_eq!(asked.load(Ordering::SeqCst), 3, "others are asked for by themselves, and old news is none");
        // The second one's doubt is younger than the look that the first one takes.
        let first = take(&looks, "a", Instant::now(), look(&asked));
        let second = async {
            tokio::task::yield_now().await;
            take(&looks, "a", Instant::now(), look(&asked)).await
        };
        _ = tokio::join!(first, second);
        assert_eq!(asked.load(Ordering::SeqCst), 5);
    }

    #[tokio::test]
    async fn who_comes_a_moment_later_is_known_while_nothing_has_changed() {
        let (looks, asked) = (Looks::default(), AtomicUsize::new(0));
        let [one, two] = [1, 2].map(|version| Some(AccessVersion(Some(version))));
        let enter = async |access| {
            let holds = |last: &Look| last.holds_for(access, DateTime::UNIX_EPOCH);
            looks.take("a", holds, access, look(&asked)).await.ok().unwrap();
            asked.load(Ordering::SeqCst)
        };
        assert_eq!([enter(one).await, enter(one).await], [1, 1]);
        assert!(looks.remembered("a").is_some() && looks.remembered("b").is_none());
        assert_eq!([enter(two).await, enter(two).await], [2, 2], "something has changed");
        assert_eq!([enter(None).await, enter(None).await], [3, 4], "nobody knows whether something has");
        assert_eq!([enter(two).await, enter(two).await], [5, 5]);
        // As if all of it had been long ago.
        let ago = Instant::now().checked_sub(REMEMBERED + Duration::from_millis(1)).unwrap();
        let last = Arc::clone(&looks.lock().by[&named("a")].last);
        last.lock().await.as_mut().unwrap().asked = ago;
        assert_eq!(enter(two).await, 6, "it was long ago");
        drop(last);
        {
            let mut known = looks.lock();
            (known.swept, known.by.get_mut(&named("a")).unwrap().used) = (Some(ago), ago);
        }
        _ = take(&looks, "b", Instant::now(), look(&asked)).await;
        assert_eq!(looks.lock().by.keys().collect::<Vec<_>>(), [&named("b")], "what is old is not kept");
    }

    #[tokio::test]
    async fn what_was_refused_or_has_ended_is_not_remembered() {
        let access = Some(AccessVersion(Some(1)));
        let at = |found| Look { asked: Instant::now(), access, found };
        let ends = DateTime::UNIX_EPOCH;
        assert!(at(Ok(Actor::Visitor)).holds_for(access, ends));
        assert!(!at(Err(AuthFault::Refused("no"))).holds_for(access, ends));
        let key = crate::op::KeyActor {
            key: entity::id::ApiKeyId::from(uuid::Uuid::nil()),
            organization: entity::id::OrganizationId::from(uuid::Uuid::nil()),
            scopes: Vec::new(),
            status: entity::value::OrganizationStatus::Active,
            operator: false,
            expires_at: Some(ends),
        };
        let found = at(Ok(Actor::Key(key)));
        assert!(!found.holds_for(access, ends) && found.holds_for(access, ends - chrono::TimeDelta::seconds(1)));
    }

    #[tokio::test]
    async fn one_who_is_cut_off_leaves_the_others_to_look_for_themselves() {
        let looks = Looks::default();
        let since = Instant::now();
        let mut cut = Box::pin(take(&looks, "a", since, std::future::pending()));
        let mut waits = Box::pin(take(&looks, "a", since, std::future::ready(Ok(Actor::Visitor))));
        assert!(futures::poll!(&mut cut).is_pending() && futures::poll!(&mut waits).is_pending());
        drop(cut);
        assert!(waits.await.is_ok());
    }
}
