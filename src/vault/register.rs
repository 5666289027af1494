//! The register: what the ledger's lines add up to. Nothing but a fold over events, so that nothing can disagree with them.
//!
//! Rules of this file:
//! - an epoch is dealt once; epochs of a set follow each other; a serial is used once in a vault; records are locked to live epochs;
//! - what contradicts itself breaks the ledger: two sites cannot deal the same epoch, and a record has one file for a generation.

mod epoch;
pub mod life;
mod night;
mod order;
mod room;
mod succession;

use self::epoch::Page;
pub use self::epoch::{Envelope, EpochState, Stage};
pub use self::life::LifeState;
pub use self::night::{Announced, NightState, Notice};
pub(super) use self::order::in_order;
pub use self::room::{Done, OpenException, RoomState, SiteRoom, Sitting};
pub use self::succession::Succession;
use super::event::{Boot, Event, LockedRecordNote, SeenShare, SetEpoch};
use super::ledger::{Chain, Entry, Hash};
use super::record::RecordName;
use crate::code::words::Fingerprint;
use crate::ident::{Epoch, Generation, Mode, Serial, SetName, ShareIndex, SiteName, VaultId};
use crate::plan::Factor;
use crate::refusal::{Refusal, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// How far each chain is read: the number of its lines that count.
pub type Extent = BTreeMap<SiteName, usize>;

/// One generation of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordState {
    /// Which generation.
    pub generation: Generation,
    /// The hash of its file.
    pub sha256: Hash,
    /// The epochs that open it.
    pub sets: Vec<SetEpoch>,
    /// Whether its secret is that of the generation before, locked again.
    pub relocked: bool,
    /// The epoch that has to be live before this generation is in force.
    pub awaits: Option<SetEpoch>,
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
    /// The epochs that succeed another.
    successors: BTreeSet<SetEpoch>,
    records: BTreeMap<RecordName, Vec<RecordState>>,
    serials: BTreeSet<Serial>,
    gathered: Vec<Gathered>,
    practised: BTreeMap<(Boot, SetEpoch), BTreeSet<ShareIndex>>,
    room: RoomState,
    life: LifeState,
    night: NightState,
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
            .hint("compare with another copy of the vault")
        })?;
        let mut register = Self {
            vault,
            plan: None,
            sets: BTreeMap::new(),
            successors: BTreeSet::new(),
            records: BTreeMap::new(),
            serials: BTreeSet::new(),
            gathered: Vec::new(),
            practised: BTreeMap::new(),
            room: RoomState::default(),
            life: LifeState::default(),
            night: NightState::default(),
        };
        for (chain, entry) in order::added_up(chains, extent) {
            register
                .add(chain.site(), entry)
                .map_err(|found| broken(chain, entry, &found))?;
            register.life.see(chain.site(), entry);
        }
        Ok(register)
    }

    /// What happened in the rooms of ceremonies.
    pub fn room(&self) -> &RoomState {
        &self.room
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
        in_force(self.records.get(name)?)
    }

    /// Every generation of a record, oldest first; none where it was never locked.
    pub fn generations(&self, name: &RecordName) -> &[RecordState] {
        self.records.get(name).map_or(&[], Vec::as_slice)
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
            .filter(|generations| in_force(generations).is_some_and(|state| state.sets.contains(of)))
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

    /// The shares of an epoch that drills proved, and reprints read, since one start of a machine.
    pub fn practised_in(&self, boot: &Boot, of: &SetEpoch) -> BTreeSet<ShareIndex> {
        self.practised
            .get(&(boot.clone(), of.clone()))
            .cloned()
            .unwrap_or_default()
    }

    fn add(&mut self, site: &SiteName, entry: &Entry) -> Result<(), String> {
        let begins = matches!(entry.event, Event::Init { .. } | Event::Site { .. });
        if begins != (entry.number == 0) {
            return Err(
                "a chain begins with the making of the vault or of the site, and neither comes later".to_string(),
            );
        }
        match &entry.event {
            Event::Init { vault, mode, .. } if *mode != vault.mode() => {
                return Err("a vault is of the world that its id carries".to_string());
            }
            Event::Init { vault, .. } | Event::Site { vault } => {
                if *vault != self.vault {
                    return Err("it belongs to another vault".to_string());
                }
            }
            Event::Plan { sha256 } => self.plan = Some(*sha256),
            Event::Dealt { .. } => self.add_dealing(entry)?,
            Event::Reprinted { .. } => self.add_reprint(&entry.event)?,
            Event::Rendered { of } => {
                let mode = self.mode();
                self.epoch_mut(of)?.render(mode);
                self.succeed_all(entry.time);
            }
            Event::Proved {
                of,
                shares,
                drill,
                boot,
            } => {
                self.add_proofs(of, shares, *drill, boot)?;
                self.succeed_all(entry.time);
            }
            Event::Void { of, reason } => {
                let state = self.epoch_mut(of)?;
                let was_void = state.void.is_some();
                state.make_void(reason.as_str().to_string(), entry.time);
                if !was_void {
                    self.room.begin_again(&of.set);
                }
            }
            Event::Enrolled { factor, records, .. } => {
                for record in records {
                    self.add_record(*factor, record)?;
                }
            }
            Event::Recovered { of, boot, .. } => {
                self.judge_recovery(&entry.event)?;
                self.gathered.push(Gathered {
                    boot: boot.clone(),
                    of: of.clone(),
                });
            }
            Event::Room(event) => self.add_room(site, entry, event)?,
            Event::Life(event) => self.add_succession(event, entry.time)?,
            Event::Night(event) => self.add_night(event)?,
            Event::Printed { .. }
            | Event::Defences { .. }
            | Event::Exception { .. }
            | Event::Closing { .. }
            | Event::Machine { .. } => {}
        }
        Ok(())
    }

    fn add_dealing(&mut self, entry: &Entry) -> Result<(), String> {
        let Event::Dealt {
            of,
            threshold,
            core,
            fingerprint,
            envelopes,
            unattended,
            ..
        } = &entry.event
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
                lock: envelope.lock,
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
            reprints: BTreeMap::new(),
            replaced: Vec::new(),
            dealt: entry.time,
            succeeds: None,
            void: None,
            void_since: None,
            unattended: unattended.as_ref().map(|reason| reason.as_str().to_string()),
        };
        self.sets.entry(of.set.clone()).or_default().insert(of.epoch, state);
        Ok(())
    }

    fn add_proofs(&mut self, of: &SetEpoch, shares: &[SeenShare], drill: bool, boot: &Boot) -> Result<(), String> {
        let state = self.epoch_mut(of)?;
        for share in shares {
            if !share.proved {
                return Err(format!(
                    "share {} of {of} is recorded as proved and as not",
                    share.index
                ));
            }
            state.prove(share.index, share.serial)?;
        }
        if drill {
            self.practise(of, shares.iter().map(|share| share.index), boot);
        }
        Ok(())
    }

    fn add_reprint(&mut self, event: &Event) -> Result<(), String> {
        let Event::Reprinted {
            of,
            index,
            replaces,
            serial,
            lock,
            boot,
            ..
        } = event
        else {
            return Ok(());
        };
        if !self.serials.insert(*serial) {
            return Err(format!("serial {serial} is used twice"));
        }
        let page = Page {
            serial: *serial,
            lock: *lock,
        };
        self.epoch_mut(of)?.reprint(*index, *replaces, &page)?;
        self.practise(of, [*index], boot);
        Ok(())
    }

    fn practise(&mut self, of: &SetEpoch, seen: impl IntoIterator<Item = ShareIndex>, boot: &Boot) {
        self.practised
            .entry((boot.clone(), of.clone()))
            .or_default()
            .extend(seen);
    }

    fn add_record(&mut self, factor: Factor, note: &LockedRecordNote) -> Result<(), String> {
        let name = RecordName {
            account: note.account.clone(),
            factor,
            device: note.device.clone(),
        };
        let mode = self.mode();
        for of in &note.sets {
            if !self.epoch_mut(of)?.is_live(mode) {
                return Err(format!("the {name} is locked to {of}, which is not live"));
            }
        }
        self.push_generation(
            &name,
            RecordState {
                generation: note.generation,
                sha256: note.sha256,
                sets: note.sets.clone(),
                relocked: false,
                awaits: None,
            },
        )
    }

    /// What was opened had been locked, and to the set that was gathered.
    fn judge_recovery(&self, event: &Event) -> Result<(), String> {
        let Event::Recovered {
            account,
            factor,
            device,
            generation,
            of,
            ..
        } = event
        else {
            return Ok(());
        };
        let name = RecordName {
            account: account.clone(),
            factor: *factor,
            device: device.clone(),
        };
        let opened = self
            .generations(&name)
            .iter()
            .find(|state| state.generation == *generation);
        match opened {
            Some(state) if state.sets.contains(of) => Ok(()),
            Some(_) => Err(format!("the {name} is not locked to {of}")),
            None => Err(format!("generation {generation} of the {name} was never locked")),
        }
    }

    fn epoch_mut(&mut self, of: &SetEpoch) -> Result<&mut EpochState, String> {
        self.sets
            .get_mut(&of.set)
            .and_then(|epochs| epochs.get_mut(&of.epoch))
            .ok_or_else(|| format!("{of} was never dealt"))
    }
}

/// The generation in force: the last one that waits for nothing.
fn in_force(generations: &[RecordState]) -> Option<&RecordState> {
    generations.iter().rev().find(|state| state.awaits.is_none())
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
