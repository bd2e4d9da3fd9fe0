mod open;
mod pool;
