//! The head panel, the folds and the marks of a rehearsal: whatever can be read before the sheet is unfolded.
//!
//! Rules of this file:
//! - nothing here is secret, and nothing says which accounts the share protects;
//! - names come in every length: a long one is set smaller, then on two lines, then refused.

use super::Painter;
use super::geometry::EDGE;
use crate::ident::{Mode, SafeId};
use crate::paper::fonts::{Face, MM_PER_PT};
use crate::paper::page::{Column, Span, TEXT_WIDTH, bold, mono, regular};
use crate::refusal::Refusal;

impl Painter<'_> {
    pub(super) fn head(&mut self) -> Result<(), Refusal> {
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
            .fitted(&[bold(20.0), bold(17.0), bold(14.5), bold(12.5)], left, y, room, &title)
            .is_ok()
        {
            return Ok(());
        }
        let whole = Span {
            face: Face::Bold,
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

    pub(super) fn fields(&mut self) -> Result<(), Refusal> {
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

    pub(super) fn stop(&mut self) -> Result<(), Refusal> {
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

    pub(super) fn folds(&mut self) -> Result<(), Refusal> {
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

    /// In outline over the head of the page and down both its margins, clear of codes, lines and tint.
    pub(super) fn rehearsal(&mut self) -> Result<(), Refusal> {
        let (paper, plan) = (self.sheet.paper, self.plan);
        let word = self.sheet.template.plain("rehearsal", &[])?;
        let style = bold(17.0);
        let (cap, width) = (style.size * 0.714 * MM_PER_PT, style.width(&word)?);
        let times = (TEXT_WIDTH / (width + 12.0)) as usize;
        let gap = (TEXT_WIDTH - width * times as f32) / (times.max(2) - 1) as f32;
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
