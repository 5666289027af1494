//! Random vaults, and the stand-alone recoverer that has their sheets as text and their folder, and nothing else of ours.

#![allow(unreachable_pub, reason = "each test file uses a part of this")]

use crate::common::{Ended, run_with};
use crate::python::with_argon2;
use crate::sample::{Of, Sample, Seeded, code};
use crate::vault::Folder;
use strongroom::code::share_code::PaperShare;
use strongroom::code::share_lines::Line;
use strongroom::crypto::totp::Seed;
use strongroom::ident::{Generation, Mode};
use strongroom::plan::Factor;
use strongroom::secret::SecretText;
use strongroom::vault::record::{Content, Record, RecordName};
use strongroom::vault::share_set::StoredCore;

const RECOVERER: &str = "recoverer/strongroom_recover.py";

/// What a random vault was, and what the recoverer made of it.
pub struct Restored {
    pub what: String,
    pub expected: String,
    pub ended: Ended,
    /// The index of a share that was forged; the recoverer must name it.
    pub forged: Option<u8>,
}

impl Restored {
    pub fn is_right(&self) -> bool {
        let named = self.forged.is_none_or(|index| {
            self.ended.err.contains("(share-forged)") && self.ended.err.contains(&format!("share {index}"))
        });
        self.ended.status == 0 && self.ended.out.trim_end() == self.expected && named
    }
}

/// Makes vault number `number`, and has the recoverer restore its record.
pub fn restore(number: usize, locked: bool) -> Restored {
    let mut stream = Seeded::new(&format!("vault {number}"));
    let needed = 2 + stream.below(8);
    let total = needed + stream.below(16 - needed);
    let mode = if stream.below(4) == 0 {
        Mode::Rehearsal
    } else {
        Mode::Production
    };
    let purpose = Factor::ALL[stream.below(3)];
    let of = Of {
        mode,
        name: "keys",
        purpose,
        region: (stream.below(2) == 0).then_some("emea"),
        threshold: format!("{needed}-of-{total}"),
    };
    let sample = Sample::deal(&format!("vault {number}"), &of);
    let stored = StoredCore {
        core: sample.core.clone(),
        fingerprint: sample.fingerprint,
    };
    let mut chosen = shuffled(total, &mut stream);
    // Where there is a spare, one share may be forged, and one may come without its line B.
    let forged = (!locked && total > needed && stream.below(3) == 0).then(|| chosen[needed]);
    chosen.truncate(needed + usize::from(forged.is_some()));
    let mut passphrases = String::new();
    let mut papers = Vec::new();
    let mut text = String::new();
    for index in &chosen {
        let lock = locked && (papers.is_empty() || stream.below(3) == 0);
        let paper = if lock {
            let phrase = format!("phrase {index} of {number} ~Aa1");
            passphrases += &["# a share\n", &phrase, "\n"].concat();
            sample.locked(*index, &phrase, stream.bytes())
        } else {
            sample.paper(*index)
        };
        text.push_str(&as_written(&paper, forged == Some(*index), &mut stream));
        papers.push(paper);
    }
    let mut folder = Folder::dealt(&stored, &papers);
    let (record, expected) = record(purpose, number);
    let file = folder.enroll(&stored, &record);
    let phrases = folder.scratch.join("phrases.txt");
    std::fs::write(&phrases, passphrases).unwrap();
    let mut arguments = vec!["-I", RECOVERER, "--record", &file];
    if locked {
        arguments.extend(["--passphrases", &phrases]);
    }
    let ended = run_with(with_argon2(), &arguments, text.as_bytes());
    let what = format!(
        "vault {number}: {} of {needed}-of-{total}, {mode}, {purpose}",
        chosen.len()
    );
    Restored {
        what,
        expected,
        ended,
        forged,
    }
}

fn shuffled(total: usize, stream: &mut Seeded) -> Vec<u8> {
    let mut all: Vec<u8> = (1..=total as u8).collect();
    for at in (1..all.len()).rev() {
        all.swap(at, stream.below(at + 1));
    }
    all
}

/// The record, and what its recovery prints: of a device whose code never changes within a test, the code.
fn record(purpose: Factor, number: usize) -> (Record, String) {
    let (content, expected) = match purpose {
        Factor::Password => {
            let password = format!("pW{number}<>&\"\\ü");
            (Content::Password(SecretText::new(password.clone())), password)
        }
        Factor::Contact => {
            let contact = format!("+351 21 {number:07}");
            (Content::Contact(SecretText::new(contact.clone())), contact)
        }
        Factor::Mfa => {
            let uri = "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&period=3600";
            let seed = Seed::parse(uri).unwrap_or_else(|refusal| panic!("{refusal}"));
            let now = jiff::Timestamp::now().as_second().unsigned_abs();
            let code = seed.code_at(now).digits.expose(str::to_string);
            (Content::Mfa(seed), code)
        }
    };
    let record = Record {
        name: RecordName {
            account: format!("{:012}", number + 1).parse().unwrap(),
            factor: purpose,
            device: (purpose == Factor::Mfa).then(|| "emea".parse().unwrap()),
        },
        generation: Generation::FIRST,
        made: "2026-02-11T16:42:00Z".parse().unwrap(),
        content,
    };
    (record, expected)
}

/// The sheet as somebody hands it on: the code, or lines typed in one of the ways that the document allows.
fn as_written(paper: &PaperShare, forged: bool, stream: &mut Seeded) -> String {
    let line = |which| {
        let text = paper.lines().line(which).map(|line| line.expose(str::to_string))?;
        Some(if forged && which == Line::A {
            forge(&text, paper.head.mode)
        } else {
            text
        })
    };
    let lines: Vec<(char, String)> = [('A', Line::A), ('B', Line::B), ('C', Line::C)]
        .into_iter()
        .filter_map(|(letter, which)| Some((letter, line(which)?)))
        .collect();
    let grouped = |text: &str, a_row: usize| {
        let groups: Vec<&str> = (0..text.len() / 4).map(|at| &text[4 * at..4 * at + 4]).collect();
        groups
            .chunks(a_row)
            .map(|row| row.join(" "))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let rows: Vec<String> = match stream.below(4) {
        0 if !forged => vec![code(paper)],
        1 => lines
            .iter()
            .map(|(_, text)| grouped(&text.to_lowercase(), 5) + "\n")
            .collect(),
        2 => {
            let row =
                |(letter, text): &(char, String)| format!("Line {letter}: {}", grouped(text, 99).replace(' ', "-"));
            lines.iter().rev().map(row).collect()
        }
        _ => {
            let row =
                |(letter, text): &(char, String)| format!("{letter}: {}", text.replace('8', "B").replace('0', "o"));
            lines.iter().map(row).collect()
        }
    };
    rows.join("\n") + "\n\n"
}

/// A line A with another value and a whole checksum.
fn forge(line: &str, mode: Mode) -> String {
    let alphabet = strongroom::ident::ALPHABET;
    let mut values: Vec<u8> = line
        .bytes()
        .map(|c| alphabet.iter().position(|a| *a == c).unwrap() as u8)
        .collect();
    values.truncate(75);
    values[40] ^= 1;
    let whole = crate::stranger::closed(&mode.prefix()[..2], &values);
    whole
        .iter()
        .map(|value| char::from(alphabet[usize::from(*value)]))
        .collect()
}
