//! Growth to millions of events.
