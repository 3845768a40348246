//! What can be done with organizations, one file a subject.

pub mod key;
pub mod lifecycle;
pub mod member;
pub mod organization;
pub mod profile;

use self::{
    key::KeyMutation, lifecycle::LifecycleMutation, member::MemberMutation, organization::UpdateMutation,
    profile::ProfileMutation,
};
use async_graphql::{MaybeUndefined, MergedObject};

/// Root fields of this room.
#[derive(MergedObject, Default)]
pub struct OrganizationMutation(LifecycleMutation, UpdateMutation, MemberMutation, KeyMutation, ProfileMutation);

/// A value of a patch: `None` leaves, an inner `None` empties.
fn patched<T, U>(value: MaybeUndefined<T>, convert: impl FnOnce(T) -> U) -> Option<Option<U>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(convert(value))),
    }
}
