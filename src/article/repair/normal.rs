//! Unicode normalisation to NFC, cluster by cluster.

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::edits::Change;

/// Whether a text may not be in NFC. The blocks that are passed over hold nothing but characters in NFC that do not
/// combine with what stands before them.
pub(super) fn may_find(text: &str) -> bool {
    let is_stable = |c: char| {
        matches!(c, '\0'..='\u{2ff}' | '\u{400}'..='\u{482}' | '\u{48a}'..='\u{52f}' | '\u{2002}'..='\u{20cf}'
            | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
    };
    text.chars().any(|c| !is_stable(c)) && is_nfc_quick(text.chars()) != IsNormalized::Yes
}

/// Finds the clusters that NFC writes otherwise. White space is left to others.
pub(super) fn find(text: &str) -> Vec<Change> {
    if !may_find(text) {
        return Vec::new();
    }
    let mut changes = Vec::new();
    let mut start = 0;
    let borders = text.char_indices().filter(|&(_, c)| starts_cluster(c)).map(|(at, _)| at);
    for end in borders.chain([text.len()]) {
        let cluster = &text[start..end];
        if !cluster.is_ascii() && is_nfc_quick(cluster.chars()) != IsNormalized::Yes {
            let normal: String = cluster.nfc().collect();
            if normal != cluster && !cluster.chars().all(char::is_whitespace) {
                changes.push((start..end, normal));
            }
        }
        start = end;
    }
    changes
}

/// Whether no character before it can combine with this one.
fn starts_cluster(c: char) -> bool {
    c.is_ascii() || (canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes)
}
