//! The closed set of `extensions.code` as a type, so that a match over it is complete. It knows nothing of how a
//! request is judged.

use crate::schema::error::code;

/// A code that clients switch on. The set is closed: adding one is a change of the public contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// A value the client sent is not one that the server takes.
    BadUserInput,
    /// Credentials are missing where they are needed, or are not valid.
    Unauthenticated,
    /// The credentials lack a scope.
    Forbidden,
    /// What the request names is not there, or not visible.
    NotFound,
    /// The request asks for more than one request may.
    LimitExceeded,
    /// Too many requests in too short a time.
    RateLimited,
    /// The answer took longer than the server allows itself.
    Timeout,
    /// A feed cannot go on from this cursor.
    CursorExpired,
    /// The document is not GraphQL.
    GraphqlParseFailed,
    /// The document does not fit the schema.
    GraphqlValidationFailed,
    /// The server does not hold the document of this hash; send it with the hash.
    PersistedQueryNotFound,
    /// The server does not keep documents, or not by this version of the protocol.
    PersistedQueryNotSupported,
    /// A fault of the server; the request id is the handle for support.
    Internal,
}

impl Code {
    /// Every code, in the order of the documentation.
    pub const ALL: [Self; 13] = [
        Self::BadUserInput,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::LimitExceeded,
        Self::RateLimited,
        Self::Timeout,
        Self::CursorExpired,
        Self::GraphqlParseFailed,
        Self::GraphqlValidationFailed,
        Self::PersistedQueryNotFound,
        Self::PersistedQueryNotSupported,
        Self::Internal,
    ];

    /// The code as clients read it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadUserInput => code::BAD_USER_INPUT,
            Self::Unauthenticated => code::UNAUTHENTICATED,
            Self::Forbidden => code::FORBIDDEN,
            Self::NotFound => code::NOT_FOUND,
            Self::LimitExceeded => code::LIMIT_EXCEEDED,
            Self::RateLimited => code::RATE_LIMITED,
            Self::Timeout => code::TIMEOUT,
            Self::CursorExpired => code::CURSOR_EXPIRED,
            Self::GraphqlParseFailed => code::GRAPHQL_PARSE_FAILED,
            Self::GraphqlValidationFailed => code::GRAPHQL_VALIDATION_FAILED,
            Self::PersistedQueryNotFound => code::PERSISTED_QUERY_NOT_FOUND,
            Self::PersistedQueryNotSupported => code::PERSISTED_QUERY_NOT_SUPPORTED,
            Self::Internal => code::INTERNAL,
        }
    }

    /// The code that `text` names, if it is one of the set.
    pub fn from_name(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn every_code_is_found_by_its_name_and_no_other_is() {
        for code in Code::ALL {
            assert_eq!(Code::from_name(code.as_str()), Some(code));
        }
        assert_eq!(Code::from_name("INTERNAL_SERVER_ERROR"), None);
    }
}
