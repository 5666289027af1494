//! Ceremonies played at a pseudo-terminal, one file a day in the room: `tests/sessions/`.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::session::Session;
use common::{Scratch, World, run};
use strongroom::code::reading::read_text;
use strongroom::code::share_code::PaperShare;
use strongroom::code::share_lines::{GroupName, Line};
use strongroom::ident::Mode;
use strongroom::paper::scan;

const ROOM: &str = "administrator=mira,operator=gil,scribe=hana,witness=walt";
/// So many columns that nothing is folded, and what is waited for stands in one line.
const WIDE: u16 = 400;
/// A room in which nobody holds a share of `management-password`.
const OTHER_ROOM: &str = "administrator=zoe,operator=gil,scribe=hana,witness=walt";

/// One day: the vault, the command that leads it, and the terminal that it is led at.
struct Day {
    world: World,
    command: Vec<String>,
    session: Session,
    sets: Vec<String>,
}

impl Day {
    fn begin(sets: &[&str], room: &str) -> Self {
        Self::begin_in(production(), sets, room, (25, WIDE))
    }

    fn begin_in(world: World, sets: &[&str], room: &str, (rows, columns): (u16, u16)) -> Self {
        let fixed = ["--vault", &world.vault, "ceremony"];
        let more = [
            "--out",
            &world.pages,
            "--room",
            room,
            "--item",
            "laptop 7",
            "--allow-network",
            "a test",
            "--allow-swap",
            "a test",
        ];
        let command: Vec<String> = [&fixed[..], sets, &more]
            .concat()
            .iter()
            .map(ToString::to_string)
            .collect();
        let session = Self::start(&command, rows, columns);
        Self {
            world,
            command,
            session,
            sets: sets.iter().map(ToString::to_string).collect(),
        }
    }

    fn start(command: &[String], rows: u16, columns: u16) -> Session {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        Session::begin_sized(&words, rows, columns)
    }

    /// Plays a file.
    fn play(&mut self, text: &str) {
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(typed) = line.strip_prefix(">> ") {
                self.session.line(typed);
            } else if let Some(typed) = line.strip_prefix("> ") {
                let typed = self.filled(typed);
                self.session.until("> ");
                self.session.line(&typed);
            } else if let Some(act) = line.strip_prefix("! ") {
                self.act(act);
            } else {
                let shown = self.session.is_shown(line);
                assert!(
                    shown,
                    "line {number}: {line:?} was never shown; the screen: {}",
                    self.session.rest()
                );
            }
        }
    }

    fn act(&mut self, act: &str) {
        let words: Vec<&str> = act.split(' ').collect();
        match words[..] {
            ["opening"] => self.opening(),
            ["custody", set, index, seal] => self.custody(set, index, seal),
            ["close"] => self.close(),
            ["groups", set, index] => self.groups(set, index, false),
            ["wrong", "groups", set, index] => self.groups(set, index, true),
            ["learn"] => self.learn(true),
            ["mislearn"] => self.learn(false),
            ["kill"] => self.session.kill(),
            ["again"] => self.session = Self::start(&self.command, 25, WIDE),
            ["ends", status] => assert_eq!(self.session.end().to_string(), status, "{}", self.session.rest()),
            _ => panic!("no act is called {act}"),
        }
    }

    fn opening(&mut self) {
        let pages = self.world.pages.clone();
        self.session.open_a_ceremony(&pages);
    }

    fn custody(&mut self, set: &str, index: &str, seal: &str) {
        self.play(&format!("page {set} {index}\n> y\n> y\nprove {set} {index}\n"));
        self.play(&format!(
            "> {{page {set} {index}}}\nproved\n> {seal}\n> {seal}\nreceipt\n> y\n"
        ));
    }

    fn close(&mut self) {
        self.play("count\n> y\nwipe\n> y\ndissent\n> none\nclose\n> y\n> y\n");
    }

    fn filled(&self, typed: &str) -> String {
        let mut out = String::new();
        let mut rest = typed;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap();
            out.push_str(before);
            out.push_str(&self.value(name));
            rest = after;
        }
        out + rest
    }

    fn value(&self, name: &str) -> String {
        let words: Vec<&str> = name.split(' ').collect();
        match words[..] {
            ["pages"] => self.world.pages.clone(),
            ["watch"] => watch(0),
            ["watch", "+", seconds] => watch(seconds.parse().unwrap()),
            ["page", set, index] => self.page(set, index),
            _ => panic!("nothing is called {name}"),
        }
    }

    /// The newest page of a share: the one that is not spoilt.
    fn page(&self, set: &str, index: &str) -> String {
        let wanted = format!("-share-{index}-");
        let of_set = |name: &str| name.starts_with(&format!("{set}-")) && name.contains(&wanted);
        let entries = std::fs::read_dir(&self.world.pages)
            .unwrap()
            .map(|entry| entry.unwrap());
        let mut found: Vec<_> = entries
            .filter(|entry| of_set(&entry.file_name().to_string_lossy()))
            .collect();
        found.sort_by_key(|entry| entry.metadata().unwrap().modified().unwrap());
        found.pop().unwrap().path().display().to_string()
    }

    fn share(&self, set: &str, index: &str) -> PaperShare {
        let pages = scan::codes(&std::fs::read(self.page(set, index)).unwrap()).unwrap();
        let code = pages.into_iter().flat_map(|page| page.codes).next().unwrap();
        code.expose(|text| read_text(text, Mode::Production))
            .pop()
            .and_then(Result::ok)
            .unwrap()
    }

    /// Types the groups that are asked for; with one wrong character where `wrong`.
    fn groups(&mut self, set: &str, index: &str, wrong: bool) {
        let share = self.share(set, index);
        let lines = share.lines();
        let asked = Line::ALL.into_iter().filter(|line| lines.line(*line).is_some()).count() * 3;
        for _ in 0..if wrong { 1 } else { asked } {
            self.session.until("group ");
            let name = self.session.until(" on the paper");
            let mut group = String::new();
            for line in Line::ALL {
                lines.for_each_group(line, |at: GroupName, text| {
                    if at.to_string() == name {
                        group = text.to_string();
                    }
                });
            }
            if wrong {
                let other = if group.starts_with('Q') { "P" } else { "Q" };
                group.replace_range(..1, other);
            }
            self.session.until("> ");
            self.session.line(&group);
        }
    }

    /// Reads the words of a passphrase, and types them back, or others.
    fn learn(&mut self, right: bool) {
        self.session.until("never beside the sheet");
        let shown = self.session.until("press enter when done");
        let words = shown.trim().to_string();
        assert_eq!(words.split_whitespace().count(), 7, "{words:?}");
        self.session.line("");
        self.session.until("type the seven words back");
        self.session.until("> ");
        self.session.line(if right {
            &words
        } else {
            "zoo zone zero youth young you yellow"
        });
    }

    /// What holds after every day: the ledger is whole, no secret is in a file of the vault, every page is accounted for.
    fn is_accounted_for(&self) {
        self.world.run(&["ledger", "verify"]).ok();
        let shown = self.world.run(&["ledger", "show"]).ok().out;
        for set in &self.sets {
            for sheet in self.world.sheets(set) {
                let serial = sheet.rsplit("-share-").next().unwrap()[2..].trim_end_matches(".pdf");
                let json = self.world.run(&["ledger", "show", "--json"]).ok().out;
                assert!(json.contains(serial), "page {serial} is in no line of the ledger");
            }
        }
        assert!(shown.contains("sitting"), "{shown}");
        self.no_secret_is_in_the_vault();
    }

    fn no_secret_is_in_the_vault(&self) {
        let mut files = vec![std::path::PathBuf::from(&self.world.vault)];
        let mut all = Vec::new();
        while let Some(path) = files.pop() {
            if path.is_dir() {
                files.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else {
                all.extend(std::fs::read(&path).unwrap());
            }
        }
        let text = String::from_utf8_lossy(&all).to_uppercase();
        assert!(
            !text.contains("SR1Q") && !text.contains("AGE-SECRET-KEY"),
            "a share or an identity is in the vault"
        );
    }
}

/// What a watch says, this many seconds ahead of the laptop.
fn watch(ahead: i64) -> String {
    let now = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(ahead);
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn production() -> World {
    let scratch = Scratch::new();
    let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
    let world = World { scratch, vault, pages };
    run(&["init", &world.vault, "--example"]).ok();
    world
}

/// The names of the steps that the ledger has, in order.
fn recorded(world: &World) -> Vec<String> {
    let json: serde_json::Value = serde_json::from_str(&world.run(&["ledger", "show", "--json"]).ok().out).unwrap();
    let entries = json["chains"][0]["entries"].as_array().unwrap();
    let steps = entries.iter().filter(|entry| entry["event"]["kind"] == "step");
    steps
        .map(|entry| entry["event"]["body"]["step"].as_str().unwrap().to_string())
        .collect()
}

#[test]
fn a_good_day_is_led_recorded_and_closed_and_all_name_the_same_steps() {
    let mut day = Day::begin(&["mfa-emea"], ROOM);
    day.play(include_str!("sessions/good-day.txt"));
    day.is_accounted_for();

    let dry = day.world.run(&["ceremony", "mfa-emea", "--dry-run"]).ok().out;
    let shown: Vec<String> = dry
        .lines()
        .filter(|line| line.starts_with("step "))
        .map(|line| line.split("   ").nth(1).unwrap().to_string())
        .collect();
    assert_eq!(recorded(&day.world), shown, "the ledger and the dry run");

    let papers = day.world.scratch.join("papers");
    day.world.run(&["print", "script", "mfa-emea", "--out", &papers]).ok();
    let text = common::run_with(
        "pdftotext",
        &["-layout", &format!("{papers}/script-mfa-emea.pdf"), "-"],
        b"",
    )
    .ok()
    .out;
    let mut rest = text.as_str();
    for name in &shown {
        let at = rest.find(name.as_str());
        assert!(at.is_some(), "the script has no {name} at its place");
        rest = &rest[at.unwrap() + name.len()..];
    }

    assert!(
        day.world.sheets("mfa-emea").is_empty(),
        "the guided ceremony wipes its pages"
    );
    let words = day.world.run(&["ledger", "head"]).ok().first_line();
    day.world.run(&["ledger", "verify", "--head", &words]).ok();
    let check = day.world.run(&["ledger", "show", "--step"]).ok().out;
    assert!(check.contains("prove mfa-emea 3"), "{check}");
}

#[test]
fn a_custodian_may_learn_a_passphrase_at_the_second_try() {
    let mut day = Day::begin(&["management-password"], OTHER_ROOM);
    day.play(include_str!("sessions/wrong-passphrase.txt"));
    day.is_accounted_for();
}

#[test]
fn nothing_goes_on_while_somebody_who_is_needed_is_away() {
    let mut day = Day::begin(&["mfa-emea"], ROOM);
    day.play(include_str!("sessions/somebody-leaves.txt"));
    day.is_accounted_for();
}

#[test]
fn a_spoilt_page_is_made_again_and_stays_accounted_for() {
    let mut day = Day::begin(&["mfa-emea"], ROOM);
    day.play(include_str!("sessions/spoilt-page.txt"));
    day.is_accounted_for();
}

#[test]
fn a_seal_closes_one_envelope() {
    let mut day = Day::begin(&["mfa-emea"], ROOM);
    day.play(include_str!("sessions/seal-used-twice.txt"));
    day.is_accounted_for();
}

#[test]
fn dissent_is_data_and_stops_nothing() {
    let mut day = Day::begin(&["mfa-emea"], ROOM);
    day.play(include_str!("sessions/dissent.txt"));
    day.is_accounted_for();
    let shown = day.world.run(&["ledger", "show"]).ok().out;
    assert!(
        shown.contains("walt does not agree with page mfa-emea 1: the printer, still"),
        "{shown}"
    );
}

#[test]
fn a_clock_that_is_an_hour_off_is_a_gate() {
    let mut day = Day::begin(&["mfa-emea"], ROOM);
    day.play(include_str!("sessions/clock-an-hour-off.txt"));
    day.is_accounted_for();
}

/// What answers each question of each step of dealing `mfa-emea`, in order.
fn answers() -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, Vec<&str>)> = vec![
        ("preflight".into(), vec!["y"]),
        ("roll-call".into(), vec!["y"]),
        ("program".into(), vec!["y"]),
        ("clock".into(), vec!["{watch}", "y"]),
        ("plan".into(), vec!["y"]),
        ("printer-test".into(), vec!["{pages}/printer-test.pdf", "y"]),
        ("deal mfa-emea".into(), vec!["y"]),
        ("fingerprint mfa-emea".into(), vec!["y"]),
    ];
    for index in 1..=3 {
        all.push((format!("page mfa-emea {index}"), vec!["y", "y"]));
        all.push((format!("prove mfa-emea {index}"), vec!["PAGE"]));
        all.push((format!("seal mfa-emea {index}"), vec!["SEAL", "SEAL"]));
        all.push((format!("receipt mfa-emea {index}"), vec!["y"]));
    }
    all.push(("count mfa-emea".into(), vec!["y"]));
    all.push(("wipe".into(), vec!["y"]));
    all.push(("dissent".into(), vec!["none"]));
    all.push(("close".into(), vec!["y", "y"]));
    let filled = all.into_iter().map(|(step, answers)| {
        let index = step.rsplit(' ').next().unwrap_or_default().to_string();
        let answers = answers.into_iter().map(|answer| match answer {
            "PAGE" => format!("{{page mfa-emea {index}}}"),
            "SEAL" => format!("P-{index}"),
            other => other.to_string(),
        });
        let answers = answers.collect();
        (step, answers)
    });
    filled.collect()
}

impl Day {
    /// Does one step without a hitch.
    fn step(&mut self, step: &str, answers: &[String]) {
        self.play(&format!("   {step}   \n"));
        for answer in answers {
            self.play(&format!("> {answer}\n"));
        }
    }
}

#[test]
fn power_may_be_lost_at_every_step_and_the_same_command_goes_on_there() {
    let mut day = Day::begin(&["mfa-emea"], ROOM);
    let steps = answers();
    for (at, (step, answers)) in steps.iter().enumerate() {
        if at > 0 {
            // The step is asked about, and then the power goes.
            day.play(&format!("   {step}   \n"));
            day.act("kill");
            day.world.run(&["ledger", "verify"]).ok();
            day.act("again");
            day.play(&format!("{at} step"));
        }
        day.step(step, answers);
    }
    assert_eq!(day.session.end(), 0);
    day.is_accounted_for();
    let names: Vec<String> = steps.into_iter().map(|(step, _)| step).collect();
    assert_eq!(recorded(&day.world), names, "each step was done once");
}

#[test]
fn pages_lost_with_the_memory_make_an_epoch_void_and_it_is_dealt_again() {
    let mut day = Day::begin(&["mfa-emea"], ROOM);
    for (step, answers) in answers().iter().take(12) {
        day.step(step, answers);
    }
    day.play("   page mfa-emea 2   \n");
    day.act("kill");
    for sheet in day.world.sheets("mfa-emea") {
        std::fs::remove_file(sheet).unwrap();
    }
    day.act("again");
    day.play("mfa-emea, epoch 1 was interrupted\npages that may exist:\n> y\n");
    for (step, answers) in answers().iter().skip(6) {
        let answers: Vec<String> = answers.iter().map(|answer| answer.replace("P-", "Q-")).collect();
        day.step(step, &answers);
    }
    assert_eq!(day.session.end(), 0);
    day.is_accounted_for();
    let shown = day.world.run(&["ledger", "show"]).ok().out;
    assert!(
        shown.contains("void        mfa-emea, epoch 1: its dealing was interrupted; shredded:"),
        "{shown}"
    );
    assert!(shown.contains("dealt       mfa-emea, epoch 2"), "{shown}");
}

#[test]
fn a_closed_terminal_ends_the_process_and_never_the_sitting() {
    let mut day = Day::begin(&["mfa-emea"], ROOM);
    for (step, answers) in answers().iter().take(9) {
        day.step(step, answers);
    }
    day.play("   prove mfa-emea 1   \n> t\n");
    day.session.hang_up();
    day.session.end();
    day.is_accounted_for();
    day.act("again");
    day.play("9 steps stand\n");
    for (step, answers) in answers().iter().skip(9) {
        day.step(step, answers);
    }
    assert_eq!(day.session.end(), 0);
    day.is_accounted_for();
}

#[test]
fn a_ceremony_that_was_begun_is_gone_on_with_or_given_up_and_no_other_begins() {
    let mut day = Day::begin(&["mfa-emea"], ROOM);
    day.play("preflight\n> q\n! ends 1\n");
    let other = day.world.run_isolated(&[
        "ceremony",
        "mfa-apac",
        "--out",
        &day.world.pages,
        "--room",
        ROOM,
        "--allow-network",
        "a test",
    ]);
    assert_eq!(other.status, 3, "there is no terminal here: {other:?}");
    let mut session = Session::begin(&[
        "--vault",
        &day.world.vault,
        "ceremony",
        "mfa-apac",
        "--out",
        &day.world.pages,
        "--room",
        ROOM,
        "--allow-network",
        "a test",
        "--allow-swap",
        "a test",
    ]);
    session.until("(sitting-open)");
    assert_eq!(session.end(), 2);
    day.world
        .run(&["ceremony", "mfa-emea", "--void", "the room was needed"])
        .ok();
    day.is_accounted_for();
    day.act("again");
    day.play("step 1 of\n> q\n! ends 1\n");
}

#[test]
fn nobody_administers_and_witnesses_and_no_operator_holds_a_share() {
    for (room, found) in [
        (
            "administrator=mira,operator=gil,scribe=hana,witness=mira",
            "a person has one role",
        ),
        (
            "administrator=mira,operator=eva,scribe=hana,witness=walt",
            "holds a share of mfa-emea",
        ),
    ] {
        let mut day = Day::begin(&["mfa-emea"], room);
        day.play(&format!("{found}\n(roles-not-separated)\n! ends 3\n"));
        assert!(!day.world.run(&["ledger", "show"]).ok().out.contains("sitting"));
    }
}

#[test]
fn whoever_operated_for_passwords_never_operates_for_mfa() {
    let mut day = Day::begin(&["root-password"], ROOM);
    day.play("preflight\n> q\n! ends 1\n");
    day.world.run(&["ceremony", "root-password", "--void", "a trial"]).ok();
    let Day { world, .. } = day;
    let mut day = Day::begin_in(world, &["mfa-emea"], ROOM, (25, WIDE));
    day.play("gil has operated when sets of the other factor were dealt\n(roles-not-separated)\n! ends 3\n");
}

#[test]
fn an_exception_is_opened_and_closed_by_commands_too_and_nothing_closes_meanwhile() {
    let world = production();
    let open = [
        "exception",
        "open",
        "--left",
        "walt",
        "--taken",
        "a telephone",
        "--reason",
        "a call",
    ];
    assert_eq!(world.run(&open).ok().out, "exception 1 is open\n");
    world.run(&["ledger", "head"]).refused(3, "exception-open");
    world
        .run(&["exception", "close", "--number", "7"])
        .refused(2, "unknown-exception");
    world
        .run(&["exception", "close", "--returned", "nobody"])
        .refused(2, "unknown-person");
    let close = ["exception", "close", "--returned", "walt", "--brought", "the telephone"];
    assert_eq!(world.run(&close).ok().out, "exception 1 is closed\n");
    world.run(&["exception", "close"]).refused(2, "unknown-exception");
    let note = [
        "exception",
        "note",
        "--expected",
        "a seal",
        "--happened",
        "none",
        "--decided",
        "go on",
    ];
    world.run(&note).ok();
    world.run(&["ledger", "head"]).ok();
    world.run(&["ledger", "verify"]).ok();
}

#[test]
fn dice_are_counted_and_judged_and_leave_no_trace() {
    let world = production();
    let plan = format!("{}/strongroom.toml", world.vault);
    let text = std::fs::read_to_string(&plan).unwrap();
    std::fs::write(
        &plan,
        format!("{text}\n[room]\ndice = 50\nitems = [\"a box of dice\"]\n"),
    )
    .unwrap();
    let mut day = Day::begin_in(world, &["mfa-emea"], ROOM, (25, WIDE));
    day.play("preflight\n> y\na box of dice\n> y\n");
    for (step, answers) in &answers()[2..6] {
        day.step(step, answers);
    }
    day.play("   dice   \n50 throws\n> 123456\n50 throws of 1 to 6 are needed\n> y\n");
    day.play("50 throws\n> 33333333333333333333333333333333333333333333333333\n");
    day.play("less than once in a thousand\n> n\n50 throws\n");
    let throws = "12345 61234 56123 45612 34561 23456 12345 61234 56123 45612";
    day.play(&format!("> {throws}\n   deal mfa-emea   \n> q\n! ends 1\n"));
    let json = day.world.run(&["ledger", "show", "--json"]).ok().out;
    assert!(json.contains("50 throws, even"), "{json}");
    for trace in ["61234", "56123", "33333"] {
        assert!(!json.contains(trace), "{trace} is in the ledger");
    }
}

#[test]
fn a_bare_console_of_80_columns_never_breaks_a_word_and_a_small_window_serves() {
    for columns in [80, 40] {
        let mut day = Day::begin_in(production(), &["mfa-emea"], ROOM, (25, columns));
        day.session.until("[y]");
        day.session.until("> ");
        let screen = day.session.screen.clone();
        let overlong = screen
            .lines()
            .filter(|line| line.trim_end().chars().count() >= usize::from(columns));
        let overlong: Vec<&str> = overlong.filter(|line| line.trim().contains(' ')).collect();
        assert!(overlong.is_empty(), "{overlong:?}");
        day.session.line("q");
        assert_eq!(day.session.end(), 1);
    }
}

#[test]
fn the_worklist_goes_account_by_account_and_any_day_goes_on() {
    let scratch = Scratch::new();
    let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
    let world = World { scratch, vault, pages };
    run(&["init", &world.vault, "--example", "--rehearsal"]).ok();
    world
        .run(&["ceremony", "root-password", "mfa-emea", "--dry-run"])
        .refused(2, "one-purpose");
    world
        .run(&["ceremony", "root-password", "--unattended", "--out", &world.pages])
        .ok();
    let worklist = ["enroll", "--worklist", "--factor", "password"];
    let planned = world.run(&worklist).ok().out;
    assert!(planned.starts_with("0 of 23 records done"), "{planned}");

    let all: Vec<&str> = ["--vault", &world.vault].into_iter().chain(worklist).collect();
    let answer = |session: &mut Session, question: &str, typed: &str| {
        session.until(question);
        session.line(typed);
    };
    // The first day: the management account's set is not dealt, so it is skipped; one is set and works, one is set only.
    let mut session = Session::begin(&all);
    answer(&mut session, "who sees the first half?", "gil");
    answer(&mut session, "who sees the second half?", "hana");
    answer(&mut session, "enter goes on", "s");
    let mut seen = Vec::new();
    for (taken, worked) in [("y", "y"), ("y", "later")] {
        answer(&mut session, "enter goes on", "");
        for name in ["Gil Marin", "Hana"] {
            answer(&mut session, "alone at the screen?", "y");
            session.until(name);
            let half = session.until("a small, A capital");
            seen.push(half);
            session.keys("\r");
        }
        answer(&mut session, "has the provider taken it?", taken);
        answer(&mut session, "did that work?", worked);
    }
    answer(&mut session, "enter goes on", "q");
    assert_eq!(session.end(), 0, "{}", session.screen);
    let shown = world.run(&worklist).ok().out;
    assert!(shown.starts_with("1 of 23 records done"), "{shown}");
    assert!(shown.contains("set at the provider"), "{shown}");

    let different: std::collections::BTreeSet<&String> = seen.iter().collect();
    assert_eq!(different.len(), 4, "two halves of two passwords");

    // The next day goes on: what was set is only signed in with, and keeps its generation.
    let mut session = Session::begin(&all);
    answer(&mut session, "who sees the first half?", "gil");
    answer(&mut session, "who sees the second half?", "gil");
    session.until("(too-few-people)");
    assert_eq!(session.end(), 3);
    let mut session = Session::begin(&all);
    answer(&mut session, "who sees the first half?", "gil");
    answer(&mut session, "who sees the second half?", "hana");
    answer(&mut session, "enter goes on", "s");
    answer(&mut session, "set at the provider", "");
    answer(&mut session, "did that work?", "y");
    answer(&mut session, "enter goes on", "q");
    assert_eq!(session.end(), 0, "{}", session.screen);
    let shown = world.run(&worklist).ok().out;
    assert!(shown.starts_with("2 of 23 records done"), "{shown}");
    assert!(!shown.contains("generation 2"), "{shown}");
    world.run(&["ledger", "verify"]).ok();

    // Whoever set passwords sets up no MFA.
    let mfa = [
        "--vault",
        &world.vault,
        "enroll",
        "--worklist",
        "--factor",
        "mfa",
        "--device",
        "emea",
    ];
    let mut session = Session::begin(&mfa);
    answer(&mut session, "who sets the device up?", "gil");
    answer(&mut session, "who watches?", "walt");
    session.until("gil has operated with password");
    assert_eq!(session.end(), 3);
}

#[test]
fn a_window_that_is_made_smaller_is_folded_to_from_then_on() {
    let world = production();
    let mut day = Day::begin_in(world, &["mfa-emea"], ROOM, (25, 120));
    day.session.until("all of that fit? [y] > ");
    day.session.resize(40);
    day.session.line("y");
    let shown = day.session.until("[y] > ");
    assert!(
        shown.lines().all(|line| line.trim_end().chars().count() < 40),
        "{shown}"
    );
    assert!(shown.contains("roll-call"), "{shown}");
    day.session.line("q");
    assert_eq!(day.session.end(), 1);
}

#[test]
fn an_input_that_ends_ends_the_process_and_the_steps_stand() {
    let mut day = Day::begin(&["mfa-emea"], ROOM);
    day.play("preflight\n> y\nroll-call\n");
    day.session.until("> ");
    day.session.keys("\u{4}");
    assert_eq!(day.session.end(), 3, "{}", day.session.rest());
    day.is_accounted_for();
    day.act("again");
    day.play("1 step stands\n   roll-call   \n> q\n! ends 1\n");
}
