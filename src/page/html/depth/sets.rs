//! The standard's sets of elements that its stack of open elements is ruled by.

use super::Open;
use crate::page::html::scan::Mark;
use crate::page::tree::Tag;

/// Elements without content.
pub(super) fn is_void(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Area
            | Tag::Base
            | Tag::Basefont
            | Tag::Bgsound
            | Tag::Br
            | Tag::Col
            | Tag::Embed
            | Tag::Hr
            | Tag::Image
            | Tag::Img
            | Tag::Input
            | Tag::Keygen
            | Tag::Link
            | Tag::Meta
            | Tag::Param
            | Tag::Source
            | Tag::Track
            | Tag::Wbr
    )
}

/// Elements that the parser opens again in the next block.
pub(in crate::page::html) fn is_formatting(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::A
            | Tag::B
            | Tag::Big
            | Tag::Code
            | Tag::Em
            | Tag::Font
            | Tag::I
            | Tag::Nobr
            | Tag::S
            | Tag::Small
            | Tag::Strike
            | Tag::Strong
            | Tag::Tt
            | Tag::U
    )
}

/// Elements whose end tag may be left out.
pub(super) fn is_ended_without_tag(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Dd | Tag::Dt | Tag::Li | Tag::Option | Tag::Optgroup | Tag::P | Tag::Rb | Tag::Rp | Tag::Rt | Tag::Rtc
    )
}

/// Elements that a parser puts inside the formatting elements it opens again.
pub(super) fn reopens_formatting(tag: Tag) -> bool {
    !closes_paragraph(tag)
        && !is_table_part(tag)
        && !matches!(
            tag,
            Tag::Li
                | Tag::Dd
                | Tag::Dt
                | Tag::Rb
                | Tag::Rt
                | Tag::Rtc
                | Tag::Rp
                | Tag::Script
                | Tag::Style
                | Tag::Template
                | Tag::Title
        )
}

/// Elements whose start ends an open paragraph.
pub(super) fn closes_paragraph(tag: Tag) -> bool {
    tag.heading_level().is_some()
        || matches!(
            tag,
            Tag::Address
                | Tag::Article
                | Tag::Aside
                | Tag::Blockquote
                | Tag::Center
                | Tag::Details
                | Tag::Dialog
                | Tag::Dir
                | Tag::Div
                | Tag::Dl
                | Tag::Fieldset
                | Tag::Figcaption
                | Tag::Figure
                | Tag::Footer
                | Tag::Form
                | Tag::Header
                | Tag::Hgroup
                | Tag::Listing
                | Tag::Main
                | Tag::Menu
                | Tag::Nav
                | Tag::Ol
                | Tag::P
                | Tag::Plaintext
                | Tag::Pre
                | Tag::Search
                | Tag::Section
                | Tag::Summary
                | Tag::Ul
                | Tag::Xmp
        )
}

/// Elements through which the end tag of an inline element does not reach.
pub(super) fn is_special(tag: Tag) -> bool {
    closes_paragraph(tag)
        || is_table_part(tag)
        || is_void(tag)
        || matches!(
            tag,
            Tag::Applet
                | Tag::Body
                | Tag::Button
                | Tag::Dd
                | Tag::Dt
                | Tag::Frameset
                | Tag::Head
                | Tag::Html
                | Tag::Iframe
                | Tag::Li
                | Tag::Marquee
                | Tag::Noembed
                | Tag::Noframes
                | Tag::Noscript
                | Tag::Object
                | Tag::Script
                | Tag::Select
                | Tag::Style
                | Tag::Template
                | Tag::Textarea
                | Tag::Title
        )
}

pub(super) fn is_table_part(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Table | Tag::Tbody | Tag::Thead | Tag::Tfoot | Tag::Tr | Tag::Td | Tag::Th | Tag::Caption | Tag::Colgroup
    )
}

/// Where the search for an open part of a table ends.
pub(super) fn is_table_border(open: &Open) -> bool {
    !open.foreign && matches!(open.tag, Tag::Table | Tag::Template)
}

/// Elements through which no end tag of a block reaches.
pub(super) fn is_scope_border(open: &Open) -> bool {
    if open.foreign {
        return open.holds_html();
    }
    matches!(
        open.tag,
        Tag::Applet
            | Tag::Caption
            | Tag::Table
            | Tag::Td
            | Tag::Th
            | Tag::Marquee
            | Tag::Object
            | Tag::Select
            | Tag::Template
    )
}

/// Elements inside which no formatting element from outside is opened again.
pub(super) fn sets_marker(tag: Tag) -> bool {
    matches!(tag, Tag::Applet | Tag::Caption | Tag::Marquee | Tag::Object | Tag::Td | Tag::Th | Tag::Template)
}

/// Start tags that end a drawing or a formula.
pub(super) fn breaks_out(mark: &Mark<'_>) -> bool {
    mark.tag.heading_level().is_some()
        || matches!(
            mark.tag,
            Tag::B
                | Tag::Big
                | Tag::Blockquote
                | Tag::Body
                | Tag::Br
                | Tag::Center
                | Tag::Code
                | Tag::Dd
                | Tag::Div
                | Tag::Dl
                | Tag::Dt
                | Tag::Em
                | Tag::Embed
                | Tag::Head
                | Tag::Hr
                | Tag::I
                | Tag::Img
                | Tag::Li
                | Tag::Listing
                | Tag::Menu
                | Tag::Meta
                | Tag::Nobr
                | Tag::Ol
                | Tag::P
                | Tag::Pre
                | Tag::Ruby
                | Tag::S
                | Tag::Small
                | Tag::Span
                | Tag::Strong
                | Tag::Strike
                | Tag::Sub
                | Tag::Sup
                | Tag::Table
                | Tag::Tt
                | Tag::U
                | Tag::Ul
                | Tag::Var
        )
        || (mark.tag == Tag::Font && {
            let attributes = mark.attributes.to_ascii_lowercase();
            ["color", "face", "size"].iter().any(|name| attributes.contains(name))
        })
}
