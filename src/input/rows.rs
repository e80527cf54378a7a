//! What all files of rows share: numbers and keys of rows, bounds, what a row comes to. Comes in a row that was read,
//! goes out a dump or a failure whose path, key and hash are those of no other. Never reads a file.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::fields::Row;
use super::limits::Trouble;
use super::{Failure, Inputs, Item, OwnedDump, SourceFormat, reader};
use crate::article::RejectCode;
use crate::article::record::sha256_hex;

/// How many times longer than the longest content a row as written may be. Escaped to ASCII, a letter of two bytes
/// takes six; quotation marks and line ends take two for one.
pub(super) const LINE_FACTOR: u64 = 4;

/// What a row may have beside, for its other fields, in bytes.
pub(super) const LINE_OVERHEAD_BYTES: u64 = 1 << 20;

pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Longest row as written, in bytes.
pub(super) fn max_row_bytes(inputs: &Inputs) -> usize {
    let max = inputs.max_dump_bytes.saturating_mul(LINE_FACTOR).saturating_add(LINE_OVERHEAD_BYTES);
    usize::try_from(max).unwrap_or(usize::MAX)
}

/// Counts the rows of a file and keeps their keys apart.
pub(super) struct Ledger {
    path: String,
    format: SourceFormat,
    max_dump_bytes: u64,
    /// Whether rows name themselves.
    has_ids: bool,
    /// Rows so far.
    n_rows: u64,
    /// Keys that are taken, by their hash, with the row that has them; only where rows name themselves.
    taken: HashMap<u128, u64>,
}

impl Ledger {
    pub(super) fn new(path: String, format: SourceFormat, has_ids: bool, inputs: &Inputs) -> Self {
        let max_dump_bytes = inputs.max_dump_bytes;
        Self { path, format, max_dump_bytes, has_ids, n_rows: 0, taken: HashMap::new() }
    }

    /// Counts one more row; what follows is about it.
    pub(super) fn count(&mut self) {
        self.n_rows += 1;
    }

    /// What a row comes to that was read, or could not be.
    pub(super) fn row(&mut self, row: Result<Row, String>, offset: Option<u64>) -> Item {
        match row {
            Ok(Row { content, media, hints, id }) => {
                let bytes = content.into_bytes();
                let format = self.format;
                self.dump(OwnedDump { path: String::new(), key: id, bytes, format, media, hints }, offset)
            }
            Err(message) => self.failed(offset, Trouble::new(RejectCode::BadRow, message)),
        }
    }

    /// What a dump comes to that has its own name for its key, or none.
    pub(super) fn dump(&mut self, dump: OwnedDump, offset: Option<u64>) -> Item {
        let key = dump.key.unwrap_or_else(|| self.n_rows.to_string());
        if self.has_ids
            && let Some(first) = self.take(&key)
        {
            let message = format!("the id `{}` is taken by row {first}", shorten(&key));
            return self.failed(offset, Trouble::new(RejectCode::BadRow, message));
        }
        let (path, n_bytes) = (self.path.clone(), dump.bytes.len() as u64);
        if n_bytes > self.max_dump_bytes {
            return Item::Failed(Failure {
                path,
                key: Some(key),
                code: RejectCode::TooLarge,
                message: format!("the dump has more than {} bytes", self.max_dump_bytes),
                byte_offset: offset,
                bytes: Some(n_bytes),
                sha256: Some(sha256_hex(&dump.bytes)),
                url: dump.hints.url,
            });
        }
        Item::Dump(OwnedDump { path, key: Some(key), ..dump })
    }

    /// A failure of the row that was counted last, under its own name if no row before has it.
    pub(super) fn refused(&mut self, name: Option<String>, url: Option<String>, offset: u64, trouble: Trouble) -> Item {
        let mut failed = self.failed(Some(offset), trouble);
        let name = name.filter(|name| self.take(name).is_none());
        if let Item::Failed(failure) = &mut failed {
            failure.key = name.or(failure.key.take());
            failure.url = url;
        }
        failed
    }

    /// A failure of the row that was counted last. It has the row's number for its key and no hash, even where the
    /// row's id and content are known, so that it never equals another row.
    pub(super) fn failed(&self, offset: Option<u64>, trouble: Trouble) -> Item {
        let mut failure = reader::failure(self.path.clone(), trouble);
        failure.key = Some(self.n_rows.to_string());
        failure.byte_offset = offset;
        Item::Failed(failure)
    }

    /// Takes a key for the row that was counted last, or says which row has it.
    fn take(&mut self, key: &str) -> Option<u64> {
        let digest = Sha256::digest(key.as_bytes());
        let hash = digest.iter().take(16).fold(0, |hash: u128, byte| hash << 8 | u128::from(*byte));
        let n_rows = self.n_rows;
        let first = *self.taken.entry(hash).or_insert(n_rows);
        (first != n_rows).then_some(first)
    }
}

/// Longest id that a message repeats whole, in characters.
const MAX_SHOWN_CHARS: usize = 80;

fn shorten(key: &str) -> &str {
    key.char_indices().nth(MAX_SHOWN_CHARS).map_or(key, |(at, _)| &key[..at])
}
