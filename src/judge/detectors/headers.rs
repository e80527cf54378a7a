//! Headers that a dump tool or a template wrote above the text.

use std::sync::LazyLock;

use super::{Context, Found};
use crate::dates;
use crate::finding::{Action, Field, Kind, Span};
use crate::judge::pattern::Pattern;

/// Labels of a date that do not hold the word itself.
const DATE_LABELS: &[&str] = &[
    "дата",
    "datum",
    "fecha",
    "data",
    "tanggal",
    "tarih",
    "ngày",
    "日期",
    "日付",
    "날짜",
    "التاريخ",
    "दिनांक",
    "तारीख",
];
/// How far down a header can begin and how long it can be, in blocks.
const MAX_HEADER_BLOCKS: usize = 12;

static DATE_HEADER: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(r"^date\s+\d{4}(?:-\d{2}(?:-\d{2})?)?(?:\s|$)").expect("the pattern is well formed")
});
/// `Label: value`, in the languages that dump tools and their users write.
static FIELD_LINE: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(
        r"(?ix)^(?P<name>title|headline|url|uri|link|source|site|website|domain|author|authors|byline|date|published|
        publish[_\ -]?date|pub[_\ -]?date|date[_\ -]?publish(?:ed)?|published[_\ -]?at|language|lang|section|category|tags|
        keywords|id|doc[_\ -]?id|article[_\ -]?id|crawled|fetched|scraped|modified|updated|description|summary|
        titel|quelle|autor|datum|sprache|titre|auteur|langue|lien|título|titulo|fuente|autora|fecha|idioma|enlace|fonte|
        autore|data|lingua|judul|sumber|penulis|tanggal|bahasa|tautan|başlık|kaynak|yazar|tarih|dil|tytuł|źródło|język|
        tiêu\ đề|nguồn|tác\ giả|ngày|ngôn\ ngữ|
        заголовок|источник|автор|дата|ссылка|язык|джерело|посилання|мова|
        标题|標題|来源|來源|作者|日期|链接|連結|语言|語言|タイトル|出典|著者|日付|言語|제목|출처|작성자|날짜|언어|
        العنوان|المصدر|الكاتب|التاريخ|الرابط|اللغة|शीर्षक|स्रोत|लेखक|दिनांक|तारीख|भाषा)\s*[:=：]\s*(?P<value>\S.*)$",
    )
    .expect("the pattern is well formed")
});
/// `url https://…`, `source harbour.example`: a label and an address without a colon, one pair or more in a line.
static BARE_FIELDS: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(
        r"(?ix)^(?:(?:url|uri|link|source|site|website|domain|host)\s*[:=]?\s*(?:https?://\S+|[\w-]+(?:\.[\w-]+)+(?:/\S*)?)
        (?:\s*[|;,]\s*|\s+|$)|date\s+\d[\d:T.Z/-]{3,24}(?:\s*[|;,]\s*|\s+)|(?:lang|language|id|category|section|date|published|crawled|fetched)\s*[:=]\s*\S+(?:\s*[|;,]\s*|\s+|$)
        )+$",
    )
    .expect("the pattern is well formed")
});
/// When the dump tool fetched the page: never a time of publication.
static FETCH_TIME: LazyLock<Pattern> = LazyLock::new(|| {
    Pattern::parsed(
        r"(?ix)^(?:(?:date\ of\ )?(?:capture|crawl|fetch|scrape|retrieval|access)(?:d|ed)?(?:[\ _-](?:date|time|at|on))?|retrieved(?:\ (?:at|on))?|
        (?:abgerufen|erfasst|heruntergeladen)(?:\ am)?|date\ d['’]\ ?(?:accès|extraction)|date\ de\ (?:capture|collecte|récupération)|
        fecha\ de\ (?:captura|descarga|extracción|acceso)|data\ d[ei]\ ?(?:captura|coleta|extração|acesso|acquisizione|estrazione)|
        tanggal\ (?:unduh|pengambilan)|(?:çekilme|indirme)\ tarihi|data\ pobrania|pobrano|ngày\ (?:tải|thu\ thập)|
        дата\ (?:сбора|выгрузки|загрузки|скачивания|збору|завантаження)|(?:抓取|采集|爬取|擷取)(?:时间|時間|日期)|取得日時?|수집\ ?(?:일시?|시간)|
        تاريخ\ (?:الجلب|السحب|التنزيل))\s*[:=：]\s*\d[\d\s:./TZ+-]{3,30}$",
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
    if is_filler(rest) || BARE_FIELDS.is_match(rest) {
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

/// `Title: …`, `URL: …`, `Source: …`: two such lines or more at the top of a dump are a record header, as is a single
/// one with an address. What has a column is lifted.
pub(super) fn dump_header(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    if context.page.is_some() {
        return;
    }
    let n_blocks = document.len().min(MAX_HEADER_BLOCKS);
    let mut run: Vec<(usize, regex::Captures<'_>)> = Vec::new();
    for idx in 0..n_blocks {
        let text = document.text(idx);
        if context.claimed[idx].is_some() {
            take_run(context, found, std::mem::take(&mut run));
        } else if let Some(captures) = FIELD_LINE.captures(text) {
            run.push((idx, captures));
        } else {
            take_run(context, found, std::mem::take(&mut run));
            if BARE_FIELDS.is_match(text) || FETCH_TIME.is_match(text) {
                found.drop(idx, document.layout.blocks[idx].span);
            }
        }
    }
    take_run(context, found, run);
}

/// Takes labelled lines that stand together: any that hold an address, two or more at the very top.
fn take_run(context: &Context<'_>, found: &mut Found<'_>, lines: Vec<(usize, regex::Captures<'_>)>) {
    let document = context.document;
    let has_address = lines.iter().any(|(_, c)| c["value"].starts_with("http") || BARE_FIELDS.is_match(&c[0]));
    let is_top = |first: usize| (0..first).all(|i| context.claimed[i].is_some());
    if !has_address && (lines.len() < 2 || !is_top(lines[0].0)) {
        return;
    }
    for (idx, captures) in lines {
        let start = document.layout.blocks[idx].span.start as usize;
        let value = captures.name("value").map_or(0..0, |v| v.range());
        let span = Span::new(start + value.start, start + value.end);
        let name = captures["name"].to_lowercase();
        let field = match name.as_str() {
            "title" | "headline" | "заголовок" | "titel" | "titre" | "título" | "titulo" | "judul" | "başlık"
            | "tytuł" | "tiêu đề" | "标题" | "標題" | "タイトル" | "제목" | "العنوان" | "शीर्षक" => {
                Some(Field::Title)
            }
            "url" | "uri" | "link" | "ссылка" | "lien" | "enlace" | "tautan" | "посилання" | "链接" | "連結"
            | "الرابط"
                if captures["value"].starts_with("http") =>
            {
                Some(Field::Url)
            }
            "author" | "authors" | "byline" | "автор" | "autor" | "auteur" | "autora" | "autore" | "penulis"
            | "yazar" | "tác giả" | "作者" | "著者" | "작성자" | "الكاتب" | "लेखक" => {
                Some(Field::Authors)
            }
            "section" | "category" => Some(Field::Section),
            "tags" | "keywords" => Some(Field::Tags),
            "modified" | "updated" => dates::parse_whole(&captures["value"]).map(|_| Field::Modified),
            _ if name.contains("date") || name.contains("pub") || DATE_LABELS.contains(&name.as_str()) => {
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
