//! Scripts by ISO 15924: how many letters of which, which is the main one.

use unicode_script::{Script, UnicodeScript};

/// Scripts of Chinese and Japanese, which are counted as one.
pub(super) const EAST_ASIAN_SCRIPTS: &[&str] = &["Hani", "Hira", "Kana", "Bopo"];

/// How many letters of an alphabet one Han, kana or Hangul letter is worth when scripts are weighed against each
/// other: a Chinese news text has about a third of the characters of its English translation.
const EAST_ASIAN_WEIGHT: usize = 2;

/// Share of kana among kana and Han letters from which on the script is called Japanese.
const MIN_KANA_SHARE: f64 = 0.05;

/// Letters that stand in simplified texts alone, and in traditional ones alone: among the most frequent of each.
const SIMPLIFIED: &str = "们这说时国会为个对过还发经与门关问东车长开马见现实话电业两么几从边让应办报记战级";
const TRADITIONAL: &str = "們這說時國會為個對過還發經與門關問東車長開馬見現實話電業兩麼幾從邊讓應辦報記戰級";

/// Fewest such letters, and how many times those of the other side, that make a text simplified or traditional.
const MIN_TELLING_LETTERS: usize = 4;
const TELLING_RATIO: usize = 9;

/// Letters of languages that the detector does not know, by their scripts: Cyrillic past `ґ` is tested by range.
const UNKNOWN_LATIN: &str = "þÞðħĦġĠŋŊɓɗƙ";
const UNKNOWN_ARABIC: &str = "ټډړښځڅڼۍېێۆڕڵەۇۈۋ";

/// [`char::is_alphabetic`], quick for the scripts that most texts are in.
pub fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\x7F' => c.is_ascii_alphabetic(),
        '\u{C0}'..='\u{24F}' => !matches!(c, '×' | '÷'),
        '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' => true,
        _ => c.is_alphabetic(),
    }
}

/// The script of a letter, quick for the scripts that most texts are in.
fn script_of(c: char) -> Script {
    match c {
        '\u{C0}'..='\u{24F}' => Script::Latin,
        '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}' => Script::Cyrillic,
        '\u{4E00}'..='\u{9FFF}' => Script::Han,
        '\u{AC00}'..='\u{D7A3}' => Script::Hangul,
        _ => c.script(),
    }
}

/// Number of ASCII letters of a text, and its other characters: of most texts few.
pub(super) fn ascii_and_others(text: &str) -> (usize, impl Iterator<Item = char>) {
    let n_ascii = text.bytes().filter(u8::is_ascii_alphabetic).count();
    // A byte that begins a character behind ASCII.
    let starts = text.bytes().enumerate().filter(|&(_, byte)| byte >= 0xC0);
    (n_ascii, starts.filter_map(|(at, _)| text[at..].chars().next()))
}

/// Letters of each script, the most frequent first, then by name. Letters that several scripts share are not counted.
pub fn script_counts(text: &str) -> Vec<(&'static str, usize)> {
    let mut counts: Vec<(Script, usize)> = Vec::new();
    let (latin, others) = ascii_and_others(text);
    for c in others.filter(|c| is_letter(*c)) {
        let script = script_of(c);
        if matches!(script, Script::Common | Script::Inherited | Script::Unknown) {
            continue;
        }
        match counts.iter_mut().find(|(known, _)| *known == script) {
            Some((_, n)) => *n += 1,
            None => counts.push((script, 1)),
        }
    }
    if latin > 0 {
        match counts.iter_mut().find(|(known, _)| *known == Script::Latin) {
            Some((_, n)) => *n += latin,
            None => counts.push((Script::Latin, latin)),
        }
    }
    let mut named: Vec<(&'static str, usize)> = counts.into_iter().map(|(s, n)| (s.short_name(), n)).collect();
    named.sort_by_key(|&(name, n)| (std::cmp::Reverse(n), name));
    named
}

/// The script that holds most letters, by its ISO 15924 code; none without letters.
///
/// Han, Hiragana and Katakana count as one: `Jpan` with kana, `Hans` or `Hant` where the telling letters are all but
/// of one side, else `Hani`. Korean is `Hang`, as language data sets (FLORES, GlotLID, FineWeb-2) name it.
pub fn main_script(text: &str) -> Option<&'static str> {
    let counts = script_counts(text);
    let largest = largest(&counts)?;
    if !EAST_ASIAN_SCRIPTS.contains(&largest) {
        return Some(largest);
    }
    if kana_share(&counts) >= MIN_KANA_SHARE {
        return Some("Jpan");
    }
    let (mut simplified, mut traditional) = (0, 0);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        simplified += usize::from(SIMPLIFIED.contains(c));
        traditional += usize::from(TRADITIONAL.contains(c));
    }
    Some(match () {
        () if simplified >= MIN_TELLING_LETTERS && simplified >= TELLING_RATIO * traditional => "Hans",
        () if traditional >= MIN_TELLING_LETTERS && traditional >= TELLING_RATIO * simplified => "Hant",
        () => "Hani",
    })
}

/// Whether two scripts, as [`main_script`] names them, are used in one writing system.
pub fn same_writing(a: &str, b: &str) -> bool {
    let is_east_asian =
        |script: &str| EAST_ASIAN_SCRIPTS.contains(&script) || matches!(script, "Jpan" | "Hans" | "Hant");
    a == b || (is_east_asian(a) && is_east_asian(b))
}

/// Whether a text holds Hangul.
pub fn has_hangul(text: &str) -> bool {
    // Its first letters stand behind those of most alphabets.
    text.chars().any(|c| c >= '\u{1100}' && script_of(c) == Script::Hangul)
}

/// The script that weighs most, Chinese and Japanese scripts taken together under the largest of them.
pub(super) fn largest(counts: &[(&'static str, usize)]) -> Option<&'static str> {
    let east = east_weight(counts);
    let first_east = counts.iter().find(|(script, _)| EAST_ASIAN_SCRIPTS.contains(script));
    let best = counts.iter().filter(|(script, _)| !EAST_ASIAN_SCRIPTS.contains(script)).max_by_key(|c| weight(c));
    match (first_east, best) {
        (Some((script, _)), Some(best)) => Some(if east >= weight(best) { script } else { best.0 }),
        (Some((script, _)), None) => Some(script),
        (None, best) => best.map(|(script, _)| *script),
    }
}

/// Share of the main script in the weight of all letters, 0..=1.
pub(super) fn main_share(counts: &[(&'static str, usize)]) -> f64 {
    let all: usize = counts.iter().map(weight).sum();
    let best = counts.iter().filter(|(script, _)| !EAST_ASIAN_SCRIPTS.contains(script)).map(weight).max();
    let main = best.unwrap_or(0).max(east_weight(counts));
    if all == 0 { 0.0 } else { main as f64 / all as f64 }
}

/// Share of kana among kana and Han letters, 0..=1.
pub(super) fn kana_share(counts: &[(&'static str, usize)]) -> f64 {
    let of = |wanted: &[&str]| -> usize { counts.iter().filter(|(s, _)| wanted.contains(s)).map(|(_, n)| n).sum() };
    let (kana, all) = (of(&["Hira", "Kana"]), of(EAST_ASIAN_SCRIPTS));
    if all == 0 { 0.0 } else { kana as f64 / all as f64 }
}

fn weight((script, n): &(&'static str, usize)) -> usize {
    if *script == "Hang" || EAST_ASIAN_SCRIPTS.contains(script) { n * EAST_ASIAN_WEIGHT } else { *n }
}

fn east_weight(counts: &[(&'static str, usize)]) -> usize {
    counts.iter().filter(|(script, _)| EAST_ASIAN_SCRIPTS.contains(script)).map(weight).sum()
}

/// Whether a language of the detector's set is written in a script; an unknown language in any.
pub(super) fn writes(code: &str, script: &str) -> bool {
    match code {
        super::UNDETERMINED => true,
        "cmn" | "jpn" => EAST_ASIAN_SCRIPTS.contains(&script),
        "kor" => script == "Hang",
        "rus" | "ukr" | "bel" | "bul" | "mkd" | "srp" => script == "Cyrl",
        "arb" | "pes" | "urd" => script == "Arab",
        "hin" | "mar" | "nep" => script == "Deva",
        "heb" | "yid" => script == "Hebr",
        "ell" => script == "Grek",
        "kat" => script == "Geor",
        "hye" => script == "Armn",
        "ben" => script == "Beng",
        "tam" => script == "Taml",
        "tel" => script == "Telu",
        "kan" => script == "Knda",
        "mal" => script == "Mlym",
        "guj" => script == "Gujr",
        "pan" => script == "Guru",
        "ori" => script == "Orya",
        "sin" => script == "Sinh",
        "tha" => script == "Thai",
        "khm" => script == "Khmr",
        "mya" => script == "Mymr",
        "amh" => script == "Ethi",
        _ => script == "Latn",
    }
}

/// Number of letters that no language of the detector's set uses.
pub(super) fn unknown_letters(text: &str) -> usize {
    let is_unknown = |c: char| match c {
        // Past `ґ`: letters of Kazakh, Kyrgyz, Tatar, Tajik, Mongolian and others.
        '\u{0492}'..='\u{052f}' => true,
        '\u{0080}'..='\u{02af}' => UNKNOWN_LATIN.contains(c),
        '\u{0600}'..='\u{06ff}' => UNKNOWN_ARABIC.contains(c),
        _ => false,
    };
    if text.is_ascii() { 0 } else { text.chars().filter(|&c| is_unknown(c)).count() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted_by_script() {
        assert_eq!(script_counts("Pier 7, пирс й"), [("Cyrl", 5), ("Latn", 4)]);
        assert_eq!(script_counts("12:30 — …"), []);
        assert_eq!(script_counts("é ä ab"), [("Latn", 4)]);
    }

    #[test]
    fn the_main_script_is_named_as_data_sets_name_it() {
        assert_eq!(main_script("The pier"), Some("Latn"));
        assert_eq!(main_script("Пирс и мол (pier)"), Some("Cyrl"));
        assert_eq!(main_script("港の橋は来週から通れる"), Some("Jpan"));
        assert_eq!(main_script("这座桥下个月对车辆开放，记者说"), Some("Hans"));
        assert_eq!(main_script("這座橋下個月對車輛開放，記者說"), Some("Hant"));
        assert_eq!(main_script("大桥"), Some("Hani"));
        assert_eq!(main_script("다리가 다시 열린다"), Some("Hang"));
        assert_eq!(main_script("الجسر"), Some("Arab"));
        assert_eq!(main_script("123"), None);
    }

    #[test]
    fn han_letters_outweigh_a_few_names_in_latin_letters() {
        assert_eq!(main_script("Harbour Times 说这座桥对车开放了"), Some("Hans"));
    }

    #[test]
    fn no_telling_letter_stands_on_both_lists() {
        assert!(SIMPLIFIED.chars().all(|c| !TRADITIONAL.contains(c)));
        assert_eq!(SIMPLIFIED.chars().count(), TRADITIONAL.chars().count());
    }
}

#[cfg(test)]
mod quick {
    use super::*;

    #[test]
    fn quick_answers_are_the_tables_answers() {
        for c in (0..0x2_0000_u32).filter_map(char::from_u32) {
            assert_eq!(is_letter(c), c.is_alphabetic(), "{c:?}");
            if is_letter(c) {
                assert_eq!(script_of(c), c.script(), "{c:?}");
            }
        }
    }
}
