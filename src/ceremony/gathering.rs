//! Untrusted entries become a quorum, or say why not.
//!
//! Rules of this file:
//! - an entry is refused alone, with its reason and whose it is; it never ends the gathering;
//! - a share with its blinder is proved at once; one without (line A alone) counts as *unproved*, and only the recipient of
//!   the set can vouch for what it helps to combine;
//! - a passphrase is asked for only where its share is wanted and not at hand already;
//! - spare shares are welcome: proved ones all take part, so that none can be wrong unseen;
//! - what is combined is used only when C₀ and the recipient of the set agree with it;
//! - every envelope whose share was read is remembered, used or not: it is opened, and has to be closed again.

mod pile;

pub use self::pile::Held;

use self::pile::Pile;
use super::known::{KnownEpoch, KnownEpochs, forged};
use super::locks;
use super::ports::Passphrases;
use crate::code::share_code::PaperShare;
use crate::crypto::identity::SetIdentity;
use crate::ident::{SafeId, Serial, ShareIndex};
use crate::refusal::{Refusal, Rule};
use crate::vault::event::{ReadEnvelope, SeenShare, SetEpoch};
use std::collections::BTreeMap;

/// Shares on their way to a quorum of one of the epochs that open a record.
pub struct Gathering<'a> {
    known: &'a KnownEpochs,
    wanted: BTreeMap<SetEpoch, Pile>,
    read: BTreeMap<(SetEpoch, ShareIndex), ReadEnvelope>,
    taken: Vec<(SetEpoch, ShareIndex)>,
}

/// Where a share came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// A sheet, read here.
    Here,
    /// A sheet that was read on another laptop, and came locked to this session.
    Afar,
}

/// How far one share of a picture has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// It is not at hand.
    Missing,
    /// It satisfies the commitments.
    Proved,
    /// It counts, but nothing vouches for it yet.
    Unproved,
}

/// One share of the picture of a gathering.
pub struct Row<'k> {
    /// Its index.
    pub index: ShareIndex,
    /// Whose it is.
    pub custodian: &'k str,
    /// Where it lies.
    pub safe: Option<&'k SafeId>,
    /// The serial of its envelope.
    pub serial: Serial,
    /// How far it has come.
    pub stands: Stands,
}

/// One epoch of the picture.
pub struct Picture<'k> {
    /// The epoch.
    pub epoch: &'k KnownEpoch,
    /// How many shares it takes, and how many there are.
    pub needed: usize,
    /// How many are at hand.
    pub have: usize,
    /// Its shares.
    pub rows: Vec<Row<'k>>,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It satisfies the commitments of its set.
    Proved,
    /// Line A alone: it counts, but nothing vouches for it yet.
    Unproved,
    /// It was there already; it counts once.
    Again,
}

/// A quorum's work: the identity, of which epoch, by which shares.
pub struct Gathered {
    /// What opens the record.
    pub identity: SetIdentity,
    /// Of which epoch.
    pub of: SetEpoch,
    /// The shares that took part.
    pub shares: Vec<SeenShare>,
}

impl<'a> Gathering<'a> {
    /// Begins to gather for the epochs that open one record.
    pub fn new(known: &'a KnownEpochs, wanted: impl IntoIterator<Item = SetEpoch>) -> Self {
        Self {
            known,
            wanted: wanted.into_iter().map(|of| (of, Pile::default())).collect(),
            read: BTreeMap::new(),
            taken: Vec::new(),
        }
    }

    /// Takes one entry, or says why it is of no use and whose it is.
    pub fn add(&mut self, paper: PaperShare, passphrases: &mut dyn Passphrases) -> Result<Accepted, Refusal> {
        self.take(paper, From::Here, passphrases)
    }

    /// As [`Gathering::add`], for a share from here or from afar.
    pub fn take(
        &mut self,
        paper: PaperShare,
        from: From,
        passphrases: &mut dyn Passphrases,
    ) -> Result<Accepted, Refusal> {
        let epoch = self.known.identify(&paper.head)?;
        let index = paper.head.index;
        let place = (epoch.state.of.clone(), index);
        let taken = self.take_known(paper, epoch, passphrases);
        // Locked and not opened, a share was seen by nobody.
        let closed = |refusal: &Refusal| matches!(refusal.rule(), Rule::ShareLocked | Rule::PassphraseWrong);
        if !taken.as_ref().err().is_some_and(closed) {
            self.remember(epoch, index, from, taken.is_ok());
        }
        if matches!(taken, Ok(Accepted::Proved | Accepted::Unproved)) {
            self.taken.retain(|known| *known != place);
            self.taken.push(place);
        }
        taken
    }

    fn take_known(
        &mut self,
        paper: PaperShare,
        epoch: &KnownEpoch,
        passphrases: &mut dyn Passphrases,
    ) -> Result<Accepted, Refusal> {
        let index = paper.head.index;
        let name = self.known.name(epoch, index);
        let stranger = self.not_wanted(epoch, &name);
        let pile = self.wanted.get_mut(&epoch.state.of).ok_or(stranger)?;
        if paper.is_locked() && pile.proved.contains_key(&index) {
            return Ok(Accepted::Again);
        }
        let share = locks::unlock(paper, epoch, &name, passphrases)?;
        if share.blinder().is_none() {
            return pile.add_unproved(share, &name);
        }
        match epoch.stored.core.commitments.prove(share) {
            Ok(proved) => {
                pile.unproved.remove(&index);
                let again = pile.proved.insert(index, proved).is_some();
                Ok(if again { Accepted::Again } else { Accepted::Proved })
            }
            Err(_) => Err(forged(&name)),
        }
    }

    fn remember(&mut self, epoch: &KnownEpoch, index: ShareIndex, from: From, sound: bool) {
        let Some(envelope) = epoch.state.envelopes.get(&index) else {
            return;
        };
        let read = self
            .read
            .entry((epoch.state.of.clone(), index))
            .or_insert_with(|| ReadEnvelope {
                of: epoch.state.of.clone(),
                index,
                serial: envelope.serial,
                afar: from == From::Afar,
                sound,
            });
        read.sound |= sound;
        read.afar &= from == From::Afar;
    }

    /// Every envelope whose share was read.
    pub fn read(&self) -> Vec<ReadEnvelope> {
        self.read.values().cloned().collect()
    }

    /// Takes the last entry back; the name of its envelope, or nothing where there is none. It was read all the same.
    pub fn take_back(&mut self) -> Option<String> {
        let (of, index) = self.taken.pop()?;
        self.wanted.get_mut(&of)?.remove(index);
        self.known.find(&of).map(|epoch| self.known.name(epoch, index))
    }

    /// The picture of what is at hand and what lacks, the epoch nearest to its quorum first.
    pub fn pictures(&self) -> Vec<Picture<'a>> {
        let known = self.known;
        let picture = |(of, pile): (&SetEpoch, &Pile)| {
            let epoch = known.find(of)?;
            let row = |(index, envelope): (&ShareIndex, &'a crate::vault::register::Envelope)| Row {
                index: *index,
                custodian: known.custodian(envelope),
                safe: envelope.safe.as_ref(),
                serial: envelope.serial,
                stands: match (pile.proved.contains_key(index), pile.unproved.contains_key(index)) {
                    (true, _) => Stands::Proved,
                    (_, true) => Stands::Unproved,
                    _ => Stands::Missing,
                },
            };
            Some(Picture {
                epoch,
                needed: needed(epoch),
                have: pile.count(),
                rows: epoch.state.envelopes.iter().map(row).collect(),
            })
        };
        let mut pictures: Vec<Picture<'a>> = self.wanted.iter().filter_map(picture).collect();
        pictures.sort_by_key(|picture| picture.needed.saturating_sub(picture.have));
        pictures
    }

    /// How many distinct shares are at hand for the epoch that is nearest to its quorum, and what still lacks.
    pub fn is_enough(&self) -> bool {
        self.wanted
            .iter()
            .any(|(of, pile)| self.known.find(of).is_some_and(|epoch| pile.count() >= needed(epoch)))
    }

    /// How far the gathering has come, in words.
    pub fn progress(&self) -> String {
        self.too_few().sentence().to_string()
    }

    /// The identity of the first epoch whose threshold is met; or how many shares lack, and whose would help.
    pub fn finish(mut self) -> Result<Gathered, Refusal> {
        let held = self.hold()?;
        Ok(Gathered {
            identity: held.identity()?,
            of: held.of,
            shares: held.shares,
        })
    }

    /// The quorum of the first epoch whose threshold is met; or how many shares lack, and whose would help. A refusal leaves
    /// the gathering as it was.
    pub fn hold(&mut self) -> Result<Held, Refusal> {
        let known = self.known;
        let mut refused = self.too_few();
        for (of, pile) in &mut self.wanted {
            let Some(epoch) = known.find(of) else { continue };
            if pile.count() < needed(epoch) {
                continue;
            }
            match pile.choose(known, epoch) {
                Ok(choice) => return std::mem::take(pile).hold(&choice, known, epoch),
                Err(refusal) => refused = refusal,
            }
        }
        Err(refused)
    }

    fn not_wanted(&self, epoch: &KnownEpoch, name: &str) -> Refusal {
        let of = self
            .wanted
            .keys()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" or ");
        let purposes = |of: &SetEpoch| self.known.find(of).map(|epoch| epoch.stored.core.purpose);
        let same_purpose = self
            .wanted
            .keys()
            .any(|of| purposes(of) == Some(epoch.stored.core.purpose));
        let rule = if same_purpose {
            Rule::ShareNotOfThisSet
        } else {
            Rule::ShareOfOtherPurpose
        };
        Refusal::new(rule, format!("{name} does not help here: this record opens to {of}"))
            .hint("put it back into its envelope")
    }

    fn too_few(&self) -> Refusal {
        let parts: Vec<String> = self
            .wanted
            .iter()
            .filter_map(|(of, pile)| self.lacking(of, pile))
            .collect();
        Refusal::new(Rule::TooFewShares, parts.join("; or "))
    }

    fn lacking(&self, of: &SetEpoch, pile: &Pile) -> Option<String> {
        let epoch = self.known.find(of)?;
        let (have, need) = (pile.count(), needed(epoch));
        let helpful = epoch.state.envelopes.iter().filter(|(index, _)| !pile.has(**index));
        let helpful: Vec<&str> = helpful.map(|(_, envelope)| self.known.custodian(envelope)).collect();
        let stands = format!("{have} of the {need} shares that {of} needs");
        Some(match need.saturating_sub(have) {
            0 => stands,
            lack => format!("{stands}: {lack} more of {}", helpful.join(", ")),
        })
    }
}

fn needed(epoch: &KnownEpoch) -> usize {
    usize::from(epoch.stored.core.threshold.needed())
}

/// Every way to choose `k` of `n`, in order.
fn combinations(n: usize, k: usize) -> impl Iterator<Item = Vec<usize>> {
    let mut next = (k <= n).then(|| (0..k).collect::<Vec<usize>>());
    std::iter::from_fn(move || {
        let current = next.take()?;
        let mut following = current.clone();
        if let Some(at) = (0..k).rev().find(|at| following[*at] < n - k + at) {
            following[at] += 1;
            for later in at + 1..k {
                following[later] = following[later - 1] + 1;
            }
            next = Some(following);
        }
        Some(current)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_made_once() {
        let all: Vec<_> = combinations(5, 3).collect();
        assert_eq!(all.len(), 10);
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 10);
        assert_eq!(combinations(2, 3).count(), 0);
        assert_eq!(combinations(3, 3).count(), 1);
    }
}
