mod retries;
mod totals;
mod tree;
