//! The flags of `runbook`.

use super::Destination;
use clap::{Args, Subcommand};

/// `runbook`
#[derive(Args)]
pub struct Runbook {
    /// What to do with them
    #[command(subcommand)]
    pub command: RunbookCommand,
}

/// The commands of `runbook`.
#[derive(Subcommand)]
pub enum RunbookCommand {
    /// All of them, and when each was last rehearsed
    List {
        /// One JSON object instead of text
        #[arg(long)]
        json: bool,
    },
    /// One of them, filled in
    Show {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// On paper; all of them as one book with its contents
    Print {
        /// Their names
        #[arg(value_name = "NAME", required_unless_present = "all")]
        names: Vec<String>,
        /// All of them, as one book
        #[arg(long, conflicts_with = "names")]
        all: bool,
        /// Where to
        #[command(flatten)]
        to: Destination,
    },
}
