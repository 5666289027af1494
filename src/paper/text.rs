//! The text of a PDF page, glyph by glyph, as a reader of PDFs sees it.
//!
//! Rules of this file:
//! - what counts is what the page draws and how its fonts say to read it, not what we meant to draw: the reader is not the
//!   writer's code;
//! - a glyph that its font does not turn into text is left out; those of the tint are blanks, and blanks are no text;
//! - the text is secret.

use super::raster::Sheets;
use crate::code::share_lines::Line;
use crate::refusal::{Refusal, Rule};
use crate::secret::{SecretBytes, SecretText};
use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::hayro_syntax::page::Page;
use hayro::hayro_interpret::util::TransformExt as _;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, interpret_page,
};
use hayro::kurbo::{Affine, BezPath, Point, Rect};
use zeroize::Zeroize as _;

/// One glyph that has a meaning as text.
pub(super) struct Glyph {
    /// What it says.
    pub symbol: char,
    /// Where it begins, in millimetres from the left.
    pub x: f32,
    /// Its baseline, in millimetres from the top.
    pub y: f32,
}

/// Glyphs, wiped when dropped.
pub(super) struct Glyphs(Vec<Glyph>);

impl std::ops::Deref for Glyphs {
    type Target = [Glyph];

    fn deref(&self) -> &[Glyph] {
        &self.0
    }
}

impl Drop for Glyphs {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(|glyph| glyph.symbol.zeroize());
    }
}

/// The glyphs of page `page`, counted from 0, in the order in which they are drawn.
pub(super) fn glyphs(sheets: &Sheets, page: usize) -> Result<Glyphs, Refusal> {
    let unreadable = || {
        Refusal::new(
            Rule::ScanUnreadable,
            format!("page {} of this PDF cannot be read as text", page + 1),
        )
    };
    sheets
        .with(|pdf| {
            let page: &Page<'_> = pdf.pages().get(page)?;
            let (width, height) = page.render_dimensions();
            let transform = page.initial_transform(true).to_kurbo();
            let area = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
            let cache = InterpreterCache::new();
            let mut context = Context::new(transform, area, &cache, page.xref(), InterpreterSettings::default());
            let mut collector = Collector {
                glyphs: Glyphs(Vec::with_capacity(4096)),
            };
            interpret_page(page, &mut context, &mut collector);
            Some(collector.glyphs)
        })
        .flatten()
        .ok_or_else(unreadable)
}

/// The text of a page, a line for each baseline, from the top; glyphs of a line from the left, one blank where there is any.
pub fn page_text(pdf: &SecretBytes, page: usize) -> Result<SecretText, Refusal> {
    text_of(&pdf.expose(Sheets::open)?, page)
}

/// The lines of a share that the text of a page has, row by row: what a scanner's own reader of letters took for text, too. A row
/// is one of a share where three groups of four capitals or digits stand beside each other; running text has small letters.
pub(super) fn lines_of_a_share(sheets: &Sheets, page: usize) -> Option<SecretText> {
    let text = text_of(sheets, page).ok()?;
    let is_group = |word: &&str| {
        word.len() == 4
            && word
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    let ends: Vec<usize> = Line::ALL
        .iter()
        .scan(0, |sum, line| {
            *sum += line.symbols();
            Some(*sum)
        })
        .collect();
    let lines = text.expose(|text| {
        SecretText::build(text.len() + 2 * ends.len(), |lines| {
            let mut symbols = 0;
            for row in text.lines() {
                let words: Vec<&str> = row.split(' ').collect();
                // The groups of a row stand beside each other; digits of a hash stand among words that are none.
                let groups = words.chunk_by(|a, b| is_group(a) == is_group(b));
                let Some(groups) = groups
                    .filter(|words| is_group(&words[0]))
                    .max_by_key(|words| words.len())
                else {
                    continue;
                };
                if groups.len() < 3 {
                    continue;
                }
                for group in groups {
                    lines.push_str(group);
                    lines.push(' ');
                    symbols += group.len();
                }
                // A line ends with a row, and a blank one says so to whoever reads it.
                lines.push_str(if ends.contains(&symbols) { "\n\n" } else { "\n" });
            }
        })
    });
    (!lines.is_empty()).then_some(lines)
}

fn text_of(sheets: &Sheets, page: usize) -> Result<SecretText, Refusal> {
    let mut glyphs = glyphs(sheets, page)?;
    // Tenths of a millimetre: glyphs of one baseline differ by less.
    let line = |glyph: &Glyph| (glyph.y * 10.0).round() as i32;
    glyphs.0.sort_by(|a, b| line(a).cmp(&line(b)).then(a.x.total_cmp(&b.x)));
    let mut last: Option<&Glyph> = None;
    Ok(SecretText::build(glyphs.len() * 5, |text| {
        for (number, glyph) in glyphs
            .iter()
            .enumerate()
            .filter(|(_, glyph)| !glyph.symbol.is_whitespace())
        {
            if let Some(before) = last {
                let after_blank = number > 0 && glyphs[number - 1].symbol.is_whitespace();
                if line(before) != line(glyph) {
                    text.push('\n');
                // Wider than any symbol of running text: another column.
                } else if after_blank || glyph.x - before.x > 5.0 {
                    text.push(' ');
                }
            }
            text.push(glyph.symbol);
            last = Some(glyph);
        }
    }))
}

struct Collector {
    glyphs: Glyphs,
}

impl<'a> Device<'a> for Collector {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        const MM: f64 = 25.4 / 72.0;
        for glyph in run.glyphs() {
            if let Some(hayro::hayro_interpret::hayro_cmap::BfString::Char(symbol)) = glyph.as_unicode() {
                let place: Affine = props.transform * glyph.transform();
                let Point { x, y } = place * Point::ORIGIN;
                self.glyphs.0.push(Glyph {
                    symbol,
                    x: (x * MM) as f32,
                    y: (y * MM) as f32,
                });
            }
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
