//! The values and rules of organizations. Pure.

pub use entity::value::{OrganizationStatus, Role};

use crate::op::{ErrorCode, Refusal};

/// An organization.
pub type Organization = entity::organization::Model;

/// A country, region, segment, customer type or service that an organization covers.
pub type CoverageLine = entity::coverage::Model;

/// Characters of a name at most.
pub const NAME_MAX: usize = 200;

/// A change of an organization. An outer `None` leaves the value, an inner one empties it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrganizationPatch {
    /// The display name.
    pub name: Option<String>,
    /// The seat.
    pub country_code: Option<Option<String>>,
    /// Whether it has a public page.
    pub listed: Option<bool>,
}

/// Checks a required line of text and tidies it: trimmed, at least one and at most `max` characters.
///
/// # Errors
/// [`ErrorCode::Required`] or [`ErrorCode::TooLong`] for the field at `path`.
pub fn line(path: &str, text: &str, max: usize) -> Result<String, Refusal> {
    let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match tidy.chars().count() {
        0 => Err(Refusal::of(path, ErrorCode::Required, "A text is needed here.")),
        length if length > max => {
            Err(Refusal::of(path, ErrorCode::TooLong, format!("At most {max} characters; this has {length}.")))
        }
        _ => Ok(tidy),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop here")]
    use super::*;

    #[test]
    fn a_line_is_tidied_and_bounded() {
        assert_eq!(line("name", "  Acme \n Inc ", 200).unwrap(), "Acme Inc");
        assert_eq!(line("name", " \t", 200).unwrap_err().code, ErrorCode::Required);
        assert_eq!(line("name", "ééé", 2).unwrap_err().code, ErrorCode::TooLong);
        assert_eq!(line("name", "éé", 2).unwrap(), "éé");
    }
}
