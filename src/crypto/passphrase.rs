//! A share under its custodian's passphrase: the lock, the passphrase, and the digest that tells a wrong one from a wrong sheet.
//!
//! Rules of this file:
//! - K = Argon2id(passphrase, salt), 64 bytes (RFC 9106, version 0x13), at a price that is a number, never a parameter: a hostile
//!   sheet cannot ask for memory, nor for cheap guesses;
//! - the value is under ChaCha20-Poly1305 (RFC 8439) with K[..32], nonce 0 and the head of the share as associated data: K is
//!   never used twice, since every lock has a salt of its own;
//! - the blinder is masked with K[32..] and opens without a tag: the commitments judge it. The value opens without it;
//! - a passphrase has one spelling: printable ASCII, ends trimmed, runs of spaces made one, case kept;
//! - everything that comes out of the passphrase is wiped, the 256 MiB too: their last block gives K away.

use crate::entropy::{Entropy, Purpose};
use crate::hex;
use crate::refusal::{Refusal, Rule};
use crate::secret::{Secret, SecretText};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use bip39::Language;
use chacha20poly1305::aead::inout::InOutBuf;
use chacha20poly1305::{AeadInOut as _, ChaCha20Poly1305, Key, KeyInit as _, Nonce, Tag};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// The price of one guess. A number of three bits on paper; 0 there means that no lock exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockProfile {
    /// 1: Argon2id, 256 MiB, 3 passes, 1 lane.
    Argon2id256MiB,
}

impl LockProfile {
    /// The number on paper, 1 to 7.
    pub fn number(self) -> u8 {
        match self {
            Self::Argon2id256MiB => 1,
        }
    }

    /// The profile for a number, where this version knows one.
    pub fn from_number(number: u8) -> Option<Self> {
        (number == Self::Argon2id256MiB.number()).then_some(Self::Argon2id256MiB)
    }

    fn params(self, length: usize) -> Result<Params, LockError> {
        match self {
            Self::Argon2id256MiB => Params::new(256 * 1024, 3, 1, Some(length)).map_err(|_| LockError::Machine),
        }
    }
}

/// What stands on paper beside a locked value: which price, which salt, which tag. Not secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {
    /// The price of one guess.
    pub profile: LockProfile,
    /// 16 random bytes, of this lock alone.
    pub salt: [u8; 16],
    /// The tag of the locked value.
    pub tag: [u8; 16],
}

/// A locked share. What can be guessed at offline is no less wiped than what it hides.
pub struct Locked {
    /// The price, the salt, the tag.
    pub lock: Lock,
    /// The value as the cipher left it.
    pub value: Secret<32>,
    /// The blinder, masked.
    pub blinder: Secret<32>,
}

/// An opened share.
pub struct Opened {
    /// The value.
    pub value: Secret<32>,
    /// The blinder, where its line was at hand. No tag covers it.
    pub blinder: Option<Secret<32>>,
}

/// Why a lock was not made or did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// The tag does not fit: this passphrase, or this sheet, is another one.
    #[error("the passphrase does not open this share")]
    WrongPassphrase,
    /// The memory that the profile takes is not there.
    #[error("the machine does not give the 256 MiB that a passphrase takes")]
    Machine,
}

impl LockError {
    /// The rule that was broken.
    pub fn rule(self) -> Rule {
        match self {
            Self::WrongPassphrase => Rule::PassphraseWrong,
            Self::Machine => Rule::Internal,
        }
    }
}

impl From<LockError> for Refusal {
    fn from(error: LockError) -> Self {
        Self::new(error.rule(), error.to_string())
    }
}

/// Locks a value and its blinder. `aad` is the head of the share: whoever changes it makes the lock fail.
pub fn lock(
    profile: LockProfile,
    passphrase: &Passphrase,
    salt: [u8; 16],
    aad: &[u8],
    value: &Secret<32>,
    blinder: &Secret<32>,
) -> Result<Locked, LockError> {
    let keys = Keys::derive(profile, passphrase, &salt)?;
    let mut tag = Tag::default();
    let value = Secret::try_build(|out| {
        value.expose(|value| out.copy_from_slice(value));
        let sealed = keys
            .cipher()
            .encrypt_inout_detached(&Nonce::default(), aad, InOutBuf::from(&mut out[..]));
        tag = sealed.map_err(|_| LockError::Machine)?;
        Ok(())
    })?;
    let blinder = keys.masked(blinder);
    Ok(Locked {
        lock: Lock {
            profile,
            salt,
            tag: tag.into(),
        },
        value,
        blinder,
    })
}

/// Opens a locked value, and its blinder where that is at hand.
pub fn open(
    lock: &Lock,
    passphrase: &Passphrase,
    aad: &[u8],
    value: &Secret<32>,
    blinder: Option<&Secret<32>>,
) -> Result<Opened, LockError> {
    let keys = Keys::derive(lock.profile, passphrase, &lock.salt)?;
    let value = Secret::try_build(|out| {
        value.expose(|value| out.copy_from_slice(value));
        let (buffer, tag) = (InOutBuf::from(&mut out[..]), Tag::from(lock.tag));
        let opened = keys
            .cipher()
            .decrypt_inout_detached(&Nonce::default(), aad, buffer, &tag);
        opened.map_err(|_| LockError::WrongPassphrase)
    })?;
    Ok(Opened {
        value,
        blinder: blinder.map(|blinder| keys.masked(blinder)),
    })
}

/// A passphrase in its one spelling.
pub struct Passphrase(SecretText);

/// Why something is not a passphrase. Never says which character, nor where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseError {
    /// Nothing but spaces.
    #[error("a passphrase has at least one character")]
    Empty,
    /// Longer than anybody types.
    #[error("a passphrase has at most 256 characters")]
    TooLong,
    /// A character that another keyboard, or another year, may spell otherwise.
    #[error("a passphrase is made of the letters, digits, signs and spaces of ASCII")]
    Character,
}

impl PassphraseError {
    /// The rule that was broken.
    pub fn rule(self) -> Rule {
        Rule::InputMalformed
    }
}

impl From<PassphraseError> for Refusal {
    fn from(error: PassphraseError) -> Self {
        Self::new(error.rule(), error.to_string())
    }
}

impl Passphrase {
    /// The passphrase that was typed: printable ASCII, ends trimmed, runs of spaces made one.
    pub fn read(text: &str) -> Result<Self, PassphraseError> {
        let text = text.trim_matches(' ');
        if text.is_empty() {
            return Err(PassphraseError::Empty);
        }
        if text.len() > TYPED_MAX {
            return Err(PassphraseError::TooLong);
        }
        if !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            return Err(PassphraseError::Character);
        }
        let spelled = SecretText::build(text.len(), |spelled| {
            for word in text.split(' ').filter(|word| !word.is_empty()) {
                if !spelled.is_empty() {
                    spelled.push(' ');
                }
                spelled.push_str(word);
            }
        });
        if spelled.len() > PASSPHRASE_MAX {
            return Err(PassphraseError::TooLong);
        }
        Ok(Self(spelled))
    }

    /// Seven words of the BIP-39 English list: the first 77 bits of a draw, 11 each, most significant first.
    pub fn generate(entropy: &mut Entropy<'_>) -> Result<Self, Refusal> {
        let bits: Secret<10> = entropy.bytes(Purpose::Passphrase)?;
        Ok(Self(SecretText::build(PASSPHRASE_MAX, |text| {
            bits.expose(|bytes| {
                let bits = bytes.iter().fold(Zeroizing::new(0_u128), |mut bits, byte| {
                    *bits = *bits << 8 | u128::from(*byte);
                    bits
                });
                for i in 0..WORDS {
                    let number = *bits >> (80 - 11 * (i + 1)) & 0x7ff;
                    text.push_str(if i == 0 { "" } else { " " });
                    text.push_str(Language::English.word_list()[number as usize]);
                }
            });
        })))
    }

    /// Lends the text to `read`.
    pub fn expose<R>(&self, read: impl FnOnce(&str) -> R) -> R {
        self.0.expose(read)
    }
}

/// SHA-256(`strongroom/v1/lock` ‖ the lines A, B, C in capitals, without prefix, joined by `/`): which sheet was printed.
///
/// Of an open share no digest exists anywhere: it would let a share be tried against the ledger.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LockDigest([u8; 32]);

impl LockDigest {
    /// The digest of a locked share's lines, as they are defined above.
    pub fn of(lines: &str) -> Self {
        let hash = Sha256::new().chain_update(b"strongroom/v1/lock").chain_update(lines);
        Self(hash.finalize().into())
    }

    /// The digest as it stands in the ledger, or nothing where that is not 64 lower-case digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        hex::decode(text).map(Self)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl TryFrom<String> for LockDigest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        Self::from_hex(&text).ok_or("a lock digest is 64 lower-case hexadecimal digits")
    }
}

impl From<LockDigest> for String {
    fn from(digest: LockDigest) -> Self {
        digest.to_string()
    }
}

impl fmt::Display for LockDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hex::encode(&self.0))
    }
}

impl fmt::Debug for LockDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The bytes of K.
const KEY: usize = 64;
const PASSPHRASE_MAX: usize = 256;
/// As it was typed, with runs of spaces that become one.
const TYPED_MAX: usize = 4096;
const WORDS: usize = 7;

struct Keys(Secret<KEY>);

/// Argon2id of a text, at the price of `profile`: `N` bytes. Its memory is wiped.
pub(super) fn stretched<const N: usize>(
    profile: LockProfile,
    text: &str,
    salt: &[u8; 16],
) -> Result<Secret<N>, LockError> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, profile.params(N)?);
    // Argon2 would take this memory itself, and give it back unwiped.
    let mut memory: Zeroizing<Vec<Block>> = Zeroizing::default();
    let blocks = argon2.params().block_count();
    memory.try_reserve_exact(blocks).map_err(|_| LockError::Machine)?;
    memory.resize(blocks, Block::new());
    Secret::try_build(|out| argon2.hash_password_into_with_memory(text.as_bytes(), salt, out, memory.as_mut_slice()))
        .map_err(|_| LockError::Machine)
}

impl Keys {
    fn derive(profile: LockProfile, passphrase: &Passphrase, salt: &[u8; 16]) -> Result<Self, LockError> {
        passphrase.expose(|text| stretched(profile, text, salt)).map(Self)
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        self.0.expose(|keys| {
            let mut key = Zeroizing::new([0; 32]);
            key.copy_from_slice(&keys[..32]);
            ChaCha20Poly1305::new(<&Key>::from(&*key))
        })
    }

    fn masked(&self, blinder: &Secret<32>) -> Secret<32> {
        Secret::build(|out| {
            self.0.expose(|keys| {
                blinder.expose(|blinder| {
                    for (byte, (blinder, mask)) in out.iter_mut().zip(blinder.iter().zip(&keys[32..])) {
                        *byte = blinder ^ mask;
                    }
                });
            });
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AAD: &[u8] = b"SR1 and fifteen by";
    const SALT: [u8; 16] = *b"sixteen of bytes";

    fn secret(bytes: [u8; 32]) -> Secret<32> {
        Secret::build(|out| *out = bytes)
    }

    fn phrase(text: &str) -> Passphrase {
        Passphrase::read(text).expect("a passphrase")
    }

    fn example() -> Locked {
        let profile = LockProfile::Argon2id256MiB;
        lock(
            profile,
            &phrase("correct horse"),
            SALT,
            AAD,
            &secret([1; 32]),
            &secret([2; 32]),
        )
        .expect("memory")
    }

    #[test]
    fn a_lock_is_the_one_that_another_implementation_makes() {
        let locked = example();
        assert_eq!(
            locked.value.expose(|bytes| hex::encode(bytes)),
            "520a9c55a259bb98fe994d69154e04e5e00b87419b9cf23fba6a19bf2adf3672"
        );
        assert_eq!(hex::encode(&locked.lock.tag), "2fe28845ddff9ebb84f1395f5bfd4917");
        assert_eq!(
            locked.blinder.expose(|bytes| hex::encode(bytes)),
            "f41a523ffb8a4ce0f46036556f37ed1442f02b8c9521cd96b6ce551fe4e0dda1"
        );
    }

    #[test]
    fn a_lock_opens_to_its_passphrase_with_and_without_the_blinder() {
        let locked = example();
        let passphrase = phrase("  correct   horse ");
        let opened = open(&locked.lock, &passphrase, AAD, &locked.value, Some(&locked.blinder));
        assert!(opened.is_ok_and(|opened| {
            opened.value.expose(|bytes| *bytes == [1; 32])
                && opened
                    .blinder
                    .is_some_and(|blinder| blinder.expose(|bytes| *bytes == [2; 32]))
        }));
        let alone = open(&locked.lock, &passphrase, AAD, &locked.value, None);
        assert!(alone.is_ok_and(|opened| opened.blinder.is_none() && opened.value.expose(|bytes| *bytes == [1; 32])));
    }

    #[test]
    fn another_passphrase_head_salt_tag_or_value_does_not_open() {
        let locked = example();
        let whole = locked.lock;
        let refused = |lock: Lock, text: &str, aad: &[u8], value: &Secret<32>| {
            open(&lock, &phrase(text), aad, value, None).is_err_and(|error| error == LockError::WrongPassphrase)
        };
        assert!(refused(whole, "Correct horse", AAD, &locked.value));
        assert!(refused(whole, "correct horse", b"ZZ1 and fifteen by", &locked.value));
        assert!(refused(
            Lock { salt: [0; 16], ..whole },
            "correct horse",
            AAD,
            &locked.value
        ));
        assert!(refused(
            Lock { tag: [0; 16], ..whole },
            "correct horse",
            AAD,
            &locked.value
        ));
        assert!(refused(whole, "correct horse", AAD, &secret([0; 32])));
    }

    #[test]
    fn a_passphrase_has_one_spelling() {
        for text in ["a b", " a b", "a  b", "   a    b   "] {
            assert!(phrase(text).expose(|spelled| spelled == "a b"), "{text:?}");
        }
        let long = "a".repeat(257);
        for (text, error) in [
            ("", PassphraseError::Empty),
            ("   ", PassphraseError::Empty),
            (&long, PassphraseError::TooLong),
            ("a\tb", PassphraseError::Character),
            ("naïve", PassphraseError::Character),
            ("a\u{a0}b", PassphraseError::Character),
        ] {
            assert!(Passphrase::read(text).is_err_and(|found| found == error), "{text:?}");
        }
        assert!(Passphrase::read(&long[1..]).is_ok());
    }

    #[test]
    fn a_generated_passphrase_is_seven_words_of_the_list_in_its_one_spelling() {
        let mut system = crate::entropy::System;
        let mut entropy = Entropy::new(&mut system);
        let (first, second) = (Passphrase::generate(&mut entropy), Passphrase::generate(&mut entropy));
        let (Ok(first), Ok(second)) = (first, second) else {
            panic!("the system gives randomness")
        };
        first.expose(|text| {
            assert_eq!(text.split(' ').count(), 7);
            assert!(text.split(' ').all(|word| Language::English.find_word(word).is_some()));
            assert!(phrase(text).expose(|spelled| spelled == text));
            assert!(second.expose(|other| other != text));
        });
    }

    #[test]
    fn only_profile_1_exists() {
        let known: Vec<u8> = (0..=255)
            .filter(|number| LockProfile::from_number(*number).is_some())
            .collect();
        assert_eq!(known, [LockProfile::Argon2id256MiB.number()]);
    }

    #[test]
    fn a_digest_of_lines_is_pinned_and_reads_back() {
        let digest = LockDigest::of("QQ/PP/ZZ");
        assert_eq!(
            digest.to_string(),
            "6fb0e64656e4342280a39791c2d2769aedadc7a9a6ca001e18dc15bf13f5f0bd"
        );
        assert_eq!(LockDigest::from_hex(&digest.to_string()), Some(digest));
        assert_ne!(LockDigest::of("QQ/PP/Z"), digest);
    }
}
