//! What stands on paper, character by character: shares as lines and codes, fingerprints as words.
//!
//! Read from the top: [`share_code`] says what the lines of a share carry, [`line_code`] closes each line and finds what is wrong in
//! it, [`typed`] takes lines out of whatever a human or a scanner gives, [`reading`] judges them and names the place of a fault.

pub mod code_error;
pub mod correction;
mod entries;
pub mod gf1024;
pub mod line_code;
pub mod live;
pub mod reading;
pub mod share_code;
pub mod share_lines;
pub mod symbols;
pub mod typed;
pub mod words;

#[cfg(test)]
mod stream;
