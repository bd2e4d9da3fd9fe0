//! Who gets an answer: requests to this machine by its own name, from no page but the server's own.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Server;

/// The names of this machine.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The pages run only their own scripts, load nothing from elsewhere and are shown in no frame. Inline styles are allowed
/// for the editor, which writes its own; pictures in traces are inline data.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers a request only if it is the machine's own, and adds the headers that keep the pages to themselves.
pub(super) async fn guard(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let mut response = match check(request.uri(), request.headers(), server.port) {
        Ok(()) => next.run(request).await,
        Err(sentence) => (StatusCode::FORBIDDEN, sentence).into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whether the request may be answered; if not, why, for the person.
fn check(uri: &Uri, headers: &HeaderMap, port: u16) -> Result<(), &'static str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().unwrap_or_default(),
        _ => return Err("The request must name one host."),
    };
    if !is_own(host, port) || uri.authority().is_some_and(|authority| !is_own(authority.as_str(), port)) {
        return Err("This server answers only to localhost and 127.0.0.1 with its own port.");
    }
    for origin in headers.get_all(header::ORIGIN) {
        let origin = origin.to_str().unwrap_or_default();
        // The same origin, not merely one of ours: the page's address is what the browser named as the host.
        if origin.strip_prefix("http://") != Some(host) {
            return Err("Only this server's own pages may use it.");
        }
    }
    let from_elsewhere = headers
        .get("sec-fetch-site")
        .is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"));
    if from_elsewhere && uri.path().starts_with("/api/") {
        return Err("Only this server's own pages may use it.");
    }
    Ok(())
}

fn is_own(host: &str, port: u16) -> bool {
    NAMES.iter().any(|name| match host.strip_prefix(name) {
        Some("") => port == 80,
        Some(rest) => rest.strip_prefix(':').and_then(|digits| digits.parse().ok()) == Some(port),
        None => false,
    })
}
