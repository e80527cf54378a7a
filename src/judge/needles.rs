//! Many short texts looked for in one pass, at the pace of a few instructions a byte however many they are. Comes in a
//! text, go out all that stand in it, overlapping ones too. Decides nothing.
//!
//! Each needle is listed under its first eight, four, three, two bytes or one, as long as it is. At each place of a text
//! one bit of a small table says whether any needle may begin there; few places pass, and there the lists are asked.

use rustc_hash::FxHashMap;

/// Lengths of the beginnings that needles are listed under, but for the short ones of one byte and of two.
const TIERS: [usize; 3] = [8, 4, 3];

/// Bits of a filter, as a power of two: three in a hundred are set by the beginnings of the built-in rules.
const FILTER_BITS: u32 = 16;

/// Words of a filter.
const FILTER_WORDS: usize = 1 << (FILTER_BITS - 6);

/// Needles made ready.
#[derive(Debug, Default)]
pub(super) struct Needles {
    needles: Vec<Box<[u8]>>,
    /// The first three bytes of all needles that have as many.
    first: Filter,
    tiers: [Tier; TIERS.len()],
    pairs: Tier,
    singles: Tier,
    /// What needles begin with each byte: of one byte, of two, of more.
    begins: Box<[u8]>,
}

/// Bits of [`Needles::begins`].
const SINGLE: u8 = 1;
const PAIR: u8 = 2;
const LONGER: u8 = 4;

/// A set of keys that says no for sure and yes by guess.
#[derive(Debug)]
struct Filter(Box<[u64; FILTER_WORDS]>);

impl Default for Filter {
    fn default() -> Self {
        Self(Box::new([0; FILTER_WORDS]))
    }
}

/// Needles by their first bytes.
#[derive(Debug, Default)]
struct Tier {
    filter: Filter,
    lists: FxHashMap<u64, Vec<u32>>,
}

impl Filter {
    fn new(keys: impl Iterator<Item = u64>) -> Self {
        let mut filter = Self::default();
        for key in keys {
            let bit = Self::bit(key);
            filter.0[bit >> 6] |= 1 << (bit & 63);
        }
        filter
    }

    #[inline]
    fn bit(key: u64) -> usize {
        // Fibonacci hashing: the golden ratio spreads keys that differ in few bits.
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - FILTER_BITS)) as usize
    }

    #[inline]
    fn may_have(&self, key: u64) -> bool {
        let bit = Self::bit(key);
        self.0[(bit >> 6) & (FILTER_WORDS - 1)] >> (bit & 63) & 1 != 0
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
        let mut begins = vec![0; 256].into_boxed_slice();
        for needle in &needles {
            if let Some(&byte) = needle.first() {
                begins[usize::from(byte)] |= [SINGLE, PAIR, LONGER][needle.len().min(3) - 1];
            }
        }
        Self { first: Filter::new(firsts.into_iter()), tiers, pairs, singles, begins, needles }
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
        let begins = self.begins.get(word as usize & 0xFF).copied().unwrap_or(0);
        if begins & LONGER != 0 && self.first.may_have(first(word, 3)) {
            for (tier, n_bytes) in self.tiers.iter().zip(TIERS) {
                self.show(tier.list(first(word, n_bytes)), bytes, at, show);
            }
        }
        if begins & PAIR != 0 && self.pairs.filter.may_have(first(word, 2)) {
            self.show(self.pairs.list(first(word, 2)), bytes, at, show);
        }
        if begins & SINGLE != 0 {
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
