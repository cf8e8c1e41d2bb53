//! Arguments of `ntsb verify` and `ntsb heads`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{EXIT_CODES, OutputArgs};

/// Where signed heads of the change log are written.
#[derive(Debug, Clone, Args)]
pub struct LogHeadArgs {
    /// Append the signed head of the change log to this file after each load. Keep the file where the
    /// database owner cannot write
    #[arg(long = "heads", value_name = "FILE", env = "NTSB_HEADS", requires = "key")]
    pub file: Option<PathBuf>,

    /// Private key for signing heads; ntsb heads keygen creates one
    #[arg(long = "heads-key", id = "key", value_name = "FILE", env = "NTSB_HEADS_KEY")]
    pub key: Option<PathBuf>,
}

/// Keep signed heads of the change log outside the database
#[derive(Debug, Subcommand)]
pub enum HeadsCommand {
    Keygen(KeygenArgs),
    Write(WriteHeadArgs),
}

/// Create a key pair (Ed25519, PEM): FILE to sign heads, FILE.pub to verify them
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct KeygenArgs {
    /// File for the private key, which must not exist
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Append the current head, as a load with --heads does
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct WriteHeadArgs {
    /// File of heads, with one JSON object per line
    #[arg(long = "heads", value_name = "FILE", env = "NTSB_HEADS")]
    pub file: PathBuf,

    /// Private key for signing heads
    #[arg(long = "heads-key", value_name = "FILE", env = "NTSB_HEADS_KEY")]
    pub key: PathBuf,
}

/// Verify the change log: its hash chain, the journal of loads and exported heads
///
/// The client recomputes the hash chain from its first entry. Exits with code 1 if a problem is found.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct VerifyArgs {
    /// File of heads written by ntsb load --heads
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,

    /// Public key for verifying the signatures of the heads
    #[arg(long, value_name = "FILE", requires = "against")]
    pub public_key: Option<PathBuf>,

    /// Database name in the heads (default: the connected database); needed for a restored copy
    #[arg(long, value_name = "NAME", requires = "against")]
    pub database: Option<String>,

    /// Also compare every stored row with its last log entry, and its hash with its columns
    #[arg(long)]
    pub rows: bool,

    #[command(flatten)]
    pub output: OutputArgs,
}
