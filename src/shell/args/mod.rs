//! One definition per flag: help, and later man page and completions, come from it.
//!
//! Rules of this file:
//! - no flag, environment variable or file name carries a secret;
//! - the same flag means the same thing in every command; ids of the plan are used everywhere;
//! - a value is parsed into its checked type here, so that no command sees an unchecked one.

mod ceremony;
mod exception;
mod exchange;
mod export;
mod life;
mod print;
mod recover;
mod reissue;
mod runbook;

pub use self::ceremony::{Ceremony, Prove, Reprint};
pub use self::exception::{Exception, ExceptionCommand};
pub use self::exchange::{Exchange, ExchangeCommand};
pub use self::export::{Export, ExportCommand};
pub use self::life::{
    DeviceArgs, DeviceCommand, DrillArgs, DrillCommand, DrillOpen, Due, Envelope, EnvelopeCommand, FindingArgs,
    FindingCommand, Guidance, ReviewArgs, ReviewCommand, Safe, SafeCommand, Status, Witnessed,
};
pub use self::print::{Destination, Envelopes, InTheRoom, Print, PrintCommand};
pub use self::recover::{Contribute, Notice, NoticeCommand, Recover, Show};
pub use self::reissue::{QuorumOfScans, Reissue, Relock};
pub use self::runbook::{Runbook, RunbookCommand};

use crate::code::words::Fingerprint;
use crate::crypto::password::Length;
use crate::ident::{DeviceName, SiteName};
use crate::plan::Factor;
use crate::vault::event::Note;
use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use std::path::PathBuf;

/// Root passwords and virtual-MFA seeds under separate quorums of custodians: offline, on paper, provably.
#[derive(Parser)]
#[command(name = "strongroom", bin_name = "strongroom", version, max_term_width = 100)]
#[command(
    after_help = "Begin with a rehearsal: strongroom rehearse --out DIR\nExit status: 0 done, 1 the answer is no, 2 the request is wrong, 3 refused for safety, 4 the machine failed"
)]
pub struct Arguments {
    /// Where to work.
    #[command(flatten)]
    pub place: Place,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Which vault, and whose chain of its ledger.
#[derive(Args)]
pub struct Place {
    /// The folder of strongroom.toml
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "STRONGROOM_VAULT",
        default_value = ".",
        hide_env_values = true
    )]
    pub vault: PathBuf,
    /// The site of this laptop, where the ledger has chains of several
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "STRONGROOM_SITE",
        hide_env_values = true
    )]
    pub site: Option<SiteName>,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Play the whole life of a vault with throwaway secrets: plan, ceremonies, enrolment, recovery from its own pages
    Rehearse(Rehearse),
    /// Make a vault: a starter plan, or the bundled example organisation
    Init(Init),
    /// Judge the plan, and compute the claim: who could sign in to what, and what may be lost
    Check(Check),
    /// Suppose losses, absences and an hour: what can still be opened, by whom, from when on
    Simulate(Simulate),
    /// Judge this machine: network, swap, storage, clock, entropy
    Preflight(Preflight),
    /// Deal share sets of one purpose and make their sheets
    Ceremony(Ceremony),
    /// Prove shares on paper; reveals nothing
    Prove(Prove),
    /// Make one page again from its own sheet, under a new serial: it was stained, torn or spoilt
    Reprint(Reprint),
    /// Give one share a new passphrase of seven words, and make its page again; its custodian must be there
    Passphrase(Reprint),
    /// Deal a new epoch of a live set for a stated cause, signed by the quorum of the old, and lock its records again
    Reissue(Box<Reissue>),
    /// Add a set to the records that the plan lets it open, by any quorum that opens them
    Relock(Relock),
    /// Generate and lock passwords; import and lock MFA seeds and contacts
    Enroll(Enroll),
    /// Gather a quorum and open one record
    Recover(Box<Recover>),
    /// Prove one share on this laptop, and lock it to a recovery elsewhere
    Contribute(Contribute),
    /// Announce a recovery to those whom its alert will wake, or check what they were told
    Notice(Notice),
    /// Papers without shares: labels, cards, receipts, inventories, scripts, closing sheets, forms, copies of the vault
    Print(Print),
    /// Make a vault from its printed copy
    Restore(Restore),
    /// Where every account, share set and envelope stands, and what is due next
    Status(Status),
    /// What is overdue, and what comes next
    Due(Due),
    /// The steps of an envelope's life, and where each is
    Envelope(Envelope),
    /// Visits to safes, lock services, copies of the vault that were looked at
    Safe(Safe),
    /// Hardware MFA devices: installed, tried, retired
    Device(DeviceArgs),
    /// What a provider's support promised, until it is stale
    Guidance(Guidance),
    /// Exercises: planned, begun, tried, opened, closed with their debrief
    Drill(DrillArgs),
    /// Who has access, answered for and signed by two
    Review(ReviewArgs),
    /// What is to be changed or explained, and who settled it
    Finding(FindingArgs),
    /// What to do on a day that nobody wants, with real names: list, show, print
    Runbook(Runbook),
    /// Plan, public halves, records and chains of the ledger, from site to site
    Exchange(Exchange),
    /// Files for the world outside
    Export(Export),
    /// Write down what left the script, and what came back
    Exception(Exception),
    /// The record of what was done, and the proof that it is whole
    Ledger(Ledger),
}

/// `rehearse`
#[derive(Args)]
pub struct Rehearse {
    /// Where pages and vault are left; without it, nothing is left
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// How many accounts the example organisation has, the management account among them
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=10_000))]
    pub accounts: Option<u32>,
}

/// `init`
#[derive(Args)]
pub struct Init {
    /// The folder to make; with --organizations it may be a vault already, whose plan then grows
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Begin with the bundled example organisation
    #[arg(long)]
    pub example: bool,
    /// Make it a rehearsal for ever: no share of it opens anything in production
    #[arg(long)]
    pub rehearsal: bool,
    /// Merge the accounts of FILE, the answer of `aws organizations list-accounts`
    #[arg(long, value_name = "FILE")]
    pub organizations: Option<PathBuf>,
}

/// `check`
#[derive(Args)]
pub struct Check {
    /// One JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

/// `simulate`
#[derive(Args)]
pub struct Simulate {
    /// What is lost: person:ID, safe:ID, building:ID, region:ID, copy:ID or passphrase:PERSON
    #[arg(long, value_name = "KIND:ID")]
    pub lose: Vec<String>,
    /// Who is away
    #[arg(long, value_name = "PERSON")]
    pub away: Vec<String>,
    /// When, like 2026-12-24T03:00Z; without it, now
    #[arg(long, value_name = "TIME")]
    pub at: Option<Timestamp>,
    /// One JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

/// `preflight`
#[derive(Args)]
pub struct Preflight {
    /// Also judge DIR as a place for secret pages
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// One JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

/// What a refusal for safety is overridden with, one by one. Each becomes an exception in the ledger.
#[derive(Args, Clone, Default)]
pub struct Overrides {
    /// Go on although a network is reachable
    #[arg(long, value_name = "REASON")]
    pub allow_network: Option<Note>,
    /// Go on although memory can be swapped to a disk
    #[arg(long, value_name = "REASON")]
    pub allow_swap: Option<Note>,
}

/// Unattended work: pauses are left out, never checks.
#[derive(Args)]
pub struct Unattended {
    /// Ask nothing; in production this needs --reason
    #[arg(long)]
    pub unattended: bool,
    /// Why; the ledger keeps it
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<Note>,
}

/// `enroll`
#[derive(Args)]
pub struct Enroll {
    /// Accounts, by id or name
    #[arg(value_name = "ACCOUNT", required_unless_present_any = ["all", "worklist"])]
    pub accounts: Vec<String>,
    /// Every account whose share set is live; the others are named and skipped
    #[arg(long, conflicts_with = "accounts")]
    pub all: bool,
    /// How far every account is at the provider; at a terminal, go on with what is left: generate, show, set, sign in
    #[arg(long, conflicts_with_all = ["accounts", "all", "unattended"])]
    pub worklist: bool,
    /// Which factor
    #[arg(long, value_name = "password|mfa|contact")]
    pub factor: Factor,
    /// Which of the account's virtual MFA devices
    #[arg(long, value_name = "NAME")]
    pub device: Option<DeviceName>,
    /// Where an MFA seed or a contact comes from: a text, a QR image, or - for standard input. With --all: lines of
    /// ACCOUNT, DEVICE and otpauth URI. With --worklist: the folder in which they are, /dev/shm without it
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Read the code of an MFA seed from another screen, by a camera like /dev/video0
    #[arg(long, value_name = "DEV", conflicts_with_all = ["from", "all"])]
    pub camera: Option<PathBuf>,
    /// The length of a generated password, 16 to 128
    #[arg(long, value_name = "N", default_value = "64")]
    pub length: Length,
    /// How it is run
    #[command(flatten)]
    pub unattended: Unattended,
    /// The 8 words of the last signed closing sheet
    #[arg(long, value_name = "WORDS")]
    pub anchor: Option<Fingerprint>,
    /// What is overridden
    #[command(flatten)]
    pub overrides: Overrides,
}

/// `restore`
#[derive(Args)]
pub struct Restore {
    /// The folder to make
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Scans of the pages (PNG, JPEG, PDF), or folders of them, in any order
    #[arg(long, value_name = "PAGES", num_args = 1.., required = true)]
    pub scan: Vec<PathBuf>,
    /// The 8 words of the last signed closing sheet
    #[arg(long, value_name = "WORDS")]
    pub anchor: Option<Fingerprint>,
}

/// `ledger`
#[derive(Args)]
pub struct Ledger {
    /// What to do with it
    #[command(subcommand)]
    pub command: LedgerCommand,
}

/// The commands of `ledger`.
#[derive(Subcommand)]
pub enum LedgerCommand {
    /// Every line, in words
    Show {
        /// Only what happened in the rooms of ceremonies, as minutes
        #[arg(long, conflicts_with = "json")]
        step: bool,
        /// One JSON object instead of text
        #[arg(long)]
        json: bool,
    },
    /// Close the sitting: the 8 words for the closing sheet, then their digits
    Head,
    /// Verify every chain, and every core and record that it names
    Verify {
        /// The 8 words of a closing sheet: is it a head of this ledger, and what came after
        #[arg(long, value_name = "WORDS")]
        head: Option<Fingerprint>,
        /// One JSON object instead of text
        #[arg(long)]
        json: bool,
    },
}
