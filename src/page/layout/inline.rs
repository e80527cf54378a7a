//! Text inside one block: collapses white space as browsers do and keeps words apart that a page shows apart.

use crate::page::tree::{NodeId, Tag, Tree};

/// How an inline element stands to its neighbours where the page has no white space between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// Formatting: a word may go on over its border.
    Seamless,
    /// `<span>`: may be a word of its own or a part of one.
    Span,
    /// Links, buttons, labels: each is a thing of its own.
    Thing,
}

impl Edge {
    pub(super) fn of(tag: Tag) -> Self {
        match tag {
            Tag::A
            | Tag::Button
            | Tag::Label
            | Tag::Time
            | Tag::Input
            | Tag::Output
            | Tag::SvgText
            | Tag::Meter
            | Tag::Progress
            | Tag::Other
            | Tag::Slot => Edge::Thing,
            Tag::Span => Edge::Span,
            _ => Edge::Seamless,
        }
    }
}

/// Shortest word that a capital letter in the next `<span>` is taken to follow rather than continue, in letters.
const MIN_WORD_BEFORE_CAPITAL: usize = 2;

/// The text of one block while it is being read.
#[derive(Debug, Default)]
pub(super) struct Inline {
    /// The text so far, collapsed, without white space at its ends.
    pub(super) text: String,
    /// Characters that are not white space, and how many of them are links.
    n_chars: usize,
    n_link_chars: usize,
    /// The deepest element that holds all of it.
    node: Option<NodeId>,
    /// White space that the next text brings out.
    space: bool,
    /// What ended and began since the last text.
    closed: Option<Edge>,
    opened: Option<Edge>,
    /// An image or the like stands between.
    object: bool,
}

impl Inline {
    /// Whether nothing that could be seen is in it.
    pub(super) fn is_blank(&self) -> bool {
        self.n_chars == 0
            || self
                .text
                .chars()
                .all(|c| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'))
    }

    /// Share of its characters inside links.
    pub(super) fn link_share(&self) -> f32 {
        if self.n_chars == 0 { 0.0 } else { self.n_link_chars as f32 / self.n_chars as f32 }
    }

    /// The deepest element that holds all of it.
    pub(super) fn node(&self) -> Option<NodeId> {
        self.node
    }

    /// Begins anew, keeping the memory.
    pub(super) fn clear(&mut self) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        *self = Self { text, ..Self::default() };
    }

    /// White space that parts what stands before from what follows.
    pub(super) fn part(&mut self) {
        self.space = true;
    }

    /// An inline element begins. A button is a box: what stands beside it is apart.
    pub(super) fn open(&mut self, tag: Tag) {
        self.space |= tag == Tag::Button;
        self.opened = stronger(self.opened, Edge::of(tag));
    }

    /// An inline element ends.
    pub(super) fn close(&mut self, tag: Tag) {
        self.space |= tag == Tag::Button;
        self.closed = stronger(self.closed, Edge::of(tag));
    }

    /// Something without text stands here (an image, a field).
    pub(super) fn object(&mut self) {
        self.object = true;
    }

    /// Adds the text of a node.
    pub(super) fn push(&mut self, tree: &Tree, id: NodeId, text: &str, in_link: bool) {
        let mut at = 0;
        let mut has_words = false;
        while let Some(&byte) = text.as_bytes().get(at) {
            if byte.is_ascii_whitespace() {
                self.space = true;
                at += 1;
                continue;
            }
            let end = end_of_words(text, at);
            self.words(&text[at..end], in_link);
            has_words = true;
            at = end;
        }
        if has_words {
            self.node = Some(common(tree, self.node, tree.parent(id).unwrap_or(0)));
        }
    }

    /// Adds text as it stands, line breaks and all.
    pub(super) fn push_verbatim(&mut self, tree: &Tree, id: NodeId, text: &str, in_link: bool) {
        self.text.push_str(text);
        self.count(text, in_link);
        self.node = Some(common(tree, self.node, tree.parent(id).unwrap_or(0)));
    }

    /// Adds a mark that the browser shows although it is not in the page (quotation marks).
    pub(super) fn mark(&mut self, mark: char) {
        let mut buffer = [0; 4];
        self.words(mark.encode_utf8(&mut buffer), false);
    }

    /// Ends a cell of a table row.
    pub(super) fn tab(&mut self) {
        self.text.push('\t');
        self.space = false;
        (self.closed, self.opened, self.object) = (None, None, false);
    }

    /// Adds words that need nothing but to be added.
    fn words(&mut self, words: &str, in_link: bool) {
        let last = self.text.chars().next_back();
        // White space of any kind is left out at the start of a block.
        let words = if last.is_none() { words.trim_start() } else { words };
        let Some(first) = words.chars().next() else { return };
        if last.is_some_and(|last| !last.is_whitespace() && (self.space || self.parts(last, first))) {
            self.text.push(' ');
        }
        self.text.push_str(words);
        self.count(words, in_link);
        self.space = false;
        (self.closed, self.opened, self.object) = (None, None, false);
    }

    fn count(&mut self, text: &str, in_link: bool) {
        let n_chars = crate::page::count_chars(text);
        self.n_chars += n_chars;
        self.n_link_chars += if in_link { n_chars } else { 0 };
    }

    /// Whether a page shows `last` and `first` apart although no white space stands between them.
    fn parts(&self, last: char, first: char) -> bool {
        let both_in_words = last.is_alphanumeric() && first.is_alphanumeric();
        match (self.closed, self.opened) {
            (Some(Edge::Thing), Some(Edge::Thing)) => true,
            (Some(Edge::Thing), Some(Edge::Span)) | (Some(Edge::Span), Some(Edge::Thing)) => both_in_words,
            (Some(Edge::Span), Some(Edge::Span)) => {
                let follows_word = (last.is_lowercase() || last.is_numeric())
                    && self.text.chars().rev().take_while(|c| c.is_alphanumeric()).count() >= MIN_WORD_BEFORE_CAPITAL;
                first.is_uppercase() && (follows_word || matches!(last, '.' | '!' | '?' | ';' | ':' | ',' | ')'))
            }
            _ => self.object && both_in_words,
        }
    }
}

/// One past the word that begins at `at`, and past those that follow it with a single blank each.
fn end_of_words(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    loop {
        at += bytes[at..].iter().position(u8::is_ascii_whitespace).unwrap_or(bytes.len() - at);
        let is_single = bytes.get(at) == Some(&b' ') && bytes.get(at + 1).is_some_and(|b| !b.is_ascii_whitespace());
        // Behind white space of another kind no blank is shown.
        if !is_single || text[..at].ends_with(char::is_whitespace) {
            return at;
        }
        at += 1;
    }
}

fn stronger(edge: Option<Edge>, other: Edge) -> Option<Edge> {
    match (edge, other) {
        (Some(Edge::Thing), _) | (_, Edge::Thing) => Some(Edge::Thing),
        (Some(Edge::Span), _) | (_, Edge::Span) => Some(Edge::Span),
        _ => Some(Edge::Seamless),
    }
}

/// The nearest element that holds both.
fn common(tree: &Tree, node: Option<NodeId>, other: NodeId) -> NodeId {
    let mut node = node.unwrap_or(other);
    while !tree.is_within(other, node) {
        node = tree.parent(node).unwrap_or(0);
    }
    node
}
