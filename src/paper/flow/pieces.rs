//! Blocks into pieces: what stays together on one page, as high as it is.
//!
//! Rules of this file:
//! - a piece is never broken; a list item, a table row, a frame and a line to sign on are one piece each;
//! - a heading keeps what stands under it, a sentence between a heading and a table the table, a step the table that it tells of;
//! - no step stands alone at the end of its list;
//! - a line to sign on keeps what stands above it;
//! - a table repeats its labels where it goes on over a page.

use super::blocks::{Block, Inline, Item, ListKind};
use super::lines::{self, LABEL, Lines, Type};
use super::marks::{FRAME, Mark};
use super::table;
use crate::paper::page::{Style, bold, regular};
use crate::refusal::Refusal;
use std::rc::Rc;

/// What stays together.
pub(super) struct Piece {
    /// Air above it, but not at the top of a page.
    pub(super) before: f32,
    pub(super) height: f32,
    pub(super) marks: Vec<Mark>,
    /// Whether it never ends a page.
    pub(super) keeps_next: bool,
    /// The labels that are repeated above it at the top of a page.
    pub(super) labels: Option<Rc<Lines>>,
}

impl Piece {
    pub(super) fn new(before: f32, lines: Lines) -> Self {
        Self {
            before,
            height: lines.height,
            marks: lines.marks,
            keeps_next: false,
            labels: None,
        }
    }
}

/// The type of one paper.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dress {
    pub(super) body: Type,
}

impl Dress {
    /// Of most papers.
    pub const PLAIN: Self = Self {
        body: Type {
            size: 10.5,
            leading: 5.0,
        },
    };
    /// Of a paper that is read under stress: larger.
    pub const CARD: Self = Self {
        body: Type {
            size: 10.5,
            leading: 5.0,
        },
    };
    /// Of a paper with much on it.
    pub const DENSE: Self = Self {
        body: Type {
            size: 9.5,
            leading: 4.5,
        },
    };
}

/// Type of a heading: over a part, over a step.
fn heading(level: u8, dress: Dress) -> Type {
    match level {
        0..=2 => Type {
            size: 20.0,
            leading: 9.0,
        },
        4 => Type {
            size: dress.body.size + 2.5,
            leading: dress.body.leading + 1.6,
        },
        _ => dress.body,
    }
}

/// The air above a heading.
fn above(level: u8) -> f32 {
    match level {
        3 => 6.0,
        4 => 3.0,
        _ => 4.4,
    }
}

/// The pieces of `blocks` in a column of `width`, from its left edge.
pub(super) fn lay(blocks: &[Block], width: f32, dress: Dress) -> Result<Vec<Piece>, Refusal> {
    let mut pieces = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        let before_a_table = matches!(blocks.get(number + 1), Some(Block::Table { .. }));
        match block {
            Block::Heading(level, text) => {
                let lines = lines::lay(&emboldened(text), width, heading(*level, dress))?;
                pieces.push(Piece {
                    keeps_next: true,
                    ..Piece::new(above(*level), lines)
                });
            }
            Block::Paragraph(text) => {
                let under_a_heading = pieces.last().is_some_and(|piece: &Piece| piece.keeps_next);
                let before = if under_a_heading { 0.4 } else { 1.6 };
                pieces.push(Piece {
                    keeps_next: under_a_heading && before_a_table,
                    ..Piece::new(before, lines::lay(text, width, dress.body)?)
                });
            }
            Block::List { kind, items } => pieces.extend(list(*kind, items, before_a_table, width, dress)?),
            Block::Table { head, rows } => pieces.extend(table::lay(head, rows, width, dress)?),
            Block::Frame(inside) => pieces.push(frame(inside, width, dress)?),
            Block::Columns(columns) => pieces.push(side_by_side(columns, width, dress)?),
            Block::Signatures(each) => {
                // Nobody signs an empty page: what is signed stands above the line.
                signed_for(&mut pieces);
                pieces.extend(signatures(each, width)?);
            }
            Block::Big(words) => pieces.push(big(words, width)?),
            Block::Code(typed) => {
                let mut lines = Lines::default();
                for line in typed {
                    let text = Inline::Text {
                        face: crate::paper::fonts::Face::Mono,
                        small: false,
                        text: line.clone(),
                    };
                    lines = under(lines, lines::lay(&[text], width, dress.body)?, 0.0);
                }
                pieces.push(Piece::new(1.0, lines));
            }
            Block::Rule => pieces.push(Piece::new(
                3.0,
                Lines {
                    marks: vec![Mark::across(0.0, 0.0, width)],
                    height: 0.5,
                },
            )),
        }
    }
    Ok(pieces)
}

/// Keeps what stands above a line to sign on with it: the last piece, and as much more as shows what it is about.
fn signed_for(pieces: &mut [Piece]) {
    const SHOWN: f32 = 40.0;
    let mut height = 0.0;
    for piece in pieces.iter_mut().rev() {
        if height > 0.0 && height + piece.before + piece.height > SHOWN {
            break;
        }
        height += piece.before + piece.height;
        piece.keeps_next = true;
    }
}

/// `second` below `first`.
pub(super) fn under(mut first: Lines, second: Lines, air: f32) -> Lines {
    let down = first.height + air;
    let moved = second.marks.into_iter().map(|mark| mark.moved(0.0, down));
    first.marks.extend(moved);
    first.height = down + second.height;
    first
}

/// All pieces as one.
fn joined(pieces: Vec<Piece>) -> Lines {
    let mut lines = Lines::default();
    for piece in pieces {
        let air = if lines.height > 0.0 { piece.before } else { 0.0 };
        let below = Lines {
            marks: piece.marks,
            height: piece.height,
        };
        lines = under(lines, below, air);
    }
    lines
}

fn shifted(lines: Lines, right: f32) -> Lines {
    Lines {
        marks: lines.marks.into_iter().map(|mark| mark.moved(right, 0.0)).collect(),
        height: lines.height,
    }
}

fn list(kind: ListKind, items: &[Item], before_a_table: bool, width: f32, dress: Dress) -> Result<Vec<Piece>, Refusal> {
    let mut pieces = Vec::new();
    for (number, item) in items.iter().enumerate() {
        let headed = matches!(item.blocks.first(), Some(Block::Heading(..)));
        let marker = match kind {
            ListKind::Numbers(first) => (first + number).to_string(),
            ListKind::Dashes => "–".to_string(),
        };
        let style: Style = match (kind, headed) {
            (ListKind::Numbers(_), true) => bold(dress.body.size + 3.5),
            (ListKind::Numbers(_), false) => bold(dress.body.size),
            (ListKind::Dashes, _) => regular(dress.body.size),
        };
        let indent = match (kind, headed) {
            (_, true) => 10.0,
            (ListKind::Numbers(_), false) => 7.5,
            (ListKind::Dashes, false) => 6.0,
        };
        let tick = if item.tick { 7.0 } else { 0.0 };
        let has_marker = kind != ListKind::Dashes || !item.tick;
        let left = if has_marker { indent } else { 0.0 } + tick;
        let content = joined(lay(&item.blocks, width - left, dress)?);
        let baseline = content.marks.iter().find_map(|mark| match mark {
            Mark::Text { y, .. } => Some(*y),
            _ => None,
        });
        let baseline = baseline.unwrap_or(dress.body.leading * 0.8);
        let mut lines = shifted(content, left);
        if has_marker {
            lines.marks.push(Mark::text(0.0, baseline, style, &marker)?);
        }
        if item.tick {
            lines.marks.push(Mark::boxed(left - tick, baseline - 3.4, 4.2, 4.2));
        }
        lines.height = lines.height.max(if item.tick { 5.0 } else { 0.0 });
        let before = if headed { 3.4 } else { 1.3 };
        let left = items.len() - number;
        pieces.push(Piece {
            keeps_next: left == 2 || left == 1 && before_a_table,
            ..Piece::new(if number == 0 { before + 0.6 } else { before }, lines)
        });
    }
    Ok(pieces)
}

fn frame(inside: &[Block], width: f32, dress: Dress) -> Result<Piece, Refusal> {
    const AIR: f32 = 4.0;
    let inner = joined(lay(inside, width - 2.0 * AIR, dress)?);
    let height = inner.height + 2.0 * AIR;
    let mut marks: Vec<Mark> = inner.marks.into_iter().map(|mark| mark.moved(AIR, AIR)).collect();
    marks.push(Mark::Box {
        x: 0.0,
        y: 0.0,
        width,
        height,
        thickness: FRAME,
    });
    Ok(Piece::new(4.0, Lines { marks, height }))
}

fn side_by_side(columns: &[Vec<Block>], width: f32, dress: Dress) -> Result<Piece, Refusal> {
    const GAP: f32 = 10.0;
    let number = columns.len().max(1) as f32;
    let each = (width - GAP * (number - 1.0)) / number;
    let mut lines = Lines::default();
    for (at, column) in columns.iter().enumerate() {
        let column = joined(lay(column, each, dress)?);
        lines.height = lines.height.max(column.height);
        let right = (each + GAP) * at as f32;
        lines.marks.extend(shifted(column, right).marks);
    }
    Ok(Piece::new(6.0, lines))
}

/// Lines to sign on, up to four beside each other, with 16 mm above each.
fn signatures(each: &[(Vec<Inline>, Vec<Inline>)], width: f32) -> Result<Vec<Piece>, Refusal> {
    const GAP: f32 = 5.0;
    const ROOM: f32 = 16.0;
    let mut pieces = Vec::new();
    let a_row = match each.len() {
        0..=4 => each.len().max(2),
        5 | 6 | 9 => 3,
        _ => 4,
    };
    let one = (width - GAP * (a_row as f32 - 1.0)) / a_row as f32;
    for row in each.chunks(a_row) {
        let mut lines = Lines::default();
        for (at, (name, role)) in row.iter().enumerate() {
            let name = lines::lay(
                &emboldened(name),
                one,
                Type {
                    size: 9.0,
                    leading: 4.0,
                },
            )?;
            let signed = under(name, lines::lay(role, one, LABEL)?, 0.0);
            let mut below = under(
                Lines {
                    marks: vec![Mark::across(0.0, ROOM, one)],
                    height: ROOM + 1.0,
                },
                signed,
                0.0,
            );
            below = shifted(below, (one + GAP) * at as f32);
            lines.height = lines.height.max(below.height);
            lines.marks.extend(below.marks);
        }
        pieces.push(Piece::new(2.0, lines));
    }
    Ok(pieces)
}

/// Eight words as large as they can be, four a row, each under its number.
fn big(words: &[Vec<Inline>], width: f32) -> Result<Piece, Refusal> {
    const KIND: Type = Type {
        size: 18.0,
        leading: 10.5,
    };
    let column = width / 4.0;
    let mut lines = Lines::default();
    for (row, four) in words.chunks(4).enumerate() {
        for (at, word) in four.iter().enumerate() {
            let laid = lines::lay(&emboldened(word), column - 7.0, KIND)?;
            let (x, y) = (column * at as f32, KIND.leading * row as f32);
            let number = (row * 4 + at + 1).to_string();
            lines.marks.push(Mark::text(x, y + 7.4, regular(8.0), &number)?);
            lines
                .marks
                .extend(laid.marks.into_iter().map(|mark| mark.moved(x + 4.6, y)));
            lines.height = lines.height.max(y + laid.height);
        }
    }
    Ok(Piece::new(0.0, lines))
}

/// The same text in bold.
pub(super) fn emboldened(text: &[Inline]) -> Vec<Inline> {
    text.iter()
        .map(|inline| match inline {
            Inline::Text {
                face: crate::paper::fonts::Face::Regular,
                small,
                text,
            } => Inline::Text {
                face: crate::paper::fonts::Face::Bold,
                small: *small,
                text: text.clone(),
            },
            other => other.clone(),
        })
        .collect()
}
