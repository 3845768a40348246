//! Text: what makes two spellings the same word, how names sort, what a slug is, and how a line that somebody typed is
//! cleaned.
//!
//! Everything here is a pure function of its arguments over `std`, `unicode-normalization` and `url`. The room knows no
//! I/O, no database and no GraphQL. Both databases compare what it makes byte by byte and so give the same answers;
//! a change of [`sort_key`] or [`tokens`] makes the stored keys stale and needs a migration that builds them anew.

mod clean;
mod fold;
mod script;
mod search;
mod slug;
mod sort;
mod web;

pub use clean::{char_count, clean_line, clean_text, cut_chars};
pub use search::{
    MAX_QUERY_TERMS, MAX_TOKEN_BYTES, MAX_TOKENS, Term, normalize, prefix_upper_bound, query_terms, tokens, tokens_of,
};
pub use slug::{SLUG_MAX, category_slug, is_slug, slug};
pub use sort::{SORT_KEY_MAX_BYTES, sort_key};
pub use web::{WEB_URL_MAX, WebFault, host_name, web_url};

/// The longest start of `text` that is not longer than `max` bytes and ends between two characters.
fn cut_bytes(text: &str, max: usize) -> &str {
    text.get(..text.floor_char_boundary(max)).unwrap_or(text)
}
