//! What can be done in the marketplace, by who does it.

pub mod category;
pub mod change;
pub mod judge;
pub mod listing;
pub mod review;

use async_graphql::InputObject;

/// Why something is decided against somebody.
#[derive(InputObject)]
pub struct ListingReasonInput {
    /// The reason, which the other side reads; 1 to 1,000 characters.
    pub reason: String,
}
