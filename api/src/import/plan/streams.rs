//! The history of a program, second half: all events under one key are the history of one membership.
//!
//! Where a membership row of the organization has no history yet, it is that one; otherwise a membership of its own is
//! made, which the rows of the present end on the day of the snapshot if the events alone would let it go on. Events are
//! never corrected: what they say holds until a later one says otherwise, and whatever does not fit is told.

use super::{
    Plan,
    history::{FACT_EVENTS, FACT_SNAPSHOT, SNAPSHOT_SEQUENCE, event_key, facts_of, is_of_events},
    resolve::NAME,
};
use crate::{
    import::{
        fault::ImportFault,
        findings::Place,
        kind::Kind,
        problem::Code,
        report::Outcome,
        store::{Act, Distinct},
    },
    program::model::history::{Contradiction, Fact, Mismatch, contradictions, state_on},
};
use chrono::NaiveDate;
use entity::{
    id::{MembershipId, OrganizationId, TierId},
    import_event, import_stream, membership,
    membership::MembershipStatus,
    membership_fact,
    membership_fact::FactKind,
    value::PartnerTypes,
};
use sea_orm::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Keys whose events are taken together.
const KEYS_AT_ONCE: u64 = 200;

/// Events of one key at most: a history is held in memory while its periods are worked out.
const EVENTS_MAX: i64 = 2_000;

type Events = BTreeMap<String, Vec<import_event::Model>>;

/// What is staged for a page of keys.
#[derive(Default)]
struct Staged {
    streams: Vec<import_stream::Model>,
    created: Vec<membership::Model>,
    pending: Vec<membership::Model>,
    facts: Vec<membership_fact::Model>,
}

impl Plan<'_> {
    /// Turns the events that were read into facts of memberships.
    pub(in crate::import) async fn streams(&mut self) -> Result<(), ImportFault> {
        for group in self.stage.event_groups().await? {
            let stored = self.stage.snapshot_day(&group.source, group.program_id).await?;
            let own = self.snapshots.get(&(group.source.clone(), group.program_id)).copied();
            let snapshot = own.max(stored);
            let mut after = String::new();
            loop {
                let keys = self.stage.event_keys(&group, &after, KEYS_AT_ONCE).await?;
                let Some((last, _)) = keys.last() else { break };
                after.clone_from(last);
                let mut taken = Vec::with_capacity(keys.len());
                for (key, rows) in keys {
                    if rows > EVENTS_MAX {
                        self.too_many(&group, &key, rows).await?;
                    } else {
                        taken.push(key);
                    }
                }
                let mut events = Events::new();
                for event in self.stage.events(&group, &taken).await? {
                    events.entry(event.value.clone()).or_default().push(event);
                }
                self.page(&group, &events, snapshot).await?;
                self.stage.seen(self.op).await?;
            }
        }
        Ok(())
    }

    async fn too_many(&mut self, group: &Distinct, key: &str, rows: i64) -> Result<(), ImportFault> {
        if let Some(event) = self.stage.first_event(group, key).await? {
            let place = Place::noted(Kind::MembershipEvents, event.file, event.line);
            let reason = format!("{rows} events under one key, at most {EVENTS_MAX} are taken; none of them was");
            self.findings.refuse(place, Code::TooMany, (Kind::MembershipEvents.name_column(), &event.name), reason)?;
            self.findings.report.of(Kind::MembershipEvents).rejected += u64::try_from(rows - 1).unwrap_or_default();
        }
        Ok(())
    }

    async fn page(
        &mut self,
        group: &Distinct,
        events: &Events,
        snapshot: Option<NaiveDate>,
    ) -> Result<(), ImportFault> {
        let mut staged = Staged::default();
        let members = self.members_of(group, events, &mut staged).await?;
        let ids: Vec<Value> = members.values().map(|member| member.id.into()).collect();
        let column = membership_fact::Column::MembershipId;
        let mut facts = self.stage.stored::<membership_fact::Entity>(column, &ids).await?;
        facts.extend(self.stage.staged::<membership_fact::Entity>(column, &ids).await?);
        let facts = facts_of(facts);
        let already: BTreeSet<MembershipId> = self
            .stage
            .staged::<membership::Entity>(membership::Column::Id, &ids)
            .await?
            .into_iter()
            .chain(staged.created.iter().cloned())
            .map(|row| row.id)
            .collect();
        for (key, events) in events {
            let Some(member) = members.get(key) else { continue };
            let known = facts.get(&member.id).map_or(&[][..], Vec::as_slice);
            let before = staged.facts.len();
            self.new_facts(member.id, events, known, &mut staged)?;
            self.tell(group, events)?;
            if let Some(day) = snapshot {
                self.compare(group, member, events, known, day, &mut staged)?;
            }
            if staged.facts.len() > before && !already.contains(&member.id) {
                staged.pending.push(member.clone());
            }
        }
        self.stage.put::<import_stream::Entity>(Act::Create, staged.streams).await?;
        self.stage.put::<membership::Entity>(Act::Create, staged.created).await?;
        self.stage.put::<membership::Entity>(Act::Pending, staged.pending).await?;
        self.stage.put::<membership_fact::Entity>(Act::Create, staged.facts).await?;
        Ok(())
    }

    /// The membership of each key: the one that had its history before, or a row's that has none, or a new one.
    async fn members_of(
        &mut self,
        group: &Distinct,
        events: &Events,
        staged: &mut Staged,
    ) -> Result<BTreeMap<String, membership::Model>, ImportFault> {
        let keys: Vec<Value> = events.keys().map(|key| key.as_str().into()).collect();
        let mut streams: BTreeMap<MembershipId, String> = BTreeMap::new();
        for stream in self.stage.stored::<import_stream::Entity>(import_stream::Column::Value, &keys).await? {
            let own =
                stream.source == group.source && stream.kind == group.kind && stream.program_id == group.program_id;
            streams.extend(own.then_some((stream.membership_id, stream.value)));
        }
        let ids: Vec<Value> = streams.keys().map(|id| (*id).into()).collect();
        let mut members = BTreeMap::new();
        for member in self.coming_memberships(membership::Column::Id, &ids).await? {
            members.extend(streams.remove(&member.id).map(|key| (key, member)));
        }
        let new: Events = events
            .iter()
            .filter(|(key, _)| !members.contains_key(*key))
            .map(|(key, events)| (key.clone(), events.clone()))
            .collect();
        let organizations = self.organizations_of(group, &new).await?;
        let mut free = self.without_history(group, &organizations).await?;
        for (key, events) in &new {
            let Some(organization) = organizations.get(key).copied() else { continue };
            let tier = events.last().and_then(|event| event.tier_id.or(event.from_tier_id));
            let best = free
                .iter()
                .enumerate()
                .filter(|(_, member)| member.organization_id == organization)
                .min_by_key(|(_, it)| (it.tier_id != tier, it.external_key.len(), it.external_key.clone()));
            let member = match best {
                Some((place, _)) => free.swap_remove(place),
                None => {
                    let made = self.member_by_events(group, key, organization);
                    self.findings.report.besides.memberships += 1;
                    staged.created.push(made.clone());
                    made
                }
            };
            staged.streams.push(import_stream::Model {
                source: group.source.clone(),
                program_id: group.program_id,
                kind: group.kind.clone(),
                value: key.clone(),
                membership_id: member.id,
            });
            members.insert(key.clone(), member);
        }
        Ok(members)
    }

    /// The memberships of these organizations that rows of the source describe and that have no history yet.
    async fn without_history(
        &self,
        group: &Distinct,
        organizations: &BTreeMap<String, OrganizationId>,
    ) -> Result<Vec<membership::Model>, ImportFault> {
        let ids: Vec<Value> = organizations.values().map(|id| (*id).into()).collect();
        let prefix = format!("{}:", group.source);
        let mut free = self.coming_memberships(membership::Column::OrganizationId, &ids).await?;
        free.retain(|member| {
            member.program_id == group.program_id
                && member.external_key.starts_with(&prefix)
                && !is_of_events(&group.source, member)
        });
        let with = self.with_history(&free).await?;
        free.retain(|member| !with.contains(&member.id));
        Ok(free)
    }

    /// Those of these memberships that have a history.
    pub(super) async fn with_history(
        &self,
        members: &[membership::Model],
    ) -> Result<BTreeSet<MembershipId>, ImportFault> {
        let ids: Vec<Value> = members.iter().map(|member| member.id.into()).collect();
        let column = import_stream::Column::MembershipId;
        let stored = self.stage.stored::<import_stream::Entity>(column, &ids).await?;
        let staged = self.stage.staged::<import_stream::Entity>(column, &ids).await?;
        Ok(stored.into_iter().chain(staged).map(|stream| stream.membership_id).collect())
    }

    async fn coming_memberships(
        &self,
        column: membership::Column,
        values: &[Value],
    ) -> Result<Vec<membership::Model>, ImportFault> {
        let id_of = |row: &membership::Model| row.id.into();
        Ok(self.stage.coming::<membership::Entity>(membership::Column::Id, id_of, column, values).await?)
    }

    fn member_by_events(&self, group: &Distinct, key: &str, organization: OrganizationId) -> membership::Model {
        let now = self.op.now();
        membership::Model {
            id: self.op.new_id(),
            program_id: group.program_id,
            organization_id: organization,
            external_key: event_key(&group.source, &group.kind, key),
            status: MembershipStatus::Active,
            types: PartnerTypes::default(),
            tier_id: None,
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

    /// Adds the events that are not facts yet.
    fn new_facts(
        &mut self,
        id: MembershipId,
        events: &[import_event::Model],
        known: &[membership_fact::Model],
        staged: &mut Staged,
    ) -> Result<(), ImportFault> {
        type Said = (NaiveDate, FactKind, Option<TierId>, Option<TierId>);
        let of_events = || known.iter().filter(|fact| fact.source == FACT_EVENTS);
        let mut said: Vec<Said> =
            of_events().map(|fact| (fact.effective_on, fact.kind, fact.from_tier_id, fact.tier_id)).collect();
        let numbers = known.iter().map(|fact| fact.sequence).filter(|number| *number < SNAPSHOT_SEQUENCE);
        let mut sequence = numbers.max().unwrap_or_default();
        for event in events {
            let says: Said = (event.happened_on, event.fact, event.from_tier_id, event.tier_id);
            if let Some(place) = said.iter().position(|said| *said == says) {
                said.swap_remove(place);
                self.findings.count(Kind::MembershipEvents, Outcome::Unchanged);
                continue;
            }
            sequence += 1;
            self.findings.count(Kind::MembershipEvents, Outcome::Created);
            staged.facts.push(membership_fact::Model {
                id: self.op.new_id(),
                membership_id: id,
                effective_on: event.happened_on,
                sequence,
                kind: event.fact,
                from_tier_id: event.from_tier_id,
                tier_id: event.tier_id,
                source: FACT_EVENTS.to_owned(),
                recorded_at: self.op.now(),
            });
        }
        Ok(())
    }

    /// Tells which events have no key, and which contradict the ones before them.
    fn tell(&mut self, group: &Distinct, events: &[import_event::Model]) -> Result<(), ImportFault> {
        let column = Kind::MembershipEvents.name_column();
        if group.kind == NAME {
            for event in events {
                let place = Place::noted(Kind::MembershipEvents, event.file, event.line);
                let reason = "the event has no key; its organization was found by this name";
                self.findings.warn(place, Code::OrganizationWithoutKey, (column, &event.name), reason)?;
            }
        }
        let facts: Vec<Fact> = events.iter().map(fact_of).collect();
        for Contradiction { index, mismatch } in contradictions(&facts) {
            if let Some(event) = events.get(index) {
                let place = Place::noted(Kind::MembershipEvents, event.file, event.line);
                self.findings.warn(place, Code::EventContradictsState, (column, &event.name), told(mismatch))?;
            }
        }
        Ok(())
    }

    /// Compares what the events leave with what the rows of the present say; from the snapshot's day on the rows win.
    fn compare(
        &mut self,
        group: &Distinct,
        member: &membership::Model,
        events: &[import_event::Model],
        known: &[membership_fact::Model],
        day: NaiveDate,
        staged: &mut Staged,
    ) -> Result<(), ImportFault> {
        let facts: Vec<Fact> = events.iter().map(fact_of).collect();
        let left = state_on(&facts, day).in_force();
        let Some(last) = events.iter().rfind(|event| event.happened_on <= day) else { return Ok(()) };
        let place = Place::noted(Kind::MembershipEvents, last.file, last.line);
        let at = (Kind::MembershipEvents.name_column(), last.name.as_str());
        if is_of_events(&group.source, member) {
            if left.is_none() {
                return Ok(());
            }
            let reason = format!("the events leave a member, and no row has it on {day}: it ends there");
            self.findings.warn(place, Code::EventWithoutMembership, at, reason)?;
            staged.facts.extend(self.end_on(member.id, known, day));
            return Ok(());
        }
        let present = known.iter().rfind(|fact| fact.kind == FactKind::Snapshot && fact.effective_on <= day);
        let reason = match (left, present.map(|fact| fact.tier_id)) {
            (None, Some(_)) => "the events leave no member, and a row has it",
            (Some(tier), Some(present)) if tier != present => "the events leave another tier than a row has",
            _ => return Ok(()),
        };
        let reason = format!("{reason} on {day}: the row holds from there");
        self.findings.warn(place, Code::MembershipWithoutEvent, at, reason)
    }

    /// The fact that a membership is in no row of that day, unless it is known.
    pub(super) fn end_on(
        &self,
        id: MembershipId,
        known: &[membership_fact::Model],
        day: NaiveDate,
    ) -> Option<membership_fact::Model> {
        let ended = |fact: &membership_fact::Model| fact.source == FACT_SNAPSHOT && fact.kind == FactKind::Left;
        if known.iter().any(|fact| ended(fact) && fact.effective_on <= day) {
            return None;
        }
        let last = known.iter().map(|fact| fact.sequence).max().unwrap_or_default();
        Some(membership_fact::Model {
            id: self.op.new_id(),
            membership_id: id,
            effective_on: day,
            sequence: last.max(SNAPSHOT_SEQUENCE) + 1,
            kind: FactKind::Left,
            from_tier_id: None,
            tier_id: None,
            source: FACT_SNAPSHOT.to_owned(),
            recorded_at: self.op.now(),
        })
    }
}

fn fact_of(event: &import_event::Model) -> Fact {
    Fact {
        effective_on: event.happened_on,
        kind: event.fact,
        from_tier: event.from_tier_id,
        tier: event.tier_id,
        source: FACT_EVENTS.to_owned(),
    }
}

fn told(mismatch: Mismatch) -> &'static str {
    match mismatch {
        Mismatch::AlreadyMember(_) => "joins while it is a member; the later event holds",
        Mismatch::NotMember => "leaves or changes its tier while it is no member; the event holds",
        Mismatch::OtherTier(_) => "names another tier before than the one that was held; the event holds",
        Mismatch::AlreadySuspended | Mismatch::NotSuspended | Mismatch::SnapshotDiffers(_) => {
            "does not fit what was before it; the event holds"
        }
    }
}
