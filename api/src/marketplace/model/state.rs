//! What may happen to a listing in which state. Pure.

use entity::listing::ListingStatus;

/// A step in the life of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The vendor asks for publication.
    Submit,
    /// The vendor takes that back.
    Withdraw,
    /// The operator publishes.
    Approve,
    /// The operator sends it back.
    Reject,
    /// The operator takes it out of the marketplace.
    Restrict,
    /// The operator puts it back.
    Restore,
    /// It is given up for good.
    Archive,
}

/// The state that follows, or `None` where the step is not possible.
#[must_use]
pub const fn next(status: ListingStatus, step: Step) -> Option<ListingStatus> {
    use ListingStatus::{Archived, Draft, InReview, Published, Restricted};
    match (status, step) {
        (Draft, Step::Submit) => Some(InReview),
        (InReview, Step::Withdraw | Step::Reject) => Some(Draft),
        (InReview, Step::Approve) | (Restricted, Step::Restore) => Some(Published),
        (Published, Step::Restrict) => Some(Restricted),
        (Draft | InReview | Published | Restricted, Step::Archive) => Some(Archived),
        _ => None,
    }
}

/// How an edit takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditMode {
    /// At once.
    Direct,
    /// As a change that the operator approves or not.
    Reviewed,
}

/// How an edit takes effect in a state; `None` where there can be none: what is being judged must stay as it is.
#[must_use]
pub const fn edit_mode(status: ListingStatus) -> Option<EditMode> {
    match status {
        ListingStatus::Draft => Some(EditMode::Direct),
        ListingStatus::Published | ListingStatus::Restricted => Some(EditMode::Reviewed),
        ListingStatus::InReview | ListingStatus::Archived => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ListingStatus::{Archived, Draft, InReview, Published, Restricted};

    const STATES: [ListingStatus; 5] = [Draft, InReview, Published, Restricted, Archived];
    const STEPS: [Step; 7] =
        [Step::Submit, Step::Withdraw, Step::Approve, Step::Reject, Step::Restrict, Step::Restore, Step::Archive];

    #[test]
    fn the_whole_table_of_what_follows_what() {
        let table: Vec<_> = STATES
            .into_iter()
            .flat_map(|from| STEPS.into_iter().filter_map(move |step| next(from, step).map(|to| (from, step, to))))
            .collect();
        assert_eq!(
            table,
            [
                (Draft, Step::Submit, InReview),
                (Draft, Step::Archive, Archived),
                (InReview, Step::Withdraw, Draft),
                (InReview, Step::Approve, Published),
                (InReview, Step::Reject, Draft),
                (InReview, Step::Archive, Archived),
                (Published, Step::Restrict, Restricted),
                (Published, Step::Archive, Archived),
                (Restricted, Step::Restore, Published),
                (Restricted, Step::Archive, Archived),
            ]
        );
    }

    #[test]
    fn only_a_draft_is_edited_at_once() {
        let direct: Vec<_> = STATES.into_iter().filter(|state| edit_mode(*state) == Some(EditMode::Direct)).collect();
        assert_eq!(direct, [Draft]);
        assert_eq!(edit_mode(Published), Some(EditMode::Reviewed));
        assert_eq!(edit_mode(InReview), None);
        assert_eq!(edit_mode(Archived), None);
    }
}
