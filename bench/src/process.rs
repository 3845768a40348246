//! CPU time of processes, from /proc (Linux).

use crate::Result;
use std::{fs, time::Duration};

/// Ticks a second that the kernel counts CPU time in; 100 on every Linux that this runs on.
const TICKS: u64 = 100;

/// The fields of /proc/PID/stat behind the name, which is in parentheses and may hold blanks.
fn fields(pid: u32) -> Result<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let rest = text.rsplit_once(')').ok_or("no name in /proc/PID/stat")?.1;
    Ok(rest.split_whitespace().map(str::to_owned).collect())
}

fn ticks(fields: &[String]) -> Result<u64> {
    // User and system time of the process, and of its children that have ended.
    let mut sum = 0;
    for field in &fields[11..15] {
        sum += field.parse::<u64>()?;
    }
    Ok(sum)
}

/// CPU time of a process.
pub(crate) fn cpu(pid: u32) -> Result<Duration> {
    Ok(Duration::from_millis(ticks(&fields(pid)?)? * 1000 / TICKS))
}

/// CPU time of a process and of its children: PostgreSQL serves each connection with one.
pub(crate) fn cpu_with_children(pid: u32) -> Result<Duration> {
    let mut sum = ticks(&fields(pid)?)?;
    for entry in fs::read_dir("/proc")? {
        let Some(child) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // A process may end between the two reads.
        let Ok(fields) = fields(child) else { continue };
        if fields.get(1).is_some_and(|parent| *parent == pid.to_string()) {
            sum += ticks(&fields)?;
        }
    }
    Ok(Duration::from_millis(sum * 1000 / TICKS))
}
