//! Lines that are nothing but a time of publication or change.

use std::sync::LazyLock;

use super::{Context, Found};
use crate::dates::{self, Role, Stamp};
use crate::finding::{Action, Field, Kind, Span};
use crate::judge::document::{Document, Zone};
use crate::judge::pattern::Pattern;
use crate::language;

/// Longest line that is read as a time stamp, in bytes.
const MAX_BYTES: usize = 240;
/// How far behind the first paragraph a stamp beside a byline still belongs to the head, in blocks: a long standfirst
/// stands above both.
const MAX_GROUP: usize = 4;
/// How far below a notice that no rule knows the stamp may stand, in blocks.
const MAX_NOTICE_LINES: usize = 8;
/// How much of the body is read to learn its language, in bytes.
const SAMPLE_BYTES: usize = 4000;
/// Languages of news that always put the day first in dates of numbers (ISO 639-3). Not English, which does both, and
/// not Chinese, Japanese and Korean, which begin with the year.
const DAY_FIRST: &[&str] = &[
    "rus", "ukr", "bel", "bul", "tur", "spa", "cat", "fra", "deu", "nld", "por", "ita", "ind", "ara", "pol", "ces",
    "slk", "ron", "vie", "hin", "ben", "ell", "heb", "dan", "nob", "fin", "srp", "hrv", "slv", "aze", "tha",
];

/// A place in capitals or the sign of an outlet in front of a stamp: `PERUGIA, 09 ottobre 2024`.
static PLACE_IN_FRONT: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(r"^\p{Lu}[\p{Lu}\p{M}'’.-]{2,}(?:[ -]\p{Lu}[\p{Lu}\p{M}'’.-]+){0,2}(?:,| [-–—|]) ")
        .expect("the pattern is well formed")
});
/// What may stand behind a stamp: the source, the words `same day`, counters of the page.
static TAIL: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(
        r"(?:[\s　|｜]+(?:来源|來源|稿源|文章来源|来自|出处)[：:]\s*\S{2,16}(?:\s+\S{2,8})?|\s+(?:cùng ngày|того же дня|того ж дня|tego samego dnia|do mesmo dia)|\s*(?:配信|掲載|公開|更新|付|付け|時点|송고|입력|등록|수정|発行))$",
    )
    .expect("the pattern is well formed")
});

/// A stand-alone time stamp in front of the body or after it, with or without a lead word (`Published:`). Lines in the
/// middle stay: they are a live blog's or a chronology's, unless a byline stands beside them under a long standfirst.
/// A stamp without a year goes only with a lead word.
pub(super) fn time_stamps(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let mut day_first = None;
    for idx in 0..document.len() {
        let text = document.text(idx);
        if context.claimed[idx].is_some() || text.len() > MAX_BYTES || document.layout.blocks[idx].hidden {
            continue;
        }
        let is_at_edge = document.is_in(idx, Zone::Head) || document.is_in(idx, Zone::Tail);
        if !is_at_edge && !is_beside_byline(context, idx) && !is_under_notice(context, idx) {
            continue;
        }
        let (core, offset) = core_of(text);
        let Some(mut line) = dates::stamp_line(core) else {
            if dates::is_relative_line(core) {
                found.add(idx, document.layout.blocks[idx].span, Kind::PublishedTime, Action::Drop, None);
            }
            continue;
        };
        if line.stamps.iter().any(|(_, hit)| is_open(&hit.stamp)) {
            let is_day_first = *day_first.get_or_insert_with(|| is_day_first(document));
            line = dates::stamp_line_of(core, is_day_first).unwrap_or(line);
        }
        let has_lead = !line.leads.is_empty();
        let is_complete = line.stamps.iter().any(|(_, hit)| hit.stamp.to_moment().date.is_some());
        let has_time = line.stamps.iter().any(|(_, hit)| hit.stamp.time.is_some());
        // A bare day may be a heading of a chronology, unless it stands in front of everything.
        if !is_complete && !has_lead && !line.stamps.iter().any(|(_, hit)| is_open(&hit.stamp))
            || (!has_lead && !has_time && document.is_in(idx, Zone::Tail) && !document.is_in(idx, Zone::Head))
        {
            continue;
        }
        let block = document.layout.blocks[idx].span;
        let start = block.start as usize + offset;
        let mut end_of_last = block.start as usize;
        for (role, hit) in &line.stamps {
            let span = Span::new(start + hit.range.start, start + hit.range.end);
            if hit.stamp.to_moment().date.is_none() || (span.start as usize) < end_of_last {
                continue;
            }
            found.add(idx, Span::new(end_of_last, span.start as usize), Kind::PublishedTime, Action::Drop, None);
            let field = if *role == Role::Modified { Field::Modified } else { Field::Published };
            // Where the line settled what its numbers alone leave open, the column needs the day spelt out.
            let says_so = dates::parse_whole(&core[hit.range.clone()]).is_some_and(|stamp| stamp.date().is_some());
            let value = (!says_so).then(|| iso(&hit.stamp)).flatten();
            found.add(idx, span, Kind::PublishedTime, Action::Lift(Some(field)), value);
            end_of_last = span.end as usize;
        }
        found.add(idx, Span::new(end_of_last, block.end as usize), Kind::PublishedTime, Action::Drop, None);
    }
}

/// A stamp whose year is known, but not which of its numbers is the day.
fn is_open(stamp: &Stamp) -> bool {
    stamp.year.is_some() && stamp.month.is_none()
}

/// A stamp as ISO 8601 writes it.
fn iso(stamp: &Stamp) -> Option<String> {
    let moment = stamp.to_moment();
    let day = moment.date?.to_string();
    Some(match moment.at {
        Some(at) => format!("{at}{}", moment.zone.as_deref().unwrap_or("")),
        None => day,
    })
}

/// The stamps of a line without a place in front and a source behind, and where they begin.
fn core_of(text: &str) -> (&str, usize) {
    let start = PLACE_IN_FRONT.find(text).map_or(0, |found| found.end());
    let core = &text[start..];
    // Of its words in ASCII each ends in an a.
    let may_have_tail = core.ends_with('a') || !core.is_ascii();
    let tail = may_have_tail.then(|| TAIL.find(core)).flatten();
    let end = tail.map_or(core.len(), |found| found.start());
    (&core[..end], start)
}

/// Whether a byline stands right above or below, not far behind the first paragraph.
fn is_beside_byline(context: &Context<'_>, idx: usize) -> bool {
    let is_byline = |i: usize| context.claimed.get(i).copied().flatten() == Some(Kind::Byline);
    is_byline(idx + 1)
        || idx.checked_sub(1).is_some_and(is_byline)
        || context.document.body().is_some_and(|(first, _)| {
            (first + 1..=first + MAX_GROUP).contains(&idx)
                && (first + 1..idx).any(is_byline)
                && (first + 1..idx).all(|i| matches!(context.claimed[i], Some(Kind::Byline | Kind::PublishedTime)))
        })
}

/// Whether only short lines that are no sentences, two at the least, stand between the first long block and this one: then
/// the long one is a notice that no rule knows, and the headline stands below it.
fn is_under_notice(context: &Context<'_>, idx: usize) -> bool {
    let document = context.document;
    let Some((first, last)) = document.body() else { return false };
    let is_open = |i: &usize| context.claimed[*i].is_none();
    let is_line = |i: usize| !document.views[i].is_sentence && !document.views[i].is_long;
    idx > first
        && idx < last
        && idx <= first + MAX_NOTICE_LINES
        && (first + 1..idx).filter(is_open).count() >= 2
        && (first + 1..idx).filter(is_open).all(is_line)
}

/// Whether the language of the body always puts the day first.
fn is_day_first(document: &Document<'_>) -> bool {
    let mut sample = String::new();
    for idx in (0..document.len()).filter(|&i| document.views[i].is_long) {
        sample.push_str(document.text(idx));
        sample.push('\n');
        if sample.len() > SAMPLE_BYTES {
            break;
        }
    }
    let guess = language::guess(&sample);
    guess.is_reliable && DAY_FIRST.contains(&guess.code)
}
