//! The headline and its copies.

use super::{Context, Found};
use crate::finding::{Action, Field, Kind};
use crate::judge::document::{Document, fold};
use crate::judge::scan::Candidate;
use crate::page::Shape;
use crate::page::text::without_site;
use crate::page::title::PageTitle;
use crate::page::tree::Attr;

/// Longest headline: newspapers stay under 20 words; agencies reach 30.
const MAX_WORDS: usize = 32;
/// The same in weighted letters, for scripts without spaces.
const MAX_WEIGHT: f32 = 220.0;
/// Score from which a line above the headline may be the headline itself.
const RIVAL_SCORE: f32 = 1.5;
/// How near to the headline's own score such a line must come.
const RIVAL_MARGIN: f32 = 0.4;
/// Most lines above a headline (site, section, motto).
const MAX_KICKERS: usize = 6;
/// Longest section label, in words.
const MAX_SECTION_WORDS: usize = 3;
/// How far down copies of the headline are looked for, in blocks.
const MAX_HEAD_BLOCKS: usize = 24;

/// How many times longer than the title its heading may be, labels and all.
const MAX_HEADING_PER_TITLE: usize = 2;

/// Whether a block has the look of a headline: short, of two words or more, and not ending as a sentence does.
pub(super) fn is_headline(document: &Document<'_>, idx: usize) -> bool {
    let view = &document.views[idx];
    let block = &document.layout.blocks[idx];
    let text = document.text(idx);
    let asks = text.trim_end().ends_with(['?', '!', '？', '！', '؟']);
    let open_end = !text.trim_end().ends_with([':', ',', '：', '，']);
    (2..=MAX_WORDS).contains(&view.n_words)
        && (8.0..=MAX_WEIGHT).contains(&view.weight)
        && (!view.is_sentence || asks)
        && open_end
        && !text.contains(['>', '›'])
        && !view.is_long
        && !block.hidden
        && matches!(block.shape, Shape::Paragraph | Shape::Heading(_))
}

/// The headline: what the source calls the title where that stands in the text, else the first line of a text dump
/// that looks like one, with a paragraph after it.
fn find(context: &Context<'_>) -> Option<usize> {
    let document = context.document;
    let is_open = |i: usize| context.claimed[i].is_none() && !document.layout.blocks[i].hidden;
    if let Some(title) = context.page.and_then(|page| page.title.as_ref()) {
        return shown_title(context, title);
    }
    let named: Vec<String> = title_candidates(context);
    if !named.is_empty() {
        let same = |i: usize| {
            let folded = &document.views[i].folded;
            named.iter().any(|n| n == folded)
        };
        let heading = |i: usize| matches!(document.layout.blocks[i].shape, Shape::Heading(1..=2));
        let mut places = (0..document.len()).filter(|&i| is_open(i) && !document.views[i].is_long && same(i));
        let first = places.clone().next();
        return places.find(|&i| heading(i)).or(first).or_else(|| lone_h1(context));
    }
    if context.page.is_some() {
        return lone_h1(context);
    }
    text_headline(context)
}

/// The block that shows a page's headline: its heading, else a line of the same words, with or without the site's name.
/// A heading that says something else stays in the text.
fn shown_title(context: &Context<'_>, title: &PageTitle) -> Option<usize> {
    let (document, page) = (context.document, context.page?);
    // Once it is lifted, the headline is still the headline.
    let is_open =
        |i: usize| matches!(context.claimed[i], None | Some(Kind::Title)) && !document.layout.blocks[i].hidden;
    let named = [Some(fold(&title.text)), without_site(&title.text).map(fold)];
    let same = |i: usize| {
        let is_same = |folded: &str| named.iter().flatten().any(|name| name == folded);
        is_same(&document.views[i].folded) || without_site(document.text(i)).is_some_and(|bare| is_same(&fold(bare)))
    };
    let in_heading = |i: usize| {
        let node = document.layout.blocks[i].node;
        title.node.zip(node).is_some_and(|(heading, node)| page.tree.is_within(node, heading))
    };
    let heading = |i: usize| matches!(document.layout.blocks[i].shape, Shape::Heading(1..=2));
    let open: Vec<usize> = (0..document.len()).filter(|&i| is_open(i) && !document.views[i].is_long).collect();
    // The heading with what a screen reader is told besides, a sign that links to it, a count.
    let own = fold(&title.text);
    let holds = |i: usize| {
        let folded = &document.views[i].folded;
        !own.is_empty() && folded.len() <= MAX_HEADING_PER_TITLE * own.len() && folded.contains(&own)
    };
    let shown = open.iter().find(|&&i| in_heading(i) && (same(i) || holds(i)));
    shown.or_else(|| open.iter().find(|&&i| heading(i) && same(i))).or_else(|| open.iter().find(|&&i| same(i))).copied()
}

/// The headline of a text dump.
fn text_headline(context: &Context<'_>) -> Option<usize> {
    let document = context.document;
    if document.body().is_some() {
        return super::headline::find(context);
    }
    // No long paragraph: only a line that keeps its distance from what follows is a headline.
    let is_open = |i: usize| context.claimed[i].is_none() && !document.layout.blocks[i].hidden;
    let idx = (0..document.len()).find(|&i| is_open(i))?;
    let follows = (idx + 1..document.len()).any(|i| is_open(i) && document.views[i].is_sentence);
    let is_about = |i: usize| matches!(context.claimed.get(i), Some(Some(Kind::Byline | Kind::PublishedTime)));
    let stands_out = document.stands_alone(idx) || (document.layout.blocks[idx].gap_before && is_about(idx + 1));
    (is_headline(document, idx) && stands_out && follows).then_some(idx)
}

/// The only heading of the first level on a page.
fn lone_h1(context: &Context<'_>) -> Option<usize> {
    context.page?;
    let document = context.document;
    let mut tops = (0..document.len())
        .filter(|&i| document.layout.blocks[i].shape == Shape::Heading(1) && !document.layout.blocks[i].hidden);
    let first = tops.next()?;
    (tops.next().is_none() && document.views[first].n_words >= 2).then_some(first)
}

/// Folded headlines that the source or the markup names, each also without a site's name behind it.
fn title_candidates(context: &Context<'_>) -> Vec<String> {
    let mut names: Vec<&str> = context.hints.title.iter().map(String::as_str).collect();
    if let Some(page) = context.page {
        names.extend(page.meta.title_candidates().map(|(_, title)| title));
    }
    let mut folded = Vec::new();
    for name in names {
        folded.push(fold(name));
        folded.extend(without_site(name).map(fold));
    }
    folded.retain(|f| !f.is_empty());
    folded
}

/// The folded headline that a record header gave, if one did.
fn header_title(context: &Context<'_>) -> Option<String> {
    let lifted = |c: &&Candidate| c.finding.action == Action::Lift(Some(Field::Title));
    context.candidates.iter().find(lifted).map(|c| fold(c.finding.span.of(&context.document.layout.text)))
}

/// Lifts the headline.
pub(super) fn headline(context: &Context<'_>, found: &mut Found<'_>) {
    if header_title(context).is_some() {
        return;
    }
    if let Some(idx) = find(context) {
        found.add(idx, context.document.layout.blocks[idx].span, Kind::Title, Action::Lift(Some(Field::Title)), None);
    }
}

/// Copies of the headline near it, also with the name of the site behind them. The plain one stays as the title.
pub(super) fn repeated_title(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    if let Some(named) = header_title(context) {
        let is_copy = |i: &usize| {
            let bare = without_site(document.text(*i)).map(fold);
            context.claimed[*i].is_none() && (document.views[*i].folded == named || bare.as_ref() == Some(&named))
        };
        for i in (0..document.len().min(MAX_HEAD_BLOCKS)).filter(is_copy) {
            found.drop(i, document.layout.blocks[i].span);
        }
        return;
    }
    let Some(title) = find(context) else { return };
    let plain = |i: usize| document.views[i].folded.clone();
    let bare = |i: usize| without_site(document.text(i)).map(fold);
    let near: Vec<usize> = (0..document.len())
        .filter(|&i| {
            i != title
                && i <= title + MAX_HEAD_BLOCKS
                && context.claimed[i].is_none()
                && !document.layout.blocks[i].hidden
                && is_headline(document, i)
        })
        .collect();
    let own = plain(title);
    let own_bare = bare(title);
    let mut keep = title;
    for &i in &near {
        if own_bare.as_ref() == Some(&plain(i)) {
            keep = i;
            break;
        }
    }
    for i in near.into_iter().chain([title]) {
        let same = plain(i) == own || bare(i).as_ref() == Some(&own) || own_bare.as_ref() == Some(&plain(i));
        if i != keep && (same || (i == title && keep != title)) {
            found.drop(i, document.layout.blocks[i].span);
        }
    }
}

/// Lines above a headline that a byline or a time stamp follows: the outlet's name and its motto, or one section label.
/// They are no text of the article, whatever they say; a single label becomes the section.
pub(super) fn kickers(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    if context.page.is_some() || context.hints.title.is_some() {
        return;
    }
    let is_open = |i: usize| context.claimed[i].is_none() && !document.layout.blocks[i].hidden;
    let (Some(title), Some(first)) = (text_headline(context), (0..document.len()).find(|&i| is_open(i))) else {
        return;
    };
    if title == first {
        return;
    }
    let above: Vec<usize> = (first..title).filter(|&i| is_open(i)).collect();
    // A paragraph, a sentence or a line that speaks of the same as the body above the headline means that the headline
    // was misjudged.
    let scores = super::headline::scores(context);
    let score_of = |i: usize| scores.iter().find(|(idx, _)| *idx == i).map_or(0.0, |(_, score)| *score);
    let is_rival = |i: usize| score_of(i) >= RIVAL_SCORE && score_of(i) + RIVAL_MARGIN >= score_of(title);
    // A copy of the headline leaves no doubt about it: then a motto may end as a sentence does.
    let is_certain = context.claimed.contains(&Some(Kind::DuplicateTitle));
    if above.iter().any(|&i| is_rival(i))
        || above.len() > MAX_KICKERS
        || above.iter().any(|&i| document.views[i].is_sentence && !is_certain || document.views[i].is_long)
    {
        return;
    }
    for (n, &idx) in above.iter().enumerate() {
        let span = document.layout.blocks[idx].span;
        if above.len() == 1 && document.views[idx].n_words <= MAX_SECTION_WORDS {
            found.add(idx, span, Kind::Breadcrumb, Action::Lift(Some(Field::Section)), None);
        } else {
            found.add(idx, span, if n == 0 { Kind::SiteName } else { Kind::Tagline }, Action::Drop, None);
        }
    }
}

/// Class and itemprop tokens of a standfirst.
const STANDFIRST_TOKENS: &[&str] = &[
    "standfirst",
    "subtitle",
    "sub-title",
    "subheadline",
    "sub-headline",
    "subhead",
    "dek",
    "deck",
    "lede",
    "lead",
    "kicker-text",
    "intro",
    "article-intro",
    "article-lead",
    "article__lead",
    "article__subtitle",
    "article-subtitle",
    "article-summary",
    "excerpt",
    "alternativeheadline",
    "entry-subtitle",
    "post-subtitle",
    "article__announce",
    "announce",
    "anons",
    "article__intro",
    "headline__subtitle",
];
/// How far below the headline a standfirst can stand, in blocks.
const MAX_STANDFIRST_DISTANCE: usize = 6;
/// Longest standfirst, in words.
const MAX_STANDFIRST_WORDS: usize = 70;

/// The standfirst of a page: close under the headline, and either its class says so or the page's description repeats
/// it. It stays in the text.
pub(super) fn standfirst(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let (Some(page), Some(title)) = (context.page, find(context)) else { return };
    let described: Vec<String> = page
        .meta
        .of(crate::page::meta::MetaField::Description)
        .map(|c| fold(&c.value))
        .filter(|d| !d.is_empty())
        .collect();
    for idx in (title + 1..document.len()).take(MAX_STANDFIRST_DISTANCE) {
        let block = &document.layout.blocks[idx];
        let view = &document.views[idx];
        if context.claimed[idx].is_some() || block.hidden || view.n_words > MAX_STANDFIRST_WORDS || view.n_words < 3 {
            continue;
        }
        let is_marked = block.node.is_some_and(|node| {
            let own = page.tree.tokens(node, Attr::Class).chain(page.tree.tokens(node, Attr::Itemprop));
            let above = page.tree.parent(node).into_iter().flat_map(|parent| page.tree.tokens(parent, Attr::Class));
            own.chain(above).any(|token| STANDFIRST_TOKENS.contains(&token.to_ascii_lowercase().as_str()))
        });
        let is_described = !view.folded.is_empty() && described.contains(&view.folded);
        if (is_marked || is_described) && !matches!(block.shape, Shape::Caption | Shape::ListItem) {
            found.add(idx, block.span, Kind::Subtitle, Action::Copy(Field::Subtitle), None);
            found.add(idx, block.span, Kind::Subtitle, Action::Keep, None);
            return;
        }
    }
}
