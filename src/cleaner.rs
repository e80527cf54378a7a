//! One dump to one clean record: page, language, judge and article as one total, pure function.

use crate::article::{Article, Reject};
use crate::error::Result;
use crate::finding::{Finding, Note};
use crate::input::Dump;
use crate::judge::RuleSet;
use crate::options::Options;
use crate::page::Layout;

/// All that came of one dump: an article or a reject, and where every character of the layout went.
#[derive(Debug, Clone)]
pub struct Cleaned {
    /// The clean record, or why there is none.
    pub outcome: std::result::Result<Box<Article>, Box<Reject>>,
    /// The layout that all spans point into.
    pub layout: Layout,
    /// All decisions. Those that drop, lift or repair are sorted and disjoint.
    pub findings: Vec<Finding>,
    /// Facts about the dump as a whole.
    pub notes: Vec<Note>,
}

/// What a first pass over the dumps saw: mergeable in any order. Empty in this version.
#[derive(Debug, Clone, Default)]
pub struct CorpusStats {}

impl CorpusStats {
    /// Joins two observations; associative and commutative.
    #[must_use]
    pub fn merge(self, _other: CorpusStats) -> CorpusStats {
        self
    }
}

/// The compiled rules and options; `Send + Sync`, shared by all threads.
#[derive(Debug)]
pub struct Cleaner {
    options: Options,
    rules: RuleSet,
    corpus: CorpusStats,
}

impl Cleaner {
    /// Compiles a cleaner.
    ///
    /// # Errors
    /// If the options contradict each other or the rules do not compile.
    pub fn new(options: &Options, rules: RuleSet) -> Result<Self> {
        Ok(Self { options: options.clone(), rules, corpus: CorpusStats::default() })
    }

    /// The options it was made with.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The rules it was made with.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// First pass, optional: notes what dumps share.
    pub fn observe(&self, _dump: Dump<'_>, _stats: &mut CorpusStats) {}

    /// Freezes what the first pass saw.
    #[must_use]
    pub fn with_corpus(mut self, stats: CorpusStats) -> Self {
        self.corpus = stats;
        self
    }

    /// Cleans one dump. Total: no error, no panic, bounded work; the same input gives the same output.
    pub fn clean(&self, _dump: Dump<'_>) -> Cleaned {
        unimplemented!("the core is being built")
    }
}
