//! Checks the rows of `removals` as they pass: the spans of one dump, one after the other.

use serde_json::{Map, Value};

use super::Log;
use super::article::{int, text};
use crate::page::count_chars;

/// Where the rows of one dump have come to.
#[derive(Debug, Default)]
pub(super) struct Spans {
    next_seq: i64,
    end_byte: i64,
    end_char: i64,
}

/// What one row adds to the sums of its dump, in characters that are not white space.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moved {
    /// Left the article.
    pub(super) dropped: i64,
    /// Left it for a field.
    pub(super) lifted: i64,
    /// Added by a repair, less than nought where it took some.
    pub(super) repaired: i64,
}

impl Spans {
    /// Checks the next row of the same dump and says what it moves.
    pub(super) fn check(&mut self, file: &str, row: u64, columns: &Map<String, Value>, log: &mut Log) -> Moved {
        let mut add = |column: &str, message: String| log.add(file, Some(row), Some(column), message);
        if let Some(seq) = int(columns, "seq") {
            if seq != self.next_seq {
                add("seq", format!("{seq} is said where {} must follow", self.next_seq));
            }
            self.next_seq = seq.saturating_add(1);
        }
        let body = text(columns, "text");
        let spans = [
            ("start_byte", "end_byte", self.end_byte, body.map(str::len)),
            ("start_char", "end_char", self.end_char, body.map(|body| body.chars().count())),
        ];
        let mut gaps = [0; 2];
        for (i, (start_name, end_name, last, len)) in spans.into_iter().enumerate() {
            let (Some(start), Some(end)) = (int(columns, start_name), int(columns, end_name)) else { continue };
            if end <= start {
                add(end_name, format!("the span from {start} to {end} is empty"));
            } else if len.is_some_and(|len| i64::try_from(len).is_ok_and(|len| len != end - start)) {
                add(end_name, format!("the span is {} long, its text {}", end - start, len.unwrap_or_default()));
            }
            if start < last {
                add(start_name, format!("{start} lies before {last}, where the span in front of it ends"));
            }
            gaps[i] = start - last;
        }
        let [bytes, chars] = gaps;
        // Each character has one to four bytes.
        if bytes >= 0 && chars >= 0 && !(chars..=chars.saturating_mul(4)).contains(&bytes) {
            add(
                "start_char",
                format!("{bytes} bytes cannot hold the {chars} characters since the span in front of it"),
            );
        }
        self.end_byte = int(columns, "end_byte").unwrap_or(self.end_byte).max(self.end_byte);
        self.end_char = int(columns, "end_char").unwrap_or(self.end_char).max(self.end_char);

        let action = text(columns, "action").unwrap_or_default();
        if let Some(field) = text(columns, "field")
            && action != "lift"
        {
            add("field", format!("{field} is filled by a {action}; only a lift fills a field"));
        }
        let replacement = text(columns, "replacement");
        if replacement.is_some() != (action == "repair") {
            let message =
                if action == "repair" { "a repair must name what stands there now" } else { "only a repair has one" };
            add("replacement", message.to_owned());
        }
        let count = |text: Option<&str>| i64::try_from(count_chars(text.unwrap_or_default())).unwrap_or(i64::MAX);
        match action {
            "drop" => Moved { dropped: count(body), ..Moved::default() },
            "lift" => Moved { lifted: count(body), ..Moved::default() },
            "repair" => Moved { repaired: count(replacement) - count(body), ..Moved::default() },
            _ => Moved::default(),
        }
    }
}
