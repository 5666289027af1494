//! Running text and room for a pen into lines of a given width.
//!
//! Rules of this file:
//! - a line breaks between words; a word that is wider than the line breaks where the line ends, so that no name is refused
//!   for its length where a second line will do;
//! - a pen's box stands on the line like a word, and makes it as high as itself.

use super::blocks::{Inline, Pen};
use super::marks::Mark;
use crate::paper::fonts::{Face, MM_PER_PT};
use crate::paper::page::{Style, bold, regular};
use crate::refusal::Refusal;

/// Size and leading of running text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Type {
    /// In points.
    pub(super) size: f32,
    /// From baseline to baseline, in millimetres.
    pub(super) leading: f32,
}

/// Labels, under which or beside which something stands.
pub(super) const LABEL: Type = Type {
    size: 8.0,
    leading: 3.5,
};

/// Lines, laid out from the top left of their column.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) marks: Vec<Mark>,
    pub(super) height: f32,
}

/// Lays `inlines` out in a column of `width`.
pub(super) fn lay(inlines: &[Inline], width: f32, kind: Type) -> Result<Lines, Refusal> {
    let mut lines = Lines::default();
    let mut line: Vec<Word> = Vec::new();
    for token in tokens(inlines, kind)? {
        let word = match token {
            Token::Break => {
                lines.add(&mut line, width, kind)?;
                continue;
            }
            Token::Word(word) => word,
        };
        for word in word.within(width)? {
            if !line.is_empty() && length(&line) + word.gap() + word.least() > width {
                lines.add(&mut line, width, kind)?;
            }
            line.push(word);
        }
    }
    lines.add(&mut line, width, kind)?;
    Ok(lines)
}

/// The width that the text would take on one line, and that of its widest word: what a table measures its columns by.
pub(super) fn widths(inlines: &[Inline], kind: Type) -> Result<(f32, f32), Refusal> {
    let (mut whole, mut widest, mut line) = (0.0_f32, 0.0_f32, Vec::new());
    for token in tokens(inlines, kind)? {
        match token {
            Token::Break => line.clear(),
            Token::Word(word) => {
                widest = widest.max(word.least());
                line.push(word);
                whole = whole.max(length(&line));
            }
        }
    }
    Ok((whole, widest))
}

enum Token {
    Word(Word),
    Break,
}

/// What is not broken where it can be helped.
struct Word {
    runs: Vec<(Style, String)>,
    width: f32,
    pen: Option<Pen>,
    spaced: bool,
    space: f32,
}

impl Word {
    fn gap(&self) -> f32 {
        if self.spaced { self.space } else { 0.0 }
    }

    /// The least width that it needs.
    fn least(&self) -> f32 {
        self.width
    }

    /// Itself, or its parts where it is wider than the line.
    fn within(self, width: f32) -> Result<Vec<Self>, Refusal> {
        if self.width <= width || self.pen.is_some() {
            return Ok(vec![self]);
        }
        let mut parts: Vec<Self> = Vec::new();
        for (style, text) in &self.runs {
            for symbol in text.chars() {
                let wide = style.width(symbol.encode_utf8(&mut [0; 4]))?;
                match parts.last_mut() {
                    Some(part) if part.width + wide <= width => {
                        part.width += wide;
                        match part.runs.last_mut() {
                            Some((last, text)) if last == style => text.push(symbol),
                            _ => part.runs.push((*style, symbol.to_string())),
                        }
                    }
                    part => {
                        let carried = part.map_or(Ok(String::new()), |part| part.after_its_hyphen(*style))?;
                        let spaced = parts.is_empty() && self.spaced;
                        parts.push(Self {
                            width: style.width(&carried)? + wide,
                            runs: vec![(*style, carried + symbol.encode_utf8(&mut [0; 4]))],
                            pen: None,
                            spaced,
                            space: self.space,
                        });
                    }
                }
            }
        }
        Ok(parts)
    }

    /// Takes off what stands behind the last hyphen, where one stands in the second half: a double name breaks there.
    fn after_its_hyphen(&mut self, style: Style) -> Result<String, Refusal> {
        let Some((last, text)) = self.runs.last_mut().filter(|(last, _)| *last == style) else {
            return Ok(String::new());
        };
        let hyphen = text.rfind('-').map(|at| at + 1);
        let Some(at) = hyphen.filter(|at| *at * 2 > text.len() && *at < text.len()) else {
            return Ok(String::new());
        };
        let carried = text.split_off(at);
        self.width -= last.width(&carried)?;
        Ok(carried)
    }
}

fn length(line: &[Word]) -> f32 {
    line.iter()
        .enumerate()
        .map(|(at, word)| word.width + if at == 0 { 0.0 } else { word.gap() })
        .sum()
}

fn tokens(inlines: &[Inline], kind: Type) -> Result<Vec<Token>, Refusal> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut spaced = false;
    let space = regular(kind.size).width(" ")?;
    for inline in inlines {
        match inline {
            Inline::Break => {
                tokens.push(Token::Break);
                spaced = false;
            }
            Inline::Pen(pen) => {
                tokens.push(Token::Word(Word {
                    runs: Vec::new(),
                    width: size_of(*pen).0,
                    pen: Some(*pen),
                    spaced: true,
                    space: space.max(1.6),
                }));
                spaced = true;
            }
            Inline::Text { face, small, text } => {
                // Symbols of the mono face are wider than their letters look.
                let size = if *small { LABEL.size } else { kind.size } - if *face == Face::Mono { 0.5 } else { 0.0 };
                let style = Style { face: *face, size };
                for (number, piece) in text.split(' ').enumerate() {
                    spaced |= number > 0;
                    if piece.is_empty() {
                        continue;
                    }
                    let width = style.width(piece)?;
                    // Between two words of the mono face its own space stands, as it is typed.
                    let follows_its_own = matches!(tokens.last(), Some(Token::Word(word))
                        if number > 0 && word.runs.last().is_some_and(|(last, _)| *last == style));
                    let space = if follows_its_own { style.width(" ")? } else { space };
                    match tokens.last_mut() {
                        Some(Token::Word(word)) if !spaced && word.pen.is_none() => {
                            word.runs.push((style, piece.to_string()));
                            word.width += width;
                        }
                        _ => tokens.push(Token::Word(Word {
                            runs: vec![(style, piece.to_string())],
                            width,
                            pen: None,
                            spaced: true,
                            space,
                        })),
                    }
                    spaced = false;
                }
            }
        }
    }
    Ok(tokens)
}

impl Lines {
    /// Ends a line. Its text stands in the middle of the height of its highest box.
    fn add(&mut self, line: &mut Vec<Word>, width: f32, kind: Type) -> Result<(), Refusal> {
        if line.is_empty() {
            return Ok(());
        }
        let smallest = line
            .iter()
            .flat_map(|word| &word.runs)
            .map(|(style, _)| style.size)
            .fold(0.0, f32::max);
        let kind = if smallest > 0.0 && smallest <= LABEL.size {
            LABEL
        } else {
            kind
        };
        let pens = line.iter().filter_map(|word| word.pen).map(|pen| size_of(pen).1);
        let highest = pens.fold(0.0, f32::max);
        let height = if highest > kind.leading {
            highest + 1.0
        } else {
            kind.leading
        };
        let capital = 0.714 * kind.size * MM_PER_PT;
        let baseline = self.height + f32::midpoint(if highest > kind.leading { highest } else { height }, capital);
        let mut x = 0.0;
        for (at, word) in line.drain(..).enumerate() {
            x += if at == 0 { 0.0 } else { word.gap() };
            if let Some(pen) = word.pen {
                let (wide, high) = size_of(pen);
                let top = if high > kind.leading {
                    self.height
                } else {
                    baseline - f32::midpoint(high, capital)
                };
                self.marks.extend(drawn(pen, x, top, baseline, width - x)?);
                x += wide;
                continue;
            }
            for (style, text) in &word.runs {
                let mark = Mark::text(x, baseline, *style, text)?;
                x += style.width(text)?;
                self.marks.push(mark);
            }
        }
        self.height += height;
        Ok(())
    }
}

/// Width and height of the room that a pen gets.
fn size_of(pen: Pen) -> (f32, f32) {
    match pen {
        Pen::Tick => (4.2, 4.2),
        Pen::Time => (18.0, 9.0),
        Pen::Initials => (15.0, 9.0),
        Pen::Dissent => (12.0, 9.0),
        Pen::Seal => (56.0, 7.0),
        Pen::Words => (60.0, 29.0),
        Pen::Line => (16.0, 4.0),
        Pen::Row => (0.0, 7.0),
    }
}

fn drawn(pen: Pen, x: f32, top: f32, baseline: f32, room: f32) -> Result<Vec<Mark>, Refusal> {
    let (width, height) = size_of(pen);
    let mut marks = Vec::new();
    match pen {
        Pen::Row => {}
        Pen::Line => marks.push(Mark::across(x, baseline + 0.9, room.max(width))),
        Pen::Seal => {
            let cell = width / 10.0;
            marks.push(Mark::boxed(x, top, width, height));
            marks.extend((1..10).map(|at| Mark::down(x + cell * at as f32, top, height)));
        }
        Pen::Words => {
            let column = room.min(76.0) / 2.0;
            for number in 0..8_u8 {
                let (left, y) = (
                    x + column * f32::from(number % 2),
                    top + 6.0 + 7.2 * f32::from(number / 2),
                );
                marks.push(Mark::text(left, y, regular(LABEL.size), &(number + 1).to_string())?);
                marks.push(Mark::across(left + 3.6, y + 0.9, column - 6.0));
            }
        }
        Pen::Time => {
            marks.push(Mark::boxed(x, top, width, height));
            let middle = bold(11.0).width(":")? / 2.0;
            marks.push(Mark::text(x + width / 2.0 - middle, top + 5.9, bold(11.0), ":")?);
        }
        Pen::Tick | Pen::Initials | Pen::Dissent => marks.push(Mark::boxed(x, top, width, height)),
    }
    Ok(marks)
}
