//! The claim is true: it agrees with a brute force over every subset of people, and with what can be worked out by hand.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "claim/mod.rs"]
mod claim;
mod common;

#[path = "claim/by_hand.rs"]
mod by_hand;
#[path = "claim/commands.rs"]
mod commands;

#[test]
fn two_hundred_drawn_plans_are_judged_alike_by_brute_force() {
    let compared = claim::agree::on_plans(0, 200, 14);
    assert!(compared > 5_000, "{compared}");
}
