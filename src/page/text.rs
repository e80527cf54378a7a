//! Plain text to layout: the decoded text itself, cut into blocks without moving a byte.
//!
//! Three habits of saved text are told apart: one line a paragraph, paragraphs parted by blank lines, and lines
//! hard-wrapped at a column. Lists, tables and verse are recognised by their lines.

use super::{Block, Layout, Shape};
use crate::finding::Span;

/// Narrowest and widest column, in characters, that people and tools wrap text at (mail at 72, terminals at 80,
/// wide editors at 100 and 120). Outside it, line lengths say nothing of wrapping.
const WRAP_COLUMNS: std::ops::RangeInclusive<usize> = 40..=122;
/// The same where most characters are twice as wide: Chinese, Japanese, Korean.
const WIDE_WRAP_COLUMNS: std::ops::RangeInclusive<usize> = 20..=61;
/// Share of line pairs that must look wrapped before a text counts as hard-wrapped: the next word would not have
/// fitted, or the line is nearly full and breaks off inside a sentence (people wrap less strictly than machines).
const MIN_WRAPPED_SHARE: f64 = 0.75;
/// The same for the first of the two tests alone, which lines of verse rarely pass.
const MIN_STRICT_SHARE: f64 = 0.5;
/// Share of continued lines that begin in lower case; lines of verse begin with capitals.
const MIN_LOWER_SHARE: f64 = 0.4;
/// Share of lines that may end a sentence where the next one follows without a gap; past it lines are paragraphs.
const MAX_CLOSED_SHARE: f64 = 0.4;
/// How full a line must be to be wrapped, as a share of the column.
const MIN_FULL_SHARE: f64 = 0.7;
/// Pairs whose first line is less full than that say nothing: a button, a byline, a short last line. There may be
/// twice as many of them as of pairs that speak.
const MAX_SILENT_PAIRS: usize = 2;
/// A line shorter than this share of the column, with no stop at its end and lines under it, is none of a paragraph's.
const MIN_INNER_SHARE: f64 = 0.6;
/// The strict test's share from which a program wrapped the text: then no line breaks off before its column, unless the
/// next one begins in lower case.
const MIN_MACHINE_SHARE: f64 = 0.7;
/// Share of line pairs that may be longer than the column: what a site put in one line among wrapped paragraphs.
const MAX_LONGER_SHARE: f64 = 0.2;
/// Characters in such lines, as a share of those in the others.
const MAX_LONGER_CHARS: f64 = 0.3;
/// Line pairs needed before wrapping is believed.
const MIN_WRAPPED_PAIRS: usize = 3;
/// Longest label in front of a colon, in characters and in words.
const MAX_LABEL_CHARS: usize = 24;
const MAX_LABEL_WORDS: usize = 3;
/// Longest line of verse, in characters. Alexandrines have about 45.
const MAX_VERSE_CHARS: usize = 64;
/// Longest stand-alone line that can be a heading, in characters and in words.
const MAX_HEADING_CHARS: usize = 120;
const MAX_HEADING_WORDS: usize = 18;

#[derive(Debug, Clone, Copy)]
struct Line {
    start: usize,
    end: usize,
    n_chars: usize,
    gap_before: bool,
    indent: usize,
}

/// Whether a character is a mark that belongs to the letter before it (vowel signs of Indic scripts, accents).
pub fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{5B0}'..='\u{5C7}' | '\u{64B}'..='\u{65F}' | '\u{900}'..='\u{903}' | '\u{93A}'..='\u{94F}')
}

/// Lays out a text dump. `max_blocks` bounds the blocks; what follows the last one becomes part of it.
pub fn lay_out(text: String, max_blocks: usize) -> Layout {
    let lines = split_lines(&text);
    let column = wrap_column(&text, &lines);
    let mut blocks: Vec<Block> = Vec::new();
    let mut n_groups = 0_u32;
    // Two lines are a stanza only where longer ones stand beside them: a refrain.
    let n_stanzas = lines.chunk_by(|_, b| !b.gap_before).filter(|chunk| is_verse(&text, chunk, 3)).count();
    let min_verse_lines = if n_stanzas >= 2 { 2 } else { 3 };
    let mut idx = 0;
    while idx < lines.len() {
        let end = (idx + 1..lines.len()).find(|&i| lines[i].gap_before).unwrap_or(lines.len());
        let chunk = &lines[idx..end];
        let is_verse = column.is_none() && is_verse(&text, chunk, min_verse_lines);
        lay_out_chunk(&text, chunk, column, is_verse, &mut blocks, &mut n_groups);
        if blocks.len() > max_blocks {
            let rest_end = lines.last().map_or(text.len(), |l| l.end);
            blocks.truncate(max_blocks);
            if let Some(last) = blocks.last_mut() {
                last.span.end = Span::new(0, rest_end).end;
                last.group = None;
            }
            break;
        }
        idx = end;
    }
    mark_headings(&text, &mut blocks);
    Layout { text, blocks }
}

fn split_lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut gap = true;
    let mut start = 0;
    let is_break = |c: char| matches!(c, '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let bytes = text.as_bytes();
    while start <= text.len() {
        let stop = text[start..].find(is_break).map_or(text.len(), |i| start + i);
        let raw = &text[start..stop];
        let trimmed = raw.trim();
        if trimmed.is_empty() {
            gap = true;
        } else {
            let lead = raw.len() - raw.trim_start().len();
            lines.push(Line {
                start: start + lead,
                end: start + lead + trimmed.len(),
                n_chars: trimmed.chars().count(),
                gap_before: gap,
                indent: raw[..lead].chars().count(),
            });
            gap = false;
        }
        if stop >= text.len() {
            break;
        }
        let width = text[stop..].chars().next().map_or(1, char::len_utf8);
        start = stop + width;
        // A carriage return before a line feed is one break.
        if bytes[stop] == b'\r' && bytes.get(start) == Some(&b'\n') {
            start += 1;
        }
    }
    lines
}

/// How a text is hard-wrapped.
#[derive(Debug, Clone, Copy)]
struct Wrap {
    /// Characters that fit into a line.
    column: usize,
    /// A program wrapped it: a line that had room for the next word ends its paragraph.
    is_strict: bool,
}

/// The column that the text is hard-wrapped at, if it is: nearly every line break inside a paragraph stands where
/// the next word would no longer have fitted. A few longer lines may stand among the wrapped ones: sites write their
/// prompts in one line.
fn wrap_column(text: &str, lines: &[Line]) -> Option<Wrap> {
    let pairs: Vec<(&Line, &Line)> = lines.windows(2).filter(|w| !w[1].gap_before).map(|w| (&w[0], &w[1])).collect();
    let is_wide = |c: char| is_unspaced(c) || ('\u{AC00}'..='\u{D7A3}').contains(&c);
    let (n_wide, n_all) = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .fold((0, 0), |(wide, all), c| (wide + usize::from(is_wide(c)), all + 1));
    let columns = if n_wide * 2 > n_all { WIDE_WRAP_COLUMNS } else { WRAP_COLUMNS };
    let mut widths: Vec<usize> = pairs.iter().flat_map(|(a, b)| [a.n_chars, b.n_chars]).collect();
    widths.sort_unstable_by(|a, b| b.cmp(a));
    widths.dedup();
    let max_longer = (pairs.len() as f64 * MAX_LONGER_SHARE) as usize;
    widths.iter().take(1 + max_longer).filter(|column| columns.contains(column)).find_map(|&column| {
        let fits = |pair: &&(&Line, &Line)| pair.0.n_chars.max(pair.1.n_chars) <= column;
        let fitting: Vec<(&Line, &Line)> = pairs.iter().filter(fits).copied().collect();
        let n_longer = pairs.len() - fitting.len();
        // Paragraphs that stand in one line each are no exception, but the rule.
        let n_chars = |is_longer: bool| {
            lines.iter().filter(|l| (l.n_chars > column) == is_longer).map(|l| l.n_chars).sum::<usize>()
        };
        if n_longer > 0 && n_chars(true) as f64 > MAX_LONGER_CHARS * n_chars(false) as f64 {
            return None;
        }
        let wrap = (n_longer <= max_longer).then(|| wrap_at(text, fitting, column));
        // Among longer lines only a program's wrapping is believed.
        wrap.flatten().filter(|wrap| n_longer == 0 || wrap.is_strict)
    })
}

/// How a text is wrapped at a column, if it is, by the pairs of lines that fit into it.
fn wrap_at(text: &str, mut pairs: Vec<(&Line, &Line)>, column: usize) -> Option<Wrap> {
    let n_pairs = pairs.len();
    pairs.retain(|(a, _)| a.n_chars as f64 >= MIN_FULL_SHARE * column as f64);
    if pairs.len() < MIN_WRAPPED_PAIRS || n_pairs - pairs.len() > MAX_SILENT_PAIRS * pairs.len() {
        return None;
    }
    let n = pairs.len() as f64;
    let share = |test: &dyn Fn(&Line, &Line) -> bool| pairs.iter().filter(|(a, b)| test(a, b)).count() as f64 / n;
    let begins_upper = |b: &Line| text[b.start..].chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
    let strict_share = share(&|a, b| overflows(text, a, b, column));
    (share(&|a, b| breaks_at(text, a, b, column)) >= MIN_WRAPPED_SHARE
        && strict_share >= MIN_STRICT_SHARE
        && share(&|_, b| !begins_upper(b)) >= MIN_LOWER_SHARE
        && share(&|a, _| ends_sentence(&text[a.start..a.end])) <= MAX_CLOSED_SHARE)
        .then_some(Wrap { column, is_strict: strict_share >= MIN_MACHINE_SHARE })
}

/// Whether the break between two lines comes from wrapping.
fn breaks_at(text: &str, a: &Line, b: &Line, column: usize) -> bool {
    let is_full = a.n_chars as f64 >= MIN_FULL_SHARE * column as f64;
    overflows(text, a, b, column) || (is_full && !ends_sentence(&text[a.start..a.end]))
}

/// Whether the first word of the next line would not have fitted.
fn overflows(text: &str, a: &Line, b: &Line, column: usize) -> bool {
    let next = &text[b.start..b.end];
    let word = if next.chars().next().is_some_and(is_unspaced) {
        1
    } else {
        1 + next.split_whitespace().next().map_or(0, |w| w.chars().count())
    };
    a.n_chars + word > column
}

/// Whether a line begins as a record's header does: `URL: …`, `Fetched on: …`.
fn has_label(line: &str) -> bool {
    let label = line.split(": ").next().filter(|label| label.len() < line.len()).unwrap_or_default();
    !label.is_empty() && label.chars().count() <= MAX_LABEL_CHARS && label.split(' ').count() <= MAX_LABEL_WORDS
}

/// Whether a character belongs to a script that puts no spaces between words.
pub fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{3001}'..='\u{3011}' | '\u{FF00}'..='\u{FF64}' | '\u{0E00}'..='\u{0E7F}')
}

fn lay_out_chunk(
    text: &str,
    chunk: &[Line],
    wrap: Option<Wrap>,
    is_verse: bool,
    blocks: &mut Vec<Block>,
    n_groups: &mut u32,
) {
    let of = |l: &Line| &text[l.start..l.end];
    let block = |from: &Line, to: &Line| Block {
        span: Span::new(from.start, to.end),
        gap_before: from.gap_before,
        ..Block::default()
    };
    if is_verse {
        let group = next_group(n_groups);
        blocks.extend(chunk.iter().map(|l| Block { shape: Shape::Verse, group, ..block(l, l) }));
        return;
    }
    let mut idx = 0;
    while idx < chunk.len() {
        let run_of = |test: &dyn Fn(&str) -> bool| chunk[idx..].iter().take_while(|l| test(of(l))).count();
        let n_items = run_of(&|line| list_marker(line).is_some());
        let n_rows = run_of(&|line| line.contains('\t'));
        let (n, shape) = if n_items >= 2 { (n_items, Shape::ListItem) } else { (n_rows, Shape::TableRow) };
        if n >= 2 {
            let group = next_group(n_groups);
            blocks.extend(chunk[idx..idx + n].iter().map(|l| Block { shape, group, ..block(l, l) }));
            idx += n;
            continue;
        }
        let mut last = idx;
        if let Some(Wrap { column, is_strict }) = wrap {
            let is_broken = |text: &str, a: &Line, b: &Line, column: usize| {
                let begins_lower = || text[b.start..b.end].starts_with(char::is_lowercase);
                overflows(text, a, b, column) || ((!is_strict || begins_lower()) && breaks_at(text, a, b, column))
            };
            // A short line that ends no sentence and has more lines under it continues nothing: a byline, a date.
            let is_inset = |at: usize| {
                at + 1 < chunk.len()
                    && (chunk[at].n_chars as f64) < MIN_INNER_SHARE * column as f64
                    && !ends_sentence(of(&chunk[at]))
            };
            let is_labelled = |at: usize| has_label(of(&chunk[at]));
            while last + 1 < chunk.len()
                && !(is_labelled(last) && is_labelled(last + 1))
                && chunk[last].n_chars.max(chunk[last + 1].n_chars) <= column
                && is_broken(text, &chunk[last], &chunk[last + 1], column)
                && (overflows(text, &chunk[last], &chunk[last + 1], column) || !is_inset(last + 1))
                && chunk[last + 1].indent <= chunk[last].indent.max(chunk[idx].indent.min(1))
            {
                last += 1;
            }
        }
        blocks.push(block(&chunk[idx], &chunk[last]));
        idx = last + 1;
    }
}

fn next_group(n_groups: &mut u32) -> Option<u32> {
    *n_groups += 1;
    Some(*n_groups)
}

/// Length in bytes of the marker of a list item (`- `, `* `, `• `, `1. `, `2) `), if the line has one.
pub fn list_marker(line: &str) -> Option<usize> {
    let mut chars = line.char_indices();
    let (_, first) = chars.next()?;
    let after = if matches!(first, '-' | '*' | '•' | '·' | '‣' | '▪' | '●') {
        first.len_utf8()
    } else if first.is_ascii_digit() {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let closes = line[digits..].starts_with(['.', ')']);
        if digits > 3 || !closes {
            return None;
        }
        digits + 1
    } else {
        return None;
    };
    let rest = &line[after..];
    (rest.starts_with([' ', '\t', '\u{A0}']) && !rest.trim().is_empty()).then_some(after)
}

/// A stanza: three lines or more, all short, most of them without a full stop, none a list item, and of like length.
fn is_verse(text: &str, chunk: &[Line], min_lines: usize) -> bool {
    if chunk.len() < min_lines {
        return false;
    }
    let mut n_open = 0;
    for line in chunk {
        let raw = &text[line.start..line.end];
        let n_words = raw.split_whitespace().count();
        let has_digits = raw.bytes().filter(u8::is_ascii_digit).count() > 3;
        if line.n_chars > MAX_VERSE_CHARS
            || n_words < 2
            || has_digits
            || list_marker(raw).is_some()
            || raw.contains('\t')
        {
            return false;
        }
        if !ends_sentence(raw) {
            n_open += 1;
        }
    }
    let longest = chunk.iter().map(|l| l.n_chars).max().unwrap_or(0);
    let shortest = chunk.iter().map(|l| l.n_chars).min().unwrap_or(0);
    n_open * 2 >= chunk.len() && shortest * 3 >= longest
}

/// Whether a text ends as a sentence does: a stop, question or exclamation mark, in any script, quotes and
/// brackets after it allowed.
pub fn ends_sentence(text: &str) -> bool {
    let bare = text.trim_end_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, '"' | '\'' | '”' | '’' | '»' | '«' | '“' | '‘' | ')' | ']' | '」' | '』' | '）' | '›')
    });
    bare.chars().next_back().is_some_and(|c| {
        matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '؟' | '۔' | '।' | '॥' | '።' | '։' | '｡' | ';')
    })
}

/// Marks between a headline and a site's name.
const SEPARATORS: &[&str] = &[" - ", " | ", " – ", " — ", " :: ", " · ", " » ", "｜", "丨", "_", "＿"];
/// Longest site name behind such a mark, in words, and in characters of a script without spaces.
const MAX_SITE_WORDS: usize = 6;
const MAX_SITE_CHARS: usize = 40;
/// Shortest headline of a script without spaces, in characters.
const MIN_UNSPACED_CHARS: usize = 6;

/// A headline without the name of the site behind it.
pub fn without_site(text: &str) -> Option<&str> {
    // Most lines have none of the bytes that the marks are made of.
    if text.bytes().all(|byte| byte.is_ascii() && !matches!(byte, b'-' | b'|' | b':' | b'_')) {
        return None;
    }
    SEPARATORS
        .iter()
        .filter_map(|separator| text.rfind(separator).map(|at| (at, separator.len())))
        .filter(|&(at, len)| {
            let site = text[at + len..].trim();
            !site.is_empty()
                && site.split_whitespace().count() <= MAX_SITE_WORDS
                && site.chars().count() <= MAX_SITE_CHARS
                && (text[..at].split_whitespace().count() >= 2
                    || text[..at].chars().filter(|&c| is_unspaced(c)).count() >= MIN_UNSPACED_CHARS)
        })
        .map(|(at, _)| text[..at].trim_end())
        .min_by_key(|headline| headline.len())
}

/// A line that stands alone, is short and ends no sentence, with a paragraph after it, is shaped as a heading.
fn mark_headings(text: &str, blocks: &mut [Block]) {
    for idx in 0..blocks.len() {
        let block = &blocks[idx];
        let alone = block.gap_before && blocks.get(idx + 1).is_some_and(|next| next.gap_before);
        if block.shape != Shape::Paragraph || !alone {
            continue;
        }
        let raw = block.span.of(text);
        let n_chars = raw.chars().count();
        let n_words = raw.split_whitespace().count();
        let has_letter = raw.chars().any(char::is_alphabetic);
        let open_end = !ends_sentence(raw) && !raw.ends_with([':', ',', ';', '，', '：']);
        if has_letter && open_end && n_chars <= MAX_HEADING_CHARS && n_words <= MAX_HEADING_WORDS && !raw.contains('\n')
        {
            blocks[idx].shape = Shape::Heading(2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(dump: &str) -> Vec<String> {
        let layout = lay_out(dump.to_owned(), 1000);
        layout.blocks.iter().map(|b| layout.block_text(b).split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn one_line_a_paragraph_gives_a_block_a_line() {
        assert_eq!(texts("One two three.\nFour five six.\n"), ["One two three.", "Four five six."]);
    }

    #[test]
    fn hard_wrapped_lines_are_joined_and_paragraphs_stay_apart() {
        let dump = "The council of the small harbour town met on Monday evening to\n\
                    talk about the old crane, which has not moved since the winter\n\
                    storms and now leans a little towards the customs house below.\n\
                    \n\
                    Nobody expects a quick decision, said the mayor, who has asked\n\
                    two engineers from the next valley to look at the rusty bolts.\n";
        let got = texts(dump);
        assert_eq!(got.len(), 2, "{got:#?}");
        assert!(got[0].ends_with("customs house below."));
    }

    #[test]
    fn a_long_line_among_wrapped_ones_stays_a_block_of_its_own() {
        let dump = "We and some of our partners keep cookies on your device so that we can count who comes here each day.\n\
                    Accept Reject\n\
                    Harbour crane put up\n\
                    \n\
                    The council of the small harbour town met on Monday evening to\n\
                    talk about the old crane, which has not moved since the winter\n\
                    storms and now leans a little towards the customs house below.\n\
                    \n\
                    Nobody expects a quick decision, said the mayor, who has asked\n\
                    two engineers from the next valley to look at the rusty bolts.\n\
                    The harbour master, for his part, would rather have the money.\n";
        let got = texts(dump);
        assert_eq!(got.len(), 5, "{got:#?}");
        assert_eq!(got[1..3], ["Accept Reject", "Harbour crane put up"]);
    }

    #[test]
    fn a_stanza_is_verse_and_keeps_its_lines() {
        let layout = lay_out("\nThe tide comes in, the tide goes out\nand leaves its shells behind\nthe gulls go up, the gulls go down\n".into(), 99);
        assert_eq!(layout.blocks.len(), 3);
        assert!(layout.blocks.iter().all(|b| b.shape == Shape::Verse && b.group == Some(1)));
    }

    #[test]
    fn a_lone_short_line_between_paragraphs_is_a_heading() {
        let layout = lay_out("First paragraph ends here.\n\nTalks go on\n\nSecond paragraph ends here.".into(), 99);
        assert_eq!(layout.blocks[1].shape, Shape::Heading(2));
    }

    #[test]
    fn carriage_returns_and_unicode_line_ends_part_lines() {
        assert_eq!(texts("a b.\r\nc d.\re f.\u{2028}g h."), ["a b.", "c d.", "e f.", "g h."]);
    }

    #[test]
    fn past_the_bound_the_rest_is_one_block() {
        let layout = lay_out("a.\nb.\nc.\nd.".into(), 2);
        assert_eq!(layout.blocks.len(), 2);
        assert_eq!(layout.block_text(&layout.blocks[1]), "b.\nc.\nd.");
    }
}
