//! What of overlaps a reader is shown: counts, accounts and reasons, by what the partner's rule says now. The rule itself
//! is `sharing`'s; here it is applied. Pure.

use super::{Account, ReasonKind, reasons};
use crate::sharing::model::{AccountField, SharedFields, SharingLevel};

/// The three counts of a cell, or that they are too small to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Accounts of the reader's list with a match.
    pub own: Option<i32>,
    /// Accounts of the partner's list with a match.
    pub partner: Option<i32>,
    /// Matches.
    pub pairs: Option<i32>,
    /// Where the counts are withheld: the least of them is fewer than this.
    pub fewer_than: Option<i32>,
}

/// The counts of a cell as a reader sees them whom the partner shows `level`. Where only counts are shown, small ones are
/// withheld: they would say of single accounts whether they are there.
#[must_use]
pub fn counts(level: SharingLevel, threshold: i32, own: i32, partner: i32, pairs: i32) -> Counts {
    let withheld = Counts { own: None, partner: None, pairs: None, fewer_than: None };
    match level {
        SharingLevel::Hidden => withheld,
        SharingLevel::CountsOnly if own.min(partner).min(pairs) < threshold => {
            Counts { fewer_than: Some(threshold), ..withheld }
        }
        _ => Counts { own: Some(own), partner: Some(partner), pairs: Some(pairs), fewer_than: None },
    }
}

/// An account as a reader sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Revealed {
    /// The account.
    row: Account,
    /// Which parts are shown.
    fields: SharedFields,
}

impl Revealed {
    /// An account of the reader's own.
    #[must_use]
    pub fn whole(row: Account) -> Self {
        Self { row, fields: SharedFields::all() }
    }

    /// An account of which these parts are shown.
    #[must_use]
    pub fn of(row: Account, fields: SharedFields) -> Self {
        Self { row, fields }
    }

    /// The account's id.
    #[must_use]
    pub fn id(&self) -> entity::id::AccountId {
        self.row.id
    }

    /// The list's id.
    #[must_use]
    pub fn list_id(&self) -> entity::id::AccountListId {
        self.row.list_id
    }

    /// What `read` takes of the account, where the part is shown.
    pub fn get<'a, T>(&'a self, field: AccountField, read: impl FnOnce(&'a Account) -> Option<T>) -> Option<T> {
        if self.fields.has(field) { read(&self.row) } else { None }
    }

    /// A part as a text.
    #[must_use]
    pub fn text(&self, field: AccountField) -> Option<&str> {
        let text = self.get(field, |row| part(row, field))?;
        // One that was worked out of the domain, where the list's organization gave none, is told where the domain is.
        let is_domain = field == AccountField::ExternalId && text.starts_with("domain:");
        (!is_domain || self.fields.has(AccountField::Domain)).then_some(text)
    }
}

/// A part of an account that is a text; none for those that are more than that, and where there is none.
#[must_use]
pub fn part(row: &Account, field: AccountField) -> Option<&str> {
    match field {
        AccountField::Name => Some(&row.name),
        AccountField::Domain => row.domain.as_deref(),
        AccountField::Website => row.website.as_deref(),
        AccountField::Country => row.country.as_deref(),
        AccountField::EmailDomain => row.email_domain.as_deref(),
        AccountField::Duns => row.duns.as_deref(),
        AccountField::Owner => row.owner.as_deref(),
        AccountField::Stage => row.stage.as_deref(),
        AccountField::ExternalId => Some(&row.external_id),
        AccountField::Amount | AccountField::Custom => None,
    }
}

/// A reason as a reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OverlapReason {
    /// What it is.
    pub kind: ReasonKind,
    /// What the reader's own account says there.
    pub own: Option<String>,
    /// What the partner's account says there.
    pub partner: Option<String>,
}

/// The reasons that a reader is shown: each only where everything is shown of the partner's account that it rests on.
#[must_use]
pub fn shown_reasons(bits: i64, own: &Revealed, partner: &Revealed) -> Vec<OverlapReason> {
    let shown = |kind: ReasonKind| {
        let (needs, value) = rests_on(kind, is_by_mail(own, partner));
        let told = needs.iter().all(|field| partner.fields.has(*field));
        let said = |side: &Revealed| value.and_then(|field| side.text(field)).map(str::to_owned);
        told.then(|| OverlapReason { kind, own: said(own), partner: said(partner) })
    };
    reasons(bits).filter_map(shown).collect()
}

/// The bits of the reasons that a reader is shown, for whoever keeps them.
#[must_use]
pub fn shown_bits(bits: i64, own: &Revealed, partner: &Revealed) -> i64 {
    let shown = |bit: &i64| bits & bit != 0 && !shown_reasons(*bit, own, partner).is_empty();
    (0..i64::BITS - 1).map(|shift| 1_i64 << shift).filter(shown).fold(0, |all, bit| all | bit)
}

/// Of reasons that were kept, those that a reader may be shown now whom the partner shows these parts of an account.
#[must_use]
pub fn still_shown(bits: i64, by_mail: bool, fields: SharedFields) -> Vec<ReasonKind> {
    let shown = |kind: &ReasonKind| rests_on(*kind, by_mail).0.iter().all(|field| fields.has(*field));
    reasons(bits).filter(shown).collect()
}

/// Whether a domain that two accounts have in common is that of their mail addresses.
#[must_use]
pub fn is_by_mail(own: &Revealed, partner: &Revealed) -> bool {
    own.row.domain != partner.row.domain
}

/// The parts of the partner's account that a reason gives away, and the one that is shown with it.
fn rests_on(kind: ReasonKind, by_mail: bool) -> (Vec<AccountField>, Option<AccountField>) {
    use AccountField::{Country, Domain, Duns, EmailDomain, Name, Website};
    match kind {
        ReasonKind::Dispute => (vec![], None),
        ReasonKind::Duns => (vec![Duns], Some(Duns)),
        ReasonKind::Domain if by_mail => (vec![Domain, EmailDomain], Some(EmailDomain)),
        ReasonKind::Domain => (vec![Domain], Some(Domain)),
        ReasonKind::Page => (vec![Domain, Website], Some(Website)),
        ReasonKind::DomainLabel | ReasonKind::OtherDomain => (vec![Domain], Some(Domain)),
        ReasonKind::NameInDomain => (vec![Name, Domain], Some(Domain)),
        ReasonKind::Country | ReasonKind::OtherCountry => (vec![Country], Some(Country)),
        ReasonKind::Name
        | ReasonKind::PartOfName
        | ReasonKind::Words
        | ReasonKind::Acronym
        | ReasonKind::Typo
        | ReasonKind::AlsoKnownAs
        | ReasonKind::LegalForm
        | ReasonKind::OtherLegalForm => (vec![Name], Some(Name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use uuid::Uuid;

    fn account(domain: &str, email_domain: Option<&str>) -> Account {
        Account {
            id: Uuid::from_u128(1).into(),
            since: 1,
            until: None,
            list_id: Uuid::from_u128(2).into(),
            external_id: "1".to_owned(),
            name: "Acme".to_owned(),
            name_key: "acme".to_owned(),
            website: Some(format!("https://{domain}")),
            domain: Some(domain.to_owned()),
            email_domain: email_domain.map(str::to_owned),
            duns: None,
            country: Some("DE".to_owned()),
            owner: None,
            stage: None,
            amount_minor: None,
            currency: None,
            custom: None,
            keys: Vec::new(),
            added_at: DateTime::UNIX_EPOCH,
            changed_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn small_counts_are_withheld_where_only_counts_are_shown() {
        let all = |level| counts(level, 5, 9, 7, 12);
        assert_eq!(all(SharingLevel::CountsOnly).pairs, Some(12));
        assert_eq!(all(SharingLevel::Hidden).pairs, None);
        let small = counts(SharingLevel::CountsOnly, 5, 9, 4, 12);
        assert_eq!((small.own, small.partner, small.pairs, small.fewer_than), (None, None, None, Some(5)));
        let none = counts(SharingLevel::CountsOnly, 5, 0, 0, 0);
        assert_eq!((none.pairs, none.fewer_than), (None, Some(5)));
        let shown = counts(SharingLevel::Overlapping, 5, 1, 1, 1);
        assert_eq!((shown.pairs, shown.fewer_than), (Some(1), None));
        assert_eq!(counts(SharingLevel::CountsOnly, 5, 5, 5, 5).pairs, Some(5));
    }

    #[test]
    fn an_id_that_was_worked_out_of_the_domain_is_as_quiet_as_the_domain() {
        let shown = |external_id: &str, fields: &[AccountField]| {
            let row = Account { external_id: external_id.to_owned(), ..account("acme.com", None) };
            let revealed = Revealed::of(row, fields.iter().copied().collect());
            revealed.text(AccountField::ExternalId).map(str::to_owned)
        };
        use AccountField::{Domain, ExternalId};
        assert_eq!(shown("domain:acme.com", &[ExternalId]), None);
        assert_eq!(shown("domain:acme.com", &[ExternalId, Domain]).as_deref(), Some("domain:acme.com"));
        assert_eq!(shown("crm-1", &[ExternalId]).as_deref(), Some("crm-1"));
        assert_eq!(shown("crm-1", &[Domain]), None);
    }

    #[test]
    fn a_reason_is_shown_only_with_all_that_it_rests_on() {
        let bit = |reason: matching::Reason| 1_i64 << reason as u8;
        let bits = bit(matching::Reason::Domain) | bit(matching::Reason::Name) | bit(matching::Reason::Country);
        let own = Revealed::whole(account("acme.com", None));
        let kinds = |partner: Account, fields: &[AccountField]| {
            let partner = Revealed::of(partner, fields.iter().copied().collect());
            shown_reasons(bits, &own, &partner).into_iter().map(|reason| reason.kind).collect::<Vec<_>>()
        };
        use AccountField::{Country, Domain, EmailDomain, Name};
        assert_eq!(kinds(account("acme.com", None), &[Name]), [ReasonKind::Name]);
        assert_eq!(
            kinds(account("acme.com", None), &[Name, Domain, Country]),
            [ReasonKind::Domain, ReasonKind::Name, ReasonKind::Country]
        );
        // That the mail addresses are alike is not told where they are not shared.
        assert_eq!(kinds(account("acme.de", Some("acme.com")), &[Name, Domain]), [ReasonKind::Name]);
        assert_eq!(
            kinds(account("acme.de", Some("acme.com")), &[Name, Domain, EmailDomain]),
            [ReasonKind::Domain, ReasonKind::Name]
        );
    }

    #[test]
    fn what_is_kept_of_reasons_is_no_more_than_was_shown() {
        let bit = |reason: matching::Reason| 1_i64 << reason as u8;
        let bits = bit(matching::Reason::Domain) | bit(matching::Reason::Name) | crate::overlap::model::DISPUTE;
        let own = Revealed::whole(account("acme.com", None));
        use AccountField::{Domain, EmailDomain, Name};
        let partner = |fields: &[AccountField]| {
            Revealed::of(account("acme.de", Some("acme.com")), fields.iter().copied().collect())
        };
        let kept = shown_bits(bits, &own, &partner(&[Name]));
        assert_eq!(reasons(kept).collect::<Vec<_>>(), [ReasonKind::Dispute, ReasonKind::Name]);
        assert_eq!(shown_bits(bits, &own, &partner(&[Name, Domain, EmailDomain])), bits);
        assert!(is_by_mail(&own, &partner(&[])));
        let now = |fields: &[AccountField]| still_shown(bits, true, fields.iter().copied().collect());
        assert_eq!(now(&[Name, Domain]), [ReasonKind::Dispute, ReasonKind::Name]);
        assert_eq!(now(&[Name, Domain, EmailDomain]).len(), 3);
    }
}
