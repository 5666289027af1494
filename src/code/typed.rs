//! From whatever a human or a scanner gives to lines of symbols.
//!
//! Rules of this file:
//! - nothing is judged here: what cannot be a symbol is kept as an unreadable one, what is too much is counted;
//! - capitals and small letters are one, and so are full-width forms; `B` is read as `8`, `O` as `0`, `I` and `1` as `L`: none of the
//!   four is in the alphabet, and each has one look-alike that is. Every other character that is no separator is unreadable;
//! - a new line begins after `/`, after a blank row, at a prefix, at a label (`A:`, `Line B`, group name `C1`), and where a row
//!   would make the line far too long; otherwise a line goes on over any number of rows;
//! - a label counts only where it cannot be taken for symbols, or where its number is the one that is due: `A` and `7` are symbols;
//! - the text is gone through a constant number of times; nothing of it outlives the call except in wiped buffers.

use super::share_lines::{GROUP, Line};
use super::symbols::{Symbols, value_of};
use crate::ident::Mode;
use crate::secret::SecretText;

/// One line as it was typed.
pub struct TypedLine {
    /// The row of the text in which it begins, counted from 1.
    pub row: usize,
    /// The prefix that stood before it.
    pub prefix: Option<Mode>,
    /// The label that stood before it.
    pub label: Option<Line>,
    /// The symbols; an unreadable one is 0. At most [`KEPT`].
    pub symbols: Symbols,
    /// The places of the unreadable ones, counted from 0.
    pub unreadable: Vec<usize>,
    /// How many symbols there were beyond those that were kept.
    pub surplus: usize,
}

impl TypedLine {
    /// How many symbols were typed.
    pub fn count(&self) -> usize {
        self.symbols.len() + self.surplus
    }
}

/// How many symbols of a line are kept: more than any line has, with room for what was typed twice.
pub const KEPT: usize = 128;

/// The lines of a text, in their order, those without a symbol left out.
pub fn lines(text: &str) -> Vec<TypedLine> {
    let mut splitter = Splitter::new();
    plain(text).expose(|plain| {
        for (at, row) in plain.split('\n').enumerate() {
            splitter.row(at + 1, row);
        }
    });
    splitter.end();
    splitter.lines
}

/// The symbols of one group as a human typed it, its name before it or not; `None` unless there are exactly four, all readable.
pub fn group(text: &str) -> Option<Symbols> {
    plain(text).expose(|plain| {
        let mut symbols = Symbols::with_capacity(GROUP);
        let tokens = plain.split([' ', '\n', ':', '/']).filter(|token| !token.is_empty());
        for byte in tokens
            .skip_while(|token| group_label(token).is_some())
            .flat_map(str::bytes)
        {
            if symbols.len() == GROUP {
                return None;
            }
            symbols.push(symbol_of(byte)?);
        }
        (symbols.len() == GROUP).then_some(symbols)
    })
}

/// The text in ASCII: capitals, digits, `?` for what is unreadable, ` ` between, `\n`, `/` and `:`.
fn plain(text: &str) -> SecretText {
    // Every character becomes one byte at most, so the buffer never grows.
    SecretText::build(text.len(), |plain| {
        let mut after_return = false;
        for character in text.chars() {
            if !(after_return && character == '\n') {
                plain.extend(plain_character(character));
            }
            after_return = character == '\r';
        }
    })
}

fn plain_character(character: char) -> Option<char> {
    // Full-width forms stand at a fixed distance from ASCII.
    let character = match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or('?'),
        other => other,
    };
    match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' => Some(character.to_ascii_uppercase()),
        '/' => Some('/'),
        ':' | '=' => Some(':'),
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        unseen if is_unseen(unseen) => None,
        between if between.is_whitespace() || between.is_control() || SEPARATORS.contains(between) => Some(' '),
        _ => Some('?'),
    }
}

/// Dashes, quotes, brackets, points: what stands between symbols and never for one.
const SEPARATORS: &str = "-‐‑‒–—―−.,;'\"`‘’‚‛“”„‟«»()[]{}<>|·•";

/// Soft hyphen, joiners, marks of direction, variation selectors, byte order mark: there, and not seen.
fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
    )
}

fn symbol_of(byte: u8) -> Option<u8> {
    value_of(match byte {
        b'B' => b'8',
        b'O' => b'0',
        b'I' | b'1' => b'L',
        other => other,
    })
}

/// A row with at least so many symbols is a line, not the rest of one.
const WHOLE_ROW: usize = 60;

#[derive(Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    /// Whether a colon follows, which no symbol has.
    colon: bool,
}

/// What a token says, with how many tokens say it.
enum Meaning<'a> {
    /// Names what follows, which needs no name: the number of a group, the words above the check groups.
    Nothing(usize),
    Label(Line, usize),
    Prefix(Mode, &'a str),
    Symbols,
}

struct Splitter {
    lines: Vec<TypedLine>,
    row: usize,
    prefix: Option<Mode>,
    label: Option<Line>,
    symbols: Symbols,
    unreadable: Vec<usize>,
    surplus: usize,
}

impl Splitter {
    fn new() -> Self {
        Self {
            lines: Vec::new(),
            row: 0,
            prefix: None,
            label: None,
            symbols: Symbols::with_capacity(KEPT),
            unreadable: Vec::new(),
            surplus: 0,
        }
    }

    fn row(&mut self, number: usize, row: &str) {
        let mut blank = true;
        for (at, text) in row.split('/').enumerate() {
            if at > 0 {
                self.end();
            }
            let tokens = tokens(text);
            blank &= tokens.is_empty();
            self.tokens(number, &tokens);
        }
        if blank {
            self.end();
        }
    }

    fn tokens(&mut self, row: usize, tokens: &[Token<'_>]) {
        if let Some((line, number)) = row_of_group_labels(tokens) {
            if number == 1 {
                self.begin(None, Some(line));
            }
            return;
        }
        let mut left: usize = tokens.iter().map(symbols_at_most).sum();
        let mut rest = tokens;
        while let [token, after @ ..] = rest {
            let first = rest.len() == tokens.len();
            match self.meaning(*token, after.first(), first) {
                Meaning::Nothing(said_by) => rest = &rest[said_by..],
                Meaning::Label(line, said_by) => {
                    self.begin(None, Some(line));
                    rest = &rest[said_by..];
                }
                Meaning::Prefix(mode, glued) => {
                    self.begin(Some(mode), None);
                    self.push(row, glued);
                    rest = after;
                }
                Meaning::Symbols => {
                    if self.is_over(left, first) {
                        self.end();
                    }
                    self.push(row, token.text);
                    rest = after;
                }
            }
            left = left.saturating_sub(symbols_at_most(token));
        }
    }

    fn meaning<'a>(&self, token: Token<'a>, next: Option<&Token<'_>>, first: bool) -> Meaning<'a> {
        let next_text = next.map_or("", |next| next.text);
        if token.text == "LINE"
            && let Some(line) = letter(next_text)
        {
            return Meaning::Label(line, 2);
        }
        if token.text == "CHECK" && matches!(next_text, "GROUP" | "GROUPS") {
            return Meaning::Nothing(2);
        }
        if let Some(line) = letter(token.text) {
            // A lone letter among lone letters is a symbol of someone who types them apart.
            let heading = next.is_none() && (self.count() == 0 || self.count() >= WHOLE_ROW || line == Line::B);
            if token.colon || first && (heading || next_text.len() >= 2) {
                return Meaning::Label(line, 1);
            }
        }
        if let Some((line, number)) = group_label(token.text) {
            if number == 1 && (token.colon || self.count() == 0 || self.count() >= WHOLE_ROW) {
                return Meaning::Label(line, 1);
            }
            // One group may have been typed short or long without the next number losing its meaning.
            let due =
                self.count().abs_diff(GROUP * (number - 1)) < GROUP && self.label.is_none_or(|label| label == line);
            if token.colon || due {
                return Meaning::Nothing(1);
            }
        }
        self.prefix(token.text, first)
            .map_or(Meaning::Symbols, |(mode, glued)| Meaning::Prefix(mode, glued))
    }

    /// A prefix, with what is glued to it. Inside a line `SR1Q` may be a group in which an L was read as 1, and `SRL` is three symbols.
    fn prefix<'a>(&self, text: &'a str, first: bool) -> Option<(Mode, &'a str)> {
        let (prefix, glued) = text.split_at_checked(3)?;
        let mode = [Mode::Production, Mode::Rehearsal]
            .into_iter()
            .find(|mode| prefix[..2] == mode.prefix()[..2])?;
        let fresh = self.count() == 0 || self.count() == self.expected();
        let alone = text.len() == 3 || text.len() > 2 * GROUP || first && text.len() > GROUP;
        match &prefix[2..] {
            "1" | "I" if fresh || alone => Some((mode, glued)),
            "L" if fresh => Some((mode, glued)),
            _ => None,
        }
    }

    fn count(&self) -> usize {
        self.symbols.len() + self.surplus
    }

    /// How many symbols the line should have: by its label, else by its kind (its second symbol), else as a line A.
    fn expected(&self) -> usize {
        let by_kind = self.symbols.expose(|symbols| match symbols.get(1) {
            Some(kind) if !self.unreadable.contains(&1) && matches!(kind >> 3, 1 | 2) => Line::B,
            _ => Line::A,
        });
        self.label.unwrap_or(by_kind).symbols()
    }

    /// Whether what comes next, `left` symbols up to the end of the row, is not of this line any more.
    fn is_over(&self, left: usize, first: bool) -> bool {
        let (count, expected) = (self.count(), self.expected());
        if count == 0 {
            return false;
        }
        if !first {
            return count == expected && left >= WHOLE_ROW;
        }
        count == expected || count + left > expected + 2 && (2 * count >= expected || left >= WHOLE_ROW)
    }

    fn push(&mut self, row: usize, text: &str) {
        if self.count() == 0 {
            self.row = row;
        }
        for byte in text.bytes() {
            if self.symbols.len() == KEPT {
                self.surplus += 1;
                continue;
            }
            let symbol = symbol_of(byte);
            if symbol.is_none() {
                self.unreadable.push(self.symbols.len());
            }
            self.symbols.push(symbol.unwrap_or(0));
        }
    }

    /// Begins a line under a prefix or a label; two of them one after the other are of the same line.
    fn begin(&mut self, prefix: Option<Mode>, label: Option<Line>) {
        self.end();
        self.prefix = prefix.or(self.prefix);
        self.label = label.or(self.label);
    }

    fn end(&mut self) {
        if self.count() == 0 {
            return;
        }
        let kept = std::mem::replace(&mut self.symbols, Symbols::with_capacity(KEPT));
        self.lines.push(TypedLine {
            row: self.row,
            prefix: self.prefix.take(),
            label: self.label.take(),
            symbols: kept.expose(|kept| Symbols::of(kept.iter().copied())),
            unreadable: std::mem::take(&mut self.unreadable),
            surplus: std::mem::take(&mut self.surplus),
        });
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for word in text.split_inclusive([' ', ':']) {
        let colon = word.ends_with(':');
        match word.trim_end_matches([' ', ':']) {
            // A colon after a space is still that of the word before.
            "" if colon => tokens
                .iter_mut()
                .rev()
                .take(1)
                .for_each(|token: &mut Token<'_>| token.colon = true),
            "" => {}
            text => tokens.push(Token { text, colon }),
        }
    }
    tokens
}

fn symbols_at_most(token: &Token<'_>) -> usize {
    if group_label(token.text).is_some() {
        0
    } else {
        token.text.len()
    }
}

fn letter(text: &str) -> Option<Line> {
    match text {
        "A" => Some(Line::A),
        "B" => Some(Line::B),
        "C" => Some(Line::C),
        _ => None,
    }
}

/// `A7`: a line and the number of a group in it, from 1.
fn group_label(text: &str) -> Option<(Line, usize)> {
    let (line, digits) = text.split_at_checked(1)?;
    let line = letter(line)?;
    let canonical = digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    let number = digits
        .parse()
        .ok()
        .filter(|number| canonical && *number <= usize::from(line.groups()))?;
    Some((line, number))
}

/// A row of nothing but the printed numbers of groups, at least two, counting on: what they begin with.
fn row_of_group_labels(tokens: &[Token<'_>]) -> Option<(Line, usize)> {
    let (line, first) = group_label(tokens.first()?.text)?;
    let counting = tokens
        .iter()
        .zip(first..)
        .all(|(token, number)| group_label(token.text) == Some((line, number)));
    (tokens.len() > 1 && counting).then_some((line, first))
}

#[cfg(test)]
mod tests;
