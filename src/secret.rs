//! Bytes that are wiped, and never printed, cloned, compared or serialised.
//!
//! Rules of this file:
//! - no type here has `Debug`, `Display`, `Clone`, `PartialEq` or `Serialize`; `tests/secrecy.rs` fails to compile if one gains them;
//! - a secret is built in place, so that no copy stays on the stack of its builder;
//! - it is read only inside `expose`, so that every place that reads one can be found by that word;
//! - it is wiped when it is dropped, on every path.

use zeroize::{Zeroize, Zeroizing};

/// `N` secret bytes, on the heap, wiped on drop.
pub struct Secret<const N: usize>(Box<Zeroizing<[u8; N]>>);

impl<const N: usize> Secret<N> {
    /// Builds the secret in place: `fill` is given the `N` zero bytes that it must overwrite.
    pub fn build(fill: impl FnOnce(&mut [u8; N])) -> Self {
        let mut secret = Self(Box::new(Zeroizing::new([0; N])));
        fill(&mut secret.0);
        secret
    }

    /// As [`Secret::build`], for a `fill` that can fail; what it had written is wiped then.
    pub fn try_build<E>(fill: impl FnOnce(&mut [u8; N]) -> Result<(), E>) -> Result<Self, E> {
        let mut secret = Self(Box::new(Zeroizing::new([0; N])));
        fill(&mut secret.0)?;
        Ok(secret)
    }

    /// Lends the bytes to `read`. Whatever `read` returns must not carry them further than they need to go.
    pub fn expose<R>(&self, read: impl FnOnce(&[u8; N]) -> R) -> R {
        read(&self.0)
    }
}

/// Secret text: a password, a seed, the lines of a share. Wiped on drop.
pub struct SecretText(Zeroizing<String>);

impl SecretText {
    /// Takes over `text`. A caller that grows a `String` first leaves copies behind: reserve, or use [`SecretText::build`].
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Builds the text in a buffer of `capacity` bytes that must suffice: a `String` that grows leaves its old bytes behind.
    pub fn build(capacity: usize, fill: impl FnOnce(&mut String)) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(capacity));
        fill(&mut text);
        debug_assert!(text.len() <= capacity, "the buffer of a secret was reallocated");
        Self(text)
    }

    /// Lends the text to `read`.
    pub fn expose<R>(&self, read: impl FnOnce(&str) -> R) -> R {
        read(&self.0)
    }

    /// The length in bytes, which is not secret.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Secret bytes of any length: a rendered page, a scan, an opened record. Wiped on drop.
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes over `bytes`.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Lends the bytes to `read`.
    pub fn expose<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        read(&self.0)
    }

    /// The length in bytes, which is not secret.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same bytes as text, or `None` (and the bytes wiped) where they are not UTF-8.
    pub fn into_text(mut self) -> Option<SecretText> {
        match String::from_utf8(std::mem::take(&mut *self.0)) {
            Ok(text) => Some(SecretText::new(text)),
            Err(refused) => {
                refused.into_bytes().zeroize();
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_lends_what_it_was_built_with() {
        let secret = Secret::<4>::build(|bytes| bytes.copy_from_slice(b"abcd"));
        assert!(secret.expose(|bytes| bytes == b"abcd"));
    }

    #[test]
    fn a_build_that_fails_gives_its_reason_and_no_secret() {
        assert!(
            Secret::<4>::try_build(|_| Err::<(), _>("no randomness")).is_err_and(|reason| reason == "no randomness")
        );
    }

    #[test]
    fn bytes_that_are_no_text_do_not_become_text() {
        assert!(SecretBytes::new(vec![0xff, 0xfe]).into_text().is_none());
        assert!(
            SecretBytes::new(b"text".to_vec())
                .into_text()
                .is_some_and(|text| text.expose(|t| t == "text"))
        );
    }
}
