//! Pages of every version that printed any, kept for ever: each is still read, by this program and by strangers.
//!
//! `tests/golden/<version>/` holds each page as PDF and as a scan in black and white at 200 dpi, and `pages.json` what stands on it. A folder is
//! written once, by the version that it is named for, and never again.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;
#[path = "format/sample.rs"]
mod sample;

use common::run_with;
use sample::{Of, Sample, Seeded, code, secret};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use strongroom::code::reading::read_text;
use strongroom::code::share_code::PaperShare;
use strongroom::code::share_lines::Line;
use strongroom::crypto::passphrase::Passphrase;
use strongroom::ident::{Mode, Serial};
use strongroom::paper::page::PaperSize;
use strongroom::paper::sheet::{self, SecretLines, ShareSheet};
use strongroom::paper::{recoverer, scan};
use strongroom::plan::Factor;

const FOLDER: &str = "tests/golden";
const WORDS: &str = "abandon ability able about above absent absorb";

/// The folder of each version, with its list of pages.
fn versions() -> Vec<(PathBuf, Vec<Value>)> {
    let folders = std::fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir());
    let read = |folder: PathBuf| {
        let list = std::fs::read(folder.join("pages.json")).unwrap();
        let pages: Vec<Value> = serde_json::from_slice(&list).unwrap();
        (folder, pages)
    };
    folders.map(read).collect()
}

fn text<'a>(page: &'a Value, key: &str) -> &'a str {
    page[key].as_str().unwrap()
}

fn mode_of(page: &Value) -> Mode {
    serde_json::from_value(page["world"].clone()).unwrap()
}

#[test]
fn pages_of_every_version_are_read_for_ever() {
    let versions = versions();
    assert!(!versions.is_empty());
    for (folder, pages) in versions {
        assert_eq!(pages.len(), 4, "{}", folder.display());
        for page in pages {
            for kind in ["pdf", "png"] {
                let file = folder.join(format!("{}.{kind}", text(&page, "name")));
                let scanned = scan::codes(&std::fs::read(&file).unwrap()).unwrap_or_else(|refusal| panic!("{refusal}"));
                let codes: Vec<String> = scanned
                    .iter()
                    .flat_map(|page| &page.codes)
                    .map(|code| code.expose(str::to_string))
                    .collect();
                assert!(
                    codes.iter().all(|code| code == text(&page, "code")) && !codes.is_empty(),
                    "{}",
                    file.display()
                );
            }
            let paper = read_text(text(&page, "code"), mode_of(&page))
                .pop()
                .and_then(Result::ok)
                .unwrap();
            let open = match page["passphrase"].as_str() {
                Some(words) => paper
                    .opened(&Passphrase::read(words).unwrap())
                    .map_err(|(_, fault)| fault)
                    .unwrap(),
                None => paper,
            };
            assert_eq!(code(&open), text(&page, "open"), "{}", text(&page, "name"));
        }
    }
}

#[test]
fn strangers_read_the_pages_of_every_version() {
    for (folder, pages) in versions() {
        for page in pages {
            let file = folder.join(text(&page, "name"));
            let image = file.with_extension("png");
            let read = run_with("zbarimg", &["-q", "--raw", image.to_str().unwrap()], b"")
                .ok()
                .out;
            assert!(
                read.lines().count() == 2 && read.lines().all(|code| code == text(&page, "code")),
                "{}",
                image.display()
            );
            // The lines stand on the page as text too.
            let printed = run_with(
                "pdftotext",
                &["-raw", file.with_extension("pdf").to_str().unwrap(), "-"],
                b"",
            )
            .ok()
            .out;
            let groups: String = printed.split_whitespace().filter(|word| word.len() == 4).collect();
            for line in text(&page, "code").split('/') {
                let line = &line[3..];
                assert!(
                    (0..line.len() / 4).all(|at| groups.contains(&line[4 * at..4 * at + 4])),
                    "{}",
                    file.display()
                );
            }
        }
    }
}

/// The share of each page: its name, its world, its paper, and whether it is locked.
const PAGES: [(&str, Mode, PaperSize, bool); 4] = [
    ("open-a4", Mode::Production, PaperSize::A4, false),
    ("locked-a4", Mode::Production, PaperSize::A4, true),
    ("rehearsal-letter", Mode::Rehearsal, PaperSize::Letter, false),
    ("locked-rehearsal-letter", Mode::Rehearsal, PaperSize::Letter, true),
];

#[test]
#[ignore = "writes the pages of this version, once: before it is released"]
fn write_the_pages_of_this_version() {
    let folder = Path::new(FOLDER).join(env!("CARGO_PKG_VERSION"));
    std::fs::create_dir_all(FOLDER).unwrap();
    std::fs::create_dir(&folder).expect("a version's pages are written once");
    let mut list = Vec::new();
    for (name, mode, paper, locked) in PAGES {
        let of = Of {
            mode,
            name: "root-password",
            purpose: Factor::Password,
            region: None,
            threshold: "3-of-5".to_string(),
        };
        let sample = Sample::deal(&format!("golden {name}"), &of);
        let open = sample.paper(2);
        let share = if locked {
            sample.locked(2, WORDS, Seeded::new(name).bytes())
        } else {
            sample.paper(2)
        };
        let page = page_of(&sample, &share, paper);
        let place = folder.join(format!("{name}.pdf"));
        page.expose(|bytes| std::fs::write(&place, bytes)).unwrap();
        let (pdf, scan) = (place.to_str().unwrap(), place.with_extension(""));
        let scanned = ["-mono", "-r", "200", "-png", "-singlefile", pdf, scan.to_str().unwrap()];
        run_with("pdftoppm", &scanned, b"").ok();
        let mut entry = json!({ "name": name, "world": mode, "code": code(&share), "open": code(&open) });
        if locked {
            entry["passphrase"] = WORDS.into();
        }
        list.push(entry);
    }
    std::fs::write(
        folder.join("pages.json"),
        serde_json::to_string_pretty(&list).unwrap() + "\n",
    )
    .unwrap();
}

fn page_of(sample: &Sample, share: &PaperShare, paper: PaperSize) -> strongroom::secret::SecretBytes {
    let wording = sheet::wording().unwrap_or_else(|refusal| panic!("{refusal}"));
    let (lines, hex, hash) = (share.lines(), sample.fingerprint.hex_grouped(), recoverer::sha256());
    let sheet = ShareSheet {
        organisation: "Example Corp",
        custodian: "Jonas Weber",
        set: &sample.core.name,
        purpose: "root passwords",
        threshold: sample.core.threshold,
        index: share.head.index,
        epoch: sample.core.epoch,
        dealt: jiff::civil::date(2026, 11, 24),
        safe: Some(&"fra-1".parse().unwrap()),
        serial: Serial::from_bits(0x1234_5678 & 0x3fff_ffff),
        words: sample.fingerprint.words(),
        fingerprint_hex: &hex,
        faces: strongroom::paper::faces::Faces::OWN,
        mode: sample.mode,
        paper,
        recoverer_sha256: Some(&hash),
        template: &wording,
    };
    let qr_text = lines.qr_text();
    let secrets = SecretLines {
        qr_text: &qr_text,
        a: lines.line(Line::A).unwrap(),
        b: lines.line(Line::B).unwrap(),
        c: lines.line(Line::C),
    };
    let tint = secret(Seeded::new("golden tint").bytes());
    sheet::render(&sheet, &secrets, &tint).unwrap_or_else(|refusal| panic!("{refusal}"))
}
