//! From where a feed goes on: the rule that decides between going on behind a cursor and saying openly that this is no
//! longer possible. Pure.

/// A place in the feed of one organization: behind the alert with this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// The life of the database that the number belongs to.
    pub epoch: i64,
    /// The number of the last alert that was received; 0 before the first.
    pub seq: i64,
}

/// How far the feed of one organization goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The life of the database.
    pub epoch: i64,
    /// The number of the newest alert; 0 where there was none yet.
    pub seq: i64,
    /// The number of the newest alert that is no longer kept; 0 where all are.
    pub trimmed: i64,
}

impl Head {
    /// The place behind the newest alert.
    #[must_use]
    pub fn position(&self) -> Position {
        Position { epoch: self.epoch, seq: self.seq }
    }

    /// The place before the oldest alert that is kept.
    #[must_use]
    pub fn oldest(&self) -> Position {
        Position { epoch: self.epoch, seq: self.trimmed }
    }
}

/// Why a feed cannot go on from a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResetReason {
    /// Alerts behind the cursor are no longer kept.
    Trimmed,
    /// The cursor is of a former life of the database, before it was restored from a backup.
    OtherEpoch,
    /// The cursor is beyond the newest alert: what it was given for was lost.
    BeyondHead,
}

/// From where a feed goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// Behind the alert with this number: nothing was missed.
    From(i64),
    /// Not behind the cursor, and the reader must be told so before anything else.
    Reset {
        /// Why.
        reason: ResetReason,
        /// The place behind the newest alert, for a reader that reads everything anew.
        head: Position,
        /// It goes on behind this number: with the oldest alert that is kept.
        from: i64,
    },
}

/// Where a reader that was at `after` goes on; one that was nowhere begins at the head.
#[must_use]
pub fn resume(head: &Head, after: Option<Position>) -> Resume {
    let reason = match after {
        None => return Resume::From(head.seq),
        Some(after) if after.epoch != head.epoch => ResetReason::OtherEpoch,
        Some(after) if after.seq > head.seq => ResetReason::BeyondHead,
        Some(after) if after.seq < head.trimmed => ResetReason::Trimmed,
        Some(after) => return Resume::From(after.seq),
    };
    Resume::Reset { reason, head: head.position(), from: head.trimmed }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: Head = Head { epoch: 5, seq: 20, trimmed: 8 };

    fn at(epoch: i64, seq: i64) -> Resume {
        resume(&HEAD, Some(Position { epoch, seq }))
    }

    fn reset(reason: ResetReason) -> Resume {
        Resume::Reset { reason, head: Position { epoch: 5, seq: 20 }, from: 8 }
    }

    #[test]
    fn a_feed_goes_on_wherever_nothing_was_missed() {
        assert_eq!(resume(&HEAD, None), Resume::From(20));
        assert_eq!(at(5, 20), Resume::From(20));
        assert_eq!(at(5, 12), Resume::From(12));
        // All up to here are gone, but this reader has had them.
        assert_eq!(at(5, 8), Resume::From(8));
    }

    #[test]
    fn a_reset_says_why_and_goes_on_with_the_oldest_that_is_kept() {
        assert_eq!(at(5, 7), reset(ResetReason::Trimmed));
        assert_eq!(at(5, 0), reset(ResetReason::Trimmed));
        assert_eq!(at(5, -1), reset(ResetReason::Trimmed));
        assert_eq!(at(5, 21), reset(ResetReason::BeyondHead));
        assert_eq!(at(5, i64::MAX), reset(ResetReason::BeyondHead));
        // Whatever the number is: it belongs to another count.
        for seq in [-1, 0, 8, 12, 20, 21] {
            assert_eq!(at(4, seq), reset(ResetReason::OtherEpoch), "{seq}");
        }
    }

    #[test]
    fn who_was_told_of_a_reset_is_not_told_again() {
        let Resume::Reset { from, head, .. } = at(4, 3) else { panic!("a reset") };
        assert_eq!(at(head.epoch, from), Resume::From(from));
        assert_eq!(resume(&HEAD, Some(HEAD.oldest())), Resume::From(8));
        assert_eq!(resume(&HEAD, Some(HEAD.position())), Resume::From(20));
    }

    #[test]
    fn an_empty_feed_is_at_its_beginning() {
        let empty = Head { epoch: 5, seq: 0, trimmed: 0 };
        assert_eq!(resume(&empty, None), Resume::From(0));
        assert_eq!(resume(&empty, Some(Position { epoch: 5, seq: 0 })), Resume::From(0));
        let Resume::Reset { reason, from, .. } = resume(&empty, Some(Position { epoch: 5, seq: 1 })) else {
            panic!("a reset")
        };
        assert_eq!((reason, from), (ResetReason::BeyondHead, 0));
    }
}
