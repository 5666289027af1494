//! Production: nothing is trusted that paper does not vouch for, and nothing happens on a machine with a network.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{MEMBER, Scratch, World, program, rehearsal, run, run_with};
use std::sync::OnceLock;
use strongroom::ceremony::afar::{Asking, Invite};
use strongroom::code::words::{WordsTag, words_of};
use strongroom::crypto::session::Session;
use strongroom::entropy::{Entropy, System};
use strongroom::plan::Factor;
use strongroom::vault::share_set::StoredCore;

/// A production vault, its `root-password` dealt but not proved.
fn dealt() -> World {
    static WORLD: OnceLock<World> = OnceLock::new();
    let world = WORLD.get_or_init(|| {
        let scratch = Scratch::new();
        let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
        let world = World { scratch, vault, pages };
        run(&["init", &world.vault, "--example"]).ok();
        world
            .run_isolated(&[
                "ceremony",
                "root-password",
                "--unattended",
                "--reason",
                "test",
                "--out",
                &world.pages,
            ])
            .ok();
        world
    });
    world.copy()
}

fn head(world: &World) -> String {
    world.run(&["ledger", "head"]).ok().first_line()
}

/// A production vault whose passwords are enrolled and on paper; its head.
fn enrolled() -> (World, String) {
    let world = dealt();
    world.run_isolated(&["prove", "--scan", &world.pages]).ok();
    let anchor = head(&world);
    world
        .run_isolated(&[
            "enroll",
            "--all",
            "--factor",
            "password",
            "--unattended",
            "--reason",
            "test",
            "--anchor",
            &anchor,
        ])
        .ok();
    let anchor = head(&world);
    (world, anchor)
}

fn recover(world: &World, anchor: &str, present: &str, approved: &str, more: &[&str]) -> common::Ended {
    let fixed = [
        "recover",
        "--account",
        MEMBER,
        "--factor",
        "password",
        "--task",
        "security-event",
        "--reason",
        "exercise",
        "--unattended",
        "--stdout",
        "--anchor",
        anchor,
        "--present",
        present,
        "--approved-by",
        approved,
        "--scan",
        &world.pages,
    ];
    world.run_isolated(&fixed.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn from_a_plan_to_one_password_under_the_anchor() {
    let (world, anchor) = enrolled();
    assert_eq!(
        recover(&world, &anchor, "ana,jonas", "walt", &[])
            .ok()
            .out
            .trim_end()
            .len(),
        64
    );
    world.run(&["ledger", "verify", "--head", &anchor]).ok();
    let shown = world.run(&["ledger", "show"]).ok().out;
    assert!(shown.contains("network isolated by namespace"), "{shown}");
}

#[test]
fn a_reachable_network_is_refused_and_its_override_recorded() {
    let world = dealt();
    let found = strongroom::shell::network::judge();
    assert_eq!(
        found.network,
        strongroom::vault::event::Network::Reachable,
        "this test needs a machine with a network, as CI has"
    );
    world
        .run(&["prove", "--scan", &world.pages])
        .refused(3, "network-reachable");
    world
        .run(&["prove", "--scan", &world.pages, "--allow-network", "a test machine"])
        .ok();
    let shown = world.run(&["ledger", "show"]).ok().out;
    assert!(
        shown.contains("exception   network-reachable:") && shown.contains("a test machine"),
        "{shown}"
    );
}

/// What a recovery of this vault would send to a custodian elsewhere.
fn invitation(world: &World) -> String {
    let set = std::fs::read(format!("{}/sets/root-password/1.toml", world.vault)).unwrap();
    let set = StoredCore::parse("the set", &set).unwrap_or_else(|refusal| panic!("{refusal}"));
    let asking = Asking {
        account: MEMBER.parse().unwrap(),
        account_name: "log-archive".to_string(),
        factor: Factor::Password,
        device: None,
        task: "security-event".parse().unwrap(),
        reason: "exercise".parse().unwrap(),
        present: Vec::new(),
        approved_by: None,
        made: jiff::Timestamp::now(),
    };
    let session = Session::begin(&mut Entropy::new(&mut System));
    let invite = session.and_then(|session| Invite::new(set.core.vault, &session, asking, vec![set]));
    let code = invite.and_then(|invite| invite.code());
    code.unwrap_or_else(|refusal| panic!("{refusal}"))
}

#[test]
fn a_share_is_contributed_on_no_machine_with_a_reachable_network() {
    let world = dealt();
    let (to, out) = (world.scratch.join("invite.txt"), world.scratch.join("out"));
    std::fs::write(&to, invitation(&world)).unwrap();
    let sheet = &world.sheets("root-password")[0];
    let contribute = ["contribute", "--to", &to, "--scan", sheet, "--out", &out];
    run(&contribute).refused(3, "network-reachable");
    // Without one, its custodian is asked.
    common::session::Session::begin(&contribute).until("are they these 8 words? [y/n]");
    assert!(!std::path::Path::new(&out).exists());
}

#[test]
fn secret_pages_go_to_a_disk_only_for_a_reason() {
    let world = dealt();
    let disk = std::env::temp_dir().join(format!("strongroom-disk-{}", std::process::id()));
    let disk = disk.display().to_string();
    let deal = [
        "ceremony",
        "mfa-emea",
        "--unattended",
        "--reason",
        "test",
        "--out",
        &disk,
    ];
    world.run_isolated(&deal).refused(3, "output-on-disk");
    assert!(!std::path::Path::new(&disk).exists(), "a refused place is not made");
    world
        .run_isolated(&[&deal[..], &["--allow-disk", "no memory left"]].concat())
        .ok();
    std::fs::remove_dir_all(&disk).unwrap();
    assert!(
        world
            .run(&["ledger", "show"])
            .ok()
            .out
            .contains("exception   output-on-disk:")
    );
}

#[test]
fn unattended_work_states_its_reason() {
    let world = dealt();
    world
        .run_isolated(&["ceremony", "mfa-emea", "--unattended", "--out", &world.pages])
        .refused(2, "reason-missing");
}

#[test]
fn a_set_is_live_only_when_every_page_was_proved() {
    let world = dealt();
    let sheets = world.sheets("root-password");
    world
        .run_isolated(&["prove", "--scan", &sheets[0], &sheets[1], &sheets[2], &sheets[3]])
        .ok();
    let anchor = head(&world);
    let enroll = |anchor: &str| {
        world.run_isolated(&[
            "enroll",
            MEMBER,
            "--factor",
            "password",
            "--unattended",
            "--reason",
            "test",
            "--anchor",
            anchor,
        ])
    };
    enroll(&anchor).refused(1, "set-not-live");
    assert!(
        world
            .run_isolated(&["prove", "--scan", &sheets[4]])
            .ok()
            .out
            .contains("it is live")
    );
    enroll(&anchor).refused(3, "not-yet-on-paper");
    enroll(&head(&world)).ok();
}

#[test]
fn without_words_or_with_others_nothing_is_enrolled_or_recovered() {
    let (world, anchor) = enrolled();
    world
        .run_isolated(&[
            "enroll",
            "--all",
            "--factor",
            "password",
            "--unattended",
            "--reason",
            "x",
        ])
        .refused(3, "anchor-missing");
    let other = "abandon abandon abandon abandon abandon abandon abandon abandon";
    recover(&world, other, "ana,jonas", "walt", &[]).refused(1, "anchor-unknown");
    let mut words: Vec<&str> = anchor.split(' ').collect();
    words[0] = "abandn";
    let ended = recover(&world, &words.join(" "), "ana,jonas", "walt", &[]);
    assert_eq!(ended.status, 2, "{ended:?}");
    assert!(ended.err.contains("abandon"), "the nearest word is offered: {ended:?}");
}

#[test]
fn what_is_not_yet_on_paper_is_not_used() {
    let (world, anchor) = enrolled();
    world
        .run_isolated(&[
            "enroll",
            MEMBER,
            "--factor",
            "password",
            "--unattended",
            "--reason",
            "suspected",
            "--anchor",
            &anchor,
        ])
        .ok();
    recover(&world, &anchor, "ana,jonas", "walt", &[]).refused(3, "not-yet-on-paper");
    let plan = format!("{}/strongroom.toml", world.vault);
    let anchor = head(&world);
    recover(&world, &anchor, "ana,jonas", "walt", &[]).ok();
    let text = std::fs::read_to_string(&plan).unwrap();
    std::fs::write(&plan, text + "\n# edited by somebody\n").unwrap();
    recover(&world, &anchor, "ana,jonas", "walt", &[]).refused(3, "not-yet-on-paper");
}

#[test]
fn a_vault_that_was_rolled_back_does_not_know_the_anchor() {
    let (world, anchor) = enrolled();
    let ledger = format!("{}/ledger/home.jsonl", world.vault);
    let text = std::fs::read_to_string(&ledger).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    std::fs::write(&ledger, lines[..lines.len() - 1].concat()).unwrap();
    recover(&world, &anchor, "ana,jonas", "walt", &[]).refused(1, "anchor-unknown");
    world
        .run(&["ledger", "verify", "--head", &anchor])
        .refused(1, "anchor-unknown");
}

#[test]
fn too_few_people_are_refused() {
    let (world, anchor) = enrolled();
    for (present, approved) in [("ana", "walt"), ("ana,ana", "walt"), ("ana,walt", "walt")] {
        recover(&world, &anchor, present, approved, &[]).refused(3, "too-few-people");
    }
    recover(&world, &anchor, "ana,nobody", "walt", &[]).refused(2, "unknown-person");
}

/// A production vault with both factors of an account, of which the password was recovered since this machine was started; its head.
fn with_a_password_recovered() -> (World, String) {
    static WORLD: OnceLock<World> = OnceLock::new();
    let world = WORLD.get_or_init(recovered).copy();
    let anchor = head(&world);
    (world, anchor)
}

fn recovered() -> World {
    let (world, _) = enrolled();
    world
        .run_isolated(&[
            "ceremony",
            "mfa-emea",
            "--unattended",
            "--reason",
            "test",
            "--out",
            &world.pages,
        ])
        .ok();
    for sheet in world.sheets("mfa-emea") {
        world.run_isolated(&["prove", "--scan", &sheet]).ok();
    }
    let anchor = head(&world);
    let seed = world.scratch.join("seed");
    std::fs::write(&seed, common::SEED).unwrap();
    world
        .run_isolated(&[
            "enroll",
            MEMBER,
            "--factor",
            "mfa",
            "--device",
            "emea",
            "--from",
            &seed,
            "--unattended",
            "--reason",
            "test",
            "--anchor",
            &anchor,
        ])
        .ok();
    recover(&world, &head(&world), "ana,jonas", "walt", &[]).ok();
    world
}

#[test]
fn two_factors_of_one_account_are_never_gathered_in_one_boot() {
    let (world, anchor) = with_a_password_recovered();
    let code = |more: &[&str]| {
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
            "--anchor",
            &anchor,
            "--present",
            "eva,luk",
            "--approved-by",
            "walt",
            "--scan",
            &world.pages,
        ];
        world.run_isolated(&fixed.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
    };
    code(&[]).refused(3, "both-factors");
    assert_eq!(
        code(&["--allow-both-factors", "one laptop, one building on fire"])
            .ok()
            .out
            .trim_end()
            .len(),
        6
    );
    assert!(
        world
            .run(&["ledger", "show"])
            .ok()
            .out
            .contains("exception   both-factors:")
    );
}

/// A command that gathers a quorum for the seeds of `emea`.
fn by_the_quorum_of_emea(world: &World, anchor: &str, command: &[&str]) -> common::Ended {
    let seeds = world.sheets("mfa-emea");
    let scans = ["--anchor", anchor, "--scan", &seeds[0], &seeds[1]];
    world.run_isolated(&[command, &scans].concat())
}

#[test]
fn a_machine_that_gathered_one_factor_reissues_no_set_of_the_other() {
    let (world, anchor) = with_a_password_recovered();
    let out = world.scratch.join("new");
    let reissue = ["reissue", "mfa-emea", "--reason", "lost", "--unattended", "--out", &out];
    by_the_quorum_of_emea(&world, &anchor, &reissue).refused(3, "both-factors");
}

#[test]
fn a_machine_that_gathered_one_factor_adds_no_set_to_records_of_the_other() {
    let (world, _) = with_a_password_recovered();
    let plan = format!("{}/strongroom.toml", world.vault);
    let text = std::fs::read_to_string(&plan).unwrap();
    let more = text.replace("sets = [\"mfa-emea\"]", "sets = [\"mfa-emea\", \"mfa-more\"]")
        + "\n[[share_set]]\nname = \"mfa-more\"\npurpose = \"mfa\"\nthreshold = \"2-of-3\"\nshares = [\n  \
           { custodian = \"eva\", safe = \"fra-2\" },\n  { custodian = \"luk\", safe = \"lon-2\" },\n  \
           { custodian = \"oscar\", safe = \"nyc-2\" },\n]\n";
    std::fs::write(&plan, more).unwrap();
    let out = world.scratch.join("new");
    let deal = [
        "ceremony",
        "mfa-more",
        "--unattended",
        "--reason",
        "test",
        "--out",
        &out,
    ];
    world.run_isolated(&deal).ok();
    world.run_isolated(&["prove", "--scan", &out]).ok();
    by_the_quorum_of_emea(&world, &head(&world), &["relock", "mfa-more"]).refused(3, "both-factors");
}

#[test]
fn a_page_that_is_made_again_says_which_sheet_is_to_be_destroyed() {
    let world = dealt();
    world.run_isolated(&["prove", "--scan", &world.pages]).ok();
    let sheet = &world.sheets("root-password")[0];
    let serial = sheet.rsplit("-share-1-").next().unwrap().trim_end_matches(".pdf");
    let reprint = [
        "reprint",
        serial,
        "--unattended",
        "--reason",
        "stained",
        "--scan",
        sheet,
    ];
    let out = ["--out", &world.pages];
    let ended = world.run_isolated(&[&reprint[..], &out].concat()).ok();
    let said = format!("destroy the sheet with serial {serial}: it still opens");
    assert!(ended.err.contains(&said), "{ended:?}");
}

#[test]
fn a_drill_never_sees_a_quorum_in_one_boot_nor_two_shares_in_one_process() {
    let world = dealt();
    world.run_isolated(&["prove", "--scan", &world.pages]).ok();
    let sheets = world.sheets("root-password");
    let prove = |scans: &[&str]| world.run_isolated(&[&["prove", "--scan"][..], scans].concat());
    let two = prove(&[&sheets[0], &sheets[1]]);
    assert!(two.status == 3 && two.err.contains("(one-share-a-process)"), "{two:?}");
    prove(&[&sheets[1]]).ok();
    let third = prove(&[&sheets[2]]);
    assert!(
        third.status == 3 && third.err.contains("(quorum-in-one-boot)"),
        "{third:?}"
    );
    assert!(
        prove(&[&sheets[1]])
            .ok()
            .out
            .contains("nothing was revealed or changed")
    );
}

#[test]
fn a_drill_proves_one_share_of_all_live_sets_in_one_process() {
    let world = dealt();
    world
        .run_isolated(&[
            "ceremony",
            "contact",
            "--unattended",
            "--reason",
            "test",
            "--out",
            &world.pages,
        ])
        .ok();
    world.run_isolated(&["prove", "--scan", &world.pages]).ok();
    let (one, two) = (&world.sheets("root-password")[0], &world.sheets("contact")[0]);
    let both = world.run_isolated(&["prove", "--scan", one, two]);
    assert!(
        both.status == 3 && both.err.contains("(one-share-a-process)"),
        "{both:?}"
    );
}

#[test]
fn the_worlds_are_never_mixed() {
    let (world, anchor) = enrolled();
    let play = rehearsal();
    let sheets = play.sheets("root-password");
    let fixed = [
        "recover",
        "--account",
        MEMBER,
        "--factor",
        "password",
        "--task",
        "security-event",
        "--reason",
        "x",
        "--unattended",
        "--stdout",
        "--anchor",
        &anchor,
        "--present",
        "ana,jonas",
        "--approved-by",
        "walt",
        "--scan",
        &sheets[0],
        &sheets[1],
        &sheets[2],
    ];
    let ended = world.run_isolated(&fixed).refused(1, "too-few-shares");
    assert_eq!(ended.err.matches("(share-of-other-world)").count(), 3, "{ended:?}");
    let ended = play.recover_password(&[&world.pages]).refused(1, "too-few-shares");
    assert_eq!(ended.err.matches("(share-of-other-world)").count(), 5, "{ended:?}");
}

#[test]
fn an_interrupted_dealing_is_declared_void_and_its_sheets_are_told() {
    let world = dealt();
    let ledger = format!("{}/ledger/home.jsonl", world.vault);
    let text = std::fs::read_to_string(&ledger).unwrap();
    let whole: Vec<&str> = text.split_inclusive('\n').collect();
    // As a crash between the two lines of a dealing leaves it: dealt, but not rendered.
    std::fs::write(&ledger, whole[..whole.len() - 1].concat()).unwrap();
    let deal = [
        "ceremony",
        "root-password",
        "--unattended",
        "--reason",
        "again",
        "--out",
        &world.pages,
    ];
    let ended = world.run_isolated(&deal).refused(2, "set-already-dealt");
    assert!(
        ended.err.contains("interrupted") && ended.err.contains("--void"),
        "{ended:?}"
    );
    world.run(&["ceremony", "root-password", "--void", "power failed"]).ok();
    world.run_isolated(&deal).ok();
    let old = &world.sheets("root-password")[0];
    let ended = world.run_isolated(&["prove", "--scan", old]);
    assert!(
        ended.status == 1 && ended.err.contains("(share-of-void-epoch)"),
        "{ended:?}"
    );
}

#[test]
fn preflight_says_which_program_this_is_as_a_sum_and_in_words() {
    let told = common::run_isolated(&["preflight"]).ok().out;
    let sum = run_with("sha256sum", &[program()], b"").ok().out;
    let sum = sum.split(' ').next().unwrap();
    let bytes = strongroom::hex::decode(sum).unwrap();
    let words = words_of(WordsTag::Program, &bytes).to_string();
    let line = told.lines().find(|line| line.contains(" program ")).unwrap();
    assert!(
        line.contains(&words) && line.contains(&format!("sha256 {sum}")),
        "{told}"
    );
}

#[test]
fn preflight_tells_a_namespace_from_a_machine() {
    let isolated = common::run_isolated(&["preflight", "--json"]).ok();
    let report: serde_json::Value = serde_json::from_str(&isolated.out).unwrap();
    assert_eq!(report["schema"], "strongroom/preflight/1");
    assert_eq!(report["items"][0]["found"], "isolated by namespace");
    let online = run(&["preflight"]);
    assert!(
        online.status == 3 && online.err.contains("(network-reachable)"),
        "{online:?}"
    );
    assert_eq!(
        run_with(
            "unshare",
            &["-rn", common::program(), "preflight", "--out", "/proc"],
            b""
        )
        .status,
        3
    );
}
