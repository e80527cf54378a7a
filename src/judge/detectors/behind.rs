//! What stands behind the first furniture under a text dump.

use super::{Context, Found};
use crate::finding::{Action, Kind};
use crate::page::Shape;

/// Fewest words of a sentence that counts as text of the article.
const MIN_TEXT_WORDS: usize = 4;
/// Longest line that is taken, in words: a headline with its kicker.
const MAX_WORDS: usize = 16;
/// Fewest words of a line that is another story's headline rather than a button.
const MIN_HEADLINE_WORDS: usize = 4;

/// Kinds that only stand behind the text: once one of them was seen there, the article is over.
fn closes(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Related
            | Kind::ShareBar
            | Kind::Newsletter
            | Kind::CommentPrompt
            | Kind::Comments
            | Kind::LoginPrompt
            | Kind::Tags
            | Kind::SourceFooter
            | Kind::Navigation
            | Kind::AppPromo
            | Kind::Pagination
    )
}

/// Short lines that are no sentences behind the last sentence and behind furniture that closes a page: headlines of
/// other stories, buttons, scraps of comments. Tables and lists of items stay, as does everything before that furniture.
pub(super) fn behind_furniture(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    if context.page.is_some() || document.body().is_none() {
        return;
    }
    let blocks = &document.layout.blocks;
    let is_kept = |i: usize| {
        context.candidates.iter().any(|c| c.block == i && matches!(c.finding.action, Action::Keep | Action::Copy(_)))
    };
    let is_cut = |i: usize| context.candidates.iter().any(|c| c.block == i && c.finding.action.removes());
    let is_open = |i: usize| context.claimed[i].is_none() && !blocks[i].hidden;
    let is_text = |i: usize| {
        let view = &document.views[i];
        let asks = document.text(i).trim_end().ends_with(['?', '!', '？', '！', '؟']);
        // What a rule takes a part of, a signature or an agency's mark behind it, is a sentence too.
        is_kept(i)
            || is_open(i)
                && (view.is_long
                    || view.n_words > MAX_WORDS
                    || is_cut(i)
                    || view.is_sentence && !asks && view.n_words >= MIN_TEXT_WORDS)
    };
    let Some(last) = (0..document.len()).rev().find(|&i| is_text(i)) else { return };
    let Some(first) = (last + 1..document.len()).find(|&i| context.claimed[i].is_some_and(closes)) else { return };
    let open: Vec<usize> = (first + 1..document.len()).filter(|&i| is_open(i)).collect();
    // Results, ingredients and stanzas are text of the article, wherever furniture has broken into it.
    let is_matter = |i: usize| {
        let text = document.text(i).trim_start();
        matches!(blocks[i].shape, Shape::TableRow | Shape::ListItem | Shape::Caption)
            || text.starts_with(|c: char| c.is_numeric() || c.is_lowercase())
            || text.ends_with(|c: char| c.is_numeric() || matches!(c, ':' | '：' | ','))
            || (blocks[i].shape == Shape::Verse && context.claimed[i - 1].is_none_or(|kind| kind != Kind::Related))
            || document.views[i].n_words > MAX_WORDS
    };
    for run in open.chunk_by(|a, b| a + 1 == *b) {
        if run.iter().any(|&i| is_matter(i)) {
            continue;
        }
        for &i in run {
            let is_headline = document.views[i].n_words >= MIN_HEADLINE_WORDS;
            let kind = if is_headline { Kind::Related } else { Kind::Navigation };
            found.add(i, blocks[i].span, kind, Action::Drop, None);
        }
    }
}
