//! Characters that show nothing: dropped, except where a script or an emoji needs them.

use unicode_script::{Script, UnicodeScript};

use super::edits::Change;

/// Scripts whose spelling uses the joiners U+200C and U+200D.
#[rustfmt::skip]
const JOINING_SCRIPTS: &[Script] = &[
    Script::Arabic, Script::Syriac, Script::Thaana, Script::Nko, Script::Mongolian, Script::Devanagari, Script::Bengali,
    Script::Gurmukhi, Script::Gujarati, Script::Oriya, Script::Tamil, Script::Telugu, Script::Kannada, Script::Malayalam,
    Script::Sinhala, Script::Khmer, Script::Myanmar, Script::Tibetan,
];

/// Scripts without blanks between words, in which U+200B marks where a word ends.
const UNSPACED_SCRIPTS: &[Script] = &[Script::Thai, Script::Lao, Script::Khmer, Script::Myanmar, Script::Tibetan];

/// Scripts written from right to left, whose lines need direction marks.
const RIGHT_TO_LEFT_SCRIPTS: &[Script] = &[Script::Arabic, Script::Hebrew, Script::Syriac, Script::Thaana, Script::Nko];

/// Whether a text may hold such a character.
pub(super) fn may_find(text: &str) -> bool {
    text.chars().any(is_invisible)
}

/// Finds the ones to drop, one change each.
pub(super) fn find(text: &str) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        if may_find(line) {
            find_in_line(line, line_start, &mut changes);
        }
        line_start += line.len();
    }
    changes
}

/// The nearest characters on one side of a place.
#[derive(Debug, Clone, Copy, Default)]
struct Side {
    /// That shows anything.
    visible: Option<char>,
    /// That is no mark above another either.
    plain: Option<char>,
}

impl Side {
    fn pass(&mut self, c: char) {
        if !is_invisible(c) {
            self.visible = Some(c);
            if c.script() != Script::Inherited {
                self.plain = Some(c);
            }
        }
    }
}

fn find_in_line(line: &str, line_start: usize, changes: &mut Vec<Change>) {
    let is_right_to_left = line.chars().any(|c| RIGHT_TO_LEFT_SCRIPTS.contains(&c.script()));
    let mut after = Side::default();
    let mut afters = Vec::new();
    for c in line.chars().rev() {
        if is_invisible(c) {
            afters.push(after);
        }
        after.pass(c);
    }
    let mut before = Side::default();
    for (at, c) in line.char_indices() {
        if is_invisible(c) {
            let after = afters.pop().unwrap_or_default();
            if !is_needed(c, before, after, is_right_to_left) {
                let start = line_start + at;
                changes.push((start..start + c.len_utf8(), String::new()));
            }
        }
        before.pass(c);
    }
}

/// Characters without width that this module decides on. Variation selectors, tags of flags and fillers of Hangul are
/// part of what shows, and stay.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Whether an invisible character does something where it stands.
fn is_needed(c: char, before: Side, after: Side, is_right_to_left: bool) -> bool {
    let is_of = |c: Option<char>, scripts: &[Script]| c.is_some_and(|c| scripts.contains(&c.script()));
    let joins = is_of(before.plain, JOINING_SCRIPTS) || is_of(after.plain, JOINING_SCRIPTS);
    match c {
        '\u{200b}' => is_of(before.visible, UNSPACED_SCRIPTS) || is_of(after.visible, UNSPACED_SCRIPTS),
        '\u{200c}' => joins,
        '\u{200d}' => joins || (is_emoji_part(before.visible) && is_emoji_part(after.visible)),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => is_right_to_left,
        _ => false,
    }
}

/// Whether a character can stand beside a joiner in an emoji: pictures, signs, skin tones, the selector of emoji style.
fn is_emoji_part(c: Option<char>) -> bool {
    c.is_some_and(|c| {
        matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{fe0f}'
            | '\u{1f000}'..='\u{1faff}')
    })
}
