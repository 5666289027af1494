//! Recovery at a terminal: what tired people are asked, what they are shown, and what is gone afterwards.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::session::Session;
use common::{MEMBER, World, rehearsal};
use strongroom::paper::scan;

/// The two lines on a sheet, as somebody reads them off.
fn lines_on(sheet: &str) -> [String; 2] {
    let pages = scan::codes(&std::fs::read(sheet).unwrap()).unwrap_or_else(|refusal| panic!("{refusal}"));
    let code = pages[0].codes[0].expose(str::to_string);
    let lines: Vec<String> = code.split('/').map(|line| line[3..].to_lowercase()).collect();
    lines.try_into().unwrap()
}

/// The line with one symbol of its sixth group read wrong.
fn misread(line: &str) -> String {
    let other = if &line[20..21] == "q" { "p" } else { "q" };
    format!("{}{other}{}", &line[..20], &line[21..])
}

fn recover(world: &World, factor: &str, more: &[&str]) -> Session {
    let fixed = [
        "--vault",
        &world.vault,
        "recover",
        "--account",
        MEMBER,
        "--factor",
        factor,
        "--task",
        "security-event",
        "--reason",
        "exercise",
    ];
    Session::begin(&[&fixed[..], more].concat())
}

/// Types the lines of one sheet at the screen of the gathering.
fn typed(session: &mut Session, lines: &[String; 2]) {
    session.until("[s]can  [t]ype");
    session.keys("t");
    session.until("nothing at all gives up");
    for line in lines {
        session.line(line);
    }
}

/// Presses enter where the quorum is at hand.
fn opened(session: &mut Session) {
    session.until("[enter] open it");
    session.line("");
}

/// Both halves, as two operators copy them down.
fn copied(session: &mut Session) -> String {
    let mut password = String::new();
    for (which, operator) in [("first", "the first operator"), ("second", "the second operator")] {
        session.until(&format!("is {operator} alone at the screen? [y/n]"));
        session.line("y");
        session.until(&format!("{which} half, for {operator} alone"));
        let screen = session.until("hides in");
        let groups = screen
            .lines()
            .map(str::trim)
            .find(|row| row.split_whitespace().all(|word| word.len() == 4) && row.len() > 40);
        password.extend(groups.unwrap().split_whitespace().map(str::to_string));
        session.line("");
    }
    password
}

#[test]
fn three_sheets_are_typed_and_the_password_is_shown_in_two_halves() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let expected = world.recover_password(&[&sheets[0], &sheets[2], &sheets[4]]).ok().out;
    let mut session = recover(&world, "password", &[]);
    for at in [0, 2, 4] {
        typed(&mut session, &lines_on(&sheets[at]));
    }
    opened(&mut session);
    assert_eq!(copied(&mut session), expected.trim_end());
    assert_eq!(session.end(), 0, "{}", session.screen);
    let after = session.screen.rsplit("\u{1b}[?1049l").next().unwrap();
    assert!(after.contains("could have opened 22 records"), "{after}");
}

#[test]
fn a_misread_symbol_is_offered_and_used_only_when_the_paper_says_so() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let [a, b] = lines_on(&sheets[0]);
    let mut session = recover(&world, "password", &[]);
    typed(&mut session, &[misread(&a), b.clone()]);
    session.until("A6 is not as on the paper");
    session.line("");
    session.until("group A6 does not fit");
    let shown = session.until("is that what the paper says? [y/n]");
    assert!(
        shown.contains(&misread(&a)[20..24].to_uppercase()) && shown.contains(&a[20..24].to_uppercase()),
        "{shown}"
    );
    session.line("n");
    session.until("A6");
    session.until("0 of 3.");
    typed(&mut session, &[misread(&a), b]);
    session.line("");
    session.until("is that what the paper says? [y/n]");
    session.line("y");
    session.until("1 of 3.");
    for at in [1, 3] {
        typed(&mut session, &lines_on(&sheets[at]));
    }
    opened(&mut session);
    assert_eq!(copied(&mut session).len(), 64);
    assert_eq!(session.end(), 0, "{}", session.screen);
}

#[test]
fn a_half_can_be_had_as_a_code_for_a_keyboard_scanner_and_hides_itself() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let mut session = recover(&world, "password", &["--scan", &sheets[0], &sheets[1], &sheets[2]]);
    session.until("is the first operator alone at the screen? [y/n]");
    session.line("y");
    session.until("[q]r for a keyboard scanner");
    session.keys("q");
    let code = session.until("[g]roups");
    assert!(code.contains('█') && code.contains("\u{1b}[30;107m"), "{code}");
    session.keys("h");
    session.until("hidden");
    session.keys("s");
    session.until("[g]roups");
    session.keys("g");
    session.until("[q]r for a keyboard scanner");
    session.line("");
    session.until("is the second operator alone at the screen? [y/n]");
    session.line("n");
    assert_eq!(session.end(), 1, "{}", session.screen);
    assert!(session.screen.contains("(given-up)"), "{}", session.screen);
}

#[test]
fn a_code_lives_on_the_screen_and_a_clock_that_is_off_is_put_right() {
    let world = rehearsal().copy();
    let sheets = world.sheets("mfa-emea");
    let mut session = recover(&world, "mfa", &["--device", "emea", "--scan", &sheets[0], &sheets[1]]);
    session.until("UTC, compare it with a watch");
    session.until("s left        next");
    let seed = strongroom::crypto::totp::Seed::parse(common::SEED).unwrap_or_else(|refusal| panic!("{refusal}"));
    let ahead = jiff::Timestamp::now().as_second().unsigned_abs() + 90;
    session.keys("c");
    session.until("a code that is known to be good now");
    session.line(&seed.code_at(ahead).digits.expose(str::to_string));
    session.until("put right by +");
    session.line("");
    assert_eq!(session.end(), 0, "{}", session.screen);
}

#[test]
fn a_seed_goes_to_another_authenticator_as_a_code() {
    let world = rehearsal().copy();
    let sheets = world.sheets("mfa-emea");
    let mut session = recover(
        &world,
        "mfa",
        &["--device", "emea", "--show", "qr", "--scan", &sheets[0], &sheets[1]],
    );
    assert!(session.until("[enter] done").contains('▀'));
    session.line("");
    assert_eq!(session.end(), 0, "{}", session.screen);
}

#[test]
fn halves_are_for_people_and_not_for_a_pipe() {
    let world = rehearsal();
    let sheets = world.sheets("root-password");
    let halves = [common::RECOVER_PASSWORD, &["--show", "halves", "--scan", &sheets[0]]].concat();
    world.run(&halves).refused(2, "usage");
    let text = [
        common::RECOVER_PASSWORD,
        &["--show", "qr", "--scan", &sheets[0], &sheets[1], &sheets[2]],
    ]
    .concat();
    assert!(world.run(&text).ok().out.contains('█'));
}

#[test]
fn a_terminal_that_goes_away_under_a_secret_ends_the_program() {
    let world = rehearsal().copy();
    let sheets = world.sheets("mfa-emea");
    let mut session = recover(&world, "mfa", &["--device", "emea", "--scan", &sheets[0], &sheets[1]]);
    session.until("s left        next");
    session.hang_up();
    assert_ne!(session.end(), 0);
}
