//! Pearson's χ², and the value that 99.99 % of honest samples stay below.

#![allow(unreachable_pub, reason = "each test file uses a part of this")]

/// Bins that should be equally full.
pub struct Even(Vec<u64>);

impl Even {
    pub fn new(bins: usize) -> Self {
        Self(vec![0; bins])
    }

    pub fn add(&mut self, bin: usize) {
        self.0[bin] += 1;
    }

    /// Whether no bin was left out.
    pub fn is_full(&self) -> bool {
        self.0.iter().all(|count| *count > 0)
    }

    pub fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(count, more)| *count += more);
    }

    pub fn statistic(&self) -> f64 {
        let expected = self.0.iter().sum::<u64>() as f64 / self.0.len() as f64;
        self.0
            .iter()
            .map(|count| (*count as f64 - expected).powi(2) / expected)
            .sum()
    }

    pub fn bound(&self) -> f64 {
        bound(self.0.len() - 1)
    }
}

/// Two samples that should be of one distribution.
pub fn alike(one: &Even, two: &Even) -> (f64, f64) {
    let (n1, n2) = (one.0.iter().sum::<u64>() as f64, two.0.iter().sum::<u64>() as f64);
    let part = |(a, b): (&u64, &u64)| {
        let (a, b) = (*a as f64, *b as f64);
        if a + b == 0.0 {
            0.0
        } else {
            (a * (n2 / n1).sqrt() - b * (n1 / n2).sqrt()).powi(2) / (a + b)
        }
    };
    (one.0.iter().zip(&two.0).map(part).sum(), bound(one.0.len() - 1))
}

/// The 99.99 % point of χ² (Wilson and Hilferty 1931; within a percent for 15 degrees and more).
fn bound(degrees: usize) -> f64 {
    const Z: f64 = 3.719_016;
    let k = 2.0 / (9.0 * degrees as f64);
    degrees as f64 * (1.0 - k + Z * k.sqrt()).powi(3)
}
