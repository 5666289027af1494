//! What the last closing sheet vouches for.
//!
//! Rules of this file:
//! - in production the words of the sheet come first; what they vouch for is the register as it was at that line;
//! - plan, cores and records count when that register names them; anything later is *not yet on paper*, and unattended work
//!   refuses it;
//! - a rehearsal needs no paper, since there is nothing in it to steal; but words that are given are checked.

use crate::code::words::Fingerprint;
use crate::ident::Mode;
use crate::refusal::{Refusal, Rule};
use crate::vault::Vault;
use crate::vault::anchor::Anchor;
use crate::vault::event::SetEpoch;
use crate::vault::record::RecordName;
use crate::vault::register::{RecordState, Register};

/// What may be relied on.
pub enum Trust {
    /// A rehearsal: everything.
    Rehearsal,
    /// What the register said when the sheet was signed.
    Paper(Box<Register>),
    /// The sheet is not at hand. Only a recovery that people watch goes on so: the fingerprint on their sheets vouches for
    /// the set, and nothing for the record.
    SharesAlone,
}

impl Trust {
    /// The trust that typed words give. Without words there is none in production.
    pub fn establish(vault: &Vault<'_>, words: Option<&Fingerprint>) -> Result<Self, Refusal> {
        let Some(words) = words else {
            return match vault.mode() {
                Mode::Rehearsal => Ok(Self::Rehearsal),
                Mode::Production => Err(Refusal::new(
                    Rule::AnchorMissing,
                    "in production this begins with the 8 words of the last signed closing sheet",
                )
                .hint("give them: --anchor \"WORD WORD WORD WORD WORD WORD WORD WORD\"")
                .hint("the first closing sheet is made from: strongroom ledger head")),
            };
        };
        let anchor = Anchor::find(vault.chains(), words)?;
        Ok(Self::Paper(Box::new(Register::of(
            vault.chains(),
            Some(&anchor.extent),
        )?)))
    }

    /// The plan must be the one that was on paper: it says who is asked, and what is locked to what.
    pub fn plan(&self, vault: &Vault<'_>) -> Result<(), Refusal> {
        match self {
            Self::Paper(register) if register.plan != Some(vault.plan_hash()) => {
                Err(not_on_paper("the plan as it is now"))
            }
            _ => Ok(()),
        }
    }

    /// The epoch must have been live on paper: records are locked to nothing else.
    pub fn live_set(&self, vault: &Vault<'_>, of: &SetEpoch) -> Result<(), Refusal> {
        let Self::Paper(register) = self else { return Ok(()) };
        let same = register.epoch(of).is_some_and(|then| {
            then.is_live(register.mode()) && vault.register().epoch(of).is_some_and(|now| now.core == then.core)
        });
        if same {
            Ok(())
        } else {
            Err(not_on_paper(&format!("share set {of}")))
        }
    }

    /// The record in force must be the one that was on paper.
    pub fn record(&self, name: &RecordName, state: &RecordState) -> Result<(), Refusal> {
        match self {
            Self::Paper(register) if register.record(name) != Some(state) => Err(not_on_paper(&format!("the {name}"))),
            _ => Ok(()),
        }
    }

    /// A generation that was asked for by its number was in force before that sheet, or is the one that was.
    pub fn generation(&self, name: &RecordName, state: &RecordState) -> Result<(), Refusal> {
        match self {
            Self::Paper(register) if !register.generations(name).contains(state) => {
                Err(not_on_paper(&format!("generation {} of the {name}", state.generation)))
            }
            _ => Ok(()),
        }
    }

    /// Whether paper vouches, as the ledger records it.
    pub fn is_on_paper(&self) -> bool {
        matches!(self, Self::Paper(_))
    }
}

fn not_on_paper(what: &str) -> Refusal {
    Refusal::new(
        Rule::NotYetOnPaper,
        format!("{what} is not yet on paper: the closing sheet whose words were given does not know it"),
    )
    .hint("print and sign a new closing sheet, then give its words: strongroom ledger head")
}
