//! Plain text to layout: the decoded text itself, cut into blocks without moving a byte.
//!
//! Three habits of saved text are told apart: one line a paragraph, paragraphs parted by blank lines, and lines
//! hard-wrapped at a column. Lists, tables and verse are recognised by their lines.

use super::{Block, Layout, Shape};
use crate::finding::Span;

/// Narrowest and widest column, in characters, that people and tools wrap text at (mail at 72, terminals at 80,
/// wide editors at 100 and 120). Outside it, line lengths say nothing of wrapping.
const WRAP_COLUMNS: std::ops::RangeInclusive<usize> = 40..=122;
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
/// Line pairs needed before wrapping is believed.
const MIN_WRAPPED_PAIRS: usize = 3;
/// Fewest lines of a paragraph that shows how a text is wrapped.
const MIN_FULL_LINES: usize = 3;
/// Longest line of verse, in characters. Alexandrines have about 45.
const MAX_VERSE_CHARS: usize = 64;
/// Longest stand-alone line that can be a heading, in characters and in words.
const MAX_HEADING_CHARS: usize = 120;
const MAX_HEADING_WORDS: usize = 18;

/// How a text is hard-wrapped.
#[derive(Debug, Clone, Copy)]
struct Wrap {
    column: usize,
    /// Every line is, not only those of paragraphs that look so.
    is_everywhere: bool,
}

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
    let wrap = wrap_column(&text, &lines)
        .map(|column| Wrap { column, is_everywhere: true })
        .or_else(|| wrapped_paragraphs(&text, &lines).map(|column| Wrap { column, is_everywhere: false }));
    let mut blocks: Vec<Block> = Vec::new();
    let mut n_groups = 0_u32;
    // Two lines are a stanza only where longer ones stand beside them: a refrain.
    let n_stanzas = lines.chunk_by(|_, b| !b.gap_before).filter(|chunk| is_verse(&text, chunk, 3)).count();
    let min_verse_lines = if n_stanzas >= 2 { 2 } else { 3 };
    let mut idx = 0;
    while idx < lines.len() {
        let end = (idx + 1..lines.len()).find(|&i| lines[i].gap_before).unwrap_or(lines.len());
        let chunk = &lines[idx..end];
        let is_verse = wrap.is_none() && is_verse(&text, chunk, min_verse_lines);
        lay_out_chunk(&text, chunk, wrap, is_verse, &mut blocks, &mut n_groups);
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

/// The column that the text is hard-wrapped at, if it is: nearly every line break inside a paragraph stands where
/// the next word would no longer have fitted.
fn wrap_column(text: &str, lines: &[Line]) -> Option<usize> {
    let pairs: Vec<(&Line, &Line)> = lines.windows(2).filter(|w| !w[1].gap_before).map(|w| (&w[0], &w[1])).collect();
    column_of(text, &pairs)
}

/// The column of those paragraphs that look wrapped: three lines or more, all but the last of them full. Furniture
/// around them, or a notice in one long line, hides it from a look at all lines.
fn wrapped_paragraphs(text: &str, lines: &[Line]) -> Option<usize> {
    let paragraphs: Vec<&[Line]> = lines.chunk_by(|_, b| !b.gap_before).filter(|chunk| is_full(chunk)).collect();
    let pairs: Vec<(&Line, &Line)> = paragraphs.iter().flat_map(|p| p.windows(2)).map(|w| (&w[0], &w[1])).collect();
    column_of(text, &pairs)
}

/// Whether a paragraph has three lines or more and none but the last is much shorter than the longest.
fn is_full(chunk: &[Line]) -> bool {
    let longest = chunk.iter().map(|line| line.n_chars).max().unwrap_or(0);
    let is_long = |line: &Line| line.n_chars as f64 >= MIN_FULL_SHARE * longest as f64;
    chunk.len() >= MIN_FULL_LINES && chunk[..chunk.len() - 1].iter().all(is_long)
}

/// The column that lines break at, if nearly all of these pairs of lines break there.
fn column_of(text: &str, pairs: &[(&Line, &Line)]) -> Option<usize> {
    if pairs.len() < MIN_WRAPPED_PAIRS {
        return None;
    }
    let column = pairs.iter().map(|(a, b)| a.n_chars.max(b.n_chars)).max()?;
    if !WRAP_COLUMNS.contains(&column) {
        return None;
    }
    let n = pairs.len() as f64;
    let share = |test: &dyn Fn(&Line, &Line) -> bool| pairs.iter().filter(|(a, b)| test(a, b)).count() as f64 / n;
    (share(&|a, b| breaks_at(text, a, b, column)) >= MIN_WRAPPED_SHARE
        && share(&|a, b| overflows(text, a, b, column)) >= MIN_STRICT_SHARE
        && share(&|_, b| !begins_upper(text, b)) >= MIN_LOWER_SHARE
        && share(&|a, _| ends_sentence(&text[a.start..a.end])) <= MAX_CLOSED_SHARE)
        .then_some(column)
}

fn begins_upper(text: &str, line: &Line) -> bool {
    text[line.start..].chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase)
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
        if let Some(Wrap { column, is_everywhere }) = wrap {
            // Where not all lines are wrapped, a headline and the byline under it are not.
            let is_paragraph = is_everywhere || is_full(chunk);
            while last + 1 < chunk.len()
                && breaks_at(text, &chunk[last], &chunk[last + 1], column)
                && (is_paragraph || !begins_upper(text, &chunk[last + 1]))
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
const SEPARATORS: &[&str] = &[" - ", " | ", " – ", " — ", " :: ", " · ", " » "];
/// Longest site name behind such a mark, in words.
const MAX_SITE_WORDS: usize = 6;

/// A headline without the name of the site behind it.
pub fn without_site(text: &str) -> Option<&str> {
    SEPARATORS
        .iter()
        .filter_map(|separator| text.rfind(separator).map(|at| (at, separator.len())))
        .filter(|&(at, len)| {
            let site = text[at + len..].trim();
            !site.is_empty()
                && site.split_whitespace().count() <= MAX_SITE_WORDS
                && text[..at].split_whitespace().count() >= 2
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
    fn wrapped_paragraphs_are_joined_among_furniture_that_is_not() {
        let dump = "Crane comes to the harbour after all these years of waiting\n\
                    Published: 3 March 2025\n\
                    \n\
                    The council of the small harbour town met on Monday evening to\n\
                    talk about the old crane, which has not moved since the winter\n\
                    storms and now leans a little towards the customs house below.\n\
                    \n\
                    Nobody expects a quick decision, said the mayor, who has asked\n\
                    two engineers from the next valley to look at the rusty bolts,\n\
                    and to bring a ladder.\n\
                    \n\
                    © Harbour Post. This notice is in one long line, longer than any column that a text is wrapped at.\n\
                    Share\n\
                    Print\n\
                    Save\n";
        let got = texts(dump);
        assert_eq!(got.len(), 8, "{got:#?}");
        assert_eq!(got[0], "Crane comes to the harbour after all these years of waiting");
        assert!(got[3].ends_with("to bring a ladder."));
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
