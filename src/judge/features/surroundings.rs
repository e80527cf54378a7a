//! What stands around a block: neighbours, headings above, blocks on the same path, the page as a whole.

use super::nodes::{FAMILIES, HashedMap, Nodes, Sums, TAGS};
use super::{Facts, HIT_GROUPS, Hear, Row, View, log};
use crate::page::tree::{Attr, Tag, Tree};
use crate::page::{HtmlPage, Shape};

/// Blocks on one path of tags and classes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Group {
    pub(super) n: f32,
    pub(super) words: f32,
    pub(super) squares: f32,
    pub(super) long: f32,
    pub(super) sentences: f32,
    pub(super) link_words: f32,
    pub(super) first: u32,
    pub(super) last: u32,
}

pub(super) fn groups(facts: &[Facts<'_>], key: &dyn Fn(&Facts<'_>) -> u64) -> HashedMap<Group> {
    let mut groups: HashedMap<Group> = HashedMap::default();
    for (row, facts) in facts.iter().enumerate() {
        let group = groups.entry(key(facts)).or_insert(Group { first: row as u32, ..Group::default() });
        let n_words = facts.words.n_words;
        group.n += 1.0;
        group.words += n_words;
        group.squares += n_words * n_words;
        group.long += f32::from(u8::from(facts.is_long));
        group.sentences += f32::from(u8::from(facts.is_sentence));
        group.link_words += n_words * facts.block.link_share;
        group.last = row as u32;
    }
    groups
}

/// Words of a run that is looked for earlier in the page.
const RUN: usize = 4;

/// Counts copies of whole blocks and of runs of words.
pub(super) fn mark_copies(facts: &mut [Facts<'_>], tokens: &[u32]) {
    let hash = |tokens: &[u32]| {
        tokens.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &token| {
            (hash ^ u64::from(token)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    };
    let mut blocks: HashedMap<u32> = HashedMap::default();
    let mut runs: HashedMap<()> = HashedMap::default();
    runs.reserve(tokens.len());
    let mut hashes = Vec::new();
    for facts in facts.iter_mut() {
        let own = &tokens[facts.tokens.clone()];
        let n_before = blocks.entry(hash(own)).or_default();
        facts.is_copy = *n_before > 0 && !own.is_empty();
        *n_before += 1;
        if own.len() >= RUN {
            hashes.clear();
            hashes.extend(own.windows(RUN).map(hash));
            let n_seen = hashes.iter().filter(|run| runs.contains_key(*run)).count();
            facts.repeated = n_seen as f32 / (own.len() - RUN + 1) as f32;
            runs.extend(hashes.iter().map(|&run| (run, ())));
        } else {
            facts.repeated = f32::from(u8::from(facts.is_copy));
        }
    }
    for facts in facts.iter_mut() {
        let own = &tokens[facts.tokens.clone()];
        facts.n_copies = blocks.get(&hash(own)).map_or(0.0, |&n| n as f32);
    }
}

/// The headings passed so far.
#[derive(Debug, Default)]
pub(super) struct Heads {
    last: Option<(usize, u8, u32, f32)>,
    last_big: Option<(usize, u8, u32, f32)>,
    hits: u32,
    last_hit: [Option<usize>; 32],
}

impl Heads {
    pub(super) fn pass(&mut self, row: usize, facts: &Facts<'_>) {
        if let Shape::Heading(level) = facts.block.shape {
            let head = (row, level, facts.hits, facts.words_before);
            self.last = Some(head);
            if level <= 2 {
                self.last_big = Some(head);
            }
        }
        self.hits |= facts.hits;
        let mut hits = facts.hits;
        while hits != 0 {
            self.last_hit[hits.trailing_zeros() as usize] = Some(row);
            hits &= hits - 1;
        }
    }
}

/// Running sums over rows, for means over windows.
#[derive(Debug)]
pub(super) struct Windows(Vec<[f32; 5]>);

impl Windows {
    pub(super) fn new(facts: &[Facts<'_>]) -> Self {
        let mut sums = vec![[0.0; 5]];
        let mut sum = [0.0_f32; 5];
        for facts in facts {
            let n = facts.words.n_words;
            let flag = |is: bool| f32::from(u8::from(is));
            let add =
                [n, n * facts.block.link_share, flag(facts.is_sentence), flag(facts.is_long), flag(facts.hits != 0)];
            for (sum, add) in sum.iter_mut().zip(add) {
                *sum += add;
            }
            sums.push(sum);
        }
        Self(sums)
    }

    fn mean(&self, from: usize, to: usize) -> [f32; 5] {
        let n = (to - from).max(1) as f32;
        let (a, b) = (&self.0[from], &self.0[to]);
        let words = b[0] - a[0];
        [words / n, (b[1] - a[1]) / words.max(1.0), (b[2] - a[2]) / n, (b[3] - a[3]) / n, (b[4] - a[4]) / n]
    }
}

impl View<'_> {
    /// Neighbours, windows and headings above.
    pub(super) fn around(&self, row: usize, heads: &Heads, out: &mut Row<'_, impl Hear>) {
        let own = &self.facts[row];
        for (name, step) in [("prev", -1_isize), ("next", 1), ("prev2", -2), ("next2", 2), ("prev3", -3), ("next3", 3)]
        {
            let near = row.checked_add_signed(step).and_then(|at| self.facts.get(at));
            out.put_of(name, "words", near.map_or(-1.0, |f| f.words.n_words));
            out.put_of(name, "links", near.map_or(-1.0, |f| f.block.link_share));
            if step.abs() < 3 {
                out.put_of(name, "end", near.map_or(-1.0, |f| f.words.end));
                out.put_of(name, "hit", near.map_or(-1.0, |f| f32::from(u8::from(f.hits != 0))));
                let heading = |f: &Facts<'_>| match f.block.shape {
                    Shape::Heading(level) => f32::from(level),
                    _ => 0.0,
                };
                out.put_of(name, "level", near.map_or(-1.0, heading));
            }
            if step.abs() == 1 {
                let same = |f: &Facts<'_>| {
                    let path = &self.nodes.path;
                    f32::from(u8::from(path[f.node as usize] == path[own.node as usize]))
                };
                out.put_of(name, "same_path", near.map_or(-1.0, same));
                let levels = |f: &Facts<'_>| super::common(&self.page.tree, own.node, f.node).1 as f32;
                out.put_of(name, "levels", near.map_or(-1.0, levels));
            }
        }
        let n = self.facts.len();
        for (name, reach) in [("near4", 4), ("near12", 12), ("near30", 30)] {
            let mean = self.windows.mean(row.saturating_sub(reach), (row + reach + 1).min(n));
            for (part, value) in ["words", "links", "sentences", "long", "hits"].into_iter().zip(mean) {
                out.put_of(name, part, value);
            }
        }
        for (name, mean) in [
            ("before12", self.windows.mean(row.saturating_sub(12), row)),
            ("after12", self.windows.mean((row + 1).min(n), (row + 13).min(n))),
        ] {
            for (part, value) in ["words", "links", "sentences"].into_iter().zip(mean) {
                out.put_of(name, part, value);
            }
        }
        for (name, head) in [("head", heads.last), ("big_head", heads.last_big)] {
            out.put_of(name, "since", head.map_or(-1.0, |h| (row - h.0) as f32));
            out.put_of(name, "level", head.map_or(0.0, |h| f32::from(h.1)));
            out.put_of(name, "words", head.map_or(-1.0, |h| log(own.words_before - h.3)));
            out.put_of(name, "hit", head.map_or(0.0, |h| f32::from(u8::from(h.2 != 0))));
        }
        for (bit, (name, _)) in HIT_GROUPS.iter().enumerate().take(8) {
            let since = heads.last_hit[bit].map_or(-1.0, |at| (row - at) as f32);
            out.put_of("since", name, since);
        }
        out.put("kinds_before", heads.hits.count_ones() as f32);
    }

    /// Blocks on the same path.
    pub(super) fn group(&self, row: usize, out: &mut Row<'_, impl Hear>) {
        let facts = &self.facts[row];
        let node = facts.node as usize;
        let parent = self.page.tree.parent(facts.node).unwrap_or(0) as usize;
        let groups = [
            ("path", self.paths.get(&self.nodes.path[node])),
            ("tags", self.tag_paths.get(&self.nodes.tag_path[node])),
            ("parents", self.parents.get(&self.nodes.path[parent])),
        ];
        for (name, group) in groups {
            let group = group.copied().unwrap_or_default();
            let n = group.n.max(1.0);
            let mean = group.words / n;
            out.put_of(name, "blocks", group.n);
            out.put_of(name, "words", group.words);
            out.put_of(name, "mean", mean);
            out.put_of(name, "spread", (group.squares / n - mean * mean).max(0.0).sqrt());
            out.put_of(name, "long", group.long / n);
            out.put_of(name, "sentences", group.sentences / n);
            out.put_of(name, "links", group.link_words / group.words.max(1.0));
            out.put_of(name, "share", group.words / self.all.words.max(1.0));
            out.put_of(name, "reach", (group.last - group.first) as f32 / self.facts.len() as f32);
            out.put_of(name, "first", row as f32 - group.first as f32);
        }
    }
}

/// A tag as a number: neighbours of one kind stand near each other, so that one split parts them.
pub(super) fn tag_rank(tag: Tag) -> f32 {
    match tag {
        Tag::Nav => 0.0,
        Tag::Footer => 1.0,
        Tag::Header => 2.0,
        Tag::Aside => 3.0,
        Tag::Form | Tag::Fieldset => 4.0,
        Tag::Button | Tag::Label | Tag::Select | Tag::Option | Tag::Legend => 5.0,
        Tag::A => 6.0,
        Tag::Li => 7.0,
        Tag::Ul | Tag::Ol | Tag::Menu => 8.0,
        Tag::Span => 9.0,
        Tag::Div => 10.0,
        Tag::Other => 11.0,
        Tag::Section => 12.0,
        Tag::Main => 13.0,
        Tag::Article => 14.0,
        Tag::Figure | Tag::Figcaption | Tag::Picture => 15.0,
        Tag::H1 => 16.0,
        Tag::H2 => 17.0,
        Tag::H3 => 18.0,
        Tag::H4 | Tag::H5 | Tag::H6 => 19.0,
        Tag::Strong | Tag::B => 20.0,
        Tag::Em | Tag::I => 21.0,
        Tag::P => 22.0,
        Tag::Blockquote => 23.0,
        Tag::Pre | Tag::Code => 24.0,
        Tag::Dd | Tag::Dt | Tag::Dl => 25.0,
        Tag::Td | Tag::Th => 26.0,
        Tag::Tr | Tag::Tbody | Tag::Table => 27.0,
        Tag::Details | Tag::Summary => 28.0,
        _ => 29.0,
    }
}

/// Most bytes of structured data that are searched for types.
const MAX_TYPE_BYTES: usize = 256 << 10;

/// Types of structured data that tell sorts of pages.
const TYPES: &[(&str, &[&str])] = &[
    ("type_article", &["Article\"", "BlogPosting\"", "Posting\""]),
    ("type_product", &["Product\"", "Offer\""]),
    ("type_list", &["ItemList\"", "CollectionPage\"", "OfferCatalog\""]),
    ("type_forum", &["DiscussionForumPosting\"", "QAPage\"", "Question\""]),
    ("type_faq", &["FAQPage\""]),
    ("type_recipe", &["Recipe\"", "HowTo\""]),
    ("type_organization", &["Organization\"", "LocalBusiness\"", "Service\""]),
];

/// Facts of the page that all its rows share.
pub(super) fn page_values(
    page: &HtmlPage,
    facts: &[Facts<'_>],
    nodes: &Nodes,
    all: &Sums,
    paths: &HashedMap<Group>,
) -> Vec<(&'static str, f32)> {
    let tree = &page.tree;
    let n = facts.len().max(1) as f32;
    let share = |sum: f32| sum / all.words.max(1.0);
    let mut values = vec![
        ("words", log(all.words)),
        ("blocks", facts.len() as f32),
        ("links", all.link_share()),
        ("long", all.long),
        ("long_share", share(all.long_words)),
        ("sentences", all.sentences / n),
        ("prices", all.prices),
        ("years", all.years),
        ("copies", all.copies / n),
        ("hits", all.hits),
        ("images", all.images),
        ("elements", log(all.elements)),
        ("best_share", share(nodes.below(tree, nodes.best).words)),
        ("dominant_share", share(nodes.below(tree, nodes.dominant).words)),
        ("dominant_links", nodes.below(tree, nodes.dominant).link_share()),
        ("longest", facts.iter().map(|f| f.words.n_words).fold(0.0, f32::max)),
        ("questions", facts.iter().map(|f| f.words.n_questions).sum()),
        ("random", facts.iter().map(|f| f.words.n_random).sum()),
        ("paths", paths.len() as f32),
        // A maximum does not depend on the order of the map.
        ("path_share", share(paths.values().map(|group| group.words).fold(0.0, f32::max))),
    ];
    let mut n_tags = [0_u32; 256];
    (0..tree.len()).for_each(|id| n_tags[tree.tag(id) as usize] += 1);
    let count = |wanted: &[Tag]| wanted.iter().map(|&tag| n_tags[tag as usize]).sum::<u32>() as f32;
    values.extend([
        ("p", count(&[Tag::P])),
        ("li", count(&[Tag::Li])),
        ("h1", count(&[Tag::H1])),
        ("h2", count(&[Tag::H2])),
        ("h3", count(&[Tag::H3])),
        ("tr", count(&[Tag::Tr])),
        ("form", count(&[Tag::Form])),
        ("article", count(&[Tag::Article])),
        ("code", count(&[Tag::Pre, Tag::Code])),
        ("button", count(&[Tag::Button])),
        ("time", count(&[Tag::Time])),
        ("section", count(&[Tag::Section])),
        ("dl", count(&[Tag::Dl])),
        ("blockquote", count(&[Tag::Blockquote])),
    ]);
    let mut n_family = [0_u32; 64];
    for marks in &nodes.marks {
        let mut marks = marks >> TAGS.len();
        while marks != 0 {
            n_family[marks.trailing_zeros() as usize] += 1;
            marks &= marks - 1;
        }
    }
    for (family, n) in FAMILIES.iter().zip(n_family) {
        if let Some(name) = PAGE_FAMILIES.iter().find(|(name, _)| *name == family.0) {
            values.push((name.1, n as f32));
        }
    }
    for (bit, name) in ["hits_comments", "hits_related", "hits_newsletter", "hits_share"].into_iter().enumerate() {
        values.push((name, facts.iter().filter(|f| f.hits >> bit & 1 == 1).count() as f32));
    }
    values.extend(types(tree));
    values
}

/// Families whose count on the page is a feature, with the name of the column.
const PAGE_FAMILIES: &[(&str, &str)] = &[
    ("comment", "n_comment"),
    ("review", "n_review"),
    ("related", "n_related"),
    ("product", "n_product"),
    ("byline", "n_byline"),
    ("card", "n_card"),
    ("forum", "n_forum"),
    ("code", "n_codes"),
    ("faq", "n_faq"),
    ("article", "n_story"),
    ("caption", "n_caption"),
];

fn types(tree: &Tree) -> impl Iterator<Item = (&'static str, f32)> + use<> {
    let mut n_found = [0_u32; 16];
    let mut budget = MAX_TYPE_BYTES;
    for id in 0..tree.len() {
        if tree.tag(id) != Tag::Script || tree.attribute(id, Attr::Type).is_none_or(|kind| !kind.contains("ld+json")) {
            continue;
        }
        for text in tree.text_below(id) {
            let bytes = &text.as_bytes()[..text.len().min(budget)];
            budget -= bytes.len();
            for (found, (_, names)) in n_found.iter_mut().zip(TYPES) {
                *found += names.iter().map(|name| memchr::memmem::find_iter(bytes, name).count() as u32).sum::<u32>();
            }
        }
    }
    TYPES.iter().zip(n_found).map(|((name, _), n)| (*name, n.min(20) as f32))
}
