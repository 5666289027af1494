//! Pixels: of our own pages, of scans, wiped when dropped.
//!
//! Rules of this file:
//! - a picture is grey, at most 64 megapixels, 16,384 a side, and is checked before its pixels are allocated;
//! - a PDF page is drawn at the resolution asked for, or at a smaller one where it would have more than 16 megapixels;
//! - a broken PDF is a refusal: the renderer runs where a panic ends nothing.

use super::quiet::quietly;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::{Pdf, page::Page};
use hayro::{PixmapSettings, RenderCache, RenderSettings, vello_cpu};
use zeroize::{Zeroize, Zeroizing};

/// The longest side of a picture, in pixels.
pub const SIDE_MAX: u32 = 16_384;
/// The most pixels of a picture.
pub const PIXELS_MAX: u64 = 64_000_000;
/// The most pixels of a page that is drawn: A3 at 300 dpi is drawn a little smaller, as if it had been reduced on a copier.
const DRAWN_MAX: f32 = 16_000_000.0;
/// The most pages of a PDF.
pub const PAGES_MAX: usize = 200;

/// A grey picture, one byte a pixel, row by row, 0 black; its pixels are wiped when it is dropped.
pub struct Picture {
    width: u32,
    height: u32,
    pixels: Zeroizing<Vec<u8>>,
}

impl Picture {
    /// Takes over the pixels; a refusal where they are not `width` × `height`, or too many.
    pub fn new(width: u32, height: u32, mut pixels: Vec<u8>) -> Result<Self, Refusal> {
        let sound = check_size(width, height).and_then(|()| {
            if pixels.len() as u64 == u64::from(width) * u64::from(height) {
                Ok(())
            } else {
                Err(Refusal::new(
                    Rule::ScanUnreadable,
                    "a picture has other pixels than it says",
                ))
            }
        });
        if let Err(refusal) = sound {
            pixels.zeroize();
            return Err(refusal);
        }
        Ok(Self {
            width,
            height,
            pixels: Zeroizing::new(pixels),
        })
    }

    /// Pixels a row.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixels, row by row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The part that begins at (`x`, `y`), cut where the picture ends.
    #[must_use]
    pub fn crop(&self, x: u32, y: u32, width: u32, height: u32) -> Self {
        let (x, y) = (x.min(self.width), y.min(self.height));
        let (width, height) = (width.min(self.width - x), height.min(self.height - y));
        let rows = self
            .pixels
            .chunks_exact(self.width.max(1) as usize)
            .skip(y as usize)
            .take(height as usize);
        let mut pixels = Vec::with_capacity(width as usize * height as usize);
        rows.for_each(|row| pixels.extend_from_slice(&row[x as usize..(x + width) as usize]));
        Self {
            width,
            height,
            pixels: Zeroizing::new(pixels),
        }
    }

    /// The same size with other pixels: `change` is given each row's number and pixels.
    pub(super) fn changed(&self, mut change: impl FnMut(usize, &mut [u8])) -> Self {
        let mut pixels = self.pixels.clone();
        pixels
            .chunks_exact_mut(self.width.max(1) as usize)
            .enumerate()
            .for_each(|(y, row)| change(y, row));
        Self {
            width: self.width,
            height: self.height,
            pixels,
        }
    }

    /// The picture as a PNG.
    pub fn to_png(&self) -> Result<SecretBytes, Refusal> {
        use image::ImageEncoder as _;
        use image::codecs::png::{CompressionType, FilterType, PngEncoder};
        // A page is mostly white: the fast setting loses little, and the buffer is large enough not to be moved about.
        let mut png = Zeroizing::new(Vec::with_capacity(self.pixels.len() / 2 + 4096));
        PngEncoder::new_with_quality(&mut *png, CompressionType::Fast, FilterType::NoFilter)
            .write_image(&self.pixels, self.width, self.height, image::ExtendedColorType::L8)
            .map_err(|fault| Refusal::new(Rule::Internal, format!("a page could not be written as PNG: {fault}")))?;
        Ok(SecretBytes::new(std::mem::take(&mut *png)))
    }
}

/// Refuses what is larger than any scan of a sheet, before it is decoded.
pub(super) fn check_size(width: u32, height: u32) -> Result<(), Refusal> {
    if width == 0 || height == 0 {
        return Err(Refusal::new(
            Rule::ScanUnreadable,
            "a picture without pixels shows nothing",
        ));
    }
    if width > SIDE_MAX || height > SIDE_MAX || u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(Refusal::new(
            Rule::InputTooLarge,
            format!("a picture of {width} by {height} pixels is larger than 64 megapixels or 16384 a side"),
        )
        .hint("scan the sheet again at 300 dpi"));
    }
    Ok(())
}

/// A PDF that was read far enough to know its pages.
pub struct Sheets(Pdf);

impl Sheets {
    /// Reads the outline of a PDF: nothing is drawn yet.
    pub fn open(pdf: &[u8]) -> Result<Self, Refusal> {
        let pdf = quietly(|| Pdf::new(pdf.to_vec())).and_then(Result::ok).ok_or_else(|| {
            Refusal::new(
                Rule::ScanUnreadable,
                "this PDF is damaged, cut short or locked by a password",
            )
        })?;
        let count = quietly(|| pdf.pages().len()).unwrap_or(0);
        if count == 0 {
            return Err(Refusal::new(Rule::ScanUnreadable, "this PDF has no pages"));
        }
        if count > PAGES_MAX {
            return Err(Refusal::new(
                Rule::InputTooLarge,
                format!("this PDF has {count} pages, a scan has at most {PAGES_MAX}"),
            )
            .hint("split the scan into smaller files"));
        }
        Ok(Self(pdf))
    }

    /// How many pages there are: 1 to [`PAGES_MAX`].
    pub fn count(&self) -> usize {
        self.0.pages().len()
    }

    /// The size of page `page`, counted from 0, in millimetres.
    pub fn size(&self, page: usize) -> Option<(f32, f32)> {
        let (width, height) = quietly(|| self.0.pages().get(page).map(Page::render_dimensions))??;
        Some((width / 72.0 * 25.4, height / 72.0 * 25.4))
    }

    /// Page `page`, counted from 0, at `dpi` pixels an inch.
    pub fn draw(&self, page: usize, dpi: f32) -> Result<Picture, Refusal> {
        let missing = || {
            Refusal::new(
                Rule::ScanUnreadable,
                format!("page {} of this PDF cannot be drawn", page + 1),
            )
        };
        let sheet = self.0.pages().get(page).ok_or_else(missing)?;
        let (width, height) = sheet.render_dimensions();
        if !(width.is_finite() && height.is_finite() && width >= 1.0 && height >= 1.0) {
            return Err(missing());
        }
        let largest = (8192.0 / width.max(height)).min((DRAWN_MAX / (width * height)).sqrt());
        let scale = (dpi / 72.0).min(largest);
        let pixels = quietly(|| {
            let cache = RenderCache::new();
            let mut pixmap = hayro::render(
                sheet,
                &cache,
                &InterpreterSettings::default(),
                &RenderSettings {
                    hinting: false,
                    ..RenderSettings::default()
                },
                &PixmapSettings {
                    x_scale: scale,
                    y_scale: scale,
                    bg_color: vello_cpu::color::palette::css::WHITE,
                },
            );
            let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
            // Luma of Rec. 601 in eighths, near enough for black on white.
            let grey = pixmap
                .data()
                .iter()
                .map(|p| ((u16::from(p.r) * 2 + u16::from(p.g) * 5 + u16::from(p.b)) / 8) as u8)
                .collect();
            pixmap.data_as_u8_slice_mut().zeroize();
            (width, height, grey)
        });
        let (width, height, grey) = pixels.ok_or_else(missing)?;
        Picture::new(width, height, grey)
    }

    /// Lends the PDF to a reader of its contents; `None` where that panics.
    pub(super) fn with<R>(&self, read: impl FnOnce(&Pdf) -> R) -> Option<R> {
        quietly(|| read(&self.0))
    }
}

/// Page `page` (counted from 0) of one of our PDFs as a PNG at `dpi` pixels an inch.
pub fn png_of(pdf: &SecretBytes, page: usize, dpi: f32) -> Result<SecretBytes, Refusal> {
    pdf.expose(Sheets::open)?.draw(page, dpi)?.to_png()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_as_many_pixels_as_it_says() {
        assert!(Picture::new(2, 2, vec![0; 4]).is_ok());
        assert!(Picture::new(2, 2, vec![0; 5]).is_err_and(|refusal| refusal.rule() == Rule::ScanUnreadable));
        assert!(Picture::new(0, 2, vec![]).is_err_and(|refusal| refusal.rule() == Rule::ScanUnreadable));
    }

    #[test]
    fn a_picture_is_refused_above_its_limits_and_taken_at_them() {
        assert!(check_size(SIDE_MAX, 1).is_ok());
        assert!(check_size(SIDE_MAX + 1, 1).is_err_and(|refusal| refusal.rule() == Rule::InputTooLarge));
        assert!(check_size(8_000, 8_000).is_ok());
        assert!(check_size(8_000, 8_001).is_err_and(|refusal| refusal.rule() == Rule::InputTooLarge));
    }

    #[test]
    fn a_crop_ends_where_the_picture_ends() {
        let picture = Picture::new(3, 2, vec![1, 2, 3, 4, 5, 6]).unwrap_or_else(|refusal| panic!("{refusal}"));
        assert_eq!(picture.crop(1, 1, 9, 9).pixels(), [5, 6]);
        assert_eq!(picture.crop(7, 7, 1, 1).pixels(), [0_u8; 0]);
    }

    #[test]
    fn what_is_no_pdf_is_refused() {
        for bad in [&b""[..], b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"<svg/>"] {
            assert!(Sheets::open(bad).is_err_and(|refusal| refusal.rule() == Rule::ScanUnreadable));
        }
    }
}
