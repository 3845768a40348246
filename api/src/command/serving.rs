//! What `serve` and `demo` have in common: a port, a server on it, and how it ends.

use super::failure::Failed;
use crate::{
    app::{App, ServeError},
    http::server::{ListenError, Listening},
};
use std::{
    io,
    net::{SocketAddr, TcpListener},
};

/// Refuses an address that another program listens on, before any work is done. `advice` begins what to do about it.
///
/// # Errors
/// The address is taken.
pub(super) fn check_free(address: SocketAddr, advice: &str) -> Result<(), Failed> {
    match TcpListener::bind(address) {
        Err(cause) if cause.kind() == io::ErrorKind::AddrInUse => Err(taken(address, advice)),
        // Whatever else is wrong is said by the server itself when it listens.
        _ => Ok(()),
    }
}

/// Another program has the address.
pub(super) fn taken(address: SocketAddr, advice: &str) -> Failed {
    let next = SocketAddr::new(address.ip(), address.port().checked_add(1).unwrap_or(8081));
    Failed::new(format!("Another program listens on {address} already, perhaps another partnergraph."))
        .advise(format!("{advice}, for example {next}."))
}

/// Why a server that was put together does not listen. `setting` is what says where.
pub(super) fn refused(error: ServeError, setting: &str) -> Failed {
    match error {
        ServeError::Listen(ListenError::Taken(address)) => {
            taken(address, &format!("Stop it, or choose another address with {setting}"))
        }
        error => Failed::new(format!("{error}.")),
    }
}

/// Serves until `stop` is ready, then ends in order.
///
/// # Errors
/// What a worker failed with.
pub(super) async fn run(app: App, listening: Listening, stop: impl Future<Output = ()>) -> Result<(), Failed> {
    let served = listening.run_until(stop).await;
    // SQLite folds its log into the file when the last connection closes.
    if let Err(cause) = app.world.db.clone().close().await {
        tracing::warn!(%cause, "the database did not close");
    }
    served.map_err(|cause| Failed::new(format!("The server failed: {cause}.")))
}
