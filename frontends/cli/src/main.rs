use std::process::ExitCode;

use clap::Parser;
use ntsb_cli::args::Args;
use ntsb_cli::memory::OrExit;

#[global_allocator]
static ALLOCATOR: OrExit = OrExit;

fn main() -> ExitCode {
    ntsb_cli::run(Args::parse())
}
