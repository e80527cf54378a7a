//! Dump to layout: the visible text in reading order, cut into blocks. Never drops visible text.

mod attribute;
pub mod html;
pub mod layout;
pub mod meta;
pub mod text;
pub mod title;
pub mod tree;

pub use html::HtmlPage;

use crate::finding::Span;

/// What shape a block has on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// A paragraph or a line of text.
    #[default]
    Paragraph,
    /// A heading of level 1 to 6.
    Heading(u8),
    /// An item of a list; its marker (`- ` or its number) is part of the text.
    ListItem,
    /// A row of a table, cells parted by a tab.
    TableRow,
    /// A quotation set off from the text.
    Quote,
    /// Program text.
    Code,
    /// A line of a poem or song.
    Verse,
    /// The caption of a figure or table.
    Caption,
}

/// A piece of the layout that is judged as one.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// Where in the layout's text. Blocks are in order, disjoint, and only white space lies between them.
    pub span: Span,
    /// Its shape.
    pub shape: Shape,
    /// Blocks of one group (the lines of one list, table, poem or program) make one paragraph.
    pub group: Option<u32>,
    /// Not visible on the page (hidden, `<noscript>`, `<template>`).
    pub hidden: bool,
    /// A blank line or a border of a block element stands before it.
    pub gap_before: bool,
    /// The element it came from, in the page's tree (HTML only).
    pub node: Option<u32>,
    /// Share of its characters inside links, 0..=1 (HTML only).
    pub link_share: f32,
}

/// The visible text of a dump in reading order.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// For a text dump the decoded text itself; for HTML the text laid out block by block.
    pub text: String,
    /// The blocks, in order.
    pub blocks: Vec<Block>,
}

impl Layout {
    /// The text of a block.
    pub fn block_text(&self, block: &Block) -> &str {
        block.span.of(&self.text)
    }

    /// Whether all of its blocks are hidden: what an application shows only once its scripts have run.
    pub fn shows_nothing(&self) -> bool {
        self.blocks.iter().all(|block| block.hidden)
    }
}

/// Number of characters that are not white space, as all sums count them.
pub fn count_chars(text: &str) -> usize {
    // No character of white space beyond ASCII begins with another byte than these.
    let begins_blank = |byte: u8| matches!(byte, 0xC2 | 0xE1..=0xE3);
    let (mut n_chars, mut n_blanks, mut n_maybe) = (0_usize, 0_usize, 0_usize);
    for chunk in text.as_bytes().chunks(255) {
        // In one byte each, so that many are counted at once.
        let (mut chars, mut blanks, mut maybe) = (0_u8, 0_u8, 0_u8);
        for &byte in chunk {
            chars = chars.wrapping_add(u8::from(byte & 0xC0 != 0x80));
            blanks = blanks.wrapping_add(u8::from(byte == b' ' || matches!(byte, b'\t'..=b'\r')));
            maybe = maybe.wrapping_add(u8::from(begins_blank(byte)));
        }
        n_chars += usize::from(chars);
        n_blanks += usize::from(blanks);
        n_maybe += usize::from(maybe);
    }
    if n_maybe > 0 {
        n_blanks += text.chars().filter(|c| !c.is_ascii() && c.is_whitespace()).count();
    }
    n_chars - n_blanks
}

/// Whether text is white space of whatever kind, or empty.
pub(crate) fn is_blank(text: &str) -> bool {
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t'..=b'\r');
    match text.bytes().find(|b| !is_blank(b)) {
        None => true,
        Some(first) => !first.is_ascii() && text.trim_start().is_empty(),
    }
}

/// The host of an address, in lower case, without `www.` and port.
pub fn host_of(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    let host = host.split(':').next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    (host.contains('.') && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_without_any_white_space() {
        let all: String = ('\0'..='\u{2FFFF}').collect();
        assert_eq!(count_chars(&all), all.chars().filter(|c| !c.is_whitespace()).count());
        assert_eq!(count_chars(&"a b\u{A0}\u{3000}ж ".repeat(300)), 900);
        assert_eq!(count_chars(""), 0);
    }
}
