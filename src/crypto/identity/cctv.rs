//! The community's vectors for age (C2SP CCTV), each one fact or one failure, through the way by which records are opened.
//!
//! `.ci/run` puts npm's `cctv-age` into `target/stock`. This program has no armor, no passphrases and no hybrid keys of age:
//! what is locked by one of them must stay shut like what is damaged.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::{RECORD_MAX, opened, released};
use age::x25519;
use sha2::{Digest as _, Sha256};
use std::io::Read as _;
use std::process::Command;

const VECTORS: &str = "target/stock/node_modules/cctv-age/index.js";

/// One vector: what is said of a file, and the file.
struct Vector {
    name: String,
    says: Vec<(String, String)>,
    file: Vec<u8>,
}

impl Vector {
    fn all() -> Vec<Self> {
        const PRINT: &str = "const all = await import(process.argv[1]);
            for (const [name, bytes] of Object.entries(all.default ?? all)) {
                console.log(name + ' ' + Buffer.from(bytes).toString('base64'));
            }";
        let place = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(VECTORS);
        assert!(place.exists(), "{VECTORS} is not there: run .ci/run");
        let printed = Command::new("node")
            .args(["--input-type=module", "--eval", PRINT])
            .arg(&place)
            .output()
            .unwrap();
        assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
        let lines = String::from_utf8(printed.stdout).unwrap();
        lines.lines().map(Self::read).collect()
    }

    fn read(line: &str) -> Self {
        let (name, bytes) = line.split_once(' ').unwrap();
        let bytes = data_encoding::BASE64.decode(bytes.as_bytes()).unwrap();
        let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap();
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let fact = |line: &str| line.split_once(": ").map(|(key, value)| (key.into(), value.into()));
        let mut vector = Self {
            name: name.to_string(),
            says: head.lines().filter_map(fact).collect(),
            file: bytes[end + 2..].to_vec(),
        };
        if vector.says("compressed") == Some("zlib") {
            let mut plain = Vec::new();
            flate2::read::ZlibDecoder::new(&vector.file[..])
                .read_to_end(&mut plain)
                .unwrap();
            vector.file = plain;
        }
        vector
    }

    fn says(&self, key: &str) -> Option<&str> {
        self.says
            .iter()
            .find(|(said, _)| said == key)
            .map(|(_, value)| value.as_str())
    }

    /// Those of its identities that are of the kind that this program has.
    fn identities(&self) -> Vec<x25519::Identity> {
        let said = self.says.iter().filter(|(key, _)| key == "identity");
        said.filter_map(|(_, text)| text.parse().ok()).collect()
    }

    /// Whether this program has to open it.
    fn is_ours(&self) -> bool {
        self.says("expect") == Some("success") && self.says("armored").is_none() && !self.identities().is_empty()
    }
}

#[test]
fn every_vector_of_the_community_opens_as_it_says_or_not_at_all() {
    let vectors = Vector::all();
    assert!(vectors.len() >= 143, "{} vectors", vectors.len());
    let mut ours = 0;
    for vector in &vectors {
        let mut identities = vector.identities();
        // One that knows nothing of it: what needs none of ours must not open either.
        identities.push(x25519::Identity::generate());
        let is_opened = identities.iter().any(|identity| {
            let plain = released(identity, &vector.file);
            let hash = plain.ok().map(|plain| plain.expose(|bytes| Sha256::digest(bytes)));
            let hash = hash.map(|hash| data_encoding::HEXLOWER.encode(&hash));
            assert!(
                hash.is_none() || hash.as_deref() == vector.says("payload"),
                "{}: something else came out",
                vector.name
            );
            hash.is_some()
        });
        assert_eq!(
            is_opened,
            vector.is_ours(),
            "{}: {:?}",
            vector.name,
            vector.says("expect")
        );
        ours += usize::from(is_opened);
    }
    assert!(ours >= 12, "{ours} were opened");
}

#[test]
fn a_vector_that_is_longer_than_a_record_is_not_read() {
    let mut long = 0;
    for vector in Vector::all().iter().filter(|vector| vector.file.len() > RECORD_MAX) {
        for identity in vector.identities() {
            let refusal = opened(&identity, &vector.file).err().unwrap();
            assert!(refusal.sentence().contains("bytes"), "{}: {refusal}", vector.name);
            long += 1;
        }
    }
    assert!(long > 0);
}
