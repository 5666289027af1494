//! The vault on disk: private, whole or absent, one writer at a time.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{ENROLL_AGAIN, Ended, MEMBER, RECOVER_PASSWORD, World, program, rehearsal, run_with};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

fn every_file(folder: &Path, see: &mut dyn FnMut(&Path)) {
    see(folder);
    if folder.is_dir() {
        for entry in std::fs::read_dir(folder).unwrap() {
            every_file(&entry.unwrap().path(), see);
        }
    }
}

#[test]
fn vault_and_pages_are_their_owners_alone() {
    let world = rehearsal();
    for place in [&world.vault, &world.pages] {
        every_file(Path::new(place), &mut |path| {
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(
                std::fs::metadata(path).unwrap().permissions().mode() & 0o777,
                expected,
                "{}",
                path.display()
            );
        });
    }
}

#[test]
fn a_page_is_never_overwritten_and_a_dealing_that_cannot_be_put_out_is_void() {
    let world = rehearsal().copy();
    let full = world.scratch.join("full");
    std::fs::create_dir(&full).unwrap();
    // 64 KiB hold the first page of three, not the others.
    let script = format!(
        "mount -t tmpfs -o size=64k tmpfs {full} && exec {} --vault {} ceremony contact --unattended --out {full}",
        program(),
        world.vault
    );
    run_with("unshare", &["-rm", "bash", "-c", &script], b"").refused(4, "input-output");
    assert_eq!(std::fs::read_dir(&full).unwrap().count(), 0);
    let shown = world.run(&["ledger", "show"]).ok().out;
    assert!(shown.contains("void        contact, epoch 1"), "{shown}");
    world
        .run(&["ceremony", "contact", "--unattended", "--out", &world.pages])
        .ok();
    assert!(
        world
            .run(&["ledger", "show"])
            .ok()
            .out
            .contains("rendered    contact, epoch 2")
    );
}

#[test]
fn a_full_disk_leaves_the_old_vault() {
    let world = rehearsal().copy();
    let disk = world.scratch.join("disk");
    std::fs::create_dir(&disk).unwrap();
    let size = "mount -t tmpfs -o size=400k tmpfs";
    let enroll = format!(
        "{} --vault {disk}/vault enroll --all --factor password --unattended",
        program()
    );
    let check = format!("{} --vault {disk}/vault ledger verify", program());
    let script = format!(
        "{size} {disk} && cp -a {} {disk}/vault && rm -r {disk}/vault/records && sed -i '/\"kind\":\"enrolled\"/,$d' {disk}/vault/ledger/home.jsonl \
         && dd if=/dev/zero of={disk}/ballast bs=1k count=10000 2>/dev/null; {enroll}; echo $? >&2; {check} && rm {disk}/ballast && {enroll} && {check}",
        world.vault
    );
    let ended = run_with("unshare", &["-rm", "bash", "-c", &script], b"");
    assert_eq!(ended.status, 0, "{ended:?}");
    assert!(
        ended.err.contains("the disk is full (input-output)") || ended.err.contains("the disk is full"),
        "{ended:?}"
    );
    assert!(ended.err.contains("\n4\n"), "{ended:?}");
}

#[test]
fn a_file_that_may_not_grow_is_a_refusal_and_loses_nothing() {
    let world = rehearsal().copy();
    let before = world.sums();
    let guidance = "guidance T --about x --until 2027-01-01";
    let script = format!("ulimit -f 8; exec {} --vault {} {guidance}", program(), world.vault);
    run_with("bash", &["-c", &script], b"").refused(4, "input-output");
    assert_eq!(world.sums(), before);
    world.run(&["ledger", "verify"]).ok();
}

/// `recover` of a password where no file may grow beyond the ledger and so many bytes more.
fn recover_with_room_for(bytes: usize, world: &World) -> Ended {
    let limit = format!("--fsize={}", ledger(world).len() + bytes);
    let sheets = world.sheets("root-password");
    let limited = [&limit, program(), "--vault", &world.vault];
    let scans = ["--scan", &sheets[0], &sheets[1], &sheets[2]];
    run_with("prlimit", &[&limited, RECOVER_PASSWORD, &scans].concat(), b"")
}

fn ledger(world: &World) -> String {
    std::fs::read_to_string(format!("{}/ledger/home.jsonl", world.vault)).unwrap()
}

#[test]
fn a_secret_that_the_ledger_cannot_take_note_of_is_not_shown() {
    let world = rehearsal().copy();
    let before = world.sums();
    recover_with_room_for(0, &world).refused(4, "input-output");
    assert_eq!(world.sums(), before);
    recover_with_room_for(1 << 20, &world).ok();
}

#[test]
fn of_two_lines_of_one_change_neither_stays_where_only_one_has_room() {
    let elsewhere = rehearsal().copy();
    let before = ledger(&elsewhere).len();
    recover_with_room_for(1 << 20, &elsewhere).ok();
    let written = ledger(&elsewhere)[before..].to_string();
    let lines: Vec<&str> = written.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 2, "what a night exposed, and what it opened: {lines:?}");
    let world = rehearsal().copy();
    let before = world.sums();
    // The first line whole, and the beginning of the other.
    recover_with_room_for(lines[0].len() + 50, &world).refused(4, "input-output");
    assert_eq!(world.sums(), before);
}

/// Every way in which `enroll` changes the disk, ended there by a kill: the vault is the old one or the new one.
#[test]
fn a_killed_enroll_leaves_the_old_vault_or_the_new_one() {
    let base = rehearsal();
    let mut injected = 0;
    for call in ["openat2", "write", "fsync", "renameat", "mkdirat", "ftruncate"] {
        // `just crashes` kills at every one.
        for nth in (1..=40).step_by(3) {
            let world = base.copy();
            let before = lines(&world);
            let inject = format!("inject={call}:signal=KILL:when={nth}");
            let trace = format!("trace={call}");
            let arguments = [
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                &trace,
                "-e",
                &inject,
                program(),
                "--vault",
                &world.vault,
                "enroll",
                MEMBER,
                "643979005746",
                "--factor",
                "password",
                "--unattended",
                "--reason",
                "test",
            ];
            let ended = run_with("strace", &arguments, b"");
            if ended.status == 0 {
                break;
            }
            injected += 1;
            world.run(&["ledger", "verify"]).ok();
            let added = lines(&world) - before;
            assert!(added <= 1, "one line for one command");
            let sheets = world.sheets("root-password");
            let opened = world.recover_password(&[&sheets[0], &sheets[1], &sheets[2]]).ok();
            assert_eq!(opened.out.trim_end().len(), 64, "{call} {nth}");
            world.run(ENROLL_AGAIN).ok();
            every_file(Path::new(&world.vault), &mut |path| {
                assert!(
                    !path.display().to_string().contains("unfinished")
                        || !path.starts_with(format!("{}/records/{MEMBER}", world.vault))
                );
            });
        }
    }
    assert!(injected >= 7, "only {injected} kills were injected");
}

fn lines(world: &World) -> usize {
    std::fs::read_to_string(format!("{}/ledger/home.jsonl", world.vault))
        .unwrap()
        .matches("\"kind\":\"enrolled\"")
        .count()
}

#[test]
fn two_writers_at_once_lose_nothing() {
    let world = rehearsal().copy();
    let accounts = [
        "643979005746",
        "289665379457",
        "717671405788",
        "693086912306",
        "515981084545",
        "909123016442",
    ];
    std::thread::scope(|scope| {
        for account in accounts {
            let world = &world;
            scope.spawn(move || {
                world
                    .run(&[
                        "enroll",
                        account,
                        "--factor",
                        "password",
                        "--unattended",
                        "--reason",
                        "test",
                    ])
                    .ok()
            });
        }
    });
    world.run(&["ledger", "verify"]).ok();
    for account in accounts {
        assert!(
            Path::new(&format!("{}/records/{account}/password.2.age", world.vault)).exists(),
            "{account}"
        );
    }
}

#[test]
fn records_tell_nothing_by_their_length() {
    let world = rehearsal();
    let text = |file: &str| std::fs::read(format!("{}/records/{MEMBER}/{file}", world.vault)).unwrap();
    // The grease of age varies in length, the payload behind the header does not.
    let payload = |bytes: Vec<u8>| {
        let at = bytes.windows(4).position(|part| part == b"\n---").unwrap();
        let end = bytes[at + 1..].iter().position(|byte| *byte == b'\n').unwrap();
        bytes.len() - (at + 2 + end)
    };
    assert_eq!(payload(text("password.1.age")), payload(text("mfa-emea.1.age")));
}

#[test]
fn a_vault_that_others_can_write_is_read_and_not_changed() {
    let world = rehearsal().copy();
    let close = |world: &World| world.run(&["ledger", "head"]);
    for (place, mode) in [
        ("", 0o770),
        ("strongroom.toml", 0o666),
        ("ledger", 0o722),
        ("ledger/home.jsonl", 0o620),
        ("sets", 0o770),
        ("records", 0o722),
    ] {
        let path = format!("{}/{place}", world.vault);
        let before = std::fs::metadata(&path).unwrap().permissions();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let refused = close(&world).refused(3, "vault-of-others");
        assert!(
            refused.err.contains("hint: ") && refused.err.contains("chmod -R go-w"),
            "{refused:?}"
        );
        world.run(&["ledger", "verify"]).ok();
        std::fs::set_permissions(&path, before).unwrap();
    }
    close(&world).ok();
}

#[test]
fn a_medium_that_is_read_only_is_read_and_said() {
    let world = rehearsal().copy();
    let script = |command: &str| {
        let vault = &world.vault;
        let mount = format!("mount --bind {vault} {vault} && mount -o remount,ro,bind {vault}");
        run_with(
            "unshare",
            &[
                "-rm",
                "bash",
                "-c",
                &format!("{mount} && {} --vault {vault} {command}", program()),
            ],
            b"",
        )
    };
    script("ledger verify").ok();
    script("check").ok();
    let before = lines(&world);
    for command in [
        "ledger head",
        "enroll 734602235274 --factor password --unattended --reason full",
        "print closing --out /dev/shm/nothing",
    ] {
        let refused = script(command).refused(4, "input-output");
        assert!(refused.err.contains("the medium is read-only"), "{refused:?}");
    }
    assert_eq!(lines(&world), before);
}
