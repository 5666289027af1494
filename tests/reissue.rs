//! `reissue` and `relock`: a new epoch by the quorum of the old, and whatever instant the power fails, one of them opens everything.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{MEMBER, RECOVER_PASSWORD, World, program, rehearsal, run_with};
use std::path::Path;

/// The sheets of an epoch of a set, in a folder.
fn sheets(folder: &str, set: &str, epoch: u32) -> Vec<String> {
    let start = format!("{set}-{epoch}-share-");
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut found: Vec<String> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with(&start))
        .map(|path| path.display().to_string())
        .collect();
    found.sort();
    found
}

fn three(sheets: &[String]) -> Vec<&str> {
    sheets[..3].iter().map(String::as_str).collect()
}

fn reissue(world: &World, reason: &str, out: &str) -> common::Ended {
    let old = world.sheets("root-password");
    let fixed = [
        "reissue",
        "root-password",
        "--reason",
        reason,
        "--unattended",
        "--out",
        out,
        "--scan",
    ];
    world.run(&[&fixed[..], &three(&old)].concat())
}

fn password(world: &World, sheets: &[String]) -> common::Ended {
    world.recover_password(&three(sheets))
}

#[test]
fn the_new_quorum_opens_the_same_secrets_and_the_old_one_nothing() {
    let world = rehearsal().copy();
    let before = password(&world, &world.sheets("root-password")).ok().out;
    let out = world.scratch.join("new");
    let said = reissue(&world, "leaver", &out).ok();
    assert!(
        said.out
            .contains("epoch 2 is signed by root-password, epoch 1; 22 records locked again"),
        "{said:?}"
    );
    assert!(
        said.out.contains("root-password, epoch 1 is void; to be destroyed"),
        "{said:?}"
    );
    assert!(said.out.contains("still opens 22 accounts"), "{said:?}");
    let new = sheets(&out, "root-password", 2);
    assert_eq!(new.len(), 5);
    assert_eq!(password(&world, &new).ok().out, before);
    let refused = password(&world, &world.sheets("root-password"));
    assert!(refused.err.contains("share-of-void-epoch"), "{refused:?}");
    world.run(&["ledger", "verify"]).ok();
    // No file of this vault opens to the old epoch any more: only older copies do.
    let files = std::fs::read_dir(format!("{}/records/{MEMBER}", world.vault)).unwrap();
    let names: Vec<String> = files
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        names.contains(&"password.2.age".to_string()) && !names.contains(&"password.1.age".to_string()),
        "{names:?}"
    );
}

#[test]
fn two_old_shares_with_two_new_ones_open_nothing() {
    let world = rehearsal().copy();
    let out = world.scratch.join("new");
    reissue(&world, "exposed", &out).ok();
    let (old, new) = (world.sheets("root-password"), sheets(&out, "root-password", 2));
    let mixed: Vec<&str> = old.iter().chain(&new[..2]).map(String::as_str).collect();
    world.recover_password(&mixed).refused(1, "too-few-shares");
}

#[test]
fn a_cause_is_stated_and_the_old_quorum_is_there() {
    let world = rehearsal().copy();
    let out = world.scratch.join("new");
    assert_eq!(
        reissue(&world, "quarterly", &out).status,
        2,
        "there is no calendar for it"
    );
    let old = world.sheets("root-password");
    let two = [
        "reissue",
        "root-password",
        "--reason",
        "lost",
        "--unattended",
        "--out",
        &out,
        "--scan",
        &old[0],
        &old[1],
    ];
    world.run(&two).refused(1, "too-few-shares");
    assert!(sheets(&out, "root-password", 2).is_empty());
    let unknown = [
        "reissue",
        "contact",
        "--reason",
        "lost",
        "--unattended",
        "--out",
        &out,
        "--scan",
        &old[0],
    ];
    world.run(&unknown).refused(1, "set-not-live");
}

#[test]
fn an_epoch_that_another_signed_is_refused() {
    let world = rehearsal().copy();
    reissue(&world, "compromise", &world.scratch.join("new")).ok();
    forge_a_signature(&world);
    let verified = world.run(&["ledger", "verify"]);
    assert_eq!(verified.status, 1, "{verified:?}");
    assert!(verified.err.contains("successor-unsigned"), "{verified:?}");
    let enroll = [
        "enroll",
        MEMBER,
        "--factor",
        "password",
        "--unattended",
        "--reason",
        "test",
    ];
    world.run(&enroll).refused(1, "successor-unsigned");
}

#[test]
fn no_record_is_locked_again_to_an_epoch_that_another_signed() {
    let world = rehearsal().copy();
    let out = world.scratch.join("new");
    reissue(&world, "compromise", &out).ok();
    add_a_region(&world);
    forge_a_signature(&world);
    // The region is nobody's forgery: the epoch beside it, which opens the records too, is.
    let quorum = sheets(&out, "root-password", 2);
    let relock = [&["relock", "root-password-apac", "--scan"][..], &three(&quorum)].concat();
    world.run(&relock).refused(1, "successor-unsigned");
}

/// Alters the one signature of the ledger.
fn forge_a_signature(world: &World) {
    let ledger = format!("{}/ledger/home.jsonl", world.vault);
    let text = std::fs::read_to_string(&ledger).unwrap();
    let at = text.find("\"signature\":\"").unwrap() + 13;
    let forged = format!(
        "{}{}{}",
        &text[..at],
        if &text[at..=at] == "0" { "1" } else { "0" },
        &text[at + 1..]
    );
    // The chain is mended behind the forgery, as whoever forges would.
    std::fs::write(&ledger, chained(&forged)).unwrap();
}

/// The same lines with every `before` made good again.
fn chained(text: &str) -> String {
    use sha2::Digest as _;
    let mut before = "0".repeat(64);
    let mut out = String::new();
    for line in text.lines() {
        let start = line.find("\"before\":\"").unwrap() + 10;
        let line = format!("{}{before}{}\n", &line[..start], &line[start + 64..]);
        before = strongroom::hex::encode(&sha2::Sha256::digest(line.as_bytes()));
        out.push_str(&line);
    }
    out
}

/// Every way in which `reissue` changes the disk, ended there by a kill: the vault opens by the old quorum or by the new one.
#[test]
fn a_killed_reissue_leaves_a_vault_that_opens() {
    let base = rehearsal();
    let code = |world: &World, sheets: &[String]| {
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
        ];
        let ended = world.run(
            &[
                &fixed[..],
                &["--unattended", "--stdout", "--scan", &sheets[0], &sheets[1]],
            ]
            .concat(),
        );
        assert!(ended.status != 0 || ended.out.trim_end().len() == 6, "{ended:?}");
        ended.status == 0
    };
    let (mut injected, mut by_old, mut by_new) = (0, 0, 0);
    for call in ["write", "fsync", "renameat", "mkdirat", "unlinkat", "ftruncate"] {
        // `just crashes` kills at every one.
        for nth in (1..=200).step_by(3) {
            let world = base.copy();
            let out = world.scratch.join("new");
            let old = world.sheets("mfa-emea");
            let (inject, trace) = (format!("inject={call}:signal=KILL:when={nth}"), format!("trace={call}"));
            let mut arguments = vec![
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                &trace,
                "-e",
                &inject,
                program(),
                "--vault",
                &world.vault,
            ];
            arguments.extend([
                "reissue",
                "mfa-emea",
                "--reason",
                "lost",
                "--unattended",
                "--out",
                &out,
                "--scan",
                &old[0],
                &old[1],
            ]);
            let ended = run_with("strace", &arguments, b"");
            if ended.status == 0 {
                break;
            }
            injected += 1;
            world.run(&["ledger", "verify"]).ok();
            if code(&world, &old) {
                by_old += 1;
            } else {
                assert!(
                    code(&world, &sheets(&out, "mfa-emea", 2)),
                    "{call} {nth}: it opens by neither"
                );
                by_new += 1;
            }
        }
    }
    assert!(
        injected >= 6 && by_old > 0 && by_new > 0,
        "{injected} kills: {by_old} by the old, {by_new} by the new"
    );
}

#[test]
fn in_production_the_old_epoch_is_in_force_until_every_new_page_is_proved() {
    let world = production();
    let out = world.scratch.join("new");
    let anchor = head(&world);
    let old = sheets(&world.pages, "root-password", 1);
    let fixed = [
        "reissue",
        "root-password",
        "--reason",
        "leaver",
        "--unattended",
        "--anchor",
        &anchor,
        "--out",
        &out,
        "--scan",
    ];
    world.run_isolated(&[&fixed[..], &three(&old)].concat()).ok();
    let new = sheets(&out, "root-password", 2);
    let anchor = head(&world);
    let opened = |sheets: &[String], anchor: &str| {
        let people = [
            "--present",
            "ana,jonas",
            "--approved-by",
            "walt",
            "--anchor",
            anchor,
            "--scan",
        ];
        world.run_isolated(&[RECOVER_PASSWORD, &people, &three(sheets)].concat())
    };
    let secret = opened(&old, &anchor).ok().out;
    assert_eq!(opened(&new, &anchor).status, 1, "not in force yet");
    let due = world.run(&["due"]);
    assert!(due.out.contains("prove the pages of the reissue"), "{due:?}");
    // Nothing else is locked to the old epoch meanwhile: its successor would not open it.
    let enroll = [
        "enroll",
        MEMBER,
        "--factor",
        "password",
        "--unattended",
        "--reason",
        "test",
        "--anchor",
        &anchor,
    ];
    world.run_isolated(&enroll).refused(2, "reissue-pending");
    for page in &new[..4] {
        world.run_isolated(&["prove", "--scan", page]).ok();
    }
    assert_eq!(opened(&old, &anchor).ok().out, secret);
    let last = world.run_isolated(&["prove", "--scan", &new[4]]).ok();
    assert!(
        last.out.contains("it is live") && last.out.contains("epoch 1 is void"),
        "{last:?}"
    );
    let anchor = head(&world);
    assert_eq!(opened(&new, &anchor).ok().out, secret);
    assert!(opened(&old, &anchor).err.contains("share-of-void-epoch"));
    // Void paper that exists is a path until it is destroyed, and then no longer.
    let noted = world.run(&["check"]);
    assert!(noted.out.contains("root-password epoch 1 is out there"), "{noted:?}");
    let serials: Vec<String> = last
        .out
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.get(..7).map(str::to_string))
        .collect();
    assert_eq!(serials.len(), 5, "{last:?}");
    let mut destroy = vec!["envelope", "destroy"];
    destroy.extend(serials.iter().map(String::as_str));
    destroy.extend(["--by", "walt,zoe"]);
    world.run(&destroy).ok();
    let noted = world.run(&["check"]);
    assert!(!noted.out.contains("epoch 1 is out there"), "{noted:?}");
}

/// A production vault with `root-password` live and passwords enrolled.
fn production() -> World {
    let scratch = common::Scratch::new();
    let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
    let world = World { scratch, vault, pages };
    common::run(&["init", &world.vault, "--example"]).ok();
    let deal = [
        "ceremony",
        "root-password",
        "--unattended",
        "--reason",
        "test",
        "--out",
        &world.pages,
    ];
    world.run_isolated(&deal).ok();
    world.run_isolated(&["prove", "--scan", &world.pages]).ok();
    let anchor = head(&world);
    let all = [
        "enroll",
        "--all",
        "--factor",
        "password",
        "--unattended",
        "--reason",
        "test",
        "--anchor",
        &anchor,
    ];
    world.run_isolated(&all).ok();
    world
}

fn head(world: &World) -> String {
    world.run(&["ledger", "head"]).ok().first_line()
}

/// A set more for the passwords of the members, planned and dealt.
fn add_a_region(world: &World) {
    let plan = format!("{}/strongroom.toml", world.vault);
    let text = std::fs::read_to_string(&plan).unwrap();
    let added = format!(
        "{text}\n[[share_set]]\nname = \"root-password-apac\"\npurpose = \"password\"\nthreshold = \"2-of-3\"\naccounts = \"members\"\nshares = [\n  \
         {{ custodian = \"mei\", safe = \"sin-1\" }},\n  {{ custodian = \"ravi\", safe = \"sin-1\" }},\n  {{ custodian = \"yuki\" }},\n]\n"
    );
    std::fs::write(&plan, added).unwrap();
    world
        .run(&["ceremony", "root-password-apac", "--unattended", "--out", &world.pages])
        .ok();
}

#[test]
fn a_region_is_added_by_any_quorum_that_opens_the_records() {
    let world = rehearsal().copy();
    add_a_region(&world);
    let old = world.sheets("root-password");
    let relock = [&["relock", "root-password-apac", "--scan"][..], &three(&old)].concat();
    let said = world.run(&relock).ok();
    assert!(said.out.contains("22 records locked to it too"), "{said:?}");
    let by_old = password(&world, &old).ok().out;
    let apac = sheets(&world.pages, "root-password-apac", 1);
    assert_eq!(world.recover_password(&[&apac[0], &apac[1]]).ok().out, by_old);
    world.run(&["ledger", "verify"]).ok();
    world.run(&relock).refused(2, "nothing-to-relock");
    assert!(!Path::new(&format!("{}/records/{MEMBER}/password.1.age", world.vault)).exists());
}
