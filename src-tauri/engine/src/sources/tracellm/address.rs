//! Where TraceLLM's backend listens.

use crate::error::{Error, Result};

/// The ports that TraceLLM's own monitor tries, in its order.
const USUAL_PORTS: [u16; 4] = [8000, 8001, 8080, 3000];

/// A port of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The host as it is named to it.
    pub(super) host: &'static str,
    /// The port.
    pub(super) port: u16,
}

impl Address {
    /// The places to try: the one named, else the usual ones; `own_port` is TraceLLM's own setting of its port.
    ///
    /// # Errors
    /// `Invalid` for what is no address of this machine.
    pub(super) fn candidates(url: Option<&str>, own_port: Option<u16>) -> Result<Vec<Self>> {
        if let Some(url) = url.map(str::trim).filter(|url| !url.is_empty()) {
            return Ok(vec![Self::parse(url)?]);
        }
        let mut ports: Vec<u16> = own_port.into_iter().collect();
        ports.extend(USUAL_PORTS.iter().filter(|port| own_port != Some(**port)));
        Ok(ports.into_iter().map(|port| Self { host: "127.0.0.1", port }).collect())
    }

    /// Reads `http://localhost:8000`, `ws://127.0.0.1:8000/ws`, `localhost:8000`, `8000`.
    fn parse(url: &str) -> Result<Self> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        if !matches!(scheme, "http" | "ws") {
            return Err(Error::invalid(format!(
                "{url}: only http:// and ws:// are read, since the backend is on this machine"
            )));
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let no_port = || Error::invalid(format!("{url} is no address: give it as http://localhost:8000"));
        let (host, port) = if let Ok(port) = authority.parse::<u16>() {
            ("localhost", port)
        } else if authority.ends_with(']') || !authority.contains(':') {
            (authority, USUAL_PORTS[0])
        } else {
            let (host, port) = authority.rsplit_once(':').ok_or_else(no_port)?;
            (host, port.parse().map_err(|_| no_port())?)
        };
        let host = match host {
            "localhost" => "localhost",
            "127.0.0.1" => "127.0.0.1",
            "[::1]" => "[::1]",
            _ => {
                return Err(Error::invalid(format!(
                    "{host} is not this machine: only a backend on this machine is followed"
                )));
            }
        };
        Ok(Self { host, port })
    }

    /// Addresses to connect to: a name may stand for either.
    pub(super) fn targets(&self) -> Vec<std::net::SocketAddr> {
        use std::net::{Ipv4Addr, Ipv6Addr};
        let v4 = (Ipv4Addr::LOCALHOST, self.port).into();
        let v6 = (Ipv6Addr::LOCALHOST, self.port).into();
        match self.host {
            "localhost" => vec![v4, v6],
            "[::1]" => vec![v6],
            _ => vec![v4],
        }
    }

    /// `host:port`, as it is named to it.
    pub(super) fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}
