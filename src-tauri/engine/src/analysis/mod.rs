//! Pure functions on spans: totals, retries. May import `model` alone.
