//! Access notices: a recovery is announced by a phrase that works once, and whoever is woken tells it from an attack.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{MEMBER, RECOVER_PASSWORD, Scratch, World, rehearsal, run, run_with};

const OTHER: &str = "643979005746";

/// What stands on a page, cell by cell, since five words may take two lines.
fn text(page: &str) -> String {
    let said = run_with("pdftotext", &["-raw", page, "-"], b"").ok().out;
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The rows of a sheet's table: a number and six words of the list with the dots of the one that is alone, of which five are
/// the sheet's own.
fn phrases(page: &str, own: std::ops::Range<usize>) -> Vec<(u32, String)> {
    let text = text(page);
    let said: Vec<&str> = text.split(' ').collect();
    let row = |row: &[&str]| {
        let number = row[0].parse().ok()?;
        let words: Vec<&str> = row[1..]
            .iter()
            .copied()
            .filter(|word| word.chars().all(|c| c.is_ascii_lowercase()))
            .collect();
        (row.contains(&"…") && words.len() == 6).then(|| (number, words[own.clone()].join(" ")))
    };
    said.windows(8).filter_map(row).collect()
}

struct Notices {
    world: World,
    kit: Vec<(u32, String)>,
    alert: Vec<(u32, String)>,
}

fn printed(count: &str) -> Notices {
    let world = rehearsal().copy();
    let out = world.scratch.join("papers");
    let made = world.run(&["print", "notices", "--count", count, "--out", &out]).ok();
    let pages: Vec<&str> = made.out.lines().collect();
    assert!(
        pages[0].ends_with("-kit.pdf") && pages[1].ends_with("-alert.pdf"),
        "{pages:?}"
    );
    // On the kit's sheet the call comes first; on the other the first word of the call stands before the answer.
    let (kit, alert) = (phrases(pages[0], 0..5), phrases(pages[1], 1..6));
    Notices { world, kit, alert }
}

#[test]
fn a_sheet_has_its_own_phrases_and_one_word_of_the_others() {
    let Notices { world, kit, alert } = printed("2");
    assert_eq!(kit.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(alert.len(), 2);
    let out = world.scratch.join("papers");
    let (kit_text, alert_text) = (
        text(&format!("{out}/notices-1-2-kit.pdf")),
        text(&format!("{out}/notices-1-2-alert.pdf")),
    );
    for ((_, call), (_, answer)) in kit.iter().zip(&alert) {
        assert!(!alert_text.contains(call.as_str()) && !kit_text.contains(answer.as_str()));
        assert!(alert_text.contains(call.split(' ').next().unwrap()));
    }
    let ledger = std::fs::read_to_string(format!("{}/ledger/home.jsonl", world.vault)).unwrap();
    for (_, phrase) in kit.iter().chain(&alert) {
        assert!(!ledger.contains(phrase.as_str()), "a phrase stands in the ledger");
    }
    let again = world.run(&["print", "notices", "--count", "1", "--out", &out]).ok();
    assert!(again.out.contains("notices-3-3-kit.pdf"), "{again:?}");
}

#[test]
fn a_recovery_announces_itself_and_a_check_tells_it_from_an_attack() {
    let Notices { world, kit, alert } = printed("2");
    let (call, answer) = (&kit[0].1, &alert[0].1);
    let check = |more: &[&str]| world.run(&[&["notice", "check"], more].concat());
    check(&[call]).refused(1, "notice-over");
    let sheets = world.sheets("root-password");
    let scans = ["--notice", call, "--scan", &sheets[0], &sheets[1], &sheets[2]];
    let ended = world.run(&[RECOVER_PASSWORD, &scans].concat()).ok();
    assert!(ended.err.contains("announced: notice 1 for 734602235274"), "{ended:?}");
    let expected = check(&[call, "--account", MEMBER]).ok();
    assert!(
        expected.out.starts_with("expected: notice 1, until ") && expected.out.contains("exercise"),
        "{expected:?}"
    );
    assert!(
        check(&[&answer.to_uppercase()])
            .ok()
            .out
            .contains("you speak with those who are woken")
    );
    check(&[call, "--account", OTHER]).refused(1, "notice-over");
    check(&["abandon ability able about above"]).refused(1, "notice-unknown");
    check(&["abandon ability able about"]).refused(2, "input-malformed");
    let again = world.run(&[RECOVER_PASSWORD, &scans].concat()).ok();
    assert!(again.err.contains("announced: notice 1, until"), "{again:?}");
}

#[test]
fn a_phrase_works_once_and_an_answer_announces_nothing() {
    let Notices { world, kit, alert } = printed("1");
    let new = |phrase: &str, account: &str| {
        world.run(&[
            "notice",
            "new",
            phrase,
            "--account",
            account,
            "--reason",
            "drill",
            "--window",
            "1",
        ])
    };
    new(&alert[0].1, MEMBER).refused(1, "notice-unknown");
    new("abandon ability able about above", MEMBER).refused(1, "notice-unknown");
    new(&kit[0].1, MEMBER).ok();
    let ended = new(&kit[0].1, OTHER).refused(1, "notice-over");
    assert!(ended.err.contains("a phrase works once"), "{ended:?}");
}

#[test]
fn in_production_nobody_recovers_unannounced_without_a_word_in_the_ledger() {
    let scratch = Scratch::new();
    let vault = scratch.join("vault");
    run(&["init", &vault, "--example"]).ok();
    let world = World {
        pages: scratch.join("pages"),
        vault,
        scratch,
    };
    world
        .run_isolated(&["print", "notices", "--count", "1", "--out", "target/w7-disk"])
        .refused(3, "output-on-disk");
    let out = world.scratch.join("papers");
    world
        .run_isolated(&["print", "notices", "--count", "1", "--out", &out])
        .ok();
    let head = world.run_isolated(&["ledger", "head"]).ok().first_line();
    let recover = |more: &[&str]| {
        let fixed = [
            "recover",
            "--account",
            MEMBER,
            "--factor",
            "password",
            "--reason",
            "x",
            "--present",
            "ana,jonas",
            "--approved-by",
            "walt",
            "--anchor",
            &head,
            "--unattended",
            "--stdout",
            "--scan",
            "x.png",
        ];
        world.run_isolated(&[&fixed[..], more].concat())
    };
    let ended = recover(&["--task", "security-event"]).refused(3, "unannounced");
    assert!(ended.err.contains("--allow-unannounced"), "{ended:?}");
    recover(&["--task", "security-event", "--allow-unannounced", "the kit burnt"]).refused(1, "record-missing");
    let ended = recover(&["--task", "close-account"]).refused(3, "role-suffices");
    assert!(
        ended.err.contains("organizations:CloseAccount") && ended.err.contains("--allow-root"),
        "{ended:?}"
    );
}
