//! Organizations: who they are, what their public page says, by which other names, domains and keys they are known.

use super::{
    Plan, difference,
    picture::{LOCALE, Picture, keys, labels, picture, words},
    resolve::KEY,
    slugs::SlugOf,
    words::WordsOf,
};
use crate::{
    event::DataScope,
    import::{
        fault::ImportFault, incoming::Incoming, kind::Kind, mapping::Mapping, problem::Code,
        record::OrganizationRecord, report::Outcome, store::Act,
    },
    text,
};
use entity::{
    id::OrganizationId,
    import_key, import_label, import_row, organization, organization_alias, profile, profile_text,
    value::{AliasKind, OrganizationStatus, SearchSubject},
};
use sea_orm::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Characters of a profile's description at most.
const DESCRIPTION_MAX: usize = 2_000;

/// What is stored of a batch.
#[derive(Default)]
struct Stored {
    rows: BTreeMap<String, organization::Model>,
    profiles: BTreeMap<OrganizationId, profile::Model>,
    texts: BTreeMap<OrganizationId, Vec<profile_text::Model>>,
    aliases: BTreeMap<OrganizationId, Vec<organization_alias::Model>>,
    keys: BTreeMap<String, OrganizationId>,
}

/// What is staged for a batch.
#[derive(Default)]
struct Staged {
    noted: Vec<import_row::Model>,
    labels: Vec<import_label::Model>,
    /// Of new organizations, and of those that are there; so with words and entries.
    keys: [Vec<import_key::Model>; 2],
    created: Vec<organization::Model>,
    updated: Vec<organization::Model>,
    /// Of new organizations; those that come to one that is there; those that change or go. So with texts and aliases.
    profiles: [Vec<profile::Model>; 3],
    texts: [Vec<profile_text::Model>; 3],
    aliases: [Vec<organization_alias::Model>; 3],
    words: [WordsOf; 2],
    entries: [Vec<entity::audit_entry::Model>; 2],
    stale: Vec<DataScope>,
}

type Row = Incoming<OrganizationRecord>;

impl Plan<'_> {
    /// Plans a batch of organizations.
    pub(in crate::import) async fn organizations(
        &mut self,
        mapping: &Mapping,
        rows: Vec<Row>,
    ) -> Result<(), ImportFault> {
        let rows = self.unrepeated(rows, mapping, |row| mapping.key(&row.external_id), "external_id").await?;
        let stored = self.stored_organizations(mapping, &rows).await?;
        let rows = self.with_free_slugs(mapping, rows, &stored).await?;
        let mut staged = Staged::default();
        let mut claimed = BTreeSet::new();
        for (row, slug) in rows {
            self.organization(mapping, &row, slug, &stored, &mut staged, &mut claimed)?;
        }
        self.stage_organizations(staged).await
    }

    async fn stored_organizations(&self, mapping: &Mapping, rows: &[Row]) -> Result<Stored, ImportFault> {
        let external: Vec<Value> = rows.iter().map(|row| mapping.key(&row.record.external_id).into()).collect();
        let mut stored = Stored::default();
        for found in self.stage.stored::<organization::Entity>(organization::Column::ExternalId, &external).await? {
            stored.rows.extend(found.external_id.clone().map(|key| (key, found)));
        }
        let keys: Vec<Value> = rows.iter().flat_map(|row| keys(&row.record)).map(Into::into).collect();
        for column in [
            self.stage.stored::<import_key::Entity>(import_key::Column::Value, &keys).await?,
            self.stage.staged::<import_key::Entity>(import_key::Column::Value, &keys).await?,
        ] {
            let own = column.into_iter().filter(|key| key.source == mapping.source && key.kind == KEY);
            stored.keys.extend(own.map(|key| (key.value, key.organization_id)));
        }
        self.adopt(mapping, rows, &mut stored).await?;
        let ids: Vec<Value> = stored.rows.values().map(|row| row.id.into()).collect();
        for found in self.stage.stored::<profile::Entity>(profile::Column::OrganizationId, &ids).await? {
            stored.profiles.insert(found.organization_id, found);
        }
        for found in self.stage.stored::<profile_text::Entity>(profile_text::Column::OrganizationId, &ids).await? {
            stored.texts.entry(found.organization_id).or_default().push(found);
        }
        let column = organization_alias::Column::OrganizationId;
        for found in self.stage.stored::<organization_alias::Entity>(column, &ids).await? {
            stored.aliases.entry(found.organization_id).or_default().push(found);
        }
        Ok(stored)
    }

    /// Finds organizations that an earlier run made because events or a mapping only named them: now that a row
    /// describes one, it is that row's.
    async fn adopt(&self, mapping: &Mapping, rows: &[Row], stored: &mut Stored) -> Result<(), ImportFault> {
        let mut wanted: BTreeMap<OrganizationId, String> = BTreeMap::new();
        for row in rows {
            let external = mapping.key(&row.record.external_id);
            if !stored.rows.contains_key(&external) {
                let named = keys(&row.record).into_iter().find_map(|key| stored.keys.get(&key));
                wanted.extend(named.map(|id| (*id, external)));
            }
        }
        let ids: Vec<Value> = wanted.keys().map(|id| (*id).into()).collect();
        for found in self.stage.stored::<organization::Entity>(organization::Column::Id, &ids).await? {
            if found.external_id.is_none()
                && let Some(external) = wanted.remove(&found.id)
            {
                stored.rows.insert(external, found);
            }
        }
        Ok(())
    }

    /// Gives each new organization its slug; a row whose own one is taken is rejected.
    async fn with_free_slugs(
        &mut self,
        mapping: &Mapping,
        rows: Vec<Row>,
        stored: &Stored,
    ) -> Result<Vec<(Row, Option<String>)>, ImportFault> {
        let new = |row: &Row| !stored.rows.contains_key(&mapping.key(&row.record.external_id));
        let own: Vec<String> = rows.iter().filter(|row| new(row)).filter_map(|row| row.record.slug.clone()).collect();
        let mut taken = self.taken_slugs(SlugOf::Organization, &own).await?;
        let mut kept: Vec<(Row, Option<String>)> = Vec::with_capacity(rows.len());
        for row in rows {
            let Some(slug) = row.record.slug.clone().filter(|_| new(&row)) else {
                kept.push((row, None));
                continue;
            };
            if taken.insert(slug.clone()) {
                kept.push((row, Some(slug)));
            } else {
                let at = (mapping.column("slug"), slug.as_str());
                self.findings.refuse(row.place, Code::DuplicateSlug, at, "another organization has this slug")?;
            }
        }
        let made: Vec<String> = kept
            .iter()
            .filter(|(row, slug)| slug.is_none() && new(row))
            .map(|(row, _)| text::slug(&row.record.name))
            .collect();
        let mut free = self.free_slugs(SlugOf::Organization, &made, taken).await?.into_iter();
        for (row, slug) in &mut kept {
            if slug.is_none() && new(row) {
                *slug = free.next();
            }
        }
        Ok(kept)
    }

    fn organization(
        &mut self,
        mapping: &Mapping,
        row: &Row,
        slug: Option<String>,
        stored: &Stored,
        staged: &mut Staged,
        claimed: &mut BTreeSet<String>,
    ) -> Result<(), ImportFault> {
        let external = mapping.key(&row.record.external_id);
        let before = stored.rows.get(&external);
        let id = before.map_or_else(|| self.op.new_id(), |before| before.id);
        staged.noted.push(self.taken(row.place, external.clone(), id));
        let keys = self.claimed_keys(mapping, row, id, stored, claimed)?;
        of(before.is_some(), &mut staged.keys).extend(keys);
        for domain in labels(&row.record) {
            let label = self.label(row.place, domain.clone(), &domain);
            staged.labels.push(label);
        }
        let texts = stored.texts.get(&id).map_or(&[][..], Vec::as_slice);
        let was = before.map(|before| picture(before, stored.profiles.get(&id), texts, stored.aliases.get(&id)));
        // A row that takes over an organization which was only named decides whether it has a page.
        let adopted = before.is_some_and(|before| before.external_id.is_none());
        let is = self.patched(mapping, row, was.clone().unwrap_or_default(), before.is_none() || adopted)?;
        if was.as_ref() == Some(&is) && !adopted {
            self.findings.count(Kind::Organizations, Outcome::Unchanged);
            return Ok(());
        }
        self.write(before, id, external, slug, &is, staged);
        write_profile(id, before.is_some(), self.op.now(), &is, stored, staged);
        write_aliases(id, was.as_ref(), &is, staged);
        of(before.is_some(), &mut staged.words).insert(id.into(), words(&is, texts));
        // An organization that is new has no page that anybody could lose.
        let shown = was.as_ref().is_some_and(|was| was.listed != is.listed);
        let after = serde_json::to_value(&is).map_err(crate::op::Fault::internal)?;
        let was = was.map(|was| serde_json::to_value(was).map_err(crate::op::Fault::internal)).transpose()?;
        let entry = self.entry("organization.imported", id, id, was, after);
        of(before.is_some(), &mut staged.entries).push(entry);
        staged.stale.push(DataScope::Catalog);
        staged.stale.extend(shown.then_some(DataScope::Pages));
        // Nobody can have read anything of an organization that did not exist.
        staged.stale.extend(before.map(|before| DataScope::Organization(before.id)));
        let outcome = if before.is_some() { Outcome::Updated } else { Outcome::Created };
        self.findings.count(Kind::Organizations, outcome);
        Ok(())
    }

    /// By which keys that were not known events will name the organization.
    fn claimed_keys(
        &mut self,
        mapping: &Mapping,
        row: &Row,
        id: OrganizationId,
        stored: &Stored,
        claimed: &mut BTreeSet<String>,
    ) -> Result<Vec<import_key::Model>, ImportFault> {
        let mut keys = Vec::new();
        for key in &row.record.match_keys {
            match stored.keys.get(key) {
                Some(owner) if *owner == id => {}
                Some(_) => self.shared_key(mapping, row, key)?,
                None if !claimed.insert(key.clone()) => self.shared_key(mapping, row, key)?,
                None => keys.push(import_key::Model {
                    source: mapping.source.clone(),
                    kind: KEY.to_owned(),
                    value: key.clone(),
                    organization_id: id,
                }),
            }
        }
        Ok(keys)
    }

    fn shared_key(&mut self, mapping: &Mapping, row: &Row, key: &str) -> Result<(), ImportFault> {
        let at = (mapping.column("match_keys"), key);
        self.findings.warn(row.place, Code::SharedMatchKey, at, "the key names another organization already; left out")
    }

    fn patched(&mut self, mapping: &Mapping, row: &Row, was: Picture, new: bool) -> Result<Picture, ImportFault> {
        let record = &row.record;
        let mut is = was;
        let says = |field| row.says(mapping, field);
        if says("name") {
            is.name.clone_from(&record.name);
        }
        if says("public") || new {
            is.listed = record.public;
        }
        if says("country") {
            is.country_code.clone_from(&record.country);
        }
        if says("website") {
            is.website_url.clone_from(&record.website);
        }
        if says("description") {
            let full = record.description.as_deref();
            let cut = full.map(|full| text::cut_chars(full, DESCRIPTION_MAX).trim_end());
            if let Some(full) = full.filter(|full| text::char_count(full) > DESCRIPTION_MAX) {
                let at = (mapping.column("description"), full);
                let reason = format!("a description has at most {DESCRIPTION_MAX} characters; the rest was cut off");
                self.findings.warn(row.place, Code::TooLong, at, reason)?;
            }
            is.description = cut.map(str::to_owned);
        }
        // Of a list with a faulty item a new organization gets the good ones; one that exists keeps its list.
        if says("other_names") || new {
            is.other_names = record.other_names.iter().cloned().collect();
        }
        if says("domains") || new {
            is.domains = record.domains.iter().cloned().collect();
        }
        Ok(is)
    }

    fn write(
        &self,
        before: Option<&organization::Model>,
        id: OrganizationId,
        external: String,
        slug: Option<String>,
        is: &Picture,
        staged: &mut Staged,
    ) {
        let now = self.op.now();
        let described = organization::Model {
            id,
            slug: before.map_or_else(|| slug.unwrap_or_default(), |before| before.slug.clone()),
            name: is.name.clone(),
            sort_name: text::sort_key(&is.name),
            country_code: is.country_code.clone(),
            status: before.map_or(OrganizationStatus::Active, |before| before.status),
            status_reason: before.and_then(|before| before.status_reason.clone()),
            operator: before.is_some_and(|before| before.operator),
            listed: is.listed,
            profile_moderated: before.is_some_and(|before| before.profile_moderated),
            external_id: Some(external),
            created_at: before.map_or(now, |before| before.created_at),
            updated_at: now,
            revision: before.map_or(1, |before| before.revision + 1),
            import_run_id: before.map_or(Some(self.stage.run()), |before| before.import_run_id),
        };
        if before.is_some() { staged.updated.push(described) } else { staged.created.push(described) }
    }

    async fn stage_organizations(&mut self, staged: Staged) -> Result<(), ImportFault> {
        let Staged { noted, labels, created, updated, words, stale, .. } = staged;
        self.stage.note::<import_row::Entity>(noted).await?;
        self.stage.note::<import_label::Entity>(labels).await?;
        self.stage.put::<organization::Entity>(Act::Ahead, created).await?;
        self.stage.put::<organization::Entity>(Act::Update, updated).await?;
        let [ahead, fresh] = staged.keys;
        self.stage.put::<import_key::Entity>(Act::Ahead, ahead).await?;
        self.stage.put::<import_key::Entity>(Act::Create, fresh).await?;
        let [ahead, fresh, changed] = staged.profiles;
        self.stage.put::<profile::Entity>(Act::Ahead, ahead).await?;
        self.stage.put::<profile::Entity>(Act::Create, fresh).await?;
        self.stage.put::<profile::Entity>(Act::Update, changed).await?;
        let [ahead, fresh, changed] = staged.texts;
        self.stage.put::<profile_text::Entity>(Act::Ahead, ahead).await?;
        self.stage.put::<profile_text::Entity>(Act::Create, fresh).await?;
        self.stage.put::<profile_text::Entity>(Act::Update, changed).await?;
        let [ahead, fresh, gone] = staged.aliases;
        self.stage.put::<organization_alias::Entity>(Act::Ahead, ahead).await?;
        self.stage.put::<organization_alias::Entity>(Act::Create, fresh).await?;
        self.stage.put::<organization_alias::Entity>(Act::Delete, gone).await?;
        self.index(SearchSubject::Organization, words).await?;
        let [ahead, fresh] = staged.entries;
        self.leave_ahead(ahead).await?;
        self.leave_behind(fresh, stale).await
    }
}

/// The part for what is there already, or the one for what is new.
pub(super) fn of<T>(there: bool, [new, known]: &mut [T; 2]) -> &mut T {
    if there { known } else { new }
}

fn write_profile(
    id: OrganizationId,
    there: bool,
    now: chrono::DateTime<chrono::Utc>,
    is: &Picture,
    stored: &Stored,
    staged: &mut Staged,
) {
    let [ahead, fresh, changed] = &mut staged.profiles;
    let fresh = if there { fresh } else { ahead };
    match stored.profiles.get(&id) {
        Some(profile) if profile.website_url == is.website_url => {}
        Some(profile) => {
            changed.push(profile::Model { website_url: is.website_url.clone(), updated_at: now, ..profile.clone() })
        }
        None => fresh.push(profile::Model {
            organization_id: id,
            source_locale: LOCALE.to_owned(),
            website_url: is.website_url.clone(),
            logo_url: None,
            updated_at: now,
        }),
    }
    let [ahead, fresh, changed] = &mut staged.texts;
    let fresh = if there { fresh } else { ahead };
    match stored.texts.get(&id).and_then(|texts| texts.iter().find(|text| text.locale == LOCALE)) {
        Some(text) if text.description == is.description => {}
        Some(text) => changed.push(profile_text::Model { description: is.description.clone(), ..text.clone() }),
        None if is.description.is_none() => {}
        None => fresh.push(profile_text::Model {
            organization_id: id,
            locale: LOCALE.to_owned(),
            headline: None,
            description: is.description.clone(),
        }),
    }
}

fn write_aliases(id: OrganizationId, was: Option<&Picture>, is: &Picture, staged: &mut Staged) {
    let nothing = BTreeSet::new();
    let pairs = [
        (AliasKind::Name, was.map_or(&nothing, |was| &was.other_names), &is.other_names),
        (AliasKind::Domain, was.map_or(&nothing, |was| &was.domains), &is.domains),
    ];
    for (kind, stored, wanted) in pairs {
        let row = |value| organization_alias::Model { organization_id: id, kind, value };
        let (gone, fresh) = difference(stored, wanted);
        let into = usize::from(was.is_some());
        staged.aliases[into].extend(fresh.into_iter().map(row));
        staged.aliases[2].extend(gone.into_iter().map(row));
    }
}
