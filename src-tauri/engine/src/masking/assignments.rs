//! Secrets under a name that stands in plain text: `export API_KEY=…`, `password: …`, `?token=…`, `--api-key …`,
//! `-H 'x-api-key: …'`, `AccountKey=…;`.
//!
//! Text and code speak of such names all the time, so here the value has to look like a secret too; how much so depends on how
//! surely the place is one for a secret.

use std::ops::Range;

use super::keys::{Name, Quote, name_of, skip_space, worth_masking};
use super::{Mask, run, skip_colours};

const LONGEST_VALUE_BYTES: usize = 4 * 1024;
/// The longest one of several words.
const LONGEST_PASSPHRASE_BYTES: usize = 200;

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
    /// `- name: NAME` and below it `value: value`, as clusters are set up.
    Pair,
}

/// The value under the name, if it is the name of a secret and the value looks like one.
pub(super) fn find<'a>(bytes: &'a [u8], name: Range<usize>) -> Option<Mask<'a>> {
    let name = without_escape(bytes, name);
    let (join, at) = join(bytes, &name)?;
    assigned(bytes, name, join, at)
}

/// The value that code gives to a name in quotes: `environ["API_KEY"] = "…"`, `'password' => '…'`, `key="Password" value="…"`. `at` is
/// right behind the name's closing quote; `opening` is where that of its beginning is.
pub(super) fn find_quoted<'a>(
    bytes: &'a [u8],
    name: Range<usize>,
    opening: usize,
    at: usize,
) -> Option<Mask<'a>> {
    let is_index =
        opening.checked_sub(2).and_then(|before| bytes.get(before..opening)).is_some_and(|before| {
            matches!(
                before,
                [b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b')' | b']' | b'?' | b'.', b'[']
            )
        });
    let space = |at: usize| at + run(bytes, at, 8, |byte| byte == b' ');
    let (value, is_attribute) = match bytes.get(at..)? {
        [b']', ..] if is_index => match bytes.get(space(at + 1)..)? {
            [b'=', b'=' | b'~' | b'>', ..] => return None,
            [b'=' | b':', ..] => (space(space(at + 1) + 1), false),
            _ => return None,
        },
        [b'=', b'>', ..] => (space(at + 2), false),
        rest if rest.starts_with(b"value=") => (at + 6, true),
        _ => return None,
    };
    // What code gets from somewhere is in none.
    Quote::at(bytes, value)?;
    let mask = assigned(bytes, name, Join::Equals, value)?;
    let is_plain = !is_code(bytes, &mask.range);
    (is_plain && (!is_attribute || has_digit(bytes.get(mask.range.clone())?))).then_some(mask)
}

fn assigned<'a>(bytes: &'a [u8], name: Range<usize>, join: Join, at: usize) -> Option<Mask<'a>> {
    let text = bytes.get(name.clone())?;
    let known = known(text, join)?;
    let Name { kind, is_sure, least_bytes } = known;
    if kind == "cookie" {
        return cookies(bytes, at, join);
    }
    let name_is_header = kind == "authorization";
    let at = past_marks(bytes, at, join);
    if let Some(response) = name_is_header.then(|| digest_response(bytes, at)).flatten() {
        return Some(Mask::new(response, kind));
    }
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
    let is_spaced = text.iter().any(u8::is_ascii_whitespace);
    let is_secret = match join {
        _ if is_spaced => is_sure && is_text && is_passphrase(text, join),
        // Of `Authorization: AWS4-HMAC-SHA256 …, Signature=…`.
        _ if kind == "signature" && join != Join::Query => {
            text.len() >= 64 && text.iter().all(u8::is_ascii_hexdigit)
        }
        _ if kind == "key" => looks_like_key(text, least_bytes) && is_text,
        Join::Query if kind == "signature" => text.len() >= 40 && has_digit(text),
        Join::Query => text.len() >= 4 && (has_digit(text) || text.len() >= 16),
        Join::Connection => is_sure && text.len() >= 3 && is_text,
        Join::Environment | Join::Pair => is_sure && text.len() >= 4 && is_text || looks_random(text, 16),
        Join::Element => {
            let rest = bytes.get(value.end..).unwrap_or_default();
            // JSON may have its slash escaped.
            let closes = rest.starts_with(b"</") || rest.starts_with(b"<\\/");
            let is_made_up = has_digit(text) && has_letter(text) || !is_word_of_types(text);
            is_sure && text.len() >= 4 && is_made_up && closes
        }
        Join::Netrc => text.len() >= 4 && is_text && !is_word_of_types(text),
        Join::Flag => text.len() >= 6 && has_digit(text) && is_text,
        Join::Equals | Join::Colon if !is_sure => looks_random(text, least_bytes) && is_text,
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

/// Past what stands before a value and is none of it: colours, and in YAML the sign of a block, an anchor or a type.
fn past_marks(bytes: &[u8], at: usize, join: Join) -> usize {
    let spaces = |at: usize| run(bytes, at, 8, |byte| byte == b' ');
    let coloured = skip_colours(bytes, at);
    let at = if coloured > at { coloured + spaces(coloured) } else { at };
    if join != Join::Colon {
        return at;
    }
    match bytes.get(at..).unwrap_or_default() {
        [b'|' | b'>', rest @ ..] => {
            let sign = at + 1 + usize::from(matches!(rest.first(), Some(b'-' | b'+')));
            let line = skip_space(bytes, sign);
            // Of one line: what is longer is no password.
            if line > sign + 1 { line } else { at }
        }
        [b'&', ..] => {
            let anchor = run(bytes, at + 1, 64, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
            let gap = spaces(at + 1 + anchor);
            if gap > 0 { at + 1 + anchor + gap } else { at }
        }
        rest if rest.starts_with(b"!!str ") => at + 6,
        _ => at,
    }
}

/// What a client answers in `Digest username="…", …, response="…"`.
fn digest_response(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    const LONGEST_BYTES: usize = 800;
    let scheme = bytes.get(at..at + 7)?;
    scheme.eq_ignore_ascii_case(b"digest ").then_some(())?;
    let length = run(bytes, at, LONGEST_BYTES, |byte| byte.is_ascii_graphic() || byte == b' ');
    let found = memchr::memmem::find(bytes.get(at..at + length)?, b"response=")?;
    let value = at + found + 9;
    let string = Quote::at(bytes, value)?.string(bytes, value)?;
    looks_random(bytes.get(string.clone())?, 16).then_some(string)
}

/// Whether words in quotes are a passphrase: in the environment any that are no sentence; elsewhere one of them has to look made up.
fn is_passphrase(text: &[u8], join: Join) -> bool {
    const OF_SENTENCES: [&[u8]; 14] = [
        b"the", b"a", b"an", b"of", b"is", b"are", b"for", b"to", b"in", b"at", b"must", b"with", b"e.g.",
        b"or",
    ];
    let words: Vec<&[u8]> = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
    let is_sentence = words
        .iter()
        .filter(|word| word.len() > 1)
        .any(|word| OF_SENTENCES.iter().any(|of| word.eq_ignore_ascii_case(of)));
    let is_made_up = words.iter().any(|word| looks_random(word, 10));
    let is_set = matches!(join, Join::Environment | Join::Pair) && text.len() >= 8;
    (2..=8).contains(&words.len()) && !is_sentence && (is_made_up || is_set)
}

/// Whether it is as long as a key, and random in one stretch, as names of files and ids that have dashes are not.
pub(super) fn looks_like_key(text: &[u8], least_bytes: usize) -> bool {
    const STRETCH_BYTES: usize = 20;
    looks_random(text, least_bytes)
        && text
            .split(|byte| !byte.is_ascii_alphanumeric())
            .any(|part| part.len() >= STRETCH_BYTES && has_digit(part) && has_letter(part))
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
        return (join == Join::Connection).then_some(Name::sure("password"));
    }
    if is("sig") || is_signature {
        let is_of_header = is("signature") && join == Join::Equals;
        return (join == Join::Query || is_of_header).then_some(Name::sure("signature"));
    }
    let known = name_of(name)?;
    // Where a secret is expected, whatever is called a token is one.
    let is_expected = matches!(join, Join::Query | Join::Flag);
    Some(Name { is_sure: known.is_sure || is_expected && known.kind != "key", ..known })
}

/// What joins the name to its value, and where that begins, white space left out.
fn join(bytes: &[u8], name: &Range<usize>) -> Option<(Join, usize)> {
    // Needles such as `sig=` have the sign in them.
    let before = name.start.checked_sub(1).and_then(|before| bytes.get(before)).copied();
    let behind = bytes.get(..name.start)?;
    let spaces = |at: usize| run(bytes, at, 8, |byte| byte == b' ');
    // A name may be coloured by itself.
    let name_end = skip_colours(bytes, name.end);
    let gap = spaces(name_end);
    let sign = skip_colours(bytes, name_end + gap);
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
        // <key>password</key><string>…</string>
        rest if behind.ends_with(b"<key>") && rest.starts_with(b"</key>") => {
            let element = skip_space(bytes, sign + 6);
            bytes.get(element..)?.starts_with(b"<string>").then_some((Join::Element, element + 8))
        }
        _ if gap == 1 && text == b"password" && is_netrc(behind) => Some((Join::Netrc, sign)),
        _ if gap == 0 && behind.ends_with(b"name: ") => {
            let value = skip_space(bytes, name.end);
            let is_below = value > name.end && bytes.get(value..)?.starts_with(b"value: ");
            is_below.then(|| (Join::Pair, value + 7 + spaces(value + 7)))
        }
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
        // Three of them are one as well.
        let length = quote.bytes.len();
        let is_triple =
            (1..3).all(|nth| bytes.get(at + nth * length..at + (nth + 1) * length) == Some(quote.bytes));
        let string = quote.string(bytes, if is_triple { at + 2 * length } else { at })?;
        let text = bytes.get(string.clone())?;
        // After a quote that ended a text, what comes next is a comma or a bracket.
        let is_spaced = text.contains(&b' ');
        let is_value = text.len() <= if is_spaced { LONGEST_PASSPHRASE_BYTES } else { LONGEST_VALUE_BYTES }
            && !text
                .iter()
                .any(|byte| byte.is_ascii_whitespace() && *byte != b' ' || b",{}[]<>".contains(byte))
            && !(is_spaced && (text.contains(&b'\\') || text.starts_with(b" ") || text.ends_with(b" ")))
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
    // A colour that ends behind it and has lost its escape.
    let text = bytes.get(value.clone())?;
    if let Some(code) = memchr::memrchr(b'[', text).filter(|code| skip_colours(text, *code) == text.len()) {
        value.end = at + code;
    }
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
