//! What can only be told when everything is read: values that several rows share, members whom no event knows, and
//! members by events whom the present does not have.

use super::{
    Plan,
    history::{FACT_EVENTS, facts_of, is_of_events},
};
use crate::{
    import::{fault::ImportFault, findings::Place, kind::Kind, problem::Code, store::Act},
    program::model::history::{Fact, state_on},
};
use entity::{id::ProgramId, membership, membership_fact};
use sea_orm::Value;
use std::collections::{BTreeMap, BTreeSet};

const AT_ONCE: u64 = 500;

impl Plan<'_> {
    /// Tells of each row that has a value which another row of the run has too.
    pub(in crate::import) async fn shared(&mut self, kind: Kind) -> Result<(), ImportFault> {
        let (code, reason) = match kind {
            Kind::Organizations => (Code::SharedWebsite, "several organizations give this domain as theirs"),
            Kind::Listings => (Code::SharedName, "several listings have this name, but for case and accents"),
            Kind::Memberships | Kind::Integrations | Kind::MembershipEvents => return Ok(()),
        };
        let mut label = String::new();
        loop {
            let labels = self.stage.shared_labels(kind.as_str(), &label, AT_ONCE).await?;
            let Some(last) = labels.last() else { return Ok(()) };
            label.clone_from(last);
            for label in labels {
                let mut after = 0;
                loop {
                    let rows = self.stage.labeled(kind.as_str(), &label, after, AT_ONCE).await?;
                    let Some(last) = rows.last() else { break };
                    after = last.seq;
                    for row in rows {
                        let place = Place::noted(kind, row.file, row.line);
                        self.findings.warn(place, code, (kind.name_column(), &row.shown), reason)?;
                    }
                }
            }
            self.stage.seen(self.op).await?;
        }
    }

    /// Tells of each membership of a row that no event knows, in the programs that the run has events of.
    pub(in crate::import) async fn without_events(&mut self) -> Result<(), ImportFault> {
        let groups: BTreeSet<(String, ProgramId)> =
            self.stage.event_groups().await?.into_iter().map(|group| (group.source, group.program_id)).collect();
        for (source, program) in groups {
            let mut after = None;
            loop {
                let page = self.stage.memberships_page(&source, program, after, AT_ONCE).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                self.tell_without_events(&source, page).await?;
            }
            let (mut after, until) = (0, self.stage.last_seq());
            loop {
                let page = self.stage.staged_page::<membership::Entity>(after, until, AT_ONCE).await?;
                let Some((last, _, _)) = page.last() else { break };
                after = *last;
                let own = page.into_iter().filter(|(_, created, row)| *created && row.program_id == program);
                self.tell_without_events(&source, own.map(|(_, _, row)| row).collect()).await?;
            }
            self.stage.seen(self.op).await?;
        }
        Ok(())
    }

    async fn tell_without_events(
        &mut self,
        source: &str,
        mut members: Vec<membership::Model>,
    ) -> Result<(), ImportFault> {
        let prefix = format!("{source}:");
        members.retain(|member| member.external_key.starts_with(&prefix) && !is_of_events(source, member));
        let with = self.with_history(&members).await?;
        members.retain(|member| !with.contains(&member.id));
        let ids = members.iter().map(|member| member.id.into()).collect();
        let noted = self.stage.noted_objects(ids).await?;
        let noted: BTreeMap<_, _> = noted.into_iter().map(|row| (row.object_id, row)).collect();
        for member in members {
            let row = noted.get(&member.id.into());
            let place = Place::noted(Kind::Memberships, row.map_or(-1, |row| row.file), row.map_or(0, |row| row.line));
            let id = member.external_key.strip_prefix(&prefix).unwrap_or(&member.external_key);
            let reason = "no event knows of this member: its history begins with this row";
            self.findings.warn(place, Code::MembershipWithoutEvent, ("external_id", id), reason)?;
        }
        Ok(())
    }

    /// Ends memberships that only events know, where a file of the present came without those events: it has the others,
    /// so these are over.
    pub(in crate::import) async fn settle(&mut self) -> Result<(), ImportFault> {
        let snapshots = self.snapshots.clone();
        for ((source, program), day) in snapshots {
            let mut after = None;
            loop {
                let mut page = self.stage.memberships_page(&source, program, after, AT_ONCE).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                page.retain(|member| is_of_events(&source, member));
                self.settle_page(page, day).await?;
                self.stage.seen(self.op).await?;
            }
        }
        Ok(())
    }

    async fn settle_page(
        &mut self,
        mut members: Vec<membership::Model>,
        day: chrono::NaiveDate,
    ) -> Result<(), ImportFault> {
        let ids: Vec<Value> = members.iter().map(|member| member.id.into()).collect();
        // A row of this run may just have taken one of them over.
        let staged = self.stage.staged::<membership::Entity>(membership::Column::Id, &ids).await?;
        members.retain(|member| staged.iter().all(|row| row.id != member.id));
        let column = membership_fact::Column::MembershipId;
        let facts = facts_of(self.stage.stored::<membership_fact::Entity>(column, &ids).await?);
        let (mut ended, mut pending) = (Vec::new(), Vec::new());
        for member in members {
            let known = facts.get(&member.id).map_or(&[][..], Vec::as_slice);
            let by_events: Vec<Fact> =
                known.iter().filter(|fact| fact.source == FACT_EVENTS).cloned().map(Fact::from).collect();
            if state_on(&by_events, day).in_force().is_none() {
                continue;
            }
            let place = Place::noted(Kind::Memberships, -1, 0);
            let reason = format!("the events leave a member, and no row has it on {day}: it ends there");
            let key = member.external_key.as_str();
            self.findings.warn(place, Code::EventWithoutMembership, ("external_id", key), reason)?;
            if let Some(fact) = self.end_on(member.id, known, day) {
                ended.push(fact);
                pending.push(member);
            }
        }
        self.stage.put::<membership::Entity>(Act::Pending, pending).await?;
        self.stage.put::<membership_fact::Entity>(Act::Create, ended).await?;
        Ok(())
    }
}
