//! The flags of `exchange`.

use crate::code::words::Fingerprint;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `exchange`
#[derive(Args)]
pub struct Exchange {
    /// Which way
    #[command(subcommand)]
    pub command: ExchangeCommand,
}

/// The commands of `exchange`.
#[derive(Subcommand)]
pub enum ExchangeCommand {
    /// Close the ledger, and put the vault into one file for another site: plan, public halves, locked records, chains. No share
    /// and no secret in the clear is in it
    Export {
        /// The file to make
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Take in what another copy of this vault has and this one lacks; where --vault is no vault yet, begin the laptop of a new --site
    Import {
        /// What `exchange export` made
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The 8 words that `exchange export` said there
        #[arg(long, value_name = "WORDS")]
        anchor: Option<Fingerprint>,
        /// Say what would be taken, and take nothing
        #[arg(long)]
        dry_run: bool,
    },
}
