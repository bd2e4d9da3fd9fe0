//! Links to traces and steps: `tracellm://trace/<key>`, `tracellm://trace/<key>/step/<span id>`, with `?format=<identity>`;
//! and to two runs side by side: `tracellm://compare/<key of A>/<key of B>`, with `?format-a=…&format-b=…&step-a=…&step-b=…`.
//!
//! A link names what the source names, not numbers of this store, so that it leads to the same place wherever the same trace
//! was imported. Keys and ids are whatever a source gives, so they are percent-encoded but for letters, digits and `-._~`.
//! A link comes from anywhere: it is read as ids to look up, and as nothing else.

use std::fmt::Write;

use rusqlite::{Connection, OptionalExtension};

use crate::dto::{ComparedStep, Link, LinkRequest, LinkTarget};
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

/// The link to a trace, to a step of it, or to it beside another. Error `NotFound` if one of them is not there, `Invalid` if a run
/// is to stand beside itself.
pub fn make(connection: &Connection, request: &LinkRequest) -> Result<Link> {
    let Some(b) = &request.compared_with else {
        let (identity, key) = stored(connection, request.trace_id)?;
        let mut link = format!("{LINK_SCHEME}trace/");
        encode(&key, &mut link);
        if let Some(span_id) = request.span_id.as_deref().filter(|id| !id.is_empty()) {
            link.push_str("/step/");
            encode(existing(connection, request.trace_id, span_id)?, &mut link);
        }
        link.push_str("?format=");
        encode(&identity, &mut link);
        return Ok(Link { link });
    };
    not_itself(request.trace_id, b.trace_id)?;
    let (identity_a, key_a) = stored(connection, request.trace_id)?;
    let (identity_b, key_b) = stored(connection, b.trace_id)?;
    let mut link = format!("{LINK_SCHEME}compare/");
    encode(&key_a, &mut link);
    link.push('/');
    encode(&key_b, &mut link);
    link.push_str("?format-a=");
    encode(&identity_a, &mut link);
    link.push_str("&format-b=");
    encode(&identity_b, &mut link);
    let steps = [("&step-a=", request.trace_id, &request.span_id), ("&step-b=", b.trace_id, &b.span_id)];
    for (name, trace_id, span_id) in steps {
        if let Some(span_id) = span_id {
            link.push_str(name);
            encode(existing(connection, trace_id, span_id)?, &mut link);
        }
    }
    Ok(Link { link })
}

/// Where a link leads in this store. Where its step is not there it leads to the run, and says so. Error `Invalid` if the text
/// is no such link or could mean several runs, `NotFound` if a run is not there.
pub fn resolve(connection: &Connection, text: &str) -> Result<LinkTarget> {
    let (named, other) = parse(text)?;
    let trace_id = trace(connection, &named)?;
    let mut is_whole = true;
    let mut step_in = |trace_id: i64, span_id: Option<String>| -> Result<Option<String>> {
        let Some(span_id) = span_id else { return Ok(None) };
        let is_there = has_step(connection, trace_id, &span_id)?;
        is_whole &= is_there;
        Ok(is_there.then_some(span_id))
    };
    let span_id = step_in(trace_id, named.span_id)?;
    let compared_with = match other {
        None => None,
        Some(other) => {
            let other_id = trace(connection, &other)?;
            not_itself(trace_id, other_id)?;
            Some(ComparedStep { trace_id: other_id, span_id: step_in(other_id, other.span_id)? })
        }
    };
    let remark = (!is_whole).then(|| match compared_with {
        None => "The step of this link is not in the trace, or not there any more.".to_owned(),
        Some(_) => "A step of this link is not in its run, or not there any more.".to_owned(),
    });
    Ok(LinkTarget { trace_id, span_id, compared_with, remark })
}

fn not_itself(a: i64, b: i64) -> Result<()> {
    match a == b {
        true => Err(Error::invalid("Both runs of this link are the same one.")),
        false => Ok(()),
    }
}

/// A run that a link names, and the step of it that it leads to.
struct Named {
    key: String,
    span_id: Option<String>,
    /// The name space of the key, where the link says it.
    identity: Option<String>,
    /// What the run is called where it is not there.
    called: &'static str,
}

/// What a link names; the second run where it leads to two of them side by side.
fn parse(text: &str) -> Result<(Named, Option<Named>)> {
    const SHAPE: &str = "A link looks like tracellm://trace/<trace>/step/<step>.";
    let text = text.trim();
    if !is_link(text) {
        return Err(Error::invalid(format!("This is no link. {SHAPE}")));
    }
    if text.len() > LONGEST_BYTES {
        return Err(Error::invalid("This is too long for a link."));
    }
    let rest = text.get(LINK_SCHEME.len()..).unwrap_or_default();
    let rest = rest.split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let field = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(key, _)| *key == name).map(|(_, value)| decode(value)).next().transpose()
    };
    // Some programs end the path of an address with a slash.
    let parts: Vec<&str> = path.strip_suffix('/').unwrap_or(path).split('/').collect();
    let (key, span_id) = match parts.as_slice() {
        [what, a, b] if what.eq_ignore_ascii_case("compare") && !a.is_empty() && !b.is_empty() => {
            let named = |key, format, step, called| -> Result<Named> {
                Ok(Named { key: decode(key)?, span_id: field(step)?, identity: field(format)?, called })
            };
            let a = named(a, "format-a", "step-a", "Run A")?;
            return Ok((a, Some(named(b, "format-b", "step-b", "Run B")?)));
        }
        [what, key] if what.eq_ignore_ascii_case("trace") => (*key, None),
        [what, key, "step", span_id] if what.eq_ignore_ascii_case("trace") => (*key, Some(*span_id)),
        _ => return Err(Error::invalid(format!("This link names no trace. {SHAPE}"))),
    };
    if key.is_empty() {
        return Err(Error::invalid(format!("This link names no trace. {SHAPE}")));
    }
    let span_id = span_id.filter(|id| !id.is_empty()).map(decode).transpose()?;
    Ok((Named { key: decode(key)?, span_id, identity: field("format")?, called: "The trace" }, None))
}

/// The identity and the key of a trace. Error `NotFound`.
fn stored(connection: &Connection, trace_id: i64) -> Result<(String, String)> {
    connection
        .prepare_cached("SELECT identity, key FROM trace WHERE id = ?1 AND deleted_ns IS NULL")?
        .query_row([trace_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or_else(|| Error::not_found("This trace is not in the store any more."))
}

/// The id of a step that is there. Error `NotFound`.
fn existing<'a>(connection: &Connection, trace_id: i64, span_id: &'a str) -> Result<&'a str> {
    match has_step(connection, trace_id, span_id)? {
        true => Ok(span_id),
        false => Err(Error::not_found("This step is not in the store any more.")),
    }
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
        [] => Err(Error::not_found(format!(
            "{} of this link is not in this store. Import the file that it came in.",
            named.called
        ))),
        _ => Err(Error::invalid(
            "Several traces have the id in this link, and it does not say which is meant.",
        )),
    }
}

/// Whether a step is there; the empty id is the run itself.
fn has_step(connection: &Connection, trace_id: i64, span_id: &str) -> Result<bool> {
    if span_id.is_empty() {
        return Ok(true);
    }
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
    let damaged = || Error::invalid("This link is damaged: a part of it can't be decoded.");
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
