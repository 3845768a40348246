//! The parameters of a query string, each read once and none of them guessed at. Pure.

use crate::op::Fault;

/// The parameters, each of which may be given once.
///
/// # Errors
/// [`Fault::BadInput`] for one that is given twice, and for a NUL character.
pub fn distinct(parameters: &[(String, String)]) -> Result<Vec<(&str, &str)>, Fault> {
    let mut read: Vec<(&str, &str)> = Vec::new();
    for (name, value) in parameters {
        if read.iter().any(|(other, _)| other == name) {
            return Err(Fault::bad_input("A parameter of the query string is given twice."));
        }
        if value.contains('\0') {
            return Err(Fault::bad_input("A parameter of the query string has a NUL character in it."));
        }
        read.push((name, value));
    }
    Ok(read)
}

/// A parameter that is none of the `known`. Its name is not repeated: it may be anything.
#[must_use]
pub fn unknown(known: &str) -> Fault {
    Fault::bad_input(format!("A parameter of the query string is unknown; there are {known}."))
}

/// A parameter that has another value than it may have.
#[must_use]
pub fn refused(name: &str, expected: &str) -> Fault {
    Fault::bad_input(format!("The parameter `{name}` must be {expected}."))
}

/// Reads `true` or `false`.
///
/// # Errors
/// [`Fault::BadInput`] for anything else.
pub fn truth(name: &str, value: &str) -> Result<bool, Fault> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(refused(name, "true or false")),
    }
}
