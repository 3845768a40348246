//! `/graphql`: GraphQL over HTTP, POST for everything, GET and HEAD for queries; as JSON, as a stream of events, or the
//! way to a WebSocket. It reads the request, has it answered, and leaves the meaning of both to others.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode, header::ALLOW},
    web,
};

use super::{
    auth, body,
    early::{early, no_body, request_id, unauthenticated},
    event_stream::{self, Asker},
    language,
    media::{self, Events, Media},
    respond::{self, Asked, closing, with},
    server::Site,
    websocket::handshake,
};
use crate::schema::request::{
    Allowed,
    code::Code,
    input::Input,
    outcome::Outcome,
    refusal::{Refusal, Stage},
};

/// JSON of more bytes than this is read on a thread of its own.
const INLINE_PARSING: usize = 256 << 10;

/// The methods of the resource, as `Allow` says them.
const METHODS: &str = "GET, HEAD, POST, OPTIONS";

/// Adds the resource.
pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/graphql")
            .route(web::get().to(handle))
            .route(web::head().to(handle))
            .route(web::post().to(handle))
            .route(web::method(Method::OPTIONS).to(options))
            .default_service(web::to(other_method)),
    );
}

async fn options() -> HttpResponse {
    HttpResponse::NoContent().insert_header((ALLOW, METHODS)).finish()
}

async fn other_method(request: HttpRequest) -> HttpResponse {
    let media = media::negotiate(request.headers()).unwrap_or(Media::Json);
    let message = "This method is not supported here: send queries by GET or POST, mutations by POST.";
    let response = respond::refuse(StatusCode::METHOD_NOT_ALLOWED, media, Code::BadUserInput, message);
    closing(with(response, ALLOW, METHODS))
}

async fn handle(request: HttpRequest, payload: web::Payload, site: web::Data<Site>) -> HttpResponse {
    match answer(&request, payload, &site).await {
        Ok(response) | Err(response) => response,
    }
}

/// `Err` is an answer too: the one that ended the request early.
async fn answer(
    request: &HttpRequest,
    payload: web::Payload,
    site: &web::Data<Site>,
) -> Result<HttpResponse, HttpResponse> {
    let request_id = request_id(request);
    if handshake::is_asked(request) {
        return Ok(handshake::upgrade(request, site, request_id));
    }
    let headers = request.headers();
    let events = if request.method() == Method::HEAD { Events::No } else { media::events(headers) };
    let media = match (media::negotiate(headers), events) {
        (Some(media), _) => media,
        (None, Events::IfSubscription | Events::Always) => Media::Json,
        (None, Events::No) => {
            let message = "This server answers in application/graphql-response+json, application/json and \
                           text/event-stream.";
            return Err(early(StatusCode::NOT_ACCEPTABLE, Media::Json, message));
        }
    };
    let authorization =
        auth::authorization(headers).map_err(|message| early(StatusCode::BAD_REQUEST, media, message))?;
    let actor =
        site.admission.authenticate(authorization).await.map_err(|fault| unauthenticated(fault, media, &request_id))?;

    let read = request.method() != Method::POST;
    let asked = Asked { media, read, with_credentials: authorization.is_some() };
    let input = if read {
        Input::from_query_string(request.query_string())
    } else {
        from_body(request, payload, site, asked).await?
    };
    let allowed = match (read, events) {
        (true, Events::No) => Allowed::Read,
        (false, Events::No) => Allowed::ReadAndWrite,
        (true, _) => Allowed::ReadAndSubscribe,
        (false, _) => Allowed::Everything,
    };
    let prepared = match input {
        Ok(input) => site.pipeline.prepare(input, allowed).await,
        Err(refusal) => Err((refusal, None)),
    };
    let outcome = match prepared {
        Ok(prepared) if prepared.is_subscription() => {
            // Now to stay, and so with an eye on what changes from here on.
            let entered = site.admission.enter(authorization).await;
            let entered = entered.map_err(|fault| unauthenticated(fault, media, &request_id))?;
            let authorization = authorization.map(str::to_owned);
            let (languages, after) = (language::preferred(headers), event_stream::last_event_id(headers));
            return Ok(event_stream::begin(
                site,
                prepared,
                Asker { entered, authorization, languages, request_id, after },
            ));
        }
        Ok(prepared) => {
            let data = site.admission.data(&actor, &request_id, language::preferred(headers));
            site.pipeline.execute(prepared, &request_id, data).await
        }
        Err((refusal, operation)) => Outcome { operation, ..Outcome::from(refusal) },
    };
    if events == Events::Always && matches!(outcome.stage, Stage::Request | Stage::Execution) {
        return Ok(event_stream::of_one(outcome));
    }
    Ok(respond::answer(outcome, asked))
}

async fn from_body(
    request: &HttpRequest,
    payload: web::Payload,
    site: &Site,
    asked: Asked,
) -> Result<Result<Input, Refusal>, HttpResponse> {
    let headers = request.headers();
    if !media::is_json(headers) {
        let message = "The body must be sent as Content-Type: application/json, in UTF-8.";
        return Err(early(StatusCode::UNSUPPORTED_MEDIA_TYPE, asked.media, message));
    }
    let limits = &site.bodies;
    let limit = if asked.with_credentials { limits.with_credentials } else { limits.anonymous };
    let bytes =
        body::read(headers, payload, limit, limits.deadline).await.map_err(|fault| no_body(fault, asked.media))?;
    if bytes.len() <= INLINE_PARSING {
        return Ok(Input::from_json(&bytes));
    }
    let parsed = web::block(move || Input::from_json(&bytes)).await;
    Ok(parsed.unwrap_or_else(|_| Err(Refusal::malformed("The body could not be read"))))
}
