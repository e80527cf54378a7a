//! A tar archive to its members, one at a time. Comes in a stream, goes out the content of each regular file in it; links
//! and devices are counted. Headers are read by the crate `tar`; the walk over them is our own, since the crate's borrows
//! the archive and reads long names without a bound. Nothing is unpacked to a disk.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tar::{EntryType, GnuExtSparseHeader, Header, PaxExtensions};

use super::limits::Trouble;
use super::member::Names;
use super::open::{Content, FileState};
use super::source::{Member, Source, Step, Tally};
use super::{Inputs, Item, reader, walk};
use crate::article::RejectCode;

/// Size of a header, and what content is padded to.
const BLOCK_BYTES: usize = 512;

/// Longest extended header (long names, PAX records) in bytes. Paths have at most some thousand.
const MAX_EXTENDED_BYTES: u64 = 1 << 20;

/// Bytes that are thrown away at once.
const SKIP_BYTES: usize = 64 * 1024;

/// A tar archive while it is read.
pub(super) struct Tar {
    path: String,
    stream: Arc<Mutex<Stream>>,
    file: Arc<FileState>,
    names: Names,
    passed_over: Tally,
    n_entries: u64,
    is_over: bool,
}

/// The bytes of the archive, shared with the member that is being read.
struct Stream {
    content: Content,
    /// Bytes of the member that were not read.
    left: u64,
    /// Zero bytes after it.
    padding: u64,
    /// Bytes read so far.
    offset: u64,
    /// What ended the archive while a member was read.
    has_failed: bool,
}

impl Stream {
    /// Reads a whole block; none at the end of the archive.
    fn block(&mut self) -> io::Result<Option<[u8; BLOCK_BYTES]>> {
        let mut block = [0; BLOCK_BYTES];
        let mut n = 0;
        while n < BLOCK_BYTES {
            match self.content.read(&mut block[n..]) {
                Ok(0) if n == 0 => return Ok(None),
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n_read) => n += n_read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.offset += BLOCK_BYTES as u64;
        Ok(Some(block))
    }

    /// Begins a member of that size.
    fn begin(&mut self, n_bytes: u64) {
        self.left = n_bytes;
        self.padding = n_bytes.wrapping_neg() % BLOCK_BYTES as u64;
    }

    /// Throws away what is left of the member.
    fn skip(&mut self) -> io::Result<()> {
        let mut buffer = vec![0; SKIP_BYTES];
        let mut left = self.left.saturating_add(self.padding);
        (self.left, self.padding) = (0, 0);
        while left > 0 {
            let n = usize::try_from(left).unwrap_or(SKIP_BYTES).min(SKIP_BYTES);
            match self.content.read(&mut buffer[..n]) {
                // The padding of the last member is left out by some writers.
                Ok(0) if left < BLOCK_BYTES as u64 => break,
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n_read) => {
                    left -= n_read as u64;
                    self.offset += n_read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The bytes of an extended header.
    fn extended(&mut self, n_bytes: u64) -> io::Result<Vec<u8>> {
        if n_bytes > MAX_EXTENDED_BYTES {
            let message = format!("a header has more than {MAX_EXTENDED_BYTES} bytes");
            return Err(Trouble::new(RejectCode::BadArchive, message).into());
        }
        self.begin(n_bytes);
        let mut bytes = Vec::new();
        self.read_member(n_bytes, &mut bytes)?;
        self.skip()?;
        Ok(bytes)
    }

    fn read_member(&mut self, n_bytes: u64, bytes: &mut Vec<u8>) -> io::Result<()> {
        let n_read = (&mut self.content).take(n_bytes).read_to_end(bytes)? as u64;
        self.offset += n_read;
        self.left -= n_read;
        if n_read < n_bytes { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

/// The content of a member, as stored in the archive.
struct Inside(Arc<Mutex<Stream>>);

impl Read for Inside {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut stream = lock(&self.0);
        let n = usize::try_from(stream.left).unwrap_or(usize::MAX).min(buffer.len());
        if n == 0 {
            return Ok(0);
        }
        let result = stream.content.read(&mut buffer[..n]);
        if let Ok(n_read) = result {
            stream.left -= n_read as u64;
            stream.offset += n_read as u64;
        }
        match result {
            Ok(0) => {
                stream.has_failed = true;
                Err(io::ErrorKind::UnexpectedEof.into())
            }
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                stream.has_failed = true;
                Err(error)
            }
            result => result,
        }
    }
}

fn lock(stream: &Mutex<Stream>) -> MutexGuard<'_, Stream> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A member before it is opened.
struct Found {
    path: Vec<u8>,
    kind: EntryType,
    is_sparse: bool,
}

impl Tar {
    pub(super) fn new(path: String, content: Content) -> Self {
        let file = Arc::clone(content.file());
        let stream = Stream { content, left: 0, padding: 0, offset: 0, has_failed: false };
        Self {
            path,
            stream: Arc::new(Mutex::new(stream)),
            file,
            names: Names::default(),
            passed_over: Tally::new(),
            n_entries: 0,
            is_over: false,
        }
    }

    /// Reads on to the next member.
    fn find(&mut self, inputs: &Inputs) -> io::Result<Option<Found>> {
        let mut stream = lock(&self.stream);
        stream.skip()?;
        let (mut long_path, mut pax): (Option<Vec<u8>>, Option<Vec<u8>>) = (None, None);
        let mut was_end = false;
        loop {
            let block = match stream.block() {
                Ok(Some(block)) => block,
                // Less than a block after the end of the archive is no part of it.
                Err(error) if was_end && error.kind() == io::ErrorKind::UnexpectedEof => break,
                Err(error) => return Err(error),
                Ok(None) => break,
            };
            if block.iter().all(|&b| b == 0) {
                // Another archive may follow the end of one: `cat a.tar b.tar`.
                was_end = true;
                continue;
            }
            if !is_header(&block) {
                if was_end {
                    break;
                }
                return Err(Trouble::new(RejectCode::BadArchive, "a header is broken").into());
            }
            was_end = false;
            self.n_entries += 1;
            if self.n_entries > inputs.max_entries {
                let message = format!("the archive has more than {} members; the rest is not read", inputs.max_entries);
                return Err(Trouble::new(RejectCode::ArchiveBomb, message).into());
            }
            let header = Header::from_byte_slice(&block);
            let n_bytes = header.entry_size()?;
            match header.entry_type() {
                EntryType::GNULongName => {
                    let mut path = stream.extended(n_bytes)?;
                    path.truncate(memchr::memchr(0, &path).unwrap_or(path.len()));
                    long_path = Some(path);
                }
                EntryType::XHeader => pax = Some(stream.extended(n_bytes)?),
                EntryType::GNULongLink | EntryType::XGlobalHeader => {
                    stream.extended(n_bytes)?;
                }
                kind => {
                    let extensions = Extensions::of(pax.as_deref().unwrap_or_default());
                    let path = extensions.path.or(long_path).unwrap_or_else(|| header.path_bytes().into_owned());
                    let mut is_extended =
                        kind == EntryType::GNUSparse && header.as_gnu().is_some_and(tar::GnuHeader::is_extended);
                    while is_extended {
                        let Some(block) = stream.block()? else { return Err(io::ErrorKind::UnexpectedEof.into()) };
                        let mut more = GnuExtSparseHeader::new();
                        more.as_mut_bytes().copy_from_slice(&block);
                        is_extended = more.is_extended();
                    }
                    let has_content = kind.is_file() || kind == EntryType::GNUSparse || kind == EntryType::Continuous;
                    // Links carry a size in some archives, but nothing follows them.
                    let n_bytes = if kind.is_hard_link() || kind.is_symlink() { 0 } else { n_bytes };
                    stream.begin(extensions.n_bytes.filter(|_| has_content).unwrap_or(n_bytes));
                    let is_sparse = kind == EntryType::GNUSparse || extensions.is_sparse;
                    return Ok(Some(Found { path, kind, is_sparse }));
                }
            }
        }
        if long_path.is_some() || pax.is_some() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(None)
    }

    /// Opens a member; none if it is no dump.
    fn open(&mut self, found: &Found) -> Option<Member> {
        let Found { path, kind, is_sparse } = found;
        let is_folder = kind.is_dir() || kind.is_file() && path.ends_with(b"/");
        if is_folder {
            return None;
        }
        let is_file = kind.is_file() || *kind == EntryType::Continuous || *kind == EntryType::GNUSparse;
        let what = match kind {
            _ if is_file && self.names.is_page_part(path) => Some(walk::PAGE_PART),
            _ if is_file => None,
            EntryType::Symlink | EntryType::Link => Some("archive_link"),
            _ => Some("archive_special"),
        };
        if let Some(what) = what {
            *self.passed_over.entry(what).or_default() += 1;
            return None;
        }
        let key = self.names.key(path);
        let content = if *is_sparse {
            Err(Trouble::new(RejectCode::BadArchive, "the member is a sparse file, which cannot be read"))
        } else {
            Content::of(Box::new(Inside(Arc::clone(&self.stream))), None, &key, &self.file)
        };
        Some(Member { key, content })
    }
}

impl Source for Tar {
    fn next(&mut self, inputs: &Inputs) -> Option<Step> {
        while !self.is_over {
            match self.find(inputs) {
                // The member that was read has said that the archive ends.
                _ if lock(&self.stream).has_failed => self.is_over = true,
                Ok(None) => self.is_over = true,
                Ok(Some(found)) => {
                    if let Some(member) = self.open(&found) {
                        return Some(Step::Member(member));
                    }
                }
                Err(error) => {
                    self.is_over = true;
                    let mut failure = reader::failure(self.path.clone(), self.file.explain(&error));
                    failure.byte_offset = Some(lock(&self.stream).offset);
                    return Some(Step::Item(Item::Failed(failure)));
                }
            }
        }
        None
    }

    fn passed_over(&self) -> Tally {
        self.passed_over.clone()
    }
}

/// What PAX records say of a member.
#[derive(Default)]
struct Extensions {
    path: Option<Vec<u8>>,
    n_bytes: Option<u64>,
    is_sparse: bool,
}

impl Extensions {
    fn of(records: &[u8]) -> Self {
        let mut extensions = Self::default();
        for record in PaxExtensions::new(records).flatten() {
            match record.key_bytes() {
                b"path" => extensions.path = Some(record.value_bytes().to_vec()),
                b"size" => extensions.n_bytes = record.value().ok().and_then(|value| value.parse().ok()),
                key => extensions.is_sparse |= key.starts_with(b"GNU.sparse."),
            }
        }
        extensions
    }
}

/// Whether a block is a header: its checksum holds, taken over unsigned or, as some old writers did, signed bytes.
fn is_header(block: &[u8; BLOCK_BYTES]) -> bool {
    let Ok(told) = Header::from_byte_slice(block).cksum() else { return false };
    let bytes = block.iter().enumerate().map(|(at, &byte)| if (148..156).contains(&at) { b' ' } else { byte });
    let (unsigned, signed) =
        bytes.fold((0_u32, 0_i32), |(u, s), byte| (u + u32::from(byte), s + i32::from(byte as i8)));
    told == unsigned || i64::from(told) == i64::from(signed)
}

/// Whether content begins as a tar archive.
pub(super) fn looks_like_tar(head: &[u8]) -> bool {
    first_block(head).is_some_and(is_header)
}

/// Whether content begins as a tar archive that says so; older ones do not.
pub(super) fn is_marked(head: &[u8]) -> bool {
    looks_like_tar(head) && head[257..].starts_with(b"ustar")
}

/// Whether content is an archive without members: zero bytes alone.
pub(super) fn is_empty(head: &[u8]) -> bool {
    head.len() >= BLOCK_BYTES && head.iter().all(|&b| b == 0)
}

fn first_block(head: &[u8]) -> Option<&[u8; BLOCK_BYTES]> {
    head.first_chunk().filter(|block| block.iter().any(|&b| b != 0))
}

#[cfg(test)]
mod tests {
    use super::super::open::tests::content;
    use super::*;

    fn member(name: &str, bytes: &[u8]) -> Vec<u8> {
        let mut header = Header::new_gnu();
        header.set_path(name).unwrap();
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        let mut member = [header.as_bytes(), bytes].concat();
        member.resize(member.len().next_multiple_of(BLOCK_BYTES), 0);
        member
    }

    /// `key=content` of each member that is read; those at the places in `unread` are not.
    fn read(file: &[u8], unread: &[usize]) -> Vec<String> {
        let inputs = Inputs::default();
        let mut tar = Tar::new("a.tar".to_owned(), content(file, "a.tar").unwrap());
        let mut told = Vec::new();
        while let Some(step) = tar.next(&inputs) {
            match step {
                Step::Member(Member { key, content }) if !unread.contains(&told.len()) => {
                    let mut text = String::new();
                    content.ok().unwrap().read_to_string(&mut text).unwrap();
                    told.push(format!("{key}={text}"));
                }
                Step::Member(Member { key, .. }) => told.push(key),
                Step::Item(Item::Failed(failure)) => told.push(failure.code.to_string()),
                Step::Item(item) => panic!("{item:?}"),
            }
        }
        assert!(tar.next(&inputs).is_none());
        told
    }

    #[test]
    fn members_are_read_in_their_order_and_what_is_not_read_is_skipped() {
        let long = "x".repeat(100_000);
        let file = [member("a", b"one"), member("b", long.as_bytes()), member("c", b""), member("d", b"four")].concat();
        assert_eq!(read(&file, &[1]), ["a=one", "b", "c=", "d=four"]);
        assert_eq!(read(&[&file[..], &[0; 1024]].concat(), &[]).len(), 4);
    }

    #[test]
    fn an_archive_that_goes_on_after_its_end_is_read_on() {
        let one = [&member("a", b"one")[..], &[0; 1024]].concat();
        assert_eq!(read(&one.repeat(2), &[]), ["a=one", "a~2=one"]);
        assert_eq!(read(&[&one[..], b"tail"].concat(), &[]), ["a=one"]);
        assert_eq!(read(&[&member("a", b"one")[..], &[7; 512]].concat(), &[]), ["a=one", "bad_archive"]);
    }

    #[test]
    fn an_archive_is_told_by_the_sum_of_its_header() {
        let mut file = member("a", b"one");
        assert!(looks_like_tar(&file) && is_marked(&file));
        file[0] ^= 1;
        assert!(!looks_like_tar(&file));
        assert!(!looks_like_tar(&[0; 512]) && is_empty(&[0; 512]));
        assert!(!looks_like_tar(b"short"));
    }

    #[test]
    fn any_archive_is_read_to_its_end() {
        arbtest::arbtest(|u| {
            let mut file = [member("a", b"one"), member("b", b"two")].concat();
            for _ in 0..u.int_in_range(0..=5)? {
                let at = u.choose_index(file.len())?;
                file[at] = u.arbitrary()?;
            }
            file.extend(u.arbitrary::<Vec<u8>>()?);
            let mut tar = Tar::new("a.tar".to_owned(), content(&file, "a.tar").unwrap());
            while let Some(step) = tar.next(&Inputs::default()) {
                if let Step::Member(Member { content: Ok(mut content), .. }) = step {
                    let _ = content.read_to_end(&mut Vec::new());
                }
            }
            Ok(())
        })
        .budget_ms(300);
    }
}
