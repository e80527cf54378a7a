//! The schema of a file of noise rules, as TOML tables read as JSON objects. The closed lists are those of the code.

use serde_json::{Value, json};

use crate::finding::{Field, Kind};
use crate::judge::document::Zone;
use crate::judge::rule::{Anchor, RuleAction, Scope, Status, Tier};

/// `family/slug`.
const ID: &str = "^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$";
/// ISO 639-1, or `any`.
const LANGUAGE: &str = "^([a-z]{2}|any)$";
/// A version with three numbers.
const VERSION: &str = r"^[0-9]+\.[0-9]+\.[0-9]+$";

/// A list of texts that are not empty.
fn texts(doc: &str) -> Value {
    json!({"description": doc, "type": "array", "items": {"type": "string", "minLength": 1}})
}

/// One text of a closed list.
fn one_of<T: serde::Serialize>(doc: &str, values: &[T]) -> Value {
    json!({"description": doc, "type": "string", "enum": values})
}

/// The body of the schema.
pub(super) fn schema() -> Value {
    json!({
        "description": "A file of noise rules: a list of rules and a list of texts that no rule may take.",
        "type": "object",
        "properties": {
            "rule": {"type": "array", "items": rule()},
            "keep": {"type": "array", "items": keep()},
        },
        "additionalProperties": false,
    })
}

/// One rule.
fn rule() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": {"description": "family/slug, for ever; `x/…` is the users' family.", "type": "string", "pattern": ID},
            "formerly": {
                "description": "Ids that it had before.",
                "type": "array",
                "items": {"type": "string", "pattern": ID},
            },
            "kind": one_of("The sort of text.", Kind::ALL),
            "action": one_of("What is done with the text.", RuleAction::ALL),
            "field": one_of("The column that lift and copy fill.", Field::ALL),
            "tier": one_of("Whether it decides alone or is evidence.", Tier::ALL),
            "status": one_of("A preview is reported and never acted on.", Status::ALL),
            "langs": {
                "description": "Languages of its phrases (ISO 639-1), or `any`.",
                "type": "array",
                "items": {"type": "string", "pattern": LANGUAGE},
            },
            "since": {"description": "The version that brought it.", "type": "string", "pattern": VERSION},
            "why": {"description": "Why this is noise, as a sentence.", "type": "string", "minLength": 1},
            "scope": one_of("What it looks at.", Scope::ALL),
            "anchor": one_of("Where in a block an inline match stands.", Anchor::ALL),
            "zone": {
                "description": "Where it holds: head is before the first long paragraph, tail after the last.",
                "type": "array",
                "items": {"enum": [Zone::Head, Zone::Mid, Zone::Tail]},
            },
            "max_words": {"description": "Longest block that it looks at.", "type": "integer", "minimum": 1},
            "near": {
                "description": "Kinds of which a neighbour, two blocks away at most, must be found.",
                "type": "array",
                "items": {"enum": Kind::ALL},
            },
            "overlaps": texts("Ids of rules that may take its examples first."),
            "unless": texts("Phrases that forbid it."),
            "match": matcher(),
            "drops": texts("Texts that it takes."),
            "keeps": texts("Close texts that it leaves."),
            "case": {
                "description": "Whole small dumps, marked in the margin.",
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "note": {"type": "string", "minLength": 1},
                        "dump": {"type": "string", "minLength": 1},
                    },
                    "required": ["note", "dump"],
                    "additionalProperties": false,
                },
            },
        },
        "required": ["id", "kind", "action", "since", "why", "match"],
        "additionalProperties": false,
    })
}

/// What a rule looks for.
fn matcher() -> Value {
    json!({
        "description": "What it looks for.",
        "type": "object",
        "properties": {
            "whole": texts("The folded block is one of these."),
            "starts": texts("The folded block begins with one of these."),
            "ends": texts("The folded block ends with one of these."),
            "contains": texts("The folded block holds one of these; needs max_words."),
            "pattern": {
                "description": "A regular expression, anchored by the loader; needs trigger.",
                "type": "string",
                "minLength": 1,
            },
            "trigger": texts("Words one of which the pattern needs; [] where there is none. A space in front of one or behind it asks for the border of a word there."),
            "tokens": texts("Whole tokens of class, id, role or itemprop."),
            "selector": {
                "description": "A CSS selector of elements of a page; the page is parsed once more for it.",
                "type": "string",
                "minLength": 1,
            },
            "detector": {
                "description": "A structural test by name.",
                "type": "object",
                "properties": {"name": {"type": "string", "minLength": 1}},
                "required": ["name"],
                "additionalProperties": false,
            },
        },
        "minProperties": 1,
        "dependentRequired": {"pattern": ["trigger"]},
        "additionalProperties": false,
    })
}

/// One text that stays.
fn keep() -> Value {
    json!({
        "type": "object",
        "properties": {
            "site": {"description": "Only on this site.", "type": "string", "minLength": 1},
            "text": {"description": "The text that no rule may take.", "type": "string", "minLength": 1},
            "why": {"type": "string", "minLength": 1},
        },
        "required": ["text", "why"],
        "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(toml: &str) -> Vec<String> {
        let rules: Value = toml::from_str(toml).unwrap();
        ::jsonschema::validator_for(&schema()).unwrap().iter_errors(&rules).map(|e| e.to_string()).collect()
    }

    #[test]
    fn the_rules_that_ship_with_the_program_pass() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/judge/rules");
        let mut n_files = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(errors(&std::fs::read_to_string(&path).unwrap()), [""; 0], "{}", path.display());
            n_files += 1;
        }
        assert!(n_files > 0);
    }

    #[test]
    fn a_rule_with_an_unknown_kind_an_unknown_key_or_no_trigger_does_not_pass() {
        let rule =
            "[[rule]]\nid = \"x/ad\"\nkind = \"advert\"\naction = \"drop\"\nsince = \"0.1.0\"\nwhy = \"It sells.\"\n";
        assert_eq!(errors(&format!("{rule}match.whole = [\"ad\"]")), [""; 0]);
        assert_eq!(errors(&format!("{rule}match.pattern = 'ad'")).len(), 1);
        assert_eq!(errors(&format!("{rule}match.whole = [\"ad\"]\nzones = []")).len(), 1);
        assert_eq!(errors(&format!("{}match.whole = [\"ad\"]", rule.replace("advert", "ad"))).len(), 1);
    }
}
