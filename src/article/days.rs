//! When a page was published and changed: comes in what its markup declares and what it shows near its headline, go out
//! two moments. Dates of the article outrank those of the page, a label outranks a bare date, and a date that only the
//! address or the surroundings tell is taken where nothing else does. Never takes a change for a publication, never a
//! year from a copyright line.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use jiff::civil::Date;
use regex::Regex;

use super::record::Moment;
use super::shown::{Shown, tail};
use crate::dates::{self, Role};
use crate::finding::{Action, Field, Finding, Kind};
use crate::page::meta::{MetaCandidate, MetaField, MetaSource};
use crate::page::title::{Site, fold};
use crate::page::tree::{Attr, NodeId};
use crate::page::{Block, HtmlPage, Layout};

/// How far behind the headline a bare date may stand, in bytes of shown text: a byline, a standfirst, a share bar.
const MAX_BEHIND_TITLE: u32 = 900;
/// How far in front of it, in bytes: a section and a date.
const MAX_BEFORE_TITLE: u32 = 160;
/// Longest block that is read for a date near the headline, in bytes: a byline with a date.
const MAX_BLOCK_BYTES: usize = 200;

/// A day in an address: `/2031/04/02/`, `/2031-04-02-`, `/20310402/`.
static IN_ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"/(?:(20\d\d|19[89]\d)/(\d{1,2})/(\d{1,2})(?:/|-)|(20\d\d)-(\d\d)-(\d\d)(?:[^0-9]|$)|(20\d\d)(\d\d)(\d\d)/)",
    )
    .expect("the pattern is well formed")
});
/// Words that say that a date is that of a change.
static CHANGED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:updat|modif|revis|review|edit|amend|chang|обновл|оновл|изменен|aktualis|mis à jour|actualiza|aggiorna|güncel|更新|수정)\p{L}*\.?(?:[\s:|]|on|at|am|le|el|il|:)*$")
        .expect("the pattern is well formed")
});
/// Words that say that a date is that of publication.
static ISSUED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:(?:publish|written|creat|issue|started|asked|submitted|опубл|veröffentl|publi|pubbl|yayın|发布|公開|등록)\p{L}*|\bpost(?:ed|ing)?)\.?(?:[\s:|,]|on|at|am|le|el|il|by\s[^\d]{3,40})*$")
        .expect("the pattern is well formed")
});
/// The words of [`CHANGED`] and of [`ISSUED`] in ASCII: most texts hold none of them, and the expressions, which look from
/// the end of a text, are dear.
static CHANGED_STEMS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    stems(&["updat", "modif", "revis", "review", "edit", "amend", "chang", "aktualis", "actualiza", "aggiorna"])
});
static ISSUED_STEMS: LazyLock<AhoCorasick> =
    LazyLock::new(|| stems(&["publi", "written", "creat", "issue", "started", "asked", "submitted", "pubbl", "post"]));

fn stems(words: &[&str]) -> AhoCorasick {
    AhoCorasick::builder().ascii_case_insensitive(true).build(words).expect("a handful of words fits")
}

/// Words that say that a date is none of this article.
static OTHER_DAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:©|copyright|\bjoined|member since|registered|deadline|expires?|until|\bby the|through|born|since|valid|effective|releas(?:ed?|es)(?: date)?|accessed|retrieved|as of|event|starts?|ends?|from|before|after|between|to|in|is|was|are|were|for|due)[\s:]*$")
        .expect("the pattern is well formed")
});

/// The two moments of a page.
#[derive(Debug, Clone, Default)]
pub(super) struct Days {
    pub(super) published: Moment,
    pub(super) modified: Moment,
    /// Sources of like weight name different days of publication.
    pub(super) is_conflicting: bool,
}

/// A proposal with its weight; lower is better.
struct Proposal {
    moment: Moment,
    rank: u8,
}

/// Ranks of what tells a day of publication.
mod rank {
    pub(super) const ARTICLE: u8 = 0;
    pub(super) const META: u8 = 1;
    pub(super) const LABELLED: u8 = 2;
    pub(super) const MARKED: u8 = 3;
    pub(super) const PAGE: u8 = 4;
    pub(super) const NEAR: u8 = 5;
    pub(super) const ADDRESS: u8 = 6;
}

/// When a page was published and changed.
pub(super) fn settle(
    page: &HtmlPage,
    layout: &Layout,
    findings: &[Finding],
    places: &Shown<'_>,
    site: &Site,
    url: Option<&str>,
    hint: Option<&str>,
) -> Days {
    let mut published: Vec<Proposal> = Vec::new();
    let mut modified: Vec<Proposal> = Vec::new();
    declared(page, &mut published, &mut modified);
    if !site.is_front_page() {
        let own = own_blocks(layout, findings);
        seen(page, layout, &own, places, &mut published, &mut modified);
    }
    // Behind what stands beside the headline: a stamp in the page's head may be the day of the visit.
    lifted(layout, findings, &mut published, &mut modified);
    let url =
        url.or_else(|| page.meta.of(MetaField::Url).map(|c| c.value.as_str()).find(|url| url.starts_with("http")));
    let in_address = url.and_then(day_in_address);
    if let Some(date) = in_address {
        published.push(Proposal { moment: Moment { date: Some(date), ..Moment::default() }, rank: rank::ADDRESS });
    }
    if let Some(moment) = hint.and_then(read) {
        published.push(Proposal { moment, rank: rank::ADDRESS });
    }
    published.sort_by_key(|p| p.rank);
    modified.sort_by_key(|p| p.rank);
    let mut days = Days::default();
    // A day that the address tells too is sure.
    let agreed = published.iter().find(|p| p.rank < rank::ADDRESS && p.moment.date == in_address);
    // A publisher's software that stamps both moments alike says when it last wrote the page: the page may show an
    // earlier day. A thread shows the days on which its members joined.
    let is_thread = page
        .meta
        .of(MetaField::PageType)
        .any(|c| matches!(c.value.as_str(), "DiscussionForumPosting" | "Question" | "QAPage"));
    let stamped = published.first().filter(|p| {
        !is_thread && {
            let changed = modified.iter().filter(|m| is_declared(m.rank)).find_map(|m| m.moment.date);
            is_declared(p.rank) && changed.is_some_and(|changed| p.moment.date >= Some(changed))
        }
    });
    let changes: Vec<Option<Date>> = modified.iter().map(|m| m.moment.date).collect();
    let shown = || published.iter().filter(|p| is_shown(p.rank) && !changes.contains(&p.moment.date));
    let earlier = stamped.and_then(|stamped| shown().find(|p| p.moment.date < stamped.moment.date));
    // Of several days that the markup declares, the one that the page shows.
    let first = published.first().filter(|p| is_declared(p.rank) && shown().all(|s| s.moment.date != p.moment.date));
    let confirmed = first.and_then(|_| {
        let mut declared = published.iter().filter(|p| is_declared(p.rank));
        declared.find(|p| shown().any(|s| s.moment.date == p.moment.date))
    });
    let agreed = agreed.filter(|_| in_address.is_some()).or(earlier).or(confirmed);
    if let Some(best) = agreed.or(published.first()) {
        let fuller = published.iter().find(|p| p.moment.date == best.moment.date && p.moment.at.is_some());
        days.published = fuller.filter(|_| best.moment.at.is_none()).unwrap_or(best).moment.clone();
        days.is_conflicting =
            published.iter().any(|p| p.rank <= rank::LABELLED.max(best.rank) && !is_same_day(&p.moment, &best.moment));
    }
    if let Some(best) = modified.first() {
        days.modified = best.moment.clone();
    }
    days
}

/// Whether a rank is that of what the markup declares.
fn is_declared(rank: u8) -> bool {
    matches!(rank, rank::ARTICLE | rank::META | rank::PAGE)
}

/// Whether a rank is that of what the page shows.
fn is_shown(rank: u8) -> bool {
    matches!(rank, rank::LABELLED | rank::MARKED | rank::NEAR)
}

/// Whether two moments name the same day, or days that differ no more than zones do.
fn is_same_day(a: &Moment, b: &Moment) -> bool {
    match (a.date, b.date) {
        (Some(a), Some(b)) => {
            a == b || a.tomorrow().is_ok_and(|day| day == b) || b.tomorrow().is_ok_and(|day| day == a)
        }
        _ => true,
    }
}

fn read(text: &str) -> Option<Moment> {
    // `2031 Apr 2`, as libraries write.
    let library = match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [year, month, day] if month.starts_with(char::is_alphabetic) && year.len() == 4 && day.len() <= 2 => {
            Some(format!("{day} {month} {year}"))
        }
        _ => None,
    };
    let text = library.as_deref().unwrap_or(text);
    let stamp = dates::parse_whole(text).or_else(|| dates::scan(text).into_iter().next().map(|hit| hit.stamp))?;
    let moment = stamp.to_moment();
    moment.date.is_some().then_some(moment)
}

/// What the markup declares, of the article that the page is about.
fn declared(page: &HtmlPage, published: &mut Vec<Proposal>, modified: &mut Vec<Proposal>) {
    let title = page.title.as_ref().map(|t| fold(&t.text)).unwrap_or_default();
    let is_head = |c: &&MetaCandidate| c.object != 0 && matches!(c.key.as_str(), "headline" | "name");
    let objects: BTreeSet<u32> = page.meta.of(MetaField::Title).filter(is_head).map(|c| c.object).collect();
    let is_named_so = |object: u32| {
        let mut folded = page.meta.of(MetaField::Title).filter(|c| c.object == object).map(|c| fold(&c.value));
        folded.any(|t| !t.is_empty() && (title.starts_with(&t) || t.starts_with(&title)))
    };
    // Of several articles only this page's; the first where none is called so.
    let this: BTreeSet<u32> = objects.iter().copied().filter(|object| is_named_so(*object)).collect();
    let is_this = |object: u32| {
        !objects.contains(&object) || this.contains(&object) || this.is_empty() && objects.first() == Some(&object)
    };
    for candidate in &page.meta.candidates {
        let into = match candidate.field {
            MetaField::Published => &mut *published,
            MetaField::Modified => &mut *modified,
            _ => continue,
        };
        let rank = match candidate.source {
            _ if candidate.key.starts_with("WebPage") => rank::PAGE,
            MetaSource::JsonLd | MetaSource::Itemprop if !is_this(candidate.object) => continue,
            MetaSource::JsonLd => rank::ARTICLE,
            MetaSource::DublinCore => rank::PAGE,
            _ => rank::META,
        };
        if let Some(moment) = read(&candidate.value) {
            into.push(Proposal { moment, rank });
        }
    }
}

/// What rules lifted out of the text: stamps in the head of the article.
fn lifted(layout: &Layout, findings: &[Finding], published: &mut Vec<Proposal>, modified: &mut Vec<Proposal>) {
    for finding in findings {
        let text = finding.value.as_deref().unwrap_or_else(|| finding.span.of(&layout.text));
        match finding.action {
            Action::Lift(Some(Field::Published)) => {
                let before = &layout.text[..finding.span.start as usize];
                let rank = if is_issued(tail(before)) { rank::LABELLED } else { rank::NEAR };
                published.extend(read(text).map(|moment| Proposal { moment, rank }));
            }
            Action::Lift(Some(Field::Modified)) => {
                modified.extend(read(text).map(|moment| Proposal { moment, rank: rank::LABELLED }));
            }
            _ => {}
        }
    }
}

/// The short shown blocks that no rule gave to another text. Findings and blocks are sorted.
fn own_blocks<'l>(layout: &'l Layout, findings: &[Finding]) -> Vec<&'l Block> {
    // A line of links with a day in it is rather the line under the headline than a menu.
    let is_other = |f: &&Finding| f.action.removes() && f.kind.is_foreign() && f.kind != Kind::Navigation;
    let mut foreign = findings.iter().filter(is_other).map(|f| f.span).peekable();
    let mut own = Vec::new();
    for block in &layout.blocks {
        while foreign.next_if(|span| span.end <= block.span.start).is_some() {}
        let is_foreign = foreign.peek().is_some_and(|span| span.overlaps(block.span));
        if !is_foreign && !block.hidden && block.span.len() <= MAX_BLOCK_BYTES {
            own.push(block);
        }
    }
    own
}

/// What the page shows beside its headline: `<time>`, elements called a date, short lines with a date.
fn seen(
    page: &HtmlPage,
    layout: &Layout,
    own: &[&Block],
    places: &Shown<'_>,
    published: &mut Vec<Proposal>,
    modified: &mut Vec<Proposal>,
) {
    let at = |node: NodeId| places.at(node);
    let anchor = places.anchor(page, layout).map(at);
    let title = anchor.unwrap_or(0);
    // A page that shows no headline has nothing near it.
    let near = match anchor {
        Some(title) => title.saturating_sub(MAX_BEFORE_TITLE)..=title.saturating_add(MAX_BEHIND_TITLE),
        None => u32::MAX..=u32::MAX,
    };
    let mut found: Vec<(u32, Role, Moment, bool)> = Vec::new();
    for candidate in page.meta.of(MetaField::Time) {
        let Some(node) = candidate.node else { continue };
        let is_pubdate = candidate.key == "pubdate";
        if !near.contains(&at(node)) && !is_pubdate {
            continue;
        }
        let before = places.before(node);
        let role = role_of(&candidate.value, &before, class_role(page, node));
        if let (Some(role), Some(moment)) = (role, read(&candidate.value)) {
            found.push((at(node), role, moment, true));
        }
    }
    for block in own {
        let Some(node) = block.node.filter(|&node| near.contains(&at(node))) else { continue };
        let text = layout.block_text(block);
        for hit in dates::scan(text) {
            let moment = hit.stamp.to_moment();
            let behind = text[hit.range.end..].trim_start();
            // The days of an event.
            let is_span = behind.strip_prefix(['-', '–', '—']).is_some_and(|rest| {
                rest.trim_start().starts_with(|c: char| c.is_ascii_digit()) && !rest.contains("min")
            });
            if is_span {
                break;
            }
            if moment.date.is_none() {
                continue;
            }
            if let Some(role) = role_of("", &text[..hit.range.start], Role::Unlabelled) {
                found.push((at(node), role, moment, false));
            }
        }
    }
    // The first post of a thread stands where its member's picture and rank leave room.
    if found.is_empty() && page.meta.of(MetaField::Author).any(|c| c.key == "username") {
        let mut times = page.meta.of(MetaField::Time).filter_map(|c| Some((c.node?, c)));
        let first = times.find(|(node, c)| at(*node) >= title && read(&c.value).is_some());
        found.extend(first.and_then(|(node, c)| Some((at(node), Role::Published, read(&c.value)?, true))));
    }
    if found.is_empty() {
        found.extend(lone(page, layout, own, places));
    }
    // Behind the headline first, then in front of it.
    found.sort_by_key(|(at, ..)| (*at < title, *at));
    for (_, role, moment, is_marked) in found {
        let rank = if is_marked { rank::MARKED } else { rank::NEAR };
        match role {
            Role::Modified => modified.push(Proposal { moment, rank }),
            Role::Published => published.push(Proposal { moment, rank: rank::LABELLED }),
            Role::Unlabelled => published.push(Proposal { moment, rank }),
        }
    }
    // A bare date that is the day of the last change is no other day.
    let changes: Vec<Date> = modified.iter().filter_map(|p| p.moment.date).collect();
    let has_other = published.iter().any(|p| p.moment.date.is_some_and(|day| !changes.contains(&day)));
    if has_other {
        published.retain(|p| p.rank < rank::MARKED || !p.moment.date.is_some_and(|day| changes.contains(&day)));
    }
}

/// A day of publication far from the headline: labelled so in a line of its own, or the only day that any `<time>` and
/// any element called a date names.
fn lone(page: &HtmlPage, layout: &Layout, own: &[&Block], places: &Shown<'_>) -> Option<(u32, Role, Moment, bool)> {
    let at = |node: NodeId| places.at(node);
    let mut labelled: Vec<(u32, Moment)> = Vec::new();
    // The label is a line of its own, as that of the writer.
    let mut led: Vec<(u32, Moment)> = Vec::new();
    for block in own {
        let text = layout.block_text(block);
        for hit in dates::scan(text) {
            let moment = hit.stamp.to_moment();
            let (Some(_), Some(node)) = (moment.date, block.node) else { continue };
            let is_published = |before: &str| is_issued(tail(before)) && !is_changed(tail(before));
            if is_published(&text[..hit.range.start]) {
                labelled.push((at(node), moment));
            } else if hit.range.start == 0 && is_published(&places.before(node)) {
                led.push((at(node), moment));
            }
        }
    }
    let only = |days: &[(u32, Moment)]| days.iter().all(|(_, day)| day.date == days[0].1.date);
    let marked = || -> Vec<(u32, Moment)> {
        let times = page.meta.of(MetaField::Time).filter_map(|c| {
            let node = c.node?;
            let role = role_of(&c.value, &places.before(node), class_role(page, node));
            let is_issue = matches!(role, Some(Role::Published | Role::Unlabelled));
            Some((at(node), is_issue.then(|| read(&c.value)).flatten()?))
        });
        times.collect()
    };
    let (role, days) = match [labelled, led].into_iter().find(|days| !days.is_empty()) {
        Some(days) => (Role::Published, days),
        None => (Role::Unlabelled, marked()),
    };
    let first = days.first().filter(|_| only(&days))?;
    Some((first.0, role, first.1.clone(), true))
}

/// Whether a text ends with words that say that a date is that of a change.
fn is_changed(text: &str) -> bool {
    may_be(&CHANGED_STEMS, text) && CHANGED.is_match(text)
}

/// Whether a text ends with words that say that a date is that of publication.
fn is_issued(text: &str) -> bool {
    may_be(&ISSUED_STEMS, text) && ISSUED.is_match(text)
}

/// Whether one of some words in ASCII stands in a text; beyond ASCII nobody knows.
fn may_be(stems: &AhoCorasick, text: &str) -> bool {
    !text.is_ascii() || stems.is_match(text)
}

/// What a date says, by itself, by the words in front of it or by its class; none if it is no date of the article.
fn role_of(own: &str, before: &str, by_class: Role) -> Option<Role> {
    let own_words = own.trim_end_matches(|c: char| !c.is_alphabetic());
    let lead = tail(before);
    let digit = own_words.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    for text in [&own_words[..digit], lead].into_iter().filter(|text| !text.is_empty()) {
        if is_changed(text) {
            return Some(Role::Modified);
        }
        if is_issued(text) {
            return Some(Role::Published);
        }
        if OTHER_DAY.is_match(text) && by_class == Role::Unlabelled {
            return None;
        }
    }
    Some(by_class)
}

fn class_role(page: &HtmlPage, node: NodeId) -> Role {
    let class = page.tree.attribute(node, Attr::Class).unwrap_or("").to_ascii_lowercase();
    if ["update", "modif", "revis"].iter().any(|word| class.contains(word)) {
        // WordPress themes give one element both names where the two days are the same.
        if class.contains("publish") { Role::Unlabelled } else { Role::Modified }
    } else if class.contains("publish") {
        Role::Published
    } else {
        Role::Unlabelled
    }
}

/// The day that an address names.
fn day_in_address(url: &str) -> Option<Date> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let captures = IN_ADDRESS.captures(path)?;
    let number = |n: usize| captures.get(n)?.as_str().parse::<i16>().ok();
    let (year, month, day) = [1, 4, 7].into_iter().find_map(|n| Some((number(n)?, number(n + 1)?, number(n + 2)?)))?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::RuleId;
    use crate::options::Options;
    use crate::page::html::lay_out;

    /// Days of publication and of change, `-` where there is none.
    fn check(html: &str, url: &str, expected: &str) {
        let page = lay_out(html, &Options::default());
        let site = Site::of_page(&page.meta, Some(url));
        let days = settle(&page, &page.layout, &[], &Shown::of(&page.tree), &site, Some(url), None);
        let show = |moment: &Moment| moment.date.map_or("-".to_owned(), |day| day.to_string());
        assert_eq!(format!("{} {}", show(&days.published), show(&days.modified)), expected, "{html}");
    }

    const URL: &str = "https://harbour.example/a/pier";
    const TITLE: &str = "<title>Pier shut - Harbour Post</title><h1>Pier shut</h1>";

    fn json(text: &str) -> String {
        format!("<script type='application/ld+json'>{text}</script>{TITLE}")
    }

    #[test]
    fn the_article_outranks_the_page_and_the_page_what_stands_around() {
        check(
            &json(
                r#"[{"@type":"WebPage","datePublished":"2031-01-01"},{"@type":"Article","headline":"Pier shut",
                "datePublished":"2031-04-02T08:00:00+01:00","dateModified":"2031-04-03"}]"#,
            ),
            URL,
            "2031-04-02 2031-04-03",
        );
        check(
            &format!("{}<p>5 May 2031</p>", json(r#"{"@type":"WebPage","datePublished":"2031-04-02"}"#)),
            URL,
            "2031-04-02 -",
        );
    }

    #[test]
    fn of_several_articles_the_one_that_is_called_as_the_page_counts() {
        check(
            &json(
                r#"[{"@type":"Article","headline":"Fog again","datePublished":"2031-01-01"},
                {"@type":"Product","name":"Rope"},{"@type":"Article","headline":"Pier shut","datePublished":"2031-04-02"}]"#,
            ),
            URL,
            "2031-04-02 -",
        );
    }

    #[test]
    fn a_date_beside_the_headline_is_taken_and_a_label_says_what_it_is() {
        check(&format!("{TITLE}<p>Ada Marsh 2 April 2031 — 7 minutes read</p><p>Text.</p>"), URL, "2031-04-02 -");
        check(&format!("{TITLE}<p class=post-date>2 April 2031</p><p>Text.</p>"), URL, "2031-04-02 -");
        check(&format!("{TITLE}<p>Last updated on 3 April 2031</p><p>Text.</p>"), URL, "- 2031-04-03");
        check(
            &format!("{TITLE}<p>Published 2 April 2031 | Updated 3 April 2031</p><p>Text.</p>"),
            URL,
            "2031-04-02 2031-04-03",
        );
        check(
            &format!("{TITLE}<p>{}</p><p>Posted on 2 April 2031</p>", "It blew all night. ".repeat(99)),
            URL,
            "2031-04-02 -",
        );
    }

    #[test]
    fn a_page_that_is_stamped_anew_shows_its_own_day() {
        let stamped = json(
            r#"{"@type":"Article","headline":"Pier shut","datePublished":"2031-09-01","dateModified":"2031-09-01"}"#,
        );
        check(&format!("{stamped}<p class=post-date>2 April 2031</p>"), URL, "2031-04-02 2031-09-01");
        // A later change does not make the declared day wrong.
        let changed = json(
            r#"{"@type":"Article","headline":"Pier shut","datePublished":"2031-08-01","dateModified":"2031-09-01"}"#,
        );
        check(&format!("{changed}<p class=post-date>2 April 2031</p>"), URL, "2031-08-01 2031-09-01");
        check(
            &format!(
                "<meta name=date content=2031-01-01><meta name=pubdate content=2031-04-02>{TITLE}<p>2 April 2031</p>"
            ),
            URL,
            "2031-04-02 -",
        );
    }

    #[test]
    fn the_foot_of_an_article_and_a_library_tell_days() {
        let foot = "<footer>Posted on 2 April 2031 by Ada Marsh</footer>";
        check(&format!("<article>{TITLE}<p>{}</p>{foot}</article>", "It blew. ".repeat(200)), URL, "2031-04-02 -");
        check(&format!("<meta name=citation_publication_date content='2031 Apr 2'>{TITLE}"), URL, "2031-04-02 -");
        check(TITLE, "https://harbour.example/a/2031-04-02+pier", "2031-04-02 -");
    }

    #[test]
    fn other_days_are_no_days_of_publication() {
        check(&format!("{TITLE}<p>Released: 2 April 2031</p>"), URL, "- -");
        check(&format!("{TITLE}<p>The last ferry of the season is 2 April 2031.</p>"), URL, "- -");
        check(&format!("{TITLE}<p>© 2 April 2031 Harbour Post</p>"), URL, "- -");
        check(&format!("{TITLE}<p>The fair: 2 April 2031 - 5 April 2031</p>"), URL, "- -");
        let page = lay_out(
            &format!("{TITLE}<p>Text.</p><div class=comments><time>2 April 2031</time></div>"),
            &Options::default(),
        );
        let comment = Finding {
            kind: Kind::Comments,
            rule: RuleId::from("test/comments"),
            span: page.layout.blocks[2].span,
            action: Action::Drop,
            value: None,
            replacement: None,
            confidence: 1.0,
        };
        let site = Site::of_page(&page.meta, Some(URL));
        let days = settle(&page, &page.layout, &[comment], &Shown::of(&page.tree), &site, Some(URL), None);
        assert_eq!(days.published.date, None);
    }

    #[test]
    fn the_address_tells_the_day_where_nothing_else_does_and_settles_a_quarrel() {
        check(TITLE, "https://harbour.example/2031/04/02/pier", "2031-04-02 -");
        check(
            &format!("<meta name=date content=2031-01-01><meta name=pubdate content=2031-04-02T09:30>{TITLE}"),
            "https://harbour.example/2031/4/2/pier",
            "2031-04-02 -",
        );
        check(TITLE, "https://harbour.example/2031/13/45/pier", "- -");
    }
}
