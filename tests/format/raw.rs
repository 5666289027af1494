//! Structures written by hand from the tables of docs/spec.md, so that they can be wrong.

#![allow(unreachable_pub, reason = "each test file uses a part of this")]

use crate::stranger::closed;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use strongroom::code::words::{WordsTag, words_of};
use strongroom::hex;
use strongroom::ident::ALPHABET;

/// Line A, field by field.
#[derive(Clone, Copy)]
pub struct LineA {
    pub version: u8,
    /// Line in two bits, lock profile in three.
    pub kind: u8,
    pub identity_kind: u8,
    pub needed: u8,
    pub index: u8,
    pub fingerprint: [u8; 11],
    pub bytes: [u8; 32],
}

/// Line B or C, field by field.
#[derive(Clone, Copy)]
pub struct LineB {
    pub version: u8,
    pub kind: u8,
    pub index: u8,
    pub mark: u32,
    pub bytes: [u8; 32],
    pub last: u8,
}

impl LineA {
    pub fn text(&self, letters: &str) -> String {
        let mut bits = Vec::new();
        put(&mut bits, self.version.into(), 5);
        put(&mut bits, self.kind.into(), 5);
        put(&mut bits, self.identity_kind.into(), 5);
        put(&mut bits, self.needed.into(), 8);
        put(&mut bits, self.index.into(), 8);
        self.fingerprint
            .iter()
            .chain(&self.bytes)
            .for_each(|byte| put(&mut bits, (*byte).into(), 8));
        line(letters, &bits)
    }
}

impl LineB {
    pub fn text(&self, letters: &str) -> String {
        let mut bits = Vec::new();
        put(&mut bits, self.version.into(), 5);
        put(&mut bits, self.kind.into(), 5);
        put(&mut bits, self.index.into(), 8);
        put(&mut bits, self.mark, 20);
        self.bytes.iter().for_each(|byte| put(&mut bits, (*byte).into(), 8));
        put(&mut bits, self.last.into(), 1);
        line(letters, &bits)
    }
}

fn put(bits: &mut Vec<u8>, value: u32, width: u32) {
    bits.extend((0..width).rev().map(|bit| (value >> bit & 1) as u8));
}

/// The symbols of `bits`, five each, closed by their checksum.
pub fn line(letters: &str, bits: &[u8]) -> String {
    let data: Vec<u8> = bits
        .chunks(5)
        .map(|five| five.iter().fold(0, |all, bit| all << 1 | bit))
        .collect();
    text_of(&closed(letters, &data))
}

pub fn text_of(values: &[u8]) -> String {
    values
        .iter()
        .map(|value| char::from(ALPHABET[usize::from(*value)]))
        .collect()
}

pub fn values_of(text: &str) -> Vec<u8> {
    text.bytes()
        .map(|c| ALPHABET.iter().position(|a| *a == c).unwrap() as u8)
        .collect()
}

/// Line with the checksum made anew over whatever data it has.
pub fn repaired(letters: &str, line: &str) -> String {
    let values = values_of(line);
    text_of(&closed(letters, &values[..values.len() - 13]))
}

/// A set file, key by key, its hash and its words computed from whatever they say.
#[derive(Clone)]
pub struct SetFile {
    pub schema: String,
    pub vault: String,
    pub mode: String,
    pub name: String,
    pub purpose: String,
    pub region: Option<String>,
    pub epoch: String,
    pub threshold: String,
    pub identity_kind: String,
    pub recipient: String,
    pub successor_key: String,
    pub before: String,
    pub commitments: Vec<String>,
}

impl SetFile {
    pub fn parse(text: &str) -> Self {
        let table: toml::Table = text.parse().unwrap();
        let get = |key: &str| table[key].as_str().unwrap().to_string();
        Self {
            schema: get("schema"),
            vault: get("vault"),
            mode: get("mode"),
            name: get("name"),
            purpose: get("purpose"),
            region: table.get("region").map(|region| region.as_str().unwrap().to_string()),
            epoch: get("epoch"),
            threshold: get("threshold"),
            identity_kind: get("identity_kind"),
            recipient: get("recipient"),
            successor_key: get("successor_key"),
            before: get("before"),
            commitments: table["commitments"]
                .as_array()
                .unwrap()
                .iter()
                .map(|text| text.as_str().unwrap().to_string())
                .collect(),
        }
    }

    /// The file, with the hash of the encoding of section 9 and the fingerprint of that.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut line = |key: &str, value: &str| writeln!(out, "{key} = \"{value}\"").unwrap();
        line("schema", &self.schema);
        line("vault", &self.vault);
        line("mode", &self.mode);
        line("name", &self.name);
        line("purpose", &self.purpose);
        if let Some(region) = &self.region {
            line("region", region);
        }
        line("epoch", &self.epoch);
        line("threshold", &self.threshold);
        line("identity_kind", &self.identity_kind);
        line("recipient", &self.recipient);
        line("successor_key", &self.successor_key);
        line("before", &self.before);
        let hash: [u8; 32] = Sha256::digest(self.core()).into();
        let fingerprint = words_of(WordsTag::Set, &hash);
        line("sha256", &hex::encode(&hash));
        line("fingerprint", &fingerprint.hex());
        line("words", &fingerprint.to_string());
        out.push_str("commitments = [\n");
        for commitment in &self.commitments {
            writeln!(out, "  \"{commitment}\",").unwrap();
        }
        out + "]\n"
    }

    fn core(&self) -> Vec<u8> {
        let bytes = |text: &str| data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).unwrap();
        let short = |text: &str| [vec![text.len() as u8], text.as_bytes().to_vec()].concat();
        let (needed, total) = self.threshold.split_once("-of-").unwrap();
        let purpose = ["password", "mfa", "contact"]
            .iter()
            .position(|word| *word == self.purpose)
            .unwrap_or(9);
        let parts = [
            b"strongroom/v1/core".to_vec(),
            bytes(&self.vault),
            vec![u8::from(self.mode == "rehearsal")],
            short(&self.name),
            vec![purpose as u8],
            short(self.region.as_deref().unwrap_or("")),
            self.epoch.parse::<u32>().unwrap_or(0).to_be_bytes().to_vec(),
            [needed, total]
                .map(|number| number.parse::<u32>().unwrap() as u8)
                .to_vec(),
            vec![0],
            (self.recipient.len() as u16).to_be_bytes().to_vec(),
            self.recipient.as_bytes().to_vec(),
            self.commitments
                .iter()
                .flat_map(|commitment| bytes(commitment))
                .collect(),
            bytes(&self.successor_key),
            bytes(&self.before),
        ];
        parts.concat()
    }
}

/// An age file by section 14, from fixed keys: foreign stanzas before the good one, `more` behind it.
pub fn age_file(recipient: &str, plain: &[u8], foreign: usize, more: &str) -> Vec<u8> {
    use chacha20poly1305::aead::{Aead as _, KeyInit as _};
    use curve25519_dalek::montgomery::MontgomeryPoint;
    use hkdf::hmac::{Hmac, Mac as _};
    let base64 = |bytes: &[u8]| data_encoding::BASE64_NOPAD.encode(bytes);
    let expand = |ikm: &[u8], salt: Option<&[u8]>, info: &str| {
        let mut key = [0_u8; 32];
        hkdf::Hkdf::<Sha256>::new(salt, ikm)
            .expand(info.as_bytes(), &mut key)
            .unwrap();
        key
    };
    let sealed = |key: [u8; 32], last: u8, plain: &[u8]| {
        let mut nonce = chacha20poly1305::Nonce::default();
        nonce[11] = last;
        chacha20poly1305::ChaCha20Poly1305::new(&key.into())
            .encrypt(&nonce, plain)
            .unwrap()
    };
    let (_, theirs) = bech32::decode(recipient).unwrap();
    let theirs: [u8; 32] = theirs.try_into().unwrap();
    let (file_key, secret, nonce) = ([5_u8; 16], [6_u8; 32], [7_u8; 16]);
    let ephemeral = MontgomeryPoint::mul_base_clamped(secret).to_bytes();
    let shared = MontgomeryPoint(theirs).mul_clamped(secret).to_bytes();
    let wrap = expand(
        &shared,
        Some(&[ephemeral, theirs].concat()),
        "age-encryption.org/v1/X25519",
    );
    let mut header = "age-encryption.org/v1\n".to_string();
    header += &"-> foreign\nAAAA\n".repeat(foreign);
    write!(
        header,
        "-> X25519 {}\n{}\n{more}---",
        base64(&ephemeral),
        base64(&sealed(wrap, 0, &file_key))
    )
    .unwrap();
    let mut mac = <Hmac<Sha256> as hkdf::hmac::KeyInit>::new_from_slice(&expand(&file_key, None, "header")).unwrap();
    mac.update(header.as_bytes());
    writeln!(header, " {}", base64(&mac.finalize().into_bytes())).unwrap();
    let payload = sealed(expand(&file_key, Some(&nonce), "payload"), 1, plain);
    [header.into_bytes(), nonce.to_vec(), payload].concat()
}
