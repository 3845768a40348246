//! The end of a socket that the server closes: the close frame, and a moment for the client to answer it.

use std::time::Duration;

use tokio::time::timeout;

use super::{
    close::Close,
    frame::{Reader, Received},
    wire::{Moved, Wire},
};

/// How long a client may take to answer a close frame.
const CLOSE_WAIT: Duration = Duration::from_secs(2);

/// Sends the last frame, and waits a little for the client's.
pub(super) async fn say(wire: &mut Wire, mut reader: Reader, close: &Close) {
    if reader.is_within_message() {
        // Whatever it was going to be, nobody waits for it.
        reader.give_up();
    }
    wire.close(close);
    let _ = timeout(CLOSE_WAIT, wait_for_close(wire, &mut reader)).await;
}

/// Reads on until the client has answered with a close frame: a socket that is closed with unread bytes is reset, and the
/// client might never see the code.
async fn wait_for_close(wire: &mut Wire, reader: &mut Reader) {
    loop {
        match reader.next() {
            Ok(Some(Received::Close(_))) => return,
            Ok(Some(_)) => continue,
            Ok(None) => {}
            // From here on, bytes are only taken away.
            Err(_) => reader.give_up(),
        }
        if wire.moved(Some(reader)).await == Moved::Lost {
            return;
        }
    }
}
