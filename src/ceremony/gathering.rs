//! Untrusted entries become a quorum, or say why not.
//!
//! Rules of this file:
//! - an entry is refused alone, with its reason and whose it is; it never ends the gathering;
//! - a share with its blinder is proved at once; one without (line A alone) counts as *unproved*, and only the recipient of
//!   the set can vouch for what it helps to combine;
//! - a passphrase is asked for only where its share is wanted and not at hand already;
//! - spare shares are welcome: proved ones all take part, so that none can be wrong unseen;
//! - what is combined is used only when C₀ and the recipient of the set agree with it.

use super::known::{KnownEpoch, KnownEpochs, forged};
use super::locks;
use super::ports::Passphrases;
use crate::code::share_code::PaperShare;
use crate::crypto::identity::SetIdentity;
use crate::crypto::sharing::{self, ProvedShare, Quorum, Share};
use crate::ident::ShareIndex;
use crate::refusal::{Refusal, Rule};
use crate::vault::event::{SeenShare, SetEpoch};
use std::collections::BTreeMap;

/// The largest number of ways in which unproved shares are tried together.
const TRIES_MAX: usize = 4096;

/// Shares on their way to a quorum of one of the epochs that open a record.
pub struct Gathering<'a> {
    known: &'a KnownEpochs,
    wanted: BTreeMap<SetEpoch, Pile>,
}

#[derive(Default)]
struct Pile {
    proved: BTreeMap<ShareIndex, ProvedShare>,
    unproved: BTreeMap<ShareIndex, Share>,
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
        }
    }

    /// Takes one entry, or says why it is of no use and whose it is.
    pub fn add(&mut self, paper: PaperShare, passphrases: &mut dyn Passphrases) -> Result<Accepted, Refusal> {
        let epoch = self.known.identify(&paper.head)?;
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
    pub fn finish(self) -> Result<Gathered, Refusal> {
        let too_few = self.too_few();
        let mut last = None;
        for (of, pile) in self.wanted {
            let Some(epoch) = self.known.find(&of) else { continue };
            if pile.count() < needed(epoch) {
                continue;
            }
            match pile.combine(self.known, epoch) {
                Ok(gathered) => return Ok(gathered),
                Err(refusal) => last = Some(refusal),
            }
        }
        Err(last.unwrap_or(too_few))
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

impl Pile {
    fn count(&self) -> usize {
        self.proved.len() + self.unproved.len()
    }

    fn has(&self, index: ShareIndex) -> bool {
        self.proved.contains_key(&index) || self.unproved.contains_key(&index)
    }

    fn add_unproved(&mut self, share: Share, name: &str) -> Result<Accepted, Refusal> {
        let earlier = self
            .proved
            .get(&share.index())
            .map(ProvedShare::share)
            .or_else(|| self.unproved.get(&share.index()));
        match earlier {
            Some(earlier) if earlier.same_as(&share) => Ok(Accepted::Again),
            Some(_) => Err(Refusal::new(
                Rule::ShareConflicting,
                format!("{name} says something else than the entry before it"),
            )
            .hint("enter its line B too: then one of the two is proved and the other named")),
            None => {
                self.unproved.insert(share.index(), share);
                Ok(Accepted::Unproved)
            }
        }
    }

    fn combine(self, known: &KnownEpochs, epoch: &KnownEpoch) -> Result<Gathered, Refusal> {
        let core = &epoch.stored.core;
        let derive = |secret| SetIdentity::derive(secret, core.mode(), core.identity_kind);
        if self.proved.len() >= needed(epoch) {
            let seen = self
                .proved
                .keys()
                .filter_map(|index| seen(epoch, *index, true))
                .collect();
            let shares = self.proved.into_values().collect();
            let quorum = Quorum::of(core.threshold, &core.commitments, shares)
                .map_err(|_| Refusal::new(Rule::Internal, "proved shares are no quorum"))?;
            let identity = derive(quorum.combine()?)?;
            return accept(identity, epoch, seen);
        }
        let fixed: Vec<&Share> = self.proved.values().map(ProvedShare::share).collect();
        let loose: Vec<&Share> = self.unproved.values().collect();
        for chosen in combinations(loose.len(), needed(epoch) - fixed.len()).take(TRIES_MAX) {
            let shares: Vec<&Share> = fixed
                .iter()
                .copied()
                .chain(chosen.iter().map(|at| loose[*at]))
                .collect();
            let Some(secret) = sharing::combine_unproved(core.threshold, &shares) else {
                continue;
            };
            let identity = derive(secret)?;
            if identity.recipient() == core.recipient {
                let seen = shares
                    .iter()
                    .filter_map(|s| seen(epoch, s.index(), self.proved.contains_key(&s.index())))
                    .collect();
                return accept(identity, epoch, seen);
            }
        }
        let names: Vec<String> = loose.iter().map(|share| known.name(epoch, share.index())).collect();
        Err(Refusal::new(
            Rule::QuorumRefused,
            "these shares do not give the identity of the set: one of the unproved ones is wrong",
        )
        .hint(format!(
            "enter line B of each, so that the wrong one is named: {}",
            names.join(", ")
        )))
    }
}

fn accept(identity: SetIdentity, epoch: &KnownEpoch, shares: Vec<SeenShare>) -> Result<Gathered, Refusal> {
    if identity.recipient() != epoch.stored.core.recipient {
        return Err(Refusal::new(
            Rule::QuorumRefused,
            format!("the shares combine, but not to the recipient of {}", epoch.state.of),
        ));
    }
    Ok(Gathered {
        identity,
        of: epoch.state.of.clone(),
        shares,
    })
}

fn seen(epoch: &KnownEpoch, index: ShareIndex, proved: bool) -> Option<SeenShare> {
    epoch.state.envelopes.get(&index).map(|envelope| SeenShare {
        index,
        serial: envelope.serial,
        proved,
    })
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
