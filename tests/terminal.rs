//! A secret on the screen, and everything that can end its showing.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::session::Session;
use common::{MEMBER, World, program, rehearsal, run_with};

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

/// Sends a signal to the program that works on this vault.
fn signal(world: &World, signal: &str) {
    let is_it = |id: &u32| {
        let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let exe = std::fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe.display().to_string() == program());
        exe && String::from_utf8_lossy(&line).contains(&world.vault)
    };
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let found: Vec<u32> = processes
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(is_it)
        .collect();
    assert_eq!(found.len(), 1, "the program");
    run_with("kill", &[&format!("-{signal}"), &found[0].to_string()], b"").ok();
}

#[test]
fn a_signal_clears_the_screen_before_the_program_ends() {
    for name in ["TERM", "HUP", "INT", "QUIT", "TSTP"] {
        let world = rehearsal().copy();
        let (mut session, password) = showing(&world);
        signal(&world, name);
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
    signal(&world, "TERM");
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
