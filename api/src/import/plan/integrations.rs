//! Integrations between listings. The other end is the listing that the row names by id, or the only one of that name;
//! otherwise it stays a name, and is told of.

use super::{PART, Plan};
use crate::{
    event::DataScope,
    import::{
        fault::ImportFault, incoming::Incoming, kind::Kind, mapping::Mapping, problem::Code, record::IntegrationRecord,
        report::Outcome, store::Act,
    },
    text,
};
use entity::{
    id::{ListingId, OrganizationId},
    import_row, integration, listing,
};
use sea_orm::Value;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

type Row = Incoming<IntegrationRecord>;

/// What the rows of a batch name.
#[derive(Default)]
struct Known {
    by_key: BTreeMap<String, (ListingId, Option<OrganizationId>)>,
    by_name: BTreeMap<String, BTreeSet<ListingId>>,
    stored: BTreeMap<ListingId, Vec<integration::Model>>,
}

/// The other end of a row.
enum End {
    Listing(ListingId),
    Name(Code, &'static str),
}

impl Plan<'_> {
    /// Plans a batch of integrations.
    pub(in crate::import) async fn integrations(
        &mut self,
        mapping: &Mapping,
        rows: Vec<Row>,
    ) -> Result<(), ImportFault> {
        let known = self.known_ends(mapping, &rows).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            match known.by_key.get(&mapping.key(&row.record.listing_external_id)) {
                Some((listing, vendor)) => found.push((row, *listing, *vendor)),
                None => {
                    let at = (mapping.column("listing_external_id"), row.record.listing_external_id.as_str());
                    let reason = "no row and no stored listing has this external id";
                    self.findings.refuse(row.place, Code::UnknownListing, at, reason)?;
                }
            }
        }
        let ends: Vec<End> = found.iter().map(|(row, ..)| end(mapping, row, &known)).collect();
        let identity = |listing: ListingId, end: &End, row: &Row| match end {
            End::Listing(target) => format!("{}{PART}{}", listing.0, target.0),
            End::Name(..) => format!("{}{PART}={}", listing.0, text::sort_key(&row.record.target_name)),
        };
        let keys: Vec<String> =
            found.iter().zip(&ends).map(|((row, listing, _), end)| identity(*listing, end, row)).collect();
        let values = keys.iter().map(|key| key.as_str().into()).collect();
        let noted = self.stage.noted_keys(Kind::Integrations, values).await?;
        let mut seen: BTreeSet<String> = noted.into_iter().map(|row| row.external_key).collect();
        let (mut noted, mut created, mut updated) = (Vec::new(), Vec::new(), Vec::new());
        let (mut entries, mut stale) = (Vec::new(), Vec::new());
        for (((row, listing, vendor), end), key) in found.into_iter().zip(ends).zip(keys) {
            let at = (mapping.column("target_name"), row.record.target_name.as_str());
            if !seen.insert(key.clone()) {
                let reason = "an earlier row has this integration already";
                self.findings.refuse(row.place, Code::DuplicateExternalId, at, reason)?;
                continue;
            }
            let target = match end {
                End::Listing(target) => Some(target),
                End::Name(code, reason) => {
                    self.findings.warn(row.place, code, at, reason)?;
                    None
                }
            };
            let wanted = integration::Model {
                id: self.op.new_id(),
                listing_id: listing,
                target_id: target,
                target_name: row.record.target_name.clone(),
                target_key: text::sort_key(&row.record.target_name),
                created_at: self.op.now(),
            };
            let before = stored(&known, &wanted);
            let is = before.map_or(wanted.clone(), |before| integration::Model {
                id: before.id,
                created_at: before.created_at,
                // What somebody connected by hand stays connected.
                target_id: wanted.target_id.or(before.target_id),
                ..wanted
            });
            noted.push(self.taken(row.place, key, is.id));
            if before == Some(&is) {
                self.findings.count(Kind::Integrations, Outcome::Unchanged);
                continue;
            }
            let owner = vendor.unwrap_or(self.house);
            entries.push(self.entry("integration.imported", owner, is.id, before.map(shown), shown(&is)));
            stale.push(DataScope::Catalog);
            if before.is_some() {
                self.findings.count(Kind::Integrations, Outcome::Updated);
                updated.push(is);
            } else {
                self.findings.count(Kind::Integrations, Outcome::Created);
                created.push(is);
            }
        }
        self.stage.note::<import_row::Entity>(noted).await?;
        self.stage.put::<integration::Entity>(Act::Create, created).await?;
        self.stage.put::<integration::Entity>(Act::Update, updated).await?;
        self.leave_behind(entries, stale).await
    }

    async fn known_ends(&self, mapping: &Mapping, rows: &[Row]) -> Result<Known, ImportFault> {
        let mut known = Known::default();
        let ids = rows.iter().flat_map(|row| {
            [Some(&row.record.listing_external_id), row.record.target_external_id.as_ref()].into_iter().flatten()
        });
        let keys: BTreeSet<String> = ids.map(|id| mapping.key(id)).collect();
        let keys: Vec<Value> = keys.into_iter().map(Into::into).collect();
        let id_of = |row: &listing::Model| row.id.into();
        let column = listing::Column::Id;
        let by_key = listing::Column::ExternalId;
        for row in self.stage.coming::<listing::Entity>(column, id_of, by_key, &keys).await? {
            known.by_key.extend(row.external_id.map(|key| (key, (row.id, row.vendor_id))));
        }
        let names: BTreeSet<String> = rows.iter().map(|row| text::sort_key(&row.record.target_name)).collect();
        let names: Vec<Value> = names.into_iter().map(Into::into).collect();
        let by_name = listing::Column::SortName;
        for row in self.stage.coming::<listing::Entity>(column, id_of, by_name, &names).await? {
            known.by_name.entry(row.sort_name).or_default().insert(row.id);
        }
        let ids: Vec<Value> = known.by_key.values().map(|(id, _)| (*id).into()).collect();
        for row in self.stage.stored::<integration::Entity>(integration::Column::ListingId, &ids).await? {
            known.stored.entry(row.listing_id).or_default().push(row);
        }
        Ok(known)
    }
}

fn end(mapping: &Mapping, row: &Row, known: &Known) -> End {
    if let Some(id) = &row.record.target_external_id {
        return match known.by_key.get(&mapping.key(id)) {
            Some((target, _)) => End::Listing(*target),
            None => End::Name(Code::UnknownListing, "no listing has the target's external id; it stays a name"),
        };
    }
    let named = known.by_name.get(&text::sort_key(&row.record.target_name));
    match named.map(|ids| (ids.len(), ids.first())) {
        Some((1, Some(target))) => End::Listing(*target),
        Some((_, Some(_))) => End::Name(Code::AmbiguousName, "several listings have this name; it stays a name"),
        _ => End::Name(Code::DanglingIntegration, "no listing has this name; it stays a name"),
    }
}

/// The stored integration that a row is: the one with that listing, or the one that is only that name so far.
fn stored<'k>(known: &'k Known, wanted: &integration::Model) -> Option<&'k integration::Model> {
    let own = known.stored.get(&wanted.listing_id)?;
    let same = |it: &&integration::Model| wanted.target_id.is_some() && it.target_id == wanted.target_id;
    let named = |it: &&integration::Model| {
        it.target_key == wanted.target_key && (it.target_id.is_none() || wanted.target_id.is_none())
    };
    own.iter().find(same).or_else(|| own.iter().find(named))
}

fn shown(row: &integration::Model) -> serde_json::Value {
    json!({ "targetName": row.target_name, "resolved": row.target_id.is_some() })
}
