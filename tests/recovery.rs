//! One record recovered from paper: by any quorum, by nothing less, and with every bad entry named.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{MEMBER, Scratch, World, code_on, forged, rehearsal, run_with};

/// The lines as somebody types them: small letters, groups of four, five groups a row, no prefix.
fn as_typed(code: &str) -> String {
    let mut typed = String::new();
    for line in code.split('/') {
        let symbols: Vec<char> = line[3..].to_lowercase().chars().collect();
        for row in symbols.chunks(20) {
            let groups: Vec<String> = row.chunks(4).map(|group| group.iter().collect()).collect();
            typed.push_str(&groups.join(" "));
            typed.push('\n');
        }
        typed.push('\n');
    }
    typed
}

fn password(world: &World, sheets: &[&str]) -> String {
    world.recover_password(sheets).ok().out
}

#[test]
fn every_three_of_five_sheets_open_the_same_password() {
    let world = rehearsal();
    let sheets = world.sheets("root-password");
    let mut passwords = std::collections::BTreeSet::new();
    for a in 0..5 {
        for b in a + 1..5 {
            for c in b + 1..5 {
                passwords.insert(password(world, &[&sheets[c], &sheets[a], &sheets[b]]));
            }
        }
    }
    assert_eq!(passwords.len(), 1);
    assert_eq!(passwords.first().unwrap().trim_end().len(), 64);
}

#[test]
fn any_two_of_five_get_one_sentence_and_nothing_else() {
    let world = rehearsal();
    let sheets = world.sheets("root-password");
    for (a, b) in [(0, 1), (0, 4), (2, 3)] {
        let ended = world
            .recover_password(&[&sheets[a], &sheets[b]])
            .refused(1, "too-few-shares");
        assert_eq!(ended.err.lines().count(), 1, "{ended:?}");
        assert!(
            ended
                .err
                .contains("2 of the 3 shares that root-password, epoch 1 needs: 1 more of"),
            "{ended:?}"
        );
    }
}

#[test]
fn pdfs_images_folders_and_typed_lines_give_the_same_password() {
    let world = rehearsal();
    let sheets = world.sheets("root-password");
    let expected = password(world, &[&sheets[0], &sheets[2], &sheets[4]]);
    let scratch = Scratch::new();
    for (dpi, kind) in [("300", "-png"), ("150", "-png"), ("200", "-jpeg")] {
        let folder = scratch.join(&format!("{dpi}{kind}"));
        std::fs::create_dir(&folder).unwrap();
        for at in [1, 2, 3] {
            run_with(
                "pdftoppm",
                &["-r", dpi, kind, &sheets[at], &format!("{folder}/{at}")],
                b"",
            )
            .ok();
        }
        assert_eq!(password(world, &[&folder]), expected, "{dpi} {kind}");
    }
    let typed: String = [0, 1, 4].map(|at| as_typed(&code_on(&sheets[at]))).concat();
    assert_eq!(world.recover_typed(&typed).ok().out, expected);
    let file = scratch.join("lines.txt");
    std::fs::write(&file, &typed).unwrap();
    assert_eq!(password(world, &[&file]), expected, "a file of typed lines");
    let codes: String = [0, 1, 4].map(|at| code_on(&sheets[at]) + "\n").concat();
    assert_eq!(world.recover_typed(&codes).ok().out, expected);
}

#[test]
fn a_wrong_symbol_is_located_and_never_used() {
    let world = rehearsal();
    let sheets = world.sheets("root-password");
    let mut typed = as_typed(&code_on(&sheets[0]));
    // The first symbol of the second row of line A stands in group A6.
    let at = typed.find('\n').unwrap() + 1;
    let other = if typed.as_bytes()[at] == b'q' { "p" } else { "q" };
    typed.replace_range(at..=at, other);
    typed.push_str(&as_typed(&code_on(&sheets[1])));
    typed.push_str(&as_typed(&code_on(&sheets[2])));
    let ended = world.recover_typed(&typed).refused(1, "too-few-shares");
    assert!(
        ended.err.contains("A6") && ended.err.contains("(share-unreadable)"),
        "{ended:?}"
    );
    typed.push_str(&as_typed(&code_on(&sheets[3])));
    assert_eq!(world.recover_typed(&typed).ok().out.trim_end().len(), 64);
}

#[test]
fn a_forged_share_is_named_and_does_not_end_the_gathering() {
    let world = rehearsal();
    let sheets = world.sheets("root-password");
    let forged = forged(&code_on(&sheets[1]));
    let input = |others: &[usize]| {
        let rest: String = others.iter().map(|at| code_on(&sheets[*at]) + "\n").collect();
        format!("{forged}\n{rest}")
    };
    let serial = sheets[1]
        .rsplit("-share-2-")
        .next()
        .unwrap()
        .trim_end_matches(".pdf")
        .to_string();
    let named = |err: &str| err.contains("(share-forged)") && err.contains("Jonas Weber") && err.contains(&serial);
    let ended = world.recover_typed(&input(&[0, 2])).refused(1, "too-few-shares");
    assert!(named(&ended.err), "{ended:?}");
    let ended = world.recover_typed(&input(&[0, 2, 3])).ok();
    assert!(named(&ended.err), "{ended:?}");
    assert_eq!(ended.out.trim_end().len(), 64);
}

#[test]
fn line_a_alone_recovers_and_a_wrong_one_is_refused() {
    let world = rehearsal();
    let sheets = world.sheets("root-password");
    let line_a = |at: usize| code_on(&sheets[at]).split('/').next().unwrap().to_string() + "\n\n";
    let expected = password(world, &[&sheets[0], &sheets[1], &sheets[2]]);
    assert_eq!(world.recover_typed(&[0, 1, 2].map(line_a).concat()).ok().out, expected);
    let wrong = forged(&line_a(3));
    let ended = world
        .recover_typed(&[line_a(0), line_a(1), wrong.clone()].join("\n\n"))
        .refused(1, "quorum-refused");
    assert!(ended.err.contains("line B"), "{ended:?}");
    assert_eq!(
        world
            .recover_typed(&[line_a(0), line_a(1), wrong, line_a(2)].join("\n\n"))
            .ok()
            .out,
        expected,
        "a spare share helps"
    );
}

#[test]
fn a_share_that_could_not_be_proved_is_no_proved_one_in_the_ledger() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let lines: String = [0, 1, 2].map(|at| code_on(&sheets[at]) + "\n\n").concat();
    let lines_a: String = [0, 1, 2]
        .map(|at| code_on(&sheets[at]).split('/').next().unwrap().to_string() + "\n\n")
        .concat();
    for (typed, said) in [(lines, "\"proved\":true"), (lines_a, "\"proved\":false")] {
        world.recover_typed(&typed).ok();
        let ledger = std::fs::read_to_string(format!("{}/ledger/home.jsonl", world.vault)).unwrap();
        let recovered = ledger.lines().last().unwrap();
        assert_eq!(recovered.matches("\"proved\":").count(), 3, "{recovered}");
        assert_eq!(recovered.matches(said).count(), 3, "{recovered}");
    }
}

#[test]
fn sheets_of_another_set_are_put_back_and_spares_are_welcome() {
    let world = rehearsal();
    let (passwords, codes) = (world.sheets("root-password"), world.sheets("mfa-emea"));
    let ended = world
        .recover_password(&[&passwords[0], &passwords[1], &codes[0]])
        .refused(1, "too-few-shares");
    assert!(ended.err.contains("(share-of-other-purpose)"), "{ended:?}");
    let ended = world.recover_password(&[&world.pages]).ok();
    assert_eq!(ended.out.trim_end().len(), 64, "a folder of all envelopes");
}

#[test]
fn a_duplicate_counts_once() {
    let world = rehearsal();
    let sheets = world.sheets("root-password");
    world
        .recover_password(&[&sheets[0], &sheets[0], &sheets[1]])
        .refused(1, "too-few-shares");
}

#[test]
fn a_code_is_the_one_that_the_seed_gives_now() {
    let world = rehearsal();
    let sheets = world.sheets("mfa-emea");
    let show = |show: &str| {
        let fixed = [
            "recover",
            "--account",
            MEMBER,
            "--factor",
            "mfa",
            "--device",
            "emea",
            "--task",
            "security-event",
            "--reason",
            "exercise",
            "--unattended",
            "--stdout",
            "--show",
            show,
            "--scan",
            &sheets[0],
            &sheets[2],
        ];
        world.run(&fixed).ok().out.trim_end().to_string()
    };
    assert!(show("text").contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
    let seed = strongroom::crypto::totp::Seed::parse(common::SEED).unwrap_or_else(|refusal| panic!("{refusal}"));
    let now = || jiff::Timestamp::now().as_second().unsigned_abs();
    let before = now();
    let shown = show("code");
    let expected: Vec<String> = (before..=now())
        .map(|time| seed.code_at(time).digits.expose(str::to_string))
        .collect();
    assert!(expected.contains(&shown), "{shown} {expected:?}");
}

#[test]
fn what_is_opened_is_in_the_ledger_with_what_could_have_been() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let ended = password(&world, &[&sheets[0], &sheets[1], &sheets[2]]);
    let shown = world.run(&["ledger", "show"]).ok().out;
    assert!(shown.lines().last().unwrap().contains("recovered   734602235274 password for security-event: exercise; 3 shares of root-password, epoch 1, 22 reachable"), "{shown}");
    let ledger = std::fs::read_to_string(format!("{}/ledger/home.jsonl", world.vault)).unwrap();
    assert!(!ledger.contains(ended.trim_end()));
}

#[test]
fn a_record_that_was_replaced_or_moved_is_refused() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let record = |account: &str| format!("{}/records/{account}/password.1.age", world.vault);
    std::fs::copy(record("643979005746"), record(MEMBER)).unwrap();
    world
        .recover_password(&[&sheets[0], &sheets[1], &sheets[2]])
        .refused(1, "record-replaced");
    std::fs::remove_file(record(MEMBER)).unwrap();
    world
        .recover_password(&[&sheets[0], &sheets[1], &sheets[2]])
        .refused(1, "record-missing");
    world.run(&["ledger", "verify"]).ok_no();
}

trait No {
    fn ok_no(self);
}

impl No for common::Ended {
    #[track_caller]
    fn ok_no(self) {
        assert_eq!(self.status, 1, "{self:?}");
    }
}

#[test]
fn a_core_that_was_altered_is_refused() {
    let world = rehearsal().copy();
    let place = format!("{}/sets/root-password/1.toml", world.vault);
    let text = std::fs::read_to_string(&place).unwrap();
    std::fs::write(&place, text.replace("3-of-5", "2-of-5")).unwrap();
    let sheets = world.sheets("root-password");
    world
        .recover_password(&[&sheets[0], &sheets[1], &sheets[2]])
        .refused(1, "set-unfit");
}

#[test]
fn the_task_is_one_of_the_catalogue() {
    let world = rehearsal();
    let fixed = [
        "recover",
        "--account",
        MEMBER,
        "--factor",
        "password",
        "--task",
        "security-evnt",
        "--reason",
        "x",
        "--unattended",
        "--stdout",
        "--scan",
        "x.png",
    ];
    let ended = world.run(&fixed).refused(2, "unknown-task");
    assert!(ended.err.contains("security-event"), "{ended:?}");
}

#[test]
fn words_swapped_between_two_set_files_are_found() {
    let world = rehearsal().copy();
    let place = |set: &str| format!("{}/sets/{set}/1.toml", world.vault);
    let read = |set: &str| std::fs::read_to_string(place(set)).unwrap();
    let line = |text: &str, key: &str| text.lines().find(|line| line.starts_with(key)).unwrap().to_string();
    let (ours, other) = (read("root-password"), read("mfa-emea"));
    let mut swapped = ours.clone();
    for key in ["fingerprint", "words"] {
        swapped = swapped.replace(&line(&ours, key), &line(&other, key));
    }
    std::fs::write(place("root-password"), swapped).unwrap();
    let sheets = world.sheets("root-password");
    world
        .recover_password(&[&sheets[0], &sheets[1], &sheets[2]])
        .refused(1, "set-unfit");
}

#[test]
fn a_core_that_is_not_needed_may_be_missing() {
    let world = rehearsal().copy();
    std::fs::remove_file(format!("{}/sets/mfa-apac/1.toml", world.vault)).unwrap();
    let sheets = world.sheets("root-password");
    world.recover_password(&[&sheets[0], &sheets[1], &sheets[2]]).ok();
    let stranger = &world.sheets("mfa-apac")[0];
    let ended = world
        .recover_password(&[&sheets[0], &sheets[1], stranger])
        .refused(1, "too-few-shares");
    assert!(
        ended.err.contains("sets/mfa-apac/1.toml is missing (set-unfit)"),
        "{ended:?}"
    );
}
