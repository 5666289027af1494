//! Floor 1: pure functions over bytes. No clock, no files, no terminal; randomness is an argument.
//!
//! | room | what is done there |
//! |---|---|
//! | [`sharing`] | deal, prove, combine: Pedersen over Ristretto255 |
//! | [`identity`] | a set's secret to its age identity and successor key; lock and open |
//! | [`passphrase`] | a share locked by its custodian |
//! | [`password`] | long passwords, unbiased |
//! | [`totp`] | seeds in, codes out |

pub mod identity;
pub mod passphrase;
pub mod password;
pub mod sharing;
pub mod totp;
