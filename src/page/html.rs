//! An HTML page to our own tree, and on to its layout: the only user of html5ever.
//!
//! Comes in decoded HTML, goes out an [`HtmlPage`]. The parser is watched while it reads, piece by piece; a page that looks
//! deep, or long for what it does, is measured before it goes on, and past the bound [`strip_tags`] gives its text.
//! Never recurses, never drops visible text.

mod attributes;
mod depth;
mod entities;
mod reader;
mod scan;
mod select;
mod sink;
mod strip;

use std::cell::Cell;

use html5ever::interface::create_element;
use html5ever::tree_builder::{self, Tracer, TreeBuilderOpts};
use html5ever::{QualName, local_name, ns};

use crate::options::Options;
use crate::page::title::{self, PageTitle};
use crate::page::tree::{NodeId, Tree, TreeBuilder};
use crate::page::{Layout, layout, meta};
use reader::Reader;
use sink::{Id, Parsed, Sink};

pub use select::{Selector, select};
pub use strip::strip_tags;

/// A parsed page: its visible text, its tree, and what its markup says about itself.
#[derive(Debug, Clone, Default)]
pub struct HtmlPage {
    /// The text in reading order.
    pub layout: Layout,
    /// The tree that the blocks' nodes point into.
    pub tree: Tree,
    /// What the markup says of the article.
    pub meta: meta::Meta,
    /// Its headline.
    pub title: Option<PageTitle>,
    /// Where the page nests past the bound, as a byte of the HTML; it was not parsed then, and the rest is empty.
    pub too_deep: Option<usize>,
    /// Elements that the selectors of rules take: the index of the selector, and the node. See [`select`].
    pub selected: Vec<(usize, NodeId)>,
}

/// Parses and lays out a page. Total: no error, no panic, bounded work.
pub fn lay_out(html: &str, options: &Options) -> HtmlPage {
    match parse(html, options.max_depth) {
        Ok(tree) => {
            let layout = layout::lay_out(&tree, options.max_blocks);
            let meta = meta::collect(&tree);
            let title = title::settle(&meta, None);
            HtmlPage { layout, tree, meta, title, ..HtmlPage::default() }
        }
        Err(at) => HtmlPage { too_deep: Some(at), ..HtmlPage::default() },
    }
}

/// Largest page that is parsed, in bytes: offsets in the tree are 32 bits wide, and a tree is a few times its page.
const MAX_PAGE_BYTES: usize = 1 << 29;

/// Bytes after which the parser is looked after. With 3,000 tags a piece, even a nesting that nothing foretold costs
/// milliseconds.
const PIECE_BYTES: usize = 8 << 10;

/// Share of the bound from which a page is measured exactly: its stack between two pieces, or its finished tree. Few
/// pages nest 128 levels deep.
const SUSPECT_SHARE: usize = 4;

/// Elements from which it is measured: the parser may be opening formatting elements over and over.
const SUSPECT_ELEMENTS: usize = 65_536;

/// Attributes of further `<html>` and `<body>` tags from which it is measured: each is compared with each.
const SUSPECT_ATTRIBUTES: usize = 256;

/// Bytes of a tag from which it is measured: its thousands of attributes may be compared each with each. Or it is only a
/// long comment.
const SUSPECT_TAG_BYTES: usize = 32 << 10;

/// How far the parser's own stack may pass the bound: its formatting elements are counted twice, and it adds
/// `<tbody>` and `<tr>` that the page leaves out.
const STACK_SLACK: usize = 3;

/// Bytes of attribute values that a tree holds besides those of its page.
const MIN_ATTRIBUTE_BUDGET: usize = 1 << 16;

/// Most bytes of `<noscript>` and the like that are parsed as pages of their own.
const MAX_GRAFT_BYTES: usize = 4 << 20;

/// The tree of a page, or the byte where it nests too deeply.
///
/// # Errors
/// If the nesting passes `max_depth`; the byte is where.
pub fn parse(html: &str, max_depth: usize) -> Result<Tree, usize> {
    if html.len() > MAX_PAGE_BYTES {
        return Err(MAX_PAGE_BYTES);
    }
    let options = |scripting_enabled| TreeBuilderOpts { scripting_enabled, ..TreeBuilderOpts::default() };
    let sink = Sink::new(TreeBuilder::new(html.len() + MIN_ATTRIBUTE_BUDGET));
    let parser = tree_builder::TreeBuilder::new(sink, options(true));
    let Fed { parsed: document, mut builder, excess, is_measured } = read(parser, html, max_depth, false);
    if let Some(at) = excess {
        return Err(at);
    }
    let mut grafted_bytes = 0;
    document.copy(false, &mut builder, &mut |raw, builder| {
        grafted_bytes += raw.len();
        let mut fragment = None;
        if grafted_bytes <= MAX_GRAFT_BYTES && depth::first_excess(raw, max_depth, false).is_none() {
            let body = QualName::new(None, ns!(html), local_name!("body"));
            let sink = Sink::new(std::mem::replace(builder, TreeBuilder::new(0)));
            let body = create_element(&sink, body, Vec::new());
            let parser = tree_builder::TreeBuilder::new_for_fragment(sink, body, None, options(false));
            let fed = read(parser, raw, max_depth, true);
            *builder = fed.builder;
            fragment = fed.excess.is_none().then_some(fed.parsed);
        }
        match fragment {
            Some(fragment) => fragment.copy(true, builder, &mut |raw, builder| builder.text(raw)),
            None => builder.text(&strip_tags(raw)),
        }
    });
    let is_suspect = !is_measured && builder.deepest() as usize > max_depth / SUSPECT_SHARE;
    match is_suspect.then(|| depth::first_excess(html, max_depth, true)).flatten() {
        Some(at) => Err(at),
        None => Ok(builder.finish()),
    }
}

/// What a parser made of a page.
struct Fed {
    parsed: Parsed,
    builder: TreeBuilder,
    /// Where it nests too deeply, as a byte; the rest was not read.
    excess: Option<usize>,
    /// Whether its nesting was measured.
    is_measured: bool,
}

/// Reads a page into a parser. From piece to piece the parser is looked after: once it looks suspicious the page is measured,
/// and where it nests too deeply, or the parser's stack gets too high all the same, it is given up.
fn read(parser: tree_builder::TreeBuilder<Id, Sink>, html: &str, max_depth: usize, mut is_measured: bool) -> Fed {
    let mut reader = Reader::new(html, parser);
    let mut excess = None;
    let mut next_look = PIECE_BYTES;
    while excess.is_none() && reader.step() {
        if reader.at() < next_look {
            continue;
        }
        next_look = reader.at() + PIECE_BYTES;
        let counter = HandleCounter { handles: Cell::new(0), marker: std::marker::PhantomData };
        reader.parser().trace_handles(&counter);
        let pulse = reader.parser().sink.pulse();
        if !is_measured
            && (counter.handles.get() > max_depth / SUSPECT_SHARE
                || pulse.n_elements > SUSPECT_ELEMENTS
                || pulse.n_page_attributes > SUSPECT_ATTRIBUTES
                || reader.longest_tag() > SUSPECT_TAG_BYTES)
        {
            is_measured = true;
            excess = depth::first_excess(html, max_depth, true);
        }
        if counter.handles.get() > STACK_SLACK * max_depth.max(16) {
            excess = excess.or(Some(reader.at()));
        }
    }
    let (parsed, builder) = reader.finish();
    Fed { parsed, builder, excess, is_measured }
}

/// Counts what the parser holds on to: its open and its formatting elements.
struct HandleCounter<H> {
    handles: Cell<usize>,
    marker: std::marker::PhantomData<H>,
}

impl<H> Tracer for HandleCounter<H> {
    type Handle = H;
    fn trace_handle(&self, _node: &H) {
        self.handles.set(self.handles.get() + 1);
    }
}

#[cfg(test)]
mod tests;
