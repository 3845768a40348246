//! The benefit matrix: what to do about a company that two partners know, by what it is to each of them. Pure.

use chrono::{DateTime, Utc};
use entity::{account_list::AccountListKind, benefit_play::BenefitPlayKind};

/// A cell of the matrix as an organization has written it down.
pub type StoredPlay = entity::benefit_play::Model;

/// Characters of a cell's text at most: a sentence or two beside an overlap.
pub const PLAY_TEXT_MAX: usize = 280;

const KINDS: [AccountListKind; 4] = [
    AccountListKind::Customers,
    AccountListKind::OpenOpportunities,
    AccountListKind::Prospects,
    AccountListKind::Custom,
];

/// What to do where an organization says nothing else. The same seen from both sides: whom one has as a customer it
/// introduces to one that has it as a prospect, whichever of the two looks.
#[must_use]
pub const fn default_play(own: AccountListKind, partner: AccountListKind) -> BenefitPlayKind {
    use AccountListKind::{Custom, Customers, OpenOpportunities, Prospects};
    match (own, partner) {
        // Both know it well: what it has of both may as well work together.
        (Customers, Customers) => BenefitPlayKind::Integrate,
        // Whoever knows it helps the other's deal along.
        (Customers, OpenOpportunities) | (OpenOpportunities, Customers) => BenefitPlayKind::Accelerate,
        // Whoever knows it opens the door.
        (Customers, Prospects) | (Prospects, Customers) => BenefitPlayKind::Introduce,
        // It is buying: together the two have more to offer.
        (OpenOpportunities, OpenOpportunities | Prospects) | (Prospects, OpenOpportunities) => BenefitPlayKind::CoSell,
        // Neither knows it yet.
        (Prospects, Prospects) => BenefitPlayKind::None,
        // Only the organization knows what its own kind of list means.
        (Custom, _) | (_, Custom) => BenefitPlayKind::None,
    }
}

/// A cell of the matrix of one organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BenefitPlay {
    /// What the company is to the organization.
    pub own: AccountListKind,
    /// What it is to the partner.
    pub partner: AccountListKind,
    /// What to do.
    pub play: BenefitPlayKind,
    /// How, in the organization's own words.
    pub text: Option<String>,
    /// When the organization said so; none for the default.
    pub updated_at: Option<DateTime<Utc>>,
    /// 0 for the default.
    pub revision: i32,
}

/// A cell to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayDraft<'a> {
    /// What to do.
    pub play: BenefitPlayKind,
    /// How.
    pub text: Option<&'a str>,
}

/// A cell as it counts: what is written down, else the default.
#[must_use]
pub fn play_of(stored: &[StoredPlay], own: AccountListKind, partner: AccountListKind) -> BenefitPlay {
    match stored.iter().find(|row| (row.own_kind, row.partner_kind) == (own, partner)) {
        Some(row) => BenefitPlay {
            own,
            partner,
            play: row.play,
            text: row.text.clone(),
            updated_at: Some(row.updated_at),
            revision: row.revision,
        },
        None => {
            let play = default_play(own, partner);
            BenefitPlay { own, partner, play, text: None, updated_at: None, revision: 0 }
        }
    }
}

/// All 16 cells, by the own kind and then the partner's.
#[must_use]
pub fn matrix(stored: &[StoredPlay]) -> Vec<BenefitPlay> {
    KINDS.iter().flat_map(|own| KINDS.iter().map(|partner| play_of(stored, *own, *partner))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_default_is_the_same_from_both_sides() {
        for own in KINDS {
            for partner in KINDS {
                assert_eq!(default_play(own, partner), default_play(partner, own), "{own:?} {partner:?}");
            }
        }
        use AccountListKind::{Custom, Customers, OpenOpportunities, Prospects};
        assert_eq!(default_play(Prospects, Customers), BenefitPlayKind::Introduce);
        assert_eq!(default_play(OpenOpportunities, Customers), BenefitPlayKind::Accelerate);
        assert_eq!(default_play(Customers, Customers), BenefitPlayKind::Integrate);
        assert_eq!(default_play(Custom, Customers), BenefitPlayKind::None);
    }

    #[test]
    fn what_is_written_down_counts_in_its_cell_alone() {
        let stored = StoredPlay {
            organization_id: Uuid::from_u128(1).into(),
            own_kind: AccountListKind::Customers,
            partner_kind: AccountListKind::Prospects,
            play: BenefitPlayKind::CoSell,
            text: Some("Ask the desk.".to_owned()),
            updated_at: DateTime::UNIX_EPOCH,
            revision: 3,
        };
        let all = matrix(&[stored]);
        assert_eq!(all.len(), 16);
        let said: Vec<_> = all.iter().filter(|cell| cell.revision > 0).collect();
        assert_eq!(said.len(), 1);
        assert_eq!((said[0].play, said[0].text.as_deref()), (BenefitPlayKind::CoSell, Some("Ask the desk.")));
        let other = all.iter().find(|cell| (cell.own, cell.partner) == (said[0].partner, said[0].own)).unwrap();
        assert_eq!(other.play, BenefitPlayKind::Introduce);
    }
}
