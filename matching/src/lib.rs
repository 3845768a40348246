//! Account mapping's engine: which accounts of two lists are the same company, why, and how surely.
//!
//! Pure functions over texts; knows nothing of databases, GraphQL or HTTP. A server works out [`Keys`] once, when an account
//! is written, and keeps them.

mod account;
mod bits;
mod block;
mod country;
mod decide;
pub mod file;
mod hash;
mod index;
mod list;
mod matching;
mod name;
mod near;
mod pairs;
mod reasons;
mod repeats;
mod rows;
mod score;
mod shared;
mod site;
mod sorting;
mod statistics;
mod texts;
mod words;

pub use account::{Account, Keys, duns};
pub use decide::{Confidence, Match};
pub use index::Index;
pub use list::List;
pub use matching::{Rematch, affected, match_all, match_some};
pub use reasons::{Reason, Reasons};
pub use site::{is_mail_host, is_shared_site, mail_domain, registrable_domain};
pub use statistics::Statistics;
