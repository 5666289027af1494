//! One epoch succeeds another; records are locked again.
//!
//! Rules of this file:
//! - an epoch succeeds one of the same set that was dealt before it and is not void; each epoch succeeds one at most;
//! - records that were locked again for a new epoch are not in force before that epoch is live: until then the file before them is,
//!   and opens to the old one;
//! - the old epoch is void from where its successor is live and nothing in force opens to the old one any more.

use super::{RecordState, Register};
use crate::ident::Generation;
use crate::plan::Factor;
use crate::vault::event::{Cause, LifeEvent, LockedRecordNote, SetEpoch};
use crate::vault::record::RecordName;
use jiff::Timestamp;

/// Whom an epoch succeeds, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    /// The epoch before.
    pub before: SetEpoch,
    /// Why.
    pub cause: Cause,
    /// By the successor key of the epoch before.
    pub signature: crate::vault::event::Signature,
}

impl Register {
    /// The epoch that is to succeed this one and is not live yet.
    pub fn pending_successor(&self, of: &SetEpoch) -> Option<&SetEpoch> {
        let pending = self.epochs().find(|state| {
            let succeeds = state.succeeds.as_ref().is_some_and(|one| one.before == *of);
            succeeds && state.void.is_none() && !state.is_live(self.mode())
        });
        pending.map(|state| &state.of)
    }

    /// The generation that a record would have next.
    pub fn next_generation(&self, name: &RecordName) -> Option<Generation> {
        let last = self.records.get(name).and_then(|generations| generations.last());
        last.map_or(Some(Generation::FIRST), |last| last.generation.next())
    }

    /// Whether a generation's file may be gone: a later one keeps the same secret, or it never came into force and never will.
    pub fn is_superseded(&self, name: &RecordName, state: &RecordState) -> bool {
        if let Some(awaited) = &state.awaits {
            return self.epoch(awaited).is_none_or(|epoch| epoch.void.is_some());
        }
        let generations = self.generations(name);
        // They stand in their order.
        let later = generations.partition_point(|one| one.generation <= state.generation);
        generations[later..]
            .iter()
            .take_while(|one| one.relocked)
            .any(|one| one.awaits.is_none())
    }

    /// Whether a quorum of this epoch, with an older copy of the vault, knows a secret that still counts: it could open it once, and
    /// no newer one was enrolled with which somebody has signed in since.
    pub fn is_exposed_to(&self, name: &RecordName, of: &SetEpoch) -> bool {
        let generations = self.generations(name);
        let Some(last) = generations.iter().rposition(|state| state.sets.contains(of)) else {
            return false;
        };
        let replaced = generations[last + 1..].iter().any(|state| !state.relocked);
        !(replaced && self.is_tried(name))
    }

    /// Whether somebody has signed in since the secret in force was enrolled.
    pub fn is_tried(&self, name: &RecordName) -> bool {
        let since = self.life.secret_since.get(name).map(|time| super::life::day_of(*time));
        let signed_in = self.life.tried.get(&name.account).and_then(|tried| tried.signed_in);
        since.is_some_and(|since| signed_in.is_some_and(|day| day >= since))
    }

    pub(super) fn add_succession(&mut self, event: &LifeEvent, time: Timestamp) -> Result<(), String> {
        match event {
            LifeEvent::Reissued {
                of,
                succeeds,
                cause,
                signature,
                boot,
                ..
            } => {
                let before = self.epoch_mut(succeeds)?;
                if of.set != succeeds.set || of.epoch <= succeeds.epoch || before.void.is_some() {
                    return Err(format!("{of} cannot succeed {succeeds}"));
                }
                let state = self.epoch_mut(of)?;
                if state.succeeds.is_some() {
                    return Err(format!("{of} succeeds two epochs"));
                }
                self.successors.insert(of.clone());
                let state = self.epoch_mut(of)?;
                state.succeeds = Some(Succession {
                    before: succeeds.clone(),
                    cause: *cause,
                    signature: *signature,
                });
                self.gathered.push(super::Gathered {
                    boot: boot.clone(),
                    of: succeeds.clone(),
                });
            }
            LifeEvent::Relocked {
                factor,
                records,
                awaits,
                by,
                boot,
            } => {
                for record in records {
                    self.add_relocked(*factor, record, awaits.as_ref())?;
                }
                self.gathered.push(super::Gathered {
                    boot: boot.clone(),
                    of: by.clone(),
                });
                self.succeed_all(time);
            }
            LifeEvent::Practised { of, boot, .. } => self.gathered.push(super::Gathered {
                boot: boot.clone(),
                of: of.clone(),
            }),
            _ => {}
        }
        Ok(())
    }

    fn add_relocked(
        &mut self,
        factor: Factor,
        note: &LockedRecordNote,
        awaits: Option<&SetEpoch>,
    ) -> Result<(), String> {
        let name = RecordName {
            account: note.account.clone(),
            factor,
            device: note.device.clone(),
        };
        if self.record(&name).is_none() {
            return Err(format!("the {name} is locked again and was never locked"));
        }
        if note.sets.is_empty() {
            return Err(format!("the {name} is locked again, to nothing"));
        }
        for of in &note.sets {
            let mode = self.mode();
            let state = self.epoch_mut(of)?;
            if !state.is_live(mode) && awaits != Some(of) {
                return Err(format!("the {name} is locked to {of}, which is not live"));
            }
        }
        if let Some(awaited) = awaits
            && (!note.sets.contains(awaited) || self.epoch_mut(awaited)?.succeeds.is_none())
        {
            return Err(format!("the {name} waits for {awaited}, which does not open it"));
        }
        self.push_generation(
            &name,
            RecordState {
                generation: note.generation,
                sha256: note.sha256,
                sets: note.sets.clone(),
                relocked: true,
                awaits: awaits.cloned(),
            },
        )
    }

    pub(super) fn push_generation(&mut self, name: &RecordName, state: RecordState) -> Result<(), String> {
        let generations = self.records.entry(name.clone()).or_default();
        let expected = generations
            .last()
            .map_or(Some(Generation::FIRST), |last| last.generation.next());
        if expected != Some(state.generation) {
            return Err(format!(
                "generation {} of the {name} does not follow the one before it",
                state.generation
            ));
        }
        generations.push(state);
        Ok(())
    }

    /// What follows where an epoch has become live: records that waited for it are in force, and the epoch before is void.
    pub(super) fn succeed_all(&mut self, time: Timestamp) {
        let mode = self.mode();
        let successors: Vec<(SetEpoch, Succession)> = self
            .successors
            .iter()
            .filter_map(|of| self.epoch(of))
            .filter_map(|state| Some((state, state.succeeds.as_ref()?)))
            .filter(|(_, one)| self.epoch(&one.before).is_some_and(|before| before.void.is_none()))
            .filter(|(state, _)| state.is_live(mode))
            .map(|(state, one)| (state.of.clone(), one.clone()))
            .collect();
        for (of, succession) in successors {
            for generations in self.records.values_mut() {
                let waiting = generations.iter_mut().filter(|one| one.awaits.as_ref() == Some(&of));
                waiting.for_each(|one| one.awaits = None);
            }
            let opens = self.reachable(&succession.before) > 0;
            if let (false, Ok(before)) = (opens, self.epoch_mut(&succession.before)) {
                let why = format!("succeeded by epoch {}: {}", of.epoch, succession.cause.as_str());
                before.make_void(why, time);
            }
        }
    }
}
