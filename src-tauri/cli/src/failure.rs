//! Why the program stops before it is done.

use std::fmt;
use std::io;

use engine::api::dto::ApiError;
use engine::error::Code;

use crate::text;

/// Why a command did not run to its end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What the person asked for makes no sense.
    Usage(String),
    /// It went wrong.
    Failed(String),
    /// Whoever read the output has enough (`| head`).
    ReaderGone,
}

impl Failure {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(_) => 1,
            Self::ReaderGone => 0,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // A usage message is made here and may span lines; others may quote what a file said.
            Self::Usage(message) => formatter.write_str(&sentence(message)),
            Self::Failed(message) => formatter.write_str(&sentence(&text::printable(message))),
            Self::ReaderGone => formatter.write_str("Nobody reads the output."),
        }
    }
}

/// A message as a sentence: with a capital, unless it begins with a name, and a full stop, unless it ends a list.
pub(crate) fn sentence(message: &str) -> String {
    let word = message.split(' ').next().unwrap_or_default();
    let mut letters = message.chars();
    let is_word = word.chars().all(|letter| letter.is_alphabetic() || letter == '\'') && !is_named(word);
    let capital = letters.next().filter(|_| is_word);
    let ends_open = |last: char| last.is_alphanumeric() || matches!(last, '"' | '\'' | '`' | ')');
    let stop = if message.ends_with(ends_open) && !message.contains('\n') { "." } else { "" };
    match capital {
        Some(first) => format!("{}{}{stop}", first.to_uppercase(), letters.as_str()),
        None => format!("{message}{stop}"),
    }
}

/// Whether the person gave the word as, or at the end of, an argument: then it may be a name, whose letters stay.
fn is_named(word: &str) -> bool {
    !word.is_empty() && std::env::args_os().any(|argument| argument.to_string_lossy().ends_with(word))
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        match error.code {
            Code::Invalid => Self::Usage(text::printable(&error.message).into_owned()),
            _ => Self::Failed(error.message),
        }
    }
}

impl From<engine::error::Error> for Failure {
    fn from(error: engine::error::Error) -> Self {
        ApiError::from(error).into()
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::Failed(format!("the output can't be written: {error}")),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        match error.io_error_kind() {
            Some(kind) => io::Error::from(kind).into(),
            None => Self::Failed(format!("BUG: an answer is not what was asked for: {error}")),
        }
    }
}
