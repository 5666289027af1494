//! The share sheet: one share, for a scanner or for tired fingers, and for no lamp.
//!
//! Rules of this file:
//! - three panels: the head carries nothing secret, the secret panel everything, the tint panel what hides it when folded;
//! - a page is drawn whole or refused: names that cannot be drawn or do not fit are refused by [`check_fits`], which needs
//!   no secret, before one exists;
//! - it never says which accounts it protects, nor names another custodian;
//! - a rehearsal says so in its title and in all margins, and touches neither codes nor lines;
//! - wording is the template's; a secret never passes through it.

pub(super) mod geometry;
mod tint;

use self::geometry::{EDGE, GROUPS, Geometry, MODULE};
use super::page::{Column, Document, Modules, PaperSize, Span, bold, mono, regular};
use super::template::Template;
use crate::ident::{ALPHABET, Epoch, Mode, SafeId, Serial, SetName, ShareIndex};
use crate::refusal::{Refusal, Rule};
use crate::secret::{Secret, SecretBytes, SecretText};
use crate::threshold::Threshold;

/// All that a share sheet says and that is not secret.
pub struct ShareSheet<'a> {
    /// The organisation, as its plan names it.
    pub organisation: &'a str,
    /// The custodian's name, as the plan gives it.
    pub custodian: &'a str,
    /// The share set.
    pub set: &'a SetName,
    /// What the set opens, in plain words: `root passwords`. It is read after *open* and before *kept by*.
    pub purpose: &'a str,
    /// The rule of the set.
    pub threshold: Threshold,
    /// The index of the share.
    pub index: ShareIndex,
    /// The epoch of the set.
    pub epoch: Epoch,
    /// The day of the dealing.
    pub dealt: jiff::civil::Date,
    /// The safe it goes to; none where the custodian keeps it.
    pub safe: Option<&'a SafeId>,
    /// The serial of the envelope.
    pub serial: Serial,
    /// The fingerprint of the set as words.
    pub words: [&'a str; 8],
    /// The fingerprint as hexadecimal digits, grouped.
    pub fingerprint_hex: &'a str,
    /// Production or rehearsal.
    pub mode: Mode,
    /// The paper.
    pub paper: PaperSize,
    /// The SHA-256 of the stand-alone recoverer as 64 hexadecimal digits; none: the corner says where the format is.
    pub recoverer_sha256: Option<&'a str>,
    /// The wording; [`wording`] unless the operator brought another.
    pub template: &'a Template,
}

/// The secret of a sheet: upper-case symbols of the bech32 alphabet, lines without their prefix.
pub struct SecretLines<'a> {
    /// The text of the code: the lines with their prefixes, joined by `/`.
    pub qr_text: &'a SecretText,
    /// Line A, 88 symbols.
    pub a: &'a SecretText,
    /// Line B, 72 symbols.
    pub b: &'a SecretText,
    /// Line C, 72 symbols: of a locked share only.
    pub c: Option<&'a SecretText>,
}

impl SecretLines<'_> {
    pub(super) fn lines(&self) -> impl Iterator<Item = &SecretText> {
        [Some(self.a), Some(self.b), self.c].into_iter().flatten()
    }
}

/// The wording that comes with the program.
pub fn wording() -> Result<Template, Refusal> {
    Template::parse(include_str!("../../templates/share-sheet.md"))
}

/// Whether every name of the sheet can be drawn and fits, for an open share and a locked one. Needs no secret.
pub fn check_fits(sheet: &ShareSheet<'_>) -> Result<(), Refusal> {
    [false, true].into_iter().try_for_each(|locked| {
        let mut page = Document::new(sheet.paper);
        Painter {
            sheet,
            plan: &Geometry::new(sheet.paper, locked),
            page: &mut page,
        }
        .public()
    })
}

/// The sheet as PDF: one page. `tint` is a draw of the dealing's entropy.
pub fn render(sheet: &ShareSheet<'_>, secret: &SecretLines<'_>, tint: &Secret<64>) -> Result<SecretBytes, Refusal> {
    let plan = Geometry::new(sheet.paper, secret.c.is_some());
    let mut page = Document::new(sheet.paper);
    let mut painter = Painter {
        sheet,
        plan: &plan,
        page: &mut page,
    };
    painter.public()?;
    painter.codes(secret.qr_text)?;
    painter.lines(secret)?;
    tint::draw(&mut page, &plan, tint)?;
    page.finish()
}

struct Painter<'a> {
    sheet: &'a ShareSheet<'a>,
    plan: &'a Geometry,
    page: &'a mut Document,
}

impl Painter<'_> {
    fn public(&mut self) -> Result<(), Refusal> {
        self.head()?;
        self.fields()?;
        self.stop()?;
        self.folds()?;
        self.secret_frame()?;
        self.corners()?;
        if self.sheet.mode == Mode::Rehearsal {
            self.rehearsal()
        } else {
            Ok(())
        }
    }

    fn head(&mut self) -> Result<(), Refusal> {
        let (sheet, plan) = (self.sheet, self.plan);
        let (left, right) = (sheet.paper.left(), sheet.paper.right());
        self.page
            .text(regular(9.0), left, plan.head.organisation, 125.0, sheet.organisation)?;
        let marker = sheet.template.plain("marker", &[])?;
        self.page
            .text_to(regular(9.0), right, plan.head.organisation, 50.0, &marker)?;

        let serial = sheet.serial.to_string();
        let width = mono(20.0).width(&serial)?;
        self.page
            .text(mono(20.0), right - width, plan.head.title, width + 0.1, &serial)?;
        let label = sheet.template.plain("serial", &[])?;
        self.page
            .text_to(regular(8.0), right - width - 1.6, plan.head.title, 20.0, &label)?;
        self.title(right - width - 14.0 - left)?;

        let (needed, total) = (counted(sheet.threshold.needed()), counted(sheet.threshold.total()));
        let section = if needed == total {
            "purpose, all needed"
        } else {
            "purpose"
        };
        let values = [
            ("needed", needed.as_str()),
            ("total", &total),
            ("purpose", sheet.purpose),
            ("organisation", sheet.organisation),
        ];
        let purpose = sheet.template.one(section, &values)?;
        let column = Column {
            x: left,
            y: plan.head.body,
            width: 84.0,
            lines: 4,
            size: 10.5,
            leading: 5.0,
        };
        // A long name of an organisation takes a line more, in smaller type.
        self.page.paragraph(column, &purpose).or_else(|_| {
            self.page.paragraph(
                Column {
                    lines: 5,
                    size: 9.0,
                    leading: 4.1,
                    ..column
                },
                &purpose,
            )
        })?;
        Ok(())
    }

    /// On one line, the longer the smaller; a name longer still gets two.
    fn title(&mut self, room: f32) -> Result<(), Refusal> {
        let (sheet, plan) = (self.sheet, self.plan);
        let section = if sheet.mode == Mode::Rehearsal {
            "title of a rehearsal"
        } else {
            "title"
        };
        let (index, total) = (sheet.index.to_string(), sheet.threshold.total().to_string());
        let values = [
            ("index", index.as_str()),
            ("total", &total),
            ("custodian", sheet.custodian),
        ];
        let title = sheet.template.plain(section, &values)?;
        let (left, y) = (sheet.paper.left(), plan.head.title);
        if self
            .page
            .fitted(&[bold(20.0), bold(17.0), bold(14.5)], left, y, room, &title)
            .is_ok()
        {
            return Ok(());
        }
        let whole = Span {
            face: super::fonts::Face::Bold,
            text: title,
        };
        let column = Column {
            x: left,
            y: y - 4.6,
            width: room,
            lines: 2,
            size: 12.5,
            leading: 5.2,
        };
        self.page.paragraph(column, std::slice::from_ref(&whole)).map(|_| ())
    }

    fn fields(&mut self) -> Result<(), Refusal> {
        let (sheet, plan) = (self.sheet, self.plan);
        let left = sheet.paper.left();
        let columns = [(left, 42.0), (left + 44.0, 21.5), (left + 66.5, 17.5)];
        let (threshold, epoch, dealt) = (
            sheet.threshold.to_string(),
            sheet.epoch.to_string(),
            sheet.dealt.to_string(),
        );
        let at_home = sheet.template.plain("no safe", &[])?;
        let safe = sheet.safe.map_or(at_home.as_str(), SafeId::as_str);
        let format = sheet.mode.prefix();
        let rows = [
            [
                ("share set", sheet.set.as_str()),
                ("threshold", &threshold),
                ("epoch", &epoch),
            ],
            [("safe", safe), ("dealt", &dealt), ("format", format)],
        ];
        for (row, label_y) in rows.iter().zip(plan.head.labels) {
            for ((label, value), (x, room)) in row.iter().zip(columns) {
                let label = sheet.template.plain(label, &[])?;
                self.page.text(regular(8.0), x, label_y, room, &label)?;
                self.value(x, label_y + 4.2, room, value)?;
            }
        }
        let label = sheet.template.plain("fingerprint", &[])?;
        self.page.text(regular(8.0), left, plan.head.labels[2], 84.0, &label)?;
        for (number, word) in sheet.words.iter().enumerate() {
            let x = left + 22.0 * (number % 4) as f32;
            self.page.text(bold(10.5), x, plan.head.words[number / 4], 21.0, word)?;
        }
        self.page
            .text(mono(9.0), left, plan.head.hex, 84.0, sheet.fingerprint_hex)
    }

    /// A value under its label. An identifier of up to 32 characters gets smaller, and then a second line, broken after a
    /// hyphen of its own.
    fn value(&mut self, x: f32, y: f32, room: f32, value: &str) -> Result<(), Refusal> {
        let fitted = self.page.fitted(&[bold(10.5), bold(9.5), bold(8.5)], x, y, room, value);
        if fitted.is_ok() {
            return Ok(());
        }
        let breaks = value.match_indices('-').map(|(at, _)| at + 1).rev();
        for at in breaks.filter(|at| *at < value.len()) {
            let (first, second) = value.split_at(at);
            if bold(8.5).width(first)? <= room && bold(8.5).width(second)? <= room {
                self.page.text(bold(8.5), x, y - 0.8, room, first)?;
                return self.page.text(bold(8.5), x, y + 2.1, room, second);
            }
        }
        // Without a hyphen in the right place the width alone decides; an identifier has one meaning, broken or not.
        let fits = |at: &usize| bold(8.5).width(&value[..*at]).is_ok_and(|width| width <= room);
        let most = (1..value.len())
            .filter(|at| value.is_char_boundary(*at))
            .rfind(fits)
            .unwrap_or(0);
        let (first, second) = value.split_at(most);
        if most == 0 || bold(8.5).width(second)? > room {
            return fitted;
        }
        self.page.text(bold(8.5), x, y - 0.8, room, first)?;
        self.page.text(bold(8.5), x, y + 2.1, room, second)
    }

    fn stop(&mut self) -> Result<(), Refusal> {
        let (sheet, plan) = (self.sheet, self.plan);
        let section = if sheet.mode == Mode::Rehearsal {
            "stop of a rehearsal"
        } else {
            "stop"
        };
        let x = sheet.paper.left() + 94.0;
        let mut y = plan.head.body;
        for (number, step) in sheet.template.fill(section, &[])?.iter().enumerate() {
            if number == 0 {
                let text: String = step.iter().map(|span| span.text.as_str()).collect();
                self.page.text(bold(10.5), x, y, 86.0, &text)?;
                y += 6.4;
                continue;
            }
            let room = ((plan.second_fold - 2.0 - y) / 5.0) as usize + 1;
            let column = Column {
                x: x + 5.4,
                y,
                width: 80.6,
                lines: room,
                size: 10.5,
                leading: 5.0,
            };
            self.page.text(bold(10.5), x, y, 5.0, &number.to_string())?;
            y += 5.0 * self.page.paragraph(column, step)? as f32 + 1.3;
        }
        Ok(())
    }

    fn folds(&mut self) -> Result<(), Refusal> {
        let (sheet, plan) = (self.sheet, self.plan);
        for (y, section) in [(plan.second_fold, "fold second"), (plan.first_fold, "fold first")] {
            self.page.rule(EDGE, y, EDGE + 6.0, y, 0.3);
            let right = sheet.paper.width() - EDGE;
            self.page.rule(right - 6.0, y, right, y, 0.3);
            let label = sheet.template.plain(section, &[])?;
            self.page
                .text(regular(6.5), EDGE, y - 1.3, sheet.paper.left() - EDGE - 0.5, &label)?;
        }
        Ok(())
    }

    fn secret_frame(&mut self) -> Result<(), Refusal> {
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
        let width: f32 = reference
            .iter()
            .map(|span| span.face.width(9.0, &span.text))
            .sum::<Result<_, _>>()?;
        self.page
            .spans(9.0, sheet.paper.right() - width, plan.secret, 118.0, &reference)?;

        let check = sheet.template.plain("check groups", &[])?;
        for line in 0..plan.lines() {
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
            for group in 0..GROUPS[line] {
                let (x, y) = plan.group(line, group);
                let number = format!("{letter}{}", group + 1);
                self.page
                    .text(regular(plan.number_size), x, y - plan.number_rise, 9.0, &number)?;
            }
        }
        Ok(())
    }

    fn corners(&mut self) -> Result<(), Refusal> {
        let (sheet, plan) = (self.sheet, self.plan);
        let (recover, damaged) = if plan.locked {
            ("recover, locked", "damaged, locked")
        } else {
            ("recover", "damaged")
        };
        self.corner(recover, plan.recover(), plan.low.y - geometry::QUIET)?;
        self.corner("finished", plan.finished(), plan.code_tint(plan.high).y)?;
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

    /// In outline over the head of the page and down both its margins, clear of codes, lines and tint.
    fn rehearsal(&mut self) -> Result<(), Refusal> {
        let (paper, plan) = (self.sheet.paper, self.plan);
        let word = self.sheet.template.plain("rehearsal", &[])?;
        let style = bold(17.0);
        let (cap, width) = (style.size * 0.714 * super::fonts::MM_PER_PT, style.width(&word)?);
        let times = (super::page::TEXT_WIDTH / (width + 12.0)) as usize;
        let gap = (super::page::TEXT_WIDTH - width * times as f32) / (times.max(2) - 1) as f32;
        for number in 0..times {
            self.page.outline(
                style,
                paper.left() + number as f32 * (width + gap),
                6.0 + cap,
                true,
                &word,
            )?;
        }
        // Turned letters stand on the right of their line: in a strip between the edge and the tint.
        let right = paper.width() - EDGE - 1.0;
        for (top, bottom) in [
            (14.0, plan.second_fold - 5.0),
            (plan.second_fold + 2.0, plan.first_fold - 5.0),
            (plan.first_fold + 2.0, paper.height() - EDGE),
        ] {
            let middle = f32::midpoint(top, bottom);
            for x in [EDGE + 1.0 + cap, right] {
                self.page.outline(style, x, middle + width / 2.0, false, &word)?;
            }
        }
        Ok(())
    }

    fn codes(&mut self, text: &SecretText) -> Result<(), Refusal> {
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

    fn lines(&mut self, secret: &SecretLines<'_>) -> Result<(), Refusal> {
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

fn letter(line: usize) -> &'static str {
    ["A", "B", "C"][line]
}

/// Small numbers as words, as running text has them.
fn counted(number: u8) -> String {
    const WORDS: [&str; 13] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ];
    WORDS
        .get(usize::from(number))
        .map_or_else(|| number.to_string(), |word| (*word).to_string())
}
