//! The envelope label: three pieces to cut out, for the front, the flap and the back.
//!
//! Rules of this file:
//! - it identifies without explaining: serial, safe, and the first two words of the fingerprint; no organisation, no custodian,
//!   nothing of what the envelope is for;
//! - a label of a rehearsal says so in each of its pieces, since they are cut apart;
//! - two people open an envelope, whatever the plan says of its safe: the label never asks for fewer.

use super::wordings::Paper;
use super::{Held, Office};
use crate::ident::Mode;
use crate::paper::flow;
use crate::paper::page::{Column, Document, Span, TEXT_WIDTH, bold, mono, regular};
use crate::paper::template::Template;
use crate::refusal::Refusal;
use crate::secret::SecretBytes;

/// The label of one envelope.
pub fn label(office: &Office<'_>, held: &Held<'_>) -> Result<SecretBytes, Refusal> {
    let mut page = Document::set_in(office.faces, office.paper());
    let safe = held.envelope.safe.as_ref().and_then(|safe| office.plan().safe(safe));
    let people = safe.map_or(2, |safe| safe.controllers.any().max(2));
    let mut drawn = Label {
        left: office.paper().left(),
        wording: office.wordings.template(Paper::Label)?,
        page: &mut page,
    };
    drawn.head()?;
    drawn.front(held, people)?;
    drawn.flap()?;
    drawn.back(held)?;
    if office.mode() == Mode::Rehearsal {
        drawn.rehearsal()?;
        flow::rehearsal(&mut page)?;
    }
    page.finish()
}

struct Label<'a> {
    left: f32,
    wording: Template,
    page: &'a mut Document,
}

/// Inside a piece, from its dashed line.
const INSET: f32 = 7.0;
const INNER: f32 = TEXT_WIDTH - 2.0 * INSET;
/// Tops and bottoms of the pieces.
const FRONT: (f32, f32) = (27.3, 108.5);
const FLAP: (f32, f32) = (119.2, 163.7);
const BACK: (f32, f32) = (174.3, 257.4);

impl Label<'_> {
    fn say(&self, section: &str) -> Result<String, Refusal> {
        self.wording.plain(section, &[])
    }

    fn head(&mut self) -> Result<(), Refusal> {
        let (head, cut) = (self.say("head")?, self.say("cut")?);
        self.page.text(regular(9.0), self.left, 18.2, 90.0, &head)?;
        self.page
            .text_to(regular(9.0), self.left + TEXT_WIDTH, 18.2, 85.0, &cut)?;
        for (letter, section, (top, bottom)) in [("A", "front", FRONT), ("B", "flap", FLAP), ("C", "back", BACK)] {
            let text = self.say(section)?;
            self.page.text(bold(9.0), self.left, top - 2.4, 5.0, letter)?;
            self.page.text(regular(9.0), self.left + 4.0, top - 2.4, 150.0, &text)?;
            let right = self.left + TEXT_WIDTH;
            for (x0, y0, x1, y1) in [
                (self.left, top, right, top),
                (right, top, right, bottom),
                (right, bottom, self.left, bottom),
                (self.left, bottom, self.left, top),
            ] {
                self.page.dashed(x0, y0, x1, y1);
            }
        }
        Ok(())
    }

    fn small(&mut self, section: &str, x: f32, y: f32, room: f32) -> Result<(), Refusal> {
        let text = self.say(section)?;
        self.page.text(regular(8.0), x, y, room, &text)
    }

    fn front(&mut self, held: &Held<'_>, people: usize) -> Result<(), Refusal> {
        let (x, top) = (self.left + INSET, FRONT.0);
        self.small("serial", x, top + 7.6, 50.0)?;
        let serial = held.envelope.serial.to_string();
        self.page.text(mono(32.0), x, top + 19.2, 54.0, &serial)?;
        self.small("safe", x + 59.0, top + 7.6, 42.0)?;
        let safe = held.place();
        let sizes = [20.0, 16.0, 13.0, 10.0, 8.0, 7.0, 6.0].map(bold);
        self.page.fitted(&sizes, x + 59.0, top + 18.4, 45.0, safe.as_str())?;
        self.small("code", x + 107.5, top + 7.6, 58.0)?;
        self.page
            .fitted(&sizes[1..], x + 107.5, top + 18.4, INNER - 107.5, held.code().as_str())?;

        self.page.outlined(x, top + 25.6, INNER, 12.2, 0.6);
        let two = self.wording.plain("people", &[("people", &people.to_string())])?;
        self.page.text(bold(15.0), x + 4.6, top + 33.7, INNER - 8.0, &two)?;

        let second = x + 90.0;
        self.small("seal", x, top + 45.4, 80.0)?;
        self.small("seal again", second, top + 45.4, 80.0)?;
        for left in [x, second] {
            let cell = 7.6;
            self.page.outlined(left, top + 47.4, 10.0 * cell, 9.0, 0.3);
            for number in 1..10_u8 {
                let at = left + cell * f32::from(number);
                self.page.rule(at, top + 47.4, at, top + 56.4, 0.3);
            }
        }

        self.small("fingerprint", x, top + 69.6, 18.0)?;
        let words = held.epoch.fingerprint.to_string();
        self.page.fitted(
            &[regular(9.5), regular(8.5)],
            x + 17.0,
            top + 69.6,
            INNER - 17.0,
            &words,
        )?;
        let found = self.say("found")?;
        let column = Column {
            x,
            y: top + 75.6,
            width: INNER,
            lines: 1,
            size: 9.5,
            leading: 4.4,
        };
        let found = Span {
            face: regular(9.5).face,
            text: found,
        };
        self.page.paragraph(column, &[found]).map(|_| ())
    }

    fn flap(&mut self) -> Result<(), Refusal> {
        let (x, top) = (self.left + INSET, FLAP.0);
        for (left, signature, name) in [
            (x, "first signature", "first name"),
            (x + 90.0, "second signature", "second name"),
        ] {
            self.small(signature, left, top + 6.6, 52.0)?;
            self.small("date", left + 54.0, top + 6.6, 20.0)?;
            self.page.rule(left, top + 35.7, left + 76.0, top + 35.7, 0.3);
            self.small(name, left, top + 39.6, 76.0)?;
        }
        let edge = self.say("edge")?;
        let width = regular(8.0).width(&edge)?;
        let middle = self.left + TEXT_WIDTH / 2.0;
        self.page
            .text(regular(8.0), middle - width / 2.0, top + 18.1, width + 0.1, &edge)?;
        self.page
            .dashed(self.left, top + 19.6, self.left + TEXT_WIDTH, top + 19.6);
        Ok(())
    }

    /// In each piece, clear of every text: what is cut out is never taken for a label of production.
    fn rehearsal(&mut self) -> Result<(), Refusal> {
        const WORD: &str = "REHEARSAL";
        let right = self.left + TEXT_WIDTH - INSET;
        let middle = self.left + TEXT_WIDTH / 2.0;
        for (style, y, at) in [
            (bold(12.0), FRONT.0 + 64.4, right),
            (bold(10.0), FLAP.1 - 1.4, right),
            (bold(12.0), BACK.0 + 7.8, middle + 16.0),
        ] {
            self.page.outline(style, at - style.width(WORD)?, y, true, WORD)?;
        }
        Ok(())
    }

    fn back(&mut self, held: &Held<'_>) -> Result<(), Refusal> {
        const COLUMNS: [(&str, f32); 6] = [
            ("log date", 0.0),
            ("log why", 27.0),
            ("log line", 64.5),
            ("log seal", 84.5),
            ("log new", 103.0),
            ("log signatures", 133.5),
        ];
        const ROW: f32 = 9.8;
        let (x, top) = (self.left + INSET, BACK.0);
        let log = self.say("log")?;
        self.page.text(bold(10.5), x, top + 7.6, 80.0, &log)?;
        let serial = held.envelope.serial.to_string();
        self.page.text_to(mono(10.5), x + INNER, top + 7.6, 40.0, &serial)?;
        let choice = self.say("log choice")?;
        let first = top + 16.6;
        for (number, (section, left)) in COLUMNS.into_iter().enumerate() {
            let end = COLUMNS.get(number + 1).map_or(INNER, |(_, next)| *next - 1.0);
            self.small(section, x + left, top + 14.2, end - left)?;
        }
        for row in 0..6_u8 {
            let y = first + ROW * f32::from(row);
            self.page.rule(x, y, x + INNER, y, 0.3);
            self.page.text(regular(8.0), x + 84.5, y + 5.8, 17.5, &choice)?;
        }
        for (_, left) in COLUMNS.iter().skip(1) {
            let at = x + left - 2.0;
            self.page.rule(at, first, at, first + 6.0 * ROW, 0.3);
        }
        Ok(())
    }
}
