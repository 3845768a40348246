//! What the stores of other rooms may take from this one: which listings an actor may see, as a condition for their joins.
//! Nothing else of this room's SQL is anybody's business.

pub use super::store::visible_condition;
