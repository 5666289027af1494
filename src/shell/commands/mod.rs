//! One file for each command: ask the machine, call a ceremony, say what came of it.

pub mod ceremony;
pub mod check;
pub mod enroll;
pub mod init;
pub mod ledger;
pub mod preflight;
pub mod prove;
pub mod recover;
pub mod rehearse;

use crate::ceremony::ports::Clock;
use jiff::Timestamp;

/// The laptop's own clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// `1 account`, `2 accounts`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
