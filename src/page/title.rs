//! The headline of a page out of all that names it: comes in what the markup says, goes out one text and the heading that
//! shows it. Reconciled by agreement: a heading that `<title>`, Open Graph or JSON-LD repeat wins; the site's name goes
//! where something else says that it is the site's name. Never invents a word.

use std::collections::BTreeSet;

use super::host_of;
use super::meta::{Meta, MetaCandidate, MetaField, MetaSource, SITE_HEADING};
use super::text::is_unspaced;
use super::tree::NodeId;

/// The headline of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageTitle {
    /// The headline as written.
    pub text: String,
    /// The heading that shows it.
    pub node: Option<NodeId>,
}

/// Marks that part the headline from the site's name or the section; white space stands around them.
const MARKS: &[&str] = &["|", "-", "–", "—", "»", "«", "·", "•", "::", "›", "‹", "~", "⋆", "/", "―", "｜"];
/// Those that part nothing inside a headline, so that a short text behind them is the site's or the section's name.
const SURE_MARKS: &[&str] = &["|", "»", "«", "·", "•", "::", "›", "｜"];
/// Longest name of a site or a section behind such a mark, in words.
const MAX_TAIL_WORDS: usize = 4;
/// What may stand behind the name of a site that calls itself an author.
const HOUSE_TAILS: &[&str] =
    &["com", "org", "net", "team", "staff", "editorial", "editors", "blog", "news", "inc", "llc", "online"];
/// Longest name of a site that is longer than the name known, in words (`The Harbour Post Online`).
const MAX_SITE_WORDS: usize = 6;
/// Shortest name that is looked for inside a longer one, in letters.
const MIN_INNER_LETTERS: usize = 4;
/// Letters of a word that are compared, so that endings do not matter.
const STEM_LETTERS: usize = 5;
/// Share of its words that a lone heading must have in common with `<title>` to be the headline in other words. On a
/// sample of pages where the two differ, headings above it were the headline twice as often as `<title>`.
const MIN_SHARED: f32 = 0.4;
/// The same where the page has several headings of the first level.
const MIN_SHARED_OF_SEVERAL: f32 = 0.6;
/// How many times shorter than `<title>` a heading may be that says the same in other words.
const MAX_SHORTER: usize = 3;
/// Most parts of a title; one of more is a list of keywords.
const MAX_PARTS: usize = 12;
/// Last words of the names of forums, handbooks, offices and firms, which stand behind a headline.
#[rustfmt::skip]
const SITE_LASTS: &[&str] = &[
    "forum", "forums", "board", "boards", "documentation", "docs", "wiki", "blog", "magazine", "community",
    "university", "college", "institute", "administration", "department", "association", "inc", "llc", "ltd", "usa",
];
/// What the first page of a site, or of a part of it, is called everywhere.
const PLAIN_NAMES: &[&str] =
    &["home", "homepage", "index", "welcome", "shop", "blog", "startseite", "accueil", "inicio", "главная"];
/// What forums write between their name and that of a thread.
#[rustfmt::skip]
const THREAD_LABELS: &[&str] = &[
    "View topic", "Thema anzeigen", "Voir le sujet", "Consulter le sujet", "Afficher le sujet", "Ver Tema",
    "Leggi argomento", "Zobacz temat", "Zobacz wątek", "Просмотр темы", "Bekijk onderwerp", "Exibir tópico", "Ver Tópico",
];
/// Shortest title that is looked for inside a longer heading, in letters.
const MIN_CORE_LETTERS: usize = 8;
/// Parts of a host that name nobody.
#[rustfmt::skip]
const PLAIN_LABELS: &[&str] = &[
    "www", "com", "co", "org", "net", "edu", "gov", "blog", "blogs", "docs", "doc", "shop", "store", "news",
    "support", "help", "developer", "developers", "forum", "forums", "community", "old", "en", "de", "fr", "es", "it",
    "uk", "us",
];

/// One thing that calls itself the page's title, with its parts.
struct Named {
    text: String,
    parts: Vec<(usize, usize, bool)>,
    source: MetaSource,
}

/// What is known of the site's name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Site {
    /// Houses that the site says it is.
    houses: BTreeSet<String>,
    names: BTreeSet<String>,
    labels: Vec<String>,
    is_root: bool,
}

/// Settles the headline of a page.
pub fn settle(meta: &Meta, url: Option<&str>) -> Option<PageTitle> {
    let url = url.or_else(|| meta.of(MetaField::Url).map(|c| c.value.as_str()).find(|url| url.starts_with("http")));
    let named = named(meta);
    let site = Site::of(meta, url, &named);
    let headings: Vec<(&str, NodeId)> = meta
        .of(MetaField::Title)
        .filter(|c| c.source == MetaSource::Heading)
        .filter_map(|c| Some((c.value.as_str(), c.node?)))
        .collect();
    if let Some(found) = agreed(&headings, &named, &site) {
        return Some(found);
    }
    let of = |source: MetaSource| named.iter().find(|n| n.source == source).map(|n| site.without(n));
    let element = of(MetaSource::TitleElement).filter(|t| !site.is_name(t));
    let graph = of(MetaSource::OpenGraph).filter(|t| !site.is_name(t));
    // Open Graph says the same in fewer words: the rest was the site's.
    let page = match (element, graph) {
        (Some(long), Some(short)) if short.len() < long.len() && fold(long).starts_with(&fold(short)) => Some(short),
        (Some(long), Some(short)) if long.strip_suffix(short).is_some_and(|rest| rest.ends_with(": ")) => Some(short),
        (element, graph) => element.or(graph),
    };
    let page = page.map(|page| core(page, &named, &site));
    let other = named.iter().map(|n| site.without(n)).find(|t| !site.is_name(t));
    let slug = slug_words(url);
    if let Some((text, node)) = nearest(&headings, &named, &site, &slug, page) {
        let core = page.filter(|page| is_core_of(text, page));
        let text = core.unwrap_or_else(|| site.without_tail(text));
        return Some(PageTitle { text: text.to_owned(), node: Some(node) });
    }
    let text = page.or(other).or_else(|| headings.iter().map(|(h, _)| *h).find(|h| !site.is_name(h)));
    // A page that is called like its site: its front page, mostly.
    let text =
        text.or_else(|| named.first().map(|n| site.first_part(n))).or_else(|| headings.first().map(|(h, _)| *h))?;
    Some(PageTitle { text: text.to_owned(), node: None })
}

/// What the markup calls the page's title, but for its headings.
fn named(meta: &Meta) -> Vec<Named> {
    meta.of(MetaField::Title)
        .filter(|c| c.source != MetaSource::Heading)
        .map(|c| Named { text: c.value.clone(), parts: parts(&c.value), source: c.source })
        .collect()
}

/// The first heading that something else names as the title, with or without the site's name around it.
fn agreed(headings: &[(&str, NodeId)], named: &[Named], site: &Site) -> Option<PageTitle> {
    // From the first part on, and from a later one on.
    let mut fronts: BTreeSet<String> = BTreeSet::new();
    let mut inner: BTreeSet<String> = BTreeSet::new();
    for title in named {
        let last = title.parts.last().map_or(0, |part| part.1);
        for (n, &(start, ..)) in title.parts.iter().enumerate() {
            let is_front = n == 0 || site.is_exact(title.text[..start].trim_end_matches(is_mark));
            for &(_, end, _) in &title.parts[n..] {
                let folded = fold(&title.text[start..end]);
                if is_front {
                    fronts.insert(folded);
                } else if end < last {
                    // The last part of several may be the site, the book or the section that the page belongs to.
                    inner.insert(folded);
                }
            }
        }
    }
    let open = || headings.iter().filter(|(text, _)| !site.is_exact(text));
    let found = open().find(|(text, _)| fronts.contains(&fold(text)));
    let found = found.or_else(|| open().find(|(text, _)| !site.is_name(text) && inner.contains(&fold(text))));
    if let Some((text, node)) = found {
        return Some(PageTitle { text: site.without_tail(text).to_owned(), node: Some(*node) });
    }
    // A heading with a line below it in an element of its own: `Trail ropeHolds a barge in a gale`.
    open().find_map(|(text, node)| {
        let mut cuts = text.match_indices(|c: char| c.is_uppercase()).map(|(at, _)| at);
        let cut = cuts.find(|&at| {
            text[..at].ends_with(char::is_lowercase) && is_full(&text[..at]) && fronts.contains(&fold(&text[..at]))
        })?;
        Some(PageTitle { text: text[..cut].to_owned(), node: Some(*node) })
    })
}

/// A title without what another name of the page leaves out before or behind a mark: the site, a section, a number.
fn core<'t>(title: &'t str, named: &'t [Named], site: &Site) -> &'t str {
    let is_core = |other: &str| {
        let behind = title.strip_prefix(other).map(str::trim_start).filter(|rest| !rest.is_empty());
        let before = title.strip_suffix(other).map(str::trim_end).filter(|rest| !rest.is_empty());
        behind.is_some_and(|rest| rest.split_whitespace().next().is_some_and(|word| MARKS.contains(&word)))
            || before.is_some_and(|rest| {
                rest.ends_with([':', ']']) || rest.split_whitespace().next_back().is_some_and(|w| MARKS.contains(&w))
            })
    };
    let others = named.iter().filter(|n| n.source != MetaSource::TitleElement).map(|n| n.text.as_str());
    let mut others = others.filter(|other| is_full(other) && !site.is_name(other));
    others.find(|other| is_core(other)).unwrap_or(title)
}

/// Whether a heading is a page's title with a label, a date or an appeal in front of it (`Thread: Fog on the pier`), or
/// with a note in brackets or behind a mark.
fn is_core_of(heading: &str, page: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(fold).filter(|w| !w.is_empty()).collect::<Vec<_>>();
    // `Title:Fog on the pier`, the label in an element of its own.
    let is_glued = |rest: &str| rest.ends_with([':', ']', '|']);
    if is_full(page) && heading.strip_suffix(page).is_some_and(is_glued) {
        return true;
    }
    let (long, short) = (words(heading), words(page));
    if short.len() < 2 || long.len() <= short.len() || fold(page).len() < MIN_CORE_LETTERS {
        return false;
    }
    let is_article = long.len() == short.len() + 1 && ["the", "a", "an"].contains(&long[0].as_str());
    let rest = heading.split_whitespace().nth(page.split_whitespace().count());
    long.ends_with(&short) && !is_article
        || long.starts_with(&short) && rest.is_some_and(|word| word.starts_with('(') || MARKS.contains(&word))
}

/// The heading that says in other words what `<title>` says, if there is one. Where the two differ, the words of the
/// page's address tell which is the name of the page and which an appeal.
fn nearest<'a>(
    headings: &[(&'a str, NodeId)],
    named: &[Named],
    site: &Site,
    slug: &BTreeSet<String>,
    page: Option<&str>,
) -> Option<(&'a str, NodeId)> {
    let mut words = BTreeSet::new();
    for title in named.iter().filter(|n| matches!(n.source, MetaSource::TitleElement | MetaSource::OpenGraph)) {
        words.extend(stems(&title.text));
    }
    let n_words = page.map_or(0, |page| stems(page).len());
    let in_slug = |text: &str| stems(text).intersection(slug).count();
    // The name of a forum or a firm, which stands behind the title with such a word at its end.
    let is_house = |text: &str| {
        named.iter().filter(|title| title.parts.len() > 1).filter_map(|title| Some((title, title.parts.last()?))).any(
            |(title, last)| {
                let last = &title.text[last.0..last.1];
                is_site_kind(last) && fold(last).starts_with(&fold(text))
            },
        )
    };
    let open: Vec<(f32, &(&str, NodeId))> = headings
        .iter()
        .filter(|(text, _)| !site.is_name(text) && !is_house(text))
        .map(|heading| {
            let own = stems(heading.0);
            let shared = own.intersection(&words).count();
            // One word of many is the section or the site, not the headline, unless the address is made of it.
            let is_address = headings.len() == 1 && !own.is_empty() && own.is_subset(slug);
            let is_scrap = !is_address && own.len() * MAX_SHORTER < n_words || (headings.len() > 1 && shared < 2);
            (if is_scrap { 0.0 } else { shared as f32 / own.len().min(words.len()).max(1) as f32 }, heading)
        })
        .collect();
    let best = open.iter().rev().max_by(|a, b| a.0.total_cmp(&b.0))?;
    let Some(page) = page else { return Some(*best.1) };
    let (of_heading, of_page) = (in_slug(best.1.0), in_slug(page));
    // What stands behind the page's title may be the book that it belongs to, where the address names the title.
    let is_behind = named.iter().any(|title| match title.parts.as_slice() {
        [first, .., last] => {
            fold(&title.text[last.0..last.1]) == fold(best.1.0) && in_slug(&title.text[first.0..first.1]) > 0
        }
        _ => false,
    });
    let enough = if open.len() == 1 { MIN_SHARED } else { MIN_SHARED_OF_SEVERAL };
    let is_nearer = of_heading > of_page && (open.len() == 1 || best.0 > 0.0);
    (is_nearer || best.0 >= enough && of_heading >= of_page && !is_behind).then_some(*best.1)
}

impl Site {
    /// What a page says of its site.
    pub(crate) fn of_page(meta: &Meta, url: Option<&str>) -> Self {
        let url = url.or_else(|| meta.of(MetaField::Url).map(|c| c.value.as_str()).find(|url| url.starts_with("http")));
        Self::of(meta, url, &named(meta))
    }

    /// Whether the page is the first of its site.
    pub(crate) fn is_front_page(&self) -> bool {
        self.is_root
    }

    /// Whether what calls itself an author is the site, in any spelling. A site may bear its writer's name: one of two or
    /// three words that is nobody's but a person's counts as a person, unless the site says that it is a house.
    pub(crate) fn is_own(&self, name: &str) -> bool {
        let folded = fold(name);
        let is_spelling = |known: &String| {
            *known == folded
                || folded.len() >= MIN_INNER_LETTERS && known.strip_prefix("the") == Some(folded.as_str())
                || folded.strip_prefix("the") == Some(known.as_str())
                || folded.strip_prefix(known.as_str()).is_some_and(|rest| HOUSE_TAILS.contains(&rest))
        };
        // One writer's site bears the writer's name, also where it calls itself a house.
        if crate::language::people::is_certain(name) && name.split_whitespace().count() <= 3 {
            return false;
        }
        if self.houses.iter().any(is_spelling) {
            return true;
        }
        let is_person = crate::language::people::western(name) == Some(true)
            && name.split_whitespace().all(|word| word.chars().any(char::is_lowercase))
            && name.split_whitespace().count() <= 3;
        !is_person && (self.names.iter().any(is_spelling) || self.is_name(name))
    }

    /// A name without the site's behind it, as bylines glue them together.
    pub(crate) fn without_own<'n>(&self, name: &'n str) -> &'n str {
        // A site may be called by its writer's surname.
        let is_name = crate::language::people::is_certain(name) && name.split_whitespace().count() == 2;
        let cut = name.match_indices(' ').find(|(at, _)| *at > 0 && !is_name && self.is_exact(&name[at + 1..]));
        cut.map_or(name, |(at, _)| &name[..at])
    }

    fn of(meta: &Meta, url: Option<&str>, named: &[Named]) -> Self {
        let mut names: BTreeSet<String> = meta
            .candidates
            .iter()
            .filter(|c| matches!(c.field, MetaField::Site | MetaField::Publisher) && !c.value.starts_with("http"))
            .map(|c| fold(&c.value))
            .collect();
        let of_house = |c: &&MetaCandidate| c.field == MetaField::Publisher && c.key == "Organization.name";
        let houses: BTreeSet<String> = meta.candidates.iter().filter(of_house).map(|c| fold(&c.value)).collect();
        // Some sites write the page's title where their name belongs.
        for title in named.iter().filter(|n| n.parts.len() > 1) {
            names.remove(&fold(&title.text));
        }
        // The name above all pages, which a title repeats at one of its ends.
        let of_house = |c: &&MetaCandidate| c.source == MetaSource::Heading && c.key == SITE_HEADING;
        for heading in meta.of(MetaField::Title).filter(of_house).map(|c| fold(&c.value)) {
            let is_end = |title: &Named| {
                title.parts.len() > 1
                    && [title.parts.first(), title.parts.last()]
                        .into_iter()
                        .flatten()
                        .any(|part| fold(&title.text[part.0..part.1]) == heading)
            };
            if named.iter().any(is_end) {
                names.insert(heading);
            }
        }
        let host = url.and_then(host_of).unwrap_or("");
        let labels: Vec<String> =
            host.split('.').filter(|label| label.len() > 1 && !PLAIN_LABELS.contains(label)).map(fold).collect();
        names.extend(labels.iter().filter(|label| label.len() > 2).cloned());
        names.insert(fold(host));
        names.remove("");
        let path =
            url.and_then(|url| url.split_once("://")).map(|(_, rest)| rest.split(['?', '#']).next().unwrap_or(""));
        let is_root = path.is_some_and(|rest| rest.trim_end_matches('/') == rest.split('/').next().unwrap_or(""));
        Self { houses, names, labels, is_root }
    }

    /// Whether a text is the name of the site, in any letter case, with or without its domain.
    fn is_name(&self, text: &str) -> bool {
        let folded = fold(text);
        if folded.is_empty() || self.names.contains(&folded) {
            return true;
        }
        let n_words = text.split_whitespace().count();
        let initials: String = text
            .split(|c: char| !c.is_alphanumeric())
            .filter_map(|word| word.chars().next())
            .flat_map(char::to_lowercase)
            .collect();
        // Between a mark inside the text the name may be a headline's subject.
        n_words <= MAX_SITE_WORDS
            && !text.contains([':', '?', '!'])
            && self.names.iter().any(|name| {
                let is_inside = name.len() >= MIN_INNER_LETTERS
                    && (folded.starts_with(name.as_str()) || folded.ends_with(name.as_str()))
                    && folded.len() <= name.len() * 3;
                let is_part = folded.len() >= MIN_INNER_LETTERS
                    && (name.starts_with(&folded) || name.ends_with(&folded))
                    && folded.len() * 3 >= name.len();
                is_inside || is_part
            })
            || initials.len() > 2 && self.labels.contains(&initials)
    }

    /// A title without the site's name at its ends.
    fn without<'t>(&self, title: &'t Named) -> &'t str {
        let text = title.text.as_str();
        let mut from = 0;
        let mut to = title.parts.len();
        // The name of the site may hold a mark of its own.
        if let Some(n) = (1..to).find(|&n| self.names.contains(&fold(&text[title.parts[n].0..]))) {
            to = n;
        }
        while to - from > 1 && self.is_name(&text[title.parts[to - 1].0..title.parts[to - 1].1]) {
            to -= 1;
        }
        // The front page is called by its name.
        while !self.is_root && to - from > 1 && self.is_exact(&text[title.parts[from].0..title.parts[from].1]) {
            from += 1;
        }
        let is_tail = |n: usize| {
            let (start, end, is_sure) = title.parts[n];
            is_sure && text[start..end].split_whitespace().count() <= MAX_TAIL_WORDS
        };
        while !self.is_root
            && to - from > 1
            && (is_tail(to - 1) || is_site_kind(&text[title.parts[to - 1].0..title.parts[to - 1].1]))
            && is_full(&text[title.parts[from].0..title.parts[to - 2].1])
        {
            to -= 1;
        }
        // `Thread / Section / Forum`: the section belongs to the forum.
        let is_slash = |n: usize| text[title.parts[n - 1].1..title.parts[n].0].trim() == "/";
        if to - from == 2 && to < title.parts.len() && is_slash(to) && is_slash(to - 1) {
            to -= 1;
        }
        let without = &text[title.parts[from].0..title.parts[to - 1].1];
        if PLAIN_NAMES.contains(&without.to_lowercase().as_str()) {
            return text;
        }
        let labelled = THREAD_LABELS.iter().find_map(|label| without.split_once(label));
        labelled.and_then(|(_, thread)| thread.strip_prefix(" - ")).unwrap_or(without)
    }

    /// Whether a text is the name of the site or its host.
    pub(crate) fn is_exact(&self, text: &str) -> bool {
        self.names.contains(&fold(text))
    }

    /// A heading without the site's own name, the name of some site or a short note behind a bar.
    fn without_tail<'t>(&self, text: &'t str) -> &'t str {
        let parts = parts(text);
        let mut end = text.len();
        for pair in parts.windows(2).rev() {
            let [before, last] = pair else { break };
            let tail = &text[last.0..last.1];
            let is_barred = text[before.1..last.0].contains(['|', '｜']);
            let is_tail = self.is_exact(tail)
                || !self.is_root && is_site_kind(tail)
                || is_barred && tail.split_whitespace().count() <= MAX_TAIL_WORDS;
            if !is_tail || !is_full(&text[..before.1]) {
                break;
            }
            end = before.1;
        }
        &text[..end]
    }

    /// Of a title that is all names of the site, the first part that says more than its name.
    fn first_part<'t>(&self, title: &'t Named) -> &'t str {
        let mut parts = title.parts.iter().map(|part| &title.text[part.0..part.1]);
        let first = parts.find(|part| !self.is_exact(part)).filter(|_| !self.is_root);
        first.unwrap_or(title.text.as_str())
    }
}

/// Whether a text ends as the names of forums, handbooks and firms do.
fn is_site_kind(text: &str) -> bool {
    text.split_whitespace().count() <= MAX_SITE_WORDS
        && text.split_whitespace().next_back().is_some_and(|word| {
            let word = word.trim_end_matches('.').to_lowercase();
            SITE_LASTS.contains(&word.as_str())
        })
}

/// Whether a text is enough for a title: two words, or as much in a script without spaces.
fn is_full(text: &str) -> bool {
    text.split_whitespace().count() >= 2 || text.chars().filter(|c| is_unspaced(*c)).count() >= 4
}

fn is_mark(c: char) -> bool {
    c.is_whitespace() || MARKS.iter().any(|mark| mark.starts_with(c))
}

/// The parts of a title between its marks: from, to, and whether the mark in front parts nothing inside a headline.
fn parts(text: &str) -> Vec<(usize, usize, bool)> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut is_sure = false;
    let mut push = |start: usize, end: usize, is_sure: bool| {
        let piece = &text[start..end];
        let from = start + (piece.len() - piece.trim_start().len());
        let to = from + piece.trim().len();
        if from < to {
            found.push((from, to, is_sure));
        }
    };
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let is_inside = at > 0 && at + word.len() < text.len();
        if is_inside && MARKS.contains(&bare) {
            push(start, at, is_sure);
            (start, is_sure) = (at + word.len(), SURE_MARKS.contains(&bare));
        } else if let Some(bar) = bare.find(['|', '｜']).filter(|_| bare.chars().count() > 1) {
            push(start, at + bar, is_sure);
            (start, is_sure) = (at + bar + bare[bar..].chars().next().map_or(1, char::len_utf8), true);
        }
        at += word.len();
    }
    push(start, text.len(), is_sure);
    if found.is_empty() || found.len() > MAX_PARTS {
        found = vec![(0, text.len(), false)];
    }
    found
}

/// A title as it is compared: letters and digits alone, in lower case.
pub(crate) fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Beginnings of the words of a text, and its numbers; pairs of characters where a script has no spaces.
fn stems(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        let letters: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
        if letters.iter().any(|c| is_unspaced(*c)) {
            out.extend(letters.windows(2).map(|pair| pair.iter().collect::<String>()));
        } else if letters.len() >= 4 || letters.first().is_some_and(char::is_ascii_digit) {
            out.insert(letters.into_iter().take(STEM_LETTERS).collect());
        }
    }
    out
}

/// Beginnings of the words in the last two parts of an address.
fn slug_words(url: Option<&str>) -> BTreeSet<String> {
    let path = url.and_then(|url| url.split_once("://")).map_or("", |(_, rest)| rest);
    let path = path.split(['?', '#']).next().unwrap_or("");
    let mut parts: Vec<&str> = path.split('/').skip(1).filter(|part| !part.is_empty()).collect();
    let from = parts.len().saturating_sub(2);
    parts.drain(..from);
    parts.iter().flat_map(|part| stems(part)).collect()
}

#[cfg(test)]
mod tests;
