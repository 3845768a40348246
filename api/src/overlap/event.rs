//! The facts that this room publishes. Each side is told what the other one's rule lets it see at that moment; ids and
//! numbers only, so that an alert that is read later shows of the accounts what may be seen then.

use super::{
    model::{BenefitPlay, DisputeStatus, DisputeVerdict, Layout, OverlapDispute, OverlapNote},
    scope::OpenPair,
};
use crate::{
    event::{AlertDraft, Discretion, Fact, subject},
    sharing::model::{MappingPair, SharingLevel},
};
use chrono::{DateTime, Utc};
use entity::{
    account_list::AccountListKind,
    alert::{AlertChange, AlertKind},
    id::{AccountId, MappingRunId, OrganizationId, OverlapId},
};
use serde_json::{Value, json};
use std::collections::HashMap;

/// How many overlaps a run found and lost, as one side may know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Found; none where it is too few to be told.
    pub found: Option<usize>,
    /// Lost; none where it is too few to be told.
    pub lost: Option<usize>,
}

impl Tally {
    /// What a side may know whom the other one shows `level`; none where that is nothing. Where only counts are shown, not
    /// even that something changed is told while it is little: whoever changes one account would learn of that one.
    #[must_use]
    pub fn of(level: SharingLevel, threshold: i32, found: usize, lost: usize) -> Option<Self> {
        let least = usize::try_from(threshold).unwrap_or_default();
        let told = |number: usize| (number >= least).then_some(number);
        match level {
            SharingLevel::Hidden => None,
            SharingLevel::CountsOnly => {
                let tally = Self { found: told(found), lost: told(lost) };
                (tally.found.is_some() || tally.lost.is_some()).then_some(tally)
            }
            SharingLevel::Overlapping | SharingLevel::All => Some(Self { found: Some(found), lost: Some(lost) }),
        }
    }
}

/// One side of a run.
pub struct Told<'a> {
    /// The side.
    pub viewer: OrganizationId,
    /// The other one.
    pub partner: OrganizationId,
    /// What it sees of the pair.
    pub open: &'a OpenPair,
    /// What it may know.
    pub tally: Tally,
}

/// A company went from a list of one kind to a list of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Where it was.
    pub from: AccountListKind,
    /// Where it is.
    pub to: AccountListKind,
}

/// An overlap of a run, seen from one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The overlap.
    pub id: OverlapId,
    /// The side's own account.
    pub own: AccountId,
    /// The other side's account.
    pub partner: AccountId,
    /// Whether it is new, and not gone.
    pub found: bool,
}

/// A run is seen from now on.
pub struct RunShown<'a> {
    /// The pair.
    pub pair: &'a MappingPair,
    /// What it wrote.
    pub layout: &'a Layout<DateTime<Utc>>,
    /// Its number among those that were seen.
    pub run: i64,
}

impl RunShown<'_> {
    /// What it found and lost, seen from one side.
    #[must_use]
    pub fn rows(&self, own_is_left: bool) -> Vec<Row> {
        let row = |id, left, right, found| {
            let (own, partner) = if own_is_left { (left, right) } else { (right, left) };
            Row { id, own, partner, found }
        };
        let found = self.layout.begin.iter().filter(|row| row.is_found);
        let lost = self.layout.end.iter().filter(|end| end.is_lost);
        found
            .map(|new| row(new.id, new.left, new.right, true))
            .chain(lost.map(|end| row(end.row.id, end.row.left, end.row.right, false)))
            .collect()
    }

    /// What one side is told of the run as a whole.
    #[must_use]
    pub fn summary(&self, told: &Told<'_>) -> Fact {
        let details = json!({
            "partner": subject(told.partner),
            "found": told.tally.found,
            "lost": told.tally.lost,
        });
        Fact {
            action: "mapping.shown",
            organization: told.viewer,
            subject: subject(self.pair.id),
            before: None,
            after: Some(details.clone()),
            stale: Vec::new(),
            alert: Some(draft(AlertChange::Updated, self.pair.id, details)),
            discretion: Discretion::PRIVATE,
        }
    }

    /// What one side is told of each overlap.
    #[must_use]
    pub fn single(&self, told: &Told<'_>, moved: &HashMap<OverlapId, Moved>) -> Vec<Fact> {
        let of = |row: Row| {
            let moved = moved.get(&row.id);
            let change = match (moved, row.found) {
                (Some(_), _) => AlertChange::KindChanged,
                (None, true) => AlertChange::Found,
                (None, false) => AlertChange::Lost,
            };
            let details = json!({
                "partner": subject(told.partner),
                "overlap": subject(row.id),
                "account": subject(row.own),
                "ownKind": told.open.own.kind,
                "kind": moved.map_or(told.open.partner.kind, |moved| moved.to),
                "kindBefore": moved.map(|moved| moved.from),
            });
            Fact {
                action: if row.found { "overlap.found" } else { "overlap.lost" },
                organization: told.viewer,
                subject: subject(row.id),
                before: None,
                after: None,
                stale: Vec::new(),
                alert: Some(draft(change, row.id, details)),
                discretion: Discretion::PRIVATE,
            }
        };
        self.rows(told.open.own_is_left).into_iter().map(of).collect()
    }
}

/// Something that happened to a dispute.
pub struct DisputeEvent<'a> {
    /// As it was; none for a new one.
    pub before: Option<&'a OverlapDispute>,
    /// As it is.
    pub after: &'a OverlapDispute,
    /// The overlap that it is about, where it is seen.
    pub overlap: Option<OverlapId>,
    /// The sides that see it, each with the other one.
    pub sides: Vec<(OrganizationId, OrganizationId)>,
}

impl DisputeEvent<'_> {
    /// The facts to record.
    #[must_use]
    pub fn facts(&self) -> Vec<Fact> {
        let (action, change) = match (self.before, self.after.status) {
            (None, _) => ("overlap_dispute.raised", AlertChange::Created),
            (Some(_), DisputeStatus::Agreed) => ("overlap_dispute.agreed", AlertChange::Accepted),
            (Some(_), DisputeStatus::Rejected) => ("overlap_dispute.rejected", AlertChange::Declined),
            (Some(_), DisputeStatus::Withdrawn | DisputeStatus::Open) => {
                ("overlap_dispute.withdrawn", AlertChange::Canceled)
            }
        };
        let shown = |row: &OverlapDispute| json!({ "status": row.status, "verdict": row.verdict });
        let fact = |(viewer, partner): &(OrganizationId, OrganizationId)| {
            let details = json!({
                "partner": subject(*partner),
                "dispute": subject(self.after.id),
                "overlap": self.overlap.filter(|_| self.after.verdict != DisputeVerdict::NotSame).map(subject),
            });
            Fact {
                action,
                organization: *viewer,
                subject: subject(self.after.id),
                before: self.before.map(shown),
                after: Some(shown(self.after)),
                stale: Vec::new(),
                alert: Some(draft(change, self.after.id, details)),
                discretion: Discretion::PRIVATE,
            }
        };
        self.sides.iter().map(fact).collect()
    }
}

/// Somebody asked a run to stop: told to its own house alone.
#[must_use]
pub fn run_canceled(id: MappingRunId, by: OrganizationId) -> Vec<Fact> {
    vec![for_own_house("mapping_run.canceled", by, subject(id), None, None)]
}

/// An organization says otherwise what it does about overlaps: for its own trail alone.
#[must_use]
pub fn play_changed(own: OrganizationId, before: &BenefitPlay, after: &BenefitPlay) -> Vec<Fact> {
    let shown = |cell: &BenefitPlay| {
        json!({
            "ownKind": cell.own,
            "partnerKind": cell.partner,
            "play": cell.play,
            "text": cell.text,
            "isDefault": cell.revision == 0,
        })
    };
    let action = if after.revision == 0 { "benefit_play.reset" } else { "benefit_play.set" };
    vec![for_own_house(action, own, subject(own), Some(shown(before)), Some(shown(after)))]
}

/// A note was written, changed or removed: told to its own house alone, without its text, which may tell of people.
#[must_use]
pub fn note_changed(before: Option<&OverlapNote>, after: Option<&OverlapNote>) -> Vec<Fact> {
    let Some(note) = after.or(before) else { return Vec::new() };
    let action = match (before, after) {
        (None, _) => "overlap_note.added",
        (Some(_), Some(_)) => "overlap_note.updated",
        (Some(_), None) => "overlap_note.removed",
    };
    let shown = |note: &OverlapNote| json!({ "account": subject(note.own_account_id), "revision": note.revision });
    vec![for_own_house(action, note.organization_id, subject(note.id), before.map(shown), after.map(shown))]
}

fn for_own_house(
    action: &'static str,
    organization: OrganizationId,
    subject: String,
    before: Option<Value>,
    after: Option<Value>,
) -> Fact {
    let discretion = Discretion::PRIVATE;
    Fact { action, organization, subject, before, after, stale: Vec::new(), alert: None, discretion }
}

fn draft(change: AlertChange, id: impl Into<uuid::Uuid>, details: Value) -> AlertDraft {
    AlertDraft {
        kind: AlertKind::Overlap,
        change,
        subject: id.into(),
        opportunity: None,
        stage: None,
        restricted: false,
        details,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_not_told_where_only_counts_are_shown() {
        let tally = |level, found, lost| Tally::of(level, 5, found, lost);
        assert_eq!(tally(SharingLevel::Hidden, 9, 9), None);
        assert_eq!(tally(SharingLevel::CountsOnly, 4, 0), None);
        assert_eq!(tally(SharingLevel::CountsOnly, 5, 4), Some(Tally { found: Some(5), lost: None }));
        assert_eq!(tally(SharingLevel::Overlapping, 1, 0), Some(Tally { found: Some(1), lost: Some(0) }));
    }
}
