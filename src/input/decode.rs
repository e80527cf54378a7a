//! Bytes to text: which encoding are they in? Comes in a dump's content, goes out text and the WHATWG name of the
//! encoding. Pure and total: any bytes give text, broken ones as U+FFFD. Never looks at the file's name.

use std::sync::LazyLock;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};
use regex::bytes::Regex;

use super::utf16;

/// Where a declaration is looked for, in bytes: the HTML standard's bound for its prescan.
const DECLARATION_BYTES: usize = 1024;

/// How many continuation bytes of valid UTF-8 must stand against each broken sequence before text counts as damaged
/// UTF-8 rather than as a legacy encoding. Legacy text gives at most one valid pair by chance for two broken bytes
/// (Chinese and Thai; Latin and Cyrillic far fewer), damaged UTF-8 rarely has more than one break in ten characters.
const PROOF_A_BREAK: usize = 2;

/// The same, where the content declares itself as UTF-8.
const PROOF_A_BREAK_DECLARED: usize = 1;

/// Continuation bytes from which valid UTF-8 is beyond doubt against a declared East Asian encoding, where a few
/// characters can be valid UTF-8 by chance.
const PROOF_AGAINST_MULTI_BYTE: usize = 16;

/// Share of broken characters, of those beyond ASCII, up to which a declared encoding is trusted: a page with some
/// damage. Another East Asian encoding breaks far more of them (but for EUC-KR, which accepts nearly all pairs).
const MAX_BROKEN_SHARE: f64 = 0.05;

/// Text that was decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// WHATWG name of the encoding.
    pub encoding: &'static str,
    /// Number of U+FFFD that were put in for broken bytes.
    pub replaced: usize,
    /// Recognised by its byte pattern, neither marked nor declared (UTF-8 needs no mark).
    pub guessed: bool,
}

/// Decodes a dump's content. In this order:
///
/// 1. a byte order mark;
/// 2. UTF-16 without a mark, by its byte pattern: such bytes can be valid UTF-8, but are never meant as such;
/// 3. UTF-8, if the bytes are valid, or broken in a few places only. It wins over a declaration: legacy text with
///    letters beyond ASCII is hardly ever valid UTF-8 by chance, while saved pages often keep the declaration of the
///    encoding that they were converted from;
/// 4. the declaration: `charset_hint` (an HTTP header), else, if `media_html`, `<meta>` in the first 1024 bytes, else
///    an XML declaration. A `<meta>` that declares UTF-16 means UTF-8, as the HTML standard has it;
/// 5. what chardetng makes of the bytes.
pub fn decode(bytes: &[u8], media_html: bool, charset_hint: Option<&str>) -> Decoded {
    if let Some((encoding, mark_bytes)) = Encoding::for_bom(bytes) {
        return decode_as(&bytes[mark_bytes..], encoding, false);
    }
    if let Some(encoding) = utf16::order_without_mark(bytes) {
        let is_told = charset_hint.and_then(encoding_of) == Some(encoding);
        return decode_as(bytes, encoding, !is_told);
    }
    let declared = charset_hint.and_then(encoding_of).or_else(|| declared_encoding(bytes, media_html));
    let proof = Utf8Proof::of(bytes);
    if proof.is_utf8(bytes, declared) {
        return decode_as(bytes, UTF_8, false);
    }
    let Some(declared) = declared else { return decode_guessed(bytes) };
    let decoded = decode_as(bytes, declared, false);
    let n_letters = decoded.text.chars().filter(|c| !c.is_ascii()).count();
    if decoded.replaced as f64 <= MAX_BROKEN_SHARE * n_letters as f64 {
        return decoded;
    }
    // The declaration does not hold: the better fit wins, the declared encoding if both fit the same.
    let guessed = decode_guessed(bytes);
    if guessed.replaced < decoded.replaced { guessed } else { decoded }
}

/// The encoding of a label that may be trusted as a declaration.
fn encoding_of(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label.trim().as_bytes()).filter(|&encoding| encoding != X_USER_DEFINED)
}

/// What the content says of itself.
fn declared_encoding(bytes: &[u8], media_html: bool) -> Option<&'static Encoding> {
    static COMMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new("(?s)<!--.*?-->").expect("a valid pattern"));
    static XML: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._:-]+)["']"#).expect("a valid pattern")
    });
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES)];
    let from_meta = || {
        let head = COMMENT.replace_all(head, &b""[..]);
        meta_label(&head)
    };
    let label = media_html
        .then(from_meta)
        .flatten()
        .or_else(|| Some(String::from_utf8_lossy(XML.captures(head)?.get(1)?.as_bytes()).into_owned()))?;
    let encoding = encoding_of(&label)?;
    // The declaration itself was read byte by byte, so it cannot stand in UTF-16.
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// The label of the first `<meta charset>` or `<meta http-equiv="content-type" content="…; charset=…">`.
fn meta_label(head: &[u8]) -> Option<String> {
    static META: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"(?i)<meta[\s/]((?:"[^"]*"|'[^']*'|[^>"'])*)>"#).expect("a valid pattern"));
    static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"([A-Za-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"#).expect("a valid pattern")
    });
    static CONTENT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"(?i)charset\s*=\s*["']?\s*([^\s"';]+)"#).expect("a valid pattern"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for meta in META.captures_iter(head) {
        let (mut content, mut is_http_equiv) = (None, false);
        for attribute in ATTRIBUTE.captures_iter(&meta[1]) {
            let value = attribute.iter().skip(2).flatten().next().map_or(&b""[..], |value| value.as_bytes());
            match attribute[1].to_ascii_lowercase().as_slice() {
                b"charset" => return Some(text(value)),
                b"http-equiv" => is_http_equiv = value.eq_ignore_ascii_case(b"content-type"),
                b"content" => content = CONTENT.captures(value).map(|label| text(&label[1])),
                _ => {}
            }
        }
        if is_http_equiv && content.is_some() {
            return content;
        }
    }
    None
}

/// How much speaks for UTF-8.
#[derive(Clone, Copy)]
struct Utf8Proof {
    /// Continuation bytes inside valid characters; where nothing is broken, they are counted until they are enough.
    for_it: usize,
    /// Broken sequences; a character cut off by the end of the content is none.
    broken: usize,
    /// Whether a character is cut off at the end.
    is_cut: bool,
    /// Whether there is an escape character, as 7-bit Japanese encodings have.
    has_escapes: bool,
}

impl Utf8Proof {
    fn of(bytes: &[u8]) -> Self {
        let has_escapes = memchr::memchr(0x1B, bytes).is_some();
        let mut proof = Self { for_it: 0, broken: 0, is_cut: false, has_escapes };
        if std::str::from_utf8(bytes).is_ok() {
            // Counted in one byte for each piece, so that many are looked at at once.
            let inside = |n: u8, &b: &u8| n.wrapping_add(u8::from(b & 0xC0 == 0x80));
            for piece in bytes.chunks(255) {
                proof.for_it += usize::from(piece.iter().fold(0, inside));
                if proof.for_it >= PROOF_AGAINST_MULTI_BYTE {
                    break;
                }
            }
            return proof;
        }
        let mut rest = bytes.len();
        for chunk in bytes.utf8_chunks() {
            proof.for_it += chunk.valid().bytes().filter(|b| b & 0xC0 == 0x80).count();
            rest -= chunk.valid().len() + chunk.invalid().len();
            if !chunk.invalid().is_empty() {
                let is_cut = rest == 0 && std::str::from_utf8(chunk.invalid()).is_err_and(|e| e.error_len().is_none());
                proof.is_cut |= is_cut;
                proof.broken += usize::from(!is_cut);
            }
        }
        // A lone lead byte at the very end is a cut character only where the rest is UTF-8; elsewhere it is a letter.
        if proof.is_cut && proof.for_it == 0 {
            proof.broken += 1;
        }
        proof
    }

    fn is_utf8(self, bytes: &[u8], declared: Option<&'static Encoding>) -> bool {
        if self.for_it == 0 && self.broken == 0 {
            // ASCII: all encodings agree, but for the 7-bit Japanese one.
            return match declared {
                Some(encoding) => encoding == UTF_8 || !encoding.is_ascii_compatible() && !self.has_escapes,
                None => !(self.has_escapes && is_iso_2022_jp(bytes)),
            };
        }
        match declared {
            Some(encoding) if encoding == UTF_8 => self.for_it >= PROOF_A_BREAK_DECLARED * self.broken,
            Some(encoding) if !encoding.is_single_byte() && self.for_it < PROOF_AGAINST_MULTI_BYTE => {
                self.broken == 0 && decode_as(bytes, encoding, false).replaced > 0
            }
            _ => self.for_it > 0 && self.for_it >= PROOF_A_BREAK * self.broken,
        }
    }
}

/// Whether ASCII bytes with escapes are Japanese text in ISO-2022-JP.
fn is_iso_2022_jp(bytes: &[u8]) -> bool {
    (memchr::memmem::find(bytes, b"\x1B$B").is_some() || memchr::memmem::find(bytes, b"\x1B$@").is_some())
        && ISO_2022_JP.decode_without_bom_handling_and_without_replacement(bytes).is_some()
}

/// Decodes by the statistics of the bytes.
fn decode_guessed(bytes: &[u8]) -> Decoded {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    // The detector is not told where the content ends: a character cut off there would rule out its encoding.
    detector.feed(bytes, false);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let decoded = decode_as(bytes, encoding, true);
    // Where the detector settles for a single-byte encoding that does not fit, the one in which no byte is lost is
    // the lesser evil.
    if decoded.replaced > 0 && encoding.is_single_byte() { decode_as(bytes, WINDOWS_1252, true) } else { decoded }
}

/// Decodes with one encoding and counts what had to be replaced. A byte order mark must be taken off before.
fn decode_as(bytes: &[u8], encoding: &'static Encoding, guessed: bool) -> Decoded {
    if encoding == UTF_8
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Decoded { text: text.to_owned(), encoding: encoding.name(), replaced: 0, guessed };
    }
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len());
    let (mut replaced, mut rest) = (0, bytes);
    loop {
        let (result, n_read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        rest = &rest[n_read..];
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => text.reserve(rest.len().max(MIN_RESERVE_BYTES)),
            DecoderResult::Malformed(..) => {
                replaced += 1;
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
    Decoded { text, encoding: encoding.name(), replaced, guessed }
}

/// Room that is made at least each time that the output is full, in bytes; the decoder asks for more than one letter.
const MIN_RESERVE_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    const CZECH: &str = "Starý most přes řeku zůstane zavřený až do podzimu, řekla včera mluvčí města.";
    const RUSSIAN: &str =
        "Старый мост через реку закрыт до осени, сообщили вчера в мэрии. Жителей просят объезжать его.";
    const CHINESE: &str = "市政府昨天宣布，横跨河面的老桥将关闭到秋天，请市民绕行。施工队已经进场。";
    const JAPANESE: &str = "市は昨日、川にかかる古い橋を秋まで閉鎖すると発表した。市民には迂回を求めている。";

    fn encode(label: &str, text: &str) -> Vec<u8> {
        Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned()
    }

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[track_caller]
    fn check(decoded: Decoded, text: &str, encoding: &str, replaced: usize, guessed: bool) {
        assert_eq!(decoded.text, text);
        assert_eq!((decoded.encoding, decoded.replaced, decoded.guessed), (encoding, replaced, guessed));
    }

    #[test]
    fn a_byte_order_mark_decides_and_goes() {
        check(decode("\u{FEFF}Fähre".as_bytes(), false, Some("latin1")), "Fähre", "UTF-8", 0, false);
        check(decode(&utf16("\u{FEFF}Fähre", u16::to_le_bytes), false, None), "Fähre", "UTF-16LE", 0, false);
        check(decode(&utf16("\u{FEFF}Fähre", u16::to_be_bytes), true, None), "Fähre", "UTF-16BE", 0, false);
    }

    #[test]
    fn ascii_and_valid_utf8_need_no_declaration() {
        check(decode(b"", false, None), "", "UTF-8", 0, false);
        check(decode(b"The ferry is late.", false, None), "The ferry is late.", "UTF-8", 0, false);
        check(decode(RUSSIAN.as_bytes(), false, None), RUSSIAN, "UTF-8", 0, false);
    }

    #[test]
    fn declarations_of_html_are_followed() {
        for head in [
            r#"<html><head><meta charset="windows-1251">"#,
            r#"<html><head><META CHARSET=cp1251 />"#,
            concat!(
                r#"<html><meta name="author" content="charset=utf-8">"#,
                r#"<meta http-equiv="Content-Type" content="text/html; charset=Windows-1251">"#
            ),
            r#"<meta content='text/html;charset=windows-1251' http-equiv=content-type>"#,
            r#"<!-- <meta charset="koi8-r"> --><meta charset="windows-1251">"#,
            r#"<?xml version="1.0" encoding="windows-1251"?><html>"#,
        ] {
            let page = format!("{head}<p>{RUSSIAN}</p>");
            check(decode(&encode("windows-1251", &page), true, None), &page, "windows-1251", 0, false);
        }
    }

    #[test]
    fn a_declaration_beyond_the_first_1024_bytes_or_in_plain_text_is_none() {
        let page = format!("<html>{}<meta charset=\"koi8-r\"><p>{RUSSIAN}</p>", " ".repeat(DECLARATION_BYTES));
        assert!(decode(&encode("windows-1251", &page), true, None).guessed);
        let text = format!("<meta charset=\"koi8-r\"> {RUSSIAN}");
        check(decode(&encode("windows-1251", &text), false, None), &text, "windows-1251", 0, true);
    }

    #[test]
    fn a_hint_from_outside_goes_before_the_declaration() {
        let page = format!("<meta charset=\"koi8-r\"><p>{RUSSIAN}</p>");
        check(decode(&encode("windows-1251", &page), true, Some(" CP1251 ")), &page, "windows-1251", 0, false);
    }

    #[test]
    fn utf16_declared_in_a_meta_means_utf8() {
        let page = "<meta charset=utf-16le><p>Fähre</p>";
        check(decode(page.as_bytes(), true, None), page, "UTF-8", 0, false);
        check(
            decode(b"<meta charset=utf-16><p>Boat</p>", true, None),
            "<meta charset=utf-16><p>Boat</p>",
            "UTF-8",
            0,
            false,
        );
    }

    #[test]
    fn labels_that_decode_nothing_are_no_declaration() {
        for label in ["hz-gb-2312", "x-user-defined", "no-such-thing", ""] {
            check(decode("Fähre".as_bytes(), false, Some(label)), "Fähre", "UTF-8", 0, false);
        }
    }

    #[test]
    fn valid_utf8_wins_over_a_declared_legacy_encoding() {
        let page = format!("<meta charset=\"iso-8859-1\"><p>{CZECH}</p>");
        check(decode(page.as_bytes(), true, None), &page, "UTF-8", 0, false);
        let page = format!("<meta charset=\"gb2312\"><p>{CHINESE}</p>");
        check(decode(page.as_bytes(), true, None), &page, "UTF-8", 0, false);
    }

    #[test]
    fn a_few_letters_in_a_declared_east_asian_encoding_are_not_taken_for_utf8() {
        // Each of these GBK pairs is valid UTF-8 by chance.
        let bytes = encode("gbk", "模拟");
        assert!(std::str::from_utf8(&encode("gbk", "模")).is_ok());
        check(decode(&bytes, false, Some("gbk")), "模拟", "GBK", 0, false);
        check(decode(&encode("gbk", "模"), false, Some("gbk")), "模", "GBK", 0, false);
    }

    #[test]
    fn utf16_without_a_mark_is_recognised_in_latin_and_other_scripts() {
        for text in [CZECH, RUSSIAN, CHINESE, JAPANESE, "Plain words only"] {
            check(decode(&utf16(text, u16::to_le_bytes), false, None), text, "UTF-16LE", 0, true);
            check(decode(&utf16(text, u16::to_be_bytes), true, None), text, "UTF-16BE", 0, true);
        }
    }

    #[test]
    fn legacy_encodings_without_a_declaration_are_guessed() {
        for (label, name, text) in [
            ("windows-1250", "windows-1250", CZECH),
            ("windows-1251", "windows-1251", RUSSIAN),
            ("koi8-r", "KOI8-U", RUSSIAN),
            ("gbk", "GBK", CHINESE),
            ("shift_jis", "Shift_JIS", JAPANESE),
            ("euc-jp", "EUC-JP", JAPANESE),
            ("iso-2022-jp", "ISO-2022-JP", JAPANESE),
            ("windows-1252", "windows-1252", "Le café du quai rouvre enfin, dit-elle, déjà très fière."),
            ("windows-1252", "windows-1252", "Wochenlang gesperrt: die alte Brücke am Café"),
            ("windows-1252", "windows-1252", "the last word is caf\u{e9}"),
        ] {
            check(decode(&encode(label, text), false, None), text, name, 0, true);
        }
    }

    #[test]
    fn a_few_broken_bytes_do_not_turn_utf8_into_something_else() {
        for text in [RUSSIAN, CZECH, CHINESE] {
            let mut bytes = text.as_bytes().to_vec();
            bytes.insert(0, 0xFF);
            bytes.extend_from_slice(b" \xE9 end");
            check(decode(&bytes, false, None), &format!("\u{FFFD}{text} \u{FFFD} end"), "UTF-8", 2, false);
            check(decode(&bytes, false, Some("utf-8")), &format!("\u{FFFD}{text} \u{FFFD} end"), "UTF-8", 2, false);
        }
    }

    #[test]
    fn a_character_cut_off_at_the_end_is_one_replacement() {
        let cut = &CHINESE.as_bytes()[..CHINESE.len() - 1];
        let whole: String = CHINESE.chars().take(CHINESE.chars().count() - 1).collect();
        check(decode(cut, false, None), &format!("{whole}\u{FFFD}"), "UTF-8", 1, false);
    }

    #[test]
    fn a_false_declaration_of_utf8_does_not_cost_the_text() {
        let page = format!("<meta charset=utf-8><p>{RUSSIAN}</p>");
        check(decode(&encode("windows-1251", &page), true, None), &page, "windows-1251", 0, true);
    }

    #[test]
    fn a_false_declaration_of_an_east_asian_encoding_does_not_cost_the_text() {
        check(decode(&encode("shift_jis", JAPANESE), false, Some("euc-jp")), JAPANESE, "Shift_JIS", 0, true);
    }

    #[test]
    fn a_few_broken_bytes_do_not_refute_a_declaration() {
        let mut bytes = encode("gbk", CHINESE);
        bytes.insert(0, 0xFF);
        check(decode(&bytes, false, Some("gbk")), &format!("\u{FFFD}{CHINESE}"), "GBK", 1, false);
        let greek = "Η παλιά γέφυρα μένει κλειστή ως το φθινόπωρο, είπε χθες ο δήμος.";
        let mut bytes = encode("windows-1253", greek);
        bytes.insert(0, 0xD2);
        check(decode(&bytes, false, Some("windows-1253")), &format!("\u{FFFD}{greek}"), "windows-1253", 1, false);
    }

    #[test]
    fn a_legacy_character_cut_off_at_the_end_does_not_rule_out_its_encoding() {
        for (label, name, text) in [("gbk", "GBK", CHINESE), ("shift_jis", "Shift_JIS", JAPANESE)] {
            let mut bytes = encode(label, text);
            bytes.pop();
            let decoded = decode(&bytes, false, None);
            assert_eq!((decoded.encoding, decoded.replaced), (name, 1), "{}", decoded.text);
        }
    }

    #[test]
    fn japanese_in_seven_bits_is_followed_where_declared() {
        check(decode(&encode("iso-2022-jp", JAPANESE), false, Some("iso-2022-jp")), JAPANESE, "ISO-2022-JP", 0, false);
        check(decode(b"\x1B[1mbold\x1B[0m", false, None), "\x1B[1mbold\x1B[0m", "UTF-8", 0, false);
    }

    #[test]
    fn any_bytes_give_text() {
        arbtest::arbtest(|u| {
            let media_html = u.arbitrary()?;
            let hint = *u.choose(&[None, Some("utf-16le"), Some("gb18030"), Some("iso-2022-jp"), Some("big5")])?;
            let bytes: Vec<u8> = u.arbitrary()?;
            let decoded = decode(&bytes, media_html, hint);
            assert!(decoded.text.matches(char::REPLACEMENT_CHARACTER).count() >= decoded.replaced);
            Ok(())
        })
        .budget_ms(300);
    }
}
