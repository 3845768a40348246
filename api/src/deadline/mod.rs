//! What happens because time passes: invitations expire, ends that were announced come, old things are forgotten.
//!
//! There is no second truth: no timer and no queue is kept. Each domain finds what is due by an index of its own, does it
//! row by row, each in a transaction of its own with the row locked and looked at again, and says when the next thing is
//! due. So it runs on any number of replicas and exactly one acts, a restart loses nothing, and a clock that jumps is
//! caught up with. Reads never wait for it: what has expired reads as expired at once.
//!
//! This room knows the services of the domains, and no SQL, no GraphQL and no HTTP.

mod engine;
mod metrics;
mod tasks;

pub use engine::{Deadlines, Running};
pub use tasks::{Next, Run, Task};
