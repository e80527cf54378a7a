//! A zip archive to its members, one at a time. Comes in content that is read by places, goes out the content of each
//! file in it, in the order of its directory. The crate `zip` reads the directory; the members are unpacked here, so that
//! a member can be a file of rows of any size. Nothing is unpacked to a disk.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;

use crc32fast::Hasher;
use zip::CompressionMethod;
use zip::read::Config;
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;

use super::compression::{BoxRead, decoder};
use super::limits::Trouble;
use super::member::Names;
use super::open::{self, Content, FileState};
use super::places::{Places, Slice};
use super::source::{Member, Source, Step, Tally};
use super::{Inputs, walk};
use crate::article::RejectCode;

/// First bytes of a zip archive: of its first member, or of its directory if it has none.
const MARKS: [&[u8; 4]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// Names of members that documents have which are stored as zip archives: Office Open XML, OpenDocument and EPUB, Java.
const DOCUMENT_MEMBERS: [&[u8]; 3] = [b"[Content_Types].xml", b"mimetype", b"META-INF/MANIFEST.MF"];

/// Members among the first of which a document has one of those names.
const DOCUMENT_HEAD: usize = 3;

/// A local header: its mark, its size, and where the lengths of name and extra field stand in it.
const LOCAL_MARK: &[u8] = b"PK\x03\x04";
const LOCAL_BYTES: u64 = 30;
const LOCAL_LENGTHS: usize = 26;

/// Bytes of the file that are read at once.
const BUFFER_BYTES: usize = 64 * 1024;

/// A zip archive while it is read.
pub(super) struct Zip {
    places: Places,
    file: Arc<FileState>,
    entries: std::vec::IntoIter<Entry>,
    names: Names,
    passed_over: Tally,
}

/// A member as the directory has it.
struct Entry {
    path: Box<[u8]>,
    header_start: u64,
    n_packed: u64,
    n_bytes: u64,
    crc: u32,
    method: CompressionMethod,
    is_encrypted: bool,
    is_link: bool,
}

/// Whether content begins as a zip archive.
pub(super) fn looks_like_zip(head: &[u8]) -> bool {
    MARKS.iter().any(|mark| head.starts_with(*mark))
}

/// Whether content begins as a document that is stored as a zip archive, by its first member.
pub(super) fn looks_like_document(head: &[u8]) -> bool {
    let name = head.get(LOCAL_BYTES as usize..).unwrap_or_default();
    DOCUMENT_MEMBERS.iter().any(|member| name.starts_with(member))
}

impl Zip {
    /// Reads the directory. None if it is that of a document, which is no archive of dumps.
    pub(super) fn open(content: Content, inputs: &Inputs) -> Result<Option<Self>, Trouble> {
        let file = Arc::clone(content.file());
        let places = Places::of(content)?;
        let mut reader = places.slice(0, u64::MAX);
        let bad = |error: ZipError| match error {
            ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => file.explain(&error),
            error => Trouble::new(RejectCode::BadArchive, format!("the directory of the archive is broken: {error}")),
        };
        if !has_directory_end(&mut reader) {
            let message = "the file ends before the directory of the archive does";
            return Err(Trouble::new(RejectCode::Truncated, message));
        }
        let buffered = BufReader::with_capacity(BUFFER_BYTES, reader);
        let mut directory = ZipIterable::try_new(buffered, Config::default()).map_err(bad)?;
        if directory.len() as u64 > inputs.max_entries {
            let message = format!("the archive has more than {} members; it is not read", inputs.max_entries);
            return Err(Trouble::new(RejectCode::ArchiveBomb, message));
        }
        let mut entries = Vec::new();
        let mut names = Names::default();
        for entry in directory.files().map_err(bad)? {
            let entry = entry.map_err(bad)?;
            let path: Box<[u8]> = entry.name_raw().into();
            if entries.len() < DOCUMENT_HEAD && DOCUMENT_MEMBERS.contains(&&*path) {
                return Ok(None);
            }
            names.note_page(&walk::encode(&path, false));
            entries.push(Entry {
                path,
                header_start: entry.header_start(),
                n_packed: entry.compressed_size(),
                n_bytes: entry.size(),
                crc: entry.crc32(),
                method: entry.compression(),
                is_encrypted: entry.encrypted(),
                is_link: entry.is_symlink(),
            });
        }
        Ok(Some(Self { places, file, entries: entries.into_iter(), names, passed_over: Tally::new() }))
    }

    /// The content of a member.
    fn content(&self, entry: &Entry, name: &str) -> Result<Content, Trouble> {
        if entry.is_encrypted {
            return Err(Trouble::new(RejectCode::Unreadable, "the member is encrypted"));
        }
        let coding = match entry.method {
            CompressionMethod::STORE => None,
            CompressionMethod::DEFLATE => Some("raw-deflate"),
            CompressionMethod::BZIP2 => Some("bzip2"),
            CompressionMethod::ZSTD => Some("zstd"),
            CompressionMethod::XZ => Some("xz"),
            method => {
                let message = format!("the member is compressed in a way that cannot be read: {method}");
                return Err(Trouble::new(RejectCode::BadArchive, message));
            }
        };
        let explain = |error: io::Error| self.file.explain(&error);
        let (begin, end) = self.range(entry).map_err(explain)?;
        let (packed, n_packed) = open::counted(Box::new(self.places.slice(begin, end)));
        let is_packed = coding.is_some();
        let unpacked = match coding {
            None => packed,
            Some(coding) => decoder(coding, packed).expect("the names above are known").map_err(explain)?,
        };
        let checked = Checked { inner: unpacked, hasher: Hasher::new(), crc: entry.crc, left: entry.n_bytes };
        Content::of(Box::new(checked), is_packed.then_some(n_packed), name, &self.file)
    }

    /// Where the bytes of a member stand: after its local header.
    fn range(&self, entry: &Entry) -> io::Result<(u64, u64)> {
        let mut header = [0; LOCAL_BYTES as usize];
        self.places.slice(entry.header_start, u64::MAX).read_exact(&mut header)?;
        if !header.starts_with(LOCAL_MARK) {
            return Err(
                Trouble::new(RejectCode::BadArchive, "the member has no header where the directory says").into()
            );
        }
        let length = |at: usize| u64::from(header[at]) | u64::from(header[at + 1]) << 8;
        let begin = entry.header_start + LOCAL_BYTES + length(LOCAL_LENGTHS) + length(LOCAL_LENGTHS + 2);
        let end = begin.checked_add(entry.n_packed).filter(|end| *end <= self.places.n_bytes());
        end.map(|end| (begin, end)).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl Source for Zip {
    fn next(&mut self, _: &Inputs) -> Option<Step> {
        loop {
            let entry = self.entries.next()?;
            if entry.path.ends_with(b"/") || entry.path.ends_with(b"\\") {
                continue;
            }
            let what = if entry.is_link {
                Some("archive_link")
            } else {
                self.names.is_page_part(&entry.path).then_some(walk::PAGE_PART)
            };
            if let Some(what) = what {
                *self.passed_over.entry(what).or_default() += 1;
                continue;
            }
            let key = self.names.key(&entry.path);
            let content = self.content(&entry, &key);
            return Some(Step::Member(Member { key, content }));
        }
    }

    fn passed_over(&self) -> Tally {
        self.passed_over.clone()
    }
}

/// Largest end of a directory: the record and the longest comment.
const DIRECTORY_END_BYTES: u64 = 22 + 65_535;

/// Whether the end of the directory is there at all; a file that is cut off has none.
fn has_directory_end(reader: &mut Slice) -> bool {
    let Ok(n_bytes) = reader.seek(SeekFrom::End(0)) else { return false };
    let mut tail = Vec::new();
    let is_read = reader.seek(SeekFrom::Start(n_bytes.saturating_sub(DIRECTORY_END_BYTES))).is_ok()
        && reader.read_to_end(&mut tail).is_ok();
    is_read && memchr::memmem::rfind(&tail, MARKS[1]).is_some()
}

/// Checks size and sum of a member at its end.
struct Checked {
    inner: BoxRead,
    hasher: Hasher,
    crc: u32,
    left: u64,
}

impl Read for Checked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_read = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..n_read]);
        let bad = |what: &str| Err(Trouble::new(RejectCode::BadArchive, format!("the member {what}")).into());
        match self.left.checked_sub(n_read as u64) {
            None => bad("is larger than the directory says"),
            Some(_) if n_read == 0 && !buffer.is_empty() && self.left > 0 => bad("is smaller than the directory says"),
            Some(0) if n_read == 0 && !buffer.is_empty() && self.hasher.clone().finalize() != self.crc => {
                bad("does not have the checksum that the directory says")
            }
            Some(left) => {
                self.left = left;
                Ok(n_read)
            }
        }
    }
}
