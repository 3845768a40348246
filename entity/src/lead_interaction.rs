//! Something that went on between the sender of a lead and the company.

use crate::id::LeadId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "lead_interactions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead_id: LeadId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// Where it came from, for example a campaign or an event; 1 to 255 characters.
    pub source: String,
    pub occurred_on: Date,
    /// At most 255 characters.
    pub use_case: Option<String>,
    /// What the customer did, at most 255 characters.
    pub customer_action: Option<String>,
    /// At most 2,000 characters.
    pub business_problem: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
