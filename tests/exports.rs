//! Every export is read by a reader of its kind that is not ours.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{program, rehearsal, run_with};
use std::path::Path;

/// A program of the Python environment that `.ci/run` makes.
fn python(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/stock/python/bin")
        .join(name);
    assert!(
        path.exists(),
        "{} is needed by this test, and `.ci/run` installs it",
        path.display()
    );
    path.display().to_string()
}

fn files(folder: &str, ending: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<String> = entries
        .map(|path| path.display().to_string())
        .filter(|path| path.ends_with(ending))
        .collect();
    found.sort();
    found
}

#[test]
fn policy_and_alert_are_accepted_by_cfn_lint_and_an_hcl_reader() {
    let world = rehearsal();
    let scratch = common::Scratch::new();
    for what in ["scp", "alert"] {
        let out = scratch.join(what);
        world.run(&["export", what, "--out", &out]).ok();
        let templates = files(&out, "cloudformation.json");
        assert_eq!(templates.len(), 1);
        let linted = run_with(
            &python("cfn-lint"),
            &["--regions", "us-east-1", "--", &templates[0]],
            b"",
        );
        assert_eq!((linted.status, linted.out.as_str()), (0, ""), "{linted:?}");
        let terraform = files(&out, ".tf");
        assert_eq!(terraform.len(), 1);
        let read = "import hcl2, json, sys; print(json.dumps(hcl2.load(open(sys.argv[1]))))";
        let parsed = run_with(&python("python3"), &["-c", read, &terraform[0]], b"").ok();
        let parsed: serde_json::Value = serde_json::from_str(&parsed.out).unwrap();
        let text = parsed.to_string();
        let wanted = if what == "scp" {
            "aws_organizations_policy"
        } else {
            "aws_cloudwatch_event_rule"
        };
        assert!(text.contains(wanted), "{text}");
        for file in files(&out, ".json") {
            let json: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
            assert!(json.is_object());
        }
    }
    let policy = std::fs::read_to_string(scratch.join("scp/deny-root.json")).unwrap();
    assert!(
        policy.contains("arn:aws:iam::*:root") && policy.contains("\"Deny\""),
        "{policy}"
    );
    let pattern = std::fs::read_to_string(scratch.join("alert/root-sign-in.json")).unwrap();
    assert!(
        pattern.contains("AWS Console Sign In via CloudTrail") && pattern.contains("Root"),
        "{pattern}"
    );
    assert_eq!(files(&scratch.join("alert"), ".pdf").len(), 1, "the escalation card");
}

#[test]
fn a_calendar_reader_finds_what_due_finds_and_no_name() {
    let world = rehearsal();
    let scratch = common::Scratch::new();
    let out = scratch.join("due.ics");
    world
        .run(&["export", "calendar", "--on", "2027-03-01", "--out", &out])
        .ok();
    let read = "import icalendar, json, sys\n\
                calendar = icalendar.Calendar.from_ical(open(sys.argv[1], 'rb').read())\n\
                print(json.dumps([[str(e['summary']), str(e.decoded('dtstart')), str(e['description']), str(e['uid'])] for e in calendar.walk('VEVENT')]))";
    let read = run_with(&python("python3"), &["-c", read, &out], b"").ok();
    let events: Vec<[String; 4]> = serde_json::from_str(&read.out).unwrap();
    let due: serde_json::Value =
        serde_json::from_str(&world.run(&["due", "--on", "2027-03-01", "--json"]).out).unwrap();
    let days: std::collections::BTreeSet<(String, String)> = due["due"]
        .as_array()
        .unwrap()
        .iter()
        .map(|due| {
            (
                due["day"].as_str().unwrap().to_string(),
                due["kind"].as_str().unwrap().to_string(),
            )
        })
        .collect();
    assert_eq!(events.len(), days.len(), "one for each day and kind");
    let found: std::collections::BTreeSet<&String> = events.iter().map(|[_, day, ..]| day).collect();
    assert_eq!(found, days.iter().map(|(day, _)| day).collect());
    let uids: std::collections::BTreeSet<&String> = events.iter().map(|[.., uid]| uid).collect();
    assert_eq!(uids.len(), events.len());
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(
        !text.contains("Ana") && !text.contains("Frankfurt") && !text.contains("log-archive"),
        "ids alone"
    );
    let again = scratch.join("again.ics");
    world
        .run(&["export", "calendar", "--on", "2027-03-01", "--out", &again])
        .ok();
    let without_stamp = |text: String| {
        text.lines()
            .filter(|line| !line.starts_with("DTSTAMP"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(
        without_stamp(text),
        without_stamp(std::fs::read_to_string(again).unwrap())
    );
}

#[test]
fn evidence_has_every_line_of_the_period_and_redacted_it_names_nobody() {
    let world = rehearsal();
    let scratch = common::Scratch::new();
    let shown: serde_json::Value = serde_json::from_str(&world.run(&["ledger", "show", "--json"]).ok().out).unwrap();
    let lines = shown["chains"][0]["entries"].as_array().unwrap().len();
    for redact in [false, true] {
        let out = scratch.join(if redact { "redacted" } else { "whole" });
        let mut arguments = vec![
            "export",
            "evidence",
            "--from",
            "2020-01-01",
            "--to",
            "2099-12-31",
            "--out",
            &out,
        ];
        arguments.extend(redact.then_some("--redact"));
        world.run(&arguments).ok();
        let text = std::fs::read_to_string(format!("{out}/evidence.json")).unwrap();
        let evidence: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(evidence["lines"].as_array().unwrap().len(), lines);
        let index = std::fs::read_to_string(format!("{out}/evidence.md")).unwrap();
        assert!(
            index.contains("PCI DSS 3.7.6") && index.contains("SOC 2 CC6.4"),
            "{index}"
        );
        assert_eq!(text.contains("\"ana\""), !redact);
        assert_eq!(text.contains("734602235274"), !redact);
    }
    let wrong = scratch.join("wrong");
    let backwards = [
        "export",
        "evidence",
        "--from",
        "2027-01-02",
        "--to",
        "2027-01-01",
        "--out",
        &wrong,
    ];
    world.run(&backwards).refused(2, "usage");
}

#[test]
fn man_reads_every_page_and_bash_its_completions() {
    let scratch = common::Scratch::new();
    let out = scratch.join("man");
    run_with(program(), &["export", "man", "--out", &out], b"").ok();
    let pages = files(&out, ".1");
    assert!(pages.iter().any(|page| page.ends_with("/strongroom.1")), "{pages:?}");
    assert!(
        pages.iter().any(|page| page.ends_with("/strongroom-ledger-verify.1")),
        "{pages:?}"
    );
    for page in &pages {
        let text = std::fs::read_to_string(page).unwrap();
        assert!(text.contains(".TH ") && text.contains(".SH NAME"), "{page}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let completions = run_with(program(), &["export", "completions", shell], b"").ok().out;
        assert!(completions.contains("reissue"), "{shell}");
        if shell == "bash" {
            let file = scratch.join("completions");
            std::fs::write(&file, &completions).unwrap();
            run_with("bash", &["-n", &file], b"").ok();
        }
    }
}

#[test]
fn the_book_has_every_runbook_and_its_contents_say_where_it_begins() {
    let world = rehearsal();
    let scratch = common::Scratch::new();
    let out = scratch.join("book");
    world.run(&["runbook", "print", "--all", "--out", &out]).ok();
    let book = format!("{out}/runbooks.pdf");
    let text = |page: usize| {
        let number = page.to_string();
        run_with("pdftotext", &["-layout", "-f", &number, "-l", &number, &book, "-"], b"")
            .ok()
            .out
    };
    let listed: serde_json::Value = serde_json::from_str(&world.run(&["runbook", "list", "--json"]).ok().out).unwrap();
    let listed = listed["runbooks"].as_array().unwrap();
    assert_eq!(listed.len(), 15);
    let contents = text(1);
    for runbook in listed {
        let title = runbook["title"].as_str().unwrap();
        let row = contents.lines().find(|line| line.contains(title));
        let row = row.unwrap_or_else(|| panic!("{title} is not in {contents}"));
        let page: usize = row.split_whitespace().next().unwrap().parse().unwrap();
        assert!(
            text(page).contains(title),
            "{title} begins on page {page}: {}",
            text(page)
        );
        let shown = world
            .run(&["runbook", "show", runbook["name"].as_str().unwrap()])
            .ok()
            .out;
        assert!(shown.contains(title) && !shown.contains('{'), "{shown}");
    }
    let alert = world.run(&["runbook", "show", "alert-rang"]).ok().out;
    assert!(
        alert.contains("Ana Sousa") && alert.contains("+00 000 1000"),
        "real names and numbers: {alert}"
    );
    world
        .run(&["runbook", "show", "alert-rung"])
        .refused(2, "unknown-runbook");
}
