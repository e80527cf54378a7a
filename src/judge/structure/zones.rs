//! Parts of a page that their markup names: comes in an element, goes out the kind of noise (or the article) that its
//! tag, role or class says it is. Tables only; nothing is decided here.
//!
//! A class or id is cut into words at `-`, `_` and capitals, and whole words are compared: `share-bar` is a share bar,
//! `barcelona` is not. The words are those of common publishing systems, in English, as class names are.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::finding::Kind;
use crate::judge::features::HashedMap;
use crate::judge::names::{Key, Names};
use crate::page::tree::{NodeId, Tag, Tree};

/// What an element's markup says of the text inside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Zone {
    /// Noise of a kind; the log-odds that its text is article change by `weight` (below zero).
    Noise { kind: Kind, weight: f32 },
    /// The article; the same with a weight above zero.
    Article { weight: f32 },
}

/// Markup made for this purpose (`<nav>`, `role=navigation`).
const SURE: f32 = -3.0;
/// A class that names the part.
const NAMED: f32 = -2.4;
/// A class or tag that often, but by no means always, stands on noise.
const HINT: f32 = -1.2;

/// Words of a class or id and the noise that they name. Two words are neighbours in one name.
const NOISE_WORDS: &[(&str, Kind, f32)] = &[
    ("nav", Kind::Navigation, NAMED),
    ("navbar", Kind::Navigation, NAMED),
    ("navigation", Kind::Navigation, NAMED),
    ("menu", Kind::Navigation, NAMED),
    ("submenu", Kind::Navigation, NAMED),
    ("megamenu", Kind::Navigation, NAMED),
    ("toc", Kind::Navigation, HINT),
    ("skip link", Kind::Navigation, NAMED),
    ("breadcrumb", Kind::Breadcrumb, NAMED),
    ("breadcrumbs", Kind::Breadcrumb, NAMED),
    ("masthead", Kind::SiteName, NAMED),
    ("site header", Kind::SiteName, NAMED),
    ("topbar", Kind::Navigation, NAMED),
    ("footer", Kind::SourceFooter, NAMED),
    ("colophon", Kind::SourceFooter, NAMED),
    ("copyright", Kind::Copyright, NAMED),
    ("sidebar", Kind::Widget, NAMED),
    ("rail", Kind::Widget, NAMED),
    ("widget", Kind::Widget, HINT),
    ("widgets", Kind::Widget, NAMED),
    ("related", Kind::Related, NAMED),
    ("recommended", Kind::Related, NAMED),
    ("recommendations", Kind::Related, NAMED),
    ("recirc", Kind::Related, NAMED),
    ("trending", Kind::Related, NAMED),
    ("popular", Kind::Related, NAMED),
    ("most read", Kind::Related, NAMED),
    ("read more", Kind::Related, HINT),
    ("readmore", Kind::Related, HINT),
    ("read next", Kind::Related, NAMED),
    ("more from", Kind::Related, NAMED),
    ("also like", Kind::Related, NAMED),
    ("outbrain", Kind::Related, NAMED),
    ("taboola", Kind::Related, NAMED),
    ("upsell", Kind::Related, NAMED),
    ("similar", Kind::Related, NAMED),
    ("comment", Kind::Comments, HINT),
    ("comments", Kind::Comments, NAMED),
    ("commentlist", Kind::Comments, NAMED),
    ("respond", Kind::CommentPrompt, NAMED),
    ("disqus", Kind::Comments, NAMED),
    ("reviews", Kind::Comments, NAMED),
    ("share", Kind::ShareBar, NAMED),
    ("sharing", Kind::ShareBar, NAMED),
    ("social", Kind::ShareBar, NAMED),
    ("addtoany", Kind::ShareBar, NAMED),
    ("addthis", Kind::ShareBar, NAMED),
    ("sharedaddy", Kind::ShareBar, NAMED),
    ("newsletter", Kind::Newsletter, NAMED),
    ("subscribe", Kind::Newsletter, NAMED),
    ("subscription", Kind::Newsletter, NAMED),
    ("signup", Kind::Newsletter, NAMED),
    ("optin", Kind::Newsletter, NAMED),
    ("mailchimp", Kind::Newsletter, NAMED),
    ("cookie", Kind::CookieNotice, SURE),
    ("cookies", Kind::CookieNotice, SURE),
    ("consent", Kind::CookieNotice, SURE),
    ("gdpr", Kind::CookieNotice, SURE),
    ("onetrust", Kind::CookieNotice, SURE),
    ("cookiebot", Kind::CookieNotice, SURE),
    ("ad", Kind::Advert, NAMED),
    ("ads", Kind::Advert, NAMED),
    ("advert", Kind::Advert, NAMED),
    ("advertisement", Kind::Advert, NAMED),
    ("adsbygoogle", Kind::Advert, NAMED),
    ("sponsored", Kind::Advert, NAMED),
    ("promo", Kind::Advert, NAMED),
    ("paywall", Kind::Paywall, HINT),
    ("login", Kind::LoginPrompt, NAMED),
    ("signin", Kind::LoginPrompt, NAMED),
    ("modal", Kind::Widget, NAMED),
    ("popup", Kind::Widget, NAMED),
    ("lightbox", Kind::Widget, NAMED),
    ("offcanvas", Kind::Navigation, NAMED),
    ("drawer", Kind::Navigation, HINT),
    ("tooltip", Kind::Widget, NAMED),
    ("toolbar", Kind::ToolButtons, NAMED),
    ("searchform", Kind::Widget, NAMED),
    ("search form", Kind::Widget, NAMED),
    ("tagcloud", Kind::Tags, NAMED),
    ("tags", Kind::Tags, NAMED),
    ("author bio", Kind::Boilerplate, NAMED),
    ("author box", Kind::Boilerplate, NAMED),
    ("about author", Kind::Boilerplate, NAMED),
    ("pagination", Kind::Pagination, NAMED),
    ("pager", Kind::Pagination, NAMED),
    ("pagenavi", Kind::Pagination, NAMED),
    ("sr only", Kind::ToolButtons, HINT),
    ("visually hidden", Kind::ToolButtons, HINT),
    ("screen reader", Kind::ToolButtons, HINT),
    ("poll", Kind::Poll, NAMED),
    ("caption", Kind::Caption, HINT),
];

/// Words of a class or id that name the article.
const ARTICLE_WORDS: &[(&str, f32)] = &[
    ("article body", 1.2),
    ("article content", 1.2),
    ("article text", 1.2),
    ("story body", 1.2),
    ("entry content", 1.2),
    ("post content", 1.2),
    ("post body", 1.2),
    ("body content", 0.8),
    ("main content", 0.6),
    ("markdown body", 1.2),
    ("content body", 0.8),
    ("mw parser", 1.2),
    ("rich text", 0.8),
    ("richtext", 0.8),
    ("articlebody", 1.2),
    ("storybody", 1.2),
];

/// Words that say that a part is there or how it is laid out, not that the element is that part.
const STATE_WORDS: &[&str] =
    &["has", "no", "with", "without", "hide", "show", "is", "not", "js", "enable", "disable", "layout"];

/// Longest class or id that is looked at, in bytes, and most words of one element.
const MAX_NAME_BYTES: usize = 80;
const MAX_NAMES: usize = 40;

/// What an element's tag, role, itemprop, class and id say; `known` holds what each word of a name says.
pub(super) fn zone_of(tree: &Tree, id: NodeId, names: &Names<'_>, known: &[Option<Zone>]) -> Option<Zone> {
    let tag = tree.tag(id);
    if matches!(tag, Tag::Text | Tag::Root | Tag::Html | Tag::Body | Tag::Head) {
        return None;
    }
    let noise = |kind, weight| Some(Zone::Noise { kind, weight });
    let by_tag = match tag {
        Tag::Nav => noise(Kind::Navigation, SURE),
        Tag::Footer if is_part_of_article(tree, id) => noise(Kind::SourceFooter, HINT),
        Tag::Footer => noise(Kind::SourceFooter, SURE),
        Tag::Header if !is_part_of_article(tree, id) => noise(Kind::SiteName, HINT),
        Tag::Aside => noise(Kind::Widget, HINT),
        Tag::Button | Tag::Select | Tag::Textarea => noise(Kind::ToolButtons, NAMED),
        Tag::Label | Tag::Fieldset => noise(Kind::Widget, HINT),
        Tag::Form => noise(Kind::Widget, HINT),
        Tag::Svg => noise(Kind::Widget, NAMED),
        Tag::Dialog => noise(Kind::Widget, NAMED),
        Tag::Address => noise(Kind::Contact, HINT / 2.0),
        Tag::Figcaption => noise(Kind::Caption, HINT),
        Tag::Main => Some(Zone::Article { weight: 0.5 }),
        Tag::Article => Some(Zone::Article { weight: 0.3 }),
        _ => None,
    };
    let mut zone = by_tag;
    let mut n_names = 0;
    for &(key, value) in names.of(id) {
        let text = names.text(value);
        match key {
            Key::Role => zone = stronger(zone, by_role(text)),
            Key::Itemprop if text.split_ascii_whitespace().any(|prop| prop == "articleBody") => {
                zone = stronger(zone, Some(Zone::Article { weight: 1.5 }));
            }
            Key::Itemprop => {}
            Key::Itemtype => zone = stronger(zone, by_item_type(text)),
            Key::Tag => zone = names.words_of(value).iter().map(|&word| known[word as usize]).fold(zone, stronger),
            Key::Class | Key::Id | Key::Part => {
                let words = names.words_of(value).iter().take(MAX_NAMES - n_names);
                n_names += words.len();
                zone = words.map(|&word| known[word as usize]).fold(zone, stronger);
            }
        }
    }
    zone
}

fn is_part_of_article(tree: &Tree, id: NodeId) -> bool {
    tree.ancestors(id).any(|a| matches!(tree.tag(a), Tag::Article | Tag::Main | Tag::Section | Tag::Blockquote))
}

fn by_role(role: &str) -> Option<Zone> {
    let noise = |kind, weight| Some(Zone::Noise { kind, weight });
    match role.trim() {
        "navigation" | "menu" | "menubar" | "tablist" => noise(Kind::Navigation, SURE),
        "contentinfo" => noise(Kind::SourceFooter, SURE),
        "banner" => noise(Kind::SiteName, NAMED),
        "complementary" => noise(Kind::Widget, NAMED),
        "dialog" | "alertdialog" | "tooltip" => noise(Kind::Widget, NAMED),
        "search" | "toolbar" => noise(Kind::Widget, NAMED),
        "main" => Some(Zone::Article { weight: 0.5 }),
        _ => None,
    }
}

fn by_item_type(value: &str) -> Option<Zone> {
    let noise = |kind, weight| Some(Zone::Noise { kind, weight });
    match value.rsplit(['/', '#']).next()? {
        "SiteNavigationElement" => noise(Kind::Navigation, SURE),
        "BreadcrumbList" => noise(Kind::Breadcrumb, SURE),
        "WPFooter" => noise(Kind::SourceFooter, SURE),
        "WPHeader" => noise(Kind::SiteName, HINT),
        "WPSideBar" => noise(Kind::Widget, NAMED),
        "WPAdBlock" => noise(Kind::Advert, SURE),
        "Comment" | "UserComments" => noise(Kind::Comments, NAMED),
        _ => None,
    }
}

/// What a class, an id or the name of an unknown element says.
pub(super) fn by_name(token: &str) -> Option<Zone> {
    if token.len() > MAX_NAME_BYTES {
        return None;
    }
    let mut zone = None;
    let mut before = None;
    let mut is_state = false;
    each_word(token, |word| {
        let number = NAMES.words.get(&word).copied();
        is_state |= number == Some(STATE);
        if let Some(number) = number {
            zone = stronger(zone, NAMES.zones.get(&(NO_WORD, number)).copied());
            if let Some(before) = before {
                zone = stronger(zone, NAMES.zones.get(&(before, number)).copied());
            }
        }
        before = number;
    });
    zone.filter(|_| !is_state)
}

/// The number of a word that says nothing but of state, and of none.
const STATE: u32 = 0;
const NO_WORD: u32 = u32::MAX;

/// Both tables, for looking up: words by the hashes of their letters, and what one word or two neighbours name.
struct Tables {
    words: HashedMap<u32>,
    zones: FxHashMap<(u32, u32), Zone>,
}

static NAMES: LazyLock<Tables> = LazyLock::new(|| {
    let noise = NOISE_WORDS.iter().map(|&(phrase, kind, weight)| (phrase, Zone::Noise { kind, weight }));
    let all = noise.chain(ARTICLE_WORDS.iter().map(|&(phrase, weight)| (phrase, Zone::Article { weight })));
    let mut tables = Tables { words: HashedMap::default(), zones: FxHashMap::default() };
    for word in STATE_WORDS {
        each_word(word, |hash| _ = tables.words.insert(hash, STATE));
    }
    for (phrase, zone) in all {
        let (mut before, mut last) = (NO_WORD, NO_WORD);
        each_word(phrase, |hash| {
            let next = tables.words.len() as u32;
            (before, last) = (last, *tables.words.entry(hash).or_insert(next));
        });
        tables.zones.insert((before, last), zone);
    }
    tables
});

/// Shows the words of a name by their hashes: cut at all but letters, and before a capital that follows a small letter.
fn each_word(token: &str, mut show: impl FnMut(u64)) {
    // FNV-1a, 64 bits.
    let add = |hash: u64, code: u32| (hash ^ u64::from(code)).wrapping_mul(super::FNV_FACTOR);
    let (mut hash, mut was_small, mut is_inside) = (super::FNV_START, false, false);
    for c in token.chars() {
        let is_letter = c.is_alphabetic();
        if is_inside && (!is_letter || (was_small && c.is_uppercase())) {
            show(hash);
            (hash, is_inside) = (super::FNV_START, false);
        }
        if is_letter {
            hash = match c.is_ascii() {
                true => add(hash, u32::from(c.to_ascii_lowercase())),
                false => c.to_lowercase().fold(hash, |hash, c| add(hash, u32::from(c))),
            };
            is_inside = true;
        }
        was_small = c.is_lowercase();
    }
    if is_inside {
        show(hash);
    }
}

/// Noise outweighs the article, the stronger word the weaker; the first of two alike stays.
fn stronger(zone: Option<Zone>, other: Option<Zone>) -> Option<Zone> {
    let weight = |zone: &Zone| match *zone {
        Zone::Noise { weight, .. } => weight * 2.0,
        Zone::Article { weight } => -weight,
    };
    match (zone, other) {
        (Some(zone), Some(other)) => Some(if weight(&other) < weight(&zone) { other } else { zone }),
        (zone, other) => zone.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(token: &str) -> Option<Kind> {
        match by_name(token) {
            Some(Zone::Noise { kind, .. }) => Some(kind),
            _ => None,
        }
    }

    #[test]
    fn whole_words_of_a_name_count_and_parts_of_words_do_not() {
        assert_eq!(kind("article__share-bar"), Some(Kind::ShareBar));
        assert_eq!(kind("siteFooterLinks"), Some(Kind::SourceFooter));
        assert_eq!(kind("RelatedPosts"), Some(Kind::Related));
        for token in ["barcelona", "advanced", "shareholders", "download", "unrelated", "navy", "teaser", "badge"] {
            assert_eq!(kind(token), None, "{token}");
        }
    }

    #[test]
    fn words_of_state_say_nothing() {
        for token in ["has-sidebar", "no-comments", "with-share-bar", "sidebar-layout"] {
            assert_eq!(by_name(token), None, "{token}");
        }
    }

    #[test]
    fn every_phrase_of_the_tables_can_match() {
        let phrases = NOISE_WORDS.iter().map(|entry| entry.0).chain(ARTICLE_WORDS.iter().map(|entry| entry.0));
        assert_eq!(NAMES.zones.len(), phrases.clone().count(), "no phrase stands twice");
        let mut words: Vec<&str> =
            phrases.clone().chain(STATE_WORDS.iter().copied()).flat_map(|p| p.split(' ')).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(NAMES.words.len(), words.len(), "no two words have one hash");
        for phrase in phrases {
            assert!(by_name(&phrase.replace(' ', "-")).is_some(), "{phrase}");
        }
    }

    #[test]
    fn a_name_of_signs_or_of_foreign_letters_says_nothing() {
        for token in ["", "--", "_1_", "\u{130}\u{130}-x", "футер"] {
            assert_eq!(by_name(token), None, "{token}");
        }
    }
}
