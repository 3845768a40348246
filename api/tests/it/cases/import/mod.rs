//! Imports of files that the cases write themselves, and of the real landscape where it is at hand.

mod ahead;
mod dirt;
mod documents;
mod history;
mod landscape;
mod rows;
mod settled;
mod whole;

use crate::support::TestApp;
use entity::{membership, membership_period, organization, tier};
use partnergraph::{
    import::{self, BATCH_ROWS, ImportFault, Mapping, Report, RunSettings},
    op::{Actor, Op},
};
use sea_orm::{EntityTrait, PaginatorTrait, QueryOrder};
use std::{collections::BTreeMap, path::PathBuf};
use tempfile::TempDir;

const ORGANIZATIONS: &str = r#"
kind = "organizations"
source = "src"
[columns]
external_id = "id"
name = "name"
slug = "id"
match_keys = "key"
website = "website"
country = "country"
description = "about"
other_names = { column = "names", split = ";" }
domains = { column = "domains", split = ";" }
"#;

const PROGRAM: &str = r#"
[[programs]]
slug = "acme-partners"
name = "Acme Partners"
organization = "acme"
organization_name = "Acme Inc"
types = ["CHANNEL"]
tiers = [{ name = "Gold", rank = 2 }, { name = "Silver", rank = 1 }]
"#;

const MEMBERSHIPS: &str = r#"
kind = "memberships"
source = "src"
effective_on = "2026-08-07"
[columns]
external_id = "id"
organization_external_id = "organization"
tier = "tier"
types = { column = "types", split = ";" }
joined_on = "joined"
program_slug = { constant = "acme-partners" }
"#;

const EVENTS: &str = r#"
kind = "membership-events"
source = "src"
[columns]
on = "day"
event = "event"
organization_key = "key"
name = "name"
from_tier = "from"
to_tier = "to"
program_slug = { constant = "acme-partners" }
"#;

const LISTINGS: &str = r#"
kind = "listings"
source = "src"
[columns]
external_id = "id"
name = "name"
category = "category"
subcategory = "sub"
vendor_external_id = "vendor"
vendor_name = "vendor_name"
also_in = { column = "also", split = ";" }
summary = "summary"
tags = { column = "tags", split = ";" }
"#;

const INTEGRATIONS: &str = r#"
kind = "integrations"
source = "src"
[columns]
listing_external_id = "listing"
target_name = "target"
target_external_id = "target_id"
"#;

/// Files of one import, which go when they are dropped.
struct Files {
    folder: TempDir,
    settings: RunSettings,
}

impl Files {
    fn none() -> Self {
        let settings =
            RunSettings { files: Vec::new(), dry_run: false, strict: false, report: None, batch_rows: BATCH_ROWS };
        Self { folder: tempfile::tempdir().unwrap(), settings }
    }

    /// Adds a CSV file and its mapping.
    fn with(mut self, mapping: &str, csv: &str) -> Self {
        let path = self.folder.path().join(format!("{}.csv", self.settings.files.len()));
        std::fs::write(&path, csv).unwrap();
        self.settings.files.push((path, Mapping::parse(mapping).unwrap()));
        self
    }

    fn organizations(self, rows: &str) -> Self {
        self.with(ORGANIZATIONS, &format!("id,name,key,website,country,about,names,domains\n{rows}"))
    }

    fn memberships(self, rows: &str) -> Self {
        self.with(&format!("{MEMBERSHIPS}{PROGRAM}"), &format!("id,organization,tier,types,joined\n{rows}"))
    }

    fn events(self, rows: &str) -> Self {
        self.with(&format!("{EVENTS}{PROGRAM}"), &format!("day,event,key,name,from,to\n{rows}"))
    }

    fn listings(self, rows: &str) -> Self {
        self.with(LISTINGS, &format!("id,name,category,sub,vendor,vendor_name,also,summary,tags\n{rows}"))
    }

    fn integrations(self, rows: &str) -> Self {
        self.with(INTEGRATIONS, &format!("listing,target,target_id\n{rows}"))
    }

    fn set(mut self, change: impl FnOnce(&mut RunSettings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Has the problems written to a file.
    fn reported(self) -> Self {
        let path = self.report_path();
        self.set(|settings| settings.report = Some(path))
    }

    fn report_path(&self) -> PathBuf {
        self.folder.path().join("report.csv")
    }

    /// The problems as "LINE CODE value", in the order of the report.
    fn problems(&self) -> Vec<String> {
        let mut report = csv::Reader::from_path(self.report_path()).unwrap();
        report.records().map(Result::unwrap).map(|row| format!("{} {} {}", &row[2], &row[5], &row[4])).collect()
    }

    async fn run(&self, app: &TestApp) -> Result<Report, ImportFault> {
        import::run(&operator(app), &self.settings, &mut |_| {}).await
    }
}

fn operator(app: &TestApp) -> Op {
    app.app.op(Actor::Operator, "import", Vec::new())
}

async fn count<E: EntityTrait>(app: &TestApp) -> u64
where
    E::Model: Send + Sync,
{
    E::find().count(app.app.world.db.read()).await.unwrap()
}

async fn organization(app: &TestApp, slug: &str) -> organization::Model {
    let all = organization::Entity::find().all(app.app.world.db.read()).await.unwrap();
    all.into_iter().find(|row| row.slug == slug).unwrap()
}

/// All memberships as "organization key status tier: start..end tier, ...", in the order of their keys.
async fn memberships(app: &TestApp) -> Vec<String> {
    let db = app.app.world.db.read();
    let slugs: BTreeMap<_, _> =
        organization::Entity::find().all(db).await.unwrap().into_iter().map(|row| (row.id, row.slug)).collect();
    let tiers: BTreeMap<_, _> =
        tier::Entity::find().all(db).await.unwrap().into_iter().map(|row| (row.id, row.name)).collect();
    let name = |id: Option<entity::id::TierId>| id.map_or("-", |id| tiers[&id].as_str());
    let mut periods: BTreeMap<_, Vec<String>> = BTreeMap::new();
    let rows = membership_period::Entity::find().order_by_asc(membership_period::Column::StartsOn);
    for row in rows.all(db).await.unwrap() {
        let text = format!("{}..{} {}", row.starts_on, row.ends_on, name(row.tier_id)).replace("9999-12-31", "");
        periods.entry(row.membership_id).or_default().push(text);
    }
    let rows = membership::Entity::find().order_by_asc(membership::Column::ExternalKey).all(db).await.unwrap();
    rows.into_iter()
        .map(|row| {
            let periods = periods.remove(&row.id).unwrap_or_default().join(", ");
            let (slug, key) = (&slugs[&row.organization_id], row.external_key.trim_start_matches("src:"));
            format!("{slug} {key} {:?} {}: {periods}", row.status, name(row.tier_id))
        })
        .collect()
}
