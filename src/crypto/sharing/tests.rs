//! What dealing, proving and combining promise.

use super::*;
use crate::entropy::System;

fn fresh(threshold: &str) -> (Threshold, Dealing) {
    let threshold = threshold.parse().unwrap();
    (threshold, deal(threshold, &mut Entropy::new(&mut System)).ok().unwrap())
}

fn again(share: &Share) -> Share {
    Share::new(share.index, copy(&share.value), share.blinder.as_ref().map(copy))
}

fn bytes(secret: &Secret<32>) -> [u8; 32] {
    secret.expose(|bytes| *bytes)
}

#[test]
fn the_second_generator_is_the_map_of_its_label() {
    let map = RistrettoPoint::hash_from_bytes::<sha2::Sha512>(H_LABEL);
    assert_eq!(map.compress().0, H);
    assert_ne!(map, RISTRETTO_BASEPOINT_POINT);
}

#[test]
fn every_subset_recovers_if_and_only_if_it_meets_the_threshold() {
    for threshold in ["2-of-2", "2-of-3", "3-of-5", "4-of-7"] {
        let (threshold, dealing) = fresh(threshold);
        for subset in 0_u32..1 << threshold.total() {
            let chosen = || {
                dealing
                    .shares
                    .iter()
                    .filter(|share| subset >> (share.index.get() - 1) & 1 == 1)
            };
            let proved: Vec<ProvedShare> = chosen()
                .filter_map(|share| dealing.commitments.prove(again(share)).ok())
                .collect();
            assert_eq!(proved.len(), subset.count_ones() as usize);
            let enough = subset.count_ones() >= u32::from(threshold.needed());
            let quorum = Quorum::of(threshold, &dealing.commitments, proved);
            assert_eq!(quorum.is_ok(), enough, "{threshold} {subset:b}");
            if let Ok(quorum) = quorum {
                assert!(quorum.combine().is_ok_and(|s| bytes(&s.0) == bytes(&dealing.secret.0)));
            }
            let raw: Vec<&Share> = chosen().collect();
            let interpolated = interpolate(&raw, |share| Some(&share.value));
            let found = interpolated.is_some_and(|s| bytes(&s) == bytes(&dealing.secret.0));
            assert_eq!(found, enough, "{threshold} {subset:b}, without the checks above");
        }
    }
}

#[test]
fn one_altered_bit_of_a_share_is_never_proved() {
    let (_, dealing) = fresh("3-of-5");
    for bit in 0..512 {
        let mut share = again(&dealing.shares[1]);
        let flip = |secret: &Secret<32>, bit: usize| {
            Secret::build(|out| {
                *out = bytes(secret);
                out[bit / 8] ^= 1 << (bit % 8);
            })
        };
        if bit < 256 {
            share.value = flip(&share.value, bit);
        } else {
            share.blinder = share.blinder.as_ref().map(|blinder| flip(blinder, bit - 256));
        }
        assert!(dealing.commitments.prove(share).is_err(), "bit {bit}");
    }
}

#[test]
fn a_share_is_never_proved_under_another_index_or_without_its_blinder() {
    let (_, dealing) = fresh("2-of-3");
    let mut moved = again(&dealing.shares[0]);
    moved.index = ShareIndex::new(2).unwrap();
    assert!(dealing.commitments.prove(moved).is_err());
    let mut bare = again(&dealing.shares[0]);
    bare.blinder = None;
    assert!(dealing.commitments.prove(bare).is_err());
}

#[test]
fn a_share_of_another_dealing_is_never_proved() {
    let ((_, ours), (_, other)) = (fresh("2-of-3"), fresh("2-of-3"));
    assert!(ours.commitments.prove(again(&other.shares[0])).is_err());
}

#[test]
fn one_index_twice_is_no_quorum() {
    let (threshold, dealing) = fresh("2-of-3");
    let twice = (0..2)
        .filter_map(|_| dealing.commitments.prove(again(&dealing.shares[0])).ok())
        .collect();
    assert!(Quorum::of(threshold, &dealing.commitments, twice).is_err());
}

#[test]
fn dealing_twice_repeats_no_run_of_bytes() {
    let mut seen = std::collections::HashSet::new();
    for _ in 0..20 {
        let (_, dealing) = fresh("3-of-5");
        for share in &dealing.shares {
            for part in [Some(&share.value), share.blinder.as_ref()].into_iter().flatten() {
                for run in bytes(part).windows(8) {
                    assert!(seen.insert(run.to_vec()));
                }
            }
        }
    }
}

#[test]
fn a_dealing_of_too_low_a_degree_is_refused() {
    let threshold: Threshold = "3-of-5".parse().unwrap();
    let mut drawn = Drawn::take(4, &mut Entropy::new(&mut System)).ok().unwrap();
    let (s, a1, b, b1) = (drawn.scalar(), drawn.scalar(), drawn.scalar(), drawn.scalar());
    let wrap = |scalar: Scalar| Secret::build(|out: &mut [u8; 32]| *out = scalar.to_bytes());
    let shares: Vec<Share> = (1..=5_u8)
        .map(|i| {
            let x = Scalar::from(i);
            Share::new(ShareIndex::new(i).unwrap(), wrap(s + a1 * x), Some(wrap(b + b1 * x)))
        })
        .collect();
    let h = CompressedRistretto(H).decompress().unwrap();
    let at = |a: Scalar, b: Scalar| (RISTRETTO_BASEPOINT_POINT * a + h * b).compress().0;
    let shorter = [at(s, b), at(a1, b1)];
    assert_eq!(
        Commitments::parse(threshold, &shorter).err(),
        Some(DealingFault::CommitmentCount)
    );
    let padded = [at(s, b), at(a1, b1), RistrettoPoint::identity().compress().0];
    assert_eq!(
        Commitments::parse(threshold, &padded).err(),
        Some(DealingFault::CommitmentIdentity)
    );
    // The last case passes every share's proof: only the interpolation sees it.
    let hidden = Commitments(padded.to_vec());
    assert_eq!(
        judge_dealing(threshold, &wrap(s), &shares, &hidden),
        Err(DealingFault::LowDegree)
    );
}

#[test]
fn a_constant_dealing_is_refused() {
    let threshold: Threshold = "2-of-3".parse().unwrap();
    let mut drawn = Drawn::take(2, &mut Entropy::new(&mut System)).ok().unwrap();
    let (s, b) = (drawn.scalar(), drawn.scalar());
    let wrap = |scalar: Scalar| Secret::build(|out: &mut [u8; 32]| *out = scalar.to_bytes());
    let shares: Vec<Share> = (1..=3)
        .map(|i| Share::new(ShareIndex::new(i).unwrap(), wrap(s), Some(wrap(b))))
        .collect();
    let h = CompressedRistretto(H).decompress().unwrap();
    let first = (RISTRETTO_BASEPOINT_POINT * s + h * b).compress().0;
    let constant = Commitments(vec![first, RistrettoPoint::identity().compress().0]);
    assert_eq!(
        judge_dealing(threshold, &wrap(s), &shares, &constant),
        Err(DealingFault::Values)
    );
}

/// The refusal of a 3-of-5 dealing for which these of its coefficients are drawn as zero: those of x and x² in A, then those in B.
fn refused(zeros: [bool; 4]) -> Option<Refusal> {
    let mut drawn = Drawn::take(6, &mut Entropy::new(&mut System)).ok().unwrap();
    let (secret, blinder) = (drawn.scalar(), drawn.scalar());
    // The last draw is used first.
    for (draw, is_zero) in drawn.draws.iter_mut().rev().zip(zeros) {
        if is_zero {
            *draw = Secret::build(|_| ());
        }
    }
    deal_secret("3-of-5".parse().unwrap(), secret, blinder, drawn).err()
}

#[test]
fn a_dealing_whose_top_coefficient_is_zero_is_never_dealt_out() {
    assert_eq!(refused([false; 4]), None);
    let low = Refusal::from(DealingFault::LowDegree);
    assert_eq!(refused([false, true, false, false]), Some(low));
}

#[test]
fn a_dealing_of_which_a_commitment_says_nothing_is_never_dealt_out() {
    let nothing = Refusal::from(DealingFault::CommitmentIdentity);
    assert_eq!(refused([false, true, false, true]), Some(nothing));
}

/// Numbered draws, one of which may be another.
struct Numbered {
    number: u8,
    other: Option<u8>,
}

impl crate::entropy::Source for Numbered {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), String> {
        self.number += 1;
        out.fill(0);
        (out[0], out[1]) = (self.number, u8::from(self.other == Some(self.number)));
        Ok(())
    }
}

#[test]
fn the_commitment_to_a_secret_is_blinded_by_a_draw_of_its_own() {
    let dealt = |other| {
        let mut source = Numbered { number: 0, other };
        deal("2-of-3".parse().unwrap(), &mut Entropy::new(&mut source))
            .ok()
            .unwrap()
    };
    // The last draw is the secret, the one before it the blinder.
    let [one, two] = [None, Some(3)].map(dealt);
    assert_eq!(bytes(&one.secret.0), bytes(&two.secret.0));
    let [first, second] = [&one, &two].map(|dealing| dealing.commitments.encoded()[0]);
    assert_ne!(first, second);
    let bare = RISTRETTO_BASEPOINT_POINT * scalar(&one.secret.0).unwrap();
    let h = CompressedRistretto(H).decompress().unwrap();
    for known in [bare, bare + h] {
        assert!(![first, second].contains(&known.compress().0));
    }
}

#[test]
fn missing_doubled_or_zero_indices_are_refused() {
    let (threshold, dealing) = fresh("2-of-3");
    let judge = |order: &[usize]| {
        let shares: Vec<Share> = order.iter().map(|at| again(&dealing.shares[*at])).collect();
        judge_dealing(threshold, &dealing.secret.0, &shares, &dealing.commitments)
    };
    assert_eq!(judge(&[0, 1, 2]), Ok(()));
    for order in [&[0, 1][..], &[0, 0, 2], &[1, 0, 2], &[0, 1, 2, 2]] {
        assert_eq!(judge(order), Err(DealingFault::Indices), "{order:?}");
    }
}

#[test]
fn commitments_that_are_no_group_elements_are_refused() {
    let threshold = "2-of-2".parse().unwrap();
    let mut above_the_field = [0xff; 32];
    above_the_field[31] = 0x7f;
    assert_eq!(
        Commitments::parse(threshold, &[H, above_the_field]),
        Err(DealingFault::CommitmentEncoding)
    );
}

#[test]
fn a_library_that_draws_too_much_spoils_the_dealing() {
    let threshold: Threshold = "3-of-5".parse().unwrap();
    let mut drawn = Drawn::take(3, &mut Entropy::new(&mut System)).ok().unwrap();
    let (s, b) = (drawn.scalar(), drawn.scalar());
    assert!(deal_secret(threshold, s, b, drawn).is_err());
}

/// What stands on the stack below whoever calls this.
#[inline(never)]
fn below() -> Vec<u8> {
    let mut here = 0_u8;
    let here = std::ptr::from_mut(std::hint::black_box(&mut here)).addr();
    let memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut bytes = vec![0; 256 * 1024];
    let start = (here - bytes.len()) as u64;
    std::os::unix::fs::FileExt::read_exact_at(&memory, &mut bytes, start).unwrap();
    bytes
}

/// How often what `secret` gives stands on the stack that `work` used.
pub(in crate::crypto) fn left_by<R>(work: impl FnOnce() -> R, secret: impl FnOnce() -> Vec<u8>) -> usize {
    stack::clear();
    drop(std::hint::black_box(work()));
    // Read first: to ask for the secret may leave it there.
    let stack = below();
    let secret = secret();
    stack.windows(secret.len()).filter(|bytes| *bytes == secret).count()
}

/// The digits of a scalar to the base of 16, from -8 to 7: what a multiplication of points goes by.
fn digits(secret: &Secret<32>) -> Vec<u8> {
    let mut digits: Vec<i8> = secret.expose(|bytes| {
        let halves = bytes.iter().flat_map(|byte| [byte & 15, byte >> 4]);
        halves.map(|digit| i8::try_from(digit).unwrap()).collect()
    });
    for at in 0..63 {
        let carry = (digits[at] + 8) >> 4;
        digits[at] -= carry << 4;
        digits[at + 1] += carry;
    }
    digits.iter().map(|digit| *digit as u8).collect()
}

#[test]
fn nothing_of_a_share_is_left_on_the_stack_by_its_proof() {
    let (_, dealing) = fresh("2-of-2");
    let share = &dealing.shares[0];
    let (value, blinder) = (&share.value, share.blinder.as_ref().unwrap());
    let uncleared = || {
        let h = CompressedRistretto(H).decompress()?;
        Some(RISTRETTO_BASEPOINT_POINT * scalar(value)? + h * scalar(blinder)?)
    };
    let left = left_by(uncleared, || digits(blinder));
    assert!(left > 0, "without clearing, something is left: {left}");
    assert_eq!(left_by(|| commit(value, blinder), || digits(blinder)), 0);
}

#[test]
fn unproved_shares_combine_only_when_exactly_as_many_as_needed() {
    let (threshold, dealing) = fresh("3-of-5");
    let shares: Vec<&Share> = dealing.shares.iter().collect();
    assert!(combine_unproved(threshold, &shares[..2]).is_none());
    assert!(combine_unproved(threshold, &shares[..4]).is_none());
    let three = combine_unproved(threshold, &shares[1..4]);
    assert!(three.is_some_and(|found| bytes(&found.0) == bytes(&dealing.secret.0)));
}
