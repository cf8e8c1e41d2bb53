//! Behaviour of the process: retries, the reader thread, and running out of memory.

pub mod out_of_memory;
pub(crate) mod reader_thread;
pub(crate) mod retry;
