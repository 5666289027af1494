//! `just crashes`: kills and errors at every system call of every command that changes a vault, and power that fails behind
//! each; status 1 when anything is lost. The last figures stand in docs/assurance.md.
//!
//! Nothing is lost means: every file of the vault is what it was, the ledger has its old lines and whole new ones, all of it
//! verifies, no page exists that nobody accounts for, the next command works.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test harness of its own, which may stop at the first surprise"
)]

mod check;
#[path = "../common/mod.rs"]
mod common;
mod faults;
mod power;
mod rows;

use faults::Tried;
use rows::ROWS;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    // A number takes every so many-th fault; words pick rows.
    let step = arguments.iter().find_map(|word| word.parse().ok()).unwrap_or(1);
    let wanted: Vec<&String> = arguments.iter().filter(|word| word.parse::<usize>().is_err()).collect();
    let mut all = Tried::default();
    for row in ROWS {
        if !wanted.is_empty() && !wanted.iter().any(|word| row.name.contains(word.as_str())) {
            continue;
        }
        let started = Instant::now();
        let power = power::attempt(row);
        let faults = faults::attempt(row, step);
        let losses: Vec<String> = power.losses.into_iter().chain(faults.losses).collect();
        println!(
            "{:<8} {}: {} faults, {} power failures, {} losses, in {:.0} s",
            if losses.is_empty() { "kept" } else { "LOST" },
            row.name,
            faults.injected,
            power.injected,
            losses.len(),
            started.elapsed().as_secs_f64()
        );
        losses.iter().take(20).for_each(|lost| println!("    {lost}"));
        all.injected += faults.injected + power.injected;
        all.losses.extend(losses);
    }
    println!("\ninjected {}, losses {}", all.injected, all.losses.len());
    if all.losses.is_empty() && all.injected > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
