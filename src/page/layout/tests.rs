//! Tests of the layout: a page in, its blocks out, one a line.

use super::*;
use crate::page::html::parse;

fn layout(html: &str) -> Layout {
    lay_out(&parse(html, 512).expect("shallow"), 1_000)
}

/// One line a block: shape, group, hidden, gap, text.
fn blocks(html: &str) -> Vec<String> {
    let layout = layout(html);
    let mut before = 0;
    let mut lines = Vec::new();
    for block in &layout.blocks {
        assert!(layout.text[before..block.span.start as usize].trim().is_empty());
        assert_eq!(
            block.gap_before,
            layout.text[before..block.span.start as usize].contains("\n\n"),
            "a blank line stands where a gap is"
        );
        before = block.span.end as usize;
        let shape = match block.shape {
            Shape::Paragraph => "p".to_owned(),
            Shape::Heading(level) => format!("h{level}"),
            Shape::ListItem => "li".to_owned(),
            Shape::TableRow => "tr".to_owned(),
            Shape::Quote => "quote".to_owned(),
            Shape::Code => "code".to_owned(),
            Shape::Verse => "verse".to_owned(),
            Shape::Caption => "caption".to_owned(),
        };
        let group = block.group.map_or(String::new(), |group| group.to_string());
        let hidden = if block.hidden { " hidden" } else { "" };
        lines.push(format!("{shape}{group}{hidden}: {}", layout.block_text(block)));
    }
    assert_eq!(before, layout.text.len());
    lines
}

#[test]
fn each_run_of_text_in_a_block_element_is_a_block() {
    assert_eq!(
        blocks(
            "<title>Port</title><div>Ferry <b>four</b>\n  waits<p>in <i>the</i> fog.</p>tail</div><h2>North<br>quay</h2>"
        ),
        ["p: Ferry four waits", "p: in the fog.", "p: tail", "h2: North quay"]
    );
}

#[test]
fn blocks_are_parted_by_a_blank_line_and_lines_by_a_break() {
    let layout = layout("<p>One line of text.<br>Another line of text.</p><p>Next</p><ul><li>a<li>b</ul>");
    assert_eq!(layout.text, "One line of text.\nAnother line of text.\n\nNext\n\n- a\n- b");
}

#[test]
fn short_lines_parted_by_breaks_are_verse_and_long_ones_are_paragraphs() {
    assert_eq!(
        blocks("<p>The tide comes in,<br>the tide goes out,<br>the boats lie still<br><br>and wait.</p>"),
        [
            "verse0: The tide comes in,",
            "verse0: the tide goes out,",
            "verse0: the boats lie still",
            "verse1: and wait."
        ]
    );
    let long = "The harbour office said that the ferry would not leave before the fog had lifted.";
    assert_eq!(blocks(&format!("<div>{long}<br>{long}<br><br>{long}</div>")), vec![format!("p: {long}"); 3]);
    assert_eq!(blocks("<p>A<br><br>B</p>"), ["p: A", "p: B"]);
    assert_eq!(
        blocks("<p><a href=/a>News</a><br><a href=/b>Tides</a><br><a href=/c>Boats</a></p>"),
        ["p: News", "p: Tides", "p: Boats"]
    );
}

#[test]
fn list_items_carry_their_markers() {
    assert_eq!(
        blocks("<ul><li>rope<li>oars<ul><li>long<li>short</ul><li>sail</ul>"),
        ["li0: - rope", "li0: - oars", "li0: - long", "li0: - short", "li0: - sail"]
    );
    assert_eq!(
        blocks("<ol start=3><li>rope<li value=9>oars<li>sail</ol>"),
        ["li0: 3. rope", "li0: 9. oars", "li0: 10. sail"]
    );
    assert_eq!(blocks("<ol reversed><li>rope<li>oars</ol>"), ["li0: 2. rope", "li0: 1. oars"]);
    assert_eq!(blocks("<ol type=a><li>rope<li>oars</ol>"), ["li0: a. rope", "li0: b. oars"]);
}

#[test]
fn an_item_of_several_paragraphs_is_marked_once() {
    assert_eq!(
        blocks("<ol><li><p>Tie the rope.</p><p>Then wait.</p><li>Row.</ol>"),
        ["li0: 1. Tie the rope.", "li0: Then wait.", "li0: 2. Row."]
    );
}

#[test]
fn an_item_that_holds_a_text_of_its_own_is_laid_out_as_one() {
    assert_eq!(blocks("<ul><li><h3>Fog</h3><p>The pier is shut.</p></ul>"), ["h3: Fog", "p: The pier is shut."]);
}

#[test]
fn a_list_that_something_else_parts_is_two_groups() {
    assert_eq!(
        blocks("<ul><li>rope<li><h3>Fog</h3><li>oars<li>sail</ul>"),
        ["li0: - rope", "h3: Fog", "li1: - oars", "li1: - sail"]
    );
}

#[test]
fn rows_of_a_data_table_are_lines_with_tabs() {
    assert_eq!(
        blocks(
            "<table><caption>Tides</caption><tr><th></th><th>High</th><tr><td>Mon</td><td><p>4.1 <b>m</b></p></td></tr></table>"
        ),
        ["caption: Tides", "tr0: \tHigh", "tr0: Mon\t4.1 m"]
    );
    assert_eq!(blocks("<table><tr><td>Mon<td>4.1<br>4.3</table>"), ["tr0: Mon\t4.1 4.3"]);
}

#[test]
fn tables_that_lay_out_the_page_are_ordinary_blocks() {
    assert_eq!(
        blocks("<table><tr><td><p>One.</p><p>Two.</p></td><td>Menu</td></tr></table>"),
        ["p: One.", "p: Two.", "p: Menu"]
    );
    assert_eq!(blocks("<table><tr><td>Alone</td></tr><tr><td>again</td></tr></table>"), ["p: Alone", "p: again"]);
    assert_eq!(blocks("<table><tr><td>a<td><table><tr><td>b<td>c</table></table>"), ["p: a", "tr0: b\tc"]);
}

#[test]
fn preformatted_text_keeps_its_lines() {
    assert_eq!(
        blocks("<p>x</p><pre>\n\n  let tide = 1;\n<span>    wait();</span>\n\n</pre><p>y</p>"),
        ["p: x", "code0:   let tide = 1;\n    wait();", "p: y"]
    );
    assert_eq!(blocks("<pre><div>a</div><div>b</div></pre>"), ["code0: a\nb"]);
}

#[test]
fn quotes_and_captions_have_their_shape() {
    assert_eq!(
        blocks(
            "<blockquote><p>We wait.</p>The master</blockquote><figure><img alt='a pier'><figcaption>The pier</figcaption></figure>He said <q>no</q>."
        ),
        ["quote: We wait.", "quote: The master", "caption: The pier", "p: He said “no”."]
    );
}

#[test]
fn links_and_buttons_without_white_space_are_kept_apart_and_words_are_not() {
    assert_eq!(blocks("<nav><a href=/>Home</a><a href=/n>News</a><button>Menu</button></nav>"), ["p: Home News Menu"]);
    assert_eq!(
        blocks("<p><span class=cap>T</span>he f<b>err</b>y <span>12</span><span>.50</span>"),
        ["p: The ferry 12.50"]
    );
    assert_eq!(blocks("<p><span>By Ada Marsh</span><span>Today</span>"), ["p: By Ada Marsh Today"]);
    assert_eq!(
        blocks("<p><span>Mc</span><span>donald</span> H<sub>2</sub>O <wbr>super<wbr>tanker"),
        ["p: Mcdonald H2O supertanker"]
    );
    assert_eq!(blocks("<p>fog<img src=x>horn"), ["p: fog horn"]);
}

#[test]
fn options_are_visible_and_images_and_fields_say_nothing() {
    assert_eq!(
        blocks(
            "<img alt=pier><input value=Go placeholder=Search><select><option>North<option>South</select><textarea>Note</textarea>"
        ),
        ["p: North", "p: South", "p: Note"]
    );
}

#[test]
fn hidden_text_is_marked_and_a_sentence_around_it_stays_whole() {
    assert_eq!(
        blocks("<p>The pier <span style='color:red; DISPLAY : none !important'>x7</span>is shut.<p hidden>Off"),
        ["p: The pier is shut.", "p hidden: x7", "p hidden: Off"]
    );
    assert_eq!(
        blocks(
            "<noscript><p>Turn it on</p></noscript><template>T</template><dialog>D</dialog><dialog open>E</dialog><p>a<p>b"
        ),
        ["p hidden: Turn it on", "p hidden: T", "p hidden: D", "p: E", "p: a", "p: b"]
    );
    assert_eq!(
        blocks("<p aria-hidden=true>Seen</p><details><summary>More</summary>Tides</details>"),
        ["p: Seen", "p: More", "p: Tides"]
    );
    assert_eq!(
        blocks("<p>Seen for long<div style='visibility:hidden'>No<p>Nor this</div>"),
        ["p: Seen for long", "p hidden: No", "p hidden: Nor this"]
    );
}

#[test]
fn a_style_that_hides_most_of_the_page_hides_nothing() {
    assert_eq!(
        blocks("<body style='display:none'><div style='visibility:hidden'><p>The whole story.</div><p>Foot"),
        ["p: The whole story.", "p: Foot"]
    );
}

#[test]
fn folded_panels_count_as_visible() {
    assert_eq!(
        blocks(
            "<p>The story goes on below.<button aria-expanded=false aria-controls=more>More</button><div hidden id=more>Fog</div>\
                <div role=region style='display:none'>Tide</div><div hidden id=other>Off</div><div hidden id='S:1f'>Late</div>"
        ),
        ["p: The story goes on below. More", "p: Fog", "p: Tide", "p hidden: Off", "p: Late"]
    );
}

#[test]
fn a_noscript_that_is_the_page_itself_is_visible_and_a_plea_is_not() {
    let story = "The harbour office said that the ferry would wait. ".repeat(30);
    assert_eq!(
        blocks(&format!("<p>Loading</p><noscript><p>{story}</noscript>"))[1],
        format!("p: {}", story.trim_end())
    );
    assert_eq!(
        blocks("<p>Tide</p><noscript>Please turn on scripts to read this.</noscript>")[1..],
        ["p hidden: Please turn on scripts to read this."]
    );
}

#[test]
fn the_share_of_links_counts_letters() {
    let layout = layout("<p>abcd <a href=/x>efgh</a></p><p><a name=top>here</a></p><ul><li><a href=/y>all</a></ul>");
    let shares: Vec<f32> = layout.blocks.iter().map(|b| b.link_share).collect();
    assert_eq!(shares, [0.5, 0.0, 1.0]);
}

#[test]
fn a_block_knows_the_deepest_element_that_holds_it() {
    let tree =
        parse("<div><p class=a><b>Fog</b></p><p class=b>The <b>pier</b> is shut</p></div>", 512).expect("shallow");
    let layout = lay_out(&tree, 100);
    let tags: Vec<&str> = layout.blocks.iter().filter_map(|b| b.node).map(|id| tree.name(id)).collect();
    assert_eq!(tags, ["b", "p"]);
}

#[test]
fn beyond_the_bound_the_last_block_takes_the_rest() {
    let tree = parse("<p>a<p>b<p>c<p>d<p hidden>e", 512).expect("shallow");
    let layout = lay_out(&tree, 2);
    assert_eq!(layout.blocks.len(), 2);
    assert_eq!(layout.block_text(&layout.blocks[1]), "b\n\nc\n\nd");
}

#[test]
fn an_unclosed_heading_does_not_swallow_the_page() {
    let html = format!("<h1>Fog at the pier{}", "<p>The harbour office waits.".repeat(3));
    assert_eq!(blocks(&html).len(), 4);
    assert_eq!(blocks("<h1><span>North</span><div>quay</div></h1>"), ["h1: North quay"]);
}

#[test]
fn no_visible_letter_is_lost() {
    let html = "<body>a<div>b<table><tr><td>c<table><tr><td>d<td>e</table>f</table><ul>g<li>h<ol><li>i</ol>j</ul>k<pre>l<br>m</pre>\
                <select><option>n</select><form>o<label>p</label><button>q</button></form><dl><dt>r<dd>s</dl><svg><text>t</text></svg>\
                <details>u</details><figure>v<figcaption>w</figcaption></figure><x-tide>x<p>y</x-tide><font>z";
    let text: String = layout(html).text.chars().filter(char::is_ascii_lowercase).collect();
    assert_eq!(text, "abcdefghijklmnopqrstuvwxyz");
}
