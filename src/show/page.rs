//! Marked text as one self-contained page: no script, no font, no address that a browser would fetch.

use std::fmt::Write as _;

use super::{Mark, MarkedBlock, Piece, count, count_rules, shape_name, terminal};
use crate::finding::Finding;

/// What the page says above the blocks.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// Name of the dump.
    pub title: String,
    /// Lines of facts, each a name and a value.
    pub facts: Vec<(String, String)>,
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.2rem;overflow-wrap:anywhere}\
table{border-collapse:collapse;font-size:.85rem}\
th,td{text-align:left;padding:.1rem .8rem .1rem 0;vertical-align:top;overflow-wrap:anywhere}\
section{border-left:.3rem solid #8888;padding:.1rem .8rem;margin:.6rem 0}\
section.drop{border-color:#c33}section.lift{border-color:#36c}section.part{border-color:#b80}\
.text{white-space:pre-wrap;overflow-wrap:anywhere}\
.head,.why{font-size:.75rem;opacity:.75;font-family:ui-monospace,monospace}\
del.drop{background:#c333}del.repair{background:#c333}ins{background:#3a33;text-decoration:none}\
mark{background:#36c3;color:inherit}";

/// Renders one document as a whole HTML page.
pub fn render(head: &Head, blocks: &[MarkedBlock<'_>], findings: &[Finding]) -> String {
    let title = escape(&head.title);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         </head>\n<body>\n<h1>{title}</h1>\n<table>\n"
    );
    let counts = count(blocks);
    let characters = format!("{} kept, {} dropped, {} lifted", counts.kept, counts.dropped, counts.lifted);
    let characters = [("characters".to_owned(), characters)];
    for (name, value) in head.facts.iter().chain(&characters) {
        let _ = writeln!(out, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escape(name), escape(value));
    }
    for (rule, n_findings) in count_rules(findings) {
        let _ = writeln!(out, "<tr><th scope=\"row\">{}</th><td>{n_findings} ×</td></tr>", escape(rule));
    }
    out.push_str(
        "</table>\n<p class=\"head\">stays · <del class=\"drop\">dropped</del> · <mark>lifted</mark> · \
         <del class=\"repair\">repaired</del> <ins>as</ins></p>\n",
    );
    for block in blocks {
        render_block(&mut out, block);
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn render_block(out: &mut String, marked: &MarkedBlock<'_>) {
    let hidden = if marked.block.hidden { " · hidden" } else { "" };
    let shape = shape_name(marked.block.shape);
    let _ = writeln!(
        out,
        "<section class=\"{0}\" id=\"block-{1}\">\n<div class=\"head\">{1} · {0} · {shape}{hidden}</div>",
        marked.verdict, marked.number
    );
    out.push_str("<div class=\"text\" dir=\"auto\">");
    for piece in &marked.pieces {
        render_piece(out, piece);
    }
    out.push_str("</div>\n");
    for finding in &marked.findings {
        let _ = writeln!(out, "<div class=\"why\">{}</div>", escape(&terminal::evidence(finding)));
    }
    out.push_str("</section>\n");
}

fn render_piece(out: &mut String, piece: &Piece<'_>) {
    let text = escape(piece.text);
    let title = piece.finding.map(|f| escape(&format!("{} · {}", f.rule, f.kind))).unwrap_or_default();
    let _ = match piece.mark {
        Mark::Kept => write!(out, "{text}"),
        Mark::Dropped => write!(out, "<del class=\"drop\" title=\"{title}\">{text}</del>"),
        Mark::Lifted => write!(out, "<mark title=\"{title}\">{text}</mark>"),
        Mark::Repaired => {
            let replacement = piece.finding.and_then(|f| f.replacement.as_deref()).map(escape).unwrap_or_default();
            write!(out, "<del class=\"repair\" title=\"{title}\">{text}</del><ins>{replacement}</ins>")
        }
    };
}

/// Text for elements and for attributes in double quotes; control characters become their pictures.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in terminal::visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::tests::{finding, layout};
    use super::*;
    use crate::finding::Action;
    use crate::show::mark;

    #[test]
    fn text_of_a_dump_never_becomes_markup() {
        let layout = layout(&["<script>alert(\"x\")</script>", "Share & like"]);
        let findings = [finding(&layout, "Share", Action::Drop)];
        let head = Head { title: "<b>.txt".into(), facts: vec![("url".into(), "a\"b".into())] };
        let page = render(&head, &mark(&layout, &findings), &findings);
        assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
        assert!(page.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;"), "{page}");
        assert!(
            page.contains("<del class=\"drop\" title=\"test/rule · boilerplate\">Share</del> &amp; like"),
            "{page}"
        );
    }

    #[test]
    fn the_page_fetches_nothing() {
        let layout = layout(&["A story."]);
        let page = render(&Head::default(), &mark(&layout, &[]), &[]);
        for fetching in ["src=", "href=", "url(", "@import", "http"] {
            assert!(!page.contains(fetching), "{fetching}");
        }
    }
}
