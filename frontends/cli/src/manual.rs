//! What a shell and `man` want to know of the command line: it is written from the same description.

use std::fs;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;
use crate::failure::Failure;
use crate::terminal::Terminal;

pub fn completions(shell: Shell, terminal: &Terminal) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "ntsb", &mut script);
    terminal.result(&String::from_utf8_lossy(&script))
}

/// ntsb.1, and one page a command: ntsb-load.1 and so on.
pub fn pages(out: &Path) -> Result<(), Failure> {
    let cannot = |e| Failure::Other(format!("cannot write man pages to {}: {e}", out.display()));
    fs::create_dir_all(out).map_err(cannot)?;
    clap_mangen::generate_to(Args::command(), out).map_err(cannot)
}
