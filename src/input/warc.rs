//! A WARC or WET file to dumps, one record at a time. Comes in content without its compression, goes out a dump or a
//! failure for each response (WARC) or conversion (WET); other records are counted. A broken record costs itself: what
//! follows is read from the next line that begins a record. Never keeps more than one record.

use std::io::{self, BufReader, Read};

use super::http::{Fields, Response, content_type};
use super::limits::Trouble;
use super::open::{Content, Line, read_line};
use super::rows::Ledger;
use super::sniff::SNIFF_BYTES;
use super::source::{Source, Step, Tally};
use super::{Hints, Inputs, Item, Media, OwnedDump, SourceFormat, fields};
use crate::article::RejectCode;

/// What each record begins with.
const MARK: &[u8] = b"WARC/";

/// Longest header of a record, and longest line in it, in bytes. Real ones have less than ten thousand.
const MAX_HEADER_BYTES: usize = 1 << 20;

/// What a record may have beside the page: the header of the response.
const OVERHEAD_BYTES: u64 = 1 << 20;

/// Media types of pages and texts.
const HTML_TYPES: [&str; 2] = ["text/html", "application/xhtml+xml"];
const TEXT_TYPE: &str = "text/plain";

/// Types of records, as WARC 1.1 lists them, under the names that they are counted by.
const TYPES: [(&str, &str); 8] = [
    ("warcinfo", "warc_warcinfo"),
    ("response", "warc_response"),
    ("resource", "warc_resource"),
    ("request", "warc_request"),
    ("metadata", "warc_metadata"),
    ("revisit", "warc_revisit"),
    ("conversion", "warc_conversion"),
    ("continuation", "warc_continuation"),
];

/// A file of records while it is read.
pub(super) struct Warc {
    ledger: Ledger,
    reader: BufReader<Content>,
    /// The only format that was asked for.
    asked: Option<SourceFormat>,
    line: Vec<u8>,
    /// Whether `line` holds the first line of a record.
    has_begun: bool,
    offset: u64,
    passed_over: Tally,
    is_over: bool,
}

/// What reading on came to.
enum Found {
    /// The first line of a record, which stands in `line`.
    Begin,
    /// Something else, from that place on, which was skipped.
    Garbage(u64),
    End,
}

impl Warc {
    pub(super) fn new(path: String, content: Content, inputs: &Inputs) -> Self {
        Self {
            ledger: Ledger::new(path, SourceFormat::Warc, true, inputs),
            reader: BufReader::with_capacity(SNIFF_BYTES, content),
            asked: inputs.format,
            line: Vec::new(),
            has_begun: false,
            offset: 0,
            passed_over: Tally::new(),
            is_over: false,
        }
    }

    fn read_line(&mut self) -> io::Result<Line> {
        let (n_taken, line) = read_line(&mut self.reader, &mut self.line, MAX_HEADER_BYTES, |_| true);
        self.offset += n_taken;
        line
    }

    fn next_item(&mut self, inputs: &Inputs) -> Option<Item> {
        while !self.is_over {
            match self.find() {
                Ok(Found::Begin) => {}
                Ok(Found::End) => {
                    self.is_over = true;
                    break;
                }
                Ok(Found::Garbage(begin)) => {
                    self.ledger.count();
                    let trouble = Trouble::new(RejectCode::BadRow, "a record was wanted, this is none");
                    return Some(self.ledger.failed(Some(begin), trouble));
                }
                Err(error) => return self.end(&error),
            }
            let begin = self.offset - self.line.len() as u64;
            match self.record(begin, inputs) {
                Ok(None) => {}
                Ok(Some(item)) => return Some(item),
                Err(error) => return self.end(&error),
            }
        }
        None
    }

    fn end(&mut self, error: &io::Error) -> Option<Item> {
        self.is_over = true;
        self.ledger.count();
        let trouble = self.reader.get_ref().explain(error);
        Some(self.ledger.failed(Some(self.offset), trouble))
    }

    /// Reads on to the next record, over blank lines.
    fn find(&mut self) -> io::Result<Found> {
        let mut garbage = None;
        if !self.has_begun {
            loop {
                let begin = self.offset;
                match self.read_line()? {
                    Line::End => return Ok(garbage.map_or(Found::End, Found::Garbage)),
                    Line::Whole if self.line.starts_with(MARK) => break,
                    Line::Whole if self.line.iter().all(|b| b.is_ascii_whitespace() || *b == 0) => {}
                    Line::Whole | Line::TooLong => garbage = garbage.or(Some(begin)),
                }
            }
        }
        // Garbage is told first; the line that follows it is still there when the record is asked for.
        self.has_begun = garbage.is_some();
        Ok(garbage.map_or(Found::Begin, Found::Garbage))
    }

    /// Reads the record whose first line was read; none if it is passed over.
    fn record(&mut self, begin: u64, inputs: &Inputs) -> io::Result<Option<Item>> {
        let mut header = Vec::new();
        loop {
            let line = self.read_line()?;
            match line {
                Line::Whole if self.line.trim_ascii().is_empty() => break,
                Line::Whole if header.len() + self.line.len() <= MAX_HEADER_BYTES => header.extend(&self.line),
                Line::End => return Err(io::ErrorKind::UnexpectedEof.into()),
                _ => {
                    let message = format!("the header of the record has more than {MAX_HEADER_BYTES} bytes");
                    return Ok(Some(self.failed(begin, Trouble::new(RejectCode::BadRow, message))));
                }
            }
        }
        let header = Fields::of(&header);
        let Some(n_bytes) = header.get("content-length").and_then(|length| length.parse::<u64>().ok()) else {
            let message = "the record has no Content-Length that is a number";
            return Ok(Some(self.failed(begin, Trouble::new(RejectCode::BadRow, message))));
        };
        let kind = header.get("warc-type").unwrap_or_default().to_ascii_lowercase();
        let format = match kind.as_str() {
            "response" if self.asked != Some(SourceFormat::Wet) => SourceFormat::Warc,
            "conversion" if self.asked != Some(SourceFormat::Warc) => SourceFormat::Wet,
            _ => {
                let name = TYPES.iter().find(|(name, _)| *name == kind).map_or("warc_other", |(_, name)| *name);
                *self.passed_over.entry(name).or_default() += 1;
                self.skip(n_bytes)?;
                return Ok(None);
            }
        };
        let max_bytes = inputs.max_dump_bytes.saturating_add(OVERHEAD_BYTES);
        if n_bytes > max_bytes {
            self.skip(n_bytes)?;
            let message = format!("the record has more than {max_bytes} bytes");
            return Ok(Some(self.failed(begin, Trouble::new(RejectCode::TooLarge, message))));
        }
        let mut block = Vec::new();
        let n_read = (&mut self.reader).take(n_bytes).read_to_end(&mut block)? as u64;
        self.offset += n_read;
        if n_read < n_bytes {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.ledger.count();
        let mut hints = hints(&header);
        let key = header.get("warc-record-id").map(str::to_owned);
        Ok(Some(match page(format, &header, &mut hints, block, inputs) {
            Ok((bytes, media)) => {
                let dump = OwnedDump { path: String::new(), key, bytes, format, media, hints };
                self.ledger.dump(dump, Some(begin))
            }
            Err(trouble) => self.ledger.refused(key, hints.url, begin, trouble),
        }))
    }

    fn failed(&mut self, begin: u64, trouble: Trouble) -> Item {
        self.ledger.count();
        self.ledger.failed(Some(begin), trouble)
    }

    fn skip(&mut self, n_bytes: u64) -> io::Result<()> {
        let n_skipped = io::copy(&mut (&mut self.reader).take(n_bytes), &mut io::sink())?;
        self.offset += n_skipped;
        if n_skipped < n_bytes { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

impl Source for Warc {
    fn next(&mut self, inputs: &Inputs) -> Option<Step> {
        self.next_item(inputs).map(Step::Item)
    }

    fn passed_over(&self) -> Tally {
        self.passed_over.clone()
    }
}

/// What the header of a record says of its page.
fn hints(header: &Fields) -> Hints {
    // Some writers put an address into angle brackets, as the standard's first version shows it.
    let url = header.get("warc-target-uri").map(|url| url.trim_start_matches('<').trim_end_matches('>').to_owned());
    let language = header.get("warc-identified-content-language").and_then(|names| names.split(',').next());
    Hints {
        url: url.filter(|url| !url.is_empty()),
        fetched_at_us: header.get("warc-date").and_then(fields::parse_time),
        language: language.map(str::to_owned),
        ..Hints::default()
    }
}

/// The page of a record, and how to read it.
fn page(
    format: SourceFormat,
    header: &Fields,
    hints: &mut Hints,
    block: Vec<u8>,
    inputs: &Inputs,
) -> Result<(Vec<u8>, Media), Trouble> {
    if format == SourceFormat::Wet {
        hints.charset = header.get("content-type").and_then(|value| content_type(value).1);
        return Ok((block, Media::Text));
    }
    let response = Response::of(&block, inputs)?;
    if !(200..300).contains(&response.status) {
        let message = format!("the server answered with status {}, which is no page", response.status);
        return Err(Trouble::new(RejectCode::NoContent, message));
    }
    let media = match response.media_type.as_deref() {
        Some(name) if HTML_TYPES.contains(&name) => Media::Html,
        Some(TEXT_TYPE) | None => Media::Sniff,
        Some(name) => {
            return Err(Trouble::new(RejectCode::NotText, format!("the server calls it {name}, which is no page")));
        }
    };
    hints.charset = response.charset;
    hints.language = hints.language.take().or(response.language);
    Ok((response.body, media))
}

/// Whether content begins as a WARC file.
pub(super) fn looks_like_warc(head: &[u8]) -> bool {
    head.strip_prefix(MARK).is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::super::open::tests::{content, gzip};
    use super::*;

    fn record(kind: &str, header: &str, block: &[u8]) -> Vec<u8> {
        let length = block.len();
        let head = format!("WARC/1.1\r\nWARC-Type: {kind}\r\n{header}Content-Length: {length}\r\n\r\n");
        [head.as_bytes(), block, b"\r\n\r\n"].concat()
    }

    fn response(header: &str, body: &str) -> Vec<u8> {
        record("response", header, format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{body}").as_bytes())
    }

    fn read(file: &[u8], inputs: &Inputs) -> (Vec<Item>, Tally) {
        let mut warc = Warc::new("a.warc".to_owned(), content(file, "a.warc").unwrap(), inputs);
        let items = std::iter::from_fn(|| warc.next_item(inputs)).collect();
        assert_eq!(warc.next_item(inputs), None);
        (items, warc.passed_over)
    }

    /// `key=content` for a dump, `key!code@offset` for a failure.
    #[track_caller]
    fn check(file: impl AsRef<[u8]>, inputs: &Inputs, expected: &[&str]) {
        let (items, _) = read(file.as_ref(), inputs);
        let told: Vec<String> = items
            .into_iter()
            .map(|item| match item {
                Item::Dump(dump) => format!("{}={}", dump.key.unwrap(), String::from_utf8(dump.bytes).unwrap()),
                Item::Failed(f) => format!("{}!{}@{}", f.key.unwrap(), f.code, f.byte_offset.unwrap()),
                _ => unreachable!(),
            })
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn responses_are_dumps_with_what_their_records_say() {
        let header = "WARC-Record-ID: <urn:x:1>\r\nwarc-target-uri: <https://example.org/a>\r\n\
                      WARC-Date: 2031-05-03T10:20:30.000001Z\r\n";
        let file = [record("warcinfo", "", b"software: none"), response(header, "<p>one"), record("x-own", "", b"")];
        let (items, passed_over) = read(&file.concat(), &Inputs::default());
        let [Item::Dump(dump)] = &items[..] else { panic!("{items:?}") };
        assert_eq!((dump.key.as_deref(), &dump.bytes[..]), (Some("<urn:x:1>"), &b"<p>one"[..]));
        assert_eq!((dump.format, dump.media), (SourceFormat::Warc, Media::Html));
        assert_eq!(dump.hints.url.as_deref(), Some("https://example.org/a"));
        assert_eq!(dump.hints.fetched_at_us, Some(1_935_570_030_000_001));
        assert_eq!(passed_over, Tally::from([("warc_warcinfo", 1), ("warc_other", 1)]));
    }

    #[test]
    fn conversions_are_texts_and_the_format_that_is_asked_for_is_the_only_one() {
        let header = "WARC-Identified-Content-Language: fra,eng\r\nContent-Type: text/plain; charset=koi8-r\r\n";
        let file = [record("conversion", header, b"words"), response("", "<p>one")].concat();
        let (items, _) = read(&file, &Inputs::default());
        let Item::Dump(dump) = &items[0] else { panic!("{items:?}") };
        assert_eq!((dump.format, dump.media), (SourceFormat::Wet, Media::Text));
        assert_eq!((dump.hints.language.as_deref(), dump.hints.charset.as_deref()), (Some("fra"), Some("koi8-r")));
        check(&file, &Inputs::default(), &["1=words", "2=<p>one"]);
        check(&file, &Inputs { format: Some(SourceFormat::Wet), ..Inputs::default() }, &["1=words"]);
        check(&file, &Inputs { format: Some(SourceFormat::Warc), ..Inputs::default() }, &["1=<p>one"]);
    }

    #[test]
    fn a_broken_record_costs_itself_alone() {
        let one = response("", "<p>one");
        let n = one.len();
        let file = [&one[..], b"garbage\r\n", &one, b"WARC/1.0\r\nWARC-Type: response\r\n\r\n", &one].concat();
        let (second, third) = (format!("2!bad_row@{n}"), format!("4!bad_row@{}", 2 * n + 9));
        check(&file, &Inputs::default(), &["1=<p>one", &second, "3=<p>one", &third, "5=<p>one"]);
        check(&one[..n - 8], &Inputs::default(), &[&format!("1!truncated@{}", n - 8)]);
    }

    #[test]
    fn refused_pages_keep_their_names_and_addresses() {
        let missing = b"HTTP/1.1 404 Not Found\r\n\r\n<p>gone";
        let header = "WARC-Record-ID: <urn:x:1>\r\nWARC-Target-URI: https://example.org/a\r\n";
        let (items, _) = read(&record("response", header, missing).repeat(2), &Inputs::default());
        let [Item::Failed(first), Item::Failed(second)] = &items[..] else { panic!("{items:?}") };
        assert_eq!((first.code, first.key.as_deref()), (RejectCode::NoContent, Some("<urn:x:1>")));
        assert_eq!(first.url.as_deref(), Some("https://example.org/a"));
        assert_eq!((second.code, second.key.as_deref()), (RejectCode::NoContent, Some("2")));
    }

    #[test]
    fn a_record_over_the_bound_is_skipped() {
        let inputs = Inputs { max_dump_bytes: 10, ..Inputs::default() };
        let long = response("", &"x".repeat(2 << 20));
        let file = [&long[..], &response("", "<p>one"), &response("", "<p>over the bound")].concat();
        let third = format!("3!too_large@{}", long.len() + response("", "<p>one").len());
        check(gzip(&file), &inputs, &["1!too_large@0", "2=<p>one", &third]);
    }

    #[test]
    fn any_file_is_read_to_its_end() {
        arbtest::arbtest(|u| {
            let mut file = [response("", "<p>one"), record("conversion", "", b"words")].concat();
            for _ in 0..u.int_in_range(0..=5)? {
                let at = u.choose_index(file.len())?;
                file[at] = u.arbitrary()?;
            }
            file.extend(u.arbitrary::<Vec<u8>>()?);
            read(&file, &Inputs::default());
            Ok(())
        })
        .budget_ms(300);
    }
}
