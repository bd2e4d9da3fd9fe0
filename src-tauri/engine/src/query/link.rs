//! Links to traces and steps: `tracellm://trace/<key>`, `tracellm://trace/<key>/step/<span id>`, with `?format=<identity>`.
//!
//! A link names what the source names, not numbers of this store, so that it leads to the same place wherever the same trace
//! was imported. Keys and ids are whatever a source gives, so they are percent-encoded but for letters, digits and `-._~`.
//! A link comes from anywhere: it is read as ids to look up, and as nothing else.

use std::fmt::Write;

use rusqlite::{Connection, OptionalExtension};

use crate::dto::{Link, LinkRequest, LinkTarget};
use crate::error::{Error, Result};

/// What every link begins with, in any case of letters.
pub const LINK_SCHEME: &str = "tracellm://";
/// No source has ids for which a longer link would be needed.
const LONGEST_BYTES: usize = 256 << 10;

/// Whether a text is meant as a link, be it right or wrong.
pub fn is_link(text: &str) -> bool {
    let text = text.trim_start().as_bytes();
    text.get(..LINK_SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(LINK_SCHEME.as_bytes()))
}

/// The link to a trace, or to a step of it. Error `NotFound` if it is not there.
pub fn make(connection: &Connection, request: &LinkRequest) -> Result<Link> {
    let (identity, key): (String, String) = connection
        .prepare_cached("SELECT identity, key FROM trace WHERE id = ?1 AND deleted_ns IS NULL")?
        .query_row([request.trace_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or_else(|| Error::not_found("this trace is not in the store any more"))?;
    let mut link = format!("{LINK_SCHEME}trace/");
    encode(&key, &mut link);
    if let Some(span_id) = request.span_id.as_deref().filter(|id| !id.is_empty()) {
        if !has_step(connection, request.trace_id, span_id)? {
            return Err(Error::not_found("this step is not in the store any more"));
        }
        link.push_str("/step/");
        encode(span_id, &mut link);
    }
    link.push_str("?format=");
    encode(&identity, &mut link);
    Ok(Link { link })
}

/// Where a link leads in this store. Where its step is not there it leads to the trace, and says so. Error `Invalid` if the text
/// is no link to a trace or could mean several, `NotFound` if the trace is not there.
pub fn resolve(connection: &Connection, text: &str) -> Result<LinkTarget> {
    let named = parse(text)?;
    let trace_id = trace(connection, &named)?;
    let Some(span_id) = named.span_id else {
        return Ok(LinkTarget { trace_id, span_id: None, remark: None });
    };
    if has_step(connection, trace_id, &span_id)? {
        return Ok(LinkTarget { trace_id, span_id: Some(span_id), remark: None });
    }
    let remark = "The step of this link is not in the trace, or not there any more.".to_owned();
    Ok(LinkTarget { trace_id, span_id: None, remark: Some(remark) })
}

/// What a link names.
struct Named {
    key: String,
    span_id: Option<String>,
    /// The name space of the key, where the link says it.
    identity: Option<String>,
}

fn parse(text: &str) -> Result<Named> {
    const SHAPE: &str = "a link looks like tracellm://trace/<trace>/step/<step>";
    let text = text.trim();
    if !is_link(text) {
        return Err(Error::invalid(format!("this is no link; {SHAPE}")));
    }
    if text.len() > LONGEST_BYTES {
        return Err(Error::invalid("this is too long for a link"));
    }
    let rest = text.get(LINK_SCHEME.len()..).unwrap_or_default();
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    // Some programs end the path of an address with a slash.
    let parts: Vec<&str> = path.strip_suffix('/').unwrap_or(path).split('/').collect();
    let (key, span_id) = match parts.as_slice() {
        [what, key] if what.eq_ignore_ascii_case("trace") => (*key, None),
        [what, key, "step", span_id] if what.eq_ignore_ascii_case("trace") => (*key, Some(*span_id)),
        _ => return Err(Error::invalid(format!("this link names no trace; {SHAPE}"))),
    };
    if key.is_empty() {
        return Err(Error::invalid(format!("this link names no trace; {SHAPE}")));
    }
    let identity = query.split('&').find_map(|pair| pair.strip_prefix("format="));
    Ok(Named {
        key: decode(key)?,
        span_id: span_id.filter(|id| !id.is_empty()).map(decode).transpose()?,
        identity: identity.map(decode).transpose()?,
    })
}

/// The trace that is named. One that came in another format (an export of this program) is found by its id, if only one has it.
fn trace(connection: &Connection, named: &Named) -> Result<i64> {
    if let Some(identity) = &named.identity {
        let exact = connection
            .prepare_cached("SELECT id FROM trace WHERE identity = ?1 AND key = ?2 AND deleted_ns IS NULL")?
            .query_row((identity, &named.key), |row| row.get(0))
            .optional()?;
        if let Some(id) = exact {
            return Ok(id);
        }
    }
    let ids = connection
        .prepare_cached("SELECT id FROM trace WHERE key = ?1 AND deleted_ns IS NULL LIMIT 2")?
        .query_map([&named.key], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<i64>>>()?;
    match ids.as_slice() {
        [id] => Ok(*id),
        [] => {
            Err(Error::not_found("the trace of this link is not in this store; import the file it came in"))
        }
        _ => {
            Err(Error::invalid("several traces have the id in this link, and it does not say which is meant"))
        }
    }
}

fn has_step(connection: &Connection, trace_id: i64, span_id: &str) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM span WHERE trace_id = ?1 AND span_id = ?2")?
        .exists((trace_id, span_id))?)
}

fn encode(id: &str, link: &mut String) {
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            link.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(link, "%{byte:02X}");
        }
    }
}

fn decode(part: &str) -> Result<String> {
    let damaged = || Error::invalid("this link is damaged: a part of it can't be decoded");
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |digit: Option<u8>| digit.and_then(|digit| char::from(digit).to_digit(16));
        let (high, low) = (digit(rest.next()), digit(rest.next()));
        let value = high.zip(low).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        bytes.push(value.ok_or_else(damaged)?);
    }
    String::from_utf8(bytes).map_err(|_| damaged())
}
