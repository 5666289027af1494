//! Recovery at a terminal: what tired people are asked, what they are shown, and what is gone afterwards.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;
#[path = "night/generations.rs"]
mod generations;
#[path = "night/windows.rs"]
mod windows;
#[path = "night/worse.rs"]
mod worse;

use common::session::Session;
use common::{MEMBER, World, rehearsal, run_with};
use strongroom::code::reading::read_text;
use strongroom::code::share_code::{PaperShare, ShareBody, ShareHead};
use strongroom::ident::Mode;
use strongroom::paper::scan;
use strongroom::secret::Secret;

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
    Session::begin(&asked(world, factor, more))
}

/// `recover` at a terminal, in words.
fn asked<'a>(world: &'a World, factor: &'a str, more: &[&'a str]) -> Vec<&'a str> {
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
    [&fixed[..], more].concat()
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
    // Nobody presses a key.
    session.until("hides in 59 s");
    session.until("hides in 58 s");
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
    session.until("show the second half to nobody? [y/n]");
    session.line("y");
    assert_eq!(session.end(), 1, "{}", session.screen);
    assert!(session.screen.contains("(given-up)"), "{}", session.screen);
}

#[test]
fn an_enter_too_many_or_an_operator_who_is_not_alone_costs_no_quorum() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let mut session = recover(&world, "password", &["--scan", &sheets[0], &sheets[1], &sheets[2]]);
    session.until("is the first operator alone at the screen? [y/n]");
    session.line("");
    session.until("is the first operator alone at the screen? [y/n]");
    session.line("n");
    session.until("show the first half to nobody? [y/n]");
    session.line("n");
    assert_eq!(copied(&mut session).len(), 64);
    assert_eq!(session.end(), 0, "{}", session.screen);
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
    session.line("000000");
    session.until("that is no code of this device");
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

/// The lines of the share on a sheet after something was done to it.
fn altered(sheet: &str, mode: Mode, value_too: bool) -> [String; 2] {
    let code = lines_on(sheet)
        .map(|line| format!("ZZ1{}", line.to_uppercase()))
        .join("/");
    let paper = read_text(&code, Mode::Rehearsal).pop().and_then(Result::ok).unwrap();
    let ShareBody::Open { value, blinder } = paper.body else {
        panic!("an open share")
    };
    let value = Secret::build(|out: &mut [u8; 32]| {
        value.expose(|value| *out = *value);
        out[3] ^= if value_too { 0x10 } else { 0 };
    });
    let head = ShareHead { mode, ..paper.head };
    let text = PaperShare::new(head, value, blinder)
        .lines()
        .qr_text()
        .expose(str::to_string);
    let lines: Vec<String> = text.split('/').map(|line| line[3..].to_string()).collect();
    lines.try_into().unwrap()
}

/// What stood on the main screen: everything outside the alternate one.
fn main_screen(screen: &str) -> String {
    let mut main = String::new();
    for part in screen.split("\u{1b}[?1049h") {
        main.push_str(part.rsplit("\u{1b}[?1049l").next().unwrap_or_default());
    }
    main
}

#[test]
fn every_wrong_entry_is_named_with_whose_it_is_and_what_to_do() {
    let world = rehearsal().copy();
    let (sheets, others) = (world.sheets("root-password"), world.sheets("mfa-emea"));
    let mut session = recover(&world, "password", &[]);
    let mut says = |lines: &[String; 2], expected: &[&str]| {
        typed(&mut session, lines);
        for text in expected {
            session.until(text);
        }
    };
    says(
        &lines_on(&others[0]),
        &["mfa-emea, epoch 1", "(share-of-other-purpose)", "put"],
    );
    says(
        &altered(&sheets[1], Mode::Production, false),
        &["(share-of-other-world)"],
    );
    says(
        &altered(&sheets[1], Mode::Rehearsal, true),
        &["Jonas Weber", "(share-forged)", "exception"],
    );
    says(&lines_on(&sheets[0]), &["Ana Sousa", "proved"]);
    says(
        &lines_on(&sheets[0]),
        &["Ana Sousa", "there already, and counts once", "1 of 3."],
    );
    session.keys("u");
    session.until("taken back: share 1 of root-password");
    session.until("0 of 3.");
    session.keys("u");
    session.until("there is no entry to take back");
    session.keys("?");
    session.until("whom to call, soonest first");
    session.until("opens to any");
    session.until("[enter] on");
    session.line("");
    session.until("[s]can  [t]ype");
    session.keys("q");
    session.until("quit? nothing of what was gathered is kept [y/n]");
    session.line("y");
    assert_eq!(session.end(), 1, "{}", session.screen);
    assert!(session.screen.contains("(given-up)"), "{}", session.screen);
    let shown = world.run(&["ledger", "show"]).ok().out;
    assert!(
        shown
            .lines()
            .last()
            .unwrap()
            .contains("exposed     734602235274 password as nothing"),
        "{shown}"
    );
}

#[test]
fn line_a_alone_counts_and_a_spare_sheet_finds_the_wrong_one() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let mut session = recover(&world, "password", &[]);
    let first = |session: &mut Session, line: &str| {
        session.until("[s]can  [t]ype");
        session.keys("t");
        session.until("nothing at all gives up");
        session.line(line);
        session.line("");
    };
    first(&mut session, &lines_on(&sheets[0])[0]);
    session.until("counts, not proved");
    session.until("tell a wrong one");
    first(&mut session, &lines_on(&sheets[2])[0]);
    first(&mut session, &altered(&sheets[1], Mode::Rehearsal, true)[0]);
    opened(&mut session);
    session.until("(quorum-refused)");
    session.until("more shares are welcome");
    session.keys("t");
    session.until("nothing at all gives up");
    session.line(&lines_on(&sheets[4])[0]);
    session.line("");
    opened(&mut session);
    session.until("Jonas Weber");
    session.until("(share-forged)");
    assert_eq!(copied(&mut session).len(), 64);
    assert_eq!(session.end(), 0, "{}", session.screen);
}

#[test]
fn not_one_byte_of_a_secret_is_left_on_the_main_screen_in_a_file_or_in_the_ledger() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let mut session = recover(&world, "password", &[]);
    let lines: Vec<[String; 2]> = [0, 2, 4].map(|at| lines_on(&sheets[at])).to_vec();
    // Pasted in one go, before the screen for it stands.
    session.until("[s]can  [t]ype");
    session.keys(&format!("t{}\n{}\n", lines[0][0], lines[0][1]));
    session.until("1 of 3.");
    lines[1..].iter().for_each(|lines| typed(&mut session, lines));
    session.until("[enter] open it");
    let running = std::fs::read_dir("/proc").unwrap().flatten().filter_map(|process| {
        let read = |file: &str| std::fs::read(process.path().join(file)).ok();
        Some([read("cmdline")?, read("environ").unwrap_or_default()].concat())
    });
    let running: Vec<u8> = running.flatten().collect();
    session.line("");
    let password = copied(&mut session);
    assert_eq!(session.end(), 0, "{}", session.screen);
    let mut secrets: Vec<String> = lines.iter().flatten().map(|line| line.to_uppercase()).collect();
    secrets.push(password.to_uppercase());
    let mut places = vec![
        ("the main screen".to_string(), main_screen(&session.screen)),
        (
            "arguments and environment".to_string(),
            String::from_utf8_lossy(&running).into_owned(),
        ),
    ];
    let files = run_with("find", &[&world.vault, "-type", "f"], b"").ok().out;
    for file in files.lines() {
        let bytes = std::fs::read(file).unwrap();
        places.push((file.to_string(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    for (place, text) in places {
        let squeezed: String = text.to_uppercase().chars().filter(|c| !c.is_whitespace()).collect();
        for secret in &secrets {
            let parts: Vec<char> = secret.chars().collect();
            for part in parts.windows(12) {
                let part: String = part.iter().collect();
                assert!(!squeezed.contains(&part), "{place} holds a part of a secret");
            }
        }
    }
}

#[test]
fn whom_to_call_is_said_without_a_share_and_at_any_hour() {
    let world = rehearsal();
    let whom = |more: &[&str]| {
        let fixed = ["recover", "--whom", "--account", MEMBER, "--factor", "password"];
        world.run(&[&fixed[..], more].concat())
    };
    let ended = whom(&["--at", "2026-11-25T12:00:00Z"]).ok();
    let page = &ended.out;
    assert!(
        page.contains("root-password   3 of 5 needed") && page.contains("Ana Sousa"),
        "{page}"
    );
    assert!(page.contains("fra-1: ") && page.contains("opens to any 2 of"), "{page}");
    let none = whom(&[
        "--at",
        "2026-11-25T12:00:00Z",
        "--away",
        "ana,jonas,mira,tom,ben,carla,dwight,mei,ravi,yuki",
    ]);
    assert!(none.status == 2 || none.out.contains("not to be had"), "{none:?}");
}

#[test]
fn several_accounts_in_one_sitting_have_a_reason_each() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let fixed = [
        "recover",
        "--account",
        MEMBER,
        "--account",
        "643979005746",
        "--factor",
        "password",
        "--task",
        "security-event",
        "--unattended",
        "--stdout",
        "--scan",
        &sheets[0],
        &sheets[1],
        &sheets[2],
        "--reason",
        "the first",
    ];
    let ended = world.run(&fixed).refused(2, "reason-missing");
    assert!(ended.err.contains("each has one of its own"), "{ended:?}");
    let ended = world.run(&[&fixed[..], &["--reason", "the second"]].concat()).ok();
    let passwords: Vec<&str> = ended.out.lines().collect();
    assert!(
        passwords.len() == 2 && passwords[0] != passwords[1],
        "{}",
        passwords.len()
    );
    let shown = world.run(&["ledger", "show"]).ok().out;
    assert!(
        shown.contains("734602235274 password for security-event: the first")
            && shown.contains("643979005746 password for security-event: the second"),
        "{shown}"
    );
}

#[test]
fn what_a_night_exposed_is_on_a_sheet_to_sign() {
    let world = rehearsal().copy();
    let out = world.scratch.join("papers");
    let sheets = world.sheets("root-password");
    world
        .recover_password(&[&sheets[0], &sheets[1], &sheets[2], &sheets[3]])
        .ok();
    let page = world.run(&["print", "exposure", "--out", &out]).ok().first_line();
    let text = run_with("pdftotext", &["-layout", &page, "-"], b"").ok().out;
    for expected in [
        "734602235274",
        "security-event",
        "exercise",
        "Ana",
        "Carla",
        "new seal",
        "was seen",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}
