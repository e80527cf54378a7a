//! Named structural tests: what a phrase alone cannot tell. Each is called by a rule of the registry, which holds its
//! why, its kind and its examples; the order here is the order in which they run, each seeing what came before.

mod behind;
mod cards;
mod headers;
pub(crate) mod headline;
mod lists;
mod people;
mod places;
mod polls;
mod repeats;
mod scripts;
mod site;
mod stamps;
mod title;
mod wording;

pub(crate) use wording::VOCABULARY;

use super::document::Document;
use super::rule::{Rule, Tier};
use super::scan::Candidate;
use crate::finding::{Action, Finding, Kind, Span};
use crate::input::Hints;
use crate::page::HtmlPage;

/// What a detector may look at.
pub(crate) struct Context<'a> {
    /// Blocks, views and zones.
    pub(crate) document: &'a Document<'a>,
    /// What the source says beside the content.
    pub(crate) hints: &'a Hints,
    /// The page behind the layout, for HTML.
    pub(crate) page: Option<&'a HtmlPage>,
    /// The kind of a sure finding that takes the whole block, if there is one.
    pub(crate) claimed: &'a [Option<Kind>],
    /// All candidates so far.
    pub(crate) candidates: &'a [Candidate],
    /// What is known of the lines above the body as long as `claimed` stands.
    pub(crate) lines: &'a headline::Lines,
}

/// What a detector returns its findings through.
pub(crate) struct Found<'a> {
    rule: &'a Rule,
    rule_idx: usize,
    out: Vec<Candidate>,
}

impl<'a> Found<'a> {
    pub(crate) fn new(rule: &'a Rule, rule_idx: usize) -> Self {
        Self { rule, rule_idx, out: Vec::new() }
    }

    /// The findings.
    pub(crate) fn into_candidates(self) -> Vec<Candidate> {
        self.out
    }

    /// Adds a finding of the rule's own kind.
    pub(crate) fn drop(&mut self, block: usize, span: Span) {
        self.add(block, span, self.rule.raw.kind, Action::Drop, None);
    }

    /// Adds a finding of any kind.
    pub(crate) fn add(&mut self, block: usize, span: Span, kind: Kind, action: Action, value: Option<String>) {
        if span.is_empty() {
            return;
        }
        self.out.push(Candidate {
            finding: Finding {
                kind,
                rule: self.rule.id.clone(),
                span,
                action,
                value,
                replacement: None,
                confidence: if self.rule.raw.tier == Tier::Sure { 1.0 } else { 0.5 },
            },
            tier: self.rule.raw.tier,
            block,
            rule: self.rule_idx,
        });
    }
}

/// A structural test.
pub(crate) type Detector = fn(&Context<'_>, &mut Found<'_>);

/// All detectors in the order in which they run.
pub(crate) const DETECTORS: &[(&str, Detector)] = &[
    ("template_header", headers::template_header),
    ("dump_header", headers::dump_header),
    ("site_line", site::site_line),
    ("site_name", site::site_name),
    ("tagline", site::tagline),
    ("name_lines", people::name_lines),
    ("time_stamps", stamps::time_stamps),
    ("caption_then_headline", cards::caption_then_headline),
    ("caption_line", cards::caption_line),
    ("caption_above_credit", cards::caption_above_credit),
    ("repeated_body", repeats::repeated_body),
    ("stray_script", scripts::stray_script),
    ("wording", wording::wording),
    ("foreign_pair", cards::foreign_pair),
    ("pointer_line", lists::pointer_line),
    ("headline_list", lists::headline_list),
    ("poll", polls::poll),
    ("comment_thread", lists::comment_thread),
    ("behind_furniture", behind::behind_furniture),
    ("repeated_title", title::repeated_title),
    ("lead_place", places::lead_place),
    ("kickers", title::kickers),
    ("headline", title::headline),
    ("standfirst", title::standfirst),
];

/// The names of all detectors.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    DETECTORS.iter().map(|(name, _)| *name)
}
