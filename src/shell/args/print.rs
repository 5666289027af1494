//! The flags of `print`: which paper, of what, where to.

use crate::ident::{PersonId, SafeId, Serial};
use crate::plan::Role;
use crate::shell::printing::PrinterName;
use crate::vault::event::Note;
use clap::{Args, Subcommand};
use std::path::PathBuf;

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
    pub role: Role,
    /// The person.
    pub person: PersonId,
}

impl std::str::FromStr for InTheRoom {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Role::ALL.map(Role::as_str).join(", ");
        let (role, person) = text
            .split_once('=')
            .ok_or_else(|| format!("written ROLE=ID, with a role of {known}"))?;
        let role = role.parse()?;
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
        /// Share sets of one purpose; without one, a script for each set of the plan
        #[arg(value_name = "SET")]
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
    /// One page: where every account, share set and envelope stands, and what is due next
    Status {
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
    /// Access notices: numbered phrases that work once, one sheet for the kit, one for those whom the alert wakes
    Notices {
        /// How many
        #[arg(long, value_name = "N", default_value = "8", value_parser = clap::value_parser!(u32).range(1..=50))]
        count: u32,
        /// Leave the sheets on a disk, where they can be found again
        #[arg(long, value_name = "REASON")]
        allow_disk: Option<Note>,
        /// Where to
        #[command(flatten)]
        to: Destination,
    },
    /// What the last recovery opened and showed, and what has to be done about it, to be signed
    Exposure {
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
