//! A QR code made of characters, two modules high each: dark on light, whatever the colours of the terminal.
//!
//! Rules of this file:
//! - a quiet zone stands around it: without one no scanner finds it on a dark screen;
//! - a code that does not fit the window is not drawn on it: what is torn is no code, and what scrolls by stays in a picture;
//! - the least error correction, so that an authenticator's URI fits a console of 25 rows.

use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use qrcode::{Color, EcLevel, QrCode};

/// Modules left free on each side.
const QUIET: usize = 2;
/// Black on white, and back to the terminal's own.
const DARK_ON_LIGHT: &str = "\u{1b}[30;107m";
const AS_BEFORE: &str = "\u{1b}[0m";

/// The code of a secret, as rows of characters.
pub fn drawn(secret: &SecretText) -> Result<SecretText, Refusal> {
    let code = secret.expose(|text| QrCode::with_error_correction_level(text.as_bytes(), EcLevel::L));
    let code =
        code.map_err(|_| Refusal::new(Rule::InputTooLarge, "this is too long for a QR code").hint("--show text"))?;
    let width = code.width();
    let modules = zeroize::Zeroizing::new(
        code.into_colors()
            .into_iter()
            .map(|color| color == Color::Dark)
            .collect::<Vec<bool>>(),
    );
    let dark = |x: usize, y: usize| {
        let inside = (QUIET..QUIET + width).contains(&x) && (QUIET..QUIET + width).contains(&y);
        inside && modules[(y - QUIET) * width + x - QUIET]
    };
    let side = width + 2 * QUIET;
    Ok(SecretText::build(side * side * 4 + 64 * side, |out| {
        for y in (0..side).step_by(2) {
            out.push_str("    ");
            out.push_str(DARK_ON_LIGHT);
            for x in 0..side {
                out.push(match (dark(x, y), y + 1 < side && dark(x, y + 1)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                });
            }
            out.push_str(AS_BEFORE);
            out.push('\n');
        }
    }))
}

/// The rows and columns that a drawn code takes.
pub fn size(drawn: &SecretText) -> (usize, usize) {
    drawn.expose(|drawn| {
        // Two orders of colours and an indent of four stand in each row.
        let wide = drawn
            .lines()
            .map(|row| row.chars().filter(|c| !c.is_ascii_graphic() && *c != '\u{1b}').count());
        (drawn.lines().count(), wide.max().unwrap_or(0))
    })
}

/// A drawn code under its heading; alone where there is no room for both; where there is none, how large a window it needs.
pub(super) fn placed(heading: &str, code: &SecretText, (rows, columns): (usize, usize)) -> SecretText {
    let (high, wide) = size(code);
    if wide > columns || high > rows {
        let found = format!(
            "this window is too small for the code: it needs {high} rows of {wide} columns here,\nand there are {rows} of {columns}. make the window larger, and it appears"
        );
        return super::joined(heading, &SecretText::new(format!("{found}\n")));
    }
    if high + 1 + heading.chars().count().div_ceil(columns.max(1)) > rows {
        return code.expose(|code| SecretText::build(code.len(), |copy| copy.push_str(code)));
    }
    super::joined(heading, code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_devices_uri_fits_a_console_of_25_rows() {
        let uri =
            "otpauth://totp/log%2Darchive?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30";
        let rows = drawn(&SecretText::new(uri.to_string()))
            .ok()
            .unwrap()
            .expose(|text| text.lines().count());
        assert!(rows <= 22, "{rows} rows");
    }

    #[test]
    fn a_code_is_drawn_whole_or_not_at_all() {
        let code = drawn(&SecretText::new("kT4+w9Qa<>&Pz(e7mRh".to_string())).ok().unwrap();
        let (high, wide) = size(&code);
        let blocks = |rows, columns| {
            let shown = placed("heading", &code, (rows, columns)).expose(str::to_string);
            (
                shown.lines().filter(|row| row.contains(DARK_ON_LIGHT)).count(),
                shown.contains("heading"),
            )
        };
        assert_eq!(blocks(high + 2, wide), (high, true));
        assert_eq!(blocks(high, wide), (high, false));
        assert_eq!(blocks(high - 1, wide), (0, true));
        assert_eq!(blocks(high + 2, wide - 1), (0, true));
    }

    /// Pixels a module.
    const SCALE: usize = 6;

    #[test]
    fn what_is_drawn_reads_back() {
        let secret = SecretText::new("kT4+w9Qa<>&Pz(e7mRh".to_string());
        let drawn = drawn(&secret).ok().unwrap().expose(str::to_string);
        let rows: Vec<Vec<char>> = drawn
            .lines()
            .map(|row| {
                row.replace(DARK_ON_LIGHT, "")
                    .replace(AS_BEFORE, "")
                    .chars()
                    .skip(4)
                    .collect()
            })
            .collect();
        let (width, height) = (rows[0].len() * SCALE, rows.len() * 2 * SCALE);
        let pixels = (0..width * height).map(|at| {
            let (x, y) = (at % width / SCALE, at / width / SCALE);
            let dark = match rows[y / 2][x] {
                '█' => true,
                '▀' => y % 2 == 0,
                '▄' => y % 2 == 1,
                _ => false,
            };
            if dark { 0 } else { 255 }
        });
        let image = image::GrayImage::from_raw(width as u32, height as u32, pixels.collect()).unwrap();
        let mut png = std::io::Cursor::new(Vec::new());
        image.write_to(&mut png, image::ImageFormat::Png).unwrap();
        let pages = crate::paper::scan::codes(&png.into_inner()).ok().unwrap();
        assert!(pages[0].codes[0].expose(|text| text == "kT4+w9Qa<>&Pz(e7mRh"));
    }
}
