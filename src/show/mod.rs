//! Results to marked text for people: comes in a layout with its findings, go out pieces that say what became of them,
//! and their rendering for a terminal ([`terminal`]) and as one page ([`page`]). Never judges, never reads a file.

pub mod page;
pub mod terminal;

use crate::finding::{Action, Finding, Span, named_enum};
use crate::page::{Block, Layout, Shape, count_chars};

named_enum! {
    /// What became of a piece of text.
    Mark {
        /// It stands in the article.
        Kept = "keep",
        /// It left the article.
        Dropped = "drop",
        /// It left the text for a typed field.
        Lifted = "lift",
        /// It was replaced.
        Repaired = "repair",
    }
}

named_enum! {
    /// What became of a whole block.
    Verdict {
        /// All of it stands in the article, repaired or not.
        Keep = "keep",
        /// All of it is gone.
        Drop = "drop",
        /// All of it is gone, and some of it stands in typed fields.
        Lift = "lift",
        /// Some of it is gone.
        Part = "part",
    }
}

/// A piece of a block of one mark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece<'a> {
    /// The text as it stands in the layout.
    pub text: &'a str,
    /// What became of it.
    pub mark: Mark,
    /// The finding that decided; none for text that nothing touched.
    pub finding: Option<&'a Finding>,
}

/// A block of the layout with what became of it.
#[derive(Debug, Clone)]
pub struct MarkedBlock<'a> {
    /// Its place in the layout, from 1.
    pub number: usize,
    /// The block.
    pub block: &'a Block,
    /// Its text, cut where the mark changes. The pieces joined are the block's text.
    pub pieces: Vec<Piece<'a>>,
    /// Every finding that touches it, the ones that remove nothing too, in their own order.
    pub findings: Vec<&'a Finding>,
    /// The sum of it.
    pub verdict: Verdict,
}

/// Marks the blocks of a layout. Total: spans that fit no text are passed over.
pub fn mark<'a>(layout: &'a Layout, findings: &'a [Finding]) -> Vec<MarkedBlock<'a>> {
    let mut edits: Vec<&Finding> = findings.iter().filter(|f| mark_of(f.action).is_some()).collect();
    edits.sort_by_key(|f| (f.span.start, f.span.end));
    let mut by_start: Vec<&Finding> = findings.iter().collect();
    by_start.sort_by_key(|f| f.span.start);
    let mut first_edit = 0;
    let mut next = 0;
    let mut open: Vec<&Finding> = Vec::new();
    let mut blocks = Vec::with_capacity(layout.blocks.len());
    for (index, block) in layout.blocks.iter().enumerate() {
        while edits.get(first_edit).is_some_and(|f| f.span.end <= block.span.start) {
            first_edit += 1;
        }
        while let Some(finding) = by_start.get(next).filter(|f| f.span.start < block.span.end) {
            open.push(finding);
            next += 1;
        }
        open.retain(|f| f.span.end > block.span.start);
        let pieces = cut(&layout.text, block.span, &edits[first_edit..]);
        let verdict = verdict_of(&pieces);
        blocks.push(MarkedBlock { number: index + 1, block, pieces, findings: open.clone(), verdict });
    }
    blocks
}

/// The mark that an action gives its text; none where the text stays as it is.
fn mark_of(action: Action) -> Option<Mark> {
    match action {
        Action::Drop => Some(Mark::Dropped),
        Action::Lift(_) => Some(Mark::Lifted),
        Action::Repair => Some(Mark::Repaired),
        _ => None,
    }
}

fn cut<'a>(text: &'a str, span: Span, edits: &[&'a Finding]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut at = span.start;
    let kept = |from: u32, to: u32| {
        let text = text.get(from as usize..to as usize).unwrap_or_default();
        (!text.is_empty()).then_some(Piece { text, mark: Mark::Kept, finding: None })
    };
    for finding in edits.iter().take_while(|f| f.span.start < span.end) {
        let (from, to) = (finding.span.start.max(at), finding.span.end.min(span.end));
        let Some(mark) = mark_of(finding.action).filter(|_| from <= to) else { continue };
        let Some(piece) = text.get(from as usize..to as usize) else { continue };
        pieces.extend(kept(at, from));
        pieces.push(Piece { text: piece, mark, finding: Some(finding) });
        at = to;
    }
    pieces.extend(kept(at, span.end));
    pieces
}

fn verdict_of(pieces: &[Piece<'_>]) -> Verdict {
    let (mut stays, mut goes, mut lifted) = (false, false, false);
    for piece in pieces.iter().filter(|p| count_chars(p.text) > 0) {
        match piece.mark {
            Mark::Kept | Mark::Repaired => stays = true,
            Mark::Dropped => goes = true,
            Mark::Lifted => (goes, lifted) = (true, true),
        }
    }
    match (stays, goes, lifted) {
        (true, true, _) => Verdict::Part,
        (false, true, true) => Verdict::Lift,
        (false, true, false) => Verdict::Drop,
        _ => Verdict::Keep,
    }
}

/// The name of a block's shape.
pub fn shape_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Paragraph => "paragraph",
        Shape::Heading(_) => "heading",
        Shape::ListItem => "list item",
        Shape::TableRow => "table row",
        Shape::Quote => "quote",
        Shape::Code => "code",
        Shape::Verse => "verse",
        Shape::Caption => "caption",
    }
}

/// Counts of a marked document, without white space.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Characters that stay (a repaired one counts as it stood).
    pub kept: usize,
    /// Characters that were dropped.
    pub dropped: usize,
    /// Characters that were lifted.
    pub lifted: usize,
}

/// Sums the characters of all pieces by what became of them.
pub fn count(blocks: &[MarkedBlock<'_>]) -> Counts {
    let mut counts = Counts::default();
    for piece in blocks.iter().flat_map(|b| &b.pieces) {
        let n_chars = count_chars(piece.text);
        match piece.mark {
            Mark::Kept | Mark::Repaired => counts.kept += n_chars,
            Mark::Dropped => counts.dropped += n_chars,
            Mark::Lifted => counts.lifted += n_chars,
        }
    }
    counts
}

/// How often each rule decided, sorted by count, then by name.
pub fn count_rules(findings: &[Finding]) -> Vec<(&str, usize)> {
    let mut rules: Vec<&str> = findings.iter().map(|f| f.rule.as_str()).collect();
    rules.sort_unstable();
    let mut counted: Vec<(&str, usize)> = Vec::new();
    for rule in rules {
        match counted.last_mut() {
            Some((last, n_findings)) if *last == rule => *n_findings += 1,
            _ => counted.push((rule, 1)),
        }
    }
    counted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    counted
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::finding::{Field, Kind};

    /// A layout of one block a line.
    pub(crate) fn layout(lines: &[&str]) -> Layout {
        let mut layout = Layout::default();
        for line in lines {
            let start = layout.text.len();
            layout.text.push_str(line);
            let span = Span::new(start, layout.text.len());
            layout.blocks.push(Block { span, ..Block::default() });
            layout.text.push('\n');
        }
        layout
    }

    /// A finding about the first place where `text` stands.
    pub(crate) fn finding(layout: &Layout, text: &str, action: Action) -> Finding {
        let start = layout.text.find(text).expect("the text stands in the layout");
        Finding {
            kind: Kind::Boilerplate,
            rule: "test/rule".into(),
            span: Span::new(start, start + text.len()),
            action,
            value: None,
            replacement: None,
            confidence: 1.0,
        }
    }

    #[test]
    fn pieces_joined_are_the_text_of_their_block() {
        let layout = layout(&["Pier Town (Wire) - The crane is back.", "Share", "It lifts again."]);
        let findings = [
            finding(&layout, "Pier Town", Action::Lift(Some(Field::DatelinePlace))),
            finding(&layout, " (", Action::Drop),
            finding(&layout, "Share\nIt", Action::Drop),
            finding(&layout, "again", Action::Keep),
        ];
        let marked = mark(&layout, &findings);
        for (block, marked) in layout.blocks.iter().zip(&marked) {
            let joined: String = marked.pieces.iter().map(|p| p.text).collect();
            assert_eq!(joined, layout.block_text(block));
        }
        let verdicts: Vec<Verdict> = marked.iter().map(|b| b.verdict).collect();
        assert_eq!(verdicts, [Verdict::Part, Verdict::Drop, Verdict::Part]);
        assert_eq!(marked[2].findings.len(), 2);
        assert_eq!(count(&marked), Counts { kept: 32, dropped: 8, lifted: 8 });
    }

    #[test]
    fn a_block_that_fills_a_field_and_loses_the_rest_is_lifted() {
        let layout = layout(&["By Ann Reed |"]);
        let findings = [
            finding(&layout, "Ann Reed", Action::Lift(Some(Field::Authors))),
            finding(&layout, "By ", Action::Drop),
            finding(&layout, " |", Action::Drop),
        ];
        assert_eq!(mark(&layout, &findings)[0].verdict, Verdict::Lift);
    }

    #[test]
    fn spans_that_fit_no_text_are_passed_over() {
        let layout = layout(&["Zürich"]);
        let mut inside_a_letter = finding(&layout, "Z", Action::Drop);
        inside_a_letter.span = Span::new(0, 2);
        let mut past_the_end = finding(&layout, "Z", Action::Drop);
        past_the_end.span = Span::new(90, 95);
        let findings = [inside_a_letter, past_the_end];
        assert_eq!(mark(&layout, &findings)[0].verdict, Verdict::Keep);
    }

    #[test]
    fn rules_are_counted_most_frequent_first() {
        let layout = layout(&["a b c"]);
        let mut findings = [
            finding(&layout, "a", Action::Drop),
            finding(&layout, "b", Action::Drop),
            finding(&layout, "c", Action::Drop),
        ];
        findings[0].rule = "z/last".into();
        findings[2].rule = "z/last".into();
        assert_eq!(count_rules(&findings), [("z/last", 2), ("test/rule", 1)]);
    }
}
