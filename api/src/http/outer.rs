//! What happens around every request, whatever its path: a name, headers for safety, CORS, one line in the log, the
//! metrics; and the answers for paths that there are not.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{StatusCode, header::ALLOW},
    middleware::Next,
    web,
};

use super::{
    compress, cors,
    log::{self, Line},
    media::Media,
    request_id::{REQUEST_ID, RequestId},
    respond::{self, Handled, closing},
    security,
    server::Site,
    unread::{self, Keeping},
};
use crate::schema::request::code::Code;

/// The middleware around the whole server.
pub(super) async fn around(
    site: web::Data<Site>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<Keeping>, Error> {
    let began = Instant::now();
    let _in_flight = site.metrics.begin();
    let id = RequestId::of(request.headers());
    let method = request.method().clone();
    let granted = cors::grant(&site.origins, request.headers());
    request.extensions_mut().insert(id.clone());
    let payload = unread::share(&mut request);

    let mut response = match cors::preflight(&site.origins, &method, request.headers()) {
        Some(answer) => request.into_response(answer),
        None => {
            let mut response = compress::pack(next.call(request).await?.map_into_boxed_body()).await;
            cors::mark(granted, response.headers_mut());
            response
        }
    };
    security::add(response.headers_mut());
    if let Some(value) = id.header() {
        response.headers_mut().insert(REQUEST_ID, value);
    }

    let (status, duration) = (response.status().as_u16(), began.elapsed());
    let route = response.request().match_pattern();
    let handled = response.response().extensions().get::<Handled>().cloned();
    site.metrics.record(status, duration, handled.as_ref());
    log::write(&Line {
        method: method.as_str(),
        route: route.as_deref().unwrap_or("(none)"),
        status,
        duration,
        request_id: &id.0,
        handled: handled.as_ref(),
    });
    Ok(response.map_body(|_, body| Keeping { body, _request: payload }))
}

/// The answer for a path that there is not.
pub(super) async fn not_found() -> HttpResponse {
    closing(respond::refuse(StatusCode::NOT_FOUND, Media::Json, Code::NotFound, "There is nothing here."))
}

/// The answer for a method that a resource for reading does not have.
pub(super) async fn read_only() -> HttpResponse {
    let message = "Only GET is supported here.";
    let response = respond::refuse(StatusCode::METHOD_NOT_ALLOWED, Media::Json, Code::BadUserInput, message);
    closing(respond::with(response, ALLOW, "GET, HEAD"))
}
