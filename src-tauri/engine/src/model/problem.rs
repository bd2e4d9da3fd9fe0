//! Something wrong in the input: where, and why. Kept and shown, never swallowed.

/// A place in a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Offset in bytes from the start of the (unpacked) source.
    pub byte: u64,
    /// Line, from 1, where lines mean something.
    pub line: Option<u64>,
}

/// One thing that could not be read as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub at: Position,
    /// What was found, and what would be accepted.
    pub reason: String,
}

impl Problem {
    /// A problem at `at`.
    pub fn new(at: Position, reason: impl Into<String>) -> Self {
        Self { at, reason: reason.into() }
    }
}
