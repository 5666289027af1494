//! Buffers that are never swapped out, dumped or passed to a fork, and are wiped when they go.
//!
//! Rules of this file:
//! - every byte of a [`Locked`] lies in a mapping of our own: locked, without a place in a core file, empty in a fork, and
//!   between two pages that nobody can touch;
//! - small buffers share a mapping, in steps of powers of two; the room of one that went is wiped and used again;
//! - where the system refuses to lock a mapping, it is used all the same, and [`refused`] says how many bytes it was.

use crate::wiping::wipe;
use rustix::mm::{Advice, MapFlags, MprotectFlags, ProtFlags};
use std::ops::{Deref, DerefMut};
use std::ptr::{NonNull, null_mut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The smallest room, in bytes; each of the other steps is twice the one before.
const STEP: usize = 64;
/// How many steps there are: the largest room that shares a mapping has 64 KiB.
const STEPS: usize = 11;
/// The size of a shared mapping, in bytes. Systems let anybody lock 8 MiB, old ones 64 KiB.
const SHARED: usize = 256 * 1024;

/// How many bytes the system has refused to lock.
static REFUSED: AtomicUsize = AtomicUsize::new(0);

/// How many bytes of all buffers so far the system has refused to lock.
pub fn refused() -> usize {
    REFUSED.load(Ordering::Relaxed)
}

/// Asks the system what it must be asked once, for a process that may not ask later, and makes the first mapping.
pub fn get_ready() {
    drop(Locked::zeroed(1));
}

/// The rooms of shared mappings that nobody has.
struct Rooms {
    free: [Vec<NonNull<u8>>; STEPS],
    next: usize,
    end: usize,
    base: *mut u8,
}

// SAFETY: the pointers are addresses of mappings that belong to this table alone until they are handed out.
unsafe impl Send for Rooms {}

static ROOMS: Mutex<Rooms> = Mutex::new(Rooms::NONE);

/// In a fork, before it has a buffer: mappings that were locked are not so there, and new ones are made.
pub(crate) fn begin_anew() {
    *rooms() = Rooms::NONE;
}

fn rooms() -> MutexGuard<'static, Rooms> {
    // Nothing is left half done by a panic in here: a room is taken or it is not.
    ROOMS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Rooms {
    const NONE: Self = Self {
        free: [const { Vec::new() }; STEPS],
        next: 0,
        end: 0,
        base: null_mut(),
    };

    fn take(&mut self, step: usize) -> NonNull<u8> {
        if let Some(room) = self.free[step].pop() {
            return room;
        }
        let size = STEP << step;
        if self.end - self.next < size {
            // The rest of the mapping before is left: at most one room of each step.
            (self.base, self.next, self.end) = (map(SHARED).as_ptr(), 0, SHARED);
        }
        let at = self.next;
        self.next += size;
        // SAFETY: `at + size` is at most the length of the mapping at `base`.
        let room = unsafe { self.base.add(at) };
        NonNull::new(room).unwrap_or(NonNull::dangling())
    }
}

/// A zeroed mapping of `size` bytes, a multiple of the page.
fn map(size: usize) -> NonNull<u8> {
    let page = rustix::param::page_size();
    // SAFETY: a mapping at no address that is asked for overlays nothing.
    let whole =
        unsafe { rustix::mm::mmap_anonymous(null_mut(), size + 2 * page, ProtFlags::empty(), MapFlags::PRIVATE) };
    let Ok(whole) = whole else { out_of_memory(size) };
    // SAFETY: one page further is inside of the mapping.
    let inner = unsafe { whole.cast::<u8>().add(page) };
    // SAFETY: these pages are of the mapping that was just made, and nobody else knows of them.
    let opened = unsafe { rustix::mm::mprotect(inner.cast(), size, MprotectFlags::READ | MprotectFlags::WRITE) };
    if opened.is_err() {
        out_of_memory(size);
    }
    // SAFETY: the pages are mapped; to lock them changes no byte.
    if unsafe { rustix::mm::mlock(inner.cast(), size) }.is_err() {
        REFUSED.fetch_add(size, Ordering::Relaxed);
    }
    for advice in [Advice::LinuxDontDump, Advice::LinuxWipeOnFork] {
        // SAFETY: the pages are mapped and of our own; neither advice changes them for this process.
        let _ = unsafe { rustix::mm::madvise(inner.cast(), size, advice) };
    }
    NonNull::new(inner).unwrap_or_else(|| out_of_memory(size))
}

fn out_of_memory(size: usize) -> ! {
    let layout = std::alloc::Layout::array::<u8>(size).unwrap_or(std::alloc::Layout::new::<u8>());
    std::alloc::handle_alloc_error(layout)
}

/// Where the bytes of a buffer are.
#[derive(Clone, Copy)]
enum Room {
    /// In a shared mapping, in a room of that step.
    Shared(usize),
    /// In a mapping of its own, of so many bytes.
    Own(usize),
}

/// So many bytes in locked memory, wiped when this is dropped.
pub struct Locked {
    bytes: NonNull<u8>,
    len: usize,
    room: Room,
}

// SAFETY: the bytes belong to this value alone, as those of a box do.
unsafe impl Send for Locked {}
// SAFETY: a shared borrow reads only.
unsafe impl Sync for Locked {}

impl Locked {
    /// `len` bytes, all of them zero.
    pub fn zeroed(len: usize) -> Self {
        let step = (0..STEPS).find(|step| len <= STEP << step);
        let (bytes, room) = if let Some(step) = step {
            (rooms().take(step), Room::Shared(step))
        } else {
            let size = len.next_multiple_of(rustix::param::page_size());
            (map(size), Room::Own(size))
        };
        Self { bytes, len, room }
    }

    /// A copy of `bytes`.
    pub fn copy_of(bytes: &[u8]) -> Self {
        let mut copy = Self::zeroed(bytes.len());
        copy.copy_from_slice(bytes);
        copy
    }
}

impl Deref for Locked {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the room has at least `len` bytes, all of them written, and is ours as long as this borrow lives.
        unsafe { std::slice::from_raw_parts(self.bytes.as_ptr(), self.len) }
    }
}

impl DerefMut for Locked {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and nobody else has a borrow.
        unsafe { std::slice::from_raw_parts_mut(self.bytes.as_ptr(), self.len) }
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // SAFETY: the bytes are ours until the end of this function.
        unsafe { wipe(self.bytes.as_ptr(), self.len) };
        match self.room {
            Room::Shared(step) => rooms().free[step].push(self.bytes),
            Room::Own(size) => {
                let page = rustix::param::page_size();
                // SAFETY: the mapping begins one page before its first byte.
                let whole = unsafe { self.bytes.as_ptr().sub(page) };
                // SAFETY: the mapping was made for this buffer, with a page on either side.
                let _ = unsafe { rustix::mm::munmap(whole.cast(), size + 2 * page) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The flags of the mapping in which a byte lies, as the kernel has them.
    fn flags_at(place: usize) -> String {
        let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut inside = false;
        for line in maps.lines() {
            let range = line.split_whitespace().next().and_then(|range| range.split_once('-'));
            let ends = range.and_then(|(start, end)| {
                Some((
                    usize::from_str_radix(start, 16).ok()?,
                    usize::from_str_radix(end, 16).ok()?,
                ))
            });
            if let Some((start, end)) = ends {
                inside = (start..end).contains(&place);
            } else if inside && line.starts_with("VmFlags:") {
                return line.to_string();
            }
        }
        String::new()
    }

    #[test]
    fn buffers_of_every_size_are_locked_undumped_and_wiped_in_a_fork() {
        for len in [0, 1, 64, 65, 4096, 64 * 1024, 64 * 1024 + 1, 300_000] {
            let buffer = Locked::zeroed(len);
            assert_eq!(buffer.len(), len);
            assert!(buffer.iter().all(|byte| *byte == 0));
            let flags = flags_at(buffer.bytes.as_ptr().addr());
            for flag in ["lo", "dd", "wf"] {
                assert!(flags.split(' ').any(|held| held == flag), "{len}: {flags}");
            }
        }
        assert_eq!(refused(), 0);
    }

    #[test]
    fn a_room_is_wiped_before_it_is_used_again() {
        let sizes: Vec<usize> = (0..400).map(|n| n * 37 % 5000).collect();
        for _ in 0..3 {
            let buffers: Vec<Locked> = sizes.iter().map(|len| Locked::copy_of(&vec![0xa5; *len])).collect();
            assert!(buffers.iter().all(|buffer| buffer.iter().all(|byte| *byte == 0xa5)));
            drop(buffers);
            let fresh: Vec<Locked> = sizes.iter().map(|len| Locked::zeroed(*len)).collect();
            assert!(fresh.iter().all(|buffer| buffer.iter().all(|byte| *byte == 0)));
        }
    }

    #[test]
    fn rooms_do_not_overlap() {
        let mut buffers: Vec<Locked> = (0..2000).map(|n| Locked::zeroed(n % 300)).collect();
        for (n, buffer) in buffers.iter_mut().enumerate() {
            buffer.fill((n % 251) as u8);
        }
        for (n, buffer) in buffers.iter().enumerate() {
            assert!(buffer.iter().all(|byte| usize::from(*byte) == n % 251));
        }
    }
}
