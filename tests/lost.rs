//! Sheets of which no code survived: read by their lines, or asked for, with what could be read filled in.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::session::Session;
use common::{MEMBER, World, rehearsal, run_with};
use strongroom::paper::scan;

fn lines_on(sheet: &str) -> Vec<String> {
    let pages = scan::codes(&std::fs::read(sheet).unwrap()).unwrap_or_else(|refusal| panic!("{refusal}"));
    let code = pages[0].codes[0].expose(str::to_string);
    code.split('/').map(|line| line[3..].to_string()).collect()
}

/// A picture of the sheet at 150 dpi.
fn scanned(world: &World, sheet: &str) -> image::GrayImage {
    let place = world.scratch.join("scan");
    run_with(
        "pdftoppm",
        &["-r", "150", "-gray", "-png", "-singlefile", sheet, &place],
        b"",
    )
    .ok();
    image::open(format!("{place}.png")).unwrap().into_luma8()
}

/// The picture with these modules of both codes cut out, from the left, top, right, bottom.
fn cut(picture: &image::GrayImage, [left, top, right, bottom]: [f32; 4]) -> image::GrayImage {
    let mut picture = picture.clone();
    let pixels = |millimetres: f32| (millimetres / 25.4 * 150.0).round() as u32;
    for (x, y) in [(15.0, 109.6), (152.6, 152.0)] {
        for row in pixels(y + 0.8 * top)..pixels(y + 0.8 * bottom) {
            for column in pixels(x + 0.8 * left)..pixels(x + 0.8 * right) {
                picture.put_pixel(column, row, image::Luma([255]));
            }
        }
    }
    picture
}

fn recover(world: &World, scans: &[&str]) -> Session {
    let fixed = [
        "--vault",
        &world.vault,
        "recover",
        "--account",
        MEMBER,
        "--factor",
        "password",
        "--task",
        "security-event",
        "--reason",
        "exercise",
        "--show",
        "text",
        "--scan",
    ];
    Session::begin(&[&fixed[..], scans].concat())
}

/// Makes a picture of the sheet, cut from the module `top` down so that some blocks of its codes are left and others are not;
/// whether there is such a cut.
/// Blocks lose about the same to one cut, so it is looked for just beyond the widest one that does no harm.
fn is_half_lost(world: &World, sheet: &str, top: f32, broken: &str) -> bool {
    let whole = scanned(world, sheet);
    let page = |width: f32| {
        cut(&whole, [53.0 - width, top, 53.0, 53.0]).save(broken).unwrap();
        scan::codes(&std::fs::read(broken).unwrap()).unwrap().remove(0)
    };
    let (mut read, mut lost) = (8.0, 40.0);
    while lost - read > 0.5 {
        let middle = f32::midpoint(read, lost);
        if page(middle).codes.is_empty() {
            lost = middle;
        } else {
            read = middle;
        }
    }
    (0..12_u8).any(|step| page(read + 0.3 * f32::from(step)).remains.is_some())
}

#[test]
fn a_pdf_without_its_codes_is_read_by_its_text() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let expected = world.recover_password(&[&sheets[0], &sheets[1], &sheets[2]]).ok().out;
    let (plain, bare) = (world.scratch.join("plain.pdf"), world.scratch.join("bare.pdf"));
    run_with("qpdf", &["--qdf", "--object-streams=disable", &sheets[2], &plain], b"").ok();
    let mut bytes = std::fs::read(&plain).unwrap();
    let drawn: Vec<usize> = (0..bytes.len() - 6)
        .filter(|at| bytes[*at..].starts_with(b"/Q0 Do"))
        .collect();
    assert_eq!(drawn.len(), 2, "both codes are one drawing");
    for at in drawn {
        bytes[at..at + 6].fill(b' ');
    }
    std::fs::write(&bare, bytes).unwrap();
    let page = scan::codes(&std::fs::read(&bare).unwrap()).unwrap().remove(0);
    let lines: String = lines_on(&sheets[2]).concat();
    let text = page
        .remains
        .unwrap()
        .expose(|text| text.split_whitespace().collect::<String>());
    assert!(page.codes.is_empty() && text == lines, "{text} {lines}");
    assert_eq!(
        world.recover_password(&[&sheets[0], &sheets[1], &bare]).ok().out,
        expected
    );
}

#[test]
fn unattended_what_is_missing_is_named_and_nothing_is_quoted() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let gone = world.scratch.join("gone.png");
    cut(&scanned(&world, &sheets[2]), [0.0, 0.0, 53.0, 53.0])
        .save(&gone)
        .unwrap();
    let ended = world
        .recover_password(&[&sheets[0], &sheets[1], &gone])
        .refused(1, "too-few-shares");
    assert!(
        ended.err.contains("gone.png: no code was found (nothing-scanned)"),
        "{ended:?}"
    );
}

#[test]
fn at_a_terminal_only_the_groups_are_asked_for_that_no_code_has_kept() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let broken = world.scratch.join("broken.png");
    // Whether a sheet has such a cut is chance: one place for it in three sheets is too few.
    let mut tried = [12.0, 6.0, 18.0, 24.0]
        .into_iter()
        .flat_map(|top| (2..5).map(move |at| (top, at)));
    let at = tried.find(|(top, at)| is_half_lost(&world, &sheets[*at], *top, &broken));
    let lines = lines_on(&sheets[at.expect("a cut between all and nothing").1]);
    let ended = world
        .recover_password(&[&sheets[0], &sheets[1], &broken])
        .refused(1, "too-few-shares");
    assert!(
        ended.err.contains("no code survived, but") && ended.err.contains("still needed: "),
        "{ended:?}"
    );
    let mut session = recover(&world, &[&sheets[0], &sheets[1], &broken]);
    let mut asked = 0;
    loop {
        session.until("leaves the sheet out");
        session.until("group ");
        let name = session.until(": ");
        let line = &lines[usize::from(name.starts_with('B'))];
        let number: usize = name[1..].parse().unwrap();
        session.line(&line[4 * (number - 1)..4 * number].to_lowercase());
        asked += 1;
        if ended.err.contains(&format!(" {name};")) {
            break;
        }
    }
    assert!(asked < 40, "{asked}");
    session.until("[enter] done");
    session.line("");
    assert_eq!(session.end(), 0, "{}", session.screen);
}

#[test]
fn at_a_terminal_a_sheet_without_anything_is_asked_for_line_by_line_or_left_out() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let gone = world.scratch.join("gone.png");
    cut(&scanned(&world, &sheets[2]), [0.0, 0.0, 53.0, 53.0])
        .save(&gone)
        .unwrap();
    let mut session = recover(&world, &[&sheets[0], &sheets[1], &gone]);
    session.until("nothing could be read");
    session.until("nothing at all leaves the sheet out");
    for line in lines_on(&sheets[2]) {
        session.line(&line);
    }
    session.line("");
    session.until("[enter] done");
    session.line("");
    assert_eq!(session.end(), 0, "{}", session.screen);
    let mut session = recover(&world, &[&sheets[0], &sheets[1], &gone]);
    session.until("nothing at all leaves the sheet out");
    session.line("");
    // The gathering goes on at its screen, until somebody quits.
    session.until("[s]can  [t]ype");
    session.keys("q");
    session.until("[y/n]");
    session.line("y");
    assert_eq!(session.end(), 1, "{}", session.screen);
}
