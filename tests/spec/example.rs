//! The example of docs/spec.md, as the library makes it: the blocks of the document, and the vectors beside it.

use super::events::events;
use super::stranger::{Stranger, closed, expanded, polymod};
use bech32::Checksum as _;
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_POINT;
use curve25519_dalek::ristretto::RistrettoPoint;
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
use strongroom::crypto::identity::{self, IdentityKind, SetIdentity, is_successor};
use strongroom::crypto::notice::NoticeWords;
use strongroom::crypto::passphrase::{LockProfile, Passphrase};
use strongroom::crypto::sharing::{self, Share};
use strongroom::crypto::totp::{Parameters, Seed};
use strongroom::entropy::{Entropy, Purpose, Source};
use strongroom::hex;
use strongroom::ident::{ALPHABET, Epoch, Generation, Mode, Serial, ShareIndex, VaultId};
use strongroom::plan::Factor;
use strongroom::secret::Secret;
use strongroom::vault::event::{Event, Note};
use strongroom::vault::ledger::{Chain, Hash, head_words};
use strongroom::vault::record::{self, Content, Record, RecordName};
use strongroom::vault::share_set::{self, Core};

/// The rule of the example.
pub(crate) const THRESHOLD: &str = "2-of-3";
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
pub(crate) struct Example {
    /// By the names of their fences.
    pub(crate) blocks: BTreeMap<&'static str, String>,
    /// The file beside the document.
    pub(crate) vectors: Value,
    /// The one part that age makes from randomness of its own.
    pub(crate) record_file: Vec<u8>,
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

pub(crate) fn parsed<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().unwrap()
}

#[allow(clippy::too_many_lines, reason = "one example, in the order of the document")]
/// Makes it.
pub(crate) fn example() -> Example {
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

    // who signs the next epoch
    let after = Hash::of(b"another core");
    let signature = set_identity_of(&shares)
        .into_relocking()
        .sign_successor(&core.hash().0, &after.0);
    assert!(is_successor(&core.successor_key, &core.hash().0, &after.0, &signature));
    let signature: Vec<String> = signature.chunks(32).map(hex::encode).collect();
    blocks.insert(
        "succession",
        format!(
            "before     {}\nafter      {after}\nsignature  {}\n           {}",
            core.hash(),
            signature[0],
            signature[1]
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
    let record_file = record.lock(vault, std::slice::from_ref(&core.recipient)).ok().unwrap();
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
    blocks.insert("events", events(vault, core.hash(), &fingerprint.hex(), &note));

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
    blocks.insert("copy parity", copy_parity());
    blocks.insert("copy code", copy_code());
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
    let notice = NoticeWords::read("abandon ability able about above").ok().unwrap();
    blocks.insert(
        "notice",
        format!("digest {}", hex::encode(&notice.digest(vault).ok().unwrap())),
    );
    blocks.insert(
        "tags",
        [WordsTag::Set, WordsTag::Head, WordsTag::Program, WordsTag::Invite]
            .map(|tag| {
                format!(
                    "{:<8}{}",
                    format!("{tag:?}").to_lowercase(),
                    words::words_of(tag, &[0; 32]).hex()
                )
            })
            .join("\n"),
    );

    let stranger = {
        let points = |part: fn(&Scalars) -> [u8; 32]| [0, 1].map(|at| (shares[at].index.get(), part(&shares[at])));
        Stranger::of(&points(|share| share.value), &points(|share| share.blinder))
    };
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

/// The page that rebuilds three others, by the rows of section 16 and without the crate that the program has them from.
fn copy_parity() -> String {
    let data = [[0, 1, 2, 3], [0x10, 0x20, 0x30, 0x40], [0xff, 0xfe, 0xfd, 0xfc]];
    let rows = rebuilding_rows(3, 1);
    let parity: Vec<u8> = (0..4)
        .map(|at| (0..3).fold(0, |sum, row| sum ^ times(rows[0][row], data[row][at])))
        .collect();
    // What the program makes is the same.
    let blocks: Vec<Vec<u8>> = data.iter().map(|row| row.to_vec()).collect();
    assert_eq!(
        strongroom::paper::copy::gather::rebuilding(&blocks, 1).ok().unwrap(),
        std::slice::from_ref(&parity)
    );
    let shown = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let data: Vec<String> = data.iter().map(|row| shown(row)).collect();
    format!("data    {}\nparity  {}", data.join(" | "), shown(&parity))
}

/// The last `more` rows of V · T⁻¹.
fn rebuilding_rows(data: usize, more: usize) -> Vec<Vec<u8>> {
    let power = |base: u8, exponent: usize| (0..exponent).fold(1, |product, _| times(product, base));
    let row = |r: usize| (0..data).map(|c| power(r as u8, c)).collect::<Vec<u8>>();
    // T and the unit matrix beside it, made into the unit matrix and the inverse of T.
    let mut both: Vec<Vec<u8>> = (0..data)
        .map(|r| row(r).into_iter().chain((0..data).map(|c| u8::from(c == r))).collect())
        .collect();
    for at in 0..data {
        let pivot = (at..data).find(|r| both[*r][at] != 0).unwrap();
        both.swap(at, pivot);
        let inverse = (1..=255).find(|x| times(*x, both[at][at]) == 1).unwrap();
        both[at].iter_mut().for_each(|x| *x = times(*x, inverse));
        for r in (0..data).filter(|r| *r != at) {
            let factor = both[r][at];
            let subtracted: Vec<u8> = both[at].iter().map(|x| times(*x, factor)).collect();
            both[r].iter_mut().zip(subtracted).for_each(|(x, y)| *x ^= y);
        }
    }
    let product = |left: &[u8], c: usize| (0..data).fold(0, |sum, k| sum ^ times(left[k], both[k][data + c]));
    (data..data + more)
        .map(|r| (0..data).map(|c| product(&row(r), c)).collect())
        .collect()
}

/// In the field of 256 elements with the polynomial 0x11d.
fn times(a: u8, b: u8) -> u8 {
    let (mut a, mut product) = (u16::from(a), 0_u16);
    for bit in 0..8 {
        if b >> bit & 1 == 1 {
            product ^= a;
        }
        a <<= 1;
        if a & 0x100 != 0 {
            a ^= 0x11d;
        }
    }
    product as u8
}

fn copy_code() -> String {
    use strongroom::paper::copy::wire::{Block, CopyMark, Shape};
    let archive: Vec<u8> = (0..12 * 852 + 1000).map(|at: usize| (at % 251) as u8).collect();
    let block = Block {
        mark: CopyMark::of(&archive),
        shape: Shape {
            length: archive.len(),
            slots: 12,
        },
        page: 1,
        slot: 1,
        bytes: archive[13 * 852..].to_vec(),
    };
    let text = block.text(Mode::Rehearsal);
    assert_eq!(Block::parse(&text), Some(Ok((Mode::Rehearsal, block))));
    text
}

pub(crate) fn canonical(value: &Value) -> String {
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
