use std::process::ExitCode;

use clap::Parser;
use ntsb_cli::args::Args;
use ntsb_cli::memory::exit;
use ntsb_memory::OrElse;

#[global_allocator]
static ALLOCATOR: OrElse = OrElse(exit);

fn main() -> ExitCode {
    ntsb_cli::run(Args::parse())
}
