//! docs/spec.md, executed: every fenced block ` ```example NAME ` of it is computed again and compared, to the byte.
//!
//! The secrets of the example stand in tests/vectors/spec-example.json: one throwaway rehearsal set, 2-of-3, dealt from a seeded source.
//! `spec/example.rs` makes it with the library; `spec/stranger.rs` recovers it as the document says, without the code of this library:
//! what the stranger cannot do, the document does not tell.
//!
//! When a format is extended on purpose: `cargo test --test spec -- --ignored` writes blocks and vectors anew, for a human to compare.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "spec/events.rs"]
mod events;
#[path = "spec/example.rs"]
mod example;
#[path = "spec/stranger.rs"]
mod stranger;

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::scalar::Scalar;
use example::{Example, THRESHOLD, example};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use stranger::{Stranger, at_zero, bytes_of, fields};
use strongroom::crypto::sharing::{self, Commitments};
use strongroom::hex;
use strongroom::vault::record;

const SPEC: &str = "docs/spec.md";
const VECTORS: &str = "tests/vectors/spec-example.json";

fn blocks_of(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix("```example ") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            assert!(
                found.insert(name.to_string(), block.join("\n")).is_none(),
                "the block {name} stands twice"
            );
        }
    }
    found
}

fn spec() -> String {
    std::fs::read_to_string(SPEC).unwrap()
}

fn vectors() -> Value {
    serde_json::from_str(&std::fs::read_to_string(VECTORS).unwrap()).unwrap()
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    value
        .pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{path} is a text"))
}

#[test]
fn every_example_of_the_document_is_what_the_library_gives() {
    let (written, computed) = (blocks_of(&spec()), example().blocks);
    for (name, block) in &written {
        let expected = computed
            .get(name.as_str())
            .unwrap_or_else(|| panic!("nothing computes the block {name}"));
        assert_eq!(block, expected, "the block {name} has drifted from the code");
    }
    for name in computed.keys() {
        assert!(written.contains_key(*name), "the document lacks the block {name}");
    }
}

#[test]
fn the_vectors_are_what_the_library_gives_and_the_record_opens() {
    let (mut written, example) = (vectors(), example());
    let file = written["record"].as_object_mut().unwrap().remove("file").unwrap();
    assert_eq!(written, example.vectors);
    let file = data_encoding::HEXLOWER
        .decode(file.as_str().unwrap().as_bytes())
        .unwrap();
    let stock: age::x25519::Identity = text(&written, "/identity").parse().unwrap();
    let plain = age::decrypt(&stock, &file).unwrap();
    let (json, padding) = plain.split_at(text(&written, "/record/plaintext").len());
    assert_eq!(json, text(&written, "/record/plaintext").as_bytes());
    assert!(plain.len() == record::BUCKET && padding.iter().all(|byte| *byte == b' '));
}

#[test]
fn a_stranger_recovers_from_two_sheets_with_the_document_alone() {
    let v = vectors();
    let points = [0, 2].map(|at| {
        let bits = fields("ZZ", text(&v, &format!("/shares/{at}/line_a")));
        assert_eq!(bits[..15], [0; 15], "version 0, line A without a lock, identity kind 0");
        assert_eq!(bytes_of(&bits[15..23]), [2], "two are needed");
        assert_eq!(hex::encode(&bytes_of(&bits[31..119])), text(&v, "/fingerprint"));
        (
            bytes_of(&bits[23..31])[0],
            <[u8; 32]>::try_from(bytes_of(&bits[119..])).unwrap(),
        )
    });
    let stranger = Stranger {
        secret: at_zero(&points).to_bytes(),
        blinder: [0; 32],
    };
    assert_eq!(hex::encode(&stranger.secret), text(&v, "/secret"));
    let seed = stranger.expand("strongroom/v1/identity/rehearsal/0");
    let hrp = bech32::Hrp::parse("age-secret-key-").unwrap();
    let identity = bech32::encode_upper::<bech32::Bech32>(hrp, &seed).unwrap();
    assert_eq!(identity, text(&v, "/identity"));
    let identity: age::x25519::Identity = identity.parse().unwrap();
    assert_eq!(identity.to_public().to_string(), text(&v, "/recipient"));
    let signing = ed25519_dalek::SigningKey::from_bytes(&stranger.expand("strongroom/v1/successor/rehearsal"));
    assert_eq!(
        hex::encode(&signing.verifying_key().to_bytes()),
        text(&v, "/successor_key")
    );
}

#[test]
fn a_stranger_proves_every_share_and_c0_by_the_equation() {
    let v = vectors();
    let h = CompressedRistretto(sharing::H).decompress().unwrap();
    let scalar = |path: &str| Scalar::from_canonical_bytes(hex::decode(text(&v, path)).unwrap()).unwrap();
    let commitments: [[u8; 32]; 2] = [0, 1].map(|j| hex::decode(text(&v, &format!("/commitments/{j}"))).unwrap());
    assert!(Commitments::parse(THRESHOLD.parse().unwrap(), &commitments).is_ok());
    let [c0, c1] = commitments.map(|c| CompressedRistretto(c).decompress().unwrap());
    for at in 0..3_u8 {
        let line_b = fields("ZZ", text(&v, &format!("/shares/{at}/line_b")));
        assert_eq!(bytes_of(&line_b[10..18]), [at + 1]);
        assert_eq!(
            hex::encode(&bytes_of(&line_b[38..294])),
            text(&v, &format!("/shares/{at}/blinder"))
        );
        assert_eq!(line_b.len(), 295);
        assert_eq!(line_b[294], 0);
        let (value, blinder) = (
            scalar(&format!("/shares/{at}/value")),
            scalar(&format!("/shares/{at}/blinder")),
        );
        assert_eq!(
            RISTRETTO_BASEPOINT_POINT * value + h * blinder,
            c0 + c1 * Scalar::from(at + 1)
        );
    }
    assert_eq!(
        RISTRETTO_BASEPOINT_POINT * scalar("/secret") + h * scalar("/secret_blinder"),
        c0
    );
}

#[test]
fn a_stranger_opens_the_lock() {
    use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
    let v = vectors();
    let [a, b, c] = ["a", "b", "c"].map(|line| fields("ZZ", text(&v, &format!("/lock/line_{line}"))));
    assert_eq!(bytes_of(&a[5..10]), [0b00_001], "line A, profile 1");
    let mut head = a[..119].to_vec();
    head.push(0);
    let aad = [b"ZZ1".to_vec(), bytes_of(&head)].concat();
    assert_eq!(data_encoding::HEXLOWER.encode(&aad), text(&v, "/lock/aad"));
    let beside = bytes_of(&b[38..294]);
    let params = argon2::Params::new(256 * 1024, 3, 1, Some(64)).unwrap();
    let mut key = [0; 64];
    argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
        .hash_password_into(text(&v, "/lock/passphrase").as_bytes(), &beside[..16], &mut key)
        .unwrap();
    let sealed = [bytes_of(&a[119..]), beside[16..].to_vec()].concat();
    let cipher = chacha20poly1305::ChaCha20Poly1305::new_from_slice(&key[..32]).unwrap();
    let payload = Payload {
        msg: &sealed,
        aad: &aad,
    };
    let value = cipher.decrypt(&chacha20poly1305::Nonce::default(), payload).unwrap();
    assert_eq!(data_encoding::HEXLOWER.encode(&value), text(&v, "/shares/0/value"));
    let blinder: Vec<u8> = bytes_of(&c[38..294])
        .iter()
        .zip(&key[32..])
        .map(|(masked, mask)| masked ^ mask)
        .collect();
    assert_eq!(data_encoding::HEXLOWER.encode(&blinder), text(&v, "/shares/0/blinder"));
    let lines = ["a", "b", "c"]
        .map(|line| text(&v, &format!("/lock/line_{line}")))
        .join("/");
    let digest = Sha256::new()
        .chain_update(b"strongroom/v1/lock")
        .chain_update(lines)
        .finalize();
    assert_eq!(data_encoding::HEXLOWER.encode(&digest), text(&v, "/lock/digest"));
}

#[test]
fn a_stranger_opens_the_record() {
    use chacha20poly1305::aead::{Aead as _, KeyInit as _};
    use curve25519_dalek::montgomery::MontgomeryPoint;
    let v = vectors();
    let file = data_encoding::HEXLOWER
        .decode(text(&v, "/record/file").as_bytes())
        .unwrap();
    let unpadded = |text: &str| data_encoding::BASE64_NOPAD.decode(text.as_bytes()).unwrap();
    let expand = |ikm: &[u8], salt: Option<&[u8]>, info: &str| {
        let mut key = [0; 32];
        hkdf::Hkdf::<Sha256>::new(salt, ikm)
            .expand(info.as_bytes(), &mut key)
            .unwrap();
        key
    };
    let opened = |key: [u8; 32], last: u8, sealed: &[u8]| {
        let mut nonce = chacha20poly1305::Nonce::default();
        nonce[11] = last;
        chacha20poly1305::ChaCha20Poly1305::new(&key.into())
            .decrypt(&nonce, sealed)
            .unwrap()
    };
    let dashes = file.windows(4).position(|bytes| bytes == b"\n---").unwrap();
    let header: Vec<&str> = std::str::from_utf8(&file[..dashes]).unwrap().lines().collect();
    assert_eq!(header[0], "age-encryption.org/v1");
    let stanza = header.iter().position(|line| line.starts_with("-> X25519 ")).unwrap();
    let ephemeral: [u8; 32] = unpadded(&header[stanza]["-> X25519 ".len()..]).try_into().unwrap();
    let seed: [u8; 32] = hex::decode(text(&v, "/identity_seed")).unwrap();
    let shared = MontgomeryPoint(ephemeral).mul_clamped(seed).to_bytes();
    let recipient = MontgomeryPoint::mul_base_clamped(seed).to_bytes();
    let wrap_key = expand(
        &shared,
        Some(&[ephemeral, recipient].concat()),
        "age-encryption.org/v1/X25519",
    );
    let file_key = opened(wrap_key, 0, &unpadded(header[stanza + 1]));
    let payload = dashes + 2 + file[dashes + 1..].iter().position(|byte| *byte == b'\n').unwrap();
    let (nonce, payload) = file[payload..].split_at(16);
    let plain = opened(expand(&file_key, Some(nonce), "payload"), 1, payload);
    assert_eq!(plain.len(), 1024);
    assert!(plain.starts_with(text(&v, "/record/plaintext").as_bytes()));
}

#[test]
fn the_document_prints_one_share_of_the_example_and_no_secret() {
    let (spec, v) = (spec().to_lowercase(), vectors());
    let mut hidden = vec![
        "/secret",
        "/secret_blinder",
        "/identity_seed",
        "/identity",
        "/successor_seed",
        "/record/seed",
        "/lock/passphrase",
    ];
    hidden.extend([
        "/shares/1/value",
        "/shares/1/line_a",
        "/shares/2/value",
        "/shares/2/line_a",
    ]);
    for path in hidden {
        assert!(
            !spec.contains(&text(&v, path).to_lowercase()),
            "{path} stands in the document"
        );
    }
}

#[test]
#[ignore = "writes the blocks of the document and the vectors anew, after a format was extended on purpose"]
fn write_the_blocks_and_vectors_anew() {
    let Example {
        blocks,
        mut vectors,
        record_file,
    } = example();
    vectors["record"]["file"] = json!(data_encoding::HEXLOWER.encode(&record_file));
    std::fs::write(
        VECTORS,
        format!("{}\n", serde_json::to_string_pretty(&vectors).unwrap()),
    )
    .unwrap();
    let mut out = String::new();
    let old = spec();
    let mut lines = old.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if let Some(name) = line.strip_prefix("```example ") {
            lines.by_ref().take_while(|line| *line != "```").for_each(drop);
            let block = blocks
                .get(name)
                .unwrap_or_else(|| panic!("nothing computes the block {name}"));
            let _ = writeln!(out, "{block}\n```");
        }
    }
    std::fs::write(SPEC, out).unwrap();
}
