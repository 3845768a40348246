//! A tier of a program.

use crate::id::{ProgramId, TierId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tiers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TierId,
    pub program_id: ProgramId,
    /// 1 to 100 characters.
    pub name: String,
    /// The name folded (case, accents), unique in the program.
    pub name_key: String,
    /// 1 is the lowest; tiers without an order between them share a rank.
    pub rank: i32,
    /// At most 2,000 characters.
    pub description: Option<String>,
    /// A picture to show, an http or https URL.
    pub badge_url: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Raised by one with every change, of its benefits and requirements too.
    pub revision: i32,
}

impl ActiveModelBehavior for ActiveModel {}
