//! Who is there and what was made so far, while the story is told.

use super::clock::{Shift, StoryClock};
use crate::{
    cache::{Cache, CacheConfig},
    db::Db,
    event::feed::Feeds,
    op::{Actor, Failure, Fault, Op, PersonActor, RandomIds, World},
    outbound::Outbound,
};
use chrono::{DateTime, Days, NaiveDate, Utc};
use entity::{
    id::{ListingId, MemberId, MembershipId, TierId},
    value::{OrganizationStatus, Role},
};
use std::{collections::HashMap, fmt, sync::Arc};

/// What could not be done while the story was told.
#[derive(Debug)]
pub struct LoadFault {
    what: String,
    why: String,
}

impl LoadFault {
    /// The bundled files cannot be read.
    pub(super) fn unreadable(cause: &str) -> Self {
        Self { what: "reading the bundled files".to_owned(), why: cause.to_owned() }
    }

    /// The story names what it has not told yet.
    pub(super) fn missing(what: &str, name: &str) -> Self {
        let why = "the story has none of that name yet".to_owned();
        Self { what: format!("looking for the {what} `{name}`"), why }
    }

    /// `what` was refused or failed.
    pub(super) fn new(what: impl Into<String>, failure: impl Into<Failure>) -> Self {
        let why = match failure.into() {
            Failure::Refused(refusals) => {
                let said = refusals.iter().map(|refusal| format!("{} {:?}", refusal.message, refusal.field));
                said.collect::<Vec<_>>().join(" ")
            }
            Failure::Fault(fault) => fault.chain(),
        };
        Self { what: what.into(), why }
    }
}

impl fmt::Display for LoadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.why)
    }
}

impl std::error::Error for LoadFault {}

/// What a part of the story gives.
pub(super) type Told<T> = Result<T, LoadFault>;

/// An organization, and those who act for it.
pub(super) struct Player {
    /// Who acts for it: its partner or program manager.
    pub(super) manager: PersonActor,
    /// That person's place.
    pub(super) manager_place: MemberId,
    /// Its owner's place.
    pub(super) owner_place: MemberId,
}

/// A program, and its tiers by name.
pub(super) struct Show {
    /// The slug of its host.
    pub(super) host: String,
    /// Its tiers by name.
    pub(super) tiers: HashMap<String, TierId>,
}

/// Who is there and what was made so far.
pub(super) struct Stage {
    world: Arc<World>,
    clock: Arc<StoryClock>,
    shift: Shift,
    /// By slug.
    pub(super) players: HashMap<String, Player>,
    /// By slug.
    pub(super) shows: HashMap<String, Show>,
    /// By the slugs of program and organization.
    pub(super) memberships: HashMap<(String, String), MembershipId>,
    /// By name.
    pub(super) listings: HashMap<String, ListingId>,
    /// The slug of the organization that runs the installation.
    pub(super) operator: Option<String>,
}

impl Stage {
    pub(super) fn new(db: Db, now: DateTime<Utc>, shift: Shift) -> Told<Self> {
        let cache = Cache::open(&CacheConfig::default())
            .map_err(|cause| LoadFault::new("opening the cache", Fault::internal(cause)))?;
        let clock = Arc::new(StoryClock::until(now));
        let feeds = Feeds::in_process(&db);
        let (clock_of_all, ids, outbound) =
            (Arc::clone(&clock) as _, Arc::new(RandomIds::default()), Outbound::closed());
        let world = World { db, cache, clock: clock_of_all, ids, feeds, outbound, mapping: Arc::default() };
        Ok(Self {
            world: Arc::new(world),
            clock,
            shift,
            players: HashMap::new(),
            shows: HashMap::new(),
            memberships: HashMap::new(),
            listings: HashMap::new(),
            operator: None,
        })
    }

    /// Goes on to a day that was moved already.
    pub(super) fn go_on_to(&self, day: NaiveDate) {
        self.clock.advance_to(day);
    }

    /// The day as it is told.
    pub(super) fn day(&self, written: NaiveDate) -> NaiveDate {
        self.shift.apply(written)
    }

    /// The day so many days after the story's end.
    pub(super) fn in_days(&self, days: u64) -> NaiveDate {
        let end = self.clock.end().date_naive();
        end.checked_add_days(Days::new(days)).unwrap_or(end)
    }

    /// The command line acts.
    pub(super) fn as_operator(&self) -> Op {
        self.op(Actor::Operator)
    }

    /// The manager of the organization with this slug acts.
    pub(super) fn as_manager(&self, slug: &str) -> Told<Op> {
        Ok(self.op(Actor::Person(self.player(slug)?.manager.clone())))
    }

    /// The moderator of the organization that runs the installation acts.
    pub(super) fn as_moderator(&self) -> Told<Op> {
        let slug = self.operator.as_deref().unwrap_or_default();
        self.as_manager(slug)
    }

    fn op(&self, actor: Actor) -> Op {
        Op::new(Arc::clone(&self.world), actor, "demo", Vec::new())
    }

    pub(super) fn player(&self, slug: &str) -> Told<&Player> {
        self.players.get(slug).ok_or_else(|| LoadFault::missing("organization", slug))
    }

    pub(super) fn show(&self, slug: &str) -> Told<&Show> {
        self.shows.get(slug).ok_or_else(|| LoadFault::missing("program", slug))
    }

    pub(super) fn tier(&self, program: &str, name: &str) -> Told<TierId> {
        self.show(program)?.tiers.get(name).copied().ok_or_else(|| LoadFault::missing("tier", name))
    }

    pub(super) fn listing(&self, name: &str) -> Told<ListingId> {
        self.listings.get(name).copied().ok_or_else(|| LoadFault::missing("listing", name))
    }

    pub(super) fn membership(&self, program: &str, organization: &str) -> Told<MembershipId> {
        let key = (program.to_owned(), organization.to_owned());
        self.memberships.get(&key).copied().ok_or_else(|| LoadFault::missing("membership", organization))
    }
}

/// The actor that a member of an active organization is.
pub(super) fn actor(member: &entity::member::Model, role: Role, operator: bool) -> PersonActor {
    PersonActor {
        person: member.person_id,
        organization: member.organization_id,
        role,
        status: OrganizationStatus::Active,
        operator,
        expires_at: DateTime::<Utc>::MAX_UTC,
    }
}
