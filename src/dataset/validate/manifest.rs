//! Checks `manifest.json` and the files that it lists, and compares its totals with what the tables gave.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::LazyLock;

use ::jsonschema::Validator;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::sums::Sums;
use super::table::check_row;
use super::{Log, Violation};
use crate::article::record::{hex, sha256_hex};
use crate::dataset::jsonschema::Subject;
use crate::dataset::manifest::{MANIFEST_FILE, Manifest, Output, SourcesIndex, Totals};
use crate::dataset::schema::Table;
use crate::dataset::sources::SOURCES_FILE;

/// Largest manifest that is read, in bytes. One output is about 250 bytes, so this is a quarter of a million shards.
const MAX_MANIFEST_BYTES: u64 = 64 << 20;

/// Bytes that are hashed at a time.
const CHUNK_BYTES: usize = 1 << 16;

/// The file of the table `rejects`.
const REJECTS_FILE: &str = "rejects.parquet";

/// The files of a dataset, and what its manifest says of them.
#[derive(Debug)]
pub(super) struct Files {
    manifest: Option<Manifest>,
    /// Files that exist, by table, sorted by name.
    names: [Vec<String>; 3],
}

impl Files {
    /// The manifest, if there is one that can be read.
    pub(super) fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// The files of one table that exist.
    pub(super) fn of(&self, table: Table) -> &[String] {
        &self.names[table as usize]
    }
}

/// Checks the manifest, and every file that it lists or that lies in the folders of the tables.
pub(super) fn check(dir: &Path, log: &mut Log) -> Files {
    let manifest = read(dir, log);
    let mut names: [Vec<String>; 3] = Default::default();
    let found = found(dir, log);
    if let Some(manifest) = &manifest {
        let mut listed = BTreeSet::new();
        for output in &manifest.outputs {
            if !listed.insert(output.path.as_str()) {
                log.add(MANIFEST_FILE, None, Some("outputs"), format!("{} is listed twice", output.path));
                continue;
            }
            let table = Table::ALL.iter().copied().find(|table| table.as_str() == output.table);
            if table != table_of(&output.path) {
                let message = format!("{} does not hold rows of {}", output.path, output.table);
                log.add(MANIFEST_FILE, None, Some("outputs"), message);
                continue;
            }
            if check_output(dir, output, log)
                && let Some(table) = table
            {
                names[table as usize].push(output.path.clone());
            }
        }
        for name in found.iter().filter(|name| !listed.contains(name.as_str())) {
            log.add_file(name, "is not listed in the manifest");
        }
        check_sources(dir, manifest, log);
        for table in Table::ALL {
            if !manifest.outputs.iter().any(|output| table_of(&output.path) == Some(*table)) {
                log.add(MANIFEST_FILE, None, Some("outputs"), format!("lists no file of {table}"));
            }
        }
    } else {
        for name in found {
            if let Some(table) = table_of(&name) {
                names[table as usize].push(name);
            }
        }
    }
    names.iter_mut().for_each(|names| names.sort_unstable());
    Files { manifest, names }
}

/// Checks the index of sources.
fn check_sources(dir: &Path, manifest: &Manifest, log: &mut Log) {
    let Some(SourcesIndex { path, dumps, bytes, sha256 }) = &manifest.sources else {
        if dir.join(SOURCES_FILE).exists() {
            log.add_file(SOURCES_FILE, "is not listed in the manifest");
        }
        return;
    };
    if path != SOURCES_FILE {
        return log.add(MANIFEST_FILE, None, Some("sources"), format!("{path} is no index of sources"));
    }
    check_stored(dir, path, *bytes, sha256, log);
    if *dumps != manifest.totals.dumps {
        let message = format!("{dumps} is said, totals.dumps says {}", manifest.totals.dumps);
        log.add(MANIFEST_FILE, None, Some("sources.dumps"), message);
    }
}

/// Reads and checks the manifest itself.
fn read(dir: &Path, log: &mut Log) -> Option<Manifest> {
    static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
        ::jsonschema::validator_for(&Subject::Manifest.schema()).expect("the schema of the manifest compiles")
    });
    let mut text = String::new();
    let file = match File::open(dir.join(MANIFEST_FILE)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            log.add_file(MANIFEST_FILE, "is missing: the dataset is not whole");
            return None;
        }
        Err(error) => {
            log.add_file(MANIFEST_FILE, format!("could not be read: {error}"));
            return None;
        }
    };
    if let Err(error) = file.take(MAX_MANIFEST_BYTES).read_to_string(&mut text) {
        log.add_file(MANIFEST_FILE, format!("could not be read: {error}"));
        return None;
    }
    let value: Value = match serde_json::from_str(&text) {
        Ok(value) => value,
        Err(error) => {
            log.add_file(MANIFEST_FILE, format!("is not JSON: {error}"));
            return None;
        }
    };
    // A manifest has no rows: its places are the steps to the value.
    let mut inner = Log::default();
    check_row(&VALIDATOR, MANIFEST_FILE, 0, &value, &BTreeSet::new(), &mut inner);
    for Violation { column, message, .. } in inner.finish() {
        log.add(MANIFEST_FILE, None, column.as_deref(), message);
    }
    let manifest: Manifest = match serde_json::from_value(value) {
        Ok(manifest) => manifest,
        Err(error) => {
            log.add_file(MANIFEST_FILE, format!("is not a manifest: {error}"));
            return None;
        }
    };
    let digest = sha256_hex(Value::Object(manifest.options.clone()).to_string().as_bytes());
    if digest != manifest.options_digest {
        log.add(MANIFEST_FILE, None, Some("options_digest"), format!("the options give {digest}"));
    }
    Some(manifest)
}

/// The table whose rows a path holds, by its place in the folder.
fn table_of(path: &str) -> Option<Table> {
    let in_folder = |folder: &str| {
        let name = path.strip_prefix(folder)?.strip_prefix('/')?;
        (name.ends_with(".parquet") && !name.contains(['/', '\\'])).then_some(())
    };
    if path == REJECTS_FILE {
        Some(Table::Rejects)
    } else if in_folder(Table::Articles.as_str()).is_some() {
        Some(Table::Articles)
    } else if in_folder(Table::Removals.as_str()).is_some() {
        Some(Table::Removals)
    } else {
        None
    }
}

/// Everything that lies in the folders of the tables, and the file of rejects, sorted.
fn found(dir: &Path, log: &mut Log) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in [Table::Articles.as_str(), Table::Removals.as_str()] {
        let entries = match fs::read_dir(dir.join(folder)) {
            Ok(entries) => entries,
            Err(error) => {
                log.add_file(folder, format!("could not be read: {error}"));
                continue;
            }
        };
        for entry in entries {
            match entry {
                Ok(entry) => names.insert(format!("{folder}/{}", entry.file_name().to_string_lossy())),
                Err(error) => {
                    log.add_file(folder, format!("could not be read: {error}"));
                    break;
                }
            };
        }
    }
    if dir.join(REJECTS_FILE).exists() {
        names.insert(REJECTS_FILE.to_owned());
    }
    names
}

/// Compares a file with its line in the manifest. Says whether it is there to be read.
fn check_output(dir: &Path, output: &Output, log: &mut Log) -> bool {
    check_stored(dir, &output.path, output.bytes, &output.sha256, log)
}

fn check_stored(dir: &Path, name: &str, said_bytes: u64, said_sha256: &str, log: &mut Log) -> bool {
    let (bytes, sha256) = match digest(&dir.join(name)) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            log.add_file(name, "is missing");
            return false;
        }
        Err(error) => {
            log.add_file(name, format!("could not be read: {error}"));
            return false;
        }
    };
    if bytes != said_bytes {
        log.add_file(name, format!("has {bytes} bytes, the manifest says {said_bytes}"));
    }
    if sha256 != said_sha256 {
        log.add_file(name, format!("has SHA-256 {sha256}, the manifest says {said_sha256}"));
    }
    true
}

/// Size and SHA-256 of a file.
fn digest(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut bytes = 0;
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Ok((bytes, hex(&hasher.finalize()))),
            Ok(n) => {
                bytes += n as u64;
                hasher.update(&chunk[..n]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl Files {
    /// Compares the manifest with what the tables gave: `rows` holds the files that were read to their end.
    pub(super) fn compare(&self, rows: &BTreeMap<String, u64>, sums: &Sums, log: &mut Log) {
        let Some(manifest) = &self.manifest else { return };
        for output in &manifest.outputs {
            if let Some(found) = rows.get(&output.path).filter(|found| **found != output.rows) {
                log.add_file(&output.path, format!("has {found} rows, the manifest says {}", output.rows));
            }
        }
        let said = &manifest.totals;
        let sum = said.articles + said.rejected + said.failed;
        let mut add = |column: &str, message: String| log.add(MANIFEST_FILE, None, Some(column), message);
        if said.dumps != sum {
            let parts = format!("{} articles + {} rejected + {} failed", said.articles, said.rejected, said.failed);
            add("totals.dumps", format!("{} is not {parts}", said.dumps));
        }
        if manifest.inputs.count != said.dumps {
            add("inputs.count", format!("{} is said, totals.dumps says {}", manifest.inputs.count, said.dumps));
        }
        if manifest.outputs.iter().all(|output| rows.contains_key(&output.path)) {
            compare_totals(said, &sums.totals, &mut add);
        }
    }
}

/// Compares totals number by number.
fn compare_totals(said: &Totals, found: &Totals, add: &mut impl FnMut(&str, String)) {
    let (Value::Object(said), Value::Object(found)) = (
        serde_json::to_value(said).expect("totals are plain numbers"),
        serde_json::to_value(found).expect("totals are plain numbers"),
    ) else {
        return;
    };
    for (name, found) in &found {
        let said = &said[name];
        match (said, found) {
            (Value::Object(said), Value::Object(found)) => {
                let keys: BTreeSet<&String> = said.keys().chain(found.keys()).collect();
                for key in keys {
                    let (said, found) = (said.get(key), found.get(key));
                    if said != found {
                        let show = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
                        add(
                            &format!("totals.{name}.{key}"),
                            format!("{} is said, the tables give {}", show(said), show(found)),
                        );
                    }
                }
            }
            _ if said != found => add(&format!("totals.{name}"), format!("{said} is said, the tables give {found}")),
            _ => {}
        }
    }
}
