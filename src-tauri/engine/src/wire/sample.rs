//! The first bytes of a source, looked at once so that each format's detection is cheap.

use serde_json::Value;

/// The start of an unpacked source, with what is needed to tell formats apart.
#[derive(Debug)]
pub struct Sample<'a> {
    /// The first bytes (up to [`Sample::BYTES`]), without a byte-order mark.
    pub bytes: &'a [u8],
    /// Whether the sample is the whole source.
    pub complete: bool,
    /// The first JSON values of the source: its leading documents, or the leading elements of a top-level array (then
    /// `in_array` is set). A first value too large for the sample is parsed as far as it goes, its open arrays and objects
    /// closed. Empty if the source is not JSON.
    pub values: Vec<Value>,
    /// Whether `values` are elements of one top-level array.
    pub in_array: bool,
    /// Whether the source is JSON with one document a line.
    pub lines: bool,
}

impl Sample<'_> {
    /// How much of a source is looked at.
    pub const BYTES: usize = 256 * 1024;
    /// How many leading values are parsed.
    pub const VALUES: usize = 8;

    /// Whether any leading value satisfies `test`.
    pub fn any(&self, test: impl Fn(&Value) -> bool) -> bool {
        self.values.iter().any(test)
    }
}
