//! Public profiles in the schema, and the changes of them that wait for a moderator.

use super::types::Organization;
use crate::{
    op::{Fault, Op},
    organization::{
        model::{self, locale},
        service,
    },
    schema::{error::ContextExt, loader::load, scalar::Url},
};
use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::id::TypedId;
use std::sync::Arc;

/// Which way a text runs.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "locale::TextDirection")]
pub enum TextDirection {
    /// From left to right.
    Ltr,
    /// From right to left.
    Rtl,
}

/// The public profile of an organization in one locale. Visible to whoever sees the organization.
pub struct Profile {
    profile: Arc<model::Profile>,
    locale: String,
}

impl Profile {
    /// The profile in the locale that suits best: `locale` where it is given, else the reader's languages.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a `locale` that is no language tag.
    pub fn localized(op: &Op, profile: Arc<model::Profile>, locale: Option<&str>) -> Result<Self, Fault> {
        let chosen = match locale {
            Some(tag) if locale::canonical(tag).is_none() => {
                return Err(Fault::bad_input("`locale` must be a language tag as in BCP 47, for example `pt-BR`."));
            }
            Some(tag) => profile.locale_for([tag]),
            None => profile.locale_for(op.languages.iter()),
        };
        Ok(Self { locale: chosen.to_owned(), profile })
    }

    fn text(&self) -> Option<&model::ProfileText> {
        self.profile.texts.get(&self.locale)
    }
}

/// The public profile of an organization in one locale. Visible to whoever sees the organization.
#[Object]
impl Profile {
    /// One line, at most 160 characters.
    async fn headline(&self) -> Option<&str> {
        self.text()?.headline.as_deref()
    }

    /// Plain text of several lines, at most 2,000 characters.
    async fn description(&self) -> Option<&str> {
        self.text()?.description.as_deref()
    }

    /// The public website.
    async fn website_url(&self) -> Option<Url> {
        self.profile.website_url.clone().map(Url)
    }

    /// The logo.
    async fn logo_url(&self) -> Option<Url> {
        self.profile.logo_url.clone().map(Url)
    }

    /// The locale of the texts, a BCP 47 tag: the one asked for (`pt-BR`), what is left of it (`pt`), or the source locale.
    async fn locale(&self) -> &str {
        &self.locale
    }

    /// Which way the texts run.
    async fn direction(&self) -> TextDirection {
        model::Profile::direction(&self.locale).into()
    }

    /// The locale that the other texts were translated from.
    async fn source_locale(&self) -> &str {
        &self.profile.source_locale
    }

    /// All locales that there are texts in, in alphabetical order; at most 21.
    async fn locales(&self) -> Vec<&str> {
        self.profile.texts.keys().map(String::as_str).collect()
    }
}

/// What became of a profile change.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::ChangeStatus")]
pub enum ProfileChangeStatus {
    /// Waits for a moderator.
    Pending,
    /// Taken over into the profile.
    Approved,
    /// Refused, with a reason.
    Rejected,
    /// Taken back, or replaced by a later change.
    Withdrawn,
}

/// A change of a profile that waits for a moderator, or waited. Visible to the organization's members and to the operator.
pub struct ProfileChange(pub model::ProfileChange);

/// A change of a profile that waits for a moderator, or waited. Visible to the organization's members and to the operator.
#[Object]
impl ProfileChange {
    /// The change's id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.global())
    }

    /// What became of it.
    async fn status(&self) -> ProfileChangeStatus {
        self.0.status.into()
    }

    /// The profile as it would be.
    async fn proposal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The wanted locale, a BCP 47 tag; by default the reader's languages.")] locale: Option<String>,
    ) -> Option<Result<Profile>> {
        let proposed = async {
            let profile = Arc::new(service::proposal(&self.0)?);
            Ok(Profile::localized(ctx.op()?, profile, locale.as_deref())?)
        };
        Some(proposed.await)
    }

    /// When it was proposed.
    async fn submitted_at(&self) -> DateTime<Utc> {
        self.0.submitted_at
    }

    /// When it was decided or withdrawn; null while it waits.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }

    /// Why it was rejected, at most 500 characters.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The organization whose profile it is.
    async fn organization(&self, ctx: &Context<'_>) -> Option<Result<Organization>> {
        async { Ok(load(ctx, self.0.organization_id).await?.map(Organization)) }.await.transpose()
    }
}
