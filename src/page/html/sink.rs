//! What the parser builds while it reads: nodes in one array, linked by numbers, whose text and attributes stand in the
//! builder of our own tree from the start, so that the finished tree takes them over where they lie. Comes in the calls
//! of the parser, goes out a [`Parsed`] page. Text of scripts and style sheets is not even stored.

use std::borrow::Cow;
use std::cell::{Ref, RefCell};
use std::sync::LazyLock;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, QualName, local_name, ns};
use rustc_hash::FxHashMap;

use super::attributes::attr_of;
use crate::page::tree::{Attr, Range, Tag, TreeBuilder};

/// Number of a node; the document is 0.
pub(super) type Id = u32;

/// No node.
const NONE: Id = Id::MAX;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// An element and what its text is.
    Element(Content),
    Text,
    /// Text that goes on where the text before it ends.
    MoreText,
    /// The document, a comment, an instruction.
    Other,
}

/// What the text of an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    /// Text, or JSON-LD.
    Text,
    /// Scripts and style sheets.
    Program,
    /// Markup that is shown where scripts or frames are not.
    Markup,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    kind: Kind,
    tag: Tag,
    /// Number of its name.
    name: u32,
    parent: Id,
    previous: Id,
    next: Id,
    first: Id,
    last: Id,
    /// Text, or attributes.
    kept: Range,
}

impl Node {
    fn new(kind: Kind, tag: Tag, name: u32, kept: Range) -> Self {
        Self { kind, tag, name, parent: NONE, previous: NONE, next: NONE, first: NONE, last: NONE, kept }
    }
}

/// A page as the parser left it.
#[derive(Debug)]
pub(super) struct Parsed {
    nodes: Vec<Node>,
    names: Vec<QualName>,
}

#[derive(Debug)]
struct Growing {
    page: Parsed,
    builder: TreeBuilder,
    pulse: Pulse,
    /// The last script or style sheet of HTML.
    last_program: Id,
}

/// How a parser is getting on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pulse {
    /// Elements so far.
    pub(super) n_elements: usize,
    /// Attributes that further `<html>` and `<body>` tags brought.
    pub(super) n_page_attributes: usize,
}

/// What a parser writes into.
#[derive(Debug)]
pub(super) struct Sink(RefCell<Growing>);

impl Sink {
    /// A sink whose text and attributes go into `builder`.
    pub(super) fn new(builder: TreeBuilder) -> Self {
        let document = Node::new(Kind::Other, Tag::Root, 0, Range::default());
        let page = Parsed { nodes: vec![document], names: Vec::new() };
        Self(RefCell::new(Growing { page, builder, pulse: Pulse::default(), last_program: NONE }))
    }

    /// Whether nothing was built since a script or a style sheet was opened.
    pub(super) fn is_at_program(&self) -> bool {
        let growing = self.0.borrow();
        growing.last_program as usize + 1 == growing.page.nodes.len()
    }

    pub(super) fn pulse(&self) -> Pulse {
        self.0.borrow().pulse
    }
}

impl Parsed {
    fn node(&self, id: Id) -> &Node {
        &self.nodes[id as usize]
    }

    fn node_mut(&mut self, id: Id) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    fn add(&mut self, node: Node) -> Id {
        self.nodes.push(node);
        u32::try_from(self.nodes.len() - 1).expect("a page is bounded far below as many nodes")
    }

    fn detach(&mut self, id: Id) {
        let Node { parent, previous, next, .. } = *self.node(id);
        if parent == NONE {
            return;
        }
        match previous {
            NONE => self.node_mut(parent).first = next,
            previous => self.node_mut(previous).next = next,
        }
        match next {
            NONE => self.node_mut(parent).last = previous,
            next => self.node_mut(next).previous = previous,
        }
        let node = self.node_mut(id);
        (node.parent, node.previous, node.next) = (NONE, NONE, NONE);
    }

    fn append(&mut self, parent: Id, id: Id) {
        self.detach(id);
        let last = std::mem::replace(&mut self.node_mut(parent).last, id);
        match last {
            NONE => self.node_mut(parent).first = id,
            last => self.node_mut(last).next = id,
        }
        let node = self.node_mut(id);
        (node.parent, node.previous) = (parent, last);
    }

    fn insert_before(&mut self, next: Id, id: Id) {
        let Node { parent, previous, .. } = *self.node(next);
        match previous {
            NONE => self.node_mut(parent).first = id,
            previous => self.node_mut(previous).next = id,
        }
        self.node_mut(next).previous = id;
        let node = self.node_mut(id);
        (node.parent, node.previous, node.next) = (parent, previous, next);
    }

    /// Puts the page into a tree, node by node. What browsers keep as raw text although it is markup (`<noscript>`
    /// while scripts run) is handed to `graft`. A fragment's `<html>`, which the parser makes up, is left out.
    pub(super) fn copy(
        &self,
        is_fragment: bool,
        builder: &mut TreeBuilder,
        graft: &mut dyn FnMut(&str, &mut TreeBuilder),
    ) {
        let is_copied = |node: &Node| matches!(node.kind, Kind::Element(_)) && !(is_fragment && node.tag == Tag::Html);
        let mut id = 0;
        let mut went_up = false;
        loop {
            let node = self.node(id);
            if !went_up {
                match node.kind {
                    Kind::Element(_) if is_copied(node) => {
                        builder.open_kept(node.tag, &self.names[node.name as usize].local, node.kept);
                    }
                    Kind::Text | Kind::MoreText if node.kind == Kind::Text || !self.is_text(node.previous) => {
                        let text = self.whole_text(id, builder);
                        match self.node(node.parent).kind {
                            Kind::Element(Content::Markup) => {
                                let raw = builder.kept(text).to_owned();
                                graft(&raw, builder);
                            }
                            _ => builder.text_kept(text),
                        }
                    }
                    _ => {}
                }
                if node.first != NONE {
                    id = node.first;
                    continue;
                }
            }
            if is_copied(node) {
                builder.close();
            }
            if id == 0 {
                break;
            }
            (id, went_up) = match (node.next, node.parent) {
                (NONE, NONE) => break,
                (NONE, parent) => (parent, true),
                (next, _) => (next, false),
            };
        }
    }

    fn is_text(&self, id: Id) -> bool {
        id != NONE && matches!(self.node(id).kind, Kind::Text | Kind::MoreText)
    }

    /// The text of a node with those that go on where it ends.
    fn whole_text(&self, id: Id, builder: &mut TreeBuilder) -> Range {
        let Node { mut kept, mut next, .. } = *self.node(id);
        while next != NONE && self.node(next).kind == Kind::MoreText {
            kept = builder.join(kept, self.node(next).kept);
            next = self.node(next).next;
        }
        kept
    }
}

impl Growing {
    /// Text to stand behind `previous`: more of it where that is text, else a node of its own.
    fn text(&mut self, previous: Id, text: &str) -> Option<Id> {
        let mut kind = Kind::Text;
        if previous != NONE {
            let node = self.page.node_mut(previous);
            if matches!(node.kind, Kind::Text | Kind::MoreText) {
                if self.builder.extend(&mut node.kept, text) {
                    return None;
                }
                kind = Kind::MoreText;
            }
        }
        let kept = self.builder.keep(text);
        Some(self.page.add(Node::new(kind, Tag::Text, 0, kept)))
    }
}

impl TreeSink for Sink {
    type Handle = Id;
    type Output = (Parsed, TreeBuilder);
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Self::Output {
        let Growing { page, builder, .. } = self.0.into_inner();
        (page, builder)
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn get_document(&self) -> Id {
        0
    }

    fn same_node(&self, x: &Id, y: &Id) -> bool {
        x == y
    }

    fn elem_name<'a>(&'a self, target: &Id) -> Ref<'a, QualName> {
        Ref::map(self.0.borrow(), |growing| &growing.page.names[growing.page.node(*target).name as usize])
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _flags: ElementFlags) -> Id {
        let Growing { page, builder, pulse, last_program } = &mut *self.0.borrow_mut();
        pulse.n_elements += 1;
        let tag = tag_of(&name);
        let content = content_of(tag, &attributes);
        let kept = builder.keep_attributes(read(&attributes));
        let is_html = name.ns == ns!(html);
        page.names.push(name);
        let name = u32::try_from(page.names.len() - 1).expect("a page is bounded far below as many nodes");
        let id = page.add(Node::new(Kind::Element(content), tag, name, kept));
        if is_html && content == Content::Program {
            *last_program = id;
        }
        id
    }

    fn create_comment(&self, _text: StrTendril) -> Id {
        self.0.borrow_mut().page.add(Node::new(Kind::Other, Tag::Root, 0, Range::default()))
    }

    fn create_pi(&self, _target: StrTendril, data: StrTendril) -> Id {
        self.create_comment(data)
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        let growing = &mut *self.0.borrow_mut();
        let child = match child {
            NodeOrText::AppendNode(id) => Some(id),
            NodeOrText::AppendText(text) => {
                let node = *growing.page.node(*parent);
                match node.kind {
                    Kind::Element(Content::Program) => None,
                    _ => growing.text(node.last, &text),
                }
            }
        };
        if let Some(child) = child {
            growing.page.append(*parent, child);
        }
    }

    fn append_before_sibling(&self, sibling: &Id, child: NodeOrText<Id>) {
        let growing = &mut *self.0.borrow_mut();
        if let NodeOrText::AppendNode(id) = child {
            growing.page.detach(id);
        }
        let Node { parent, previous, .. } = *growing.page.node(*sibling);
        if parent == NONE {
            return;
        }
        let child = match child {
            NodeOrText::AppendNode(id) => Some(id),
            NodeOrText::AppendText(text) => growing.text(previous, &text),
        };
        if let Some(child) = child {
            growing.page.insert_before(*sibling, child);
        }
    }

    fn append_based_on_parent_node(&self, element: &Id, previous: &Id, child: NodeOrText<Id>) {
        let has_parent = self.0.borrow().page.node(*element).parent != NONE;
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _name: StrTendril, _public_id: StrTendril, _system_id: StrTendril) {}

    /// The contents lie below the template itself.
    fn get_template_contents(&self, target: &Id) -> Id {
        *target
    }

    fn add_attrs_if_missing(&self, target: &Id, attributes: Vec<Attribute>) {
        let Growing { page, builder, pulse, .. } = &mut *self.0.borrow_mut();
        pulse.n_page_attributes += attributes.len();
        let node = page.node_mut(*target);
        node.kept = builder.add_missing(node.kept, read(&attributes));
    }

    fn remove_from_parent(&self, target: &Id) {
        self.0.borrow_mut().page.detach(*target);
    }

    fn reparent_children(&self, node: &Id, new_parent: &Id) {
        let page = &mut self.0.borrow_mut().page;
        loop {
            match page.node(*node).first {
                NONE => break,
                child => page.append(*new_parent, child),
            }
        }
    }
}

/// The attributes that are read. Those of a namespace (`xlink:role`) come last, so that the first of a name counts.
fn read(attributes: &[Attribute]) -> impl Iterator<Item = (Attr, &str)> {
    let own = attributes.iter().filter(|attribute| attribute.name.prefix.is_none());
    let others = attributes.iter().filter(|attribute| attribute.name.prefix.is_some());
    own.chain(others).filter_map(|attribute| Some((attr_of(&attribute.name.local)?, &*attribute.value)))
}

fn content_of(tag: Tag, attributes: &[Attribute]) -> Content {
    match tag {
        Tag::Script => {
            let is_media = |a: &&Attribute| a.name.local == local_name!("type") && a.name.ns == ns!();
            let media = attributes.iter().find(is_media).map_or("", |a| &*a.value);
            let essence = media.split(';').next().unwrap_or("").trim();
            if essence.eq_ignore_ascii_case("application/ld+json") { Content::Text } else { Content::Program }
        }
        Tag::Style => Content::Program,
        Tag::Noscript | Tag::Noframes | Tag::Noembed | Tag::Iframe => Content::Markup,
        _ => Content::Text,
    }
}

/// Our tag of an element. Drawings and formulas share few names with HTML.
fn tag_of(name: &QualName) -> Tag {
    let local: &LocalName = &name.local;
    if name.ns == ns!(html) {
        static TAGS: LazyLock<FxHashMap<LocalName, Tag>> = LazyLock::new(|| {
            let is_foreign =
                |tag| matches!(tag, Tag::Svg | Tag::Math | Tag::ForeignObject | Tag::Annotation | Tag::Desc);
            let own = Tag::ALL.iter().filter(|&&tag| !is_foreign(tag));
            own.map(|&tag| (LocalName::from(tag.as_str()), tag)).collect()
        });
        return TAGS.get(local).copied().unwrap_or(Tag::Other);
    }
    match &**local {
        "svg" => Tag::Svg,
        "math" => Tag::Math,
        "annotation" | "annotation-xml" => Tag::Annotation,
        "title" | "desc" | "metadata" => Tag::SvgTitle,
        "text" => Tag::SvgText,
        "a" => Tag::A,
        "script" => Tag::Script,
        "style" => Tag::Style,
        "foreignObject" => Tag::ForeignObject,
        _ => Tag::Other,
    }
}
