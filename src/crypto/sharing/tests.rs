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

#[test]
fn unproved_shares_combine_only_when_exactly_as_many_as_needed() {
    let (threshold, dealing) = fresh("3-of-5");
    let shares: Vec<&Share> = dealing.shares.iter().collect();
    assert!(combine_unproved(threshold, &shares[..2]).is_none());
    assert!(combine_unproved(threshold, &shares[..4]).is_none());
    let three = combine_unproved(threshold, &shares[1..4]);
    assert!(three.is_some_and(|found| bytes(&found.0) == bytes(&dealing.secret.0)));
}
