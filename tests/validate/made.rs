//! A sound dataset made by hand, and the ways to break it in one spot and sign it anew.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::{Field as ArrowField, Int32Type, Int64Type, Schema};
use copydesk::article::record::{record_id, sha256_hex};
use copydesk::article::{Article, Moment, ParagraphKind, Reject, RejectCode, Source};
use copydesk::dataset::BatchBuilder;
use copydesk::dataset::manifest::{Identity, InputSummary, Manifest, Output, Totals, options_record};
use copydesk::dataset::schema::Table;
use copydesk::finding::{Action, Field, Finding, Flag, Kind, Span};
use copydesk::page::{Layout, count_chars};
use copydesk::{Cleaned, Options, SourceFormat};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;
use unicode_segmentation::UnicodeSegmentation;

pub(super) const FIRST: &str = "articles/train-00000.parquet";
pub(super) const SECOND: &str = "articles/train-00001.parquet";
pub(super) const REMOVALS: &str = "removals/00000.parquet";
pub(super) const REJECTS: &str = "rejects.parquet";

/// A line of a dump and what becomes of it.
pub(super) enum Line {
    Keep(&'static str),
    Drop(&'static str),
    Lift(&'static str),
    Repair(&'static str, &'static str),
}
pub(super) use Line::{Drop, Keep, Lift, Repair};

/// What a cleaner would make of these lines.
pub(super) fn cleaned(path: &str, lines: &[Line]) -> Cleaned {
    let mut layout = String::new();
    let (mut findings, mut paragraphs, mut captions) = (Vec::new(), Vec::new(), Vec::new());
    let (mut kept, mut dropped, mut lifted) = (0, 0, 0);
    for line in lines {
        let (Keep(text) | Drop(text) | Lift(text) | Repair(text, _)) = line;
        let span = Span::new(layout.len(), layout.len() + text.len());
        layout.push_str(text);
        layout.push('\n');
        let mut find = |kind, rule: &str, action, replacement: Option<&str>| {
            let replacement = replacement.map(str::to_owned);
            findings.push(Finding { kind, rule: rule.into(), span, action, value: None, replacement, confidence: 0.5 });
        };
        match line {
            Keep(text) => {
                kept += count_chars(text);
                paragraphs.push((*text).to_owned());
            }
            Drop(text) => {
                dropped += count_chars(text);
                find(Kind::ShareBar, "share/bar", Action::Drop, None);
            }
            Lift(text) => {
                lifted += count_chars(text);
                captions.push((*text).to_owned());
                find(Kind::Caption, "caption/line", Action::Lift(Some(Field::Captions)), None);
            }
            Repair(text, now) => {
                kept += count_chars(text);
                paragraphs.push((*now).to_owned());
                find(Kind::Entity, "repair/entity", Action::Repair, Some(now));
            }
        }
    }
    let sha256 = sha256_hex(layout.as_bytes());
    let id = record_id(path, None, &sha256);
    let count = |n: usize| u32::try_from(n).unwrap();
    let bytes = layout.len() as u64;
    let outcome = if paragraphs.is_empty() {
        Err(Box::new(Reject {
            id,
            source_path: path.to_owned(),
            source_key: None,
            source_bytes: Some(bytes),
            source_sha256: Some(sha256),
            url: None,
            code: RejectCode::NoContent,
            message: "nothing but noise".to_owned(),
            byte_offset: None,
        }))
    } else {
        let text = paragraphs.join("\n\n");
        Ok(Box::new(Article {
            source: Source {
                id,
                path: path.to_owned(),
                key: None,
                format: SourceFormat::Text,
                bytes,
                sha256,
                url: None,
                fetched_at_us: Some(1_900_000_000_000_000),
            },
            source_encoding: "UTF-8",
            site: None,
            title: Some("Pier".to_owned()),
            subtitle: None,
            authors: vec!["Ines Vall".to_owned()],
            agency: None,
            dateline_place: None,
            published: Moment {
                date: Some(jiff::civil::date(2031, 4, 5)),
                at: Some(jiff::civil::date(2031, 4, 5).at(6, 7, 8, 0)),
                zone: Some("+03:00".to_owned()),
            },
            modified: Moment { date: Some(jiff::civil::date(2031, 4, 6)), at: None, zone: None },
            section: None,
            tags: Vec::new(),
            captions,
            credits: Vec::new(),
            corrections: Vec::new(),
            paragraph_kinds: vec![ParagraphKind::Body; paragraphs.len()],
            language: "eng".to_owned(),
            language_script: Some("Latn".to_owned()),
            language_score: 0.9,
            foreign_share: Some(0.0),
            machine_translated: false,
            original_language: None,
            paywalled: false,
            truncated: false,
            rights_notice: None,
            tdm_reserved: false,
            char_count: count(text.chars().count()),
            word_count: count(text.unicode_words().count()),
            sentence_count: count(text.unicode_sentences().count()),
            paragraph_count: count(paragraphs.len()),
            layout_chars: count(kept + dropped + lifted),
            kept_chars: count(kept),
            dropped_chars: count(dropped),
            lifted_chars: count(lifted),
            confidence: Some(0.9),
            flags: vec![Flag::DoubledTitle, Flag::TooDeep],
            text,
        }))
    };
    Cleaned { outcome, layout: Layout { text: layout, blocks: Vec::new() }, findings, notes: Vec::new() }
}

/// A sound dataset: two shards of two articles each, one reject, five removals.
pub(super) fn dataset() -> TempDir {
    let shards = [
        vec![
            cleaned(
                "a/pier.txt",
                &[
                    Drop("Share\u{a0}this \u{2028}story"),
                    Keep("The old pier opens on Monday. Tickets\u{3000}are free."),
                    Lift("Łódź harbour at dawn 🌅"),
                    Repair("Fish &amp; chips are sold.", "Fish & chips are sold."),
                ],
            ),
            cleaned("b/kiln.txt", &[Keep("A kiln was found."), Keep("It is cold."), Drop("Share")]),
        ],
        vec![
            cleaned("c/empty.txt", &[Drop("Share this")]),
            cleaned("d/lamp.txt", &[Keep("The lamp burns.")]),
            cleaned("e/rope.txt", &[Keep("The rope holds.")]),
        ],
    ];
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("articles")).unwrap();
    fs::create_dir(dir.path().join("removals")).unwrap();
    let (mut all, mut totals) = (BatchBuilder::new(), Totals::default());
    for (name, shard) in [FIRST, SECOND].into_iter().zip(&shards) {
        let mut builder = BatchBuilder::new();
        for cleaned in shard {
            builder.push(cleaned);
            all.push(cleaned);
            totals.add(cleaned);
        }
        write(dir.path(), name, &builder.finish().unwrap().articles);
    }
    let all = all.finish().unwrap();
    write(dir.path(), REMOVALS, &all.removals);
    write(dir.path(), REJECTS, &all.rejects);
    let outputs =
        [(FIRST, Table::Articles), (SECOND, Table::Articles), (REMOVALS, Table::Removals), (REJECTS, Table::Rejects)]
            .map(|(path, table)| Output {
                path: path.to_owned(),
                table: table.as_str().to_owned(),
                rows: 0,
                bytes: 0,
                sha256: String::new(),
            });
    let identity = Identity::new(sha256_hex(b"rules"), options_record(&Options::default(), None, None));
    let inputs =
        InputSummary { count: 5, files: 5, bytes: 500, digest: sha256_hex(b"inputs"), ..InputSummary::default() };
    save(dir.path(), &Manifest::new(&identity, inputs, outputs.to_vec(), totals));
    sign(dir.path());
    dir
}

pub(super) fn write(dir: &Path, name: &str, batch: &RecordBatch) {
    let mut writer = ArrowWriter::try_new(File::create(dir.join(name)).unwrap(), batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

pub(super) fn read(dir: &Path, name: &str) -> RecordBatch {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(dir.join(name)).unwrap()).unwrap();
    let schema = Arc::clone(reader.schema());
    let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
    arrow::compute::concat_batches(&schema, &batches).unwrap()
}

pub(super) fn manifest(dir: &Path) -> Manifest {
    serde_json::from_str(&fs::read_to_string(dir.join("manifest.json")).unwrap()).unwrap()
}

pub(super) fn save(dir: &Path, manifest: &Manifest) {
    fs::write(dir.join("manifest.json"), manifest.to_json()).unwrap();
}

/// Writes size, checksum and row count of each output into the manifest; its totals stay.
pub(super) fn sign(dir: &Path) {
    let mut manifest = manifest(dir);
    for output in &mut manifest.outputs {
        let bytes = fs::read(dir.join(&output.path)).unwrap();
        output.rows = read(dir, &output.path).num_rows() as u64;
        output.bytes = bytes.len() as u64;
        output.sha256 = sha256_hex(&bytes);
    }
    save(dir, &manifest);
}

/// Puts another column in the place of one, of whatever type, and signs the dataset anew.
pub(super) fn replace(dir: &Path, file: &str, column: &str, nullable: bool, array: ArrayRef) {
    let batch = read(dir, file);
    let idx = batch.schema().index_of(column).unwrap();
    let mut fields: Vec<ArrowField> = batch.schema().fields().iter().map(|f| f.as_ref().clone()).collect();
    fields[idx] = ArrowField::new(column, array.data_type().clone(), nullable);
    let mut columns = batch.columns().to_vec();
    columns[idx] = array;
    write(dir, file, &RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap());
    sign(dir);
}

/// Keeps these rows, in this order, and signs the dataset anew.
pub(super) fn keep_rows(dir: &Path, file: &str, rows: &[u32]) {
    let batch = take_record_batch(&read(dir, file), &UInt32Array::from(rows.to_vec())).unwrap();
    write(dir, file, &batch);
    sign(dir);
}

pub(super) fn ints(dir: &Path, file: &str, column: &str) -> Vec<i32> {
    read(dir, file)[column].as_primitive::<Int32Type>().values().to_vec()
}

pub(super) fn longs(dir: &Path, file: &str, column: &str) -> Vec<i64> {
    read(dir, file)[column].as_primitive::<Int64Type>().values().to_vec()
}

pub(super) fn keep_rows_unsigned(dir: &Path, file: &str, rows: &[u32]) {
    let batch = take_record_batch(&read(dir, file), &UInt32Array::from(rows.to_vec())).unwrap();
    write(dir, file, &batch);
}
