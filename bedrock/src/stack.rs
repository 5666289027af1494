//! The part of the stack that a worker used, overwritten.

use std::hint::black_box;

/// How far below its caller the stack is overwritten, in bytes: more than the deepest of our workers was measured to use.
const DEPTH: usize = 512 * 1024;

/// Calls `work`, which is not part of its caller, and overwrites the stack that it used.
pub fn cleared<R>(work: impl FnOnce() -> R) -> R {
    let done = apart(work);
    clear();
    done
}

#[inline(never)]
fn apart<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// Overwrites what calls that have returned left below the caller.
#[inline(never)]
pub fn clear() {
    #[allow(clippy::large_stack_arrays, reason = "to be large is what it is for")]
    let mut below = [0_u8; DEPTH];
    // The compiler must believe that somebody reads it, or there would be no array.
    black_box(&mut below);
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: [u8; 16] = *b"0123456789abcdef";

    #[inline(never)]
    fn leave_marks() -> usize {
        let marks = [MARK; 256];
        black_box(&marks).as_ptr().addr()
    }

    fn marks_left(place: usize) -> usize {
        let memory = std::fs::File::open("/proc/self/mem").unwrap();
        let mut bytes = vec![0; 4096];
        std::os::unix::fs::FileExt::read_exact_at(&memory, &mut bytes, place as u64).unwrap();
        bytes.chunks(16).filter(|chunk| *chunk == MARK).count()
    }

    #[test]
    fn what_a_worker_left_on_the_stack_is_gone() {
        let left = marks_left(leave_marks());
        assert!(left > 0, "without clearing, something is left: {left}");
        assert_eq!(marks_left(cleared(leave_marks)), 0);
    }
}
