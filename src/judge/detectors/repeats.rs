//! Paragraphs that stand in a dump more than once.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::{Context, Found};
use crate::finding::Span;
use crate::judge::document::fold as fold_text;
use crate::page::Shape;

/// Letters that a repeated run of two or more blocks must hold: a doubled body is long, a refrain is not.
const MIN_RUN_WEIGHT: f32 = 160.0;
/// The same for prose whose copy follows at once, whole run behind whole run.
const MIN_NEXT_RUN_WEIGHT: f32 = 100.0;
/// Letters of a single paragraph that may count as doubled on its own, if the copy follows at once.
const MIN_ADJACENT_WEIGHT: f32 = 120.0;
/// Blocks lighter than this begin no run: `Yes.` stands twice in many interviews.
const MIN_ANCHOR_WEIGHT: f32 = 30.0;

/// What is compared of a block: its folded text without a dateline, which stands in one copy only.
fn key<'d>(context: &Context<'d>, idx: usize) -> Cow<'d, str> {
    let view = &context.document.views[idx];
    if view.body_start <= view.span.start || view.body_start >= view.span.end {
        return Cow::Borrowed(&view.folded);
    }
    Cow::Owned(fold_text(Span { start: view.body_start, end: view.span.end }.of(&context.document.layout.text)))
}

/// A second copy of the body or of a part of it, in a row (`p1 p2 p1 p2`) or interleaved (`p1 p1 p2 p2`). The first
/// copy stays. A verse or a paragraph that comes back on its own stays too: that is a refrain or a quotation.
pub(super) fn repeated_body(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let open: Vec<usize> = (0..document.len())
        .filter(|&i| {
            context.claimed[i].is_none() && !document.layout.blocks[i].hidden && !document.views[i].folded.is_empty()
        })
        .collect();
    let keys: Vec<Cow<'_, str>> = open.iter().map(|&i| key(context, i)).collect();
    let fold = |at: usize| &*keys[at];
    let weight = |at: usize| document.views[open[at]].weight;
    let is_verse = |at: usize| document.layout.blocks[open[at]].shape == Shape::Verse;
    // Earlier places of a text, to start a run from; bounded, since a text that stands in many places starts none.
    let mut places: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    let mut dropped = vec![false; open.len()];
    let mut adjacent: Vec<usize> = Vec::new();
    let mut short: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < open.len() {
        let best = (weight(at) >= MIN_ANCHOR_WEIGHT)
            .then(|| places.get(fold(at)))
            .flatten()
            .into_iter()
            .flatten()
            .map(|&from| {
                let n = (0..)
                    .take_while(|n| from + n < at && at + n < open.len() && fold(from + n) == fold(at + n))
                    .count();
                (n, from)
            })
            .max_by_key(|&(n, from)| (n, std::cmp::Reverse(from)));
        if let Some((n, from)) = best {
            let total: f32 = (at..at + n).map(weight).sum();
            let all_verse = (at..at + n).all(is_verse);
            let covers_all = from == 0 && at + n == open.len();
            let is_prose = (at..at + n).all(|i| !is_verse(i) && document.views[open[i]].is_sentence);
            let least = if is_prose && from + n == at { MIN_NEXT_RUN_WEIGHT } else { MIN_RUN_WEIGHT };
            if n >= 2 && total >= least && (!all_verse || covers_all) {
                dropped[at..at + n].fill(true);
                at += n;
                continue;
            }
            if from + 1 == at && !is_verse(at) {
                if document.views[open[at]].is_long { adjacent.push(at) } else { short.push(at) }
            }
        }
        let seen = places.entry(fold(at)).or_default();
        if seen.len() < 4 {
            seen.push(at);
        }
        at += 1;
    }
    // One doubled paragraph may be meant; several, or a very long one, are a fault of the dump.
    let total: f32 = adjacent.iter().map(|&at| weight(at)).sum();
    if adjacent.len() >= 2 || total >= MIN_ADJACENT_WEIGHT {
        adjacent.iter().for_each(|&at| dropped[at] = true);
    }
    // Where a dump doubles its paragraphs one by one, the short ones among them are doubled too.
    if adjacent.len() >= 2 {
        short.iter().filter(|&&at| document.views[open[at]].is_sentence).for_each(|&at| dropped[at] = true);
    }
    for at in (0..open.len()).filter(|&at| dropped[at]) {
        found.drop(open[at], document.layout.blocks[open[at]].span);
    }
}
