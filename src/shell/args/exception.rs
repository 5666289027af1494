//! The flags of `exception`.

use crate::ident::PersonId;
use crate::vault::event::Note;
use clap::{Args, Subcommand};

/// `exception`
#[derive(Args)]
pub struct Exception {
    /// What to do
    #[command(subcommand)]
    pub command: ExceptionCommand,
}

/// The commands of `exception`.
#[derive(Subcommand)]
pub enum ExceptionCommand {
    /// Somebody or something leaves the room, or the script
    Open {
        /// Who leaves
        #[arg(long, value_name = "ID", value_delimiter = ',')]
        left: Vec<PersonId>,
        /// What is taken out; repeat it for several things
        #[arg(long, value_name = "THING")]
        taken: Vec<Note>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Note,
    },
    /// They return
    Close {
        /// Which exception; without it, the last one that is open
        #[arg(long, value_name = "N")]
        number: Option<u64>,
        /// Who returned
        #[arg(long, value_name = "ID", value_delimiter = ',')]
        returned: Vec<PersonId>,
        /// What was brought back; repeat it for several things
        #[arg(long, value_name = "THING")]
        brought: Vec<Note>,
    },
    /// Something that the script does not know
    Note {
        /// What was expected
        #[arg(long, value_name = "TEXT")]
        expected: Note,
        /// What happened
        #[arg(long, value_name = "TEXT")]
        happened: Note,
        /// What was decided
        #[arg(long, value_name = "TEXT")]
        decided: Note,
    },
}
