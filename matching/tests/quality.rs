//! How good the engine is on lists with a known truth, where they are: `shared/data` beside the repository, or the folder
//! that `ACCOUNT_MAPPING_DATA` names, with `account-mapping-dev` in it. Says so and holds nothing where they are not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use matching::file::{Files, run};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

type Pairs = BTreeSet<(String, String)>;

fn data() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("ACCOUNT_MAPPING_DATA").map_or(beside, PathBuf::from).join("account-mapping-dev");
    if folder.join("truth.csv").exists() {
        return Some(folder);
    }
    eprintln!("left out: there is no {}", folder.display());
    None
}

fn pairs(path: &Path) -> Pairs {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.records().map(|row| row.unwrap()).map(|row| (row[0].to_owned(), row[1].to_owned())).collect()
}

/// Precision and recall, without the pairs that judges differ about.
fn measured(folder: &Path, variant: &str) -> (f64, f64) {
    let out = std::env::temp_dir().join(format!("partnergraph-quality-{}-{variant}.csv", std::process::id()));
    let file = |side: &str| folder.join(format!("{side}{variant}.csv"));
    run(&Files { left: file("a"), right: file("b"), out: out.clone(), least: 0.5 }).unwrap();
    let (found, truth, ignored) = (pairs(&out), pairs(&folder.join("truth.csv")), pairs(&folder.join("ignore.csv")));
    std::fs::remove_file(&out).unwrap();
    let found: Pairs = found.into_iter().filter(|pair| truth.contains(pair) || !ignored.contains(pair)).collect();
    let right = found.intersection(&truth).count() as f64;
    (right / found.len() as f64, right / truth.len() as f64)
}

#[test]
fn real_lists_are_matched_better_than_by_exact_keys() {
    let Some(folder) = data() else { return };
    for (variant, least) in [("", 0.985), ("-nosite30", 0.93), ("-nameonly", 0.93)] {
        let (precision, recall) = measured(&folder, variant);
        let f1 = 2.0 * precision * recall / (precision + recall);
        assert!(f1 >= least, "{variant}: F1 {f1:.4}, precision {precision:.4}, recall {recall:.4}");
        assert!(precision >= 0.97, "{variant}: precision {precision:.4}");
    }
}
