//! The directory as of a day.

use super::{
    ask,
    fixture::{Seed, day, membership_id, settle, settle_with},
    found, slugs,
};
use crate::support::{Answer, TestApp, on_both};
use chrono::{NaiveDate, TimeDelta};
use entity::id::TypedId;
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Value, json};

on_both!(
    a_day_has_the_members_and_tiers_of_its_periods,
    who_has_no_page_counts_in_the_past_and_stays_unknown,
    the_host_and_the_member_know_who_it_was,
    today_and_its_own_date_are_one_question,
    a_day_to_come_answers_as_it_will_when_it_is_today,
    every_day_counts_what_a_fold_of_the_periods_counts,
);

fn tiers(answer: &Answer) -> Vec<(String, String)> {
    let nodes = answer.at("/program/partners/nodes").as_array().unwrap();
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    nodes.iter().map(|node| (word(&node["organization"]["slug"]), word(&node["tier"]["name"]))).collect()
}

fn pairs<const N: usize>(expected: [(&str, &str); N]) -> Vec<(String, String)> {
    expected.iter().map(|(slug, tier)| ((*slug).to_owned(), (*tier).to_owned())).collect()
}

async fn on(app: &TestApp, day: &str) -> Answer {
    ask(app, &app.visitor(), json!({"first": 100, "filter": {"asOf": day}})).await
}

async fn a_day_has_the_members_and_tiers_of_its_periods(app: TestApp) {
    settle(&app).await;
    assert_eq!(tiers(&on(&app, "2017-12-31").await), []);
    assert_eq!(tiers(&on(&app, "2018-01-01").await), pairs([("former", "Silver")]));
    assert_eq!(
        tiers(&on(&app, "2019-12-31").await),
        pairs([("former", "Silver"), ("gamma", "Platinum"), ("-", "Gold")])
    );
    let expected =
        [("former", "Gold"), ("gamma", "Platinum"), ("lapsed", "Gold"), ("suspended", "Gold"), ("theta", "Gold")];
    let later = tiers(&on(&app, "2021-01-01").await);
    assert_eq!(later.first(), Some(&("alpha".to_owned(), "Silver".to_owned())));
    assert_eq!(later[1..6], pairs(expected));
    let gold = json!({"asOf": "2023-05-01", "tiers": ["gold"]});
    assert_eq!(found(&app, gold).await, ["alpha", "lapsed", "suspended", "theta", "epsilon", "-"]);
    let before = json!({"asOf": "2023-04-30", "tiers": ["gold"]});
    assert_eq!(found(&app, before).await, ["lapsed", "suspended", "theta", "epsilon", "-"]);
}

async fn who_has_no_page_counts_in_the_past_and_stays_unknown(app: TestApp) {
    settle(&app).await;
    let answer = on(&app, "2019-12-31").await;
    let hidden = &answer.at("/program/partners/nodes").as_array().unwrap()[2];
    assert_eq!(hidden["organization"], Value::Null);
    assert_eq!(hidden["id"], membership_id("hidden").global());
    assert_eq!(hidden["types"], json!(["TECHNOLOGY"]));
    assert_eq!(hidden["joinedAt"], "2019-05-01T00:00:00+00:00");
    // Nothing that is known of the organization finds it.
    for filter in [
        json!({"query": "hidden"}),
        json!({"countries": ["NO"]}),
        json!({"categories": ["cloud"]}),
        json!({"segments": ["Bank"]}),
    ] {
        let mut filter = filter;
        filter["asOf"] = json!("2019-12-31");
        let found = found(&app, filter.clone()).await;
        assert!(!found.contains(&"-".to_owned()), "{filter}: {found:?}");
    }
    // Its cursor does not tell its name either.
    let page = json!({"first": 3, "filter": {"asOf": "2019-12-31"}});
    let answer = ask(&app, &app.visitor(), page).await;
    let cursor = answer.at("/program/partners/pageInfo/endCursor").as_str().unwrap();
    let text = base64_text(cursor);
    assert!(text.contains("partners.NAME.ASC") && !text.contains("hidden"), "{text}");
    // In the directory of today and of tomorrow it is not there at all.
    assert!(!found(&app, json!({"tiers": ["gold"]})).await.contains(&"-".to_owned()));
    assert!(!found(&app, json!({"asOf": "2026-11-03"})).await.contains(&"-".to_owned()));
}

/// Decodes base64 for URLs, so that the test does not rely on the code that it tests.
fn base64_text(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = LETTERS.iter().position(|own| *own == letter).unwrap();
        bits = (bits << 6) | u32::try_from(value).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).unwrap());
        }
    }
    String::from_utf8(bytes).unwrap()
}

async fn the_host_and_the_member_know_who_it_was(app: TestApp) {
    settle(&app).await;
    let past = json!({"first": 100, "filter": {"asOf": "2019-12-31", "query": "hidden"}});
    assert_eq!(slugs(&ask(&app, &app.manager("aurora"), past.clone()).await), ["hidden"]);
    assert_eq!(slugs(&ask(&app, &app.operator(), past.clone()).await), ["hidden"]);
    assert!(slugs(&ask(&app, &app.manager("comet"), past).await).is_empty());
}

async fn today_and_its_own_date_are_one_question(app: TestApp) {
    settle(&app).await;
    let today = ask(&app, &app.visitor(), json!({"first": 100})).await;
    assert_eq!(today.data(), on(&app, "2026-11-02").await.data());
}

async fn a_day_to_come_answers_as_it_will_when_it_is_today(app: TestApp) {
    settle(&app).await;
    // Theta's membership ends on the 10th of November.
    for ahead in [1, 7, 8, 60] {
        let coming = day("2026-11-02") + TimeDelta::days(ahead);
        let planned = on(&app, &coming.to_string()).await;
        app.clock.advance(TimeDelta::days(ahead));
        let then = ask(&app, &app.visitor(), json!({"first": 100})).await;
        assert_eq!(planned.data(), then.data(), "{coming}");
        app.clock.advance(-TimeDelta::days(ahead));
    }
    assert!(slugs(&on(&app, "2026-11-09").await).contains(&"theta".to_owned()));
    assert!(!slugs(&on(&app, "2026-11-10").await).contains(&"theta".to_owned()));
}

/// A member: whether it has a page, and its periods as first day, end and tier.
type History = (bool, Vec<(u64, u64, Option<usize>)>);

/// Members with random periods, of which many have no page.
fn histories() -> Vec<History> {
    let period = (1_u64..200, prop::option::of(0..3_usize));
    let history = (any::<bool>(), prop::collection::vec((0_u64..100, period), 0..4));
    let all = prop::collection::vec(history, 40);
    let drawn = all.new_tree(&mut TestRunner::deterministic()).unwrap().current();
    drawn
        .into_iter()
        .map(|(listed, gaps)| {
            let mut at = 0;
            let periods = gaps
                .into_iter()
                .map(|(gap, (length, tier))| {
                    let starts = at + gap;
                    at = starts + length;
                    (starts, at, tier)
                })
                .collect();
            (listed, periods)
        })
        .collect()
}

async fn every_day_counts_what_a_fold_of_the_periods_counts(app: TestApp) {
    const TIERS: [&str; 3] = ["Silver", "Gold", "Platinum"];
    let start: NaiveDate = day("2022-01-01");
    let text = |offset: u64| -> &'static str {
        Box::leak((start + TimeDelta::days(i64::try_from(offset).unwrap())).to_string().into_boxed_str())
    };
    let histories = histories();
    let seeds: Vec<Seed> = histories
        .iter()
        .enumerate()
        .map(|(at, (listed, periods))| {
            let periods: Vec<_> =
                periods.iter().map(|(from, to, tier)| (text(*from), text(*to), tier.map(|tier| TIERS[tier]))).collect();
            let name: &'static str = Box::leak(format!("m{at}").into_boxed_str());
            Seed {
                listed: *listed,
                status: entity::membership::MembershipStatus::Terminated,
                periods: Box::leak(periods.into_boxed_slice()),
                ..Seed::new(name, name)
            }
        })
        .collect();
    settle_with(&app, &seeds).await;
    for offset in (0..600).step_by(37) {
        for tier in [None, Some(0), Some(2)] {
            let fits = |period: &&(u64, u64, Option<usize>)| {
                period.0 <= offset && offset < period.1 && (tier.is_none() || period.2 == tier)
            };
            let expected = histories.iter().filter(|(_, periods)| periods.iter().any(|period| fits(&period))).count();
            let mut filter = json!({"asOf": text(offset)});
            if let Some(tier) = tier {
                filter["tiers"] = json!([TIERS[tier]]);
            }
            let answer = ask(&app, &app.visitor(), json!({"first": 0, "filter": filter})).await;
            assert_eq!(answer.at("/program/partners/totalCount"), expected, "{filter}");
        }
    }
}
