//! Entities that say plainly what they are: comes in text of a page, goes out the text that it means. What takes the
//! standard's tables of exceptions is left to html5ever.

use html5ever::data::NAMED_ENTITIES;
use memchr::memchr;

/// Longest name of an entity, in bytes, its semicolon included.
const MAX_NAME_BYTES: usize = 33;

/// Adds the text that `text` means to `out`, in data as in values of attributes. False where an entity is not plain: of a
/// name that is not known or has no semicolon, or of a number that stands for another one or for no character.
pub(super) fn decode(text: &str, out: &mut String) -> bool {
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (first, second, len) = match rest.as_bytes().get(1) {
            Some(b'#') => match number(rest) {
                Some((c, len)) => (Some(c), None, len),
                None => return false,
            },
            Some(b) if b.is_ascii_alphanumeric() => match named(rest) {
                Some(entity) => entity,
                None => return false,
            },
            _ => (Some('&'), None, 1),
        };
        out.extend(first);
        out.extend(second);
        rest = &rest[len..];
    }
    out.push_str(rest);
    true
}

/// The characters of the name that `text` begins with, and its length.
fn named(text: &str) -> Option<(Option<char>, Option<char>, usize)> {
    let bytes = &text.as_bytes()[1..];
    let len = bytes.iter().take(MAX_NAME_BYTES).position(|b| !b.is_ascii_alphanumeric())?;
    if bytes[len] != b';' {
        return None;
    }
    let (first, second) = match &text[1..=len + 1] {
        "amp;" => ('&' as u32, 0),
        "nbsp;" => (0xA0, 0),
        name => *NAMED_ENTITIES.get(name)?,
    };
    // The beginnings of names stand in the table as well, with nothing.
    let of = |code: u32| char::from_u32(code).filter(|_| code > 0);
    of(first)?;
    Some((of(first), of(second), len + 2))
}

/// The character of the number that `text` begins with, and its length.
fn number(text: &str) -> Option<(char, usize)> {
    let body = &text[2..];
    let (digits, radix) = match body.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (body, 10),
    };
    let n_digits = digits.bytes().position(|b| !char::from(b).is_digit(radix))?;
    if n_digits == 0 || digits.as_bytes()[n_digits] != b';' {
        return None;
    }
    let code = u32::from_str_radix(&digits[..n_digits], radix).ok()?;
    // Controls and what is no character are errors, and some stand for others.
    let is_plain = matches!(code, 0x20..=0x7E | 0xA0..=0xFDCF | 0xFDF0..=0xFFFD | 0x1_0000..=0x1_FFFD);
    let c = char::from_u32(code).filter(|_| is_plain)?;
    Some((c, text.len() - digits.len() + n_digits + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<String> {
        let mut out = String::new();
        decode(text, &mut out).then_some(out)
    }

    #[test]
    fn plain_entities_are_decoded() {
        let text = "fog &amp; tide&nbsp;&#8211; a&#x20AC; b &lt;i&gt; & c&hellip;&NotEqualTilde;";
        assert_eq!(decoded(text).as_deref(), Some("fog & tide\u{A0}– a€ b <i> & c…≂̸"));
    }

    #[test]
    fn what_is_not_plain_is_left() {
        for text in [
            "&amp",
            "&not;&notit;",
            "&copy=1",
            "&#128;",
            "&#0;",
            "&#xD800;",
            "&#65",
            "&#;",
            "&#x;",
            "&tide;",
            "&#+5;",
            "&a",
        ] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
