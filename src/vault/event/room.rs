//! What happens in the room of a ceremony.

use super::{Boot, Note, SetEpoch};
use crate::ident::{AccountId, DeviceName, Generation, PersonId, Serial, SetName, ShareIndex};
use crate::plan::{Factor, Role};
use crate::vault::ledger::Hash;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who has a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InRole {
    /// The role.
    pub role: Role,
    /// The person.
    pub person: PersonId,
}

/// How far a record has come at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AtProvider {
    /// The provider was given it: the password is set, the MFA device is accepted.
    Set,
    /// Somebody signed in with it.
    SignedIn,
    /// The provider refused it.
    Refused,
}

impl AtProvider {
    /// The words for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Set => "set at the provider",
            Self::SignedIn => "sign-in proved",
            Self::Refused => "refused by the provider",
        }
    }
}

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
    /// People sat down to deal share sets.
    Sitting {
        /// Which sets.
        sets: Vec<SetName>,
        /// What they open.
        purpose: Factor,
        /// Who has which role.
        room: Vec<InRole>,
        /// What is in the room and must be there at the end, or be missed.
        items: Vec<Note>,
        /// How many steps the script has.
        steps: u64,
        /// The hash of the names of its steps, a line feed behind each.
        script: Hash,
        /// The start of the machine.
        boot: Boot,
    },
    /// They went on after an interruption.
    Resumed {
        /// Who has which role now.
        room: Vec<InRole>,
        /// What is in the room now.
        items: Vec<Note>,
        /// The start of the machine.
        boot: Boot,
    },
    /// One step of the script was done.
    Step {
        /// Its number on the printed script, from 1.
        number: u64,
        /// Its name.
        step: Note,
        /// Who did it, and who watched.
        by: Vec<PersonId>,
        /// What was seen, where that is no secret.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        said: Option<Note>,
        /// The start of the machine.
        boot: Boot,
    },
    /// Two people compared the laptop's clock with a watch: the line's own time is what the laptop said.
    Clock {
        /// What the watch said.
        watch: Timestamp,
        /// Who looked.
        by: Vec<PersonId>,
    },
    /// One page is about to leave the memory of the machine.
    HandedOut {
        /// The epoch.
        of: SetEpoch,
        /// Which share.
        index: ShareIndex,
        /// The serial on the page.
        serial: Serial,
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
    /// An exception was opened: somebody left the room, or something left the script.
    ExceptionOpened {
        /// Its number in this chain, from 1.
        exception: u64,
        /// Who left.
        left: Vec<PersonId>,
        /// What was taken out.
        taken: Vec<Note>,
        /// What happened.
        reason: Note,
    },
    /// It was closed.
    ExceptionClosed {
        /// Its number.
        exception: u64,
        /// Who came back.
        returned: Vec<PersonId>,
        /// What came back.
        brought: Vec<Note>,
    },
    /// Something that the script does not know.
    Unforeseen {
        /// What was expected.
        expected: Note,
        /// What happened.
        happened: Note,
        /// What was decided.
        decided: Note,
    },
    /// Somebody does not agree. It is recorded, and stops nothing.
    Dissent {
        /// Who.
        person: PersonId,
        /// With which step.
        step: Note,
        /// Why.
        reason: Note,
    },
    /// The sitting is over: its script was done, or it was given up.
    SittingEnded {
        /// Why it was given up, where it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Note>,
    },
    /// What became of a record at the provider.
    AtProvider {
        /// Whose.
        account: AccountId,
        /// Which factor.
        factor: Factor,
        /// The device, for an MFA seed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<DeviceName>,
        /// Which generation.
        generation: Generation,
        /// What became of it.
        state: AtProvider,
        /// Who was there.
        by: Vec<PersonId>,
    },
}

impl RoomEvent {
    /// Every kind of this family.
    pub const KINDS: [&'static str; 12] = [
        "sitting",
        "resumed",
        "step",
        "clock",
        "handed-out",
        "sealed",
        "exception-opened",
        "exception-closed",
        "unforeseen",
        "dissent",
        "sitting-ended",
        "at-provider",
    ];
}
