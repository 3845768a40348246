//! The rules of filters, orders and positions.

use super::*;
use entity::{membership::MembershipStatus, value::PartnerType};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn checked(written: WrittenFilter) -> Result<Filter, Fault> {
    Filter::checked(written, day("2026-11-02"))
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn two_filters_that_mean_the_same_are_equal() {
    let one = WrittenFilter {
        query: Some("  Cloud  ".to_owned()),
        types: vec![PartnerType::Channel, PartnerType::Technology],
        tiers: words(&["Gold", "Plátinum"]),
        countries: words(&["NO", "DE", "DE"]),
        as_of: Some(day("2026-11-02")),
        ..WrittenFilter::default()
    };
    let other = WrittenFilter {
        query: Some("Cloud".to_owned()),
        types: vec![PartnerType::Technology, PartnerType::Channel, PartnerType::Channel],
        tiers: words(&["platinum", "GOLD"]),
        countries: words(&["DE", "NO"]),
        ..WrittenFilter::default()
    };
    assert_eq!(checked(one).unwrap(), checked(other).unwrap());
}

#[test]
fn an_empty_list_is_none_and_an_impossible_entry_is_no_match() {
    let blank = WrittenFilter { query: Some(" \t".to_owned()), ..WrittenFilter::default() };
    let none = checked(blank).unwrap();
    assert_eq!((&none.query, &none.tiers, &none.categories), (&None, &None, &None));
    let impossible =
        WrittenFilter { categories: words(&["a\0b", "Not A Slug"]), tiers: words(&["?!"]), ..WrittenFilter::default() };
    let impossible = checked(impossible).unwrap();
    assert_eq!(impossible.categories, Some(BTreeSet::new()));
    assert_eq!(impossible.tiers, Some(BTreeSet::new()));
}

#[test]
fn bounds_are_refused() {
    let at = |length: usize| WrittenFilter { query: Some("é".repeat(length)), ..WrittenFilter::default() };
    assert!(checked(at(QUERY_MAX)).is_ok());
    assert!(matches!(checked(at(QUERY_MAX + 1)), Err(Fault::BadInput(_))));
    let many = |count: usize| WrittenFilter { tiers: vec!["x".to_owned(); count], ..WrittenFilter::default() };
    assert!(checked(many(LIST_MAX)).is_ok());
    assert!(matches!(checked(many(LIST_MAX + 1)), Err(Fault::BadInput(_))));
    let covers = (CoverageKind::Segment, vec!["x".to_owned(); LIST_MAX + 1]);
    let covers = WrittenFilter { coverage: vec![covers], ..WrittenFilter::default() };
    assert!(matches!(checked(covers), Err(Fault::BadInput(_))));
    for (text, right) in [("1899-12-31", false), ("1900-01-01", true), ("9998-12-31", true), ("9999-01-01", false)] {
        let on = WrittenFilter { as_of: Some(day(text)), ..WrittenFilter::default() };
        assert_eq!(checked(on).is_ok(), right, "{text}");
    }
}

#[test]
fn a_day_is_past_present_or_to_come() {
    let on = |text| checked(WrittenFilter { as_of: Some(day(text)), ..WrittenFilter::default() }).unwrap().day;
    assert_eq!(on("2026-11-01"), Day::Past(day("2026-11-01")));
    assert_eq!(on("2026-11-02"), Day::Today(day("2026-11-02")));
    assert_eq!(on("2026-11-03"), Day::Future(day("2026-11-03")));
    assert_eq!(checked(WrittenFilter::default()).unwrap().day, Day::Today(day("2026-11-02")));
}

#[test]
fn a_facet_leaves_out_its_own_filter_only() {
    let all = WrittenFilter {
        query: Some("cloud".to_owned()),
        types: vec![PartnerType::Channel],
        tiers: words(&["Gold"]),
        min_tier_rank: Some(2),
        countries: words(&["NO"]),
        categories: words(&["a-b"]),
        coverage: vec![(CoverageKind::Segment, words(&["Bank"])), (CoverageKind::Service, words(&["Audit"]))],
        as_of: None,
    };
    let all = checked(all).unwrap();
    let tiers = all.without(FacetKind::Tiers);
    assert_eq!((&tiers.tiers, tiers.min_tier_rank), (&None, None));
    assert_eq!(Filter { tiers: all.tiers.clone(), min_tier_rank: all.min_tier_rank, ..tiers }, all);
    let segments = all.without(FacetKind::Coverage(CoverageKind::Segment));
    assert_eq!(segments.coverage.keys().collect::<Vec<_>>(), [&CoverageKind::Service]);
    assert!(all.without(FacetKind::Types).types.is_empty());
    assert_eq!(all.without(FacetKind::Countries).countries, None);
    assert_eq!(all.without(FacetKind::Categories).categories, None);
}

fn partner(rank: Option<i32>, joined: Option<i64>, name: Option<&str>, id: u128) -> Partner {
    let membership = Membership {
        id: Uuid::from_u128(id).into(),
        program_id: Uuid::nil().into(),
        organization_id: Uuid::nil().into(),
        external_key: String::new(),
        status: MembershipStatus::Active,
        types: PartnerTypes::default(),
        tier_id: None,
        next_tier_id: None,
        next_tier_on: None,
        expires_on: None,
        joined_at: None,
        requested_at: None,
        decided_at: None,
        message: None,
        rejection_reason: None,
        comment: None,
        created_at: DateTime::default(),
        updated_at: DateTime::default(),
        revision: 1,
    };
    let joined_at = joined.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    Partner { membership, tier: None, tier_rank: rank, joined_at, sort_name: name.map(str::to_owned) }
}

fn sorted(field: OrderField, direction: Direction, partners: &[Partner]) -> Vec<u128> {
    let sorting = Sorting { field, direction };
    let mut positions: Vec<_> = partners.iter().map(|partner| sorting.position(partner)).collect();
    positions.sort();
    if sorting.keys_run() == Direction::Descending {
        positions.reverse();
    }
    positions
        .into_iter()
        .map(|position| match position {
            Position::Name(_, id) | Position::Tier(_, _, id) | Position::JoinedAt(_, _, id) => id.as_u128(),
        })
        .collect()
}

#[test]
fn what_is_missing_comes_last_in_both_directions() {
    let partners = [
        partner(Some(2), Some(5), Some("b"), 1),
        partner(None, None, Some("a"), 2),
        partner(Some(1), Some(9), None, 3),
        partner(Some(2), Some(5), Some("c"), 4),
    ];
    let order = |field, direction| sorted(field, direction, &partners);
    assert_eq!(order(OrderField::Name, Direction::Ascending), [2, 1, 4, 3]);
    assert_eq!(order(OrderField::Name, Direction::Descending), [4, 1, 2, 3]);
    assert_eq!(order(OrderField::Tier, Direction::Ascending), [3, 1, 4, 2]);
    assert_eq!(order(OrderField::Tier, Direction::Descending), [1, 4, 3, 2]);
    assert_eq!(order(OrderField::JoinedAt, Direction::Ascending), [1, 4, 3, 2]);
    assert_eq!(order(OrderField::JoinedAt, Direction::Descending), [3, 4, 1, 2]);
}

#[test]
fn a_position_of_another_order_or_that_no_database_takes_is_refused() {
    let by = |field| Sorting { field, direction: Direction::Ascending };
    let id = Uuid::nil();
    assert!(by(OrderField::Name).checked(&Position::Name("a".to_owned(), id)).is_ok());
    assert!(by(OrderField::Name).checked(&Position::Name("a\0".to_owned(), id)).is_err());
    assert!(by(OrderField::Name).checked(&Position::Tier(1, "a".to_owned(), id)).is_err());
    let at = |at| Position::JoinedAt(at, String::new(), id);
    assert!(by(OrderField::JoinedAt).checked(&at(DateTime::default())).is_ok());
    assert!(by(OrderField::JoinedAt).checked(&at(DateTime::<Utc>::MAX_UTC)).is_err());
}

proptest! {
    #[test]
    fn any_filter_is_checked_without_panic_and_canonical(
        query in ".{0,250}",
        tiers in prop::collection::vec(".{0,20}", 0..4),
        categories in prop::collection::vec(".{0,20}", 0..4),
    ) {
        let written = WrittenFilter { query: Some(query), tiers, categories, ..WrittenFilter::default() };
        if let Ok(filter) = checked(written) {
            // A text that PostgreSQL would refuse must not come so far.
            let texts = filter.query.iter().chain(filter.tiers.iter().flatten()).chain(filter.categories.iter().flatten());
            for text in texts {
                prop_assert!(!text.is_empty() && !text.contains('\0'));
            }
        }
    }
}
