//! What a file that holds many dumps is while it is read: rows, records, members.

use std::collections::BTreeMap;

use super::limits::Trouble;
use super::open::Content;
use super::{Inputs, Item};

/// A file of many dumps while it is read.
pub(super) trait Source: Send {
    /// What comes next; none at the end, and from then on.
    fn next(&mut self, inputs: &Inputs) -> Option<Step>;

    /// What was passed over so far since it is no dump, by its name.
    fn passed_over(&self) -> Tally {
        Tally::new()
    }
}

/// What was passed over, by its name.
pub(super) type Tally = BTreeMap<&'static str, u64>;

/// What comes next in a file of many dumps.
pub(super) enum Step {
    /// A dump or a failure.
    Item(Item),
    /// A file inside this one: it is read to its end before the next step.
    Member(Member),
}

/// A file inside an archive.
pub(super) struct Member {
    /// Its path in the archive, which no other member has.
    pub(super) key: String,
    /// Its content, or why there is none.
    pub(super) content: Result<Content, Trouble>,
}
