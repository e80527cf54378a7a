//! The list of files to a stream of dumps. Comes in what to read, go out dumps, failures and the ends of files in the
//! order of the list. One file is open at a time, with the archives that it lies in, and one dump is kept.

use std::collections::VecDeque;
use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::columnar::Parquet;
use super::csv::Csv;
use super::json::Json;
use super::limits::{MAX_ARCHIVE_DEPTH, Trouble};
use super::lines::Lines;
use super::mhtml;
use super::open::{self, Content, FileState, Fingerprint};
use super::shape::{self, Shape};
use super::source::{Member, Source, Step, Tally};
use super::tar::Tar;
use super::walk::{self, Entry, Place};
use super::warc::Warc;
use super::zip::Zip;
use super::{Failure, Hints, Inputs, Item, Media, OwnedDump, SourceFormat};
use crate::article::RejectCode;
use crate::error::Result;

/// Lists all files of the inputs and starts to read them.
///
/// # Errors
/// Of kind `Options`, if there is no input, if a path does not exist, or if two inputs would give their files the same
/// source path.
pub fn read(inputs: &Inputs) -> Result<Reader> {
    let entries = walk::list(inputs)?;
    Ok(Reader {
        inputs: inputs.clone(),
        n_files: entries.len(),
        entries: entries.into_iter(),
        position: Arc::default(),
        n_done: 0,
        file: None,
        levels: Vec::new(),
        queue: VecDeque::new(),
    })
}

/// Hands out the dumps of all inputs, ordered by source path (bytes), then by place in the file. Files are opened one
/// at a time, when their turn comes.
pub struct Reader {
    inputs: Inputs,
    n_files: usize,
    entries: std::vec::IntoIter<Entry>,
    /// Bytes of files as stored that were read, for others to look at.
    position: Arc<AtomicU64>,
    /// Bytes of files that are closed.
    n_done: u64,
    /// The file that is being read.
    file: Option<OpenFile>,
    /// The file of many dumps that is being read, after the archives that it lies in.
    levels: Vec<Level>,
    /// What comes next.
    queue: VecDeque<Item>,
}

/// A listed file while it is read.
struct OpenFile {
    path: String,
    state: Arc<FileState>,
    passed_over: Tally,
}

/// A file of many dumps while it is read.
struct Level {
    source: Box<dyn Source>,
    /// Key of the member that it is; none if it is the listed file itself.
    key: Option<String>,
    is_archive: bool,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("inputs", &self.inputs).field("n_files", &self.n_files).finish_non_exhaustive()
    }
}

impl Reader {
    /// Number of files that were listed, those that cannot be opened among them.
    pub fn n_files(&self) -> usize {
        self.n_files
    }

    /// Bytes as stored of the files that are still to be opened, where the file system knows them.
    pub fn stored_bytes(&self) -> u64 {
        self.entries.as_slice().iter().map(|entry| entry.place.n_bytes()).sum()
    }

    /// Bytes of files as stored that were read so far; it goes on counting while the dumps are handed out.
    pub fn position(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.position)
    }

    /// Opens the next file.
    fn open(&mut self, entry: Entry) {
        let path = entry.source_path;
        if entry.place == Place::PagePart {
            self.queue.push_back(Item::PassedOver { source_path: path, what: walk::PAGE_PART, count: 1 });
            return;
        }
        match open::open(&entry.place, &path, &self.inputs) {
            Ok(content) => {
                let state = Arc::clone(content.file());
                self.file = Some(OpenFile { path, state, passed_over: Tally::new() });
                self.start(None, content);
            }
            Err(trouble) => self.queue.push_back(Item::Failed(failure(path, trouble))),
        }
    }

    /// Starts to read the content of a listed file, or of a member of an archive.
    fn start(&mut self, key: Option<String>, mut content: Content) {
        let Some(file) = &mut self.file else { return };
        let path = file.path.clone();
        let shape = match shape::tell(key.as_deref().unwrap_or(&path), &mut content, self.inputs.format) {
            Ok(shape) => shape,
            Err(trouble) => return self.fail(key, trouble),
        };
        let is_archive = shape.is_archive();
        if is_archive && self.levels.iter().filter(|level| level.is_archive).count() >= MAX_ARCHIVE_DEPTH {
            let message = format!("more than {MAX_ARCHIVE_DEPTH} archives inside each other");
            return self.fail(key, Trouble::new(RejectCode::ArchiveBomb, message));
        }
        let inputs = &self.inputs;
        let source: Box<dyn Source> = match shape {
            Shape::One { format, media } => {
                let item = single(path, content, format, media, inputs.max_dump_bytes, key);
                return self.queue.push_back(item);
            }
            Shape::Lines => Box::new(Lines::new(path, content, inputs)),
            Shape::Json => Box::new(Json::new(path, content, inputs)),
            Shape::Csv { may_be_tabs } => Box::new(Csv::new(path, content, may_be_tabs, inputs)),
            Shape::Warc => Box::new(Warc::new(path, content, inputs)),
            Shape::Tar => Box::new(Tar::new(path, content)),
            Shape::Mhtml => {
                let (item, n_others) = saved_page(path, content, inputs.max_dump_bytes, key);
                *file.passed_over.entry(walk::PAGE_PART).or_default() += n_others;
                return self.queue.push_back(item);
            }
            Shape::Zip => match Zip::open(content, inputs) {
                Ok(Some(archive)) => Box::new(archive),
                Ok(None) => {
                    let message = "a document of a program that packs its files";
                    return self.fail(key, Trouble::new(RejectCode::NotText, message));
                }
                Err(trouble) => return self.fail(key, trouble),
            },
            Shape::Parquet => match Parquet::open(path, content, inputs) {
                Ok(table) => Box::new(table),
                Err(trouble) => return self.fail(key, trouble),
            },
        };
        self.levels.push(Level { source, key, is_archive });
    }

    /// Hands out a failure of a whole file or member.
    fn fail(&mut self, key: Option<String>, trouble: Trouble) {
        let Some(file) = &self.file else { return };
        self.queue.push_back(Item::Failed(Failure { key, ..failure(file.path.clone(), trouble) }));
    }

    /// Takes the next step in the file of many dumps; `false` if there is none.
    fn step(&mut self) -> bool {
        let Some(level) = self.levels.last_mut() else { return false };
        if self.file.as_ref().is_some_and(|file| file.state.meter.is_spent()) {
            // The failure that said so was handed out: one row stands for all that is not read.
            while self.levels.last().is_some() {
                self.leave();
            }
            return true;
        }
        match level.source.next(&self.inputs) {
            Some(Step::Item(mut item)) => {
                if let Some(prefix) = &level.key {
                    put_before(prefix, &mut item);
                }
                self.queue.push_back(item);
            }
            Some(Step::Member(Member { key, content })) => {
                let key = level.key.as_ref().map_or(key.clone(), |prefix| format!("{prefix}{KEY_MARK}{key}"));
                match content {
                    Ok(content) => self.start(Some(key), content),
                    Err(trouble) => self.fail(Some(key), trouble),
                }
            }
            None => self.leave(),
        }
        true
    }

    /// Leaves the file of many dumps that was read last.
    fn leave(&mut self) {
        let passed_over = self.levels.pop().map(|level| level.source.passed_over()).unwrap_or_default();
        if let Some(file) = &mut self.file {
            for (what, count) in passed_over {
                *file.passed_over.entry(what).or_default() += count;
            }
        }
    }

    /// Closes the file that was read.
    fn close(&mut self, file: OpenFile) {
        let OpenFile { path, state, passed_over } = file;
        for (what, count) in passed_over.into_iter().filter(|(_, count)| *count > 0) {
            self.queue.push_back(Item::PassedOver { source_path: path.clone(), what, count });
        }
        if let Some(Fingerprint { n_bytes, sha256 }) = state.fingerprint() {
            self.n_done += n_bytes;
            self.queue.push_back(Item::FileEnd { source_path: path, bytes: n_bytes, sha256 });
        }
    }
}

/// What parts the key of a member from the key of a row or of a member in it. Keys of members never hold it.
pub(super) const KEY_MARK: char = '#';

/// Names the member before the row.
fn put_before(prefix: &str, item: &mut Item) {
    let (Item::Dump(OwnedDump { key, .. }) | Item::Failed(Failure { key, .. })) = item else { return };
    *key = Some(match key.take() {
        Some(key) => format!("{prefix}{KEY_MARK}{key}"),
        None => prefix.to_owned(),
    });
}

impl Iterator for Reader {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            if let Some(item) = self.queue.pop_front() {
                let n_open = self.file.as_ref().map_or(0, |file| file.state.n_stored());
                self.position.store(self.n_done + n_open, Ordering::Relaxed);
                return Some(item);
            }
            if self.step() {
                continue;
            }
            if let Some(file) = self.file.take() {
                self.close(file);
                continue;
            }
            let entry = self.entries.next()?;
            self.open(entry);
        }
    }
}

/// A page saved as one file: its main part, and how many other parts there are.
fn saved_page(path: String, content: Content, max_bytes: u64, key: Option<String>) -> (Item, u64) {
    let max_file_bytes = max_bytes.saturating_mul(mhtml::FILE_FACTOR);
    let file = single(path.clone(), content, SourceFormat::Html, Media::Html, max_file_bytes, key);
    let Item::Dump(dump) = file else { return (file, 0) };
    let failed = |key, trouble| Item::Failed(Failure { key, ..failure(path, trouble) });
    match mhtml::read(&dump.bytes) {
        Ok(page) if page.bytes.len() as u64 > max_bytes => {
            let message = format!("the dump has more than {max_bytes} bytes");
            (failed(dump.key, Trouble::new(RejectCode::TooLarge, message)), page.n_others)
        }
        Ok(page) => (Item::Dump(OwnedDump { bytes: page.bytes, hints: page.hints, ..dump }), page.n_others),
        Err(trouble) => (failed(dump.key, trouble), 0),
    }
}

/// A file or a member that is one dump.
fn single(
    path: String,
    mut content: Content,
    format: SourceFormat,
    media: Media,
    max_bytes: u64,
    key: Option<String>,
) -> Item {
    let mut bytes = Vec::new();
    let result = content.by_ref().take(max_bytes.saturating_add(1)).read_to_end(&mut bytes);
    let trouble = match result {
        Err(error) => content.explain(&error),
        Ok(_) if bytes.len() as u64 <= max_bytes => {
            return Item::Dump(OwnedDump { path, key, bytes, format, media, hints: Hints::default() });
        }
        Ok(_) if content.is_bomb() => {
            let message = format!("the file unpacks to more than {max_bytes} bytes, which is far more than text does");
            Trouble::new(RejectCode::ArchiveBomb, message)
        }
        Ok(_) => Trouble::new(RejectCode::TooLarge, format!("the dump has more than {max_bytes} bytes")),
    };
    let mut failed = Failure { key, ..failure(path, trouble) };
    if failed.code != RejectCode::TooLarge {
        failed.byte_offset = Some(bytes.len() as u64);
    } else if content.is_whole_file() {
        // The file as stored is the content, so that its size and hash are known without keeping it.
        drop(bytes);
        if let Some(Fingerprint { n_bytes, sha256 }) = content.file().fingerprint() {
            failed.bytes = Some(n_bytes);
            failed.sha256 = Some(sha256);
        }
    }
    Item::Failed(failed)
}

pub(super) fn failure(path: String, trouble: Trouble) -> Failure {
    let Trouble { code, message } = trouble;
    Failure { path, key: None, code, message, byte_offset: None, bytes: None, sha256: None, url: None }
}

#[cfg(test)]
mod tests {
    use super::super::open::tests::{gzip, long_text, zstd};
    use super::*;
    use crate::article::record::sha256_hex;
    use std::fs;
    use tempfile::TempDir;

    fn folder(files: &[(&str, &[u8])]) -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (file, bytes) in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        dir
    }

    fn inputs(dir: &TempDir) -> Inputs {
        Inputs { paths: vec![dir.path().to_owned()], ..Inputs::default() }
    }

    fn items(inputs: &Inputs) -> Vec<Item> {
        read(inputs).unwrap().collect()
    }

    /// All items, one a line.
    fn told(inputs: &Inputs) -> Vec<String> {
        let key = |key: &Option<String>| key.as_ref().map(|key| format!("#{key}")).unwrap_or_default();
        items(inputs)
            .iter()
            .map(|item| match item {
                Item::Dump(dump) => {
                    let text = String::from_utf8_lossy(&dump.bytes);
                    format!("{}{} {} {:?}: {text}", dump.path, key(&dump.key), dump.format, dump.media)
                }
                Item::Failed(failed) => format!("{}{} !{}", failed.path, key(&failed.key), failed.code),
                Item::FileEnd { source_path, bytes, .. } => format!("{source_path} end {bytes}"),
                Item::PassedOver { source_path, what, count } => format!("{source_path} -{what} {count}"),
            })
            .collect()
    }

    #[track_caller]
    fn check(files: &[(&str, &[u8])], format: Option<SourceFormat>, expected: &[&str]) {
        let dir = folder(files);
        assert_eq!(told(&Inputs { format, ..inputs(&dir) }), expected);
    }

    #[test]
    fn a_reader_can_be_sent_to_another_thread() {
        fn assert_send<T: Send>() {}
        assert_send::<Reader>();
        assert_send::<Item>();
    }

    #[test]
    fn dumps_come_in_the_order_of_paths_and_rows_with_the_end_of_each_file() {
        check(
            &[("b.jsonl", b"{\"text\": \"one\"}\n{\"text\": \"two\"}\n"), ("a/x.txt", b"words"), ("c.txt", b"")],
            None,
            &[
                "a/x.txt text Text: words",
                "a/x.txt end 5",
                "b.jsonl#1 jsonl Text: one",
                "b.jsonl#2 jsonl Text: two",
                "b.jsonl end 32",
                "c.txt text Text: ",
                "c.txt end 0",
            ],
        );
    }

    #[test]
    fn a_dump_is_borrowed_as_it_is() {
        let dir = folder(&[("a.jsonl", b"{\"text\": \"one\", \"url\": \"u\"}")]);
        let items = items(&inputs(&dir));
        let Item::Dump(owned) = &items[0] else { panic!("not a dump") };
        let dump = owned.as_dump();
        assert_eq!((dump.path, dump.key, dump.bytes), ("a.jsonl", Some("1"), &b"one"[..]));
        assert_eq!((dump.format, dump.media), (SourceFormat::Jsonl, Media::Text));
        assert_eq!(dump.hints.url.as_deref(), Some("u"));
    }

    #[test]
    fn the_format_is_told_by_the_name() {
        let row = b"{\"text\": \"one\"}";
        check(
            &[("1.TXT", row), ("2.html", row), ("3.md", row), ("4.ndjson", row), ("5.xhtml", row), ("6.htm", row)],
            None,
            &[
                "1.TXT text Text: {\"text\": \"one\"}",
                "1.TXT end 15",
                "2.html html Html: {\"text\": \"one\"}",
                "2.html end 15",
                "3.md text Text: {\"text\": \"one\"}",
                "3.md end 15",
                "4.ndjson#1 jsonl Text: one",
                "4.ndjson end 15",
                "5.xhtml html Html: {\"text\": \"one\"}",
                "5.xhtml end 15",
                "6.htm html Html: {\"text\": \"one\"}",
                "6.htm end 15",
            ],
        );
    }

    #[test]
    fn the_format_is_told_by_the_content_where_the_name_does_not_say() {
        let page: Vec<u8> = "<p>One</p>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let dir = folder(&[
            ("1", b"{\"text\": \"one\"}\n"),
            ("2.php", b"<!doctype html><p>One"),
            ("3.log", b"words"),
            ("4", &page),
            ("5.bin", b"\x89PNG\r\n\x1A\n<html><p>"),
            ("6.txt", b"<html><p>One"),
            ("7", b"{\"name\": \"one\"}\n"),
        ]);
        let formats: Vec<(SourceFormat, Media)> = items(&inputs(&dir))
            .iter()
            .filter_map(|item| if let Item::Dump(dump) = item { Some((dump.format, dump.media)) } else { None })
            .collect();
        assert_eq!(
            formats,
            [
                (SourceFormat::Jsonl, Media::Text),
                (SourceFormat::Html, Media::Html),
                (SourceFormat::Text, Media::Text),
                (SourceFormat::Html, Media::Html),
                (SourceFormat::Text, Media::Text),
                (SourceFormat::Text, Media::Sniff),
                (SourceFormat::Text, Media::Text),
            ]
        );
    }

    #[test]
    fn a_format_that_is_told_is_forced() {
        let files: &[(&str, &[u8])] = &[("a.html", b"{\"text\": \"<p>one</p>\"}")];
        check(files, Some(SourceFormat::Text), &["a.html text Text: {\"text\": \"<p>one</p>\"}", "a.html end 22"]);
        check(files, Some(SourceFormat::Jsonl), &["a.html#1 jsonl Sniff: <p>one</p>", "a.html end 22"]);
        check(&[("a.txt", b"one")], Some(SourceFormat::Html), &["a.txt html Html: one", "a.txt end 3"]);
    }

    #[test]
    fn compressed_files_are_read_and_hashed_as_stored() {
        let dir = folder(&[
            ("1.txt.gz", &gzip(b"words")),
            ("2.html.zst", &zstd(b"<p>words")),
            ("3.jsonl.gz", &gzip(b"{\"text\": \"one\"}")),
            ("4.txt", &gzip(b"words")),
        ]);
        let told: Vec<String> = told(&inputs(&dir)).into_iter().filter(|line| !line.contains(" end ")).collect();
        let expected = [
            "1.txt.gz text Text: words",
            "2.html.zst html Html: <p>words",
            "3.jsonl.gz#1 jsonl Text: one",
            "4.txt text Text: words",
        ];
        assert_eq!(told, expected);
        let stored = gzip(b"words");
        let end =
            Item::FileEnd { source_path: "4.txt".to_owned(), bytes: stored.len() as u64, sha256: sha256_hex(&stored) };
        assert_eq!(items(&inputs(&dir)).last(), Some(&end));
    }

    #[test]
    fn a_dump_over_the_bound_is_too_large_and_its_file_is_hashed() {
        let dir = folder(&[("1.txt", b"12345"), ("2.txt", b"123456"), ("3.gz", &gzip(b"123456"))]);
        let inputs = Inputs { max_dump_bytes: 5, ..inputs(&dir) };
        let items = items(&inputs);
        assert!(matches!(&items[0], Item::Dump(dump) if dump.bytes == b"12345"));
        let (Item::Failed(plain), Item::Failed(packed)) = (&items[2], &items[4]) else { panic!("{items:?}") };
        assert_eq!((plain.code, packed.code), (RejectCode::TooLarge, RejectCode::TooLarge));
        assert_eq!((plain.bytes, plain.sha256.as_deref()), (Some(6), Some(sha256_hex(b"123456").as_str())));
        assert_eq!((packed.bytes, packed.sha256.as_deref()), (None, None));
        let end = Item::FileEnd { source_path: "2.txt".to_owned(), bytes: 6, sha256: sha256_hex(b"123456") };
        assert_eq!(items[3], end);
        assert_eq!(items.len(), 6);
    }

    #[test]
    fn a_small_file_that_unpacks_to_very_much_is_a_bomb() {
        let dir = folder(&[("1.txt.gz", &gzip(&[b'x'; 4 << 20])), ("2.txt.zst", &zstd(&[b'x'; 4 << 20]))]);
        let inputs = Inputs { max_dump_bytes: 1 << 20, ..inputs(&dir) };
        let codes: Vec<String> = told(&inputs).into_iter().filter(|line| line.contains('!')).collect();
        assert_eq!(codes, ["1.txt.gz !archive_bomb", "2.txt.zst !archive_bomb"]);
    }

    #[test]
    fn files_cut_off_or_corrupt_are_failures_with_the_place_in_the_content() {
        let text = long_text();
        let (packed, mut broken) = (gzip(text.as_bytes()), gzip(text.as_bytes()));
        let middle = packed.len() / 2;
        broken[middle..middle + 40].fill(0xFF);
        let dir = folder(&[("1.txt.gz", &packed[..middle]), ("2.txt.gz", &broken), ("3.txt", b"words")]);
        let items = items(&inputs(&dir));
        let (Item::Failed(cut), Item::Failed(corrupt)) = (&items[0], &items[2]) else { panic!("{items:?}") };
        assert_eq!((cut.code, corrupt.code), (RejectCode::Truncated, RejectCode::BadArchive));
        for failure in [cut, corrupt] {
            let offset = failure.byte_offset.unwrap() as usize;
            assert!(offset > 1000 && offset < text.len(), "{offset}");
        }
        assert!(matches!(&items[4], Item::Dump(dump) if dump.bytes == b"words"));
        assert_eq!(items.len(), 6);
    }

    #[test]
    fn what_cannot_be_opened_is_a_failure_without_an_end() {
        let dir = folder(&[("a.txt", b"words")]);
        std::os::unix::fs::symlink("nowhere", dir.path().join("dangling.txt")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("z")).unwrap();
        let mut reader = read(&inputs(&dir)).unwrap();
        assert_eq!(reader.n_files(), 3);
        // Gone, or turned into something else, since it was listed.
        fs::remove_file(dir.path().join("a.txt")).unwrap();
        let told: Vec<Item> = reader.by_ref().collect();
        let names: Vec<(&str, RejectCode)> = told
            .iter()
            .map(|item| if let Item::Failed(f) = item { (f.path.as_str(), f.code) } else { panic!("{item:?}") })
            .collect();
        let code = RejectCode::Unreadable;
        assert_eq!(names, [("a.txt", code), ("dangling.txt", code), ("z", code)]);
        assert_eq!(reader.next(), None);
    }

    #[test]
    fn any_file_is_read_to_its_end_without_a_panic() {
        arbtest::arbtest(|u| {
            let magic = *u.choose(&[
                &b""[..],
                b"\x1F\x8B\x08\0",
                b"\x28\xB5\x2F\xFD",
                b"{\"text\": \"",
                b"\x50\x2A\x4D\x18",
                b"BZh91AY&SY",
                b"\xFD7zXZ\0\0\x01",
                b"PK\x03\x04",
                b"PK\x05\x06",
                b"PAR1",
                b"WARC/1.0\r\nContent-Length: 3\r\n",
                b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n",
            ])?;
            let bytes = [magic, &u.arbitrary::<Vec<u8>>()?].concat();
            let name =
                *u.choose(&["a", "a.txt", "a.jsonl", "a.html.gz", "a.zst", "a.csv", "a.tar", "a.warc", "a.json"])?;
            let dir = folder(&[(name, &bytes)]);
            let items = items(&Inputs { max_dump_bytes: 100, ..inputs(&dir) });
            let n_ends = items.iter().filter(|item| matches!(item, Item::FileEnd { .. })).count();
            assert!(n_ends <= 1 && !items.is_empty());
            Ok(())
        })
        .budget_ms(500);
    }
}
