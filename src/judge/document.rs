//! What the judge knows of a layout before it judges: folded texts, words, zones, scripts. No decisions.

use rustc_hash::FxHashMap;

use super::chars::{self, Folded};
use crate::finding::Span;
use crate::language::Prior;
use crate::page::text::ends_sentence;
use crate::page::{Layout, Shape};

/// Weight from which a block that ends as a sentence counts as a long paragraph, in letters: about fifteen words.
/// Shorter paragraphs exist, but furniture of this length is rare (jusText's `length_low` is 70 characters, on HTML).
const LONG_LETTERS: f32 = 80.0;
/// The same for a block that does not end as a sentence: no headline is as long.
const LONG_OPEN_LETTERS: f32 = 160.0;
/// How many letters of an alphabet one character of an unspaced script is worth: a Chinese text has about 0.4 of the
/// characters of its English translation.
const UNSPACED_WEIGHT: f32 = 2.5;

/// The same for a syllable of Hangul, which holds two letters or three.
const SYLLABLE_WEIGHT: f32 = 2.0;

/// A block with what all rules and detectors ask of it.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Where it stands in the layout.
    pub span: Span,
    /// Lower case, single spaces, straight quotes, no bullet in front and no arrow, colon or stop behind.
    pub folded: String,
    /// Words (white space parted; in unspaced scripts two characters count as a word).
    pub n_words: usize,
    /// Letters, characters of unspaced scripts weighted.
    pub weight: f32,
    /// Whether it ends as a sentence ends.
    pub is_sentence: bool,
    /// Long enough for a paragraph of an article.
    pub is_long: bool,
    /// Where the text begins behind a dateline in front of it, in bytes of the layout; 0 without one.
    pub body_start: u32,
}

/// A layout with its views and its zones.
#[derive(Debug)]
pub struct Document<'a> {
    /// The layout.
    pub layout: &'a Layout,
    /// One view a block.
    pub views: Vec<View>,
    /// The first block with the same text as each, itself where there is none before: a quarter of the blocks of a page
    /// repeats a link or a button, and what a text says need not be asked again.
    pub firsts: Vec<u32>,
    /// Language and script of the whole, as far as a sample tells.
    pub prior: &'a Prior,
    /// First and last block that count as paragraphs, for the zones.
    body: Option<(usize, usize)>,
}

/// Part of a document, seen from its long paragraphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Zone {
    /// Before the first long paragraph.
    Head,
    /// Between long paragraphs.
    Mid,
    /// After the last long paragraph.
    Tail,
}

impl<'a> Document<'a> {
    /// Views of all blocks; zones from all long blocks.
    pub fn new(layout: &'a Layout, prior: &'a Prior) -> Self {
        let mut views: Vec<View> = Vec::with_capacity(layout.blocks.len());
        let mut firsts = Vec::with_capacity(layout.blocks.len());
        let mut known: FxHashMap<&str, u32> = FxHashMap::default();
        for (at, block) in layout.blocks.iter().enumerate() {
            let text = layout.block_text(block);
            let first = *known.entry(text).or_insert(at as u32);
            let mut view = match views.get(first as usize) {
                Some(same) => View { span: block.span, ..same.clone() },
                None => {
                    let (n_words, weight) = measure(text);
                    let is_sentence = ends_sentence(text);
                    View { span: block.span, folded: fold(text), n_words, weight, is_sentence, ..View::default() }
                }
            };
            let min_weight = if view.is_sentence { LONG_LETTERS } else { LONG_OPEN_LETTERS };
            view.is_long = view.weight >= min_weight && !block.hidden && block.shape != Shape::Caption;
            views.push(view);
            firsts.push(first);
        }
        let mut document = Self { layout, views, firsts, prior, body: None };
        document.set_zones(|_| false);
        document
    }

    /// Finds the zones anew, leaving out blocks known to be noise, so that a long notice does not pass for a paragraph.
    pub fn set_zones(&mut self, is_noise: impl Fn(usize) -> bool) {
        let mut long = (0..self.views.len()).filter(|&i| self.views[i].is_long && !is_noise(i));
        self.body = long.next().map(|first| (first, long.next_back().unwrap_or(first)));
    }

    /// First and last long paragraph.
    pub fn body(&self) -> Option<(usize, usize)> {
        self.body
    }

    /// Whether a block may be said to stand in a zone. The first and the last long paragraph belong to the head and the
    /// tail too; without long paragraphs every block stands in every zone.
    pub fn is_in(&self, idx: usize, zone: Zone) -> bool {
        match (self.body, zone) {
            (None, _) => true,
            (Some((first, _)), Zone::Head) => idx <= first,
            (Some((_, last)), Zone::Tail) => idx >= last,
            (Some((first, last)), Zone::Mid) => idx >= first && idx <= last,
        }
    }

    /// The text of a block.
    pub fn text(&self, idx: usize) -> &'a str {
        self.layout.block_text(&self.layout.blocks[idx])
    }

    /// Number of blocks.
    pub fn len(&self) -> usize {
        self.views.len()
    }

    /// Whether there are no blocks.
    pub fn is_empty(&self) -> bool {
        self.views.is_empty()
    }

    /// Whether a blank line or block border stands before and after the block.
    pub fn stands_alone(&self, idx: usize) -> bool {
        self.layout.blocks[idx].gap_before && self.layout.blocks.get(idx + 1).is_none_or(|next| next.gap_before)
    }
}

/// Words and weighted letters of a text.
fn measure(text: &str) -> (usize, f32) {
    let (mut n_unspaced, mut n_letters, mut n_syllables, mut n_runs) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut in_word = false;
    for c in text.chars() {
        let entry = chars::entry(c);
        n_unspaced += usize::from(entry.is_unspaced());
        n_letters += usize::from(entry.is_letter());
        n_syllables += usize::from(entry.is_syllable());
        n_runs += usize::from(!entry.is_blank() && !in_word);
        in_word = !entry.is_blank();
    }
    let n_words = n_runs + n_unspaced / 2;
    (n_words, n_letters as f32 + n_syllables as f32 * SYLLABLE_WEIGHT + n_unspaced as f32 * UNSPACED_WEIGHT)
}

/// Characters that may stand in front of a line of furniture.
fn is_lead(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '–'
                | '—'
                | '•'
                | '·'
                | '*'
                | '▪'
                | '●'
                | '►'
                | '▶'
                | '▸'
                | '→'
                | '»'
                | '›'
                | '>'
                | '|'
                | '#'
                | '▼'
                | '■'
                | '◆'
                | '※'
                | '~'
                | '←'
                | '▷'
                | '⏵'
                | '○'
                | '◯'
                | '\u{200B}'
                | '\u{FEFF}'
                | '\u{FE0F}'
                | '\u{2600}'..='\u{27BF}'
                | '\u{1F300}'..='\u{1FAFF}'
        )
}

/// Characters that may stand behind one.
fn is_trail(c: char) -> bool {
    is_lead(c) || matches!(c, ':' | '.' | '…' | '!' | '：' | '。' | '！' | '<' | '«' | '‹' | '↓' | '⟩' | ',' | ';')
}

/// Folds one character: lower case, straight quotes, plain space; full-width letters and digits, the Arabic signs and
/// the letters that sites write with or without them, the dots of Hindi and the Turkish i come out in one form.
/// `None` where it vanishes.
pub(super) fn fold_char(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(if c.is_whitespace() { ' ' } else { c });
    }
    Some(match c {
        '’' | '‘' | '‛' | 'ʼ' | '`' | '´' => '\'',
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => '"',
        '‐' | '‑' | '–' | '—' | '−' => '-',
        '\u{200B}' | '\u{FEFF}' | '\u{AD}' | '\u{2060}' | '\u{FE0F}' => return None,
        // Turkish capitals lose the dot or keep it; which, their lower case alone would know.
        'İ' | 'ı' => 'i',
        'Ё' | 'ё' => 'е',
        // Arabic vowel marks and stretching, Hindi nukta: written or left out as the editor likes.
        '\u{64B}'..='\u{652}' | '\u{670}' | '\u{640}' | '\u{93C}' => return None,
        'أ' | 'إ' | 'آ' => 'ا',
        'ى' => 'ي',
        'ة' => 'ه',
        '\u{958}' => 'क',
        '\u{959}' => 'ख',
        '\u{95A}' => 'ग',
        '\u{95B}' => 'ज',
        '\u{95C}' => 'ड',
        '\u{95D}' => 'ढ',
        '\u{95E}' => 'फ',
        '\u{901}' => '\u{902}',
        // Full-width marks, letters and digits of East Asian type.
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).map_or(c, |c| c.to_ascii_lowercase()),
        c if c.is_whitespace() => ' ',
        c => c,
    })
}

/// A text as rules compare it: lower case, one space, straight quotes, no bullet or trailing arrow. Letters stay
/// letters one by one, so that the length in characters does not depend on the place.
pub fn fold(text: &str) -> String {
    let bare = text.trim_start_matches(is_lead).trim_end_matches(is_trail);
    fold_inside(if bare.is_empty() { text.trim() } else { bare })
}

/// As [`fold`], but nothing is taken off the ends.
pub fn fold_inside(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // A blank is no second one, and none stands in front.
    let mut is_apart = true;
    let mut rest = text;
    while let Some(&first) = rest.as_bytes().first() {
        if first.is_ascii() {
            // ASCII as it stands, up to white space other than a single blank.
            let mut last = if is_apart { b' ' } else { b'x' };
            let mut is_plain = |byte: u8| {
                let before = std::mem::replace(&mut last, byte);
                byte.is_ascii() && !matches!(byte, b'\t'..=b'\r') && (byte != b' ' || before != b' ')
            };
            let end = rest.bytes().position(|byte| !is_plain(byte)).unwrap_or(rest.len());
            if end > 0 {
                folded.push_str(&rest[..end]);
                is_apart = rest.as_bytes()[end - 1] == b' ';
                rest = &rest[end..];
            } else {
                if !is_apart {
                    folded.push(' ');
                    is_apart = true;
                }
                rest = &rest[1..];
            }
            continue;
        }
        let mut chars = rest.chars();
        while let Some(c) = chars.clone().next().filter(|c| !c.is_ascii()) {
            chars.next();
            match chars::entry(c).folded() {
                Folded::Vanishes => {}
                Folded::One(' ') => {
                    if !is_apart {
                        folded.push(' ');
                        is_apart = true;
                    }
                }
                Folded::One(c) => {
                    folded.push(c);
                    is_apart = false;
                }
                Folded::Several => {
                    folded.extend(fold_char(c).into_iter().flat_map(char::to_lowercase));
                    is_apart = false;
                }
            }
        }
        rest = chars.as_str();
    }
    folded.make_ascii_lowercase();
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

/// As [`fold_inside`], with the byte of `text` that each byte of the folded text came from (one more for the end).
pub fn fold_with_map(text: &str) -> (String, Vec<u32>) {
    let mut folded = String::with_capacity(text.len());
    let mut map = Vec::with_capacity(text.len() + 1);
    for (at, c) in text.char_indices().filter_map(|(at, c)| fold_char(c).map(|c| (at, c))) {
        if c == ' ' && (folded.is_empty() || folded.ends_with(' ')) {
            continue;
        }
        let before = folded.len();
        folded.extend(c.to_lowercase());
        map.resize(map.len() + folded.len() - before, at as u32);
    }
    map.push(text.len() as u32);
    (folded, map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_takes_off_bullets_arrows_and_case() {
        assert_eq!(fold("• Log in  or\u{A0}Register »"), "log in or register");
        assert_eq!(fold("Читайте также:"), "читайте также");
        assert_eq!(fold("Don’t “miss”"), "don't \"miss\"");
        assert_eq!(fold("---"), "---");
        assert_eq!(fold("👉 Подписаться"), "подписаться");
    }

    #[test]
    fn folding_evens_out_what_a_keyboard_may_leave_out() {
        assert_eq!(fold("GİRİŞ YAPIN"), fold("giriş yapın"));
        assert_eq!(fold("سجّل الدخول، أضف تعليقًا"), fold("سجل الدخول، اضف تعليقا"));
        assert_eq!(fold("आगे पढ\u{93C}ें"), fold("आगे प\u{95D}ें"));
        assert_eq!(fold("コメント（０）"), fold("コメント(0)"));
    }

    #[test]
    fn folding_knows_the_spellings_of_one_word() {
        assert_eq!(fold("اقرأ أيضاً:"), fold("اقرا ايضا"));
        assert_eq!(fold("ＡＩ要約"), "ai要約");
        assert_eq!(fold("YAZDIR"), fold("yazdır"));
        assert_eq!(fold("पढ़ें"), fold("पढें"));
    }

    #[test]
    fn the_map_leads_back_to_the_raw_text() {
        let raw = "Ab\u{A0} “Ц”";
        let (folded, map) = fold_with_map(raw);
        assert_eq!(folded, "ab \"ц\"");
        let at = folded.find('ц').unwrap();
        assert_eq!(&raw[map[at] as usize..][..2], "Ц");
        assert_eq!(map.len(), folded.len() + 1);
    }
}
