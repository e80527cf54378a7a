//! Which attributes a parser is shown: comes in the name of one, goes out whether somebody reads it. Two fifths of most
//! pages are attributes, and few of them are read.

use std::sync::LazyLock;

use html5ever::LocalName;
use rustc_hash::FxHashMap;

use super::depth::is_formatting;
use crate::page::tree::{Attr, Tag};

/// What is read, and of which elements: of all where none is named. `xlink:` goes before the parser is done with a drawing,
/// so that `xlink:role` is a role. Not listed is what the parser itself reads of formatting elements, which keep all.
const READ: &[(&str, &[Tag])] = &[
    ("class", &[]),
    ("id", &[]),
    ("role", &[]),
    ("style", &[]),
    ("hidden", &[]),
    ("itemprop", &[]),
    ("itemtype", &[]),
    ("itemscope", &[]),
    ("content", &[]),
    ("datetime", &[]),
    ("aria-expanded", &[]),
    ("aria-controls", &[]),
    ("aria-hidden", &[]),
    ("aria-level", &[]),
    ("data-testid", &[]),
    ("data-component", &[]),
    ("xlink:role", &[]),
    ("href", &[Tag::A, Tag::Link]),
    ("xlink:href", &[Tag::A]),
    ("rel", &[Tag::A, Tag::Link]),
    ("onclick", &[Tag::A]),
    ("property", &[Tag::Meta]),
    ("name", &[Tag::Meta]),
    ("http-equiv", &[Tag::Meta]),
    ("pubdate", &[Tag::Time]),
    ("open", &[Tag::Dialog]),
    ("reversed", &[Tag::Ol]),
    ("start", &[Tag::Ol]),
    ("type", &[Tag::Ol, Tag::Script, Tag::Input]),
    ("xlink:type", &[Tag::Script]),
    ("value", &[Tag::Li]),
    // What the parser itself looks at, besides the `type` of an input.
    ("shadowrootmode", &[Tag::Template]),
    ("encoding", &[Tag::Other]),
];

/// Longest name of [`READ`], in bytes.
const MAX_NAME_BYTES: usize = 14;

/// Which attributes of an element are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// All: the parser compares formatting elements by their attributes, and adds those of each `<body>` to the first.
    All,
    /// Those of [`READ`] whose bits are set.
    Read(u64),
}

impl Kept {
    /// What is kept of an element.
    pub(super) fn of(tag: Tag) -> Self {
        match tag {
            Tag::Html | Tag::Body => Self::All,
            // Of links one at most is open, so that none is compared with another.
            _ if is_formatting(tag) && tag != Tag::A => Self::All,
            _ => {
                let is_kept = |tags: &[Tag]| tags.is_empty() || tags.contains(&tag);
                let bit = |at: usize| u64::from(is_kept(READ[at].1)) << at;
                Self::Read((0..READ.len()).fold(0, |bits, at| bits | bit(at)))
            }
        }
    }
}

/// The first letters of the names of [`READ`] of each length, a bit each: most attributes of a page are told by them.
const FIRST_LETTERS: [u32; MAX_NAME_BYTES + 1] = {
    let mut letters = [0; MAX_NAME_BYTES + 1];
    let mut at = 0;
    while at < READ.len() {
        let name = READ[at].0.as_bytes();
        letters[name.len()] |= letter_bit(name[0]);
        at += 1;
    }
    letters
};

/// A bit for a letter in any case; other bytes share some.
const fn letter_bit(letter: u8) -> u32 {
    1 << (letter & 31)
}

/// An attribute that is read.
#[derive(Debug)]
pub(super) struct Read {
    /// Its bit in [`Kept::Read`].
    pub(super) bit: u64,
    /// Its name.
    pub(super) name: LocalName,
}

/// The attribute of a name in any case, if it is read.
pub(super) fn read(name: &str) -> Option<&'static Read> {
    static KNOWN: LazyLock<FxHashMap<&'static str, Read>> = LazyLock::new(|| {
        let entry = |(at, &(name, _)): (usize, &(&'static str, _))| (name, Read { bit: 1 << at, name: name.into() });
        READ.iter().enumerate().map(entry).collect()
    });
    let first = name.as_bytes().first()?;
    if FIRST_LETTERS.get(name.len()).is_none_or(|letters| letters & letter_bit(*first) == 0) {
        return None;
    }
    if let Some(read) = KNOWN.get(name) {
        return Some(read);
    }
    name.bytes().any(|byte| byte.is_ascii_uppercase()).then(|| KNOWN.get(&*name.to_ascii_lowercase())).flatten()
}

/// What a tree calls an attribute of this name.
pub(super) fn attr_of(name: &LocalName) -> Option<Attr> {
    static ATTRS: LazyLock<FxHashMap<LocalName, Attr>> =
        LazyLock::new(|| Attr::ALL.iter().map(|&attr| (LocalName::from(attr.as_str()), attr)).collect());
    ATTRS.get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_known_in_any_case_and_has_a_bit_of_its_own() {
        assert!(READ.len() <= 64);
        for (at, (name, _)) in READ.iter().enumerate() {
            let known = read(&name.to_ascii_uppercase()).expect("it is listed");
            assert_eq!((&*known.name, known.bit), (*name, 1 << at));
        }
        assert!(read("srcset").is_none() && read("data-component-id").is_none());
    }

    #[test]
    fn whatever_a_tree_can_be_asked_for_is_kept_of_some_element() {
        for &attr in Attr::ALL {
            // These two are read of `<html>` alone, which keeps all.
            let is_of_page = matches!(attr, Attr::Lang | Attr::XmlLang);
            assert!(read(attr.as_str()).is_some() || is_of_page, "{attr:?}");
            assert_eq!(attr_of(&attr.as_str().into()), Some(attr));
        }
    }

    #[test]
    fn an_address_is_kept_of_a_link_and_not_of_an_image() {
        let href = read("href").expect("it is read").bit;
        let keeps = |tag| matches!(Kept::of(tag), Kept::Read(bits) if bits & href != 0);
        assert!(keeps(Tag::A) && keeps(Tag::Link) && !keeps(Tag::Img));
        assert_eq!(Kept::of(Tag::Font), Kept::All);
    }
}
