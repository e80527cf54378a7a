//! Raw HTML to its tags and pieces of text, byte by byte, as the tokenizer of the standard would cut it. Comes in a
//! page, go out [`Piece`]s; builds no tree, never fails, looks at each byte a bounded number of times.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memmem};

use crate::page::tree::Tag;

/// What stands at one place of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text between tags, entities and all.
    Text(&'a str),
    /// A start tag.
    Start(Mark<'a>),
    /// An end tag.
    End(Mark<'a>),
    /// What a browser does not read as markup: the text inside `<script>`, `<style>`, `<title>` and the like.
    Raw(&'a str),
}

/// A tag as it stands in the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark<'a> {
    /// Byte of its `<`.
    pub(super) at: usize,
    /// Its element.
    pub(super) tag: Tag,
    /// Hash of the lower-case name, which tells unknown names apart.
    pub(super) name: u32,
    /// The bytes between name and `>`.
    pub(super) attributes: &'a str,
    /// Number of attributes.
    pub(super) n_attributes: usize,
    /// Ends in `/>`.
    pub(super) self_closing: bool,
}

/// How the tokenizer goes on after a start tag, which only the caller can know: inside a drawing or a formula
/// no element is raw text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Tags and text.
    Markup,
    /// Text up to the element's own end tag.
    Raw(Tag),
    /// Text up to the end of the page.
    Plain,
}

impl Content {
    /// What an HTML element holds; `scripting` says whether `<noscript>` is raw.
    pub(super) fn of(tag: Tag, scripting: bool) -> Self {
        match tag {
            Tag::Script
            | Tag::Style
            | Tag::Textarea
            | Tag::Title
            | Tag::Xmp
            | Tag::Iframe
            | Tag::Noembed
            | Tag::Noframes => Content::Raw(tag),
            Tag::Noscript if scripting => Content::Raw(tag),
            Tag::Plaintext => Content::Plain,
            _ => Content::Markup,
        }
    }
}

/// Cuts a page into pieces.
#[derive(Debug)]
pub(super) struct Scanner<'a> {
    html: &'a str,
    at: usize,
    content: Content,
    /// Whether `<![CDATA[` opens text (inside a drawing or a formula) or a comment.
    pub(super) cdata: bool,
}

/// Longest element name that is compared by letters, in bytes; the longest of HTML has ten.
const MAX_NAME_BYTES: usize = 24;

impl<'a> Scanner<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self { html, at: 0, content: Content::Markup, cdata: false }
    }

    /// Says how to read what follows the start tag that was handed out last.
    pub(super) fn enter(&mut self, content: Content) {
        self.content = content;
    }

    /// The next piece; none at the end of the page.
    pub(super) fn next(&mut self) -> Option<Piece<'a>> {
        match std::mem::replace(&mut self.content, Content::Markup) {
            Content::Markup => {}
            Content::Plain => {
                let rest = &self.html[self.at..];
                self.at = self.html.len();
                return (!rest.is_empty()).then_some(Piece::Raw(rest));
            }
            Content::Raw(tag) => {
                let end = self.raw_end(tag);
                let raw = &self.html[self.at..end];
                self.at = end;
                if !raw.is_empty() {
                    return Some(Piece::Raw(raw));
                }
            }
        }
        let bytes = self.html.as_bytes();
        loop {
            let start = self.at;
            let next = markup_from(bytes, start);
            if next > start {
                self.at = next;
                return Some(Piece::Text(&self.html[start..next]));
            }
            if start >= bytes.len() {
                return None;
            }
            match bytes.get(start + 1) {
                Some(b'!') => {
                    if self.cdata && self.html[start..].starts_with("<![CDATA[") {
                        let from = start + "<![CDATA[".len();
                        let end = memmem::find(&bytes[from..], b"]]>").map_or(bytes.len(), |p| from + p);
                        self.at = (end + 3).min(bytes.len());
                        if end > from {
                            return Some(Piece::Text(&self.html[from..end]));
                        }
                    } else {
                        self.at = comment_end(bytes, start);
                    }
                }
                Some(b'/') => match bytes.get(start + 2) {
                    Some(b) if b.is_ascii_alphabetic() => return self.mark(start, start + 2).map(Piece::End),
                    Some(b'>') => self.at = start + 3,
                    None => {
                        self.at = bytes.len();
                        return Some(Piece::Text(&self.html[start..]));
                    }
                    _ => self.at = after_gt(bytes, start),
                },
                Some(b'?') => self.at = after_gt(bytes, start),
                _ => return self.mark(start, start + 1).map(Piece::Start),
            }
        }
    }

    /// Reads a tag whose name begins at `name_at`; a tag that the page cuts off is none.
    fn mark(&mut self, at: usize, name_at: usize) -> Option<Mark<'a>> {
        let bytes = self.html.as_bytes();
        let from = name_end(bytes, name_at);
        let (tag, name) = identify(&bytes[name_at..from]);
        let Some(end) = tag_end(bytes, from, |_| ()) else {
            self.at = bytes.len();
            return None;
        };
        self.at = end.at + 1;
        let attributes = &self.html[from..end.at];
        Some(Mark { at, tag, name, attributes, n_attributes: end.n_attributes, self_closing: end.self_closing })
    }

    /// Where the text of a raw element ends: at its end tag, or at the end of the page.
    fn raw_end(&self, tag: Tag) -> usize {
        raw_end(self.html.as_bytes(), self.at, tag.as_str())
    }
}

/// Where the text of a raw element of some name ends: at its end tag, or at the end of the page.
pub(super) fn raw_end(bytes: &[u8], from: usize, name: &str) -> usize {
    let is_script = name.eq_ignore_ascii_case("script");
    for offset in memchr_iter(b'<', &bytes[from..]) {
        let at = from + offset;
        match bytes.get(at + 1) {
            Some(b'/') if closes(bytes, at, name) => return at,
            // Inside `<!--` a script may hold its own end tag.
            Some(b'!') if is_script && bytes[at..].starts_with(b"<!--") => return script_end(bytes, from),
            _ => {}
        }
    }
    bytes.len()
}

/// The next `<` that opens something; one that opens nothing is text and goes with the text before it.
pub(super) fn markup_from(bytes: &[u8], mut from: usize) -> usize {
    while let Some(offset) = memchr(b'<', &bytes[from..]) {
        let at = from + offset;
        match bytes.get(at + 1) {
            Some(b'!' | b'?' | b'/') => return at,
            Some(b) if b.is_ascii_alphabetic() => return at,
            _ => from = at + 1,
        }
    }
    bytes.len()
}

/// One past the name of a tag that begins at a place.
pub(super) fn name_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..]
        .iter()
        .position(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'))
        .map_or(bytes.len(), |len| from + len)
}

/// The tag of a name in any case, and the hash of its lower-case letters.
fn identify(name: &[u8]) -> (Tag, u32) {
    // FNV-1a, 32 bits.
    let hash =
        name.iter().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b.to_ascii_lowercase())).wrapping_mul(0x0100_0193));
    let mut lower = [0u8; MAX_NAME_BYTES];
    let tag = match lower.get_mut(..name.len()) {
        Some(lower) => {
            lower.copy_from_slice(name);
            lower.make_ascii_lowercase();
            std::str::from_utf8(lower).map_or(Tag::Other, Tag::from_name)
        }
        None => Tag::Other,
    };
    (tag, hash)
}

/// Whether an end tag of this name stands at `at`.
fn closes(bytes: &[u8], at: usize, name: &str) -> bool {
    bytes.get(at + 1) == Some(&b'/')
        && bytes.get(at + 2..at + 2 + name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
        && ends_name(bytes, at + 2 + name.len())
}

fn ends_name(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|b| b.is_ascii_whitespace() || matches!(b, b'/' | b'>'))
}

pub(super) fn after_gt(bytes: &[u8], from: usize) -> usize {
    memchr(b'>', &bytes[from..]).map_or(bytes.len(), |p| from + p + 1)
}

/// One past the comment (or other declaration) that opens at `at`.
pub(super) fn comment_end(bytes: &[u8], at: usize) -> usize {
    if !bytes[at..].starts_with(b"<!--") {
        return after_gt(bytes, at);
    }
    let mut from = at + 4;
    // `<!-->` and `<!--->` are whole; else `-->` or `--!>` ends it, and its dashes may be those that opened it.
    while let Some(offset) = memchr(b'>', &bytes[from..]) {
        let gt = from + offset;
        let body = &bytes[at + 2..gt];
        if body.ends_with(b"--") || (body.ends_with(b"--!") && body.len() >= 5) || body == b"---" {
            return gt + 1;
        }
        from = gt + 1;
    }
    bytes.len()
}

/// Where a script ends. Inside `<!--` a second `<script>` hides the next `</script>`, as the standard has it.
fn script_end(bytes: &[u8], from: usize) -> usize {
    #[derive(PartialEq)]
    enum State {
        Data,
        Escaped(usize),
        Doubly(usize),
    }
    let mut state = State::Data;
    let mut at = from;
    while let Some(offset) = memchr2(b'<', b'>', &bytes[at..]) {
        at += offset;
        if bytes[at] == b'>' {
            if let State::Escaped(since) | State::Doubly(since) = state
                && at >= since + 2
                && bytes[..at].ends_with(b"--")
            {
                state = State::Data;
            }
        } else if closes(bytes, at, "script") {
            match state {
                State::Doubly(since) => state = State::Escaped(since),
                _ => return at,
            }
        } else {
            match state {
                State::Data if bytes[at..].starts_with(b"<!--") => state = State::Escaped(at + 2),
                State::Escaped(since)
                    if bytes.get(at + 1..at + 7).is_some_and(|n| n.eq_ignore_ascii_case(b"script"))
                        && ends_name(bytes, at + 7) =>
                {
                    state = State::Doubly(since);
                }
                _ => {}
            }
        }
        at += 1;
    }
    bytes.len()
}

/// Where a tag ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct TagEnd {
    /// Byte of its `>`.
    pub(super) at: usize,
    /// Number of its attributes.
    pub(super) n_attributes: usize,
    /// Ends in `/>`.
    pub(super) self_closing: bool,
}

/// An attribute as it stands in the page.
#[derive(Debug, Clone)]
pub(super) struct RawAttribute {
    /// Bytes of its name.
    pub(super) name: Range<usize>,
    /// Bytes of its value, without quotes.
    pub(super) value: Range<usize>,
    /// Its quote; 0 for none.
    pub(super) quote: u8,
}

/// Finds the `>` of a tag, past quoted values, and shows the attributes on the way.
pub(super) fn tag_end(bytes: &[u8], from: usize, mut see: impl FnMut(RawAttribute)) -> Option<TagEnd> {
    let mut at = from;
    let mut n_attributes = 0;
    let mut slash = false;
    loop {
        match *bytes.get(at)? {
            b'>' => return Some(TagEnd { at, n_attributes, self_closing: slash }),
            b'/' => {
                slash = true;
                at += 1;
            }
            b if b.is_ascii_whitespace() => {
                slash = false;
                at += 1;
            }
            _ => {
                slash = false;
                n_attributes += 1;
                let start = at;
                // A name may begin with `=`.
                at += 1;
                while !matches!(bytes.get(at)?, b'=' | b'>' | b'/') && !bytes[at].is_ascii_whitespace() {
                    at += 1;
                }
                let name = start..at;
                let mut value = at;
                while bytes.get(value)?.is_ascii_whitespace() {
                    value += 1;
                }
                if bytes[value] != b'=' {
                    at = value;
                    see(RawAttribute { name, value: at..at, quote: 0 });
                    continue;
                }
                value += 1;
                while bytes.get(value)?.is_ascii_whitespace() {
                    value += 1;
                }
                match bytes[value] {
                    quote @ (b'"' | b'\'') => {
                        value += 1;
                        let end = value + memchr(quote, &bytes[value..])?;
                        see(RawAttribute { name, value: value..end, quote });
                        at = end + 1;
                    }
                    _ => {
                        at = value;
                        while bytes.get(at).is_some_and(|b| !b.is_ascii_whitespace() && *b != b'>') {
                            at += 1;
                        }
                        see(RawAttribute { name, value: value..at, quote: 0 });
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(html: &str) -> Vec<String> {
        let mut scanner = Scanner::new(html);
        let mut out = Vec::new();
        while let Some(piece) = scanner.next() {
            out.push(match piece {
                Piece::Text(text) => format!("text {text}"),
                Piece::Raw(text) => format!("raw {text}"),
                Piece::Start(mark) => {
                    scanner.enter(Content::of(mark.tag, true));
                    format!("<{:?} {}>", mark.tag, mark.n_attributes)
                }
                Piece::End(mark) => format!("</{:?}>", mark.tag),
            });
        }
        out
    }

    #[test]
    fn quotes_hide_tags_and_a_lone_bracket_is_text() {
        assert_eq!(pieces("a < b<p title=\"<div>\" id=x>c</P >"), ["text a < b", "<P 2>", "text c", "</P>"]);
    }

    #[test]
    fn raw_elements_and_comments_hold_no_tags() {
        assert_eq!(
            pieces("<style>a>b <i></style><!-- <b> --><textarea><div></textarea>!"),
            ["<Style 0>", "raw a>b <i>", "</Style>", "<Textarea 0>", "raw <div>", "</Textarea>", "text !"]
        );
        assert_eq!(pieces("<!--><b><!---><i><!-- x --!><u>"), ["<B 0>", "<I 0>", "<U 0>"]);
    }

    #[test]
    fn a_script_hides_the_end_tag_of_a_script_in_a_comment() {
        assert_eq!(
            pieces("<script><!--<script></script>--></script><p>"),
            ["<Script 0>", "raw <!--<script></script>-->", "</Script>", "<P 0>"]
        );
        assert_eq!(pieces("<script>if (a<b) {}</script><p>"), ["<Script 0>", "raw if (a<b) {}", "</Script>", "<P 0>"]);
    }

    #[test]
    fn a_cut_off_tag_is_none() {
        assert_eq!(pieces("x<p class=\"y"), ["text x"]);
        assert_eq!(pieces("x</"), ["text x", "text </"]);
        assert_eq!(pieces("x<"), ["text x<"]);
    }
}
