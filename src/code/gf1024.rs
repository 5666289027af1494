//! The field GF(1024), in which the errors of a line are found (BIP-93, "Error Correction"; bech32 0.12's `Fe1024`).
//!
//! Rules of this file:
//! - GF(32) has x with x⁵ = x³ + 1, as BIP-173 numbers it; GF(1024) adds ζ with ζ² = ζ + 1;
//! - an element is low + high·ζ, held as `high << 5 | low`: the elements of GF(32) are those with high = 0;
//! - every function is total: the inverse of zero is zero, and [`solve`] says `None` where there is no single solution.

use zeroize::DefaultIsZeroes;

/// An element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gf1024(u16);

impl DefaultIsZeroes for Gf1024 {}

impl Gf1024 {
    /// 0.
    pub const ZERO: Self = Self(0);
    /// 1.
    pub const ONE: Self = Self(1);

    /// low + high·ζ from two symbols; what lies above their five bits is cut off.
    pub const fn new(low: u8, high: u8) -> Self {
        Self(((high & 31) as u16) << 5 | (low & 31) as u16)
    }

    /// The symbol that this is, or nothing where it lies outside GF(32).
    pub fn symbol(self) -> Option<u8> {
        (self.0 < 32).then_some(self.0 as u8)
    }

    /// The sum, which is the difference as well.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }

    /// The product.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        let (low, high) = (self.0 & 31, self.0 >> 5);
        let (other_low, other_high) = (other.0 & 31, other.0 >> 5);
        let highs = times32(high, other_high);
        let cross = times32(low, other_high) ^ times32(high, other_low);
        Self((cross ^ highs) << 5 | times32(low, other_low) ^ highs)
    }

    /// The power; 1 for the exponent 0.
    #[must_use]
    pub fn power(self, mut exponent: usize) -> Self {
        let (mut square, mut product) = (self, Self::ONE);
        while exponent > 0 {
            if exponent & 1 == 1 {
                product = product.times(square);
            }
            square = square.times(square);
            exponent >>= 1;
        }
        product
    }

    /// The inverse, and zero for zero.
    #[must_use]
    pub fn inverse(self) -> Self {
        self.power(1022)
    }
}

/// Carry-less product of two symbols, reduced by x⁵ + x³ + 1 = 41.
fn times32(a: u16, b: u16) -> u16 {
    let product = (0..5).fold(0, |sum, bit| sum ^ ((a << bit) * (b >> bit & 1)));
    (5..9)
        .rev()
        .fold(product, |rest, bit| rest ^ ((41 << (bit - 5)) * (rest >> bit & 1)))
}

/// The most unknowns that a line of this project's code can ask for.
pub const UNKNOWNS: usize = 8;

/// One equation: the coefficients of n unknowns, then at place n the value.
pub type Equation = [Gf1024; UNKNOWNS + 1];

/// Solves n equations in n unknowns, n at most [`UNKNOWNS`], by elimination; `None` where they have no single solution.
/// The solution stands in the first n places.
pub fn solve(equations: &mut [Equation]) -> Option<[Gf1024; UNKNOWNS]> {
    let n = equations.len();
    if n > UNKNOWNS {
        return None;
    }
    for at in 0..n {
        let pivot = (at..n).find(|row| equations[*row][at] != Gf1024::ZERO)?;
        equations.swap(at, pivot);
        let scale = equations[at][at].inverse();
        let scaled = equations[at].map(|coefficient| coefficient.times(scale));
        equations[at] = scaled;
        for (row, equation) in equations.iter_mut().enumerate() {
            let factor = equation[at];
            if row != at && factor != Gf1024::ZERO {
                for (coefficient, subtrahend) in equation.iter_mut().zip(scaled) {
                    *coefficient = coefficient.plus(subtrahend.times(factor));
                }
            }
        }
    }
    let mut solution = [Gf1024::ZERO; UNKNOWNS];
    for (unknown, equation) in solution.iter_mut().zip(equations.iter()) {
        *unknown = equation[n];
    }
    Some(solution)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bech32::{
        Fe32, Fe1024,
        primitives::{ExtensionField as _, Field as _},
    };

    fn theirs(element: Gf1024) -> Fe1024 {
        let symbol = |value: u16| Fe32::try_from((value & 31) as u8).expect("five bits are a symbol");
        Fe1024::new([symbol(element.0), symbol(element.0 >> 5)])
    }

    #[test]
    fn the_field_is_that_of_bech32() {
        assert_eq!(theirs(Gf1024::new(1, 1)), Fe1024::POLYNOMIAL);
        for a in (0..1024).map(Gf1024) {
            for b in (0..1024).step_by(7).map(Gf1024) {
                assert_eq!(theirs(a.times(b)), theirs(a) * theirs(b), "{a:?} {b:?}");
                assert_eq!(theirs(a.plus(b)), theirs(a) + theirs(b), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn every_element_but_zero_has_an_inverse() {
        assert_eq!(Gf1024::ZERO.inverse(), Gf1024::ZERO);
        for element in (1..1024).map(Gf1024) {
            assert_eq!(element.times(element.inverse()), Gf1024::ONE, "{element:?}");
            assert_eq!(
                theirs(element.inverse()),
                theirs(element).multiplicative_inverse(),
                "{element:?}"
            );
        }
    }

    #[test]
    fn equations_without_a_single_solution_are_refused() {
        let mut twice = [[Gf1024::ONE; UNKNOWNS + 1]; 2];
        assert_eq!(solve(&mut twice), None);
        let mut too_many = [[Gf1024::ZERO; UNKNOWNS + 1]; UNKNOWNS + 1];
        assert_eq!(solve(&mut too_many), None);
        assert_eq!(solve(&mut []), Some([Gf1024::ZERO; UNKNOWNS]));
    }

    #[test]
    fn a_solution_satisfies_its_equations() {
        let (a, b) = (Gf1024(777), Gf1024(3));
        let row = |x: u16, y: u16| {
            let mut row = [Gf1024::ZERO; UNKNOWNS + 1];
            (row[0], row[1], row[2]) = (Gf1024(x), Gf1024(y), Gf1024(x).times(a).plus(Gf1024(y).times(b)));
            row
        };
        assert_eq!(
            solve(&mut [row(0, 9), row(1000, 1)]).map(|solution| [solution[0], solution[1]]),
            Some([a, b])
        );
    }
}
