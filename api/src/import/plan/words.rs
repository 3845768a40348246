//! The words by which imported objects are found, as a difference to the ones that are stored.

use super::{Plan, difference};
use crate::import::{fault::ImportFault, store::Act};
use entity::{search_token, value::SearchSubject};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

impl Plan<'_> {
    /// Stages that each subject is found by its words, and by no others.
    pub(super) async fn index(
        &mut self,
        kind: SearchSubject,
        wanted: BTreeMap<Uuid, BTreeSet<String>>,
        stored_too: bool,
    ) -> Result<(), ImportFault> {
        let mut stored: BTreeMap<Uuid, BTreeSet<String>> = BTreeMap::new();
        if stored_too {
            let subjects: Vec<_> = wanted.keys().map(|subject| (*subject).into()).collect();
            for token in self.stage.tokens(kind, &subjects).await? {
                stored.entry(token.subject_id).or_default().insert(token.token);
            }
        }
        let row = |subject_id| move |token| search_token::Model { subject_kind: kind, token, subject_id };
        let (mut gone, mut fresh) = (Vec::new(), Vec::new());
        for (subject, words) in wanted {
            let (stale, new) = difference(stored.get(&subject).unwrap_or(&BTreeSet::new()), &words);
            gone.extend(stale.into_iter().map(row(subject)));
            fresh.extend(new.into_iter().map(row(subject)));
        }
        self.stage.put::<search_token::Entity>(Act::Delete, gone).await?;
        self.stage.put::<search_token::Entity>(Act::Create, fresh).await?;
        Ok(())
    }
}
