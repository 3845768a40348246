//! A program with partners of all kinds, written row by row.

pub(super) use super::seeds::{Seed, seeds};

use crate::support::{TestApp, organization_id};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    category, category_ancestor, coverage,
    id::{CategoryId, ListingId, MembershipId, OrganizationId, ProgramId, TierId},
    listing::{self, ListingKind, ListingStatus, ListingVisibility},
    listing_category, membership, membership_period, organization, program, search_token, tier,
    value::{PartnerTypes, SearchSubject},
};
use partnergraph::text;
use sea_orm::{ActiveValue::Set, EntityTrait};
use uuid::Uuid;

pub(super) const PROGRAM: &str = "aurora-partners";

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn moment(text: &str) -> DateTime<Utc> {
    day(text).and_time(chrono::NaiveTime::MIN).and_utc()
}

/// An id that is the same in each run, from a word.
pub(super) fn id_of(kind: u8, word: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes[0] = kind;
    for (at, byte) in word.bytes().enumerate() {
        bytes[1 + at % 15] = bytes[1 + at % 15].wrapping_mul(31).wrapping_add(byte);
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

pub(super) fn program_id() -> ProgramId {
    id_of(1, PROGRAM).into()
}

pub(super) fn tier_id(name: &str) -> TierId {
    id_of(2, name).into()
}

pub(super) fn partner_id(slug: &str) -> OrganizationId {
    id_of(3, slug).into()
}

pub(super) fn membership_id(slug: &str) -> MembershipId {
    id_of(4, slug).into()
}

fn category_id(slug: &str) -> CategoryId {
    id_of(5, slug).into()
}

/// A program of aurora with tiers, a small tree of categories and [`seeds`].
pub(super) async fn settle(app: &TestApp) {
    settle_with(app, &seeds()).await;
}

/// As [`settle`], with other partners.
pub(super) async fn settle_with(app: &TestApp, seeds: &[Seed]) {
    program(app, PROGRAM).await;
    for (slug, name, parent) in [
        ("data", "Data", None),
        ("data-logs", "Logs", Some("data")),
        ("data-metrics", "Metrics", Some("data")),
        ("cloud", "Cloud", None),
    ] {
        category(app, slug, name, parent).await;
    }
    for seed in seeds {
        partner(app, PROGRAM, seed).await;
    }
}

/// A published program of aurora with the tiers Silver, Gold and Platinum; their ids are those of the first one's.
pub(super) async fn program(app: &TestApp, slug: &'static str) {
    let row = program::ActiveModel {
        id: Set(id_of(1, slug).into()),
        organization_id: Set(organization_id("aurora")),
        slug: Set(slug.to_owned()),
        name: Set(slug.to_owned()),
        sort_name: Set(text::sort_key(slug)),
        description: Set(None),
        status: Set(program::ProgramStatus::Published),
        types: Set(PartnerTypes::default()),
        moderates_profiles: Set(false),
        grace_days: Set(30),
        reapply_days: Set(0),
        starts_on: Set(None),
        ends_on: Set(None),
        created_at: Set(moment("2018-01-01")),
        updated_at: Set(moment("2018-01-01")),
        revision: Set(1),
    };
    program::Entity::insert(row).exec_without_returning(app.app.world.db.read()).await.unwrap();
    if slug != PROGRAM {
        return;
    }
    for (name, rank) in [("Silver", 1), ("Gold", 2), ("Platinum", 3)] {
        let row = tier::ActiveModel {
            id: Set(tier_id(name)),
            program_id: Set(program_id()),
            name: Set(name.to_owned()),
            name_key: Set(text::normalize(name)),
            rank: Set(rank),
            description: Set(None),
            badge_url: Set(None),
            created_at: Set(moment("2018-01-01")),
            updated_at: Set(moment("2018-01-01")),
            revision: Set(1),
        };
        tier::Entity::insert(row).exec_without_returning(app.app.world.db.read()).await.unwrap();
    }
}

async fn category(app: &TestApp, slug: &str, name: &str, parent: Option<&str>) {
    let db = app.app.world.db.read();
    let row = category::ActiveModel {
        id: Set(category_id(slug)),
        parent_id: Set(parent.map(category_id)),
        slug: Set(slug.to_owned()),
        name: Set(name.to_owned()),
        sort_name: Set(text::sort_key(name)),
        created_at: Set(moment("2018-01-01")),
        updated_at: Set(moment("2018-01-01")),
        revision: Set(1),
    };
    category::Entity::insert(row).exec_without_returning(db).await.unwrap();
    for ancestor in [Some(slug), parent].into_iter().flatten() {
        let row = category_ancestor::ActiveModel {
            category_id: Set(category_id(slug)),
            ancestor_id: Set(category_id(ancestor)),
        };
        category_ancestor::Entity::insert(row).exec_without_returning(db).await.unwrap();
    }
}

/// An organization and its membership, with everything that a directory reads of them.
pub(super) async fn partner(app: &TestApp, program: &str, seed: &Seed) {
    let db = app.app.world.db.read();
    let row = organization::ActiveModel {
        id: Set(partner_id(seed.slug)),
        slug: Set(seed.slug.to_owned()),
        name: Set(seed.name.to_owned()),
        sort_name: Set(text::sort_key(seed.name)),
        country_code: Set(seed.seat.map(str::to_owned)),
        status: Set(seed.organization),
        status_reason: Set(None),
        operator: Set(false),
        listed: Set(seed.listed),
        profile_moderated: Set(false),
        external_id: Set(None),
        created_at: Set(moment("2018-01-01")),
        updated_at: Set(moment("2018-01-01")),
        revision: Set(1),
        import_run_id: Set(None),
    };
    organization::Entity::insert(row).exec_without_returning(db).await.unwrap();
    for token in text::tokens(seed.name) {
        let row = search_token::ActiveModel {
            subject_kind: Set(SearchSubject::Organization),
            token: Set(token),
            subject_id: Set(partner_id(seed.slug).into()),
        };
        search_token::Entity::insert(row).exec_without_returning(db).await.unwrap();
    }
    for (kind, value) in seed.covers {
        let row = coverage::ActiveModel {
            organization_id: Set(partner_id(seed.slug)),
            kind: Set(*kind),
            value: Set((*value).to_owned()),
        };
        coverage::Entity::insert(row).exec_without_returning(db).await.unwrap();
    }
    for (at, (category, status, visibility)) in seed.listings.iter().enumerate() {
        listing(app, seed.slug, at, category, *status, *visibility).await;
    }
    membership(app, program, seed).await;
}

/// The membership of an organization that is there.
pub(super) async fn membership(app: &TestApp, program: &str, seed: &Seed) {
    let db = app.app.world.db.read();
    let id: MembershipId = if program == PROGRAM {
        membership_id(seed.slug)
    } else {
        id_of(4, &format!("{program} {}", seed.slug)).into()
    };
    let row = membership::ActiveModel {
        id: Set(id),
        program_id: Set(id_of(1, program).into()),
        organization_id: Set(partner_id(seed.slug)),
        external_key: Set(String::new()),
        status: Set(seed.status),
        types: Set(seed.types.iter().copied().collect()),
        tier_id: Set(seed.tier.map(tier_id)),
        next_tier_id: Set(seed.next_tier.map(|(name, _)| tier_id(name))),
        next_tier_on: Set(seed.next_tier.map(|(_, on)| day(on))),
        expires_on: Set(seed.expires.map(day)),
        joined_at: Set(seed.joined.map(moment)),
        requested_at: Set(None),
        decided_at: Set(None),
        message: Set(Some("between us".to_owned())),
        rejection_reason: Set(None),
        comment: Set(Some("between us".to_owned())),
        created_at: Set(moment("2018-01-01")),
        updated_at: Set(moment("2018-01-01")),
        revision: Set(1),
    };
    membership::Entity::insert(row).exec_without_returning(db).await.unwrap();
    for (starts, ends, tier) in seed.periods {
        let row = membership_period::ActiveModel {
            membership_id: Set(id),
            starts_on: Set(day(starts)),
            ends_on: Set(day(ends)),
            program_id: Set(id_of(1, program).into()),
            organization_id: Set(partner_id(seed.slug)),
            tier_id: Set(tier.map(tier_id)),
        };
        membership_period::Entity::insert(row).exec_without_returning(db).await.unwrap();
    }
}

pub(super) fn listing_id(vendor: &str, at: usize) -> ListingId {
    id_of(6, &format!("{vendor} {at}")).into()
}

async fn listing(
    app: &TestApp,
    vendor: &str,
    at: usize,
    category: &str,
    status: ListingStatus,
    visibility: ListingVisibility,
) {
    let name = format!("{vendor} product {at}");
    let row = listing::ActiveModel {
        id: Set(listing_id(vendor, at)),
        vendor_id: Set(Some(partner_id(vendor))),
        vendor_name: Set(None),
        slug: Set(text::slug(&name)),
        sort_name: Set(text::sort_key(&name)),
        name: Set(name),
        summary: Set(None),
        description: Set(None),
        kind: Set(ListingKind::Product),
        status: Set(status),
        status_reason: Set(None),
        visibility: Set(visibility),
        website_url: Set(None),
        repo_url: Set(None),
        logo_url: Set(None),
        pricing_models: Set(0),
        badges: Set(0),
        highlights: Set(Vec::new().into()),
        tags: Set(Vec::new().into()),
        personas: Set(Vec::new().into()),
        use_case: Set(None),
        open_source: Set(None),
        maturity: Set(None),
        accepted_on: Set(None),
        external_id: Set(None),
        published_at: Set(None),
        rating_sum: Set(0),
        rating_count: Set(0),
        rating_ascending: Set(10_000_000),
        rating_descending: Set(0),
        published_ascending: Set(i64::MAX),
        published_descending: Set(i64::MIN),
        created_at: Set(moment("2018-01-01")),
        updated_at: Set(moment("2018-01-01")),
        revision: Set(1),
    };
    let db = app.app.world.db.read();
    listing::Entity::insert(row).exec_without_returning(db).await.unwrap();
    let row = listing_category::ActiveModel {
        listing_id: Set(listing_id(vendor, at)),
        category_id: Set(category_id(category)),
    };
    listing_category::Entity::insert(row).exec_without_returning(db).await.unwrap();
}
