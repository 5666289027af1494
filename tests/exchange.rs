//! Several sites: what one laptop wrote arrives whole at another, or not at all, and nobody else's does.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{ENROLL_AGAIN, Ended, MEMBER, Scratch, World, rehearsal, run, run_with};

/// The file of another site.
fn exported(world: &World, site: &str, name: &str) -> String {
    let file = world.scratch.join(name);
    at(world, site, &["exchange", "export", "--out", &file]).ok();
    file
}

fn at(world: &World, site: &str, arguments: &[&str]) -> Ended {
    world.run(&[&["--site", site], arguments].concat())
}

fn import(world: &World, site: &str, file: &str) -> Ended {
    at(world, site, &["exchange", "import", file])
}

/// A rehearsal at `home`, and the laptop of a second site, `emea`, that began with its file.
fn two_sites() -> (World, World) {
    let home = rehearsal().copy();
    let scratch = Scratch::new();
    let vault = scratch.join("vault");
    let emea = World {
        scratch,
        vault,
        pages: home.pages.clone(),
    };
    let file = exported(&home, "home", "first");
    let began = import(&emea, "emea", &file).ok();
    assert!(began.out.starts_with("taken: "), "{began:?}");
    (home, emea)
}

/// The import is refused under this rule, and nothing of the vault changed.
#[track_caller]
fn refused_whole(world: &World, site: &str, file: &str, status: i32, rule: &str) -> Ended {
    let before = world.sums();
    let ended = import(world, site, file).refused(status, rule);
    assert_eq!(world.sums(), before);
    ended
}

#[test]
fn what_one_site_locked_is_recovered_at_the_other() {
    let (home, emea) = two_sites();
    at(&emea, "emea", ENROLL_AGAIN).ok();
    let file = exported(&emea, "emea", "back");
    let taken = import(&home, "home", &file).ok();
    assert!(taken.out.contains("1 record"), "{taken:?}");
    assert!(taken.out.contains("site emea: "), "{taken:?}");
    assert!(taken.err.contains("say --site home"), "{taken:?}");
    let verified = home.run(&["ledger", "verify"]).ok();
    assert!(verified.out.starts_with("the ledger is whole"), "{verified:?}");
    let sheets = home.sheets("root-password");
    let scans: Vec<&str> = sheets.iter().map(String::as_str).take(3).collect();
    let of = |world: &World, site: &str| {
        let arguments = [&["--site", site], common::RECOVER_PASSWORD, &["--scan"], &scans].concat();
        world.run(&arguments).ok().first_line()
    };
    let password = of(&home, "home");
    assert_eq!(password.len(), 64);
    assert_eq!(password, of(&emea, "emea"));
}

#[test]
fn an_import_that_brings_nothing_writes_nothing() {
    let (home, emea) = two_sites();
    at(&emea, "emea", ENROLL_AGAIN).ok();
    let file = exported(&emea, "emea", "back");
    import(&home, "home", &file).ok();
    let before = home.sums();
    let again = import(&home, "home", &file).ok();
    assert!(!again.err.contains("several sites now"), "{again:?}");
    assert!(again.out.starts_with("nothing to take"), "{again:?}");
    assert_eq!(home.sums(), before);
}

#[test]
fn a_dry_run_says_what_would_be_taken_and_takes_nothing() {
    let (home, emea) = two_sites();
    at(&emea, "emea", ENROLL_AGAIN).ok();
    let file = exported(&emea, "emea", "back");
    let before = home.sums();
    let said = at(&home, "home", &["exchange", "import", &file, "--dry-run"]).ok();
    assert!(said.out.starts_with("would be taken: "), "{said:?}");
    assert_eq!(home.sums(), before);
    let nowhere = home.scratch.join("nowhere");
    run(&[
        "--vault",
        &nowhere,
        "--site",
        "apac",
        "exchange",
        "import",
        &file,
        "--dry-run",
    ])
    .ok();
    assert!(!std::path::Path::new(&nowhere).exists());
}

#[test]
fn nothing_of_another_vault_is_taken() {
    let (home, _) = two_sites();
    let scratch = Scratch::new();
    let vault = scratch.join("other");
    run(&["init", &vault, "--example", "--rehearsal"]).ok();
    let file = scratch.join("file");
    run(&["--vault", &vault, "exchange", "export", "--out", &file]).ok();
    refused_whole(&home, "home", &file, 2, "vault-foreign");
}

#[test]
fn a_chain_that_two_laptops_wrote_is_refused() {
    let (home, _) = two_sites();
    let twin = home.copy();
    at(&twin, "home", ENROLL_AGAIN).ok();
    home.run(&["drill", "new", "--led-by", "walt"]).ok();
    let file = exported(&twin, "home", "file");
    let ended = refused_whole(&home, "home", &file, 1, "ledger-forked");
    assert!(
        ended
            .err
            .contains("ledger/home.jsonl says one thing here and another there, from line"),
        "{ended:?}"
    );
}

#[test]
fn a_laptop_that_fell_behind_its_own_chain_catches_up_and_is_told() {
    let (home, emea) = two_sites();
    let older = home.copy();
    home.run(ENROLL_AGAIN).ok();
    let file = exported(&home, "home", "file");
    import(&emea, "emea", &file).ok();
    let file = exported(&emea, "emea", "back");
    let ended = import(&older, "home", &file).ok();
    assert!(
        ended.err.contains("of this laptop's own site came back to it"),
        "{ended:?}"
    );
    older.run(&["--site", "home", "ledger", "verify"]).ok();
}

#[test]
fn what_void_paper_opens_goes_here_too_when_another_site_reissued() {
    let (home, emea) = two_sites();
    let (sheets, pages) = (home.sheets("root-password"), emea.scratch.join("new"));
    let scans: Vec<&str> = sheets.iter().map(String::as_str).take(3).collect();
    let reissue = [
        "reissue",
        "root-password",
        "--reason",
        "leaver",
        "--unattended",
        "--out",
        &pages,
        "--scan",
    ];
    at(&emea, "emea", &[&reissue[..], &scans].concat()).ok();
    let before = exported(&home, "home", "before");
    let old = format!("{}/records/{MEMBER}/password.1.age", home.vault);
    assert!(std::path::Path::new(&old).exists());
    import(&home, "home", &exported(&emea, "emea", "file")).ok();
    assert!(!std::path::Path::new(&old).exists());
    let brought = import(&home, "home", &before).ok();
    assert!(brought.out.starts_with("nothing to take"), "{brought:?}");
    assert!(!std::path::Path::new(&old).exists());
    at(&home, "home", &["ledger", "verify"]).ok();
}

#[test]
fn two_sites_that_replaced_the_same_password_are_told_and_neither_is_taken() {
    let (home, emea) = two_sites();
    at(&emea, "emea", ENROLL_AGAIN).ok();
    home.run(ENROLL_AGAIN).ok();
    let file = exported(&emea, "emea", "file");
    let ended = refused_whole(&home, "home", &file, 1, "ledger-broken");
    assert!(
        ended
            .err
            .contains("each copy is whole, and together they contradict each other"),
        "{ended:?}"
    );
}

#[test]
fn what_was_lost_or_changed_here_is_whole_again() {
    let (home, emea) = two_sites();
    let file = exported(&emea, "emea", "file");
    import(&home, "home", &file).ok();
    let whole = home.sums();
    let record = format!("{}/records/{MEMBER}/password.1.age", home.vault);
    std::fs::write(&record, "another").unwrap();
    std::fs::remove_dir_all(format!("{}/sets/mfa-emea", home.vault)).unwrap();
    assert_eq!(at(&home, "home", &["ledger", "verify"]).status, 1);
    let healed = import(&home, "home", &file).ok();
    assert!(healed.out.contains("1 core, 1 record"), "{healed:?}");
    at(&home, "home", &["ledger", "verify"]).ok();
    let files = |sums: &str| {
        sums.lines()
            .filter(|line| !line.contains("ledger/home"))
            .map(str::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(files(&home.sums()), files(&whole));
}

#[test]
fn what_neither_copy_has_is_named_and_the_answer_is_no() {
    let (home, emea) = two_sites();
    let record = format!("records/{MEMBER}/password.1.age");
    for world in [&home, &emea] {
        std::fs::remove_file(format!("{}/{record}", world.vault)).unwrap();
    }
    let file = exported(&emea, "emea", "file");
    let ended = import(&home, "home", &file);
    assert_eq!(ended.status, 1, "{ended:?}");
    assert!(ended.err.contains(&format!("neither copy has {record}")), "{ended:?}");
}

#[test]
fn the_plan_of_a_site_comes_into_force_at_the_other_and_one_that_is_not_recorded_is_not_lost() {
    let (home, emea) = two_sites();
    let plan = |world: &World| format!("{}/strongroom.toml", world.vault);
    let text = std::fs::read_to_string(plan(&emea)).unwrap();
    let changed = text.replacen("Ana Sousa", "Ana Soares", 1);
    assert_ne!(text, changed);
    std::fs::write(plan(&emea), &changed).unwrap();
    let file = exported(&emea, "emea", "file");
    std::fs::write(plan(&home), text.replacen("Ana Sousa", "Ana Silva", 1)).unwrap();
    let ended = refused_whole(&home, "home", &file, 2, "plan-unrecorded");
    assert!(ended.err.contains("hint: "), "{ended:?}");
    std::fs::write(plan(&home), &text).unwrap();
    let taken = import(&home, "home", &file).ok();
    assert!(taken.out.contains("the plan"), "{taken:?}");
    assert_eq!(std::fs::read_to_string(plan(&home)).unwrap(), changed);
    // What this laptop changes next stays in force.
    std::fs::write(plan(&home), &text).unwrap();
    at(&home, "home", &["ledger", "head"]).ok();
    let file = exported(&home, "home", "next");
    import(&emea, "emea", &file).ok();
    assert_eq!(std::fs::read_to_string(plan(&emea)).unwrap(), text);
}

#[test]
fn in_production_an_exchange_takes_the_words_of_its_export_and_nothing_behind_them() {
    let scratch = Scratch::new();
    let (vault, there, file) = (scratch.join("vault"), scratch.join("there"), scratch.join("file"));
    run(&["init", &vault, "--example"]).ok();
    let old = run(&["--vault", &vault, "ledger", "head"]).ok().first_line();
    run(&["--vault", &vault, "drill", "new", "--led-by", "walt"]).ok();
    let words = run(&["--vault", &vault, "exchange", "export", "--out", &file]).ok();
    let words = words.out.lines().nth(1).unwrap().to_string();
    let import = ["--vault", &there, "--site", "emea", "exchange", "import", &file];
    run(&import).refused(3, "anchor-missing");
    let wrong = "abandon abandon abandon abandon abandon abandon abandon abandon";
    run(&[&import[..], &["--anchor", wrong]].concat()).refused(1, "anchor-unknown");
    run(&[&import[..], &["--anchor", &old]].concat()).refused(3, "not-yet-on-paper");
    assert!(!std::path::Path::new(&there).exists());
    run(&[&import[..], &["--anchor", &words]].concat()).ok();
    run(&["--vault", &there, "ledger", "verify"]).ok();
}

#[test]
fn a_new_site_says_its_name_and_takes_none_that_is_taken() {
    let (home, _) = two_sites();
    let file = exported(&home, "home", "file");
    let there = home.scratch.join("there");
    let ended = run(&["--vault", &there, "exchange", "import", &file]).refused(2, "unknown-site");
    assert!(ended.err.contains("--site NAME exchange import"), "{ended:?}");
    run(&["--vault", &there, "--site", "home", "exchange", "import", &file]).refused(1, "ledger-forked");
    assert!(!std::path::Path::new(&there).exists());
    run(&["--vault", &there, "--site", "apac", "exchange", "import", &file]).ok();
    run(&["--vault", &there, "ledger", "head"]).refused(2, "unknown-site");
    run(&["--vault", &there, "--site", "apac", "ledger", "head"]).ok();
}

#[test]
fn a_file_that_is_no_export_is_refused_and_changes_nothing() {
    let (home, emea) = two_sites();
    at(&emea, "emea", ENROLL_AGAIN).ok();
    let good = std::fs::read(exported(&emea, "emea", "good")).unwrap();
    let file = home.scratch.join("bad");
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    for bad in [
        &b""[..],
        b"no archive",
        &good[..good.len() / 2],
        &flipped,
        &[good.as_slice(), b"more"].concat(),
    ] {
        std::fs::write(&file, bad).unwrap();
        refused_whole(&home, "home", &file, 1, "copy-damaged");
    }
    std::fs::remove_file(&file).unwrap();
    refused_whole(&home, "home", &file, 2, "input-malformed");
    refused_whole(&home, "home", "/dev/zero", 2, "not-a-plain-file");
    refused_whole(&home, "home", &home.pages, 2, "not-a-plain-file");
}

#[test]
fn a_small_file_that_unpacks_to_much_is_refused_before_it_does() {
    let (home, _) = two_sites();
    let file = home.scratch.join("bomb");
    let of_zeros = format!("head -c 1G /dev/zero | gzip -1 > {file}");
    run_with("bash", &["-c", &of_zeros], b"").ok();
    refused_whole(&home, "home", &file, 1, "copy-damaged");
    // The header of a file of 200 MiB, and what it promises.
    let of_a_file = format!(
        "cd {} && mkdir -p records/{MEMBER} && truncate -s 200M records/{MEMBER}/password.9.age \
         && tar --format=ustar -cf - records | tail -c +1025 | gzip -1 > {file}",
        home.scratch.path().display()
    );
    run_with("bash", &["-c", &of_a_file], b"").ok();
    refused_whole(&home, "home", &file, 2, "input-too-large");
}

#[test]
fn an_altered_line_of_an_export_is_refused_wherever_it_is() {
    let (home, emea) = two_sites();
    at(&emea, "emea", ENROLL_AGAIN).ok();
    let file = exported(&emea, "emea", "file");
    let altered = home.scratch.join("altered");
    let folder = home.scratch.join("folder");
    std::fs::create_dir(&folder).unwrap();
    run_with("tar", &["-xzf", &file, "-C", &folder], b"").ok();
    let chain = format!("{folder}/ledger/emea.jsonl");
    let text = std::fs::read_to_string(&chain).unwrap();
    std::fs::write(&chain, text.replacen(MEMBER, "643979005746", 1)).unwrap();
    let pack = format!(
        "cd {folder} && tar --format=ustar --owner=0 --group=0 -cf - $(find . -type f -printf '%P ') | gzip > {altered}"
    );
    run_with("bash", &["-c", &pack], b"").ok();
    refused_whole(&home, "home", &altered, 1, "ledger-broken");
}

#[test]
fn an_export_overwrites_nothing_and_leaves_nothing_where_it_cannot_write() {
    let (home, _) = two_sites();
    let file = exported(&home, "home", "file");
    let before = home.sums();
    at(&home, "home", &["exchange", "export", "--out", &file]).refused(2, "output-exists");
    assert_eq!(home.sums(), before);
    at(&home, "home", &["exchange", "export", "--out", "/proc/nowhere"]).refused(4, "input-output");
}
