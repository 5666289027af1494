//! The vectors of proofs and quorums.

#![allow(clippy::too_many_lines, reason = "a list")]

use super::*;
use crate::sample::Point;
use curve25519_dalek::scalar::Scalar;

pub(super) fn proofs(book: &mut Book, open: &Sample, mfa: &Sample, play: &Sample, all: &Sample) {
    let given = |sample: &Sample, text: &str| json!({ "set": sample.file(), "text": text });
    for index in 1..=5 {
        book.holds(
            "proof",
            &format!("share_{index}_of_5"),
            "a share that was dealt satisfies the commitments",
            given(open, &open.code(index)),
            json!({ "index": index }),
        );
    }
    book.holds(
        "proof",
        "of_a_rehearsal",
        "a share of a rehearsal",
        given(play, &play.code(2)),
        json!({ "index": 2 }),
    );
    book.holds(
        "proof",
        "share_255_of_255",
        "the last share of the largest set",
        given(all, &all.code(255)),
        json!({ "index": 255 }),
    );
    let text = |a: LineA, b: LineB| format!("A: {}\nB: {}\n", a.text("SR"), b.text("SR"));
    let mut refuse =
        |name: &str, fact: &str, text: &str, reason: &str| book.refuses("proof", name, fact, given(open, text), reason);
    let flip = |mut bytes: [u8; 32], at: usize, bit: u8| {
        bytes[at] ^= bit;
        bytes
    };
    let (a, b) = (line_a(open, 2), line_b(open, 2));
    refuse(
        "value_altered",
        "the lowest bit of the value is another",
        &text(
            LineA {
                bytes: flip(a.bytes, 0, 1),
                ..a
            },
            b,
        ),
        "share-forged",
    );
    refuse(
        "blinder_altered",
        "the lowest bit of the blinder is another",
        &text(
            a,
            LineB {
                bytes: flip(b.bytes, 0, 1),
                ..b
            },
        ),
        "share-forged",
    );
    refuse(
        "value_and_blinder_exchanged",
        "value and blinder have changed places",
        &text(LineA { bytes: b.bytes, ..a }, LineB { bytes: a.bytes, ..b }),
        "share-forged",
    );
    refuse(
        "under_another_index",
        "share 2 under index 3",
        &text(LineA { index: 3, ..a }, LineB { index: 3, ..b }),
        "share-forged",
    );
    refuse(
        "zeros",
        "value and blinder are 0",
        &text(LineA { bytes: [0; 32], ..a }, LineB { bytes: [0; 32], ..b }),
        "share-forged",
    );
    refuse(
        "value_not_below_the_order",
        "the value plus ℓ is no scalar, although it is the same number modulo ℓ",
        &text(
            LineA {
                bytes: plus_order(a.bytes),
                ..a
            },
            b,
        ),
        "share-forged",
    );
    refuse(
        "blinder_not_below_the_order",
        "the blinder plus ℓ is no scalar",
        &text(
            a,
            LineB {
                bytes: plus_order(b.bytes),
                ..b
            },
        ),
        "share-forged",
    );
    let [value, blinder] = [|point: &Point| point.value, |point: &Point| point.blinder].map(|of| at_six(open, of));
    refuse(
        "index_beyond_total",
        "index 6 of a set of 5, on the polynomials that were dealt",
        &text(
            LineA {
                index: 6,
                bytes: value,
                ..a
            },
            LineB {
                index: 6,
                bytes: blinder,
                ..b
            },
        ),
        "share-forged",
    );
    refuse(
        "needed_not_of_the_set",
        "a share says that 2 are enough, its set needs 3",
        &text(LineA { needed: 2, ..a }, b),
        "share-forged",
    );
    refuse(
        "unknown_set",
        "a share of another set",
        &mfa.code(1),
        "share-of-unknown-set",
    );
    refuse(
        "fingerprint_altered",
        "one bit of the fingerprint is another, behind the mark",
        &text(
            LineA {
                fingerprint: {
                    let mut bits = a.fingerprint;
                    bits[10] ^= 1;
                    bits
                },
                ..a
            },
            b,
        ),
        "share-of-unknown-set",
    );
    refuse(
        "line_a_alone",
        "without its blinder a share cannot be proved",
        &format!("SR1{}", a.text("SR")),
        "share-incomplete",
    );
    refuse(
        "of_a_rehearsal_in_production",
        "a share of a rehearsal is of no set of production",
        &play.code(1),
        "share-of-other-world",
    );
}

/// The polynomial of degree 2 through the first three points, at 6: Lagrange's weights there are 6, −15 and 10.
fn at_six(sample: &Sample, of: fn(&Point) -> [u8; 32]) -> [u8; 32] {
    let at = |place: usize| Scalar::from_canonical_bytes(of(&sample.points[place])).unwrap();
    let value = Scalar::from(6_u8) * at(0) - Scalar::from(15_u8) * at(1) + Scalar::from(10_u8) * at(2);
    value.to_bytes()
}

/// The scalar as a number, plus ℓ: below 2^256 for every scalar.
fn plus_order(bytes: [u8; 32]) -> [u8; 32] {
    let order: [u8; 32] = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
    let mut carry = 0_u16;
    std::array::from_fn(|at| {
        let sum = u16::from(bytes[at]) + u16::from(order[at]) + carry;
        carry = sum >> 8;
        sum as u8
    })
}

pub(super) fn quorums(book: &mut Book, open: &Sample, mfa: &Sample, play: &Sample) {
    let given = |sample: &Sample, shares: &[String]| json!({ "set": sample.file(), "shares": shares });
    let identity = |sample: &Sample| sample.identity().to_text().expose(str::to_string);
    let expect = |sample: &Sample, refused: &[(usize, &str)]| {
        let refused: Vec<Value> = refused
            .iter()
            .map(|(share, reason)| json!({ "share": share, "reason": reason }))
            .collect();
        json!({ "identity": identity(sample), "refused": refused })
    };
    let codes = |sample: &Sample, indices: &[u8]| indices.iter().map(|index| sample.code(*index)).collect::<Vec<_>>();
    let alone = |sample: &Sample, index: u8| format!("SR1{}", line_of(&sample.paper(index), Line::A));
    let forged = |index: u8| {
        let mut a = line_a(open, index);
        a.bytes[1] ^= 1;
        format!("A: {}\nB: {}\n", a.text("SR"), line_b(open, index).text("SR"))
    };
    let forged_alone = |index: u8| {
        format!("SR1{}", {
            let mut a = line_a(open, index);
            a.bytes[1] ^= 1;
            a.text("SR")
        })
    };

    let mut hold = |name: &str, fact: &str, shares: &[String], refused: &[(usize, &str)]| {
        book.holds("quorum", name, fact, given(open, shares), expect(open, refused));
    };
    hold("exactly_enough", "three of five shares", &codes(open, &[1, 3, 5]), &[]);
    hold(
        "in_another_order",
        "shares come in any order",
        &codes(open, &[5, 2, 4]),
        &[],
    );
    hold(
        "spares",
        "spare shares are welcome",
        &codes(open, &[1, 2, 3, 4, 5]),
        &[],
    );
    hold(
        "one_twice",
        "a share that is there twice counts once",
        &codes(open, &[1, 1, 2, 3]),
        &[],
    );
    hold(
        "lines_a_alone",
        "lines A alone combine, and the recipient vouches for them",
        &[1, 2, 3].map(|at| alone(open, at)),
        &[],
    );
    hold(
        "mixed",
        "proved shares and a line A",
        &[open.code(1), alone(open, 2), open.code(3)],
        &[],
    );
    hold(
        "forged_beside_enough",
        "a forged share is named, and the others are enough",
        &[open.code(1), forged(2), open.code(3), open.code(4)],
        &[(2, "share-forged")],
    );
    hold(
        "wrong_line_a_beside_enough",
        "a wrong line A among spares is found by the recipient",
        &[alone(open, 1), alone(open, 2), forged_alone(3), alone(open, 4)],
        &[],
    );
    hold(
        "of_another_set_beside_enough",
        "a share of another set is put back",
        &[open.code(1), mfa.code(1), open.code(3), open.code(4)],
        &[(2, "share-of-unknown-set")],
    );
    hold(
        "of_the_other_world_beside_enough",
        "a share of a rehearsal is put back",
        &[play.code(1), open.code(1), open.code(3), open.code(4)],
        &[(1, "share-of-other-world")],
    );
    hold(
        "damaged_beside_enough",
        "a damaged share is left out",
        &[
            open.code(1),
            format!("SR1{}", wrong(&line_of(&open.paper(2), Line::A), 7)),
            open.code(3),
            open.code(4),
        ],
        &[(2, "share-unreadable")],
    );
    hold(
        "conflict_settled_by_a_proof",
        "of two entries under one index the proved one counts, and the other is named",
        &[open.code(2), forged_alone(2), open.code(1), open.code(3)],
        &[(2, "share-conflicting")],
    );
    book.holds(
        "quorum",
        "two_of_three",
        "the smallest threshold",
        given(mfa, &codes(mfa, &[3, 1])),
        expect(mfa, &[]),
    );
    book.holds(
        "quorum",
        "of_a_rehearsal",
        "a quorum of a rehearsal: another identity than the same secret gives in production",
        given(play, &codes(play, &[1, 2])),
        expect(play, &[]),
    );
    let words = [
        "abandon ability able about above absent absorb",
        "zoo zone zero youth young you yellow",
    ];
    let mut salts = Seeded::new("strongroom/vectors/quorum");
    let locked = [
        code(&mfa.locked(1, words[0], salts.bytes())),
        code(&mfa.locked(3, words[1], salts.bytes())),
    ];
    let with = |shares: &[String], passphrases: &[&str]| json!({ "set": mfa.file(), "shares": shares, "passphrases": passphrases });
    book.holds(
        "quorum",
        "locked",
        "two shares under passphrases",
        with(&locked, &words),
        expect(mfa, &[]),
    );
    let mixed = [locked[0].clone(), mfa.code(2)];
    book.holds(
        "quorum",
        "locked_beside_open",
        "a locked share and an open one",
        with(&mixed, &words[..1]),
        expect(mfa, &[]),
    );
    let spare = [locked[0].clone(), mfa.code(2), mfa.code(3)];
    book.holds(
        "quorum",
        "wrong_passphrase_beside_enough",
        "a share that does not open is left out",
        with(&spare, &words[1..]),
        expect(mfa, &[(1, "passphrase-wrong")]),
    );
    book.holds(
        "quorum",
        "no_passphrase_beside_enough",
        "a share whose passphrase nobody gives is left out",
        given(mfa, &spare),
        expect(mfa, &[(1, "share-locked")]),
    );

    let mut refuse = |name: &str, fact: &str, shares: &[String], reason: &str| {
        book.refuses("quorum", name, fact, given(open, shares), reason);
    };
    refuse(
        "one_too_few",
        "two of the three shares that are needed",
        &codes(open, &[1, 2]),
        "too-few-shares",
    );
    refuse("none", "no share at all", &[], "too-few-shares");
    refuse(
        "one_twice_is_not_two",
        "one share twice is one",
        &codes(open, &[1, 1, 2]),
        "too-few-shares",
    );
    refuse(
        "forged_among_exactly_enough",
        "a forged share does not count",
        &[open.code(1), forged(2), open.code(3)],
        "too-few-shares",
    );
    refuse(
        "wrong_line_a_among_exactly_enough",
        "a wrong line A gives a wrong secret, and the recipient tells",
        &[alone(open, 1), forged_alone(2), alone(open, 3)],
        "quorum-refused",
    );
    refuse(
        "conflicting_lines_a",
        "two lines A under one index that differ: the second does not count",
        &[alone(open, 1), forged_alone(1), alone(open, 2)],
        "too-few-shares",
    );
    refuse(
        "shares_of_two_sets",
        "shares of two sets never add up",
        &[open.code(1), mfa.code(2), open.code(3)],
        "too-few-shares",
    );
    book.refuses(
        "quorum",
        "locked_without_passphrases",
        "locked shares open nothing by themselves",
        given(mfa, &locked),
        "too-few-shares",
    );
}
