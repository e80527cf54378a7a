//! The site's own name and motto above the title.

use std::sync::LazyLock;

use super::{Context, Found};
use crate::finding::Kind;
use crate::judge::document::{Zone, fold};
use crate::judge::pattern::Pattern;
use crate::page::text::without_site;

/// `- Sputnik International, 1920`: the name of a site and the width of an image, left over from an alt text.
static SITE_AND_WIDTH: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(r"^[-–—•]?\s*\p{Lu}[\p{L}\p{M}\d.&'’ ]{1,48},\s*\d{3,4}$").expect("the pattern is well formed")
});
/// Widths of images that sites write, in pixels; a year is told apart by the dash in front.
const IMAGE_WIDTHS: std::ops::RangeInclusive<u32> = 200..=3840;

/// A line of nothing but a site's name and an image width, in front of the article.
pub(super) fn site_line(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    for idx in (0..document.len()).filter(|&i| document.is_in(i, Zone::Head) && context.claimed[i].is_none()) {
        let text = document.text(idx);
        if !SITE_AND_WIDTH.is_match(text) || document.views[idx].is_long {
            continue;
        }
        let width: u32 = text.rsplit(',').next().and_then(|w| w.trim().parse().ok()).unwrap_or(0);
        let has_dash = text.starts_with(['-', '–', '—', '•']);
        let is_year = (1900..=2100).contains(&width) && width != 1920;
        if IMAGE_WIDTHS.contains(&width) && (has_dash || (idx == 0 && !is_year)) {
            found.drop(idx, document.layout.blocks[idx].span);
        }
    }
}

/// The site's motto: a sentence or two right under its name and above the title. Prose by its look, so only its place
/// between the site's name and a headline proves it.
pub(super) fn tagline(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    for idx in 1..document.len() {
        let above = context.claimed[idx - 1] == Some(Kind::SiteName);
        let is_top = (0..idx).all(|i| context.claimed[i].is_some());
        if !above || !is_top || context.claimed[idx].is_some() {
            continue;
        }
        let view = &document.views[idx];
        let headline_follows = (idx + 1..document.len())
            .find(|&i| context.claimed[i].is_none())
            .is_some_and(|i| super::title::is_headline(document, i));
        if headline_follows && view.n_words <= 40 {
            found.drop(idx, document.layout.blocks[idx].span);
        }
    }
}

/// A name behind a copyright sign and a year, as far as it goes before a stop.
static COPYRIGHT_NAME: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(r"(?:©|\(c\)|Copyright)[^\p{L}]{0,12}(?P<name>\p{L}[^.,;|©\n\d]{1,60})")
        .expect("the pattern is well formed")
});
/// The value of a `Source:` header.
static SOURCE_NAME: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(r"(?i)^(?:source|site|website|источник|сайт)\s*[:=]\s*(?P<name>\p{L}[^|\n]{1,60})$")
        .expect("the pattern is well formed")
});
/// How far down a source header can stand, in blocks.
const MAX_HEADER_BLOCKS: usize = 12;
/// Longest line of a site's name with a width, in bytes.
const MAX_SITE_BYTES: usize = 120;
/// Longest name of a site, in words.
const MAX_NAME_WORDS: usize = 6;

/// The outlet's own name as a line of its own. Something else in the dump must give the name: a copyright line, a
/// headline's suffix, a source header, the mark of an alt text. Without it, a line in capitals above two others that
/// look like headlines is one too.
pub(super) fn site_name(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let mut names: Vec<String> = Vec::new();
    for idx in 0..document.len() {
        let text = document.text(idx);
        let folded = &document.views[idx].folded;
        let has_mark = text.contains('©') || folded.starts_with("(c)") || folded.starts_with("copyright");
        let captured = has_mark.then(|| COPYRIGHT_NAME.captures(text)).flatten();
        // Of the words of the header in ASCII each begins so; the others begin beyond ASCII.
        let begins_header = |c: char| matches!(c, 's' | 'S' | 'w' | 'W') || !c.is_ascii();
        let may_be_header = idx < MAX_HEADER_BLOCKS && text.starts_with(begins_header);
        let captured = captured.or_else(|| may_be_header.then(|| SOURCE_NAME.captures(text)).flatten());
        names.extend(captured.map(|c| fold(c["name"].trim().trim_matches(['«', '»', '"', '“', '”']))));
        if text.len() <= MAX_SITE_BYTES && text.ends_with(char::is_numeric) && SITE_AND_WIDTH.is_match(text) {
            names.extend(
                text.trim_start_matches(['-', '–', '—', '•', ' ']).rsplit_once(',').map(|(name, _)| fold(name)),
            );
        }
        let at_top = document.is_in(idx, Zone::Head) && super::title::is_headline(document, idx);
        if let Some(bare) = at_top.then(|| without_site(text)).flatten() {
            let suffix = text[bare.len()..]
                .trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '|' | '–' | '—' | ':' | '·' | '»'));
            names.push(fold(suffix));
        }
    }
    let is_open = |i: usize| context.claimed[i].is_none() && !document.layout.blocks[i].hidden;
    let mut is_first = true;
    for idx in (0..document.len()).filter(|&i| document.is_in(i, Zone::Head) || document.is_in(i, Zone::Tail)) {
        if !is_open(idx) || document.views[idx].n_words > MAX_NAME_WORDS || document.views[idx].is_sentence {
            continue;
        }
        let follows = |i: usize| i < document.len() && is_open(i) && super::title::is_headline(document, i);
        let text = document.text(idx);
        let in_capitals = text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase);
        let is_named = names.contains(&document.views[idx].folded);
        if is_named || (is_first && in_capitals && context.page.is_none() && follows(idx + 1) && follows(idx + 2)) {
            found.drop(idx, document.layout.blocks[idx].span);
        }
        is_first = false;
    }
}
