//! Why a try failed, from what its error says.

use crate::model::{FailureCause, SpanKind};

/// Words that tell a cause, asked for in this order: "timed out waiting for a connection" is a time-out.
const TELLING: [(FailureCause, &[&str]); 8] = [
    (
        FailureCause::Ratelimit,
        &[
            "rate limit",
            "rate_limit",
            "ratelimit",
            "rate-limit",
            "too many requests",
            "throttl",
            "resource_exhausted",
            "resource exhausted",
            "quota exceeded",
            "insufficient_quota",
            "tokens per min",
            "requests per min",
        ],
    ),
    (
        FailureCause::Timeout,
        &["timeout", "timed out", "time out", "deadline exceeded", "deadline_exceeded", "took too long"],
    ),
    (
        FailureCause::Truncated,
        &[
            "max_tokens",
            "max tokens",
            "lengthfinishreason",
            "finish_reason: length",
            "finish reason length",
            "truncated",
            "unterminated string",
            "unexpected end of",
            "unexpected eof",
            "eof while parsing",
            "incomplete json",
            "incompleteread",
        ],
    ),
    (
        FailureCause::Refused,
        &[
            "content_filter",
            "content filter",
            "content policy",
            "content_policy",
            "safety system",
            "refused to answer",
            "model refused",
            "refusal",
            "permission denied",
            "permission_denied",
            "not permitted",
            "rejected by user",
            "user rejected",
            "denied by",
            "unauthorized",
            "unauthenticated",
            "forbidden",
            "authenticationerror",
            "authentication_error",
            "invalid api key",
            "invalid_api_key",
            "doesn't want to proceed",
        ],
    ),
    (
        FailureCause::Server,
        &[
            "internal server error",
            "internalservererror",
            "internal_server_error",
            "service unavailable",
            "serviceunavailable",
            "service_unavailable",
            "bad gateway",
            "badgateway",
            "overloaded",
            "server error",
            "server_error",
            "api_error",
            "temporarily unavailable",
        ],
    ),
    (
        FailureCause::Network,
        &[
            "connection",
            "econnreset",
            "econnrefused",
            "enotfound",
            "etimedout",
            "socket hang up",
            "network",
            "broken pipe",
            "unreachable",
            "name resolution",
            "getaddrinfo",
            "fetch failed",
            "tls handshake",
            "ssl",
        ],
    ),
    (FailureCause::Cancelled, &["cancel", "aborted", "aborterror", "interrupted", "killed by"]),
    (
        FailureCause::Validation,
        &[
            "validation",
            "invalid",
            "schema",
            "jsondecode",
            "json.decoder",
            "could not parse",
            "couldn't parse",
            "failed to parse",
            "parse error",
            "parseerror",
            "parsing",
            "outputparser",
            "malformed",
            "missing required",
            "required field",
            "field required",
            "required property",
            "bad request",
            "badrequest",
            "bad_request",
            "unprocessable",
            "context_length_exceeded",
            "context length",
            "expected",
            "does not match",
        ],
    ),
];

/// Why a failed span failed, by the text of its error; where that does not tell, a tool's own failure is told from the rest.
pub fn cause(error: Option<&str>, kind: SpanKind) -> FailureCause {
    let unknown = if kind == SpanKind::Tool { FailureCause::Tool } else { FailureCause::Unknown };
    let Some(error) = error else { return unknown };
    let error = error.to_ascii_lowercase();
    // A status code tells more surely than words, which may quote anything.
    if let Some(code) = status_code(&error) {
        match code {
            429 => return FailureCause::Ratelimit,
            408 | 504 | 524 => return FailureCause::Timeout,
            401 | 403 => return FailureCause::Refused,
            499 => return FailureCause::Cancelled,
            500..=599 => return FailureCause::Server,
            400 | 413 | 415 | 422 if !says_more(&error) => return FailureCause::Validation,
            _ => {}
        }
    }
    let is_said = |words: &[&str]| words.iter().any(|word| error.contains(word));
    TELLING.iter().find(|(_, words)| is_said(words)).map_or(unknown, |(cause, _)| *cause)
}

/// Whether a bad request is told as something more special than that.
fn says_more(error: &str) -> bool {
    let special = [FailureCause::Refused, FailureCause::Truncated, FailureCause::Ratelimit];
    let telling = TELLING.iter().filter(|(cause, _)| special.contains(cause));
    telling.flat_map(|(_, words)| words.iter()).any(|word| error.contains(word))
}

/// The HTTP status code that a text (in lower case) speaks of: a number from 400 to 599 that begins it, that follows a word such
/// as `status` or `error`, or that a reason phrase follows.
fn status_code(text: &str) -> Option<u16> {
    const BEFORE: [&str; 8] =
        ["answered", "status", "code", "status_code", "statuscode", "error", "http", "http/1.1"];
    const AFTER: [&str; 14] = [
        "too many",
        "internal",
        "bad",
        "service",
        "gateway",
        "unauthorized",
        "forbidden",
        "request",
        "not ",
        "unprocessable",
        "client error",
        "server error",
        "{",
        "status code",
    ];
    let bytes = text.as_bytes();
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit)) {
        let start = at + found;
        let length =
            bytes.get(start..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
        at = start + length;
        let before = start.checked_sub(1).and_then(|before| bytes.get(before));
        let alone = !is_part(before) && !is_part(bytes.get(at));
        let Some(code) = text.get(start..at).filter(|_| length == 3 && alone) else { continue };
        let Some(code) = code.parse::<u16>().ok().filter(|code| (400..600).contains(code)) else { continue };
        let before = text
            .get(..start)
            .unwrap_or_default()
            .trim_end_matches(|letter: char| !letter.is_alphanumeric() && letter != '_');
        let word_start = before.rfind(|letter: char| {
            letter.is_whitespace() || matches!(letter, '"' | '\'' | '(' | '{' | ',' | '.')
        });
        let word = before.get(word_start.map_or(0, |start| start + 1)..).unwrap_or_default();
        let after = text
            .get(at..)
            .unwrap_or_default()
            .trim_start_matches(|letter: char| !letter.is_alphanumeric() && letter != '{');
        if before.is_empty() || BEFORE.contains(&word) || AFTER.iter().any(|phrase| after.starts_with(phrase))
        {
            return Some(code);
        }
    }
    None
}
