//! The command line of `ntsb apikey`.

use clap::{Args, Subcommand, ValueEnum};

use super::EXIT_CODES;

/// Make, list and revoke keys of the REST service
#[derive(Debug, Subcommand)]
pub enum ApiKeyCommand {
    Create(CreateKeyArgs),
    List(ListKeysArgs),
    Revoke(RevokeKeyArgs),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum KeyRole {
    Viewer,
    ApiUser,
    Analyst,
    Admin,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum KeyTier {
    Free,
    Premium,
}

/// Make a key; it is shown this once
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct CreateKeyArgs {
    /// Whose key it is, or what for
    pub name: String,

    /// What it may do; each role may all that the one before may
    #[arg(long, value_enum, default_value_t = KeyRole::ApiUser)]
    pub role: KeyRole,

    /// How often it may ask
    #[arg(long, value_enum, default_value_t = KeyTier::Free)]
    pub tier: KeyTier,

    /// For how many days it holds (default: until it is revoked)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=36_500))]
    pub days: Option<i32>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// List keys: not the keys themselves, but how each begins
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ListKeysArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// End a key and the tokens that were made from it
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct RevokeKeyArgs {
    /// Its number, as listed
    #[arg(value_name = "KEY_ID")]
    pub id: i64,
}
