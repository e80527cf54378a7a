//! Phrases of all rules in two tables, and the phrases that speak against a rule. Comes in a folded block, go out the
//! phrases that stand in it. Decides nothing.

use std::ops::Range;

use memchr::memmem::Finder;
use rustc_hash::FxHashMap;

use super::document::{fold, fold_inside};
use super::needles::Needles;
use super::rule::Rule;
use crate::page::text::is_unspaced;

/// Where in a block a phrase must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Starts,
    Ends,
    Contains,
    Trigger,
}

#[derive(Debug, Clone)]
pub(super) struct Phrase {
    pub(super) rule: usize,
    pub(super) place: Place,
    pub(super) bounds: Bounds,
}

/// At which of its ends a phrase must have the border of a word. Written as a space there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    in_front: bool,
    behind: bool,
}

impl Bounds {
    /// For a phrase that may stand inside a word.
    pub(super) const NONE: Self = Self { in_front: false, behind: false };

    /// A phrase as a rule writes it, folded, and what its spaces ask for.
    pub(super) fn read(phrase: &str) -> (String, Self) {
        (fold(phrase), Self { in_front: phrase.starts_with(' '), behind: phrase.ends_with(' ') })
    }

    /// Whether the borders are there that are asked for.
    pub(super) fn allow(self, text: &str, range: Range<usize>) -> bool {
        (!self.in_front || !is_joined(text, range.start)) && (!self.behind || !is_joined(text, range.end))
    }
}

/// Folded phrases in one table.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    index: FxHashMap<String, usize>,
    /// What each needle belongs to, and its length.
    owners: Vec<(Vec<Phrase>, usize)>,
    needles: Needles,
}

impl Phrases {
    pub(super) fn add(&mut self, needle: String, rule: usize, place: Place, bounds: Bounds) {
        if needle.is_empty() {
            return;
        }
        let len = needle.len();
        let at = *self.index.entry(needle).or_insert_with(|| {
            self.owners.push((Vec::new(), len));
            self.owners.len() - 1
        });
        self.owners[at].0.push(Phrase { rule, place, bounds });
    }

    /// Makes ready what was added.
    pub(super) fn compile(&mut self) {
        let mut needles: Vec<(usize, String)> =
            std::mem::take(&mut self.index).into_iter().map(|(needle, at)| (at, needle)).collect();
        needles.sort_unstable();
        self.needles = Needles::new(needles.into_iter().map(|(_, needle)| needle));
    }

    /// Shows all phrases of a folded text, overlapping ones too, with their places.
    pub(super) fn each(&self, folded: &str, mut show: impl FnMut(&[Phrase], Range<usize>)) {
        self.needles.each(folded, |number, at| {
            let (owners, len) = &self.owners[number];
            show(owners, at..at + len);
        });
    }

    /// The same for those that stand at its very beginning.
    pub(super) fn each_in_front(&self, folded: &str, mut show: impl FnMut(&[Phrase], Range<usize>)) {
        self.needles.each_in_front(folded, |number| {
            let (owners, len) = &self.owners[number];
            show(owners, 0..*len);
        });
    }
}

/// What a rule asks of a block besides its phrases, made ready.
#[derive(Debug)]
pub(super) struct Guard {
    pub(super) max_words: usize,
    /// Its phrases of `unless`, folded, and whether they ask for the border of a word in front and behind.
    vetoes: Vec<(Finder<'static>, bool, bool)>,
}

impl Guard {
    pub(super) fn new(rule: &Rule) -> Self {
        let veto = |phrase: &String| {
            let finder = Finder::new(&fold_inside(phrase)).into_owned();
            (finder, phrase.starts_with(' '), phrase.ends_with(' '))
        };
        Self { max_words: rule.raw.max_words.unwrap_or(usize::MAX), vetoes: rule.raw.unless.iter().map(veto).collect() }
    }

    /// Whether no phrase of `unless` stands in a folded block. A space at its end asks for the border of a word there.
    pub(super) fn lets_pass(&self, folded: &str) -> bool {
        let is_border = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        !self.vetoes.iter().any(|(finder, in_front, behind)| {
            finder.find_iter(folded.as_bytes()).filter(|&at| folded.is_char_boundary(at)).any(|at| {
                (!in_front || is_border(folded[..at].chars().next_back()))
                    && (!behind || is_border(folded[at + finder.needle().len()..].chars().next()))
            })
        })
    }

    /// Guards that one block alone can answer.
    pub(super) fn passes(&self, n_words: usize, folded: &str) -> bool {
        n_words <= self.max_words && self.lets_pass(folded)
    }
}

/// Whether a match in folded text begins and ends at the border of a word, as far as its script has such borders.
pub(super) fn is_word_bound(text: &str, range: Range<usize>) -> bool {
    !is_joined(text, range.start) && !is_joined(text, range.end)
}

/// Whether letters or digits of one word stand on both sides of a place.
fn is_joined(text: &str, at: usize) -> bool {
    let (Some(&before), Some(&behind)) =
        (at.checked_sub(1).and_then(|at| text.as_bytes().get(at)), text.as_bytes().get(at))
    else {
        return false;
    };
    if before.is_ascii() && behind.is_ascii() {
        return before.is_ascii_alphanumeric() && behind.is_ascii_alphanumeric();
    }
    let is_letter = |c: char| c.is_alphanumeric() && !is_unspaced(c);
    text[..at].chars().next_back().is_some_and(is_letter) && text[at..].chars().next().is_some_and(is_letter)
}
