//! What can be done with opportunities. The key of a service needs the scope `OPPORTUNITIES_WRITE` for all of it.

pub mod contact;
pub mod content;
pub mod review;
pub mod sharing;

use super::types::Opportunity;
use crate::{
    cosell::model,
    op::Outcome,
    schema::error::{UserError, settle},
};
use async_graphql::Result;

fn opportunity(outcome: Outcome<model::Opportunity>) -> Result<(Option<Opportunity>, Vec<UserError>)> {
    let (opportunity, user_errors) = settle(outcome)?;
    Ok((opportunity.map(Opportunity), user_errors))
}
