//! Whose events these are: from the keys and names that a history uses to organizations.
//!
//! A key is looked up as a match key, then as an external id of the source, then as a slug. A name without a key is
//! matched by its sort key, and only with organizations that the source itself has spoken of: a name proves little, and
//! a stranger's tenant must not get somebody else's history.

use super::Plan;
use crate::{
    import::{
        fault::ImportFault,
        findings::Place,
        kind::Kind,
        problem::Code,
        store::{Act, Distinct},
    },
    text,
};
use entity::{id::OrganizationId, import_event, import_key, organization, organization_alias, value::AliasKind};
use sea_orm::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Keys proper come first in every order, so that what they make is there when names are matched.
pub(super) const KEY: &str = "KEY";
/// A name, for events without a key.
pub(super) const NAME: &str = "NAME";

impl Plan<'_> {
    /// The organization of each key of a group; those that nothing is known of are made, without a public page.
    pub(super) async fn organizations_of(
        &mut self,
        group: &Distinct,
        events: &BTreeMap<String, Vec<import_event::Model>>,
    ) -> Result<BTreeMap<String, OrganizationId>, ImportFault> {
        let wanted: Vec<Value> = events.keys().map(|key| key.as_str().into()).collect();
        let mut found = BTreeMap::new();
        for key in self
            .stage
            .stored::<import_key::Entity>(import_key::Column::Value, &wanted)
            .await?
            .into_iter()
            .chain(self.stage.staged::<import_key::Entity>(import_key::Column::Value, &wanted).await?)
        {
            if key.source == group.source && key.kind == group.kind {
                found.insert(key.value, key.organization_id);
            }
        }
        let missing: Vec<&String> = events.keys().filter(|key| !found.contains_key(*key)).collect();
        let more = if group.kind == KEY {
            self.by_id_or_slug(&group.source, &missing).await?
        } else {
            self.by_name(group, &missing, events).await?
        };
        found.extend(more);
        let missing: Vec<String> = events.keys().filter(|key| !found.contains_key(*key)).cloned().collect();
        let named = missing.iter().map(|key| {
            // By the name that it had last.
            let last = events.get(key).and_then(|events| events.last());
            let name = last.map_or_else(|| key.clone(), |event| event.name.clone());
            let slug = if group.kind == KEY && text::is_slug(key) { key.clone() } else { text::slug(&name) };
            (slug, name)
        });
        let made = self.named_organizations(named.collect(), false).await?;
        let key = |(value, organization_id)| import_key::Model {
            source: group.source.clone(),
            kind: group.kind.clone(),
            value,
            organization_id,
        };
        let rows: Vec<_> = missing.into_iter().zip(made).map(key).collect();
        found.extend(rows.iter().map(|row| (row.value.clone(), row.organization_id)));
        self.stage.put::<import_key::Entity>(Act::Create, rows).await?;
        Ok(found)
    }

    async fn by_id_or_slug(
        &self,
        source: &str,
        keys: &[&String],
    ) -> Result<BTreeMap<String, OrganizationId>, ImportFault> {
        let mut found = BTreeMap::new();
        let slugs: Vec<Value> = keys.iter().map(|key| key.as_str().into()).collect();
        for row in self.coming_organizations(organization::Column::Slug, &slugs).await? {
            found.insert(row.slug.clone(), row.id);
        }
        let external: Vec<Value> = keys.iter().map(|key| format!("{source}:{key}").into()).collect();
        for row in self.coming_organizations(organization::Column::ExternalId, &external).await? {
            let key = row.external_id.as_deref().and_then(|id| id.split_once(':')).map(|(_, key)| key.to_owned());
            found.extend(key.map(|key| (key, row.id)));
        }
        Ok(found)
    }

    async fn by_name(
        &mut self,
        group: &Distinct,
        names: &[&String],
        events: &BTreeMap<String, Vec<import_event::Model>>,
    ) -> Result<BTreeMap<String, OrganizationId>, ImportFault> {
        let mut candidates: BTreeMap<String, BTreeSet<OrganizationId>> = BTreeMap::new();
        let keys: Vec<Value> = names.iter().map(|name| name.as_str().into()).collect();
        let mut rows = self.coming_organizations(organization::Column::SortName, &keys).await?;
        for row in &rows {
            candidates.entry(row.sort_name.clone()).or_default().insert(row.id);
        }
        let written: BTreeSet<&str> =
            names.iter().filter_map(|name| events.get(*name)).flatten().map(|event| event.name.as_str()).collect();
        let written: Vec<Value> = written.into_iter().map(Into::into).collect();
        let column = organization_alias::Column::Value;
        let stored = self.stage.stored::<organization_alias::Entity>(column, &written).await?;
        let staged = self.stage.staged::<organization_alias::Entity>(column, &written).await?;
        let aliases: Vec<_> = stored.into_iter().chain(staged).filter(|it| it.kind == AliasKind::Name).collect();
        let ids: Vec<Value> = aliases.iter().map(|alias| alias.organization_id.into()).collect();
        rows.extend(self.coming_organizations(organization::Column::Id, &ids).await?);
        for alias in aliases {
            candidates.entry(text::sort_key(&alias.value)).or_default().insert(alias.organization_id);
        }
        let own = self.of_source(&group.source, &rows).await?;
        let mut found = BTreeMap::new();
        for (name, ids) in candidates {
            let ids: Vec<OrganizationId> = ids.intersection(&own).copied().collect();
            match ids.as_slice() {
                [] => {}
                [one] => {
                    found.insert(name, *one);
                }
                _ => {
                    if let Some(event) = events.get(&name).and_then(|events| events.first()) {
                        let place = Place::noted(Kind::MembershipEvents, event.file, event.line);
                        let at = (Kind::MembershipEvents.name_column(), event.name.as_str());
                        let reason = "several organizations have this name, so it names none of them";
                        self.findings.warn(place, Code::AmbiguousName, at, reason)?;
                    }
                }
            }
        }
        Ok(found)
    }

    /// Those of these organizations that the source has spoken of.
    async fn of_source(
        &self,
        source: &str,
        rows: &[organization::Model],
    ) -> Result<BTreeSet<OrganizationId>, ImportFault> {
        let prefix = format!("{source}:");
        let described = |row: &&organization::Model| row.external_id.as_ref().is_some_and(|id| id.starts_with(&prefix));
        let mut own: BTreeSet<OrganizationId> = rows.iter().filter(described).map(|row| row.id).collect();
        let ids: Vec<Value> = rows.iter().map(|row| row.id.into()).collect();
        let column = import_key::Column::OrganizationId;
        let stored = self.stage.stored::<import_key::Entity>(column, &ids).await?;
        let staged = self.stage.staged::<import_key::Entity>(column, &ids).await?;
        let named = stored.into_iter().chain(staged).filter(|key| key.source == source);
        own.extend(named.map(|key| key.organization_id));
        Ok(own)
    }

    async fn coming_organizations(
        &self,
        column: organization::Column,
        values: &[Value],
    ) -> Result<Vec<organization::Model>, ImportFault> {
        let id_of = |row: &organization::Model| row.id.into();
        Ok(self.stage.coming::<organization::Entity>(organization::Column::Id, id_of, column, values).await?)
    }
}
