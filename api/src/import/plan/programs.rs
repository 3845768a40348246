//! Programs, their tiers and their hosts: made as the mapping declares them where they are missing, and otherwise left
//! as they are, since people may have changed them.

use super::{Plan, slugs::SlugOf};
use crate::{
    event::DataScope,
    import::{
        fault::ImportFault,
        mapping::{Mapping, ProgramSpec},
        record,
        store::Act,
    },
    program::model::{GRACE_DAYS, name_key},
    text,
};
use entity::{
    id::{OrganizationId, ProgramId, TierId},
    import_key, organization, program,
    program::ProgramStatus,
    tier,
    value::{OrganizationStatus, PartnerType, PartnerTypes, SearchSubject},
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// A program as far as an import needs to know it.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) id: ProgramId,
    pub(super) host: OrganizationId,
    pub(super) tiers: BTreeMap<String, TierId>,
}

impl Known {
    /// The tier of this name.
    pub(super) fn tier(&self, name: &str) -> Option<TierId> {
        self.tiers.get(&name_key(name)).copied()
    }
}

/// The programs that were asked for, by slug. Only programs that exist are kept, so rows cannot make it grow.
#[derive(Default)]
pub(super) struct Programs(BTreeMap<String, Known>);

impl Programs {
    /// The program with this id, if it was asked for.
    pub(super) fn by_id(&self, id: ProgramId) -> Option<&Known> {
        self.0.values().find(|known| known.id == id)
    }
}

impl Plan<'_> {
    /// Makes what the mapping declares and is missing.
    pub(in crate::import) async fn declare_programs(&mut self, mapping: &Mapping) -> Result<(), ImportFault> {
        for spec in &mapping.programs {
            let host = self.host(mapping, spec).await?;
            let found = match self.stage.program(&spec.slug).await? {
                Some(found) if found.organization_id != host => {
                    return Err(ImportFault::Setting(format!(
                        "the program {} is run by another organization than {}, as the mapping has it",
                        spec.slug, spec.organization
                    )));
                }
                Some(found) => found,
                None => self.new_program(spec, host).await?,
            };
            self.new_tiers(spec, &found).await?;
            self.programs.0.remove(&spec.slug);
        }
        Ok(())
    }

    /// The program with this slug.
    pub(super) async fn program(&mut self, slug: &str) -> Result<Option<Known>, ImportFault> {
        if let Some(known) = self.programs.0.get(slug) {
            return Ok(Some(known.clone()));
        }
        let Some(found) = self.stage.program(slug).await? else { return Ok(None) };
        let of = [found.id.into()];
        let staged = self.stage.staged::<tier::Entity>(tier::Column::ProgramId, &of).await?;
        let stored = self.stage.stored::<tier::Entity>(tier::Column::ProgramId, &of).await?;
        let tiers = stored.into_iter().chain(staged).map(|tier| (tier.name_key, tier.id)).collect();
        let known = Known { id: found.id, host: found.organization_id, tiers };
        self.programs.0.insert(slug.to_owned(), known.clone());
        Ok(Some(known))
    }

    async fn host(&mut self, mapping: &Mapping, spec: &ProgramSpec) -> Result<OrganizationId, ImportFault> {
        let wanted = [spec.organization.as_str().into()];
        let id_of = |row: &organization::Model| row.id.into();
        let found = self
            .stage
            .coming::<organization::Entity>(organization::Column::Id, id_of, organization::Column::Slug, &wanted)
            .await?;
        if let Some(host) = found.first() {
            return Ok(host.id);
        }
        let name = spec.organization_name.clone().unwrap_or_else(|| spec.organization.clone());
        // A program's host has a public page, or nobody could tell whose program it is.
        let made = self.named_organizations(vec![(spec.organization.clone(), name)], true).await?;
        let host = made.first().copied().unwrap_or(self.house);
        let key = import_key::Model {
            source: mapping.source.clone(),
            kind: super::resolve::KEY.to_owned(),
            value: spec.organization.clone(),
            organization_id: host,
        };
        self.stage.put::<import_key::Entity>(Act::Create, vec![key]).await?;
        Ok(host)
    }

    /// Stages organizations that no row describes: each is only named, by a wanted slug and a name.
    pub(super) async fn named_organizations(
        &mut self,
        wanted: Vec<(String, String)>,
        listed: bool,
    ) -> Result<Vec<OrganizationId>, ImportFault> {
        let (slugs, names): (Vec<String>, Vec<String>) = wanted.into_iter().unzip();
        let slugs = self.free_slugs(SlugOf::Organization, &slugs, BTreeSet::new()).await?;
        let now = self.op.now();
        let (mut rows, mut entries, mut words, mut ids) = (Vec::new(), Vec::new(), BTreeMap::new(), Vec::new());
        for (slug, name) in slugs.into_iter().zip(names) {
            let id: OrganizationId = self.op.new_id();
            ids.push(id);
            words.insert(id.into(), text::tokens(&name));
            let after = json!({ "name": name, "listed": listed });
            entries.push(self.entry("organization.imported", id, id, None, after));
            rows.push(organization::Model {
                id,
                slug,
                sort_name: text::sort_key(&name),
                country_code: None,
                status: OrganizationStatus::Active,
                status_reason: None,
                operator: false,
                listed,
                profile_moderated: false,
                external_id: None,
                created_at: now,
                updated_at: now,
                revision: 1,
                import_run_id: Some(self.stage.run()),
                name,
            });
        }
        self.findings.report.besides.organizations += rows.len() as u64;
        self.stage.put::<organization::Entity>(Act::Ahead, rows).await?;
        self.index(SearchSubject::Organization, [words, BTreeMap::new()]).await?;
        self.leave_ahead(entries).await?;
        self.leave_behind(Vec::new(), vec![DataScope::Catalog]).await?;
        Ok(ids)
    }

    async fn new_program(&mut self, spec: &ProgramSpec, host: OrganizationId) -> Result<program::Model, ImportFault> {
        let now = self.op.now();
        let row = program::Model {
            id: self.op.new_id(),
            organization_id: host,
            slug: spec.slug.clone(),
            name: spec.name.clone(),
            sort_name: text::sort_key(&spec.name),
            description: None,
            status: ProgramStatus::Published,
            types: spec.types.iter().copied().map(stored_type).collect::<PartnerTypes>(),
            moderates_profiles: false,
            grace_days: GRACE_DAYS,
            reapply_days: 0,
            starts_on: None,
            ends_on: None,
            created_at: now,
            updated_at: now,
            revision: 1,
        };
        let after = json!({ "slug": row.slug, "name": row.name, "status": row.status });
        let entry = self.entry("program.imported", host, row.id, None, after);
        self.stage.put::<program::Entity>(Act::Create, vec![row.clone()]).await?;
        self.leave_behind(vec![entry], vec![DataScope::Catalog, DataScope::Program(row.id)]).await?;
        self.findings.report.besides.programs += 1;
        Ok(row)
    }

    async fn new_tiers(&mut self, spec: &ProgramSpec, program: &program::Model) -> Result<(), ImportFault> {
        let now = self.op.now();
        let of = [program.id.into()];
        let staged = self.stage.staged::<tier::Entity>(tier::Column::ProgramId, &of).await?;
        let stored = self.stage.stored::<tier::Entity>(tier::Column::ProgramId, &of).await?;
        let known: Vec<String> = staged.into_iter().chain(stored).map(|tier| tier.name_key).collect();
        let mut rows: Vec<tier::Model> = Vec::new();
        for wanted in &spec.tiers {
            let key = name_key(&wanted.name);
            if known.contains(&key) || rows.iter().any(|row| row.name_key == key) {
                continue;
            }
            rows.push(tier::Model {
                id: self.op.new_id(),
                program_id: program.id,
                name: wanted.name.clone(),
                name_key: key,
                rank: i32::try_from(wanted.rank).unwrap_or(i32::MAX),
                description: None,
                badge_url: None,
                created_at: now,
                updated_at: now,
                revision: 1,
            });
        }
        if rows.is_empty() {
            return Ok(());
        }
        let entry = |row: &tier::Model| {
            let after = json!({ "name": row.name, "rank": row.rank });
            self.entry("tier.imported", program.organization_id, row.id, None, after)
        };
        let entries = rows.iter().map(entry).collect();
        self.findings.report.besides.tiers += rows.len() as u64;
        self.stage.put::<tier::Entity>(Act::Create, rows).await?;
        self.leave_behind(entries, vec![DataScope::Program(program.id)]).await
    }
}

/// The kind of partner as the database has it.
pub(super) fn stored_type(kind: record::PartnerType) -> PartnerType {
    match kind {
        record::PartnerType::Technology => PartnerType::Technology,
        record::PartnerType::Channel => PartnerType::Channel,
        record::PartnerType::Strategic => PartnerType::Strategic,
    }
}
