//! An export on its way to disk: unpacked, cut into frames, read, written, acknowledged.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::Body;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

use super::answer::{Encoding, Refusal, Signal, Taken};
use super::budget::Budget;
use super::receive::{self, Packing, Received};
use crate::error::{Error, Result};
use crate::ingest::{Intake, Noted, Receipt, SenderRef};
use crate::sources::SourceContext;
use crate::sources::context::off_thread;
use crate::wire::{Shape, frame};

/// Memory that bodies under way take together, before and after they are unpacked.
const BUDGET_BYTES: usize = 128 << 20;
/// Requests that are being read or wait to be written; further ones are told to come back.
const REQUESTS: usize = 64;
/// Requests that are read at once, each on a thread of its own.
const READERS: usize = 4;
/// How long a request may take to be on disk. Exporters give up after ten seconds, and some do not try again then.
const WRITE_PATIENCE: Duration = Duration::from_secs(8);

/// What all connections to a port share.
pub(super) struct Endpoint {
    /// The source's own.
    pub(super) context: SourceContext,
    /// The port that is listened on.
    pub(super) port: u16,
    /// Memory for bodies.
    budget: Arc<Budget>,
    /// Where traces are said to come from.
    address: String,
    requests: Semaphore,
    readers: Arc<Semaphore>,
    /// Those that no request uses; at most as many as there are readers.
    idle: Mutex<Vec<(Encoding, Intake)>>,
}

impl Endpoint {
    pub(super) fn new(context: SourceContext, port: u16, address: String) -> Self {
        Self {
            context,
            port,
            budget: Budget::new(BUDGET_BYTES),
            address,
            requests: Semaphore::new(REQUESTS),
            readers: Arc::new(Semaphore::new(READERS)),
            idle: Mutex::default(),
        }
    }

    /// Receives a body, within bounds.
    ///
    /// # Errors
    /// It is too large, too slow, or too much at the moment.
    pub(super) async fn receive(
        &self,
        body: impl Body<Data = Bytes, Error = hyper::Error>,
    ) -> Result<Received, Refusal> {
        receive::receive(body, &self.budget, &self.context.patience).await
    }

    /// Takes an export; what it gives is on disk. What can't be read of it is left out.
    ///
    /// # Errors
    /// Nothing of it could be read, or it could not be written in time.
    pub(super) async fn take(
        self: &Arc<Self>,
        body: Received,
        signal: Signal,
        encoding: Encoding,
        packing: Packing,
    ) -> Result<Taken, Refusal> {
        let received_ns = self.context.received(body.bytes.len());
        let Ok(_seat) = self.requests.try_acquire() else { return Err(Refusal::overloaded()) };
        let taken = async {
            let closed = || Refusal::unavailable("The source is being turned off.");
            let reader = self.readers.clone().acquire_owned().await.map_err(|_| closed())?;
            let endpoint = self.clone();
            let work = move || {
                let _reader = reader;
                Ok(endpoint.read(body, signal, encoding, packing, received_ns))
            };
            let (noted, written) = off_thread(work).await.map_err(unavailable)??;
            written.await.map_err(|_| closed())?.map_err(unavailable)?;
            judge(&noted)
        };
        match timeout(WRITE_PATIENCE, taken).await {
            Ok(taken) => taken,
            Err(_) => Err(Refusal::unavailable("The database was busy for too long; send it again.")),
        }
    }

    /// Reads an export. Gives what could not be read, and where it is told once all is on disk.
    fn read(
        &self,
        mut body: Received,
        signal: Signal,
        encoding: Encoding,
        packing: Packing,
        received_ns: i64,
    ) -> Result<(Noted, oneshot::Receiver<Result<()>>), Refusal> {
        receive::unpack(&mut body, packing)?;
        let Received { bytes, charge: _charge } = body;
        let chunk = match encoding {
            Encoding::Json => frame::document(bytes),
            Encoding::Protobuf => frame::protobuf_message(bytes, Shape::Element(element(signal))),
        };
        let mut intake = self.intake(encoding).map_err(unavailable)?;
        for frame in chunk.frames_received(Some(received_ns)) {
            intake.read(&frame);
        }
        for problem in chunk.problems {
            intake.problem(problem);
        }
        let noted = intake.take_noted();
        let (told, written) = oneshot::channel();
        let receipt = Receipt::new(move |result| {
            let _ = told.send(result);
        });
        // One that has failed is not used again.
        intake.flush_with(receipt).map_err(unavailable)?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((encoding, intake));
        Ok((noted, written))
    }

    /// An intake for one request. They are used again, since what they pack with is costly to set up.
    fn intake(&self, encoding: Encoding) -> Result<Intake> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, intake)| intake.is_up_to_date(&self.context.writer));
        if let Some(index) = idle.iter().position(|(of, _)| *of == encoding) {
            return Ok(idle.swap_remove(index).1);
        }
        if idle.len() >= READERS {
            idle.clear();
        }
        drop(idle);
        let format = match encoding {
            Encoding::Protobuf => "otlp-protobuf",
            Encoding::Json => "otlp-json",
        };
        self.context.intake(self.context.format(format)?, &self.address, SenderRef::Anonymous)
    }
}

/// What the frames of a protobuf export are.
fn element(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "resourceSpans",
        Signal::Logs => "resourceLogs",
        Signal::Metrics => "resourceMetrics",
    }
}

/// What an export has come to, by what was noted while it was read.
fn judge(noted: &Noted) -> Result<Taken, Refusal> {
    let reason = noted.first.first().map(|problem| problem.reason.clone()).unwrap_or_default();
    match (noted.count, noted.lost, noted.spans) {
        (0, _, _) => Ok(Taken::default()),
        (_, 0, 0) => Err(Refusal::malformed(reason)),
        (1, lost, _) => Ok(Taken { rejected: lost, message: reason }),
        (count, lost, _) => {
            let message = format!("{reason} There are {} more problems; the app lists them.", count - 1);
            Ok(Taken { rejected: lost, message })
        }
    }
}

fn unavailable(error: Error) -> Refusal {
    Refusal::unavailable(format!("It could not be written: {error}"))
}
