//! Words that mix letters of two scripts which look alike: `Сontact` with a Cyrillic `С`.
//!
//! A word is set right only where the letters of the other script are the fewer ones, all of them look like a letter
//! of the article's script, and the whole word is in the article's script afterwards. Words with digits (model names),
//! acronyms, the parts of `IT-компания`, and texts written in two scripts on purpose are left alone.

use super::edits::Change;

/// Longest acronym that is left alone, in letters.
const MAX_ACRONYM_LETTERS: usize = 4;

/// Longest ending that Russian glues to a Roman number, in letters.
const MAX_ENDING_LETTERS: usize = 3;

/// Share of letters in whole words of a second script from which on a text is taken to be written in two scripts.
const MIN_DIGRAPHIC_SHARE: f64 = 0.2;

/// Cyrillic letters and the Latin letters that look like them.
#[rustfmt::skip]
const CYRILLIC_TO_LATIN: &[(char, char)] = &[
    ('а', 'a'), ('е', 'e'), ('о', 'o'), ('р', 'p'), ('с', 'c'), ('у', 'y'), ('х', 'x'), ('і', 'i'), ('ј', 'j'),
    ('ѕ', 's'), ('һ', 'h'), ('ԁ', 'd'), ('ԛ', 'q'), ('ԝ', 'w'), ('ё', 'ë'), ('ї', 'ï'),
    ('А', 'A'), ('В', 'B'), ('Е', 'E'), ('К', 'K'), ('М', 'M'), ('Н', 'H'), ('О', 'O'), ('Р', 'P'), ('С', 'C'),
    ('Т', 'T'), ('У', 'Y'), ('Х', 'X'), ('І', 'I'), ('Ј', 'J'), ('Ѕ', 'S'), ('Ԛ', 'Q'), ('Ԝ', 'W'), ('Ё', 'Ë'),
    ('Ї', 'Ï'),
];

/// Latin letters and the Cyrillic letters that look like them. `s`, `j`, `h` stay out: their likenesses belong to
/// languages of their own.
#[rustfmt::skip]
const LATIN_TO_CYRILLIC: &[(char, char)] = &[
    ('a', 'а'), ('e', 'е'), ('o', 'о'), ('p', 'р'), ('c', 'с'), ('y', 'у'), ('x', 'х'), ('i', 'і'), ('ë', 'ё'),
    ('ï', 'ї'),
    ('A', 'А'), ('B', 'В'), ('E', 'Е'), ('K', 'К'), ('M', 'М'), ('H', 'Н'), ('O', 'О'), ('P', 'Р'), ('C', 'С'),
    ('T', 'Т'), ('X', 'Х'), ('I', 'І'), ('Ë', 'Ё'), ('Ï', 'Ї'),
];

/// Greek letters and the Latin letters that look like them. `μ`, `ν`, `α` stay out: they stand in units and formulas.
#[rustfmt::skip]
const GREEK_TO_LATIN: &[(char, char)] = &[
    ('ο', 'o'), ('Α', 'A'), ('Β', 'B'), ('Ε', 'E'), ('Ζ', 'Z'), ('Η', 'H'), ('Ι', 'I'), ('Κ', 'K'), ('Μ', 'M'),
    ('Ν', 'N'), ('Ο', 'O'), ('Ρ', 'P'), ('Τ', 'T'), ('Υ', 'Y'), ('Χ', 'X'),
];

/// Latin letters and the Greek letters that look like them.
#[rustfmt::skip]
const LATIN_TO_GREEK: &[(char, char)] = &[
    ('o', 'ο'), ('A', 'Α'), ('B', 'Β'), ('E', 'Ε'), ('Z', 'Ζ'), ('H', 'Η'), ('I', 'Ι'), ('K', 'Κ'), ('M', 'Μ'),
    ('N', 'Ν'), ('O', 'Ο'), ('P', 'Ρ'), ('T', 'Τ'), ('Y', 'Υ'), ('X', 'Χ'),
];

/// The three scripts whose letters look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Latin,
    Cyrillic,
    Greek,
}

impl Side {
    fn of(c: char) -> Option<Self> {
        match c {
            'a'..='z' | 'A'..='Z' => Some(Side::Latin),
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' if c.is_alphabetic() => Some(Side::Latin),
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' if c.is_alphabetic() => Some(Side::Greek),
            '\u{400}'..='\u{52f}' if c.is_alphabetic() => Some(Side::Cyrillic),
            _ => None,
        }
    }

    fn of_script(script: &str) -> Option<Self> {
        match script {
            "Latn" => Some(Side::Latin),
            "Cyrl" => Some(Side::Cyrillic),
            "Grek" => Some(Side::Greek),
            _ => None,
        }
    }
}

/// Whether words can be set right to a script.
pub(super) fn mends(script: &str) -> bool {
    Side::of_script(script).is_some()
}

/// The letter of a script that a letter of another looks like.
fn likeness(c: char, target: Side) -> Option<char> {
    let table = match (Side::of(c)?, target) {
        (Side::Cyrillic, Side::Latin) => CYRILLIC_TO_LATIN,
        (Side::Latin, Side::Cyrillic) => LATIN_TO_CYRILLIC,
        (Side::Greek, Side::Latin) => GREEK_TO_LATIN,
        (Side::Latin, Side::Greek) => LATIN_TO_GREEK,
        _ => return None,
    };
    table.iter().find(|(from, _)| *from == c).map(|&(_, to)| to)
}

/// Runs of letters, marks, digits and hyphens, with their positions.
fn compounds(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '\u{2011}' || is_mark(c);
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(is_part)?;
        let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |i| start + i);
        at = end;
        Some((start, &text[start..end]))
    })
}

/// The words of a compound, with their positions.
fn words(compound: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    compound.split(['-', '\u{2011}']).map(move |word| {
        let start = compound[at..].find(word).map_or(at, |i| at + i);
        at = start + word.len();
        (start, word)
    })
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}')
}

/// Whether any word mixes letters of two of the scripts. One cheap pass.
pub(super) fn has_mixed_word(text: &str) -> bool {
    // Where two sides meet, one of them is not Latin: bytes that begin letters of the others. All are counted, as that
    // takes many at once, and most texts have none.
    if text.bytes().filter(|byte| matches!(byte, 0xCD..=0xD4 | 0xE1)).count() == 0 {
        return false;
    }
    let mut seen = None;
    for c in text.chars() {
        match Side::of(c) {
            Some(side) if seen.is_some_and(|seen| seen != side) => return true,
            Some(side) => seen = Some(side),
            None if c.is_alphanumeric() || is_mark(c) => {}
            None => seen = None,
        }
    }
    false
}

/// Whether a text holds so many whole words of a second script that it is written in two.
pub(super) fn is_digraphic<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    let mut counts = [0_usize; 3];
    for text in texts {
        for (_, compound) in compounds(text) {
            for (_, word) in words(compound) {
                let mut sides = word.chars().filter_map(Side::of);
                if let Some(first) = sides.next() {
                    let more = word.chars().filter_map(Side::of).count();
                    counts[first as usize] += if sides.all(|side| side == first) { more } else { 0 };
                }
            }
        }
    }
    let all: usize = counts.iter().sum();
    let most = counts.iter().max().copied().unwrap_or(0);
    (all - most) as f64 >= MIN_DIGRAPHIC_SHARE * all as f64
}

/// Finds the letters to set right, one change each.
pub(super) fn find(text: &str, script: &str) -> Vec<Change> {
    let Some(target) = Side::of_script(script) else { return Vec::new() };
    let mut changes = Vec::new();
    for (compound_start, compound) in compounds(text) {
        if compound.is_ascii() || compound.chars().any(char::is_numeric) {
            continue;
        }
        for (start, word) in words(compound) {
            if is_mendable(word, target) {
                let start = compound_start + start;
                let strangers = word.char_indices().filter(|&(_, c)| Side::of(c) != Some(target));
                changes.extend(strangers.filter_map(|(at, c)| {
                    let at = start + at;
                    likeness(c, target).map(|to| (at..at + c.len_utf8(), to.to_string()))
                }));
            }
        }
    }
    changes
}

/// Whether a word is one of the target script but for a few letters that look alike.
fn is_mendable(word: &str, target: Side) -> bool {
    let (mut own, mut own_telling, mut strangers, mut letters) = (0, 0, 0, 0);
    for c in word.chars().filter(|&c| !is_mark(c)) {
        letters += 1;
        match Side::of(c) {
            Some(side) if side == target => {
                own += 1;
                // A letter that has no likeness proves which script the word is in.
                let other = [Side::Latin, Side::Cyrillic].into_iter().find(|&s| s != target);
                own_telling += usize::from(other.is_none_or(|other| likeness(c, other).is_none()));
            }
            Some(_) if likeness(c, target).is_some() => strangers += 1,
            _ => return false,
        }
    }
    // `Iго` is a Roman number with an ending.
    let stem = word.trim_start_matches(['I', 'V', 'X', 'C', 'M']);
    let is_ordinal = stem.len() < word.len()
        && stem.chars().count() <= MAX_ENDING_LETTERS
        && stem.chars().all(|c| c.is_lowercase() && Side::of(c) == Some(Side::Cyrillic));
    let is_acronym = letters <= MAX_ACRONYM_LETTERS && !word.chars().any(char::is_lowercase);
    let is_minority = strangers < own || (strangers == own && own_telling > 0);
    strangers > 0 && is_minority && !is_acronym && !is_ordinal
}
