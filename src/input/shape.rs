//! Tells what a file is, by its name and its first bytes. Comes in both, goes out a [`Shape`]. Never takes a byte.

use super::compression::split_suffix;
use super::limits::Trouble;
use super::open::Content;
use super::{Media, SourceFormat, columnar, decode, json, lines, mhtml, sniff, tar, transcode, warc, zip};
use crate::article::RejectCode;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One dump.
    One { format: SourceFormat, media: Media },
    /// JSON Lines.
    Lines,
    /// A JSON array, or JSON objects one after the other over many lines.
    Json,
    /// Rows of a table as text.
    Csv {
        /// Whether the name says that tabs part the columns.
        may_be_tabs: bool,
    },
    /// Rows of a table in Parquet.
    Parquet,
    /// Records of a crawl.
    Warc,
    /// A page saved as one file.
    Mhtml,
    /// A tar archive.
    Tar,
    /// A zip archive.
    Zip,
}

impl Shape {
    /// Whether it holds files.
    pub(super) fn is_archive(self) -> bool {
        matches!(self, Self::Tar | Self::Zip)
    }
}

const EXTENSIONS: [(&str, SourceFormat); 15] = [
    (".txt", SourceFormat::Text),
    (".text", SourceFormat::Text),
    (".md", SourceFormat::Text),
    (".html", SourceFormat::Html),
    (".htm", SourceFormat::Html),
    (".xhtml", SourceFormat::Html),
    (".jsonl", SourceFormat::Jsonl),
    (".ndjson", SourceFormat::Jsonl),
    (".csv", SourceFormat::Csv),
    (".tsv", SourceFormat::Csv),
    (".parquet", SourceFormat::Parquet),
    (".pq", SourceFormat::Parquet),
    (".warc", SourceFormat::Warc),
    (".wat", SourceFormat::Warc),
    (".wet", SourceFormat::Wet),
];

/// Documents and programs that are stored as zip archives.
const DOCUMENT_EXTENSIONS: [&str; 12] =
    [".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".jar", ".apk", ".xpi", ".kmz", ".whl"];

/// Tells what content is: by the format that was asked for, else by the file's name, else by the first bytes.
/// Archives are opened whatever format was asked for, since that is the format of what lies in them.
pub(super) fn tell(name: &str, content: &mut Content, asked: Option<SourceFormat>) -> Result<Shape, Trouble> {
    let (name, _) = split_suffix(name);
    content.decode_utf16_if(|head| transcode::is_utf16(head) && is_rows(&name, &transcode::to_utf8(head), asked));
    let head = content.peek();
    if let Some(archive) = archive(&name, head)? {
        return Ok(archive);
    }
    Ok(match asked {
        Some(format) => by_format(format, &name, head),
        None => by_name_or_content(&name, head),
    })
}

/// Tells an archive. One that is named as a text or a page is none that anybody meant to be read.
fn archive(name: &str, head: &[u8]) -> Result<Option<Shape>, Trouble> {
    let named = |extension: &str| name.ends_with(extension);
    if EXTENSIONS.iter().any(|(extension, _)| named(extension)) {
        return Ok(None);
    }
    if zip::looks_like_zip(head) && !DOCUMENT_EXTENSIONS.iter().any(|extension| named(extension)) {
        return Ok((!zip::looks_like_document(head)).then_some(Shape::Zip));
    }
    if tar::is_marked(head) || named(".tar") && (tar::looks_like_tar(head) || tar::is_empty(head)) {
        return Ok(Some(Shape::Tar));
    }
    let is_named = named(".tar") || named(".zip");
    match head {
        [] if is_named => Err(Trouble::new(RejectCode::Truncated, "the file is empty, but is named as an archive")),
        _ if is_named && sniff::is_binary(head) => {
            Err(Trouble::new(RejectCode::BadArchive, "the file is named as an archive, but does not begin as one"))
        }
        _ => Ok(None),
    }
}

/// Whether UTF-16 content is rows, which are read as UTF-8.
fn is_rows(name: &str, head: &[u8], asked: Option<SourceFormat>) -> bool {
    let shape = match asked {
        Some(format) => by_format(format, name, head),
        None => by_name_or_content(name, head),
    };
    matches!(shape, Shape::Lines | Shape::Json | Shape::Csv { .. })
}

fn by_format(format: SourceFormat, name: &str, head: &[u8]) -> Shape {
    match format {
        SourceFormat::Jsonl if json::looks_like_array(head) => Shape::Json,
        SourceFormat::Jsonl => Shape::Lines,
        SourceFormat::Parquet => Shape::Parquet,
        SourceFormat::Warc | SourceFormat::Wet => Shape::Warc,
        SourceFormat::Html if mhtml::looks_like_mhtml(head) => Shape::Mhtml,
        SourceFormat::Csv => Shape::Csv { may_be_tabs: name.ends_with(".tsv") },
        SourceFormat::Html => Shape::One { format, media: Media::Html },
        SourceFormat::Text => Shape::One { format, media: Media::Text },
    }
}

/// A text file that holds a page stays a text file, but is to be sniffed, since pages are often saved under such names.
fn by_name_or_content(name: &str, head: &[u8]) -> Shape {
    let looks_like_html = || !sniff::is_binary(head) && sniff::looks_like_html(&decode::decode(head, true, None).text);
    let by_name = EXTENSIONS.iter().find(|(extension, _)| name.ends_with(extension)).map(|(_, format)| *format);
    match by_name {
        Some(SourceFormat::Text) if looks_like_html() => Shape::One { format: SourceFormat::Text, media: Media::Sniff },
        Some(format) => by_format(format, name, head),
        None if warc::looks_like_warc(head) => Shape::Warc,
        None if columnar::looks_like_parquet(head) => Shape::Parquet,
        None if mhtml::looks_like_mhtml(head) => Shape::Mhtml,
        None if mhtml::is_named(name) && !mhtml::is_misnamed(head) => Shape::Mhtml,
        None if lines::looks_like_rows(head) => Shape::Lines,
        None if json::looks_like_rows(head) => Shape::Json,
        None if name.ends_with(".json") && json::looks_like_json(head) => Shape::Json,
        None if looks_like_html() => Shape::One { format: SourceFormat::Html, media: Media::Html },
        None => Shape::One { format: SourceFormat::Text, media: Media::Text },
    }
}
