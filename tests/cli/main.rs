//! Tests of `tracex` as a program.
