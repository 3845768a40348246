//! What a request was answered with.

use serde_json::Value;

/// An answer. The accessors stop the test with the whole answer where it is not what they are named after.
#[derive(Debug)]
pub(crate) struct Answer(Value);

impl Answer {
    pub(crate) fn new(body: Value) -> Self {
        Self(body)
    }

    /// The whole body.
    pub(crate) fn body(&self) -> &Value {
        &self.0
    }

    /// The data of an answer without errors.
    pub(crate) fn data(&self) -> &Value {
        let clean = self.0.get("errors").and_then(Value::as_array).is_none_or(Vec::is_empty);
        assert!(clean, "errors: {:#}", self.0);
        &self.0["data"]
    }

    /// The value at a JSON pointer below the data of an answer without errors, for example `/organization/name`.
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.data().pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer}: {:#}", self.0))
    }

    /// The payload of the only mutation, which must have done what it was asked to.
    pub(crate) fn payload(&self) -> &Value {
        let payload = self.only();
        let refused = payload["userErrors"].as_array().is_none_or(|errors| !errors.is_empty());
        assert!(!refused, "refused: {:#}", self.0);
        payload
    }

    /// The codes of the only mutation's refusals; nothing else may be in its payload.
    pub(crate) fn refusals(&self) -> Vec<String> {
        let payload = self.only();
        let codes: Vec<String> = payload["userErrors"]
            .as_array()
            .unwrap_or_else(|| panic!("no userErrors: {:#}", self.0))
            .iter()
            .map(|error| error["code"].as_str().unwrap_or("no code was asked for").to_owned())
            .collect();
        assert!(!codes.is_empty(), "not refused: {:#}", self.0);
        let rest = payload.as_object().unwrap().iter().filter(|(name, _)| *name != "userErrors");
        assert!(rest.clone().all(|(_, value)| value.is_null()), "refused and done at once: {:#}", self.0);
        codes
    }

    /// The code of the only error at the top level.
    pub(crate) fn error_code(&self) -> &str {
        let errors = self.0["errors"].as_array().unwrap_or_else(|| panic!("no errors: {:#}", self.0));
        assert_eq!(errors.len(), 1, "{:#}", self.0);
        errors[0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no code: {:#}", self.0))
    }

    fn only(&self) -> &Value {
        let data = self.data().as_object().unwrap();
        assert_eq!(data.len(), 1, "one mutation at a time: {:#}", self.0);
        data.values().next().unwrap()
    }
}
