//! Layout to findings: rules, then detectors, then structure, then the one order of precedence and the guard.
//! Touches no text and no file.

mod blocks;
mod chars;
pub mod check;
pub mod coverage;
pub(crate) mod detectors;
pub mod document;
mod elements;
pub mod features;
pub mod model;
pub mod names;
mod needles;
mod pattern;
mod phrases;
pub mod resolve;
pub mod rule;
pub mod scan;
pub mod structure;

use std::collections::{BTreeSet, HashMap, HashSet};

use blocks::{Lean, PageVerdict};
use document::{Document, fold};
use features::lexicon::Lexicon;
use model::Model;
use names::Names;
use rule::{KeepText, Rule, Status, Tier};
use scan::{Candidate, Scanner};
use structure::Verdict;

use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Action, Field, Finding, Flag, Kind, Note, RuleId};
use crate::input::Hints;
use crate::language::Prior;
use crate::options::Options;
use crate::page::html::Selector;
use crate::page::{HtmlPage, Layout, Shape, count_chars};

/// The files of the registry, in the order in which they are listed. A test compares the list with the folder.
pub const BUILTIN: &[(&str, &str)] = &[
    ("account.toml", include_str!("rules/account.toml")),
    ("advert.toml", include_str!("rules/advert.toml")),
    ("app.toml", include_str!("rules/app.toml")),
    ("arabic.toml", include_str!("rules/arabic.toml")),
    ("byline.toml", include_str!("rules/byline.toml")),
    ("card.toml", include_str!("rules/card.toml")),
    ("chinese.toml", include_str!("rules/chinese.toml")),
    ("comments.toml", include_str!("rules/comments.toml")),
    ("consent.toml", include_str!("rules/consent.toml")),
    ("cyrillic.toml", include_str!("rules/cyrillic.toml")),
    ("dateline.toml", include_str!("rules/dateline.toml")),
    ("element.toml", include_str!("rules/element.toml")),
    ("embed.toml", include_str!("rules/embed.toml")),
    ("hindi.toml", include_str!("rules/hindi.toml")),
    ("japanese.toml", include_str!("rules/japanese.toml")),
    ("keep.toml", include_str!("rules/keep.toml")),
    ("korean.toml", include_str!("rules/korean.toml")),
    ("lead.toml", include_str!("rules/lead.toml")),
    ("newsletter.toml", include_str!("rules/newsletter.toml")),
    ("notice.toml", include_str!("rules/notice.toml")),
    ("offer.toml", include_str!("rules/offer.toml")),
    ("paywall.toml", include_str!("rules/paywall.toml")),
    ("picture.toml", include_str!("rules/picture.toml")),
    ("related.toml", include_str!("rules/related.toml")),
    ("repeat.toml", include_str!("rules/repeat.toml")),
    ("rights.toml", include_str!("rules/rights.toml")),
    ("share.toml", include_str!("rules/share.toml")),
    ("site.toml", include_str!("rules/site.toml")),
    ("template.toml", include_str!("rules/template.toml")),
    ("time.toml", include_str!("rules/time.toml")),
    ("tools.toml", include_str!("rules/tools.toml")),
    ("wording.toml", include_str!("rules/wording.toml")),
];

/// Share of a text's characters that must be left before votes alone are believed; below it they are dropped and the
/// article is flagged `over_removal`. A seventh: five of six blocks of a news page may be furniture, a tenth is a fault.
const MIN_KEPT_SHARE: f64 = 1.0 / 7.0;
/// Chance of being article below which a block of a page is taken for noise; `favor` has moved the chances before.
const STRUCTURE_CUT: f32 = 0.5;
/// Who decides on a block of a page where no rule does.
const MODEL_ID: &str = "model/html";
const STRUCTURE_ID: &str = "page/structure";
/// Neighbours that a rule's `near` looks at, in blocks.
const NEAR_BLOCKS: usize = 2;

/// The compiled rules.
#[derive(Debug, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
    keeps: Vec<(Option<String>, String)>,
    scanner: Scanner,
    /// Selectors of active rules, and the rule of each.
    selectors: Vec<Selector>,
    selector_rules: Vec<usize>,
    /// Active rules by the detector that they name.
    detectors: HashMap<String, Vec<usize>>,
}

impl RuleSet {
    /// The rules that ship with the program.
    ///
    /// # Panics
    /// Never: a test loads and checks every built-in rule.
    pub fn builtin() -> Self {
        let mut set = Self::default();
        for (name, toml) in BUILTIN {
            set.add(&format!("rules/{name}"), toml).expect("built-in rules load, as a test shows");
        }
        set.rules.iter_mut().for_each(|rule| rule.is_builtin = true);
        set.compile().expect("built-in rules compile, as a test shows")
    }

    /// Loads built-in files without compiling, so that `rules check` can report what is wrong with them.
    ///
    /// # Errors
    /// If a file does not load.
    pub fn load_only(files: &[(&str, &str)]) -> Result<Vec<Rule>> {
        let mut rules = Vec::new();
        for (name, toml) in files {
            rules.extend(rule::load(name, toml)?.0);
        }
        Ok(rules)
    }

    /// A set of just these rules.
    ///
    /// # Errors
    /// If a pattern does not compile.
    pub fn from_rules(rules: Vec<Rule>) -> Result<Self> {
        Self { rules, ..Self::default() }.compile()
    }

    fn add(&mut self, source: &str, toml: &str) -> Result<()> {
        let (rules, keeps) = rule::load(source, toml)?;
        for rule in rules {
            let names = |r: &Rule| r.id == rule.id || r.raw.formerly.iter().any(|f| f == rule.id.as_str());
            if let Some(other) = self.rules.iter().find(|r| names(r)) {
                let (line, column) = rule.place(rule.raw.id.span().start);
                return Err(Error::new(
                    ErrorKind::Rule,
                    format!("rule id `{}` is taken by {}:{}", rule.id, other.source, other.line),
                )
                .at(source)
                .at_line(line, column)
                .hint("users' rules live in the family `x/`"));
            }
            self.rules.push(rule);
        }
        self.keeps.extend(keeps.into_iter().map(|KeepText { site, text, .. }| (site, fold(&text))));
        Ok(())
    }

    fn compile(mut self) -> Result<Self> {
        for rule in &self.rules {
            if let Some(call) = &rule.raw.r#match.detector
                && !detectors::names().any(|name| name == call.name)
            {
                let (line, column) = rule.place(rule.raw.id.span().start);
                return Err(Error::new(
                    ErrorKind::Rule,
                    format!("rule {} names no detector: `{}`", rule.id, call.name),
                )
                .at(&rule.source)
                .at_line(line, column)
                .hint(format!("detectors are {}", detectors::names().collect::<Vec<_>>().join(", "))));
            }
        }
        self.scanner = Scanner::new(&self.rules)?;
        self.compile_selectors()?;
        self.detectors.clear();
        for (idx, rule) in self.rules.iter().enumerate().filter(|(_, rule)| rule.is_active()) {
            if let Some(call) = &rule.raw.r#match.detector {
                self.detectors.entry(call.name.clone()).or_default().push(idx);
            }
        }
        Ok(self)
    }

    fn compile_selectors(&mut self) -> Result<()> {
        self.selectors.clear();
        self.selector_rules.clear();
        for (idx, rule) in self.rules.iter().enumerate().filter(|(_, rule)| rule.is_active()) {
            let Some(css) = &rule.raw.r#match.selector else { continue };
            let selector = Selector::parse(css.get_ref()).map_err(|error| {
                let (line, column) = rule.place(css.span().start);
                Error::new(ErrorKind::Rule, format!("rule {} has a selector that does not parse", rule.id))
                    .at(&rule.source)
                    .at_line(line, column)
                    .because(error)
            })?;
            self.selectors.push(selector);
            self.selector_rules.push(idx);
        }
        Ok(())
    }

    /// The selectors that a page is to be searched for before it is judged; most sets have none.
    pub fn selectors(&self) -> &[Selector] {
        &self.selectors
    }

    /// Adds a user's rules file, already read; `source` names it in errors.
    ///
    /// # Errors
    /// If the TOML does not load or a rule breaks a law of the registry.
    pub fn extend(mut self, source: &str, toml: &str) -> Result<Self> {
        self.add(source, toml)?;
        self.compile()
    }

    /// Keeps only what `select` names (an id, or a family with or without its `/`; empty: all) and leaves out what
    /// `ignore` names.
    ///
    /// # Errors
    /// If a name fits no rule.
    pub fn select(mut self, select: &[String], ignore: &[String]) -> Result<Self> {
        let fits = |rule: &Rule, name: &str| {
            let family = name.strip_suffix('/').unwrap_or(name);
            rule.id.as_str() == name
                || rule.raw.formerly.iter().any(|f| f == name)
                || rule.id.as_str().split('/').next() == Some(family)
        };
        for name in select.iter().chain(ignore) {
            if !self.rules.iter().any(|rule| fits(rule, name)) {
                return Err(Error::new(ErrorKind::Options, format!("no rule or family is called `{name}`"))
                    .hint("`copydesk rules list` prints all ids"));
            }
        }
        self.rules.retain(|rule| {
            (select.is_empty() || select.iter().any(|name| fits(rule, name)))
                && !ignore.iter().any(|name| fits(rule, name))
        });
        self.compile()
    }

    /// All rules, in the order of files.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// A rule by its id or by one that it had before.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id.as_str() == id || r.raw.formerly.iter().any(|f| f == id))
    }

    /// SHA-256 over the canonical form of the active rules in the order of their ids, 64 hex digits.
    pub fn digest(&self) -> String {
        let mut forms: Vec<String> = self.rules.iter().filter(|r| r.is_active()).map(|r| r.raw.canonical()).collect();
        forms.extend(self.keeps.iter().map(|(site, text)| format!("keep {site:?} {text:?}")));
        forms.sort_unstable();
        crate::digest::sha256_hex((forms.join("\n") + detectors::VOCABULARY).as_bytes())
    }
}

/// What the judge hands on.
#[derive(Debug, Default)]
pub struct Judgement {
    /// All decisions; those that remove are sorted and disjoint.
    pub findings: Vec<Finding>,
    /// Facts about the whole.
    pub notes: Vec<Note>,
    /// How sure the judgement is, 0..=1.
    pub confidence: f32,
}

/// Judges one layout. A page is judged by the model, or by its structure alone where there is none.
pub fn judge(
    layout: &Layout,
    page: Option<&HtmlPage>,
    prior: &Prior,
    hints: &Hints,
    rules: &RuleSet,
    model: Option<&Model>,
    options: &Options,
) -> Judgement {
    let document = Document::new(layout, prior);
    let names = page.map(|page| Names::new(&page.tree)).unwrap_or_default();
    let (document, mut candidates) = gather(document, page, &names, hints, rules);
    let hits = hit_masks(layout, &candidates);
    candidates.retain(|c| !(c.finding.action.removes() && options.keep.contains(&c.finding.kind)));
    settle_votes(&document, &mut candidates);
    let mut judgement = Judgement { confidence: 1.0, ..Judgement::default() };
    let mut is_empty = false;
    if let Some(page) = page {
        let verdict = weigh_page(&document, page, &names, &hits, &candidates, model, options);
        judgement.confidence = verdict.confidence;
        is_empty = verdict.is_empty;
        let rule = if model.is_some() { MODEL_ID } else { STRUCTURE_ID };
        if model.is_some() {
            let shown = blocks::brought_out(&document, &verdict.blocks);
            candidates.retain(|c| c.finding.kind != Kind::Hidden || !shown.contains(&c.block));
        }
        let claimed = claims(&document, candidates.iter());
        let released = blocks::only_copies(&document, &claimed, &verdict.blocks);
        candidates.retain(|c| c.finding.kind != Kind::DuplicateBlock || !released.contains(&c.block));
        add_verdicts(layout, &verdict.blocks, rule, options, &mut candidates);
    }
    judgement.findings = resolve::resolve(&layout.text, candidates.clone());
    if !is_empty {
        guard(layout, candidates, &mut judgement);
    }
    note(&mut judgement);
    judgement
}

/// The features of a page as the model sees them in [`judge`]: what it is trained on.
pub fn page_features(
    layout: &Layout,
    page: &HtmlPage,
    prior: &Prior,
    hints: &Hints,
    rules: &RuleSet,
    lexicon: &Lexicon,
) -> features::Matrix {
    let names = Names::new(&page.tree);
    let (document, candidates) = gather(Document::new(layout, prior), Some(page), &names, hints, rules);
    let structure = structure::read_structure(layout, &page.tree, &names);
    features::describe(&document, page, &names, &hit_masks(layout, &candidates), &structure, lexicon)
}

/// What rules and detectors say, votes included.
fn gather<'a>(
    mut document: Document<'a>,
    page: Option<&HtmlPage>,
    names: &Names<'_>,
    hints: &Hints,
    rules: &RuleSet,
) -> (Document<'a>, Vec<Candidate>) {
    let layout = document.layout;
    let mut candidates: Vec<Candidate> = Vec::new();
    hide(layout, &mut candidates);
    if let Some(page) = page {
        elements::scan_elements(layout, page, names, rules, &mut candidates);
    }
    let mut scanned = rules.scanner.scan(&document, &rules.rules);
    // Program text holds words of scripts and menus because it is about them.
    scanned.retain(|c| layout.blocks[c.block].shape != Shape::Code);
    // Zones are found without the blocks that any rule would take whole, wherever it stands.
    let mut claimed = claims(&document, scanned.iter().chain(&candidates));
    document.set_zones(|i| claimed[i].is_some());
    for c in &scanned {
        // A second copy may stand far from the head; its dateline still is none of its words.
        if matches!(c.finding.kind, Kind::Dateline | Kind::Agency) {
            let view = &mut document.views[c.block];
            view.body_start = view.body_start.max(c.finding.span.end);
        }
    }
    // Hidden text stands in no zone. A page that shows nothing, whose one line asks for scripts, is all edge.
    let shows_nothing = layout.shows_nothing();
    let in_zone = |document: &Document<'_>, c: &Candidate| {
        let zones = &rules.rules[c.rule].raw.zone;
        shows_nothing || zones.is_empty() || zones.iter().any(|&zone| document.is_in(c.block, zone))
    };
    let (guarded, outside): (Vec<_>, Vec<_>) = scanned.into_iter().partition(|c| in_zone(&document, c));
    candidates.extend(guarded);
    drop_lonely(&rules.rules, &mut candidates);
    protect(&document, rules, hints, &mut candidates);
    let mut is_stale = true;
    let mut lines = detectors::headline::Lines::default();
    for (name, detector) in detectors::DETECTORS {
        for &rule_idx in rules.detectors.get(*name).map_or(&[][..], Vec::as_slice) {
            let rule = &rules.rules[rule_idx];
            if std::mem::take(&mut is_stale) {
                claimed = claims(&document, candidates.iter());
                document.set_zones(|i| claimed[i].is_some());
                lines = detectors::headline::Lines::default();
            }
            let mut found = detectors::Found::new(rule, rule_idx);
            let context = detectors::Context {
                document: &document,
                hints,
                page,
                claimed: &claimed,
                candidates: &candidates,
                lines: &lines,
            };
            detector(&context, &mut found);
            let found = found.into_candidates();
            is_stale = !found.is_empty();
            candidates.extend(found);
        }
    }
    // What the detectors took has moved the zones: a dateline may now stand in front of everything.
    claimed = claims(&document, candidates.iter());
    document.set_zones(|i| claimed[i].is_some());
    candidates.extend(outside.into_iter().filter(|c| claimed[c.block].is_none() && in_zone(&document, c)));
    drop_lonely(&rules.rules, &mut candidates);
    (document, candidates)
}

/// For each block a mask of the groups of kinds that were found in it.
fn hit_masks(layout: &Layout, candidates: &[Candidate]) -> Vec<u32> {
    let mut hits = vec![0; layout.blocks.len()];
    for c in candidates.iter().filter(|c| c.finding.action != Action::Keep) {
        hits[c.block] |= features::hit_bit(c.finding.kind);
    }
    hits
}

/// Hidden text never is article text.
fn hide(layout: &Layout, candidates: &mut Vec<Candidate>) {
    for (block, b) in layout.blocks.iter().enumerate().filter(|(_, b)| b.hidden) {
        candidates.push(structural(block, b.span, Kind::Hidden, "page/hidden", Tier::Sure, 1.0));
    }
}

fn structural(
    block: usize,
    span: crate::finding::Span,
    kind: Kind,
    rule: &str,
    tier: Tier,
    confidence: f32,
) -> Candidate {
    let finding = Finding {
        kind,
        rule: RuleId::from(rule),
        span,
        action: Action::Drop,
        value: None,
        replacement: None,
        confidence,
    };
    Candidate { finding, tier, block, rule: usize::MAX }
}

/// For each block the kind of a sure candidate that takes all of it.
fn claims<'c>(document: &Document<'_>, candidates: impl Iterator<Item = &'c Candidate>) -> Vec<Option<Kind>> {
    let mut claimed = vec![None; document.len()];
    let mut covered = vec![0_usize; document.len()];
    for c in candidates.filter(|c| c.tier == Tier::Sure && c.finding.action.removes()) {
        let block = document.layout.blocks[c.block].span;
        if c.finding.span.covers(block) {
            claimed[c.block] = Some(c.finding.kind);
        } else if c.finding.span.overlaps(block) {
            // Parts that make up the whole together (a lifted value and the label before it).
            covered[c.block] += c.finding.span.len();
            if covered[c.block] >= block.len() {
                claimed[c.block] = Some(c.finding.kind);
            }
        }
    }
    claimed
}

/// A rule with `near` counts only with a finding of one of those kinds beside it. One that counts holds up the next:
/// the buttons of a banner stand in a row.
fn drop_lonely(rules: &[Rule], candidates: &mut Vec<Candidate>) {
    let near_of = |c: &Candidate| rules.get(c.rule).map_or(&[][..], |rule| &rule.raw.near);
    // Two words that each need a neighbour do not hold each other up: the row begins at what needs none.
    let mut places: BTreeSet<(usize, Kind)> =
        candidates.iter().filter(|c| near_of(c).is_empty()).map(|c| (c.block, c.finding.kind)).collect();
    let is_held = |c: &Candidate, places: &BTreeSet<(usize, Kind)>| {
        (c.block.saturating_sub(NEAR_BLOCKS)..=c.block + NEAR_BLOCKS)
            .any(|block| block != c.block && near_of(c).iter().any(|&kind| places.contains(&(block, kind))))
    };
    // Once down and once up reaches every row, since candidates stand in the order of blocks.
    for c in candidates.iter().chain(candidates.iter().rev()) {
        if !near_of(c).is_empty() && is_held(c, &places) {
            places.insert((c.block, c.finding.kind));
        }
    }
    candidates.retain(|c| near_of(c).is_empty() || is_held(c, &places));
}

/// The user's own `[[keep]]` texts.
fn protect(document: &Document<'_>, rules: &RuleSet, hints: &Hints, candidates: &mut Vec<Candidate>) {
    if rules.keeps.is_empty() {
        return;
    }
    let host = hints.url.as_deref().and_then(crate::page::host_of);
    let kept: HashSet<&str> = rules
        .keeps
        .iter()
        .filter(|(site, _)| site.as_deref().is_none_or(|site| host.is_some_and(|host| host == site)))
        .map(|(_, text)| text.as_str())
        .collect();
    for (block, view) in document.views.iter().enumerate().filter(|(_, v)| kept.contains(v.folded.as_str())) {
        let mut keep = structural(block, view.span, Kind::Body, "x/keep", Tier::Sure, 1.0);
        keep.finding.action = Action::Keep;
        candidates.push(keep);
    }
}

/// A vote of a rule counts on a text dump only beside a sure finding.
fn settle_votes(document: &Document<'_>, candidates: &mut Vec<Candidate>) {
    let claimed = claims(document, candidates.iter());
    candidates.retain(|c| {
        c.tier == Tier::Sure
            || !c.finding.action.removes()
            || [c.block.wrapping_sub(1), c.block + 1].iter().any(|&i| claimed.get(i).is_some_and(Option::is_some))
    });
}

/// What the model, or the structure alone, says of each block.
fn weigh_page(
    document: &Document<'_>,
    page: &HtmlPage,
    names: &Names<'_>,
    hits: &[u32],
    candidates: &[Candidate],
    model: Option<&Model>,
    options: &Options,
) -> PageVerdict {
    let layout = document.layout;
    let Some(model) = model else {
        let blocks = structure::judge_structure(layout, &page.tree, names, options.favor);
        return PageVerdict { blocks, confidence: 1.0, is_empty: false };
    };
    let structure = structure::read_structure(layout, &page.tree, names);
    let matrix = features::describe(document, page, names, hits, &structure, model.lexicon());
    let claimed = claims(document, candidates.iter());
    let lean = match options.favor {
        Some(favor) => Lean::Asked(favor),
        None if page.meta.declares_story() => Lean::Story,
        None => Lean::Even,
    };
    blocks::judge_blocks(layout, &page.tree, &matrix, &structure, &claimed, model, lean)
}

/// Blocks that are not taken for the article are dropped by a vote.
fn add_verdicts(layout: &Layout, verdicts: &[Verdict], rule: &str, options: &Options, candidates: &mut Vec<Candidate>) {
    for (block, verdict) in verdicts.iter().enumerate().filter(|(_, v)| v.is_article < STRUCTURE_CUT) {
        let span = layout.blocks[block].span;
        if !options.keep.contains(&verdict.kind) {
            let sure = 1.0 - verdict.is_article;
            let mut candidate = structural(block, span, verdict.kind, rule, Tier::Vote, sure);
            candidate.finding.action = match verdict.kind {
                Kind::Caption => Action::Lift(Some(Field::Captions)),
                Kind::Tags => Action::Lift(Some(Field::Tags)),
                _ => Action::Drop,
            };
            candidates.push(candidate);
        }
    }
}

/// The guard: where nearly everything would go by votes, only sure findings are followed.
fn guard(layout: &Layout, mut candidates: Vec<Candidate>, judgement: &mut Judgement) {
    let all = count_chars(&layout.text);
    let gone = |findings: &[Finding], wanted: &dyn Fn(&Finding) -> bool| -> usize {
        findings.iter().filter(|f| f.action.removes() && wanted(f)).map(|f| count_chars(f.span.of(&layout.text))).sum()
    };
    let by_vote = |f: &Finding| matches!(f.rule.as_str(), STRUCTURE_ID | MODEL_ID) || f.confidence < 1.0;
    let dropped = gone(&judgement.findings, &|_| true);
    let voted = gone(&judgement.findings, &by_vote);
    let kept = all.saturating_sub(dropped);
    let has_prose = layout.blocks.len() < 3 || kept == 0;
    if voted > 0 && has_prose && (kept as f64) < MIN_KEPT_SHARE * (kept + voted) as f64 {
        candidates.retain(|c| c.tier == Tier::Sure || c.finding.action == Action::Keep);
        judgement.findings = resolve::resolve(&layout.text, candidates);
        judgement.notes.push(Note { flag: Flag::OverRemoval, byte_offset: None });
        judgement.confidence = 0.3;
    }
}

/// Flags that follow from the findings.
fn note(judgement: &mut Judgement) {
    let flags: BTreeSet<Flag> = judgement
        .findings
        .iter()
        .filter(|f| f.action.removes() || f.action == Action::Flag)
        .filter_map(|f| match f.kind {
            Kind::DuplicateTitle => Some(Flag::DoubledTitle),
            Kind::DuplicateBlock => Some(Flag::DoubledBody),
            Kind::StrayScript => Some(Flag::StrayScript),
            Kind::Disclaimer if f.action == Action::Flag => Some(Flag::Disclaimer),
            _ => None,
        })
        .collect();
    judgement.notes.extend(flags.into_iter().map(|flag| Note { flag, byte_offset: None }));
}

/// Whether a rule is out of force for good.
pub fn is_retired(rule: &Rule) -> bool {
    rule.raw.status == Status::Retired
}
