//! The schema of the database as a sequence of changes, one a file; a change that was released is never edited.
//!
//! Both databases run the same statements. Where text is a key or is sorted by, [`column::key_text`] sees to it that it
//! is compared bytewise on both.

mod column;

mod m0001_foundation;
mod m0002_organization;
mod m0003_partnership;
mod m0004_program;
mod m0005_marketplace;
mod m0006_import;
mod m0007_feed;
mod m0008_cosell;
mod m0009_lead;
mod m0010_webhook;
mod m0011_lookups;
mod m0012_import_visibility;
mod m0013_trail;
mod m0014_account;
mod m0015_sharing;
mod m0016_overlap;
mod m0017_introduction;
mod m0018_qualification;
mod m0019_qualification_told;
mod m0020_overlap_first_runs;

use sea_orm_migration::prelude::*;

/// All changes in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_foundation::Migration),
            Box::new(m0002_organization::Migration),
            Box::new(m0003_partnership::Migration),
            Box::new(m0004_program::Migration),
            Box::new(m0005_marketplace::Migration),
            Box::new(m0006_import::Migration),
            Box::new(m0007_feed::Migration),
            Box::new(m0008_cosell::Migration),
            Box::new(m0009_lead::Migration),
            Box::new(m0010_webhook::Migration),
            Box::new(m0011_lookups::Migration),
            Box::new(m0012_import_visibility::Migration),
            Box::new(m0013_trail::Migration),
            Box::new(m0014_account::Migration),
            Box::new(m0015_sharing::Migration),
            Box::new(m0016_overlap::Migration),
            Box::new(m0017_introduction::Migration),
            Box::new(m0018_qualification::Migration),
            Box::new(m0019_qualification_told::Migration),
            Box::new(m0020_overlap_first_runs::Migration),
        ]
    }
}
