//! Organizations that public sources name: on record, without people and without a say.

use crate::{
    event,
    op::{Actor, Denied, Op, Outcome, check},
    organization::{
        event::OrganizationEvent,
        model::{NAME_MAX, NewOrganization, Organization},
        policy::CreateOrganization,
        store,
    },
};

/// Records an organization that nobody here acts for: one that a public fact names. Only the command line may; the
/// operator gives it an owner later, should it take part.
///
/// # Errors
/// `NOT_ALLOWED`, `REQUIRED`, `TOO_LONG`, `TAKEN`.
pub async fn record(op: &Op, name: &str, listed: bool) -> Outcome<Organization> {
    if op.actor != Actor::Operator {
        return Err(Denied::Rule.into());
    }
    let new = NewOrganization {
        name: check::line("input.name", name, NAME_MAX)?,
        slug: None,
        country_code: None,
        listed,
        external_id: None,
        active: true,
        owner_email: String::new(),
        owner_name: String::new(),
    };
    let tx = op.db().begin().await?;
    let permit = op.authorize::<CreateOrganization>(op.new_id(), &())?;
    let slug = super::create::free_slug(&tx, &new).await?;
    let organization = store::insert_in(&tx, op, &permit, &new, slug, false).await?;
    store::reindex_in(&tx, &organization).await?;
    event::record(&tx, op, vec![OrganizationEvent::Created { after: &organization }.fact()]).await?;
    tx.commit().await?;
    Ok(organization)
}
