//! What is asked for between two tail checks: what the members of an organization may see now, and its access where no
//! check has told of it lately. Where few ask, each is answered by a statement of its own; where many do, as when everybody comes back after
//! a cut network, the next check answers all of them with one.

use super::{
    Hub, SightVersion,
    hub::count,
    store, tail,
    topic::{AccessVersion, Topic},
};
use crate::op::Fault;
use entity::id::OrganizationId;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

/// How many may ask between two checks and be answered by themselves.
const FEW: u32 = 8;

/// How long the next check is waited for; whoever waits in vain asks by itself.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many ask, and when there was a check.
#[derive(Default)]
pub(super) struct Looks {
    asking: Mutex<Asking>,
    /// Told after each check that has succeeded.
    pub(super) checked: watch::Sender<()>,
}

#[derive(Default)]
struct Asking {
    since: Option<Instant>,
    count: u32,
    /// Whether there were many in the time before.
    were_many: bool,
}

impl Asking {
    /// One more asks; whether few do. Once there were many, they are many until there was a while with few.
    fn are_few(&mut self, now: Instant, interval: Duration) -> bool {
        let gone = self.since.map(|since| now.saturating_duration_since(since));
        if gone.is_none_or(|gone| gone >= interval) {
            let was_just_now = gone.is_some_and(|gone| gone < interval * 2);
            *self = Self { since: Some(now), count: 0, were_many: was_just_now && self.count > FEW };
        }
        self.count += 1;
        !self.were_many && self.count <= FEW
    }
}

impl Hub {
    /// The version of what the members of an organization may see, as it was at `since` or later: from memory where
    /// somebody has asked since then, else from the database, which is asked once for all who wait.
    ///
    /// # Errors
    /// Database faults.
    pub async fn sight(&self, organization: OrganizationId, since: Instant) -> Result<SightVersion, Fault> {
        let topic = self.topic(organization);
        let look = async {
            count(&self.inner().counters.sight_reads);
            let at = Instant::now();
            let sight = SightVersion { version: store::read_sight(&self.inner().db, organization).await?, at };
            topic.see(sight);
            Ok(sight)
        };
        self.known_or(&topic, || topic.sight_since(since), look).await
    }

    /// As [`Hub::sight`], as far as it is known, whenever that was asked for. It waits for nothing.
    #[must_use]
    pub fn sight_known(&self, organization: OrganizationId) -> Option<SightVersion> {
        let topic = self.topics().of.get(&organization).map(Arc::clone)?;
        topic.sight_known()
    }

    /// What [`Hub::access`] tells, as it was at `since` or later: from memory where somebody has asked since then, else from
    /// the database.
    ///
    /// # Errors
    /// Database faults.
    pub async fn access_known(&self, organization: OrganizationId, since: Instant) -> Result<AccessVersion, Fault> {
        let topic = self.topic(organization);
        let look = async {
            tail::look(self, &[Arc::clone(&topic)]).await?;
            topic.access_since(since).ok_or_else(|| Fault::internal("a look at a feed told nothing"))
        };
        self.known_or(&topic, || topic.access_since(since), look).await
    }

    /// What is known, or else what the next check tells where many ask, or else what a look finds, which one takes at a
    /// time: what it finds is what the others want to know.
    async fn known_or<T>(
        &self,
        topic: &Topic,
        known: impl Fn() -> Option<T>,
        look: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        if let Some(known) = known() {
            return Ok(known);
        }
        if !self.are_few()
            && let Some(told) = self.told_by_check(&known).await
        {
            return Ok(told);
        }
        let _turn = topic.looking.lock().await;
        match known() {
            Some(known) => Ok(known),
            None => look.await,
        }
    }

    fn are_few(&self) -> bool {
        let inner = self.inner();
        let mut asking = inner.looks.asking.lock().unwrap_or_else(PoisonError::into_inner);
        asking.are_few(Instant::now(), inner.interval)
    }

    async fn told_by_check<T>(&self, known: impl Fn() -> Option<T>) -> Option<T> {
        let mut checked = self.inner().looks.checked.subscribe();
        self.check_soon();
        let told = async {
            // The hub, which tells it, lives as long as this.
            while checked.changed().await.is_ok() {
                if let Some(known) = known() {
                    return Some(known);
                }
                self.check_soon();
            }
            None
        };
        timeout(PATIENCE, told).await.ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_many_until_there_was_a_while_with_few() {
        let (mut asking, interval, begin) = (Asking::default(), Duration::from_millis(250), Instant::now());
        let mut ask = |at: u32, times: u32| {
            let now = begin + interval * at / 4;
            (0..times).filter(|_| asking.are_few(now, interval)).count()
        };
        assert_eq!(ask(0, FEW + 1), FEW as usize);
        assert_eq!(ask(3, 1), 0, "still the same interval");
        assert_eq!(ask(4, FEW), 0, "there were many before");
        assert_eq!(ask(8, FEW), FEW as usize, "there were few before");
        assert_eq!(ask(12, FEW + 5), FEW as usize);
        assert_eq!(ask(20, FEW + 5), FEW as usize, "for a whole interval nobody has asked");
    }
}
