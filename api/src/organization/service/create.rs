//! How organizations come to be: entered by the people of the operator, and the operator's own by the command line.
//!
//! There is no sign-up by a visitor: who a person is belongs to the identity provider, and whether a company takes part
//! is the operator's decision. An applicant is an organization in the state `APPLICANT`, whose owner can sign in and read.

use super::checked_email;
use crate::db::Tx;
use crate::{
    db::{Claim, claim},
    event,
    op::{Action, ErrorCode, Fault, Op, Outcome, Permit, Refusal, check},
    organization::{
        event::OrganizationEvent,
        model::{EXTERNAL_ID_MAX, Member, NAME_MAX, NewOrganization, Organization, PERSON_NAME_MAX, Role},
        policy::{Bootstrap, CreateOrganization},
        store,
    },
    text,
};
use entity::id::OrganizationId;
use uuid::Uuid;

/// Spellings of a slug that are tried where the one made from the name is taken: `acme`, `acme-2`, ...
const SLUG_TRIES: u32 = 50;

/// The first owner of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The address.
    pub email: String,
    /// The name, should the person be new.
    pub name: String,
}

/// Enters an organization with its first owner. A retry with the same idempotency key gives the organization of the
/// first time.
///
/// # Errors
/// `NOT_ALLOWED`, `REQUIRED`, `TOO_LONG`, `INVALID_FORMAT`, `TAKEN`, `IDEMPOTENCY_KEY_REUSED`.
pub async fn create(op: &Op, new: NewOrganization, idempotency_key: Option<&str>) -> Outcome<Organization> {
    let new = checked(new)?;
    let tx = op.db().begin().await?;
    op.signed_in()?;
    // Keys are kept by organization; the command line has none.
    let claimant = op.actor.organization().unwrap_or(OrganizationId(Uuid::nil()));
    // Nothing is claimed for somebody who may not do this.
    op.authorize::<CreateOrganization>(claimant, &())?;
    let id = match claim(&tx, op, claimant, "organizationCreate", idempotency_key, &new).await? {
        Claim::Fresh(id) => OrganizationId(id),
        Claim::Repeat(id) => {
            let made = store::find_in(&tx, op, OrganizationId(id)).await?;
            return Ok(made.ok_or_else(|| Fault::internal("an organization that was made is gone"))?);
        }
    };
    let permit = op.authorize::<CreateOrganization>(id, &())?;
    let (organization, _) = enter(&tx, op, &permit, new, false).await?;
    tx.commit().await?;
    Ok(organization)
}

/// Makes the organization that runs the installation, with its first owner. Only the command line may.
///
/// # Errors
/// `NOT_ALLOWED`, `ALREADY_EXISTS` where there is one, `REQUIRED`, `TOO_LONG`, `INVALID_FORMAT`, `TAKEN`.
pub async fn bootstrap(op: &Op, name: &str, slug: &str, owner: Owner) -> Outcome<(Organization, Member)> {
    let new = checked(NewOrganization {
        name: name.to_owned(),
        slug: Some(slug.to_owned()),
        country_code: None,
        listed: false,
        external_id: None,
        active: true,
        owner_email: owner.email,
        owner_name: owner.name,
    })?;
    let tx = op.db().begin().await?;
    let permit = op.authorize::<Bootstrap>(op.new_id(), &())?;
    if store::has_operator_in(&tx).await? {
        let message = "There is an organization that runs this installation already.";
        return Err(Refusal::of("", ErrorCode::AlreadyExists, message).into());
    }
    let entered = enter(&tx, op, &permit, new, true).await?;
    tx.commit().await?;
    Ok(entered)
}

async fn enter<A: Action<Resource = OrganizationId>>(
    tx: &Tx,
    op: &Op,
    permit: &Permit<A>,
    new: NewOrganization,
    operator: bool,
) -> Outcome<(Organization, Member)> {
    if let Some(external_id) = &new.external_id
        && store::external_id_taken_in(tx, external_id).await?
    {
        return Err(Refusal::of("input.externalId", ErrorCode::Taken, "This value is taken.").into());
    }
    let slug = free_slug(tx, &new).await?;
    let organization = store::insert_in(tx, op, permit, &new, slug, operator).await?;
    let person = store::person_in(tx, op, permit, &new.owner_email, &new.owner_name).await?;
    let member = store::insert_member_in(tx, op, permit, person.id, Role::Owner).await?;
    store::reindex_in(tx, &organization).await?;
    let facts = vec![
        OrganizationEvent::Created { after: &organization }.fact(),
        OrganizationEvent::MemberAdded { member: &member }.fact(),
    ];
    event::record(tx, op, facts).await?;
    Ok((organization, member))
}

/// The slug that was asked for, or a free one made from the name.
pub(super) async fn free_slug(tx: &Tx, new: &NewOrganization) -> Outcome<String> {
    let taken = || Refusal::of("input.slug", ErrorCode::Taken, "This value is taken.");
    if let Some(slug) = &new.slug {
        return if store::slug_taken_in(tx, slug).await? { Err(taken().into()) } else { Ok(slug.clone()) };
    }
    let stem = text::slug(&new.name);
    for number in 1..=SLUG_TRIES {
        let slug = if number == 1 { stem.clone() } else { numbered(&stem, number) };
        if !store::slug_taken_in(tx, &slug).await? {
            return Ok(slug);
        }
    }
    Err(taken().into())
}

/// The stem with a number behind it, within the length of a slug.
fn numbered(stem: &str, number: u32) -> String {
    let mark = format!("-{number}");
    let room = text::SLUG_MAX.saturating_sub(mark.len());
    // A slug is ASCII, so that bytes are characters.
    let start = stem.get(..room.min(stem.len())).unwrap_or(stem).trim_end_matches('-');
    format!("{start}{mark}")
}

fn checked(new: NewOrganization) -> Result<NewOrganization, Refusal> {
    if let Some(slug) = &new.slug
        && !text::is_slug(slug)
    {
        let message = "1 to 80 of a to z, 0 to 9 and single hyphens, no hyphen at an end.";
        return Err(Refusal::of("input.slug", ErrorCode::InvalidFormat, message));
    }
    Ok(NewOrganization {
        name: check::line("input.name", &new.name, NAME_MAX)?,
        external_id: check::optional_line("input.externalId", new.external_id.as_deref(), EXTERNAL_ID_MAX)?,
        owner_email: checked_email("input.ownerEmail", &new.owner_email)?,
        owner_name: check::line("input.ownerName", &new.owner_name, PERSON_NAME_MAX)?,
        ..new
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_numbered_slug_is_one() {
        assert_eq!(numbered("acme", 2), "acme-2");
        let long = numbered(&"a".repeat(text::SLUG_MAX), 17);
        assert!(text::is_slug(&long) && long.ends_with("a-17"), "{long}");
        let hyphen = numbered(&format!("{}-b", "a".repeat(77)), 2);
        assert!(text::is_slug(&hyphen), "{hyphen}");
    }
}
