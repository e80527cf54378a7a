//! JSON-LD to candidates: the properties of article-like objects, wherever they stand in arrays and `@graph`s.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Meta, MetaField, MetaSource};
use crate::page::tree::{Tag, Tree};

/// Most bytes of JSON-LD that are read of one page.
const MAX_BYTES: usize = 4 << 20;

/// Most values that are looked at.
const MAX_VALUES: usize = 100_000;

/// Most objects of one role; a page of many articles is a list of links to articles.
const MAX_OF_ROLE: usize = 4;

/// The key of an author that is no person.
pub(crate) const AUTHOR_HOUSE: &str = "author.organization";

/// Types of schema.org that are articles.
const ARTICLE_TYPES: &[&str] = &[
    "AdvertiserContentArticle",
    "AnalysisNewsArticle",
    "Article",
    "AskPublicNewsArticle",
    "BackgroundNewsArticle",
    "BlogPosting",
    "DiscussionForumPosting",
    "HowTo",
    "LiveBlogPosting",
    "MedicalScholarlyArticle",
    "NewsArticle",
    "OpinionNewsArticle",
    "PodcastEpisode",
    "Recipe",
    "Report",
    "ReportageNewsArticle",
    "ReviewNewsArticle",
    "SatiricalArticle",
    "ScholarlyArticle",
    "SocialMediaPosting",
    "TechArticle",
];

/// Types that stand for the page itself.
const PAGE_TYPES: &[&str] = &[
    "AboutPage",
    "CollectionPage",
    "ContactPage",
    "FAQPage",
    "ItemPage",
    "MedicalWebPage",
    "ProfilePage",
    "QAPage",
    "SearchResultsPage",
    "WebPage",
];

/// Types of what a page may show instead of an article.
const THING_TYPES: &[&str] = &[
    "Book",
    "Course",
    "Event",
    "LocalBusiness",
    "MobileApplication",
    "Movie",
    "Product",
    "ProductGroup",
    "SoftwareApplication",
    "TVSeries",
    "VideoGame",
    "WebApplication",
];

/// Types that name the site or the house behind it.
const HOUSE_TYPES: &[&str] =
    &["Corporation", "EducationalOrganization", "NewsMediaOrganization", "OnlineStore", "Organization", "WebSite"];

/// Whether a type of schema.org is an article.
pub(super) fn is_article_type(name: &str) -> bool {
    ARTICLE_TYPES.contains(&name)
}

/// What an object of JSON-LD is to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Article,
    Page,
    Thing,
    House,
}

/// Where in another object an object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Open,
    /// What a page of questions and answers asks.
    Asked,
    /// An author says nothing of the site, whatever it is.
    Author,
}

/// Adds what the page's JSON-LD says of itself, its article and its site.
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
    let mut objects: Vec<(Role, &Map<String, Value>)> = Vec::new();
    let mut by_id: BTreeMap<&str, &Map<String, Value>> = BTreeMap::new();
    let mut n_values = 0;
    let mut queue: Vec<(&Value, Place)> = documents.iter().rev().map(|value| (value, Place::Open)).collect();
    while let Some((value, place)) = queue.pop() {
        n_values += 1;
        if n_values > MAX_VALUES {
            break;
        }
        match value {
            Value::Array(items) => queue.extend(items.iter().rev().map(|item| (item, place))),
            Value::Object(object) => {
                if let Some(Value::String(id)) = object.get("@id")
                    && object.len() > 1
                {
                    by_id.entry(id).or_insert(object);
                }
                let is_question = place == Place::Asked && has_type(object, &["Question"]);
                let role = role_of(object, is_question).filter(|_| place != Place::Author);
                objects.extend(role.map(|role| (role, object)));
                let is_forum = has_type(object, &["QAPage"]);
                // Comments and items of lists are other texts.
                let inner = ["@graph", "mainEntity", "mainEntityOfPage", "author", "publisher"];
                let inner = inner.iter().rev().filter_map(|name| Some((*name, object.get(*name)?)));
                queue.extend(inner.map(|(name, value)| {
                    let place = match name {
                        "mainEntity" if is_forum => Place::Asked,
                        "author" => Place::Author,
                        _ => Place::Open,
                    };
                    (value, place)
                }));
            }
            _ => {}
        }
    }
    let mut n_of = [0_usize; 4];
    for (number, (role, object)) in objects.into_iter().enumerate() {
        let n = &mut n_of[role as usize];
        *n += 1;
        if *n > MAX_OF_ROLE {
            continue;
        }
        meta.object = u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
        match role {
            Role::Article => article(object, &by_id, meta),
            Role::Page => page(object, &by_id, meta),
            Role::Thing => {
                page_type(object, meta);
                name(object, MetaField::Title, "Thing.name", meta);
            }
            Role::House if has_type(object, &["WebSite"]) => name(object, MetaField::Site, "WebSite.name", meta),
            // A person's own site is called a house and a person.
            Role::House if has_type(object, &["Person"]) => {}
            Role::House => name(object, MetaField::Publisher, "Organization.name", meta),
        }
    }
    meta.object = 0;
}

fn role_of(object: &Map<String, Value>, is_question: bool) -> Option<Role> {
    if is_question || has_type(object, ARTICLE_TYPES) {
        Some(Role::Article)
    } else if has_type(object, PAGE_TYPES) {
        Some(Role::Page)
    } else if has_type(object, THING_TYPES) {
        Some(Role::Thing)
    } else if has_type(object, HOUSE_TYPES) {
        Some(Role::House)
    } else {
        None
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

/// The types of an object, without the vocabulary in front.
fn types(object: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let names = match object.get("@type") {
        Some(Value::Array(names)) => names.as_slice(),
        Some(name) => std::slice::from_ref(name),
        None => &[],
    };
    names.iter().filter_map(Value::as_str).map(|name| name.rsplit(['/', '#', ':']).next().unwrap_or(name))
}

fn has_type(object: &Map<String, Value>, wanted: &[&str]) -> bool {
    types(object).any(|name| wanted.contains(&name))
}

fn page_type(object: &Map<String, Value>, meta: &mut Meta) {
    if let Some(name) = types(object).next() {
        meta.add(MetaField::PageType, name, MetaSource::JsonLd, "@type", None);
    }
}

fn name(object: &Map<String, Value>, field: MetaField, key: &str, meta: &mut Meta) {
    if let Some(Value::String(name)) = object.get("name") {
        meta.add(field, name, MetaSource::JsonLd, key, None);
    }
}

/// What an object that stands for the page says. It knows the page's own title, and of a page without an article
/// also who made it and when.
fn page<'a>(object: &'a Map<String, Value>, by_id: &BTreeMap<&str, &'a Map<String, Value>>, meta: &mut Meta) {
    page_type(object, meta);
    for (key, field, mine) in [
        ("headline", MetaField::Title, "WebPage.name"),
        ("name", MetaField::Title, "WebPage.name"),
        ("datePublished", MetaField::Published, "WebPage.datePublished"),
        ("dateModified", MetaField::Modified, "WebPage.dateModified"),
        ("author", MetaField::Author, "WebPage.author"),
        ("publisher", MetaField::Publisher, "publisher"),
    ] {
        if let Some(value) = object.get(key) {
            property(value, field, mine, by_id, meta);
        }
    }
}

fn article<'a>(object: &'a Map<String, Value>, by_id: &BTreeMap<&str, &'a Map<String, Value>>, meta: &mut Meta) {
    page_type(object, meta);
    for (key, value) in object {
        let field = match key.as_str() {
            "headline" | "alternativeHeadline" => MetaField::Title,
            "name" if !object.contains_key("headline") => MetaField::Title,
            "description" => MetaField::Description,
            "author" | "creator" => MetaField::Author,
            "datePublished" => MetaField::Published,
            // Questions and posts of forums are created, not published.
            "dateCreated" if !object.contains_key("datePublished") => MetaField::Published,
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
        property(value, field, key, by_id, meta);
    }
}

/// Adds the values of one property: texts, or objects with names, given or referred to. Houses are told from people.
fn property<'a>(
    value: &'a Value,
    field: MetaField,
    key: &str,
    by_id: &BTreeMap<&str, &'a Map<String, Value>>,
    meta: &mut Meta,
) {
    let add = |meta: &mut Meta, value: &str, key: &str| meta.add(field, value, MetaSource::JsonLd, key, None);
    let values = match value {
        Value::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    };
    for value in values {
        match value {
            Value::String(text) if field == MetaField::Tag => {
                meta.add_list(field, text, MetaSource::JsonLd, key, None);
            }
            Value::String(text) if field == MetaField::FreeToRead => add(meta, &text.to_ascii_lowercase(), key),
            Value::String(text) => add(meta, text, key),
            Value::Bool(is) if field == MetaField::FreeToRead => add(meta, &is.to_string(), key),
            Value::Object(named) => {
                let referred = named.get("@id").and_then(Value::as_str).and_then(|id| by_id.get(id).copied());
                let names = named.get("name").or_else(|| referred.and_then(|object| object.get("name")));
                let is = |wanted: &[&str]| {
                    has_type(named, wanted) || referred.is_some_and(|object| has_type(object, wanted))
                };
                let is_house = field == MetaField::Author && is(HOUSE_TYPES) && !is(&["Person"]);
                let key = if is_house { AUTHOR_HOUSE } else { key };
                match names {
                    Some(Value::String(name)) => add(meta, name, key),
                    Some(Value::Array(names)) => {
                        for name in names.iter().filter_map(Value::as_str) {
                            add(meta, name, key);
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
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
            ["site WebSite.name: Post", "page_type @type: BlogPosting", "title name: Fog", "author author: Ada Marsh"]
        );
    }

    #[test]
    fn a_house_is_told_from_a_person_also_by_reference() {
        assert_eq!(
            lines(&[
                r##"{"@graph":[{"@type":"Article","headline":"Fog","author":[{"@id":"#post"},{"@type":"Organization",
                "name":"Pier Club"},{"@type":"Person","name":"Ada Marsh"}]},{"@type":"NewsMediaOrganization","@id":"#post",
                "name":"Harbour Post"}]}"##
            ]),
            [
                "page_type @type: Article",
                "title headline: Fog",
                "author author.organization: Harbour Post",
                "author author.organization: Pier Club",
                "author author: Ada Marsh",
                "publisher Organization.name: Harbour Post",
            ]
        );
    }

    #[test]
    fn the_question_of_a_page_is_its_text_and_those_of_a_list_are_not() {
        assert_eq!(
            lines(&[
                r#"{"@type":"QAPage","mainEntity":{"@type":"Question","name":"Why does the bell ring?",
                "author":{"@type":"Person","name":"gull77"},"dateCreated":"2031-04-02",
                "acceptedAnswer":{"@type":"Answer","author":{"name":"tern"}}}}"#,
                r#"{"@type":"FAQPage","mainEntity":[{"@type":"Question","name":"Is it free?"}]}"#,
            ]),
            [
                "page_type @type: QAPage",
                "page_type @type: Question",
                "title name: Why does the bell ring?",
                "author author: gull77",
                "published dateCreated: 2031-04-02",
                "page_type @type: FAQPage",
            ]
        );
    }

    #[test]
    fn the_page_and_what_it_sells_say_their_names() {
        assert_eq!(
            lines(&[r#"[{"@type":"WebPage","name":"Ropes - Harbour Shop","datePublished":"2031-04-02"},
                {"@type":"Product","name":"Hemp rope &#8211; 20 m"}]"#]),
            [
                "page_type @type: WebPage",
                "title WebPage.name: Ropes - Harbour Shop",
                "published WebPage.datePublished: 2031-04-02",
                "page_type @type: Product",
                "title Thing.name: Hemp rope – 20 m",
            ]
        );
    }

    #[test]
    fn what_is_no_article_says_nothing_and_broken_json_is_passed_over() {
        assert_eq!(
            lines(&[
                r#"{"@type":"ImageObject","name":"Rope"}"#,
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
