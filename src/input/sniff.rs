//! Tells from the content what it is: binary, HTML, a row of JSON. Comes in bytes or text, goes out a yes or no. Pure.
//! Never parses a page and never decides on a word of text.

use std::sync::LazyLock;

use encoding_rs::Encoding;
use regex::Regex;

use super::utf16;

/// How much of the content is looked at, in bytes.
pub(super) const SNIFF_BYTES: usize = 64 * 1024;

/// Share of control bytes above which content is binary. Random or compressed bytes hold 10.5 % (27 of 256), text in
/// any 8-bit encoding none, so that the middle leaves room for damaged text and for small headers before text.
const MAX_CONTROL_SHARE: f64 = 0.05;

/// First bytes of files that are no text. None of them can begin a text in a wide-spread encoding.
const MAGIC: &[&[u8]] = &[
    b"\x89PNG\r\n\x1A\n",
    b"\xFF\xD8\xFF",
    b"GIF87a",
    b"GIF89a",
    b"II*\0",
    b"MM\0*",
    b"8BPS\0",
    b"\0\0\x01\0",
    b"%PDF-",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1F\x8B\x08",
    b"\x28\xB5\x2F\xFD",
    b"\xFD7zXZ\0",
    b"7z\xBC\xAF\x27\x1C",
    b"Rar!\x1A\x07",
    b"\x7FELF",
    b"\xCA\xFE\xBA\xBE",
    b"\xCF\xFA\xED\xFE",
    b"\0asm",
    b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
    b"SQLite format 3\0",
    b"PAR1",
    b"ARROW1\0\0",
    b"Obj\x01",
    b"\x89HDF\r\n\x1A\n",
    b"\x93NUMPY",
    b"ID3\x02\0",
    b"ID3\x03\0",
    b"ID3\x04\0",
    b"OggS\0",
    b"fLaC\0",
    b"\x1A\x45\xDF\xA3",
    b"FLV\x01",
    b"wOFF\0\x01\0\0",
    b"wOFFOTTO",
    b"wOFFtrue",
    b"wOF2",
    b"OTTO\0",
    b"\0\x01\0\0",
];

/// Whether content is binary, so that no text can be had from it: a file that tells so by its first bytes, or one
/// with too many control bytes that is not UTF-16 either. Empty content is not binary.
pub fn is_binary(bytes: &[u8]) -> bool {
    if has_magic(bytes) {
        return true;
    }
    if Encoding::for_bom(bytes).is_some() || utf16::order_without_mark(bytes).is_some() {
        return false;
    }
    // Zero bytes at the end are padding.
    let n_text = bytes.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
    let sample = &bytes[..n_text.min(SNIFF_BYTES)];
    // Counted in one byte for each piece, so that many are looked at at once.
    let count = |n: u8, &b: &u8| n.wrapping_add(u8::from(is_control(b)));
    let n_controls: usize = sample.chunks(255).map(|piece| usize::from(piece.iter().fold(0, count))).sum();
    n_controls as f64 > MAX_CONTROL_SHARE * sample.len() as f64 || (n_text == 0 && !bytes.is_empty())
}

/// Control bytes that text has no use for; escapes and shifts belong to 7-bit encodings and to terminals.
fn is_control(byte: u8) -> bool {
    byte == 0x7F || byte < 0x20 && !matches!(byte, 0x08..=0x0F | 0x1B)
}

fn has_magic(bytes: &[u8]) -> bool {
    let inside = |at: usize, magic: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(magic));
    // An MPEG audio frame: eleven bits set, layer III, and a bit rate and a sampling rate that exist. Cyrillic letters
    // can look so, hence the zero byte, which each such file has near its beginning.
    let is_mp3 = matches!(bytes, [0xFF, 0xFB | 0xFA | 0xF3 | 0xF2, rate, ..] if rate >> 4 != 15 && rate & 12 != 12)
        && memchr::memchr(0, &bytes[..bytes.len().min(64)]).is_some();
    MAGIC.iter().any(|magic| bytes.starts_with(magic))
        || inside(4, b"ftyp") && bytes[0] == 0
        || inside(0, b"RIFF") && (inside(8, b"WAVE") || inside(8, b"AVI ") || inside(8, b"WEBP"))
        || inside(0, b"BZh") && inside(4, b"1AY&SY")
        || inside(257, b"ustar")
        || is_mp3
}

/// Elements whose tags are signs of a page or of a piece of one.
const TAGS: &str = "html|head|body|title|meta|link|script|style|main|article|section|header|footer|nav|aside|div|p|br|\
                    hr|span|a|img|figure|figcaption|h[1-6]|ul|ol|li|dl|dt|dd|table|thead|tbody|tr|td|th|blockquote|\
                    pre|strong|em|b|i|iframe|form|button|video|picture|noscript|center|font|time";

/// Tags that end a paragraph or begin one.
const BLOCK_TAGS: &str = "div|p|br|hr|h[1-6]|ul|ol|li|blockquote|section|article|table|tr|figure";

/// Fewest block tags of a piece of HTML that does not begin with a tag.
const MIN_BLOCK_TAGS: usize = 3;

/// Whether text is an HTML page or a piece of one: it begins like a page, or it begins with a tag and closes one, or
/// its paragraphs are made by tags rather than by line ends. Text with some stray tags in it is none: read as HTML it
/// would lose its line ends.
pub fn looks_like_html(text: &str) -> bool {
    static PAGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(?:<!doctype\s+html|<html)[\s>]"));
    static OPENING: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)^<(?:{TAGS})(?:\s[^<>]*)?/?>")));
    static CLOSING: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)</(?:{TAGS})\s*>|<meta\s[^<>]*>")));
    static BLOCK: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)</?(?:{BLOCK_TAGS})(?:\s[^<>]*)?/?>")));
    let end = (0..=text.len().min(SNIFF_BYTES)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let head = skip_prolog(&text[..end]);
    if PAGE.is_match(head) || OPENING.is_match(head) && CLOSING.is_match(head) {
        return true;
    }
    let n_lines = head.lines().filter(|line| !line.trim().is_empty()).count();
    let n_tags = BLOCK.find_iter(head).count();
    n_tags >= MIN_BLOCK_TAGS && n_tags >= n_lines
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}

/// Leaves out what may stand before the first tag: mark, white space, XML declaration, comments.
fn skip_prolog(text: &str) -> &str {
    let mut rest = text.trim_start_matches(['\u{FEFF}', '\0']).trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<?xml") => rest.find("?>").map(|at| at + "?>".len()),
            _ if rest.starts_with("<!--") => rest.find("-->").map(|at| at + "-->".len()),
            _ => None,
        };
        let Some(end) = end else { return rest };
        rest = rest[end..].trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    /// Bytes without any order, the same each time.
    fn noise(n: usize) -> Vec<u8> {
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        };
        std::iter::repeat_with(next).take(n).collect()
    }

    #[test]
    fn files_that_tell_by_their_first_bytes_are_binary() {
        for magic in MAGIC {
            assert!(is_binary(&[magic, &b" and then only words follow, as in a text"[..]].concat()), "{magic:?}");
        }
        assert!(is_binary(b"\0\0\0\x18ftypmp42 words and words"));
        assert!(is_binary(b"RIFF1234WAVEfmt words and words and words"));
        assert!(is_binary(b"BZh91AY&SY words and words and words"));
        assert!(is_binary(&[&b"\xFF\xFB\x90\x64\0"[..], &[b'x'; 400]].concat()));
        assert!(is_binary(&[&[b'x'; 257][..], b"ustar\0"].concat()));
    }

    #[test]
    fn noise_is_binary() {
        assert!(is_binary(&noise(4096)));
        assert!(is_binary(&noise(200)));
        assert!(is_binary(&[0; 100]));
    }

    #[test]
    fn text_in_any_encoding_is_not_binary() {
        let text = "Старый мост закрыт до осени, сообщили в мэрии.";
        assert!(!is_binary(text.as_bytes()));
        assert!(!is_binary(&utf16(text)));
        assert!(!is_binary(&utf16("The old bridge is closed.")));
        assert!(!is_binary(&utf16("\u{FEFF}Old")));
        for label in ["windows-1251", "koi8-r", "iso-8859-5"] {
            assert!(!is_binary(&Encoding::for_label(label.as_bytes()).unwrap().encode(text).0), "{label}");
        }
        assert!(!is_binary(&encoding_rs::ISO_2022_JP.encode("古い橋は秋まで閉鎖される").0));
        assert!(!is_binary(&encoding_rs::SHIFT_JIS.encode("古い橋は秋まで閉鎖される").0));
        assert!(!is_binary(&encoding_rs::WINDOWS_1251.encode("яыТекст начинается странно").0));
    }

    #[test]
    fn text_that_begins_like_a_magic_number_is_not_binary() {
        for text in ["", "GIF files are old.", "PK is short for a name.", "Bond prices fell.", "Risky riffs", "BZh"] {
            assert!(!is_binary(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn text_with_a_few_control_bytes_or_padding_is_not_binary() {
        assert!(!is_binary(b"A zero byte\0 and a bell\x07 in a line of plain text that goes on for a while"));
        assert!(!is_binary(&[&b"A short note"[..], &[0; 4000]].concat()));
        assert!(!is_binary(b"\x1B[1mbold\x1B[0m"));
    }

    #[test]
    fn pages_and_pieces_of_pages_look_like_html() {
        for text in [
            "<!DOCTYPE html><title>Ferry</title>",
            "\u{FEFF}\n <!-- saved -->\n<?xml version=\"1.0\"?>\n<HTML lang=en><body>",
            "<html>\n<p>Ferry",
            "<p>The ferry is late.</p>",
            "<div class=\"story\"><a href=\"x\">Ferry</a></div>",
            "The ferry is late.<br>It left at noon.<br/>Nobody knows why.<br />",
            "The ferry is late.<p>It left at noon.</p>\n<p>Nobody knows why.</p>",
        ] {
            assert!(looks_like_html(text), "{text}");
        }
    }

    #[test]
    fn text_with_stray_tags_or_angle_brackets_is_not_html() {
        for text in [
            "",
            "The ferry is late.",
            "<The ferry> is late.",
            "<3 ferries were late, a > b",
            "<b>Late again",
            "First line</p>\nSecond line\nThird line<br>\nFourth line",
            "Write <p> and <br> to part lines, says the guide. Then close them with </p>.\nIt is easy.\nTry it.\nNow.",
            "<img is a tag",
            "{\"html\": \"<p>one</p>\"}",
        ] {
            assert!(!looks_like_html(text), "{text}");
        }
    }

    #[test]
    fn any_text_is_told() {
        arbtest::arbtest(|u| {
            let bytes: Vec<u8> = u.arbitrary()?;
            let _ = is_binary(&bytes);
            let _ = looks_like_html(&String::from_utf8_lossy(&bytes));
            Ok(())
        })
        .budget_ms(200);
    }
}
