//! The life of a qualified lead. Pure.
//!
//! ```text
//! NEW --> ACCEPTED --> CONVERTED
//!  |  '------|-----------^
//!  '---------+-> DISMISSED
//! ```

use super::{QualifiedLead, QualifiedLeadStatus};
use crate::op::Refusal;

/// Whether somebody may begin to work on it.
///
/// # Errors
/// [`crate::op::ErrorCode::InvalidState`].
pub fn accept(lead: &QualifiedLead) -> Result<(), Refusal> {
    match lead.status {
        QualifiedLeadStatus::New => Ok(()),
        _ => Err(Refusal::invalid_state("It was decided on before.")),
    }
}

/// Whether it may be put aside; also what was accepted may.
///
/// # Errors
/// [`crate::op::ErrorCode::InvalidState`].
pub fn dismiss(lead: &QualifiedLead) -> Result<(), Refusal> {
    open(lead)
}

/// Whether it may become a lead or an opportunity, in one step also where nobody accepted it before.
///
/// # Errors
/// [`crate::op::ErrorCode::InvalidState`].
pub fn convert(lead: &QualifiedLead) -> Result<(), Refusal> {
    open(lead)
}

fn open(lead: &QualifiedLead) -> Result<(), Refusal> {
    match lead.status {
        QualifiedLeadStatus::New | QualifiedLeadStatus::Accepted => Ok(()),
        QualifiedLeadStatus::Dismissed => Err(Refusal::invalid_state("It was dismissed.")),
        QualifiedLeadStatus::Converted => Err(Refusal::invalid_state("It became a lead or an opportunity before.")),
    }
}

#[cfg(test)]
pub(in crate::qualification) mod tests {
    use super::*;
    use crate::qualification::model::rule::tests::organization;
    use chrono::DateTime;
    use entity::{account_list::AccountListKind, overlap::MatchConfidence};
    use uuid::Uuid;

    /// One of organization 1 with organization 2.
    pub(in crate::qualification) fn lead(status: QualifiedLeadStatus) -> QualifiedLead {
        QualifiedLead {
            id: Uuid::nil().into(),
            organization_id: organization(1),
            rule_id: Uuid::nil().into(),
            rule_name: "Warm".to_owned(),
            partner_id: organization(2),
            account_id: Uuid::nil().into(),
            account_name: "Acme".to_owned(),
            own_list_id: Uuid::nil().into(),
            own_kind: AccountListKind::Prospects,
            partner_list_id: Uuid::nil().into(),
            partner_kind: AccountListKind::Customers,
            overlap_id: Uuid::nil().into(),
            confidence: MatchConfidence::Certain,
            score: 1.0,
            reasons: 0,
            by_mail: false,
            found_at: DateTime::UNIX_EPOCH,
            status,
            dismiss_reason: None,
            comment: None,
            lead_id: None,
            opportunity_id: None,
            created_at: DateTime::UNIX_EPOCH,
            decided_at: None,
            updated_at: DateTime::UNIX_EPOCH,
            revision: 1,
        }
    }

    #[test]
    fn nothing_follows_the_end() {
        use QualifiedLeadStatus::{Accepted, Converted, Dismissed, New};
        for (status, accepts, goes_on) in
            [(New, true, true), (Accepted, false, true), (Dismissed, false, false), (Converted, false, false)]
        {
            let lead = lead(status);
            assert_eq!(accept(&lead).is_ok(), accepts, "{status:?}");
            assert_eq!(dismiss(&lead).is_ok(), goes_on, "{status:?}");
            assert_eq!(convert(&lead).is_ok(), goes_on, "{status:?}");
        }
    }
}
