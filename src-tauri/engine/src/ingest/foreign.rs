//! The documents of a source that are of another format than the source as a whole: each format's own reader gets them, in
//! their order.

use std::sync::Arc;

use super::assemble::{Assembler, Origin};
use super::queue::Queue;
use super::writer::Job;
use crate::error::Result;
use crate::wire::frame::Chunk;
use crate::wire::{Foreign, Format, Reader};

/// Readers of the other formats of one source.
pub struct ForeignReaders {
    foreign: Option<Foreign>,
    origin: Arc<Origin>,
    queue: Arc<Queue<Job>>,
    readers: Vec<ForeignReader>,
}

struct ForeignReader {
    format: &'static dyn Format,
    reader: Box<dyn Reader>,
    assembler: Assembler,
}

impl ForeignReaders {
    /// For the source with this origin, whose format is that of most of its documents.
    pub fn new(origin: &Arc<Origin>, queue: &Arc<Queue<Job>>) -> Self {
        Self {
            foreign: Foreign::to(origin.format),
            origin: origin.clone(),
            queue: queue.clone(),
            readers: Vec::new(),
        }
    }

    /// Reads what is foreign in `chunk`, and takes it out of it.
    pub fn read(&mut self, chunk: &mut Chunk) -> Result<()> {
        let Some(foreign) = &mut self.foreign else { return Ok(()) };
        let formats: Vec<_> = chunk.frames().map(|frame| foreign.format_of(&frame)).collect();
        if formats.iter().all(Option::is_none) {
            return Ok(());
        }
        for (frame, format) in chunk.frames().zip(&formats) {
            let Some(format) = format else { continue };
            let index = match self.readers.iter().position(|known| known.format.id() == format.id()) {
                Some(index) => index,
                None => {
                    self.readers.push(ForeignReader::new(*format, &self.origin, &self.queue)?);
                    self.readers.len() - 1
                }
            };
            if let Some(known) = self.readers.get_mut(index) {
                self.origin.progress.count_foreign(format.label());
                known.reader.read(&frame, &mut known.assembler);
            }
        }
        let mut formats = formats.iter();
        chunk.frames.retain(|_| formats.next().is_none_or(Option::is_none));
        self.readers.iter_mut().try_for_each(|known| known.assembler.flush_if_full())
    }

    /// Called after the last chunk.
    pub fn finish(&mut self) -> Result<()> {
        self.readers.iter_mut().try_for_each(|known| {
            known.reader.finish(&mut known.assembler);
            known.assembler.flush()
        })
    }
}

impl ForeignReader {
    fn new(format: &'static dyn Format, origin: &Origin, queue: &Arc<Queue<Job>>) -> Result<Self> {
        let origin = Arc::new(Origin { format, ..origin.clone() });
        Ok(Self { format, reader: format.reader(), assembler: Assembler::new(origin, queue)? })
    }
}
