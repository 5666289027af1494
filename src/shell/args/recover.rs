//! The flags of `recover`, `contribute` and `notice`.

use super::Overrides;
use crate::code::words::Fingerprint;
use crate::ident::{DeviceName, Generation, PersonId};
use crate::plan::Factor;
use crate::vault::event::Note;
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
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

impl Show {
    /// The word for it, on the command line and in the ledger.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Qr => "qr",
            Self::Text => "text",
            Self::Halves => "halves",
        }
    }
}

/// `recover`
#[derive(Args)]
pub struct Recover {
    /// The account, by id or name; several in one sitting have a reason each
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Vec<String>,
    /// Which factor
    #[arg(long, value_name = "password|mfa|contact")]
    pub factor: Option<Factor>,
    /// Which of the account's virtual MFA devices
    #[arg(long, value_name = "NAME")]
    pub device: Option<DeviceName>,
    /// Which generation of the record, where an older one is still there; without it, the newest
    #[arg(long, value_name = "N")]
    pub generation: Option<Generation>,
    /// For which task that needs the root user; an unknown one names the nearest
    #[arg(long, value_name = "TASK")]
    pub task: Option<String>,
    /// Why; the ledger keeps it. One for each account, in their order
    #[arg(long, value_name = "TEXT")]
    pub reason: Vec<Note>,
    /// Who is there: two people or more in production
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub present: Vec<PersonId>,
    /// Who approved
    #[arg(long, value_name = "ID")]
    pub approved_by: Option<PersonId>,
    /// Say whom to call first for this account at this hour, and end: needs no share
    #[arg(long)]
    pub whom: bool,
    /// Who is away, for --whom and for what is shown at the start
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub away: Vec<PersonId>,
    /// At which hour, for --whom, like 2026-12-24T03:00Z; without it, now
    #[arg(long, value_name = "TIME", requires = "whom")]
    pub at: Option<Timestamp>,
    /// The five words of the next access notice: who is woken by the alert then knows that it was expected
    #[arg(long, value_name = "WORDS")]
    pub notice: Option<String>,
    /// For how many minutes the sign-in is announced
    #[arg(long, value_name = "MINUTES", default_value = "120", value_parser = clap::value_parser!(u32).range(1..=1440))]
    pub window: u32,
    /// Scans (PNG, JPEG, PDF), or folders of them, in any order, with spares; without it, lines are typed
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub scan: Vec<PathBuf>,
    /// Read sheets that are held before a camera, like /dev/video0
    #[arg(long, value_name = "DEV")]
    pub camera: Option<PathBuf>,
    /// Invite custodians elsewhere: what they need goes into FILE, and beside it as a picture
    #[arg(long, value_name = "FILE")]
    pub invite: Option<PathBuf>,
    /// Where contributions from afar arrive: files, or folders of them; they are waited for
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "invite")]
    pub contribution: Vec<PathBuf>,
    /// How long contributions are waited for where nobody is asked
    #[arg(long, value_name = "MINUTES", default_value = "60", value_parser = clap::value_parser!(u32).range(1..=1440))]
    pub wait: u32,
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
    /// Use the root user although an ordinary role suffices for the task
    #[arg(long, value_name = "REASON")]
    pub allow_root: Option<Note>,
    /// Recover although no notice announces it to those whom the alert wakes
    #[arg(long, value_name = "REASON")]
    pub allow_unannounced: Option<Note>,
    /// What is overridden
    #[command(flatten)]
    pub overrides: Overrides,
}

/// `contribute`
#[derive(Args)]
pub struct Contribute {
    /// The invitation: the file, or a picture of its code
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Scans of your own sheet; without it, its lines are typed
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub scan: Vec<PathBuf>,
    /// Where the contribution goes; beside it as a picture
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// The passphrase of the share, in a file or on standard input (-); without it, its custodian is asked
    #[arg(long, value_name = "FILE")]
    pub passphrases: Option<PathBuf>,
    /// Ask nothing: only of a rehearsal
    #[arg(long)]
    pub unattended: bool,
    /// What is overridden; it travels with the share
    #[command(flatten)]
    pub overrides: Overrides,
}

/// `notice`
#[derive(Args)]
pub struct Notice {
    /// What to do with it
    #[command(subcommand)]
    pub command: NoticeCommand,
}

/// The commands of `notice`.
#[derive(Subcommand)]
pub enum NoticeCommand {
    /// Announce a recovery: from now on, for a while, a sign-in to the account is expected
    New {
        /// The five words of the next notice
        #[arg(value_name = "PHRASE")]
        phrase: String,
        /// The account, by id or name
        #[arg(long, value_name = "ACCOUNT")]
        account: String,
        /// Why; the ledger keeps it
        #[arg(long, value_name = "TEXT")]
        reason: Note,
        /// Who announces it
        #[arg(long, value_name = "ID", value_delimiter = ',')]
        by: Vec<PersonId>,
        /// For how many minutes
        #[arg(long, value_name = "MINUTES", default_value = "120", value_parser = clap::value_parser!(u32).range(1..=1440))]
        window: u32,
    },
    /// Tell an expected sign-in from an attack, by the phrase that came with it
    Check {
        /// The five words that were said
        #[arg(value_name = "PHRASE")]
        phrase: String,
        /// The account that the alert names, by id or name
        #[arg(long, value_name = "ACCOUNT")]
        account: Option<String>,
    },
}
