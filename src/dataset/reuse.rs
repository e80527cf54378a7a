//! An earlier dataset, from which the rows of unchanged dumps are taken over. Comes in a dump, go out its rows, if it
//! was made of the same before and the same rules, model, options and version cleaned it.
//!
//! Rows are read in their order, a batch of each table at a time: dumps come in the same order as before, but for rows
//! that changed places in their file; these are cleaned anew.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow::array::{AsArray, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::Int32Type;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use crate::article::record::{record_id, sha256_hex};
use crate::article::{RejectCode, RejectStatus};
use crate::dataset::folder;
use crate::dataset::manifest::{Identity, MANIFEST_FILE, Manifest, Totals, entry};
use crate::dataset::schema::Table;
use crate::dataset::sources::{self, Came, DumpDigest, Half, Mark};
use crate::dataset::table::Batches;
use crate::error::{Error, ErrorKind, Result};
use crate::input::OwnedDump;
use crate::page::count_chars;

/// Rows that are read at once.
const READ_ROWS: usize = 1024;

/// What an earlier run made of a dump.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Known {
    /// The digest of the dump.
    pub(crate) digest: DumpDigest,
    /// Its place in the index.
    pub(crate) mark: Mark,
    /// Bytes of its content.
    pub(crate) bytes: usize,
    /// Its rows.
    pub(crate) rows: Batches,
}

/// A dataset to take rows over from.
#[derive(Debug)]
pub(crate) struct Earlier {
    marks: Vec<Mark>,
    /// Places in `marks`, sorted by digest.
    places: Vec<(Half, u32)>,
    /// The first mark whose rows were not read yet, and how many rows of each table stand before its own.
    next: usize,
    before: [u64; 3],
    cursors: [Cursor; 3],
}

impl Earlier {
    /// Opens a finished dataset; none if it was made in another way, so that nothing of it can be taken over.
    ///
    /// # Errors
    /// If there is no dataset, or its files are not what its manifest says.
    pub(crate) fn open(dir: &Path, identity: &Identity) -> Result<Option<Self>> {
        let path = dir.join(MANIFEST_FILE);
        let doing = "could not read dataset to take dumps over from";
        let json = fs::read(&path).map_err(|e| Error::io(doing, &path, e).hint("--reuse names a finished dataset"))?;
        let broken = |why: &str| Error::new(ErrorKind::Format, doing).at(dir).because(why.to_owned());
        // A manifest of another version need not have all fields of this one's.
        let Ok(manifest) = serde_json::from_slice::<Manifest>(&json) else { return Ok(None) };
        let Some(index) = manifest.sources.as_ref().filter(|_| manifest.identity().cleans_as(identity)) else {
            return Ok(None);
        };
        if !folder::are_intact(dir, &manifest) {
            return Err(broken("its files are not those that its manifest names").hint("build it anew"));
        }
        let marks = sources::read(&dir.join(&index.path))?;
        let place = |(place, mark): (usize, &Mark)| Some((mark.digest, u32::try_from(place).ok()?));
        let mut places: Vec<_> = marks.iter().enumerate().filter_map(place).collect();
        places.sort_unstable();
        let cursors = [Table::Articles, Table::Removals, Table::Rejects].map(|table| Cursor {
            table,
            files: manifest.outputs.iter().filter(|o| o.table == table.as_str()).map(|o| dir.join(&o.path)).collect(),
            reader: None,
            batch: empty(table),
            begin: 0,
        });
        Ok(Some(Self { marks, places, next: 0, before: [0; 3], cursors }))
    }

    /// The rows of a dump that is unchanged and comes in its turn.
    ///
    /// # Errors
    /// If the dataset cannot be read.
    pub(crate) fn take(&mut self, dump: &OwnedDump) -> Result<Option<Known>> {
        let sha256 = sha256_hex(&dump.bytes);
        let digest = sources::digest_of_dump(dump, &sha256);
        let half = sources::half(&digest);
        let Ok(found) = self.places.binary_search_by_key(&half, |(half, _)| *half) else { return Ok(None) };
        let place = self.places[found].1 as usize;
        let mark = self.marks[place];
        if place < self.next || mark.came == Came::Failure {
            return Ok(None);
        }
        for mark in &self.marks[self.next..place] {
            self.before = after(self.before, mark);
        }
        let own = after([0; 3], &mark);
        let mut rows = [Table::Articles, Table::Removals, Table::Rejects]
            .map(|table| self.cursors[table as usize].rows(self.before[table as usize], own[table as usize]));
        self.before = after(self.before, &mark);
        self.next = place + 1;
        let mut next = |table: Table| std::mem::replace(&mut rows[table as usize], Ok(empty(table)));
        let rows = Batches {
            articles: next(Table::Articles)?,
            removals: next(Table::Removals)?,
            rejects: next(Table::Rejects)?,
        };
        let id = record_id(&dump.path, dump.key.as_deref(), &sha256);
        let is_its = |batch: &RecordBatch| batch["id"].as_string::<i32>().iter().all(|row| row == Some(id.as_str()));
        if !Table::ALL.iter().all(|table| is_its(rows.of(*table))) {
            return Err(Error::new(ErrorKind::Format, "the index of sources does not fit the tables"));
        }
        Ok(Some(Known { digest, mark, bytes: dump.bytes.len(), rows }))
    }
}

/// How many rows of each table stand before what follows a mark.
fn after(before: [u64; 3], mark: &Mark) -> [u64; 3] {
    let mut after = before;
    let table = if mark.came == Came::Article { Table::Articles } else { Table::Rejects };
    after[table as usize] += 1;
    after[Table::Removals as usize] += u64::from(mark.n_removals);
    after
}

/// The rows of a table in their order.
struct Cursor {
    table: Table,
    files: VecDeque<PathBuf>,
    reader: Option<ParquetRecordBatchReader>,
    batch: RecordBatch,
    /// Number of the first row of the batch.
    begin: u64,
}

impl std::fmt::Debug for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cursor").field("table", &self.table).field("begin", &self.begin).finish_non_exhaustive()
    }
}

impl Cursor {
    /// A copy of some rows, so that the batch that they lay in can go.
    fn rows(&mut self, from: u64, count: u64) -> Result<RecordBatch> {
        let failed = |e| Error::new(ErrorKind::Format, "could not take rows over").because(e);
        let mut pieces = vec![empty(self.table)];
        let (mut from, end) = (from, from + count);
        while from < end {
            let batch_end = self.begin + self.batch.num_rows() as u64;
            if from >= batch_end {
                self.begin = batch_end;
                self.batch = self.read()?;
                continue;
            }
            let until = end.min(batch_end);
            let place = |row: u64| u32::try_from(row - self.begin).unwrap_or(u32::MAX);
            let wanted = UInt32Array::from_iter_values(place(from)..place(until));
            pieces.push(take_record_batch(&self.batch, &wanted).map_err(failed)?);
            from = until;
        }
        match pieces.len() {
            1 | 2 => Ok(pieces.pop().expect("there is one")),
            _ => concat_batches(&self.table.schema(), &pieces).map_err(failed),
        }
    }

    /// The next batch.
    fn read(&mut self) -> Result<RecordBatch> {
        let doing = "could not read rows to take over";
        loop {
            if let Some(reader) = &mut self.reader {
                if let Some(batch) = reader.next() {
                    let named =
                        |batch: RecordBatch| RecordBatch::try_new(self.table.schema(), batch.columns().to_vec());
                    return batch.and_then(named).map_err(|e| Error::new(ErrorKind::Format, doing).because(e));
                }
                self.reader = None;
            }
            let Some(path) = self.files.pop_front() else {
                return Err(Error::new(ErrorKind::Format, doing).because("there are fewer than the index says"));
            };
            let file = File::open(&path).map_err(|e| Error::io(doing, &path, e))?;
            let reader = ParquetRecordBatchReaderBuilder::try_new(file)
                .and_then(|builder| builder.with_batch_size(READ_ROWS).build())
                .map_err(|e| Error::new(ErrorKind::Format, doing).at(&path).because(e))?;
            self.reader = Some(reader);
        }
    }
}

fn empty(table: Table) -> RecordBatch {
    RecordBatch::new_empty(table.schema())
}

/// Counts the rows of one dump.
pub(crate) fn count_rows(totals: &mut Totals, rows: &Batches) {
    totals.dumps += 1;
    let Batches { articles, removals, rejects } = rows;
    let sum = |name: &str| -> u64 {
        let column = articles[name].as_primitive::<Int32Type>();
        column.iter().flatten().filter_map(|count| u64::try_from(count).ok()).sum()
    };
    totals.articles += articles.num_rows() as u64;
    totals.layout_chars += sum("layout_chars");
    totals.kept_chars += sum("kept_chars");
    totals.dropped_chars += sum("dropped_chars");
    totals.lifted_chars += sum("lifted_chars");
    for language in articles["language"].as_string::<i32>().iter().flatten() {
        *entry(&mut totals.by_language, language) += 1;
    }
    for code in rejects["code"].as_string::<i32>().iter().flatten() {
        match RejectCode::from_name(code).map(RejectCode::status) {
            Some(RejectStatus::Failed) => totals.failed += 1,
            _ => totals.rejected += 1,
        }
        *entry(&mut totals.by_code, code) += 1;
    }
    let (kinds, texts) = (removals["kind"].as_string::<i32>(), removals["text"].as_string::<i32>());
    for (kind, text) in kinds.iter().zip(texts) {
        let total = entry(&mut totals.by_kind, kind.unwrap_or_default());
        total.rows += 1;
        total.chars += count_chars(text.unwrap_or_default()) as u64;
    }
}
