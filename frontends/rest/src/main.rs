use std::process::ExitCode;

use clap::Parser;
use ntsb_rest::config::Args;

#[tokio::main]
async fn main() -> ExitCode {
    match ntsb_rest::run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ntsb-rest: {error}");
            ExitCode::FAILURE
        }
    }
}
