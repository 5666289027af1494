//! Hostile text in every field of a plan: it stands on every paper as it was written, or is refused before a secret exists.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{Scratch, World, rehearsal, run, run_with};
use std::path::Path;

/// Every field of a plan that takes free text and stands on a paper, as the example has it.
const FIELDS: [(&str, &str); 6] = [
    ("organisation", "organisation = \"Example Corp\""),
    ("name of a person", "name = \"Ana Sousa\""),
    ("team", "team = \"finance-systems\""),
    ("reach", "reach = \"+00 000 1024\""),
    ("place of a safe", "place = "),
    ("name of an account", "name = \"log-archive\""),
];

/// Text that means something to somebody else, and nothing here.
const LITERAL: [(&str, &str); 4] = [
    ("PDF", ") Tj ET endstream <</S/JavaScript/JS(app.alert(1))>> %%EOF"),
    ("template", "{organisation} {share.serial} {{x}} {% raw %} [line]"),
    ("Markdown", "**b** _i_ `c` [t](http://x) | a | # h <br> &amp; - [ ]"),
    ("shell", "$(id) `id` ; rm -rf / '\\\" ${HOME} %s \\\\input{a}"),
];

fn refused() -> [(&'static str, String); 8] {
    [
        ("terminal escape", "Ana\\u001b[2J\\u001b]0;x\\u0007".to_string()),
        ("other control", "Ana\\u0085\\u0000".to_string()),
        ("line feed", "Ana\\nSousa".to_string()),
        ("bidirectional mark", "Ana \\u202egpj.exe".to_string()),
        ("isolate", "Ana\\u2066x\\u2069".to_string()),
        ("unseen", "Ana\\u200bSousa".to_string()),
        ("10,000 characters", "A".repeat(10_000)),
        ("emoji", "Ana \u{1f44d}".to_string()),
    ]
}

/// The plan with the value of one field replaced, the first time that it stands there.
fn with(original: &str, field: &str, value: &str) -> String {
    let (key, _) = field.split_once(" = ").unwrap();
    let at = original
        .find(field)
        .unwrap_or_else(|| panic!("the example has no {field}"));
    let end = at + original[at..].find('\n').unwrap();
    format!("{}{key} = \"{value}\"{}", &original[..at], &original[end..])
}

fn fresh() -> World {
    let scratch = Scratch::new();
    let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
    run(&["init", &vault, "--example", "--rehearsal"]).ok();
    World { scratch, vault, pages }
}

/// Without white space: long text is broken where its line ends.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn sound(page: &str) -> String {
    run_with("qpdf", &["--check", page], b"").ok();
    let info = run_with("pdfinfo", &[page], b"").ok().out;
    assert!(info.contains("JavaScript:      no"), "{page} {info}");
    squeezed(&run_with("pdftotext", &["-raw", page, "-"], b"").ok().out)
}

fn files(folder: &str) -> Vec<String> {
    let each = std::fs::read_dir(folder).unwrap();
    each.map(|entry| entry.unwrap().path().display().to_string()).collect()
}

#[test]
fn what_means_something_elsewhere_stands_on_every_paper_as_it_was_written() {
    let place = format!("{}/strongroom.toml", rehearsal().vault);
    let original = std::fs::read_to_string(place).unwrap();
    for (kind, text) in LITERAL {
        let world = rehearsal().copy();
        let mut plan = original.clone();
        for (number, (_, field)) in FIELDS.iter().enumerate() {
            plan = with(&plan, field, &format!("{number}{text}"));
        }
        let accepted = format!("rule = \"S15\"\nabout = \"policy\"\nreason = \"9{text}\"\nuntil = 2099-01-01");
        plan = plan + "\n[[accept]]\n" + &accepted + "\n";
        std::fs::write(format!("{}/strongroom.toml", world.vault), plan).unwrap();
        world.run(&["check"]).ok();
        let out = world.scratch.join("out");
        for paper in [
            &["label", "--set", "root-password"][..],
            &["receipt", "--set", "root-password"],
            &["card", "--all"],
            &["inventory", "--all"],
            &["script", "root-password", "--room", "witness=ana"],
            &["closing", "--room", "witness=ana"],
            &["printer-test"],
            &["review"],
            &["drill"],
            &["statement"],
            &["vault-copy"],
        ] {
            world.run(&[&["print"], paper, &["--out", &out]].concat()).ok();
        }
        let said: String = files(&out).iter().map(|page| sound(page)).collect();
        let meant = text.replace("\\\"", "\"").replace("\\\\", "\\");
        for (number, (what, _)) in FIELDS.iter().enumerate() {
            assert!(
                said.contains(&squeezed(&format!("{number}{meant}"))),
                "{kind} as {what}"
            );
        }
    }
}

#[test]
fn on_a_share_sheet_too() {
    for (kind, text) in LITERAL {
        let world = fresh();
        let plan = format!("{}/strongroom.toml", world.vault);
        let original = std::fs::read_to_string(&plan).unwrap();
        let hostile = with(&original, FIELDS[0].1, &format!("0{text}"));
        std::fs::write(
            &plan,
            with(&hostile, FIELDS[1].1, &format!("1{}", text[..19].trim_end())),
        )
        .unwrap();
        world
            .run(&["ceremony", "root-password", "--unattended", "--out", &world.pages])
            .ok();
        let said = sound(&world.sheets("root-password")[0]);
        let meant = text.replace("\\\"", "\"").replace("\\\\", "\\");
        assert!(said.contains(&squeezed(&format!("0{meant}"))), "{kind}: {said}");
        assert!(
            said.contains(&squeezed(&format!("1{}", meant[..19].trim_end()))),
            "{kind}: {said}"
        );
    }
}

#[test]
fn what_moves_a_terminal_or_cannot_be_seen_or_drawn_is_refused_in_every_field() {
    let world = fresh();
    let plan = format!("{}/strongroom.toml", world.vault);
    let original = std::fs::read_to_string(&plan).unwrap();
    for (what, field) in FIELDS {
        for (kind, text) in refused() {
            std::fs::write(&plan, with(&original, field, &text)).unwrap();
            let checked = world.run(&["check"]);
            assert_eq!(checked.status, 2, "{kind} as {what}: {checked:?}");
            let told = format!("{}{}", checked.out, checked.err);
            assert!(
                !told.contains('\u{1b}') && !told.contains('\u{202e}') && told.len() < 2_000,
                "{kind} as {what}"
            );
            let dealt = world.run(&["ceremony", "root-password", "--unattended", "--out", &world.pages]);
            assert!((1..=4).contains(&dealt.status), "{kind} as {what}: {dealt:?}");
            assert!(
                !Path::new(&world.pages).exists(),
                "{kind} as {what}: no page, no secret"
            );
        }
    }
    std::fs::write(&plan, original).unwrap();
    assert!(!world.run(&["ledger", "show"]).ok().out.contains("dealt"));
}

#[test]
fn a_path_or_a_flag_gives_a_terminal_no_orders() {
    let world = rehearsal();
    let scratch = Scratch::new();
    let hostile = "x\nstrongroom: error: the vault is gone (usage)\nhint: rm\u{1b}[2J\u{202e}gpj\u{61c}a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}";
    let out = scratch.join(hostile);
    for arguments in [
        vec!["--vault", hostile, "check"],
        vec!["--vault", &world.vault, "prove", "--scan", hostile],
        vec!["--vault", &world.vault, "status", hostile],
        vec!["--vault", &world.vault, "--site", hostile, "status"],
        vec![
            "--vault",
            &world.vault,
            "print",
            "label",
            "--all",
            "--templates",
            hostile,
            "--out",
            &out,
        ],
        vec!["--vault", &world.vault, "print", "label", "--all", "--out", &out],
        vec!["--vault", &world.vault, "print", "statement", "--out", &out],
        vec!["init", &out, "--organizations", hostile],
        vec!["restore", &out, "--scan", hostile],
    ] {
        let ended = run(&arguments);
        for said in [&ended.out, &ended.err] {
            assert!(
                !said.contains(['\u{1b}', '\u{202e}', '\u{61c}']),
                "{arguments:?}: {said:?}"
            );
            assert!(!said.contains(&"\u{301}".repeat(5)), "{arguments:?}: {said:?}");
            let forged =
                |line: &str| line.starts_with("strongroom: error: the vault is gone") || line.starts_with("hint: rm");
            assert!(!said.lines().any(forged), "{arguments:?}: {said:?}");
        }
    }
}

#[test]
fn what_a_note_holds_is_shown_without_its_orders() {
    let world = rehearsal().copy();
    let about = format!("a{}b", "\u{301}".repeat(300));
    world
        .run(&["guidance", "T\u{61c}x", "--about", &about, "--until", "2027-01-01"])
        .ok();
    assert!(world.run(&["ledger", "show"]).out.contains("T\\u{61c}x"));
    for arguments in [
        &["status"][..],
        &["ledger", "show"],
        &["due"],
        &["ledger", "show", "--json"],
    ] {
        let said = world.run(arguments).out;
        assert!(
            !said.contains('\u{61c}') && !said.contains(&"\u{301}".repeat(5)),
            "{arguments:?}"
        );
    }
}
