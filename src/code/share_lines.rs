//! The lines of a share as they are printed: in groups that have names, and joined for the QR code.
//!
//! Rules of this file:
//! - lines and groups are named as on the sheet: A1 to A22, B1 to B18, C1 to C18, four symbols each, check symbols included;
//! - lines are capitals of the alphabet without prefix; a code has the prefix before each of them;
//! - no `Debug`, no `Clone`; wiped on drop; a typed group is compared without stopping at the first difference.

use super::symbols::Symbols;
use super::typed;
use crate::ident::Mode;
use crate::secret::SecretText;
use std::fmt;

/// How many symbols a printed group has.
pub const GROUP: usize = 4;

/// A line of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Line {
    /// The head and the value.
    A,
    /// The blinder; of a locked share, salt and tag.
    B,
    /// The masked blinder of a locked share.
    C,
}

impl Line {
    /// All of them, in their order.
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::C];

    /// The number on paper, two bits.
    pub fn number(self) -> u8 {
        match self {
            Self::A => 0,
            Self::B => 1,
            Self::C => 2,
        }
    }

    /// How many symbols it has, check symbols included, prefix not.
    pub fn symbols(self) -> usize {
        match self {
            Self::A => 88,
            Self::B | Self::C => 72,
        }
    }

    /// How many groups are printed of it.
    pub fn groups(self) -> u8 {
        (self.symbols() / GROUP) as u8
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        })
    }
}

/// The name of a group, printed above it: `A7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupName {
    line: Line,
    number: u8,
}

impl GroupName {
    /// The group of this number, counted from 1, where the line has one.
    pub fn new(line: Line, number: u8) -> Option<Self> {
        (1..=line.groups()).contains(&number).then_some(Self { line, number })
    }

    /// The group in which a symbol stands, counted from 0; past the end of the line, its last group.
    pub fn at(line: Line, position: usize) -> Self {
        Self {
            line,
            number: (position.min(line.symbols() - 1) / GROUP) as u8 + 1,
        }
    }

    /// The line that it is of.
    pub fn line(self) -> Line {
        self.line
    }

    /// Its number, counted from 1.
    pub fn number(self) -> u8 {
        self.number
    }

    /// The places of its symbols, counted from 0.
    pub fn places(self) -> std::ops::Range<usize> {
        let start = GROUP * usize::from(self.number - 1);
        start..start + GROUP
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}{}", self.line, self.number))
    }
}

/// The lines of a share in capitals, without prefix.
pub struct ShareLines {
    mode: Mode,
    a: SecretText,
    b: Option<SecretText>,
    c: Option<SecretText>,
}

impl ShareLines {
    pub(super) fn new(mode: Mode, a: SecretText, b: Option<SecretText>, c: Option<SecretText>) -> Self {
        Self { mode, a, b, c }
    }

    /// The world that they are of; its prefix stands before each line in a code, and once on a sheet.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// One line, where the share has it.
    pub fn line(&self, line: Line) -> Option<&SecretText> {
        match line {
            Line::A => Some(&self.a),
            Line::B => self.b.as_ref(),
            Line::C => self.c.as_ref(),
        }
    }

    /// The text of the QR code: each line after its prefix, joined by `/`; 167 characters of an open share, 243 of a locked one,
    /// all of them of the alphanumeric mode of ISO/IEC 18004.
    pub fn qr_text(&self) -> SecretText {
        self.joined(self.mode.prefix(), |text| {
            SecretText::build(text.len(), |copy| copy.push_str(text))
        })
    }

    /// Lends the groups of a line to `read`, one by one, in their order.
    pub fn for_each_group(&self, line: Line, mut read: impl FnMut(GroupName, &str)) {
        let Some(text) = self.line(line) else { return };
        text.expose(|text| {
            for name in (1..=line.groups()).filter_map(|number| GroupName::new(line, number)) {
                read(name, text.get(name.places()).unwrap_or_default());
            }
        });
    }

    /// Whether a human typed this group from the paper; `None` where the share has no such line.
    pub fn group_fits(&self, name: GroupName, typed: &str) -> Option<bool> {
        let printed = self.line(name.line)?;
        let typed = typed::group(typed);
        Some(printed.expose(|text| {
            let Some(printed) = text.get(name.places()).and_then(Symbols::from_text) else {
                return false;
            };
            printed.expose(|printed| typed.is_some_and(|typed| typed.expose(|typed| same(printed, typed))))
        }))
    }

    /// Lends the lines, each after `prefix`, joined by `/`, to `read`.
    pub(super) fn joined<R>(&self, prefix: &str, read: impl FnOnce(&str) -> R) -> R {
        joined(Line::ALL.into_iter().filter_map(|line| self.line(line)), prefix, read)
    }
}

/// Lends the lines, each after `prefix`, joined by `/`, to `read`.
pub(super) fn joined<'a, R>(
    lines: impl Iterator<Item = &'a SecretText>,
    prefix: &str,
    read: impl FnOnce(&str) -> R,
) -> R {
    // The longest: three lines of a locked share with their prefixes.
    let text = SecretText::build(243, |text| {
        for line in lines {
            if !text.is_empty() {
                text.push('/');
            }
            text.push_str(prefix);
            line.expose(|line| text.push_str(line));
        }
    });
    text.expose(read)
}

/// Compares without stopping at the first difference.
fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |differ, (l, r)| differ | (l ^ r)) == 0
}
