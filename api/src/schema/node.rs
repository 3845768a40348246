//! Relay's global object identification: one opaque, prefixed id for each object, and a way back from it.

use crate::{op::Fault, organization::graphql::types::Organization, schema::loader::load};
use async_graphql::{Context, ID, Interface, Result};
use entity::id::{OrganizationId, TypedId};

/// An object that can be fetched again by its id.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "The object's id: opaque, unique in the installation, sortable by age."
))]
pub enum Node {
    /// An organization.
    Organization(Organization),
}

/// What `node` and `nodes` can find, by the prefix of the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Organization(OrganizationId),
}

fn key(id: &str) -> Option<Key> {
    OrganizationId::parse_global(id).map(Key::Organization)
}

/// The object with this id, or `None` where it is unknown or invisible.
///
/// # Errors
/// [`Fault::BadInput`] for what is no id at all.
pub async fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    let key = key(id).ok_or_else(|| malformed(id))?;
    Ok(match key {
        Key::Organization(id) => load(ctx, id).await?.map(|row| Node::Organization(Organization(row))),
    })
}

/// Reads an argument that must be the id of an `I`.
///
/// # Errors
/// [`Fault::BadInput`] for a malformed id and for one of another kind.
pub fn parse<I: TypedId>(id: &ID) -> Result<I, Fault> {
    I::parse_global(id).ok_or_else(|| malformed(id))
}

fn malformed(id: &ID) -> Fault {
    let shown: String = id.chars().take(60).collect();
    Fault::bad_input(format!("`{shown}` is not an id of the kind that belongs here."))
}
