//! Which blocks of a page are its article, by a learned model: comes in a page with its features, goes out one
//! [`Verdict`] a block.
//!
//! 1. The model gives each visible block a log-odds.
//! 2. Blocks on the same path of tags and classes pull each other.
//! 3. A heading, or the first row of a table, is as likely as what it heads, unless it looks very much like noise.
//! 4. The cut is put where the expected F-measure of the page is highest; no fixed threshold, no sort of page.
//! 5. Where hardly a word is expected, the page has no article.

use std::collections::BTreeSet;

use crate::finding::Kind;
use crate::judge::document::Document;
use crate::judge::features::Matrix;
use crate::judge::model::Model;
use crate::judge::structure::{Structure, Verdict, kept_kind, logistic};
use crate::options::Favor;
use crate::page::text::ends_sentence;
use crate::page::tree::Tree;
use crate::page::{Layout, Shape};

/// Share of the mean of its path in a block's log-odds; the trial that the design follows found 0.6 to 0.8 alike.
const PATH_SHARE: f32 = 0.7;

/// Log-odds below which a heading is left to the model: `Related stories` above a sentence of its own. Lifting those
/// above changed no word-F1 on WCXB's development pages (0.8864, cross-validated), and keeps subheadings of short sections.
const MIN_HEADING_ODDS: f32 = -3.0;

/// Words of the paragraphs on both sides of a line that they vouch for, its share of links, and the log-odds below
/// which it is noise all the same.
const MIN_BRIDGED_WORDS: f32 = 15.0;
const MAX_BRIDGE_LINKS: f32 = 0.3;
const MIN_BRIDGE_ODDS: f32 = -5.0;

/// Blocks from which a page may be found empty: of one or two, nothing tells a shell from a short text.
const MIN_SHELL_BLOCKS: usize = 3;

/// Words below which a block that is no sentence, right behind the label of an advert, is the advert.
const MAX_ADVERT_WORDS: f32 = 15.0;

/// Expected words of article below which a page has none: a shell, a wall to log in, an error.
const MIN_EXPECTED_WORDS: f32 = 5.0;

/// The same where no block has this chance to be article: what is expected is then the sum of many small doubts. Shells of
/// WCXB's development pages have 2 to 7 such words, from training to training; short pages 9 and more, and surer blocks.
const MIN_DOUBTFUL_WORDS: f32 = 9.0;
const DOUBTFUL_CHANCE: f32 = 0.2;

/// Weight of recall against precision, squared, as in F-beta, on pages that declare a dated article: what is around a
/// story reads like one, and the model takes too much of it. On the articles of WCXB's development pages
/// (cross-validated, features alone) 0.35 in the place of 1 raised precision from 0.950 to 0.958 and cost 0.008 of recall.
const STORY_BETA: f32 = 0.35;

/// By how much the log-odds of all blocks of a page may be off together, with the chance of each: three points of a
/// normal distribution of deviation one. What the model gets wrong on a page it gets wrong for many blocks at once, and
/// chances taken for independent make the cut too sure. On WCXB's development pages (cross-validated, no rules) word-F1
/// 0.8843 became 0.8858; deviations of 0.5 and 1.5 gave less.
const SHIFTS: [(f32, f32); 3] = [(-1.732, 1.0 / 6.0), (0.0, 2.0 / 3.0), (1.732, 1.0 / 6.0)];

/// Which side a close decision falls to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Lean {
    /// Neither.
    Even,
    /// The page declares that it is an article, and dates it.
    Story,
    /// What the user asked for.
    Asked(Favor),
}

/// What the model says of a page.
#[derive(Debug, Clone)]
pub(super) struct PageVerdict {
    /// One a block of the layout.
    pub blocks: Vec<Verdict>,
    /// The expected F-measure of the choice, 0..=1.
    pub confidence: f32,
    /// Whether the page was found to have no article.
    pub is_empty: bool,
}

/// Judges every block of a page. `claimed` names the kind of blocks that sure rules take whatever the model says.
pub(super) fn judge_blocks(
    layout: &Layout,
    tree: &Tree,
    matrix: &Matrix,
    structure: &Structure,
    claimed: &[Option<Kind>],
    model: &Model,
    lean: Lean,
) -> PageVerdict {
    let mut odds = model.score(matrix);
    smooth(matrix, &mut odds);
    head(layout, &mut odds);
    bridge(layout, tree, matrix, &mut odds);
    // Of copies the model may prefer the second one.
    let is_gone = |at: usize| claimed[at].is_some_and(|kind| !matches!(kind, Kind::Hidden | Kind::DuplicateBlock));
    let is_advert = |at: usize| at > 0 && claimed[at - 1] == Some(Kind::Advert) && is_label(layout, matrix, at);
    let open: Vec<usize> = (0..odds.len()).filter(|&at| !is_gone(at) && !is_advert(at)).collect();
    let expected: f32 = open.iter().map(|&at| logistic(odds[at]) * matrix.words[at]).sum();
    let surest = open.iter().map(|&at| logistic(odds[at])).fold(0.0, f32::max);
    let is_hopeless = expected < MIN_EXPECTED_WORDS || (expected < MIN_DOUBTFUL_WORDS && surest < DOUBTFUL_CHANCE);
    let is_empty = is_hopeless && layout.blocks.len() >= MIN_SHELL_BLOCKS;
    let mut is_kept = vec![false; odds.len()];
    let (cut, confidence) = best_cut(&odds, &matrix.words, open.clone(), lean);
    for at in open {
        is_kept[at] = !is_empty && odds[at] >= cut;
    }
    let blocks = layout
        .blocks
        .iter()
        .enumerate()
        .map(|(at, block)| {
            // The cut becomes one half; below and above, chances keep their order.
            let around_cut = logistic(odds[at] - cut);
            let is_article = if is_kept[at] { around_cut.max(0.5) } else { around_cut.min(0.499) };
            let kind = match is_kept[at] {
                true => kept_kind(block),
                false if is_advert(at) => Kind::Advert,
                false => structure.kinds[at],
            };
            Verdict { is_article, kind }
        })
        .collect();
    PageVerdict { blocks, confidence: if is_empty { 1.0 } else { confidence }, is_empty }
}

/// Hidden blocks that are article, but for copies of what the page shows.
pub(super) fn brought_out(document: &Document<'_>, verdicts: &[Verdict]) -> BTreeSet<usize> {
    let kept = |hidden: bool| {
        let is_kept = move |at: &usize| document.layout.blocks[*at].hidden == hidden && verdicts[*at].is_article >= 0.5;
        (0..verdicts.len()).filter(is_kept)
    };
    let shown: BTreeSet<&str> = kept(false).map(|at| document.views[at].folded.as_str()).collect();
    kept(true).filter(|&at| !shown.contains(document.views[at].folded.as_str())).collect()
}

/// Blocks that repeat one that is not taken for the article: they stay, so that the text is not lost twice.
pub(super) fn only_copies(document: &Document<'_>, claimed: &[Option<Kind>], verdicts: &[Verdict]) -> BTreeSet<usize> {
    let is_kept = |at: usize| verdicts[at].is_article >= 0.5;
    let is_copy = |at: usize| claimed[at] == Some(Kind::DuplicateBlock);
    if !claimed.contains(&Some(Kind::DuplicateBlock)) {
        return BTreeSet::new();
    }
    let (mut kept, mut left): (BTreeSet<&str>, BTreeSet<&str>) = (BTreeSet::new(), BTreeSet::new());
    for (at, view) in document.views.iter().enumerate().filter(|&(at, _)| !is_copy(at)) {
        let stays = claimed[at].is_none() && is_kept(at);
        if stays {
            kept.insert(&view.folded)
        } else {
            left.insert(&view.folded)
        };
    }
    let mut released = BTreeSet::new();
    for (at, view) in document.views.iter().enumerate() {
        if is_copy(at) && is_kept(at) && left.contains(view.folded.as_str()) && kept.insert(&view.folded) {
            released.insert(at);
        }
    }
    released
}

/// Whether a block is a few words that end no sentence.
fn is_label(layout: &Layout, matrix: &Matrix, at: usize) -> bool {
    let text = layout.block_text(&layout.blocks[at]);
    matrix.words[at] < MAX_ADVERT_WORDS && !ends_sentence(text) && layout.blocks[at].shape == Shape::Paragraph
}

/// Draws blocks of one path together; long blocks weigh more.
fn smooth(matrix: &Matrix, odds: &mut [f32]) {
    let weight = |row: usize| matrix.words[row].max(1.0).sqrt();
    let mut order: Vec<usize> = (0..odds.len()).collect();
    order.sort_by_key(|&row| (matrix.paths[row], row));
    for group in order.chunk_by(|&a, &b| matrix.paths[a] == matrix.paths[b]) {
        let (mut sum, mut weights) = (0.0, 0.0);
        for &row in group {
            sum += odds[row] * weight(row);
            weights += weight(row);
        }
        for &row in group {
            odds[row] = (1.0 - PATH_SHARE) * odds[row] + PATH_SHARE * sum / weights;
        }
    }
}

/// Lifts a short line between two likely paragraphs of the same parent to their odds: a subheading that is no heading
/// element, a line of speech. What sites put between paragraphs (an advert, a card) stands in elements of its own.
fn bridge(layout: &Layout, tree: &Tree, matrix: &Matrix, odds: &mut [f32]) {
    let parent = |at: usize| {
        let id = matrix.nodes[at];
        let own = std::iter::once(id).chain(tree.ancestors(id)).find(|&id| tree.tag(id).is_block());
        own.and_then(|id| tree.parent(id))
    };
    let visible: Vec<usize> = (0..odds.len()).filter(|&at| !layout.blocks[at].hidden).collect();
    for near in visible.windows(3) {
        let [before, at, after] = *near else { continue };
        let is_prose = |at: usize| odds[at] > 0.0 && matrix.words[at] >= MIN_BRIDGED_WORDS;
        let is_plain = layout.blocks[at].link_share < MAX_BRIDGE_LINKS && odds[at] > MIN_BRIDGE_ODDS;
        if is_plain
            && is_prose(before)
            && is_prose(after)
            && parent(before) == parent(at)
            && parent(at) == parent(after)
        {
            odds[at] = odds[at].max(odds[before].min(odds[after]));
        }
    }
}

/// Lifts headings to the odds of what they head: the next block that is neither heading nor caption; and the first row of
/// a table to those of the second.
fn head(layout: &Layout, odds: &mut [f32]) {
    let shown: Vec<usize> = (0..odds.len()).filter(|&at| !layout.blocks[at].hidden).collect();
    let row_of = |at: usize| layout.blocks[at].group.filter(|_| layout.blocks[at].shape == Shape::TableRow);
    let mut next: Option<usize> = None;
    for (place, &at) in shown.iter().enumerate().rev() {
        let is_first_row = place.checked_sub(1).is_none_or(|before| row_of(shown[before]) != row_of(at))
            && next.is_some_and(|next| row_of(next) == row_of(at) && row_of(at).is_some());
        let is_heading = matches!(layout.blocks[at].shape, Shape::Heading(_));
        if let Some(next) = next.filter(|_| (is_heading || is_first_row) && odds[at] > MIN_HEADING_ODDS) {
            odds[at] = odds[at].max(odds[next]);
        }
        if !is_heading && layout.blocks[at].shape != Shape::Caption {
            next = Some(at);
        }
    }
}

/// The log-odds from which keeping a block raises the expected F-measure of the page, and that measure. `rows` are the
/// blocks that are open to choice.
fn best_cut(odds: &[f32], words: &[f32], mut rows: Vec<usize>, lean: Lean) -> (f32, f32) {
    let beta = match lean {
        Lean::Asked(Favor::Precision) => 0.25,
        Lean::Asked(Favor::Recall) => 4.0,
        Lean::Story => STORY_BETA,
        Lean::Even => 1.0,
    };
    rows.sort_by(|&a, &b| odds[b].total_cmp(&odds[a]).then(a.cmp(&b)));
    let mut scores = vec![0.0_f32; rows.len()];
    for (shift, weight) in SHIFTS {
        let right = |row: usize| words[row] * logistic(odds[row] + shift);
        let expected: f32 = rows.iter().map(|&row| right(row)).sum();
        let (mut kept, mut kept_right) = (0.0, 0.0);
        for (score, &row) in scores.iter_mut().zip(&rows) {
            kept += words[row];
            kept_right += right(row);
            *score += weight * (1.0 + beta) * kept_right / (kept + beta * expected).max(1.0);
        }
    }
    let mut best = (0.0, 0.0);
    for (&score, &row) in scores.iter().zip(&rows) {
        if score > best.1 {
            best = (odds[row], score);
        }
    }
    (best.0, best.1.min(1.0))
}
