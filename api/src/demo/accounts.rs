//! Whom one can be in the demonstration.

use crate::{
    cosell,
    op::{Fault, Op},
    organization::service,
};
use entity::id::{OrganizationId, PersonId, TypedId};

/// Somebody of the story whose token is offered.
#[derive(Clone, Debug)]
pub struct Account {
    /// What that person is, for the one who chooses.
    pub title: &'static str,
    /// What is worth trying as that person.
    pub hint: &'static str,
    /// The person.
    pub person: PersonId,
    /// The organization that the person acts for.
    pub organization: OrganizationId,
}

/// Title, hint, organization and address.
const OFFERED: [(&str, &str, &str, &str); 3] = [
    (
        "Partner member (solution architect of Kestrel Integration)",
        "answers the invitation, the lead and the request to introduce that wait in the inbox, works on the prospect that \
         a rule qualified, reads Kestrel's partnerships with their terms",
        "kestrel-integration",
        "architect@kestrel-integration.example",
    ),
    (
        "Program manager (of Aurora Cloud, which runs the program)",
        "decides on the open application and on the deal that Kestrel submitted, sees the draft program",
        "aurora-cloud",
        "program.manager@aurora-cloud.example",
    ),
    (
        "Administrator (of Northgate Directory, which runs the installation)",
        "moderates listings and reviews, enters organizations",
        "northgate",
        "admin@northgate.example",
    ),
];

/// The invitation into a deal that waits longest for the organization that `op` acts for; `None` where none does.
///
/// # Errors
/// Database faults.
pub async fn waiting_invitation(op: &Op) -> Result<Option<String>, Fault> {
    let waiting = cosell::service::list_waiting_invitations(op, None, 1).await?;
    Ok(waiting.first().map(|invitation| invitation.id.global()))
}

/// Those who are (still) there, in the order of what they may do: the first answers the open invitation, the second sees
/// the answer arrive.
///
/// # Errors
/// Database faults.
pub async fn accounts(op: &Op) -> Result<Vec<Account>, Fault> {
    let mut found = Vec::new();
    for (title, hint, slug, email) in OFFERED {
        if let Some(member) = service::find_account(op, slug, email).await? {
            found.push(Account { title, hint, person: member.person_id, organization: member.organization_id });
        }
    }
    Ok(found)
}
