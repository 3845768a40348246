//! Why two accounts are taken for one company: what the engine says, and disputes. Pure.

use matching::{Reason, Reasons};
use serde::{Deserialize, Serialize};

/// The bit of a dispute, beyond those of the engine.
pub const DISPUTE: i64 = 1 << 40;

/// One thing that two accounts have in common or that sets them apart, or somebody's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReasonKind {
    /// A dispute says that they are the same.
    Dispute,
    /// The same DUNS number.
    Duns,
    /// The same registrable domain, of the website or of mail.
    Domain,
    /// The same page on a site where many have one.
    Page,
    /// The same domain but for its ending.
    DomainLabel,
    /// One is named as the other's domain or page is.
    NameInDomain,
    /// The same words, or the same letters.
    Name,
    /// One name is the beginning or a part of the other.
    PartOfName,
    /// Names have words in common, and each has others.
    Words,
    /// One name is the first letters of the other.
    Acronym,
    /// The names are the same but for a typing error.
    Typo,
    /// It is not the own name of one of them.
    AlsoKnownAs,
    /// The same country.
    Country,
    /// The same legal form.
    LegalForm,
    /// Both have domains, and others.
    OtherDomain,
    /// Both have a country, and another.
    OtherCountry,
    /// Both have a legal form, and another.
    OtherLegalForm,
}

impl ReasonKind {
    fn of(reason: Reason) -> Option<Self> {
        Some(match reason {
            Reason::Duns => Self::Duns,
            Reason::Domain => Self::Domain,
            Reason::Page => Self::Page,
            Reason::Label => Self::DomainLabel,
            Reason::NameInDomain => Self::NameInDomain,
            Reason::Name => Self::Name,
            Reason::PartOfName => Self::PartOfName,
            Reason::Words => Self::Words,
            Reason::Acronym => Self::Acronym,
            Reason::Typo => Self::Typo,
            Reason::AlsoKnownAs => Self::AlsoKnownAs,
            Reason::Country => Self::Country,
            Reason::Form => Self::LegalForm,
            Reason::OtherDomain => Self::OtherDomain,
            Reason::OtherCountry => Self::OtherCountry,
            Reason::OtherForm => Self::OtherLegalForm,
            // Two with different numbers are never matched.
            Reason::OtherDuns => return None,
        })
    }

    /// As it is written in files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Dispute => "DISPUTE",
            Self::Duns => "DUNS",
            Self::Domain => "DOMAIN",
            Self::Page => "PAGE",
            Self::DomainLabel => "DOMAIN_LABEL",
            Self::NameInDomain => "NAME_IN_DOMAIN",
            Self::Name => "NAME",
            Self::PartOfName => "PART_OF_NAME",
            Self::Words => "WORDS",
            Self::Acronym => "ACRONYM",
            Self::Typo => "TYPO",
            Self::AlsoKnownAs => "ALSO_KNOWN_AS",
            Self::Country => "COUNTRY",
            Self::LegalForm => "LEGAL_FORM",
            Self::OtherDomain => "OTHER_DOMAIN",
            Self::OtherCountry => "OTHER_COUNTRY",
            Self::OtherLegalForm => "OTHER_LEGAL_FORM",
        }
    }
}

/// The reasons that a row keeps, the strongest first.
pub fn reasons(bits: i64) -> impl Iterator<Item = ReasonKind> {
    let engine = Reasons::from_bits(u32::try_from(bits & i64::from(u32::MAX)).unwrap_or_default());
    let dispute = (bits & DISPUTE != 0).then_some(ReasonKind::Dispute);
    dispute
        .into_iter()
        .chain(Reason::ALL.into_iter().filter(move |reason| engine.has(*reason)).filter_map(ReasonKind::of))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_read_with_the_dispute_first() {
        let bits = (1 << Reason::Domain as u8) | (1 << Reason::Form as u8) | (1 << Reason::OtherDuns as u8) | DISPUTE;
        assert_eq!(reasons(bits).collect::<Vec<_>>(), [ReasonKind::Dispute, ReasonKind::Domain, ReasonKind::LegalForm]);
        assert_eq!(reasons(0).next(), None);
    }

    #[test]
    fn codes_are_those_of_the_engine() {
        for reason in Reason::ALL {
            if let Some(kind) = ReasonKind::of(reason) {
                assert_eq!(kind.code(), reason.code());
            }
        }
    }
}
