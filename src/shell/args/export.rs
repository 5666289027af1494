//! The flags of `export`.

use clap::{Args, Subcommand};
use clap_complete::Shell;
use jiff::civil::Date;
use std::path::PathBuf;

/// `export`
#[derive(Args)]
pub struct Export {
    /// What to write
    #[command(subcommand)]
    pub command: ExportCommand,
}

/// The commands of `export`.
#[derive(Subcommand)]
pub enum ExportCommand {
    /// The stand-alone recoverer in plain Python, the specification of the formats, and the hashes of both
    Recoverer {
        /// Put the files into DIR
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// The policy that denies the members' root users everything: JSON, `CloudFormation`, Terraform
    Scp {
        /// Put the files into DIR
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// The alert on root sign-in and root calls: JSON, `CloudFormation`, Terraform; and whom it rings
    Alert {
        /// Put the files into DIR
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Everything that is due, as a calendar; no name of a secret is in it
    Calendar {
        /// Write to FILE; without it, to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// As of that day; without it, today
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
    /// What an auditor asks for: the ledger of a period, drills, reviews, visits, exceptions, acceptances, by control
    Evidence {
        /// The first day
        #[arg(long, value_name = "DATE")]
        from: Date,
        /// The last day
        #[arg(long, value_name = "DATE")]
        to: Date,
        /// Without names, accounts and what people wrote
        #[arg(long)]
        redact: bool,
        /// Put the files into DIR
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// The man pages
    Man {
        /// Put the files into DIR
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// The completions of a shell, on standard output
    Completions {
        /// Which shell
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
}
