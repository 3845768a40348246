//! What happens when: every deed of the files in the order of its day.

use super::{
    clock::Shift,
    data::{
        Data, DealStep, EndData, HistoryData, IntroductionData, LeadData, ListData, ListingData, MetricData,
        OpportunityData, OrganizationData, PartnershipData, ProgramData, ReviewData, RuleData, SharingData, StepData,
    },
    deals, mapping, marketplace, organizations, partnerships, programs,
    stage::{Stage, Told},
};
use crate::db::Db;
use chrono::{DateTime, Days, NaiveDate, Utc};
use std::collections::HashMap;

/// The day of a deed, as it is written.
#[derive(Clone, Copy)]
enum When {
    /// A day of the story, which is moved with it.
    On(NaiveDate),
    /// So many days before the story's end.
    Ago(u64),
}

impl When {
    const TODAY: Self = Self::Ago(0);

    /// The day as it is told, in a story that is moved by `shift` and ends on `today`.
    fn told(self, shift: Shift, today: NaiveDate) -> NaiveDate {
        match self {
            Self::On(day) => shift.apply(day),
            Self::Ago(days) => today.checked_sub_days(Days::new(days)).unwrap_or(today),
        }
    }
}

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
    /// With its place in the file.
    Open(usize, &'a OpportunityData),
    Sell(usize, &'a DealStep),
    Refer(&'a LeadData),
    Know(&'a ListData),
    Share(&'a SharingData),
    /// All that is known to all who show it to each other.
    Compare,
    Ask(&'a IntroductionData),
    Qualify(&'a RuleData),
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
            Self::Open(..) => 8,
            Self::Sell(..) => 9,
            Self::Refer(_) => 10,
            Self::Know(_) => 11,
            Self::Share(_) => 12,
            Self::Compare => 13,
            Self::Ask(_) => 14,
            Self::Qualify(_) => 15,
        }
    }
}

/// Tells everything into `db`; the last deeds are done at `now`.
pub(super) async fn tell(db: Db, data: &Data, now: DateTime<Utc>) -> Told<()> {
    let mut deeds = deeds(data);
    let written = deeds.iter().filter_map(|(when, _)| match when {
        When::On(day) => Some(*day),
        When::Ago(_) => None,
    });
    let today = now.date_naive();
    let shift = Shift::ending(written.max().unwrap_or_default(), today);
    // Stable, so that deeds of one day and kind stay in the order of the files.
    deeds.sort_by_key(|(when, deed)| (when.told(shift, today), deed.rank()));
    let mut stage = Stage::new(db, now, shift)?;
    let (mut agreed, mut deals) = (HashMap::new(), HashMap::new());
    let mut lists: HashMap<&str, Vec<_>> = HashMap::new();
    let mut sorted = false;
    for (when, deed) in deeds {
        stage.go_on_to(when.told(shift, today));
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
            Deed::Open(place, deal) => {
                deals.insert(place, deals::open(&stage, deal).await?);
            }
            Deed::Sell(place, step) => {
                if let Some(deal) = deals.get_mut(&place) {
                    deals::step(&stage, deal, step).await?;
                }
            }
            Deed::Refer(lead) => deals::refer(&stage, lead).await?,
            Deed::Know(list) => {
                let id = mapping::know(&stage, list).await?;
                lists.entry(&list.owner).or_default().push(id);
            }
            Deed::Share(sharing) => {
                let own = lists.get(sharing.owner.as_str()).map_or(&[][..], Vec::as_slice);
                mapping::share(&stage, sharing, own).await?;
            }
            Deed::Compare => mapping::compare(&stage).await?,
            Deed::Ask(introduction) => mapping::ask(&stage, introduction).await?,
            Deed::Qualify(rule) => mapping::qualify(&stage, rule).await?,
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

/// All deeds, with the day as it is written.
fn deeds(data: &Data) -> Vec<(When, Deed<'_>)> {
    let told = |day: Option<NaiveDate>| day.map_or(When::TODAY, When::On);
    let mut deeds = Vec::new();
    for organization in &data.organizations {
        deeds.push((When::On(organization.since), Deed::Enter(organization)));
    }
    for program in &data.programs {
        deeds.push((told(program.published), Deed::Found(program)));
    }
    let own = data.organizations.iter().flat_map(|one| one.history.iter().map(|history| (one.slug.as_str(), history)));
    let others = data.memberships.iter().map(|one| (one.organization.as_str(), &one.history));
    for (organization, history) in own.chain(others) {
        for step in &history.steps {
            deeds.push((When::On(step.on), Deed::Step(organization, history, step)));
        }
        for metric in &history.metrics {
            deeds.push((When::On(metric.on), Deed::Measure(organization, &history.program, metric)));
        }
    }
    for (place, partnership) in data.partnerships.iter().enumerate() {
        deeds.push((told(partnership.on), Deed::Agree(place, partnership)));
        if let Some(end) = &partnership.ended {
            deeds.push((When::On(end.on), Deed::Part(place, end)));
        }
    }
    for listing in &data.listings {
        deeds.push((told(listing.published), Deed::List(listing)));
    }
    for review in &data.reviews {
        deeds.push((if review.pending { When::TODAY } else { When::On(review.on) }, Deed::Review(review)));
    }
    for (place, deal) in data.opportunities.iter().enumerate() {
        deeds.push((When::Ago(deal.ago), Deed::Open(place, deal)));
        for step in &deal.step {
            deeds.push((When::Ago(step.ago), Deed::Sell(place, step)));
        }
    }
    for lead in &data.leads {
        deeds.push((When::Ago(lead.ago), Deed::Refer(lead)));
    }
    deeds.extend(data.lists.iter().map(|list| (When::TODAY, Deed::Know(list))));
    deeds.extend(data.sharing.iter().map(|sharing| (When::TODAY, Deed::Share(sharing))));
    deeds.push((When::TODAY, Deed::Compare));
    deeds.extend(data.introductions.iter().map(|introduction| (When::TODAY, Deed::Ask(introduction))));
    deeds.extend(data.rules.iter().map(|rule| (When::TODAY, Deed::Qualify(rule))));
    deeds
}
