use std::process::ExitCode;

use clap::Parser;
use ntsb_cli::args::Args;

fn main() -> ExitCode {
    ntsb_cli::run(Args::parse())
}
