//! The reader gives the tree that html5ever gives alone, whatever the page.

use html5ever::driver::{ParseOpts, parse_document, parse_fragment};
use html5ever::interface::create_element;
use html5ever::local_name;
use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;

use super::*;
use crate::page::tree::Tree;

fn options(scripting_enabled: bool) -> ParseOpts {
    let tree_builder = TreeBuilderOpts { scripting_enabled, ..TreeBuilderOpts::default() };
    // Its tokenizer drops a mark of the byte order wherever a piece begins with one.
    let tokenizer = TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() };
    ParseOpts { tokenizer, tree_builder }
}

fn sink() -> Sink {
    Sink::new(tree::TreeBuilder::new(1 << 20))
}

fn body() -> QualName {
    QualName::new(None, ns!(html), local_name!("body"))
}

/// Each node with its depth, and the attributes that are read.
fn listed((parsed, mut builder): (Parsed, tree::TreeBuilder)) -> String {
    parsed.copy(false, &mut builder, &mut |raw, builder| builder.text(raw));
    let tree: Tree = builder.finish();
    let mut out = String::new();
    for id in 1..tree.len() {
        let (depth, tag) = (tree.depth(id), tree.tag(id));
        out.push_str(&format!("{depth} {tag:?} {} {:?}", tree.name(id), tree.text(id)));
        for (attr, value) in tree.attributes(id) {
            let is_kept = match Kept::of(tag) {
                Kept::All => true,
                Kept::Read(bits) => attributes::read(attr.as_str()).is_some_and(|read| bits & read.bit != 0),
            };
            if is_kept {
                out.push_str(&format!(" {attr:?}={value:?}"));
            }
        }
        out.push('\n');
    }
    out
}

/// What html5ever makes of a page, of markup inside one without scripts, and what the reader makes of them.
fn both(html: &str) -> [(String, String); 2] {
    let read = |parser| {
        let mut reader = Reader::new(html, parser);
        while reader.step() {}
        listed(reader.finish())
    };
    let tail = html.strip_prefix('\u{FEFF}').unwrap_or(html);
    let page = listed(parse_document(sink(), options(true)).one(tail));
    let part = listed(parse_fragment(sink(), options(false), body(), Vec::new(), false).one(tail));
    let empty = sink();
    let context = create_element(&empty, body(), Vec::new());
    let fragment = TreeBuilder::new_for_fragment(empty, context, None, options(false).tree_builder);
    [(page, read(TreeBuilder::new(sink(), options(true).tree_builder))), (part, read(fragment))]
}

#[track_caller]
fn assert_same(html: &str) {
    for (theirs, ours) in both(html) {
        assert!(theirs == ours, "{html:?}\n--- html5ever\n{theirs}--- reader\n{ours}");
    }
}

/// Pieces of pages, odd ones among them.
const PIECES: &[&str] = &[
    "<",
    ">",
    "/",
    "!",
    "?",
    "=",
    "\"",
    "'",
    "&",
    ";",
    "#",
    "-",
    "--",
    "]]>",
    " ",
    "\n",
    "\r",
    "\r\n",
    "\0",
    "\t",
    "\u{C}",
    "\u{FEFF}",
    "a",
    "Б",
    "é",
    "tide",
    "pier and fog",
    "&amp;",
    "&amp",
    "&lt;",
    "&nbsp;",
    "&notit;",
    "&not",
    "&copy=1",
    "&#65;",
    "&#x42",
    "&#128;",
    "&#0;",
    "&#xD800;",
    "&#99999999;",
    "&unknown;",
    "&a",
    "&hellip;",
    "&NotEqualTilde;",
    "<p>",
    "</p>",
    "<div class=\"a b\" data-x='1'>",
    "<DIV CLASS=A Class=b>",
    "</DIV >",
    "</div/>",
    "</div a='>'>",
    "<p class=a&amp;b id='x&lty' title=\"&quot;\">",
    "<p class='a\r\nb'>",
    "<p id=a/>",
    "<p / id = b / >",
    "<p =a=b>",
    "<p class",
    "<p class=",
    "<p class=\"",
    "<p class=\"x",
    "<p class='a'id='b'>",
    "<p \"a\" <b id=c>",
    "<p id=\"a\0b\">",
    "<p\0>",
    "<p id\0=a>",
    "<p hidden>",
    "<p style = 'display : none' >",
    "<p data-testid=a data-component=b srcset=c>",
    "<br>",
    "<br/>",
    "</br>",
    "<hr/>",
    "<img src=a alt='b > c'>",
    "<input type=hidden>",
    "<input type=Text>",
    "<b>",
    "</b>",
    "<b id=a>",
    "<b title=a>",
    "<b title=b>",
    "<b a a=1 b b=2>",
    "<i>",
    "</i>",
    "<a href='?a=1&b=2&amp;c=3'>",
    "<a target=x>",
    "</a>",
    "<font color=red>",
    "<font size=1>",
    "</font>",
    "<nobr x=1>",
    "<ul>",
    "<li value=3>",
    "</ul>",
    "<ol start=2 reversed type=a>",
    "<dl><dt>",
    "<dd>",
    "<table>",
    "<tr>",
    "<td>",
    "</td>",
    "</table>",
    "<caption>",
    "<tbody>",
    "<colgroup>",
    "<col>",
    "<select>",
    "<option>",
    "</select>",
    "<form>",
    "</form>",
    "<button>",
    "<h1>",
    "</h2>",
    "<pre>",
    "<pre>\n",
    "<pre>\r\n",
    "<listing>\n\n",
    "</pre>",
    "<textarea>",
    "<textarea>\n",
    "<textarea>\r\n",
    "</textarea>",
    "</textarea",
    "</TextArea >",
    "<title>",
    "</title>",
    "</title x",
    "<style>",
    "</style>",
    "</style/>",
    "<script>",
    "<script type=application/ld+json>",
    "<script\0>",
    "</script>",
    "</SCRIPT\n>",
    "</script",
    "</scrip",
    "<!--<script>",
    "<!--",
    "-->",
    "--!>",
    "<!-->",
    "<!--->",
    "<!---->",
    "<!--a--b-->",
    "<!-",
    "<!x>",
    "<!>",
    "</>",
    "</ x>",
    "<?xml version='1'?>",
    "<?",
    "<!doctype html>",
    "<!DOCTYPE html PUBLIC \"a>b\">",
    "<!doctype",
    "<![CDATA[",
    "<![CDATA[x]]>",
    "<![cdata[x]]>",
    "<xmp>",
    "</xmp>",
    "<iframe src=x>",
    "</iframe>",
    "<noembed>",
    "</noembed>",
    "<noframes>",
    "</noframes>",
    "<noscript>",
    "</noscript>",
    "<plaintext>",
    "<template shadowrootmode=open>",
    "</template>",
    "<svg>",
    "<svg/>",
    "</svg>",
    "<path d='M0 0'/>",
    "<a xlink:href=x xlink:role=img>",
    "<foreignObject>",
    "</foreignobject>",
    "<desc>",
    "<math>",
    "<mi>",
    "</math>",
    "<annotation-xml encoding=text/html>",
    "<annotation-xml>",
    "<html lang=en>",
    "<html class=a id=b>",
    "<head>",
    "</head>",
    "<body class=a>",
    "<body id=b onload=c>",
    "</body>",
    "</html>",
    "<frameset>",
    "<frame>",
    "</frameset>",
    "<meta charset=utf-8>",
    "<meta http-equiv=content-type content='a; charset=b'>",
    "<meta name=author content='A &amp; B'>",
    "<link rel=canonical href=x>",
    "<x-tide class=y>",
    "</x-tide>",
    "<time pubdate>",
    "<dialog open>",
    "<ruby><rt>",
    "<object>",
    "<applet>",
    "<image>",
    "<keygen>",
    "<itemscope itemprop=a itemtype=b>",
];

#[test]
fn a_page_of_any_two_pieces_is_read_as_html5ever_reads_it() {
    for first in PIECES {
        for second in PIECES {
            assert_same(&format!("{first}{second}"));
            assert_same(&format!("<p>a{first}b{second}c<i>d</i>"));
            assert_same(&format!("<pre>{first}{second}\n<table>{first}\r\n{second}"));
        }
    }
}

#[test]
fn random_pages_are_read_as_html5ever_reads_them() {
    // A small linear congruential generator (constants of Knuth's MMIX).
    let mut state = 7u64;
    let mut pick = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    for _ in 0..20_000 {
        // Few pieces a page, so that each page leans on other rules.
        let chosen: Vec<&str> = (0..1 + pick(12)).map(|_| PIECES[pick(PIECES.len())]).collect();
        let html: String = (0..1 + pick(40)).map(|_| chosen[pick(chosen.len())]).collect();
        assert_same(&html);
    }
}

#[test]
fn a_value_and_a_text_longer_than_a_chunk_are_whole() {
    let long = "tide ".repeat(CHUNK_BYTES);
    assert_same(&format!(
        "<p class='{long}'>{long}<b title='{long}'>é{long}</b>{}",
        "<i id=ebb>a</i> and fog ".repeat(9_000)
    ));
}

#[test]
fn a_tag_of_many_attributes_costs_little() {
    let names: String = (0..100_000).map(|at| format!(" a{at}=b")).collect();
    let started = std::time::Instant::now();
    for name in ["p", "font"] {
        let html = format!("<{name}{names}>tide");
        let mut reader = Reader::new(&html, TreeBuilder::new(sink(), TreeBuilderOpts::default()));
        while reader.step() {}
        assert!(listed(reader.finish()).contains("tide"));
    }
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}
