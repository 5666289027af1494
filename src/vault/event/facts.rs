//! What the fields of an event are made of.

use crate::crypto::passphrase::LockDigest;
use crate::ident::{AccountId, DeviceName, Epoch, Generation, PersonId, SafeId, Serial, SetName, ShareIndex};
use crate::vault::ledger::Hash;
use serde::{Deserialize, Serialize};

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
