//! The laws of one cleaned dump: comes in what the cleaner gave, goes out the first law that it breaks.

use copydesk::Cleaned;
use copydesk::article::Article;
use copydesk::finding::{Action, Finding};
use copydesk::page::text::is_unspaced;
use copydesk::page::{Layout, count_chars};

/// Longest layout, as a multiple of the dump and beside it, in bytes. A letter of an 8-bit encoding takes three bytes
/// of UTF-8; a list item of five bytes (`<li>x`) gets its number, at most twenty bytes of Roman letters.
const MAX_LAYOUT_FACTOR: usize = 8;
const MAX_LAYOUT_EXTRA: usize = 64;

type Law = std::result::Result<(), String>;

/// The first law that is broken, told in a few words: its sort, a colon, the place.
pub(crate) fn broken_law(dump: &[u8], cleaned: &Cleaned) -> Option<String> {
    let Cleaned { outcome, layout, findings, .. } = cleaned;
    let all = || -> Law {
        size_is_bounded(dump, layout)?;
        blocks_part_the_layout(layout)?;
        findings_are_in_order(layout, findings)?;
        if let Ok(article) = outcome {
            sums_hold(article, layout, findings)?;
            text_is_the_layout(article, layout, findings)?;
            paragraphs_are_whole(article)?;
        }
        Ok(())
    };
    all().err()
}

fn broken(law: &str, place: impl std::fmt::Debug) -> Law {
    Err(format!("{law}: {place:?}"))
}

fn size_is_bounded(dump: &[u8], layout: &Layout) -> Law {
    let most = MAX_LAYOUT_FACTOR * dump.len() + MAX_LAYOUT_EXTRA;
    if layout.text.len() > most {
        return broken("the layout is too long", (dump.len(), layout.text.len()));
    }
    Ok(())
}

/// Blocks are sorted, disjoint, not blank, and only white space lies between them.
fn blocks_part_the_layout(layout: &Layout) -> Law {
    let text = &layout.text;
    let mut at = 0;
    for block in &layout.blocks {
        let range = block.span.range();
        let (Some(between), Some(inside)) = (text.get(at..range.start), text.get(range.clone())) else {
            return broken("blocks are not in order or off the borders of characters", range);
        };
        if !between.trim().is_empty() {
            return broken("text lies between blocks", between);
        }
        if inside.trim().is_empty() {
            return broken("a block is blank", range);
        }
        at = range.end;
    }
    match text.get(at..) {
        Some(rest) if rest.trim().is_empty() => Ok(()),
        rest => broken("text lies behind the last block", rest),
    }
}

fn is_listed(finding: &Finding) -> bool {
    finding.action.removes() || finding.action == Action::Repair
}

/// Findings that remove or repair are sorted, disjoint, inside the layout, on borders of characters and not blank.
/// So no repair stands inside what is removed.
fn findings_are_in_order(layout: &Layout, findings: &[Finding]) -> Law {
    let mut at = 0;
    for finding in findings {
        let range = finding.span.range();
        let Some(inside) = layout.text.get(range.clone()) else {
            return broken("a finding is off the borders of characters", finding);
        };
        if !(0.0..=1.0).contains(&finding.confidence) {
            return broken("a confidence is no share", finding);
        }
        if !is_listed(finding) {
            continue;
        }
        if inside.trim().is_empty() {
            return broken("a finding is blank", finding);
        }
        if range.start < at {
            return broken("findings overlap or are not sorted", finding);
        }
        if (finding.action == Action::Repair) != finding.replacement.is_some() {
            return broken("a replacement without a repair, or a repair without one", finding);
        }
        if finding.replacement.as_deref() == Some(inside) {
            return broken("a repair changes nothing", finding);
        }
        at = range.end;
    }
    Ok(())
}

/// The sums of an article, each counted anew from layout and findings.
fn sums_hold(article: &Article, layout: &Layout, findings: &[Finding]) -> Law {
    let count = |wanted: &dyn Fn(Action) -> bool| -> usize {
        findings.iter().filter(|f| wanted(f.action)).map(|f| count_chars(f.span.of(&layout.text))).sum()
    };
    let (dropped, lifted) = (count(&|a| a == Action::Drop), count(&|a| matches!(a, Action::Lift(_))));
    let all = count_chars(&layout.text);
    let said = [article.layout_chars, article.kept_chars, article.dropped_chars, article.lifted_chars];
    let counted = [all, all - dropped - lifted, dropped, lifted];
    if said.map(|n| n as usize) != counted {
        return broken("sums are wrong", (said, counted));
    }
    let repairs = || findings.iter().filter(|f| f.action == Action::Repair);
    let taken: usize = repairs().map(|f| count_chars(f.span.of(&layout.text))).sum();
    let added: usize = repairs().map(|f| count_chars(f.replacement.as_deref().unwrap_or_default())).sum();
    if count_chars(&article.text) + taken != article.kept_chars as usize + added {
        return broken("the text is not what is kept", (count_chars(&article.text), article.kept_chars, taken, added));
    }
    Ok(())
}

/// Whether white space stands before a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Yes,
    No,
    /// Something was taken out or repaired there, or a line broke inside a script without spaces.
    Either,
}

/// The characters of a text that are not white space, each with the gap before it.
fn spaced(text: &str) -> impl Iterator<Item = (char, Gap)> {
    let mut gap = Gap::No;
    text.chars().filter_map(move |c| {
        if c.is_whitespace() {
            gap = Gap::Yes;
            return None;
        }
        Some((c, std::mem::replace(&mut gap, Gap::No)))
    })
}

/// What the text must be: the layout without what was removed, with what was repaired.
fn expected(layout: &Layout, findings: &[Finding]) -> Vec<(char, Gap)> {
    let mut chars: Vec<(char, Gap)> = Vec::new();
    let mut at = 0;
    let mut is_seam = false;
    let mut add = |piece: &str, is_seam: bool| {
        let first = chars.len();
        chars.extend(spaced(piece));
        if is_seam && let Some(first) = chars.get_mut(first) {
            first.1 = Gap::Either;
        }
    };
    for finding in findings.iter().filter(|f| is_listed(f)) {
        let range = finding.span.range();
        add(&layout.text[at..range.start], is_seam);
        add(finding.replacement.as_deref().unwrap_or_default(), true);
        is_seam = true;
        at = range.end;
    }
    add(&layout.text[at..], is_seam);
    for i in 1..chars.len() {
        if is_unspaced(chars[i].0) && is_unspaced(chars[i - 1].0) {
            chars[i].1 = Gap::Either;
        }
    }
    chars
}

/// The characters of the text are those of the layout, in order, and no word is torn or glued together.
fn text_is_the_layout(article: &Article, layout: &Layout, findings: &[Finding]) -> Law {
    let expected = expected(layout, findings);
    let text: Vec<(char, Gap)> = spaced(&article.text).collect();
    let shown = |chars: &[(char, Gap)], at: usize| -> String {
        chars[at.saturating_sub(20).min(chars.len())..(at + 20).min(chars.len())].iter().map(|(c, _)| c).collect()
    };
    let differ = |(want, got): (&(char, Gap), &(char, Gap))| want.0 != got.0;
    let longest = expected.len().min(text.len());
    let at = expected.iter().zip(&text).position(differ).unwrap_or(longest);
    if at < expected.len().max(text.len()) {
        return broken("the text is not the layout without what was removed", (shown(&expected, at), shown(&text, at)));
    }
    // White space at the very start is no gap.
    let torn = expected.iter().zip(&text).skip(1).position(|(want, got)| want.1 != Gap::Either && want.1 != got.1);
    if let Some(at) = torn {
        return broken("words are torn or glued together", (shown(&text, at + 1), expected[at + 1], text[at + 1]));
    }
    Ok(())
}

/// Each paragraph has a kind and some text; white space is normalised.
fn paragraphs_are_whole(article: &Article) -> Law {
    let text = &article.text;
    if text.trim() != text {
        return broken("white space stands at an end of the text", text);
    }
    if text.contains("\n\n\n") {
        return broken("three line feeds follow each other", text);
    }
    let paragraphs: Vec<&str> = text.split("\n\n").collect();
    let n = paragraphs.len();
    if n != article.paragraph_kinds.len() || n != article.paragraph_count as usize {
        return broken("paragraphs are counted wrongly", (&paragraphs, &article.paragraph_kinds));
    }
    if paragraphs.iter().any(|paragraph| paragraph.trim().is_empty()) {
        return broken("a paragraph is empty", text);
    }
    Ok(())
}
