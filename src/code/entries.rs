//! Judged lines gathered to shares.
//!
//! Rules of this file:
//! - a line A begins a share; lines B and C find theirs by what they have in common with it, else the share just before them,
//!   which then does not fit together and says so;
//! - a share is refused for its first fault: another world before all else, then what cannot be read, then what is only damaged;
//! - an offer covers every damaged line of its share, and is made only where the corrected lines belong together;
//! - each line is looked at a constant number of times, however many shares a text has.

use super::code_error::CodeError;
use super::correction::{Correction, GroupOffer};
use super::reading::{Offer, Unread};
use super::share_code::{Content, Key, PaperShare, assemble};
use super::share_lines::{Line, joined};
use crate::ident::Mode;
use crate::secret::SecretText;
use std::collections::{HashMap, VecDeque};

/// A line with what is known about it.
pub(super) struct Judged {
    pub(super) row: usize,
    pub(super) line: Line,
    pub(super) state: State,
}

pub(super) enum State {
    /// The checksum holds; what the line says, and its text.
    Whole(Content, SecretText),
    /// It would hold; what the line would say then.
    Corrected(Content, Correction),
    /// Nothing can be made of it.
    Failed(CodeError),
}

impl Judged {
    fn key(&self) -> Option<Key> {
        match &self.state {
            State::Whole(content, _) | State::Corrected(content, _) => Some(content.key),
            State::Failed(_) => None,
        }
    }
}

/// The lines of one share, as far as they are there.
pub(super) struct Entry {
    /// Which line of the text comes first in it.
    first: usize,
    lines: [Option<Judged>; 3],
}

impl Entry {
    fn of(first: usize, judged: Judged) -> Self {
        let mut entry = Self {
            first,
            lines: [None, None, None],
        };
        entry.put(first, judged);
        entry
    }

    fn put(&mut self, at: usize, judged: Judged) {
        self.first = self.first.min(at);
        let place = usize::from(judged.line.number());
        self.lines[place] = Some(judged);
    }

    fn lacks(&self, line: Line) -> bool {
        self.lines[usize::from(line.number())].is_none()
    }

    /// What its line A says, where that can be read.
    fn key(&self) -> Option<Key> {
        self.lines[0].as_ref().and_then(Judged::key)
    }
}

/// Shares with a line A of this key, each of which may still lack this line, in their order.
type Lacking = HashMap<(Key, Line), VecDeque<usize>>;

/// Every line A with the later lines that belong to it; a later line that finds no share stands alone.
pub(super) fn gather(judged: Vec<Judged>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut lacking = Lacking::new();
    let mut later = Vec::new();
    for (at, judged) in judged.into_iter().enumerate() {
        if judged.line != Line::A {
            later.push((at, entries.len().checked_sub(1), judged));
            continue;
        }
        for line in [Line::B, Line::C] {
            judged
                .key()
                .into_iter()
                .for_each(|key| lacking.entry((key, line)).or_default().push_back(entries.len()));
        }
        entries.push(Entry::of(at, judged));
    }
    let mut alone = Vec::new();
    for (at, before, judged) in later {
        let judged = renamed(judged, before.and_then(|before| entries.get(before)));
        match home(&judged, before, &entries, &mut lacking).and_then(|home| entries.get_mut(home)) {
            Some(entry) => entry.put(at, judged),
            None => alone.push(Entry::of(at, if_twice(judged, &lacking))),
        }
    }
    entries.append(&mut alone);
    entries.sort_by_key(|entry| entry.first);
    entries
}

/// An unreadable line is a line C where the locked share before it has its line B: B and C are of one length.
fn renamed(judged: Judged, before: Option<&Entry>) -> Judged {
    let locked_with_b = |entry: &Entry| entry.key().is_some_and(Key::is_locked) && !entry.lacks(Line::B);
    let line = if judged.key().is_none() && before.is_some_and(locked_with_b) {
        Line::C
    } else {
        judged.line
    };
    Judged { line, ..judged }
}

/// The share that a later line goes to.
fn home(judged: &Judged, before: Option<usize>, entries: &[Entry], lacking: &mut Lacking) -> Option<usize> {
    let line = judged.line;
    let before = before.filter(|at| entries[*at].lacks(line));
    let Some(key) = judged.key() else { return before };
    if before.is_some_and(|at| entries[at].key().is_none_or(|before| before == key)) {
        return before;
    }
    if let Some(waiting) = lacking.get_mut(&(key, line)) {
        while let Some(at) = waiting.pop_front() {
            if entries[at].lacks(line) {
                return Some(at);
            }
        }
    }
    before
}

fn if_twice(judged: Judged, lacking: &Lacking) -> Judged {
    let line = judged.line;
    match judged.key() {
        Some(key) if lacking.contains_key(&(key, line)) => Judged {
            state: State::Failed(CodeError::LineTwice { index: key.index, line }),
            ..judged
        },
        _ => judged,
    }
}

/// The share, or why there is none.
pub(super) fn finish(entry: Entry) -> Result<PaperShare, Unread> {
    let row = entry.lines.iter().flatten().map(|judged| judged.row).min().unwrap_or(1);
    let refused = |error| Unread {
        row,
        error,
        offer: None,
    };
    if let Some(error) = first_failure(&entry) {
        return Err(refused(error));
    }
    let mut contents = [None, None, None];
    let mut offers = Offers::default();
    let mut mode = Mode::Production;
    for (place, judged) in contents.iter_mut().zip(entry.lines) {
        let Some(Judged { line, state, .. }) = judged else {
            continue;
        };
        let content = match state {
            State::Whole(content, text) => {
                offers.lines.push(text);
                content
            }
            State::Corrected(content, correction) => {
                offers.add(line, &correction);
                content
            }
            State::Failed(error) => return Err(refused(error)),
        };
        mode = content.mode;
        *place = Some(content);
    }
    let assembled = assemble(contents);
    let only_incomplete = matches!(assembled, Ok(_) | Err(CodeError::Incomplete { .. }));
    match offers.made(mode) {
        Some((error, offer)) if only_incomplete => Err(Unread {
            row,
            error,
            offer: Some(offer),
        }),
        _ => assembled.map_err(refused),
    }
}

fn first_failure(entry: &Entry) -> Option<CodeError> {
    let failures = || {
        entry.lines.iter().flatten().filter_map(|judged| match &judged.state {
            State::Failed(error) => Some(error),
            _ => None,
        })
    };
    failures()
        .find(|error| matches!(error, CodeError::OtherWorld { .. }))
        .or_else(|| failures().next())
        .cloned()
}

/// What the lines of one share would be, and what that changes.
#[derive(Default)]
struct Offers {
    lines: Vec<SecretText>,
    groups: Vec<GroupOffer>,
    length: Option<CodeError>,
}

impl Offers {
    fn add(&mut self, line: Line, correction: &Correction) {
        let groups = correction.groups(line);
        self.length = self.length.take().or_else(|| correction.length_error(line, &groups));
        self.groups.extend(groups);
        self.lines.push(correction.line.text());
    }

    /// The refusal and the offer, where anything would change.
    fn made(self, mode: Mode) -> Option<(CodeError, Offer)> {
        if self.groups.is_empty() {
            return None;
        }
        let groups = self.groups.iter().map(|group| group.name).collect();
        let error = self.length.unwrap_or(CodeError::Damaged { groups });
        let corrected = joined(self.lines.iter(), mode.prefix(), |text| {
            SecretText::build(text.len(), |copy| copy.push_str(text))
        });
        Some((error, Offer::new(self.groups, corrected)))
    }
}
