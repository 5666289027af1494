//! What else can be wrong at 03:00, each played at a terminal: it is named, and the night goes on.

use super::common::session::Session;
use super::common::{MEMBER, SEED, Scratch, World, program, rehearsal, run, run_with};
use super::{lines_on, main_screen, opened, recover, typed};

/// The sheets of one epoch of a set.
fn sheets_of(world: &World, set: &str, epoch: u32) -> Vec<String> {
    let mut all: Vec<String> = std::fs::read_dir(&world.pages)
        .unwrap()
        .map(|entry| entry.unwrap().path().display().to_string())
        .filter(|path| path.contains(&format!("/{set}-{epoch}-share-")))
        .collect();
    all.sort();
    all
}

/// Types two sheets, opens, and sees the code of the device.
fn shows_a_code(mut session: Session, sheets: &[String]) {
    for sheet in &sheets[..2] {
        typed(&mut session, &lines_on(sheet));
    }
    opened(&mut session);
    session.until("s left        next");
    session.line("");
    assert_eq!(session.end(), 0, "{}", session.screen);
}

#[test]
fn a_sheet_of_a_sister_set_or_beyond_reading_is_named_and_the_night_goes_on() {
    let world = rehearsal().copy();
    let sheets = world.sheets("mfa-emea");
    let mut session = recover(&world, "mfa", &["--device", "emea"]);
    typed(&mut session, &lines_on(&world.sheets("mfa-amer")[0]));
    session.until("mfa-amer, epoch 1");
    session.until("(share-not-of-this-set)");
    session.until("back into");
    session.until("0 of 2.");
    let [a, b] = lines_on(&sheets[0]);
    let damaged = a.chars().enumerate().map(|(at, symbol)| match (at % 9, symbol) {
        (7, 'q') => 'p',
        (7, _) => 'q',
        _ => symbol,
    });
    typed(&mut session, &[damaged.collect(), b]);
    session.until("more is wrong than can be found; [esc]");
    session.line("");
    session.until("(share-unreadable)");
    session.until("0 of 2.");
    shows_a_code(session, &sheets);
}

#[test]
fn a_sheet_of_an_epoch_that_was_declared_void_is_named_with_the_reason() {
    let world = rehearsal().copy();
    let deal = ["ceremony", "contact", "--unattended", "--out", &world.pages];
    let void = ["ceremony", "contact", "--void", "left on the train"];
    for command in [&deal[..], &void, &deal] {
        world.run(command).ok();
    }
    let enroll = ["enroll", MEMBER, "--factor", "contact", "--from", "-", "--unattended"];
    world.run_with_input(&enroll, "+00 000 4711").ok();
    let mut session = recover(&world, "contact", &[]);
    typed(&mut session, &lines_on(&sheets_of(&world, "contact", 1)[0]));
    session.until("share 1 of contact, epoch 1");
    session.until("is of a void");
    session.until("left on the train");
    session.until("(share-of-void-epoch)");
    session.until("destroyed, not used");
    session.until("0 of 2.");
    for sheet in &sheets_of(&world, "contact", 2)[..2] {
        typed(&mut session, &lines_on(sheet));
    }
    opened(&mut session);
    session.until("+00 000 4711");
    session.until("hides in");
    session.line("");
    assert_eq!(session.end(), 0, "{}", session.screen);
}

#[test]
fn a_sheet_of_a_rehearsal_opens_nothing_in_production_and_the_screen_says_so() {
    let scratch = Scratch::new();
    let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
    let world = World { scratch, vault, pages };
    let unattended = ["--unattended", "--reason", "test"];
    run(&["init", &world.vault, "--example"]).ok();
    let deal = ["ceremony", "mfa-emea", "--out", &world.pages];
    world.run_isolated(&[&deal[..], &unattended].concat()).ok();
    world.run_isolated(&["prove", "--scan", &world.pages]).ok();
    let head = || world.run(&["ledger", "head"]).ok().first_line();
    let anchor = head();
    let begun = ["-rn", program(), "--vault", &world.vault, "enroll", MEMBER];
    let seed = [
        "--factor", "mfa", "--device", "emea", "--from", "-", "--anchor", &anchor,
    ];
    let enroll = [&begun[..], &seed, &unattended].concat();
    run_with("unshare", &enroll, SEED.as_bytes()).ok();
    let anchor = head();
    let people = ["--present", "ana,jonas", "--approved-by", "walt", "--anchor", &anchor];
    let mut session = recover(&world, "mfa", &[&["--device", "emea"], &people[..]].concat());
    typed(&mut session, &lines_on(&rehearsal().sheets("mfa-emea")[0]));
    session.until("this share is of a rehearsal");
    session.until("(share-of-other-world)");
    session.until("put it back into its");
    session.until("0 of 2.");
    shows_a_code(session, &world.sheets("mfa-emea"));
}

#[test]
fn a_decoder_that_dies_is_said_and_typing_goes_on() {
    let world = rehearsal().copy();
    let sheets = world.sheets("mfa-emea");
    let mut session = recover(&world, "mfa", &["--device", "emea"]);
    session.until("0 of 2.");
    let decoders: Vec<String> = world.decoders().iter().map(u32::to_string).collect();
    let all: Vec<&str> = decoders.iter().map(String::as_str).collect();
    run_with("kill", &[&["-KILL"], &all[..]].concat(), b"").ok();
    let ends = decoders.iter().map(|_| "the decoder of scans ended");
    for expected in ends.chain(["no decoder of scans is left"]) {
        session.until("[s]can  [t]ype");
        session.keys("s");
        session.until("or a folder of scans");
        session.line(&sheets[0]);
        session.until("mfa-emea-1-share-1");
        let told = session.until("0 of 2.");
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            told.contains(expected) && told.contains("type the lines of that sheet instead"),
            "{told}"
        );
    }
    shows_a_code(session, &sheets);
}

#[test]
fn a_gathering_that_is_killed_keeps_nothing_of_what_was_proved() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let lines = lines_on(&sheets[0]);
    let mut session = recover(&world, "password", &[]);
    session.until("0 of 3.");
    let before = world.sums();
    typed(&mut session, &lines);
    session.until("1 of 3.");
    world.signal("KILL");
    assert_ne!(session.end(), 0);
    assert_eq!(world.sums(), before, "not a file of the vault has changed");
    let shown = main_screen(&session.screen).to_uppercase();
    let is_shown = |line: &String| shown.contains(&line[..12].to_uppercase());
    assert!(!lines.iter().any(is_shown), "{shown}");
}

#[test]
fn a_gathering_that_is_interrupted_keeps_only_which_envelope_is_open() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let mut session = recover(&world, "password", &[]);
    typed(&mut session, &lines_on(&sheets[1]));
    session.until("1 of 3.");
    world.signal("TERM");
    assert_eq!(session.end(), 1, "{}", session.screen);
    let ledger = world.run(&["ledger", "show"]).ok().out;
    let last = ledger.lines().last().unwrap();
    let (_, serial) = sheets[1].rsplit_once("-share-2-").unwrap();
    assert!(
        last.contains("exposed     734602235274 password as nothing") && last.contains(serial.trim_end_matches(".pdf")),
        "{ledger}"
    );
    recover(&world, "password", &[]).until("0 of 3.");
}
