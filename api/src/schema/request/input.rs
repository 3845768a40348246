//! A GraphQL request as it arrives: from the JSON body of a POST, from the query string of a GET. It checks kinds, not
//! meaning, and never repeats what was sent or what a parser said.

use std::fmt;

use async_graphql::{Value, Variables};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{
    persisted::{self, PersistedQuery},
    refusal::Refusal,
};

/// The parameters of one request. Members that the specification does not name are ignored.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Input {
    /// The document. Absent only beside [`Input::persisted`].
    pub query: Option<String>,
    /// Which operation of the document to run; an empty name is none.
    pub operation_name: Option<String>,
    /// Values for the operation's variables, not yet judged.
    pub variables: Variables,
    /// The `persistedQuery` extension.
    pub persisted: Option<PersistedQuery>,
}

impl Input {
    /// Reads a request from the JSON text of a body.
    ///
    /// # Errors
    /// [`Stage::Malformed`](super::refusal::Stage::Malformed) for text that is not JSON, for a batch, for a parameter
    /// of another kind or given twice, and for a request without a document.
    pub fn from_json(body: &[u8]) -> Result<Self, Refusal> {
        let body = serde_json::from_slice(body).map_err(|error| {
            Refusal::malformed(match error.classify() {
                serde_json::error::Category::Data => "The body must be a JSON object".to_owned(),
                _ => format!("The body is not valid JSON (line {}, column {})", error.line(), error.column()),
            })
        })?;
        Self::from_body(body)
    }

    /// Reads a request from an object or array of JSON that was read as part of a message.
    ///
    /// # Errors
    /// As for [`Input::from_json`].
    pub fn from_body(body: Body) -> Result<Self, Refusal> {
        match body {
            Body::Members(members) => Self::from_members(members),
            Body::Batch => Err(Refusal::malformed("Batches are not supported: send one request at a time")),
        }
    }

    /// Reads a request from the query string of a URL (without the `?`).
    ///
    /// # Errors
    /// As for [`Input::from_json`]; the text of `variables` and `extensions` must be JSON.
    pub fn from_query_string(text: &str) -> Result<Self, Refusal> {
        let mut members = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (Some(name), Some(value)) = (decode(name), decode(value)) else {
                return Err(Refusal::malformed("The query string is not valid UTF-8"));
            };
            let value = match name.as_str() {
                "query" | "operationName" => Value::String(value),
                "variables" | "extensions" if value.is_empty() => Value::Null,
                "variables" | "extensions" => serde_json::from_str(&value)
                    .map_err(|_| Refusal::malformed(format!("Parameter \"{name}\" is not valid JSON")))?,
                _ => continue,
            };
            members.push((name, value));
        }
        Self::from_members(members)
    }

    fn from_members(members: Vec<(String, Value)>) -> Result<Self, Refusal> {
        let (mut query, mut operation_name, mut variables, mut extensions) = (None, None, None, None);
        for (name, value) in members {
            let slot = match name.as_str() {
                "query" => &mut query,
                "operationName" => &mut operation_name,
                "variables" => &mut variables,
                "extensions" => &mut extensions,
                _ => continue,
            };
            if slot.replace(value).is_some() {
                return Err(Refusal::malformed(format!("Parameter \"{name}\" is given more than once")));
            }
        }
        let persisted = match extensions.unwrap_or_default() {
            Value::Null => None,
            Value::Object(mut map) => {
                map.swap_remove("persistedQuery").map(persisted::from_extension).transpose()?.flatten()
            }
            _ => return Err(Refusal::malformed("Parameter \"extensions\" must be an object or null")),
        };
        let query = match query.unwrap_or_default() {
            // Some clients send an empty text beside a hash.
            Value::String(text) if text.is_empty() && persisted.is_some() => None,
            Value::String(text) => Some(text),
            Value::Null if persisted.is_some() => None,
            Value::Null => return Err(Refusal::malformed("Parameter \"query\" is required")),
            _ => return Err(Refusal::malformed("Parameter \"query\" must be a string")),
        };
        let operation_name = match operation_name.unwrap_or_default() {
            Value::Null => None,
            Value::String(name) => Some(name).filter(|name| !name.is_empty()),
            _ => return Err(Refusal::malformed("Parameter \"operationName\" must be a string or null")),
        };
        let variables = match variables.unwrap_or_default() {
            Value::Null => Variables::default(),
            Value::Object(map) => Variables::from_value(Value::Object(map)),
            _ => return Err(Refusal::malformed("Parameter \"variables\" must be an object or null")),
        };
        Ok(Self { query, operation_name, variables, persisted })
    }
}

/// Decodes `%41` and `+`. `None` if the bytes are not UTF-8; a `%` without two digits stands for itself.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        bytes.push(match (first, tail) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    rest = after;
                    high << 4 | low
                }
                _ => b'%',
            },
            (other, _) => *other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// A body that keeps members given twice, which a map would hide.
#[derive(Debug)]
pub enum Body {
    /// An object, its members in the order sent.
    Members(Vec<(String, Value)>),
    /// An array, which is not looked into.
    Batch,
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Body;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Body, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Body::Members(members))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Body, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Body::Batch)
            }
        }
        deserializer.deserialize_any(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::super::refusal::Stage;
    use super::*;

    fn refused(body: &str) -> String {
        let refusal = Input::from_json(body.as_bytes()).unwrap_err();
        assert_eq!(refusal.stage, Stage::Malformed);
        refusal.errors[0].message.clone()
    }

    #[test]
    fn a_body_is_read() {
        let input = Input::from_json(
            br#"{"query":"{a}","operationName":"A","variables":{"x":[1,{"y":null}]},"extensions":{"z":1},"id":7}"#,
        )
        .unwrap();
        assert_eq!(input.query.as_deref(), Some("{a}"));
        assert_eq!(input.operation_name.as_deref(), Some("A"));
        assert_eq!(input.variables.get("x").unwrap().to_string(), "[1, {y: null}]");
        assert_eq!(input.persisted, None);
        let nulls = br#"{"query":"{a}","operationName":null,"variables":null,"extensions":null}"#;
        assert_eq!(Input::from_json(nulls).unwrap(), Input { query: Some("{a}".into()), ..Input::default() });
    }

    #[test]
    fn each_parameter_has_its_kind() {
        for wrong in ["{}", "0", "false", "[\"a\"]"] {
            assert_eq!(refused(&format!(r#"{{"query":{wrong}}}"#)), "Parameter \"query\" must be a string");
            let name = refused(&format!(r#"{{"query":"{{a}}","operationName":{wrong}}}"#));
            assert_eq!(name, "Parameter \"operationName\" must be a string or null");
        }
        for wrong in ["\"a\"", "0", "false", "[\"a\"]"] {
            for parameter in ["variables", "extensions"] {
                let message = refused(&format!(r#"{{"query":"{{a}}","{parameter}":{wrong}}}"#));
                assert_eq!(message, format!("Parameter \"{parameter}\" must be an object or null"));
            }
        }
        assert_eq!(refused("{}"), "Parameter \"query\" is required");
        assert_eq!(refused(r#"{"query":null}"#), "Parameter \"query\" is required");
    }

    #[test]
    fn bodies_that_are_no_request_are_named() {
        assert_eq!(refused(r#"{ "not a JSON"#), "The body is not valid JSON (line 1, column 13)");
        assert_eq!(refused(""), "The body is not valid JSON (line 1, column 0)");
        assert_eq!(refused(r#"{"query":"{a}"} x"#), "The body is not valid JSON (line 1, column 17)");
        assert_eq!(refused("7"), "The body must be a JSON object");
        assert!(refused(r#"[{"query":"{a}"}]"#).starts_with("Batches are not supported"));
        assert_eq!(refused(r#"{"query":"{a}","query":"{b}"}"#), "Parameter \"query\" is given more than once");
        let deep = format!(r#"{{"query":"{{a}}","variables":{}"#, "[".repeat(100_000));
        assert!(refused(&deep).starts_with("The body is not valid JSON"));
        assert!(Input::from_json(b"{\"query\":\"\xff\"}").is_err());
    }

    #[test]
    fn a_query_string_is_read_by_the_names_of_the_specification() {
        let input = Input::from_query_string(
            "query=%7Ba%2B%C3%A9+%7D&operationName=A&variables=%7B%22x%22%3A1%7D&extensions=&operation_name=B&flag",
        )
        .unwrap();
        assert_eq!(input.query.as_deref(), Some("{a+é }"));
        assert_eq!(input.operation_name.as_deref(), Some("A"));
        assert_eq!(input.variables.get("x"), Some(&Value::from(1)));
        for wrong in ["variables=%7B", "extensions=x", "variables=[]", "query=%7Bb%7D", "operationName=%FF"] {
            let refusal = Input::from_query_string(&format!("query=%7Ba%7D&{wrong}")).unwrap_err();
            assert_eq!(refusal.stage, Stage::Malformed, "{wrong}");
        }
        assert!(Input::from_query_string("").is_err());
    }
}
