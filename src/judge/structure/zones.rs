//! Parts of a page that their markup names: comes in an element, goes out the kind of noise (or the article) that its
//! tag, role or class says it is. Tables only; nothing is decided here.
//!
//! A class or id is cut into words at `-`, `_` and capitals, and whole words are compared: `share-bar` is a share bar,
//! `barcelona` is not. The words are those of common publishing systems, in English, as class names are.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::finding::Kind;
use crate::page::tree::{Attr, NodeId, Tag, Tree};

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

/// What the names of a page say; most of them stand on many of its elements.
#[derive(Debug, Default)]
pub(super) struct Known<'t>(FxHashMap<&'t str, Option<Zone>>);

impl<'t> Known<'t> {
    fn by_name(&mut self, token: &'t str) -> Option<Zone> {
        *self.0.entry(token).or_insert_with(|| by_name(token))
    }
}

/// What an element's tag, role, itemprop, class and id say.
pub(super) fn zone_of<'t>(tree: &'t Tree, id: NodeId, known: &mut Known<'t>) -> Option<Zone> {
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
    for (attr, value) in tree.attributes(id) {
        match attr {
            Attr::Role => zone = stronger(zone, by_role(value)),
            Attr::Itemprop if value.split_ascii_whitespace().any(|prop| prop == "articleBody") => {
                zone = stronger(zone, Some(Zone::Article { weight: 1.5 }));
            }
            Attr::Itemtype => zone = stronger(zone, by_item_type(value)),
            Attr::Class | Attr::Id | Attr::DataTestid | Attr::DataComponent => {
                for token in value.split_ascii_whitespace() {
                    n_names += 1;
                    if token.len() <= MAX_NAME_BYTES && n_names <= MAX_NAMES {
                        zone = stronger(zone, known.by_name(token));
                    }
                }
            }
            _ => {}
        }
    }
    if tag == Tag::Other {
        zone = stronger(zone, known.by_name(tree.name(id)));
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
    let words = words(token);
    let mut zone = None;
    let mut before: Option<&str> = None;
    let mut start = 0;
    for word in words.split(' ') {
        if STATE_WORDS.contains(&word) {
            return None;
        }
        zone = stronger(zone, NAMES.get(word).copied());
        if let Some(before) = before {
            let pair = &words[start - before.len() - 1..start + word.len()];
            zone = stronger(zone, NAMES.get(pair).copied());
        }
        before = Some(word);
        start += word.len() + 1;
    }
    zone
}

/// Both tables, for looking up.
static NAMES: LazyLock<FxHashMap<&str, Zone>> = LazyLock::new(|| {
    let noise = NOISE_WORDS.iter().map(|&(phrase, kind, weight)| (phrase, Zone::Noise { kind, weight }));
    noise.chain(ARTICLE_WORDS.iter().map(|&(phrase, weight)| (phrase, Zone::Article { weight }))).collect()
});

/// The words of a name, parted by spaces: cut at all but letters, and before a capital that follows a small letter.
fn words(token: &str) -> String {
    let mut words = String::with_capacity(token.len() + 4);
    let mut was_small = false;
    for c in token.chars() {
        let is_border = !c.is_alphabetic() || (c.is_uppercase() && was_small);
        if is_border && !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
        if c.is_alphabetic() {
            words.extend(c.to_lowercase());
        }
        was_small = c.is_lowercase();
    }
    words.truncate(words.trim_end().len());
    words
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
        assert_eq!(NAMES.len(), NOISE_WORDS.len() + ARTICLE_WORDS.len(), "no phrase stands twice");
        for phrase in NAMES.keys() {
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
