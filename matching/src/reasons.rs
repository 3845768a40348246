//! Why two accounts are taken for one company, and what speaks against it.

use std::fmt;

/// One thing that two accounts have in common, or that sets them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// The same DUNS number.
    Duns,
    /// The same registrable domain, of the website or of mail.
    Domain,
    /// The same page on a site where many have one.
    Page,
    /// The same domain but for its ending: `acme.com` and `acme.de`.
    Label,
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
    /// It is not the own name of one of them: what stands in brackets, or what it is also known as.
    AlsoKnownAs,
    /// The same country.
    Country,
    /// The same legal form.
    Form,
    /// Both have domains, and others.
    OtherDomain,
    /// Both have a country, and another.
    OtherCountry,
    /// Both have a legal form, and another.
    OtherForm,
    /// Both have a DUNS number, and another.
    OtherDuns,
}

impl Reason {
    /// All of them, the strongest first and what speaks against a pair last.
    pub const ALL: [Self; 17] = [
        Self::Duns,
        Self::Domain,
        Self::Page,
        Self::Label,
        Self::NameInDomain,
        Self::Name,
        Self::PartOfName,
        Self::Words,
        Self::Acronym,
        Self::Typo,
        Self::AlsoKnownAs,
        Self::Country,
        Self::Form,
        Self::OtherDomain,
        Self::OtherCountry,
        Self::OtherForm,
        Self::OtherDuns,
    ];

    /// As it is written in files: `NAME_IN_DOMAIN`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Duns => "DUNS",
            Self::Domain => "DOMAIN",
            Self::Page => "PAGE",
            Self::Label => "DOMAIN_LABEL",
            Self::NameInDomain => "NAME_IN_DOMAIN",
            Self::Name => "NAME",
            Self::PartOfName => "PART_OF_NAME",
            Self::Words => "WORDS",
            Self::Acronym => "ACRONYM",
            Self::Typo => "TYPO",
            Self::AlsoKnownAs => "ALSO_KNOWN_AS",
            Self::Country => "COUNTRY",
            Self::Form => "LEGAL_FORM",
            Self::OtherDomain => "OTHER_DOMAIN",
            Self::OtherCountry => "OTHER_COUNTRY",
            Self::OtherForm => "OTHER_LEGAL_FORM",
            Self::OtherDuns => "OTHER_DUNS",
        }
    }
}

/// A set of reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reasons(u32);

impl Reasons {
    pub(crate) fn add(&mut self, reason: Reason) {
        self.0 |= 1 << reason as u8;
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.0 |= other.0;
    }

    #[must_use]
    pub fn has(self, reason: Reason) -> bool {
        self.0 >> reason as u8 & 1 == 1
    }

    /// The strongest first.
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::ALL.into_iter().filter(move |reason| self.has(*reason))
    }

    /// As a number that a server can keep; see [`Self::from_bits`].
    #[must_use]
    pub fn bits(self) -> u32 {
        self.0
    }

    /// What [`Self::bits`] gave; bits that mean nothing are dropped.
    #[must_use]
    pub fn from_bits(bits: u32) -> Self {
        Self(bits & ((1 << Reason::ALL.len()) - 1))
    }
}

/// Codes, parted by blanks.
impl fmt::Display for Reasons {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, reason) in self.iter().enumerate() {
            if at > 0 {
                to.write_str(" ")?;
            }
            to.write_str(reason.code())?;
        }
        Ok(())
    }
}
