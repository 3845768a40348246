//! Who waits for a group to grow. All of them are told at once, and each is told once for each time that it waits. It knows
//! no items.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    task::Waker,
};

use slab::Slab;

/// The members of a group, each with a place of its own, and whom to tell of those who wait.
#[derive(Default)]
pub(super) struct Waiting(Mutex<Slab<Option<Waker>>>);

impl Waiting {
    /// A place for a member that has come.
    pub(super) fn enter(&self) -> usize {
        self.lock().insert(None)
    }

    /// The member of this place has gone.
    pub(super) fn leave(&self, place: usize) {
        let mut places = self.lock();
        places.try_remove(place);
        if places.is_empty() {
            *places = Slab::new();
        }
    }

    /// The member of this place is told the next time. What makes it wait must be locked meanwhile, so that nothing comes
    /// between its look and this.
    pub(super) fn wait(&self, place: usize, waker: &Waker) {
        if let Some(told) = self.lock().get_mut(place)
            && told.as_ref().is_none_or(|told| !told.will_wake(waker))
        {
            *told = Some(waker.clone());
        }
    }

    /// Tells all who wait.
    pub(super) fn tell(&self) {
        // Nobody who is told finds it locked.
        let told: Vec<Waker> = self.lock().iter_mut().filter_map(|(_, told)| told.take()).collect();
        told.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Slab<Option<Waker>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use futures::task::{ArcWake, waker};

    use super::*;

    #[derive(Default)]
    struct Told(AtomicUsize);

    impl ArcWake for Told {
        fn wake_by_ref(told: &Arc<Self>) {
            told.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn who_waits_is_told_once_and_who_has_gone_is_not() {
        let (waiting, members) = (Waiting::default(), [(); 3].map(|()| Arc::new(Told::default())));
        let places = [(); 3].map(|()| waiting.enter());
        for (place, told) in places.iter().zip(&members) {
            waiting.wait(*place, &waker(Arc::clone(told)));
            waiting.wait(*place, &waker(Arc::clone(told)));
        }
        waiting.leave(places[1]);
        assert_eq!(Arc::strong_count(&members[1]), 1, "nothing of it is kept");
        waiting.tell();
        waiting.tell();
        assert_eq!([0, 1, 2].map(|at| members[at].0.load(Ordering::Relaxed)), [1, 0, 1]);
        waiting.leave(places[0]);
        waiting.wait(places[0], &waker(Arc::clone(&members[0])));
        waiting.tell();
        assert_eq!(members[0].0.load(Ordering::Relaxed), 1);
    }
}
