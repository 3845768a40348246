//! What an import compares with: what is stored, what it has staged itself, and both as if they were one.

use super::{PARAMETERS, Stage, twin};
use crate::op::Fault;
use entity::{
    id::{OrganizationId, ProgramId},
    import_event, import_label, membership, membership_fact,
    membership_fact::FactKind,
    organization, program, search_token,
    value::SearchSubject,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IdenStatic, Iterable, QueryFilter, QueryOrder,
    QuerySelect, Value,
    sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement},
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The events of one source about one program, with a key or with a name only.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub(in crate::import) struct Distinct {
    pub(in crate::import) source: String,
    pub(in crate::import) kind: String,
    pub(in crate::import) program_id: ProgramId,
}

#[derive(FromQueryResult)]
struct Keyed {
    value: String,
    rows: i64,
}

#[derive(FromQueryResult)]
struct Labeled {
    label: String,
}

impl Stage {
    fn staged_select<E: EntityTrait>(&self) -> SelectStatement {
        Query::select()
            .columns(E::Column::iter().map(|column| Alias::new(column.as_str())))
            .from(twin::<E>())
            .and_where(Expr::col(Alias::new("run_id")).eq(self.run()))
            .to_owned()
    }

    async fn all<M: FromQueryResult>(&self, select: &SelectStatement) -> Result<Vec<M>, Fault> {
        let rows = self.db.read().query_all(select).await?;
        Ok(rows.iter().map(|row| M::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }

    /// Stored rows with one of these values in `column`.
    pub(in crate::import) async fn stored<E: EntityTrait>(
        &self,
        column: E::Column,
        values: &[Value],
    ) -> Result<Vec<E::Model>, Fault> {
        let mut found = Vec::new();
        for values in values.chunks(PARAMETERS) {
            found.extend(E::find().filter(column.is_in(values.to_vec())).all(self.db.read()).await?);
        }
        Ok(found)
    }

    /// Staged rows with one of these values in `column`, those that go left out.
    pub(in crate::import) async fn staged<E: EntityTrait>(
        &self,
        column: E::Column,
        values: &[Value],
    ) -> Result<Vec<E::Model>, Fault> {
        let mut found = Vec::new();
        for values in values.chunks(PARAMETERS) {
            let mut select = self.staged_select::<E>();
            select
                .and_where(Expr::col(Alias::new(column.as_str())).is_in(values.to_vec()))
                .and_where(Expr::col(Alias::new("act")).ne("DELETE"));
            found.extend(self.all(&select).await?);
        }
        Ok(found)
    }

    /// Rows as they will be: staged ones, and stored ones that are not staged under the same id.
    pub(in crate::import) async fn coming<E: EntityTrait>(
        &self,
        id: E::Column,
        id_of: fn(&E::Model) -> Uuid,
        column: E::Column,
        values: &[Value],
    ) -> Result<Vec<E::Model>, Fault> {
        let mut found = self.staged::<E>(column, values).await?;
        let stored = self.stored::<E>(column, values).await?;
        let ids: Vec<Value> = stored.iter().map(|row| id_of(row).into()).collect();
        let replaced: BTreeSet<Uuid> = self.staged::<E>(id, &ids).await?.iter().map(id_of).collect();
        found.extend(stored.into_iter().filter(|row| !replaced.contains(&id_of(row))));
        Ok(found)
    }

    /// Staged rows of `E` after the place `after` and not after `until`, in the order of staging, with their places.
    pub(in crate::import) async fn staged_page<E: EntityTrait>(
        &self,
        after: i64,
        until: i64,
        limit: u64,
    ) -> Result<Vec<(i64, bool, E::Model)>, Fault> {
        let mut select = self.staged_select::<E>();
        select
            .column(Alias::new("seq"))
            .column(Alias::new("act"))
            .and_where(Expr::col(Alias::new("seq")).gt(after))
            .and_where(Expr::col(Alias::new("seq")).lte(until))
            .order_by(Alias::new("seq"), Order::Asc)
            .limit(limit);
        let rows = self.db.read().query_all(&select).await?;
        let mut page = Vec::with_capacity(rows.len());
        for row in &rows {
            let created = row.try_get::<String>("", "act")? == "CREATE";
            page.push((row.try_get("", "seq")?, created, E::Model::from_query_result(row, "")?));
        }
        Ok(page)
    }

    /// The words by which these subjects are found now.
    pub(in crate::import) async fn tokens(
        &self,
        kind: SearchSubject,
        subjects: &[Value],
    ) -> Result<Vec<search_token::Model>, Fault> {
        let mut found = Vec::new();
        for subjects in subjects.chunks(PARAMETERS - 1) {
            let rows = search_token::Entity::find()
                .filter(search_token::Column::SubjectId.is_in(subjects.to_vec()))
                .filter(search_token::Column::SubjectKind.eq(kind));
            found.extend(rows.all(self.db.read()).await?);
        }
        Ok(found)
    }

    /// The program with this slug, staged or stored.
    pub(in crate::import) async fn program(&self, slug: &str) -> Result<Option<program::Model>, Fault> {
        let wanted = [Value::from(slug)];
        let staged = self.staged::<program::Entity>(program::Column::Slug, &wanted).await?.pop();
        match staged {
            Some(found) => Ok(Some(found)),
            None => Ok(self.stored::<program::Entity>(program::Column::Slug, &wanted).await?.pop()),
        }
    }

    /// The organization that runs the installation, if one does.
    pub(in crate::import) async fn operator(&self) -> Result<Option<OrganizationId>, Fault> {
        let found = organization::Entity::find()
            .filter(organization::Column::Operator.eq(true))
            .order_by_asc(organization::Column::Id)
            .one(self.db.read())
            .await?;
        Ok(found.map(|operator| operator.id))
    }

    /// The last day on which the source said who is a member of the program: by what is stored.
    pub(in crate::import) async fn snapshot_day(
        &self,
        source: &str,
        program: ProgramId,
    ) -> Result<Option<chrono::NaiveDate>, Fault> {
        let select = Query::select()
            .expr_as(
                Expr::col((membership_fact::Entity, membership_fact::Column::EffectiveOn)).max(),
                Alias::new("day"),
            )
            .from(membership_fact::Entity)
            .inner_join(
                membership::Entity,
                Expr::col((membership::Entity, membership::Column::Id))
                    .equals((membership_fact::Entity, membership_fact::Column::MembershipId)),
            )
            .and_where(Expr::col((membership::Entity, membership::Column::ProgramId)).eq(program))
            .and_where(Expr::col((membership::Entity, membership::Column::ExternalKey)).like(format!("{source}:%")))
            .and_where(Expr::col((membership_fact::Entity, membership_fact::Column::Kind)).eq(FactKind::Snapshot))
            .to_owned();
        let row = self.db.read().query_one(&select).await?;
        Ok(row.map(|row| row.try_get("", "day")).transpose()?.flatten())
    }

    /// Stored memberships of the program that came from the source, by id.
    pub(in crate::import) async fn memberships_page(
        &self,
        source: &str,
        program: ProgramId,
        after: Option<entity::id::MembershipId>,
        limit: u64,
    ) -> Result<Vec<membership::Model>, Fault> {
        let mut query = membership::Entity::find()
            .filter(membership::Column::ProgramId.eq(program))
            .filter(membership::Column::ExternalKey.gt(format!("{source}:")))
            .filter(membership::Column::ExternalKey.lt(format!("{source};")));
        if let Some(after) = after {
            query = query.filter(membership::Column::Id.gt(after));
        }
        Ok(query.order_by_asc(membership::Column::Id).limit(limit).all(self.db.read()).await?)
    }

    /// The groups of events that the run has read, those with keys first.
    pub(in crate::import) async fn event_groups(&self) -> Result<Vec<Distinct>, Fault> {
        Ok(import_event::Entity::find()
            .select_only()
            .columns([import_event::Column::Source, import_event::Column::Kind, import_event::Column::ProgramId])
            .filter(import_event::Column::RunId.eq(self.run()))
            .distinct()
            .order_by_asc(import_event::Column::Kind)
            .order_by_asc(import_event::Column::Source)
            .order_by_asc(import_event::Column::ProgramId)
            .into_model::<Distinct>()
            .all(self.db.read())
            .await?)
    }

    /// The next keys of a group with the number of their events, at most `limit`.
    pub(in crate::import) async fn event_keys(
        &self,
        group: &Distinct,
        after: &str,
        limit: u64,
    ) -> Result<Vec<(String, i64)>, Fault> {
        let found = self
            .events_of(group)
            .select_only()
            .column(import_event::Column::Value)
            .column_as(import_event::Column::Seq.count(), "rows")
            .filter(import_event::Column::Value.gt(after))
            .group_by(import_event::Column::Value)
            .order_by_asc(import_event::Column::Value)
            .limit(limit)
            .into_model::<Keyed>()
            .all(self.db.read())
            .await?;
        Ok(found.into_iter().map(|keyed| (keyed.value, keyed.rows)).collect())
    }

    /// The events of these keys, by day and within a day as they were read.
    pub(in crate::import) async fn events(
        &self,
        group: &Distinct,
        keys: &[String],
    ) -> Result<Vec<import_event::Model>, Fault> {
        Ok(self
            .events_of(group)
            .filter(import_event::Column::Value.is_in(keys))
            .order_by_asc(import_event::Column::HappenedOn)
            .order_by_asc(import_event::Column::Seq)
            .all(self.db.read())
            .await?)
    }

    /// The first event of a key.
    pub(in crate::import) async fn first_event(
        &self,
        group: &Distinct,
        key: &str,
    ) -> Result<Option<import_event::Model>, Fault> {
        let rows = self.events_of(group).filter(import_event::Column::Value.eq(key));
        Ok(rows.order_by_asc(import_event::Column::Seq).one(self.db.read()).await?)
    }

    fn events_of(&self, group: &Distinct) -> sea_orm::Select<import_event::Entity> {
        import_event::Entity::find()
            .filter(import_event::Column::RunId.eq(self.run()))
            .filter(import_event::Column::Source.eq(&group.source))
            .filter(import_event::Column::Kind.eq(&group.kind))
            .filter(import_event::Column::ProgramId.eq(group.program_id))
    }

    /// The next labels of a kind that several rows have, at most `limit`, in their order after `after`.
    pub(in crate::import) async fn shared_labels(
        &self,
        kind: &str,
        after: &str,
        limit: u64,
    ) -> Result<Vec<String>, Fault> {
        let found = import_label::Entity::find()
            .select_only()
            .column(import_label::Column::Label)
            .filter(import_label::Column::RunId.eq(self.run()))
            .filter(import_label::Column::Kind.eq(kind))
            .filter(import_label::Column::Label.gt(after))
            .group_by(import_label::Column::Label)
            .having(import_label::Column::Seq.count().gt(1))
            .order_by_asc(import_label::Column::Label)
            .limit(limit)
            .into_model::<Labeled>()
            .all(self.db.read())
            .await?;
        Ok(found.into_iter().map(|labeled| labeled.label).collect())
    }

    /// The next rows with this label, at most `limit`, in the order of reading after the place `after`.
    pub(in crate::import) async fn labeled(
        &self,
        kind: &str,
        label: &str,
        after: i64,
        limit: u64,
    ) -> Result<Vec<import_label::Model>, Fault> {
        Ok(import_label::Entity::find()
            .filter(import_label::Column::RunId.eq(self.run()))
            .filter(import_label::Column::Kind.eq(kind))
            .filter(import_label::Column::Label.eq(label))
            .filter(import_label::Column::Seq.gt(after))
            .order_by_asc(import_label::Column::Seq)
            .limit(limit)
            .all(self.db.read())
            .await?)
    }
}
