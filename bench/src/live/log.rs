//! What was published, in order, and what each socket has of it: gaps, repeats, order, and how long each alert took.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    ops::AddAssign,
};

/// Something that was published.
#[derive(Clone, Copy, Debug)]
pub(super) struct Published {
    /// The second half of the alert's id, which is chance or a number.
    pub(super) id: u64,
    /// When, in microseconds since 1970: of the commit where there is one.
    pub(super) at: i64,
}

/// What was published, by the place of the organization in the cast.
#[derive(Default)]
pub(super) struct Log(pub(super) HashMap<usize, Vec<Published>>);

impl Log {
    pub(super) fn of(&self, organization: usize) -> &[Published] {
        self.0.get(&organization).map_or(&[], Vec::as_slice)
    }
}

/// Something that came to a socket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delivery {
    pub(super) id: u64,
    /// In microseconds since 1970.
    pub(super) at: i64,
}

/// A delivery of what was published.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) organization: usize,
    /// The place in the log of the organization.
    pub(super) place: usize,
    pub(super) published: i64,
    /// Microseconds from the one to the other.
    pub(super) delay: i64,
}

/// What must not happen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Faults {
    /// Passed over: a later one came, and it did not.
    pub(super) lost: usize,
    /// Had not come when the patience was over. It may be late, or lost at the end.
    pub(super) missing: usize,
    pub(super) repeated: usize,
    pub(super) disordered: usize,
    pub(super) foreign: usize,
    /// Messages that should not come: resets, errors, ends.
    pub(super) surprises: Vec<String>,
}

impl Faults {
    pub(super) fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl AddAssign for Faults {
    fn add_assign(&mut self, other: Self) {
        self.lost += other.lost;
        self.missing += other.missing;
        self.repeated += other.repeated;
        self.disordered += other.disordered;
        self.foreign += other.foreign;
        self.surprises.extend(other.surprises);
        self.surprises.truncate(10);
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lost, missing, repeated, disordered, foreign, surprises } = self;
        write!(
            out,
            "lost {lost}, missing {missing}, repeated {repeated}, out of order {disordered}, foreign {foreign}"
        )?;
        for surprise in surprises {
            write!(out, "\n  unexpected: {surprise}")?;
        }
        Ok(())
    }
}

/// Compares what came to one socket with what was published since `next`, which it moves on.
pub(super) fn compare(
    published: &[Published],
    organization: usize,
    next: &mut usize,
    came: &[Delivery],
    seen: &mut Vec<Seen>,
) -> Faults {
    let mut faults = Faults::default();
    let mut skipped = HashSet::new();
    let mut places: Option<HashMap<u64, usize>> = None;
    for delivery in came {
        let place = match published.get(*next) {
            Some(expected) if expected.id == delivery.id => Some(*next),
            _ => {
                let places = places.get_or_insert_with(|| published.iter().map(|alert| alert.id).zip(0..).collect());
                places.get(&delivery.id).copied()
            }
        };
        let Some(place) = place else {
            faults.foreign += 1;
            continue;
        };
        if place >= *next {
            skipped.extend(*next..place);
            *next = place + 1;
        } else if skipped.remove(&place) {
            faults.disordered += 1;
        } else {
            faults.repeated += 1;
            continue;
        }
        let at = published[place].at;
        seen.push(Seen { organization, place, published: at, delay: (delivery.at - at).max(0) });
    }
    faults.lost = skipped.len();
    faults
}

/// How delays are spread.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spread {
    /// In microseconds, as the others.
    pub(super) p50: i64,
    pub(super) p99: i64,
    pub(super) most: i64,
}

impl Spread {
    pub(super) fn of(delays: impl IntoIterator<Item = i64>) -> Self {
        let mut delays: Vec<_> = delays.into_iter().collect();
        delays.sort_unstable();
        let share = |part: f64| {
            let place = (delays.len().saturating_sub(1) as f64 * part) as usize;
            delays.get(place).copied().unwrap_or_default()
        };
        Self { p50: share(0.5), p99: share(0.99), most: share(1.0) }
    }

    /// As a cell of the table, in milliseconds.
    pub(super) fn cell(&self) -> String {
        format!("{} / {} ms", milliseconds(self.p50), milliseconds(self.p99))
    }
}

/// How long each alert took to its last socket.
pub(super) fn last_of_each(seen: &[Seen]) -> Spread {
    let mut last: HashMap<(usize, usize), i64> = HashMap::new();
    for one in seen {
        let most = last.entry((one.organization, one.place)).or_default();
        *most = (*most).max(one.delay);
    }
    Spread::of(last.into_values())
}

/// Microseconds as milliseconds, with as many digits as say something.
pub(super) fn milliseconds(micros: i64) -> String {
    let millis = micros as f64 / 1000.0;
    if millis < 10.0 { format!("{millis:.2}") } else { format!("{millis:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(came: &[u64]) -> (Faults, usize, usize) {
        let published: Vec<_> = (0..5).map(|id| Published { id, at: 10 }).collect();
        let came: Vec<_> = came.iter().map(|id| Delivery { id: *id, at: 12 }).collect();
        let (mut next, mut seen) = (1, Vec::new());
        let faults = compare(&published, 0, &mut next, &came, &mut seen);
        (faults, next, seen.len())
    }

    #[test]
    fn gaps_repeats_order_and_strangers_are_told_apart() {
        assert_eq!(compared(&[1, 2, 3, 4]), (Faults::default(), 5, 4));
        assert_eq!(compared(&[1, 3, 4]).0, Faults { lost: 1, ..Faults::default() });
        assert_eq!(compared(&[1, 2, 2, 3]).0, Faults { repeated: 1, ..Faults::default() });
        assert_eq!(compared(&[1, 3, 2, 4]).0, Faults { disordered: 1, ..Faults::default() });
        assert_eq!(compared(&[1, 9]).0, Faults { foreign: 1, ..Faults::default() });
        // What was before the socket began is nothing that it may get.
        assert_eq!(compared(&[0, 1]).0, Faults { repeated: 1, ..Faults::default() });
        // What has not come by now may still come.
        assert_eq!(compared(&[1]), (Faults::default(), 2, 1));
    }

    #[test]
    fn a_spread_is_that_of_the_sorted() {
        let spread = Spread::of((0..=100).rev());
        assert_eq!((spread.p50, spread.p99, spread.most), (50, 99, 100));
        assert_eq!(Spread::of([]).most, 0);
    }
}
