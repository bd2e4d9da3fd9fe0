//! Secrets under a name that stands in plain text: `export API_KEY=…`, `password: …`, `?token=…`, `--api-key …`,
//! `-H 'x-api-key: …'`, `AccountKey=…;`.
//!
//! Text and code speak of such names all the time, so here the value has to look like a secret too; how much so depends on how
//! surely the place is one for a secret.

use std::ops::Range;

use super::keys::{Name, Quote, name_of, skip_space, worth_masking};
use super::{Mask, run, skip_colours};

const LONGEST_VALUE_BYTES: usize = 4 * 1024;

/// What joins a name and its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Join {
    /// `?name=value`, `&name=value`, in addresses of the web.
    Query,
    /// `;name=value;`, in connection strings.
    Connection,
    /// `NAME=value`, of the environment.
    Environment,
    /// `name = value`.
    Equals,
    /// `name: value`.
    Colon,
    /// `--name value`.
    Flag,
    /// `<name>value</name>`.
    Element,
    /// `machine a.example login jo password value`, of `.netrc`.
    Netrc,
}

/// The value under the name, if it is the name of a secret and the value looks like one.
pub(super) fn find<'a>(bytes: &'a [u8], name: Range<usize>) -> Option<Mask<'a>> {
    let name = without_escape(bytes, name);
    let text = bytes.get(name.clone())?;
    let (join, at) = join(bytes, &name)?;
    let known = known(text, join)?;
    let Name { kind, is_sure } = known;
    if kind == "cookie" {
        return cookies(bytes, at, join);
    }
    let name_is_header = kind == "authorization";
    let at = skip_colours(bytes, at);
    let (at, kind) = if name_is_header { after_scheme(bytes, at)? } else { (at, kind) };
    let (value, is_quoted) = value(bytes, at, join)?;
    let text = bytes.get(value.clone())?;
    // `sk-ant-…` says what belongs there; of a real one that was cut, most is there.
    let is_cut = text.len() < 16
        && bytes
            .get(value.end..)
            .is_some_and(|rest| rest.starts_with(b"...") || rest.starts_with("…".as_bytes()));
    let name_bytes = bytes.get(name)?;
    let is_own_name = name_bytes.ends_with(text);
    if is_cut || is_own_name || is_placeholder(text) || !worth_masking(bytes, &value) {
        return None;
    }
    let is_text = !is_code(bytes, &value);
    // No name of a program has a dash; where lines were folded, more follows.
    let is_header = name_bytes.contains(&b'-')
        || text.len() >= 20 && text.iter().filter(|byte| byte.is_ascii_digit()).count() >= 4;
    let is_secret = match join {
        Join::Query if kind == "signature" => text.len() >= 40 && has_digit(text),
        Join::Query => text.len() >= 4 && (has_digit(text) || text.len() >= 16),
        Join::Connection => is_sure && text.len() >= 3 && is_text,
        Join::Environment => is_sure && text.len() >= 4 && is_text || looks_random(text, 16),
        Join::Element => {
            let rest = bytes.get(value.end..).unwrap_or_default();
            // JSON may have its slash escaped.
            let closes = rest.starts_with(b"</") || rest.starts_with(b"<\\/");
            let is_made_up = has_digit(text) && has_letter(text) || !is_word_of_types(text);
            is_sure && text.len() >= 4 && is_made_up && closes
        }
        Join::Netrc => text.len() >= 4 && is_text && !is_word_of_types(text),
        Join::Flag => text.len() >= 6 && has_digit(text) && is_text,
        Join::Equals | Join::Colon if !is_sure => looks_random(text, 20) && is_text,
        Join::Equals | Join::Colon if is_quoted && kind == "password" => {
            text.len() >= 4 && (has_digit(text) && has_letter(text) || !is_word_of_types(text))
        }
        Join::Equals | Join::Colon if is_quoted => text.len() >= 8 && has_digit(text) && has_letter(text),
        Join::Equals | Join::Colon if kind == "password" => {
            let is_made_up = text.len() >= 6 && has_digit(text) && has_letter(text) && !is_identifier(text);
            is_made_up && is_text && ends_line(bytes, value.end)
        }
        // Of headers: nobody writes code after their colon.
        Join::Colon if name_is_header => {
            text.len() >= 8 && has_digit(text) && is_text && !is_identifier(text)
        }
        Join::Colon => looks_random(text, 8) && is_text && (is_header || ends_line(bytes, value.end)),
        Join::Equals => looks_random(text, 16) && is_text,
    };
    is_secret.then(|| Mask::new(value, kind))
}

/// The name without what belongs to an escape before it (`\napi_key`).
fn without_escape(bytes: &[u8], name: Range<usize>) -> Range<usize> {
    let is_escaped = name.start.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\\');
    let letter = bytes.get(name.start).is_some_and(|byte| matches!(byte, b'n' | b'r' | b't'));
    name.start + usize::from(is_escaped && letter)..name.end
}

fn known(name: &[u8], join: Join) -> Option<Name> {
    let is = |word: &str| name.eq_ignore_ascii_case(word.as_bytes());
    let is_signature = name.len() >= 9 && name.get(name.len() - 9..)?.eq_ignore_ascii_case(b"signature");
    if is("pwd") {
        return (join == Join::Connection).then_some(Name { kind: "password", is_sure: true });
    }
    if is("sig") || is_signature {
        return (join == Join::Query).then_some(Name { kind: "signature", is_sure: true });
    }
    let known = name_of(name)?;
    // Where a secret is expected, whatever is called a token is one.
    let is_expected = matches!(join, Join::Query | Join::Flag);
    Some(Name { is_sure: known.is_sure || is_expected, ..known })
}

/// What joins the name to its value, and where that begins, white space left out.
fn join(bytes: &[u8], name: &Range<usize>) -> Option<(Join, usize)> {
    // Needles such as `sig=` have the sign in them.
    let before = name.start.checked_sub(1).and_then(|before| bytes.get(before)).copied();
    let behind = bytes.get(..name.start)?;
    let spaces = |at: usize| run(bytes, at, 8, |byte| byte == b' ');
    let gap = spaces(name.end);
    let sign = name.end + gap;
    let text = bytes.get(name.clone())?;
    match bytes.get(sign..)? {
        [b'=', b'=' | b'~', ..] | [b':', b':', ..] => None,
        [b'=', b'>', ..] | [b':', b'=', ..] => Some((Join::Equals, sign + 2 + spaces(sign + 2))),
        [b'=', ..] => {
            let at = sign + 1;
            let is_upper =
                text.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_');
            let is_tight = gap == 0 && bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace());
            let is_connection = before == Some(b';') || behind.ends_with(b"; ") || is_of_connection(text);
            Some(match before {
                Some(b'?' | b'&') if is_tight => (Join::Query, at),
                _ if behind.ends_with(b"%26") || behind.ends_with(b"%3F") => (Join::Query, at),
                _ if is_connection && is_tight => (Join::Connection, at),
                _ if is_upper && is_tight => (Join::Environment, at),
                _ => (Join::Equals, at + spaces(at)),
            })
        }
        [b':', ..] => Some((Join::Colon, sign + 1 + spaces(sign + 1))),
        // As it stands in an address of the web.
        [b'%', b'3', b'D' | b'd', ..] if gap == 0 => Some((Join::Query, sign + 3)),
        [b'%', b'3', b'A' | b'a', ..] if gap == 0 => {
            let at = sign + 3;
            let space = bytes.get(at..).is_some_and(|rest| rest.starts_with(b"%20"));
            Some((Join::Query, at + if space { 3 } else { 0 }))
        }
        [b'>', ..] if before == Some(b'<') && gap == 0 => Some((Join::Element, sign + 1)),
        _ if gap == 1 && text == b"password" && is_netrc(behind) => Some((Join::Netrc, sign)),
        _ => (gap == 1 && text.starts_with(b"--")).then_some((Join::Flag, sign)),
    }
}

/// Whether what stands before a password is the rest of an entry of `.netrc`.
fn is_netrc(behind: &[u8]) -> bool {
    const LONGEST_BYTES: usize = 200;
    let entry = behind.get(behind.len().saturating_sub(LONGEST_BYTES)..).unwrap_or_default();
    let find = |word: &[u8]| memchr::memmem::rfind(entry, word);
    // One word after `login`, then the password.
    let is_next = |login: usize| {
        let rest = entry.get(login + 6..).unwrap_or_default();
        let word = run(rest, 0, 128, |byte| byte.is_ascii_graphic() && byte != b'\\');
        word > 0 && skip_space(rest, word) == rest.len()
    };
    find(b"machine ").zip(find(b"login ")).is_some_and(|(machine, login)| machine < login && is_next(login))
}

fn is_of_connection(name: &[u8]) -> bool {
    [&b"accountkey"[..], b"sharedaccesskey"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Past the scheme of a header, if one is named, and what is after it.
fn after_scheme(bytes: &[u8], at: usize) -> Option<(usize, &'static str)> {
    const SCHEMES: &[(&str, &str)] = &[
        ("bearer", "bearer-token"),
        ("basic", "basic-credentials"),
        ("token", "authorization"),
        ("apikey", "authorization"),
        ("key", "authorization"),
        ("digest", "authorization"),
        ("bot", "authorization"),
        ("aws4-hmac-sha256", "authorization"),
    ];
    let word = run(bytes, at, 24, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let scheme = bytes.get(at..at + word)?;
    let gap = run(bytes, at + word, 4, |byte| byte == b' ');
    let known = SCHEMES.iter().find(|(known, _)| scheme.eq_ignore_ascii_case(known.as_bytes()));
    Some(match known {
        Some((_, kind)) if gap > 0 => (at + word + gap, *kind),
        _ => (at, "authorization"),
    })
}

/// The value at `at`, and whether it is in quotes.
fn value(bytes: &[u8], at: usize, join: Join) -> Option<(Range<usize>, bool)> {
    if !matches!(join, Join::Query)
        && let Some(quote) = Quote::at(bytes, at)
    {
        let string = quote.string(bytes, at)?;
        let text = bytes.get(string.clone())?;
        // After a quote that ended a text, what comes next is a comma or a bracket.
        let is_value = text.len() <= LONGEST_VALUE_BYTES
            && !text.iter().any(|byte| byte.is_ascii_whitespace() || b",{}[]<>".contains(byte))
            && !text.starts_with(b":");
        return is_value.then_some((string, true));
    }
    let ends: &[u8] = match join {
        Join::Query => b"\"'`\\<>#&;,()[]{}|",
        Join::Connection => b"\"'`\\;&<>",
        Join::Environment => b"\"'`\\",
        _ => b"\"'`\\,;<>",
    };
    let length = run(bytes, at, LONGEST_VALUE_BYTES, |byte| byte.is_ascii_graphic() && !ends.contains(&byte));
    let mut value = at..at + length;
    if join == Join::Query {
        value.end = at + end_of_parameter(bytes.get(value.clone())?);
    }
    // The end of a sentence.
    while value.end > value.start && matches!(bytes.get(value.end - 1), Some(b'.' | b',' | b';' | b':')) {
        value.end -= 1;
    }
    (!value.is_empty()).then_some((value, false))
}

/// Where the value of a parameter ends that is itself in a parameter: at `%26` for `&`, at white space and quotes.
fn end_of_parameter(text: &[u8]) -> usize {
    let ends = [&b"%26"[..], b"%20", b"%22", b"%27", b"%0A", b"%0D", b"%7D"];
    let is_end =
        |at: &usize| text.get(*at..).is_some_and(|rest| ends.iter().any(|end| rest.starts_with(end)));
    memchr::memchr_iter(b'%', text).find(is_end).unwrap_or(text.len())
}

/// The cookies of a header, to the end of its line.
fn cookies(bytes: &[u8], at: usize, join: Join) -> Option<Mask<'static>> {
    if join != Join::Colon {
        return None;
    }
    let length = run(bytes, at, LONGEST_VALUE_BYTES, |byte| {
        (byte.is_ascii_graphic() || byte == b' ') && !b"\"'`\\<>".contains(&byte)
    });
    let text = bytes.get(at..at + length)?.trim_ascii_end();
    let name = run(text, 0, 128, |byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    let is_cookie = name > 0 && text.get(name) == Some(&b'=') && text.len() > name + 4;
    (is_cookie && !is_placeholder(text)).then(|| Mask::new(at..at + text.len(), "cookie"))
}

/// What stands where a secret will be: `<your-key>`, `$KEY`, `xxxx`, `%s`.
fn is_placeholder(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    let has = |word: &str| memchr::memmem::find(&lower, word.as_bytes()).is_some();
    let is_one_letter = lower.iter().all(|byte| Some(byte) == lower.first());
    let is_name = text.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_') && text.contains(&b'_');
    matches!(text.first(), None | Some(b'$' | b'<' | b'{' | b'%' | b'(' | b'['))
        || is_one_letter
        || is_name
        || [
            "your",
            "example",
            "placeholder",
            "changeme",
            "change-me",
            "redacted",
            "[masked",
            "xxxx",
            "...",
            "****",
        ]
        .iter()
        .any(|word| has(word))
        || matches!(lower.as_slice(), b"none" | b"null" | b"true" | b"false" | b"undefined" | b"empty")
}

/// Whether the value is an expression: a call, a field, a path, a type.
fn is_code(bytes: &[u8], value: &Range<usize>) -> bool {
    let text = bytes.get(value.clone()).unwrap_or_default();
    let is_reached = text.split(|byte| *byte == b'.').count() > 1
        && text
            .split(|byte| *byte == b'.')
            .all(|part| part.first().is_some_and(u8::is_ascii_alphabetic) && is_identifier(part));
    text.iter().any(|byte| b"()[]{}<>|".contains(byte))
        || matches!(bytes.get(value.end), Some(b'(' | b'[' | b'{' | b'<'))
        || text.starts_with(b"/")
        || text.starts_with(b"./")
        || memchr::memmem::find(text, b"://").is_some()
        || is_reached
}

/// A name of a program: words joined by `_`.
fn is_identifier(text: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        && text.split(|byte| *byte == b'_').all(|part| !looks_random(part, 8))
        && (text.contains(&b'_') || text.iter().all(u8::is_ascii_alphabetic))
}

/// Words that stand for what a password is rather than for one.
fn is_word_of_types(text: &[u8]) -> bool {
    [
        "string",
        "text",
        "password",
        "passwd",
        "secret",
        "token",
        "number",
        "boolean",
        "required",
        "optional",
        "hidden",
        "input",
        "current-password",
        "new-password",
        "value",
        "object",
        "any",
        "test",
    ]
    .iter()
    .any(|word| text.eq_ignore_ascii_case(word.as_bytes()))
}

fn ends_line(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        None | Some(b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'\\' | b';' | b'<' | 0x1b) => true,
        // Another option of a command, or a remark.
        Some(b' ') => matches!(bytes.get(at + 1), Some(b'-' | b'#' | b'\\')),
        // The end of a sentence, or of part of one.
        Some(b'.' | b':') => matches!(bytes.get(at + 1), None | Some(b' ' | b'\n' | b'"' | b'\\')),
        Some(byte) => !byte.is_ascii(),
    }
}

/// Whether it looks like something that nobody made up as words: letters and digits mixed in one stretch of it, at least `least`
/// bytes long altogether, without anything that secrets do not have.
pub(super) fn looks_random(text: &[u8], least: usize) -> bool {
    let is_of_secret = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.+/=~".contains(byte);
    text.len() >= least
        && text.len() <= LONGEST_VALUE_BYTES
        && text.iter().all(is_of_secret)
        && !text.starts_with(b"/")
        && text
            .split(|byte| !byte.is_ascii_alphanumeric())
            .any(|part| part.len() >= 8 && has_digit(part) && has_letter(part))
}

fn has_digit(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit)
}

fn has_letter(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_alphabetic)
}
