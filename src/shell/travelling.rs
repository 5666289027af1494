//! Texts that go from laptop to laptop: as a file, as a picture beside it, or as a code on the screen that somebody photographs.
//!
//! Rules of this file:
//! - nothing that travels is secret: an invitation is public, a contribution is locked; so they may lie on a disk;
//! - a picture comes from outside, and is decoded apart;
//! - nothing is overwritten.

use super::decoder::Decoder;
use super::input;
use super::output;
use super::showing;
use crate::paper::raster::Picture;
use crate::refusal::{Refusal, Rule};
use crate::secret::{SecretBytes, SecretText};
use qrcode::{Color, EcLevel, QrCode};
use std::path::{Path, PathBuf};

/// The largest text that travels, in bytes.
const TEXT_MAX: usize = 256 * 1024;
/// Pixels a module of a picture.
const SCALE: usize = 6;
/// Modules left free around a code (ISO/IEC 18004, 5.3.8).
const QUIET: usize = 4;

/// Writes the text into `path`, and its picture beside it as `path.png`. The place of the picture comes back, where the text fits one.
pub fn write(path: &Path, text: &str) -> Result<Option<PathBuf>, Refusal> {
    output::write_new(path, &SecretBytes::new(format!("{text}\n").into_bytes()))?;
    let Some(picture) = picture_of(text) else {
        return Ok(None);
    };
    let mut name = path.as_os_str().to_os_string();
    name.push(".png");
    let beside = PathBuf::from(name);
    output::write_new(&beside, &picture.to_png()?)?;
    Ok(Some(beside))
}

fn picture_of(text: &str) -> Option<Picture> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let (width, modules) = (code.width(), code.to_colors());
    let side = (width + 2 * QUIET) * SCALE;
    let dark = |x: usize, y: usize| {
        let module = |at: usize| (at / SCALE).checked_sub(QUIET).filter(|at| *at < width);
        matches!((module(x), module(y)), (Some(x), Some(y)) if modules[y * width + x] == Color::Dark)
    };
    let pixels = (0..side * side).map(|at| if dark(at % side, at / side) { 0 } else { 255 });
    Picture::new(side as u32, side as u32, pixels.collect()).ok()
}

/// What a screen has of a text.
pub enum OnScreen {
    /// Its code, as rows of characters.
    Code(SecretText),
    /// Nothing: the code takes so many rows and columns.
    TooSmall(usize, usize),
    /// Nothing: there is no code that long.
    TooLong,
}

/// The code of a text, where it fits a screen of so many rows and columns.
pub fn on_screen(text: &str, (rows, columns): (usize, usize)) -> OnScreen {
    let Ok(drawn) = showing::qr_text(&SecretText::new(text.to_string())) else {
        return OnScreen::TooLong;
    };
    match showing::qr_size(&drawn) {
        (high, wide) if high <= rows && wide <= columns => OnScreen::Code(drawn),
        (high, wide) => OnScreen::TooSmall(high, wide),
    }
}

/// The texts in a file: what is written in it, or the codes on its pictures.
pub fn read(decoder: &mut Decoder, path: &Path) -> Result<Vec<String>, Refusal> {
    let bytes = input::file(path, input::SCAN_MAX)?;
    let picture = bytes.expose(|bytes| {
        bytes.starts_with(b"\x89PNG") || bytes.starts_with(b"\xff\xd8\xff") || bytes.starts_with(b"%PDF")
    });
    if picture {
        let pages = decoder.codes(&bytes)?;
        let codes = pages.into_iter().flat_map(|page| page.codes);
        return Ok(codes.map(|code| code.expose(str::to_string)).collect());
    }
    if bytes.len() > TEXT_MAX {
        return Err(Refusal::new(
            Rule::InputTooLarge,
            format!("{} is larger than anything that travels", path.display()),
        ));
    }
    let text = input::text(bytes, &path.display().to_string())?;
    Ok(vec![text.expose(str::to_string)])
}

/// The files that these paths name now, folders opened. What is not there yet is passed over.
pub fn arrived(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        match std::fs::read_dir(path) {
            Ok(entries) => {
                let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
                inside.retain(|path| path.is_file());
                inside.sort();
                files.extend(inside);
            }
            Err(_) if path.is_file() => files.push(path.clone()),
            Err(_) => {}
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_of_a_text_reads_back() {
        for length in [20, 700, 1900] {
            let text = format!("SC1/{}", "Q2".repeat(length / 2));
            let png = picture_of(&text).unwrap().to_png().ok().unwrap();
            let pages = png.expose(crate::paper::scan::codes).ok().unwrap();
            assert!(pages[0].codes[0].expose(|read| read == text), "{length}");
        }
    }

    #[test]
    fn a_code_that_does_not_fit_a_screen_is_not_drawn_on_it() {
        let text = "AGE1".repeat(16);
        assert!(matches!(on_screen(&text, (25, 80)), OnScreen::Code(_)));
        let OnScreen::TooSmall(rows, columns) = on_screen(&text, (10, 80)) else {
            panic!("it was drawn")
        };
        assert!(matches!(on_screen(&text, (rows, columns)), OnScreen::Code(_)));
        assert!(matches!(on_screen(&text, (rows, columns - 1)), OnScreen::TooSmall(..)));
        assert!(matches!(on_screen(&"q".repeat(4000), (500, 500)), OnScreen::TooLong));
    }
}
