//! Promises of the share sheet, kept on rendered pages.

#![allow(clippy::unwrap_used)] // a test that cannot be set up should end
#![allow(clippy::cast_possible_wrap)] // pixels of a page
use super::*;
use crate::paper::decode;
use crate::paper::raster::{Picture, Sheets};
use crate::paper::text::page_text;
use crate::refusal::Rule;

/// Symbols that look like a share and are none.
fn symbols(count: usize, seed: u64) -> String {
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            char::from(crate::ident::ALPHABET[(state >> 59) as usize])
        })
        .collect()
}

/// The lines of a made-up share and its code.
pub(in crate::paper) struct Share {
    pub(in crate::paper) qr: SecretText,
    pub(in crate::paper) lines: Vec<SecretText>,
}

impl Share {
    pub(in crate::paper) fn new(mode: Mode, locked: bool, seed: u64) -> Self {
        let lengths: &[usize] = if locked { &[88, 72, 72] } else { &[88, 72] };
        let lines: Vec<String> = lengths
            .iter()
            .zip(seed..)
            .map(|(length, seed)| symbols(*length, seed))
            .collect();
        let prefixed: Vec<String> = lines.iter().map(|line| format!("{}{line}", mode.prefix())).collect();
        Self {
            qr: SecretText::new(prefixed.join("/")),
            lines: lines.into_iter().map(SecretText::new).collect(),
        }
    }

    pub(in crate::paper) fn secret(&self) -> SecretLines<'_> {
        SecretLines {
            qr_text: &self.qr,
            a: &self.lines[0],
            b: &self.lines[1],
            c: self.lines.get(2),
        }
    }
}

/// What a sheet says besides its secret, with what differs between tests.
#[derive(Clone)]
pub(in crate::paper) struct Says<'a> {
    pub(in crate::paper) organisation: &'a str,
    pub(in crate::paper) custodian: &'a str,
    pub(in crate::paper) set: &'a str,
    pub(in crate::paper) safe: Option<&'a str>,
    pub(in crate::paper) threshold: &'a str,
    pub(in crate::paper) mode: Mode,
    pub(in crate::paper) paper: PaperSize,
}

pub(in crate::paper) const PLAIN: Says<'_> = Says {
    organisation: "Example Corp",
    custodian: "Ana Sousa",
    set: "root-password",
    safe: Some("fra-1"),
    threshold: "3-of-5",
    mode: Mode::Production,
    paper: PaperSize::A4,
};

/// Two sheets that differ in everything that the layout depends on but the paper and the lock.
const LONG: Says<'_> = Says {
    organisation: "Διεθνής Οργανισμός Ναυτιλίας, Société anonyme de Genève",
    custodian: "Łukasz Żółć-Щербакова Παπαδόπουλος",
    set: "mfa-management-accounts-emea-dr1",
    safe: Some("frankfurt-hauptstrasse-1-floor-2"),
    threshold: "12-of-255",
    mode: Mode::Rehearsal,
    paper: PaperSize::A4,
};

/// Runs `with` on the sheet that says this.
pub(in crate::paper) fn sheet<R>(says: &Says<'_>, with: impl FnOnce(&ShareSheet<'_>) -> R) -> R {
    let set = says.set.parse().unwrap();
    let safe: Option<SafeId> = says.safe.map(|safe| safe.parse().unwrap());
    let template = wording().unwrap();
    with(&ShareSheet {
        organisation: says.organisation,
        custodian: says.custodian,
        set: &set,
        purpose: "root passwords",
        threshold: says.threshold.parse().unwrap(),
        index: ShareIndex::FIRST,
        epoch: Epoch::FIRST,
        dealt: jiff::civil::date(2026, 2, 11),
        safe: safe.as_ref(),
        serial: "4K7-2QD".parse().unwrap(),
        words: [
            "company", "lamp", "term", "east", "cloud", "cupboard", "about", "clinic",
        ],
        fingerprint_hex: "2e8f 9b7d a2d2 be6b 8019 59",
        faces: crate::paper::faces::Faces::OWN,
        mode: says.mode,
        paper: says.paper,
        recoverer_sha256: Some("56d5e0c20ab994b1e4dff448bf83c650d5b3e0bce29287d192a6f55a3c8ce03b"),
        template: &template,
    })
}

pub(in crate::paper) fn seed(byte: u8) -> Secret<64> {
    Secret::build(|bytes| bytes.fill(byte))
}

pub(in crate::paper) fn drawn(says: &Says<'_>, share: &Share) -> SecretBytes {
    sheet(says, |sheet| render(sheet, &share.secret(), &seed(7)).unwrap())
}

fn everywhere() -> impl Iterator<Item = (Says<'static>, bool)> {
    [PLAIN, LONG].into_iter().flat_map(|says| {
        [PaperSize::A4, PaperSize::Letter]
            .into_iter()
            .flat_map(move |paper| [false, true].map(|locked| (Says { paper, ..says.clone() }, locked)))
    })
}

fn fits(says: &Says<'_>) -> Result<(), Refusal> {
    sheet(says, check_fits)
}

fn unfit(says: &Says<'_>) -> bool {
    fits(says).is_err_and(|refusal| refusal.rule() == Rule::PageUnfit)
}

#[test]
fn the_same_sheet_has_the_same_bytes_twice_in_one_process() {
    let share = Share::new(Mode::Production, false, 1);
    let (first, second) = (drawn(&PLAIN, &share), drawn(&PLAIN, &share));
    assert!(first.expose(|a| second.expose(|b| a == b)));
}

#[test]
fn a_sheet_has_at_most_60_kilobytes() {
    for (says, locked) in everywhere() {
        let size = drawn(&says, &Share::new(says.mode, locked, 1)).len();
        assert!(size <= 60_000, "{size}");
    }
}

#[test]
fn a_sheet_reads_back_on_every_paper_with_every_name() {
    for (says, locked) in everywhere() {
        let share = Share::new(says.mode, locked, 3);
        let read = crate::paper::read_back::read_back(drawn(&says, &share), &share.secret());
        assert_eq!(read.err(), None, "{:?} locked: {locked}", says.paper);
    }
}

#[test]
fn the_text_of_a_sheet_is_what_it_shows() {
    let text = page_text(&drawn(&LONG, &Share::new(LONG.mode, false, 1)), 0).unwrap();
    text.expose(|text| {
        for expected in [
            "Łukasz Żółć-Щербакова",
            "Παπαδόπουλος",
            "REHEARSAL share 1 of 255",
            "company lamp term east",
            "4K7-2QD",
        ] {
            assert!(text.contains(expected), "{expected} in\n{text}");
        }
    });
}

#[test]
fn a_rehearsal_says_so_and_production_does_not() {
    for (mode, says) in [(Mode::Rehearsal, true), (Mode::Production, false)] {
        let text = page_text(&drawn(&Says { mode, ..PLAIN }, &Share::new(mode, false, 1)), 0).unwrap();
        assert_eq!(text.expose(|text| text.contains("REHEARSAL")), says);
        assert_eq!(text.expose(|text| text.contains("SECRET")), !says);
    }
}

#[test]
fn a_pdf_names_no_date_no_host_and_no_script() {
    drawn(&PLAIN, &Share::new(Mode::Production, false, 1)).expose(|pdf| {
        let text = String::from_utf8_lossy(pdf);
        for absent in ["Date", "JavaScript", "/JS", "/URI", "/ID", "AcroForm", "EmbeddedFile"] {
            assert!(!text.contains(absent), "{absent}");
        }
        assert!(text.contains("/Producer(strongroom)"));
    });
}

#[test]
fn names_of_every_length_fit_until_they_are_refused() {
    for custodian in [
        "B",
        "Bo",
        "Maria João de Vasconcelos e Sousa Pinto Barbosa",
        "Wolfeschlegelsteinhausenbergerdorff-Übelacker",
    ] {
        for paper in [PaperSize::A4, PaperSize::Letter] {
            assert_eq!(
                fits(&Says {
                    custodian,
                    paper,
                    ..PLAIN
                }),
                Ok(()),
                "{custodian}"
            );
        }
    }
    assert!(unfit(&Says {
        custodian: &"Maria ".repeat(30),
        ..PLAIN
    }));
    assert!(unfit(&Says {
        custodian: &"M".repeat(100),
        ..PLAIN
    }));
    assert!(unfit(&Says {
        organisation: &"Example Corp ".repeat(12),
        ..PLAIN
    }));
}

#[test]
fn a_name_that_cannot_be_drawn_is_refused_before_a_secret_exists() {
    for custodian in ["李雷", "Jose\u{301}", "A\u{202e}na", "A\u{7}", "👍"] {
        assert!(unfit(&Says { custodian, ..PLAIN }), "{custodian:?}");
        assert!(
            unfit(&Says {
                organisation: custodian,
                ..PLAIN
            }),
            "{custodian:?}"
        );
    }
}

#[test]
fn identifiers_of_32_symbols_fit_with_or_without_hyphens() {
    for name in [
        "w".repeat(32),
        "root-password-and-a-little-more0".to_string(),
        "m-".repeat(15) + "mm",
    ] {
        for paper in [PaperSize::A4, PaperSize::Letter] {
            assert_eq!(
                fits(&Says {
                    set: &name,
                    safe: Some(&name),
                    paper,
                    ..PLAIN
                }),
                Ok(()),
                "{name}"
            );
        }
    }
}

#[test]
fn a_share_without_a_safe_is_said_to_be_with_its_custodian() {
    let text = page_text(
        &drawn(&Says { safe: None, ..PLAIN }, &Share::new(Mode::Production, false, 1)),
        0,
    )
    .unwrap();
    assert!(text.expose(|text| text.contains("with its custodian")));
}

#[test]
fn lines_that_are_no_lines_are_refused() {
    let share = Share::new(Mode::Production, false, 1);
    let (short, foreign) = (SecretText::new(symbols(71, 1)), SecretText::new("b".repeat(72)));
    for b in [&short, &foreign] {
        let secret = SecretLines {
            qr_text: &share.qr,
            a: &share.lines[0],
            b,
            c: None,
        };
        let refused = sheet(&PLAIN, |sheet| render(sheet, &secret, &seed(7)).err());
        assert!(refused.is_some_and(|refusal| refusal.rule() == Rule::PageUnfit));
    }
}

#[test]
fn a_code_of_another_size_than_its_place_is_refused() {
    let (open, locked) = (
        Share::new(Mode::Production, false, 1),
        Share::new(Mode::Production, true, 1),
    );
    let secret = SecretLines {
        qr_text: &locked.qr,
        ..open.secret()
    };
    let refused = sheet(&PLAIN, |sheet| render(sheet, &secret, &seed(7)).err());
    assert!(refused.is_some_and(|refusal| refusal.rule() == Rule::PageUnfit));
}

/// The two panels as a lamp shows them: the tint panel turned over onto the secret one, shifted by so many pixels.
fn folded(page: &Picture, plan: &Geometry, dpi: f32, shift: (i32, i32)) -> Picture {
    let pixels = |millimetres: f32| (millimetres / 25.4 * dpi) as i32;
    let (top, fold) = (pixels(plan.second_fold), pixels(plan.first_fold));
    let (width, height) = (page.width() as i32, page.height() as i32);
    let at = |x: i32, y: i32| {
        let inside = (0..width).contains(&x) && (0..height).contains(&y);
        if inside {
            page.pixels()[(y * width + x) as usize]
        } else {
            255
        }
    };
    let rows = fold - top;
    let both = (0..rows * width).map(|number| {
        let (x, y) = (number % width, top + number / width);
        let over = at(x - shift.0, 2 * fold - 1 - y + shift.1);
        (u16::from(at(x, y)) * u16::from(over) / 255) as u8
    });
    Picture::new(width as u32, rows as u32, both.collect()).unwrap()
}

#[test]
fn no_code_is_found_through_the_folded_sheet() {
    for (says, locked) in everywhere().filter(|(says, _)| says.mode == Mode::Production) {
        let pdf = drawn(&says, &Share::new(says.mode, locked, 5));
        let plan = Geometry::new(says.paper, locked);
        let page = pdf.expose(Sheets::open).unwrap().draw(0, 150.0).unwrap();
        for shift in [(0, 0), (6, -4), (-9, 12), (2, 20)] {
            let found = decode::all(&folded(&page, &plan, 150.0, shift));
            assert!(found.is_empty(), "{:?} locked: {locked} shift: {shift:?}", says.paper);
        }
    }
}

#[test]
fn the_lines_lie_under_more_black_than_white() {
    let pdf = drawn(&PLAIN, &Share::new(Mode::Production, false, 5));
    let plan = Geometry::new(PaperSize::A4, false);
    let page = pdf.expose(Sheets::open).unwrap().draw(0, 150.0).unwrap();
    let area = plan.lines_tint();
    let pixels = |millimetres: f32| (millimetres / 25.4 * 150.0) as u32;
    let tint = page.crop(pixels(area.x), pixels(area.y), pixels(area.width), pixels(area.height));
    let black = tint.pixels().iter().map(|pixel| u64::from(255 - pixel)).sum::<u64>() / tint.pixels().len() as u64;
    assert!(black * 100 / 255 > 65, "{}", black * 100 / 255);
}

#[test]
fn another_seed_gives_another_tint_and_the_same_secret_panel() {
    let share = Share::new(Mode::Production, false, 1);
    let page = |byte| {
        let pdf = sheet(&PLAIN, |sheet| render(sheet, &share.secret(), &seed(byte)).unwrap());
        pdf.expose(Sheets::open).unwrap().draw(0, 50.0).unwrap()
    };
    let (one, two) = (page(1), page(2));
    let fold = one.pixels().len() * 199 / 297 - one.width() as usize * 2;
    assert!(one.pixels()[..fold] == two.pixels()[..fold]);
    assert!(one.pixels()[fold..] != two.pixels()[fold..]);
}

#[test]
fn one_code_is_left_wherever_a_quarter_of_the_secret_panel_is_stained() {
    for (paper, locked) in [PaperSize::A4, PaperSize::Letter]
        .into_iter()
        .flat_map(|paper| [false, true].map(|locked| (paper, locked)))
    {
        let share = Share::new(Mode::Production, locked, 9);
        let plan = Geometry::new(paper, locked);
        let page = drawn(&Says { paper, ..PLAIN }, &share)
            .expose(Sheets::open)
            .unwrap()
            .draw(0, 150.0)
            .unwrap();
        let radius = (paper.width() * (plan.first_fold - plan.second_fold) / 4.0 / std::f32::consts::PI).sqrt();
        for x in (5..=205).step_by(25) {
            for y in (0..=4).map(|row| plan.second_fold + 25.0 * row as f32) {
                let stained = page.changed(|row, pixels| {
                    for (column, pixel) in pixels.iter_mut().enumerate() {
                        let (dx, dy) = (column as f32 / 150.0 * 25.4 - x as f32, row as f32 / 150.0 * 25.4 - y);
                        if dx * dx + dy * dy < radius * radius {
                            *pixel = 0;
                        }
                    }
                });
                let found = decode::all(&stained);
                let same = |found: &decode::Found| decode::same_text(&found.text, &share.qr);
                assert!(found.iter().any(same), "{paper:?} locked: {locked} at {x}, {y}");
            }
        }
    }
}
