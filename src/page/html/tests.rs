//! Tests of the parser's driver and of its bounds.

use super::*;
use crate::page::tree::{Attr, NodeId, Tag};

const MAX: usize = 512;

fn find(tree: &Tree, tag: Tag) -> Option<NodeId> {
    (0..tree.len()).find(|&id| tree.tag(id) == tag)
}

fn text(tree: &Tree) -> String {
    tree.text_below(0).collect::<Vec<_>>().join("|")
}

#[test]
fn a_value_of_a_long_tag_that_looks_like_a_tag_hides_no_text() {
    let html =
        format!("<p>One</p><script a={} b=<style>var c;</script><p>Two</p><style>d {{}}</style>", "x".repeat(2_000));
    let page = lay_out(&html, &Options::default());
    assert!(page.layout.text.contains("Two"), "{}", page.layout.text);
}

#[test]
fn a_page_becomes_a_tree_in_document_order() {
    let tree = parse("<p class=lead>The <b>pier</b> reopens<p>Boats wait", MAX).expect("shallow");
    let names: Vec<&str> = (0..tree.len()).map(|id| tree.name(id)).collect();
    assert_eq!(names, ["", "html", "head", "body", "p", "", "b", "", "", "p", ""]);
    assert_eq!(tree.attribute(4, Attr::Class), Some("lead"));
    assert_eq!(text(&tree), "The |pier| reopens|Boats wait");
}

#[test]
fn scripts_and_styles_hold_no_text_but_json_ld_does() {
    let tree = parse(
        "<style>p{}</style><script>var tide = 1;</script><script type='application/ld+json; charset=utf-8'>{\"a\":1}</script>",
        MAX,
    )
    .expect("shallow");
    assert_eq!(text(&tree), "{\"a\":1}");
}

#[test]
fn what_only_looks_like_a_script_is_read_as_the_parser_reads_it() {
    for (html, expected) in [
        ("<p>a<script>x</p><b>1</b></SCRIPT >b<style>c</style>d", "a|b|d"),
        ("<p title='<script>'>a</p><b>b</script>c</b>", "a|bc"),
        ("<script></script><!-- <script> --><p>a</p><!-- </script> --><p>b", "a|b"),
        ("<script><!--<script></script>--></script>a", "a"),
        ("<svg><style>a<text>b</text></style></svg>c", "b|c"),
        ("<textarea><script></textarea>a<i></script>b</i>", "<script>|a|b"),
        ("<title><style></title>a</style>b", "<style>|ab"),
        ("<select><option>a<script>x</script>b</select>", "a|b"),
        ("<table><style>x</style><tr><td>a<script>y</script></table>", "a"),
        ("<p>a<script>never closed", "a"),
        ("<a href=x<script>a</a>b</script>c", "a|bc"),
        ("<script/>x</script>a<scripture>b</scripture>", "a|b"),
        ("<template><script>x</script>a</template>b", "a|b"),
    ] {
        assert_eq!(text(&parse(html, MAX).expect("shallow")), expected, "{html}");
    }
}

#[test]
fn what_stands_in_noscript_is_grafted_as_elements() {
    let tree = parse("<div><noscript><p class=x>Turn &amp; wait</p><img src=a></noscript></div><p>Tide", MAX)
        .expect("shallow");
    let noscript = find(&tree, Tag::Noscript).expect("it is kept");
    let p = find(&tree, Tag::P).expect("it is parsed");
    assert!(tree.is_within(p, noscript));
    assert_eq!(tree.parent(p), Some(noscript));
    assert_eq!(tree.attribute(p, Attr::Class), Some("x"));
    assert_eq!(text(&tree), "Turn & wait|Tide");
}

#[test]
fn the_contents_of_templates_lie_under_their_template() {
    let tree = parse("<div><template shadowrootmode=open><p>Inside</p></template>Outside</div>", MAX).expect("shallow");
    let template = find(&tree, Tag::Template).expect("it is kept");
    assert!(tree.is_within(find(&tree, Tag::P).expect("it is parsed"), template));
}

#[test]
fn a_hundred_thousand_nested_elements_are_refused_at_once() {
    let started = std::time::Instant::now();
    let page = lay_out(&"<div>".repeat(100_000), &Options::default());
    assert_eq!(page.too_deep, Some(MAX * 5));
    assert!(page.tree.is_empty() && page.layout.blocks.is_empty());
    assert!(started.elapsed().as_secs() < 2, "{:?}", started.elapsed());
}

#[test]
fn a_long_ordinary_page_is_parsed() {
    let html = format!("<ul>{}</ul>{}", "<li>tide".repeat(10_000), "<p>The tide came in.".repeat(10_000));
    let page = lay_out(&html, &Options::default());
    assert_eq!(page.too_deep, None);
    assert_eq!(page.layout.blocks.len(), 20_000);
}

#[test]
fn nesting_in_noscript_falls_back_to_its_text() {
    let html = format!("<noscript>{}fog</noscript><p>Tide", "<div>".repeat(2_000));
    let tree = parse(&html, MAX).expect("raw text is not nesting");
    assert_eq!(text(&tree), "fog|Tide");
}

#[test]
fn names_of_drawings_are_told_from_those_of_pages() {
    let tree = parse("<svg><title>An anchor</title><text>Depth</text></svg><title>Port</title>", MAX).expect("shallow");
    assert!(find(&tree, Tag::SvgTitle) < find(&tree, Tag::SvgText));
    assert_eq!(tree.text_below(find(&tree, Tag::Title).expect("the page's own")).collect::<String>(), "Port");
}

/// Tags whose rules differ, for random pages.
const SOUP: &[&str] = &[
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<a href=x>",
    "</a>",
    "<font size=1>",
    "<font size=2>",
    "</font>",
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<caption>",
    "<tbody>",
    "<li>",
    "</li>",
    "<ul>",
    "</ul>",
    "<span>",
    "</span>",
    "<h2>",
    "</h2>",
    "<h3>",
    "<button>",
    "</button>",
    "<svg>",
    "</svg>",
    "<g>",
    "<title>",
    "</title>",
    "<foreignObject>",
    "<math>",
    "<mi>",
    "</math>",
    "<select>",
    "<option>",
    "</select>",
    "<form>",
    "</form>",
    "<dl>",
    "<dt>",
    "<dd>",
    "</dl>",
    "<x-tide>",
    "</x-tide>",
    "tide",
    "<template>",
    "</template>",
    "<object>",
    "</object>",
    "<style>",
    "</style>",
    "<script><!--<script>",
    "</script>",
    "-->",
    "<![CDATA[",
    "]]>",
    "<textarea>",
    "</textarea>",
    "<blockquote>",
    "</blockquote>",
    "<ruby>",
    "<rt>",
    "<br>",
    "<hr>",
    "<!-- ",
    "<nobr>",
];

#[test]
fn the_count_before_parsing_holds_for_the_parsed_tree() {
    // A small linear congruential generator (constants of Knuth's MMIX).
    let mut state = 42u64;
    let mut n_parsed = 0;
    for round in 0..1_000 {
        let mut html = String::from("<body>");
        // A few tags a page, so that each page leans on other rules.
        let mut pick = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize
        };
        let chosen: Vec<&str> = (0..2 + pick() % 9).map(|_| SOUP[pick() % SOUP.len()]).collect();
        for _ in 0..400 {
            html.push_str(chosen[pick() % chosen.len()]);
        }
        if depth::first_excess(&html, SHALLOW, true).is_some() {
            continue;
        }
        n_parsed += 1;
        let tree =
            parse(&html, SHALLOW).unwrap_or_else(|_| panic!("round {round}: the parser disagrees on {chosen:?}"));
        let deepest = (0..tree.len()).map(|id| tree.depth(id)).max().unwrap_or(0) as usize;
        assert!(deepest < SHALLOW * STACK_SLACK + 16, "round {round}: {deepest} levels of {chosen:?}");
    }
    assert!(n_parsed > 300, "{n_parsed} pages were shallow enough to say something");
}

/// The bound for random pages: they are short.
const SHALLOW: usize = 24;
