//! What the text of one block says by itself: lengths, marks, shapes of words. Comes in a text, goes out plain counts
//! and one hash a word. No language is known here: a word is a run of letters and digits, and in scripts without
//! spaces two characters stand for one.

/// Counts of one text.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Words {
    /// Words; two characters of an unspaced script count as one.
    pub(super) n_words: f32,
    /// Characters that are not white space.
    pub(super) n_chars: f32,
    /// Longest run of letters and digits, in characters.
    pub(super) longest: f32,
    /// Marks that end a sentence, in all scripts.
    pub(super) n_stops: f32,
    /// Commas of all scripts.
    pub(super) n_commas: f32,
    /// Colons and semicolons.
    pub(super) n_colons: f32,
    /// Signs that furniture is parted with: `| » › • · / → < > { } = # * + _`.
    pub(super) n_symbols: f32,
    /// Quotation marks.
    pub(super) n_quotes: f32,
    /// Question marks.
    pub(super) n_questions: f32,
    /// Digits.
    pub(super) n_digits: f32,
    /// Letters.
    pub(super) n_letters: f32,
    /// Letters outside ASCII.
    pub(super) n_foreign: f32,
    /// Words that begin with a capital.
    pub(super) n_capital: f32,
    /// Words of two and more letters that are all capitals.
    pub(super) n_shouted: f32,
    /// Words of up to three small letters: in most languages with spaces the words that only prose has.
    pub(super) n_small: f32,
    /// Words that mix letters and digits, or are hexadecimal numbers.
    pub(super) n_random: f32,
    /// Share of different words among the first [`MAX_DISTINCT`].
    pub(super) distinct: f32,
    /// How it ends: 1 sentence, 0.5 ellipsis or colon, 0 otherwise.
    pub(super) end: f32,
    /// How it starts: 0 small letter, 1 capital or letter without case, 2 digit, 3 sign.
    pub(super) start: f32,
    /// An amount of money stands in it.
    pub(super) has_price: bool,
    /// A number of four digits from 1900 to 2099 stands in it.
    pub(super) has_year: bool,
    /// Digits around a colon, as of a clock.
    pub(super) has_clock: bool,
    /// An `@` inside a word or `://`.
    pub(super) has_address: bool,
}

/// Words whose number of different ones is counted; later ones of a long paragraph change the share little.
const MAX_DISTINCT: usize = 96;

/// FNV-1a over the lower-case characters of a word.
const HASH_START: u32 = 0x811c_9dc5;
fn hash_char(hash: u32, c: u32) -> u32 {
    (hash ^ c).wrapping_mul(0x0100_0193)
}

#[derive(Default)]
struct Run {
    len: u32,
    hash: u32,
    n_digits: u32,
    n_upper: u32,
    n_hex: u32,
    number: u32,
    starts_upper: bool,
    is_unspaced: bool,
}

/// Counts a text; the hash of each word is put into `hashes`.
pub(super) fn count(text: &str, hashes: &mut Vec<u32>) -> Words {
    let mut words = Words { start: 3.0, ..Words::default() };
    let first_hash = hashes.len();
    let mut run = Run { hash: HASH_START, ..Run::default() };
    let mut before = ' ';
    let mut n_unspaced = 0.0;
    let mut is_first = true;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            end_run(&mut run, &mut words, hashes);
            before = c;
            continue;
        }
        words.n_chars += 1.0;
        if is_first && !matches!(c, '-' | '–' | '“' | '"' | '«' | '‘' | '„') {
            is_first = false;
            words.start = if c.is_lowercase() {
                0.0
            } else if c.is_alphabetic() {
                1.0
            } else if c.is_ascii_digit() {
                2.0
            } else {
                3.0
            };
        }
        let is_digit = c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric());
        let is_letter = !is_digit && c.is_alphabetic();
        if is_digit || is_letter {
            if is_unspaced(c) {
                n_unspaced += 1.0;
                end_run(&mut run, &mut words, hashes);
                run.is_unspaced = true;
            }
            if is_digit && matches!(before, '$' | '€' | '£' | '¥' | '₹' | '₽' | '₩' | '₺' | '₴' | '₫') {
                words.has_price = true;
            }
            take(&mut run, c, is_digit, &mut words);
        } else {
            sign(c, before, run.n_digits > 0 && run.n_digits == run.len, &mut words);
            if c != '\'' && c != '’' {
                end_run(&mut run, &mut words, hashes);
            }
        }
        if is_digit && before == ':' {
            words.has_clock |= words.n_digits > 1.0;
        }
        before = c;
        if c.is_ascii_alphanumeric() {
            // The rest of a word of ASCII, at once.
            let rest = chars.as_str();
            let n = rest.bytes().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
            if n > 0 {
                take_ascii(&mut run, &rest.as_bytes()[..n], &mut words);
                before = char::from(rest.as_bytes()[n - 1]);
                chars = rest[n..].chars();
            }
        }
    }
    end_run(&mut run, &mut words, hashes);
    words.n_words += n_unspaced / 2.0;
    words.end = ending(text);
    let n = (hashes.len() - first_hash).min(MAX_DISTINCT);
    let own = &mut hashes[first_hash..first_hash + n].to_vec();
    own.sort_unstable();
    own.dedup();
    words.distinct = if n == 0 { 1.0 } else { own.len() as f32 / n as f32 };
    words
}

fn take(run: &mut Run, c: char, is_digit: bool, words: &mut Words) {
    let is_upper = c.is_uppercase();
    if run.len == 0 {
        run.starts_upper = is_upper;
    }
    run.len += 1;
    run.n_upper += u32::from(is_upper);
    run.n_hex += u32::from(c.is_ascii_hexdigit());
    if is_digit {
        run.n_digits += 1;
        run.number = run.number.saturating_mul(10).saturating_add(c.to_digit(10).unwrap_or(0));
        words.n_digits += 1.0;
    } else {
        words.n_letters += 1.0;
        words.n_foreign += f32::from(u8::from(!c.is_ascii()));
    }
    let lower = if c.is_ascii() { c.to_ascii_lowercase() } else { c.to_lowercase().next().unwrap_or(c) };
    run.hash = hash_char(run.hash, lower as u32);
}

/// Takes on letters and digits of ASCII that go on with a word, as [`take`] does one by one.
fn take_ascii(run: &mut Run, bytes: &[u8], words: &mut Words) {
    let (mut n_digits, mut n_upper, mut n_hex, mut hash) = (0, 0, 0, run.hash);
    for &byte in bytes {
        n_upper += u32::from(byte.is_ascii_uppercase());
        n_hex += u32::from(byte.is_ascii_hexdigit());
        if byte.is_ascii_digit() {
            n_digits += 1;
            run.number = run.number.saturating_mul(10).saturating_add(u32::from(byte - b'0'));
        }
        hash = hash_char(hash, u32::from(byte.to_ascii_lowercase()));
    }
    run.hash = hash;
    run.len += bytes.len() as u32;
    run.n_upper += n_upper;
    run.n_hex += n_hex;
    run.n_digits += n_digits;
    words.n_chars += bytes.len() as f32;
    words.n_digits += n_digits as f32;
    words.n_letters += (bytes.len() as u32 - n_digits) as f32;
}

fn sign(c: char, before: char, is_number: bool, words: &mut Words) {
    match c {
        '.' | '!' | '。' | '！' | '…' | '।' | '۔' | '։' | '።' => words.n_stops += 1.0,
        '?' | '？' | '؟' => {
            words.n_stops += 1.0;
            words.n_questions += 1.0;
        }
        ',' | '，' | '、' | '،' => words.n_commas += 1.0,
        ':' | ';' | '：' | '；' | '؛' => words.n_colons += 1.0,
        '"' | '“' | '”' | '„' | '«' | '»' | '「' | '」' => words.n_quotes += 1.0,
        '|' | '›' | '•' | '·' | '/' | '→' | '<' | '>' | '{' | '}' | '=' | '#' | '*' | '+' | '_' | '←' | '▶' | '►' =>
        {
            words.n_symbols += 1.0;
            if c == '/' && before == '/' {
                words.has_address = true;
            }
        }
        '$' | '€' | '£' | '¥' | '₹' | '₽' | '₩' | '₺' | '₴' | '₫' if is_number || before.is_ascii_digit() =>
        {
            words.has_price = true;
        }
        '@' if before.is_alphanumeric() => words.has_address = true,
        _ => {}
    }
}

fn end_run(run: &mut Run, words: &mut Words, hashes: &mut Vec<u32>) {
    if run.len == 0 {
        return;
    }
    hashes.push(run.hash);
    if !run.is_unspaced {
        words.n_words += 1.0;
        words.longest = words.longest.max(run.len as f32);
        let n_letters = run.len - run.n_digits;
        words.n_capital += f32::from(u8::from(run.starts_upper));
        words.n_shouted += f32::from(u8::from(run.n_upper == n_letters && n_letters > 1));
        words.n_small += f32::from(u8::from(run.len <= 3 && run.n_upper == 0 && run.n_digits == 0));
        words.n_random += f32::from(u8::from(
            (run.n_digits > 1 && n_letters > 1 && run.len >= 6) || (run.n_hex == run.len && run.len >= 8),
        ));
        words.has_year |= run.len == 4 && run.n_digits == 4 && (1900..2100).contains(&run.number);
    }
    *run = Run { hash: HASH_START, ..Run::default() };
}

fn ending(text: &str) -> f32 {
    let bare = text.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '」' | '』')
    });
    match bare.chars().next_back() {
        Some('…') => 0.5,
        Some('.') if bare.ends_with("...") => 0.5,
        Some('.' | '!' | '?' | '。' | '！' | '？' | '؟' | '۔' | '।' | '։' | '።') => 1.0,
        Some(':' | '：' | ';') => 0.5,
        _ => 0.0,
    }
}

/// Scripts that put no spaces between words.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(text: &str) -> Words {
        count(text, &mut Vec::new())
    }

    #[test]
    fn a_sentence_is_counted() {
        let words = counted("The ferry, late again, cost $12 in 2024.");
        assert_eq!((words.n_words, words.n_commas, words.n_stops, words.n_capital), (8.0, 2.0, 1.0, 1.0));
        assert!(words.has_price && words.has_year && !words.has_clock);
        assert_eq!((words.start, words.end, words.distinct), (1.0, 1.0, 1.0));
    }

    #[test]
    fn scripts_without_spaces_count_two_characters_as_a_word() {
        assert_eq!(counted("渡轮今天早上又迟到了").n_words, 5.0);
        assert_eq!(counted("渡轮今天早上又迟到了。").end, 1.0);
    }

    #[test]
    fn menus_show_by_their_signs() {
        let words = counted("HOME | News › Harbour");
        assert_eq!((words.n_symbols, words.n_shouted, words.end), (2.0, 1.0, 0.0));
    }

    #[test]
    fn letters_and_digits_mixed_look_random() {
        assert_eq!(counted("6b4f817e 1bc7a09f9c harbour B2").n_random, 2.0);
    }

    #[test]
    fn a_clock_and_an_address_are_seen() {
        assert!(counted("at 14:05").has_clock);
        assert!(!counted("score: 5").has_clock);
        assert!(counted("desk@pier.example").has_address);
    }

    #[test]
    fn the_same_word_has_one_hash_in_any_case() {
        let mut hashes = Vec::new();
        count("Ferry FERRY ferry", &mut hashes);
        assert!(hashes.len() == 3 && hashes.iter().all(|hash| *hash == hashes[0]));
    }
}
