//! The text of a page that is not parsed: tags out, entities decoded, lines at the borders of blocks.

use html5ever::driver::{self, ParseOpts};
use html5ever::tendril::TendrilSink;
use html5ever::{QualName, local_name, ns};

use super::scan::{Content, Piece, Scanner};
use super::sink::Sink;
use crate::page::tree::{Tag, TreeBuilder};

/// The text of some HTML without parsing it: drops tags, comments, scripts and style sheets, decodes entities, sets
/// a blank line at the border of a block and a line break at a row, an item or a `<br>`. Linear in its input.
pub fn strip_tags(html: &str) -> String {
    let mut scanner = Scanner::new(html);
    let mut text = Text { out: String::new(), newlines: 0, space: false };
    let mut raw = Tag::Other;
    while let Some(piece) = scanner.next() {
        match piece {
            Piece::Text(piece) => text.push(piece),
            Piece::Raw(piece) => {
                if matches!(raw, Tag::Textarea | Tag::Xmp | Tag::Plaintext) {
                    text.push(piece);
                }
            }
            Piece::Start(mark) => {
                raw = mark.tag;
                scanner.enter(Content::of(mark.tag, true));
                text.part(mark.tag);
            }
            Piece::End(mark) => text.part(mark.tag),
        }
    }
    decode(&text.out)
}

struct Text {
    out: String,
    newlines: usize,
    space: bool,
}

impl Text {
    /// Adds text with its white space collapsed; a bare `<` is written so that decoding gives it back.
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_ascii_whitespace() {
                self.space = true;
                continue;
            }
            if !self.out.is_empty() {
                match (self.newlines, self.space) {
                    (0, true) => self.out.push(' '),
                    (1, _) => self.out.push('\n'),
                    (2.., _) => self.out.push_str("\n\n"),
                    (0, false) => {}
                }
            }
            self.newlines = 0;
            self.space = false;
            if c == '<' { self.out.push_str("&lt;") } else { self.out.push(c) }
        }
    }

    /// Parts the text at a tag.
    fn part(&mut self, tag: Tag) {
        let newlines = match tag {
            Tag::Td | Tag::Th | Tag::Img | Tag::Button => {
                self.space = true;
                0
            }
            Tag::Br | Tag::Li | Tag::Tr | Tag::Dt | Tag::Dd | Tag::Option => 1,
            tag if tag.is_block() => 2,
            _ => 0,
        };
        self.newlines = if tag == Tag::Br { (self.newlines + 1).min(2) } else { self.newlines.max(newlines) };
    }
}

/// Decodes the entities of text without tags, as the parser does it.
fn decode(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let context = QualName::new(None, ns!(html), local_name!("textarea"));
    let sink = Sink::new(TreeBuilder::new(0));
    let (parsed, mut builder) =
        driver::parse_fragment(sink, ParseOpts::default(), context, Vec::new(), false).one(text);
    parsed.copy(true, &mut builder, &mut |raw, builder| builder.text(raw));
    builder.finish().text_below(0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_lines_stay() {
        let html = "<title>Port</title><h1>Ferry &amp; fog</h1><p>The  ferry\nwaits&hellip;<script>var a='<p>';</script>\
                    <p>a &lt;b&gt; < c<ul><li>one<li>two</ul>Quay<br>North<br><br>End";
        assert_eq!(strip_tags(html), "Ferry & fog\n\nThe ferry waits…\n\na <b> < c\n\none\ntwo\n\nQuay\nNorth\n\nEnd");
    }

    #[test]
    fn an_entity_that_gives_a_tag_stays_text() {
        assert_eq!(
            strip_tags("&lt;script&gt;tide&lt;/script&gt;&lt;/textarea&gt;"),
            "<script>tide</script></textarea>"
        );
    }

    #[test]
    fn a_hundred_thousand_levels_are_one_line() {
        let html = format!("{}The tide came in.{}", "<div>".repeat(100_000), "</div>".repeat(100_000));
        assert_eq!(strip_tags(&html), "The tide came in.");
    }
}
