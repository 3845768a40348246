//! Accounts in the schema.

use super::list::AccountList;
use crate::{
    account::model,
    schema::{
        loader::load,
        scalar::{CountryCode, Money},
    },
};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::id::TypedId;
use iso_currency::Currency;

/// A company in an account list. Its id stays the same while the list has an account with its external id. Visible to the
/// members and API keys of the list's organization; what a partner sees of it is another object.
pub struct Account(pub model::Account);

/// A company in an account list. Its id stays the same while the list has an account with its external id. Visible to the
/// members and API keys of the list's organization; what a partner sees of it is another object.
#[Object]
impl Account {
    /// The account's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// The list that it is in; null where that was deleted in this moment.
    async fn list(&self, ctx: &Context<'_>) -> Option<Result<AccountList>> {
        load(ctx, self.0.list_id).await.map(|row| row.map(AccountList)).transpose()
    }

    /// The id in the CRM, at most 200 characters; `domain:` or `name:` and what follows it where none was given.
    async fn external_id(&self) -> &str {
        &self.0.external_id
    }

    /// The company's name, at most 200 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The website as it was given, at most 500 characters.
    async fn website(&self) -> Option<&str> {
        self.0.website.as_deref()
    }

    /// The registrable domain of the website, else of the e-mail domain; null for sites that many companies have a page on.
    async fn domain(&self) -> Option<&str> {
        self.0.domain.as_deref()
    }

    /// The country.
    async fn country_code(&self) -> Option<CountryCode> {
        self.0.country.clone().map(CountryCode)
    }

    /// The domain of its mail addresses.
    async fn email_domain(&self) -> Option<&str> {
        self.0.email_domain.as_deref()
    }

    /// The D-U-N-S number, nine digits.
    async fn duns(&self) -> Option<&str> {
        self.0.duns.as_deref()
    }

    /// Who works on it, at most 200 characters.
    async fn owner(&self) -> Option<&str> {
        self.0.owner.as_deref()
    }

    /// Where the deal with it stands, at most 100 characters.
    async fn stage(&self) -> Option<&str> {
        self.0.stage.as_deref()
    }

    /// What the deal is worth.
    async fn amount(&self) -> Option<Money> {
        let currency = Currency::from_code(self.0.currency.as_deref()?)?;
        Some(Money::from_minor(self.0.amount_minor?, currency))
    }

    /// Further fields, at most 20, by name.
    async fn custom(&self) -> Vec<AccountCustomField> {
        let fields = self.0.custom.iter().flat_map(|texts| &texts.0);
        fields.map(|(name, value)| AccountCustomField { name: name.clone(), value: value.clone() }).collect()
    }

    /// Since when the list has had it without a break.
    async fn added_at(&self) -> DateTime<Utc> {
        self.0.added_at
    }

    /// When what it says was last changed.
    async fn changed_at(&self) -> DateTime<Utc> {
        self.0.changed_at
    }
}

/// A further field of an account.
#[derive(SimpleObject, Clone, Debug)]
pub struct AccountCustomField {
    /// At most 100 characters.
    pub name: String,
    /// At most 500 characters.
    pub value: String,
}
