//! The claim, held against a second opinion: a brute force that reads the plan itself.
//!
//! Rules of this folder:
//! - `plans` draws plans as text, `brute` judges them by trying every subset, and neither knows anything of `quorum/`;
//! - `agree` compares: what differs is said with the number of the plan, from which it can be drawn again.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file uses a part of this, and a test may stop at the first surprise"
)]

pub mod agree;
pub mod brute;
pub mod large;
pub mod plans;
