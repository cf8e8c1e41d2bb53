use std::process::ExitCode;

use clap::Parser;
use ntsb_rest::manual::CommandLine;

#[tokio::main]
async fn main() -> ExitCode {
    let line = CommandLine::parse();
    let result = match line.manual.print(&mut std::io::stdout()) {
        Ok(true) => Ok(()),
        Ok(false) => ntsb_rest::run(line.args).await,
        Err(error) => Err(format!("cannot print: {error}")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ntsb-rest: {error}");
            ExitCode::FAILURE
        }
    }
}
