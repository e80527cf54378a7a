//! What script and language a piece of text is in. Comes in text, go out ISO codes with a score: a prior for a layout,
//! the final word for an article. The only user of whatlang. Never changes text, never decides what is noise.
//!
//! whatlang knows 70 languages and always names one of them. Three guards stand around it:
//! - a text in which no script holds most of the letters is unreliable, whatever the detector says;
//! - letters that no language of the set uses (Kazakh `қ`, Icelandic `þ`, Pashto `ښ`) make its guess unreliable;
//! - Malay, which it does not know, is told from Indonesian by function words.
//!
//! Known limits: Serbian and Bosnian in Latin letters come out as Croatian; languages of the Latin script that it does
//! not know and that have no letter of their own (Basque, Galician, Swahili) come out as a neighbour or as `und`.

mod given;
mod names;
pub mod people;
mod scripts;

use unicode_segmentation::UnicodeSegmentation;
use whatlang::{Detector, Lang};

pub use self::names::code_of;
use self::scripts::{EAST_ASIAN_SCRIPTS, kana_share};
pub use scripts::{has_hangul, is_letter, main_script, same_writing, script_counts};

/// The code for a language that is not known.
pub const UNDETERMINED: &str = "und";

/// The code for a text in several languages of which none holds [`MIN_MAIN_SHARE`].
pub const SEVERAL: &str = "mul";

/// Fewest letters of which a language is named: the contract's bound.
pub const MIN_LETTERS: usize = 20;

/// Share of the letters that a language must hold to be the article's: the contract's bound.
pub const MIN_MAIN_SHARE: f64 = 0.7;

/// Most letters that the detector is shown at once. Its cost grows with them, its answer changes little past a few
/// hundred: 0.1 ms for 400 letters of Latin text, 0.25 ms for 4000.
const MAX_GUESS_LETTERS: usize = 1200;

/// Letters taken from head, middle and tail of a layout for the prior, [`MAX_GUESS_LETTERS`] in all. Most come from
/// the middle, so that a menu at the head and a comment thread at the tail are outvoted.
const PRIOR_WINDOW_LETTERS: [usize; 3] = [200, 800, 200];

/// Share of the letters that the main script must hold for a reliable guess. The detector looks at the letters of
/// the largest script alone, however small its lead.
const MIN_SCRIPT_SHARE: f64 = 0.6;

/// Share of kana among kana and Han letters from which on a text is Japanese: newspaper headlines, rich in Han, lie
/// at 0.2 to 0.4, Chinese texts that quote Japanese names below 0.1.
const SURE_KANA_SHARE: f64 = 0.15;

/// Share of kana below which a text is Chinese for sure.
const STRAY_KANA_SHARE: f64 = 0.03;

/// Share of letters that no language of the detector's set uses from which on its guess is not believed: Kazakh and
/// Tajik texts hold 5 % and more, a Russian text with one Kazakh name stays below.
const MAX_UNKNOWN_LETTER_SHARE: f64 = 0.01;

/// Fewest letters of a paragraph whose language may differ from the article's. Below, about one English paragraph in
/// thirty is taken for a neighbour.
const MIN_FOREIGN_LETTERS: usize = 80;

/// The same between close neighbours ([`NEIGHBOURS`]).
const MIN_NEIGHBOUR_LETTERS: usize = 250;

/// Languages that the detector mixes up on short texts.
#[rustfmt::skip]
const NEIGHBOURS: &[&[&str]] = &[
    &["rus", "ukr", "bel", "bul", "mkd", "srp"], &["hrv", "slv", "srp"], &["ces", "slk"], &["dan", "nob", "swe"],
    &["spa", "por", "cat"], &["ind", "zsm", "jav"], &["nld", "afr"], &["tur", "aze", "tuk", "uzb"],
    &["hin", "mar", "nep"], &["arb", "pes", "urd"],
];

/// Languages among which a paragraph is compared first, beside the article's own: one for each family, so that a
/// foreign paragraph lands elsewhere. All 37 Latin languages are asked only where the article's own does not win.
const PANEL: &[Lang] = &[
    Lang::Eng,
    Lang::Fra,
    Lang::Spa,
    Lang::Deu,
    Lang::Pol,
    Lang::Hrv,
    Lang::Fin,
    Lang::Tur,
    Lang::Ind,
    Lang::Ron,
    Lang::Tgl,
];

/// Function words of a language of the Latin script, few of them its neighbours' too. A paragraph that holds
/// [`MIN_COMMON_SHARE`] of them is in that language, and the detector, a hundred times as slow, is not asked.
#[rustfmt::skip]
const COMMON_WORDS: &[(&str, &[&str])] = &[
    ("eng", &["the", "of", "and", "to", "that", "for", "with", "by", "from", "has", "you", "your", "are", "this", "have",
        "their", "they", "which", "these", "when", "will", "more", "our", "it", "but", "if", "than", "how"]),
    ("spa", &["los", "las", "y", "con", "por", "para", "su", "es", "el"]),
    ("por", &["o", "os", "em", "um", "uma", "do", "da", "dos", "das", "na", "ao"]),
    ("fra", &["le", "les", "et", "des", "du", "est", "une", "dans", "pour", "au", "qui"]),
    ("deu", &["der", "die", "und", "das", "den", "von", "zu", "mit", "ist", "auf", "für", "dem"]),
    ("ita", &["il", "di", "che", "per", "è", "del", "della", "gli", "non"]),
    ("ind", &["yang", "dan", "untuk", "dengan", "itu", "ini", "dari", "pada", "akan"]),
    ("tur", &["ve", "bir", "bu", "için", "ile", "olarak"]),
    ("pol", &["w", "i", "na", "z", "się", "nie", "że", "jest", "oraz"]),
    ("nld", &["het", "een", "van", "dat", "zijn", "voor", "met", "niet", "op"]),
];

/// Longest of these words, in bytes.
const MAX_COMMON_BYTES: usize = 6;

/// Share of the words of a paragraph: texts in the language hold 0.1 to 0.25, its closest neighbours below 0.06.
const MIN_COMMON_SHARE: f64 = 0.08;

/// The same for English, of which more words are known, some of them its neighbours' too. Of the sentences of lingua's
/// test data 83 % of the English ones hold as much, and of no other language 1 %, where 0.08 takes up to 4.3 %.
const MIN_COMMON_ENGLISH_SHARE: f64 = 0.16;

/// Fewest words of a paragraph that the share is asked of.
const MIN_COMMON_WORDS: usize = 12;

/// Function words of Malay and of Indonesian, which the other language writes otherwise.
const MALAY_WORDS: &[&str] =
    &["bahawa", "kerana", "ialah", "iaitu", "manakala", "sahaja", "boleh", "beliau", "berkenaan", "supaya", "polis"];
const INDONESIAN_WORDS: &[&str] =
    &["bahwa", "karena", "yaitu", "saja", "bisa", "sedangkan", "polisi", "dia", "tersebut", "namun", "agar"];

/// Fewest words of one side, and how many times those of the other, that tell Malay from Indonesian.
const MIN_TELLING_WORDS: usize = 2;

/// What language a text seems to be in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guess {
    /// ISO 639-3; [`UNDETERMINED`] under [`MIN_LETTERS`] letters.
    pub code: &'static str,
    /// 0..=1.
    pub score: f32,
    /// Whether the guess may be relied on.
    pub is_reliable: bool,
}

impl Guess {
    const NONE: Guess = Guess { code: UNDETERMINED, score: 0.0, is_reliable: false };
}

/// Script of a layout before anything was judged. (Its language is told from the article, when the noise is gone.)
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Prior {
    /// ISO 15924, none without letters.
    pub script: Option<&'static str>,
    /// Share of the letters that the main script holds, 0..=1.
    pub script_share: f32,
}

/// Language of an article as its columns say it.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleLanguage {
    /// ISO 639-3, [`UNDETERMINED`] or [`SEVERAL`].
    pub language: String,
    /// ISO 15924, none without letters.
    pub script: Option<String>,
    /// 0..=1 for the best guess.
    pub score: f32,
    /// Share of words in paragraphs of another language, 0..=1; none where the language is not determined.
    pub foreign_share: Option<f32>,
}

/// Guesses the language of a text from its first 1200 letters.
pub fn guess(text: &str) -> Guess {
    Sample::of(text).guess_among(None)
}

/// The head of a text, counted once for all that is asked of it.
struct Sample<'t> {
    text: &'t str,
    counts: Vec<(&'static str, usize)>,
}

impl<'t> Sample<'t> {
    fn of(text: &'t str) -> Self {
        let text = head_letters(text, MAX_GUESS_LETTERS);
        Self { text, counts: script_counts(text) }
    }

    /// Guesses among some languages (all without them).
    fn guess_among(&self, allowed: Option<&[Lang]>) -> Guess {
        let letters: usize = self.counts.iter().map(|(_, n)| n).sum();
        if letters < MIN_LETTERS {
            return Guess::NONE;
        }
        let share = scripts::main_share(&self.counts);
        if let Some(code) = main_script_of_east(&self.counts) {
            let score = if code.1 { share } else { share / 2.0 };
            return Guess { code: code.0, score: score as f32, is_reliable: code.1 && share >= MIN_SCRIPT_SHARE };
        }
        let detector = allowed.map_or_else(Detector::new, |allowed| Detector::with_allowlist(allowed.to_vec()));
        let Some(info) = detector.detect(self.text) else { return Guess::NONE };
        let unknown = scripts::unknown_letters(self.text) as f64 / letters as f64;
        let is_known = unknown <= MAX_UNKNOWN_LETTER_SHARE;
        let score = if is_known { info.confidence() } else { info.confidence() / 2.0 };
        let code = match info.lang() {
            Lang::Ara => "arb",
            Lang::Ind if is_malay(self.text) => "zsm",
            lang => lang.code(),
        };
        Guess { code, score: score as f32, is_reliable: info.is_reliable() && is_known && share >= MIN_SCRIPT_SHARE }
    }
}

/// Chinese, Japanese or Korean, told by the letters alone, and whether that is sure.
fn main_script_of_east(counts: &[(&'static str, usize)]) -> Option<(&'static str, bool)> {
    match scripts::largest(counts)? {
        "Hang" => Some(("kor", true)),
        script if EAST_ASIAN_SCRIPTS.contains(&script) => {
            let kana = kana_share(counts);
            Some(match () {
                () if kana >= SURE_KANA_SHARE => ("jpn", true),
                () if kana >= (SURE_KANA_SHARE + STRAY_KANA_SHARE) / 2.0 => ("jpn", false),
                () => ("cmn", kana < STRAY_KANA_SHARE),
            })
        }
        _ => None,
    }
}

/// Whether a text that looks Indonesian has the function words of Malay.
fn is_malay(text: &str) -> bool {
    let count = |words: &[&str]| {
        text.split(|c: char| !is_letter(c)).filter(|w| words.iter().any(|m| m.eq_ignore_ascii_case(w))).count()
    };
    let malay = count(MALAY_WORDS);
    malay >= MIN_TELLING_WORDS && malay >= MIN_TELLING_WORDS * count(INDONESIAN_WORDS)
}

/// Script and language of a layout, from a bounded sample of its head, middle and tail.
pub fn prior(text: &str) -> Prior {
    let [head, middle, tail] = PRIOR_WINDOW_LETTERS;
    let mut sample = String::new();
    let mut taken = 0;
    let centre = floor_boundary(text, text.len() / 2);
    let starts = [0, tail_letters(&text[..centre], middle / 2), tail_letters(text, tail)];
    for (start, letters) in starts.into_iter().zip([head, middle, tail]) {
        let piece = head_letters(&text[start.max(taken)..], letters);
        sample.push_str(piece);
        sample.push(' ');
        taken = start.max(taken) + piece.len();
    }
    let script_share = scripts::main_share(&script_counts(&sample)) as f32;
    Prior { script: main_script(&sample), script_share }
}

/// A paragraph as weighed.
struct Weighed {
    letters: usize,
    /// Its own language, where that is reliable and not the document's.
    own: Option<Guess>,
}

/// Language of an article from its paragraphs: what the whole looks like, corrected by paragraphs that are reliably
/// in another language.
pub fn article_language(paragraphs: &[&str]) -> ArticleLanguage {
    let letters: Vec<usize> = paragraphs.iter().map(|p| count_letters(p)).collect();
    let total: usize = letters.iter().sum();
    let sample = spread_sample(paragraphs, &letters, total);
    let script = main_script(&sample).map(str::to_owned);
    let document = guess(&sample);
    if total < MIN_LETTERS {
        return ArticleLanguage { language: UNDETERMINED.to_owned(), script, score: 0.0, foreign_share: None };
    }
    let weighed: Vec<Weighed> =
        paragraphs.iter().zip(letters).map(|(p, letters)| weigh(p, letters, &document)).collect();
    let mut weights: Vec<(&'static str, usize)> = Vec::new();
    for paragraph in &weighed {
        let code = paragraph.own.map_or(document.code, |own| own.code);
        match weights.iter_mut().find(|(known, _)| *known == code) {
            Some((_, weight)) => *weight += paragraph.letters,
            None => weights.push((code, paragraph.letters)),
        }
    }
    weights.sort_by_key(|&(code, weight)| (std::cmp::Reverse(weight), code));
    let (best, weight) = weights.first().copied().unwrap_or((UNDETERMINED, 0));
    let of_best: Vec<Guess> = weighed.iter().filter_map(|p| p.own).filter(|own| own.code == best).collect();
    let is_reliable = !of_best.is_empty() || (best == document.code && document.is_reliable);
    let holds_most = weight as f64 >= MIN_MAIN_SHARE * total as f64;
    let language = match (holds_most, is_reliable) {
        (true, true) => best,
        (false, _) => SEVERAL,
        (true, false) => UNDETERMINED,
    };
    let score = of_best.iter().map(|own| own.score).fold(0.0, f32::max);
    let score = if best == document.code { document.score.max(score) } else { score };
    let foreign_share = (language != UNDETERMINED).then(|| foreign_share(paragraphs, &weighed, best, document.code));
    ArticleLanguage { language: language.to_owned(), script, score, foreign_share }
}

/// Finds out whether a paragraph is reliably in another language than the document seems to be.
fn weigh(text: &str, letters: usize, document: &Guess) -> Weighed {
    let follows = Weighed { letters, own: None };
    if letters < MIN_LETTERS {
        return follows;
    }
    let sample = Sample::of(text);
    let other_script = scripts::largest(&sample.counts).is_some_and(|script| !scripts::writes(document.code, script));
    if !other_script && letters < MIN_FOREIGN_LETTERS {
        return follows;
    }
    if document.is_reliable && !other_script && has_common_words(text, document.code) {
        return follows;
    }
    if let Some(lang) = Lang::from_code(whatlang_code(document.code)).filter(|_| document.is_reliable && !other_script)
    {
        let mut panel = PANEL.to_vec();
        panel.extend(script_mates(lang));
        if !panel.contains(&lang) {
            panel.push(lang);
        }
        if sample.guess_among(Some(&panel)).code == document.code {
            return follows;
        }
    }
    let own = sample.guess_among(None);
    let are_neighbours = NEIGHBOURS.iter().any(|group| group.contains(&own.code) && group.contains(&document.code));
    let is_long = !are_neighbours || letters >= MIN_NEIGHBOUR_LETTERS;
    let differs = own.code != document.code || !document.is_reliable;
    Weighed { letters, own: Some(own).filter(|own| own.is_reliable && is_long && differs) }
}

/// Whether a paragraph holds the common words of a language.
fn has_common_words(text: &str, code: &str) -> bool {
    let Some((_, common)) = COMMON_WORDS.iter().find(|(known, _)| *known == code) else { return false };
    let common: Vec<u64> = common.iter().map(|word| packed(word.as_bytes())).collect();
    let min_share = if code == "eng" { MIN_COMMON_ENGLISH_SHARE } else { MIN_COMMON_SHARE };
    let (mut all, mut hits) = (0_usize, 0_usize);
    let mut start = None;
    let mut at = 0;
    loop {
        let (is_part, n_bytes) = match text.as_bytes().get(at) {
            Some(byte) if byte.is_ascii() => (byte.is_ascii_alphabetic(), 1),
            Some(_) => text[at..].chars().next().map_or((false, 1), |c| (is_letter(c), c.len_utf8())),
            None => (false, 1),
        };
        match (is_part, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                start = None;
                all += 1;
                let is_short = at - from <= MAX_COMMON_BYTES;
                if is_short && common.contains(&packed(&text.as_bytes()[from..at])) {
                    hits += 1;
                    // Enough, however many words are still to come.
                    let most = all + (text.len() - at).div_ceil(2);
                    if all >= MIN_COMMON_WORDS && hits as f64 >= min_share * most as f64 {
                        return true;
                    }
                }
            }
            _ => {}
        }
        if at >= text.len() {
            break;
        }
        at += n_bytes;
    }
    all >= MIN_COMMON_WORDS && hits as f64 >= min_share * all as f64
}

/// A word of up to eight bytes as one number, capitals of ASCII made small.
fn packed(word: &[u8]) -> u64 {
    word.iter().fold(0, |packed, byte| packed << 8 | u64::from(byte.to_ascii_lowercase()))
}

/// The detector's name of a code.
fn whatlang_code(code: &'static str) -> &'static str {
    match code {
        "arb" => "ara",
        "zsm" => "ind",
        code => code,
    }
}

/// The languages of a language's script, where they are few enough to compare all at once.
fn script_mates(lang: Lang) -> Vec<Lang> {
    use whatlang::Script::{Arabic, Cyrillic, Devanagari, Hebrew};
    let small = [Cyrillic, Arabic, Devanagari, Hebrew];
    small.iter().map(|script| script.langs()).find(|langs| langs.contains(&lang)).unwrap_or_default().to_vec()
}

/// Share of words in paragraphs that are not in the best language.
fn foreign_share(paragraphs: &[&str], weighed: &[Weighed], best: &str, document: &str) -> f32 {
    let is_foreign = |p: &Weighed| p.own.map_or(document, |own| own.code) != best;
    if !weighed.iter().any(is_foreign) {
        return 0.0;
    }
    let (mut all, mut foreign) = (0_usize, 0_usize);
    for (text, weighed) in paragraphs.iter().zip(weighed) {
        let words = text.unicode_words().count();
        all += words;
        foreign += if is_foreign(weighed) { words } else { 0 };
    }
    if all == 0 { 0.0 } else { foreign as f32 / all as f32 }
}

/// Number of letters.
fn count_letters(text: &str) -> usize {
    let (n_ascii, others) = scripts::ascii_and_others(text);
    n_ascii + others.filter(|c| is_letter(*c)).count()
}

/// The beginning of a text up to a number of letters.
fn head_letters(text: &str, max_letters: usize) -> &str {
    if text.len() <= max_letters {
        return text;
    }
    let cut = text.char_indices().filter(|(_, c)| is_letter(*c)).nth(max_letters);
    cut.map_or(text, |(i, _)| &text[..i])
}

/// Where the last letters of a text start.
fn tail_letters(text: &str, max_letters: usize) -> usize {
    text.char_indices().rev().filter(|(_, c)| is_letter(*c)).nth(max_letters).map_or(0, |(i, c)| i + c.len_utf8())
}

/// The character border at or before a position.
fn floor_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A sample of [`MAX_GUESS_LETTERS`] letters to which each paragraph adds its share.
fn spread_sample(paragraphs: &[&str], letters: &[usize], total: usize) -> String {
    let mut sample = String::new();
    for (text, letters) in paragraphs.iter().zip(letters) {
        let is_whole = total <= MAX_GUESS_LETTERS;
        sample.push_str(if is_whole { text } else { head_letters(text, letters * MAX_GUESS_LETTERS / total + 1) });
        sample.push('\n');
    }
    sample
}

#[cfg(test)]
mod tests;
