//! Shell completions and man pages, generated from the definition of the command line.

use std::fs;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;
use crate::failure::Failure;
use crate::output::Terminal;

pub fn print_completions(shell: Shell, terminal: &Terminal) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "ntsb", &mut script);
    terminal.print(&String::from_utf8_lossy(&script))
}

/// Writes ntsb.1 and one page per command, such as ntsb-load.1.
pub fn write_man_pages(out: &Path) -> Result<(), Failure> {
    let failed = |e| Failure::Other(format!("cannot write man pages to {}: {e}", out.display()));
    fs::create_dir_all(out).map_err(failed)?;
    clap_mangen::generate_to(Args::command(), out).map_err(failed)
}
