//! One share to its page, read back.
//!
//! Rules of this file:
//! - what stands on a sheet comes from the plan and the core; the secret comes from one share, so that code and lines agree;
//! - a page leaves here only as one that was read back from its own image.

use crate::code::share_code::PaperShare;
use crate::code::share_lines::Line;
use crate::code::words::Fingerprint;
use crate::ident::{Epoch, Mode, PersonId, SafeId, Serial, ShareIndex};
use crate::paper::read_back::{ReadBack, read_back};
use crate::paper::recoverer;
use crate::paper::sheet::{self, Press, SecretLines, ShareSheet};
use crate::plan::{self, Factor, Plan, ShareSet};
use crate::refusal::{Refusal, Rule};
use crate::secret::Secret;
use jiff::civil::Date;

/// What the pages of one epoch have in common.
pub(super) struct PageOf<'a> {
    plan: &'a Plan,
    set: &'a ShareSet,
    epoch: Epoch,
    mode: Mode,
    dealt: Date,
    press: &'a Press,
    recoverer: String,
}

/// Who is entitled to a page, and where it is to lie.
#[derive(Clone, Copy)]
pub(super) struct Addressee<'a> {
    pub(super) custodian: &'a PersonId,
    pub(super) safe: Option<&'a SafeId>,
}

impl<'a> Addressee<'a> {
    pub(super) fn planned(share: &'a plan::Share) -> Self {
        Self {
            custodian: &share.custodian,
            safe: share.safe.as_ref(),
        }
    }
}

impl<'a> PageOf<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        set: &'a ShareSet,
        epoch: Epoch,
        mode: Mode,
        dealt: Date,
        press: &'a Press,
    ) -> Self {
        Self {
            plan,
            set,
            epoch,
            mode,
            dealt,
            press,
            recoverer: recoverer::sha256(),
        }
    }

    /// The page of one share, read back from its own image.
    pub(super) fn make(
        &self,
        paper: &PaperShare,
        to: Addressee<'_>,
        serial: Serial,
        fingerprint: &Fingerprint,
        tint: &Secret<64>,
    ) -> Result<ReadBack, Refusal> {
        let lines = paper.lines();
        let qr_text = lines.qr_text();
        let line = |line| {
            lines
                .line(line)
                .ok_or_else(|| Refusal::new(Rule::Internal, "a dealt share lacks a line"))
        };
        let secret = SecretLines {
            qr_text: &qr_text,
            a: line(Line::A)?,
            b: line(Line::B)?,
            c: lines.line(Line::C),
        };
        let hex = fingerprint.hex_grouped();
        let sheet = self.sheet(paper.head.index, to, serial, fingerprint.words(), &hex);
        read_back(sheet::render(&sheet, &secret, tint)?, &secret)
    }

    /// What its sheet says that is not secret.
    pub(super) fn sheet<'s>(
        &'s self,
        index: ShareIndex,
        to: Addressee<'s>,
        serial: Serial,
        words: [&'s str; 8],
        fingerprint_hex: &'s str,
    ) -> ShareSheet<'s> {
        let custodian = self.plan.person(to.custodian);
        ShareSheet {
            organisation: self.plan.organisation().as_str(),
            custodian: custodian.map_or(to.custodian.as_str(), |person| person.name.as_str()),
            set: self.set.name(),
            purpose: purpose_in_words(self.set.purpose()),
            threshold: self.set.threshold(),
            index,
            epoch: self.epoch,
            dealt: self.dealt,
            safe: to.safe,
            serial,
            words,
            fingerprint_hex,
            faces: self.press.faces,
            mode: self.mode,
            paper: self.plan.paper(),
            recoverer_sha256: Some(&self.recoverer),
            template: &self.press.wording,
        }
    }
}

fn purpose_in_words(purpose: Factor) -> &'static str {
    match purpose {
        Factor::Password => "root passwords",
        Factor::Mfa => "the seeds of virtual MFA devices",
        Factor::Contact => "contact details",
    }
}
