use super::*;
use crate::page::html::parse;
use crate::page::meta::collect;

fn check(html: &str, url: &str, expected: &str) {
    let tree = parse(html, 512).expect("shallow");
    let got = settle(&collect(&tree), Some(url));
    assert_eq!(got.map(|t| t.text).as_deref(), Some(expected), "{html}");
}

#[test]
fn the_heading_that_the_title_repeats_is_the_headline() {
    check(
        "<title>Pier shut after storm - Harbour Post</title><h1>Harbour Post</h1><h1>Pier shut after storm</h1>",
        "https://harbour.example/pier",
        "Pier shut after storm",
    );
    // The book that a chapter belongs to stands behind it.
    check(
        "<title>Knots and splices | The rope book</title><h1>The rope book</h1>",
        "https://harbour.example/book/knots",
        "Knots and splices",
    );
    check(
        "<title>Knots and splices - The rope book</title><h1 class=menu-title>The rope book</h1>",
        "",
        "Knots and splices",
    );
    check("<title>Splicing wire - The rope page</title><h1><a href=/>The rope page</a></h1>", "", "Splicing wire");
    check("<title>The rope book - How to splice wire</title><h1>How to splice wire</h1>", "", "How to splice wire");
    // The name of the ware begins with that of its maker.
    check(
        "<title>Harbourworks trail rope 25 | Harbourworks</title><h1>Harbourworks trail rope 25</h1>",
        "https://harbourworks.example/p/25",
        "Harbourworks trail rope 25",
    );
    // The forum's name stands above all its threads.
    check(
        "<title>What happened to the old pier in winter / Talk / Quay Boards</title><h1>The pier</h1>",
        "https://quay.example/t/309",
        "What happened to the old pier in winter",
    );
    check(
        "<title>Quay Boards &bull; View topic - Ropes - and the old pier</title>",
        "https://quay.example/viewtopic.php?t=309",
        "Ropes - and the old pier",
    );
    check(
        "<title>What happened to Quay Lamps in 2031 / Talk / Quay Lamps Boards</title><h1>Quay Lamps</h1>",
        "https://lamps.example/t/309",
        "What happened to Quay Lamps in 2031",
    );
    check(
        "<title>Buy splices at the harbour with 365 days of returns</title><h1>Splices</h1>",
        "https://ropes.example/wares/splices",
        "Splices",
    );
    // A shop's line below a name, in an element of its own; a copy for the eye; a word for the ear.
    let title = "<title>Trail rope | Ropes for barges</title>";
    for heading in [
        "Trail rope<span>Holds in a gale</span>",
        "<span aria-hidden=true>Trail<br>rope</span><span class=visually-hidden>Trail rope</span>",
        "<span class=sr-only>Ware: </span>Trail rope<span aria-hidden=true>(102)</span>",
    ] {
        check(&format!("{title}<h1>{heading}</h1>"), "https://ropes.example/p/25", "Trail rope");
    }
}

#[test]
fn the_name_of_the_site_goes_however_it_is_written() {
    let site = "<meta property=og:site_name content='The Harbour Post'>";
    for title in [
        "Pier shut – HARBOUR POST",
        "Pier shut | harbourpost.example",
        "Harbourpost » Pier shut",
        "Pier shut · Local · The Harbour Post",
    ] {
        check(&format!("<title>{title}</title>{site}"), "https://harbourpost.example/a/1", "Pier shut");
    }
}

#[test]
fn a_dash_inside_a_headline_stays() {
    check(
        "<title>Fog on the pier - and what the keeper says - Harbour Post</title>\
         <meta property=og:site_name content='Harbour Post'>",
        "https://harbour.example/fog",
        "Fog on the pier - and what the keeper says",
    );
    check(
        "<title>Harbour Post: all about ropes</title>",
        "https://harbourpost.example/",
        "Harbour Post: all about ropes",
    );
}

#[test]
fn the_words_of_the_address_tell_a_name_from_an_appeal() {
    let html = "<title>Rope repair in Quayside | Harbour Ropes</title><h1>Your boat deserves the best</h1>";
    check(html, "https://ropes.example/rope-repair", "Rope repair in Quayside");
    let html = "<title>The heart of the net</title><h1>Why does my rope fray?</h1>";
    check(html, "https://forum.example/r/comments/why-does-my-rope-fray", "Why does my rope fray?");
}

#[test]
fn a_heading_in_other_words_is_the_headline() {
    check(
        "<title>Top 10 harbours to see in 2031</title><h1>The ten harbours that you must see in 2031</h1>",
        "https://harbour.example/2031/list",
        "The ten harbours that you must see in 2031",
    );
}

#[test]
fn labels_and_notes_around_a_headline_go_where_the_title_leaves_them_out() {
    for heading in [
        "Thread: Which rope holds a barge in a gale?",
        "12 April 2031 Which rope holds a barge in a gale?",
        "<span>Title:</span>Which rope holds a barge in a gale?",
        "Which rope holds a barge in a gale? (ropes.example) 87",
    ] {
        check(
            &format!("<title>Which rope holds a barge in a gale?</title><h1>{heading}</h1>"),
            "https://quay.example/t/309",
            "Which rope holds a barge in a gale?",
        );
    }
    // What only the heading says belongs to it.
    check(
        "<title>Best ropes for a barge</title><h1>The best ropes for a barge</h1>",
        "https://quay.example/t/310",
        "The best ropes for a barge",
    );
    check(
        "<title>Which rope holds a barge</title><h1>Which rope holds a barge in a gale</h1>",
        "https://quay.example/t/309",
        "Which rope holds a barge in a gale",
    );
}

#[test]
fn a_shorter_name_of_the_page_tells_where_the_site_begins() {
    check(
        "<title>The calm sailor - How to splice wire</title><meta property=og:title content='How to splice wire'>",
        "https://sail.example/splice",
        "How to splice wire",
    );
    check(
        "<title>Lamp flickers at night - Quay Harbour Forum</title><h1>Welcome</h1>",
        "https://boats.example/t/12",
        "Lamp flickers at night",
    );
    check(
        "<title>Lamps of the pier | Opinion</title><h1>Lamps of the pier | Opinion</h1>",
        "https://boats.example/lamps",
        "Lamps of the pier",
    );
}

#[test]
fn a_page_without_any_title_has_none() {
    let tree = parse("<p>Text</p>", 512).expect("shallow");
    assert_eq!(settle(&collect(&tree), None), None);
}
