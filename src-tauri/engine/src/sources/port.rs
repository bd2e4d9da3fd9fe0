//! Ports of the loopback interface, which sources listen on.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr};

use tokio::net::TcpListener;

use crate::error::{Code, Error, Result};

/// Binds `port` of 127.0.0.1; 0 for any that is free. `senders` says where a sender is told of another port.
///
/// # Errors
/// `Invalid`, saying what to do, if another program has it.
pub(super) async fn bind(port: u16, senders: &str) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Error::invalid(format!(
            "port {port} is taken by another program: stop that program, or give this source another port and {senders}"
        )),
        _ => Error::new(Code::Io, format!("port {port} can't be listened on: {error}")),
    })
}

/// Binds the same port of ::1, which is what some senders take `localhost` for.
///
/// # Errors
/// Why it can't be had; machines without IPv6 have none.
pub(super) async fn bind_v6(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await
}
