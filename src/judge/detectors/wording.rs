//! Lines that say nothing but what sites say: every word of them stands in a closed list of a language
//! (`judge/vocabulary.toml`), and some of these words are those of buttons, prompts and headings of lists. Comes in a
//! text dump, goes out furniture. Never looks at a line with a word of its own, but for names in capitals.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::{Context, Found};
use crate::finding::{Action, Kind};
use crate::judge::document::fold_inside;
use crate::page::Shape;
use crate::page::text::{is_mark, is_unspaced};

/// The words, by language.
pub(crate) const VOCABULARY: &str = include_str!("../vocabulary.toml");
/// Longest line that is looked at, in words and in bytes.
const MAX_WORDS: usize = 26;
const MAX_BYTES: usize = 420;
/// What a word says that sites use among others, one that hardly anybody else uses so, and one that they alone use.
const HINT: u8 = 1;
const CORE: u8 = 2;
const SURE: u8 = 3;
/// What it says that such a line speaks to its reader.
const ADDRESS: u8 = 1;
/// Weight of a line outside of the text that is no sentence, and of one that is.
const MIN_WEIGHT: u8 = 2;
const MIN_SENTENCE_WEIGHT: u8 = 3;
/// Weight of a sentence that does not speak to the reader.
const MIN_UNADDRESSED_WEIGHT: u8 = 4;
/// How much more it takes above the body and between two paragraphs, and how many words there: a heading has fewer.
const INNER_WEIGHT: u8 = 1;
const MIN_MID_WORDS: u8 = 3;
/// Most names (runs of words in capitals that the lists do not hold) in a line, and most words in them.
const MAX_NAMES: u8 = 4;
/// Weight of a line that holds a name.
const MIN_NAMED_WEIGHT: u8 = 3;
/// Most words of its own in a line that leads away, and most characters of such words in a script without spaces; its
/// weight, and how many of its words the lists must hold.
const MAX_UNKNOWN: u8 = 2;
const MAX_UNKNOWN_TILES: u8 = 4;
const MIN_OPEN_WEIGHT: u8 = 3;
const MIN_OPEN_WORDS: u8 = 3;
/// Fewest words in lower case beside a name, of which there must also be a third.
const MIN_LOWER_WORDS: usize = 2;
/// Longest line with a number where one hint is enough, in words: "Photo 3 of 12".
const MAX_COUNT_WORDS: u8 = 4;
/// Fewest words behind a label that leads to another story, and most.
const LED_WORDS: std::ops::RangeInclusive<usize> = 3..=24;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    language: Vec<Language>,
}

/// Words are parted by spaces; `_` stands for a space inside a phrase, `*` behind a stem for any ending, `!` and `!!` behind
/// what hardly anybody and nobody but a site says. `address` are the words that speak to the reader.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Language {
    code: String,
    #[serde(default)]
    has_names: bool,
    #[serde(default)]
    address: String,
    plain: String,
    #[serde(default)]
    said: std::collections::BTreeMap<Kind, String>,
}

/// One word of one language.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// A bit for its language, all bits for what all sites write.
    languages: u32,
    weight: u8,
    kind: Kind,
    is_stem: bool,
    is_address: bool,
    n_words: u8,
}

/// The lists, ready for use.
struct Vocabulary {
    words: AhoCorasick,
    entries: Vec<Vec<Entry>>,
    /// Every run of letters in them, and the stems that runs may begin with.
    runs: FxHashSet<String>,
    stems: FxHashSet<String>,
    /// Languages whose names are told by their capitals.
    with_names: u32,
    n_languages: u32,
}

static WORDS: LazyLock<Vocabulary> =
    LazyLock::new(|| Vocabulary::read(VOCABULARY).expect("the list of words loads, as a test shows"));

impl Vocabulary {
    fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut places: FxHashMap<String, usize> = FxHashMap::default();
        let (mut texts, mut entries): (Vec<String>, Vec<Vec<Entry>>) = (Vec::new(), Vec::new());
        let mut add = |word: &str, languages: u32, kind: Kind, hint: u8, is_address: bool| {
            let bare = word.trim_end_matches('!');
            let weight = match word.len() - bare.len() {
                0 => hint,
                1 => CORE,
                _ => SURE,
            };
            let word = bare;
            let (word, is_stem) = word.strip_suffix('*').map_or((word, false), |word| (word, true));
            let key = plain_form(&fold_inside(&word.replace('_', " ")));
            let n_words = key.split(' ').count() as u8;
            let place = *places.entry(key.clone()).or_insert_with(|| {
                texts.push(key);
                entries.push(Vec::new());
                entries.len() - 1
            });
            entries[place].push(Entry { languages, weight, kind, is_stem, is_address, n_words });
        };
        let (mut with_names, mut n_languages) = (0, 0);
        for language in &file.language {
            let bit = if language.code == "any" { u32::MAX } else { 1 << n_languages };
            if language.code != "any" {
                with_names |= if language.has_names { bit } else { 0 };
                n_languages += 1;
            }
            for word in language.plain.split_whitespace() {
                add(word, bit, Kind::Boilerplate, 0, false);
            }
            for word in language.address.split_whitespace() {
                add(word, bit, Kind::Boilerplate, 0, true);
            }
            for (&kind, words) in &language.said {
                for word in words.split_whitespace() {
                    add(word, bit, kind, HINT, false);
                }
            }
        }
        let words = AhoCorasick::new(&texts).map_err(|error| error.to_string())?;
        let runs = texts.iter().flat_map(|text| letter_runs(text)).map(str::to_owned).collect();
        let has_stem = |place: &usize| entries[*place].iter().any(|entry| entry.is_stem);
        let stems = (0..texts.len()).filter(has_stem).filter_map(|place| letter_runs(&texts[place]).last());
        let stems = stems.map(str::to_owned).collect();
        Ok(Self { words, entries, runs, stems, with_names, n_languages })
    }

    /// Whether so few words of a folded line are in no list that it may be furniture at all: most lines of a story have
    /// more, and are not looked at closer.
    fn may_cover(&self, folded: &str) -> bool {
        let is_known = |run: &str| {
            self.runs.contains(run) || run.char_indices().skip(1).any(|(at, _)| self.stems.contains(&run[..at]))
        };
        let n_allowed = usize::from(MAX_NAMES + MAX_UNKNOWN);
        letter_runs(folded).filter(|run| !is_known(run)).nth(n_allowed).is_none()
    }
}

/// What parts of a text belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    Letter,
    /// A character of a script without spaces, or of Korean, where endings are written to the word.
    Tile,
    Digit,
}

fn class(c: char) -> Class {
    if c.is_numeric() {
        Class::Digit
    } else if (is_unspaced(c) || ('\u{AC00}'..='\u{D7A3}').contains(&c)) && c.is_alphabetic() {
        Class::Tile
    } else if c.is_alphabetic() || is_mark(c) {
        Class::Letter
    } else {
        Class::Blank
    }
}

/// The runs of letters of a text, but for scripts that part no words.
fn letter_runs(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.char_indices().find(|&(_, c)| class(c) == Class::Letter)?.0;
        let run = &rest[start..];
        let len = run.char_indices().find(|&(_, c)| class(c) != Class::Letter).map_or(run.len(), |(at, _)| at);
        rest = &run[len..];
        Some(&run[..len])
    })
}

/// A folded text with one space for whatever is no letter and no digit.
fn plain_form(folded: &str) -> String {
    let mut plain = String::with_capacity(folded.len());
    for c in folded.chars() {
        if class(c) != Class::Blank {
            plain.push(c);
        } else if !plain.is_empty() && !plain.ends_with(' ') {
            plain.push(' ');
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// How the words of a line were found in the lists, as far as some place in it.
#[derive(Debug, Clone, Default)]
struct Cover {
    weight: u8,
    n_words: u8,
    n_names: u8,
    /// Words of its own, twice, or characters of a script without spaces.
    n_unknown: u8,
    n_numbers: u8,
    is_address: bool,
    /// Whether it holds a word that sites alone use.
    is_sure: bool,
    /// Whether a comma parts it.
    is_parted: bool,
    kinds: Vec<(Kind, u8)>,
}

impl Cover {
    fn is_better(&self, other: &Cover) -> bool {
        let rank = |c: &Cover| (std::cmp::Reverse((c.n_unknown, c.n_names)), c.weight, c.is_address, c.n_words);
        rank(self) > rank(other)
    }

    fn with(&self, entry: &Entry) -> Self {
        let mut next = Self { n_words: self.n_words.saturating_add(entry.n_words), ..self.clone() };
        next.is_address |= entry.is_address;
        next.is_sure |= entry.weight >= SURE;
        if entry.weight > 0 {
            next.weight = next.weight.saturating_add(entry.weight);
            match next.kinds.iter_mut().find(|(kind, _)| *kind == entry.kind) {
                Some((_, weight)) => *weight = weight.saturating_add(entry.weight),
                None => next.kinds.push((entry.kind, entry.weight)),
            }
        }
        next
    }

    /// How much of it only sites say.
    fn said(&self) -> u8 {
        let address = if self.is_address && self.weight >= CORE { ADDRESS } else { 0 };
        self.weight.saturating_add(address)
    }

    /// Whether it counts what a page has: pictures, comments, readers.
    fn counts(&self) -> bool {
        let counted = [Kind::ToolButtons, Kind::CommentPrompt, Kind::ShareBar, Kind::Counter, Kind::AudioPlayer];
        self.n_numbers > 0
            && self.n_words <= MAX_COUNT_WORDS
            && self.kinds.iter().any(|(kind, weight)| *weight > 0 && counted.contains(kind))
    }

    /// The kind that most of it speaks of.
    fn kind(&self) -> Kind {
        let best = self.kinds.iter().rev().max_by_key(|(_, weight)| *weight);
        best.map_or(Kind::Boilerplate, |(kind, _)| *kind)
    }
}

/// Whether a stretch of text ends at a place: words of scripts with spaces are never cut.
fn is_border(text: &str, at: usize) -> bool {
    let (before, after) = (text[..at].chars().next_back().map(class), text[at..].chars().next().map(class));
    before != after || after == Some(Class::Tile) || after == Some(Class::Blank)
}

/// Covers a whole text with words of one language, if that can be done.
fn cover(text: &str, names: &[String]) -> Option<Cover> {
    let plain = plain_form(&fold_inside(text));
    if plain.is_empty() {
        return None;
    }
    let words = &*WORDS;
    let mut matches: Vec<(usize, usize, usize)> = words
        .words
        .find_overlapping_iter(&plain)
        .filter(|m| is_border(&plain, m.start()))
        .map(|m| (m.start(), m.end(), m.pattern().as_usize()))
        .collect();
    matches.sort_unstable();
    let seen =
        |bit: u32| matches.iter().any(|m| words.entries[m.2].iter().any(|e| e.weight > 0 && e.languages & bit != 0));
    let covers = (0..words.n_languages).map(|n| 1 << n).filter(|&bit| seen(bit)).filter_map(|bit| {
        let names = if words.with_names & bit != 0 { names } else { &[] };
        cover_in(&plain, &matches, bit, names)
    });
    covers.fold(None, |best: Option<Cover>, cover| match best {
        Some(best) if !cover.is_better(&best) => Some(best),
        _ => Some(cover),
    })
}

fn cover_in(plain: &str, matches: &[(usize, usize, usize)], bit: u32, names: &[String]) -> Option<Cover> {
    let mut best: Vec<Option<Cover>> = vec![None; plain.len() + 1];
    best[0] = Some(Cover::default());
    let mut next_match = 0;
    for at in 0..plain.len() {
        while matches.get(next_match).is_some_and(|m| m.0 < at) {
            next_match += 1;
        }
        let Some(here) = best[at].take() else { continue };
        let mut reach = |end: usize, cover: Cover| {
            if best[end].as_ref().is_none_or(|other| cover.is_better(other)) {
                best[end] = Some(cover);
            }
        };
        let rest = &plain[at..];
        let first = rest.chars().next().map_or(Class::Blank, class);
        if first == Class::Blank {
            reach(at + 1, here);
            continue;
        }
        let run = rest.char_indices().find(|&(_, c)| class(c) != first).map_or(plain.len(), |(len, _)| at + len);
        if first == Class::Digit {
            reach(run, Cover { n_numbers: here.n_numbers.saturating_add(1), ..here.clone() });
        }
        if first == Class::Letter && names.iter().any(|name| *name == plain[at..run]) {
            reach(run, Cover { n_names: here.n_names.saturating_add(1), ..here.clone() });
        }
        // A word of its own: a whole one, or a character where words are not parted.
        let step = if first == Class::Tile { at + rest.chars().next().map_or(1, char::len_utf8) } else { run };
        if first != Class::Digit && here.n_unknown < MAX_UNKNOWN_TILES {
            let cost = if first == Class::Tile { 1 } else { MAX_UNKNOWN_TILES / MAX_UNKNOWN };
            reach(step, Cover { n_unknown: here.n_unknown.saturating_add(cost), ..here.clone() });
        }
        for &(_, end, place) in matches[next_match..].iter().take_while(|m| m.0 == at) {
            for entry in WORDS.entries[place].iter().filter(|e| e.languages & bit != 0) {
                let is_open = !is_border(plain, end);
                if is_open && !entry.is_stem {
                    continue;
                }
                let tail = plain[end..].char_indices().find(|&(_, c)| class(c) != Class::Letter);
                let end = if is_open { tail.map_or(plain.len(), |(len, _)| end + len) } else { end };
                reach(end, here.with(entry));
            }
        }
    }
    best.pop().flatten()
}

/// Words of a line that a capital shows to be names, folded. A line in capitals shows nothing.
fn names(text: &str) -> Vec<String> {
    let words = || text.split(|c: char| class(c) == Class::Blank).filter(|word| !word.is_empty());
    let is_upper = |word: &&str| word.starts_with(char::is_uppercase);
    let n_lower = words().filter(|word| word.starts_with(char::is_lowercase)).count();
    if n_lower < MIN_LOWER_WORDS || n_lower * 3 < words().count() {
        return Vec::new();
    }
    words().skip(1).filter(is_upper).map(|word| plain_form(&fold_inside(word))).collect()
}

/// Marks between a label and the headline that it leads to.
const LABEL_ENDS: &[char] = &[':', '：', '|', '｜', '»', '›', '→', '►', '▶'];

/// Furniture told by its words: buttons and prompts as a whole, headlines of other stories by the label in front.
pub(super) fn wording(context: &Context<'_>, found: &mut Found<'_>) {
    let document = context.document;
    let Some((first, last)) = document.body().filter(|_| context.page.is_none()) else { return };
    let mut is_kept = vec![false; document.len()];
    for candidate in context.candidates.iter().filter(|c| c.finding.action == Action::Keep) {
        is_kept[candidate.block] = true;
    }
    let mut is_taken = vec![false; document.len()];
    for idx in 0..document.len() {
        let (view, text) = (&document.views[idx], document.text(idx));
        if context.claimed[idx].is_some()
            || view.n_words > MAX_WORDS
            || text.len() > MAX_BYTES
            || matches!(document.layout.blocks[idx].shape, Shape::Code)
            || text.starts_with(['"', '“', '«', '„', '‘', '「', '『', '—', '–', '―'])
            || is_kept[idx]
        {
            continue;
        }
        // Between two paragraphs a line beside other furniture is part of its box.
        let is_boxed = idx.checked_sub(1).is_some_and(|i| is_taken[i] || context.claimed[i].is_some_and(is_box))
            || context.claimed.get(idx + 1).copied().flatten().is_some_and(is_box);
        let place = match idx {
            _ if idx <= first => Place::Head,
            _ if idx > last => Place::Tail,
            _ if is_boxed => Place::Box,
            _ => Place::Mid,
        };
        let cover = WORDS.may_cover(&view.folded).then(|| cover(text, &names(text))).flatten();
        let cover = cover.map(|cover| Cover { is_parted: text.contains([',', '，', '、', '،']), ..cover });
        let kind = match cover.filter(|cover| is_furniture(cover, place, view.is_sentence)) {
            Some(cover) => cover.kind(),
            None if idx > first && !view.is_sentence && leads_away(text) => Kind::Related,
            None => continue,
        };
        is_taken[idx] = true;
        found.add(idx, document.layout.blocks[idx].span, kind, Action::Drop, None);
    }
}

/// Kinds whose lines stand together in a box between two paragraphs.
fn is_box(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Newsletter
            | Kind::ShareBar
            | Kind::Paywall
            | Kind::AppPromo
            | Kind::Poll
            | Kind::LoginPrompt
            | Kind::Advert
            | Kind::CookieNotice
            | Kind::AudioPlayer
            | Kind::EmbedPlaceholder
    )
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Above the body, where the headline stands, which may speak of votes and letters too.
    Head,
    /// Between two paragraphs, alone.
    Mid,
    /// Between two paragraphs, beside other furniture.
    Box,
    /// Under the body.
    Tail,
}

/// Whether a line says nothing but what sites say, and speaks of this kind.
pub(super) fn speaks_of(text: &str, kind: Kind) -> bool {
    text.len() <= MAX_BYTES
        && cover(text, &[]).is_some_and(|cover| {
            let own = cover.kinds.iter().find(|(k, _)| *k == kind).map_or(0, |(_, weight)| *weight);
            cover.n_unknown == 0 && own >= HINT && cover.weight >= MIN_WEIGHT && cover.kind() == kind
        })
}

fn is_furniture(cover: &Cover, place: Place, is_sentence: bool) -> bool {
    let has_core = cover.kinds.iter().any(|(_, weight)| *weight >= CORE);
    if cover.n_unknown > 0 {
        return place == Place::Tail
            && !is_sentence
            && !cover.is_parted
            && cover.n_unknown <= MAX_UNKNOWN_TILES
            && cover.n_names <= MAX_NAMES
            && cover.weight >= MIN_OPEN_WEIGHT
            && cover.n_words >= MIN_OPEN_WORDS
            && has_core
            && cover.kind() == Kind::Related;
    }
    // News speaks of votes, surveys, letters and what is published, too: without a word to the reader such a sentence,
    // headline or subheading is the text's own; and who tells the reader when to vote may write of an election.
    let speaks_to_reader = cover.is_address || cover.is_sure;
    let is_inner = matches!(place, Place::Head | Place::Mid);
    if (is_sentence || is_inner) && (!speaks_to_reader || cover.kind() == Kind::Poll) {
        return false;
    }
    // What a whole sentence among paragraphs tells its reader may be told to somebody in the story; not so of cookies.
    if is_sentence && is_inner && !cover.is_sure && cover.kind() != Kind::CookieNotice {
        return false;
    }
    let mut min = MIN_WEIGHT;
    if is_sentence {
        min = if cover.is_address { MIN_SENTENCE_WEIGHT } else { MIN_UNADDRESSED_WEIGHT };
    }
    if cover.n_names > 0 {
        min = min.max(MIN_NAMED_WEIGHT);
    }
    min += if is_inner { INNER_WEIGHT } else { 0 };
    let is_long = place != Place::Mid || cover.n_words >= MIN_MID_WORDS;
    let is_named = cover.n_names == 0 || (cover.n_names <= MAX_NAMES && has_core);
    (cover.said() >= min && is_named && is_long) || (!is_sentence && !is_inner && cover.counts())
}

/// Whether a line is a label of a link and the headline that it leads to.
fn leads_away(text: &str) -> bool {
    let Some((label, rest)) = text.split_once(LABEL_ENDS) else { return false };
    let rest = rest.trim();
    let n_unspaced = rest.chars().filter(|&c| is_unspaced(c)).count();
    let n_words = rest.split_whitespace().count() + n_unspaced / 2;
    LED_WORDS.contains(&n_words)
        && cover(label, &[])
            .is_some_and(|c| c.n_unknown == 0 && c.weight >= MIN_WEIGHT && c.kinds.iter().any(|k| k.0 == Kind::Related))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a line alone under a text is furniture.
    fn is_taken(line: &str) -> bool {
        let is_sentence = crate::page::text::ends_sentence(line);
        cover(line, &names(line)).is_some_and(|cover| is_furniture(&cover, Place::Tail, is_sentence))
            || (!is_sentence && leads_away(line))
    }

    #[test]
    fn prompts_in_words_of_sites_are_taken_in_every_language() {
        for line in [
            "Share this story with your friends",
            "Already a member? Sign in to read the full article",
            "Teilen Sie diesen Beitrag mit Freunden",
            "Recevez chaque matin nos articles dans votre boîte mail",
            "Recibe cada mañana las noticias en tu correo",
            "Receba todas as manhãs as notícias no seu e-mail",
            "Ricevi ogni mattina le notizie nella tua casella di posta",
            "Udostępnij ten artykuł znajomym",
            "Haberi arkadaşlarınla paylaş",
            "Bagikan berita ini ke teman",
            "Chia sẻ bài viết này với bạn bè",
            "Подписывайтесь на нашу рассылку",
            "Підписуйтеся на нашу розсилку",
            "اشترك في نشرتنا البريدية",
            "हमारे न्यूजलेटर को सब्सक्राइब करें",
            "立即订阅我们的电子报",
            "メールマガジンに登録する",
            "뉴스레터 구독하기",
        ] {
            assert!(is_taken(line), "{line}");
        }
    }

    #[test]
    fn a_word_of_its_own_keeps_a_line() {
        for line in [
            "Share your bread with a hungry dog",
            "The vote is on Sunday.",
            "Teilen will er die Beute nicht.",
            "Partager la mer",
            "Reactions from the harbour",
            "Compartir el pan de cada día",
            "Udostępnij most rowerzystom",
            "Haberi köye bir keçi getirdi",
            "Chia sẻ ngọn đèn với bạn bè",
            "Подписывайтесь под письмом мэру",
            "订阅者的猫回来了",
            "橋を描いた老人の絵",
        ] {
            assert!(!is_taken(line), "{line}");
        }
    }

    #[test]
    fn news_in_words_of_sites_is_news() {
        for (line, place) in [
            ("Das Ergebnis der Abstimmung wird morgen veröffentlicht.", Place::Tail),
            ("The results of the vote will be published tomorrow.", Place::Tail),
            ("Support for the plan is limited, a survey published today found.", Place::Mid),
            ("Members vote on new plan", Place::Head),
            ("Survey results published today", Place::Head),
            ("Results of the survey", Place::Mid),
            ("1. Listen", Place::Mid),
            ("2. Share", Place::Mid),
            ("Episode 3", Place::Mid),
            ("You can vote online or by post.", Place::Tail),
            ("Sie können bis Freitag abstimmen.", Place::Tail),
            ("Vous pouvez voter jusqu'à dimanche.", Place::Tail),
        ] {
            let is_sentence = crate::page::text::ends_sentence(line);
            let taken = cover(line, &names(line)).is_some_and(|cover| is_furniture(&cover, place, is_sentence));
            assert!(!taken, "{line}");
        }
    }

    #[test]
    fn a_name_in_capitals_may_stand_among_many_words_of_sites() {
        assert!(is_taken("Get the Morning Tide newsletter in your inbox"));
        assert!(!is_taken("Morning Tide stories"));
    }
}
