//! `validate` finds every fault and says its place: a sound dataset is made by hand, broken in one spot, and, where
//! the checksum would speak first, signed anew.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, Int64Array, RecordBatch, StringArray, UInt32Array};
use arrow::compute::{cast, take_record_batch};
use arrow::datatypes::{DataType, Field as ArrowField, Int32Type, Int64Type, Schema};
use copydesk::article::record::{record_id, sha256_hex};
use copydesk::article::{Article, Moment, ParagraphKind, Reject, RejectCode, Source};
use copydesk::dataset::BatchBuilder;
use copydesk::dataset::jsonschema;
use copydesk::dataset::manifest::{Identity, InputSummary, Manifest, Output, Totals, options_record};
use copydesk::dataset::schema::Table;
use copydesk::dataset::validate::{Violation, validate_dataset, validate_file};
use copydesk::finding::{Action, Field, Finding, Flag, Kind, Span};
use copydesk::page::{Layout, count_chars};
use copydesk::{Cleaned, Options, SourceFormat};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::KeyValue;
use tempfile::TempDir;
use unicode_segmentation::UnicodeSegmentation;

const FIRST: &str = "articles/train-00000.parquet";
const SECOND: &str = "articles/train-00001.parquet";
const REMOVALS: &str = "removals/00000.parquet";
const REJECTS: &str = "rejects.parquet";

/// A line of a dump and what becomes of it.
enum Line {
    Keep(&'static str),
    Drop(&'static str),
    Lift(&'static str),
    Repair(&'static str, &'static str),
}
use Line::{Drop, Keep, Lift, Repair};

/// What a cleaner would make of these lines.
fn cleaned(path: &str, lines: &[Line]) -> Cleaned {
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
fn dataset() -> TempDir {
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
    let inputs = InputSummary { count: 5, files: 5, bytes: 500, digest: sha256_hex(b"inputs") };
    save(dir.path(), &Manifest::new(&identity, inputs, outputs.to_vec(), totals));
    sign(dir.path());
    dir
}

fn write(dir: &Path, name: &str, batch: &RecordBatch) {
    let mut writer = ArrowWriter::try_new(File::create(dir.join(name)).unwrap(), batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
}

fn read(dir: &Path, name: &str) -> RecordBatch {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(dir.join(name)).unwrap()).unwrap();
    let schema = Arc::clone(reader.schema());
    let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
    arrow::compute::concat_batches(&schema, &batches).unwrap()
}

fn manifest(dir: &Path) -> Manifest {
    serde_json::from_str(&fs::read_to_string(dir.join("manifest.json")).unwrap()).unwrap()
}

fn save(dir: &Path, manifest: &Manifest) {
    fs::write(dir.join("manifest.json"), manifest.to_json()).unwrap();
}

/// Writes size, checksum and row count of each output into the manifest; its totals stay.
fn sign(dir: &Path) {
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
fn replace(dir: &Path, file: &str, column: &str, nullable: bool, array: ArrayRef) {
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
fn keep_rows(dir: &Path, file: &str, rows: &[u32]) {
    let batch = take_record_batch(&read(dir, file), &UInt32Array::from(rows.to_vec())).unwrap();
    write(dir, file, &batch);
    sign(dir);
}

fn ints(dir: &Path, file: &str, column: &str) -> Vec<i32> {
    read(dir, file)[column].as_primitive::<Int32Type>().values().to_vec()
}

fn longs(dir: &Path, file: &str, column: &str) -> Vec<i64> {
    read(dir, file)[column].as_primitive::<Int64Type>().values().to_vec()
}

fn violations(dir: &Path) -> Vec<Violation> {
    validate_dataset(dir).unwrap()
}

/// Asserts that a violation of that place was found, with these words.
#[track_caller]
fn assert_found(found: &[Violation], file: &str, row: Option<u64>, column: Option<&str>, words: &str) {
    let is_it = |v: &&Violation| v.file == file && v.row == row && v.column.as_deref() == column;
    let all: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(
        found.iter().filter(is_it).any(|v| v.message.contains(words)),
        "no `{words}` at {file}, row {row:?}, column {column:?}; found:\n{}",
        all.join("\n")
    );
}

#[test]
fn a_sound_dataset_has_no_violations() {
    assert_eq!(violations(dataset().path()), []);
}

#[test]
fn a_changed_byte_in_a_parquet_file_is_named_with_the_file() {
    let dir = dataset();
    for (name, at) in [(FIRST, 400), (REMOVALS, 100), (REJECTS, 6)] {
        let path = dir.path().join(name);
        let mut bytes = fs::read(&path).unwrap();
        bytes[at] ^= 0x11;
        fs::write(&path, bytes).unwrap();
        assert_found(&violations(dir.path()), name, None, None, "has SHA-256");
    }
}

#[test]
fn a_file_cut_short_is_a_violation_and_no_error() {
    let dir = dataset();
    let path = dir.path().join(SECOND);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let found = violations(dir.path());
    assert_found(&found, SECOND, None, None, "bytes, the manifest says");
    assert_found(&found, SECOND, None, None, "is not a sound Parquet file");
}

#[test]
fn a_changed_byte_in_the_manifest_is_named_with_its_key() {
    let check = |from: &str, to: &str, column: Option<&str>, words: &str| {
        let dir = dataset();
        let path = dir.path().join("manifest.json");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        assert_found(&violations(dir.path()), "manifest.json", None, column, words);
    };
    check("\"articles\": 4", "\"articles\": 5", Some("totals.articles"), "5 is said, the tables give 4");
    check("\"articles\": 4", "\"articles\": 5", Some("totals.dumps"), "is not 5 articles + 1 rejected + 0 failed");
    check("\"count\": 5", "\"count\": 6", Some("inputs.count"), "totals.dumps says 5");
    check("\"no_content\": 1", "\"no_content\": 2", Some("totals.by_code.no_content"), "the tables give 1");
    check("\"min_words\": 0", "\"min_words\": 1", Some("options_digest"), "the options give");
    check("\"rejected\": 1", "\"rejected\": x", None, "is not JSON");
    check("\"files\": 5", "\"files\": -5", Some("inputs"), "at files: -5 is less than the minimum");
    check("\"path\": \"rejects.parquet\"", "\"path\": \"../rejects.parquet\"", Some("outputs"), "does not hold rows");
}

#[test]
fn a_footer_that_names_other_rules_than_the_manifest_is_found() {
    let dir = dataset();
    let batch = read(dir.path(), FIRST);
    let file = File::create(dir.path().join(FIRST)).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.append_key_value_metadata(KeyValue::new("copydesk.rules_digest".to_owned(), "others".to_owned()));
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    sign(dir.path());
    let words = "says copydesk.rules_digest others in its footer, the manifest says";
    assert_found(&violations(dir.path()), FIRST, None, None, words);
}

#[test]
fn a_dataset_without_manifest_is_still_read() {
    let dir = dataset();
    fs::remove_file(dir.path().join("manifest.json")).unwrap();
    keep_rows_unsigned(dir.path(), FIRST, &[1, 0]);
    let found = violations(dir.path());
    assert_found(&found, "manifest.json", None, None, "is missing");
    assert_found(&found, FIRST, Some(1), Some("source_path"), "a/pier.txt stands after b/kiln.txt");
}

fn keep_rows_unsigned(dir: &Path, file: &str, rows: &[u32]) {
    let batch = take_record_batch(&read(dir, file), &UInt32Array::from(rows.to_vec())).unwrap();
    write(dir, file, &batch);
}

#[test]
fn a_dropped_row_shows_in_the_totals_and_in_its_orphaned_removals() {
    let dir = dataset();
    keep_rows_unsigned(dir.path(), FIRST, &[0]);
    assert_found(&violations(dir.path()), FIRST, None, None, "has 1 rows, the manifest says 2");
    sign(dir.path());
    let found = violations(dir.path());
    assert_found(&found, "manifest.json", None, Some("totals.articles"), "4 is said, the tables give 3");
    assert_found(&found, REMOVALS, Some(3), Some("id"), "is neither an article nor a reject");
}

#[test]
fn a_dropped_removal_shows_in_the_sums_of_its_article() {
    let dir = dataset();
    keep_rows(dir.path(), REMOVALS, &[1, 2, 3, 4]);
    let found = violations(dir.path());
    assert_found(&found, FIRST, Some(0), Some("dropped_chars"), "give 0");
    assert_found(&found, REMOVALS, Some(0), Some("seq"), "1 is said where 0 must follow");
    assert_found(&found, "manifest.json", None, Some("totals.by_kind.share_bar"), "is said, the tables give");
}

#[test]
fn a_retyped_column_is_named() {
    let dir = dataset();
    let wide = cast(&read(dir.path(), FIRST)["word_count"], &DataType::Int64).unwrap();
    replace(dir.path(), FIRST, "word_count", false, wide);
    let found = violations(dir.path());
    assert_found(&found, FIRST, None, Some("word_count"), "is of type Int64, must be Int32");
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_null_in_a_required_column_is_named_with_its_row_and_so_is_the_loosened_type() {
    let dir = dataset();
    replace(dir.path(), SECOND, "language", true, Arc::new(StringArray::from(vec![Some("eng"), None])));
    let found = violations(dir.path());
    assert_found(&found, SECOND, None, Some("language"), "is nullable, must be not nullable");
    assert_found(&found, SECOND, Some(1), Some("language"), "null where a value is required");
}

#[test]
fn a_null_is_found_in_a_retyped_column_too() {
    let dir = dataset();
    replace(dir.path(), SECOND, "language", true, Arc::new(Int64Array::from(vec![Some(1), None])));
    let found = violations(dir.path());
    assert_found(&found, SECOND, None, Some("language"), "is of type Int64, must be Utf8");
    assert_found(&found, SECOND, Some(1), Some("language"), "null where a value is required");
    assert!(!found.iter().any(|v| v.row == Some(0)), "{found:?}");
}

#[test]
fn a_missing_column_an_extra_one_and_a_moved_one_are_named() {
    let dir = dataset();
    let batch = read(dir.path(), FIRST);
    let mut order: Vec<usize> = (0..batch.num_columns()).collect();
    order.swap(10, 11);
    write(dir.path(), FIRST, &batch.project(&order).unwrap());
    let batch = read(dir.path(), REJECTS);
    let mut fields: Vec<ArrowField> = batch.schema().fields().iter().map(|f| f.as_ref().clone()).collect();
    fields[8] = fields[8].clone().with_name("note");
    write(dir.path(), REJECTS, &RecordBatch::try_new(Arc::new(Schema::new(fields)), batch.columns().to_vec()).unwrap());
    sign(dir.path());
    let found = violations(dir.path());
    assert_found(&found, FIRST, None, Some("subtitle"), "it stands where title must");
    assert_found(&found, REJECTS, None, Some("message"), "is missing");
    assert_found(&found, REJECTS, None, Some("note"), "is no column of rejects");
}

#[test]
fn broken_sums_and_counts_are_named_with_row_and_column() {
    for (column, words) in [
        ("dropped_chars", "the removals of"),
        ("lifted_chars", "the removals of"),
        ("kept_chars", "by repairs do not give"),
        ("layout_chars", "dropped +"),
        ("char_count", "the text has"),
        ("word_count", "the text has"),
        ("sentence_count", "the text has"),
        ("paragraph_count", "the text has"),
    ] {
        let dir = dataset();
        let mut values = ints(dir.path(), FIRST, column);
        values[0] += 1;
        replace(dir.path(), FIRST, column, false, Arc::new(Int32Array::from(values)));
        assert_found(&violations(dir.path()), FIRST, Some(0), Some(column), words);
    }
}

#[test]
fn a_sum_that_adds_up_but_not_with_the_removals_is_found() {
    let dir = dataset();
    for (column, by) in [("dropped_chars", 3), ("lifted_chars", -3)] {
        let mut values = ints(dir.path(), FIRST, column);
        values[0] += by;
        replace(dir.path(), FIRST, column, false, Arc::new(Int32Array::from(values)));
    }
    let found = violations(dir.path());
    assert_found(&found, FIRST, Some(0), Some("dropped_chars"), "give 14");
    assert!(!found.iter().any(|v| v.column.as_deref() == Some("layout_chars")), "{found:?}");
}

#[test]
fn a_changed_text_is_found_by_its_counts() {
    let dir = dataset();
    let texts = StringArray::from(vec!["The lamp burns.", "The rope holds us."]);
    replace(dir.path(), SECOND, "text", false, Arc::new(texts));
    let found = violations(dir.path());
    assert_found(&found, SECOND, Some(1), Some("word_count"), "3 is said, the text has 4");
    assert_found(&found, SECOND, Some(1), Some("kept_chars"), "do not give the 15 characters");
}

#[test]
fn a_swapped_order_is_named_with_the_row() {
    let dir = dataset();
    keep_rows(dir.path(), FIRST, &[1, 0]);
    let found = violations(dir.path());
    assert_found(&found, FIRST, Some(1), Some("source_path"), "a/pier.txt stands after b/kiln.txt");
    let dir = dataset();
    keep_rows(dir.path(), REMOVALS, &[3, 0, 1, 2, 4]);
    assert_found(&violations(dir.path()), REMOVALS, Some(0), Some("id"), "stand before those of an earlier dump");
    let dir = dataset();
    keep_rows(dir.path(), REMOVALS, &[0, 1, 3, 2, 4]);
    assert_found(&violations(dir.path()), REMOVALS, Some(3), Some("id"), "do not stand together");
}

#[test]
fn shards_that_are_out_of_order_are_found() {
    let dir = dataset();
    let (first, second) = (read(dir.path(), FIRST), read(dir.path(), SECOND));
    write(dir.path(), FIRST, &second);
    write(dir.path(), SECOND, &first);
    sign(dir.path());
    let found = violations(dir.path());
    assert_found(&found, SECOND, Some(0), Some("source_path"), "a/pier.txt stands after e/rope.txt");
}

#[test]
fn a_span_that_overlaps_another_is_named_with_its_row() {
    let dir = dataset();
    for column in ["start_byte", "end_byte", "start_char", "end_char"] {
        let mut values = longs(dir.path(), REMOVALS, column);
        values[1] -= values[1].min(60);
        replace(dir.path(), REMOVALS, column, false, Arc::new(Int64Array::from(values)));
    }
    let found = violations(dir.path());
    assert_found(&found, REMOVALS, Some(1), Some("start_byte"), "where the span in front of it ends");
    assert_found(&found, REMOVALS, Some(1), Some("start_char"), "where the span in front of it ends");
}

#[test]
fn a_span_that_is_not_as_long_as_its_text_is_found() {
    let dir = dataset();
    let mut values = longs(dir.path(), REMOVALS, "end_byte");
    values[1] += 1;
    replace(dir.path(), REMOVALS, "end_byte", false, Arc::new(Int64Array::from(values)));
    assert_found(&violations(dir.path()), REMOVALS, Some(1), Some("end_byte"), "its text");
}

#[test]
fn a_word_outside_its_closed_list_is_named() {
    let dir = dataset();
    let kinds = StringArray::from(vec!["share_bar", "picture", "entity", "share_bar", "share_bar"]);
    replace(dir.path(), REMOVALS, "kind", false, Arc::new(kinds));
    replace(dir.path(), REJECTS, "code", false, Arc::new(StringArray::from(vec!["bug"])));
    replace(dir.path(), SECOND, "language", false, Arc::new(StringArray::from(vec!["English", "eng"])));
    replace(dir.path(), SECOND, "split", false, Arc::new(StringArray::from(vec!["train", "test"])));
    let found = violations(dir.path());
    assert_found(&found, REMOVALS, Some(1), Some("kind"), "\"picture\" is not one of");
    assert_found(&found, REJECTS, Some(0), Some("status"), "rejected is said, bug means failed");
    assert_found(&found, SECOND, Some(0), Some("language"), "\"English\" does not match");
    assert_found(&found, SECOND, Some(1), Some("split"), "test stands in the wrong file");
}

#[test]
fn an_id_that_stands_twice_or_does_not_follow_from_its_source_is_found() {
    let dir = dataset();
    let id = read(dir.path(), FIRST)["id"].as_string::<i32>().value(0).to_owned();
    replace(dir.path(), SECOND, "id", false, Arc::new(StringArray::from(vec![id.as_str(), "x"])));
    let found = violations(dir.path());
    assert_found(
        &found,
        SECOND,
        Some(0),
        Some("id"),
        "stands a second time; first in articles/train-00000.parquet, row 0",
    );
    assert_found(&found, SECOND, Some(0), Some("id"), "does not follow from source_path");
    assert_found(&found, SECOND, Some(1), Some("id"), "\"x\" does not match");
}

#[test]
fn a_missing_file_and_an_extra_one_are_named() {
    let dir = dataset();
    fs::remove_file(dir.path().join(SECOND)).unwrap();
    fs::copy(dir.path().join(FIRST), dir.path().join("articles/train-00002.parquet")).unwrap();
    fs::write(dir.path().join("removals/notes.txt"), "mine").unwrap();
    let found = violations(dir.path());
    assert_found(&found, SECOND, None, None, "is missing");
    assert_found(&found, "articles/train-00002.parquet", None, None, "is not listed in the manifest");
    assert_found(&found, "removals/notes.txt", None, None, "is not listed in the manifest");
}

#[test]
fn a_folder_that_is_no_dataset_has_violations_and_one_that_is_missing_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    assert_found(&violations(dir.path()), "manifest.json", None, None, "is missing");
    assert!(validate_dataset(&dir.path().join("nowhere")).unwrap_err().path().is_some());
}

#[test]
fn anybodys_parquet_file_is_checked_against_the_article_schema() {
    let dir = dataset();
    assert_eq!(validate_file(&dir.path().join(FIRST), None).unwrap(), []);
    let found = validate_file(&dir.path().join(REMOVALS), None).unwrap();
    assert_found(&found, "00000.parquet", None, Some("source_path"), "is missing");
    assert!(!found.iter().any(|v| v.column.as_deref() == Some("id")), "{found:?}");
    let wide = cast(&read(dir.path(), FIRST)["text"], &DataType::LargeUtf8).unwrap();
    replace(dir.path(), FIRST, "text", true, wide);
    let nulls = cast(&read(dir.path(), FIRST)["word_count"], &DataType::Utf8).unwrap();
    replace(dir.path(), FIRST, "word_count", true, nulls);
    replace(dir.path(), FIRST, "language", true, Arc::new(StringArray::from(vec![None, Some("eng")])));
    let found = validate_file(&dir.path().join(FIRST), None).unwrap();
    assert_found(&found, "train-00000.parquet", None, Some("word_count"), "is of type Utf8, must be Int32");
    assert_found(&found, "train-00000.parquet", Some(0), Some("language"), "null where a value is required");
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn anybodys_file_is_checked_against_ones_own_schema() {
    let dir = dataset();
    let schema = dir.path().join("own.json");
    let own = r#"{"type": "object", "required": ["id", "price"], "properties": {
        "id": {"type": "integer"}, "text": {"type": "string", "maxLength": 40}, "authors": {"type": "array"}}}"#;
    fs::write(&schema, own).unwrap();
    let found = validate_file(&dir.path().join(FIRST), Some(&schema)).unwrap();
    assert_found(&found, "train-00000.parquet", None, Some("price"), "is missing");
    assert_found(&found, "train-00000.parquet", None, Some("id"), "is of type Utf8, the schema asks for integer");
    assert_found(&found, "train-00000.parquet", Some(0), Some("text"), "is longer than 40 characters");
    assert_eq!(found.len(), 3, "{found:?}");

    let lines = dir.path().join("rows.jsonl");
    fs::write(&lines, "\u{feff}{\"id\": 1, \"price\": 2}\n\n{\"id\": null, \"price\": 2}\n{\"id\": 3}\n{oh\n[]\n")
        .unwrap();
    let found = validate_file(&lines, Some(&schema)).unwrap();
    assert_found(&found, "rows.jsonl", Some(1), Some("id"), "null where a value is required");
    assert_found(&found, "rows.jsonl", Some(2), Some("price"), "is missing");
    assert_found(&found, "rows.jsonl", Some(3), None, "line 5 is not JSON");
    assert_found(&found, "rows.jsonl", Some(4), None, "[] is not of type \"object\"");
    assert_eq!(found.len(), 4, "{found:?}");

    fs::write(&schema, "{\"type\": 7}").unwrap();
    assert!(validate_file(&lines, Some(&schema)).is_err());
}

#[test]
fn rows_of_a_dataset_as_json_pass_the_schema_of_their_table() {
    let dir = dataset();
    for (name, subject) in [
        (FIRST, jsonschema::Subject::Article),
        (REMOVALS, jsonschema::Subject::Removal),
        (REJECTS, jsonschema::Subject::Reject),
    ] {
        let schema = dir.path().join("schema.json");
        fs::write(&schema, subject.text()).unwrap();
        let rows = copydesk::dataset::validate::rows::Rows::new(&read(dir.path(), name));
        let lines: Vec<String> = (0..rows.len()).map(|i| serde_json::to_string(&rows.get(i)).unwrap()).collect();
        let path = dir.path().join("rows.jsonl");
        fs::write(&path, lines.join("\n")).unwrap();
        assert_eq!(validate_file(&path, Some(&schema)).unwrap(), []);
    }
}

#[test]
fn a_hopeless_file_gives_a_short_list_and_a_count() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("rows.jsonl");
    fs::write(&path, "{}\n".repeat(500)).unwrap();
    let found = validate_file(&path, None).unwrap();
    assert!(found.len() < 1_000, "{}", found.len());
    assert_found(&found, "rows.jsonl", None, Some("id"), "480 more violations are not listed");
}

#[test]
fn the_committed_schemas_are_those_of_the_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    for (name, text) in jsonschema::all() {
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(&name), &text).unwrap();
        }
        let committed = fs::read_to_string(folder.join(&name)).unwrap_or_default();
        assert!(committed == text, "schemas/{name} is stale: run the tests once with UPDATE_EXPECT=1");
    }
}
