//! The vectors of records.

#![allow(clippy::too_many_lines, reason = "a list")]

use super::*;
use crate::raw::age_file;

struct RecordCase<'a> {
    book: &'a mut Book,
    sample: &'a Sample,
    shares: Vec<String>,
    path: String,
}

impl RecordCase<'_> {
    fn given(&self, file: &[u8]) -> Value {
        json!({ "set": self.sample.file(), "shares": self.shares, "path": self.path, "file": data_encoding::HEXLOWER.encode(file) })
    }

    fn holds(&mut self, name: &str, fact: &str, plain: &str, secret: Value) {
        let plain = padded(plain);
        let given = self.given(&locked(&plain, std::slice::from_ref(&self.sample.core.recipient)));
        self.book
            .holds("record", name, fact, given, json!({ "secret": secret }));
        self.book.plaintexts.insert(format!("record/{name}.json"), plain);
    }

    fn refuses_plain(&mut self, name: &str, fact: &str, plain: &[u8]) {
        let file = locked(plain, std::slice::from_ref(&self.sample.core.recipient));
        self.refuses_file(name, fact, &file);
        self.book
            .plaintexts
            .insert(format!("record/{name}.json"), plain.to_vec());
    }

    fn refuses_file(&mut self, name: &str, fact: &str, file: &[u8]) {
        let given = self.given(file);
        self.book.refuses("record", name, fact, given, "record-unfit");
    }
}

fn padded(json: &str) -> Vec<u8> {
    let mut plain = json.as_bytes().to_vec();
    plain.resize(1024, b' ');
    plain
}

fn locked(plain: &[u8], recipients: &[Recipient]) -> Vec<u8> {
    identity::lock(&SecretBytes::new(plain.to_vec()), recipients).unwrap_or_else(|refusal| panic!("{refusal}"))
}

pub(super) fn records(book: &mut Book, open: &Sample, mfa: &Sample) {
    let password = |vault: &str, more: &str| {
        format!(
            r#"{{"schema":"strongroom/record/1","vault":"{vault}","account":"111122223333","factor":"password","generation":1,"made":"2026-02-11T16:42:00Z"{more}}}"#
        )
    };
    let vault = open.core.vault.to_string();
    let plain = password(&vault, r#","secret":{"password":"kT4+w9Qa<>&Pz(e7mRh"}"#);
    let mut case = RecordCase {
        book,
        sample: open,
        shares: [1, 2, 4].map(|index| open.code(index)).to_vec(),
        path: "records/111122223333/password.1.age".to_string(),
    };
    let secret = json!({ "password": "kT4+w9Qa<>&Pz(e7mRh" });
    case.holds("password", "a password", &plain, secret.clone());
    case.holds(
        "escapes",
        "strings are escaped as JSON has it",
        &password(&vault, r#","secret":{"password":"a\"b\\cé\u00e9"}"#),
        json!({ "password": "a\"b\\céé" }),
    );
    case.holds("keys_in_another_order", "keys are read in any order", &format!(r#"{{"secret":{{"password":"x y"}},"made":"2026-02-11T16:42:00.5Z","generation":1,"factor":"password","account":"111122223333","vault":"{vault}","schema":"strongroom/record/1"}}"#), json!({ "password": "x y" }));
    let others = [mfa.core.recipient.clone(), open.core.recipient.clone()];
    let file = locked(&padded(&plain), &others);
    let given = case.given(&file);
    case.book.holds(
        "record",
        "of_two_sets",
        "one stanza for each set that opens it",
        given,
        json!({ "secret": secret }),
    );

    case.refuses_plain(
        "of_another_vault",
        "a record of another vault",
        &padded(&plain.replace(&vault, &mfa.core.vault.to_string())),
    );
    case.refuses_plain(
        "of_another_account",
        "a record of another account in this one's place",
        &padded(&plain.replace("111122223333", "444455556666")),
    );
    case.refuses_plain(
        "of_another_generation",
        "an older generation in the place of a newer one",
        &padded(&plain.replace("\"generation\":1", "\"generation\":2")),
    );
    case.refuses_plain(
        "of_another_factor",
        "another factor in this one's place",
        &padded(&plain.replace("\"factor\":\"password\"", "\"factor\":\"contact\"")),
    );
    case.refuses_plain(
        "with_a_device",
        "a password has no device",
        &padded(&plain.replace("\"generation\"", "\"device\":\"emea\",\"generation\"")),
    );
    case.refuses_plain(
        "schema_2",
        "a record of the next version",
        &padded(&plain.replace("record/1", "record/2")),
    );
    case.refuses_plain(
        "key_unknown",
        "a key that no record has",
        &padded(&plain.replace("\"made\"", "\"note\":\"x\",\"made\"")),
    );
    case.refuses_plain(
        "key_missing",
        "a key is missing",
        &padded(&plain.replace(",\"made\":\"2026-02-11T16:42:00Z\"", "")),
    );
    case.refuses_plain(
        "key_twice",
        "a key is there twice",
        &padded(&plain.replace("\"generation\":1", "\"generation\":1,\"generation\":1")),
    );
    case.refuses_plain(
        "generation_is_a_text",
        "a generation is a number",
        &padded(&plain.replace("\"generation\":1", "\"generation\":\"1\"")),
    );
    case.refuses_plain(
        "generation_0",
        "generations are counted from 1",
        &padded(&plain.replace("\"generation\":1", "\"generation\":0")),
    );
    case.refuses_plain(
        "made_with_offset",
        "a time is in UTC, written Z",
        &padded(&plain.replace("16:42:00Z", "16:42:00+00:00")),
    );
    case.refuses_plain(
        "made_with_space",
        "day and time are joined by T",
        &padded(&plain.replace("11T16", "11 16")),
    );
    case.refuses_plain(
        "generation_with_fraction",
        "a generation is a whole number",
        &padded(&plain.replace("\"generation\":1", "\"generation\":1.0")),
    );
    case.holds(
        "white_space",
        "white space between values is read",
        &plain.replace("\",\"", "\" ,\t\"").replace("\":\"", "\": \""),
        secret.clone(),
    );
    case.refuses_plain(
        "made_is_no_time",
        "a time that is none",
        &padded(&plain.replace("2026-02-11", "2026-02-31")),
    );
    case.refuses_plain(
        "two_secrets",
        "a password beside a contact",
        &padded(&plain.replace("{\"password\"", "{\"contact\":\"x\",\"password\"")),
    );
    case.refuses_plain(
        "secret_of_another_kind",
        "a contact in a record of a password",
        &padded(&plain.replace("{\"password\"", "{\"contact\"")),
    );
    case.refuses_plain(
        "secret_empty",
        "a secret without a value",
        &padded(&password(&vault, r#","secret":{}"#)),
    );
    case.refuses_plain(
        "password_gives_orders",
        "a control character in a password",
        &padded(&password(&vault, r#","secret":{"password":"a\u001b[2J"}"#)),
    );
    case.refuses_plain(
        "password_of_two_lines",
        "a line feed in a password",
        &padded(&password(&vault, r#","secret":{"password":"a\nb"}"#)),
    );
    case.refuses_plain(
        "password_with_c1",
        "a control character beyond ASCII",
        &padded(&password(&vault, ",\"secret\":{\"password\":\"a\u{9b}2J\"}")),
    );
    case.refuses_plain(
        "a_list",
        "the values of a record without their keys",
        &padded(&format!(r#"["strongroom/record/1","{vault}","111122223333","password",null,1,"2026-02-11T16:42:00Z",{{"password":"x"}}]"#)),
    );
    case.refuses_plain(
        "secret_a_list",
        "the values of a secret without their keys",
        &padded(&password(&vault, r#","secret":["x"]"#)),
    );
    case.refuses_plain(
        "device_null",
        "a device that is null",
        &padded(&plain.replace("\"generation\"", "\"device\":null,\"generation\"")),
    );
    case.refuses_plain(
        "contact_null",
        "a contact that is null beside a password",
        &padded(&plain.replace("{\"password\"", "{\"contact\":null,\"password\"")),
    );
    case.refuses_plain(
        "line_feed_behind",
        "a line feed before the spaces",
        &padded(&format!("{plain}\n")),
    );
    case.refuses_plain("not_json", "something else than JSON", &padded("a password"));
    case.refuses_plain(
        "two_objects",
        "a second object behind the first",
        &padded(&format!("{plain}{{}}")),
    );
    case.refuses_plain("padded_with_zeros", "the rest is not spaces", &{
        let mut bytes = plain.as_bytes().to_vec();
        bytes.resize(1024, 0);
        bytes
    });
    case.refuses_plain("one_byte_short", "1023 bytes", &padded(&plain)[..1023]);
    case.refuses_plain("one_byte_long", "1025 bytes", &[padded(&plain), vec![b' ']].concat());
    case.refuses_plain("not_padded", "a plaintext that tells its length", plain.as_bytes());
    case.refuses_plain("nothing", "an empty plaintext", b"");

    let file = locked(&padded(&plain), std::slice::from_ref(&open.core.recipient));
    let header_end = file.windows(4).position(|bytes| bytes == b"\n---").unwrap();
    let payload = header_end + 5 + file[header_end + 5..].iter().position(|byte| *byte == b'\n').unwrap();
    let flipped = |at: usize| {
        let mut file = file.clone();
        file[at] ^= 1;
        file
    };
    case.refuses_file(
        "header_mac_altered",
        "a character of the header's MAC is another",
        &flipped(header_end + 6),
    );
    case.refuses_file("nonce_altered", "a bit of the nonce is another", &flipped(payload + 3));
    case.refuses_file(
        "payload_altered",
        "a bit of the payload is another",
        &flipped(payload + 40),
    );
    case.refuses_file("tag_altered", "the last bit is another", &flipped(file.len() - 1));
    case.refuses_file("cut", "the last byte is missing", &file[..file.len() - 1]);
    case.refuses_file(
        "longer",
        "a byte stands behind the end",
        &[file.clone(), vec![0]].concat(),
    );
    case.refuses_file("empty", "an empty file", b"");
    case.refuses_file(
        "no_age_file",
        "a file that is not one of age",
        b"-----BEGIN AGE ENCRYPTED FILE-----\n",
    );
    case.refuses_file(
        "of_another_set",
        "a record that this set does not open",
        &locked(&padded(&plain), std::slice::from_ref(&mfa.core.recipient)),
    );
    let by_hand = |foreign, more: &str| age_file(open.core.recipient.as_str(), &padded(&plain), foreign, more);
    let given = case.given(&by_hand(63, ""));
    case.book.holds(
        "record",
        "64_stanzas",
        "the stanza that opens stands behind 63 others",
        given,
        json!({ "secret": secret }),
    );
    case.refuses_file(
        "too_many_stanzas",
        "the stanza that opens stands behind 64 others",
        &by_hand(64, ""),
    );
    case.refuses_file(
        "passphrase_stanza_beside_a_good_one",
        "a stanza that asks for work stands beside one that opens",
        &by_hand(
            0,
            "-> scrypt bBjlhJVYZeE4aqUdmtRHfw 10\nZV/AhotwSGqaPCU43cepl4WYUouAa17a3xpu4G2yi5k\n",
        ),
    );
    let scrypt: &[u8] = b"age-encryption.org/v1\n-> scrypt bBjlhJVYZeE4aqUdmtRHfw 62\nZV/AhotwSGqaPCU43cepl4WYUouAa17a3xpu4G2yi5k\n--- fgMiVLJHMlg9fW7CVG/hPS5EAU4Zeg19LyCP7SoH5nA\n";
    case.refuses_file("passphrase_stanza", "a stanza that asks for work", scrypt);
    mfa_records(book, mfa);
    contact_record(book);
}

fn mfa_records(book: &mut Book, mfa: &Sample) {
    let plain = |secret: &str| {
        format!(
            r#"{{"schema":"strongroom/record/1","vault":"{}","account":"111122223333","factor":"mfa","device":"emea","generation":12,"made":"2026-02-11T16:42:00Z","secret":{secret}}}"#,
            mfa.core.vault
        )
    };
    let seed = r#"{"seed":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","algorithm":"SHA1","digits":6,"period":30,"label":"log-archive"}"#;
    let mut case = RecordCase {
        book,
        sample: mfa,
        shares: [2, 3].map(|index| mfa.code(index)).to_vec(),
        path: "records/111122223333/mfa-emea.12.age".to_string(),
    };
    let secret = |algorithm: &str, digits: u8, period: u16, label: &str| json!({ "seed": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "algorithm": algorithm, "digits": digits, "period": period, "label": label });
    case.holds(
        "mfa",
        "an MFA seed, of generation 12",
        &plain(seed),
        secret("SHA1", 6, 30, "log-archive"),
    );
    case.holds(
        "mfa_without_label",
        "a label may be left out: it is then empty",
        &plain(&seed.replace(",\"label\":\"log-archive\"", "")),
        secret("SHA1", 6, 30, ""),
    );
    case.holds(
        "mfa_sha512_8_digits",
        "SHA-512, 8 digits, 60 seconds",
        &plain(
            &seed
                .replace("SHA1", "SHA512")
                .replace(":6,", ":8,")
                .replace(":30,", ":60,"),
        ),
        secret("SHA512", 8, 60, "log-archive"),
    );
    for (name, fact, from, to) in [
        ("mfa_of_another_device", "the seed of another device", "", ""),
        (
            "mfa_algorithm_unknown",
            "an algorithm that does not exist",
            "SHA1",
            "MD5",
        ),
        ("mfa_algorithm_small", "an algorithm has one spelling", "SHA1", "sha1"),
        ("mfa_5_digits", "fewer digits than six", ":6,", ":5,"),
        ("mfa_9_digits", "more digits than eight", ":6,", ":9,"),
        ("mfa_period_0", "a code that never lives", ":30,", ":0,"),
        ("mfa_period_3601", "a code that lives too long", ":30,", ":3601,"),
        ("mfa_seed_small", "a seed is in capitals", "GEZD", "gezd"),
        ("mfa_seed_padded", "a seed has no padding", "OJQ\"", "OJQ=\""),
        ("mfa_seed_no_base32", "a seed is base32", "GEZD", "0189"),
        (
            "mfa_seed_unused_bits",
            "the unused bits of a seed's last character are 0",
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
            "GEZDGNBVGF",
        ),
        (
            "mfa_seed_of_257_characters",
            "a seed that is too long",
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
            &"A".repeat(257),
        ),
        (
            "mfa_seed_short",
            "a seed of fewer than 10 characters",
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
            "GEZDGNBV",
        ),
    ] {
        let text = if from.is_empty() {
            plain(seed).replace("\"device\":\"emea\"", "\"device\":\"apac\"")
        } else {
            plain(&seed.replacen(from, to, 1))
        };
        case.refuses_plain(name, fact, &padded(&text));
    }
}

fn contact_record(book: &mut Book) {
    let sample = Sample::deal(
        "strongroom/vectors/contact",
        &of(Mode::Rehearsal, "contact", Factor::Contact, None, "2-of-2"),
    );
    let plain = |text: &str| {
        format!(
            r#"{{"schema":"strongroom/record/1","vault":"{}","account":"444455556666","factor":"contact","generation":1,"made":"2026-02-11T16:42:00Z","secret":{{"contact":"{text}"}}}}"#,
            sample.core.vault
        )
    };
    let shares = [1, 2].map(|index| sample.code(index)).to_vec();
    let mut case = RecordCase {
        book,
        sample: &sample,
        shares,
        path: "records/444455556666/contact.1.age".to_string(),
    };
    case.holds(
        "contact",
        "a contact, of a rehearsal",
        &plain("+351 21 000 0000; erste Schule: Zürich"),
        json!({ "contact": "+351 21 000 0000; erste Schule: Zürich" }),
    );
    case.holds(
        "contact_of_600_bytes",
        "the longest contact text",
        &plain(&"ü".repeat(300)),
        json!({ "contact": "ü".repeat(300) }),
    );
    case.refuses_plain(
        "contact_of_601_bytes",
        "a contact text that is too long",
        &padded(&plain(&format!("{}x", "ü".repeat(300)))),
    );
}
