//! Which blocks of a web page are its article, from structure alone: comes in a layout with its tree, goes out one
//! [`Verdict`] a block. Knows no language and no site, removes nothing, touches no text.
//!
//! 1. Each block gets log-odds from its own form: length, sentences, share of links, shape.
//! 2. Elements whose tag, role or class names a part of the page (`zones`) move the blocks inside, unless they
//!    hold so much of the page's prose that the name must be wrong.
//! 3. The element that best covers the likely blocks (expected F1) is the container; outside it odds fall.
//! 4. Blocks on the same path of tags and classes, and neighbours, pull each other.
//! 5. The cut that gives the best expected F-measure becomes 0.5; headings follow what they head.

mod zones;

use std::collections::BTreeMap;

use super::names::{Key, Names};
use crate::finding::Kind;
use crate::options::Favor;
use crate::page::tree::{NodeId, Tag, Tree};
use crate::page::{Block, Layout, Shape};

use zones::{Zone, by_name, zone_of};

/// What the structure says of one block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// How likely it belongs to the article, 0..=1; from 0.5 on it is taken to.
    pub is_article: f32,
    /// The closest kind: what it is if it stays, the sort of noise if not.
    pub kind: Kind,
}

/// What the structure says of a whole page: by itself a judgement, and what a learned judge starts from.
#[derive(Debug, Clone, Default)]
pub struct Structure {
    /// For each block how likely it belongs to the article, 0..=1, before any cut.
    pub chance: Vec<f32>,
    /// The element that covers the likely blocks best.
    pub container: NodeId,
    /// For each block the noise that it would be, were it dropped.
    pub kinds: Vec<Kind>,
}

/// Reads the structure of a page without a verdict.
pub fn read_structure(layout: &Layout, tree: &Tree, names: &Names<'_>) -> Structure {
    let page = Page::new(layout, tree, names);
    let (chance, container) = page.chances();
    let kinds = page
        .blocks()
        .map(|(block, facts)| {
            let is_before = block.node.is_some_and(|id| id < container);
            if block.hidden { Kind::Hidden } else { noise_kind(block, facts, is_before) }
        })
        .collect();
    Structure { chance, container, kinds }
}

/// Judges every block of a page.
pub fn judge_structure(layout: &Layout, tree: &Tree, names: &Names<'_>, favor: Option<Favor>) -> Vec<Verdict> {
    let page = Page::new(layout, tree, names);
    let (chance, _) = page.chances();
    let cut = page.best_cut(&chance, favor);
    page.verdicts(&chance, cut)
}

/// Words from which a block without a sentence mark at its end counts as prose, and with one.
const MIN_PROSE_WORDS: usize = 20;
const MIN_SENTENCE_WORDS: usize = 8;

/// Share of links from which a block is no prose.
const MAX_PROSE_LINK_SHARE: f32 = 0.45;

/// Share of the page's prose that a part with a noisy name may hold; with more, the name does not mean what it says
/// (an ASP.NET `<form>` around the page, `nav-open` on a wrapper, `teaser` on the story).
const MAX_NOISE_SHARE: f32 = 0.4;

/// The same name is believed all the same if a story of its own stands before it: so many words of prose, and so many
/// for each word inside. Comments may well be longer than what they comment on.
const MIN_STORY_WORDS: f32 = 150.0;
const MIN_STORY_SHARE: f32 = 0.1;

/// Weight above which a name is a hint only.
const HINTS_FROM: f32 = -2.0;

/// Log-odds inside and outside the container.
const INSIDE: f32 = 1.0;
const OUTSIDE: f32 = -1.6;

/// Share of the mean of its path, and of its neighbours, in a block's log-odds.
const PATH_SHARE: f32 = 0.4;
const NEIGHBOUR_SHARE: f32 = 0.25;

/// Neighbours on each side.
const NEIGHBOURS: usize = 2;

/// What the judge knows of one block before it judges.
#[derive(Debug, Clone, Copy)]
struct Facts {
    n_words: usize,
    is_prose: bool,
    ends_sentence: bool,
    zone: Option<Zone>,
    /// Log-odds from all named parts around it.
    named: f32,
    /// Hash of the tags and classes above it.
    path: u64,
}

struct Page<'a> {
    layout: &'a Layout,
    tree: &'a Tree,
    facts: Vec<Facts>,
}

impl<'a> Page<'a> {
    fn new(layout: &'a Layout, tree: &'a Tree, names: &Names<'_>) -> Self {
        let mut facts: Vec<Facts> = layout
            .blocks
            .iter()
            .map(|block| {
                let text = layout.block_text(block);
                let n_words = count_words(text);
                let ends_sentence = ends_sentence(text);
                let is_prose = !block.hidden
                    && block.link_share <= MAX_PROSE_LINK_SHARE
                    && (n_words >= MIN_PROSE_WORDS || (ends_sentence && n_words >= MIN_SENTENCE_WORDS));
                Facts { n_words, is_prose, ends_sentence, zone: None, named: 0.0, path: 0 }
            })
            .collect();
        let prose = sums(layout, tree, |at, _| if facts[at].is_prose { facts[at].n_words as f32 } else { 0.0 });
        let nodes = name_nodes(tree, names, &prose);
        for (block, facts) in layout.blocks.iter().zip(&mut facts) {
            if let Some(id) = block.node.filter(|&id| id < tree.len()) {
                let node = &nodes[id as usize];
                facts.zone = node.zone;
                facts.named = node.named;
                facts.path = node.path;
            }
        }
        Self { layout, tree, facts }
    }

    /// How likely each block belongs to the article, and the container.
    fn chances(&self) -> (Vec<f32>, NodeId) {
        let mut odds = self.first_odds();
        let container = self.container(&odds);
        self.weigh_container(container, &mut odds);
        self.pull_together(&mut odds);
        let mut chance: Vec<f32> = odds.iter().map(|&z| logistic(z)).collect();
        self.head(&mut chance);
        (chance, container)
    }

    fn blocks(&self) -> impl Iterator<Item = (&'a Block, &Facts)> {
        self.layout.blocks.iter().zip(&self.facts)
    }

    /// Log-odds of each block from its own form and the named parts around it.
    fn first_odds(&self) -> Vec<f32> {
        self.blocks()
            .map(|(block, facts)| {
                let by_length = match facts.n_words {
                    0..=2 => -1.6,
                    3..=5 => -1.1,
                    6..=9 => -0.6,
                    10..=19 => 0.1,
                    20..=39 => 0.9,
                    _ => 1.5,
                };
                let by_end = if facts.ends_sentence && facts.n_words > 3 { 0.9 } else { -0.3 };
                let by_links = -3.2 * (block.link_share - 0.15).max(0.0);
                let by_shape = match block.shape {
                    Shape::Heading(_) => 0.6,
                    Shape::Code | Shape::Verse => 1.2,
                    Shape::Quote => 0.8,
                    Shape::ListItem | Shape::TableRow => 0.3,
                    Shape::Caption => -0.8,
                    Shape::Paragraph => 0.0,
                };
                by_length + by_end + by_links + by_shape + facts.named
            })
            .collect()
    }

    /// The element that covers the likely blocks best: the highest expected F1, the innermost of equals.
    fn container(&self, odds: &[f32]) -> NodeId {
        let hidden = |at: usize| self.layout.blocks[at].hidden;
        let words = |at: usize| if hidden(at) { 0.0 } else { self.facts[at].n_words as f32 };
        let all = sums(self.layout, self.tree, |at, _| words(at));
        let likely = sums(self.layout, self.tree, |at, _| words(at) * logistic(odds[at]));
        let total = likely.total();
        let mut best = (0, 0.0);
        for id in 0..self.tree.len() {
            if self.tree.tag(id) == Tag::Text {
                continue;
            }
            let score = 2.0 * likely.below(self.tree, id) / (all.below(self.tree, id) + total).max(1.0);
            if score >= best.1 {
                best = (id, score);
            }
        }
        best.0
    }

    fn weigh_container(&self, container: NodeId, odds: &mut [f32]) {
        for ((block, _), odds) in self.blocks().zip(odds) {
            let is_inside = block.node.is_some_and(|id| self.tree.is_within(id, container));
            *odds += if is_inside { INSIDE } else { OUTSIDE };
        }
    }

    /// Blocks of one path, and neighbours, draw nearer to each other; long blocks weigh more.
    fn pull_together(&self, odds: &mut [f32]) {
        let weight = |at: usize| (self.facts[at].n_words as f32).sqrt().max(1.0);
        let mut paths: BTreeMap<u64, (f32, f32)> = BTreeMap::new();
        for (at, (block, facts)) in self.blocks().enumerate() {
            if !block.hidden {
                let entry = paths.entry(facts.path).or_default();
                entry.0 += odds[at] * weight(at);
                entry.1 += weight(at);
            }
        }
        let by_path: Vec<f32> = self
            .facts
            .iter()
            .zip(&*odds)
            .map(|(facts, &own)| match paths.get(&facts.path) {
                Some(&(sum, weights)) if facts.path != 0 && weights > 0.0 => sum / weights,
                _ => own,
            })
            .collect();
        for (own, path) in odds.iter_mut().zip(by_path) {
            *own = (1.0 - PATH_SHARE) * *own + PATH_SHARE * path;
        }
        let before = odds.to_vec();
        for (at, own) in odds.iter_mut().enumerate() {
            let (mut sum, mut weights) = (0.0, 0.0);
            let from = at.saturating_sub(NEIGHBOURS);
            for (near, &odds) in before.iter().enumerate().skip(from).take(at + NEIGHBOURS + 1 - from) {
                if near != at && !self.layout.blocks[near].hidden {
                    sum += odds * weight(near);
                    weights += weight(near);
                }
            }
            if weights > 0.0 {
                *own = (1.0 - NEIGHBOUR_SHARE) * *own + NEIGHBOUR_SHARE * sum / weights;
            }
        }
    }

    /// A heading is as likely as what it heads: the next block that is no heading, nor a caption.
    fn head(&self, chance: &mut [f32]) {
        let mut next: Option<f32> = None;
        for at in (0..chance.len()).rev() {
            let block = &self.layout.blocks[at];
            if block.hidden {
                continue;
            }
            match block.shape {
                Shape::Heading(_) => {
                    if let Some(next) = next {
                        chance[at] = if self.facts[at].named <= -2.0 { chance[at].min(next) } else { next };
                    }
                }
                Shape::Caption => {}
                _ => next = Some(chance[at]),
            }
        }
    }

    /// The chance from which keeping a block raises the expected F-measure of the page.
    fn best_cut(&self, chance: &[f32], favor: Option<Favor>) -> f32 {
        // Weight of recall against precision, squared, as in F-beta.
        let beta = match favor {
            Some(Favor::Precision) => 0.25,
            Some(Favor::Recall) => 4.0,
            None => 1.0,
        };
        let mut order: Vec<usize> = (0..chance.len()).filter(|&at| !self.layout.blocks[at].hidden).collect();
        order.sort_by(|&a, &b| chance[b].total_cmp(&chance[a]).then(a.cmp(&b)));
        let words = |at: usize| self.facts[at].n_words as f32;
        let total: f32 = order.iter().map(|&at| words(at) * chance[at]).sum();
        let (mut kept, mut right) = (0.0, 0.0);
        let mut best = (0.0, 0.5);
        for &at in &order {
            kept += words(at);
            right += words(at) * chance[at];
            let score = (1.0 + beta) * right / (kept + beta * total).max(1.0);
            if score > best.0 {
                best = (score, chance[at]);
            }
        }
        best.1
    }

    fn verdicts(&self, chance: &[f32], cut: f32) -> Vec<Verdict> {
        // The cut becomes 0.5; below and above, chances keep their order.
        let shift = -odds_of(cut) + f32::EPSILON;
        let is_kept = |at: usize| chance[at] >= cut && !self.layout.blocks[at].hidden;
        let first = (0..chance.len()).find(|&at| is_kept(at));
        self.blocks()
            .enumerate()
            .map(|(at, (block, facts))| {
                if block.hidden {
                    return Verdict { is_article: 0.0, kind: Kind::Hidden };
                }
                let is_article = if is_kept(at) {
                    logistic(odds_of(chance[at]) + shift).max(0.5)
                } else {
                    logistic(odds_of(chance[at]) + shift).min(0.499)
                };
                let kind = if is_kept(at) {
                    kept_kind(block)
                } else {
                    noise_kind(block, facts, first.is_none_or(|first| at < first))
                };
                Verdict { is_article, kind }
            })
            .collect()
    }
}

pub(super) fn kept_kind(block: &Block) -> Kind {
    match block.shape {
        Shape::Heading(_) => Kind::Heading,
        Shape::Quote => Kind::Quote,
        Shape::Caption => Kind::Caption,
        _ => Kind::Body,
    }
}

/// The closest kind of noise: what a part around it is named, or what its form says.
fn noise_kind(block: &Block, facts: &Facts, is_before: bool) -> Kind {
    match facts.zone {
        Some(Zone::Noise { kind, .. }) => kind,
        _ if block.shape == Shape::Caption => Kind::Caption,
        _ if block.link_share > MAX_PROSE_LINK_SHARE && is_before => Kind::Navigation,
        _ if block.link_share > MAX_PROSE_LINK_SHARE => Kind::Related,
        _ => Kind::Boilerplate,
    }
}

/// What the named parts around a node say.
#[derive(Debug, Clone, Copy)]
struct Named {
    zone: Option<Zone>,
    named: f32,
    path: u64,
}

/// The offset basis and the prime of FNV-1a, 64 bits.
const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_FACTOR: u64 = 0x0000_0100_0000_01b3;

/// The strongest noise around each node and the weight of all names above it.
fn name_nodes(tree: &Tree, names: &Names<'_>, prose: &Sums) -> Vec<Named> {
    let total = prose.total().max(1.0);
    let mut nodes: Vec<Named> = Vec::with_capacity(tree.len() as usize);
    let zones = names.each_word(by_name);
    let steps = names.each_word(step);
    for id in 0..tree.len() {
        let mut node = match tree.parent(id) {
            Some(parent) => nodes[parent as usize],
            None => Named { zone: None, named: 0.0, path: FNV_START },
        };
        if tree.tag(id) != Tag::Text {
            let classes = names.words_in(id, Key::Class).iter().map(|&word| steps[word as usize]);
            node.path = std::iter::once(step(tree.name(id))).chain(classes).fold(node.path, join_steps);
            let own = zone_of(tree, id, names, &zones);
            let is_believed = match own {
                Some(Zone::Noise { weight, .. }) => {
                    let (below, before) = (prose.below(tree, id), prose.before(id));
                    let follows_story =
                        weight < HINTS_FROM && before >= MIN_STORY_WORDS && before >= below * MIN_STORY_SHARE;
                    below <= total * MAX_NOISE_SHARE || follows_story
                }
                _ => true,
            };
            if let Some(own) = own.filter(|_| is_believed) {
                node = join(node, own);
            }
        }
        nodes.push(node);
    }
    nodes
}

/// Adds what an inner element is named: the worst noise counts, and the best word for the article.
fn join(mut node: Named, own: Zone) -> Named {
    match (node.zone, own) {
        (Some(Zone::Noise { weight, .. }), Zone::Noise { weight: inner, .. }) => {
            node.named += inner.min(0.0) * if inner < weight { 1.0 } else { 0.3 };
            if inner < weight {
                node.named -= weight * 0.7;
                node.zone = Some(own);
            }
        }
        (Some(Zone::Noise { .. }), Zone::Article { .. }) => {}
        (Some(Zone::Article { weight }), Zone::Article { weight: inner }) => {
            node.named += (inner - weight).max(0.0);
            if inner > weight {
                node.zone = Some(own);
            }
        }
        (_, Zone::Noise { weight, .. } | Zone::Article { weight }) => {
            node.named += weight;
            node.zone = Some(own);
        }
    }
    node
}

/// What a tag or a class adds to a path; digits are left out, so that `item-1` and `item-2` are alike.
fn step(name: &str) -> u64 {
    // FNV-1a, 64 bits.
    let bytes = name.bytes().filter(|b| !b.is_ascii_digit());
    bytes.fold(FNV_START, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_FACTOR))
}

/// A path with one more step; the order counts.
fn join_steps(path: u64, step: u64) -> u64 {
    (path.rotate_left(5) ^ step).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// Sums over subtrees.
struct Sums(Vec<f32>);

impl Sums {
    fn below(&self, tree: &Tree, id: NodeId) -> f32 {
        self.0[tree.end(id) as usize] - self.0[id as usize]
    }
    fn before(&self, id: NodeId) -> f32 {
        self.0[id as usize]
    }
    fn total(&self) -> f32 {
        self.0.last().copied().unwrap_or(0.0)
    }
}

fn sums(layout: &Layout, tree: &Tree, value: impl Fn(usize, &Block) -> f32) -> Sums {
    let mut at_node = vec![0.0f32; tree.len() as usize + 1];
    for (at, block) in layout.blocks.iter().enumerate() {
        if let Some(id) = block.node.filter(|&id| id < tree.len()) {
            at_node[id as usize + 1] += value(at, block);
        }
    }
    let mut sum = 0.0;
    for value in &mut at_node {
        sum += *value;
        *value = sum;
    }
    Sums(at_node)
}

pub(super) fn logistic(z: f32) -> f32 {
    // The platform's own exponential differs in the last bit from machine to machine.
    1.0 / (1.0 + libm::expf(-z))
}

fn odds_of(chance: f32) -> f32 {
    let chance = chance.clamp(1e-6, 1.0 - 1e-6);
    libm::logf(chance / (1.0 - chance))
}

/// Words parted by white space; of a script without spaces, two letters count as one.
fn count_words(text: &str) -> usize {
    if text.is_ascii() {
        // A word counts at its first letter or digit.
        let (mut n_words, mut is_counted) = (0, false);
        for byte in text.bytes() {
            let is_letter = byte.is_ascii_alphanumeric();
            n_words += usize::from(is_letter & !is_counted);
            is_counted = (is_counted | is_letter) & !matches!(byte, b' ' | b'\t'..=b'\r');
        }
        return n_words;
    }
    let n_spaced = text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
    let n_unspaced = text
        .chars()
        .filter(|c| matches!(*c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{e00}'..='\u{e7f}'))
        .count();
    n_spaced + n_unspaced / 2
}

/// Whether a sentence ends with the text.
fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '」' | '』')
    })
    .ends_with(['.', '!', '?', '…', ':', '。', '！', '？', '؟', '۔', '।', '։', '።'])
}

#[cfg(test)]
mod tests;
