//! Elements that are one block with all that is in them: rows of data tables, preformatted text, hidden pieces of a
//! line.

use super::inline::Inline;
use super::shape::{is_link, shown};
use super::{Place, Writer};
use crate::page::tree::{NodeId, Tag, Tree};
use crate::page::{Block, Shape};

impl Writer<'_> {
    /// A row of a data table: one block, cells parted by tabs.
    pub(super) fn row(&mut self, id: NodeId, place: Place) -> NodeId {
        let tree = self.tree;
        let mut inline = Inline::default();
        let mut n_cells = 0;
        for cell in tree.children(id) {
            let is_cell = matches!(tree.tag(cell), Tag::Td | Tag::Th);
            if is_cell {
                if n_cells > 0 {
                    inline.tab();
                }
                n_cells += 1;
            }
            if shown(tree, cell).is_hidden && !place.hidden {
                let mut aside = Inline::default();
                collect(tree, cell, false, true, &mut aside, &mut self.asides);
                self.asides.push(aside);
            } else {
                collect(tree, cell, place.link, place.hidden, &mut inline, &mut self.asides);
            }
        }
        if !inline.is_blank() {
            let group = place.table.filter(|_| !place.hidden);
            self.gap = true;
            self.emit(&inline, Block { shape: Shape::TableRow, hidden: place.hidden, group, ..Block::default() });
        }
        self.write_asides();
        self.gap = true;
        tree.end(id)
    }

    /// Preformatted text: one block with its line breaks.
    pub(super) fn program(&mut self, id: NodeId, place: Place) -> NodeId {
        let tree = self.tree;
        let mut inline = Inline::default();
        let mut at = id + 1;
        let mut links: Vec<NodeId> = Vec::new();
        let mut borders: Vec<NodeId> = Vec::new();
        while at < tree.end(id) {
            links.retain(|&end| at < end);
            let n_open = borders.len();
            borders.retain(|&end| at < end);
            if borders.len() < n_open {
                newline(&mut inline.text);
            }
            match tree.tag(at) {
                Tag::Text => inline.push_verbatim(tree, at, tree.text(at), place.link || !links.is_empty()),
                Tag::Br => inline.text.push('\n'),
                Tag::Script | Tag::Style | Tag::Title | Tag::SvgTitle => {
                    at = tree.end(at);
                    continue;
                }
                tag => {
                    let look = shown(tree, at);
                    if look.is_hidden && !place.hidden {
                        let mut aside = Inline::default();
                        collect(tree, at, false, true, &mut aside, &mut self.asides);
                        self.asides.push(aside);
                        at = tree.end(at);
                        continue;
                    }
                    if look.is_block {
                        newline(&mut inline.text);
                        borders.push(tree.end(at));
                    }
                    if tag == Tag::A && is_link(tree, at) {
                        links.push(tree.end(at));
                    }
                }
            }
            at += 1;
        }
        if !inline.is_blank() {
            // Blank lines at the top go, the indent of the first line stays.
            let first = inline.text.find(|c: char| !c.is_whitespace()).unwrap_or(0);
            let start = inline.text[..first].rfind('\n').map_or(0, |at| at + 1);
            inline.text.drain(..start);
            let group = Some(self.new_group()).filter(|_| !place.hidden);
            self.gap = true;
            self.emit(&inline, Block { shape: Shape::Code, hidden: place.hidden, group, ..Block::default() });
        }
        self.write_asides();
        self.gap = true;
        tree.end(id)
    }
}

fn newline(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

/// The text below a node on one line, borders of blocks and line breaks as spaces. Hidden pieces go to `asides`.
pub(super) fn collect(
    tree: &Tree,
    id: NodeId,
    in_link: bool,
    is_hidden: bool,
    inline: &mut Inline,
    asides: &mut Vec<Inline>,
) {
    let mut open: Vec<(NodeId, Tag, bool)> = Vec::new();
    let mut links = usize::from(in_link);
    let mut at = id;
    loop {
        while open.last().is_some_and(|&(end, ..)| end <= at) {
            let Some((_, tag, is_block)) = open.pop() else { break };
            match tag {
                _ if is_block => inline.part(),
                Tag::A => links = links.saturating_sub(1),
                Tag::Q => inline.mark('”'),
                _ => {}
            }
            inline.close(tag);
        }
        if at >= tree.end(id) {
            break;
        }
        match tree.tag(at) {
            Tag::Text => inline.push(tree, at, tree.text(at), links > 0),
            Tag::Script | Tag::Style | Tag::Title | Tag::SvgTitle => {
                at = tree.end(at);
                continue;
            }
            Tag::Br => inline.part(),
            Tag::Img | Tag::Image | Tag::Input | Tag::Embed => inline.object(),
            Tag::Wbr => {}
            tag => {
                let look = shown(tree, at);
                if look.is_hidden && !is_hidden && at != id {
                    let mut aside = Inline::default();
                    // No deeper than this: inside, nothing is hidden any more.
                    collect(tree, at, false, true, &mut aside, asides);
                    asides.push(aside);
                    at = tree.end(at);
                    continue;
                }
                inline.open(tag);
                if look.is_block {
                    inline.part();
                } else if tag == Tag::Q {
                    inline.mark('“');
                } else if tag == Tag::A {
                    links += 1;
                }
                open.push((tree.end(at), tag, look.is_block));
            }
        }
        at += 1;
    }
}
