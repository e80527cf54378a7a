//! Rows of a Parquet file to dumps, one at a time. Comes in content that is read by places, goes out a dump or a failure
//! for each row. The only place beside `dataset` that knows Arrow and Parquet: a reader of rows is a matter of the input,
//! and the input must not know what is written. Reads only the columns that are used; never keeps more than one row.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimeUnit,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use bytes::Bytes;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{ChunkReader, Length};
use serde_json::{Map, Value};

use super::limits::Trouble;
use super::open::{Content, FileState};
use super::pages::{self, Chunk, Codec};
use super::places::{Places, Slice};
use super::rows::Ledger;
use super::source::{Source, Step};
use super::{Inputs, Item, SourceFormat, decode, fields};
use crate::article::RejectCode;

/// First and last bytes of a Parquet file.
const MARK: &[u8] = b"PAR1";

/// Rows that are read at once. One, since a page of a few kilobytes can stand for the same long text in every row; what
/// a batch costs beside its rows is little against cleaning them.
const BATCH_ROWS: usize = 1;

/// Structs and lists inside each other that are looked into, as in `metadata: struct<authors: list<string>>`.
const MAX_DEPTH: usize = 3;

/// A table while it is read.
pub(super) struct Parquet {
    ledger: Ledger,
    reader: ParquetRecordBatchReader,
    file: Arc<FileState>,
    is_over: bool,
}

/// Whether content begins as a Parquet file.
pub(super) fn looks_like_parquet(head: &[u8]) -> bool {
    head.starts_with(MARK)
}

impl Length for Places {
    fn len(&self) -> u64 {
        self.n_bytes()
    }
}

impl ChunkReader for Places {
    type T = std::io::BufReader<Slice>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        Ok(std::io::BufReader::new(self.slice(start, u64::MAX)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        use std::io::Read;
        let end = start.saturating_add(length as u64);
        if end > self.n_bytes() {
            return Err(ParquetError::EOF(format!("wanted {length} bytes at {start}")));
        }
        let mut bytes = Vec::with_capacity(length);
        self.slice(start, end).read_to_end(&mut bytes)?;
        Ok(bytes.into())
    }
}

impl Parquet {
    /// Reads what the file says of itself.
    pub(super) fn open(path: String, content: Content, inputs: &Inputs) -> Result<Self, Trouble> {
        let file = Arc::clone(content.file());
        let places = Places::of(content)?;
        let bad = |message: String| Trouble::new(RejectCode::BadArchive, message);
        check_ends(&places)?;
        let pages = places.clone();
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let opened = isolated(|| ParquetRecordBatchReaderBuilder::try_new_with_options(places, options));
        let builder = opened.map_err(|message| bad(format!("the file is broken: {message}")))?;
        let names: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
        if !names.iter().any(|name| is_content(name, inputs)) {
            let message = "the table has no content column that is known; --text-field or --html-field names it";
            return Err(Trouble::new(RejectCode::BadRow, message));
        }
        let used = names.iter().enumerate().filter(|(_, name)| fields::is_used(name, inputs)).map(|(column, _)| column);
        let mask = ProjectionMask::roots(builder.parquet_schema(), used);
        let chunks = isolated(|| Ok::<_, String>(chunks(builder.metadata(), &mask)));
        pages::check(&pages, &chunks.map_err(|message| bad(format!("the file is broken: {message}")))?)?;
        let reader = isolated(|| builder.with_projection(mask).with_batch_size(BATCH_ROWS).build());
        let reader = reader.map_err(|message| bad(format!("the file is broken: {message}")))?;
        let ledger = Ledger::new(path, SourceFormat::Parquet, inputs.id_field.is_some(), inputs);
        Ok(Self { ledger, reader, file, is_over: false })
    }

    fn next_item(&mut self, inputs: &Inputs) -> Option<Item> {
        if self.is_over {
            return None;
        }
        let read = isolated(|| self.reader.next().transpose());
        let trouble = match read {
            Ok(None) => {
                self.is_over = true;
                return None;
            }
            Ok(Some(batch)) => match self.file.meter.note_unpacked(batch.get_array_memory_size() as u64) {
                Ok(()) => {
                    self.ledger.count();
                    return Some(self.ledger.row(row(&batch, inputs), None));
                }
                Err(trouble) => trouble,
            },
            Err(message) => Trouble::new(RejectCode::BadArchive, format!("the rest of the file is broken: {message}")),
        };
        self.is_over = true;
        self.ledger.count();
        Some(self.ledger.failed(None, trouble))
    }
}

/// Where the pages are that are to be read.
fn chunks(file: &ParquetMetaData, mask: &ProjectionMask) -> Vec<Chunk> {
    let groups = file.row_groups().iter().flat_map(|group| group.columns().iter().enumerate());
    let used = groups.filter(|(column, _)| mask.leaf_included(*column));
    used.map(|(column, chunk)| {
        let (begin, n_bytes) = chunk.byte_range();
        let codec = match chunk.compression() {
            Compression::GZIP(_) => Codec::Gzip,
            Compression::LZ4 => Codec::Lz4Frame,
            _ => Codec::Bounded,
        };
        Chunk { column, begin, n_bytes, codec }
    })
    .collect()
}

impl Source for Parquet {
    fn next(&mut self, inputs: &Inputs) -> Option<Step> {
        self.next_item(inputs).map(Step::Item)
    }
}

/// Whether a column of that name holds the content, or is a struct that a named field lies in.
fn is_content(name: &str, inputs: &Inputs) -> bool {
    let named = [&inputs.text_field, &inputs.html_field];
    let is_in = |field: &&Option<String>| field.as_deref().is_some_and(|field| field.split('.').next() == Some(name));
    fields::is_content(name, inputs) || named.iter().any(is_in)
}

/// Calls the reader, which may panic on a file that was made to be broken.
fn isolated<T, E: std::fmt::Display>(call: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("it cannot be decoded".to_owned()),
    }
}

/// A file that is cut off lacks its last bytes; one that is encrypted ends with another mark.
fn check_ends(places: &Places) -> Result<(), Trouble> {
    let n_mark = MARK.len() as u64;
    let n_bytes = places.n_bytes();
    let tail = places.get_bytes(n_bytes.saturating_sub(n_mark), n_bytes.min(n_mark) as usize);
    match tail {
        Ok(tail) if tail == MARK => Ok(()),
        Ok(tail) if &tail[..] == b"PARE" => Err(Trouble::new(RejectCode::Unreadable, "the file is encrypted")),
        Ok(_) => Err(Trouble::new(RejectCode::Truncated, "the file does not end as Parquet does")),
        Err(error) => Err(Trouble::new(RejectCode::Unreadable, format!("could not be read: {error}"))),
    }
}

/// The row of a batch of one.
fn row(batch: &RecordBatch, inputs: &Inputs) -> Result<fields::Row, String> {
    let mut row = Map::new();
    let mut is_mended = false;
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        row.insert(field.name().clone(), value(column, 0, 0, &mut is_mended));
    }
    fields::read_fields(&row, is_mended, inputs)
}

/// A value as JSON has it. Calls itself for what lies in structs and lists, [`MAX_DEPTH`] deep at most.
fn value(array: &dyn Array, row: usize, depth: usize, is_mended: &mut bool) -> Value {
    if array.is_null(row) || depth > MAX_DEPTH {
        return Value::Null;
    }
    let mut text = |bytes: &[u8]| {
        let decoded = decode::decode(bytes, true, None);
        *is_mended |= decoded.replaced > 0;
        Value::String(decoded.text.into_owned())
    };
    match array.data_type() {
        DataType::Utf8 => Value::String(array.as_string::<i32>().value(row).to_owned()),
        DataType::LargeUtf8 => Value::String(array.as_string::<i64>().value(row).to_owned()),
        DataType::Utf8View => Value::String(array.as_string_view().value(row).to_owned()),
        DataType::Binary => text(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => text(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => text(array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => text(array.as_fixed_size_binary().value(row)),
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).into(),
        DataType::Int16 => array.as_primitive::<Int16Type>().value(row).into(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into(),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).into(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into(),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).into(),
        DataType::Float32 => array.as_primitive::<Float32Type>().value(row).into(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).into(),
        DataType::Date32 => day(i64::from(array.as_primitive::<Date32Type>().value(row))),
        DataType::Date64 => day(array.as_primitive::<Date64Type>().value(row).div_euclid(86_400_000)),
        DataType::Timestamp(unit, zone) => {
            let time = match unit {
                TimeUnit::Second => array.as_primitive::<TimestampSecondType>().value(row).checked_mul(1_000_000),
                TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().value(row).checked_mul(1_000),
                TimeUnit::Microsecond => Some(array.as_primitive::<TimestampMicrosecondType>().value(row)),
                TimeUnit::Nanosecond => Some(array.as_primitive::<TimestampNanosecondType>().value(row) / 1_000),
            };
            time.map_or(Value::Null, |us| time_of(us, zone.is_some()))
        }
        DataType::List(_) => list(&array.as_list::<i32>().value(row), depth, is_mended),
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(row), depth, is_mended),
        DataType::Struct(members) => {
            let columns = array.as_struct().columns();
            let pairs = members.iter().zip(columns);
            let pairs = pairs.map(|(member, column)| (member.name().clone(), value(column, row, depth + 1, is_mended)));
            Value::Object(pairs.collect())
        }
        _ => Value::Null,
    }
}

fn list(items: &dyn Array, depth: usize, is_mended: &mut bool) -> Value {
    (0..items.len()).map(|row| value(items, row, depth + 1, is_mended)).collect()
}

/// A day as ISO 8601 writes it, from the days since 1970-01-01.
fn day(days: i64) -> Value {
    let us = days.checked_mul(86_400_000_000);
    let day = us.and_then(|us| Timestamp::from_microsecond(us).ok());
    day.map_or(Value::Null, |day| day.to_zoned(TimeZone::UTC).date().to_string().into())
}

/// A time as ISO 8601 writes it.
fn time_of(us: i64, is_utc: bool) -> Value {
    let Ok(time) = Timestamp::from_microsecond(us) else { return Value::Null };
    if is_utc { time.to_string().into() } else { time.to_zoned(TimeZone::UTC).datetime().to_string().into() }
}

#[cfg(test)]
mod tests {
    use super::super::open::tests::content;
    use super::*;
    use arrow::array::{
        ArrayRef, BinaryArray, Int64Array, LargeStringArray, ListArray, StringArray, StringViewArray, StructArray,
        TimestampMicrosecondArray,
    };
    use arrow::datatypes::Field;
    use parquet::arrow::ArrowWriter;

    fn file(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        bytes
    }

    fn items(bytes: &[u8], inputs: &Inputs) -> Result<Vec<Item>, Trouble> {
        let mut table = Parquet::open("rows.parquet".to_owned(), content(bytes, "rows.parquet")?, inputs)?;
        Ok(std::iter::from_fn(|| table.next_item(inputs)).collect())
    }

    fn strings(values: &[Option<&str>]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    #[track_caller]
    fn check(bytes: &[u8], inputs: &Inputs, expected: &[&str]) {
        let told: Vec<String> = items(bytes, inputs)
            .unwrap()
            .into_iter()
            .map(|item| match item {
                Item::Dump(dump) => format!("{}={}", dump.key.unwrap(), String::from_utf8(dump.bytes).unwrap()),
                Item::Failed(f) => format!("{}!{}", f.key.unwrap(), f.code),
                _ => unreachable!(),
            })
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn strings_and_bytes_of_any_kind_are_content() {
        let columns: [ArrayRef; 4] = [
            strings(&[Some("one"), None, Some("three")]),
            Arc::new(LargeStringArray::from(vec![Some("one"), None, Some("three")])),
            Arc::new(StringViewArray::from(vec![Some("one"), None, Some("three")])),
            Arc::new(BinaryArray::from(vec![Some(&b"one"[..]), None, Some(b"three")])),
        ];
        for column in columns {
            check(&file(vec![("Text", column)]), &Inputs::default(), &["1=one", "2!bad_row", "3=three"]);
        }
        let page = "<meta charset=koi8-r><p>Старый мост закрыт";
        let bytes = encoding_rs::KOI8_R.encode(page).0.into_owned();
        let column: ArrayRef = Arc::new(BinaryArray::from(vec![&bytes[..]]));
        check(&file(vec![("html", column)]), &Inputs::default(), &[&format!("1={page}")]);
    }

    #[test]
    fn the_other_columns_are_hints() {
        let authors = ListArray::new(
            Arc::new(Field::new("item", DataType::Utf8, true)),
            arrow::buffer::OffsetBuffer::from_lengths([2]),
            strings(&[Some("Ann Lee"), Some("Bo Ek")]),
            None,
        );
        let meta =
            StructArray::from(vec![(Arc::new(Field::new("language", DataType::Utf8, true)), strings(&[Some("en")]))]);
        let bytes = file(vec![
            ("text", strings(&[Some("one")])),
            ("url", strings(&[Some("u")])),
            ("id", Arc::new(Int64Array::from(vec![77]))),
            ("authors", Arc::new(authors)),
            ("metadata", Arc::new(meta)),
            ("fetched_at", Arc::new(TimestampMicrosecondArray::from(vec![1_935_570_030_000_000]).with_timezone("UTC"))),
            ("published", Arc::new(arrow::array::Date32Array::from(vec![22_402]))),
            ("pixels", Arc::new(Int64Array::from(vec![1]))),
        ]);
        let inputs = Inputs { id_field: Some("id".to_owned()), ..Inputs::default() };
        let Item::Dump(dump) = items(&bytes, &inputs).unwrap().remove(0) else { panic!("not a dump") };
        assert_eq!((dump.key.as_deref(), dump.hints.url.as_deref()), (Some("77"), Some("u")));
        assert_eq!(dump.hints.authors, ["Ann Lee", "Bo Ek"]);
        assert_eq!(dump.hints.language.as_deref(), Some("en"));
        assert_eq!(dump.hints.fetched_at_us, Some(1_935_570_030_000_000));
        assert_eq!(dump.hints.published.as_deref(), Some("2031-05-03"));
    }

    #[test]
    fn named_columns_are_the_only_ones_looked_at() {
        let words =
            StructArray::from(vec![(Arc::new(Field::new("words", DataType::Utf8, true)), strings(&[Some("one")]))]);
        let bytes = file(vec![("text", strings(&[Some("no")])), ("story", Arc::new(words))]);
        let inputs = Inputs { text_field: Some("story.words".to_owned()), ..Inputs::default() };
        check(&bytes, &inputs, &["1=one"]);
        let inputs = Inputs { text_field: Some("none".to_owned()), ..Inputs::default() };
        assert_eq!(items(&bytes, &inputs).unwrap_err().code, RejectCode::BadRow);
    }

    #[test]
    fn files_cut_off_or_broken_say_so() {
        let bytes = file(vec![("text", strings(&[Some("one"); 500]))]);
        let code = |bytes: &[u8]| items(bytes, &Inputs::default()).map_err(|trouble| trouble.code);
        assert_eq!(code(&bytes[..bytes.len() / 2]), Err(RejectCode::Truncated));
        assert_eq!(code(b"PAR1"), Err(RejectCode::BadArchive));
        assert_eq!(code(b"PAR1PAR1"), Err(RejectCode::BadArchive));
        let mut broken = bytes.clone();
        let end = broken.len();
        broken[end - 60..end - 12].fill(0xFF);
        assert_eq!(code(&broken), Err(RejectCode::BadArchive));
        let mut broken = bytes.clone();
        broken[4..40].fill(0xFF);
        let items = code(&broken).unwrap();
        assert!(matches!(items.last(), Some(Item::Failed(f)) if f.code == RejectCode::BadArchive), "{items:?}");
    }

    #[test]
    fn one_long_text_in_a_small_page_is_one_row_at_a_time() {
        let long = "x".repeat(1 << 17);
        let bytes = file(vec![("text", strings(&vec![Some(long.as_str()); 600]))]);
        assert!(bytes.len() < 1 << 20, "{}", bytes.len());
        let inputs = Inputs { max_unpacked_bytes: 8 << 20, ..Inputs::default() };
        let mut table = Parquet::open(
            "a".to_owned(),
            Content::of_file(Box::new(std::io::Cursor::new(bytes)), None, "a", &inputs).unwrap(),
            &inputs,
        )
        .unwrap();
        let items: Vec<Item> = std::iter::from_fn(|| table.next_item(&inputs)).collect();
        assert!(matches!(items.last(), Some(Item::Failed(f)) if f.code == RejectCode::ArchiveBomb));
        assert!(items.len() <= 65);
    }

    #[test]
    fn any_change_of_a_file_is_read() {
        let bytes = file(vec![("text", strings(&[Some("one"), Some("two")])), ("url", strings(&[None, Some("u")]))]);
        arbtest::arbtest(|u| {
            let mut bytes = bytes.clone();
            for _ in 0..u.int_in_range(1..=4)? {
                let at = u.choose_index(bytes.len())?;
                bytes[at] = u.arbitrary()?;
            }
            let _ = items(&bytes, &Inputs::default());
            Ok(())
        })
        .budget_ms(500);
    }
}
