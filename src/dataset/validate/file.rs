//! Checks anybody's Parquet or JSON Lines file against a JSON Schema; without one against that of an article.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;

use ::jsonschema::Validator;
use arrow::datatypes::{DataType, Schema};
use parquet::file::metadata::KeyValue;
use serde_json::Value;

use super::table::{check_row, each_row, sort};
use super::{Log, Violation};
use crate::dataset::jsonschema::Subject;
use crate::dataset::schema::Table;
use crate::error::{Error, ErrorKind, Result};

/// The first bytes of a Parquet file.
const PARQUET_MAGIC: &[u8; 4] = b"PAR1";

/// The mark that some programs put in front of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Longest line of a JSON Lines file, in bytes: far above the largest dump that is read.
const MAX_LINE_BYTES: u64 = 256 << 20;

/// Checks a file row by row against a JSON Schema; without one against the schema of an article, and a Parquet file
/// then against the types of its columns too. The file is known by its content, not by its name: Parquet, or else
/// JSON Lines. Rows count from 0; empty lines are no rows.
///
/// # Errors
/// If the file or the schema cannot be read, or the schema is not one. What is wrong in the file is a violation.
pub fn validate_file(path: &Path, schema: Option<&Path>) -> Result<Vec<Violation>> {
    let (definition, table) = match schema {
        Some(schema) => (read_schema(schema)?, None),
        None => (Subject::Article.schema(), Some(Table::Articles)),
    };
    let validator = ::jsonschema::validator_for(&definition).map_err(|error| {
        let error = Error::new(ErrorKind::Format, format!("not a usable JSON Schema: {error}"));
        schema.map_or_else(
            || Error::new(ErrorKind::Format, "the schema of an article does not compile"),
            |at| error.at(at),
        )
    })?;
    let mut file = File::open(path).map_err(|e| Error::io("could not read file", path, e))?;
    let name = path.file_name().map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy()).into_owned();
    let mut magic = Vec::new();
    (&mut file)
        .take(PARQUET_MAGIC.len() as u64)
        .read_to_end(&mut magic)
        .map_err(|e| Error::io("could not read file", path, e))?;
    let mut log = Log::default();
    if magic == PARQUET_MAGIC {
        let compare = |found: &Schema, _: &[KeyValue], log: &mut Log| compare(found, &definition, table, &name, log);
        each_row(path, &name, compare, &mut log, |row, value, alien, log| {
            check_row(&validator, &name, row, value, alien, log);
        });
    } else {
        file.rewind().map_err(|e| Error::io("could not read file", path, e))?;
        check_lines(BufReader::new(file), path, &name, &validator, &mut log)?;
    }
    Ok(log.finish())
}

fn read_schema(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).map_err(|e| Error::io("could not read schema", path, e))?;
    serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Error::new(ErrorKind::Format, "could not read schema").at(path).at_line(line, column).because(error)
    })
}

/// Checks JSON Lines.
fn check_lines(mut file: impl BufRead, path: &Path, name: &str, validator: &Validator, log: &mut Log) -> Result<()> {
    let mut line = Vec::new();
    let (mut number, mut row) = (0_u64, 0_u64);
    let none = BTreeSet::new();
    loop {
        line.clear();
        let read = (&mut file).take(MAX_LINE_BYTES).read_until(b'\n', &mut line);
        if read.map_err(|e| Error::io("could not read file", path, e))? == 0 {
            return Ok(());
        }
        number += 1;
        if line.len() as u64 == MAX_LINE_BYTES {
            log.add(name, Some(row), None, format!("line {number} is longer than {} MiB", MAX_LINE_BYTES >> 20));
            return Ok(());
        }
        let text = if number == 1 { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&line) } else { &line };
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice::<Value>(text) {
            Ok(value) => check_row(validator, name, row, &value, &none, log),
            Err(error) => log.add(name, Some(row), None, format!("line {number} is not JSON: {error}")),
        }
        row += 1;
    }
}

/// Compares the columns of a Parquet file with a schema. Gives the columns that were named for the whole file,
/// so that their rows need not be.
fn compare(found: &Schema, definition: &Value, table: Option<Table>, name: &str, log: &mut Log) -> BTreeSet<String> {
    let mut alien = BTreeSet::new();
    if let Some(table) = table {
        for field in table.schema().fields() {
            let Ok(other) = found.field_with_name(field.name()) else {
                log.add(name, None, Some(field.name()), "is missing");
                alien.insert(field.name().clone());
                continue;
            };
            if !is_close(field.data_type(), other.data_type()) {
                let message = format!("is of type {}, must be {}", other.data_type(), field.data_type());
                log.add(name, None, Some(field.name()), message);
                if sort(field.data_type()) != sort(other.data_type()) {
                    alien.insert(field.name().clone());
                }
            }
        }
        return alien;
    }
    let required = definition.get("required").and_then(Value::as_array).into_iter().flatten();
    for column in required.filter_map(Value::as_str) {
        if found.field_with_name(column).is_err() {
            log.add(name, None, Some(column), "is missing");
            alien.insert(column.to_owned());
        }
    }
    let properties = definition.get("properties").and_then(Value::as_object);
    for (column, property) in properties.into_iter().flatten() {
        let Ok(field) = found.field_with_name(column) else { continue };
        let wanted: Vec<&str> = match property.get("type") {
            Some(Value::String(ty)) => vec![ty],
            Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        if !wanted.iter().any(|wanted| fits(field.data_type(), wanted)) {
            let message = format!("is of type {}, the schema asks for {}", field.data_type(), wanted.join(" or "));
            log.add(name, None, Some(column), message);
            alien.insert(column.clone());
        }
    }
    alien
}

/// Whether two types differ in nothing but how texts and lists are laid out in memory.
fn is_close(a: &DataType, b: &DataType) -> bool {
    match (element(a), element(b)) {
        (Some(a), Some(b)) => is_close_scalar(a, b),
        (None, None) => is_close_scalar(a, b),
        _ => false,
    }
}

fn is_close_scalar(a: &DataType, b: &DataType) -> bool {
    a == b || (sort(a) == "text" && sort(b) == "text")
}

fn element(ty: &DataType) -> Option<&DataType> {
    match ty {
        DataType::List(field) | DataType::LargeList(field) | DataType::FixedSizeList(field, _) => {
            Some(field.data_type())
        }
        _ => None,
    }
}

/// Whether the values of an Arrow type can be of a type of JSON Schema. A column of nulls fits all: its rows tell.
fn fits(ty: &DataType, wanted: &str) -> bool {
    match sort(ty) {
        "null" => true,
        "text" | "date" | "time" | "other" => wanted == "string",
        "integer" => wanted == "integer" || wanted == "number",
        // A whole number is an integer, however it is stored.
        "number" => wanted == "number" || wanted == "integer",
        sort => wanted == sort,
    }
}
