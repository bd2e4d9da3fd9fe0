//! Works out derived costs anew when the prices have changed.

use rusqlite::Connection;

use super::writer::refresh;
use crate::error::{Error, Result};
use crate::pricing::Prices;
use crate::store::{setting, span};

/// Where the fingerprint of the prices that the stored costs come from lies.
const FINGERPRINT: &str = "prices_fingerprint";

/// Whether the stored costs come from other prices than these.
pub fn is_due(connection: &Connection, prices: &Prices) -> Result<bool> {
    let stored: String = setting::get(connection, FINGERPRINT)?;
    Ok(stored != prices.fingerprint())
}

/// Notes which prices the stored costs come from.
pub fn remember(connection: &Connection, fingerprint: &str) -> Result<()> {
    setting::set(connection, FINGERPRINT, &fingerprint)
}

/// The traces in which a cost is derived or may be.
pub fn traces(connection: &Connection) -> Result<Vec<i64>> {
    span::traces_without_reported_cost(connection)
}

/// Sets the derived costs of some traces in one transaction. Gives the number of spans that changed.
pub fn reprice(connection: &Connection, trace_ids: &[i64], prices: &Prices) -> Result<u64> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let mut changed = 0;
    let done = trace_ids.iter().try_for_each(|id| {
        let count = reprice_trace(connection, *id, prices)?;
        changed += count;
        if count > 0 { refresh(connection, *id) } else { Ok(()) }
    });
    let done = done.and_then(|()| connection.execute_batch("COMMIT").map_err(Error::from));
    if done.is_err() {
        let _ = connection.execute_batch("ROLLBACK");
    }
    done.map(|()| changed)
}

fn reprice_trace(connection: &Connection, trace_id: i64, prices: &Prices) -> Result<u64> {
    let mut changed = 0;
    for row in span::of_trace(connection, trace_id)? {
        if row.cost_usd.is_some() && !row.has_derived_cost() {
            continue;
        }
        let cost = row.model.as_deref().and_then(|model| prices.cost_usd(model, &row.tokens));
        if cost != row.cost_usd {
            span::set_derived_cost(connection, trace_id, &row, cost)?;
            changed += 1;
        }
    }
    Ok(changed)
}
