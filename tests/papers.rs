//! The papers without shares, as an operator and strangers' tools see them: every one of them, on both papers.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{Ended, Scratch, World, rehearsal, run, run_isolated, run_with};
use std::path::Path;

/// Every paper, but for what names an envelope.
const PAPERS: [&[&str]; 11] = [
    &["label", "--all"],
    &["receipt", "--all"],
    &["card", "--all"],
    &["inventory", "--all"],
    &[
        "script",
        "root-password",
        "--room",
        "administrator=walt,operator=mira,scribe=zoe,witness=eli",
    ],
    &["closing", "--room", "administrator=walt"],
    &["printer-test"],
    &["review"],
    &["drill"],
    &["status"],
    &["exposure"],
];

fn print(world: &World, what: &[&str], out: &str) -> Ended {
    world.run(&[&["print"], what, &["--out", out]].concat())
}

fn pages(folder: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().display().to_string())
        .collect();
    names.sort();
    names
}

fn text(page: &str) -> String {
    run_with("pdftotext", &["-layout", page, "-"], b"").ok().out
}

/// Names as short as can be, or the longest that a paper takes: of the organisation, of who only signs, of who holds shares,
/// of an account.
const NAMES: [[&str; 2]; 6] = [
    [
        "Example Corp",
        "Wolfgang Widmann Wolfgang Widmann Wolfgang Widmann Wolfgang Widmann",
    ],
    [
        "Walt Ames",
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    ],
    ["Łukasz Wójcik", "Łukasz Wolfgang Amadeus Maximilian Wójcik-Lindström"],
    ["Ana Sousa", "Ana Margarida Wolfgang Maximilian Sousa Lindström"],
    [
        "data-lake-staging",
        "WWWWWWWW WWWWWWWW WWWWWWWW WWWWWWWW WWWWWWWW WWWWW",
    ],
    ["Zoë Martin", "Zoë"],
];

/// The rehearsal, after a recovery that an exposure list can tell of.
fn after_a_night() -> World {
    static WORLD: std::sync::OnceLock<World> = std::sync::OnceLock::new();
    let world = WORLD.get_or_init(|| {
        let world = rehearsal().copy();
        let sheets = world.sheets("root-password");
        world.recover_password(&[&sheets[0], &sheets[1], &sheets[2]]).ok();
        world
    });
    world.copy()
}

/// The example on this paper, with names that are short or long.
fn example(paper: &str, are_long: bool) -> World {
    let world = after_a_night();
    let plan = format!("{}/strongroom.toml", world.vault);
    let mut text = std::fs::read_to_string(&plan).unwrap();
    text = text.replacen("paper = \"A4\"", &format!("paper = \"{paper}\""), 1);
    assert!(text.contains(&format!("paper = \"{paper}\"")));
    for (number, [name, long]) in NAMES.into_iter().enumerate() {
        let short = ["Z", "i", "Ł", "A", "l", "."][number];
        let (name, other) = (format!("\"{name}\""), if are_long { long } else { short });
        assert!(text.contains(&name), "{name}");
        text = text.replacen(&name, &format!("\"{other}\""), 1);
    }
    std::fs::write(&plan, text).unwrap();
    world
}

/// Every paper of a vault.
fn all_papers(world: &World) -> Vec<String> {
    let out = world.scratch.join("papers");
    for paper in PAPERS
        .iter()
        .chain([&["statement"][..], &["vault-copy"], &["notices", "--count", "1"]].iter())
    {
        print(world, paper, &out).ok();
    }
    world.run(&["runbook", "print", "--all", "--out", &out]).ok();
    let made = pages(&out);
    assert!(made.len() > 50, "{}", made.len());
    made
}

#[test]
fn every_paper_is_sound_embeds_its_fonts_and_says_nothing_of_its_maker() {
    for page in &all_papers(&after_a_night()) {
        run_with("qpdf", &["--check", page], b"").ok();
        let fonts = run_with("pdffonts", &[page], b"").ok().out;
        assert!(
            fonts.lines().count() > 2 && fonts.lines().skip(2).all(|line| line.contains(" yes yes ")),
            "{page} {fonts}"
        );
        let info = run_with("pdfinfo", &[page], b"").ok().out;
        assert!(info.contains("JavaScript:      no"), "{info}");
        assert!(
            !info.contains("Date:") && !info.contains("Author") && !info.contains("Creator:"),
            "{info}"
        );
        assert_eq!(
            run_with("pdfdetach", &["-list", page], b"").ok().first_line(),
            "0 embedded files"
        );
        assert!(text(page).contains("REHEARSAL"), "{page}");
    }
}

#[test]
fn on_both_papers_and_with_any_names_no_word_leaves_its_page_or_meets_another() {
    for (paper, width) in [("A4", 595.3), ("Letter", 612.0)] {
        for are_long in [false, true] {
            let world = example(paper, are_long);
            let mut papers = all_papers(&world);
            let sheets = world.scratch.join("sheets");
            world
                .run(&["ceremony", "contact", "--unattended", "--out", &sheets])
                .ok();
            papers.extend(pages(&sheets));
            for page in &papers {
                is_clear(page, width);
            }
        }
    }
}

/// A word as a stranger measures it, in points from the top left.
struct Word {
    said: String,
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Word {
    fn of(line: &str) -> Self {
        let number = |key| attribute(line, key);
        let said = line.split('>').nth(1).and_then(|rest| rest.split('<').next());
        Self {
            said: said.unwrap_or_default().to_string(),
            left: number("xMin"),
            top: number("yMin"),
            right: number("xMax"),
            bottom: number("yMax"),
        }
    }

    /// What is inked of a line of type: from the top of a capital to the baseline.
    fn ink(&self) -> (f64, f64) {
        let height = self.bottom - self.top;
        (self.top + 0.3 * height, self.top + 0.77 * height)
    }

    fn meets(&self, other: &Self) -> bool {
        let ((top, bottom), (other_top, other_bottom)) = (self.ink(), other.ink());
        self.left + 0.3 < other.right && other.left + 0.3 < self.right && top < other_bottom && other_top < bottom
    }
}

fn attribute(line: &str, key: &str) -> f64 {
    let start = line.find(&format!("{key}=\"")).unwrap() + key.len() + 2;
    line[start..].split('"').next().unwrap().parse().unwrap()
}

/// What strangers measure: every word inside the room of a laser printer, and none upon another.
fn is_clear(paper: &str, width: f64) {
    let boxes = run_with("pdftotext", &["-bbox", paper, "-"], b"").ok().out;
    let (mut words, mut height): (Vec<Word>, f64) = (Vec::new(), 0.0);
    for line in boxes.lines() {
        if line.contains("<page ") {
            words.clear();
            height = attribute(line, "height");
            assert!((attribute(line, "width") - width).abs() < 1.0, "{paper}: {line}");
        }
        // In the margins stands nothing but this.
        if !line.contains("<word ") || line.contains(">REHEARSAL<") {
            continue;
        }
        let word = Word::of(line);
        let inside = word.left > 12.0 && word.top > 12.0 && word.right < width - 12.0 && word.bottom < height - 8.0;
        assert!(inside, "{paper}: {line}");
        if let Some(under) = words.iter().find(|other| word.meets(other)) {
            panic!("{paper}: {} stands on {}", word.said, under.said);
        }
        words.push(word);
    }
    assert!(!words.is_empty(), "{paper}");
}

/// Papers that go over several pages or that somebody rings from, on the narrower paper with the longest names.
fn longest() -> &'static [String] {
    static MADE: std::sync::OnceLock<(World, Vec<String>)> = std::sync::OnceLock::new();
    let (_, made) = MADE.get_or_init(|| {
        let world = example("Letter", true);
        let out = world.scratch.join("longest");
        for paper in [
            &["card", "ana"][..],
            &["card", "ben"],
            &["notices", "--count", "1"],
            &["inventory", "fra-1"],
            &["script", "root-password"],
            &["closing", "--room", "administrator=walt,witness=eli"],
            &["printer-test"],
            &["review"],
            &["drill"],
            &["status"],
            &["exposure"],
            &["vault-copy"],
        ] {
            print(&world, paper, &out).ok();
        }
        world.run(&["runbook", "print", "--all", "--out", &out]).ok();
        let made = pages(&out);
        (world, made)
    });
    made
}

#[test]
fn no_telephone_number_is_broken_over_two_lines() {
    let mut rung = 0;
    for paper in longest() {
        let text = run_with("pdftotext", &["-raw", paper, "-"], b"").ok().out;
        for line in text.lines() {
            for (at, _) in line.match_indices("+00") {
                let mut rest = line[at..].split([' ', '.', ',', ';']);
                let whole = [rest.next(), rest.next(), rest.next()];
                assert!(
                    whole[1] == Some("000") && whole[2].is_some_and(|last| last.starts_with('1') && last.len() == 4),
                    "{paper}: {line}"
                );
                rung += 1;
            }
        }
    }
    assert!(rung > 100, "{rung}");
}

#[test]
fn every_page_of_a_paper_of_several_says_which_of_how_many_it_is() {
    let mut several = 0;
    for paper in longest() {
        let all = run_with("pdftotext", &["-raw", paper, "-"], b"").ok().out;
        let pages: Vec<&str> = all.trim_end_matches('\u{c}').split('\u{c}').collect();
        if pages.len() == 1 {
            continue;
        }
        several += 1;
        for (number, page) in (1..).zip(&pages) {
            let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
            // The vault copy sets its number large, and the words around it small.
            let said = [
                format!("page {number} of {}", pages.len()),
                format!("of {} {number} page", pages.len()),
            ];
            assert!(
                said.iter().any(|said| page.contains(said)),
                "{paper}, page {number}: {page}"
            );
        }
    }
    assert!(several >= 7, "{several}");
}

#[test]
fn every_piece_of_a_label_says_that_it_is_of_a_rehearsal() {
    let world = rehearsal().copy();
    let out = world.scratch.join("labels");
    print(&world, &["label", "--set", "root-password"], &out).ok();
    let label = pages(&out).pop().unwrap();
    let said = run_with("pdftotext", &["-raw", &label, "-"], b"").ok().out;
    // Four at the head and four at the foot are cut away.
    assert_eq!(said.matches("REHEARSAL").count(), 8 + 3, "{said}");
}

#[test]
fn a_word_upon_another_would_be_seen() {
    let word = |left: f64, top: f64| Word {
        said: String::new(),
        left,
        top,
        right: left + 30.0,
        bottom: top + 14.0,
    };
    assert!(word(0.0, 0.0).meets(&word(29.0, 5.0)));
    assert!(!word(0.0, 0.0).meets(&word(30.0, 0.0)) && !word(0.0, 0.0).meets(&word(0.0, 10.0)));
}

#[test]
fn the_same_vault_and_day_give_the_same_bytes() {
    let world = after_a_night();
    let (one, two) = (world.scratch.join("one"), world.scratch.join("two"));
    // A closing sheet closes the ledger, and other papers name its last line.
    world.run(&["ledger", "head"]).ok();
    for out in [&one, &two] {
        for paper in PAPERS {
            print(&world, paper, out).ok();
        }
    }
    let names: Vec<String> = pages(&one).iter().map(|page| page.replace(&one, "")).collect();
    for name in names {
        assert!(
            std::fs::read(format!("{one}{name}")).unwrap() == std::fs::read(format!("{two}{name}")).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn a_label_identifies_without_explaining() {
    let world = rehearsal().copy();
    let out = world.scratch.join("labels");
    print(&world, &["label", "--set", "root-password"], &out).ok();
    let labels = pages(&out);
    assert_eq!(labels.len(), 5);
    for label in &labels {
        let text = text(label);
        for told in ["Example Corp", "root-password", "Sousa", "password", "3-of-5"] {
            assert!(!text.contains(told), "{told}");
        }
        let serial = label.rsplit("label-").next().unwrap().trim_end_matches(".pdf");
        assert!(
            text.contains(serial) && text.contains("2 people present to open"),
            "{text}"
        );
    }
}

#[test]
fn a_card_says_what_its_holder_has_and_whom_to_ring() {
    let world = rehearsal().copy();
    let out = world.scratch.join("cards");
    print(&world, &["card", "ana"], &out).ok();
    let card = text(&format!("{out}/card-ana.pdf"));
    for said in [
        "Someone asked for my share",
        "root-password",
        "fra-1",
        "Walt Ames",
        "+00 000 1024",
    ] {
        assert!(card.contains(said), "{said}: {card}");
    }
    assert!(!card.contains("Jonas"), "no other custodian is named");
    print(&world, &["card", "walt"], &out).refused(2, "unknown-person");
}

#[test]
fn the_closing_sheet_carries_the_head_that_the_ledger_has() {
    let world = rehearsal().copy();
    let out = world.scratch.join("closing");
    let made = print(&world, &["closing"], &out).ok();
    let sheet = text(&made.first_line());
    let head = world.run(&["ledger", "head"]).ok();
    for word in head.first_line().split(' ') {
        assert!(sheet.contains(word), "{word}");
    }
    assert!(sheet.contains(head.out.lines().nth(1).unwrap()));
}

#[test]
fn another_wording_is_taken_and_an_unfit_one_is_refused() {
    let world = rehearsal().copy();
    let (out, templates) = (world.scratch.join("out"), world.scratch.join("templates"));
    std::fs::create_dir(&templates).unwrap();
    let print = |out: &str| world.run(&["print", "review", "--out", out, "--templates", &templates]);
    std::fs::write(
        format!("{templates}/review.md"),
        "## title\n\nUnsere Prüfung\n\n## body\n\nStand {today}\n",
    )
    .unwrap();
    assert!(text(&print(&out).ok().first_line()).contains("Unsere Prüfung"));
    std::fs::write(
        format!("{templates}/review.md"),
        "## title\n\nx\n\n## body\n\n{secret}\n",
    )
    .unwrap();
    print(&world.scratch.join("two")).refused(2, "input-malformed");
    std::fs::write(format!("{templates}/reveiw.md"), "## title\n").unwrap();
    let ended = print(&world.scratch.join("three")).refused(2, "input-malformed");
    assert!(ended.err.contains("did you mean review.md?"), "{ended:?}");
}

#[test]
fn the_sheets_of_a_ceremony_take_another_wording_or_none_is_made() {
    let scratch = Scratch::new();
    let (vault, pages, templates) = (scratch.join("vault"), scratch.join("pages"), scratch.join("templates"));
    run(&["init", &vault, "--example", "--rehearsal"]).ok();
    std::fs::create_dir(&templates).unwrap();
    let own = include_str!("../templates/share-sheet.md");
    let ceremony = |text: &str| {
        std::fs::write(format!("{templates}/share-sheet.md"), text).unwrap();
        let fixed = [
            "--vault",
            &vault,
            "ceremony",
            "contact",
            "--unattended",
            "--out",
            &pages,
            "--templates",
            &templates,
        ];
        run(&fixed)
    };
    for bad in [
        own.replacen("{custodian}", "{secret}", 2),
        own.replacen("## marker", "## maker", 1),
        own.replacen("Share sheet, page 1 of 1", &"long ".repeat(60), 1),
    ] {
        let ended = ceremony(&bad);
        assert_eq!(ended.status, 2, "{ended:?}");
        assert!(!Path::new(&pages).exists(), "no page, no secret");
    }
    ceremony(&own.replacen("Share sheet, page 1 of 1", "Anteil, Seite 1 von 1", 1)).ok();
    assert!(text(&self::pages(&pages)[0]).contains("Anteil, Seite 1 von 1"));
}

#[test]
fn a_paper_goes_somewhere_and_nothing_is_overwritten() {
    let world = rehearsal().copy();
    world.run(&["print", "review"]).refused(2, "usage");
    let out = world.scratch.join("out");
    print(&world, &["review"], &out).ok();
    print(&world, &["review"], &out).refused(2, "output-exists");
    print(&world, &["inventory", "mars-1"], &out).refused(2, "unknown-safe");
    print(&world, &["label", "QQQ-QQQ"], &out).refused(2, "unknown-serial");
}

#[test]
fn a_vault_restores_from_its_copy_byte_for_byte_and_with_the_line_of_its_printing() {
    let world = rehearsal().copy();
    let (copy, back) = (world.scratch.join("copy"), world.scratch.join("back"));
    print(&world, &["vault-copy"], &copy).ok();
    assert!(
        world
            .run(&["ledger", "show"])
            .ok()
            .out
            .contains("printed     vault-copy")
    );
    run(&["restore", &back, "--scan", &copy]).ok();
    run_with("diff", &["-r", &world.vault, &back], b"").ok();
    run(&["--vault", &back, "ledger", "verify"]).ok();
    run(&["restore", &back, "--scan", &copy]).refused(2, "vault-exists");
}

#[test]
fn a_copy_restores_from_scans_in_any_order_without_any_one_page_and_names_what_is_missing() {
    let world = rehearsal().copy();
    let (copy, scans) = (world.scratch.join("copy"), world.scratch.join("scans"));
    let made = print(&world, &["vault-copy"], &copy).ok();
    std::fs::create_dir(&scans).unwrap();
    run_with(
        "pdftoppm",
        &["-r", "150", "-gray", "-png", &made.first_line(), &format!("{scans}/p")],
        b"",
    )
    .ok();
    let all = pages(&scans);
    assert!(all.len() >= 4, "{}", all.len());
    for lost in [0, all.len() - 1] {
        let back = world.scratch.join(&format!("back{lost}"));
        let mut kept: Vec<&str> = all.iter().map(String::as_str).collect();
        kept.remove(lost);
        kept.reverse();
        let ended = run(&[&["restore", &back, "--scan"], kept.as_slice()].concat()).ok();
        assert!(
            lost == all.len() - 1 || ended.err.contains("rebuilt from the other pages: 1"),
            "{ended:?}"
        );
        run_with("diff", &["-r", &world.vault, &back], b"").ok();
    }
    let back = world.scratch.join("short");
    let ended = run(&["restore", &back, "--scan", &all[2]]).refused(1, "copy-incomplete");
    assert!(ended.err.contains("pages 1, 2"), "{ended:?}");
    assert!(
        !Path::new(&back).exists(),
        "nothing is written before everything is whole"
    );
}

#[test]
fn strangers_restore_a_copy_with_the_document_alone() {
    let world = rehearsal().copy();
    let copy = world.scratch.join("copy");
    let made = print(&world, &["vault-copy"], &copy).ok();
    let scans = world.scratch.join("page");
    run_with(
        "pdftoppm",
        &["-r", "200", "-gray", "-png", &made.first_line(), &scans],
        b"",
    )
    .ok();
    let images: Vec<String> = pages(&world.scratch.path().display().to_string())
        .into_iter()
        .filter(|name| name.contains("page-"))
        .collect();
    let arguments: Vec<&str> = ["-q", "--raw"]
        .into_iter()
        .chain(images.iter().map(String::as_str))
        .collect();
    let read = run_with("zbarimg", &arguments, b"").ok().out;
    let back = world.scratch.join("back");
    std::fs::create_dir(&back).unwrap();
    run_with("python3", &["-I", "-c", STRANGER, &back], read.as_bytes()).ok();
    run_with("diff", &["-r", &world.vault, &back], b"").ok();
}

/// Section 16 of docs/spec.md, in the standard library of Python.
const STRANGER: &str = r#"
import gzip, hashlib, io, sys, tarfile
A = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
def base45(text):
    out = bytearray()
    for at in range(0, len(text), 3):
        digits = [A.index(c) for c in text[at:at + 3]]
        n = sum(d * 45 ** i for i, d in enumerate(digits))
        out += n.to_bytes(2 if len(digits) == 3 else 1, "big")
    return bytes(out)
blocks = {}
for line in sys.stdin.read().split("\n"):
    if line.startswith("ZV1/"):
        code = base45(line[4:])
        assert hashlib.sha256(b"ZV1/" + code[:24] + code[28:]).digest()[:4] == code[24:28]
        blocks[code[20:23]] = code
length = int.from_bytes(code[16:20], "big")
pages = -(-length // 852 // 12)
pages = -(-(-(-length // 852)) // 12)
data = b""
for key in sorted(blocks):
    page = int.from_bytes(key[:2], "big")
    if page % 20 < 18 and page < pages + pages // 18 * 2:
        data += blocks[key][28:]
data = data[:length]
assert hashlib.sha256(data).digest()[:16] == code[:16]
tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))).extractall(sys.argv[1])
"#;

#[test]
fn pages_of_two_copies_are_never_mixed() {
    let world = rehearsal().copy();
    let (one, two) = (world.scratch.join("one"), world.scratch.join("two"));
    print(&world, &["vault-copy"], &one).ok();
    print(&world, &["vault-copy"], &two).ok();
    let back = world.scratch.join("back");
    run(&["restore", &back, "--scan", &one, &two]).refused(1, "copy-mixed");
    assert!(!Path::new(&back).exists());
    run(&["restore", &back, "--scan", &world.sheets("root-password")[0]]).refused(1, "nothing-scanned");
}

#[test]
fn in_production_a_copy_restores_to_the_words_of_its_closing_sheet() {
    let scratch = Scratch::new();
    let (vault, copy, back) = (scratch.join("vault"), scratch.join("copy"), scratch.join("back"));
    run(&["init", &vault, "--example"]).ok();
    let words = run(&["--vault", &vault, "ledger", "head"]).ok().first_line();
    run(&["--vault", &vault, "print", "vault-copy", "--out", &copy]).ok();
    run(&["restore", &back, "--scan", &copy]).refused(3, "anchor-missing");
    let wrong = "abandon abandon abandon abandon abandon abandon abandon abandon";
    run(&["restore", &back, "--scan", &copy, "--anchor", wrong]).refused(1, "anchor-unknown");
    let ended = run(&["restore", &back, "--scan", &copy, "--anchor", &words]).ok();
    assert!(ended.err.contains("not yet on paper"), "{ended:?}");
    run_with("diff", &["-r", &vault, &back], b"").ok();
}

#[test]
fn hostile_text_of_a_plan_is_literal_on_paper_or_refused_before_a_secret_exists() {
    let scratch = Scratch::new();
    let vault = scratch.join("vault");
    run(&["init", &vault, "--example", "--rehearsal"]).ok();
    let plan = format!("{vault}/strongroom.toml");
    let original = std::fs::read_to_string(&plan).unwrap();
    for (number, name) in [
        "**{plan}** `x` [time]",
        ") Tj ET <</JS (a)>> %PDF",
        "{% for %} ${HOME} <b>",
        "a | b | c",
    ]
    .into_iter()
    .enumerate()
    {
        std::fs::write(&plan, original.replacen("Ana Sousa", name, 1)).unwrap();
        let out = scratch.join(&format!("out{number}"));
        run(&["--vault", &vault, "print", "card", "ana", "--out", &out]).ok();
        let seen = text(&format!("{out}/card-ana.pdf"))
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(
            seen.contains(&format!("{name}, what")) || seen.contains(name.split(' ').next().unwrap()),
            "{seen}"
        );
    }
    for name in [
        "Ana\\u202e",
        "Ana\\u001b[2J",
        "Ana \u{1f44d}",
        &"A".repeat(10_000),
        "\u{674e}\u{96f7}",
    ] {
        std::fs::write(&plan, original.replacen("Ana Sousa", name, 1)).unwrap();
        let pages = scratch.join("pages");
        let ended = run(&[
            "--vault",
            &vault,
            "ceremony",
            "root-password",
            "--unattended",
            "--out",
            &pages,
        ]);
        assert!(
            (1..=4).contains(&ended.status) && ended.err.contains("strongroom: error:"),
            "{ended:?}"
        );
        assert!(!Path::new(&pages).exists(), "no page, no secret");
        let checked = run(&["--vault", &vault, "check"]);
        assert!(checked.status == 2, "{checked:?}");
    }
}

#[test]
fn a_printer_that_is_not_tested_gets_no_secret_page() {
    let scratch = Scratch::new();
    let vault = scratch.join("vault");
    run(&["init", &vault, "--example"]).ok();
    let ceremony = |more: &[&str]| {
        let dealt = [
            "--vault",
            &vault,
            "ceremony",
            "root-password",
            "--unattended",
            "--reason",
            "x",
            "--printer",
            "office",
        ];
        run_isolated(&[&dealt, more].concat())
    };
    ceremony(&[]).refused(3, "spool-keeps");
    ceremony(&["--allow-spool", "no other printer"]).refused(3, "printer-untested");
    assert!(!run(&["--vault", &vault, "ledger", "show"]).ok().out.contains("dealt"));
}

#[test]
fn a_printer_test_is_compared_with_its_scan() {
    let world = rehearsal().copy();
    let out = world.scratch.join("out");
    print(&world, &["printer-test"], &out).ok();
    let test = format!("{out}/printer-test.pdf");
    let scans = world.scratch.join("scan");
    run_with("pdftoppm", &["-r", "150", "-gray", "-png", &test, &scans], b"").ok();
    let (one, two) = (format!("{scans}-1.png"), format!("{scans}-2.png"));
    let compare =
        |files: &[&str]| world.run(&[&["print", "printer-test", "--printer", "office", "--scan"], files].concat());
    compare(&[&one]).refused(3, "printer-untested");
    compare(&[&two, &one]).ok();
    assert!(
        world
            .run(&["ledger", "show"])
            .ok()
            .out
            .contains("printed     printer-test by office")
    );
}
