//! Layout and findings to paragraphs: what no finding removed, white space normalised, listed repairs applied.

use std::borrow::Cow;
use std::ops::Range;

use super::record::ParagraphKind;
use crate::finding::{Action, Finding, Kind};
use crate::page::text::is_unspaced;
use crate::page::{Block, Layout, Shape, count_chars};

/// A paragraph of the clean text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paragraph {
    /// Its text; lines of a list, table, program or poem parted by `\n`, never a blank line.
    pub text: String,
    /// What it is.
    pub kind: ParagraphKind,
}

/// Characters of a layout, white space not counted, by where they went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// All.
    pub layout: usize,
    /// In the text, before repairs.
    pub kept: usize,
    /// Thrown away.
    pub dropped: usize,
    /// In typed fields.
    pub lifted: usize,
}

/// The ranges of the layout that no finding removes, cut at the borders of blocks, sorted.
pub fn kept_ranges(layout: &Layout, findings: &[Finding]) -> Vec<(usize, Range<usize>)> {
    let mut removed = findings.iter().filter(|f| f.action.removes()).map(|f| f.span.range()).peekable();
    let mut kept = Vec::new();
    for (idx, block) in layout.blocks.iter().enumerate() {
        let Range { start: mut at, end } = block.span.range();
        while removed.peek().is_some_and(|r| r.end <= at) {
            removed.next();
        }
        while let Some(gone) = removed.peek().filter(|r| r.start < end) {
            if at < gone.start {
                kept.push((idx, at..gone.start));
            }
            at = at.max(gone.end);
            if gone.end > end {
                break;
            }
            removed.next();
        }
        if at < end {
            kept.push((idx, at..end));
        }
    }
    kept
}

/// Counts where the characters went.
pub fn sums(layout: &Layout, findings: &[Finding]) -> Sums {
    let mut sums = Sums { layout: count_chars(&layout.text), ..Sums::default() };
    for finding in findings.iter().filter(|f| f.action.removes()) {
        let n = count_chars(finding.span.of(&layout.text));
        match finding.action {
            Action::Lift(_) => sums.lifted += n,
            _ => sums.dropped += n,
        }
    }
    sums.kept = sums.layout - sums.dropped - sums.lifted;
    sums
}

/// Builds the paragraphs. Repairs are findings with a replacement; they lie inside kept ranges.
pub fn paragraphs(layout: &Layout, findings: &[Finding]) -> Vec<Paragraph> {
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut open_group: Option<(u32, ParagraphKind)> = None;
    let kept = kept_ranges(layout, findings);
    let repairs: Vec<&Finding> = findings.iter().filter(|f| f.action == Action::Repair).collect();
    let protected: Vec<&Finding> =
        findings.iter().filter(|f| f.action == Action::Keep && f.kind == Kind::Correction).collect();
    let mut at = 0;
    while at < kept.len() {
        let block_idx = kept[at].0;
        let n = kept[at..].iter().take_while(|(idx, _)| *idx == block_idx).count();
        let block = &layout.blocks[block_idx];
        let mut text = String::new();
        for (_, range) in &kept[at..at + n] {
            let piece = repaired(&layout.text, range, &repairs);
            let piece = normalised(&piece, block.shape);
            if !piece.is_empty() {
                if text.is_empty() {
                    text = piece;
                } else {
                    text.push(' ');
                    text.push_str(&piece);
                }
            }
        }
        at += n;
        if text.is_empty() {
            continue;
        }
        let is_correction = protected.iter().any(|f| f.span.overlaps(block.span));
        let kind = if is_correction { ParagraphKind::Correction } else { kind_of(block) };
        let group = block.group.filter(|_| is_lined(kind)).map(|g| (g, kind));
        match paragraphs.last_mut() {
            Some(last) if group.is_some() && group == open_group => {
                last.text.push('\n');
                last.text.push_str(&text);
            }
            _ => paragraphs.push(Paragraph { text, kind }),
        }
        open_group = group;
    }
    // A program that opens the article keeps its indents but for the first, so that the text begins with a character.
    if let Some(first) = paragraphs.first_mut() {
        first.text.drain(..first.text.len() - first.text.trim_start().len());
    }
    paragraphs
}

fn is_lined(kind: ParagraphKind) -> bool {
    matches!(kind, ParagraphKind::List | ParagraphKind::Table | ParagraphKind::Code | ParagraphKind::Verse)
}

fn kind_of(block: &Block) -> ParagraphKind {
    match block.shape {
        Shape::Heading(_) => ParagraphKind::Heading,
        Shape::ListItem => ParagraphKind::List,
        Shape::TableRow => ParagraphKind::Table,
        Shape::Quote => ParagraphKind::Quote,
        Shape::Code => ParagraphKind::Code,
        Shape::Verse => ParagraphKind::Verse,
        Shape::Paragraph | Shape::Caption => ParagraphKind::Body,
    }
}

/// A piece of the layout with its repairs applied.
fn repaired<'t>(text: &'t str, range: &Range<usize>, repairs: &[&Finding]) -> Cow<'t, str> {
    let from = repairs.partition_point(|f| (f.span.end as usize) <= range.start);
    if repairs.get(from).is_none_or(|f| (f.span.start as usize) >= range.end) {
        return Cow::Borrowed(&text[range.clone()]);
    }
    let mut out = String::with_capacity(range.len());
    let mut at = range.start;
    for repair in repairs[from..].iter().take_while(|f| (f.span.start as usize) < range.end) {
        out.push_str(&text[at..repair.span.start as usize]);
        out.push_str(repair.replacement.as_deref().unwrap_or_default());
        at = repair.span.end as usize;
    }
    out.push_str(&text[at..range.end]);
    Cow::Owned(out)
}

/// White space as the output has it.
fn normalised(text: &str, shape: Shape) -> String {
    match shape {
        Shape::Code => {
            let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
            lines.join("\n")
        }
        Shape::TableRow => {
            let cells: Vec<String> = text.split('\t').map(collapsed).collect();
            cells.join("\t").trim().to_owned()
        }
        _ => collapsed(text),
    }
}

/// Whether the only white space of a text are single spaces inside of it.
fn is_collapsed(text: &str) -> bool {
    let mut after_space = true;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b' ' if after_space => return false,
            b'\t'..=b'\r' => return false,
            // What begins the white space beyond ASCII.
            0xC2 | 0xE1..=0xE3 if text[at..].starts_with(char::is_whitespace) => return false,
            _ => {}
        }
        after_space = byte == b' ';
    }
    !after_space || text.is_empty()
}

/// Runs of white space become one space; a line break inside an unspaced script becomes none.
pub fn collapsed(text: &str) -> String {
    if is_collapsed(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut gap: Option<bool> = None;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = Some(gap.unwrap_or(false) || matches!(c, '\n' | '\r'));
            continue;
        }
        if let Some(broken) = gap.take()
            && !out.is_empty()
        {
            let unspaced = broken && is_unspaced(c) && out.chars().next_back().is_some_and(is_unspaced);
            if !unspaced {
                out.push(' ');
            }
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{RuleId, Span};
    use crate::page::text::lay_out;

    fn finding(text: &str, piece: &str, action: Action, replacement: Option<&str>) -> Finding {
        let at = text.find(piece).unwrap();
        Finding {
            kind: Kind::Advert,
            rule: RuleId::from("test/rule"),
            span: Span::new(at, at + piece.len()),
            action,
            value: None,
            replacement: replacement.map(str::to_owned),
            confidence: 1.0,
        }
    }

    #[test]
    fn what_is_removed_leaves_one_space() {
        let dump = "The ferry sails at nine. READ MORE The crew is new.\nAdvert\nIt rains.";
        let layout = lay_out(dump.into(), 99);
        let findings = [finding(dump, "READ MORE", Action::Drop, None), finding(dump, "Advert", Action::Drop, None)];
        let got: Vec<String> = paragraphs(&layout, &findings).into_iter().map(|p| p.text).collect();
        assert_eq!(got, ["The ferry sails at nine. The crew is new.", "It rains."]);
        let sums = sums(&layout, &findings);
        assert_eq!((sums.dropped, sums.lifted), (14, 0));
        assert_eq!(sums.layout, sums.kept + sums.dropped);
    }

    #[test]
    fn a_finding_over_several_blocks_removes_all_of_them() {
        let dump = "One is here.\nTwo\nThree\nFour is here.";
        let layout = lay_out(dump.into(), 99);
        let findings = [finding(dump, "Two\nThree", Action::Drop, None)];
        assert_eq!(paragraphs(&layout, &findings).len(), 2);
    }

    #[test]
    fn repairs_are_applied_in_place() {
        let dump = "A&amp;B met.";
        let layout = lay_out(dump.into(), 99);
        let got = paragraphs(&layout, &[finding(dump, "&amp;", Action::Repair, Some("&"))]);
        assert_eq!(got[0].text, "A&B met.");
    }

    #[test]
    fn a_program_keeps_its_indents_but_the_text_begins_with_a_character() {
        let text = "  if (late)\n    wait();";
        let block =
            |start| Block { span: Span::new(start, start + text.len()), shape: Shape::Code, ..Block::default() };
        let layout = Layout { text: format!("{text}\n\n{text}"), blocks: vec![block(0), block(text.len() + 2)] };
        let got: Vec<String> = paragraphs(&layout, &[]).into_iter().map(|p| p.text).collect();
        assert_eq!(got, ["if (late)\n    wait();", text]);
    }

    #[test]
    fn lines_of_one_list_are_one_paragraph() {
        let layout = lay_out("Bring these:\n\n- a rope\n- two  lamps\n\nThen go.".into(), 99);
        let got: Vec<String> = paragraphs(&layout, &[]).into_iter().map(|p| p.text).collect();
        assert_eq!(got, ["Bring these:", "- a rope\n- two lamps", "Then go."]);
    }
}
