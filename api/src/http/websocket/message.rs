//! The messages of graphql-transport-ws. It reads what clients may send and writes what servers may, and does not know in
//! which order either makes sense.

use async_graphql::{ServerError, Value};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::close::Close;
use crate::schema::request::input::Body;

/// An id is kept as long as its operation runs.
const ID_BYTES: usize = 256;

/// What a client may say.
#[derive(Debug)]
pub(super) enum Said {
    /// With the value of the payload's `authorization`, if it has one.
    Init(Option<String>),
    Ping {
        authorization: Option<String>,
        payload: Option<Value>,
    },
    Pong,
    Subscribe {
        id: String,
        request: Body,
    },
    Complete {
        id: String,
    },
}

#[derive(Deserialize)]
struct Raw {
    #[serde(rename = "type")]
    kind: Option<String>,
    id: Option<String>,
    payload: Option<Body>,
}

/// Reads a message.
///
/// # Errors
/// 4400 for what is none, the messages of the legacy protocol (`start`, `stop`) among it; 4403 for an `authorization`
/// that is no text.
pub(super) fn read(text: &str) -> Result<Said, Close> {
    let raw: Raw = serde_json::from_str(text).map_err(|_| Close::invalid("Invalid message received"))?;
    let id = |id: Option<String>| match id {
        Some(id) if id.is_empty() => Err(Close::invalid("The id of a message must not be empty")),
        Some(id) if id.len() > ID_BYTES => Err(Close::invalid("The id of a message is too long")),
        Some(id) => Ok(id),
        None => Err(Close::invalid("The message needs an id")),
    };
    match raw.kind.as_deref() {
        Some("connection_init") => Ok(Said::Init(authorization(raw.payload.as_ref())?)),
        Some("ping") => {
            let authorization = authorization(raw.payload.as_ref())?;
            let payload = match raw.payload {
                // A token is not sent back.
                Some(Body::Members(members)) if authorization.is_none() => Some(Value::Object(
                    members.into_iter().map(|(name, value)| (async_graphql::Name::new(name), value)).collect(),
                )),
                _ => None,
            };
            Ok(Said::Ping { authorization, payload })
        }
        Some("pong") => Ok(Said::Pong),
        Some("subscribe") => {
            let id = id(raw.id)?;
            let request = raw.payload.ok_or(Close::invalid("The message needs a payload"))?;
            Ok(Said::Subscribe { id, request })
        }
        Some("complete") => Ok(Said::Complete { id: id(raw.id)? }),
        Some("start" | "stop") => Err(Close::invalid("Messages of the legacy protocol are not understood")),
        _ => Err(Close::invalid("Invalid message received")),
    }
}

/// The member `authorization`, in whatever case it is written, as HTTP has it with its header.
fn authorization(payload: Option<&Body>) -> Result<Option<String>, Close> {
    let members = match payload {
        None => return Ok(None),
        Some(Body::Batch) => return Err(Close::invalid("The payload must be an object")),
        Some(Body::Members(members)) => members,
    };
    let mut values = members.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    match (values.next(), values.next()) {
        (None, _) | (Some((_, Value::Null)), None) => Ok(None),
        (Some((_, Value::String(value))), None) => Ok(Some(value.clone())),
        (Some(_), None) => Err(Close::forbidden("The authorization must be a text")),
        (Some(_), Some(_)) => Err(Close::forbidden("Only one authorization may be sent")),
    }
}

/// `connection_ack`.
pub(super) fn ack() -> Bytes {
    Bytes::from_static(br#"{"type":"connection_ack"}"#)
}

/// The answer to a ping, with its payload.
pub(super) fn pong(payload: Option<&Value>) -> Bytes {
    match payload {
        None => Bytes::from_static(br#"{"type":"pong"}"#),
        Some(payload) => json!({ "type": "pong", "payload": payload }).to_string().into(),
    }
}

/// `complete`: there is nothing more.
pub(super) fn complete(id: &str) -> Bytes {
    json!({ "id": id, "type": "complete" }).to_string().into()
}

/// `error`: the request was refused, and there is nothing more.
pub(super) fn error(id: &str, errors: &[ServerError]) -> Bytes {
    json!({ "id": id, "type": "error", "payload": errors }).to_string().into()
}

/// What is put before the payload of each `next` of an operation, which [`NEXT_END`] then ends. The same payload can so be
/// sent to many.
pub(super) fn next_begin(id: &str) -> Bytes {
    format!("{{\"id\":{},\"type\":\"next\",\"payload\":", json!(id)).into()
}

/// See [`next_begin`].
pub(super) const NEXT_END: &[u8] = b"}";

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> u16 {
        read(text).err().map_or(0, |close| close.code)
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for text in [
            "",
            "{",
            "[]",
            "1",
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"unknown"}"#,
            r#"{"type":"next","id":"a","payload":{}}"#,
            r#"{"type":"start","id":"a","payload":{"query":"{a}"}}"#,
            r#"{"type":"stop","id":"a"}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"a"}"#,
            r#"{"type":"subscribe","id":"a","payload":"{a}"}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"connection_init","payload":[]}"#,
            r#"{"type":"connection_init","payload":"x"}"#,
            r#"{"type":"ping","type":"ping"}"#,
        ] {
            assert_eq!(code(text), 4400, "{text}");
        }
        let long = format!(r#"{{"type":"complete","id":"{}"}}"#, "x".repeat(257));
        assert_eq!(code(&long), 4400);
    }

    #[test]
    fn the_authorization_is_found_in_any_case_and_never_repeated() {
        for name in ["authorization", "Authorization", "AUTHORIZATION"] {
            let said =
                read(&format!(r#"{{"type":"connection_init","payload":{{"x":1,"{name}":"Bearer t"}}}}"#)).unwrap();
            assert!(matches!(said, Said::Init(Some(token)) if token == "Bearer t"), "{name}");
        }
        for payload in [r#"{"authorization":1}"#, r#"{"authorization":"a","Authorization":"a"}"#] {
            let close = read(&format!(r#"{{"type":"connection_init","payload":{payload}}}"#)).unwrap_err();
            assert_eq!((close.code, close.at_once), (4403, true), "{payload}");
        }
        for none in ["", r#","payload":null"#, r#","payload":{}"#, r#","payload":{"authorization":null}"#] {
            assert!(matches!(read(&format!(r#"{{"type":"connection_init"{none}}}"#)), Ok(Said::Init(None))), "{none}");
        }
        let said = read(r#"{"type":"ping","payload":{"authorization":"Bearer t","n":1}}"#).unwrap();
        assert!(matches!(said, Said::Ping { authorization: Some(_), payload: None }));
        let said = read(r#"{"type":"ping","payload":{"n":[1]}}"#).unwrap();
        let Said::Ping { payload, .. } = said else { unreachable!() };
        assert_eq!(pong(payload.as_ref()), r#"{"payload":{"n":[1]},"type":"pong"}"#);
    }

    #[test]
    fn a_next_is_put_together_around_its_payload() {
        let text = [&next_begin("a\"b")[..], b"{\"data\":1}", NEXT_END].concat();
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&text).unwrap()["id"], "a\"b");
        assert_eq!(complete("a"), r#"{"id":"a","type":"complete"}"#);
    }
}
