//! The minimal cut sets of a structure function that have few components: what few losses stop it.
//!
//! From the components upwards, as MOCUS does it (Fussell and Vesely, *A new methodology for obtaining cut sets for fault trees*,
//! 1972): the sets that stop a gate are put together from those that stop what it is made of, and what is larger than was asked for
//! is dropped at once. Every part of a small set is small, so nothing is lost by it; and a function too tangled for a diagram is not
//! too tangled for its few small cuts.
//!
//! Rules of this file:
//! - a set has at most [`MOST`] components, each once;
//! - every two sets that are put together, and every set that is looked up, is a step of [`Effort`];
//! - a family holds no set that has another of it inside.

use super::effort::Effort;
use super::gate::{Component, Gate};
use crate::plan::limits;
use crate::refusal::{Refusal, Rule};
use rustc_hash::FxHashSet;

/// How many components a set has at most.
pub const MOST: usize = limits::LOSSES as usize;

/// How many sets of one gate are borne at once.
const FAMILY: usize = 1 << 20;

/// A small set of components, the lowest first, the rest of its places empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cut([u32; MOST]);

const NONE: u32 = u32::MAX;

impl Cut {
    const EMPTY: Self = Self([NONE; MOST]);

    /// How many components it has.
    pub fn len(self) -> usize {
        self.0.iter().take_while(|component| **component != NONE).count()
    }

    /// Whether it has none: the function does not hold as it is.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The components, the lowest first.
    pub fn components(self) -> impl Iterator<Item = Component> {
        self.0
            .into_iter()
            .filter(|component| *component != NONE)
            .map(|component| component as Component)
    }

    fn one(component: Component) -> Self {
        let mut cut = Self::EMPTY;
        cut.0[0] = component as u32;
        cut
    }

    /// The components of both, if they are no more than `size`.
    fn with(self, other: Self, size: usize) -> Option<Self> {
        let mut both = self.0;
        let mut length = self.len();
        for component in other.0.into_iter().filter(|component| *component != NONE) {
            if self.0.contains(&component) {
                continue;
            }
            if length == size {
                return None;
            }
            both[length] = component;
            length += 1;
        }
        both.sort_unstable();
        Some(Self(both))
    }

    /// Every set that has something less.
    fn parts(self) -> impl Iterator<Item = Self> {
        let components: Vec<u32> = self.0.into_iter().filter(|component| *component != NONE).collect();
        (0..(1_u32 << components.len()) - 1).map(move |taken| {
            let mut part = Self::EMPTY;
            let some = components.iter().enumerate().filter(|(at, _)| taken >> at & 1 == 1);
            some.zip(&mut part.0)
                .for_each(|((_, component), place)| *place = *component);
            part
        })
    }
}

/// The minimal cut sets of a function of at most `size` components, the smallest first.
pub fn cuts(of: &Gate, size: usize, effort: &mut Effort) -> Result<Vec<Cut>, Refusal> {
    let mut cuts: Vec<Cut> = family(of, size.min(MOST), effort)?;
    cuts.sort_unstable_by_key(|cut| (cut.len(), *cut));
    Ok(cuts)
}

fn family(of: &Gate, size: usize, effort: &mut Effort) -> Result<Vec<Cut>, Refusal> {
    let Gate::AtLeast { needed, of } = of else {
        let Gate::One(component) = of else {
            return Ok(Vec::new());
        };
        return Ok(if size == 0 {
            Vec::new()
        } else {
            vec![Cut::one(*component)]
        });
    };
    if *needed == 0 {
        return Ok(Vec::new());
    }
    let Some(failing) = (of.len() + 1).checked_sub(*needed) else {
        return Ok(vec![Cut::EMPTY]);
    };
    // `row[stopped]` stops so many of the gates that were met; where one set stops several, it stands in several rows.
    let mut row: Vec<Vec<Cut>> = vec![Vec::new(); failing + 1];
    row[0].push(Cut::EMPTY);
    for (met, gate) in of.iter().enumerate() {
        let stops = family(gate, size, effort)?;
        for stopped in (1..=failing.min(met + 1)).rev() {
            let more = product(&row[stopped - 1], &stops, size, effort)?;
            if !more.is_empty() {
                let mut both = std::mem::take(&mut row[stopped]);
                both.extend(more);
                row[stopped] = minimal(both, effort)?;
            }
        }
        if row.iter().map(Vec::len).sum::<usize>() > FAMILY {
            return Err(too_many(size));
        }
    }
    Ok(row.pop().unwrap_or_default())
}

fn product(some: &[Cut], others: &[Cut], size: usize, effort: &mut Effort) -> Result<Vec<Cut>, Refusal> {
    let mut sets: FxHashSet<Cut> = FxHashSet::default();
    for one in some {
        effort.spend(1 + others.len())?;
        sets.extend(others.iter().filter_map(|other| one.with(*other, size)));
        if sets.len() > FAMILY {
            return Err(too_many(size));
        }
    }
    minimal(sets.into_iter().collect(), effort)
}

fn too_many(size: usize) -> Refusal {
    let found = format!("this plan has more than {FAMILY} losses of at most {size} things that lock an account out");
    Refusal::new(Rule::PlanTooTangled, found).hint("ask for fewer losses at once in `survive`")
}

/// The sets that have no other inside.
fn minimal(sets: Vec<Cut>, effort: &mut Effort) -> Result<Vec<Cut>, Refusal> {
    effort.spend(sets.len() << MOST)?;
    let all: FxHashSet<Cut> = sets.into_iter().collect();
    let is_minimal = |set: &Cut| !set.parts().any(|part| all.contains(&part));
    Ok(all.iter().copied().filter(is_minimal).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quorum::effort::Of;

    #[test]
    fn the_small_cuts_are_the_small_minimal_sets_of_the_dual() {
        let safe = |any, of: [usize; 3]| Gate::at_least_of(any, of);
        let shares = |needed| {
            Gate::at_least(
                needed,
                [
                    safe(2, [0, 1, 2]),
                    Gate::all([Gate::One(4), safe(2, [2, 3, 4])]),
                    Gate::One(5),
                    safe(1, [0, 5, 6]),
                ],
            )
        };
        for gate in [
            Gate::always(),
            Gate::never(),
            Gate::One(2),
            shares(2),
            shares(3),
            Gate::all([shares(1), Gate::any([shares(3), safe(3, [1, 6, 7])])]),
        ] {
            let stops = |lost: u32| !gate.holds(&|component| lost >> component & 1 == 0);
            let is_cut =
                |lost: &u32| stops(*lost) && (0..8).all(|one| lost >> one & 1 == 0 || !stops(lost & !(1 << one)));
            for size in 0..=MOST {
                let small = (0..256_u32)
                    .filter(is_cut)
                    .filter(|lost| lost.count_ones() as usize <= size);
                let mut found: Vec<u32> = cuts(&gate, size, &mut Effort::new(Of::Losses))
                    .expect("it is small")
                    .iter()
                    .map(|cut| cut.components().map(|at| 1 << at).sum())
                    .collect();
                found.sort_unstable();
                assert_eq!(found, small.collect::<Vec<_>>(), "{gate:?}, {size}");
            }
        }
    }
}
