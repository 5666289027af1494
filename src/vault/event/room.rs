//! What happens in the room of a ceremony.

use super::{Note, SetEpoch};
use crate::ident::{PersonId, Serial, ShareIndex};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One line about the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    content = "body",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum RoomEvent {
    /// Two people compared the laptop's clock with a watch: the line's own time is what the laptop said.
    Clock {
        /// What the watch said.
        watch: Timestamp,
        /// Who looked.
        by: Vec<PersonId>,
    },
    /// An envelope was closed by a numbered seal.
    Sealed {
        /// The epoch.
        of: SetEpoch,
        /// Which share.
        index: ShareIndex,
        /// The serial of the page inside.
        serial: Serial,
        /// The number on the seal, as it was typed twice.
        seal: Note,
    },
}

impl RoomEvent {
    /// Every kind of this family.
    pub const KINDS: [&'static str; 2] = ["clock", "sealed"];
}
