//! Who took part in an activity: a side, a person of a side, or a contact at the customer.

use crate::id::{ActivityId, ContactId, OrganizationId, PersonId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activity_participants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub activity_id: ActivityId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The side, or
    pub organization_id: Option<OrganizationId>,
    /// which of its people, or
    pub person_id: Option<PersonId>,
    /// the contact at the customer.
    pub contact_id: Option<ContactId>,
}

impl ActiveModelBehavior for ActiveModel {}
