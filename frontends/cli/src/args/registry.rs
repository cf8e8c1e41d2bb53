//! Arguments of `ntsb load-registry`.

use std::path::PathBuf;

use clap::Args;

use super::EXIT_CODES;

/// Load the FAA aircraft registry and find the registrations of accident aircraft
///
/// Accepts ReleasableAircraft.zip or a folder with its files MASTER.txt, DEREG.txt, ACFTREF.txt and
/// ENGINE.txt. The file replaces the previous one; a file that was loaded last is not loaded again.
/// Names and addresses are neither read nor stored.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct RegistryArgs {
    /// ReleasableAircraft.zip, or a folder with its files
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Load the file even if it is unchanged, or older or much shorter than the stored registry
    #[arg(long)]
    pub force: bool,
}
