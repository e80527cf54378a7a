//! The schema of `manifest.json`, beside the type that writes it: [`crate::dataset::manifest::Manifest`].

use serde_json::{Value, json};

use crate::article::RejectCode;
use crate::dataset::schema::{SCHEMA_VERSION, Table};
use crate::finding::Kind;

/// SHA-256 as text.
const SHA256: &str = "^[0-9a-f]{64}$";

fn count(doc: &str) -> Value {
    json!({"description": doc, "type": "integer", "minimum": 0})
}

fn digest(doc: &str) -> Value {
    json!({"description": doc, "type": "string", "pattern": SHA256})
}

/// An object with these keys, all of them required. Later versions may add keys.
fn object(doc: &str, properties: Value) -> Value {
    let required: Vec<&String> = properties.as_object().into_iter().flat_map(|map| map.keys()).collect();
    json!({"description": doc, "type": "object", "required": required, "properties": properties})
}

/// The body of the schema.
pub(super) fn schema() -> Value {
    let mut schema = manifest();
    // Not required: the first datasets had none.
    schema["properties"]["sources"] = object(
        "The index of what the dumps were made of: it tells a later run which of them are unchanged.",
        json!({
            "path": {"description": "Path in the dataset folder.", "type": "string", "pattern": r"^[^/\\]+$"},
            "dumps": count("Dumps in it."),
            "bytes": count("Size."),
            "sha256": digest("SHA-256 of the file."),
        }),
    );
    schema
}

fn manifest() -> Value {
    object(
        "What a dataset was made from and what it holds.",
        json!({
            "schema_version": {"description": "Version of the tables.", "const": SCHEMA_VERSION},
            "tool": object(
                "The program that made the dataset.",
                json!({
                    "name": {"type": "string", "minLength": 1},
                    "version": {"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+"},
                }),
            ),
            "rules_digest": digest("SHA-256 over the active rules."),
            "model_digest": {
                "description": "SHA-256 of the model, if one was used.",
                "type": ["string", "null"],
                "pattern": SHA256,
            },
            "options": {
                "description": "The options that change the output, under the names of their flags.",
                "type": "object",
            },
            "options_digest": digest("SHA-256 over the options as compact JSON."),
            "inputs": object(
                "What was read.",
                json!({
                    "count": count("Dumps, those that failed among them."),
                    "files": count("Files that were read to their end."),
                    "bytes": count("Bytes of these files as stored."),
                    "digest": digest("SHA-256 over path and SHA-256 of each file, in the order of the paths."),
                    "passed_over": {
                        "description": "What was passed over since it is no dump, by its name.",
                        "type": "object",
                        "additionalProperties": count("How many."),
                    },
                }),
            ),
            "outputs": {
                "description": "The files of the dataset beside this one, sorted by path.",
                "type": "array",
                "items": output(),
            },
            "totals": totals(),
        }),
    )
}

/// One file.
fn output() -> Value {
    let tables: Vec<&str> = Table::ALL.iter().map(|table| table.as_str()).collect();
    object(
        "A file of the dataset.",
        json!({
            "path": {
                "description": "Path in the dataset folder, with `/` between parts.",
                "type": "string",
                "pattern": r"^[^/\\]+(/[^/\\]+)*$",
            },
            "table": {"description": "The table that it holds rows of.", "enum": tables},
            "rows": count("Rows."),
            "bytes": count("Size."),
            "sha256": digest("SHA-256 of the file."),
        }),
    )
}

/// The sums.
fn totals() -> Value {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let codes: Vec<&str> = RejectCode::ALL.iter().map(|code| code.as_str()).collect();
    object(
        "The sums over the run. Characters are counted without white space.",
        json!({
            "dumps": count("Dumps read: articles, rejected and failed ones."),
            "articles": count("Rows of `articles`."),
            "rejected": count("Dumps refused on purpose."),
            "failed": count("Dumps that could not be read or processed."),
            "layout_chars": count("Sum of the column over all articles."),
            "kept_chars": count("Sum of the column over all articles."),
            "dropped_chars": count("Sum of the column over all articles."),
            "lifted_chars": count("Sum of the column over all articles."),
            "by_kind": {
                "description": "Rows of `removals` by kind, those of rejected dumps among them.",
                "type": "object",
                "propertyNames": {"enum": kinds},
                "additionalProperties": object(
                    "Rows of one kind.",
                    json!({"rows": count("Rows."), "chars": count("Characters of their text.")}),
                ),
            },
            "by_code": {
                "description": "Rows of `rejects` by code.",
                "type": "object",
                "propertyNames": {"enum": codes},
                "additionalProperties": count("Rows."),
            },
            "by_language": {
                "description": "Rows of `articles` by language.",
                "type": "object",
                "propertyNames": {"pattern": "^[a-z]{3}$"},
                "additionalProperties": count("Rows."),
            },
        }),
    )
}
