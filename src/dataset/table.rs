//! Cleaned dumps to record batches: come in [`Cleaned`] values in order, go out [`Batches`] of the three tables.
//! Knows no files and cleans nothing.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Float32Builder, Int32Builder, Int64Builder, ListBuilder, RecordBatch,
    StringBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Field as ArrowField};
use jiff::civil::{Date, DateTime, date};

use crate::article::{Article, Moment, Reject};
use crate::cleaner::Cleaned;
use crate::dataset::schema::{ColumnType, LIST_ELEMENT, Table};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::Action;

/// The first day of the time scale of Arrow and Parquet.
const EPOCH: Date = date(1970, 1, 1);

/// Most bytes of text in one column of a batch: Arrow's `Utf8` counts them with an `i32`.
const MAX_COLUMN_BYTES: usize = i32::MAX as usize;

/// The split of every article until a run is told to make more than one.
const DEFAULT_SPLIT: &str = "train";

/// Rows of the three tables, in the order of the dumps.
#[derive(Debug, Clone, PartialEq)]
pub struct Batches {
    /// Rows of `articles`.
    pub articles: RecordBatch,
    /// Rows of `removals`.
    pub removals: RecordBatch,
    /// Rows of `rejects`.
    pub rejects: RecordBatch,
}

impl Batches {
    /// The rows of one table.
    pub fn of(&self, table: Table) -> &RecordBatch {
        match table {
            Table::Articles => &self.articles,
            Table::Removals => &self.removals,
            Table::Rejects => &self.rejects,
        }
    }
}

/// Gathers cleaned dumps, one after the other, into record batches.
#[derive(Debug)]
pub struct BatchBuilder {
    articles: Rows,
    removals: Rows,
    rejects: Rows,
    dumps: usize,
}

impl Default for BatchBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl BatchBuilder {
    /// An empty builder.
    pub fn new() -> Self {
        Self {
            articles: Rows::new(Table::Articles),
            removals: Rows::new(Table::Removals),
            rejects: Rows::new(Table::Rejects),
            dumps: 0,
        }
    }

    /// Dumps since the last [`finish`](Self::finish).
    pub fn dumps(&self) -> usize {
        self.dumps
    }

    /// Bytes of text since the last [`finish`](Self::finish), over all tables.
    pub fn bytes(&self) -> usize {
        self.articles.bytes + self.removals.bytes + self.rejects.bytes
    }

    /// Whether this dump's rows still fit into the batches; an empty builder takes any dump of less than 2 GiB.
    pub fn fits(&self, cleaned: &Cleaned) -> bool {
        let text = cleaned.outcome.as_ref().map_or(0, |article| article.text.len());
        let replaced: usize = cleaned.findings.iter().filter_map(|f| f.replacement.as_ref()).map(String::len).sum();
        // No column of one dump holds more than its text, its layout or its replacements; fields are cut from these.
        let most = text.saturating_add(cleaned.layout.text.len()).saturating_add(replaced);
        self.bytes().saturating_add(most.saturating_mul(2)) < MAX_COLUMN_BYTES
    }

    /// Adds one dump: its article or reject, and its removals.
    pub fn push(&mut self, cleaned: &Cleaned) {
        let id = match &cleaned.outcome {
            Ok(article) => {
                push_article(&mut self.articles, article);
                &article.source.id
            }
            Err(reject) => {
                push_reject(&mut self.rejects, reject);
                &reject.id
            }
        };
        push_removals(&mut self.removals, id, cleaned);
        self.dumps += 1;
    }

    /// Hands out the rows and starts anew.
    ///
    /// # Errors
    /// Only if the rows break the schema, which is a fault of this program.
    pub fn finish(&mut self) -> Result<Batches> {
        self.dumps = 0;
        Ok(Batches {
            articles: self.articles.finish()?,
            removals: self.removals.finish()?,
            rejects: self.rejects.finish()?,
        })
    }
}

fn push_article(rows: &mut Rows, article: &Article) {
    let source = &article.source;
    let mut row = rows.row();
    row.text("id", &source.id);
    row.text("source_path", &source.path);
    row.opt_text("source_key", source.key.as_deref());
    row.text("source_format", source.format.as_str());
    row.text("source_encoding", article.source_encoding);
    row.int64("source_bytes", Some(int64(source.bytes)));
    row.text("source_sha256", &source.sha256);
    row.timestamp("fetched_at", source.fetched_at_us);
    row.opt_text("url", source.url.as_deref());
    row.opt_text("site", article.site.as_deref());
    row.opt_text("title", article.title.as_deref());
    row.opt_text("subtitle", article.subtitle.as_deref());
    row.list("authors", article.authors.iter().map(String::as_str));
    row.opt_text("agency", article.agency.as_deref());
    row.opt_text("dateline_place", article.dateline_place.as_deref());
    row.date("published_date", article.published.date);
    row.date("modified_date", article.modified.date);
    row.timestamp("published_at", wall_time_us(&article.published));
    row.timestamp("modified_at", wall_time_us(&article.modified));
    row.opt_text("published_zone", article.published.zone.as_deref());
    row.opt_text("modified_zone", article.modified.zone.as_deref());
    row.opt_text("section", article.section.as_deref());
    row.list("tags", article.tags.iter().map(String::as_str));
    row.list("captions", article.captions.iter().map(String::as_str));
    row.list("credits", article.credits.iter().map(String::as_str));
    row.list("corrections", article.corrections.iter().map(String::as_str));
    row.text("text", &article.text);
    row.list("paragraph_kinds", article.paragraph_kinds.iter().map(|kind| kind.as_str()));
    row.text("language", &article.language);
    row.opt_text("language_script", article.language_script.as_deref());
    row.float32("language_score", Some(article.language_score));
    row.float32("foreign_share", article.foreign_share);
    row.boolean("machine_translated", article.machine_translated);
    row.opt_text("original_language", article.original_language.as_deref());
    row.boolean("paywalled", article.paywalled);
    row.boolean("truncated", article.truncated);
    row.opt_text("rights_notice", article.rights_notice.as_deref());
    row.boolean("tdm_reserved", article.tdm_reserved);
    row.int32("char_count", Some(int32(article.char_count)));
    row.int32("word_count", Some(int32(article.word_count)));
    row.int32("sentence_count", Some(int32(article.sentence_count)));
    row.int32("paragraph_count", Some(int32(article.paragraph_count)));
    row.int32("layout_chars", Some(int32(article.layout_chars)));
    row.int32("kept_chars", Some(int32(article.kept_chars)));
    row.int32("dropped_chars", Some(int32(article.dropped_chars)));
    row.int32("lifted_chars", Some(int32(article.lifted_chars)));
    row.float32("confidence", article.confidence);
    row.list("flags", article.flags.iter().map(|flag| flag.as_str()));
    row.opt_text("duplicate_of", None);
    row.opt_text("dup_cluster_id", None);
    row.int32("dup_cluster_size", None);
    row.text("split", DEFAULT_SPLIT);
    row.end();
}

fn push_reject(rows: &mut Rows, reject: &Reject) {
    let mut row = rows.row();
    row.text("id", &reject.id);
    row.text("source_path", &reject.source_path);
    row.opt_text("source_key", reject.source_key.as_deref());
    row.int64("source_bytes", reject.source_bytes.map(int64));
    row.opt_text("source_sha256", reject.source_sha256.as_deref());
    row.opt_text("url", reject.url.as_deref());
    row.text("status", reject.code.status().as_str());
    row.text("code", reject.code.as_str());
    row.text("message", &reject.message);
    row.int64("byte_offset", reject.byte_offset.map(int64));
    row.end();
}

/// One row for each finding that drops, lifts or repairs, in the order of the spans; one pass over the layout.
fn push_removals(rows: &mut Rows, id: &str, cleaned: &Cleaned) {
    let text = &cleaned.layout.text;
    let mut listed: Vec<_> = cleaned.findings.iter().filter(|f| is_listed(f.action)).collect();
    listed.sort_by_key(|finding| finding.span);
    let mut chars = CharCursor::new(text);
    for (seq, finding) in listed.into_iter().enumerate() {
        let (start, end) = (finding.span.start as usize, finding.span.end as usize);
        debug_assert!(text.get(start..end).is_some(), "a span lies on character borders of its layout");
        let (start_char, end_char) = (chars.at(start), chars.at(end));
        let mut row = rows.row();
        row.text("id", id);
        row.int32("seq", Some(i32::try_from(seq).unwrap_or(i32::MAX)));
        row.text("kind", finding.kind.as_str());
        row.text("rule", finding.rule.as_str());
        row.text("action", finding.action.as_str());
        row.opt_text("field", finding.action.field().map(|field| field.as_str()));
        row.int64("start_byte", Some(i64::from(finding.span.start)));
        row.int64("end_byte", Some(i64::from(finding.span.end)));
        row.int64("start_char", Some(start_char));
        row.int64("end_char", Some(end_char));
        row.text("text", text.get(start..end).unwrap_or_default());
        row.opt_text("replacement", finding.replacement.as_deref());
        row.float32("confidence", Some(finding.confidence));
        row.end();
    }
}

/// Whether a finding has a row in `removals`.
pub(crate) fn is_listed(action: Action) -> bool {
    action.removes() || action == Action::Repair
}

/// Byte positions to character positions, in one pass where they ascend.
struct CharCursor<'a> {
    text: &'a str,
    byte: usize,
    chars: i64,
}

impl<'a> CharCursor<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, byte: 0, chars: 0 }
    }

    fn at(&mut self, byte: usize) -> i64 {
        if byte < self.byte {
            *self = Self::new(self.text);
        }
        let passed = self.text.get(self.byte..byte).map_or(0, |text| text.chars().count());
        self.chars += i64::try_from(passed).unwrap_or(i64::MAX);
        self.byte = byte;
        self.chars
    }
}

fn int32(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn int64(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn days(day: Date) -> i32 {
    i32::try_from(day.duration_since(EPOCH).as_hours() / 24)
        .expect("a calendar has fewer than two thousand million days")
}

/// A wall time on the time scale of its own zone.
fn wall_time_us(moment: &Moment) -> Option<i64> {
    moment.at.map(|at: DateTime| {
        i64::try_from(at.duration_since(EPOCH.to_datetime(jiff::civil::Time::midnight())).as_micros())
            .expect("four-digit years in microseconds fit 64 bits")
    })
}

/// The rows of one table, column by column.
#[derive(Debug)]
struct Rows {
    table: Table,
    columns: Vec<ColumnBuilder>,
    bytes: usize,
}

#[derive(Debug)]
enum ColumnBuilder {
    Text(StringBuilder),
    Int32(Int32Builder),
    Int64(Int64Builder),
    Float32(Float32Builder),
    Bool(BooleanBuilder),
    Date(Date32Builder),
    Timestamp(TimestampMicrosecondBuilder),
    TextList(ListBuilder<StringBuilder>),
}

impl ColumnBuilder {
    fn new(ty: ColumnType) -> Self {
        match ty {
            ColumnType::Text => Self::Text(StringBuilder::new()),
            ColumnType::Int32 => Self::Int32(Int32Builder::new()),
            ColumnType::Int64 => Self::Int64(Int64Builder::new()),
            ColumnType::Float32 => Self::Float32(Float32Builder::new()),
            ColumnType::Bool => Self::Bool(BooleanBuilder::new()),
            ColumnType::Date => Self::Date(Date32Builder::new()),
            ColumnType::Timestamp => Self::Timestamp(TimestampMicrosecondBuilder::new()),
            ColumnType::TextList => Self::TextList(ListBuilder::new(StringBuilder::new()).with_field(ArrowField::new(
                LIST_ELEMENT,
                DataType::Utf8,
                false,
            ))),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(column) => Arc::new(column.finish()),
            Self::Int32(column) => Arc::new(column.finish()),
            Self::Int64(column) => Arc::new(column.finish()),
            Self::Float32(column) => Arc::new(column.finish()),
            Self::Bool(column) => Arc::new(column.finish()),
            Self::Date(column) => Arc::new(column.finish()),
            Self::Timestamp(column) => Arc::new(column.finish()),
            Self::TextList(column) => Arc::new(column.finish()),
        }
    }
}

impl Rows {
    fn new(table: Table) -> Self {
        let columns = table.columns().iter().map(|column| ColumnBuilder::new(column.ty)).collect();
        Self { table, columns, bytes: 0 }
    }

    fn row(&mut self) -> Row<'_> {
        Row { at: 0, rows: self }
    }

    fn finish(&mut self) -> Result<RecordBatch> {
        self.bytes = 0;
        let arrays = self.columns.iter_mut().map(ColumnBuilder::finish).collect();
        RecordBatch::try_new(self.table.schema(), arrays)
            .map_err(|e| Error::new(ErrorKind::Format, format!("rows of {} break their schema", self.table)).because(e))
    }
}

/// One row in the making; its columns are given in the order of the schema.
struct Row<'a> {
    rows: &'a mut Rows,
    at: usize,
}

impl Row<'_> {
    /// The next column, which must be the one that the caller means.
    fn next(&mut self, name: &str) -> &mut ColumnBuilder {
        let columns = self.rows.table.columns();
        assert_eq!(columns[self.at].name, name, "columns come in the order of the schema");
        self.at += 1;
        &mut self.rows.columns[self.at - 1]
    }

    fn opt_text(&mut self, name: &str, value: Option<&str>) {
        self.rows.bytes += value.map_or(0, str::len);
        if let ColumnBuilder::Text(column) = self.next(name) {
            column.append_option(value);
        }
    }

    fn text(&mut self, name: &str, value: &str) {
        self.opt_text(name, Some(value));
    }

    fn list<'v>(&mut self, name: &str, values: impl Iterator<Item = &'v str>) {
        let mut bytes = 0;
        if let ColumnBuilder::TextList(column) = self.next(name) {
            for value in values {
                bytes += value.len();
                column.values().append_value(value);
            }
            column.append(true);
        }
        self.rows.bytes += bytes;
    }

    fn int32(&mut self, name: &str, value: Option<i32>) {
        if let ColumnBuilder::Int32(column) = self.next(name) {
            column.append_option(value);
        }
    }

    fn int64(&mut self, name: &str, value: Option<i64>) {
        if let ColumnBuilder::Int64(column) = self.next(name) {
            column.append_option(value);
        }
    }

    fn float32(&mut self, name: &str, value: Option<f32>) {
        if let ColumnBuilder::Float32(column) = self.next(name) {
            column.append_option(value);
        }
    }

    fn boolean(&mut self, name: &str, value: bool) {
        if let ColumnBuilder::Bool(column) = self.next(name) {
            column.append_value(value);
        }
    }

    fn date(&mut self, name: &str, value: Option<Date>) {
        if let ColumnBuilder::Date(column) = self.next(name) {
            column.append_option(value.map(days));
        }
    }

    fn timestamp(&mut self, name: &str, microseconds: Option<i64>) {
        if let ColumnBuilder::Timestamp(column) = self.next(name) {
            column.append_option(microseconds);
        }
    }

    fn end(self) {
        debug_assert_eq!(self.at, self.rows.columns.len(), "a row fills every column");
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::{Date32Type, Int32Type, Int64Type, TimestampMicrosecondType};

    use super::*;
    use crate::dataset::testing::{dump, toy_clean};

    fn batches(texts: &[&str]) -> Batches {
        let mut builder = BatchBuilder::new();
        for text in texts {
            builder.push(&toy_clean(dump("a.txt", text).as_dump()));
        }
        builder.finish().unwrap()
    }

    #[test]
    fn no_dump_gives_three_empty_tables_with_all_columns() {
        let batches = batches(&[]);
        for &table in Table::ALL {
            assert_eq!(batches.of(table).num_rows(), 0);
            assert_eq!(batches.of(table).schema(), table.schema());
        }
    }

    #[test]
    fn days_before_and_after_the_epoch_and_wall_times_are_right() {
        let batch = batches(&["One."]).articles;
        assert_eq!(batch["published_date"].as_primitive::<Date32Type>().value(0), 19_782);
        assert_eq!(batch["modified_date"].as_primitive::<Date32Type>().value(0), -1);
        let at = batch["published_at"].as_primitive::<TimestampMicrosecondType>().value(0);
        assert_eq!(at, (19_782 * 24 * 60 + 12 * 60 + 30) * 60 * 1_000_000);
        assert!(batch["modified_at"].is_null(0));
    }

    #[test]
    fn removals_count_bytes_and_characters_apart() {
        let batch = batches(&["Ä ö – ü\n- 广告 😀\nx &amp; y\n> Ein Käfer"]).removals;
        let column = |name: &str| batch[name].as_primitive::<Int64Type>().values().to_vec();
        assert_eq!(batch.num_rows(), 3);
        assert_eq!(batch["seq"].as_primitive::<Int32Type>().values(), &[0, 1, 2]);
        assert_eq!(column("start_byte"), [13, 29, 37]);
        assert_eq!(column("end_byte"), [26, 34, 49]);
        assert_eq!(column("start_char"), [8, 17, 25]);
        assert_eq!(column("end_char"), [14, 22, 36]);
        let texts: Vec<_> = batch["text"].as_string::<i32>().iter().flatten().collect();
        assert_eq!(texts, ["- 广告 😀", "&amp;", "> Ein Käfer"]);
        let fields: Vec<_> = batch["field"].as_string::<i32>().iter().collect();
        assert_eq!(fields, [None, None, Some("captions")]);
        let replaced: Vec<_> = batch["replacement"].as_string::<i32>().iter().collect();
        assert_eq!(replaced, [None, Some("&"), None]);
    }

    #[test]
    fn a_rejected_dump_has_its_removals_under_the_id_of_the_reject() {
        let batches = batches(&["- Buy it"]);
        assert_eq!((batches.articles.num_rows(), batches.rejects.num_rows(), batches.removals.num_rows()), (0, 1, 1));
        assert_eq!(
            batches.rejects["id"].as_string::<i32>().value(0),
            batches.removals["id"].as_string::<i32>().value(0)
        );
    }

    #[test]
    fn the_rows_do_not_depend_on_where_batches_are_cut() {
        let whole = batches(&["One.\n- x", "Two.", ""]);
        let mut builder = BatchBuilder::new();
        builder.push(&toy_clean(dump("a.txt", "One.\n- x").as_dump()));
        assert!(builder.bytes() > 0 && builder.dumps() == 1);
        let first = builder.finish().unwrap();
        assert!(builder.bytes() == 0 && builder.dumps() == 0);
        builder.push(&toy_clean(dump("a.txt", "Two.").as_dump()));
        builder.push(&toy_clean(dump("a.txt", "").as_dump()));
        let second = builder.finish().unwrap();
        for &table in Table::ALL {
            let joined = arrow::compute::concat_batches(&table.schema(), [first.of(table), second.of(table)]).unwrap();
            assert_eq!(&joined, whole.of(table));
        }
    }
}
