//! Long passwords, unbiased.
//!
//! Rules of this file:
//! - every character is drawn by rejection sampling, so that none is likelier than another;
//! - the alphabet has no look-alikes (0 O o, 1 l I, |), since a password may be typed from a screen at night;
//! - at least one character of each class, by drawing the whole password again: placing one would bias its place;
//! - AWS's rules for a root password hold: 8 to 128 characters, the symbols it accepts, never the account's name or email.

use crate::entropy::{Entropy, Purpose};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;

/// The classes of which a password has at least one character each.
pub const CLASSES: [&[u8]; 4] = [
    b"ABCDEFGHJKLMNPQRSTUVWXYZ",
    b"abcdefghijkmnpqrstuvwxyz",
    b"23456789",
    b"!@#$%^&*()<>[]{}_+-=",
];

/// How long a generated password is: 8 to 128 characters, 64 unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Length(u8);

impl Length {
    /// The length that is used unless another is asked for.
    pub const DEFAULT: Self = Self(64);

    /// A length of 16 to 128: the provider would take 8, but nobody has to remember this password.
    pub fn new(characters: u8) -> Option<Self> {
        (16..=128).contains(&characters).then_some(Self(characters))
    }

    /// In characters.
    pub fn get(self) -> u8 {
        self.0
    }

    /// The entropy of such a password in bits, rounded down; the condition on the classes costs less than one bit.
    pub fn entropy_bits(self) -> u32 {
        (f64::from(self.0) * (alphabet().len() as f64).log2()).floor() as u32
    }
}

impl Default for Length {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl std::str::FromStr for Length {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse()
            .ok()
            .and_then(Self::new)
            .ok_or_else(|| "a password has 16 to 128 characters".to_string())
    }
}

/// A fresh password that contains none of `forbidden` (the account's name, its email), in either case.
pub fn generate(length: Length, forbidden: &[&str], entropy: &mut Entropy<'_>) -> Result<SecretText, Refusal> {
    // Each try fails with a probability below 1 in 100; so many failures in a row are no accident.
    for _ in 0..64 {
        let password = draw(length, entropy)?;
        if password.expose(|text| has_every_class(text) && !contains_any(text, forbidden)) {
            return Ok(password);
        }
    }
    Err(
        Refusal::new(Rule::EntropyStuck, "64 passwords in a row lacked a class of characters")
            .hint("do not use this machine: nothing was locked or written"),
    )
}

fn draw(length: Length, entropy: &mut Entropy<'_>) -> Result<SecretText, Refusal> {
    let alphabet = alphabet();
    // The largest multiple of the alphabet in a byte; what is above it would favour the first characters.
    let limit = 256 - 256 % alphabet.len();
    let wanted = usize::from(length.get());
    let mut refused = None;
    let password = SecretText::build(wanted, |text| {
        while text.len() < wanted && refused.is_none() {
            match entropy.draw(Purpose::Password) {
                Ok(bytes) => bytes.expose(|bytes| {
                    let fair = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < limit);
                    text.extend(
                        fair.take(wanted - text.len())
                            .map(|byte| char::from(alphabet[byte % alphabet.len()])),
                    );
                }),
                Err(refusal) => refused = Some(refusal),
            }
        }
    });
    refused.map_or(Ok(password), Err)
}

fn alphabet() -> Vec<u8> {
    CLASSES.concat()
}

fn has_every_class(text: &str) -> bool {
    CLASSES
        .iter()
        .all(|class| text.bytes().any(|byte| class.contains(&byte)))
}

fn contains_any(text: &str, forbidden: &[&str]) -> bool {
    let text = zeroize::Zeroizing::new(text.to_lowercase());
    forbidden
        .iter()
        .filter(|word| !word.is_empty())
        .any(|word| text.contains(&word.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::System;

    fn many(count: usize) -> Vec<String> {
        let mut system = System;
        let mut entropy = Entropy::new(&mut system);
        (0..count)
            .map(|_| {
                generate(Length::DEFAULT, &[], &mut entropy)
                    .ok()
                    .unwrap()
                    .expose(str::to_string)
            })
            .collect()
    }

    #[test]
    fn a_password_has_its_length_every_class_and_no_look_alike() {
        for password in many(200) {
            assert_eq!(password.len(), 64);
            assert!(has_every_class(&password));
            assert!(!password.contains(['0', 'O', 'o', '1', 'l', 'I', '|']));
        }
    }

    #[test]
    fn a_short_password_has_every_class_too() {
        // One draw in six of 16 characters lacks a digit.
        let mut system = System;
        let mut entropy = Entropy::new(&mut system);
        for _ in 0..2000 {
            let password = generate(Length::new(16).unwrap(), &[], &mut entropy).ok().unwrap();
            assert!(password.expose(|text| text.len() == 16 && has_every_class(text)));
        }
    }

    #[test]
    fn every_symbol_is_one_that_the_provider_accepts() {
        let accepted = "!@#$%^&*()<>[]{}|_+-=";
        assert!(CLASSES[3].iter().all(|symbol| accepted.contains(char::from(*symbol))));
    }

    #[test]
    fn no_two_passwords_are_equal() {
        let passwords = many(500);
        let distinct: std::collections::HashSet<_> = passwords.iter().collect();
        assert_eq!(distinct.len(), passwords.len());
    }

    #[test]
    fn characters_are_uniform() {
        // 320,000 characters over 76: 75 degrees of freedom, and 137 is passed by chance once in 100,000 runs.
        let alphabet = alphabet();
        let mut counts = vec![0_f64; alphabet.len()];
        for password in many(5000) {
            for byte in password.bytes() {
                counts[alphabet.iter().position(|b| *b == byte).unwrap()] += 1.0;
            }
        }
        let expected = 5000.0 * 64.0 / alphabet.len() as f64;
        let chi2: f64 = counts.iter().map(|count| (count - expected).powi(2) / expected).sum();
        assert!(chi2 < 137.0, "chi-square {chi2}");
    }

    #[test]
    fn the_name_of_the_account_is_never_in_its_password() {
        assert!(contains_any("xxLog-Archivexx", &["log-archive"]));
        assert!(!contains_any("xx", &[""]));
    }

    #[test]
    fn the_entropy_is_stated() {
        assert_eq!(Length::DEFAULT.entropy_bits(), 399);
        assert!(Length::new(15).is_none() && Length::new(129).is_none());
    }
}
