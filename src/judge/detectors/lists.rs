//! Lists of other stories' headlines.

use std::sync::LazyLock;

use super::title::is_headline;
use super::{Context, Found, wording};
use crate::finding::{Action, Kind};
use crate::judge::document::Zone;
use crate::judge::pattern::Pattern;
use crate::page::Shape;

/// Headlines that a list must hold before it is believed.
const MIN_ITEMS: usize = 2;
/// Longest heading of a list, in words.
const MAX_HEADING_WORDS: usize = 9;
/// Longest list between two paragraphs.
const MAX_MID_ITEMS: usize = 6;
/// Shortest headline behind an arrow, in words.
const MIN_POINTER_WORDS: usize = 4;
/// The rule that finds the buttons under a comment.
const COMMENT_BUTTONS: &str = "account/comment-buttons";
/// Longest comment of a visitor, in words.
const MAX_COMMENT_WORDS: usize = 80;
/// Most lines from the heading or from the comment before to the buttons under a comment.
const MAX_COMMENT_LINES: usize = 4;
/// Longest list that is followed.
const MAX_ITEMS: usize = 40;
/// Longest item, in words.
const MAX_ITEM_WORDS: usize = 24;

/// On a page, what stands under the heading of the comments in the same element is comments. The heading must be the
/// first text of that element, or a stray link would swallow the article.
pub(super) fn comment_thread(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let Some(page) = context.page else {
        text_thread(context, found);
        return;
    };
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

/// In a text dump what stands between the heading of the comments, or another comment, and the buttons under a comment
/// is that comment. Without a heading only the line right above the buttons is.
fn text_thread(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let buttons: Vec<usize> = context
        .candidates
        .iter()
        .filter(|c| c.finding.rule.as_str() == COMMENT_BUTTONS && document.is_in(c.block, Zone::Tail))
        .map(|c| c.block)
        .filter(|&i| i > 0 && context.claimed[i] == Some(Kind::Comments))
        .collect();
    let heads = |i: usize| matches!(context.claimed[i], Some(Kind::CommentPrompt | Kind::Comments));
    for button in buttons {
        let above: Vec<usize> = (0..button).rev().take_while(|&i| context.claimed[i].is_none()).collect();
        let is_thread = button.checked_sub(above.len() + 1).is_some_and(heads);
        let is_comment = |i: usize| document.views[i].n_words <= MAX_COMMENT_WORDS && !is_kept(context, i);
        if is_thread && above.len() <= MAX_COMMENT_LINES && above.iter().all(|&i| is_comment(i)) {
            for &i in &above {
                found.drop(i, document.layout.blocks[i].span);
            }
        }
    }
}

/// Whether a rule protects a block.
fn is_kept(context: &Context<'_>, idx: usize) -> bool {
    context.candidates.iter().any(|c| c.block == idx && c.finding.action == Action::Keep)
}

/// Headlines that follow the heading of a list (`Related articles`) go with it: behind the last paragraph all that have
/// one shape, between two paragraphs those that stand right under the heading.
pub(super) fn headline_list(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let blocks = &document.layout.blocks;
    let Some((first, last)) = document.body() else { return };
    let mut idx = first + 1;
    while idx < document.len() {
        // Between two paragraphs a heading that only its words tell is believed where a list follows.
        let is_guess = context.claimed[idx].is_none() && idx <= last && is_worded_heading(context, idx);
        if !(is_guess || context.claimed[idx] == Some(Kind::Related)) || !is_bare_heading(context, idx) {
            idx += 1;
            continue;
        }
        let in_tail = idx > last;
        let shape = blocks.get(idx + 1).map(|block| block.shape);
        let is_item = |i: &usize| {
            let view = &document.views[*i];
            let block = &blocks[*i];
            // A list has items of one shape; a heading or a line of another shape ends it. In the text a blank line
            // ends it too.
            if Some(block.shape) != shape || (!in_tail && block.gap_before) {
                return false;
            }
            // On a page another list is another matter: tags, sections.
            if block.shape == Shape::ListItem && list_of(context, *i) != list_of(context, idx + 1) {
                return false;
            }
            // Short lines in a row look like verse to the layout.
            let is_line = matches!(block.shape, Shape::ListItem | Shape::Verse);
            let asks = document.text(*i).trim_end().ends_with(['?', '!', '？', '！', '؟']);
            let is_list = is_line && (!view.is_sentence || asks);
            // Between two paragraphs a question is an interviewer's, and a dash begins an answer.
            let speaks = !in_tail && (asks || document.text(*i).starts_with(['—', '–', '―']));
            view.n_words <= MAX_ITEM_WORDS
                && !speaks
                && context.claimed[*i].is_none()
                && (is_list || is_headline(document, *i))
        };
        let max = if in_tail { MAX_ITEMS } else { MAX_MID_ITEMS };
        let items: Vec<usize> = (idx + 1..document.len()).take(max + 1).take_while(is_item).collect();
        // Where no blank line parts the blocks, what ends the list must be prose: else it may be a table of the text.
        let next = idx + items.len() + 1;
        let is_closed = next >= document.len()
            || blocks[next].gap_before
            || context.claimed[next].is_some()
            || document.views[next].is_sentence
            || document.views[next].is_long;
        let lone_asks = items.len() == 1 && document.views[items[0]].is_sentence;
        let is_list = if in_tail {
            items.len() >= MIN_ITEMS || (is_closed && !lone_asks)
        } else {
            items.len() <= max && is_closed && (!is_guess || items.len() >= MIN_ITEMS)
        };
        if is_list && is_guess {
            found.drop(idx, blocks[idx].span);
        }
        if is_list {
            for &item in &items {
                found.drop(item, blocks[item].span);
            }
        }
        idx += items.len() + 1;
    }
}

/// Whether an open line of a text dump says nothing but that other stories follow.
fn is_worded_heading(context: &Context<'_>, idx: usize) -> bool {
    context.page.is_none()
        && !context.document.views[idx].is_sentence
        && context.document.views[idx].n_words <= MAX_HEADING_WORDS
        && wording::speaks_of(context.document.text(idx), Kind::Related)
}

/// On a page, the list that a block is an item of.
fn list_of(context: &Context<'_>, idx: usize) -> Option<u32> {
    let tree = &context.page?.tree;
    let node = context.document.layout.blocks[idx].node?;
    std::iter::successors(Some(node), |&id| tree.parent(id)).find(|&id| matches!(tree.name(id), "ul" | "ol"))
}

/// Whether a line that leads to other stories is the heading of a list, and does not name a story itself.
fn is_bare_heading(context: &Context<'_>, idx: usize) -> bool {
    let text = context.document.text(idx).trim_end_matches([':', '：', ' ']);
    context.document.views[idx].n_words <= MAX_HEADING_WORDS && !text.contains([':', '：', '|', '｜'])
}

/// Marks that lead to another story. The second group also marks items of the text.
static POINTER: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(r"^\s*(?:(?P<sure>>{2,}|»{2,}|👉|☞|➡️?)|(?P<mark>[▶►▷➤→⇒➔]))\s*")
        .expect("the pattern is well formed")
});

/// A line that begins with an arrow and has the look of a headline leads to another story. A triangle may also mark
/// the parts of a text, so that it counts only where the dump has one such line behind its first paragraph.
pub(super) fn pointer_line(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let Some((first, _)) = document.body() else { return };
    let lines: Vec<(usize, bool)> = (0..document.len())
        .filter_map(|i| POINTER.captures(document.text(i)).map(|c| (i, c.name("sure").is_some())))
        .collect();
    let is_lone = lines.iter().filter(|(_, is_sure)| !is_sure).count() == 1;
    for (idx, is_sure) in lines.into_iter().filter(|&(idx, is_sure)| idx > first && (is_sure || is_lone)) {
        let view = &document.views[idx];
        let text = document.text(idx).trim_end();
        let asks = text.ends_with(['?', '!', '？', '！', '؟']);
        let is_open_end = (!view.is_sentence || asks) && !text.ends_with([':', '：', ',']);
        let is_headline = (MIN_POINTER_WORDS..=MAX_ITEM_WORDS).contains(&view.n_words) && is_open_end && !view.is_long;
        if context.claimed[idx].is_none()
            && is_headline
            && !text.contains('\n')
            && (is_sure || !text.contains([':', '：']))
        {
            found.drop(idx, document.layout.blocks[idx].span);
        }
    }
}
