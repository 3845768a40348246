//! Listings: in the marketplace at once, for everybody, since the operator vouches for what it imports.

use super::{
    Plan,
    categories::{Path, slug_of},
    difference,
    organizations::of,
    slugs::SlugOf,
    words::WordsOf,
};
use crate::{
    event::DataScope,
    import::{
        fault::ImportFault,
        incoming::Incoming,
        kind::Kind,
        mapping::Mapping,
        problem::Code,
        record::{self, ListingRecord},
        report::Outcome,
        store::Act,
    },
    search, text,
};
use chrono::{DateTime, Utc};
use entity::{
    id::{CategoryId, ListingId, OrganizationId},
    import_label, import_row, listing,
    listing::{ListingKind, ListingStatus, ListingVisibility},
    listing_category, organization,
    value::SearchSubject,
    words::Words,
};
use sea_orm::Value;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Characters of a summary at most. A longer one is cut, and the whole of it is the use case.
const SUMMARY_MAX: usize = 255;

/// What sorts an unrated listing last, whichever way.
const UNRATED: (i32, i32) = (10_000_000, 0);

type Row = Incoming<ListingRecord>;

/// What is stored of a batch, and what its rows name.
#[derive(Default)]
struct Known {
    rows: BTreeMap<String, listing::Model>,
    links: BTreeMap<ListingId, BTreeSet<CategoryId>>,
    categories: BTreeMap<String, CategoryId>,
    /// By external key: the vendor and its name.
    vendors: BTreeMap<String, (OrganizationId, String)>,
}

#[derive(Default)]
struct Staged {
    noted: Vec<import_row::Model>,
    labels: Vec<import_label::Model>,
    created: Vec<listing::Model>,
    updated: Vec<listing::Model>,
    links: [Vec<listing_category::Model>; 2],
    words: [WordsOf; 2],
    entries: Vec<entity::audit_entry::Model>,
    stale: Vec<DataScope>,
}

impl Plan<'_> {
    /// Plans a batch of listings.
    pub(in crate::import) async fn listings(&mut self, mapping: &Mapping, rows: Vec<Row>) -> Result<(), ImportFault> {
        let rows = self.unrepeated(rows, mapping, |row| mapping.key(&row.external_id), "external_id").await?;
        let known = self.known_listings(mapping, &rows).await?;
        let new = |row: &&Row| !known.rows.contains_key(&mapping.key(&row.record.external_id));
        let wanted: Vec<String> = rows.iter().filter(new).map(|row| wanted_slug(&row.record)).collect();
        let mut slugs = self.free_slugs(SlugOf::Listing, &wanted, BTreeSet::new()).await?.into_iter();
        let mut staged = Staged::default();
        for row in &rows {
            let slug = if new(&row) { slugs.next() } else { None };
            self.listing(mapping, row, slug, &known, &mut staged)?;
        }
        self.stage.note::<import_row::Entity>(staged.noted).await?;
        self.stage.note::<import_label::Entity>(staged.labels).await?;
        self.stage.put::<listing::Entity>(Act::Create, staged.created).await?;
        self.stage.put::<listing::Entity>(Act::Update, staged.updated).await?;
        let [fresh, gone] = staged.links;
        self.stage.put::<listing_category::Entity>(Act::Create, fresh).await?;
        self.stage.put::<listing_category::Entity>(Act::Delete, gone).await?;
        self.index(SearchSubject::Listing, staged.words).await?;
        self.leave_behind(staged.entries, staged.stale).await
    }

    async fn known_listings(&mut self, mapping: &Mapping, rows: &[Row]) -> Result<Known, ImportFault> {
        let mut known = Known {
            categories: self.categories(rows.iter().flat_map(|row| paths(&row.record))).await?,
            ..Known::default()
        };
        let keys: Vec<Value> = rows.iter().map(|row| mapping.key(&row.record.external_id).into()).collect();
        for row in self.stage.stored::<listing::Entity>(listing::Column::ExternalId, &keys).await? {
            known.rows.extend(row.external_id.clone().map(|key| (key, row)));
        }
        let ids: Vec<Value> = known.rows.values().map(|row| row.id.into()).collect();
        let column = listing_category::Column::ListingId;
        for link in self.stage.stored::<listing_category::Entity>(column, &ids).await? {
            known.links.entry(link.listing_id).or_default().insert(link.category_id);
        }
        let vendors: BTreeSet<String> =
            rows.iter().filter_map(|row| Some(mapping.key(row.record.vendor_external_id.as_deref()?))).collect();
        let vendors: Vec<Value> = vendors.into_iter().map(Into::into).collect();
        let id_of = |row: &organization::Model| row.id.into();
        let by_key = organization::Column::ExternalId;
        let column = organization::Column::Id;
        for row in self.stage.coming::<organization::Entity>(column, id_of, by_key, &vendors).await? {
            known.vendors.extend(row.external_id.map(|key| (key, (row.id, row.name))));
        }
        // A vendor that the row does not speak of still is one of the words by which its listing is found.
        let silent: BTreeSet<OrganizationId> = known.rows.values().filter_map(|row| row.vendor_id).collect();
        let silent: Vec<Value> = silent.into_iter().map(Into::into).collect();
        for row in self.stage.coming::<organization::Entity>(column, id_of, column, &silent).await? {
            known.vendors.insert(row.id.0.to_string(), (row.id, row.name));
        }
        Ok(known)
    }

    fn listing(
        &mut self,
        mapping: &Mapping,
        row: &Row,
        slug: Option<String>,
        known: &Known,
        staged: &mut Staged,
    ) -> Result<(), ImportFault> {
        let key = mapping.key(&row.record.external_id);
        let before = known.rows.get(&key);
        let mut is = before.cloned().unwrap_or_else(|| self.new_listing(key.clone(), slug.unwrap_or_default()));
        staged.noted.push(self.taken(row.place, key, is.id));
        let label = self.label(row.place, text::sort_key(&row.record.name), &row.record.name);
        staged.labels.push(label);
        self.vendor(mapping, row, known, &mut is)?;
        patch(mapping, row, &mut is, before.is_none());
        let wanted: BTreeSet<CategoryId> =
            paths(&row.record).iter().filter_map(|path| known.categories.get(&slug_of(path)).copied()).collect();
        let nothing = BTreeSet::new();
        let linked = known.links.get(&is.id).unwrap_or(&nothing);
        if before == Some(&is) && *linked == wanted {
            self.findings.count(Kind::Listings, Outcome::Unchanged);
            return Ok(());
        }
        let link = |category_id| listing_category::Model { listing_id: is.id, category_id };
        let (gone, fresh) = difference(linked, &wanted);
        staged.links[0].extend(fresh.into_iter().map(link));
        staged.links[1].extend(gone.into_iter().map(link));
        of(before.is_some(), &mut staged.words).insert(is.id.into(), words(&is, known));
        let owner = is.vendor_id.unwrap_or(self.house);
        staged.entries.push(self.entry("listing.imported", owner, is.id, before.map(shown), shown(&is)));
        staged.stale.push(DataScope::Catalog);
        staged.stale.extend(is.vendor_id.map(DataScope::Organization));
        match before {
            None => {
                self.findings.count(Kind::Listings, Outcome::Created);
                staged.created.push(is);
            }
            Some(_) => {
                self.findings.count(Kind::Listings, Outcome::Updated);
                let revision = is.revision + 1;
                staged.updated.push(listing::Model { revision, updated_at: self.op.now(), ..is });
            }
        }
        Ok(())
    }

    /// Whose listing it is: an organization, or only a name; a listing without either is told of.
    fn vendor(
        &mut self,
        mapping: &Mapping,
        row: &Row,
        known: &Known,
        is: &mut listing::Model,
    ) -> Result<(), ImportFault> {
        let (id, name) = (row.record.vendor_external_id.as_deref(), row.record.vendor_name.as_deref());
        let found = id.and_then(|id| known.vendors.get(&mapping.key(id)));
        if row.says(mapping, "vendor_external_id") {
            is.vendor_id = found.map(|(id, _)| *id);
        }
        if row.says(mapping, "vendor_name") {
            is.vendor_name = name.map(str::to_owned);
        }
        if is.vendor_id.is_some() {
            // The organization has a name of its own.
            is.vendor_name = None;
        }
        match (id, found) {
            (Some(id), None) => {
                let at = (mapping.column("vendor_external_id"), id);
                let reason = "no row and no stored organization has this external id; its vendor is only a name";
                self.findings.warn(row.place, Code::UnknownOrganization, at, reason)
            }
            (None, _) if is.vendor_id.is_none() && name.is_none() => {
                let at = (mapping.column("vendor_external_id"), row.record.name.as_str());
                self.findings.warn(row.place, Code::MissingVendor, at, "the listing names no vendor")
            }
            _ => Ok(()),
        }
    }

    fn new_listing(&self, key: String, slug: String) -> listing::Model {
        let now = self.op.now();
        listing::Model {
            id: self.op.new_id(),
            vendor_id: None,
            vendor_name: None,
            slug,
            name: String::new(),
            sort_name: String::new(),
            summary: None,
            description: None,
            kind: ListingKind::Product,
            status: ListingStatus::Published,
            status_reason: None,
            visibility: ListingVisibility::Public,
            website_url: None,
            repo_url: None,
            logo_url: None,
            pricing_models: 0,
            badges: 0,
            highlights: Words::default(),
            tags: Words::default(),
            personas: Words::default(),
            use_case: None,
            open_source: None,
            maturity: None,
            accepted_on: None,
            external_id: Some(key),
            published_at: Some(now),
            rating_sum: 0,
            rating_count: 0,
            rating_ascending: UNRATED.0,
            rating_descending: UNRATED.1,
            published_ascending: micros(now),
            published_descending: micros(now),
            created_at: now,
            updated_at: now,
            revision: 1,
        }
    }
}

fn micros(at: DateTime<Utc>) -> i64 {
    at.timestamp_micros()
}

/// The source's own id makes the better address where it can be one: names repeat.
fn wanted_slug(record: &ListingRecord) -> String {
    if text::is_slug(&record.external_id) { record.external_id.clone() } else { text::slug(&record.name) }
}

fn paths(record: &ListingRecord) -> Vec<Path> {
    let own = std::iter::once(record.category.clone()).chain(record.subcategory.clone()).collect();
    let further = record.also_in.iter().map(|(category, sub)| vec![category.clone(), sub.clone()]);
    std::iter::once(own).chain(further).collect()
}

fn patch(mapping: &Mapping, row: &Row, is: &mut listing::Model, new: bool) {
    let record = &row.record;
    let says = |field| row.says(mapping, field);
    is.name.clone_from(&record.name);
    is.sort_name = text::sort_key(&record.name);
    if says("kind") || new {
        is.kind = match record.kind {
            record::ListingKind::Product => ListingKind::Product,
            record::ListingKind::Integration => ListingKind::Integration,
            record::ListingKind::Service => ListingKind::Service,
        };
    }
    if says("website") {
        is.website_url.clone_from(&record.website);
    }
    if says("repo_url") {
        is.repo_url.clone_from(&record.repo_url);
    }
    if says("maturity") {
        is.maturity.clone_from(&record.maturity);
    }
    if says("open_source") {
        is.open_source = record.open_source;
    }
    if says("accepted_on") {
        is.accepted_on = record.accepted_on;
    }
    if says("description") {
        is.description.clone_from(&record.description);
    }
    if says("summary") {
        let long = record.summary.as_deref().filter(|text| text::char_count(text) > SUMMARY_MAX);
        is.use_case = long.map(str::to_owned);
        is.summary = long.map(short).or_else(|| record.summary.clone());
    }
    if says("personas") || new {
        is.personas = Words(record.personas.clone());
    }
    if says("tags") || new {
        is.tags = Words(record.tags.clone());
    }
}

/// The start of a text, up to a blank where there is one, with a mark that it goes on.
fn short(text: &str) -> String {
    let start = text::cut_chars(text, SUMMARY_MAX - 1);
    let start = start.rsplit_once(char::is_whitespace).map_or(start, |(words, _)| words);
    format!("{}\u{2026}", text::clean_line(start))
}

/// As the room of the marketplace finds them.
fn words(is: &listing::Model, known: &Known) -> BTreeSet<String> {
    let vendor = is.vendor_id.and_then(|id| known.vendors.values().find(|(vendor, _)| *vendor == id));
    search::listing_words(is, vendor.map(|(_, name)| name.as_str()))
}

fn shown(row: &listing::Model) -> serde_json::Value {
    json!({
        "name": row.name,
        "status": row.status,
        "vendorName": row.vendor_name,
        "summary": row.summary,
        "description": row.description,
        "websiteUrl": row.website_url,
        "repoUrl": row.repo_url,
        "maturity": row.maturity,
        "openSource": row.open_source,
        "acceptedOn": row.accepted_on,
        "tags": row.tags,
        "personas": row.personas,
    })
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_long_summary_is_cut_between_words() {
        let text = "partner ".repeat(60);
        let cut = short(&text);
        assert!(cut.ends_with("partner\u{2026}") && cut.chars().count() <= 255, "{cut}");
        assert_eq!(short(&"漢".repeat(300)).chars().count(), 255);
    }
}
