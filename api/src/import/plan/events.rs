//! The history of a program, first half: each event is judged by itself and noted. An organization's events lie all over
//! the file, so only when all are read can [`super::streams`] take them together.

use super::{
    Plan,
    resolve::{KEY, NAME},
};
use crate::{
    import::{
        fault::ImportFault,
        incoming::Incoming,
        mapping::Mapping,
        problem::Code,
        record::{EventKind, MembershipEventRecord},
    },
    text,
};
use entity::{import_event, membership_fact::FactKind};

impl Plan<'_> {
    /// Notes a batch of events.
    pub(in crate::import) async fn events(
        &mut self,
        mapping: &Mapping,
        rows: Vec<Incoming<MembershipEventRecord>>,
    ) -> Result<(), ImportFault> {
        let today = self.op.today();
        let mut noted = Vec::with_capacity(rows.len());
        for row in rows {
            let record = &row.record;
            let Some(program) = self.program(&record.program_slug).await? else {
                let at = (mapping.column("program_slug"), record.program_slug.as_str());
                self.findings.refuse(row.place, Code::UnknownProgram, at, "there is no such program")?;
                continue;
            };
            let tier = |name: &Option<String>| match name {
                None => Ok(None),
                Some(name) => program.tier(name).map(Some).ok_or_else(|| name.clone()),
            };
            let (from, to) = match (tier(&record.from_tier), tier(&record.to_tier)) {
                (Ok(from), Ok(to)) => (from, to),
                (Err(unknown), _) | (_, Err(unknown)) => {
                    let reason = format!("the program {} has no such tier", record.program_slug);
                    let at = (mapping.column("to_tier"), unknown.as_str());
                    self.findings.refuse(row.place, Code::UnknownTier, at, reason)?;
                    continue;
                }
            };
            if record.on > today {
                let at = (mapping.column("on"), record.on.to_string());
                self.findings.refuse(row.place, Code::InvalidDate, (at.0, &at.1), "the day is yet to come")?;
                continue;
            }
            let (kind, value) = match &record.organization_key {
                Some(key) => (KEY, key.clone()),
                None => (NAME, text::sort_key(&record.name)),
            };
            noted.push(import_event::Model {
                run_id: self.stage.run(),
                seq: self.stage.next_seq(),
                source: mapping.source.clone(),
                program_id: program.id,
                kind: kind.to_owned(),
                value,
                name: record.name.clone(),
                happened_on: record.on,
                fact: fact_kind(record.kind),
                from_tier_id: from,
                tier_id: to,
                file: row.place.file,
                line: row.place.line_number(),
            });
        }
        self.stage.note::<import_event::Entity>(noted).await?;
        Ok(())
    }
}

fn fact_kind(kind: EventKind) -> FactKind {
    match kind {
        EventKind::Listed => FactKind::Listed,
        EventKind::Joined => FactKind::Joined,
        EventKind::Left => FactKind::Left,
        EventKind::TierChanged => FactKind::TierChanged,
    }
}
