//! Whom one can be in the demonstration.

use crate::{
    op::{Fault, Op},
    organization::service,
};
use entity::id::{OrganizationId, PersonId};

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
        "reads Kestrel's partnerships with their terms, drafts its listings",
        "kestrel-integration",
        "architect@kestrel-integration.example",
    ),
    (
        "Program manager (of Aurora Cloud, which runs the program)",
        "decides on the open application, sees the draft program",
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

/// Those who are (still) there, in the order of what they may do.
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
