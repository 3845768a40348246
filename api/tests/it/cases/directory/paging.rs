//! Orders and pages.

use super::{
    ask,
    fixture::{PROGRAM, Seed, partner, settle, settle_with},
    slugs,
};
use crate::support::{TestApp, on_both};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Value, json};

on_both!(
    what_is_missing_comes_last_in_every_order,
    pages_of_any_size_add_up_to_the_whole,
    a_cursor_belongs_to_its_order,
    rows_that_are_added_meanwhile_neither_repeat_nor_hide_others,
);

const ORDERS: [(&str, &str); 6] =
    [("NAME", "ASC"), ("NAME", "DESC"), ("TIER", "ASC"), ("TIER", "DESC"), ("JOINED_AT", "ASC"), ("JOINED_AT", "DESC")];

fn order((field, direction): (&str, &str)) -> Value {
    json!({"field": field, "direction": direction})
}

async fn what_is_missing_comes_last_in_every_order(app: TestApp) {
    settle(&app).await;
    let expected = [
        ["alpha", "zeta", "beta", "gamma", "theta", "delta", "epsilon"],
        ["epsilon", "delta", "theta", "gamma", "beta", "zeta", "alpha"],
        ["zeta", "beta", "theta", "alpha", "epsilon", "gamma", "delta"],
        ["gamma", "alpha", "epsilon", "zeta", "beta", "theta", "delta"],
        ["gamma", "theta", "alpha", "zeta", "beta", "epsilon", "delta"],
        ["epsilon", "beta", "zeta", "alpha", "theta", "gamma", "delta"],
    ];
    for (by, expected) in ORDERS.into_iter().zip(expected) {
        let answer = ask(&app, &app.visitor(), json!({"orderBy": order(by)})).await;
        assert_eq!(slugs(&answer), expected, "{by:?}");
    }
    let past = json!({"filter": {"asOf": "2019-12-31"}, "orderBy": order(("NAME", "DESC"))});
    assert_eq!(slugs(&ask(&app, &app.visitor(), past).await), ["gamma", "former", "-"]);
}

/// Reads a list page by page; `meanwhile` runs between two pages.
async fn walk(app: &TestApp, base: &Value, first: usize, mut meanwhile: impl AsyncFnMut(usize)) -> Vec<String> {
    let mut ids = Vec::new();
    let mut after = Value::Null;
    for at in 0.. {
        let mut variables = base.clone();
        variables["first"] = json!(first);
        variables["after"] = after;
        let answer = ask(app, &app.visitor(), variables).await;
        let partners = answer.at("/program/partners");
        let nodes = partners["nodes"].as_array().unwrap();
        assert!(nodes.len() <= first);
        assert_eq!(partners["pageInfo"]["hasPreviousPage"], at > 0);
        ids.extend(nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()));
        if partners["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = partners["pageInfo"]["endCursor"].clone();
        meanwhile(at).await;
    }
    ids
}

async fn pages_of_any_size_add_up_to_the_whole(app: TestApp) {
    settle(&app).await;
    for by in ORDERS {
        for as_of in [Value::Null, json!("2021-07-01"), json!("2026-12-01")] {
            let base = json!({"orderBy": order(by), "filter": {"asOf": as_of}});
            let whole = walk(&app, &base, 100, async |_| ()).await;
            assert!(whole.len() >= 6);
            for first in [1, 2, 3, 5] {
                assert_eq!(walk(&app, &base, first, async |_| ()).await, whole, "{base} {first}");
            }
        }
    }
}

async fn a_cursor_belongs_to_its_order(app: TestApp) {
    settle(&app).await;
    for by in ORDERS {
        let page = ask(&app, &app.visitor(), json!({"first": 2, "orderBy": order(by)})).await;
        let cursor = page.at("/program/partners/pageInfo/endCursor");
        for other in ORDERS {
            let next = ask(&app, &app.visitor(), json!({"after": cursor, "orderBy": order(other)})).await;
            if by == other {
                assert_eq!(slugs(&next).len(), 5);
            } else {
                assert_eq!(next.error_code(), "BAD_USER_INPUT", "{by:?} {other:?}");
            }
        }
    }
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn member(name: &str, tier: usize, month: u32) -> Seed {
    const TIERS: [Option<&str>; 4] = [None, Some("Silver"), Some("Gold"), Some("Platinum")];
    let slug = leak(format!("m-{name}"));
    let joined: Option<&'static str> = if month == 0 { None } else { Some(leak(format!("2020-{month:02}-01"))) };
    Seed { tier: TIERS[tier], joined, ..Seed::new(slug, leak(name.to_owned())) }
}

async fn rows_that_are_added_meanwhile_neither_repeat_nor_hide_others(app: TestApp) {
    let mut runner = TestRunner::deterministic();
    let mut draw = |count: usize, prefix: &'static str| -> Vec<Seed> {
        let one = ("[a-e]{1,3}", 0..4_usize, 0..4_u32);
        let all = prop::collection::vec(one, count).new_tree(&mut runner).unwrap().current();
        // Names repeat, so that ids decide; slugs do not.
        let seed = |(at, (name, tier, month)): (usize, (String, usize, u32))| Seed {
            slug: leak(format!("{prefix}{at}")),
            ..member(&name, tier, month)
        };
        all.into_iter().enumerate().map(seed).collect()
    };
    let there = draw(30, "there");
    settle_with(&app, &there).await;
    for (round, by) in ORDERS.into_iter().enumerate() {
        let added = draw(24, leak(format!("added{round}-")));
        let base = json!({"orderBy": order(by)});
        let before = walk(&app, &base, 100, async |_| ()).await;
        let read = walk(&app, &base, 4, async |at| {
            for seed in added.iter().skip(at * 3).take(3) {
                partner(&app, PROGRAM, seed).await;
            }
        })
        .await;
        let mut once = read.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), read.len(), "{by:?}: a row came twice");
        let kept: Vec<_> = read.iter().filter(|id| before.contains(id)).cloned().collect();
        assert_eq!(kept, before, "{by:?}: a row was lost or moved");
    }
}
