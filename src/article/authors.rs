//! Who wrote a page: comes in what its markup declares and what it shows near its headline, go out people. Sources are
//! reconciled: a declared name that the page shows is sure, the site's own name is nobody, and a page of many bylines is
//! a list of other articles. Never makes a name.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::names;
use super::shown::{Shown, anchor};
use crate::dates;
use crate::finding::{Action, Field, Finding};
use crate::language::people;
use crate::page::meta::{AUTHOR_HOUSE, MetaCandidate, MetaField, MetaSource};
use crate::page::title::{Site, fold};
use crate::page::tree::NodeId;
use crate::page::{HtmlPage, Layout};

/// How far behind the headline a byline stands, in bytes of shown text: a standfirst, a list of contents and the
/// buttons of a share bar may come between.
const MAX_BEHIND_TITLE: u32 = 1_500;
/// How far in front of it, in bytes: a section, a date.
const MAX_BEFORE_TITLE: u32 = 300;
/// How far two names of one byline stand apart, in bytes: ` and `. What says more names another work.
const MAX_APART: u32 = 6;
/// Different bylines of a page from which on it lists what others wrote.
const MANY_BYLINES: usize = 6;
/// Longest block that is searched for `by`, in bytes.
const MAX_BLOCK_BYTES: usize = 240;
/// Longest name of a member of a forum, in characters.
const MAX_MEMBER_CHARS: usize = 40;

/// Work on a text that does not make an author, at the end of what stands in front of a name.
static OTHER_WORK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:review(?:ed)?|edit(?:ed|or)?|fact[- ]?check(?:ed|er)?|verified|approved|translated|photo(?:s|graph[ys]?)?|image|illustrat\w+|video|produced|designed|powered|sponsored|presented|managed|expert)(?: (?:medically|clinically|for accuracy))?(?: by)?[\s:|,–—-]*$",
    )
    .expect("the pattern is well formed")
});
/// `by` in front of a name, at the beginning of a line or behind a date, a mark or what was done.
static BY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:^|[|•·,.)\]–—-]\s*|\d\s+)(?i:(?:(?:written|posted|published|words|story|text|article|report(?:ing)?|post|started|created|guest post)\s+)?by|author|writer)\s*:?\s+(?<names>\p{L}[^|•·»\n]{2,90})",
    )
    .expect("the pattern is well formed")
});
/// A byline that begins with its label.
static HAS_BY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:(?:written|posted|published) )?by[\s:]").expect("the pattern is well formed")
});
/// A line that says that a person wrote the text, not that it is one of some articles.
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:(?:written|words|text|story) by|author)\s*:?\s*$").expect("the pattern is well formed")
});
/// A line that is nothing but the label of a byline.
static ALONE_BY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:(?:written|posted|published|words|story|text|article|guest post)\s+by|by|author|writer|about the author)\s*:?\s*$")
        .expect("the pattern is well formed")
});
/// What begins behind the names of a byline.
static BEHIND_NAMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)(?i:\s(?:on|in|at|for|from|updated|published|posted|last|reading|read|date|modified|reviewed|edited|fact|medically|view|the)\b)
        |\s[|•·»–—-]\s|\s(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?\s?\d|\d|\(|@",
    )
    .expect("the pattern is well formed")
});

/// A byline that the page shows.
struct Byline {
    names: Vec<String>,
    /// Bytes of shown text in front of it, and up to its end.
    at: u32,
    end: u32,
    /// A line of text says who wrote this, not the markup.
    is_signed: bool,
}

/// The people who wrote a page.
pub(super) fn settle(
    page: &HtmlPage,
    layout: &Layout,
    findings: &[Finding],
    places: &Shown<'_>,
    url: Option<&str>,
) -> Vec<String> {
    let site = Site::of_page(&page.meta, url);
    let types: Vec<&str> = page.meta.of(MetaField::PageType).map(|c| c.value.as_str()).collect();
    let is = |wanted: &[&str]| types.iter().any(|t| wanted.iter().any(|w| w.eq_ignore_ascii_case(t)));
    if is(&["DiscussionForumPosting", "Question"])
        && let Some(member) = asker(page, &site)
    {
        return vec![member];
    }
    let has_article = page.meta.of(MetaField::Title).any(|c| c.source == MetaSource::JsonLd && c.key == "headline");
    let is_ware = is(&["Product", "ProductGroup", "product.group", "product.item", "og:product"]);
    if site.is_front_page()
        || (is_ware && !has_article)
        || (!has_article && is(&["CollectionPage", "SearchResultsPage"]))
    {
        return Vec::new();
    }
    let members = members(page, &site);
    if !has_article && !members.is_empty() {
        return members;
    }
    let mut shown = shown(page, layout, findings, &site, places);
    shown.sort_by_key(|s| s.at);
    let all: BTreeSet<String> = shown.iter().flat_map(|s| s.names.iter().map(|n| fold(n))).collect();
    let near = near(page, layout, &shown, places, all.len());
    let declared = declared(page, &site, &all);
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
    let is_shown = of_markup.iter().any(|name| all.contains(name));
    // One byline of more people than the markup has room for.
    let is_fuller = shown.iter().any(|s| {
        let own = folded(&s.names);
        own.len() > of_markup.len() && of_markup.is_subset(&own) && own.is_subset(&of_page)
    });
    if !of_page.is_empty() && (is_fuller || (!is_shown && !is_full_name(&declared))) {
        return near;
    }
    declared
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

/// Whether a name has the shape of a person's name in full.
fn is_strict(name: &str) -> bool {
    let bare = name.split(',').next().unwrap_or(name);
    people::western(bare).is_some()
        || bare.chars().any(crate::page::text::is_unspaced)
        || crate::language::has_hangul(bare)
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

/// One word with a capital and nothing but letters: `Krystyna`.
fn is_given_name(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
        && name.chars().skip(1).all(|c| c.is_lowercase())
        && name.chars().count() >= 3
}

/// Every byline that the page shows, by its markup or by its words.
fn shown(page: &HtmlPage, layout: &Layout, findings: &[Finding], site: &Site, places: &Shown<'_>) -> Vec<Byline> {
    let at = |node: NodeId| places.at(node);
    let mut out = Vec::new();
    let mut add = |value: &str, node: NodeId, is_marked: bool, is_handle: bool, is_signed: bool| {
        if OTHER_WORK.is_match(&places.before(node)) {
            return;
        }
        let mut names = Vec::new();
        for name in names::declared(byline_of(value)) {
            let name = site.without_own(&name).to_owned();
            let is_name = is_strict(&name) || is_marked && is_given_name(&name);
            if is_name && !site.is_own(&name) && !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() && is_handle {
            names.extend(names::handle(byline_of(value)).filter(|name| !site.is_own(name)));
        }
        if !names.is_empty() {
            out.push(Byline { names, at: at(node), end: at(page.tree.end(node)), is_signed });
        }
    };
    for candidate in page.meta.of(MetaField::Author) {
        if let Some(node) = candidate.node.filter(|_| candidate.key != AUTHOR_HOUSE) {
            let is_sure = candidate.key == "href" || candidate.source != MetaSource::ByClass;
            let has_lead = HAS_BY.is_match(&candidate.value);
            add(&candidate.value, node, true, is_sure || has_lead, false);
        }
    }
    for finding in findings.iter().filter(|f| f.action == Action::Lift(Some(Field::Authors))) {
        let block = layout.blocks.get(layout.blocks.partition_point(|b| b.span.end <= finding.span.start));
        if let Some((block, node)) = block.and_then(|b| Some((b, b.node?))) {
            let before =
                &layout.text[(block.span.start as usize).min(finding.span.start as usize)..finding.span.start as usize];
            let value = finding.value.as_deref().unwrap_or_else(|| finding.span.of(&layout.text));
            add(value, node, false, false, SIGNED.is_match(before));
        }
    }
    {
        let title = anchor(page, layout).map_or(0, at);
        let range = title.saturating_sub(MAX_BEFORE_TITLE)..=title.saturating_add(MAX_BEHIND_TITLE);
        let mut has_label = false;
        for block in layout.blocks.iter().filter(|b| !b.hidden && b.span.len() <= MAX_BLOCK_BYTES) {
            // A label and a name in lines of their own.
            let text = layout.block_text(block);
            if has_label && let Some(node) = block.node {
                add(text, node, false, false, true);
            }
            has_label = ALONE_BY.is_match(text);
            let Some(node) = block.node.filter(|&node| range.contains(&at(node))) else { continue };
            if let Some(found) = BY.captures(layout.block_text(block)) {
                add(&found["names"], node, false, false, false);
            }
        }
    }
    out
}

/// The names of a byline, without the date and the place behind them.
fn byline_of(value: &str) -> &str {
    let value = value.trim();
    // A date may stand in front.
    let value = match dates::scan(value).first() {
        Some(hit) if hit.range.start == 0 => {
            value[hit.range.end..].trim_start_matches([' ', '|', '•', '·', '-', '–', ','])
        }
        _ => value,
    };
    let lead = value.char_indices().map(|(i, _)| i).nth(3).unwrap_or(value.len());
    match BEHIND_NAMES.find(&value[lead..]) {
        Some(found) => value[..lead + found.start()].trim_end(),
        None => value,
    }
}

/// The byline beside the headline.
fn near(page: &HtmlPage, layout: &Layout, shown: &[Byline], places: &Shown<'_>, n_names: usize) -> Vec<String> {
    let title = anchor(page, layout).map(|node| places.at(node));
    let is_near = |s: &&Byline| match title {
        Some(title) => {
            (title.saturating_sub(MAX_BEFORE_TITLE)..=title.saturating_add(MAX_BEHIND_TITLE)).contains(&s.at)
        }
        None => s.at <= MAX_BEHIND_TITLE,
    };
    // What stands behind the headline first.
    let behind = shown.iter().filter(is_near).find(|s| title.is_none_or(|title| s.at >= title));
    let Some(first) = behind.or_else(|| shown.iter().rev().find(is_near)) else { return Vec::new() };
    if n_names >= MANY_BYLINES && first.names.len() < 2 {
        let again = shown.iter().filter(|s| s.at > first.at.saturating_add(MAX_BEHIND_TITLE));
        // A list of articles: the first of them is not this page.
        if 2 * again.count() >= n_names {
            return Vec::new();
        }
    }
    let mut names: Vec<String> = Vec::new();
    let mut end = first.end;
    for s in shown.iter().filter(|s| s.at >= first.at) {
        if s.at > end.saturating_add(MAX_APART) {
            break;
        }
        end = end.max(s.end);
        for name in &s.names {
            let folded = fold(name);
            let is_new = !names.iter().any(|n| {
                let known = fold(n);
                known.starts_with(&folded) || folded.starts_with(&known)
            });
            if is_new {
                names.push(name.clone());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::page::html::lay_out;

    fn check(html: &str, expected: &[&str]) {
        let page = lay_out(html, &Options::default());
        let got =
            settle(&page, &page.layout, &[], &Shown::of(&page.tree), Some("https://harbourpost.example/2031/pier"));
        assert_eq!(got, expected, "{html}");
    }

    const TITLE: &str = "<title>Pier shut - Harbour Post</title><h1>Pier shut</h1>";

    fn json(text: &str) -> String {
        format!("<script type='application/ld+json'>{text}</script>{TITLE}")
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
