//! Batched reads of introductions, and of whom they are for.

use crate::{
    introduction::{
        model::{Introduction, is_open, open_key},
        store::{self, Sides},
    },
    op::Fault,
    overlap::model::About,
    schema::loader::{Batch, Found},
};
use async_graphql::dataloader::Loader;
use entity::id::{IntroductionId, OrganizationId, PersonId};
use std::sync::Arc;

#[async_trait::async_trait]
impl Loader<IntroductionId> for Batch {
    type Value = Introduction;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[IntroductionId]) -> Found<IntroductionId, Introduction> {
        let rows = store::list_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// The requests about two accounts, of either side, that are open.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OpenAbout(pub About);

#[async_trait::async_trait]
impl Loader<OpenAbout> for Batch {
    type Value = Vec<Introduction>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[OpenAbout]) -> Found<OpenAbout, Vec<Introduction>> {
        let about: Vec<_> = keys.iter().map(|key| key.0).collect();
        let mut rows = store::list_open_about(&self.op, &about).await?;
        rows.retain(|row| is_open(row, self.op.now()));
        let of = |key: &OpenAbout| {
            let both = [open_key(key.0.own, key.0.partner), open_key(key.0.partner, key.0.own)];
            let is_about = |row: &&Introduction| row.open_key.as_ref().is_some_and(|key| both.contains(key));
            (*key, rows.iter().filter(is_about).cloned().collect())
        };
        Ok(keys.iter().map(of).collect())
    }
}

/// The people of the one that is asked who look after its partnerships with the one that asks; whether the viewer may know
/// is asked before.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AddresseesOf {
    /// Who asks.
    pub asker: OrganizationId,
    /// Who is asked.
    pub receiver: OrganizationId,
}

#[async_trait::async_trait]
impl Loader<AddresseesOf> for Batch {
    type Value = Vec<PersonId>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[AddresseesOf]) -> Found<AddresseesOf, Vec<PersonId>> {
        let sides: Vec<Sides> = keys.iter().map(|key| (key.asker, key.receiver)).collect();
        let found = store::list_addressees(self.op.db().read(), &sides).await?;
        Ok(found.into_iter().map(|((asker, receiver), people)| (AddresseesOf { asker, receiver }, people)).collect())
    }
}
