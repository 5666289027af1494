//! Work in a fork of this process: whatever ends it there, this process is as it was before, and knows how it ended.
//!
//! Rules of this file:
//! - only a process of one thread forks: what other threads hold would be held for ever in the fork;
//! - a fork shares with us what is open and one byte, and leaves by its own end: no line behind its work is run twice;
//! - its locked memory is its own: what we locked, it has neither locked nor filled;
//! - it ends with us: a fork whose parent was killed goes on for nobody.

use crate::locked;
use rustix::mm::{MapFlags, ProtFlags};
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus};
use std::io;
use std::panic::AssertUnwindSafe;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU8, Ordering};

/// The status of a fork whose work panicked.
const PANICKED: i32 = 101;
/// The status of a fork that had no parent any more; nobody reads it.
const ORPHANED: i32 = 102;

/// One byte that this process and its forks share: how far the work is, in numbers of its own.
pub struct Stage(&'static AtomicU8);

impl Stage {
    /// Stage 0. Its page is never given back.
    pub fn new() -> io::Result<Self> {
        let (size, readable) = (rustix::param::page_size(), ProtFlags::READ | ProtFlags::WRITE);
        // SAFETY: a mapping at no address that is asked for overlays nothing.
        let page = unsafe { rustix::mm::mmap_anonymous(null_mut(), size, readable, MapFlags::SHARED) }?;
        // SAFETY: the page is zeroed, holds more than a byte, stays mapped, and is used as this one atomic alone.
        Ok(Self(unsafe { AtomicU8::from_ptr(page.cast()) }))
    }

    /// The stage that was set last, here or in a fork.
    pub fn get(&self) -> u8 {
        self.0.load(Ordering::Acquire)
    }

    /// Sets it.
    pub fn set(&self, stage: u8) {
        self.0.store(stage, Ordering::Release);
    }
}

/// Does the work in a fork and waits for its end: status 0 where `work` returned. An error where there can be no fork.
pub fn run(work: impl FnOnce()) -> io::Result<WaitStatus> {
    let parent = rustix::process::getpid();
    // SAFETY: the process has one thread, as the rules of this file ask, so that the fork may do whatever this process may.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let is_bound = rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).is_ok();
        // It may have been killed before we asked.
        if is_bound && rustix::process::getppid() != Some(parent) {
            // SAFETY: ends the fork, before it did anything.
            unsafe { libc::_exit(ORPHANED) }
        }
        locked::begin_anew();
        let done = std::panic::catch_unwind(AssertUnwindSafe(work));
        // SAFETY: ends the fork; what its parent would do at its own end is not done here.
        unsafe { libc::_exit(if done.is_ok() { 0 } else { PANICKED }) }
    }
    let child = Pid::from_raw(child).filter(|_| child > 0);
    let child = child.ok_or_else(io::Error::last_os_error)?;
    loop {
        match rustix::process::waitpid(Some(child), WaitOptions::empty()) {
            Ok(Some((_, status))) => return Ok(status),
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            Err(fault) => return Err(fault.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_a_fork_came_and_how_it_ended_is_known() {
        let stage = Stage::new().unwrap();
        let done = run(|| stage.set(7)).unwrap();
        assert_eq!((stage.get(), done.exit_status()), (7, Some(0)));
        let aborted = run(|| {
            stage.set(8);
            std::process::abort();
        });
        assert_eq!(
            (stage.get(), aborted.unwrap().terminating_signal()),
            (8, Some(libc::SIGABRT))
        );
    }

    #[test]
    fn a_fork_locks_its_own_memory() {
        let mine = locked::Locked::copy_of(b"mine");
        let before = locked::refused();
        let status = run(|| {
            let own = locked::Locked::copy_of(b"own");
            let is_locked = std::fs::read_to_string("/proc/self/status").unwrap();
            let locked_kib = is_locked.lines().find_map(|line| line.strip_prefix("VmLck:"));
            let locked_kib = locked_kib
                .unwrap()
                .trim()
                .trim_end_matches(" kB")
                .parse::<u64>()
                .unwrap();
            assert!(*own == *b"own" && locked_kib > 0 && locked::refused() == before);
        });
        assert_eq!((status.unwrap().exit_status(), &*mine), (Some(0), &b"mine"[..]));
    }
}
