//! The flags of `recover`.

use super::Overrides;
use crate::code::words::Fingerprint;
use crate::ident::{DeviceName, PersonId};
use crate::plan::Factor;
use crate::vault::event::Note;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// How an opened record is shown.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Show {
    /// The current MFA code: the default for MFA
    Code,
    /// A QR code: for an authenticator in a new place, or for a keyboard scanner
    Qr,
    /// The secret as text: the default for contacts, and for a pipe
    Text,
    /// One half for each of two operators: the default for passwords at a terminal
    Halves,
}

/// `recover`
#[derive(Args)]
pub struct Recover {
    /// The account, by id or name
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// Which factor
    #[arg(long, value_name = "password|mfa|contact")]
    pub factor: Option<Factor>,
    /// Which of the account's virtual MFA devices
    #[arg(long, value_name = "NAME")]
    pub device: Option<DeviceName>,
    /// For which task that needs the root user; an unknown one names the nearest
    #[arg(long, value_name = "TASK")]
    pub task: Option<String>,
    /// Why; the ledger keeps it
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<Note>,
    /// Who is there: two people or more in production
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub present: Vec<PersonId>,
    /// Who approved
    #[arg(long, value_name = "ID")]
    pub approved_by: Option<PersonId>,
    /// Scans (PNG, JPEG, PDF), or folders of them, in any order, with spares; without it, lines are typed
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub scan: Vec<PathBuf>,
    /// The passphrases of locked shares, one a row, in a file or on standard input (-); without it, custodians are asked
    #[arg(long, value_name = "FILE")]
    pub passphrases: Option<PathBuf>,
    /// What is shown
    #[arg(long, value_enum)]
    pub show: Option<Show>,
    /// Show it on standard output, the one way to a pipe
    #[arg(long)]
    pub stdout: bool,
    /// Ask nothing
    #[arg(long)]
    pub unattended: bool,
    /// The 8 words of the last signed closing sheet
    #[arg(long, value_name = "WORDS")]
    pub anchor: Option<Fingerprint>,
    /// Gather this factor although this machine gathered the other one since it was started
    #[arg(long, value_name = "REASON")]
    pub allow_both_factors: Option<Note>,
    /// What is overridden
    #[command(flatten)]
    pub overrides: Overrides,
}
