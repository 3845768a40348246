//! The groups that there are, and the way in and out: which one has what comes next for somebody, and what is kept of one
//! that has gone.

use std::{
    collections::HashMap,
    sync::{Arc, Weak},
};

use tokio::time::Instant;

use super::{Begin, Groups, Joint, Key, group::Group, remains::Remains, state::State};
use crate::schema::request::share::Repeatable;

/// A group that can be joined, and what it executes.
pub(super) struct Known {
    pub(super) group: Arc<Group>,
    pub(super) repeatable: Arc<Repeatable>,
}

/// What can be joined, and what can be gone on with.
#[derive(Default)]
pub(super) struct Directory {
    /// Never empty under a key. The first one is where now is, or was there first; the others follow it, each from where
    /// somebody came back who was further behind.
    pub(super) groups: HashMap<Arc<Key>, Vec<Known>>,
    /// Of requests that had groups and have none, or had none when the last one went.
    pub(super) remains: Remains<Arc<Key>, State>,
}

/// A group that has, or is about to make, what comes next for one who begins there.
pub(super) fn seek(known: &[Known], begin: &Begin) -> Option<Joint> {
    let of = |at: usize, known: &Known, number, pass, resume| {
        let group = Arc::clone(&known.group);
        Joint { group, number, pass, follows: at > 0, resume }
    };
    let mut each = known.iter().enumerate();
    match begin {
        Begin::Now => each.find_map(|(at, known)| {
            let (number, resume) = known.group.attach_now()?;
            Some(of(at, known, number, None, resume))
        }),
        Begin::Behind(place, after) => {
            let place = (*place)?;
            let here =
                |(at, known): (usize, &Known)| Some(of(at, known, known.group.attach(place)?, None, Arc::clone(after)));
            let soon = |(at, known): (usize, &Known)| {
                Some(of(at, known, known.group.attach_ahead(place)?, Some(place), Arc::clone(after)))
            };
            each.clone().find_map(here).or_else(|| each.find_map(soon))
        }
    }
}

/// The way of a group out of the directory.
#[derive(Clone)]
pub(super) struct Leaving {
    pub(super) groups: Weak<Groups>,
    pub(super) key: Arc<Key>,
}

impl Leaving {
    /// Takes the group out if `leaves` says so, which is asked while nobody can join. What it has made is kept for a while
    /// if somebody may go on with it, and there is no other group that does.
    pub(super) fn leave(&self, group: &Arc<Group>, goes_on: bool, leaves: impl FnOnce() -> bool) {
        let Some(groups) = self.groups.upgrade() else {
            leaves();
            return;
        };
        let mut directory = groups.lock();
        let Directory { groups: map, remains } = &mut *directory;
        if !leaves() {
            return;
        }
        let Some(known) = map.get_mut(&self.key) else { return };
        let before = known.len();
        known.retain(|known| !Arc::ptr_eq(&known.group, group));
        for _ in known.len()..before {
            groups.count.dec();
        }
        if !known.is_empty() {
            return;
        }
        map.remove(&self.key);
        if goes_on && let Some(left) = group.give_up() {
            remains.put(&self.key, left, Instant::now());
        }
        // Groups that are read come before what nobody reads.
        while groups.memory.is_half_used() && remains.forget_oldest() {}
    }
}
