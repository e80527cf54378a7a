//! A page's tree as flat arrays in document order: comes in from `html` node by node, goes out as plain data.
//!
//! Every reader is a linear pass over node ids: the subtree of `id` is `id..tree.end(id)`. There are no pointers,
//! no types of a parser and no recursion. Text of scripts (but for JSON-LD) and of style sheets is left out.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

pub use crate::page::attribute::Attr;

/// Index of a node; the root is 0.
pub type NodeId = u32;

/// Longest attribute value that is kept, in bytes. Addresses and descriptions are far below; inlined images are cut.
pub const MAX_ATTRIBUTE_BYTES: usize = 4096;

macro_rules! tags {
    ($($variant:ident = $name:literal,)+) => {
        /// The element names that some reader tells apart.
        #[allow(missing_docs, reason = "the names say it")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Tag {
            /// The document itself.
            Root,
            /// A piece of text.
            Text,
            /// An element of any other name; see [`Tree::name`].
            Other,
            /// The title or description of a drawing, which is not shown.
            SvgTitle,
            /// A piece of text in a drawing.
            SvgText,
            $($variant,)+
        }
        impl Tag {
            /// The tags of elements with names of their own.
            pub const ALL: &[Tag] = &[$(Tag::$variant,)+];

            /// The tag of a lower-case element name.
            pub fn from_name(name: &str) -> Tag {
                static TAGS: LazyLock<FxHashMap<&'static str, Tag>> =
                    LazyLock::new(|| FxHashMap::from_iter([$(($name, Tag::$variant),)+]));
                TAGS.get(name).copied().unwrap_or(Tag::Other)
            }
            /// The element name; empty for what is no element or has a name of its own.
            pub const fn as_str(self) -> &'static str {
                match self {
                    Tag::Root | Tag::Text | Tag::Other => "",
                    Tag::SvgTitle => "title",
                    Tag::SvgText => "text",
                    $(Tag::$variant => $name,)+
                }
            }
        }
    };
}

tags! {
    A = "a", Abbr = "abbr", Acronym = "acronym", Address = "address", Annotation = "annotation", Applet = "applet",
    Area = "area", Article = "article", Aside = "aside", Audio = "audio", B = "b", Base = "base",
    Basefont = "basefont", Bdi = "bdi", Bdo = "bdo", Bgsound = "bgsound", Big = "big", Blockquote = "blockquote",
    Body = "body", Br = "br", Button = "button", Canvas = "canvas", Caption = "caption", Center = "center",
    Cite = "cite", Code = "code", Col = "col", Colgroup = "colgroup", Data = "data", Datalist = "datalist",
    Dd = "dd", Del = "del", Desc = "desc", Details = "details", Dfn = "dfn", Dialog = "dialog", Dir = "dir",
    Div = "div", Dl = "dl", Dt = "dt", Em = "em", Embed = "embed", Fieldset = "fieldset",
    Figcaption = "figcaption", Figure = "figure", Font = "font", Footer = "footer",
    ForeignObject = "foreignobject", Form = "form", Frame = "frame", Frameset = "frameset", H1 = "h1", H2 = "h2",
    H3 = "h3", H4 = "h4", H5 = "h5", H6 = "h6", Head = "head", Header = "header", Hgroup = "hgroup", Hr = "hr",
    Html = "html", I = "i", Iframe = "iframe", Image = "image", Img = "img", Input = "input", Ins = "ins",
    Kbd = "kbd", Keygen = "keygen", Label = "label", Legend = "legend", Li = "li", Link = "link",
    Listing = "listing", Main = "main", Map = "map", Mark = "mark", Marquee = "marquee", Math = "math",
    Menu = "menu", Meta = "meta", Meter = "meter", Mi = "mi", Mn = "mn", Mo = "mo", Ms = "ms", Mtext = "mtext",
    Nav = "nav", Nobr = "nobr", Noembed = "noembed", Noframes = "noframes", Noscript = "noscript",
    Object = "object", Ol = "ol", Optgroup = "optgroup", Option = "option", Output = "output", P = "p",
    Param = "param", Picture = "picture", Plaintext = "plaintext", Pre = "pre", Progress = "progress", Q = "q",
    Rb = "rb", Rp = "rp", Rt = "rt", Rtc = "rtc", Ruby = "ruby", S = "s", Samp = "samp", Script = "script",
    Search = "search", Section = "section", Select = "select", Slot = "slot", Small = "small", Source = "source",
    Span = "span", Strike = "strike", Strong = "strong", Style = "style", Sub = "sub", Summary = "summary",
    Sup = "sup", Svg = "svg", Table = "table", Tbody = "tbody", Td = "td", Template = "template",
    Textarea = "textarea", Tfoot = "tfoot", Th = "th", Thead = "thead", Time = "time", Title = "title", Tr = "tr",
    Track = "track", Tt = "tt", U = "u", Ul = "ul", Var = "var", Video = "video", Wbr = "wbr", Xmp = "xmp",
}

impl Tag {
    /// The level of a heading element, 1 to 6.
    pub const fn heading_level(self) -> Option<u8> {
        match self {
            Tag::H1 => Some(1),
            Tag::H2 => Some(2),
            Tag::H3 => Some(3),
            Tag::H4 => Some(4),
            Tag::H5 => Some(5),
            Tag::H6 => Some(6),
            _ => None,
        }
    }

    /// Whether browsers show it as a block of its own (or as a part of a table).
    pub const fn is_block(self) -> bool {
        use Tag::{
            Address, Article, Aside, Blockquote, Body, Caption, Center, Dd, Details, Dialog, Dir, Div, Dl, Dt,
            Fieldset, Figcaption, Figure, Footer, Form, Frameset, H1, H2, H3, H4, H5, H6, Head, Header, Hgroup, Hr,
            Html, Legend, Li, Listing, Main, Marquee, Menu, Nav, Noframes, Ol, Optgroup, Option, P, Plaintext, Pre,
            Root, Search, Section, Select, Summary, Table, Tbody, Td, Textarea, Tfoot, Th, Thead, Tr, Ul, Xmp,
        };
        matches!(
            self,
            Address
                | Article
                | Aside
                | Blockquote
                | Body
                | Caption
                | Center
                | Dd
                | Details
                | Dialog
                | Dir
                | Div
                | Dl
                | Dt
                | Fieldset
                | Figcaption
                | Figure
                | Footer
                | Form
                | Frameset
                | H1
                | H2
                | H3
                | H4
                | H5
                | H6
                | Head
                | Header
                | Hgroup
                | Hr
                | Html
                | Legend
                | Li
                | Listing
                | Main
                | Marquee
                | Menu
                | Nav
                | Noframes
                | Ol
                | Optgroup
                | Option
                | P
                | Plaintext
                | Pre
                | Root
                | Search
                | Section
                | Select
                | Summary
                | Table
                | Tbody
                | Td
                | Textarea
                | Tfoot
                | Th
                | Thead
                | Tr
                | Ul
                | Xmp
        )
    }
}

/// A range of bytes of the tree's own text, or of its attributes.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::page) struct Range {
    start: u32,
    end: u32,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    tag: Tag,
    depth: u32,
    parent: NodeId,
    end: NodeId,
    /// Of the text (a text node) or of the attributes (an element).
    content: Range,
    /// The bits of its attributes; most questions are for one that is not there.
    attrs: u32,
}

#[derive(Debug, Clone, Copy)]
struct Attribute {
    attr: Attr,
    value: Range,
}

/// A page's tree. Plain data, `Send`.
#[derive(Debug, Clone)]
pub struct Tree {
    nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    /// Names of elements that have no tag of their own, sorted by node.
    names: Vec<(NodeId, Range)>,
    strings: String,
}

impl Default for Tree {
    fn default() -> Self {
        TreeBuilder::new(0).finish()
    }
}

impl Tree {
    /// Number of nodes, the root included.
    pub fn len(&self) -> u32 {
        u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)
    }

    /// Whether there is nothing but the root.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() <= 1
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// What a node is.
    pub fn tag(&self, id: NodeId) -> Tag {
        self.node(id).tag
    }

    /// The element's name, also where it has no tag of its own; empty for text and the root.
    pub fn name(&self, id: NodeId) -> &str {
        let tag = self.tag(id);
        if tag != Tag::Other {
            return tag.as_str();
        }
        match self.names.binary_search_by_key(&id, |entry| entry.0) {
            Ok(at) => self.string(self.names[at].1),
            Err(_) => "",
        }
    }

    /// The parent; none for the root.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        (id != 0).then(|| self.node(id).parent)
    }

    /// One past the last node of the subtree.
    pub fn end(&self, id: NodeId) -> NodeId {
        self.node(id).end
    }

    /// Number of ancestors.
    pub fn depth(&self, id: NodeId) -> u32 {
        self.node(id).depth
    }

    /// The text of a text node; empty for an element.
    pub fn text(&self, id: NodeId) -> &str {
        let node = self.node(id);
        if node.tag == Tag::Text { self.string(node.content) } else { "" }
    }

    /// The attributes of an element that are read, in the order of their names.
    pub fn attributes(&self, id: NodeId) -> impl Iterator<Item = (Attr, &str)> {
        let node = self.node(id);
        let range = if node.tag == Tag::Text { 0..0 } else { node.content.start as usize..node.content.end as usize };
        self.attributes[range].iter().map(|a| (a.attr, self.string(a.value)))
    }

    /// The value of an attribute.
    #[inline]
    pub fn attribute(&self, id: NodeId, attr: Attr) -> Option<&str> {
        if self.node(id).attrs & attr.bit() == 0 {
            return None;
        }
        self.attributes(id).find(|&(known, _)| known == attr).map(|(_, value)| value)
    }

    /// The words of an attribute that is a list of them (`class`, `rel`, `role`, `itemprop`).
    pub fn tokens(&self, id: NodeId, attr: Attr) -> impl Iterator<Item = &str> {
        self.attribute(id, attr).unwrap_or("").split_ascii_whitespace()
    }

    /// The ancestors, nearest first, the root last.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(self.parent(id), |&id| self.parent(id))
    }

    /// The children, in order.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let end = self.end(id);
        let first = (id + 1 < end).then_some(id + 1);
        std::iter::successors(first, move |&child| Some(self.end(child)).filter(|&next| next < end))
    }

    /// Whether `id` lies in the subtree of `ancestor` (or is it).
    pub fn is_within(&self, id: NodeId, ancestor: NodeId) -> bool {
        ancestor <= id && id < self.end(ancestor)
    }

    /// All text below a node, in order, as it stands.
    pub fn text_below(&self, id: NodeId) -> impl Iterator<Item = &str> {
        (id..self.end(id)).filter(|&n| self.tag(n) == Tag::Text).map(|n| self.text(n))
    }

    fn string(&self, range: Range) -> &str {
        &self.strings[range.start as usize..range.end as usize]
    }
}

/// Fills a [`Tree`] in document order.
#[derive(Debug)]
pub struct TreeBuilder {
    tree: Tree,
    open: Vec<NodeId>,
    /// Bytes of attribute values that may still be stored: a parser may copy the attributes of reopened elements.
    attribute_budget: usize,
    deepest: u32,
}

impl TreeBuilder {
    /// A tree with only a root; `attribute_budget` bounds the bytes of all attribute values together.
    pub fn new(attribute_budget: usize) -> Self {
        let root = Node { tag: Tag::Root, depth: 0, parent: 0, end: 1, content: Range::default(), attrs: 0 };
        let tree = Tree { nodes: vec![root], attributes: Vec::new(), names: Vec::new(), strings: String::new() };
        Self { tree, open: vec![0], attribute_budget, deepest: 0 }
    }

    /// Opens an element under the open one. `name` is in lower case.
    pub fn open(&mut self, tag: Tag, name: &str) {
        let at = u32::try_from(self.tree.attributes.len()).unwrap_or(u32::MAX);
        let id = self.push(tag, Range { start: at, end: at });
        if tag == Tag::Other {
            let name = self.store(name);
            self.tree.names.push((id, name));
        }
        self.open.push(id);
    }

    /// Adds an attribute to the element that was opened last; to be called before anything is put into it.
    pub fn attribute(&mut self, attr: Attr, value: &str) {
        if self.keep_attribute(attr, value)
            && let Some(node) = self.tree.nodes.last_mut()
        {
            node.content.end += 1;
            node.attrs |= attr.bit();
        }
    }

    /// Stores an attribute for an element that comes later.
    fn keep_attribute(&mut self, attr: Attr, value: &str) -> bool {
        let mut cut = value.len().min(MAX_ATTRIBUTE_BYTES);
        while !value.is_char_boundary(cut) {
            cut -= 1;
        }
        if self.attribute_budget < cut {
            return false;
        }
        self.attribute_budget -= cut;
        let attribute = Attribute { attr, value: self.store(&value[..cut]) };
        self.tree.attributes.push(attribute);
        true
    }

    /// Stores the attributes of an element that comes later.
    pub(in crate::page) fn keep_attributes<'a>(&mut self, attributes: impl Iterator<Item = (Attr, &'a str)>) -> Range {
        let start = self.n_attributes();
        for (attr, value) in attributes {
            self.keep_attribute(attr, value);
        }
        self.tree.attributes[start as usize..].sort_by_key(|attribute| attribute.attr);
        Range { start, end: self.n_attributes() }
    }

    /// Stores attributes beside those that were kept, but for names that are there already; sorted by name.
    pub(in crate::page) fn add_missing<'a>(
        &mut self,
        kept: Range,
        attributes: impl Iterator<Item = (Attr, &'a str)>,
    ) -> Range {
        let start = self.n_attributes();
        let own = kept.start as usize..kept.end as usize;
        let is_new = |attr: Attr| self.tree.attributes[own.clone()].iter().all(|own| own.attr != attr);
        let missing: Vec<_> = attributes.filter(|&(attr, _)| is_new(attr)).collect();
        if missing.is_empty() {
            return kept;
        }
        self.tree.attributes.extend_from_within(own);
        for (attr, value) in missing {
            self.keep_attribute(attr, value);
        }
        self.tree.attributes[start as usize..].sort_by_key(|attribute| attribute.attr);
        Range { start, end: self.n_attributes() }
    }

    fn n_attributes(&self) -> u32 {
        u32::try_from(self.tree.attributes.len()).unwrap_or(u32::MAX)
    }

    /// Stores text for a node that comes later.
    pub(in crate::page) fn keep(&mut self, text: &str) -> Range {
        self.store(text)
    }

    /// Adds to text that was stored last; false where something else was.
    pub(in crate::page) fn extend(&mut self, kept: &mut Range, text: &str) -> bool {
        if kept.end as usize != self.tree.strings.len() {
            return false;
        }
        let added = self.store(text);
        kept.end += added.end - added.start;
        true
    }

    /// Two stored texts as one.
    pub(in crate::page) fn join(&mut self, kept: Range, more: Range) -> Range {
        if kept.end == more.start {
            return Range { start: kept.start, end: more.end };
        }
        let strings = &mut self.tree.strings;
        let len = |range: Range| (range.end - range.start) as usize;
        let mut start = kept.start;
        if kept.end as usize != strings.len() {
            if u32::try_from(strings.len() + len(kept) + len(more)).is_err() {
                return kept;
            }
            start = strings.len() as u32;
            strings.extend_from_within(kept.start as usize..kept.end as usize);
        }
        strings.extend_from_within(more.start as usize..more.end as usize);
        Range { start, end: strings.len() as u32 }
    }

    /// A stored text.
    pub(in crate::page) fn kept(&self, text: Range) -> &str {
        self.tree.string(text)
    }

    /// Opens an element under the open one, with attributes that were stored.
    pub(in crate::page) fn open_kept(&mut self, tag: Tag, name: &str, attributes: Range) {
        let id = self.push(tag, attributes);
        let kept = &self.tree.attributes[attributes.start as usize..attributes.end as usize];
        self.tree.nodes[id as usize].attrs = kept.iter().fold(0, |bits, kept| bits | kept.attr.bit());
        if tag == Tag::Other {
            let name = match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                true => self.store(&name.to_ascii_lowercase()),
                false => self.store(name),
            };
            self.tree.names.push((id, name));
        }
        self.open.push(id);
    }

    /// Adds stored text to the open element.
    pub(in crate::page) fn text_kept(&mut self, text: Range) {
        self.push(Tag::Text, text);
    }

    /// Adds text to the open element.
    pub fn text(&mut self, text: &str) {
        let range = self.store(text);
        self.push(Tag::Text, range);
    }

    /// Closes the open element.
    pub fn close(&mut self) {
        if self.open.len() > 1 {
            self.open.pop();
        }
    }

    /// Ancestors of the deepest node so far.
    pub(in crate::page) fn deepest(&self) -> u32 {
        self.deepest
    }

    /// The finished tree.
    pub fn finish(mut self) -> Tree {
        // From the last node to the first: a child's end is final before its parent looks at it.
        for id in (1..self.tree.nodes.len()).rev() {
            let Node { end, parent, .. } = self.tree.nodes[id];
            let parent = &mut self.tree.nodes[parent as usize];
            parent.end = parent.end.max(end);
        }
        self.tree
    }

    fn push(&mut self, tag: Tag, content: Range) -> NodeId {
        let id = self.tree.len();
        let parent = *self.open.last().expect("the root is never closed");
        let depth = self.tree.node(parent).depth + 1;
        self.deepest = self.deepest.max(depth);
        self.tree.nodes.push(Node { tag, depth, parent, end: id + 1, content, attrs: 0 });
        id
    }

    fn store(&mut self, text: &str) -> Range {
        let start = self.tree.strings.len();
        // Offsets are 32 bits wide; `html` refuses pages that could reach them, so that nothing is lost here.
        if u32::try_from(start + text.len()).is_err() {
            return Range::default();
        }
        self.tree.strings.push_str(text);
        Range { start: start as u32, end: (start + text.len()) as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Tree {
        let mut builder = TreeBuilder::new(1 << 20);
        builder.open(Tag::Div, "div");
        builder.attribute(Attr::Class, "story lead");
        builder.open(Tag::P, "p");
        builder.text("The pier ");
        builder.open(Tag::B, "b");
        builder.text("reopens");
        builder.close();
        builder.close();
        builder.open(Tag::Other, "harbour-card");
        builder.close();
        builder.close();
        builder.text("tail");
        builder.finish()
    }

    #[test]
    fn a_subtree_is_a_range_of_ids() {
        let tree = sample();
        assert_eq!(
            (1..tree.end(1)).map(|id| tree.tag(id)).collect::<Vec<_>>(),
            [Tag::Div, Tag::P, Tag::Text, Tag::B, Tag::Text, Tag::Other]
        );
        assert_eq!(tree.end(0), tree.len());
        assert_eq!(tree.children(1).collect::<Vec<_>>(), [2, 6]);
        assert_eq!(tree.ancestors(5).collect::<Vec<_>>(), [4, 2, 1, 0]);
        assert_eq!(tree.depth(5), 4);
        assert!(tree.is_within(5, 2) && !tree.is_within(6, 2));
        assert_eq!(tree.text_below(2).collect::<String>(), "The pier reopens");
    }

    #[test]
    fn names_and_attributes_are_found() {
        let tree = sample();
        assert_eq!(tree.name(6), "harbour-card");
        assert_eq!(tree.name(2), "p");
        assert_eq!(tree.tokens(1, Attr::Class).collect::<Vec<_>>(), ["story", "lead"]);
        assert_eq!(tree.attribute(2, Attr::Class), None);
    }

    #[test]
    fn a_huge_attribute_is_cut_on_a_character_border_and_a_spent_budget_drops_the_next() {
        let mut builder = TreeBuilder::new(MAX_ATTRIBUTE_BYTES + 10);
        builder.open(Tag::Img, "img");
        builder.attribute(Attr::Style, &"é".repeat(MAX_ATTRIBUTE_BYTES));
        builder.attribute(Attr::Class, "a ship in the fog");
        let tree = builder.finish();
        assert_eq!(tree.attribute(1, Attr::Style).map(str::len), Some(MAX_ATTRIBUTE_BYTES));
        assert_eq!(tree.attribute(1, Attr::Class), None);
    }

    #[test]
    fn the_tree_can_move_to_another_thread() {
        fn is_send<T: Send + Sync>() {}
        is_send::<Tree>();
    }

    #[test]
    fn every_tag_knows_its_name() {
        for name in ["a", "blockquote", "h6", "wbr", "xmp"] {
            assert_eq!(Tag::from_name(name).as_str(), name);
        }
        assert_eq!(Tag::from_name("h7"), Tag::Other);
        assert_eq!(Tag::H3.heading_level(), Some(3));
    }
}
