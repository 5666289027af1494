//! Paper proved against the commitments; nothing of a share is shown, nothing computed from one is written.
//!
//! Rules of this file:
//! - of a set just dealt every page may pass through one process, and the last one makes the set live;
//! - of a live production set one process proves one share, and within one boot never the share that would complete a quorum:
//!   a drill hides a share from people, not from the machine that reads it;
//! - a page just made that stands under a passphrase is proved by the digest of its lines, which were opened when it was made: its
//!   custodian need not be there. At a drill the passphrase is what is practised;
//! - a share is wiped before the next one is read; the ledger keeps index, serial and result.

use super::known::{KnownEpoch, KnownEpochs, forged};
use super::locks;
use super::ports::Passphrases;
use crate::code::share_code::PaperShare;
use crate::ident::{Mode, Serial, ShareIndex};
use crate::refusal::{Refusal, Rule};
use crate::vault::event::{Boot, Event, SeenShare, SetEpoch};
use crate::vault::register::{EpochState, Register, Stage};
use crate::vault::{Change, Vault};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Shares on their way to being recorded as proved.
pub struct Proving<'a> {
    known: &'a KnownEpochs,
    mode: Mode,
    boot: Boot,
    practised: BTreeMap<SetEpoch, BTreeSet<ShareIndex>>,
    proved: BTreeMap<SetEpoch, BTreeMap<ShareIndex, Serial>>,
}

/// What proving found, for one epoch.
pub struct Outcome {
    /// The epoch.
    pub of: SetEpoch,
    /// How many of its pages are proved now, and how many there are.
    pub proved: (usize, usize),
    /// Whether it has become live by this.
    pub became_live: bool,
    /// Whether it was live before: then this was a drill.
    pub drill: bool,
}

impl<'a> Proving<'a> {
    /// Begins a process of proving.
    pub fn new(vault: &Vault<'_>, known: &'a KnownEpochs, boot: Boot) -> Self {
        let practised = vault
            .register()
            .epochs()
            .map(|state| (state.of.clone(), vault.register().practised_in(&boot, &state.of)));
        let practised = practised.collect();
        Self {
            known,
            mode: vault.mode(),
            boot,
            practised,
            proved: BTreeMap::new(),
        }
    }

    /// Proves one share, and drops it. The answer is the name of its envelope.
    pub fn add(&mut self, paper: PaperShare, passphrases: &mut dyn Passphrases) -> Result<String, Refusal> {
        let epoch = self.known.identify(&paper.head)?;
        let index = paper.head.index;
        let name = self.known.name(epoch, index);
        let drill = self.is_drill(epoch);
        if drill {
            self.allow_drill(epoch, index)?;
        }
        let lock = paper.lock_digest();
        let printed = lock.is_some_and(|lock| epoch.state.knows_lock(index, lock));
        if drill || !printed {
            prove_alone(epoch, paper, &name, passphrases)?;
        }
        if let Some(envelope) = epoch.state.envelope_of(index, lock) {
            self.proved
                .entry(epoch.state.of.clone())
                .or_default()
                .insert(index, envelope.serial);
        }
        Ok(name)
    }

    /// Writes what was proved into the ledger.
    pub fn record(self, change: &mut Change<'_>, now: Timestamp) -> Result<Vec<Outcome>, Refusal> {
        let mut events = Vec::new();
        let before = change.vault().register().clone();
        for (of, shares) in &self.proved {
            let shares = shares
                .iter()
                .map(|(index, serial)| SeenShare {
                    index: *index,
                    serial: *serial,
                    proved: true,
                })
                .collect();
            let drill = self.known.find(of).is_some_and(|epoch| self.is_drill(epoch));
            events.push(Event::Proved {
                of: of.clone(),
                shares,
                drill,
                boot: self.boot.clone(),
            });
        }
        if !events.is_empty() {
            change.commit(&[], events, now)?;
        }
        let after = change.vault().register();
        Ok(self
            .proved
            .keys()
            .filter_map(|of| outcome(of, &before, after))
            .collect())
    }

    fn is_drill(&self, epoch: &KnownEpoch) -> bool {
        epoch.state.is_live(self.mode) && epoch.state.unproved().is_empty()
    }

    fn allow_drill(&self, epoch: &KnownEpoch, index: ShareIndex) -> Result<(), Refusal> {
        if self.mode == Mode::Rehearsal {
            return Ok(());
        }
        let of = &epoch.state.of;
        let in_hand = self
            .proved
            .iter()
            .flat_map(|(of, shares)| shares.keys().map(move |index| (of, index)));
        let others = in_hand.filter(|other| *other != (of, &index)).count();
        if others > 0 {
            return Err(Refusal::new(
                Rule::OneShareAProcess,
                format!("{of} is live: one process proves one of its shares"),
            )
            .hint("scan one sheet, let the command end, then give it again for the next"));
        }
        never_a_quorum(&epoch.state, self.practised.get(of).cloned().unwrap_or_default(), index)
    }
}

/// Proves one share against the commitments of its set, its lock opened where it has one.
fn prove_alone(
    epoch: &KnownEpoch,
    paper: PaperShare,
    name: &str,
    passphrases: &mut dyn Passphrases,
) -> Result<(), Refusal> {
    let share = locks::unlock(paper, epoch, name, passphrases)?;
    if share.blinder().is_none() {
        return Err(Refusal::new(
            Rule::ShareIncomplete,
            format!("{name} cannot be proved without its last line"),
        )
        .hint("enter all of its lines, or scan a code"));
    }
    match epoch.stored.core.commitments.prove(share) {
        Ok(_) => Ok(()),
        Err(_) => Err(forged(name)),
    }
}

/// Refuses the share that, after those that were `seen`, would complete a quorum within one boot.
pub(super) fn never_a_quorum(
    epoch: &EpochState,
    mut seen: BTreeSet<ShareIndex>,
    index: ShareIndex,
) -> Result<(), Refusal> {
    let (of, needed) = (&epoch.of, usize::from(epoch.threshold.needed()));
    if seen.insert(index) && seen.len() >= needed {
        return Err(Refusal::new(
            Rule::QuorumInOneBoot,
            format!("with this share a quorum of {of} would have passed through this machine since it was started"),
        )
        .hint("switch the laptop off and on again, then go on"));
    }
    Ok(())
}

fn outcome(of: &SetEpoch, before: &Register, after: &Register) -> Option<Outcome> {
    let (then, now) = (before.epoch(of)?, after.epoch(of)?);
    let proved = now
        .envelopes
        .values()
        .filter(|envelope| envelope.stage >= Stage::Proved)
        .count();
    let was_live = then.is_live(before.mode());
    Some(Outcome {
        of: of.clone(),
        proved: (proved, now.envelopes.len()),
        became_live: !was_live && now.is_live(after.mode()),
        drill: was_live && then.unproved().is_empty(),
    })
}
