//! Dealings of two fixed secrets: every coefficient is uniform, zero included, and fewer shares than needed say nothing.

#![allow(unreachable_pub, reason = "each test file uses a part of this")]

use crate::chi::{Even, alike};
use crate::sample::Seeded;
use curve25519_dalek::scalar::Scalar;
use strongroom::crypto::sharing::{self, Dealing};
use strongroom::entropy::{Entropy, Source};

/// The last draw of a dealing is its secret: here one of two, over and over; every other draw is fresh.
struct Fixed<'a> {
    secret: u8,
    left: usize,
    rest: &'a mut Seeded,
}

/// Two for each share that is needed.
const DRAWS: usize = 6;

impl Source for Fixed<'_> {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), String> {
        self.left -= 1;
        if self.left == 0 {
            out.iter_mut()
                .zip(0..)
                .for_each(|(byte, at)| *byte = self.secret.wrapping_add(at));
            return Ok(());
        }
        self.rest.fill(out)
    }
}

/// What was counted over all dealings of one secret, `3-of-3`.
struct Counted {
    /// The one secret of them all.
    secret: Option<Scalar>,
    /// The lowest and the highest bits of the coefficients of A and of B.
    coefficients: Vec<Even>,
    /// The lowest bits of each share's value, and of its blinder.
    shares: Vec<Even>,
    /// Four bits of share 1 beside four bits of share 2.
    pairs: Even,
}

impl Counted {
    fn new() -> Self {
        let bins = |count: usize| (0..count).map(|_| Even::new(256)).collect();
        Self {
            secret: None,
            coefficients: bins(8),
            shares: bins(6),
            pairs: Even::new(256),
        }
    }

    fn merge(&mut self, other: &Self) {
        self.secret = self.secret.or(other.secret);
        assert_eq!(self.secret, other.secret);
        let ours = self.coefficients.iter_mut().chain(&mut self.shares);
        let theirs = other.coefficients.iter().chain(&other.shares);
        ours.zip(theirs).for_each(|(our, their)| our.merge(their));
        self.pairs.merge(&other.pairs);
    }

    fn add(&mut self, dealing: Dealing) {
        let [mut values, mut blinders] = [[Scalar::ZERO; 3]; 2];
        for (at, share) in dealing.shares.into_iter().enumerate() {
            let (value, blinder) = share.into_scalars();
            values[at] = value.expose(|bytes| Scalar::from_canonical_bytes(*bytes).unwrap());
            blinders[at] = blinder
                .unwrap()
                .expose(|bytes| Scalar::from_canonical_bytes(*bytes).unwrap());
        }
        let secret = Scalar::from(3_u8) * (values[0] - values[1]) + values[2];
        assert_eq!(*self.secret.get_or_insert(secret), secret, "the secret stays the same");
        let of_both = [coefficients(values), coefficients(blinders)].concat();
        for (at, coefficient) in of_both.iter().enumerate() {
            self.coefficients[2 * at].add(low(coefficient));
            self.coefficients[2 * at + 1].add(high(coefficient));
        }
        for (at, share) in values.iter().chain(&blinders).enumerate() {
            self.shares[at].add(low(share));
        }
        self.pairs.add(low(&values[0]) % 16 * 16 + low(&values[1]) % 16);
    }
}

/// a₁ and a₂ of the polynomial of degree 2 through (1, y₁), (2, y₂), (3, y₃).
fn coefficients(y: [Scalar; 3]) -> Vec<Scalar> {
    let half = Scalar::from(2_u8).invert();
    let a2 = (y[2] - y[1] - y[1] + y[0]) * half;
    let a1 = y[1] - y[0] - Scalar::from(3_u8) * a2;
    vec![a1, a2]
}

fn low(scalar: &Scalar) -> usize {
    usize::from(scalar.as_bytes()[0])
}

/// Bits 244 to 251: the order of the group is 2^252 and little more, so they are uniform too.
fn high(scalar: &Scalar) -> usize {
    let bytes = scalar.as_bytes();
    usize::from(bytes[31] & 0x0f) << 4 | usize::from(bytes[30] >> 4)
}

/// What came of `count` dealings; the worst statistic in parts of its bound, so that 1 is the limit. An error names what is off.
pub fn judge(count: usize) -> Result<f64, String> {
    let [one, two] = [11_u8, 23].map(|secret| {
        let threads: Vec<_> = (0..2)
            .map(|thread| std::thread::spawn(move || deal(secret, count / 4, thread)))
            .collect();
        let mut counted = Counted::new();
        for thread in threads {
            counted.merge(&thread.join().unwrap());
        }
        counted
    });
    let mut worst: f64 = 0.0;
    for counted in [&one, &two] {
        let all = counted
            .coefficients
            .iter()
            .chain(&counted.shares)
            .chain([&counted.pairs]);
        for (at, bins) in all.enumerate() {
            if !bins.is_full() {
                return Err(format!("statistic {at} leaves a value out"));
            }
            worst = worst.max(bins.statistic() / bins.bound());
        }
    }
    // Two secrets, one distribution: no share tells which of them was dealt.
    for (of_one, of_two) in one
        .shares
        .iter()
        .chain([&one.pairs])
        .zip(two.shares.iter().chain([&two.pairs]))
    {
        let (statistic, bound) = alike(of_one, of_two);
        worst = worst.max(statistic / bound);
    }
    if worst < 1.0 {
        Ok(worst)
    } else {
        Err(format!("a statistic is {worst:.2} times its bound"))
    }
}

fn deal(secret: u8, count: usize, thread: usize) -> Counted {
    let mut rest = Seeded::new(&format!("dealings of {secret}, {thread}"));
    let mut counted = Counted::new();
    for _ in 0..count {
        let mut source = Fixed {
            secret,
            left: DRAWS,
            rest: &mut rest,
        };
        let dealing = sharing::deal("3-of-3".parse().unwrap(), &mut Entropy::new(&mut source));
        counted.add(dealing.unwrap_or_else(|refusal| panic!("{refusal}")));
    }
    counted
}
