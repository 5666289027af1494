//! The shares of one epoch that are at hand, and what they combine to.
//!
//! Rules of this file:
//! - proved shares all take part, so that none can be wrong unseen; those without a blinder fill up to *needed*, in whichever choice
//!   gives the recipient of the set;
//! - once one choice gave it, every other unproved share is held against it: the wrong ones are named;
//! - what is kept are the shares; the identity is derived anew for each record, and is gone with it.

use super::{Accepted, combinations, needed};
use crate::ceremony::known::{KnownEpoch, KnownEpochs, forged};
use crate::crypto::identity::SetIdentity;
use crate::crypto::sharing::{self, ProvedShare, Quorum, SetSecret, Share};
use crate::ident::ShareIndex;
use crate::refusal::{Refusal, Rule};
use crate::vault::event::{SeenShare, SetEpoch};
use crate::vault::share_set::Core;
use std::collections::BTreeMap;

/// The largest number of ways in which unproved shares are tried together.
const TRIES_MAX: usize = 4096;

#[derive(Default)]
pub(super) struct Pile {
    pub(super) proved: BTreeMap<ShareIndex, ProvedShare>,
    pub(super) unproved: BTreeMap<ShareIndex, Share>,
}

/// A quorum at hand: as long as it is held, its records can be opened, one at a time.
pub struct Held {
    /// Of which epoch.
    pub of: SetEpoch,
    /// The shares that took part.
    pub shares: Vec<SeenShare>,
    /// Shares that came without their last line, and that the others show to be wrong.
    pub wrong: Vec<Refusal>,
    core: Core,
    source: Source,
}

enum Source {
    /// All of them satisfy the commitments.
    Proved(Quorum),
    /// Some came without a blinder: exactly as many as are needed, and the recipient vouches for them.
    Chosen(Vec<Share>),
}

impl Held {
    /// The identity of the set, derived anew.
    pub fn identity(&self) -> Result<SetIdentity, Refusal> {
        let secret = match &self.source {
            Source::Proved(quorum) => quorum.combine()?,
            Source::Chosen(shares) => {
                let shares: Vec<&Share> = shares.iter().collect();
                sharing::combine_unproved(self.core.threshold, &shares)
                    .ok_or_else(|| Refusal::new(Rule::Internal, "a choice of shares does not combine twice"))?
            }
        };
        let identity = derive(&self.core, secret)?;
        if identity.recipient() != self.core.recipient {
            return Err(Refusal::new(
                Rule::QuorumRefused,
                format!("the shares combine, but not to the recipient of {}", self.of),
            ));
        }
        Ok(identity)
    }
}

fn derive(core: &Core, secret: SetSecret) -> Result<SetIdentity, Refusal> {
    SetIdentity::derive(secret, core.mode(), core.identity_kind)
}

impl Pile {
    pub(super) fn count(&self) -> usize {
        self.proved.len() + self.unproved.len()
    }

    pub(super) fn has(&self, index: ShareIndex) -> bool {
        self.proved.contains_key(&index) || self.unproved.contains_key(&index)
    }

    pub(super) fn remove(&mut self, index: ShareIndex) {
        self.proved.remove(&index);
        self.unproved.remove(&index);
    }

    pub(super) fn add_unproved(&mut self, share: Share, name: &str) -> Result<Accepted, Refusal> {
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

    /// Which shares open the set: all that were proved, or the first choice that gives its recipient. Nothing is used up by it.
    pub(super) fn choose(&self, known: &KnownEpochs, epoch: &KnownEpoch) -> Result<Choice, Refusal> {
        let core = &epoch.stored.core;
        let fixed: Vec<&Share> = self.proved.values().map(ProvedShare::share).collect();
        let loose: Vec<&Share> = self.unproved.values().collect();
        if fixed.len() >= needed(epoch) {
            let wrong = wrong_among(core, &fixed[..needed(epoch)], &loose)?;
            return Ok(Choice {
                unproved: Vec::new(),
                wrong,
            });
        }
        for chosen in combinations(loose.len(), needed(epoch) - fixed.len()).take(TRIES_MAX) {
            let filling = chosen.iter().map(|at| loose[*at]);
            let shares: Vec<&Share> = fixed.iter().copied().chain(filling.clone()).collect();
            if gives_recipient(core, &shares)? {
                return Ok(Choice {
                    unproved: filling.map(Share::index).collect(),
                    wrong: wrong_among(core, &shares, &loose)?,
                });
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

    pub(super) fn hold(self, choice: &Choice, known: &KnownEpochs, epoch: &KnownEpoch) -> Result<Held, Refusal> {
        let core = epoch.stored.core.clone();
        let name = |index: &ShareIndex| forged(&known.name(epoch, *index));
        let wrong = choice.wrong.iter().map(name).collect();
        let proved = self.proved.keys().map(|index| (*index, true));
        let all = proved.chain(choice.unproved.iter().map(|index| (*index, false)));
        let shares = all.filter_map(|(index, proved)| seen(epoch, index, proved)).collect();
        let source = if choice.unproved.is_empty() {
            let proved = self.proved.into_values().collect();
            let quorum = Quorum::of(core.threshold, &core.commitments, proved)
                .map_err(|_| Refusal::new(Rule::Internal, "proved shares are no quorum"))?;
            Source::Proved(quorum)
        } else {
            let proved = self.proved.into_values().map(ProvedShare::into_share);
            let unproved = self.unproved.into_values();
            let chosen = unproved.filter(|share| choice.unproved.contains(&share.index()));
            Source::Chosen(proved.chain(chosen).collect())
        };
        Ok(Held {
            of: epoch.state.of.clone(),
            shares,
            wrong,
            core,
            source,
        })
    }
}

/// The unproved shares that fill up a quorum, and those that it shows to be wrong.
pub(super) struct Choice {
    unproved: Vec<ShareIndex>,
    wrong: Vec<ShareIndex>,
}

fn gives_recipient(core: &Core, shares: &[&Share]) -> Result<bool, Refusal> {
    let Some(secret) = sharing::combine_unproved(core.threshold, shares) else {
        return Ok(false);
    };
    Ok(derive(core, secret)?.recipient() == core.recipient)
}

/// The unproved shares that do not lie on the polynomial on which `good` lies.
fn wrong_among(core: &Core, good: &[&Share], loose: &[&Share]) -> Result<Vec<ShareIndex>, Refusal> {
    let mut wrong = Vec::new();
    for share in loose {
        let is_good = good.iter().any(|one| one.index() == share.index());
        if !is_good && !fits(core, good, share)? {
            wrong.push(share.index());
        }
    }
    Ok(wrong)
}

/// Whether a share gives the recipient in the place of one of a good quorum.
fn fits(core: &Core, good: &[&Share], share: &Share) -> Result<bool, Refusal> {
    let exchanged: Vec<&Share> = good.iter().copied().skip(1).chain([share]).collect();
    gives_recipient(core, &exchanged)
}

fn seen(epoch: &KnownEpoch, index: ShareIndex, proved: bool) -> Option<SeenShare> {
    epoch.state.envelopes.get(&index).map(|envelope| SeenShare {
        index,
        serial: envelope.serial,
        proved,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::{Mode, VaultId};
    use crate::secret::Secret;
    use crate::vault::tests::dealt;

    /// What two shares that nothing vouches for give, the first of them as it was dealt or with a bit of its value flipped.
    fn identity_of(is_altered: bool) -> Result<SetIdentity, Refusal> {
        let (core, shares) = dealt(VaultId::new(Mode::Production, [3; 15]));
        let bare = |share: Share, flipped: u8| {
            let value = Secret::build(|out: &mut [u8; 32]| {
                share.value().expose(|value| *out = *value);
                out[0] ^= flipped;
            });
            Share::new(share.index(), value, None)
        };
        let flips = [u8::from(is_altered), 0];
        let held = Held {
            of: core.set_epoch(),
            shares: Vec::new(),
            wrong: Vec::new(),
            core,
            source: Source::Chosen(
                shares
                    .into_iter()
                    .zip(flips)
                    .map(|(share, flip)| bare(share, flip))
                    .collect(),
            ),
        };
        held.identity()
    }

    #[test]
    fn no_identity_is_lent_but_that_of_the_recipient() {
        assert!(identity_of(false).is_ok());
        assert_eq!(
            identity_of(true).err().map(|refusal| refusal.rule()),
            Some(Rule::QuorumRefused)
        );
    }
}
