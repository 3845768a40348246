//! How much one request may ask for, with the reason for each number. It only holds the numbers: [`super::lexer`],
//! [`super::shape`] and [`super::cost`] do the counting.

use serde::Deserialize;

/// What one request may ask for. Each limit is judged before the work that it bounds is done, and an excess is
/// answered with code `LIMIT_EXCEEDED`, the name of the field here and its value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a document (UTF-8). Documents written by people stay under 10,000; generated ones under 50,000.
    pub document_bytes: usize,
    /// Lexical tokens of a document, counted before it is parsed.
    pub tokens: usize,
    /// Brackets of any kind open at once, counted before parsing: the parser recurses on them.
    pub nesting: usize,
    /// Selection sets inside one another, with fragments unfolded. The executor refuses more than 32.
    pub levels: usize,
    /// Fields inside one another, with fragments unfolded. A connection costs three (field, `edges`, `node`).
    pub depth: usize,
    /// Selections of all operations after unfolding every fragment. Validation walks all of them.
    pub selections: u64,
    /// Aliases, with fragments unfolded.
    pub aliases: u64,
    /// Fields of an operation's root, with fragments unfolded.
    pub root_fields: u64,
    /// Directives, with fragments unfolded.
    pub directives: u64,
    /// Fragment definitions of a document.
    pub fragments: usize,
    /// Fields inside one another under `__schema` and `__type`. The full query of the usual clients needs 15.
    pub introspection_depth: usize,
    /// Lists that lead from type to type (`fields`, `interfaces`, `possibleTypes`, `inputFields`) inside one another
    /// under `__schema` and `__type`: a circle needs many, the full query of the usual clients one.
    pub introspection_lists: usize,
    /// Values in the variables, each counted once for every place that uses it: each use copies it. Strings count
    /// one more for each 64 bytes.
    pub variable_values: u64,
    /// What the operation may cost: one for each field, times the page sizes around it.
    pub cost: u64,
    /// Rows assumed for a page whose size is not given. The schema's default.
    pub page_size: u64,
    /// The largest page that a resolver grants; larger ones are refused by it, so they cost no more than this.
    pub page_size_cap: u64,
    /// Rows assumed for a list that is not paged.
    pub list_size: u64,
    /// Errors in an answer; the rest is counted in one last error.
    pub errors: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 100_000,
            tokens: 10_000,
            nesting: 64,
            levels: 32,
            depth: 20,
            selections: 5_000,
            aliases: 50,
            root_fields: 20,
            directives: 50,
            fragments: 100,
            introspection_depth: 20,
            introspection_lists: 2,
            variable_values: 500_000,
            cost: 100_000,
            page_size: 20,
            page_size_cap: 100,
            list_size: 10,
            errors: 20,
        }
    }
}
