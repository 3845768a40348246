//! The words by which imported objects are found: of a new one all of them, laid out before anybody can find it; of one
//! that is there the difference to the ones that are stored.

use super::{Plan, difference};
use crate::import::{fault::ImportFault, store::Act};
use entity::{search_token, value::SearchSubject};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// By subject.
pub(super) type WordsOf = BTreeMap<Uuid, BTreeSet<String>>;

impl Plan<'_> {
    /// Stages that each subject is found by its words, and by no others: the new ones and those that are stored.
    pub(super) async fn index(&mut self, kind: SearchSubject, [new, known]: [WordsOf; 2]) -> Result<(), ImportFault> {
        let row = |subject_id| move |token| search_token::Model { subject_kind: kind, token, subject_id };
        let ahead = new.into_iter().flat_map(|(subject, words)| words.into_iter().map(row(subject))).collect();
        let mut stored = WordsOf::new();
        let subjects: Vec<_> = known.keys().map(|subject| (*subject).into()).collect();
        for token in self.stage.tokens(kind, &subjects).await? {
            stored.entry(token.subject_id).or_default().insert(token.token);
        }
        let (mut gone, mut fresh) = (Vec::new(), Vec::new());
        for (subject, words) in known {
            let (stale, new) = difference(stored.get(&subject).unwrap_or(&BTreeSet::new()), &words);
            gone.extend(stale.into_iter().map(row(subject)));
            fresh.extend(new.into_iter().map(row(subject)));
        }
        self.stage.put::<search_token::Entity>(Act::Ahead, ahead).await?;
        self.stage.put::<search_token::Entity>(Act::Delete, gone).await?;
        self.stage.put::<search_token::Entity>(Act::Create, fresh).await?;
        Ok(())
    }
}
