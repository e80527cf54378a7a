//! One row to its content and what it says of it. Comes in a line of JSON, goes out the content field, hints, the id.
//! Pure. Never changes a letter of the content, but for escapes that stand for no character.

use std::borrow::Cow;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use memchr::memmem;
use regex::bytes::Regex;
use serde_json::{Map, Value};

use super::sniff::looks_like_html;
use super::{Hints, Inputs, Media};

/// Fields that hold text, in the order in which they are looked for. `text` is first, since nearly all data sets for
/// language models use it; `maintext` is news-please's, `raw_content` CCNet's, `raw_text` trafilatura's.
///
/// They all go before [`HTML_FIELDS`]: where a row has both, the text is what its makers publish as the article, and
/// the page beside it is where they had it from. `--html-field` turns that round.
pub(super) const TEXT_FIELDS: &[&str] = &[
    "text",
    "content",
    "body",
    "article",
    "maintext",
    "main_text",
    "raw_content",
    "raw_text",
    "article_text",
    "full_text",
];

/// Fields that hold a page, in the order in which they are looked for.
pub(super) const HTML_FIELDS: &[&str] = &["html", "raw_html", "page_html", "html_content", "content_html", "body_html"];

const URL_FIELDS: &[&str] =
    &["url", "link", "uri", "source_url", "original_url", "canonical_url", "warc-target-uri", "target_uri"];
const TITLE_FIELDS: &[&str] = &["title", "headline"];
const AUTHOR_FIELDS: &[&str] = &["authors", "author", "byline"];
const LANGUAGE_FIELDS: &[&str] = &["language", "lang"];
const PUBLISHED_FIELDS: &[&str] = &[
    "published",
    "published_at",
    "date_publish",
    "date_published",
    "datepublished",
    "publish_date",
    "published_date",
    "publication_date",
    "published_time",
    "pub_date",
    "pubdate",
    DATE_FIELD,
];
const FETCHED_FIELDS: &[&str] = &[
    "fetched_at",
    "fetched",
    "fetch_time",
    "date_download",
    "download_date",
    "downloaded_at",
    "crawled_at",
    "crawl_date",
    "scraped_at",
    "retrieved_at",
    "warc-date",
    "warc_date",
];

/// Objects in which data sets keep what they know of a row: dolma's and RedPajama's.
const METADATA_FIELDS: &[&str] = &["metadata", "meta"];

/// The field that is a date of publication, but in data sets cut from Common Crawl the date of the crawl.
const DATE_FIELD: &str = "date";

/// FineWeb's field that names the crawl, and how such a name begins.
const CRAWL_FIELD: &str = "dump";
const CRAWL_NAME: &str = "CC-MAIN-";

/// What is used of a row.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    pub(super) content: String,
    pub(super) media: Media,
    pub(super) hints: Hints,
    pub(super) id: Option<String>,
}

/// Reads a row; `Err` says for people why it is none.
pub(super) fn read_row(line: &[u8], inputs: &Inputs) -> Result<Row, String> {
    let line = String::from_utf8_lossy(line);
    let (value, has_halves) = parse(&line)?;
    let Value::Object(row) = value else { return Err("the row is not a JSON object".to_owned()) };
    read_fields(&row, has_halves || matches!(line, Cow::Owned(_)), inputs)
}

/// Reads a row whose fields are known; `may_be_mended` says that broken letters in them may have been replaced.
pub(super) fn read_fields(row: &Map<String, Value>, may_be_mended: bool, inputs: &Inputs) -> Result<Row, String> {
    let id = inputs.id_field.as_deref().and_then(|name| id(look_up(row, name)?));
    let (content, media) = content(row, inputs)?;
    let is_mended = may_be_mended && content.contains('\u{FFFD}');
    let hints = Hints { is_mended, ..hints(row, inputs) };
    Ok(Row { content, media, hints, id })
}

/// Whether a field of that name is used of a row: the fields that are named, else those that are known.
pub(super) fn is_used(name: &str, inputs: &Inputs) -> bool {
    let named = [&inputs.text_field, &inputs.html_field, &inputs.url_field, &inputs.id_field];
    let is_named = |field: &&Option<String>| {
        field.as_deref().is_some_and(|field| field == name || field.split('.').next() == Some(name))
    };
    let known = [TEXT_FIELDS, HTML_FIELDS, URL_FIELDS, TITLE_FIELDS, AUTHOR_FIELDS, LANGUAGE_FIELDS, PUBLISHED_FIELDS];
    let others = [FETCHED_FIELDS, METADATA_FIELDS, &[CRAWL_FIELD]];
    named.iter().any(is_named)
        || known.iter().chain(&others).any(|names| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

/// Whether a field of that name can be the article.
pub(super) fn is_content(name: &str, inputs: &Inputs) -> bool {
    match (&inputs.text_field, &inputs.html_field) {
        (None, None) => [TEXT_FIELDS, HTML_FIELDS].concat().iter().any(|known| known.eq_ignore_ascii_case(name)),
        (text, html) => [text, html].into_iter().flatten().any(|field| field == name),
    }
}

/// Whether a first line is a row of JSON with a field that can be an article.
pub(super) fn is_row(line: &[u8]) -> bool {
    read_row(line, &Inputs::default()).is_ok()
}

/// Whether the beginning of a line names a field that can be an article.
pub(super) fn names_content(head: &[u8]) -> bool {
    static NAME: LazyLock<Regex> = LazyLock::new(|| {
        let names = [TEXT_FIELDS, HTML_FIELDS].concat().join("|");
        Regex::new(&format!(r#"(?i)"(?:{names})"\s*:"#)).expect("a valid pattern")
    });
    NAME.is_match(head)
}

/// Parses a line. Half a surrogate pair stands for no character and is invalid, but writers that cut texts or escape
/// them unit by unit leave such halves behind; the row is worth more than they are. Says whether there were any.
fn parse(line: &str) -> Result<(Value, bool), String> {
    let first_error = match serde_json::from_str(line) {
        Ok(value) => return Ok((value, false)),
        Err(error) => error,
    };
    if let Some(mended) = mend_surrogates(line)
        && let Ok(value) = serde_json::from_str(&mended)
    {
        return Ok((value, true));
    }
    // Every row is line 1 to the parser.
    Err(format!("not valid JSON: {}", first_error.to_string().replace(" at line 1 column ", " at column ")))
}

/// Replaces each escaped lone surrogate by an escaped U+FFFD. None if there is none.
fn mend_surrogates(line: &str) -> Option<String> {
    let unit_at = |at: usize| {
        let escape = line.as_bytes().get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(escape).ok()?, 16).ok()
    };
    let mut mended = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = memchr::memchr(b'\\', &line.as_bytes()[at..]) {
        at += found;
        at += match (unit_at(at), unit_at(at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                mended.push_str(&line[copied..at]);
                mended.push_str("\\ufffd");
                copied = at + 6;
                6
            }
            // An escape of a character, a second backslash among them, is two bytes long at least.
            _ => 2.min(line.len() - at),
        };
    }
    if copied == 0 {
        return None;
    }
    mended.push_str(&line[copied..]);
    Some(mended)
}

/// A field by its name as written, else by a path with dots.
fn look_up<'a>(row: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    row.get(name).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        rest.split('.').try_fold(row.get(first)?, |value, part| value.get(part))
    })
}

/// A field whose name differs in case at most.
fn find<'a>(row: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    row.get(name).or_else(|| row.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// The content: of the named fields, else of the known ones, the first that is not empty.
fn content(row: &Map<String, Value>, inputs: &Inputs) -> Result<(String, Media), String> {
    let named = [(&inputs.text_field, Media::Text), (&inputs.html_field, Media::Html)];
    let mut candidates: Vec<(&str, Media)> =
        named.iter().filter_map(|(name, media)| Some((name.as_deref()?, *media))).collect();
    let is_named = !candidates.is_empty();
    if !is_named {
        candidates.extend(TEXT_FIELDS.iter().map(|name| (*name, Media::Text)));
        candidates.extend(HTML_FIELDS.iter().map(|name| (*name, Media::Html)));
    }
    let (mut empty, mut not_a_string) = (None, None);
    for (name, media) in &candidates {
        match if is_named { look_up(row, name) } else { find(row, name) } {
            Some(Value::String(content)) if content.trim().is_empty() => {
                empty.get_or_insert_with(|| (content.clone(), *media));
            }
            Some(Value::String(content)) => {
                let media = if *media == Media::Text && looks_like_html(content) { Media::Sniff } else { *media };
                return Ok((content.clone(), media));
            }
            Some(_) => {
                not_a_string.get_or_insert(*name);
            }
            None => {}
        }
    }
    match (empty, not_a_string) {
        (Some(empty), _) => Ok(empty),
        (None, Some(name)) => Err(format!("the content field `{name}` is not a string")),
        (None, None) if is_named => {
            let names: Vec<String> = candidates.iter().map(|(name, _)| format!("`{name}`")).collect();
            Err(format!("the row has no content field {}", names.join(" or ")))
        }
        (None, None) => {
            Err("the row has no content field that is known; --text-field or --html-field names it".to_owned())
        }
    }
}

/// The value of the id field as text; none if it is empty or not a simple value.
fn id(value: &Value) -> Option<String> {
    match value {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

fn hints(row: &Map<String, Value>, inputs: &Inputs) -> Hints {
    let first_of = |names: &[&str]| names.iter().find_map(|name| strings(find_anywhere(row, name)?).into_iter().next());
    let named_url = inputs.url_field.as_deref().and_then(|name| strings(look_up(row, name)?).into_iter().next());
    let is_crawl = matches!(find(row, CRAWL_FIELD), Some(Value::String(name)) if name.starts_with(CRAWL_NAME));
    let date = if is_crawl { first_of(&[DATE_FIELD]) } else { None };
    let published_fields = if is_crawl { &PUBLISHED_FIELDS[..PUBLISHED_FIELDS.len() - 1] } else { PUBLISHED_FIELDS };
    Hints {
        url: if inputs.url_field.is_some() { named_url } else { first_of(URL_FIELDS) },
        title: first_of(TITLE_FIELDS),
        authors: AUTHOR_FIELDS
            .iter()
            .map(|name| find_anywhere(row, name).map(strings).unwrap_or_default())
            .find(|authors| !authors.is_empty())
            .unwrap_or_default(),
        published: first_of(published_fields),
        language: first_of(LANGUAGE_FIELDS),
        fetched_at_us: first_of(FETCHED_FIELDS).or(date).and_then(|time| parse_time(&time)),
        charset: None,
        is_mended: false,
    }
}

/// A field of the row, or of the object in which it keeps its metadata.
fn find_anywhere<'a>(row: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    find(row, name)
        .filter(|value| !value.is_null())
        .or_else(|| METADATA_FIELDS.iter().find_map(|inner| find(row.get(*inner)?.as_object()?, name)))
}

/// The strings of a value: itself, the items of a list, the name of a person object. Empty ones are left out.
fn strings(value: &Value) -> Vec<String> {
    let items = match value {
        Value::Array(items) => items.as_slice(),
        value => std::slice::from_ref(value),
    };
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Object(person) => Some(person.get("name")?.as_str()?.trim().to_owned()),
        _ => None,
    };
    items.iter().filter_map(text).filter(|text| !text.is_empty()).collect()
}

/// Whether a number of microseconds since 1970-01-01 UTC is a time that can be written.
pub(super) fn is_time(us: i64) -> bool {
    Timestamp::from_microsecond(us).is_ok()
}

/// Microseconds since 1970-01-01 UTC of an ISO 8601 time; one without an offset counts as UTC, a bare day as none.
pub(super) fn parse_time(text: &str) -> Option<i64> {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.as_microsecond());
    }
    memmem::find(text.as_bytes(), b":")?;
    let time: DateTime = text.parse().ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn row(line: &str) -> Row {
        read_row(line.as_bytes(), &Inputs::default()).unwrap()
    }

    #[track_caller]
    fn check(inputs: &Inputs, line: &str, expected: Result<(&str, Media), &str>) {
        match (read_row(line.as_bytes(), inputs), expected) {
            (Ok(row), expected) => assert_eq!(Ok((row.content.as_str(), row.media)), expected, "{line}"),
            (Err(message), Err(part)) => assert!(message.contains(part), "{message}"),
            (Err(message), _) => panic!("{line}: {message}"),
        }
    }

    #[test]
    fn the_first_known_field_that_is_not_empty_is_the_content() {
        let inputs = Inputs::default();
        check(&inputs, r#"{"id": 1, "text": "Ferry"}"#, Ok(("Ferry", Media::Text)));
        check(&inputs, r#"{"raw_content": "Ferry"}"#, Ok(("Ferry", Media::Text)));
        check(&inputs, r#"{"maintext": "Ferry", "title": "T"}"#, Ok(("Ferry", Media::Text)));
        check(&inputs, r#"{"Content": "Ferry"}"#, Ok(("Ferry", Media::Text)));
        check(&inputs, r#"{"html": "<p>Page", "text": "Ferry"}"#, Ok(("Ferry", Media::Text)));
        check(&inputs, r#"{"html": "<p>Page", "text": " "}"#, Ok(("<p>Page", Media::Html)));
        check(&inputs, r#"{"raw_html": "words", "text": null}"#, Ok(("words", Media::Html)));
        check(&inputs, r#"{"article": {"no": 1}, "body": "Ferry"}"#, Ok(("Ferry", Media::Text)));
        check(&inputs, r#"{"text": ""}"#, Ok(("", Media::Text)));
    }

    #[test]
    fn a_text_field_that_holds_a_page_is_to_be_sniffed() {
        check(&Inputs::default(), r#"{"content": "<p>One</p>"}"#, Ok(("<p>One</p>", Media::Sniff)));
        check(&Inputs::default(), r#"{"text": "1 < 2 and <b>3"}"#, Ok(("1 < 2 and <b>3", Media::Text)));
    }

    #[test]
    fn named_fields_are_the_only_ones_looked_at() {
        let text = Inputs { text_field: Some("story.words".to_owned()), ..Inputs::default() };
        check(&text, r#"{"story": {"words": "Ferry"}, "text": "no"}"#, Ok(("Ferry", Media::Text)));
        check(&text, r#"{"story.words": "Ferry", "story": {"words": "no"}}"#, Ok(("Ferry", Media::Text)));
        check(&text, r#"{"text": "no"}"#, Err("no content field `story.words`"));
        let both = Inputs { text_field: Some("t".to_owned()), html_field: Some("h".to_owned()), ..Inputs::default() };
        check(&both, r#"{"t": "Ferry", "h": "Page"}"#, Ok(("Ferry", Media::Text)));
        check(&both, r#"{"t": "", "h": "Page"}"#, Ok(("Page", Media::Html)));
        check(&both, r#"{"T": "Ferry"}"#, Err("no content field `t` or `h`"));
    }

    #[test]
    fn rows_without_content_say_why() {
        let inputs = Inputs::default();
        check(&inputs, r#"{"id": 1}"#, Err("no content field that is known"));
        check(&inputs, r#"{"text": 5}"#, Err("`text` is not a string"));
        check(&inputs, r#"{"text": null}"#, Err("`text` is not a string"));
        check(&inputs, r#"["text"]"#, Err("not a JSON object"));
        check(&inputs, r#"{"text": "cut"#, Err("not valid JSON: EOF while parsing a string at column 13"));
        check(&inputs, &"[".repeat(100_000), Err("recursion limit"));
    }

    #[test]
    fn halves_of_surrogate_pairs_do_not_cost_the_row() {
        let inputs = Inputs::default();
        check(
            &inputs,
            r#"{"text": "a\ud83db \uDC00\ud83d\ude00 c\ud800"}"#,
            Ok(("a\u{FFFD}b \u{FFFD}😀 c\u{FFFD}", Media::Text)),
        );
        check(&inputs, r#"{"text": "\\ud800 \ud800\\"}"#, Ok(("\\ud800 \u{FFFD}\\", Media::Text)));
        check(&inputs, r#"{"text": "\ud800\ud800\udc00"}"#, Ok(("\u{FFFD}\u{10000}", Media::Text)));
        check(&inputs, "{\"text\": \"\\ud800é\\", Err("not valid JSON"));
        check(&inputs, "{\"text\": \"\\ud8é\\ud800\"}", Err("not valid JSON"));
        check(&inputs, "{\"text\": \"\\ué\\ud800\"}", Err("not valid JSON"));
        check(&inputs, "{\"text\": \"\\é\\ud800\"}", Err("not valid JSON"));
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced_and_the_row_stays() {
        assert_eq!(read_row(b"{\"text\": \"caf\xE9 noir\"}", &Inputs::default()).unwrap().content, "caf\u{FFFD} noir");
    }

    #[test]
    fn a_row_says_whether_its_content_was_mended() {
        let is_mended = |line: &[u8]| read_row(line, &Inputs::default()).unwrap().hints.is_mended;
        assert!(is_mended(b"{\"text\": \"caf\xE9\"}"));
        assert!(is_mended(br#"{"text": "a\ud800b"}"#));
        assert!(!is_mended(b"{\"text\": \"cafe\", \"title\": \"caf\xE9\"}"));
        assert!(!is_mended("{\"text\": \"a\u{FFFD}b\"}".as_bytes()));
    }

    #[test]
    fn hints_are_read_from_the_names_that_data_sets_use() {
        let news = row(
            r#"{"text": "x", "url": " https://harbour.example/1 ", "title": "Ferry late", "authors": ["Ann Lee", " "],
            "date_publish": "2031-05-02 08:00:00", "language": "en", "date_download": "2031-05-03 10:20:30"}"#,
        );
        assert_eq!(
            news.hints,
            Hints {
                url: Some("https://harbour.example/1".to_owned()),
                title: Some("Ferry late".to_owned()),
                authors: vec!["Ann Lee".to_owned()],
                published: Some("2031-05-02 08:00:00".to_owned()),
                language: Some("en".to_owned()),
                fetched_at_us: Some(1_935_570_030_000_000),
                charset: None,
                is_mended: false,
            }
        );
        let linked = row(r#"{"text": "x", "Headline": "T", "author": {"name": "Bo Ek"}, "datePublished": "2 May",
            "meta": {"url": "u"}}"#);
        assert_eq!(linked.hints.title.as_deref(), Some("T"));
        assert_eq!(linked.hints.authors, ["Bo Ek"]);
        assert_eq!(linked.hints.published.as_deref(), Some("2 May"));
        assert_eq!(linked.hints.url.as_deref(), Some("u"));
        assert_eq!(row(r#"{"text": "x", "title": 5, "url": null}"#).hints, Hints::default());
    }

    #[test]
    fn the_date_of_a_row_cut_from_common_crawl_is_the_crawls() {
        let web = row(r#"{"text": "x", "dump": "CC-MAIN-2031-05", "date": "2031-05-03T10:20:30Z"}"#);
        assert_eq!((web.hints.published, web.hints.fetched_at_us), (None, Some(1_935_570_030_000_000)));
        let other = row(r#"{"text": "x", "dump": "harbour", "date": "2031-05-03T10:20:30Z"}"#);
        assert_eq!((other.hints.published.as_deref(), other.hints.fetched_at_us), (Some("2031-05-03T10:20:30Z"), None));
    }

    #[test]
    fn times_of_saving_are_turned_into_utc() {
        for (text, time) in [
            ("2031-05-03T10:20:30Z", Some(1_935_570_030_000_000)),
            ("2031-05-03T13:20:30.000001+03:00", Some(1_935_570_030_000_001)),
            ("2031-05-03T10:20:30", Some(1_935_570_030_000_000)),
            ("2031-05-03 10:20", Some(1_935_570_000_000_000)),
            ("2031-05-03", None),
            ("yesterday, 10:20", None),
            ("", None),
        ] {
            assert_eq!(parse_time(text), time, "{text}");
        }
    }

    #[test]
    fn the_url_field_and_the_id_field_are_those_named() {
        let inputs =
            Inputs { url_field: Some("where.page".to_owned()), id_field: Some("nr".to_owned()), ..Inputs::default() };
        let read = |line: &str| {
            let row = read_row(line.as_bytes(), &inputs).unwrap();
            (row.hints.url, row.id)
        };
        assert_eq!(
            read(r#"{"text": "x", "where": {"page": "u"}, "nr": "a7"}"#),
            (Some("u".to_owned()), Some("a7".to_owned()))
        );
        assert_eq!(
            read(r#"{"text": "x", "url": "u", "nr": 12345678901234567890}"#),
            (None, Some("12345678901234567890".to_owned()))
        );
        for nr in ["null", "\"\"", "[1]", "true"] {
            assert_eq!(read(&format!("{{\"text\": \"x\", \"nr\": {nr}}}")), (None, None));
        }
    }

    #[test]
    fn a_first_line_with_a_text_field_is_a_row() {
        assert!(is_row(br#"{"text": "x"}"#));
        assert!(is_row(br#"{"html": ""}"#));
        for line in ["{", "{}", "{\"name\": \"x\"}", "[1]", "words", ""] {
            assert!(!is_row(line.as_bytes()), "{line}");
        }
    }
}
