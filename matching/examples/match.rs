//! Matches two CSV files without a server: `match A.csv B.csv PAIRS.csv`. Says on the standard error how long it took.

use matching::file::{Files, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(left), Some(right), Some(out)) = (arguments.next(), arguments.next(), arguments.next()) else {
        eprintln!("usage: match A.csv B.csv PAIRS.csv");
        return ExitCode::from(2);
    };
    match run(&Files { left: left.into(), right: right.into(), out: out.into(), least: 0.0 }) {
        Ok(report) => {
            eprintln!("{report:?}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}
