//! Two readers of QR codes over one picture, and the ladder of second tries.
//!
//! Rules of this file:
//! - the first reader sees every picture; the second one sees it where the first found nothing, and never a large one: over a
//!   sheet's tint at 300 dpi its search for corners was measured at 53 s;
//! - further steps are tried only while nothing was found: a stained sheet costs time, a clean one none;
//! - a reader that panics has found nothing;
//! - codes come in the order in which a person sees them: rows from the top, then from the left.

use super::quiet::quietly;
use super::raster::Picture;
use crate::secret::SecretText;
use zeroize::{Zeroize, Zeroizing};

/// The text of one code and the middle of its place in the picture, in pixels.
pub struct Found {
    /// The text.
    pub text: SecretText,
    /// From the left edge.
    pub x: f32,
    /// From the top edge.
    pub y: f32,
}

/// Every code in the picture, each text once.
pub fn all(picture: &Picture) -> Vec<Found> {
    let found = both(picture, 1.0);
    if !found.is_empty() {
        return found;
    }
    LADDER
        .iter()
        .map(|step| step(picture))
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// The one code that the picture is known to hold, by the first reader that sees it. No ladder: a fresh page needs none.
pub(super) fn one(picture: &Picture) -> Option<SecretText> {
    let first = || first_reader_one(picture);
    let second = || second_reader(picture).into_iter().next().map(|found| found.text);
    quietly(first).flatten().or_else(|| quietly(second).flatten())
}

/// The codes of a page of many, and whether a part of it that is not blank showed none.
///
/// A reader of several codes loses some of twelve, and confuses the corners of neighbours: each part is looked at alone, close
/// around where its code stands, then further, then moved as on a page that lies askew. Only where that leaves something,
/// the page is looked at whole. `seen` is called for each code as it is found alone.
pub(super) fn many(picture: &Picture, mut seen: impl FnMut()) -> (Vec<Found>, bool) {
    let mut found: Vec<Found> = Vec::new();
    let mut unread = Vec::new();
    for (x, y) in middles(picture) {
        if is_blank(&part(picture, (x, y), REACHES[0])) {
            continue;
        }
        let mut straight = REACHES.into_iter();
        match straight.find_map(|reach| alone(&part(picture, (x, y), reach))) {
            Some(text) => {
                seen();
                add(&mut found, vec![Found { text, x, y }]);
            }
            None => unread.push((x, y)),
        }
    }
    if unread.is_empty() {
        return (found, false);
    }
    add(&mut found, both(picture, 1.0));
    // A page on which nothing was found is no page of a copy: it is not looked at any closer.
    if !found.is_empty() {
        for (x, y) in unread {
            let read = moved().find_map(|(dx, dy)| alone(&part(picture, (x + dx, y + dy), REACHES[0])));
            if read.is_some() {
                seen();
            }
            add(&mut found, read.map(|text| Found { text, x, y }).into_iter().collect());
        }
    }
    (found, true)
}

/// Where the codes of a vault copy stand, as shares of the paper's sides; a page may lie on its head or on its side.
const ACROSS: [f32; 3] = [0.206, 0.5, 0.794];
const DOWN: [f32; 4] = [0.192, 0.395, 0.6, 0.805];
/// How far a part reaches from the middle of its code: half of a code is 0.135 of the width and 0.095 of the height.
const REACHES: [(f32, f32); 4] = [(0.165, 0.11), (0.155, 0.102), (0.175, 0.12), (0.185, 0.14)];

/// Where a part may lie on a page that lies askew.
fn moved() -> impl Iterator<Item = (f32, f32)> {
    const ASKEW: f32 = 0.03;
    (-1_i8..=1).flat_map(|x| (-1_i8..=1).map(move |y| (f32::from(x) * ASKEW, f32::from(y) * ASKEW * 0.7)))
}

fn middles(picture: &Picture) -> Vec<(f32, f32)> {
    let stands = picture.height() >= picture.width();
    let (across, down) = if stands {
        (ACROSS.as_slice(), DOWN.as_slice())
    } else {
        (DOWN.as_slice(), ACROSS.as_slice())
    };
    down.iter().flat_map(|y| across.iter().map(move |x| (*x, *y))).collect()
}

fn part(picture: &Picture, (x, y): (f32, f32), (wide, high): (f32, f32)) -> Picture {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let (wide, high) = if picture.height() >= picture.width() {
        (wide, high)
    } else {
        (high, wide)
    };
    let (left, top) = ((x - wide).max(0.0), (y - high).max(0.0));
    let size = |from: f32, to: f32, side: f32| ((to - from) * side).max(0.0) as u32;
    picture.crop(
        (left * width) as u32,
        (top * height) as u32,
        size(left, x + wide, width),
        size(top, y + high, height),
    )
}

/// The one code of a part. Of modules of less than four pixels the second reader makes more when they are doubled.
fn alone(part: &Picture) -> Option<SecretText> {
    const SMALL: u32 = 800;
    let first = |picture: &Picture| quietly(|| first_reader_one(picture)).flatten();
    let second = |picture: &Picture| {
        let read = quietly(|| second_reader(picture)).unwrap_or_default();
        read.into_iter().next().map(|found| found.text)
    };
    let large = if part.width() < SMALL { doubled(part) } else { None };
    first(part)
        .or_else(|| second(large.as_ref().unwrap_or(part)))
        .or_else(|| first(&local_threshold(part)))
        // At 150 dpi one code in four hundred is read by nothing else.
        .or_else(|| second(&local_threshold(large.as_ref()?)))
}

fn add(found: &mut Vec<Found>, more: Vec<Found>) {
    for code in more {
        if !found.iter().any(|known| same_text(&known.text, &code.text)) {
            found.push(code);
        }
    }
}

/// Whether less than a fiftieth of the picture is dark: no code is as light.
pub(super) fn is_blank(picture: &Picture) -> bool {
    let dark = picture.pixels().iter().filter(|pixel| **pixel < 128).count();
    dark * 50 < picture.pixels().len()
}

type Step = fn(&Picture) -> Vec<Found>;

/// The largest picture that the second reader is shown, in pixels: a little over A4 at 150 dpi.
const SECOND_MAX: u64 = 2_400_000;

/// From the cheapest help to the dearest.
const LADDER: &[Step] = &[
    |picture| both(&local_threshold(picture), 1.0),
    |picture| both(&halved(picture), 2.0),
    |picture| both(&local_threshold(&halved(picture)), 2.0),
    |picture| both(&halved(&halved(picture)), 4.0),
    |picture| doubled(picture).map_or_else(Vec::new, |large| both(&large, 0.5)),
];

/// What the first reader finds, or else the second; places multiplied by `scale`.
fn both(picture: &Picture, scale: f32) -> Vec<Found> {
    let mut seen = quietly(|| first_reader(picture)).unwrap_or_default();
    if seen.is_empty() && u64::from(picture.width()) * u64::from(picture.height()) <= SECOND_MAX {
        seen = quietly(|| second_reader(picture)).unwrap_or_default();
    }
    let mut found: Vec<Found> = seen
        .into_iter()
        .map(|code| Found {
            x: code.x * scale,
            y: code.y * scale,
            ..code
        })
        .collect();
    // Two codes whose middles differ by less than a twentieth of the page stand in one row.
    let row = (picture.height() as f32 * scale / 20.0).max(1.0);
    found.sort_by(|a, b| a.y.total_cmp(&b.y));
    for codes in found.chunk_by_mut(|a, b| b.y - a.y < row) {
        codes.sort_by(|a, b| a.x.total_cmp(&b.x));
    }
    let mut each: Vec<Found> = Vec::with_capacity(found.len());
    for code in found {
        if !each.iter().any(|known| same_text(&known.text, &code.text)) {
            each.push(code);
        }
    }
    each
}

/// Whether two codes of one page say the same. Both were in the same hands already, so time tells nothing.
pub(super) fn same_text(a: &SecretText, b: &SecretText) -> bool {
    a.expose(|a| b.expose(|b| a == b))
}

fn taken(text: &mut String) -> SecretText {
    SecretText::new(std::mem::take(text))
}

fn first_reader(picture: &Picture) -> Vec<Found> {
    use rxing::common::HybridBinarizer;
    use rxing::multi::MultipleBarcodeReader as _;
    use rxing::multi::qrcode::QRCodeMultiReader;
    use rxing::{BinaryBitmap, DecodeHints, Luma8Source};
    let Ok(source) = Luma8Source::new_with_slice(picture.pixels(), picture.width(), picture.height()) else {
        return Vec::new();
    };
    let hints = DecodeHints {
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    let codes = QRCodeMultiReader::new()
        .decode_multiple_with_hints(&mut bitmap, &hints)
        .unwrap_or_default();
    codes
        .iter()
        .map(|code| {
            let corners = code.getPoints();
            let middle =
                |of: fn(&rxing::Point) -> f32| corners.iter().map(of).sum::<f32>() / corners.len().max(1) as f32;
            Found {
                text: SecretText::new(code.getText().to_string()),
                x: middle(|point| point.x),
                y: middle(|point| point.y),
            }
        })
        .collect()
}

fn first_reader_one(picture: &Picture) -> Option<SecretText> {
    use rxing::common::HybridBinarizer;
    use rxing::qrcode::QRCodeReader;
    use rxing::{BinaryBitmap, DecodeHints, Luma8Source, Reader as _};
    let source = Luma8Source::new_with_slice(picture.pixels(), picture.width(), picture.height()).ok()?;
    let hints = DecodeHints {
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    let code = QRCodeReader::new().decode_with_hints(&mut bitmap, &hints).ok()?;
    Some(SecretText::new(code.getText().to_string()))
}

fn second_reader(picture: &Picture) -> Vec<Found> {
    let width = picture.width() as usize;
    let pixels = picture.pixels();
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(width, picture.height() as usize, |x, y| pixels[y * width + x]);
    let grids = prepared.detect_grids();
    grids
        .iter()
        .filter_map(|grid| {
            let mut text = Zeroizing::new(grid.decode().ok()?.1);
            let middle = |of: fn(&rqrr::Point) -> i32| grid.bounds.iter().map(of).sum::<i32>() as f32 / 4.0;
            Some(Found {
                text: taken(&mut text),
                x: middle(|point| point.x),
                y: middle(|point| point.y),
            })
        })
        .collect()
}

/// Black where a pixel is darker than its surroundings: what a shadow or a stain took from a global threshold.
pub(super) fn local_threshold(picture: &Picture) -> Picture {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let reach = (width.max(height) / 40).max(8);
    let stride = width + 1;
    // Sums of what lies above and left, modulo 2^32: only differences of near ones are used, and those are far smaller.
    let mut sums = Zeroizing::new(vec![0_u32; stride * (height + 1)]);
    for (y, row) in picture.pixels().chunks_exact(width.max(1)).enumerate() {
        let mut sum = 0_u32;
        for (x, pixel) in row.iter().enumerate() {
            sum = sum.wrapping_add(u32::from(*pixel));
            sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1].wrapping_add(sum);
        }
    }
    let thresholded = picture.changed(|y, row| {
        let (top, bottom) = (y.saturating_sub(reach), (y + reach + 1).min(height));
        for (x, pixel) in row.iter_mut().enumerate() {
            let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(width));
            let area = ((right - left) * (bottom - top)) as u64;
            let sum = sums[bottom * stride + right]
                .wrapping_add(sums[top * stride + left])
                .wrapping_sub(sums[top * stride + right])
                .wrapping_sub(sums[bottom * stride + left]);
            *pixel = if u64::from(*pixel) * area * 100 < u64::from(sum) * 88 {
                0
            } else {
                255
            };
        }
    });
    sums.zeroize();
    thresholded
}

/// Half as wide and high, each pixel the mean of four: noise and halftone go, and a phone's picture becomes small enough.
pub(super) fn halved(picture: &Picture) -> Picture {
    let (width, height) = (picture.width() / 2, picture.height() / 2);
    let source = picture.pixels();
    let stride = picture.width() as usize;
    let mut pixels = Vec::with_capacity(width as usize * height as usize);
    for y in 0..height as usize {
        for x in 0..width as usize {
            let at = 2 * y * stride + 2 * x;
            let sum = [at, at + 1, at + stride, at + stride + 1]
                .iter()
                .map(|at| u16::from(source[*at]))
                .sum::<u16>();
            pixels.push((sum / 4) as u8);
        }
    }
    // A picture of one pixel has no half: it stays as it is, and nothing is found in it.
    Picture::new(width, height, pixels).unwrap_or_else(|_| picture.crop(0, 0, picture.width(), picture.height()))
}

/// Twice as wide and high, for modules of less than two pixels; nothing where that would be too large.
fn doubled(picture: &Picture) -> Option<Picture> {
    const LARGEST: u64 = 4_000_000;
    let (width, height) = (picture.width(), picture.height());
    if u64::from(width) * u64::from(height) > LARGEST {
        return None;
    }
    let source = picture.pixels();
    // Each new pixel lies a quarter of an old one beside its middle: three parts of the nearer, one of the further.
    let pair = |at: u32, side: u32| {
        let further = if at.is_multiple_of(2) {
            (at / 2).saturating_sub(1)
        } else {
            (at / 2 + 1).min(side - 1)
        };
        (at / 2, further)
    };
    let at = |x: u32, y: u32| u16::from(source[(y * width + x) as usize]);
    let mut pixels = Vec::with_capacity(4 * source.len());
    for y in 0..2 * height {
        let (near_y, far_y) = pair(y, height);
        for x in 0..2 * width {
            let (near_x, far_x) = pair(x, width);
            let near = 3 * at(near_x, near_y) + at(far_x, near_y);
            let far = 3 * at(near_x, far_y) + at(far_x, far_y);
            pixels.push(((3 * near + far + 8) / 16) as u8);
        }
    }
    Picture::new(2 * width, 2 * height, pixels).ok()
}
