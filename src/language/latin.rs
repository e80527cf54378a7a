//! Which language a text in Latin script is in: comes in a text, goes out the answer that whatlang gives, to the last
//! bit, in a fifth of the time. Decides nothing by itself.
//!
//! whatlang looks all 300 trigrams of each of 37 languages up in the text; here the trigrams of the text are looked up in
//! one table of all languages. The data are its own, the arithmetic is kept step by step, and a test compares the two.

use std::cmp::Reverse;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use whatlang::{Lang, Script};

/// One language a line: its code, its alphabet and its trigrams, the most common first.
const DATA: &str = include_str!("latin.txt");

/// Trigrams of a language, and the distance of one that the text does not have.
const MAX_DISTANCE: i32 = 300;
/// Trigrams of a text that count.
const MAX_TRIGRAMS: usize = 600;

/// A trigram: three characters of 21 bits, in order.
type Trigram = u64;

fn pushed(trigram: Trigram, c: char) -> Trigram {
    (trigram << 21 | u64::from(c)) & ((1 << 63) - 1)
}

/// What is known of all languages, turned about.
struct Tables {
    langs: Vec<Lang>,
    /// The languages whose alphabet has a letter, a bit each.
    alphabets: FxHashMap<char, u64>,
    /// The languages that know a trigram, and its rank there.
    trigrams: FxHashMap<Trigram, Vec<(u8, u16)>>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables { langs: Vec::new(), alphabets: FxHashMap::default(), trigrams: FxHashMap::default() };
    for line in DATA.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let [Some(code), Some(alphabet), Some(trigrams)] = [cells.next(), cells.next(), cells.next()] else { continue };
        let Some(lang) = Lang::from_code(code) else { continue };
        let number = tables.langs.len() as u8;
        tables.langs.push(lang);
        for letter in alphabet.chars() {
            *tables.alphabets.entry(letter).or_default() |= 1 << number;
        }
        let chars: Vec<char> = trigrams.chars().map(|c| if c == '_' { ' ' } else { c }).collect();
        for (rank, trigram) in (0_u16..).zip(chars.chunks_exact(3)) {
            let trigram = trigram.iter().fold(0, |trigram, &c| pushed(trigram, c));
            tables.trigrams.entry(trigram).or_default().push((number, rank));
        }
    }
    tables
});

/// What a text seems to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Answer {
    pub(super) lang: Lang,
    pub(super) confidence: f64,
}

/// Space, punctuation or digit.
fn is_stop(c: char) -> bool {
    matches!(c, '\0'..='\u{40}' | '\u{5B}'..='\u{60}' | '\u{7B}'..='\u{7E}')
}

/// The language of a text in Latin script, among some or all.
pub(super) fn detect(text: &str, allowed: Option<&[Lang]>) -> Option<Answer> {
    let text = text.to_lowercase();
    let (alphabets, n_letters) = by_alphabet(&text);
    let (trigrams, n_trigrams) = by_trigrams(&text);
    let is_allowed = |lang: &Lang| allowed.is_none_or(|allowed| allowed.contains(lang));
    let mut letters: Vec<(Lang, usize)> =
        Script::Latin.langs().iter().copied().filter(is_allowed).map(|lang| (lang, alphabets[lang as usize])).collect();
    letters.sort_unstable_by_key(|(_, score)| Reverse(*score));
    let alphabet_weight = (-(n_letters as f64 / 300.0) + 2.0 / 3.0).clamp(1.0 / 3.0, 2.0 / 3.0);
    let trigram_weight = 1.0 - alphabet_weight;
    let mut scores: Vec<(Lang, f64)> = letters
        .into_iter()
        .map(|(lang, score)| {
            let by_alphabet = score as f64 / n_letters as f64;
            (lang, by_alphabet * alphabet_weight + trigrams[lang as usize] * trigram_weight)
        })
        .collect();
    scores.sort_unstable_by(|a, b| b.1.partial_cmp(&a.1).unwrap_or(std::cmp::Ordering::Less));
    let &(lang, best) = scores.first()?;
    Some(Answer { lang, confidence: scores.get(1).map_or(1.0, |&(_, second)| confidence(best, second, n_trigrams)) })
}

/// How far the best score lies before the second.
fn confidence(best: f64, second: f64, n_trigrams: usize) -> f64 {
    if best == 0.0 || second == 0.0 {
        return best;
    }
    let sure = (3.0 / n_trigrams as f64) + 0.015;
    let lead = (best - second) / second;
    if lead > sure { 1.0 } else { lead / sure }
}

/// For each language how many more letters of a text its alphabet has than it has not, and the number of letters.
fn by_alphabet(text: &str) -> (Vec<usize>, usize) {
    let mut n_letters = 0;
    let mut ascii = [0_usize; 128];
    let mut others: FxHashMap<char, usize> = FxHashMap::default();
    for c in text.chars().filter(|&c| !is_stop(c)) {
        n_letters += 1;
        match ascii.get_mut(c as usize) {
            Some(n) => *n += 1,
            None => *others.entry(c).or_default() += 1,
        }
    }
    let tables = &*TABLES;
    let mut n_known = vec![0; tables.langs.len()];
    let ascii = (0_u8..).map(char::from).zip(ascii).filter(|&(_, n)| n > 0);
    for (c, n) in ascii.chain(others) {
        let mut langs = tables.alphabets.get(&c).copied().unwrap_or(0);
        while langs != 0 {
            n_known[langs.trailing_zeros() as usize] += n;
            langs &= langs - 1;
        }
    }
    let mut scores = vec![0; Lang::all().len()];
    for (&lang, n_known) in tables.langs.iter().zip(n_known) {
        scores[lang as usize] = (2 * n_known).saturating_sub(n_letters);
    }
    (scores, n_letters)
}

/// For each language how near the ranks of its trigrams are to those of a text, 0..=1, and the number of trigrams.
fn by_trigrams(text: &str) -> (Vec<f64>, usize) {
    let mut counts: FxHashMap<Trigram, u32> = FxHashMap::default();
    counts.reserve(text.len().min(2 * MAX_TRIGRAMS));
    let chars = text.chars().map(|c| if is_stop(c) { ' ' } else { c }).chain([' ']);
    let (mut first, mut second) = (' ', ' ');
    for (n, third) in chars.enumerate() {
        if n > 0 && !(second == ' ' && (first == ' ' || third == ' ')) {
            let trigram = [first, second, third].into_iter().fold(0, pushed);
            *counts.entry(trigram).or_default() += 1;
        }
        (first, second) = (second, third);
    }
    let mut ranked: Vec<(u32, Trigram)> = counts.into_iter().map(|(trigram, count)| (count, trigram)).collect();
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    ranked.truncate(MAX_TRIGRAMS);
    let tables = &*TABLES;
    let mut distances = vec![MAX_DISTANCE * MAX_DISTANCE; tables.langs.len()];
    for (rank, (_, trigram)) in (0_i32..).zip(&ranked) {
        for &(number, known) in tables.trigrams.get(trigram).map_or(&[][..], Vec::as_slice) {
            distances[usize::from(number)] -= MAX_DISTANCE - (rank - i32::from(known)).abs();
        }
    }
    // A short text cannot have all trigrams of a language.
    let n_missing = MAX_DISTANCE - ranked.len().min(MAX_DISTANCE as usize) as i32;
    let most = ranked.len() as i32 * MAX_DISTANCE;
    let mut scores = vec![0.0; Lang::all().len()];
    for (&lang, distance) in tables.langs.iter().zip(distances) {
        let distance = (distance - n_missing * MAX_DISTANCE).clamp(0, MAX_DISTANCE * MAX_DISTANCE);
        scores[lang as usize] = f64::from(most - distance) / f64::from(most);
    }
    (scores, ranked.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        assert_eq!(TABLES.langs.len(), Script::Latin.langs().len());
        assert_eq!(TABLES.trigrams.values().map(Vec::len).sum::<usize>(), TABLES.langs.len() * MAX_DISTANCE as usize);
    }

    #[test]
    fn the_answer_is_that_of_whatlang_to_the_last_bit() {
        let mut texts = vec!["Straße İstanbul ǅ – 12 x".to_owned(), "aaaa aaa".into(), "Kobbari".into()];
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/expected");
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            texts.extend(text.lines().filter(|line| !line.is_empty()).map(str::to_owned));
            texts.push(text.chars().take(1500).collect());
        }
        let panel = [Lang::Eng, Lang::Deu, Lang::Pol, Lang::Ind];
        let mut n_compared = 0;
        for text in texts.iter().filter(|text| whatlang::detect_script(text) == Some(Script::Latin)) {
            for allowed in [None, Some(&panel[..])] {
                let expected = match allowed {
                    Some(allowed) => whatlang::Detector::with_allowlist(allowed.to_vec()).detect(text),
                    None => whatlang::detect(text),
                };
                let expected = expected.map(|info| Answer { lang: info.lang(), confidence: info.confidence() });
                let bits = |answer: Option<Answer>| answer.map(|a| (a.lang, a.confidence.to_bits()));
                assert_eq!(bits(detect(text, allowed)), bits(expected), "{text}");
                n_compared += 1;
            }
        }
        assert!(n_compared > 100, "{n_compared}");
    }
}
