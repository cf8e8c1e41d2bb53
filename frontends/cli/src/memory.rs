//! What happens when there is no memory: a message and an end, instead of Rust's abort, which looks
//! like a crash and says nothing of what to do.

use std::fs::File;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::os::fd::{AsRawFd, FromRawFd};
use std::process;

pub const EXIT_CODE: i32 = 1;

const MESSAGE: &[u8] = b"error: out of memory; nothing of a file under way was stored
hint: Close other programs or raise the limit that this one has (ulimit -v), then try again.\n";

/// The connection breaks with the process, and the server undoes what it had of it.
#[cold]
pub fn exit() {
    // Not by std's own handle, whose lock this very thread may hold.
    // SAFETY: descriptor 2 is not closed here, as the file is never dropped.
    let stderr = unsafe { File::from_raw_fd(std::io::stderr().as_raw_fd()) };
    let _ = ManuallyDrop::new(stderr).write_all(MESSAGE);
    process::exit(EXIT_CODE)
}
