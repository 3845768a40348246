//! Who asks on a connection that stays open, and whether still: credentials end, are renewed, or lose their rights. It
//! knows nothing of what the connection speaks.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, future::BoxFuture, stream::BoxStream};
use tokio::time::{Instant, sleep_until, timeout};

use super::{
    auth::{Admission, expiry, same},
    live::Seat,
};
use crate::op::{Actor, AuthFault};

/// How long a look at credentials may take; until it is over, nothing is delivered.
const LOOK: Duration = Duration::from_secs(2);
/// A change of rights between looking at them and listening for changes would go unseen, so there is a second look.
const SECOND_LOOK: Duration = Duration::from_secs(1);

/// Why somebody may not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// The credentials are not accepted, or not for this. The text is for the client.
    Refused(&'static str),
    /// It could not be found out.
    Unknown,
}

impl Doubt {
    /// What everybody is told whose time is over.
    pub(super) const EXPIRED: Self = Self::Refused("The credentials have expired");
}

/// What can happen to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disturbed {
    /// Its time is over.
    Expired,
    /// Its rights may have changed.
    Doubtful,
}

/// Somebody on a connection.
pub(super) struct Session {
    admission: Arc<dyn Admission>,
    actor: Actor,
    authorization: Option<String>,
    expired: BoxFuture<'static, ()>,
    changes: BoxStream<'static, ()>,
    second_look: Option<Instant>,
    _seat: Seat,
}

/// Finds out who comes with these credentials. A fault of ours is logged, under `request_id`.
pub(super) async fn authenticate(
    admission: &Arc<dyn Admission>,
    authorization: Option<&str>,
    request_id: &str,
) -> Result<Actor, Doubt> {
    match timeout(LOOK, admission.authenticate(authorization)).await {
        Ok(Ok(actor)) => Ok(actor),
        Ok(Err(AuthFault::Refused(message))) => Err(Doubt::Refused(message)),
        Ok(Err(AuthFault::Fault(fault))) => {
            tracing::error!(request_id, error = %fault.chain(), "internal fault");
            Err(Doubt::Unknown)
        }
        Err(_) => Err(Doubt::Unknown),
    }
}

impl Session {
    /// The session of `actor`, who was found by `authorization` a moment ago and holds `seat`.
    pub(super) fn open(
        admission: &Arc<dyn Admission>,
        actor: Actor,
        authorization: Option<String>,
        seat: Seat,
    ) -> Self {
        Self {
            expired: wait_for_end(admission, &actor),
            changes: admission.changes(&actor),
            second_look: (actor != Actor::Visitor).then(|| Instant::now() + SECOND_LOOK),
            admission: Arc::clone(admission),
            actor,
            authorization,
            _seat: seat,
        }
    }

    /// Who it is.
    pub(super) fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Ready when the session cannot simply go on. Dropping the future loses nothing.
    pub(super) async fn disturbed(&mut self) -> Disturbed {
        let second_look = self.second_look;
        tokio::select! {
            biased;
            () = self.expired.as_mut() => Disturbed::Expired,
            Some(()) = self.changes.next() => Disturbed::Doubtful,
            () = at(second_look) => {
                self.second_look = None;
                Disturbed::Doubtful
            }
        }
    }

    /// Whether its time is over now, be it that nobody has noticed yet.
    pub(super) fn has_expired(&self) -> bool {
        expiry(&self.actor).is_some_and(|moment| moment <= self.admission.now())
    }

    /// Asks again who it is. Nothing may be delivered until it is known that nothing has changed.
    pub(super) async fn look_again(&self, request_id: &str) -> Result<(), Doubt> {
        let found = authenticate(&self.admission, self.authorization.as_deref(), request_id).await?;
        if same(&self.actor, &found) { Ok(()) } else { Err(Doubt::Refused("The rights of the actor have changed")) }
    }

    /// Later credentials of the same actor move the end.
    pub(super) async fn renew(&mut self, authorization: String, request_id: &str) -> Result<(), Doubt> {
        let found = authenticate(&self.admission, Some(&authorization), request_id).await?;
        if !same(&self.actor, &found) {
            return Err(Doubt::Refused("The token is of another actor"));
        }
        self.expired = wait_for_end(&self.admission, &found);
        self.actor = found;
        self.authorization = Some(authorization);
        Ok(())
    }
}

fn wait_for_end(admission: &Arc<dyn Admission>, actor: &Actor) -> BoxFuture<'static, ()> {
    let admission = Arc::clone(admission);
    match expiry(actor) {
        Some(moment) => Box::pin(async move { admission.until(moment).await }),
        None => Box::pin(std::future::pending()),
    }
}

async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
