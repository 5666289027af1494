//! The life of an envelope: rendered, printed, spoilt, proved, sealed, in transit, deposited, opened, lost, destroyed; void with its
//! epoch.
//!
//! Rules of this file:
//! - no stage is skipped: what is deposited was carried, what is carried was sealed, what is sealed was proved;
//! - what was lost can only be destroyed, what was destroyed or spoilt is nothing any more;
//! - one carrier never has a quorum of one epoch on the way.

use super::super::epoch::{Envelope, EpochState, Stage};
use super::Register;
use crate::ident::{Mode, SafeId, Serial, ShareIndex};
use crate::vault::event::{EnvelopeStep, Note};
use jiff::civil::Date;
use std::fmt;

/// One step that an envelope went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it came to.
    pub to: Whereabouts,
    /// On which day.
    pub day: Date,
}

/// How far an envelope has come, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// Its share was dealt; the page may not exist.
    Dealt,
    /// Its page was made and read back.
    Rendered,
    /// Its page is on paper.
    Printed,
    /// Its page was of no use, and is destroyed.
    Spoilt,
    /// The paper was proved.
    Proved,
    /// It is closed by the seal with this number.
    Sealed(String),
    /// It is being carried.
    InTransit {
        /// By whom.
        carrier: String,
        /// To which safe; to its custodian, where none is named.
        safe: Option<SafeId>,
        /// The day by which it is to be there.
        due: Date,
    },
    /// It lies in its safe, or with its custodian.
    Deposited(Option<SafeId>),
    /// Its seal was broken, by people who may.
    Opened,
    /// Nobody knows where it is.
    Lost,
    /// It is no more.
    Destroyed,
}

impl Whereabouts {
    /// The word for the stage.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Dealt => "dealt",
            Self::Rendered => "rendered",
            Self::Printed => "printed",
            Self::Spoilt => "spoilt",
            Self::Proved => "proved",
            Self::Sealed(_) => "sealed",
            Self::InTransit { .. } => "in transit",
            Self::Deposited(_) => "deposited",
            Self::Opened => "opened",
            Self::Lost => "lost",
            Self::Destroyed => "destroyed",
        }
    }

    /// Whether there is no paper any more.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Spoilt | Self::Destroyed)
    }

    /// Whether this step may follow, in a vault of this world.
    pub fn may_become(&self, next: &Self, mode: Mode) -> bool {
        let proved = matches!(self, Self::Proved | Self::Opened)
            || mode == Mode::Rehearsal && matches!(self, Self::Rendered | Self::Printed);
        match next {
            Self::Printed => *self == Self::Rendered,
            Self::Spoilt => matches!(self, Self::Dealt | Self::Rendered | Self::Printed | Self::Proved),
            Self::Sealed(_) => proved,
            Self::InTransit { .. } => matches!(self, Self::Sealed(_)),
            Self::Deposited(_) => matches!(self, Self::InTransit { .. }),
            Self::Opened => matches!(self, Self::Sealed(_) | Self::InTransit { .. } | Self::Deposited(_)),
            Self::Lost => !self.is_gone() && *self != Self::Lost,
            Self::Destroyed => !self.is_gone(),
            Self::Dealt | Self::Rendered | Self::Proved => false,
        }
    }
}

impl fmt::Display for Whereabouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sealed(seal) => write!(f, "sealed, {seal}"),
            Self::InTransit { carrier, due, .. } => write!(f, "in transit with {carrier}, due {due}"),
            Self::Deposited(Some(safe)) => write!(f, "deposited in {safe}"),
            Self::Deposited(None) => f.write_str("deposited with its custodian"),
            other => f.write_str(other.as_str()),
        }
    }
}

impl Step {
    pub(super) fn new(step: EnvelopeStep, day: Date) -> Self {
        let to = match step {
            EnvelopeStep::Printed {} => Whereabouts::Printed,
            EnvelopeStep::Spoilt { .. } => Whereabouts::Spoilt,
            EnvelopeStep::InTransit { carrier, safe, due } => Whereabouts::InTransit {
                carrier: carrier.as_str().to_string(),
                safe,
                due,
            },
            EnvelopeStep::Deposited { safe } => Whereabouts::Deposited(safe),
            EnvelopeStep::Opened { .. } => Whereabouts::Opened,
            EnvelopeStep::Lost { .. } => Whereabouts::Lost,
            EnvelopeStep::Destroyed {} => Whereabouts::Destroyed,
        };
        Self { to, day }
    }

    pub(super) fn sealed(seal: &str, day: Date) -> Self {
        Self {
            to: Whereabouts::Sealed(seal.to_string()),
            day,
        }
    }
}

/// Whether an envelope carries a share that is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    /// It does.
    InForce,
    /// It will, once its page is proved.
    Waiting,
    /// Another page took its place.
    Replaced,
    /// Its epoch is void.
    Void,
}

impl Force {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::Waiting => "waiting",
            Self::Replaced => "replaced",
            Self::Void => "void",
        }
    }
}

/// One page that was ever dealt.
#[derive(Clone, Debug)]
pub struct Held<'r> {
    /// Its epoch.
    pub epoch: &'r EpochState,
    /// Which share.
    pub index: ShareIndex,
    /// What was dealt.
    pub envelope: &'r Envelope,
    /// Whether it is in force.
    pub force: Force,
    /// How far it has come.
    pub now: Whereabouts,
    /// Since which day, where a line says so.
    pub since: Option<Date>,
}

impl Held<'_> {
    /// Whether it is paper that has to be destroyed.
    pub fn is_to_be_destroyed(&self) -> bool {
        let made = self.now != Whereabouts::Dealt || self.force == Force::Void;
        matches!(self.force, Force::Replaced | Force::Void) && made && !self.now.is_gone()
    }
}

impl Register {
    /// Every page that was ever dealt, in the order of sets, epochs and shares.
    pub fn pages(&self) -> impl Iterator<Item = Held<'_>> {
        self.epochs().flat_map(|epoch| self.pages_of(epoch))
    }

    /// Every page of one epoch.
    pub fn pages_of<'r>(&'r self, epoch: &'r EpochState) -> impl Iterator<Item = Held<'r>> {
        let in_force = epoch.envelopes.iter().map(|(index, one)| (*index, one, Force::InForce));
        let waiting = epoch.reprints.iter().map(|(index, one)| (*index, one, Force::Waiting));
        let replaced = epoch.replaced.iter().map(|(index, one)| (*index, one, Force::Replaced));
        let pages = in_force.chain(waiting).chain(replaced);
        pages.map(move |(index, envelope, force)| {
            let (now, since) = self.whereabouts(envelope);
            Held {
                epoch,
                index,
                envelope,
                force: if epoch.void.is_some() { Force::Void } else { force },
                now,
                since,
            }
        })
    }

    /// The page with this serial, in force or not.
    pub fn page(&self, serial: Serial) -> Option<Held<'_>> {
        self.pages().find(|held| held.envelope.serial == serial)
    }

    /// How many shares of its epoch a carrier would have on the way with this envelope.
    pub fn carried_with(&self, held: &Held<'_>, carrier: &Note) -> usize {
        let with = |other: &Held<'_>| matches!(&other.now, Whereabouts::InTransit { carrier: who, .. } if same(who, carrier.as_str()));
        let mut indices: std::collections::BTreeSet<ShareIndex> = self
            .pages_of(held.epoch)
            .filter(with)
            .map(|other| other.index)
            .collect();
        indices.insert(held.index);
        indices.len()
    }

    fn whereabouts(&self, envelope: &Envelope) -> (Whereabouts, Option<Date>) {
        let made = match envelope.stage {
            Stage::Dealt => Whereabouts::Dealt,
            Stage::Rendered => Whereabouts::Rendered,
            Stage::Proved => Whereabouts::Proved,
        };
        match self.life.steps(envelope.serial).last() {
            None => (made, None),
            // A proof of the paper comes after its printing, and no line of the envelope's own says so.
            Some(step) if step.to == Whereabouts::Printed && made == Whereabouts::Proved => (made, None),
            Some(step) => (step.to.clone(), Some(step.day)),
        }
    }
}

/// Carriers are one where their names differ in case or white space only.
fn same(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages() -> Vec<Whereabouts> {
        let date = Date::constant(2027, 3, 1);
        vec![
            Whereabouts::Rendered,
            Whereabouts::Printed,
            Whereabouts::Proved,
            Whereabouts::Sealed("A 1".to_string()),
            Whereabouts::InTransit {
                carrier: "ana".to_string(),
                safe: None,
                due: date,
            },
            Whereabouts::Deposited(None),
            Whereabouts::Opened,
        ]
    }

    #[test]
    fn no_stage_is_skipped() {
        let stages = stages();
        for (from, one) in stages.iter().enumerate() {
            for (to, next) in stages.iter().enumerate() {
                let may = one.may_become(next, Mode::Production);
                let follows = to == from + 1 && !matches!(next, Whereabouts::Proved);
                let opened = *next == Whereabouts::Opened && (3..=5).contains(&from);
                let sealed_again = *one == Whereabouts::Opened && matches!(next, Whereabouts::Sealed(_));
                assert_eq!(may, follows || opened || sealed_again, "{one} to {next}");
            }
        }
    }

    #[test]
    fn what_is_gone_comes_back_no_more() {
        for gone in [Whereabouts::Destroyed, Whereabouts::Spoilt] {
            for next in stages().iter().chain([&Whereabouts::Lost, &Whereabouts::Destroyed]) {
                assert!(!gone.may_become(next, Mode::Rehearsal), "{gone} to {next}");
            }
        }
        assert!(Whereabouts::Lost.may_become(&Whereabouts::Destroyed, Mode::Production));
        assert!(!Whereabouts::Lost.may_become(&Whereabouts::Deposited(None), Mode::Production));
    }

    #[test]
    fn a_carrier_is_one_however_the_name_is_written() {
        assert!(same("Ana  Sousa", "ana sousa") && !same("ana", "ben"));
    }
}
