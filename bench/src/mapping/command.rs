//! `partnergraph match` on two CSV files beside a polars join on exact keys, in turn.

use super::lists::Lists;
use crate::{Result, process};
use std::{
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// What one program needed, once.
#[derive(Clone, Copy)]
struct Needed {
    wall: Duration,
    cpu: Duration,
    /// KiB.
    memory: u64,
}

/// How often the memory of a program is looked at: its peak is kept by the system, so only its last moment is missed.
const LOOK: Duration = Duration::from_millis(10);

fn run(command: &mut Command, limit: Duration) -> Result<Needed> {
    let before = process::cpu(std::process::id())?;
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let mut memory = 0;
    let status = loop {
        // It may end between the two looks.
        memory = process::peak(child.id()).unwrap_or(memory).max(memory);
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Err(format!("{command:?} took more than {} s", limit.as_secs()).into());
        }
        thread::sleep(LOOK);
    };
    let wall = start.elapsed();
    if !status.success() {
        return Err(format!("{command:?} ended with {status}").into());
    }
    Ok(Needed { wall, cpu: process::cpu(std::process::id())?.saturating_sub(before), memory })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Runs both `rounds` times, one after the other, and prints the medians and the ratio of them round by round.
pub(super) fn compare(lists: &Lists, program: &Path, peer: &Path, rounds: usize, limit: Duration) -> Result<()> {
    let has_polars = Command::new("python3").args(["-c", "import polars"]).stderr(Stdio::null()).status()?.success();
    if !has_polars {
        println!("without polars (python3 -m pip install polars) `match` is measured alone");
    }
    let (ours, theirs) = (lists.path("pairs-match.csv"), lists.path("pairs-polars.csv"));
    let mut needed = Vec::new();
    for _ in 0..rounds {
        let mut matching = Command::new(program);
        matching.arg("match").arg("--left").arg(lists.path("a.csv")).arg("--right").arg(lists.path("b.csv"));
        let one = run(matching.arg("--out").arg(&ours), limit)?;
        let other = if has_polars {
            let mut join = Command::new("python3");
            join.arg(peer).arg(lists.path("a.csv")).arg(lists.path("b.csv"));
            Some(run(join.arg(&theirs), limit)?)
        } else {
            None
        };
        needed.push((one, other));
    }
    let of_match = needed.iter().map(|(one, _)| *one);
    tell("partnergraph match", of_match.collect(), &lists.score(&ours, "truth.csv")?.to_string());
    if has_polars {
        let of_polars = needed.iter().filter_map(|(_, other)| *other);
        tell("polars join", of_polars.collect(), &lists.score(&theirs, "truth.csv")?.to_string());
        let ratio = |of: fn(&Needed) -> Duration| {
            let ratios = needed.iter().filter_map(|(one, other)| {
                Some(of(one).as_secs_f64() / of(other.as_ref()?).as_secs_f64().max(f64::MIN_POSITIVE))
            });
            median(ratios.collect())
        };
        let (wall, cpu) = (ratio(|needed| needed.wall), ratio(|needed| needed.cpu));
        println!("match / polars, median of {rounds}: time {wall:.2}, CPU {cpu:.2} (goal: 1 at most)");
    }
    Ok(())
}

fn tell(name: &str, needed: Vec<Needed>, quality: &str) {
    let of = |figure: fn(&Needed) -> f64| median(needed.iter().map(figure).collect());
    println!(
        "{name}: {:.2} s, CPU {:.2} s, {:.0} MiB; {quality}",
        of(|needed| needed.wall.as_secs_f64()),
        of(|needed| needed.cpu.as_secs_f64()),
        of(|needed| needed.memory as f64 / 1024.0),
    );
}
