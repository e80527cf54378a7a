//! Many short texts looked for in one pass, at the pace of a few instructions a byte however many they are. Comes in a
//! text, go out all that stand in it, overlapping ones too. Decides nothing.
//!
//! Each needle is listed under its first eight, four, three, two bytes or one, as long as it is. At each place of a text
//! one bit of a small table says whether any needle may begin there; few places pass, and there the lists are asked.

use rustc_hash::FxHashMap;

/// Lengths of the beginnings that needles are listed under, but for the short ones of one byte and of two.
const TIERS: [usize; 3] = [8, 4, 3];

/// Bits of a filter for each key: one place in sixteen passes by chance.
const BITS_PER_KEY: usize = 16;

/// Fewest bits of a filter.
const MIN_BITS: usize = 1024;

/// Needles made ready.
#[derive(Debug, Default)]
pub(super) struct Needles {
    needles: Vec<Box<[u8]>>,
    /// The first three bytes of all needles that have as many.
    first: Filter,
    tiers: [Tier; TIERS.len()],
    pairs: Tier,
    singles: Tier,
}

/// A set of keys that says no for sure and yes by guess.
#[derive(Debug, Default)]
struct Filter {
    bits: Vec<u64>,
    shift: u32,
}

/// Needles by their first bytes.
#[derive(Debug, Default)]
struct Tier {
    filter: Filter,
    lists: FxHashMap<u64, Vec<u32>>,
}

impl Filter {
    fn new(keys: impl ExactSizeIterator<Item = u64>) -> Self {
        let n_bits = (keys.len() * BITS_PER_KEY).next_power_of_two().max(MIN_BITS);
        let mut filter = Self { bits: vec![0; n_bits / 64], shift: 64 - n_bits.trailing_zeros() };
        for key in keys {
            let bit = filter.bit(key);
            filter.bits[bit >> 6] |= 1 << (bit & 63);
        }
        filter
    }

    fn bit(&self, key: u64) -> usize {
        // Fibonacci hashing: the golden ratio spreads keys that differ in few bits.
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (self.shift & 63)) as usize
    }

    fn may_have(&self, key: u64) -> bool {
        let bit = self.bit(key);
        self.bits.get(bit >> 6).is_some_and(|word| word >> (bit & 63) & 1 != 0)
    }
}

impl Tier {
    fn new(needles: &[Box<[u8]>], n_bytes: usize, lengths: std::ops::Range<usize>) -> Self {
        let mut lists: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        for (number, needle) in (0_u32..).zip(needles) {
            if lengths.contains(&needle.len()) {
                lists.entry(first(word_at(needle, 0), n_bytes)).or_default().push(number);
            }
        }
        Self { filter: Filter::new(lists.keys().copied()), lists }
    }

    /// The needles that begin with a key.
    fn list(&self, key: u64) -> &[u32] {
        if !self.filter.may_have(key) {
            return &[];
        }
        self.lists.get(&key).map_or(&[], Vec::as_slice)
    }
}

/// The first bytes of a word.
fn first(word: u64, n_bytes: usize) -> u64 {
    word & (u64::MAX >> (64 - 8 * n_bytes))
}

/// Eight bytes from a place on, zeros behind the end.
fn word_at(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    let rest = &bytes[at..bytes.len().min(at + 8)];
    word[..rest.len()].copy_from_slice(rest);
    u64::from_le_bytes(word)
}

impl Needles {
    /// Makes needles ready; they are known by their places. An empty one stands nowhere.
    pub(super) fn new(needles: impl Iterator<Item = String>) -> Self {
        let needles: Vec<Box<[u8]>> = needles.map(|needle| needle.into_bytes().into_boxed_slice()).collect();
        let mut longer = usize::MAX;
        let tiers = TIERS.map(|n_bytes| {
            let tier = Tier::new(&needles, n_bytes, n_bytes..longer);
            longer = n_bytes;
            tier
        });
        let mut firsts: Vec<u64> = needles.iter().filter(|n| n.len() >= 3).map(|n| first(word_at(n, 0), 3)).collect();
        firsts.sort_unstable();
        firsts.dedup();
        let (pairs, singles) = (Tier::new(&needles, 2, 2..3), Tier::new(&needles, 1, 1..2));
        Self { first: Filter::new(firsts.into_iter()), tiers, pairs, singles, needles }
    }

    /// Shows all needles of a text, each with its number and its place.
    pub(super) fn each(&self, text: &str, mut show: impl FnMut(usize, usize)) {
        let bytes = text.as_bytes();
        for (at, word) in bytes.windows(8).enumerate() {
            let word = word.try_into().map_or(0, u64::from_le_bytes);
            // Inside a character nothing begins.
            if word & 0xC0 != 0x80 {
                self.at(bytes, at, word, &mut show);
            }
        }
        for at in bytes.len().saturating_sub(7)..bytes.len() {
            self.at(bytes, at, word_at(bytes, at), &mut show);
        }
    }

    /// Shows the needles that a text begins with.
    pub(super) fn each_in_front(&self, text: &str, mut show: impl FnMut(usize)) {
        let bytes = text.as_bytes();
        self.at(bytes, 0, word_at(bytes, 0), &mut |number, _| show(number));
    }

    #[inline]
    fn at(&self, bytes: &[u8], at: usize, word: u64, show: &mut impl FnMut(usize, usize)) {
        if self.first.may_have(first(word, 3)) {
            for (tier, n_bytes) in self.tiers.iter().zip(TIERS) {
                self.show(tier.list(first(word, n_bytes)), bytes, at, show);
            }
        }
        if self.pairs.filter.may_have(first(word, 2)) {
            self.show(self.pairs.list(first(word, 2)), bytes, at, show);
        }
        if self.singles.filter.may_have(first(word, 1)) {
            self.show(self.singles.list(first(word, 1)), bytes, at, show);
        }
    }

    fn show(&self, list: &[u32], bytes: &[u8], at: usize, show: &mut impl FnMut(usize, usize)) {
        for &number in list {
            if bytes[at..].starts_with(&self.needles[number as usize]) {
                show(number as usize, at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_needle_is_found_wherever_it_stands() {
        let needles =
            ["a", "ab", "abc", "abcd", "abcde", "abcdefgh", "abcdefghi", "ж", "жа", "東", "東京", "bcd", "zz"];
        let ready = Needles::new(needles.iter().map(|needle| (*needle).to_owned()));
        for text in ["", "a", "xab", "abcdefghij abcdef", "東京жа", "zz", "abcdefgh", "zabcdefghz", "ж a東"] {
            let mut found = Vec::new();
            ready.each(text, |number, at| found.push((at, needles[number])));
            found.sort_unstable();
            let mut expected: Vec<_> = needles
                .iter()
                .flat_map(|needle| {
                    (0..text.len())
                        .filter(|&at| text.as_bytes()[at..].starts_with(needle.as_bytes()))
                        .map(|at| (at, *needle))
                })
                .collect();
            expected.sort_unstable();
            assert_eq!(found, expected, "{text}");
            let mut in_front = Vec::new();
            ready.each_in_front(text, |number| in_front.push(needles[number]));
            in_front.sort_unstable();
            let expected: Vec<&str> = expected.iter().filter(|(at, _)| *at == 0).map(|(_, needle)| *needle).collect();
            assert_eq!(in_front, expected, "{text}");
        }
    }

    #[test]
    fn without_needles_nothing_is_found() {
        Needles::default().each("tide tables", |_, _| panic!("there is nothing to find"));
        Needles::new(std::iter::empty()).each_in_front("", |_| panic!("there is nothing to find"));
    }
}
