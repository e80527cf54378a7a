//! `validate` finds every fault and says its place: a sound dataset is made by hand, broken in one spot, and, where
//! the checksum would speak first, signed anew.

mod made;

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow::array::{AsArray, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field as ArrowField, Schema};
use copydesk::dataset::jsonschema;
use copydesk::dataset::validate::{Violation, validate_dataset, validate_file};
use copydesk::input::Inputs;
use copydesk::judge::RuleSet;
use copydesk::pipeline::{BuildOptions, build};
use copydesk::{Cleaner, Options};
use made::*;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

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
fn a_dataset_built_from_the_samples_has_no_violations() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("dataset");
    let inputs = Inputs { paths: vec![crate::root().join("samples/dumps")], ..Inputs::default() };
    let cleaner = Cleaner::new(&Options::default(), RuleSet::builtin()).unwrap();
    let stop = AtomicBool::new(false);
    let report = build(&inputs, &cleaner, &dir, &BuildOptions::default(), &(), &stop).unwrap();
    assert!(report.totals.articles > 0);
    assert_eq!(violations(&dir), []);
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
fn files_are_read_however_they_are_compressed() {
    let dir = dataset();
    let path = dir.path().join("own.parquet");
    let batch = read(dir.path(), FIRST);
    for codec in [Compression::SNAPPY, Compression::GZIP(GzipLevel::default()), Compression::LZ4_RAW] {
        let properties = WriterProperties::builder().set_compression(codec).build();
        let file = File::create(&path).unwrap();
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        assert_eq!(validate_file(&path, None).unwrap(), []);
    }
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
