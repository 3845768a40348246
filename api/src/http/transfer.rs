//! Files that are sent and fetched: POST of `text/csv` to an intake, GET of one from an outlet. What is in them, and what
//! becomes of it, is a matter of whoever takes and gives them.

use std::{io, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderMap, WWW_AUTHENTICATE},
    },
    web,
};
use bytes::Bytes;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use serde_json::{Value, json};

use super::{
    auth, body,
    early::{crowded, early, faulty, internal, no_body, request_id, unauthenticated},
    live::{Full, Seat},
    media::{self, Media},
    respond::{self, closing, with},
    server::Site,
};
use crate::{
    op::Fault,
    schema::request::code::Code,
    transfer::{Asker, Download, Intake, Outlet, Refused, StreamIntake, Transfers, channel},
};

/// Adds the resources.
pub(super) fn configure(config: &mut web::ServiceConfig, transfers: &Transfers) {
    for (path, intake) in transfers.intakes.clone() {
        let handle = move |request: HttpRequest, payload: web::Payload, site: web::Data<Site>| {
            let intake = Arc::clone(&intake);
            async move { take(&request, payload, &site, intake.as_ref()).await.unwrap_or_else(|refused| refused) }
        };
        config.service(
            web::resource(path).route(web::post().to(handle)).default_service(web::to(|| other_method("POST"))),
        );
    }
    for (path, intake) in transfers.streams.clone() {
        let handle = move |request: HttpRequest, payload: web::Payload, site: web::Data<Site>| {
            let intake = Arc::clone(&intake);
            async move { take_stream(&request, payload, &site, intake).await.unwrap_or_else(|refused| refused) }
        };
        config.service(
            web::resource(path).route(web::post().to(handle)).default_service(web::to(|| other_method("POST"))),
        );
    }
    for (path, outlet) in transfers.outlets.clone() {
        let handle = move |request: HttpRequest, site: web::Data<Site>| {
            let outlet = Arc::clone(&outlet);
            async move { give(&request, &site, outlet.as_ref()).await.unwrap_or_else(|refused| refused) }
        };
        config
            .service(web::resource(path).route(web::get().to(handle)).default_service(web::to(|| other_method("GET"))));
    }
}

async fn other_method(allowed: &'static str) -> HttpResponse {
    let message = format!("Only {allowed} is supported here.");
    let response = respond::refuse(StatusCode::METHOD_NOT_ALLOWED, Media::Json, Code::BadUserInput, &message);
    closing(with(response, ALLOW, allowed))
}

/// `Err` is an answer too: the one that ended the request early.
async fn take(
    request: &HttpRequest,
    payload: web::Payload,
    site: &Site,
    intake: &dyn Intake,
) -> Result<HttpResponse, HttpResponse> {
    let headers = request.headers();
    answers_in_json(headers)?;
    let asker = asker(request, site).await?;
    let id = asker.request_id.clone();
    // Before the body is read, so that the connection ends with the refusal.
    intake.admit(&asker).await.map_err(|refused| closing(refusal(refused, &id)))?;
    sent_as_csv(headers)?;
    let limits = &site.bodies;
    let file = body::read(headers, payload, limits.with_credentials, limits.deadline)
        .await
        .map_err(|fault| no_body(fault, Media::Json))?;
    let report = intake.take(asker, file).await.map_err(|refused| refusal(refused, &id))?;
    Ok(reported(&report))
}

/// As [`take`], and the file is worked on while it comes.
async fn take_stream(
    request: &HttpRequest,
    payload: web::Payload,
    site: &Site,
    intake: Arc<dyn StreamIntake>,
) -> Result<HttpResponse, HttpResponse> {
    let headers = request.headers();
    answers_in_json(headers)?;
    let asker = asker(request, site).await?;
    let id = asker.request_id.clone();
    intake.admit(&asker).await.map_err(|refused| closing(refusal(refused, &id)))?;
    sent_as_csv(headers)?;
    let body::Declared { packed, length } = body::declared(headers).map_err(|fault| no_body(fault, Media::Json))?;
    let (sender, incoming) = channel(packed, length);
    // A task of its own: this one is dropped where the sender is gone, and what has begun must be ended in order.
    let taking = tokio::spawn(async move { intake.take(asker, incoming).await });
    let passed = body::pass_on(payload, sender, site.bodies.deadline).await;
    let taken = taking.await.map_err(|cause| refusal(Fault::internal(cause).into(), &id))?;
    match (taken, passed) {
        (_, Err(fault)) => Err(no_body(fault, Media::Json)),
        // It may have been refused before it was read to its end.
        (Err(refused), Ok(())) => Err(closing(refusal(refused, &id))),
        (Ok(report), Ok(())) => Ok(reported(&report)),
    }
}

#[expect(clippy::result_large_err, reason = "an answer too, on its way out")]
fn answers_in_json(headers: &HeaderMap) -> Result<(), HttpResponse> {
    match media::takes(headers, "application", "json") {
        true => Ok(()),
        false => Err(early(StatusCode::NOT_ACCEPTABLE, Media::Json, "This resource answers in application/json.")),
    }
}

#[expect(clippy::result_large_err, reason = "an answer too, on its way out")]
fn sent_as_csv(headers: &HeaderMap) -> Result<(), HttpResponse> {
    let message = "The file must be sent as Content-Type: text/csv, in UTF-8.";
    match media::is_csv(headers) {
        true => Ok(()),
        false => Err(early(StatusCode::UNSUPPORTED_MEDIA_TYPE, Media::Json, message)),
    }
}

fn reported(report: &Value) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, Media::Json.content_type()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(json!({ "report": report }).to_string())
}

async fn give(request: &HttpRequest, site: &Site, outlet: &dyn Outlet) -> Result<HttpResponse, HttpResponse> {
    if !media::takes(request.headers(), "text", "csv") {
        return Err(early(StatusCode::NOT_ACCEPTABLE, Media::Json, "This resource answers in text/csv."));
    }
    let asker = asker(request, site).await?;
    let request_id = asker.request_id.clone();
    let seat = site.downloads.sit_among(&asker.actor, site.downloads_per_actor).map_err(|_: Full| {
        let message = "Too many files are on their way to this actor; wait until one of them has arrived.";
        crowded(StatusCode::TOO_MANY_REQUESTS, message)
    })?;
    let Download { name, bytes } = outlet.open(asker).await.map_err(|refused| refusal(refused, &request_id))?;
    let sending = Sending { bytes, request_id, _seat: seat };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(stream::unfold(sending, Sending::next)))
}

/// A file on its way, which counts until the end was made or the reader is gone.
struct Sending {
    bytes: BoxStream<'static, Result<Bytes, Fault>>,
    request_id: String,
    _seat: Seat,
}

impl Sending {
    async fn next(mut self) -> Option<(io::Result<Bytes>, Self)> {
        // The status is sent already: what breaks the connection off is all that is left to say.
        let chunk = self.bytes.next().await?.map_err(|fault| {
            internal(&fault, &self.request_id);
            io::Error::other("the file is not whole")
        });
        Some((chunk, self))
    }
}

async fn asker(request: &HttpRequest, site: &Site) -> Result<Asker, HttpResponse> {
    let request_id = request_id(request);
    let authorization = auth::authorization(request.headers())
        .map_err(|message| early(StatusCode::BAD_REQUEST, Media::Json, message))?;
    let actor = site.admission.authenticate(authorization).await;
    let actor = actor.map_err(|fault| unauthenticated(fault, Media::Json, &request_id))?;
    let parameters = url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect();
    let subject = request.match_info().iter().next().map(|(_, named)| named.to_owned());
    Ok(Asker { actor, request_id, subject, parameters })
}

fn refusal(refused: Refused, request_id: &str) -> HttpResponse {
    let refuse = |status, code, message: &str| respond::refuse(status, Media::Json, code, message);
    match refused {
        Refused::Fault(fault) => match fault {
            Fault::Unauthenticated => {
                let response = refuse(StatusCode::UNAUTHORIZED, Code::Unauthenticated, &fault.message());
                with(response, WWW_AUTHENTICATE, "Bearer realm=\"partnergraph\"")
            }
            Fault::Forbidden(_) => refuse(StatusCode::FORBIDDEN, Code::Forbidden, &fault.message()),
            Fault::BadInput(_) => refuse(StatusCode::BAD_REQUEST, Code::BadUserInput, &fault.message()),
            Fault::LimitExceeded(_) => refuse(StatusCode::PAYLOAD_TOO_LARGE, Code::LimitExceeded, &fault.message()),
            Fault::CursorExpired => refuse(StatusCode::BAD_REQUEST, Code::CursorExpired, &fault.message()),
            Fault::Timeout | Fault::Internal(_) => faulty(fault, Media::Json, request_id),
        },
        Refused::NotFound => {
            refuse(StatusCode::NOT_FOUND, Code::NotFound, "There is no such object, or you may not see it.")
        }
        Refused::Busy(message) => refuse(StatusCode::CONFLICT, Code::BadUserInput, &message),
        Refused::NotAllowed(message) => refuse(StatusCode::FORBIDDEN, Code::Forbidden, &message),
        Refused::Unusable(message) => refuse(StatusCode::UNPROCESSABLE_ENTITY, Code::BadUserInput, &message),
        Refused::TooMuch(message) => refuse(StatusCode::PAYLOAD_TOO_LARGE, Code::LimitExceeded, &message),
        Refused::Report(message, report) => {
            respond::refuse_with_report(StatusCode::UNPROCESSABLE_ENTITY, Code::BadUserInput, &message, report)
        }
        Refused::Stopped(fault, report) => match fault {
            Fault::Timeout => respond::refuse_with_report(
                StatusCode::SERVICE_UNAVAILABLE,
                Code::Timeout,
                &Fault::Timeout.message(),
                report,
            ),
            fault => respond::refuse_with_report(
                StatusCode::INTERNAL_SERVER_ERROR,
                Code::Internal,
                &internal(&fault, request_id),
                report,
            ),
        },
    }
}
