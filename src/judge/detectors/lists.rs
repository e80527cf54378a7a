//! Lists of other stories' headlines.

use super::title::is_headline;
use super::{Context, Found};
use crate::finding::Kind;
use crate::page::Shape;

/// Headlines that a list must hold before it is believed.
const MIN_ITEMS: usize = 2;
/// Longest list that is followed.
const MAX_ITEMS: usize = 40;
/// Longest item, in words.
const MAX_ITEM_WORDS: usize = 24;

/// Answers that a poll can have, and the longest one, in words.
const POLL_ANSWERS: std::ops::RangeInclusive<usize> = 2..=10;
const MAX_ANSWER_WORDS: usize = 12;

/// A question with its answers above the button of a poll.
pub(super) fn poll(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    for button in (0..document.len()).filter(|&i| context.claimed[i] == Some(Kind::Poll)) {
        let is_answer = |i: &usize| {
            let view = &document.views[*i];
            context.claimed[*i].is_none() && !view.is_sentence && view.n_words <= MAX_ANSWER_WORDS
        };
        let answers: Vec<usize> = (0..button).rev().take_while(is_answer).take(*POLL_ANSWERS.end() + 1).collect();
        let Some(question) = button.checked_sub(answers.len() + 1) else { continue };
        let asks = document.text(question).ends_with(['?', '？', '؟']) && document.views[question].n_words <= 40;
        if POLL_ANSWERS.contains(&answers.len()) && asks && context.claimed[question].is_none() {
            for idx in question..button {
                found.drop(idx, document.layout.blocks[idx].span);
            }
        }
    }
}

/// On a page, what stands under the heading of the comments in the same element is comments. The heading must be the
/// first text of that element, or a stray link would swallow the article.
pub(super) fn comment_thread(context: &Context<'_>, found: &mut Found<'_>) {
    let (document, Some(page)) = (context.document, context.page) else { return };
    let blocks = &document.layout.blocks;
    let heads = |i: usize| matches!(context.claimed[i], Some(Kind::CommentPrompt | Kind::Comments));
    for idx in (1..document.len()).filter(|&i| heads(i)) {
        let Some(parent) = blocks[idx].node.and_then(|node| page.tree.parent(node)) else { continue };
        let inside =
            |i: usize| blocks.get(i).and_then(|b| b.node).is_some_and(|node| page.tree.is_within(node, parent));
        if inside(idx - 1) {
            continue;
        }
        for next in (idx + 1..document.len()).take_while(|&i| inside(i)).filter(|&i| context.claimed[i].is_none()) {
            found.drop(next, blocks[next].span);
        }
    }
}

/// After the last paragraph, headlines that follow the heading of a list (`Related articles`) go with it.
pub(super) fn headline_list(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let Some((_, last)) = document.body() else { return };
    let mut idx = last + 1;
    while idx < document.len() {
        if context.claimed[idx] != Some(Kind::Related) {
            idx += 1;
            continue;
        }
        let shape = document.layout.blocks.get(idx + 1).map(|block| block.shape);
        let is_item = |i: &usize| {
            // A list has items of one shape; a heading or a line of another shape ends it.
            if Some(document.layout.blocks[*i].shape) != shape {
                return false;
            }
            let short = document.views[*i].n_words <= MAX_ITEM_WORDS;
            // Short lines in a row look like verse to the layout.
            let is_line = matches!(document.layout.blocks[*i].shape, Shape::ListItem | Shape::Verse);
            let is_list = is_line && !document.views[*i].is_sentence;
            short && context.claimed[*i].is_none() && (is_list || is_headline(document, *i))
        };
        let items: Vec<usize> = (idx + 1..document.len()).take(MAX_ITEMS).take_while(is_item).collect();
        if items.len() >= MIN_ITEMS {
            for &item in &items {
                found.drop(item, document.layout.blocks[item].span);
            }
        }
        idx += items.len() + 1;
    }
}
