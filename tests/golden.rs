//! Every dump under `samples/dumps` gives the text, the fields and the pieces that stand under `samples/expected`.
//!
//! `UPDATE_EXPECT=1` writes the pieces anew from what came out, so that their diff can be read; text and fields are
//! written by hand and are never overwritten.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::common::{bare, cleaner, collapsed, root};
use copydesk::article::{Article, Moment};
use copydesk::finding::Action;
use copydesk::input::{self, Inputs, Item};
use copydesk::{Cleaned, Cleaner};

/// What came of each dump of one file, by key (empty for a file that is one dump).
fn outcomes(cleaner: &Cleaner, path: &Path) -> BTreeMap<String, Result<Cleaned, String>> {
    let inputs = Inputs { paths: vec![path.to_path_buf()], ..Inputs::default() };
    let mut outcomes = BTreeMap::new();
    for item in input::read(&inputs).expect("the sample can be read") {
        match item {
            Item::Dump(dump) => {
                outcomes.insert(dump.key.clone().unwrap_or_default(), Ok(cleaner.clean(dump.as_dump())));
            }
            Item::Failed(failure) => {
                outcomes.insert(failure.key.clone().unwrap_or_default(), Err(failure.code.as_str().to_owned()));
            }
            _ => {}
        }
    }
    outcomes
}

/// The columns that a sample's gold can name, without those that are null, empty or false.
pub(crate) fn columns(article: &Article) -> Map<String, Value> {
    let mut all = Map::new();
    let mut put = |name: &str, value: Value| {
        let blank = match &value {
            Value::Null | Value::Bool(false) => true,
            Value::String(s) => s.is_empty(),
            Value::Array(a) => a.is_empty(),
            _ => false,
        };
        if !blank {
            all.insert(name.to_owned(), value);
        }
    };
    put("url", json!(article.source.url));
    put("title", json!(article.title));
    put("subtitle", json!(article.subtitle));
    put("authors", json!(article.authors));
    put("agency", json!(article.agency));
    put("dateline_place", json!(article.dateline_place));
    let mut moment = |name: &str, m: &Moment| {
        put(&format!("{name}_date"), json!(m.date.map(|d| d.to_string())));
        put(&format!("{name}_at"), json!(m.at.map(|d| d.to_string())));
        put(&format!("{name}_zone"), json!(m.zone));
    };
    moment("published", &article.published);
    moment("modified", &article.modified);
    put("section", json!(article.section));
    put("tags", json!(article.tags));
    put("captions", json!(article.captions));
    put("credits", json!(article.credits));
    put("corrections", json!(article.corrections));
    put("language", json!(article.language));
    put("machine_translated", json!(article.machine_translated));
    put("original_language", json!(article.original_language));
    put("paywalled", json!(article.paywalled));
    put("truncated", json!(article.truncated));
    put("rights_notice", json!(article.rights_notice));
    put("tdm_reserved", json!(article.tdm_reserved));
    put("flags", json!(article.flags.iter().map(|f| f.as_str()).collect::<Vec<_>>()));
    all
}

fn pieces(cleaned: &Cleaned) -> Vec<Value> {
    cleaned
        .findings
        .iter()
        .filter(|f| f.action.removes() || f.action == Action::Repair)
        .map(|f| {
            let mut piece = Map::new();
            piece.insert("kind".into(), json!(f.kind.as_str()));
            piece.insert("action".into(), json!(f.action.as_str()));
            if let Some(field) = f.action.field() {
                piece.insert("field".into(), json!(field.as_str()));
            }
            piece.insert("rule".into(), json!(f.rule.as_str()));
            piece.insert("text".into(), json!(f.span.of(&cleaned.layout.text)));
            if let Some(replacement) = &f.replacement {
                piece.insert("replacement".into(), json!(replacement));
            }
            Value::Object(piece)
        })
        .collect()
}

/// Compares one outcome with its gold; writes what differs.
fn compare(name: &str, got: &Cleaned, text: &str, article: &Value, want: &[Value], faults: &mut String) {
    let Ok(record) = &got.outcome else {
        let _ = writeln!(faults, "{name}: no article: {:?}", got.outcome.as_ref().err().map(|r| r.code));
        return;
    };
    if record.text != text.trim_end() {
        let (got, want) = (collapsed(&record.text), collapsed(text));
        let at = got.split("\n\n").zip(want.split("\n\n")).position(|(g, w)| g != w);
        let show = |t: &str| match at {
            Some(at) => t.split("\n\n").nth(at).unwrap_or("(end)").chars().take(300).collect::<String>(),
            None => format!("… {}", t.chars().skip(t.chars().count().saturating_sub(200)).collect::<String>()),
        };
        let _ = writeln!(
            faults,
            "{name}: text differs in paragraph {at:?}\n   got  {:?}\n   want {:?}",
            show(&got),
            show(&want)
        );
    }
    let columns = columns(record);
    let empty = Map::new();
    let gold = article.as_object().unwrap_or(&empty);
    for key in columns.keys().chain(gold.keys().filter(|k| !columns.contains_key(*k))) {
        let (got, want) = (columns.get(key), gold.get(key));
        let fits = match key.as_str() {
            // Gold names the flags that it is sure of.
            "flags" => want.and_then(Value::as_array).is_none_or(|want| {
                want.iter().all(|flag| got.and_then(Value::as_array).is_some_and(|got| got.contains(flag)))
            }),
            "url" => want.is_none() || got == want,
            _ => got == want,
        };
        if !fits {
            let _ = writeln!(faults, "{name}: {key}\n   got  {}\n   want {}", json!(got), json!(want));
        }
    }
    let got = pieces(got);
    if got != want {
        let line = |v: &Value| v.to_string();
        let _ = writeln!(faults, "{name}: pieces");
        for piece in got.iter().filter(|p| !want.contains(p)) {
            let _ = writeln!(faults, "   got  {}", line(piece));
        }
        for piece in want.iter().filter(|p| !got.contains(p)) {
            let _ = writeln!(faults, "   want {}", line(piece));
        }
    }
}

#[test]
fn every_sample_comes_out_as_expected() {
    let cleaner = cleaner();
    let (dumps, expected) = (root().join("samples/dumps"), root().join("samples/expected"));
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let only = std::env::var("SAMPLE").unwrap_or_default();
    let mut names: Vec<String> = fs::read_dir(&dumps)
        .expect("samples are there")
        .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert!(names.len() >= 60);
    let mut faults = String::new();
    for file in names.iter().filter(|n| n.contains(&only)) {
        let stem = file.rsplit_once('.').expect("an extension").0;
        let outcomes = outcomes(&cleaner, &dumps.join(file));
        if file.ends_with(".jsonl") {
            let path = expected.join(format!("{stem}.rows.jsonl"));
            let mut updated = String::new();
            for line in fs::read_to_string(&path).expect("expectations").lines() {
                let mut gold: Value = serde_json::from_str(line).expect("gold is JSON");
                let key = gold["key"].as_str().expect("a key").to_owned();
                let name = format!("{file}#{key}");
                match (outcomes.get(&key), gold["reject"].as_str()) {
                    (Some(Ok(cleaned)), None) => {
                        let want = gold["pieces"].as_array().cloned().unwrap_or_default();
                        let text = gold["text"].as_str().unwrap_or_default();
                        compare(&name, cleaned, text, &gold["article"], if update { &[] } else { &want }, &mut faults);
                        gold["pieces"] = Value::Array(pieces(cleaned));
                    }
                    (Some(Err(code)), Some(want)) if code == want => {}
                    (Some(Ok(cleaned)), Some(want))
                        if cleaned.outcome.as_ref().err().is_some_and(|r| r.code.as_str() == want) => {}
                    (got, want) => {
                        let got = got.map(|g| g.as_ref().map(|c| c.outcome.is_ok()));
                        let _ = writeln!(faults, "{name}: got {got:?}, want {want:?}");
                    }
                }
                let _ = writeln!(updated, "{gold}");
            }
            if update {
                fs::write(&path, updated).expect("expectations can be written");
            }
            continue;
        }
        let Some(Ok(cleaned)) = outcomes.get("") else {
            let _ = writeln!(faults, "{file}: not one dump");
            continue;
        };
        let text = fs::read_to_string(expected.join(format!("{stem}.txt"))).expect("clean text");
        let path = expected.join(format!("{stem}.jsonl"));
        let gold: Vec<Value> = fs::read_to_string(&path)
            .expect("expectations")
            .lines()
            .map(|l| serde_json::from_str(l).expect("gold is JSON"))
            .collect();
        let want = if update { &[] } else { &gold[1..] };
        compare(file, cleaned, &text, &gold[0]["article"], want, &mut faults);
        if update {
            let mut lines = gold[0].to_string();
            for piece in pieces(cleaned) {
                let _ = write!(lines, "\n{piece}");
            }
            fs::write(&path, lines + "\n").expect("expectations can be written");
        }
    }
    if update {
        faults = faults
            .split_inclusive('\n')
            .filter(|l| !l.contains(": pieces") && !l.starts_with("   got  {\"kind\""))
            .collect();
    }
    assert!(faults.is_empty(), "samples differ\n{faults}");
}

/// Guards the helper above: what is compared must be able to differ.
#[test]
fn white_space_alone_is_no_difference() {
    assert_eq!(bare("a b\n c"), "abc");
    assert_eq!(collapsed("a  b\n\n\n\nc\u{A0}d"), "a b\n\nc d");
}
