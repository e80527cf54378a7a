//! A listed file to a stream of its content. Comes in an entry, goes out a reader that takes off compression, counts
//! what comes out, hashes the file as stored while it is read, and tells broken compression from a broken disk.
//! Never reads more than is asked for, never looks at what the content says.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use super::Inputs;
use super::compression::{self, BoxRead, Unpacked};
use super::limits::{Meter, Trouble};
use super::sniff::SNIFF_BYTES;
use super::transcode::FromUtf16;
use super::walk::{self, NOT_REGULAR, Place};
use crate::article::RejectCode;
use crate::article::record::hex;

/// A file as stored, shared by all that is read from it: every byte that is read is hashed.
pub(super) struct FileState {
    stored: Mutex<Stored>,
    /// The bounds of what it may unpack to.
    pub(super) meter: Meter,
    /// Where it can be opened again, to be read by places.
    path: Option<PathBuf>,
}

struct Stored {
    inner: BoxRead,
    hasher: Sha256,
    n_bytes: u64,
    is_broken: bool,
}

impl FileState {
    fn lock(&self) -> MutexGuard<'_, Stored> {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes of the file as stored that were read.
    pub(super) fn n_stored(&self) -> u64 {
        self.lock().n_bytes
    }

    /// Reads what is left of the file as stored, for its hash alone. None if that fails.
    pub(super) fn fingerprint(&self) -> Option<Fingerprint> {
        let mut stored = self.lock();
        io::copy(&mut *stored, &mut io::sink()).ok()?;
        let sha256 = hex(&stored.hasher.clone().finalize());
        Some(Fingerprint { n_bytes: stored.n_bytes, sha256 })
    }

    /// Says what a read error means.
    pub(super) fn explain(&self, error: &io::Error) -> Trouble {
        if let Some(trouble) = error.get_ref().and_then(|inner| inner.downcast_ref::<Trouble>()) {
            trouble.clone()
        } else if self.lock().is_broken {
            unreadable(error)
        } else if error.kind() == io::ErrorKind::UnexpectedEof {
            Trouble::new(RejectCode::Truncated, format!("the file ends before its content does: {error}"))
        } else {
            Trouble::new(RejectCode::BadArchive, format!("could not be decompressed: {error}"))
        }
    }
}

impl Read for Stored {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = self.inner.read(buffer);
        match &result {
            Ok(n_read) => {
                self.hasher.update(&buffer[..*n_read]);
                self.n_bytes += *n_read as u64;
            }
            Err(error) => self.is_broken |= error.kind() != io::ErrorKind::Interrupted,
        }
        result
    }
}

/// A handle that reads on in the file as stored.
struct StoredReader(Arc<FileState>);

impl Read for StoredReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.0.lock().read(buffer)?;
        self.0.meter.note_stored(n_read as u64);
        Ok(n_read)
    }
}

/// A reader that counts what is read from it.
pub(super) fn counted(inner: BoxRead) -> (BoxRead, Arc<AtomicU64>) {
    let n_read = Arc::new(AtomicU64::new(0));
    (Box::new(Counted { inner, n_read: Arc::clone(&n_read) }), n_read)
}

/// Counts bytes on their way.
struct Counted {
    inner: BoxRead,
    n_read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.inner.read(buffer)?;
        self.n_read.fetch_add(n_read as u64, Ordering::Relaxed);
        Ok(n_read)
    }
}

/// The content of a file, or of a piece of one, after decompression.
pub(super) struct Content {
    body: BoxRead,
    head: Cursor<Vec<u8>>,
    /// An error that was met while looking ahead; it comes when the head has been read.
    pending: Option<io::Error>,
    n_read: u64,
    is_packed: bool,
    /// Bytes that went into the decoder.
    n_packed: Arc<AtomicU64>,
    file: Arc<FileState>,
    /// Whether it is all bytes of a listed file, as stored.
    is_whole_file: bool,
}

/// Size and SHA-256 of a file as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fingerprint {
    pub(super) n_bytes: u64,
    pub(super) sha256: String,
}

/// Opens a listed file; `name` is its file name or source path, which may say that it is compressed.
pub(super) fn open(place: &Place, name: &str, inputs: &Inputs) -> Result<Content, Trouble> {
    let unreadable = |cause: io::Error| Trouble::new(RejectCode::Unreadable, format!("could not be opened: {cause}"));
    match place {
        Place::PagePart => Err(Trouble::new(RejectCode::Unreadable, walk::PAGE_PART)),
        Place::Nowhere(message) => Err(Trouble::new(RejectCode::Unreadable, message)),
        Place::Stdin => Content::of_file(Box::new(io::stdin()), None, name, inputs),
        Place::File(path) => {
            // Asked again, since opening a pipe that took the file's place could wait for ever.
            if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
                return Err(Trouble::new(RejectCode::Unreadable, NOT_REGULAR));
            }
            let file = File::open(path).map_err(unreadable)?;
            Content::of_file(Box::new(file), Some(path.clone()), name, inputs)
        }
    }
}

impl Content {
    pub(super) fn of_file(inner: BoxRead, path: Option<PathBuf>, name: &str, inputs: &Inputs) -> Result<Self, Trouble> {
        let stored = Mutex::new(Stored { inner, hasher: Sha256::new(), n_bytes: 0, is_broken: false });
        let file = Arc::new(FileState { stored, meter: Meter::new(inputs), path });
        let reader = StoredReader(Arc::clone(&file));
        let mut content = Self::of(Box::new(reader), None, name, &file)?;
        content.is_whole_file = !content.is_packed;
        Ok(content)
    }

    /// The content of a piece of a file, such as a member of an archive. Where the reader has a decoder in it, `packed`
    /// counts the bytes that went into it.
    pub(super) fn of(
        reader: BoxRead,
        packed: Option<Arc<AtomicU64>>,
        name: &str,
        file: &Arc<FileState>,
    ) -> Result<Self, Trouble> {
        let is_packed = packed.is_some();
        let (reader, n_packed) = match packed {
            Some(n_packed) => (reader, n_packed),
            None => counted(reader),
        };
        let Unpacked { reader: body, is_packed: is_inside } = compression::unpack(reader, name)?;
        Ok(Self {
            body,
            head: Cursor::new(Vec::new()),
            pending: None,
            n_read: 0,
            is_packed: is_packed || is_inside,
            n_packed,
            file: Arc::clone(file),
            is_whole_file: false,
        })
    }

    /// The file that this is read from.
    pub(super) fn file(&self) -> &Arc<FileState> {
        &self.file
    }

    /// The first bytes of the content, at most [`SNIFF_BYTES`], without taking them.
    pub(super) fn peek(&mut self) -> &[u8] {
        if self.n_read == 0 && self.head.get_ref().is_empty() && self.pending.is_none() {
            let mut head = Vec::new();
            self.pending = (&mut self.body).take(SNIFF_BYTES as u64).read_to_end(&mut head).err();
            self.head = Cursor::new(head);
        }
        self.head.get_ref()
    }

    /// Reads it as UTF-8 from here on, if `is_wanted` says so of the first bytes, which are UTF-16.
    pub(super) fn decode_utf16_if(&mut self, is_wanted: impl FnOnce(&[u8]) -> bool) {
        if !is_wanted(self.peek()) {
            return;
        }
        let head = std::mem::take(&mut self.head).into_inner();
        let body = std::mem::replace(&mut self.body, Box::new(io::empty()));
        let decoder = FromUtf16::new(Box::new(Cursor::new(head.clone()).chain(body)), &head);
        self.body = Box::new(decoder);
        self.is_whole_file = false;
    }

    /// The same content as a file to be read by places, with its size; none if it is not a file on its own.
    pub(super) fn reopen(&self) -> io::Result<Option<(File, u64)>> {
        let Some(path) = self.file.path.as_deref().filter(|_| self.is_whole_file) else { return Ok(None) };
        let file = File::open(path)?;
        let n_bytes = file.metadata()?.len();
        Ok(Some((file, n_bytes)))
    }

    /// Whether it is a listed file as it is stored.
    pub(super) fn is_whole_file(&self) -> bool {
        self.is_whole_file
    }

    /// Whether the content is so much larger than its packed form that it must have been made to be.
    pub(super) fn is_bomb(&self) -> bool {
        self.is_packed && self.n_read / self.file.meter.max_ratio().max(1) > self.n_packed.load(Ordering::Relaxed)
    }

    /// Says what a read error means.
    pub(super) fn explain(&self, error: &io::Error) -> Trouble {
        self.file.explain(error)
    }
}

fn unreadable(cause: &io::Error) -> Trouble {
    Trouble::new(RejectCode::Unreadable, format!("could not be read: {cause}"))
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut n_read = self.head.read(buffer)?;
        if n_read == 0 && !buffer.is_empty() {
            if let Some(error) = self.pending.take() {
                return Err(error);
            }
            n_read = self.body.read(buffer)?;
        }
        self.n_read += n_read as u64;
        if self.is_packed {
            self.file.meter.note_unpacked(n_read as u64)?;
        }
        Ok(n_read)
    }
}

/// Where reading a line ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A whole line, or the last one without its line end.
    Whole,
    /// A line over the bound: what is over was skipped.
    TooLong,
    /// The content is at its end.
    End,
}

/// Reads a line into `line`, with its line end, keeping at most `max_bytes` of it. Also says how many bytes were
/// taken. `may_go_on` is asked while a line over the bound is skipped.
pub(super) fn read_line(
    reader: &mut BufReader<Content>,
    line: &mut Vec<u8>,
    max_bytes: usize,
    may_go_on: impl Fn(&Content) -> bool,
) -> (u64, io::Result<Line>) {
    line.clear();
    let (mut n_taken, mut is_too_long) = (0, false);
    loop {
        let buffer = match reader.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return (n_taken, Err(error)),
        };
        let end = memchr::memchr(b'\n', buffer).map(|at| at + 1);
        let n_line = end.unwrap_or(buffer.len());
        let is_end = n_line == 0;
        is_too_long |= n_line > max_bytes - line.len();
        if !is_too_long {
            line.extend_from_slice(&buffer[..n_line]);
        }
        reader.consume(n_line);
        n_taken += n_line as u64;
        if is_too_long && (end.is_some() || is_end || !may_go_on(reader.get_ref())) {
            return (n_taken, Ok(Line::TooLong));
        }
        if end.is_some() || is_end && n_taken > 0 {
            return (n_taken, Ok(Line::Whole));
        }
        if is_end {
            return (n_taken, Ok(Line::End));
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::article::record::sha256_hex;
    use std::io::Write;

    pub(in crate::input) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    pub(in crate::input) fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 3).unwrap()
    }

    pub(in crate::input) fn content(bytes: &[u8], name: &str) -> Result<Content, Trouble> {
        Content::of_file(Box::new(Cursor::new(bytes.to_vec())), None, name, &Inputs::default())
    }

    /// Text that does not pack to nothing.
    pub(in crate::input) fn long_text() -> String {
        (0..9000).map(|n| format!("Ferry {} left pier {} at {}.\n", n, n * n % 977, n * 31 % 1441)).collect()
    }

    fn read(bytes: &[u8], name: &str) -> Result<Vec<u8>, RejectCode> {
        let mut content = content(bytes, name).map_err(|trouble| trouble.code)?;
        assert!(content.peek().len() <= SNIFF_BYTES);
        let mut all = Vec::new();
        let result = content.read_to_end(&mut all).map_err(|error| content.explain(&error).code);
        assert_eq!(
            content.file().fingerprint().unwrap(),
            Fingerprint { n_bytes: bytes.len() as u64, sha256: sha256_hex(bytes) },
            "{name}"
        );
        result.map(|_| all)
    }

    #[test]
    fn gzip_and_zstd_are_told_by_their_first_bytes_whatever_the_name() {
        let text = long_text();
        for name in ["a", "a.txt", "a.gz", "a.zst", "a.txt.GZ"] {
            assert_eq!(read(&gzip(text.as_bytes()), name).unwrap(), text.as_bytes());
            assert_eq!(read(&zstd(text.as_bytes()), name).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn members_and_frames_are_joined() {
        assert_eq!(read(&[gzip(b"one "), gzip(b""), gzip(b"two")].concat(), "a").unwrap(), b"one two");
        assert_eq!(read(&[zstd(b"one "), zstd(b""), zstd(b"two")].concat(), "a").unwrap(), b"one two");
        let skippable = [&[0x53, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, b'x', b'y'], &zstd(b"one")[..]].concat();
        assert_eq!(read(&skippable, "a").unwrap(), b"one");
    }

    #[test]
    fn a_file_cut_off_is_truncated_wherever_it_is_cut() {
        let text = long_text();
        for packed in [gzip(text.as_bytes()), zstd(text.as_bytes())] {
            for cut in [packed.len() - 1, packed.len() - 5, packed.len() / 2, 12, 5] {
                assert_eq!(read(&packed[..cut], "a"), Err(RejectCode::Truncated), "{cut}");
            }
        }
        assert_eq!(read(&gzip(b"one")[..2], "a"), Err(RejectCode::Truncated));
        assert_eq!(read(b"", "a.gz"), Err(RejectCode::Truncated));
        assert_eq!(read(b"", "a.txt").unwrap(), b"");
    }

    #[test]
    fn a_corrupt_file_is_a_bad_archive() {
        let text = long_text();
        for packed in [gzip(text.as_bytes()), zstd(text.as_bytes())] {
            let mut broken = packed.clone();
            let middle = broken.len() / 2;
            broken[middle..middle + 40].fill(0xFF);
            assert_eq!(read(&broken, "a"), Err(RejectCode::BadArchive));
            assert_eq!(
                read(&[&packed[..], b"trailing words that are no member"].concat(), "a"),
                Err(RejectCode::BadArchive)
            );
        }
        assert_eq!(read(&[0, 1, 2, 3, 4, 5, 6, 7], "a.gz"), Err(RejectCode::BadArchive));
    }

    #[test]
    fn text_that_is_only_named_as_compressed_is_read_as_it_is() {
        assert_eq!(read(b"Unpacked long ago.", "a.txt.gz").unwrap(), b"Unpacked long ago.");
    }

    #[test]
    fn the_whole_file_is_hashed_even_if_little_of_it_is_read() {
        let packed = gzip(long_text().as_bytes());
        let mut content = content(&packed, "a").unwrap();
        let mut some = [0; 10];
        content.read_exact(&mut some).unwrap();
        assert_eq!(content.file().fingerprint().unwrap().sha256, sha256_hex(&packed));
    }

    #[test]
    fn a_failing_disk_is_told_from_broken_compression() {
        struct Failing(Cursor<Vec<u8>>);
        impl Read for Failing {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                match self.0.read(buffer)? {
                    0 => Err(io::Error::other("the disk is gone")),
                    n_read => Ok(n_read),
                }
            }
        }
        let packed = gzip(long_text().as_bytes());
        for bytes in [packed, long_text().into_bytes()] {
            let mut content =
                Content::of_file(Box::new(Failing(Cursor::new(bytes))), None, "a", &Inputs::default()).ok().unwrap();
            let error = content.read_to_end(&mut Vec::new()).unwrap_err();
            assert_eq!(content.explain(&error).code, RejectCode::Unreadable);
            assert_eq!(content.file().fingerprint(), None);
        }
    }

    #[test]
    fn content_far_larger_than_its_file_is_a_bomb() {
        for (packed, is_bomb) in [(gzip(&[b'x'; 1 << 20]), true), (gzip(long_text().as_bytes()), false)] {
            let mut content = content(&packed, "a").unwrap();
            content.read_to_end(&mut Vec::new()).unwrap();
            assert_eq!(content.is_bomb(), is_bomb);
        }
    }

    #[test]
    fn lines_are_bounded_and_the_next_one_is_found() {
        let long = format!("ab\n{}\nlast", "x".repeat(100_000));
        let mut reader = BufReader::new(content(long.as_bytes(), "a").unwrap());
        let mut line = Vec::new();
        let mut next = |max_bytes| {
            let (n_taken, result) = read_line(&mut reader, &mut line, max_bytes, |_| true);
            (n_taken, result.unwrap(), line.len())
        };
        assert_eq!(next(3), (3, Line::Whole, 3));
        assert!(matches!(next(3), (100_001, Line::TooLong, 0..=3)));
        assert_eq!(next(4), (4, Line::Whole, 4));
        assert_eq!(next(4), (0, Line::End, 0));
    }
}
