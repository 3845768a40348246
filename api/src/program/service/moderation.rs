//! A member's profile waits for a moderator where one of its programs says so. Worked out again in the transaction of
//! everything that decides it: a membership that begins or ends, a program that starts or stops to moderate.

use crate::db::Tx;
use crate::{
    op::{Fault, Op, Outcome},
    organization,
    program::store,
};
use entity::id::{OrganizationId, ProgramId};

/// Settles it for one organization.
///
/// # Errors
/// Database faults.
pub(super) async fn settle_in(tx: &Tx, op: &Op, organization: OrganizationId) -> Outcome<()> {
    let moderated = store::is_moderated_in(tx, organization, op.today()).await?;
    organization::service::set_moderated_in(tx, op, organization, moderated).await
}

/// Settles it for everybody in a program.
///
/// # Errors
/// Database faults.
pub(super) async fn settle_members_in(tx: &Tx, op: &Op, program: ProgramId) -> Outcome<()> {
    for organization in store::list_member_organizations_in(tx, program).await? {
        settle_in(tx, op, organization).await?;
    }
    Ok(())
}

/// Those of these organizations for which it is not settled, each with what it should be; at most some thousands. For an
/// import, which writes the memberships of many and settles it for all of them in a few statements.
///
/// # Errors
/// Database faults.
pub async fn unsettled_in(tx: &Tx, op: &Op, of: &[OrganizationId]) -> Result<Vec<(OrganizationId, bool)>, Fault> {
    store::list_unsettled_in(tx, of, op.today()).await
}
