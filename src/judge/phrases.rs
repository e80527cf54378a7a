//! Phrases of all rules in two automata, and the phrases that speak against a rule. Comes in a folded block, go out the
//! phrases that stand in it. Decides nothing.

use std::ops::Range;

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};
use memchr::memmem::Finder;
use rustc_hash::FxHashMap;

use super::document::fold_inside;
use super::rule::Rule;
use crate::error::{Error, ErrorKind, Result};
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
}

/// How many bytes into a phrase the automaton looks up the next one in a table rather than a list; most text is no
/// deeper in any phrase.
const DENSE_DEPTH: usize = 3;

/// Folded phrases in one automaton.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    automaton: Option<AhoCorasick>,
    index: FxHashMap<String, usize>,
    needles: Vec<String>,
    /// What each needle belongs to.
    owners: Vec<Vec<Phrase>>,
}

impl Phrases {
    pub(super) fn add(&mut self, needle: String, rule: usize, place: Place) {
        if needle.is_empty() {
            return;
        }
        let at = *self.index.entry(needle.clone()).or_insert_with(|| {
            self.needles.push(needle);
            self.owners.push(Vec::new());
            self.needles.len() - 1
        });
        self.owners[at].push(Phrase { rule, place });
    }

    pub(super) fn compile(&mut self, start: StartKind) -> Result<()> {
        let needles = std::mem::take(&mut self.needles);
        self.index.clear();
        if needles.is_empty() {
            return Ok(());
        }
        let mut builder = AhoCorasick::builder();
        // Not one automaton of full tables: with thousands of phrases it would not fit the caches.
        builder.match_kind(MatchKind::Standard).start_kind(start).kind(Some(AhoCorasickKind::ContiguousNFA));
        builder.dense_depth(DENSE_DEPTH);
        self.automaton = Some(builder.build(&needles).map_err(|cause| {
            Error::new(ErrorKind::Rule, "the phrases of all rules do not fit one automaton").because(cause)
        })?);
        Ok(())
    }

    /// All phrases of a folded text, overlapping ones too, with their places.
    pub(super) fn find<'a>(
        &'a self,
        folded: &'a str,
        anchored: Anchored,
    ) -> impl Iterator<Item = (&'a [Phrase], Range<usize>)> {
        let input = Input::new(folded).anchored(anchored);
        let mut state = OverlappingState::start();
        std::iter::from_fn(move || {
            let automaton = self.automaton.as_ref()?;
            automaton.try_find_overlapping(input.clone(), &mut state).ok()?;
            let found = state.get_match()?;
            Some((self.owners[found.pattern().as_usize()].as_slice(), found.range()))
        })
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
    let is_letter = |c: char| c.is_alphanumeric() && !is_unspaced(c);
    let inside = &text[range.clone()];
    let joined = |a: Option<char>, b: Option<char>| a.is_some_and(is_letter) && b.is_some_and(is_letter);
    !joined(text[..range.start].chars().next_back(), inside.chars().next())
        && !joined(inside.chars().next_back(), text[range.end..].chars().next())
}
