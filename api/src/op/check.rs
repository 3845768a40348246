//! Checks of what clients type in, each written once: tidied and bounded texts, bounded lists and numbers. Lengths count
//! characters (Unicode scalar values). `path` names the field of the input, its parts joined by dots.

use super::{ErrorCode, Refusal};
use crate::text::{clean_line, clean_text};
use std::ops::RangeInclusive;

/// A required line: tidied, 1 to `max` characters.
///
/// # Errors
/// [`ErrorCode::Required`] or [`ErrorCode::TooLong`].
pub fn line(path: &str, text: &str, max: usize) -> Result<String, Refusal> {
    required(path, clean_line(text), max)
}

/// A required text that may have several lines: tidied, 1 to `max` characters.
///
/// # Errors
/// [`ErrorCode::Required`] or [`ErrorCode::TooLong`].
pub fn paragraph(path: &str, text: &str, max: usize) -> Result<String, Refusal> {
    required(path, clean_text(text), max)
}

/// An optional line; a blank one counts as none.
///
/// # Errors
/// [`ErrorCode::TooLong`].
pub fn optional_line(path: &str, text: Option<&str>, max: usize) -> Result<Option<String>, Refusal> {
    optional(path, text.map(clean_line), max)
}

/// An optional text of several lines; a blank one counts as none.
///
/// # Errors
/// [`ErrorCode::TooLong`].
pub fn optional_paragraph(path: &str, text: Option<&str>, max: usize) -> Result<Option<String>, Refusal> {
    optional(path, text.map(clean_text), max)
}

/// At most `max` entries.
///
/// # Errors
/// [`ErrorCode::TooMany`].
pub fn at_most(path: &str, entries: usize, max: usize) -> Result<(), Refusal> {
    if entries > max {
        return Err(Refusal::of(path, ErrorCode::TooMany, format!("At most {max} entries; there are {entries}.")));
    }
    Ok(())
}

/// A number within bounds.
///
/// # Errors
/// [`ErrorCode::OutOfRange`].
pub fn within<N: PartialOrd + std::fmt::Display + Copy>(
    path: &str,
    number: N,
    bounds: &RangeInclusive<N>,
) -> Result<N, Refusal> {
    if bounds.contains(&number) {
        return Ok(number);
    }
    let message = format!("Must be from {} to {}.", bounds.start(), bounds.end());
    Err(Refusal::of(path, ErrorCode::OutOfRange, message))
}

fn required(path: &str, tidy: String, max: usize) -> Result<String, Refusal> {
    if tidy.is_empty() {
        return Err(Refusal::of(path, ErrorCode::Required, "A text is needed here."));
    }
    bounded(path, tidy, max)
}

fn optional(path: &str, tidy: Option<String>, max: usize) -> Result<Option<String>, Refusal> {
    tidy.filter(|text| !text.is_empty()).map(|text| bounded(path, text, max)).transpose()
}

fn bounded(path: &str, tidy: String, max: usize) -> Result<String, Refusal> {
    match tidy.chars().count() {
        length if length > max => {
            Err(Refusal::of(path, ErrorCode::TooLong, format!("At most {max} characters; this has {length}.")))
        }
        _ => Ok(tidy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_tidied_and_bounded() {
        assert_eq!(line("name", "  Acme \n Inc ", 200).ok().as_deref(), Some("Acme Inc"));
        assert_eq!(line("name", " \t", 200).err().map(|refusal| refusal.code), Some(ErrorCode::Required));
        assert_eq!(line("name", "ééé", 2).err().map(|refusal| refusal.code), Some(ErrorCode::TooLong));
        assert_eq!(line("name", "éé", 2).ok().as_deref(), Some("éé"));
        assert_eq!(optional_line("name", Some("  "), 2).ok(), Some(None));
    }

    #[test]
    fn bounds_are_inclusive() {
        assert!(within("rank", 1, &(1..=3)).is_ok());
        assert!(within("rank", 4, &(1..=3)).is_err());
        assert!(at_most("types", 3, 3).is_ok());
        assert!(at_most("types", 4, 3).is_err());
    }
}
