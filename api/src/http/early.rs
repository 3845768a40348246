//! Answers that end a request early, whatever it was for: before its body was read, or where a fault got in the way.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{RETRY_AFTER, WWW_AUTHENTICATE},
    },
};

use super::{
    body::BodyFault,
    media::Media,
    request_id::RequestId,
    respond::{self, closing, with},
};
use crate::{
    op::{AuthFault, Fault},
    schema::request::code::Code,
};

/// The name of a request.
pub(super) fn request_id(request: &HttpRequest) -> String {
    use actix_web::HttpMessage;
    request.extensions().get::<RequestId>().map(|RequestId(id)| id.clone()).unwrap_or_default()
}

/// A refusal before the body was read.
pub(super) fn early(status: StatusCode, media: Media, message: &str) -> HttpResponse {
    closing(respond::refuse(status, media, Code::BadUserInput, message))
}

/// The answer to a body that could not be read.
pub(super) fn no_body(fault: BodyFault, media: Media) -> HttpResponse {
    let (status, code, message) = match fault {
        BodyFault::TooLarge(limit) => {
            let message = format!("The body is larger than {limit} bytes.");
            return closing(respond::refuse(StatusCode::PAYLOAD_TOO_LARGE, media, Code::LimitExceeded, &message));
        }
        BodyFault::TooSlow => (StatusCode::REQUEST_TIMEOUT, Code::Timeout, "The body did not arrive in time."),
        BodyFault::UnknownEncoding => {
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadUserInput, "Content-Encoding may be gzip or identity.")
        }
        BodyFault::Broken => (StatusCode::BAD_REQUEST, Code::BadUserInput, "The body cannot be read to its end."),
    };
    closing(respond::refuse(status, media, code, message))
}

/// The answer to credentials that are not accepted, or that could not be looked at.
pub(super) fn unauthenticated(fault: AuthFault, media: Media, request_id: &str) -> HttpResponse {
    let response = match fault {
        AuthFault::Refused(message) => with(
            respond::refuse(StatusCode::UNAUTHORIZED, media, Code::Unauthenticated, message),
            WWW_AUTHENTICATE,
            "Bearer realm=\"partnergraph\", error=\"invalid_token\"",
        ),
        AuthFault::Fault(fault) => faulty(fault, media, request_id),
    };
    closing(response)
}

/// The answer to one who has, or a server that has, as much open as there may be.
pub(super) fn crowded(status: StatusCode, message: &str) -> HttpResponse {
    with(respond::refuse(status, Media::Json, Code::LimitExceeded, message), RETRY_AFTER, "2")
}

/// The answer to a fault of ours, or of a database that has no time. What is internal is logged here, once.
pub(super) fn faulty(fault: Fault, media: Media, request_id: &str) -> HttpResponse {
    if matches!(fault, Fault::Timeout) {
        let response = respond::refuse(StatusCode::SERVICE_UNAVAILABLE, media, Code::Timeout, &fault.message());
        return with(response, RETRY_AFTER, "1");
    }
    respond::refuse(StatusCode::INTERNAL_SERVER_ERROR, media, Code::Internal, &internal(&fault, request_id))
}

/// Logs a fault of ours; gives what the client is told.
pub(super) fn internal(fault: &Fault, request_id: &str) -> String {
    tracing::error!(request_id, error = %fault.chain(), "internal fault");
    format!("Internal error. Its request id is {request_id}.")
}
