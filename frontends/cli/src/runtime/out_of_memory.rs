//! Exits with a message when memory runs out. Rust's default is to abort, which looks like a crash
//! and does not tell the user what to do.

use std::os::fd::AsFd;
use std::process;

pub const EXIT_CODE: i32 = 1;

const MESSAGE: &[u8] = b"error: out of memory; nothing of the current file was stored
hint: Close other programs or raise the memory limit of this process (ulimit -v), then try again.\n";

/// Prints `MESSAGE` and exits. The server rolls back because the connection breaks with the process.
#[cold]
pub fn exit() {
    let stderr = std::io::stderr();
    let mut rest = MESSAGE;
    // Written to the descriptor itself: this thread may hold the lock of `Stderr`.
    while !rest.is_empty() {
        match rustix::io::write(stderr.as_fd(), rest) {
            Ok(written) if written > 0 => rest = rest.get(written..).unwrap_or_default(),
            _ => break,
        }
    }
    process::exit(EXIT_CODE)
}
