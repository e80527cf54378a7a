//! A page to the tokens that html5ever builds a tree of: comes in HTML, go out calls of its tree builder.
//!
//! What html5ever's own tokenizer looks at letter by letter is found here by its first and last byte, and attributes that
//! nobody reads, the text of scripts and style sheets, and comments are passed over. Whatever is odd (an entity, a NUL, a
//! tag that the page cuts off) is handed to html5ever's tokenizer, piece by piece, so that both give the same tree.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::mem;
use std::ops::Range;

use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::TreeSink;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{RawKind, State};
use html5ever::tokenizer::{Tag as TagToken, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::TreeBuilder;
use html5ever::{Attribute, LocalName, QualName, TokenizerResult, ns};
use memchr::{memchr, memchr2, memmem};
use rustc_hash::{FxHashMap, FxHashSet};

use super::attributes::{self, Kept, Read};
use super::entities;
use super::scan::{RawAttribute, TagEnd, after_gt, comment_end, markup_from, name_end, raw_end, tag_end};
use super::sink::{Id, Parsed, Sink};
use crate::page::tree;

/// Bytes of the page that are copied at once to be shared by the texts and values cut out of them.
const CHUNK_BYTES: usize = 8 << 10;

/// Most names of elements that are remembered; real pages have some dozens.
const MAX_KNOWN_NAMES: usize = 1_024;

/// Longest text that a tendril holds in itself, in bytes.
const MAX_INLINE_BYTES: usize = 8;

/// How what comes next is read.
#[derive(Debug, Clone, Copy)]
enum Content<'h> {
    Markup,
    /// Text up to the end tag of an element.
    Raw(RawKind, &'h str),
    /// Text up to the end of the page.
    Plain,
}

/// The name of an element.
#[derive(Debug, Clone)]
struct Name {
    local: LocalName,
    kept: Kept,
}

/// An attribute that is kept: what is known of its name, and where it stands.
type Found = (Option<&'static Read>, RawAttribute);

/// Reads a page to its end, step by step.
pub(super) struct Reader<'h> {
    html: &'h str,
    at: usize,
    content: Content<'h>,
    parser: TreeBuilder<Id, Sink>,
    /// Whether characters stand in the page that the standard replaces: NUL, carriage return.
    has_nul: bool,
    has_return: bool,
    names: FxHashMap<&'h str, Name>,
    found: Vec<Found>,
    decoded: String,
    /// A part of the page, and where it begins.
    chunk: StrTendril,
    chunk_at: usize,
    /// Bytes of the longest tag, comment or declaration so far.
    longest_tag: usize,
}

impl<'h> Reader<'h> {
    /// Reads `html` into a tree builder.
    pub(super) fn new(html: &'h str, parser: TreeBuilder<Id, Sink>) -> Self {
        Self {
            html,
            at: if html.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 },
            content: Content::Markup,
            parser,
            has_nul: memchr(0, html.as_bytes()).is_some(),
            has_return: memchr(b'\r', html.as_bytes()).is_some(),
            names: FxHashMap::default(),
            found: Vec::new(),
            decoded: String::new(),
            chunk: StrTendril::new(),
            chunk_at: 0,
            longest_tag: 0,
        }
    }

    /// The byte that comes next.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// What the tokens are made into.
    pub(super) fn parser(&self) -> &TreeBuilder<Id, Sink> {
        &self.parser
    }

    /// Bytes of the longest tag, comment or declaration so far.
    pub(super) fn longest_tag(&self) -> usize {
        self.longest_tag
    }

    /// Ends the page where it is.
    pub(super) fn finish(self) -> (Parsed, tree::TreeBuilder) {
        let _ = self.parser.process_token(Token::EOFToken, 1);
        self.parser.end();
        self.parser.sink.finish()
    }

    /// Reads the next text, tag or comment; false at the end of the page.
    pub(super) fn step(&mut self) -> bool {
        let bytes = self.html.as_bytes();
        let at = self.at;
        if at >= bytes.len() {
            return false;
        }
        match mem::replace(&mut self.content, Content::Markup) {
            Content::Markup => {}
            Content::Raw(kind, name) => {
                let end = raw_end(bytes, at, name);
                if !self.parser.sink.is_at_program() {
                    self.text(at..end, State::RawData(kind));
                }
                self.at = end;
                return true;
            }
            Content::Plain => {
                self.text(at..bytes.len(), State::Plaintext);
                self.at = bytes.len();
                return true;
            }
        }
        let end = markup_from(bytes, at);
        if end > at {
            self.text(at..end, State::Data);
            self.at = end;
            return true;
        }
        match bytes.get(at + 1) {
            Some(b'!') => self.declaration(),
            Some(b'?') => self.comment(after_gt(bytes, at)),
            Some(b'/') => match bytes.get(at + 2) {
                Some(b'>') => {
                    // Nothing, and yet html5ever keeps a line break between `<pre>` and text if it stands behind this.
                    let _ = self.parser.process_token(Token::ParseError(Cow::Borrowed("a tag without a name")), 1);
                    self.at += 3;
                }
                Some(b) if b.is_ascii_alphabetic() => self.tag(TagKind::EndTag, at + 2),
                Some(_) => self.comment(after_gt(bytes, at)),
                None => self.by_the_book(bytes.len()),
            },
            _ => self.tag(TagKind::StartTag, at + 1),
        }
        self.longest_tag = self.longest_tag.max(self.at - at);
        true
    }

    /// A comment, a declaration, or text of a drawing that is set off as such.
    fn declaration(&mut self) {
        let rest = &self.html.as_bytes()[self.at..];
        if rest.starts_with(b"<!--") {
            self.comment(comment_end(self.html.as_bytes(), self.at));
        } else if rest.starts_with(b"<![CDATA[")
            && self.parser.adjusted_current_node_present_but_not_in_html_namespace()
        {
            self.by_the_book(memmem::find(rest, b"]]>").map_or(self.html.len(), |end| self.at + end + 3));
        } else {
            self.by_the_book(after_gt(self.html.as_bytes(), self.at));
        }
    }

    /// A comment up to a byte. Nobody reads it, but it parts the texts around it.
    fn comment(&mut self, end: usize) {
        let _ = self.parser.process_token(Token::CommentToken(StrTendril::new()), 1);
        self.at = end;
    }

    /// A tag whose name begins at a byte.
    fn tag(&mut self, kind: TagKind, name_at: usize) {
        let bytes = self.html.as_bytes();
        let from = name_end(bytes, name_at);
        let written = &self.html[name_at..from];
        let name = self.name(written);
        let Some(end) = self.look_through(kind, name.kept, from) else { return self.by_the_book(bytes.len()) };
        if self.has_nul && memchr(0, &bytes[self.at..end.at]).is_some() {
            return self.by_the_book(end.at + 1);
        }
        let token = TagToken {
            kind,
            name: name.local,
            self_closing: end.self_closing,
            attrs: self.attributes(),
            had_duplicate_attributes: false,
        };
        let result = self.parser.process_token(Token::TagToken(token), 1);
        self.at = end.at + 1;
        self.enter(result, written);
    }

    /// Goes on as the tree builder says, after a tag of some name.
    fn enter(&mut self, result: TokenSinkResult<Id>, name: &'h str) {
        self.content = match result {
            TokenSinkResult::RawData(kind) => Content::Raw(kind, name),
            TokenSinkResult::Plaintext => Content::Plain,
            _ => Content::Markup,
        };
    }

    /// What is to be known of an element's name.
    fn name(&mut self, written: &'h str) -> Name {
        if let Some(name) = self.names.get(written) {
            return name.clone();
        }
        let lower = match written.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(written.to_ascii_lowercase()),
            false => Cow::Borrowed(written),
        };
        let kept = Kept::of(tree::Tag::from_name(&lower));
        let name = Name { local: LocalName::from(lower), kept };
        if self.names.len() < MAX_KNOWN_NAMES {
            self.names.insert(written, name.clone());
        }
        name
    }

    /// Finds the end of a tag and, on the way, the attributes that are kept.
    fn look_through(&mut self, kind: TagKind, kept: Kept, from: usize) -> Option<TagEnd> {
        let Self { html, found, .. } = self;
        found.clear();
        if html.as_bytes().get(from) == Some(&b'>') {
            return Some(TagEnd { at: from, n_attributes: 0, self_closing: false });
        }
        let mut seen = 0;
        tag_end(html.as_bytes(), from, |attribute| match kept {
            _ if kind == TagKind::EndTag => {}
            Kept::All => found.push((None, attribute)),
            Kept::Read(bits) => {
                // The first of a name counts.
                if let Some(read) = attributes::read(&html[attribute.name.clone()])
                    && bits & !seen & read.bit != 0
                {
                    seen |= read.bit;
                    found.push((Some(read), attribute));
                }
            }
        })
    }

    /// The attributes that were found.
    fn attributes(&mut self) -> Vec<Attribute> {
        if self.found.is_empty() {
            return Vec::new();
        }
        let mut attributes = Vec::with_capacity(self.found.len());
        // Of those that are not known, the first of a name counts.
        let mut names = FxHashSet::default();
        let mut found = mem::take(&mut self.found);
        for (read, attribute) in found.drain(..) {
            let name = match read {
                Some(read) => read.name.clone(),
                None => LocalName::from(self.html[attribute.name.clone()].to_ascii_lowercase()),
            };
            if read.is_some() || names.insert(name.clone()) {
                let value = self.value(&attribute);
                attributes.push(Attribute { name: QualName::new(None, ns!(), name), value });
            }
        }
        self.found = found;
        attributes
    }

    fn value(&mut self, attribute: &RawAttribute) -> StrTendril {
        let RawAttribute { name, value, quote } = attribute;
        let bytes = &self.html.as_bytes()[value.clone()];
        let is_odd = self.has_return && memchr(b'\r', bytes).is_some();
        if !is_odd {
            if memchr(b'&', bytes).is_none() {
                return self.slice(value.clone());
            }
            self.decoded.clear();
            if entities::decode(&self.html[value.clone()], &mut self.decoded) {
                return StrTendril::from_slice(&self.decoded);
            }
        }
        let until = value.end + usize::from(*quote != 0);
        value_by_the_book(&self.html[name.end..until])
    }

    /// Text, which begins and ends in a state of the tokenizer.
    fn text(&mut self, range: Range<usize>, state: State) {
        let bytes = &self.html.as_bytes()[range.clone()];
        if bytes.is_empty() {
            return;
        }
        let has_entities = matches!(state, State::Data | State::RawData(RawKind::Rcdata));
        let is_odd = (self.has_nul || self.has_return) && memchr2(b'\0', b'\r', bytes).is_some();
        if !is_odd && has_entities && memchr(b'&', bytes).is_some() {
            self.decoded.clear();
            if entities::decode(&self.html[range.clone()], &mut self.decoded) {
                let text = StrTendril::from_slice(&self.decoded);
                let _ = self.parser.process_token(Token::CharacterTokens(text), 1);
            } else {
                let _ = self.pass(&self.html[range], state);
            }
        } else if is_odd {
            let _ = self.pass(&self.html[range], state);
        } else {
            let text = self.slice(range);
            let _ = self.parser.process_token(Token::CharacterTokens(text), 1);
        }
    }

    /// A piece of the page.
    fn slice(&mut self, range: Range<usize>) -> StrTendril {
        if range.len() <= MAX_INLINE_BYTES {
            return StrTendril::from_slice(&self.html[range]);
        }
        let is_held = self.chunk_at <= range.start && range.end <= self.chunk_at + self.chunk.len();
        if !is_held {
            let until = range.end.max(self.html.ceil_char_boundary(range.start + CHUNK_BYTES));
            self.chunk = StrTendril::from_slice(&self.html[range.start..until]);
            self.chunk_at = range.start;
        }
        // A page is bounded far below what 32 bits count.
        self.chunk.subtendril((range.start - self.chunk_at) as u32, range.len() as u32)
    }

    /// Has html5ever read markup up to a byte where a tag or a declaration ends, or the page.
    fn by_the_book(&mut self, end: usize) {
        let stretch = &self.html[self.at..end];
        let result = self.pass(stretch, State::Data);
        let name_at = 1;
        let name = &stretch[name_at..name_end(stretch.as_bytes(), name_at)];
        self.at = end;
        self.enter(result, name);
    }

    /// Has html5ever's tokenizer read a stretch of the page; what the tree builder said to its tag comes back.
    fn pass(&self, stretch: &str, state: State) -> TokenSinkResult<Id> {
        let sink = Passing { parser: &self.parser, result: Cell::new(None) };
        let tokenizer = read_by_the_book(sink, stretch, state);
        tokenizer.sink.result.take().unwrap_or(TokenSinkResult::Continue)
    }
}

/// Runs html5ever's tokenizer over a stretch.
fn read_by_the_book<S: TokenSink>(sink: S, stretch: &str, state: State) -> Tokenizer<S> {
    let options = TokenizerOpts { discard_bom: false, initial_state: Some(state), ..TokenizerOpts::default() };
    let tokenizer = Tokenizer::new(sink, options);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(stretch));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer
}

/// Passes tokens on to the tree builder, but for the end of the stretch.
struct Passing<'b> {
    parser: &'b TreeBuilder<Id, Sink>,
    result: Cell<Option<TokenSinkResult<Id>>>,
}

impl TokenSink for Passing<'_> {
    type Handle = Id;

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<Id> {
        match token {
            Token::EOFToken => {}
            Token::TagToken(_) => self.result.set(Some(self.parser.process_token(token, 1))),
            _ => {
                let _ = self.parser.process_token(token, 1);
            }
        }
        TokenSinkResult::Continue
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.parser.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// The value of an attribute as html5ever reads it, given what stands behind its name, the quote included.
fn value_by_the_book(written: &str) -> StrTendril {
    let tokenizer = read_by_the_book(FirstValue::default(), &format!("<a b{written}>"), State::Data);
    tokenizer.sink.0.take()
}

/// Takes the value of the first attribute.
#[derive(Default)]
struct FirstValue(RefCell<StrTendril>);

impl TokenSink for FirstValue {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token
            && let Some(attribute) = tag.attrs.into_iter().next()
        {
            self.0.replace(attribute.value);
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests;
