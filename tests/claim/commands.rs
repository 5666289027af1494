//! `check`, `simulate` and `print statement`, as a person runs them.

use crate::claim::large::{Spread, plan};
use crate::common::{Ended, Scratch, program, run, run_with};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use strongroom::plan::starter;

/// A folder with this plan.
fn folder(text: &str) -> Scratch {
    let scratch = Scratch::new();
    std::fs::write(scratch.join("strongroom.toml"), text).unwrap();
    scratch
}

fn on(scratch: &Scratch, arguments: &[&str]) -> Ended {
    let all: Vec<&str> = ["--vault", scratch.path().to_str().unwrap()]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    run_with(program(), &all, b"")
}

fn edited(from: &str, to: &str) -> Scratch {
    let text = starter::example();
    assert!(text.contains(from), "{from}");
    folder(&text.replacen(from, to, 1))
}

/// Every key of a value, lists as `[]`: `coalitions[].name`.
fn keys(value: &Value, at: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(of) => {
            for (key, value) in of {
                let at = if at.is_empty() {
                    key.clone()
                } else {
                    format!("{at}.{key}")
                };
                into.insert(at.clone());
                keys(value, &at, into);
            }
        }
        Value::Array(of) => of.iter().for_each(|value| keys(value, &format!("{at}[]"), into)),
        _ => {}
    }
}

#[test]
fn the_example_is_judged_without_a_finding_and_ends_with_a_line_to_quote() {
    let example = folder(starter::example());
    let ended = on(&example, &["check"]).ok();
    for said in [
        "no findings",
        "the policy asks at least              3       2                 2",
        "2 of ana jonas mira + 2 of ben carla dwight + 2 of eva luk nadia",
        "dana or eli (mailbox) + fern or zoe (phone)",
        "fra-1 with nyc-1, fra-1 with sin-1, nyc-1 with sin-1 lock every account",
        "lon-2 is open Mon-Fri 07:00-20:00 only; at other times mfa-emea needs fra-2 and nyc-2",
    ] {
        assert!(ended.out.contains(said), "{said}\n{}", ended.out);
    }
    assert_eq!(
        ended.out.lines().last(),
        Some("nobody can sign in to any account alone; no single loss locks one out")
    );
}

#[test]
fn findings_end_with_1_and_stand_under_what_they_put_at_risk() {
    let ended = on(
        &edited(
            "controllers = { any = 2, of = [\"ana\"",
            "controllers = { any = 1, of = [\"ana\"",
        ),
        &["check"],
    );
    assert_eq!(ended.status, 1, "{ended:?}");
    let at = |text: &str| ended.out.find(text).unwrap_or_else(|| panic!("{text}\n{}", ended.out));
    assert!(
        at("exposed: too few people get in") < at("S8    strongroom.toml:202:23   safe fra-1 opens for any 1 of 3")
    );
    assert!(
        ended
            .out
            .lines()
            .last()
            .unwrap()
            .starts_with("1 finding to mend or accept; ")
    );
}

#[test]
fn an_accepted_finding_ends_with_0_and_an_expired_acceptance_with_1() {
    let token = "{ device = \"token-1\", kind = \"hardware\", safe = \"fra-2\", battery_expires = 2031-06-30 }";
    let own = "[[share_set]]\nname = \"mfa-own\"\npurpose = \"mfa\"\nthreshold = \"2-of-3\"\nshares = [\n  { custodian = \"eva\", safe = \"fra-2\" },\n  \
               { custodian = \"paula\", safe = \"nyc-2\" },\n  { custodian = \"wei\", safe = \"sin-2\" },\n]\n";
    let text = starter::example().replacen(
        token,
        "{ device = \"token-1\", kind = \"virtual\", sets = [\"mfa-own\"] }",
        1,
    ) + own;
    let accept = |until: &str| {
        format!(
            "{text}[[accept]]\nrule = \"S13\"\nabout = \"account:111111111111\"\nreason = \"ordered\"\nuntil = {until}\n"
        )
    };
    assert_eq!(on(&folder(&text), &["check"]).status, 1);
    let accepted = on(&folder(&accept("9999-12-31")), &["check"]).ok();
    assert!(
        accepted
            .out
            .contains("until 9999-12-31   account:111111111111: ordered"),
        "{}",
        accepted.out
    );
    let expired = on(&folder(&accept("2001-01-01")), &["check"]);
    assert!(
        expired.status == 1 && expired.out.contains("that day has passed"),
        "{expired:?}"
    );
}

#[test]
fn json_has_the_keys_that_are_documented_and_no_others() {
    let example = edited("open = \"Mon-Fri 07:00-20:00\"", "open = \"Mon-Fri 07:00-20:00\"");
    let virtual_token = starter::example().replacen(
        "controllers = { any = 2, of = [\"ana\"",
        "controllers = { any = 1, of = [\"ana\"",
        1,
    ) + "[[accept]]\nrule = \"S30\"\nabout = \"person:ana\"\nreason = \"none\"\nuntil = 9999-12-31\n";
    let documented = include_str!("../../docs/json.md");
    let (check, simulate) = documented.split_once("## strongroom/simulate/1").unwrap();
    for (document, arguments, folder) in [
        (check, &["check", "--json"][..], &folder(&virtual_token)),
        (
            simulate,
            &[
                "simulate",
                "--lose",
                "safe:fra-1",
                "--away",
                "ben",
                "--at",
                "2026-12-24T03:00Z",
                "--json",
            ],
            &example,
        ),
        (
            simulate,
            &["simulate", "--lose", "safe:fra-1", "--lose", "safe:nyc-1", "--json"],
            &example,
        ),
    ] {
        let report: Value = serde_json::from_str(&on(folder, arguments).out).unwrap();
        let mut found = BTreeSet::new();
        keys(&report, "", &mut found);
        assert!(found.len() > 12, "{found:?}");
        for key in found {
            let (parent, last) = key.rsplit_once('.').unwrap_or(("", key.as_str()));
            let row = |line: &str| {
                line.contains(&format!("`{key}`"))
                    || line.contains(&format!("`{key}[]`"))
                    || line.contains(&format!("`{key}[][]`"))
            };
            // A key may also stand in the row of what it belongs to, or in the table of groups that seven keys share.
            let with_parent = |line: &str| {
                line.contains(parent.rsplit_once("[]").map_or(parent, |(list, _)| list))
                    && line.contains(&format!("`{last}`"))
            };
            let groups = parent.contains(".by.") || parent.contains(".factors.");
            let shared = |line: &str| {
                groups
                    && (line.contains(&format!("`{last}`"))
                        || line.contains(&format!("groups[].{last}"))
                        || line.contains(&format!("`{last}[]`")))
            };
            let branch = |line: &str| line.contains(&format!("`{key}.")) || line.contains(&format!("`{key}[]."));
            let said = document
                .lines()
                .any(|line| row(line) || with_parent(line) || shared(line) || branch(line));
            assert!(said, "docs/json.md does not say `{key}`");
        }
    }
    let report: Value = serde_json::from_str(&on(&example, &["check", "--json"]).ok().out).unwrap();
    for key in document_keys(check)
        .into_iter()
        .filter(|key| !key.starts_with("findings") && !key.starts_with("accepted"))
    {
        let mut found = BTreeSet::new();
        keys(&report, "", &mut found);
        assert!(
            found.contains(&key),
            "docs/json.md says `{key}`, and the program does not write it"
        );
    }
    assert_eq!(report["coalitions"][1]["by"]["quorum"]["smallest"], 6);
}

/// The keys that stand in the first column with their whole path from the top.
fn document_keys(document: &str) -> Vec<String> {
    let top = [
        "schema",
        "claim",
        "people",
        "safes",
        "share_sets",
        "accounts",
        "closed_accounts",
        "policy",
        "findings",
        "accepted",
        "notes",
        "groups_listed",
        "coalitions",
        "losses",
        "margins",
        "coverage",
    ];
    let rows = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once(" |"));
    let cells = rows.flat_map(|(cell, _)| cell.split('`').map(str::to_string).collect::<Vec<_>>());
    cells
        .map(|key| key.trim_end_matches("[]").to_string())
        .filter(|key| top.contains(&key.split(['.', '[']).next().unwrap_or_default()))
        .collect()
}

#[test]
fn a_night_is_played_and_what_is_locked_ends_with_1() {
    let example = folder(starter::example());
    let night = on(
        &example,
        &["simulate", "--lose", "region:emea", "--at", "2026-12-24T03:00Z"],
    )
    .ok();
    assert!(
        night.out.contains("all 23 accounts can be opened")
            && night.out.contains("emea not any more   amer at once   apac at once"),
        "{}",
        night.out
    );
    let locked = on(&example, &["simulate", "--lose", "safe:fra-1", "--lose", "safe:nyc-1"]);
    assert_eq!(locked.status, 1);
    assert!(
        locked
            .out
            .contains("root-password lacks 2 more of ana (fra-1), jonas (fra-1), ben (nyc-1), carla (nyc-1)"),
        "{}",
        locked.out
    );
    assert!(
        locked.out.contains("23 of 23 accounts cannot be opened"),
        "{}",
        locked.out
    );
}

#[test]
fn a_safe_that_is_shut_opens_when_its_hours_begin() {
    let text = starter::example().replace("open = \"24x7\"", "open = \"Mon-Fri 09:00-17:00\"");
    let report = on(
        &folder(&text),
        &[
            "simulate",
            "--at",
            "2026-12-26T12:00Z",
            "--lose",
            "region:apac",
            "--json",
        ],
    )
    .ok();
    let report: Value = serde_json::from_str(&report.out).unwrap();
    // Saturday noon; Frankfurt opens on Monday at 08:00 UTC, New York at 14:00.
    assert_eq!(report["outcomes"][1]["soonest"]["from"], "2026-12-28T14:00:00Z");
    assert_eq!(report["outcomes"][1]["soonest"]["minutes"], 50 * 60);
}

#[test]
fn what_is_supposed_lost_and_not_of_the_plan_is_refused_with_the_nearest() {
    let example = folder(starter::example());
    for (arguments, rule, hint) in [
        (
            &["--lose", "safe:fra-9"][..],
            "unknown-loss",
            "did you mean `safe:fra-2`",
        ),
        (
            &["--lose", "saef:fra-1"],
            "unknown-loss",
            "did you mean `--lose safe:…`",
        ),
        (&["--lose", "passphrase:anna"], "unknown-person", "did you mean `ana`"),
        (&["--lose", "region:emae"], "unknown-loss", "did you mean `region:emea`"),
        (&["--away", "benn"], "unknown-person", "did you mean `ben`"),
    ] {
        let ended = on(&example, &[&["simulate"], arguments].concat());
        let said = format!("{}{}", ended.out, ended.err);
        ended.refused(2, rule);
        assert!(said.contains(hint), "{arguments:?}\n{said}");
    }
    on(&example, &["simulate", "--at", "christmas"]).refused(2, "usage");
}

#[test]
fn a_passphrase_on_which_nothing_hangs_may_be_lost_and_is_said_to_be_one() {
    let example = folder(starter::example());
    let night = [
        "simulate",
        "--lose",
        "safe:fra-1",
        "--lose",
        "passphrase:ana",
        "--away",
        "ben",
        "--at",
        "2026-12-24T03:00Z",
    ];
    let ended = on(&example, &night).ok();
    assert!(ended.out.contains("all 23 accounts can be opened"), "{}", ended.out);
    assert!(
        ended
            .err
            .contains("no share of the plan stands under a passphrase of ana"),
        "{}",
        ended.err
    );
}

#[test]
fn a_statement_is_one_page_on_a_disk_and_never_written_twice() {
    let example = folder(starter::example());
    let out = example.join("papers");
    let path = on(&example, &["print", "statement", "--out", &out]).ok().first_line();
    let text = run_with("pdftotext", &["-layout", &path, "-"], b"").ok().out;
    assert!(
        text.contains("Nobody can sign in to any account alone") && text.contains("page 1 of 1"),
        "{text}"
    );
    assert!(
        run_with("pdfinfo", &[&path], b"")
            .ok()
            .out
            .lines()
            .any(|line| line.split_whitespace().eq(["Pages:", "1"]))
    );
    on(&example, &["print", "statement", "--out", &out]).refused(2, "output-exists");
}

#[test]
fn paper_out_of_force_is_known_from_the_ledger() {
    let scratch = Scratch::new();
    let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
    let of = |arguments: &[&str]| run(&[&["--vault", &vault], arguments].concat());
    run(&["init", &vault, "--example", "--rehearsal"]).ok();
    of(&["ceremony", "root-password", "--unattended", "--out", &pages]).ok();
    of(&["enroll", "log-archive", "--factor", "password", "--unattended"]).ok();
    assert!(!of(&["check"]).ok().out.contains("D6"));
    // The plan moves a share; its paper lies where it was dealt to.
    let plan = format!("{vault}/strongroom.toml");
    let (from, to) = (
        "{ custodian = \"ana\", safe = \"fra-1\" }",
        "{ custodian = \"ana\", safe = \"sin-1\" }",
    );
    let moved = std::fs::read_to_string(&plan).unwrap().replacen(from, to, 1);
    std::fs::write(&plan, moved).unwrap();
    let said = of(&["check"]).out;
    assert!(said.contains("paper of root-password epoch 1 is out there"), "{said}");
}

#[test]
fn a_plan_that_cannot_be_read_is_one_sentence_in_two_seconds() {
    let example = starter::example();
    let deep = format!("{example}x = {}", "[".repeat(200_000));
    let huge = format!("{example}# {}", "x".repeat(50 << 20));
    for (text, rule) in [
        (
            example.replacen("safe = \"fra-1\"", "safe = \"fra-9\"", 1),
            "plan-reference",
        ),
        (example.replacen("id = \"jonas\"", "id = \"ana\"", 1), "plan-duplicate"),
        (example.replacen("id = \"jonas\"", "id = \"Ana\"", 1), "plan-value"),
        (
            example.replacen("id = \"jonas\"", "id = \"\u{430}na\"", 1),
            "plan-value",
        ),
        (
            example.replacen("id = \"jonas\"", "id = \"a\u{301}na\"", 1),
            "plan-value",
        ),
        (
            example.replacen("threshold = \"3-of-5\"", "threshold = \"6-of-5\"", 1),
            "plan-value",
        ),
        (
            example.replacen("threshold = \"3-of-5\"", "threshold = \"1-of-5\"", 1),
            "plan-value",
        ),
        (
            example.replacen("region = \"emea\"\nthreshold", "region = \"\"\nthreshold", 1),
            "plan-value",
        ),
        (example.replacen("Europe/Berlin", "Europe/Berlim", 1), "plan-value"),
        (example.to_string() + "[[accept]]\nrule = \"S99\"\n", "plan-value"),
        (deep, "plan-syntax"),
        (huge, "input-too-large"),
    ] {
        let scratch = folder(&text);
        for arguments in [&["check"][..], &["check", "--json"], &["simulate"]] {
            let begun = Instant::now();
            let ended = on(&scratch, arguments);
            let sentences = ended
                .err
                .lines()
                .filter(|line| line.starts_with("strongroom: error: "))
                .count();
            assert_eq!(sentences, 1, "{ended:?}");
            let placed = ended
                .err
                .split("strongroom.toml:")
                .nth(1)
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            assert!(placed || rule == "input-too-large", "{}", ended.err);
            ended.refused(2, rule);
            assert!(
                begun.elapsed() < Duration::from_secs(2),
                "{rule} took {:?}",
                begun.elapsed()
            );
        }
    }
}

#[test]
fn a_large_organisation_is_judged_and_played_whole() {
    for spread in [Spread::Teams, Spread::Scattered] {
        let large = folder(&plan(1_000, spread));
        let report: Value = serde_json::from_str(&on(&large, &["check", "--json"]).out).unwrap();
        let listed = report["coalitions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|of| of["accounts"].as_array().unwrap().len());
        assert_eq!(listed.sum::<usize>(), 1_000, "{spread:?}");
        let night = on(
            &large,
            &["simulate", "--lose", "region:emea", "--at", "2026-12-24T03:00Z"],
        )
        .ok();
        assert!(night.out.contains("all 1000 accounts can be opened"), "{}", night.out);
    }
}
