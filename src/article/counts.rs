//! Words and sentences of a text by Unicode's UAX 29. Comes in a text, go out two numbers. Lines of the letters and
//! marks that most of Europe writes are counted here in one pass; all others are left to the full tables.

use unicode_segmentation::UnicodeSegmentation;

/// How many words and sentences a text has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Words, as far as letters or digits stand in them.
    pub words: usize,
    /// Sentences, likewise.
    pub sentences: usize,
}

impl Counts {
    /// Counts a text, line by line: a line break ends every word and every sentence.
    pub fn of(text: &str) -> Self {
        let mut sum = Self::default();
        for line in text.split('\n') {
            let Self { words, sentences } = Self::of_plain(line).unwrap_or_else(|| Self {
                words: line.unicode_words().count(),
                sentences: line.unicode_sentences().count(),
            });
            sum.words += words;
            sum.sentences += sentences;
        }
        sum
    }

    /// The same for a line of plain characters; none where there is another.
    fn of_plain(line: &str) -> Option<Self> {
        let mut counter = Counter::default();
        let mut at = 0;
        while let Some(c) = line[at..].chars().next() {
            let class = Class::of(c)?;
            counter.see(class, || begins_small(&line[at..]));
            at += c.len_utf8();
            if class == Class::Lower {
                at += counter.see_more_small(&line.as_bytes()[at..]);
            }
        }
        counter.end_sentence();
        Some(counter.counts)
    }
}

/// What the rules of words and of sentences tell apart, together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Upper,
    Lower,
    Digit,
    Underscore,
    /// `.`, which ends a sentence or not, and stands inside words and numbers.
    Stop,
    /// `!` and `?`.
    Mark,
    /// Apostrophes, which close a sentence and stand inside words and numbers.
    Apostrophe,
    /// Brackets and quotation marks.
    Close,
    /// `:`, inside words.
    Colon,
    /// `,` and `;`, inside numbers.
    Comma,
    /// Dashes.
    Dash,
    Space,
    Other,
}

impl Class {
    /// The class of a character; none where only the full tables know it.
    fn of(c: char) -> Option<Self> {
        Some(match c {
            'a'..='z' => Self::Lower,
            'A'..='Z' => Self::Upper,
            ' ' | '\t' | '\u{A0}' => Self::Space,
            '0'..='9' => Self::Digit,
            '_' => Self::Underscore,
            '.' => Self::Stop,
            '!' | '?' => Self::Mark,
            '\'' | '‘' | '’' => Self::Apostrophe,
            '"' | '(' | ')' | '[' | ']' | '{' | '}' | '“' | '”' | '«' | '»' => Self::Close,
            ':' => Self::Colon,
            ',' | ';' => Self::Comma,
            '-' | '–' | '—' => Self::Dash,
            '!'..='~' | '…' | '€' | '£' => Self::Other,
            '×' | '÷' => Self::Other,
            'À'..='ſ' | 'Ё' | 'А'..='я' | 'ё' => {
                if c.is_uppercase() {
                    Self::Upper
                } else {
                    Self::Lower
                }
            }
            _ => return None,
        })
    }

    fn is_letter(self) -> bool {
        matches!(self, Self::Upper | Self::Lower)
    }
}

/// Whether a small letter comes before any capital and any mark that ends a sentence (rule SB8).
fn begins_small(text: &str) -> bool {
    for c in text.chars() {
        match Class::of(c) {
            Some(Class::Lower) => return true,
            None | Some(Class::Upper | Class::Stop | Class::Mark) => return false,
            Some(_) => {}
        }
    }
    false
}

/// How far a sentence has ended.
#[derive(Debug, Clone, Copy)]
struct Ending {
    is_stop: bool,
    /// A letter stands in front of the stop.
    after_letter: bool,
    /// What stands behind the mark so far.
    behind: Behind,
    /// What [`begins_small`] said, once it was asked.
    begins_small: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Behind {
    Nothing,
    Close,
    Space,
}

#[derive(Debug, Default)]
struct Counter {
    counts: Counts,
    /// The last two classes.
    last: [Option<Class>; 2],
    /// Whether the open word was counted.
    in_word: bool,
    ending: Option<Ending>,
    /// Whether letters or digits stand in the open sentence.
    has_letters: bool,
}

impl Counter {
    fn see(&mut self, class: Class, begins_small: impl FnOnce() -> bool) {
        self.see_ending(class, begins_small);
        let has_letters = class.is_letter() || class == Class::Digit;
        if has_letters || class == Class::Underscore {
            self.in_word &= self.joins(class);
            if has_letters && !self.in_word {
                self.counts.words += 1;
                self.in_word = true;
            }
        }
        self.has_letters |= has_letters;
        if matches!(class, Class::Stop | Class::Mark) {
            let after_letter = self.last[1].is_some_and(Class::is_letter);
            let is_stop = class == Class::Stop;
            self.ending = Some(Ending { is_stop, after_letter, behind: Behind::Nothing, begins_small: None });
        }
        self.last = [self.last[1], Some(class)];
    }

    /// Passes over the small letters of ASCII behind one: they go on with its word and change nothing else. Gives their
    /// number.
    fn see_more_small(&mut self, rest: &[u8]) -> usize {
        let n = rest.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        if n > 0 {
            self.last = [Some(Class::Lower); 2];
        }
        n
    }

    /// Whether a letter, digit or underscore goes on with the word before it (rules WB5 to WB13).
    fn joins(&self, class: Class) -> bool {
        let [before, last] = self.last;
        match last {
            Some(Class::Upper | Class::Lower | Class::Digit | Class::Underscore) => true,
            Some(Class::Stop | Class::Apostrophe) => {
                class.is_letter() && before.is_some_and(Class::is_letter)
                    || class == Class::Digit && before == Some(Class::Digit)
            }
            Some(Class::Colon) => class.is_letter() && before.is_some_and(Class::is_letter),
            Some(Class::Comma) => class == Class::Digit && before == Some(Class::Digit),
            _ => false,
        }
    }

    /// Ends the open sentence in front of a character, or goes on with it (rules SB6 to SB11).
    fn see_ending(&mut self, class: Class, begins_small: impl FnOnce() -> bool) {
        let Some(mut ending) = self.ending.take() else { return };
        let is_bare = ending.is_stop && ending.behind == Behind::Nothing;
        if is_bare && (class == Class::Digit || class == Class::Upper && ending.after_letter) {
            return;
        }
        let is_open = ending.is_stop && *ending.begins_small.get_or_insert_with(begins_small);
        let is_close = matches!(class, Class::Close | Class::Apostrophe) && ending.behind <= Behind::Close;
        if is_close || class == Class::Space {
            ending.behind = if is_close { Behind::Close } else { Behind::Space };
            self.ending = Some(ending);
            return;
        }
        let goes_on = matches!(class, Class::Comma | Class::Colon | Class::Dash | Class::Stop | Class::Mark);
        if !is_open && !goes_on {
            self.end_sentence();
        }
    }

    fn end_sentence(&mut self) {
        self.counts.sentences += usize::from(std::mem::take(&mut self.has_letters));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_tables(text: &str) -> Counts {
        Counts { words: text.unicode_words().count(), sentences: text.unicode_sentences().count() }
    }

    #[test]
    fn plain_lines_are_counted_as_the_full_tables_count_them() {
        for text in [
            "The ferry left at 5.30 p.m. on Monday. \"It was late,\" she said. Why? (Fog.) 1,200 waited!",
            "Mr. Ames’s boat – built in 1999 – sank. then it rose... And sank again.",
            "Паром ушёл в 17:30. Он опоздал! Почему?",
            "a_b __ c.d e:f 1:2 3,4 'tis don't.Stop",
            "",
        ] {
            assert_eq!(Counts::of_plain(text), Some(by_tables(text)), "{text}");
        }
    }

    #[test]
    fn random_lines_of_all_plain_characters_are_counted_as_the_full_tables_count_them() {
        let alphabet: Vec<char> = ('\0'..='\u{2100}').filter(|&c| Class::of(c).is_some()).collect();
        let marks: Vec<char> = "aB1. .!'’\"“(,:-_".chars().collect();
        // A linear congruential generator (constants of Knuth's MMIX).
        let mut state = 7_u64;
        let mut pick = |n: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % n
        };
        for _ in 0..20_000 {
            let text: String = (0..pick(24))
                .map(|_| if pick(4) == 0 { alphabet[pick(alphabet.len())] } else { marks[pick(marks.len())] })
                .collect();
            assert_eq!(Counts::of_plain(&text), Some(by_tables(&text)), "{text:?}");
        }
    }

    #[test]
    fn lines_are_counted_one_by_one() {
        let text = "The ferry is late.\n\n- rope\n- oars and 船\n\tMon\t4.1\n渡轮今天又迟到了。它明天也会。";
        assert_eq!(Counts::of(text), by_tables(text));
        assert_eq!(Counts::of_plain("船"), None);
    }
}
