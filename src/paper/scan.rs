//! Scans in: images and PDFs to the texts of their codes.
//!
//! Rules of this file:
//! - what a file is, its first bytes say, never its name: PNG, JPEG or PDF, and everything else is refused;
//! - sizes are judged before anything is decoded: 64 MiB a file, 64 megapixels and 144 MiB a picture, 200 pages a PDF;
//! - what is finer than any sheet needs is looked at in half its size: work grows with pixels, what is seen does not;
//! - a scan that shows no code is an answer, not a fault: its page is empty;
//! - whatever is fed in, the end is a page or a refusal, never a panic; nothing of a code's text is in a refusal.

use super::decode::{self, Found, halved};
use super::quiet::quietly;
use super::raster::{Picture, Sheets, check_size};
use super::salvage::{Remains, Salvage};
use super::text;
use crate::code::reading::read_text;
use crate::ident::Mode;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use image::ImageDecoder as _;
use std::io::Cursor;
use zeroize::Zeroize;

/// The most bytes of a scan.
pub const BYTES_MAX: usize = 64 << 20;
/// The most bytes of a picture's pixels as they are decoded: 64 megapixels in grey, 50 in colour.
const DECODED_MAX: u64 = 144 << 20;
/// The most pixels of a picture that is looked at: above, it is halved first. A sheet at 300 dpi has 9 million.
const LOOKED_AT_MAX: u64 = 16_000_000;

/// What one page of a scan shows.
pub struct Page {
    /// The texts of its codes from the top, then from the left; each once.
    pub codes: Vec<SecretText>,
    /// Where there is none: the lines of a share as far as they could be read all the same, `?` for each symbol that is lost.
    pub remains: Option<SecretText>,
}

/// The codes of a scan, page by page. An image is one page.
pub fn codes(bytes: &[u8]) -> Result<Vec<Page>, Refusal> {
    let mut pages = Vec::new();
    each_page(bytes, |page| pages.push(page))?;
    Ok(pages)
}

/// The codes of a scan, each page as soon as it was read.
pub fn each_page(bytes: &[u8], mut read: impl FnMut(Page)) -> Result<(), Refusal> {
    match Kind::of(bytes)? {
        Kind::Picture(format) => read(sheet(&picture(bytes, format)?)),
        Kind::Pdf => {
            let sheets = Sheets::open(bytes)?;
            for number in 0..sheets.count() {
                read(pdf_page(&sheets, number)?);
            }
        }
    }
    Ok(())
}

/// The codes of the pages of a vault copy, each page as soon as it was read: many codes a page, found one by one where they are
/// too many to be found at once. `seen` is called for each code as it is found: as long as there are some, the work is worth it.
pub fn copy_pages(bytes: &[u8], mut seen: impl FnMut(), mut read: impl FnMut(Page)) -> Result<(), Refusal> {
    match Kind::of(bytes)? {
        Kind::Picture(format) => read(page(decode::many(&picture(bytes, format)?, seen).0)),
        Kind::Pdf => {
            let sheets = Sheets::open(bytes)?;
            for number in 0..sheets.count() {
                for dpi in [200.0, 300.0] {
                    let (found, unread) = decode::many(&sheets.draw(number, dpi)?, &mut seen);
                    read(page(found));
                    if !unread {
                        break;
                    }
                }
            }
        }
    }
    Ok(())
}

enum Kind {
    Picture(image::ImageFormat),
    Pdf,
}

impl Kind {
    /// By the first bytes. A PDF may have up to 1 KiB of something else before its header (ISO 32000-1, annex H.3.4.1).
    fn of(bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > BYTES_MAX {
            return Err(too_large(&format!(
                "this scan has {} MiB, at most {} are read",
                bytes.len() >> 20,
                BYTES_MAX >> 20
            )));
        }
        let head = &bytes[..bytes.len().min(1024)];
        if bytes.is_empty() {
            return Err(Refusal::new(Rule::ScanUnreadable, "this file is empty"));
        }
        if head.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Ok(Self::Picture(image::ImageFormat::Png));
        }
        if head.starts_with(b"\xff\xd8\xff") {
            return Ok(Self::Picture(image::ImageFormat::Jpeg));
        }
        if head.windows(5).any(|window| window == b"%PDF-") {
            return Ok(Self::Pdf);
        }
        Err(
            Refusal::new(Rule::ScanUnreadable, "this file is neither a PNG, a JPEG nor a PDF")
                .hint("scan the sheet as PNG, JPEG or PDF"),
        )
    }
}

fn too_large(found: &str) -> Refusal {
    Refusal::new(Rule::InputTooLarge, found).hint("scan at 300 dpi, grey, one sheet a file")
}

fn page(found: Vec<Found>) -> Page {
    Page {
        codes: found.into_iter().map(|found| found.text).collect(),
        remains: None,
    }
}

fn sheet(picture: &Picture) -> Page {
    let found = decode::all(picture);
    if !found.is_empty() {
        return page(found);
    }
    let mut salvage = Salvage::default();
    salvage.add(picture);
    remaining(&salvage, || None)
}

/// A page without a code that a reader reads.
fn remaining(salvage: &Salvage, text: impl FnOnce() -> Option<SecretText>) -> Page {
    let (codes, remains) = match salvage.remains() {
        Some(Remains::Whole(code)) => (vec![code], None),
        Some(Remains::Lines(lines)) => (Vec::new(), Some(lines)),
        None => (Vec::new(), text()),
    };
    Page { codes, remains }
}

fn pdf_page(sheets: &Sheets, number: usize) -> Result<Page, Refusal> {
    // 150 dpi serves best for a clean page; a poor one shows its modules only at 300.
    let small = sheets.draw(number, 150.0)?;
    let found = decode::all(&small);
    if !found.is_empty() {
        return Ok(page(found));
    }
    // What is written whole needs no dearer look.
    let text = text::lines_of_a_share(sheets, number);
    if text.as_ref().is_some_and(is_a_share) {
        return Ok(Page {
            codes: Vec::new(),
            remains: text,
        });
    }
    let large = sheets.draw(number, 300.0)?;
    let found = decode::all(&large);
    if !found.is_empty() {
        return Ok(page(found));
    }
    let mut salvage = Salvage::default();
    salvage.add(&small);
    salvage.add(&large);
    Ok(remaining(&salvage, || text))
}

/// Whether these are the lines of a share, by their checksums.
fn is_a_share(lines: &SecretText) -> bool {
    let holds = |mode| lines.expose(|lines| read_text(lines, mode).iter().any(Result::is_ok));
    [Mode::Production, Mode::Rehearsal].into_iter().any(holds)
}

fn picture(bytes: &[u8], format: image::ImageFormat) -> Result<Picture, Refusal> {
    let damaged =
        || Refusal::new(Rule::ScanUnreadable, "this picture is damaged or cut short").hint("scan the sheet again");
    let open = || {
        let mut reader = image::ImageReader::with_format(Cursor::new(bytes), format);
        let mut limits = image::Limits::default();
        limits.max_alloc = Some(DECODED_MAX);
        reader.limits(limits);
        reader.into_decoder()
    };
    let file = quietly(open).and_then(Result::ok).ok_or_else(damaged)?;
    let (width, height) = file.dimensions();
    check_size(width, height)?;
    let size = file.total_bytes();
    if size > DECODED_MAX {
        return Err(too_large(&format!(
            "a picture of {width} by {height} pixels takes {} MiB, at most {} are read",
            size >> 20,
            DECODED_MAX >> 20
        )));
    }
    let decoded = quietly(|| image::DynamicImage::from_decoder(file));
    let grey = match decoded.and_then(Result::ok).ok_or_else(damaged)? {
        image::DynamicImage::ImageLuma8(grey) => grey,
        other => {
            let grey = on_white(&other);
            wipe(other);
            grey
        }
    };
    let mut picture = Picture::new(width, height, grey.into_raw())?;
    while u64::from(picture.width()) * u64::from(picture.height()) > LOOKED_AT_MAX {
        picture = halved(&picture);
    }
    Ok(picture)
}

/// The picture in grey, with whatever is transparent in it on white paper.
fn on_white(picture: &image::DynamicImage) -> image::GrayImage {
    if !picture.color().has_alpha() {
        return picture.to_luma8();
    }
    let mut both = picture.to_luma_alpha8();
    let grey = image::GrayImage::from_fn(both.width(), both.height(), |x, y| {
        let [grey, alpha] = both.get_pixel(x, y).0.map(u16::from);
        image::Luma([((grey * alpha + 255 * (255 - alpha)) / 255) as u8])
    });
    both.as_flat_samples_mut().samples.zeroize();
    grey
}

fn wipe(picture: image::DynamicImage) {
    match picture {
        image::DynamicImage::ImageLumaA8(mut buffer) => buffer.as_flat_samples_mut().samples.zeroize(),
        image::DynamicImage::ImageRgb8(mut buffer) => buffer.as_flat_samples_mut().samples.zeroize(),
        image::DynamicImage::ImageRgba8(mut buffer) => buffer.as_flat_samples_mut().samples.zeroize(),
        image::DynamicImage::ImageLuma16(mut buffer) => buffer.as_flat_samples_mut().samples.zeroize(),
        image::DynamicImage::ImageLumaA16(mut buffer) => buffer.as_flat_samples_mut().samples.zeroize(),
        image::DynamicImage::ImageRgb16(mut buffer) => buffer.as_flat_samples_mut().samples.zeroize(),
        image::DynamicImage::ImageRgba16(mut buffer) => buffer.as_flat_samples_mut().samples.zeroize(),
        // Kinds that neither PNG nor JPEG decodes to.
        _ => {}
    }
}

#[cfg(test)]
mod tests;
