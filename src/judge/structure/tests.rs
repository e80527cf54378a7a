//! Tests of the judgement on whole small pages.

use super::*;
use crate::options::Options;
use crate::page::html::lay_out;

const STORY: [&str; 4] = [
    "The harbour office closed the north pier on Monday after a storm loosened two of its posts, and said that it would stay shut for a week.",
    "Ferries leave from the south quay instead, where the crew of the Heron carried bags across a plank, as they did twenty years ago.",
    "“We have done this before,” said the master of the ferry. The fish market, which stands on the pier, moved its stalls into the old rope works.",
    "A new set of posts has been ordered, the office wrote, and divers will look at the rest of them before the pier is opened again.",
];

fn story() -> String {
    STORY.map(|text| format!("<p>{text}</p>")).concat()
}

/// The blocks that are kept, or not, with their kind.
fn judge(html: &str, favor: Option<Favor>) -> Vec<(bool, Kind, String)> {
    let page = lay_out(html, &Options::default());
    let verdicts = judge_structure(&page.layout, &page.tree, &Names::new(&page.tree), favor);
    assert_eq!(verdicts.len(), page.layout.blocks.len());
    assert!(verdicts.iter().all(|v| (0.0..=1.0).contains(&v.is_article)));
    let block =
        |(block, v): (&Block, &Verdict)| (v.is_article >= 0.5, v.kind, page.layout.block_text(block).to_owned());
    page.layout.blocks.iter().zip(&verdicts).map(block).collect()
}

fn kept(html: &str) -> Vec<String> {
    judge(html, None).into_iter().filter(|(is_kept, ..)| *is_kept).map(|(.., text)| text).collect()
}

fn dropped(html: &str) -> Vec<(Kind, String)> {
    judge(html, None).into_iter().filter(|(is_kept, ..)| !is_kept).map(|(_, kind, text)| (kind, text)).collect()
}

#[test]
fn the_story_stays_and_named_parts_go_under_their_kind() {
    let html = format!(
        "<nav><ul><li><a href=/>Home</a><li><a href=/n>News</a></ul></nav><div class=breadcrumbs><a href=/n>News</a> / Sea</div>\
         <article><h1>North pier shut for a week</h1>{}<div class='post__share-bar'><a href=/s>Share this</a></div></article>\
         <div class=related-posts><h3><a href=/x>Gulls take over the rope works</a></h3><h3><a href=/y>Tide tables</a></h3></div>\
         <div id=comments><p>Nice one, gull.</p></div><div class=cookie-notice>We use cookies to make the site better.</div>\
         <footer><p>All rights of the Harbour Post are reserved.</p></footer><p hidden>Off</p>",
        story()
    );
    assert_eq!(kept(&html), ["North pier shut for a week"].iter().chain(&STORY).copied().collect::<Vec<_>>());
    let kinds: Vec<Kind> = dropped(&html).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(
        kinds,
        [
            Kind::Navigation,
            Kind::Navigation,
            Kind::Breadcrumb,
            Kind::ShareBar,
            Kind::Related,
            Kind::Related,
            Kind::Comments,
            Kind::CookieNotice,
            Kind::SourceFooter,
            Kind::Hidden,
        ]
    );
}

#[test]
fn lists_tables_and_headings_inside_the_story_stay() {
    let html = format!(
        "<nav><a href=/>Home</a></nav><main>{}<h2>What moves where</h2><ul><li>The fish market goes to the rope works.<li>Ferries leave \
         from the south quay.</ul><table><tr><th>Boat<th>Quay<tr><td>Heron<td>South</table>{}</main><footer>Imprint</footer>",
        story(),
        story()
    );
    let kept = kept(&html);
    for text in ["What moves where", "- Ferries leave from the south quay.", "Boat\tQuay", "Heron\tSouth"] {
        assert!(kept.iter().any(|k| k == text), "{text}");
    }
}

#[test]
fn a_form_around_the_page_and_a_teaser_class_on_the_story_lose_nothing() {
    for open in [
        "<form id=aspnetForm>",
        "<div class=teaser>",
        "<div class='page nav-open modal'>",
        "<div class=sidebar>",
        "<aside>",
    ] {
        let html = format!("<body>{open}<div><a href=/>Home</a></div>{}", story());
        assert_eq!(kept(&html), STORY, "{open}");
    }
}

#[test]
fn comments_longer_than_the_story_are_still_comments() {
    let long = format!("{0}{0}", story());
    let html = format!(
        "<article>{long}</article><section class=comments>{}</section>",
        "<p>I saw it fall, and my cousin, who sells eels, saw it too.</p>".repeat(60)
    );
    assert!(dropped(&html).iter().all(|(kind, _)| *kind == Kind::Comments));
    assert_eq!(kept(&html).len(), 8);
}

#[test]
fn without_a_clear_story_the_longest_paragraphs_stay() {
    assert_eq!(
        kept("<div>Home</div><div>The pier is shut until the divers have looked at it.</div>")
            .last()
            .map(String::as_str),
        Some("The pier is shut until the divers have looked at it.")
    );
    assert!(judge("", None).is_empty());
    assert_eq!(kept("<p>Tide").len(), 1);
}

#[test]
fn recall_keeps_no_less_and_precision_no_more() {
    let html = format!(
        "<div><a href=/>Home</a> Sea</div><div>{}<p>More to come</p></div><div><p>Written at the quay</p></div>",
        story()
    );
    let n_kept = |favor| judge(&html, favor).iter().filter(|(is_kept, ..)| *is_kept).count();
    let (precision, balance, recall) = (n_kept(Some(Favor::Precision)), n_kept(None), n_kept(Some(Favor::Recall)));
    assert!(precision <= balance && balance <= recall, "{precision} {balance} {recall}");
    assert!(precision >= STORY.len());
}

#[test]
fn a_page_in_a_script_without_spaces_has_prose() {
    assert!(count_words("港の事務所は月曜日に北の桟橋を閉めた。") >= 8);
    assert!(ends_sentence("港は閉まった。」") && ends_sentence("“It is shut.” ") && !ends_sentence("Shut"));
}
