//! What a line of the ledger can say: the closed list of events.
//!
//! Rules of this file:
//! - every field is a checked identifier, a hash, a count, a time, or [`Note`]: text that a human gave in order to be recorded;
//!   no secret type converts into any of them, and nothing here is computed from a share;
//! - an event is never changed once a version wrote it: a new fact is a new kind.

use super::ledger::Hash;
use crate::crypto::passphrase::LockDigest;
use crate::ident::{
    AccountId, DeviceName, Epoch, Generation, Mode, PersonId, SafeId, Serial, SetName, ShareIndex, SiteName, TaskId,
    VaultId,
};
use crate::plan::{Defence, Factor};
use crate::threshold::Threshold;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Text that a human gave to be recorded: a reason, a name. At most 500 characters, none of them a control character.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Note(String);

impl Note {
    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Note {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > 500 {
            return Err("a reason has 1 to 500 characters");
        }
        if text.chars().any(|c| c.is_control() || is_invisible(c)) {
            return Err("a reason has no control, invisible or direction-changing characters");
        }
        Ok(Self(text.to_string()))
    }
}

/// Characters that a reader cannot see, or that change the order in which the others are seen.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

impl TryFrom<String> for Note {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Note> for String {
    fn from(note: Note) -> Self {
        note.0
    }
}

/// What of a network a process can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    /// The machine has no interface but its own loopback, or none that is up.
    None,
    /// The machine has a network, but this process runs in a namespace without one.
    IsolatedByNamespace,
    /// An interface is up, or a route leads out.
    Reachable,
}

impl Network {
    /// The words for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::IsolatedByNamespace => "isolated by namespace",
            Self::Reachable => "reachable",
        }
    }
}

/// One start of one machine, as the kernel names it: what ties two processes to one memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Boot(String);

impl std::str::FromStr for Boot {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = text.len() <= 64 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') && !text.is_empty();
        if fits {
            Ok(Self(text.to_string()))
        } else {
            Err("a boot id is hexadecimal digits and dashes")
        }
    }
}

impl TryFrom<String> for Boot {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Boot> for String {
    fn from(boot: Boot) -> Self {
        boot.0
    }
}

/// One epoch of one share set.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetEpoch {
    /// The set.
    pub set: SetName,
    /// Its epoch.
    pub epoch: Epoch,
}

impl std::fmt::Display for SetEpoch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, epoch {}", self.set, self.epoch)
    }
}

/// An envelope when its share is dealt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DealtEnvelope {
    /// The share that it carries.
    pub index: ShareIndex,
    /// Who is entitled to it.
    pub custodian: PersonId,
    /// Where it is to lie; nothing when its custodian keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safe: Option<SafeId>,
    /// Its serial.
    pub serial: Serial,
    /// Which lines stand on its page, where its custodian's passphrase is upon them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<LockDigest>,
}

/// A share on paper, as it came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeenShare {
    /// Its index.
    pub index: ShareIndex,
    /// The envelope that the register names for it.
    pub serial: Serial,
    /// Whether it satisfied the commitments; otherwise only the recipient vouches for it.
    pub proved: bool,
}

/// A record that was locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedRecordNote {
    /// Whose.
    pub account: AccountId,
    /// The device, for an MFA seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceName>,
    /// How often this factor was set.
    pub generation: Generation,
    /// The hash of the file.
    pub sha256: Hash,
    /// The epochs that open it.
    pub sets: Vec<SetEpoch>,
}

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

    /// The event of that kind and body.
    pub fn from_parts(kind: String, body: Value) -> Result<Self, serde_json::Error> {
        let fields = [("kind".to_string(), Value::String(kind)), ("body".to_string(), body)];
        serde_json::from_value(Value::Object(fields.into_iter().collect()))
    }
}
