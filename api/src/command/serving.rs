//! What `serve` and `demo` have in common: a port, a server on it, and how it ends.

use super::{data, failure::Failed};
use crate::{
    app::{App, ServeError},
    http::server::{ListenError, Listening},
};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
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
    let beside = app.start();
    let served = listening.run_until(stop).await;
    beside.stop().await;
    data::close(&app.world.db).await;
    served.map_err(|cause| Failed::new(format!("The server failed: {cause}.")))
}

/// Where this machine reaches a server: one that listens on all interfaces is asked on the loopback one.
pub(super) fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_interfaces_are_asked_on_the_loopback_one() {
        let asked = |text: &str| text.parse().map(reachable).map(|address| address.to_string());
        assert_eq!(asked("0.0.0.0:80").as_deref(), Ok("127.0.0.1:80"));
        assert_eq!(asked("[::]:80").as_deref(), Ok("[::1]:80"));
        assert_eq!(asked("10.0.0.1:80").as_deref(), Ok("10.0.0.1:80"));
    }
}
