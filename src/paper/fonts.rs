//! The three faces of every paper: what they can draw, how wide it is, and the part of them that goes into a page.
//!
//! Rules of this file:
//! - a symbol that no face can draw is refused by name, never left out and never drawn as a box;
//! - scripts that need shaping (joined or stacked letters) are refused, and so are combining marks, control characters and
//!   whatever is invisible or turns the direction of writing: one symbol, one glyph, from left to right;
//! - a page carries the glyphs that it uses and no others, with what a reader needs to turn them back into text;
//! - codes in a page are numbered in the order of first use, so the same page has the same bytes.

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
}

impl Face {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Regular, Self::Bold, Self::Mono];

    /// The name that a page gives the face, without the tag of a subset.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Regular => "NotoSans-Regular",
            Self::Bold => "NotoSans-Bold",
            Self::Mono => "DejaVuSansMono",
        }
    }

    fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => notosans::REGULAR_TTF,
            Self::Bold => notosans::BOLD_TTF,
            Self::Mono => dejavu::sans_mono::regular(),
        }
    }

    /// How wide the symbol is, in thousandths of the size, or `None` where the face cannot draw it.
    pub fn advance(self, symbol: char) -> Option<f32> {
        if !plain(symbol) {
            return None;
        }
        let font = self.font();
        let glyph = font.charmap.map(symbol).filter(|glyph| glyph.to_u32() != 0)?;
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

    fn font(self) -> &'static Font {
        static FONTS: [OnceLock<Font>; 3] = [const { OnceLock::new() }; 3];
        FONTS[self as usize].get_or_init(|| Font::new(self.bytes()))
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
    let symbol = symbol as u32;
    Refusal::new(
        Rule::PageUnfit,
        format!(
            "{} has a symbol that the fonts cannot draw: U+{symbol:04X}",
            shown(text)
        ),
    )
    .hint("write it in Latin, Greek or Cyrillic letters, each accent in one symbol with its letter (NFC)")
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

struct Font {
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
    fn new(bytes: &'static [u8]) -> Self {
        let font = FontRef::new(bytes).expect("an embedded font is a font");
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
        // Fewer than 0x2e80 symbols are plain, so the numbers do not run out.
        let next = self.codes.len() as u16 + 1;
        *self.codes.entry(symbol).or_insert(next)
    }

    /// Each symbol with its code.
    pub(super) fn codes(&self) -> impl Iterator<Item = (char, u16)> + '_ {
        self.codes.iter().map(|(symbol, code)| (*symbol, *code))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The font for these symbols.
    pub(super) fn subset(&self, face: Face) -> Result<Subset, Refusal> {
        let (font, whole) = (face.font(), FontRef::new(face.bytes()).map_err(fault)?);
        let mut kept = subsetter::GlyphRemapper::new();
        let mut glyphs = vec![(0, 0.0, None); self.codes.len() + 1];
        for (&symbol, &code) in &self.codes {
            let unknown = || unknown(&symbol.to_string(), symbol);
            let glyph = font.charmap.map(symbol).ok_or_else(unknown)?;
            let width = face.advance(symbol).ok_or_else(unknown)?;
            glyphs[usize::from(code)] = (kept.remap(glyph.to_u32() as u16), width, Some(symbol));
        }
        let ttf = subsetter::subset(face.bytes(), 0, &kept).map_err(fault)?;
        let (head, hhea) = (whole.head().map_err(fault)?, whole.hhea().map_err(fault)?);
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

fn fault(fault: impl std::fmt::Display) -> Refusal {
    Refusal::new(
        Rule::Internal,
        format!("an embedded font cannot be cut to its glyphs: {fault}"),
    )
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
