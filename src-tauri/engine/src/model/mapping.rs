//! Which field of a record of no known format is what.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a field of a record can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldRole {
    /// The id of the trace, run, session or conversation.
    Trace,
    /// The step's id.
    Id,
    /// The id of the step that it belongs to.
    Parent,
    /// The step's name.
    Name,
    /// What it is: model call, tool call, …
    Kind,
    /// When it started, or when it happened.
    Start,
    /// When it ended.
    End,
    /// How long it took.
    Duration,
    /// How it ended.
    Status,
    /// Why it failed.
    Error,
    /// What went in.
    Input,
    /// What came out.
    Output,
    /// The model.
    Model,
}

impl FieldRole {
    /// Every role, in the order of showing.
    pub const ALL: [Self; 13] = [
        Self::Trace,
        Self::Id,
        Self::Parent,
        Self::Name,
        Self::Kind,
        Self::Start,
        Self::End,
        Self::Duration,
        Self::Status,
        Self::Error,
        Self::Input,
        Self::Output,
        Self::Model,
    ];

    /// Whether records of one kind may lack it: what has not ended or failed, or is no model call.
    pub fn may_be_missing(self) -> bool {
        !matches!(self, Self::Trace | Self::Id | Self::Name | Self::Kind | Self::Start)
    }

    /// The word written on the command line and on screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Id => "id",
            Self::Parent => "parent",
            Self::Name => "name",
            Self::Kind => "kind",
            Self::Start => "start",
            Self::End => "end",
            Self::Duration => "duration",
            Self::Status => "status",
            Self::Error => "error",
            Self::Input => "input",
            Self::Output => "output",
            Self::Model => "model",
        }
    }

    /// The role whose word is `word`.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// The unit of a duration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DurationUnit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    #[default]
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Nanoseconds.
    Nanoseconds,
}

impl DurationUnit {
    /// How many nanoseconds there are to one.
    pub fn ns(self) -> f64 {
        match self {
            Self::Seconds => 1e9,
            Self::Milliseconds => 1e6,
            Self::Microseconds => 1e3,
            Self::Nanoseconds => 1.0,
        }
    }
}

/// One field and what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MappedField {
    /// What it is.
    pub role: FieldRole,
    /// The keys that lead to it, outermost first; none if no field is that.
    pub path: Vec<String>,
}

/// How records of one shape are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordMapping {
    /// The fields that are known; at most one a role.
    pub fields: Vec<MappedField>,
    /// The unit of the field that is the duration.
    pub duration_unit: DurationUnit,
}

impl RecordMapping {
    /// The path of the field that is `role`.
    pub fn path(&self, role: FieldRole) -> Option<&[String]> {
        self.mapped().find(|field| field.role == role).map(|field| &field.path[..])
    }

    /// The fields that are something.
    pub fn mapped(&self) -> impl Iterator<Item = &MappedField> {
        self.fields.iter().filter(|field| !field.path.is_empty())
    }

    /// This mapping, and what it says nothing of as `other` has it.
    pub fn over(&self, mut other: Self) -> Self {
        other.fields.retain(|field| {
            let is_told = self.fields.iter().any(|own| own.role == field.role);
            // A field that was said to be something else is not also this, but for a name that is the kind too.
            let is_taken = self.mapped().any(|own| own.path == field.path) && field.role != FieldRole::Kind;
            !is_told && !is_taken
        });
        let duration_is_told = self.fields.iter().any(|own| own.role == FieldRole::Duration);
        let duration_unit = if duration_is_told { self.duration_unit } else { other.duration_unit };
        let mut fields: Vec<MappedField> = self.mapped().cloned().chain(other.fields).collect();
        fields.sort_by_key(|field| field.role);
        Self { fields, duration_unit }
    }

    /// Whether both are about the very same fields, whatever they make of them.
    pub fn is_for_fields_of(&self, other: &Self) -> bool {
        let paths = |mapping: &Self| {
            let mut paths: Vec<Vec<String>> = mapping.mapped().map(|field| field.path.clone()).collect();
            paths.sort();
            paths
        };
        paths(self) == paths(other)
    }
}

/// A field met in the first records of a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FoundField {
    /// The keys that lead to it.
    pub path: Vec<String>,
    /// Some of its values, cut short.
    pub samples: Vec<String>,
}

/// How a source of no known format was read, and what else there was to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecordGuess {
    /// The mapping in use.
    pub mapping: RecordMapping,
    /// Whether a person set it, for this file or for another of this shape.
    pub is_confirmed: bool,
    /// The fields of the first records.
    pub fields: Vec<FoundField>,
}
