//! An older generation of a record: where the provider still has the password of before.

use super::common::session::Session;
use super::common::{ENROLL_AGAIN, Ended, MEMBER, RECOVER_PASSWORD, World, rehearsal};
use super::{asked, copied};

/// A vault in which the password was enrolled twice.
fn twice() -> World {
    let world = rehearsal().copy();
    world.run(ENROLL_AGAIN).ok();
    world
}

fn open(world: &World, more: &[&str]) -> Ended {
    let sheets = world.sheets("root-password");
    let scans = ["--scan", &sheets[0], &sheets[1], &sheets[2]];
    world.run(&[RECOVER_PASSWORD, &scans, more].concat())
}

#[test]
fn an_older_generation_is_opened_by_its_number_and_the_newest_without_one() {
    let world = twice();
    let first = open(&world, &["--generation", "1"]).ok().out;
    let second = open(&world, &["--generation", "2"]).ok().out;
    assert!(first != second && open(&world, &[]).ok().out == second);
    let sheets = world.sheets("root-password");
    let scans = ["--generation", "1", "--scan", &sheets[0], &sheets[1], &sheets[2]];
    let mut session = Session::begin(&asked(&world, "password", &scans));
    assert_eq!(copied(&mut session), first.trim_end());
    assert_eq!(session.end(), 0, "{}", session.screen);
    assert!(
        session
            .screen
            .contains("password of 734602235274, generation 1: first half"),
        "{}",
        session.screen
    );
    let ledger = world.run(&["ledger", "show"]).ok().out;
    assert!(
        ledger.lines().last().unwrap().contains("reachable, generation 1"),
        "{ledger}"
    );
    world.run(&["ledger", "verify"]).ok();
}

#[test]
fn a_generation_that_is_not_there_is_refused_with_what_there_is() {
    let world = twice();
    let refused = |more: &[&str], status: i32, rule: &str, says: &[&str]| {
        let ended = open(&world, more).refused(status, rule);
        assert!(says.iter().all(|text| ended.err.contains(text)), "{ended:?}");
    };
    let there_is = ["no generation 3", "the newest is generation 2", "can be opened: 1"];
    refused(&["--generation", "3"], 1, "record-missing", &there_is);
    for wrong in ["0", "newest", ""] {
        refused(&["--generation", wrong], 2, "usage", &[]);
    }
    let several = ["--generation", "1", "--account", "643979005746", "--reason", "another"];
    refused(&several, 2, "usage", &["a generation belongs to one record"]);
    std::fs::remove_file(format!("{}/records/{MEMBER}/password.1.age", world.vault)).unwrap();
    let gone = ["the file of generation 1", "no older one to open"];
    refused(&["--generation", "1"], 1, "record-missing", &gone);
    let whom = [
        "recover",
        "--whom",
        "--account",
        MEMBER,
        "--factor",
        "password",
        "--generation",
        "3",
    ];
    world.run(&whom).refused(1, "record-missing");
}

#[test]
fn a_generation_that_only_void_paper_opens_stays_shut() {
    let world = twice();
    let (sheets, new) = (world.sheets("root-password"), world.scratch.join("new"));
    let reissue = [
        "reissue",
        "root-password",
        "--reason",
        "leaver",
        "--unattended",
        "--out",
        &new,
        "--scan",
        &sheets[0],
        &sheets[1],
        &sheets[2],
    ];
    world.run(&reissue).ok();
    let ended = open(&world, &["--generation", "1"]).refused(1, "record-missing");
    let says = [
        "opens to void epochs only: root-password, epoch 1",
        "export recoverer",
        "the newest is generation 3",
    ];
    assert!(says.iter().all(|text| ended.err.contains(text)), "{ended:?}");
}
