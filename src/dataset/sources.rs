//! The index of a dataset: for each dump, in the order of the tables, what it was made of and how many rows came of it.
//! With it a later run knows which dumps are unchanged, so that it can take their rows over (`dataset/reuse.rs`).
//!
//! `sources.index` is [`MAGIC`], then [`Mark::BYTES`] for each dump: what came of it (one byte), how many rows of
//! `removals` it has (four bytes, little end first), and the first half of its digest.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::article::RejectCode;
use crate::article::record::sha256_hex;
use crate::cleaner::Cleaned;
use crate::dataset::table::is_listed;
use crate::error::{Error, ErrorKind, Result};
use crate::input::{Failure, Hints, OwnedDump};

/// Name of the index in a dataset folder.
pub(crate) const SOURCES_FILE: &str = "sources.index";

/// What the index begins with: its name and the version of its form.
pub(crate) const MAGIC: &[u8; 18] = b"copydesk sources 1";

/// SHA-256 over all that a dump is made of.
pub(crate) type DumpDigest = [u8; 32];

/// The half of a digest that is kept: no two of any number of dumps share it.
pub(crate) type Half = [u8; 16];

/// What came of a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// A row of `articles`.
    Article = 0,
    /// A row of `rejects` that cleaning gave.
    Reject = 1,
    /// A row of `rejects` that is made anew each time: a dump that could not be read, or a bug.
    Failure = 2,
}

/// A dump in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// What came of it.
    pub(crate) came: Came,
    /// Its rows of `removals`.
    pub(crate) n_removals: u32,
    /// The first half of its digest.
    pub(crate) digest: Half,
}

impl Mark {
    /// Size of a mark in the file.
    pub(crate) const BYTES: usize = 21;

    /// The mark of a dump that was cleaned, or could not be read.
    pub(crate) fn of(digest: &DumpDigest, cleaned: &Cleaned, is_read: bool) -> Self {
        let came = match &cleaned.outcome {
            Ok(_) => Came::Article,
            Err(reject) if is_read && reject.code != RejectCode::Bug => Came::Reject,
            Err(_) => Came::Failure,
        };
        let n_removals = cleaned.findings.iter().filter(|finding| is_listed(finding.action)).count();
        Self { came, n_removals: u32::try_from(n_removals).unwrap_or(u32::MAX), digest: half(digest) }
    }

    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[0] = self.came as u8;
        bytes[1..5].copy_from_slice(&self.n_removals.to_le_bytes());
        bytes[5..].copy_from_slice(&self.digest);
        bytes
    }

    fn from_bytes(bytes: &[u8; Self::BYTES]) -> Option<Self> {
        let came = [Came::Article, Came::Reject, Came::Failure].into_iter().find(|came| *came as u8 == bytes[0])?;
        let (n_removals, digest) = (bytes[1..5].try_into().ok()?, bytes[5..].try_into().ok()?);
        Some(Self { came, n_removals: u32::from_le_bytes(n_removals), digest })
    }
}

/// The half of a digest that is kept.
pub(crate) fn half(digest: &DumpDigest) -> Half {
    let mut half = Half::default();
    half.copy_from_slice(&digest[..size_of::<Half>()]);
    half
}

/// Reads an index.
///
/// # Errors
/// If it cannot be read or is none.
pub(crate) fn read(path: &Path) -> Result<Vec<Mark>> {
    let doing = "could not read index of sources";
    let broken = |why: &str| Error::new(ErrorKind::Format, doing).at(path).because(why.to_owned());
    let file = File::open(path).map_err(|e| Error::io(doing, path, e))?;
    let mut file = BufReader::new(file);
    let mut magic = [0; MAGIC.len()];
    file.read_exact(&mut magic).map_err(|e| Error::io(doing, path, e))?;
    if magic != *MAGIC {
        return Err(broken("it is none, or of another version"));
    }
    let mut marks = Vec::new();
    loop {
        let mut bytes = [0; Mark::BYTES];
        // The first byte may be missing: then all marks were read.
        match file.read(&mut bytes[..1]) {
            Ok(0) => return Ok(marks),
            Ok(_) => {}
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(Error::io(doing, path, e)),
        }
        file.read_exact(&mut bytes[1..]).map_err(|e| Error::io(doing, path, e))?;
        marks.push(Mark::from_bytes(&bytes).ok_or_else(|| broken("a mark is of no known sort"))?);
    }
}

/// The digest of a dump whose content has that SHA-256 (64 hex digits).
pub(crate) fn digest_of_dump(dump: &OwnedDump, sha256: &str) -> DumpDigest {
    // Taken apart by name, so that a new field cannot be forgotten here.
    let OwnedDump { path, key, bytes: _, format, media, hints } = dump;
    let Hints { url, title, authors, published, language, fetched_at_us, charset, is_mended } = hints;
    let mut hasher = FieldHasher(Sha256::new());
    hasher.text(Some("dump"));
    hasher.text(Some(path));
    hasher.text(key.as_deref());
    hasher.text(Some(sha256));
    hasher.text(Some(format.as_str()));
    hasher.field(Some(&[*media as u8, u8::from(*is_mended)]));
    for text in [url, title, published, language, charset] {
        hasher.text(text.as_deref());
    }
    hasher.number(fetched_at_us.map(i64::to_le_bytes));
    for author in authors {
        hasher.text(Some(author));
    }
    hasher.finish()
}

/// The digest of a dump whose content is still to be hashed.
pub(crate) fn digest_of_content(dump: &OwnedDump) -> DumpDigest {
    digest_of_dump(dump, &sha256_hex(&dump.bytes))
}

/// The digest of what could not be read.
pub(crate) fn digest_of_failure(failure: &Failure) -> DumpDigest {
    let Failure { path, key, code, message, byte_offset, bytes, sha256, url } = failure;
    let mut hasher = FieldHasher(Sha256::new());
    hasher.text(Some("failure"));
    hasher.text(Some(path));
    hasher.text(key.as_deref());
    hasher.text(Some(code.as_str()));
    hasher.text(Some(message));
    for number in [byte_offset, bytes] {
        hasher.number(number.map(u64::to_le_bytes));
    }
    hasher.text(sha256.as_deref());
    hasher.text(url.as_deref());
    hasher.finish()
}

/// Hashes fields so that no two lists of fields look the same.
struct FieldHasher(Sha256);

impl FieldHasher {
    fn field(&mut self, field: Option<&[u8]>) {
        let length = field.map_or(u64::MAX, |field| field.len() as u64);
        self.0.update(length.to_le_bytes());
        self.0.update(field.unwrap_or_default());
    }

    fn text(&mut self, text: Option<&str>) {
        self.field(text.map(str::as_bytes));
    }

    fn number(&mut self, number: Option<[u8; 8]>) {
        self.field(number.as_ref().map(<[u8; 8]>::as_slice));
    }

    fn finish(self) -> DumpDigest {
        self.0.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::testing::{dump, toy_clean};

    #[test]
    fn marks_come_back_from_their_bytes() {
        for (text, came, n_removals) in [("One.\n- x\n> y", Came::Article, 2), ("", Came::Reject, 0)] {
            let dump = dump("a", text);
            let mark = Mark::of(&digest_of_content(&dump), &toy_clean(dump.as_dump()), true);
            assert_eq!((mark.came, mark.n_removals), (came, n_removals));
            assert_eq!(Mark::from_bytes(&mark.to_bytes()), Some(mark));
        }
        assert_eq!(Mark::from_bytes(&[3; Mark::BYTES]), None);
    }

    #[test]
    fn a_digest_changes_with_all_that_a_dump_is_made_of() {
        let one = dump("a", "One.");
        let mut all = vec![one.clone(), dump("b", "One."), dump("a", "Two.")];
        all.extend([Some(""), Some("1")].map(|key| OwnedDump { key: key.map(str::to_owned), ..one.clone() }));
        for hints in [
            Hints { url: Some("u".to_owned()), ..Hints::default() },
            Hints { title: Some("u".to_owned()), ..Hints::default() },
            Hints { fetched_at_us: Some(0), ..Hints::default() },
            Hints { authors: vec![String::new()], ..Hints::default() },
            Hints { is_mended: true, ..Hints::default() },
        ] {
            all.push(OwnedDump { hints, ..one.clone() });
        }
        let mut digests: Vec<DumpDigest> = all.iter().map(digest_of_content).collect();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), all.len());
    }

    #[test]
    fn an_index_that_was_cut_off_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SOURCES_FILE);
        let mark = Mark { came: Came::Article, n_removals: 3, digest: [7; 16] };
        let whole = [&MAGIC[..], &mark.to_bytes(), &mark.to_bytes()].concat();
        std::fs::write(&path, &whole).unwrap();
        assert_eq!(read(&path).unwrap(), [mark, mark]);
        for cut in [0, MAGIC.len() - 1, whole.len() - 1] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            assert!(read(&path).is_err(), "{cut}");
        }
    }
}
