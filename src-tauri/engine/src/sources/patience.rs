//! How long the other side of a connection is waited for.

use std::time::Duration;

/// How long a sender has to say its token.
const TOKEN_PATIENCE: Duration = Duration::from_secs(5);
/// How long a sender may take to read what it is told; one that never reads is not waited for.
const WRITE_PATIENCE: Duration = Duration::from_secs(5);
/// How long a sender has to begin.
const FIRST_BYTES_PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection may stay idle, or take over the head of a request.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// How long a whole body may take to come.
const BODY_PATIENCE: Duration = Duration::from_secs(30);
/// How long the next piece of it may take.
const PIECE_PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection that is at no work keeps its seat when others want one.
const SEAT_PATIENCE: Duration = Duration::from_secs(2);

/// How long the other side of a connection is waited for. The default is for real senders; tests that want to see patience
/// end have less of it.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a token.
    pub token: Duration,
    /// For what it is told to be read.
    pub write: Duration,
    /// For the first bytes of a connection.
    pub first_bytes: Duration,
    /// For the next request, and for its head.
    pub head: Duration,
    /// For a whole body.
    pub body: Duration,
    /// For the next piece of a body.
    pub piece: Duration,
    /// With one that only sits there while others want its seat.
    pub seat: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            token: TOKEN_PATIENCE,
            write: WRITE_PATIENCE,
            first_bytes: FIRST_BYTES_PATIENCE,
            head: HEAD_PATIENCE,
            body: BODY_PATIENCE,
            piece: PIECE_PATIENCE,
            seat: SEAT_PATIENCE,
        }
    }
}
