//! Who calls: from the `Authorization` header to what resolvers find in their context.

use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use async_graphql::Data;
use async_trait::async_trait;

use crate::{
    op::{AuthFault, Authenticator, Op, World},
    schema::loader,
};

/// What the transport knows of a caller.
pub struct Caller<'a> {
    /// The value of the `Authorization` header, if there is one.
    pub authorization: Option<&'a str>,
    /// The name of the request.
    pub request_id: &'a str,
    /// BCP 47 tags, best first.
    pub languages: Vec<String>,
}

/// Lets callers in. The server uses [`OpAdmission`]; tests of the transport need no database.
#[async_trait]
pub trait Admission: Send + Sync {
    /// What the resolvers of this caller's request find in their context.
    ///
    /// # Errors
    /// [`AuthFault::Refused`] for credentials that are not accepted.
    async fn admit(&self, caller: Caller<'_>) -> Result<Data, AuthFault>;
}

/// Admission by tokens and API keys, with an operation and a loader for each request.
pub struct OpAdmission {
    world: Arc<World>,
    authenticator: Arc<Authenticator>,
}

impl OpAdmission {
    /// Admission to `world`.
    #[must_use]
    pub fn new(world: Arc<World>, authenticator: Arc<Authenticator>) -> Self {
        Self { world, authenticator }
    }
}

#[async_trait]
impl Admission for OpAdmission {
    async fn admit(&self, caller: Caller<'_>) -> Result<Data, AuthFault> {
        let actor = self.authenticator.authenticate(caller.authorization).await?;
        let op = Op::new(Arc::clone(&self.world), actor, caller.request_id, caller.languages);
        let mut data = Data::default();
        data.insert(loader::loaders(op.clone()));
        data.insert(op);
        Ok(data)
    }
}

/// The one `Authorization` of a request.
///
/// # Errors
/// A text for the client, if there are several or it is no text.
pub(super) fn authorization(headers: &HeaderMap) -> Result<Option<&str>, &'static str> {
    let mut values = headers.get_all(AUTHORIZATION);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| "The Authorization header is not readable."),
        (Some(_), Some(_)) => Err("Only one Authorization header may be sent."),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn one_readable_header_or_none() {
        let mut headers = HeaderMap::new();
        assert_eq!(authorization(&headers), Ok(None));
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer a"));
        assert_eq!(authorization(&headers), Ok(Some("Bearer a")));
        headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer a"));
        assert!(authorization(&headers).is_err());
        headers.insert(AUTHORIZATION, HeaderValue::from_bytes(b"Bearer \xff").unwrap());
        assert!(authorization(&headers).is_err());
    }
}
