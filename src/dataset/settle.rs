//! Parts to final files: what only the whole dataset knows. Comes in the rows of all parts in order, go out shards
//! that roll by bytes of rows, never by part or thread. Streams: one batch and one row group a table are in memory.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::DataType;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::dataset::folder::{HashedFile, Staging, Stored};
use crate::dataset::manifest::{Identity, Output, SourcesIndex};
use crate::dataset::parts::PartRecord;
use crate::dataset::schema::{ColumnType, LIST_ELEMENT, Table};
use crate::dataset::sources::{self, SOURCES_FILE};
use crate::error::{Error, ErrorKind, Result};

/// Level of compression. Level 3 is zstd's own default: higher ones cost more time than they save bytes on text.
const ZSTD_LEVEL: i32 = 3;

/// Share of look-ups for an id that is not there which a bloom filter does not answer.
const BLOOM_FALSE_POSITIVES: f64 = 0.01;

/// Columns that nearly never repeat a value: a dictionary would only cost.
const UNIQUE_COLUMNS: &[&str] = &[
    "id",
    "source_path",
    "source_key",
    "source_sha256",
    "url",
    "title",
    "subtitle",
    "captions",
    "corrections",
    "text",
    "replacement",
    "rights_notice",
    "message",
    "duplicate_of",
    "start_byte",
    "end_byte",
    "start_char",
    "end_char",
    "seq",
];

/// Columns of those whose bounds help a reader to skip row groups. Rows are sorted by source path.
const BOUNDED_COLUMNS: &[&str] = &["source_path", "start_byte", "end_byte", "start_char", "end_char", "seq"];

/// How rows are cut into files and row groups, by bytes before encoding and compression.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of a shard.
    pub(crate) shard_bytes: usize,
    /// Bytes of a row group: what a reader holds in memory.
    pub(crate) group_bytes: usize,
    /// Rows of a row group.
    pub(crate) group_rows: usize,
}

impl Limits {
    /// The limits of every real dataset. A shard of half a GiB compresses to 100–200 MB, the size that hubs and
    /// loaders ask for; a row group of 64 MiB can be read on any machine.
    pub(crate) const DEFAULT: Self = Self { shard_bytes: 512 << 20, group_bytes: 64 << 20, group_rows: 1 << 17 };
}

/// Writes the final files of all tables into the staging folder and says what they are.
///
/// # Errors
/// If a file cannot be read or written, or if `stop` was raised.
pub(crate) fn settle(
    staging: &Staging,
    parts: &[PartRecord],
    identity: &Identity,
    limits: Limits,
    stop: &AtomicBool,
) -> Result<(Vec<Output>, SourcesIndex)> {
    let table = |table| settle_table(staging, parts, table, identity, limits, stop);
    // Articles and removals are of about the same size, and neither needs the other.
    let (articles, others) = std::thread::scope(|scope| {
        let articles = scope.spawn(|| table(Table::Articles));
        let others = table(Table::Removals).and_then(|mut outputs| {
            outputs.extend(table(Table::Rejects)?);
            Ok(outputs)
        });
        (articles.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), others)
    });
    let mut outputs = articles?;
    outputs.extend(others?);
    Ok((outputs, settle_sources(staging, parts)?))
}

/// Puts the indexes of the parts behind each other.
fn settle_sources(staging: &Staging, parts: &[PartRecord]) -> Result<SourcesIndex> {
    let path = staging.out_path(SOURCES_FILE);
    let failed = |e| Error::io("could not write index of sources", &path, e);
    let mut file = HashedFile::create(path.clone())?;
    file.write_all(sources::MAGIC).map_err(failed)?;
    for part in parts {
        let path = part.sources_path(&staging.parts_folder());
        let mut marks = File::open(&path).map_err(|e| Error::io("could not open part", &path, e))?;
        io::copy(&mut marks, &mut file).map_err(failed)?;
    }
    let Stored { bytes, sha256 } = file.finish()?;
    let dumps = parts.iter().map(|part| part.totals.dumps).sum();
    Ok(SourcesIndex { path: SOURCES_FILE.to_owned(), dumps, bytes, sha256 })
}

fn settle_table(
    staging: &Staging,
    parts: &[PartRecord],
    table: Table,
    identity: &Identity,
    limits: Limits,
    stop: &AtomicBool,
) -> Result<Vec<Output>> {
    let folder = staging.parts_folder();
    let mut shards = Shards::new(staging, table, identity, limits)?;
    for part in parts {
        for batch in part.read(table, &folder)?.into_iter().flatten() {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::new(ErrorKind::Interrupted, "interrupted while the files were put together")
                    .hint("--resume goes on from here"));
            }
            shards.write(&batch.map_err(|e| {
                Error::new(ErrorKind::Format, format!("could not read rows of {table} of part {}", part.part))
                    .because(e)
            })?)?;
        }
    }
    shards.finish()
}

/// The files of one table in the making.
struct Shards<'a> {
    staging: &'a Staging,
    table: Table,
    properties: WriterProperties,
    limits: Limits,
    shard: Shard,
    outputs: Vec<Output>,
}

impl<'a> Shards<'a> {
    fn new(staging: &'a Staging, table: Table, identity: &Identity, mut limits: Limits) -> Result<Self> {
        if table == Table::Rejects {
            limits.shard_bytes = usize::MAX;
        }
        let properties = properties(table, identity, limits);
        let shard = Shard::open(staging, table, 0, &properties)?;
        Ok(Self { staging, table, properties, limits, shard, outputs: Vec::new() })
    }

    /// Adds rows; where files and row groups end depends on the rows alone, not on how they are batched.
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let mut start = 0;
        for (row, bytes) in row_bytes(batch).into_iter().enumerate() {
            let shard_is_full = self.shard.rows > 0 && self.shard.bytes + bytes > self.limits.shard_bytes;
            let group_is_full = self.shard.group_rows > 0
                && (self.shard.group_rows >= self.limits.group_rows
                    || self.shard.group_bytes + bytes > self.limits.group_bytes);
            if shard_is_full || group_is_full {
                self.shard.write(&batch.slice(start, row - start))?;
                start = row;
            }
            if shard_is_full {
                let number = self.outputs.len() + 1;
                let next = Shard::open(self.staging, self.table, number, &self.properties)?;
                self.outputs.push(std::mem::replace(&mut self.shard, next).finish()?);
            } else if group_is_full {
                self.shard.end_group()?;
            }
            self.shard.count(bytes);
        }
        self.shard.write(&batch.slice(start, batch.num_rows() - start))
    }

    fn finish(mut self) -> Result<Vec<Output>> {
        self.outputs.push(self.shard.finish()?);
        Ok(self.outputs)
    }
}

/// One file in the making.
struct Shard {
    name: String,
    path: PathBuf,
    table: Table,
    writer: ArrowWriter<HashedFile>,
    rows: u64,
    bytes: usize,
    group_rows: usize,
    group_bytes: usize,
}

impl Shard {
    fn open(staging: &Staging, table: Table, number: usize, properties: &WriterProperties) -> Result<Self> {
        let name = match table {
            Table::Articles => format!("articles/train-{number:05}.parquet"),
            Table::Removals => format!("removals/{number:05}.parquet"),
            Table::Rejects => "rejects.parquet".to_owned(),
        };
        let path = staging.out_path(&name);
        let file = HashedFile::create(path.clone())?;
        let writer =
            ArrowWriter::try_new(file, table.schema(), Some(properties.clone())).map_err(|e| failed(&path, e))?;
        Ok(Self { name, path, table, writer, rows: 0, bytes: 0, group_rows: 0, group_bytes: 0 })
    }

    /// Counts a row that is going to be written.
    fn count(&mut self, bytes: usize) {
        self.rows += 1;
        self.bytes += bytes;
        self.group_rows += 1;
        self.group_bytes += bytes;
    }

    fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        self.writer.write(rows).map_err(|e| failed(&self.path, e))
    }

    fn end_group(&mut self) -> Result<()> {
        (self.group_rows, self.group_bytes) = (0, 0);
        self.writer.flush().map_err(|e| failed(&self.path, e))
    }

    fn finish(mut self) -> Result<Output> {
        self.writer.finish().map_err(|e| failed(&self.path, e))?;
        let Stored { bytes, sha256 } = self.writer.inner_mut().finish()?;
        Ok(Output { path: self.name, table: self.table.as_str().to_owned(), rows: self.rows, bytes, sha256 })
    }
}

fn failed(path: &Path, cause: ParquetError) -> Error {
    Error::new(ErrorKind::Io, "could not write file").at(path).because(cause)
}

/// What a final file is written with. Nothing here depends on a clock or a host.
fn properties(table: Table, identity: &Identity, limits: Limits) -> WriterProperties {
    let entry = |key: &str, value: &str| KeyValue::new(format!("copydesk.{key}"), value.to_owned());
    let mut builder = WriterProperties::builder()
        .set_created_by(format!("{} version {}", identity.tool.name, identity.tool.version))
        .set_key_value_metadata(Some(vec![
            entry("schema_version", &identity.schema_version),
            entry("tool_version", &identity.tool.version),
            entry("rules_digest", &identity.rules_digest),
            entry("options_digest", &identity.options_digest),
        ]))
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL).expect("zstd has this level")))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        // Row groups are ended here, by bytes before encoding; parquet's own bound counts encoded bytes.
        .set_max_row_group_row_count(Some(limits.group_rows));
    for column in table.columns().iter().filter(|column| UNIQUE_COLUMNS.contains(&column.name)) {
        let path = match column.ty {
            ColumnType::TextList => vec![column.name, "list", LIST_ELEMENT],
            _ => vec![column.name],
        };
        let path = ColumnPath::new(path.into_iter().map(str::to_owned).collect());
        builder = builder.set_column_dictionary_enabled(path.clone(), false);
        if !BOUNDED_COLUMNS.contains(&column.name) {
            builder = builder.set_column_statistics_enabled(path, EnabledStatistics::None);
        }
    }
    let id = || ColumnPath::from("id");
    builder
        .set_column_bloom_filter_fpp(id(), BLOOM_FALSE_POSITIVES)
        .set_column_bloom_filter_max_ndv(id(), limits.group_rows as u64)
        .build()
}

/// Bytes of each row before encoding: its texts with four bytes of length each, and the width of the rest.
fn row_bytes(batch: &RecordBatch) -> Vec<usize> {
    let mut bytes = vec![0; batch.num_rows()];
    for column in batch.columns() {
        match column.data_type() {
            DataType::Utf8 => {
                let offsets = column.as_string::<i32>().value_offsets();
                for (row, ends) in bytes.iter_mut().zip(offsets.windows(2)) {
                    *row += distance(ends) + size_of::<i32>();
                }
            }
            DataType::List(_) => {
                let lists = column.as_list::<i32>();
                let texts = lists.values().as_string::<i32>().value_offsets();
                for (row, ends) in bytes.iter_mut().zip(lists.value_offsets().windows(2)) {
                    let elements = &texts[index(ends[0])..=index(ends[1])];
                    *row += size_of_val(elements) + index(elements[elements.len() - 1] - elements[0]);
                }
            }
            fixed => {
                let width = fixed.primitive_width().unwrap_or(1);
                bytes.iter_mut().for_each(|row| *row += width);
            }
        }
    }
    bytes
}

fn distance(ends: &[i32]) -> usize {
    index(ends[1] - ends[0])
}

fn index(offset: i32) -> usize {
    usize::try_from(offset).expect("offsets of an Arrow array ascend from nought")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::table::BatchBuilder;
    use crate::dataset::testing::{dump, toy_clean};

    #[test]
    fn the_bytes_of_a_row_are_the_same_in_a_slice_and_count_each_letter() {
        let mut builder = BatchBuilder::new();
        for text in ["One.\n> A pier\n> A boat", "Two words.", "> Pier\nThree"] {
            builder.push(&toy_clean(dump("a.txt", text).as_dump()));
        }
        let batch = builder.finish().unwrap().articles;
        let bytes = row_bytes(&batch);
        for (row, expected) in bytes.iter().enumerate() {
            assert_eq!(row_bytes(&batch.slice(row, 1)), [*expected]);
        }
        // Two captions of six bytes with a length each, against six more bytes of text.
        assert_eq!(bytes[0] - bytes[1], 2 * (6 + 4) - 6);
    }
}
