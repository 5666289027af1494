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

    /// How often a mark stands in what the system gives again after `heap` moved a block to a larger one, and gave both back. Of small
    /// blocks: a large one comes from the kernel each time, zeroed.
    fn marks_left(heap: &impl GlobalAlloc, mark: u8) -> usize {
        let sizes = [64, 100, 256, 1000, 4096, 20_000];
        let marks = sizes.map(|size| {
            let layout = Layout::from_size_align(size, 8).unwrap();
            // SAFETY: the layout has a size.
            let block = unsafe { heap.alloc(layout) };
            // SAFETY: the block has as many bytes.
            unsafe { block.write_bytes(mark, size) };
            // SAFETY: the block has this layout, and twice its bytes are a fit size.
            let larger = unsafe { heap.realloc(block, layout, 2 * size) };
            // SAFETY: as many bytes were moved.
            let moved = unsafe { std::slice::from_raw_parts(larger, size) };
            assert!(moved.iter().all(|byte| *byte == mark));
            let twice = Layout::from_size_align(2 * size, 8).unwrap();
            // SAFETY: the block has this layout.
            unsafe { heap.dealloc(larger, twice) };
            [layout, twice].map(|layout| {
                // SAFETY: the layout has a size.
                let again = unsafe { System.alloc(layout) };
                // SAFETY: the block has as many bytes; they are whatever the heap left, all of them written by somebody.
                let seen = unsafe { std::slice::from_raw_parts(again, size) };
                let marks = seen.windows(8).filter(|run| *run == [mark; 8]).count();
                // SAFETY: the block has this layout.
                unsafe { System.dealloc(again, layout) };
                marks
            })
        });
        marks.concat().iter().sum()
    }

    #[test]
    fn what_was_freed_or_moved_is_wiped() {
        let left = marks_left(&System, 0x3c);
        assert!(left > 0, "without wiping, something is left: {left}");
        assert_eq!(marks_left(&Wiping, 0x5d), 0);
    }
}
