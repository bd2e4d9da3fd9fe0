//! Which field of a record is what, by its name and by what its values look like.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::super::time;
use crate::model::{DurationUnit, FieldRole, FoundField, MappedField, RecordMapping};

/// How deep fields are looked for, and how many.
const DEPTH: usize = 3;
const FIELDS: usize = 200;
const SAMPLE_CHARS: usize = 60;
const SAMPLES: usize = 3;

/// The names that fields of a role go by, the likeliest first; in lower case, without separators.
fn names(role: FieldRole) -> &'static [&'static str] {
    match role {
        FieldRole::Trace => &[
            "traceid",
            "trace",
            "sessionid",
            "session",
            "conversationid",
            "threadid",
            "runid",
            "requestid",
            "correlationid",
            "chatid",
            "jobid",
            "taskid",
            "episodeid",
        ],
        FieldRole::Id => &[
            "spanid",
            "stepid",
            "eventid",
            "callid",
            "messageid",
            "recordid",
            "nodeid",
            "uuid",
            "id",
            "toolcallid",
            "runid",
            "seq",
            "sequence",
            "index",
            "step",
        ],
        FieldRole::Parent => &[
            "parentid",
            "parentspanid",
            "parentuuid",
            "parentrunid",
            "parentstepid",
            "parentcallid",
            "parenteventid",
            "parentnodeid",
            "parent",
            "callerid",
            "caller",
            "causedby",
            "replyto",
        ],
        FieldRole::Name => &[
            "name",
            "spanname",
            "stepname",
            "toolname",
            "tool",
            "functionname",
            "function",
            "operation",
            "operationname",
            "eventname",
            "event",
            "action",
            "actiontype",
            "method",
            "step",
            "node",
            "title",
            "task",
            "agent",
            "sender",
            "role",
            "type",
            "kind",
            "author",
        ],
        FieldRole::Kind => &[
            "kind",
            "spankind",
            "spantype",
            "steptype",
            "runtype",
            "nodetype",
            "eventtype",
            "type",
            "category",
            "role",
        ],
        FieldRole::Start => &[
            "starttime",
            "startedat",
            "start",
            "starttimestamp",
            "starttimeunixnano",
            "startts",
            "began",
            "beginat",
            "begin",
            "timestamp",
            "ts",
            "time",
            "datetime",
            "createdat",
            "created",
            "date",
            "eventtime",
            "loggedat",
            "at",
            "startns",
            "startms",
        ],
        FieldRole::End => &[
            "endtime",
            "endedat",
            "end",
            "endtimestamp",
            "endtimeunixnano",
            "endts",
            "finishedat",
            "finishtime",
            "finish",
            "completedat",
            "stoptime",
            "stoppedat",
            "endns",
            "endms",
        ],
        FieldRole::Duration => &[
            "duration",
            "durationms",
            "durationns",
            "durationus",
            "durations",
            "durationsec",
            "durationseconds",
            "latency",
            "latencyms",
            "latencys",
            "latencyseconds",
            "elapsed",
            "elapsedms",
            "elapsedseconds",
            "elapsedsec",
            "executiontime",
            "executiontimems",
            "took",
            "tookms",
            "runtime",
            "responsetime",
            "responsetimems",
            "dur",
            "timetaken",
            "processingtime",
        ],
        FieldRole::Status => &[
            "status",
            "state",
            "outcome",
            "success",
            "succeeded",
            "ok",
            "statuscode",
            "exitcode",
            "returncode",
            "result",
            "level",
            "severity",
        ],
        FieldRole::Error => &[
            "error",
            "errormessage",
            "exception",
            "err",
            "failurereason",
            "failure",
            "traceback",
            "stacktrace",
            "errortype",
        ],
        FieldRole::Input => &[
            "input",
            "inputs",
            "prompt",
            "request",
            "query",
            "question",
            "args",
            "arguments",
            "params",
            "parameters",
            "toolinput",
            "payload",
            "messages",
            "content",
            "message",
            "text",
            "body",
            "msg",
        ],
        FieldRole::Output => &[
            "output",
            "outputs",
            "response",
            "result",
            "completion",
            "answer",
            "reply",
            "tooloutput",
            "observation",
            "returnvalue",
            "generation",
            "prediction",
        ],
        FieldRole::Model => &["model", "modelname", "modelid", "llm", "engine", "deployment"],
    }
}

/// Whether the records have enough of what makes a step: something that places them (a time, a parent, a role) and
/// something that says what they are.
pub(super) fn is_convincing(records: &[Map<String, Value>]) -> bool {
    let mapping = mapping(records);
    let has = |role| mapping.path(role).is_some();
    let is_placed = has(FieldRole::Start)
        || has(FieldRole::End)
        || (has(FieldRole::Parent) && has(FieldRole::Id))
        || (has(FieldRole::Duration) && has(FieldRole::Name))
        || (has(FieldRole::Kind)
            && has(FieldRole::Input)
            && records.iter().all(|record| record.contains_key("role")));
    let says_what =
        has(FieldRole::Name) || has(FieldRole::Kind) || has(FieldRole::Input) || has(FieldRole::Output);
    !records.is_empty() && is_placed && says_what
}

/// The likeliest mapping of such records.
pub(super) fn mapping(records: &[Map<String, Value>]) -> RecordMapping {
    let mut paths = Vec::new();
    for record in records {
        walk(record, &mut Vec::new(), &mut paths);
    }
    let mut mapping = RecordMapping::default();
    let mut taken: HashSet<Vec<String>> = HashSet::new();
    // Roles that values tell apart come first, so that a name is not a time, and an output no status.
    for role in [
        FieldRole::Start,
        FieldRole::End,
        FieldRole::Duration,
        FieldRole::Parent,
        FieldRole::Trace,
        FieldRole::Id,
        FieldRole::Name,
        FieldRole::Kind,
        FieldRole::Error,
        FieldRole::Output,
        FieldRole::Input,
        FieldRole::Status,
        FieldRole::Model,
    ] {
        let mut best: Option<(usize, &Vec<String>)> = None;
        for path in &paths {
            // What is a kind may also be the best name there is.
            let is_taken = taken.contains(path) && role != FieldRole::Kind;
            let Some(rank) = rank(role, path).filter(|_| !is_taken) else { continue };
            if best.is_none_or(|(known, _)| rank < known) && fits(role, path, records) {
                best = Some((rank, path));
            }
        }
        if let Some((_, path)) = best {
            taken.insert(path.clone());
            if role == FieldRole::Duration {
                mapping.duration_unit = unit(path.last().map_or("", String::as_str));
            }
            mapping.fields.push(MappedField { role, path: path.clone() });
        }
    }
    mapping.fields.sort_by_key(|field| field.role);
    mapping
}

/// The fields of the records with some of their values.
pub(super) fn fields(records: &[Map<String, Value>]) -> Vec<FoundField> {
    let mut paths = Vec::new();
    for record in records {
        walk(record, &mut Vec::new(), &mut paths);
    }
    let found = paths.into_iter().map(|path| {
        let mut samples: Vec<String> = Vec::new();
        for value in records.iter().filter_map(|record| at(record, &path)) {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let text: String = text.chars().take(SAMPLE_CHARS).collect();
            if samples.len() < SAMPLES && !samples.contains(&text) {
                samples.push(text);
            }
        }
        FoundField { path, samples }
    });
    found.collect()
}

/// The value that `path` leads to.
pub(super) fn at<'v>(record: &'v Map<String, Value>, path: &[String]) -> Option<&'v Value> {
    let (first, rest) = path.split_first()?;
    let value = record.get(first)?;
    match rest {
        [] => Some(value),
        rest => at(value.as_object()?, rest),
    }
}

fn walk(record: &Map<String, Value>, path: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    for (key, value) in record {
        if paths.len() >= FIELDS {
            return;
        }
        path.push(key.clone());
        if !paths.contains(path) {
            paths.push(path.clone());
        }
        if let Value::Object(inner) = value
            && path.len() < DEPTH
        {
            walk(inner, path, paths);
        }
        path.pop();
    }
}

/// How likely the name makes it that the field is `role`, 0 the likeliest; deeper fields are less so.
fn rank(role: FieldRole, path: &[String]) -> Option<usize> {
    let key: String =
        path.last()?.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let rank = names(role).iter().position(|name| *name == key)?;
    Some(rank + (path.len() - 1) * 8)
}

/// Whether the values look like it: nearly all of those that are there, and enough that are.
fn fits(role: FieldRole, path: &[String], records: &[Map<String, Value>]) -> bool {
    let values: Vec<&Value> =
        records.iter().filter_map(|record| at(record, path)).filter(|value| !value.is_null()).collect();
    let is_scalar = |value: &Value| !value.is_object() && !value.is_array();
    let looks_right = |value: &Value| match role {
        FieldRole::Start | FieldRole::End => is_time(value),
        FieldRole::Duration => super::super::json::number(value).is_some_and(|number| number >= 0.0),
        FieldRole::Trace | FieldRole::Id | FieldRole::Parent => {
            value.as_str().is_some_and(|text| text.len() <= 200 && !text.contains('\n')) || value.is_u64()
        }
        FieldRole::Name | FieldRole::Kind | FieldRole::Model => {
            value.as_str().is_some_and(|text| !text.is_empty() && text.len() <= 200 && !text.contains('\n'))
        }
        FieldRole::Status => is_scalar(value) && value.as_str().is_none_or(|text| text.len() <= 40),
        FieldRole::Error | FieldRole::Input | FieldRole::Output => true,
    };
    let fitting = values.iter().filter(|value| looks_right(value)).count();
    let wanted = match role {
        FieldRole::Start | FieldRole::Name | FieldRole::Id => records.len().div_ceil(2),
        _ => 1,
    };
    let distinct =
        || values.iter().map(|value| value.to_string()).collect::<HashSet<_>>().len() == values.len();
    fitting >= wanted.max(1)
        && fitting * 10 >= values.len() * 8
        && (role != FieldRole::Id || distinct())
        // An error that every record has is a field of another meaning.
        && (role != FieldRole::Error || values.len() < records.len() || records.len() < 3 || !values.iter().all(|value| value.is_string()))
}

/// Whether it is a point in time between 1990 and 2100, or a number that may count from the start of the run.
fn is_time(value: &Value) -> bool {
    const FIRST_NS: i64 = 631_152_000_000_000_000;
    const LAST_NS: i64 = 4_102_444_800_000_000_000;
    is_relative(value) || time::unix_ns(value).is_some_and(|ns| (FIRST_NS..LAST_NS).contains(&ns))
}

/// Whether it is a number too small for a date: a time since the start of the run.
pub(super) fn is_relative(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| (0.0..1e8).contains(&number))
}

fn unit(key: &str) -> DurationUnit {
    let key = key.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| key.ends_with(ending));
    if ends(&["ms", "millis", "milliseconds", "msec"]) {
        DurationUnit::Milliseconds
    } else if ends(&["us", "micros", "microseconds"]) {
        DurationUnit::Microseconds
    } else if ends(&["ns", "nanos", "nanoseconds", "unixnano"]) {
        DurationUnit::Nanoseconds
    } else if ends(&["_s", "sec", "secs", "seconds", "execution_time", "elapsed"]) {
        DurationUnit::Seconds
    } else {
        DurationUnit::Milliseconds
    }
}

/// The unit that the name of a time counted from the start of the run gives it.
pub(super) fn relative_unit(path: &[String], other: DurationUnit) -> DurationUnit {
    let key = path.last().map_or("", String::as_str).to_ascii_lowercase();
    let told = ["ms", "us", "ns", "millis", "micros", "nanos", "sec", "seconds", "_s"];
    if told.iter().any(|ending| key.ends_with(ending)) { unit(&key) } else { other }
}
