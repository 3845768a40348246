//! A list of accounts in memory, made ready to be matched: which account stands at which place. No I/O.

use crate::overlap::{model, store::KeysPage};
use entity::id::AccountId;
use matching::{Account, Index, Keys, List, Statistics};

/// Bytes of an account in memory, about: its row, words and keys, and its id.
pub(super) const ACCOUNT_BYTES: usize = 280;

/// A list while it is read.
#[derive(Default)]
pub(super) struct Loading {
    list: List,
    ids: Vec<AccountId>,
}

impl Loading {
    /// Room for `accounts` accounts.
    pub(super) fn with_capacity(accounts: usize) -> Self {
        Self { list: List::with_capacity(accounts), ids: Vec::with_capacity(accounts) }
    }

    /// Adds the accounts of a page. Those whose keys were written by an earlier version of the engine are left out and given
    /// back, to be worked out anew.
    pub(super) fn take(&mut self, page: &KeysPage) -> Vec<AccountId> {
        let (mut keys, mut outdated) = (Keys::default(), Vec::new());
        for (id, bytes) in page.accounts() {
            if keys.read(bytes) {
                self.push(id, &keys);
            } else {
                outdated.push(id);
            }
        }
        outdated
    }

    /// Adds an account.
    pub(super) fn push(&mut self, id: AccountId, keys: &Keys) {
        self.list.push(keys);
        self.ids.push(id);
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn list(&self) -> &List {
        &self.list
    }

    /// Makes it ready.
    pub(super) fn ready(self, version: i64, statistics: &Statistics) -> Side {
        let mut places: Vec<u32> = (0..u32::try_from(self.ids.len()).unwrap_or(u32::MAX)).collect();
        places.sort_unstable_by_key(|place| id_at(&self.ids, *place));
        Side { version, index: Index::new(self.list, statistics), ids: self.ids, places }
    }
}

/// What changed of a list from one version to another.
#[derive(Default)]
pub(super) struct Change {
    /// Accounts that are no longer in it, or not as they were.
    pub(super) gone: Vec<AccountId>,
    /// Accounts that are new in it, or other than they were.
    pub(super) come: Vec<(AccountId, Keys)>,
}

impl Change {
    /// How many accounts it is about, those that changed counted twice.
    pub(super) fn len(&self) -> usize {
        self.gone.len() + self.come.len()
    }
}

/// A list that is ready to be matched.
pub(super) struct Side {
    /// The version that it is.
    pub(super) version: i64,
    pub(super) index: Index,
    /// By place. Places of accounts that went keep their ids.
    ids: Vec<AccountId>,
    /// The places of the accounts that are there, in the order of their ids.
    places: Vec<u32>,
}

impl Side {
    /// The account at a place.
    pub(super) fn id(&self, place: u32) -> AccountId {
        id_at(&self.ids, place)
    }

    /// Where an account stands; none where it is not in the list.
    pub(super) fn place(&self, id: AccountId) -> Option<u32> {
        let at = self.places.binary_search_by_key(&id, |place| self.id(*place)).ok()?;
        self.places.get(at).copied()
    }

    /// How many accounts are in it.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Bytes in memory, about.
    pub(super) fn bytes(&self) -> usize {
        self.ids.len() * ACCOUNT_BYTES
    }

    /// Takes the change in; gives the places of what came.
    pub(super) fn apply(&mut self, change: &Change, statistics: &Statistics) -> Vec<u32> {
        let gone: Vec<u32> = change.gone.iter().filter_map(|id| self.place(*id)).collect();
        let first = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.index.extend(change.come.iter().map(|(_, keys)| keys), statistics);
        self.index.remove(&gone);
        self.ids.extend(change.come.iter().map(|(id, _)| *id));
        let come: Vec<u32> = (first..u32::try_from(self.ids.len()).unwrap_or(u32::MAX)).collect();
        let mut left: Vec<u32> = gone;
        left.sort_unstable();
        self.places.retain(|place| left.binary_search(place).is_err());
        self.places.extend(&come);
        let ids = &self.ids;
        // Nearly in order already.
        self.places.sort_by_key(|place| id_at(ids, *place));
        come
    }
}

/// The keys of an account, worked out anew.
pub(super) fn keys_of(row: &model::Account) -> Keys {
    Keys::of(&Account {
        name: &row.name,
        website: row.website.as_deref().unwrap_or_default(),
        country: row.country.as_deref().unwrap_or_default(),
        email: row.email_domain.as_deref().unwrap_or_default(),
        duns: row.duns.as_deref().unwrap_or_default(),
    })
}

fn id_at(ids: &[AccountId], place: u32) -> AccountId {
    ids.get(place as usize).copied().unwrap_or_else(|| uuid::Uuid::nil().into())
}
