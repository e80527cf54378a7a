//! Words of classes and ids with what text they were seen around: comes in a tree and a learned table of hashes, goes
//! out a score a node. The table is part of a model file; without one all scores are zero.

use super::nodes::{HashedMap, WORD_START, hash_byte};
use crate::judge::names::{Key, Names};
use crate::page::tree::{Attr, NodeId, Tag, Tree};

/// Longest list of classes that is looked at, in bytes, and most words of one element.
const MAX_NAME_BYTES: usize = 160;
const MAX_WORDS: usize = 24;

/// Elements above a block that are looked at, and how much less each level counts.
const MAX_LEVELS: usize = 24;
const FADE: f32 = 0.8;

/// Learned log-odds of words of classes, in eighths, by hash.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    scores: HashedMap<i8>,
}

impl Lexicon {
    /// Adds a word by its hash.
    pub(crate) fn insert(&mut self, hash: u32, score: i8) {
        self.scores.insert(u64::from(hash), score);
    }

    /// Log-odds of each element: the mean over its known words. Zero where none is known.
    pub(super) fn score(&self, tree: &Tree, names: &Names<'_>) -> Vec<f32> {
        let mut scores = vec![0.0; tree.len() as usize];
        if self.scores.is_empty() {
            return scores;
        }
        let mut words = Vec::new();
        let of_words = names.each_word(|name| {
            words.clear();
            name_words(name, &mut words);
            self.sum(&words)
        });
        let of_values = names.each_value(|value| value.len() <= MAX_NAME_BYTES);
        for id in 1..tree.len() {
            let own = names.of(id);
            if own.is_empty() || matches!(tree.tag(id), Tag::Html | Tag::Body) {
                continue;
            }
            let mut all = Sum::default();
            if own.iter().all(|&(_, value)| of_values[value as usize]) {
                let is_read = |key: Key| matches!(key, Key::Class | Key::Id | Key::Itemprop | Key::Role);
                let own = own.iter().filter(|(key, _)| is_read(*key));
                for &word in own.flat_map(|&(_, value)| names.words_of(value)) {
                    if all.n_words >= MAX_WORDS {
                        break;
                    }
                    all.add(of_words[word as usize]);
                }
            } else {
                words.clear();
                class_words(tree, id, &mut words);
                all = self.sum(&words);
            }
            if all.n_known > 0 {
                scores[id as usize] = all.score as f32 / (8 * all.n_known) as f32;
            }
        }
        scores
    }

    fn sum(&self, words: &[u32]) -> Sum {
        let known = words.iter().filter_map(|word| self.scores.get(&u64::from(*word)));
        known.fold(Sum { n_words: words.len(), ..Sum::default() }, |sum, &score| Sum {
            score: sum.score + i32::from(score),
            n_known: sum.n_known + 1,
            ..sum
        })
    }
}

/// What some words score, how many of them are known, and how many there are.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    score: i32,
    n_known: i32,
    n_words: usize,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.score += other.score;
        self.n_known += other.n_known;
        self.n_words += other.n_words;
    }
}

/// What the chain of elements from a node to the root scores.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Chain {
    pub(super) own: f32,
    pub(super) nearest: f32,
    pub(super) min: f32,
    pub(super) max: f32,
    pub(super) sum: f32,
    pub(super) faded: f32,
    pub(super) above: [f32; 3],
}

pub(super) fn chain(tree: &Tree, scores: &[f32], node: NodeId) -> Chain {
    let mut chain = Chain { own: scores[node as usize], ..Chain::default() };
    let mut fade = 1.0;
    for (level, id) in std::iter::once(node).chain(tree.ancestors(node)).take(MAX_LEVELS).enumerate() {
        let score = scores[id as usize];
        if chain.nearest == 0.0 {
            chain.nearest = score;
        }
        chain.min = chain.min.min(score);
        chain.max = chain.max.max(score);
        chain.sum += score;
        chain.faded += score * fade;
        fade *= FADE;
        if (1..=3).contains(&level) {
            chain.above[level - 1] = score;
        }
    }
    chain
}

/// Hashes of the words of an element's classes and id: each name whole, digits as `0`, and its alphabetic parts.
pub fn class_words(tree: &Tree, id: NodeId, words: &mut Vec<u32>) {
    if matches!(tree.tag(id), Tag::Text | Tag::Html | Tag::Body) {
        return;
    }
    let first = words.len();
    for (attr, value) in tree.attributes(id) {
        if !matches!(attr, Attr::Class | Attr::Id | Attr::Itemprop | Attr::Role) {
            continue;
        }
        let cut = value.floor_char_boundary(MAX_NAME_BYTES);
        for name in value[..cut].split_ascii_whitespace() {
            if words.len() - first >= MAX_WORDS {
                return;
            }
            name_words(name, words);
        }
    }
}

fn name_words(name: &str, words: &mut Vec<u32>) {
    let narrow = |hash: u64| (hash ^ (hash >> 32)) as u32;
    let whole = name.bytes().fold(hash_byte(WORD_START, b'.'), |hash, byte| {
        hash_byte(hash, if byte.is_ascii_digit() { b'0' } else { byte.to_ascii_lowercase() })
    });
    words.push(narrow(whole));
    let (mut hash, mut len) = (WORD_START, 0);
    let mut was_small = false;
    for byte in name.bytes().chain([b' ']) {
        let is_letter = byte.is_ascii_alphabetic();
        if (!is_letter || (byte.is_ascii_uppercase() && was_small)) && len > 0 {
            if len > 1 {
                words.push(narrow(hash));
            }
            (hash, len) = (WORD_START, 0);
        }
        if is_letter {
            hash = hash_byte(hash, byte.to_ascii_lowercase());
            len += 1;
        }
        was_small = byte.is_ascii_lowercase();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::page::html;

    fn words(name: &str) -> Vec<u32> {
        let mut words = Vec::new();
        name_words(name, &mut words);
        words
    }

    #[test]
    fn names_are_cut_into_words_and_numbers_do_not_count() {
        assert_eq!(words("post-12"), words("post-34"));
        assert_eq!(words("relatedPosts")[1..], words("related-posts")[1..]);
        assert_ne!(words("related-posts")[0], words("relatedPosts")[0]);
        assert_eq!(words("x").len(), 1);
    }

    #[test]
    fn known_words_score_the_chain_above_a_block() {
        let page = html::lay_out("<div class=story><p class=x1>The ferry.</p></div>", &Options::default());
        let mut lexicon = Lexicon::default();
        lexicon.insert(words("story")[1], 16);
        let scores = lexicon.score(&page.tree, &Names::new(&page.tree));
        let node = page.layout.blocks[0].node.unwrap();
        let chain = chain(&page.tree, &scores, node);
        assert_eq!((chain.own, chain.nearest, chain.max, chain.above[0]), (0.0, 2.0, 2.0, 2.0));
        assert!((chain.faded - 1.6).abs() < 1e-6);
        assert!(Lexicon::default().score(&page.tree, &Names::new(&page.tree)).iter().all(|&score| score == 0.0));
    }
}
