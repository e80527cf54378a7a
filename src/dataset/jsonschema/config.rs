//! The schema of a config file of `build`: a key for each flag, of the same name, with `_` or `-` between words.

use serde_json::{Map, Value, json};

use crate::finding::Kind;
use crate::options::Favor;

/// The formats that this version reads.
const FORMATS: [&str; 8] = ["auto", "text", "html", "jsonl", "csv", "parquet", "warc", "wet"];

/// Most threads: what the flag takes.
const MAX_JOBS: u16 = u16::MAX;

/// The body of the schema.
pub(super) fn schema() -> Value {
    let keys = keys();
    let hyphened: Map<String, Value> = keys
        .iter()
        .filter(|(key, _)| key.contains('_'))
        .map(|(key, _)| (format!("^{}$", key.replace('_', "-")), json!({"$ref": format!("#/properties/{key}")})))
        .collect();
    let properties: Map<String, Value> = keys.into_iter().map(|(key, schema)| (key.to_owned(), schema)).collect();
    json!({
        "description": "A config file of `copydesk build`, TOML: a key for each flag, of the same name. \
                        Paths are taken from the folder that the file lies in.",
        "type": "object",
        "properties": properties,
        "patternProperties": hyphened,
        "additionalProperties": false,
    })
}

fn keys() -> Vec<(&'static str, Value)> {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|v| v.as_str()).collect();
    let favors: Vec<&str> = Favor::ALL.iter().map(|v| v.as_str()).collect();
    let text = |doc: &str| json!({"description": doc, "type": "string", "minLength": 1});
    let texts = |doc: &str| json!({"description": doc, "type": "array", "items": {"type": "string", "minLength": 1}});
    let switch = |doc: &str| json!({"description": doc, "type": "boolean"});
    let count = |doc: &str| json!({"description": doc, "type": "integer", "minimum": 0});
    vec![
        ("input", texts("Dumps: files or folders.")),
        ("output", text("Folder to write the dataset to.")),
        ("format", json!({"description": "Format of the inputs.", "enum": FORMATS})),
        ("text_field", text("Field of a row that holds plain text.")),
        ("html_field", text("Field of a row that holds an HTML page.")),
        ("url_field", text("Field of a row that holds the page's address.")),
        ("id_field", text("Field of a row that names it.")),
        ("files_from", text("File that lists more inputs, one a line.")),
        ("limit", count("Most dumps that are read.")),
        ("jobs", json!({"description": "Threads.", "type": "integer", "minimum": 1, "maximum": MAX_JOBS})),
        ("rules", texts("Files of rules of one's own.")),
        ("select", texts("Only these rules or families.")),
        ("ignore", texts("Not these rules or families.")),
        (
            "keep",
            json!({
                "description": "Kinds of text that stay in the articles.",
                "type": "array",
                "items": {"enum": kinds},
            }),
        ),
        ("favor", json!({"description": "What to prefer where a decision is close.", "enum": favors})),
        ("model", text("A file with a model for pages, or `off`.")),
        (
            "language",
            json!({
                "description": "Languages to keep (ISO 639-3); articles in others go to rejects.",
                "type": "array",
                "items": {"type": "string", "pattern": "^[a-z]{3}$"},
            }),
        ),
        ("max_dump_bytes", count("Bytes of a dump; larger ones go to rejects.")),
        ("max_unpacked_bytes", count("Bytes that one file may unpack to.")),
        ("max_ratio", count("How many times larger than its packed form content may be.")),
        ("max_entries", count("Members of one archive.")),
        ("min_words", count("Articles with fewer words go to rejects.")),
        ("overwrite", switch("Replace the dataset in the output folder.")),
        ("resume", switch("Go on with an interrupted run.")),
        ("reuse", text("A finished dataset: what it holds of unchanged dumps is taken over.")),
        ("dry_run", switch("Read and clean, but write nothing.")),
        ("quiet", switch("Print nothing but errors.")),
        ("json", switch("Print events to standard output, one JSON object a line.")),
    ]
}
