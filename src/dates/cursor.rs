//! Small readers over a line: each takes a byte position and gives what it read with the position behind it.

use unicode_normalization::char::is_combining_mark;

use super::words::{Meaning, WORDS, fold, fold_char, may_begin_word};

/// Longest word that is looked up, in bytes: no month name is longer, and a long run of letters must cost nothing.
const MAX_WORD_BYTES: usize = 48;

/// The digit's value, in the digits that news sites write: ASCII, Arabic-Indic, Persian, Devanagari, full width.
pub(super) fn digit(c: char) -> Option<u32> {
    let zero = match c {
        '0'..='9' => '0',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        '०'..='९' => '०',
        '\u{ff10}'..='\u{ff19}' => '\u{ff10}',
        _ => return None,
    };
    Some(c as u32 - zero as u32)
}

/// Whether a letter belongs to a script that writes without spaces or glues its endings on (Han, kana, Hangul).
pub(super) fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}')
}

/// Whether a character is part of a word.
pub(super) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// White space and marks that show nothing.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A hyphen or dash of any kind.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '−')
}

/// The character at a position.
pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    text[at..].chars().next()
}

/// The character before a position.
pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}

/// Skips blanks.
pub(super) fn blanks(text: &str, at: usize) -> usize {
    skip(text, at, is_blank)
}

/// Skips what `is_skipped` says.
pub(super) fn skip(text: &str, at: usize, is_skipped: impl Fn(char) -> bool) -> usize {
    at + text[at..].char_indices().find(|&(_, c)| !is_skipped(c)).map_or(text.len() - at, |(i, _)| i)
}

/// Reads a whole run of digits: its value, how many they are, the position behind. None for more than nine.
pub(super) fn number(text: &str, at: usize) -> Option<(u32, usize, usize)> {
    let (mut value, mut count, mut end) = (0_u32, 0, at);
    for c in text[at..].chars() {
        let Some(d) = digit(c) else { break };
        if count == 9 {
            return None;
        }
        value = value * 10 + d;
        count += 1;
        end += c.len_utf8();
    }
    (count > 0).then_some((value, count, end))
}

/// Reads one of some characters.
pub(super) fn one_of(text: &str, at: usize, wanted: &[char]) -> Option<(char, usize)> {
    char_at(text, at).filter(|c| wanted.contains(c)).map(|c| (c, at + c.len_utf8()))
}

/// The end of the word that starts at a position: letters, marks and apostrophes inside; digits end it.
pub(super) fn word_end(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let mut end = 0;
    let mut letters = rest.char_indices().peekable();
    while let Some((i, c)) = letters.next() {
        let apostrophe =
            matches!(c, '\'' | '’' | 'ʼ') && end > 0 && letters.peek().is_some_and(|&(_, next)| next.is_alphabetic());
        if (!is_word_char(c) || digit(c).is_some()) && !apostrophe {
            break;
        }
        end = i + c.len_utf8();
        if end > MAX_WORD_BYTES {
            break;
        }
    }
    at + end
}

/// Looks up the word at a position, two words (`كانون الثاني`, `Thứ Sáu`) before one.
pub(super) fn meaning(text: &str, at: usize) -> Option<(Meaning, usize)> {
    if !may_begin_word(&text[at..]) {
        return None;
    }
    let end = word_end(text, at);
    if end == at || end - at > MAX_WORD_BYTES {
        return None;
    }
    let word = fold(&text[at..end]);
    let next = blanks(text, end);
    let next_end = word_end(text, next);
    let hyphen = text[end..].starts_with('-').then(|| word_end(text, end + 1)).filter(|&e| e > end + 1);
    let longer = [hyphen.map(|e| (end + 1, e, '-')), (next > end && next_end > next).then_some((next, next_end, ' '))];
    for (start, stop, joint) in longer.into_iter().flatten() {
        let mut both = word.clone();
        both.push(joint);
        both.push_str(&fold(&text[start..stop]));
        if let Some(&meaning) = WORDS.get(&both) {
            return Some((meaning, stop));
        }
    }
    // A name before an apostrophe with an ending (`July's`) is no date; the table decides.
    WORDS.get(&word).map(|&meaning| (meaning, end))
}

/// Reads a phrase of the tables (folded, single blanks) at a position. It must end where a word ends;
/// digits and East Asian letters may follow it at once.
pub(super) fn phrase(text: &str, at: usize, wanted: &str) -> Option<usize> {
    let mut end = at;
    let mut wanted_chars = wanted.chars().peekable();
    let mut chars = text[at..].chars().peekable();
    let mut last = ' ';
    while let Some(&w) = wanted_chars.peek() {
        let c = chars.next()?;
        end += c.len_utf8();
        if w == ' ' {
            if !is_blank(c) {
                return None;
            }
            while let Some(&more) = chars.peek().filter(|c| is_blank(**c)) {
                end += more.len_utf8();
                chars.next();
            }
            wanted_chars.next();
            continue;
        }
        for folded in fold_char(c) {
            if wanted_chars.next() != Some(folded) {
                return None;
            }
        }
        last = c;
    }
    let stops = |c: char| !is_word_char(c) || digit(c).is_some() || is_east_asian(c) || is_east_asian(last);
    chars.next().is_none_or(stops).then_some(end)
}

/// Phrases of the tables, with the bytes that any of them begins with.
pub(super) struct Phrases {
    pub(super) all: &'static [&'static str],
    begins: [bool; 256],
}

impl Phrases {
    pub(super) const fn new(all: &'static [&'static str]) -> Self {
        let mut begins = [false; 256];
        let mut n = 0;
        while n < all.len() {
            begins[all[n].as_bytes()[0] as usize] = true;
            n += 1;
        }
        Self { all, begins }
    }
}

/// Reads the longest of some phrases.
pub(super) fn any_phrase(text: &str, at: usize, wanted: &Phrases) -> Option<usize> {
    // Most words begin otherwise than all phrases.
    let first = first_folded_byte(text, at)?;
    if !wanted.begins[usize::from(first)] {
        return None;
    }
    let wanted = wanted.all.iter().filter(|wanted| wanted.as_bytes()[0] == first && may_go_on(text, at, wanted));
    wanted.filter_map(|wanted| phrase(text, at, wanted)).max()
}

/// The byte that the folded text at a position begins with.
fn first_folded_byte(text: &str, at: usize) -> Option<u8> {
    let byte = *text.as_bytes().get(at)?;
    if byte.is_ascii() {
        return Some(byte.to_ascii_lowercase());
    }
    let first = char_at(text, at).and_then(|c| fold_char(c).next())?;
    Some(first.encode_utf8(&mut [0; 4]).as_bytes()[0])
}

/// Whether a text may go on at a position as a phrase does, told by the ASCII that both begin with: a quick no.
pub(super) fn may_go_on(text: &str, at: usize, wanted: &str) -> bool {
    let both = text.as_bytes()[at..].iter().zip(wanted.as_bytes());
    let mut plain = both.take_while(|(a, b)| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric());
    plain.all(|(a, b)| a.to_ascii_lowercase() == *b)
}
