//! Names in scripts that the program's own faces lack: drawn from a font that the plan names, or refused before a secret exists.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{Ended, Scratch, World, rehearsal, run, run_with};
use std::path::Path;

/// Georgian and Armenian: one glyph a symbol, from left to right, and in neither of the program's faces.
const NAME: &str = "ნინო ჯაფარიძე";
const ORGANISATION: &str = "Հայկական Բանկ";
const FONT: &str = "fonts/DejaVuSans.ttf";

/// The plan with a name and an organisation in other scripts, and `fonts` as written.
fn with_names(vault: &str, fonts: &str) {
    let plan = format!("{vault}/strongroom.toml");
    let text = std::fs::read_to_string(&plan).unwrap();
    let organisation = format!("organisation = \"{ORGANISATION}\"\n{fonts}");
    let text = text
        .replacen("organisation = \"Example Corp\"", &organisation, 1)
        .replacen("Ana Sousa", NAME, 1);
    std::fs::write(&plan, text).unwrap();
}

fn with_font(vault: &str) {
    with_names(vault, &format!("fonts = [\"{FONT}\"]"));
    std::fs::create_dir_all(format!("{vault}/fonts")).unwrap();
    std::fs::write(format!("{vault}/{FONT}"), dejavu::sans::regular()).unwrap();
}

fn fresh() -> World {
    let scratch = Scratch::new();
    let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
    run(&["init", &vault, "--example", "--rehearsal"]).ok();
    World { scratch, vault, pages }
}

fn text(page: &str) -> String {
    run_with("pdftotext", &["-layout", page, "-"], b"").ok().out
}

fn files(folder: &str) -> Vec<String> {
    let each = std::fs::read_dir(folder).unwrap();
    each.map(|entry| entry.unwrap().path().display().to_string()).collect()
}

fn ceremony(world: &World) -> Ended {
    world.run(&["ceremony", "root-password", "--unattended", "--out", &world.pages])
}

/// Refused by `check`, and by `ceremony` before a secret exists.
#[track_caller]
fn refused_everywhere(world: &World, rule: &str) {
    world.run(&["check"]).refused(2, rule);
    ceremony(world).refused(2, rule);
    assert!(!Path::new(&world.pages).exists(), "no page, no secret");
    assert!(!world.run(&["ledger", "show"]).ok().out.contains("dealt"));
}

#[test]
fn every_paper_says_a_name_in_the_font_that_the_plan_brings() {
    let world = rehearsal().copy();
    with_font(&world.vault);
    world.run(&["check"]).ok();
    let out = world.scratch.join("papers");
    for paper in [
        &["card", "ana"][..],
        &["receipt", "--set", "root-password"],
        &["inventory", "--all"],
        &["script", "root-password"],
        &["closing", "--room", "witness=ana"],
        &["review"],
        &["drill"],
        &["statement"],
        &["printer-test"],
        &["vault-copy"],
    ] {
        world.run(&[&["print"], paper, &["--out", &out]].concat()).ok();
    }
    let mut said = String::new();
    for page in files(&out) {
        run_with("qpdf", &["--check", &page], b"").ok();
        let fonts = run_with("pdffonts", &[&page], b"").ok().out;
        assert!(
            fonts.lines().skip(2).all(|line| line.contains(" yes yes ")),
            "{page} {fonts}"
        );
        assert!(
            std::fs::metadata(&page).unwrap().len() < 600_000,
            "{page}: the glyphs used, not the font"
        );
        let text = text(&page);
        let named = text.contains(ORGANISATION) || text.contains(NAME);
        assert!(named || page.contains("inventory"), "{page}: {text}");
        said.push_str(&text);
    }
    assert!(said.contains(ORGANISATION) && said.contains(NAME));
}

#[test]
fn a_share_sheet_in_two_faces_is_small_reads_back_and_opens_when_the_font_is_gone() {
    let world = fresh();
    with_font(&world.vault);
    ceremony(&world).ok();
    let sheets = world.sheets("root-password");
    assert!(text(&sheets[0]).contains(NAME) && text(&sheets[1]).contains(ORGANISATION));
    for sheet in &sheets {
        assert!(std::fs::metadata(sheet).unwrap().len() < 60_000);
    }
    world
        .run(&["enroll", common::MEMBER, "--factor", "password", "--unattended"])
        .ok();
    std::fs::remove_dir_all(format!("{}/fonts", world.vault)).unwrap();
    world.recover_password(&[&sheets[0], &sheets[1], &sheets[2]]).ok();
    world.run(&["prove", "--scan", &sheets[3]]).ok();
    let ended = world.run(&["check"]).refused(2, "font-unfit");
    assert!(ended.err.contains("put the font there"), "{ended:?}");
}

#[test]
fn a_copy_on_paper_carries_no_font_and_says_so() {
    let world = rehearsal().copy();
    with_font(&world.vault);
    let (copy, back) = (world.scratch.join("copy"), world.scratch.join("back"));
    let made = world.run(&["print", "vault-copy", "--out", &copy]).ok();
    assert!(
        made.err.contains("not copied") && made.err.contains("fonts"),
        "{made:?}"
    );
    run(&["restore", &back, "--scan", &copy]).ok();
    std::fs::remove_dir_all(format!("{}/fonts", world.vault)).unwrap();
    run_with("diff", &["-r", &world.vault, &back], b"").ok();
}

#[test]
fn without_a_font_that_has_them_the_names_are_refused() {
    let world = fresh();
    with_names(&world.vault, "");
    refused_everywhere(&world, "name-unfit");
    let hints = world.run(&["check"]).err;
    assert!(hints.contains("fonts = [\"fonts/NAME.ttf\"]"), "{hints}");
    // A font that is there, and lacks the letters.
    let world = fresh();
    with_font(&world.vault);
    std::fs::write(format!("{}/{FONT}", world.vault), notosans::REGULAR_TTF).unwrap();
    refused_everywhere(&world, "name-unfit");
}

#[test]
fn a_font_that_is_missing_unreadable_damaged_or_too_large_is_refused_by_its_name() {
    let font = dejavu::sans::regular();
    let (cut, spoilt) = (font[..font.len() / 2].to_vec(), {
        let mut bytes = font.to_vec();
        let middle = bytes.len() / 2;
        bytes[100..middle].fill(0xff);
        bytes
    });
    let spoil: [&dyn Fn(&str); 7] = [
        &|place| std::fs::remove_file(place).unwrap(),
        &|place| std::fs::write(place, &cut).unwrap(),
        &|place| std::fs::write(place, &spoilt).unwrap(),
        &|place| std::fs::write(place, b"").unwrap(),
        &|place| std::fs::File::create(place).unwrap().set_len(60 << 20).unwrap(),
        &|place| {
            std::fs::remove_file(place).unwrap();
            std::os::unix::fs::symlink("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", place).unwrap();
        },
        &|place| {
            std::fs::remove_file(place).unwrap();
            std::fs::create_dir(place).unwrap();
        },
    ];
    for spoil in spoil {
        let world = fresh();
        with_font(&world.vault);
        spoil(&format!("{}/{FONT}", world.vault));
        refused_everywhere(&world, "font-unfit");
        assert!(world.run(&["check"]).err.contains(FONT));
    }
}

#[test]
fn fonts_that_are_too_much_together_are_refused_at_the_one_that_is_too_much() {
    let world = fresh();
    with_names(
        &world.vault,
        "fonts = [\"fonts/a.ttf\", \"fonts/b.ttf\", \"fonts/c.ttf\"]",
    );
    std::fs::create_dir_all(format!("{}/fonts", world.vault)).unwrap();
    for name in ["a", "b", "c"] {
        let file = std::fs::File::create(format!("{}/fonts/{name}.ttf", world.vault)).unwrap();
        file.set_len(40 << 20).unwrap();
    }
    let ended = world.run(&["check"]).refused(2, "font-unfit");
    assert!(
        ended
            .err
            .contains("fonts/c.ttf cannot be used: with it the fonts of the plan have more than 96 MiB"),
        "{ended:?}"
    );
}

#[test]
fn a_font_outside_the_folder_of_the_plan_cannot_be_named() {
    for fonts in [
        "fonts = [\"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf\"]",
        "fonts = [\"../DejaVuSans.ttf\"]",
        "fonts = \"fonts/DejaVuSans.ttf\"",
        "fonts = [\"fonts/a\\u202e.ttf\"]",
    ] {
        let world = fresh();
        with_names(&world.vault, fonts);
        world.run(&["check"]).refused(2, "plan-value");
    }
    let world = fresh();
    with_names(&world.vault, &format!("fonts = [{}]", "\"a.ttf\",".repeat(9)));
    world.run(&["check"]).refused(2, "plan-too-large");
}
