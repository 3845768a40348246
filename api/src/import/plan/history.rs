//! The last step of memberships: when all facts of a run are staged, status, tier and periods follow from all that is
//! known of each membership that the run touched.

use super::{Plan, difference};
use crate::{
    event::DataScope,
    import::{fault::ImportFault, store::Act},
    program::model::{
        history::{Fact, Plan as Planned, periods_with, state_on},
        type_words,
    },
};
use chrono::{NaiveDate, NaiveTime};
use entity::{
    id::{MembershipId, TierId, TypedId},
    membership,
    membership::MembershipStatus,
    membership_fact,
    membership_fact::FactKind,
    membership_period,
};
use sea_orm::Value;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Who says what a file of events says.
pub(super) const FACT_EVENTS: &str = "import:events";
/// Who says what a file of the present says.
pub(super) const FACT_SNAPSHOT: &str = "import:snapshot";

/// Facts of events are numbered below, those of the present above, so that on one day the present comes last, whichever
/// was imported first.
pub(super) const SNAPSHOT_SEQUENCE: i32 = 1_000_000;

const AT_ONCE: u64 = 500;

/// The key of a membership that only events know.
pub(super) fn event_key(source: &str, kind: &str, value: &str) -> String {
    format!("{}{}:{value}", event_prefix(source), kind.to_ascii_lowercase())
}

fn event_prefix(source: &str) -> String {
    format!("{source}:events/")
}

/// Whether only events of the source know the membership.
pub(super) fn is_of_events(source: &str, member: &membership::Model) -> bool {
    member.external_key.starts_with(&event_prefix(source))
}

/// The facts of each membership, in the order in which they count.
pub(super) fn facts_of(rows: Vec<membership_fact::Model>) -> BTreeMap<MembershipId, Vec<membership_fact::Model>> {
    let mut facts: BTreeMap<MembershipId, Vec<membership_fact::Model>> = BTreeMap::new();
    for row in rows {
        facts.entry(row.membership_id).or_default().push(row);
    }
    facts.values_mut().for_each(|facts| facts.sort_by_key(|fact| (fact.effective_on, fact.sequence)));
    facts
}

/// A period without its owner, in an order of its own.
type Stretch = (NaiveDate, NaiveDate, Option<TierId>);

#[derive(Default)]
struct Staged {
    created: Vec<membership::Model>,
    updated: Vec<membership::Model>,
    gone: Vec<membership_period::Model>,
    fresh: Vec<membership_period::Model>,
    entries: Vec<entity::audit_entry::Model>,
    stale: Vec<DataScope>,
}

impl Plan<'_> {
    /// Works out what follows from the facts of each membership that the run has staged.
    pub(in crate::import) async fn history(&mut self) -> Result<(), ImportFault> {
        let until = self.stage.last_seq();
        let mut after = 0;
        loop {
            let page = self.stage.staged_page::<membership::Entity>(after, until, AT_ONCE).await?;
            let Some((last, _, _)) = page.last() else { return Ok(()) };
            after = *last;
            self.work_out(page.into_iter().map(|(_, created, row)| (created, row)).collect()).await?;
            self.stage.seen(self.op).await?;
        }
    }

    async fn work_out(&mut self, rows: Vec<(bool, membership::Model)>) -> Result<(), ImportFault> {
        let ids: Vec<Value> = rows.iter().map(|(_, row)| row.id.into()).collect();
        let column = membership_fact::Column::MembershipId;
        let mut facts = self.stage.stored::<membership_fact::Entity>(column, &ids).await?;
        facts.extend(self.stage.staged::<membership_fact::Entity>(column, &ids).await?);
        let facts = facts_of(facts);
        let mut periods: BTreeMap<MembershipId, BTreeSet<membership_period_key::Key>> = BTreeMap::new();
        for row in self.stage.stored::<membership_period::Entity>(membership_period::Column::MembershipId, &ids).await?
        {
            periods.entry(row.membership_id).or_default().insert(membership_period_key::Key::from(&row));
        }
        let stored = self.stage.stored::<membership::Entity>(membership::Column::Id, &ids).await?;
        let stored: BTreeMap<MembershipId, membership::Model> = stored.into_iter().map(|row| (row.id, row)).collect();
        let mut staged = Staged::default();
        for (created, row) in rows {
            let known = facts.get(&row.id).map_or(&[][..], Vec::as_slice);
            let own: Vec<Fact> = known.iter().cloned().map(Fact::from).collect();
            let is = self.standing(row, known, &own);
            let was = stored.get(&is.id);
            let wanted = periods_with(&own, Planned::of(&is));
            let wanted =
                wanted.iter().map(|it| membership_period_key::Key::of(&is, (it.starts_on, it.ends_on, it.tier)));
            let nothing = BTreeSet::new();
            let (gone, fresh) = difference(periods.get(&is.id).unwrap_or(&nothing), &wanted.collect());
            let moved = !gone.is_empty() || !fresh.is_empty();
            staged.gone.extend(gone.into_iter().map(membership_period_key::Key::row));
            staged.fresh.extend(fresh.into_iter().map(membership_period_key::Key::row));
            let host = self.programs.by_id(is.program_id).map_or(self.house, |program| program.host);
            staged.entries.push(self.entry("membership.imported", host, is.id, was.map(shown), shown(&is)));
            staged.stale.push(DataScope::Program(is.program_id));
            staged.stale.extend(was.map(|was| DataScope::Organization(was.organization_id)));
            match was {
                _ if created => staged.created.push(is),
                // Its revision goes with its periods, or a change of them in between would be written over.
                Some(was) if *was == is && !moved => {}
                _ => staged.updated.push(membership::Model {
                    updated_at: self.op.now(),
                    revision: is.revision + 1,
                    ..is
                }),
            }
        }
        self.stage.take_back::<membership::Entity>(membership::Column::Id, ids).await?;
        self.stage.put::<membership::Entity>(Act::Create, staged.created).await?;
        self.stage.put::<membership::Entity>(Act::Update, staged.updated).await?;
        self.stage.put::<membership_period::Entity>(Act::Delete, staged.gone).await?;
        self.stage.put::<membership_period::Entity>(Act::Create, staged.fresh).await?;
        self.leave_behind(staged.entries, staged.stale).await
    }

    /// The membership as its facts leave it today.
    fn standing(&self, row: membership::Model, known: &[membership_fact::Model], facts: &[Fact]) -> membership::Model {
        let state = state_on(facts, self.op.today());
        let joined = known
            .iter()
            .rfind(|fact| fact.source == FACT_EVENTS && matches!(fact.kind, FactKind::Listed | FactKind::Joined));
        let by_events = row.external_key.split_once(':').is_some_and(|(source, _)| is_of_events(source, &row));
        let joined_at = match joined.filter(|_| by_events) {
            Some(fact) => Some(fact.effective_on.and_time(NaiveTime::MIN).and_utc()),
            None => row.joined_at,
        };
        let status = match (state.member, state.suspended) {
            (true, true) => MembershipStatus::Suspended,
            (true, false) => MembershipStatus::Active,
            (false, _) => MembershipStatus::Terminated,
        };
        membership::Model { status, tier_id: state.tier, joined_at, ..row }
    }
}

fn shown(row: &membership::Model) -> serde_json::Value {
    json!({
        "status": row.status,
        "tier": row.tier_id.map(TierId::global),
        "types": type_words(row.types),
        "joinedAt": row.joined_at,
        "externalKey": row.external_key,
    })
}

/// Periods as values that can be compared as sets.
mod membership_period_key {
    use super::{Stretch, membership, membership_period};
    use entity::id::{MembershipId, OrganizationId, ProgramId};

    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    pub(super) struct Key {
        membership: MembershipId,
        program: ProgramId,
        organization: OrganizationId,
        stretch: Stretch,
    }

    impl Key {
        pub(super) fn of(member: &membership::Model, stretch: Stretch) -> Self {
            Self { membership: member.id, program: member.program_id, organization: member.organization_id, stretch }
        }

        pub(super) fn from(row: &membership_period::Model) -> Self {
            Self {
                membership: row.membership_id,
                program: row.program_id,
                organization: row.organization_id,
                stretch: (row.starts_on, row.ends_on, row.tier_id),
            }
        }

        pub(super) fn row(self) -> membership_period::Model {
            let (starts_on, ends_on, tier_id) = self.stretch;
            membership_period::Model {
                membership_id: self.membership,
                starts_on,
                ends_on,
                program_id: self.program,
                organization_id: self.organization,
                tier_id,
            }
        }
    }
}
