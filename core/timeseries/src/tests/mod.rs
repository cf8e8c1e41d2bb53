//! Statistics against reference implementations, and what must hold for any numbers.

mod golden;
mod properties;
mod series;
