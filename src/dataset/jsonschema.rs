//! The files of `schemas/`, made from the code: JSON Schemas (2020-12) of the rows, the manifest, the rules file
//! and the config file, listings of the Arrow schemas, and the checks for DuckDB.
//!
//! Comes in [`super::schema`] and the closed lists of the code, goes out text. Never reads or writes a file.

mod config;
mod manifest;
mod rules;

use serde_json::{Map, Value, json};

use super::schema::{Allowed, Column, ColumnType, SCHEMA_VERSION, Table};
use crate::article::RejectCode;
use crate::finding::named_enum;

/// The dialect that all schemas are written in.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// A text that is not empty; written as `minLength`, which every validator knows.
const FILLED_PATTERN: &str = "^(?s:.+)$";

/// A day as rows of JSON write it.
const DATE_PATTERN: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

/// A time without a zone as rows of JSON write it.
const TIMESTAMP_PATTERN: &str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?$";

/// The checks for DuckDB, with places for the closed lists.
const CHECKS_SQL: &str = include_str!("jsonschema/checks.sql.in");

named_enum! {
    /// A thing that has a JSON Schema, as the command `schema` names it.
    Subject {
        /// A row of `articles`.
        Article = "article",
        /// A row of `removals`.
        Removal = "removal",
        /// A row of `rejects`.
        Reject = "reject",
        /// `manifest.json`.
        Manifest = "manifest",
        /// A file of noise rules.
        Rules = "rules",
        /// A config file of `build`.
        Config = "config",
    }
}

impl Subject {
    /// The JSON Schema.
    pub fn schema(self) -> Value {
        match self {
            Subject::Article => rows(self, Table::Articles),
            Subject::Removal => rows(self, Table::Removals),
            Subject::Reject => rows(self, Table::Rejects),
            Subject::Manifest => headed(self, manifest::schema()),
            Subject::Rules => headed(self, rules::schema()),
            Subject::Config => headed(self, config::schema()),
        }
    }

    /// The JSON Schema as text, as it stands in `schemas/`.
    pub fn text(self) -> String {
        pretty(&self.schema())
    }

    /// The name of its file in `schemas/`.
    pub fn file_name(self) -> String {
        format!("{self}.schema.json")
    }
}

/// Every generated file of `schemas/`, by name.
pub fn all() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Subject::ALL.iter().map(|s| (s.file_name(), s.text())).collect();
    for (subject, table) in
        [(Subject::Article, Table::Articles), (Subject::Removal, Table::Removals), (Subject::Reject, Table::Rejects)]
    {
        files.push((format!("{subject}.arrow.json"), arrow_listing(table)));
    }
    files.push(("checks.sql".to_owned(), checks_sql()));
    files
}

/// Text of a schema: two spaces a level, a newline at the end.
fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a value without foreign keys is always written");
    text.push('\n');
    text
}

/// Puts dialect, id and title in front of a schema.
fn headed(subject: Subject, body: Value) -> Value {
    let mut schema = Map::new();
    schema.insert("$schema".into(), json!(DIALECT));
    schema.insert("$id".into(), json!(format!("urn:copydesk:schema:{subject}:{SCHEMA_VERSION}")));
    schema.insert("title".into(), json!(format!("copydesk {subject}")));
    if let Value::Object(body) = body {
        schema.extend(body);
    }
    Value::Object(schema)
}

/// The schema of a row written as JSON. Columns that a later version may add, or that a user adds, are allowed.
fn rows(subject: Subject, table: Table) -> Value {
    let properties: Map<String, Value> = table.columns().iter().map(|c| (c.name.to_owned(), property(c))).collect();
    let required: Vec<&str> = table.columns().iter().filter(|c| !c.nullable).map(|c| c.name).collect();
    headed(
        subject,
        json!({
            "description": table.doc(),
            "type": "object",
            "properties": properties,
            "required": required,
        }),
    )
}

/// The schema of one column.
fn property(column: &Column) -> Value {
    let mut schema = Map::new();
    schema.insert("description".into(), json!(column.doc));
    let name = match column.ty {
        ColumnType::Text | ColumnType::Date | ColumnType::Timestamp => "string",
        ColumnType::Int32 | ColumnType::Int64 => "integer",
        ColumnType::Float32 => "number",
        ColumnType::Bool => "boolean",
        ColumnType::TextList => "array",
    };
    schema.insert("type".into(), if column.nullable { json!([name, "null"]) } else { json!(name) });
    match column.ty {
        ColumnType::TextList => {
            let mut items = Map::new();
            items.insert("type".into(), json!("string"));
            allow(&mut items, column.allowed, /* nullable */ false);
            schema.insert("items".into(), Value::Object(items));
            return Value::Object(schema);
        }
        ColumnType::Int32 => {
            schema.insert("minimum".into(), json!(i32::MIN));
            schema.insert("maximum".into(), json!(i32::MAX));
        }
        ColumnType::Date => {
            schema.insert("pattern".into(), json!(DATE_PATTERN));
        }
        ColumnType::Timestamp => {
            schema.insert("pattern".into(), json!(TIMESTAMP_PATTERN));
        }
        ColumnType::Text | ColumnType::Int64 | ColumnType::Float32 | ColumnType::Bool => {}
    }
    allow(&mut schema, column.allowed, column.nullable);
    Value::Object(schema)
}

/// Adds what values are allowed.
fn allow(schema: &mut Map<String, Value>, allowed: Allowed, nullable: bool) {
    match allowed {
        Allowed::Any => {}
        Allowed::OneOf(list) => {
            let mut values: Vec<Value> = list().into_iter().map(Value::from).collect();
            if nullable {
                values.push(Value::Null);
            }
            schema.insert("enum".into(), Value::Array(values));
        }
        Allowed::Pattern(FILLED_PATTERN) => {
            schema.insert("minLength".into(), json!(1));
        }
        Allowed::Pattern(pattern) => {
            schema.insert("pattern".into(), json!(pattern));
        }
        Allowed::AtLeast(least) => {
            schema.insert("minimum".into(), json!(least));
        }
        Allowed::Share => {
            schema.insert("minimum".into(), json!(0));
            schema.insert("maximum".into(), json!(1));
        }
    }
}

/// The Arrow schema of a table as a listing that a reviewer can compare.
fn arrow_listing(table: Table) -> String {
    let columns: Vec<Value> = table
        .schema()
        .fields()
        .iter()
        .map(|f| json!({"name": f.name(), "type": f.data_type().to_string(), "nullable": f.is_nullable()}))
        .collect();
    pretty(&json!({"version": SCHEMA_VERSION, "table": table.as_str(), "columns": columns}))
}

/// The checks for DuckDB.
pub fn checks_sql() -> String {
    let list = |table: Table, column: &str| {
        let Some(Column { allowed: Allowed::OneOf(values), .. }) = table.column(column) else {
            unreachable!("{table}.{column} has a closed list");
        };
        values().iter().map(|v| format!("'{v}'")).collect::<Vec<_>>().join(", ")
    };
    let codes: Vec<String> = RejectCode::ALL.iter().map(|code| format!("('{}', '{code}')", code.status())).collect();
    let mut sql = CHECKS_SQL.to_owned();
    for (place, values) in [
        ("{source_formats}", list(Table::Articles, "source_format")),
        ("{paragraph_kinds}", list(Table::Articles, "paragraph_kinds")),
        ("{flags}", list(Table::Articles, "flags")),
        ("{splits}", list(Table::Articles, "split")),
        ("{kinds}", list(Table::Removals, "kind")),
        ("{actions}", list(Table::Removals, "action")),
        ("{fields}", list(Table::Removals, "field")),
        ("{codes}", codes.join(", ")),
    ] {
        sql = sql.replace(place, &wrap(&values));
    }
    sql
}

/// Columns after which a list in SQL goes on in the next line.
const SQL_LINE: usize = 100;

/// Breaks a comma-parted list into lines.
fn wrap(list: &str) -> String {
    let mut lines = vec![String::new()];
    for item in list.split_inclusive(", ") {
        if lines.last().is_some_and(|line| line.len() + item.len() > SQL_LINE) {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(item);
        }
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n    ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_schema_is_itself_valid_and_compiles() {
        for subject in Subject::ALL {
            let schema = subject.schema();
            assert!(::jsonschema::draft202012::meta::is_valid(&schema), "{subject}");
            ::jsonschema::validator_for(&schema).unwrap();
        }
    }

    #[test]
    fn a_nullable_closed_list_takes_null_and_nothing_else_new() {
        let column = Table::Removals.column("field").unwrap();
        let validator = ::jsonschema::validator_for(&property(column)).unwrap();
        assert!(validator.is_valid(&Value::Null));
        assert!(validator.is_valid(&json!("title")));
        assert!(!validator.is_valid(&json!("headline")));
    }

    #[test]
    fn each_column_carries_its_type_and_its_bounds() {
        let check = |table: Table, name: &str, good: Value, bad: Value| {
            let validator = ::jsonschema::validator_for(&property(table.column(name).unwrap())).unwrap();
            assert!(validator.is_valid(&good), "{name}: {good}");
            assert!(!validator.is_valid(&bad), "{name}: {bad}");
        };
        check(Table::Articles, "word_count", json!(0), json!(-1));
        check(Table::Articles, "word_count", json!(i32::MAX), json!(i64::from(i32::MAX) + 1));
        check(Table::Articles, "published_date", json!("2031-04-05"), json!("5 April 2031"));
        check(Table::Articles, "published_at", json!("2031-04-05T06:07:08.5"), json!("2031-04-05T06:07:08Z"));
        check(Table::Articles, "published_zone", json!("+03:00"), json!("EST"));
        check(Table::Articles, "authors", json!(["Ines Vall"]), json!([""]));
        check(Table::Articles, "authors", json!([]), Value::Null);
        check(Table::Articles, "language_score", json!(1.0), json!(1.5));
        check(Table::Articles, "text", json!("A."), Value::Null);
    }

    #[test]
    fn no_place_is_left_open_in_the_sql() {
        let sql = checks_sql();
        assert!(!sql.contains("({") && sql.contains("'boilerplate'") && sql.contains("('failed', 'bug')"));
        assert!(sql.lines().all(|line| line.chars().count() <= 140));
    }
}
