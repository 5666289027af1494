//! The modules of a code: a square of dark and light.
//!
//! Rules of this file:
//! - what a code says may be secret, so its modules are wiped.

use zeroize::Zeroizing;

/// A square of dark and light modules, row by row.
pub struct Modules {
    side: u16,
    dark: Zeroizing<Vec<bool>>,
}

impl Modules {
    /// A square of `side` modules; `None` where `dark` has not as many.
    pub fn new(side: u16, dark: Vec<bool>) -> Option<Self> {
        let dark = Zeroizing::new(dark);
        (side > 0 && dark.len() == usize::from(side) * usize::from(side)).then_some(Self { side, dark })
    }

    /// Modules a row.
    pub fn side(&self) -> u16 {
        self.side
    }

    /// The runs of dark modules: first module, row from the top, length.
    pub(super) fn runs(&self) -> impl Iterator<Item = (u16, u16, u16)> + '_ {
        self.dark
            .chunks_exact(usize::from(self.side))
            .zip(0..)
            .flat_map(|(row, y)| {
                let mut x = 0;
                row.chunk_by(|a, b| a == b).filter_map(move |run| {
                    let (start, length) = (x, run.len() as u16);
                    x += length;
                    run[0].then_some((start, y, length))
                })
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_a_square_and_drawn_as_runs() {
        assert!(Modules::new(2, vec![true; 3]).is_none());
        assert!(Modules::new(0, vec![]).is_none());
        let modules = Modules::new(3, vec![true, true, false, false, false, false, true, false, true]);
        let runs: Vec<_> = modules.iter().flat_map(Modules::runs).collect();
        assert_eq!(runs, [(0, 0, 2), (0, 2, 1), (2, 2, 1)]);
    }
}
