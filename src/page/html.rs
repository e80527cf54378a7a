//! An HTML page to our own tree, and on to its layout: the only user of html5ever and scraper.
//!
//! Comes in decoded HTML, goes out an [`HtmlPage`]. The nesting is measured before the parser sees a byte, and the
//! parser is watched while it reads; a page past the bound is not parsed at all, and [`strip_tags`] gives its text.
//! Never recurses, never drops visible text.

mod depth;
mod scan;
mod select;
mod strip;

use std::cell::Cell;

use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::{Tracer, TreeBuilderOpts, TreeSink};
use html5ever::{LocalName, QualName, local_name, ns};
use scraper::node::Element;
use scraper::{Html, HtmlTreeSink, Node};

use crate::options::Options;
use crate::page::title::{self, PageTitle};
use crate::page::tree::{NodeId, Tag, Tree, TreeBuilder};
use crate::page::{Layout, layout, meta};

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

/// Bytes that the parser is shown at once; between two pieces its stack is measured. Below 6,000 tags a piece, even a
/// nesting that escaped the first count costs milliseconds.
const PIECE_BYTES: usize = 16 << 10;

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
    if let Some(at) = depth::first_excess(html, max_depth, true) {
        return Err(at);
    }
    let options = |scripting_enabled| ParseOpts {
        tree_builder: TreeBuilderOpts { scripting_enabled, ..TreeBuilderOpts::default() },
        ..ParseOpts::default()
    };
    let document =
        feed(driver::parse_document(HtmlTreeSink::new(Html::new_document()), options(true)), html, max_depth)?;
    let mut builder = TreeBuilder::new(html.len() + MIN_ATTRIBUTE_BUDGET);
    let mut grafted_bytes = 0;
    copy(&document, false, &mut builder, &mut |raw, builder| {
        grafted_bytes += raw.len();
        let fragment = (grafted_bytes <= MAX_GRAFT_BYTES && depth::first_excess(raw, max_depth, false).is_none())
            .then(|| {
                let body = QualName::new(None, ns!(html), local_name!("body"));
                let sink = HtmlTreeSink::new(Html::new_fragment());
                feed(driver::parse_fragment(sink, options(false), body, Vec::new(), false), raw, max_depth).ok()
            })
            .flatten();
        match fragment {
            Some(fragment) => copy(&fragment, true, builder, &mut |raw, builder| builder.text(raw)),
            None => builder.text(&strip_tags(raw)),
        }
    });
    Ok(builder.finish())
}

/// Shows a parser the page piece by piece and gives up once its stack is too high.
fn feed<S: TreeSink<Output = Html>>(
    mut parser: driver::Parser<S>,
    html: &str,
    max_depth: usize,
) -> Result<Html, usize> {
    let mut at = 0;
    while at < html.len() {
        let mut end = (at + PIECE_BYTES).min(html.len());
        while !html.is_char_boundary(end) {
            end += 1;
        }
        parser.process(StrTendril::from_slice(&html[at..end]));
        let counter = HandleCounter { handles: Cell::new(0), marker: std::marker::PhantomData };
        parser.tokenizer.sink.trace_handles(&counter);
        if counter.handles.get() > STACK_SLACK * max_depth.max(16) {
            return Err(at);
        }
        at = end;
    }
    Ok(parser.finish())
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

/// Copies a parsed page into our tree, node by node. What browsers keep as raw text although it is markup
/// (`<noscript>` while scripts run) is handed to `graft`. A fragment's `<html>`, which the parser makes up, is left out.
fn copy(html: &Html, is_fragment: bool, builder: &mut TreeBuilder, graft: &mut dyn FnMut(&str, &mut TreeBuilder)) {
    let is_copied = |element: &Element| !is_fragment || tag_of(&element.name) != Tag::Html;
    let root = html.tree.root();
    let mut node = root;
    let mut went_up = false;
    loop {
        if !went_up {
            match node.value() {
                Node::Element(element) if is_copied(element) => {
                    let name: &str = &element.name.local;
                    let tag = tag_of(&element.name);
                    if tag == Tag::Other {
                        builder.open(tag, name.to_ascii_lowercase().as_str());
                    } else {
                        builder.open(tag, name);
                    }
                    for (name, value) in element.attrs() {
                        builder.attribute(name, value);
                    }
                }
                Node::Text(text) => match node.parent().and_then(|parent| raw_kind(parent.value())) {
                    None | Some(RawKind::Data) => builder.text(text),
                    Some(RawKind::Markup) => graft(text, builder),
                    Some(RawKind::Program) => {}
                },
                _ => {}
            }
            if let Some(child) = node.first_child() {
                node = child;
                continue;
            }
        }
        if node.value().as_element().is_some_and(is_copied) {
            builder.close();
        }
        if node == root {
            break;
        }
        if let Some(next) = node.next_sibling() {
            node = next;
            went_up = false;
        } else if let Some(parent) = node.parent() {
            node = parent;
            went_up = true;
        } else {
            break;
        }
    }
}

/// What the text of a raw element is.
enum RawKind {
    /// Scripts and style sheets.
    Program,
    /// JSON-LD.
    Data,
    /// Markup that is shown where scripts or frames are not.
    Markup,
}

fn raw_kind(node: &Node) -> Option<RawKind> {
    let element = node.as_element()?;
    match tag_of(&element.name) {
        Tag::Script => {
            let media = element.attr("type").unwrap_or("");
            let essence = media.split(';').next().unwrap_or("").trim();
            Some(if essence.eq_ignore_ascii_case("application/ld+json") { RawKind::Data } else { RawKind::Program })
        }
        Tag::Style => Some(RawKind::Program),
        Tag::Noscript | Tag::Noframes | Tag::Noembed | Tag::Iframe => Some(RawKind::Markup),
        _ => None,
    }
}

/// Our tag of an element. Drawings and formulas share few names with HTML.
fn tag_of(name: &QualName) -> Tag {
    let local: &LocalName = &name.local;
    if name.ns == ns!(html) {
        return match Tag::from_name(local) {
            Tag::Svg | Tag::Math | Tag::ForeignObject | Tag::Annotation | Tag::Desc => Tag::Other,
            tag => tag,
        };
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

#[cfg(test)]
mod tests;
