//! docs/spec.md, executed: every fenced block ` ```example NAME ` of it is computed again and compared, to the byte.
//!
//! The secrets of the example stand in tests/vectors/spec-example.json: one throwaway rehearsal set, 2-of-3, dealt from a seeded source.
//! [`Stranger`] recovers it as the document says, without the code of this library: what it cannot do, the document does not tell.
//!
//! When a format is extended on purpose: `cargo test --test spec -- --ignored` writes blocks and vectors anew, for a human to compare.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use bech32::Checksum as _;
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha512};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use strongroom::code::line_code::{self, Codex32};
use strongroom::code::share_code::{PaperShare, ShareHead};
use strongroom::code::share_lines::Line;
use strongroom::code::symbols::Symbols;
use strongroom::code::words::{self, WordsTag};
use strongroom::code::{reading, typed};
use strongroom::crypto::identity::{self, IdentityKind, SetIdentity};
use strongroom::crypto::passphrase::{LockProfile, Passphrase};
use strongroom::crypto::sharing::{self, Commitments, Share};
use strongroom::crypto::totp::{Parameters, Seed};
use strongroom::entropy::{Entropy, Purpose, Source};
use strongroom::hex;
use strongroom::ident::{ALPHABET, Epoch, Generation, Mode, Serial, ShareIndex, VaultId};
use strongroom::plan::Factor;
use strongroom::secret::Secret;
use strongroom::vault::event::{DealtEnvelope, Event, LockedRecordNote, Network, Note, SeenShare, SetEpoch};
use strongroom::vault::ledger::{Chain, Hash, head_words};
use strongroom::vault::record::{self, Content, Record, RecordName};
use strongroom::vault::share_set::{self, Core};

const SPEC: &str = "docs/spec.md";
const VECTORS: &str = "tests/vectors/spec-example.json";
const THRESHOLD: &str = "2-of-3";
const TIME: &str = "2026-02-11T16:42:00Z";

/// Draw k, counted from 1: the first bytes of SHA-512(`strongroom/spec-example/` ‖ k in 8 bytes, big-endian).
struct Seeded(u64);

impl Source for Seeded {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), String> {
        self.0 += 1;
        let bytes = Sha512::new()
            .chain_update(b"strongroom/spec-example/")
            .chain_update(self.0.to_be_bytes())
            .finalize();
        out.copy_from_slice(&bytes[..out.len()]);
        Ok(())
    }
}

/// The example, as the library makes it.
struct Example {
    blocks: BTreeMap<&'static str, String>,
    vectors: Value,
    /// The one part that age makes from randomness of its own.
    record_file: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Scalars {
    index: ShareIndex,
    value: [u8; 32],
    blinder: [u8; 32],
}

impl Scalars {
    fn of(share: Share) -> Self {
        let index = share.index();
        let (value, blinder) = share.into_scalars();
        Self {
            index,
            value: value.expose(|b| *b),
            blinder: blinder.unwrap().expose(|b| *b),
        }
    }

    fn share(self) -> Share {
        Share::new(self.index, secret(self.value), Some(secret(self.blinder)))
    }

    fn paper(self, head: &dyn Fn(ShareIndex) -> ShareHead) -> PaperShare {
        PaperShare::new(head(self.index), secret(self.value), Some(secret(self.blinder)))
    }
}

fn secret<const N: usize>(bytes: [u8; N]) -> Secret<N> {
    Secret::build(|out| *out = bytes)
}

fn parsed<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().unwrap()
}

#[allow(clippy::too_many_lines, reason = "one example, in the order of the document")]
fn example() -> Example {
    let mut source = Seeded(0);
    let mut entropy = Entropy::new(&mut source);
    let mut blocks = BTreeMap::new();
    let vault = VaultId::new(Mode::Rehearsal, entropy.bytes(Purpose::VaultId).unwrap().expose(|b| *b));

    // a dealing, and what is public about it
    let dealing = sharing::deal(parsed(THRESHOLD), &mut entropy).ok().unwrap();
    let shares: Vec<Scalars> = dealing.shares.into_iter().map(Scalars::of).collect();
    let set_identity = SetIdentity::derive(dealing.secret, Mode::Rehearsal, IdentityKind::X25519)
        .ok()
        .unwrap();
    let core = Core {
        vault,
        name: parsed("mfa-emea"),
        purpose: Factor::Mfa,
        region: Some(parsed("emea")),
        epoch: Epoch::FIRST,
        threshold: parsed(THRESHOLD),
        identity_kind: IdentityKind::X25519,
        recipient: set_identity.recipient(),
        commitments: dealing.commitments,
        successor_key: set_identity.successor_key(),
        before: Hash([0; 32]),
    };
    let fingerprint = core.fingerprint();

    // its first share on paper
    let head = |index| ShareHead {
        mode: Mode::Rehearsal,
        identity_kind: IdentityKind::X25519,
        needed: 2,
        index,
        fingerprint,
    };
    let on_paper: Vec<_> = shares.iter().map(|share| share.paper(&head).lines()).collect();
    let text_of = |at: usize, line| on_paper[at].line(line).unwrap().expose(str::to_string);
    blocks.insert("sheet", sheet(&on_paper[0], &[Line::A, Line::B]));
    blocks.insert("qr", on_paper[0].qr_text().expose(str::to_string));
    blocks.insert("typed", typed_example(&text_of(0, Line::A), &text_of(0, Line::B)));
    let first = &shares[0];
    let aad = PaperShare::aad(&head(first.index), Some(LockProfile::Argon2id256MiB));
    blocks.insert(
        "share",
        format!(
            "needed       2\nindex        1\nfingerprint  {}\nmark         {:05x}\nvalue        {}\nblinder      {}",
            fingerprint.hex(),
            fingerprint.mark(),
            hex::encode(&first.value),
            hex::encode(&first.blinder),
        ),
    );

    // the same share under a lock
    let passphrase = Passphrase::generate(&mut entropy).ok().unwrap();
    let salt = entropy.bytes::<16>(Purpose::Salt).unwrap().expose(|b| *b);
    let profile = LockProfile::Argon2id256MiB;
    let locked = PaperShare::locked(
        head(first.index),
        &secret(first.value),
        &secret(first.blinder),
        profile,
        &passphrase,
        salt,
    )
    .unwrap();
    let digest = locked.lock_digest().unwrap();
    blocks.insert(
        "lock",
        format!(
            "aad          5a5a31{}\nsalt         {}\nlock digest  {digest}",
            hex::encode(&aad),
            hex::encode(&salt)
        ),
    );
    let locked = locked.lines();
    blocks.insert("locked sheet", sheet(&locked, &Line::ALL));

    // the core
    let encoded = core.encode();
    let rows: Vec<String> = encoded.chunks(32).map(hex::encode).collect();
    blocks.insert("core", rows.join("\n"));
    blocks.insert(
        "fingerprint",
        format!(
            "sha256       {}\nfingerprint  {}\nwords        {fingerprint}",
            core.hash(),
            fingerprint.hex_grouped()
        ),
    );
    blocks.insert("set file", core.render(&fingerprint).trim_end().to_string());
    blocks.insert(
        "public keys",
        format!(
            "recipient      {}\nsuccessor key  {}",
            core.recipient,
            hex::encode(&core.successor_key)
        ),
    );

    // a record
    let seed = entropy.bytes::<20>(Purpose::RehearsalSeed).unwrap();
    let seed = seed.expose(|bytes| data_encoding::BASE32_NOPAD.encode(bytes));
    let name = RecordName {
        account: parsed("111122223333"),
        factor: Factor::Mfa,
        device: Some(parsed("emea")),
    };
    let record = Record {
        name: name.clone(),
        generation: Generation::FIRST,
        made: parsed(TIME),
        content: Content::Mfa(
            Seed::from_base32(&seed, Parameters::DEFAULT, "example".to_string())
                .ok()
                .unwrap(),
        ),
    };
    let record_file = record.lock(vault, &[core.recipient.clone()]).ok().unwrap();
    let plaintext = set_identity_of(&shares).open(&record_file).ok().unwrap();
    let plaintext = plaintext.expose(|bytes| String::from_utf8(bytes.to_vec()).unwrap());
    let public = plaintext.split("\"secret\"").next().unwrap();
    blocks.insert(
        "record",
        format!("{}\n{public}\"secret\":{{…}}}}", name.path(Generation::FIRST)),
    );

    // a ledger
    let mut chain = Chain::new(parsed("home"));
    let note = |text: &str| parsed::<Note>(text);
    let nonce = note(
        &entropy
            .bytes::<16>(Purpose::Closing)
            .unwrap()
            .expose(|b| hex::encode(b)),
    );
    let mut lines = String::new();
    for event in [
        Event::Init {
            vault,
            mode: Mode::Rehearsal,
            program: note("strongroom 0.1.0"),
        },
        Event::Plan {
            sha256: Hash::of(b"a plan\n"),
        },
        Event::Closing {
            nonce,
            chains: BTreeMap::new(),
        },
    ] {
        lines.push_str(&String::from_utf8(chain.push(event, parsed(TIME)).ok().unwrap()).unwrap());
    }
    blocks.insert("ledger", lines.trim_end().to_string());
    let words = head_words(chain.head());
    blocks.insert(
        "head",
        format!(
            "sha256       {}\nfingerprint  {}\nwords        {words}",
            chain.head(),
            words.hex_grouped()
        ),
    );
    blocks.insert("events", events(vault, core.hash(), &note));

    // what belongs to no example
    let h = RistrettoPoint::from_uniform_bytes(&Sha512::digest(sharing::H_LABEL).into());
    assert_eq!(h.compress().0, sharing::H);
    blocks.insert(
        "generators",
        format!(
            "g  {}\nh  {}",
            hex::encode(&RISTRETTO_BASEPOINT_POINT.compress().0),
            hex::encode(&sharing::H)
        ),
    );
    blocks.insert("checksum", checksum());
    blocks.insert("constants", constants());
    blocks.insert(
        "numbers",
        format!(
            "serial of the bits 0x12345678   {}\nwords of 88 zero bits           {}\nwords of 88 one bits            {}",
            Serial::from_bits(0x1234_5678),
            words::Fingerprint::new([0; 11]),
            words::Fingerprint::new([0xff; 11]),
        ),
    );
    blocks.insert(
        "tags",
        [WordsTag::Set, WordsTag::Head, WordsTag::Program]
            .map(|tag| {
                format!(
                    "{:<8}{}",
                    format!("{tag:?}").to_lowercase(),
                    words::words_of(tag, &[0; 32]).hex()
                )
            })
            .join("\n"),
    );

    let stranger = Stranger::of(&shares);
    let vectors = json!({
        "about": "Every secret here is a throwaway: a rehearsal set (prefix ZZ1) dealt from a public seed for docs/spec.md. Made by tests/spec.rs.",
        "vault": vault,
        "set": core.name,
        "threshold": THRESHOLD,
        "shares": (0..3).map(|at| json!({
            "index": shares[at].index.get(),
            "value": hex::encode(&shares[at].value),
            "blinder": hex::encode(&shares[at].blinder),
            "line_a": text_of(at, Line::A),
            "line_b": text_of(at, Line::B),
            "qr": on_paper[at].qr_text().expose(str::to_string),
        })).collect::<Vec<_>>(),
        "commitments": core.commitments.encoded().iter().map(|c| hex::encode(c)).collect::<Vec<_>>(),
        "secret": hex::encode(&stranger.secret),
        "secret_blinder": hex::encode(&stranger.blinder),
        "identity_seed": hex::encode(&stranger.expand("strongroom/v1/identity/rehearsal/0")),
        "identity": set_identity.to_text().expose(str::to_string),
        "recipient": core.recipient.as_str(),
        "successor_seed": hex::encode(&stranger.expand("strongroom/v1/successor/rehearsal")),
        "successor_key": hex::encode(&core.successor_key),
        "core": hex::encode(&encoded),
        "core_sha256": core.hash(),
        "fingerprint": fingerprint.hex(),
        "words": fingerprint.to_string(),
        "set_file": core.render(&fingerprint),
        "lock": {
            "index": 1,
            "profile": profile.number(),
            "passphrase": passphrase.expose(str::to_string),
            "salt": hex::encode(&salt),
            "aad": format!("5a5a31{}", hex::encode(&aad)),
            "line_a": locked.line(Line::A).unwrap().expose(str::to_string),
            "line_b": locked.line(Line::B).unwrap().expose(str::to_string),
            "line_c": locked.line(Line::C).unwrap().expose(str::to_string),
            "qr": locked.qr_text().expose(str::to_string),
            "digest": digest.to_string(),
        },
        "record": {
            "path": name.path(Generation::FIRST),
            "plaintext": plaintext.trim_end(),
            "plaintext_bytes": plaintext.len(),
            "seed": seed,
        },
        "ledger": lines,
        "ledger_words": words.to_string(),
    });
    Example {
        blocks,
        vectors,
        record_file,
    }
}

fn set_identity_of(shares: &[Scalars]) -> SetIdentity {
    let two: Vec<Share> = shares[1..].iter().map(|share| share.share()).collect();
    let secret = sharing::combine_unproved(parsed(THRESHOLD), &two.iter().collect::<Vec<_>>()).unwrap();
    SetIdentity::derive(secret, Mode::Rehearsal, IdentityKind::X25519)
        .ok()
        .unwrap()
}

/// The lines as a sheet shows them: groups under their names.
fn sheet(lines: &strongroom::code::share_lines::ShareLines, which: &[Line]) -> String {
    let mut out = String::new();
    for line in which {
        let (mut names, mut groups, mut count) = (String::new(), String::new(), 0);
        let mut flush = |names: &mut String, groups: &mut String| {
            let _ = writeln!(out, "{}\n{}", names.trim_end(), groups.trim_end());
            names.clear();
            groups.clear();
        };
        lines.for_each_group(*line, |name, group| {
            let _ = write!(names, "{:<5}", name.to_string());
            let _ = write!(groups, "{group:<5}");
            count += 1;
            if count % 11 == 0 {
                flush(&mut names, &mut groups);
            }
        });
        if !names.is_empty() {
            flush(&mut names, &mut groups);
        }
    }
    out.trim_end().to_string()
}

/// A way to type both lines that a reader has to take.
fn typed_example(a: &str, b: &str) -> String {
    let grouped = |text: &str| {
        let groups = text
            .as_bytes()
            .chunks(4)
            .map(|group| std::str::from_utf8(group).unwrap());
        groups.collect::<Vec<_>>().join("-")
    };
    let (first, second) = a.split_at(44);
    let text = format!(
        "Line A: {}\n        {}\n\nLine B: {}",
        grouped(first).to_lowercase(),
        grouped(second).to_lowercase(),
        grouped(b).replace('8', "B").replace('0', "O")
    );
    let read: Vec<_> = reading::read_text(&text, Mode::Rehearsal);
    let read: Vec<_> = read.into_iter().map(|paper| paper.ok().unwrap().lines()).collect();
    assert_eq!(read.len(), 1);
    for (line, printed) in [(Line::A, a), (Line::B, b)] {
        assert!(
            read[0].line(line).unwrap().expose(|text| text == printed),
            "line {line}"
        );
    }
    text
}

/// `TEST` closed in both worlds, and what is left of it in the other one.
fn checksum() -> String {
    let data = Symbols::from_text("TEST").unwrap();
    let values: Vec<u8> = data.expose(<[u8]>::to_vec);
    let mut out = format!("TEST is the values {values:?}\n");
    for mode in [Mode::Production, Mode::Rehearsal] {
        let prefix = mode.prefix();
        let line = line_code::encode(mode, &data);
        let start = expanded(&prefix[..2]);
        let residue = polymod(1, &start);
        let _ = writeln!(
            out,
            "{prefix}  expanded {start:?}, residue {residue:#019x}, line {}",
            line.text().expose(str::to_string)
        );
        assert_eq!(polymod(residue, &line.expose(<[u8]>::to_vec)), Codex32::TARGET_RESIDUE);
        assert_eq!(line.expose(<[u8]>::to_vec), closed(&prefix[..2], &values));
    }
    out.trim_end().to_string()
}

/// The pseudo-code of the document, line by line.
fn polymod(mut residue: u128, values: &[u8]) -> u128 {
    const GEN: [u128; 5] = [
        0x1_9dc5_00ce_73fd_e210,
        0x1_bfae_00de_f77f_e529,
        0x1_fbd9_20ff_fe7b_ee52,
        0x1_7396_40bd_eee3_fdad,
        0x0_7729_a039_cfc7_5f5a,
    ];
    for value in values {
        let top = residue >> 60;
        residue = (residue & 0x0fff_ffff_ffff_ffff) << 5 ^ u128::from(*value);
        for (bit, generator) in GEN.iter().enumerate() {
            if top >> bit & 1 == 1 {
                residue ^= generator;
            }
        }
    }
    residue
}

fn expanded(letters: &str) -> Vec<u8> {
    let letters = letters.to_lowercase();
    letters
        .bytes()
        .map(|c| c >> 5)
        .chain([0])
        .chain(letters.bytes().map(|c| c & 31))
        .collect()
}

fn closed(letters: &str, data: &[u8]) -> Vec<u8> {
    let all: Vec<u8> = [expanded(letters), data.to_vec(), vec![0; 13]].concat();
    let check = polymod(1, &all) ^ 0x1_0ce0_795c_2fd1_e62a;
    data.iter()
        .copied()
        .chain((0..13).map(|i| (check >> (5 * (12 - i)) & 31) as u8))
        .collect()
}

fn constants() -> String {
    let alphabet = std::str::from_utf8(ALPHABET).unwrap();
    let list = bip39::Language::English.word_list();
    let own = hex::encode(&Sha256::digest(list.join("\n")));
    let published = hex::encode(&Sha256::digest(list.join("\n") + "\n"));
    let mut out = format!("alphabet                        {alphabet}\n");
    for (at, generator) in Codex32::GENERATOR_SH.iter().enumerate() {
        let _ = writeln!(out, "GEN[{at}]                          {generator:#019x}");
    }
    let _ = writeln!(out, "target residue                  {:#019x}", Codex32::TARGET_RESIDUE);
    let _ = writeln!(out, "word list, joined by line feeds {own}");
    let _ = writeln!(out, "word list, as published         {published}");
    for (name, bytes) in [
        ("text with shares, bytes", reading::TEXT_MAX),
        ("symbols kept of a line", typed::KEPT),
        ("set file, bytes", share_set::SET_FILE_MAX),
        ("record file, bytes", identity::RECORD_MAX),
        ("stanzas of a record", identity::STANZAS_MAX),
        ("record plaintext, bytes", record::BUCKET),
        ("contact text, bytes", record::CONTACT_MAX),
        ("ledger chain, bytes", strongroom::vault::ledger::LEDGER_MAX),
        ("plan, bytes", strongroom::vault::PLAN_MAX),
    ] {
        let _ = writeln!(out, "{name:<32}{bytes}");
    }
    out.trim_end().to_string()
}

/// One body of every kind, with every field that it can have.
fn events(vault: VaultId, core: Hash, note: &dyn Fn(&str) -> Note) -> String {
    let of = SetEpoch {
        set: parsed("mfa-emea"),
        epoch: Epoch::FIRST,
    };
    let boot = || "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let seen = SeenShare {
        index: ShareIndex::FIRST,
        serial: Serial::from_bits(1),
        proved: true,
    };
    let all = [
        Event::Init {
            vault,
            mode: Mode::Rehearsal,
            program: note("strongroom 0.1.0"),
        },
        Event::Site { vault },
        Event::Machine {
            network: Network::IsolatedByNamespace,
            swap: false,
            boot: boot(),
            program: note("strongroom 0.1.0"),
        },
        Event::Plan {
            sha256: Hash::of(b"a plan\n"),
        },
        Event::Dealt {
            of: of.clone(),
            threshold: parsed("2-of-2"),
            core,
            fingerprint: note("00ede4016c97386c7fb3df"),
            envelopes: [(1, Some("fra-1")), (2, None)]
                .map(|(index, safe)| DealtEnvelope {
                    index: ShareIndex::new(index).unwrap(),
                    custodian: parsed("ana"),
                    safe: safe.map(parsed),
                    serial: Serial::from_bits(u32::from(index)),
                })
                .to_vec(),
            unattended: Some(note("no witness could come")),
            boot: boot(),
        },
        Event::Rendered { of: of.clone() },
        Event::Proved {
            of: of.clone(),
            shares: vec![seen.clone()],
            drill: false,
            boot: boot(),
        },
        Event::Void {
            of: of.clone(),
            reason: note("the dealing was interrupted"),
        },
        Event::Enrolled {
            factor: Factor::Mfa,
            records: vec![LockedRecordNote {
                account: parsed("111122223333"),
                device: Some(parsed("emea")),
                generation: Generation::FIRST,
                sha256: Hash::of(b"a record"),
                sets: vec![of.clone()],
            }],
            reason: Some(note("first enrolment")),
            unattended: false,
        },
        Event::Recovered {
            account: parsed("111122223333"),
            factor: Factor::Mfa,
            device: Some(parsed("emea")),
            generation: Generation::FIRST,
            task: parsed("security-event"),
            reason: note("incident 7"),
            present: vec![parsed("ana"), parsed("ben")],
            approved_by: Some(parsed("walt")),
            of,
            shares: vec![seen],
            reachable: 22,
            on_paper: true,
            boot: boot(),
        },
        Event::Exception {
            rule: note("swap-on"),
            found: note("memory can be swapped out: /dev/sda2 is on"),
            reason: note("no other laptop"),
        },
        Event::Closing {
            nonce: note("00112233445566778899aabbccddeeff"),
            chains: BTreeMap::from([(parsed("away"), core)]),
        },
    ];
    let mut kinds = Vec::new();
    for event in &all {
        let (kind, body) = event.to_parts().unwrap();
        assert_eq!(Event::from_parts(&kind, body.clone()).unwrap(), *event);
        kinds.push(format!("{kind}\n  {}", canonical(&body)));
    }
    kinds.join("\n")
}

fn canonical(value: &Value) -> String {
    let list = |parts: Vec<String>| parts.join(",");
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<_, _> = fields.iter().collect();
            format!(
                "{{{}}}",
                list(
                    sorted
                        .into_iter()
                        .map(|(key, value)| format!("{}:{}", json!(key), canonical(value)))
                        .collect()
                )
            )
        }
        Value::Array(items) => format!("[{}]", list(items.iter().map(canonical).collect())),
        other => other.to_string(),
    }
}

/// Whoever has the document, and not the program.
struct Stranger {
    secret: [u8; 32],
    blinder: [u8; 32],
}

impl Stranger {
    fn of(shares: &[Scalars]) -> Self {
        let combined = |part: fn(&Scalars) -> [u8; 32]| {
            let points: Vec<(u8, [u8; 32])> = shares[..2]
                .iter()
                .map(|share| (share.index.get(), part(share)))
                .collect();
            at_zero(&points).to_bytes()
        };
        Self {
            secret: combined(|share| share.value),
            blinder: combined(|share| share.blinder),
        }
    }

    /// HKDF-SHA-256 of the secret, without a salt.
    fn expand(&self, info: &str) -> [u8; 32] {
        let mut out = [0; 32];
        hkdf::Hkdf::<Sha256>::new(None, &self.secret)
            .expand(info.as_bytes(), &mut out)
            .unwrap();
        out
    }
}

/// Lagrange at 0.
fn at_zero(points: &[(u8, [u8; 32])]) -> Scalar {
    points.iter().fold(Scalar::ZERO, |sum, (i, value)| {
        let others = points.iter().filter(|(j, _)| j != i);
        let weight = others.fold(Scalar::ONE, |product, (j, _)| {
            product * Scalar::from(*j) * (Scalar::from(*j) - Scalar::from(*i)).invert()
        });
        sum + weight * Scalar::from_canonical_bytes(*value).unwrap()
    })
}

/// A line of the document's table: version, kind, then the fields.
fn fields(letters: &str, line: &str) -> Vec<u8> {
    let values: Vec<u8> = line
        .bytes()
        .map(|c| ALPHABET.iter().position(|a| *a == c).unwrap() as u8)
        .collect();
    assert_eq!(
        polymod(polymod(1, &expanded(letters)), &values),
        0x1_0ce0_795c_2fd1_e62a,
        "the checksum of {line}"
    );
    let data = &values[..values.len() - 13];
    data.iter()
        .flat_map(|value| (0..5).rev().map(move |bit| value >> bit & 1))
        .collect()
}

fn bytes_of(bits: &[u8]) -> Vec<u8> {
    bits.chunks(8)
        .map(|byte| byte.iter().fold(0, |all, bit| all << 1 | bit))
        .collect()
}

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
    assert!(Commitments::parse(parsed(THRESHOLD), &commitments).is_ok());
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
fn every_test_that_the_threat_model_names_exists() {
    fn sources(folder: &std::path::Path, all: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, all);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                all.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut code = String::new();
    for folder in ["src", "tests"] {
        sources(folder.as_ref(), &mut code);
    }
    let security = std::fs::read_to_string("SECURITY.md").unwrap();
    let named: Vec<&str> = security
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.matches('_').count() > 1)
        .collect();
    assert!(named.len() > 40, "{} tests are named", named.len());
    for name in named {
        let stands = code.contains(&format!("fn {name}()")) || code.contains(&format!("    {name}: "));
        assert!(stands, "no test is called {name}");
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
