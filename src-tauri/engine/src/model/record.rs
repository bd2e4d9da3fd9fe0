//! What an importer hands over: one span, or what a file says of a trace as a whole.

use super::{Provenance, SpanFlags, SpanKind, SpanStatus, TraceStatus};

/// Token counts as the source gives them; what it does not give is `None`, never zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Tokens of the prompt, cached ones included.
    pub input: Option<u64>,
    /// Tokens of the answer, reasoning included.
    pub output: Option<u64>,
    /// Of the input, those read from a cache.
    pub cache_read: Option<u64>,
    /// Of the input, those written to a cache.
    pub cache_write: Option<u64>,
    /// Of the output, those spent on reasoning.
    pub reasoning: Option<u64>,
    /// The source's own total, kept where it gives no split or a different sum.
    pub total: Option<u64>,
}

impl Tokens {
    /// The total as reported, else the sum of input and output, else `None`.
    pub fn sum(&self) -> Option<u64> {
        self.total.or(match (self.input, self.output) {
            (None, None) => None,
            (input, output) => Some(input.unwrap_or(0).saturating_add(output.unwrap_or(0))),
        })
    }
}

/// One span as read from a source. Times are nanoseconds since the Unix epoch.
///
/// Everything but `trace` and `id` may be missing. `payload` holds a [`super::Payload`] serialised as JSON: all that the
/// source said of the span, unknown fields included, so that nothing is lost.
#[derive(Clone, Debug)]
pub struct SpanRecord {
    /// The trace's id in the source; hex ids in lower case.
    pub trace: String,
    /// The span's id in the source; hex ids in lower case.
    pub id: String,
    /// The parent's id in the source.
    pub parent: Option<String>,
    /// The span's name.
    pub name: String,
    /// What it is.
    pub kind: SpanKind,
    /// How it ended.
    pub status: SpanStatus,
    /// The error in one line, when it failed.
    pub error: Option<String>,
    /// When it started.
    pub start_ns: Option<i64>,
    /// When it ended; `None` while open.
    pub end_ns: Option<i64>,
    /// Model, as the response names it, else as requested.
    pub model: Option<String>,
    /// Tokens used by this span (and, for some sources, by the spans below it: see `analysis::totals`).
    pub tokens: Tokens,
    /// Where the token counts come from.
    pub tokens_provenance: Provenance,
    /// Cost in US dollars, as reported.
    pub cost_usd: Option<f64>,
    /// Which try of its operation this is, from 1, where the source says so.
    pub attempt: Option<u32>,
    /// The pause the source says it made (or will make) before the next try.
    pub backoff_ns: Option<i64>,
    /// Hash of the input, to see that two tries had the same one (`semantics::input_hash`).
    pub input_hash: Option<i64>,
    /// Remarks.
    pub flags: SpanFlags,
    /// The start of the input as text ([`SpanRecord::preview_of`]), for the trace list.
    pub preview: Option<String>,
    /// Project, service or application the span belongs to.
    pub project: Option<String>,
    /// Deployment environment.
    pub environment: Option<String>,
    /// Session, thread or conversation.
    pub conversation: Option<String>,
    /// Only part of what there is to say of the span is said here, by a sender that tells it as it happens: what was said
    /// before, or comes later, holds beside it. Otherwise this is all of it.
    pub is_part: bool,
    /// How long it took, from a part that says so without saying when.
    pub duration_ns: Option<i64>,
    /// The id of the format in which it first came, where that is not the one it is read in: an export keeps what things were.
    pub told_as: Option<&'static str>,
    /// What a person has said of it.
    pub mark: Option<Box<StepMark>>,
    /// What a person has said of the tries that it is among.
    pub correction: Option<Box<AttemptCorrection>>,
    /// A [`super::Payload`] as JSON.
    pub payload: Vec<u8>,
}

impl SpanRecord {
    /// The longest preview kept.
    pub const PREVIEW_BYTES: usize = 240;
    /// The longest error line kept.
    pub const ERROR_BYTES: usize = 600;
    /// The longest preview an importer hands over. Longer than what is kept, since secrets are masked before the rest is cut:
    /// half a secret would no longer look like one.
    pub const HANDED_PREVIEW_BYTES: usize = 1_024;

    /// A span with the given ids and nothing else known.
    pub fn new(trace: impl Into<String>, id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            trace: trace.into(),
            id: id.into(),
            parent: None,
            name: name.into(),
            kind: SpanKind::Other,
            status: SpanStatus::Unset,
            error: None,
            start_ns: None,
            end_ns: None,
            model: None,
            tokens: Tokens::default(),
            tokens_provenance: Provenance::Reported,
            cost_usd: None,
            attempt: None,
            backoff_ns: None,
            input_hash: None,
            flags: SpanFlags::default(),
            preview: None,
            project: None,
            environment: None,
            conversation: None,
            is_part: false,
            duration_ns: None,
            told_as: None,
            mark: None,
            correction: None,
            payload: b"{}".to_vec(),
        }
    }

    /// The start of `text` as an importer hands it over, or `None` if there is nothing but white space.
    pub fn preview_of(text: &str) -> Option<String> {
        Self::folded(text, Self::HANDED_PREVIEW_BYTES)
    }

    /// The start of `text` up to `cut`, a character boundary. Of a long run of letters, digits and their signs that the cut goes
    /// through only the first few are left: it may be a secret, which nothing knows for one by its first half.
    pub fn cut_at(text: &str, cut: usize) -> &str {
        const LONG_BYTES: usize = 20;
        const LEFT_BYTES: usize = 6;
        let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.+=~%/".contains(byte);
        let (start, rest) = text.split_at_checked(cut).unwrap_or((text, ""));
        let before = start.bytes().rev().take_while(is_token).count();
        let after = rest.bytes().take_while(is_token).count();
        if after > 0 && before + after > LONG_BYTES {
            &start[..start.len() - before + before.min(LEFT_BYTES)]
        } else {
            start
        }
    }

    /// `text` cut at a character boundary to `bytes`, white space folded, or `None` if nothing is left.
    pub fn folded(text: &str, bytes: usize) -> Option<String> {
        let mut preview = String::with_capacity(bytes.min(text.len()));
        for word in text.split_whitespace() {
            let room = bytes - preview.len();
            let needed = word.len() + usize::from(!preview.is_empty());
            if needed > room {
                let mut cut = room.saturating_sub(usize::from(!preview.is_empty())).min(word.len());
                while !word.is_char_boundary(cut) {
                    cut -= 1;
                }
                let start = Self::cut_at(word, cut);
                if !start.is_empty() {
                    if !preview.is_empty() {
                        preview.push(' ');
                    }
                    preview.push_str(start);
                }
                break;
            }
            if !preview.is_empty() {
                preview.push(' ');
            }
            preview.push_str(word);
        }
        (!preview.is_empty()).then_some(preview)
    }
}

/// What the person says of a trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// It has a star.
    pub starred: bool,
    /// Its tags, in alphabetical order.
    pub tags: Vec<String>,
    /// Its note.
    pub note: Option<String>,
}

/// What the person says of one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepMark {
    /// When it was pinned, nanoseconds since the Unix epoch; `None` if it is not.
    pub pinned_ns: Option<i64>,
    /// Their note.
    pub note: Option<String>,
}

impl StepMark {
    /// The longest note.
    pub const NOTE_CHARACTERS: usize = 20_000;
}

/// What the person says of the tries that a step is among.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttemptCorrection {
    /// It is no try of the operation that it is found to be one of: the id of a step of the group that it was taken out of,
    /// by which all that were taken out of that group are found again.
    pub apart_from: Option<String>,
    /// The operation that it is a try of, named by the id of one of its steps: steps with the same one belong together.
    pub operation: Option<String>,
}

/// What a source says of a trace as a whole, beside its spans. Everything but `trace` may be missing.
#[derive(Clone, Debug)]
pub struct TraceRecord {
    /// The trace's id in the source.
    pub trace: String,
    /// Name of the run.
    pub name: Option<String>,
    /// The start of the prompt, as [`SpanRecord::preview`].
    pub preview: Option<String>,
    /// How it ended, where the source says so; otherwise it follows from the spans.
    pub status: Option<TraceStatus>,
    /// Why it failed.
    pub failure_reason: Option<String>,
    /// When it started.
    pub start_ns: Option<i64>,
    /// When it ended.
    pub end_ns: Option<i64>,
    /// Where start and end come from.
    pub time_provenance: Provenance,
    /// Model of the run.
    pub model: Option<String>,
    /// Tokens of the whole run.
    pub tokens: Tokens,
    /// Where they come from.
    pub tokens_provenance: Provenance,
    /// Cost in US dollars, as reported.
    pub cost_usd: Option<f64>,
    /// Number of retries, as reported.
    pub retries: Option<u32>,
    /// Project or service.
    pub project: Option<String>,
    /// Deployment environment.
    pub environment: Option<String>,
    /// Session, thread or conversation.
    pub conversation: Option<String>,
    /// How much the source had told of the run when it said this, in its own measure (lines, steps): sessions grow, and
    /// what was said last holds. 0 where that means nothing.
    pub told: u64,
    /// The source gives no parent ids: the tree is inferred from intervals when it is shown.
    pub parents_unknown: bool,
    /// Only part of what there is to say of the trace is said here, as in [`SpanRecord::is_part`].
    pub is_part: bool,
    /// How long it took, from a part that says so without saying when.
    pub duration_ns: Option<i64>,
    /// As [`SpanRecord::told_as`].
    pub told_as: Option<&'static str>,
    /// Whether its source describes the run; otherwise this only names it, for what is said of it elsewhere (`preview`,
    /// `project`, `marks`, …), and all else follows from its spans.
    pub describes_run: bool,
    /// What a person has said of it.
    pub marks: Marks,
    /// Content of the run itself (prompt, response, what else the source says) as a [`super::Payload`] in JSON; `None` for
    /// sources that know only spans.
    pub payload: Option<Vec<u8>>,
}

impl TraceRecord {
    /// A trace with the given id and nothing else known.
    pub fn new(trace: impl Into<String>) -> Self {
        Self {
            trace: trace.into(),
            name: None,
            preview: None,
            status: None,
            failure_reason: None,
            start_ns: None,
            end_ns: None,
            time_provenance: Provenance::Measured,
            model: None,
            tokens: Tokens::default(),
            tokens_provenance: Provenance::Reported,
            cost_usd: None,
            retries: None,
            project: None,
            environment: None,
            conversation: None,
            told: 0,
            parents_unknown: false,
            is_part: false,
            duration_ns: None,
            told_as: None,
            describes_run: true,
            marks: Marks::default(),
            payload: None,
        }
    }
}
