//! Characters of generated passwords, counted.

#![allow(unreachable_pub, reason = "a harness uses it")]

use crate::chi::Even;
use std::collections::BTreeMap;
use strongroom::crypto::password::{Length, generate};
use strongroom::entropy::{Entropy, System};

/// χ² of so many characters, the bound that 99.99 % of honest samples stay below, and how many were drawn.
pub fn judge(wanted: usize) -> (f64, f64, usize) {
    let length = (1..=u8::MAX).rev().find_map(Length::new).unwrap();
    let mut counts = BTreeMap::<char, usize>::new();
    let mut drawn = 0;
    while drawn < wanted {
        // A source for each: what it remembers of its draws does not grow.
        let mut system = System;
        let password = generate(length, &[], &mut Entropy::new(&mut system)).ok().unwrap();
        password.expose(|text| text.chars().for_each(|symbol| *counts.entry(symbol).or_default() += 1));
        drawn += password.len();
    }
    let mut even = Even::new(counts.len());
    for (bin, count) in counts.values().enumerate() {
        (0..*count).for_each(|_| even.add(bin));
    }
    (even.statistic(), even.bound(), drawn)
}
