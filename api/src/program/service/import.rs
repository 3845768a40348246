//! Writing programs, tiers and memberships as a source says: by the operator only, without invitation or review, many in
//! few statements. Every function takes the transaction of the import and commits nothing.

use super::{program::checked as checked_program, tier::checked as checked_tier};
use crate::db::Tx;
use crate::{
    event,
    op::{ErrorCode, Fault, Op, Outcome, Permit, Refusal, taken},
    program::{
        event::{MembershipChange, ProgramEvent, membership_facts},
        model::{
            Membership, MembershipStatus, PartnerTypes, Program, ProgramDraft, ProgramStatus, Tier, TierDraft,
            history::{Fact, Period, Plan, periods_with, state_on},
            name_key,
            standing::settle,
        },
        policy::{CreateProgram, ImportMemberships, RunProgram},
        store,
    },
};
use chrono::{DateTime, Utc};
use entity::id::{MembershipId, OrganizationId, ProgramId};
use std::collections::{HashMap, HashSet};

/// A membership as a source has it. Its status and tier are worked out from its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedMembership {
    /// The member.
    pub organization: OrganizationId,
    /// The id in the source; empty where the organization can have only one.
    pub external_key: String,
    /// The membership's own types.
    pub types: PartnerTypes,
    /// When the organization joined, where the source says so; midnight UTC for a day.
    pub joined_at: Option<DateTime<Utc>>,
    /// All facts that the source has, in its order. Those that are recorded already are not added again.
    pub facts: Vec<Fact>,
}

/// What an imported row did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// There is a new row.
    Created,
    /// A row was changed, or got further facts.
    Updated,
    /// Everything was there already.
    Unchanged,
}

/// The program with the draft's slug: made and published where there is none, else as it is. The host must be the one
/// given.
///
/// # Errors
/// `TAKEN` where another organization has the slug; the codes of `programCreate` that are about values.
pub async fn program_in(tx: &Tx, op: &Op, host: OrganizationId, draft: ProgramDraft) -> Outcome<(Program, Written)> {
    let permit = op.authorize::<CreateProgram>(host, &host)?;
    let draft = checked_program(draft)?;
    if let Some(there) = store::find_by_slug_in(tx, op, &draft.slug).await? {
        if there.organization_id != host {
            return Err(
                Refusal::of("slug", ErrorCode::Taken, "Another organization has a program of this slug.").into()
            );
        }
        return Ok((there, Written::Unchanged));
    }
    let id: ProgramId = op.new_id();
    let made = store::insert_program_in(tx, op, &permit, id, draft, ProgramStatus::Published)
        .await
        .map_err(|error| taken(error, "slug"))?;
    event::record(tx, op, vec![ProgramEvent::Created(&made).fact()]).await?;
    Ok((made, Written::Created))
}

/// The tiers of the program with the drafts' names, in the drafts' order: made where there is none of that name, else as
/// they are.
///
/// # Errors
/// The codes of `tierCreate` that are about values.
pub async fn tiers_in(tx: &Tx, op: &Op, program: &Program, drafts: Vec<TierDraft>) -> Outcome<Vec<(Tier, Written)>> {
    let permit = op.authorize::<RunProgram>(program.id, program)?;
    let there = store::list_tiers_in(tx, program.id).await?;
    let mut found: HashMap<String, Tier> = there.into_iter().map(|tier| (tier.name_key.clone(), tier)).collect();
    let mut tiers = Vec::new();
    for draft in drafts {
        let draft = checked_tier(draft)?;
        let key = name_key(&draft.name);
        if let Some(tier) = found.get(&key) {
            tiers.push((tier.clone(), Written::Unchanged));
            continue;
        }
        let made =
            store::insert_tier_in(tx, op, &permit, op.new_id(), draft).await.map_err(|error| taken(error, "name"))?;
        event::record(tx, op, vec![ProgramEvent::TierCreated(program, &made).fact()]).await?;
        found.insert(key, made.clone());
        tiers.push((made, Written::Created));
    }
    Ok(tiers)
}

/// Writes memberships with their facts, and gives each one's id and what was done, in the order of the rows. A second run
/// with the same rows changes nothing. Statements grow with rows in chunks of a thousand.
///
/// # Errors
/// `NOT_ALLOWED` for anybody but the command line; `INVALID_VALUE` at `rows.N` for a row that comes twice or has no fact;
/// `TAKEN` where an external id is another organization's.
pub async fn memberships_in(
    tx: &Tx,
    op: &Op,
    program: &Program,
    rows: Vec<ImportedMembership>,
) -> Outcome<Vec<(MembershipId, Written)>> {
    let permit = op.authorize::<ImportMemberships>(program.id, &())?;
    checked(&rows)?;
    let there = load(tx, &permit, &rows).await?;
    let mut writing = Writing::default();
    let mut answers = Vec::with_capacity(rows.len());
    for row in rows {
        let known = there.get(&(row.organization, row.external_key.clone()));
        answers.push(writing.take(op, program.id, row, known));
    }
    writing.write(tx, op, &permit, program).await?;
    Ok(answers)
}

fn checked(rows: &[ImportedMembership]) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    for (index, row) in rows.iter().enumerate() {
        let wrong = |message: &str| Refusal::of(&format!("rows.{index}"), ErrorCode::InvalidValue, message);
        if !seen.insert((row.organization, row.external_key.as_str())) {
            return Err(wrong("The membership is in the rows twice."));
        }
        if row.facts.is_empty() {
            return Err(wrong("A membership needs a fact that says since when it is one."));
        }
    }
    Ok(())
}

type Known = HashMap<(OrganizationId, String), (Membership, Vec<Fact>)>;

async fn load(tx: &Tx, permit: &Permit<ImportMemberships>, rows: &[ImportedMembership]) -> Result<Known, Fault> {
    let mut organizations: Vec<_> = rows.iter().map(|row| row.organization).collect();
    organizations.sort_unstable();
    organizations.dedup();
    let memberships = store::list_for_import_in(tx, permit, &organizations).await?;
    let ids: Vec<_> = memberships.iter().map(|membership| membership.id).collect();
    let mut facts: HashMap<MembershipId, Vec<Fact>> = HashMap::new();
    for fact in store::list_facts_in(tx, &ids).await? {
        facts.entry(fact.membership_id).or_default().push(fact.into());
    }
    let with_facts = memberships.into_iter().map(|membership| {
        let facts = facts.remove(&membership.id).unwrap_or_default();
        ((membership.organization_id, membership.external_key.clone()), (membership, facts))
    });
    Ok(with_facts.collect())
}

/// What an import is about to write.
#[derive(Default)]
struct Writing {
    made: Vec<Membership>,
    changed: Vec<(Membership, Membership)>,
    facts: Vec<(MembershipId, i32, Fact)>,
    periods: HashMap<MembershipId, Vec<Period>>,
}

impl Writing {
    fn take(
        &mut self,
        op: &Op,
        program: ProgramId,
        row: ImportedMembership,
        known: Option<&(Membership, Vec<Fact>)>,
    ) -> (MembershipId, Written) {
        let before = known.map(|(membership, _)| membership);
        let recorded = known.map(|(_, facts)| facts.as_slice()).unwrap_or_default();
        let (mut after, due) = match before {
            Some(before) => settle(before.clone(), op.today()),
            None => (blank(op, program, &row), Vec::new()),
        };
        let mut added = due;
        added.extend(missing(recorded, row.facts));
        let all: Vec<Fact> = recorded.iter().chain(&added).cloned().collect();
        let state = state_on(&all, op.today());
        if !added.is_empty() {
            after.tier_id = state.tier;
            after.status = match (state.member, state.suspended) {
                (true, false) => MembershipStatus::Active,
                (true, true) => MembershipStatus::Suspended,
                (false, _) => MembershipStatus::Terminated,
            };
            if !state.member {
                (after.next_tier_id, after.next_tier_on, after.expires_on) = (None, None, None);
            }
        }
        after.types = row.types;
        after.joined_at = row.joined_at.or(after.joined_at);
        let id = after.id;
        if before == Some(&after) && added.is_empty() {
            return (id, Written::Unchanged);
        }
        self.periods.insert(id, periods_with(&all, Plan::of(&after)));
        let first = i32::try_from(recorded.len()).unwrap_or(i32::MAX).saturating_add(1);
        self.facts.extend((first..).zip(added).map(|(sequence, fact)| (id, sequence, fact)));
        match before {
            None => {
                self.made.push(after);
                (id, Written::Created)
            }
            Some(before) => {
                after.revision = before.revision + 1;
                after.updated_at = op.now();
                self.changed.push((before.clone(), after));
                (id, Written::Updated)
            }
        }
    }

    async fn write(self, tx: &Tx, op: &Op, permit: &Permit<ImportMemberships>, program: &Program) -> Outcome<()> {
        let Self { made, changed, facts, mut periods } = self;
        store::insert_memberships_in(tx, permit, &made).await.map_err(|error| taken(error, "rows"))?;
        let after: Vec<_> = changed.iter().map(|(_, after)| after.clone()).collect();
        store::save_memberships_in(tx, permit, &after).await?;
        store::append_facts_in(tx, op, permit, facts).await?;
        let written: Vec<_> = made
            .iter()
            .chain(&after)
            .filter_map(|membership| periods.remove(&membership.id).map(|periods| (membership, periods)))
            .collect();
        store::replace_periods_in(tx, permit, &written).await?;
        let host = program.organization_id;
        let told = made.iter().map(|after| (None, after));
        let told = told.chain(changed.iter().map(|(before, after)| (Some(before), after)));
        let facts = told.flat_map(|(before, after)| membership_facts(MembershipChange::Imported, host, before, after));
        // The host's trail is enough of a thousand rows at once.
        event::record(tx, op, facts.filter(|fact| fact.organization == host).collect()).await?;
        Ok(())
    }
}

fn blank(op: &Op, program: ProgramId, row: &ImportedMembership) -> Membership {
    Membership {
        id: op.new_id(),
        program_id: program,
        organization_id: row.organization,
        external_key: row.external_key.clone(),
        status: MembershipStatus::Terminated,
        types: row.types,
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
        created_at: op.now(),
        updated_at: op.now(),
        revision: 1,
    }
}

/// The facts that are not recorded yet. A source may say the same twice; so each recorded one stands for one.
fn missing(recorded: &[Fact], facts: Vec<Fact>) -> Vec<Fact> {
    let mut left: Vec<&Fact> = recorded.iter().collect();
    facts
        .into_iter()
        .filter(|fact| match left.iter().position(|recorded| *recorded == fact) {
            Some(at) => {
                left.swap_remove(at);
                false
            }
            None => true,
        })
        .collect()
}
