//! Files that come in and go out beside GraphQL: what the transport and the rooms that make and take files say to each
//! other. Knows neither of them: no HTTP, no domain.

use crate::op::{Actor, Fault};
use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use serde_json::Value;
use std::sync::Arc;

mod incoming;
mod paged;
pub mod parameters;

pub use incoming::{Incoming, IncomingSender, channel};
pub use paged::Pages;

/// Who sends or asks, and how.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Who it is.
    pub actor: Actor,
    /// Names the request in logs and in answers to faults.
    pub request_id: String,
    /// What the path names behind the resource, where it names something.
    pub subject: Option<String>,
    /// The parameters of the query string, in order, decoded.
    pub parameters: Vec<(String, String)>,
}

/// Why a file was not taken or not given.
#[derive(Clone, Debug)]
pub enum Refused {
    /// The request or the server is at fault.
    Fault(Fault),
    /// What the path names is unknown or invisible.
    NotFound,
    /// The actor may not. The text is for the client.
    NotAllowed(String),
    /// Somebody else does the same at this moment. The text is for the client.
    Busy(String),
    /// The file as a whole cannot be worked with. The text is for the client.
    Unusable(String),
    /// The file has more in it than is taken at once. The text is for the client.
    TooMuch(String),
    /// Nothing of the file was taken, and the report says why. The text is for the client.
    Report(String, Value),
    /// The server is at fault after a part of the file was taken; the report says which.
    Stopped(Fault, Value),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Takes files of one kind: CSV, whole.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Judges who sends and how, before a byte of the file is read.
    ///
    /// # Errors
    /// [`Refused`].
    async fn admit(&self, asker: &Asker) -> Result<(), Refused>;

    /// Takes the file; gives the report.
    ///
    /// # Errors
    /// [`Refused`].
    async fn take(&self, asker: Asker, file: Bytes) -> Result<Value, Refused>;
}

/// Takes files of one kind as they come: CSV, of any length, so that memory does not grow with it.
#[async_trait]
pub trait StreamIntake: Send + Sync {
    /// Judges who sends and how, before a byte of the file is read.
    ///
    /// # Errors
    /// [`Refused`].
    async fn admit(&self, asker: &Asker) -> Result<(), Refused>;

    /// Takes the file; gives the report. It goes on where the sender is gone, so that what has begun is ended in order.
    ///
    /// # Errors
    /// [`Refused`].
    async fn take(&self, asker: Asker, file: Incoming) -> Result<Value, Refused>;
}

/// Gives files of one kind: CSV, as a stream.
#[async_trait]
pub trait Outlet: Send + Sync {
    /// Begins the file. An error in the stream means that the file is not whole.
    ///
    /// # Errors
    /// [`Refused`].
    async fn open(&self, asker: Asker) -> Result<Download, Refused>;
}

/// A file that goes out.
pub struct Download {
    /// What to save it as: letters, digits, `.`, `_` and `-` only.
    pub name: String,
    /// Its bytes, made as they are read.
    pub bytes: BoxStream<'static, Result<Bytes, Fault>>,
}

/// The files that a server takes and gives, each by its path.
#[derive(Clone, Default)]
pub struct Transfers {
    /// What can be sent.
    pub intakes: Vec<(&'static str, Arc<dyn Intake>)>,
    /// What can be sent as a stream. The path may have one name in braces, which is [`Asker::subject`].
    pub streams: Vec<(&'static str, Arc<dyn StreamIntake>)>,
    /// What can be fetched.
    pub outlets: Vec<(&'static str, Arc<dyn Outlet>)>,
}
