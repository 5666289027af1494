//! Deal, prove, combine: Pedersen verifiable secret sharing (CRYPTO '91) over Ristretto255 (RFC 9496).
//!
//! `share i = (A(i), B(i)), i = 1…total; A(0) = s, B(0) = its blinder; C_j = g^a_j · h^b_j; g^v · h^b = Π C_j^(i^j)`
//!
//! Rules of this file:
//! - a dealing leaves it only when every check of `judge_dealing` passed: a constant polynomial proves for everyone;
//! - only the Pedersen commitments exist outside: the Feldman set that `vsss-rs` also makes is dropped unread;
//! - the proof is our own equation over the group, so that a fault in the library that deals is seen here;
//! - [`SetSecret`] comes from a dealing or from a [`Quorum`], and a [`Quorum`] only from shares that were proved,
//!   or ([`combine_unproved`]) from a result that its caller must hold against the recipient before using it.

use crate::entropy::{Entropy, Purpose};
use crate::ident::ShareIndex;
use crate::refusal::{Refusal, Rule};
use crate::secret::Secret;
use crate::threshold::Threshold;
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::Identity as _;
use std::convert::Infallible;
use strongroom_bedrock::stack;
use vsss_rs::pedersen::{self, PedersenResult};
use vsss_rs::subtle::{Choice, ConstantTimeEq as _};
use vsss_rs::{IdentifierPrimeField, PedersenVerifierSet, ReadableShareSet, Share as _, ValueGroup};
use zeroize::{Zeroize, Zeroizing};

/// The second generator h, canonical encoding: the RFC 9496 map of SHA-512(`strongroom/v1/pedersen/h`).
/// Nobody knows its discrete logarithm to the base point, because nobody chose it.
pub const H: [u8; 32] = [
    0x46, 0x03, 0x40, 0x6f, 0xf5, 0x0a, 0x03, 0x8e, 0x1c, 0xf9, 0x13, 0x2e, 0x20, 0x0c, 0xc5, 0x58, 0x27, 0x99, 0x40,
    0x23, 0xfc, 0xd6, 0xb2, 0x99, 0x78, 0xc3, 0x51, 0xd4, 0xe7, 0x52, 0x43, 0x77,
];

/// The label that [`H`] is the map of.
pub const H_LABEL: &[u8] = b"strongroom/v1/pedersen/h";

type LibraryShare = vsss_rs::PrimeFieldShare<Scalar>;
type LibraryCommitment = ValueGroup<RistrettoPoint>;

/// The secret scalar s of one epoch of a share set: 32 bytes, little-endian, canonical.
pub struct SetSecret(Secret<32>);

impl SetSecret {
    /// Lends the 32 bytes to the one floor that derives from them.
    pub(in crate::crypto) fn expose<R>(&self, read: impl FnOnce(&[u8; 32]) -> R) -> R {
        self.0.expose(read)
    }
}

/// One share as it stands on paper: an index and two scalars, each 32 bytes, little-endian. Nothing is known of it yet.
pub struct Share {
    index: ShareIndex,
    value: Secret<32>,
    blinder: Option<Secret<32>>,
}

impl Share {
    /// A share as it was read; `blinder` is missing where only line A was at hand.
    pub fn new(index: ShareIndex, value: Secret<32>, blinder: Option<Secret<32>>) -> Self {
        Self { index, value, blinder }
    }

    /// The point at which it was evaluated.
    pub fn index(&self) -> ShareIndex {
        self.index
    }

    /// A(index).
    pub fn value(&self) -> &Secret<32> {
        &self.value
    }

    /// B(index), where it is known.
    pub fn blinder(&self) -> Option<&Secret<32>> {
        self.blinder.as_ref()
    }

    /// The two scalars, to be written on paper.
    pub fn into_scalars(self) -> (Secret<32>, Option<Secret<32>>) {
        (self.value, self.blinder)
    }

    /// Whether both say the same. In constant time, although only a share's own reader ever asks.
    pub fn same_as(&self, other: &Self) -> bool {
        let blinders = match (&self.blinder, &other.blinder) {
            (Some(a), Some(b)) => equal(a, b),
            _ => Choice::from(1),
        };
        self.index == other.index && bool::from(equal(&self.value, &other.value) & blinders)
    }
}

/// The public values against which one share is proved alone: exactly `needed` canonical group elements, none the identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitments(Vec<[u8; 32]>);

impl Commitments {
    /// Takes `encoded` for a set of this threshold, or says which of the rules they break. A longer vector would still
    /// prove every share while no quorum could recover, so the length is part of the proof.
    pub fn parse(threshold: Threshold, encoded: &[[u8; 32]]) -> Result<Self, DealingFault> {
        if encoded.len() != usize::from(threshold.needed()) {
            return Err(DealingFault::CommitmentCount);
        }
        for bytes in encoded {
            let point = CompressedRistretto(*bytes)
                .decompress()
                .ok_or(DealingFault::CommitmentEncoding)?;
            if point == RistrettoPoint::identity() {
                return Err(DealingFault::CommitmentIdentity);
            }
        }
        Ok(Self(encoded.to_vec()))
    }

    /// The encodings, C₀ first.
    pub fn encoded(&self) -> &[[u8; 32]] {
        &self.0
    }

    /// Proves `share` alone: it is one that was dealt, or it comes back. A share without its blinder cannot be proved.
    pub fn prove(&self, share: Share) -> Result<ProvedShare, Share> {
        let Some(left) = share.blinder.as_ref().and_then(|blinder| commit(&share.value, blinder)) else {
            return Err(share);
        };
        if self.evaluate(share.index).is_some_and(|right| right == left) {
            Ok(ProvedShare(share))
        } else {
            Err(share)
        }
    }

    /// `Π C_j^(x^j)`, by Horner. Public values only, so time may vary.
    fn evaluate(&self, index: ShareIndex) -> Option<RistrettoPoint> {
        let x = Scalar::from(index.get());
        self.0.iter().rev().try_fold(RistrettoPoint::identity(), |sum, bytes| {
            Some(sum * x + CompressedRistretto(*bytes).decompress()?)
        })
    }

    /// Whether C₀ = g^s·h^b.
    fn opens_to(&self, secret: &Secret<32>, blinder: &Secret<32>) -> bool {
        let first = self
            .0
            .first()
            .and_then(|bytes| CompressedRistretto(*bytes).decompress());
        first.is_some() && first == commit(secret, blinder)
    }
}

/// A share that satisfied the commitments of its set.
pub struct ProvedShare(Share);

impl ProvedShare {
    /// The point at which it was evaluated.
    pub fn index(&self) -> ShareIndex {
        self.0.index
    }

    /// The share itself.
    pub fn share(&self) -> &Share {
        &self.0
    }

    /// The share, to be written on paper again.
    pub fn into_share(self) -> Share {
        self.0
    }
}

/// Proved shares of one set that meet its threshold.
pub struct Quorum {
    shares: Vec<ProvedShare>,
    commitments: Commitments,
}

impl Quorum {
    /// Proved shares that meet the threshold, or all of them back. One index counts once.
    pub fn of(
        threshold: Threshold,
        commitments: &Commitments,
        shares: Vec<ProvedShare>,
    ) -> Result<Self, Vec<ProvedShare>> {
        let distinct: std::collections::BTreeSet<ShareIndex> = shares.iter().map(ProvedShare::index).collect();
        if distinct.len() != shares.len() || distinct.len() < usize::from(threshold.needed()) {
            return Err(shares);
        }
        Ok(Self {
            shares,
            commitments: commitments.clone(),
        })
    }

    /// The secret of the set, held against C₀. Every share takes part, the spare ones too.
    pub fn combine(&self) -> Result<SetSecret, Refusal> {
        let inconsistent = || Refusal::new(Rule::QuorumRefused, "these shares are proved but do not combine");
        let shares: Vec<&Share> = self.shares.iter().map(ProvedShare::share).collect();
        let secret = interpolate(&shares, |share| Some(&share.value)).ok_or_else(inconsistent)?;
        let blinder = interpolate(&shares, |share| share.blinder.as_ref()).ok_or_else(inconsistent)?;
        if self.commitments.opens_to(&secret, &blinder) {
            Ok(SetSecret(secret))
        } else {
            Err(inconsistent())
        }
    }
}

/// What exactly `needed` shares give of which some could not be proved. Too few shares, or a wrong one, give a wrong
/// secret *without an error*: whoever calls this holds the identity derived from it against the recipient of the set.
pub fn combine_unproved(threshold: Threshold, shares: &[&Share]) -> Option<SetSecret> {
    if shares.len() != usize::from(threshold.needed()) {
        return None;
    }
    interpolate(shares, |share| Some(&share.value)).map(SetSecret)
}

/// A fresh dealing that passed every check: `total` shares, index 1 to total, and what is public about them.
pub struct Dealing {
    /// The secret from which the identity of the set is derived.
    pub secret: SetSecret,
    /// One share for each custodian, in the order of their index.
    pub shares: Vec<Share>,
    /// The public half.
    pub commitments: Commitments,
}

/// Deals a fresh secret. Every coefficient is uniform, zero included; the randomness is `2·needed` draws of `entropy`.
pub fn deal(threshold: Threshold, entropy: &mut Entropy<'_>) -> Result<Dealing, Refusal> {
    stack::cleared(|| {
        let mut coefficients = Drawn::take(2 * usize::from(threshold.needed()), entropy)?;
        let secret = coefficients.scalar();
        let blinder = coefficients.scalar();
        deal_secret(threshold, secret, blinder, coefficients)
    })
}

fn deal_secret(
    threshold: Threshold,
    mut secret: Scalar,
    mut blinder: Scalar,
    mut coefficients: Drawn,
) -> Result<Dealing, Refusal> {
    let library = pedersen::split_secret::<LibraryShare, LibraryCommitment>(
        usize::from(threshold.needed()),
        usize::from(threshold.total()),
        &IdentifierPrimeField(secret),
        Some(IdentifierPrimeField(blinder)),
        Some(ValueGroup(RISTRETTO_BASEPOINT_POINT)),
        CompressedRistretto(H).decompress().map(ValueGroup),
        &mut coefficients,
    );
    let stored = Secret::build(|bytes| *bytes = secret.to_bytes());
    secret.zeroize();
    blinder.zeroize();
    let library = library.map_err(|fault| DealingFault::Library(fault.to_string()))?;
    if coefficients.exhausted {
        return Err(DealingFault::Randomness.into());
    }
    let encoded: Vec<[u8; 32]> = blind_verifiers(library.pedersen_verifier_set());
    let commitments = Commitments::parse(threshold, &encoded)?;
    let shares = library
        .secret_shares()
        .iter()
        .zip(library.blinder_shares())
        .map(|(value, blinder)| library_share(value, blinder))
        .collect::<Option<Vec<Share>>>()
        .ok_or(DealingFault::Indices)?;
    judge_dealing(threshold, &stored, &shares, &commitments)?;
    Ok(Dealing {
        secret: SetSecret(stored),
        shares,
        commitments,
    })
}

/// Why a dealing is thrown away before a page of it exists.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DealingFault {
    /// The library refused to deal.
    #[error("the sharing library refused: {0}")]
    Library(String),
    /// The library asked for more randomness than a dealing needs.
    #[error("the sharing library drew more coefficients than a dealing has")]
    Randomness,
    /// The commitments are not as many as shares are needed.
    #[error("there are not exactly as many commitments as shares are needed")]
    CommitmentCount,
    /// A commitment is not the one encoding of a group element.
    #[error("a commitment is not a canonical group element")]
    CommitmentEncoding,
    /// A commitment says nothing.
    #[error("a commitment is the identity element")]
    CommitmentIdentity,
    /// The indices are not 1 to total, each once.
    #[error("the indices are not 1 to total, each once")]
    Indices,
    /// A share does not satisfy the commitments.
    #[error("share {0} does not satisfy the commitments")]
    Unproved(u8),
    /// A share is zero, or two are equal.
    #[error("a share is zero or equal to another")]
    Values,
    /// A quorum does not give the secret.
    #[error("a quorum of shares does not combine to the secret")]
    Wrong,
    /// Fewer shares than needed give the secret.
    #[error("one share fewer than needed already gives the secret")]
    LowDegree,
}

impl From<DealingFault> for Refusal {
    fn from(fault: DealingFault) -> Self {
        Self::new(Rule::DealingUnfit, format!("this dealing is not used: {fault}"))
            .hint("nothing was printed; deal again, and on another machine if it happens twice")
    }
}

/// The checks between dealing and printing. Each of them caught a real library or ceremony once.
fn judge_dealing(
    threshold: Threshold,
    secret: &Secret<32>,
    shares: &[Share],
    commitments: &Commitments,
) -> Result<(), DealingFault> {
    let indices_run = shares.iter().map(|share| share.index.get()).eq(1..=threshold.total());
    if !indices_run {
        return Err(DealingFault::Indices);
    }
    for share in shares {
        let copy = Share::new(share.index, copy(&share.value), share.blinder.as_ref().map(copy));
        if commitments.prove(copy).is_err() {
            return Err(DealingFault::Unproved(share.index.get()));
        }
    }
    if has_zero_or_twins(shares) {
        return Err(DealingFault::Values);
    }
    let needed = usize::from(threshold.needed());
    let first: Vec<&Share> = shares.iter().take(needed).collect();
    let gives_secret = |shares: &[&Share]| {
        interpolate(shares, |share| Some(&share.value)).is_some_and(|found| bool::from(equal(&found, secret)))
    };
    if !gives_secret(&first) {
        return Err(DealingFault::Wrong);
    }
    if gives_secret(&first[..needed - 1]) {
        return Err(DealingFault::LowDegree);
    }
    Ok(())
}

/// Whether a share is zero or two are equal: every pair is looked at, so that time does not say how they lie.
fn has_zero_or_twins(shares: &[Share]) -> bool {
    let zero = Secret::build(|_| ());
    let mut found = Choice::from(0);
    for (number, share) in shares.iter().enumerate() {
        found |= equal(&share.value, &zero);
        for other in shares.iter().take(number) {
            found |= equal(&share.value, &other.value);
        }
    }
    found.into()
}

fn equal(a: &Secret<32>, b: &Secret<32>) -> Choice {
    a.expose(|a| b.expose(|b| a.ct_eq(b)))
}

/// g^value·h^blinder; nothing where one of the two is not canonical.
fn commit(value: &Secret<32>, blinder: &Secret<32>) -> Option<RistrettoPoint> {
    stack::cleared(|| {
        let h = CompressedRistretto(H).decompress()?;
        let (mut v, mut b) = (scalar(value)?, scalar(blinder)?);
        let commitment = RISTRETTO_BASEPOINT_POINT * v + h * b;
        v.zeroize();
        b.zeroize();
        Some(commitment)
    })
}

/// The value at 0 of the polynomial through `shares`, in the scalar that `part` picks of each.
fn interpolate<'a>(shares: &[&'a Share], part: impl Fn(&'a Share) -> Option<&'a Secret<32>>) -> Option<Secret<32>> {
    stack::cleared(|| interpolate_on_the_stack(shares, part))
}

fn interpolate_on_the_stack<'a>(
    shares: &[&'a Share],
    part: impl Fn(&'a Share) -> Option<&'a Secret<32>>,
) -> Option<Secret<32>> {
    if let [only] = shares {
        return part(only).map(copy);
    }
    let mut points = Vec::with_capacity(shares.len());
    for share in shares {
        points.push(LibraryShare::with_identifier_and_value(
            IdentifierPrimeField(Scalar::from(share.index.get())),
            IdentifierPrimeField(scalar(part(share)?)?),
        ));
    }
    let combined = points.combine();
    for point in &mut points {
        point.value_mut().0.zeroize();
    }
    let mut combined = combined.ok()?.0;
    let secret = Secret::build(|bytes| *bytes = combined.to_bytes());
    combined.zeroize();
    Some(secret)
}

fn scalar(secret: &Secret<32>) -> Option<Scalar> {
    secret.expose(|bytes| Scalar::from_canonical_bytes(*bytes).into())
}

fn copy(secret: &Secret<32>) -> Secret<32> {
    Secret::build(|bytes| secret.expose(|from| *bytes = *from))
}

fn blind_verifiers(set: &Vec<LibraryCommitment>) -> Vec<[u8; 32]> {
    <Vec<LibraryCommitment> as PedersenVerifierSet<LibraryShare, LibraryCommitment>>::blind_verifiers(set)
        .iter()
        .map(|point| point.0.compress().0)
        .collect()
}

fn library_share(value: &LibraryShare, blinder: &LibraryShare) -> Option<Share> {
    let at = |share: &LibraryShare| {
        let identifier = share.identifier().0.to_bytes();
        (identifier[1..] == [0; 31]).then_some(identifier[0])
    };
    if at(value) != at(blinder) {
        return None;
    }
    let bytes = |share: &LibraryShare| Secret::build(|out: &mut [u8; 32]| *out = share.value().0.to_bytes());
    Some(Share::new(
        ShareIndex::new(at(value)?).ok()?,
        bytes(value),
        Some(bytes(blinder)),
    ))
}

/// Randomness drawn before the library runs: the library's generator cannot fail, so a failing system is met here.
struct Drawn {
    draws: Vec<Secret<64>>,
    exhausted: bool,
}

impl Drawn {
    fn take(count: usize, entropy: &mut Entropy<'_>) -> Result<Self, Refusal> {
        let draws = (0..count)
            .map(|_| entropy.draw(Purpose::Dealing))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            draws,
            exhausted: false,
        })
    }

    fn scalar(&mut self) -> Scalar {
        let mut wide = Zeroizing::new([0; 64]);
        rand_core::Rng::fill_bytes(self, &mut *wide);
        Scalar::from_bytes_mod_order_wide(&wide)
    }
}

impl rand_core::TryRng for Drawn {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    /// One draw for each call, so that no two coefficients share a byte. Without a draw left the dealing is spoilt.
    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        match self.draws.pop() {
            Some(draw) if out.len() <= 64 => draw.expose(|bytes| out.copy_from_slice(&bytes[..out.len()])),
            _ => self.exhausted = true,
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Drawn {}

#[cfg(test)]
pub(super) mod tests;
