//! UTF-16 to UTF-8 on the way, for files of rows, which are parted by single bytes. Comes in a reader, goes out a reader.
//! Broken units become U+FFFD, as they do in a dump.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE};

use super::compression::BoxRead;
use super::{decode, utf16};

/// Bytes that are read at once.
const CHUNK_BYTES: usize = 16 * 1024;

/// Most bytes of UTF-8 for a byte of UTF-16, and room for what the decoder keeps.
const ROOM_BYTES: usize = 3 * CHUNK_BYTES + 64;

/// Whether the first bytes are UTF-16, marked or not.
pub(super) fn is_utf16(head: &[u8]) -> bool {
    encoding_of(head).is_some()
}

fn encoding_of(head: &[u8]) -> Option<&'static Encoding> {
    let marked = Encoding::for_bom(head).map(|(encoding, _)| encoding);
    let encoding = marked.or_else(|| utf16::order_without_mark(head))?;
    (encoding == UTF_16LE || encoding == UTF_16BE).then_some(encoding)
}

/// The first bytes as UTF-8.
pub(super) fn to_utf8(head: &[u8]) -> Vec<u8> {
    decode::decode(head, false, None).text.into_owned().into_bytes()
}

/// Reads UTF-16 as UTF-8, without the mark.
pub(super) struct FromUtf16 {
    inner: BoxRead,
    decoder: Decoder,
    read: Box<[u8]>,
    /// Decoded bytes that were not handed out.
    ready: Vec<u8>,
    at: usize,
    is_over: bool,
}

impl FromUtf16 {
    /// A reader of content whose first bytes are known.
    pub(super) fn new(inner: BoxRead, head: &[u8]) -> Self {
        let encoding = encoding_of(head).unwrap_or(UTF_16LE);
        let read = vec![0; CHUNK_BYTES].into_boxed_slice();
        Self { inner, decoder: encoding.new_decoder_with_bom_removal(), read, ready: Vec::new(), at: 0, is_over: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        let n_read = self.inner.read(&mut self.read)?;
        self.is_over = n_read == 0;
        self.ready.resize(ROOM_BYTES, 0);
        let (result, _, n_ready, _) = self.decoder.decode_to_utf8(&self.read[..n_read], &mut self.ready, self.is_over);
        debug_assert!(result == CoderResult::InputEmpty, "there is room for the whole chunk");
        self.ready.truncate(n_ready);
        self.at = 0;
        Ok(())
    }
}

impl Read for FromUtf16 {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() && !self.is_over && !buffer.is_empty() {
            self.fill()?;
        }
        let n = buffer.len().min(self.ready.len() - self.at);
        buffer[..n].copy_from_slice(&self.ready[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn utf16_of_either_order_is_read_as_utf8_marked_or_not() {
        let text = "{\"text\": \"Старый мост, the old bridge 😀\"}\n".repeat(3000);
        for marked in [format!("\u{FEFF}{text}"), text.clone()] {
            for order in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
                let bytes: Vec<u8> = marked.encode_utf16().flat_map(order).collect();
                assert!(is_utf16(&bytes[..4096]));
                let mut read = String::new();
                let head = bytes[..4096].to_vec();
                FromUtf16::new(Box::new(Cursor::new(bytes)), &head).read_to_string(&mut read).unwrap();
                assert!(read == text);
            }
        }
        assert!(!is_utf16(text.as_bytes()));
    }

    #[test]
    fn broken_units_are_replaced() {
        let bytes = [0xFF, 0xFE, b'a', 0, 0x3D, 0xD8, b'b', 0, 7];
        let mut read = String::new();
        FromUtf16::new(Box::new(Cursor::new(bytes)), &bytes).read_to_string(&mut read).unwrap();
        assert_eq!(read, "a\u{FFFD}b\u{FFFD}");
    }
}
