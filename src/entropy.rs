//! Randomness as an argument: the system's, with a human's dice mixed into every draw.
//!
//! Rules of this file:
//! - every draw is HKDF-SHA-512 (RFC 5869) with salt = 64 fresh bytes of the system, ikm = the dice or nothing,
//!   info = `strongroom/v1/entropy/` ‖ purpose ‖ `/` ‖ counter (8 bytes, big-endian): dice add to the system, they never replace it;
//! - a system that gives the same 64 bytes twice in one run is stuck, and refused; so is one that gives one byte repeated; what two
//!   runs would make alike is set apart by the head of the ledger, or refused by `vault`;
//! - nothing draws from a generator of its own: what is dealt tomorrow cannot be computed from what was drawn today.

use crate::refusal::{Refusal, Rule};
use crate::secret::Secret;
use hkdf::Hkdf;
use sha2::{Digest, Sha256, Sha512};
use zeroize::Zeroizing;

/// What a draw is for. Part of the derivation, so that no draw can serve two purposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The secret scalar of a share set, its blinder, and every coefficient.
    Dealing,
    /// A generated password.
    Password,
    /// The seven words of a passphrase lock.
    Passphrase,
    /// The salt of a passphrase lock.
    Salt,
    /// The serial of an envelope.
    Serial,
    /// The id of a vault.
    VaultId,
    /// The nonce of a closing entry.
    Closing,
    /// The tint of a share sheet. Secret: a tint that can be computed can be subtracted.
    Tint,
    /// A throwaway MFA seed of a rehearsal.
    RehearsalSeed,
    /// Which groups of a page are typed to prove it.
    Groups,
    /// The words of an access notice.
    Notice,
    /// The identity of one session of a recovery.
    Session,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::Dealing => "dealing",
            Self::Password => "password",
            Self::Passphrase => "passphrase",
            Self::Salt => "salt",
            Self::Serial => "serial",
            Self::VaultId => "vault-id",
            Self::Closing => "closing",
            Self::Tint => "tint",
            Self::RehearsalSeed => "rehearsal-seed",
            Self::Groups => "groups",
            Self::Notice => "notice",
            Self::Session => "session",
        }
    }
}

/// Where the raw bytes come from: the system in the program, a seeded stream in tests.
pub trait Source {
    /// Fills `out` with fresh bytes, or says why it cannot.
    fn fill(&mut self, out: &mut [u8]) -> Result<(), String>;
}

/// The system's generator, asked anew for every draw.
pub struct System;

impl Source for System {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), String> {
        getrandom::fill(out).map_err(|fault| fault.to_string())
    }
}

/// The one way to randomness: draws of 64 secret bytes, each under its purpose.
pub struct Entropy<'a> {
    source: &'a mut dyn Source,
    dice: Zeroizing<Vec<u8>>,
    drawn: u64,
    /// Hashes of the raw draws of this run, to notice a stuck source without keeping what it gave.
    seen: std::collections::BTreeSet<[u8; 32]>,
}

impl<'a> Entropy<'a> {
    /// Draws from `source` alone.
    pub fn new(source: &'a mut dyn Source) -> Self {
        Self::with_dice(source, Vec::new())
    }

    /// Draws from `source` with `dice` mixed in. The dice are wiped with this value.
    pub fn with_dice(source: &'a mut dyn Source, dice: Vec<u8>) -> Self {
        Self {
            source,
            dice: Zeroizing::new(dice),
            drawn: 0,
            seen: std::collections::BTreeSet::new(),
        }
    }

    /// Mixes `dice` into every draw from here on, beside what was mixed in before. What is no secret sets runs apart as well.
    pub fn mix(&mut self, dice: &[u8]) {
        let mut all = Zeroizing::new(Vec::with_capacity(self.dice.len() + dice.len()));
        all.extend_from_slice(&self.dice);
        all.extend_from_slice(dice);
        self.dice = all;
    }

    /// 64 secret bytes, uniform.
    pub fn draw(&mut self, purpose: Purpose) -> Result<Secret<64>, Refusal> {
        let fresh = Secret::<64>::try_build(|bytes| {
            self.source.fill(bytes).map_err(|fault| {
                Refusal::new(Rule::EntropyFailed, format!("the system gave no randomness: {fault}"))
                    .hint("restart the machine; nothing was dealt or written")
            })
        })?;
        self.refuse_a_stuck_source(&fresh)?;
        self.drawn += 1;
        let info = [
            b"strongroom/v1/entropy/",
            purpose.label().as_bytes(),
            b"/",
            &self.drawn.to_be_bytes(),
        ]
        .concat();
        Ok(Secret::build(|out| {
            fresh.expose(|salt| {
                let expanded = Hkdf::<Sha512>::new(Some(salt), &self.dice).expand(&info, out);
                debug_assert!(expanded.is_ok(), "64 bytes are one block of HKDF-SHA-512");
            });
        }))
    }

    /// The first `N` bytes of a draw, `N` at most 64.
    pub fn bytes<const N: usize>(&mut self, purpose: Purpose) -> Result<Secret<N>, Refusal> {
        const { assert!(N <= 64) };
        let draw = self.draw(purpose)?;
        Ok(Secret::build(|out| {
            draw.expose(|bytes| out.copy_from_slice(&bytes[..N]));
        }))
    }

    fn refuse_a_stuck_source(&mut self, fresh: &Secret<64>) -> Result<(), Refusal> {
        let stuck = fresh.expose(|bytes| {
            let one_byte = bytes.iter().fold(0, |other, byte| other | (byte ^ bytes[0])) == 0;
            let repeated = !self.seen.insert(Sha256::digest(bytes).into());
            one_byte || repeated
        });
        if !stuck {
            return Ok(());
        }
        Err(
            Refusal::new(Rule::EntropyStuck, "the system's randomness repeats itself".to_string())
                .hint("do not use this machine: nothing was dealt or written"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Script(Vec<[u8; 64]>);

    impl Source for Script {
        fn fill(&mut self, out: &mut [u8]) -> Result<(), String> {
            out.copy_from_slice(&self.0.pop().ok_or("nothing left")?[..out.len()]);
            Ok(())
        }
    }

    fn numbered(n: u8) -> [u8; 64] {
        std::array::from_fn(|i| n.wrapping_add(i as u8))
    }

    fn draws(source: Vec<[u8; 64]>, dice: &[u8], purpose: Purpose) -> Vec<Vec<u8>> {
        let mut source = Script(source);
        let mut entropy = Entropy::with_dice(&mut source, dice.to_vec());
        let mut all = Vec::new();
        while let Ok(draw) = entropy.draw(purpose) {
            all.push(draw.expose(|bytes| bytes.to_vec()));
        }
        all
    }

    #[test]
    fn a_source_that_repeats_itself_is_refused() {
        let mut source = Script(vec![numbered(1), numbered(1)]);
        let mut entropy = Entropy::new(&mut source);
        assert!(entropy.draw(Purpose::Dealing).is_ok());
        assert!(
            entropy
                .draw(Purpose::Password)
                .is_err_and(|refusal| refusal.rule() == Rule::EntropyStuck)
        );
    }

    #[test]
    fn a_source_that_gives_one_byte_for_ever_is_refused_at_once() {
        let mut source = Script(vec![[0; 64]]);
        assert!(
            Entropy::new(&mut source)
                .draw(Purpose::Dealing)
                .is_err_and(|refusal| refusal.rule() == Rule::EntropyStuck)
        );
    }

    #[test]
    fn a_source_that_fails_is_refused_as_the_machines_fault() {
        let mut source = Script(vec![]);
        assert!(
            Entropy::new(&mut source)
                .draw(Purpose::Dealing)
                .is_err_and(|refusal| refusal.rule() == Rule::EntropyFailed)
        );
    }

    #[test]
    fn the_system_the_dice_and_the_purpose_each_change_the_draw() {
        let plain = draws(vec![numbered(1)], b"", Purpose::Dealing);
        assert_eq!(plain, draws(vec![numbered(1)], b"", Purpose::Dealing));
        assert_ne!(plain, draws(vec![numbered(2)], b"", Purpose::Dealing));
        assert_ne!(plain, draws(vec![numbered(1)], b"62515", Purpose::Dealing));
        assert_ne!(plain, draws(vec![numbered(1)], b"", Purpose::Password));
    }
}
