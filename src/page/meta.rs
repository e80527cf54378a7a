//! What a page's markup says of its article: comes in a tree, goes out a list of plain candidates in document order.
//!
//! `<title>`, `<meta>`, Open Graph, Dublin Core, JSON-LD, microdata, `<time>`, `rel=author`. Nothing is decided, merged
//! or parsed here: a date is the text that stands there, an author may be a web address. Never invents a value.

mod byline;
mod json_ld;
mod names;

use std::borrow::Cow;

use crate::finding::named_enum;
use crate::page::tree::{Attr, NodeId, Tag, Tree};

pub(crate) use self::json_ld::AUTHOR_HOUSE;
use self::names::META_NAMES;

named_enum! {
    /// What a candidate is a candidate for.
    MetaField {
        /// Headline.
        Title = "title",
        /// Summary or standfirst.
        Description = "description",
        /// A person or whoever else is named as author; may be a web address.
        Author = "author",
        /// Date of publication as written.
        Published = "published",
        /// Date of the last change as written.
        Modified = "modified",
        /// Rubric.
        Section = "section",
        /// One keyword.
        Tag = "tag",
        /// Name of the site.
        Site = "site",
        /// Name of the publishing house.
        Publisher = "publisher",
        /// The page's own address.
        Url = "url",
        /// Language as written.
        Language = "language",
        /// `true` or `false`: whether all may read all of it.
        FreeToRead = "free_to_read",
        /// The whole text as the markup carries it.
        Body = "body",
        /// What sort of page it is (`og:type`, the type of a JSON-LD object).
        PageType = "page_type",
        /// What machines may do with the page (`robots`).
        Robots = "robots",
        /// Whether text and data mining is reserved (`1` or `0`).
        TdmReservation = "tdm_reservation",
        /// Copyright or reuse line.
        Rights = "rights",
        /// Some time that the page shows or carries in a `<time>` element.
        Time = "time",
    }
}

named_enum! {
    /// Where in the markup a candidate stands.
    #[allow(missing_docs, reason = "the names say it")]
    MetaSource {
        JsonLd = "json_ld", OpenGraph = "open_graph", Twitter = "twitter", DublinCore = "dublin_core",
        MetaTag = "meta_tag", TitleElement = "title_element", Heading = "heading", Itemprop = "itemprop",
        RelAuthor = "rel_author", ByClass = "by_class", TimeElement = "time_element", Link = "link",
        HtmlLang = "html_lang",
    }
}

/// One thing that the markup says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaCandidate {
    /// What it is about.
    pub field: MetaField,
    /// The value as written, white space collapsed (but for a body).
    pub value: String,
    /// Where it stands.
    pub source: MetaSource,
    /// The exact name there, in lower case (`article:published_time`, `datePublished` of JSON-LD as written).
    pub key: String,
    /// The element, where it is one that can be seen.
    pub node: Option<NodeId>,
    /// Which object of JSON-LD or microdata says it, from 1; 0 where none does.
    pub object: u32,
}

/// All that the markup says, JSON-LD first, then in document order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Meta {
    /// The candidates.
    pub candidates: Vec<MetaCandidate>,
    /// The object that is being read.
    object: u32,
}

impl Meta {
    /// The candidates for one field, in order.
    pub fn of(&self, field: MetaField) -> impl Iterator<Item = &MetaCandidate> {
        self.candidates.iter().filter(move |candidate| candidate.field == field)
    }

    /// The first value for a field.
    pub fn first(&self, field: MetaField) -> Option<&str> {
        self.of(field).next().map(|candidate| candidate.value.as_str())
    }

    /// Whether the page says that it is an article: by OpenGraph or a type of schema.org.
    pub fn declares_article(&self) -> bool {
        self.of(MetaField::PageType).any(|candidate| {
            let name = candidate.value.rsplit(['/', '#']).next().unwrap_or("");
            name.eq_ignore_ascii_case("article") || name.ends_with("Article") || name == "BlogPosting"
        })
    }

    /// Whether it is dated besides: many sites declare each of their pages an article, but date only their stories.
    pub fn declares_story(&self) -> bool {
        self.declares_article() && self.first(MetaField::Published).is_some()
    }

    /// Every headline with its source.
    pub fn title_candidates(&self) -> impl Iterator<Item = (MetaSource, &str)> {
        self.of(MetaField::Title).map(|candidate| (candidate.source, candidate.value.as_str()))
    }
}

/// Longest value, in bytes; a longer one is no title, name or date, and is left out (a body has no bound but the page).
const MAX_VALUE_BYTES: usize = 4_000;

/// Most nodes of an element that are looked at for its value, so that nested ones are not read over and over.
const MAX_VALUE_NODES: u32 = 400;

/// Nesting of a value that is read for its escapes: it has no elements of its own.
const MAX_VALUE_DEPTH: usize = 16;

/// Most candidates of a page.
const MAX_CANDIDATES: usize = 1_000;

/// Most `<h1>` that are taken for headlines.
const MAX_HEADINGS: usize = 5;
/// Key of a heading that calls itself the site's name.
pub(crate) const SITE_HEADING: &str = "h1 of the site";

/// Collects what a page's markup says.
pub fn collect(tree: &Tree) -> Meta {
    let mut meta = Meta::default();
    json_ld::collect(tree, &mut meta);
    let mut n_headings = 0;
    let mut has_title = false;
    // What stands in `<noscript>` is the page as machines get it, but for what belongs into the head.
    let mut unscripted_until = 0;
    let mut bylines = byline::Bylines::new(tree);
    let mut labels = byline::Labels::default();
    let mut id = 1;
    while id < tree.len() {
        match tree.tag(id) {
            // Markup of another document.
            Tag::Template | Tag::Svg => {
                id = tree.end(id);
                continue;
            }
            Tag::Noscript => unscripted_until = tree.end(id),
            Tag::Title | Tag::Meta | Tag::Link
                if id < unscripted_until && tree.attribute(id, Attr::Itemprop).is_none() => {}
            Tag::Html => {
                let lang = tree.attribute(id, Attr::Lang).or_else(|| tree.attribute(id, Attr::XmlLang)).unwrap_or("");
                meta.add(MetaField::Language, lang, MetaSource::HtmlLang, "lang", None);
            }
            Tag::Title if !has_title => {
                has_title = true;
                let title = text(tree, id);
                meta.add(MetaField::Title, &title, MetaSource::TitleElement, "title", None);
            }
            Tag::Meta => meta_element(tree, id, &mut meta),
            Tag::Link if tree.tokens(id, Attr::Rel).any(|rel| rel.eq_ignore_ascii_case("canonical")) => {
                let address = tree.attribute(id, Attr::Href).unwrap_or("");
                meta.add(MetaField::Url, address, MetaSource::Link, "canonical", None);
            }
            Tag::H1 if n_headings < MAX_HEADINGS => {
                n_headings += 1;
                let key = if is_of_site(tree, id) { SITE_HEADING } else { "h1" };
                meta.add(MetaField::Title, &heading_text(tree, id), MetaSource::Heading, key, Some(id));
            }
            Tag::Time => {
                let value = tree.attribute(id, Attr::Datetime).map_or_else(|| text(tree, id), str::to_owned);
                let key = if tree.attribute(id, Attr::Pubdate).is_some() { "pubdate" } else { "time" };
                if !bylines.is_foreign(id) {
                    meta.add(MetaField::Time, &value, MetaSource::TimeElement, key, Some(id));
                }
            }
            _ => {}
        }
        if tree.tag(id) == Tag::Meta {
            labels.look(tree, id, &mut meta);
        }
        bylines.look(id, &mut meta);
        if tree.attribute(id, Attr::Itemprop).is_some() {
            microdata(tree, id, &mut meta);
        }
        id += 1;
    }
    meta
}

impl Meta {
    fn add(&mut self, field: MetaField, value: &str, source: MetaSource, key: &str, node: Option<NodeId>) {
        let value = match field {
            MetaField::Body => value.trim().to_owned(),
            MetaField::Url => collapse(value),
            _ => collapse(&plain(value)),
        };
        let is_too_long = field != MetaField::Body && value.len() > MAX_VALUE_BYTES;
        if value.is_empty() || is_too_long || self.candidates.len() >= MAX_CANDIDATES {
            return;
        }
        self.candidates.push(MetaCandidate { field, value, source, key: key.to_owned(), node, object: self.object });
    }

    /// A list of keywords in one string is one candidate each.
    fn add_list(&mut self, field: MetaField, value: &str, source: MetaSource, key: &str, node: Option<NodeId>) {
        let separator = if value.contains(';') && !value.contains(',') { ';' } else { ',' };
        for part in value.split(separator) {
            self.add(field, part, source, key, node);
        }
    }
}

fn meta_element(tree: &Tree, id: NodeId, meta: &mut Meta) {
    let Some(content) = tree.attribute(id, Attr::Content) else { return };
    for attribute in [Attr::Property, Attr::Name, Attr::HttpEquiv] {
        let Some(names) = tree.attribute(id, attribute) else { continue };
        for name in names.split_ascii_whitespace() {
            let name = name.to_ascii_lowercase();
            let plain = name.strip_prefix("dc:").map_or_else(|| name.clone(), |rest| format!("dc.{rest}"));
            let Some(&(_, field, source)) = META_NAMES.iter().find(|(known, ..)| *known == plain) else { continue };
            match field {
                MetaField::Tag if name != "article:tag" => meta.add_list(field, content, source, &name, None),
                MetaField::FreeToRead => {
                    let is_free = if content.trim().eq_ignore_ascii_case("free") { "true" } else { "false" };
                    meta.add(field, is_free, source, &name, None);
                }
                _ => meta.add(field, content, source, &name, None),
            }
        }
    }
}

/// Microdata of an article; that of its comments, reviews and wares is passed over.
fn microdata(tree: &Tree, id: NodeId, meta: &mut Meta) {
    let scope = tree.ancestors(id).find(|&a| tree.attribute(a, Attr::Itemscope).is_some());
    let scope_type = scope.and_then(|scope| tree.attribute(scope, Attr::Itemtype)).unwrap_or("");
    let scope_type = scope_type.trim_end_matches('/').rsplit(['/', '#']).next().unwrap_or("");
    if !(scope_type.is_empty()
        || json_ld::is_article_type(scope_type)
        || matches!(scope_type, "WebPage" | "CreativeWork" | "Question"))
    {
        return;
    }
    meta.object = u32::MAX - scope.unwrap_or(0);
    for name in tree.tokens(id, Attr::Itemprop) {
        let field = match name {
            "headline" | "alternativeHeadline" => MetaField::Title,
            "author" | "creator" => MetaField::Author,
            "datePublished" => MetaField::Published,
            "dateCreated" if matches!(scope_type, "Question" | "DiscussionForumPosting") => MetaField::Published,
            "dateModified" => MetaField::Modified,
            "articleSection" => MetaField::Section,
            "keywords" => MetaField::Tag,
            "publisher" => MetaField::Publisher,
            "inLanguage" => MetaField::Language,
            "isAccessibleForFree" => MetaField::FreeToRead,
            _ => continue,
        };
        // A person or house carries its name in an element of its own.
        let named = (id + 1..tree.end(id).min(id + MAX_VALUE_NODES))
            .find(|&n| tree.tokens(n, Attr::Itemprop).any(|prop| prop == "name"));
        let holder = if matches!(field, MetaField::Author | MetaField::Publisher) { named.unwrap_or(id) } else { id };
        let attribute = [Attr::Content, Attr::Datetime].iter().find_map(|&attr| tree.attribute(holder, attr));
        let value = attribute.map_or_else(|| text(tree, holder), str::to_owned);
        let node = (!text(tree, id).trim().is_empty()).then_some(id);
        match field {
            MetaField::Tag => meta.add_list(field, &value, MetaSource::Itemprop, name, node),
            MetaField::FreeToRead => meta.add(field, &value.to_ascii_lowercase(), MetaSource::Itemprop, name, node),
            MetaField::Author => {
                let holder_type = tree.attribute(id, Attr::Itemtype).unwrap_or("");
                let key = if holder_type.ends_with("Organization") { AUTHOR_HOUSE } else { name };
                meta.add(field, &value, MetaSource::Itemprop, key, node);
            }
            _ => meta.add(field, &value, MetaSource::Itemprop, name, node),
        }
    }
    if matches!(scope_type, "Question" | "DiscussionForumPosting") {
        meta.add(MetaField::PageType, scope_type, MetaSource::Itemprop, "itemtype", None);
    }
    meta.object = 0;
}

/// Whether a heading calls itself the site's name, or leads home.
fn is_of_site(tree: &Tree, id: NodeId) -> bool {
    let is_root = |href: &str| {
        let path = href.split_once("://").map_or(href, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
        path == "/"
    };
    tree.tokens(id, Attr::Class).any(|token| SITE_CLASSES.contains(&token))
        || (id + 1..tree.end(id).min(id + MAX_VALUE_NODES))
            .any(|n| tree.tag(n) == Tag::A && tree.attribute(n, Attr::Href).is_some_and(is_root))
}

/// Classes of headings that name the site or the book, as themes and generators of handbooks call them.
const SITE_CLASSES: &[&str] = &["site-title", "site-name", "menu-title", "wp-block-site-title", "navbar-brand", "logo"];

/// The text of a heading as it is shown: without links to itself, labels, icons, and what only a screen reader or only the
/// eye is given beside the rest (`Collection:` in front of a name, a drawn copy of the words).
fn heading_text(tree: &Tree, id: NodeId) -> String {
    let is_drawn = |n: NodeId| tree.attribute(n, Attr::AriaHidden).is_some_and(|value| value == "true");
    let is_spoken = |n: NodeId| {
        tree.tokens(n, Attr::Class).any(|token| {
            let token = token.to_ascii_lowercase();
            SPOKEN_ONLY.iter().any(|known| token.contains(known))
        })
    };
    let has_letters = |text: &String| text.chars().any(char::is_alphanumeric);
    let bare = || heading_without(tree, id, |n| is_drawn(n) || is_spoken(n));
    let spoken = || heading_without(tree, id, is_drawn);
    let all = || heading_without(tree, id, |_| false);
    Some(bare()).filter(has_letters).or_else(|| Some(spoken()).filter(has_letters)).unwrap_or_else(all)
}

/// The text of a heading without some of its elements.
fn heading_without(tree: &Tree, id: NodeId, is_out: impl Fn(NodeId) -> bool) -> String {
    let mut out = String::new();
    let mut ends: Vec<NodeId> = Vec::new();
    let mut at = id;
    while at < tree.end(id).min(id + MAX_VALUE_NODES) && out.len() <= MAX_VALUE_BYTES {
        while ends.pop_if(|end| *end <= at).is_some() {
            out.push(' ');
        }
        let is_anchor = |n: NodeId| tree.tokens(n, Attr::Class).any(|token| HEADING_ANCHORS.contains(&token));
        match tree.tag(at) {
            Tag::Svg | Tag::Script | Tag::Style | Tag::Button | Tag::Template | Tag::Noscript | Tag::Select => {
                at = tree.end(at);
                continue;
            }
            Tag::A if is_anchor(at) => {
                at = tree.end(at);
                continue;
            }
            // The label that a forum sets in front of a thread's name.
            Tag::Span if tree.tokens(at, Attr::Class).any(|token| matches!(token, "label" | "label-append")) => {
                at = tree.end(at);
                continue;
            }
            Tag::Text => out.push_str(tree.text(at)),
            Tag::Br => out.push(' '),
            _ if at > id && is_out(at) => {
                at = tree.end(at);
                continue;
            }
            tag if tag.is_block() => {
                out.push(' ');
                ends.push(tree.end(at));
            }
            _ => {}
        }
        at += 1;
    }
    out.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '¶' | '#' | '§' | '\u{E000}'..='\u{F8FF}'))
        .to_owned()
}

/// What the classes hold of that which is told to screen readers alone.
const SPOKEN_ONLY: &[&str] = &["visually-hidden", "visuallyhidden", "sr-only", "screen-reader"];

/// Classes of the link to a headline that stands in it.
const HEADING_ANCHORS: &[&str] = &["headerlink", "header-anchor", "anchor", "anchorlink", "permalink", "heading-link"];

/// A value without the escapes that a site wrote twice, as `&#8217;` in JSON-LD.
fn plain(value: &str) -> Cow<'_, str> {
    let has_escape = value.find('&').is_some_and(|at| value[at..].contains(';'));
    if !has_escape {
        return Cow::Borrowed(value);
    }
    // A `<` would begin an element; as an escape it comes out as it went in.
    let escaped = value.replace('<', "&lt;");
    crate::page::html::parse(&escaped, MAX_VALUE_DEPTH)
        .map_or(Cow::Borrowed(value), |tree| Cow::Owned(tree.text_below(0).collect()))
}

/// The text below an element, cut where it is too long to be a value.
fn text(tree: &Tree, id: NodeId) -> String {
    let mut out = String::new();
    for n in id..tree.end(id).min(id + MAX_VALUE_NODES) {
        match tree.tag(n) {
            Tag::Text => out.push_str(tree.text(n)),
            Tag::Br => out.push(' '),
            tag if tag.is_block() => out.push(' '),
            _ => {}
        }
        if out.len() > MAX_VALUE_BYTES {
            break;
        }
    }
    out
}

fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::html::parse;

    fn lines(html: &str) -> Vec<String> {
        let tree = parse(html, 512).expect("shallow");
        let line = |c: &MetaCandidate| {
            let node = c.node.map_or(String::new(), |id| format!(" <{}>", tree.name(id)));
            format!("{} {}/{}{node}: {}", c.field, c.source, c.key, c.value)
        };
        collect(&tree).candidates.iter().map(line).collect()
    }

    #[test]
    fn the_head_gives_its_candidates_in_order() {
        assert_eq!(
            lines(
                "<html lang=en-GB><head><title>Pier shut \n - Harbour Post</title>\
                 <meta property='og:title' content='Pier shut'><meta property=og:site_name content='Harbour Post'>\
                 <meta name=Author content='Ada Marsh'><meta property='article:published_time' content='2031-04-02T08:00:00+01:00'>\
                 <meta name=keywords content='pier, fog,, ferries'><meta property='article:tag' content='Wind, and rain'>\
                 <meta name='DC.date.modified' content='2031-04-03'><meta name='tdm-reservation' content=1>\
                 <meta name=robots content='noai'><link rel=canonical href='https://harbour.example/pier'>"
            ),
            [
                "language html_lang/lang: en-GB",
                "title title_element/title: Pier shut - Harbour Post",
                "title open_graph/og:title: Pier shut",
                "site open_graph/og:site_name: Harbour Post",
                "author meta_tag/author: Ada Marsh",
                "published open_graph/article:published_time: 2031-04-02T08:00:00+01:00",
                "tag meta_tag/keywords: pier",
                "tag meta_tag/keywords: fog",
                "tag meta_tag/keywords: ferries",
                "tag open_graph/article:tag: Wind, and rain",
                "modified dublin_core/dc.date.modified: 2031-04-03",
                "tdm_reservation meta_tag/tdm-reservation: 1",
                "robots meta_tag/robots: noai",
                "url link/canonical: https://harbour.example/pier",
            ]
        );
    }

    #[test]
    fn visible_candidates_name_their_element() {
        assert_eq!(
            lines(
                "<h1>Pier<br>shut</h1><p>By <a rel='nofollow author' href=/ada>Ada Marsh</a> \
                 <time datetime=2031-04-02>yesterday</time> <time pubdate>2 April</time>"
            ),
            [
                "title heading/h1 <h1>: Pier shut",
                "author rel_author/author <a>: Ada Marsh",
                "time time_element/time <time>: 2031-04-02",
                "time time_element/pubdate <time>: 2 April",
            ]
        );
    }

    #[test]
    fn microdata_of_the_article_counts_and_that_of_a_comment_does_not() {
        assert_eq!(
            lines(
                "<article itemscope itemtype='https://schema.org/NewsArticle'>\
                 <h2 itemprop=headline>Pier shut</h2><meta itemprop=datePublished content=2031-04-02>\
                 <span itemprop=author itemscope itemtype='https://schema.org/Person'>By <b itemprop=name>Ada Marsh</b></span>\
                 <div itemscope itemtype='https://schema.org/Comment'><i itemprop=author>gull</i></div></article>"
            ),
            [
                "title itemprop/headline <h2>: Pier shut",
                "published itemprop/datePublished: 2031-04-02",
                "author itemprop/author <span>: Ada Marsh",
            ]
        );
    }

    #[test]
    fn titles_of_drawings_and_huge_values_are_passed_over() {
        let html = format!("<svg><title>Anchor</title></svg><meta name=author content='{}'>", "x".repeat(5_000));
        // An attribute is cut at 4,096 bytes, which is still too long for a value.
        assert_eq!(lines(&html), Vec::<String>::new());
    }
}
