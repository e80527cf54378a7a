//! Which line above the body of a text dump is its headline: length, words shared with the body, copies, neighbours.

use std::cell::OnceCell;

use rustc_hash::FxHashSet;

use super::Context;
use crate::finding::Kind;
use crate::judge::document::{Document, fold};
use crate::page::Shape;
use crate::page::text::{is_unspaced, without_site};

/// Most lines above the body that are compared.
const MAX_LINES: usize = 16;
/// Longest headline: newspapers stay under 20 words; agencies reach 30.
const MAX_WORDS: usize = 32;
/// The same in weighted letters, for scripts without spaces.
const MAX_WEIGHT: f32 = 220.0;
/// Paragraphs of the body whose words are compared.
const BODY_PARAGRAPHS: usize = 6;
/// Letters of a word that are compared, so that endings do not matter.
const STEM_LETTERS: usize = 5;
/// Shortest word that is compared, in letters.
const MIN_STEM_LETTERS: usize = 4;
/// Least score of a headline. A line of five words in front of the body has 1 without a word in common.
const MIN_SCORE: f32 = 0.9;
/// Least score of a line that is taken for the headline above a standfirst: it shares a word with the body.
const MIN_OVER_STANDFIRST: f32 = 1.3;
/// How much higher the standfirst below it may score.
const MAX_STANDFIRST_LEAD: f32 = 1.0;
/// Length of such a headline, in words: mottos are shorter.
const MIN_OVER_WORDS: usize = 7;
const MAX_OVER_WORDS: usize = 20;
/// What a full stop takes from the score of a line that neither a copy nor a byline under it shows to be a headline.
const CLOSED_PENALTY: f32 = 3.0;

/// Whether a block may be a headline at all: short, no paragraph, with letters.
fn is_line(document: &Document<'_>, idx: usize) -> bool {
    let (view, block) = (&document.views[idx], &document.layout.blocks[idx]);
    let text = document.text(idx).trim_end();
    !view.is_long
        && !block.hidden
        && matches!(block.shape, Shape::Paragraph | Shape::Heading(_) | Shape::Verse)
        && (4.0..=MAX_WEIGHT).contains(&view.weight)
        && view.n_words <= MAX_WORDS
        && !text.ends_with([':', ',', '：', '，', '、'])
}

/// What is known of the lines above the body while no block is claimed anew; several detectors ask for it.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    scores: OnceCell<Vec<(usize, f32)>>,
    headline: OnceCell<Option<usize>>,
}

/// Beginnings of the words of a text; pairs of characters where a script has no spaces.
pub(super) fn stems<'t>(folded: &'t str, out: &mut FxHashSet<&'t str>) -> usize {
    let mut n = 0;
    let is_part = |c: char| {
        if c.is_ascii() { c.is_ascii_alphanumeric() } else { c.is_alphanumeric() || crate::page::text::is_mark(c) }
    };
    for word in folded.split(|c: char| !is_part(c)).filter(|word| !word.is_empty()) {
        if word.chars().next().is_some_and(is_unspaced) || crate::language::has_hangul(word) {
            let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
            for ((start, _), end) in word.char_indices().zip(ends.skip(1)) {
                n += usize::from(out.insert(&word[start..end]));
            }
        } else if word.chars().nth(MIN_STEM_LETTERS - 1).is_some() {
            let end = word.char_indices().nth(STEM_LETTERS).map_or(word.len(), |(at, _)| at);
            n += usize::from(out.insert(&word[..end]));
        }
    }
    n
}

/// The headline of a text dump, if a line above its body looks like one. Of equals the first, since a standfirst follows
/// its headline; of copies the one without the site's name.
pub(super) fn find(context: &Context<'_>) -> Option<usize> {
    *context.lines.headline.get_or_init(|| find_anew(context))
}

fn find_anew(context: &Context<'_>) -> Option<usize> {
    let scores = scores(context);
    let mut best: Option<(usize, f32)> = None;
    for &(idx, score) in scores {
        if score >= MIN_SCORE && best.is_none_or(|(_, top)| score > top + 0.05) {
            best = Some((idx, score));
        }
    }
    let (mut idx, top) = best?;
    // A standfirst speaks of more than the headline right above it.
    if let Some(&(above, score)) = scores.iter().find(|(other, _)| other + 1 == idx)
        && score >= MIN_OVER_STANDFIRST
        && score + MAX_STANDFIRST_LEAD >= top
        && is_over_standfirst(context.document, above, idx)
    {
        idx = above;
    }
    let bare = without_site(context.document.text(idx)).map(fold);
    let plain =
        scores.iter().find(|(other, _)| bare.as_deref() == Some(context.document.views[*other].folded.as_str()));
    Some(plain.map_or(idx, |(other, _)| *other))
}

/// Whether a line is long enough for a headline of its own, ends no sentence and is no copy of the line below it.
fn is_over_standfirst(document: &Document<'_>, above: usize, idx: usize) -> bool {
    let view = &document.views[above];
    (MIN_OVER_WORDS..=MAX_OVER_WORDS).contains(&view.n_words)
        && !view.is_sentence
        && !document.text(above).chars().any(is_unspaced)
        && !crate::language::has_hangul(document.text(above))
        && !document.text(above).contains(['|', '•', '·', '›', '>'])
        && !is_copy(document, above, idx)
}

/// How much each open line above the body looks like a headline. From 1.5 on it shares words with the body.
pub(super) fn scores<'c>(context: &Context<'c>) -> &'c [(usize, f32)] {
    context.lines.scores.get_or_init(|| scores_anew(context))
}

fn scores_anew(context: &Context<'_>) -> Vec<(usize, f32)> {
    let document = context.document;
    let is_open = |i: usize| context.claimed[i].is_none();
    let Some((first_long, last_long)) = document.body() else { return Vec::new() };
    let lines: Vec<usize> = (0..first_long).filter(|&i| is_open(i) && is_line(document, i)).take(MAX_LINES).collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let mut body = FxHashSet::default();
    let paragraphs = (first_long..=last_long).filter(|&i| document.views[i].is_long && is_open(i));
    paragraphs.take(BODY_PARAGRAPHS).for_each(|i| {
        stems(&document.views[i].folded, &mut body);
    });
    let bare: Vec<Option<&str>> = lines.iter().map(|&i| without_site(document.text(i))).collect();
    let folded: Vec<Option<String>> = bare.iter().map(|bare| bare.map(fold)).collect();
    // Whether one line is the other with or without a site's name behind it.
    let is_copy = |a: usize, b: usize| {
        let plain = |n: usize| document.views[lines[n]].folded.as_str();
        plain(a) == plain(b) || folded[a].as_deref() == Some(plain(b)) || folded[b].as_deref() == Some(plain(a))
    };
    let score = |(at, idx): (usize, usize)| -> f32 {
        let view = &document.views[idx];
        let text = document.text(idx);
        let mut own = FxHashSet::default();
        let n = stems(&view.folded, &mut own).max(1);
        let shared = own.iter().filter(|stem| body.contains(*stem)).count();
        // Two words in common may be a name; the share says how much of the line the body speaks of.
        let mut score = 2.0 * (shared as f32 / n as f32) + 0.1 * (shared.min(5) as f32);
        score += match view.n_words {
            0..=2 => -0.8,
            3 => -0.2,
            4 => 0.4,
            5..=18 => 1.0,
            _ => 0.6,
        };
        let has_copy = (0..lines.len()).any(|other| other != at && is_copy(at, other));
        score += if has_copy { 1.5 } else { 0.0 };
        // Menus part their words with bars and dots; headlines do not.
        let bars = text.matches(['|', '•', '·', '›', '>', '/']).count();
        let bare = bare[at].is_some();
        score -= if bars >= 2 || (bars == 1 && !bare) { 2.0 } else { 0.0 };
        let letters = text.chars().filter(|c| c.is_alphabetic());
        let (upper, all) = letters.fold((0, 0), |(u, a), c| (u + usize::from(c.is_uppercase()), a + 1));
        score -= if upper == all && all > 0 && view.n_words <= 4 { 0.6 } else { 0.0 };
        if is_name_like(text) {
            score -= 1.0;
        }
        // What a byline or a time stamp follows is the headline, or its standfirst.
        let next = (idx + 1..first_long).find(|&i| !lines.contains(&i));
        let is_about = |i: usize| matches!(context.claimed[i], Some(Kind::Byline | Kind::PublishedTime));
        let stands_over_head = next.is_some_and(|i| i == idx + 1 && is_about(i));
        if stands_over_head {
            score += 0.5;
        }
        // A short line alone at the very top, right above the body, is the headline of a bare text.
        if idx == 0 && first_long == 1 && document.stands_alone(idx) {
            score += 0.5;
        }
        // A full stop makes a sentence of the body, unless a copy or a byline says otherwise.
        if view.is_sentence && !text.trim_end().ends_with(['?', '!', '？', '！', '؟', '”', '»', '"', '」']) {
            score -= if has_copy || stands_over_head { 1.0 } else { CLOSED_PENALTY };
        }
        score
    };
    lines.iter().copied().enumerate().map(|(at, idx)| (idx, score((at, idx)))).collect()
}

/// Whether one line is the other with or without a site's name behind it.
fn is_copy(document: &Document<'_>, a: usize, b: usize) -> bool {
    let plain = |i: usize| document.views[i].folded.as_str();
    let bare = |i: usize| without_site(document.text(i)).map(fold);
    plain(a) == plain(b) || bare(a).as_deref() == Some(plain(b)) || bare(b).as_deref() == Some(plain(a))
}

/// Two or three words, each with a capital: a person or an outlet rather than a headline.
fn is_name_like(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    (2..=3).contains(&words.len())
        && words.iter().all(|w| w.chars().next().is_some_and(char::is_uppercase))
        && !text.contains(['?', '!', '"', '“', '«'])
}
