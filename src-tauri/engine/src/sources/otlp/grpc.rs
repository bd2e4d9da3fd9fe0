//! OTLP over gRPC: the `Export` call of three services. A call has one message with five bytes before it; its outcome
//! stands in the trailers.

use std::sync::Arc;

use ::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Version, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;

use super::Body;
use super::answer::{Encoding, Refusal, Signal, Taken};
use super::export::Endpoint;
use super::receive::Packing;
use crate::loopback::{self, Seat};
use crate::wire;

/// Bytes before a message: whether it is packed, and its length.
const PREFIX_BYTES: usize = 5;

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");
const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// Whether a request is a call of gRPC.
pub(super) fn is_call(request: &Request<Incoming>) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    content_type.is_some_and(|name| name.starts_with(b"application/grpc"))
        && request.version() >= Version::HTTP_2
}

pub(super) async fn answer(
    endpoint: &Arc<Endpoint>,
    seat: &Arc<Seat>,
    request: Request<Incoming>,
) -> Response<Body> {
    let taken = take(endpoint, seat, request).await;
    let mut trailers = HeaderMap::new();
    let body = match taken {
        Ok((taken, signal)) => {
            trailers.insert(STATUS, HeaderValue::from_static("0"));
            let message = taken.encoded(signal, Encoding::Protobuf);
            let mut body = vec![0];
            body.extend_from_slice(&u32::try_from(message.len()).unwrap_or(0).to_be_bytes());
            body.extend_from_slice(&message);
            Full::new(Bytes::from(body)).with_trailers(std::future::ready(Some(Ok(trailers)))).boxed()
        }
        Err(refusal) => {
            endpoint.context.report.trouble(refusal.message.as_str());
            // Without a message, the outcome stands in the headers.
            let mut response = Response::new(Empty::new().boxed());
            refuse(response.headers_mut(), &refusal);
            return response;
        }
    };
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}

fn refuse(headers: &mut HeaderMap, refusal: &Refusal) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert(STATUS, HeaderValue::from(refusal.code));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(Packing::ALL));
    let details = wire::to_base64(&refusal.encoded(Encoding::Protobuf));
    for (name, text) in [(MESSAGE, percent_encoded(&refusal.message)), (DETAILS, details)] {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    }
}

async fn take(
    endpoint: &Arc<Endpoint>,
    seat: &Arc<Seat>,
    request: Request<Incoming>,
) -> Result<(Taken, Signal), Refusal> {
    loopback::check(&request, endpoint.port).map_err(Refusal::foreign)?;
    if loopback::is_cross_site(request.headers()) {
        return Err(Refusal::foreign("Web pages may not send here."));
    }
    let unknown = |message: String| Refusal::unknown(StatusCode::NOT_FOUND, message);
    let signal = match request.uri().path() {
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export" => Signal::Traces,
        "/opentelemetry.proto.collector.logs.v1.LogsService/Export" => Signal::Logs,
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" => Signal::Metrics,
        _ => return Err(unknown("Of gRPC, the three Export calls of OTLP are taken.".to_owned())),
    };
    let named = request.headers().get(ENCODING).map_or("", |name| name.to_str().unwrap_or("?"));
    let named = Packing::of_name(named)
        .ok_or_else(|| unknown(format!("The encodings that are taken are {}.", Packing::ALL)))?;
    let mut body = endpoint.receive(request.into_body()).await?;
    let _work = seat.work();
    let packing =
        match body.bytes.first_chunk::<PREFIX_BYTES>() {
            Some(&[flag @ (0 | 1), a, b, c, d])
                if u32::from_be_bytes([a, b, c, d]) as usize == body.bytes.len() - PREFIX_BYTES =>
            {
                if flag == 1 { named } else { Packing::Plain }
            }
            _ => return Err(Refusal::malformed("The call does not have one whole message.")),
        };
    body.bytes.drain(..PREFIX_BYTES);
    let taken = endpoint.take(body, signal, Encoding::Protobuf, packing).await?;
    Ok((taken, signal))
}

/// `text` as gRPC wants it in a header: printable ASCII, and the rest of its bytes as `%` and two digits.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' '..=b'~' if byte != b'%' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
