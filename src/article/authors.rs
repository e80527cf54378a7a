//! Who wrote a page: comes in what its markup declares and what it shows near its headline, go out people. Sources are
//! reconciled: a declared name that the page shows is sure, the site's own name is nobody, and a page of many bylines is
//! a list of other articles. Never makes a name.

use std::collections::BTreeSet;

use super::bylines::{Byline, OTHER_WORK, byline_of, is_given_name, is_strict, near, shown};
use super::names;
use super::shown::Shown;
use crate::finding::Finding;
use crate::page::meta::{AUTHOR_HOUSE, MetaCandidate, MetaField, MetaSource};
use crate::page::title::{Site, fold};
use crate::page::{HtmlPage, Layout};

/// Longest name of a member of a forum, in characters.
const MAX_MEMBER_CHARS: usize = 40;

/// The people who wrote a page.
pub(super) fn settle(
    page: &HtmlPage,
    layout: &Layout,
    findings: &[Finding],
    places: &Shown<'_>,
    site: &Site,
) -> Vec<String> {
    let types: Vec<&str> = page.meta.of(MetaField::PageType).map(|c| c.value.as_str()).collect();
    let is = |wanted: &[&str]| types.iter().any(|t| wanted.iter().any(|w| w.eq_ignore_ascii_case(t)));
    if is(&["DiscussionForumPosting", "Question"])
        && let Some(member) = asker(page, site)
    {
        return vec![member];
    }
    let has_article = page.meta.of(MetaField::Title).any(|c| c.source == MetaSource::JsonLd && c.key == "headline");
    let is_ware = is(&["Product", "ProductGroup", "product.group", "product.item", "og:product"]);
    if site.is_front_page() && !(has_article && page.meta.declares_article())
        || (is_ware && !has_article)
        || (!has_article && is(&["CollectionPage", "SearchResultsPage"]))
    {
        return Vec::new();
    }
    let members = members(page, site);
    if !has_article && !members.is_empty() {
        return members;
    }
    let mut shown = shown(page, layout, findings, site, places);
    let others = others(page);
    for byline in &mut shown {
        byline.names.retain(|name| !others.contains(&bare(name)));
    }
    shown.retain(|byline| !byline.names.is_empty());
    shown.sort_by_key(|s| s.at);
    let all: BTreeSet<String> = shown.iter().flat_map(|s| s.names.iter().map(|n| fold(n))).collect();
    let near = near(page, layout, &shown, places, all.len());
    let declared = declared(page, site, &all);
    if declared.is_empty() {
        if !near.is_empty() {
            return near;
        }
        // The box on the writer below the text.
        return match shown.first() {
            Some(first) if all.len() == 1 => first.names.iter().take(1).cloned().collect(),
            _ => signature(&shown),
        };
    }
    let folded = |names: &[String]| names.iter().map(|n| fold(n)).collect::<BTreeSet<_>>();
    let (of_markup, of_page) = (folded(&declared), folded(&near));
    // With or without a title in front and a rank behind.
    let is_shown = of_markup.iter().any(|name| all.iter().any(|one| one.contains(name) || name.contains(one)));
    // A byline of more people than the markup has room for.
    let is_fuller =
        of_page.len() > of_markup.len() && of_markup.iter().all(|name| of_page.iter().any(|one| one.contains(name)));
    // The markup names who put the page up, the page who wrote it.
    let is_other = !is_shown && near.iter().all(|name| is_strict(name));
    // Microdata of comments beside that of the article.
    let is_own = declared.len() > 2 * near.len()
        && of_page.is_subset(&of_markup)
        && declared.iter().all(|name| is_in_microdata(page, name));
    if !of_page.is_empty() && (is_fuller || is_other || is_own || (!is_shown && !is_full_name(&declared))) {
        return near;
    }
    declared
}

/// Those whom a byline says to have done other work on the text (`Reviewed by`), folded, unless one says that they wrote it.
fn others(page: &HtmlPage) -> BTreeSet<String> {
    let mut others = BTreeSet::new();
    let mut writers = BTreeSet::new();
    for candidate in page.meta.of(MetaField::Author).filter(|c| c.node.is_some()) {
        for (at, part) in candidate.value.split(" | ").map(|part| (part.find("By").or_else(|| part.find("by")), part)) {
            let Some((lead, names)) = at.map(|at| part.split_at(at + "by".len())) else { continue };
            let names = names::declared(byline_of(names.trim_start_matches([':', ' '])));
            let into = if OTHER_WORK.is_match(lead) { &mut others } else { &mut writers };
            into.extend(names.iter().map(|name| bare(name)));
        }
    }
    others.retain(|name| !writers.contains(name));
    others
}

/// A name as it is compared, without the rank behind it.
fn bare(name: &str) -> String {
    fold(name.split(',').next().unwrap_or(name))
}

/// Whether a name stands in microdata and nowhere else in the markup.
fn is_in_microdata(page: &HtmlPage, name: &str) -> bool {
    let folded = fold(name);
    let mut same = page.meta.of(MetaField::Author).filter(|c| fold(&c.value) == folded).peekable();
    same.peek().is_some() && same.all(|c| c.source == MetaSource::Itemprop || c.node.is_some())
}

/// The people that a line with `written by` names, wherever it stands, if no other line names others.
fn signature(shown: &[Byline]) -> Vec<String> {
    let lines: Vec<&Byline> = shown.iter().filter(|s| s.is_signed).collect();
    let all: BTreeSet<String> = lines.iter().flat_map(|s| s.names.iter().map(|n| fold(n))).collect();
    match lines.first() {
        Some(first) if all.len() == first.names.len() => first.names.clone(),
        _ => Vec::new(),
    }
}

fn is_full_name(names: &[String]) -> bool {
    names.iter().all(|name| is_strict(name))
}

/// Who opened a discussion, under any name.
fn asker(page: &HtmlPage, site: &Site) -> Option<String> {
    let types = page.meta.of(MetaField::PageType);
    let objects: BTreeSet<u32> =
        types.filter(|c| matches!(c.value.as_str(), "DiscussionForumPosting" | "Question")).map(|c| c.object).collect();
    let mut authors = page.meta.of(MetaField::Author).filter(|c| c.object != 0 && objects.contains(&c.object));
    authors.find_map(|c| member(&c.value, site))
}

/// The first member that a page of posts names.
fn members(page: &HtmlPage, site: &Site) -> Vec<String> {
    let named = page.meta.of(MetaField::Author).filter(|c| c.key == "username");
    let mut names: Vec<String> = named.filter_map(|c| member(&c.value, site)).collect();
    names.truncate(1);
    names
}

fn member(value: &str, site: &Site) -> Option<String> {
    let name = value.split(" | ").find(|part| part.chars().any(char::is_alphanumeric))?.trim().trim_start_matches('@');
    let is_fit = name.chars().count() <= MAX_MEMBER_CHARS && !name.contains("://") && !site.is_exact(name);
    let words = name.split_whitespace().count();
    (is_fit && words <= 4 && name.chars().any(char::is_alphanumeric)).then(|| name.to_owned())
}

/// What the markup says of the writers of this article, best source first.
fn declared(page: &HtmlPage, site: &Site, shown: &BTreeSet<String>) -> Vec<String> {
    let title = page.title.as_ref().map(|t| fold(&t.text)).unwrap_or_default();
    let of_objects: Vec<&MetaCandidate> = page.meta.of(MetaField::Author).filter(|c| c.object != 0).collect();
    let objects: BTreeSet<u32> = page
        .meta
        .candidates
        .iter()
        .filter(|c| c.field == MetaField::Title && c.object != 0 && c.key == "headline")
        .map(|c| c.object)
        .collect();
    let is_this = |object: u32| {
        let titles = page.meta.of(MetaField::Title).filter(|c| c.object == object);
        let mut folded = titles.map(|c| fold(&c.value));
        folded.any(|t| !t.is_empty() && (title.starts_with(&t) || t.starts_with(&title)))
    };
    // Several articles and none of them this page's: a list, or the same article described twice.
    let is_listed = objects.len() > 1 && objects.iter().any(|object| is_this(*object));
    let by_object =
        |object: u32| of_objects.iter().filter(move |c| c.object == object).map(|c| fold(&c.value)).collect::<Vec<_>>();
    let signed: Vec<Vec<String>> = objects.iter().map(|o| by_object(*o)).filter(|names| !names.is_empty()).collect();
    let is_unlike = objects.len() > 1 && !is_listed && signed.iter().any(|names| *names != signed[0]);
    let mut groups: Vec<Vec<&MetaCandidate>> = Vec::new();
    let mut seen: Vec<u32> = Vec::new();
    for candidate in &of_objects {
        let is_other = is_unlike || is_listed && !is_this(candidate.object);
        if candidate.key.starts_with("WebPage") || (is_other && objects.contains(&candidate.object)) {
            continue;
        }
        if !seen.contains(&candidate.object) {
            seen.push(candidate.object);
            let same = of_objects.iter().filter(|c| c.object == candidate.object).copied();
            groups.push(same.collect());
        }
    }
    let of_source = |sources: &[MetaSource]| -> Vec<&MetaCandidate> {
        page.meta.of(MetaField::Author).filter(|c| c.object == 0 && sources.contains(&c.source)).collect()
    };
    groups.push(of_source(&[MetaSource::MetaTag]));
    groups.push(of_source(&[MetaSource::DublinCore]));
    groups.push(of_source(&[MetaSource::OpenGraph]));
    groups.push(of_objects.iter().filter(|c| c.key.starts_with("WebPage")).copied().collect());
    for group in groups {
        let mut names: Vec<String> = Vec::new();
        for candidate in group.iter().filter(|c| c.key != AUTHOR_HOUSE) {
            for name in names::declared(&candidate.value) {
                let name = site.without_own(&name).to_owned();
                let folded = fold(&name);
                let is_known = is_strict(&name) || shown.contains(&folded) || is_given_name(&name);
                if is_known && !site.is_own(&name) && !names.iter().any(|n| fold(n) == folded) {
                    names.push(name);
                }
            }
        }
        let is_one = group.iter().all(|c| fold(&c.value) == fold(&group[0].value));
        if names.is_empty() && is_one {
            let handle = group.iter().filter(|c| c.key != AUTHOR_HOUSE).find_map(|c| names::handle(&c.value));
            let is_known = |name: &String| name.contains(' ') || shown.contains(&fold(name));
            names.extend(handle.filter(|name| is_known(name) && !site.is_own(name)));
        }
        if !names.is_empty() {
            return names;
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::page::html::lay_out;

    fn check(html: &str, expected: &[&str]) {
        let page = lay_out(html, &Options::default());
        let site = Site::of_page(&page.meta, Some("https://harbourpost.example/2031/pier"));
        let got = settle(&page, &page.layout, &[], &Shown::of(&page.tree), &site);
        assert_eq!(got, expected, "{html}");
    }

    const TITLE: &str = "<title>Pier shut - Harbour Post</title><h1>Pier shut</h1>";

    fn json(text: &str) -> String {
        format!("<script type='application/ld+json'>{text}</script>{TITLE}")
    }

    #[test]
    fn a_site_may_bear_its_writers_name() {
        let html = json(
            r#"{"@type":"BlogPosting","headline":"Pier shut","author":{"@type":"Person","name":"Simon Harbourpost"},
            "publisher":{"@type":"Organization","name":"Simon Harbourpost"}}"#,
        );
        check(&html, &["Simon Harbourpost"]);
        let house = json(
            r#"{"@type":"BlogPosting","headline":"Pier shut","author":{"@type":"Person","name":"Harbourpost Ropes"},
            "publisher":{"@type":"Organization","name":"Harbourpost Ropes"}}"#,
        );
        check(&house, &[]);
    }

    #[test]
    fn a_name_under_the_headline_needs_a_day_beside_it() {
        check(&format!("{TITLE}<p>Simon Marsh | Writer | 2 April 2031</p>"), &["Simon Marsh"]);
        check(&format!("{TITLE}<p>Simon Marsh</p><p>4 min read</p>"), &["Simon Marsh"]);
        check(&format!("{TITLE}<p>Simon Marsh</p><p>The pier is shut since the storm.</p>"), &[]);
        // A section has the shape of a name.
        check(&format!("{TITLE}<p>Sea Rescue</p><p>2 April 2031</p>"), &[]);
    }

    #[test]
    fn who_wrote_it_outranks_who_put_it_up_and_reviewers_are_no_authors() {
        let html = json(r#"{"@type":"Article","headline":"Pier shut","author":{"@type":"Person","name":"Rita Quay"}}"#);
        check(&format!("{html}<p>By Simon Marsh</p>"), &["Simon Marsh"]);
        check(&format!("{TITLE}<div class=byline>Reviewed by Rita Quay</div><p class=author>Rita Quay</p>"), &[]);
        let long = "It blew all night. ".repeat(200);
        check(&format!("{TITLE}<p>{long}</p><p>This post was written by Simon Marsh, keeper.</p>"), &["Simon Marsh"]);
        let foot = "<footer><a rel=author>Simon Marsh</a></footer>";
        check(&format!("<article>{TITLE}<p>{long}</p>{foot}</article>"), &["Simon Marsh"]);
        check(&format!("{TITLE}<p>{long}</p>{foot}"), &[]);
    }

    #[test]
    fn the_markup_names_people_and_the_site_is_nobody() {
        check(
            &json(
                r#"{"@type":"NewsArticle","headline":"Pier shut","author":[{"@type":"Person","name":"Ada Marsh"},
                {"@type":"Organization","name":"Quay Group"},{"@type":"Person","name":"HarbourPost.example"}]}"#,
            ),
            &["Ada Marsh"],
        );
        for own in ["Harbour Post", "HARBOUR POST", "harbourpost", "The Harbour Post", "Harbour Post Staff", "admin"] {
            let house = r#"{"@type":"NewsMediaOrganization","name":"Harbour Post"}"#;
            check(&format!("<meta name=author content='{own}'>{}", json(house)), &[]);
        }
    }

    #[test]
    fn a_byline_under_the_headline_counts_and_those_of_cards_do_not() {
        check(
            &format!(
                "{TITLE}<div class='meta'><span class='post-author'>By Ada Marsh and Tom Quay</span> <time>2 April 2031</time>\
                 </div><p>Text of it.</p><div class='related-posts'><p class=author>Eva Holm</p></div>"
            ),
            &["Ada Marsh", "Tom Quay"],
        );
        check(&format!("{TITLE}<p>By Ada Marsh Apr 02, 2031 • 11 minute read</p><p>Text of it.</p>"), &["Ada Marsh"]);
        check(&format!("{TITLE}<p>Written by</p><p>Ada Marsh</p><p>Text of it.</p>"), &["Ada Marsh"]);
    }

    #[test]
    fn who_reviewed_or_edited_a_text_did_not_write_it() {
        check(
            &format!(
                "{TITLE}<p>Reviewed by <a class=author-name href=/x>Eva Holm</a></p><p class=byline>Ada Marsh, PhD</p>"
            ),
            &["Ada Marsh, PhD"],
        );
    }

    #[test]
    fn a_list_of_articles_and_a_ware_have_no_author() {
        let cards: String = (0..9)
            .map(|n| {
                let name = [
                    "Ada Marsh",
                    "Tom Quay",
                    "Eva Holm",
                    "Ida Berg",
                    "Per Lund",
                    "Una Dell",
                    "Kai Rask",
                    "Lea Moor",
                    "Ole Vik",
                ][n];
                format!(
                    "<article><h2>Story of the day {n}</h2><p>{}</p><a rel=author href=/a>{name}</a></article>",
                    "So it went. ".repeat(30)
                )
            })
            .collect();
        check(&format!("<title>Local news - Harbour Post</title><h1>Local news</h1>{cards}"), &[]);
        check(&format!("{}<p class=author>Ada Marsh</p>", json(r#"{"@type":"Product","name":"Pier shut"}"#)), &[]);
    }

    #[test]
    fn a_thread_is_by_whoever_opened_it_under_any_name() {
        check(
            &json(
                r#"{"@type":"DiscussionForumPosting","headline":"Pier shut","author":{"@type":"Person","name":"gull77"},
                "comment":[{"@type":"Comment","author":{"name":"tern"}}]}"#,
            ),
            &["gull77"],
        );
        check(
            &format!("{TITLE}<a class=username href=/m/1>b.gull</a><p>Why?</p><a class=username href=/m/2>tern</a>"),
            &["b.gull"],
        );
    }

    #[test]
    fn a_button_of_two_words_is_no_name() {
        check(&format!("{TITLE}<p>Get Started</p><p>Learning Objectives</p><p class=author>Full Bio</p>"), &[]);
    }
}
