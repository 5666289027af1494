//! From a share on paper to the envelope that it came from.
//!
//! world → the set its fingerprint names → epoch in force → index within total → what the share says of the set is so
//!
//! Rules of this file:
//! - the answer names the envelope (custodian, serial), so that a person knows which sheet to put back, and never quotes the share;
//! - only cores whose hash the ledger names are known: a core that somebody planted has no shares.

use crate::code::share_code::ShareHead;
use crate::ident::{Mode, Serial, ShareIndex};
use crate::plan::Plan;
use crate::refusal::{Refusal, Rule};
use crate::vault::Vault;
use crate::vault::event::SetEpoch;
use crate::vault::register::{Envelope, EpochState};
use crate::vault::share_set::StoredCore;

/// One epoch of one set: its public half, and the state of its envelopes.
pub struct KnownEpoch {
    /// The core and its fingerprint.
    pub stored: StoredCore,
    /// What the register says of it.
    pub state: EpochState,
}

/// Every epoch that the ledger names.
pub struct KnownEpochs {
    mode: Mode,
    epochs: Vec<KnownEpoch>,
    unfit: Vec<(EpochState, Refusal)>,
    names: std::collections::BTreeMap<String, String>,
}

impl KnownEpochs {
    /// Reads every core of the vault. One that is missing or altered is kept as such: it stops only what needs it.
    pub fn read(vault: &Vault<'_>) -> Self {
        let (mut epochs, mut unfit) = (Vec::new(), Vec::new());
        for state in vault.register().epochs() {
            match vault.core(&state.of) {
                Ok(stored) => epochs.push(KnownEpoch {
                    stored,
                    state: state.clone(),
                }),
                Err(refusal) => unfit.push((state.clone(), refusal)),
            }
        }
        Self {
            mode: vault.mode(),
            epochs,
            unfit,
            names: names(vault.plan()),
        }
    }

    /// An epoch by its name; refused where its core is missing or altered.
    pub fn need(&self, of: &SetEpoch) -> Result<&KnownEpoch, Refusal> {
        let unfit = || {
            self.unfit
                .iter()
                .find(|(state, _)| state.of == *of)
                .map(|(_, refusal)| refusal.clone())
        };
        self.find(of)
            .ok_or_else(|| unfit().unwrap_or_else(|| Refusal::new(Rule::SetUnfit, format!("{of} was never dealt"))))
    }

    /// The epoch that a share claims to be of; or the reason for which it can be of no use here. Nothing is proved by it.
    pub fn identify(&self, head: &ShareHead) -> Result<&KnownEpoch, Refusal> {
        if head.mode != self.mode {
            let sentence = match self.mode {
                Mode::Production => "this is a share of a rehearsal; it opens nothing in production",
                Mode::Rehearsal => {
                    "this is a share of production; put it back into its envelope: this vault is a rehearsal"
                }
            };
            return Err(Refusal::new(Rule::ShareOfOtherWorld, sentence));
        }
        let epoch = self.epoch_of(head).ok_or_else(|| self.unknown(head))?;
        if let Some(reason) = &epoch.state.void {
            let found = format!("{} is of a void epoch ({reason})", self.name(epoch, head.index));
            return Err(Refusal::new(Rule::ShareOfVoidEpoch, found).hint("its envelope is to be destroyed, not used"));
        }
        self.judge_head(epoch, head)?;
        Ok(epoch)
    }

    /// The epoch that a share's fingerprint names.
    pub fn epoch_of(&self, head: &ShareHead) -> Option<&KnownEpoch> {
        self.epochs
            .iter()
            .find(|epoch| epoch.stored.fingerprint == head.fingerprint)
    }

    /// The envelope in force that has this serial, of an epoch that is not void.
    pub fn find_serial(&self, serial: Serial) -> Option<(&KnownEpoch, ShareIndex, &Envelope)> {
        let mut in_force = self.epochs.iter().filter(|epoch| epoch.state.void.is_none());
        in_force.find_map(|epoch| {
            epoch
                .state
                .find_serial(serial)
                .map(|(index, envelope)| (epoch, index, envelope))
        })
    }

    /// `share 2 of root-password, epoch 1 (Jonas Weber, serial 4K7-2QD)`: how a person finds the sheet.
    pub fn name(&self, epoch: &KnownEpoch, index: ShareIndex) -> String {
        let of = &epoch.state.of;
        match epoch.state.envelopes.get(&index) {
            Some(envelope) => format!(
                "share {index} of {of} ({}, serial {})",
                self.custodian(envelope),
                envelope.serial
            ),
            None => format!("share {index} of {of}"),
        }
    }

    /// The name of the person who is entitled to an envelope.
    pub fn custodian<'a>(&'a self, envelope: &'a Envelope) -> &'a str {
        self.names
            .get(envelope.custodian.as_str())
            .map_or(envelope.custodian.as_str(), String::as_str)
    }

    /// The same epoch, by the name that the ledger has for it.
    pub fn find(&self, of: &SetEpoch) -> Option<&KnownEpoch> {
        self.epochs.iter().find(|epoch| epoch.state.of == *of)
    }

    fn unknown(&self, head: &ShareHead) -> Refusal {
        if let Some((_, refusal)) = self
            .unfit
            .iter()
            .find(|(state, _)| state.fingerprint == head.fingerprint)
        {
            return refusal.clone();
        }
        let found = format!(
            "this share is of a set that this vault does not know: {}",
            head.fingerprint
        );
        Refusal::new(Rule::ShareOfUnknownSet, found).hint(
            "compare the 8 words on the sheet with those of this vault's sets; another copy of the vault may know it",
        )
    }

    fn judge_head(&self, epoch: &KnownEpoch, head: &ShareHead) -> Result<(), Refusal> {
        let core = &epoch.stored.core;
        let fits = epoch.state.envelopes.contains_key(&head.index)
            && head.needed == core.threshold.needed()
            && head.identity_kind == core.identity_kind;
        if fits {
            return Ok(());
        }
        let found = format!("{} says what is not so of its set", self.name(epoch, head.index));
        Err(Refusal::new(Rule::ShareForged, found)
            .hint("keep the sheet and its envelope as evidence, and open an exception"))
    }
}

/// A share that says it is of a set and was never dealt for it.
pub(super) fn forged(name: &str) -> Refusal {
    Refusal::new(
        Rule::ShareForged,
        format!("{name} is not the share that was dealt: it does not satisfy the commitments of its set"),
    )
    .hint("keep the sheet and its envelope as evidence, and open an exception")
}

fn names(plan: &Plan) -> std::collections::BTreeMap<String, String> {
    plan.people()
        .iter()
        .map(|person| (person.id.to_string(), person.name.to_string()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::words::Fingerprint;
    use crate::crypto::identity::IdentityKind;

    #[test]
    fn a_share_of_the_other_world_is_told_by_its_head_before_its_set_is_sought() {
        for (here, there) in [(Mode::Production, Mode::Rehearsal), (Mode::Rehearsal, Mode::Production)] {
            let known = KnownEpochs {
                mode: here,
                epochs: Vec::new(),
                unfit: Vec::new(),
                names: std::collections::BTreeMap::new(),
            };
            let refused = |mode| {
                let head = ShareHead {
                    mode,
                    identity_kind: IdentityKind::X25519,
                    needed: 2,
                    index: ShareIndex::new(1).unwrap(),
                    fingerprint: Fingerprint::from_hex("2e8f9b7da2d2be6b801959").unwrap(),
                };
                known.identify(&head).err().map(|refusal| refusal.rule())
            };
            assert_eq!(refused(there), Some(Rule::ShareOfOtherWorld));
            assert_eq!(refused(here), Some(Rule::ShareOfUnknownSet));
        }
    }
}
