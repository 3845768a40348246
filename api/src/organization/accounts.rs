//! Who may sign in: the members and keys that authentication looks up with every request.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of authentication, which acts for nobody yet")]

use crate::op::{self, Fault, KeyRecord, MemberRecord, Scope, World};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    api_key,
    id::{ApiKeyId, OrganizationId, PersonId},
    member, organization,
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use std::sync::Arc;

/// How exact "last used" is: a busy key must not write with every request.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Members and keys in the database.
pub struct Accounts {
    world: Arc<World>,
}

impl Accounts {
    /// Over the database of `world`.
    #[must_use]
    pub fn new(world: Arc<World>) -> Self {
        Self { world }
    }
}

#[async_trait]
impl op::Accounts for Accounts {
    async fn find_member(&self, person: PersonId, organization: OrganizationId) -> Result<Option<MemberRecord>, Fault> {
        let row = member::Entity::find()
            .filter(member::Column::PersonId.eq(person))
            .filter(member::Column::OrganizationId.eq(organization))
            .one(self.world.db.read())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let found = organization::Entity::find_by_id(organization).one(self.world.db.read()).await?;
        Ok(found.map(|found| MemberRecord { role: row.role, status: found.status, operator: found.operator }))
    }

    async fn find_key(&self, prefix: &str) -> Result<Option<KeyRecord>, Fault> {
        let row = api_key::Entity::find().filter(api_key::Column::Prefix.eq(prefix)).one(self.world.db.read()).await?;
        let Some(row) = row else { return Ok(None) };
        let found = organization::Entity::find_by_id(row.organization_id).one(self.world.db.read()).await?;
        Ok(found.map(|found| KeyRecord {
            id: row.id,
            organization: found.id,
            secret_hash: row.secret_hash,
            scopes: row.scopes.split(' ').filter_map(Scope::from_word).collect(),
            status: found.status,
            operator: found.operator,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        }))
    }

    async fn touch_key(&self, key: ApiKeyId, now: DateTime<Utc>) -> Result<(), Fault> {
        api_key::Entity::update_many()
            .col_expr(api_key::Column::LastUsedAt, Expr::val(now))
            .filter(api_key::Column::Id.eq(key))
            .filter(
                Expr::col(api_key::Column::LastUsedAt).is_null().or(api_key::Column::LastUsedAt.lt(now - TOUCH_EVERY)),
            )
            .exec(self.world.db.read())
            .await?;
        Ok(())
    }
}
