//! Checks one row of `articles` by itself: what its columns say of each other.

use serde_json::{Map, Value};
use unicode_segmentation::UnicodeSegmentation;

use super::Log;
use crate::article::record::record_id;
use crate::finding::Flag;
use crate::page::count_chars;

/// What stands between two paragraphs of a text.
const PARAGRAPH_BREAK: &str = "\n\n";

/// A text column of a row.
pub(super) fn text<'r>(row: &'r Map<String, Value>, column: &str) -> Option<&'r str> {
    row.get(column)?.as_str()
}

/// An integer column of a row.
pub(super) fn int(row: &Map<String, Value>, column: &str) -> Option<i64> {
    row.get(column)?.as_i64()
}

fn list<'r>(row: &'r Map<String, Value>, column: &str) -> Option<&'r Vec<Value>> {
    row.get(column)?.as_array()
}

/// Checks what needs no other row.
pub(super) fn check(file: &str, row: u64, columns: &Map<String, Value>, log: &mut Log) {
    check_id(file, row, columns, log);
    if let Some(body) = text(columns, "text") {
        check_text(file, row, body, columns, log);
    }
    if let Some(flags) = list(columns, "flags") {
        let flags: Vec<Flag> = flags.iter().filter_map(|flag| Flag::from_name(flag.as_str()?)).collect();
        if !flags.is_sorted_by(|a, b| a < b) {
            log.add(file, Some(row), Some("flags"), "are not in the order of the closed list, or one is repeated");
        }
    }
    for (day, time) in [("published_date", "published_at"), ("modified_date", "modified_at")] {
        let Some(at) = text(columns, time) else { continue };
        let said = text(columns, day).unwrap_or("null");
        if !at.starts_with(said) {
            log.add(file, Some(row), Some(day), format!("{said} is not the day of {time}, {at}"));
        }
    }
    let count = |name| int(columns, name);
    if let (Some(laid_out), Some(kept), Some(dropped), Some(lifted)) =
        (count("layout_chars"), count("kept_chars"), count("dropped_chars"), count("lifted_chars"))
        && laid_out != kept + dropped + lifted
    {
        let message = format!("{laid_out} is not {kept} kept + {dropped} dropped + {lifted} lifted");
        log.add(file, Some(row), Some("layout_chars"), message);
    }
}

fn check_id(file: &str, row: u64, columns: &Map<String, Value>, log: &mut Log) {
    let (Some(id), Some(path), Some(sha256)) =
        (text(columns, "id"), text(columns, "source_path"), text(columns, "source_sha256"))
    else {
        return;
    };
    let must = record_id(path, text(columns, "source_key"), sha256);
    if id != must {
        let message = format!("{id} does not follow from source_path, source_key and source_sha256, {must} does");
        log.add(file, Some(row), Some("id"), message);
    }
}

fn check_text(file: &str, row: u64, body: &str, columns: &Map<String, Value>, log: &mut Log) {
    let mut add = |column: &str, message: String| log.add(file, Some(row), Some(column), message);
    if count_chars(body) == 0 {
        add("text", "is empty".to_owned());
        return;
    }
    let mut paragraphs = 0;
    for paragraph in body.split(PARAGRAPH_BREAK) {
        if count_chars(paragraph) == 0 || paragraph.starts_with('\n') || paragraph.ends_with('\n') {
            add("text", format!("paragraph {paragraphs} is empty or not parted by one blank line"));
        }
        paragraphs += 1;
    }
    let mut counted = |column: &str, found: usize| {
        if let Some(said) = int(columns, column)
            && usize::try_from(said).ok() != Some(found)
        {
            add(column, format!("{said} is said, the text has {found}"));
        }
    };
    counted("char_count", body.chars().count());
    counted("word_count", body.unicode_words().count());
    counted("sentence_count", body.unicode_sentences().count());
    counted("paragraph_count", paragraphs);
    if let Some(kinds) = list(columns, "paragraph_kinds")
        && kinds.len() != paragraphs
    {
        add("paragraph_kinds", format!("names {} paragraphs, the text has {paragraphs}", kinds.len()));
    }
}
