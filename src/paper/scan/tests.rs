//! Promises of the scanner: what it reads, and how it refuses.

#![allow(clippy::unwrap_used)] // a test that cannot be set up should end

use super::*;
use crate::ident::Mode;
use crate::paper::decode::same_text;
use crate::paper::modules::Modules;
use crate::paper::page::{Document, PaperSize};
use crate::paper::raster::png_of;
use crate::paper::sheet::tests::{PLAIN, Share, drawn};
use crate::secret::SecretBytes;

fn share() -> Share {
    Share::new(Mode::Production, false, 4)
}

fn sheet() -> SecretBytes {
    drawn(&PLAIN, &share())
}

fn jpeg(png: &SecretBytes) -> Vec<u8> {
    let picture = png.expose(image::load_from_memory).unwrap().to_luma8();
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 60)
        .encode_image(&picture)
        .unwrap();
    bytes
}

fn png(picture: &image::GrayImage) -> Vec<u8> {
    Picture::new(picture.width(), picture.height(), picture.as_raw().clone())
        .unwrap()
        .to_png()
        .unwrap()
        .expose(<[u8]>::to_vec)
}

fn luma(dpi: f32) -> image::GrayImage {
    png_of(&sheet(), 0, dpi)
        .unwrap()
        .expose(image::load_from_memory)
        .unwrap()
        .to_luma8()
}

/// Whether the scan is one page that shows the one code of [`share`], once.
fn reads(bytes: &[u8]) -> bool {
    let pages = codes(bytes).unwrap();
    pages.len() == 1 && pages[0].codes.len() == 1 && same_text(&pages[0].codes[0], &share().qr)
}

fn refusal(bytes: &[u8]) -> Option<Rule> {
    codes(bytes).err().map(|refusal| refusal.rule())
}

#[test]
fn a_sheet_is_read_as_pdf_as_png_and_as_jpeg() {
    assert!(sheet().expose(reads));
    let png = png_of(&sheet(), 0, 150.0).unwrap();
    assert!(png.expose(reads));
    assert!(reads(&jpeg(&png)));
}

#[test]
fn several_codes_of_a_page_come_from_the_top_and_then_from_the_left() {
    let mut page = Document::new(PaperSize::A4);
    for (text, x, y) in [
        ("DEEP", 20.0, 200.0),
        ("RIGHT", 120.0, 30.0),
        ("LEFT", 20.0, 32.0),
        ("LEFT", 120.0, 200.0),
    ] {
        let code = qrcode::QrCode::new(text).unwrap();
        let dark = code
            .to_colors()
            .into_iter()
            .map(|colour| colour == qrcode::Color::Dark)
            .collect();
        let stamp = page.stamp(&Modules::new(code.width() as u16, dark).unwrap());
        page.place(stamp, x, y, 1.0);
    }
    let pages = page.finish().unwrap().expose(codes).unwrap();
    let texts: Vec<String> = pages[0].codes.iter().map(|code| code.expose(str::to_string)).collect();
    assert_eq!(texts, ["LEFT", "RIGHT", "DEEP"]);
}

#[test]
fn a_page_without_a_code_is_empty_and_no_fault() {
    let mut blank = Document::new(PaperSize::A4);
    blank.new_page();
    let pages = blank.finish().unwrap().expose(codes).unwrap();
    assert_eq!(pages.iter().map(|page| page.codes.len()).collect::<Vec<_>>(), [0, 0]);
}

#[test]
fn a_sheet_is_read_from_a_fax_and_at_half_the_resolution() {
    let mut fax = luma(150.0);
    fax.pixels_mut()
        .for_each(|pixel| pixel.0[0] = if pixel.0[0] < 128 { 0 } else { 255 });
    assert!(reads(&png(&fax)));
    assert!(reads(&png(&luma(100.0))));
}

#[test]
fn a_sheet_is_read_turned_and_upside_down() {
    for turned in [
        image::imageops::rotate90(&luma(150.0)),
        image::imageops::rotate180(&luma(150.0)),
    ] {
        assert!(reads(&png(&turned)));
    }
}

#[test]
fn a_sheet_is_read_in_poor_light_blurred_and_askew() {
    let flat = image::imageops::blur(&luma(150.0), 1.0);
    let (width, height) = flat.dimensions();
    let (sine, cosine) = 0.12_f32.sin_cos();
    let picture = image::GrayImage::from_fn(width, height, |x, y| {
        let (dx, dy) = (x as f32 - width as f32 / 2.0, y as f32 - height as f32 / 2.0);
        // A little perspective, and light that falls off to a quarter at one side.
        let depth = 1.0 + dy / height as f32 * 0.15;
        let (sx, sy) = (
            (dx * cosine - dy * sine) * depth + width as f32 / 2.0,
            (dx * sine + dy * cosine) * depth + height as f32 / 2.0,
        );
        let inside = sx >= 0.0 && sy >= 0.0 && (sx as u32) < width && (sy as u32) < height;
        let grey = if inside {
            f32::from(flat.get_pixel(sx as u32, sy as u32).0[0])
        } else {
            200.0
        };
        image::Luma([((40.0 + grey * 0.8) * (0.25 + 0.75 * x as f32 / width as f32)) as u8])
    });
    assert!(reads(&png(&picture)));
}

#[test]
fn a_code_on_transparent_paper_is_read() {
    let grey = luma(100.0);
    let clear = image::RgbaImage::from_fn(grey.width(), grey.height(), |x, y| {
        image::Rgba([0, 0, 0, 255 - grey.get_pixel(x, y).0[0]])
    });
    let mut bytes = Cursor::new(Vec::new());
    clear.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    assert!(reads(bytes.get_ref()));
}

#[test]
fn what_is_neither_image_nor_pdf_is_refused() {
    let text = "not a scan ".repeat(1 << 20);
    for bad in [
        &b""[..],
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"<!doctype html><title>x</title>",
        b"\x7fELF\x02\x01\x01",
        b"GIF89a",
        b"II*\0",
        b"RIFF____WEBP",
        text.as_bytes(),
    ] {
        assert_eq!(refusal(bad), Some(Rule::ScanUnreadable));
    }
}

#[test]
fn a_file_that_is_cut_short_is_a_refusal_or_a_page_and_never_a_panic() {
    let pdf = sheet().expose(<[u8]>::to_vec);
    let png = png_of(&sheet(), 0, 60.0).unwrap();
    let (jpeg, png) = (jpeg(&png), png.expose(<[u8]>::to_vec));
    for whole in [pdf, png, jpeg] {
        for part in [
            1,
            2,
            4,
            9,
            17,
            40,
            100,
            whole.len() / 3,
            whole.len() / 2,
            whole.len() - 100,
            whole.len() - 1,
        ] {
            let rule = refusal(&whole[..part]);
            assert!(
                matches!(rule, None | Some(Rule::ScanUnreadable)),
                "{rule:?} at {part} of {}",
                whole.len()
            );
        }
    }
}

#[test]
fn a_file_with_spoilt_bytes_is_a_refusal_or_a_page_and_never_a_panic() {
    let pdf = sheet().expose(<[u8]>::to_vec);
    let png = png_of(&sheet(), 0, 40.0).unwrap();
    let (jpeg, png) = (jpeg(&png), png.expose(<[u8]>::to_vec));
    for whole in [pdf, png, jpeg] {
        for step in (1..25).step_by(4) {
            let mut spoilt = whole.clone();
            (step..spoilt.len())
                .step_by(spoilt.len() / (step + 3) + 1)
                .for_each(|at| spoilt[at] ^= (step as u8 * 7) | 1);
            let rule = refusal(&spoilt);
            assert!(
                matches!(rule, None | Some(Rule::ScanUnreadable | Rule::InputTooLarge)),
                "{rule:?} {step}"
            );
        }
    }
}

#[test]
fn a_picture_of_one_pixel_is_an_empty_page() {
    let pages = codes(&png(&image::GrayImage::new(1, 1))).unwrap();
    assert!(pages[0].codes.is_empty());
}

#[test]
fn a_picture_that_says_it_is_huge_is_refused_before_it_is_decoded() {
    // A PNG of two bytes of data that claims 60,000 by 60,000 pixels.
    let mut bytes = png(&image::GrayImage::new(2, 2));
    bytes[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    bytes[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    let checksum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&checksum.to_be_bytes());
    assert_eq!(refusal(&bytes), Some(Rule::InputTooLarge));
}

#[test]
fn a_file_above_the_limit_is_refused_unread() {
    assert_eq!(refusal(&vec![0; BYTES_MAX + 1]), Some(Rule::InputTooLarge));
}

#[test]
fn a_pdf_of_too_many_pages_is_refused() {
    let mut many = Document::new(PaperSize::A4);
    (0..crate::paper::raster::PAGES_MAX).for_each(|_| many.new_page());
    assert_eq!(many.finish().unwrap().expose(refusal), Some(Rule::InputTooLarge));
}

#[test]
fn a_pdf_that_nests_without_end_is_a_refusal_or_a_page() {
    for (open, close) in [("[", "]"), ("<</K ", ">>"), ("(", ")")] {
        let deep = format!("{}{}", open.repeat(200_000), close.repeat(200_000));
        let pdf = format!(
            "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/X {deep}>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
             3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R>>endobj\n\
             4 0 obj<</Length 9>>stream\n{deep} Tj\nendstream endobj\ntrailer<</Root 1 0 R>>"
        );
        assert!(matches!(refusal(pdf.as_bytes()), None | Some(Rule::ScanUnreadable)));
    }
}

#[test]
fn a_pdf_that_contains_itself_is_a_refusal_or_a_page() {
    let pages = "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>endobj\n\
                 trailer<</Root 1 0 R>>";
    let form = "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
                3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 5 0 R/Resources<</XObject<</X 4 0 R>>>>>>endobj\n\
                4 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 4 0 R>>>>/Length 10>>stream\n/X Do /X Do\nendstream endobj\n\
                5 0 obj<</Length 5>>stream\n/X Do\nendstream endobj\ntrailer<</Root 1 0 R>>";
    for pdf in [pages, form] {
        assert!(matches!(refusal(pdf.as_bytes()), None | Some(Rule::ScanUnreadable)));
    }
}

#[test]
fn a_pdf_page_of_absurd_size_is_drawn_small_or_refused() {
    for size in ["0 0 1e9 1e9", "0 0 200000 3", "0 0 0 0", "0 0 -5 -5", "1 2 3"] {
        let pdf = format!(
            "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
             3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[{size}]>>endobj\ntrailer<</Root 1 0 R>>"
        );
        assert!(
            matches!(refusal(pdf.as_bytes()), None | Some(Rule::ScanUnreadable)),
            "{size}"
        );
    }
}

/// The checksum of a PNG chunk (ISO/IEC 15948, annex D).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |mut crc, byte| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
        crc
    })
}

/// Both codes of [`sheet`] at 150 dpi, each with a part cut out: columns and rows of modules, from and to.
fn cut(high: [u32; 4], low: [u32; 4]) -> Vec<u8> {
    let mut picture = luma(150.0);
    let pixels = |millimetres: f32| (millimetres / 25.4 * 150.0).round() as u32;
    for ((x, y), [left, top, right, bottom]) in [((15.0, 109.6), high), ((152.6, 152.0), low)] {
        for row in pixels(y + 0.8 * top as f32)..pixels(y + 0.8 * bottom as f32) {
            for column in pixels(x + 0.8 * left as f32)..pixels(x + 0.8 * right as f32) {
                picture.put_pixel(column, row, image::Luma([255]));
            }
        }
    }
    png(&picture)
}

#[test]
fn two_codes_that_each_lost_too_much_are_read_as_one() {
    let (right, left) = ([30, 9, 53, 53], [9, 0, 28, 53]);
    for one in [cut(right, right), cut(left, left)] {
        assert!(codes(&one).unwrap()[0].codes.is_empty());
    }
    assert!(reads(&cut(right, left)));
    assert!(reads(&cut(left, right)));
}

#[test]
fn what_is_left_of_both_codes_is_never_a_guess() {
    let truth = share();
    let mut partial = 0;
    for width in (12..=32).step_by(3) {
        let lost = [53 - width, 12, 53, 53];
        let page = codes(&cut(lost, lost)).unwrap().remove(0);
        assert!(page.codes.iter().all(|code| same_text(code, &truth.qr)));
        let Some(remains) = page.remains else { continue };
        partial += 1;
        remains.expose(|remains| {
            for (line, known) in remains.lines().zip(&truth.lines) {
                known.expose(|known| {
                    assert_eq!(line.len(), 3 + known.len());
                    let agree = |(read, known): (char, char)| read == '?' || read == known;
                    assert!(line[3..].chars().zip(known.chars()).all(agree), "width {width}");
                });
            }
        });
    }
    assert!(partial > 0, "no cut between all and nothing");
}

#[test]
fn the_lines_of_a_page_without_a_code_are_taken_from_its_text() {
    for locked in [false, true] {
        let share = Share::new(Mode::Production, locked, 4);
        let sheets = drawn(&PLAIN, &share).expose(Sheets::open).unwrap();
        let lines = text::lines_of_a_share(&sheets, 0).unwrap();
        let shown: String = lines.expose(|lines| lines.split_whitespace().collect());
        let meant: String = share.lines.iter().map(|line| line.expose(str::to_string)).collect();
        assert_eq!(shown, meant);
    }
    let blank = Document::new(PaperSize::A4).finish().unwrap();
    let sheets = blank.expose(Sheets::open).unwrap();
    assert!(text::lines_of_a_share(&sheets, 0).is_none());
}
