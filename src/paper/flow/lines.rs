//! Running text and room for a pen into lines of a given width.
//!
//! Rules of this file:
//! - a line breaks between words; a word that is wider than the line breaks where the line ends, so that no name is refused
//!   for its length where a second line will do;
//! - what is read as one stays on one line: a telephone number, a word and its number, an option and what it is given;
//! - no paragraph ends with one short word on a line of its own where the line above can give one up;
//! - a pen's box stands on the line like a word, and makes it as high as itself; a line to write on ends its line.

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
    let mut paragraph: Vec<Vec<Word>> = Vec::new();
    for token in tokens(inlines, kind)? {
        match token {
            Token::Break => lines.take(&mut paragraph, width, kind)?,
            Token::Word(word) => {
                for word in word.within(width)? {
                    put(&mut paragraph, word, width);
                }
            }
        }
    }
    lines.take(&mut paragraph, width, kind)?;
    Ok(lines)
}

/// The word on the last line, or on a new one.
fn put(paragraph: &mut Vec<Vec<Word>>, word: Word, width: f32) {
    match paragraph.last_mut() {
        Some(line) if !is_written_on(line) && length(line) + word.gap() + word.least() <= width => line.push(word),
        _ => paragraph.push(vec![word]),
    }
}

/// Whether the rest of the line is for a pen.
fn is_written_on(line: &[Word]) -> bool {
    line.last().is_some_and(|word| word.pen == Some(Pen::Line))
}

/// Gives a lone short word at the end the last word of the line above.
fn evened(paragraph: &mut [Vec<Word>], width: f32) {
    let [.., above, last] = paragraph else { return };
    let [lone] = last.as_slice() else { return };
    let is_alone = lone.is_movable() && lone.width < width / 4.0;
    let fits = |word: &Word| word.is_movable() && word.width + lone.gap() + lone.width <= width;
    if is_alone
        && above.len() > 2
        && above.last().is_some_and(fits)
        && let Some(word) = above.pop()
    {
        last.insert(0, word);
    }
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

    /// Whether it may begin another line: no pen, and not the rest of a word that was broken.
    fn is_movable(&self) -> bool {
        self.pen.is_none() && self.spaced
    }

    /// Itself, or its parts where it is wider than the line.
    fn within(mut self, width: f32) -> Result<Vec<Self>, Refusal> {
        if self.pen == Some(Pen::Line) {
            self.width = self.width.min(width);
        }
        if self.width <= width || self.pen.is_some() {
            return Ok(vec![self]);
        }
        let words = self.parted()?.into_iter().map(|word| word.broken(width));
        Ok(words.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// Its words, where several were held together.
    fn parted(self) -> Result<Vec<Self>, Refusal> {
        let mut words: Vec<Self> = Vec::new();
        for (style, text) in &self.runs {
            for (number, piece) in text.split(' ').enumerate() {
                let width = style.width(piece)?;
                let is_first = words.is_empty();
                match words.last_mut() {
                    Some(word) if number == 0 => {
                        word.runs.push((*style, piece.to_string()));
                        word.width += width;
                    }
                    _ => words.push(Self {
                        runs: vec![(*style, piece.to_string())],
                        width,
                        pen: None,
                        spaced: !is_first || self.spaced,
                        space: if is_first { self.space } else { style.width(" ")? },
                    }),
                }
            }
        }
        Ok(words)
    }

    /// One word, or its parts where it is wider than the line.
    fn broken(self, width: f32) -> Result<Vec<Self>, Refusal> {
        if self.width <= width {
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
                for (number, piece) in held(*face, text).into_iter().enumerate() {
                    spaced |= number > 0;
                    if piece.is_empty() {
                        continue;
                    }
                    // Drawn as a space, so that whoever copies the text finds what they look for.
                    let piece = piece.replace('\u{a0}', " ");
                    let width = style.width(&piece)?;
                    // Between two words of the mono face its own space stands, as it is typed.
                    let follows_its_own = matches!(tokens.last(), Some(Token::Word(word))
                        if number > 0 && word.runs.last().is_some_and(|(last, _)| *last == style));
                    let space = if follows_its_own { style.width(" ")? } else { space };
                    match tokens.last_mut() {
                        Some(Token::Word(word)) if !spaced && word.pen.is_none() => {
                            word.runs.push((style, piece));
                            word.width += width;
                        }
                        _ => tokens.push(Token::Word(Word {
                            runs: vec![(style, piece)],
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

/// Text where it may be broken: at its spaces, but for those inside of what is read as one.
fn held(face: Face, text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut before = "";
    for word in text.split(' ') {
        match pieces.last_mut() {
            Some(piece) if are_one(face, before, word) => {
                piece.push(' ');
                piece.push_str(word);
            }
            _ => pieces.push(word.to_string()),
        }
        before = word;
    }
    pieces
}

/// Whether two words are read as one: parts of a telephone number, a word and the number after it, in what is typed a program
/// and its command, an option and its value.
fn are_one(face: Face, before: &str, after: &str) -> bool {
    const LONGEST: usize = 2;
    let is_number = |word: &str| {
        word.chars().any(|c| c.is_ascii_digit()) && word.chars().all(|c| c.is_ascii_digit() || "+()-/.:".contains(c))
    };
    let small = after.trim_end_matches(['.', ',', ';', ':', ')']);
    let is_small = (1..=LONGEST).contains(&small.len()) && small.bytes().all(|byte| byte.is_ascii_digit());
    let names_it = before.ends_with(|c: char| c.is_alphanumeric() || c == ',');
    let is_typed = before == "strongroom" || before.starts_with("--") && !after.starts_with("--");
    // A number may stand at the end of a sentence.
    is_number(before) && is_number(after.trim_end_matches([',', ';']))
        || is_small && names_it
        || face == Face::Mono && is_typed && !after.is_empty()
}

impl Lines {
    /// Ends a paragraph.
    fn take(&mut self, paragraph: &mut Vec<Vec<Word>>, width: f32, kind: Type) -> Result<(), Refusal> {
        evened(paragraph, width);
        paragraph.drain(..).try_for_each(|line| self.add(line, width, kind))
    }

    /// Ends a line. Its text stands in the middle of the height of its highest box.
    fn add(&mut self, line: Vec<Word>, width: f32, kind: Type) -> Result<(), Refusal> {
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
        for (at, word) in line.into_iter().enumerate() {
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
        Pen::Seal => (76.0, 9.0),
        Pen::Words => (60.0, 29.0),
        // Room for a name, or for a telephone number.
        Pen::Line => (45.0, 4.0),
        Pen::Row => (0.0, 7.0),
    }
}

fn drawn(pen: Pen, x: f32, top: f32, baseline: f32, room: f32) -> Result<Vec<Mark>, Refusal> {
    let (width, height) = size_of(pen);
    let mut marks = Vec::new();
    match pen {
        Pen::Row => {}
        Pen::Line => marks.push(Mark::across(x, baseline + 0.9, room)),
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
