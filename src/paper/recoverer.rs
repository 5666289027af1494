//! The stand-alone recoverer, as it is published with this version: every sheet carries its hash.
//!
//! Rules of this file:
//! - what `export recoverer` writes is what the sheets name, byte by byte: both come from here.

use sha2::{Digest as _, Sha256};

/// The name of its file.
pub const NAME: &str = "strongroom_recover.py";

/// Its text: Python, the standard library only.
pub const TEXT: &str = include_str!("../../recoverer/strongroom_recover.py");

/// The name of the specification's file.
pub const SPECIFICATION_NAME: &str = "spec.md";

/// The specification that it was written from.
pub const SPECIFICATION: &str = include_str!("../../docs/spec.md");

/// The name of the file with the secrets behind the examples of the specification: whoever writes a reader anew tries it with them.
pub const EXAMPLE_NAME: &str = "spec-example.json";

/// Throwaway secrets of a rehearsal, which open nothing else.
pub const EXAMPLE: &str = include_str!("../../tests/vectors/spec-example.json");

/// The SHA-256 of [`TEXT`], as 64 hexadecimal digits.
pub fn sha256() -> String {
    crate::hex::encode(&Sha256::digest(TEXT))
}
