//! A table: labels, rows, rules between them, no outer box.
//!
//! Rules of this file:
//! - a label that ends with `<28>` gives its column 28 mm; the others share the rest by what stands in them, and none is
//!   narrower than its widest word; where there is no room for all, the widest columns give, and no other;
//! - at the end of a page and at the top of the next no row stands alone; a short log for a pen stays on one page;
//! - a row is as high as its highest cell; an empty row of a log has upright rules too, so that a pen keeps to its column.

use super::blocks::{Inline, Pen};
use super::lines::{self, LABEL, Lines};
use super::marks::Mark;
use super::pieces::{Dress, Piece};
use crate::refusal::Refusal;
use std::rc::Rc;

const GAP: f32 = 4.0;
const AIR: f32 = 1.5;

/// The pieces of a table: its labels, then its rows.
pub(super) fn lay(
    head: &[Vec<Inline>],
    rows: &[Vec<Vec<Inline>>],
    width: f32,
    dress: Dress,
) -> Result<Vec<Piece>, Refusal> {
    let mut head = head.to_vec();
    let fixed: Vec<Option<f32>> = head.iter_mut().map(fixed_width).collect();
    let columns = columns(&head, rows, &fixed, width, dress)?;
    let mut pieces = Vec::new();
    let mut labels = None;
    if head.iter().any(|label| !label.is_empty()) {
        let labelled = Rc::new(label_row(&head, &columns)?);
        pieces.push(Piece {
            keeps_next: true,
            ..Piece::new(
                3.4,
                Lines {
                    marks: labelled.marks.clone(),
                    height: labelled.height,
                },
            )
        });
        labels = Some(labelled);
    }
    let first = if labels.is_some() { 0.0 } else { 2.0 };
    for (number, row) in rows.iter().enumerate() {
        let piece = Piece::new(
            if number == 0 { first } else { 0.0 },
            cells(row, &columns, width, dress)?,
        );
        pieces.push(Piece {
            labels: labels.clone(),
            keeps_next: number + 1 < rows.len() && (number == 0 || number + 2 == rows.len() || is_short_log(rows)),
            ..piece
        });
    }
    Ok(pieces)
}

/// Whether these are a few empty rows for a pen.
fn is_short_log(rows: &[Vec<Vec<Inline>>]) -> bool {
    rows.len() <= 6 && rows.iter().all(|row| is_log(row))
}

fn is_log(row: &[Vec<Inline>]) -> bool {
    row.iter().flatten().any(|inline| *inline == Inline::Pen(Pen::Row))
}

/// Left edge and width of each column.
type Columns = Vec<(f32, f32)>;

fn label_row(head: &[Vec<Inline>], columns: &Columns) -> Result<Lines, Refusal> {
    let mut lines = Lines::default();
    let each = head
        .iter()
        .zip(columns)
        .map(|(label, (_, width))| lines::lay(label, *width, LABEL))
        .collect::<Result<Vec<_>, _>>()?;
    lines.height = each.iter().map(|label| label.height).fold(0.0, f32::max);
    for (label, (x, _)) in each.into_iter().zip(columns) {
        // Labels stand on one line, whatever their height.
        let down = lines.height - label.height;
        lines
            .marks
            .extend(label.marks.into_iter().map(|mark| mark.moved(*x, down)));
    }
    lines.height += 1.0;
    Ok(lines)
}

fn cells(row: &[Vec<Inline>], columns: &Columns, width: f32, dress: Dress) -> Result<Lines, Refusal> {
    let mut lines = Lines {
        marks: vec![Mark::across(0.0, 0.0, width)],
        height: 0.0,
    };
    for (cell, (x, wide)) in row.iter().zip(columns) {
        let laid = lines::lay(cell, *wide, dress.body)?;
        lines.height = lines.height.max(laid.height);
        lines
            .marks
            .extend(laid.marks.into_iter().map(|mark| mark.moved(*x, AIR)));
    }
    lines.height += 2.0 * AIR;
    if is_log(row) {
        let upright = columns
            .iter()
            .skip(1)
            .map(|(x, _)| Mark::down(x - GAP / 2.0, 0.0, lines.height));
        lines.marks.extend(upright);
    }
    Ok(lines)
}

/// Takes `<28>` off the end of a label.
fn fixed_width(label: &mut Vec<Inline>) -> Option<f32> {
    let Some(Inline::Text { text, .. }) = label.last_mut() else {
        return None;
    };
    let (before, number) = text.strip_suffix('>')?.rsplit_once('<')?;
    let fixed: f32 = number.parse::<u8>().ok()?.into();
    *text = before.trim_end().to_string();
    if text.is_empty() {
        label.pop();
    }
    Some(fixed)
}

/// The width at which the widest columns are cut, so that all of them have room.
fn at_most(mut least: Vec<f32>, mut room: f32) -> f32 {
    least.sort_by(f32::total_cmp);
    let count = least.len();
    for (number, width) in least.into_iter().enumerate() {
        let each = room / (count - number) as f32;
        if width > each {
            return each;
        }
        room -= width;
    }
    f32::INFINITY
}

fn columns(
    head: &[Vec<Inline>],
    rows: &[Vec<Vec<Inline>>],
    fixed: &[Option<f32>],
    width: f32,
    dress: Dress,
) -> Result<Columns, Refusal> {
    let count = head.len();
    let (mut whole, mut least) = (vec![4.0_f32; count], vec![4.0_f32; count]);
    for at in 0..count {
        if let Some(fixed) = fixed[at] {
            (whole[at], least[at]) = (fixed, fixed);
            continue;
        }
        let (wide, widest) = lines::widths(&head[at], LABEL)?;
        (whole[at], least[at]) = (whole[at].max(wide), least[at].max(widest));
        for cell in rows.iter().filter_map(|row| row.get(at)) {
            let (wide, widest) = lines::widths(cell, dress.body)?;
            (whole[at], least[at]) = (whole[at].max(wide), least[at].max(widest.min(60.0)));
        }
    }
    let room = width - GAP * (count.max(1) - 1) as f32;
    let free = |at: &usize| fixed[*at].is_none();
    let taken: f32 = (0..count).filter(|at| !free(at)).map(|at| whole[at]).sum();
    let open: Vec<usize> = (0..count).filter(free).collect();
    let (all, needed) = (
        open.iter().map(|at| whole[*at]).sum::<f32>(),
        open.iter().map(|at| least[*at]).sum::<f32>(),
    );
    let room_left = (room - taken).max(0.0);
    let most = at_most(open.iter().map(|at| least[*at]).collect(), room_left);
    let mut widths = whole.clone();
    for at in open {
        widths[at] = if all <= room_left {
            whole[at] + (room_left - all) * whole[at] / all
        } else if needed <= room_left {
            let spare = room_left - needed;
            least[at] + spare * (whole[at] - least[at]) / (all - needed).max(0.01)
        } else {
            least[at].min(most)
        };
    }
    let mut x = 0.0;
    Ok(widths
        .into_iter()
        .map(|wide| {
            let column = (x, wide);
            x += wide + GAP;
            column
        })
        .collect())
}
