//! The secret panel and the words around it: codes, lines, and what to do with them.
//!
//! Rules of this file:
//! - the code stands twice and is drawn from one drawing, so the two cannot differ;
//! - lines stand in groups of four, each under its number: the screen asks for groups by these names;
//! - what is secret is set here, symbol by symbol, and goes through no template.

use super::geometry::{EDGE, GROUPS, MODULE, QUIET};
use super::{Painter, SecretLines};
use crate::ident::{ALPHABET, Mode};
use crate::paper::modules::Modules;
use crate::paper::page::{Column, bold, mono, regular};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;

impl Painter<'_> {
    pub(super) fn secret_frame(&mut self) -> Result<(), Refusal> {
        let (sheet, plan) = (self.sheet, self.plan);
        let section = if sheet.mode == Mode::Rehearsal {
            "secret of a rehearsal"
        } else {
            "secret"
        };
        let secret = sheet.template.plain(section, &[])?;
        self.page
            .text(bold(9.0), sheet.paper.left(), plan.secret, 60.0, &secret)?;
        let (index, total, epoch, serial) = (
            sheet.index.to_string(),
            sheet.threshold.total().to_string(),
            sheet.epoch.to_string(),
            sheet.serial.to_string(),
        );
        let values = [
            ("index", index.as_str()),
            ("total", &total),
            ("set", sheet.set.as_str()),
            ("epoch", &epoch),
            ("serial", &serial),
        ];
        let reference = sheet.template.one("secret reference", &values)?;
        // An identifier of 32 wide letters takes smaller type.
        let width = |size: f32| {
            reference
                .iter()
                .map(|span| span.face.width(size, &span.text))
                .sum::<Result<f32, _>>()
        };
        let size = if width(9.0)? > 130.0 { 8.0 } else { 9.0 };
        self.page
            .spans(size, sheet.paper.right() - width(size)?, plan.secret, 130.0, &reference)?;

        let check = sheet.template.plain("check groups", &[])?;
        for (line, groups) in GROUPS.into_iter().enumerate().take(plan.lines()) {
            let letter = letter(line);
            let (x, y) = plan.line_label(line);
            if plan.locked {
                self.page.text(bold(plan.symbol_size), x, y, 8.0, letter)?;
            } else {
                let label = sheet.template.plain("line", &[("line", letter)])?;
                self.page.text(bold(9.0), x, y, 40.0, &label)?;
            }
            let (x, y) = plan.check_label(line);
            self.page.text(regular(9.0), x, y, 27.0, &check)?;
            for group in 0..groups {
                let (x, y) = plan.group(line, group);
                let number = format!("{letter}{}", group + 1);
                self.page
                    .text(regular(plan.number_size), x, y - plan.number_rise, 9.0, &number)?;
            }
        }
        Ok(())
    }

    pub(super) fn corners(&mut self) -> Result<(), Refusal> {
        let (sheet, plan) = (self.sheet, self.plan);
        let (recover, damaged) = if plan.locked {
            ("recover, locked", "damaged, locked")
        } else {
            ("recover", "damaged")
        };
        self.corner(recover, plan.recover(), plan.low.y - QUIET - 1.0)?;
        self.corner("finished", plan.finished(), plan.code_tint(plan.high).y - 1.0)?;
        self.corner(damaged, plan.damaged(), sheet.paper.height() - EDGE)?;
        let (x, y, width) = plan.without();
        let foot = plan.first_fold - 1.2;
        let Some(hash) = sheet.recoverer_sha256 else {
            return self
                .corner("without the program, no hash", (x, y, width), foot)
                .map(|_| ());
        };
        let mut y = self.corner("without the program", (x, y, width), foot)?;
        if hash.len() != 64 || !hash.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(Refusal::new(
                Rule::Internal,
                "the SHA-256 of the recoverer has 64 hexadecimal digits",
            ));
        }
        let groups: Vec<&str> = (0..16).map(|group| &hash[4 * group..4 * group + 4]).collect();
        let (size, a_row) = if plan.locked { (7.5, 6) } else { (8.0, 4) };
        for row in groups.chunks(a_row) {
            if y > foot {
                return Err(
                    Refusal::new(Rule::PageUnfit, "the hash of the recoverer does not fit its corner")
                        .hint("shorten the section \"without the program\" of the template"),
                );
            }
            self.page.text(mono(size), x, y, width, &row.join(" "))?;
            y += 3.4;
        }
        Ok(())
    }

    /// A title and a paragraph, above `foot`; gives the baseline after them.
    fn corner(&mut self, section: &str, (x, y, width): (f32, f32, f32), foot: f32) -> Result<f32, Refusal> {
        const LEADING: f32 = 4.0;
        let paragraphs = self.sheet.template.fill(section, &[])?;
        let mut y = y;
        for paragraph in paragraphs {
            let lines = ((foot - y) / LEADING) as usize + 1;
            let column = Column {
                x,
                y,
                width,
                lines,
                size: 9.0,
                leading: LEADING,
            };
            y += LEADING * self.page.paragraph(column, &paragraph)? as f32;
        }
        Ok(y)
    }

    pub(super) fn codes(&mut self, text: &SecretText) -> Result<(), Refusal> {
        let code = text.expose(|text| qrcode::QrCode::with_error_correction_level(text.as_bytes(), qrcode::EcLevel::Q));
        let unfit = |found: usize| {
            Refusal::new(
                Rule::PageUnfit,
                format!("the code of a share has {found} modules a side, its place another number"),
            )
        };
        let code = code.map_err(|_| unfit(0))?;
        let side = code.width();
        let modules = Modules::new(
            side as u16,
            code.into_colors()
                .into_iter()
                .map(|c| c == qrcode::Color::Dark)
                .collect(),
        )
        .ok_or_else(|| unfit(side))?;
        if (side as f32 * MODULE - self.plan.high.width).abs() > 0.01 {
            return Err(unfit(side));
        }
        let stamp = self.page.stamp(&modules);
        for place in [self.plan.high, self.plan.low] {
            self.page.place(stamp, place.x, place.y, MODULE);
        }
        Ok(())
    }

    pub(super) fn lines(&mut self, secret: &SecretLines<'_>) -> Result<(), Refusal> {
        for (line, text) in secret.lines().enumerate() {
            text.expose(|text| {
                let sound = text.len() == 4 * GROUPS[line] && text.bytes().all(|symbol| ALPHABET.contains(&symbol));
                if !sound {
                    return Err(Refusal::new(
                        Rule::PageUnfit,
                        format!(
                            "line {} of a share has {} symbols of the alphabet",
                            letter(line),
                            4 * GROUPS[line]
                        ),
                    ));
                }
                (0..GROUPS[line]).try_for_each(|group| {
                    let (x, y) = self.plan.group(line, group);
                    self.page
                        .text(mono(self.plan.symbol_size), x, y, 12.0, &text[4 * group..4 * group + 4])
                })
            })?;
        }
        Ok(())
    }
}

/// The name of a line, counted from 0.
pub(in crate::paper) fn letter(line: usize) -> &'static str {
    ["A", "B", "C"][line]
}
