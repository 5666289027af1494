//! What an account asks for at sign-in, and so what a share set is for: the two are one word.
//!
//! Rules of this file:
//! - there are three, and their numbers stand in binary encodings: they never change;
//! - each reads back from its own `Display`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};

/// A factor of an account, and the purpose of the share sets that open it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Factor {
    /// The root user's password.
    Password,
    /// The seed of a virtual MFA device.
    Mfa,
    /// What the provider's support asks for: phone numbers, security answers.
    Contact,
}

/// Not a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a factor is password, mfa or contact")]
pub struct FactorError;

impl Factor {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Password, Self::Mfa, Self::Contact];

    /// The word for it in the plan, on the command line and in file names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Mfa => "mfa",
            Self::Contact => "contact",
        }
    }

    /// The number for it in binary encodings.
    pub fn number(self) -> u8 {
        match self {
            Self::Password => 0,
            Self::Mfa => 1,
            Self::Contact => 2,
        }
    }

    /// The factor of a number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|factor| factor.number() == number)
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Factor {
    type Err = FactorError;

    fn from_str(text: &str) -> Result<Self, FactorError> {
        Self::ALL
            .into_iter()
            .find(|factor| factor.as_str() == text)
            .ok_or(FactorError)
    }
}

impl Serialize for Factor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Factor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_factor_reads_back_from_its_word_and_its_number() {
        for factor in Factor::ALL {
            assert_eq!(factor.to_string().parse(), Ok(factor));
            assert_eq!(Factor::from_number(factor.number()), Some(factor));
        }
        assert_eq!("Password".parse::<Factor>(), Err(FactorError));
        assert_eq!(Factor::from_number(3), None);
    }
}
