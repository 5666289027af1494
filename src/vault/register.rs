//! The register: what the ledger's lines add up to. Nothing but a fold over events, so that nothing can disagree with them.
//!
//! Rules of this file:
//! - a share set is *live* when every page of its epoch was proved on paper (in a rehearsal: rendered), and it is not void;
//! - an epoch is dealt once; epochs of a set follow each other; a serial is used once in a vault;
//! - what contradicts itself breaks the ledger: two sites cannot deal the same epoch, and a record has one file for a generation.

use super::event::{Boot, Event, LockedRecordNote, SeenShare, SetEpoch};
use super::ledger::{Chain, Entry, Hash};
use super::record::RecordName;
use crate::code::words::Fingerprint;
use crate::ident::{Epoch, Generation, Mode, PersonId, SafeId, Serial, SetName, ShareIndex, SiteName, VaultId};
use crate::plan::Factor;
use crate::refusal::{Refusal, Rule};
use crate::threshold::Threshold;
use std::collections::{BTreeMap, BTreeSet};

/// How far each chain is read: the number of its lines that count.
pub type Extent = BTreeMap<SiteName, usize>;

/// How far the page of an envelope has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Its share was dealt; the page may not exist.
    Dealt,
    /// The page was made, and read back from its own image.
    Rendered,
    /// The paper itself was proved.
    Proved,
}

impl Stage {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dealt => "dealt",
            Self::Rendered => "rendered",
            Self::Proved => "proved",
        }
    }
}

/// One envelope of one epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Who is entitled to its share.
    pub custodian: PersonId,
    /// Where it is to lie.
    pub safe: Option<SafeId>,
    /// Its serial.
    pub serial: Serial,
    /// How far it has come.
    pub stage: Stage,
}

/// One epoch of one share set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochState {
    /// The set and its epoch.
    pub of: SetEpoch,
    /// Its threshold.
    pub threshold: Threshold,
    /// The hash of its core.
    pub core: Hash,
    /// The fingerprint that its shares carry.
    pub fingerprint: Fingerprint,
    /// Its envelopes by index.
    pub envelopes: BTreeMap<ShareIndex, Envelope>,
    /// Why it is out of force, where it is.
    pub void: Option<String>,
    /// Why nobody watched its dealing, where nobody did.
    pub unattended: Option<String>,
}

impl EpochState {
    /// Whether records may be locked to it.
    pub fn is_live(&self, mode: Mode) -> bool {
        let wanted = match mode {
            Mode::Production => Stage::Proved,
            Mode::Rehearsal => Stage::Rendered,
        };
        self.void.is_none() && self.envelopes.values().all(|envelope| envelope.stage >= wanted)
    }

    /// Whether its pages were never all made: a crash ended its dealing.
    pub fn is_interrupted(&self) -> bool {
        self.void.is_none() && self.envelopes.values().any(|envelope| envelope.stage == Stage::Dealt)
    }

    /// The indices of pages that were not proved on paper.
    pub fn unproved(&self) -> Vec<ShareIndex> {
        self.envelopes
            .iter()
            .filter(|(_, e)| e.stage < Stage::Proved)
            .map(|(index, _)| *index)
            .collect()
    }
}

/// One generation of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordState {
    /// Which generation.
    pub generation: Generation,
    /// The hash of its file.
    pub sha256: Hash,
    /// The epochs that open it.
    pub sets: Vec<SetEpoch>,
}

/// A quorum that was gathered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// The start of the machine.
    pub boot: Boot,
    /// Of which epoch.
    pub of: SetEpoch,
}

/// What the ledger adds up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// The vault.
    pub vault: VaultId,
    /// The plan in force.
    pub plan: Option<Hash>,
    sets: BTreeMap<SetName, BTreeMap<Epoch, EpochState>>,
    records: BTreeMap<RecordName, Vec<RecordState>>,
    serials: BTreeSet<Serial>,
    gathered: Vec<Gathered>,
    practised: BTreeMap<(Boot, SetEpoch), BTreeSet<ShareIndex>>,
}

impl Register {
    /// Adds up the first lines of each chain, as many as `extent` says; all of them where it is `None`.
    pub fn of(chains: &[Chain], extent: Option<&Extent>) -> Result<Self, Refusal> {
        let vault = chains
            .iter()
            .flat_map(Chain::entries)
            .find_map(|entry| match entry.event {
                Event::Init { vault, .. } => Some(vault),
                _ => None,
            });
        let vault = vault.ok_or_else(|| {
            Refusal::new(
                Rule::LedgerBroken,
                "no chain of the ledger begins with the making of the vault",
            )
        })?;
        let mut register = Self {
            vault,
            plan: None,
            sets: BTreeMap::new(),
            records: BTreeMap::new(),
            serials: BTreeSet::new(),
            gathered: Vec::new(),
            practised: BTreeMap::new(),
        };
        for chain in chains {
            let count = extent.map_or(usize::MAX, |extent| extent.get(chain.site()).copied().unwrap_or(0));
            for entry in chain.entries().iter().take(count) {
                register.add(entry).map_err(|found| broken(chain, entry, &found))?;
            }
        }
        Ok(register)
    }

    /// The world of the vault.
    pub fn mode(&self) -> Mode {
        self.vault.mode()
    }

    /// Every epoch of every set, oldest first.
    pub fn epochs(&self) -> impl Iterator<Item = &EpochState> {
        self.sets.values().flat_map(BTreeMap::values)
    }

    /// One epoch.
    pub fn epoch(&self, of: &SetEpoch) -> Option<&EpochState> {
        self.sets.get(&of.set)?.get(&of.epoch)
    }

    /// The last epoch of a set that was dealt, void or not.
    pub fn last_epoch(&self, set: &SetName) -> Option<&EpochState> {
        self.sets.get(set)?.values().next_back()
    }

    /// The epoch of a set to which records may be locked.
    pub fn live(&self, set: &SetName) -> Option<&EpochState> {
        self.sets
            .get(set)?
            .values()
            .rev()
            .find(|state| state.is_live(self.mode()))
    }

    /// The generation in force of a record.
    pub fn record(&self, name: &RecordName) -> Option<&RecordState> {
        self.records.get(name)?.last()
    }

    /// Every record that has a file, with every generation of it.
    pub fn records(&self) -> impl Iterator<Item = (&RecordName, &[RecordState])> {
        self.records
            .iter()
            .map(|(name, generations)| (name, generations.as_slice()))
    }

    /// How many records in force an epoch opens.
    pub fn reachable(&self, of: &SetEpoch) -> usize {
        self.records
            .values()
            .filter(|generations| generations.last().is_some_and(|state| state.sets.contains(of)))
            .count()
    }

    /// Whether a serial was ever used.
    pub fn has_serial(&self, serial: &Serial) -> bool {
        self.serials.contains(serial)
    }

    /// The quorums gathered since one start of a machine.
    pub fn gathered_in<'a>(&'a self, boot: &'a Boot) -> impl Iterator<Item = &'a Gathered> {
        self.gathered.iter().filter(move |gathered| gathered.boot == *boot)
    }

    /// The shares of a live epoch that drills proved since one start of a machine.
    pub fn practised_in(&self, boot: &Boot, of: &SetEpoch) -> BTreeSet<ShareIndex> {
        self.practised
            .get(&(boot.clone(), of.clone()))
            .cloned()
            .unwrap_or_default()
    }

    fn add(&mut self, entry: &Entry) -> Result<(), String> {
        match &entry.event {
            Event::Init { vault, mode, .. } if entry.number != 0 || *mode != vault.mode() => {
                return Err("a vault is made once, in the mode that its id carries".to_string());
            }
            Event::Init { vault, .. } | Event::Site { vault } => {
                if *vault != self.vault {
                    return Err("it belongs to another vault".to_string());
                }
            }
            Event::Plan { sha256 } => self.plan = Some(*sha256),
            Event::Dealt { .. } => self.add_dealing(&entry.event)?,
            Event::Rendered { of } => {
                self.epoch_mut(of)?
                    .envelopes
                    .values_mut()
                    .for_each(|envelope| envelope.stage = envelope.stage.max(Stage::Rendered));
            }
            Event::Proved {
                of,
                shares,
                drill,
                boot,
            } => self.add_proofs(of, shares, *drill, boot)?,
            Event::Void { of, reason } => self.epoch_mut(of)?.void = Some(reason.as_str().to_string()),
            Event::Enrolled { factor, records, .. } => {
                for record in records {
                    self.add_record(*factor, record)?;
                }
            }
            Event::Recovered { of, boot, .. } => {
                self.gathered.push(Gathered {
                    boot: boot.clone(),
                    of: of.clone(),
                });
            }
            Event::Exception { .. } | Event::Closing { .. } | Event::Machine { .. } => {}
        }
        Ok(())
    }

    fn add_dealing(&mut self, event: &Event) -> Result<(), String> {
        let Event::Dealt {
            of,
            threshold,
            core,
            fingerprint,
            envelopes,
            unattended,
            ..
        } = event
        else {
            return Ok(());
        };
        let expected = self
            .last_epoch(&of.set)
            .map_or(Some(Epoch::FIRST), |last| last.of.epoch.next());
        if expected != Some(of.epoch) {
            return Err(format!("{of} does not follow the epoch before it"));
        }
        let indices = envelopes.iter().map(|envelope| envelope.index.get());
        if !indices.eq(1..=threshold.total()) {
            return Err(format!("{of} has not one envelope for each share"));
        }
        let mut by_index = BTreeMap::new();
        for envelope in envelopes {
            if !self.serials.insert(envelope.serial) {
                return Err(format!("serial {} is used twice", envelope.serial));
            }
            let state = Envelope {
                custodian: envelope.custodian.clone(),
                safe: envelope.safe.clone(),
                serial: envelope.serial,
                stage: Stage::Dealt,
            };
            by_index.insert(envelope.index, state);
        }
        let state = EpochState {
            of: of.clone(),
            threshold: *threshold,
            core: *core,
            fingerprint: Fingerprint::from_hex(fingerprint.as_str()).ok_or("its fingerprint is not 22 digits")?,
            envelopes: by_index,
            void: None,
            unattended: unattended.as_ref().map(|reason| reason.as_str().to_string()),
        };
        self.sets.entry(of.set.clone()).or_default().insert(of.epoch, state);
        Ok(())
    }

    fn add_proofs(&mut self, of: &SetEpoch, shares: &[SeenShare], drill: bool, boot: &Boot) -> Result<(), String> {
        let state = self.epoch_mut(of)?;
        for share in shares {
            let envelope = state
                .envelopes
                .get_mut(&share.index)
                .ok_or_else(|| format!("{of} has no share {}", share.index))?;
            if envelope.serial != share.serial {
                return Err(format!(
                    "share {} of {of} is not in envelope {}",
                    share.index, share.serial
                ));
            }
            if !share.proved {
                return Err(format!(
                    "share {} of {of} is recorded as proved and as not",
                    share.index
                ));
            }
            envelope.stage = envelope.stage.max(Stage::Proved);
        }
        if drill {
            let seen = self.practised.entry((boot.clone(), of.clone())).or_default();
            seen.extend(shares.iter().map(|share| share.index));
        }
        Ok(())
    }

    fn add_record(&mut self, factor: Factor, note: &LockedRecordNote) -> Result<(), String> {
        let name = RecordName {
            account: note.account.clone(),
            factor,
            device: note.device.clone(),
        };
        for of in &note.sets {
            self.epoch_mut(of)?;
        }
        let generations = self.records.entry(name.clone()).or_default();
        let expected = generations
            .last()
            .map_or(Some(Generation::FIRST), |last| last.generation.next());
        if expected != Some(note.generation) {
            return Err(format!(
                "generation {} of the {name} does not follow the one before it",
                note.generation
            ));
        }
        generations.push(RecordState {
            generation: note.generation,
            sha256: note.sha256,
            sets: note.sets.clone(),
        });
        Ok(())
    }

    fn epoch_mut(&mut self, of: &SetEpoch) -> Result<&mut EpochState, String> {
        self.sets
            .get_mut(&of.set)
            .and_then(|epochs| epochs.get_mut(&of.epoch))
            .ok_or_else(|| format!("{of} was never dealt"))
    }
}

fn broken(chain: &Chain, entry: &Entry, found: &str) -> Refusal {
    let sentence = format!(
        "ledger/{}.jsonl contradicts itself at line {}: {found}",
        chain.site(),
        entry.number + 1
    );
    Refusal::new(Rule::LedgerBroken, sentence).hint("compare with another copy of the vault")
}

#[cfg(test)]
mod tests;
