//! The core of a share set: the immutable public half of one epoch, and its one encoding.
//!
//! core = `strongroom/v1/core` ‖ vault id (16) ‖ mode (1) ‖ name ‖ purpose (1) ‖ region ‖ epoch (4) ‖ needed (1) ‖ total (1)
//!        ‖ identity kind (1) ‖ recipient ‖ commitments (needed × 32) ‖ successor key (32) ‖ hash of the core before (32)
//!
//! Numbers are big-endian; name and region are one length byte and that many bytes of ASCII (a set without a region has
//! length 0); the recipient is two length bytes and its text; before epoch 1 there are 32 zeros.
//!
//! Rules of this file:
//! - the file `sets/<name>/<epoch>.toml` is a rendering for humans: it is rebuilt from what it says and compared byte by byte;
//! - machines compare the whole hash; its words are for people and paper.

use super::event::SetEpoch;
use super::ledger::Hash;
use crate::code::words::{self, Fingerprint, WordsTag};
use crate::crypto::identity::{IdentityKind, Recipient};
use crate::crypto::sharing::Commitments;
use crate::hex;
use crate::ident::{Epoch, Mode, RegionId, SetName, VaultId};
use crate::plan::Factor;
use crate::refusal::{Refusal, Rule};
use crate::threshold::Threshold;
use serde::Deserialize;
use std::fmt::Write as _;

/// The largest set file that is read, in bytes: 255 commitments and room to spare.
pub const SET_FILE_MAX: usize = 64 * 1024;

const LABEL: &[u8] = b"strongroom/v1/core";
const SCHEMA: &str = "strongroom/set/1";

/// Everything public and immutable about one epoch of a share set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Core {
    /// The vault that it belongs to; carries the mode.
    pub vault: VaultId,
    /// The set.
    pub name: SetName,
    /// Which factor it opens.
    pub purpose: Factor,
    /// The region that it serves, where it is regional.
    pub region: Option<RegionId>,
    /// The epoch.
    pub epoch: Epoch,
    /// The threshold.
    pub threshold: Threshold,
    /// The kind of its identity.
    pub identity_kind: IdentityKind,
    /// What records are locked to.
    pub recipient: Recipient,
    /// What each share is proved against; as many as shares are needed.
    pub commitments: Commitments,
    /// The Ed25519 key that signs the next epoch.
    pub successor_key: [u8; 32],
    /// The hash of the core before, zeros in epoch 1.
    pub before: Hash,
}

impl Core {
    /// The one encoding.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = LABEL.to_vec();
        out.extend_from_slice(self.vault.as_bytes());
        out.push(self.mode().number());
        short_text(&mut out, self.name.as_str());
        out.push(self.purpose.number());
        short_text(&mut out, self.region.as_ref().map_or("", RegionId::as_str));
        out.extend_from_slice(&self.epoch.get().to_be_bytes());
        out.extend_from_slice(&[
            self.threshold.needed(),
            self.threshold.total(),
            self.identity_kind.number(),
        ]);
        let recipient = self.recipient.as_str().as_bytes();
        out.extend_from_slice(&(recipient.len() as u16).to_be_bytes());
        out.extend_from_slice(recipient);
        self.commitments
            .encoded()
            .iter()
            .for_each(|commitment| out.extend_from_slice(commitment));
        out.extend_from_slice(&self.successor_key);
        out.extend_from_slice(&self.before.0);
        out
    }

    /// The world of the set.
    pub fn mode(&self) -> Mode {
        self.vault.mode()
    }

    /// The set and its epoch.
    pub fn set_epoch(&self) -> SetEpoch {
        SetEpoch {
            set: self.name.clone(),
            epoch: self.epoch,
        }
    }

    /// The hash of the encoding, by which machines name the core.
    pub fn hash(&self) -> Hash {
        Hash::of(&self.encode())
    }

    /// The 88 bits by which people and shares name the core. Stretched on purpose: it takes tens of milliseconds.
    pub fn fingerprint(&self) -> Fingerprint {
        words::words_of(WordsTag::Set, &self.hash().0)
    }

    /// Where its rendering stands in the vault.
    pub fn path(&self) -> String {
        path(&self.name, self.epoch)
    }

    /// The rendering. `fingerprint` is passed since computing it takes long.
    pub fn render(&self, fingerprint: &Fingerprint) -> String {
        let mut out = String::new();
        let mut line = |key: &str, value: &str| {
            let _ = writeln!(out, "{key} = \"{value}\"");
        };
        line("schema", SCHEMA);
        line("vault", &self.vault.to_string());
        line("mode", self.mode().as_str());
        line("name", self.name.as_str());
        line("purpose", self.purpose.as_str());
        if let Some(region) = &self.region {
            line("region", region.as_str());
        }
        line("epoch", &self.epoch.to_string());
        line("threshold", &self.threshold.to_string());
        line("identity_kind", self.identity_kind.as_str());
        line("recipient", self.recipient.as_str());
        line("successor_key", &hex::encode(&self.successor_key));
        line("before", &self.before.to_string());
        line("sha256", &self.hash().to_string());
        line("fingerprint", &fingerprint.hex());
        line("words", &fingerprint.to_string());
        out.push_str("commitments = [\n");
        for commitment in self.commitments.encoded() {
            let _ = writeln!(out, "  \"{}\",", hex::encode(commitment));
        }
        out.push_str("]\n");
        out
    }
}

/// Where the rendering of an epoch stands in the vault.
pub fn path(name: &SetName, epoch: Epoch) -> String {
    format!("sets/{name}/{epoch}.toml")
}

/// A core that was read from its file, with its fingerprint as the file states it.
///
/// The stretching is not repeated on every reading: whoever trusts the words compares them with [`Core::fingerprint`],
/// and whoever trusts the ledger compares the hash.
#[derive(Clone, Debug)]
pub struct StoredCore {
    /// The core.
    pub core: Core,
    /// What its shares carry.
    pub fingerprint: Fingerprint,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetFile {
    schema: String,
    vault: VaultId,
    mode: Mode,
    name: SetName,
    purpose: Factor,
    region: Option<RegionId>,
    epoch: String,
    threshold: Threshold,
    identity_kind: String,
    recipient: String,
    successor_key: String,
    before: Hash,
    sha256: Hash,
    fingerprint: String,
    words: String,
    commitments: Vec<String>,
}

impl StoredCore {
    /// Reads a rendering, rebuilds it, and compares. `place` is the name of the file, for the message.
    pub fn parse(place: &str, bytes: &[u8]) -> Result<Self, Refusal> {
        let unfit = |found: String| {
            Refusal::new(Rule::SetUnfit, format!("{place} {found}"))
                .hint("compare with another copy of the vault: every copy of this file is the same, byte for byte")
        };
        let text = std::str::from_utf8(bytes).map_err(|_| unfit("is not text".to_string()))?;
        let file: SetFile =
            toml::from_str(text).map_err(|fault| unfit(format!("does not parse: {}", fault.message())))?;
        if file.schema != SCHEMA {
            return Err(unfit("is of a version that this program does not know".to_string()));
        }
        let stored = file
            .into_core()
            .ok_or_else(|| unfit("has a value that no set has".to_string()))?;
        if stored.core.render(&stored.fingerprint).as_bytes() != bytes {
            return Err(unfit("is not the rendering of the core that it states".to_string()));
        }
        Ok(stored)
    }
}

impl SetFile {
    fn into_core(self) -> Option<StoredCore> {
        let epoch: Epoch = self.epoch.parse().ok()?;
        if (epoch == Epoch::FIRST) != (self.before == Hash([0; 32])) {
            return None;
        }
        if self.mode != self.vault.mode() || self.identity_kind != IdentityKind::X25519.as_str() {
            return None;
        }
        let commitments: Vec<[u8; 32]> = self
            .commitments
            .iter()
            .map(|text| hex::decode(text))
            .collect::<Option<_>>()?;
        let core = Core {
            vault: self.vault,
            name: self.name,
            purpose: self.purpose,
            region: self.region,
            epoch,
            threshold: self.threshold,
            identity_kind: IdentityKind::X25519,
            recipient: self.recipient.parse().ok()?,
            commitments: Commitments::parse(self.threshold, &commitments).ok()?,
            successor_key: hex::decode(&self.successor_key)?,
            before: self.before,
        };
        let fingerprint = Fingerprint::from_hex(&self.fingerprint)?;
        (core.hash() == self.sha256 && fingerprint.to_string() == self.words)
            .then_some(StoredCore { core, fingerprint })
    }
}

fn short_text(out: &mut Vec<u8>, text: &str) {
    // Identifiers have at most 32 characters of ASCII.
    out.push(text.len() as u8);
    out.extend_from_slice(text.as_bytes());
}
