//! The printer test: printed, scanned and compared before the first page with a secret.
//!
//! Rules of this file:
//! - the dummy share is of the world of rehearsals and made from a public text: it opens nothing, and everybody can make it;
//! - a printer has passed when the scan shows the dummy share's code and the small one of the vault copy's modules, each as
//!   it was printed.

use super::Office;
use super::wordings::Paper;
use crate::code::share_code::{PaperShare, ShareHead};
use crate::code::share_lines::Line;
use crate::code::words::Fingerprint;
use crate::crypto::identity::IdentityKind;
use crate::ident::{Epoch, Mode, Serial, SetName, ShareIndex};
use crate::paper::copy;
use crate::paper::flow::values::{Said, Values};
use crate::paper::flow::{self, Dress, Sheets};
use crate::paper::page::{Document, regular};
use crate::paper::recoverer;
use crate::paper::scan;
use crate::paper::sheet::{self, SecretLines, ShareSheet};
use crate::plan::{FreeText, Plan};
use crate::refusal::{Refusal, Rule};
use crate::secret::{Secret, SecretBytes};
use crate::threshold::Threshold;
use sha2::{Digest as _, Sha256, Sha512};
use std::collections::BTreeSet;

/// What the small code says.
const SMALL: &str = "STRONGROOM PRINTER TEST";
const LABEL: &[u8] = b"strongroom/printer-test";

/// Two pages.
pub fn printer_test(office: &Office<'_>) -> Result<SecretBytes, Refusal> {
    let mut document = Document::set_in(office.faces, office.paper());
    dummy_sheet(office, &mut document)?;
    document.new_page();
    let names = names(office.plan()).into_iter().map(|name| Said::of(&[name]));
    let values = office
        .values()
        .with("names", &Said::joined(names, ", "))
        .with("plan", &office.vault.plan_hash());
    second(office, &values, &mut document)?;
    document.finish()
}

/// As many names as there is room for above the rulers, those first that bring a symbol which no name before them has.
fn names(plan: &Plan) -> Vec<&FreeText> {
    const ROOM: usize = 400;
    let mut seen = BTreeSet::new();
    let (fresh, others): (Vec<&FreeText>, Vec<&FreeText>) =
        plan.people().iter().map(|person| &person.name).partition(|name| {
            let before = seen.len();
            seen.extend(name.as_str().chars());
            seen.len() > before
        });
    let mut taken = 0;
    let fits = |name: &&FreeText| {
        taken += name.as_str().chars().count() + 2;
        taken <= ROOM
    };
    fresh.into_iter().chain(others).take_while(fits).collect()
}

/// Whether the scans show both codes as they were printed.
pub fn compare(scans: &[scan::Page]) -> Result<(), Refusal> {
    let dummy = dummy().lines().qr_text();
    let shows = |wanted: &str| {
        let mut codes = scans.iter().flat_map(|page| &page.codes);
        codes.any(|code| code.expose(|code| code == wanted))
    };
    let missing = if !dummy.expose(shows) {
        "the code of the dummy share on page 1"
    } else if !shows(SMALL) {
        "the small code on page 2"
    } else {
        return Ok(());
    };
    Err(Refusal::new(
        Rule::PrinterUntested,
        format!("the scan does not show {missing} as it was printed"),
    )
    .hint("clean the printer, print at 100 %, scan both pages at 300 dpi")
    .hint("then again: strongroom print printer-test --printer NAME"))
}

/// The share of every printer test.
fn dummy() -> PaperShare {
    let scalar = |part: u8| {
        let mut bytes: [u8; 32] = Sha256::new().chain_update(LABEL).chain_update([part]).finalize().into();
        // Below the order of the group.
        bytes[31] = 0;
        Secret::build(|out| *out = bytes)
    };
    let index = ShareIndex::FIRST;
    let head = ShareHead {
        mode: Mode::Rehearsal,
        identity_kind: IdentityKind::X25519,
        needed: 2,
        index,
        fingerprint: Fingerprint::new([0; 11]),
    };
    PaperShare::new(head, scalar(0), Some(scalar(1)))
}

fn dummy_sheet(office: &Office<'_>, document: &mut Document) -> Result<(), Refusal> {
    let contradiction = |_| Refusal::new(Rule::Internal, "the printer test contradicts itself");
    let share = dummy();
    let lines = share.lines();
    let qr_text = lines.qr_text();
    let line = |line| {
        lines
            .line(line)
            .ok_or_else(|| Refusal::new(Rule::Internal, "the dummy share lacks a line"))
    };
    let set: SetName = "printer-test".parse().map_err(contradiction)?;
    let fingerprint = share.head.fingerprint;
    let (hash, hex) = (recoverer::sha256(), fingerprint.hex_grouped());
    let mut wording = office.wordings.template(Paper::ShareSheet)?;
    let own = office.wordings.template(Paper::PrinterTest)?;
    for (section, of_page) in [
        ("marker", "marker of page 1"),
        ("purpose, all needed", "purpose of page 1"),
    ] {
        wording.take(section, &own, of_page);
    }
    let sheet = ShareSheet {
        organisation: office.plan().organisation().as_str(),
        custodian: "nobody",
        set: &set,
        purpose: "nothing",
        threshold: Threshold::new(2, 2).map_err(|_| Refusal::new(Rule::Internal, "2-of-2 is a threshold"))?,
        index: share.head.index,
        epoch: Epoch::FIRST,
        dealt: office.today,
        safe: None,
        serial: Serial::from_bits(0),
        words: fingerprint.words(),
        fingerprint_hex: &hex,
        faces: office.faces,
        mode: Mode::Rehearsal,
        paper: office.paper(),
        recoverer_sha256: Some(&hash),
        template: &wording,
    };
    let secret = SecretLines {
        qr_text: &qr_text,
        a: line(Line::A)?,
        b: line(Line::B)?,
        c: None,
    };
    let tint: [u8; 64] = Sha512::digest(LABEL).into();
    sheet::draw(document, &sheet, &secret, &Secret::build(|out| *out = tint))
}

fn second(office: &Office<'_>, values: &Values, document: &mut Document) -> Result<(), Refusal> {
    let template = office.wordings.template(Paper::PrinterTest)?;
    flow::draw(
        document,
        &Sheets {
            paper: office.paper(),
            faces: office.faces,
            mode: office.mode(),
            dress: Dress::PLAIN,
            template: &template,
            values,
        },
    )?;
    let (left, foot) = (office.paper().left(), office.paper().height() - 48.0);
    let modules = copy::code(SMALL)?;
    let stamp = document.stamp(&modules);
    let side = f32::from(modules.side()) * copy::MODULE;
    document.place(stamp, left + 4.0 * copy::MODULE, foot - side, copy::MODULE);
    // Rulers: 100 mm and 4 inches, so that either country has one.
    let x = left + 30.0;
    for (y, step, count, unit) in [(foot - 14.0, 10.0, 10_u8, "mm"), (foot - 2.0, 25.4, 4, "in")] {
        document.rule(x, y, x + step * f32::from(count), y, 0.3);
        for number in 0..=count {
            let at = x + step * f32::from(number);
            document.rule(at, y - 2.5, at, y, 0.3);
            let label = if unit == "mm" {
                (u16::from(number) * 10).to_string()
            } else {
                number.to_string()
            };
            let half = regular(7.0).width(&label)? / 2.0;
            document.text(regular(7.0), at - half, y - 3.4, 8.0, &label)?;
        }
        document.text(regular(7.0), x + step * f32::from(count) + 5.0, y - 3.4, 10.0, unit)?;
    }
    Ok(())
}
