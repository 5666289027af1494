//! The claim is true: it agrees with a brute force over every subset of people, and with what can be worked out by hand.

#[path = "claim/mod.rs"]
mod claim;

#[test]
fn two_hundred_drawn_plans_are_judged_alike_by_brute_force() {
    let compared = claim::agree::on_plans(0, 200, 14);
    assert!(compared > 5_000, "{compared}");
}
