//! The opportunities that a viewer sees, as a file that goes out: page by page, so that memory does not grow with their
//! number and nothing of the database is held while a slow reader reads.

use super::{
    cell::{View, shown},
    column::Column,
    parameters::ExportParameters,
};
use crate::{
    cosell::{
        model::{Opportunity, Participant},
        store::{self, OpportunityPosition, OpportunitySort},
    },
    db::Direction,
    op::{Denied, Fault, Op, World},
    page::{MAX_FIRST, Page},
    sheet,
    transfer::{Asker, Download, Outlet, Pages, Refused},
};
use async_trait::async_trait;
use bytes::Bytes;
use entity::id::{OpportunityId, OrganizationId};
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Gives files of opportunities.
pub struct OpportunityOutlet {
    world: Arc<World>,
}

impl OpportunityOutlet {
    /// The outlet of `world`.
    #[must_use]
    pub fn new(world: Arc<World>) -> Self {
        Self { world }
    }
}

#[async_trait]
impl Outlet for OpportunityOutlet {
    async fn open(&self, asker: Asker) -> Result<Download, Refused> {
        let op = Op::new(Arc::clone(&self.world), asker.actor, &asker.request_id, Vec::new());
        op.signed_in().map_err(|_: Denied| Fault::Unauthenticated)?;
        let ExportParameters { filter, byte_order_mark } = ExportParameters::read(&asker.parameters)?;
        let name = format!("opportunities-{}.csv", op.today());
        let mut start = if byte_order_mark { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
        sheet::line(&mut start, Column::all().map(Column::name)).map_err(Fault::internal)?;
        Ok(Download::paged(name, start, Reading { op, filter, after: None }).await?)
    }
}

struct Reading {
    op: Op,
    filter: store::OpportunityFilter,
    after: Option<OpportunityPosition>,
}

#[async_trait]
impl Pages for Reading {
    async fn page(&mut self, mut output: Vec<u8>) -> Result<(Bytes, bool), Fault> {
        let op = &self.op;
        let page = Page { first: MAX_FIRST, after: self.after.take() };
        // In the order of entering: it is the one in which a row does not move while the file is written.
        let order = (OpportunitySort::CreatedAt, Direction::Ascending);
        let slice = store::list(op, &self.filter, order.0, order.1, &page).await?;
        self.after = slice.rows.last().map(|(position, _)| position.clone());
        let rows: Vec<Opportunity> = slice.rows.into_iter().map(|(_, row)| row).collect();
        let views = views(op, &rows).await?;
        for row in &rows {
            // Whoever was taken out since the page was read sees nothing of it.
            let Some(view) = views.get(&row.id) else { continue };
            let cells: Vec<String> = Column::all().map(|column| shown(row, view, column)).collect();
            sheet::line(&mut output, cells.iter().map(String::as_str)).map_err(Fault::internal)?;
        }
        Ok((output.into(), slice.has_next))
    }
}

/// What the actor's organization sees of each of these opportunities that it takes part in.
async fn views(op: &Op, rows: &[Opportunity]) -> Result<HashMap<OpportunityId, View>, Fault> {
    let Some(own) = op.actor.organization() else { return Ok(HashMap::new()) };
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let sides: Vec<Participant> = store::list_participants(op.db().read(), &ids).await?;
    let mut listings = store::list_listing_slugs(op.db().read(), op, &ids).await?;
    let owners: BTreeSet<OrganizationId> = rows.iter().map(|row| row.owner_organization_id).collect();
    let owners = store::list_owner_slugs(op.db().read(), op, owners).await?;
    let view = |row: &Opportunity| {
        let side = sides.iter().find(|side| side.opportunity_id == row.id && side.organization_id == own)?;
        let view = View {
            fields: side.fields,
            own: row.owner_organization_id == own,
            owner: owners.get(&row.owner_organization_id).cloned(),
            listings: listings.remove(&row.id).unwrap_or_default(),
        };
        Some((row.id, view))
    };
    Ok(rows.iter().filter_map(view).collect())
}
