//! Who gets an answer: requests to this machine by its own name, from no page but the server's own.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use engine::loopback;

use super::Server;

/// The pages run only their own scripts and styles, load nothing from elsewhere and are shown in no frame; pictures in
/// traces are inline data. As in `tauri.conf.json`, but for whom the pages talk to.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers a request only if it is the machine's own, and adds the headers that keep the pages to themselves.
pub(super) async fn guard(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let mut response = match check(&request, server.port) {
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

/// Whether the request may be answered; if not, why, for the person. Pages may be reached from elsewhere by a link.
fn check(request: &Request, port: u16) -> Result<(), &'static str> {
    loopback::check(request, port)?;
    if loopback::is_cross_site(request.headers()) && request.uri().path().starts_with("/api/") {
        return Err("Only this server's own pages may use it.");
    }
    Ok(())
}
