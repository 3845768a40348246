//! The verdict: what the subscribers have against what was committed, and against what the writers were told.

use super::{cast::Cast, services::Services, subscriber::Record, writer::Written};
use crate::Result;
use sea_orm::{ConnectionTrait, Statement, prelude::Uuid};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt,
};

/// A committed alert.
struct Committed {
    id: String,
    opportunity: Option<String>,
    change: String,
}

/// What was committed, by the slug of the organization, in order.
pub(super) struct Expected(BTreeMap<String, Vec<Committed>>);

impl Expected {
    /// The newest alert of each organization.
    pub(super) fn heads(&self) -> BTreeMap<String, Option<String>> {
        self.0.iter().map(|(slug, alerts)| (slug.clone(), alerts.last().map(|alert| alert.id.clone()))).collect()
    }
}

/// Reads what was committed since the subscribers began. Whatever was before is about partnerships, with no opportunity.
pub(super) async fn committed(services: &Services, cast: &Cast) -> Result<Expected> {
    let database = services.database().await?;
    let mut expected = BTreeMap::new();
    for member in &cast.members {
        let digits = member.id.strip_prefix("org_").ok_or("another id than expected")?;
        let sql = "SELECT id, opportunity_id, change FROM alerts WHERE organization_id = $1 AND kind <> 'PARTNERSHIP' \
                   ORDER BY seq";
        let organization = Uuid::try_parse(digits)?;
        let statement = Statement::from_sql_and_values(database.get_database_backend(), sql, [organization.into()]);
        let mut alerts = Vec::new();
        for row in database.query_all_raw(statement).await? {
            let id: Uuid = row.try_get_by_index(0)?;
            let opportunity: Option<Uuid> = row.try_get_by_index(1)?;
            alerts.push(Committed {
                id: format!("alt_{}", id.simple()),
                opportunity: opportunity.map(|id| format!("opp_{}", id.simple())),
                change: row.try_get_by_index(2)?,
            });
        }
        expected.insert(member.slug.clone(), alerts);
    }
    database.close().await?;
    Ok(Expected(expected))
}

/// What was seen.
#[derive(Default)]
pub(super) struct Report {
    subscribers: usize,
    committed: usize,
    delivered: usize,
    lost: usize,
    doubled: usize,
    disordered: usize,
    foreign: usize,
    unfounded: usize,
    acknowledged: usize,
    missing: Vec<String>,
    connections: usize,
    unanswered: usize,
    closes: BTreeMap<u16, usize>,
    surprises: Vec<String>,
    delays: Vec<i64>,
}

impl Report {
    /// Whether the promise was kept.
    pub(super) fn holds(&self) -> bool {
        self.delivered > 0
            && self.lost + self.doubled + self.disordered + self.foreign + self.unfounded == 0
            && self.missing.is_empty()
            && self.surprises.is_empty()
    }
}

/// Compares.
pub(super) fn judge(expected: &Expected, cast: &Cast, written: &Written, records: &[Record]) -> Report {
    let mut report = Report { subscribers: records.len(), unanswered: written.unanswered, ..Report::default() };
    report.committed = expected.0.values().map(Vec::len).sum();
    for record in records {
        of_record(&mut report, &expected.0[&record.organization], record);
    }
    report.delays.sort_unstable();
    unfounded(&mut report, expected, written);
    acknowledged(&mut report, expected, written);
    if cast.members.last().is_some_and(|stranger| !expected.0[&stranger.slug].is_empty()) {
        report.surprises.push("the stranger's feed has alerts".to_owned());
    }
    report
}

fn of_record(report: &mut Report, expected: &[Committed], record: &Record) {
    let places: HashMap<&str, usize> =
        expected.iter().enumerate().map(|(place, alert)| (alert.id.as_str(), place)).collect();
    let mut seen = BTreeSet::new();
    let mut last = None;
    for id in &record.alerts {
        match places.get(id.as_str()) {
            None => report.foreign += 1,
            Some(place) if !seen.insert(*place) => report.doubled += 1,
            Some(place) => {
                if last.is_some_and(|last| last > *place) {
                    report.disordered += 1;
                }
                last = Some(*place);
            }
        }
    }
    report.lost += expected.len() - seen.len();
    report.delivered += record.alerts.len();
    report.connections += record.connections;
    for (code, count) in &record.closes {
        *report.closes.entry(*code).or_default() += count;
    }
    report.surprises.extend(record.surprises.iter().take(3).cloned());
    report.delays.extend(&record.delays);
}

/// Alerts in the feed of an organization that was no party to the opportunity.
fn unfounded(report: &mut Report, expected: &Expected, written: &Written) {
    for (slug, alerts) in &expected.0 {
        for opportunity in alerts.iter().filter_map(|alert| alert.opportunity.as_ref()) {
            // One whose making was never answered is known to its writer by no id.
            if written.opportunities.get(opportunity).is_some_and(|done| !done.parties.contains(slug)) {
                report.unfounded += 1;
            }
        }
    }
}

/// What a writer was told is done must be in the feeds, and no more than it has tried.
fn acknowledged(report: &mut Report, expected: &Expected, written: &Written) {
    let mut counts: HashMap<(&str, &str, &str), usize> = HashMap::new();
    for (slug, alerts) in &expected.0 {
        for alert in alerts {
            if let Some(opportunity) = &alert.opportunity {
                *counts.entry((slug, opportunity, &alert.change)).or_default() += 1;
            }
        }
    }
    let count = |slug: &str, id: &str, change: &str| counts.get(&(slug, id, change)).copied().unwrap_or_default();
    for (id, done) in &written.opportunities {
        report.acknowledged += 1 + done.moves + usize::from(done.accepted);
        if count(&done.parties[0], id, "CREATED") != 1 {
            report.missing.push(format!("{id} was made, and {} has not exactly one alert of it", done.parties[0]));
        }
        let knowing = if done.accepted { &done.parties[..] } else { &done.parties[..1] };
        for slug in knowing {
            let told = count(slug, id, "STAGE_CHANGED");
            if told < done.moves || told > done.attempts {
                report.missing.push(format!("{id} was moved {} times, and {slug} has {told} alerts of it", done.moves));
            }
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |part: f64| {
            let place = (self.delays.len().saturating_sub(1) as f64 * part) as usize;
            self.delays.get(place).copied().unwrap_or_default()
        };
        writeln!(
            out,
            "subscribers: {}, connections: {}, closes: {:?}",
            self.subscribers, self.connections, self.closes
        )?;
        writeln!(out, "acknowledged changes: {}, requests without an answer: {}", self.acknowledged, self.unanswered)?;
        writeln!(out, "committed alerts: {}, deliveries: {}", self.committed, self.delivered)?;
        writeln!(
            out,
            "lost: {}, doubled: {}, out of order: {}, foreign: {}, to organizations without a part: {}",
            self.lost, self.doubled, self.disordered, self.foreign, self.unfounded
        )?;
        writeln!(out, "fact to subscriber, ms: p50 {}, p99 {}, most {}", share(0.5), share(0.99), share(1.0))?;
        for missing in self.missing.iter().take(10) {
            writeln!(out, "missing: {missing}")?;
        }
        for surprise in self.surprises.iter().take(10) {
            writeln!(out, "surprise: {surprise}")?;
        }
        write!(out, "{}", if self.holds() { "Nothing was lost." } else { "THE PROMISE WAS NOT KEPT." })
    }
}
