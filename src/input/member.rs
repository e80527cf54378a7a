//! Names of the members of an archive: each has a key that no other one has. Comes in a path as stored, goes out a key, or
//! that the member is a part of a saved page. Nothing is ever unpacked to a disk, so that a path is no more than a name.

use std::collections::{HashMap, HashSet};

use super::reader::KEY_MARK;
use super::{page, walk};

/// What is known of the members of one archive so far. Its size is bounded by the bound on members.
#[derive(Default)]
pub(super) struct Names {
    taken: HashSet<u64>,
    /// For a name that came more than once: the number that was given last.
    repeats: HashMap<u64, u64>,
    pages: HashSet<u64>,
}

impl Names {
    /// The key of one more member: its path as text, bytes that are not UTF-8 as `%FF`. A path that came before gets a
    /// number, `~2` and so on, since both members are dumps.
    pub(super) fn key(&mut self, path: &[u8]) -> String {
        let mut name = walk::encode(path, false);
        if name.contains(KEY_MARK) {
            name = walk::encode(path, true).replace(KEY_MARK, "%23");
        }
        self.note_page(&name);
        if self.taken.insert(page::hash(&name)) {
            return name;
        }
        let repeats = self.repeats.entry(page::hash(&name)).or_insert(1);
        loop {
            *repeats += 1;
            let key = format!("{name}~{repeats}");
            if self.taken.insert(page::hash(&key)) {
                return key;
            }
        }
    }

    /// Notes a page, the parts of which are to be passed over.
    pub(super) fn note_page(&mut self, path: &str) {
        self.pages.extend(page::stem_of(path));
    }

    /// Whether a path lies in the folder of a page that was noted.
    pub(super) fn is_page_part(&self, path: &[u8]) -> bool {
        !self.pages.is_empty() && page::is_part(&walk::encode(path, false), |stem| self.pages.contains(&stem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_has_a_key_of_its_own() {
        let mut names = Names::default();
        let keys: Vec<String> = [&b"a"[..], b"a", b"a~2", b"a", b"caf\xE9", b"a#1", b"a%231", b"50%", b"../etc/x", b""]
            .into_iter()
            .map(|path| names.key(path))
            .collect();
        assert_eq!(keys, ["a", "a~2", "a~2~2", "a~3", "caf%E9", "a%231", "a%231~2", "50%", "../etc/x", ""]);
    }

    #[test]
    fn parts_of_pages_are_known_once_the_page_is() {
        let mut names = Names::default();
        assert!(!names.is_page_part(b"x/a_files/ad.html"));
        names.key(b"x/a.html");
        assert!(names.is_page_part(b"x/a_files/ad.html"));
        assert!(!names.is_page_part(b"y/a_files/ad.html"));
    }
}
