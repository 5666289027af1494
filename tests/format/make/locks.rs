//! The vectors of the passphrase lock, and of fingerprints.

#![allow(clippy::too_many_lines, reason = "a list")]

use super::*;

pub(super) fn locks(book: &mut Book, mfa: &Sample, play: &Sample) {
    const WORDS: &str = "abandon ability able about above absent absorb";
    let salt = Seeded::new("strongroom/vectors/lock").bytes();
    let given = |text: &str, passphrase: &str| json!({ "world": "production", "text": text, "passphrase": passphrase });
    let point = mfa.points[0];
    let both = json!({ "value": hex::encode(&point.value), "blinder": hex::encode(&point.blinder) });
    let paper = mfa.locked(1, WORDS, salt);
    let [a, b, c] = [Line::A, Line::B, Line::C].map(|which| line_of(&paper, which));
    book.holds(
        "lock",
        "seven_words",
        "seven words open the value and the blinder",
        given(&code(&paper), WORDS),
        both.clone(),
    );
    book.holds(
        "lock",
        "spaces_do_not_count",
        "spaces at the ends do not count, runs of them are one",
        given(&code(&paper), &format!("  {}  ", WORDS.replace(' ', "   "))),
        both.clone(),
    );
    book.holds(
        "lock",
        "without_line_c",
        "without line C the value opens",
        given(&format!("SR1{a}/SR1{b}"), WORDS),
        json!({ "value": hex::encode(&point.value) }),
    );
    let long = "~Aa1 ".repeat(51) + "!";
    let own = mfa.locked(1, &long, salt);
    book.holds(
        "lock",
        "own_phrase_of_256_characters",
        "a passphrase of one's own, as long as it may be",
        given(&code(&own), &long),
        both,
    );
    let mut refuse = |name: &str, fact: &str, text: &str, passphrase: &str| {
        book.refuses("lock", name, fact, given(text, passphrase), "passphrase-wrong");
    };
    refuse(
        "other_words",
        "other words",
        &code(&paper),
        "zoo zone zero youth young you yellow",
    );
    refuse(
        "capitals_count",
        "the words in capitals are another passphrase",
        &code(&paper),
        &WORDS.to_uppercase(),
    );
    let bits = |which, from: usize| {
        let bits = crate::stranger::fields("SR", &line_of(&paper, which));
        <[u8; 32]>::try_from(crate::stranger::bytes_of(&bits[from..from + 256])).unwrap()
    };
    let (mut sealed, mut beside, mut tag) = (bits(Line::A, 119), bits(Line::B, 38), bits(Line::B, 38));
    sealed[0] ^= 1;
    beside[0] ^= 1;
    tag[31] ^= 1;
    let raw_a = |bytes| LineA {
        kind: 1,
        bytes,
        ..line_a(mfa, 1)
    };
    let raw_b = |bytes| LineB {
        kind: 0b01_001,
        bytes,
        ..line_b(mfa, 1)
    };
    refuse(
        "value_altered",
        "one bit of the encrypted value is another",
        &format!("A: {}\nB: {b}\nC: {c}\n", raw_a(sealed).text("SR")),
        WORDS,
    );
    refuse(
        "salt_altered",
        "one bit of the salt is another",
        &format!("A: {a}\nB: {}\nC: {c}\n", raw_b(beside).text("SR")),
        WORDS,
    );
    refuse(
        "tag_altered",
        "one bit of the tag is another",
        &format!("A: {a}\nB: {}\nC: {c}\n", raw_b(tag).text("SR")),
        WORDS,
    );
    let raw_c = LineB {
        kind: 0b10_001,
        bytes: bits(Line::C, 38),
        ..line_b(mfa, 1)
    };
    let moved = |index| {
        format!(
            "A: {}\nB: {}\nC: {}\n",
            LineA {
                index,
                ..raw_a(bits(Line::A, 119))
            }
            .text("SR"),
            LineB {
                index,
                ..raw_b(bits(Line::B, 38))
            }
            .text("SR"),
            LineB { index, ..raw_c }.text("SR")
        )
    };
    refuse("index_altered", "a locked value under another index", &moved(2), WORDS);
    let needed = LineA {
        needed: 3,
        ..raw_a(bits(Line::A, 119))
    };
    refuse(
        "needed_altered",
        "a locked value that says that another number is needed",
        &format!("A: {}\nB: {b}\nC: {c}\n", needed.text("SR")),
        WORDS,
    );
    let away = format!(
        "A: {}\nB: {}\nC: {}\n",
        repaired("ZZ", &a),
        repaired("ZZ", &b),
        repaired("ZZ", &c)
    );
    book.refuses(
        "lock",
        "carried_to_a_rehearsal",
        "a locked value under the other prefix",
        json!({ "world": "rehearsal", "text": away, "passphrase": WORDS }),
        "passphrase-wrong",
    );
    let rehearsed = play.locked(2, WORDS, salt);
    let point = play.points[1];
    book.holds(
        "lock",
        "of_a_rehearsal",
        "a lock of a rehearsal",
        json!({ "world": "rehearsal", "text": code(&rehearsed), "passphrase": WORDS }),
        json!({ "value": hex::encode(&point.value), "blinder": hex::encode(&point.blinder) }),
    );
}

pub(super) fn fingerprints(book: &mut Book) {
    let zeros = "00".repeat(32);
    for (tag, fingerprint) in [
        ("set", "00ede4016c97386c7fb3df"),
        ("head", "a159cbfde7118266daa0b9"),
        ("program", "1b6b2797d397ebe110cff2"),
    ] {
        book.holds(
            "fingerprint",
            &format!("zeros_as_{tag}"),
            &format!("the fingerprint of 32 zero bytes under the tag {tag}"),
            json!({ "tag": tag, "hash": zeros }),
            json!({ "fingerprint": fingerprint }),
        );
    }
    book.holds(
        "fingerprint",
        "of_the_example",
        "the fingerprint of the core of the document's example",
        json!({ "tag": "set", "hash": "d2303d2f9d1acfd50251a40d536482eeefae6f8ce53b8168f7b80a05aec865f1" }),
        json!({ "fingerprint": "58af82333cbe874431f189" }),
    );
}
