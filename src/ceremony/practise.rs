//! A quorum gathered at a drill: one record opened as in an incident, and nothing changed.
//!
//! Rules of this file:
//! - the record is the one that `recover` would open, judged as there: by paper, by boot, by two people present;
//! - of a password or a contact nothing is given back but that it opened; of a device at most one code is shown, and no seed;
//! - the ledger says what was reachable before anything is shown; no record is written.

use super::gathering::Gathering;
use super::known::KnownEpochs;
use super::recover::one_factor_a_boot;
use super::trust::Trust;
use super::upkeep::two_of;
use crate::crypto::totp::Seed;
use crate::ident::{Mode, PersonId};
use crate::refusal::{Refusal, Rule};
use crate::vault::event::{Boot, Event, LifeEvent, LineId};
use crate::vault::record::{Content, Record, RecordName};
use crate::vault::register::RecordState;
use crate::vault::{Change, Vault};
use jiff::Timestamp;

/// What is practised, by whom.
pub struct Exercise {
    /// The drill.
    pub drill: LineId,
    /// Which record.
    pub name: RecordName,
    /// Who is there.
    pub present: Vec<PersonId>,
    /// The start of the machine.
    pub boot: Boot,
}

/// What came of it.
pub struct Practised {
    /// The device's seed, to make one code of; nothing for a password or a contact, which is wiped.
    pub seed: Option<Seed>,
    /// How many records the quorum could have opened.
    pub reachable: usize,
}

impl Exercise {
    /// Refuses to gather one factor where this machine, since it was started, gathered the other one.
    pub fn judge_boot(&self, vault: &Vault<'_>) -> Result<(), Refusal> {
        match vault.register().record(&self.name) {
            Some(state) => one_factor_a_boot(vault, &self.name, state, &self.boot),
            None => Ok(()),
        }
    }

    /// Judges the exercise before a share is at hand; gives the record that is to be opened.
    pub fn judge(&self, vault: &Vault<'_>, trust: &Trust) -> Result<RecordState, Refusal> {
        let register = vault.register();
        if !register.life().open_drills().any(|(id, _)| *id == self.drill) {
            let found = format!("this vault has no open drill {}", self.drill);
            return Err(Refusal::new(Rule::UnknownLine, found).hint("strongroom drill new --led-by ID"));
        }
        if vault.mode() == Mode::Production {
            two_of(vault.plan(), &self.present, "a gathering at a drill")?;
        }
        let state = register
            .record(&self.name)
            .cloned()
            .ok_or_else(|| Refusal::new(Rule::RecordMissing, format!("the {} was never enrolled", self.name)))?;
        trust.plan(vault)?;
        trust.record(&self.name, &state)?;
        Ok(state)
    }

    /// The gathering for this record.
    pub fn gathering<'k>(&self, known: &'k KnownEpochs, state: &RecordState) -> Result<Gathering<'k>, Refusal> {
        let mut in_force = Vec::new();
        for of in &state.sets {
            if known.need(of)?.state.void.is_none() {
                in_force.push(of.clone());
            }
        }
        Ok(Gathering::new(known, in_force))
    }

    /// Opens the record, and writes down that it was.
    pub fn open(
        self,
        change: &mut Change<'_>,
        gathering: Gathering<'_>,
        state: &RecordState,
        now: Timestamp,
    ) -> Result<Practised, Refusal> {
        let gathered = gathering.finish()?;
        let vault = change.vault();
        let locked = vault.locked_record(&self.name, state)?;
        let record = Record::open(&locked, gathered.identity, vault.id(), &self.name, state.generation)?;
        let reachable = vault.register().reachable(&gathered.of);
        let event = LifeEvent::Practised {
            drill: self.drill,
            account: self.name.account,
            factor: self.name.factor,
            device: self.name.device,
            generation: state.generation,
            of: gathered.of,
            shares: gathered.shares,
            reachable: reachable as u64,
            present: self.present,
            boot: self.boot,
        };
        change.commit(&[], vec![Event::Life(event)], now)?;
        let seed = match record.content {
            Content::Mfa(seed) => Some(seed),
            Content::Password(_) | Content::Contact(_) => None,
        };
        Ok(Practised { seed, reachable })
    }
}
