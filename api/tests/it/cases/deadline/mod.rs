//! What happens because time passes.

mod engine;
mod membership;
mod partnership;

use crate::support::{TestApp, organization_id};
use entity::{alert, audit_entry as audit};
use partnergraph::op::Actor;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

/// What the engine does when it comes by, as often as another replica would; says how many things it did.
async fn come_by(app: &TestApp) -> usize {
    app.app.deadlines.run_once(&app.app.op(Actor::System, "test", Vec::new())).await.unwrap()
}

/// The entries of an organization's trail with this action, in order.
async fn trail(app: &TestApp, slug: &str, action: &str) -> Vec<audit::Model> {
    let entries = audit::Entity::find()
        .filter(audit::Column::OrganizationId.eq(organization_id(slug)))
        .filter(audit::Column::Action.eq(action))
        .order_by_asc(audit::Column::Id);
    entries.all(app.app.world.db.read()).await.unwrap()
}

/// The alerts of an organization's feed with this change, in order.
async fn alerts(app: &TestApp, slug: &str, change: alert::AlertChange) -> Vec<alert::Model> {
    let alerts = alert::Entity::find()
        .filter(alert::Column::OrganizationId.eq(organization_id(slug)))
        .filter(alert::Column::Change.eq(change))
        .order_by_asc(alert::Column::Seq);
    alerts.all(app.app.world.db.read()).await.unwrap()
}
