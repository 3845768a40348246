//! The rule table, tried with every level, and with whatever defaults come along.

use super::*;
use entity::flags::Flag;
use proptest::prelude::*;
use uuid::Uuid;

const LEVELS: [SharingLevel; 4] =
    [SharingLevel::Hidden, SharingLevel::CountsOnly, SharingLevel::Overlapping, SharingLevel::All];
const RELATIONS: [Relation; 3] = [Relation::None, Relation::Exploring, Relation::Partners];

fn list(number: u128) -> AccountListId {
    AccountListId(Uuid::from_u128(number))
}

fn tier(number: u128) -> TierId {
    TierId(Uuid::from_u128(number))
}

fn rule(level: SharingLevel, fields: i32) -> Shown {
    Shown { level, fields: SharedFields(fields) }
}

fn a_rule() -> impl Strategy<Value = Shown> {
    (prop::sample::select(&LEVELS[..]), 0..1 << AccountField::ALL.len()).prop_map(|(level, fields)| rule(level, fields))
}

fn a_default() -> impl Strategy<Value = DefaultRule> {
    let target = prop_oneof![
        (1..5_u128, 1..4).prop_map(|(number, rank)| Target::Tier(tier(number), rank)),
        prop::sample::select(&PartnerType::ALL[..]).prop_map(Target::Type),
    ];
    (prop::option::of((1..3_u128).prop_map(list)), target, a_rule()).prop_map(|(list, target, shown)| DefaultRule {
        list,
        target,
        shown,
    })
}

fn a_standing() -> impl Strategy<Value = Standing> {
    (prop::collection::vec((1..5_u128).prop_map(tier), 0..4), 0..8)
        .prop_map(|(tiers, types)| Standing { tiers, types: PartnerTypes(types) })
}

#[test]
fn the_table() {
    use SharingLevel::{All, CountsOnly, Hidden, Overlapping};
    for (relation, expected) in [
        (Relation::None, [Hidden, Hidden, Hidden, Hidden]),
        (Relation::Exploring, [Hidden, CountsOnly, CountsOnly, CountsOnly]),
        (Relation::Partners, [Hidden, CountsOnly, Overlapping, All]),
    ] {
        let seen = LEVELS.map(|level| exposed(relation, rule(level, -1)).level);
        assert_eq!(seen, expected, "{relation:?}");
    }
}

#[test]
fn what_is_said_closest_counts() {
    let standing = Standing { tiers: vec![tier(1), tier(2)], types: [PartnerType::Channel].into_iter().collect() };
    let default = |list, target, level| DefaultRule { list, target, shown: rule(level, 1) };
    let channel = Target::Type(PartnerType::Channel);
    let all = [
        default(None, channel, SharingLevel::CountsOnly),
        default(None, Target::Tier(tier(1), 1), SharingLevel::Overlapping),
        default(None, Target::Tier(tier(2), 2), SharingLevel::All),
        default(None, Target::Tier(tier(3), 9), SharingLevel::Hidden),
        default(Some(list(1)), channel, SharingLevel::Hidden),
        default(Some(list(1)), Target::Tier(tier(1), 1), SharingLevel::CountsOnly),
        default(Some(list(2)), Target::Type(PartnerType::Strategic), SharingLevel::Hidden),
    ];
    let said = |rule: Option<Shown>, defaults: &[DefaultRule], of: u128| {
        let (shown, source) = decide(rule, defaults, list(of), &standing);
        (shown.level, source)
    };
    assert_eq!(said(Some(Shown::NOTHING), &all, 1), (SharingLevel::Hidden, RuleSource::Rule));
    assert_eq!(said(None, &all, 1), (SharingLevel::CountsOnly, RuleSource::ListTier));
    assert_eq!(said(None, &all[..5], 1), (SharingLevel::Hidden, RuleSource::ListType));
    assert_eq!(said(None, &all, 2), (SharingLevel::All, RuleSource::Tier), "the highest rank it has");
    assert_eq!(said(None, &all[..1], 2), (SharingLevel::CountsOnly, RuleSource::Type));
    assert_eq!(said(None, &[], 2), (SharingLevel::Hidden, RuleSource::Nothing));
}

proptest! {
    /// Whoever shows less shows no more of anything.
    #[test]
    fn a_lower_level_never_shows_more(
        relation in prop::sample::select(&RELATIONS[..]),
        levels in (prop::sample::select(&LEVELS[..]), prop::sample::select(&LEVELS[..])),
        fields in 0..1 << AccountField::ALL.len(),
    ) {
        let (low, high) = (levels.0.min(levels.1), levels.0.max(levels.1));
        let (less, more) = (exposed(relation, rule(low, fields)), exposed(relation, rule(high, fields)));
        prop_assert!(less.level <= more.level);
        prop_assert_eq!(less.fields.and(more.fields), less.fields, "a part that the higher one hides");
        prop_assert!(less.level <= low, "no more than was said");
        for (shows_less, shows_more) in [
            (less.shows_all(), more.shows_all()),
            (less.shows_overlaps(), more.shows_overlaps()),
            (less.level > SharingLevel::Hidden, more.level > SharingLevel::Hidden),
        ] {
            prop_assert!(shows_less <= shows_more);
        }
    }

    /// Those who are less close see no more.
    #[test]
    fn a_looser_relation_never_shows_more(said in a_rule()) {
        for two in RELATIONS.windows(2) {
            let (less, more) = (exposed(two[0], said), exposed(two[1], said));
            prop_assert!(less.level <= more.level);
            prop_assert_eq!(less.fields.and(more.fields), less.fields);
        }
    }

    #[test]
    fn exploring_never_shows_a_row_and_strangers_see_nothing(said in a_rule()) {
        let exploring = exposed(Relation::Exploring, said);
        prop_assert!(!exploring.shows_overlaps() && !exploring.shows_all());
        prop_assert_eq!(exploring.fields, SharedFields::NONE);
        prop_assert_eq!(exposed(Relation::None, said), Shown::NOTHING);
    }

    #[test]
    fn a_field_is_shown_only_with_a_row_and_a_row_has_its_name(
        relation in prop::sample::select(&RELATIONS[..]),
        said in a_rule(),
    ) {
        let shown = exposed(relation, said);
        prop_assert_eq!(shown.fields.has(AccountField::Name), shown.shows_overlaps());
        for field in shown.fields.list() {
            prop_assert!(field == AccountField::Name || said.fields.has(field));
        }
    }

    /// Whoever hides its list is neither seen nor compared, whatever the other one shows.
    #[test]
    fn hidden_on_either_side_closes(
        relation in prop::sample::select(&RELATIONS[..]),
        said in a_rule(),
    ) {
        let (seen, hidden) = (exposed(relation, said).level, exposed(relation, Shown::NOTHING).level);
        prop_assert!(!may_compare(seen, hidden) && !may_compare(hidden, seen));
        prop_assert_eq!(may_compare(seen, seen), seen > SharingLevel::Hidden);
    }

    /// No default of another list, tier or type has a say, a rule silences all of them, and their order means nothing.
    #[test]
    fn only_what_fits_has_a_say(
        mut defaults in prop::collection::vec(a_default(), 0..8),
        standing in a_standing(),
        said in prop::option::of(a_rule()),
        strangers in prop::collection::vec(a_default(), 0..4),
    ) {
        let decided = decide(said, &defaults, list(1), &standing);
        if let Some(said) = said {
            prop_assert_eq!(decided, (said, RuleSource::Rule));
        } else if decided.1 == RuleSource::Nothing {
            prop_assert_eq!(decided.0, Shown::NOTHING);
        } else {
            let allows = |default: &DefaultRule| default.shown.level >= decided.0.level
                && standing.fits(default.target)
                && default.list.is_none_or(|own| own == list(1));
            prop_assert!(defaults.iter().any(allows), "nobody said so");
        }
        let foreign = strangers.into_iter().filter(|default| {
            default.list == Some(list(2)) || !standing.fits(default.target)
        });
        defaults.extend(foreign);
        defaults.reverse();
        prop_assert_eq!(decide(said, &defaults, list(1), &standing), decided);
    }
}
