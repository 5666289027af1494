//! Fingerprints: 88 bits that people compare by voice, as 8 words of the BIP-39 English list, and as 22 hex digits beside them.
//!
//! Rules of this file:
//! - a fingerprint names something public (a set's core, a ledger's head, this program); machines compare the full hash instead;
//! - it is stretched, since whoever wants a second core under the same words has years to search 88 bits;
//! - the list is pinned by its hash: another list would make every paper a liar;
//! - words are read in any case and any spacing, but there are exactly eight and each is of the list: nothing is guessed.

use crate::hex;
use crate::refusal::{Refusal, Rule};
use bip39::Language;
use sha2::Sha256;
use std::fmt;

/// What a fingerprint is of. Part of the derivation, so that the words of a set are never those of a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordsTag {
    /// The core of one epoch of a share set.
    Set,
    /// The head of a ledger chain.
    Head,
    /// The program file.
    Program,
    /// An invitation to contribute to a recovery.
    Invite,
}

impl WordsTag {
    fn label(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Head => "head",
            Self::Program => "program",
            Self::Invite => "invite",
        }
    }
}

/// 88 bits, shown as 8 words: `Display`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 11]);

/// Why something is not a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Not eight words.
    #[error("a fingerprint is 8 words, not {found}")]
    Count {
        /// How many there were.
        found: usize,
    },
    /// A word that is not of the list; the nearest one of the list is named where it is near enough to be meant.
    #[error("word {place}, {word}, is not of the list{}", .nearest.map_or(String::new(), |nearest| format!("; {nearest} is")))]
    Unknown {
        /// Which word, counted from 1.
        place: usize,
        /// The word, shortened, and escaped so that a terminal takes no order from it.
        word: String,
        /// The nearest word of the list.
        nearest: Option<&'static str>,
    },
}

impl WordsError {
    /// The rule that was broken.
    pub fn rule(&self) -> Rule {
        Rule::InputMalformed
    }
}

impl From<WordsError> for Refusal {
    fn from(error: WordsError) -> Self {
        Self::new(error.rule(), error.to_string())
    }
}

const SALT: &[u8] = b"strongroom/v1/words";
const ITERATIONS: u32 = 1 << 18;
const WORDS: usize = 8;
/// The longest word of the list has 8 letters; what is much longer is near to none.
const WORD_MAX: usize = 16;

/// The fingerprint of a SHA-256: the first 88 bits of PBKDF2-HMAC-SHA-256(tag ‖ hash, `strongroom/v1/words`, 2¹⁸) (RFC 8018).
pub fn words_of(tag: WordsTag, hash: &[u8; 32]) -> Fingerprint {
    let named = [tag.label().as_bytes(), hash].concat();
    Fingerprint(pbkdf2::pbkdf2_hmac_array::<Sha256, 11>(&named, SALT, ITERATIONS))
}

impl Fingerprint {
    /// The fingerprint with these bits.
    pub fn new(bits: [u8; 11]) -> Self {
        Self(bits)
    }

    /// The bits, most significant first.
    pub fn as_bytes(&self) -> &[u8; 11] {
        &self.0
    }

    /// The first 20 bits: what the later lines of a share repeat.
    pub fn mark(&self) -> u32 {
        u32::from_be_bytes([0, self.0[0], self.0[1], self.0[2]]) >> 4
    }

    /// The eight words, 11 bits each, most significant first.
    pub fn words(&self) -> [&'static str; WORDS] {
        let bits = self.0.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        std::array::from_fn(|i| Language::English.word_list()[(bits >> (77 - 11 * i) & 0x7ff) as usize])
    }

    /// Reads eight words: any case, between them any white space and `, ; . · - – — / |`.
    pub fn from_words(text: &str) -> Result<Self, WordsError> {
        let separates = |c: char| c.is_whitespace() || ",;.·-–—/|".contains(c);
        let words: Vec<&str> = text.split(separates).filter(|word| !word.is_empty()).collect();
        let mut bits = 0_u128;
        for (at, word) in words.iter().enumerate().take(WORDS) {
            let number = Language::English.find_word(&word.to_lowercase());
            bits = bits << 11 | u128::from(number.ok_or_else(|| unknown(at + 1, word))?);
        }
        if words.len() != WORDS {
            return Err(WordsError::Count { found: words.len() });
        }
        let mut fingerprint = [0; 11];
        fingerprint.copy_from_slice(&bits.to_be_bytes()[5..]);
        Ok(Self(fingerprint))
    }

    /// The 22 hex digits.
    pub fn hex(&self) -> String {
        hex::encode(&self.0)
    }

    /// The digits as paper shows them: `2e8f 9b7d a2d2 be6b 8019 59`.
    pub fn hex_grouped(&self) -> String {
        hex::grouped(&self.0)
    }

    /// Reads exactly 22 lower-case digits, the spelling of files.
    pub fn from_hex(text: &str) -> Option<Self> {
        hex::decode(text).map(Self)
    }
}

impl std::str::FromStr for Fingerprint {
    type Err = WordsError;

    fn from_str(text: &str) -> Result<Self, WordsError> {
        Self::from_words(text)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.words().join(" "))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

fn unknown(place: usize, word: &str) -> WordsError {
    let short: String = word.chars().take(WORD_MAX).collect();
    let nearest = nearest(&short.to_lowercase());
    WordsError::Unknown {
        place,
        word: short.escape_default().to_string(),
        nearest,
    }
}

fn nearest(word: &str) -> Option<&'static str> {
    let list = Language::English.word_list().iter();
    let (distance, nearest) = list
        .map(|known| (strsim::damerau_levenshtein(word, known), *known))
        .min_by_key(|(distance, _)| *distance)?;
    (distance <= 3 && distance < word.chars().count()).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest as _;

    /// The fingerprint of the mock-ups.
    const EXAMPLE: [u8; 11] = [0x2e, 0x8f, 0x9b, 0x7d, 0xa2, 0xd2, 0xbe, 0x6b, 0x80, 0x19, 0x59];

    #[test]
    fn the_word_list_is_the_one_that_is_on_paper() {
        let list = Language::English.word_list();
        let hash = hex::encode(&Sha256::digest(list.join("\n")));
        assert_eq!(hash, "187db04a869dd9bc7be80d21a86497d692c0db6abd3aa8cb6be5d618ff757fae");
    }

    #[test]
    fn the_words_of_a_hash_are_pinned() {
        assert_eq!(words_of(WordsTag::Set, &[0; 32]).hex(), "00ede4016c97386c7fb3df");
        assert_eq!(words_of(WordsTag::Head, &[0; 32]).hex(), "a159cbfde7118266daa0b9");
        assert_eq!(words_of(WordsTag::Program, &[0; 32]).hex(), "1b6b2797d397ebe110cff2");
    }

    #[test]
    fn words_carry_eleven_bits_each_most_significant_first() {
        assert_eq!(Fingerprint([0; 11]).words(), ["abandon"; 8]);
        assert_eq!(Fingerprint([0xff; 11]).words(), ["zoo"; 8]);
        let mut bits = [0; 11];
        bits[10] = 1;
        assert_eq!(Fingerprint(bits).words()[7], "ability");
        assert_eq!(Fingerprint(EXAMPLE).mark(), 0x2_e8f9);
    }

    #[test]
    fn words_and_digits_read_back() {
        for bits in [EXAMPLE, [0; 11], [0xff; 11], std::array::from_fn(|i| 23 * i as u8)] {
            let fingerprint = Fingerprint(bits);
            assert_eq!(Fingerprint::from_words(&fingerprint.to_string()), Ok(fingerprint));
            assert_eq!(Fingerprint::from_hex(&fingerprint.hex()), Some(fingerprint));
        }
        assert_eq!(Fingerprint(EXAMPLE).hex_grouped(), "2e8f 9b7d a2d2 be6b 8019 59");
    }

    #[test]
    fn words_are_read_in_any_case_and_spacing() {
        let fingerprint = Fingerprint(EXAMPLE);
        let words = fingerprint.words();
        let text = format!(
            "  {}-{}\u{a0}\r\n·{}. ",
            words[..3].join(", "),
            words[3].to_uppercase(),
            words[4..].join(";\t")
        );
        assert_eq!(Fingerprint::from_words(&text), Ok(fingerprint));
    }

    #[test]
    fn other_than_eight_words_are_refused() {
        for (text, found) in [
            ("", 0),
            ("zoo zoo zoo zoo zoo zoo zoo", 7),
            ("zoo zoo zoo zoo zoo zoo zoo zoo zoo", 9),
        ] {
            assert_eq!(Fingerprint::from_words(text), Err(WordsError::Count { found }));
        }
    }

    #[test]
    fn an_unknown_word_is_named_with_the_nearest_of_the_list() {
        let refused = Fingerprint::from_words("zoo zoo clinc zoo zoo zoo zoo zoo").map_err(|error| error.to_string());
        assert_eq!(refused, Err("word 3, clinc, is not of the list; clinic is".to_string()));
        let refused = Fingerprint::from_words("qqqqqqqqqq").map_err(|error| error.to_string());
        assert_eq!(refused, Err("word 1, qqqqqqqqqq, is not of the list".to_string()));
    }

    #[test]
    fn what_is_echoed_is_short_and_escaped() {
        let long = format!("\u{1b}[2J{}", "x".repeat(1000));
        let refused = Fingerprint::from_words(&long).map_err(|error| error.to_string());
        assert!(refused.is_err_and(|text| text.len() < 80 && text.contains("\\u{1b}")));
    }
}
