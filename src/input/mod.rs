//! INPUT to dumps: comes in a list of files and folders, go out [`OwnedDump`]s in the order of their names,
//! each with its bytes and what the source says of it. Never looks into HTML, never knows a rule.

mod columnar;
mod compression;
mod csv;
pub mod decode;
mod fields;
mod http;
mod json;
mod limits;
mod lines;
mod member;
mod mhtml;
mod open;
mod page;
mod pages;
mod places;
mod reader;
mod rows;
mod shape;
pub mod sniff;
mod source;
mod tar;
mod transcode;
mod utf16;
mod walk;
mod warc;
mod zip;

use std::path::PathBuf;

pub use self::reader::{Reader, read};
use crate::article::RejectCode;
use crate::finding::named_enum;
use crate::options::{DEFAULT_MAX_DUMP_BYTES, DEFAULT_MAX_ENTRIES, DEFAULT_MAX_RATIO, DEFAULT_MAX_UNPACKED_BYTES};

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
    /// Broken bytes or halves of letters in the content were replaced by U+FFFD when it was taken out of its source.
    pub is_mended: bool,
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

/// A dump that owns its content: what a [`Reader`] hands out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedDump {
    /// Path relative to its INPUT, with `/` between parts.
    pub path: String,
    /// Row number, member name or id inside the file, if the file holds many.
    pub key: Option<String>,
    /// The content after decompression; for a row the UTF-8 of its content field.
    pub bytes: Vec<u8>,
    /// The format of the source.
    pub format: SourceFormat,
    /// How to read the bytes.
    pub media: Media,
    /// What the source says of it.
    pub hints: Hints,
}

impl OwnedDump {
    /// The same dump, borrowed.
    pub fn as_dump(&self) -> Dump<'_> {
        Dump {
            path: &self.path,
            key: self.key.as_deref(),
            bytes: &self.bytes,
            format: self.format,
            media: self.media,
            hints: &self.hints,
        }
    }
}

/// A dump that could not be handed out: it becomes a row of `rejects`.
///
/// Path, key and content hash of a failure never equal those of a dump or of another failure of the same run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Path relative to its INPUT, with `/` between parts.
    pub path: String,
    /// Number of the row, from 1, if a row failed; its key, if its content is known or no other row can have it.
    pub key: Option<String>,
    /// Why.
    pub code: RejectCode,
    /// What happened, for people: lower case, no full stop.
    pub message: String,
    /// Where, in bytes of the file after decompression.
    pub byte_offset: Option<u64>,
    /// Bytes of the content, where they are known.
    pub bytes: Option<u64>,
    /// SHA-256 of the content, 64 hex digits, where it is known.
    pub sha256: Option<String>,
    /// The page's address, where it is known.
    pub url: Option<String>,
}

/// What a [`Reader`] yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A dump to clean.
    Dump(OwnedDump),
    /// A dump that could not be read, or is too large.
    Failed(Failure),
    /// Something that is no dump was passed over: a link in an archive, a record of a request, a part of a saved page.
    PassedOver {
        /// Path relative to its INPUT, with `/` between parts.
        source_path: String,
        /// What it is.
        what: &'static str,
        /// How many.
        count: u64,
    },
    /// A file is done: it follows what came of the file, also after a failure inside it.
    /// A file that could not be opened or read to its end has none.
    FileEnd {
        /// Path relative to its INPUT, with `/` between parts.
        source_path: String,
        /// Size of the file as stored.
        bytes: u64,
        /// SHA-256 of the file as stored, 64 hex digits.
        sha256: String,
    },
}

/// What to read and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inputs {
    /// Files, folders, `-` for standard input.
    pub paths: Vec<PathBuf>,
    /// The format of all of them; none: told by name, then by content.
    pub format: Option<SourceFormat>,
    /// Field of a row that holds the text.
    pub text_field: Option<String>,
    /// Field of a row that holds an HTML page.
    pub html_field: Option<String>,
    /// Field of a row that holds the page's address.
    pub url_field: Option<String>,
    /// Field of a row that names it; none: the row number.
    pub id_field: Option<String>,
    /// A folder to leave out with all that lies in it: the output folder.
    pub exclude: Option<PathBuf>,
    /// Largest content of one dump, in bytes after decompression.
    pub max_dump_bytes: u64,
    /// Most bytes that one file may unpack to, all layers and members together.
    pub max_unpacked_bytes: u64,
    /// How many times larger than its packed form content may be.
    pub max_ratio: u64,
    /// Most members of one archive, folders and links among them.
    pub max_entries: u64,
}

impl Default for Inputs {
    fn default() -> Self {
        Self {
            paths: Vec::new(),
            format: None,
            text_field: None,
            html_field: None,
            url_field: None,
            id_field: None,
            exclude: None,
            max_dump_bytes: DEFAULT_MAX_DUMP_BYTES,
            max_unpacked_bytes: DEFAULT_MAX_UNPACKED_BYTES,
            max_ratio: DEFAULT_MAX_RATIO,
            max_entries: DEFAULT_MAX_ENTRIES,
        }
    }
}
