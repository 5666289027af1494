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
        Self::begin_in(production(), sets, room, (25, 80))
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
            if let Some(typed) = line.strip_prefix("> ") {
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
            ["again"] => self.session = Self::start(&self.command, 25, 80),
            ["ends", status] => assert_eq!(self.session.end().to_string(), status, "{}", self.session.rest()),
            _ => panic!("no act is called {act}"),
        }
    }

    fn opening(&mut self) {
        self.play(
            "preflight\n> y\nroll-call\n> y\nprogram\n> y\nclock\n> {watch}\n> y\nfindings\n> y\nprinter-test\n> {pages}/printer-test.pdf\n> y\n",
        );
    }

    fn custody(&mut self, set: &str, index: &str, seal: &str) {
        self.play(&format!("page {set} {index}\n> y\n> y\nprove {set} {index}\n"));
        self.play(&format!(
            "> {{page {set} {index}}}\nproved\n> {seal}\n> {seal}\nreceipt\n> y\n"
        ));
    }

    fn close(&mut self) {
        self.play("count\n> y\nwipe\n> y\ndissent\n> none\nclose\n> y\n");
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
        let mut found: Vec<String> = self
            .world
            .sheets(set)
            .into_iter()
            .filter(|sheet| sheet.contains(&wanted))
            .collect();
        found.sort_by_key(|sheet| std::fs::metadata(sheet).unwrap().modified().unwrap());
        found.pop().unwrap()
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
