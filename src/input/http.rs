//! An HTTP response as it was recorded, to the page in it. Comes in status line, headers and body, goes out the body
//! without its codings, with what the headers say. Pure and bounded; headers are read as leniently as browsers do.

use std::io::{Cursor, Read};

use super::limits::Trouble;
use super::{Inputs, compression};
use crate::article::RejectCode;

/// Most codings on a body. Servers use one.
const MAX_CODINGS: usize = 3;

/// Longest line that gives the size of a chunk, in bytes: the size, and extensions that nobody uses.
const MAX_SIZE_LINE_BYTES: usize = 1024;

/// A response.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Response {
    pub(super) status: u16,
    /// Media type in lower case, without parameters.
    pub(super) media_type: Option<String>,
    pub(super) charset: Option<String>,
    pub(super) language: Option<String>,
    /// The body, without its codings.
    pub(super) body: Vec<u8>,
}

/// Header fields as names in lower case and values, in their order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads the lines of a header. A line that begins with white space goes on with the one before.
    pub(super) fn of(lines: &[u8]) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in lines.split(|&b| b == b'\n') {
            let text = String::from_utf8_lossy(line);
            if line.first().is_some_and(|b| matches!(b, b' ' | b'\t')) {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(text.trim());
                }
            } else if let Some((name, value)) = text.split_once(':') {
                fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        Self(fields)
    }

    /// The first value of a name in lower case that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// All items of a list, such as of codings, in lower case.
    fn list(&self, name: &str) -> Vec<String> {
        let values = self.0.iter().filter(|(key, _)| key == name);
        let items = values.flat_map(|(_, value)| value.split(','));
        items.map(|item| item.trim().to_ascii_lowercase()).filter(|item| !item.is_empty()).collect()
    }
}

/// Media type and charset of a Content-Type.
pub(super) fn content_type(value: &str) -> (String, Option<String>) {
    let mut parts = value.split(';');
    let media_type = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    });
    (media_type, charset)
}

/// Where the header ends and the body begins.
fn split_header(block: &[u8]) -> (&[u8], &[u8]) {
    let ends = [&b"\r\n\r\n"[..], b"\n\n", b"\n\r\n"];
    let end = ends.iter().filter_map(|end| Some((memchr::memmem::find(block, end)?, end.len()))).min();
    end.map_or((block, &[]), |(at, n)| (&block[..at], &block[at + n..]))
}

impl Response {
    /// Reads a response.
    pub(super) fn of(block: &[u8], inputs: &Inputs) -> Result<Self, Trouble> {
        let bad = |message: &str| Trouble::new(RejectCode::BadRow, message);
        let (header, body) = split_header(block);
        let (status_line, lines) = match memchr::memchr(b'\n', header) {
            Some(at) => (&header[..at], &header[at + 1..]),
            None => (header, &[][..]),
        };
        let status_line = String::from_utf8_lossy(status_line);
        let mut words = status_line.split_ascii_whitespace();
        if !words.next().is_some_and(|word| word.to_ascii_uppercase().starts_with("HTTP/")) {
            return Err(bad("the record holds no HTTP response"));
        }
        let status = words.next().and_then(|word| word.parse().ok());
        let status = status.ok_or_else(|| bad("the HTTP response has no status"))?;
        let fields = Fields::of(lines);
        let (media_type, charset) = fields.get("content-type").map(content_type).unzip();
        let is_chunked = fields.list("transfer-encoding").iter().any(|coding| coding == "chunked");
        // Many tools record the body without its chunks, but with the header that tells of them.
        let body = if is_chunked { unchunk(body).unwrap_or_else(|| body.to_vec()) } else { body.to_vec() };
        let body = uncode(body, &fields.list("content-encoding"), inputs)?;
        let language = fields.list("content-language").into_iter().next();
        Ok(Self {
            status,
            media_type: media_type.filter(|name| !name.is_empty()),
            charset: charset.flatten(),
            language,
            body,
        })
    }
}

/// Joins the chunks of a body. None if it has none; where they break off, what came before.
fn unchunk(body: &[u8]) -> Option<Vec<u8>> {
    let mut joined = Vec::new();
    let mut rest = body;
    let mut is_first = true;
    loop {
        let line_end = memchr::memchr(b'\n', &rest[..rest.len().min(MAX_SIZE_LINE_BYTES)]);
        let size = line_end.and_then(|end| {
            let line = std::str::from_utf8(&rest[..end]).ok()?;
            let digits = line.split(';').next()?.trim();
            Some((end + 1, usize::from_str_radix(digits, 16).ok()?))
        });
        let Some((begin, size)) = size else { return (!is_first).then_some(joined) };
        is_first = false;
        if size == 0 {
            return Some(joined);
        }
        let end = begin.saturating_add(size).min(rest.len());
        joined.extend_from_slice(&rest[begin..end]);
        rest = &rest[end..];
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
    }
}

/// Takes off the codings that were put on in that order. A body that does not begin as its coding was stored without it.
fn uncode(mut body: Vec<u8>, codings: &[String], inputs: &Inputs) -> Result<Vec<u8>, Trouble> {
    let max_bytes = inputs.max_dump_bytes;
    let codings: Vec<&String> = codings.iter().filter(|coding| *coding != "identity").collect();
    if codings.len() > MAX_CODINGS {
        return Err(Trouble::new(RejectCode::ArchiveBomb, format!("coded more than {MAX_CODINGS} times over")));
    }
    for coding in codings.into_iter().rev() {
        let is_stored_without = match coding.as_str() {
            "gzip" | "x-gzip" => !body.starts_with(b"\x1F\x8B"),
            "zstd" => !body.starts_with(b"\x28\xB5\x2F\xFD"),
            // Neither has a mark; a page that begins with a tag is none of both.
            _ => body.trim_ascii_start().starts_with(b"<"),
        };
        if is_stored_without || body.is_empty() {
            continue;
        }
        let n_packed = body.len() as u64;
        let Some(decoder) = compression::decoder(coding, Box::new(Cursor::new(body))) else {
            let message = format!("the content coding `{coding}` cannot be read");
            return Err(Trouble::new(RejectCode::BadRow, message));
        };
        let mut unpacked = Vec::new();
        let result = decoder.and_then(|decoder| decoder.take(max_bytes.saturating_add(1)).read_to_end(&mut unpacked));
        if unpacked.len() as u64 > max_bytes {
            let is_bomb = unpacked.len() as u64 / inputs.max_ratio.max(1) > n_packed;
            let code = if is_bomb { RejectCode::ArchiveBomb } else { RejectCode::TooLarge };
            return Err(Trouble::new(code, format!("the page unpacks to more than {max_bytes} bytes")));
        }
        match result {
            Ok(_) => body = unpacked,
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                let message = format!("the page ends before its content does: {error}");
                return Err(Trouble::new(RejectCode::Truncated, message));
            }
            Err(error) => {
                return Err(Trouble::new(RejectCode::BadRow, format!("the page could not be decompressed: {error}")));
            }
        }
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::super::open::tests::{gzip, zstd};
    use super::*;

    fn read(block: &[u8]) -> Result<Response, RejectCode> {
        Response::of(block, &Inputs { max_dump_bytes: 500_000, ..Inputs::default() }).map_err(|trouble| trouble.code)
    }

    fn body(header: &str, body: &[u8]) -> Result<Vec<u8>, RejectCode> {
        read(&[b"HTTP/1.1 200 OK\r\n", header.as_bytes(), b"\r\n\r\n", body].concat()).map(|response| response.body)
    }

    #[test]
    fn status_type_charset_and_body_are_read() {
        let block = b"HTTP/1.1 404 Not Found\r\nContent-Type: Text/HTML; x=1; Charset=\"koi8-r\"\r\n\
                      content-language: de, en\r\nX:\r\n folded\r\n\r\n<p>body";
        let response = read(block).unwrap();
        let told = (response.status, response.media_type.as_deref(), response.charset.as_deref(), &response.body[..]);
        assert_eq!(told, (404, Some("text/html"), Some("koi8-r"), &b"<p>body"[..]));
        assert_eq!(response.language.as_deref(), Some("de"));
        let bare = read(b"HTTP/2 200\nserver: x\n\n<p>body\n\r\nmore").unwrap();
        assert_eq!((bare.status, bare.media_type, &bare.body[..]), (200, None, &b"<p>body\n\r\nmore"[..]));
    }

    #[test]
    fn what_is_no_response_is_a_bad_row() {
        for block in [&b""[..], b"<html>", b"HTTP/1.1\r\n\r\n", b"HTTP/1.1 ok\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"] {
            assert_eq!(read(block), Err(RejectCode::BadRow));
        }
    }

    #[test]
    fn chunks_are_joined_and_a_body_without_them_is_left_as_it_is() {
        let chunked = "Transfer-Encoding: chunked";
        assert_eq!(body(chunked, b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").unwrap(), b"abcde");
        assert_eq!(body(chunked, b"A\nabc\n").unwrap(), b"abc\n");
        assert_eq!(body(chunked, b"<p>no chunks").unwrap(), b"<p>no chunks");
        assert_eq!(body(chunked, b"3\r\nabc\r\nzz\r\nde").unwrap(), b"abc");
        assert_eq!(body(chunked, b"ffffffffffffffff\r\nabc").unwrap(), b"abc");
    }

    #[test]
    fn codings_are_taken_off_and_a_body_without_them_is_left_as_it_is() {
        assert_eq!(body("Content-Encoding: gzip", &gzip(b"words")).unwrap(), b"words");
        assert_eq!(body("Content-Encoding: identity, x-gzip", &gzip(b"words")).unwrap(), b"words");
        assert_eq!(body("Content-Encoding: zstd", &zstd(b"words")).unwrap(), b"words");
        assert_eq!(body("Content-Encoding: br", b"\x0b\x02\x80words\x03").unwrap(), b"words");
        assert_eq!(body("Content-Encoding: gzip, gzip", &gzip(&gzip(b"words"))).unwrap(), b"words");
        for coding in ["gzip", "br", "deflate", "zstd"] {
            assert_eq!(body(&format!("Content-Encoding: {coding}"), b" <p>words").unwrap(), b" <p>words");
        }
        let both = [b"5\r\n", &gzip(b"words")[..5], b"\r\n40\r\n", &gzip(b"words")[5..], b"\r\n0\r\n\r\n"].concat();
        assert!(body("Content-Encoding: gzip\r\nTransfer-Encoding: chunked", &both).is_err());
    }

    #[test]
    fn broken_codings_say_what_is_wrong() {
        let packed = gzip(&b"words and words ".repeat(50));
        assert_eq!(body("Content-Encoding: gzip", &packed[..packed.len() / 2]), Err(RejectCode::Truncated));
        assert_eq!(body("Content-Encoding: compress", b"\x1f\x9d"), Err(RejectCode::BadRow));
        assert_eq!(body("Content-Encoding: gzip", &gzip(&[b'x'; 1 << 20])), Err(RejectCode::ArchiveBomb));
        assert_eq!(body("Content-Encoding: br, br, br, br", b"x"), Err(RejectCode::ArchiveBomb));
        assert_eq!(body("Content-Encoding: br", &[0xFF; 400]), Err(RejectCode::BadRow));
    }

    #[test]
    fn any_block_is_read() {
        arbtest::arbtest(|u| {
            let heads = ["", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: br, deflate\r\n\r\n"];
            let block = [u.choose(&heads)?.as_bytes().to_vec(), u.arbitrary::<Vec<u8>>()?].concat();
            let _ = read(&block);
            Ok(())
        })
        .budget_ms(200);
    }
}
