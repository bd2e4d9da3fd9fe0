//! One checkpoint, from a row or from a snapshot.

use serde_json::{Map, Value};

use crate::wire::{error_line, json, time};

/// A checkpoint of a thread: its state at one moment, and what was run from it.
#[derive(Clone)]
pub struct Checkpoint {
    pub thread: String,
    /// The subgraph it belongs to: empty, or `node:task` of the task that runs it, deeper ones after a `|`.
    pub namespace: String,
    pub id: String,
    pub parent: Option<String>,
    pub at_ns: Option<i64>,
    /// `input`, `loop`, `update` or `fork`.
    pub source: String,
    pub metadata: Map<String, Value>,
    pub values: Map<String, Value>,
    pub tasks: Vec<Task>,
    /// Of every node, what it had seen when it last ran; only in rows.
    pub versions_seen: Map<String, Value>,
}

/// A node run from a checkpoint.
#[derive(Clone)]
pub struct Task {
    pub id: String,
    /// The node; rows do not say it.
    pub name: Option<String>,
    pub error: Option<String>,
    /// What it wrote, where that is told by task.
    pub writes: Map<String, Value>,
    pub rest: Map<String, Value>,
}

/// Whether a value is a row of a checkpointer's table.
pub fn is_row(value: &Value) -> bool {
    value.get("thread_id").is_some()
        && value.get("checkpoint_id").is_some_and(Value::is_string)
        && value.get("checkpoint").is_some()
}

/// Whether a value is a `StateSnapshot`.
pub fn is_snapshot(value: &Value) -> bool {
    value.get("values").is_some()
        && value.pointer("/config/configurable").is_some_and(|config| config.get("checkpoint_id").is_some())
}

impl Checkpoint {
    /// The checkpoint in a row.
    pub fn of_row(row: Value) -> Option<Self> {
        let Value::Object(mut row) = row else { return None };
        let metadata = json::take_object(&mut row, &["metadata"]).unwrap_or_default();
        let mut state = json::take_object(&mut row, &["checkpoint"]).unwrap_or_default();
        let mut tasks: Vec<Task> = Vec::new();
        for write in json::take_list(&mut row, &["writes"]) {
            let Value::Object(mut write) = write else { continue };
            let id = json::take(&mut write, &["task_id"]).as_ref().and_then(json::text).unwrap_or_default();
            let channel = json::take_text(&mut write, &["channel"]).unwrap_or_default();
            let value = json::take(&mut write, &["value"]).unwrap_or_default();
            let place = tasks.iter().position(|task| task.id == id).unwrap_or_else(|| {
                tasks.push(Task { id, name: None, error: None, writes: Map::new(), rest: Map::new() });
                tasks.len() - 1
            });
            let Some(task) = tasks.get_mut(place) else { continue };
            match channel.as_str() {
                "__error__" => {
                    task.error = error_line::of(&value).or_else(|| Some("the node failed".to_owned()))
                }
                "__interrupt__" | "__resume__" | "__scheduled__" | "__return__" => {
                    drop(task.rest.insert(channel, value))
                }
                // What runs next is no result.
                _ if channel.starts_with("branch:") || channel == "__no_writes__" => {}
                _ => drop(task.writes.insert(channel, value)),
            }
        }
        // The nil task stands for writes of no node.
        tasks.retain(|task| !task.id.starts_with("00000000-0000-0000"));
        Some(Self {
            thread: json::take(&mut row, &["thread_id"]).as_ref().and_then(json::text)?,
            namespace: json::take_text(&mut row, &["checkpoint_ns"]).unwrap_or_default(),
            id: json::take_text(&mut row, &["checkpoint_id"])?,
            parent: json::take_text(&mut row, &["parent_checkpoint_id"]),
            at_ns: state.get("ts").and_then(time::unix_ns),
            source: source_of(&metadata),
            metadata,
            values: json::take_object(&mut state, &["channel_values"]).unwrap_or_default(),
            versions_seen: json::take_object(&mut state, &["versions_seen"]).unwrap_or_default(),
            tasks,
        })
    }

    /// The checkpoint in a snapshot of `thread`, unless it names another.
    pub fn of_snapshot(snapshot: Value, thread: &str) -> Option<Self> {
        let Value::Object(mut snapshot) = snapshot else { return None };
        let config = json::take(&mut snapshot, &["config"])?;
        let config = config.get("configurable")?;
        let text = |key: &str| config.get(key).and_then(json::text);
        let parent = json::take(&mut snapshot, &["parent_config"]);
        let parent = parent
            .as_ref()
            .and_then(|config| config.get("configurable")?.get("checkpoint_id"))
            .and_then(json::text);
        let metadata = json::take_object(&mut snapshot, &["metadata"]).unwrap_or_default();
        let values = match json::take(&mut snapshot, &["values"]) {
            Some(Value::Object(values)) => values,
            Some(value) => Map::from_iter([("__root__".to_owned(), value)]),
            None => Map::new(),
        };
        let tasks = json::take_list(&mut snapshot, &["tasks"]).into_iter().filter_map(|task| {
            let Value::Object(mut task) = task else { return None };
            let id = json::take(&mut task, &["id"]).as_ref().and_then(json::text)?;
            let name = json::take_text(&mut task, &["name"]);
            let error = json::take(&mut task, &["error"]).as_ref().and_then(error_line::of);
            let writes = match json::take(&mut task, &["result"]) {
                Some(Value::Object(writes)) => writes,
                Some(value) => Map::from_iter([("result".to_owned(), value)]),
                None => Map::new(),
            };
            task.retain(|_, value| {
                !value.is_null() && !matches!(value, Value::Array(list) if list.is_empty())
            });
            Some(Task { id, name, error, writes, rest: task })
        });
        Some(Self {
            thread: text("thread_id").unwrap_or_else(|| thread.to_owned()),
            namespace: text("checkpoint_ns").unwrap_or_default(),
            id: text("checkpoint_id")?,
            parent,
            at_ns: snapshot.get("created_at").and_then(time::unix_ns),
            source: source_of(&metadata),
            metadata,
            values,
            tasks: tasks.collect(),
            versions_seen: Map::new(),
        })
    }

    /// The task that runs the subgraph to which this checkpoint belongs.
    pub fn outer_task(&self) -> Option<String> {
        let innermost = self.namespace.rsplit('|').next()?;
        let (_, task) = innermost.rsplit_once(':')?;
        (!task.is_empty()).then(|| task.to_owned())
    }
}

fn source_of(metadata: &Map<String, Value>) -> String {
    json::str(metadata, &["source"]).unwrap_or("loop").to_owned()
}
