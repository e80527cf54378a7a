//! Headers that a dump tool or a template wrote above the text.

use std::sync::LazyLock;

use regex::Regex;

use super::{Context, Found};
use crate::dates;
use crate::finding::{Action, Field, Kind, Span};

/// How far down a header can begin and how long it can be, in blocks.
const MAX_HEADER_BLOCKS: usize = 12;

static DATE_HEADER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^date\s+\d{4}(?:-\d{2}(?:-\d{2})?)?(?:\s|$)").expect("the pattern is well formed"));
static FIELD_LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^(?P<name>title|headline|url|uri|link|source|site|website|domain|author|authors|byline|date|published|
        publish[_ -]?date|pub[_ -]?date|date[_ -]?publish(?:ed)?|language|lang|section|category|tags|keywords|id|
        crawled|fetched|scraped|modified|updated|заголовок|источник|автор|дата|ссылка|язык)\s*[:=]\s*(?P<value>\S.*)$",
    )
    .expect("the pattern is well formed")
});

/// ` date 2025-07-24 Tuesday, 02 January 2024 12:17 GMT`: a record header of the dump tool with the clock of a frozen
/// template. Only the header goes where a real line is glued to it.
pub(super) fn template_header(context: &Context<'_>, found: &mut Found<'_>) {
    if context.document.is_empty() || context.page.is_some() {
        return;
    }
    let block = &context.document.layout.blocks[0];
    let text = context.document.text(0);
    let Some(head) = DATE_HEADER.find(text) else { return };
    let mut end = head.end();
    // More stamps may follow; a line that holds nothing else goes whole.
    while let Some(hit) = dates::scan(&text[end..]).first().filter(|hit| is_filler(&text[end..end + hit.range.start])) {
        end += hit.range.end;
    }
    let rest = text[end..].trim();
    if is_filler(rest) {
        end = text.len();
    }
    let start = block.span.start as usize;
    found.drop(0, Span::new(start, start + end));
}

/// Whether nothing of a date line is left but marks, a weekday or a zone's name.
fn is_filler(text: &str) -> bool {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    text.is_empty()
        || (text.split_whitespace().count() == 1 && text.chars().count() <= 9 && {
            let lower = text.to_lowercase();
            lower.trim_end_matches(',').ends_with("day")
                || matches!(lower.as_str(), "gmt" | "utc" | "msk" | "мск" | "at")
        })
}

/// `Title: …`, `URL: …`, `Source: …`: two such lines or more at the top of a dump are a record header. What has a
/// column is lifted.
pub(super) fn dump_header(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    if context.page.is_some() {
        return;
    }
    let lines: Vec<(usize, regex::Captures<'_>)> = (0..document.len().min(MAX_HEADER_BLOCKS))
        .skip_while(|&i| context.claimed[i].is_some())
        .map_while(|i| FIELD_LINE.captures(document.text(i)).map(|captures| (i, captures)))
        .collect();
    let has_address = lines.iter().any(|(_, c)| c["value"].starts_with("http"));
    if lines.len() < 2 && !has_address {
        return;
    }
    for (idx, captures) in lines {
        let start = document.layout.blocks[idx].span.start as usize;
        let value = captures.name("value").map_or(0..0, |v| v.range());
        let span = Span::new(start + value.start, start + value.end);
        let name = captures["name"].to_lowercase();
        let field = match name.as_str() {
            "title" | "headline" | "заголовок" => Some(Field::Title),
            "url" | "uri" | "link" | "ссылка" if captures["value"].starts_with("http") => Some(Field::Url),
            "author" | "authors" | "byline" | "автор" => Some(Field::Authors),
            "section" | "category" => Some(Field::Section),
            "tags" | "keywords" => Some(Field::Tags),
            "modified" | "updated" => dates::parse_whole(&captures["value"]).map(|_| Field::Modified),
            _ if name.contains("date") || name.contains("pub") || name == "дата" => {
                dates::parse_whole(&captures["value"]).map(|_| Field::Published)
            }
            _ => None,
        };
        match field {
            Some(field) => {
                found.add(
                    idx,
                    span,
                    super::super::scan::kind_of(field, Kind::DumpHeader),
                    Action::Lift(Some(field)),
                    None,
                );
                found.drop(idx, Span::new(start, start + value.start));
            }
            None => found.drop(idx, document.layout.blocks[idx].span),
        }
    }
}
