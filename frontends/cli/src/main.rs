use std::process::ExitCode;

use clap::Parser;
use ntsb_cli::args::Args;
use ntsb_cli::runtime::out_of_memory::exit;
use ntsb_memory::ReportingAllocator;

#[global_allocator]
static ALLOCATOR: ReportingAllocator = ReportingAllocator(exit);

fn main() -> ExitCode {
    ntsb_cli::run(Args::parse())
}
