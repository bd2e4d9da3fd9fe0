//! OTLP over HTTP: `POST /v1/traces`, `/v1/logs` and `/v1/metrics`.

use std::sync::Arc;

use ::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;

use super::Body;
use super::answer::{Encoding, RETRY_AFTER_SECONDS, Refusal, Signal, Taken};
use super::export::Endpoint;
use super::receive::Packing;
use crate::loopback::{self, Seat};

pub(super) async fn answer(
    endpoint: &Arc<Endpoint>,
    seat: &Arc<Seat>,
    request: Request<Incoming>,
) -> Response<Body> {
    let encoding = encoding(request.headers());
    let is_head = request.method() == Method::HEAD;
    let (status, body, is_passing) = match take(endpoint, seat, request).await {
        Ok((taken, signal, encoding)) => (StatusCode::OK, taken.encoded(signal, encoding), false),
        Err(refusal) => {
            endpoint.context.report.trouble(refusal.message.as_str());
            let body = match encoding {
                Some(encoding) => refusal.encoded(encoding),
                None => refusal.message.into_bytes(),
            };
            (refusal.status, body, refusal.is_passing)
        }
    };
    let body = if is_head { Vec::new() } else { body };
    let mut response = Response::new(Full::new(Bytes::from(body)).boxed());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let content_type = match encoding {
        Some(Encoding::Protobuf) => "application/x-protobuf",
        Some(Encoding::Json) => "application/json",
        None => "text/plain; charset=utf-8",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if is_passing {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
    }
    match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(Packing::ALL));
        }
        _ => {}
    }
    response
}

async fn take(
    endpoint: &Arc<Endpoint>,
    seat: &Arc<Seat>,
    request: Request<Incoming>,
) -> Result<(Taken, Signal, Encoding), Refusal> {
    loopback::check(&request, endpoint.port).map_err(Refusal::foreign)?;
    if loopback::is_cross_site(request.headers()) {
        return Err(Refusal::foreign("Web pages may not send here."));
    }
    let signal = match request.uri().path() {
        "/v1/traces" => Signal::Traces,
        "/v1/logs" => Signal::Logs,
        "/v1/metrics" => Signal::Metrics,
        _ => {
            let message =
                "OTLP is taken at /v1/traces, /v1/logs and /v1/metrics; a sender asked for another path.";
            return Err(Refusal::unknown(StatusCode::NOT_FOUND, message));
        }
    };
    if request.method() != Method::POST {
        return Err(Refusal::unknown(StatusCode::METHOD_NOT_ALLOWED, "OTLP is sent with POST."));
    }
    let unsupported = |message: &str| Refusal::unknown(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
    let encoding = encoding(request.headers()).ok_or_else(|| {
        unsupported("The content type of OTLP is application/x-protobuf or application/json.")
    })?;
    let packing =
        text(request.headers(), header::CONTENT_ENCODING).map_or(Some(Packing::Plain), Packing::of_name);
    let packing = packing
        .ok_or_else(|| unsupported(&format!("The content encodings that are taken are {}.", Packing::ALL)))?;
    let body = endpoint.receive(request.into_body()).await?;
    let _work = seat.work();
    let taken = endpoint.take(body, signal, encoding, packing).await?;
    Ok((taken, signal, encoding))
}

fn encoding(headers: &HeaderMap) -> Option<Encoding> {
    let content_type = text(headers, header::CONTENT_TYPE)?;
    match content_type.split(';').next()?.trim().to_ascii_lowercase().as_str() {
        "application/x-protobuf" | "application/protobuf" => Some(Encoding::Protobuf),
        "application/json" => Some(Encoding::Json),
        _ => None,
    }
}

/// A header as text; one that is no text is like none of the known ones.
fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}
