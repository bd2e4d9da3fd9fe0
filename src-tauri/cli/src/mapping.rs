//! `tracex import --map`: how records of no known format are read.

use engine::api::dto::MappingSet;
use engine::model::{DurationUnit, FieldRole, MappedField, RecordMapping};

use crate::args::{self, Import};
use crate::failure::Failure;

/// What the arguments say of how records are read; `None` if they say nothing.
pub(crate) fn of(import: &Import) -> Result<Option<MappingSet>, Failure> {
    if import.map.is_empty() {
        return Ok(None);
    }
    let fields = import.map.iter().map(|text| field(text)).collect::<Result<Vec<_>, _>>()?;
    let duration_unit = match import.duration_unit {
        Some(args::DurationUnit::S) => DurationUnit::Seconds,
        Some(args::DurationUnit::Ms) | None => DurationUnit::Milliseconds,
        Some(args::DurationUnit::Us) => DurationUnit::Microseconds,
        Some(args::DurationUnit::Ns) => DurationUnit::Nanoseconds,
    };
    Ok(Some(MappingSet { mapping: RecordMapping { fields, duration_unit }, path: None }))
}

/// `start=when`, `input=args.query`, `parent=`.
fn field(text: &str) -> Result<MappedField, Failure> {
    let usage = || {
        let roles = FieldRole::ALL.map(FieldRole::word).join(", ");
        Failure::Usage(format!(
            "--map takes ROLE=FIELD, where ROLE is one of {roles}; \"{text}\" is not that"
        ))
    };
    let (role, path) = text.split_once('=').ok_or_else(usage)?;
    let role = FieldRole::from_word(role.trim()).ok_or_else(usage)?;
    let path = path.trim().split('.').filter(|key| !key.is_empty()).map(str::to_owned).collect();
    Ok(MappedField { role, path })
}
