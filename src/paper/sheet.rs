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
mod head;
pub(super) mod secret;
mod tint;

use self::geometry::Geometry;
use super::faces::Faces;
use super::page::{Document, PaperSize};
use super::template::Template;
use crate::ident::{Epoch, Mode, SafeId, Serial, SetName, ShareIndex};
use crate::refusal::Refusal;
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
    /// What names are set in.
    pub faces: Faces,
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

/// What the sheets of a dealing are set in and worded with, the same for all.
pub struct Press {
    /// What names are set in.
    pub faces: Faces,
    /// The wording.
    pub wording: Template,
}

/// The wording that comes with the program.
pub fn wording() -> Result<Template, Refusal> {
    Template::parse(include_str!("../../templates/share-sheet.md"))
}

/// Whether every name of the sheet can be drawn and fits, for an open share and a locked one. Needs no secret.
pub fn check_fits(sheet: &ShareSheet<'_>) -> Result<(), Refusal> {
    [false, true].into_iter().try_for_each(|locked| {
        let mut page = Document::set_in(sheet.faces, sheet.paper);
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
    let mut page = Document::set_in(sheet.faces, sheet.paper);
    draw(&mut page, sheet, secret, tint)?;
    page.finish()
}

/// The sheet on the last page of `page`.
pub(super) fn draw(
    page: &mut Document,
    sheet: &ShareSheet<'_>,
    secret: &SecretLines<'_>,
    tint: &Secret<64>,
) -> Result<(), Refusal> {
    let plan = Geometry::new(sheet.paper, secret.c.is_some());
    let mut painter = Painter {
        sheet,
        plan: &plan,
        page,
    };
    painter.public()?;
    painter.codes(secret.qr_text)?;
    painter.lines(secret)?;
    tint::draw(page, &plan, tint)
}

/// Draws one sheet; its parts are in `head` and `secret`.
struct Painter<'a> {
    sheet: &'a ShareSheet<'a>,
    plan: &'a Geometry,
    page: &'a mut Document,
}

impl Painter<'_> {
    /// All that is not secret.
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
}

#[cfg(test)]
pub(super) mod tests;
