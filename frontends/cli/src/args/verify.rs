//! The command lines about the change log: keeping its heads, and verifying it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{EXIT_CODES, OutputArgs};

/// Where the heads of the change log are kept
#[derive(Debug, Clone, Args)]
pub struct HeadArgs {
    /// After each load, append the signed head of the change log to this file. Keep it where the owner
    /// of the database cannot write
    #[arg(long = "heads", value_name = "FILE", env = "NTSB_HEADS", requires = "key")]
    pub file: Option<PathBuf>,

    /// The private key that signs heads; ntsb heads keygen makes one
    #[arg(long = "heads-key", id = "key", value_name = "FILE", env = "NTSB_HEADS_KEY")]
    pub key: Option<PathBuf>,
}

/// Keep signed heads of the change log outside of the database
#[derive(Debug, Subcommand)]
pub enum HeadsCommand {
    Keygen(KeygenArgs),
    Write(WriteHeadArgs),
}

/// Make a key pair (Ed25519, PEM): FILE to sign heads with, FILE.pub to verify them
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct KeygenArgs {
    /// The file of the private key, which must not exist
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// Append the head as it is now, as a load with --heads does
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct WriteHeadArgs {
    /// The file of heads, one JSON object a line
    #[arg(long = "heads", value_name = "FILE", env = "NTSB_HEADS")]
    pub file: PathBuf,

    /// The private key that signs heads
    #[arg(long = "heads-key", value_name = "FILE", env = "NTSB_HEADS_KEY")]
    pub key: PathBuf,
}

/// Verify the change log: its chain, the journal of loads, and heads that were kept elsewhere
///
/// The chain is recomputed here, from its first entry. Ends with 1 where something does not agree.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct VerifyArgs {
    /// A file of heads that was written by ntsb load --heads
    #[arg(long, value_name = "FILE")]
    pub against: Option<PathBuf>,

    /// Verify the signatures of these heads with this public key
    #[arg(long, value_name = "FILE", requires = "against")]
    pub public_key: Option<PathBuf>,

    /// The database that the heads are of (default: the one that is verified); for a restored copy
    #[arg(long, value_name = "NAME", requires = "against")]
    pub database: Option<String>,

    /// Compare every stored row with the log's last entry about it, and its hash with its columns
    #[arg(long)]
    pub rows: bool,

    #[command(flatten)]
    pub output: OutputArgs,
}
