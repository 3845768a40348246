//! Batched reads of activities and who took part in them.

use crate::{
    activity::{
        event::Addressee,
        model::{Activity, Participant},
        store,
    },
    contact::{self, model::Contact},
    op::Fault,
    schema::loader::{Batch, Found, grouped},
};
use async_graphql::dataloader::Loader;
use entity::id::{ActivityId, ContactId};
use std::sync::Arc;

#[async_trait::async_trait]
impl Loader<ActivityId> for Batch {
    type Value = Activity;
    type Error = Arc<Fault>;

    async fn load(&self, ids: &[ActivityId]) -> Found<ActivityId, Activity> {
        let rows = store::list_by_ids(&self.op, ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

/// Who took part in an entry that the viewer sees.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ParticipantsOf(pub ActivityId);

#[async_trait::async_trait]
impl Loader<ParticipantsOf> for Batch {
    type Value = Vec<Participant>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[ParticipantsOf]) -> Found<ParticipantsOf, Vec<Participant>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_participants(&self.op, &ids).await?;
        Ok(grouped(rows.into_iter().map(|row| (ParticipantsOf(row.activity_id), row))))
    }
}

/// Whom an entry that the viewer sees is addressed to.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AddresseesOf(pub ActivityId);

#[async_trait::async_trait]
impl Loader<AddresseesOf> for Batch {
    type Value = Vec<Addressee>;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[AddresseesOf]) -> Found<AddresseesOf, Vec<Addressee>> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = store::list_by_ids(&self.op, &ids).await?;
        let found = store::list_addressees(self.op.db().read(), &rows).await?;
        Ok(grouped(found.into_iter().map(|(id, addressee)| (AddresseesOf(id), addressee))))
    }
}

/// A contact that took part in an entry that the viewer sees; which part of it the viewer may read is asked before.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AttendingContact(pub ContactId);

#[async_trait::async_trait]
impl Loader<AttendingContact> for Batch {
    type Value = Contact;
    type Error = Arc<Fault>;

    async fn load(&self, keys: &[AttendingContact]) -> Found<AttendingContact, Contact> {
        let ids: Vec<_> = keys.iter().map(|key| key.0).collect();
        let rows = contact::service::list_by_ids(&self.op, &ids).await?;
        Ok(rows.into_iter().map(|row| (AttendingContact(row.id), row)).collect())
    }
}
