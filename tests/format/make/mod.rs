//! The generator of `tests/vectors/`: one file one fact, or one failure, named for it. Everything comes from public seeds.

#![allow(clippy::needless_pass_by_value, reason = "a vector takes what it is made of")]

mod codes;
mod ledgers;
mod lines;
mod locks;
mod quorums;
mod records;
mod sets;
mod shares;

use crate::raw::{LineA, LineB, SetFile, line, repaired, text_of, values_of};
use crate::sample::{Of, Sample, Seeded, code};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use strongroom::code::share_code::PaperShare;
use strongroom::code::share_lines::Line;
use strongroom::crypto::identity::{self, Recipient};
use strongroom::hex;
use strongroom::ident::Mode;
use strongroom::plan::Factor;
use strongroom::secret::SecretBytes;

/// The files by their names, and for records the plaintext that each holds, where it holds one whole.
#[derive(Default)]
pub(crate) struct Book {
    pub(crate) files: BTreeMap<String, Value>,
    pub(crate) plaintexts: BTreeMap<String, Vec<u8>>,
}

impl Book {
    fn holds(&mut self, kind: &str, name: &str, fact: &str, given: Value, expect: Value) {
        self.put(
            kind,
            name,
            json!({ "fact": fact, "kind": kind, "given": given, "expect": expect }),
        );
    }

    fn refuses(&mut self, kind: &str, name: &str, fact: &str, given: Value, reason: &str) {
        self.put(
            kind,
            name,
            json!({ "fact": fact, "kind": kind, "given": given, "refuse": reason }),
        );
    }

    fn put(&mut self, kind: &str, name: &str, vector: Value) {
        let before = self.files.insert(format!("{kind}/{name}.json"), vector);
        assert!(before.is_none(), "{kind}/{name} is made twice");
    }
}

/// Every vector.
pub(crate) fn book() -> Book {
    let mut book = Book::default();
    let open = Sample::deal(
        "strongroom/vectors/open",
        &of(Mode::Production, "root-password", Factor::Password, None, "3-of-5"),
    );
    let mfa = Sample::deal(
        "strongroom/vectors/mfa",
        &of(Mode::Production, "mfa-emea", Factor::Mfa, Some("emea"), "2-of-3"),
    );
    let play = Sample::deal(
        "strongroom/vectors/play",
        &of(Mode::Rehearsal, "root-password", Factor::Password, None, "2-of-3"),
    );
    let all = Sample::deal(
        "strongroom/vectors/all",
        &of(Mode::Production, "everybody", Factor::Contact, None, "255-of-255"),
    );
    lines::lines(&mut book, &open, &play);
    shares::shares(&mut book, &open, &play, &all);
    locks::locks(&mut book, &mfa, &play);
    locks::fingerprints(&mut book);
    sets::sets(&mut book, &open, &mfa, &play, &all);
    quorums::proofs(&mut book, &open, &mfa, &play, &all);
    quorums::quorums(&mut book, &open, &mfa, &play);
    records::records(&mut book, &open, &mfa);
    codes::codes(&mut book);
    ledgers::ledgers(&mut book);
    book
}

fn of(mode: Mode, name: &'static str, purpose: Factor, region: Option<&'static str>, threshold: &str) -> Of {
    Of {
        mode,
        name,
        purpose,
        region,
        threshold: threshold.to_string(),
    }
}

fn letters(mode: Mode) -> &'static str {
    match mode {
        Mode::Production => "SR",
        Mode::Rehearsal => "ZZ",
    }
}

fn line_of(paper: &PaperShare, which: Line) -> String {
    paper.lines().line(which).unwrap().expose(str::to_string)
}

/// The line with one symbol replaced by its neighbour in the alphabet.
fn wrong(line: &str, place: usize) -> String {
    let mut values = values_of(line);
    values[place] = (values[place] + 1) % 32;
    text_of(&values)
}

fn line_a(sample: &Sample, index: u8) -> LineA {
    LineA {
        version: 0,
        kind: 0,
        identity_kind: 0,
        needed: sample.core.threshold.needed(),
        index,
        fingerprint: *sample.fingerprint.as_bytes(),
        bytes: sample.points[usize::from(index) - 1].value,
    }
}

fn line_b(sample: &Sample, index: u8) -> LineB {
    LineB {
        version: 0,
        kind: 0b01_000,
        index,
        mark: sample.fingerprint.mark(),
        bytes: sample.points[usize::from(index) - 1].blinder,
        last: 0,
    }
}
