//! The input in a sentence about it.

/// The start of a text, in whole words: half a secret would not be known for one, and so not be masked.
pub fn start_of(text: &str, most_characters: usize) -> String {
    let Some((cut, _)) = text.char_indices().nth(most_characters) else { return text.to_owned() };
    let start = text.get(..cut).unwrap_or_default();
    let end = start.rfind(char::is_whitespace).unwrap_or(0);
    format!("{}…", start.get(..end).unwrap_or_default().trim_end())
}
