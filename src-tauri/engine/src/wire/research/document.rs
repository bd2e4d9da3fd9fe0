//! Runs that are one JSON object with a list of steps. The list comes element by element, so that a damaged step costs
//! itself only; the run is read when all of it is there, since what identifies it often stands at its end.

use serde_json::{Map, Value};

use crate::model::Position;
use crate::wire::{Frame, Reader, Shape, Sink, json};

/// Reads one run.
pub type ReadRun = fn(Map<String, Value>, Position, &mut dyn Sink);

/// Puts documents together from their frames and reads them.
#[derive(Clone)]
pub struct Documents {
    what: &'static str,
    read: ReadRun,
    lists: Vec<(&'static str, Vec<Value>)>,
    at: Option<Position>,
}

impl Documents {
    /// A reader of documents of which each is `what`.
    pub fn reader(what: &'static str, read: ReadRun) -> Box<dyn Reader> {
        Box::new(Self { what, read, lists: Vec::new(), at: None })
    }

    fn deliver(&mut self, mut run: Map<String, Value>, at: Position, out: &mut dyn Sink) {
        for (key, list) in std::mem::take(&mut self.lists) {
            run.insert(key.to_owned(), Value::Array(list));
        }
        (self.read)(run, self.at.take().unwrap_or(at), out);
    }
}

impl Reader for Documents {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        match frame.shape {
            Shape::Element(key) => {
                let Some(element) = json::value(frame, self.what, out) else { return };
                self.at.get_or_insert(frame.at);
                match self.lists.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, list)) => list.push(element),
                    None => self.lists.push((key, vec![element])),
                }
            }
            Shape::Envelope => {
                let run = json::object(frame, self.what, out).unwrap_or_default();
                self.deliver(run, frame.at, out);
            }
            _ => {
                if let Some(run) = json::object(frame, self.what, out) {
                    self.deliver(run, frame.at, out);
                }
            }
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        if !self.lists.is_empty() {
            self.deliver(Map::new(), Position::default(), out);
        }
    }
}
