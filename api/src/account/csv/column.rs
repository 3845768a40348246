//! The columns of a file by the names that exports of customer lists give them. Pure.

use crate::account::model::AccountDraft;

/// Columns of a file at most.
const COLUMNS_MAX: usize = 200;
/// Columns of a file at most that are no known ones: as many as an account has further fields.
const CUSTOM_MAX: usize = 20;

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    ExternalId,
    Name,
    Website,
    Country,
    Email,
    Duns,
    Owner,
    Stage,
    Amount,
    Currency,
    /// A further field, named as the file names it.
    Custom(String),
    /// Without a name: nothing.
    Nameless,
}

/// The names of known columns, as words in lower case; the first one of each is the one that reports say.
const NAMES: [(Column, &[&str]); 10] = [
    (
        Column::ExternalId,
        &["externalid", "external id", "id", "account id", "accountid", "crm id", "crmid", "record id", "customer id"],
    ),
    (
        Column::Name,
        &["name", "account name", "accountname", "company", "company name", "companyname", "customer", "customer name"],
    ),
    (
        Column::Website,
        &["website", "website url", "websiteurl", "url", "web site", "domain", "company domain", "company domain name"],
    ),
    (
        Column::Country,
        &["country", "countrycode", "country code", "billing country", "billingcountry", "company country"],
    ),
    (Column::Email, &["email", "e mail", "emaildomain", "email domain", "email address", "company email"]),
    (Column::Duns, &["duns", "duns number", "dunsnumber", "d u n s", "d u n s number"]),
    (
        Column::Owner,
        &["owner", "account owner", "accountowner", "owner name", "opportunity owner", "company owner", "territory"],
    ),
    (Column::Stage, &["stage", "stage name", "stagename", "opportunity stage", "deal stage", "lifecycle stage"]),
    (Column::Amount, &["amount", "deal amount", "opportunity amount", "value", "deal value", "annual revenue"]),
    (Column::Currency, &["currency", "currencycode", "currency code", "currency iso code", "currencyisocode"]),
];

impl Column {
    /// The column that a header names so.
    fn named(header: &str) -> Self {
        if header.is_empty() {
            return Self::Nameless;
        }
        let words = words(header);
        let known = NAMES.into_iter().find(|(_, names)| names.contains(&words.as_str()));
        known.map_or_else(|| Self::Custom(header.to_owned()), |(column, _)| column)
    }

    /// The field of an account that a cell of it becomes.
    pub(super) fn field(&self) -> &'static str {
        match self {
            Self::ExternalId => "externalId",
            Self::Name => "name",
            Self::Website => "website",
            Self::Country => "countryCode",
            Self::Email => "emailDomain",
            Self::Duns => "duns",
            Self::Owner => "owner",
            Self::Stage => "stage",
            Self::Amount => "amount",
            Self::Currency => "currency",
            Self::Custom(_) => "custom",
            Self::Nameless => "",
        }
    }
}

/// The words of a header in lower case: "Account_Name" and "account name" are the same.
fn words(header: &str) -> String {
    let plain: String = header.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    plain.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The columns of a header.
///
/// # Errors
/// Why it is none of a list of accounts, for people.
pub(super) fn columns(header: &[String]) -> Result<Vec<Column>, String> {
    if header.len() > COLUMNS_MAX {
        return Err(format!("A file has at most {COLUMNS_MAX} columns; this has {}.", header.len()));
    }
    let mut columns: Vec<Column> = Vec::with_capacity(header.len());
    for (place, name) in header.iter().enumerate() {
        let column = Column::named(name);
        if column != Column::Nameless && columns.contains(&column) {
            // The name is not repeated: it may be anything.
            let message = format!("Column {} says the same as one before it ({}).", place + 1, column.field());
            return Err(message);
        }
        columns.push(column);
    }
    if !columns.contains(&Column::Name) {
        return Err("The first row names the columns, and one of them must be `name`.".to_owned());
    }
    let custom = columns.iter().filter(|column| matches!(column, Column::Custom(_))).count();
    if custom > CUSTOM_MAX {
        return Err(format!("A file has at most {CUSTOM_MAX} columns of its own; this has {custom}."));
    }
    Ok(columns)
}

/// The account that the cells of a row say, and the place of an amount that is none.
pub(super) fn draft(columns: &[Column], cells: Vec<String>) -> (AccountDraft, Option<usize>) {
    let mut draft = AccountDraft::default();
    let mut unread = None;
    for (place, (column, cell)) in columns.iter().zip(cells).enumerate() {
        match column {
            Column::ExternalId => draft.external_id = Some(cell),
            Column::Name => draft.name = cell,
            Column::Website => draft.website = Some(cell),
            Column::Country => draft.country = Some(cell),
            Column::Email => draft.email = Some(cell),
            Column::Duns => draft.duns = Some(cell),
            Column::Owner => draft.owner = Some(cell),
            Column::Stage => draft.stage = Some(cell),
            Column::Amount => {
                let text = cell.trim();
                draft.amount = text.parse().ok();
                if draft.amount.is_none() && !text.is_empty() {
                    unread = Some(place);
                }
            }
            Column::Currency => draft.currency = Some(cell),
            Column::Custom(name) => draft.custom.push((name.clone(), cell)),
            Column::Nameless => {}
        }
    }
    (draft, unread)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Result<Vec<Column>, String> {
        columns(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn names_are_known_in_many_spellings() {
        let found =
            header(&["Account ID", "account_name", "Company Domain Name", "BillingCountry", "D-U-N-S", "Segment"]);
        let expected = [
            Column::ExternalId,
            Column::Name,
            Column::Website,
            Column::Country,
            Column::Duns,
            Column::Custom("Segment".to_owned()),
        ];
        assert_eq!(found.unwrap(), expected);
        assert_eq!(header(&["name", "", ""]).unwrap().len(), 3);
    }

    #[test]
    fn a_header_that_is_none_is_refused() {
        assert!(header(&["id", "website"]).unwrap_err().contains("name"));
        assert!(header(&["name", "Company"]).unwrap_err().contains("Column 2"));
        assert!(header(&["name", "A", "A"]).unwrap_err().contains("Column 3"));
        let many: Vec<_> = (0..21).map(|number| format!("own {number}")).chain(["name".to_owned()]).collect();
        assert!(columns(&many).unwrap_err().contains("20"));
        assert!(columns(&vec![String::new(); 201]).unwrap_err().contains("200"));
    }

    #[test]
    fn an_amount_that_is_none_is_told() {
        let columns = header(&["name", "amount", "currency"]).unwrap();
        let row = |amount: &str| draft(&columns, vec!["Acme".to_owned(), amount.to_owned(), "EUR".to_owned()]);
        assert_eq!(row(" 12.50 ").0.amount, Some("12.50".parse().unwrap()));
        assert_eq!(row("about 12").1, Some(1));
        assert_eq!(row(" ").1, None);
    }
}
