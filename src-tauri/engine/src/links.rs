//! Which addresses that stand in a trace may be opened, once the person has seen them.

const LONGEST_BYTES: usize = 8 << 10;

/// Whether an address may be handed to the system: a web page or a mail address, written as an URL is. Everything else could
/// run or reveal something: files, other programs' schemes, options of a command.
pub fn may_open(address: &str) -> bool {
    let is_written_well = address.len() <= LONGEST_BYTES
        && address.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte));
    let Some((scheme, rest)) = address.split_once(':') else { return false };
    let leads_somewhere = match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => {
            rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        }
        "mailto" => rest.contains('@'),
        _ => false,
    };
    is_written_well && leads_somewhere
}
