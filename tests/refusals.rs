//! Bad input gets one clear sentence, a next step and a status from 1 to 4; never a panic, never a lost record.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{
    ENROLL_AGAIN, Ended, MEMBER, RECOVER_PASSWORD, Scratch, loaded_before, program, rehearsal, run, run_with,
};

fn bad(ended: &Ended) {
    assert!((1..=4).contains(&ended.status), "{ended:?}");
    assert!(
        !ended.err.contains("panicked") && !ended.err.contains("internal"),
        "{ended:?}"
    );
    let first = ended.err.lines().find(|line| line.starts_with("strongroom: error: "));
    let sentence = first.unwrap_or_else(|| panic!("no sentence: {ended:?}"));
    let said = sentence.trim_start_matches("strongroom: error: ");
    assert!(
        !said.ends_with('.') && !said.starts_with(|c: char| c.is_uppercase()),
        "{sentence}"
    );
}

#[test]
fn a_command_that_is_not_known_is_named_with_the_nearest() {
    for arguments in [
        &["recovr"][..],
        &["recover", "--acount", "x"],
        &["init"],
        &["ceremony"],
        &["prove"],
        &["enroll", "--factor", "pasword", "--all"],
        &["ledger"],
        &[],
    ] {
        let ended = run(arguments);
        if arguments.is_empty() || arguments == ["ledger"] {
            assert_eq!(ended.status, 2, "{ended:?}");
        } else {
            bad(&ended);
            assert_eq!(ended.status, 2, "{ended:?}");
        }
    }
}

#[test]
fn a_folder_that_is_no_vault_is_refused_with_the_way_to_make_one() {
    let scratch = Scratch::new();
    let missing = scratch.join("nothing");
    for arguments in [
        &["check"][..],
        &["ledger", "show"],
        &["ledger", "head"],
        &["prove", "--scan", "x"],
    ] {
        let ended = run(&[&["--vault", &missing][..], arguments].concat()).refused(2, "vault-missing");
        assert!(ended.err.contains("hint: strongroom init"), "{ended:?}");
    }
    let empty = scratch.join("");
    run(&["--vault", &empty, "ledger", "show"]).refused(2, "vault-missing");
}

#[test]
fn a_plan_that_is_broken_is_refused_with_its_line_and_column() {
    let world = rehearsal().copy();
    let plan = format!("{}/strongroom.toml", world.vault);
    let text = std::fs::read_to_string(&plan).unwrap();
    for (from, to, rule) in [
        ("[policy]", "[policy", "plan-syntax"),
        ("organisation =", "organization =", "plan-key"),
        ("threshold = \"3-of-5\"", "threshold = \"1-of-5\"", "plan-value"),
        ("threshold = \"3-of-5\"", "threshold = \"6-of-5\"", "plan-value"),
        ("custodian = \"ana\"", "custodian = \"anna\"", "plan-reference"),
        ("id = \"jonas\"", "id = \"ana\"", "plan-duplicate"),
        (
            "{ custodian = \"ana\", safe = \"fra-1\" }",
            "{ custodian = \"ana\", safe = \"fra-1\", passphrase = \"yes\" }",
            "plan-value",
        ),
    ] {
        std::fs::write(&plan, text.replacen(from, to, 1)).unwrap();
        let ended = world.run(&["check"]).refused(2, rule);
        bad(&ended);
        let place = ended.err.split("strongroom.toml:").nth(1).unwrap_or_default();
        assert!(place.starts_with(|c: char| c.is_ascii_digit()), "{ended:?}");
    }
    std::fs::write(&plan, [0xff, 0xfe, 0x00]).unwrap();
    world.run(&["check"]).refused(2, "plan-syntax");
    std::fs::write(&plan, "[".repeat(1_000_000)).unwrap();
    bad(&world.run(&["check"]));
    std::fs::write(&plan, vec![b'#'; 50 << 20]).unwrap();
    bad(&world.run(&["check"]));
    std::fs::remove_file(&plan).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", &plan).unwrap();
    world.run(&["check"]).refused(2, "not-a-plain-file");
}

#[test]
fn findings_end_with_status_1_and_say_what_to_do() {
    let world = rehearsal().copy();
    let plan = format!("{}/strongroom.toml", world.vault);
    let text = std::fs::read_to_string(&plan).unwrap();
    std::fs::write(
        &plan,
        text.replacen(
            "controllers = { any = 2, of = [\"ana\"",
            "controllers = { any = 1, of = [\"ana\"",
            1,
        ),
    )
    .unwrap();
    let ended = world.run(&["check"]);
    assert_eq!(ended.status, 1, "{ended:?}");
    assert!(
        ended.out.contains("S8") && ended.out.contains("allowed:") && ended.out.contains("next:"),
        "{ended:?}"
    );
    let report: serde_json::Value = serde_json::from_str(&world.run(&["check", "--json"]).out).unwrap();
    assert_eq!(report["schema"], "strongroom/check/1");
    assert!(!report["findings"].as_array().unwrap().is_empty());
}

#[test]
fn a_scan_that_is_none_is_refused_alone() {
    let world = rehearsal();
    let scratch = Scratch::new();
    let sheets = world.sheets("root-password");
    let pdf = std::fs::read(&sheets[0]).unwrap();
    run_with(
        "pdftoppm",
        &["-r", "100", "-png", &sheets[0], &scratch.join("page")],
        b"",
    )
    .ok();
    let png = std::fs::read(scratch.join("page-1.png")).unwrap();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty.png", vec![]),
        ("cut.pdf", pdf[..pdf.len() / 2].to_vec()),
        ("cut.png", png[..png.len() / 3].to_vec()),
        ("text.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
        ("elf.jpg", b"\x7fELF\x02\x01\x01".to_vec()),
        ("line.pdf", vec![b'A'; 10 << 20]),
        ("zeros.png", vec![0; 1 << 20]),
    ];
    for (name, bytes) in cases {
        let place = scratch.join(name);
        std::fs::write(&place, bytes).unwrap();
        let ended = world.recover_password(&[&place]).refused(1, "too-few-shares");
        assert!(ended.err.contains(name), "{ended:?}");
        world
            .recover_password(&[&place, &sheets[1], &sheets[2], &sheets[3]])
            .ok();
    }
    world.recover_password(&["/dev/zero"]).refused(1, "too-few-shares");
    world
        .recover_password(&[&scratch.join("missing.png")])
        .refused(2, "input-malformed");
    let ended = world.run(&["prove", "--scan", &scratch.join("cut.pdf")]);
    assert!((1..=4).contains(&ended.status), "{ended:?}");
}

#[test]
fn typed_rubbish_is_refused_in_bounded_time() {
    let world = rehearsal();
    for input in [
        "",
        "\n\n\n",
        "hello",
        "SR1",
        "ZZ1QQQQ",
        "A: qqqq\nB: qqqq",
        "\u{202e}\u{feff}\0\0",
    ] {
        bad(&world.recover_typed(input));
    }
    let started = std::time::Instant::now();
    bad(&world.recover_typed(&"q".repeat(10 << 20)));
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn what_the_plan_does_not_have_is_named_with_the_nearest() {
    let world = rehearsal();
    world
        .run(&["ceremony", "rot-password", "--unattended", "--out", &world.pages])
        .refused(2, "unknown-set");
    world
        .run(&["enroll", "log-archiv", "--factor", "password", "--unattended"])
        .refused(2, "unknown-account");
    world
        .run(&[
            "enroll",
            MEMBER,
            "--factor",
            "mfa",
            "--device",
            "emeaa",
            "--from",
            "-",
            "--unattended",
        ])
        .refused(2, "unknown-device");
}

#[test]
fn one_process_deals_sets_of_one_purpose() {
    let world = rehearsal();
    let ended = world
        .run(&[
            "ceremony",
            "management-password",
            "contact",
            "--unattended",
            "--out",
            &world.pages,
        ])
        .refused(2, "one-purpose");
    assert!(
        ended.err.contains("management-password") && ended.err.contains("contact"),
        "{ended:?}"
    );
}

#[test]
fn a_set_that_is_named_twice_is_refused_before_it_is_dealt() {
    let world = rehearsal().copy();
    world
        .run(&["ceremony", "contact", "contact", "--unattended", "--out", &world.pages])
        .refused(2, "usage");
    assert!(!world.run(&["ledger", "show"]).ok().out.contains("contact"));
}

#[test]
fn an_answer_that_is_lost_is_no_success() {
    let world = rehearsal();
    let script = format!("{} --vault {} ledger show > /dev/full", common::program(), world.vault);
    assert_eq!(run_with("bash", &["-c", &script], b"").status, 4);
    let script = format!("{} --vault {} ledger show | head -1", common::program(), world.vault);
    assert_eq!(run_with("bash", &["-c", &script], b"").ok().out.lines().count(), 1);
}

#[test]
fn a_secret_in_the_wrong_place_is_not_repeated() {
    let world = rehearsal();
    let line = "QQQQVQJARUM0K3D90NTSQV4N53LPQJP9ZE0XVX9CL7S5636G5R9ZVNSUF57P5ML9F6DU3FWDDPCADN00TKMYKRK9";
    for arguments in [
        &["enroll", line, "--factor", "password", "--unattended"][..],
        &["recover", "--factor", line],
        &["prove", line],
        &["enroll", common::SEED, "--factor", "mfa", "--from", "-", "--unattended"],
    ] {
        let ended = world.run(arguments);
        assert_eq!(ended.status, 2, "{ended:?}");
        assert!(
            !ended.err.contains("RUM0K3D9") && !ended.err.contains("GEZD"),
            "{ended:?}"
        );
    }
}

#[test]
fn a_set_is_dealt_once() {
    let world = rehearsal();
    world
        .run(&["ceremony", "root-password", "--unattended", "--out", &world.pages])
        .refused(2, "set-already-dealt");
}

#[test]
fn a_factor_is_replaced_only_for_a_reason_and_the_old_file_stays() {
    let world = rehearsal().copy();
    world
        .run(&["enroll", MEMBER, "--factor", "password", "--unattended"])
        .refused(2, "already-enrolled");
    world.run(ENROLL_AGAIN).ok();
    for generation in [1, 2] {
        assert!(std::path::Path::new(&format!("{}/records/{MEMBER}/password.{generation}.age", world.vault)).exists());
    }
}

#[test]
fn enroll_all_names_what_it_skips_and_ends_well() {
    let world = rehearsal();
    let ended = world
        .run(&["enroll", "--all", "--factor", "password", "--unattended"])
        .ok();
    for skipped in [
        "it is enrolled already",
        "the account is closed",
        "none of its share sets is live",
    ] {
        assert!(ended.out.contains(skipped), "{ended:?}");
    }
}

#[test]
fn a_seed_that_is_none_is_refused_without_being_quoted() {
    let world = rehearsal();
    let amer = [
        "enroll",
        MEMBER,
        "--factor",
        "mfa",
        "--device",
        "amer",
        "--from",
        "-",
        "--unattended",
    ];
    for input in [
        "",
        "GEZDGNBVGY3TQOJ8",
        "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ",
        "https://example.com",
    ] {
        let ended = world.run_with_input(&amer, input).refused(2, "seed-malformed");
        assert!(!ended.err.contains("GEZD"), "{ended:?}");
    }
    world
        .run(&["enroll", MEMBER, "--factor", "mfa", "--device", "amer", "--unattended"])
        .refused(2, "usage");
    world
        .run_with_input(
            &["enroll", MEMBER, "--factor", "password", "--from", "-", "--unattended"],
            "x",
        )
        .refused(2, "usage");
}

#[test]
fn a_seed_comes_from_a_uri_base32_or_an_image() {
    let world = rehearsal().copy();
    let image = world.scratch.join("qr.png");
    run_with("qrencode", &["-o", &image, "-s", "6", common::SEED], b"").ok();
    world
        .run(&[
            "enroll",
            MEMBER,
            "--factor",
            "mfa",
            "--device",
            "amer",
            "--from",
            &image,
            "--unattended",
        ])
        .ok();
    let piped = [
        "--vault",
        &world.vault,
        "enroll",
        MEMBER,
        "--factor",
        "mfa",
        "--device",
        "amer",
        "--from",
        "-",
        "--unattended",
        "--reason",
        "piped",
    ];
    run_with(common::program(), &piped, &std::fs::read(&image).unwrap()).ok();
    let apac = [
        "enroll",
        MEMBER,
        "--factor",
        "mfa",
        "--device",
        "apac",
        "--from",
        "-",
        "--unattended",
    ];
    world
        .run_with_input(&apac, "gezd gnbv gy3t qojq gezd gnbv gy3t qojq\n")
        .ok();
    for (device, set) in [("emea", "mfa-emea"), ("amer", "mfa-amer"), ("apac", "mfa-apac")] {
        let sheets = world.sheets(set);
        let shown = world.run(&[
            "recover",
            "--account",
            MEMBER,
            "--factor",
            "mfa",
            "--device",
            device,
            "--task",
            "sign-in-test",
            "--reason",
            "x",
            "--unattended",
            "--stdout",
            "--show",
            "text",
            "--scan",
            &sheets[0],
            &sheets[1],
        ]);
        assert!(
            shown.ok().out.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"),
            "{device}"
        );
    }
}

#[test]
fn a_ledger_that_was_altered_is_found_broken_at_its_line() {
    let world = rehearsal().copy();
    for _ in 0..2 {
        world.run(ENROLL_AGAIN).ok();
    }
    let place = format!("{}/ledger/home.jsonl", world.vault);
    let text = std::fs::read_to_string(&place).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let without = |at: usize| {
        lines
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != at)
            .map(|(_, line)| *line)
            .collect::<String>()
    };
    let altered = [
        ("a line taken out", without(3)),
        ("two lines swapped", {
            let mut swapped = lines.clone();
            swapped.swap(3, 4);
            swapped.concat()
        }),
        ("a word changed", text.replacen("\"rehearsal\"", "\"production\"", 1)),
        // As whole and well written as the line was: what names it is the line behind.
        (
            "a letter of a reason changed",
            text.replacen("\"again\"", "\"Again\"", 1),
        ),
        ("a space added", text.replacen("{\"before\"", "{ \"before\"", 1)),
        ("a line of another kind", text.clone() + "{}\n"),
        ("a time written otherwise", text.replacen("Z\"}\n", ".000Z\"}\n", 1)),
        ("no line", String::new()),
    ];
    for (what, altered) in altered {
        assert_ne!(altered, text, "{what}");
        std::fs::write(&place, altered).unwrap();
        for arguments in [
            &["ledger", "verify"][..],
            &["ledger", "show"],
            &["ledger", "head"],
            &["enroll", "--all", "--factor", "password", "--unattended"],
        ] {
            let ended = world.run(arguments).refused(1, "ledger-broken");
            assert!(ended.err.contains("home.jsonl"), "{what}: {ended:?}");
        }
    }
}

#[test]
fn an_account_list_makes_a_plan_and_lets_one_grow() {
    let scratch = Scratch::new();
    let list = scratch.join("accounts.json");
    let account = |id: &str, name: &str, state: &str| {
        serde_json::json!({ "Id": id, "Arn": format!("arn:aws:organizations::111111111111:account/o-x/{id}"), "Email": format!("aws+{id}@example.com"),
            "Name": name, "Status": state, "State": state, "JoinedMethod": "CREATED", "JoinedTimestamp": 1_490_475_741.0 })
    };
    let write = |accounts: serde_json::Value| std::fs::write(&list, accounts.to_string()).unwrap();
    write(
        serde_json::json!({ "Accounts": [account("111111111111", "Management", "ACTIVE"), account("222222222222", "Büro", "ACTIVE")] }),
    );
    let vault = scratch.join("vault");
    run(&["init", &vault, "--organizations", &list]).ok();
    write(
        serde_json::json!({ "Accounts": [account("111111111111", "Management", "ACTIVE"), account("222222222222", "Büro", "CLOSED"), account("333333333333", "new", "ACTIVE")] }),
    );
    let ended = run(&["init", &vault, "--organizations", &list]).ok();
    assert!(ended.out.contains("1 account added, 1 marked as closed"), "{ended:?}");
    let ended = run(&["init", &vault, "--organizations", &list]).ok();
    assert!(ended.out.contains("0 accounts added, 0 marked as closed"), "{ended:?}");
    write(serde_json::json!({ "Accounts": [], "NextToken": "x" }));
    run(&["init", &vault, "--organizations", &list]).refused(2, "organizations");
    std::fs::write(&list, "{").unwrap();
    run(&["init", &scratch.join("other"), "--organizations", &list]).refused(2, "organizations");
}

/// A generator that begins anew with every program: what a machine that was copied after its start gives.
fn that_begins_anew(scratch: &Scratch) -> String {
    let text = r"
        #include <stdint.h>
        #include <sys/types.h>
        static uint64_t count = 1;
        ssize_t getrandom(void *out, size_t length, unsigned flags) {
            for (size_t at = 0; at < length; at++) {
                uint64_t mixed = count++ * 0x9E3779B97F4A7C15ull;
                ((unsigned char *)out)[at] = (mixed ^ mixed >> 31) * 0xBF58476D1CE4E5B9ull >> 56;
            }
            return length;
        }";
    loaded_before(scratch, text)
}

#[test]
fn a_generator_that_begins_anew_with_every_run_makes_no_set_and_no_password_twice() {
    let scratch = Scratch::new();
    let anew = that_begins_anew(&scratch);
    let vault = scratch.join("vault");
    let under = |arguments: &[&str]| {
        run_with(
            "env",
            &[&[&anew, program(), "--vault", &vault], arguments].concat(),
            b"",
        )
    };
    run(&["init", &vault, "--example", "--rehearsal"]).ok();
    let dealt = |set: &str| under(&["ceremony", set, "--unattended", "--out", &scratch.join(set)]);
    dealt("root-password").ok();
    dealt("mfa-emea").ok();
    let refused = dealt("mfa-amer").refused(4, "entropy-stuck");
    assert!(refused.err.contains("mfa-emea, epoch 1"), "{refused:?}");
    let made = std::fs::read_dir(scratch.join("mfa-amer")).map_or(0, Iterator::count);
    assert_eq!(made, 0, "no page of a dealing that was refused");
    let sheets = std::fs::read_dir(scratch.join("root-password")).unwrap();
    let mut recover: Vec<String> = RECOVER_PASSWORD
        .iter()
        .chain(&["--scan"])
        .map(ToString::to_string)
        .collect();
    recover.extend(sheets.map(|sheet| sheet.unwrap().path().display().to_string()));
    let recover: Vec<&str> = recover.iter().map(String::as_str).collect();
    let passwords = [(); 2].map(|()| {
        under(ENROLL_AGAIN).ok();
        run(&[&["--vault", &vault], &recover[..]].concat()).ok().out
    });
    assert_ne!(passwords[0], passwords[1]);
}
