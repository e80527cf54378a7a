//! Where on a page things stand, in bytes of shown text, and what stands in front of them. Comes in a page's tree, goes
//! out plain numbers and texts. Decides nothing.

use std::cell::OnceCell;

use crate::page::meta::{MetaField, MetaSource};
use crate::page::title::fold;
use crate::page::tree::{NodeId, Tag, Tree};
use crate::page::{Block, HtmlPage, Layout};

/// How much text in front of an element is handed out, in bytes: what was done, by whom, when.
const LEAD_BYTES: usize = 40;
/// How many nodes are looked at for it.
const LEAD_NODES: u32 = 40;

/// The shown text of a tree, counted.
#[derive(Debug)]
pub(super) struct Shown<'t> {
    tree: &'t Tree,
    offsets: Vec<u32>,
    anchor: OnceCell<Option<NodeId>>,
}

impl<'t> Shown<'t> {
    /// Counts once; linear in the tree.
    pub(super) fn of(tree: &'t Tree) -> Self {
        let mut sum = 0_u32;
        let mut unseen_until = 0;
        let mut offsets = Vec::with_capacity(tree.len() as usize);
        for id in 0..tree.len() {
            offsets.push(sum);
            if matches!(tree.tag(id), Tag::Script | Tag::Style | Tag::Title | Tag::Template | Tag::Svg) {
                unseen_until = unseen_until.max(tree.end(id));
            }
            if id >= unseen_until && tree.tag(id) == Tag::Text {
                // Most of the white space between elements is ASCII, which goes byte by byte.
                let text = tree.text(id).trim_ascii().trim();
                sum = sum.saturating_add(u32::try_from(text.len()).unwrap_or(u32::MAX));
            }
        }
        Self { tree, offsets, anchor: OnceCell::new() }
    }

    /// Bytes of shown text in front of a node.
    pub(super) fn at(&self, node: NodeId) -> u32 {
        self.offsets.get(node as usize).copied().unwrap_or(u32::MAX)
    }

    /// The element around which byline and dates of the page are looked for.
    pub(super) fn anchor(&self, page: &HtmlPage, layout: &Layout) -> Option<NodeId> {
        *self.anchor.get_or_init(|| anchor(page, layout))
    }

    /// The end of the text in front of an element.
    pub(super) fn before(&self, node: NodeId) -> String {
        let mut pieces: Vec<&str> = Vec::new();
        let mut n_bytes = 0;
        for id in (node.saturating_sub(LEAD_NODES)..node).rev() {
            let text = self.tree.text(id).trim();
            let is_unseen =
                self.tree.parent(id).is_some_and(|up| matches!(self.tree.tag(up), Tag::Script | Tag::Title));
            if !text.is_empty() && !is_unseen {
                pieces.push(text);
                n_bytes += text.len();
            }
            if n_bytes >= LEAD_BYTES {
                break;
            }
        }
        pieces.reverse();
        tail(&pieces.join(" ")).to_owned()
    }
}

/// The element around which all is looked for: the headline's heading, else the line that shows it, else
/// the first heading.
fn anchor(page: &HtmlPage, layout: &Layout) -> Option<NodeId> {
    let title = page.title.as_ref()?;
    let named = fold(&title.text);
    let line = || {
        layout
            .blocks
            .iter()
            .find(|b| !b.hidden && b.span.len() <= MAX_LINE_BYTES && fold(layout.block_text(b)) == named)
    };
    let longer = || {
        let is_longer =
            |b: &&Block| !b.hidden && b.span.len() <= MAX_LINE_BYTES && fold(layout.block_text(b)).starts_with(&named);
        if named.len() < MIN_LETTERS { None } else { layout.blocks.iter().find(is_longer) }
    };
    let heading = || page.meta.of(MetaField::Title).find(|c| c.source == MetaSource::Heading)?.node;
    title.node.or_else(|| line()?.node).or_else(heading).or_else(|| longer()?.node)
}

/// Shortest headline that a longer line is searched for, in letters.
const MIN_LETTERS: usize = 12;
/// Longest line that may show a headline, in bytes.
const MAX_LINE_BYTES: usize = 400;

/// The end of a text.
pub(super) fn tail(text: &str) -> &str {
    let from = text.len().saturating_sub(LEAD_BYTES);
    let from = (from..=text.len()).find(|&i| text.is_char_boundary(i)).unwrap_or(text.len());
    &text[from..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::html::parse;

    #[test]
    fn places_are_counted_in_shown_text() {
        let tree =
            parse("<title>Pier</title><p>One <b>two</b></p><script>x()</script><i>three</i>", 512).expect("shallow");
        let shown = Shown::of(&tree);
        let italic = (0..tree.len()).find(|&id| tree.tag(id) == Tag::I).expect("it is there");
        assert_eq!(shown.at(italic), 6);
        assert_eq!(shown.before(italic), "One two");
    }
}
