//! The vault copy: the whole vault as a sequence of pages with codes, and back, in any order.
//!
//! archive = gzip (RFC 1952) of a ustar archive of the vault's files, in the order of their names
//! code    = `SV1/` or `ZV1/` ‖ base45 (RFC 9285) of id (16) ‖ length (4) ‖ page (2) ‖ slot (1) ‖ slots (1) ‖ check (4) ‖ block
//!
//! | file | what is done there |
//! |---|---|
//! | [`archive`] | files to one stream of bytes, and back, with every name judged |
//! | [`wire`] | blocks, the text of a code, which page is in which group |
//! | [`draw`] | pages out |
//! | [`gather`] | codes in: which pages are missing, what is rebuilt, what does not belong |
//!
//! Rules of this file:
//! - nothing of it is ours alone: base45, Reed–Solomon, gzip and ustar have readers everywhere; `docs/spec.md` joins them;
//! - what comes in was made by anybody: each code is held against its check, and the whole against its hash.

pub mod archive;
pub mod draw;
pub mod gather;
pub mod wire;

#[cfg(test)]
mod tests;

pub use draw::{MODULE, code};
