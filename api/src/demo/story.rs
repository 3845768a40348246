//! What happens when: every deed of the files in the order of its day.

use super::{
    clock::Shift,
    data::{
        Data, EndData, HistoryData, ListingData, MetricData, OrganizationData, PartnershipData, ProgramData,
        ReviewData, StepData,
    },
    marketplace, organizations, partnerships, programs,
    stage::{Stage, Told},
};
use crate::db::Db;
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::HashMap;

/// Something that somebody does. Of those of one day the first kinds come first.
#[derive(Clone, Copy)]
enum Deed<'a> {
    Enter(&'a OrganizationData),
    Found(&'a ProgramData),
    Step(&'a str, &'a HistoryData, &'a StepData),
    Measure(&'a str, &'a str, &'a MetricData),
    /// With its place in the file.
    Agree(usize, &'a PartnershipData),
    Part(usize, &'a EndData),
    List(&'a ListingData),
    Review(&'a ReviewData),
}

impl Deed<'_> {
    const fn rank(&self) -> u8 {
        match self {
            Self::Enter(_) => 0,
            Self::Found(_) => 1,
            Self::Step(..) => 2,
            Self::Measure(..) => 3,
            Self::Agree(..) => 4,
            Self::Part(..) => 5,
            Self::List(_) => 6,
            Self::Review(_) => 7,
        }
    }
}

/// Tells everything into `db`; the last deeds are done at `now`.
pub(super) async fn tell(db: Db, data: &Data, now: DateTime<Utc>) -> Told<()> {
    let mut deeds = deeds(data);
    // Stable, so that deeds of one day and kind stay in the order of the files.
    deeds.sort_by_key(|(day, deed)| (day.unwrap_or(NaiveDate::MAX), deed.rank()));
    let last = deeds.iter().filter_map(|(day, _)| *day).max().unwrap_or_default();
    let mut stage = Stage::new(db, now, Shift::ending(last, now.date_naive()))?;
    let mut agreed = HashMap::new();
    let mut sorted = false;
    for (day, deed) in deeds {
        let today = day.map_or_else(|| now.date_naive(), |day| stage.day(day));
        stage.go_on_to(today);
        match deed {
            Deed::Enter(organization) => organizations::enter(&mut stage, organization).await?,
            Deed::Found(program) => programs::found(&mut stage, program).await?,
            Deed::Step(organization, history, step) => programs::step(&mut stage, organization, history, step).await?,
            Deed::Measure(organization, program, metric) => {
                programs::measure(&stage, organization, program, metric).await?;
            }
            Deed::Agree(place, partnership) => {
                agreed.insert(place, partnerships::agree(&stage, partnership).await?);
            }
            Deed::Part(place, end) => {
                if let Some(Some(id)) = agreed.get(&place) {
                    partnerships::part(&stage, *id, end).await?;
                }
            }
            Deed::List(listing) => marketplace::list(&mut stage, listing).await?,
            Deed::Review(review) => marketplace::review(&stage, review).await?,
        }
        // Once there is an operator, and before anything is listed.
        if !sorted && stage.operator.is_some() {
            marketplace::sort(&stage, &data.categories).await?;
            let mut known = HashMap::new();
            for fact in &data.facts {
                partnerships::record(&stage, fact, &mut known).await?;
            }
            sorted = true;
        }
    }
    Ok(())
}

/// All deeds, with the day as it is written; without one for what happens today.
fn deeds(data: &Data) -> Vec<(Option<NaiveDate>, Deed<'_>)> {
    let mut deeds = Vec::new();
    for organization in &data.organizations {
        deeds.push((Some(organization.since), Deed::Enter(organization)));
    }
    for program in &data.programs {
        deeds.push((program.published, Deed::Found(program)));
    }
    let own = data.organizations.iter().flat_map(|one| one.history.iter().map(|history| (one.slug.as_str(), history)));
    let others = data.memberships.iter().map(|one| (one.organization.as_str(), &one.history));
    for (organization, history) in own.chain(others) {
        for step in &history.steps {
            deeds.push((Some(step.on), Deed::Step(organization, history, step)));
        }
        for metric in &history.metrics {
            deeds.push((Some(metric.on), Deed::Measure(organization, &history.program, metric)));
        }
    }
    for (place, partnership) in data.partnerships.iter().enumerate() {
        deeds.push((partnership.on, Deed::Agree(place, partnership)));
        if let Some(end) = &partnership.ended {
            deeds.push((Some(end.on), Deed::Part(place, end)));
        }
    }
    for listing in &data.listings {
        deeds.push((listing.published, Deed::List(listing)));
    }
    for review in &data.reviews {
        deeds.push((if review.pending { None } else { Some(review.on) }, Deed::Review(review)));
    }
    deeds
}
