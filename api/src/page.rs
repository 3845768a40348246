//! A page of a list: how many rows, behind which position. Pure; knows no GraphQL and no database.
//!
//! A cursor holds the name of the order it belongs to and the keys of its row, so that a cursor of another list or order
//! is refused instead of giving the wrong page.

use crate::op::Fault;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

/// Rows of a page where `first` is not given.
pub const DEFAULT_FIRST: u32 = 20;
/// Rows of a page at most.
pub const MAX_FIRST: u32 = 100;

/// A valid request for a page. `K` is the position: the sort keys of a row, the id last.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Page<K> {
    /// Rows wanted, 0 to [`MAX_FIRST`].
    pub first: u32,
    /// The position behind which the page starts.
    pub after: Option<K>,
}

/// The rows of a page, each with its position.
#[derive(Clone, Debug)]
pub struct Slice<T, K> {
    /// The rows in order.
    pub rows: Vec<(K, T)>,
    /// Whether more rows follow.
    pub has_next: bool,
    /// Whether the page starts behind a cursor.
    pub has_previous: bool,
}

impl<K> Page<K> {
    /// How many rows to ask the database for: one more than wanted, to know whether there are more.
    #[must_use]
    pub fn fetch(&self) -> u64 {
        u64::from(self.first) + 1
    }

    /// Makes the page of the rows that [`Page::fetch`] asked for.
    pub fn slice<T>(&self, mut rows: Vec<T>, position: impl Fn(&T) -> K) -> Slice<T, K> {
        let wanted = usize::try_from(self.first).unwrap_or(usize::MAX);
        let has_next = rows.len() > wanted;
        rows.truncate(wanted);
        Slice {
            rows: rows.into_iter().map(|row| (position(&row), row)).collect(),
            has_next,
            has_previous: self.after.is_some(),
        }
    }
}

impl<K: DeserializeOwned> Page<K> {
    /// Reads the arguments of a connection. `order` names the list and its order, for example `partners.NAME.ASC`.
    ///
    /// # Errors
    /// [`Fault::BadInput`] where `first` is negative or more than [`MAX_FIRST`], and for a cursor that is not one of this
    /// list in this order.
    pub fn parse(order: &str, first: Option<i32>, after: Option<&str>) -> Result<Self, Fault> {
        let first = match first {
            None => DEFAULT_FIRST,
            Some(first) => u32::try_from(first)
                .ok()
                .filter(|first| *first <= MAX_FIRST)
                .ok_or_else(|| Fault::bad_input(format!("`first` must be from 0 to {MAX_FIRST}.")))?,
        };
        let after = after.map(|cursor| read_cursor(order, cursor)).transpose()?;
        Ok(Self { first, after })
    }
}

impl<T, K> Slice<T, K> {
    /// The same page of other values.
    pub fn map<U>(self, convert: impl Fn(T) -> U) -> Slice<U, K> {
        let rows = self.rows.into_iter().map(|(position, row)| (position, convert(row))).collect();
        Slice { rows, has_next: self.has_next, has_previous: self.has_previous }
    }
}

/// The cursor of a row at `position` in `order`.
///
/// # Errors
/// [`Fault::Internal`] where the position cannot be written, which plain values always can.
pub fn write_cursor<K: Serialize>(order: &str, position: &K) -> Result<String, Fault> {
    let json = serde_json::to_vec(&(order, position)).map_err(Fault::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

fn read_cursor<K: DeserializeOwned>(order: &str, cursor: &str) -> Result<K, Fault> {
    let refused = || Fault::bad_input("The cursor is not one of this list in this order.");
    // The longest key is a name; anything longer was not written by us.
    if cursor.len() > 4096 {
        return Err(refused());
    }
    let json = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
    // No key of ours holds NUL, and PostgreSQL does not take it.
    if json.windows(6).any(|part| part == b"\\u0000") {
        return Err(refused());
    }
    let (of, position): (String, K) = serde_json::from_slice(&json).map_err(|_| refused())?;
    if of == order { Ok(position) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn first_has_bounds_and_a_default() {
        let page = |first| Page::<i32>::parse("x", first, None).map(|page| page.first);
        assert_eq!(page(None).unwrap(), 20);
        assert_eq!(page(Some(0)).unwrap(), 0);
        assert_eq!(page(Some(100)).unwrap(), 100);
        assert!(matches!(page(Some(101)), Err(Fault::BadInput(_))));
        assert!(matches!(page(Some(-1)), Err(Fault::BadInput(_))));
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        let cursor = write_cursor("partners.NAME.ASC", &("acme".to_owned(), 7)).unwrap();
        let page = Page::<(String, i32)>::parse("partners.NAME.ASC", None, Some(&cursor)).unwrap();
        assert_eq!(page.after, Some(("acme".to_owned(), 7)));
        assert!(Page::<(String, i32)>::parse("partners.TIER.ASC", None, Some(&cursor)).is_err());
        assert!(Page::<(i32, i32)>::parse("partners.NAME.ASC", None, Some(&cursor)).is_err());
        let nul = write_cursor("partners.NAME.ASC", &("a\0".to_owned(), 7)).unwrap();
        assert!(Page::<(String, i32)>::parse("partners.NAME.ASC", None, Some(&nul)).is_err());
    }

    proptest! {
        #[test]
        fn any_text_as_a_cursor_is_an_error_and_no_panic(text in ".{0,200}") {
            prop_assert!(Page::<(String, i64)>::parse("x", None, Some(&text)).is_err());
        }

        #[test]
        fn a_slice_never_has_more_than_asked(first in 0u32..=100, rows in 0usize..150) {
            let page = Page::<usize> { first, after: None };
            let slice = page.slice((0..rows.min(page.fetch() as usize)).collect(), |row| *row);
            prop_assert_eq!(slice.rows.len(), rows.min(first as usize));
            prop_assert_eq!(slice.has_next, rows > first as usize);
        }
    }
}
