//! Arguments of `ntsb apikey`.

use clap::{Args, Subcommand, ValueEnum};

use super::EXIT_CODES;

/// Manage REST API keys
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

/// Create a key and print it; it cannot be shown again
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct CreateKeyArgs {
    /// Owner or purpose of the key
    pub name: String,

    /// Role of the key; each role includes the privileges of the previous one
    #[arg(long, value_enum, default_value_t = KeyRole::ApiUser)]
    pub role: KeyRole,

    /// Rate limit tier
    #[arg(long, value_enum, default_value_t = KeyTier::Free)]
    pub tier: KeyTier,

    /// Days until the key expires (default: never)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=36_500))]
    pub days: Option<i32>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// List keys by prefix; the keys themselves are never shown
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct ListKeysArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Revoke a key and its tokens
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct RevokeKeyArgs {
    /// ID of the key, as shown by ntsb apikey list
    #[arg(value_name = "KEY_ID")]
    pub id: i64,
}
