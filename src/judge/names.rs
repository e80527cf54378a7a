//! The names that a page gives its elements: comes in a tree, goes out what the attributes that name things hold, each
//! different value and each different word once, so that what asks for them asks once. Judges nothing.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::page::tree::{Attr, NodeId, Tag, Tree};

/// An attribute that names things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Class,
    Id,
    Role,
    Itemprop,
    /// Its value is an address and has no words.
    Itemtype,
    /// `data-testid` and `data-component`.
    Part,
    /// No attribute: the name of an element that is none of HTML's. It comes last.
    Tag,
}

impl Key {
    fn of(attr: Attr) -> Option<Self> {
        Some(match attr {
            Attr::Class => Self::Class,
            Attr::Id => Self::Id,
            Attr::Role => Self::Role,
            Attr::Itemprop => Self::Itemprop,
            Attr::Itemtype => Self::Itemtype,
            Attr::DataTestid | Attr::DataComponent => Self::Part,
            _ => return None,
        })
    }
}

/// A value of an attribute.
#[derive(Debug, Clone)]
pub(super) struct Value<'t> {
    pub(super) text: &'t str,
    words: Range<u32>,
}

/// The names of all elements of a page.
#[derive(Debug, Default)]
pub struct Names<'t> {
    values: Vec<Value<'t>>,
    words: Vec<&'t str>,
    /// The words of each value, by their numbers.
    words_of: Vec<u32>,
    /// The attributes of each element in their order, each with the number of its value.
    entries: Vec<(Key, u32)>,
    /// Where those of each element begin; one more than elements.
    starts: Vec<u32>,
}

impl<'t> Names<'t> {
    /// Gathers the names of a page.
    pub fn new(tree: &'t Tree) -> Self {
        let mut names = Self { starts: Vec::with_capacity(tree.len() as usize + 1), ..Self::default() };
        let mut values: FxHashMap<(&str, bool), u32> = FxHashMap::default();
        let mut words: FxHashMap<&str, u32> = FxHashMap::default();
        for id in 0..tree.len() {
            names.starts.push(names.entries.len() as u32);
            for (attr, value) in tree.attributes(id) {
                let Some(key) = Key::of(attr) else { continue };
                let has_words = key != Key::Itemtype;
                let number =
                    *values.entry((value, has_words)).or_insert_with(|| names.add(value, has_words, &mut words));
                names.entries.push((key, number));
            }
            if tree.tag(id) == Tag::Other {
                let name = tree.name(id);
                let number = *values.entry((name, true)).or_insert_with(|| names.add(name, true, &mut words));
                names.entries.push((Key::Tag, number));
            }
        }
        names.starts.push(names.entries.len() as u32);
        names
    }

    fn add(&mut self, text: &'t str, has_words: bool, known: &mut FxHashMap<&'t str, u32>) -> u32 {
        let start = self.words_of.len() as u32;
        for word in text.split_ascii_whitespace().take_while(|_| has_words) {
            let number = *known.entry(word).or_insert_with(|| {
                self.words.push(word);
                self.words.len() as u32 - 1
            });
            self.words_of.push(number);
        }
        self.values.push(Value { text, words: start..self.words_of.len() as u32 });
        self.values.len() as u32 - 1
    }

    /// What names an element, in the order of its attributes, each with the number of its value.
    pub(super) fn of(&self, id: NodeId) -> &[(Key, u32)] {
        let at = id as usize;
        &self.entries[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// The text of a value.
    pub(super) fn text(&self, value: u32) -> &'t str {
        self.values[value as usize].text
    }

    /// The numbers of the words of a value.
    pub(super) fn words_of(&self, value: u32) -> &[u32] {
        let Range { start, end } = self.values[value as usize].words;
        &self.words_of[start as usize..end as usize]
    }

    /// The numbers of the words of an element's attribute.
    pub(super) fn words_in(&self, id: NodeId, key: Key) -> &[u32] {
        self.of(id).iter().find(|(own, _)| *own == key).map_or(&[], |&(_, value)| self.words_of(value))
    }

    /// Something for each value, by its number.
    pub(super) fn each_value<T>(&self, of: impl FnMut(&'t str) -> T) -> Vec<T> {
        self.values.iter().map(|value| value.text).map(of).collect()
    }

    /// Something for each word, by its number.
    pub(super) fn each_word<T>(&self, of: impl FnMut(&'t str) -> T) -> Vec<T> {
        self.words.iter().copied().map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::page::html;

    #[test]
    fn each_value_and_each_word_is_known_once() {
        let html = "<div class='pier  tide' id=pier><p class='pier  tide' data-testid=tide lang=en>Ferry</p></div>";
        let page = html::lay_out(html, &Options::default());
        let names = Names::new(&page.tree);
        assert_eq!(names.each_value(str::to_owned), ["pier  tide", "pier", "tide"]);
        assert_eq!(names.each_word(str::to_owned), ["pier", "tide"]);
        let p = page.layout.blocks[0].node.unwrap();
        assert_eq!(names.of(p).iter().map(|(key, _)| *key).collect::<Vec<_>>(), [Key::Class, Key::Part]);
        let div = page.tree.parent(p).unwrap();
        assert_eq!((names.words_in(div, Key::Class), names.words_in(div, Key::Id)), (&[0, 1][..], &[0][..]));
        assert_eq!(names.text(names.of(div)[0].1), "pier  tide");
        assert!(names.words_in(div, Key::Role).is_empty());
    }

    #[test]
    fn an_address_has_no_words() {
        let page = html::lay_out("<p itemtype='http://pier.example/Tide' role=Tide>Ferry</p>", &Options::default());
        assert_eq!(Names::new(&page.tree).each_word(str::to_owned), ["Tide"]);
    }
}
