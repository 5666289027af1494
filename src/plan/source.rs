//! The text of a plan, its TOML, and where in it something stands.
//!
//! Rules of this file:
//! - lines and columns are counted from 1, columns in characters; finding them costs the same on a long line as on a short one;
//! - text of more than 16 MiB, or of more marks than any plan has, is refused unread; nesting is bounded by the TOML reader, which
//!   refuses below the stack's end;
//! - a refusal begins with the file, the line and the column.

use super::{
    limits,
    text::{bidirectional_control, escaped, nearest, quoted},
};
use crate::refusal::{Refusal, Rule};
use serde::Serialize;
use std::{fmt, ops::Deref};
use toml::{Spanned, de::DeTable};

/// The name under which the plan stands in messages.
pub const PLAN_FILE: &str = "strongroom.toml";

/// Where something stands in the plan: line and column, from 1, columns in characters. Written `214:23`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}:{}", self.line, self.column))
    }
}

/// A value, and where it stands in the plan. Two are equal when their values are.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

impl<T> Deref for Placed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Placed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// The text that is read, with what is needed to name a place in it.
pub(super) struct Source<'t> {
    text: &'t str,
    line_starts: Vec<usize>,
    /// The number of characters before each [`STRIDE`] of bytes, so that a column is never counted from far away.
    characters_before: Vec<usize>,
}

const STRIDE: usize = 1024;

impl<'t> Source<'t> {
    /// Reads the text as TOML.
    pub(super) fn parse(text: &'t str) -> Result<(Self, Spanned<DeTable<'t>>), Refusal> {
        if text.len() > limits::TEXT_BYTES {
            return Err(Refusal::new(
                Rule::PlanTooLarge,
                format!(
                    "{PLAN_FILE}: {} bytes of text, at most {} are read",
                    text.len(),
                    limits::TEXT_BYTES
                ),
            ));
        }
        let marks = marks(text);
        if marks > limits::MARKS {
            return Err(Refusal::new(
                Rule::PlanTooLarge,
                format!(
                    "{PLAN_FILE}: {marks} marks between words, at most {} are read",
                    limits::MARKS
                ),
            ));
        }
        let source = Self::new(text);
        if let Some((at, c)) = bidirectional_control(text) {
            let sentence = format!(
                "{} turns the direction of text around it and stands nowhere in a plan, comments included",
                c.escape_default()
            );
            return Err(source.refuse(Rule::PlanValue, at, &sentence));
        }
        match DeTable::parse(text) {
            Ok(table) => Ok((source, table)),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                Err(if error.message().starts_with("duplicate key") {
                    let key = error.span().and_then(|span| text.get(span)).unwrap_or_default();
                    source.refuse(
                        Rule::PlanKey,
                        at,
                        &format!("the key {} stands here a second time", quoted(key)),
                    )
                } else {
                    source.refuse(
                        Rule::PlanSyntax,
                        at,
                        &format!("this is not TOML: {}", escaped(error.message(), 160)),
                    )
                })
            }
        }
    }

    fn new(text: &'t str) -> Self {
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let mut seen = 0;
        let characters_before = text
            .as_bytes()
            .chunks(STRIDE)
            .map(|chunk| {
                let before = seen;
                seen += chunk.iter().filter(|byte| begins_a_character(**byte)).count();
                before
            })
            .collect();
        Self {
            text,
            line_starts,
            characters_before,
        }
    }

    /// The place of a byte of the text.
    pub(super) fn place(&self, at: usize) -> Place {
        let line = self.line_starts.partition_point(|start| *start <= at);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.characters_up_to(at) - self.characters_up_to(start) + 1;
        Place {
            line: line as u32,
            column: column as u32,
        }
    }

    /// A refusal that begins with the file and the place of byte `at`.
    pub(super) fn refuse(&self, rule: Rule, at: usize, sentence: &str) -> Refusal {
        refuse_at(rule, self.place(at), sentence)
    }

    fn characters_up_to(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        let stride = at / STRIDE;
        let before = self
            .characters_before
            .get(stride)
            .or(self.characters_before.last())
            .copied()
            .unwrap_or(0);
        let from = stride.min(self.characters_before.len().saturating_sub(1)) * STRIDE;
        before
            + self.text.as_bytes()[from..at]
                .iter()
                .filter(|byte| begins_a_character(**byte))
                .count()
    }
}

/// How many bytes of the text are no part of a word; blanks in a row are one.
fn marks(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_blank = |byte: u8| matches!(byte, b' ' | b'\t');
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || !byte.is_ascii();
    let goes_on = |at: usize, byte: u8| is_blank(byte) && at > 0 && is_blank(bytes[at - 1]);
    let each = bytes.iter().enumerate();
    each.filter(|(at, byte)| !is_word(**byte) && !goes_on(*at, **byte))
        .count()
}

fn begins_a_character(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

/// A refusal that begins with the file and a place.
pub(super) fn refuse_at(rule: Rule, place: Place, sentence: &str) -> Refusal {
    Refusal::new(rule, format!("{PLAN_FILE}:{place}: {sentence}"))
}

/// A hint of the nearest known name, where there is one.
pub(super) fn with_nearest<'n>(refusal: Refusal, found: &str, known: impl IntoIterator<Item = &'n str>) -> Refusal {
    match nearest(found, known) {
        Some(name) => refusal.hint(format!("did you mean `{name}`")),
        None => refusal,
    }
}
