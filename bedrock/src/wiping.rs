//! A global allocator that wipes what is given back.
//!
//! Rules of this file:
//! - what is freed is overwritten first, and a buffer that grows or shrinks is freed whole: no library leaves a copy behind;
//! - the compiler is told that somebody looks, or it would leave out a write to memory that nobody reads again.

use std::alloc::{GlobalAlloc, Layout, System};

/// The system's allocator, wiping.
pub struct Wiping;

// SAFETY: every block comes from `System` with the layout that it is given back with; in between, only bytes inside of it
// are written, while nobody else owns it.
unsafe impl GlobalAlloc for Wiping {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those of `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those of `System`; pages fresh from the kernel are not written again.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block is ours until the next line, and has this size.
        unsafe { wipe(block, layout.size()) };
        // SAFETY: the caller's promises are those of `System`.
        unsafe { System.dealloc(block, layout) }
    }

    // `realloc` is left as the trait has it: a new block, a copy, and `dealloc` of the old one.
}

/// Overwrites `size` bytes at `block` with zeros, also where nobody reads them again.
///
/// # Safety
/// The bytes belong to the caller.
pub(crate) unsafe fn wipe(block: *mut u8, size: usize) {
    // SAFETY: the caller owns these bytes.
    unsafe { block.write_bytes(0, size) };
    // SAFETY: no instruction at all; but the compiler must believe that these bytes are read.
    unsafe { std::arch::asm!("/* {0} */", in(reg) block, options(nostack, preserves_flags, readonly)) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wipe_leaves_zeros() {
        let mut bytes = [7_u8; 100];
        // SAFETY: the array is ours.
        unsafe { wipe(bytes.as_mut_ptr(), 99) };
        assert!(bytes[..99].iter().all(|byte| *byte == 0) && bytes[99] == 7);
    }

    #[test]
    fn what_was_freed_or_moved_is_wiped() {
        let layout = Layout::from_size_align(4096 * 64, 4096).unwrap();
        // SAFETY: the layout has a size.
        let block = unsafe { Wiping.alloc(layout) };
        // SAFETY: the block has as many bytes.
        unsafe { block.write_bytes(0xa5, layout.size()) };
        // SAFETY: the block has this layout, and 10 bytes are a fit size.
        let smaller = unsafe { Wiping.realloc(block, layout, 10) };
        // SAFETY: ten bytes are there.
        let kept = unsafe { std::slice::from_raw_parts(smaller, 10) };
        assert_eq!(kept, [0xa5; 10]);
        let small = Layout::from_size_align(10, 4096).unwrap();
        // SAFETY: the block has this layout.
        unsafe { Wiping.dealloc(smaller, small) };
        // What the heap gives next may be the same bytes: none of them is what was there, but the allocator's own links.
        // SAFETY: the layout has a size.
        let again = unsafe { Wiping.alloc(layout) };
        // SAFETY: the block has as many bytes; they are whatever the heap left, all of them written by somebody.
        let seen = unsafe { std::slice::from_raw_parts(again, layout.size()) };
        assert!(!seen.windows(8).any(|run| run == [0xa5; 8]));
        // SAFETY: the block has this layout.
        unsafe { Wiping.dealloc(again, layout) };
    }
}
