//! Typed lines judged: shares, or what is wrong with them, and where.
//!
//! Rules of this file:
//! - whatever is not whole is refused. Where a correction is possible it is offered beside the refusal, for a human with the paper
//!   in hand; a caller without one has a refusal;
//! - an entry that fails never stops those after it;
//! - a share of the other world is recognised as such, with or without its prefix, whole or not;
//! - lines find their share by index, mark and lock, in any order; a line A without line B is a share that cannot be proved;
//! - the work is bounded: 1 MiB of text, a constant amount a line, at most [`CORRECTIONS_MAX`] lines that are corrected, and of them at most
//!   [`SEARCHES`] whose lost symbol is searched for.

use super::code_error::CodeError;
use super::correction::{GroupOffer, moved, replaced};
use super::entries::{Judged, State, finish, gather};
use super::line_code;
use super::share_code::{PaperShare, read_line};
use super::share_lines::Line;
use super::typed::{self, TypedLine};
use crate::ident::Mode;
use crate::secret::SecretText;

/// The most text that is read.
pub const TEXT_MAX: usize = 1 << 20;

/// For how many lines of a text a correction is sought: those of 1,000 sheets, each of which costs a fifth of a millisecond.
pub const CORRECTIONS_MAX: usize = 4096;

/// In how many lines of a text a missing or doubled symbol is searched for.
pub const SEARCHES: usize = 32;

/// Why an entry is not a share, with a correction where there is one.
pub struct Unread {
    /// The row of the text in which the entry begins, counted from 1.
    pub row: usize,
    /// What is wrong.
    pub error: CodeError,
    /// What a human may confirm.
    pub offer: Option<Offer>,
}

/// A correction that nobody has confirmed yet.
pub struct Offer {
    groups: Vec<GroupOffer>,
    corrected: SecretText,
}

impl Offer {
    pub(super) fn new(groups: Vec<GroupOffer>, corrected: SecretText) -> Self {
        Self { groups, corrected }
    }

    /// The groups that would change, to be compared with the paper one by one.
    pub fn groups(&self) -> &[GroupOffer] {
        &self.groups
    }

    /// After a human has compared every group: the lines of the entry as they should be, to be read in place of what was typed.
    pub fn confirmed(self) -> SecretText {
        self.corrected
    }
}

/// Reads every share of a text: codes, typed lines, or both, in the order in which their first lines stand there.
pub fn read_text(text: &str, expected: Mode) -> Vec<Result<PaperShare, Unread>> {
    if text.len() > TEXT_MAX {
        return vec![Err(Unread {
            row: 1,
            error: CodeError::TooLarge,
            offer: None,
        })];
    }
    let mut left = Left {
        corrections: CORRECTIONS_MAX,
        searches: SEARCHES,
    };
    let judged = typed::lines(text)
        .iter()
        .map(|line| judge(line, expected, &mut left))
        .collect();
    gather(judged).into_iter().map(finish).collect()
}

/// How much more work a text may ask for.
struct Left {
    corrections: usize,
    searches: usize,
}

fn judge(typed: &TypedLine, expected: Mode, left: &mut Left) -> Judged {
    let worlds = match typed.prefix.unwrap_or(expected) {
        Mode::Production => [Mode::Production, Mode::Rehearsal],
        Mode::Rehearsal => [Mode::Rehearsal, Mode::Production],
    };
    let likely = likely_line(typed);
    let (mode, line, state) = read_whole(typed, worlds, likely)
        .or_else(|| read_corrected(typed, worlds, likely, left))
        .unwrap_or_else(|| (expected, likely, State::Failed(beyond(typed, likely))));
    let state = if mode == expected {
        state
    } else {
        State::Failed(CodeError::OtherWorld { found: mode })
    };
    Judged {
        row: typed.row,
        line,
        state,
    }
}

fn read_whole(typed: &TypedLine, worlds: [Mode; 2], likely: Line) -> Option<(Mode, Line, State)> {
    if !typed.unreadable.is_empty() || typed.surplus > 0 {
        return None;
    }
    let mode = worlds
        .into_iter()
        .find(|mode| line_code::check(*mode, &typed.symbols))?;
    Some(match read_line(mode, &typed.symbols) {
        Ok(content) => (mode, content.line, State::Whole(content, typed.symbols.text())),
        Err(error) => (mode, likely, State::Failed(error)),
    })
}

/// A correction that makes sense as a line of a share; another one is not offered.
fn read_corrected(typed: &TypedLine, worlds: [Mode; 2], likely: Line, left: &mut Left) -> Option<(Mode, Line, State)> {
    let in_place = typed.count() == likely.symbols();
    left.corrections = left.corrections.checked_sub(1)?;
    left.searches = left.searches.checked_sub(usize::from(!in_place))?;
    worlds.into_iter().find_map(|mode| {
        let correction = if in_place {
            replaced(mode, typed)
        } else {
            moved(mode, typed, likely)
        }?;
        let content = read_line(mode, &correction.line).ok()?;
        Some((mode, content.line, State::Corrected(content, correction)))
    })
}

fn beyond(typed: &TypedLine, line: Line) -> CodeError {
    if typed.count() == line.symbols() {
        CodeError::BeyondCorrection { line }
    } else {
        CodeError::Length {
            line,
            found: typed.count(),
            group: None,
        }
    }
}

/// The line that this was meant to be: by its label; else by its length, as far as up to eight symbols too few or too many leave
/// no doubt; else by its kind.
fn likely_line(typed: &TypedLine) -> Line {
    let kind = typed
        .symbols
        .expose(|symbols| symbols.get(1).map_or(0, |kind| kind >> 3));
    let later = if kind == Line::C.number() { Line::C } else { Line::B };
    let by_kind = if kind == Line::A.number() { Line::A } else { later };
    typed.label.unwrap_or(match typed.count() {
        64..=79 => later,
        81..=96 => Line::A,
        _ => by_kind,
    })
}

#[cfg(test)]
mod tests;
