//! What may become of an organization.

use super::OrganizationStatus;

/// Whether an organization in the state `from` may go into the state `to`.
#[must_use]
pub const fn may_become(from: OrganizationStatus, to: OrganizationStatus) -> bool {
    use OrganizationStatus::{Active, Applicant, Suspended, Terminated};
    match from {
        Applicant => matches!(to, Active | Terminated),
        Active => matches!(to, Suspended | Terminated),
        Suspended => matches!(to, Active | Terminated),
        Terminated => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrganizationStatus::{Active, Applicant, Suspended, Terminated};

    #[test]
    fn the_table_of_what_follows_what() {
        let all = [Applicant, Active, Suspended, Terminated];
        let followers: Vec<Vec<_>> =
            all.iter().map(|from| all.into_iter().filter(|to| may_become(*from, *to)).collect()).collect();
        assert_eq!(
            followers,
            [vec![Active, Terminated], vec![Suspended, Terminated], vec![Active, Terminated], vec![]]
        );
    }
}
