//! One definition per flag: help, and later man page and completions, come from it.
//!
//! Rules of this file:
//! - no flag, environment variable or file name carries a secret;
//! - the same flag means the same thing in every command; ids of the plan are used everywhere;
//! - a value is parsed into its checked type here, so that no command sees an unchecked one.

use crate::ceremony::steps::ROLES;
use crate::code::words::Fingerprint;
use crate::crypto::password::Length;
use crate::ident::{DeviceName, PersonId, SafeId, Serial, SiteName};
use crate::plan::Factor;
use crate::shell::printing::PrinterName;
use crate::vault::event::Note;
use clap::{Args, Parser, Subcommand, ValueEnum};
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
    /// Generate and lock passwords; import and lock MFA seeds and contacts
    Enroll(Enroll),
    /// Gather a quorum and open one record
    Recover(Recover),
    /// Papers without shares: labels, cards, receipts, inventories, scripts, closing sheets, forms, copies of the vault
    Print(Print),
    /// Make a vault from its printed copy
    Restore(Restore),
    /// Files for the world outside
    Export(Export),
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
    /// Declare the last epoch of the set void instead: its dealing was interrupted, or its pages are out of force
    #[arg(long, value_name = "REASON", conflicts_with_all = ["out", "printer", "templates", "unattended", "reason"])]
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

/// `enroll`
#[derive(Args)]
pub struct Enroll {
    /// Accounts, by id or name
    #[arg(value_name = "ACCOUNT", required_unless_present = "all")]
    pub accounts: Vec<String>,
    /// Every account whose share set is live; the others are named and skipped
    #[arg(long, conflicts_with = "accounts")]
    pub all: bool,
    /// Which factor
    #[arg(long, value_name = "password|mfa|contact")]
    pub factor: Factor,
    /// Which of the account's virtual MFA devices
    #[arg(long, value_name = "NAME")]
    pub device: Option<DeviceName>,
    /// Where an MFA seed or a contact comes from: a text, a QR image, or - for standard input. With --all: lines of
    /// ACCOUNT, DEVICE and otpauth URI
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
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

/// Where papers go.
#[derive(Args)]
pub struct Destination {
    /// Put them into DIR
    #[arg(long, value_name = "DIR", conflicts_with = "printer")]
    pub out: Option<PathBuf>,
    /// Print them, through a pipe: no file is made
    #[arg(long, value_name = "NAME")]
    pub printer: Option<PrinterName>,
    /// Print although the print system keeps what it is given
    #[arg(long, value_name = "REASON")]
    pub allow_spool: Option<Note>,
    /// Take the wording from the files in DIR, where they are named for their papers
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
}

/// Which envelopes.
#[derive(Args)]
pub struct Envelopes {
    /// Their serials
    #[arg(value_name = "SERIAL")]
    pub serials: Vec<Serial>,
    /// Those of a share set
    #[arg(long, value_name = "SET")]
    pub set: Vec<String>,
    /// Those of a safe
    #[arg(long, value_name = "SAFE")]
    pub safe: Vec<SafeId>,
    /// All in force
    #[arg(long)]
    pub all: bool,
}

/// Who has a role in the room: `administrator=walt`.
#[derive(Clone)]
pub struct InTheRoom {
    /// The role.
    pub role: &'static str,
    /// The person.
    pub person: PersonId,
}

impl std::str::FromStr for InTheRoom {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let written = || format!("written ROLE=ID, with a role of {}", ROLES.join(", "));
        let (role, person) = text.split_once('=').ok_or_else(written)?;
        let role = ROLES.into_iter().find(|known| *known == role).ok_or_else(written)?;
        let person = person
            .parse()
            .map_err(|fault: crate::ident::IdentError| fault.to_string())?;
        Ok(Self { role, person })
    }
}

/// `print`
#[derive(Args)]
pub struct Print {
    /// Which paper
    #[command(subcommand)]
    pub what: PrintCommand,
}

/// The papers of `print`.
#[derive(Subcommand)]
pub enum PrintCommand {
    /// The label outside of an envelope
    Label {
        /// Which
        #[command(flatten)]
        envelopes: Envelopes,
        /// Where to
        #[command(flatten)]
        to: Destination,
    },
    /// What a custodian keeps at hand
    Card {
        /// Custodians, by id or name
        #[arg(value_name = "PERSON", required_unless_present = "all")]
        people: Vec<String>,
        /// Every custodian of the plan
        #[arg(long, conflicts_with = "people")]
        all: bool,
        /// Where to
        #[command(flatten)]
        to: Destination,
    },
    /// What a custodian signs for an envelope
    Receipt {
        /// Which
        #[command(flatten)]
        envelopes: Envelopes,
        /// Where to
        #[command(flatten)]
        to: Destination,
    },
    /// What should lie in a safe
    Inventory {
        /// Safes
        #[arg(value_name = "SAFE", required_unless_present = "all")]
        safes: Vec<SafeId>,
        /// Every safe of the plan
        #[arg(long, conflicts_with = "safes")]
        all: bool,
        /// Where to
        #[command(flatten)]
        to: Destination,
    },
    /// Every step of a ceremony that deals these sets
    Script {
        /// Share sets of one purpose
        #[arg(value_name = "SET", required = true)]
        sets: Vec<String>,
        /// Who is there: administrator=ID,operator=ID,scribe=ID,witness=ID
        #[arg(long, value_name = "ROLE=ID", value_delimiter = ',')]
        room: Vec<InTheRoom>,
        /// Where to
        #[command(flatten)]
        to: Destination,
    },
    /// The ledger head as eight words, to be signed; closes the ledger like `ledger head`
    Closing {
        /// Who signs: administrator=ID,operator=ID,scribe=ID,witness=ID
        #[arg(long, value_name = "ROLE=ID", value_delimiter = ',')]
        room: Vec<InTheRoom>,
        /// Where to
        #[command(flatten)]
        to: Destination,
    },
    /// What is printed and scanned before the first page with a secret
    PrinterTest {
        /// The scans of both pages: compared, and entered in the ledger for --printer
        #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["out", "allow_spool"])]
        scan: Vec<PathBuf>,
        /// Where to
        #[command(flatten)]
        to: Destination,
    },
    /// Who has access, to be signed
    Review {
        /// Where to
        #[command(flatten)]
        to: Destination,
    },
    /// That shares, sign-in and phone work, to be filled in
    Drill {
        /// Share sets; all that were dealt, without one
        #[arg(long, value_name = "SET")]
        set: Vec<String>,
        /// Where to
        #[command(flatten)]
        to: Destination,
    },
    /// One page to sign: the claim as computed, the losses that are survived, the findings that are accepted
    Statement {
        /// Where to
        #[command(flatten)]
        to: Destination,
    },
    /// The whole vault as pages with codes: with a quorum they recover everything
    VaultCopy {
        /// Where to
        #[command(flatten)]
        to: Destination,
    },
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
