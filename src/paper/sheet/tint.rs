//! The tint: what lies over the secret when the sheet is folded, so that a lamp through the envelope shows nothing legible.
//!
//! Rules of this file:
//! - it is drawn from a secret seed of the dealing: a tint that can be computed can be subtracted;
//! - over a code, cells as large as a module, so that a reader finds false modules and no finder pattern;
//! - over the lines, symbols of their own face and size, mirrored as the fold turns them, in three layers shifted against
//!   each other, and cells: cells alone hide a code, not letters;
//! - it slows a lamp, no more: the papers ask for an opaque envelope.

use super::geometry::{Area, Geometry, MODULE};
use crate::ident::ALPHABET;
use crate::paper::fonts::Face;
use crate::paper::page::Document;
use crate::refusal::{Refusal, Rule};
use crate::secret::Secret;
use hkdf::Hkdf;
use sha2::Sha512;
use zeroize::Zeroizing;

/// Two cells in three over a code.
const OVER_CODES: u8 = 171;
/// Three cells in ten over the lines, under the symbols.
const OVER_LINES: u8 = 77;
/// From row to row of one layer of symbols.
const ROW: f32 = 3.45;
/// How the layers are shifted, to the right and down.
const LAYERS: [(f32, f32); 3] = [(0.0, 0.0), (1.4, 1.15), (0.7, 2.3)];

/// Draws the tint of a sheet.
pub(super) fn draw(page: &mut Document, sheet: &Geometry, seed: &Secret<64>) -> Result<(), Refusal> {
    cells(page, sheet.code_tint(sheet.high), OVER_CODES, seed, "high")?;
    cells(page, sheet.code_tint(sheet.low), OVER_CODES, seed, "low")?;
    let lines = sheet.lines_tint();
    cells(page, lines, OVER_LINES, seed, "lines")?;
    symbols(page, lines, sheet.symbol_size, seed)
}

/// HKDF-Expand with SHA-512 (RFC 5869): key = the seed, info = `strongroom/v1/tint/` ‖ label.
fn stream(seed: &Secret<64>, label: &str, length: usize) -> Result<Zeroizing<Vec<u8>>, Refusal> {
    let mut bytes = Zeroizing::new(vec![0; length]);
    let expanded = seed.expose(|key| {
        Hkdf::<Sha512>::from_prk(key).is_ok_and(|hkdf| {
            hkdf.expand_multi_info(&[b"strongroom/v1/tint/", label.as_bytes()], &mut bytes)
                .is_ok()
        })
    });
    if !expanded {
        return Err(Refusal::new(
            Rule::Internal,
            "the tint of a sheet asks for more than one seed gives",
        ));
    }
    Ok(bytes)
}

fn cells(page: &mut Document, area: Area, dark: u8, seed: &Secret<64>, label: &str) -> Result<(), Refusal> {
    let (columns, rows) = ((area.width / MODULE) as u16, (area.height / MODULE) as u16);
    let bytes = stream(seed, label, usize::from(columns) * usize::from(rows))?;
    let cells: Zeroizing<Vec<bool>> = Zeroizing::new(bytes.iter().map(|byte| *byte < dark).collect());
    page.cells(area.x, area.y, MODULE, columns, &cells);
    Ok(())
}

fn symbols(page: &mut Document, area: Area, size: f32, seed: &Secret<64>) -> Result<(), Refusal> {
    let advance = Face::Mono.width(size, "0")?;
    let height = size * 0.73 * 0.3528;
    let last = LAYERS.iter().fold(0.0, |most: f32, (_, down)| most.max(*down));
    let across = LAYERS.iter().fold(0.0, |most: f32, (right, _)| most.max(*right));
    let columns = ((area.width - across) / advance) as usize;
    let rows = ((area.height - height - last) / ROW) as usize + 1;
    let bytes = stream(seed, "symbols", LAYERS.len() * rows * columns)?;
    let symbols = Zeroizing::new(
        bytes
            .iter()
            .map(|byte| ALPHABET[usize::from(byte & 31)])
            .collect::<Vec<u8>>(),
    );
    // What is left of the width at the right is shared between both sides.
    let left = area.x + (area.width - across - columns as f32 * advance) / 2.0;
    for (number, row) in symbols.chunks_exact(columns).enumerate() {
        let (right, down) = LAYERS[number / rows];
        page.mirrored(size, left + right, area.y + down + (number % rows) as f32 * ROW, row);
    }
    Ok(())
}
