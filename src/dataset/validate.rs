//! Checks a dataset folder from its files alone, or anybody's file against a schema.
//!
//! Comes in a path, go out [`Violation`]s that name file, row and column. Reads in streams: it holds one batch of rows
//! and one small record a dump, never a table. Never writes, never mends.

mod article;
mod file;
mod manifest;
mod removals;
pub mod rows;
mod sums;
mod table;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::Serialize;

pub use self::file::validate_file;
use self::sums::Sums;
use super::schema::Table;
use crate::error::{Error, Result};

/// Violations of one column of one file that are listed one by one; the rest is counted.
/// Enough to see a pattern, few enough to read.
const MAX_LISTED: u64 = 20;

/// Violations that are listed in all. With [`MAX_LISTED`] it bounds the memory of a hopeless dataset.
const MAX_LISTED_IN_ALL: usize = 2_000;

/// Longest message about one value, in characters; values can be whole articles.
const MAX_MESSAGE_CHARS: usize = 300;

/// One thing that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The file, relative to the dataset folder, with `/` between parts.
    pub file: String,
    /// The row of that file, from 0, where it is about one row.
    pub row: Option<u64>,
    /// The column, where it is about one.
    pub column: Option<String>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(row) = self.row {
            write!(f, ": row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ": column {column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Collects violations and keeps their number bounded.
#[derive(Debug, Default)]
struct Log {
    listed: Vec<Violation>,
    /// How often each column of each file was wrong, listed or not.
    counts: BTreeMap<(String, Option<String>), u64>,
    /// How many were listed, by the same key.
    shown: BTreeMap<(String, Option<String>), u64>,
}

impl Log {
    fn add(&mut self, file: &str, row: Option<u64>, column: Option<&str>, message: impl Into<String>) {
        let key = (file.to_owned(), column.map(str::to_owned));
        *self.counts.entry(key.clone()).or_default() += 1;
        let shown = self.shown.entry(key).or_default();
        if *shown >= MAX_LISTED || self.listed.len() >= MAX_LISTED_IN_ALL {
            return;
        }
        *shown += 1;
        let message = shorten(message.into());
        self.listed.push(Violation { file: file.to_owned(), row, column: column.map(str::to_owned), message });
    }

    /// A violation of a whole file.
    fn add_file(&mut self, file: &str, message: impl Into<String>) {
        self.add(file, None, None, message);
    }

    /// The list, closed by a count of what it leaves out.
    fn finish(mut self) -> Vec<Violation> {
        for ((file, column), count) in self.counts {
            let shown = self.shown.get(&(file.clone(), column.clone())).copied().unwrap_or(0);
            if count > shown {
                let message = format!("{} more violations are not listed", count - shown);
                self.listed.push(Violation { file, row: None, column, message });
            }
        }
        self.listed
    }
}

/// Cuts a message that holds a long value.
fn shorten(mut message: String) -> String {
    if let Some((end, _)) = message.char_indices().nth(MAX_MESSAGE_CHARS) {
        message.truncate(end);
        message.push('…');
    }
    message
}

/// Checks a dataset folder: the manifest, the files, and every row by itself and against the sums of the contract.
/// An empty list is a sound dataset; a long one is cut, with a count of what it leaves out.
///
/// # Errors
/// If `dir` is not a folder that can be read. What is wrong inside is a violation.
pub fn validate_dataset(dir: &Path) -> Result<Vec<Violation>> {
    std::fs::read_dir(dir).map_err(|e| Error::io("could not read dataset folder", dir, e))?;
    let mut log = Log::default();
    let files = manifest::check(dir, &mut log);
    let mut sums = Sums::default();
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    // Removals first: the sums of the others are compared with theirs.
    for table in [Table::Removals, Table::Articles, Table::Rejects] {
        for name in files.of(table) {
            if let Some(count) = table::read(&dir.join(name), name, table, files.manifest(), &mut sums, &mut log) {
                rows.insert(name.clone(), count);
            }
        }
    }
    sums.finish(&mut log);
    files.compare(&rows, &sums, &mut log);
    Ok(log.finish())
}
