//! What the lines about the room of a ceremony add up to.
//!
//! Rules of this file:
//! - the number of a seal is used once in a vault; an envelope is sealed with the page in it that is in force;
//! - a site holds one sitting at a time; a sitting ends with no exception open;
//! - exceptions of a chain are numbered from 1; each is closed once;
//! - what is told of the provider is told of a generation that was locked.

use super::{RecordName, Register};
use crate::ident::{Generation, PersonId, Serial, SetName, SiteName};
use crate::plan::{Factor, Role};
use crate::vault::event::{AtProvider, Boot, InRole, Note, RoomEvent, SetEpoch};
use crate::vault::ledger::{Entry, Hash};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A step that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The name of the step.
    pub step: String,
    /// On which start of the machine.
    pub boot: Boot,
}

/// An exception that nobody has closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenException {
    /// Who left.
    pub left: Vec<PersonId>,
    /// What was taken out.
    pub taken: Vec<Note>,
    /// What happened.
    pub reason: Note,
}

/// People in a room, dealing share sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sitting {
    /// Which sets.
    pub sets: Vec<SetName>,
    /// Who has which role.
    pub room: Vec<InRole>,
    /// What is in the room.
    pub items: Vec<Note>,
    /// The hash of the names of its steps.
    pub script: Hash,
    /// When it began.
    pub began: Timestamp,
    /// The start of the machine on which it was last at work.
    pub boot: Boot,
    /// The steps that were done, in order.
    pub done: Vec<Done>,
    /// The pages that left the memory of the machine.
    pub handed_out: BTreeSet<Serial>,
}

/// One site's room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SiteRoom {
    /// The sitting that is not over.
    pub sitting: Option<Sitting>,
    /// Exceptions that are open, by number.
    pub open: BTreeMap<u64, OpenException>,
    exceptions: u64,
}

impl SiteRoom {
    /// The number of the next exception.
    pub fn next_exception(&self) -> u64 {
        self.exceptions + 1
    }
}

/// What happened in the rooms of ceremonies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomState {
    seals: BTreeMap<String, Serial>,
    sealed: BTreeMap<Serial, Note>,
    sites: BTreeMap<SiteName, SiteRoom>,
    operators: BTreeMap<PersonId, BTreeSet<Factor>>,
    provider: BTreeMap<(RecordName, Generation), (AtProvider, Timestamp)>,
}

impl RoomState {
    /// The envelope that carries the seal with this number.
    pub fn sealed_by(&self, seal: &str) -> Option<Serial> {
        self.seals.get(seal).copied()
    }

    /// The number of the seal that an envelope had last.
    pub fn seal_of(&self, serial: Serial) -> Option<&Note> {
        self.sealed.get(&serial)
    }

    /// The steps about a set whose epoch is void are to be done again.
    pub(super) fn begin_again(&mut self, set: &SetName) {
        let about = |done: &Done| done.step.split(' ').nth(1) == Some(set.as_str());
        for sitting in self.sites.values_mut().filter_map(|site| site.sitting.as_mut()) {
            sitting.done.retain(|done| !about(done));
        }
    }

    /// The room of a site.
    pub fn site(&self, site: &SiteName) -> SiteRoom {
        self.sites.get(site).cloned().unwrap_or_default()
    }

    /// The factors whose sets this person ever operated.
    pub fn operated(&self, person: &PersonId) -> BTreeSet<Factor> {
        self.operators.get(person).cloned().unwrap_or_default()
    }

    /// How far a generation of a record has come at the provider.
    pub fn at_provider(&self, name: &RecordName, generation: Generation) -> Option<AtProvider> {
        let told = self.provider.get(&(name.clone(), generation));
        told.map(|(state, _)| *state)
    }

    /// When it was told last how far it has come.
    pub fn told_at(&self, name: &RecordName, generation: Generation) -> Option<Timestamp> {
        let told = self.provider.get(&(name.clone(), generation));
        told.map(|(_, at)| *at)
    }
}

impl Register {
    pub(super) fn add_room(&mut self, site: &SiteName, entry: &Entry, event: &RoomEvent) -> Result<(), String> {
        match event {
            RoomEvent::Sitting { .. } => self.add_sitting(site, entry.time, event),
            RoomEvent::Sealed { of, serial, seal, .. } => self.add_seal(of, *serial, seal),
            RoomEvent::AtProvider { .. } => self.add_provider(entry.time, event),
            RoomEvent::HandedOut { of, serial, .. } => {
                if !self.epoch_mut(of)?.knows_serial(*serial) {
                    return Err(format!("{of} has no page {serial} to hand out"));
                }
                if let Some(sitting) = &mut self.site_room(site).sitting {
                    sitting.handed_out.insert(*serial);
                }
                Ok(())
            }
            RoomEvent::Clock { .. } | RoomEvent::Unforeseen { .. } | RoomEvent::Dissent { .. } => Ok(()),
            RoomEvent::ExceptionOpened { .. } | RoomEvent::ExceptionClosed { .. } => {
                self.site_room(site).add_exception(event)
            }
            RoomEvent::Resumed { .. } | RoomEvent::Step { .. } | RoomEvent::SittingEnded { .. } => {
                self.site_room(site).go_on(event)
            }
        }
    }

    fn site_room(&mut self, site: &SiteName) -> &mut SiteRoom {
        self.room.sites.entry(site.clone()).or_default()
    }

    fn add_sitting(&mut self, site: &SiteName, time: Timestamp, event: &RoomEvent) -> Result<(), String> {
        let RoomEvent::Sitting {
            sets,
            purpose,
            room,
            items,
            script,
            boot,
            ..
        } = event
        else {
            return Ok(());
        };
        for one in room.iter().filter(|one| one.role == Role::Operator) {
            self.room
                .operators
                .entry(one.person.clone())
                .or_default()
                .insert(*purpose);
        }
        let sitting = Sitting {
            sets: sets.clone(),
            room: room.clone(),
            items: items.clone(),
            script: *script,
            began: time,
            boot: boot.clone(),
            done: Vec::new(),
            handed_out: BTreeSet::new(),
        };
        match self.site_room(site).sitting.replace(sitting) {
            None => Ok(()),
            Some(_) => Err("a sitting begins while another is not over".to_string()),
        }
    }

    fn add_seal(&mut self, of: &SetEpoch, serial: Serial, seal: &Note) -> Result<(), String> {
        if self.epoch_mut(of)?.find_serial(serial).is_none() {
            return Err(format!("{of} has no envelope {serial} in force to seal"));
        }
        if let Some(other) = self.room.seals.insert(seal.as_str().to_string(), serial) {
            return Err(format!("the seal of envelope {other} is used again for {serial}"));
        }
        self.room.sealed.insert(serial, seal.clone());
        Ok(())
    }

    fn add_provider(&mut self, time: Timestamp, event: &RoomEvent) -> Result<(), String> {
        let RoomEvent::AtProvider {
            account,
            factor,
            device,
            generation,
            state,
            by,
        } = event
        else {
            return Ok(());
        };
        for person in by {
            self.room.operators.entry(person.clone()).or_default().insert(*factor);
        }
        let name = RecordName {
            account: account.clone(),
            factor: *factor,
            device: device.clone(),
        };
        let locked = self.records.get(&name).map_or(&[][..], Vec::as_slice);
        if !locked.iter().any(|one| one.generation == *generation) {
            return Err(format!("generation {generation} of the {name} was never locked"));
        }
        self.room.provider.insert((name, *generation), (*state, time));
        Ok(())
    }
}

impl SiteRoom {
    fn go_on(&mut self, event: &RoomEvent) -> Result<(), String> {
        let ends = matches!(event, RoomEvent::SittingEnded { .. });
        if ends && !self.open.is_empty() {
            return Err("a sitting ends while an exception is open".to_string());
        }
        let sitting = self.sitting.as_mut().ok_or("there is no sitting that is not over")?;
        match event {
            RoomEvent::Resumed { room, items, boot } => {
                (sitting.room, sitting.items, sitting.boot) = (room.clone(), items.clone(), boot.clone());
            }
            RoomEvent::Step { step, boot, .. } => sitting.done.push(Done {
                step: step.as_str().to_string(),
                boot: boot.clone(),
            }),
            _ => self.sitting = None,
        }
        Ok(())
    }

    fn add_exception(&mut self, event: &RoomEvent) -> Result<(), String> {
        match event {
            RoomEvent::ExceptionOpened {
                exception,
                left,
                taken,
                reason,
            } => {
                if *exception != self.next_exception() {
                    return Err(format!("exception {exception} does not follow the one before it"));
                }
                self.exceptions = *exception;
                let open = OpenException {
                    left: left.clone(),
                    taken: taken.clone(),
                    reason: reason.clone(),
                };
                self.open.insert(*exception, open);
                Ok(())
            }
            RoomEvent::ExceptionClosed { exception, .. } => match self.open.remove(exception) {
                Some(_) => Ok(()),
                None => Err(format!("there is no open exception {exception}")),
            },
            _ => Ok(()),
        }
    }
}
