//! Reads of the store, one file per read. The only place beside `store` that has SQL.

pub mod filter;
