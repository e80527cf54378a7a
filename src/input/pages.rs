//! What the pages of a Parquet file unpack to, before any of them is unpacked: the reader makes room for as much as a page
//! says, and some codecs for more. Comes in the places of column chunks, goes out nothing or a [`Trouble`]. Reads the
//! headers of pages alone (Thrift's compact protocol), with a list instead of recursion.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::limits::Trouble;
use super::places::Places;
use crate::article::RejectCode;

/// Most bytes that the pages may take which are unpacked at one time: the largest of each column that is read. Writers
/// aim at a megabyte a page.
pub(super) const MAX_PAGES_BYTES: u64 = 512 << 20;

/// Most bytes that a byte of deflate, and one of an LZ4 frame, can stand for.
const MAX_DEFLATE_RATIO: u64 = 1032;
const MAX_LZ4_RATIO: u64 = 255;

/// Bytes that a page of LZ4 may come to if it is a frame, which old readers take where blocks fail. That is a page of
/// 8 MiB as packed; writers aim at one.
const MAX_LZ4_BYTES: u64 = 2 << 30;

/// Bytes of a header that are read at first, and at most: statistics in it can hold whole texts.
const HEADER_BYTES: u64 = 4 * 1024;
const MAX_HEADER_BYTES: u64 = 16 << 20;

/// How pages are packed, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    /// What comes out is bounded by what the header says.
    Bounded,
    Gzip,
    Lz4Frame,
}

/// The pages of one column in one group of rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk {
    /// The column, to add up the largest pages of all columns.
    pub(super) column: usize,
    pub(super) begin: u64,
    pub(super) n_bytes: u64,
    pub(super) codec: Codec,
}

/// Checks the pages of all chunks that are to be read.
pub(super) fn check(places: &Places, chunks: &[Chunk]) -> Result<(), Trouble> {
    let n_columns = chunks.iter().map(|chunk| chunk.column + 1).max().unwrap_or(0);
    let mut largest = vec![0_u64; n_columns];
    for chunk in chunks {
        let end = chunk.begin.saturating_add(chunk.n_bytes);
        let mut at = chunk.begin;
        while at < end {
            // A broken header ends the column for whoever reads it; the rows before it are there.
            let Some(page) = Page::read(places, at) else { break };
            let body = at.saturating_add(page.n_header);
            let n_bytes = page.unpacked(places, body, chunk.codec);
            largest[chunk.column] = largest[chunk.column].max(n_bytes);
            at = body.saturating_add(page.n_packed);
        }
    }
    let n_bytes = largest.iter().fold(0_u64, |sum, n_bytes| sum.saturating_add(*n_bytes));
    if n_bytes > MAX_PAGES_BYTES {
        let message = format!("its pages unpack to more than {MAX_PAGES_BYTES} bytes at one time");
        return Err(Trouble::new(RejectCode::ArchiveBomb, message));
    }
    Ok(())
}

/// What the header of a page says.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    n_header: u64,
    n_packed: u64,
    n_unpacked: u64,
}

impl Page {
    /// Reads a header, and as much more of it as it turns out to need.
    fn read(places: &Places, at: u64) -> Option<Self> {
        let mut n = HEADER_BYTES;
        loop {
            let mut bytes = Vec::new();
            places.slice(at, at.saturating_add(n)).read_to_end(&mut bytes).ok()?;
            if let Some(page) = Self::parse(&bytes) {
                return Some(page);
            }
            if (bytes.len() as u64) < n || n >= MAX_HEADER_BYTES {
                return None;
            }
            n *= 8;
        }
    }

    /// Reads the struct `PageHeader`: its fields 2 and 3 are the sizes.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut thrift = Thrift { bytes, at: 0 };
        let mut sizes = [None; 2];
        let mut id = 0;
        loop {
            let head = thrift.byte()?;
            if head == 0 {
                break;
            }
            id = if head >> 4 == 0 { zigzag(thrift.number()?) } else { id + i64::from(head >> 4) };
            match (id, head & 15) {
                (2 | 3, 5) => sizes[id as usize - 2] = Some(u64::try_from(zigzag(thrift.number()?)).ok()?),
                (_, kind) => thrift.skip(kind)?,
            }
        }
        Some(Self { n_header: thrift.at as u64, n_unpacked: sizes[0]?, n_packed: sizes[1]? })
    }

    /// Bytes that unpacking the page takes: what it says, and what comes of it where the codec does not hold it to that.
    fn unpacked(&self, places: &Places, body: u64, codec: Codec) -> u64 {
        match codec {
            Codec::Bounded => return self.n_unpacked,
            Codec::Lz4Frame => {
                let at_most = self.n_packed.saturating_mul(MAX_LZ4_RATIO);
                return self.n_unpacked.max(if at_most > MAX_LZ4_BYTES { at_most } else { 0 });
            }
            // A small page cannot come to much, and is not unpacked twice.
            Codec::Gzip if self.n_packed.saturating_mul(MAX_DEFLATE_RATIO) <= MAX_PAGES_BYTES / 8 => {
                return self.n_unpacked;
            }
            Codec::Gzip => {}
        }
        let packed = BufReader::new(places.slice(body, body.saturating_add(self.n_packed)));
        let mut unpacked = MultiGzDecoder::new(packed).take(MAX_PAGES_BYTES + 1);
        // Where it breaks off, so does the reader of the page.
        let mut n_unpacked = 0;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match unpacked.read(&mut buffer) {
                Ok(0) => break,
                Ok(n_read) => n_unpacked += n_read as u64,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        self.n_unpacked.max(n_unpacked)
    }
}

fn zigzag(n: u64) -> i64 {
    (n >> 1) as i64 ^ -((n & 1) as i64)
}

/// Values of Thrift's compact protocol.
struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// What is still to be skipped.
enum Rest {
    Value(u8),
    Fields,
    Items(u64, u8),
}

impl Thrift<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn number(&mut self) -> Option<u64> {
        let mut n = 0;
        for place in 0..10 {
            let byte = self.byte()?;
            n |= u64::from(byte & 0x7F) << (7 * place).min(63);
            if byte & 0x80 == 0 {
                return Some(n);
            }
        }
        None
    }

    fn pass(&mut self, n: u64) -> Option<()> {
        self.at = usize::try_from(n).ok().and_then(|n| self.at.checked_add(n)).filter(|at| *at <= self.bytes.len())?;
        Some(())
    }

    /// Skips a value. Each step takes a byte at least, or ends a list.
    fn skip(&mut self, kind: u8) -> Option<()> {
        let mut rest = vec![Rest::Value(kind)];
        while let Some(next) = rest.pop() {
            match next {
                // The value of a boolean field stands in its head.
                Rest::Value(1 | 2) => {}
                Rest::Value(3) => self.pass(1)?,
                Rest::Value(4..=6) => {
                    self.number()?;
                }
                Rest::Value(7) => self.pass(8)?,
                Rest::Value(8) => {
                    let n = self.number()?;
                    self.pass(n)?;
                }
                Rest::Value(9 | 10) => {
                    let head = self.byte()?;
                    let n = if head >> 4 == 15 { self.number()? } else { u64::from(head >> 4) };
                    // In a list a boolean is a byte.
                    rest.push(Rest::Items(n, if matches!(head & 15, 1 | 2) { 3 } else { head & 15 }));
                }
                Rest::Value(12) => rest.push(Rest::Fields),
                Rest::Value(_) => return None,
                Rest::Fields => {
                    let head = self.byte()?;
                    if head != 0 {
                        if head >> 4 == 0 {
                            self.number()?;
                        }
                        rest.push(Rest::Fields);
                        rest.push(Rest::Value(head & 15));
                    }
                }
                Rest::Items(0, _) => {}
                Rest::Items(n, kind) => {
                    rest.push(Rest::Items(n - 1, kind));
                    rest.push(Rest::Value(kind));
                }
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::open::tests::gzip;
    use super::*;

    fn number(n: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut left = n << 1;
        while left >= 0x80 {
            bytes.push(left as u8 | 0x80);
            left >>= 7;
        }
        bytes.push(left as u8);
        bytes
    }

    /// A page with a struct, a list and a text behind its sizes.
    fn page(n_unpacked: u64, body: &[u8]) -> Vec<u8> {
        let sizes = [&[0x15, 0, 0x15][..], &number(n_unpacked), &[0x15], &number(body.len() as u64)].concat();
        let rest = [0x2C, 0x15, 4, 0x18, 3, b'a', b'b', b'c', 0x19, 0x25, 2, 4, 0x11, 0, 0];
        [&sizes[..], &rest, body].concat()
    }

    fn check_pages(pages: &[Vec<u8>], codec: Codec) -> Result<(), RejectCode> {
        let bytes = pages.concat();
        let chunk = Chunk { column: 0, begin: 0, n_bytes: bytes.len() as u64, codec };
        check(&Places::Memory { bytes: bytes.into(), _held: None }, &[chunk]).map_err(|trouble| trouble.code)
    }

    #[test]
    fn sizes_are_read_and_the_rest_of_a_header_is_skipped() {
        let bytes = page(300, b"body");
        let n_header = bytes.len() as u64 - 4;
        assert_eq!(Page::parse(&bytes), Some(Page { n_header, n_packed: 4, n_unpacked: 300 }));
        for cut in 0..n_header as usize {
            assert_eq!(Page::parse(&bytes[..cut]), None);
        }
        assert_eq!(check_pages(&[page(300, b"body"), page(9, b"x")], Codec::Bounded), Ok(()));
        assert_eq!(check_pages(&[page(300, b"body"), vec![0xFF; 50]], Codec::Bounded), Ok(()));
    }

    #[test]
    fn pages_that_say_or_hold_too_much_are_a_bomb() {
        assert_eq!(check_pages(&[page(MAX_PAGES_BYTES + 1, b"x")], Codec::Bounded), Err(RejectCode::ArchiveBomb));
        let part = gzip(&vec![0; 64 << 20]);
        let lying = page(10, &part.repeat(9));
        assert_eq!(check_pages(&[lying], Codec::Gzip), Err(RejectCode::ArchiveBomb));
        assert_eq!(check_pages(&[page(10, &part)], Codec::Gzip), Ok(()));
        assert_eq!(check_pages(&[page(10, &vec![0; 9 << 20])], Codec::Lz4Frame), Err(RejectCode::ArchiveBomb));
        assert_eq!(check_pages(&[page(10, &vec![0; 4 << 20])], Codec::Lz4Frame), Ok(()));
    }

    #[test]
    fn any_bytes_are_skipped() {
        arbtest::arbtest(|u| {
            let _ = Page::parse(&u.arbitrary::<Vec<u8>>()?);
            Ok(())
        })
        .budget_ms(200);
    }
}
