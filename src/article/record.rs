//! The clean record: one article with its typed columns, and the record of a dump that gave none.

pub use crate::dates::Moment;
pub use crate::digest::{hex, sha256_hex};
use crate::finding::{Flag, named_enum};
use crate::input::SourceFormat;

named_enum! {
    /// What a paragraph of the clean text is.
    #[allow(missing_docs, reason = "the names say it")]
    ParagraphKind {
        Body = "body", Heading = "heading", Quote = "quote", List = "list", Table = "table", Code = "code",
        Verse = "verse", Correction = "correction",
    }
}

/// Where a record came from. The same for articles and rejects.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// 32 hex digits of SHA-256 over path, key and content hash.
    pub id: String,
    /// Path relative to the INPUT.
    pub path: String,
    /// Row, member or record inside the file.
    pub key: Option<String>,
    /// Format of the source.
    pub format: SourceFormat,
    /// Bytes of the content, after decompression.
    pub bytes: u64,
    /// SHA-256 of the content, 64 hex digits.
    pub sha256: String,
    /// Page address where known.
    pub url: Option<String>,
    /// When it was saved, microseconds since 1970-01-01 UTC.
    pub fetched_at_us: Option<i64>,
}

/// The clean article. Field for field the columns of the contract; see `schemas/article.schema.json`.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs, reason = "the columns are documented in the schema")]
pub struct Article {
    pub source: Source,
    pub source_encoding: &'static str,
    pub site: Option<String>,
    pub title: Option<String>,
    pub subtitle: Option<String>,
    pub authors: Vec<String>,
    pub agency: Option<String>,
    pub dateline_place: Option<String>,
    pub published: Moment,
    pub modified: Moment,
    pub section: Option<String>,
    pub tags: Vec<String>,
    pub captions: Vec<String>,
    pub credits: Vec<String>,
    pub corrections: Vec<String>,
    pub text: String,
    pub paragraph_kinds: Vec<ParagraphKind>,
    /// ISO 639-3, `und` or `mul`.
    pub language: String,
    /// ISO 15924.
    pub language_script: Option<String>,
    pub language_score: f32,
    pub foreign_share: Option<f32>,
    pub machine_translated: bool,
    /// ISO 639-3.
    pub original_language: Option<String>,
    pub paywalled: bool,
    pub truncated: bool,
    pub rights_notice: Option<String>,
    pub tdm_reserved: bool,
    pub char_count: u32,
    pub word_count: u32,
    pub sentence_count: u32,
    pub paragraph_count: u32,
    pub layout_chars: u32,
    pub kept_chars: u32,
    pub dropped_chars: u32,
    pub lifted_chars: u32,
    pub confidence: Option<f32>,
    /// Sorted and without repeats.
    pub flags: Vec<Flag>,
}

named_enum! {
    /// Whether a dump without an article was refused or could not be processed.
    RejectStatus {
        /// Refused on purpose.
        Rejected = "rejected",
        /// Could not be read or processed.
        Failed = "failed",
    }
}

named_enum! {
    /// Why a dump gave no article.
    RejectCode {
        /// No bytes, or white space only.
        Empty = "empty",
        /// Binary content.
        NotText = "not_text",
        /// Nothing but noise.
        NoContent = "no_content",
        /// Over the bound on bytes.
        TooLarge = "too_large",
        /// Unpacks to more than the bound.
        ArchiveBomb = "archive_bomb",
        /// Left out by the user's own filters.
        Filtered = "filtered",
        /// The same as another dump.
        Duplicate = "duplicate",
        /// The file cannot be read.
        Unreadable = "unreadable",
        /// The file ends too early.
        Truncated = "truncated",
        /// The archive is broken.
        BadArchive = "bad_archive",
        /// A row is broken.
        BadRow = "bad_row",
        /// The program itself failed.
        Bug = "bug",
    }
}

impl RejectCode {
    /// Refused or failed.
    pub const fn status(self) -> RejectStatus {
        match self {
            RejectCode::Unreadable
            | RejectCode::Truncated
            | RejectCode::BadArchive
            | RejectCode::BadRow
            | RejectCode::Bug => RejectStatus::Failed,
            _ => RejectStatus::Rejected,
        }
    }
}

/// The record of a dump that gave no article.
#[derive(Debug, Clone, PartialEq)]
pub struct Reject {
    /// 32 hex digits, made as an article's.
    pub id: String,
    /// Path relative to the INPUT.
    pub source_path: String,
    /// Row, member or record inside the file.
    pub source_key: Option<String>,
    /// Bytes of the content, where it could be read.
    pub source_bytes: Option<u64>,
    /// SHA-256 of the content, where it could be read.
    pub source_sha256: Option<String>,
    /// Page address where known.
    pub url: Option<String>,
    /// Why.
    pub code: RejectCode,
    /// What happened, for people.
    pub message: String,
    /// Where in the file.
    pub byte_offset: Option<u64>,
}

/// The id of a record: the first 32 hex digits of SHA-256 over path, key and content hash,
/// each followed by a NUL byte; a missing key is told apart from an empty one.
pub fn record_id(path: &str, key: Option<&str>, sha256: &str) -> String {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    hasher.update(path.as_bytes());
    hasher.update([0]);
    if let Some(key) = key {
        hasher.update([1]);
        hasher.update(key.as_bytes());
    }
    hasher.update([0]);
    hasher.update(sha256.as_bytes());
    let mut hex = hex(&hasher.finalize());
    hex.truncate(32);
    hex
}
