//! What changed of what an organization is shown: what it is told, and no more than that.

use super::{SharedFields, SharingLevel};
use crate::sharing::scope::{Between, Exposure};
use entity::{
    account_list::AccountListKind,
    id::{AccountListId, OrganizationId},
};

/// A change of what one organization shows another one of a list. It says what is shown, never what rule is behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExposureChange {
    /// Who is shown it.
    pub viewer: OrganizationId,
    /// Whose list it is.
    pub owner: OrganizationId,
    /// The list.
    pub list: AccountListId,
    /// What its accounts are.
    pub kind: AccountListKind,
    /// How much was shown before.
    pub level_before: SharingLevel,
    /// How much is shown now.
    pub level_after: SharingLevel,
    /// Which parts of an account were shown.
    pub fields_before: SharedFields,
    /// Which parts of an account are shown.
    pub fields_after: SharedFields,
}

/// What changed for the partner of what the viewer's own lists show it.
fn for_partner(before: &Between, after: &Between) -> Vec<ExposureChange> {
    let find = |between: &Between, list: AccountListId| {
        let found = between.ours.iter().find(|exposure| exposure.list_id == list);
        found.map_or((SharingLevel::Hidden, SharedFields::NONE), |exposure| (exposure.level, exposure.fields))
    };
    let gone = before.ours.iter().filter(|exposure| after.ours.iter().all(|now| now.list_id != exposure.list_id));
    let change = |exposure: &Exposure| {
        let ((level_before, fields_before), (level_after, fields_after)) =
            (find(before, exposure.list_id), find(after, exposure.list_id));
        let changed = level_before != level_after || fields_before != fields_after;
        changed.then_some(ExposureChange {
            viewer: after.partner,
            owner: after.viewer,
            list: exposure.list_id,
            kind: exposure.kind,
            level_before,
            level_after,
            fields_before,
            fields_after,
        })
    };
    after.ours.iter().chain(gone).filter_map(change).collect()
}

/// What changed between two looks at the same organizations, in the same order.
#[must_use]
pub fn changes(before: &[Between], after: &[Between]) -> Vec<ExposureChange> {
    before.iter().zip(after).flat_map(|(before, after)| for_partner(before, after)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sharing::model::{AccountField, Relation};
    use uuid::Uuid;

    fn list(number: u128, level: SharingLevel, fields: &[AccountField]) -> Exposure {
        Exposure {
            list_id: Uuid::from_u128(number).into(),
            organization_id: Uuid::from_u128(1).into(),
            subject_id: Uuid::from_u128(1).into(),
            kind: AccountListKind::Customers,
            name: format!("List {number}"),
            version: 1,
            account_count: 10,
            level,
            fields: fields.iter().copied().collect(),
        }
    }

    fn between(ours: Vec<Exposure>) -> Between {
        Between {
            viewer: Uuid::from_u128(1).into(),
            partner: Uuid::from_u128(2).into(),
            relation: Relation::Partners,
            ours,
            theirs: Vec::new(),
        }
    }

    #[test]
    fn only_what_is_seen_otherwise_is_told() {
        use SharingLevel::{All, CountsOnly, Hidden};
        let name = [AccountField::Name];
        let both = [AccountField::Name, AccountField::Stage];
        let before = between(vec![
            list(1, All, &name),
            list(2, CountsOnly, &[]),
            list(3, Hidden, &[]),
            list(4, All, &name),
            list(5, Hidden, &[]),
            list(6, All, &name),
        ]);
        let after = between(vec![
            list(1, All, &name),
            list(2, Hidden, &[]),
            list(3, CountsOnly, &[]),
            list(4, All, &both),
            list(5, Hidden, &[]),
            list(7, Hidden, &[]),
        ]);
        let told: Vec<_> = changes(&[before], &[after])
            .iter()
            .map(|change| (change.list.0.as_u128(), change.level_before, change.level_after))
            .collect();
        assert_eq!(told, [(2, CountsOnly, Hidden), (3, Hidden, CountsOnly), (4, All, All), (6, All, Hidden)]);
    }
}
