//! CPU time and memory of processes, from /proc (Linux).

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

/// Memory of a process that is in use, in KiB.
pub(crate) fn resident(pid: u32) -> Result<u64> {
    status(pid, "VmRSS:")
}

/// The most memory that a process has had in use so far, in KiB.
pub(crate) fn peak(pid: u32) -> Result<u64> {
    status(pid, "VmHWM:")
}

fn status(pid: u32, name: &str) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let line = line.ok_or_else(|| format!("no {name} in /proc/PID/status"))?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

/// Bytes that wait in the system to be sent on each connection that a local port has accepted and whose peer does not
/// read: those of more than `least`, from /proc/net/tcp.
pub(crate) fn unsent(port: u16, least: u64) -> Result<Vec<u64>> {
    let text = fs::read_to_string("/proc/net/tcp")?;
    let local = format!(":{port:04X}");
    let waiting = text.lines().skip(1).filter_map(|line| {
        let mut fields = line.split_whitespace();
        fields.nth(1).filter(|address| address.ends_with(&local))?;
        let (unsent, _) = fields.nth(2)?.split_once(':')?;
        u64::from_str_radix(unsent, 16).ok().filter(|bytes| *bytes > least)
    });
    Ok(waiting.collect())
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
