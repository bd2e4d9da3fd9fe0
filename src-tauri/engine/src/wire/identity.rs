//! Ids for traces whose source gives them none.

use serde_json::Value;
use xxhash_rust::xxh3::Xxh3Default;

/// An id from what a source says of a trace at its beginning: the same whenever it is read again, also when the source has
/// grown. `parts` must not change as it grows.
pub fn derived<'a>(parts: impl IntoIterator<Item = &'a Value>) -> String {
    let mut hasher = Xxh3Default::new();
    for part in parts {
        hasher.update(part.to_string().as_bytes());
        hasher.update(b"\n");
    }
    format!("derived-{:032x}", hasher.digest128())
}
