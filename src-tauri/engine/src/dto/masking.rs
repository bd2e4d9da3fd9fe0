//! What is masked: settings, a try of them, what is stored already, and what an export found.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is masked beside secrets, which always are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct MaskingRules {
    /// E-mail addresses too.
    pub masks_emails: bool,
    /// The person's own patterns, at most 50, tried in this order.
    pub patterns: Vec<MaskingPattern>,
}

/// A pattern of the person's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct MaskingPattern {
    /// What stands in its masks: 1 to 40 letters, digits, spaces, dots, dashes and underscores.
    pub name: String,
    /// A regular expression in the syntax of the `regex` crate, at most 1,000 bytes.
    pub pattern: String,
}

/// Tries rules on a text; nothing is stored.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
pub struct MaskingTry {
    /// The rules.
    pub rules: MaskingRules,
    /// At most 100,000 bytes of it are looked at.
    pub text: String,
}

/// What rules make of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MaskingTried {
    /// Of each pattern, why it can't be used; `null` where it can.
    pub problems: Vec<Option<String>>,
    /// The text, masked by those that can.
    pub text: String,
    /// What was masked.
    pub masked: Vec<MaskedKind>,
}

/// How often something of a kind was masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MaskedKind {
    /// As masks say it: `bearer-token`, `email`, the name of a pattern.
    pub kind: String,
    /// How often.
    #[ts(type = "number")]
    pub count: u64,
}

/// How far the masking of what is stored already is, or how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MaskStoredStatus {
    /// It is under way.
    pub is_running: bool,
    /// All is looked through; the database is being written anew, so that nothing of it is left in the file.
    pub is_compacting: bool,
    /// Blocks of content and traces that were looked through, of `total`.
    #[ts(type = "number")]
    pub done: u64,
    /// All there are.
    #[ts(type = "number")]
    pub total: u64,
    /// What was masked so far.
    pub masked: Vec<MaskedKind>,
    /// It went through to its end.
    pub has_finished: bool,
    /// Why it did not; `null` while it runs, and where it did.
    pub error: Option<String>,
}
