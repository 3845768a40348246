//! The values and rules of contacts. Pure.

mod scrub;

pub use scrub::Words;

use crate::{
    op::{ErrorCode, Refusal, check},
    organization::model::email,
};
use entity::{
    flags::Flag,
    id::{ContactId, LeadId, OpportunityId},
    opportunity, opportunity_participant as side,
};
use serde::Serialize;

/// A contact at a customer.
pub type Contact = entity::contact::Model;

/// Characters of a name at most.
pub const NAME_MAX: usize = 120;
/// Contacts of an opportunity at most.
pub const CONTACTS_MAX: usize = 20;
/// Characters of a title at most.
pub const TITLE_MAX: usize = 120;
/// Digits of a phone number: ITU-T E.164 allows 15, and nobody has fewer than 7 with the country's code.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// What is said of a contact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ContactDraft {
    /// The name.
    pub name: Option<String>,
    /// The position in the company.
    pub title: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// Whether the person agreed that the data are handed on.
    pub may_be_shared: bool,
    /// Whether the person agreed to be written to or called.
    pub may_be_contacted: bool,
}

/// A change of a contact. An outer `None` leaves the value, an inner one empties it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ContactPatch {
    /// The name.
    pub name: Option<Option<String>>,
    /// The position in the company.
    pub title: Option<Option<String>>,
    /// The address.
    pub email: Option<Option<String>>,
    /// The phone number.
    pub phone: Option<Option<String>>,
    /// Whether the person agreed that the data are handed on.
    pub may_be_shared: Option<bool>,
    /// Whether the person agreed to be written to or called.
    pub may_be_contacted: Option<bool>,
}

impl ContactPatch {
    /// The contact as the patch leaves it.
    #[must_use]
    pub fn over(self, before: ContactDraft) -> ContactDraft {
        ContactDraft {
            name: self.name.unwrap_or(before.name),
            title: self.title.unwrap_or(before.title),
            email: self.email.unwrap_or(before.email),
            phone: self.phone.unwrap_or(before.phone),
            may_be_shared: self.may_be_shared.unwrap_or(before.may_be_shared),
            may_be_contacted: self.may_be_contacted.unwrap_or(before.may_be_contacted),
        }
    }
}

impl From<&Contact> for ContactDraft {
    fn from(contact: &Contact) -> Self {
        Self {
            name: contact.name.clone(),
            title: contact.title.clone(),
            email: contact.email.clone(),
            phone: contact.phone.clone(),
            may_be_shared: contact.may_be_shared,
            may_be_contacted: contact.may_be_contacted,
        }
    }
}

/// What a contact belongs to when it is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// A lead.
    Lead(LeadId),
    /// An opportunity.
    Opportunity(OpportunityId),
}

/// Who is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Everybody with this address, in its stored form.
    Email(String),
    /// The person behind this contact.
    Contact(ContactId),
}

/// A draft with its texts tidied; `path` names where it is in the input.
///
/// # Errors
/// [`ErrorCode::TooLong`], [`ErrorCode::InvalidFormat`], and [`ErrorCode::Required`] for one that has neither a name nor a
/// title, which would be nobody.
pub fn checked(path: &str, draft: ContactDraft) -> Result<ContactDraft, Refusal> {
    let at = |field: &str| format!("{path}.{field}");
    let name = check::optional_line(&at("name"), draft.name.as_deref(), NAME_MAX)?;
    let title = check::optional_line(&at("title"), draft.title.as_deref(), TITLE_MAX)?;
    if name.is_none() && title.is_none() {
        return Err(Refusal::of(&at("title"), ErrorCode::Required, "A contact has a name or a title."));
    }
    let email = draft.email.filter(|text| !text.trim().is_empty()).map(|text| {
        email(&text).ok_or_else(|| Refusal::of(&at("email"), ErrorCode::InvalidFormat, "Expected an e-mail address."))
    });
    let phone = draft.phone.filter(|text| !text.trim().is_empty()).map(|text| {
        let message = "Expected a phone number with the country's code, such as +49 30 123456.";
        phone(&text).ok_or_else(|| Refusal::of(&at("phone"), ErrorCode::InvalidFormat, message))
    });
    Ok(ContactDraft { name, title, email: email.transpose()?, phone: phone.transpose()?, ..draft })
}

/// A phone number as ITU-T E.164 writes it; `None` for what is none.
#[must_use]
pub fn phone(text: &str) -> Option<String> {
    let digits = text.trim().strip_prefix('+')?;
    let kept: String = digits.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '/' | '(' | ')')).collect();
    let plain = kept.bytes().all(|byte| byte.is_ascii_digit()) && !kept.starts_with('0');
    (plain && PHONE_DIGITS.contains(&kept.len())).then(|| format!("+{kept}"))
}

/// Whether those whom it was handed to may read who it is: only with both consents.
#[must_use]
pub fn may_be_handed_on(contact: &Contact) -> bool {
    contact.may_be_shared && contact.may_be_contacted
}

/// Whether a side of an opportunity knows of this contact of it: it sees the field `CONTACTS`, and may know the side that
/// entered the contact. Whom a lead brought was entered by the lead's sender, who takes no part; such a contact is the
/// owner's to show.
#[must_use]
pub fn is_known_to(contact: &Contact, deal: &opportunity::Model, side: &side::Model) -> bool {
    let sees = side.fields & side::OpportunityField::Contacts.bit() != 0;
    let (viewer, author, owner) = (side.organization_id, contact.organization_id, deal.owner_organization_id);
    let apart = deal.hides_participants && contact.lead_id.is_none() && ![viewer, author].contains(&owner);
    sees && (viewer == author || !apart)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cosell::model::{
        Participant, Sides,
        tests::{at, organization, sides},
    };
    use uuid::Uuid;

    #[test]
    fn phone_numbers_have_one_spelling() {
        assert_eq!(phone("+49 (30) 123-456").as_deref(), Some("+4930123456"));
        for text in ["", "030 123456", "+0 30 123456", "+49 30", "+49 30 12345678901234", "+49 30 abc", "++4930123456"]
        {
            assert_eq!(phone(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_contact_is_somebody() {
        let code = |draft: ContactDraft| checked("input.contact", draft).err().map(|refusal| refusal.code);
        assert_eq!(code(ContactDraft::default()), Some(ErrorCode::Required));
        let titled = ContactDraft { title: Some("Head of IT".to_owned()), ..ContactDraft::default() };
        assert_eq!(code(titled.clone()), None);
        assert_eq!(
            code(ContactDraft { email: Some("x".to_owned()), ..titled.clone() }),
            Some(ErrorCode::InvalidFormat)
        );
        assert_eq!(
            code(ContactDraft { phone: Some("x".to_owned()), ..titled.clone() }),
            Some(ErrorCode::InvalidFormat)
        );
        assert_eq!(code(ContactDraft { name: Some("x".repeat(121)), ..titled }), Some(ErrorCode::TooLong));
    }

    #[test]
    fn a_patch_leaves_what_it_does_not_name() {
        let before =
            ContactDraft { name: Some("A".to_owned()), title: Some("B".to_owned()), ..ContactDraft::default() };
        let patch = ContactPatch { name: Some(None), may_be_shared: Some(true), ..ContactPatch::default() };
        let after = patch.over(before);
        assert_eq!((after.name, after.title.as_deref(), after.may_be_shared), (None, Some("B"), true));
    }

    fn entered_by(number: u128) -> Contact {
        Contact {
            id: ContactId(Uuid::nil()),
            organization_id: organization(number),
            lead_id: None,
            opportunity_id: Some(OpportunityId(Uuid::nil())),
            name: None,
            title: Some("Buyer".to_owned()),
            email: None,
            phone: None,
            may_be_shared: false,
            may_be_contacted: false,
            created_at: at(0),
            updated_at: at(0),
            erased_at: None,
        }
    }

    #[test]
    fn sides_know_what_they_were_shown_of_those_whom_they_know() {
        let mut sides = sides();
        let known = |sides: &Sides, contact: &Contact| {
            let knows = |side: &&Participant| is_known_to(contact, &sides.opportunity, side);
            sides.participants.iter().filter(knows).map(|side| side.organization_id).collect::<Vec<_>>()
        };
        let all = [1, 2, 3].map(organization);
        assert_eq!(known(&sides, &entered_by(2)), all);
        sides.opportunity.hides_participants = true;
        assert_eq!(known(&sides, &entered_by(1)), all);
        assert_eq!(known(&sides, &entered_by(2)), all[..2]);
        // The sender of a lead takes no part, so that nobody knows it as a side.
        let of_lead = Contact { lead_id: Some(LeadId(Uuid::nil())), ..entered_by(9) };
        assert_eq!(known(&sides, &of_lead), all);
        sides.participants[1].fields &= !side::OpportunityField::Contacts.bit();
        assert_eq!(known(&sides, &of_lead), [all[0], all[2]]);
        assert_eq!(known(&sides, &entered_by(2)), all[..1], "what is not shared is not read, not even one's own");
    }
}
