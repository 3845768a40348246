//! How long it takes to match accounts that come later: `increment A.csv B.csv [HOW_MANY]` takes the last accounts of the
//! first list (100, if it is not said) as new, and says whether the matches are those of a full run.
//!
//! The files have the columns account_id, name, website, country, in this order.

use matching::{Account, Index, Keys, List, Match, Statistics, match_all, match_some};
use std::{error::Error, time::Instant};

fn keys(path: &str) -> Result<Vec<Keys>, Box<dyn Error>> {
    let mut keys = Vec::new();
    for record in csv::Reader::from_path(path)?.records() {
        let record = record?;
        let column = |at| record.get(at).unwrap_or_default();
        keys.push(Keys::of(&Account { name: column(1), website: column(2), country: column(3), ..Account::default() }));
    }
    Ok(keys)
}

fn list(keys: &[Keys]) -> List {
    let mut list = List::with_capacity(keys.len());
    for keys in keys {
        list.push(keys);
    }
    list
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [left, right, rest @ ..] = arguments.as_slice() else {
        return Err("usage: increment A.csv B.csv [HOW_MANY]".into());
    };
    let count: usize = rest.first().map_or(Ok(100), |count| count.parse())?;
    let (left, right) = (keys(left)?, keys(right)?);
    let (before, new) = left.split_at(left.len().saturating_sub(count));

    let start = Instant::now();
    let (ours, theirs) = (list(before), list(&right));
    let statistics = Statistics::of(&ours, &theirs);
    let (mut ours, theirs) = (Index::new(ours, &statistics), Index::new(theirs, &statistics));
    println!("made ready in {:?}", start.elapsed());
    let start = Instant::now();
    let mut kept = match_all(&ours, &theirs, &statistics);
    println!("full run: {} pairs in {:?}", kept.len(), start.elapsed());

    let start = Instant::now();
    ours.extend(new, &statistics);
    println!("{count} accounts taken in in {:?}", start.elapsed());
    let start = Instant::now();
    let added: Vec<u32> = (before.len() as u32..left.len() as u32).collect();
    let again = match_some(&ours, &theirs, &statistics, &added, &[]);
    println!(
        "matched again: {} accounts, {} pairs in {:?}",
        again.left.len() + again.right.len(),
        again.matches.len(),
        start.elapsed()
    );

    kept.retain(|found| {
        again.left.binary_search(&found.left).is_err() && again.right.binary_search(&found.right).is_err()
    });
    kept.extend(&again.matches);
    kept.sort_by_key(|found| (found.left, found.right));
    let pair = |found: &Match| (found.left, found.right, found.confidence, found.reasons);
    let whole: Vec<_> = match_all(&ours, &theirs, &statistics).iter().map(pair).collect();
    println!("as a full run: {}", whole == kept.iter().map(pair).collect::<Vec<_>>());
    Ok(())
}
