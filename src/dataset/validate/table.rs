//! Reads one Parquet file of a dataset: compares its schema, checks each row by itself, and hands it to the sums.

use std::collections::BTreeSet;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::LazyLock;

use ::jsonschema::Validator;
use ::jsonschema::error::ValidationErrorKind;
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::KeyValue;
use serde_json::Value;

use super::Log;
use super::rows::Rows;
use super::sums::Sums;
use crate::dataset::jsonschema::Subject;
use crate::dataset::manifest::Manifest;
use crate::dataset::schema::Table;

/// Rows that are held at a time. Articles can be long, so it is few.
const BATCH_ROWS: usize = 128;

/// Longest value that a message repeats, in bytes of JSON.
const MAX_SHOWN_BYTES: usize = 80;

/// Reads a file of a dataset row by row; gives the number of rows, or none if the file cannot be read to its end.
pub(super) fn read(
    path: &Path,
    name: &str,
    table: Table,
    manifest: Option<&Manifest>,
    sums: &mut Sums,
    log: &mut Log,
) -> Option<u64> {
    static VALIDATORS: LazyLock<[Validator; 3]> = LazyLock::new(|| {
        [Subject::Article, Subject::Removal, Subject::Reject]
            .map(|subject| ::jsonschema::validator_for(&subject.schema()).expect("the schemas of the tables compile"))
    });
    let validator = &VALIDATORS[table as usize];
    let schema = |found: &Schema, footer: &[KeyValue], log: &mut Log| {
        if let Some(manifest) = manifest {
            compare_footer(footer, manifest, name, log);
        }
        compare(found, table, name, log)
    };
    sums.begin(table, name);
    each_row(path, name, schema, log, |row, value, alien, log| {
        check_row(validator, name, row, value, alien, log);
        if let Value::Object(columns) = value {
            sums.row(row, columns, log);
        }
    })
}

/// Streams the rows of a Parquet file as JSON. `compare` sees the schema first and gives the columns whose type errors
/// need not be told row by row. A broken file is a violation; so is one that makes the reader panic.
pub(super) fn each_row(
    path: &Path,
    name: &str,
    compare: impl FnOnce(&Schema, &[KeyValue], &mut Log) -> BTreeSet<String>,
    log: &mut Log,
    each: impl FnMut(u64, &Value, &BTreeSet<String>, &mut Log),
) -> Option<u64> {
    // A panic leaves the sums half counted: they are compared no further, as no row count is given.
    let read = catch_unwind(AssertUnwindSafe(|| stream(path, name, compare, &mut *log, each)));
    read.unwrap_or_else(|_| {
        log.add_file(name, "is not a sound Parquet file: its content makes no sense");
        None
    })
}

fn stream(
    path: &Path,
    name: &str,
    compare: impl FnOnce(&Schema, &[KeyValue], &mut Log) -> BTreeSet<String>,
    log: &mut Log,
    mut each: impl FnMut(u64, &Value, &BTreeSet<String>, &mut Log),
) -> Option<u64> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => {
            log.add_file(name, format!("could not be read: {error}"));
            return None;
        }
    };
    let builder = match ParquetRecordBatchReaderBuilder::try_new(file) {
        Ok(builder) => builder,
        Err(error) => {
            log.add_file(name, format!("is not a sound Parquet file: {error}"));
            return None;
        }
    };
    let footer = builder.metadata().file_metadata().key_value_metadata().map_or(&[][..], Vec::as_slice);
    let alien = compare(builder.schema(), footer, log);
    let reader = match builder.with_batch_size(BATCH_ROWS).build() {
        Ok(reader) => reader,
        Err(error) => {
            log.add_file(name, format!("is not a sound Parquet file: {error}"));
            return None;
        }
    };
    let mut row = 0;
    for batch in reader {
        let batch = match batch {
            Ok(batch) => batch,
            Err(error) => {
                log.add(name, Some(row), None, format!("cannot be read from this row on: {error}"));
                return None;
            }
        };
        let rows = Rows::new(&batch);
        for idx in 0..rows.len() {
            each(row, &Value::Object(rows.get(idx)), &alien, log);
            row += 1;
        }
    }
    Some(row)
}

/// Compares what the footer of a file says of its making with the manifest. A file that says nothing passes.
fn compare_footer(footer: &[KeyValue], manifest: &Manifest, name: &str, log: &mut Log) {
    for (key, said) in [
        ("copydesk.schema_version", &manifest.schema_version),
        ("copydesk.tool_version", &manifest.tool.version),
        ("copydesk.rules_digest", &manifest.rules_digest),
        ("copydesk.options_digest", &manifest.options_digest),
    ] {
        let entry = footer.iter().find(|entry| entry.key == key);
        if let Some(found) = entry.and_then(|entry| entry.value.as_ref()).filter(|found| *found != said) {
            log.add_file(name, format!("says {key} {found} in its footer, the manifest says {said}"));
        }
    }
}

/// Compares the schema of a file with that of its table. Gives the columns whose values are of another sort altogether.
fn compare(found: &Schema, table: Table, name: &str, log: &mut Log) -> BTreeSet<String> {
    let wanted = table.schema();
    let mut alien = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for field in found.fields() {
        if !seen.insert(field.name().as_str()) {
            log.add(name, None, Some(field.name()), "stands more than once");
        } else if wanted.field_with_name(field.name()).is_err() {
            log.add(name, None, Some(field.name()), format!("is no column of {table}"));
        }
    }
    for field in wanted.fields() {
        let Ok(other) = found.field_with_name(field.name()) else {
            log.add(name, None, Some(field.name()), "is missing");
            continue;
        };
        if !is_same_type(field.data_type(), other.data_type()) {
            let message = format!("is of type {}, must be {}", other.data_type(), field.data_type());
            log.add(name, None, Some(field.name()), message);
            if sort(field.data_type()) != sort(other.data_type()) {
                alien.insert(field.name().clone());
            }
        }
        if field.is_nullable() != other.is_nullable() {
            let say = |nullable: bool| if nullable { "nullable" } else { "not nullable" };
            let message = format!("is {}, must be {}", say(other.is_nullable()), say(field.is_nullable()));
            log.add(name, None, Some(field.name()), message);
        }
    }
    if found.fields().len() == wanted.fields().len() && seen.len() == found.fields().len() {
        let swapped = wanted.fields().iter().zip(found.fields()).find(|(a, b)| a.name() != b.name());
        if let Some((wanted, found)) = swapped.filter(|(wanted, _)| seen.contains(wanted.name().as_str())) {
            let message = format!("is out of order: it stands where {} must", wanted.name());
            log.add(name, None, Some(found.name()), message);
        }
    }
    alien
}

/// Whether two types are the same but for metadata of their elements.
fn is_same_type(a: &DataType, b: &DataType) -> bool {
    match (a, b) {
        (DataType::List(a), DataType::List(b)) => is_same_field(a, b),
        _ => a == b,
    }
}

fn is_same_field(a: &Field, b: &Field) -> bool {
    a.name() == b.name() && a.is_nullable() == b.is_nullable() && a.data_type() == b.data_type()
}

/// What a type's values are in JSON.
pub(super) fn sort(ty: &DataType) -> &'static str {
    match ty {
        DataType::Boolean => "boolean",
        ty if ty.is_integer() => "integer",
        DataType::Float32 | DataType::Float64 => "number",
        ty if ty.is_decimal() => "number",
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => "array",
        DataType::Struct(_) | DataType::Map(..) => "object",
        DataType::Dictionary(_, values) => match values.as_ref() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text",
            _ => "other",
        },
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text",
        DataType::Date32 | DataType::Date64 => "date",
        DataType::Timestamp(..) => "time",
        DataType::Null => "null",
        _ => "other",
    }
}

/// Checks one row against the schema of its table. `alien` columns are only searched for nulls: that they are of
/// another type was said once for the whole file.
pub(super) fn check_row(
    validator: &Validator,
    file: &str,
    row: u64,
    value: &Value,
    alien: &BTreeSet<String>,
    log: &mut Log,
) {
    if validator.is_valid(value) {
        return;
    }
    for error in validator.iter_errors(value) {
        let mut path = error.instance_path().as_str().split('/').skip(1).map(unescape);
        let column = match error.kind() {
            ValidationErrorKind::Required { property } if error.instance_path().as_str().is_empty() => {
                property.as_str().map(str::to_owned)
            }
            _ => path.next(),
        };
        let is_missing = matches!(error.kind(), ValidationErrorKind::Required { .. });
        let is_null = error.instance().is_null();
        if column.as_ref().is_some_and(|column| alien.contains(column)) && !is_null {
            continue;
        }
        let inner: Vec<String> = path.collect();
        let mut message = String::new();
        if !inner.is_empty() {
            message = format!("at {}: ", inner.join("."));
        }
        if is_missing && column.is_some() && inner.is_empty() {
            message.push_str("is missing");
        } else if is_null && matches!(error.kind(), ValidationErrorKind::Type { .. }) {
            message.push_str("null where a value is required");
        } else if error.instance().to_string().len() <= MAX_SHOWN_BYTES {
            message.push_str(&error.to_string());
        } else {
            message.push_str(&error.masked().to_string());
        }
        log.add(file, Some(row), column.as_deref(), message);
    }
}

/// One step of a JSON Pointer.
fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}
