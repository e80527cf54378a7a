//! Bylines and dates that only the names of classes, links and attributes tell: comes in a tree element by element,
//! go out candidates. What belongs to comments, cards of other articles and the frame of the page is passed over.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::{MAX_VALUE_BYTES, MAX_VALUE_NODES, Meta, MetaField, MetaSource};
use crate::language::people;
use crate::page::tree::{Attr, NodeId, Tag, Tree};

/// Longest byline, in bytes: some names with their roles. A longer one is the writer's life.
const MAX_BYLINE_BYTES: usize = 160;
/// Longest date with its lead word, in bytes.
const MAX_DATE_BYTES: usize = 90;
/// Most headings of the first level that may each be the headline.
const MAX_HEADS: usize = 3;
/// Most nodes of an element that may be a byline.
const MAX_BYLINE_NODES: u32 = 60;

/// Parts of class names that mark a byline.
const AUTHOR_PARTS: &[&str] =
    &["author", "authors", "byline", "bylines", "contributor", "contributors", "writer", "autor", "auteur", "autore"];
/// Parts of class names that mark the name of a member of a forum.
const MEMBER_PARTS: &[&str] = &["username", "postauthor", "bigusername"];
/// Parts of class names that mark something else about a writer, or a form.
const NOT_NAME_PARTS: &[&str] = &[
    "avatar",
    "bio",
    "biography",
    "image",
    "img",
    "photo",
    "picture",
    "description",
    "desc",
    "social",
    "follow",
    "comment",
    "comments",
    "commenter",
    "search",
    "form",
    "input",
    "icon",
    "website",
    "email",
    "count",
    "quote",
    "testimonial",
    "review",
    "reviewer",
    "editor",
    "job",
    "title",
    "role",
    "position",
    "cookie",
    "login",
];
/// Parts of class names that mark a date.
const DATE_PARTS: &[&str] = &[
    "date",
    "dates",
    "datetime",
    "time",
    "timestamp",
    "published",
    "publish",
    "posted",
    "pubdate",
    "updated",
    "modified",
    "postdate",
    "fecha",
    "datum",
];
/// Parts of class names that mark no day of publication.
const NOT_DATE_PARTS: &[&str] = &[
    "picker",
    "read",
    "reading",
    "event",
    "events",
    "comment",
    "comments",
    "countdown",
    "copyright",
    "expiry",
    "start",
    "end",
    "birth",
    "delivery",
    "review",
    "times",
    "timer",
    "timeline",
    "runtime",
    "duration",
];
/// Parts of class names, ids and roles of elements that hold other texts than the article.
const FOREIGN_PARTS: &[&str] = &[
    "comment",
    "comments",
    "commentlist",
    "respond",
    "related",
    "recommended",
    "recommendations",
    "recommend",
    "sidebar",
    "teaser",
    "teasers",
    "testimonial",
    "testimonials",
    "review",
    "reviews",
    "popular",
    "trending",
    "carousel",
    "slider",
    "menu",
    "navigation",
    "navbar",
    "card",
    "cards",
    "latest",
    "upsell",
    "reply",
    "replies",
    "promo",
    "newsletter",
    "megamenu",
    "similar",
    "quote",
    "blockquote",
    "swiper",
    "modal",
];

/// Looks at a page's elements one by one.
pub(super) struct Bylines<'t> {
    tree: &'t Tree,
    /// The headings that may be the headline, around which nothing is foreign.
    heads: Vec<NodeId>,
    /// The article, where one element can be told: the only one, or that around the first heading.
    article: Option<NodeId>,
    /// Up to here the elements belong to other texts.
    foreign_until: NodeId,
    /// What the classes of an element say; most stand on many elements.
    known: FxHashMap<&'t str, Marks>,
}

/// What the words of a list of classes say.
#[derive(Debug, Clone, Copy, Default)]
struct Marks {
    /// All lists that their parts stand on.
    lists: u8,
    is_author: bool,
    is_member: bool,
    is_date: bool,
}

impl Marks {
    fn of(classes: &str) -> Self {
        let mut marks = Self::default();
        for token in classes.split_ascii_whitespace() {
            let lists = lists_of(token);
            marks.lists |= lists;
            marks.is_author |= lists & (AUTHOR | NOT_NAME) == AUTHOR;
            marks.is_member |= lists & (MEMBER | NOT_NAME) == MEMBER;
            marks.is_date |= lists & (DATE | NOT_DATE) == DATE;
        }
        marks
    }
}

impl<'t> Bylines<'t> {
    pub(super) fn new(tree: &'t Tree) -> Self {
        let mut heads: Vec<NodeId> = (1..tree.len()).filter(|&id| tree.tag(id) == Tag::H1).collect();
        // Cards with headings of the first level of their own.
        if heads.len() > MAX_HEADS {
            heads.truncate(1);
        }
        let mut articles = (1..tree.len()).filter(|&id| tree.tag(id) == Tag::Article);
        let around = heads.first().and_then(|&h1| tree.ancestors(h1).find(|&up| tree.tag(up) == Tag::Article));
        let only = articles.next().filter(|_| articles.next().is_none());
        Self { tree, heads, article: around.or(only), foreign_until: 0, known: FxHashMap::default() }
    }

    /// Whether an element belongs to another text; elements are asked for in document order.
    pub(super) fn is_foreign(&mut self, id: NodeId) -> bool {
        self.enter(id);
        id < self.foreign_until
    }

    fn enter(&mut self, id: NodeId) {
        let tree = self.tree;
        if id < self.foreign_until || self.heads.iter().any(|&h1| tree.is_within(h1, id)) {
            return;
        }
        // The foot of an article holds its byline, that of a page none.
        let is_inner = self.article.is_some_and(|article| tree.is_within(id, article));
        let is_frame = matches!(
            tree.tag(id),
            Tag::Nav | Tag::Form | Tag::Blockquote | Tag::Figure | Tag::Dialog | Tag::Select | Tag::Template
        );
        let is_whole = matches!(tree.tag(id), Tag::Html | Tag::Head | Tag::Body | Tag::Main | Tag::Text | Tag::Root);
        let mut is_named = || {
            let ids = tree.tokens(id, Attr::Id).fold(0, |lists, token| lists | lists_of(token));
            let lists = ids | self.marks(id).map_or(0, |marks| marks.lists);
            (lists & FOREIGN != 0 || !is_inner && lists & FOOT != 0) && lists & AUTHOR == 0
        };
        if is_frame || tree.tag(id) == Tag::Footer && !is_inner || (!is_whole && is_named()) {
            self.foreign_until = tree.end(id);
        }
    }

    /// What the classes of an element say, where it has any.
    fn marks(&mut self, id: NodeId) -> Option<Marks> {
        let classes = self.tree.attribute(id, Attr::Class)?;
        Some(*self.known.entry(classes).or_insert_with(|| Marks::of(classes)))
    }

    /// Adds what an element says by its names.
    pub(super) fn look(&mut self, id: NodeId, meta: &mut Meta) {
        let tree = self.tree;
        if matches!(tree.tag(id), Tag::Text | Tag::Meta | Tag::Html | Tag::Body | Tag::Script | Tag::Input)
            || self.is_foreign(id)
        {
            return;
        }
        if tree.tag(id) == Tag::A {
            if tree.tokens(id, Attr::Rel).any(|rel| rel.eq_ignore_ascii_case("author")) {
                meta.add(MetaField::Author, &self.line(id), MetaSource::RelAuthor, "author", Some(id));
                return;
            }
            if tree.attribute(id, Attr::Href).is_some_and(is_author_address) {
                meta.add(MetaField::Author, &self.line(id), MetaSource::ByClass, "href", Some(id));
                return;
            }
            if let Some(name) = tree.attribute(id, Attr::Href).and_then(member_of) {
                let line = self.line(id);
                if line.trim().eq_ignore_ascii_case(name) {
                    meta.add(MetaField::Author, &line, MetaSource::ByClass, "username", Some(id));
                    return;
                }
            }
        }
        let Some(marks) = self.marks(id) else { return };
        let is_large = tree.end(id) - id > MAX_BYLINE_NODES;
        if is_large && marks.lists & AUTHOR == 0 {
            return;
        }
        if marks.is_author || marks.is_member {
            let line = if is_large { String::new() } else { self.line(id) };
            if is_large || line.len() > MAX_BYLINE_BYTES {
                // The box on the writer begins with the name.
                let mut nodes = id..tree.end(id).min(id + MAX_BYLINE_NODES);
                let first = nodes.find(|&n| tree.tag(n) == Tag::Text && !tree.text(n).trim().is_empty());
                if let Some(first) = first.filter(|&n| marks.is_author && people::is_certain(tree.text(n).trim())) {
                    let holder = tree.parent(first).unwrap_or(id);
                    meta.add(MetaField::Author, tree.text(first).trim(), MetaSource::ByClass, "byline", Some(holder));
                }
            } else {
                let key = if marks.is_member { "username" } else { "byline" };
                meta.add(MetaField::Author, &line, MetaSource::ByClass, key, Some(id));
            }
        }
        if marks.is_date && !is_large && tree.tag(id) != Tag::Time {
            let line = self.line(id);
            if line.len() <= MAX_DATE_BYTES && line.bytes().any(|b| b.is_ascii_digit()) {
                meta.add(MetaField::Time, &line, MetaSource::ByClass, "date", Some(id));
            }
        }
    }

    /// The text of an element in one line, a bar where a block or a time begins.
    fn line(&self, id: NodeId) -> String {
        let tree = self.tree;
        let mut out = String::new();
        let mut parent = None;
        let mut at = id;
        while at < tree.end(id).min(id + MAX_VALUE_NODES) && out.len() <= MAX_VALUE_BYTES {
            match tree.tag(at) {
                Tag::Svg | Tag::Script | Tag::Style | Tag::Template => {
                    at = tree.end(at);
                    continue;
                }
                Tag::Text => {
                    // Themes part elements by their style alone.
                    let text = tree.text(at);
                    let is_apart = parent.is_some() && parent != tree.parent(at);
                    if is_apart && out.ends_with(char::is_alphanumeric) && text.starts_with(char::is_alphanumeric) {
                        out.push(' ');
                    }
                    parent = tree.parent(at);
                    out.push_str(text);
                }
                tag if at > id
                    && (tag.is_block() || matches!(tag, Tag::Time | Tag::Br | Tag::Img))
                    && !out.trim().is_empty()
                    && !out.trim_end().ends_with(['|', ':']) =>
                {
                    out.push_str(" | ");
                }
                _ => {}
            }
            at += 1;
        }
        out
    }
}

/// `twitter:label1` and `twitter:data1`: a word for a reader and what it stands for.
#[derive(Default)]
pub(super) struct Labels {
    /// The number of the label that said `Written by`.
    of_author: Option<char>,
}

impl Labels {
    /// Looks at a `<meta>`.
    pub(super) fn look(&mut self, tree: &Tree, id: NodeId, meta: &mut Meta) {
        let name = tree.attribute(id, Attr::Name).or_else(|| tree.attribute(id, Attr::Property)).unwrap_or("");
        let content = tree.attribute(id, Attr::Content).unwrap_or("");
        if let Some(number) = name.strip_prefix("twitter:label") {
            if WRITTEN_BY.contains(&content.trim().to_lowercase().as_str()) {
                self.of_author = number.chars().next();
            }
        } else if let Some(number) = name.strip_prefix("twitter:data")
            && self.of_author.is_some()
            && self.of_author == number.chars().next()
        {
            meta.add(MetaField::Author, content, MetaSource::MetaTag, "twitter:data", None);
        }
    }
}

/// Labels of a writer, as widespread tools write them in the page's language.
const WRITTEN_BY: &[&str] = &[
    "written by",
    "author",
    "geschrieben von",
    "verfasst von",
    "escrito por",
    "écrit par",
    "scritto da",
    "geschreven door",
    "napisane przez",
    "yazan",
    "автор",
    "написано автором",
    "ditulis oleh",
    "skrevet av",
    "skrevet af",
    "skriven av",
];

/// Whether an address leads to what one person wrote.
fn is_author_address(href: &str) -> bool {
    let path = href.split(['?', '#']).next().unwrap_or("");
    let mut parts = path.trim_end_matches('/').rsplit('/');
    let last = parts.next().unwrap_or("");
    let above = parts.next().unwrap_or("");
    !last.is_empty()
        && matches!(above, "author" | "authors" | "autor" | "auteur" | "contributor" | "contributors" | "byline" | "by")
}

/// The member of a forum that an address leads to.
fn member_of(href: &str) -> Option<&str> {
    let path = href.split(['?', '#']).next()?;
    let mut parts = path.trim_end_matches('/').rsplit('/');
    let name = parts.next().filter(|name| !name.is_empty())?;
    matches!(parts.next()?, "user" | "users" | "u" | "member" | "members").then_some(name)
}

/// The lists of parts that a word of a class may hold parts of, one bit each.
const AUTHOR: u8 = 1;
const MEMBER: u8 = 2;
const NOT_NAME: u8 = 4;
const DATE: u8 = 8;
const NOT_DATE: u8 = 16;
const FOREIGN: u8 = 32;
const FOOT: u8 = 64;

/// Longest part that is looked up, in bytes; the longest of the lists has fifteen.
const MAX_PART_BYTES: usize = 24;

/// All parts with the lists that they stand on.
struct Parts {
    lists: FxHashMap<&'static str, u8>,
    /// For each first letter the lengths of the parts that begin with it, a bit each: most words are told by them.
    lengths: [u32; 32],
}

impl Parts {
    /// The lists that a part stands on, in any case.
    fn of(&self, part: &[u8]) -> u8 {
        let lengths = part.first().map_or(0, |first| self.lengths[usize::from(first & 31)]);
        if part.len() > MAX_PART_BYTES || lengths >> part.len() & 1 == 0 {
            return 0;
        }
        let mut lower = [0; MAX_PART_BYTES];
        let lower = &mut lower[..part.len()];
        lower.copy_from_slice(part);
        lower.make_ascii_lowercase();
        std::str::from_utf8(lower).ok().and_then(|part| self.lists.get(part)).copied().unwrap_or(0)
    }
}

static PARTS: LazyLock<Parts> = LazyLock::new(|| {
    let lists = [
        (AUTHOR_PARTS, AUTHOR),
        (MEMBER_PARTS, MEMBER),
        (NOT_NAME_PARTS, NOT_NAME),
        (DATE_PARTS, DATE),
        (NOT_DATE_PARTS, NOT_DATE),
        (FOREIGN_PARTS, FOREIGN),
        (&["footer"], FOOT),
    ];
    let mut known = FxHashMap::default();
    for (parts, list) in lists {
        parts.iter().for_each(|part| *known.entry(*part).or_default() |= list);
    }
    let mut lengths = [0; 32];
    for part in known.keys() {
        lengths[usize::from(part.as_bytes()[0] & 31)] |= 1 << part.len();
    }
    Parts { lists: known, lengths }
});

/// The lists that parts of a word of a class stand on, taken apart at its marks and inner capitals.
fn lists_of(token: &str) -> u8 {
    let bytes = token.as_bytes();
    let (mut start, mut lists) = (0, 0);
    for at in 1..=bytes.len() {
        let is_border = at == bytes.len()
            || !bytes[at].is_ascii_alphanumeric()
            || (bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase());
        if is_border {
            lists |= bytes.get(start..at).map_or(0, |part| PARTS.of(part));
            start = if at < bytes.len() && bytes[at].is_ascii_alphanumeric() { at } else { at + 1 };
        }
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::html::parse;

    fn lines(html: &str) -> Vec<String> {
        let tree = parse(html, 512).expect("shallow");
        let mut meta = Meta::default();
        let mut bylines = Bylines::new(&tree);
        for id in 1..tree.len() {
            bylines.look(id, &mut meta);
        }
        meta.candidates.iter().map(|c| format!("{} {}: {}", c.field, c.key, c.value)).collect()
    }

    #[test]
    fn classes_and_addresses_mark_a_byline() {
        assert_eq!(
            lines(
                "<h1>Pier shut</h1><div class='post__author-name'>By Ada Marsh<time>2 April</time></div>\
                 <p class=articleByline>Tom Quay</p><a href='/author/eva-holm/'>Eva Holm</a>\
                 <span class=username>gull77</span><a href='/u/Tern8/'>tern8</a><a href='/u/Tern8/'>Profile</a><span class='post-date'>2 April 2031</span>"
            ),
            [
                "author byline: By Ada Marsh | 2 April",
                "author byline: Tom Quay",
                "author href: Eva Holm",
                "author username: gull77",
                "author username: tern8",
                "time date: 2 April 2031",
            ]
        );
    }

    #[test]
    fn cards_comments_and_the_frame_say_nothing_of_this_article() {
        assert_eq!(
            lines(
                "<article class=card><h1>Pier shut</h1></article><div class='related-posts'><p class=author>Ada Marsh</p>\
                 </div><footer><a rel=author href=/>Eva Holm</a></footer><ol class=commentlist><b class=comment-author>gull\
                 </b></ol><p class=authorization>Nobody may pass</p><img class='author-avatar'><i class=author-bio>Ada</i>"
            ),
            Vec::<String>::new()
        );
    }
}
