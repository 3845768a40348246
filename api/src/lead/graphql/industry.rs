//! What a company does: the schema has one such enum.

pub use crate::cosell::graphql::enums::Industry;
