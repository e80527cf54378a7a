//! UTF-8 that was decoded as windows-1252 or windows-1251: `cafÃ©`, `РџСЂРёРІРµС‚`.
//!
//! Characters are turned back into the bytes that they were decoded from; where those are one valid UTF-8 character,
//! they are a candidate, and the round trip is exact by construction. Most candidates are mojibake, some are not
//! (`CAFÉ”`, `AMANHÔ`): a candidate counts only where its result and its neighbours make sense, or where several stand
//! in a row. A control character that stands by itself is the mark of windows-1252 with its number. What was lost in
//! between (a byte turned into a blank) is never guessed.

use std::sync::LazyLock;

use super::edits::Change;

/// Candidates of one script in a row that prove each other, for bytes read as windows-1252: `Ð¿Ñ€`.
const MIN_ROW_1252: usize = 2;

/// The same for windows-1251, where the first byte of Cyrillic is a common Russian letter (`Р`, `С`).
const MIN_ROW_1251: usize = 3;

/// Punctuation of windows-1252 that often stands behind a capital letter in sound text.
const PUNCTUATION: &str = "‘’‚“”„…–—‹›«»•´\u{a0}";

/// The single-byte encodings that UTF-8 is mistaken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Codepage {
    Western,
    Cyrillic,
}

/// The upper half of a code page: character to byte, sorted.
type Upper = Vec<(char, u8)>;

static WESTERN: LazyLock<Upper> = LazyLock::new(|| upper(encoding_rs::WINDOWS_1252));
static CYRILLIC: LazyLock<Upper> = LazyLock::new(|| upper(encoding_rs::WINDOWS_1251));

fn upper(encoding: &'static encoding_rs::Encoding) -> Upper {
    let decode = |byte: u8| encoding.decode_without_bom_handling(&[byte]).0.chars().next();
    let mut all: Upper = (0x80..=0xff_u8).filter_map(|byte| Some((decode(byte)?, byte))).collect();
    // Bytes without a character pass through as control characters in either reading.
    all.extend((0x80..=0x9f_u8).map(|byte| (char::from(byte), byte)));
    all.retain(|&(c, _)| c != '\u{fffd}');
    all.sort_unstable();
    all.dedup_by_key(|(c, _)| *c);
    all
}

impl Codepage {
    /// The byte that a character was decoded from.
    fn byte(self, c: char) -> Option<u8> {
        if c.is_ascii() {
            return None;
        }
        let table: &Upper = if self == Codepage::Western { &WESTERN } else { &CYRILLIC };
        table.binary_search_by_key(&c, |&(known, _)| known).ok().map(|i| table[i].1)
    }
}

/// A few characters that are one UTF-8 character in disguise.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    start: usize,
    end: usize,
    /// Its first, second and last character as they stand.
    lead: char,
    second: char,
    last: char,
    result: char,
    verdict: Verdict,
}

/// What a candidate is worth by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Mojibake.
    Sure,
    /// Mojibake beside sure ones, or among enough of its sort: letters of one alphabet.
    Row(Alphabet),
    /// Mojibake beside sure ones.
    Weak,
}

/// What candidates in a row must have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
    Indic,
    Han,
    Hangul,
    /// Polish, Czech, Turkish and other letters.
    Latin,
    Vietnamese,
}

impl Alphabet {
    /// Its letters are in disguise one by one inside words, between letters that are not.
    fn is_sparse(self) -> bool {
        matches!(self, Alphabet::Latin | Alphabet::Vietnamese)
    }
}

/// Whether a text may hold any: characters in a row that could be the bytes of one.
pub(super) fn may_find(text: &str) -> bool {
    let mut before = None;
    for (at, c) in text.char_indices() {
        if is_control(c) {
            return true;
        }
        if let Some(lead) = before.filter(|_| may_continue(c)) {
            for page in [Codepage::Western, Codepage::Cyrillic] {
                let follow = page.byte(lead).and_then(length).map_or(0, |length| length - 1);
                let is_byte = |c: char| page.byte(c).is_some_and(|byte| matches!(byte, 0x80..=0xbf));
                if follow > 0 && text[at..].chars().take(follow).filter(|&c| is_byte(c)).count() == follow {
                    return true;
                }
            }
        }
        before = (!c.is_ascii()).then_some(c);
    }
    false
}

/// How many bytes a character of UTF-8 has that starts with a byte; none for one byte and for what starts nothing.
fn length(first: u8) -> Option<usize> {
    match first {
        0xc2..=0xdf => Some(2),
        0xe0..=0xef => Some(3),
        0xf0..=0xf4 => Some(4),
        _ => None,
    }
}

/// Whether a character can be a byte 0x80 to 0xBF in either code page. Quick: letters of running text are not.
fn may_continue(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{bf}' | '\u{152}'..='\u{192}' | '\u{2c6}' | '\u{2dc}' | '\u{401}'..='\u{40f}'
        | '\u{451}'..='\u{45f}' | '\u{490}' | '\u{491}' | '\u{2013}'..='\u{203a}' | '\u{20ac}' | '\u{2116}' | '\u{2122}')
}

/// Finds mojibake, one change a run.
pub(super) fn find(text: &str) -> Vec<Change> {
    if !may_find(text) {
        return Vec::new();
    }
    let mut changes = find_in(text, Codepage::Western);
    if changes.is_empty() {
        changes = find_in(text, Codepage::Cyrillic);
    }
    if changes.is_empty() { lone(text) } else { changes }
}

/// Whether a character is none but a byte of windows-1252 that was taken for Latin-1: a control character that no text
/// has. A line break of old mainframes is left alone.
fn is_control(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}') && c != '\u{85}'
}

/// Dashes and quotation marks of windows-1252 that stand as control characters, each by itself: `it\u{92}s`.
fn lone(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut before = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_part =
            |c: Option<char>| c.is_some_and(|c| matches!(c, '\u{80}'..='\u{9f}' | 'Â' | 'Ã' | 'â' | 'ã' | 'ð'));
        if is_control(c) && !is_part(before) && !is_part(chars.peek().map(|(_, next)| *next)) {
            let byte = [u8::try_from(u32::from(c)).unwrap_or_default()];
            let mark = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte).0;
            if !mark.chars().any(char::is_control) {
                changes.push((at..at + c.len_utf8(), mark.into_owned()));
            }
        }
        before = Some(c);
    }
    changes
}

fn find_in(text: &str, page: Codepage) -> Vec<Change> {
    let candidates = candidates(text, page);
    let runs: Vec<&[Candidate]> = candidates.chunk_by(|a, b| a.end == b.start).collect();
    let is_sure: Vec<bool> = runs.iter().map(|run| is_proven(run, page)).collect();
    let mut changes: Vec<Change> = Vec::new();
    for (n, run) in runs.iter().enumerate() {
        let start = run[0].start;
        let end = run[run.len() - 1].end;
        // A word of one letter (`Ð²`), a letter inside a Polish word: they count on a line that holds proven ones.
        let may_follow = run.iter().all(|c| match c.verdict {
            Verdict::Row(alphabet) => alphabet.is_sparse() || !touches_letter(text, start, end),
            _ => false,
        });
        let near_sure = || {
            let same_line = |other: &&[Candidate]| {
                let (from, to) = if other[0].start < start { (other[0].end, start) } else { (end, other[0].start) };
                !text[from.min(to)..to].contains('\n')
            };
            let is_near =
                |m: Option<usize>| m.is_some_and(|m| is_sure.get(m).copied().unwrap_or(false) && same_line(&runs[m]));
            is_near(n.checked_sub(1)) || is_near(Some(n + 1))
        };
        if is_sure[n] || (may_follow && near_sure()) {
            changes.push((start..end, run.iter().map(|c| c.result).collect()));
        }
    }
    changes
}

/// Whether a run proves itself.
fn is_proven(run: &[Candidate], page: Codepage) -> bool {
    if run.iter().any(|c| c.verdict == Verdict::Sure) {
        return true;
    }
    let needed = if page == Codepage::Western { MIN_ROW_1252 } else { MIN_ROW_1251 };
    run.chunk_by(|a, b| a.verdict == b.verdict)
        .any(|row| matches!(row[0].verdict, Verdict::Row(_)) && row.len() >= needed)
}

/// Whether a letter stands right before or behind a run.
fn touches_letter(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    [before, after].iter().flatten().any(|c| c.is_alphanumeric())
}

/// All characters in disguise that are worth anything, left to right.
fn candidates(text: &str, page: Codepage) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut behind = 0;
    let mut before = None;
    for (start, lead) in text.char_indices() {
        if start >= behind
            && let Some(candidate) = candidate(text, start, lead, before, page)
        {
            behind = candidate.end;
            found.push(candidate);
        }
        before = Some(lead);
    }
    found
}

/// The character in disguise at a position.
fn candidate(text: &str, start: usize, lead: char, before: Option<char>, page: Codepage) -> Option<Candidate> {
    let first = page.byte(lead)?;
    let length = length(first)?;
    let mut bytes = [first, 0, 0, 0];
    let mut end = start + lead.len_utf8();
    let (mut second, mut last) = ('\0', '\0');
    for (n, slot) in bytes.iter_mut().enumerate().take(length).skip(1) {
        let c = text[end..].chars().next()?;
        *slot = page.byte(c).filter(|byte| matches!(byte, 0x80..=0xbf))?;
        if n == 1 {
            second = c;
        }
        last = c;
        end += c.len_utf8();
    }
    let result = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    let after = text[end..].chars().next();
    let candidate = Candidate { start, end, lead, second, last, result, verdict: Verdict::Weak };
    let verdict = match page {
        Codepage::Western => western(&candidate, before, after),
        Codepage::Cyrillic => cyrillic(&candidate, before),
    }?;
    Some(Candidate { verdict, ..candidate })
}

/// The worth of bytes read as windows-1252.
fn western(c: &Candidate, before: Option<char>, after: Option<char>) -> Option<Verdict> {
    let is_lower = |c: Option<char>| c.is_some_and(char::is_lowercase);
    let is_upper = before.is_some_and(char::is_uppercase);
    let is_punctuation = PUNCTUATION.contains(c.second);
    // A capital letter behind a small one is no word of any language.
    let inside = is_lower(before) || (is_lower(after) && !is_punctuation);
    match c.result {
        '\u{a0}' => (!is_upper).then_some(Verdict::Sure),
        '«' | '»' => Some(if is_upper { Verdict::Weak } else { Verdict::Sure }),
        '\u{a1}'..='\u{bf}' => Some(Verdict::Sure),
        '\u{c0}'..='\u{ff}' if !is_punctuation => Some(Verdict::Sure),
        '\u{c0}'..='\u{ff}' => {
            let is_word = c.second == '\u{a0}' && !before.is_some_and(char::is_alphanumeric);
            Some(if inside || is_lower(after) || is_word { Verdict::Sure } else { Verdict::Weak })
        }
        '\u{100}'..='\u{24f}' => Some(if inside { Verdict::Sure } else { Verdict::Row(Alphabet::Latin) }),
        '\u{370}'..='\u{3ff}' => Some(Verdict::Row(Alphabet::Greek)),
        '\u{400}'..='\u{52f}' => Some(Verdict::Row(Alphabet::Cyrillic)),
        '\u{5d0}'..='\u{5ea}' => Some(Verdict::Row(Alphabet::Hebrew)),
        '\u{600}'..='\u{6ff}' => Some(Verdict::Row(Alphabet::Arabic)),
        '\u{900}'..='\u{eff}' => Some(Verdict::Row(Alphabet::Indic)),
        '\u{1e00}'..='\u{1eff}' => {
            // `está»—` ends a quotation.
            let ends_quote = PUNCTUATION.contains(c.last) || matches!(c.last, '¡' | '¿');
            Some(if is_lower(after) && !ends_quote { Verdict::Sure } else { Verdict::Row(Alphabet::Vietnamese) })
        }
        '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}' => Some(Verdict::Row(Alphabet::Han)),
        '\u{ac00}'..='\u{d7a3}' => Some(Verdict::Row(Alphabet::Hangul)),
        '\u{200b}'..='\u{2027}' | '\u{202f}'..='\u{205e}' | '\u{20a0}'..='\u{27bf}' | '\u{feff}' => {
            // `“â”—` is about a letter.
            Some(if "‘’“”–—…•".contains(c.second) { Verdict::Weak } else { Verdict::Sure })
        }
        '\u{1f000}'..='\u{1faff}' => Some(Verdict::Sure),
        _ => None,
    }
}

/// The worth of bytes read as windows-1251.
fn cyrillic(c: &Candidate, before: Option<char>) -> Option<Verdict> {
    match c.result {
        '\u{400}'..='\u{45f}' | 'Ґ' | 'ґ' => Some(Verdict::Row(Alphabet::Cyrillic)),
        // `вЂ”`, `в„–`, `в‚¬`.
        '\u{2010}'..='\u{2027}' | '\u{2039}' | '\u{203a}' if c.second == 'Ђ' => Some(Verdict::Sure),
        '№' | '€' | '™' => Some(Verdict::Sure),
        '\u{c0}'..='\u{ff}' if before.is_some_and(|c| c.is_ascii_lowercase()) => Some(Verdict::Sure),
        // `В«`, `В ` beside letters in disguise; alone they are a Russian preposition.
        '\u{a0}'..='\u{bf}' if c.lead == 'В' => Some(Verdict::Weak),
        _ => None,
    }
}
