//! An arrangement kept alive by its commands: envelopes, safes, drills, reviews, devices, and what is due.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{MEMBER, World, rehearsal};

/// The serials of a set's envelopes in force, by index.
fn serials(world: &World, set: &str) -> Vec<String> {
    let listed: serde_json::Value = serde_json::from_str(&world.run(&["envelope", "list", "--json"]).ok().out).unwrap();
    let of_set = listed["envelopes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["set"] == set && one["force"] == "in force");
    of_set.map(|one| one["serial"].as_str().unwrap().to_string()).collect()
}

/// The name on the first line of what a command said: `drill home-40`.
fn name(said: &str) -> String {
    said.lines()
        .next()
        .unwrap()
        .split([' ', ':'])
        .nth(1)
        .unwrap()
        .to_string()
}

fn sealed(world: &World, serial: &str) {
    let seal = format!("A {serial}");
    world
        .run(&["envelope", "seal", serial, "--seal", &seal, "--again", &seal])
        .ok();
}

#[test]
fn an_envelope_skips_no_stage() {
    let world = rehearsal().copy();
    let serial = &serials(&world, "mfa-emea")[0];
    let send = [
        "envelope",
        "send",
        serial,
        "--carrier",
        "eva",
        "--due",
        "2027-01-10",
        "--by",
        "walt",
    ];
    let deposit = ["envelope", "deposit", serial, "--by", "walt,zoe"];
    world.run(&send).refused(2, "stage-skipped");
    world.run(&deposit).refused(2, "stage-skipped");
    world
        .run(&["envelope", "seal", serial, "--seal", "A 1", "--again", "A 7"])
        .refused(2, "input-malformed");
    sealed(&world, serial);
    world.run(&deposit).refused(2, "stage-skipped");
    world.run(&send).ok();
    let due = world.run(&["due", "--on", "2027-01-11"]);
    assert!(due.status == 1 && due.out.contains("an envelope arrives"), "{due:?}");
    world
        .run(&["envelope", "deposit", serial, "--by", "walt"])
        .refused(3, "witness-missing");
    assert!(world.run(&deposit).ok().out.contains("deposited in"));
    world
        .run(&["envelope", "open", serial, "--reason", "drill", "--by", "walt,zoe"])
        .ok();
    sealed_again(&world, serial);
    world.run(&["envelope", "destroy", serial, "--by", "walt,zoe"]).ok();
    world
        .run(&["envelope", "lost", serial, "--reason", "gone", "--by", "walt"])
        .refused(2, "stage-skipped");
}

fn sealed_again(world: &World, serial: &str) {
    let first = format!("A {serial}");
    world
        .run(&["envelope", "seal", serial, "--seal", &first, "--again", &first])
        .refused(2, "input-malformed");
    world
        .run(&["envelope", "seal", serial, "--seal", "B 1", "--again", "B 1"])
        .ok();
}

#[test]
fn one_carrier_never_has_a_quorum_of_a_set() {
    let world = rehearsal().copy();
    let of_set = serials(&world, "root-password");
    for serial in &of_set {
        sealed(&world, serial);
    }
    let send = |serial: &str, carrier: &str| {
        world.run(&[
            "envelope",
            "send",
            serial,
            "--carrier",
            carrier,
            "--due",
            "2027-01-10",
            "--by",
            "walt",
        ])
    };
    send(&of_set[0], "Courier Ltd").ok();
    send(&of_set[1], "courier  ltd").ok();
    send(&of_set[2], "COURIER LTD").refused(3, "carrier-quorum");
    send(&of_set[2], "zoe").ok();
    world.run(&["envelope", "deposit", &of_set[0], "--by", "walt,zoe"]).ok();
    send(&of_set[3], "courier ltd").ok();
}

#[test]
fn what_a_visit_cannot_explain_is_open_until_it_is_settled() {
    let world = rehearsal().copy();
    let of_set = serials(&world, "root-password");
    for serial in &of_set[..2] {
        sealed(&world, serial);
        world
            .run(&[
                "envelope",
                "send",
                serial,
                "--carrier",
                serial,
                "--due",
                "2027-01-10",
                "--by",
                "walt",
            ])
            .ok();
        world
            .run(&["envelope", "deposit", serial, "--safe", "fra-1", "--by", "walt,zoe"])
            .ok();
    }
    let visit = |extra: &[&str]| {
        let fixed = [
            "safe",
            "visit",
            "fra-1",
            "--by",
            "jonas,mira",
            "--reason",
            "review",
            "--at",
            "2026-12-01T09:00:00Z",
        ];
        world.run(&[&fixed[..], extra].concat())
    };
    visit(&["--whole", "--intact", &of_set[0], &of_set[1]]).ok();
    let found = visit(&["--whole", "--intact", &of_set[0], "--broken", &of_set[2]]);
    assert_eq!(found.status, 1, "{found:?}");
    for one in [
        format!("{} should lie there and was not seen", of_set[1]),
        format!("{} was there, and the ledger does not say so", of_set[2]),
        format!("the seal of {} was not whole", of_set[2]),
    ] {
        assert!(found.out.contains(&one), "{one}: {found:?}");
    }
    let due = world.run(&["due", "--on", "2026-12-02"]);
    assert!(
        due.status == 1 && due.out.contains("explain what a visit found"),
        "{due:?}"
    );
    let id = name(&found.out);
    world
        .run(&["finding", "settle", "home-999", "--how", "?", "--by", "walt"])
        .refused(2, "unknown-line");
    world
        .run(&[
            "finding",
            "settle",
            &id,
            "--how",
            "the label was misread",
            "--by",
            "walt,zoe",
        ])
        .ok();
    assert!(world.run(&["finding", "list"]).ok().out.contains("nothing is open"));
    let taken = visit(&["--took", &of_set[0]]);
    assert!(
        taken.status == 1 && taken.out.contains("no step of it says why"),
        "{taken:?}"
    );
    world
        .run(&["envelope", "open", &of_set[0], "--reason", "drill", "--by", "walt,zoe"])
        .ok();
    assert!(
        world.run(&["finding", "list"]).ok().out.contains("nothing is open"),
        "the opening says why"
    );
    visit(&["--intact", "AAA-AAA"]).refused(2, "unknown-serial");
}

#[test]
fn a_drill_ends_with_its_debrief_and_its_changes_are_due() {
    let world = rehearsal().copy();
    let drill = name(
        &world
            .run(&["drill", "new", "--led-by", "walt", "--on", "2026-12-01"])
            .ok()
            .out,
    );
    assert!(world.run(&["status", "--on", "2026-12-01"]).out.contains("1 drills"));
    world.run(&["prove", "--scan", &world.sheets("mfa-emea")[0]]).ok();
    let tried = [
        "drill",
        "try",
        &drill,
        MEMBER,
        "--signed-in",
        "yes",
        "--phone",
        "no",
        "--on",
        "2026-12-01",
        "--by",
        "walt",
    ];
    assert_eq!(world.run(&tried).status, 1, "a phone that does not ring is a no");
    let close = |extra: &[&str]| {
        let fixed = [
            "drill",
            "close",
            &drill,
            "--practised",
            "eva",
            "--by",
            "walt,zoe",
            "--on",
            "2026-12-02",
        ];
        world.run(&[&fixed[..], extra].concat())
    };
    close(&["--wrong", "the phone is off"]).refused(2, "debrief-incomplete");
    close(&["--wrong", "nothing", "--change", "walt 2027-01-01 a second phone"]).refused(2, "debrief-incomplete");
    close(&[
        "--wrong",
        "the phone is off",
        "--change",
        "walt 2027-01-01 a second phone",
        "--rehearsed",
        "mfa-lost",
    ])
    .ok();
    close(&["--wrong", "nothing"]).refused(2, "unknown-line");
    let due = world.run(&["due", "--on", "2027-01-02"]);
    assert!(due.status == 1 && due.out.contains("settle the finding"), "{due:?}");
    assert!(
        world
            .run(&["runbook", "list"])
            .ok()
            .out
            .contains("rehearsed 2026-12-02")
    );
    let json: serde_json::Value = serde_json::from_str(&world.run(&["status", "--json"]).out).unwrap();
    assert_eq!(json["last"]["drill"], "2026-12-01");
}

#[test]
fn a_full_drill_opens_a_record_shows_at_most_a_code_and_changes_nothing() {
    let world = rehearsal().copy();
    let drill = name(&world.run(&["drill", "new", "--led-by", "walt"]).ok().out);
    let hashes = || {
        common::run_with(
            "bash",
            &[
                "-c",
                &format!(
                    "cd {} && find records sets -type f | sort | xargs sha256sum",
                    world.vault
                ),
            ],
            b"",
        )
        .ok()
        .out
    };
    let before = hashes();
    let (mfa, password) = (world.sheets("mfa-emea"), world.sheets("root-password"));
    let open = |extra: &[&str]| world.run(&[&["drill", "open", &drill, "--account", MEMBER][..], extra].concat());
    let code = open(&[
        "--factor", "mfa", "--device", "emea", "--code", "--scan", &mfa[0], &mfa[1],
    ])
    .ok()
    .out;
    assert!(
        code.trim_end().len() == 6 && code.trim_end().bytes().all(|b| b.is_ascii_digit()),
        "{code}"
    );
    let nothing = open(&[
        "--factor",
        "password",
        "--scan",
        &password[0],
        &password[1],
        &password[2],
    ])
    .ok();
    assert_eq!(nothing.out, "", "a password is opened, and not shown");
    open(&["--factor", "password", "--scan", &password[0], &password[1]]).refused(1, "too-few-shares");
    open(&["--factor", "password", "--code", "--scan", &password[0]]).refused(2, "usage");
    assert_eq!(hashes(), before);
    world.run(&["ledger", "verify"]).ok();
}

#[test]
fn a_review_is_signed_by_two_and_its_answers_become_changes_to_make() {
    let world = rehearsal().copy();
    let begun = world
        .run(&["review", "new", "--led-by", "walt", "--on", "2026-12-01"])
        .ok()
        .out;
    let review = name(&begun);
    for line in [
        "share root-password 1 ana",
        "safe fra-1 jonas",
        "mailbox 734602235274 dana",
        "root-access aws",
    ] {
        assert!(begun.contains(line), "{line}");
    }
    let close = |extra: &[&str]| world.run(&[&["review", "close", &review, "--on", "2026-12-02"][..], extra].concat());
    close(&["--by", "walt"]).refused(3, "witness-missing");
    close(&["--by", "walt,zoe", "--remove", "safe fra-1 jonass"]).refused(2, "input-malformed");
    close(&["--by", "walt,zoe", "--remove", "safe fra-1 jonas"]).refused(2, "debrief-incomplete");
    let removed = [
        "--by",
        "walt,zoe",
        "--remove",
        "safe fra-1 jonas",
        "--owner",
        "walt",
        "--until",
        "2026-12-20",
    ];
    close(&removed).ok();
    let open = world.run(&["finding", "list"]).ok().out;
    assert!(
        open.contains("safe fra-1 jonas") && open.contains("remove it in the plan"),
        "{open}"
    );
    let due: serde_json::Value =
        serde_json::from_str(&world.run(&["due", "--on", "2026-12-21", "--json"]).out).unwrap();
    let overdue: Vec<_> = due["due"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|due| due["overdue"] == true)
        .collect();
    assert!(
        overdue
            .iter()
            .any(|due| due["kind"] == "finding" && due["owner"] == "walt"),
        "{overdue:?}"
    );
}

#[test]
fn devices_guidance_locks_and_copies_have_their_days() {
    let world = rehearsal().copy();
    let install = [
        "device",
        "install",
        "111111111111",
        "token-1",
        "--model",
        "Token 7",
        "--number",
        "4711",
        "--battery",
        "2027-03-31",
        "--lead",
        "30",
        "--next",
        "2027-02-01",
    ];
    world.run(&install).ok();
    world
        .run(&[
            "device",
            "check",
            "111111111111",
            "token-1",
            "--works",
            "yes",
            "--next",
            "2027-06-01",
            "--by",
            "walt",
        ])
        .ok();
    world
        .run(&[
            "device",
            "install",
            MEMBER,
            "emea",
            "--model",
            "x",
            "--number",
            "1",
            "--next",
            "2027-02-01",
        ])
        .refused(2, "unknown-device");
    world
        .run(&[
            "guidance",
            "case 4711",
            "--about",
            "what support asks for",
            "--until",
            "2027-01-15",
        ])
        .ok();
    world
        .run(&["safe", "serviced", "fra-1", "--on", "2026-11-01", "--by", "walt"])
        .ok();
    let words = world.run(&["ledger", "head"]).ok().first_line();
    world
        .run(&[
            "safe",
            "copy",
            "usb-fra",
            "--head",
            &words,
            "--on",
            "2026-11-02",
            "--by",
            "walt",
        ])
        .ok();
    world
        .run(&["safe", "copy", "usb-fr", "--head", &words, "--by", "walt"])
        .refused(2, "unknown-copy");
    let due: serde_json::Value =
        serde_json::from_str(&world.run(&["due", "--on", "2026-11-25", "--json"]).ok().out).unwrap();
    let day = |kind: &str, about: &str| {
        let all = due["due"].as_array().unwrap();
        let found = all.iter().find(|due| due["kind"] == kind && due["about"] == about);
        found.map(|due| due["day"].as_str().unwrap().to_string())
    };
    assert_eq!(
        day("battery", "device:111111111111/token-1").as_deref(),
        Some("2027-03-01")
    );
    assert_eq!(
        day("device", "device:111111111111/token-1").as_deref(),
        Some("2027-06-01")
    );
    assert_eq!(day("guidance", "ticket:case 4711").as_deref(), Some("2027-01-15"));
    assert_eq!(day("lock", "safe:fra-1").as_deref(), Some("2027-11-01"));
    assert_eq!(day("copy", "copy:usb-fra").as_deref(), Some("2027-02-02"));
}

#[test]
fn status_is_one_screen_and_one_page() {
    let world = rehearsal();
    let screen = world.run(&["status"]).out;
    assert!(
        screen.lines().count() <= 30 && screen.lines().all(|line| line.chars().count() <= 90),
        "{screen}"
    );
    let out = world.scratch.join("status");
    world.run(&["print", "status", "--out", &out]).ok();
    let page = std::fs::read_dir(&out).unwrap().next().unwrap().unwrap().path();
    let info = common::run_with("pdfinfo", &[page.to_str().unwrap()], b"").ok().out;
    assert!(
        info.lines()
            .any(|line| line.starts_with("Pages:") && line.trim_end().ends_with(" 1")),
        "{info}"
    );
}
