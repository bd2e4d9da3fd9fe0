//! LangGraph: the checkpoints of its threads, as rows of a checkpointer's tables or as the lists of `StateSnapshot`s that
//! `get_state_history` gives (newest first). A thread is a trace; what is run from one checkpoint to the next are its steps.

mod checkpoint;
mod thread;

use serde_json::{Map, Value};

use self::checkpoint::Checkpoint;
use self::thread::Thread;
use crate::model::{Position, Problem};
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, json};

/// LangGraph checkpoints and state histories.
#[derive(Clone, Copy, Debug)]
pub struct LangGraph;

impl Format for LangGraph {
    fn id(&self) -> &'static str {
        "langgraph"
    }

    fn label(&self) -> &'static str {
        "LangGraph"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let by_thread = |value: &Value| {
            value.as_object().is_some_and(|threads| {
                threads.values().any(|list| list.get(0).is_some_and(checkpoint::is_snapshot))
            })
        };
        if sample.any(|value| checkpoint::is_row(value) || checkpoint::is_snapshot(value) || by_thread(value))
        {
            95
        } else {
            0
        }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &[] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(CheckpointReader::default())
    }
}

/// Rows come in the order of their making and are read as they come; snapshots come newest first and are turned around.
#[derive(Clone, Default)]
struct CheckpointReader {
    thread: Option<Thread>,
    snapshots: Vec<Checkpoint>,
}

impl Reader for CheckpointReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(value) = json::value(frame, "a checkpoint of LangGraph", out) else { return };
        if checkpoint::is_row(&value) {
            match Checkpoint::of_row(value) {
                Some(checkpoint) => self.take(checkpoint, out),
                None => out.problem(Problem::new(
                    frame.at,
                    "a checkpoint of LangGraph without the ids of thread and checkpoint",
                )),
            }
            return;
        }
        match value {
            Value::Object(members) if checkpoint::is_snapshot(&Value::Object(members.clone())) => {
                self.snapshot(Value::Object(members), "thread", frame.at, out);
            }
            Value::Object(threads) => self.threads(threads, frame.at, out),
            other => {
                let reason = format!(
                    "{} stands where a checkpoint of LangGraph (an object) is expected",
                    json::noun(&other)
                );
                out.problem(Problem::new(frame.at, reason));
            }
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        let mut snapshots = std::mem::take(&mut self.snapshots);
        // Ids of checkpoints grow with time.
        snapshots.sort_by(|a, b| (&a.thread, &a.id).cmp(&(&b.thread, &b.id)));
        for checkpoint in snapshots {
            self.take(checkpoint, out);
        }
        if let Some(thread) = self.thread.take() {
            thread.finish(out);
        }
    }
}

impl CheckpointReader {
    fn take(&mut self, checkpoint: Checkpoint, out: &mut dyn Sink) {
        if let Some(thread) = self.thread.take_if(|thread| thread.id() != checkpoint.thread) {
            thread.finish(out);
        }
        let id = checkpoint.thread.clone();
        self.thread.get_or_insert_with(|| Thread::new(id)).checkpoint(checkpoint, out);
    }

    /// An object of lists of snapshots, each under its thread's name.
    fn threads(&mut self, threads: Map<String, Value>, at: Position, out: &mut dyn Sink) {
        for (name, list) in threads {
            match list {
                Value::Array(list) => {
                    for snapshot in list {
                        self.snapshot(snapshot, &name, at, out);
                    }
                }
                _ => out.skipped("fields beside threads", 1),
            }
        }
    }

    fn snapshot(&mut self, snapshot: Value, thread: &str, at: Position, out: &mut dyn Sink) {
        match Checkpoint::of_snapshot(snapshot, thread) {
            Some(checkpoint) => self.snapshots.push(checkpoint),
            None => out.problem(Problem::new(at, "a snapshot of LangGraph without the id of its checkpoint")),
        }
    }
}
