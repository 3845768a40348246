//! A file of opportunities that comes in.
//!
//! Each row is a transaction of its own, with its facts: a row is in as a whole or not at all, and one that is refused
//! does not stop the others. A strict file is tried row by row first, and then written in one transaction.

use super::{
    file::{self, Row},
    judge::{Failed, apply_in, problems},
    parameters::ImportParameters,
    report::{Became, Report},
};
use crate::{
    cosell::policy::CreateOpportunity,
    event,
    op::{Failure, Fault, Op, World},
    sheet::Problem,
    transfer::{Asker, Intake, Refused},
};
use async_trait::async_trait;
use bytes::Bytes;
use entity::id::OrganizationId;
use serde_json::Value;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// How long a file is worked on. What is left then is left: sending the file again goes on there.
const WORK_MAX: Duration = Duration::from_secs(60);

/// Takes files of opportunities.
pub struct OpportunityIntake {
    world: Arc<World>,
}

impl OpportunityIntake {
    /// The intake of `world`.
    #[must_use]
    pub fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    fn admitted(&self, asker: &Asker) -> Result<Admitted, Refused> {
        let op = Op::new(Arc::clone(&self.world), asker.actor.clone(), &asker.request_id, Vec::new());
        let own = op.own_organization().map_err(refused)?;
        op.authorize::<CreateOpportunity>(own, &own).map_err(|denied| refused(denied.into()))?;
        let asked = ImportParameters::read(&asker.parameters)?;
        Ok(Admitted { op, own, asked, until: Instant::now() + WORK_MAX })
    }
}

#[async_trait]
impl Intake for OpportunityIntake {
    async fn admit(&self, asker: &Asker) -> Result<(), Refused> {
        self.admitted(asker).map(|_| ())
    }

    async fn take(&self, asker: Asker, file: Bytes) -> Result<Value, Refused> {
        let admitted = self.admitted(&asker)?;
        // Eight megabytes take their time to be taken apart.
        let rows = tokio::task::spawn_blocking(move || file::read(file)).await.map_err(Fault::internal)??;
        admitted.take(rows).await
    }
}

struct Admitted {
    op: Op,
    own: OrganizationId,
    asked: ImportParameters,
    until: Instant,
}

impl Admitted {
    async fn take(&self, rows: Vec<Result<Row, Problem>>) -> Result<Value, Refused> {
        let ImportParameters { strict, dry_run } = self.asked;
        let mut report = Report::begin(strict, dry_run);
        let mut taken = Vec::new();
        for row in rows {
            let row = match row {
                Ok(row) => row,
                Err(problem) => {
                    report.reject(vec![problem]);
                    continue;
                }
            };
            if Instant::now() >= self.until {
                report.stopped_before_line = Some(row.line);
                break;
            }
            match self.one(&row, !strict && !dry_run).await {
                Ok(became) => {
                    report.written |= !strict && !dry_run && became != Became::Unchanged;
                    report.count(became);
                    taken.push(row);
                }
                Err(Failed::Rejected(refusals)) => report.reject(problems(&row, refusals)),
                Err(Failed::Fault(fault)) => return Err(stopped(fault, &report)),
            }
        }
        if !strict || dry_run {
            return Ok(report.value());
        }
        if report.is_clean() {
            report = self.all(taken).await?;
        }
        match report.is_clean() {
            true => Ok(report.value()),
            false => {
                let message = "Nothing was written, because not every row can be: see the report.";
                Err(Refused::Report(message.to_owned(), report.value()))
            }
        }
    }

    /// One row, in a transaction of its own; tried only where it is not to be `kept`.
    async fn one(&self, row: &Row, kept: bool) -> Result<Became, Failed> {
        match self.once(row, kept).await {
            // Whoever was overtaken finds the opportunity now, and changes it or leaves it as it is.
            Err(failed) if failed.was_overtaken() => self.once(row, kept).await,
            done => done,
        }
    }

    async fn once(&self, row: &Row, kept: bool) -> Result<Became, Failed> {
        let op = &self.op;
        let tx = op.db().begin().await?;
        let (became, facts) = apply_in(&tx, op, self.own, row).await?;
        if kept && !facts.is_empty() {
            event::record(&tx, op, facts).await?;
            tx.commit().await.map_err(Fault::from)?;
        } else {
            tx.rollback().await.map_err(Fault::from)?;
        }
        Ok(became)
    }

    /// All rows in one transaction. Nothing of it waits for the sender.
    async fn all(&self, mut rows: Vec<Row>) -> Result<Report, Refused> {
        let op = &self.op;
        let mut report = Report::begin(true, false);
        // Two files at once lock what they have in common in the same order.
        rows.sort_by(|one, other| one.key().cmp(&other.key()));
        let tx = op.db().begin().await?;
        let mut facts = Vec::new();
        for row in &rows {
            if Instant::now() >= self.until {
                return Err(Fault::Timeout.into());
            }
            match apply_in(&tx, op, self.own, row).await {
                Ok((became, told)) => {
                    report.count(became);
                    facts.extend(told);
                }
                Err(Failed::Fault(fault)) => return Err(fault.into()),
                Err(Failed::Rejected(refusals)) => {
                    report.reject(problems(row, refusals));
                    return Ok(report);
                }
            }
        }
        report.written = !facts.is_empty();
        if report.written {
            event::record(&tx, op, facts).await?;
        }
        tx.commit().await.map_err(Fault::from)?;
        Ok(report)
    }
}

fn refused(failure: Failure) -> Refused {
    match failure {
        Failure::Fault(fault) => Refused::Fault(fault),
        Failure::Refused(refusals) => {
            Refused::NotAllowed(refusals.into_iter().map(|refusal| refusal.message).collect::<Vec<_>>().join(" "))
        }
    }
}

fn stopped(fault: Fault, report: &Report) -> Refused {
    match report.written {
        true => Refused::Stopped(fault, report.value()),
        false => Refused::Fault(fault),
    }
}
