//! Gradient-boosted trees in a compact file, and the one evaluator that runs them. Comes in a matrix of features,
//! goes out a log-odds a row, in whole numbers of a fixed unit, so that every machine gets the same. Knows nothing of
//! what the columns mean.
//!
//! The file, little-endian: `CDM1` · `u16` columns, each `u8` length and name, `u8` number of borders and the borders
//! as `f32`, ascending · `f32` unit of the leaves · `i32` log-odds before any tree, in units · `u16` trees, each `u8` inner
//! nodes, four bytes a node (column, border, left, right; a child from 128 on is leaf number child - 128), then
//! one `i16` a leaf · `u16` words of classes, each `u32` hash and `i8` log-odds in eighths.

use super::features::Matrix;
use super::features::lexicon::Lexicon;
use crate::error::{Error, ErrorKind, Result};

const MAGIC: &[u8; 4] = b"CDM1";

/// From here on the number of a child names a leaf.
const FIRST_LEAF: u8 = 128;

/// Nodes that the numbers of children can name, and as many leaves.
const MAX_NODES: usize = FIRST_LEAF as usize;

#[derive(Debug, Clone, Copy)]
struct Node {
    /// Which question it asks: the number of a border, over all columns.
    question: u32,
    left: u8,
    right: u8,
}

#[derive(Debug, Clone)]
struct Tree {
    first_node: u32,
    first_leaf: u32,
    n_nodes: u8,
}

/// A column of the matrix that the model reads, and the borders that its trees ask for.
#[derive(Debug, Clone)]
struct Column {
    at: usize,
    n_borders: u32,
    /// Its borders, filled up with what nothing lies above: a dozen compared at once take less time than a search.
    borders: Vec<[f32; LANES]>,
    /// The number of its first question. It has one more than borders: the last one is always answered with yes.
    first_question: u32,
}

/// Borders that are compared at once: two registers of the smallest vector unit.
const LANES: usize = 8;

impl Column {
    fn new(at: usize, borders: &[f32], first_question: u32) -> Self {
        let lanes = |borders: &[f32]| {
            let mut lanes = [f32::INFINITY; LANES];
            lanes[..borders.len()].copy_from_slice(borders);
            lanes
        };
        Self {
            at,
            n_borders: borders.len() as u32,
            borders: borders.chunks(LANES).map(lanes).collect(),
            first_question,
        }
    }

    /// The first of its questions that is answered with yes.
    #[inline]
    fn question(&self, value: f32) -> u32 {
        let n_below = |lanes: &[f32; LANES]| lanes.iter().map(|&border| u32::from(border < value)).sum::<u32>();
        self.borders.iter().fold(self.first_question, |question, lanes| question.wrapping_add(n_below(lanes)))
    }

    fn last_question(&self) -> usize {
        (self.first_question + self.n_borders) as usize
    }
}

/// Rows that are judged at once, one bit each.
const ROWS: usize = 64;

/// A loaded model. Plain data, `Send + Sync`.
#[derive(Debug, Clone)]
pub struct Model {
    columns: Vec<Column>,
    nodes: Vec<Node>,
    leaves: Vec<i16>,
    trees: Vec<Tree>,
    base: i32,
    unit: f32,
    lexicon: Lexicon,
    digest: String,
}

/// The model for pages that ships with the program.
const HTML_MODEL: &[u8] = include_bytes!("model/html.model");

impl Model {
    /// The model for pages that ships with the program.
    ///
    /// # Errors
    /// If it does not fit the features any more: a test holds that it does, but who changes them must train it anew.
    pub fn html() -> Result<Self> {
        Self::load("html.model", HTML_MODEL, &super::features::columns())
            .map_err(|error| error.hint("--model off judges pages by their structure alone"))
    }

    /// Loads a model for a matrix with these columns; `name` stands in errors.
    ///
    /// # Errors
    /// If the bytes are no model, or the model asks for a column that the matrix does not have.
    pub fn load(name: &str, bytes: &[u8], columns: &[String]) -> Result<Self> {
        let broken = |what: String| Error::new(ErrorKind::Options, "could not load model").at(name).because(what);
        let mut file = File { rest: bytes };
        let model = Self::read(&mut file, columns, crate::digest::sha256_hex(bytes)).map_err(broken)?;
        if !file.rest.is_empty() {
            return Err(broken(format!("{} bytes too many", file.rest.len())));
        }
        Ok(model)
    }

    fn read(file: &mut File<'_>, known: &[String], digest: String) -> std::result::Result<Self, String> {
        if file.take(4)? != MAGIC {
            return Err("no model file of this version".into());
        }
        let mut columns = Vec::new();
        let mut first_question = 0;
        for _ in 0..file.u16()? {
            let len = usize::from(file.u8()?);
            let name = std::str::from_utf8(file.take(len)?).map_err(|error| error.to_string())?;
            let at = known.iter().position(|column| column == name).ok_or(format!("there is no column `{name}`"))?;
            let borders = (0..file.u8()?).map(|_| file.f32()).collect::<std::result::Result<Vec<_>, _>>()?;
            let n_questions = borders.len() as u32 + 1;
            columns.push(Column::new(at, &borders, first_question));
            first_question += n_questions;
        }
        let unit = file.f32()?;
        let base = file.i32()?;
        let mut model = Self {
            columns,
            nodes: Vec::new(),
            leaves: Vec::new(),
            trees: Vec::new(),
            base,
            unit,
            lexicon: Lexicon::default(),
            digest,
        };
        for _ in 0..file.u16()? {
            model.read_tree(file)?;
        }
        for _ in 0..file.u16()? {
            let hash = u32::from_le_bytes(file.array()?);
            model.lexicon.insert(hash, i8::from_le_bytes(file.array()?));
        }
        Ok(model)
    }

    fn read_tree(&mut self, file: &mut File<'_>) -> std::result::Result<(), String> {
        let n_nodes = file.u8()?;
        let tree = Tree { first_node: self.nodes.len() as u32, first_leaf: self.leaves.len() as u32, n_nodes };
        for at in 0..n_nodes {
            let [column, border, left, right] = file.array()?;
            // Children come after their parents, so that every walk ends.
            let is_sound = |child: u8| {
                if child >= FIRST_LEAF { child - FIRST_LEAF <= n_nodes } else { child > at && child < n_nodes }
            };
            let Some(column) = self.columns.get(usize::from(column)).filter(|_| is_sound(left) && is_sound(right))
            else {
                return Err(format!("node {at} of tree {} points nowhere", self.trees.len()));
            };
            let border = u32::from(border).min(column.n_borders);
            self.nodes.push(Node { question: column.first_question + border, left, right });
        }
        for _ in 0..=n_nodes {
            self.leaves.push(file.i16()?);
        }
        self.trees.push(tree);
        Ok(())
    }

    /// SHA-256 of the file, 64 hex digits.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What it learned of the words of classes.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// Log-odds of each row of a matrix.
    ///
    /// 64 rows go through the trees together: each question is answered by one word with a bit a row, each node hands
    /// the rows that reach it on to its children by two operations, and nothing has to be guessed on the way.
    pub fn score(&self, matrix: &Matrix) -> Vec<f32> {
        let n_columns = matrix.n_columns;
        if n_columns == 0 || matrix.values.is_empty() {
            return Vec::new();
        }
        let n_questions = self.columns.last().map_or(0, |column| column.last_question() + 1);
        let mut answers = vec![0_u64; n_questions];
        let (own, shared): (Vec<&Column>, Vec<&Column>) = self.columns.iter().partition(|c| c.at < matrix.n_own);
        // What is the same in all rows is answered once, by all bits or none.
        for column in shared {
            let yes = column.question(matrix.values[column.at]) as usize;
            answers[yes..=column.last_question()].fill(u64::MAX);
        }
        let mut known = vec![(f32::NAN, 0_u32); own.len()];
        let mut scores = Vec::with_capacity(matrix.values.len() / n_columns);
        for rows in matrix.values.chunks(n_columns * ROWS) {
            let n_rows = rows.len() / n_columns;
            for column in &own {
                answers[column.first_question as usize..=column.last_question()].fill(0);
            }
            for (bit, row) in rows.chunks_exact(n_columns).enumerate() {
                for (column, known) in own.iter().zip(&mut known) {
                    let value = row[column.at];
                    // Much is the same from row to row.
                    if value != known.0 {
                        *known = (value, column.question(value));
                    }
                    answers[known.1 as usize] |= 1 << bit;
                }
            }
            // What lies below a border lies below those after it.
            for column in &own {
                let mut below = 0;
                for answer in &mut answers[column.first_question as usize..=column.last_question()] {
                    below |= *answer;
                    *answer = below;
                }
            }
            let all = u64::MAX >> (ROWS - n_rows.max(1));
            let mut sums = [self.base; ROWS];
            let mut reach = [0; 2 * MAX_NODES];
            self.trees.iter().for_each(|tree| self.walk(tree, all, &answers, &mut reach, &mut sums));
            scores.extend(sums[..n_rows].iter().map(|&sum| sum as f32 * self.unit));
        }
        scores
    }

    /// Sends rows through a tree and adds the leaves that they reach.
    fn walk(&self, tree: &Tree, all: u64, answers: &[u64], reach: &mut Reach, sums: &mut [i32; ROWS]) {
        // What no number can name cannot be reached.
        let n_nodes = usize::from(tree.n_nodes).min(MAX_NODES);
        let n_leaves = (n_nodes + 1).min(MAX_NODES);
        let nodes = &self.nodes[tree.first_node as usize..][..n_nodes];
        let leaves = &self.leaves[tree.first_leaf as usize..][..n_leaves];
        reach[..n_nodes].fill(0);
        reach[MAX_NODES..MAX_NODES + n_leaves].fill(0);
        reach[if n_nodes == 0 { MAX_NODES } else { 0 }] = all;
        for (at, node) in nodes.iter().enumerate() {
            let (here, answer) = (reach[at], answers[node.question as usize]);
            reach[usize::from(node.left)] |= here & answer;
            reach[usize::from(node.right)] |= here & !answer;
        }
        for (leaf, reach) in leaves.iter().zip(&reach[MAX_NODES..]) {
            let mut rows = *reach;
            while rows != 0 {
                let sum = &mut sums[rows.trailing_zeros() as usize & (ROWS - 1)];
                *sum = sum.wrapping_add(i32::from(*leaf));
                rows &= rows - 1;
            }
        }
    }
}

/// Which rows reach each node of a tree, and behind those each leaf: by the number of a child.
type Reach = [u64; 2 * MAX_NODES];

struct File<'a> {
    rest: &'a [u8],
}

impl<'a> File<'a> {
    fn take(&mut self, n: usize) -> std::result::Result<&'a [u8], String> {
        let (taken, rest) = self.rest.split_at_checked(n).ok_or("it ends too early")?;
        self.rest = rest;
        Ok(taken)
    }
    fn array<const N: usize>(&mut self) -> std::result::Result<[u8; N], String> {
        self.take(N)?.try_into().map_err(|_| "it ends too early".to_owned())
    }
    fn u8(&mut self) -> std::result::Result<u8, String> {
        Ok(self.array::<1>()?[0])
    }
    fn u16(&mut self) -> std::result::Result<u16, String> {
        Ok(u16::from_le_bytes(self.array()?))
    }
    fn i16(&mut self) -> std::result::Result<i16, String> {
        Ok(i16::from_le_bytes(self.array()?))
    }
    fn i32(&mut self) -> std::result::Result<i32, String> {
        Ok(i32::from_le_bytes(self.array()?))
    }
    fn f32(&mut self) -> std::result::Result<f32, String> {
        Ok(f32::from_le_bytes(self.array()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One column `x` with borders 1 and 2; one tree: x <= 1 gives -3, x <= 2 gives 5, more gives 7.
    fn bytes() -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([1, 0, 1, b'x', 2]);
        bytes.extend(1.0_f32.to_le_bytes());
        bytes.extend(2.0_f32.to_le_bytes());
        bytes.extend(0.5_f32.to_le_bytes());
        bytes.extend(10_i32.to_le_bytes());
        bytes.extend([1, 0, 2, 0, 0, 128, 1, 0, 1, 129, 130]);
        for leaf in [-3_i16, 5, 7] {
            bytes.extend(leaf.to_le_bytes());
        }
        bytes.extend([1, 0, 9, 9, 9, 9, 4]);
        bytes
    }

    fn load(bytes: &[u8]) -> Result<Model> {
        Model::load("test", bytes, &["w".into(), "x".into()])
    }

    #[test]
    fn a_tree_is_walked_by_its_borders() {
        let model = load(&bytes()).unwrap();
        let values = vec![9.0, 0.0, 9.0, 1.0, 9.0, 1.5, 9.0, 2.5];
        let matrix = Matrix { values, n_columns: 2, n_own: 2, ..Matrix::default() };
        assert_eq!(model.score(&matrix), [3.5, 3.5, 7.5, 8.5]);
    }

    #[test]
    fn no_rows_have_no_scores() {
        let model = load(&bytes()).unwrap();
        assert!(model.score(&Matrix { n_columns: 2, n_own: 1, ..Matrix::default() }).is_empty());
    }

    #[test]
    fn a_column_that_is_the_same_in_all_rows_is_asked_once() {
        let model = load(&bytes()).unwrap();
        for (x, score) in [(1.0, 3.5), (1.5, 7.5), (2.5, 8.5)] {
            let values = [9.0, x].repeat(ROWS + 6);
            let matrix = Matrix { values, n_columns: 2, n_own: 1, ..Matrix::default() };
            assert_eq!(model.score(&matrix), vec![score; ROWS + 6]);
        }
    }

    #[test]
    fn a_file_cut_anywhere_or_with_bytes_behind_is_refused() {
        let whole = bytes();
        for len in 0..whole.len() {
            assert!(load(&whole[..len]).is_err(), "{len}");
        }
        assert!(load(&[&whole[..], &[0]].concat()).is_err());
    }

    #[test]
    fn a_model_that_asks_for_an_unknown_column_or_points_nowhere_is_refused() {
        assert!(Model::load("test", &bytes(), &["w".into()]).is_err());
        let mut looped = bytes();
        let at = looped.len() - 7 - 6 - 1 - 4;
        looped[at + 1] = 0;
        looped[at + 3] = 0;
        assert!(load(&looped).is_err());
    }
}
