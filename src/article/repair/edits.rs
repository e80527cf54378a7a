//! A piece of text under repair: the text as it stands now, and the edits that lead there from the original.

use std::ops::Range;

use super::Repair;
use crate::finding::Kind;

/// A change to the text as it stands now.
pub(super) type Change = (Range<usize>, String);

/// One edit, in bytes of the original and of the text as it stands now.
#[derive(Debug, Clone)]
struct Edit {
    original: Range<usize>,
    now: Range<usize>,
    kind: Kind,
}

/// A piece of text under repair.
#[derive(Debug)]
pub(super) struct Work<'a> {
    original: &'a str,
    /// The text as it stands now; none while nothing was changed.
    now: Option<String>,
    /// Sorted and disjoint in both texts.
    edits: Vec<Edit>,
}

impl<'a> Work<'a> {
    /// A piece that nothing was done to.
    pub(super) fn new(original: &'a str) -> Self {
        Self { original, now: None, edits: Vec::new() }
    }

    /// The text as it stands now.
    pub(super) fn text(&self) -> &str {
        self.now.as_deref().unwrap_or(self.original)
    }

    /// Makes changes (sorted, disjoint, in bytes of the text as it stands now) and says whether there were any.
    /// A change that overlaps earlier edits is merged with them under the first one's kind.
    pub(super) fn change(&mut self, kind: Kind, changes: Vec<Change>) -> bool {
        if changes.is_empty() {
            return false;
        }
        let old = std::mem::take(&mut self.edits);
        let text = self.now.take().unwrap_or_else(|| self.original.to_owned());
        let mut next = Next { text: String::with_capacity(text.len()), edits: Vec::new(), at: 0, shift: 0 };
        let mut old = old.into_iter().peekable();
        let mut changes = changes.into_iter().peekable();
        while let Some((range, replacement)) = changes.next() {
            while let Some(edit) = old.next_if(|edit| edit.now.end <= range.start) {
                next.keep(&text, &edit);
            }
            // The group of edits and changes that hang together by overlaps.
            let mut group = Group { now: range.clone(), original: None, kind, body: replacement, done: range.end };
            loop {
                if let Some(edit) = old.next_if(|edit| edit.now.start < group.now.end) {
                    group.take_edit(&text, &edit);
                } else if let Some((range, replacement)) = changes.next_if(|(range, _)| range.start < group.now.end) {
                    group.take_change(&text, &range, &replacement);
                } else {
                    break;
                }
            }
            next.push(&text, group);
        }
        for edit in old {
            next.keep(&text, &edit);
        }
        next.text.push_str(&text[next.at..]);
        self.now = Some(next.text);
        self.edits = next.edits;
        true
    }

    /// The edits as repairs of the original. Edits that came to nothing are left out; normalisations of one line with
    /// no other edit between them become one.
    pub(super) fn into_repairs(self) -> Vec<Repair> {
        let now = self.now.unwrap_or_default();
        let mut repairs: Vec<Repair> = Vec::with_capacity(self.edits.len());
        for edit in self.edits {
            let replacement = &now[edit.now];
            if self.original[edit.original.clone()] == *replacement {
                continue;
            }
            if let Some(last) = repairs.last_mut().filter(|last| last.kind == edit.kind)
                && edit.kind == Kind::UnicodeForm
                && !self.original[last.range.end..edit.original.start].contains('\n')
            {
                last.replacement.push_str(&self.original[last.range.end..edit.original.start]);
                last.replacement.push_str(replacement);
                last.range.end = edit.original.end;
                continue;
            }
            repairs.push(Repair { range: edit.original, replacement: replacement.to_owned(), kind: edit.kind });
        }
        repairs
    }
}

/// Edits and changes that hang together, in bytes of the text before the changes.
struct Group {
    now: Range<usize>,
    /// The first and last edit taken, as (now, original).
    original: Option<[(usize, usize); 2]>,
    kind: Kind,
    body: String,
    /// Up to where the body says what stands there.
    done: usize,
}

impl Group {
    fn take_edit(&mut self, text: &str, edit: &Edit) {
        if edit.now.start < self.now.start {
            self.body.insert_str(0, &text[edit.now.start..self.now.start]);
            self.now.start = edit.now.start;
        }
        self.now.end = self.now.end.max(edit.now.end);
        let end = (edit.now.end, edit.original.end);
        match &mut self.original {
            Some([_, last]) => *last = end,
            none => {
                *none = Some([(edit.now.start, edit.original.start), end]);
                self.kind = edit.kind;
            }
        }
    }

    fn take_change(&mut self, text: &str, range: &Range<usize>, replacement: &str) {
        self.body.push_str(&text[self.done..range.start]);
        self.body.push_str(replacement);
        self.done = range.end;
        self.now.end = self.now.end.max(range.end);
    }
}

/// The text and the edits as they come out of a round of changes.
struct Next {
    text: String,
    edits: Vec<Edit>,
    /// Up to where the old text is taken over.
    at: usize,
    /// What must be added to a position of the old text behind the last edit to get that of the original.
    shift: isize,
}

impl Next {
    /// Takes an old edit over as it is.
    fn keep(&mut self, text: &str, edit: &Edit) {
        self.text.push_str(&text[self.at..edit.now.start]);
        let start = self.text.len();
        self.text.push_str(&text[edit.now.clone()]);
        self.edits.push(Edit { original: edit.original.clone(), now: start..self.text.len(), kind: edit.kind });
        self.at = edit.now.end;
        self.shift = edit.original.end as isize - edit.now.end as isize;
    }

    /// Takes a group over as one edit.
    fn push(&mut self, text: &str, group: Group) {
        let shifted = |at: usize, shift: isize| (at as isize + shift) as usize;
        let (start, end) = match group.original {
            None => (shifted(group.now.start, self.shift), shifted(group.now.end, self.shift)),
            Some([(now_start, start), (now_end, end)]) => {
                (start - (now_start - group.now.start), end + (group.now.end - now_end))
            }
        };
        self.text.push_str(&text[self.at..group.now.start]);
        let now_start = self.text.len();
        self.text.push_str(&group.body);
        self.text.push_str(&text[group.done..group.now.end.max(group.done)]);
        self.edits.push(Edit { original: start..end, now: now_start..self.text.len(), kind: group.kind });
        self.at = group.now.end;
        self.shift = end as isize - group.now.end as isize;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(work: &mut Work, kind: Kind, changes: &[(Range<usize>, &str)]) {
        work.change(kind, changes.iter().map(|(range, to)| (range.clone(), (*to).to_owned())).collect());
    }

    #[test]
    fn edits_that_only_touch_stay_apart() {
        let mut work = Work::new("abcdef");
        change(&mut work, Kind::ZeroWidth, &[(1..2, ""), (2..3, "")]);
        change(&mut work, Kind::Homoglyph, &[(0..1, "X"), (1..2, "Y")]);
        assert_eq!(work.text(), "XYef");
        let repairs = work.into_repairs();
        let shown: Vec<_> = repairs.iter().map(|r| (r.range.clone(), r.replacement.as_str())).collect();
        assert_eq!(shown, [(0..1, "X"), (1..2, ""), (2..3, ""), (3..4, "Y")]);
    }

    #[test]
    fn edits_that_overlap_become_one_of_the_first_kind() {
        let mut work = Work::new("ab12cd34ef");
        change(&mut work, Kind::Entity, &[(2..4, "x"), (6..8, "y")]);
        assert_eq!(work.text(), "abxcdyef");
        change(&mut work, Kind::UnicodeForm, &[(1..3, "Q"), (4..7, "R")]);
        assert_eq!(work.text(), "aQcRf");
        let repairs = work.into_repairs();
        let shown: Vec<_> = repairs.iter().map(|r| (r.range.clone(), r.replacement.as_str(), r.kind)).collect();
        assert_eq!(shown, [(1..4, "Q", Kind::Entity), (5..9, "R", Kind::Entity)]);
    }

    #[test]
    fn a_dropped_character_inside_a_change_belongs_to_it() {
        let mut work = Work::new("a-b");
        change(&mut work, Kind::ZeroWidth, &[(1..2, "")]);
        change(&mut work, Kind::Mojibake, &[(0..2, "z")]);
        let repairs = work.into_repairs();
        assert_eq!((repairs[0].range.clone(), repairs[0].replacement.as_str(), repairs.len()), (0..3, "z", 1));
    }

    #[test]
    fn two_changes_inside_one_edit_make_one_edit() {
        let mut work = Work::new("x&y");
        change(&mut work, Kind::Entity, &[(1..2, "abcd")]);
        change(&mut work, Kind::Mojibake, &[(1..2, "1"), (3..4, "2")]);
        assert_eq!(work.text(), "x1b2dy");
        let repairs = work.into_repairs();
        assert_eq!((repairs[0].range.clone(), repairs[0].replacement.as_str()), (1..2, "1b2d"));
    }
}
