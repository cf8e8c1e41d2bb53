//! The Parquet archive read by other engines.
