//! The schema of a config file of `build`: a key for each flag, of the same name.

use serde_json::{Map, Value, json};

use crate::finding::Kind;
use crate::options::Favor;

/// The body of the schema.
pub(super) fn schema() -> Value {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|v| v.as_str()).collect();
    let favors: Vec<&str> = Favor::ALL.iter().map(|v| v.as_str()).collect();
    let column = |doc: &str| json!({"description": doc, "type": "string", "minLength": 1});
    let texts = |doc: &str| json!({"description": doc, "type": "array", "items": {"type": "string", "minLength": 1}});
    let switch = |doc: &str| json!({"description": doc, "type": "boolean"});
    let keys = [
        (
            "format",
            json!({
                "description": "Format of the inputs.",
                "enum": ["auto", "text", "html", "jsonl", "csv", "parquet", "warc", "wet"],
            }),
        ),
        ("text_field", column("Field of a row that holds plain text.")),
        ("html_field", column("Field of a row that holds HTML.")),
        ("url_field", column("Field of a row that holds the page's address.")),
        ("id_field", column("Field of a row that names it.")),
        ("files_from", column("File that lists inputs, one a line.")),
        ("limit", json!({"description": "Most dumps that are read.", "type": "integer", "minimum": 0})),
        ("jobs", json!({"description": "Threads.", "type": "integer", "minimum": 1})),
        ("rules", texts("Files of rules of one's own.")),
        ("select", texts("Rules or families to use; empty: all.")),
        ("ignore", texts("Rules or families to leave out.")),
        (
            "keep",
            json!({"description": "Kinds that stay in the text.", "type": "array", "items": {"enum": kinds}}),
        ),
        ("favor", json!({"description": "What to prefer where a decision is close.", "enum": favors})),
        (
            "language",
            json!({
                "description": "Languages to keep (ISO 639-3); others are rejected.",
                "type": "array",
                "items": {"type": "string", "pattern": "^[a-z]{3}$"},
            }),
        ),
        (
            "min_words",
            json!({"description": "Fewest words; shorter articles are rejected.", "type": "integer", "minimum": 0}),
        ),
        ("quiet", switch("Prints nothing but errors.")),
    ];
    let properties: Map<String, Value> = keys.into_iter().map(|(key, schema)| (key.to_owned(), schema)).collect();
    json!({
        "description": "A config file of `copydesk build`, TOML: a key for each flag, of the same name.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}
