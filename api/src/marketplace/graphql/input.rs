//! What clients send about listings.

use crate::{
    db::Direction,
    marketplace::{
        graphql::enums::{
            ListingBadge, ListingChangeStatus, ListingKind, ListingOrderField, ListingStatus, ListingVisibility,
            ModerationStatus, PricingModel,
        },
        model,
    },
    op::Fault,
    schema::{
        node,
        scalar::{Date, OrderDirection, Url},
    },
};
use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};
use entity::flags::to_mask;

/// Which listings are asked for. All parts that are given must hold; a list means "any of", an empty one counts as none.
/// A slug that is unknown, or that the viewer may not see, gives an empty list.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ListingFilter {
    /// Words and prefixes of name, summary, tags, vendor and description; case and accents do not matter.
    pub query: Option<String>,
    /// Category slugs, descendants included; at most 100.
    pub categories: Option<Vec<String>>,
    /// What is listed.
    pub kinds: Option<Vec<ListingKind>>,
    /// Slug of the organization that offers it.
    pub vendor: Option<String>,
    /// Slug of a listing that it says it integrates with.
    pub integrates_with: Option<String>,
    /// How it is paid for.
    pub pricing_models: Option<Vec<PricingModel>>,
    /// What the operator gave it.
    pub badges: Option<Vec<ListingBadge>>,
    /// Whether its source is open.
    pub open_source: Option<bool>,
    /// The least average of its ratings, 1 to 5; what has no rating is left out.
    pub min_rating: Option<f64>,
    /// Where it is in its life; only PUBLISHED where it is not given. Others are seen by their vendor and the operator.
    pub statuses: Option<Vec<ListingStatus>>,
}

/// How a list of listings is sorted. Equal ones come by age.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct ListingOrder {
    /// By what.
    pub field: ListingOrderField,
    /// Which way.
    pub direction: OrderDirection,
}

/// Which reviews are asked for.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ReviewFilter {
    /// Slug of the listing; an unknown or invisible one gives an empty list.
    pub listing: Option<String>,
    /// What became of them.
    pub statuses: Option<Vec<ModerationStatus>>,
}

/// Which reviewed changes are asked for.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ListingChangeFilter {
    /// What became of them.
    pub statuses: Option<Vec<ListingChangeStatus>>,
}

/// The other end of an integration.
#[derive(OneofObject, Clone, Debug)]
pub enum ListingIntegrationInput {
    /// The id of a listing that the viewer sees.
    Listing(ID),
    /// A name, 1 to 200 characters. Where exactly one public listing has it, the integration is with that one.
    Name(String),
}

/// What a listing says, besides its name and kind. What is left out stays as it is; null empties.
#[derive(InputObject, Clone, Debug)]
pub struct ListingContentInput {
    /// Who finds it while it is published; PUBLIC where nothing was said.
    pub visibility: Option<ListingVisibility>,
    /// One or two sentences, at most 255 characters.
    pub summary: MaybeUndefined<String>,
    /// The whole text, at most 32,768 characters.
    pub description: MaybeUndefined<String>,
    /// What it is used for, at most 8,000 characters.
    pub use_case: MaybeUndefined<String>,
    /// Its site.
    pub website_url: MaybeUndefined<Url>,
    /// Its source.
    pub repo_url: MaybeUndefined<Url>,
    /// Its logo.
    pub logo_url: MaybeUndefined<Url>,
    /// How its use is paid for; all of them.
    pub pricing_models: Option<Vec<PricingModel>>,
    /// What is best about it; all lines, at most 10 of 255 characters.
    pub highlights: Option<Vec<String>>,
    /// Words to find it by; all of them, at most 30 of 80 characters.
    pub tags: Option<Vec<String>>,
    /// Whom it is for; all of them, at most 30 of 80 characters.
    pub personas: Option<Vec<String>>,
    /// Whether its source is open.
    pub open_source: MaybeUndefined<bool>,
    /// The stage that its owners or a foundation give it, at most 80 characters.
    pub maturity: MaybeUndefined<String>,
    /// When a foundation took it in.
    pub accepted_on: MaybeUndefined<Date>,
    /// The slugs of its categories; all of them, at most 30.
    pub categories: Option<Vec<String>>,
    /// The slugs of the organizations that find it while it is limited; all of them, at most 100.
    pub audience: Option<Vec<String>>,
    /// What it integrates with; all of it, at most 200.
    pub integrations: Option<Vec<ListingIntegrationInput>>,
}

/// A new listing, which starts as a draft.
#[derive(InputObject)]
pub struct ListingCreateInput {
    /// The display name, 1 to 200 characters.
    pub name: String,
    /// What it is.
    pub kind: ListingKind,
    /// Slug of the organization that offers it; the viewer's own where neither this nor `vendorName` is given. Another one
    /// than the own: only for the operator's managers.
    pub vendor: Option<String>,
    /// Who offers it where that is only a name, at most 200 characters: only for the operator's managers.
    pub vendor_name: Option<String>,
    /// 1 to 80 lower-case letters, digits and hyphens; made of the name where it is not given.
    pub slug: Option<String>,
    /// Makes a retry within 24 hours give the listing of the first call; 1 to 255 characters.
    pub idempotency_key: Option<String>,
    /// What it says.
    #[graphql(flatten)]
    pub content: ListingContentInput,
}

/// A change of a listing. What is left out stays as it is; null empties.
#[derive(InputObject)]
pub struct ListingUpdateInput {
    /// The display name, 1 to 200 characters; it cannot be emptied.
    pub name: Option<String>,
    /// What it is.
    pub kind: Option<ListingKind>,
    /// Change only if the revision is this.
    pub expected_revision: Option<i32>,
    /// What it says.
    #[graphql(flatten)]
    pub content: ListingContentInput,
}

impl ListingFilter {
    /// The filter in the words of the model.
    ///
    /// # Errors
    /// [`Fault::BadInput`] for a rating that none can have and for too many categories.
    pub fn read(self) -> Result<model::ListingFilter, Fault> {
        if self.min_rating.is_some_and(|least| !(1.0..=5.0).contains(&least)) {
            return Err(Fault::bad_input("`minRating` must be from 1 to 5."));
        }
        let categories = self.categories.unwrap_or_default();
        if categories.len() > 100 {
            return Err(Fault::bad_input("At most 100 categories at once."));
        }
        Ok(model::ListingFilter {
            query: self.query,
            categories,
            kinds: words(self.kinds),
            vendor: self.vendor,
            integrates_with: self.integrates_with,
            pricing_models: words(self.pricing_models),
            badges: words(self.badges),
            open_source: self.open_source,
            min_rating: self.min_rating,
            statuses: words(self.statuses),
        })
    }
}

impl ListingOrder {
    /// The order in the words of the model.
    #[must_use]
    pub fn read(self) -> model::ListingOrder {
        let direction = match self.direction {
            OrderDirection::Asc => Direction::Ascending,
            OrderDirection::Desc => Direction::Descending,
        };
        model::ListingOrder { field: self.field.into(), direction }
    }
}

impl ReviewFilter {
    /// The filter in the words of the model.
    #[must_use]
    pub fn read(self) -> model::ReviewFilter {
        model::ReviewFilter { listing: self.listing, statuses: words(self.statuses) }
    }
}

impl ListingContentInput {
    /// The change in the words of the model.
    ///
    /// # Errors
    /// [`Fault::BadInput`] for what is no id of a listing.
    pub fn read(self, name: Option<String>, kind: Option<ListingKind>) -> Result<model::ListingPatch, Fault> {
        let integrations = self.integrations.map(|ends| {
            let read = ends.into_iter().map(|end| match end {
                ListingIntegrationInput::Listing(id) => node::parse(&id).map(model::IntegrationEnd::Listing),
                ListingIntegrationInput::Name(name) => Ok(model::IntegrationEnd::Name(name)),
            });
            read.collect::<Result<Vec<_>, Fault>>()
        });
        Ok(model::ListingPatch {
            name,
            kind: kind.map(Into::into),
            visibility: self.visibility.map(Into::into),
            summary: given(self.summary),
            description: given(self.description),
            use_case: given(self.use_case),
            website_url: given(self.website_url.map_value(|url| url.0)),
            repo_url: given(self.repo_url.map_value(|url| url.0)),
            logo_url: given(self.logo_url.map_value(|url| url.0)),
            pricing_models: self
                .pricing_models
                .map(|models| to_mask(models.into_iter().map(model::PricingModel::from))),
            highlights: self.highlights,
            tags: self.tags,
            personas: self.personas,
            open_source: given(self.open_source),
            maturity: given(self.maturity),
            accepted_on: given(self.accepted_on.map_value(|day| day.0)),
            categories: self.categories,
            audience: self.audience,
            integrations: integrations.transpose()?,
        })
    }
}

/// Absent is not null.
fn given<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// Enum values in the words of the model.
pub(super) fn words<W, T: From<W>>(values: Option<Vec<W>>) -> Vec<T> {
    values.unwrap_or_default().into_iter().map(T::from).collect()
}
