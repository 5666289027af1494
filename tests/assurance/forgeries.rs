//! Lines whose symbols were altered and whose checksums were made good again: what a forger can do without the secret.

#![allow(unreachable_pub, reason = "each test file uses a part of this")]

use crate::sample::{Of, Sample, Seeded};
use crate::stranger::closed;
use strongroom::code::reading::read_text;
use strongroom::code::share_lines::Line;
use strongroom::ident::{ALPHABET, Mode};
use strongroom::plan::Factor;

/// What became of them.
#[derive(Default)]
pub struct Tried {
    /// Read as whole shares of the set, and put to the proof.
    pub judged: usize,
    /// Refused before: by version, kind, index, set.
    pub refused: usize,
    /// Proved. There must be none.
    pub proved: usize,
}

/// Tries `count` of them, in two threads.
pub fn attempt(count: usize) -> Tried {
    let threads: Vec<_> = (0..2)
        .map(|thread| std::thread::spawn(move || half(count / 2, thread)))
        .collect();
    let mut all = Tried::default();
    for thread in threads {
        let tried = thread.join().unwrap();
        all.judged += tried.judged;
        all.refused += tried.refused;
        all.proved += tried.proved;
    }
    all
}

fn half(count: usize, thread: usize) -> Tried {
    let of = Of {
        mode: Mode::Production,
        name: "keys",
        purpose: Factor::Password,
        region: None,
        threshold: "2-of-3".to_string(),
    };
    let sample = Sample::deal("forgeries", &of);
    let lines = [Line::A, Line::B].map(|line| sample.paper(1).lines().line(line).unwrap().expose(str::to_string));
    let mut stream = Seeded::new(&format!("forgeries {thread}"));
    let mut tried = Tried::default();
    for _ in 0..count {
        let which = stream.below(2);
        let mut forged = lines.clone();
        forged[which] = altered(&lines[which], &mut stream);
        let text = format!("SR1{}/SR1{}", forged[0], forged[1]);
        let read = read_text(&text, Mode::Production).pop().unwrap();
        // What a share says of its set is held against the core before it is proved (section 4).
        let of_the_set = read.ok().filter(|paper| paper.head == sample.head(paper.head.index));
        match of_the_set.and_then(|paper| paper.into_share().ok()) {
            None => tried.refused += 1,
            Some(share) => {
                tried.judged += 1;
                tried.proved += usize::from(sample.core.commitments.prove(share).is_ok());
            }
        }
    }
    tried
}

/// One to six data symbols replaced, mostly of the secret, and the checksum made good again.
fn altered(line: &str, stream: &mut Seeded) -> String {
    let mut values: Vec<u8> = line
        .bytes()
        .map(|c| ALPHABET.iter().position(|a| *a == c).unwrap() as u8)
        .collect();
    values.truncate(line.len() - 13);
    let secret_from = if values.len() == 75 { 24 } else { 8 };
    for _ in 0..=stream.below(6) {
        let from = if stream.below(10) == 0 { 0 } else { secret_from };
        let place = from + stream.below(values.len() - 1 - from);
        values[place] = (values[place] + 1 + stream.below(31) as u8) % 32;
    }
    let whole = closed("SR", &values);
    let text: String = whole
        .iter()
        .map(|value| char::from(ALPHABET[usize::from(*value)]))
        .collect();
    if text == line { altered(line, stream) } else { text }
}
