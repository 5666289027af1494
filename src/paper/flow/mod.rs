//! Papers that carry no secret: a template's Markdown, filled in, laid out over as many pages as it takes.
//!
//! | file | what is done there |
//! |---|---|
//! | `blocks` | Markdown to blocks, with room for a pen |
//! | [`values`] | what a template may ask for; by type never a secret |
//! | `lines` `pieces` `table` | blocks to measured pieces |
//! | `marks` | what is drawn, and its bounds |
//!
//! Rules of this file:
//! - the wording is the template's, the geometry is here; the same input gives the same pages;
//! - a piece that fits no page is refused; nothing is cut off, nothing leaves its page;
//! - every page says what it is, of whom, and *x of y*; a rehearsal says so on each.

mod blocks;
mod lines;
mod marks;
mod pieces;
mod plain;
mod table;
pub mod values;

#[cfg(test)]
mod tests;

use self::blocks::Block;
use self::lines::{Lines, Type};
use self::marks::Mark;
pub use self::pieces::Dress;
use self::pieces::{Piece, emboldened};
use self::values::{Scope, Values};
use super::faces::Faces;
use super::fonts::MM_PER_PT;
use super::page::{Document, PaperSize, TEXT_WIDTH, bold};
use super::template::Template;
use crate::ident::Mode;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;

/// One paper, before it is laid out.
pub struct Sheets<'a> {
    /// The paper.
    pub paper: PaperSize,
    /// What names are set in.
    pub faces: Faces,
    /// Production or rehearsal.
    pub mode: Mode,
    /// Its type.
    pub dress: Dress,
    /// Its wording: the sections `left`, `right` (of the head), `left again` (from the second page on), `title`, `under` (the
    /// title), `body`, `foot left`, `foot right`; `title` and `body` must be there.
    pub template: &'a Template,
    /// What its placeholders stand for; `{page}`, `{pages}` and `{title}` are known to head and foot besides.
    pub values: &'a Values,
}

/// Where head and foot stand, from the edges of the paper.
const EDGE: f32 = 15.0;
/// Head to body, and body to foot.
const AIR: f32 = 6.0;
const SMALL: Type = Type {
    size: 9.0,
    leading: 4.2,
};
const FOOT: Type = Type {
    size: 8.0,
    leading: 3.5,
};
const TITLE: Type = Type {
    size: 20.0,
    leading: 9.0,
};

/// The paper as PDF.
pub fn render(sheets: &Sheets<'_>) -> Result<SecretBytes, Refusal> {
    let mut document = Document::set_in(sheets.faces, sheets.paper);
    draw(&mut document, sheets)?;
    document.finish()
}

/// Papers as one PDF, their pages numbered through.
pub fn book(parts: &[Sheets<'_>]) -> Result<SecretBytes, Refusal> {
    let Some(first) = parts.first() else {
        return Err(Refusal::new(Rule::Internal, "a book has at least one part"));
    };
    let counts = parts.iter().map(count).collect::<Result<Vec<usize>, _>>()?;
    let pages: usize = counts.iter().sum();
    let mut document = Document::new(first.paper);
    let mut before = 0;
    for (part, count) in parts.iter().zip(counts) {
        if before > 0 {
            document.new_page();
        }
        draw_numbered(&mut document, part, Some((before, pages)))?;
        before += count;
    }
    document.finish()
}

/// How many pages a paper has.
pub fn count(sheets: &Sheets<'_>) -> Result<usize, Refusal> {
    lay_out(sheets, None).map(|pages| pages.len())
}

/// The paper as plain text: title, what stands under it, and the body.
pub fn plain(sheets: &Sheets<'_>) -> Result<String, Refusal> {
    let scope = Scope::new(sheets.values, sheets.faces);
    let mut out = format!("{}\n", wording(sheets.template, "title")?.as_str());
    for section in ["under", "body"] {
        if sheets.template.has(section) {
            let blocks = scope.blocks(&blocks::parse(sheets.template.markdown(section)?)?)?;
            out.push_str(&plain::blocks(&blocks));
        }
    }
    Ok(out)
}

/// One line of a template's own wording, without a value in it.
pub fn wording(template: &Template, section: &str) -> Result<values::Said, Refusal> {
    let line = blocks::parse_line(template.markdown(section)?)?;
    Ok(values::Said::worded(&plain::line(&line)))
}

/// The paper from the last page of `document` on, which must be empty.
pub(super) fn draw(document: &mut Document, sheets: &Sheets<'_>) -> Result<(), Refusal> {
    draw_numbered(document, sheets, None)
}

fn draw_numbered(document: &mut Document, sheets: &Sheets<'_>, within: Option<(usize, usize)>) -> Result<(), Refusal> {
    for (number, page) in lay_out(sheets, within)?.iter().enumerate() {
        if number > 0 {
            document.new_page();
        }
        page.iter().try_for_each(|mark| mark.draw(document))?;
        if sheets.mode == Mode::Rehearsal {
            rehearsal(document)?;
        }
    }
    Ok(())
}

/// The marks of every page, from the top left corner of the paper. `within`: how many pages come before, of how many.
fn lay_out(sheets: &Sheets<'_>, within: Option<(usize, usize)>) -> Result<Vec<Vec<Mark>>, Refusal> {
    let left = sheets.paper.left();
    let scope = Scope::new(sheets.values, sheets.faces);
    let body = scope.blocks(&blocks::parse(sheets.template.markdown("body")?)?)?;
    let mut pieces = vec![title(sheets, scope)?];
    pieces.extend(pieces::lay(&body, TEXT_WIDTH, sheets.dress)?);
    // The foot is as high as it would be with the largest numbers.
    let (first, again) = (head_of(sheets, 0, (999, 999))?, head_of(sheets, 1, (999, 999))?);
    let head = first.height.max(again.height);
    let foot = edge(sheets, ["foot left", "foot right"], FOOT, (999, 999))?.height;
    let top = EDGE + head + AIR;
    let bottom = sheets.paper.height() - EDGE - foot - AIR;
    let bodies = paginated(pieces, bottom - top)?;
    let (before, count) = within.unwrap_or((0, bodies.len()));
    let mut pages = Vec::new();
    for (at, body) in bodies.into_iter().enumerate() {
        let number = before + at + 1;
        let mut page: Vec<Mark> = body.into_iter().map(|mark| mark.moved(left, top)).collect();
        let head = head_of(sheets, at, (number, count))?;
        page.extend(head.marks.into_iter().map(|mark| mark.moved(left, EDGE)));
        let foot = edge(sheets, ["foot left", "foot right"], FOOT, (number, count))?;
        let y = sheets.paper.height() - EDGE - foot.height;
        page.push(Mark::across(left, y - 2.0, TEXT_WIDTH));
        page.extend(foot.marks.into_iter().map(|mark| mark.moved(left, y)));
        pages.push(page);
    }
    Ok(pages)
}

fn title(sheets: &Sheets<'_>, scope: Scope<'_>) -> Result<Piece, Refusal> {
    let line = |section: &str| blocks::parse_line(sheets.template.markdown(section)?);
    let title = lines::lay(&emboldened(&scope.inlines(&line("title")?)?), TEXT_WIDTH, TITLE)?;
    let mut piece = title;
    if sheets.template.has("under") {
        let under = scope.blocks(&[Block::Paragraph(line("under")?)])?;
        for block in under {
            if let Block::Paragraph(text) = block {
                piece = pieces::under(piece, lines::lay(&text, TEXT_WIDTH, sheets.dress.body)?, 0.8);
            }
        }
    }
    Ok(Piece {
        keeps_next: true,
        ..Piece::new(0.0, piece)
    })
}

/// The head of the page that is the paper's `at`th: a loose one says where it belongs.
fn head_of(sheets: &Sheets<'_>, at: usize, numbers: (usize, usize)) -> Result<Lines, Refusal> {
    let left = if at > 0 && sheets.template.has("left again") {
        "left again"
    } else {
        "left"
    };
    edge(sheets, [left, "right"], SMALL, numbers)
}

/// The head or the foot of a page: one text at the left, one at the right.
fn edge(sheets: &Sheets<'_>, sections: [&str; 2], kind: Type, (page, pages): (usize, usize)) -> Result<Lines, Refusal> {
    let title = blocks::parse_line(sheets.template.markdown("title")?)?;
    let title = plain::line(&Scope::new(sheets.values, sheets.faces).inlines(&title)?);
    let values = sheets.values.clone().with("page", &page).with("pages", &pages);
    let values = values.with("title", &values::Said::worded(&title));
    let scope = Scope::new(&values, sheets.faces);
    let line = |section: &str| {
        if sheets.template.has(section) {
            scope.inlines(&blocks::parse_line(sheets.template.markdown(section)?)?)
        } else {
            Ok(Vec::new())
        }
    };
    // The left one may be a hash, and has at least the room of one; the right one has what is left of the width.
    let [left, right] = sections;
    let texts = [line(left)?, line(right)?];
    let beside = TEXT_WIDTH - 6.0 - lines::widths(&texts[1], kind)?.0;
    let mut both = Lines::default();
    for (at, text) in texts.iter().enumerate() {
        let taken = both.marks.iter().map(|mark| mark.bounds()[2]).fold(0.0, f32::max);
        let room = if at == 0 {
            beside.max(132.0)
        } else {
            TEXT_WIDTH - taken - 4.0
        };
        let laid = lines::lay(text, room, kind)?;
        both.height = both.height.max(laid.height);
        let marks = laid.marks;
        both.marks.extend(if at == 0 {
            marks
        } else {
            at_the_right(&marks, TEXT_WIDTH)
        });
    }
    Ok(both)
}

/// The marks of each line moved so that the line ends at `right`.
fn at_the_right(marks: &[Mark], right: f32) -> Vec<Mark> {
    let row = |mark: &Mark| {
        let [_, top, _, bottom] = mark.bounds();
        (top, bottom)
    };
    let moved = marks.iter().map(|mark| {
        let (top, bottom) = row(mark);
        let same = marks.iter().filter(|other| {
            let (other_top, other_bottom) = row(other);
            other_top < bottom && top < other_bottom
        });
        let end = same.map(|other| other.bounds()[2]).fold(0.0, f32::max);
        mark.clone().moved(right - end, 0.0)
    });
    moved.collect()
}

/// Pieces onto pages of `room` height; marks from the top left of the body.
fn paginated(pieces: Vec<Piece>, room: f32) -> Result<Vec<Vec<Mark>>, Refusal> {
    let mut pages: Vec<Vec<Mark>> = vec![Vec::new()];
    let mut y = 0.0;
    let mut waiting: Vec<Piece> = Vec::new();
    for piece in pieces {
        let goes_on = piece.keeps_next;
        waiting.push(piece);
        if !goes_on {
            y = placed(&mut pages, std::mem::take(&mut waiting), y, room)?;
        }
    }
    placed(&mut pages, waiting, y, room)?;
    Ok(pages)
}

/// Places pieces that stay together: on the last page, or on a new one; on several where no page holds them all.
fn placed(pages: &mut Vec<Vec<Mark>>, group: Vec<Piece>, mut y: f32, room: f32) -> Result<f32, Refusal> {
    let mut needed: f32 = group.iter().map(|piece| piece.before + piece.height).sum();
    for piece in group {
        if y > 0.0 && y + needed.max(piece.before + piece.height) > room {
            let labels = piece.labels.as_ref();
            y = labels.map_or(0.0, |labels| labels.height);
            pages.push(labels.map_or_else(Vec::new, |labels| labels.marks.clone()));
        }
        // Where the group goes is decided at its first piece.
        needed = 0.0;
        y += if y > 0.0 { piece.before } else { 0.0 };
        if y + piece.height > room {
            return Err(Refusal::new(Rule::PageUnfit, "a part of this paper is longer than a page").hint("shorten it"));
        }
        if let Some(page) = pages.last_mut() {
            page.extend(piece.marks.into_iter().map(|mark| mark.moved(0.0, y)));
        }
        y += piece.height;
    }
    Ok(y)
}

/// In outline over the head and under the foot, clear of every text.
pub(super) fn rehearsal(page: &mut Document) -> Result<(), Refusal> {
    const WORD: &str = "REHEARSAL";
    let paper = page.paper();
    let style = bold(14.0);
    let (cap, width) = (style.size * 0.714 * MM_PER_PT, style.width(WORD)?);
    let step = (TEXT_WIDTH - width) / 3.0;
    for y in [6.0 + cap, paper.height() - 6.0] {
        for number in 0..4_u8 {
            page.outline(style, paper.left() + step * f32::from(number), y, true, WORD)?;
        }
    }
    Ok(())
}
