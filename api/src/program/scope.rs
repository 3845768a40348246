//! What the stores of other rooms may take from this one: who holds which tier, and how
//! high a tier is. Nothing else of this room's SQL is anybody's business.

pub use super::store::{HeldTier, list_held_tiers, list_ranks};
