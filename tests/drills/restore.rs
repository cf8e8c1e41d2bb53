//! A cluster destroyed and restored from a backup to a moment in between.
