//! Lines in a script that the article is not written in.

use super::{Context, Found};
use crate::language;
use crate::page::text::is_unspaced;

/// Longest stray line, in words: template phrases are short.
const MAX_WORDS: usize = 8;
/// Shortest stray line of one word in a script that writes no spaces, in characters: names are shorter.
const MIN_UNSPACED_CHARS: usize = 6;
/// Share of a document's letters that its main script must hold before another one counts as stray.
const MIN_MAIN_SHARE: f32 = 0.8;

/// A short line of a template in another script, at the very top or after the last paragraph. Quoted sentences, names
/// in brackets and anything that ends as a sentence stay.
pub(super) fn stray_script(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let Some(main) = document.prior.script else { return };
    let Some((_, last)) = document.body() else { return };
    if document.prior.script_share < MIN_MAIN_SHARE {
        return;
    }
    let is_edge = |idx: usize| idx > last || (0..idx).all(|i| context.claimed[i].is_some());
    for idx in 0..document.len() {
        let view = &document.views[idx];
        if context.claimed[idx].is_some() || !is_edge(idx) || view.n_words > MAX_WORDS {
            continue;
        }
        let text = document.text(idx);
        // A stop inside the line makes it a sentence, whatever stands behind it.
        if text.contains(['。', '！', '？', '؟', '।']) {
            continue;
        }
        // A template's line ends openly; the three dots of `Loading…` are no end of a sentence.
        if view.is_sentence && !text.ends_with('…') && !text.ends_with("...") {
            continue;
        }
        let quoted = text.chars().any(|c| matches!(c, '"' | '“' | '”' | '«' | '»' | '„' | '‘' | '「' | '」' | '('));
        // One word may be a name; a template speaks in two or more.
        let is_one_word = text.split_whitespace().count() < 2
            && (!text.chars().all(is_unspaced) || text.chars().count() < MIN_UNSPACED_CHARS);
        if quoted || is_one_word || text.chars().any(|c| c.is_ascii_digit()) {
            continue;
        }
        if language::main_script(text).is_some_and(|script| !language::same_writing(script, main))
            && language::script_counts(text).len() == 1
        {
            found.drop(idx, document.layout.blocks[idx].span);
        }
    }
}
