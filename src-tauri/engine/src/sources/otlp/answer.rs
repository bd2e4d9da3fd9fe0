//! What senders are told, in the two encodings: the response to an export, and `google.rpc.Status`.

use ::http::StatusCode;
use serde_json::json;

/// How long a sender that is told to come back should wait.
pub(super) const RETRY_AFTER_SECONDS: u64 = 1;

const RETRY_INFO: &str = "type.googleapis.com/google.rpc.RetryInfo";

/// What a body is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Protobuf,
    Json,
}

/// What a request brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    Traces,
    Logs,
    Metrics,
}

/// An export that is on disk.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Spans or log records that were left out.
    pub(super) rejected: u64,
    /// What could not be read; empty if there is nothing to say.
    pub(super) message: String,
}

/// A request that was not taken.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The status over HTTP.
    pub(super) status: StatusCode,
    /// The status over gRPC, and in the body over HTTP.
    pub(super) code: u32,
    /// Why, as a sentence.
    pub(super) message: String,
    /// Whether the same request may be taken later.
    pub(super) is_passing: bool,
}

impl Refusal {
    fn new(status: StatusCode, code: u32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), is_passing: false }
    }

    /// It can't be read, now or later.
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, 3, message)
    }

    /// It is larger than is taken.
    pub(super) fn too_large(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, 8, message)
    }

    /// It did not come in time.
    pub(super) fn too_slow(message: impl Into<String>) -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, 4, message)
    }

    /// It comes from where it may not.
    pub(super) fn foreign(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, 7, message)
    }

    /// Nothing is there that takes it.
    pub(super) fn unknown(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(status, 12, message)
    }

    /// More comes than can be taken.
    pub(super) fn overloaded() -> Self {
        let message = "More comes than can be taken at once; senders were told to come back.";
        Self { is_passing: true, ..Self::new(StatusCode::TOO_MANY_REQUESTS, 8, message) }
    }

    /// It can't be written at the moment.
    pub(super) fn unavailable(message: impl Into<String>) -> Self {
        Self { is_passing: true, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, 14, message) }
    }

    /// As `google.rpc.Status`.
    pub(super) fn encoded(&self, encoding: Encoding) -> Vec<u8> {
        match encoding {
            Encoding::Json => {
                let details = match self.is_passing {
                    true => json!([{ "@type": RETRY_INFO, "retryDelay": format!("{RETRY_AFTER_SECONDS}s") }]),
                    false => json!([]),
                };
                json!({ "code": self.code, "message": self.message, "details": details })
                    .to_string()
                    .into_bytes()
            }
            Encoding::Protobuf => {
                let mut status = Vec::new();
                number(&mut status, 1, self.code.into());
                bytes(&mut status, 2, self.message.as_bytes());
                if self.is_passing {
                    let (mut duration, mut retry_info, mut detail) = (Vec::new(), Vec::new(), Vec::new());
                    number(&mut duration, 1, RETRY_AFTER_SECONDS);
                    bytes(&mut retry_info, 1, &duration);
                    bytes(&mut detail, 1, RETRY_INFO.as_bytes());
                    bytes(&mut detail, 2, &retry_info);
                    bytes(&mut status, 3, &detail);
                }
                status
            }
        }
    }
}

impl Taken {
    /// As the response to an export of `signal`: empty if all was taken, else a partial success.
    pub(super) fn encoded(&self, signal: Signal, encoding: Encoding) -> Vec<u8> {
        let is_whole = self.rejected == 0 && self.message.is_empty();
        match encoding {
            Encoding::Json if is_whole => b"{}".to_vec(),
            Encoding::Json => {
                let rejected = match signal {
                    Signal::Traces => "rejectedSpans",
                    Signal::Logs => "rejectedLogRecords",
                    Signal::Metrics => "rejectedDataPoints",
                };
                // 64-bit numbers are strings in the JSON of protobuf.
                json!({ "partialSuccess": { rejected: self.rejected.to_string(), "errorMessage": self.message } })
                    .to_string()
                    .into_bytes()
            }
            Encoding::Protobuf if is_whole => Vec::new(),
            Encoding::Protobuf => {
                let (mut partial, mut response) = (Vec::new(), Vec::new());
                number(&mut partial, 1, self.rejected);
                bytes(&mut partial, 2, self.message.as_bytes());
                bytes(&mut response, 1, &partial);
                response
            }
        }
    }
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Adds a field with a number, which may be left out if it is 0.
fn number(out: &mut Vec<u8>, field: u64, value: u64) {
    if value != 0 {
        varint(out, field << 3);
        varint(out, value);
    }
}

/// Adds a field with bytes.
fn bytes(out: &mut Vec<u8>, field: u64, value: &[u8]) {
    varint(out, field << 3 | 2);
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}
