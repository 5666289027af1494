//! A process held at one of its system calls, and its memory.
//!
//! The process is run under `strace`, which sees the main process alone: helpers hold no secret of their own. What it can
//! write is copied while it stands still, and searched when its secrets are known.

use crate::common::{Scratch, program};
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// One command: its arguments and what it is given on standard input.
#[derive(Clone)]
pub struct Task {
    pub arguments: Vec<String>,
    pub input: Vec<u8>,
    pub program: String,
}

impl Task {
    pub fn new(arguments: &[&str], input: &[u8]) -> Self {
        Self {
            arguments: arguments.iter().map(ToString::to_string).collect(),
            input: input.to_vec(),
            program: program().to_string(),
        }
    }

    /// A task of another build of the program.
    pub fn of(mut self, program: &str) -> Self {
        self.program = program.to_string();
        self
    }
}

/// A place to hold at: the occurrence of a system call, from 1.
#[derive(Clone, Debug)]
pub struct Point {
    pub call: String,
    pub nth: usize,
}

/// A piece of memory that the process can write to.
pub struct Piece {
    pub name: String,
    /// Whether the system keeps it from swap, cores and forks.
    pub locked: bool,
    pub bytes: Vec<u8>,
}

/// What a run printed, and what was in memory.
pub struct Seen {
    pub memory: Vec<Piece>,
    pub out: String,
    pub err: String,
    pub status: i32,
}

/// The calls at which a process that reads, writes and waits is held.
const CALLS: &[&str] = &[
    "read", "write", "openat", "openat2", "fsync", "renameat", "mkdirat", "poll", "wait4", "close", "lseek",
];

fn start(task: &Task, strace: &[&str]) -> Child {
    let mut child = Command::new("strace")
        .args(strace)
        .arg(&task.program)
        .args(&task.arguments)
        .env_remove("STRONGROOM_VAULT")
        .env_remove("LD_LIBRARY_PATH")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("strace is needed, and `.ci/run` installs it");
    let _ = child.stdin.take().unwrap().write_all(&task.input);
    child
}

/// `count` points of the task, spread evenly over what it does once it is closed: over reading, writing and waiting, or over
/// every call.
pub fn points(task: &Task, count: usize, every: bool) -> Vec<Point> {
    let scratch = Scratch::new();
    let log = scratch.join("log");
    let ended = start(task, &["-qq", "-o", &log]).wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let text = std::fs::read_to_string(&log).unwrap();
    let closed = text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.starts_with("seccomp("));
    let closed = closed.map(|(at, _)| at).last();
    let mut counted = std::collections::HashMap::<&str, usize>::new();
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let Some((call, _)) = line.split_once('(') else {
            continue;
        };
        let nth = counted.entry(call).or_default();
        *nth += 1;
        if closed.is_some_and(|closed| at > closed) && (every || CALLS.contains(&call)) {
            found.push(Point {
                call: call.to_string(),
                nth: *nth,
            });
        }
    }
    let count = if every { count.min(found.len()) } else { count };
    assert!(
        found.len() >= count,
        "{} calls after the process was closed",
        found.len()
    );
    (0..count)
        .map(|step| found[(found.len() - 1) * step / (count - 1)].clone())
        .collect()
}

/// Runs the task, and looks into it at `point`; nothing, where this run did not come to it.
pub fn look(task: &Task, point: &Point) -> Option<Seen> {
    let scratch = Scratch::new();
    let log = scratch.join("log");
    let inject = format!("inject={}:signal=STOP:when={}", point.call, point.nth);
    let trace = format!("trace={}", point.call);
    let child = start(task, &["-qq", "-o", &log, "-e", &trace, "-e", &inject]);
    let process = process_of(&child, task);
    let is_held = || std::fs::read_to_string(&log).is_ok_and(|log| log.contains("stopped by SIGSTOP"));
    until(|| is_held() || !Path::new(&format!("/proc/{process}/smaps")).exists() || is_gone(process));
    if !is_held() {
        return None;
    }
    let memory = memory_of(process);
    let go_on = rustix::process::Pid::from_raw(process as i32).unwrap();
    rustix::process::kill_process(go_on, rustix::process::Signal::CONT).unwrap();
    Some(seen(child, memory))
}

fn is_gone(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit(')')
        .next()
        .is_none_or(|rest| rest.trim_start().starts_with(['Z', 'X']))
}

/// Runs the task, and looks into it when it is about to be gone.
pub fn look_at_the_end(task: &Task) -> Seen {
    let scratch = Scratch::new();
    let log = scratch.join("log");
    let inject = "inject=exit_group:delay_enter=3000000";
    let child = start(task, &["-qq", "-o", &log, "-e", "trace=exit_group", "-e", inject]);
    let process = process_of(&child, task);
    let place = format!("/proc/{process}/syscall");
    // 231: exit_group on x86-64; the line of a process that runs says so.
    until(|| std::fs::read_to_string(&place).is_ok_and(|call| call.starts_with("231 ")));
    let memory = memory_of(process);
    seen(child, memory)
}

fn seen(child: Child, memory: Vec<Piece>) -> Seen {
    let ended = child.wait_with_output().unwrap();
    Seen {
        memory,
        out: String::from_utf8_lossy(&ended.stdout).into_owned(),
        err: String::from_utf8_lossy(&ended.stderr).into_owned(),
        status: ended.status.code().unwrap_or(-1),
    }
}

fn until(done: impl Fn() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(
            started.elapsed() < Duration::from_mins(2),
            "the process never came to the point"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The process that strace runs.
fn process_of(strace: &Child, task: &Task) -> u32 {
    let children = format!("/proc/{0}/task/{0}/children", strace.id());
    let program = std::fs::canonicalize(&task.program).unwrap();
    let found = std::cell::Cell::new(0);
    until(|| {
        let text = std::fs::read_to_string(&children).unwrap_or_default();
        let is_it = |id: &u32| std::fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == program);
        let child = text.split_whitespace().filter_map(|id| id.parse().ok()).find(is_it);
        found.set(child.unwrap_or(0));
        child.is_some()
    });
    found.get()
}

/// Every byte that the process can write to.
fn memory_of(process: u32) -> Vec<Piece> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/smaps")).unwrap();
    let memory = std::fs::File::open(Path::new("/proc").join(process.to_string()).join("mem")).unwrap();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut reads = false;
    for line in maps.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let Some((start, end)) = words.first().and_then(|range| range.split_once('-')) {
            reads = words.get(1).is_some_and(|rights| rights.starts_with("rw"));
            if !reads {
                continue;
            }
            let (start, end) = (
                u64::from_str_radix(start, 16).unwrap(),
                u64::from_str_radix(end, 16).unwrap(),
            );
            let mut bytes = vec![0; (end - start) as usize];
            if memory.read_exact_at(&mut bytes, start).is_err() {
                reads = false;
                continue;
            }
            pieces.push(Piece {
                name: words.get(5).unwrap_or(&"anonymous").to_string(),
                locked: false,
                bytes,
            });
        } else if reads && words.first() == Some(&"VmFlags:") {
            let held = ["lo", "dd", "wf"].iter().all(|flag| words.contains(flag));
            pieces.last_mut().unwrap().locked = held;
        }
    }
    assert!(pieces.iter().map(|piece| piece.bytes.len()).sum::<usize>() > 100_000);
    pieces
}
