//! The overlaps with a partner as a file that goes out: exactly what the viewer sees at the moment in which each page is
//! read. Page by page, so that memory does not grow with their number and nothing of the database is held while a slow
//! reader reads; what is no longer shared is not in the pages that follow.

use super::{
    model::{Revealed, shown_reasons},
    scope::view_of,
    seen::{SeenOverlap, seen_overlaps},
    store::{OverlapFilter, OverlapPosition, OverlapSort},
};
use crate::{
    db::Direction,
    op::{Denied, Fault, Op, World, form},
    organization,
    page::Page,
    sharing::{model::AccountField, scope::Exposure},
    sheet,
    transfer::{Asker, Download, Outlet, Pages, Refused},
};
use async_trait::async_trait;
use bytes::Bytes;
use entity::id::{OrganizationId, TypedId};
use serde::Serialize;
use std::sync::Arc;

/// Overlaps that are read at once.
const ROWS_AT_ONCE: u32 = 1_000;

/// The parts of either account, in the order of the columns.
const PARTS: [(&str, AccountField); 9] = [
    ("external_id", AccountField::ExternalId),
    ("name", AccountField::Name),
    ("domain", AccountField::Domain),
    ("website", AccountField::Website),
    ("country", AccountField::Country),
    ("email_domain", AccountField::EmailDomain),
    ("duns", AccountField::Duns),
    ("owner", AccountField::Owner),
    ("stage", AccountField::Stage),
];

/// Gives files of overlaps.
pub struct OverlapOutlet {
    world: Arc<World>,
}

impl OverlapOutlet {
    /// The outlet of `world`.
    #[must_use]
    pub fn new(world: Arc<World>) -> Self {
        Self { world }
    }
}

#[async_trait]
impl Outlet for OverlapOutlet {
    async fn open(&self, asker: Asker) -> Result<Download, Refused> {
        let op = Op::new(Arc::clone(&self.world), asker.actor, &asker.request_id, Vec::new());
        op.signed_in().map_err(|_: Denied| Fault::Unauthenticated)?;
        if op.actor.organization().is_none() {
            return Err(Fault::Unauthenticated.into());
        }
        let partner = partner(&op, &asker.parameters).await?;
        let name = format!("overlaps-{}.csv", op.today());
        let mut start = Vec::new();
        sheet::line(&mut start, columns().iter().map(String::as_str)).map_err(Fault::internal)?;
        Ok(Download::paged(name, start, Reading { op, partner, after: None }).await?)
    }
}

/// The partner whose slug or id was given.
async fn partner(op: &Op, parameters: &[(String, String)]) -> Result<OrganizationId, Refused> {
    let mut partner = None;
    for (name, value) in parameters {
        match name.as_str() {
            "partner" if partner.is_none() => partner = Some(value.as_str()),
            "partner" => return Err(Fault::bad_input("`partner` is given more than once.").into()),
            _ => {
                let shown: String = name.chars().take(60).collect();
                return Err(Fault::bad_input(format!("`{shown}` is not a parameter; `partner` is.")).into());
            }
        }
    }
    let partner = partner.ok_or_else(|| Fault::bad_input("Name the partner: `?partner=` and its slug or id."))?;
    let id = OrganizationId::parse_global(partner);
    let found = match id {
        Some(id) => organization::service::find_by_id(op, id).await?,
        None => organization::service::find_by_slug(op, partner).await?,
    };
    let found = found.ok_or_else(|| Fault::bad_input("There is no such partner."))?;
    Ok(found.id)
}

fn columns() -> Vec<String> {
    let side = |side: &str| -> Vec<String> {
        let parts = PARTS.iter().map(|(name, _)| format!("{side}_{name}"));
        [format!("{side}_list"), format!("{side}_kind")]
            .into_iter()
            .chain(parts)
            .chain([format!("{side}_amount"), format!("{side}_currency")])
            .collect()
    };
    let of_overlap = ["overlap_id", "confidence", "score", "reasons", "found_at"].map(str::to_owned);
    of_overlap.into_iter().chain(side("own")).chain(side("partner")).collect()
}

struct Reading {
    op: Op,
    partner: OrganizationId,
    after: Option<OverlapPosition>,
}

#[async_trait]
impl Pages for Reading {
    async fn page(&mut self, mut output: Vec<u8>) -> Result<(Bytes, bool), Fault> {
        let view = view_of(&self.op, self.partner).await?;
        let page = Page { first: ROWS_AT_ONCE, after: self.after.take() };
        // In the order of finding: what is found while the file is written comes behind.
        let order = (OverlapSort::FoundAt, Direction::Ascending);
        let slice = seen_overlaps(&self.op, &view, &OverlapFilter::default(), order.0, order.1, &page).await?;
        self.after = slice.last;
        for (_, seen) in &slice.page.rows {
            let cells = cells(seen)?;
            sheet::line(&mut output, cells.iter().map(String::as_str)).map_err(Fault::internal)?;
        }
        Ok((output.into(), slice.page.has_next))
    }
}

fn cells(seen: &SeenOverlap) -> Result<Vec<String>, Fault> {
    let row = &seen.row;
    let reasons = shown_reasons(row.reasons, &seen.own, &seen.partner);
    let mut cells = vec![
        row.id.global(),
        word(row.confidence)?,
        format!("{:.4}", row.score),
        reasons.iter().map(|reason| reason.kind.code()).collect::<Vec<_>>().join(" "),
        row.found_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    ];
    side(&mut cells, &seen.own, Some(&seen.open.own.name), &seen.open.own)?;
    side(&mut cells, &seen.partner, seen.open.partner.shown_name(), &seen.open.partner)?;
    Ok(cells)
}

fn side(cells: &mut Vec<String>, account: &Revealed, list: Option<&str>, exposure: &Exposure) -> Result<(), Fault> {
    cells.push(list.unwrap_or_default().to_owned());
    cells.push(word(exposure.kind)?);
    cells.extend(PARTS.iter().map(|(_, field)| account.text(*field).unwrap_or_default().to_owned()));
    let money = account.get(AccountField::Amount, |row| {
        let currency = form::currency(row.currency.as_deref()?)?;
        Some((form::amount(row.amount_minor?, currency).to_string(), currency.code().to_owned()))
    });
    let (amount, currency) = money.unwrap_or_default();
    cells.extend([amount, currency]);
    Ok(())
}

/// A value as the schema writes it.
fn word(value: impl Serialize) -> Result<String, Fault> {
    let word = serde_json::to_value(value).map_err(Fault::internal)?;
    Ok(word.as_str().unwrap_or_default().to_owned())
}
