//! A typed line put right: symbols replaced in their places, or a gap or a doubling found.
//!
//! Rules of this file:
//! - what comes out is an offer for a human, and always a line whose checksum holds;
//! - it is told in groups, as the paper names them, and only those that would change are shown;
//! - where two different lines could have been meant, there is no offer.

use super::code_error::CodeError;
use super::line_code::{self, Fix, UNREADABLE_MAX};
use super::share_lines::{GroupName, Line};
use super::symbols::{Symbols, letter_of};
use super::typed::TypedLine;
use crate::ident::Mode;
use crate::secret::SecretText;

/// One group of a correction. Eight symbols of a share at most: shown to the one who typed them, and wiped.
pub struct GroupOffer {
    /// The group as it is named on the paper.
    pub name: GroupName,
    /// What was typed there; `?` stands for what could not be read. It may be shorter or longer than four.
    pub found: SecretText,
    /// The four symbols that should stand there.
    pub offered: SecretText,
}

/// A line as it should be, and where it differs from what was typed.
pub(super) struct Correction {
    pub(super) line: Symbols,
    /// The places of the corrected line whose symbols were wrong or unreadable.
    places: Vec<usize>,
    shift: Shift,
    /// What was typed, as letters, `?` for the unreadable.
    typed: SecretText,
}

/// What was lost from, or added to, the line between two of its symbols.
#[derive(Clone, Copy)]
enum Shift {
    Nothing,
    Missing { at: usize, count: usize },
    Added { at: usize, count: usize },
}

impl Shift {
    /// Where the corrected line's place `place` begins in what was typed.
    fn typed_place(self, place: usize) -> usize {
        match self {
            Self::Missing { at, count } if place > at => at.max(place.saturating_sub(count)),
            Self::Added { at, count } if place > at => place + count,
            _ => place,
        }
    }

    /// The places of the corrected line between which it happened.
    fn touches(self, places: &std::ops::Range<usize>, length: usize) -> bool {
        match self {
            Self::Nothing => false,
            Self::Missing { at, count } => at < places.end && places.start < at + count,
            Self::Added { at, .. } => places.contains(&at.min(length - 1)),
        }
    }
}

impl Correction {
    /// The groups that it would change.
    pub(super) fn groups(&self, line: Line) -> Vec<GroupOffer> {
        let names = (1..=line.groups()).filter_map(|number| GroupName::new(line, number));
        let offer = |name: GroupName| {
            let places = name.places();
            let wrong = self.places.iter().any(|place| places.contains(place));
            (wrong || self.shift.touches(&places, line.symbols())).then(|| GroupOffer {
                name,
                found: self.found(&places, line.symbols()),
                offered: self
                    .line
                    .expose(|symbols| text_of(symbols.get(places).unwrap_or_default(), letter_of)),
            })
        };
        names.filter_map(offer).collect()
    }

    fn found(&self, places: &std::ops::Range<usize>, length: usize) -> SecretText {
        self.typed.expose(|typed| {
            let start = self.shift.typed_place(places.start);
            let end = if places.end == length {
                typed.len()
            } else {
                self.shift.typed_place(places.end)
            };
            text_of(typed.as_bytes().get(start..end).unwrap_or_default(), char::from)
        })
    }

    /// What to say of a line that is too short or too long.
    pub(super) fn length_error(&self, line: Line, groups: &[GroupOffer]) -> Option<CodeError> {
        let (Shift::Missing { at, .. } | Shift::Added { at, .. }) = self.shift else {
            return None;
        };
        let group = groups
            .iter()
            .map(|group| group.name)
            .find(|name| *name == GroupName::at(line, at));
        Some(CodeError::Length {
            line,
            found: self.typed.len(),
            group,
        })
    }
}

/// A line of the right length, put right in place.
pub(super) fn replaced(mode: Mode, typed: &TypedLine) -> Option<Correction> {
    let fixes = line_code::correct(mode, &typed.symbols, &typed.unreadable)?;
    let line = typed.symbols.expose(|symbols| line_code::mended(symbols, &fixes));
    let places = fixes.iter().map(|fix| fix.position).collect();
    Some(Correction {
        line,
        places,
        shift: Shift::Nothing,
        typed: typed_text(typed),
    })
}

/// A line that is too short or too long by at most eight neighbouring symbols: every place is tried where they can be missing, or
/// be too many. Among the places that give the same line, the one that leaves the fewest wrong symbols is offered; where two give
/// different lines, nothing is.
pub(super) fn moved(mode: Mode, typed: &TypedLine, line: Line) -> Option<Correction> {
    let (count, expected) = (typed.count(), line.symbols());
    if count.abs_diff(expected) > UNREADABLE_MAX {
        return None;
    }
    let mut best: Option<(usize, Correction)> = None;
    for at in 0..=count.min(expected) {
        let shift = if count < expected {
            Shift::Missing {
                at,
                count: expected - count,
            }
        } else {
            Shift::Added {
                at,
                count: count - expected,
            }
        };
        let (candidate, unreadable) = shifted(typed, shift);
        let Some(fixes) = line_code::correct(mode, &candidate, &unreadable) else {
            continue;
        };
        let wrong = fixes.iter().filter(|fix| fix.found.is_some()).count();
        let line = candidate.expose(|symbols| line_code::mended(symbols, &fixes));
        let better = match &best {
            Some((_, other)) if !same_line(&line, &other.line) => return None,
            Some((least, _)) => wrong < *least,
            None => true,
        };
        if better {
            best = Some((
                wrong,
                Correction {
                    line,
                    places: places_of(&fixes, shift),
                    shift,
                    typed: typed_text(typed),
                },
            ));
        }
    }
    best.map(|(_, correction)| correction)
}

/// What was typed, with the missing symbols as unreadable ones in their place, or without those that are too many.
fn shifted(typed: &TypedLine, shift: Shift) -> (Symbols, Vec<usize>) {
    typed.symbols.expose(|symbols| match shift {
        Shift::Nothing => (Symbols::of(symbols.iter().copied()), typed.unreadable.clone()),
        Shift::Missing { at, count } => {
            let mut candidate = Symbols::with_capacity(symbols.len() + count);
            let (before, after) = symbols.split_at(at);
            for symbol in before.iter().chain(&[0; UNREADABLE_MAX][..count]).chain(after) {
                candidate.push(*symbol);
            }
            let moved = typed
                .unreadable
                .iter()
                .map(|place| if *place < at { *place } else { place + count });
            (candidate, moved.chain(at..at + count).collect())
        }
        Shift::Added { at, count } => {
            let mut candidate = Symbols::with_capacity(symbols.len());
            for symbol in symbols.iter().take(at).chain(symbols.iter().skip(at + count)) {
                candidate.push(*symbol);
            }
            let kept = typed
                .unreadable
                .iter()
                .filter(|place| !(at..at + count).contains(*place));
            (
                candidate,
                kept.map(|place| if *place < at { *place } else { place - count })
                    .collect(),
            )
        }
    })
}

/// The places of changes, without those at which nothing was typed.
fn places_of(fixes: &[Fix], shift: Shift) -> Vec<usize> {
    let missing = match shift {
        Shift::Missing { at, count } => at..at + count,
        _ => 0..0,
    };
    fixes
        .iter()
        .map(|fix| fix.position)
        .filter(|place| !missing.contains(place))
        .collect()
}

fn same_line(left: &Symbols, right: &Symbols) -> bool {
    left.expose(|left| right.expose(|right| left == right))
}

fn typed_text(typed: &TypedLine) -> SecretText {
    typed.symbols.expose(|symbols| {
        SecretText::build(symbols.len(), |text| {
            for (place, symbol) in symbols.iter().enumerate() {
                let unreadable = typed.unreadable.binary_search(&place).is_ok();
                text.push(if unreadable { '?' } else { letter_of(*symbol) });
            }
        })
    })
}

fn text_of(bytes: &[u8], letter: impl Fn(u8) -> char) -> SecretText {
    SecretText::build(bytes.len(), |text| text.extend(bytes.iter().map(|byte| letter(*byte))))
}
