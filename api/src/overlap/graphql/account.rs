//! Accounts and lists as they are shown beside a partner's: each part only where the rule shows it.

use super::enums::AccountListKind;
use crate::{
    account::graphql::account::AccountCustomField,
    op::form,
    overlap::model::Revealed,
    schema::scalar::{CountryCode, Money},
    sharing::{model::AccountField, scope::Exposure},
};
use async_graphql::{ID, Object, SimpleObject};
use entity::id::TypedId;
use std::sync::Arc;

/// A list that is compared: one of the viewer's own, or one of the partner's as the viewer sees it.
#[derive(SimpleObject, Clone, Debug)]
pub struct ComparedList {
    /// The list's id.
    pub id: ID,
    /// The list's name; null for a partner's list of which the viewer sees only counts.
    pub name: Option<String>,
    /// What its accounts are to whoever has it.
    pub kind: AccountListKind,
}

impl ComparedList {
    /// One of the viewer's own.
    pub(super) fn own(list: &Exposure) -> Self {
        Self { id: ID(list.list_id.global()), name: Some(list.name.clone()), kind: list.kind.into() }
    }

    /// One of the partner's.
    pub(super) fn partners(list: &Exposure) -> Self {
        let name = list.shown_name().map(str::to_owned);
        Self { id: ID(list.list_id.global()), name, kind: list.kind.into() }
    }
}

/// An account that is compared: one of the viewer's own, whole, or one of the partner's, of which every part is null that
/// the partner's rule for this list does not show now.
#[derive(Clone)]
pub struct ComparedAccount {
    account: Arc<Revealed>,
    list: ComparedList,
}

impl ComparedAccount {
    /// One of the viewer's own.
    pub(super) fn own(account: &Arc<Revealed>, list: &Exposure) -> Self {
        Self { account: Arc::clone(account), list: ComparedList::own(list) }
    }

    /// One of the partner's.
    pub(super) fn partners(account: &Arc<Revealed>, list: &Exposure) -> Self {
        Self { account: Arc::clone(account), list: ComparedList::partners(list) }
    }

    fn text(&self, field: AccountField) -> Option<&str> {
        self.account.text(field)
    }
}

/// An account that is compared: one of the viewer's own, whole, or one of the partner's, of which every part is null that
/// the partner's rule for this list does not show now.
#[Object]
impl ComparedAccount {
    /// The account's id, the same for the same external id of a list.
    async fn id(&self) -> ID {
        ID(self.account.id().global())
    }

    /// The name, at most 200 characters; an account that is shown has it.
    async fn name(&self) -> &str {
        self.text(AccountField::Name).unwrap_or_default()
    }

    /// The registrable domain of the website, else of the e-mail domain; null where there is none, and where the rule does
    /// not show `DOMAIN`.
    async fn domain(&self) -> Option<&str> {
        self.text(AccountField::Domain)
    }

    /// The website as it was given; null where there is none, and where the rule does not show `WEBSITE`.
    async fn website(&self) -> Option<&str> {
        self.text(AccountField::Website)
    }

    /// The country; null where it is unknown, and where the rule does not show `COUNTRY`.
    async fn country_code(&self) -> Option<CountryCode> {
        self.text(AccountField::Country).map(|code| CountryCode(code.to_owned()))
    }

    /// The domain of its e-mail; null where there is none, and where the rule does not show `EMAIL_DOMAIN`.
    async fn email_domain(&self) -> Option<&str> {
        self.text(AccountField::EmailDomain)
    }

    /// The DUNS number, nine digits; null where it is unknown, and where the rule does not show `DUNS`.
    async fn duns(&self) -> Option<&str> {
        self.text(AccountField::Duns)
    }

    /// Who looks after it, for example a team; null where nobody is named, and where the rule does not show `OWNER`.
    async fn owner(&self) -> Option<&str> {
        self.text(AccountField::Owner)
    }

    /// How far it has come; null where that is not said, and where the rule does not show `STAGE`.
    async fn stage(&self) -> Option<&str> {
        self.text(AccountField::Stage)
    }

    /// What it is worth; null where that is not said, and where the rule does not show `AMOUNT`.
    async fn amount(&self) -> Option<Money> {
        self.account.get(AccountField::Amount, |row| {
            Some(Money::from_minor(row.amount_minor?, form::currency(row.currency.as_deref()?)?))
        })
    }

    /// The fields that its organization added, by name, at most 20; null where the rule does not show `CUSTOM`.
    async fn custom(&self) -> Option<Vec<AccountCustomField>> {
        self.account.get(AccountField::Custom, |row| {
            let fields = row.custom.iter().flat_map(|texts| &texts.0);
            Some(fields.map(|(name, value)| AccountCustomField { name: name.clone(), value: value.clone() }).collect())
        })
    }

    /// The id in the system that it came from; null where the rule does not show `EXTERNAL_ID`.
    async fn external_id(&self) -> Option<&str> {
        self.text(AccountField::ExternalId)
    }

    /// The list that it is in.
    async fn list(&self) -> &ComparedList {
        &self.list
    }
}
