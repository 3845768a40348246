//! Who may sign in: the members and keys that authentication looks up with every request.

#![expect(clippy::disallowed_methods, reason = "holds the SQL of authentication, which acts for nobody yet")]

use crate::op::{self, Fault, KeyRecord, MemberRecord, Scope, World};
use async_trait::async_trait;
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use entity::{
    api_key,
    id::{ApiKeyId, OrganizationId, PersonId},
    member, organization,
    value::{OrganizationStatus, Role},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QuerySelect, sea_query::Expr};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

/// How exact "last used" is: a busy key must not write with every request.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Members and keys in the database.
pub struct Accounts {
    world: Arc<World>,
    touched: Mutex<Touched>,
}

/// The keys whose use this process has noted in the present minute. Without it each request of a key would wait for the
/// write lock of SQLite, only to find nothing to write.
#[derive(Default)]
struct Touched {
    minute: DateTime<Utc>,
    keys: HashSet<ApiKeyId>,
}

impl Accounts {
    /// Over the database of `world`.
    #[must_use]
    pub fn new(world: Arc<World>) -> Self {
        Self { world, touched: Mutex::default() }
    }

    /// Whether the use of `key` in `minute` is still to be noted. The lock is held for no longer than that.
    fn is_new(&self, key: ApiKeyId, minute: DateTime<Utc>) -> bool {
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        if touched.minute != minute {
            *touched = Touched { minute, keys: HashSet::new() };
        }
        touched.keys.insert(key)
    }

    fn forget(&self, key: ApiKeyId) {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).keys.remove(&key);
    }
}

#[async_trait]
impl op::Accounts for Accounts {
    async fn find_member(&self, person: PersonId, organization: OrganizationId) -> Result<Option<MemberRecord>, Fault> {
        let of = member::Entity::belongs_to(organization::Entity)
            .from(member::Column::OrganizationId)
            .to(organization::Column::Id);
        let row: Option<(Role, OrganizationStatus, bool)> = member::Entity::find()
            .join(JoinType::InnerJoin, of.into())
            .filter(member::Column::PersonId.eq(person))
            .filter(member::Column::OrganizationId.eq(organization))
            .select_only()
            .column(member::Column::Role)
            .column(organization::Column::Status)
            .column(organization::Column::Operator)
            .into_tuple()
            .one(self.world.db.read())
            .await?;
        Ok(row.map(|(role, status, operator)| MemberRecord { role, status, operator }))
    }

    async fn find_key(&self, prefix: &str) -> Result<Option<KeyRecord>, Fault> {
        let of = api_key::Entity::belongs_to(organization::Entity)
            .from(api_key::Column::OrganizationId)
            .to(organization::Column::Id);
        type Row = (
            ApiKeyId,
            OrganizationId,
            String,
            String,
            Option<DateTime<Utc>>,
            Option<DateTime<Utc>>,
            OrganizationStatus,
            bool,
        );
        let row: Option<Row> = api_key::Entity::find()
            .join(JoinType::InnerJoin, of.into())
            .filter(api_key::Column::Prefix.eq(prefix))
            .select_only()
            .column(api_key::Column::Id)
            .column(api_key::Column::OrganizationId)
            .column(api_key::Column::SecretHash)
            .column(api_key::Column::Scopes)
            .column(api_key::Column::ExpiresAt)
            .column(api_key::Column::RevokedAt)
            .column(organization::Column::Status)
            .column(organization::Column::Operator)
            .into_tuple()
            .one(self.world.db.read())
            .await?;
        let record =
            |(id, organization, secret_hash, scopes, expires_at, revoked_at, status, operator): Row| KeyRecord {
                id,
                organization,
                secret_hash,
                scopes: scopes.split(' ').filter_map(Scope::from_word).collect(),
                status,
                operator,
                expires_at,
                revoked_at,
            };
        Ok(row.map(record))
    }

    async fn touch_key(&self, key: ApiKeyId, now: DateTime<Utc>) -> Result<(), Fault> {
        let minute = now.duration_trunc(TOUCH_EVERY).map_err(Fault::internal)?;
        if !self.is_new(key, minute) {
            return Ok(());
        }
        let noted = api_key::Entity::update_many()
            .col_expr(api_key::Column::LastUsedAt, Expr::val(minute))
            .filter(api_key::Column::Id.eq(key))
            .filter(
                Condition::any().add(api_key::Column::LastUsedAt.is_null()).add(api_key::Column::LastUsedAt.lt(minute)),
            )
            .exec(self.world.db.read())
            .await;
        if let Err(error) = noted {
            // Not worth refusing a request for; the next one tries again.
            self.forget(key);
            tracing::warn!(error = %Fault::from(error).chain(), "the use of an API key could not be noted");
        }
        Ok(())
    }
}
