//! An account as a partner sees it: the parts that are shared, and no other.

use crate::{
    schema::scalar::{CountryCode, Money},
    sharing::model::{AccountField, SharedFields},
};
use async_graphql::{Object, SimpleObject};
use entity::account;

/// An account as a partner sees it: the parts that the rule shares. What is not shared is null, as is what is not known.
pub struct SharedAccount {
    account: account::Model,
    fields: SharedFields,
}

impl SharedAccount {
    /// What `fields` show of an account that is shown.
    #[must_use]
    pub const fn new(account: account::Model, fields: SharedFields) -> Self {
        Self { account, fields }
    }

    fn shared<T>(&self, field: AccountField, value: Option<T>) -> Option<T> {
        value.filter(|_| self.fields.has(field))
    }
}

/// A field that the list's organization added.
#[derive(SimpleObject, Clone, Debug)]
pub struct SharedCustomField {
    /// Its name, at most 100 characters.
    pub name: String,
    /// Its text, at most 500 characters.
    pub value: String,
}

/// An account as a partner sees it: the parts that the rule shares. What is not shared is null, as is what is not known.
#[Object]
impl SharedAccount {
    /// The name, 1 to 200 characters.
    async fn name(&self) -> &str {
        &self.account.name
    }

    /// The registrable domain. Needs the field `DOMAIN`.
    async fn domain(&self) -> Option<&str> {
        self.shared(AccountField::Domain, self.account.domain.as_deref())
    }

    /// The website as it was given. Needs the field `WEBSITE`.
    async fn website(&self) -> Option<&str> {
        self.shared(AccountField::Website, self.account.website.as_deref())
    }

    /// The country. Needs the field `COUNTRY`.
    async fn country_code(&self) -> Option<CountryCode> {
        self.shared(AccountField::Country, self.account.country.clone().map(CountryCode))
    }

    /// The domain of its e-mail. Needs the field `EMAIL_DOMAIN`.
    async fn email_domain(&self) -> Option<&str> {
        self.shared(AccountField::EmailDomain, self.account.email_domain.as_deref())
    }

    /// The DUNS number, nine digits. Needs the field `DUNS`.
    async fn duns(&self) -> Option<&str> {
        self.shared(AccountField::Duns, self.account.duns.as_deref())
    }

    /// Who looks after it, such as the name of a team. Needs the field `OWNER`.
    async fn owner(&self) -> Option<&str> {
        self.shared(AccountField::Owner, self.account.owner.as_deref())
    }

    /// How far it has come, in the words of the list's organization. Needs the field `STAGE`.
    async fn stage(&self) -> Option<&str> {
        self.shared(AccountField::Stage, self.account.stage.as_deref())
    }

    /// What it is worth. Needs the field `AMOUNT`.
    async fn amount(&self) -> Option<Money> {
        let currency = self.account.currency.as_deref().and_then(iso_currency::Currency::from_code)?;
        let amount = self.account.amount_minor.map(|minor| Money::from_minor(minor, currency));
        self.shared(AccountField::Amount, amount)
    }

    /// The fields that the list's organization added, by name; empty without the field `CUSTOM`.
    async fn custom(&self) -> Vec<SharedCustomField> {
        let custom = self.shared(AccountField::Custom, self.account.custom.as_ref());
        let fields = custom.into_iter().flat_map(|texts| &texts.0);
        fields.map(|(name, value)| SharedCustomField { name: name.clone(), value: value.clone() }).collect()
    }

    /// The id in the system that it came from. Needs the field `EXTERNAL_ID`.
    async fn external_id(&self) -> Option<&str> {
        self.shared(AccountField::ExternalId, Some(self.account.external_id.as_str()))
    }
}
