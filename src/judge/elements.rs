//! Rules on elements of a page: comes in a page and the rules, goes out a candidate for each block inside an element that
//! a rule names by a token of its class, id, role or itemprop, or by a selector.

use crate::judge::RuleSet;
use crate::judge::scan::{self, Candidate};
use crate::page::tree::{Attr, NodeId};
use crate::page::{HtmlPage, Layout};

/// Takes all blocks inside the elements that rules name.
pub(super) fn scan_elements(layout: &Layout, page: &HtmlPage, rules: &RuleSet, candidates: &mut Vec<Candidate>) {
    if rules.scanner.tokens.is_empty() && page.selected.is_empty() {
        return;
    }
    let mut places: Vec<(NodeId, usize)> =
        layout.blocks.iter().enumerate().filter_map(|(idx, block)| Some((block.node?, idx))).collect();
    places.sort_unstable();
    let mut take = |node: NodeId, woken: &[usize]| {
        let from = places.partition_point(|(at, _)| *at < node);
        let to = places.partition_point(|(at, _)| *at < page.tree.end(node));
        for &(_, block) in &places[from..to] {
            for &rule in woken {
                scan::emit_block(&rules.rules[rule], rule, block, layout.blocks[block].span, candidates);
            }
        }
    };
    for node in 0..page.tree.len() {
        let names = [Attr::Class, Attr::Id, Attr::Role, Attr::Itemprop]
            .into_iter()
            .flat_map(|attr| page.tree.tokens(node, attr));
        for woken in names.filter_map(|token| rules.scanner.of_token(token)) {
            take(node, woken);
        }
    }
    for &(selector, node) in &page.selected {
        take(node, &rules.selector_rules[selector..=selector]);
    }
}
