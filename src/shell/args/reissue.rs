//! The flags of what takes paper out of force: `reissue`, `relock`.

use super::Overrides;
use crate::code::words::Fingerprint;
use crate::shell::printing::PrinterName;
use crate::vault::event::{Cause, Note};
use clap::Args;
use std::path::PathBuf;

/// The quorum that comes together.
#[derive(Args)]
pub struct QuorumOfScans {
    /// Scans of the sheets of a quorum (PNG, JPEG, PDF), or folders of them
    #[arg(long, value_name = "PAGES", num_args = 1.., required = true)]
    pub scan: Vec<PathBuf>,
    /// The passphrases of locked shares among them, one a row, in a file or on standard input (-)
    #[arg(long, value_name = "FILE")]
    pub passphrases: Option<PathBuf>,
    /// The 8 words of the last signed closing sheet
    #[arg(long, value_name = "WORDS")]
    pub anchor: Option<Fingerprint>,
    /// Gather both factors in one boot all the same
    #[arg(long, value_name = "REASON")]
    pub allow_both_factors: Option<Note>,
}

/// `reissue`
#[derive(Args)]
pub struct Reissue {
    /// The share set, as the plan has it now
    #[arg(value_name = "SET")]
    pub set: String,
    /// Why: compromise, leaver, lost, exposed, threshold or custodian-change
    #[arg(long, value_name = "CAUSE")]
    pub reason: Cause,
    /// Ask nothing; a set with shares under passphrases needs its custodians all the same
    #[arg(long)]
    pub unattended: bool,
    /// Put the new sheets into DIR, on memory-backed storage
    #[arg(
        long,
        value_name = "DIR",
        required_unless_present = "printer",
        conflicts_with = "printer"
    )]
    pub out: Option<PathBuf>,
    /// Print the new sheets, through a pipe: no file is made; the printer has passed its test before
    #[arg(long, value_name = "NAME")]
    pub printer: Option<PrinterName>,
    /// The old quorum
    #[command(flatten)]
    pub quorum: QuorumOfScans,
    /// Print although the print system keeps what it is given
    #[arg(long, value_name = "REASON")]
    pub allow_spool: Option<Note>,
    /// Put secret pages on a disk all the same
    #[arg(long, value_name = "REASON")]
    pub allow_disk: Option<Note>,
    /// What is overridden
    #[command(flatten)]
    pub overrides: Overrides,
}

/// `relock`
#[derive(Args)]
pub struct Relock {
    /// The share set that is to open what the plan lets it open
    #[arg(value_name = "SET")]
    pub set: String,
    /// A quorum of any set that opens it now
    #[command(flatten)]
    pub quorum: QuorumOfScans,
    /// What is overridden
    #[command(flatten)]
    pub overrides: Overrides,
}
