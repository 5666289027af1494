//! A small drawing layer: pages in millimetres from the top left corner.
//!
//! Rules of this file:
//! - units: places and widths in millimetres, sizes of type in points; `y` of a text is its baseline;
//! - text is measured before it is drawn, and what does not fit its box is refused: nothing leaves its box;
//! - black only: no grey, no fill but that of modules and cells;
//! - nothing depends on a clock, a machine or an earlier page of the process.

use super::faces::Faces;
use super::fonts::{Face, MM_PER_PT, Used, shown};
use super::modules::Modules;
use super::pdf::{self, Parts, SILENT, font, numbered, short};
use super::wrap::{broken, spans_width, too_wide};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use printpdf::{
    Codepoint, Line, LineDashPattern, LinePoint, Op, PdfFontHandle, Point, Pt, TextItem, TextMatrix, TextRenderingMode,
    XObjectId, XObjectTransform,
};
use std::collections::BTreeMap;
use std::io::Write as _;
use zeroize::Zeroizing;

pub use super::wrap::{Column, Span};
pub use crate::plan::PaperSize;

impl PaperSize {
    /// Width in millimetres.
    pub fn width(self) -> f32 {
        match self {
            Self::A4 => 210.0,
            Self::Letter => 215.9,
        }
    }

    /// Height in millimetres.
    pub fn height(self) -> f32 {
        match self {
            Self::A4 => 297.0,
            Self::Letter => 279.4,
        }
    }

    /// Where text begins: it is 180 mm wide and centred.
    pub fn left(self) -> f32 {
        (self.width() - TEXT_WIDTH) / 2.0
    }

    /// Where text ends.
    pub fn right(self) -> f32 {
        self.left() + TEXT_WIDTH
    }
}

/// The width of text on every paper, in millimetres.
pub const TEXT_WIDTH: f32 = 180.0;

/// A face at a size in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// The face.
    pub face: Face,
    /// The size in points.
    pub size: f32,
}

/// Noto Sans at `size` points.
pub const fn regular(size: f32) -> Style {
    Style {
        face: Face::Regular,
        size,
    }
}

/// Noto Sans bold at `size` points.
pub const fn bold(size: f32) -> Style {
    Style { face: Face::Bold, size }
}

/// `DejaVu` Sans Mono at `size` points.
pub const fn mono(size: f32) -> Style {
    Style { face: Face::Mono, size }
}

impl Style {
    /// The width of `text`, in millimetres.
    pub fn width(self, text: &str) -> Result<f32, Refusal> {
        self.face.width(self.size, text)
    }
}

/// A drawing that can be placed more than once.
#[derive(Clone, Copy)]
pub struct Stamp(usize);

/// Pages of one size. Drawing goes to the last one.
pub struct Document {
    paper: PaperSize,
    faces: Faces,
    pages: Vec<Vec<Op>>,
    stamps: Vec<(u16, Zeroizing<Vec<u8>>)>,
    cells: Vec<(u16, u16, Zeroizing<Vec<u8>>)>,
    used: BTreeMap<Face, Used>,
}

/// No stamp is longer than this before compression; a buffer that grows leaves its old bytes behind.
const CONTENT: usize = 192 << 10;

impl Document {
    /// A document with one empty page, set in the program's own faces.
    pub fn new(paper: PaperSize) -> Self {
        Self::set_in(Faces::OWN, paper)
    }

    /// A document with one empty page; what the program's own faces lack is set in those that the plan brings.
    pub fn set_in(faces: Faces, paper: PaperSize) -> Self {
        let mut document = Self {
            paper,
            faces,
            pages: Vec::new(),
            stamps: Vec::new(),
            cells: Vec::new(),
            used: BTreeMap::new(),
        };
        document.new_page();
        document
    }

    /// The paper.
    pub fn paper(&self) -> PaperSize {
        self.paper
    }

    /// Begins a further page.
    pub fn new_page(&mut self) {
        self.pages.push(Vec::new());
    }

    /// The width of `text`, in millimetres, with what its face lacks in another.
    pub fn width(&self, style: Style, text: &str) -> Result<f32, Refusal> {
        let runs = self.faces.runs(style.face, text).into_iter();
        runs.map(|(face, run)| Style { face, ..style }.width(run)).sum()
    }

    /// `text` from `x` to the right, at most `room` wide.
    pub fn text(&mut self, style: Style, x: f32, y: f32, room: f32, text: &str) -> Result<(), Refusal> {
        let width = self.width(style, text)?;
        if width > room {
            return Err(too_wide(text, width, room));
        }
        let mut at = x;
        for (face, run) in self.faces.runs(style.face, text) {
            let style = Style { face, ..style };
            self.show(style, at, y, run);
            at += style.width(run)?;
        }
        Ok(())
    }

    /// `text` that ends at `right`, at most `room` wide.
    pub fn text_to(&mut self, style: Style, right: f32, y: f32, room: f32, text: &str) -> Result<(), Refusal> {
        let width = self.width(style, text)?;
        self.text(style, right - width, y, room, text)
    }

    /// `text` in the first of `styles` in which it fits, for names of every length.
    pub fn fitted(&mut self, styles: &[Style], x: f32, y: f32, room: f32, text: &str) -> Result<(), Refusal> {
        let mut refused = Ok(());
        for style in styles {
            refused = self.text(*style, x, y, room, text);
            if refused.is_ok() {
                break;
            }
        }
        refused
    }

    /// Spans side by side from `x`, at most `room` wide; gives the place where they end.
    pub fn spans(&mut self, size: f32, x: f32, y: f32, room: f32, spans: &[Span]) -> Result<f32, Refusal> {
        let spans = self.set(spans);
        let width = spans_width(size, &spans)?;
        if width > room {
            let text: String = spans.iter().map(|span| span.text.as_str()).collect();
            return Err(too_wide(&text, width, room));
        }
        let mut at = x;
        for span in &spans {
            let style = Style { face: span.face, size };
            self.show(style, at, y, &span.text);
            at += style.width(&span.text)?;
        }
        Ok(at)
    }

    /// Running text, broken between words; gives the number of lines. More lines than the column has are refused.
    pub fn paragraph(&mut self, column: Column, spans: &[Span]) -> Result<usize, Refusal> {
        let lines = broken(column, &self.set(spans))?;
        if lines.len() > column.lines {
            let text: String = spans.iter().map(|span| span.text.as_str()).collect();
            return Err(Refusal::new(
                Rule::PageUnfit,
                format!(
                    "{} needs {} lines, its box has {}",
                    shown(&text),
                    lines.len(),
                    column.lines
                ),
            )
            .hint("shorten it"));
        }
        for (number, line) in lines.iter().enumerate() {
            self.spans(
                column.size,
                column.x,
                column.y + number as f32 * column.leading,
                column.width,
                line,
            )?;
        }
        Ok(lines.len())
    }

    /// A line from (`x0`, `y0`) to (`x1`, `y1`), `thickness` millimetres strong.
    pub fn rule(&mut self, x0: f32, y0: f32, x1: f32, y1: f32, thickness: f32) {
        self.line(&[(x0, y0), (x1, y1)], false, thickness);
    }

    /// An empty box, `thickness` millimetres strong.
    pub fn outlined(&mut self, x: f32, y: f32, width: f32, height: f32, thickness: f32) {
        let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)];
        self.line(&corners, true, thickness);
    }

    /// A line of dashes, along which something is cut.
    pub fn dashed(&mut self, x0: f32, y0: f32, x1: f32, y1: f32) {
        let dashes = |dash| Op::SetLineDashPattern { dash };
        let pattern = LineDashPattern {
            pattern: [4.0, 3.0].into_iter().collect(),
            ..LineDashPattern::default()
        };
        self.page().push(dashes(pattern));
        self.rule(x0, y0, x1, y1, 0.3);
        self.page().push(dashes(LineDashPattern::default()));
    }

    /// The outline of `text` from (`x`, `y`), turned a quarter to the left where `upright` is false: a mark that lets
    /// whatever lies near it be read.
    pub fn outline(&mut self, style: Style, x: f32, y: f32, upright: bool, text: &str) -> Result<(), Refusal> {
        style.width(text)?;
        let (x, y) = self.point(x, y);
        let matrix = if upright {
            [1.0, 0.0, 0.0, 1.0, x, y]
        } else {
            [0.0, 1.0, -1.0, 0.0, x, y]
        };
        let items = self.items(style.face, text);
        self.page().extend([
            Op::SaveGraphicsState,
            Op::SetOutlineThickness { pt: Pt(0.7) },
            Op::SetTextRenderingMode {
                mode: TextRenderingMode::Stroke,
            },
        ]);
        self.shown(&short(style.face), style.size, matrix, items);
        self.page().push(Op::RestoreGraphicsState);
        Ok(())
    }

    /// Mono symbols as a mirror shows them that stands on the line `y`; a reader of text finds blanks.
    pub(super) fn mirrored(&mut self, size: f32, x: f32, y: f32, symbols: &[u8]) {
        let (x, y) = self.point(x, y);
        let used = self.used.entry(Face::Mono).or_default();
        let glyphs = symbols
            .iter()
            .map(|symbol| Codepoint::with_cid(used.code(char::from(*symbol)), 0.0, " ".to_string()));
        let items = vec![TextItem::GlyphIds(glyphs.collect())];
        self.shown(SILENT, size, [1.0, 0.0, 0.0, -1.0, x, y], items);
    }

    /// Keeps a square of modules, to be placed as often as it is wanted.
    pub fn stamp(&mut self, modules: &Modules) -> Stamp {
        let mut content = Zeroizing::new(Vec::with_capacity(CONTENT));
        for (x, y, length) in modules.runs() {
            // Writing to memory does not fail.
            let _ = writeln!(content, "{x} {} {length} 1 re", modules.side() - 1 - y);
        }
        // One path for all, so that no renderer leaves a seam between rows.
        content.push(b'f');
        self.stamps.push((modules.side(), content));
        Stamp(self.stamps.len() - 1)
    }

    /// Places a stamp with its top left corner at (`x`, `y`), modules of `module` millimetres.
    pub fn place(&mut self, stamp: Stamp, x: f32, y: f32, module: f32) {
        let side = f32::from(self.stamps[stamp.0].0) * module;
        let (x, y) = self.point(x, y + side);
        let scale = module / MM_PER_PT;
        self.put(numbered('Q', stamp.0), (x, y), (scale, scale));
    }

    /// Cells of `cell` millimetres, `columns` a row, dark where `dark`; what is light is left as it is.
    pub fn cells(&mut self, x: f32, y: f32, cell: f32, columns: u16, dark: &[bool]) {
        let rows = dark.chunks_exact(usize::from(columns.max(1)));
        let height = rows.len() as u16;
        let mut bits = Zeroizing::new(Vec::with_capacity(dark.len() / 8 + rows.len()));
        for row in rows {
            bits.extend(row.chunks(8).map(|eight| {
                eight
                    .iter()
                    .zip(0..)
                    .fold(0, |byte, (on, at)| byte | u8::from(*on) << (7 - at))
            }));
        }
        let (left, bottom) = self.point(x, y + f32::from(height) * cell);
        let scale = |count: u16| f32::from(count) * cell / MM_PER_PT;
        self.cells.push((columns, height, bits));
        let name = numbered('T', self.cells.len() - 1);
        self.put(name, (left, bottom), (scale(columns), scale(height)));
    }

    /// The document as PDF bytes.
    pub fn finish(mut self) -> Result<SecretBytes, Refusal> {
        pdf::write(Parts {
            size: (
                rounded(self.paper.width() / MM_PER_PT),
                rounded(self.paper.height() / MM_PER_PT),
            ),
            pages: std::mem::take(&mut self.pages),
            stamps: std::mem::take(&mut self.stamps),
            cells: std::mem::take(&mut self.cells),
            used: &self.used,
        })
    }

    /// The spans, each stretch that its face lacks in another.
    fn set(&self, spans: &[Span]) -> Vec<Span> {
        let runs = |span: &Span| -> Vec<Span> {
            let runs = self.faces.runs(span.face, &span.text).into_iter();
            runs.map(|(face, text)| Span {
                face,
                text: text.to_string(),
            })
            .collect()
        };
        spans.iter().flat_map(runs).collect()
    }

    fn line(&mut self, points: &[(f32, f32)], is_closed: bool, thickness: f32) {
        let points = points.iter().map(|(x, y)| self.point(*x, *y)).map(|(x, y)| LinePoint {
            p: Point { x: Pt(x), y: Pt(y) },
            bezier: false,
        });
        let points = points.collect();
        self.page().extend([
            Op::SetOutlineThickness {
                pt: Pt(rounded(thickness / MM_PER_PT)),
            },
            Op::DrawLine {
                line: Line { points, is_closed },
            },
        ]);
    }

    fn show(&mut self, style: Style, x: f32, y: f32, text: &str) {
        let (x, y) = self.point(x, y);
        let items = self.items(style.face, text);
        self.shown(&short(style.face), style.size, [1.0, 0.0, 0.0, 1.0, x, y], items);
    }

    /// The text as printpdf takes it; its symbols are kept for the font.
    fn items(&mut self, face: Face, text: &str) -> Vec<TextItem> {
        let used = self.used.entry(face).or_default();
        text.chars().for_each(|symbol| {
            used.code(symbol);
        });
        vec![TextItem::Text(text.to_string())]
    }

    fn shown(&mut self, name: &str, size: f32, matrix: [f32; 6], items: Vec<TextItem>) {
        self.page().extend([
            Op::StartTextSection,
            Op::SetFont {
                font: PdfFontHandle::External(font(name)),
                size: Pt(size),
            },
            Op::SetTextMatrix {
                matrix: TextMatrix::Raw(matrix),
            },
            Op::ShowText { items },
            Op::EndTextSection,
        ]);
    }

    fn put(&mut self, name: String, at: (f32, f32), scale: (f32, f32)) {
        self.page().push(Op::UseXobject {
            id: XObjectId(name),
            transform: XObjectTransform {
                translate_x: Some(Pt(at.0)),
                translate_y: Some(Pt(at.1)),
                scale_x: Some(scale.0),
                scale_y: Some(scale.1),
                no_auto_scale: true,
                ..XObjectTransform::default()
            },
        });
    }

    fn page(&mut self) -> &mut Vec<Op> {
        if self.pages.is_empty() {
            self.new_page();
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }

    /// PDF counts points from the bottom left.
    fn point(&self, x: f32, y: f32) -> (f32, f32) {
        (rounded(x / MM_PER_PT), rounded((self.paper.height() - y) / MM_PER_PT))
    }
}

impl Drop for Document {
    /// Also where a page was refused half drawn, its text is wiped.
    fn drop(&mut self) {
        self.pages.iter_mut().for_each(|page| pdf::wipe(page));
    }
}

/// To a hundredth of a point, 3.5 µm: shorter to write, finer than any printer.
fn rounded(points: f32) -> f32 {
    (points * 100.0).round() / 100.0
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

    fn lines(text: &str) -> Result<usize, Refusal> {
        Document::new(PaperSize::A4).paragraph(COLUMN, &plain(text))
    }

    fn unfit<T>(result: Result<T, Refusal>) -> bool {
        result.is_err_and(|refusal| refusal.rule() == Rule::PageUnfit)
    }

    #[test]
    fn text_that_leaves_its_box_is_refused() {
        let mut page = Document::new(PaperSize::A4);
        let style = regular(10.0);
        let width = style.width("Ana Sousa").unwrap_or_default();
        assert!(page.text(style, 0.0, 10.0, width, "Ana Sousa").is_ok());
        assert!(unfit(page.text(style, 0.0, 10.0, width - 0.01, "Ana Sousa")));
        assert!(unfit(page.text_to(style, 200.0, 10.0, width - 0.01, "Ana Sousa")));
    }

    #[test]
    fn a_paragraph_breaks_between_words_and_is_refused_when_its_box_is_full() {
        assert_eq!(lines("one"), Ok(1));
        assert_eq!(lines("one two three four five six"), Ok(2));
        assert!(unfit(lines(&"word ".repeat(40))));
        assert!(unfit(lines(&"w".repeat(40))));
    }

    #[test]
    fn a_document_of_several_pages_has_them_all() {
        let mut document = Document::new(PaperSize::Letter);
        document.new_page();
        document.rule(10.0, 10.0, 20.0, 10.0, 0.3);
        let pdf = document.finish().unwrap_or_else(|refusal| panic!("{refusal}"));
        let sheets = pdf
            .expose(super::super::raster::Sheets::open)
            .unwrap_or_else(|refusal| panic!("{refusal}"));
        assert_eq!(sheets.count(), 2);
        assert!(
            sheets
                .size(0)
                .is_some_and(|(width, height)| (width - 215.9).abs() < 0.1 && (height - 279.4).abs() < 0.1)
        );
    }
}
