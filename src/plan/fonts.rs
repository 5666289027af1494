//! The font files that a plan names, for scripts that the program's own faces lack.
//!
//! Rules of this file:
//! - a name leads down from the folder of the plan and never out of it; that no link leads out is for whoever opens the file;
//! - the plan names a font, not its bytes: twenty years on, any font that has the letters will do.

use std::fmt;
use std::str::FromStr;

/// The place of a font file, below the folder of the plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FontPath(String);

/// Why something is no such place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a font file is named from the folder of the plan, like fonts/NotoSansJP.ttf: letters, digits and -._ between slashes, no `..`, at most {LENGTH} characters"
)]
pub struct FontPathError;

/// The longest name, in characters.
const LENGTH: usize = 120;

impl FontPath {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FontPath {
    type Err = FontPathError;

    fn from_str(text: &str) -> Result<Self, FontPathError> {
        let part_fits = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        };
        if text.len() <= LENGTH && text.split('/').all(part_fits) {
            Ok(Self(text.to_string()))
        } else {
            Err(FontPathError)
        }
    }
}

impl fmt::Display for FontPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_font_lies_below_the_plan_and_nowhere_else() {
        for good in ["NotoSansJP.ttf", "fonts/NotoSansJP.ttf", "a/b/c-1_2.ttc"] {
            assert_eq!(
                good.parse::<FontPath>().map(|path| path.to_string()),
                Ok(good.to_string())
            );
        }
        let long = "a".repeat(LENGTH + 1);
        for bad in [
            "",
            "/usr/share/fonts/a.ttf",
            "../a.ttf",
            "fonts/../../a.ttf",
            "fonts//a.ttf",
            "./a.ttf",
            "fonts/.a.ttf",
            "a b.ttf",
            "a\\b.ttf",
            "ü.ttf",
            "a\n.ttf",
            "a\u{202e}.ttf",
            &long,
        ] {
            assert_eq!(bad.parse::<FontPath>(), Err(FontPathError), "{bad:?}");
        }
    }
}
