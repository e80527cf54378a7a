//! What holds of the source as text: which room may name what, and that generated and listed things are complete.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex::Regex;

use crate::{files_under, root};

/// A name that a room must not use, with the paths under `src` that may.
struct OnlyIn {
    /// A regular expression over code without comments and texts.
    what: &'static str,
    /// Path prefixes.
    places: &'static [&'static str],
}

const ONLY_IN: &[OnlyIn] = &[
    OnlyIn { what: r"\b(html5ever|scraper)\b\s*(::|;)", places: &["page/html"] },
    OnlyIn { what: r"\b(arrow|parquet)\b\s*(::|;)", places: &["dataset/", "input/columnar.rs"] },
    OnlyIn { what: r"\bwhatlang\b\s*(::|;)", places: &["language"] },
    OnlyIn { what: r"\bjsonschema::(Validator|validator_for|options|draft)", places: &["dataset/validate"] },
    OnlyIn { what: r"\b(clap|indicatif|signal_hook|tracing_subscriber)\b\s*(::|;)", places: &["cli/"] },
    OnlyIn { what: r"\bwalkdir\b\s*(::|;)", places: &["input/", "dataset/", "pipeline"] },
    OnlyIn { what: r"\bstd::(fs|env|net|process)\b", places: &["input/", "dataset/", "pipeline", "cli/", "main.rs"] },
    OnlyIn { what: r"\bstd::thread\b", places: &["pipeline", "dataset/", "input/", "cli/"] },
    OnlyIn { what: r"\b(Instant|SystemTime)\b|\bTimestamp::now\b|\bZoned::now\b", places: &["cli/"] },
    OnlyIn { what: r"\be?print(ln)?!", places: &["cli/"] },
    OnlyIn { what: r"\bprocess::(exit|abort)\b", places: &["cli/stop.rs"] },
    OnlyIn { what: r"\b(rand|fastrand|getrandom|RandomState)\b\s*(::|;)", places: &[] },
    OnlyIn { what: r"\bunsafe\b", places: &[] },
];

/// The rooms that a room must not know. `article` holds the records that all may name.
const NEVER: &[(&str, &[&str])] = &[
    ("error", &["input", "page", "language", "judge", "article", "cleaner", "dataset", "pipeline", "show"]),
    ("options", &["input", "page", "language", "judge", "article", "cleaner", "dataset", "pipeline", "show"]),
    ("finding", &["input", "page", "language", "judge", "article", "cleaner", "dataset", "pipeline", "show"]),
    ("input", &["page", "language", "judge", "cleaner", "dataset", "pipeline", "show"]),
    ("language", &["input", "judge", "article", "cleaner", "dataset", "pipeline", "show"]),
    ("page", &["judge", "article", "cleaner", "dataset", "pipeline", "show"]),
    ("judge", &["article", "cleaner", "dataset", "pipeline", "show"]),
    ("article", &["judge", "cleaner", "dataset", "pipeline", "show"]),
    ("cleaner", &["dataset", "pipeline", "show"]),
    ("dataset", &["pipeline", "show"]),
    ("show", &["input", "language", "judge", "article", "cleaner", "dataset", "pipeline"]),
    ("pipeline", &["show"]),
];

/// Longest source file, in lines.
const MAX_LINES: usize = 600;

/// The sources under `src`: path with `/`, and the code without comments, texts and unit tests.
fn sources() -> Vec<(String, String)> {
    files_under(&root().join("src"))
        .into_iter()
        .map(|(path, relative)| (path, slashed(&relative)))
        .filter(|(_, name)| name.ends_with(".rs") && !is_test_only(name))
        .map(|(path, name)| {
            let text = fs::read_to_string(&path).expect("a source is UTF-8");
            (name, without_tests(&code_of(&text)))
        })
        .collect()
}

/// Whether a file is compiled for unit tests alone.
fn is_test_only(name: &str) -> bool {
    name.split('/').any(|part| ["tests", "tests.rs", "testing.rs"].contains(&part))
}

fn slashed(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Cuts off the unit tests, which stand at the end of a file.
fn without_tests(code: &str) -> String {
    let tests = Regex::new(r"(?m)^#\[cfg\(test\)\]\s*(pub(\(crate\))? )?mod tests\b").expect("it compiles");
    tests.find(code).map_or(code, |found| &code[..found.start()]).to_owned()
}

/// Rust without comments and without what stands in literals.
fn code_of(text: &str) -> String {
    let tokens = Regex::new(
        r####"(?s)//[^\n]*|/\*.*?\*/|b?r"[^"]*"|b?r#".*?"#|b?r##".*?"##|b?"(\\.|[^"\\])*"|b?'(\\[^'\n]+|\\'|[^'\\\n])'"####,
    )
    .expect("it compiles");
    tokens.replace_all(text, " ").into_owned()
}

/// The rooms that code names after `crate::`.
fn rooms_named(code: &str) -> BTreeSet<String> {
    let path = Regex::new(r"\bcrate::\s*(\w+|\{)").expect("it compiles");
    let mut rooms = BTreeSet::new();
    for found in path.captures_iter(code) {
        if &found[1] != "{" {
            rooms.insert(found[1].to_owned());
            continue;
        }
        // A group: the names at its first level.
        let mut depth = 0;
        let mut name = String::new();
        for c in code[found.get(1).expect("it matched").end()..].chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => name.clear(),
                c if depth == 0 && (c.is_alphanumeric() || c == '_') => name.push(c),
                ':' if depth == 0 && !name.is_empty() => {
                    rooms.insert(std::mem::take(&mut name));
                }
                _ => {}
            }
        }
    }
    rooms
}

/// The room of a file: its folder, or its own name.
fn room_of(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

#[test]
fn only_the_named_places_use_what_is_fenced() {
    let mut broken = Vec::new();
    let sources = sources();
    for OnlyIn { what, places } in ONLY_IN {
        let pattern = Regex::new(what).expect("it compiles");
        for (path, code) in &sources {
            if places.iter().any(|place| path.starts_with(place)) {
                continue;
            }
            broken.extend(pattern.find(code).map(|found| format!("src/{path} uses {}", found.as_str())));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn arrows_between_rooms_go_one_way() {
    let mut broken = Vec::new();
    for (path, code) in sources() {
        let Some((room, never)) = NEVER.iter().find(|(room, _)| *room == room_of(&path)) else { continue };
        let named = rooms_named(&code);
        broken.extend(never.iter().filter(|n| named.contains(**n)).map(|n| format!("src/{path}: {room} knows {n}")));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_fences_would_notice() {
    let code = code_of(
        "// std::fs\nlet a = \"std::fs\"; let b = '\"'; use std::fs; // \"\n/* scraper:: */ x::<'a>(r#\"arrow::\"#)",
    );
    assert!(code.contains("use std::fs;") && code.matches("std::fs").count() == 1, "{code}");
    assert!(!code.contains("scraper") && !code.contains("arrow"), "{code}");
    let named = rooms_named("use crate::{judge::{RuleSet, scan}, page::Layout}; fn f() { crate::show::mark() }");
    assert_eq!(named.into_iter().collect::<Vec<_>>(), ["judge", "page", "show"]);
    assert!(!without_tests("a\n#[cfg(test)]\nmod tests {\n").contains("mod tests"));
}

#[test]
fn no_source_file_is_two_rooms() {
    let mut long = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for (path, relative) in files_under(&root().join(folder)) {
            if path.extension().is_some_and(|e| e == "rs" || e == "py") {
                let n_lines = fs::read_to_string(&path).expect("a source is UTF-8").lines().count();
                if n_lines > MAX_LINES {
                    long.push(format!("{folder}/{}: {n_lines} lines", slashed(&relative)));
                }
            }
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_rules_file_is_listed() {
    let listed: Vec<&str> = copydesk::judge::BUILTIN.iter().map(|(name, _)| *name).collect();
    let files = files_under(&root().join("src/judge/rules"));
    let found: Vec<String> =
        files.iter().map(|(_, name)| slashed(name)).filter(|name| name.ends_with(".toml")).collect();
    assert_eq!(listed, found);
}

#[test]
fn every_detector_is_named_by_a_rule() {
    let text = fs::read_to_string(root().join("src/judge/detectors/mod.rs")).expect("the detectors are listed");
    let list =
        text.split_once("DETECTORS").and_then(|(_, rest)| rest.split_once("];")).expect("a list named DETECTORS").0;
    let names = Regex::new(r#"\("(\w+)""#).expect("it compiles");
    let detectors: BTreeSet<&str> = names.captures_iter(list).map(|c| c.get(1).expect("it matched").as_str()).collect();
    let rules = copydesk::judge::RuleSet::builtin();
    let named: BTreeSet<&str> =
        rules.rules().iter().filter_map(|r| r.raw.r#match.detector.as_ref()).map(|call| call.name.as_str()).collect();
    assert!(!detectors.is_empty());
    assert_eq!(detectors, named);
}

/// `schemas/` is what the program makes; `make schemas` writes it anew.
mod schemas {
    use super::*;

    #[test]
    fn committed_schemas_are_what_the_program_makes() {
        let folder = root().join("schemas");
        let made = copydesk::dataset::jsonschema::all();
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::create_dir_all(&folder).expect("a folder can be made");
            for (name, text) in &made {
                fs::write(folder.join(name), text).expect("a schema can be written");
            }
        }
        let mut names: Vec<String> = files_under(&folder).iter().map(|(_, name)| slashed(name)).collect();
        for (name, text) in &made {
            let committed = fs::read_to_string(folder.join(name)).unwrap_or_default();
            assert!(&committed == text, "schemas/{name} is stale: run `make schemas`");
            names.retain(|n| n != name);
        }
        assert!(names.is_empty(), "nothing makes these files of schemas/: {names:?}");
    }
}
