//! The rule of a share set, written needed-of-total: `3-of-5`.
//!
//! Rules of this file:
//! - `needed` is at least 2: a threshold of 1 hands the secret to everybody;
//! - `total` is at least `needed` and at most 255: the index of a share is one byte, and 0 is the secret itself;
//! - there is one spelling: `+3-of-5`, `03-of-5` and `3 of 5` are refused.

use std::{fmt, str::FromStr};

/// How many shares a set has, and how many of them open it. `Display` and `FromStr` are inverse to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Threshold {
    needed: u8,
    total: u8,
}

/// Why something is not a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ThresholdError {
    /// Not of the form `3-of-5`.
    #[error("a threshold is written like 3-of-5")]
    Form,
    /// Fewer than two shares would open the set.
    #[error("at least 2 shares must be needed: with 1, every share is the secret")]
    TooFewNeeded,
    /// More shares would be needed than there are.
    #[error("no more shares can be needed than there are")]
    MoreNeededThanTotal,
}

impl Threshold {
    /// `needed` of `total` shares, 2 ≤ needed ≤ total ≤ 255.
    pub fn new(needed: u8, total: u8) -> Result<Self, ThresholdError> {
        if needed < 2 {
            return Err(ThresholdError::TooFewNeeded);
        }
        if needed > total {
            return Err(ThresholdError::MoreNeededThanTotal);
        }
        Ok(Self { needed, total })
    }

    /// How many shares open the set: 2 to 255.
    pub fn needed(self) -> u8 {
        self.needed
    }

    /// How many shares there are: `needed` to 255.
    pub fn total(self) -> u8 {
        self.total
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-of-{}", self.needed, self.total)
    }
}

impl FromStr for Threshold {
    type Err = ThresholdError;

    fn from_str(text: &str) -> Result<Self, ThresholdError> {
        let (needed, total) = text.split_once("-of-").ok_or(ThresholdError::Form)?;
        let number = |text: &str| text.parse::<u8>().map_err(|_| ThresholdError::Form);
        let threshold = Self::new(number(needed)?, number(total)?)?;
        // The standard library's numbers forgive a leading plus and leading zeros.
        if threshold.to_string() == text {
            Ok(threshold)
        } else {
            Err(ThresholdError::Form)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_reads_back_as_it_was_written() {
        for text in ["2-of-2", "2-of-3", "3-of-5", "255-of-255"] {
            assert_eq!(text.parse::<Threshold>().map(|t| t.to_string()), Ok(text.to_string()));
        }
    }

    #[test]
    fn one_share_never_suffices() {
        for text in ["0-of-3", "1-of-1", "1-of-5"] {
            assert_eq!(text.parse::<Threshold>(), Err(ThresholdError::TooFewNeeded), "{text}");
        }
    }

    #[test]
    fn no_more_can_be_needed_than_there_are() {
        assert_eq!("4-of-3".parse::<Threshold>(), Err(ThresholdError::MoreNeededThanTotal));
    }

    #[test]
    fn there_is_one_spelling() {
        for text in [
            "",
            "3",
            "3of5",
            "3-of-",
            "-of-5",
            "+3-of-5",
            "03-of-5",
            "3-of-05",
            " 3-of-5",
            "3-of-5 ",
            "3-OF-5",
            "3-of-256",
            "3-of-5-of-7",
        ] {
            assert_eq!(text.parse::<Threshold>(), Err(ThresholdError::Form), "{text:?}");
        }
    }
}
