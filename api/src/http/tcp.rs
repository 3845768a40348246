//! What the system is told about each connection, so that a reader that does not read costs a bounded amount of memory
//! there too: without a bound its send buffer grows to megabytes.

use std::time::Duration;

use actix_web::rt::net::TcpStream;
use socket2::SockRef;

/// Bounds what the system holds for a connection, and how long it waits for a peer that confirms nothing. A system that
/// knows no such bounds does without: the server's own limits hold all the same. What is written in small pieces is sent at
/// once.
pub(super) fn bound(connection: &TcpStream, send_buffer: usize, peer_timeout: Duration) {
    let socket = SockRef::from(connection);
    if let Err(cause) = socket.set_tcp_nodelay(true) {
        tracing::debug!(%cause, "what is written in small pieces is collected");
    }
    if let Err(cause) = socket.set_send_buffer_size(send_buffer) {
        tracing::debug!(%cause, "the send buffer stays as it is");
    }
    #[cfg(any(target_os = "android", target_os = "linux"))]
    if let Err(cause) = socket.set_tcp_user_timeout(Some(peer_timeout)) {
        tracing::debug!(%cause, "the peer's timeout stays as it is");
    }
    #[cfg(not(any(target_os = "android", target_os = "linux")))]
    let _ = peer_timeout;
}

/// Lets the system hold so many bytes more for a connection that is to be closed, up to what it allows any, and wait for its
/// peer for as long again: what it holds then is still given to a peer that reads again in time.
pub(super) fn hold_more(connection: &TcpStream, bytes: usize) {
    let socket = SockRef::from(connection);
    // The size that is told is twice the one that was asked for, so this is more than enough.
    let more = socket.send_buffer_size().and_then(|held| socket.set_send_buffer_size(held.saturating_add(bytes)));
    if let Err(cause) = more {
        tracing::debug!(%cause, "the send buffer stays as it is");
    }
    #[cfg(any(target_os = "android", target_os = "linux"))]
    if let Ok(Some(timeout)) = socket.tcp_user_timeout()
        && let Err(cause) = socket.set_tcp_user_timeout(Some(timeout.saturating_mul(2)))
    {
        tracing::debug!(%cause, "the peer's timeout stays as it is");
    }
}
