//! Which blocks of a page are its article, by a learned model: comes in a page with its features, goes out one
//! [`Verdict`] a block.
//!
//! 1. The model gives each visible block a log-odds.
//! 2. Blocks on the same path of tags and classes pull each other.
//! 3. A heading is as likely as what it heads, unless it looks very much like noise.
//! 4. The cut is put where the expected F-measure of the page is highest; no fixed threshold, no sort of page.
//! 5. Where hardly a word is expected, the page has no article.

use crate::judge::features::Matrix;
use crate::judge::model::Model;
use crate::judge::structure::{Structure, Verdict, kept_kind, logistic};
use crate::options::Favor;
use crate::page::{Layout, Shape};

/// Share of the mean of its path in a block's log-odds; the trial that the design follows found 0.6 to 0.8 alike.
const PATH_SHARE: f32 = 0.7;

/// Log-odds below which a heading is left to the model: `Related stories` above a sentence of its own. Lifting those
/// above changed word-F1 by 0.0001 on WCXB's development pages, and keeps subheadings of short sections.
const MIN_HEADING_ODDS: f32 = -1.5;

/// Expected words of article below which a page has none: a shell, a wall to log in, an error.
const MIN_EXPECTED_WORDS: f32 = 5.0;

/// Weight of recall against precision, squared, as in F-beta, on pages that declare an article: what is around a story
/// reads like one, and the model takes too much of it. On the articles of WCXB's development pages (cross-validated)
/// 0.5 in the place of 1 raised precision from 0.949 to 0.957 and cost 0.007 of recall.
const STORY_BETA: f32 = 0.5;

/// Which side a close decision falls to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Lean {
    /// Neither.
    Even,
    /// The page declares that it is an article.
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

/// Judges every block of a page. `is_gone` tells blocks that sure rules take whatever the model says.
pub(super) fn judge_blocks(
    layout: &Layout,
    matrix: &Matrix,
    structure: &Structure,
    is_gone: &[bool],
    model: &Model,
    lean: Lean,
) -> PageVerdict {
    let mut odds = model.score(&matrix.values, matrix.n_columns);
    smooth(matrix, &mut odds);
    head(layout, &mut odds);
    let chance: Vec<f32> =
        odds.iter().zip(is_gone).map(|(&odds, &is_gone)| if is_gone { 0.0 } else { logistic(odds) }).collect();
    let expected: f32 = chance.iter().zip(&matrix.words).map(|(chance, words)| chance * words).sum();
    let is_empty = expected < MIN_EXPECTED_WORDS;
    let (cut, confidence) = best_cut(&chance, &matrix.words, expected, lean);
    let blocks = layout
        .blocks
        .iter()
        .enumerate()
        .map(|(at, block)| {
            let is_kept = !is_empty && chance[at] >= cut && chance[at] > 0.0;
            // The cut becomes one half; below and above, chances keep their order.
            let around_cut = logistic(odds[at] - odds_of(cut));
            let is_article = if is_kept { around_cut.max(0.5) } else { around_cut.min(0.499) };
            let kind = if is_kept { kept_kind(block) } else { structure.kinds[at] };
            Verdict { is_article, kind }
        })
        .collect();
    PageVerdict { blocks, confidence: if is_empty { 1.0 } else { confidence }, is_empty }
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

/// Lifts headings to the odds of what they head: the next block that is neither heading nor caption.
fn head(layout: &Layout, odds: &mut [f32]) {
    let mut next: Option<f32> = None;
    for (block, odds) in layout.blocks.iter().zip(odds).rev().filter(|(block, _)| !block.hidden) {
        match (block.shape, next) {
            (Shape::Heading(_), Some(next)) if *odds > MIN_HEADING_ODDS => *odds = odds.max(next),
            (Shape::Heading(_) | Shape::Caption, _) => {}
            _ => next = Some(*odds),
        }
    }
}

/// The chance from which keeping a block raises the expected F-measure of the page, and that measure.
fn best_cut(chance: &[f32], words: &[f32], expected: f32, lean: Lean) -> (f32, f32) {
    let beta = match lean {
        Lean::Asked(Favor::Precision) => 0.25,
        Lean::Asked(Favor::Recall) => 4.0,
        Lean::Story => STORY_BETA,
        Lean::Even => 1.0,
    };
    let mut order: Vec<usize> = (0..chance.len()).collect();
    order.sort_by(|&a, &b| chance[b].total_cmp(&chance[a]).then(a.cmp(&b)));
    let (mut kept, mut right) = (0.0, 0.0);
    let mut best = (0.5, 0.0);
    for &row in &order {
        kept += words[row];
        right += words[row] * chance[row];
        let score = (1.0 + beta) * right / (kept + beta * expected).max(1.0);
        if score > best.1 {
            best = (chance[row], score);
        }
    }
    (best.0, best.1.min(1.0))
}

fn odds_of(chance: f32) -> f32 {
    let chance = chance.clamp(1e-6, 1.0 - 1e-6);
    libm::logf(chance / (1.0 - chance))
}
