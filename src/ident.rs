//! Checked identifiers: whatever has one of these types is safe as a file name, on a terminal, in a ledger line and on paper.
//!
//! Rules of this file:
//! - a name is 1 to 32 of `a`–`z`, `0`–`9` and `-`, and neither begins nor ends with `-`: no case, no script and no normal
//!   form can make two names look alike, and none is a path, a flag or a hidden file;
//! - numbers that paper carries (index, epoch, generation) start at 1: 0 is never a share, never a first version;
//! - every identifier reads back from its own `Display`.

use std::{
    fmt,
    num::{NonZeroU8, NonZeroU32},
    str::FromStr,
};

/// Why something is not an identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentError {
    /// Nothing, or more than the type has room for.
    #[error("an identifier has 1 to {allowed} characters, this has {found}")]
    Length {
        /// How many characters there were.
        found: usize,
        /// How many there may be.
        allowed: usize,
    },
    /// A character outside the alphabet, shown escaped.
    #[error("an identifier is made of a-z, 0-9 and -, not of {found}")]
    Character {
        /// The character, escaped so that a terminal takes no order from it.
        found: String,
    },
    /// A `-` at either end.
    #[error("an identifier neither begins nor ends with -")]
    Edge,
    /// Not a number of the form that the type takes.
    #[error("a whole number from 1 to {allowed} was expected")]
    Number {
        /// The largest number allowed.
        allowed: u32,
    },
    /// Not a serial.
    #[error("a serial is written like 4K7-2QD")]
    Serial,
    /// Not a vault id.
    #[error("a vault id is 32 hexadecimal digits, the first two 00 or 01")]
    VaultId,
}

const NAME_MAX: usize = 32;

fn check_name(text: &str) -> Result<(), IdentError> {
    let found = text.chars().count();
    if found == 0 || found > NAME_MAX {
        return Err(IdentError::Length {
            found,
            allowed: NAME_MAX,
        });
    }
    if let Some(odd) = text.chars().find(|c| !matches!(c, 'a'..='z' | '0'..='9' | '-')) {
        return Err(IdentError::Character {
            found: odd.escape_default().to_string(),
        });
    }
    if text.starts_with('-') || text.ends_with('-') {
        return Err(IdentError::Edge);
    }
    Ok(())
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The identifier as it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdentError;

            fn from_str(text: &str) -> Result<Self, IdentError> {
                check_name(text)?;
                Ok(Self(text.to_string()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    )*};
}

names! {
    /// A person of the plan: `ana`.
    PersonId;
    /// A safe of the plan: `fra-1`.
    SafeId;
    /// A building in which safes stand: `fra-hq`.
    BuildingId;
    /// A region of the organisation: `emea`.
    RegionId;
    /// A share set: `root-password`.
    SetName;
    /// An account: the provider's own number, or a name for a root that has none.
    AccountId;
    /// One of the MFA devices of an account: `emea`, `token-1`.
    DeviceName;
    /// A place whose laptop writes its own ledger chain: `home`.
    SiteName;
    /// A copy of the vault: `usb-fra`.
    CopyId;
    /// A task of the catalogue of root-only tasks: `security-event`.
    TaskId;
}

/// The two worlds. A rehearsal never becomes production: prefix, key derivation, core and vault id all carry the mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// Real secrets.
    Production,
    /// Throwaway secrets, and every page says so.
    Rehearsal,
}

impl Mode {
    /// The word for it in key derivation labels, the ledger and set files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Rehearsal => "rehearsal",
        }
    }

    /// The number for it in binary encodings.
    pub fn number(self) -> u8 {
        match self {
            Self::Production => 0,
            Self::Rehearsal => 1,
        }
    }

    /// The prefix of its share codes, upper case, separator included. The checksum covers it.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Production => "SR1",
            Self::Rehearsal => "ZZ1",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident($inner:ty, $int:ty, $max:expr);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name($inner);

        impl $name {
            /// The first one: 1.
            pub const FIRST: Self = Self(<$inner>::MIN);

            /// The number, or a refusal of 0.
            pub fn new(number: $int) -> Result<Self, IdentError> {
                <$inner>::new(number).map(Self).ok_or(IdentError::Number { allowed: $max })
            }

            /// The number, at least 1.
            pub fn get(self) -> $int {
                self.0.get()
            }

            /// The one after this, or nothing after the last.
            pub fn next(self) -> Option<Self> {
                self.0.checked_add(1).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = IdentError;

            fn from_str(text: &str) -> Result<Self, IdentError> {
                let number = text.parse::<$inner>().map(Self).map_err(|_| IdentError::Number { allowed: $max })?;
                // The standard library's numbers forgive a leading plus and leading zeros.
                if number.to_string() == text { Ok(number) } else { Err(IdentError::Number { allowed: $max }) }
            }
        }
    )*};
}

numbers! {
    /// The index of a share and the point at which it was evaluated: 1 to 255, never 0, which is the secret.
    ShareIndex(NonZeroU8, u8, 255);
    /// How often a share set was dealt: 1, then one more at each reissue.
    Epoch(NonZeroU32, u32, u32::MAX);
    /// How often a factor of an account was set: 1, then one more at each change.
    Generation(NonZeroU32, u32, u32::MAX);
}

/// The 32 symbols of bech32 (BIP-173) in their order: the one alphabet of everything that is typed from paper.
pub const ALPHABET: &[u8; 32] = b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

/// The serial of an envelope: six symbols, written `4K7-2QD`; unique in its vault for ever.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Serial([u8; 6]);

impl Serial {
    /// The serial for 30 random bits; the two highest of the 32 are not used.
    pub fn from_bits(bits: u32) -> Self {
        Self(std::array::from_fn(|i| ALPHABET[(bits >> (25 - 5 * i) & 31) as usize]))
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = self.0.iter().map(|symbol| char::from(*symbol)).collect();
        f.pad(&format!("{}-{}", &text[..3], &text[3..]))
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Serial {
    type Err = IdentError;

    fn from_str(text: &str) -> Result<Self, IdentError> {
        let symbols: Vec<u8> = match text.as_bytes() {
            [a @ .., b'-', c, d, e] if a.len() == 3 => a.iter().chain([c, d, e]).map(u8::to_ascii_uppercase).collect(),
            _ => return Err(IdentError::Serial),
        };
        if symbols.iter().all(|symbol| ALPHABET.contains(symbol)) {
            symbols.try_into().map(Self).map_err(|_| IdentError::Serial)
        } else {
            Err(IdentError::Serial)
        }
    }
}

/// The name of a vault for ever: the mode's number, then 15 random bytes; written as 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VaultId([u8; 16]);

impl VaultId {
    /// The id for a vault of this mode from 15 random bytes.
    pub fn new(mode: Mode, random: [u8; 15]) -> Self {
        let mut id = [mode.number(); 16];
        id[1..].copy_from_slice(&random);
        Self(id)
    }

    /// The 16 bytes as they stand in the core of a share set.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The mode that the id was made with.
    pub fn mode(&self) -> Mode {
        if self.0[0] == Mode::Production.number() {
            Mode::Production
        } else {
            Mode::Rehearsal
        }
    }
}

impl fmt::Display for VaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for VaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VaultId {
    type Err = IdentError;

    fn from_str(text: &str) -> Result<Self, IdentError> {
        let bytes: [u8; 16] = crate::hex::decode(text).ok_or(IdentError::VaultId)?;
        if bytes[0] > Mode::Rehearsal.number() {
            Err(IdentError::VaultId)
        } else {
            Ok(Self(bytes))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_safe_as_a_file_a_flag_and_a_line_of_text() {
        for bad in [
            "",
            "-",
            "-rf",
            "a-",
            "..",
            "a/b",
            "Ana",
            "añ",
            "a b",
            "a\n",
            "a\u{202e}",
            "0123456789012345678901234567890123",
        ] {
            assert!(bad.parse::<PersonId>().is_err(), "{bad:?}");
        }
        for good in ["a", "ana", "fra-1", "734602235274", "01234567890123456789012345678901"] {
            assert_eq!(good.parse::<PersonId>().map(|id| id.to_string()), Ok(good.to_string()));
        }
    }

    #[test]
    fn an_odd_character_is_named_escaped() {
        let refused = "a\u{1b}[2J".parse::<SafeId>().map_err(|e| e.to_string());
        assert!(refused.is_err_and(|text| text.contains("\\u{1b}") && !text.contains('\u{1b}')));
    }

    #[test]
    fn a_share_never_has_index_0() {
        assert!(ShareIndex::new(0).is_err());
        assert!("0".parse::<ShareIndex>().is_err());
        assert!("+1".parse::<ShareIndex>().is_err());
        assert!("256".parse::<ShareIndex>().is_err());
        assert_eq!("255".parse::<ShareIndex>().map(ShareIndex::get), Ok(255));
    }

    #[test]
    fn a_serial_reads_back_in_either_case() {
        let serial = Serial::from_bits(0x1234_5678);
        assert_eq!(serial.to_string().parse(), Ok(serial));
        assert_eq!(serial.to_string().to_lowercase().parse(), Ok(serial));
        for bad in ["", "4K72QD", "4K7-2Q", "4K7-2QDD", "4K1-2QD", "4KÄ-2QD"] {
            assert!(bad.parse::<Serial>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_vault_id_carries_its_mode() {
        for mode in [Mode::Production, Mode::Rehearsal] {
            let id = VaultId::new(mode, [7; 15]);
            assert_eq!(id.mode(), mode);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
        assert!("02000000000000000000000000000000".parse::<VaultId>().is_err());
    }
}
