//! From rows to staged rows: each kind has a file that compares a batch of rows with what is stored and staged, decides
//! what becomes of each, and stages it. Memory holds one batch; everything else is looked up in the database.

mod audit;
mod categories;
mod checks;
mod events;
mod history;
mod integrations;
mod listings;
mod memberships;
mod organizations;
mod picture;
mod programs;
mod resolve;
mod slugs;
mod streams;
mod words;

use super::{
    fault::ImportFault,
    findings::{Findings, Place},
    incoming::Incoming,
    kind::Kind,
    mapping::Mapping,
    problem::Code,
    store::Stage,
};
use crate::op::Op;
use chrono::NaiveDate;
use entity::{
    id::{OrganizationId, ProgramId},
    import_label, import_row,
};
use programs::Programs;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// One import while it plans.
pub(super) struct Plan<'a> {
    pub(super) op: &'a Op,
    pub(super) stage: Stage,
    pub(super) findings: Findings,
    programs: Programs,
    /// By source and program: the day on which the run's membership files were true.
    snapshots: BTreeMap<(String, ProgramId), NaiveDate>,
    /// Whose audit trail has what belongs to nobody.
    house: OrganizationId,
}

impl<'a> Plan<'a> {
    pub(super) fn new(op: &'a Op, stage: Stage, findings: Findings) -> Self {
        // Before there is an operator, the trail of the installation itself is kept under the nil id.
        let house = OrganizationId(Uuid::nil());
        Self { op, stage, findings, programs: Programs::default(), snapshots: BTreeMap::new(), house }
    }

    /// Finds out who runs the installation: its trail has what belongs to nobody.
    pub(super) async fn find_house(&mut self) -> Result<(), ImportFault> {
        self.house = self.stage.operator().await?.unwrap_or(self.house);
        Ok(())
    }

    /// Leaves out rows whose external id an earlier row of the run has.
    async fn unrepeated<R>(
        &mut self,
        rows: Vec<Incoming<R>>,
        mapping: &Mapping,
        key: impl Fn(&R) -> String,
        column: &'static str,
    ) -> Result<Vec<Incoming<R>>, ImportFault> {
        let values = rows.iter().map(|row| key(&row.record).into()).collect();
        let noted = self.stage.noted_keys(mapping.kind, values).await?;
        let mut seen: BTreeSet<String> = noted.into_iter().map(|noted| noted.external_key).collect();
        let mut kept = Vec::with_capacity(rows.len());
        for row in rows {
            let key = key(&row.record);
            if seen.contains(&key) {
                let shown = key.split_once(':').map_or(key.as_str(), |(_, id)| id);
                let at = (mapping.column(column), shown);
                let reason = "an earlier row has this external id already";
                self.findings.refuse(row.place, Code::DuplicateExternalId, at, reason)?;
            } else {
                seen.insert(key);
                kept.push(row);
            }
        }
        Ok(kept)
    }

    /// A note that the run has taken a row.
    fn taken(&mut self, place: Place, external_key: String, object: impl Into<Uuid>) -> import_row::Model {
        import_row::Model {
            run_id: self.stage.run(),
            kind: place.kind.as_str().to_owned(),
            external_key,
            seq: self.stage.next_seq(),
            object_id: object.into(),
            file: place.file,
            line: place.line_number(),
        }
    }

    /// A note of something that only one row should have.
    fn label(&mut self, place: Place, label: String, shown: &str) -> import_label::Model {
        import_label::Model {
            run_id: self.stage.run(),
            seq: self.stage.next_seq(),
            kind: place.kind.as_str().to_owned(),
            label,
            shown: shown.to_owned(),
            file: place.file,
            line: place.line_number(),
        }
    }
}

/// What is in the first list and not in the second, and the other way round.
fn difference<T: Ord + Clone>(stored: &BTreeSet<T>, wanted: &BTreeSet<T>) -> (Vec<T>, Vec<T>) {
    (stored.difference(wanted).cloned().collect(), wanted.difference(stored).cloned().collect())
}

/// Characters of a kind's name never hold a line end, so a key of several parts is unambiguous with one between.
const PART: char = '\n';

impl Kind {
    /// The column of a kind that names a row in reports where no mapping is at hand.
    fn name_column(self) -> &'static str {
        match self {
            Self::Organizations => "website",
            Self::Memberships | Self::Listings | Self::Integrations | Self::MembershipEvents => "name",
        }
    }
}
