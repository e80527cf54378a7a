//! The sums of a dataset: rows pass once, one small record a dump stays. Removals come first, then articles, then
//! rejects, each table in the order of its files.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::Log;
use super::article::{self, int, text};
use super::removals::{Moved, Spans};
use crate::article::RejectCode;
use crate::dataset::manifest::Totals;
use crate::dataset::schema::Table;
use crate::page::count_chars;

/// A row of a file: index of the file among those read, and the row.
type Place = (usize, u64);

/// What is known of one dump.
#[derive(Debug, Default)]
struct Dump {
    /// Its first row in `removals`.
    removals: Option<Place>,
    /// Its row in `articles` or `rejects`.
    owner: Option<Place>,
    /// What its removals add up to.
    moved: Moved,
}

/// Where a run of files that are in one order has come to.
#[derive(Debug, Default)]
struct Stream {
    source_path: String,
    removals: Option<Place>,
}

/// The sums in the making.
#[derive(Debug, Default)]
pub(super) struct Sums {
    /// Looked up and counted, never listed in this order.
    dumps: HashMap<u128, Dump>,
    /// What the rows add up to, to be compared with the manifest.
    pub(super) totals: Totals,
    files: Vec<String>,
    table: Option<Table>,
    /// The dump of the last row of `removals`.
    current: Option<u128>,
    spans: Spans,
    streams: BTreeMap<String, Stream>,
}

impl Sums {
    /// The next rows come from this file.
    pub(super) fn begin(&mut self, table: Table, file: &str) {
        self.files.push(file.to_owned());
        self.table = Some(table);
    }

    /// One row of the current file.
    pub(super) fn row(&mut self, row: u64, columns: &Map<String, Value>, log: &mut Log) {
        let place = (self.files.len().saturating_sub(1), row);
        match self.table {
            Some(Table::Removals) => self.removal(place, columns, log),
            Some(Table::Articles) => self.article(place, columns, log),
            Some(Table::Rejects) => self.reject(place, columns, log),
            None => {}
        }
    }

    fn removal(&mut self, place: Place, columns: &Map<String, Value>, log: &mut Log) {
        if let Some(kind) = text(columns, "kind") {
            let total = self.totals.by_kind.entry(kind.to_owned()).or_default();
            total.rows += 1;
            total.chars += count_chars(text(columns, "text").unwrap_or_default()) as u64;
        }
        let Some(key) = key(columns) else { return };
        let file = &self.files[place.0];
        let dump = self.dumps.entry(key).or_default();
        if self.current != Some(key) {
            if dump.removals.is_some() {
                log.add(file, Some(place.1), Some("id"), "the rows of this dump do not stand together");
            }
            self.current = Some(key);
            self.spans = Spans::default();
            dump.removals.get_or_insert(place);
        }
        let moved = self.spans.check(file, place.1, columns, log);
        dump.moved.dropped += moved.dropped;
        dump.moved.lifted += moved.lifted;
        dump.moved.repaired += moved.repaired;
    }

    fn article(&mut self, place: Place, columns: &Map<String, Value>, log: &mut Log) {
        let file = self.files[place.0].clone();
        let row = Some(place.1);
        article::check(&file, place.1, columns, log);
        self.totals.articles += 1;
        let sum = |total: &mut u64, name: &str| *total += count(columns, name);
        sum(&mut self.totals.layout_chars, "layout_chars");
        sum(&mut self.totals.kept_chars, "kept_chars");
        sum(&mut self.totals.dropped_chars, "dropped_chars");
        sum(&mut self.totals.lifted_chars, "lifted_chars");
        if let Some(language) = text(columns, "language") {
            *self.totals.by_language.entry(language.to_owned()).or_default() += 1;
        }
        let stream = file.rsplit_once('-').map_or(file.as_str(), |(stream, _)| stream);
        if let Some(split) = text(columns, "split")
            && stream.rsplit('/').next() != Some(split)
        {
            log.add(&file, row, Some("split"), format!("{split} stands in the wrong file"));
        }
        let stream = stream.to_owned();
        let Some(moved) = self.claim(&stream, place, columns, log) else { return };
        for (name, found) in [("dropped_chars", moved.dropped), ("lifted_chars", moved.lifted)] {
            if let Some(said) = int(columns, name).filter(|said| *said != found) {
                log.add(
                    &file,
                    row,
                    Some(name),
                    format!("{said} is said, the removals of {} give {found}", id(columns)),
                );
            }
        }
        if let (Some(kept), Some(body)) = (int(columns, "kept_chars"), text(columns, "text")) {
            let found = i64::try_from(count_chars(body)).unwrap_or(i64::MAX);
            if found != kept + moved.repaired {
                let message = format!(
                    "{kept} kept and {:+} by repairs do not give the {found} characters of the text",
                    moved.repaired
                );
                log.add(&file, row, Some("kept_chars"), message);
            }
        }
    }

    fn reject(&mut self, place: Place, columns: &Map<String, Value>, log: &mut Log) {
        let file = self.files[place.0].clone();
        match text(columns, "status") {
            Some("rejected") => self.totals.rejected += 1,
            Some("failed") => self.totals.failed += 1,
            _ => {}
        }
        if let Some(code) = text(columns, "code") {
            *self.totals.by_code.entry(code.to_owned()).or_default() += 1;
            if let (Some(code), Some(status)) = (RejectCode::from_name(code), text(columns, "status"))
                && code.status().as_str() != status
            {
                let message = format!("{status} is said, {code} means {}", code.status());
                log.add(&file, Some(place.1), Some("status"), message);
            }
        }
        self.claim(&file.clone(), place, columns, log);
    }

    /// Takes the removals of one dump for its row, and checks the order of rows.
    fn claim(&mut self, stream: &str, place: Place, columns: &Map<String, Value>, log: &mut Log) -> Option<Moved> {
        let file = &self.files[place.0];
        let stream = self.streams.entry(stream.to_owned()).or_default();
        if let Some(path) = text(columns, "source_path") {
            if *path < *stream.source_path {
                let message = format!("{path} stands after {}", stream.source_path);
                log.add(file, Some(place.1), Some("source_path"), message);
            }
            path.clone_into(&mut stream.source_path);
        }
        let dump = self.dumps.entry(key(columns)?).or_default();
        if let Some((first_file, first_row)) = dump.owner {
            let first = &self.files[first_file];
            let message = format!("{} stands a second time; first in {first}, row {first_row}", id(columns));
            log.add(file, Some(place.1), Some("id"), message);
            return None;
        }
        dump.owner = Some(place);
        if let Some(first) = dump.removals {
            if stream.removals.is_some_and(|before| first < before) {
                let message = format!("the rows of {} stand before those of an earlier dump", id(columns));
                log.add(&self.files[first.0], Some(first.1), Some("id"), message);
            }
            stream.removals = Some(first);
        }
        Some(dump.moved)
    }

    /// Names the removals that belong to nobody.
    pub(super) fn finish(&mut self, log: &mut Log) {
        self.totals.dumps = self.totals.articles + self.totals.rejected + self.totals.failed;
        let orphans = self.dumps.iter().filter(|(_, dump)| dump.owner.is_none());
        let mut places: Vec<(Place, u128)> = orphans.filter_map(|(id, dump)| Some((dump.removals?, *id))).collect();
        places.sort_unstable();
        for ((file, row), id) in places {
            log.add(&self.files[file], Some(row), Some("id"), format!("{id:032x} is neither an article nor a reject"));
        }
    }
}

fn id(columns: &Map<String, Value>) -> &str {
    text(columns, "id").unwrap_or_default()
}

/// An id as a number; none where it has not the shape of one, which the schema of the row says.
fn key(columns: &Map<String, Value>) -> Option<u128> {
    let id = text(columns, "id")?;
    let is_hex = id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    is_hex.then(|| u128::from_str_radix(id, 16).ok())?
}

/// A count of a row; nought where it is missing or broken.
fn count(columns: &Map<String, Value>, name: &str) -> u64 {
    int(columns, name).and_then(|count| u64::try_from(count).ok()).unwrap_or(0)
}
