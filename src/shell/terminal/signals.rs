//! Signals that would end or stop the program: as ever while no secret stands on the screen, a wish to be told while one does.
//!
//! Rules of this file:
//! - while a secret stands, a signal is a byte in a pipe, which whoever waits for a key also waits for;
//! - otherwise the signal does what it does to any program: work is never kept from being ended.

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use std::io::PipeReader;
use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

struct Signals {
    told: PipeReader,
    as_ever: Arc<AtomicBool>,
}

/// Nothing, where the system does not let us listen: signals do what they do to any program.
static SIGNALS: LazyLock<Option<Signals>> = LazyLock::new(|| listen().ok());

fn listen() -> std::io::Result<Signals> {
    let (told, tell) = std::io::pipe()?;
    rustix::io::ioctl_fionbio(&told, true)?;
    let as_ever = Arc::new(AtomicBool::new(true));
    for signal in [SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP] {
        signal_hook::flag::register_conditional_default(signal, Arc::clone(&as_ever))?;
        signal_hook::low_level::pipe::register(signal, tell.try_clone()?)?;
    }
    Ok(Signals { told, as_ever })
}

impl Signals {
    fn forget(&self) {
        let mut bytes = [0; 16];
        while rustix::io::read(&self.told, &mut bytes).is_ok_and(|read| read > 0) {}
    }
}

/// Begins to listen, while the process still may.
pub(super) fn get_ready() {
    LazyLock::force(&SIGNALS);
}

/// From here on signals are told, not done.
pub(super) fn hold() {
    if let Some(signals) = &*SIGNALS {
        signals.forget();
        signals.as_ever.store(false, Ordering::SeqCst);
    }
}

/// From here on signals do what they do to any program.
pub(super) fn release() {
    if let Some(signals) = &*SIGNALS {
        signals.as_ever.store(true, Ordering::SeqCst);
    }
}

/// What came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// A key was pressed, or the terminal is gone.
    Key,
    /// A signal.
    Signal,
    /// Nothing, in the time that was given.
    Nothing,
}

/// Waits for a key or a signal, so long at the most.
pub(super) fn wait(keys: BorrowedFd<'_>, patience: Option<Timespec>) -> Result<Came, Errno> {
    let signals = SIGNALS.as_ref();
    loop {
        let mut wanted = vec![PollFd::from_borrowed_fd(keys, PollFlags::IN)];
        wanted.extend(signals.map(|signals| PollFd::new(&signals.told, PollFlags::IN)));
        match rustix::event::poll(&mut wanted, patience.as_ref()) {
            Ok(0) => return Ok(Came::Nothing),
            Ok(_) => {}
            // The signal that came may be one of ours: its byte is there when it is asked for again.
            Err(Errno::INTR) => continue,
            Err(fault) => return Err(fault),
        }
        let Some(signals) = signals.filter(|_| !wanted[1].revents().is_empty()) else {
            return Ok(Came::Key);
        };
        signals.forget();
        // Otherwise it has done what it does to any program: it stopped this one, and somebody let it go on.
        if !signals.as_ever.load(Ordering::SeqCst) {
            return Ok(Came::Signal);
        }
    }
}
