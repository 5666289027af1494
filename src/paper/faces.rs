//! The faces that a plan brings, for scripts that those of the program lack.
//!
//! Rules of this file:
//! - what the program's own faces can draw, they draw: identifiers, serials, words, codes and lines never come from a file, so a
//!   font that lies can lie about names and about nothing else;
//! - a font file was made by anybody: it is judged when it is read, its glyphs when they are used, and what is damaged, draws
//!   nothing or may not be embedded is refused by the name of its file;
//! - the first face of the plan that has a symbol draws it, so the same plan and files give the same pages.

use super::fonts::{Face, Font, Used};
use super::quiet::quietly;
use crate::plan::FreeText;
use crate::refusal::{Refusal, Rule};
use crate::vault::fonts::FontFile;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::raw::TableProvider as _;
use skrifa::{FontRef, GlyphId, MetadataProvider as _};
use std::cmp::Ordering;

/// One face of the plan.
#[derive(Clone, Copy)]
pub struct Brought(&'static Read);

struct Read {
    number: u8,
    file: String,
    name: String,
    bytes: &'static [u8],
    font: Font,
}

/// What texts of the plan are set in: the faces of the program, and those that the plan brings.
#[derive(Clone, Copy, Default)]
pub struct Faces(&'static [Brought]);

impl Faces {
    /// Those of the program alone.
    pub const OWN: Self = Self(&[]);

    /// Those of the program, and `files` in their order. A font that was read stays in memory until the process ends: it is used
    /// for every page, by every thread, and a process reads the fonts of one plan.
    pub fn read(files: Vec<FontFile>) -> Result<Self, Refusal> {
        if files.is_empty() {
            return Ok(Self::OWN);
        }
        let read = (0..).zip(files).map(|(number, file)| Brought::read(number, file));
        Ok(Self(Box::leak(read.collect::<Result<Box<[_]>, _>>()?)))
    }

    /// `text` in `face`, with each stretch that it lacks in the first face that has it. What no face has stays in `face`, where
    /// measuring it is refused.
    pub(super) fn runs(self, face: Face, text: &str) -> Vec<(Face, &str)> {
        if text.chars().all(|symbol| face.advance(symbol).is_some()) {
            return vec![(face, text)];
        }
        let mut runs: Vec<(Face, &str)> = Vec::new();
        let mut from = 0;
        for (at, symbol) in text.char_indices() {
            let other = runs.last().map_or(face, |(last, _)| *last);
            let drawn_by = self.face_of(face, symbol);
            let end = at + symbol.len_utf8();
            match runs.last_mut() {
                Some(run) if other == drawn_by => run.1 = &text[from..end],
                _ => {
                    from = at;
                    runs.push((drawn_by, &text[from..end]));
                }
            }
        }
        runs
    }

    /// Whether every one of `texts` can be drawn, in the face of running text and in the bold one.
    pub fn judge<'t>(self, texts: impl IntoIterator<Item = &'t FreeText>) -> Result<(), Refusal> {
        let mut used: Vec<Used> = self.0.iter().map(|_| Used::default()).collect();
        for text in texts {
            for face in [Face::Regular, Face::Bold] {
                for (drawn_by, run) in self.runs(face, text.as_str()) {
                    drawn_by.can_draw(run, text.as_str())?;
                    if let Face::Brought(brought) = drawn_by {
                        run.chars().for_each(|symbol| {
                            used[usize::from(brought.0.number)].code(symbol);
                        });
                    }
                }
            }
        }
        let mut each = self.0.iter().zip(&used);
        each.try_for_each(|(brought, used)| used.subset(Face::Brought(*brought)).map(|_| ()))
    }

    fn face_of(self, face: Face, symbol: char) -> Face {
        if face.advance(symbol).is_some() {
            return face;
        }
        let brought = self.0.iter().map(|brought| Face::Brought(*brought));
        // The mono face has fewer symbols than that of running text.
        let mut able = std::iter::once(Face::Regular)
            .chain(brought)
            .filter(|face| face.advance(symbol).is_some());
        able.next().unwrap_or(face)
    }
}

impl Brought {
    fn read(number: u8, FontFile { name: file, bytes }: FontFile) -> Result<Self, Refusal> {
        judge(&file, &bytes)?;
        let bytes: &'static [u8] = Box::leak(bytes.into_boxed_slice());
        let font = FontRef::from_index(bytes, 0).map_err(|fault| unfit(&file, &fault.to_string()))?;
        Ok(Self(Box::leak(Box::new(Read {
            number,
            name: name_of(&font),
            font: Font::open(&font),
            file,
            bytes,
        }))))
    }

    /// Its place among the faces of the plan.
    pub(super) fn number(self) -> u8 {
        self.0.number
    }

    pub(super) fn name(self) -> &'static str {
        &self.0.name
    }

    pub(super) fn bytes(self) -> &'static [u8] {
        self.0.bytes
    }

    pub(super) fn font(self) -> &'static Font {
        &self.0.font
    }

    /// The refusal of this font.
    pub(super) fn unfit(self, found: &str) -> Refusal {
        unfit(&self.0.file, found)
    }

    /// Whether each glyph of a part of this font can be drawn, and draws something.
    pub(super) fn judge_part(self, ttf: &[u8], glyphs: &[(u16, f32, Option<char>)]) -> Result<(), Refusal> {
        let part = FontRef::new(ttf).map_err(|fault| self.unfit(&fault.to_string()))?;
        let outlines = part.outline_glyphs();
        for (glyph, _, symbol) in glyphs {
            let Some(symbol) = symbol else { continue };
            let mut strokes = Strokes(0);
            let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
            let drawn = outlines
                .get(GlyphId::from(*glyph))
                .is_some_and(|outline| outline.draw(settings, &mut strokes).is_ok());
            if !drawn || strokes.0 == 0 {
                return Err(self.unfit(&format!("its U+{:04X} is damaged, or draws nothing", *symbol as u32)));
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for Brought {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.name)
    }
}

impl PartialEq for Brought {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Brought {}

impl PartialOrd for Brought {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Brought {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |one: &Self| (one.0.number, one.0.bytes.as_ptr() as usize);
        key(self).cmp(&key(other))
    }
}

impl std::hash::Hash for Brought {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.number.hash(state);
    }
}

/// How much an outline draws.
struct Strokes(usize);

impl OutlinePen for Strokes {
    fn move_to(&mut self, _: f32, _: f32) {}

    fn line_to(&mut self, _: f32, _: f32) {
        self.0 += 1;
    }

    fn quad_to(&mut self, _: f32, _: f32, _: f32, _: f32) {
        self.0 += 1;
    }

    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {
        self.0 += 1;
    }

    fn close(&mut self) {}
}

/// The largest glyph, in bytes: the densest letter of a Chinese face has some 2 KB.
const GLYPH_MAX: u32 = 64 << 10;

/// What can be said of a file before any of its glyphs is wanted.
fn judge(file: &str, bytes: &[u8]) -> Result<(), Refusal> {
    let found = quietly(|| {
        let Ok(font) = FontRef::from_index(bytes, 0) else {
            return Some("it is no TrueType font, or damaged".to_string());
        };
        if font.glyf().is_err() || font.loca(None).is_err() {
            return Some("it has no TrueType outlines".to_string());
        }
        let whole = font
            .head()
            .is_ok_and(|head| (16..=16384).contains(&head.units_per_em()))
            && font.hhea().is_ok()
            && font.hmtx().is_ok()
            && font.maxp().is_ok()
            && font.charmap().has_map();
        if !whole {
            return Some("it is damaged, or not whole".to_string());
        }
        if !has_own_glyphs(&font) {
            return Some("its glyphs overlap in the file, or one is larger than any letter".to_string());
        }
        // OpenType, OS/2, fsType: 2 in its lowest four bits.
        let restricted = font.os2().is_ok_and(|os2| os2.fs_type() & 0xf == 2);
        restricted.then(|| "its maker does not allow it to be embedded".to_string())
    });
    match found {
        Some(None) => Ok(()),
        Some(Some(found)) => Err(unfit(file, &found)),
        None => Err(unfit(file, "it is damaged")),
    }
}

/// Whether each glyph has a place of its own in the file, of the size of a letter: a part of the font is then never larger than the
/// whole, whatever letters are used.
fn has_own_glyphs(font: &FontRef<'_>) -> bool {
    let (Ok(loca), Ok(maxp)) = (font.loca(None), font.maxp()) else {
        return false;
    };
    let mut places = (0..=usize::from(maxp.num_glyphs())).map(|number| loca.get_raw(number));
    let mut before = places.next().flatten().unwrap_or(0);
    places.all(|place| {
        let Some(place) = place else { return false };
        let size = place.checked_sub(before);
        before = place;
        size.is_some_and(|size| size <= GLYPH_MAX)
    })
}

fn unfit(file: &str, found: &str) -> Refusal {
    Refusal::new(Rule::FontUnfit, format!("the font {file} cannot be used: {found}"))
        .hint("name a .ttf or .ttc file with TrueType outlines; a .otf usually has others")
}

/// The PostScript name of the font, as far as it is plain.
fn name_of(font: &FontRef<'_>) -> String {
    let names = font.localized_strings(skrifa::string::StringId::POSTSCRIPT_NAME);
    let name = names
        .english_or_first()
        .map(|name| name.to_string())
        .unwrap_or_default();
    let plain: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(60)
        .collect();
    if plain.is_empty() { "Font".to_string() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::super::page::{Document, PaperSize, bold, regular};
    use super::super::text::page_text;
    use super::*;

    fn file(bytes: &[u8]) -> FontFile {
        FontFile {
            name: "fonts/a.ttf".to_string(),
            bytes: bytes.to_vec(),
        }
    }

    /// `DejaVu` Sans, which has Georgian and Armenian letters.
    fn brought() -> Faces {
        Faces::read(vec![file(dejavu::sans::regular())]).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    fn text(text: &str) -> FreeText {
        text.parse().unwrap_or_else(|fault| panic!("{fault}"))
    }

    fn refused(bytes: &[u8]) -> String {
        let read = Faces::read(vec![file(bytes)]).and_then(|faces| faces.judge([&text("ნინო Նարե")]));
        let refusal = read.err().unwrap_or_else(|| panic!("taken"));
        assert_eq!(refusal.rule(), Rule::FontUnfit);
        refusal.sentence().to_string()
    }

    #[test]
    fn what_the_own_faces_lack_is_drawn_by_one_that_was_brought_and_nothing_else_is() {
        let faces = brought();
        let runs = faces.runs(Face::Bold, "Ana ნინო, Łukasz");
        let seen: Vec<_> = runs
            .iter()
            .map(|(face, run)| (matches!(face, Face::Bold), *run))
            .collect();
        assert_eq!(seen, [(true, "Ana "), (false, "ნინო"), (true, ", Łukasz")]);
        assert_eq!(Faces::OWN.runs(Face::Regular, "ნინო").len(), 1);
        assert!(faces.judge([&text("ნინო"), &text("Նարե")]).is_ok());
    }

    #[test]
    fn a_page_says_in_two_faces_what_it_was_given() {
        let mut page = Document::set_in(brought(), PaperSize::A4);
        let name = "Dr. ნინო Նարե-Weber";
        assert_eq!(page.text(bold(12.0), 20.0, 20.0, 100.0, name), Ok(()));
        assert_eq!(page.text_to(regular(9.0), 180.0, 40.0, 100.0, name), Ok(()));
        assert!(page.width(regular(9.0), name).is_ok_and(|width| width > 20.0));
        let pdf = page.finish().unwrap_or_else(|refusal| panic!("{refusal}"));
        assert!(pdf.len() < 20_000, "a part of the font, not the font: {}", pdf.len());
        let said = page_text(&pdf, 0).unwrap_or_else(|refusal| panic!("{refusal}"));
        said.expose(|said| assert_eq!(said, format!("{name}\n{name}")));
    }

    #[test]
    fn what_no_face_has_and_what_joins_or_turns_is_refused_by_its_symbol() {
        for (name, code) in [
            ("山田", "U+5C71"),
            ("שרה", "U+05E9"),
            ("سارة", "U+0633"),
            ("अनिता", "U+0905"),
            ("\u{1f44d}", "U+1F44D"),
        ] {
            let refusal = brought().judge([&text(name)]).err().unwrap_or_else(|| panic!("{name}"));
            assert!(
                refusal.rule() == Rule::PageUnfit && refusal.sentence().contains(code),
                "{refusal}"
            );
        }
    }

    #[test]
    fn a_file_that_is_no_font_or_is_cut_short_is_refused_by_its_name() {
        let font = dejavu::sans::regular();
        for bytes in [
            &b""[..],
            b"%PDF-1.7",
            &[0; 100],
            &font[..2_000],
            &font[..font.len() / 3],
        ] {
            assert!(refused(bytes).contains("fonts/a.ttf"), "{}", bytes.len());
        }
    }

    /// Whatever is damaged: a refusal or a page, and never a panic.
    #[test]
    fn a_damaged_font_never_ends_the_program() {
        let font = dejavu::sans::regular();
        for round in 0..60_usize {
            let mut bytes = font.to_vec();
            for hit in 0..200_usize {
                let at = (round * 7919 + hit * hit * 104_729 + hit * 31) % bytes.len();
                // Half of the rounds in the tables' directory and the first tables.
                let at = if round % 2 == 0 { at % 4_096 } else { at };
                bytes[at] ^= (round * 37 + hit) as u8 | 1;
            }
            let read = Faces::read(vec![file(&bytes)]).and_then(|faces| faces.judge([&text("ნინო Նարե")]));
            if let Err(refusal) = read {
                assert!(matches!(refusal.rule(), Rule::FontUnfit | Rule::PageUnfit), "{refusal}");
            }
        }
    }

    /// The file with the place of a glyph moved in its table of places.
    fn with_place(number: usize, place: u32) -> Vec<u8> {
        let mut bytes = dejavu::sans::regular().to_vec();
        let tables = bytes[12..].chunks_exact(16);
        let loca = tables
            .clone()
            .find(|table| table.starts_with(b"loca"))
            .map(|table| &table[8..12]);
        let at = loca.map_or(0, |at| u32::from_be_bytes([at[0], at[1], at[2], at[3]]) as usize) + 4 * number;
        bytes[at..at + 4].copy_from_slice(&place.to_be_bytes());
        bytes
    }

    #[test]
    fn glyphs_that_share_a_place_or_are_larger_than_any_letter_are_refused() {
        for (number, place) in [(100, 0), (100, u32::MAX), (101, 1 << 20)] {
            assert!(
                refused(&with_place(number, place)).contains("glyphs overlap"),
                "{number} {place}"
            );
        }
    }
}
