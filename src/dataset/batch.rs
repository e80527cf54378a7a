//! Batches of dumps to batches of rows: the whole way for callers that keep their own files (Python, Spark),
//! and the fence around a dump that makes the cleaner panic. Knows no files.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::{Array, LargeBinaryArray, LargeStringArray, RecordBatch, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit};

use crate::article::record::{record_id, sha256_hex};
use crate::article::{Reject, RejectCode};
use crate::cleaner::{Cleaned, Cleaner};
use crate::dataset::table::{BatchBuilder, Batches};
use crate::error::{Error, ErrorKind, Result};
use crate::input::{Dump, Hints, Media, SourceFormat};
use crate::page::Layout;

/// Cleans one dump; a panic is isolated to it and becomes a reject of code `bug`.
pub(crate) fn clean_isolated(clean: &(impl Fn(Dump<'_>) -> Cleaned + ?Sized), dump: Dump<'_>) -> Cleaned {
    catch_unwind(AssertUnwindSafe(|| clean(dump))).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let message = format!("the program failed on this dump: {}", said.unwrap_or("no message"));
        rejected(reject_of(&dump, RejectCode::Bug, message))
    })
}

/// A dump that gave nothing but a reject.
pub(crate) fn rejected(reject: Reject) -> Cleaned {
    Cleaned { outcome: Err(Box::new(reject)), layout: Layout::default(), findings: Vec::new(), notes: Vec::new() }
}

/// The reject of a dump whose content is known.
pub(crate) fn reject_of(dump: &Dump<'_>, code: RejectCode, message: String) -> Reject {
    let sha256 = sha256_hex(dump.bytes);
    Reject {
        id: record_id(dump.path, dump.key, &sha256),
        source_path: dump.path.to_owned(),
        source_key: dump.key.map(str::to_owned),
        source_bytes: Some(dump.bytes.len() as u64),
        source_sha256: Some(sha256),
        url: dump.hints.url.clone(),
        code,
        message,
        byte_offset: None,
    }
}

/// Cleans a batch of dumps: the whole way from rows to rows, for callers that keep their own files.
///
/// The columns that it reads; others are ignored. Texts may be `Utf8`, `LargeUtf8` or `Utf8View`, bytes may be
/// `Binary`, `LargeBinary` or `BinaryView`.
///
/// | column | type | meaning |
/// |---|---|---|
/// | `source_path` | text | names the dump; never null |
/// | `source_key` | text? | tells dumps of one path apart; without it the pairs of path and content must differ |
/// | `html` | text? | the page, or |
/// | `text` | text? | the plain text, or |
/// | `bytes` | bytes? | the content as it was saved; encoding and kind are found out |
/// | `source_format` | text? | a format's name; else `html` for `html` and `text` for the rest |
/// | `url`, `title`, `published`, `language`, `charset` | text? | what is known of the dump from outside |
/// | `fetched_at` | timestamp? | when it was saved, UTC |
///
/// The first of `html`, `text` and `bytes` that is not null is the content; a row with none is rejected as `bad_row`.
///
/// # Errors
/// If a column is missing or of another type, or if the rows of one batch would pass 2 GiB of text in a column.
pub fn clean_batch(cleaner: &Cleaner, dumps: &RecordBatch) -> Result<Batches> {
    clean_batch_with(&|dump: Dump<'_>| cleaner.clean(dump), dumps)
}

fn clean_batch_with(clean: &impl Fn(Dump<'_>) -> Cleaned, dumps: &RecordBatch) -> Result<Batches> {
    let columns = DumpColumns::of(dumps)?;
    let mut batch = BatchBuilder::new();
    for row in 0..dumps.num_rows() {
        let cleaned = columns.clean_row(row, clean)?;
        if !batch.fits(&cleaned) {
            return Err(Error::new(ErrorKind::Format, format!("rows up to {row} fill more than 2 GiB of one column"))
                .hint("clean fewer dumps at a time"));
        }
        batch.push(&cleaned);
    }
    batch.finish()
}

/// The columns of a batch of dumps, in types that hold any length.
struct DumpColumns {
    source_path: LargeStringArray,
    source_key: Option<LargeStringArray>,
    source_format: Option<LargeStringArray>,
    html: Option<LargeStringArray>,
    text: Option<LargeStringArray>,
    bytes: Option<LargeBinaryArray>,
    url: Option<LargeStringArray>,
    title: Option<LargeStringArray>,
    published: Option<LargeStringArray>,
    language: Option<LargeStringArray>,
    charset: Option<LargeStringArray>,
    fetched_at: Option<TimestampMicrosecondArray>,
}

impl DumpColumns {
    fn of(dumps: &RecordBatch) -> Result<Self> {
        let columns = Self {
            source_path: text_column(dumps, "source_path")?.ok_or_else(|| missing("source_path"))?,
            source_key: text_column(dumps, "source_key")?,
            source_format: text_column(dumps, "source_format")?,
            html: text_column(dumps, "html")?,
            text: text_column(dumps, "text")?,
            bytes: column_as::<LargeBinaryArray>(dumps, "bytes", &DataType::LargeBinary)?,
            url: text_column(dumps, "url")?,
            title: text_column(dumps, "title")?,
            published: text_column(dumps, "published")?,
            language: text_column(dumps, "language")?,
            charset: text_column(dumps, "charset")?,
            fetched_at: column_as(dumps, "fetched_at", &DataType::Timestamp(TimeUnit::Microsecond, None))?,
        };
        if columns.html.is_none() && columns.text.is_none() && columns.bytes.is_none() {
            return Err(missing("html, text or bytes"));
        }
        Ok(columns)
    }

    fn clean_row(&self, row: usize, clean: &impl Fn(Dump<'_>) -> Cleaned) -> Result<Cleaned> {
        if self.source_path.is_null(row) {
            return Err(Error::new(ErrorKind::Format, format!("row {row} of the dumps has no source_path")));
        }
        let owned = |column: &Option<LargeStringArray>| text_at(column.as_ref(), row).map(str::to_owned);
        let hints = Hints {
            url: owned(&self.url),
            title: owned(&self.title),
            published: owned(&self.published),
            language: owned(&self.language),
            charset: owned(&self.charset),
            fetched_at_us: self.fetched_at.as_ref().filter(|c| c.is_valid(row)).map(|c| c.value(row)),
            ..Hints::default()
        };
        let html = text_at(self.html.as_ref(), row).map(|html| (Media::Html, html.as_bytes()));
        let text = || text_at(self.text.as_ref(), row).map(|text| (Media::Text, text.as_bytes()));
        let bytes = || self.bytes.as_ref().filter(|c| c.is_valid(row)).map(|c| (Media::Sniff, c.value(row)));
        let content = html.or_else(text).or_else(bytes);
        let media = content.map_or(Media::Sniff, |(media, _)| media);
        let format = match text_at(self.source_format.as_ref(), row) {
            None if media == Media::Html => SourceFormat::Html,
            None => SourceFormat::Text,
            Some(name) => SourceFormat::from_name(name).ok_or_else(|| {
                Error::new(ErrorKind::Format, format!("row {row} of the dumps has an unknown source_format `{name}`"))
            })?,
        };
        let dump = Dump {
            path: self.source_path.value(row),
            key: text_at(self.source_key.as_ref(), row),
            bytes: content.map_or(&[], |(_, bytes)| bytes),
            format,
            media,
            hints: &hints,
        };
        if content.is_none() {
            let mut reject = reject_of(&dump, RejectCode::BadRow, "the row has no content".to_owned());
            (reject.source_bytes, reject.source_sha256) = (None, None);
            return Ok(rejected(reject));
        }
        Ok(clean_isolated(clean, dump))
    }
}

fn missing(name: &str) -> Error {
    Error::new(ErrorKind::Format, format!("the batch of dumps has no column {name}"))
        .hint("source_path and one of html, text and bytes are needed")
}

fn text_column(dumps: &RecordBatch, name: &str) -> Result<Option<LargeStringArray>> {
    column_as(dumps, name, &DataType::LargeUtf8)
}

fn column_as<A: Array + Clone + 'static>(dumps: &RecordBatch, name: &str, ty: &DataType) -> Result<Option<A>> {
    let Some(column) = dumps.column_by_name(name) else { return Ok(None) };
    let cast = cast(column, ty).map_err(|e| {
        Error::new(ErrorKind::Format, format!("column {name} of the dumps is {}, not {ty}", column.data_type()))
            .because(e)
    })?;
    Ok(Some(cast.as_any().downcast_ref::<A>().expect("a cast gives the type that was asked for").clone()))
}

fn text_at(column: Option<&LargeStringArray>, row: usize) -> Option<&str> {
    column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, AsArray, BinaryArray, StringArray, StringViewArray};

    use super::*;
    use crate::dataset::testing::toy_clean;

    fn dumps(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
        RecordBatch::try_from_iter(columns).unwrap()
    }

    #[test]
    fn each_row_takes_its_first_content_and_a_row_without_one_is_rejected() {
        let path: ArrayRef = Arc::new(StringViewArray::from(vec!["a", "b", "c"]));
        let text: ArrayRef = Arc::new(StringArray::from(vec![Some("One."), None, None]));
        let bytes: ArrayRef = Arc::new(BinaryArray::from(vec![None, Some(b"Two.".as_slice()), None]));
        let url: ArrayRef = Arc::new(StringArray::from(vec![Some("https://a.example/"), None, None]));
        let batch = dumps(vec![("source_path", path), ("text", text), ("bytes", bytes), ("url", url)]);
        let out = clean_batch_with(&toy_clean, &batch).unwrap();
        let texts: Vec<_> = out.articles["text"].as_string::<i32>().iter().flatten().collect();
        assert_eq!(texts, ["One.", "Two."]);
        assert_eq!(out.articles["url"].as_string::<i32>().value(0), "https://a.example/");
        assert_eq!(out.rejects["code"].as_string::<i32>().value(0), "bad_row");
        assert!(out.rejects["source_bytes"].is_null(0));
    }

    #[test]
    fn a_panic_stays_with_its_dump() {
        let path: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
        let text: ArrayRef = Arc::new(StringArray::from(vec!["panic", "Two."]));
        let out = clean_batch_with(&toy_clean, &dumps(vec![("source_path", path), ("text", text)])).unwrap();
        assert_eq!(out.articles.num_rows(), 1);
        assert_eq!(out.rejects["code"].as_string::<i32>().value(0), "bug");
        let message = out.rejects["message"].as_string::<i32>().value(0);
        assert_eq!(message, "the program failed on this dump: asked to panic");
    }

    #[test]
    fn a_batch_without_path_or_content_is_an_error_that_names_the_column() {
        let column: ArrayRef = Arc::new(StringArray::from(vec!["a"]));
        for (columns, name) in [("text", "source_path"), ("source_path", "html, text or bytes")] {
            let error = clean_batch_with(&toy_clean, &dumps(vec![(columns, Arc::clone(&column))])).unwrap_err();
            assert_eq!(error.to_string(), format!("the batch of dumps has no column {name}"));
        }
    }
}
