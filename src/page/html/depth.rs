//! How deeply a page nests, before a parser sees it. Comes in raw HTML, goes out the place where the nesting, or the
//! work that a parser would have with it, passes a bound. Builds no tree.
//!
//! A small model of the standard's stack of open elements: implied ends, elements that an end tag may not reach
//! through, and formatting elements that the parser opens again in each following paragraph. Where the model is not
//! exact it counts too much rather than too little; `html` watches the parser itself as well.

mod sets;

use super::scan::{Content, Mark, Piece, Scanner};
use crate::page::tree::Tag;

pub(super) use sets::is_formatting;
use sets::{
    breaks_out, closes_paragraph, is_ended_without_tag, is_scope_border, is_special, is_table_border, is_table_part,
    is_void, reopens_formatting, sets_marker,
};

/// Most attributes of one tag, and of all `<html>` and `<body>` tags together: the parser compares each with each.
/// Real tags have a few dozen at most.
const MAX_TAG_ATTRIBUTES: usize = 2_000;

/// How many formatting elements a parser may open again for each tag of the page, and how many in any case. A page
/// with all its text in one unclosed `<font>` needs one a tag.
const MAX_REOPENED_PER_TAG: usize = 8;
const MIN_REOPENED: usize = 65_536;

/// Most formatting elements of one name and the same attributes that the parser opens again (the standard's
/// Noah's Ark clause).
const NOAHS_ARK: usize = 3;

/// Where a page passes a bound, as a byte of `html`; none if a parser may have it.
pub(super) fn first_excess(html: &str, max_depth: usize, scripting: bool) -> Option<usize> {
    let mut stack = Stack { open: Vec::new(), formatting: Vec::new(), reopened: 0 };
    let mut scanner = Scanner::new(html);
    let mut n_tags = 0usize;
    let mut n_frames = 0usize;
    let mut n_page_attributes = 0usize;
    while let Some(piece) = scanner.next() {
        let at = match piece {
            Piece::Start(mark) => {
                if matches!(mark.tag, Tag::Html | Tag::Body) {
                    n_page_attributes += mark.n_attributes;
                }
                n_frames += usize::from(mark.tag == Tag::Frameset);
                if mark.n_attributes > MAX_TAG_ATTRIBUTES
                    || n_page_attributes > MAX_TAG_ATTRIBUTES
                    || n_frames > max_depth
                {
                    return Some(mark.at);
                }
                scanner.enter(stack.start(&mark, scripting));
                mark.at
            }
            Piece::End(mark) => {
                stack.end(&mark);
                mark.at
            }
            Piece::Text(_) => {
                stack.reopen();
                continue;
            }
            Piece::Raw(_) => continue,
        };
        n_tags += 1;
        scanner.cdata = stack.in_foreign();
        if stack.open.len() + stack.formatting.len() > max_depth
            || stack.reopened > MIN_REOPENED + MAX_REOPENED_PER_TAG * n_tags
        {
            return Some(at);
        }
    }
    None
}

/// An open element.
#[derive(Debug, Clone, Copy)]
struct Open {
    tag: Tag,
    name: u32,
    /// Part of a drawing or a formula.
    foreign: bool,
}

impl Open {
    /// Whether HTML stands inside a foreign element.
    fn holds_html(self) -> bool {
        matches!(
            self.tag,
            Tag::ForeignObject | Tag::Desc | Tag::Title | Tag::Mi | Tag::Mo | Tag::Mn | Tag::Ms | Tag::Mtext
        )
    }
}

/// An open formatting element, or a marker that hides those before it.
#[derive(Debug, Clone, Copy)]
struct Formatting {
    tag: Tag,
    attributes: u32,
    /// Number of other open elements when it was opened; [`LOST`] once a block was closed over it.
    height: u32,
    /// Stays open in its block, but is not opened again.
    is_last_time: bool,
}

/// Height of a formatting element that waits to be opened again.
const LOST: u32 = u32::MAX;

/// Stands in the formatting list where a cell, caption or object begins.
const MARKER: Formatting = Formatting { tag: Tag::Root, attributes: 0, height: 0, is_last_time: false };

#[derive(Debug)]
struct Stack {
    open: Vec<Open>,
    formatting: Vec<Formatting>,
    reopened: usize,
}

impl Stack {
    fn in_foreign(&self) -> bool {
        self.open.last().is_some_and(|open| open.foreign && !open.holds_html())
    }

    fn start(&mut self, mark: &Mark<'_>, scripting: bool) -> Content {
        let tag = mark.tag;
        if self.in_foreign() {
            if !breaks_out(mark) {
                if !mark.self_closing {
                    self.push(mark, true);
                }
                return Content::Markup;
            }
            let at = self.open.iter().rposition(|o| !o.foreign || o.holds_html());
            self.cut(at.map_or(0, |at| at + 1));
        }
        match tag {
            Tag::Html | Tag::Body | Tag::Head | Tag::Frameset | Tag::Frame => return Content::Markup,
            _ if is_void(tag) => {
                if tag == Tag::Hr {
                    self.close_paragraph();
                } else {
                    self.reopen();
                }
                return Content::Markup;
            }
            Tag::Svg | Tag::Math => {
                self.reopen();
                if !mark.self_closing {
                    self.push(mark, true);
                }
                return Content::Markup;
            }
            _ => {}
        }
        if is_formatting(tag) {
            self.open_formatting(mark);
            return Content::Markup;
        }
        if tag == Tag::Select
            && let Some(at) = self.reach(|o| o.tag == Tag::Select && !o.foreign, is_scope_border)
        {
            self.cut(at);
            return Content::Markup;
        }
        self.close_implied(tag);
        if reopens_formatting(tag) {
            self.reopen();
        }
        let content = Content::of(tag, scripting);
        let is_ignored = match tag {
            Tag::Td | Tag::Th | Tag::Tr | Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Caption | Tag::Colgroup => {
                self.table_border().is_none()
            }
            Tag::Form => self.open.iter().any(|o| o.tag == Tag::Form && !o.foreign),
            _ => false,
        };
        // The text of a raw element holds no tags, so that its depth is of no concern.
        if !is_ignored && content == Content::Markup {
            self.push(mark, false);
            if sets_marker(tag) {
                self.formatting.push(MARKER);
            }
        }
        content
    }

    fn end(&mut self, mark: &Mark<'_>) {
        let tag = mark.tag;
        if self.in_foreign() {
            // The end tag of the nearest foreign element of that name; through HTML it is handled as any other.
            for at in (0..self.open.len()).rev() {
                let open = self.open[at];
                if !open.foreign {
                    break;
                }
                if open.tag == tag && open.name == mark.name {
                    self.cut(at);
                    return;
                }
            }
        }
        if is_formatting(tag) {
            self.close_formatting(tag);
        } else if tag == Tag::Form {
            if let Some(at) = self.open.iter().rposition(|o| o.tag == Tag::Form && !o.foreign) {
                self.open.remove(at);
            }
        } else if matches!(tag, Tag::Html | Tag::Body | Tag::Head | Tag::Br) {
        } else if tag == Tag::Template {
            if let Some(at) = self.open.iter().rposition(|o| o.tag == Tag::Template && !o.foreign) {
                self.cut(at);
            }
        } else if is_table_part(tag) {
            if let Some(at) = self.reach(|o| o.tag == tag && !o.foreign, is_table_border) {
                self.cut(at);
            }
        } else if tag.heading_level().is_some() {
            if let Some(at) = self.reach(|o| o.tag.heading_level().is_some() && !o.foreign, is_scope_border) {
                self.cut(at);
            }
        } else if is_special(tag) {
            let border = |o: &Open| {
                is_scope_border(o)
                    || (tag == Tag::Li && matches!(o.tag, Tag::Ol | Tag::Ul))
                    || (tag == Tag::P && o.tag == Tag::Button)
            };
            if let Some(at) = self.reach(|o| o.tag == tag && !o.foreign, border) {
                self.cut(at);
            }
        } else if let Some(at) = self.reach(|o| o.name == mark.name && !o.foreign, |o| is_special(o.tag) && !o.foreign)
        {
            self.cut(at);
        }
    }

    /// The nearest open element that `wanted` names, unless one that `border` names stands before it.
    fn reach(&self, wanted: impl Fn(&Open) -> bool, border: impl Fn(&Open) -> bool) -> Option<usize> {
        for at in (0..self.open.len()).rev() {
            if wanted(&self.open[at]) {
                return Some(at);
            }
            if border(&self.open[at]) {
                return None;
            }
        }
        None
    }

    /// Closes all elements from `at` on; formatting elements over them are to be opened again.
    fn cut(&mut self, at: usize) {
        if at >= self.open.len() {
            return;
        }
        let markers = self.open[at..].iter().filter(|o| !o.foreign && sets_marker(o.tag)).count();
        self.open.truncate(at);
        for _ in 0..markers {
            let from = self.formatting.iter().rposition(|f| f.tag == Tag::Root).unwrap_or(0);
            self.formatting.truncate(from);
        }
        let height = u32::try_from(at).unwrap_or(u32::MAX);
        let since = self.formatting_since();
        let mut at = since;
        while let Some(formatting) = self.formatting.get_mut(at) {
            if formatting.height > height {
                if formatting.is_last_time {
                    self.formatting.remove(at);
                    continue;
                }
                formatting.height = LOST;
            }
            at += 1;
        }
    }

    /// Where the formatting elements of this cell, caption or object begin.
    fn formatting_since(&self) -> usize {
        self.formatting.iter().rposition(|f| f.tag == Tag::Root).map_or(0, |at| at + 1)
    }

    /// Opens the lost formatting elements again, as text and inline elements make a parser do.
    fn reopen(&mut self) {
        if self.formatting.last().is_none_or(|f| f.height != LOST) {
            return;
        }
        let height = u32::try_from(self.open.len()).unwrap_or(LOST);
        let since = self.formatting_since();
        for formatting in self.formatting[since..].iter_mut().filter(|f| f.height == LOST) {
            formatting.height = height;
            self.reopened += 1;
        }
    }

    fn push(&mut self, mark: &Mark<'_>, foreign: bool) {
        self.open.push(Open { tag: mark.tag, name: mark.name, foreign });
    }

    fn close_paragraph(&mut self) {
        let border = |o: &Open| is_scope_border(o) || o.tag == Tag::Button;
        if let Some(at) = self.reach(|o| o.tag == Tag::P && !o.foreign, border) {
            self.cut(at);
        }
    }

    /// Closes what the start of `tag` ends without a word.
    fn close_implied(&mut self, tag: Tag) {
        let top = self.current();
        match tag {
            Tag::Li => self.close_item(|t| t == Tag::Li),
            Tag::Dd | Tag::Dt => self.close_item(|t| matches!(t, Tag::Dd | Tag::Dt)),
            Tag::Td | Tag::Th | Tag::Tr | Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Caption | Tag::Colgroup => {
                let Some(table) = self.table_border() else { return };
                let keep = match tag {
                    Tag::Td | Tag::Th => |t: Tag| matches!(t, Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Tr),
                    Tag::Tr => |t: Tag| matches!(t, Tag::Tbody | Tag::Thead | Tag::Tfoot),
                    _ => |_: Tag| false,
                };
                let mut at = table + 1;
                while self.open.get(at).is_some_and(|o| keep(o.tag)) {
                    at += 1;
                }
                self.cut(at);
            }
            Tag::Table => {
                self.close_paragraph();
                // A table straight in a table, its section or its row ends it.
                if matches!(
                    self.open.last().map(|o| o.tag),
                    Some(Tag::Table | Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Tr)
                ) && let Some(table) = self.table_border()
                {
                    self.cut(table);
                }
            }
            Tag::Option if self.is_in_scope(Tag::Select) => self.close_ended(|t| t != Tag::Optgroup),
            Tag::Optgroup if self.is_in_scope(Tag::Select) => self.close_ended(|_| true),
            Tag::Option | Tag::Optgroup if top == Some(Tag::Option) => self.cut(self.open.len() - 1),
            Tag::Button => {
                if let Some(at) = self.reach(|o| o.tag == Tag::Button && !o.foreign, is_scope_border) {
                    self.cut(at);
                }
            }
            Tag::Rb | Tag::Rtc if self.is_in_scope(Tag::Ruby) => self.close_ended(|_| true),
            Tag::Rt | Tag::Rp if self.is_in_scope(Tag::Ruby) => self.close_ended(|t| t != Tag::Rtc),
            _ if closes_paragraph(tag) => {
                self.close_paragraph();
                if tag.heading_level().is_some() && self.current().is_some_and(|t| t.heading_level().is_some()) {
                    self.cut(self.open.len() - 1);
                }
            }
            _ => {}
        }
    }

    /// The innermost open element, unless it is foreign or a formatting element stands inside it.
    fn current(&self) -> Option<Tag> {
        let is_formatted = self.formatting.iter().any(|f| f.tag != Tag::Root && f.height as usize >= self.open.len());
        self.open.last().filter(|o| !o.foreign && !is_formatted).map(|o| o.tag)
    }

    fn is_in_scope(&self, tag: Tag) -> bool {
        self.reach(|o| o.tag == tag && !o.foreign, is_scope_border).is_some()
    }

    /// Closes the innermost elements whose end tags may be left out, as far as `closes` allows.
    fn close_ended(&mut self, closes: impl Fn(Tag) -> bool) {
        while self.current().is_some_and(|tag| is_ended_without_tag(tag) && closes(tag)) {
            self.cut(self.open.len() - 1);
        }
    }

    /// Ends the open item of the same list, then the open paragraph.
    fn close_item(&mut self, is_item: impl Fn(Tag) -> bool) {
        let border = |o: &Open| is_special(o.tag) && !matches!(o.tag, Tag::Address | Tag::Div | Tag::P);
        if let Some(at) = self.reach(|o| is_item(o.tag) && !o.foreign, border) {
            self.cut(at);
        }
        self.close_paragraph();
    }

    /// The table whose parts are being read.
    fn table_border(&self) -> Option<usize> {
        self.open.iter().rposition(is_table_border)
    }

    fn open_formatting(&mut self, mark: &Mark<'_>) {
        if matches!(mark.tag, Tag::A | Tag::Nobr) {
            self.close_formatting(mark.tag);
        }
        let attributes = mark
            .attributes
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        self.reopen();
        let since = self.formatting_since();
        let mut alike = self.formatting[since..]
            .iter_mut()
            .filter(|f| f.tag == mark.tag && f.attributes == attributes && !f.is_last_time);
        if let Some(first) = alike.next()
            && alike.count() + 1 >= NOAHS_ARK
        {
            first.is_last_time = true;
        }
        let height = u32::try_from(self.open.len()).unwrap_or(LOST);
        self.formatting.push(Formatting { tag: mark.tag, attributes, height, is_last_time: false });
    }

    fn close_formatting(&mut self, tag: Tag) {
        for at in (0..self.formatting.len()).rev() {
            match self.formatting[at].tag {
                Tag::Root => return,
                found if found == tag => {
                    let height = self.formatting.remove(at).height as usize;
                    // With no block in between, all that was opened inside ends with it.
                    if self.open.get(height..).is_some_and(|above| above.iter().all(|o| !is_special(o.tag))) {
                        self.cut(height);
                    }
                    return;
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 512;

    fn is_deep(html: &str) -> bool {
        first_excess(html, MAX, true).is_some()
    }

    #[test]
    fn nested_blocks_are_deep_and_the_place_is_named() {
        let html = "<div>".repeat(100_000);
        assert_eq!(first_excess(&html, MAX, true), Some(MAX * "<div>".len()));
        assert!(!is_deep(&"<div>".repeat(MAX)));
        assert!(is_deep(&"<table><tr><td>".repeat(1_000)));
        assert!(is_deep(&"<x-card>".repeat(1_000)));
    }

    #[test]
    fn unclosed_paragraphs_items_and_cells_are_not_deep() {
        for piece in ["<p>tide", "<li>tide", "<dt>tide<dd>table", "<br>", "<option>tide", "<h2>tide", "<hr><img>"] {
            assert!(!is_deep(&piece.repeat(10_000)), "{piece}");
        }
        assert!(!is_deep(&format!("<ul>{}", "<li><p>tide".repeat(10_000))));
        assert!(!is_deep(&format!("<table>{}", "<tr><td>1<td>2".repeat(10_000))));
        assert!(!is_deep(&"<table><tr><td>tide</table>".repeat(10_000)));
        assert!(!is_deep(&"<p><a href=x>tide<p>".repeat(10_000)));
        assert!(!is_deep(&"<ruby>a<rt>b<rt>c</ruby>".repeat(10_000)));
    }

    #[test]
    fn end_tags_that_close_nothing_do_not_hide_the_nesting() {
        for piece in ["<div></p>", "<div></span>", "<div></i>", "<span><div></span>", "<table><tr><td></table-x>"] {
            assert!(is_deep(&piece.repeat(10_000)), "{piece}");
        }
        assert!(is_deep(&"<div><table><tr><td></div>".repeat(10_000)));
        assert!(is_deep(&"<b><div></b>".repeat(10_000)));
    }

    #[test]
    fn formatting_elements_that_stay_open_count() {
        let mut html = String::new();
        for n in 0..1_000 {
            html.push_str(&format!("<p><font size={n}>tide"));
        }
        assert!(is_deep(&html));
        assert!(!is_deep(&"<p><b>tide".repeat(10_000)), "the parser opens no more than three alike again");
        assert!(!is_deep(&"<p><font color=red>tide".repeat(10_000)));
    }

    #[test]
    fn a_few_hundred_formatting_elements_over_many_paragraphs_are_too_much_work() {
        let mut html = String::new();
        for n in 0..400 {
            html.push_str(&format!("<p><font size={n}>"));
        }
        html.push_str(&"<p>tide".repeat(20_000));
        assert!(is_deep(&html));
    }

    #[test]
    fn text_that_looks_like_tags_is_not_nesting() {
        let divs = "<div>".repeat(1_000);
        for (open, close) in [
            ("<script>", "</script>"),
            ("<style>", "</style>"),
            ("<textarea>", "</textarea>"),
            ("<title>", "</title>"),
            ("<!--", "-->"),
            ("<noscript>", "</noscript>"),
            ("<p title=\"", "\">"),
        ] {
            assert!(!is_deep(&format!("{open}{divs}{close}<p>tide")), "{open}");
            assert!(is_deep(&format!("{open}{close}{divs}")), "{open}");
        }
        assert!(is_deep(&format!("<svg><style>{divs}")), "in a drawing a style sheet is markup");
    }

    #[test]
    fn drawings_with_many_self_closing_parts_are_not_deep() {
        assert!(!is_deep(&format!("<svg>{}</svg>", "<path d='M0 0'/>".repeat(10_000))));
        assert!(is_deep(&format!("<svg>{}</svg>", "<g>".repeat(10_000))));
    }

    #[test]
    fn a_tag_with_thousands_of_attributes_is_refused() {
        let attributes: String = (0..3_000).map(|n| format!(" a{n}=1")).collect();
        assert_eq!(first_excess(&format!("<p{attributes}>"), MAX, true), Some(0));
    }
}
