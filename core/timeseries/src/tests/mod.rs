//! Compares statistics with reference implementations, and checks properties for random values.

mod golden;
mod properties;
mod series;
