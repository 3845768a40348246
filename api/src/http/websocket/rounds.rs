//! Who has something to say: sockets for which there is news are had to speak one after the other, by one task of the
//! thread that they live on. Ten thousand of them that are told the same thing are so ten thousand calls, and not as many
//! tasks to be woken, each of which would look at all that a socket may wait for. It knows nothing of what is said.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Wake, Waker},
};

use slab::Slab;
use tokio::{
    sync::Notify,
    task::{AbortHandle, spawn_local, yield_now},
};

use super::front::Front;

/// Sockets that speak before whatever else the thread has to do gets its turn.
const AT_ONCE: usize = 256;

thread_local! {
    /// The rounds of this thread, and the task that makes them. It is another one where the former runtime has ended.
    static ROUNDS: RefCell<Option<(Rc<Rounds>, AbortHandle)>> = const { RefCell::new(None) };
}

/// The sockets of a thread.
struct Rounds {
    fronts: RefCell<Slab<Seen>>,
    wanted: Arc<Wanted>,
}

struct Seen {
    front: Rc<RefCell<Front>>,
    bell: Arc<Bell>,
    waker: Waker,
}

/// Whose turn it is next.
#[derive(Default)]
struct Wanted {
    places: Mutex<Vec<usize>>,
    some: Notify,
}

/// What rings for one socket, from any thread.
struct Bell {
    wanted: Arc<Wanted>,
    place: usize,
    rung: AtomicBool,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.rung.swap(true, Ordering::AcqRel) {
            return;
        }
        let is_first = {
            let mut places = self.wanted.places.lock().unwrap_or_else(PoisonError::into_inner);
            places.push(self.place);
            places.len() == 1
        };
        if is_first {
            self.wanted.some.notify_one();
        }
    }
}

/// A socket is seen to for as long as this lives.
pub(super) struct Member {
    rounds: Rc<Rounds>,
    bell: Arc<Bell>,
}

impl Member {
    /// Has it speak soon.
    pub(super) fn ring(&self) {
        self.bell.wake_by_ref();
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut fronts = self.rounds.fronts.borrow_mut();
        fronts.try_remove(self.bell.place);
        if fronts.is_empty() {
            *fronts = Slab::new();
        }
    }
}

/// From now on the rounds of this thread come to `front`, whenever something rings for it.
pub(super) fn join(front: &Rc<RefCell<Front>>) -> Member {
    let rounds = ROUNDS.with_borrow_mut(|made| match made {
        Some((rounds, task)) if !task.is_finished() => Rc::clone(rounds),
        _ => {
            let rounds = Rc::new(Rounds { fronts: RefCell::default(), wanted: Arc::default() });
            let task = spawn_local(make(Rc::clone(&rounds))).abort_handle();
            *made = Some((Rc::clone(&rounds), task));
            rounds
        }
    });
    let bell = {
        let mut fronts = rounds.fronts.borrow_mut();
        let entry = fronts.vacant_entry();
        let bell = Bell { wanted: Arc::clone(&rounds.wanted), place: entry.key(), rung: AtomicBool::new(false) };
        let bell = Arc::new(bell);
        let waker = Waker::from(Arc::clone(&bell));
        entry.insert(Seen { front: Rc::clone(front), bell: Arc::clone(&bell), waker });
        bell
    };
    Member { rounds, bell }
}

async fn make(rounds: Rc<Rounds>) {
    loop {
        rounds.wanted.some.notified().await;
        let places = std::mem::take(&mut *rounds.wanted.places.lock().unwrap_or_else(PoisonError::into_inner));
        for (count, place) in places.into_iter().enumerate() {
            if count % AT_ONCE == AT_ONCE - 1 {
                yield_now().await;
            }
            rounds.see(place);
        }
    }
}

impl Rounds {
    fn see(&self, place: usize) {
        let fronts = self.fronts.borrow();
        // Whoever rang may have gone, and another one come to its place, who is asked in vain.
        let Some(Seen { front, bell, waker }) = fronts.get(place) else { return };
        // Before it speaks, so that what comes meanwhile rings again.
        bell.rung.store(false, Ordering::Release);
        let spoken = catch_unwind(AssertUnwindSafe(|| front.borrow_mut().speak(waker)));
        match spoken {
            Ok(false) => {}
            Ok(true) => waker.wake_by_ref(),
            Err(_) => {
                tracing::error!(cause = "a socket panicked", "internal fault");
                front.borrow_mut().broke();
            }
        }
    }
}
