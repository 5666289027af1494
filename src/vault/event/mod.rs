//! What a line of the ledger can say: the closed list of events.
//!
//! Rules of this file:
//! - every field is a checked identifier, a hash, a count, a time, or [`Note`]: text that a human gave in order to be recorded;
//!   no secret type converts into any of them, and nothing here is computed from a share;
//! - an event is never changed once a version wrote it: a new fact is a new kind;
//! - kinds that belong to one part of a vault's life stand in a family of their own ([`RoomEvent`], [`LifeEvent`]), with the list of its kinds.

mod facts;
mod life;
mod night;
mod room;

pub use self::facts::{Boot, DealtEnvelope, LockedRecordNote, Network, Note, SeenShare, SetEpoch};
pub use self::life::{Cause, EnvelopeStep, LifeEvent, LineId, ReviewAnswer, Signature, Verdict};
pub use self::night::{NightEvent, NoticeNote, ReadEnvelope};
pub use self::room::{AtProvider, InRole, RoomEvent};

use super::ledger::Hash;
use crate::crypto::passphrase::LockDigest;
use crate::ident::{AccountId, DeviceName, Generation, Mode, PersonId, Serial, ShareIndex, SiteName, TaskId, VaultId};
use crate::plan::{Defence, Factor};
use crate::threshold::Threshold;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a line of the ledger says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    content = "body",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum Event {
    /// The vault was made. The first line of its first chain.
    Init {
        /// Its id for ever.
        vault: VaultId,
        /// Its world for ever.
        mode: Mode,
        /// The version of the program.
        program: Note,
    },
    /// The machine on which the next lines are written, where it is not the one of the lines before.
    Machine {
        /// What of a network it can reach.
        network: Network,
        /// Whether memory can be swapped out to a disk.
        swap: bool,
        /// The start of the machine.
        boot: Boot,
        /// The version of the program.
        program: Note,
    },
    /// Another site began a chain.
    Site {
        /// The vault that it belongs to.
        vault: VaultId,
    },
    /// The plan as it was from here on.
    Plan {
        /// The hash of the file.
        sha256: Hash,
    },
    /// A share set was dealt; its pages are about to be made.
    Dealt {
        /// The set and its new epoch.
        of: SetEpoch,
        /// Its threshold.
        threshold: Threshold,
        /// The hash of its core.
        core: Hash,
        /// The 88 bits of its fingerprint, as 22 hexadecimal digits.
        fingerprint: Note,
        /// One for each share.
        envelopes: Vec<DealtEnvelope>,
        /// Why nobody watched, where nobody did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unattended: Option<Note>,
        /// The start of the machine.
        boot: Boot,
    },
    /// The page of one share is about to be made again: it was spoilt, or its custodian changed the passphrase upon it.
    Reprinted {
        /// The epoch.
        of: SetEpoch,
        /// Which share.
        index: ShareIndex,
        /// The envelope in force, which stays so until the new page is proved.
        replaces: Serial,
        /// The serial of the new page.
        serial: Serial,
        /// Which lines stand on it, where its custodian's passphrase is upon them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lock: Option<LockDigest>,
        /// Why.
        reason: Note,
        /// The start of the machine.
        boot: Boot,
    },
    /// Every page of an epoch was made and read back from its own image.
    Rendered {
        /// The epoch.
        of: SetEpoch,
    },
    /// Pages were proved on paper.
    Proved {
        /// The epoch.
        of: SetEpoch,
        /// Which.
        shares: Vec<SeenShare>,
        /// Whether the set was live already, so that this was practice.
        drill: bool,
        /// The start of the machine.
        boot: Boot,
    },
    /// An epoch is out of force.
    Void {
        /// The epoch.
        of: SetEpoch,
        /// Why.
        reason: Note,
    },
    /// Records were locked. One line for one command, so that a crash leaves all of them or none.
    Enrolled {
        /// Which factor.
        factor: Factor,
        /// One for each account and device.
        records: Vec<LockedRecordNote>,
        /// Why, where a reason was asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Note>,
        /// Whether nobody watched.
        unattended: bool,
    },
    /// A quorum opened a record.
    Recovered {
        /// Whose.
        account: AccountId,
        /// Which factor.
        factor: Factor,
        /// The device, for an MFA seed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<DeviceName>,
        /// Which generation.
        generation: Generation,
        /// For which task of the catalogue.
        task: TaskId,
        /// Why.
        reason: Note,
        /// Who was there.
        present: Vec<PersonId>,
        /// Who approved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approved_by: Option<PersonId>,
        /// The epoch that was gathered.
        of: SetEpoch,
        /// The shares that were used.
        shares: Vec<SeenShare>,
        /// How many records this quorum could have opened, this one included.
        reachable: u64,
        /// Whether paper vouches for the record.
        on_paper: bool,
        /// The start of the machine.
        boot: Boot,
    },
    /// A paper is about to be printed that is accounted for: a copy of the vault; or a printer's test was scanned and compared.
    Printed {
        /// Which paper, by the name of its template.
        paper: Note,
        /// Through which printer, where it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        printer: Option<Note>,
        /// The start of the machine.
        boot: Boot,
    },
    /// The defences that the processes of the next lines could not have, where they are not those of the lines before.
    Defences {
        /// Which; none, where the line says that all are there again.
        missing: Vec<Defence>,
    },
    /// A refusal for safety was overridden.
    Exception {
        /// The rule, by its name.
        rule: Note,
        /// What was found.
        found: Note,
        /// The reason that was given.
        reason: Note,
    },
    /// The end of a sitting. Its words go on paper.
    Closing {
        /// 16 random bytes in hexadecimal, so that nobody can compute the words before.
        nonce: Note,
        /// The last hash of every other chain.
        chains: BTreeMap<SiteName, Hash>,
    },
    /// What happens in the room of a ceremony.
    #[serde(untagged, skip_deserializing)]
    Room(RoomEvent),
    /// What keeps the arrangement alive.
    #[serde(untagged, skip_deserializing)]
    Life(LifeEvent),
    /// What happens around a recovery.
    #[serde(untagged, skip_deserializing)]
    Night(NightEvent),
}

impl Event {
    /// The kind and the body, as they stand in a line.
    pub fn to_parts(&self) -> Result<(String, Value), serde_json::Error> {
        let mut whole = serde_json::to_value(self)?;
        let body = whole.get_mut("body").map(Value::take).unwrap_or_default();
        let kind = whole
            .get("kind")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_string();
        Ok((kind, body))
    }

    /// The event of that kind and body, straight from the text of the body.
    pub fn from_text(kind: &str, body: &str) -> Result<Self, serde_json::Error> {
        // With the kind in front, the body is read in one go; behind it, it would be kept and read again.
        let whole = [r#"{"kind":""#, kind, r#"","body":"#, body, "}"].concat();
        if RoomEvent::KINDS.contains(&kind) {
            return serde_json::from_str(&whole).map(Self::Room);
        }
        if LifeEvent::KINDS.contains(&kind) {
            return serde_json::from_str(&whole).map(Self::Life);
        }
        serde_json::from_str(&whole)
    }

    /// The event of that kind and body.
    pub fn from_parts(kind: String, body: Value) -> Result<Self, serde_json::Error> {
        let room = RoomEvent::KINDS.contains(&kind.as_str());
        let life = LifeEvent::KINDS.contains(&kind.as_str());
        let night = NightEvent::KINDS.contains(&kind.as_str());
        let fields = [("kind".to_string(), Value::String(kind)), ("body".to_string(), body)];
        let whole = Value::Object(fields.into_iter().collect());
        if room {
            return serde_json::from_value(whole).map(Self::Room);
        }
        if life {
            return serde_json::from_value(whole).map(Self::Life);
        }
        if night {
            return serde_json::from_value(whole).map(Self::Night);
        }
        serde_json::from_value(whole)
    }
}
