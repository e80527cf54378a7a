//! Letter repairs as listed edits. Comes in text with the ranges that stay, go out [`Repair`]s: escapes left in the
//! text, invisible characters, letters of another script inside a word, text decoded in the wrong encoding, and
//! Unicode normalisation (NFC, never NFKC). Never touches white space, never a whole word of another script, never
//! anything outside the ranges; ranges of program text are left out by the caller.
//!
//! Each range is looked at alone, in rounds until a round finds nothing, so that applying the repairs and looking again
//! finds nothing. Where a later repair touches an earlier one (`e&#769;`), both become one edit under the earlier kind.

mod edits;
mod entity;
mod homoglyph;
mod mojibake;
mod normal;
mod zero_width;

use std::borrow::Cow;
use std::ops::Range;

use self::edits::Work;
use crate::finding::Kind;

/// Most rounds over one range. Real text needs two; each further one needs an escape hidden inside a repair.
const MAX_ROUNDS: usize = 8;

/// One listed edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// What stands there now.
    pub replacement: String,
    /// The sort of repair.
    pub kind: Kind,
}

/// Finds all repairs inside some ranges (sorted, disjoint, on character borders) of a text. What comes out is sorted and
/// disjoint, each repair inside one range.
///
/// `article_script` (ISO 15924) is the script that a word with a letter of another script is set right to; without it
/// no such word is touched.
pub fn find_repairs(text: &str, ranges: &[Range<usize>], article_script: Option<&str>) -> Vec<Repair> {
    let suspects: Vec<Suspect> = ranges.iter().map(|range| survey(&text[range.clone()])).collect();
    if suspects.iter().all(|suspect| *suspect == Suspect::default()) {
        return Vec::new();
    }
    // A text that mixes two scripts word by word (Serbian, Uzbek, Kazakh in transition) is left alone.
    let script = article_script.filter(|script| homoglyph::mends(script));
    let mut works: Vec<Work> = ranges.iter().map(|range| Work::new(&text[range.clone()])).collect();
    for (work, suspect) in works.iter_mut().zip(&suspects) {
        if *suspect != Suspect::default() {
            settle(work, None);
        }
    }
    if let Some(script) = script
        && works.iter().any(|work| homoglyph::has_mixed_word(work.text()))
        && !homoglyph::is_digraphic(works.iter().map(Work::text))
    {
        for work in works.iter_mut().filter(|work| homoglyph::has_mixed_word(work.text())) {
            settle(work, Some(script));
        }
    }
    let mut repairs = Vec::new();
    for (work, range) in works.into_iter().zip(ranges) {
        for repair in work.into_repairs() {
            let range = repair.range.start + range.start..repair.range.end + range.start;
            repairs.push(Repair { range, ..repair });
        }
    }
    repairs
}

/// A value of a field with its letters set right, but for those of another script.
pub fn mended(value: &str) -> Cow<'_, str> {
    let whole = 0..value.len();
    let repairs = find_repairs(value, std::slice::from_ref(&whole), None);
    if repairs.is_empty() { Cow::Borrowed(value) } else { Cow::Owned(apply(value, &repairs)) }
}

/// Applies repairs to the text in which they were found.
pub fn apply(text: &str, repairs: &[Repair]) -> String {
    let mut repaired = String::with_capacity(text.len());
    let mut at = 0;
    for repair in repairs {
        repaired.push_str(&text[at..repair.range.start]);
        repaired.push_str(&repair.replacement);
        at = repair.range.end;
    }
    repaired.push_str(&text[at..]);
    repaired
}

/// Finds what one sort of repair would change.
type Pass = fn(&str) -> Vec<edits::Change>;

/// Repairs a piece in rounds until nothing is left.
fn settle(work: &mut Work, script: Option<&str>) {
    for _ in 0..MAX_ROUNDS {
        let mut changed = false;
        let passes: [(Kind, Pass); 3] =
            [(Kind::Entity, entity::find), (Kind::Mojibake, mojibake::find), (Kind::ZeroWidth, zero_width::find)];
        for (kind, find) in passes {
            changed |= work.change(kind, find(work.text()));
        }
        if let Some(script) = script {
            changed |= work.change(Kind::Homoglyph, homoglyph::find(work.text(), script));
        }
        changed |= work.change(Kind::UnicodeForm, normal::find(work.text()));
        if !changed {
            return;
        }
    }
}

/// What a piece of text may need: found in one cheap pass, so that clean text costs no more than that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Suspect {
    entity: bool,
    letters: bool,
}

/// Looks whether anything in a piece may need repair.
fn survey(text: &str) -> Suspect {
    let entity = memchr::memchr(b'&', text.as_bytes()).is_some();
    let letters = !text.is_ascii()
        && (zero_width::may_find(text)
            || normal::may_find(text)
            || mojibake::may_find(text)
            || homoglyph::has_mixed_word(text));
    Suspect { entity, letters }
}

#[cfg(test)]
mod tests;
