//! Parts: a fixed slice of the sorted input that is cleaned, written and noted on its own, so that a run can be taken
//! up where it ended. Where parts are cut depends on the input alone, never on the number of threads.

use std::io::Write;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::article::record::{hex, record_id};
use crate::article::{Reject, RejectCode};
use crate::cleaner::Cleaned;
use crate::dataset::batch::{clean_isolated, reject_of, rejected};
use crate::dataset::folder::{HashedFile, Stored, stored};
use crate::dataset::manifest::Totals;
use crate::dataset::reuse::{self, Known};
use crate::dataset::schema::Table;
use crate::dataset::sources::{self, DumpDigest, Mark};
use crate::dataset::table::{BatchBuilder, Batches};
use crate::error::{Error, ErrorKind, Result};
use crate::input::{Dump, Failure, OwnedDump};

/// Most dumps of a part. Small enough that a thousand short texts occupy two threads, large enough that the
/// three or four waits for the disk a part cost little beside the cleaning.
pub(crate) const PART_DUMPS: usize = 1000;

/// Bytes of content that fill a part. With [`PART_DUMPS`] it bounds what a thread holds in memory: a part has at most
/// this and one more dump. Also what an interrupted run does again, a thread.
pub(crate) const PART_BYTES: usize = 8 << 20;

/// Rows that are read back at once.
const READ_ROWS: usize = 1024;

/// A dump of a part, or the failure that stands in its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Entry {
    /// To be cleaned.
    Dump(OwnedDump),
    /// Unchanged since an earlier run, with the rows that it gave.
    Known(Box<Known>),
    /// To be listed.
    Failed(Failure),
}

impl Entry {
    /// Bytes of its content.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Entry::Dump(dump) => dump.bytes.len(),
            Entry::Known(known) => known.bytes,
            Entry::Failed(_) => 0,
        }
    }
}

/// A slice of the sorted input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// Its place, from 0.
    pub(crate) number: u64,
    /// Its dumps, in order.
    pub(crate) entries: Vec<Entry>,
    /// Bytes of content.
    pub(crate) bytes: usize,
}

/// Cuts the sorted input into parts.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    next: u64,
    entries: Vec<Entry>,
    bytes: usize,
}

impl Cutter {
    /// Takes a dump; gives a part if that filled it.
    pub(crate) fn push(&mut self, entry: Entry) -> Option<Part> {
        self.bytes += entry.bytes();
        self.entries.push(entry);
        if self.entries.len() >= PART_DUMPS || self.bytes >= PART_BYTES { self.finish() } else { None }
    }

    /// Gives what is left.
    pub(crate) fn finish(&mut self) -> Option<Part> {
        if self.entries.is_empty() {
            return None;
        }
        let part = Part {
            number: self.next,
            entries: std::mem::take(&mut self.entries),
            bytes: std::mem::take(&mut self.bytes),
        };
        self.next += 1;
        Some(part)
    }
}

impl Part {
    /// Dumps that are unchanged since an earlier run, and bytes of their content.
    pub(crate) fn known(&self) -> (u64, usize) {
        let known = self.entries.iter().filter(|entry| matches!(entry, Entry::Known(_)));
        known.fold((0, 0), |(dumps, bytes), entry| (dumps + 1, bytes + entry.bytes()))
    }
}

/// Name under which the journal lists the marks of a part.
const SOURCES: &str = "sources";

/// What the journal says of a finished part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartRecord {
    /// Its place, from 0.
    pub(crate) part: u64,
    /// SHA-256 over all that its dumps are made of.
    pub(crate) inputs: String,
    /// Its files; a table without rows has none.
    pub(crate) files: Vec<PartFile>,
    /// The sums over its dumps.
    pub(crate) totals: Totals,
}

/// A file of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartFile {
    /// The table that it holds rows of.
    pub(crate) table: String,
    /// Rows.
    pub(crate) rows: u64,
    /// Size.
    pub(crate) bytes: u64,
    /// SHA-256, 64 hex digits.
    pub(crate) sha256: String,
}

impl PartRecord {
    /// Whether this is a record of that part, its files lying there unchanged.
    pub(crate) fn holds(&self, part: &Part, folder: &Path) -> bool {
        self.files.iter().any(|file| file.table == SOURCES)
            && self.inputs == digest(part.entries.iter().map(digest_of))
            && self.files.iter().all(|file| {
                let expected = Stored { bytes: file.bytes, sha256: file.sha256.clone() };
                stored(&folder.join(file_name(part.number, &file.table))) == Some(expected)
            })
    }

    /// Bytes of its files.
    pub(crate) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// Where the marks of its dumps are.
    pub(crate) fn sources_path(&self, folder: &Path) -> PathBuf {
        folder.join(file_name(self.part, SOURCES))
    }

    /// Opens the rows of one table; none if it has no rows.
    pub(crate) fn read(&self, table: Table, folder: &Path) -> Result<Option<ParquetRecordBatchReader>> {
        if !self.files.iter().any(|file| file.table == table.as_str()) {
            return Ok(None);
        }
        let path = folder.join(file_name(self.part, table.as_str()));
        let file = std::fs::File::open(&path).map_err(|e| Error::io("could not open part", &path, e))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(|builder| builder.with_batch_size(READ_ROWS).build())
            .map_err(|e| Error::new(ErrorKind::Format, "could not read part").at(&path).because(e))?;
        Ok(Some(reader))
    }
}

fn file_name(part: u64, table: &str) -> String {
    format!("{part:06}.{table}")
}

/// What became of a dump of a part.
pub(crate) enum Made<'a> {
    /// It was cleaned now, or failed.
    Cleaned(Cleaned),
    /// It was cleaned before.
    Known(&'a Known),
}

/// Cleans the dumps of a part one after the other.
pub(crate) fn clean_part<'a>(
    part: &'a Part,
    clean: &(impl Fn(Dump<'_>) -> Cleaned + ?Sized),
    mut each: impl FnMut(&Entry, Made<'a>) -> Result<()>,
) -> Result<()> {
    for entry in &part.entries {
        let made = match entry {
            Entry::Dump(dump) => Made::Cleaned(clean_isolated(clean, dump.as_dump())),
            Entry::Known(known) => Made::Known(known),
            Entry::Failed(failure) => Made::Cleaned(rejected(reject_of_failure(failure))),
        };
        each(entry, made)?;
    }
    Ok(())
}

/// Adds what became of a dump to the sums.
pub(crate) fn count(totals: &mut Totals, made: &Made<'_>) {
    match made {
        Made::Cleaned(cleaned) => totals.add(cleaned),
        Made::Known(known) => reuse::count_rows(totals, &known.rows),
    }
}

fn reject_of_failure(failure: &Failure) -> Reject {
    Reject {
        id: record_id(&failure.path, failure.key.as_deref(), failure.sha256.as_deref().unwrap_or_default()),
        source_path: failure.path.clone(),
        source_key: failure.key.clone(),
        source_bytes: failure.bytes,
        source_sha256: failure.sha256.clone(),
        url: failure.url.clone(),
        code: failure.code,
        message: failure.message.clone(),
        byte_offset: failure.byte_offset,
    }
}

/// Cleans a part and brings its rows to the disk; the caller notes it in the journal.
pub(crate) fn write_part(
    part: &Part,
    clean: &(impl Fn(Dump<'_>) -> Cleaned + ?Sized),
    folder: &Path,
) -> Result<PartRecord> {
    let mut totals = Totals::default();
    let mut builder = BatchBuilder::new();
    let mut files = PartFiles::new(part.number, folder);
    let (mut digests, mut marks) = (Vec::with_capacity(part.entries.len()), Vec::new());
    clean_part(part, clean, |entry, mut made| {
        if let Made::Cleaned(cleaned) = &mut made {
            if !builder.fits(cleaned) {
                files.write(&mut builder)?;
            }
            if let (false, Entry::Dump(dump)) = (builder.fits(cleaned), entry) {
                let message = "the text is over 2 GiB, more than a column holds".to_owned();
                *cleaned = rejected(reject_of(&dump.as_dump(), RejectCode::TooLarge, message));
            }
        }
        count(&mut totals, &made);
        let (digest, mark) = match &made {
            Made::Cleaned(cleaned) => {
                builder.push(cleaned);
                let digest = digest_when_cleaned(entry, cleaned);
                (digest, Mark::of(&digest, cleaned, matches!(entry, Entry::Dump(_))))
            }
            Made::Known(known) => {
                files.write(&mut builder)?;
                files.write_known(&known.rows)?;
                (known.digest, known.mark)
            }
        };
        digests.push(digest);
        marks.extend(mark.to_bytes());
        Ok(())
    })?;
    files.write(&mut builder)?;
    let files = files.finish(&marks)?;
    Ok(PartRecord { part: part.number, inputs: digest(digests.into_iter()), files, totals })
}

/// The digest of a dump, without hashing its content a second time.
fn digest_when_cleaned(entry: &Entry, cleaned: &Cleaned) -> DumpDigest {
    let sha256 = match &cleaned.outcome {
        Ok(article) => Some(&article.source.sha256),
        Err(reject) => reject.source_sha256.as_ref(),
    };
    match (entry, sha256) {
        (Entry::Dump(dump), Some(sha256)) => sources::digest_of_dump(dump, sha256),
        _ => digest_of(entry),
    }
}

/// The files of a part in the making.
struct PartFiles {
    part: u64,
    folder: PathBuf,
    writers: [Option<ArrowWriter<HashedFile>>; 3],
    rows: [u64; 3],
}

impl PartFiles {
    fn new(part: u64, folder: &Path) -> Self {
        Self { part, folder: folder.to_owned(), writers: [const { None }; 3], rows: [0; 3] }
    }

    fn path(&self, table: Table) -> PathBuf {
        self.folder.join(file_name(self.part, table.as_str()))
    }

    /// Writes the rows of a dump that was cleaned before.
    fn write_known(&mut self, rows: &Batches) -> Result<()> {
        Table::ALL.iter().try_for_each(|&table| self.write_table(table, rows.of(table)))
    }

    fn write(&mut self, builder: &mut BatchBuilder) -> Result<()> {
        if builder.dumps() == 0 {
            return Ok(());
        }
        let batches = builder.finish()?;
        for &table in Table::ALL {
            self.write_table(table, batches.of(table))?;
        }
        Ok(())
    }

    fn write_table(&mut self, table: Table, batch: &RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let path = self.path(table);
        let failed = |e| Error::new(ErrorKind::Io, "could not write part").at(&path).because(e);
        let slot = &mut self.writers[table as usize];
        let writer = match slot {
            Some(writer) => writer,
            None => {
                let file = HashedFile::create(path.clone())?;
                slot.insert(ArrowWriter::try_new(file, table.schema(), Some(part_properties())).map_err(failed)?)
            }
        };
        writer.write(batch).map_err(failed)?;
        self.rows[table as usize] += batch.num_rows() as u64;
        Ok(())
    }

    fn finish(mut self, marks: &[u8]) -> Result<Vec<PartFile>> {
        let mut files = Vec::new();
        for &table in Table::ALL {
            let Some(mut writer) = self.writers[table as usize].take() else { continue };
            let path = self.path(table);
            writer.finish().map_err(|e| Error::new(ErrorKind::Io, "could not write part").at(&path).because(e))?;
            let Stored { bytes, sha256 } = writer.inner_mut().finish()?;
            let rows = self.rows[table as usize];
            files.push(PartFile { table: table.as_str().to_owned(), rows, bytes, sha256 });
        }
        let path = self.folder.join(file_name(self.part, SOURCES));
        let mut file = HashedFile::create(path.clone())?;
        file.write_all(marks).map_err(|e| Error::io("could not write part", &path, e))?;
        let Stored { bytes, sha256 } = file.finish()?;
        let rows = (marks.len() / Mark::BYTES) as u64;
        files.push(PartFile { table: SOURCES.to_owned(), rows, bytes, sha256 });
        Ok(files)
    }
}

/// Parts are read once and thrown away: what is cheap to write.
fn part_properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).expect("zstd has a level 1")))
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .build()
}

/// SHA-256 over all that a part's dumps are made of, so that a finished part is known again.
fn digest(digests: impl Iterator<Item = DumpDigest>) -> String {
    let mut hasher = Sha256::new();
    digests.for_each(|digest| hasher.update(digest));
    hex(&hasher.finalize())
}

fn digest_of(entry: &Entry) -> DumpDigest {
    match entry {
        Entry::Dump(dump) => sources::digest_of_content(dump),
        Entry::Known(known) => known.digest,
        Entry::Failed(failure) => sources::digest_of_failure(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::{dump, toy_clean};

    fn entry(path: &str, text: &str) -> Entry {
        Entry::Dump(dump(path, text))
    }

    fn part(entries: Vec<Entry>) -> Part {
        Part { number: 0, entries, bytes: 0 }
    }

    #[test]
    fn parts_are_cut_by_dumps_and_by_bytes() {
        let mut cutter = Cutter::default();
        let mut sizes = Vec::new();
        for i in 0..PART_DUMPS + 1 {
            sizes.extend(cutter.push(entry(&i.to_string(), "One.")).map(|part| (part.number, part.entries.len())));
        }
        let long = "x".repeat(PART_BYTES - 4);
        sizes.extend(cutter.push(entry("long", &long)).map(|part| (part.number, part.entries.len())));
        assert_eq!(sizes, [(0, PART_DUMPS), (1, 2)]);
        assert!(cutter.finish().is_none());
    }

    #[test]
    fn a_part_is_known_again_only_with_the_same_dumps_and_files() {
        let folder = tempfile::tempdir().unwrap();
        let one = part(vec![entry("a", "One.\n- x"), entry("b", "")]);
        let record = write_part(&one, &toy_clean, folder.path()).unwrap();
        assert_eq!(record.files.iter().map(|file| file.rows).collect::<Vec<_>>(), [1, 1, 1, 2]);
        assert!(record.holds(&one, folder.path()));
        assert!(!record.holds(&part(vec![entry("a", "One.\n- x"), entry("c", "")]), folder.path()));
        let mut hinted = one.clone();
        if let Entry::Dump(dump) = &mut hinted.entries[0] {
            dump.hints.title = Some("One".to_owned());
        }
        assert!(!record.holds(&hinted, folder.path()));
        std::fs::write(folder.path().join("000000.rejects"), "torn").unwrap();
        assert!(!record.holds(&one, folder.path()));
    }

    #[test]
    fn rows_come_back_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let one = part(vec![entry("a", "One.\n- x\n> y"), entry("b", "Two."), entry("c", "panic")]);
        let record = write_part(&one, &toy_clean, folder.path()).unwrap();
        assert_eq!((record.totals.articles, record.totals.failed), (2, 1));
        let mut builder = BatchBuilder::new();
        clean_part(&one, &toy_clean, |_, made| {
            if let Made::Cleaned(cleaned) = made {
                builder.push(&cleaned);
            }
            Ok(())
        })
        .unwrap();
        let batches = builder.finish().unwrap();
        for &table in Table::ALL {
            let read: Vec<_> = record.read(table, folder.path()).unwrap().unwrap().map(|b| b.unwrap()).collect();
            assert_eq!(read.len(), 1);
            assert_eq!(&read[0], batches.of(table));
        }
    }

    #[test]
    fn a_table_without_rows_has_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let record = write_part(&part(vec![entry("a", "One.")]), &toy_clean, folder.path()).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
        assert!(record.read(Table::Rejects, folder.path()).unwrap().is_none());
    }
}
