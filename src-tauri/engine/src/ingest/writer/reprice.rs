//! Works out derived costs anew when the prices have changed.

use std::sync::{Arc, PoisonError};

use super::{Writer, WriterState};
use crate::error::Result;
use crate::pricing::Prices;
use crate::store::{setting, span, trace, transaction};

/// Where the fingerprint of the prices that the stored costs come from lies.
const FINGERPRINT: &str = "prices_fingerprint";
/// Traces that are done in one transaction: imports go on in between.
const TRACES: usize = 100;

impl Writer {
    /// The prices in use.
    pub fn prices(&self) -> Arc<Prices> {
        self.prices.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Uses other prices from now on, and works out all derived costs anew, unless the stored ones come from these very prices.
    /// Gives the number of spans whose cost changed.
    pub fn set_prices(&self, prices: Prices) -> Result<u64> {
        let prices = Arc::new(prices);
        *self.prices.write().unwrap_or_else(PoisonError::into_inner) = prices.clone();
        let fingerprint = prices.fingerprint();
        if self.change(|connection| setting::get::<String>(connection, FINGERPRINT))? == fingerprint {
            return Ok(0);
        }
        let ids = self.change(span::traces_without_reported_cost)?;
        let mut changed = 0;
        for some in ids.chunks(TRACES) {
            let (some, prices) = (some.to_vec(), prices.clone());
            changed += self.ask(move |writer| writer.reprice(&some, &prices))?;
        }
        self.change(move |connection| setting::set(connection, FINGERPRINT, &fingerprint))?;
        Ok(changed)
    }
}

impl WriterState {
    /// Sets the derived costs of some traces in one transaction. Gives the number of spans that changed.
    fn reprice(&mut self, trace_ids: &[i64], prices: &Prices) -> Result<u64> {
        let queue = self.queue.clone();
        transaction::begin(&self.connection, || queue.is_closed())?;
        let mut changed = 0;
        let mut changed_traces = Vec::new();
        let change =
            trace::next_change(&self.connection).inspect_err(|_| transaction::roll_back(&self.connection))?;
        let done: Result<()> = trace_ids.iter().try_for_each(|id| {
            let count = self.reprice_trace(*id, prices)?;
            changed += count;
            if count > 0 {
                changed_traces.push(*id);
                self.refresh(*id, change)?;
            }
            Ok(())
        });
        done.inspect_err(|_| transaction::roll_back(&self.connection))?;
        transaction::commit(&self.connection, || queue.is_closed())?;
        if !changed_traces.is_empty() {
            self.committed(changed_traces);
        }
        Ok(changed)
    }

    fn reprice_trace(&self, trace_id: i64, prices: &Prices) -> Result<u64> {
        let mut changed = 0;
        for row in span::of_trace(&self.connection, trace_id)? {
            if row.cost_usd.is_some() && !row.has_derived_cost() {
                continue;
            }
            let cost = row.model.as_deref().and_then(|model| prices.cost_usd(model, &row.tokens));
            if cost != row.cost_usd {
                span::set_derived_cost(&self.connection, trace_id, &row, cost)?;
                changed += 1;
            }
        }
        Ok(changed)
    }
}
