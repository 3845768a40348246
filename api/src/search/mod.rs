//! Search over stored words: which words an object has, and which objects have the words of a query.
//!
//! The words are made by `text` and compared bytewise, so both databases find the same. This room knows search tokens
//! and no domain; a domain names its subjects and says what their texts are.

mod store;

pub use store::{index_in, matches};
