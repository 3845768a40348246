//! One look for all who want to know the same: connections with equal credentials that are disturbed by one change ask
//! together who they are.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::time::Instant;

use crate::op::{Actor, AuthFault};

type Found = Result<Actor, AuthFault>;

/// When it was asked for, and what was found.
type Last = Arc<tokio::sync::Mutex<Option<(Instant, Found)>>>;

/// The looks that are being taken, by credentials.
#[derive(Default)]
pub(super) struct Looks(Mutex<HashMap<String, Last>>);

impl Looks {
    /// What `look` finds that began at `since` or later: that of another one with equal credentials, or one of our own.
    pub(super) async fn take(&self, credentials: &str, since: Instant, look: impl Future<Output = Found>) -> Found {
        let _leaving = Leaving { looks: self, credentials };
        let last = Arc::clone(self.lock().entry(credentials.to_owned()).or_default());
        let mut last = last.lock().await;
        if let Some((asked, found)) = &*last
            && *asked >= since
        {
            return found.clone();
        }
        let asked = Instant::now();
        let found = look.await;
        *last = Some((asked, found.clone()));
        found
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Last>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets the credentials when nobody else waits, also where the one who goes was cut off.
struct Leaving<'a> {
    looks: &'a Looks,
    credentials: &'a str,
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        let mut looks = self.looks.lock();
        if looks.get(self.credentials).is_some_and(|last| Arc::strong_count(last) == 1) {
            looks.remove(self.credentials);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::future::join_all;

    use super::*;

    #[tokio::test]
    async fn equal_credentials_look_once_and_never_at_what_is_older_than_the_doubt() {
        let (looks, asked) = (Looks::default(), AtomicUsize::new(0));
        let look = || async {
            asked.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(Actor::Visitor)
        };
        let since = Instant::now();
        let found = join_all((0..100).map(|_| looks.take("a", since, look()))).await;
        assert!(found.iter().all(|found| matches!(found, Ok(Actor::Visitor))));
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        _ = tokio::join!(looks.take("a", Instant::now(), look()), looks.take("b", Instant::now(), look()));
        assert_eq!(asked.load(Ordering::SeqCst), 3, "others are asked for by themselves, and old news is none");
        // The second one's doubt is younger than the look that the first one takes.
        let first = looks.take("a", Instant::now(), look());
        let second = async {
            tokio::task::yield_now().await;
            looks.take("a", Instant::now(), look()).await
        };
        _ = tokio::join!(first, second);
        assert_eq!(asked.load(Ordering::SeqCst), 5);
        assert!(looks.lock().is_empty());
    }

    #[tokio::test]
    async fn one_who_is_cut_off_leaves_the_others_to_look_for_themselves() {
        let looks = Looks::default();
        let since = Instant::now();
        let mut cut = Box::pin(looks.take("a", since, std::future::pending()));
        let mut waits = Box::pin(looks.take("a", since, std::future::ready(Ok(Actor::Visitor))));
        assert!(futures::poll!(&mut cut).is_pending() && futures::poll!(&mut waits).is_pending());
        drop(cut);
        assert!(waits.await.is_ok());
        assert!(looks.lock().is_empty());
    }
}
