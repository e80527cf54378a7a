//! The shape of a noise rule: one TOML table, loaded with the place of every mistake. Matches nothing itself.

use serde::Deserialize;
use toml::Spanned;

use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Field, Kind, RuleId, named_enum};
use crate::judge::document::Zone;

named_enum! {
    /// What a rule does with its match.
    #[allow(missing_docs, reason = "the names say it; see the guide")]
    RuleAction { Drop = "drop", Lift = "lift", Copy = "copy", Keep = "keep", Flag = "flag", }
}

named_enum! {
    /// Whether a rule decides alone or gives evidence.
    Tier {
        /// Decides alone.
        Sure = "sure",
        /// Evidence for the judge.
        Vote = "vote",
    }
}

named_enum! {
    /// How far a rule may be trusted.
    Status {
        /// In force.
        Stable = "stable",
        /// Reported, never acted on.
        Preview = "preview",
        /// Out of force; its id is not given again.
        Retired = "retired",
    }
}

named_enum! {
    /// What a rule looks at.
    Scope {
        /// A whole block.
        Block = "block",
        /// One line inside a block.
        Line = "line",
        /// A part of a block; the rest stays.
        Inline = "inline",
        /// An element of a page and all that it holds.
        Element = "element",
    }
}

named_enum! {
    /// Where in a block an inline match stands.
    Anchor {
        /// At its start.
        Start = "start",
        /// At its end.
        End = "end",
        /// Anywhere.
        Any = "any",
    }
}

/// One rule as it stands in its file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRule {
    /// `family/slug`.
    pub id: Spanned<String>,
    /// Sort of noise.
    pub kind: Kind,
    /// What is done.
    pub action: RuleAction,
    /// Column that a lift or copy fills, where the pattern has no named groups.
    #[serde(default)]
    pub field: Option<Field>,
    /// Decides alone, or votes.
    #[serde(default = "default_tier")]
    pub tier: Tier,
    /// How far it may be trusted.
    #[serde(default = "default_status")]
    pub status: Status,
    /// Languages of its phrases (ISO 639-1), or `any`.
    #[serde(default)]
    pub langs: Vec<String>,
    /// Version that brought it.
    pub since: String,
    /// Why it exists, a sentence.
    pub why: Spanned<String>,
    /// Ids it had before.
    #[serde(default)]
    pub formerly: Vec<String>,
    /// What it looks at.
    #[serde(default = "default_scope")]
    pub scope: Scope,
    /// Where an inline match stands.
    #[serde(default = "default_anchor")]
    pub anchor: Anchor,
    /// Parts of the document where it may act; empty: all.
    #[serde(default)]
    pub zone: Vec<Zone>,
    /// Longest block, in words.
    #[serde(default)]
    pub max_words: Option<usize>,
    /// Kinds of which a neighbour (two blocks away at most) must be found.
    #[serde(default)]
    pub near: Vec<Kind>,
    /// Ids of rules that may take its examples first.
    #[serde(default)]
    pub overlaps: Vec<String>,
    /// Phrases that veto a match.
    #[serde(default)]
    pub unless: Vec<String>,
    /// What it looks for.
    pub r#match: RawMatch,
    /// Texts that must go.
    #[serde(default)]
    pub drops: Vec<Spanned<String>>,
    /// Near-misses that must stay.
    #[serde(default)]
    pub keeps: Vec<Spanned<String>>,
    /// Whole small dumps, marked in the margin.
    #[serde(default)]
    pub case: Vec<Case>,
}

impl RawRule {
    /// What of a rule changes the output, in one fixed form.
    pub(super) fn canonical(&self) -> String {
        let m = &self.r#match;
        format!(
            "{} {} {} {:?} {} {} {} {:?} {:?} {:?} {:?} | {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            self.id.get_ref(),
            self.kind,
            self.action,
            self.field,
            self.tier,
            self.scope,
            self.anchor,
            self.zone,
            self.max_words,
            self.near,
            self.unless,
            m.whole,
            m.starts,
            m.ends,
            m.contains,
            m.pattern.as_ref().map(Spanned::get_ref),
            m.trigger,
            m.tokens,
            m.selector.as_ref().map(Spanned::get_ref),
            m.detector.as_ref().map(|d| &d.name),
        )
    }
}

fn default_tier() -> Tier {
    Tier::Sure
}
fn default_status() -> Status {
    Status::Stable
}
fn default_scope() -> Scope {
    Scope::Block
}
fn default_anchor() -> Anchor {
    Anchor::Start
}

/// The matchers of a rule. Several may stand together: any of them matches.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawMatch {
    /// The whole block, folded.
    #[serde(default)]
    pub whole: Vec<String>,
    /// How the block begins.
    #[serde(default)]
    pub starts: Vec<String>,
    /// How it ends.
    #[serde(default)]
    pub ends: Vec<String>,
    /// What it contains.
    #[serde(default)]
    pub contains: Vec<String>,
    /// A regular expression over the raw text, anchored by the loader. Its named groups fill columns; what stands in a
    /// group called `before` or `behind` must be there, but is not taken.
    #[serde(default)]
    pub pattern: Option<Spanned<String>>,
    /// Words of which one must stand in the folded block before the pattern is tried; where a space is written in front
    /// of one or behind it, at the border of a word.
    #[serde(default)]
    pub trigger: Option<Vec<String>>,
    /// Whole tokens of class, id, role or itemprop.
    #[serde(default)]
    pub tokens: Vec<String>,
    /// A CSS selector. A page is parsed once more where a rule has one, so that built-in rules have none.
    #[serde(default)]
    pub selector: Option<Spanned<String>>,
    /// A named structural test.
    #[serde(default)]
    pub detector: Option<DetectorCall>,
}

impl RawMatch {
    /// Whether it looks for elements of a page and not for text.
    pub fn is_element(&self) -> bool {
        !self.tokens.is_empty() || self.selector.is_some()
    }
}

/// A structural test with its name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorCall {
    /// The name of a detector.
    pub name: String,
}

/// A whole small dump, each line marked: two spaces stay, `- ` goes, `> ` is lifted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub note: String,
    /// The lines.
    pub dump: Spanned<String>,
}

/// Text that a user wants kept, whatever the rules say.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepText {
    /// Site (host) that it is for; all where it is left out.
    #[serde(default)]
    pub site: Option<String>,
    /// The block, compared folded.
    pub text: String,
    /// Why.
    pub why: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    rule: Vec<RawRule>,
    #[serde(default)]
    keep: Vec<KeepText>,
}

/// A rule with its place.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The table.
    pub raw: RawRule,
    /// Its id.
    pub id: RuleId,
    /// Name of the file.
    pub source: String,
    /// Line of the table's id in the file, from 1.
    pub line: usize,
    /// The file's text, for the places of complaints.
    pub text: std::sync::Arc<str>,
    /// Ships with the program: a test has compiled its pattern, so that a run compiles it only when a text wakes it.
    pub is_builtin: bool,
}

impl Rule {
    /// Whether the rule acts.
    pub fn is_active(&self) -> bool {
        self.raw.status == Status::Stable
    }
    /// Line and column (from 1) of a byte of the rule's file.
    pub fn place(&self, byte: usize) -> (usize, usize) {
        place(&self.text, byte)
    }
}

fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..byte.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
    (line, column)
}

/// Reads a rules file. `source` names it in errors.
///
/// # Errors
/// If the TOML does not parse, a key is unknown, or an id is not `family/slug`.
pub fn load(source: &str, toml: &str) -> Result<(Vec<Rule>, Vec<KeepText>)> {
    let file: RawFile = toml::from_str(toml).map_err(|error| {
        let (line, column) = error.span().map_or((1, 1), |span| place(toml, span.start));
        Error::new(ErrorKind::Rule, "could not load rules")
            .at(source)
            .at_line(line, column)
            .because(error.message().to_owned())
            .hint("`copydesk schema rules` prints the format")
    })?;
    let text: std::sync::Arc<str> = toml.into();
    let mut rules = Vec::with_capacity(file.rule.len());
    for raw in file.rule {
        let (line, column) = place(toml, raw.id.span().start);
        let id = RuleId::from(raw.id.get_ref().as_str());
        if !is_well_formed(id.as_str()) {
            return Err(Error::new(ErrorKind::Rule, format!("rule id `{id}` is not `family/slug` in lower case"))
                .at(source)
                .at_line(line, column)
                .hint("for example `x/my-ad-line`"));
        }
        rules.push(Rule { raw, id, source: source.to_owned(), line, text: text.clone(), is_builtin: false });
    }
    Ok((rules, file.keep))
}

fn is_well_formed(id: &str) -> bool {
    let Some((family, slug)) = id.split_once('/') else { return false };
    let is_name = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && part.starts_with(|c: char| c.is_ascii_lowercase())
    };
    is_name(family) && is_name(slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_named_with_its_place() {
        let toml = "[[rule]]\nid = \"ad/mark\"\nkind = \"advert\"\naction = \"drip\"\n";
        let error = load("mine.toml", toml).unwrap_err();
        assert_eq!(error.position(), Some((4, 10)));
        assert!(error.to_string().contains("unknown name `drip`"), "{error}");
    }

    #[test]
    fn an_id_needs_a_family() {
        let toml = "[[rule]]\nid = \"Mark\"\nkind = \"advert\"\naction = \"drop\"\nsince = \"0.1.0\"\nwhy = \"x\"\nmatch.whole = [\"ad\"]\n";
        assert!(load("mine.toml", toml).unwrap_err().to_string().contains("family/slug"));
    }
}
