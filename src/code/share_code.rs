//! What the lines of a share carry, bit by bit.
//!
//! | line | content, most significant bit first | symbols |
//! |---|---|---|
//! | A | version 5 = 0, kind 5, identity kind 5, needed 8, index 8, fingerprint 88, value 256 | 75 + 13 = 88 |
//! | B | version 5 = 0, kind 5, index 8, mark 20, 32 bytes, one 0 bit | 59 + 13 = 72 |
//! | C | as B; of a locked share only | 72 |
//!
//! The kind is the number of the line in two bits (A 0, B 1, C 2), then the lock profile in three (0: open). The mark is the first
//! 20 bits of the fingerprint. The 32 bytes are the blinder (B, open), salt ‖ tag (B, locked), the masked blinder (C).
//!
//! Rules of this file:
//! - a line is read only once its checksum holds; then every number in it is known, or named as unknown: nothing is skipped;
//! - the lines of a share agree in index, mark and lock, or they are no share;
//! - version and kind stay where they are for ever: a later version is recognised by them;
//! - the head of a share may be shown; its bytes and its lines have no `Debug`, no `Clone`, and are wiped.

use super::code_error::CodeError;
use super::line_code::{self, CHECK_SYMBOLS};
use super::share_lines::{Line, ShareLines};
use super::symbols::{Packer, Symbols, Unpacker};
use super::words::Fingerprint;
use crate::crypto::identity::IdentityKind;
use crate::crypto::passphrase::{self, Lock, LockDigest, LockError, LockProfile, Passphrase};
use crate::crypto::sharing::Share;
use crate::ident::{Mode, ShareIndex};
use crate::secret::Secret;

/// The version that this program writes and reads: its symbol is Q.
pub const VERSION: u8 = 0;

/// The public half of a share: what it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareHead {
    /// Production or rehearsal: the prefix.
    pub mode: Mode,
    /// The kind of identity that the quorum gives.
    pub identity_kind: IdentityKind,
    /// How many shares open the set, at least 2: a stranger recovers without the vault's own description.
    pub needed: u8,
    /// The index, which is the point of evaluation.
    pub index: ShareIndex,
    /// The fingerprint of the set's core.
    pub fingerprint: Fingerprint,
}

/// The secret half of a share, as it stands on paper.
pub enum ShareBody {
    /// Without a lock.
    Open {
        /// The value.
        value: Secret<32>,
        /// The blinder: line B. Without it the share cannot be proved.
        blinder: Option<Secret<32>>,
    },
    /// Under its custodian's passphrase.
    Locked {
        /// Price, salt, tag: the kind, and line B.
        lock: Lock,
        /// The locked value: line A.
        value: Secret<32>,
        /// The masked blinder: line C. Without it the share opens, but cannot be proved.
        blinder: Option<Secret<32>>,
    },
}

/// A share on paper.
pub struct PaperShare {
    /// What it is of.
    pub head: ShareHead,
    /// What it says.
    pub body: ShareBody,
}

impl PaperShare {
    /// A share without a lock.
    pub fn new(head: ShareHead, value: Secret<32>, blinder: Option<Secret<32>>) -> Self {
        Self {
            head,
            body: ShareBody::Open { value, blinder },
        }
    }

    /// A share under a passphrase. `salt` is random, and of this lock alone.
    pub fn locked(
        head: ShareHead,
        value: &Secret<32>,
        blinder: &Secret<32>,
        profile: LockProfile,
        passphrase: &Passphrase,
        salt: [u8; 16],
    ) -> Result<Self, LockError> {
        let locked = passphrase::lock(profile, passphrase, salt, &lock_aad(&head, profile), value, blinder)?;
        let body = ShareBody::Locked {
            lock: locked.lock,
            value: locked.value,
            blinder: Some(locked.blinder),
        };
        Ok(Self { head, body })
    }

    /// Whether a passphrase is asked for before the share says anything.
    pub fn is_locked(&self) -> bool {
        matches!(self.body, ShareBody::Locked { .. })
    }

    /// The share without its lock; an open one as it is, whatever the passphrase.
    pub fn opened(self, passphrase: &Passphrase) -> Result<Self, (Self, LockError)> {
        let ShareBody::Locked { lock, value, blinder } = &self.body else {
            return Ok(self);
        };
        let aad = lock_aad(&self.head, lock.profile);
        match passphrase::open(lock, passphrase, &aad, value, blinder.as_ref()) {
            Ok(opened) => Ok(Self::new(self.head, opened.value, opened.blinder)),
            Err(error) => Err((self, error)),
        }
    }

    /// The share as the commitments judge it, or itself again where a passphrase is needed first.
    pub fn into_share(self) -> Result<Share, Self> {
        match self.body {
            ShareBody::Open { value, blinder } => Ok(Share::new(self.head.index, value, blinder)),
            ShareBody::Locked { .. } => Err(self),
        }
    }

    /// The digest by which the ledger knows a locked sheet; none of an open share, and none where a line is missing.
    pub fn lock_digest(&self) -> Option<LockDigest> {
        let ShareBody::Locked { blinder: Some(_), .. } = &self.body else {
            return None;
        };
        Some(self.lines().joined("", LockDigest::of))
    }

    /// The first 119 bits of line A, zero-padded: what a lock binds the value to, after the three letters of the prefix.
    pub fn aad(head: &ShareHead, profile: Option<LockProfile>) -> [u8; 15] {
        let mut packer = Packer::new(24);
        put_head(&mut packer, head, profile);
        packer.put(0, 1);
        let mut aad = [0; 15];
        packer
            .finish()
            .expose(|symbols| Unpacker::new(symbols).take_bytes(&mut aad));
        aad
    }

    /// The lines as they are printed.
    pub fn lines(&self) -> ShareLines {
        let (head, mode) = (&self.head, self.head.mode);
        let (profile, value) = match &self.body {
            ShareBody::Open { value, .. } => (None, value),
            ShareBody::Locked { lock, value, .. } => (Some(lock.profile), value),
        };
        let mut packer = Packer::new(Line::A.symbols() - CHECK_SYMBOLS);
        put_head(&mut packer, head, profile);
        value.expose(|bytes| packer.put_bytes(bytes));
        let a = line_code::encode(mode, &packer.finish()).text();
        let other = |line, bytes: &Secret<32>| line_code::encode(mode, &later_line(line, head, profile, bytes)).text();
        let (b, c) = match &self.body {
            ShareBody::Open { blinder, .. } => (blinder.as_ref().map(|blinder| other(Line::B, blinder)), None),
            ShareBody::Locked { lock, blinder, .. } => {
                let beside = Secret::build(|bytes| {
                    bytes[..16].copy_from_slice(&lock.salt);
                    bytes[16..].copy_from_slice(&lock.tag);
                });
                (
                    Some(other(Line::B, &beside)),
                    blinder.as_ref().map(|blinder| other(Line::C, blinder)),
                )
            }
        };
        ShareLines::new(mode, a, b, c)
    }
}

/// What one whole line says.
pub(super) struct Content {
    pub(super) mode: Mode,
    pub(super) line: Line,
    /// Index, mark, lock: what the lines of one share have in common.
    pub(super) key: Key,
    head: Option<ShareHead>,
    bytes: Secret<32>,
}

/// What the lines of one share have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) index: ShareIndex,
    mark: u32,
    profile: Option<LockProfile>,
}

impl Key {
    pub(super) fn is_locked(self) -> bool {
        self.profile.is_some()
    }
}

/// Reads a line whose checksum holds.
pub(super) fn read_line(mode: Mode, line: &Symbols) -> Result<Content, CodeError> {
    line.expose(|symbols| {
        let mut bits = Unpacker::new(symbols);
        let version = bits.take(5);
        if version != VERSION {
            return Err(CodeError::NewerVersion { version });
        }
        let kind = bits.take(5);
        let unknown = CodeError::UnknownKind { kind };
        let line = *Line::ALL.get(usize::from(kind >> 3)).ok_or_else(|| unknown.clone())?;
        let profile = match kind & 7 {
            0 => None,
            profile => Some(LockProfile::from_number(profile).ok_or(CodeError::UnknownLock { profile })?),
        };
        if line == Line::C && profile.is_none() {
            return Err(unknown);
        }
        if symbols.len() != line.symbols() {
            return Err(CodeError::Length {
                line,
                found: symbols.len(),
                group: None,
            });
        }
        if line == Line::A {
            read_first(mode, profile, &mut bits)
        } else {
            read_later(mode, line, profile, &mut bits)
        }
    })
}

/// Puts the lines of one share together.
pub(super) fn assemble(lines: [Option<Content>; 3]) -> Result<PaperShare, CodeError> {
    let [a, b, c] = lines;
    let Some((a, head)) = a.and_then(|a| a.head.map(|head| (a, head))) else {
        // Whoever calls has at least one line.
        let index = b.or(c).map_or(ShareIndex::FIRST, |line| line.key.index);
        return Err(CodeError::Incomplete {
            index,
            missing: Line::A,
        });
    };
    let index = head.index;
    if let Some(other) = [&b, &c].into_iter().flatten().find(|other| other.key != a.key) {
        return Err(CodeError::LinesDiffer {
            index,
            line: other.line,
        });
    }
    let Some(profile) = a.key.profile else {
        return Ok(PaperShare::new(head, a.bytes, b.map(|b| b.bytes)));
    };
    let b = b.ok_or(CodeError::Incomplete {
        index,
        missing: Line::B,
    })?;
    let (mut salt, mut tag) = ([0; 16], [0; 16]);
    b.bytes.expose(|bytes| {
        salt.copy_from_slice(&bytes[..16]);
        tag.copy_from_slice(&bytes[16..]);
    });
    let lock = Lock { profile, salt, tag };
    Ok(PaperShare {
        head,
        body: ShareBody::Locked {
            lock,
            value: a.bytes,
            blinder: c.map(|c| c.bytes),
        },
    })
}

fn read_first(mode: Mode, profile: Option<LockProfile>, bits: &mut Unpacker<'_>) -> Result<Content, CodeError> {
    let line = Line::A;
    let kind = bits.take(5);
    let identity_kind = IdentityKind::from_number(kind).ok_or(CodeError::UnknownIdentity { kind })?;
    let needed = bits.take(8);
    if needed < 2 {
        return Err(CodeError::Needed { needed });
    }
    let index = ShareIndex::new(bits.take(8)).map_err(|_| CodeError::IndexZero { line })?;
    let mut fingerprint = [0; 11];
    bits.take_bytes(&mut fingerprint);
    let fingerprint = Fingerprint::new(fingerprint);
    Ok(Content {
        mode,
        line,
        key: Key {
            index,
            mark: fingerprint.mark(),
            profile,
        },
        head: Some(ShareHead {
            mode,
            identity_kind,
            needed,
            index,
            fingerprint,
        }),
        bytes: Secret::build(|bytes| bits.take_bytes(bytes)),
    })
}

fn read_later(
    mode: Mode,
    line: Line,
    profile: Option<LockProfile>,
    bits: &mut Unpacker<'_>,
) -> Result<Content, CodeError> {
    let index = ShareIndex::new(bits.take(8)).map_err(|_| CodeError::IndexZero { line })?;
    let mark = [8, 8, 4]
        .into_iter()
        .fold(0, |mark, width| mark << width | u32::from(bits.take(width)));
    let bytes = Secret::build(|bytes| bits.take_bytes(bytes));
    if bits.take(1) != 0 {
        return Err(CodeError::ReservedBit { line });
    }
    Ok(Content {
        mode,
        line,
        key: Key { index, mark, profile },
        head: None,
        bytes,
    })
}

fn put_kind(packer: &mut Packer, line: Line, profile: Option<LockProfile>) {
    packer.put(VERSION, 5);
    packer.put(line.number(), 2);
    packer.put(profile.map_or(0, LockProfile::number), 3);
}

fn put_head(packer: &mut Packer, head: &ShareHead, profile: Option<LockProfile>) {
    put_kind(packer, Line::A, profile);
    packer.put(head.identity_kind.number(), 5);
    packer.put(head.needed, 8);
    packer.put(head.index.get(), 8);
    packer.put_bytes(head.fingerprint.as_bytes());
}

fn later_line(line: Line, head: &ShareHead, profile: Option<LockProfile>, bytes: &Secret<32>) -> Symbols {
    let mut packer = Packer::new(line.symbols() - CHECK_SYMBOLS);
    put_kind(&mut packer, line, profile);
    packer.put(head.index.get(), 8);
    let [_, high, middle, low] = head.fingerprint.mark().to_be_bytes();
    packer.put(high, 4);
    packer.put(middle, 8);
    packer.put(low, 8);
    bytes.expose(|bytes| packer.put_bytes(bytes));
    packer.put(0, 1);
    packer.finish()
}

fn lock_aad(head: &ShareHead, profile: LockProfile) -> [u8; 18] {
    let mut aad = [0; 18];
    aad[..3].copy_from_slice(&head.mode.prefix().as_bytes()[..3]);
    aad[3..].copy_from_slice(&PaperShare::aad(head, Some(profile)));
    aad
}

#[cfg(test)]
pub(super) mod tests;
