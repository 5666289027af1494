//! Other people's decoders, kept from ending the program.
//!
//! Rules of this file:
//! - a decoder that panics has not read anything: `None`, and nothing on standard error, since a panic message may quote
//!   what was being decoded;
//! - a panic of our own code, in any thread, is still reported as before.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// What `decode` gives, or `None` where it panics. Whatever `decode` changes is not used after a panic.
pub(super) fn quietly<R>(decode: impl FnOnce() -> R) -> Option<R> {
    install();
    let outer = QUIET.replace(true);
    let result = catch_unwind(AssertUnwindSafe(decode)).ok();
    QUIET.set(outer);
    result
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// One hook for the whole process, installed once: it asks the panicking thread whether a decoder is at work in it, and
/// otherwise hands on to the hook that was there.
fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.try_with(Cell::get).unwrap_or(false) {
                before(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_nothing_read() {
        assert_eq!(quietly(|| 7), Some(7));
        assert_eq!(quietly(|| -> u8 { panic!("a secret in a message") }), None);
    }

    #[test]
    fn a_panic_inside_leaves_the_outer_decoder_quiet() {
        assert_eq!(
            quietly(|| quietly(|| -> u8 { panic!() }).is_none() && QUIET.get()),
            Some(true)
        );
        assert!(!QUIET.get());
    }
}
