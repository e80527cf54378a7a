//! A page's tree to its layout: the visible text in reading order, cut into blocks as a browser would show them.
//!
//! One block for each run of text in a block element, each line ended by `<br>`, each row of a table, each `<pre>`.
//! What a browser hides becomes blocks marked so. Never drops visible text, never judges it, never recurses.

mod inline;
mod shape;
#[cfg(test)]
mod tests;
mod whole;

use std::collections::BTreeSet;

use crate::finding::Span;
use crate::page::tree::{Attr, NodeId, Tag, Tree};
use crate::page::{Block, Layout, Shape, is_blank};

use inline::Inline;
use shape::{Look, is_data_table, is_simple_item, list_number, shown};
use whole::collect;

/// Longest line of a poem or an address, in characters. Lines of verse have about 45; a line of a paragraph that an
/// editor parted with `<br>` has several times as many.
const MAX_VERSE_LINE_CHARS: usize = 64;

/// Fewest lines parted by `<br>` that are taken for verse.
const MIN_VERSE_LINES: usize = 3;

/// Share of link text from which lines parted by `<br>` are a menu rather than verse.
const MAX_VERSE_LINK_SHARE: f32 = 0.5;

/// Longest heading, in bytes of its text and in nodes.
const MAX_HEADING_BYTES: u32 = 600;
const MAX_HEADING_NODES: u32 = 200;

/// Share of the page's text from which an element that a style hides is taken as shown: a script brings it out.
const MAX_HIDDEN_SHARE: f32 = 0.5;

/// Text of a `<noscript>` from which it is the page itself, as forums serve it, not a plea to turn scripts on, in
/// bytes. Pleas have a few hundred at most.
const MIN_NOSCRIPT_BYTES: u32 = 800;

/// Lays a page out. At most `max_blocks` blocks; what follows joins the last.
pub fn lay_out(tree: &Tree, max_blocks: usize) -> Layout {
    let mut writer = Writer::new(tree, max_blocks.max(1));
    writer.walk();
    writer.layout
}

/// What the place in the tree says of the text that stands there.
#[derive(Debug, Clone, Copy)]
struct Place {
    hidden: bool,
    link: bool,
    shape: Shape,
    /// Index of the list and of the item.
    list: Option<usize>,
    item: Option<usize>,
    /// A line break is a space here (in a heading).
    one_line: bool,
    /// Rows of this table are blocks: its group.
    table: Option<u32>,
}

/// An open element.
#[derive(Debug)]
struct Frame {
    tag: Tag,
    end: NodeId,
    border: Border,
    place: Place,
}

/// What stands at the start and the end of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Border {
    /// Nothing: it is a part of the line.
    Inline,
    /// A space: a block inside a heading, which is one line.
    Space,
    /// A block begins and ends.
    Block,
}

#[derive(Debug)]
struct List {
    /// The outermost list around it, which gives the group.
    root: usize,
    group: u32,
    /// Whether a block has that group.
    is_begun: bool,
    /// The number of the next item, how it grows and is written; none for bullets.
    next: Option<i64>,
    step: i64,
    style: u8,
}

#[derive(Debug)]
struct Item {
    marker: String,
    is_marked: bool,
}

struct Writer<'t> {
    tree: &'t Tree,
    max_blocks: usize,
    layout: Layout,
    frames: Vec<Frame>,
    lists: Vec<List>,
    items: Vec<Item>,
    inline: Inline,
    /// Where the text of the open run stands.
    run: Option<Place>,
    /// Hidden pieces inside the open run: they follow it as blocks of their own.
    asides: Vec<Inline>,
    /// Blocks of the lines parted by `<br>` since the last border of a block.
    lines: Vec<usize>,
    /// Line breaks since the last text.
    breaks: usize,
    gap: bool,
    n_groups: u32,
    /// Group of the last visible block.
    last_group: Option<u32>,
    /// Bytes of text up to each node, for the share that a hidden element holds.
    text_before: Vec<u32>,
    /// Ids of what a button on the page folds and unfolds.
    controlled: BTreeSet<&'t str>,
}

impl<'t> Writer<'t> {
    fn new(tree: &'t Tree, max_blocks: usize) -> Self {
        let mut text_before = Vec::with_capacity(tree.len() as usize + 1);
        let mut sum = 0u32;
        let mut unseen_until = 0;
        for id in 0..tree.len() {
            text_before.push(sum);
            if matches!(tree.tag(id), Tag::Script | Tag::Style | Tag::Title | Tag::Template) {
                unseen_until = unseen_until.max(tree.end(id));
            }
            if id >= unseen_until && tree.tag(id) == Tag::Text && !is_blank(tree.text(id)) {
                sum = sum.saturating_add(u32::try_from(tree.text(id).trim().len()).unwrap_or(u32::MAX));
            }
        }
        text_before.push(sum);
        Self {
            tree,
            max_blocks,
            layout: Layout::default(),
            frames: Vec::new(),
            lists: Vec::new(),
            items: Vec::new(),
            inline: Inline::default(),
            run: None,
            asides: Vec::new(),
            lines: Vec::new(),
            breaks: 0,
            gap: false,
            n_groups: 0,
            last_group: None,
            text_before,
            controlled: shape::controlled(tree),
        }
    }

    fn place(&self) -> Place {
        self.frames.last().map_or(
            Place {
                hidden: false,
                link: false,
                shape: Shape::Paragraph,
                list: None,
                item: None,
                one_line: false,
                table: None,
            },
            |frame| frame.place,
        )
    }

    fn walk(&mut self) {
        let mut id = 1;
        while id < self.tree.len() {
            self.close_until(id);
            if self.tree.tag(id) == Tag::Text {
                self.text(id);
                id += 1;
            } else {
                id = self.open(id);
            }
        }
        self.close_until(NodeId::MAX);
        self.end_block();
    }

    /// Closes the elements that end before `id`.
    fn close_until(&mut self, id: NodeId) {
        while self.frames.last().is_some_and(|frame| frame.end <= id) {
            let Some(frame) = self.frames.pop() else { break };
            match frame.border {
                Border::Block => self.end_block(),
                Border::Space => self.inline.part(),
                Border::Inline => {
                    self.inline.close(frame.tag);
                    if frame.tag == Tag::Q && self.run.is_some() {
                        self.inline.mark('”');
                    }
                }
            }
        }
    }

    fn text(&mut self, id: NodeId) {
        let text = self.tree.text(id);
        let place = self.place();
        if self.run.is_none() {
            if is_blank(text) {
                return;
            }
            self.run = Some(place);
        }
        self.inline.push(self.tree, id, text, place.link);
    }

    /// Handles the start of an element; the next node to look at comes back.
    fn open(&mut self, id: NodeId) -> NodeId {
        let tree = self.tree;
        let tag = tree.tag(id);
        let mut place = self.place();
        match tag {
            Tag::Script | Tag::Style | Tag::Title | Tag::SvgTitle => return tree.end(id),
            Tag::Br => {
                self.line_break(place);
                return tree.end(id);
            }
            Tag::Wbr => return tree.end(id),
            Tag::Img | Tag::Image | Tag::Input | Tag::Embed => {
                self.inline.object();
                return tree.end(id);
            }
            _ => {}
        }
        let look = shown(tree, id);
        let is_block = look.is_block;
        if look.is_hidden && !place.hidden && !self.is_brought_out(id, look) {
            if !is_block && self.run.is_some() && !shape::holds_block(tree, id) {
                let mut aside = Inline::default();
                collect(tree, id, false, true, &mut aside, &mut self.asides);
                self.asides.push(aside);
                return tree.end(id);
            }
            self.end_block();
            place.hidden = true;
        }
        if !is_block {
            self.inline.open(tag);
            match tag {
                Tag::A => place.link |= shape::is_link(tree, id),
                Tag::Q => {
                    self.run.get_or_insert(place);
                    self.inline.mark('“');
                }
                _ => {}
            }
            let border = if place.hidden == self.place().hidden { Border::Inline } else { Border::Block };
            self.frames.push(Frame { tag, end: tree.end(id), border, place });
            return id + 1;
        }
        if place.one_line && place.hidden == self.place().hidden {
            self.inline.part();
            self.frames.push(Frame { tag, end: tree.end(id), border: Border::Space, place });
            return id + 1;
        }
        self.end_block();
        match tag {
            Tag::Pre | Tag::Listing | Tag::Xmp | Tag::Plaintext => return self.program(id, place),
            Tag::Tr if place.table.is_some() => return self.row(id, place),
            Tag::Table => {
                place.table = is_data_table(tree, id).then(|| self.new_group());
            }
            Tag::Ul | Tag::Menu | Tag::Dir | Tag::Ol => place.list = Some(self.list(id, place.list)),
            Tag::Li => self.item(id, &mut place),
            Tag::Blockquote => {
                place.shape = Shape::Quote;
                place.item = None;
            }
            Tag::Figcaption | Tag::Caption => {
                place.shape = Shape::Caption;
                place.item = None;
            }
            _ => {}
        }
        if let Some(level) = shape::heading_level(tree, id).filter(|_| self.is_one_line(id)) {
            place.shape = Shape::Heading(level);
            place.one_line = true;
            place.item = None;
        }
        self.frames.push(Frame { tag, end: tree.end(id), border: Border::Block, place });
        id + 1
    }

    /// Whether an element is short enough for a heading; one that was never closed holds the rest of the page.
    fn is_one_line(&self, id: NodeId) -> bool {
        let end = self.tree.end(id);
        end - id <= MAX_HEADING_NODES
            && self.text_before[end as usize] - self.text_before[id as usize] <= MAX_HEADING_BYTES
            && !(id + 1..end).any(|n| matches!(self.tree.tag(n), Tag::P | Tag::Table | Tag::Li | Tag::Pre))
    }

    /// Whether a script or the reader brings out what an element hides.
    fn is_brought_out(&self, id: NodeId, look: Look) -> bool {
        let inside = self.text_before[self.tree.end(id) as usize] - self.text_before[id as usize];
        let all = self.text_before.last().copied().unwrap_or(0);
        let is_most = inside as f32 > all as f32 * MAX_HIDDEN_SHARE;
        if look.by_style {
            is_most || shape::is_panel(self.tree, id, &self.controlled)
        } else {
            is_most && inside >= MIN_NOSCRIPT_BYTES && self.tree.tag(id) == Tag::Noscript
        }
    }

    fn new_group(&mut self) -> u32 {
        self.n_groups += 1;
        self.n_groups - 1
    }

    fn list(&mut self, id: NodeId, outer: Option<usize>) -> usize {
        let index = self.lists.len();
        let root = outer.map_or(index, |outer| self.lists[outer].root);
        let group = match outer {
            Some(outer) => self.lists[self.lists[outer].root].group,
            None => self.new_group(),
        };
        let (next, step, style) = shape::numbering(self.tree, id);
        self.lists.push(List { root, group, is_begun: false, next, step, style });
        index
    }

    fn item(&mut self, id: NodeId, place: &mut Place) {
        place.shape = Shape::Paragraph;
        place.item = None;
        let list = *place.list.get_or_insert_with(|| {
            let group = self.n_groups;
            self.n_groups += 1;
            let root = self.lists.len();
            self.lists.push(List { root, group, is_begun: false, next: None, step: 1, style: b'1' });
            self.lists.len() - 1
        });
        let list = &mut self.lists[list];
        let marker = match list.next {
            Some(next) => {
                let number = self.tree.attribute(id, Attr::Value).and_then(|v| v.trim().parse().ok()).unwrap_or(next);
                list.next = Some(number.saturating_add(list.step));
                list_number(number, list.style)
            }
            None => "- ".to_owned(),
        };
        if is_simple_item(self.tree, id) {
            self.items.push(Item { marker, is_marked: false });
            place.item = Some(self.items.len() - 1);
            place.shape = Shape::ListItem;
        }
    }

    fn line_break(&mut self, place: Place) {
        if place.one_line {
            self.inline.part();
            return;
        }
        let had_text = self.end_run();
        self.breaks = if had_text { 1 } else { self.breaks + 1 };
    }

    /// A border of a block element: the run ends, and so do the lines that belong together.
    fn end_block(&mut self) {
        self.end_run();
        self.settle_lines();
        self.gap = true;
        self.breaks = 0;
    }

    /// Writes the open run as a block; whether there was one with text.
    fn end_run(&mut self) -> bool {
        let Some(place) = self.run.take() else {
            self.inline.clear();
            return false;
        };
        let mut inline = std::mem::take(&mut self.inline);
        let had_text = !inline.is_blank();
        if had_text {
            self.gap |= self.breaks > 1;
            let mut block = Block { shape: place.shape, hidden: place.hidden, ..Block::default() };
            if place.shape == Shape::ListItem && !place.hidden {
                block.group = place.list.map(|list| self.list_group(list));
            }
            if let Some(item) = place.item.filter(|_| !place.hidden).map(|item| &mut self.items[item])
                && !std::mem::replace(&mut item.is_marked, true)
                && !inline.text.starts_with(item.marker.trim_end())
            {
                inline.text.insert_str(0, &item.marker);
            }
            if self.emit(&inline, block) {
                self.lines.push(self.layout.blocks.len() - 1);
            }
        }
        inline.clear();
        self.inline = inline;
        self.write_asides();
        had_text
    }

    /// The group of a list, a new one where something else stands between its items.
    fn list_group(&mut self, list: usize) -> u32 {
        let root = self.lists[list].root;
        let is_begun = std::mem::replace(&mut self.lists[root].is_begun, true);
        if is_begun && self.last_group != Some(self.lists[root].group) {
            self.lists[root].group = self.new_group();
        }
        self.lists[root].group
    }

    fn write_asides(&mut self) {
        for aside in std::mem::take(&mut self.asides) {
            if !aside.is_blank() {
                self.emit(&aside, Block { hidden: true, ..Block::default() });
            }
        }
    }

    /// Writes a block; false if it joined the last one, because there are too many.
    fn emit(&mut self, inline: &Inline, block: Block) -> bool {
        let text = inline.text.trim_end();
        let is_full = self.layout.blocks.len() >= self.max_blocks;
        if is_full && block.hidden {
            return false;
        }
        let same_group = block.group.is_some() && block.group == self.last_group;
        let gap = self.gap && !same_group && !self.layout.blocks.is_empty();
        if !self.layout.text.is_empty() {
            self.layout.text.push_str(if gap { "\n\n" } else { "\n" });
        }
        let start = self.layout.text.len();
        self.layout.text.push_str(text);
        let end = self.layout.text.len();
        if is_full && let Some(last) = self.layout.blocks.last_mut() {
            last.span = Span::new(last.span.start as usize, end);
            return false;
        }
        if !block.hidden {
            self.last_group = block.group;
        }
        self.layout.blocks.push(Block {
            span: Span::new(start, end),
            gap_before: gap,
            node: inline.node(),
            link_share: inline.link_share(),
            ..block
        });
        self.gap = false;
        true
    }

    /// Takes short lines parted by single breaks for verse.
    fn settle_lines(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        let blocks = &self.layout.blocks;
        let is_verse = lines.len() >= MIN_VERSE_LINES
            && lines.iter().all(|&line| {
                let block = &blocks[line];
                matches!(block.shape, Shape::Paragraph | Shape::Quote)
                    && !block.hidden
                    && self.layout.block_text(block).chars().nth(MAX_VERSE_LINE_CHARS).is_none()
            })
            && lines.iter().map(|&line| blocks[line].link_share).sum::<f32>()
                <= lines.len() as f32 * MAX_VERSE_LINK_SHARE;
        if is_verse {
            let mut group = self.new_group();
            for (at, &line) in lines.iter().enumerate() {
                if at > 0 && self.layout.blocks[line].gap_before {
                    group = self.new_group();
                }
                let block = &mut self.layout.blocks[line];
                block.shape = Shape::Verse;
                block.group = Some(group);
            }
            self.last_group = Some(group);
        }
    }
}
