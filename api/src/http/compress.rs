//! Packs answers for those who read gzip. Answers that come as a stream are left alone: packing would hold them back.

use std::io::{self, Write};

use actix_web::{
    body::{BoxBody, MessageBody},
    dev::ServiceResponse,
    http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, VARY},
    web::{self, Bytes},
};

use super::media::quality;

/// Shorter bodies fit into one packet as they are.
const FROM: usize = 1 << 10;
/// Longer bodies are packed on a thread of their own.
const INLINE: usize = 256 << 10;

/// The answer, packed if that helps and the client asked for it.
pub(super) async fn pack(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    if response.headers().contains_key(CONTENT_ENCODING) || !is_text(response.headers()) {
        return response;
    }
    let wanted = takes_gzip(response.request().headers());
    let (request, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    response.headers_mut().append(VARY, HeaderValue::from_static("Accept-Encoding"));
    let bytes = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        Err(stream) => return ServiceResponse::new(request, response.set_body(stream)),
    };
    let body = match wanted && bytes.len() > FROM {
        true => packed(&bytes).await,
        false => None,
    };
    if body.is_some() {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    ServiceResponse::new(request, response.set_body(BoxBody::new(body.unwrap_or(bytes))))
}

/// `None` if it cannot be packed, which leaves it as it is.
async fn packed(bytes: &Bytes) -> Option<Bytes> {
    let plain = bytes.clone();
    if bytes.len() > INLINE { web::block(move || gzip(&plain)).await.ok()?.ok() } else { gzip(&plain).ok() }
}

fn gzip(bytes: &[u8]) -> io::Result<Bytes> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(bytes.len() / 4), flate2::Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish().map(Bytes::from)
}

/// Images and the like are packed already.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.starts_with("text/") || ["json", "javascript", "xml"].iter().any(|word| kind.contains(word))
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let texts = headers.get_all(ACCEPT_ENCODING).filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(',')).any(|part| {
        let mut parts = part.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip") || name == "*");
        let refused =
            parts.find_map(|part| part.strip_prefix("q=")).is_some_and(|text| quality(text).unwrap_or(0) == 0);
        named && !refused
    })
}

#[cfg(test)]
mod tests {
    use actix_web::{HttpResponse, HttpResponseBuilder, body::to_bytes, test::TestRequest};

    use super::*;

    async fn answered(mut response: HttpResponseBuilder, length: usize) -> (bool, usize) {
        let request = TestRequest::get().insert_header((ACCEPT_ENCODING, "gzip")).to_srv_request();
        let response = pack(request.into_response(response.body("a".repeat(length)))).await;
        let encoded = response.headers().contains_key(CONTENT_ENCODING);
        (encoded, to_bytes(response.into_body()).await.unwrap().len())
    }

    #[actix_web::test]
    async fn long_texts_are_packed_and_nothing_else() {
        let json = || {
            let mut response = HttpResponse::Ok();
            response.content_type("application/json");
            response
        };
        assert_eq!(answered(json(), 500).await, (false, 500));
        for length in [5_000, 500_000] {
            let (encoded, sent) = answered(json(), length).await;
            assert!(encoded && sent < length / 10, "{sent}");
        }
        let mut image = HttpResponse::Ok();
        image.content_type("image/png");
        assert_eq!(answered(image, 5_000).await, (false, 5_000));
        let mut encoded = json();
        encoded.insert_header((CONTENT_ENCODING, "br"));
        assert_eq!(answered(encoded, 5_000).await, (true, 5_000));
    }

    #[test]
    fn gzip_is_used_for_those_who_read_it() {
        for (text, takes) in
            [("gzip", true), ("br, GZIP;q=0.5", true), ("*", true), ("gzip;q=0", false), ("br", false), ("", false)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_str(text).unwrap());
            assert_eq!(takes_gzip(&headers), takes, "{text}");
        }
    }
}
