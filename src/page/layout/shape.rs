//! How an element is shown: as a block or inside a line, hidden or not, a table of data or of columns, which number an
//! item has. Looks at the tree, writes nothing.

use std::collections::BTreeSet;

use crate::page::tree::{Attr, NodeId, Tag, Tree};

/// Longest cell of a data table, in bytes; columns of a page hold whole texts.
const MAX_CELL_BYTES: usize = 600;

/// The same where the table names its columns.
const MAX_NAMED_CELL_BYTES: usize = 2_000;

/// Most paragraphs of a list item; more make it a text of its own.
const MAX_ITEM_PARAGRAPHS: usize = 3;

/// How an element is shown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Look {
    pub(super) is_block: bool,
    pub(super) is_hidden: bool,
    /// Hidden by an attribute that scripts change, not by its nature.
    pub(super) by_style: bool,
}

/// How browsers show an element.
pub(super) fn shown(tree: &Tree, id: NodeId) -> Look {
    let tag = tree.tag(id);
    let mut look = Look { is_block: tag.is_block(), ..Look::default() };
    let mut is_open = false;
    for (attr, value) in tree.attributes(id) {
        match attr {
            Attr::Hidden => (look.is_hidden, look.by_style) = (true, true),
            Attr::Open => is_open = true,
            Attr::Style => {
                for declaration in value.split(';') {
                    let Some((property, value)) = declaration.split_once(':') else { continue };
                    let value = value.split('!').next().unwrap_or("").trim();
                    let is = |name: &str| value.eq_ignore_ascii_case(name);
                    if property.trim().eq_ignore_ascii_case("display") {
                        if is("none") {
                            (look.is_hidden, look.by_style) = (true, true);
                        }
                        look.is_block |= is("block") || is("flex") || is("grid") || is("table") || is("list-item");
                    } else if property.trim().eq_ignore_ascii_case("visibility") && (is("hidden") || is("collapse")) {
                        (look.is_hidden, look.by_style) = (true, true);
                    }
                }
            }
            _ => {}
        }
    }
    match tag {
        // A style on the page itself is there for a script to lift.
        Tag::Html | Tag::Body => look.is_hidden = false,
        Tag::Noscript
        | Tag::Noframes
        | Tag::Noembed
        | Tag::Template
        | Tag::Datalist
        | Tag::Audio
        | Tag::Video
        | Tag::Object
        | Tag::Applet
        | Tag::Canvas
        | Tag::Iframe
        | Tag::Annotation => (look.is_hidden, look.by_style) = (true, false),
        Tag::Dialog if !is_open => (look.is_hidden, look.by_style) = (true, false),
        _ => {}
    }
    look
}

/// Ids of the elements that a button, a tab or a heading folds and unfolds.
pub(super) fn controlled(tree: &Tree) -> BTreeSet<&str> {
    (0..tree.len())
        .filter(|&id| tree.attribute(id, Attr::AriaExpanded).is_some() || tree.attribute(id, Attr::Role) == Some("tab"))
        .flat_map(|id| tree.tokens(id, Attr::AriaControls))
        .collect()
}

/// Whether an element that a style hides is a folded panel, which counts as visible as a closed `<details>` does, or
/// a part of the page that its script puts in place (streamed React pages send it as `<div hidden id="S:0">`).
pub(super) fn is_panel(tree: &Tree, id: NodeId, controlled: &BTreeSet<&str>) -> bool {
    if matches!(tree.attribute(id, Attr::Role), Some("region" | "tabpanel")) {
        return true;
    }
    tree.attribute(id, Attr::Id).is_some_and(|name| {
        controlled.contains(name)
            || name.strip_prefix("S:").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_hexdigit()))
    })
}

/// Whether an `<a>` leads somewhere (and is not only a name for a place).
pub(super) fn is_link(tree: &Tree, id: NodeId) -> bool {
    [Attr::Href, Attr::Onclick, Attr::Role].into_iter().any(|attr| tree.attribute(id, attr).is_some())
}

/// Whether a block element lies below an element.
pub(super) fn holds_block(tree: &Tree, id: NodeId) -> bool {
    (id + 1..tree.end(id)).any(|n| tree.tag(n).is_block())
}

/// The level of a heading, by its element or its role.
pub(super) fn heading_level(tree: &Tree, id: NodeId) -> Option<u8> {
    if let Some(level) = tree.tag(id).heading_level() {
        return Some(level);
    }
    if !matches!(tree.tag(id), Tag::Div | Tag::P) || tree.attribute(id, Attr::Role) != Some("heading") {
        return None;
    }
    let level = tree.attribute(id, Attr::AriaLevel).and_then(|level| level.trim().parse().ok());
    Some(level.filter(|level| (1..=6).contains(level)).unwrap_or(2))
}

/// Whether the rows of a table are rows of data, not parts of a page.
pub(super) fn is_data_table(tree: &Tree, id: NodeId) -> bool {
    if matches!(tree.attribute(id, Attr::Role), Some("presentation" | "none")) {
        return false;
    }
    let mut is_named = false;
    let (mut n_rows, mut n_wide_rows) = (0usize, 0usize);
    let mut most_cell_bytes = 0;
    let mut holds_text_of_its_own = false;
    let mut row_cells = 0usize;
    let mut at = id + 1;
    while at < tree.end(id) {
        match tree.tag(at) {
            Tag::Table => return false,
            Tag::Th | Tag::Caption | Tag::Thead => is_named = true,
            Tag::Tr => {
                n_rows += 1;
                row_cells = 0;
            }
            Tag::Article | Tag::Section | Tag::Form | Tag::Pre | Tag::Main => holds_text_of_its_own = true,
            tag if tag.heading_level().is_some() => holds_text_of_its_own = true,
            _ => {}
        }
        if matches!(tree.tag(at), Tag::Td | Tag::Th) {
            row_cells += 1;
            n_wide_rows += usize::from(row_cells == 2);
            let mut n_paragraphs = 0;
            let mut n_bytes = 0;
            for n in at + 1..tree.end(at) {
                match tree.tag(n) {
                    Tag::Text => n_bytes += tree.text(n).trim().len(),
                    Tag::P => n_paragraphs += 1,
                    _ => {}
                }
            }
            most_cell_bytes = most_cell_bytes.max(n_bytes);
            holds_text_of_its_own |= n_paragraphs > 1 && !is_named;
        }
        at += 1;
    }
    let bound = if is_named { MAX_NAMED_CELL_BYTES } else { MAX_CELL_BYTES };
    !holds_text_of_its_own && n_wide_rows > 0 && n_wide_rows * 2 >= n_rows && most_cell_bytes <= bound
}

/// Whether a list item is one line or a few, not a text with parts of its own.
pub(super) fn is_simple_item(tree: &Tree, id: NodeId) -> bool {
    let mut n_paragraphs = 0;
    let mut at = id + 1;
    while at < tree.end(id) {
        match tree.tag(at) {
            Tag::Ul | Tag::Ol | Tag::Menu | Tag::Dir | Tag::Li => {
                at = tree.end(at);
                continue;
            }
            Tag::Article
            | Tag::Section
            | Tag::Table
            | Tag::Figure
            | Tag::Form
            | Tag::Blockquote
            | Tag::Pre
            | Tag::Dl
            | Tag::Nav
            | Tag::Main => return false,
            tag if tag.heading_level().is_some() => return false,
            Tag::P => n_paragraphs += 1,
            _ => {}
        }
        at += 1;
    }
    n_paragraphs <= MAX_ITEM_PARAGRAPHS
}

/// Number of the first item, how it grows and is written (`1`, `a`, `A`, `i`, `I`); no number for bullets.
pub(super) fn numbering(tree: &Tree, id: NodeId) -> (Option<i64>, i64, u8) {
    if tree.tag(id) != Tag::Ol {
        return (None, 1, b'1');
    }
    let is_reversed = tree.attribute(id, Attr::Reversed).is_some();
    let start = tree.attribute(id, Attr::Start).and_then(|start| start.trim().parse().ok()).unwrap_or_else(|| {
        if is_reversed {
            i64::try_from(tree.children(id).filter(|&child| tree.tag(child) == Tag::Li).count()).unwrap_or(1)
        } else {
            1
        }
    });
    let style = match tree.attribute(id, Attr::Type).map(str::as_bytes) {
        Some([style @ (b'a' | b'A' | b'i' | b'I')]) => *style,
        _ => b'1',
    };
    (Some(start), if is_reversed { -1 } else { 1 }, style)
}

/// The number of an item as a browser shows it, with its stop and a space.
pub(super) fn list_number(number: i64, style: u8) -> String {
    let letters = match style {
        b'a' | b'A' => alphabetic(number),
        b'i' | b'I' => roman(number),
        _ => None,
    };
    match letters {
        Some(letters) if style.is_ascii_uppercase() => format!("{}. ", letters.to_ascii_uppercase()),
        Some(letters) => format!("{letters}. "),
        None => format!("{number}. "),
    }
}

fn alphabetic(number: i64) -> Option<String> {
    let mut rest = u64::try_from(number).ok().filter(|&n| n > 0)?;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(b'a' + (rest % 26) as u8);
        rest /= 26;
    }
    Some(letters.iter().rev().map(|&b| b as char).collect())
}

fn roman(number: i64) -> Option<String> {
    const SIGNS: [(i64, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let mut rest = Some(number).filter(|n| (1..4000).contains(n))?;
    let mut out = String::new();
    for (value, sign) in SIGNS {
        while rest >= value {
            out.push_str(sign);
            rest -= value;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_browsers_show_them() {
        assert_eq!(list_number(7, b'1'), "7. ");
        assert_eq!(list_number(28, b'a'), "ab. ");
        assert_eq!(list_number(14, b'I'), "XIV. ");
        assert_eq!(list_number(-2, b'i'), "-2. ");
    }
}
