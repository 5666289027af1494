//! What the lines about the room of a ceremony add up to.
//!
//! Rules of this file:
//! - the number of a seal is used once in a vault; an envelope is sealed with the page in it that is in force.

use super::Register;
use crate::ident::Serial;
use crate::vault::event::{RoomEvent, SetEpoch};
use std::collections::BTreeMap;

/// What happened in the rooms of ceremonies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomState {
    seals: BTreeMap<String, Serial>,
}

impl RoomState {
    /// The envelope that carries the seal with this number.
    pub fn sealed_by(&self, seal: &str) -> Option<Serial> {
        self.seals.get(seal).copied()
    }

    /// The number of the last seal of an envelope.
    pub fn seal_of(&self, serial: Serial) -> Option<&str> {
        self.seals
            .iter()
            .find(|(_, sealed)| **sealed == serial)
            .map(|(seal, _)| seal.as_str())
    }
}

impl Register {
    pub(super) fn add_room(&mut self, event: &RoomEvent) -> Result<(), String> {
        match event {
            RoomEvent::Clock { .. } => Ok(()),
            RoomEvent::Sealed { of, serial, seal, .. } => self.add_seal(of, *serial, seal.as_str()),
        }
    }

    fn add_seal(&mut self, of: &SetEpoch, serial: Serial, seal: &str) -> Result<(), String> {
        if self.epoch_mut(of)?.find_serial(serial).is_none() {
            return Err(format!("{of} has no envelope {serial} in force to seal"));
        }
        if let Some(other) = self.room.seals.insert(seal.to_string(), serial) {
            return Err(format!("the seal of envelope {other} is used again for {serial}"));
        }
        Ok(())
    }
}
