//! The schema of `manifest.json`.

use serde_json::{Value, json};

/// The body of the schema.
pub(super) fn schema() -> Value {
    json!({"description": "What a dataset was made from and what it holds.", "type": "object"})
}
