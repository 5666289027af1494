//! The long suite of the claim: 10,000 drawn plans against the brute force. Run by `just deep`; ends with its figures, and with 1
//! where they fall short.

#![allow(clippy::print_stdout, reason = "a suite prints its figures")]

#[path = "claim/mod.rs"]
mod claim;

use std::process::ExitCode;

/// How many plans.
const PLANS: u64 = 10_000;

fn main() -> ExitCode {
    let begun = std::time::Instant::now();
    let compared = std::panic::catch_unwind(|| claim::agree::on_plans(1_000, PLANS, 14));
    let seconds = begun.elapsed().as_secs();
    match compared {
        Ok(compared) => {
            println!(
                "claim: {PLANS} plans of up to 14 people, {compared} comparisons with the brute force, all equal, {seconds} s"
            );
            ExitCode::SUCCESS
        }
        Err(_) => {
            println!("claim: a plan of {PLANS} is judged otherwise than by the brute force, after {seconds} s");
            ExitCode::FAILURE
        }
    }
}
