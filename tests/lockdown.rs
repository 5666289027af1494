//! What a process with secrets takes from itself, seen from outside.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{Ended, RECOVER_PASSWORD, Scratch, World, program, rehearsal, run, run_with};
use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// `recover` that waits for typed lines: it is closed, and the first secret is about to come.
fn waiting(world: &World) -> Child {
    let child = Command::new(program())
        .args(["--vault", &world.vault])
        .args(RECOVER_PASSWORD)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    while !status_of(&child).contains("Seccomp:\t2") {
        assert!(started.elapsed() < Duration::from_mins(1), "it was never closed");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

fn status_of(child: &Child) -> String {
    std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default()
}

/// The lines of three sheets, as they are typed: from the codes, which say the same.
fn three_sheets(world: &World) -> String {
    let codes = |sheet: &String| {
        let pages = strongroom::paper::scan::codes(&std::fs::read(sheet).unwrap()).unwrap();
        pages[0].codes[0].expose(|code| format!("{code}\n"))
    };
    world.sheets("root-password")[..3].iter().map(codes).collect()
}

#[test]
fn a_process_with_secrets_has_every_defence_that_the_system_knows() {
    let world = rehearsal().copy();
    let mut child = waiting(&world);
    let status = status_of(&child);
    let locked = status.lines().find(|line| line.starts_with("VmLck:")).unwrap();
    let kilobytes: usize = locked.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(status.contains("NoNewPrivs:\t1") && kilobytes >= 256, "{status}");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    let network = |id: &str| std::fs::read_link(format!("/proc/{id}/ns/net")).unwrap();
    assert_ne!(
        network(&child.id().to_string()),
        network("self"),
        "it lives in a network of its own"
    );
    child
        .stdin
        .take()
        .unwrap()
        .write_all(three_sheets(&world).as_bytes())
        .unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(ended.stdout).unwrap().trim_end().len(), 64);
    assert!(
        !world.run(&["ledger", "show"]).ok().out.contains("defences"),
        "nothing lacked"
    );
}

#[test]
fn no_socket_is_made_and_no_program_started_once_a_secret_can_be_there() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let commands: [Vec<&str>; 3] = [
        [RECOVER_PASSWORD, &["--scan", &sheets[0], &sheets[1], &sheets[2]]].concat(),
        vec!["ceremony", "contact", "--unattended", "--out", &world.pages],
        vec!["prove", "--scan", &sheets[0]],
    ];
    for arguments in commands {
        let scratch = Scratch::new();
        let trace = scratch.join("trace");
        let all: Vec<&str> = [
            "-f",
            "-o",
            &trace,
            "-e",
            "trace=%network,%process,seccomp",
            program(),
            "--vault",
            &world.vault,
        ]
        .into_iter()
        .chain(arguments)
        .collect();
        run_with("strace", &all, b"").ok();
        let text = std::fs::read_to_string(&trace).unwrap();
        // The last filter is that of the process with secrets: its helpers are closed before.
        let (_, after) = text.rsplit_once("seccomp(").unwrap();
        let made: Vec<&str> = after
            .lines()
            .filter(|line| {
                ["socket(", "connect(", "execve(", "fork(", "bind("]
                    .iter()
                    .any(|call| line.contains(call))
            })
            .collect();
        assert!(made.is_empty(), "{made:?}");
    }
}

#[test]
fn a_file_that_the_command_was_not_given_cannot_be_opened() {
    let world = rehearsal().copy();
    let scratch = Scratch::new();
    let trace = scratch.join("trace");
    // A scan that is a list of other files would be a way out; what the trace shows is that nothing else is even tried.
    let sheets = world.sheets("root-password");
    let all: Vec<&str> = [
        "-o",
        &trace,
        "-e",
        "trace=openat,openat2,seccomp",
        program(),
        "--vault",
        &world.vault,
    ]
    .into_iter()
    .chain(RECOVER_PASSWORD.iter().copied())
    .chain(["--scan", &sheets[0], &sheets[1], &sheets[2]])
    .collect();
    run_with("strace", &all, b"").ok();
    let text = std::fs::read_to_string(&trace).unwrap();
    let (_, after) = text.rsplit_once("seccomp(").unwrap();
    let strange: Vec<&str> = after
        .lines()
        .filter(|line| line.contains("openat(AT_FDCWD"))
        .filter(|line| !line.contains(&world.pages) && !line.contains("= -1 EACCES"))
        .collect();
    assert!(strange.is_empty(), "{strange:?}");
}

#[test]
fn a_process_that_is_killed_by_a_fault_leaves_no_core() {
    for signal in ["SEGV", "ABRT", "QUIT"] {
        let world = rehearsal().copy();
        let scratch = Scratch::new();
        let command = format!(
            "cd '{}' && ulimit -c unlimited && '{}' --vault '{}' {} & sleep 1; kill -{signal} $!; wait $!; ls '{0}'",
            scratch.path().display(),
            program(),
            world.vault,
            RECOVER_PASSWORD.join(" ")
        );
        // Standard input stays open: the process waits for its lines.
        let mut shell = Command::new("bash")
            .args(["-c", &command])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let open = shell.stdin.take();
        let ended = shell.wait_with_output().unwrap();
        drop(open);
        assert_eq!(String::from_utf8_lossy(&ended.stdout), "", "{signal}");
    }
}

/// The program where the system refuses a call.
fn without(call: &str, world: &World, arguments: &[&str]) -> Ended {
    let inject = format!("inject={call}:error=ENOSYS");
    let trace = format!("trace={call}");
    let all: Vec<&str> = [
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
    ]
    .into_iter()
    .chain(arguments.iter().copied())
    .collect();
    run_with("strace", &all, b"")
}

const ENROLL: &[&str] = &[
    "enroll",
    common::MEMBER,
    "--factor",
    "password",
    "--unattended",
    "--reason",
    "test",
];

#[test]
fn a_missing_defence_is_said_and_recorded_until_it_is_there_again() {
    let world = rehearsal().copy();
    let shown = |world: &World| world.run(&["ledger", "show"]).ok().out;
    let ended = without("landlock_create_ruleset", &world, ENROLL).ok();
    assert!(ended.err.contains("this system lacks landlock"), "{ended:?}");
    assert_eq!(shown(&world).matches("defences    missing: landlock\n").count(), 1);
    without("landlock_create_ruleset", &world, ENROLL).ok();
    assert_eq!(
        shown(&world).matches("defences    missing").count(),
        1,
        "the same is recorded once"
    );
    let ended = world.run(ENROLL).ok();
    assert!(!ended.err.contains("lacks"), "{ended:?}");
    assert!(shown(&world).contains("defences    missing: none\n"));
    for (call, name) in [
        ("seccomp", "seccomp"),
        ("unshare", "network-namespace"),
        ("mlock", "locked-memory"),
        ("prctl", "not-dumpable"),
    ] {
        let ended = without(call, &world, ENROLL).ok();
        assert!(ended.err.contains(name), "{call}: {ended:?}");
    }
}

#[test]
fn production_is_refused_where_the_plan_demands_what_the_system_lacks() {
    let scratch = Scratch::new();
    let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
    let world = World { scratch, vault, pages };
    run(&["init", &world.vault, "--example"]).ok();
    let plan = format!("{}/strongroom.toml", world.vault);
    let text = std::fs::read_to_string(&plan).unwrap();
    let demanding = text.replace("[policy]", "[policy]\ndemand = [\"landlock\", \"seccomp\"]");
    assert_ne!(text, demanding);
    std::fs::write(&plan, demanding).unwrap();
    let ceremony = [
        "-rn",
        "strace",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=landlock_create_ruleset",
        "-e",
        "inject=landlock_create_ruleset:error=ENOSYS",
        program(),
        "--vault",
        &world.vault,
        "ceremony",
        "root-password",
        "--unattended",
        "--reason",
        "test",
        "--out",
        &world.pages,
    ];
    run_with("unshare", &ceremony, b"").refused(3, "defence-missing");
    assert!(
        !world.run(&["ledger", "show"]).ok().out.contains("dealt"),
        "nothing was dealt"
    );
    let text = std::fs::read_to_string(&plan).unwrap();
    std::fs::write(&plan, text.replace("\"seccomp\"", "\"secomp\"")).unwrap();
    let ended = world.run(&["check"]);
    assert!(ended.status == 2 && ended.err.contains("seccomp"), "{ended:?}");
}

#[test]
fn preflight_tells_each_defence() {
    let out = run_with("unshare", &["-rn", program(), "preflight"], b"").ok().out;
    for name in [
        "no-core",
        "not-dumpable",
        "no-new-privileges",
        "network-namespace",
        "landlock",
        "seccomp",
        "locked-memory",
    ] {
        assert!(out.contains(&format!("fit  {name:<18}held")), "{name}: {out}");
    }
    let json = run_with("unshare", &["-rn", program(), "preflight", "--json"], b"")
        .ok()
        .out;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(
        report["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|item| item["what"] == "landlock")
    );
}

#[test]
fn a_generator_that_is_stuck_gives_no_secret() {
    let world = rehearsal().copy();
    // The system says that it filled the buffer, and did not.
    let arguments = [
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=getrandom",
        "-e",
        "inject=getrandom:retval=64:when=3+",
        program(),
        "--vault",
        &world.vault,
    ];
    let all: Vec<&str> = arguments.into_iter().chain(ENROLL.iter().copied()).collect();
    run_with("strace", &all, b"").refused(4, "entropy-stuck");
    let failing = arguments.map(|word| {
        if word.starts_with("inject") {
            "inject=getrandom:error=EIO:when=3+"
        } else {
            word
        }
    });
    let all: Vec<&str> = failing.into_iter().chain(ENROLL.iter().copied()).collect();
    run_with("strace", &all, b"").refused(4, "entropy-failed");
}
