//! The columns of the three tables as data: the one place that names, types and explains them.
//! Arrow schemas, JSON Schemas, checks and docs are made from it; it reads and writes nothing.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field as ArrowField, Schema, SchemaRef, TimeUnit};

use crate::article::{ParagraphKind, RejectCode, RejectStatus};
use crate::finding::{Field, Flag, Kind};
use crate::input::SourceFormat;

/// Version of the tables. A minor step may add nullable columns; nothing is renamed or retyped within a major one.
pub const SCHEMA_VERSION: &str = "1";

/// Name of the element of each list column: what the Parquet specification asks for
/// (`<list-repetition> group <name> (LIST) { repeated group list { <element> } }`).
pub const LIST_ELEMENT: &str = "element";

/// A table of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// One row for each clean article.
    Articles,
    /// One row for each piece of text that left a dump or was repaired in it.
    Removals,
    /// One row for each dump that gave no article.
    Rejects,
}

impl Table {
    /// Every table, in the order in which they are written.
    pub const ALL: &'static [Table] = &[Table::Articles, Table::Removals, Table::Rejects];

    /// The name used in files and folders.
    pub const fn as_str(self) -> &'static str {
        match self {
            Table::Articles => "articles",
            Table::Removals => "removals",
            Table::Rejects => "rejects",
        }
    }

    /// What one row of it is.
    pub const fn doc(self) -> &'static str {
        match self {
            Table::Articles => "One row for each clean article.",
            Table::Removals => "One row for each piece of text that left a dump or was repaired in it.",
            Table::Rejects => "One row for each dump that gave no article.",
        }
    }

    /// Its columns, in order.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Table::Articles => ARTICLES,
            Table::Removals => REMOVALS,
            Table::Rejects => REJECTS,
        }
    }

    /// The column of that name.
    pub fn column(self, name: &str) -> Option<&'static Column> {
        self.columns().iter().find(|column| column.name == name)
    }

    /// Its Arrow schema, without metadata, so that it is the same in each file.
    pub fn schema(self) -> SchemaRef {
        static SCHEMAS: LazyLock<[SchemaRef; 3]> = LazyLock::new(|| {
            [Table::Articles, Table::Removals, Table::Rejects]
                .map(|table| Arc::new(Schema::new(table.columns().iter().map(Column::arrow_field).collect::<Vec<_>>())))
        });
        Arc::clone(&SCHEMAS[self as usize])
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The Arrow schema of `articles`.
pub fn articles_schema() -> SchemaRef {
    Table::Articles.schema()
}

/// The Arrow schema of `removals`.
pub fn removals_schema() -> SchemaRef {
    Table::Removals.schema()
}

/// The Arrow schema of `rejects`.
pub fn rejects_schema() -> SchemaRef {
    Table::Rejects.schema()
}

/// The type of a column: what every reader of Parquet understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// UTF-8 text.
    Text,
    /// 32-bit signed integer.
    Int32,
    /// 64-bit signed integer.
    Int64,
    /// 32-bit floating point number.
    Float32,
    /// True or false.
    Bool,
    /// A calendar day.
    Date,
    /// A time in microseconds, without a zone.
    Timestamp,
    /// A list of texts; neither the list nor an element is ever null.
    TextList,
}

impl ColumnType {
    /// The Arrow type.
    pub fn arrow_type(self) -> DataType {
        match self {
            ColumnType::Text => DataType::Utf8,
            ColumnType::Int32 => DataType::Int32,
            ColumnType::Int64 => DataType::Int64,
            ColumnType::Float32 => DataType::Float32,
            ColumnType::Bool => DataType::Boolean,
            ColumnType::Date => DataType::Date32,
            ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
            ColumnType::TextList => {
                DataType::List(Arc::new(ArrowField::new(LIST_ELEMENT, DataType::Utf8, /* nullable */ false)))
            }
        }
    }
}

/// What values a column may hold beside null; for a list it binds each element.
#[derive(Debug, Clone, Copy)]
pub enum Allowed {
    /// Any value of the type.
    Any,
    /// One of a closed list.
    OneOf(fn() -> Vec<&'static str>),
    /// Texts that match this regular expression as a whole (it is anchored at both ends).
    Pattern(&'static str),
    /// Integers from this one on.
    AtLeast(i64),
    /// Numbers from 0 to 1, both included.
    Share,
}

/// One column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: ColumnType,
    /// Whether it may be null.
    pub nullable: bool,
    /// What values it may hold.
    pub allowed: Allowed,
    /// What it means, in one line.
    pub doc: &'static str,
}

impl Column {
    /// The Arrow field.
    pub fn arrow_field(&self) -> ArrowField {
        ArrowField::new(self.name, self.ty.arrow_type(), self.nullable)
    }
}

/// A record's id.
const ID: Allowed = Allowed::Pattern("^[0-9a-f]{32}$");
/// SHA-256 as text.
const SHA256: Allowed = Allowed::Pattern("^[0-9a-f]{64}$");
/// An offset from UTC.
const ZONE: Allowed = Allowed::Pattern("^[+-][0-9]{2}:[0-9]{2}$");
/// ISO 639-3, `und` and `mul` among them.
const LANGUAGE: Allowed = Allowed::Pattern("^[a-z]{3}$");
/// ISO 15924.
const SCRIPT: Allowed = Allowed::Pattern("^[A-Z][a-z]{3}$");
/// Text that is not empty.
const FILLED: Allowed = Allowed::Pattern("^(?s:.+)$");
/// A rule, detector, template or model: `family/slug`.
const RULE: Allowed = Allowed::Pattern("^[^\\s/]+(/[^\\s/]+)+$");
/// A count.
const COUNT: Allowed = Allowed::AtLeast(0);
/// A count that is never nought.
const POSITIVE: Allowed = Allowed::AtLeast(1);

const FORMATS: Allowed = Allowed::OneOf(|| SourceFormat::ALL.iter().map(|v| v.as_str()).collect());
const PARAGRAPH_KINDS: Allowed = Allowed::OneOf(|| ParagraphKind::ALL.iter().map(|v| v.as_str()).collect());
const FLAGS: Allowed = Allowed::OneOf(|| Flag::ALL.iter().map(|v| v.as_str()).collect());
const KINDS: Allowed = Allowed::OneOf(|| Kind::ALL.iter().map(|v| v.as_str()).collect());
const FIELDS: Allowed = Allowed::OneOf(|| Field::ALL.iter().map(|v| v.as_str()).collect());
const STATUSES: Allowed = Allowed::OneOf(|| RejectStatus::ALL.iter().map(|v| v.as_str()).collect());
const CODES: Allowed = Allowed::OneOf(|| RejectCode::ALL.iter().map(|v| v.as_str()).collect());
/// What a row of `removals` can have done to the text.
const ACTIONS: Allowed = Allowed::OneOf(|| vec!["drop", "lift", "repair"]);
/// The parts of a dataset for training.
const SPLITS: Allowed = Allowed::OneOf(|| vec!["train", "validation", "test"]);

/// A column that is never null.
const fn must(name: &'static str, ty: ColumnType, allowed: Allowed, doc: &'static str) -> Column {
    Column { name, ty, nullable: false, allowed, doc }
}

/// A column that may be null.
const fn may(name: &'static str, ty: ColumnType, allowed: Allowed, doc: &'static str) -> Column {
    Column { name, ty, nullable: true, allowed, doc }
}

use Allowed::{Any, Share};
use ColumnType::{Bool, Date, Float32, Int32, Int64, Text, TextList, Timestamp};

/// The columns of `articles`.
const ARTICLES: &[Column] = &[
    must("id", Text, ID, "32 hex digits of SHA-256 over source_path, source_key and source_sha256."),
    must("source_path", Text, FILLED, "Path of the source file relative to its INPUT, with `/` between parts."),
    may(
        "source_key",
        Text,
        Any,
        "Row, archive member or record inside the source file; null where the file is one dump.",
    ),
    must("source_format", Text, FORMATS, "Format of the source file."),
    must("source_encoding", Text, FILLED, "WHATWG name of the encoding that was decoded."),
    must("source_bytes", Int64, COUNT, "Bytes of the dump's content after decompression."),
    must("source_sha256", Text, SHA256, "SHA-256 of the dump's content after decompression."),
    may("fetched_at", Timestamp, Any, "When the dump was saved, in UTC, where the source says so."),
    may("url", Text, Any, "Address of the page where known."),
    may("site", Text, Any, "Host or name of the site."),
    may("title", Text, Any, "Headline; it does not stand in the text."),
    may("subtitle", Text, Any, "Standfirst; it stays in the text."),
    must("authors", TextList, FILLED, "People of the byline, without editors and translators."),
    may("agency", Text, Any, "News agency."),
    may("dateline_place", Text, Any, "Place of the dateline as written."),
    may("published_date", Date, Any, "Day of publication; null when the source is coarser than a day."),
    may("modified_date", Date, Any, "Day of the last change; null when the source is coarser than a day."),
    may("published_at", Timestamp, Any, "Time of publication as written, in the zone of published_zone."),
    may("modified_at", Timestamp, Any, "Time of the last change as written, in the zone of modified_zone."),
    may("published_zone", Text, ZONE, "Offset of published_at; null when the source names none."),
    may("modified_zone", Text, ZONE, "Offset of modified_at; null when the source names none."),
    may("section", Text, Any, "Rubric."),
    must("tags", TextList, FILLED, "Keywords of the page."),
    must("captions", TextList, FILLED, "Captions of pictures."),
    must("credits", TextList, FILLED, "Credits of pictures."),
    must("corrections", TextList, FILLED, "Corrections; they stay in the text."),
    must("text", Text, Any, "The clean article: paragraphs joined by one blank line."),
    must("paragraph_kinds", TextList, PARAGRAPH_KINDS, "What each paragraph of the text is, in order."),
    must(
        "language",
        Text,
        LANGUAGE,
        "ISO 639-3; und where unreliable, mul where no language holds 70 % of the letters.",
    ),
    may("language_script", Text, SCRIPT, "ISO 15924 name of the script."),
    must("language_score", Float32, Share, "How sure the best guess of the language is."),
    may("foreign_share", Float32, Share, "Share of words in paragraphs of another language."),
    must("machine_translated", Bool, Any, "Whether the site declares the text machine translated."),
    may("original_language", Text, LANGUAGE, "ISO 639-3 of the language that the site says it was translated from."),
    must("paywalled", Bool, Any, "Whether the dump says that the text goes on behind a paywall."),
    must("truncated", Bool, Any, "Whether the dump says that the text goes on elsewhere."),
    may("rights_notice", Text, Any, "Copyright and reuse line as written."),
    must("tdm_reserved", Bool, Any, "Whether text and data mining or AI training is forbidden."),
    must("char_count", Int32, COUNT, "Characters of the text."),
    must("word_count", Int32, COUNT, "Words of the text by UAX 29."),
    must("sentence_count", Int32, COUNT, "Sentences of the text by UAX 29."),
    must("paragraph_count", Int32, COUNT, "Paragraphs of the text."),
    must("layout_chars", Int32, COUNT, "Characters of the layout without white space: kept, dropped and lifted ones."),
    must("kept_chars", Int32, COUNT, "Characters of the layout without white space that were kept."),
    must("dropped_chars", Int32, COUNT, "Characters of the layout without white space that were dropped."),
    must("lifted_chars", Int32, COUNT, "Characters of the layout without white space that were lifted."),
    may("confidence", Float32, Share, "How sure the cleaner is of this article."),
    must("flags", TextList, FLAGS, "Facts about the dump as a whole, sorted, without repeats."),
    may("duplicate_of", Text, ID, "The id of the article that this one repeats."),
    may("dup_cluster_id", Text, ID, "The id of the first article of its cluster of near duplicates."),
    may("dup_cluster_size", Int32, POSITIVE, "Articles in its cluster of near duplicates."),
    must("split", Text, SPLITS, "Part of the dataset that the article belongs to."),
];

/// The columns of `removals`.
const REMOVALS: &[Column] = &[
    must("id", Text, ID, "The id of the article or reject that the text left."),
    must("seq", Int32, COUNT, "Number of the row within its id, from 0, in the order of the spans."),
    must("kind", Text, KINDS, "The sort of text."),
    must("rule", Text, RULE, "The rule, detector, template or model that decided."),
    must("action", Text, ACTIONS, "What happened: drop, lift into a field, or repair."),
    may("field", Text, FIELDS, "The column that the text was lifted to."),
    must("start_byte", Int64, COUNT, "First byte in the layout."),
    must("end_byte", Int64, COUNT, "One past the last byte in the layout."),
    must("start_char", Int64, COUNT, "First character (Unicode scalar value) in the layout."),
    must("end_char", Int64, COUNT, "One past the last character (Unicode scalar value) in the layout."),
    must("text", Text, Any, "What stood there."),
    may("replacement", Text, Any, "What stands there now; repairs only."),
    must("confidence", Float32, Share, "How sure the decision is."),
];

/// The columns of `rejects`.
const REJECTS: &[Column] = &[
    must("id", Text, ID, "32 hex digits, made as an article's."),
    must("source_path", Text, FILLED, "Path of the source file relative to its INPUT, with `/` between parts."),
    may(
        "source_key",
        Text,
        Any,
        "Row, archive member or record inside the source file; null where the file is one dump.",
    ),
    may("source_bytes", Int64, COUNT, "Bytes of the content, where it could be read."),
    may("source_sha256", Text, SHA256, "SHA-256 of the content, where it could be read."),
    may("url", Text, Any, "Address of the page where known."),
    must("status", Text, STATUSES, "Refused on purpose, or could not be processed."),
    must("code", Text, CODES, "Why there is no article."),
    must("message", Text, Any, "What happened, for people."),
    may("byte_offset", Int64, COUNT, "Where in the file."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_docs_are_sentences() {
        for table in Table::ALL {
            let mut names: Vec<&str> = table.columns().iter().map(|c| c.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), table.columns().len(), "{table}");
            for column in table.columns() {
                assert!(column.doc.ends_with('.') && !column.doc.contains('\n'), "{table}.{}", column.name);
            }
        }
    }

    #[test]
    fn patterns_compile_and_are_anchored_at_both_ends() {
        for column in Table::ALL.iter().flat_map(|t| t.columns()) {
            if let Allowed::Pattern(pattern) = column.allowed {
                assert!(pattern.starts_with('^') && pattern.ends_with('$'), "{pattern}");
                regex::Regex::new(pattern).unwrap();
            }
        }
    }

    #[test]
    fn lists_are_never_null_and_neither_are_their_elements() {
        for column in Table::ALL.iter().flat_map(|t| t.columns()) {
            if let DataType::List(element) = column.ty.arrow_type() {
                assert!(!column.nullable && !element.is_nullable());
                assert_eq!(element.name(), LIST_ELEMENT);
            }
        }
    }

    #[test]
    fn the_schemas_follow_the_columns_and_carry_no_metadata() {
        for table in Table::ALL {
            let schema = table.schema();
            assert!(schema.metadata().is_empty());
            let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
            let columns: Vec<&str> = table.columns().iter().map(|c| c.name).collect();
            assert_eq!(names, columns);
        }
        assert_eq!(articles_schema().fields().len(), 52);
        assert_eq!(removals_schema().fields().len(), 13);
        assert_eq!(rejects_schema().fields().len(), 10);
    }
}
