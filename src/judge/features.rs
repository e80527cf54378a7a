//! What a learned judge sees of each block of a page: comes in a laid-out page with what rules found in it and what
//! the structure alone says, goes out a matrix with one row a block and one column a feature. Linear in
//! blocks and nodes, no recursion. Judges nothing.
//!
//! Training and running read the same matrix: [`columns`] names what a model file may use. A column keeps its meaning
//! under its name; a model whose column is gone does not load.

pub mod lexicon;
mod nodes;
mod surroundings;
mod words;

use crate::finding::Kind;
use crate::judge::document::Document;
use crate::judge::names::Names;
use crate::judge::structure::Structure;
use crate::language::Prior;
use crate::page::meta::MetaField;
use crate::page::tree::{NodeId, Tag};
use crate::page::{Block, HtmlPage, Layout, Shape};

use lexicon::Lexicon;
pub(super) use nodes::HashedMap;
use nodes::{FAMILIES, LONG_WORDS, MAX_LINK_SHARE, N_MARKS, Nodes, Sums, TAGS, common};
use words::Words;

/// Features of all blocks, row by row.
#[derive(Debug, Default)]
pub struct Matrix {
    /// The values; `n_columns` a row.
    pub values: Vec<f32>,
    /// Columns a row.
    pub n_columns: usize,
    /// Those in front that differ from row to row; the page's own are the same in all.
    pub n_own: usize,
    /// The node of each row.
    pub nodes: Vec<NodeId>,
    /// Words of each row, as the decision counts them.
    pub words: Vec<f32>,
    /// Hash of the tags and classes above each row.
    pub paths: Vec<u64>,
}

impl Matrix {
    /// The features of a row.
    pub fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.n_columns..(row + 1) * self.n_columns]
    }
}

/// Groups of kinds whose findings are features, by bit.
const HIT_GROUPS: &[(&str, &[Kind])] = &[
    ("comments", &[Kind::Comments, Kind::CommentPrompt]),
    ("related", &[Kind::Related]),
    ("newsletter", &[Kind::Newsletter]),
    ("share", &[Kind::ShareBar]),
    ("login", &[Kind::LoginPrompt, Kind::Paywall]),
    ("cookie", &[Kind::CookieNotice]),
    ("byline", &[Kind::Byline]),
    ("time", &[Kind::PublishedTime, Kind::ReadingTime]),
    ("caption", &[Kind::PhotoCredit, Kind::Caption]),
    ("nav", &[Kind::Navigation, Kind::Breadcrumb, Kind::SiteName, Kind::Pagination]),
    ("legal", &[Kind::Copyright, Kind::RightsNotice, Kind::SourceFooter, Kind::Disclaimer]),
    ("widget", &[Kind::Advert, Kind::AppPromo, Kind::Widget, Kind::Poll, Kind::ToolButtons, Kind::AudioPlayer]),
    ("copy", &[Kind::DuplicateBlock, Kind::DuplicateTitle]),
    ("contact", &[Kind::Contact, Kind::Tags, Kind::Counter]),
];

/// The bit of the group that a kind of finding belongs to.
pub fn hit_bit(kind: Kind) -> u32 {
    HIT_GROUPS.iter().position(|(_, kinds)| kinds.contains(&kind)).map_or(0, |group| 1 << group)
}

/// The names of all columns, in order.
pub fn columns() -> Vec<String> {
    let mut names = Vec::new();
    let page = HtmlPage {
        layout: Layout {
            text: "x".into(),
            blocks: vec![Block { span: crate::finding::Span::new(0, 1), ..Block::default() }],
        },
        ..HtmlPage::default()
    };
    let structure = Structure { chance: vec![0.0], container: 0, kinds: vec![Kind::Body] };
    let prior = Prior::default();
    let document = Document::new(&page.layout, &prior);
    let view = View::new(&document, &page, &Names::new(&page.tree), &[0], &structure, &Lexicon::default());
    view.fill(&mut names);
    names
}

/// Describes the blocks. `hits` holds a mask of [`hit_bit`]s for each block of the layout.
pub fn describe(
    document: &Document<'_>,
    page: &HtmlPage,
    names: &Names<'_>,
    hits: &[u32],
    structure: &Structure,
    lexicon: &Lexicon,
) -> Matrix {
    View::new(document, page, names, hits, structure, lexicon).fill(&mut Unnamed)
}

/// What hears the names of the columns while the first row is filled.
trait Hear {
    fn hear(&mut self, family: &str, part: &str);
}

/// Nobody does: nearly always.
struct Unnamed;

impl Hear for Unnamed {
    #[inline]
    fn hear(&mut self, _family: &str, _part: &str) {}
}

impl Hear for Vec<String> {
    fn hear(&mut self, family: &str, part: &str) {
        let mark = if family.is_empty() { "" } else { "_" };
        self.push(format!("{family}{mark}{part}"));
    }
}

/// Most columns of a row.
const MAX_COLUMNS: usize = 512;

/// A row in the making.
struct Row<'r, H> {
    values: [f32; MAX_COLUMNS],
    n_values: usize,
    names: &'r mut H,
    /// The elements that the last row took its sums from, and what stands above one: neighbours share most of them.
    held: [NodeId; 6],
    above: (NodeId, f32, f32),
}

/// The number of no node.
const NO_NODE: NodeId = NodeId::MAX;

impl<H: Hear> Row<'_, H> {
    #[inline]
    fn put(&mut self, name: &str, value: f32) {
        self.put_of("", name, value);
    }

    #[inline]
    fn put_of(&mut self, family: &str, part: &str, value: f32) {
        self.values[self.n_values] = if value.is_finite() { value } else { 0.0 };
        self.n_values += 1;
        self.names.hear(family, part);
    }

    /// Leaves the next values as they are in the last row.
    fn keep(&mut self, n: usize) {
        self.n_values += n;
    }

    #[inline]
    fn flag(&mut self, name: &str, is: bool) {
        self.put(name, f32::from(u8::from(is)));
    }
}

fn log(x: f32) -> f32 {
    // Natural logarithms differ in the last bit between platforms; square roots do not.
    x.max(0.0).sqrt()
}

/// What is known of one block.
struct Facts<'a> {
    at: usize,
    block: &'a Block,
    node: NodeId,
    words: Words,
    /// Range of its word hashes.
    tokens: std::ops::Range<usize>,
    hits: u32,
    is_long: bool,
    is_sentence: bool,
    n_copies: f32,
    is_copy: bool,
    /// Share of its runs of four words that stood in the page before.
    repeated: f32,
    words_before: f32,
}

struct View<'a> {
    page: &'a HtmlPage,
    structure: &'a Structure,
    facts: Vec<Facts<'a>>,
    tokens: Vec<u32>,
    nodes: Nodes,
    /// Log-odds of the words of each element's classes.
    class_scores: Vec<f32>,
    all: Sums,
    paths: HashedMap<surroundings::Group>,
    tag_paths: HashedMap<surroundings::Group>,
    parents: HashedMap<surroundings::Group>,
    title: Vec<u32>,
    description: Vec<u32>,
    first_long: usize,
    last_long: usize,
    first_h1: Option<usize>,
    page_values: Vec<(&'static str, f32)>,
    windows: surroundings::Windows,
}

impl<'a> View<'a> {
    fn new(
        document: &Document<'a>,
        page: &'a HtmlPage,
        names: &Names<'_>,
        hits: &[u32],
        structure: &'a Structure,
        lexicon: &Lexicon,
    ) -> Self {
        let (tree, layout) = (&page.tree, document.layout);
        let mut tokens = Vec::new();
        let mut all_words = Vec::with_capacity(layout.blocks.len());
        let mut facts = Vec::new();
        let mut words_before = 0.0;
        for (at, block) in layout.blocks.iter().enumerate() {
            let start = tokens.len();
            let first = document.firsts[at] as usize;
            let words = match facts.get(first) {
                Some(Facts { words, tokens: same, .. }) => {
                    tokens.extend_from_within(same.clone());
                    *words
                }
                None => words::count(layout.block_text(block), &mut tokens),
            };
            all_words.push(words);
            facts.push(Facts {
                at,
                block,
                node: block.node.filter(|&id| id < tree.len()).unwrap_or(0),
                words,
                tokens: start..tokens.len(),
                hits: hits.get(at).copied().unwrap_or(0),
                is_long: words.n_words >= LONG_WORDS && block.link_share < MAX_LINK_SHARE,
                is_sentence: words.end >= 1.0 && words.n_words >= 4.0,
                n_copies: 0.0,
                is_copy: false,
                repeated: 0.0,
                words_before,
            });
            words_before += words.n_words;
        }
        surroundings::mark_copies(&mut facts, &tokens);
        let mut extra = vec![(0.0, 0.0); layout.blocks.len()];
        for facts in &facts {
            let is_noise = facts.hits != 0;
            extra[facts.at] = (f32::from(u8::from(facts.is_copy)), f32::from(u8::from(is_noise)));
        }
        let nodes = Nodes::new(layout, tree, names, &all_words, |at| extra[at]);
        let all = nodes.below(tree, 0);
        let group = |key: &dyn Fn(&Facts<'_>) -> u64| surroundings::groups(&facts, key);
        let paths = group(&|f| nodes.path[f.node as usize]);
        let tag_paths = group(&|f| nodes.tag_path[f.node as usize]);
        let parents = group(&|f| nodes.path[tree.parent(f.node).unwrap_or(0) as usize]);
        let first_long = facts.iter().position(|f| f.is_long).unwrap_or(0);
        let last_long = facts.iter().rposition(|f| f.is_long).unwrap_or(facts.len().saturating_sub(1));
        let first_h1 = facts.iter().position(|f| f.block.shape == Shape::Heading(1));
        let texts = |wanted: &[MetaField]| {
            let mut hashes = Vec::new();
            for field in wanted {
                for candidate in page.meta.of(*field).take(4) {
                    words::count(&candidate.value, &mut hashes);
                }
            }
            hashes.sort_unstable();
            hashes.dedup();
            hashes
        };
        let title = texts(&[MetaField::Title]);
        let description = texts(&[MetaField::Description]);
        let page_values = surroundings::page_values(page, &facts, &nodes, &all, &paths);
        let windows = surroundings::Windows::new(&facts);
        Self {
            page,
            structure,
            facts,
            tokens,
            nodes,
            class_scores: lexicon.score(tree, names),
            all,
            paths,
            tag_paths,
            parents,
            title,
            description,
            first_long,
            last_long,
            first_h1,
            page_values,
            windows,
        }
    }

    /// One row a block. The names of the columns are told with the first.
    fn fill(&self, names: &mut impl Hear) -> Matrix {
        let mut matrix = Matrix::default();
        let (held, above) = ([NO_NODE; 6], (NO_NODE, 0.0, 0.0));
        let mut out = Row { values: [0.0; MAX_COLUMNS], n_values: 0, names, held, above };
        let mut heads = surroundings::Heads::default();
        for (row, facts) in self.facts.iter().enumerate() {
            heads.pass(row, facts);
            out.n_values = 0;
            self.own(row, &mut out);
            self.place(row, &mut out);
            self.around(row, &heads, &mut out);
            self.above(row, &mut out);
            self.containers(row, &mut out);
            self.classes(row, &mut out);
            self.group(row, &mut out);
            if row == 0 {
                matrix.n_own = out.n_values;
                for (name, value) in &self.page_values {
                    out.put_of("page", name, *value);
                }
                matrix.n_columns = out.n_values;
                matrix.values.reserve(self.facts.len() * out.n_values);
            }
            // What the page says stands behind the rest of every row, as in the first.
            matrix.values.extend_from_slice(&out.values[..matrix.n_columns]);
            matrix.nodes.push(facts.node);
            matrix.words.push(facts.words.n_words);
            matrix.paths.push(self.nodes.path.get(facts.node as usize).copied().unwrap_or(0));
        }
        matrix
    }

    /// What the block says by itself.
    fn own(&self, row: usize, out: &mut Row<'_, impl Hear>) {
        let facts = &self.facts[row];
        let words = &facts.words;
        let n = words.n_words.max(1.0);
        let chars = words.n_chars.max(1.0);
        out.put("words", words.n_words);
        out.put("chars", words.n_chars);
        out.put("mean_word", chars / n);
        out.put("longest_word", words.longest);
        out.put("stops", words.n_stops);
        out.put("stops_per_word", words.n_stops / n);
        out.put("commas_per_word", words.n_commas / n);
        out.put("commas", words.n_commas);
        out.put("colons_per_word", words.n_colons / n);
        out.put("symbols_per_word", words.n_symbols / n);
        out.put("quotes", words.n_quotes);
        out.put("questions", words.n_questions);
        out.put("digit_share", words.n_digits / chars);
        out.put("letter_share", words.n_letters / chars);
        out.put("foreign_share", words.n_foreign / chars);
        out.put("capital_share", words.n_capital / n);
        out.put("shouted_share", words.n_shouted / n);
        out.put("small_share", words.n_small / n);
        out.put("random_share", words.n_random / n);
        out.put("distinct", words.distinct);
        out.put("end", words.end);
        out.put("start", words.start);
        out.flag("price", words.has_price);
        out.flag("year", words.has_year);
        out.flag("clock", words.has_clock);
        out.flag("address", words.has_address);
        out.put("link_share", facts.block.link_share);
        let (shape, level) = match facts.block.shape {
            Shape::Paragraph => (0.0, 0.0),
            Shape::Heading(level) => (1.0, f32::from(level)),
            Shape::ListItem => (2.0, 0.0),
            Shape::TableRow => (3.0, 0.0),
            Shape::Quote => (4.0, 0.0),
            Shape::Code => (5.0, 0.0),
            Shape::Verse => (6.0, 0.0),
            Shape::Caption => (7.0, 0.0),
        };
        out.put("shape", shape);
        out.put("level", level);
        out.flag("hidden", facts.block.hidden);
        out.flag("grouped", facts.block.group.is_some());
        out.flag("gap", facts.block.gap_before);
        out.put("copies", facts.n_copies);
        out.flag("is_copy", facts.is_copy);
        out.put("repeated", facts.repeated);
        let overlap = |known: &[u32]| {
            let tokens = &self.tokens[facts.tokens.clone()];
            let n_same = tokens.iter().filter(|token| known.binary_search(token).is_ok()).count() as f32;
            (n_same / (tokens.len().max(1)) as f32, n_same / known.len().max(1) as f32)
        };
        let (of_block, of_title) = overlap(&self.title);
        out.put("in_title", of_block);
        out.put("of_title", of_title);
        let (of_block, of_description) = overlap(&self.description);
        out.put("in_description", of_block);
        out.put("of_description", of_description);
        for (bit, (name, _)) in HIT_GROUPS.iter().enumerate() {
            out.put_of("hit", name, f32::from(u8::from(facts.hits >> bit & 1 == 1)));
        }
    }

    /// Where on the page it stands.
    fn place(&self, row: usize, out: &mut Row<'_, impl Hear>) {
        let facts = &self.facts[row];
        let n = self.facts.len() as f32;
        let total = self.all.words.max(1.0);
        out.put("index", row as f32);
        out.put("from_end", n - row as f32);
        out.put("index_share", row as f32 / n);
        out.put("words_before", log(facts.words_before));
        out.put("words_after", log(total - facts.words_before));
        out.put("words_before_share", facts.words_before / total);
        out.put("from_first_long", row as f32 - self.first_long as f32);
        out.put("from_last_long", row as f32 - self.last_long as f32);
        let (since_h1, words_since_h1) = match self.first_h1 {
            Some(h1) => (row as f32 - h1 as f32, log((facts.words_before - self.facts[h1].words_before).max(0.0))),
            None => (-999.0, -1.0),
        };
        out.put("since_h1", since_h1);
        out.put("words_since_h1", words_since_h1);
        out.put("depth", self.page.tree.depth(facts.node) as f32);
        let tree = &self.page.tree;
        let mut at = Some(facts.node);
        for part in ["own", "parent", "grandparent"] {
            out.put_of("tag", part, at.map_or(-1.0, |id| surroundings::tag_rank(tree.tag(id))));
            at = at.and_then(|id| tree.parent(id));
        }
        out.put("sibling", self.nodes.sibling[facts.node as usize] as f32);
        let parent = tree.parent(facts.node).unwrap_or(0);
        out.put("siblings", self.nodes.n_children[parent as usize] as f32);
        out.put("parent_sibling", self.nodes.sibling[parent as usize] as f32);
    }

    /// Distances to marked elements above.
    fn above(&self, row: usize, out: &mut Row<'_, impl Hear>) {
        const FAR: f32 = 13.0;
        // Columns for each level, written below.
        const N_HELD: usize = 12;
        let facts = &self.facts[row];
        let tree = &self.page.tree;
        let mut distance = [FAR; N_MARKS];
        let mut seen = 0_u64;
        let mut at = Some(facts.node);
        let mut level = 0.0_f32;
        while let Some(id) = at {
            let mut fresh = self.nodes.marks[id as usize] & !seen;
            seen |= fresh;
            while fresh != 0 {
                distance[fresh.trailing_zeros() as usize] = level.min(FAR - 1.0);
                fresh &= fresh - 1;
            }
            at = tree.parent(id);
            level += 1.0;
        }
        for (bit, distance) in distance.iter().enumerate() {
            let n = TAGS.len();
            match bit {
                bit if bit < n => out.put_of("up", TAGS[bit].0, *distance),
                bit if bit < n + FAMILIES.len() => out.put_of("class", FAMILIES[bit - n].0, *distance),
                bit if bit == n + FAMILIES.len() => out.put_of("up", "role", *distance),
                _ => out.put_of("up", "itemprop", *distance),
            }
        }
        // What the elements around hold, level by level.
        let mut id = facts.node;
        for (at, level) in ["0", "1", "2", "3", "4", "6"].into_iter().enumerate() {
            if level != "0" {
                id = tree.parent(id).unwrap_or(0);
            }
            if level == "6" {
                id = tree.parent(id).unwrap_or(0);
            }
            if std::mem::replace(&mut out.held[at], id) == id {
                out.keep(N_HELD);
                continue;
            }
            let below = self.nodes.below(tree, id);
            let blocks = below.blocks.max(1.0);
            out.put_of("hold_words", level, below.words / self.all.words.max(1.0));
            out.put_of("hold_links", level, below.link_share());
            out.put_of("hold_blocks", level, below.blocks);
            out.put_of("hold_mean", level, below.words / blocks);
            out.put_of("hold_density", level, below.chars / below.elements.max(1.0));
            out.put_of("hold_long", level, below.long / blocks);
            out.put_of("hold_sentences", level, below.sentences / blocks);
            out.put_of("hold_prices", level, below.prices / blocks);
            out.put_of("hold_years", level, below.years / blocks);
            out.put_of("hold_copies", level, below.copies / blocks);
            out.put_of("hold_hits", level, below.hits / blocks);
            out.put_of("hold_images", level, below.images / blocks);
        }
    }

    /// What the classes above it say.
    fn classes(&self, row: usize, out: &mut Row<'_, impl Hear>) {
        let chain = lexicon::chain(&self.page.tree, &self.class_scores, self.facts[row].node);
        out.put("lx_own", chain.own);
        out.put("lx_nearest", chain.nearest);
        out.put("lx_min", chain.min);
        out.put("lx_max", chain.max);
        out.put("lx_sum", chain.sum);
        out.put("lx_faded", chain.faded);
        out.put("lx_above1", chain.above[0]);
        out.put("lx_above2", chain.above[1]);
        out.put("lx_above3", chain.above[2]);
    }

    /// How it lies to the containers that heuristics would pick.
    fn containers(&self, row: usize, out: &mut Row<'_, impl Hear>) {
        let facts = &self.facts[row];
        let tree = &self.page.tree;
        let picks = [("best", self.nodes.best), ("dominant", self.nodes.dominant), ("guess", self.structure.container)];
        for (name, pick) in picks {
            let (meet, levels) = common(tree, facts.node, pick);
            out.put_of(name, "inside", f32::from(u8::from(tree.is_within(facts.node, pick))));
            out.put_of(name, "levels", levels as f32);
            out.put_of(name, "gap", tree.depth(pick) as f32 - tree.depth(meet) as f32);
            out.put_of(name, "after", f32::from(u8::from(facts.node >= tree.end(pick).max(1))));
        }
        let top = self.nodes.score.get(self.nodes.best as usize).copied().unwrap_or(0.0).max(1e-3);
        let parent = tree.parent(facts.node).unwrap_or(0);
        out.put("score_own", self.nodes.score[facts.node as usize] / top);
        out.put("score_parent", self.nodes.score[parent as usize] / top);
        if out.above.0 != parent {
            let (mut best, mut densest) = (0.0_f32, 0.0_f32);
            for id in tree.ancestors(facts.node).take(12).filter(|&id| !matches!(tree.tag(id), Tag::Root)) {
                best = best.max(self.nodes.score[id as usize]);
                let below = self.nodes.below(tree, id);
                densest = densest.max((below.chars - below.chars * below.link_share()) / below.elements.max(1.0));
            }
            out.above = (parent, best, densest);
        }
        let (_, best, densest) = out.above;
        out.put("score_above", best / top);
        out.put("density_above", densest);
        out.put("guess_chance", self.structure.chance[facts.at]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::structure;
    use crate::options::Options;
    use crate::page::html;

    fn described(html: &str) -> (HtmlPage, Matrix) {
        let page = html::lay_out(html, &Options::default());
        let names = Names::new(&page.tree);
        let structure = structure::read_structure(&page.layout, &page.tree, &names);
        let hits = vec![0; page.layout.blocks.len()];
        let prior = Prior::default();
        let document = Document::new(&page.layout, &prior);
        let matrix = describe(&document, &page, &names, &hits, &structure, &Lexicon::default());
        drop(names);
        (page, matrix)
    }

    fn value(matrix: &Matrix, row: usize, name: &str) -> f32 {
        matrix.row(row)[columns().iter().position(|column| column == name).expect("the column is there")]
    }

    #[test]
    fn every_row_has_every_column_and_no_name_stands_twice() {
        let (page, matrix) = described("<nav><a href=/>Home</a></nav><p>The ferry runs again.</p><p hidden>x</p>");
        let names = columns();
        assert_eq!(matrix.n_columns, names.len());
        assert_eq!(matrix.values.len(), page.layout.blocks.len() * names.len());
        assert_eq!(matrix.words.len(), page.layout.blocks.len());
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), names.len());
    }

    #[test]
    fn elements_around_a_block_are_measured() {
        let (_, matrix) = described(
            "<nav class=site-menu><a href=/>Home</a></nav><article><h1>Ferry</h1><p>The ferry runs again.</p></article>",
        );
        assert_eq!(value(&matrix, 0, "link_share"), 1.0);
        assert!(value(&matrix, 0, "up_nav") < 3.0 && value(&matrix, 0, "class_nav") < 3.0);
        assert_eq!(value(&matrix, 1, "up_nav"), 13.0);
        assert_eq!(value(&matrix, 2, "up_article"), 1.0);
        assert_eq!(value(&matrix, 2, "since_h1"), 1.0);
    }

    #[test]
    fn a_second_copy_is_told_from_the_first() {
        let (_, matrix) =
            described("<p>The old ferry runs again today.</p><div><p>The old ferry runs again today.</p></div>");
        assert_eq!((value(&matrix, 0, "is_copy"), value(&matrix, 1, "is_copy")), (0.0, 1.0));
        assert_eq!(value(&matrix, 1, "repeated"), 1.0);
    }
}
