//! Content that is read by places rather than from its beginning: zip archives and Parquet files keep what they hold at
//! their end. Comes in content, goes out a file to seek in, or its bytes in memory where it cannot be opened again.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::limits::Trouble;
use super::open::{Content, FileState};
use crate::article::RejectCode;

/// Bytes that can be read from any place.
#[derive(Debug, Clone)]
pub(super) enum Places {
    /// A file; whoever reads sets the place first.
    File {
        /// The open file.
        file: Arc<Mutex<File>>,
        /// Its size.
        n_bytes: u64,
    },
    /// Bytes in memory.
    Memory {
        /// The bytes.
        bytes: Bytes,
        /// Counts them as held.
        _held: Option<Arc<Held>>,
    },
}

/// Bytes that count as held in memory as long as this lives.
pub(super) struct Held {
    n_bytes: u64,
    file: Arc<FileState>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.file.meter.let_go(self.n_bytes);
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("n_bytes", &self.n_bytes).finish_non_exhaustive()
    }
}

impl Places {
    /// The content of a listed file is opened again; other content is read into memory, up to a bound.
    pub(super) fn of(mut content: Content) -> Result<Self, Trouble> {
        let opened = content
            .reopen()
            .map_err(|error| Trouble::new(RejectCode::Unreadable, format!("could not be opened again: {error}")))?;
        if let Some((file, n_bytes)) = opened {
            content.file().meter.set_stored(n_bytes);
            return Ok(Self::File { file: Arc::new(Mutex::new(file)), n_bytes });
        }
        let mut bytes = Vec::new();
        let max_bytes = content.file().meter.holdable();
        let result = content.by_ref().take(max_bytes + 1).read_to_end(&mut bytes);
        result.map_err(|error| content.explain(&error))?;
        if bytes.len() as u64 > max_bytes {
            let message = format!(
                "it has to be read from its end, lies in another file or in a pipe, and has more than {max_bytes} bytes"
            );
            return Err(Trouble::new(RejectCode::TooLarge, message));
        }
        let held = Held { n_bytes: bytes.len() as u64, file: Arc::clone(content.file()) };
        held.file.meter.hold(held.n_bytes);
        Ok(Self::Memory { bytes: bytes.into(), _held: Some(Arc::new(held)) })
    }

    /// Size.
    pub(super) fn n_bytes(&self) -> u64 {
        match self {
            Self::File { n_bytes, .. } => *n_bytes,
            Self::Memory { bytes, .. } => bytes.len() as u64,
        }
    }

    /// Reads some bytes from a place.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File { file, .. } => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(at))?;
                file.read(buffer)
            }
            Self::Memory { bytes, .. } => {
                let from = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                let n = buffer.len().min(bytes.len() - from);
                buffer[..n].copy_from_slice(&bytes[from..from + n]);
                Ok(n)
            }
        }
    }

    /// A reader of the bytes from `at` to `end`.
    pub(super) fn slice(&self, at: u64, end: u64) -> Slice {
        Slice { places: self.clone(), at, end: end.min(self.n_bytes()) }
    }
}

/// A reader with a place of its own.
#[derive(Debug, Clone)]
pub(super) struct Slice {
    places: Places,
    at: u64,
    end: u64,
}

impl Read for Slice {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.end.saturating_sub(self.at);
        let n = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let n_read = self.places.read_at(self.at, &mut buffer[..n])?;
        self.at += n_read as u64;
        Ok(n_read)
    }
}

impl Seek for Slice {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        let at = match place {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
