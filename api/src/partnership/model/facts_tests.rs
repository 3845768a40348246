//! What a change of facts is refused for.

use super::*;
use crate::partnership::model::tests::day;
use uuid::Uuid;

fn parties() -> Vec<(String, OrganizationId)> {
    [("aurora", 1), ("borealis", 2)].map(|(slug, id)| (slug.to_owned(), OrganizationId(Uuid::from_u128(id)))).into()
}

fn patched(facts: &Facts, patch: FactsPatch) -> Result<Facts, Refusal> {
    let parties = parties();
    facts.patched(patch, Setting { parties: &parties, today: day(0), founding: false })
}

fn technology() -> FactsPatch {
    FactsPatch {
        types: Some(vec![PartnerType::Technology]),
        exchanges: Some(vec![ExchangeDraft {
            what: ExchangeKind::Data,
            from: "aurora".to_owned(),
            to: "borealis".to_owned(),
            description: Some(" Answers  ".to_owned()),
        }]),
        ..FactsPatch::default()
    }
}

fn term(rate: &str) -> FactsPatch {
    FactsPatch {
        types: Some(vec![PartnerType::Channel]),
        terms: Some(vec![TermDraft {
            payee: "borealis".to_owned(),
            basis: TermBasis::AnnualContract,
            rate: rate.parse().unwrap(),
            currency: "EUR".to_owned(),
            effective_from: day(0),
            effective_to: None,
        }]),
        ..FactsPatch::default()
    }
}

#[test]
fn a_type_with_facts_is_not_dropped_silently() {
    let facts = patched(&Facts::default(), technology()).unwrap();
    assert_eq!(facts.exchanges[0].description.as_deref(), Some("Answers"));
    let drop = FactsPatch { types: Some(vec![PartnerType::Strategic]), ..FactsPatch::default() };
    let refusal = patched(&facts, drop.clone()).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field),
        (ErrorCode::InvalidValue, vec!["input".to_owned(), "technology".to_owned()])
    );
    let emptied = patched(&facts, FactsPatch { exchanges: Some(Vec::new()), ..drop }).unwrap();
    assert_eq!(emptied.types.iter().collect::<Vec<_>>(), [PartnerType::Strategic]);
}

#[test]
fn facts_need_their_type_and_a_partnership_needs_one() {
    let none = FactsPatch { types: Some(Vec::new()), ..FactsPatch::default() };
    assert_eq!(patched(&Facts::default(), none).unwrap_err().code, ErrorCode::Required);
    let aim = FactsPatch { aim: Some(Some("Grow".to_owned())), ..technology() };
    assert_eq!(patched(&Facts::default(), aim).unwrap_err().field, ["input", "strategic"]);
}

#[test]
fn only_parties_take_part_in_facts() {
    let mut patch = technology();
    patch.exchanges.as_mut().unwrap()[0].to = "comet".to_owned();
    let refusal = patched(&Facts::default(), patch.clone()).unwrap_err();
    assert_eq!(refusal.field, ["input", "technology", "exchanges", "0", "toOrganization"]);
    patch.exchanges.as_mut().unwrap()[0].to = "aurora".to_owned();
    assert_eq!(patched(&Facts::default(), patch).unwrap_err().code, ErrorCode::InvalidValue);
}

#[test]
fn a_rate_has_bounds_and_two_digits() {
    let points = |rate| patched(&Facts::default(), term(rate)).map(|facts| facts.terms[0].rate_basis_points);
    assert_eq!(points("30").unwrap(), 3000);
    assert_eq!(points("30.2500").unwrap(), 3025);
    assert_eq!(points("0.01").unwrap(), 1);
    assert_eq!(points("100.00").unwrap(), 10_000);
    assert_eq!(points("0.005").unwrap_err().code, ErrorCode::InvalidFormat);
    for bad in ["0", "-1", "100.01"] {
        assert_eq!(points(bad).unwrap_err().code, ErrorCode::OutOfRange, "{bad}");
    }
}

#[test]
fn a_role_is_named_once_a_party() {
    let part = |role| RoleDraft { role, organization: "borealis".to_owned(), services: vec!["Setup".to_owned(); 2] };
    let patch =
        |roles| FactsPatch { types: Some(vec![PartnerType::Channel]), roles: Some(roles), ..FactsPatch::default() };
    let both = patched(&Facts::default(), patch(vec![part(ChannelRole::Var), part(ChannelRole::Agency)])).unwrap();
    assert_eq!(both.roles[0].services, ["Setup"]);
    let twice = patched(&Facts::default(), patch(vec![part(ChannelRole::Var), part(ChannelRole::Var)]));
    assert_eq!(twice.unwrap_err().field, ["input", "channel", "roles", "1", "role"]);
}

#[test]
fn a_term_of_an_alliance_ends_after_it_starts() {
    let patch = |ends| FactsPatch {
        types: Some(vec![PartnerType::Strategic]),
        term_starts_on: Some(Some(day(0))),
        term_ends_on: Some(Some(day(ends))),
        ..FactsPatch::default()
    };
    assert!(patched(&Facts::default(), patch(1)).is_ok());
    assert_eq!(patched(&Facts::default(), patch(0)).unwrap_err().code, ErrorCode::InvalidValue);
}
