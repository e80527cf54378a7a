//! What folding makes of a character and what it counts for, looked up in one small table for the scripts that most texts
//! are in. Comes in a character, goes out its entry; the functions that know all of Unicode fill the table.

use std::sync::LazyLock;

use super::document::fold_char;
use crate::language::is_letter;
use crate::page::text::is_unspaced;

/// End of the table: behind kana, in front of Han.
const END: u32 = 0x3100;
/// The folded character stands in these bits; a surrogate, which is no character, says that it vanishes or that it
/// becomes several.
const CHAR: u32 = 0x1F_FFFF;
const VANISHES: u32 = 0xD800;
const SEVERAL: u32 = 0xD801;
const LETTER: u32 = 1 << 24;
const UNSPACED: u32 = 1 << 25;
const BLANK: u32 = 1 << 26;
const SYLLABLE: u32 = 1 << 27;

/// A character as it is folded and counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry(u32);

/// What becomes of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folded {
    /// Nothing.
    Vanishes,
    /// One character, lower case.
    One(char),
    /// Several: its lower case is to be asked for.
    Several,
}

impl Entry {
    pub(super) fn folded(self) -> Folded {
        match self.0 & CHAR {
            VANISHES => Folded::Vanishes,
            code => char::from_u32(code).map_or(Folded::Several, Folded::One),
        }
    }
    /// A letter of a script with spaces between words, but for Hangul.
    pub(super) fn is_letter(self) -> bool {
        self.0 & LETTER != 0
    }
    pub(super) fn is_unspaced(self) -> bool {
        self.0 & UNSPACED != 0
    }
    pub(super) fn is_syllable(self) -> bool {
        self.0 & SYLLABLE != 0
    }
    pub(super) fn is_blank(self) -> bool {
        self.0 & BLANK != 0
    }
}

static TABLE: LazyLock<Vec<Entry>> =
    LazyLock::new(|| (0..END).map(|code| char::from_u32(code).map_or(Entry(VANISHES), look_up)).collect());

/// The entry of a character.
pub(super) fn entry(c: char) -> Entry {
    let code = c as u32;
    match code {
        0..END => TABLE[code as usize],
        0x4E00..=0x9FFF => Entry(code | UNSPACED),
        0xAC00..=0xD7A3 => Entry(code | SYLLABLE),
        _ => look_up(c),
    }
}

fn look_up(c: char) -> Entry {
    let mut entry = match fold_char(c) {
        None => VANISHES,
        Some(c) => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(lower), None) => lower as u32,
                _ => SEVERAL,
            }
        }
    };
    let flag = match c {
        _ if is_unspaced(c) => UNSPACED,
        '\u{AC00}'..='\u{D7A3}' => SYLLABLE,
        _ if is_letter(c) => LETTER,
        _ => 0,
    };
    entry |= flag | if c.is_whitespace() { BLANK } else { 0 };
    Entry(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_cuts_agree_with_what_fills_the_table() {
        for c in ('\0'..='\u{2FFFF}').filter(|c| !matches!(*c as u32, 0x20000..0x2F000)) {
            let (quick, slow) = (entry(c), look_up(c));
            assert_eq!(quick.0, slow.0, "{c:?}");
        }
    }
}
