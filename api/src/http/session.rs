//! Who asks on a connection that stays open, and whether still: credentials end, are renewed, or lose their rights. It
//! knows nothing of what the connection speaks.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use super::{
    auth::{Admission, Entered, expiry, same},
    live::Seat,
};
use crate::{
    event::feed::AccessVersion,
    op::{Actor, AuthFault},
};

/// How long a look at credentials may take; until it is over, nothing is delivered.
const LOOK: Duration = Duration::from_secs(2);

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

/// Tells that the rights of an actor may have changed since it was found out who it is. A clone has been told as much.
#[derive(Clone)]
pub struct Changes(Option<watch::Receiver<AccessVersion>>);

impl Changes {
    /// Of one whose rights never change.
    pub const NEVER: Self = Self(None);

    /// Of one in an organization in which something has changed whenever `access` does.
    #[must_use]
    pub fn of(access: watch::Receiver<AccessVersion>) -> Self {
        Self(Some(access))
    }

    /// Ready once there is one that was not told yet. Dropping the future loses nothing.
    pub async fn next(&mut self) {
        if let Some(access) = &mut self.0
            && access.changed().await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }

    fn is_due(&self) -> bool {
        self.0.as_ref().is_some_and(|access| access.has_changed().unwrap_or(false))
    }
}

/// Whether somebody may be told something, at any moment and without a wait.
pub(super) struct Pass {
    admission: Arc<dyn Admission>,
    until: Option<DateTime<Utc>>,
    changes: Changes,
}

/// How somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// As when it was last asked.
    Good,
    /// The time is over.
    Expired,
    /// It has to be asked again.
    Doubtful,
}

impl Pass {
    pub(super) fn standing(&self) -> Standing {
        if self.until.is_some_and(|until| until <= self.admission.now()) {
            Standing::Expired
        } else if self.changes.is_due() {
            Standing::Doubtful
        } else {
            Standing::Good
        }
    }
}

/// Somebody on a connection.
pub(super) struct Session {
    admission: Arc<dyn Admission>,
    actor: Actor,
    authorization: Option<String>,
    expired: BoxFuture<'static, ()>,
    changes: Changes,
    _seat: Seat,
}

/// Finds out who comes with these credentials, to stay. A fault of ours is logged, under `request_id`.
pub(super) async fn enter(
    admission: &Arc<dyn Admission>,
    authorization: Option<&str>,
    request_id: &str,
) -> Result<Entered, Doubt> {
    within(admission.enter(authorization), request_id).await
}

async fn within<T>(look: impl Future<Output = Result<T, AuthFault>>, request_id: &str) -> Result<T, Doubt> {
    match timeout(LOOK, look).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(AuthFault::Refused(message))) => Err(Doubt::Refused(message)),
        Ok(Err(AuthFault::Fault(fault))) => {
            tracing::error!(request_id, error = %fault.chain(), "internal fault");
            Err(Doubt::Unknown)
        }
        Err(_) => Err(Doubt::Unknown),
    }
}

impl Session {
    /// The session of one who came in by `authorization` and holds `seat`.
    pub(super) fn open(
        admission: &Arc<dyn Admission>,
        Entered { actor, changes }: Entered,
        authorization: Option<String>,
        seat: Seat,
    ) -> Self {
        Self {
            expired: wait_for_end(admission, &actor),
            changes,
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

    /// What is to be asked from now on before anything is told, until the session is renewed or was in doubt.
    pub(super) fn pass(&self) -> Pass {
        let (admission, until) = (Arc::clone(&self.admission), expiry(&self.actor));
        Pass { admission, until, changes: self.changes.clone() }
    }

    /// Ready when the session cannot simply go on. Dropping the future loses nothing.
    pub(super) async fn disturbed(&mut self) -> Disturbed {
        tokio::select! {
            biased;
            () = self.expired.as_mut() => Disturbed::Expired,
            () = self.changes.next() => Disturbed::Doubtful,
        }
    }

    /// Whether its time is over now, be it that nobody has noticed yet.
    pub(super) fn has_expired(&self) -> bool {
        expiry(&self.actor).is_some_and(|moment| moment <= self.admission.now())
    }

    /// Asks again who it is. Nothing may be delivered until it is known that nothing has changed.
    pub(super) async fn look_again(&self, request_id: &str) -> Result<(), Doubt> {
        let look = self.admission.look_again(self.authorization.as_deref(), Instant::now());
        let found = within(look, request_id).await?;
        if same(&self.actor, &found) { Ok(()) } else { Err(Doubt::Refused("The rights of the actor have changed")) }
    }

    /// Later credentials of the same actor move the end.
    pub(super) async fn renew(&mut self, authorization: String, request_id: &str) -> Result<(), Doubt> {
        // Of the same organization, whose changes are listened to already; of another one it is not accepted.
        let found = within(self.admission.authenticate(Some(&authorization)), request_id).await?;
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
