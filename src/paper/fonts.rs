//! The faces of papers: what they can draw, how wide it is, and the part of them that goes into a page.
//!
//! Rules of this file:
//! - a symbol that no face can draw is refused by name, never left out and never drawn as a box;
//! - scripts that need shaping (joined or stacked letters) are refused, and so are combining marks, control characters and
//!   whatever is invisible or turns the direction of writing: one symbol, one glyph, from left to right;
//! - three faces come with the program; those that a plan brings are read in [`super::faces`], and draw what these lack;
//! - a page carries the glyphs that it uses and no others, with what a reader needs to turn them back into text;
//! - codes in a page are numbered in the order of first use, so the same page has the same bytes.

use super::faces::Brought;
use super::quiet::quietly;
use crate::refusal::{Refusal, Rule};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider as _;
use skrifa::{FontRef, MetadataProvider as _};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Millimetres in a point.
pub const MM_PER_PT: f32 = 25.4 / 72.0;

/// A face. There are no italics: weight carries hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Face {
    /// Noto Sans.
    Regular,
    /// Noto Sans bold.
    Bold,
    /// `DejaVu` Sans Mono, in which 0 O, 1 l I, 5 S and 8 B differ.
    Mono,
    /// One that the plan brings, for symbols that the others lack.
    Brought(Brought),
}

impl Face {
    /// The name that a page gives the face, without the tag of a subset.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Regular => "NotoSans-Regular",
            Self::Bold => "NotoSans-Bold",
            Self::Mono => "DejaVuSansMono",
            Self::Brought(face) => face.name(),
        }
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => notosans::REGULAR_TTF,
            Self::Bold => notosans::BOLD_TTF,
            Self::Mono => dejavu::sans_mono::regular(),
            Self::Brought(face) => face.bytes(),
        }
    }

    /// How wide the symbol is, in thousandths of the size, or `None` where the face cannot draw it.
    pub fn advance(self, symbol: char) -> Option<f32> {
        let fits = match self {
            Self::Brought(_) => stands_alone(symbol),
            _ => plain(symbol),
        };
        if !fits {
            return None;
        }
        let font = self.font();
        let glyph = font.charmap.map(symbol).filter(|glyph| glyph.to_u32() != 0)?;
        // The tables of a font that was brought may be damaged where nothing has looked yet.
        font.advances
            .advance_width(glyph)
            .map(|width| width * 1000.0 / font.units)
    }

    /// How wide the text is at `size` points, in millimetres; a refusal names the symbol that cannot be drawn.
    pub fn width(self, size: f32, text: &str) -> Result<f32, Refusal> {
        let thousandths = text
            .chars()
            .map(|symbol| self.advance(symbol).ok_or_else(|| unknown(text, symbol)));
        let sum = thousandths.sum::<Result<f32, Refusal>>()?;
        Ok(sum / 1000.0 * size * MM_PER_PT)
    }

    /// Whether the face can draw `run`, a part of `text`; a refusal names the symbol that it cannot.
    pub(super) fn can_draw(self, run: &str, text: &str) -> Result<(), Refusal> {
        match run.chars().find(|symbol| self.advance(*symbol).is_none()) {
            Some(symbol) => Err(unknown(text, symbol)),
            None => Ok(()),
        }
    }

    fn font(self) -> &'static Font {
        static FONTS: [OnceLock<Font>; 3] = [const { OnceLock::new() }; 3];
        let number = match self {
            Self::Regular => 0,
            Self::Bold => 1,
            Self::Mono => 2,
            Self::Brought(face) => return face.font(),
        };
        FONTS[number].get_or_init(|| Font::embedded(self.bytes()))
    }
}

/// A text as a refusal shows it: escaped, so that a terminal takes no order from it, and cut where it is long.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let head: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        format!("\"{head}…\"")
    } else {
        format!("\"{head}\"")
    }
}

fn unknown(text: &str, symbol: char) -> Refusal {
    let code = symbol as u32;
    let refusal = Refusal::new(
        Rule::PageUnfit,
        format!("{} has a symbol that the fonts cannot draw: U+{code:04X}", shown(text)),
    );
    if !stands_alone(symbol) {
        return refusal.hint("letters that join, stack or run from the right cannot be set: write it in Latin letters");
    }
    refusal
        .hint("write it in Latin, Greek or Cyrillic letters, each accent in one symbol with its letter (NFC)")
        .hint("or name a font file that has it in strongroom.toml: fonts = [\"fonts/NAME.ttf\"]")
}

/// Whether one glyph from left to right is all there is to drawing the symbol.
fn plain(symbol: char) -> bool {
    let invisible_or_turning =
        matches!(symbol, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    let combining = matches!(symbol, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}');
    // From Hebrew to the Indic scripts and on to Vedic: written from the right, joined, or stacked.
    let shaped = matches!(symbol, '\u{590}'..='\u{1cff}');
    !symbol.is_control() && !invisible_or_turning && !combining && !shaped && (symbol as u32) < 0x2e80
}

/// Whether one glyph from left to right is all there is to drawing the symbol, in any script that a font may bring. What is not
/// listed is refused: Semitic and Indic scripts, marks, pictures (U+1F000 and on).
fn stands_alone(symbol: char) -> bool {
    let mark = matches!(symbol, '\u{135d}'..='\u{135f}' | '\u{302a}'..='\u{302f}' | '\u{3099}' | '\u{309a}' | '\u{a66f}'..='\u{a67f}' | '\u{a69e}'..='\u{a69f}' | '\u{a6f0}'..='\u{a6f1}');
    let listed = matches!(symbol,
        // Georgian, Ethiopic, Cherokee, Canadian syllables, runes
        '\u{10a0}'..='\u{10ff}' | '\u{1200}'..='\u{167f}' | '\u{16a0}'..='\u{16f8}' | '\u{1c90}'..='\u{1cbf}'
        // Chinese, Japanese, Yi, Lisu, Vai
        | '\u{2e80}'..='\u{2fdf}' | '\u{3001}'..='\u{312f}' | '\u{3190}'..='\u{a6ff}'
        // Korean, whole syllables
        | '\u{3131}'..='\u{3163}' | '\u{ac00}'..='\u{d7a3}'
        // forms of other widths, further ideographs
        | '\u{ab70}'..='\u{abbf}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff01}'..='\u{ff9f}' | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1b000}'..='\u{1b16f}' | '\u{20000}'..='\u{3ffff}');
    plain(symbol) || (listed && !mark)
}

/// A font that is open: what it draws, and how wide.
pub(super) struct Font {
    charmap: skrifa::charmap::Charmap<'static>,
    advances: skrifa::metrics::GlyphMetrics<'static>,
    units: f32,
}

impl Font {
    /// The embedded fonts are part of the program, so a fault in one is a fault of the build.
    #[expect(
        clippy::expect_used,
        reason = "bytes that are compiled in, and read by the tests below"
    )]
    fn embedded(bytes: &'static [u8]) -> Self {
        Self::open(&FontRef::new(bytes).expect("an embedded font is a font"))
    }

    pub(super) fn open(font: &FontRef<'static>) -> Self {
        let units = font.head().map_or(1000, |head| head.units_per_em());
        Self {
            charmap: font.charmap(),
            advances: font.glyph_metrics(Size::unscaled(), LocationRef::default()),
            units: f32::from(units),
        }
    }
}

/// The symbols of one face that a document uses, each with its code: 1, 2, 3, … in the order of first use.
#[derive(Default)]
pub(super) struct Used {
    codes: BTreeMap<char, u16>,
}

/// The part of a face that goes into a document.
pub(super) struct Subset {
    /// A TrueType font of the glyphs used, without a character map: the page has its own.
    pub ttf: Vec<u8>,
    /// For each code, from 0: the glyph, the width in thousandths, and the symbol (none for code 0).
    pub glyphs: Vec<(u16, f32, Option<char>)>,
    /// Units in the size, in which the rest is counted.
    pub units: u16,
    /// Bounding box: left, bottom, right, top.
    pub bounds: [i16; 4],
    /// Above the baseline.
    pub ascent: i16,
    /// Below the baseline, negative.
    pub descent: i16,
}

impl Used {
    /// The code of the symbol. That the face can draw it was asked before, by measuring.
    pub(super) fn code(&mut self, symbol: char) -> u16 {
        // A face has fewer than 2^16 glyphs, and a plan far fewer symbols: the numbers do not run out.
        let next = self.codes.len() as u16 + 1;
        *self.codes.entry(symbol).or_insert(next)
    }

    /// Each symbol with its code.
    pub(super) fn codes(&self) -> impl Iterator<Item = (char, u16)> + '_ {
        self.codes.iter().map(|(symbol, code)| (*symbol, *code))
    }

    /// The font for these symbols.
    pub(super) fn subset(&self, face: Face) -> Result<Subset, Refusal> {
        let fault = |found: &dyn std::fmt::Display| fault_of(face, &found.to_string());
        let (font, whole) = (
            face.font(),
            FontRef::from_index(face.bytes(), 0).map_err(|found| fault(&found))?,
        );
        let mut kept = subsetter::GlyphRemapper::new();
        let mut glyphs = vec![(0, 0.0, None); self.codes.len() + 1];
        for (&symbol, &code) in &self.codes {
            let unknown = || unknown(&symbol.to_string(), symbol);
            let glyph = font.charmap.map(symbol).ok_or_else(unknown)?;
            let width = face.advance(symbol).ok_or_else(unknown)?;
            glyphs[usize::from(code)] = (kept.remap(glyph.to_u32() as u16), width, Some(symbol));
        }
        let ttf = quietly(|| subsetter::subset(face.bytes(), 0, &kept))
            .ok_or_else(|| fault(&"it is damaged"))?
            .map_err(|found| fault(&found))?;
        if let Face::Brought(brought) = face {
            brought.judge_part(&ttf, &glyphs)?;
        }
        let (head, hhea) = (
            whole.head().map_err(|found| fault(&found))?,
            whole.hhea().map_err(|found| fault(&found))?,
        );
        Ok(Subset {
            ttf,
            glyphs,
            units: head.units_per_em(),
            bounds: [head.x_min(), head.y_min(), head.x_max(), head.y_max()],
            ascent: hhea.ascender().to_i16(),
            descent: hhea.descender().to_i16(),
        })
    }
}

fn fault_of(face: Face, found: &str) -> Refusal {
    match face {
        Face::Brought(brought) => brought.unfit(found),
        _ => Refusal::new(
            Rule::Internal,
            format!("an embedded font cannot be cut to its glyphs: {found}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_latin_greek_and_cyrillic_can_be_drawn() {
        for name in [
            "Łukasz Żółć",
            "Ångström Ñuñez Øre",
            "Þór Ðəğışıķ",
            "Nguyễn Thị Ánh",
            "Γιώργος Παπαδόπουλος",
            "Ольга Щербакова-Ґудзь",
            "O’Brien “Q” – Łódź, № 5",
        ] {
            for face in [Face::Regular, Face::Bold] {
                assert!(face.width(10.0, name).is_ok_and(|width| width > 5.0), "{name} {face:?}");
            }
        }
    }

    #[test]
    fn a_symbol_that_cannot_be_drawn_is_named() {
        for (name, code) in [
            ("李雷", "U+674E"),
            ("שרה", "U+05E9"),
            ("अनिता", "U+0905"),
            ("Jose\u{301}", "U+0301"),
            ("Ana\u{202e}", "U+202E"),
            ("Ana\u{200b}", "U+200B"),
            ("A\u{1b}[2J", "U+001B"),
            ("A\nB", "U+000A"),
            ("👍", "U+1F44D"),
        ] {
            let refused = Face::Regular.width(10.0, name);
            assert!(
                refused.is_err_and(|refusal| refusal.rule() == Rule::PageUnfit && refusal.sentence().contains(code)),
                "{code}"
            );
        }
    }

    #[test]
    fn a_refusal_shows_a_text_escaped_and_cut() {
        assert_eq!(shown("A\u{1b}[2J"), "\"A\\u{1b}[2J\"");
        assert_eq!(shown(&"x".repeat(61)).chars().count(), 60 + 3);
    }

    #[test]
    fn mono_is_mono_and_bold_is_wider_than_regular() {
        assert_eq!(Face::Mono.advance('0'), Face::Mono.advance('W'));
        assert!(Face::Bold.width(10.0, "Ana Sousa").ok() > Face::Regular.width(10.0, "Ana Sousa").ok());
    }

    #[test]
    fn a_subset_has_the_glyphs_used_and_their_widths() {
        let mut used = Used::default();
        assert_eq!(
            "ABBA".chars().map(|symbol| used.code(symbol)).collect::<Vec<_>>(),
            [1, 2, 2, 1]
        );
        let subset = used.subset(Face::Bold).unwrap_or_else(|refusal| panic!("{refusal}"));
        assert_eq!(subset.glyphs.len(), 3);
        assert_eq!(subset.glyphs[1].2, Some('A'));
        assert!(subset.glyphs[2].1 > 500.0);
        assert!(FontRef::new(&subset.ttf).is_ok_and(|font| font.glyf().is_ok()));
        assert!(subset.ttf.len() < 2_000, "{}", subset.ttf.len());
    }
}
