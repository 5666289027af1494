//! A kill or an error at every system call that changes something.

use crate::check;
use crate::common::{Scratch, program};
use crate::rows::{Copy, Row};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// What can happen at a call.
const FAULTS: &[(&str, &[&str])] = &[
    ("signal=KILL", CALLS),
    ("error=EIO", CALLS),
    ("error=ENOSPC", CALLS),
    ("error=EINTR", CALLS),
    ("retval=1", &["write"]),
];

/// The calls by which a process changes what is on a disk, or opens it.
const CALLS: &[&str] = &[
    "open",
    "openat",
    "openat2",
    "write",
    "fsync",
    "renameat",
    "mkdirat",
    "mkdir",
    "unlinkat",
    "unlink",
    "ftruncate",
    "fchmod",
    "chmod",
    "close",
];

/// How many faults were injected, and what was lost.
#[derive(Default)]
pub struct Tried {
    pub injected: usize,
    pub losses: Vec<String>,
}

/// Every fault at every call of one command; every `step`-th of them.
pub fn attempt(row: &Row, step: usize) -> Tried {
    let mut tried = Tried::default();
    let mut number = 0;
    let counts = calls_of(row);
    for (fault, calls) in FAULTS {
        for call in *calls {
            for nth in 1..=counts.get(*call).copied().unwrap_or(0) {
                number += 1;
                if number % step != 0 {
                    continue;
                }
                tried.injected += 1;
                if let Err(lost) = inject(row, call, fault, nth) {
                    tried.losses.push(format!("{fault} at {call} {nth}: {lost}"));
                }
            }
        }
    }
    tried
}

fn inject(row: &Row, call: &str, fault: &str, nth: usize) -> Result<(), String> {
    let copy = Copy::new(row);
    let inject = format!("inject={call}:{fault}:when={nth}");
    let trace = format!("trace={call}");
    let ended = strace(&["-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject], row, &copy);
    if matches!(ended.status, 101 | 134 | 139) {
        return Err(format!("it ended with {}: {}", ended.status, ended.err));
    }
    check::judge(row, &copy.vault, Some(&copy.out))?;
    check::judge_the_next(&copy.vault)
}

/// How often each call is made once the program itself is loaded: what is before concerns no vault.
fn calls_of(row: &Row) -> BTreeMap<String, usize> {
    let copy = Copy::new(row);
    let scratch = Scratch::new();
    let log = scratch.join("log");
    let trace = format!("trace={}", CALLS.join(","));
    let ended = strace(&["-qq", "-o", &log, "-e", &trace], row, &copy);
    assert_eq!(ended.status, 0, "{}: {}", row.name, ended.err);
    let mut counts = BTreeMap::new();
    for line in std::fs::read_to_string(log).unwrap().lines() {
        if let Some((call, _)) = line.split_once('(') {
            *counts.entry(call.to_string()).or_default() += 1;
        }
    }
    counts
}

pub struct Ended {
    pub status: i32,
    pub err: String,
}

/// The command of a row under strace, which follows the main process alone: it is the one that writes.
pub fn strace(options: &[&str], row: &Row, copy: &Copy) -> Ended {
    let mut child = Command::new("strace")
        .args(options)
        .arg(program())
        .args(copy.arguments(row))
        .env_remove("STRONGROOM_VAULT")
        .env_remove("LD_LIBRARY_PATH")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("strace is needed, and `.ci/run` installs it");
    let _ = child.stdin.take().unwrap().write_all(row.input.as_bytes());
    let ended = child.wait_with_output().unwrap();
    Ended {
        status: ended.status.code().unwrap_or(-1),
        err: String::from_utf8_lossy(&ended.stderr).into_owned(),
    }
}
