//! What stands in the cells of an opportunity, and what a cell that comes in says. Pure.

use super::column::Column;
use crate::{
    cosell::{
        model::{Amount, ContentPatch, DeliveryModel, HelpKind, ListingRef, Opportunity, OpportunityField, has},
        store::ListingSlugs,
    },
    op::{ErrorCode, Refusal, form},
    sheet::words,
};
use entity::{
    flags::{Flag, from_mask, to_mask},
    id::TypedId,
};
use rust_decimal::Decimal;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Stands for a listing that the viewer may not see. It is nobody's slug, so that a row with it is refused when it comes
/// in, and nothing is taken away.
const HIDDEN: &str = "?";

/// What a viewer sees of an opportunity.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// A set of [`OpportunityField`].
    pub(super) fields: i32,
    /// Whether the viewer's organization owns it.
    pub(super) own: bool,
    /// The slug of the owner; none where the viewer may not see its page.
    pub(super) owner: Option<String>,
    /// What it is about, in order.
    pub(super) listings: Vec<ListingSlugs>,
}

/// The cell of `column`, as the schema's field shows it; empty for null.
pub(super) fn shown(row: &Opportunity, view: &View, column: Column) -> String {
    if !sees(view, column) {
        return String::new();
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let number = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
    match column {
        Column::Id => row.id.global(),
        Column::ExternalId => text(&row.external_id),
        Column::Revision => row.revision.to_string(),
        Column::Title => row.title.clone(),
        Column::CustomerName => row.customer_name.clone(),
        Column::CustomerWebsite => text(&row.customer_website),
        Column::CustomerCountry => text(&row.customer_country),
        Column::CustomerIndustry => word(&row.customer_industry),
        Column::CustomerDuns => text(&row.customer_duns),
        Column::ContactTitle => text(&row.contact_title),
        Column::BusinessProblem => text(&row.business_problem),
        Column::UseCase => text(&row.use_case),
        Column::DeliveryModels => set::<DeliveryModel>(row.delivery_models),
        Column::ExpectedAmount => money(row).map(|(amount, _)| amount.to_string()).unwrap_or_default(),
        Column::Currency => money(row).map(|(_, currency)| currency.code().to_owned()).unwrap_or_default(),
        Column::ExpectedFrequency => word(&row.expected_frequency),
        Column::ContractMonths => number(row.contract_months),
        Column::Probability => number(row.probability),
        Column::Stage => word(&row.stage),
        Column::LossReason => word(&row.loss_reason),
        Column::TargetCloseDate => row.target_close_date.map(|day| day.to_string()).unwrap_or_default(),
        Column::Type => word(&row.kind),
        Column::Origin => word(&row.origin),
        Column::Involvement => word(&row.involvement),
        Column::Confidential => row.confidential.to_string(),
        Column::HidesParticipants => row.hides_participants.to_string(),
        Column::HelpRequested => set::<HelpKind>(row.help_requested),
        Column::Competitors => words::joined(row.competitors.0.iter().map(String::as_str)),
        Column::RelatedListings => listings(view),
        Column::Owner => text(&view.owner),
        Column::ReviewStatus => word(&row.review_status),
        Column::CreatedAt => row.created_at.to_rfc3339(),
        Column::UpdatedAt => row.updated_at.to_rfc3339(),
        Column::ArchivedAt => row.archived_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
    }
}

/// The field that a viewer needs for a column, as the descriptions of the schema say it.
fn sees(view: &View, column: Column) -> bool {
    let needed = match column {
        Column::ExternalId => return view.own,
        Column::CustomerName
        | Column::CustomerWebsite
        | Column::CustomerCountry
        | Column::CustomerIndustry
        | Column::CustomerDuns => OpportunityField::Company,
        Column::ContactTitle => OpportunityField::ContactTitle,
        Column::BusinessProblem => OpportunityField::BusinessProblem,
        Column::UseCase => OpportunityField::UseCase,
        Column::DeliveryModels => OpportunityField::DeliveryModels,
        Column::ExpectedAmount
        | Column::Currency
        | Column::ExpectedFrequency
        | Column::ContractMonths
        | Column::Probability => OpportunityField::ExpectedAmount,
        Column::TargetCloseDate => OpportunityField::TargetCloseDate,
        Column::HelpRequested => OpportunityField::HelpRequested,
        Column::Competitors => OpportunityField::Competitors,
        Column::RelatedListings => OpportunityField::Listings,
        Column::Id
        | Column::Revision
        | Column::Title
        | Column::Stage
        | Column::LossReason
        | Column::Type
        | Column::Origin
        | Column::Involvement
        | Column::Confidential
        | Column::HidesParticipants
        | Column::Owner
        | Column::ReviewStatus
        | Column::CreatedAt
        | Column::UpdatedAt
        | Column::ArchivedAt => return true,
    };
    has(view.fields, needed)
}

fn money(row: &Opportunity) -> Option<(Decimal, iso_currency::Currency)> {
    let currency = form::currency(row.expected_currency.as_deref()?)?;
    Some((form::amount(row.expected_amount_minor?, currency), currency))
}

/// The word of the schema for a value; empty for none.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

fn set<F: Flag + Serialize>(mask: i32) -> String {
    let found: Vec<_> = from_mask::<F>(mask).iter().map(word).collect();
    words::joined(found.iter().map(String::as_str))
}

fn listings(view: &View) -> String {
    let slug = |slug: &Option<String>| slug.clone().unwrap_or_else(|| HIDDEN.to_owned());
    let pair = |listing: &ListingSlugs| match &listing.integrates_with {
        None => slug(&listing.listing),
        Some(other) => format!("{}+{}", slug(&listing.listing), slug(other)),
    };
    let found: Vec<_> = view.listings.iter().map(pair).collect();
    words::joined(found.iter().map(String::as_str))
}

/// What the cells of a row say of the content.
#[derive(Default)]
pub(super) struct Said {
    /// The change.
    pub(super) patch: ContentPatch,
    /// What the cells do not say so that it can be understood.
    pub(super) refusals: Vec<(Column, Refusal)>,
}

impl Said {
    /// Reads cells: each column once, its text trimmed. An empty cell is null; where a field cannot be null it leaves it.
    pub(super) fn of(cells: &[(Column, &str)]) -> Self {
        let mut said = Self::default();
        for (column, text) in cells {
            said.read(*column, text);
        }
        let find = |wanted: Column| cells.iter().find(|(column, _)| *column == wanted).map(|(_, text)| *text);
        if let Some(amount) = find(Column::ExpectedAmount) {
            said.read_amount(amount, find(Column::Currency).unwrap_or_default());
        }
        said
    }

    fn read(&mut self, column: Column, text: &str) {
        let patch = &mut self.patch;
        let line = || (!text.is_empty()).then(|| text.to_owned());
        match column {
            Column::ExternalId => patch.external_id = Some(line()),
            Column::Title => patch.title = Some(text.to_owned()),
            Column::CustomerName => patch.customer_name = Some(text.to_owned()),
            Column::CustomerDuns => patch.customer_duns = Some(line()),
            Column::ContactTitle => patch.contact_title = Some(line()),
            Column::BusinessProblem => patch.business_problem = Some(line()),
            Column::UseCase => patch.use_case = Some(line()),
            Column::Competitors => patch.competitors = Some(words::parted(text)),
            Column::RelatedListings => {
                let listing = |word: String| match word.split_once('+') {
                    Some((one, other)) => {
                        ListingRef { listing: one.trim().to_owned(), integrates_with: Some(other.trim().to_owned()) }
                    }
                    None => ListingRef { listing: word, integrates_with: None },
                };
                patch.listings = Some(words::parted(text).into_iter().map(listing).collect());
            }
            Column::CustomerWebsite => {
                let expected = "An absolute http or https URL of at most 2,048 characters.";
                self.patch.customer_website = self.optional(column, text, expected, form::url);
            }
            Column::CustomerCountry => {
                let expected = "A country as in ISO 3166-1 alpha-2, in capitals.";
                self.patch.customer_country = self.optional(column, text, expected, form::country);
            }
            Column::TargetCloseDate => {
                self.patch.target_close_date = self.optional(column, text, "A day as YYYY-MM-DD.", form::day);
            }
            Column::ContractMonths => self.patch.contract_months = self.optional(column, text, WHOLE, whole),
            Column::Probability => self.patch.probability = self.optional(column, text, WHOLE, whole),
            Column::CustomerIndustry => self.patch.customer_industry = self.optional(column, text, WORD, value),
            Column::ExpectedFrequency => self.patch.expected_frequency = self.optional(column, text, WORD, value),
            Column::Type => self.patch.kind = self.optional(column, text, WORD, value).flatten(),
            Column::Origin => self.patch.origin = self.optional(column, text, WORD, value).flatten(),
            Column::Involvement => self.patch.involvement = self.optional(column, text, WORD, value).flatten(),
            Column::Confidential => self.patch.confidential = self.optional(column, text, TRUTH, truth).flatten(),
            Column::HidesParticipants => {
                self.patch.hides_participants = self.optional(column, text, TRUTH, truth).flatten();
            }
            Column::DeliveryModels => self.patch.delivery_models = self.mask::<DeliveryModel>(column, text),
            Column::HelpRequested => self.patch.help_requested = self.mask::<HelpKind>(column, text),
            // Of the two columns of an amount the first is read with the second; moves are read by `parsed`.
            Column::ExpectedAmount | Column::Currency | Column::Stage | Column::LossReason => {}
            Column::Id
            | Column::Revision
            | Column::Owner
            | Column::ReviewStatus
            | Column::CreatedAt
            | Column::UpdatedAt
            | Column::ArchivedAt => {}
        }
    }

    fn read_amount(&mut self, amount: &str, currency: &str) {
        let refuse = |said: &mut Self, column, code, message: &str| {
            said.refusals.push((column, Refusal::of("", code, message)));
        };
        match (amount, currency) {
            ("", "") => self.patch.expected_amount = Some(None),
            (_, "") => refuse(self, Column::Currency, ErrorCode::Required, "An amount needs a currency."),
            ("", _) => refuse(self, Column::ExpectedAmount, ErrorCode::Required, "A currency needs an amount."),
            (amount, currency) => {
                let Some(currency) = form::currency(currency) else {
                    let message = "A currency as in ISO 4217, in capitals.";
                    return refuse(self, Column::Currency, ErrorCode::InvalidFormat, message);
                };
                let Ok(amount) = amount.parse::<Decimal>() else {
                    let message = "A decimal with a point, such as 1200.50.";
                    return refuse(self, Column::ExpectedAmount, ErrorCode::InvalidFormat, message);
                };
                match form::minor_units("", amount, currency) {
                    Err(refusal) => self.refusals.push((Column::ExpectedAmount, refusal)),
                    Ok(minor) => {
                        let amount = Amount { minor, currency: currency.code().to_owned() };
                        self.patch.expected_amount = Some(Some(amount));
                    }
                }
            }
        }
    }

    /// `Some(None)` for an empty cell; `None`, with a refusal noted, for one that `read` does not understand.
    fn optional<T>(
        &mut self,
        column: Column,
        text: &str,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Option<T>> {
        if text.is_empty() {
            return Some(None);
        }
        let found = read(text);
        if found.is_none() {
            self.refusals.push((column, Refusal::of("", ErrorCode::InvalidFormat, format!("Expected: {expected}"))));
        }
        found.map(Some)
    }

    fn mask<F: Flag + DeserializeOwned>(&mut self, column: Column, text: &str) -> Option<i32> {
        let found: Option<Vec<F>> = words::parted(text).iter().map(|word| value(word)).collect();
        if found.is_none() {
            let message = format!("Expected: {WORD} Several are parted by semicolons.");
            self.refusals.push((column, Refusal::of("", ErrorCode::InvalidFormat, message)));
        }
        found.map(to_mask)
    }

    /// The value of a cell that says one word of the schema; none for an empty cell.
    pub(super) fn parsed<T: DeserializeOwned>(&mut self, column: Column, text: &str) -> Option<T> {
        self.optional(column, text, WORD, value).flatten()
    }
}

const WHOLE: &str = "A whole number.";
const WORD: &str = "One of the values that the field has in the schema, in capitals.";
const TRUTH: &str = "true or false.";

fn whole(text: &str) -> Option<i32> {
    text.parse().ok()
}

fn truth(text: &str) -> Option<bool> {
    [("true", true), ("false", false)]
        .into_iter()
        .find(|(word, _)| text.eq_ignore_ascii_case(word))
        .map(|(_, truth)| truth)
}

fn value<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(Value::String(text.to_owned())).ok()
}
