//! Marked text for a terminal: a head line a block, its findings, its text. With colours, or with marks in plain text.
//!
//! The margin says what became of a block, as in the cases of a rule: two spaces stay, `- ` goes, `> ` is lifted,
//! `* ` loses a part. Inside a block `[-…-]` goes, `[>…<]` is lifted and `[~…~…~]` is replaced.

use std::fmt::Write as _;

use super::{Mark, MarkedBlock, Piece, Verdict, shape_name};
use crate::finding::{Action, Finding};

/// Whether escape sequences may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Marks in the text.
    Plain,
    /// Colours, and no marks inside a block.
    Colour,
}

const RED: &str = "\x1b[31m";
const BLUE: &str = "\x1b[34m";
const YELLOW: &str = "\x1b[33m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

/// Renders blocks for a terminal, each closed by a blank line.
pub fn render(blocks: &[MarkedBlock<'_>], style: Style) -> String {
    let mut out = String::new();
    for block in blocks {
        render_block(&mut out, block, style);
        out.push('\n');
    }
    out
}

fn render_block(out: &mut String, marked: &MarkedBlock<'_>, style: Style) {
    let (dim, reset) = match style {
        Style::Plain => ("", ""),
        Style::Colour => (DIM, RESET),
    };
    let colour = colour_of_verdict(marked.verdict, style);
    let _ =
        write!(out, "{}  {colour}{}{reset}  {dim}{}", marked.number, marked.verdict, shape_name(marked.block.shape));
    if marked.block.hidden {
        out.push_str(", hidden");
    }
    if marked.block.link_share > 0.0 {
        let _ = write!(out, ", {:.0} % links", marked.block.link_share * 100.0);
    }
    let _ = writeln!(out, "{reset}");
    for finding in &marked.findings {
        let _ = writeln!(out, "     {dim}{}{reset}", visible(&evidence(finding)));
    }
    let margin = match marked.verdict {
        Verdict::Keep => "  ",
        Verdict::Drop => "- ",
        Verdict::Lift => "> ",
        Verdict::Part => "* ",
    };
    let text: String = marked.pieces.iter().map(|p| render_piece(p, marked.verdict, style)).collect();
    for line in text.lines() {
        let _ = writeln!(out, "{colour}{margin}{reset}{line}");
    }
}

/// One line on a finding: what, who, why so.
pub fn evidence(finding: &Finding) -> String {
    let mut line = format!("{}  {}  {}", finding.action.as_str(), finding.rule, finding.kind);
    if let Some(field) = finding.action.field() {
        let _ = write!(line, " -> {field}");
    }
    if let Some(value) = &finding.value {
        let _ = write!(line, " = {value:?}");
    }
    if let (Action::Repair, Some(replacement)) = (finding.action, &finding.replacement) {
        let _ = write!(line, " -> {replacement:?}");
    }
    let _ = write!(line, "  {:.2}", finding.confidence);
    line
}

fn render_piece(piece: &Piece<'_>, verdict: Verdict, style: Style) -> String {
    let text = visible(piece.text);
    let replacement = piece.finding.and_then(|f| f.replacement.as_deref()).map(visible).unwrap_or_default();
    match (style, piece.mark) {
        (_, Mark::Kept) => text,
        (Style::Colour, Mark::Dropped) => paint(RED, &text),
        (Style::Colour, Mark::Lifted) => paint(BLUE, &text),
        (Style::Colour, Mark::Repaired) => format!("{}{}", paint(RED, &text), paint(YELLOW, &replacement)),
        (Style::Plain, Mark::Dropped) if verdict == Verdict::Drop => text,
        (Style::Plain, Mark::Dropped) => format!("[-{text}-]"),
        (Style::Plain, Mark::Lifted) => format!("[>{text}<]"),
        (Style::Plain, Mark::Repaired) => format!("[~{text}~{replacement}~]"),
    }
}

/// Colours each line on its own, so that a margin in between stays as it is.
fn paint(colour: &str, text: &str) -> String {
    text.split('\n').map(|line| format!("{colour}{line}{RESET}")).collect::<Vec<_>>().join("\n")
}

fn colour_of_verdict(verdict: Verdict, style: Style) -> &'static str {
    match (style, verdict) {
        (Style::Plain, _) | (_, Verdict::Keep) => "",
        (_, Verdict::Drop) => RED,
        (_, Verdict::Lift) => BLUE,
        (_, Verdict::Part) => YELLOW,
    }
}

/// A dump must not steer the terminal that shows it: control characters become their pictures.
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
            '\u{7f}' => '\u{2421}',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{finding, layout};
    use super::*;
    use crate::finding::Field;
    use crate::show::mark;
    use expect_test::expect;

    #[test]
    fn plain_text_marks_margin_and_pieces() {
        let layout = layout(&["Pier Town - The crane is bаck.", "Share", "It lifts again."]);
        let mut repair = finding(&layout, "а", Action::Repair);
        repair.replacement = Some("a".into());
        let findings = [
            finding(&layout, "Pier Town", Action::Lift(Some(Field::DatelinePlace))),
            finding(&layout, " - ", Action::Drop),
            repair,
            finding(&layout, "Share", Action::Drop),
        ];
        expect![[r#"
            1  part  paragraph
                 lift  test/rule  boilerplate -> dateline_place  1.00
                 drop  test/rule  boilerplate  1.00
                 repair  test/rule  boilerplate -> "a"  1.00
            * [>Pier Town<][- - -]The crane is b[~а~a~]ck.

            2  drop  paragraph
                 drop  test/rule  boilerplate  1.00
            - Share

            3  keep  paragraph
              It lifts again.

        "#]]
        .assert_eq(&render(&mark(&layout, &findings), Style::Plain));
    }

    #[test]
    fn colours_reset_at_the_end_of_each_line() {
        let layout = layout(&["Share"]);
        let findings = [finding(&layout, "Share", Action::Drop)];
        let text = render(&mark(&layout, &findings), Style::Colour);
        assert!(text.contains("\x1b[31mShare\x1b[0m\n"), "{text:?}");
    }

    #[test]
    fn a_dump_cannot_send_escape_sequences() {
        let layout = layout(&["Hi\x1b[2Jthere\u{9b}1m"]);
        let text = render(&mark(&layout, &[]), Style::Plain);
        assert!(!text.contains('\x1b') && !text.contains('\u{9b}'), "{text:?}");
        assert!(text.contains("Hi\u{241b}[2Jthere"), "{text:?}");
    }
}
