//! Recognises UTF-16 without a byte order mark. Comes in bytes, goes out a byte order or nothing. Pure.
//! Never decides between 8-bit encodings.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use unicode_script::{Script, UnicodeScript};

/// How much of the content is looked at, in bytes. Enough for some thousand words in any script.
const SAMPLE_BYTES: usize = 64 * 1024;

/// Share of units that must be assigned characters or whole surrogate pairs. A legacy encoding read as UTF-16 gives
/// private-use characters and lone surrogates in every line; real text has next to none, so 2 % allow for damage.
const MIN_PLAUSIBLE_SHARE: f64 = 0.98;

/// Share of units that must be anchors (see [`is_anchor`]). Running text has a space, a line end or an ideographic
/// full stop at least every hundred characters in all scripts (Thai has the fewest).
const MIN_ANCHOR_SHARE: f64 = 0.01;

/// The same, where the bytes without their NULs are fine 8-bit text: then only plain Latin text with a NUL at each
/// letter is UTF-16, and text with some stray NULs is not.
const MIN_LATIN_ANCHOR_SHARE: f64 = 0.9;

/// How many times more anchors one byte order must give than the other.
const ANCHOR_LEAD: usize = 4;

/// Fewest units where no NUL byte speaks for UTF-16: shorter text in an East Asian legacy encoding could pass.
const MIN_UNITS_WITHOUT_NUL: usize = 16;

/// The byte order of UTF-16 text without a mark, by its byte pattern: the zero bytes of Latin letters and spaces
/// stand at odd or at even places, and all units are plausible characters (so that text without a single zero byte
/// is recognised as well).
pub(super) fn order_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES) & !1];
    if sample.is_empty() {
        return None;
    }
    let n_nuls = memchr::memchr_iter(0, sample).count();
    let is_fine_8_bit = is_fine_8_bit(sample);
    if n_nuls == 0 && (is_fine_8_bit || sample.len() / 2 < MIN_UNITS_WITHOUT_NUL) {
        return None;
    }
    let (le, be) = (Tally::of(sample, u16::from_le_bytes), Tally::of(sample, u16::from_be_bytes));
    let (tally, other, encoding) = if le.anchors >= be.anchors { (le, be, UTF_16LE) } else { (be, le, UTF_16BE) };
    let min_anchor_share = if is_fine_8_bit { MIN_LATIN_ANCHOR_SHARE } else { MIN_ANCHOR_SHARE };
    let is_utf16 = tally.share(tally.plausible) >= MIN_PLAUSIBLE_SHARE
        && tally.anchors > 0
        && tally.share(tally.anchors) >= min_anchor_share
        && tally.anchors >= ANCHOR_LEAD * other.anchors;
    is_utf16.then_some(encoding)
}

/// Whether the bytes, zero bytes left out, are valid UTF-8 (but for a cut end) without control characters.
fn is_fine_8_bit(sample: &[u8]) -> bool {
    let is_control = |b: u8| b != 0 && b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B);
    // By pieces, each looked at whole: that is many bytes at once.
    let has_controls = sample.chunks(256).any(|piece| piece.iter().fold(false, |any, &b| any | is_control(b)));
    !has_controls && std::str::from_utf8(sample).map_or_else(|e| e.error_len().is_none(), |_| true)
}

/// What the units of a sample are in one byte order.
struct Tally {
    units: usize,
    plausible: usize,
    anchors: usize,
}

impl Tally {
    fn of(sample: &[u8], unit: fn([u8; 2]) -> u16) -> Self {
        let mut tally = Self { units: 0, plausible: 0, anchors: 0 };
        let units = sample.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        for c in char::decode_utf16(units) {
            let n_units = c.as_ref().map_or(1, |c| c.len_utf16());
            tally.units += n_units;
            if let Ok(c) = c {
                tally.plausible += if is_plausible(c) { n_units } else { 0 };
                tally.anchors += usize::from(is_anchor(c));
            }
        }
        tally
    }

    fn share(&self, part: usize) -> f64 {
        part as f64 / self.units.max(1) as f64
    }
}

/// Assigned, not for private use, and no control character but white space.
fn is_plausible(c: char) -> bool {
    if c.is_control() { matches!(c, '\t' | '\n' | '\r' | '\u{C}') } else { c.script() != Script::Unknown }
}

/// Characters that running text of some script cannot do without, and that swapped bytes do not give by chance:
/// ASCII, kana, and the punctuation of East Asian text, but for the brackets: a swapped Cyrillic `а` is U+3004,
/// a swapped Thai `ะ` is U+300E.
fn is_anchor(c: char) -> bool {
    matches!(
        c,
        ' '..='~' | '\t' | '\n' | '\r' | '\u{3000}'..='\u{3002}' | '\u{3041}'..='\u{30FF}' | '\u{FF01}'..='\u{FF5E}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }
    fn be(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    const TEXTS: [&str; 9] = [
        "Old bridge closed for repairs",
        "Le café du quai rouvre lundi — enfin “libre”.",
        "Мост через реку закрыли на ремонт, сообщила мэрия.",
        "أغلقت البلدية الجسر القديم للصيانة يوم الاثنين.",
        "市政府宣布，老桥从周一起关闭维修。施工预计持续三个月，请市民绕行。",
        "市は月曜から古い橋を閉鎖すると発表した。工事は三か月続く見込みだ。",
        "เทศบาลปิดสะพานเก่าเพื่อซ่อมแซม ประชาชนควรใช้ทางอื่น",
        "시는 월요일부터 낡은 다리를 닫고 수리한다고 밝혔다.",
        "नगर पालिका ने सोमवार से पुराना पुल बंद कर दिया।",
    ];

    #[test]
    fn utf16_of_many_scripts_is_recognised_in_both_byte_orders() {
        for text in TEXTS {
            assert_eq!(order_without_mark(&le(text)), Some(UTF_16LE), "{text}");
            assert_eq!(order_without_mark(&be(text)), Some(UTF_16BE), "{text}");
        }
    }

    #[test]
    fn utf8_and_legacy_text_is_not_utf16() {
        let legacy =
            ["windows-1251", "koi8-r", "gbk", "big5", "shift_jis", "euc-jp", "euc-kr", "windows-1252", "windows-1256"];
        for text in TEXTS {
            for cut in 0..2 {
                assert_eq!(order_without_mark(&text.as_bytes()[cut..]), None, "{text}");
                for label in legacy {
                    let encoding = Encoding::for_label(label.as_bytes()).unwrap();
                    let (bytes, _, _) = encoding.encode(text);
                    assert_eq!(order_without_mark(&bytes[cut..]), None, "{label}: {text}");
                }
            }
        }
    }

    #[test]
    fn stray_zero_bytes_do_not_make_utf16() {
        assert_eq!(order_without_mark(b"A line ends with a zero byte\0"), None);
        assert_eq!(order_without_mark(b"one\0two\0three\0four\0five\0six"), None);
        assert_eq!(order_without_mark(b"abc\0"), None);
        assert_eq!(order_without_mark(&[0; 64]), None);
        assert_eq!(order_without_mark(b""), None);
        assert_eq!(order_without_mark(b"a"), None);
    }

    #[test]
    fn a_byte_cut_off_at_the_end_does_no_harm() {
        let mut bytes = le("The tide came late");
        bytes.pop();
        assert_eq!(order_without_mark(&bytes), Some(UTF_16LE));
    }
}
