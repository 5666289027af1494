//! The words of an access notice: what one side says, so that the other knows it for the one that was expected.
//!
//! digest = Argon2id(`strongroom/v1/notice/` ‖ words, salt vault id), profile 1 of the passphrase lock, 32 bytes
//!
//! Rules of this file:
//! - five words of the BIP-39 English list, 55 bits; the first of them also stands on the other side's sheet, for whoever has no
//!   computer at hand, so 44 bits are left to guess at for whoever stole that sheet;
//! - the ledger keeps digests alone, and a guess at one costs what a guess at a passphrase costs;
//! - all notices of a vault have one salt: one stretching answers for every notice that there is;
//! - words are read in any case and any spacing; nothing is guessed.

use super::passphrase::{LockProfile, stretched};
use crate::entropy::{Entropy, Purpose};
use crate::ident::VaultId;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use bip39::Language;

/// The words of one half of a notice.
pub const WORDS: usize = 5;

const LABEL: &str = "strongroom/v1/notice/";
/// The longest word of the list has 8 letters.
const TEXT_MAX: usize = LABEL.len() + WORDS * 9;

/// One half of a notice: what is said by the side that has it on paper. Secret until it is said.
pub struct NoticeWords(SecretText);

impl NoticeWords {
    /// Five words: the first 55 bits of a draw, 11 each, most significant first.
    pub fn generate(entropy: &mut Entropy<'_>) -> Result<Self, Refusal> {
        let drawn = entropy.bytes::<7>(Purpose::Notice)?;
        let bits = drawn.expose(|bytes| bytes.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte)));
        let word = |at: usize| Language::English.word_list()[(bits >> (56 - 11 * (at + 1)) & 0x7ff) as usize];
        Ok(Self::of((0..WORDS).map(word)))
    }

    /// Reads what was said: five words of the list, in any case, between them white space or signs.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        let unknown = words
            .iter()
            .position(|word| Language::English.find_word(word).is_none());
        if let Some(at) = unknown {
            return Err(Refusal::new(
                Rule::InputMalformed,
                format!("word {} of the phrase is not of the list", at + 1),
            )
            .hint("ask for it again, letter by letter"));
        }
        if words.len() != WORDS {
            return Err(Refusal::new(
                Rule::InputMalformed,
                format!("the phrase of a notice is {WORDS} words, not {}", words.len()),
            ));
        }
        Ok(Self::of(words.iter().map(String::as_str)))
    }

    fn of<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        Self(SecretText::build(TEXT_MAX, |text| {
            for word in words {
                text.push_str(if text.is_empty() { "" } else { " " });
                text.push_str(word);
            }
        }))
    }

    /// Lends the words, one space between.
    pub fn expose<R>(&self, read: impl FnOnce(&str) -> R) -> R {
        self.0.expose(read)
    }

    /// The words, for the two sheets alone.
    pub fn words(&self) -> [&'static str; WORDS] {
        let list = Language::English.word_list();
        self.expose(|text| {
            let mut words = text.split(' ').filter_map(|word| Language::English.find_word(word));
            std::array::from_fn(|_| words.next().map_or("", |number| list[usize::from(number)]))
        })
    }

    /// What the ledger of `vault` keeps of them. It takes most of a second.
    pub fn digest(&self, vault: VaultId) -> Result<[u8; 32], Refusal> {
        let labelled = self.expose(|words| {
            SecretText::build(TEXT_MAX, |text| {
                text.push_str(LABEL);
                text.push_str(words);
            })
        });
        let digest = labelled.expose(|text| stretched::<32>(LockProfile::Argon2id256MiB, text, vault.as_bytes()))?;
        Ok(digest.expose(|bytes| *bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::System;
    use crate::ident::Mode;

    #[test]
    fn words_are_five_of_the_list_and_read_back_however_they_are_spelt() {
        let words = NoticeWords::generate(&mut Entropy::new(&mut System)).ok().unwrap();
        let text = words.expose(str::to_string);
        assert_eq!(text.split(' ').count(), WORDS);
        for spelt in [text.to_uppercase(), text.replace(' ', " - "), format!("  {text}.\n")] {
            assert_eq!(NoticeWords::read(&spelt).ok().unwrap().expose(str::to_string), text);
        }
    }

    #[test]
    fn what_is_no_phrase_is_refused_and_not_repeated() {
        for text in [
            "",
            "abandon",
            "abandon abandon abandon abandon abandon abandon",
            "abandon abandon strongroom abandon abandon",
        ] {
            let refusal = NoticeWords::read(text).err().unwrap();
            assert_eq!(refusal.rule(), Rule::InputMalformed);
            assert!(!refusal.to_string().contains("strongroom"), "{refusal}");
        }
    }

    #[test]
    fn a_digest_is_of_these_words_in_this_vault() {
        let [one, two] = [1, 2].map(|byte| VaultId::new(Mode::Rehearsal, [byte; 15]));
        let words = NoticeWords::read("abandon ability able about above").ok().unwrap();
        let other = NoticeWords::read("abandon ability able about absent").ok().unwrap();
        let digest = words.digest(one).ok().unwrap();
        assert_eq!(words.digest(one).ok(), Some(digest));
        assert_ne!(words.digest(two).ok(), Some(digest));
        assert_ne!(other.digest(one).ok(), Some(digest));
    }
}
