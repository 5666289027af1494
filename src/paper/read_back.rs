//! A page counts as rendered when it says what it was meant to say, to readers that did not draw it.
//!
//! Rules of this file:
//! - both codes are read from the page's image, each from its own place, so that neither stands in for the other;
//! - every symbol of every line is found in the page's text, at its place, and nothing else in that place;
//! - a page that was read back is of a type that only this file makes: what is handed out is of no other;
//! - a page that differs in one symbol is refused, and no refusal quotes it.

use super::decode;
use super::page::PaperSize;
use super::raster::{Picture, Sheets};
use super::sheet::SecretLines;
use super::sheet::geometry::{Area, GROUPS, Geometry, QUIET};
use super::sheet::secret::letter;
use super::text::{self, Glyph};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;

/// The resolutions at which a code is looked for: readers do best at the first, and one code in some 300 needs the next.
const DPI: [f32; 3] = [150.0, 200.0, 300.0];

/// A share sheet as PDF that was read back from its own image.
pub struct ReadBack(SecretBytes);

impl ReadBack {
    /// The PDF.
    pub fn pdf(&self) -> &SecretBytes {
        &self.0
    }
}

/// Reads a share sheet back from its PDF, and refuses it unless both codes and all lines say what they should.
pub fn read_back(pdf: SecretBytes, secret: &SecretLines<'_>) -> Result<ReadBack, Refusal> {
    let sheets = pdf.expose(Sheets::open)?;
    let paper = paper_of(&sheets)?;
    let plan = Geometry::new(paper, secret.c.is_some());
    lines_agree(&text::glyphs(&sheets, 0)?, &plan, secret)?;
    let mut unread = vec![(plan.high, "upper"), (plan.low, "lower")];
    for dpi in DPI {
        let page = sheets.draw(0, dpi)?;
        let mut still = Vec::new();
        for (place, name) in unread {
            match decode::one(&crop(&page, place.grown(QUIET), dpi)) {
                None => still.push((place, name)),
                Some(read) if decode::same_text(&read, secret.qr_text) => {}
                Some(_) => {
                    return Err(unfit(&format!(
                        "the {name} code of the page reads back as another share"
                    )));
                }
            }
        }
        unread = still;
        if unread.is_empty() {
            return Ok(ReadBack(pdf));
        }
    }
    let names: Vec<&str> = unread.iter().map(|(_, name)| *name).collect();
    Err(unfit(&format!(
        "the {} code of the page cannot be read back",
        names.join(" and the ")
    )))
}

fn crop(page: &Picture, area: Area, dpi: f32) -> Picture {
    let pixels = |millimetres: f32| (millimetres / 25.4 * dpi) as u32;
    page.crop(pixels(area.x), pixels(area.y), pixels(area.width), pixels(area.height))
}

fn unfit(sentence: &str) -> Refusal {
    Refusal::new(Rule::PageUnfit, sentence).hint("nothing was printed; start again")
}

fn paper_of(sheets: &Sheets) -> Result<PaperSize, Refusal> {
    let near = |paper: &PaperSize| {
        sheets
            .size(0)
            .is_some_and(|(width, height)| (width - paper.width()).abs() < 0.1 && (height - paper.height()).abs() < 0.1)
    };
    let paper = [PaperSize::A4, PaperSize::Letter].into_iter().find(near);
    paper
        .filter(|_| sheets.count() == 1)
        .ok_or_else(|| unfit("the page is not one sheet of A4 or Letter"))
}

/// Every group, symbol by symbol: four of them from its place to the right, and no fifth.
fn lines_agree(glyphs: &[Glyph], plan: &Geometry, secret: &SecretLines<'_>) -> Result<(), Refusal> {
    let width = plan.symbol_size * 0.602 * super::fonts::MM_PER_PT;
    for (line, text) in secret.lines().enumerate() {
        for group in 0..GROUPS[line] {
            let (x, y) = plan.group(line, group);
            let near =
                |glyph: &&Glyph| (glyph.y - y).abs() < 0.5 && glyph.x > x - width / 2.0 && glyph.x < x + width * 4.5;
            let mut found: Vec<&Glyph> = glyphs.iter().filter(near).collect();
            found.sort_by(|a, b| a.x.total_cmp(&b.x));
            let agrees = text.expose(|text| {
                let group = text.chars().skip(4 * group).take(4);
                found.len() == 4 && found.iter().map(|glyph| glyph.symbol).eq(group)
            });
            if !agrees {
                let letter = letter(line);
                return Err(unfit(&format!(
                    "group {letter}{} of the page reads back as another",
                    group + 1
                )));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::sheet::tests::{PLAIN, Says, Share, drawn};
    use super::*;
    use crate::ident::Mode;
    use crate::secret::SecretText;

    fn refused(read: Result<(), Refusal>) -> String {
        read.err()
            .filter(|refusal| refusal.rule() == Rule::PageUnfit)
            .map_or_else(String::new, |r| r.sentence().to_string())
    }

    fn read(pdf: &SecretBytes, secret: &SecretLines<'_>) -> Result<(), Refusal> {
        let pdf = pdf.expose(|pdf| SecretBytes::new(pdf.to_vec()));
        read_back(pdf, secret).map(drop)
    }

    /// The text with the symbol at `at` replaced by another.
    fn altered(text: &SecretText, at: usize) -> SecretText {
        text.expose(|text| {
            let mut symbols = text.as_bytes().to_vec();
            symbols[at] = if symbols[at] == b'Q' { b'P' } else { b'Q' };
            SecretText::new(String::from_utf8_lossy(&symbols).into_owned())
        })
    }

    #[test]
    fn one_other_symbol_in_any_line_is_noticed_and_named() {
        for locked in [false, true] {
            let share = Share::new(Mode::Production, locked, 1);
            let pdf = drawn(&PLAIN, &share);
            assert_eq!(read(&pdf, &share.secret()), Ok(()));
            for (line, at, group) in [
                (0, 0, "A1"),
                (0, 87, "A22"),
                (1, 30, "B8"),
                (1, 71, "B18"),
                (2, 40, "C11"),
            ] {
                let mut other = Share::new(Mode::Production, locked, 1);
                if line < other.lines.len() {
                    other.lines[line] = altered(&other.lines[line], at);
                    assert!(refused(read(&pdf, &other.secret())).contains(&format!("group {group} ")));
                }
            }
        }
    }

    #[test]
    fn a_code_that_says_something_else_is_noticed() {
        let share = Share::new(Mode::Production, false, 1);
        let other = Share {
            qr: altered(&share.qr, 9),
            lines: Share::new(Mode::Production, false, 1).lines,
        };
        let sentence = refused(read(&drawn(&PLAIN, &share), &other.secret()));
        assert!(sentence.contains("upper code"), "{sentence}");
    }

    #[test]
    fn an_open_sheet_is_no_locked_one_and_the_other_way_round() {
        let (open, locked) = (
            Share::new(Mode::Production, false, 1),
            Share::new(Mode::Production, true, 1),
        );
        assert!(!refused(read(&drawn(&PLAIN, &open), &locked.secret())).is_empty());
        assert!(!refused(read(&drawn(&PLAIN, &locked), &open.secret())).is_empty());
    }

    #[test]
    fn no_refusal_quotes_what_was_read() {
        let (share, other) = (
            Share::new(Mode::Production, false, 1),
            Share::new(Mode::Production, false, 8),
        );
        let sentence = refused(read(&drawn(&PLAIN, &share), &other.secret()));
        for text in [&share.lines[0], &other.lines[0]] {
            text.expose(|text| assert!(!sentence.contains(&text[..4])));
        }
    }

    #[test]
    fn what_is_no_sheet_is_refused() {
        let share = Share::new(Mode::Production, false, 1);
        assert!(read(&SecretBytes::new(b"%PDF-1.7".to_vec()), &share.secret()).is_err());
        let empty = super::super::page::Document::new(Says { ..PLAIN }.paper)
            .finish()
            .map(|pdf| read(&pdf, &share.secret()));
        assert!(empty.is_ok_and(|read| read.is_err()));
    }
}
