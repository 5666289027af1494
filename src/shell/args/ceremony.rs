//! The flags of what makes pages with shares, and proves them: `ceremony`, `prove`, `reprint`, `passphrase`.

use super::{InTheRoom, Overrides, Unattended};
use crate::ident::Serial;
use crate::shell::printing::PrinterName;
use crate::vault::event::Note;
use clap::Args;
use std::path::PathBuf;

/// `ceremony`
#[derive(Args)]
pub struct Ceremony {
    /// The share sets to deal, of one purpose
    #[arg(value_name = "SET", required = true)]
    pub sets: Vec<String>,
    /// How it is run
    #[command(flatten)]
    pub unattended: Unattended,
    /// Put the sheets into DIR, on memory-backed storage
    #[arg(long, value_name = "DIR", conflicts_with = "printer")]
    pub out: Option<PathBuf>,
    /// Print the sheets, through a pipe: no file is made; the printer has passed its test before
    #[arg(long, value_name = "NAME")]
    pub printer: Option<PrinterName>,
    /// Print although the print system keeps what it is given
    #[arg(long, value_name = "REASON")]
    pub allow_spool: Option<Note>,
    /// Take the wording of the sheets from DIR/share-sheet.md
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
    /// Print every step and prompt, and do nothing: no secret, no question, no line in the ledger
    #[arg(long, conflicts_with_all = ["unattended", "void", "out", "printer"])]
    pub dry_run: bool,
    /// Where the scanner puts its scans: once a secret exists, no other folder can be read
    #[arg(long, value_name = "DIR", default_value = "/dev/shm", conflicts_with = "unattended")]
    pub scan: PathBuf,
    /// Who is there: administrator=ID,operator=ID,scribe=ID,witness=ID; whoever is not named here or in the plan is asked for
    #[arg(long, value_name = "ROLE=ID", value_delimiter = ',', conflicts_with = "unattended")]
    pub room: Vec<InTheRoom>,
    /// What is brought into the room, besides what the plan lists; named again at the end
    #[arg(long, value_name = "TEXT", conflicts_with = "unattended")]
    pub item: Vec<Note>,
    /// Declare the last epoch of the set void instead: its dealing was interrupted, or its pages are out of force
    #[arg(long, value_name = "REASON", conflicts_with_all = ["out", "printer", "templates", "unattended", "reason", "room", "item"])]
    pub void: Option<Note>,
    /// Put secret pages on a disk all the same
    #[arg(long, value_name = "REASON")]
    pub allow_disk: Option<Note>,
    /// What is overridden
    #[command(flatten)]
    pub overrides: Overrides,
}

/// `prove`
#[derive(Args)]
pub struct Prove {
    /// Scans (PNG, JPEG, PDF), or folders of them
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    pub scan: Vec<PathBuf>,
    /// At a drill: the passphrases of locked shares, one a row, in a file or on standard input (-); without it, custodians are asked
    #[arg(long, value_name = "FILE")]
    pub passphrases: Option<PathBuf>,
    /// What is overridden
    #[command(flatten)]
    pub overrides: Overrides,
}

/// `reprint` and `passphrase`
#[derive(Args)]
pub struct Reprint {
    /// The serial of its envelope
    #[arg(value_name = "SERIAL")]
    pub serial: Serial,
    /// The scan of its sheet (PNG, JPEG, PDF); without it, its lines are typed
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub scan: Vec<PathBuf>,
    /// The passphrase upon it, in a file or on standard input (-); without it, its custodian is asked
    #[arg(long, value_name = "FILE")]
    pub passphrases: Option<PathBuf>,
    /// Put the page into DIR, on memory-backed storage
    #[arg(
        long,
        value_name = "DIR",
        required_unless_present = "printer",
        conflicts_with = "printer"
    )]
    pub out: Option<PathBuf>,
    /// Print the page, through a pipe: no file is made; the printer has passed its test before
    #[arg(long, value_name = "NAME")]
    pub printer: Option<PrinterName>,
    /// Print although the print system keeps what it is given
    #[arg(long, value_name = "REASON")]
    pub allow_spool: Option<Note>,
    /// How it is run
    #[command(flatten)]
    pub unattended: Unattended,
    /// Take the wording of the sheet from DIR/share-sheet.md
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
    /// Put a secret page on a disk all the same
    #[arg(long, value_name = "REASON")]
    pub allow_disk: Option<Note>,
    /// What is overridden
    #[command(flatten)]
    pub overrides: Overrides,
}
