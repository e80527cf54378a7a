//! Rows of a table as text (CSV, TSV) to dumps, one row at a time. Comes in a file's content, goes out a dump or a failure
//! for each row after the header. Never keeps more than one row; a row over the bound is read on to its end and dropped.

use std::io::{self, BufRead, BufReader};

use csv_core::{ReadRecordResult, ReaderBuilder};
use serde_json::{Map, Value};

use super::limits::Trouble;
use super::open::Content;
use super::rows::{BYTE_ORDER_MARK, Ledger, max_row_bytes};
use super::sniff::SNIFF_BYTES;
use super::source::{Source, Step};
use super::{Inputs, Item, SourceFormat, decode, fields};
use crate::article::RejectCode;

/// Most columns of a table: four times what spreadsheets hold.
const MAX_COLUMNS: usize = 1 << 16;

/// Bytes that part columns, in the order in which they are tried where the header does not tell.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A table while it is read.
pub(super) struct Csv {
    ledger: Ledger,
    reader: BufReader<Content>,
    parser: csv_core::Reader,
    /// The record that was read last, its fields one after the other, and where each of them ends.
    record: Vec<u8>,
    ends: Vec<usize>,
    max_record_bytes: usize,
    /// The encoding of the beginning, for fields that are not UTF-8.
    encoding: &'static str,
    header: Header,
    offset: u64,
    is_over: bool,
}

/// The columns, once they are known.
enum Header {
    Unread {
        may_be_tabs: bool,
    },
    /// Place and name of each column that is used, and how many there are.
    Read {
        used: Vec<(usize, String)>,
        n_columns: usize,
    },
}

/// How reading a record ended.
enum Record {
    Whole,
    TooLong,
    End,
}

impl Csv {
    pub(super) fn new(path: String, content: Content, may_be_tabs: bool, inputs: &Inputs) -> Self {
        Self {
            ledger: Ledger::new(path, SourceFormat::Csv, inputs.id_field.is_some(), inputs),
            reader: BufReader::with_capacity(SNIFF_BYTES, content),
            parser: csv_core::Reader::new(),
            record: vec![0; SNIFF_BYTES],
            ends: vec![0; 64],
            max_record_bytes: max_row_bytes(inputs),
            encoding: "UTF-8",
            header: Header::Unread { may_be_tabs },
            offset: 0,
            is_over: false,
        }
    }

    fn next_item(&mut self, inputs: &Inputs) -> Option<Item> {
        if self.is_over {
            return None;
        }
        if let Header::Unread { may_be_tabs } = self.header {
            match self.read_header(may_be_tabs, inputs) {
                Ok(Some(header)) => self.header = header,
                Ok(None) => {
                    self.is_over = true;
                    return None;
                }
                Err(trouble) => return self.end(0, trouble),
            }
        }
        let begin = self.offset;
        match self.read_record() {
            Ok((Record::End, _)) => {
                self.is_over = true;
                None
            }
            Ok((Record::Whole, n_fields)) => {
                self.ledger.count();
                let row = self.row(n_fields, inputs);
                Some(self.ledger.row(row, Some(begin)))
            }
            Ok((Record::TooLong, _)) if self.reader.get_ref().is_bomb() => {
                let message = "the row unpacks to far more than text does; the rest of the file is not read";
                self.end(begin, Trouble::new(RejectCode::ArchiveBomb, message))
            }
            Ok((Record::TooLong, _)) => {
                self.ledger.count();
                let message = format!("the row has more than {} bytes or {MAX_COLUMNS} columns", self.max_record_bytes);
                Some(self.ledger.failed(Some(begin), Trouble::new(RejectCode::TooLarge, message)))
            }
            Err(error) => {
                let trouble = self.reader.get_ref().explain(&error);
                self.end(self.offset, trouble)
            }
        }
    }

    fn end(&mut self, offset: u64, trouble: Trouble) -> Option<Item> {
        self.is_over = true;
        self.ledger.count();
        Some(self.ledger.failed(Some(offset), trouble))
    }

    /// Finds the separator and reads the header; none if there is nothing at all.
    fn read_header(&mut self, may_be_tabs: bool, inputs: &Inputs) -> Result<Option<Header>, Trouble> {
        if let Err(error) = self.fill() {
            return Err(self.reader.get_ref().explain(&error));
        }
        let head = self.reader.buffer();
        let n_mark = if head.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let head = &head[n_mark..];
        if head.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        let encoding = decode::decode(head, false, None).encoding;
        let separator = separator(head, may_be_tabs, inputs);
        self.encoding = encoding;
        self.reader.consume(n_mark);
        self.offset += n_mark as u64;
        self.parser = ReaderBuilder::new().delimiter(separator).build();
        let bad = |message: String| Err(Trouble::new(RejectCode::BadRow, message));
        let n_columns = match self.read_record().map_err(|error| self.reader.get_ref().explain(&error))? {
            (Record::Whole, n_fields) => n_fields,
            (Record::TooLong, _) => {
                return bad(format!(
                    "the header has more than {MAX_COLUMNS} columns or {} bytes; the file is not read",
                    self.max_record_bytes
                ));
            }
            (Record::End, _) => return Ok(None),
        };
        let names: Vec<String> = (0..n_columns).map(|column| self.field(column).0.trim().to_owned()).collect();
        if !names.iter().any(|name| fields::is_content(name, inputs)) {
            return bad(
                "the header names no content column that is known; --text-field or --html-field names it".to_owned()
            );
        }
        let used = names.into_iter().enumerate().filter(|(_, name)| fields::is_used(name, inputs)).collect();
        Ok(Some(Header::Read { used, n_columns }))
    }

    /// Reads on, so that the buffer holds the next bytes.
    fn fill(&mut self) -> io::Result<()> {
        loop {
            match self.reader.fill_buf() {
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads a record into `record` and `ends`, keeping no more than the bounds. Also says how many fields it has.
    fn read_record(&mut self) -> io::Result<(Record, usize)> {
        let (mut n_bytes, mut n_fields, mut is_too_long) = (0, 0, false);
        loop {
            let input = match self.reader.fill_buf() {
                Ok(input) => input,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let (result, n_read, n_written, n_ends) =
                self.parser.read_record(input, &mut self.record[n_bytes..], &mut self.ends[n_fields..]);
            self.reader.consume(n_read);
            self.offset += n_read as u64;
            n_bytes += n_written;
            n_fields += n_ends;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.record.len() < self.max_record_bytes => {
                    let more = (2 * self.record.len()).min(self.max_record_bytes);
                    self.record.resize(more, 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() < MAX_COLUMNS => {
                    let more = (2 * self.ends.len()).min(MAX_COLUMNS);
                    self.ends.resize(more, 0);
                }
                // What is over is written over what was kept.
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    is_too_long = true;
                    (n_bytes, n_fields) = (0, 0);
                    if self.reader.get_ref().is_bomb() {
                        return Ok((Record::TooLong, 0));
                    }
                }
                ReadRecordResult::Record if is_too_long => return Ok((Record::TooLong, 0)),
                ReadRecordResult::Record => return Ok((Record::Whole, n_fields)),
                ReadRecordResult::End => return Ok((Record::End, 0)),
            }
        }
    }

    /// A field of the record that was read last as text, and whether broken bytes in it were replaced.
    fn field(&self, column: usize) -> (String, bool) {
        let begin = if column == 0 { 0 } else { self.ends[column - 1] };
        let bytes = self.record.get(begin..self.ends[column]).unwrap_or_default();
        match std::str::from_utf8(bytes) {
            Ok(text) => (text.to_owned(), false),
            Err(_) => {
                let decoded = decode::decode(bytes, false, Some(self.encoding));
                (decoded.text.into_owned(), decoded.replaced > 0)
            }
        }
    }

    fn row(&self, n_fields: usize, inputs: &Inputs) -> Result<fields::Row, String> {
        let Header::Read { used, n_columns } = &self.header else { return Err("there is no header".to_owned()) };
        if n_fields != *n_columns {
            return Err(format!("the row has {n_fields} fields, the header {n_columns}"));
        }
        let mut row = Map::new();
        let mut is_mended = false;
        for (column, name) in used {
            let (text, is_broken) = self.field(*column);
            is_mended |= is_broken;
            // Of two columns of one name the first that holds something counts.
            if row.get(name).is_none_or(|first| first == "") {
                row.insert(name.clone(), Value::String(text));
            }
        }
        fields::read_fields(&row, is_mended, inputs)
    }
}

impl Source for Csv {
    fn next(&mut self, inputs: &Inputs) -> Option<Step> {
        self.next_item(inputs).map(Step::Item)
    }
}

/// The byte that parts the columns of a table: the one that gives a header with a content column, else the one that gives
/// the most columns.
fn separator(head: &[u8], may_be_tabs: bool, inputs: &Inputs) -> u8 {
    let order = if may_be_tabs { [b'\t', b',', b';', b'|'] } else { SEPARATORS };
    let score = |separator: u8| {
        let names = header_names(head, separator);
        let has_content = names.iter().any(|name| fields::is_content(name.trim(), inputs));
        (has_content, names.len())
    };
    // Of equals the first wins.
    order.into_iter().rev().max_by_key(|separator| score(*separator)).unwrap_or(order[0])
}

/// The fields of the first record of some bytes.
fn header_names(head: &[u8], separator: u8) -> Vec<String> {
    let mut parser = ReaderBuilder::new().delimiter(separator).build();
    let (mut record, mut ends) = (vec![0; head.len()], vec![0; MAX_COLUMNS]);
    let (_, _, _, n_ends) = parser.read_record(head, &mut record, &mut ends);
    let begins = std::iter::once(0).chain(ends.iter().copied());
    begins
        .zip(&ends[..n_ends])
        .map(|(begin, end)| String::from_utf8_lossy(record.get(begin..*end).unwrap_or_default()).into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::open::tests::{content, gzip, long_text};
    use super::*;

    fn items(file: &[u8], inputs: &Inputs) -> Vec<Item> {
        let mut csv = Csv::new("rows.csv".to_owned(), content(file, "rows.csv").unwrap(), false, inputs);
        let items = std::iter::from_fn(|| csv.next_item(inputs)).collect();
        assert_eq!(csv.next_item(inputs), None);
        items
    }

    /// `key=content` for a dump, `key!code` for a failure.
    #[track_caller]
    fn check(file: impl AsRef<[u8]>, inputs: &Inputs, expected: &[&str]) {
        let told: Vec<String> = items(file.as_ref(), inputs)
            .into_iter()
            .map(|item| match item {
                Item::Dump(dump) => format!("{}={}", dump.key.unwrap(), String::from_utf8(dump.bytes).unwrap()),
                Item::Failed(f) => format!("{}!{}", f.key.unwrap(), f.code),
                _ => unreachable!(),
            })
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn rows_are_read_by_the_names_of_the_header_whatever_parts_the_columns() {
        for separator in [",", ";", "\t", "|"] {
            let file = "url,text,title\nu1,one,T\nu2,\"two, 2; \"\"x\"\"|\t\nlines\",T2\n\nu3,three,\n";
            let file = file.replace("\"two, 2; ", "\u{1}").replace("|\t\n", "\u{2}");
            let file = file.replace(',', separator).replace('\u{1}', "\"two, 2; ").replace('\u{2}', "|\t\n");
            check(file, &Inputs::default(), &["1=one", "2=two, 2; \"x\"|\t\nlines", "3=three"]);
        }
        let items = items(b"Title,Body,LINK,date,author\r\nT,one,u,2031-05-02,Ann Lee\r\n", &Inputs::default());
        let Item::Dump(dump) = &items[0] else { panic!("not a dump") };
        assert_eq!(dump.hints.title.as_deref(), Some("T"));
        assert_eq!(dump.hints.url.as_deref(), Some("u"));
        assert_eq!(dump.hints.published.as_deref(), Some("2031-05-02"));
        assert_eq!(dump.hints.authors, ["Ann Lee"]);
    }

    #[test]
    fn named_columns_are_the_only_ones_looked_at() {
        let inputs =
            Inputs { text_field: Some("words".to_owned()), id_field: Some("nr".to_owned()), ..Inputs::default() };
        check("nr,text,words\na,no,one\nb,no,two\na,no,three\n", &inputs, &["a=one", "b=two", "3!bad_row"]);
    }

    #[test]
    fn rows_that_do_not_fit_the_header_are_bad_and_the_next_one_is_read() {
        check("id,text\n1,a,b\n2\n3,c\n", &Inputs::default(), &["1!bad_row", "2!bad_row", "3=c"]);
        check("id,words\n1,a\n", &Inputs::default(), &["1!bad_row"]);
        check("", &Inputs::default(), &[]);
        check("\n\n", &Inputs::default(), &[]);
        check("text\n", &Inputs::default(), &[]);
    }

    #[test]
    fn legacy_encodings_are_read_by_the_beginning_of_the_file() {
        let file = "title,text\nМост,Старый мост закрыт до осени. Жители ходят в обход по набережной.\nДа,Мост\n";
        let bytes = encoding_rs::WINDOWS_1251.encode(file).0.into_owned();
        check(
            bytes,
            &Inputs::default(),
            &["1=Старый мост закрыт до осени. Жители ходят в обход по набережной.", "2=Мост"],
        );
        check(
            format!("\u{FEFF}{file}"),
            &Inputs::default(),
            &["1=Старый мост закрыт до осени. Жители ходят в обход по набережной.", "2=Мост"],
        );
    }

    #[test]
    fn a_row_over_the_bound_is_read_to_its_end_and_dropped() {
        let inputs = Inputs { max_dump_bytes: 5, ..Inputs::default() };
        let pad = "p".repeat(2 << 20);
        check(format!("id,text\n{pad},one\n2,two\n3,123456\n"), &inputs, &["1!too_large", "2=two", "3!too_large"]);
        let wide = ",".repeat(3 * MAX_COLUMNS);
        check(format!("id,text\n{wide}\n2,two\n"), &inputs, &["1!too_large", "2=two"]);
        check(format!("id,text{wide}\n2,two\n"), &inputs, &["1!bad_row"]);
        let bomb = format!("id,text\n1,one\n2,\"{}", "x".repeat(8 << 20));
        check(gzip(bomb.as_bytes()), &inputs, &["1=one", "2!archive_bomb"]);
    }

    #[test]
    fn a_file_cut_off_gives_the_rows_before() {
        let file = format!("text\n{}", long_text());
        let packed = gzip(file.as_bytes());
        let items = items(&packed[..packed.len() / 2], &Inputs::default());
        let (Some(Item::Failed(last)), Some(Item::Dump(_))) = (items.last(), items.first()) else {
            panic!("{items:?}")
        };
        assert_eq!(last.code, RejectCode::Truncated);
    }

    #[test]
    fn any_table_is_read_to_its_end() {
        arbtest::arbtest(|u| {
            let bytes = [b"text,id\n".to_vec(), u.arbitrary::<Vec<u8>>()?].concat();
            items(&bytes, &Inputs { max_dump_bytes: 10, ..Inputs::default() });
            Ok(())
        })
        .budget_ms(200);
    }
}
