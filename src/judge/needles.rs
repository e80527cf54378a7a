//! Many short texts looked for in one pass, at the pace of a few instructions a byte however many they are. Comes in a
//! text, go out all that stand in it, overlapping ones too. Decides nothing.
//!
//! Each needle is listed under its first eight, four, three, two bytes or one, as long as it is. At each place of a text
//! one bit of a small table says whether any needle may begin there; few places pass, and there the lists are asked.

/// Lengths of the beginnings that needles are listed under, but for the short ones of one byte and of two.
const TIERS: [usize; 3] = [8, 4, 3];

/// Bits of a filter, as a power of two: three in a hundred are set by the beginnings of the built-in rules.
const FILTER_BITS: u32 = 16;

/// Words of a filter.
const FILTER_WORDS: usize = 1 << (FILTER_BITS - 6);

/// Needles made ready.
#[derive(Debug, Default)]
pub(super) struct Needles {
    /// What stands behind the first eight bytes of the long ones, one after the other.
    tails: Vec<u8>,
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

/// A needle in its list.
#[derive(Debug, Clone, Copy)]
struct Needle {
    /// Its first eight bytes, and a mask of those that it has.
    word: u64,
    mask: u64,
    number: u32,
    len: u32,
    /// Where in [`Needles::tails`] the rest of it stands.
    tail: (u32, u32),
}

/// Needles by their first bytes.
#[derive(Debug, Default)]
struct Tier {
    filter: Filter,
    /// Keys at their hashes or behind them, each with the place of its list; a list of none is a free place.
    slots: Vec<(u64, u32, u32)>,
    lists: Vec<Needle>,
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
        (hash(key) >> (64 - FILTER_BITS)) as usize
    }

    #[inline]
    fn may_have(&self, key: u64) -> bool {
        let bit = Self::bit(key);
        self.0[(bit >> 6) & (FILTER_WORDS - 1)] >> (bit & 63) & 1 != 0
    }
}

impl Tier {
    fn new(mut keyed: Vec<(u64, Needle)>) -> Self {
        keyed.sort_by_key(|(key, needle)| (*key, needle.number));
        let n_slots = (keyed.len() * 2 + 1).next_power_of_two();
        let mut tier = Self {
            filter: Filter::new(keyed.iter().map(|(key, _)| *key)),
            slots: vec![(0, 0, 0); n_slots],
            lists: Vec::new(),
        };
        for list in keyed.chunk_by(|a, b| a.0 == b.0) {
            let start = tier.lists.len() as u32;
            tier.lists.extend(list.iter().map(|(_, needle)| *needle));
            let mut at = tier.slot(list[0].0);
            while tier.slots[at].1 != tier.slots[at].2 {
                at = (at + 1) & (n_slots - 1);
            }
            tier.slots[at] = (list[0].0, start, tier.lists.len() as u32);
        }
        tier
    }

    fn slot(&self, key: u64) -> usize {
        (hash(key) >> 20) as usize & (self.slots.len() - 1)
    }

    /// The needles that begin with a key.
    #[inline]
    fn list(&self, key: u64) -> &[Needle] {
        if !self.filter.may_have(key) {
            return &[];
        }
        let mut at = self.slot(key);
        loop {
            let (own, start, end) = self.slots[at];
            if own == key || start == end {
                return &self.lists[start as usize..end as usize];
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }
}

/// Fibonacci hashing: the golden ratio spreads keys that differ in few bits.
fn hash(key: u64) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15)
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
        let needles: Vec<Vec<u8>> = needles.map(String::into_bytes).collect();
        let mut tails: Vec<u8> = Vec::new();
        let mut keyed = |n_bytes: usize, lengths: std::ops::Range<usize>| {
            let mut tier = Vec::new();
            for (number, needle) in (0_u32..).zip(&needles).filter(|(_, needle)| lengths.contains(&needle.len())) {
                let start = tails.len() as u32;
                tails.extend(needle.iter().skip(8));
                let (word, mask) = (word_at(needle, 0), first(u64::MAX, needle.len().min(8)));
                let len = needle.len() as u32;
                let needle = Needle { word, mask, number, len, tail: (start, tails.len() as u32) };
                tier.push((first(word, n_bytes), needle));
            }
            Tier::new(tier)
        };
        let mut longer = usize::MAX;
        let tiers = TIERS.map(|n_bytes| {
            let tier = keyed(n_bytes, n_bytes..longer);
            longer = n_bytes;
            tier
        });
        let (pairs, singles) = (keyed(2, 2..3), keyed(1, 1..2));
        let firsts = needles.iter().filter(|n| n.len() >= 3).map(|n| first(word_at(n, 0), 3));
        let mut begins = vec![0; 256].into_boxed_slice();
        for needle in &needles {
            if let Some(&byte) = needle.first() {
                begins[usize::from(byte)] |= [SINGLE, PAIR, LONGER][needle.len().min(3) - 1];
            }
        }
        Self { first: Filter::new(firsts), tiers, pairs, singles, begins, tails }
    }

    /// Shows all needles of a text, each with its number and its place.
    pub(super) fn each(&self, text: &str, mut show: impl FnMut(usize, usize)) {
        let bytes = text.as_bytes();
        for (at, word) in bytes.windows(8).enumerate() {
            let word = word.try_into().map_or(0, u64::from_le_bytes);
            // Inside a character nothing begins.
            if word & 0xC0 != 0x80 && self.may_begin(word) {
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

    /// Whether any needle may begin with a word's first bytes.
    #[inline]
    fn may_begin(&self, word: u64) -> bool {
        let begins = self.begins.get(word as usize & 0xFF).copied().unwrap_or(0);
        begins & SINGLE != 0
            || begins & LONGER != 0 && self.first.may_have(first(word, 3))
            || begins & PAIR != 0 && self.pairs.filter.may_have(first(word, 2))
    }

    fn at(&self, bytes: &[u8], at: usize, word: u64, show: &mut impl FnMut(usize, usize)) {
        let begins = self.begins.get(word as usize & 0xFF).copied().unwrap_or(0);
        if begins & LONGER != 0 && self.first.may_have(first(word, 3)) {
            for (tier, n_bytes) in self.tiers.iter().zip(TIERS) {
                self.show(tier.list(first(word, n_bytes)), bytes, at, word, show);
            }
        }
        if begins & PAIR != 0 && self.pairs.filter.may_have(first(word, 2)) {
            self.show(self.pairs.list(first(word, 2)), bytes, at, word, show);
        }
        if begins & SINGLE != 0 {
            self.show(self.singles.list(first(word, 1)), bytes, at, word, show);
        }
    }

    #[inline]
    fn show(&self, list: &[Needle], bytes: &[u8], at: usize, word: u64, show: &mut impl FnMut(usize, usize)) {
        // The zeros behind the end of a text are none of its bytes.
        let fits = |needle: &&Needle| word & needle.mask == needle.word && needle.len as usize <= bytes.len() - at;
        for needle in list.iter().filter(fits) {
            let tail = &self.tails[needle.tail.0 as usize..needle.tail.1 as usize];
            if tail.is_empty() || bytes[at + 8..].starts_with(tail) {
                show(needle.number as usize, at);
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
