//! The steps of a ceremony that deals share sets, as data. One list drives the printed script, the dry run, the guided run and
//! the lines of the ledger: they name the same steps in the same order.
//!
//! | file | what is done there |
//! |---|---|
//! | [`order`] | an order of steps that could do harm is refused |
//! | `dealing` | every step of dealing some sets |
//! | [`script`] | the steps as the printed script has them |
//!
//! Rules of this folder:
//! - a step has one act, one role that does it, whoever must be in the room, and what is seen when it went right;
//! - every question that the guided run asks is among the [`Ask`]s of its step: a dry run shows them all;
//! - nothing that is drawn at the ceremony is known here: serials and words are written down by hand.

mod dealing;
pub mod order;
pub mod script;

pub use self::dealing::dealing;
pub use self::order::Script;

use crate::ident::{PersonId, SetName, ShareIndex};
use crate::paper::flow::values::Said;
use crate::paper::forms::script::Writes;
use crate::plan::Role;
use crate::vault::ledger::Hash;
use std::fmt;

/// One share of one of the sets that are dealt.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShareOf {
    /// The set.
    pub set: SetName,
    /// Which share.
    pub index: ShareIndex,
}

/// What is done in a step. Its text is the name of the step, in the ledger too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// The machine is judged.
    Preflight,
    /// Who and what is in the room.
    RollCall,
    /// The program's own hash is read aloud.
    Program,
    /// The clock is compared with a watch.
    Clock,
    /// The plan is judged, and its hash read aloud.
    Plan,
    /// The printer shows what it can.
    PrinterTest,
    /// Dice are thrown.
    Dice,
    /// One custodian learns a passphrase.
    Passphrase(ShareOf),
    /// A set is dealt.
    Deal(SetName),
    /// Its fingerprint is written down.
    Fingerprint(SetName),
    /// One page is made, its custodian alone at the printer.
    Page(ShareOf),
    /// The paper is proved.
    Prove(ShareOf),
    /// The envelope is sealed.
    Seal(ShareOf),
    /// Its custodian signs for it.
    Receipt(ShareOf),
    /// The envelopes of a set are counted.
    Count(SetName),
    /// What the machine has of the pages is wiped.
    Wipe,
    /// Everybody is asked whether they agree.
    Dissent,
    /// The ledger is closed, its head goes on paper.
    Close,
}

impl Act {
    /// The set that it is about, where it is about one.
    pub fn set(&self) -> Option<&SetName> {
        match self {
            Self::Deal(set) | Self::Fingerprint(set) | Self::Count(set) => Some(set),
            Self::Passphrase(of) | Self::Page(of) | Self::Prove(of) | Self::Seal(of) | Self::Receipt(of) => {
                Some(&of.set)
            }
            _ => None,
        }
    }
}

impl Act {
    /// The name of the step, as paper has it.
    pub fn said(&self) -> Said {
        let of = |word: &'static str, of: &ShareOf| Said::of(&[&word, &" ", &of.set, &" ", &of.index]);
        let set = |word: &'static str, set: &SetName| Said::of(&[&word, &" ", set]);
        match self {
            Self::Preflight => Said::of(&[&"preflight"]),
            Self::RollCall => Said::of(&[&"roll-call"]),
            Self::Program => Said::of(&[&"program"]),
            Self::Clock => Said::of(&[&"clock"]),
            Self::Plan => Said::of(&[&"plan"]),
            Self::PrinterTest => Said::of(&[&"printer-test"]),
            Self::Dice => Said::of(&[&"dice"]),
            Self::Passphrase(share) => of("passphrase", share),
            Self::Deal(name) => set("deal", name),
            Self::Fingerprint(name) => set("fingerprint", name),
            Self::Page(share) => of("page", share),
            Self::Prove(share) => of("prove", share),
            Self::Seal(share) => of("seal", share),
            Self::Receipt(share) => of("receipt", share),
            Self::Count(name) => set("count", name),
            Self::Wipe => Said::of(&[&"wipe"]),
            Self::Dissent => Said::of(&[&"dissent"]),
            Self::Close => Said::of(&[&"close"]),
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.said().as_str())
    }
}

/// A question of the guided run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Answered by yes; anything else asks again.
    Yes(Said),
    /// Answered by a line of text that is no secret.
    Line(Said),
    /// Answered by a line, typed twice.
    Twice(Said),
    /// Answered on the alternate screen, by whoever may know it.
    Secret(Said),
}

impl Ask {
    /// The question.
    pub fn text(&self) -> &str {
        match self {
            Self::Yes(text) | Self::Line(text) | Self::Twice(text) | Self::Secret(text) => text.as_str(),
        }
    }

    /// What answers it, for a dry run.
    pub fn answered_by(&self) -> &'static str {
        match self {
            Self::Yes(_) => "[y]",
            Self::Line(_) => "[a line]",
            Self::Twice(_) => "[a line, twice]",
            Self::Secret(_) => "[on a screen of its own]",
        }
    }
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is done.
    pub act: Act,
    /// Who does it; a custodian, where it is a custodian's turn.
    pub role: Doer,
    /// Who must be in the room meanwhile.
    pub needs: &'static [Role],
    /// About how long it takes.
    pub minutes: u16,
    /// What is done, in words.
    pub text: Said,
    /// What is typed to begin it, where something is.
    pub command: Option<Said>,
    /// What is seen when it went right.
    pub expected: Said,
    /// What is written on the printed script.
    pub writes: Writes,
    /// What the guided run asks.
    pub asks: Vec<Ask>,
}

/// Who does a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doer {
    /// Whoever has this role.
    Role(Role),
    /// A custodian, by id and name.
    Custodian(PersonId, Said),
}

impl Doer {
    /// The word for the role.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Role(role) => role.as_str(),
            Self::Custodian(..) => "custodian",
        }
    }
}

/// The hash of the names of `steps`, a line feed behind each: what a sitting is held to.
pub fn hash(steps: &[Step]) -> Hash {
    let mut names = String::new();
    for step in steps {
        names.push_str(step.act.said().as_str());
        names.push('\n');
    }
    Hash::of(names.as_bytes())
}
