//! Structure functions, written as trees of k-of-n gates over numbered components.
//!
//! Rules of this file:
//! - a gate holds when enough of what it is made of holds, so more components never make less hold: every structure function here
//!   is coherent in the sense of Barlow and Proschan, *Statistical Theory of Reliability and Life Testing* (1975), chapter 1;
//! - all-of and any-of are the two ends of k-of-n, and constants are gates of nothing;
//! - the dual holds for a set of components exactly where the function fails without them.

/// A component of a structure function: a person, or something that can be lost, by its number.
pub type Component = usize;

/// A structure function: a component, or so many of some gates.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gate {
    /// One component.
    One(Component),
    /// At least `needed` of the gates.
    AtLeast {
        /// How many: with 0 it always holds, with more than there are it never does.
        needed: usize,
        /// Of what.
        of: Vec<Gate>,
    },
}

impl Gate {
    /// Holds always.
    pub fn always() -> Self {
        Self::all([])
    }

    /// Holds never.
    pub fn never() -> Self {
        Self::any([])
    }

    /// All of the gates: a series.
    pub fn all(of: impl IntoIterator<Item = Self>) -> Self {
        let of: Vec<Self> = of.into_iter().collect();
        Self::AtLeast { needed: of.len(), of }
    }

    /// Any of the gates: in parallel.
    pub fn any(of: impl IntoIterator<Item = Self>) -> Self {
        Self::at_least(1, of)
    }

    /// At least so many of the gates.
    pub fn at_least(needed: usize, of: impl IntoIterator<Item = Self>) -> Self {
        Self::AtLeast {
            needed,
            of: of.into_iter().collect(),
        }
    }

    /// At least so many of the components.
    pub fn at_least_of(needed: usize, of: impl IntoIterator<Item = Component>) -> Self {
        Self::at_least(needed, of.into_iter().map(Self::One))
    }

    /// Whether the function holds where `holds` says which components do.
    pub fn holds(&self, holds: &impl Fn(Component) -> bool) -> bool {
        match self {
            Self::One(component) => holds(*component),
            Self::AtLeast { needed, of } => {
                let enough = of.iter().filter(|gate| gate.holds(holds)).take(*needed).count();
                enough == *needed
            }
        }
    }

    /// The function where it is known of some components whether they hold.
    #[must_use]
    pub fn settled(&self, known: &impl Fn(Component) -> Option<bool>) -> Self {
        match self {
            Self::One(component) => match known(*component) {
                None => self.clone(),
                Some(true) => Self::always(),
                Some(false) => Self::never(),
            },
            Self::AtLeast { needed, of } => Self::at_least(*needed, of.iter().map(|gate| gate.settled(known))),
        }
    }

    /// The components in the order in which the tree names them, some more than once.
    pub fn components(&self) -> Vec<Component> {
        match self {
            Self::One(component) => vec![*component],
            Self::AtLeast { of, .. } => of.iter().flat_map(Self::components).collect(),
        }
    }

    /// How many gates and components the tree names: what it takes to ask it.
    pub fn size(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::AtLeast { of, .. } => 1 + of.iter().map(Self::size).sum::<usize>(),
        }
    }

    /// The dual: its minimal path sets are the minimal cut sets of this one.
    #[must_use]
    pub fn dual(&self) -> Self {
        match self {
            Self::One(component) => Self::One(*component),
            Self::AtLeast { needed: 0, .. } => Self::never(),
            Self::AtLeast { needed, of } if *needed > of.len() => Self::always(),
            Self::AtLeast { needed, of } => Self::at_least(of.len() - needed + 1, of.iter().map(Self::dual)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_of_three() -> Gate {
        Gate::at_least(2, [Gate::One(0), Gate::all([Gate::One(1), Gate::One(2)]), Gate::One(3)])
    }

    fn present(subset: u8) -> impl Fn(Component) -> bool {
        move |component| subset >> component & 1 == 1
    }

    #[test]
    fn a_gate_holds_with_as_many_as_it_needs_and_not_with_one_fewer() {
        assert!(two_of_three().holds(&present(0b1001)));
        assert!(two_of_three().holds(&present(0b0111)));
        assert!(!two_of_three().holds(&present(0b0011)));
        assert!(Gate::always().holds(&present(0)) && !Gate::never().holds(&present(255)));
    }

    #[test]
    fn the_dual_holds_for_what_the_function_cannot_do_without() {
        for gate in [two_of_three(), Gate::always(), Gate::never(), Gate::One(2)] {
            for lost in 0..16 {
                assert_eq!(
                    gate.dual().holds(&present(lost)),
                    !gate.holds(&present(!lost)),
                    "{gate:?} {lost:04b}"
                );
            }
            assert!((0..16).all(|subset| gate.dual().dual().holds(&present(subset)) == gate.holds(&present(subset))));
        }
    }
}
