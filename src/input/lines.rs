//! A file of JSON Lines to dumps, one row at a time. Comes in a file's content, goes out a dump or a failure for each row
//! that is not blank. Never keeps more than one row, and never ends at a bad one.

use std::io::BufReader;

use super::fields;
use super::limits::Trouble;
use super::open::{Content, Line, read_line};
use super::rows::{BYTE_ORDER_MARK, Ledger, max_row_bytes};
use super::sniff::SNIFF_BYTES;
use super::source::{Source, Step};
use super::{Inputs, Item, SourceFormat};
use crate::article::RejectCode;

/// A file of JSON Lines while it is read.
pub(super) struct Lines {
    ledger: Ledger,
    reader: BufReader<Content>,
    line: Vec<u8>,
    max_line_bytes: usize,
    /// Bytes of the content before the line that comes next.
    offset: u64,
    is_over: bool,
}

impl Lines {
    pub(super) fn new(path: String, content: Content, inputs: &Inputs) -> Self {
        Self {
            ledger: Ledger::new(path, SourceFormat::Jsonl, inputs.id_field.is_some(), inputs),
            reader: BufReader::with_capacity(SNIFF_BYTES, content),
            line: Vec::new(),
            max_line_bytes: max_row_bytes(inputs),
            offset: 0,
            is_over: false,
        }
    }

    fn next_item(&mut self, inputs: &Inputs) -> Option<Item> {
        while !self.is_over {
            let offset = self.offset;
            let (n_taken, line) =
                read_line(&mut self.reader, &mut self.line, self.max_line_bytes, |content| !content.is_bomb());
            self.offset += n_taken;
            match line {
                Ok(Line::End) => break,
                Ok(Line::Whole) => {
                    if offset == 0 && self.line.starts_with(BYTE_ORDER_MARK) {
                        self.line.drain(..BYTE_ORDER_MARK.len());
                    }
                    if self.line.iter().all(u8::is_ascii_whitespace) {
                        continue;
                    }
                    self.ledger.count();
                    return Some(self.ledger.row(fields::read_row(&self.line, inputs), Some(offset)));
                }
                Ok(Line::TooLong) => {
                    self.ledger.count();
                    let trouble = if self.reader.get_ref().is_bomb() {
                        self.is_over = true;
                        let message = "the line unpacks to far more than text does; the rest of the file is not read";
                        Trouble::new(RejectCode::ArchiveBomb, message)
                    } else {
                        let message = format!("the line has more than {} bytes", self.max_line_bytes);
                        Trouble::new(RejectCode::TooLarge, message)
                    };
                    return Some(self.ledger.failed(Some(offset), trouble));
                }
                Err(error) => {
                    // What was read of the line belongs to a row that is lost with the rest of the file.
                    self.ledger.count();
                    self.is_over = true;
                    let trouble = self.reader.get_ref().explain(&error);
                    return Some(self.ledger.failed(Some(self.offset), trouble));
                }
            }
        }
        None
    }
}

impl Source for Lines {
    fn next(&mut self, inputs: &Inputs) -> Option<Step> {
        self.next_item(inputs).map(Step::Item)
    }
}

/// Whether the first bytes of a file are rows: its first line that is not blank is a JSON object with a field that can
/// be an article. A line longer than what can be seen need only begin like one and name such a field.
pub(super) fn looks_like_rows(head: &[u8]) -> bool {
    let head = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head).trim_ascii_start();
    if !head.starts_with(b"{") {
        return false;
    }
    let end = memchr::memchr(b'\n', head);
    if end.is_none() && head.len() + BYTE_ORDER_MARK.len() >= SNIFF_BYTES {
        return head[1..].trim_ascii_start().starts_with(b"\"") && fields::names_content(head);
    }
    fields::is_row(&head[..end.unwrap_or(head.len())])
}

#[cfg(test)]
mod tests {
    use super::super::open::tests::{content, gzip, long_text, zstd};
    use super::super::rows::{LINE_FACTOR, LINE_OVERHEAD_BYTES};
    use super::*;
    use crate::article::record::sha256_hex;

    const NAME: &str = "rows.jsonl";

    fn items_of(file: &[u8], inputs: &Inputs) -> Vec<Item> {
        let content = content(file, NAME).unwrap();
        let state = std::sync::Arc::clone(content.file());
        let mut rows = Lines::new(NAME.to_owned(), content, inputs);
        let mut items: Vec<Item> = std::iter::from_fn(|| rows.next_item(inputs)).collect();
        assert_eq!(rows.next_item(inputs), None);
        let fingerprint = state.fingerprint().unwrap();
        assert_eq!((fingerprint.n_bytes, fingerprint.sha256), (file.len() as u64, sha256_hex(file)));
        items.iter_mut().for_each(|item| {
            if let Item::Failed(failure) = item {
                assert_eq!(failure.path, NAME);
            }
        });
        items
    }

    /// `key=content` for a dump, `key!code@offset` for a failure.
    #[track_caller]
    fn check(file: impl AsRef<[u8]>, inputs: &Inputs, expected: &[&str]) {
        let told: Vec<String> = items_of(file.as_ref(), inputs)
            .iter()
            .map(|item| match item {
                Item::Dump(dump) => {
                    assert_eq!((dump.path.as_str(), dump.format), (NAME, SourceFormat::Jsonl));
                    format!("{}={}", dump.key.as_deref().unwrap(), std::str::from_utf8(&dump.bytes).unwrap())
                }
                Item::Failed(f) => format!("{}!{}@{}", f.key.as_deref().unwrap(), f.code, f.byte_offset.unwrap()),
                _ => unreachable!(),
            })
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn rows_are_numbered_from_one_and_blank_lines_are_none() {
        let file = "{\"text\": \"one\"}\n\n \t\r\n{\"text\": \"two\"}\r\n{\"text\": \"last\"}";
        check(file, &Inputs::default(), &["1=one", "2=two", "3=last"]);
        check("", &Inputs::default(), &[]);
        check("\n\n", &Inputs::default(), &[]);
    }

    #[test]
    fn a_byte_order_mark_at_the_start_is_accepted() {
        check("\u{FEFF}{\"text\": \"one\"}\n{\"text\": \"two\"}\n", &Inputs::default(), &["1=one", "2=two"]);
        check("\u{FEFF}\n{\"text\": \"one\"}", &Inputs::default(), &["1=one"]);
    }

    #[test]
    fn bad_rows_are_failures_with_their_number_and_place_and_the_run_goes_on() {
        let file = "{\"text\": \"one\"}\nno json\n[1]\n{\"text\": 5}\n{\"n\": 1}\n{\"text\": \"six\"}\n{\"text\": \"cu";
        let expected =
            ["1=one", "2!bad_row@16", "3!bad_row@24", "4!bad_row@28", "5!bad_row@40", "6=six", "7!bad_row@65"];
        check(file, &Inputs::default(), &expected);
    }

    #[test]
    fn rows_with_broken_bytes_or_halves_of_surrogates_are_kept() {
        let file = b"{\"text\": \"caf\xE9\"}\n{\"text\": \"a\\ud800b\"}\n";
        check(file, &Inputs::default(), &["1=caf\u{FFFD}", "2=a\u{FFFD}b"]);
    }

    #[test]
    fn ids_are_keys_and_a_repeated_one_is_a_bad_row() {
        let inputs = Inputs { id_field: Some("id".to_owned()), ..Inputs::default() };
        let file = [
            r#"{"id": "a", "text": "x"}"#,
            r#"{"id": "a", "text": "x"}"#,
            r#"{"text": "y"}"#,
            r#"{"id": 3, "text": "z"}"#,
        ];
        let file = file.join("\n");
        check(&file, &inputs, &["a=x", "2!bad_row@25", "3=y", "4!bad_row@64"]);
        let Item::Failed(failure) = &items_of(file.as_bytes(), &inputs)[1] else { panic!("not a failure") };
        assert_eq!(failure.message, "the id `a` is taken by row 1");
        assert_eq!((failure.bytes, &failure.sha256), (None, &None));
    }

    #[test]
    fn content_over_the_bound_is_too_large_and_the_next_row_is_read() {
        let inputs = Inputs { max_dump_bytes: 5, ..Inputs::default() };
        check("{\"text\": \"123456\"}\n{\"text\": \"12345\"}\n", &inputs, &["1!too_large@0", "2=12345"]);
        let Item::Failed(failure) = &items_of(b"{\"text\": \"123456\"}", &inputs)[0] else { panic!("not a failure") };
        assert_eq!((failure.bytes, failure.sha256.as_deref()), (Some(6), Some(sha256_hex(b"123456").as_str())));
    }

    #[test]
    fn a_line_over_the_bound_is_skipped() {
        let inputs = Inputs { max_dump_bytes: 5, ..Inputs::default() };
        let pad = "p".repeat((LINE_OVERHEAD_BYTES + 5 * LINE_FACTOR) as usize);
        let file = format!(
            "{{\"text\": \"one\"}}\n{{\"text\": \"two\", \"pad\": \"{pad}\"}}\n{{\"text\": \"three\"}}\n{pad}p"
        );
        let last = format!("4!too_large@{}", file.len() - pad.len() - 1);
        check(file, &inputs, &["1=one", "2!too_large@16", "3=three", &last]);
    }

    #[test]
    fn a_line_without_end_in_a_bomb_ends_the_file() {
        let inputs = Inputs { max_dump_bytes: 5, ..Inputs::default() };
        let bomb = [&b"{\"text\": \"one\"}\n"[..], &[b'x'; 8 << 20], b"\n{\"text\": \"two\"}\n"].concat();
        check(gzip(&bomb), &inputs, &["1=one", "2!archive_bomb@16"]);
    }

    #[test]
    fn a_file_cut_off_or_corrupt_gives_the_rows_before() {
        let file: String = long_text().lines().map(|line| format!("{{\"text\": \"{line}\"}}\n")).collect();
        for packed in [gzip(file.as_bytes()), zstd(file.as_bytes())] {
            let mut broken = packed.clone();
            let middle = broken.len() / 2;
            broken[middle..middle + 40].fill(0xFF);
            for (packed, code) in [(&packed[..middle], RejectCode::Truncated), (&broken[..], RejectCode::BadArchive)] {
                let items = items_of(packed, &Inputs::default());
                let (last, rows) = items.split_last().unwrap();
                assert!(rows.len() > 10 && rows.iter().all(|row| matches!(row, Item::Dump(_))), "{}", rows.len());
                let Item::Failed(failure) = last else { panic!("not a failure") };
                assert_eq!((failure.code, &failure.key), (code, &Some(items.len().to_string())));
                let whole: usize = file.lines().take(rows.len()).map(|line| line.len() + 1).sum();
                assert!(failure.byte_offset.unwrap() >= whole as u64);
            }
        }
    }

    #[test]
    fn rows_are_told_by_the_first_line() {
        assert!(looks_like_rows(b"{\"text\": \"one\"}\nno json\n"));
        assert!(looks_like_rows("\u{FEFF}\n\n {\"text\": \"one\"}".as_bytes()));
        let long = format!("{{\"n\": 1, \"text\" : \"{}", "x".repeat(SNIFF_BYTES));
        assert!(looks_like_rows(&long.as_bytes()[..SNIFF_BYTES]));
        let other = format!("{{\"n\": 1, \"words\": \"{}", "x".repeat(SNIFF_BYTES));
        assert!(!looks_like_rows(&other.as_bytes()[..SNIFF_BYTES]));
        for head in ["", "words", "{", "{\n \"text\": \"one\"\n}", "{\"n\": 1}\n", "{text}", "[{\"text\": \"one\"}]"] {
            assert!(!looks_like_rows(head.as_bytes()), "{head}");
        }
    }
}
