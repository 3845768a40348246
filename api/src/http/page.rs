//! The GraphiQL page at `/` and its files, compiled into the binary: a browser asks no host but this one for them.
//!
//! The files come from `page/` at the root of the repository (its README says how). This module knows nothing of
//! GraphQL, of actors or of configuration: everybody gets the same bytes.

use std::future::ready;
use std::sync::LazyLock;

use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, EntityTag, Header, IfNoneMatch, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

/// What the page may do: run its own script and style sheet, and talk to this server (`'self'` covers `ws:` and `wss:`
/// of the same host). No inline script or style, no evaluation, no frame, no form, no other host.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// A file of the page.
struct Asset {
    path: &'static str,
    content_type: &'static str,
    body: &'static [u8],
    /// Weak, since a middleware may compress the body and leaves the tag as it is.
    tag: LazyLock<EntityTag>,
}

static INDEX: Asset = Asset {
    path: "/",
    content_type: "text/html; charset=utf-8",
    body: include_bytes!("../../assets/page/index.html"),
    tag: LazyLock::new(|| tag_of(INDEX.body)),
};

static SCRIPT: Asset = Asset {
    path: "/page/graphiql.js",
    content_type: "text/javascript; charset=utf-8",
    body: include_bytes!("../../assets/page/graphiql.js"),
    tag: LazyLock::new(|| tag_of(SCRIPT.body)),
};

static STYLE: Asset = Asset {
    path: "/page/graphiql.css",
    content_type: "text/css; charset=utf-8",
    body: include_bytes!("../../assets/page/graphiql.css"),
    tag: LazyLock::new(|| tag_of(STYLE.body)),
};

/// The licenses of what the script and the style sheet are made of ask to go wherever these go.
static LICENSES: Asset = Asset {
    path: "/page/LICENSES.txt",
    content_type: "text/plain; charset=utf-8",
    body: include_bytes!("../../assets/page/LICENSES.txt"),
    tag: LazyLock::new(|| tag_of(LICENSES.body)),
};

/// Serves the page at `/` and its files under `/page/`, to GET and HEAD; other methods are answered with 405.
///
/// Each file has an entity tag of its content. Browsers keep the files but ask each time whether they are still the
/// same (304), so that a new release shows at once.
pub fn configure(cfg: &mut ServiceConfig) {
    for asset in [&INDEX, &SCRIPT, &STYLE, &LICENSES] {
        let serve = move |request: HttpRequest| ready(asset.answer(&request));
        cfg.service(
            web::resource(asset.path)
                .route(web::get().to(serve))
                .route(web::head().to(serve))
                .default_service(web::to(|| ready(method_not_allowed()))),
        );
    }
}

impl Asset {
    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let known = self.is_known_to(request);
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response
            .insert_header((ETAG, self.tag.clone()))
            .insert_header((CACHE_CONTROL, "no-cache"))
            .insert_header((CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((REFERRER_POLICY, "no-referrer"));
        if known {
            return response.finish();
        }
        response.insert_header((CONTENT_TYPE, self.content_type)).body(Bytes::from_static(self.body))
    }

    /// Whether the client says that it holds this very content. A header that makes no sense is no such statement.
    fn is_known_to(&self, request: &HttpRequest) -> bool {
        match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&self.tag)),
            Err(_) => false,
        }
    }
}

fn method_not_allowed() -> HttpResponse {
    HttpResponse::MethodNotAllowed().insert_header((ALLOW, "GET, HEAD")).finish()
}

/// The first 16 bytes of the SHA-256, in hexadecimal.
fn tag_of(body: &[u8]) -> EntityTag {
    let digest = Sha256::digest(body);
    EntityTag::new_weak(digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use actix_web::dev::ServiceResponse;
    use actix_web::http::header::IF_NONE_MATCH;
    use actix_web::http::{Method, StatusCode};
    use actix_web::{App, test};

    use super::*;

    async fn send(request: test::TestRequest) -> ServiceResponse {
        let app = test::init_service(App::new().configure(configure)).await;
        test::call_service(&app, request.to_request()).await
    }

    async fn get(path: &str) -> ServiceResponse {
        send(test::TestRequest::get().uri(path)).await
    }

    async fn text(response: ServiceResponse) -> String {
        let body = to_bytes(response.into_body()).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    fn header(response: &ServiceResponse, name: &str) -> String {
        let value = response.headers().get(name).expect(name);
        value.to_str().unwrap().to_owned()
    }

    /// The values of `name="..."` in the page's HTML.
    fn attributes(html: &str, name: &str) -> Vec<String> {
        html.split(&format!("{name}=\"")).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    }

    #[actix_web::test]
    async fn each_file_has_its_type_and_the_headers_that_confine_it() {
        for (path, content_type) in [
            ("/", "text/html; charset=utf-8"),
            ("/page/graphiql.js", "text/javascript; charset=utf-8"),
            ("/page/graphiql.css", "text/css; charset=utf-8"),
            ("/page/LICENSES.txt", "text/plain; charset=utf-8"),
        ] {
            let response = get(path).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            assert_eq!(header(&response, "content-type"), content_type);
            assert_eq!(header(&response, "x-content-type-options"), "nosniff");
            assert_eq!(header(&response, "referrer-policy"), "no-referrer");
            assert_eq!(header(&response, "cache-control"), "no-cache");
            let policy = header(&response, "content-security-policy");
            assert!(policy.starts_with("default-src 'none'; "), "{policy}");
            for lax in ["unsafe-", "*", "http:", "https:"] {
                assert!(!policy.contains(lax), "{lax} in {policy}");
            }
            assert!(!text(response).await.is_empty(), "{path}");
        }
    }

    #[actix_web::test]
    async fn the_page_names_only_files_that_are_served_here_and_obeys_its_own_policy() {
        let html = text(get("/").await).await;
        let mut files = attributes(&html, "src");
        files.extend(attributes(&html, "href"));
        files.retain(|file| file != "data:,");
        files.sort();
        assert_eq!(files, ["page/graphiql.css", "page/graphiql.js"]);
        for file in files {
            assert_eq!(get(&format!("/{file}")).await.status(), StatusCode::OK, "{file}");
        }
        for inline in ["<style", "style=\"", "<script>", "onload", "javascript:"] {
            assert!(!html.contains(inline), "{inline} is not allowed by the policy");
        }
    }

    #[actix_web::test]
    async fn the_style_sheet_fetches_nothing() {
        let css = text(get("/page/graphiql.css").await).await;
        assert!(!css.contains("@import") && !css.contains("@font-face"));
        for address in css.split("url(").skip(1) {
            let address = address.trim_start_matches(['"', '\'']);
            assert!(address.starts_with("data:image/"), "{}", &address[..40]);
        }
    }

    #[actix_web::test]
    async fn a_client_that_holds_the_content_is_not_sent_it_again() {
        let tag = header(&get("/page/graphiql.js").await, "etag");
        let strong = tag.trim_start_matches("W/").to_owned();
        for known in [tag.clone(), strong, format!("\"other\", {tag}"), "*".to_owned()] {
            let request =
                test::TestRequest::get().uri("/page/graphiql.js").insert_header((IF_NONE_MATCH, known.clone()));
            let response = send(request).await;
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(header(&response, "etag"), tag);
            assert!(text(response).await.is_empty(), "{known}");
        }
        let of_another_file = header(&get("/").await, "etag");
        for unknown in [of_another_file, "\"other\"".to_owned(), "not a tag".to_owned(), String::new()] {
            let request =
                test::TestRequest::get().uri("/page/graphiql.js").insert_header((IF_NONE_MATCH, unknown.clone()));
            assert_eq!(send(request).await.status(), StatusCode::OK, "{unknown}");
        }
    }

    #[actix_web::test]
    async fn head_is_answered_and_other_methods_are_told_what_is_allowed() {
        let request = test::TestRequest::default().method(Method::HEAD).uri("/");
        assert_eq!(send(request).await.status(), StatusCode::OK);
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let request = test::TestRequest::default().method(method.clone()).uri("/");
            let response = send(request).await;
            assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{method}");
            assert_eq!(header(&response, "allow"), "GET, HEAD");
        }
        assert_eq!(get("/page/").await.status(), StatusCode::NOT_FOUND);
        assert_eq!(get("/page/index.html").await.status(), StatusCode::NOT_FOUND);
    }
}
