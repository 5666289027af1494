//! The font files that the plan names: read when a page is to be drawn, and never otherwise.
//!
//! Rules of this file:
//! - a font is no part of the vault: no line of the ledger names it, no copy carries it, and no recovery waits for it;
//! - it is a plain file below the folder of the plan: no link is followed to it.

use super::store::Store;
use crate::plan::Plan;
use crate::refusal::{Refusal, Rule};

/// The largest font file, in bytes: a whole face of Chinese, Japanese and Korean has 20 MB.
pub const FONT_MAX: usize = 48 << 20;

/// All fonts of a plan together, in bytes.
pub const FONTS_MAX: usize = 96 << 20;

/// A font file as it was read.
pub struct FontFile {
    /// Its place below the folder of the plan.
    pub name: String,
    /// What stands in it.
    pub bytes: Vec<u8>,
}

/// The files of a plan's fonts, in the order of the plan.
pub fn read(store: &Store, plan: &Plan) -> Result<Vec<FontFile>, Refusal> {
    let mut left = FONTS_MAX;
    let each = plan.fonts().iter().map(|path| {
        let name = path.as_str();
        let unfit = |found: &str| {
            Refusal::new(Rule::FontUnfit, format!("the font {name} cannot be used: {found}"))
                .hint(format!("put the font there: {}", store.path().join(name).display()))
                .hint("or take it out of `fonts` in strongroom.toml, and write names in letters that the program has")
        };
        match store.read(name, FONT_MAX) {
            Ok(Some(bytes)) => {
                left = left.checked_sub(bytes.len()).ok_or_else(|| {
                    unfit(&format!(
                        "with it the fonts of the plan have more than {} MiB",
                        FONTS_MAX >> 20
                    ))
                })?;
                Ok(FontFile {
                    name: name.to_string(),
                    bytes,
                })
            }
            Ok(None) => Err(unfit("there is no such file")),
            Err(refusal) => Err(unfit(refusal.sentence())),
        }
    });
    each.collect()
}
