//! A JSON array of rows, or JSON objects one after the other over many lines, to dumps, one at a time. Comes in a file's
//! content, goes out a dump or a failure for each element. Never keeps more than one element, and never nests.

use std::io::{BufRead, BufReader};

use super::fields;
use super::limits::Trouble;
use super::open::Content;
use super::rows::{BYTE_ORDER_MARK, Ledger, max_row_bytes};
use super::sniff::SNIFF_BYTES;
use super::source::{Source, Step};
use super::{Inputs, Item, SourceFormat};
use crate::article::RejectCode;

/// A file of JSON values while it is read.
pub(super) struct Json {
    ledger: Ledger,
    reader: BufReader<Content>,
    splitter: Splitter,
    offset: u64,
    is_over: bool,
}

/// Cuts elements out of a stream of bytes, by counting brackets outside strings.
struct Splitter {
    element: Vec<u8>,
    max_bytes: usize,
    is_too_long: bool,
    /// Brackets that are open inside the element.
    depth: u64,
    in_string: bool,
    is_escaped: bool,
    in_element: bool,
    /// Whether elements stand in an array: then a comma or its end ends one.
    in_array: bool,
}

/// What a byte did.
#[derive(Debug, PartialEq, Eq)]
enum Cut {
    Nothing,
    /// An element begins with this byte.
    Begins,
    /// An element is whole.
    Element,
    /// An element is whole, and the array with it.
    LastElement,
}

impl Splitter {
    fn push(&mut self, byte: u8) {
        if self.element.len() < self.max_bytes {
            self.element.push(byte);
        } else {
            self.is_too_long = true;
        }
    }

    /// Takes what is nothing but letters of a string, and says how many bytes that is.
    fn take_plain(&mut self, bytes: &[u8]) -> usize {
        if !self.in_element || !self.in_string || self.is_escaped {
            return 0;
        }
        let n = memchr::memchr2(b'"', b'\\', bytes).unwrap_or(bytes.len());
        let n_kept = n.min(self.max_bytes - self.element.len());
        self.element.extend_from_slice(&bytes[..n_kept]);
        self.is_too_long |= n_kept < n;
        n
    }

    fn take(&mut self, byte: u8) -> Cut {
        if !self.in_element {
            match byte {
                b'[' if !self.in_array => self.in_array = true,
                b']' if self.in_array => self.in_array = false,
                b',' | b' ' | b'\t' | b'\n' | b'\r' | 0 => {}
                _ => {
                    self.in_element = true;
                    self.element.clear();
                    self.is_too_long = false;
                    (self.depth, self.in_string, self.is_escaped) = (0, false, false);
                    self.inside(byte);
                    return Cut::Begins;
                }
            }
            return Cut::Nothing;
        }
        self.inside(byte)
    }

    fn inside(&mut self, byte: u8) -> Cut {
        if self.in_string {
            self.push(byte);
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return Cut::Nothing;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b']' if self.depth == 0 && self.in_array => {
                self.in_array = false;
                self.in_element = false;
                return Cut::LastElement;
            }
            b',' if self.depth == 0 && self.in_array => {
                self.in_element = false;
                return Cut::Element;
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.push(byte);
                // Outside an array nothing but the last bracket parts one object from the next.
                if self.depth == 0 && !self.in_array {
                    self.in_element = false;
                    return Cut::Element;
                }
                return Cut::Nothing;
            }
            b'\n' if self.depth == 0 && !self.in_array => {
                self.in_element = false;
                return Cut::Element;
            }
            _ => {}
        }
        self.push(byte);
        Cut::Nothing
    }
}

impl Json {
    pub(super) fn new(path: String, content: Content, inputs: &Inputs) -> Self {
        let splitter = Splitter {
            element: Vec::new(),
            max_bytes: max_row_bytes(inputs),
            is_too_long: false,
            depth: 0,
            in_string: false,
            is_escaped: false,
            in_element: false,
            in_array: false,
        };
        Self {
            ledger: Ledger::new(path, SourceFormat::Jsonl, inputs.id_field.is_some(), inputs),
            reader: BufReader::with_capacity(SNIFF_BYTES, content),
            splitter,
            offset: 0,
            is_over: false,
        }
    }

    fn next_item(&mut self, inputs: &Inputs) -> Option<Item> {
        let mut begin = self.offset;
        while !self.is_over {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    let trouble = self.reader.get_ref().explain(&error);
                    return self.end(self.offset, trouble);
                }
            };
            if buffer.is_empty() {
                return self.finish(begin, inputs);
            }
            let mark = if self.offset == 0 && buffer.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
            let mut n_taken = mark;
            let mut is_whole = false;
            while n_taken < buffer.len() && !is_whole {
                n_taken += self.splitter.take_plain(&buffer[n_taken..]);
                let Some(&byte) = buffer.get(n_taken) else { break };
                match self.splitter.take(byte) {
                    Cut::Begins => begin = self.offset + n_taken as u64,
                    Cut::Element | Cut::LastElement => is_whole = true,
                    Cut::Nothing => {}
                }
                n_taken += 1;
            }
            self.reader.consume(n_taken);
            self.offset += n_taken as u64;
            if is_whole {
                return Some(self.element(begin, inputs));
            }
            if self.splitter.is_too_long && self.reader.get_ref().is_bomb() {
                let message = "an element unpacks to far more than text does; the rest of the file is not read";
                return self.end(begin, Trouble::new(RejectCode::ArchiveBomb, message));
            }
        }
        None
    }

    /// What the element comes to that is whole.
    fn element(&mut self, begin: u64, inputs: &Inputs) -> Item {
        self.ledger.count();
        if self.splitter.is_too_long {
            let message = format!("the element has more than {} bytes", self.splitter.max_bytes);
            return self.ledger.failed(Some(begin), Trouble::new(RejectCode::TooLarge, message));
        }
        self.ledger.row(fields::read_row(self.splitter.element.trim_ascii_end(), inputs), Some(begin))
    }

    /// The content is at its end: an element or an array that is still open was cut off.
    fn finish(&mut self, begin: u64, inputs: &Inputs) -> Option<Item> {
        let (in_element, in_array) = (self.splitter.in_element, self.splitter.in_array);
        if in_element && !self.splitter.in_string && self.splitter.depth == 0 {
            // The element is whole; what comes next is that the array is not.
            self.splitter.in_element = false;
            return Some(self.element(begin, inputs));
        }
        if !in_element && !in_array {
            self.is_over = true;
            return None;
        }
        let what = if in_array { "array" } else { "object" };
        let offset = if in_element { begin } else { self.offset };
        self.end(offset, Trouble::new(RejectCode::Truncated, format!("the file ends before its {what} does")))
    }

    fn end(&mut self, offset: u64, trouble: Trouble) -> Option<Item> {
        self.is_over = true;
        self.ledger.count();
        Some(self.ledger.failed(Some(offset), trouble))
    }
}

impl Source for Json {
    fn next(&mut self, inputs: &Inputs) -> Option<Step> {
        self.next_item(inputs).map(Step::Item)
    }
}

fn trimmed(head: &[u8]) -> &[u8] {
    head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(head).trim_ascii_start()
}

/// Whether the first bytes are an array of objects.
pub(super) fn looks_like_array(head: &[u8]) -> bool {
    let Some(rest) = trimmed(head).strip_prefix(b"[") else { return false };
    matches!(rest.trim_ascii_start().first(), Some(b'{' | b']') | None)
}

/// Whether the first bytes are an array of rows, or an object over many lines that is a row: one that names a field that
/// can be an article.
pub(super) fn looks_like_rows(head: &[u8]) -> bool {
    let is_object = || {
        let Some(rest) = trimmed(head).strip_prefix(b"{") else { return false };
        rest.trim_ascii_start().starts_with(b"\"")
    };
    (looks_like_array(head) || is_object()) && fields::names_content(head)
}

/// Whether the first bytes can be JSON that holds rows.
pub(super) fn looks_like_json(head: &[u8]) -> bool {
    matches!(trimmed(head).first(), Some(b'[' | b'{'))
}

#[cfg(test)]
mod tests {
    use super::super::open::tests::{content, gzip};
    use super::*;

    /// `key=content` for a dump, `key!code@offset` for a failure.
    #[track_caller]
    fn check(file: impl AsRef<[u8]>, inputs: &Inputs, expected: &[&str]) {
        let mut json = Json::new("rows.json".to_owned(), content(file.as_ref(), "rows.json").unwrap(), inputs);
        let told: Vec<String> = std::iter::from_fn(|| json.next_item(inputs))
            .map(|item| match item {
                Item::Dump(dump) => format!("{}={}", dump.key.unwrap(), String::from_utf8(dump.bytes).unwrap()),
                Item::Failed(f) => format!("{}!{}@{}", f.key.unwrap(), f.code, f.byte_offset.unwrap()),
                _ => unreachable!(),
            })
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn elements_of_an_array_are_rows() {
        let inputs = Inputs::default();
        check(r#"[{"text": "one"}, {"text": "two"}]"#, &inputs, &["1=one", "2=two"]);
        check(
            "\u{FEFF}[\n {\n \"text\": \"a ] } \\\" , [ {\"\n},\n{\"text\":\"two\",\"x\":[[1],{}]}\n]\n",
            &inputs,
            &["1=a ] } \" , [ {", "2=two"],
        );
        check("[]", &inputs, &[]);
        check("[,,]", &inputs, &[]);
    }

    #[test]
    fn objects_one_after_the_other_are_rows() {
        let inputs = Inputs::default();
        check("{\n \"text\": \"one\"\n}\n{\n \"text\": \"two\"\n}", &inputs, &["1=one", "2=two"]);
        check("{\"text\": \"one\"}{\"text\": \"two\"}", &inputs, &["1=one", "2=two"]);
    }

    #[test]
    fn broken_elements_are_failures_and_the_next_one_is_read() {
        let file = r#"[{"text": "one"}, nonsense, {"text": 5}, 7, {"text": "five"}]"#;
        check(file, &Inputs::default(), &["1=one", "2!bad_row@18", "3!bad_row@28", "4!bad_row@41", "5=five"]);
        check(
            "[{\"text\": \"one\"}] {\"text\": \"two\"} tail",
            &Inputs::default(),
            &["1=one", "2=two", "3!bad_row@34"],
        );
    }

    #[test]
    fn an_array_cut_off_is_truncated() {
        let inputs = Inputs::default();
        check(r#"[{"text": "one"}, {"text": "tw"#, &inputs, &["1=one", "2!truncated@18"]);
        check(r#"[{"text": "one"},"#, &inputs, &["1=one", "2!truncated@17"]);
        check(r#"[{"text": "one"}"#, &inputs, &["1=one", "2!truncated@16"]);
        check("{\n\"text\": \"one\"", &inputs, &["1!truncated@0"]);
    }

    #[test]
    fn deep_nesting_costs_one_element() {
        let file =
            format!("[{{\"text\": \"one\"}}, {}{}, {{\"text\": \"two\"}}]", "[".repeat(90_000), "]".repeat(90_000));
        check(file, &Inputs::default(), &["1=one", "2!bad_row@18", "3=two"]);
    }

    #[test]
    fn an_element_over_the_bound_is_too_large_and_a_bomb_ends_the_file() {
        let inputs = Inputs { max_dump_bytes: 5, ..Inputs::default() };
        let pad = "p".repeat(2 << 20);
        let file = format!(r#"[{{"text": "one", "pad": "{pad}"}}, {{"text": "two"}}, {{"text": "123456"}}]"#);
        let second = "3!too_large@".to_owned() + &file.rfind('{').expect("it is there").to_string();
        check(&file, &inputs, &["1!too_large@1", "2=two", &second]);
        check(gzip(format!("[{{\"text\": \"{}", "x".repeat(8 << 20)).as_bytes()), &inputs, &["1!archive_bomb@1"]);
    }

    #[test]
    fn rows_are_told_by_the_first_bytes() {
        for head in ["[{\"text\": \"one\"", "\u{FEFF}\n[ {\"n\": 1, \"body\": \"", "{\n \"text\": \"one\"\n}"] {
            assert!(looks_like_rows(head.as_bytes()), "{head}");
        }
        for head in ["", "[", "[1, 2]", "[\"text\"]", "[{\"n\": 1}]", "{text}", "[link](x) words: \"text\": yes"] {
            assert!(!looks_like_rows(head.as_bytes()), "{head}");
        }
    }
}
