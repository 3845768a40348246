//! Bounds of the content, and that a change does what it says and nothing else.

use super::*;
use crate::cosell::model::{
    Amount, Industry,
    tests::{day, opportunity},
};
use proptest::prelude::*;

fn code(patch: ContentPatch) -> Option<ErrorCode> {
    apply(&opportunity(), &patch, day(0)).err().map(|refusal| refusal.code)
}

fn amount(minor: i64) -> ContentPatch {
    let amount = Amount { minor, currency: "EUR".to_owned() };
    ContentPatch { expected_amount: Some(Some(amount)), ..ContentPatch::default() }
}

#[test]
fn texts_and_numbers_have_bounds() {
    let text = |length: usize| "x".repeat(length);
    let title = |title: String| code(ContentPatch { title: Some(title), ..ContentPatch::default() });
    assert_eq!(title(text(255)), None);
    assert_eq!(title(text(256)), Some(ErrorCode::TooLong));
    assert_eq!(title("  ".to_owned()), Some(ErrorCode::Required));
    let name = |name: String| code(ContentPatch { customer_name: Some(name), ..ContentPatch::default() });
    assert_eq!((name(text(120)), name(text(121))), (None, Some(ErrorCode::TooLong)));
    let months = |months| code(ContentPatch { contract_months: Some(Some(months)), ..ContentPatch::default() });
    assert_eq!((months(0), months(1), months(144), months(145)).0, Some(ErrorCode::OutOfRange));
    assert_eq!((months(1), months(144), months(145)), (None, None, Some(ErrorCode::OutOfRange)));
    let percent = |percent| code(ContentPatch { probability: Some(Some(percent)), ..ContentPatch::default() });
    assert_eq!((percent(0), percent(100), percent(101)), (None, None, Some(ErrorCode::OutOfRange)));
    let rivals = |count: usize| {
        let competitors = Some(vec!["Rival".to_owned(); count]);
        code(ContentPatch { competitors, ..ContentPatch::default() })
    };
    assert_eq!((rivals(10), rivals(11)), (None, Some(ErrorCode::TooMany)));
    assert_eq!((code(amount(0)), code(amount(AMOUNT_MAX))), (None, None));
    assert_eq!(
        (code(amount(-1)), code(amount(AMOUNT_MAX + 1))),
        (Some(ErrorCode::OutOfRange), Some(ErrorCode::OutOfRange))
    );
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let frequency = Some(Some(crate::cosell::model::ExpectedFrequency::Monthly));
    assert_eq!(
        code(ContentPatch { expected_frequency: frequency, ..ContentPatch::default() }),
        Some(ErrorCode::InvalidValue)
    );
    assert_eq!(code(ContentPatch { expected_frequency: frequency, ..amount(5) }), None);
    let mut submitted = opportunity();
    submitted.review_status = ReviewStatus::Approved;
    let hide = ContentPatch { confidential: Some(true), ..ContentPatch::default() };
    assert_eq!(apply(&submitted, &hide, day(0)).unwrap_err().code, ErrorCode::InvalidState);
    assert!(apply(&opportunity(), &hide, day(0)).is_ok());
}

#[test]
fn an_open_deal_does_not_close_in_the_past_but_a_day_may_pass() {
    let on = |offset| ContentPatch { target_close_date: Some(Some(day(offset))), ..ContentPatch::default() };
    assert_eq!((code(on(0)), code(on(-1))), (None, Some(ErrorCode::OutOfRange)));
    let passed = apply(&opportunity(), &on(1), day(0)).unwrap();
    assert!(apply(&passed, &on(1), day(9)).is_ok());
    assert_eq!(apply(&passed, &on(2), day(9)).unwrap_err().code, ErrorCode::OutOfRange);
    let lost = Opportunity { stage: OpportunityStage::ClosedLost, ..opportunity() };
    assert!(apply(&lost, &on(-1), day(0)).is_ok());
    let emptied = ContentPatch { target_close_date: Some(None), ..ContentPatch::default() };
    let without = apply(&passed, &emptied, day(0)).unwrap();
    assert_eq!(without, opportunity());
}

#[test]
fn the_keys_of_a_customer_follow_it() {
    let patch = ContentPatch {
        customer_name: Some("Crédit Acme S.A.".to_owned()),
        customer_website: Some(Some("https://shop.acme.co.uk/".to_owned())),
        customer_duns: Some(Some("15-048-3782".to_owned())),
        customer_industry: Some(Some(Industry::Retail)),
        ..ContentPatch::default()
    };
    let after = apply(&opportunity(), &patch, day(0)).unwrap();
    assert_eq!(after.customer_sort_name, "credit acme s.a.");
    assert_eq!(after.customer_name_key, "credit acme");
    assert_eq!(after.customer_domain.as_deref(), Some("acme.co.uk"));
    assert_eq!(after.customer_duns.as_deref(), Some("150483782"));
    let gone = ContentPatch { customer_website: Some(None), ..ContentPatch::default() };
    assert_eq!(apply(&after, &gone, day(0)).unwrap().customer_domain, None);
}

#[test]
fn the_owners_bookkeeping_is_shared_with_nobody() {
    for fields in [0, crate::cosell::model::FIELDS_ALL] {
        assert!(!Part::ExternalId.is_shared(fields) && !Part::HidesParticipants.is_shared(fields));
        assert!(Part::Title.is_shared(fields));
        assert_eq!(Part::CustomerDuns.is_shared(fields), fields != 0);
    }
}

proptest! {
    #[test]
    fn what_was_changed_is_what_was_asked_for(
        title in proptest::option::of("[a-z]{1,9}"),
        percent in proptest::option::of(proptest::option::of(0i32..=100)),
        days in proptest::option::of(proptest::option::of(0i64..400)),
        problem in proptest::option::of(proptest::option::of("[a-z]{1,9}")),
    ) {
        let patch = ContentPatch {
            title,
            probability: percent,
            target_close_date: days.map(|days| days.map(day)),
            business_problem: problem,
            ..ContentPatch::default()
        };
        let before = opportunity();
        let after = apply(&before, &patch, day(0)).unwrap();
        let changed = changed_parts(&before, &after);
        prop_assert!(changed.iter().all(|part| patch.parts().contains(part)));
        prop_assert_eq!(apply(&after, &patch, day(0)).unwrap(), after.clone());
        prop_assert_eq!(after.target_close_date.unwrap_or(after.closes_ascending), after.closes_ascending);
        prop_assert!(after.closes_descending <= after.closes_ascending);
    }
}
