//! What fits a window, and what does not: nothing is torn, and nothing is cut off unread.

use super::common::session::Session;
use super::common::{RECOVER_PASSWORD, program, rehearsal, run_with};
use super::{altered, asked};
use strongroom::ident::Mode;

/// What stands on the screen last, up to where it was read.
fn last(between: &str) -> &str {
    between.rsplit("\u{1b}[2J").next().unwrap_or_default()
}

#[test]
fn an_invitation_is_never_drawn_torn_and_a_larger_window_shows_it() {
    let world = rehearsal().copy();
    let invite = world.scratch.join("invite.txt");
    let mut session = Session::begin_sized(&asked(&world, "password", &["--invite", &invite]), 24, 80);
    session.until("read these 8 words");
    let small = session.until("make the window larger");
    assert!(
        small.contains("too small to show the code: it needs") && small.contains("send the file or the"),
        "{small}"
    );
    assert!(!session.screen.contains('█'), "{}", session.screen);
    session.heighten(100);
    session.resize(160);
    session.until("█");
    session.until("[enter] back");
    session.line("");
    session.until("invited, waiting.");
}

#[test]
fn a_secret_as_a_code_is_never_drawn_torn() {
    let world = rehearsal().copy();
    let sheets = world.sheets("mfa-emea");
    let more = ["--device", "emea", "--show", "qr", "--scan", &sheets[0], &sheets[1]];
    let mut session = Session::begin_sized(&asked(&world, "mfa", &more), 18, 80);
    let small = session.until("make the window larger");
    assert!(
        small.contains("mfa of 734602235274") && !session.screen.contains('█'),
        "{small}"
    );
    session.heighten(24);
    session.until("█");
    let rows = session.until("[enter] done");
    let rows = last(&rows).lines().count();
    assert!((15..=23).contains(&rows), "{rows} rows of a window of 24");
    session.line("");
    assert_eq!(session.end(), 0, "{}", session.screen);
}

#[test]
fn what_is_said_of_a_box_is_read_whole_before_the_screen_goes_on() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let forged = world.scratch.join("forged.txt");
    std::fs::write(&forged, altered(&sheets[1], Mode::Rehearsal, true).join("\n")).unwrap();
    let others = [world.sheets("mfa-emea"), world.sheets("mfa-amer")].concat();
    let mut scans = vec!["--scan", &forged, &sheets[0]];
    scans.extend(others[..4].iter().map(String::as_str));
    let mut session = Session::begin_sized(&asked(&world, "password", &scans), 24, 80);
    let first = session.until("[enter] on");
    assert!(
        first.contains("Jonas Weber") && first.contains("(share-forged)"),
        "{first}"
    );
    session.line("");
    let second = session.until("[enter] on");
    assert!(second.contains("6 scans sorted: 1 of use"), "{second}");
    assert!(!session.screen.contains("1 of 3."), "{}", session.screen);
    session.line("");
    session.until("6 scans sorted: 1 of use");
    session.until("1 of 3.");
}

#[test]
fn what_is_said_beside_the_answer_breaks_no_word_at_a_terminal() {
    let world = rehearsal().copy();
    let everything = [RECOVER_PASSWORD, &["--scan", &world.pages]].concat();
    let quoted: Vec<String> = everything.iter().map(|word| format!("'{word}'")).collect();
    let command = format!(
        "stty cols 60; {} --vault '{}' {}",
        program(),
        world.vault,
        quoted.join(" ")
    );
    let arguments = ["--quiet", "--return", "--command", &command, "/dev/null"];
    let shown = run_with("script", &arguments, b"").ok().out.replace('\r', "");
    let rows: Vec<&str> = shown.lines().filter(|row| !row.contains('\u{1b}')).collect();
    // Only what has no space in it is longer than a row.
    let breaks = |row: &&&str| row.chars().count() > 60 && row.trim().contains(' ');
    assert_eq!(rows.iter().find(breaks), None, "{shown}");
    assert!(
        shown.contains("does not help here: this record opens to\n  root-password,"),
        "{shown}"
    );
}

#[test]
fn a_bar_counts_the_scans_at_a_terminal_and_nowhere_else() {
    let world = rehearsal().copy();
    let everything = [RECOVER_PASSWORD, &["--scan", &world.pages]].concat();
    let quoted: Vec<String> = everything.iter().map(|word| format!("'{word}'")).collect();
    let at_a_terminal = |more: &str| {
        let command = format!("{} --vault '{}' {} {more}", program(), world.vault, quoted.join(" "));
        let arguments = ["--quiet", "--return", "--command", &command, "/dev/null"];
        run_with("script", &arguments, b"").ok().out
    };
    let shown = at_a_terminal("");
    assert!(shown.contains("of 14 scans read  ["), "{shown}");
    let errors = world.scratch.join("errors");
    let shown = at_a_terminal(&format!("2> '{errors}'"));
    let written = std::fs::read_to_string(&errors).unwrap();
    for text in [shown, written, world.run(&everything).ok().err] {
        assert!(!text.contains("scans read") && !text.contains('\u{1b}'), "{text}");
    }
}
