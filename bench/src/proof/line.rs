//! A line between subscribers and a replica that can be cut or frozen.

use crate::Result;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What the line does with what comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Carries it.
    Open,
    /// Breaks every connection and takes no new one.
    Cut,
    /// Carries nothing and says nothing: a network that swallows.
    Frozen,
}

/// A line to one replica.
pub(super) struct Line {
    address: SocketAddr,
    state: Arc<watch::Sender<State>>,
}

impl Line {
    /// Lays a line to `to`.
    pub(super) async fn lay(to: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = Arc::new(watch::Sender::new(State::Open));
        let states = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, to, states.subscribe()));
            }
        });
        Ok(Self { address, state })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) async fn cut(&self, time: Duration) {
        self.state.send_replace(State::Cut);
        tokio::time::sleep(time).await;
        self.state.send_replace(State::Open);
    }

    pub(super) async fn freeze(&self, time: Duration) {
        self.state.send_replace(State::Frozen);
        tokio::time::sleep(time).await;
        // Who was frozen for long finds the connection broken in the end.
        self.state.send_replace(State::Cut);
        tokio::time::sleep(Duration::from_millis(100)).await;
        self.state.send_replace(State::Open);
    }
}

async fn carry(mut near: TcpStream, to: SocketAddr, mut state: watch::Receiver<State>) {
    if *state.borrow_and_update() == State::Cut {
        return;
    }
    let Ok(mut far) = TcpStream::connect(to).await else { return };
    loop {
        let now = *state.borrow_and_update();
        match now {
            State::Cut => {
                // As a broken network: what is on its way is gone.
                _ = near.set_zero_linger();
                _ = far.set_zero_linger();
                return;
            }
            State::Frozen => {
                if state.changed().await.is_err() {
                    return;
                }
            }
            State::Open => {
                tokio::select! {
                    _ = copy_bidirectional(&mut near, &mut far) => return,
                    changed = state.changed() => if changed.is_err() { return },
                }
            }
        }
    }
}
