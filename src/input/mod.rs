//! INPUT to dumps: comes in a list of files and folders, go out [`OwnedDump`]s in the order of their names,
//! each with its bytes and what the source says of it. Never looks into HTML, never knows a rule.

use crate::finding::named_enum;

named_enum! {
    /// The format that a dump came in, as the column `source_format` names it.
    #[allow(missing_docs, reason = "the names say it")]
    SourceFormat {
        Text = "text", Html = "html", Jsonl = "jsonl", Csv = "csv", Parquet = "parquet", Warc = "warc", Wet = "wet",
    }
}

/// How the bytes of a dump are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// Plain text.
    Text,
    /// An HTML page.
    Html,
    /// Found out from the content.
    Sniff,
}

/// What the source says of a dump beside its content: candidates, not truths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// The page's address.
    pub url: Option<String>,
    /// Headline.
    pub title: Option<String>,
    /// People.
    pub authors: Vec<String>,
    /// Date of publication as the source writes it.
    pub published: Option<String>,
    /// Language as the source writes it.
    pub language: Option<String>,
    /// When the dump was saved, as microseconds since 1970-01-01 UTC.
    pub fetched_at_us: Option<i64>,
    /// A charset label from outside the content (an HTTP header).
    pub charset: Option<String>,
}

/// An input article as somebody saved it.
#[derive(Debug, Clone, Copy)]
pub struct Dump<'a> {
    /// Path relative to its INPUT, with `/` between parts.
    pub path: &'a str,
    /// Row number, member name or id inside the file, if the file holds many.
    pub key: Option<&'a str>,
    /// The content after decompression.
    pub bytes: &'a [u8],
    /// The format of the source.
    pub format: SourceFormat,
    /// How to read the bytes.
    pub media: Media,
    /// What the source says of it.
    pub hints: &'a Hints,
}
