//! A list of short texts in one column, for lists that are only shown.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

/// Texts in the order in which they are shown, held as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Words(pub Vec<String>);

impl From<Vec<String>> for Words {
    fn from(words: Vec<String>) -> Self {
        Self(words)
    }
}
