//! The checksum of a line, and what it can put right: codex32's short code (BIP-93), 13 check symbols over GF(32).
//!
//! Rules of this file:
//! - the checksum covers the prefix, expanded as BIP-173 does: a line of one world fails in the other;
//! - a correction is an *offer*: nothing here changes a line, and an offer is made only when the corrected line passes the checksum;
//! - at most four wrong symbols at unknown places, at most eight unreadable ones at known places, 2·wrong + unreadable ≤ 8:
//!   the code's distance is 9, so within that bound there is one answer or none;
//! - a place lies inside the line, a wrong symbol differs from the right one, every value is a symbol;
//! - no input makes it panic: bech32 0.12's own corrector does, on about every twelfth line with five wrong symbols.
//!
//! Limit: the running residue, 65 bits, lies in bech32's engine, on the stack, and is not wiped.

use super::gf1024::{Equation, Gf1024, UNKNOWNS, solve};
use super::symbols::Symbols;
use crate::ident::Mode;
use bech32::primitives::checksum::{Engine, PackedFe32 as _};
use bech32::{Checksum, Fe32, Fe1024};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// How many symbols of a line are its checksum.
pub const CHECK_SYMBOLS: usize = 13;

/// The most symbols that a line has, checksum included: the code has 93, five of them are the expanded prefix of two letters.
pub const LINE_SYMBOLS_MAX: usize = 88;

/// The most symbols that can be filled in; each wrong one counts as two.
pub const UNREADABLE_MAX: usize = 8;

/// BIP-93, "Checksum": the short code. The roots are named as in bech32 0.12, which chose another primitive element than the BIP.
pub enum Codex32 {}

impl Checksum for Codex32 {
    type MidstateRepr = u128;
    type CorrectionField = Fe1024;
    const ROOT_GENERATOR: Fe1024 = Fe1024::new([Fe32::_9, Fe32::_9]);
    const ROOT_EXPONENTS: core::ops::RangeInclusive<usize> = FIRST_ROOT..=16;
    const CHECKSUM_LENGTH: usize = CHECK_SYMBOLS;
    const CODE_LENGTH: usize = 93;
    const GENERATOR_SH: [u128; 5] = [
        0x1_9dc5_00ce_73fd_e210,
        0x1_bfae_00de_f77f_e529,
        0x1_fbd9_20ff_fe7b_ee52,
        0x1_7396_40bd_eee3_fdad,
        0x0_7729_a039_cfc7_5f5a,
    ];
    const TARGET_RESIDUE: u128 = 0x1_0ce0_795c_2fd1_e62a;
}

/// β, whose powers 9 to 16 are the roots of the generator: 9 + 9ζ.
const BETA: Gf1024 = Gf1024::new(5, 5);
const FIRST_ROOT: usize = 9;
const SYNDROMES: usize = UNREADABLE_MAX;

/// One symbol that a correction would change. Two symbols of a secret line: wiped on drop, never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Fix {
    /// Where, counted from 0.
    pub position: usize,
    /// What stands there, or nothing where it could not be read.
    pub found: Option<u8>,
    /// What should stand there.
    pub offered: u8,
}

/// Closes `data`, at most 75 symbols, with the 13 check symbols: the whole line.
pub fn encode(mode: Mode, data: &Symbols) -> Symbols {
    data.expose(|data| {
        debug_assert!(
            data.len() + CHECK_SYMBOLS <= LINE_SYMBOLS_MAX,
            "a longer line is not protected"
        );
        let mut engine = begin(mode);
        let mut line = Symbols::with_capacity(data.len() + CHECK_SYMBOLS);
        for symbol in data {
            engine.input_fe(element(*symbol));
            line.push(*symbol);
        }
        engine.input_target_residue();
        (0..CHECK_SYMBOLS)
            .rev()
            .for_each(|place| line.push(engine.residue().unpack(place)));
        line
    })
}

/// Whether the line is whole. A line that is longer than the code, or shorter than its own checksum, is not.
pub fn check(mode: Mode, line: &Symbols) -> bool {
    line.expose(|line| fits(line) && residue(mode, line) == 0)
}

/// The changes that make the line whole, in the order of their places: none where it is whole, `None` where it is beyond correction.
///
/// `unreadable` are the places, from 0, whose symbols count for nothing; each of them is among the changes.
pub fn correct(mode: Mode, line: &Symbols, unreadable: &[usize]) -> Option<Vec<Fix>> {
    line.expose(|line| correct_symbols(mode, line, unreadable))
}

fn correct_symbols(mode: Mode, line: &[u8], unreadable: &[usize]) -> Option<Vec<Fix>> {
    let mut unreadable = unreadable.to_vec();
    unreadable.sort_unstable();
    unreadable.dedup();
    if !fits(line) || unreadable.len() > UNREADABLE_MAX || unreadable.last().is_some_and(|last| *last >= line.len()) {
        return None;
    }
    let syndromes = syndromes(residue(mode, line));
    let remaining = without(&syndromes, &locators(line.len(), &unreadable));
    (0..=remaining.len() / 2).find_map(|wrong| {
        let mut places = unreadable.clone();
        places.extend(locate(&remaining, wrong, line.len(), &unreadable)?);
        let fixes = values(&syndromes, line, &places, unreadable.len())?;
        // The syndromes are 8 of the 13 symbols' worth of checksum; the line itself has the last word.
        check(mode, &mended(line, &fixes)).then_some(fixes)
    })
}

/// A copy of the line with the changes made.
pub(super) fn mended(line: &[u8], fixes: &[Fix]) -> Symbols {
    let mut copy = Zeroizing::new(line.to_vec());
    for fix in fixes {
        if let Some(symbol) = copy.get_mut(fix.position) {
            *symbol = fix.offered;
        }
    }
    Symbols::of(copy.iter().copied())
}

fn fits(line: &[u8]) -> bool {
    (CHECK_SYMBOLS + 1..=LINE_SYMBOLS_MAX).contains(&line.len())
}

fn element(symbol: u8) -> Fe32 {
    // Symbols are below 32, so the other arm is never taken; it keeps the function total.
    Fe32::try_from(symbol & 31).unwrap_or(Fe32::Q)
}

/// The engine after the prefix: high bits of each letter, a zero, low bits of each letter (BIP-173, "Checksum").
fn begin(mode: Mode) -> Engine<Codex32> {
    let letters = mode.prefix().bytes().take(2).map(|letter| letter.to_ascii_lowercase());
    let high = letters.clone().map(|letter| letter >> 5);
    let mut engine = Engine::new();
    for symbol in high.chain([0]).chain(letters) {
        engine.input_fe(element(symbol));
    }
    engine
}

/// What is left of the line modulo the generator, target taken off: 0 for a whole line, else the errors alone.
fn residue(mode: Mode, line: &[u8]) -> u128 {
    let mut engine = begin(mode);
    for symbol in line {
        engine.input_fe(element(*symbol));
    }
    engine.residue() ^ Codex32::TARGET_RESIDUE
}

/// S₀…S₇: the errors, as a polynomial, at β⁹…β¹⁶.
fn syndromes(residue: u128) -> Zeroizing<[Gf1024; SYNDROMES]> {
    Zeroizing::new(std::array::from_fn(|i| {
        let root = BETA.power(FIRST_ROOT + i);
        (0..CHECK_SYMBOLS).rev().fold(Gf1024::ZERO, |sum, place| {
            sum.times(root).plus(Gf1024::new(residue.unpack(place), 0))
        })
    }))
}

/// β to the power of the place counted from the end, for each place counted from the start.
fn locators(length: usize, places: &[usize]) -> Vec<Gf1024> {
    places.iter().map(|place| BETA.power(length - 1 - place)).collect()
}

/// The syndromes with the known places taken out: each costs one (Forney's modified syndromes).
fn without(syndromes: &[Gf1024; SYNDROMES], known: &[Gf1024]) -> Zeroizing<Vec<Gf1024>> {
    let mut remaining = Zeroizing::new(syndromes.to_vec());
    for locator in known {
        for i in 1..remaining.len() {
            remaining[i - 1] = remaining[i].plus(remaining[i - 1].times(*locator));
        }
        remaining.pop();
    }
    remaining
}

/// The places of exactly `wrong` wrong symbols, or `None` (Peterson, Gorenstein and Zierler: the locator polynomial from a linear
/// system, its roots by trying every place of the line).
fn locate(syndromes: &[Gf1024], wrong: usize, length: usize, unreadable: &[usize]) -> Option<Vec<usize>> {
    let mut equations = [[Gf1024::ZERO; UNKNOWNS + 1]; UNKNOWNS];
    for (i, equation) in equations.iter_mut().take(wrong).enumerate() {
        equation[..=wrong].copy_from_slice(syndromes.get(i..=i + wrong)?);
    }
    let polynomial = solve(&mut equations[..wrong])?;
    let is_root = |locator: Gf1024| {
        let lower = (0..wrong)
            .rev()
            .fold(Gf1024::ZERO, |sum, k| sum.times(locator).plus(polynomial[k]));
        lower == locator.power(wrong)
    };
    let places: Vec<usize> = (0..length)
        .filter(|place| wrong > 0 && !unreadable.contains(place) && is_root(BETA.power(length - 1 - place)))
        .collect();
    (places.len() == wrong).then_some(places)
}

/// The changes at `places`, of which the first `unreadable` could not be read, or `None` where a value is no symbol or no change.
fn values(syndromes: &[Gf1024; SYNDROMES], line: &[u8], places: &[usize], unreadable: usize) -> Option<Vec<Fix>> {
    let locators = locators(line.len(), places);
    let mut equations = Zeroizing::new([[Gf1024::ZERO; UNKNOWNS + 1]; UNKNOWNS]);
    for (i, equation) in equations.iter_mut().take(places.len()).enumerate() {
        fill(equation, &locators, FIRST_ROOT + i, *syndromes.get(i)?);
    }
    let errors = Zeroizing::new(solve(equations.get_mut(..places.len())?)?);
    let mut fixes = Vec::with_capacity(places.len());
    for (i, (place, error)) in places.iter().zip(errors.iter()).enumerate() {
        let (error, found) = (error.symbol()?, *line.get(*place)?);
        let wrong = i >= unreadable;
        if wrong && error == 0 {
            return None;
        }
        fixes.push(Fix {
            position: *place,
            found: wrong.then_some(found),
            offered: found ^ error,
        });
    }
    fixes.sort_unstable_by_key(|fix| fix.position);
    Some(fixes)
}

/// Σ eᵢ·Xᵢ^exponent = value, in the unknown eᵢ.
fn fill(equation: &mut Equation, locators: &[Gf1024], exponent: usize, value: Gf1024) {
    for (coefficient, locator) in equation.iter_mut().zip(locators) {
        *coefficient = locator.power(exponent);
    }
    equation[locators.len()] = value;
}

#[cfg(test)]
mod tests;
