//! A page that a browser saved as one file (MHTML) to its main part. Comes in the file, goes out the HTML as it was saved,
//! with its address and the time. Frames, pictures and style sheets in it are counted. Never nests: parts of parts are
//! walked with a list.

use mailparse::MailHeaderMap;
use memchr::memmem;

use super::http::content_type;
use super::limits::Trouble;
use super::{Hints, fields, sniff};
use crate::article::RejectCode;

/// Longest header of a part, in bytes.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// Most parts that are looked at. Pages with many pictures have some hundred.
const MAX_PARTS: usize = 10_000;

/// How many times larger than its page such a file may be: pictures stand in it too, a third longer than they are.
pub(super) const FILE_FACTOR: u64 = 4;

/// A page out of its file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) bytes: Vec<u8>,
    pub(super) hints: Hints,
    /// Parts that are not the page.
    pub(super) n_others: u64,
}

/// Whether content begins as such a file: a mail header of several related parts.
pub(super) fn looks_like_mhtml(head: &[u8]) -> bool {
    let head = &head[..head.len().min(MAX_HEADER_BYTES)];
    let begins = |name: &[u8]| head.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let names: [&[u8]; 5] = [b"From:", b"MIME-Version:", b"Content-Type:", b"Snapshot-Content-Location:", b"Subject:"];
    names.iter().any(|name| begins(name)) && memmem::find(&head.to_ascii_lowercase(), b"multipart/related").is_some()
}

/// Fields of a header, and what follows it.
fn split(part: &[u8]) -> Option<(Vec<mailparse::MailHeader<'_>>, &[u8])> {
    let head = &part[..part.len().min(MAX_HEADER_BYTES)];
    let (headers, end) = mailparse::parse_headers(head).ok()?;
    Some((headers, part.get(end..).unwrap_or_default()))
}

/// Takes the main part out of a file.
pub(super) fn read(file: &[u8]) -> Result<Page, Trouble> {
    let bad = |message: &str| Trouble::new(RejectCode::BadArchive, message);
    let Some((top, _)) = split(file) else { return Err(bad("the header of the saved page is broken")) };
    let start = top.get_first_value("Content-Type").and_then(|value| parameter(&value, "start"));
    let mut open: Vec<&[u8]> = vec![file];
    let mut n_parts = 0_u64;
    let mut found: Option<&[u8]> = None;
    let mut is_named = false;
    while let Some(part) = open.pop() {
        let Some((headers, body)) = split(part) else { continue };
        let value = headers.get_first_value("Content-Type").unwrap_or_default();
        let (media_type, _) = content_type(&value);
        if media_type.starts_with("multipart/") {
            let Some(boundary) = parameter(&value, "boundary").filter(|boundary| !boundary.is_empty()) else {
                return Err(bad("the saved page names no boundary between its parts"));
            };
            let parts = parts(body, &boundary);
            if n_parts as usize + parts.len() > MAX_PARTS {
                return Err(Trouble::new(RejectCode::ArchiveBomb, format!("the page has more than {MAX_PARTS} parts")));
            }
            n_parts += parts.len() as u64;
            open.extend(parts.into_iter().rev());
            continue;
        }
        if media_type != "text/html" && media_type != "application/xhtml+xml" {
            continue;
        }
        let id = headers.get_first_value("Content-ID");
        let is_start = start.is_some() && id.as_deref().map(str::trim) == start.as_deref();
        if found.is_none() || is_start && !is_named {
            (found, is_named) = (Some(part), is_start);
        }
    }
    let Some(part) = found else {
        return Err(match n_parts {
            0 => Trouble::new(RejectCode::Truncated, "the file ends before its first part"),
            _ => bad("the saved page holds no HTML"),
        });
    };
    let (headers, _) = split(part).expect("the part was split before");
    // The part itself is no list of parts, so that nothing nests here.
    let bytes = mailparse::parse_mail(part).and_then(|mail| mail.get_body_raw());
    let bytes = bytes.map_err(|error| bad(&format!("the page could not be decoded: {error}")))?;
    let (_, charset) = content_type(&headers.get_first_value("Content-Type").unwrap_or_default());
    let location = top.get_first_value("Snapshot-Content-Location");
    let url = location.or_else(|| headers.get_first_value("Content-Location")).map(|url| url.trim().to_owned());
    let date = top.get_first_value("Date").and_then(|date| mailparse::dateparse(&date).ok());
    let hints = Hints {
        url: url.filter(|url| !url.is_empty() && !url.starts_with("cid:")),
        fetched_at_us: date.and_then(|seconds| seconds.checked_mul(1_000_000)).filter(|us| fields::is_time(*us)),
        charset,
        ..Hints::default()
    };
    Ok(Page { bytes, hints, n_others: n_parts.saturating_sub(1) })
}

/// A parameter of a header's value, such as `boundary`.
fn parameter(value: &str, name: &str) -> Option<String> {
    mailparse::parse_content_type(value).params.get(name).map(|value| value.trim().to_owned())
}

/// The pieces between lines that begin with the boundary. One more than may be is enough to tell that there are too many.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mark = format!("--{boundary}");
    let mark = mark.as_bytes();
    let mut parts = Vec::new();
    let mut begin: Option<usize> = None;
    for at in memmem::find_iter(body, mark) {
        if at > 0 && body[at - 1] != b'\n' {
            continue;
        }
        if let Some(begin) = begin {
            parts.push(strip_line_end(&body[begin..at.max(begin)]));
        }
        let rest = &body[at + mark.len()..];
        if rest.starts_with(b"--") || parts.len() > MAX_PARTS {
            return parts;
        }
        let line_end = memchr::memchr(b'\n', rest).map_or(body.len(), |end| at + mark.len() + end + 1);
        begin = Some(line_end);
    }
    // Without a last boundary the file was cut off; what there is of the last part may be the page.
    parts.extend(begin.map(|begin| &body[begin..]));
    parts
}

fn strip_line_end(part: &[u8]) -> &[u8] {
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    part.strip_suffix(b"\r").unwrap_or(part)
}

/// Whether a file is named as such.
pub(super) fn is_named(name: &str) -> bool {
    name.ends_with(".mhtml") || name.ends_with(".mht")
}

/// Whether a file of that name that does not begin as one is better read as what it is.
pub(super) fn is_misnamed(head: &[u8]) -> bool {
    !looks_like_mhtml(head) && !head.is_empty() && !sniff::is_binary(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAVED: &str = "From: <Saved by a browser>\r\nSnapshot-Content-Location: https://example.org/ferry\r\n\
        Subject: =?utf-8?Q?F=C3=A4hre?= late\r\nDate: Sat, 3 May 2031 10:20:30 -0000\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/related;\r\n\ttype=\"text/html\";\r\n\tboundary=\"----Part--1\"\r\n\r\n\r\n\
        ------Part--1\r\nContent-Type: text/html\r\nContent-ID: <a@x>\r\nContent-Transfer-Encoding: quoted-printable\r\n\
        Content-Location: https://example.org/ferry\r\n\r\n<html><p>The f=C3=A4hre is la=\r\nte.</p></html>\r\n\
        ------Part--1\r\nContent-Type: text/html\r\nContent-ID: <b@x>\r\nContent-Transfer-Encoding: base64\r\n\r\n\
        PHA+ZnJhbWU8L3A+\r\n------Part--1\r\nContent-Type: image/png\r\n\r\nx\r\n------Part--1--\r\n";

    #[test]
    fn the_main_part_is_the_page_with_its_address_and_time() {
        assert!(looks_like_mhtml(SAVED.as_bytes()));
        let page = read(SAVED.as_bytes()).unwrap();
        assert_eq!(std::str::from_utf8(&page.bytes).unwrap(), "<html><p>The fähre is late.</p></html>");
        assert_eq!(page.hints.url.as_deref(), Some("https://example.org/ferry"));
        assert_eq!(page.hints.fetched_at_us, Some(1_935_570_030_000_000));
        assert_eq!(page.n_others, 2);
    }

    #[test]
    fn the_part_that_the_header_names_goes_first() {
        let named = SAVED.replace("type=\"text/html\"", "start=\"<b@x>\"");
        assert_eq!(read(named.as_bytes()).unwrap().bytes, b"<p>frame</p>");
    }

    #[test]
    fn parts_of_parts_are_found() {
        let inner = "Content-Type: multipart/alternative; boundary=i\n\n--i\nContent-Type: text/plain\n\nno\n--i\n\
                     Content-Type: text/html; charset=koi8-r\n\n<p>yes</p>\n--i--\n";
        let file = format!("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=o\n\n--o\n{inner}\n--o--\n");
        let page = read(file.as_bytes()).unwrap();
        assert_eq!((&page.bytes[..], page.hints.charset.as_deref()), (&b"<p>yes</p>"[..], Some("koi8-r")));
    }

    #[test]
    fn a_file_cut_off_gives_what_there_is_of_the_page() {
        let cut = SAVED.find("</html>").unwrap();
        assert!(read(&SAVED.as_bytes()[..cut]).unwrap().bytes.starts_with(b"<html><p>The f"));
        let code = |file: &str| read(file.as_bytes()).unwrap_err().code;
        assert_eq!(code(&SAVED[..SAVED.find("------Part").unwrap()]), RejectCode::Truncated);
        assert_eq!(code("MIME-Version: 1.0\nContent-Type: multipart/related\n\n"), RejectCode::BadArchive);
        let picture = SAVED.replace("text/html\r\n", "image/gif\r\n");
        assert_eq!(code(&picture), RejectCode::BadArchive);
    }

    #[test]
    fn parts_are_bounded_in_number_and_in_nesting() {
        let many = format!("Content-Type: multipart/related; boundary=b\n\n{}", "--b\n\n".repeat(50_000));
        assert_eq!(read(many.as_bytes()).unwrap_err().code, RejectCode::ArchiveBomb);
        let nested: String =
            (0..5000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect();
        assert!(read(nested.as_bytes()).is_err());
    }

    #[test]
    fn any_file_is_read() {
        arbtest::arbtest(|u| {
            let file = [SAVED.as_bytes()[..600].to_vec(), u.arbitrary::<Vec<u8>>()?].concat();
            let _ = read(&file);
            Ok(())
        })
        .budget_ms(200);
    }
}
