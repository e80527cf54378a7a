//! The site's own name and motto above the title.

use std::sync::LazyLock;

use regex::Regex;

use super::{Context, Found};
use crate::judge::document::Zone;

/// `- Sputnik International, 1920`: the name of a site and the width of an image, left over from an alt text.
static SITE_AND_WIDTH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[-–—•]?\s*\p{Lu}[\p{L}\p{M}\d.&'’ ]{1,48},\s*\d{3,4}$").expect("the pattern is well formed")
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
        let above = context.claimed[idx - 1] == Some(crate::finding::Kind::SiteName);
        if !above || context.claimed[idx].is_some() || !document.views[idx].is_sentence {
            continue;
        }
        let view = &document.views[idx];
        let headline_follows = (idx + 1..document.len())
            .find(|&i| context.claimed[i].is_none())
            .is_some_and(|i| super::title::is_headline(document, i) && document.layout.blocks[i].gap_before);
        if headline_follows && view.n_words <= 40 {
            found.drop(idx, document.layout.blocks[idx].span);
        }
    }
}
