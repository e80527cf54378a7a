//! What a file may cost: bytes that it unpacks to, their ratio to the packed ones, members, layers. Comes in what was
//! read so far, goes out a yes or a [`Trouble`]. Never reads a clock: all bounds are counted.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::Inputs;
use crate::article::RejectCode;

/// Unpacked bytes of a file up to which its ratio is not asked for: unpacking as much costs seconds, and copies of one
/// page in an archive can pack to less than a hundredth.
pub(super) const RATIO_FLOOR_BYTES: u64 = 1 << 30;

/// Most compressions around each other, as in `x.gz.gz`. Tools make one, mishaps two.
pub(super) const MAX_COMPRESSIONS: usize = 3;

/// Most archives inside each other.
pub(super) const MAX_ARCHIVE_DEPTH: usize = 4;

/// Content that has to be seen from its end (zip, Parquet) but cannot be, since it lies in another file or comes through
/// a pipe, is held in memory up to this many bytes, all archives together that lie in each other.
pub(super) const MAX_HELD_BYTES: u64 = 256 << 20;

/// What went wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) code: RejectCode,
    pub(super) message: String,
}

impl Trouble {
    pub(super) fn new(code: RejectCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Trouble {}

/// As the error of a reader, so that it can pass through any other reader.
impl From<Trouble> for io::Error {
    fn from(trouble: Trouble) -> Self {
        io::Error::other(trouble)
    }
}

/// Counts what one file unpacks to, over all its layers and members.
#[derive(Debug)]
pub(super) struct Meter {
    max_unpacked_bytes: u64,
    max_ratio: u64,
    unpacked_bytes: AtomicU64,
    /// Bytes of the file as stored that were read so far, or all of them where it is read by places.
    stored_bytes: AtomicU64,
    is_spent: AtomicBool,
    /// Bytes that are held in memory to be read by places.
    held_bytes: AtomicU64,
}

impl Meter {
    pub(super) fn new(inputs: &Inputs) -> Self {
        Self {
            max_unpacked_bytes: inputs.max_unpacked_bytes,
            max_ratio: inputs.max_ratio,
            unpacked_bytes: AtomicU64::new(0),
            stored_bytes: AtomicU64::new(0),
            is_spent: AtomicBool::new(false),
            held_bytes: AtomicU64::new(0),
        }
    }

    /// How many times larger than its packed form content may be.
    pub(super) fn max_ratio(&self) -> u64 {
        self.max_ratio
    }

    pub(super) fn note_stored(&self, n_bytes: u64) {
        self.stored_bytes.fetch_add(n_bytes, Ordering::Relaxed);
    }

    /// The file is read by places, so that the ratio is that to all of it: members may share bytes.
    pub(super) fn set_stored(&self, n_bytes: u64) {
        self.stored_bytes.store(n_bytes, Ordering::Relaxed);
    }

    /// How many more bytes may be held in memory.
    pub(super) fn holdable(&self) -> u64 {
        MAX_HELD_BYTES.saturating_sub(self.held_bytes.load(Ordering::Relaxed))
    }

    /// Bytes are held from here on.
    pub(super) fn hold(&self, n_bytes: u64) {
        self.held_bytes.fetch_add(n_bytes, Ordering::Relaxed);
    }

    /// Bytes are held no longer.
    pub(super) fn let_go(&self, n_bytes: u64) {
        self.held_bytes.fetch_sub(n_bytes, Ordering::Relaxed);
    }

    /// Whether a bound was passed: nothing more is to be read of the file.
    pub(super) fn is_spent(&self) -> bool {
        self.is_spent.load(Ordering::Relaxed)
    }

    /// Notes bytes that came out of a decompressor.
    pub(super) fn note_unpacked(&self, n_bytes: u64) -> Result<(), Trouble> {
        let unpacked = self.unpacked_bytes.fetch_add(n_bytes, Ordering::Relaxed) + n_bytes;
        let bomb = |message: String| {
            self.is_spent.store(true, Ordering::Relaxed);
            Err(Trouble::new(RejectCode::ArchiveBomb, message))
        };
        if unpacked > self.max_unpacked_bytes {
            return bomb(format!(
                "the file unpacks to more than {} bytes; the rest of it is not read",
                self.max_unpacked_bytes
            ));
        }
        let stored = self.stored_bytes.load(Ordering::Relaxed).max(1);
        if unpacked > RATIO_FLOOR_BYTES && unpacked / self.max_ratio.max(1) > stored {
            return bomb(format!(
                "the file unpacks to more than {} times its size; the rest of it is not read",
                self.max_ratio
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(max_unpacked_bytes: u64, max_ratio: u64) -> Meter {
        Meter::new(&Inputs { max_unpacked_bytes, max_ratio, ..Inputs::default() })
    }

    #[test]
    fn the_sum_over_all_members_is_bounded() {
        let meter = meter(10, 100);
        assert_eq!(meter.note_unpacked(6), Ok(()));
        assert_eq!(meter.note_unpacked(4), Ok(()));
        assert_eq!(meter.note_unpacked(1).unwrap_err().code, RejectCode::ArchiveBomb);
    }

    #[test]
    fn the_ratio_counts_from_the_floor_on() {
        let meter = meter(u64::MAX, 100);
        meter.note_stored(RATIO_FLOOR_BYTES / 200);
        assert_eq!(meter.note_unpacked(RATIO_FLOOR_BYTES), Ok(()));
        assert_eq!(meter.note_unpacked(1).unwrap_err().code, RejectCode::ArchiveBomb);
        meter.note_stored(RATIO_FLOOR_BYTES / 100);
        assert_eq!(meter.note_unpacked(1), Ok(()));
    }

    #[test]
    fn trouble_passes_through_readers_as_an_error() {
        let error = io::Error::from(Trouble::new(RejectCode::ArchiveBomb, "too much"));
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Trouble>());
        assert_eq!(inner.map(|trouble| trouble.code), Some(RejectCode::ArchiveBomb));
    }
}
