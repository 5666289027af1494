//! What the claim costs: 10 to 10,000 accounts, 200 people, 40 safes, 12 share sets. `cargo bench` ends with 1 where it costs too much.
//!
//! Rules of this file:
//! - plain: a clock and the kernel's own count of memory; what is measured is one run from cold, as a person has it;
//! - the bounds are the project's: one second and 256 MiB for 10,000 accounts, the whole program included.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and may stop at the first surprise"
)]

#[path = "../tests/claim/mod.rs"]
mod claim;

use claim::large::{Spread, plan};
use jiff::civil::date;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use strongroom::plan::Plan;
use strongroom::quorum::access::Access;
use strongroom::quorum::claim::Claim;

const SECONDS: f64 = 1.0;
const MEBIBYTES: u64 = 256;

fn main() -> ExitCode {
    // `cargo test --benches` and `cargo bench -- --list` ask for no measurement.
    if std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        return ExitCode::SUCCESS;
    }
    println!("accounts  people behind  structures    steps   read plan   claim   `check`   `check --json`   memory");
    let mut fits = true;
    for spread in [Spread::Teams, Spread::Scattered] {
        for accounts in [10, 100, 1_000, 10_000] {
            fits &= measure(accounts, spread);
        }
    }
    println!("allowed: {SECONDS} s and {MEBIBYTES} MiB, the whole program");
    if fits { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn measure(accounts: usize, spread: Spread) -> bool {
    let text = plan(accounts, spread);
    let begun = Instant::now();
    let plan = Plan::parse(&text).unwrap();
    let read = begun.elapsed();
    let begun = Instant::now();
    let access = Access::of(&plan, &[]);
    let mut claim = Claim::of(&access, date(2026, 11, 24)).unwrap();
    claim.observe();
    let computed = begun.elapsed();
    let (steps, structures) = (claim.coalitions.steps(), access.structures.len());
    let folder = std::env::temp_dir().join(format!("strongroom-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("strongroom.toml"), &text).unwrap();
    let (check, memory) = run(&folder, &["check"]);
    let (json, more) = run(&folder, &["check", "--json"]);
    std::fs::remove_dir_all(&folder).unwrap();
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
    println!(
        "{accounts:>8}  {:<13} {structures:>11} {steps:>8} {:>11} {:>7} {:>9} {:>16} {:>4} MiB",
        format!("{spread:?}").to_lowercase(),
        ms(read),
        ms(computed),
        ms(check),
        ms(json),
        memory.max(more)
    );
    check.as_secs_f64() <= SECONDS && json.as_secs_f64() <= SECONDS && memory.max(more) <= MEBIBYTES
}

/// Runs the program on a folder: how long it took, and the most memory it was seen with.
fn run(folder: &std::path::Path, arguments: &[&str]) -> (Duration, u64) {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_strongroom"))
        .arg("--vault")
        .arg(folder)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut memory = 0;
    while child.try_wait().unwrap().is_none() {
        memory = memory.max(peak(&status));
        std::thread::sleep(Duration::from_micros(200));
    }
    (begun.elapsed(), memory)
}

/// The kernel's `VmHWM`, in MiB.
fn peak(status: &str) -> u64 {
    let text = std::fs::read_to_string(status).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok())
        .unwrap_or(0)
        .div_ceil(1024)
}
