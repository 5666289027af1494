//! A secret on the screen, and everything that can end its showing.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::session::Session;
use common::{MEMBER, World, rehearsal};

const ENTER: &str = "\u{1b}[?1049h";
const LEAVE: &str = "\u{1b}[2J\u{1b}[3J\u{1b}[H\u{1b}[?1049l";

/// `recover`, with the password on the screen: the session, and the password.
fn showing(world: &World) -> (Session, String) {
    let sheets = world.sheets("root-password");
    let scans: Vec<&str> = sheets[..3].iter().map(String::as_str).collect();
    let password = world.recover_password(&scans).ok().out.trim_end().to_string();
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
    let mut session = Session::begin(&[&fixed[..], &scans].concat());
    session.until(ENTER);
    session.until(&password);
    session.until("hides in");
    (session, password)
}

#[test]
fn a_signal_clears_the_screen_before_the_program_ends() {
    for name in ["TERM", "HUP", "INT", "QUIT", "TSTP"] {
        let world = rehearsal().copy();
        let (mut session, password) = showing(&world);
        world.signal(name);
        session.until(LEAVE);
        assert_eq!(session.end(), 1, "{name}: nobody said that they were done");
        let (_, after) = session.screen.rsplit_once(LEAVE).unwrap();
        assert!(!after.contains(&password), "{name}");
        let (before, _) = session.screen.split_once(ENTER).unwrap();
        assert!(!before.contains(&password), "{name}: never on the main screen");
    }
}

#[test]
fn a_signal_while_nothing_secret_is_shown_ends_the_program_as_ever() {
    let world = rehearsal().copy();
    let mut session = Session::begin(&["--vault", &world.vault, "recover"]);
    session.until(": ");
    world.signal("TERM");
    assert_ne!(session.end(), 0);
}

#[test]
fn keys_that_stop_or_suspend_are_keys_while_a_secret_stands() {
    let world = rehearsal().copy();
    let (mut session, _) = showing(&world);
    session.keys("\u{3}\u{1a}\u{1c}");
    session.line("");
    session.until(LEAVE);
    assert_eq!(session.end(), 0);
}

#[test]
fn what_is_no_text_is_asked_for_again_and_ends_nothing() {
    let world = rehearsal().copy();
    let mut session = Session::begin(&["--vault", &world.vault, "recover"]);
    session.until(": ");
    session.bytes(b"\xff\xfe\n");
    session.until("what was typed is not UTF-8 text: type it again");
    session.until(": ");
    world.signal("TERM");
    assert_ne!(session.end(), 0);
}
