//! Escapes of HTML that were escaped once more and so stand in the visible text.
//!
//! Names are those of the HTML table, with their semicolon; numbers are decimal or hexadecimal. An escape that decodes
//! to an escape (`&amp;amp;`, `&amp;lt;`) is decoded to its end, since nobody writes `&lt;` for a reader. What comes out
//! stays text: `&lt;b&gt;` becomes `<b>` and is never read as markup. White space of any kind becomes one blank.
//! An escape that stands alone in quotation marks or back ticks is what the sentence is about, and stays.

use std::sync::LazyLock;

use super::edits::Change;

/// Longest name of the table, in bytes (`CounterClockwiseContourIntegral`).
const MAX_NAME_BYTES: usize = 32;

/// Most digits of a number that can name a character.
const MAX_NUMBER_DIGITS: usize = 8;

/// The names of the HTML standard's table that end in a semicolon, with their code points.
static NAMES: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let (name, points) = line.split_once(' ')?;
        let value: Option<String> =
            points.split(' ').map(|p| u32::from_str_radix(p, 16).ok().and_then(char::from_u32)).collect();
        Some((name, value?))
    };
    include_str!("entities.txt").lines().filter_map(row).collect()
});

/// Finds escapes.
pub(super) fn find(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut behind = 0;
    for start in memchr::memchr_iter(b'&', text.as_bytes()) {
        if start < behind {
            continue;
        }
        let Some((value, end)) = decode_chain(text, start + 1) else { continue };
        if is_quoted(text, start, end) {
            continue;
        }
        changes.push((start..end, value));
        behind = end;
    }
    changes
}

/// Decodes the escape whose `&` stands before a position, and on while what comes out is `&` with an escape behind it.
fn decode_chain(text: &str, at: usize) -> Option<(String, usize)> {
    let (mut value, mut end) = decode(text, at)?;
    while value == "&"
        && let Some((next, next_end)) = decode(text, end)
    {
        (value, end) = (next, next_end);
    }
    let is_blank = value.chars().all(char::is_whitespace);
    Some((if is_blank { " ".to_owned() } else { value }, end))
}

/// Decodes one escape behind its `&`.
fn decode(text: &str, at: usize) -> Option<(String, usize)> {
    let window = &text.as_bytes()[at..text.len().min(at + MAX_NAME_BYTES + 1)];
    let length = memchr::memchr(b';', window)?;
    let body = text.get(at..at + length)?;
    let end = at + length + 1;
    if let Some(number) = body.strip_prefix('#') {
        return Some((numbered(number)?.to_string(), end));
    }
    let row = NAMES.binary_search_by(|(name, _)| (*name).cmp(body)).ok()?;
    Some((NAMES[row].1.clone(), end))
}

/// The character of a number. As HTML has it, 128 to 159 are those of windows-1252; control characters give none.
fn numbered(number: &str) -> Option<char> {
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    let is_number =
        !digits.is_empty() && digits.len() <= MAX_NUMBER_DIGITS && digits.chars().all(|c| c.is_digit(radix));
    let value = u32::from_str_radix(digits, radix).ok().filter(|_| is_number)?;
    let c = match u8::try_from(value) {
        Ok(byte @ 0x80..=0x9f) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next()?,
        _ => char::from_u32(value)?,
    };
    (!c.is_control() || c.is_whitespace()).then_some(c)
}

/// Whether an escape stands alone in quotation marks or back ticks.
fn is_quoted(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    matches!(
        (before, after),
        (Some('`'), Some('`'))
            | (Some('"'), Some('"'))
            | (Some('\''), Some('\''))
            | (Some('“' | '„'), Some('”' | '“'))
            | (Some('‘'), Some('’'))
            | (Some('«'), Some('»'))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_sorted() {
        assert_eq!(NAMES.len(), 2125);
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(NAMES.iter().all(|(name, _)| name.len() < MAX_NAME_BYTES));
    }

    #[test]
    fn numbers_follow_the_html_standard() {
        assert_eq!(numbered("146"), Some('’'));
        assert_eq!(numbered("x2019"), Some('’'));
        for bad in ["", "x", "0", "55296", "1114112", "999999999999", "12a", "+5", "7"] {
            assert_eq!(numbered(bad), None, "{bad}");
        }
    }
}
