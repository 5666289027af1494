//! Secret symbols: five bits each, in the alphabet of bech32 (BIP-173), and bytes packed into them.
//!
//! Rules of this file:
//! - a value in [`Symbols`] is always below 32, so nothing above has to ask again;
//! - the buffer has its full size before the first symbol enters: one that grew would leave a copy behind;
//! - no `Debug`, no `Clone`, no comparison; wiped on drop;
//! - bits are packed most significant first, and never padded in silence: whoever packs knows the sum.

use crate::ident::ALPHABET;
use crate::secret::SecretText;
use zeroize::Zeroizing;

/// A run of symbols that must not be seen. Wiped on drop.
pub struct Symbols(Zeroizing<Vec<u8>>);

impl Symbols {
    /// Room for `capacity` symbols.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(capacity)))
    }

    /// The values, as many as their iterator promises; what lies above five bits is cut off.
    pub fn of(values: impl ExactSizeIterator<Item = u8>) -> Self {
        let mut symbols = Self::with_capacity(values.len());
        for value in values {
            symbols.push(value);
        }
        symbols
    }

    /// Adds one symbol; what lies above its five bits is cut off.
    pub fn push(&mut self, symbol: u8) {
        debug_assert!(
            self.0.len() < self.0.capacity(),
            "the buffer of a secret was reallocated"
        );
        self.0.push(symbol & 31);
    }

    /// The symbols of a text in exactly the alphabet, in either case; nothing where it has any other character.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut symbols = Self::with_capacity(text.len());
        for character in text.bytes() {
            symbols.push(value_of(character)?);
        }
        Some(symbols)
    }

    /// The symbols as they are printed: capitals.
    pub fn text(&self) -> SecretText {
        SecretText::build(self.len(), |text| {
            text.extend(self.0.iter().map(|symbol| letter_of(*symbol)));
        })
    }

    /// Lends the values, each below 32, to `read`.
    pub fn expose<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        read(&self.0)
    }

    /// How many there are, which is not secret.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The value of a character of the alphabet, in either case.
pub fn value_of(character: u8) -> Option<u8> {
    let capital = character.to_ascii_uppercase();
    ALPHABET
        .iter()
        .position(|symbol| *symbol == capital)
        .map(|value| value as u8)
}

/// The capital that stands for a value; what lies above its five bits is cut off.
pub fn letter_of(value: u8) -> char {
    char::from(ALPHABET[usize::from(value & 31)])
}

/// Packs numbers into symbols.
pub(super) struct Packer {
    symbols: Symbols,
    held: u16,
    bits: u32,
}

impl Packer {
    /// Room for `capacity` symbols.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            symbols: Symbols::with_capacity(capacity),
            held: 0,
            bits: 0,
        }
    }

    /// Adds the lowest `width` bits of `number`, `width` at most 8.
    pub(super) fn put(&mut self, number: u8, width: u32) {
        // At most 4 bits wait, so 12 are held at most.
        self.held = self.held << width | u16::from(number) & ((1 << width) - 1);
        self.bits += width;
        while self.bits >= 5 {
            self.bits -= 5;
            self.symbols.push((self.held >> self.bits & 31) as u8);
            self.held &= (1 << self.bits) - 1;
        }
    }

    /// Adds whole bytes.
    pub(super) fn put_bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.put(*byte, 8);
        }
    }

    /// The symbols. The bits put in must have been a multiple of five.
    pub(super) fn finish(self) -> Symbols {
        debug_assert_eq!(self.bits, 0, "a line is a whole number of symbols");
        self.symbols
    }
}

/// Takes numbers out of symbols again; past their end there are zeros, so whoever unpacks checks the length first.
pub(super) struct Unpacker<'a> {
    symbols: &'a [u8],
    at: usize,
}

impl<'a> Unpacker<'a> {
    pub(super) fn new(symbols: &'a [u8]) -> Self {
        Self { symbols, at: 0 }
    }

    /// The next `width` bits, `width` at most 8.
    pub(super) fn take(&mut self, width: u32) -> u8 {
        (0..width).fold(0, |number, _| {
            let symbol = self.symbols.get(self.at / 5).copied().unwrap_or(0);
            let bit = symbol >> (4 - self.at % 5) & 1;
            self.at += 1;
            number << 1 | bit
        })
    }

    /// Fills `bytes` with the next ones.
    pub(super) fn take_bytes(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.take(8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_has_one_letter_and_reads_back_in_either_case() {
        for value in 0..32 {
            let letter = letter_of(value);
            assert_eq!(value_of(letter as u8), Some(value));
            assert_eq!(value_of(letter.to_ascii_lowercase() as u8), Some(value));
        }
    }

    #[test]
    fn a_character_outside_the_alphabet_is_no_symbol() {
        for odd in *b"BIO1bio-/ \n\0" {
            assert_eq!(value_of(odd), None, "{odd}");
        }
        assert!(Symbols::from_text("QPZé").is_none());
    }

    #[test]
    fn bits_are_packed_most_significant_first() {
        let mut packer = Packer::new(4);
        packer.put(0b1_0000, 5);
        packer.put(0b111, 3);
        packer.put_bytes(&[0b1010_0101]);
        packer.put(0b1111, 4);
        assert_eq!(
            packer.finish().expose(<[u8]>::to_vec),
            [0b1_0000, 0b1_1110, 0b1_0010, 0b1_1111]
        );
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        let mut packer = Packer::new(8);
        packer.put_bytes(b"bytes");
        packer.finish().expose(|symbols| {
            let mut bytes = [0; 5];
            Unpacker::new(symbols).take_bytes(&mut bytes);
            assert_eq!(&bytes, b"bytes");
        });
    }
}
