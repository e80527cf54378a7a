//! Results as JSON: an article has the columns of the table, a finding those of `removals` with its action.

use copydesk::Cleaned;
use copydesk::article::{Article, Reject, Source};
use copydesk::finding::{Finding, Note};
use copydesk::show::{MarkedBlock, shape_name};
use serde_json::{Map, Value, json};

/// One dump as one object: the article or the reject, findings and notes.
pub(crate) fn cleaned(cleaned: &Cleaned) -> Value {
    let places = Places::new(&cleaned.layout.text);
    let mut out = Map::new();
    match &cleaned.outcome {
        Ok(record) => {
            out.insert("article".into(), article(record));
            out.insert("reject".into(), Value::Null);
        }
        Err(record) => {
            out.insert("article".into(), Value::Null);
            out.insert("reject".into(), reject(record));
        }
    }
    out.insert("findings".into(), cleaned.findings.iter().map(|f| finding(f, &places)).collect());
    out.insert("notes".into(), cleaned.notes.iter().map(note).collect());
    Value::Object(out)
}

/// One dump block by block.
pub(crate) fn inspected(done: &Cleaned, blocks: &[MarkedBlock<'_>]) -> Value {
    let places = Places::new(&done.layout.text);
    let blocks: Vec<Value> = blocks
        .iter()
        .map(|marked| {
            json!({
                "block": marked.number,
                "verdict": marked.verdict.as_str(),
                "shape": shape_name(marked.block.shape),
                "hidden": marked.block.hidden,
                "link_share": number(marked.block.link_share),
                "start_byte": marked.block.span.start,
                "end_byte": marked.block.span.end,
                "text": done.layout.block_text(marked.block),
                "findings": marked.findings.iter().map(|f| finding(f, &places)).collect::<Vec<_>>(),
            })
        })
        .collect();
    let mut out = cleaned(done);
    out["blocks"] = Value::Array(blocks);
    out
}

/// An article with the columns of the table, in their order.
pub(crate) fn article(a: &Article) -> Value {
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| out.insert(name.into(), value);
    let Source { id, path, key, format, bytes, sha256, url, fetched_at_us } = &a.source;
    let names = |values: &[String]| json!(values);
    put("id", json!(id));
    put("source_path", json!(path));
    put("source_key", json!(key));
    put("source_format", json!(format));
    put("source_encoding", json!(a.source_encoding));
    put("source_bytes", json!(bytes));
    put("source_sha256", json!(sha256));
    put("fetched_at", json!(fetched_at_us.and_then(timestamp)));
    put("url", json!(url));
    put("site", json!(a.site));
    put("title", json!(a.title));
    put("subtitle", json!(a.subtitle));
    put("authors", names(&a.authors));
    put("agency", json!(a.agency));
    put("dateline_place", json!(a.dateline_place));
    put("published_date", json!(a.published.date.map(|d| d.to_string())));
    put("modified_date", json!(a.modified.date.map(|d| d.to_string())));
    put("published_at", json!(a.published.at.map(|t| t.to_string())));
    put("modified_at", json!(a.modified.at.map(|t| t.to_string())));
    put("published_zone", json!(a.published.zone));
    put("modified_zone", json!(a.modified.zone));
    put("section", json!(a.section));
    put("tags", names(&a.tags));
    put("captions", names(&a.captions));
    put("credits", names(&a.credits));
    put("corrections", names(&a.corrections));
    put("text", json!(a.text));
    put("paragraph_kinds", json!(a.paragraph_kinds));
    put("language", json!(a.language));
    put("language_script", json!(a.language_script));
    put("language_score", number(a.language_score));
    put("foreign_share", a.foreign_share.map_or(Value::Null, number));
    put("machine_translated", json!(a.machine_translated));
    put("original_language", json!(a.original_language));
    put("paywalled", json!(a.paywalled));
    put("truncated", json!(a.truncated));
    put("rights_notice", json!(a.rights_notice));
    put("tdm_reserved", json!(a.tdm_reserved));
    put("char_count", json!(a.char_count));
    put("word_count", json!(a.word_count));
    put("sentence_count", json!(a.sentence_count));
    put("paragraph_count", json!(a.paragraph_count));
    put("layout_chars", json!(a.layout_chars));
    put("kept_chars", json!(a.kept_chars));
    put("dropped_chars", json!(a.dropped_chars));
    put("lifted_chars", json!(a.lifted_chars));
    put("confidence", a.confidence.map_or(Value::Null, number));
    put("flags", json!(a.flags));
    // What only a whole dataset knows.
    for name in ["duplicate_of", "dup_cluster_id", "dup_cluster_size"] {
        put(name, Value::Null);
    }
    put("split", json!("train"));
    Value::Object(out)
}

fn reject(r: &Reject) -> Value {
    json!({
        "id": r.id,
        "source_path": r.source_path,
        "source_key": r.source_key,
        "source_bytes": r.source_bytes,
        "source_sha256": r.source_sha256,
        "url": r.url,
        "status": r.code.status().as_str(),
        "code": r.code.as_str(),
        "message": r.message,
        "byte_offset": r.byte_offset,
    })
}

fn finding(f: &Finding, places: &Places<'_>) -> Value {
    json!({
        "kind": f.kind.as_str(),
        "rule": f.rule.as_str(),
        "action": f.action.as_str(),
        "field": f.action.field().map(|field| field.as_str()),
        "start_byte": f.span.start,
        "end_byte": f.span.end,
        "start_char": places.char_at(f.span.start as usize),
        "end_char": places.char_at(f.span.end as usize),
        "text": places.text.get(f.span.range()),
        "value": f.value,
        "replacement": f.replacement,
        "confidence": number(f.confidence),
    })
}

fn note(n: &Note) -> Value {
    json!({ "flag": n.flag.as_str(), "byte_offset": n.byte_offset })
}

/// A share with the digits that a 32-bit float has, not those of its 64-bit neighbour.
fn number(value: f32) -> Value {
    value.to_string().parse::<f64>().map_or(Value::Null, |value| json!(value))
}

/// UTC without a zone, as the column holds it.
fn timestamp(microseconds: i64) -> Option<String> {
    let at = jiff::Timestamp::from_microsecond(microseconds).ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).datetime().to_string())
}

/// Bytes to characters, with a mark every so many bytes, so that long layouts cost no square.
struct Places<'a> {
    text: &'a str,
    /// Characters before each multiple of [`STEP`] bytes.
    marks: Vec<usize>,
}

/// Bytes between two marks: a look-up counts at most so many.
const STEP: usize = 1024;

impl<'a> Places<'a> {
    fn new(text: &'a str) -> Self {
        let starts = |chunk: &[u8]| chunk.iter().filter(|b| is_char_start(**b)).count();
        let mut marks = vec![0];
        for chunk in text.as_bytes().chunks(STEP) {
            marks.push(marks.last().copied().unwrap_or(0) + starts(chunk));
        }
        Self { text, marks }
    }

    /// Characters that begin before this byte.
    fn char_at(&self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        let mark = byte / STEP;
        let rest = &self.text.as_bytes()[mark * STEP..byte];
        self.marks[mark] + rest.iter().filter(|b| is_char_start(**b)).count()
    }
}

/// Whether a byte of UTF-8 begins a character.
fn is_char_start(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_across_marks() {
        let text = "aä€😀".repeat(700);
        let places = Places::new(&text);
        for (n_chars, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(places.char_at(byte), n_chars);
        }
        assert_eq!(places.char_at(text.len()), 2800);
    }

    #[test]
    fn shares_keep_their_short_form() {
        assert_eq!(number(0.9).to_string(), "0.9");
        assert_eq!(number(f32::NAN), Value::Null);
    }

    #[test]
    fn timestamps_are_written_without_a_zone() {
        assert_eq!(timestamp(1_735_689_600_000_000).as_deref(), Some("2025-01-01T00:00:00"));
    }
}
