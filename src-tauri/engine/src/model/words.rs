//! The closed vocabularies, each with the number it is stored as and the word it is shown as.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Declares a closed vocabulary: an enum stored as a small integer and written as a lower-case word.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $word:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$vdoc])* $variant = $code,)+ }

        impl $name {
            /// Every value, in the order of the stored codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The integer it is stored as; never changes once released.
            pub const fn code(self) -> u8 { self as u8 }

            /// The value stored as `code`, if there is one.
            pub const fn from_code(code: i64) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }

            /// The word written in JSON, in queries and on screen.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The value whose word is `word`.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

vocabulary! {
    /// What a span is.
    SpanKind {
        /// Nothing below fits, or nothing was said.
        Other = 0, "other";
        /// An agent's run or turn.
        Agent = 1, "agent";
        /// A call of a language model.
        Llm = 2, "llm";
        /// A tool or function call.
        Tool = 3, "tool";
        /// A search in a store of documents or memory.
        Retrieval = 4, "retrieval";
        /// A call of an embedding model.
        Embedding = 5, "embedding";
        /// A call of a reranking model.
        Rerank = 6, "rerank";
        /// A workflow, task or other grouping of steps.
        Chain = 7, "chain";
        /// A check of input or output.
        Guardrail = 8, "guardrail";
        /// A scoring of a result.
        Evaluator = 9, "evaluator";
        /// Time in which the run waited: back-off, rate limit, a human.
        Wait = 10, "wait";
    }
}

vocabulary! {
    /// How a span ended.
    SpanStatus {
        /// Ended, and nothing was said of success.
        Unset = 0, "unset";
        /// Ended well.
        Ok = 1, "ok";
        /// Ended in an error.
        Error = 2, "error";
        /// No end has been seen.
        Open = 3, "open";
    }
}

vocabulary! {
    /// How a trace ended. Ordered by how much attention it wants.
    TraceStatus {
        /// Ended well.
        Success = 0, "success";
        /// Ended well after something in it failed (TraceLLM: "had retries").
        Warning = 1, "warning";
        /// Ended in an error.
        Failed = 2, "failed";
        /// Some of it has not ended, and more is to come.
        Running = 3, "running";
        /// Some of it has not ended, and nobody sends any more: the sender vanished, or the file stops before the run does.
        Lost = 4, "lost";
    }
}

vocabulary! {
    /// Where a number comes from. Every number on screen can say which.
    Provenance {
        /// Taken by a clock or counter at the source (a span's own start and end).
        Measured = 0, "measured";
        /// Stated by the source about itself (token usage returned by a provider, a stored latency).
        Reported = 1, "reported";
        /// Computed here from measured or reported numbers.
        Derived = 2, "derived";
        /// A guess by the source or by this program.
        Estimated = 3, "estimated";
        /// Known to be cut short at the source.
        Truncated = 4, "truncated";
    }
}

vocabulary! {
    /// Why a step failed, as far as its error tells.
    FailureCause {
        /// Nothing tells.
        Unknown = 0, "unknown";
        /// Too many requests, or a quota used up.
        Ratelimit = 1, "ratelimit";
        /// It took too long.
        Timeout = 2, "timeout";
        /// The server failed (5xx) or was overloaded.
        Server = 3, "server";
        /// The server was not reached.
        Network = 4, "network";
        /// What was sent or answered was not of the form asked for.
        Validation = 5, "validation";
        /// The tool itself failed.
        Tool = 6, "tool";
        /// The answer was cut short.
        Truncated = 7, "truncated";
        /// A model, a filter, a policy or a person refused.
        Refused = 8, "refused";
        /// It was cancelled.
        Cancelled = 9, "cancelled";
    }
}

vocabulary! {
    /// How the tries of one operation relate.
    AttemptRelation {
        /// The same, again.
        Retry = 0, "retry";
        /// Another model or tool took over.
        Fallback = 1, "fallback";
        /// The same, at the same time: whoever answers first.
        Hedge = 2, "hedge";
    }
}

vocabulary! {
    /// What became of an operation that was tried more than once.
    AttemptOutcome {
        /// A try went well in the end.
        Recovered = 0, "recovered";
        /// The last try failed, and what had asked for it failed with it.
        Gaveup = 1, "gaveup";
        /// The last try failed, and the run went on without it.
        Abandoned = 2, "abandoned";
        /// The last try has not ended.
        Trying = 3, "trying";
    }
}

vocabulary! {
    /// What a moment of a run went into. Of steps that run at once, those of the earlier part here take the moment: what works
    /// goes before what waits, and what waits before an agent in which nothing else runs.
    TimePart {
        /// Calls of language models.
        Model = 0, "model";
        /// Tools.
        Tool = 1, "tool";
        /// Searches in documents and memory, embedding and reranking among them.
        Retrieval = 2, "retrieval";
        /// Waiting for a person: an approval, an answer to a question.
        Human = 3, "human";
        /// Waiting because a provider takes no more calls for now.
        Throttled = 4, "throttled";
        /// Pauses between the tries of one operation.
        Backoff = 5, "backoff";
        /// An agent or workflow runs, and nothing that it calls.
        Own = 6, "own";
        /// Nothing runs, or a step waits and its source does not say for what.
        Idle = 7, "idle";
    }
}

vocabulary! {
    /// Why the person is told of a run that is followed.
    Alert {
        /// It takes longer than they have set.
        Slow = 1, "slow";
        /// It failed.
        Failed = 2, "failed";
    }
}

/// Remarks on one span, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SpanFlags(pub u32);

impl SpanFlags {
    /// Part of its content was cut at the source.
    pub const TRUNCATED: Self = Self(1);
    /// Its start or end was not in the input and was worked out from other fields.
    pub const TIME_DERIVED: Self = Self(1 << 1);
    /// Its parent was not in the input and was inferred from intervals.
    pub const PARENT_INFERRED: Self = Self(1 << 2);
    /// It names a parent that has not been seen.
    pub const ORPHAN: Self = Self(1 << 3);
    /// It is part of a cycle of parents, which was cut here.
    pub const CYCLE: Self = Self(1 << 4);
    /// Its interval is not inside its parent's.
    pub const OUTSIDE_PARENT: Self = Self(1 << 5);
    /// A placeholder sent at the start of a span (a pending span); the real one replaces it.
    pub const PENDING: Self = Self(1 << 6);
    /// Its end is before its start in the input; shown with no duration.
    pub const NEGATIVE_DURATION: Self = Self(1 << 7);
    /// Some of its text was masked because it looked like a secret.
    pub const MASKED: Self = Self(1 << 8);
    /// Its source has no time for it: it was laid out after the step before it, counted from 0 and not from the epoch.
    pub const LAID_OUT: Self = Self(1 << 9);
    /// Its cost was worked out from a table of prices.
    pub const COST_DERIVED: Self = Self(1 << 10);
    /// Another step of the trace has the same id.
    pub const SHARED_ID: Self = Self(1 << 11);
    /// Its times are shown by another clock than the one they were taken by (`analysis::clock_offsets`).
    pub const TIME_ADJUSTED: Self = Self(1 << 12);
    /// The input says when it ended, and not when it began.
    pub const START_UNKNOWN: Self = Self(1 << 13);

    /// Whether every bit of `other` is set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Sets the bits of `other`.
    pub const fn insert(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Sets the bits of `other`, or clears them.
    pub const fn set(&mut self, other: Self, on: bool) {
        self.0 = if on { self.0 | other.0 } else { self.0 & !other.0 };
    }
}
