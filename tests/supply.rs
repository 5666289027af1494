//! What comes in from others, held against `deny.toml` and the reasons in `Cargo.toml`: the part of `just supply` that needs no
//! other tool, so that every change passes it.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use toml::{Table, Value};

fn table(file: &str) -> Table {
    std::fs::read_to_string(file).unwrap().parse().unwrap()
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

/// What is built for Linux: each package with its versions.
fn graph() -> BTreeMap<String, Vec<String>> {
    const ASK: &[&str] = &[
        "metadata",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        "x86_64-unknown-linux-gnu",
    ];
    let said = Command::new(env!("CARGO")).args(ASK).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let said: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    let nodes = said["resolve"]["nodes"].as_array().unwrap();
    let built: BTreeSet<&str> = nodes.iter().filter_map(|node| node["id"].as_str()).collect();
    let mut graph: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in said["packages"].as_array().unwrap() {
        let [id, name, version] = ["id", "name", "version"].map(|key| package[key].as_str().unwrap());
        if built.contains(id) {
            graph.entry(name.to_string()).or_default().push(version.to_string());
        }
    }
    graph
}

fn numbers(version: &str) -> Vec<u64> {
    let plain = version.split(['-', '+']).next().unwrap();
    plain.split('.').map(|number| number.parse().unwrap()).collect()
}

/// What of the graph a list of bans does not let in. A ban is `name`, or `name:<version`.
fn banned(graph: &BTreeMap<String, Vec<String>>, bans: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for ban in bans {
        let (name, below) = ban
            .split_once(":<")
            .map_or((*ban, None), |(name, version)| (name, Some(version)));
        let is_in = |version: &&String| below.is_none_or(|below| numbers(version) < numbers(below));
        let versions = graph.get(name).into_iter().flatten().filter(is_in);
        found.extend(versions.map(|version| format!("{name} {version}")));
    }
    found
}

#[test]
fn no_library_that_is_banned_is_in_the_graph() {
    let (graph, deny) = (graph(), table("deny.toml"));
    assert!(
        graph.len() > 100 && graph.contains_key("vsss-rs"),
        "{} packages",
        graph.len()
    );
    let bans: Vec<&str> = deny["bans"]["deny"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ban| {
            assert!(
                text(ban, "reason").is_some_and(|reason| reason.len() > 20),
                "{ban} has no reason"
            );
            text(ban, "crate").unwrap()
        })
        .collect();
    assert_eq!(banned(&graph, &bans), [""; 0], "deny.toml says why");
    // The check itself can fail: a version below the bound, and a name without one.
    let worse = ["vsss-rs 5.3.0", "sharks 0.5.0"];
    let graph = worse.iter().filter_map(|worse| worse.split_once(' '));
    let graph = graph
        .map(|(name, version)| (name.to_string(), vec![version.to_string()]))
        .collect();
    assert_eq!(banned(&graph, &bans), worse);
}

#[test]
fn every_library_comes_from_the_registry_with_its_sum() {
    let lock = table("Cargo.lock");
    for package in lock["package"].as_array().unwrap() {
        let name = text(package, "name").unwrap();
        if ["strongroom", "strongroom-bedrock"].contains(&name) {
            continue;
        }
        assert!(
            text(package, "source").is_some_and(|source| source.starts_with("registry+")),
            "{name} comes from elsewhere"
        );
        assert!(
            text(package, "checksum").is_some_and(|sum| sum.len() == 64),
            "{name} has no sum"
        );
    }
}

#[test]
fn every_direct_dependency_has_its_reason_and_cryptography_its_exact_version() {
    const EXACT: &[&str] = &[
        "vsss-rs",
        "curve25519-dalek",
        "ed25519-dalek",
        "age",
        "argon2",
        "chacha20poly1305",
        "sha2",
        "hkdf",
        "pbkdf2",
        "bip39",
    ];
    let manifest = std::fs::read_to_string("Cargo.toml").unwrap();
    let (_, rest) = manifest.split_once("\n[dependencies]\n").unwrap();
    let section = rest.split("\n[").next().unwrap();
    let lines: Vec<&str> = section.lines().filter(|line| line.contains(" = ")).collect();
    assert!(lines.len() > 30, "{} lines", lines.len());
    for line in lines {
        let (name, rest) = line.split_once(" = ").unwrap();
        let reason = rest.rsplit_once(" # ").map(|(_, reason)| reason);
        assert!(
            reason.is_some_and(|reason| !reason.is_empty()),
            "{name} has no reason on its line"
        );
        if EXACT.contains(&name) {
            assert!(rest.contains("\"="), "{name} is not pinned exactly");
        }
    }
}
