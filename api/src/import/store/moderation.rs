//! Whose profiles are moderated after an import: whoever became or stopped being a member of a program that moderates.
//! It follows from all memberships together, so it is worked out in the one transaction, when they are there.

use super::{Act, Stage, twin};
use crate::{
    db::Tx,
    event::DataScope,
    import::{ACTOR, fault::ImportFault},
    op::Op,
    organization::event::OrganizationEvent,
    program,
};
use entity::{audit_entry, data_version, id::OrganizationId, membership, organization, program as programs};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Alias, Expr, ExprTrait, Order, Query},
};
use uuid::Uuid;

/// Organizations that are settled together: what memory holds.
const AT_ONCE: u64 = 1_000;

impl Stage {
    /// Settles it for every organization whose memberships the run has written. The organization's revision stays: it is
    /// no change of its own.
    pub(super) async fn moderate(&mut self, tx: &Tx, op: &Op) -> Result<(), ImportFault> {
        if !self.uses::<membership::Entity>(Act::Create) && !self.uses::<membership::Entity>(Act::Update) {
            return Ok(());
        }
        let mut after = OrganizationId(Uuid::nil());
        loop {
            let touched = self.members_after(tx, after).await?;
            let Some(last) = touched.last() else { return Ok(()) };
            after = *last;
            let wrong = program::service::unsettled_in(tx, op, &touched).await?;
            if wrong.is_empty() {
                continue;
            }
            for should in [true, false] {
                let ids = wrong.iter().filter(|(_, moderated)| *moderated == should).map(|(id, _)| *id);
                organization::Entity::update_many()
                    .col_expr(organization::Column::ProfileModerated, Expr::val(should))
                    .filter(organization::Column::Id.is_in(ids))
                    .exec(&**tx)
                    .await?;
            }
            let (mut entries, mut versions) = (Vec::new(), Vec::new());
            for (organization, moderated) in wrong {
                let fact = OrganizationEvent::ModerationChanged { organization, moderated }.fact();
                versions.extend(fact.stale.into_iter().map(DataScope::key));
                entries.push(audit_entry::Model {
                    id: op.new_id(),
                    occurred_at: op.now(),
                    actor_kind: ACTOR.to_owned(),
                    actor_id: None,
                    actor_organization_id: None,
                    organization_id: fact.organization,
                    subject: fact.subject,
                    action: fact.action.to_owned(),
                    before: fact.before,
                    after: fact.after,
                    private: false,
                    opportunity_id: None,
                });
            }
            let versions = versions.into_iter().map(|scope| data_version::Model { scope, version: 1 }).collect();
            self.put_in::<audit_entry::Entity>(tx, Act::Create, entries).await?;
            self.put_in::<data_version::Entity>(tx, Act::Create, versions).await?;
        }
    }

    /// The next organizations whose memberships in programs that moderate the run has written, by id.
    async fn members_after(&self, tx: &Tx, after: OrganizationId) -> Result<Vec<OrganizationId>, ImportFault> {
        let column = Alias::new("organization_id");
        let moderating = Query::select()
            .column(programs::Column::Id)
            .from(programs::Entity)
            .and_where(Expr::col(programs::Column::ModeratesProfiles).eq(true))
            .to_owned();
        let select = Query::select()
            .distinct()
            .column(column.clone())
            .from(twin::<membership::Entity>())
            .and_where(Expr::col(Alias::new("run_id")).eq(self.run()))
            .and_where(Expr::col(Alias::new("program_id")).in_subquery(moderating))
            .and_where(Expr::col(column.clone()).gt(after))
            .order_by(column, Order::Asc)
            .limit(AT_ONCE)
            .to_owned();
        let rows = tx.query_all(&select).await?;
        Ok(rows.iter().map(|row| row.try_get("", "organization_id")).collect::<Result<_, _>>()?)
    }
}
