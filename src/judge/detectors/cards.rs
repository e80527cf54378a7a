//! Captions, and the cards of other stories that stand between two paragraphs.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::Regex;

use super::title::is_headline;
use super::{Context, Found};
use crate::finding::{Action, Field, Kind, Span};
use crate::page::Shape;

/// The end of an alt text: the site's name, the width of the image and often a date.
static SITE_WIDTH_DATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\s+[-–—]\s+\p{Lu}[\p{L}\p{M}\d.&'’ ]{1,48},\s*\d{3,4}(?:,\s*\d{1,2}\.\d{1,2}\.\d{4})?$")
        .expect("the pattern is well formed")
});
/// The end of an alt text that says it is from the files: `… File photo - Harbour Post`.
static FILE_PHOTO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:\bfile (?:photo|picture|image)|\barchive (?:photo|picture)|архивное фото|архівне фото|archivbild|archivfoto|photo d['’]archives?|foto de archivo|imagen de archivo|foto d['’]archivio|arşiv fotoğrafı|foto arsip)(?:\s+[-–—]\s+\p{Lu}[\p{L}\p{M}\d.&'’ ]{1,48}(?:,\s*\d{3,4})?(?:,\s*\d{1,2}\.\d{1,2}\.\d{4})?)?\.?$",
    )
    .expect("the pattern is well formed")
});
/// One of these stands in every mark of a picture from the files.
static PICTURE_WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(["file p", "file i", "archiv", "фото", "imagen", "foto", "arşiv"])
        .expect("a handful of words fits")
});
/// Longest caption that is told by its place alone, in words.
const MAX_TIGHT_WORDS: usize = 16;
/// Longest alt line, in bytes.
const MAX_CAPTION_BYTES: usize = 600;

/// Where the caption ends and the site's mark begins, if the line has the shape of an alt text.
fn caption_end(text: &str) -> Option<usize> {
    if text.len() > MAX_CAPTION_BYTES {
        return None;
    }
    // Cheap tests first: the first mark ends in a digit, the second names a picture.
    let site = text.ends_with(|c: char| c.is_ascii_digit()).then(|| SITE_WIDTH_DATE.find(text)).flatten();
    site.or_else(|| PICTURE_WORDS.is_match(text).then(|| FILE_PHOTO.find(text)).flatten()).map(|mark| mark.start())
}

/// A caption between two paragraphs with a headline right under it belongs to another story. A subheading keeps its
/// distance, so a line that stands alone is none.
pub(super) fn caption_then_headline(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let Some((first, last)) = document.body() else { return };
    for idx in first + 1..document.len() {
        let blocks = &document.layout.blocks;
        let is_free = |i: usize| context.claimed[i].is_none() && blocks[i].shape != Shape::Verse;
        if !is_free(idx) || caption_end(document.text(idx)).is_none() || idx > last + 8 {
            continue;
        }
        let headline = idx + 1;
        if headline >= document.len() || blocks[headline].gap_before || !is_free(headline) {
            continue;
        }
        if is_headline(document, headline) && caption_end(document.text(headline)).is_none() {
            found.drop(idx, blocks[idx].span);
            found.drop(headline, blocks[headline].span);
        }
    }
}

/// Any other line of that shape is the caption of the article's own picture. The site's mark after it is dropped.
pub(super) fn caption_line(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    for idx in (0..document.len()).filter(|&i| context.claimed[i].is_none() && !document.layout.blocks[i].hidden) {
        let text = document.text(idx);
        let Some(end) = caption_end(text).filter(|_| document.layout.blocks[idx].shape != Shape::Verse) else {
            continue;
        };
        let span = document.layout.blocks[idx].span;
        let start = span.start as usize;
        let caption = text[..end].trim_end();
        if caption.chars().any(char::is_alphabetic) {
            found.add(
                idx,
                Span::new(start, start + caption.len()),
                Kind::Caption,
                Action::Lift(Some(Field::Captions)),
                None,
            );
            found.drop(idx, Span::new(start + caption.len(), span.end as usize));
        }
    }
}

/// A line right above a credit that stands alone with it is the caption of that picture.
pub(super) fn caption_above_credit(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let blocks = &document.layout.blocks;
    for credit in 1..document.len() {
        let idx = credit - 1;
        let is_credit = context.claimed[credit] == Some(Kind::PhotoCredit);
        let is_pair = match context.page {
            // On a page the two share their element, and nothing else is in it.
            Some(page) => {
                [idx, credit].map(|i| blocks[i].node.and_then(|node| page.tree.parent(node))) == {
                    let parent = blocks[idx].node.and_then(|node| page.tree.parent(node)).filter(|&parent| {
                        let inside = |i: usize| {
                            blocks.get(i).and_then(|b| b.node).is_some_and(|n| page.tree.is_within(n, parent))
                        };
                        !inside(credit + 1) && !idx.checked_sub(1).is_some_and(inside)
                    });
                    if parent.is_none() {
                        continue;
                    }
                    [parent, parent]
                }
            }
            None => {
                let ends_alone = blocks.get(credit + 1).is_none_or(|next| next.gap_before);
                blocks[idx].gap_before && !blocks[credit].gap_before && ends_alone
                    || is_tight_caption(context, idx, credit)
            }
        };
        if is_credit && is_pair && context.claimed[idx].is_none() && document.views[idx].n_words <= 60 {
            found.add(idx, blocks[idx].span, Kind::Caption, Action::Lift(Some(Field::Captions)), None);
        }
    }
}

/// In a dump without blank lines, a short line above a credit is the picture's caption where it is no sentence and stands
/// under a paragraph, or where only a byline or a time stamp stands above it.
fn is_tight_caption(context: &Context<'_>, idx: usize, credit: usize) -> bool {
    let (document, blocks) = (context.document, &context.document.layout.blocks);
    let Some(above) = idx.checked_sub(1) else { return false };
    let view = &document.views[idx];
    let is_tight = !blocks[credit].gap_before && blocks.get(credit + 1).is_some_and(|next| !next.gap_before);
    let follows = credit + 1 < document.len() && document.views[credit + 1].is_long;
    let under_head = matches!(context.claimed[above], Some(Kind::Byline | Kind::PublishedTime));
    let under_text = document.views[above].is_long && document.views[above].is_sentence && !view.is_sentence;
    is_tight && follows && view.n_words <= MAX_TIGHT_WORDS && !view.is_long && (under_head || under_text)
}
