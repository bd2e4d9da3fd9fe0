//! A few read-only connections, the most recently used first (its page cache is warm).

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use rusqlite::Connection;

use super::OpenedFile;
use super::open::open_reader;
use crate::error::Result;

/// How many reads run at once; more wait.
const CONNECTIONS: usize = 4;

/// Lends read-only connections.
#[derive(Clone)]
pub struct ReadPool {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    file: OpenedFile,
    state: Mutex<State>,
    returned: Condvar,
}

struct State {
    idle: Vec<Connection>,
    lent: usize,
}

impl ReadPool {
    /// A pool of connections to the database at `path`. The first is opened at once, so that a database which is deleted later
    /// can still be read; the others as they are needed.
    pub fn new(path: &Path) -> Result<Self> {
        let first = open_reader(path)?;
        Ok(Self {
            shared: Arc::new(Shared {
                path: path.to_owned(),
                file: OpenedFile::of(&first),
                state: Mutex::new(State { idle: vec![first], lent: 0 }),
                returned: Condvar::new(),
            }),
        })
    }

    /// A connection, when one is free.
    pub fn reader(&self) -> Result<Reader> {
        let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = state.idle.pop() {
                state.lent += 1;
                return Ok(Reader { connection: Some(connection), shared: self.shared.clone() });
            }
            if state.lent < CONNECTIONS && self.shared.file.check().is_ok() {
                state.lent += 1;
                drop(state);
                let mut reader = Reader { connection: None, shared: self.shared.clone() };
                reader.connection = Some(open_reader(&self.shared.path)?);
                return Ok(reader);
            }
            state = self.shared.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A borrowed connection; goes back when dropped.
pub struct Reader {
    connection: Option<Connection>,
    shared: Arc<Shared>,
}

impl Deref for Reader {
    type Target = Connection;

    #[allow(clippy::expect_used)] // a Reader is only handed out with its connection
    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("BUG: a reader without a connection")
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.lent -= 1;
        state.idle.extend(self.connection.take());
        self.shared.returned.notify_one();
    }
}
