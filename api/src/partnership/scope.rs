//! What the stores of other rooms may take from this one: which partnerships an organization is a party of, for their
//! joins, and who is whose partner. Nothing else of this room's SQL is anybody's business.

pub use super::store::{Agreed, list_agreed, list_partners, partnerships_of};
