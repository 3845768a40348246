//! One row of a file, inside of a transaction: found, compared, and handed to the use cases whose rules it has to keep.

use super::{
    cell::{Said, View, shown},
    column::Column,
    file::Row,
    report::{Became, refused},
};
use crate::{
    cosell::{
        model::{FIELDS_ALL, LossReason, Opportunity, OpportunityStage, Sides, is_open},
        policy::{CreateOpportunity, UpdateOpportunity, WriteSide},
        service::{Create, Updated, advance_in, enter_in, sides_of, update_in},
        store,
    },
    db::Tx,
    event::Fact,
    op::{ErrorCode, Failure, Fault, Op, Refusal, check, check_revision},
    sheet::Problem,
};
use entity::id::{OpportunityId, OrganizationId, TypedId};

/// Why a row was not taken.
pub(super) enum Failed {
    /// The rules say no; never empty.
    Rejected(Vec<(Option<Column>, Refusal)>),
    /// The server is at fault.
    Fault(Fault),
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Fault(fault) => Self::Fault(fault),
            Failure::Refused(refusals) => Self::Rejected(
                refusals.into_iter().map(|refusal| (Column::of_field(&refusal.field), refusal)).collect(),
            ),
        }
    }
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<(Column, Refusal)> for Failed {
    fn from((column, refusal): (Column, Refusal)) -> Self {
        Self::Rejected(vec![(Some(column), refusal)])
    }
}

impl Failed {
    /// Whether somebody else has entered the opportunity in between.
    pub(super) fn was_overtaken(&self) -> bool {
        let taken = |(column, refusal): &(Option<Column>, Refusal)| {
            refusal.code == ErrorCode::Taken && *column == Some(Column::ExternalId)
        };
        matches!(self, Self::Rejected(refusals) if refusals.iter().any(taken))
    }
}

/// What is wrong with `row`, as the report says it.
pub(super) fn problems(row: &Row, refusals: Vec<(Option<Column>, Refusal)>) -> Vec<Problem> {
    refusals
        .into_iter()
        .map(|(column, refusal)| {
            let value = column.and_then(|column| row.cell(column)).unwrap_or_default();
            refused(row.line, column, value, refusal)
        })
        .collect()
}

/// Does what a row says, in the name of `own`; gives what became of it, and the facts to record.
///
/// # Errors
/// [`Failed`]; the transaction must then not be committed.
pub(super) async fn apply_in(tx: &Tx, op: &Op, own: OrganizationId, row: &Row) -> Result<(Became, Vec<Fact>), Failed> {
    match find(tx, op, own, row).await? {
        Some(opportunity) => {
            let sides = sides_of(tx, opportunity).await?;
            update(tx, op, sides, row).await
        }
        None => create(tx, op, own, row).await,
    }
}

async fn find(tx: &Tx, op: &Op, own: OrganizationId, row: &Row) -> Result<Option<Opportunity>, Failed> {
    match row.key() {
        (Column::Id, id) => {
            let Some(id) = OpportunityId::parse_global(id) else {
                let refusal = Refusal::of("", ErrorCode::InvalidFormat, "This is not the id of an opportunity.");
                return Err((Column::Id, refusal).into());
            };
            let found = store::find_in(tx, op, id).await?;
            Ok(Some(found.ok_or_else(|| Failed::from((Column::Id, Refusal::not_found(""))))?))
        }
        (column, "") => {
            let message =
                "A row needs an external id, or the id of an opportunity, so that sending it again changes nothing.";
            Err((column, Refusal::of("", ErrorCode::Required, message)).into())
        }
        (column, key) => {
            let key = check::line("", key, usize::MAX).map_err(|refusal| Failed::from((column, refusal)))?;
            Ok(store::find_by_external_id_in(tx, op, own, &key).await?)
        }
    }
}

async fn create(tx: &Tx, op: &Op, own: OrganizationId, row: &Row) -> Result<(Became, Vec<Fact>), Failed> {
    let permit = op.authorize::<CreateOpportunity>(own, &own).map_err(Failure::from)?;
    let cells: Vec<_> = row.cells.iter().map(|(column, text)| (*column, text.as_str())).collect();
    let mut said = Said::of(&cells);
    let stage = row.cell(Column::Stage).and_then(|text| said.parsed(Column::Stage, text));
    let loss_reason = row.cell(Column::LossReason).and_then(|text| said.parsed(Column::LossReason, text));
    for column in [Column::Title, Column::CustomerName] {
        if row.cell(column).is_none_or(str::is_empty) {
            said.refusals.push((column, Refusal::of("", ErrorCode::Required, "A new opportunity needs this.")));
        }
    }
    understood(&mut said)?;
    let input = Create { content: said.patch, stage, loss_reason };
    let (_, facts) = enter_in(tx, op, &permit, op.new_id(), input).await?;
    Ok((Became::Created, facts))
}

async fn update(tx: &Tx, op: &Op, sides: Sides, row: &Row) -> Result<(Became, Vec<Fact>), Failed> {
    let id = sides.opportunity.id;
    let permit = op.authorize::<UpdateOpportunity>(id, &sides).map_err(Failure::from)?;
    let cells = differing(tx, op, &sides.opportunity, row).await?;
    let mut said = Said::of(&cells);
    let step = wanted_move(&mut said, &sides.opportunity, &cells);
    let revision = row.cell(Column::Revision).filter(|text| !text.is_empty());
    let expected = revision.map(str::parse::<i32>).transpose().map_err(|_| {
        let refusal = Refusal::of("", ErrorCode::InvalidFormat, "Expected: a whole number, or nothing.");
        Failed::from((Column::Revision, refusal))
    })?;
    understood(&mut said)?;
    let patch = said.patch;
    let current = sides.opportunity.revision;
    // A day that has passed belongs to a deal that is over: it must be over first.
    let over = step.is_some_and(|(to, _)| !is_open(to));
    let past = patch.target_close_date.flatten().is_some_and(|day| day < op.today());
    let (first, last) = if over && past { (step, None) } else { (None, step) };

    let mut facts = Vec::new();
    let mut waiting = false;
    let mut sides = advanced(tx, op, sides, first, &mut facts).await?;
    if !patch.is_empty() {
        let updated: Updated = update_in(tx, op, &permit, sides, patch).await?;
        waiting = updated.waiting.is_some() && !updated.facts.is_empty();
        facts.extend(updated.facts);
        sides = updated.after;
    }
    advanced(tx, op, sides, last, &mut facts).await?;
    if facts.is_empty() {
        return Ok((Became::Unchanged, facts));
    }
    // Asked last: a row that says what is there already is no conflict, whatever was changed in between.
    check_revision(expected, current).map_err(|refusal| Failed::from((Column::Revision, refusal)))?;
    Ok((if waiting { Became::Waiting } else { Became::Updated }, facts))
}

async fn advanced(
    tx: &Tx,
    op: &Op,
    sides: Sides,
    step: Option<(OpportunityStage, Option<LossReason>)>,
    facts: &mut Vec<Fact>,
) -> Result<Sides, Failed> {
    let Some((to, loss_reason)) = step else { return Ok(sides) };
    let permit = op.authorize::<WriteSide>(sides.opportunity.id, &sides).map_err(Failure::from)?;
    let (after, told) = advance_in(tx, op, &permit, sides, to, loss_reason).await?;
    facts.extend(told);
    Ok(after)
}

/// The cells that say something else than a file that goes out would.
async fn differing<'r>(tx: &Tx, op: &Op, row: &Opportunity, file: &'r Row) -> Result<Vec<(Column, &'r str)>, Failed> {
    let listings = match file.cell(Column::RelatedListings) {
        Some(_) => store::list_listing_slugs(&**tx, op, &[row.id]).await?.remove(&row.id).unwrap_or_default(),
        None => Vec::new(),
    };
    let view = View { fields: FIELDS_ALL, own: true, owner: None, listings };
    let differs = |column: Column| file.cell(column).is_some_and(|text| text != shown(row, &view, column).trim());
    let amount = differs(Column::ExpectedAmount) || differs(Column::Currency);
    let cells = file.cells.iter().filter(|(column, _)| match column {
        Column::Id | Column::Revision => false,
        Column::ExpectedAmount | Column::Currency => amount,
        column => differs(*column),
    });
    Ok(cells.map(|(column, text)| (*column, text.as_str())).collect())
}

/// The move that the cells want, of those that differ.
fn wanted_move(
    said: &mut Said,
    row: &Opportunity,
    cells: &[(Column, &str)],
) -> Option<(OpportunityStage, Option<LossReason>)> {
    let cell = |wanted: Column| cells.iter().find(|(column, _)| *column == wanted).map(|(_, text)| *text);
    let stage = cell(Column::Stage).and_then(|text| said.parsed::<OpportunityStage>(Column::Stage, text));
    let reason = cell(Column::LossReason).map(|text| said.parsed::<LossReason>(Column::LossReason, text));
    let to = stage.unwrap_or(row.stage);
    // A reason that the file does not have, or has as it is, goes with the stage that it belongs to.
    let reason = reason.unwrap_or(row.loss_reason.filter(|_| to == row.stage));
    ((to, reason) != (row.stage, row.loss_reason)).then_some((to, reason))
}

fn understood(said: &mut Said) -> Result<(), Failed> {
    let refusals = std::mem::take(&mut said.refusals);
    if refusals.is_empty() {
        return Ok(());
    }
    Err(Failed::Rejected(refusals.into_iter().map(|(column, refusal)| (Some(column), refusal)).collect()))
}
