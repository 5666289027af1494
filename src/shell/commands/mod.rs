//! One file for each command: ask the machine, call a ceremony, say what came of it.

pub mod ceremony;
pub mod check;
pub mod contribute;
pub mod enroll;
pub mod exception;
pub mod exchange;
pub mod export;
mod files_of;
mod gathered;
pub mod init;
pub mod ledger;
pub mod life;
pub mod notice;
pub mod preflight;
pub mod print;
pub mod prove;
pub mod recover;
pub mod rehearse;
pub mod reissue;
pub mod reprint;
pub mod restore;
pub mod runbook;
pub mod simulate;

use crate::ceremony::ports::Clock;
use jiff::Timestamp;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// The laptop's own clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);
        STARTED.elapsed()
    }
}

/// `1 account`, `2 accounts`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
