//! The use cases of programs, one function a mutation.

pub mod due;
pub mod import;
pub mod membership;
pub mod metric;
pub mod program;
pub mod request;
pub mod tier;
pub mod waiting;

mod moderation;
mod record;

pub use moderation::unsettled_in;
