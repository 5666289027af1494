//! Floor 1: pure functions over bytes. No clock, no files, no terminal; randomness is an argument.
//!
//! | room | what is done there |
//! |---|---|
//! | [`sharing`] | deal, prove, combine: Pedersen over Ristretto255 |
//! | [`identity`] | a set's secret to its age identity and successor key; lock and open |
//! | [`session`] | the identity of one session of a recovery |
//! | [`notice`] | the words of an access notice |
//! | [`passphrase`] | a share locked by its custodian |
//! | [`password`] | long passwords, unbiased |
//! | [`totp`] | seeds in, codes out |

pub mod identity;
pub mod notice;
pub mod passphrase;
pub mod password;
pub mod session;
pub mod sharing;
pub mod totp;
