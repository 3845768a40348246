//! From a request to a socket: what RFC 6455 asks of an upgrade, the subprotocol, and whose pages may open one.
//!
//! A WebSocket carries no cookies here, so a foreign page that opens one has nothing but what it knows itself. It is
//! refused all the same where CORS would not let it read an answer: one rule for both is one that can be relied on.

use std::{panic::AssertUnwindSafe, rc::Rc, sync::Arc, time::Instant};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::{
        Method, StatusCode, Version,
        header::{
            CONNECTION, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
            SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
        },
    },
    rt::net::TcpStream,
    web,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::FutureExt;
use sha1::{Digest, Sha1};

use super::{
    close::Close,
    frame::Reader,
    front::Front,
    goodbye,
    outbox::Outbox,
    socket::{self, End, Greeting},
    wire::Wire,
};
use crate::{
    http::{
        auth,
        cors::{self, Page},
        language,
        live::Entry,
        media::Media,
        port::{MayLeave, Onward},
        respond::{self, closing, with},
        server::Site,
    },
    schema::request::code::Code,
};

/// The one subprotocol.
const PROTOCOL: &str = "graphql-transport-ws";
/// What RFC 6455 puts behind the key of the client, to prove that the server knows what it is doing.
const PROOF: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Whether the client wants a WebSocket.
pub(in crate::http) fn is_asked(request: &HttpRequest) -> bool {
    request.method() == Method::GET && names(request.headers(), &UPGRADE, "websocket")
}

/// Answers with the way to a socket, or says why not.
pub(in crate::http) fn upgrade(request: &HttpRequest, site: &web::Data<Site>, request_id: String) -> HttpResponse {
    begin(request, site, request_id).unwrap_or_else(Refused::answer)
}

/// Why there is no socket.
struct Refused {
    status: StatusCode,
    code: Code,
    message: &'static str,
}

impl Refused {
    const fn bad(message: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code: Code::BadUserInput, message }
    }

    const fn busy(message: &'static str) -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, code: Code::LimitExceeded, message }
    }

    fn answer(self) -> HttpResponse {
        let response = closing(respond::refuse(self.status, Media::Json, self.code, self.message));
        match self.status {
            StatusCode::UPGRADE_REQUIRED => with(with(response, SEC_WEBSOCKET_VERSION, "13"), UPGRADE, "websocket"),
            StatusCode::SERVICE_UNAVAILABLE => with(response, RETRY_AFTER, "2"),
            _ => response,
        }
    }
}

fn begin(request: &HttpRequest, site: &web::Data<Site>, request_id: String) -> Result<HttpResponse, Refused> {
    let headers = request.headers();
    if request.version() < Version::HTTP_11 || !names(headers, &CONNECTION, "upgrade") {
        return Err(Refused::bad("A WebSocket needs HTTP/1.1 and Connection: Upgrade."));
    }
    if headers.get(SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        let message = "Only version 13 of the WebSocket protocol is spoken.";
        return Err(Refused { status: StatusCode::UPGRADE_REQUIRED, ..Refused::bad(message) });
    }
    if !request.extensions().contains::<MayLeave>() {
        return Err(Refused::bad("A handshake has no body, and no other protocol beside websocket in Upgrade."));
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).filter(|key| is_key(key));
    let key = key.ok_or(Refused::bad("Sec-WebSocket-Key must be 16 bytes in Base64."))?;
    let spoken = match protocol(headers) {
        Offered::Spoken => true,
        Offered::None => false,
        Offered::Others => return Err(Refused::bad("The subprotocol must be graphql-transport-ws.")),
    };
    let visitor_only = match cors::page(&site.origins, headers) {
        Page::Welcome => false,
        Page::AsVisitor => true,
        Page::Foreign => {
            let message = "Pages of this origin may not connect.";
            return Err(Refused { status: StatusCode::FORBIDDEN, code: Code::Forbidden, message });
        }
    };
    let authorization = auth::authorization(headers).map_err(Refused::bad)?.map(str::to_owned);
    if site.closing.has_begun() {
        return Err(Refused::busy("The server is stopping."));
    }
    let entry = site.seats.enter(&site.live).map_err(|full| Refused::busy(full.message()))?;

    let greeting = Greeting { authorization, languages: language::preferred(headers), request_id, visitor_only };
    let mut response = HttpResponse::build(StatusCode::SWITCHING_PROTOCOLS);
    response.upgrade("websocket").insert_header((SEC_WEBSOCKET_ACCEPT, accept(key)));
    if spoken {
        response.insert_header((SEC_WEBSOCKET_PROTOCOL, PROTOCOL));
    }
    let mut response = response.finish();
    // Some clients compare header names letter by letter.
    response.head_mut().set_camel_case_headers(true);
    let site = Arc::clone(site);
    let begin = move |stream, early: web::BytesMut| attend(site, greeting, spoken, entry, (stream, early));
    response.extensions_mut().insert(Onward::new(begin));
    Ok(response)
}

/// A socket, from the answer to its request to its end. Where the protocol is not `spoken`, no subprotocol was named.
async fn attend(
    site: Arc<Site>,
    greeting: Greeting,
    spoken: bool,
    _entry: Entry,
    (stream, early): (TcpStream, web::BytesMut),
) {
    let connected = site.metrics.live.connect("websocket");
    let began = Instant::now();
    let request_id = greeting.request_id.clone();
    let wire = Wire::new(stream, Outbox::new(site.live.outbox_messages, site.live.outbox_bytes));
    let front = Front::new(wire);
    let (end, reader) = if spoken {
        // In a box, so that it takes its room once: it is all that a socket is for as long as it is open.
        let served = socket::serve(Arc::clone(&site), greeting, Rc::clone(&front), early).boxed_local();
        AssertUnwindSafe(served).catch_unwind().await.unwrap_or_else(|_| {
            tracing::error!(request_id, cause = "a socket panicked", "internal fault");
            (Close::INTERNAL.into(), Reader::new(0))
        })
    } else {
        // A client that named no subprotocol can at least be told which one it lacks.
        (Close::SUBPROTOCOL.into(), Reader::new(0))
    };
    let (by, code) = end.label();
    site.metrics.live.closed(by, code);
    if let Some(wire) = Front::end(front) {
        // Boxed, as it is the least of a socket's time.
        Box::pin(take_leave(wire, &end, reader)).await;
    }
    drop(connected);
    let duration_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
    let reason = if let End::Closed(close) = &end { Some(close.label()) } else { None };
    tracing::info!(by, code, reason, duration_us, request_id, "socket");
}

/// The last that is said on a connection.
async fn take_leave(mut wire: Wire, end: &End, reader: Reader) {
    match end {
        End::Closed(close) => goodbye::say(&mut wire, reader, close).await,
        End::Left(code) => wire.answer_close(*code),
        End::Lost => return,
    }
    wire.end().await;
}

/// Whether a header that is a list names `word`.
fn names(headers: &HeaderMap, header: &HeaderName, word: &str) -> bool {
    let texts = headers.get_all(header).filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).any(|part| part.trim().eq_ignore_ascii_case(word))
}

fn is_key(key: &HeaderValue) -> bool {
    STANDARD.decode(key.as_bytes()).is_ok_and(|bytes| bytes.len() == 16)
}

fn accept(key: &HeaderValue) -> String {
    STANDARD.encode(Sha1::new().chain_update(key.as_bytes()).chain_update(PROOF).finalize())
}

enum Offered {
    /// The one that is spoken is among them.
    Spoken,
    None,
    Others,
}

fn protocol(headers: &HeaderMap) -> Offered {
    if names(headers, &SEC_WEBSOCKET_PROTOCOL, PROTOCOL) {
        Offered::Spoken
    } else if headers.contains_key(SEC_WEBSOCKET_PROTOCOL) {
        Offered::Others
    } else {
        Offered::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proof_is_that_of_the_specification() {
        let key = HeaderValue::from_static("dGhlIHNhbXBsZSBub25jZQ==");
        assert!(is_key(&key));
        assert_eq!(accept(&key), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        for bad in ["", "dGhlIHNhbXBsZSBub25jZQ", "YQ==", "no base 64"] {
            assert!(!is_key(&HeaderValue::from_static(bad)), "{bad}");
        }
    }

    #[test]
    fn lists_are_read_as_lists() {
        let mut headers = HeaderMap::new();
        assert!(matches!(protocol(&headers), Offered::None));
        headers.append(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("graphql-ws"));
        assert!(matches!(protocol(&headers), Offered::Others));
        headers.append(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("x, graphql-transport-ws"));
        assert!(matches!(protocol(&headers), Offered::Spoken));
        headers.insert(CONNECTION, HeaderValue::from_static("keep-alive, Upgrade"));
        assert!(names(&headers, &CONNECTION, "upgrade"));
        assert!(!names(&headers, &CONNECTION, "grade"));
    }
}
