//! The output folder: what may lie there, the staging folder inside it with its lock and journal, and the moment when
//! finished files get their names. Never looks into a table.
//!
//! ```text
//! DIR/.copydesk/lock                   held while a run writes into DIR
//! DIR/.copydesk/journal.jsonl          {"start": …}, then {"part": …} for each finished part, then {"outputs": […]}
//! DIR/.copydesk/parts/000000.articles  the rows of a part
//! DIR/.copydesk/out/…                  final files under their later names, until all of them are whole
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind as IoErrorKind, Read, Write};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::article::record::hex;
use crate::dataset::manifest::{Identity, MANIFEST_FILE, Manifest, Output, Tool};
use crate::dataset::parts::{PART_BYTES, PART_DUMPS, PartRecord};
use crate::error::{Error, ErrorKind, Result};

/// Name of the staging folder.
pub const STAGING_FOLDER: &str = ".copydesk";
/// Folders that a dataset may hold.
const FOLDERS: [&str; 2] = ["articles", "removals"];

/// Whether and how a folder that is not empty may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reuse {
    /// Not at all.
    No,
    /// What lies there is replaced at the end.
    Overwrite,
    /// An unfinished run is taken up.
    Resume,
}

/// An output folder that a run may write into.
#[derive(Debug)]
pub(crate) enum Opened {
    /// Work is to be done.
    Staging(Staging),
    /// The dataset is finished already (only when resuming); its inputs are still to be compared.
    Finished(Box<Manifest>),
}

/// The staging folder of the one run that holds its lock.
#[derive(Debug)]
pub(crate) struct Staging {
    dir: PathBuf,
    journal: File,
    finished: BTreeMap<u64, PartRecord>,
    replaces: BTreeSet<String>,
    holds_parts: bool,
    made_dir: bool,
    is_fresh: bool,
    _lock: File,
}

/// A line of the journal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// What the parts are made with.
    Start(Box<Start>),
    /// A part is finished and on disk.
    Part(Box<PartRecord>),
    /// These files are about to get their names.
    Outputs(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Start {
    identity: Identity,
    part_dumps: usize,
    part_bytes: usize,
    /// Files of an earlier dataset that go when this one is whole.
    replaces: BTreeSet<String>,
}

/// What an earlier run left.
#[derive(Debug, Default)]
struct Found {
    manifest: Option<Value>,
    start: Option<Start>,
    parts: BTreeMap<u64, PartRecord>,
    outputs: BTreeSet<String>,
    has_staging: bool,
    is_empty: bool,
}

impl Found {
    /// The files that the folder's own manifest and journal name.
    fn owned(&self) -> BTreeSet<String> {
        let mut owned = self.outputs.clone();
        owned.extend(self.start.iter().flat_map(|start| start.replaces.iter().cloned()));
        if let Some(manifest) = &self.manifest {
            let outputs = manifest["outputs"].as_array().into_iter().flatten();
            let files = outputs.chain([&manifest["sources"]]);
            owned.extend(files.filter_map(|file| file["path"].as_str()).map(str::to_owned));
            owned.insert(MANIFEST_FILE.to_owned());
        }
        owned
    }
}

/// Opens an output folder for a run of that identity.
///
/// # Errors
/// Of kind `Options` if the folder holds what may not be touched or another run holds its lock.
pub(crate) fn open(dir: &Path, identity: &Identity, reuse: Reuse) -> Result<Opened> {
    let made_dir = !dir.exists();
    fs::create_dir_all(dir).map_err(|e| Error::io("could not create output folder", dir, e))?;
    let (before, manifest) = examine(dir, identity, reuse)?;
    if let Some(manifest) = manifest {
        return Ok(Opened::Finished(manifest));
    }
    let staging = dir.join(STAGING_FOLDER);
    fs::create_dir_all(&staging).map_err(|e| Error::io("could not create staging folder", &staging, e))?;
    let lock = take_lock(&staging.join("lock"))?;
    // Another run may have come and gone before the lock was taken.
    let (found, finished) = examine(dir, identity, if reuse == Reuse::No { Reuse::Resume } else { reuse })?;
    if finished.is_some() || (reuse == Reuse::No && found.start.is_some()) {
        return Err(not_empty(dir, true));
    }
    let mut start =
        Start { identity: identity.clone(), part_dumps: PART_DUMPS, part_bytes: PART_BYTES, replaces: found.owned() };
    start.replaces.remove(MANIFEST_FILE);
    let same = found.start.as_ref().is_some_and(|old| {
        old.identity == start.identity && old.part_dumps == start.part_dumps && old.part_bytes == start.part_bytes
    });
    let finished = if reuse == Reuse::Resume && same { found.parts } else { BTreeMap::new() };
    if finished.is_empty() {
        remove_folder(&staging.join("parts"))?;
    }
    remove_folder(&staging.join("out"))?;
    let parts = staging.join("parts");
    fs::create_dir_all(&parts).map_err(|e| Error::io("could not create staging folder", &parts, e))?;
    let replaces = start.replaces.clone();
    let journal = begin_journal(&staging, start, &finished)?;
    Ok(Opened::Staging(Staging {
        dir: dir.to_owned(),
        journal,
        holds_parts: !finished.is_empty(),
        finished,
        replaces,
        made_dir,
        is_fresh: !before.has_staging,
        _lock: lock,
    }))
}

/// Reads what lies in the folder and decides whether it may be used; a manifest comes back if there is nothing to do.
fn examine(dir: &Path, identity: &Identity, reuse: Reuse) -> Result<(Found, Option<Box<Manifest>>)> {
    let found = find(dir)?;
    if found.is_empty {
        return Ok((found, None));
    }
    if reuse == Reuse::No {
        return Err(not_empty(dir, found.has_staging));
    }
    refuse_foreign(dir, &found.owned())?;
    if let (Reuse::Resume, None, Some(manifest)) = (reuse, &found.start, &found.manifest) {
        // A manifest of another version need not have all fields of this one's.
        let manifest = serde_json::from_value::<Manifest>(manifest.clone()).ok();
        if let Some(manifest) = manifest.filter(|manifest| manifest.identity() == *identity) {
            return Ok((found, Some(Box::new(manifest))));
        }
        return Err(Error::new(ErrorKind::Options, "the dataset was finished with other options, rules or version")
            .at(dir)
            .hint("--overwrite makes it anew"));
    }
    Ok((found, None))
}

fn not_empty(dir: &Path, has_staging: bool) -> Error {
    Error::new(ErrorKind::Options, "output folder is not empty").at(dir).hint(if has_staging {
        "an unfinished run lies there: --resume goes on with it, --overwrite starts anew"
    } else {
        "name another folder, or replace the dataset in it with --overwrite"
    })
}

fn find(dir: &Path) -> Result<Found> {
    let mut found = Found::default();
    let mut entries = fs::read_dir(dir).map_err(|e| Error::io("could not list output folder", dir, e))?;
    found.is_empty = entries.next().is_none();
    if found.is_empty {
        return Ok(found);
    }
    let path = dir.join(MANIFEST_FILE);
    match fs::read(&path) {
        Ok(json) => {
            found.manifest =
                serde_json::from_slice(&json).ok().filter(|m: &Value| m["tool"]["name"] == Tool::this().name);
        }
        Err(e) if e.kind() == IoErrorKind::NotFound => {}
        Err(e) => return Err(Error::io("could not read manifest", &path, e)),
    }
    let staging = dir.join(STAGING_FOLDER);
    found.has_staging = staging.exists();
    let path = journal_path(&staging);
    match fs::read(&path) {
        Ok(journal) => read_journal(&journal, &mut found),
        Err(e) if e.kind() == IoErrorKind::NotFound => {}
        Err(e) => return Err(Error::io("could not read journal", &path, e)),
    }
    Ok(found)
}

/// Takes over the lines of a journal; a line that was cut off by a crash ends it.
fn read_journal(journal: &[u8], found: &mut Found) {
    for line in journal.split_inclusive(|&b| b == b'\n').filter(|line| line.ends_with(b"\n")) {
        match serde_json::from_slice(line) {
            Ok(Line::Start(start)) => found.start = Some(*start),
            Ok(Line::Part(part)) => _ = found.parts.insert(part.part, *part),
            Ok(Line::Outputs(outputs)) => found.outputs.extend(outputs),
            Err(_) => return,
        }
    }
}

/// An error that names the first thing in the folder that is not the dataset's own.
fn refuse_foreign(dir: &Path, owned: &BTreeSet<String>) -> Result<()> {
    let mut entries = walkdir::WalkDir::new(dir).min_depth(1).sort_by_file_name().into_iter();
    while let Some(entry) = entries.next() {
        let entry = entry.map_err(|e| Error::io("could not list output folder", dir, e.into()))?;
        let inside = entry.path().strip_prefix(dir).ok().and_then(Path::to_str).unwrap_or_default();
        let name = inside.replace(std::path::MAIN_SEPARATOR, "/");
        if entry.file_type().is_dir() && name == STAGING_FOLDER {
            entries.skip_current_dir();
            continue;
        }
        let is_ours = if entry.file_type().is_dir() {
            FOLDERS.contains(&name.as_str())
        } else {
            entry.file_type().is_file() && owned.contains(&name) && is_inside(&name)
        };
        if !is_ours {
            return Err(Error::new(ErrorKind::Options, "not part of the dataset in the output folder")
                .at(entry.path())
                .hint("move it away or name another folder"));
        }
    }
    Ok(())
}

/// Whether a path from a manifest stays inside its folder.
pub(crate) fn is_inside(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// Takes the lock of a staging folder. The system lets go of it when the run ends, however it ends.
fn take_lock(path: &Path) -> Result<File> {
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(|e| Error::io("could not open lock", path, e))?;
    match lock.try_lock() {
        // A run that ended in between took the file away: what is locked is no longer there for others to see.
        Ok(()) if !is_file_at(&lock, path) => Err(busy(path)),
        Err(fs::TryLockError::WouldBlock) => Err(busy(path)),
        // File systems without locks exist; the lock is a courtesy, not what keeps the files whole.
        Ok(()) | Err(fs::TryLockError::Error(_)) => Ok(lock),
    }
}

fn busy(path: &Path) -> Error {
    Error::new(ErrorKind::Options, "another run is writing into this folder").at(path).hint("wait until it has ended")
}

/// Whether that name still leads to that file.
#[cfg(unix)]
fn is_file_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |found: io::Result<fs::Metadata>| found.ok().map(|found| (found.dev(), found.ino()));
    place(file.metadata()) == place(fs::metadata(path))
}

/// Elsewhere a file that is open cannot be taken away.
#[cfg(not(unix))]
fn is_file_at(_file: &File, _path: &Path) -> bool {
    true
}

fn journal_path(staging: &Path) -> PathBuf {
    staging.join("journal.jsonl")
}

/// Writes a journal that holds the start and the parts that are taken over, and opens it for more.
fn begin_journal(staging: &Path, start: Start, finished: &BTreeMap<u64, PartRecord>) -> Result<File> {
    let (path, temporary) = (journal_path(staging), staging.join("journal.new"));
    let mut lines = json_line(&Line::Start(Box::new(start)));
    for part in finished.values() {
        lines.push_str(&json_line(&Line::Part(Box::new(part.clone()))));
    }
    let doing = "could not write journal";
    let mut journal = File::create(&temporary).map_err(|e| Error::io(doing, &temporary, e))?;
    journal.write_all(lines.as_bytes()).map_err(|e| Error::io(doing, &temporary, e))?;
    journal.sync_all().map_err(|e| Error::io(doing, &temporary, e))?;
    fs::rename(&temporary, &path).map_err(|e| Error::io(doing, &path, e))?;
    sync_folder(staging)?;
    Ok(journal)
}

fn json_line(line: &Line) -> String {
    let mut json = serde_json::to_string(line).expect("a journal line holds nothing that JSON does not");
    json.push('\n');
    json
}

impl Staging {
    /// The parts that an earlier run finished, by number.
    pub(crate) fn finished(&self) -> &BTreeMap<u64, PartRecord> {
        &self.finished
    }

    /// Whether there is something to take up later.
    pub(crate) fn holds_parts(&self) -> bool {
        self.holds_parts
    }

    /// Where parts are written.
    pub(crate) fn parts_folder(&self) -> PathBuf {
        self.dir.join(STAGING_FOLDER).join("parts")
    }

    /// Where a final file is written before it gets its name.
    pub(crate) fn out_path(&self, name: &str) -> PathBuf {
        self.dir.join(STAGING_FOLDER).join("out").join(name)
    }

    /// Takes away final files that will never be whole. What cannot be removed is found by the next run.
    pub(crate) fn clear_out(&self) {
        _ = remove_folder(&self.out_path(""));
    }

    /// Notes a finished part, durably. Should a crash lose the name of one of its files, its hash is missed later.
    pub(crate) fn note_part(&mut self, part: &PartRecord) -> Result<()> {
        self.holds_parts = true;
        self.append(&Line::Part(Box::new(part.clone())))
    }

    fn append(&mut self, line: &Line) -> Result<()> {
        let written = self.journal.write_all(json_line(line).as_bytes()).and_then(|()| self.journal.sync_data());
        written.map_err(|e| Error::io("could not write journal", journal_path(&self.dir.join(STAGING_FOLDER)), e))
    }

    /// Gives the finished files their names, the manifest last, and takes the staging folder away.
    pub(crate) fn publish(mut self, manifest: &Manifest) -> Result<()> {
        let outputs = manifest.outputs.iter().map(|output| &output.path);
        let new: Vec<String> = outputs.chain(manifest.sources.iter().map(|index| &index.path)).cloned().collect();
        self.append(&Line::Outputs(new.clone()))?;
        // From here on the folder holds no dataset until the new manifest stands there.
        remove_file(&self.dir.join(MANIFEST_FILE))?;
        for old in self.replaces.iter().filter(|old| is_inside(old) && !new.contains(old)) {
            remove_file(&self.dir.join(old))?;
        }
        for name in &new {
            self.publish_file(name)?;
        }
        for folder in FOLDERS {
            sync_folder(&self.dir.join(folder))?;
        }
        sync_folder(&self.dir)?;
        let mut file = HashedFile::create(self.out_path(MANIFEST_FILE))?;
        let json = manifest.to_json();
        file.write_all(json.as_bytes()).map_err(|e| Error::io("could not write manifest", &file.path, e))?;
        file.finish()?;
        self.publish_file(MANIFEST_FILE)?;
        sync_folder(&self.dir)?;
        self.remove()
    }

    fn publish_file(&self, name: &str) -> Result<()> {
        let path = self.dir.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|e| Error::io("could not create folder", folder, e))?;
        }
        fs::rename(self.out_path(name), &path).map_err(|e| Error::io("could not name finished file", &path, e))
    }

    /// Takes the staging folder away; the journal goes first, since a folder without one is not resumed.
    fn remove(self) -> Result<()> {
        let staging = self.dir.join(STAGING_FOLDER);
        remove_file(&journal_path(&staging))?;
        remove_folder(&staging)
    }

    /// After a run that failed before its first part was finished: leaves the folder as it was found.
    pub(crate) fn discard_if_fresh(self) {
        if self.is_fresh {
            let (dir, made_dir) = (self.dir.clone(), self.made_dir);
            // The error that ended the run is the one to tell; what cannot be removed is found by the next run.
            if self.remove().is_ok() && made_dir {
                _ = fs::remove_dir(dir);
            }
        }
    }
}

/// Removes what a finished run left of its staging folder when it was cut off at the very end.
pub(crate) fn remove_staging(dir: &Path) -> Result<()> {
    let staging = dir.join(STAGING_FOLDER);
    if !staging.exists() {
        return Ok(());
    }
    let _lock = take_lock(&staging.join("lock"))?;
    remove_folder(&staging)
}

/// Whether a file of a dataset lies there unchanged.
pub(crate) fn is_intact(dir: &Path, output: &Output) -> bool {
    is_stored(dir, &output.path, output.bytes, &output.sha256)
}

/// Whether the files that a manifest names lie there unchanged.
pub(crate) fn are_intact(dir: &Path, manifest: &Manifest) -> bool {
    manifest.outputs.iter().all(|output| is_intact(dir, output))
        && manifest.sources.iter().all(|index| is_stored(dir, &index.path, index.bytes, &index.sha256))
}

fn is_stored(dir: &Path, path: &str, bytes: u64, sha256: &str) -> bool {
    is_inside(path) && stored(&dir.join(path)) == Some(Stored { bytes, sha256: sha256.to_owned() })
}

fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != IoErrorKind::NotFound => Err(Error::io("could not remove file", path, e)),
        _ => Ok(()),
    }
}

fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != IoErrorKind::NotFound => Err(Error::io("could not remove folder", path, e)),
        _ => Ok(()),
    }
}

/// Makes new names in a folder durable.
fn sync_folder(path: &Path) -> Result<()> {
    // Elsewhere a folder cannot be opened as a file, and renames need no help.
    if cfg!(unix) && path.exists() {
        let synced = File::open(path).and_then(|folder| folder.sync_all());
        return synced.map_err(|e| Error::io("could not sync folder", path, e));
    }
    Ok(())
}

/// Size and hash of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    /// Size.
    pub(crate) bytes: u64,
    /// SHA-256, 64 hex digits.
    pub(crate) sha256: String,
}

/// A file in the making that knows its size and hash at the end.
#[derive(Debug)]
pub(crate) struct HashedFile {
    path: PathBuf,
    file: BufWriter<File>,
    hasher: Sha256,
    bytes: u64,
}

impl HashedFile {
    /// Creates the file and the folder that it lies in.
    pub(crate) fn create(path: PathBuf) -> Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|e| Error::io("could not create folder", folder, e))?;
        }
        let file = File::create(&path).map_err(|e| Error::io("could not create file", &path, e))?;
        Ok(Self { path, file: BufWriter::new(file), hasher: Sha256::new(), bytes: 0 })
    }

    /// Brings all of it to the disk.
    pub(crate) fn finish(&mut self) -> Result<Stored> {
        let synced = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        synced.map_err(|e| Error::io("could not write file", &self.path, e))?;
        Ok(Stored { bytes: self.bytes, sha256: hex(&self.hasher.finalize_reset()) })
    }
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Size and hash of a file that lies there; none if it cannot be read.
pub(crate) fn stored(path: &Path) -> Option<Stored> {
    let mut file = File::open(path).ok()?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    let mut bytes = 0;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Some(Stored { bytes, sha256: hex(&hasher.finalize()) }),
            Ok(read) => {
                hasher.update(&buffer[..read]);
                bytes += read as u64;
            }
            Err(e) if e.kind() == IoErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    fn folder_with(manifest: &str, file: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("out");
        fs::create_dir_all(dir.join("articles")).unwrap();
        fs::write(dir.join(MANIFEST_FILE), manifest).unwrap();
        fs::write(dir.join(file), "mine").unwrap();
        root
    }

    fn open_in(root: &tempfile::TempDir, reuse: Reuse) -> Result<Opened> {
        open(&root.path().join("out"), &Identity::new(String::new(), Map::new()), reuse)
    }

    #[test]
    fn a_manifest_of_another_program_gives_no_right_to_touch_its_folder() {
        for manifest in [r#"{"outputs":[{"path":"a.txt"}]}"#, "[]", "not JSON"] {
            let root = folder_with(manifest, "a.txt");
            for reuse in [Reuse::Overwrite, Reuse::Resume] {
                assert_eq!(open_in(&root, reuse).unwrap_err().kind(), ErrorKind::Options, "{manifest}");
            }
            assert!(!root.path().join("out").join(STAGING_FOLDER).exists());
        }
    }

    #[test]
    fn a_manifest_reaches_no_file_outside_its_folder() {
        let manifest = r#"{"tool":{"name":"copydesk"},"outputs":[{"path":"../mine.txt"},{"path":"articles/a"}]}"#;
        let root = folder_with(manifest, "articles/a");
        fs::write(root.path().join("mine.txt"), "mine").unwrap();
        let Opened::Staging(staging) = open_in(&root, Reuse::Overwrite).unwrap() else { panic!("nothing is finished") };
        let identity = Identity::new(String::new(), Map::new());
        let manifest = Manifest::new(&identity, Default::default(), Vec::new(), Default::default());
        staging.publish(&manifest).unwrap();
        assert!(root.path().join("mine.txt").exists());
        assert!(!root.path().join("out/articles/a").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_whose_file_was_taken_away_locks_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = take_lock(&path).unwrap();
        assert!(is_file_at(&held, &path));
        assert_eq!(take_lock(&path).unwrap_err().kind(), ErrorKind::Options);
        fs::remove_file(&path).unwrap();
        assert!(!is_file_at(&held, &path));
        let next = take_lock(&path).unwrap();
        assert!(is_file_at(&next, &path) && !is_file_at(&held, &path));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_place_of_a_file_is_refused() {
        let manifest = r#"{"tool":{"name":"copydesk"},"outputs":[{"path":"rejects.parquet"}]}"#;
        let root = folder_with(manifest, "rejects.parquet");
        let path = root.path().join("out/rejects.parquet");
        fs::rename(&path, root.path().join("elsewhere")).unwrap();
        std::os::unix::fs::symlink(root.path().join("elsewhere"), &path).unwrap();
        let error = open_in(&root, Reuse::Overwrite).unwrap_err();
        assert_eq!(error.path(), Some(path.as_path()));
    }
}
