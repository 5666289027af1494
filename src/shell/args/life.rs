//! The flags of what keeps an arrangement alive: `envelope`, `safe`, `device`, `guidance`, `drill`, `review`, `finding`, `due`, `status`.

use super::Overrides;
use crate::code::words::Fingerprint;
use crate::ident::{CopyId, DeviceName, PersonId, SafeId, Serial};
use crate::plan::Factor;
use crate::vault::event::{LineId, Note};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use std::path::PathBuf;

/// On which day, and who did it or saw it.
#[derive(Args)]
pub struct Witnessed {
    /// The day on which it happened; without it, today
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// Who did it, and who saw it
    #[arg(long, value_name = "ID,ID", value_delimiter = ',', required = true)]
    pub by: Vec<PersonId>,
}

/// `envelope`
#[derive(Args)]
pub struct Envelope {
    /// The step
    #[command(subcommand)]
    pub step: EnvelopeCommand,
}

/// The steps of an envelope's life.
#[derive(Subcommand)]
pub enum EnvelopeCommand {
    /// Its page came out of a printer
    Printed {
        /// Which
        #[arg(value_name = "SERIAL", required = true)]
        serials: Vec<Serial>,
        /// When, and who
        #[command(flatten)]
        seen: Witnessed,
    },
    /// Its page is of no use, and was destroyed before it was sealed
    Spoilt {
        /// Which
        #[arg(value_name = "SERIAL", required = true)]
        serials: Vec<Serial>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Note,
        /// When, and who
        #[command(flatten)]
        seen: Witnessed,
    },
    /// It was closed by a numbered seal
    Seal {
        /// Which
        #[arg(value_name = "SERIAL")]
        serial: Serial,
        /// The number on the seal
        #[arg(long, value_name = "NUMBER")]
        seal: Note,
        /// The same number, read again by somebody else
        #[arg(long, value_name = "NUMBER")]
        again: Note,
    },
    /// It was given to somebody who carries it
    Send {
        /// Which
        #[arg(value_name = "SERIAL", required = true)]
        serials: Vec<Serial>,
        /// Who carries it: never a quorum of one set
        #[arg(long, value_name = "WHO")]
        carrier: Note,
        /// The day by which it is to be there
        #[arg(long, value_name = "DATE")]
        due: Date,
        /// When, and who
        #[command(flatten)]
        seen: Witnessed,
    },
    /// It came to where the register says that it is to lie, its seal whole
    Deposit {
        /// Which
        #[arg(value_name = "SERIAL", required = true)]
        serials: Vec<Serial>,
        /// The safe, where it is another one than it was dealt for
        #[arg(long, value_name = "SAFE")]
        safe: Option<SafeId>,
        /// When, and who
        #[command(flatten)]
        seen: Witnessed,
    },
    /// Its seal was broken, by people who may
    Open {
        /// Which
        #[arg(value_name = "SERIAL", required = true)]
        serials: Vec<Serial>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Note,
        /// When, and who
        #[command(flatten)]
        seen: Witnessed,
    },
    /// Nobody knows where it is
    Lost {
        /// Which
        #[arg(value_name = "SERIAL", required = true)]
        serials: Vec<Serial>,
        /// What is known
        #[arg(long, value_name = "TEXT")]
        reason: Note,
        /// When, and who
        #[command(flatten)]
        seen: Witnessed,
    },
    /// It was destroyed before witnesses
    Destroy {
        /// Which
        #[arg(value_name = "SERIAL", required = true)]
        serials: Vec<Serial>,
        /// When, and who
        #[command(flatten)]
        seen: Witnessed,
    },
    /// Where every envelope is
    List {
        /// Also those that are no more
        #[arg(long)]
        all: bool,
        /// One JSON object instead of text
        #[arg(long)]
        json: bool,
    },
}

/// `safe`
#[derive(Args)]
pub struct Safe {
    /// What happened
    #[command(subcommand)]
    pub command: SafeCommand,
}

/// What happens at safes.
#[derive(Subcommand)]
pub enum SafeCommand {
    /// People were at a safe; what they saw is held against what the ledger expects there
    Visit {
        /// Which
        #[arg(value_name = "SAFE")]
        safe: SafeId,
        /// When, like 2027-03-01T09:30Z; without it, now
        #[arg(long, value_name = "TIME")]
        at: Option<Timestamp>,
        /// Who
        #[arg(long, value_name = "ID,ID", value_delimiter = ',', required = true)]
        by: Vec<PersonId>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Note,
        /// Envelopes whose seal was seen whole
        #[arg(long, value_name = "SERIAL", num_args = 1..)]
        intact: Vec<Serial>,
        /// Envelopes whose seal was seen broken
        #[arg(long, value_name = "SERIAL", num_args = 1..)]
        broken: Vec<Serial>,
        /// What was taken out
        #[arg(long, value_name = "SERIAL", num_args = 1..)]
        took: Vec<Serial>,
        /// What was put in
        #[arg(long, value_name = "SERIAL", num_args = 1..)]
        put: Vec<Serial>,
        /// Everything in the safe was looked at: what is not named was not there
        #[arg(long)]
        whole: bool,
    },
    /// The lock of a safe was serviced
    Serviced {
        /// Which
        #[arg(value_name = "SAFE")]
        safe: SafeId,
        /// When, and who
        #[command(flatten)]
        seen: Witnessed,
    },
    /// A copy of the vault was looked at: up to which closing sheet does it go
    Copy {
        /// Which copy of the plan
        #[arg(value_name = "COPY")]
        copy: CopyId,
        /// The 8 words that `ledger head` of that copy says
        #[arg(long, value_name = "WORDS")]
        head: Fingerprint,
        /// When, and who
        #[command(flatten)]
        seen: Witnessed,
    },
}

/// `device`
#[derive(Args)]
pub struct DeviceArgs {
    /// What happened
    #[command(subcommand)]
    pub command: DeviceCommand,
}

/// What happens to hardware MFA devices.
#[derive(Subcommand)]
pub enum DeviceCommand {
    /// It serves an account from this day on
    Install {
        /// The account, by id or name
        #[arg(value_name = "ACCOUNT")]
        account: String,
        /// Its name in the plan
        #[arg(value_name = "DEVICE")]
        device: DeviceName,
        /// Its make
        #[arg(long, value_name = "TEXT")]
        model: Note,
        /// The number on it
        #[arg(long, value_name = "TEXT")]
        number: Note,
        /// Since when; without it, today
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
        /// When its battery ends
        #[arg(long, value_name = "DATE")]
        battery: Option<Date>,
        /// How many days a replacement takes to come
        #[arg(long, value_name = "N", default_value_t = 30)]
        lead: u16,
        /// When it is to be tried next
        #[arg(long, value_name = "DATE")]
        next: Date,
    },
    /// It was tried
    Check {
        /// The account, by id or name
        #[arg(value_name = "ACCOUNT")]
        account: String,
        /// Its name in the plan
        #[arg(value_name = "DEVICE")]
        device: DeviceName,
        /// Whether it works
        #[arg(long, value_name = "yes|no")]
        works: YesNo,
        /// When it is to be tried next
        #[arg(long, value_name = "DATE")]
        next: Date,
        /// When, and who
        #[command(flatten)]
        seen: Witnessed,
    },
    /// It no longer serves the account
    Retire {
        /// The account, by id or name
        #[arg(value_name = "ACCOUNT")]
        account: String,
        /// Its name in the plan
        #[arg(value_name = "DEVICE")]
        device: DeviceName,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Note,
        /// On which day; without it, today
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
}

/// An answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct YesNo(pub bool);

impl std::str::FromStr for YesNo {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "yes" => Ok(Self(true)),
            "no" => Ok(Self(false)),
            _ => Err("the answer is yes or no"),
        }
    }
}

/// `guidance`
#[derive(Args)]
pub struct Guidance {
    /// The ticket of the provider's support
    #[arg(value_name = "TICKET")]
    pub ticket: Note,
    /// What it is about
    #[arg(long, value_name = "TEXT")]
    pub about: Note,
    /// The last day on which it is to be relied on
    #[arg(long, value_name = "DATE")]
    pub until: Date,
}

/// `drill`
#[derive(Args)]
pub struct DrillArgs {
    /// What to do
    #[command(subcommand)]
    pub command: DrillCommand,
}

/// The commands of `drill`.
#[derive(Subcommand)]
pub enum DrillCommand {
    /// Which shares each drill of the coming year proves: every share, every custodian, never a quorum at once
    Plan {
        /// The day from which on; without it, today
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// One JSON object instead of text
        #[arg(long)]
        json: bool,
    },
    /// A drill begins; the answer is its name
    New {
        /// Who leads it
        #[arg(long, value_name = "ID")]
        led_by: PersonId,
        /// Share sets whose shares are to be proved; all of the plan, without one
        #[arg(long, value_name = "SET")]
        set: Vec<String>,
        /// On which day; without it, today
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
    },
    /// What of an account was tried at the provider, and what came of it
    Try {
        /// The drill, as `drill new` named it
        #[arg(value_name = "DRILL")]
        drill: LineId,
        /// Accounts, by id or name
        #[arg(value_name = "ACCOUNT", required = true)]
        accounts: Vec<String>,
        /// Whether the provider let them in
        #[arg(long, value_name = "yes|no")]
        signed_in: Option<YesNo>,
        /// Whether the phone rang, and who has it took the call
        #[arg(long, value_name = "yes|no")]
        phone: Option<YesNo>,
        /// Whether a message to the mailbox was read
        #[arg(long, value_name = "yes|no")]
        mailbox: Option<YesNo>,
        /// Whether the contact record was found right
        #[arg(long, value_name = "yes|no")]
        contact: Option<YesNo>,
        /// What was remarkable
        #[arg(long, value_name = "TEXT")]
        remark: Option<Note>,
        /// When, and who
        #[command(flatten)]
        seen: Witnessed,
    },
    /// Gather a quorum and open one record, as in an incident: at most a code is shown, nothing is changed
    Open(Box<DrillOpen>),
    /// The drill ends with what went wrong and what is changed
    Close {
        /// The drill, as `drill new` named it
        #[arg(value_name = "DRILL")]
        drill: LineId,
        /// Who practised
        #[arg(long, value_name = "ID,ID", value_delimiter = ',', required = true)]
        practised: Vec<PersonId>,
        /// What went wrong; `nothing`, where nothing did
        #[arg(long, value_name = "TEXT")]
        wrong: Note,
        /// What is changed, by whom, until when: `ID DATE TEXT`; one for each change
        #[arg(long, value_name = "ID DATE TEXT")]
        change: Vec<Agreed>,
        /// The runbooks that it went through
        #[arg(long, value_name = "NAME", value_delimiter = ',')]
        rehearsed: Vec<String>,
        /// When, and who
        #[command(flatten)]
        seen: Witnessed,
    },
}

/// `drill open`
#[derive(Args)]
pub struct DrillOpen {
    /// The drill, as `drill new` named it
    #[arg(value_name = "DRILL")]
    pub drill: LineId,
    /// The account, by id or name
    #[arg(long, value_name = "ACCOUNT")]
    pub account: String,
    /// Which factor
    #[arg(long, value_name = "password|mfa|contact")]
    pub factor: Factor,
    /// Which of the account's virtual MFA devices
    #[arg(long, value_name = "NAME")]
    pub device: Option<DeviceName>,
    /// Who is there
    #[arg(long, value_name = "ID,ID", value_delimiter = ',')]
    pub present: Vec<PersonId>,
    /// Scans of the sheets (PNG, JPEG, PDF), or folders of them
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    pub scan: Vec<PathBuf>,
    /// The passphrases of locked shares, one a row, in a file or on standard input (-)
    #[arg(long, value_name = "FILE")]
    pub passphrases: Option<PathBuf>,
    /// Show the code of an MFA device
    #[arg(long)]
    pub code: bool,
    /// The 8 words of the last signed closing sheet
    #[arg(long, value_name = "WORDS")]
    pub anchor: Option<Fingerprint>,
    /// Gather both factors in one boot all the same
    #[arg(long, value_name = "REASON")]
    pub allow_both_factors: Option<Note>,
    /// What is overridden
    #[command(flatten)]
    pub overrides: Overrides,
}

/// What is changed, by whom, until when: `ID DATE TEXT`.
#[derive(Clone)]
pub struct Agreed {
    /// Who sees to it.
    pub owner: PersonId,
    /// Until when.
    pub until: Date,
    /// What.
    pub change: Note,
}

impl std::str::FromStr for Agreed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut words = text.splitn(3, ' ');
        let mut next = || {
            words
                .next()
                .ok_or("a change is written ID DATE TEXT, like: walt 2027-04-01 a second phone")
        };
        let (owner, until, change) = (next()?, next()?, next()?);
        Ok(Self {
            owner: owner
                .parse()
                .map_err(|fault: crate::ident::IdentError| fault.to_string())?,
            until: until
                .parse()
                .map_err(|_| format!("{} is no day like 2027-04-01", until.escape_debug()))?,
            change: change.parse()?,
        })
    }
}

/// `review`
#[derive(Args)]
pub struct ReviewArgs {
    /// What to do
    #[command(subcommand)]
    pub command: ReviewCommand,
}

/// The commands of `review`.
#[derive(Subcommand)]
pub enum ReviewCommand {
    /// A review begins; the answer is its name, and every access that is to be answered for
    New {
        /// Who leads it
        #[arg(long, value_name = "ID")]
        led_by: PersonId,
        /// On which day; without it, today
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
        /// Name the accesses by account instead of by person
        #[arg(long)]
        by_account: bool,
        /// One JSON object instead of text
        #[arg(long)]
        json: bool,
    },
    /// The review ends, signed by two: every access is kept but those that are named
    Close {
        /// The review, as `review new` named it
        #[arg(value_name = "REVIEW")]
        review: LineId,
        /// An access that nobody is to have any more
        #[arg(long, value_name = "ACCESS")]
        remove: Vec<Note>,
        /// An access that somebody else is to have
        #[arg(long, value_name = "ACCESS")]
        change: Vec<Note>,
        /// Who sees to the changes in the plan
        #[arg(long, value_name = "ID")]
        owner: Option<PersonId>,
        /// Until when
        #[arg(long, value_name = "DATE")]
        until: Option<Date>,
        /// When, and who signed: two
        #[command(flatten)]
        seen: Witnessed,
    },
}

/// `finding`
#[derive(Args)]
pub struct FindingArgs {
    /// What to do
    #[command(subcommand)]
    pub command: FindingCommand,
}

/// The commands of `finding`.
#[derive(Subcommand)]
pub enum FindingCommand {
    /// What is open
    List {
        /// One JSON object instead of text
        #[arg(long)]
        json: bool,
    },
    /// A finding is settled, or what a visit left unexplained is explained
    Settle {
        /// Its name, as `finding list` says it
        #[arg(value_name = "FINDING")]
        finding: LineId,
        /// How
        #[arg(long, value_name = "TEXT")]
        how: Note,
        /// When, and who
        #[command(flatten)]
        seen: Witnessed,
    },
}

/// `due`
#[derive(Args)]
pub struct Due {
    /// As of that day; without it, today, at each place by its own clock
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// One JSON object instead of text
    #[arg(long)]
    pub json: bool,
}

/// `status`
#[derive(Args)]
pub struct Status {
    /// As of that day; without it, today
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// One JSON object instead of text
    #[arg(long)]
    pub json: bool,
}
