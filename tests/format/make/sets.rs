//! The vectors of set files.

#![allow(clippy::too_many_lines, reason = "a list")]

use super::*;

pub(super) fn sets(book: &mut Book, open: &Sample, mfa: &Sample, play: &Sample, all: &Sample) {
    let facts = |sample: &Sample| {
        json!({
            "sha256": sample.core.hash().to_string(), "fingerprint": sample.fingerprint.hex(),
            "recipient": sample.core.recipient.as_str(), "threshold": sample.core.threshold.to_string(),
        })
    };
    for (name, fact, sample) in [
        ("without_region", "a set without a region", open),
        ("with_region", "a regional set", mfa),
        ("of_a_rehearsal", "a set of a rehearsal", play),
        ("of_255", "the largest set", all),
    ] {
        book.holds("set", name, fact, json!({ "file": sample.file() }), facts(sample));
    }
    let mut second = Sample::deal(
        "strongroom/vectors/second",
        &of(Mode::Production, "mfa-emea", Factor::Mfa, Some("emea"), "2-of-3"),
    );
    second.core.epoch = "2".parse().unwrap();
    second.core.before = mfa.core.hash();
    second.core.vault = mfa.core.vault;
    second.fingerprint = second.core.fingerprint();
    book.holds(
        "set",
        "second_epoch",
        "a second epoch names the core of the first",
        json!({ "file": second.file() }),
        facts(&second),
    );

    let mut refuse =
        |name: &str, fact: &str, text: &str| book.refuses("set", name, fact, json!({ "file": text }), "set-unfit");
    let file = mfa.file();
    refuse("line_feed_missing", "the last line feed is missing", file.trim_end());
    refuse(
        "windows_line_ends",
        "lines end with carriage returns",
        &file.replace('\n', "\r\n"),
    );
    refuse(
        "comment",
        "a comment stands at the end",
        &format!("{file}# a comment\n"),
    );
    refuse(
        "spaces",
        "a key has two spaces behind it",
        &file.replace("name =", "name  ="),
    );
    refuse(
        "single_quotes",
        "a value is in single quotes",
        &file.replace("\"mfa-emea\"", "'mfa-emea'"),
    );
    refuse("key_unknown", "a key that no set has", &format!("note = \"x\"\n{file}"));
    refuse("key_missing", "a key is missing", &without(&file, "successor_key"));
    refuse(
        "key_twice",
        "a key is there twice",
        &file.replace("mode =", "mode = \"production\"\nmode ="),
    );
    refuse(
        "keys_in_another_order",
        "two keys have changed places",
        &exchanged(&file, "name", "purpose"),
    );
    refuse(
        "epoch_is_a_number",
        "the epoch is a number, not a text",
        &file.replace("epoch = \"1\"", "epoch = 1"),
    );
    refuse(
        "sha256_of_another_core",
        "the hash is not that of the core",
        &replaced(&file, "sha256", &"ab".repeat(32)),
    );
    refuse(
        "words_of_another_fingerprint",
        "the words are not those of the digits",
        &replaced(&file, "words", &open.fingerprint.to_string()),
    );
    let swapped = replaced(
        &replaced(&file, "fingerprint", &open.fingerprint.hex()),
        "words",
        &open.fingerprint.to_string(),
    );
    refuse(
        "fingerprint_of_another_core",
        "digits and words are those of another core",
        &swapped,
    );

    let raw = || SetFile::parse(&file);
    assert_eq!(raw().text(), file, "what is written by hand is what the program writes");
    let mut change = |name: &str, fact: &str, change: &dyn Fn(&mut SetFile)| {
        let mut raw = raw();
        change(&mut raw);
        refuse(name, fact, &raw.text());
    };
    change("schema_2", "a schema of the next version", &|set| {
        set.schema = "strongroom/set/2".to_string();
    });
    change(
        "mode_not_of_the_vault",
        "the world is not that of the vault id",
        &|set| set.mode = "rehearsal".to_string(),
    );
    change("mode_unknown", "a world that does not exist", &|set| {
        set.mode = "drill".to_string();
    });
    change("name_in_capitals", "a name is no identifier", &|set| {
        set.name = "MFA-emea".to_string();
    });
    change("name_empty", "a name is empty", &|set| set.name = String::new());
    change("name_too_long", "a name of 33 characters", &|set| {
        set.name = "a".repeat(33);
    });
    change("purpose_unknown", "a purpose that does not exist", &|set| {
        set.purpose = "phone".to_string();
    });
    change("region_empty", "a region that is there and empty", &|set| {
        set.region = Some(String::new());
    });
    change("epoch_0", "epochs are counted from 1", &|set| {
        set.epoch = "0".to_string();
    });
    change("epoch_with_zero_before", "an epoch has one spelling", &|set| {
        set.epoch = "01".to_string();
    });
    change("before_in_epoch_1", "the first epoch has no core before it", &|set| {
        set.before = "ab".repeat(32);
    });
    change("no_before_in_epoch_2", "a later epoch has a core before it", &|set| {
        set.epoch = "2".to_string();
    });
    change("threshold_1_of_3", "one share is never enough", &|set| {
        set.threshold = "1-of-3".to_string();
        set.commitments.truncate(1);
    });
    change("threshold_3_of_2", "more are needed than there are", &|set| {
        set.threshold = "3-of-2".to_string();
        let first = set.commitments[0].clone();
        set.commitments.push(first);
    });
    change("threshold_of_256", "more shares than an index can count", &|set| {
        set.threshold = "2-of-256".to_string();
    });
    change("threshold_with_zero_before", "a threshold has one spelling", &|set| {
        set.threshold = "02-of-3".to_string();
    });
    change(
        "identity_kind_unknown",
        "an identity kind that does not exist yet",
        &|set| set.identity_kind = "mlkem768x25519".to_string(),
    );
    change("recipient_altered", "the recipient does not read", &|set| {
        set.recipient = set
            .recipient
            .replace(|c: char| c == set.recipient.chars().nth(10).unwrap(), "q");
    });
    change("recipient_in_capitals", "the recipient has one spelling", &|set| {
        set.recipient = set.recipient.to_uppercase();
    });
    change(
        "commitment_missing",
        "one commitment fewer than shares are needed: a quorum of fewer would be enough",
        &|set| set.commitments.truncate(1),
    );
    change(
        "commitment_too_many",
        "one commitment more than shares are needed: every share proves and no quorum recovers",
        &|set| {
            let first = set.commitments[0].clone();
            set.commitments.push(first);
        },
    );
    change(
        "commitment_identity",
        "a commitment is the identity element: it says nothing",
        &|set| set.commitments[1] = "00".repeat(32),
    );
    change(
        "commitment_not_canonical",
        "a commitment is not the one encoding of an element",
        &|set| set.commitments[1] = "ff".repeat(32),
    );
    change(
        "commitment_negative",
        "a commitment encodes a negative field element",
        &|set| set.commitments[1] = "01".to_string() + &"00".repeat(31),
    );
    change("commitment_in_capitals", "hexadecimal digits are small", &|set| {
        set.commitments[1] = set.commitments[1].to_uppercase();
    });
}

/// The file with the value of one key replaced.
fn replaced(file: &str, key: &str, value: &str) -> String {
    let start = format!("{key} = ");
    file.lines()
        .map(|line| {
            if line.starts_with(&start) {
                format!("{key} = \"{value}\"\n")
            } else {
                format!("{line}\n")
            }
        })
        .collect()
}

fn without(file: &str, key: &str) -> String {
    let start = format!("{key} = ");
    let kept = file.split_inclusive('\n').filter(|line| !line.starts_with(&start));
    kept.collect()
}

fn exchanged(file: &str, one: &str, two: &str) -> String {
    let find = |key: &str| {
        file.lines()
            .find(|line| line.starts_with(&format!("{key} = ")))
            .unwrap()
            .to_string()
    };
    let (first, second) = (find(one), find(two));
    file.lines()
        .map(|line| {
            if line == first {
                format!("{second}\n")
            } else if line == second {
                format!("{first}\n")
            } else {
                format!("{line}\n")
            }
        })
        .collect()
}
