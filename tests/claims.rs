//! `SECURITY.md` and the tests say the same: no claim without a living test, no test of security without a claim.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::BTreeSet;
use std::path::Path;

/// The files of which every test is a claim.
const OF_SECURITY: &[&str] = &[
    "tests/lockdown.rs",
    "tests/terminal.rs",
    "tests/storage.rs",
    "tests/decoder.rs",
    "tests/hostile.rs",
    "tests/bombs.rs",
    "tests/supply.rs",
    "bedrock/src/apart.rs",
    "bedrock/src/locked.rs",
    "bedrock/src/stack.rs",
    "bedrock/src/wiping.rs",
];

fn sources(folder: &Path, all: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            all.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

/// The names between back ticks that are those of tests: of several words.
fn claimed(document: &str) -> BTreeSet<&str> {
    let quoted = document.split('`').skip(1).step_by(2);
    quoted.filter(|name| name.matches('_').count() > 1).collect()
}

/// The functions behind `#[test]`.
fn tests(source: &str) -> BTreeSet<&str> {
    let behind = source.split("#[test]").skip(1);
    behind
        .filter_map(|rest| rest.trim_start().strip_prefix("fn "))
        .filter_map(|rest| rest.split('(').next())
        .collect()
}

#[test]
fn every_claim_names_a_test_that_lives() {
    let mut code = String::new();
    for folder in ["src", "tests", "bedrock"] {
        sources(folder.as_ref(), &mut code);
    }
    let security = std::fs::read_to_string("SECURITY.md").unwrap();
    let living = tests(&code);
    let named = claimed(&security);
    assert!(named.len() > 60, "{} tests are named", named.len());
    // Tests that a macro makes stand as `name: type`.
    let made = |name: &str| code.contains(&format!("    {name}: ")) || code.contains(&format!("fn {name}()"));
    let dead: Vec<&&str> = named
        .iter()
        .filter(|name| !living.contains(*name) && !made(name))
        .collect();
    assert!(dead.is_empty(), "no test is called {dead:?}");
}

#[test]
fn every_test_of_security_is_claimed() {
    let security = std::fs::read_to_string("SECURITY.md").unwrap();
    let claimed = claimed(&security);
    for file in OF_SECURITY {
        let source = std::fs::read_to_string(file).unwrap();
        let of_file = tests(&source);
        assert!(!of_file.is_empty(), "{file} has no tests");
        let unclaimed: Vec<&&str> = of_file.iter().filter(|name| !claimed.contains(*name)).collect();
        assert!(unclaimed.is_empty(), "{file}: SECURITY.md claims none of {unclaimed:?}");
    }
}

#[test]
fn the_compiler_forbids_unsafe_code_outside_of_bedrock() {
    let manifest: toml::Table = std::fs::read_to_string("Cargo.toml").unwrap().parse().unwrap();
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    let library = std::fs::read_to_string("src/lib.rs").unwrap();
    assert!(library.contains("\n#![forbid(unsafe_code)]\n"));
    let mut code = String::new();
    sources("src".as_ref(), &mut code);
    let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let words = code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
    let said = words.filter(|word| ["unsafe", "unsafe_code"].contains(word));
    assert_eq!(said.count(), 1, "the line that forbids it");
}

/// The file, name and value of every bound in a source: constants that end in `_MAX`, and patience.
fn bounds(folder: &Path, found: &mut BTreeSet<[String; 3]>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bounds(&path, found);
            continue;
        }
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let line = line.trim_start_matches("pub ");
            let Some((name, rest)) = line.strip_prefix("const ").and_then(|rest| rest.split_once(": ")) else {
                continue;
            };
            if let (true, Some((_, value))) = (
                name.ends_with("_MAX") || name.ends_with("PATIENCE"),
                rest.split_once(" = "),
            ) {
                let value = value.trim_end_matches(';');
                found.insert([path.display().to_string(), name.to_string(), value.to_string()]);
            }
        }
    }
}

#[test]
fn every_bound_of_what_is_read_stands_in_one_table() {
    let mut in_the_source = BTreeSet::new();
    bounds("src".as_ref(), &mut in_the_source);
    let table = std::fs::read_to_string("docs/limits.md").unwrap();
    let rows = table
        .lines()
        .filter(|row| row.starts_with("| ") && row.contains("src/"));
    let written: BTreeSet<[String; 3]> = rows
        .map(|row| {
            let cells: Vec<&str> = row.split('`').collect();
            [cells[1], cells[3], cells[5]].map(str::to_string)
        })
        .collect();
    let missing: Vec<_> = in_the_source.difference(&written).collect();
    let dead: Vec<_> = written.difference(&in_the_source).collect();
    assert!(
        missing.is_empty() && dead.is_empty(),
        "missing {missing:?}, dead {dead:?}"
    );
}

#[test]
fn a_dead_name_and_an_unclaimed_test_would_be_seen() {
    assert_eq!(claimed("`a_b_c` and `a_b`, `fn x_y_z`").len(), 2);
    assert_eq!(
        tests("#[test]\nfn one_two_three() {}\nfn no_test_at_all() {}"),
        BTreeSet::from(["one_two_three"])
    );
}
