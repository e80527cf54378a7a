//! JSON-LD to candidates: the properties of article-like objects, wherever they stand in arrays and `@graph`s.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Meta, MetaField, MetaSource};
use crate::page::tree::{Tag, Tree};

/// Most bytes of JSON-LD that are read of one page.
const MAX_BYTES: usize = 4 << 20;

/// Most values that are looked at.
const MAX_VALUES: usize = 100_000;

/// Most article-like objects; a page of many is a list of links to articles.
const MAX_ARTICLES: usize = 4;

/// Types of schema.org that are articles.
const ARTICLE_TYPES: &[&str] = &[
    "AdvertiserContentArticle",
    "AnalysisNewsArticle",
    "Article",
    "AskPublicNewsArticle",
    "BackgroundNewsArticle",
    "BlogPosting",
    "DiscussionForumPosting",
    "LiveBlogPosting",
    "NewsArticle",
    "OpinionNewsArticle",
    "Report",
    "ReportageNewsArticle",
    "ReviewNewsArticle",
    "SatiricalArticle",
    "ScholarlyArticle",
    "SocialMediaPosting",
    "TechArticle",
];

/// Whether a type of schema.org is an article.
pub(super) fn is_article_type(name: &str) -> bool {
    ARTICLE_TYPES.contains(&name)
}

/// Adds what the page's JSON-LD says of articles.
pub(super) fn collect(tree: &Tree, meta: &mut Meta) {
    let mut documents = Vec::new();
    let mut n_bytes = 0;
    for id in 0..tree.len() {
        if tree.tag(id) != Tag::Script {
            continue;
        }
        // Text of other scripts is not in the tree.
        for text in tree.text_below(id) {
            n_bytes += text.len();
            if n_bytes > MAX_BYTES {
                return;
            }
            documents.extend(read(text));
        }
    }
    let mut objects = Vec::new();
    let mut by_id: BTreeMap<&str, &Map<String, Value>> = BTreeMap::new();
    let mut n_values = 0;
    let mut queue: Vec<&Value> = documents.iter().rev().collect();
    while let Some(value) = queue.pop() {
        n_values += 1;
        if n_values > MAX_VALUES {
            break;
        }
        match value {
            Value::Array(items) => queue.extend(items.iter().rev()),
            Value::Object(object) => {
                if let Some(Value::String(id)) = object.get("@id")
                    && object.len() > 1
                {
                    by_id.entry(id).or_insert(object);
                }
                objects.push(object);
                // Comments and items of lists are other texts.
                let inner = ["@graph", "mainEntity", "mainEntityOfPage", "author", "publisher"];
                queue.extend(inner.iter().rev().filter_map(|name| object.get(*name)));
            }
            _ => {}
        }
    }
    let articles = objects.into_iter().filter(|object| article_type(object).is_some());
    for object in articles.take(MAX_ARTICLES) {
        article(object, &by_id, meta);
    }
}

/// Parses one script. Line breaks inside strings and a wrapping comment are errors of JSON that sites make.
fn read(text: &str) -> Option<Value> {
    let text = text.trim();
    let text = text.strip_prefix("<!--").unwrap_or(text);
    let text = text.strip_suffix("-->").unwrap_or(text);
    let text = text.trim().trim_start_matches("//<![CDATA[").trim_end_matches("//]]>").trim().trim_end_matches(';');
    serde_json::from_str(text).ok().or_else(|| {
        let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&clean).ok()
    })
}

fn article_type(object: &Map<String, Value>) -> Option<&str> {
    let names = match object.get("@type")? {
        Value::String(name) => std::slice::from_ref(name).iter().map(String::as_str).collect::<Vec<_>>(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    names.into_iter().map(|name| name.rsplit(['/', '#', ':']).next().unwrap_or(name)).find(|name| is_article_type(name))
}

fn article<'a>(object: &'a Map<String, Value>, by_id: &BTreeMap<&str, &'a Map<String, Value>>, meta: &mut Meta) {
    let add = |meta: &mut Meta, field, value: &str, key: &str| meta.add(field, value, MetaSource::JsonLd, key, None);
    if let Some(name) = article_type(object) {
        add(meta, MetaField::PageType, name, "@type");
    }
    for (key, value) in object {
        let field = match key.as_str() {
            "headline" | "alternativeHeadline" => MetaField::Title,
            "name" if !object.contains_key("headline") => MetaField::Title,
            "description" => MetaField::Description,
            "author" | "creator" => MetaField::Author,
            "datePublished" => MetaField::Published,
            "dateModified" => MetaField::Modified,
            "articleSection" => MetaField::Section,
            "keywords" => MetaField::Tag,
            "publisher" => MetaField::Publisher,
            "isAccessibleForFree" => MetaField::FreeToRead,
            "inLanguage" => MetaField::Language,
            "articleBody" | "text" => MetaField::Body,
            "copyrightNotice" => MetaField::Rights,
            "url" => MetaField::Url,
            _ => continue,
        };
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            match value {
                Value::String(text) if field == MetaField::Tag => {
                    meta.add_list(field, text, MetaSource::JsonLd, key, None);
                }
                Value::String(text) if field == MetaField::FreeToRead => {
                    add(meta, field, &text.to_ascii_lowercase(), key);
                }
                Value::String(text) => add(meta, field, text, key),
                Value::Bool(is) if field == MetaField::FreeToRead => add(meta, field, &is.to_string(), key),
                Value::Object(named) => {
                    let referred = named.get("@id").and_then(Value::as_str).and_then(|id| by_id.get(id).copied());
                    let names = named.get("name").or_else(|| referred.and_then(|object| object.get("name")));
                    match names {
                        Some(Value::String(name)) => add(meta, field, name, key),
                        Some(Value::Array(names)) => {
                            for name in names.iter().filter_map(Value::as_str) {
                                add(meta, field, name, key);
                            }
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::html::parse;

    fn lines(scripts: &[&str]) -> Vec<String> {
        let html: String =
            scripts.iter().map(|json| format!("<script type='application/ld+json'>{json}</script>")).collect();
        let mut meta = Meta::default();
        collect(&parse(&html, 512).expect("shallow"), &mut meta);
        meta.candidates.iter().map(|c| format!("{} {}: {}", c.field, c.key, c.value)).collect()
    }

    #[test]
    fn an_article_says_its_fields() {
        assert_eq!(
            lines(&[r#"{"@context":"https://schema.org","@type":["NewsArticle"],"headline":"Pier  shut",
                "author":[{"@type":"Person","name":"Ada Marsh"},"Tom Quay"],"datePublished":"2031-04-02",
                "keywords":"pier, fog","articleSection":["Local","Sea"],"publisher":{"name":"Harbour Post"},
                "isAccessibleForFree":"False","inLanguage":{"name":"en"},"articleBody":"One.\n\nTwo."}"#]),
            [
                "page_type @type: NewsArticle",
                "title headline: Pier shut",
                "author author: Ada Marsh",
                "author author: Tom Quay",
                "published datePublished: 2031-04-02",
                "tag keywords: pier",
                "tag keywords: fog",
                "section articleSection: Local",
                "section articleSection: Sea",
                "publisher publisher: Harbour Post",
                "free_to_read isAccessibleForFree: false",
                "language inLanguage: en",
                "body articleBody: One.\n\nTwo.",
            ]
        );
    }

    #[test]
    fn graphs_and_references_are_followed() {
        assert_eq!(
            lines(&[r##"[{"@graph":[{"@type":"WebSite","name":"Post"},{"@type":"schema:BlogPosting","name":"Fog",
                "author":{"@id":"#ada"}},{"@type":"Person","@id":"#ada","name":"Ada Marsh"}]}]"##]),
            ["page_type @type: BlogPosting", "title name: Fog", "author author: Ada Marsh"]
        );
    }

    #[test]
    fn what_is_no_article_says_nothing_and_broken_json_is_passed_over() {
        assert_eq!(
            lines(&[
                r#"{"@type":"Product","name":"Rope"}"#,
                "{oops",
                "<!-- {\"@type\":\"Article\",\"headline\":\"Line\nbreak\"} -->"
            ]),
            ["page_type @type: Article", "title headline: Line break"]
        );
    }

    #[test]
    fn deep_json_does_not_overflow() {
        let json = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(lines(&[&json]), Vec::<String>::new());
    }
}
