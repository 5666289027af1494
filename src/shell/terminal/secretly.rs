//! The alternate screen while a secret stands on it: entered, and left whatever happens.
//!
//! Rules of this file:
//! - leaving clears it, scrollback too, before the main screen comes back; a panic and a signal leave it as an answer does;
//! - while it stands, the keys that would stop or suspend the program are keys like any other: no shell prompt can appear
//!   under a secret.

use super::signals;
use rustix::termios::{LocalModes, OptionalActions, QueueSelector, Termios};
use std::fs::File;
use std::io::Write as _;
use std::time::Duration;

const ENTER: &[u8] = b"\x1b[?1049h\x1b[2J\x1b[H";
const LEAVE: &[u8] = b"\x1b[2J\x1b[3J\x1b[H\x1b[?1049l";
/// How long the machine may have slept before a secret is hidden.
const NAP: Duration = Duration::from_secs(2);

/// How the terminal takes keys; as it was before, when this is dropped.
pub(super) struct Modes {
    screen: File,
    before: Option<Termios>,
}

impl Drop for Modes {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = rustix::termios::tcsetattr(&self.screen, OptionalActions::Now, before);
        }
        signals::release();
    }
}

/// The alternate screen; the main one is back, as it was before, when this is dropped.
pub(super) struct Secretly {
    screen: File,
    modes: Option<Modes>,
    slept: Duration,
    /// Whether what was typed and not read is thrown away: it would go to whoever reads the terminal next.
    pub(super) was_interrupted: bool,
}

impl Secretly {
    /// Whole lines are typed, and seen.
    pub(super) fn lines(screen: &File) -> std::io::Result<Self> {
        Self::without(screen, LocalModes::ISIG)
    }

    /// Single keys are pressed, and not seen.
    pub(super) fn keys(screen: &File) -> std::io::Result<Self> {
        Self::without(screen, LocalModes::ISIG | LocalModes::ICANON | LocalModes::ECHO)
    }

    fn without(screen: &File, taken: LocalModes) -> std::io::Result<Self> {
        let mut screen = screen.try_clone()?;
        let modes = Modes {
            screen: screen.try_clone()?,
            before: rustix::termios::tcgetattr(&screen).ok(),
        };
        signals::hold();
        if let Some(before) = &modes.before {
            let mut modes = before.clone();
            modes.local_modes.remove(taken);
            let _ = rustix::termios::tcsetattr(&screen, OptionalActions::Now, &modes);
        }
        let entered = screen.write_all(ENTER).and_then(|()| screen.flush());
        let this = Self {
            screen,
            modes: Some(modes),
            slept: asleep(),
            was_interrupted: false,
        };
        entered.map(|()| this)
    }

    /// Brings the main screen back, and keeps the keys unseen for as long as what comes back lives.
    pub(super) fn leave(mut self) -> Option<Modes> {
        self.modes.take()
    }

    /// Whether the machine slept since this was asked the last time: nobody knows who woke it.
    pub(super) fn has_slept(&mut self) -> bool {
        let before = std::mem::replace(&mut self.slept, asleep());
        self.slept.saturating_sub(before) > NAP
    }
}

impl Drop for Secretly {
    fn drop(&mut self) {
        let _ = self.screen.write_all(LEAVE).and_then(|()| self.screen.flush());
        if self.was_interrupted {
            let _ = rustix::termios::tcflush(&self.screen, QueueSelector::IFlush);
        }
    }
}

/// How long the machine has slept since it was started: one clock counts it, the other does not.
fn asleep() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let since = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
    since(ClockId::Boottime).saturating_sub(since(ClockId::Monotonic))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretText;
    use crate::shell::terminal::Terminal;
    use std::io::Read as _;
    use std::os::fd::OwnedFd;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn a_panic_while_a_secret_stands_clears_the_screen() {
        let [(keys, mut person), (mut seen, screen)] = [(); 2].map(|()| std::io::pipe().unwrap());
        person.write_all(b"hs").unwrap();
        let mut terminal = Terminal {
            keys: OwnedFd::from(keys).into(),
            screen: OwnedFd::from(screen).into(),
        };
        let mut drawn = 0;
        let mut draw = |_: (usize, usize)| {
            drawn += 1;
            assert_eq!(drawn, 1, "hidden, and shown again");
            SecretText::new("secret".to_string())
        };
        let watched = catch_unwind(AssertUnwindSafe(|| terminal.watch(60, "keys", &mut draw).map(drop)));
        assert!(watched.is_err());
        drop(terminal);
        let mut all = Vec::new();
        seen.read_to_end(&mut all).unwrap();
        assert!(all.windows(6).any(|shown| shown == b"secret"));
        assert!(all.starts_with(ENTER) && all.ends_with(LEAVE));
    }
}
