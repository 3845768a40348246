//! Memberships: the present of a program as a source has it. A row becomes a fact of the day on which it was true; status,
//! tier and periods follow from all facts, and [`super::history`] works them out when the events are in too.

use super::{
    Plan,
    history::{FACT_SNAPSHOT, SNAPSHOT_SEQUENCE, facts_of, is_of_events},
    programs::{Known, stored_type},
};
use crate::{
    import::{
        fault::ImportFault, incoming::Incoming, kind::Kind, mapping::Mapping, problem::Code, record::MembershipRecord,
        report::Outcome, store::Act,
    },
    program::model::history::{Fact, state_on},
};
use chrono::{NaiveDate, NaiveTime};
use entity::{
    id::{MembershipId, OrganizationId, TierId},
    import_row, membership,
    membership::MembershipStatus,
    membership_fact,
    membership_fact::FactKind,
    organization,
    value::PartnerTypes,
};
use sea_orm::Value;
use std::collections::BTreeMap;

type Row = Incoming<MembershipRecord>;

/// A row with what its names stand for.
struct Resolved {
    row: Row,
    program: Known,
    organization: OrganizationId,
    tier: Option<TierId>,
}

impl Plan<'_> {
    /// Plans a batch of memberships.
    pub(in crate::import) async fn memberships(
        &mut self,
        mapping: &Mapping,
        rows: Vec<Row>,
    ) -> Result<(), ImportFault> {
        let rows = self.unrepeated(rows, mapping, |row| mapping.key(&row.external_id), "external_id").await?;
        let rows = self.resolved_memberships(mapping, rows).await?;
        if let Some(day) = mapping.effective_on {
            for row in &rows {
                let known = self.snapshots.entry((mapping.source.clone(), row.program.id)).or_insert(day);
                *known = day.max(*known);
            }
        }
        let mut before = self.stored_memberships(mapping, &rows).await?;
        let ids: Vec<Value> = before.values().map(|row| row.id.into()).collect();
        let facts =
            facts_of(self.stage.stored::<membership_fact::Entity>(membership_fact::Column::MembershipId, &ids).await?);
        let (mut noted, mut created, mut changed, mut new_facts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for resolved in rows {
            let key = mapping.key(&resolved.row.record.external_id);
            let stored = before.remove(&key);
            let id = stored.as_ref().map_or_else(|| self.op.new_id(), |stored| stored.id);
            noted.push(self.taken(resolved.row.place, key.clone(), id));
            let known = facts.get(&id).map_or(&[][..], Vec::as_slice);
            let fact = self.present_fact(mapping, &resolved, id, known);
            let patched = self.patched_membership(mapping, &resolved, key, id, stored.as_ref());
            let outcome = match stored {
                None => {
                    created.push(patched);
                    Outcome::Created
                }
                Some(stored) if stored == patched && fact.is_none() => Outcome::Unchanged,
                Some(_) => {
                    changed.push(patched);
                    Outcome::Updated
                }
            };
            new_facts.extend(fact);
            self.findings.count(Kind::Memberships, outcome);
        }
        self.stage.note::<import_row::Entity>(noted).await?;
        self.stage.put::<membership::Entity>(Act::Create, created).await?;
        self.stage.put::<membership::Entity>(Act::Pending, changed).await?;
        self.stage.put::<membership_fact::Entity>(Act::Create, new_facts).await?;
        Ok(())
    }

    async fn resolved_memberships(&mut self, mapping: &Mapping, rows: Vec<Row>) -> Result<Vec<Resolved>, ImportFault> {
        let external: Vec<Value> =
            rows.iter().map(|row| mapping.key(&row.record.organization_external_id).into()).collect();
        let organizations: BTreeMap<Option<String>, OrganizationId> = self
            .stage
            .coming::<organization::Entity>(
                organization::Column::Id,
                |row| row.id.into(),
                organization::Column::ExternalId,
                &external,
            )
            .await?
            .into_iter()
            .map(|row| (row.external_id, row.id))
            .collect();
        let today = self.op.today();
        let mut resolved = Vec::with_capacity(rows.len());
        for row in rows {
            let record = &row.record;
            let Some(program) = self.program(&record.program_slug).await? else {
                let at = (mapping.column("program_slug"), record.program_slug.as_str());
                self.findings.refuse(row.place, Code::UnknownProgram, at, "there is no such program")?;
                continue;
            };
            let tier = record.tier.as_deref().map(|name| program.tier(name));
            if tier == Some(None) {
                let at = (mapping.column("tier"), record.tier.as_deref().unwrap_or_default());
                let reason = format!("the program {} has no such tier", record.program_slug);
                self.findings.refuse(row.place, Code::UnknownTier, at, reason)?;
                continue;
            }
            if let Some(joined) = record.joined_on.filter(|joined| *joined > today) {
                let at = (mapping.column("joined_on"), joined.to_string());
                self.findings.refuse(row.place, Code::InvalidDate, (at.0, &at.1), "the day is yet to come")?;
                continue;
            }
            match organizations.get(&Some(mapping.key(&record.organization_external_id))) {
                Some(organization) => {
                    resolved.push(Resolved { organization: *organization, program, tier: tier.flatten(), row });
                }
                None => {
                    let at = (mapping.column("organization_external_id"), record.organization_external_id.as_str());
                    let reason = "no row and no stored organization has this external id";
                    self.findings.refuse(row.place, Code::UnknownOrganization, at, reason)?;
                }
            }
        }
        Ok(resolved)
    }

    /// The memberships that the rows are, by key. A membership that so far only events knew becomes the row's where the
    /// row has none.
    async fn stored_memberships(
        &self,
        mapping: &Mapping,
        rows: &[Resolved],
    ) -> Result<BTreeMap<String, membership::Model>, ImportFault> {
        let keys: Vec<Value> = rows.iter().map(|it| mapping.key(&it.row.record.external_id).into()).collect();
        let mut found: BTreeMap<String, membership::Model> = BTreeMap::new();
        for stored in self.stage.stored::<membership::Entity>(membership::Column::ExternalKey, &keys).await? {
            if rows.iter().any(|it| it.program.id == stored.program_id) {
                found.insert(stored.external_key.clone(), stored);
            }
        }
        let new = || rows.iter().filter(|it| !found.contains_key(&mapping.key(&it.row.record.external_id)));
        let organizations: Vec<Value> = new().map(|it| it.organization.into()).collect();
        let mut loose =
            self.stage.stored::<membership::Entity>(membership::Column::OrganizationId, &organizations).await?;
        loose.retain(|stored| is_of_events(&mapping.source, stored));
        let mut adopted = Vec::new();
        for row in new() {
            let fits =
                |it: &membership::Model| it.organization_id == row.organization && it.program_id == row.program.id;
            let best = loose
                .iter()
                .enumerate()
                .filter(|(_, it)| fits(it))
                .min_by_key(|(_, it)| (it.status != MembershipStatus::Active, it.tier_id != row.tier, it.id));
            if let Some((place, _)) = best {
                adopted.push((mapping.key(&row.row.record.external_id), loose.swap_remove(place)));
            }
        }
        found.extend(adopted);
        Ok(found)
    }

    fn present_fact(
        &self,
        mapping: &Mapping,
        resolved: &Resolved,
        id: MembershipId,
        known: &[membership_fact::Model],
    ) -> Option<membership_fact::Model> {
        let facts: Vec<Fact> = known.iter().cloned().map(Fact::from).collect();
        let today = self.op.today();
        let tier = if resolved.row.says(mapping, "tier") {
            resolved.tier
        } else {
            state_on(&facts, mapping.effective_on.unwrap_or(today)).tier
        };
        let (day, kind) = wanted_fact(&facts, mapping.effective_on, resolved.row.record.joined_on, today, tier)?;
        let last = known.iter().map(|fact| fact.sequence).max().unwrap_or_default();
        Some(membership_fact::Model {
            id: self.op.new_id(),
            membership_id: id,
            effective_on: day,
            sequence: last.max(SNAPSHOT_SEQUENCE) + 1,
            kind,
            from_tier_id: None,
            tier_id: tier,
            source: FACT_SNAPSHOT.to_owned(),
            recorded_at: self.op.now(),
        })
    }

    fn patched_membership(
        &self,
        mapping: &Mapping,
        resolved: &Resolved,
        key: String,
        id: MembershipId,
        stored: Option<&membership::Model>,
    ) -> membership::Model {
        let record = &resolved.row.record;
        let now = self.op.now();
        let mut row = stored.cloned().unwrap_or_else(|| new_membership(id, resolved, now));
        row.organization_id = resolved.organization;
        row.external_key = key;
        if stored.is_none() || resolved.row.says(mapping, "types") {
            row.types = record.types.iter().copied().map(stored_type).collect();
        }
        if stored.is_none() || resolved.row.says(mapping, "joined_on") {
            row.joined_at = record.joined_on.map(|day| day.and_time(NaiveTime::MIN).and_utc());
        }
        row
    }
}

fn new_membership(id: MembershipId, resolved: &Resolved, now: chrono::DateTime<chrono::Utc>) -> membership::Model {
    membership::Model {
        id,
        program_id: resolved.program.id,
        organization_id: resolved.organization,
        external_key: String::new(),
        status: MembershipStatus::Active,
        types: PartnerTypes::default(),
        tier_id: resolved.tier,
        next_tier_id: None,
        next_tier_on: None,
        expires_on: None,
        joined_at: None,
        requested_at: None,
        decided_at: None,
        message: None,
        rejection_reason: None,
        comment: None,
        created_at: now,
        updated_at: now,
        revision: 1,
    }
}

/// What a present row adds to what is known, if anything: the day and what happened on it.
///
/// With a day of its own the row is a snapshot of that day; the first one is always kept, since the history before it may
/// come with a later import. Without one, the row tells of the day on which it was joined, or of today.
fn wanted_fact(
    facts: &[Fact],
    effective_on: Option<NaiveDate>,
    joined_on: Option<NaiveDate>,
    today: NaiveDate,
    tier: Option<TierId>,
) -> Option<(NaiveDate, FactKind)> {
    let Some(day) = effective_on else {
        if facts.is_empty() {
            return Some((joined_on.unwrap_or(today), FactKind::Joined));
        }
        let state = state_on(facts, today);
        return match (state.member, state.tier == tier) {
            (true, true) => None,
            (true, false) => Some((today, FactKind::TierChanged)),
            (false, _) => Some((today, FactKind::Joined)),
        };
    };
    let snapshots = || facts.iter().filter(|fact| fact.kind == FactKind::Snapshot);
    let same = match snapshots().rfind(|fact| fact.effective_on == day) {
        Some(said) => said.tier == tier,
        None => snapshots().next().is_some() && state_on(facts, day).in_force() == Some(tier),
    };
    (!same).then_some((day, FactKind::Snapshot))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn fact(on: &str, kind: FactKind, tier: Option<TierId>) -> Fact {
        Fact { effective_on: day(on), kind, from_tier: None, tier, source: "import:events".to_owned() }
    }

    #[test]
    fn a_snapshot_is_kept_once_and_again_when_it_says_something_else() {
        let silver = Some(TierId(uuid::Uuid::from_u128(1)));
        let wanted = |facts: &[Fact], on: &str, tier| wanted_fact(facts, Some(day(on)), None, day("2026-09-01"), tier);
        let joined = fact("2026-01-01", FactKind::Joined, silver);
        assert_eq!(wanted(&[], "2026-08-07", silver), Some((day("2026-08-07"), FactKind::Snapshot)));
        // The events alone agree, but they may just as well come later.
        assert!(wanted(std::slice::from_ref(&joined), "2026-08-07", silver).is_some());
        let facts = [joined, fact("2026-08-07", FactKind::Snapshot, silver)];
        assert_eq!(wanted(&facts, "2026-08-07", silver), None);
        assert_eq!(wanted(&facts, "2026-08-20", silver), None);
        assert!(wanted(&facts, "2026-08-07", None).is_some());
        assert!(wanted(&facts, "2026-08-20", None).is_some());
    }

    #[test]
    fn without_a_day_the_row_tells_of_its_joining_and_then_of_today() {
        let today = day("2026-09-01");
        let gold = Some(TierId(uuid::Uuid::from_u128(2)));
        let wanted = |facts: &[Fact], joined, tier| wanted_fact(facts, None, joined, today, tier);
        assert_eq!(wanted(&[], Some(day("2020-02-02")), gold), Some((day("2020-02-02"), FactKind::Joined)));
        assert_eq!(wanted(&[], None, gold), Some((today, FactKind::Joined)));
        let member = [fact("2020-02-02", FactKind::Joined, gold)];
        assert_eq!(wanted(&member, None, gold), None);
        assert_eq!(wanted(&member, None, None), Some((today, FactKind::TierChanged)));
        let left = [member[0].clone(), fact("2021-01-01", FactKind::Left, None)];
        assert_eq!(wanted(&left, None, gold), Some((today, FactKind::Joined)));
    }
}
