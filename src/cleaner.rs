//! One dump to one clean record: page, language, judge and article as one total, pure function.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::article::assemble::{self, Paragraph};
use crate::article::candidates::{self, Fields};
use crate::article::counts::Counts;
use crate::article::record::{record_id, sha256_hex};
use crate::article::{Article, Reject, RejectCode, Source, repair};
use crate::error::Result;
use crate::finding::{Action, Finding, Flag, Kind, Note, RuleId, Span};
use crate::input::decode::{self, Decoded};
use crate::input::sniff;
use crate::input::{Dump, Media};
use crate::judge::features::Matrix;
use crate::judge::features::lexicon::Lexicon;
use crate::judge::model::Model;
use crate::judge::{self, Judgement, RuleSet};
use crate::language::{self, Prior};
use crate::options::Options;
use crate::page::{self, HtmlPage, Layout};

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
    model: Option<Model>,
    corpus: CorpusStats,
}

impl Cleaner {
    /// Compiles a cleaner, with the model for pages that ships with the program.
    ///
    /// # Errors
    /// If the options contradict each other or the rules do not compile.
    pub fn new(options: &Options, rules: RuleSet) -> Result<Self> {
        Self::with_model(options, rules, Some(Model::html()?))
    }

    /// Compiles a cleaner that judges pages by another model, or by their structure alone.
    ///
    /// # Errors
    /// As [`Cleaner::new`].
    pub fn with_model(options: &Options, rules: RuleSet, model: Option<Model>) -> Result<Self> {
        Ok(Self { options: options.clone(), rules, model, corpus: CorpusStats::default() })
    }

    /// The model that pages are judged by, if any.
    pub fn model(&self) -> Option<&Model> {
        self.model.as_ref()
    }

    /// The layout of a page and what the model sees of its blocks; none for what is no page. For training.
    pub fn page_features(&self, dump: Dump<'_>) -> Option<(HtmlPage, Matrix)> {
        let (decoded, is_html) = read(&dump);
        let (layout, page) = self.lay_out(decoded.text, is_html, &mut Vec::new());
        let prior = language::prior(&layout.text);
        let page = page?;
        let unread = Lexicon::default();
        let lexicon = self.model.as_ref().map_or(&unread, Model::lexicon);
        let matrix = judge::page_features(&layout, &page, &prior, dump.hints, &self.rules, lexicon);
        Some((HtmlPage { layout, ..page }, matrix))
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
    pub fn clean(&self, dump: Dump<'_>) -> Cleaned {
        let sha256 = sha256_hex(dump.bytes);
        let source = Source {
            id: record_id(dump.path, dump.key, &sha256),
            path: dump.path.to_owned(),
            key: dump.key.map(str::to_owned),
            format: dump.format,
            bytes: dump.bytes.len() as u64,
            sha256,
            url: dump.hints.url.clone(),
            fetched_at_us: dump.hints.fetched_at_us,
        };
        if source.bytes > self.options.max_dump_bytes {
            let message = format!("{} bytes, the bound is {}", source.bytes, self.options.max_dump_bytes);
            return refuse(&source, RejectCode::TooLarge, message, Layout::default(), Vec::new(), Vec::new());
        }
        if dump.bytes.is_empty() {
            return refuse(&source, RejectCode::Empty, "no bytes".into(), Layout::default(), Vec::new(), Vec::new());
        }
        if sniff::is_binary(dump.bytes) {
            let message = "binary content".to_owned();
            return refuse(&source, RejectCode::NotText, message, Layout::default(), Vec::new(), Vec::new());
        }
        let mut notes = Vec::new();
        let (decoded, is_html) = read(&dump);
        if decoded.replaced > 0 || dump.hints.is_mended {
            notes.push(Note { flag: Flag::BadEncoding, byte_offset: None });
        }
        if decoded.guessed {
            notes.push(Note { flag: Flag::GuessedEncoding, byte_offset: None });
        }
        let encoding = decoded.encoding;
        let (layout, html) = self.lay_out(decoded.text, is_html, &mut notes);
        if layout.blocks.is_empty() {
            let (code, message) = if is_html {
                (RejectCode::NoContent, "the page shows no text")
            } else {
                (RejectCode::Empty, "white space only")
            };
            return refuse(&source, code, message.into(), layout, Vec::new(), notes);
        }
        let prior = language::prior(&layout.text);
        let Judgement { mut findings, notes: judged, confidence } =
            judge::judge(&layout, html.as_ref(), &prior, dump.hints, &self.rules, self.model.as_ref(), &self.options);
        notes.extend(judged);
        add_repairs(&layout, &prior, &mut findings);
        let paragraphs = assemble::paragraphs(&layout, &findings);
        if !paragraphs.iter().any(|p| p.text.chars().any(char::is_alphanumeric)) {
            let message = "nothing is left but noise".to_owned();
            return refuse(&source, RejectCode::NoContent, message, layout, findings, notes);
        }
        let fields = candidates::settle(&layout, &findings, html.as_ref(), dump.hints);
        let article = Article { confidence: Some(confidence), ..article(source, encoding, fields, &paragraphs) };
        let article = finish(article, &layout, &findings, &mut notes);
        if let Some(message) = self.filter(&article) {
            return refuse(&article.source, RejectCode::Filtered, message, layout, findings, notes);
        }
        Cleaned { outcome: Ok(Box::new(article)), layout, findings, notes }
    }

    fn lay_out(&self, text: Cow<'_, str>, is_html: bool, notes: &mut Vec<Note>) -> (Layout, Option<HtmlPage>) {
        if !is_html {
            return (page::text::lay_out(text.into_owned(), self.options.max_blocks), None);
        }
        let mut page = page::html::lay_out(&text, &self.options);
        page.selected = page::html::select(&text, &page.tree, self.rules.selectors());
        if let Some(at) = page.too_deep {
            notes.push(Note { flag: Flag::TooDeep, byte_offset: Some(at as u64) });
            let plain = page::html::strip_tags(&text);
            return (page::text::lay_out(plain, self.options.max_blocks), None);
        }
        (std::mem::take(&mut page.layout), Some(page))
    }

    /// The user's own filters.
    fn filter(&self, article: &Article) -> Option<String> {
        let wanted = &self.options.languages;
        if !wanted.is_empty() && !wanted.contains(&article.language) {
            return Some(format!("language is {}", article.language));
        }
        (article.word_count < self.options.min_words)
            .then(|| format!("{} words, fewer than {}", article.word_count, self.options.min_words))
    }
}

/// Decodes a dump and tells HTML from text.
fn read<'b>(dump: &Dump<'b>) -> (Decoded<'b>, bool) {
    let charset = dump.hints.charset.as_deref();
    match dump.media {
        Media::Html => (decode::decode(dump.bytes, true, charset), true),
        Media::Text => (decode::decode(dump.bytes, false, charset), false),
        Media::Sniff => {
            let decoded = decode::decode(dump.bytes, false, charset);
            if sniff::looks_like_html(&decoded.text) {
                (decode::decode(dump.bytes, true, charset), true)
            } else {
                (decoded, false)
            }
        }
    }
}

fn refuse(
    source: &Source,
    code: RejectCode,
    message: String,
    layout: Layout,
    findings: Vec<Finding>,
    notes: Vec<Note>,
) -> Cleaned {
    let reject = Reject {
        id: source.id.clone(),
        source_path: source.path.clone(),
        source_key: source.key.clone(),
        source_bytes: Some(source.bytes),
        source_sha256: Some(source.sha256.clone()),
        url: source.url.clone(),
        code,
        message,
        byte_offset: None,
    };
    Cleaned { outcome: Err(Box::new(reject)), layout, findings, notes }
}

/// Adds the listed letter changes of what stays.
fn add_repairs(layout: &Layout, prior: &Prior, findings: &mut Vec<Finding>) {
    let kept: Vec<_> = assemble::kept_ranges(layout, findings)
        .into_iter()
        .filter(|(block, _)| layout.blocks[*block].shape != page::Shape::Code)
        .map(|(_, range)| range)
        .collect();
    for repair in repair::find_repairs(&layout.text, &kept, prior.script) {
        findings.push(Finding {
            kind: repair.kind,
            rule: RuleId::from(match repair.kind {
                Kind::Entity => "repair/entity",
                Kind::ZeroWidth => "repair/zero-width",
                Kind::Homoglyph => "repair/homoglyph",
                Kind::Mojibake => "repair/mojibake",
                _ => "repair/unicode-form",
            }),
            span: Span::new(repair.range.start, repair.range.end),
            action: Action::Repair,
            value: None,
            replacement: Some(repair.replacement),
            confidence: 1.0,
        });
    }
    findings.sort_by_key(|f| f.span);
}

fn article(source: Source, encoding: &'static str, fields: Fields, paragraphs: &[Paragraph]) -> Article {
    let texts: Vec<&str> = paragraphs.iter().map(|p| p.text.as_str()).collect();
    let text = texts.join("\n\n");
    let language = language::article_language(&texts);
    let counts = Counts::of(&text);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Article {
        source: Source { url: fields.url.clone().or(source.url), ..source },
        source_encoding: encoding,
        site: fields.site,
        title: fields.title,
        subtitle: fields.subtitle,
        authors: fields.authors,
        agency: fields.agency,
        dateline_place: fields.dateline_place,
        published: fields.published,
        modified: fields.modified,
        section: fields.section,
        tags: fields.tags,
        captions: fields.captions,
        credits: fields.credits,
        corrections: fields.corrections,
        paragraph_kinds: paragraphs.iter().map(|p| p.kind).collect(),
        language: language.language,
        language_script: language.script,
        language_score: language.score,
        foreign_share: language.foreign_share,
        machine_translated: fields.machine_translated,
        original_language: fields.original_language,
        paywalled: fields.paywalled,
        truncated: fields.truncated,
        rights_notice: fields.rights_notice,
        tdm_reserved: fields.tdm_reserved,
        char_count: count(text.chars().count()),
        word_count: count(counts.words),
        sentence_count: count(counts.sentences),
        paragraph_count: count(paragraphs.len()),
        layout_chars: 0,
        kept_chars: 0,
        dropped_chars: 0,
        lifted_chars: 0,
        confidence: None,
        flags: if fields.has_conflicting_dates { vec![Flag::ConflictingDates] } else { Vec::new() },
        text,
    }
}

/// Fills the sums and the flags.
fn finish(mut article: Article, layout: &Layout, findings: &[Finding], notes: &mut Vec<Note>) -> Article {
    let sums = assemble::sums(layout, findings);
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    article.layout_chars = count(sums.layout);
    article.kept_chars = count(sums.kept);
    article.dropped_chars = count(sums.dropped);
    article.lifted_chars = count(sums.lifted);
    for finding in findings.iter().filter(|f| f.action == Action::Repair) {
        let flag = match finding.kind {
            Kind::Homoglyph => Flag::HomoglyphFixed,
            Kind::Mojibake => Flag::MojibakeFixed,
            _ => continue,
        };
        if !notes.iter().any(|n| n.flag == flag) {
            notes.push(Note { flag, byte_offset: None });
        }
    }
    let flags: BTreeSet<Flag> = article.flags.iter().copied().chain(notes.iter().map(|n| n.flag)).collect();
    article.flags = flags.into_iter().collect();
    article
}
