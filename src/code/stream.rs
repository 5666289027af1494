//! A repeatable stream of numbers for the tests of this floor (splitmix64): a failure is found again by its seed.

/// The stream.
pub(crate) struct Stream(u64);

impl Stream {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.next() as u8
    }

    /// `count` distinct numbers below `bound`.
    pub(crate) fn places(&mut self, count: usize, bound: usize) -> Vec<usize> {
        let mut places = Vec::with_capacity(count);
        while places.len() < count {
            let place = self.below(bound);
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }
}
