//! Running text into lines, broken between words.
//!
//! Rules of this file:
//! - a line is never wider than its box; a word that is wider is refused, since a box of fixed size has no other answer;
//! - a word may change its face in the middle.

use super::fonts::{Face, shown};
use crate::refusal::{Refusal, Rule};

/// A stretch of text in one face.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The face.
    pub face: Face,
    /// The text, on one line.
    pub text: String,
}

/// A box for running text.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The left edge, in millimetres.
    pub x: f32,
    /// The baseline of the first line.
    pub y: f32,
    /// The width, in millimetres.
    pub width: f32,
    /// The most lines.
    pub lines: usize,
    /// The size in points; faces are those of the spans.
    pub size: f32,
    /// From baseline to baseline, in millimetres.
    pub leading: f32,
}

pub(super) fn too_wide(text: &str, width: f32, room: f32) -> Refusal {
    Refusal::new(
        Rule::PageUnfit,
        format!("{} is {width:.1} mm wide in print, its box {room:.1} mm", shown(text)),
    )
    .hint("shorten it")
}

pub(super) fn spans_width(size: f32, spans: &[Span]) -> Result<f32, Refusal> {
    spans.iter().map(|span| span.face.width(size, &span.text)).sum()
}

/// Words into lines, as many to a line as go into it. A word may change its face in the middle.
pub(super) fn broken(column: Column, spans: &[Span]) -> Result<Vec<Vec<Span>>, Refusal> {
    let mut lines: Vec<Vec<Span>> = Vec::new();
    let mut line: Vec<Span> = Vec::new();
    for word in words(spans) {
        let mut longer = line.clone();
        if !longer.is_empty() {
            append(
                &mut longer,
                Span {
                    face: Face::Regular,
                    text: " ".to_string(),
                },
            );
        }
        for span in &word {
            append(&mut longer, span.clone());
        }
        if spans_width(column.size, &longer)? <= column.width {
            line = longer;
            continue;
        }
        let width = spans_width(column.size, &word)?;
        if width > column.width {
            let text: String = word.iter().map(|span| span.text.as_str()).collect();
            return Err(too_wide(&text, width, column.width));
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        line = word;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    Ok(lines)
}

pub(super) fn append(line: &mut Vec<Span>, span: Span) {
    match line.last_mut() {
        Some(last) if last.face == span.face => last.text.push_str(&span.text),
        _ => line.push(span),
    }
}

pub(super) fn words(spans: &[Span]) -> Vec<Vec<Span>> {
    let mut words: Vec<Vec<Span>> = vec![Vec::new()];
    for span in spans {
        for (number, piece) in span.text.split(' ').enumerate() {
            if number > 0 {
                words.push(Vec::new());
            }
            if let (false, Some(word)) = (piece.is_empty(), words.last_mut()) {
                append(
                    word,
                    Span {
                        face: span.face,
                        text: piece.to_string(),
                    },
                );
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMN: Column = Column {
        x: 10.0,
        y: 10.0,
        width: 30.0,
        lines: 3,
        size: 10.0,
        leading: 5.0,
    };

    fn plain(text: &str) -> Vec<Span> {
        vec![Span {
            face: Face::Regular,
            text: text.to_string(),
        }]
    }

    #[test]
    fn no_line_of_a_paragraph_is_wider_than_its_box() {
        let text = "a bc def ghij klmno pqrstu vwxyz a bc def ghij klmno";
        let broken = broken(COLUMN, &plain(text)).unwrap_or_default();
        let joined: Vec<String> = broken
            .iter()
            .map(|line| line.iter().map(|span| span.text.as_str()).collect())
            .collect();
        assert_eq!(joined.join(" "), text);
        assert!(
            broken
                .iter()
                .all(|line| spans_width(COLUMN.size, line).is_ok_and(|width| width <= COLUMN.width))
        );
    }

    #[test]
    fn a_word_may_change_its_face_in_the_middle() {
        let spans = [(Face::Mono, "recover.py"), (Face::Regular, ", then")];
        let spans = spans.map(|(face, text)| Span {
            face,
            text: text.to_string(),
        });
        assert_eq!(words(&spans).len(), 2);
        assert_eq!(words(&spans)[0].len(), 2);
    }
}
