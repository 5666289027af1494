//! Bytes that are wiped, and never printed, cloned, compared or serialised.
//!
//! Rules of this file:
//! - no type here has `Debug`, `Display`, `Clone`, `PartialEq` or `Serialize`; `tests/secrecy.rs` fails to compile if one gains them;
//! - what they hold lies in locked memory, and what it was taken over from is wiped;
//! - a secret is built in place, so that no copy stays on the stack of its builder;
//! - it is read only inside `expose`, so that every place that reads one can be found by that word;
//! - it is wiped when it is dropped, on every path.

use strongroom_bedrock::locked::Locked;
use zeroize::Zeroizing;

/// `N` secret bytes, in locked memory, wiped on drop.
pub struct Secret<const N: usize>(Locked);

impl<const N: usize> Secret<N> {
    /// Builds the secret in place: `fill` is given the `N` zero bytes that it must overwrite.
    pub fn build(fill: impl FnOnce(&mut [u8; N])) -> Self {
        let mut secret = Self(Locked::zeroed(N));
        fill(secret.bytes());
        secret
    }

    /// As [`Secret::build`], for a `fill` that can fail; what it had written is wiped then.
    pub fn try_build<E>(fill: impl FnOnce(&mut [u8; N]) -> Result<(), E>) -> Result<Self, E> {
        let mut secret = Self(Locked::zeroed(N));
        fill(secret.bytes())?;
        Ok(secret)
    }

    /// Lends the bytes to `read`. Whatever `read` returns must not carry them further than they need to go.
    pub fn expose<R>(&self, read: impl FnOnce(&[u8; N]) -> R) -> R {
        read(self.0.first_chunk().expect("a secret has all of its bytes"))
    }

    fn bytes(&mut self) -> &mut [u8; N] {
        self.0.first_chunk_mut().expect("a secret has all of its bytes")
    }
}

/// Secret text: a password, a seed, the lines of a share. In locked memory, wiped on drop.
pub struct SecretText(Locked);

impl SecretText {
    /// Takes over `text`, which is wiped. A caller that grows a `String` first leaves copies to the allocator: reserve, or use
    /// [`SecretText::build`].
    pub fn new(text: String) -> Self {
        let text = Zeroizing::new(text);
        Self(Locked::copy_of(text.as_bytes()))
    }

    /// Builds the text in a buffer of `capacity` bytes that must suffice: a `String` that grows leaves its old bytes behind.
    pub fn build(capacity: usize, fill: impl FnOnce(&mut String)) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(capacity));
        fill(&mut text);
        debug_assert!(text.len() <= capacity, "the buffer of a secret was reallocated");
        Self(Locked::copy_of(text.as_bytes()))
    }

    /// Lends the text to `read`.
    pub fn expose<R>(&self, read: impl FnOnce(&str) -> R) -> R {
        read(std::str::from_utf8(&self.0).expect("secret text was text when it was taken over"))
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

/// Reads secret text out of JSON; there is no way back into it.
impl<'de> serde::Deserialize<'de> for SecretText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// Secret bytes of any length: a rendered page, a scan, an opened record. In locked memory as far as the system has it,
/// wiped on drop.
pub struct SecretBytes(Locked);

impl SecretBytes {
    /// Takes over `bytes`, which are wiped.
    pub fn new(bytes: Vec<u8>) -> Self {
        let bytes = Zeroizing::new(bytes);
        Self(Locked::copy_of(&bytes))
    }

    /// Builds `len` bytes in place, from zeros; what a `fill` that fails had written is wiped.
    pub fn try_build<E>(len: usize, fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut bytes = Locked::zeroed(len);
        fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// All that `more` gives, at most `limit` bytes, straight into locked memory; `expected` spares moving it. `more` fills the
    /// beginning of what it is lent, and says how much: 0 is the end.
    pub fn gather<E>(
        expected: usize,
        limit: usize,
        mut more: impl FnMut(&mut [u8]) -> Result<usize, E>,
    ) -> Result<Self, E> {
        let mut bytes = Locked::zeroed(expected.clamp(1, limit.max(1)));
        let mut len = 0;
        while len < limit {
            if len == bytes.len() {
                let mut larger = Locked::zeroed((2 * len).min(limit));
                larger[..len].copy_from_slice(&bytes);
                bytes = larger;
            }
            match more(&mut bytes[len..])? {
                0 => break,
                read => len += read,
            }
        }
        Ok(Self(Locked::copy_of(&bytes[..len])))
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
    pub fn into_text(self) -> Option<SecretText> {
        std::str::from_utf8(&self.0).is_ok().then_some(SecretText(self.0))
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
