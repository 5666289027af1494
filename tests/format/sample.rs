//! Throwaway dealings from a public seed: what vectors, recoverers and golden pages are made of.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of this")]

use sha2::{Digest as _, Sha512};
use strongroom::code::share_code::{PaperShare, ShareHead};
use strongroom::code::words::Fingerprint;
use strongroom::crypto::identity::{IdentityKind, SetIdentity};
use strongroom::crypto::passphrase::{LockProfile, Passphrase};
use strongroom::crypto::sharing::{self, Share};
use strongroom::entropy::{Entropy, Purpose, Source};
use strongroom::ident::{Epoch, Mode, ShareIndex, VaultId};
use strongroom::plan::Factor;
use strongroom::secret::Secret;
use strongroom::vault::ledger::Hash;
use strongroom::vault::share_set::Core;

/// Draw k, counted from 1: the first bytes of SHA-512(name ‖ k in 8 bytes, big-endian).
pub struct Seeded {
    name: String,
    drawn: u64,
}

impl Seeded {
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_string(),
            drawn: 0,
        }
    }

    /// The next number, below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        let mut bytes = [0; 8];
        self.fill(&mut bytes).unwrap();
        (u64::from_be_bytes(bytes) % bound as u64) as usize
    }

    /// The next `N` bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes).unwrap();
        bytes
    }
}

impl Source for Seeded {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), String> {
        self.drawn += 1;
        let hash = Sha512::new()
            .chain_update(&self.name)
            .chain_update(self.drawn.to_be_bytes());
        let bytes = hash.finalize();
        out.copy_from_slice(&bytes[..out.len()]);
        Ok(())
    }
}

/// One point of a dealing, in the open.
#[derive(Clone, Copy)]
pub struct Point {
    pub index: ShareIndex,
    pub value: [u8; 32],
    pub blinder: [u8; 32],
}

/// One dealing with everything about it.
pub struct Sample {
    pub mode: Mode,
    pub core: Core,
    pub fingerprint: Fingerprint,
    pub points: Vec<Point>,
}

/// What a sample is of.
pub struct Of {
    pub mode: Mode,
    pub name: &'static str,
    pub purpose: Factor,
    pub region: Option<&'static str>,
    pub threshold: String,
}

pub fn secret<const N: usize>(bytes: [u8; N]) -> Secret<N> {
    Secret::build(|out| *out = bytes)
}

impl Sample {
    /// Deals one from the stream that `seed` names.
    pub fn deal(seed: &str, of: &Of) -> Self {
        let mut source = Seeded::new(seed);
        let mut entropy = Entropy::new(&mut source);
        let vault = VaultId::new(of.mode, entropy.bytes(Purpose::VaultId).unwrap().expose(|bytes| *bytes));
        let threshold = of.threshold.parse().unwrap();
        let dealing = sharing::deal(threshold, &mut entropy).unwrap_or_else(|refusal| panic!("{refusal}"));
        let points = dealing.shares.into_iter().map(Point::of).collect();
        let identity = SetIdentity::derive(dealing.secret, of.mode, IdentityKind::X25519);
        let identity = identity.unwrap_or_else(|refusal| panic!("{refusal}"));
        let core = Core {
            vault,
            name: of.name.parse().unwrap(),
            purpose: of.purpose,
            region: of.region.map(|region| region.parse().unwrap()),
            epoch: Epoch::FIRST,
            threshold,
            identity_kind: IdentityKind::X25519,
            recipient: identity.recipient(),
            commitments: dealing.commitments,
            successor_key: identity.successor_key(),
            before: Hash([0; 32]),
        };
        Self {
            mode: of.mode,
            fingerprint: core.fingerprint(),
            core,
            points,
        }
    }

    pub fn head(&self, index: ShareIndex) -> ShareHead {
        ShareHead {
            mode: self.mode,
            identity_kind: self.core.identity_kind,
            needed: self.core.threshold.needed(),
            index,
            fingerprint: self.fingerprint,
        }
    }

    /// Share `index`, as its sheet has it.
    pub fn paper(&self, index: u8) -> PaperShare {
        let point = self.points[usize::from(index) - 1];
        PaperShare::new(self.head(point.index), secret(point.value), Some(secret(point.blinder)))
    }

    /// Share `index` under a passphrase.
    pub fn locked(&self, index: u8, passphrase: &str, salt: [u8; 16]) -> PaperShare {
        let point = self.points[usize::from(index) - 1];
        let passphrase = Passphrase::read(passphrase).unwrap();
        let (value, blinder) = (secret(point.value), secret(point.blinder));
        let profile = LockProfile::Argon2id256MiB;
        PaperShare::locked(self.head(point.index), &value, &blinder, profile, &passphrase, salt)
            .unwrap_or_else(|fault| panic!("{fault}"))
    }

    /// The text of the code of share `index`.
    pub fn code(&self, index: u8) -> String {
        code(&self.paper(index))
    }

    /// The identity that a quorum gives.
    pub fn identity(&self) -> SetIdentity {
        let needed = usize::from(self.core.threshold.needed());
        let shares: Vec<Share> = self.points.iter().take(needed).map(|point| point.share()).collect();
        let secret = sharing::combine_unproved(self.core.threshold, &shares.iter().collect::<Vec<_>>()).unwrap();
        SetIdentity::derive(secret, self.mode, self.core.identity_kind).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    /// The set file.
    pub fn file(&self) -> String {
        self.core.render(&self.fingerprint)
    }
}

impl Point {
    fn of(share: Share) -> Self {
        let index = share.index();
        let (value, blinder) = share.into_scalars();
        Self {
            index,
            value: value.expose(|bytes| *bytes),
            blinder: blinder.unwrap().expose(|bytes| *bytes),
        }
    }

    pub fn share(self) -> Share {
        Share::new(self.index, secret(self.value), Some(secret(self.blinder)))
    }
}

/// The text of a share's code.
pub fn code(paper: &PaperShare) -> String {
    paper.lines().qr_text().expose(str::to_string)
}
