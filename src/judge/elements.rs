//! Rules on elements of a page: comes in a page and the rules, goes out a candidate for each block inside an element that
//! a rule names by a token of its class, id, role or itemprop, or by a selector.

use crate::judge::RuleSet;
use crate::judge::names::{Key, Names};
use crate::judge::scan::{self, Candidate};
use crate::page::tree::NodeId;
use crate::page::{HtmlPage, Layout};

/// Takes all blocks inside the elements that rules name.
pub(super) fn scan_elements(
    layout: &Layout,
    page: &HtmlPage,
    names: &Names<'_>,
    rules: &RuleSet,
    candidates: &mut Vec<Candidate>,
) {
    if rules.scanner.tokens.is_empty() && page.selected.is_empty() {
        return;
    }
    let mut places: Vec<(NodeId, usize)> =
        layout.blocks.iter().enumerate().filter_map(|(idx, block)| Some((block.node?, idx))).collect();
    places.sort_unstable();
    let mut take = |node: NodeId, woken: &[usize]| {
        if woken.is_empty() {
            return;
        }
        let from = places.partition_point(|(at, _)| *at < node);
        let to = places.partition_point(|(at, _)| *at < page.tree.end(node));
        for &(_, block) in &places[from..to] {
            for &rule in woken {
                scan::emit_block(&rules.rules[rule], rule, block, layout.blocks[block].span, candidates);
            }
        }
    };
    let woken = names.each_word(|word| rules.scanner.of_token(word).map_or(&[][..], Vec::as_slice));
    if woken.iter().any(|woken| !woken.is_empty()) {
        for node in 0..page.tree.len() {
            let keys = [Key::Class, Key::Id, Key::Role, Key::Itemprop].into_iter();
            for &word in keys.flat_map(|key| names.words_in(node, key)) {
                take(node, woken[word as usize]);
            }
        }
    }
    for &(selector, node) in &page.selected {
        take(node, &rules.selector_rules[selector..=selector]);
    }
}
