//! The store against crashes, links and other writers.

use super::*;
use std::os::unix::fs::PermissionsExt as _;

/// A folder of its own for each test, removed with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("strongroom-store-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn put(store: &Store, name: &str, bytes: &[u8]) {
    Writer::lock(store)
        .unwrap()
        .put(&[(name.to_string(), bytes.to_vec())])
        .unwrap();
}

#[test]
fn files_are_private_and_folders_too() {
    let scratch = Scratch::new("modes");
    let store = make_root(&scratch.0).unwrap();
    put(&store, "records/a/password.1.age", b"x");
    let mode = |path: &str| std::fs::metadata(scratch.0.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode("."), mode("records"), mode("records/a")], [0o700; 3]);
    assert_eq!(mode("records/a/password.1.age"), 0o600);
}

#[test]
fn a_new_vault_needs_an_empty_folder() {
    let scratch = Scratch::new("empty");
    let store = make_root(&scratch.0).unwrap();
    assert!(make_root(&scratch.0).is_ok());
    put(&store, "file", b"x");
    assert_eq!(make_root(&scratch.0).err().unwrap().rule(), Rule::VaultExists);
}

#[test]
fn what_a_crash_left_unfinished_is_never_seen_and_cleared_by_the_next_writer() {
    let scratch = Scratch::new("unfinished");
    let store = make_root(&scratch.0).unwrap();
    put(&store, "sets/a/1.toml", b"x");
    std::fs::write(scratch.0.join("sets/a/.unfinished-2.toml"), b"half").unwrap();
    assert_eq!(store.list("sets/a").unwrap(), ["1.toml"]);
    put(&store, "sets/a/2.toml", b"whole");
    assert_eq!(store.read("sets/a/2.toml", 10).unwrap().unwrap(), b"whole");
    assert!(!scratch.0.join("sets/a/.unfinished-2.toml").exists());
}

#[test]
fn a_line_that_a_crash_cut_is_dropped_by_the_next_append() {
    let scratch = Scratch::new("cut");
    let store = make_root(&scratch.0).unwrap();
    let writer = Writer::lock(&store).unwrap();
    writer.append("ledger/home.jsonl", b"one\n").unwrap();
    let path = scratch.0.join("ledger/home.jsonl");
    std::fs::write(&path, [b"one\ntw".to_vec(), vec![b'x'; 9000]].concat()).unwrap();
    writer.append("ledger/home.jsonl", b"two\nthree\n").unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"one\ntwo\nthree\n");
}

#[test]
fn links_devices_and_pipes_in_a_files_place_are_refused() {
    let scratch = Scratch::new("links");
    let store = make_root(&scratch.0).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", scratch.0.join("link")).unwrap();
    std::os::unix::fs::symlink("/etc", scratch.0.join("folder")).unwrap();
    rustix::fs::mkfifoat(rustix::fs::CWD, scratch.0.join("pipe"), Mode::RWXU).unwrap();
    for name in ["link", "folder/hostname", "pipe"] {
        assert_eq!(
            store.read(name, 100).err().unwrap().rule(),
            Rule::NotAPlainFile,
            "{name}"
        );
    }
    let writer = Writer::lock(&store).unwrap();
    assert!(writer.put(&[("folder/x".to_string(), vec![1])]).is_err());
    assert_eq!(writer.append("link", b"x\n").err().unwrap().rule(), Rule::NotAPlainFile);
    assert!(store.read("../passwd", 100).is_err());
}

#[test]
fn a_file_larger_than_its_kind_can_be_is_refused() {
    let scratch = Scratch::new("large");
    let store = make_root(&scratch.0).unwrap();
    put(&store, "file", &[0; 11]);
    assert!(store.read("file", 11).unwrap().is_some());
    assert_eq!(store.read("file", 10).err().unwrap().rule(), Rule::InputTooLarge);
}

#[test]
fn a_second_writer_is_told_to_wait() {
    let scratch = Scratch::new("busy");
    let store = make_root(&scratch.0).unwrap();
    let first = Writer::lock(&store).unwrap();
    assert_eq!(Writer::lock(&store).err().unwrap().rule(), Rule::VaultBusy);
    drop(first);
    assert!(Writer::lock(&store).is_ok());
}
