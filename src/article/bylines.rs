//! The bylines that a page shows: comes in a page with its layout and findings, go out names with their places. A byline is
//! told by its markup, by words (`by`, `written by`) or by the day beside a name. Decides nothing about whose they are.

use std::sync::LazyLock;

use regex::Regex;

use super::names;
use super::shown::Shown;
use crate::dates;
use crate::finding::{Action, Field, Finding};
use crate::language::people;
use crate::page::meta::{AUTHOR_HOUSE, MetaField, MetaSource};
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
/// How far behind the headline a name may stand that only a day beside it shows to be the writer's, in bytes.
const MAX_BEHIND_LINE: u32 = 400;
/// Most lines behind the headline that are looked at for it.
const MAX_LINES: usize = 12;
/// Longest line that may be such a name or such a day, in bytes.
const MAX_DAY_BYTES: usize = 100;
/// Longest block that is searched for `by`, in bytes.
const MAX_BLOCK_BYTES: usize = 240;

/// Work on a text that does not make an author, at the end of what stands in front of a name.
pub(super) static OTHER_WORK: LazyLock<Regex> = LazyLock::new(|| {
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
/// A line that says who wrote the text, wherever it stands.
static SIGNED_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i:(?:this (?:post|article|story|guide|page) (?:was|is) )?(?:written|authored)\s+by|story by|words by)\s*:?\s+(?<names>\p{L}[^|•·»\n]{2,90})")
        .expect("the pattern is well formed")
});
/// How long the text takes to read, which stands where the day of publication does.
static READING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b\d{1,3}[- ]?min(?:ute)?s?\b[- ]?(?:to )?read").expect("the pattern is well formed")
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
pub(super) struct Byline {
    pub(super) names: Vec<String>,
    /// Bytes of shown text in front of it, and up to its end.
    pub(super) at: u32,
    pub(super) end: u32,
    /// A line of text says who wrote this, not the markup.
    pub(super) is_signed: bool,
}

/// Whether a name has the shape of a person's name in full.
pub(super) fn is_strict(name: &str) -> bool {
    let bare = name.split(',').next().unwrap_or(name);
    people::western(bare).is_some()
        || bare.chars().any(crate::page::text::is_unspaced)
        || crate::language::has_hangul(bare)
}

/// One word with a capital and nothing but letters: `Krystyna`.
pub(super) fn is_given_name(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
        && name.chars().skip(1).all(|c| c.is_lowercase())
        && name.chars().count() >= 3
}

/// Every byline that the page shows, by its markup or by its words.
pub(super) fn shown(
    page: &HtmlPage,
    layout: &Layout,
    findings: &[Finding],
    site: &Site,
    places: &Shown<'_>,
) -> Vec<Byline> {
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
    let title_at = places.anchor(page, layout).map(at);
    {
        let title = title_at.unwrap_or(0);
        let range = title.saturating_sub(MAX_BEFORE_TITLE)..=title.saturating_add(MAX_BEHIND_TITLE);
        let mut has_label = false;
        for block in layout.blocks.iter().filter(|b| !b.hidden && b.span.len() <= MAX_BLOCK_BYTES) {
            // A label and a name in lines of their own.
            let text = layout.block_text(block);
            if has_label && let Some(node) = block.node {
                add(text, node, false, false, true);
            }
            has_label = may_begin_with(text, b"wpstagb") && ALONE_BY.is_match(text);
            let Some(node) = block.node else { continue };
            if !range.contains(&at(node)) {
                if may_begin_with(text, b"twas")
                    && let Some(found) = SIGNED_LINE.captures(text)
                {
                    add(&found["names"], node, false, false, true);
                }
                continue;
            }
            if let Some(found) = BY.captures(text) {
                add(&found["names"], node, false, false, false);
            }
        }
    }
    unmarked(layout, findings, places, title_at, &mut out, site);
    out
}

/// Whether a text, blanks aside, begins with one of some letters in either case; beyond ASCII nobody knows.
fn may_begin_with(text: &str, letters: &[u8]) -> bool {
    let first = text.trim_start().bytes().next();
    first.is_some_and(|byte| !byte.is_ascii() || letters.contains(&byte.to_ascii_lowercase()))
}

/// Names right under the headline that only the day beside them shows to be a byline: `Ada Marsh | Writer | 2 April 2031`,
/// or two lines of their own.
fn unmarked(
    layout: &Layout,
    findings: &[Finding],
    places: &Shown<'_>,
    title: Option<u32>,
    out: &mut Vec<Byline>,
    site: &Site,
) {
    let Some(title) = title else { return };
    let near = title..=title.saturating_add(MAX_BEHIND_LINE);
    if out
        .iter()
        .any(|s| (title.saturating_sub(MAX_BEFORE_TITLE)..=title.saturating_add(MAX_BEHIND_TITLE)).contains(&s.at))
    {
        return;
    }
    let is_day = |text: &str| {
        text.len() <= MAX_DAY_BYTES
            && text.bytes().any(|byte| byte.is_ascii_digit() || !byte.is_ascii())
            && (READING.is_match(text) || dates::scan(text).iter().any(|hit| hit.stamp.to_moment().date.is_some()))
    };
    let blocks: Vec<_> = layout.blocks.iter().filter(|b| !b.hidden).collect();
    let from = blocks.partition_point(|b| b.node.is_none_or(|node| places.at(node) < title));
    for (n, block) in blocks.iter().enumerate().skip(from).take(MAX_LINES) {
        let text = layout.block_text(block);
        let Some(node) = block.node.filter(|&node| near.contains(&places.at(node))) else { continue };
        let is_foreign =
            findings.iter().any(|f| f.action.removes() && f.kind.is_foreign() && f.span.overlaps(block.span));
        if text.len() > MAX_DAY_BYTES || is_foreign {
            continue;
        }
        let cut = |at: usize| (&text[..at], &text[at..]);
        let day = dates::scan(text).first().map(|hit| hit.range.start).filter(|at| *at > 0);
        let bar = text.find(['|', '•', '·', '–', '—']);
        let (first, rest) = day.into_iter().chain(bar).min().map_or((text, ""), cut);
        let beside = [n.checked_sub(1), Some(n + 1)].into_iter().flatten().filter_map(|i| blocks.get(i));
        if !is_day(rest) && !beside.map(|b| layout.block_text(b)).any(is_day) {
            continue;
        }
        let mut names = names::declared(first);
        let is_sure = |name: &String| people::is_certain(name.split(',').next().unwrap_or(name));
        let n_sure = names.iter().filter(|name| is_sure(name)).count();
        names.retain(|name| is_strict(name) && !site.is_own(name));
        // What else the line says is the writer's office.
        if 2 * n_sure >= names.len().max(1) && first.trim().starts_with(names.first().map_or("?", |n| n.as_str())) {
            let at = places.at(node);
            let end = at.saturating_add(u32::try_from(text.len()).unwrap_or(0));
            out.push(Byline { names, at, end, is_signed: false });
            return;
        }
    }
}

/// The names of a byline, without the date and the place behind them.
pub(super) fn byline_of(value: &str) -> &str {
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
pub(super) fn near(
    page: &HtmlPage,
    layout: &Layout,
    shown: &[Byline],
    places: &Shown<'_>,
    n_names: usize,
) -> Vec<String> {
    let title = places.anchor(page, layout).map(|node| places.at(node));
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
