//! No text may hold the character NUL: PostgreSQL cannot store or compare it and SQLite can, so the two would answer
//! differently, and no name, word or key has it.

use async_graphql::{ServerError, Value, Variables};

use super::{code::Code, refusal::problem};

/// Refuses NUL in the document (where it can only be written as an escape) and in the variables.
///
/// # Errors
/// `BAD_USER_INPUT`.
pub(super) fn judge(document: &str, variables: &Variables) -> Result<(), ServerError> {
    if document.contains("\\u0000") || document.contains('\0') || variables.values().any(holds_nul) {
        return Err(problem(Code::BadUserInput, "A text must not hold the character NUL"));
    }
    Ok(())
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::List(values) => values.iter().any(holds_nul),
        Value::Object(members) => members.values().any(holds_nul),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nul_is_refused_wherever_it_is() {
        let none = Variables::default();
        assert!(judge("{ organization(slug: \"a\") { id } }", &none).is_ok());
        assert!(judge(r#"{ organization(slug: "a\u0000") { id } }"#, &none).is_err());
        for hidden in [json!({"a": "\0"}), json!({"a": ["x", "y\0"]}), json!({"a": {"b": [{"c": "\0z"}]}})] {
            assert!(judge("{ a }", &Variables::from_json(hidden)).is_err());
        }
        assert!(judge("{ a }", &Variables::from_json(json!({"a": ["x", {"b": "0"}], "c": 0}))).is_ok());
    }
}
