//! A file uses its own floor and the floors below, never above.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::{Path, PathBuf};

/// The floors, from the ground; rooms of one floor may use each other.
const FLOORS: [&[&str]; 8] = [
    &["refusal", "secret", "ident", "threshold", "entropy", "hex", "seen"],
    &["crypto"],
    &["code"],
    &["plan", "quorum"],
    &["vault"],
    &["paper"],
    &["ceremony"],
    &["shell"],
];

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

/// The rooms that a source names by `crate::room`, also inside `use crate::{…}`.
fn rooms_named(source: &str) -> Vec<String> {
    let code: String = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut rooms = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let (mut depth, mut word) = (0, String::new());
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 && (c.is_alphanumeric() || c == '_') {
                    word.push(c);
                } else if depth == 0 && !word.is_empty() {
                    rooms.push(std::mem::take(&mut word));
                }
            }
            rooms.push(word);
        } else {
            rooms.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    rooms.retain(|room| !room.is_empty());
    rooms
}

#[test]
fn no_file_reaches_up() {
    let sources_of = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&sources_of, &mut files);
    assert!(files.len() > 30, "the sources were found");
    let mut upward = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&sources_of).unwrap();
        let room = inside
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_str()
            .unwrap()
            .trim_end_matches(".rs");
        let Some(floor) = floor_of(room) else {
            assert!(
                ["lib", "main"].contains(&room),
                "{room} stands on no floor: give it one here and in lib.rs"
            );
            continue;
        };
        for named in rooms_named(&std::fs::read_to_string(&file).unwrap()) {
            if floor_of(&named).is_some_and(|other| other > floor) {
                upward.push(format!("{} uses {named}", inside.display()));
            }
        }
    }
    assert!(upward.is_empty(), "{upward:#?}");
}

#[test]
fn the_map_in_lib_names_every_room() {
    let map = include_str!("../src/lib.rs");
    for room in FLOORS.iter().copied().flatten() {
        assert!(
            map.contains(&format!("[`{room}`]")) && map.contains(&format!("pub mod {room};")),
            "{room}"
        );
    }
}

#[test]
fn an_upward_import_would_be_seen() {
    assert_eq!(
        rooms_named("use crate::{shell, code::{words, lines}, plan};"),
        ["shell", "code", "plan"]
    );
    assert_eq!(
        rooms_named("crate::shell::run(); // crate::vault\n// crate::paper\n"),
        ["shell", "vault"]
    );
}
