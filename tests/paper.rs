//! The sheets as strangers' tools see them.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{Scratch, rehearsal, run, run_with};

#[test]
fn another_reader_finds_both_codes_and_reads_what_we_read() {
    let world = rehearsal();
    let scratch = Scratch::new();
    for (number, sheet) in world.sheets("root-password").iter().enumerate() {
        let page = scratch.join(&format!("page{number}"));
        run_with("pdftoppm", &["-r", "200", "-png", "-singlefile", sheet, &page], b"").ok();
        let read = run_with("zbarimg", &["-q", "--raw", &format!("{page}.png")], b"")
            .ok()
            .out;
        let codes: Vec<&str> = read.lines().collect();
        assert!(codes.len() == 2 && codes[0] == codes[1], "both codes say the same");
        assert_eq!(codes[0].len(), 167);
        assert!(codes[0].starts_with("ZZ1") && codes[0].contains("/ZZ1"));
        let ours = strongroom::paper::scan::codes(&std::fs::read(sheet).unwrap())
            .unwrap_or_else(|refusal| panic!("{refusal}"));
        assert!(ours[0].codes.iter().all(|code| code.expose(|code| code == codes[0])));
    }
}

#[test]
fn every_page_of_a_rehearsal_says_so_and_names_its_envelope() {
    let world = rehearsal();
    for sheet in world.sheets("mfa-emea") {
        let text = run_with("pdftotext", &["-layout", &sheet, "-"], b"").ok().out;
        assert!(text.contains("REHEARSAL"), "{sheet}");
        let serial = sheet.rsplit('-').take(2).collect::<Vec<_>>();
        let serial = format!("{}-{}", serial[1], serial[0].trim_end_matches(".pdf"));
        assert!(text.contains(&serial), "{serial}");
        assert!(
            !text.contains("log-archive") && !text.contains("734602235274"),
            "a sheet never says which accounts it protects"
        );
    }
}

#[test]
fn a_page_is_sound_embeds_its_fonts_and_says_nothing_of_its_maker() {
    let world = rehearsal();
    let sheet = &world.sheets("root-password")[0];
    run_with("qpdf", &["--check", sheet], b"").ok();
    let fonts = run_with("pdffonts", &[sheet], b"").ok().out;
    assert!(fonts.lines().skip(2).all(|line| line.contains(" yes yes ")), "{fonts}");
    let info = run_with("pdfinfo", &[sheet], b"").ok().out;
    assert!(
        info.contains("JavaScript:      no") && info.contains("Pages:           1"),
        "{info}"
    );
    assert!(!info.contains("CreationDate") || info.contains("1970"), "{info}");
    assert!(std::fs::metadata(sheet).unwrap().len() <= 60_000);
}

#[test]
fn a_letter_plan_gives_letter_pages() {
    let scratch = Scratch::new();
    let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
    run(&["init", &vault, "--example", "--rehearsal"]).ok();
    let plan = format!("{vault}/strongroom.toml");
    let text = std::fs::read_to_string(&plan).unwrap();
    std::fs::write(&plan, text.replacen("paper = \"A4\"", "paper = \"Letter\"", 1)).unwrap();
    run(&[
        "--vault",
        &vault,
        "ceremony",
        "contact",
        "--unattended",
        "--out",
        &pages,
    ])
    .ok();
    let sheet = std::fs::read_dir(&pages)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path()
        .display()
        .to_string();
    assert!(run_with("pdfinfo", &[&sheet], b"").ok().out.contains("612 x 792"));
}

#[test]
fn a_name_that_cannot_be_drawn_is_refused_before_a_secret_exists() {
    let scratch = Scratch::new();
    let vault = scratch.join("vault");
    run(&["init", &vault, "--example", "--rehearsal"]).ok();
    let plan = format!("{vault}/strongroom.toml");
    let text = std::fs::read_to_string(&plan).unwrap();
    for name in ["\u{674e}\u{96f7}".to_string(), "W".repeat(80)] {
        std::fs::write(&plan, text.replacen("Ana Sousa", &name, 1)).unwrap();
        let ended = run(&[
            "--vault",
            &vault,
            "ceremony",
            "root-password",
            "--unattended",
            "--out",
            &scratch.join("pages"),
        ]);
        assert!(
            (1..=4).contains(&ended.status) && ended.err.contains("strongroom: error:"),
            "{ended:?}"
        );
        assert!(!run(&["--vault", &vault, "ledger", "show"]).ok().out.contains("dealt"));
    }
}
