//! Search over stored words: which words an object has, and which objects have the words of a query.
//!
//! The words are made by `text` and compared bytewise, so both databases find the same. This room knows search tokens
//! and no domain; a domain names its subjects and says what their texts are. Only of listings the texts are said here,
//! since several rooms write them: their own, imports, and the one of organizations when a vendor has another name.

mod listing;
mod store;

pub use listing::listing_words;
pub use store::{index_all_in, index_in, matches};
