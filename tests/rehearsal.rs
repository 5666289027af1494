//! The main job in one command.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{Scratch, run};

#[test]
fn a_rehearsal_proves_what_it_says_and_leaves_pages_and_vault() {
    let scratch = Scratch::new();
    let out = scratch.join("r");
    let ended = run(&["rehearse", "--out", &out]).ok();
    for promise in [
        "check has no findings",
        "opened, 64 characters",
        "opened with the passphrases of two custodians, not without",
        "refused: 1 more is needed",
        "a forged sheet  named: share 2 of root-password, epoch 1 (Jonas Weber, serial",
        "another purpose",
        "mfa emea",
        "mfa amer",
        "mfa apac",
        "the ledger is whole",
    ] {
        assert!(ended.out.contains(promise), "{promise}: {}", ended.out);
    }
    let mut names: Vec<String> = std::fs::read_dir(format!("{out}/pages"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| std::path::Path::new(name).extension().is_none_or(|kind| kind != "pdf"));
    assert_eq!(names, ["management-password-passphrases.txt"]);
    assert_eq!(std::fs::read_dir(format!("{out}/pages")).unwrap().count(), 22 + 1);
    run(&["--vault", &format!("{out}/vault"), "ledger", "verify"]).ok();
    let again = run(&["rehearse", "--out", &out]);
    assert!((1..=4).contains(&again.status), "nothing is overwritten: {again:?}");
}

#[test]
fn a_rehearsal_of_other_sizes_works_and_leaves_nothing_unless_asked() {
    run(&["rehearse", "--accounts", "3"]).ok();
    let left = std::fs::read_dir("/dev/shm")
        .unwrap()
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("strongroom-rehearsal-"));
    assert_eq!(left.count(), 0);
    let many = run(&["rehearse", "--accounts", "20"]).ok();
    assert!(
        many.out.contains("20 accounts") && many.out.contains("57 MFA seeds"),
        "{}",
        many.out
    );
}
