//! What an organization says of its lists, as it is typed in.

use super::{AccountField, SharedFields, SharingLevel, Shown};
use crate::op::{ErrorCode, Refusal};
use entity::{
    id::{AccountListId, OrganizationId, TierId, TypedId},
    value::PartnerType,
};
use serde::Serialize;

/// Defaults of one organization at most.
pub const DEFAULTS_MAX: u64 = 500;

/// How much is to be shown, and which parts; the parts left out, those that are there stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownDraft {
    /// How much.
    pub level: SharingLevel,
    /// Which parts.
    pub fields: Option<SharedFields>,
}

impl ShownDraft {
    /// What is said then, where `before` was said. The name is always among the parts: an account without one is none.
    #[must_use]
    pub fn over(self, before: Option<Shown>) -> Shown {
        let fields = self.fields.or(before.map(|before| before.fields)).unwrap_or_else(first_fields);
        Shown { level: self.level, fields: fields.list().into_iter().chain([AccountField::Name]).collect() }
    }
}

/// The parts of a rule that names none: what is needed to recognize a company.
fn first_fields() -> SharedFields {
    [AccountField::Name, AccountField::Domain, AccountField::Country].into_iter().collect()
}

/// Whom a default is to be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum DefaultTarget {
    /// The members of a tier.
    Tier(TierId),
    /// The partners of a type.
    Type(PartnerType),
}

/// Reads whom a default is about: a tier or a type.
///
/// # Errors
/// [`ErrorCode::Required`] with neither, [`ErrorCode::InvalidValue`] with both.
pub fn default_target(tier: Option<TierId>, kind: Option<PartnerType>) -> Result<DefaultTarget, Refusal> {
    match (tier, kind) {
        (Some(tier), None) => Ok(DefaultTarget::Tier(tier)),
        (None, Some(kind)) => Ok(DefaultTarget::Type(kind)),
        (None, None) => Err(Refusal::of("input.tier", ErrorCode::Required, "Name a tier or a type of partner.")),
        (Some(_), Some(_)) => {
            let message = "A default is about a tier or about a type of partner, not about both.";
            Err(Refusal::of("input.partnerType", ErrorCode::InvalidValue, message))
        }
    }
}

/// What is unique for a default.
#[must_use]
pub fn scope_key(organization: OrganizationId, list: Option<AccountListId>, target: DefaultTarget) -> String {
    let list = list.map_or_else(|| "all".to_owned(), TypedId::global);
    let target = match target {
        DefaultTarget::Tier(tier) => tier.global(),
        DefaultTarget::Type(PartnerType::Technology) => "technology".to_owned(),
        DefaultTarget::Type(PartnerType::Channel) => "channel".to_owned(),
        DefaultTarget::Type(PartnerType::Strategic) => "strategic".to_owned(),
    };
    format!("{}:{list}:{target}", organization.global())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stay_where_none_are_named_and_the_name_is_always_there() {
        let draft = |level, fields: Option<&[AccountField]>| ShownDraft {
            level,
            fields: fields.map(|fields| fields.iter().copied().collect()),
        };
        let first = draft(SharingLevel::Overlapping, None).over(None);
        assert_eq!(first.fields.list(), [AccountField::Name, AccountField::Domain, AccountField::Country]);
        let narrow = draft(SharingLevel::All, Some(&[AccountField::Stage])).over(Some(first));
        assert_eq!(narrow.fields.list(), [AccountField::Name, AccountField::Stage]);
        assert_eq!(draft(SharingLevel::Hidden, None).over(Some(narrow)).fields, narrow.fields);
        assert_eq!(draft(SharingLevel::All, Some(&[])).over(Some(narrow)).fields.list(), [AccountField::Name]);
    }

    #[test]
    fn a_default_is_about_a_tier_or_a_type() {
        let tier = TierId(uuid::Uuid::from_u128(1));
        assert_eq!(default_target(Some(tier), None).ok(), Some(DefaultTarget::Tier(tier)));
        assert_eq!(
            default_target(None, Some(PartnerType::Channel)).ok(),
            Some(DefaultTarget::Type(PartnerType::Channel))
        );
        assert_eq!(default_target(None, None).err().map(|refusal| refusal.code), Some(ErrorCode::Required));
        let both = default_target(Some(tier), Some(PartnerType::Channel));
        assert_eq!(both.err().map(|refusal| refusal.code), Some(ErrorCode::InvalidValue));
    }
}
