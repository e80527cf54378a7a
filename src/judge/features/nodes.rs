//! What a page's elements say of the blocks inside them: comes in a layout with its tree and the counts of its blocks,
//! goes out arrays with one entry a node. Linear in nodes; sums over a subtree are differences of prefix sums.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

use super::words::Words;
use crate::judge::names::{Key, Names};
use crate::page::tree::{NodeId, Tag, Tree};
use crate::page::{Layout, Shape};

/// Maps whose keys are hashes already. Never iterated into output.
pub(in crate::judge) type HashedMap<V> = HashMap<u64, V, BuildHasherDefault<Identity>>;

/// The identity on 64-bit keys.
#[derive(Debug, Default, Clone, Copy)]
pub(in crate::judge) struct Identity(u64);

impl std::hash::Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    fn write_u64(&mut self, key: u64) {
        self.0 = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// Words from which a block is long, and the share of links below which it counts as prose.
pub(super) const LONG_WORDS: f32 = 15.0;
pub(super) const MAX_LINK_SHARE: f32 = 0.4;

/// Tags whose distance above a block is a feature, in the order of the bits of [`Nodes::marks`].
pub(super) const TAGS: &[(&str, &[Tag])] = &[
    ("nav", &[Tag::Nav]),
    ("aside", &[Tag::Aside]),
    ("footer", &[Tag::Footer]),
    ("header", &[Tag::Header]),
    ("form", &[Tag::Form]),
    ("main", &[Tag::Main]),
    ("article", &[Tag::Article]),
    ("section", &[Tag::Section]),
    ("table", &[Tag::Table]),
    ("list", &[Tag::Ul, Tag::Ol, Tag::Dl, Tag::Menu]),
    ("item", &[Tag::Li, Tag::Dt, Tag::Dd]),
    ("quote", &[Tag::Blockquote, Tag::Q]),
    ("pre", &[Tag::Pre, Tag::Code]),
    ("figure", &[Tag::Figure, Tag::Picture, Tag::Figcaption]),
    ("button", &[Tag::Button, Tag::Label, Tag::Input, Tag::Select]),
    ("dialog", &[Tag::Dialog]),
    ("a", &[Tag::A]),
    ("details", &[Tag::Details, Tag::Summary]),
    ("cell", &[Tag::Td, Tag::Th]),
    ("h", &[Tag::H1, Tag::H2, Tag::H3, Tag::H4, Tag::H5, Tag::H6]),
    ("p", &[Tag::P]),
    ("strong", &[Tag::Strong, Tag::B, Tag::Em]),
    ("time", &[Tag::Time]),
    ("noscript", &[Tag::Noscript, Tag::Template]),
];

/// Families of words in classes and ids; their bits follow those of [`TAGS`]. In English, as class names are.
pub(super) const FAMILIES: &[(&str, &[&str])] = &[
    ("nav", &["nav", "navbar", "navigation", "menu", "submenu", "megamenu", "navi", "topnav", "subnav", "dropdown"]),
    ("footer", &["footer", "foot", "colophon", "copyright", "legal"]),
    ("header", &["header", "masthead", "topbar", "banner", "hero", "logo", "brand"]),
    ("side", &["sidebar", "aside", "rail", "widget", "widgets", "secondary", "rightcol", "side"]),
    ("comment", &["comment", "comments", "commentlist", "disqus", "respond", "replies", "discussion", "feedback"]),
    ("review", &["review", "reviews", "rating", "ratings", "stars", "testimonial", "testimonials"]),
    (
        "related",
        &[
            "related",
            "recommended",
            "recommendations",
            "recommend",
            "recirc",
            "trending",
            "popular",
            "similar",
            "readmore",
            "outbrain",
            "taboola",
            "upsell",
            "suggested",
            "latest",
            "more",
            "next",
            "crosslinks",
            "also",
        ],
    ),
    ("social", &["social", "share", "sharing", "addtoany", "addthis", "follow", "facebook", "twitter"]),
    (
        "ad",
        &["ad", "ads", "advert", "advertisement", "adsbygoogle", "sponsored", "sponsor", "promo", "promotion", "cta"],
    ),
    (
        "modal",
        &[
            "modal",
            "popup",
            "lightbox",
            "cookie",
            "cookies",
            "consent",
            "gdpr",
            "onetrust",
            "overlay",
            "dialog",
            "drawer",
            "offcanvas",
        ],
    ),
    (
        "form",
        &[
            "form",
            "search",
            "searchform",
            "login",
            "signin",
            "signup",
            "newsletter",
            "subscribe",
            "subscription",
            "register",
            "optin",
        ],
    ),
    (
        "body",
        &["articlebody", "storybody", "entry", "body", "richtext", "markdown", "prose", "rte", "wysiwyg", "editor"],
    ),
    (
        "content",
        &["content", "contents", "text", "copy", "description", "desc", "detail", "details", "about", "overview"],
    ),
    ("main", &["main", "primary", "page", "container", "wrapper"]),
    ("article", &["article", "story", "post", "blog", "news", "hentry", "single"]),
    ("product", &["product", "price", "cart", "shop", "sku", "variant", "specs", "specification", "features", "buy"]),
    (
        "byline",
        &["byline", "author", "authors", "meta", "date", "published", "timestamp", "posted", "time", "dateline"],
    ),
    (
        "title",
        &[
            "title",
            "headline",
            "heading",
            "subtitle",
            "subhead",
            "dek",
            "standfirst",
            "lead",
            "summary",
            "intro",
            "excerpt",
        ],
    ),
    (
        "card",
        &[
            "card", "cards", "tile", "tiles", "teaser", "grid", "list", "listing", "item", "items", "results",
            "result", "feed",
        ],
    ),
    (
        "caption",
        &["caption", "credit", "image", "img", "photo", "gallery", "figure", "media", "video", "slider", "carousel"],
    ),
    ("toc", &["toc", "breadcrumb", "breadcrumbs", "crumbs", "pagination", "pager", "pagenavi", "paging"]),
    ("tags", &["tag", "tags", "tagcloud", "categories", "category", "topics", "keywords", "labels"]),
    ("hidden", &["hidden", "hide", "sr", "screen", "reader", "visually", "collapsed", "skip"]),
    ("faq", &["faq", "accordion", "tab", "tabs", "collapse", "panel", "question", "answer"]),
    (
        "forum",
        &[
            "forum",
            "thread",
            "topic",
            "message",
            "messages",
            "postbody",
            "bbcode",
            "reply",
            "quote",
            "signature",
            "user",
        ],
    ),
    ("code", &["code", "highlight", "syntax", "snippet", "example", "docs", "documentation", "api"]),
    ("button", &["button", "btn", "toolbar", "tooltip", "actions", "action", "controls", "icon", "badge"]),
    ("bio", &["bio", "profile", "avatar", "contributor", "vcard"]),
];

/// Bits of [`Nodes::marks`]: tags, families, then roles.
pub(super) const N_MARKS: usize = TAGS.len() + FAMILIES.len() + 2;
const ROLE_NOISE: usize = TAGS.len() + FAMILIES.len();
// A mark is a bit of a word.
const _: () = assert!(N_MARKS <= 64);
const ITEMPROP_BODY: usize = ROLE_NOISE + 1;

/// Longest attribute that is cut into words, and most words of one element.
const MAX_NAME_BYTES: usize = 160;

static WORD_BITS: LazyLock<HashedMap<u8>> = LazyLock::new(|| {
    let mut bits = HashedMap::default();
    for (family, (_, words)) in FAMILIES.iter().enumerate() {
        for word in *words {
            bits.insert(word.bytes().fold(WORD_START, hash_byte), (TAGS.len() + family) as u8);
        }
    }
    bits
});

/// The mark of each tag, by its number.
static TAG_MARKS: LazyLock<[u64; 256]> = LazyLock::new(|| {
    let mut marks = [0; 256];
    for (bit, (_, tags)) in TAGS.iter().enumerate() {
        tags.iter().for_each(|&tag| marks[tag as usize] |= 1 << bit);
    }
    marks
});

pub(super) const WORD_START: u64 = 0xcbf2_9ce4_8422_2325;
pub(super) fn hash_byte(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Adds a hash to another; the order counts.
fn hash_word(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// Prefix sums over nodes of what blocks hold: the sum below a node is a difference.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) words: f32,
    pub(super) link_words: f32,
    pub(super) chars: f32,
    pub(super) blocks: f32,
    pub(super) long: f32,
    pub(super) long_words: f32,
    pub(super) sentences: f32,
    pub(super) prices: f32,
    pub(super) years: f32,
    pub(super) copies: f32,
    pub(super) hits: f32,
    pub(super) elements: f32,
    pub(super) images: f32,
}

impl Sums {
    fn add(&mut self, other: &Sums) {
        let Sums {
            words,
            link_words,
            chars,
            blocks,
            long,
            long_words,
            sentences,
            prices,
            years,
            copies,
            hits,
            elements,
            images,
        } = other;
        self.words += words;
        self.link_words += link_words;
        self.chars += chars;
        self.blocks += blocks;
        self.long += long;
        self.long_words += long_words;
        self.sentences += sentences;
        self.prices += prices;
        self.years += years;
        self.copies += copies;
        self.hits += hits;
        self.elements += elements;
        self.images += images;
    }

    pub(super) fn minus(&self, other: &Sums) -> Sums {
        Sums {
            words: self.words - other.words,
            link_words: self.link_words - other.link_words,
            chars: self.chars - other.chars,
            blocks: self.blocks - other.blocks,
            long: self.long - other.long,
            long_words: self.long_words - other.long_words,
            sentences: self.sentences - other.sentences,
            prices: self.prices - other.prices,
            years: self.years - other.years,
            copies: self.copies - other.copies,
            hits: self.hits - other.hits,
            elements: self.elements - other.elements,
            images: self.images - other.images,
        }
    }

    /// Share of words inside links, 0..=1.
    pub(super) fn link_share(&self) -> f32 {
        self.link_words / self.words.max(1.0)
    }
}

/// One entry a node.
#[derive(Debug)]
pub(super) struct Nodes {
    /// Which tags, families and roles an element has.
    pub(super) marks: Vec<u64>,
    /// Hash of tags and classes from the root down, digits left out.
    pub(super) path: Vec<u64>,
    /// The same without classes.
    pub(super) tag_path: Vec<u64>,
    /// Index among the elements of its parent, and their number.
    pub(super) sibling: Vec<u32>,
    pub(super) n_children: Vec<u32>,
    /// Prefix sums, one more than nodes.
    prefix: Vec<Sums>,
    /// Readability's score.
    pub(super) score: Vec<f32>,
    /// The element with the best score, and the one that holds most prose level by level.
    pub(super) best: NodeId,
    pub(super) dominant: NodeId,
}

impl Nodes {
    pub(super) fn new(
        layout: &Layout,
        tree: &Tree,
        names: &Names<'_>,
        words: &[Words],
        extra: impl Fn(usize) -> (f32, f32),
    ) -> Self {
        let n = tree.len() as usize;
        let mut nodes = Self {
            marks: vec![0; n],
            path: vec![WORD_START; n],
            tag_path: vec![WORD_START; n],
            sibling: vec![0; n],
            n_children: vec![0; n],
            prefix: Vec::new(),
            score: vec![0.0; n],
            best: 0,
            dominant: 0,
        };
        nodes.name(tree, names);
        nodes.sum(layout, tree, words, extra);
        nodes.score_prose(layout, tree, words);
        nodes.descend(tree);
        nodes
    }

    pub(super) fn below(&self, tree: &Tree, id: NodeId) -> Sums {
        self.prefix[tree.end(id) as usize].minus(&self.prefix[id as usize])
    }

    fn name(&mut self, tree: &Tree, names: &Names<'_>) {
        // Most lists of classes stand on many elements: what each adds to a path, and its families.
        let known: Vec<(u64, u64)> = names.each_value(|value| {
            let bytes = value.bytes().take(MAX_NAME_BYTES).filter(|b| !b.is_ascii_digit());
            (bytes.fold(hash_byte(WORD_START, b'.'), hash_byte), family_marks(value))
        });
        for id in 1..tree.len() {
            let parent = tree.parent(id).unwrap_or(0) as usize;
            let at = id as usize;
            let tag = tree.tag(id);
            if tag == Tag::Text {
                self.path[at] = self.path[parent];
                self.tag_path[at] = self.tag_path[parent];
                continue;
            }
            self.sibling[at] = self.n_children[parent];
            self.n_children[parent] += 1;
            let mut marks = TAG_MARKS[tag as usize];
            let own = names.of(id);
            let mut step = tag as u64;
            if let Some(&(Key::Tag, name)) = own.last() {
                step = names.text(name).bytes().fold(WORD_START, hash_byte);
                marks |= known[name as usize].1;
            }
            let mut path = hash_word(self.path[parent], step);
            self.tag_path[at] = hash_word(self.tag_path[parent], step);
            let is_root = matches!(tag, Tag::Html | Tag::Body);
            for &(key, value) in own {
                let (step, families) = known[value as usize];
                match key {
                    Key::Class => {
                        path = hash_word(path, step);
                        if !is_root {
                            marks |= families;
                        }
                    }
                    Key::Id if !is_root => marks |= families,
                    Key::Role => marks |= role_mark(names.text(value)),
                    Key::Itemprop if names.text(value) == "articleBody" => marks |= 1 << ITEMPROP_BODY,
                    _ => {}
                }
            }
            self.path[at] = path;
            self.marks[at] = marks;
        }
    }

    fn sum(&mut self, layout: &Layout, tree: &Tree, words: &[Words], extra: impl Fn(usize) -> (f32, f32)) {
        let mut sums = vec![Sums::default(); tree.len() as usize + 1];
        for (at, block) in layout.blocks.iter().enumerate() {
            let Some(id) = block.node.filter(|&id| id < tree.len()) else { continue };
            let own = &words[at];
            let is_long = own.n_words >= LONG_WORDS && block.link_share < MAX_LINK_SHARE;
            let flag = |is: bool| f32::from(u8::from(is));
            let (copies, hits) = extra(at);
            sums[id as usize + 1].add(&Sums {
                words: own.n_words,
                link_words: own.n_words * block.link_share,
                chars: own.n_chars,
                blocks: 1.0,
                long: flag(is_long),
                long_words: if is_long { own.n_words } else { 0.0 },
                sentences: flag(own.end >= 1.0 && own.n_words >= 4.0),
                prices: flag(own.has_price),
                years: flag(own.has_year),
                copies,
                hits,
                elements: 0.0,
                images: 0.0,
            });
        }
        let mut total = Sums::default();
        for (id, entry) in sums.iter_mut().enumerate() {
            if id > 0 {
                let tag = tree.tag(id as NodeId - 1);
                entry.elements = f32::from(u8::from(tag != Tag::Text));
                entry.images = f32::from(u8::from(matches!(tag, Tag::Img | Tag::Svg | Tag::Video)));
            }
            total.add(entry);
            *entry = total;
        }
        self.prefix = sums;
    }

    /// Readability's score: each paragraph gives points to the three elements around it.
    fn score_prose(&mut self, layout: &Layout, tree: &Tree, words: &[Words]) {
        for (block, own) in layout.blocks.iter().zip(words) {
            let Some(id) = block.node.filter(|&id| id < tree.len()) else { continue };
            if own.n_words < 5.0 || matches!(block.shape, Shape::Heading(_)) {
                continue;
            }
            let points =
                (1.0 + own.n_commas.min(10.0) + (own.n_chars / 100.0).min(3.0)) * (1.0 - block.link_share.min(1.0));
            for (share, node) in [1.0, 0.5, 1.0 / 6.0].into_iter().zip(tree.ancestors(id)) {
                self.score[node as usize] += points * share;
            }
        }
        let mut best = (0, 0.0);
        for id in 0..tree.len() {
            let at = id as usize;
            if self.score[at] > 0.0 {
                self.score[at] *= 1.0 - self.below(tree, id).link_share().min(1.0);
            }
            if self.score[at] > best.1 {
                best = (id, self.score[at]);
            }
        }
        self.best = best.0;
    }

    /// Goes down from the root while one child holds most of the words outside links.
    fn descend(&mut self, tree: &Tree) {
        const MOST: f32 = 0.6;
        let own = |sums: &Sums| sums.words - sums.link_words;
        let mut at = 0;
        loop {
            let all = own(&self.below(tree, at));
            let next = tree.children(at).find(|&child| own(&self.below(tree, child)) >= MOST * all);
            match next {
                Some(child) if all > 0.0 && tree.tag(child) != Tag::Text => at = child,
                _ => break,
            }
        }
        self.dominant = at;
    }
}

/// The nearest node that holds both.
pub(super) fn common(tree: &Tree, id: NodeId, other: NodeId) -> (NodeId, u32) {
    let mut at = id;
    let mut levels = 0;
    while !tree.is_within(other, at) {
        match tree.parent(at) {
            Some(parent) => at = parent,
            None => break,
        }
        levels += 1;
    }
    (at, levels)
}

fn role_mark(role: &str) -> u64 {
    match role.trim() {
        "navigation" | "menu" | "menubar" | "tablist" | "contentinfo" | "banner" | "complementary" | "dialog"
        | "alertdialog" | "tooltip" | "search" | "toolbar" | "button" => 1 << ROLE_NOISE,
        "main" => TAGS.iter().position(|(name, _)| *name == "main").map_or(0, |bit| 1 << bit),
        "article" => TAGS.iter().position(|(name, _)| *name == "article").map_or(0, |bit| 1 << bit),
        _ => 0,
    }
}

/// The families of the words of a class list or an id: cut at all but letters, and before a capital.
fn family_marks(value: &str) -> u64 {
    let mut marks = 0;
    let mut hash = WORD_START;
    let mut len = 0;
    let mut was_small = false;
    for byte in value.bytes().take(MAX_NAME_BYTES).chain([b' ']) {
        let is_letter = byte.is_ascii_alphabetic();
        if (!is_letter || (byte.is_ascii_uppercase() && was_small)) && len > 0 {
            if let Some(bit) = WORD_BITS.get(&hash) {
                marks |= 1 << bit;
            }
            (hash, len) = (WORD_START, 0);
        }
        if is_letter {
            hash = hash_byte(hash, byte.to_ascii_lowercase());
            len += 1;
        }
        was_small = byte.is_ascii_lowercase();
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(value: &str) -> Vec<&'static str> {
        let marks = family_marks(value);
        (0..FAMILIES.len()).filter(|bit| marks >> (TAGS.len() + bit) & 1 == 1).map(|bit| FAMILIES[bit].0).collect()
    }

    #[test]
    fn whole_words_of_a_class_name_its_families() {
        assert_eq!(names("site-footer"), ["footer"]);
        assert_eq!(names("articleBody relatedPosts"), ["related", "body", "article"]);
        assert_eq!(names("barcelona navy advanced"), [""; 0]);
    }

    #[test]
    fn no_word_stands_in_two_families() {
        let n: usize = FAMILIES.iter().map(|(_, words)| words.len()).sum();
        assert_eq!(WORD_BITS.len(), n);
    }
}
