//! The frozen vectors: the program reads each as `tests/vectors/README.md` says, and the generator still makes the same ones.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;
#[path = "format/make/mod.rs"]
mod make;
#[path = "common/python.rs"]
mod python;
#[path = "format/raw.rs"]
mod raw;
#[path = "format/read.rs"]
mod read;
#[path = "format/sample.rs"]
mod sample;
#[path = "spec/stranger.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod stranger;
#[path = "format/vault.rs"]
mod vault;

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

const FOLDER: &str = "tests/vectors";

/// How many vectors there are of each kind: one that is lost, or not walked, is missed.
const COUNTS: [(&str, usize); 10] = [
    ("code", 21),
    ("fingerprint", 4),
    ("ledger", 80),
    ("line", 15),
    ("lock", 13),
    ("proof", 20),
    ("quorum", 26),
    ("record", 70),
    ("set", 43),
    ("share", 52),
];

/// Every vector of the folder by its name: `share/open.json`.
fn written() -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for kind in std::fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
    {
        for file in std::fs::read_dir(&kind).unwrap().map(|entry| entry.unwrap().path()) {
            let name = file.strip_prefix(FOLDER).unwrap().to_str().unwrap().to_string();
            let vector = serde_json::from_slice(&std::fs::read(&file).unwrap());
            found.insert(name.clone(), vector.unwrap_or_else(|fault| panic!("{name}: {fault}")));
        }
    }
    found
}

#[test]
fn every_vector_is_read_as_it_says() {
    let mut wrong = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (name, vector) in written() {
        let fields = vector.as_object().unwrap();
        let keys: Vec<&str> = fields.keys().map(String::as_str).collect();
        assert!(
            matches!(
                keys[..],
                ["expect", "fact", "given", "kind"] | ["fact", "given", "kind", "refuse"]
            ),
            "{name}: {keys:?}"
        );
        let kind = vector["kind"].as_str().unwrap();
        assert_eq!(
            Path::new(&name).parent().unwrap(),
            Path::new(kind),
            "{name} lies in the folder of its kind"
        );
        *counts.entry(kind.to_string()).or_default() += 1;
        let outcome = read::read(kind, &vector["given"]);
        let as_said = match &outcome {
            Ok(found) => vector.get("expect") == Some(found),
            Err(reason) => vector.get("refuse").and_then(Value::as_str) == Some(*reason),
        };
        if !as_said {
            wrong.push(format!("{name}: {outcome:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} vectors are not read as they say:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let counts: Vec<(&str, usize)> = counts.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
    assert_eq!(counts, COUNTS);
}

#[test]
fn the_recoverer_reads_every_vector_alike() {
    let count: usize = COUNTS.iter().map(|(_, count)| count).sum();
    let ended = common::run_with(python::with_argon2(), &["recoverer/check_vectors.py", FOLDER], b"").ok();
    assert!(
        ended.out.ends_with(&format!("\n{count} passed, 0 failed\n")),
        "{ended:?}"
    );
}

/// The vector without what age makes from randomness of its own.
fn without_record(mut vector: Value) -> Value {
    if vector["kind"] == "record" {
        vector["given"].as_object_mut().unwrap().remove("file");
    }
    vector
}

#[test]
fn the_vectors_are_those_that_the_generator_makes() {
    let (written, made) = (written(), make::book());
    let names = |files: &BTreeMap<String, Value>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&written), names(&made.files));
    for (name, vector) in made.files {
        assert_eq!(without_record(written[&name].clone()), without_record(vector), "{name}");
    }
    for (name, plain) in made.plaintexts {
        assert_eq!(plaintext(&written[&name]), plain, "{name}");
    }
}

/// What a record holds, by the stock library and the identity of its set.
fn plaintext(vector: &Value) -> Vec<u8> {
    let quorum = serde_json::json!({ "set": vector["given"]["set"], "shares": vector["given"]["shares"] });
    let identity = read::read("quorum", &quorum).unwrap();
    let identity: age::x25519::Identity = identity["identity"].as_str().unwrap().parse().unwrap();
    let file = data_encoding::HEXLOWER
        .decode(vector["given"]["file"].as_str().unwrap().as_bytes())
        .unwrap();
    age::decrypt(&identity, &file).unwrap()
}

#[test]
#[ignore = "writes the vectors anew, after one was added on purpose; a record that is there is kept"]
fn write_the_vectors_anew() {
    let made = make::book();
    let old = written();
    for kind in std::fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
    {
        std::fs::remove_dir_all(kind).unwrap();
    }
    for (name, vector) in made.files {
        let same = |old: &&Value| {
            let alike = without_record((*old).clone()) == without_record(vector.clone());
            alike && made.plaintexts.get(&name).is_none_or(|plain| plaintext(old) == *plain)
        };
        let kept = old.get(&name).filter(same).cloned().unwrap_or(vector);
        let place = Path::new(FOLDER).join(&name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, serde_json::to_string_pretty(&kept).unwrap() + "\n").unwrap();
    }
}
