//! What clients send about account lists.

use super::list::AccountListKind;
use crate::{
    account::{
        model::{self, AccountDraft, ListPatch, NewList},
        store,
    },
    op::{Fault, Refusal},
    schema::scalar::{CountryCode, MoneyInput},
};
use async_graphql::InputObject;

/// External ids of one filter at most.
const FILTER_IDS_MAX: usize = 100;
/// Characters of a text of a filter: no name or domain is longer.
const FILTER_TEXT_MAX: usize = 255;

/// A list to be made.
#[derive(InputObject)]
pub struct AccountListCreateInput {
    /// Its name, 1 to 100 characters; no two lists about the same subject have the same, whatever the case.
    pub name: String,
    /// What its accounts are.
    pub kind: AccountListKind,
    /// The slug of the offline partner whose accounts they are, an organization without members and API keys; left out for
    /// the own organization's.
    pub partner: Option<String>,
    /// 1 to 255 characters, kept for 24 hours: a retry with the same key and input gets the first answer.
    pub idempotency_key: Option<String>,
}

/// A change of a list; what is left out stays.
#[derive(InputObject)]
pub struct AccountListUpdateInput {
    /// Its name, 1 to 100 characters.
    pub name: Option<String>,
    /// What its accounts are.
    pub kind: Option<AccountListKind>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// Accounts to be entered or changed.
#[derive(InputObject)]
pub struct AccountListAddInput {
    /// At most 10,000.
    pub accounts: Vec<AccountInput>,
}

/// An account, as a whole: what is left out is unknown from now on.
#[derive(InputObject)]
pub struct AccountInput {
    /// The id in the CRM, 1 to 200 characters. The list has one account of each: one that is there already is changed.
    pub external_id: String,
    /// The company's name, 1 to 200 characters.
    pub name: String,
    /// The website in whatever form, at most 500 characters.
    pub website: Option<String>,
    /// The country.
    pub country_code: Option<CountryCode>,
    /// The domain of its mail addresses, or one of them, of which the domain is kept.
    pub email_domain: Option<String>,
    /// The D-U-N-S number: nine digits, with blanks and hyphens or without.
    pub duns: Option<String>,
    /// Who works on it, for example a team; at most 200 characters.
    pub owner: Option<String>,
    /// Where the deal with it stands, at most 100 characters.
    pub stage: Option<String>,
    /// What the deal is worth.
    pub amount: Option<MoneyInput>,
    /// Further fields, at most 20; of two with the same name the later one counts.
    pub custom: Option<Vec<AccountCustomFieldInput>>,
}

/// A further field of an account.
#[derive(InputObject)]
pub struct AccountCustomFieldInput {
    /// 1 to 100 characters.
    pub name: String,
    /// At most 500 characters; a blank one counts as none.
    pub value: String,
}

/// Accounts to be taken out of a list.
#[derive(InputObject)]
pub struct AccountListRemoveAccountsInput {
    /// Their external ids, at most 10,000; those that the list does not have change nothing.
    pub external_ids: Vec<String>,
}

/// What to check before a list is deleted.
#[derive(InputObject, Default)]
pub struct AccountListDeleteInput {
    /// Delete only if the revision is this.
    pub expected_revision: Option<i32>,
}

/// Which accounts of a list; what is left out does not narrow them.
#[derive(InputObject, Default)]
pub struct AccountFilter {
    /// The name begins so, at most 255 characters; case and accents do not matter.
    pub name: Option<String>,
    /// With this registrable domain.
    pub domain: Option<String>,
    /// With one of these external ids, at most 100.
    pub external_ids: Option<Vec<String>>,
    /// In one of these countries.
    pub countries: Option<Vec<CountryCode>>,
    /// With exactly this owner.
    pub owner: Option<String>,
}

impl AccountListCreateInput {
    /// The list, and the idempotency key.
    pub(super) fn split(self) -> (NewList, Option<String>) {
        let Self { name, kind, partner, idempotency_key } = self;
        (NewList { name, kind: kind.into(), partner }, idempotency_key)
    }
}

impl AccountListUpdateInput {
    /// The change, and the expected revision.
    pub(super) fn split(self) -> (ListPatch, Option<i32>) {
        let kind = self.kind.map(model::AccountListKind::from);
        (ListPatch { name: self.name, kind }, self.expected_revision)
    }
}

impl AccountInput {
    /// The account.
    ///
    /// # Errors
    /// [`Fault::BadInput`] for an amount with more digits than its currency has, as for every amount.
    pub(super) fn draft(self) -> Result<AccountDraft, Fault> {
        if let Some(money) = &self.amount {
            let refused = |refusal: Refusal| Fault::bad_input(format!("`amount.amount`: {}", refusal.message));
            money.to_minor("amount").map_err(refused)?;
        }
        let (amount, currency) =
            self.amount.map(|money| (money.amount, money.currency_code.0.code().to_owned())).unzip();
        Ok(AccountDraft {
            external_id: Some(self.external_id),
            name: self.name,
            website: self.website,
            country: self.country_code.map(|code| code.0),
            email: self.email_domain,
            duns: self.duns,
            owner: self.owner,
            stage: self.stage,
            amount,
            currency,
            custom: self.custom.unwrap_or_default().into_iter().map(|field| (field.name, field.value)).collect(),
        })
    }
}

impl AccountFilter {
    /// # Errors
    /// [`Fault::BadInput`] for texts and lists beyond their bounds.
    pub(super) fn checked(self) -> Result<store::AccountFilter, Fault> {
        let Self { name, domain, external_ids, countries, owner } = self;
        let ids = external_ids.iter().flatten();
        let too_long = |text: &String| text.chars().count() > FILTER_TEXT_MAX || text.contains('\0');
        if [&name, &domain, &owner].into_iter().flatten().chain(ids).any(too_long) {
            return Err(Fault::bad_input(format!(
                "A text of the filter has at most {FILTER_TEXT_MAX} characters, and no NUL."
            )));
        }
        if external_ids.as_ref().is_some_and(|ids| ids.len() > FILTER_IDS_MAX) {
            return Err(Fault::bad_input(format!("At most {FILTER_IDS_MAX} external ids at once.")));
        }
        Ok(store::AccountFilter {
            name,
            domain: domain.map(|domain| domain.trim().to_lowercase()),
            external_ids,
            countries: countries.map(|codes| codes.into_iter().map(|code| code.0).collect()),
            owner,
        })
    }
}
