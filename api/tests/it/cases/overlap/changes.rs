//! Whatever the engine does, what is seen is what a full run with the same frequencies finds.

use super::{
    House, compare,
    house::{Row, Rows, companies, row},
    names, overlaps,
};
use crate::support::{TestApp, on_both};
use entity::sharing_rule::{AccountField, SharingLevel};
use matching::{Account, Index, Keys, List, Statistics, match_all};
use partnergraph::overlap::engine::{Engine, EngineSettings};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// Numbers that look like chance and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// An account out of few words and domains, so that many share something.
    fn row(&mut self) -> Row {
        let first = ["Acme", "Bravo", "Zorblax", "Zorbblax", "Quim", "Delta"][self.roll(6) as usize];
        let second = ["Foods", "Soft", "Group", "Technologies"][self.roll(4) as usize];
        let form = ["", " Inc", " GmbH"][self.roll(3) as usize];
        let website = ["", "acme.com", "bravo.de", "zorblax.com", "quim.io", "acme.de"][self.roll(6) as usize];
        Row { country: ["", "DE", "NO"][self.roll(3) as usize], ..row(&format!("{first} {second}{form}"), website) }
    }

    fn change(&mut self, rows: &mut Rows) {
        for _ in 0..=self.roll(3) {
            let id = format!("crm-{}", self.roll(12));
            match self.roll(3) {
                0 => drop(rows.remove(&id)),
                _ => drop(rows.insert(id, self.row())),
            }
        }
        // A list is never empty here: what is empty is not compared.
        rows.entry("crm-0".to_owned()).or_insert_with(|| row("Acme Foods", "acme.com"));
    }
}

fn list(rows: &Rows) -> List {
    let mut list = List::default();
    for row in rows.values() {
        list.push(&Keys::of(&Account {
            name: &row.name,
            website: &row.website,
            country: row.country,
            ..Account::default()
        }));
    }
    list
}

type Seen = BTreeMap<(String, String), (String, f64)>;

/// What a full run finds, by the ids in the CRM.
fn full(ours: &Rows, theirs: &Rows, statistics: &Statistics) -> Seen {
    let (left, right) = (Index::new(list(ours), statistics), Index::new(list(theirs), statistics));
    let id = |rows: &Rows, place: u32| rows.keys().nth(place as usize).unwrap().clone();
    let found = match_all(&left, &right, statistics);
    found
        .iter()
        .map(|found| {
            let ids = (id(ours, found.left), id(theirs, found.right));
            (ids, (found.confidence.to_string(), f64::from(found.probability)))
        })
        .collect()
}

/// What aurora sees, with the ids of the overlaps.
async fn seen(app: &TestApp) -> (Seen, BTreeMap<(String, String), (Value, Value)>) {
    let answer = overlaps(app, &app.manager("aurora"), json!({"partner": "borealis", "first": 100})).await;
    let (mut seen, mut ids) = (Seen::new(), BTreeMap::new());
    for node in answer.at("/overlaps/nodes").as_array().unwrap() {
        let external = |side: &str| node[side]["externalId"].as_str().unwrap().to_owned();
        let key = (external("own"), external("partner"));
        let confidence = node["confidence"].as_str().unwrap().to_owned();
        assert!(seen.insert(key.clone(), (confidence, node["score"].as_f64().unwrap())).is_none(), "seen twice");
        ids.insert(key, (node["id"].clone(), node["foundAt"].clone()));
    }
    assert_eq!(answer.at("/overlaps/totalCount"), &json!(seen.len()));
    (seen, ids)
}

fn same(seen: &Seen, full: &Seen) {
    assert_eq!(seen.keys().collect::<Vec<_>>(), full.keys().collect::<Vec<_>>());
    for (key, (_, score)) in seen {
        assert!((score - full[key].1).abs() < 1e-3, "{key:?}: {score} and {}", full[key].1);
    }
}

const FIELDS: [AccountField; 2] = [AccountField::Name, AccountField::ExternalId];

async fn changes_give_what_a_full_run_gives(mut app: TestApp) {
    // Everything that can be is matched by itself.
    let settings = EngineSettings { small: 0, drift: 1_000.0, ..EngineSettings::default() };
    app.app.engine = Arc::new(Engine::new(settings));
    let mut dice = Dice(7);
    for round in 0..3 {
        let (mut ours, mut theirs) = (Rows::new(), Rows::new());
        for _ in 0..4 {
            dice.change(&mut ours);
            dice.change(&mut theirs);
        }
        let copy = app.copy().await;
        let mut copy = copy;
        copy.app.engine = Arc::new(Engine::new(settings));
        let house = House::new(&copy);
        let (our, their, _) = house.two(SharingLevel::Overlapping, &FIELDS, ours.clone(), theirs.clone()).await;
        let statistics = Statistics::of(&list(&ours), &list(&theirs));
        compare(&copy).await;
        let (mut before, mut ids) = seen(&copy).await;
        same(&before, &full(&ours, &theirs, &statistics));
        for step in 0..6 {
            copy.clock.advance(chrono::TimeDelta::minutes(1));
            if dice.roll(2) == 0 {
                dice.change(&mut ours);
                house.replace(our, ours.clone()).await;
            }
            if dice.roll(2) == 0 {
                dice.change(&mut theirs);
                house.replace(their, theirs.clone()).await;
            }
            compare(&copy).await;
            let (after, new_ids) = seen(&copy).await;
            same(&after, &full(&ours, &theirs, &statistics));
            // Those that stay keep their id, and when they were found.
            for (key, id) in &new_ids {
                if before.contains_key(key) {
                    assert_eq!(ids[key], *id, "round {round}, step {step}: {key:?}");
                }
            }
            (before, ids) = (after, new_ids);
        }
        let kinds = runs(&copy).await;
        assert!(kinds.iter().skip(1).all(|kind| kind == "CHANGES"), "{kinds:?}");
    }
}

/// The kinds of the runs, the first one first.
async fn runs(app: &TestApp) -> Vec<String> {
    let document = "query { mappingRuns(partner: \"borealis\", first: 100) { nodes { kind state } } }";
    let answer = app.graphql(&app.manager("aurora"), document, json!({})).await;
    let mut kinds: Vec<String> = answer
        .at("/mappingRuns/nodes")
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["kind"].as_str().unwrap().to_owned())
        .collect();
    kinds.reverse();
    kinds
}

async fn what_is_not_in_memory_is_read_again(mut app: TestApp) {
    app.app.engine = Arc::new(Engine::new(EngineSettings { small: 0, drift: 0.3, ..EngineSettings::default() }));
    let house = House::new(&app);
    let (our, _, _) = house.two(SharingLevel::Overlapping, &FIELDS, companies(0..20), companies(0..20)).await;
    compare(&app).await;
    let (_, ids) = seen(&app).await;
    assert!(app.app.engine.bytes() > 0);
    // A few: these alone. After a restart: all.
    house.replace(our, companies(1..21)).await;
    compare(&app).await;
    app.app.engine.forget();
    house.replace(our, companies(2..22)).await;
    compare(&app).await;
    // More than the share that may change.
    house.replace(our, companies(2..3)).await;
    compare(&app).await;
    assert_eq!(runs(&app).await, ["FULL", "CHANGES", "FULL", "FULL"]);
    let (_, after) = seen(&app).await;
    assert_eq!(after.len(), 1);
    for (key, id) in after {
        assert_eq!(ids[&key], id);
    }
    assert_eq!(names(&app, &app.manager("borealis"), "aurora").await.len(), 1);
}

async fn what_changes_without_its_keys_stays(mut app: TestApp) {
    app.app.engine = Arc::new(Engine::new(EngineSettings { small: 0, drift: 0.9, ..EngineSettings::default() }));
    let house = House::new(&app);
    let (our, _, _) = house.two(SharingLevel::Overlapping, &FIELDS, companies(0..10), companies(0..10)).await;
    compare(&app).await;
    let (before, ids) = seen(&app).await;
    let mut ours = companies(0..10);
    ours.values_mut().for_each(|row| row.owner = "Team North".to_owned());
    house.replace(our, ours).await;
    compare(&app).await;
    assert_eq!(seen(&app).await, (before, ids));
    let answer = overlaps(&app, &app.manager("aurora"), json!({"partner": "borealis"})).await;
    assert_eq!(answer.at("/overlaps/nodes/0/own/owner"), "Team North");
    // An account that goes is not seen any more even before the lists are compared again.
    house.replace(our, companies(5..10)).await;
    assert_eq!(names(&app, &app.manager("aurora"), "borealis").await.len(), 5);
}

on_both!(changes_give_what_a_full_run_gives, what_is_not_in_memory_is_read_again, what_changes_without_its_keys_stays);
