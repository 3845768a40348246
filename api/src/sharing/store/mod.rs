//! The SQL of sharing: what two organizations show each other, and the rows that say so.

mod exposure;

pub use exposure::list_between;
